//! Where everything comes together: routes, jobs, statements and the commands. The only module
//! that knows every capability.

pub mod access;
pub mod backup;
pub mod commands;
pub mod doctor;
pub mod files;
pub mod files_store;
pub mod health;
pub mod identify;
pub mod keeping;
pub mod keeping_store;
pub mod listen;
pub mod pages;
pub mod retention;
pub mod start;
pub mod statements;

#[cfg(test)]
mod clock_tests;
#[cfg(test)]
mod files_tests;
#[cfg(test)]
mod full_disk_tests;
#[cfg(test)]
mod fuzz_tests;
#[cfg(test)]
mod garbage_tests;
#[cfg(test)]
mod heavy_tests;
#[cfg(test)]
mod house_tests;
#[cfg(test)]
mod keeping_tests;
#[cfg(test)]
mod lanes_tests;
#[cfg(test)]
mod live_tests;
#[cfg(test)]
mod markup_tests;
#[cfg(test)]
mod migration_tests;
#[cfg(test)]
mod once_tests;
#[cfg(test)]
mod refusal_tests;
#[cfg(test)]
mod rights_tests;
#[cfg(test)]
mod schema_tests;
#[cfg(test)]
mod statement_tests;
#[cfg(test)]
pub(crate) mod web_tests;

use crate::attendance::transfer;
use crate::common::lane::Lane;
use crate::packs::upload;
use crate::people::accounts::letters;
use crate::platform::{
    apart::{Apart, Task},
    clock::{Clock, Entropy},
    config::{ServeSettings, Settings},
    context::{App, Parts},
    db::{CountingExecutor, Db, address},
    files::Files,
    gates::Gates,
    http::{
        self,
        assets::{self, Assets},
        guard::{self, Limits},
    },
    jobs::{self, Handlers, Kind},
    mail::{self, smtp::Mailer},
    passwords::Passwords,
    private,
    rendered::Rendered,
};
use crate::{completion, reporting, trainers};
use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    middleware,
    routing::{any, get, post},
};
use std::{path::Path, time::Duration};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
    csrf::CsrfLayer,
    timeout::TimeoutLayer,
};

/// A page is thousands of small pieces of memory, asked for and given back: the system's allocator
/// took half of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What does each kind of job, and in whose lane.
pub const JOBS: Handlers = &[
    Kind::new(Lane::Mail, mail::JOB, mail::deliver),
    Kind::new(Lane::Letters, letters::FORGOTTEN_JOB, letters::forgotten),
    Kind::new(Lane::Letters, letters::INVITATION_JOB, letters::invitation),
    Kind::new(Lane::Letters, crate::people::accounts::known::GUESSED_JOB, crate::people::accounts::known::guessed),
    Kind::new(
        Lane::Letters,
        crate::people::records::change_letters::CHANGE_JOB,
        crate::people::records::change_letters::ask,
    ),
    Kind::new(Lane::Outcomes, jobs::LOOK, completion::service::look_job),
    Kind::new(Lane::Papers, completion::service::PAPER_JOB, completion::service::paper_job),
    Kind::new(Lane::Reports, jobs::COUNT, reporting::service::refresh_job),
    Kind::new(Lane::Reports, reporting::attendance::service::SUM, reporting::attendance::service::sum_job),
    Kind::new(Lane::Counting, crate::cascade::rebuild::REFRESH, crate::cascade::rebuild::refresh_job),
    Kind::new(Lane::Letters, crate::enrolment::letters::JOB, crate::enrolment::letters::write),
    Kind::new(Lane::Letters, crate::deliveries::model::NEWS, crate::enrolment::letters::tell),
    Kind::new(Lane::Letters, crate::cohorts::letters::JOB, crate::cohorts::letters::write),
    Kind::new(Lane::Outcomes, crate::deliveries::model::MOVED, crate::attendance::moved::job),
    Kind::new(Lane::Letters, crate::deliveries::notices::model::CHANGED, crate::enrolment::changes::tell),
    Kind::new(Lane::Letters, completion::service::LOST_JOB, completion::service::lost_job),
    Kind::new(Lane::Licences, jobs::LICENCES, trainers::jobs::look_job),
    Kind::new(Lane::Licences, trainers::jobs::DAILY, trainers::jobs::daily_job),
    Kind::new(Lane::Licences, trainers::jobs::RULES, trainers::jobs::rules_job),
    // On the day after the last, however far ahead that is.
    Kind::new(Lane::Letters, crate::deliveries::model::FEEDBACK, crate::feedback::letters::invite_job).dated(),
    Kind::new(Lane::Letters, crate::feedback::letters::TELL, crate::feedback::letters::tell_job),
    Kind::new(Lane::House, keeping::RETENTION_JOB, keeping::retention_job),
    Kind::new(Lane::House, keeping::SWEEP_JOB, keeping::sweep_job),
];

/// What is done in a process of its own: see [`crate::platform::apart`].
pub const APART: &[Task] = &[transfer::READ];

/// Jobs that run once a day; each asks for its own next run.
pub const DAILY: &[&str] = &[trainers::jobs::DAILY, keeping::RETENTION_JOB, keeping::SWEEP_JOB];

/// Opens everything the settings name.
pub async fn open(settings: &Settings, serve: Option<&ServeSettings>) -> Result<App, String> {
    settings.check()?;
    if let Some(serve) = serve {
        serve.check()?;
    }
    let files = settings.data.join("files");
    private::keep(settings.sqlite_file().as_deref(), &[&files, &settings.mail_folder()])
        .map_err(|e| format!("cannot make the database's file: {e}"))?;
    let url = settings.database_url();
    let db = Db::open(&url).await.map_err(|e| format!("cannot open the database ({}): {e}", address::named(&url)))?;
    Ok(App::new(Parts {
        db,
        clock: Clock::System,
        entropy: Entropy::System,
        files: Files::open(&settings.files())?.patient(settings.files_timeout),
        passwords: Passwords::new().map_err(|e| e.to_string())?,
        assets: Assets::open(serve.map_or(Path::new("target/site"), |serve| &serve.site)),
        limits: Limits::new(),
        trusted_proxies: serve.map(ServeSettings::proxies).transpose()?.unwrap_or_default(),
        query_count: serve.is_some_and(|serve| serve.query_count),
        jobs_waiting: tokio::sync::Notify::new(),
        marks: tokio::sync::broadcast::Sender::new(1024),
        closing: tokio_util::sync::CancellationToken::new(),
        mailer: mailer(settings)?,
        kinds: JOBS,
        pages: &self::pages::PAGES,
        settings: settings.clone(),
        apart: Apart::own()?,
        rendered: Rendered::default(),
        gates: Gates::new(settings),
    }))
}

/// The lines to the mail server of the settings, where they name one.
pub fn mailer(settings: &Settings) -> Result<Option<Mailer>, String> {
    settings.smtp_url.as_deref().map(|url| Mailer::open(url, settings.mail_timeout)).transpose()
}

/// The whole web application.
pub fn router(app: &App) -> Result<Router, String> {
    // A second call finds it in place already.
    let _ = any_spawner::Executor::init_custom_executor(CountingExecutor);
    let health = health::Health::new(app);
    let csrf = CsrfLayer::new()
        .add_trusted_origin(app.settings.public_url.trim_end_matches('/'))
        .map_err(|e| format!("MAGISTRA_PUBLIC_URL: {e}"))?;
    let timed = Router::new()
        .route("/_fn/{*function}", any(http::pages::function))
        .route("/files/{id}/{name}", get(files::download))
        .route("/catalogue.ics", get(crate::deliveries::board_feed::feed))
        .route("/trainers.csv", get(crate::trainers::roster::export::csv))
        .route("/trainers.xlsx", get(crate::trainers::roster::export::xlsx))
        .route("/cohorts/{id}/calendar.ics", get(crate::cohorts::calendar::feed))
        .route("/certificates/{file}", get(completion::api::certificate_pdf).post(http::pages::fallback))
        .route("/reports/reach.csv", get(reporting::api::reach_csv))
        .route("/deliveries/{id}/register.csv", get(transfer::export_csv))
        .route("/deliveries/{id}/register.xlsx", get(transfer::export_xlsx))
        .route("/reports/cascade/{file}", get(crate::cascade::download::table))
        .route("/reports/attendance/{file}", get(reporting::attendance::download::numbers))
        .route("/reports/duty/{file}", get(reporting::attendance::download::duty))
        .route("/attendance/at-risk/{file}", get(reporting::attendance::download::risks))
        .route("/people/{id}/attendance/{file}", get(reporting::attendance::download::years))
        .route("/my/attendance/{file}", get(reporting::attendance::download::my_years))
        .route("/deliveries/{id}/attendance/{file}", get(reporting::attendance::download::grid))
        .route("/deliveries/{id}/evidence.zip", get(reporting::attendance::download::evidence))
        .route("/deliveries/{id}/badges.pdf", get(crate::attendance::badges::api::badges_pdf))
        .route("/counts/{id}/evidence/{piece}", get(crate::attendance::tallies::files::open))
        .route("/deliveries/{id}/sheets.pdf", get(crate::attendance::sheets::files::sheets_pdf))
        .route("/deliveries/{id}/register/{slot}/scans/{scan}", get(crate::attendance::sheets::files::scan))
        .route("/deliveries/{id}/register/{slot}/sheet.pdf", get(crate::attendance::sheets::files::sheet_pdf))
        .fallback(http::pages::fallback)
        .layer(DefaultBodyLimit::max(2 * 1024 * 1024))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(30)));
    // An upload may be large and slow: it has its own limits, of size and of silence.
    let uploads = Router::new()
        .route("/uploads", post(upload::receive))
        .route("/deliveries/{id}/transfer/upload", post(transfer::receive).get(http::pages::fallback))
        .route("/counts/{id}/evidence", post(crate::attendance::tallies::files::receive))
        .route("/deliveries/{id}/register/{slot}/scans", post(crate::attendance::sheets::files::receive))
        .layer(DefaultBodyLimit::disable());
    // Goes on for minutes, by design.
    let live = Router::new().route("/deliveries/{id}/register/{slot}/live", get(crate::attendance::watch::live));
    // What is compressed already is sent as it is, with its length and by ranges.
    let squeezable = DefaultPredicate::new()
        .and(NotForContentType::const_new("application/pdf"))
        .and(NotForContentType::const_new("application/zip"))
        .and(NotForContentType::const_new("application/vnd."))
        .and(NotForContentType::const_new("audio/"))
        .and(NotForContentType::const_new("video/"));
    Ok(timed
        .merge(uploads)
        .merge(live)
        .layer(middleware::from_fn_with_state(app.clone(), identify::identify))
        .layer(middleware::from_fn_with_state(app.clone(), assets::site))
        // Above need the database to know who is asking; these do not.
        .route("/health/live", get(|| async { "live\n" }))
        .route("/health/ready", get(move |State(app): State<App>| async move { health.ready(&app).await }))
        .layer(csrf)
        .layer(CatchPanicLayer::custom(guard::after_panic))
        .layer(middleware::from_fn_with_state(app.clone(), guard::protect))
        .layer(CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest).compress_when(squeezable))
        .with_state(app.clone()))
}
