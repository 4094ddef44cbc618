//! The commands of the `magistra` binary.

use super::{
    DAILY, JOBS, backup, doctor,
    listen::{self, Bounds},
    open, router, start,
};
use crate::{
    common::{
        actor::{Grant, Role},
        clean,
    },
    people::{service as people, store::NewPerson},
    platform::{
        config::{ServeSettings, Settings},
        context::{App, Ctx},
        db::patiently,
        http::forms,
        jobs, private, telemetry,
    },
};
use axum::{Router, routing::get};
use clap::{Parser, Subcommand};
use std::{path::PathBuf, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Training courses, materials, attendance and certificates for the people who apply the law.
#[derive(Parser, Debug)]
#[command(name = "magistra", version)]
pub struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Serve the application (and work on jobs)
    Serve(ServeSettings),
    /// Work on jobs only
    Worker,
    /// Bring the database's schema up to date
    Migrate,
    /// Write database and files into one archive (.tar.gz), while the server runs or not, and read it again
    Backup {
        /// The archive to write, or a folder in which it gets a name with its time
        archive: PathBuf,
        /// Write nothing: read this archive from end to end and say whether it could be restored
        #[arg(long)]
        verify: bool,
        /// With --verify: read an archive without a seal that fits (of an earlier version) all the same
        #[arg(long, requires = "verify")]
        unsealed: bool,
    },
    /// Put an archive into an empty database and an empty store of files: all of it or nothing
    Restore {
        /// The archive to read
        archive: PathBuf,
        /// Read an archive without a seal that fits (of an earlier version) all the same
        #[arg(long)]
        unsealed: bool,
    },
    /// Look whether all is well and say what is not; ends with 1 when something is wrong
    Doctor,
    /// Load the demonstration into an empty database, or set the password of its accounts
    Demo {
        /// Password of every demonstration account; without one a random one is made
        #[arg(long, env = "MAGISTRA_DEMO_PASSWORD", hide_env_values = true)]
        password: Option<String>,
        /// Leave a database that has records of its own as it is, instead of failing
        #[arg(long)]
        if_empty: bool,
    },
    /// Make an account that may do everything
    CreateAdmin {
        /// E-mail address to sign in with
        #[arg(long)]
        email: String,
        /// Given name
        #[arg(long)]
        given_name: String,
        /// Family name
        #[arg(long)]
        family_name: String,
        /// Password; better by the variable than on the command line
        #[arg(long, env = "MAGISTRA_ADMIN_PASSWORD", hide_env_values = true)]
        password: String,
    },
}

/// Runs the command line.
pub async fn run(cli: Cli) -> Result<(), String> {
    private::mask();
    match cli.command {
        Command::Serve(serve) => serve_command(&cli.settings, &serve).await,
        Command::Worker => {
            telemetry::log();
            let app = open(&cli.settings, None).await?;
            start::prepare(&app).await?;
            start::find_files(&app).await?;
            let stop = stop_signal(&app);
            begin_jobs(&app).await?;
            tracing::info!("worker started");
            let watch = tokio::spawn(jobs::watch::watch(app.clone(), JOBS, stop.clone()));
            jobs::work(app.clone(), JOBS, stop).await;
            let _ = watch.await;
            app.db.close().await;
            Ok(())
        }
        Command::Migrate => {
            let app = open(&cli.settings, None).await?;
            start::prepare(&app).await?;
            println!("The schema is up to date.");
            Ok(())
        }
        Command::Backup { archive, verify: true, unsealed } => {
            let verified = backup::verify(&archive, seal(unsealed)).await?;
            warn(&verified.warnings());
            println!("{} is whole: {verified}.", archive.display());
            Ok(())
        }
        Command::Backup { archive, .. } => {
            let app = open(&cli.settings, None).await?;
            let written = patiently(backup::backup(&app, &archive)).await;
            app.db.close().await;
            let written = written?;
            warn(&written.warnings);
            println!("Written and read again: {}, {}.", written.archive.display(), written.verified);
            Ok(())
        }
        Command::Restore { archive, unsealed } => {
            let verified = patiently(backup::restore(&cli.settings, &archive, seal(unsealed))).await?;
            warn(&verified.warnings());
            println!("Restored from {}: {verified}.", archive.display());
            Ok(())
        }
        Command::Doctor => doctor::run(&cli.settings).await,
        Command::Demo { password, if_empty } => patiently(demo(&cli.settings, password, if_empty)).await,
        Command::CreateAdmin { email, given_name, family_name, password } => {
            create_admin(&cli.settings, &email, &given_name, &family_name, password).await
        }
    }
}

fn seal(unsealed: bool) -> backup::Seal {
    if unsealed { backup::Seal::Waived } else { backup::Seal::Required }
}

fn warn(lines: &[String]) {
    for line in lines {
        eprintln!("magistra: warning: {line}");
    }
}

async fn create_admin(
    settings: &Settings,
    email: &str,
    given_name: &str,
    family_name: &str,
    password: String,
) -> Result<(), String> {
    use crate::{
        common::forms::{FaultKind, plausible_email},
        people::accounts::weak,
        platform::passwords::MIN_LENGTH,
    };
    if !plausible_email(email) {
        return Err(format!("{email:?} is not an e-mail address"));
    }
    if password.chars().count() < MIN_LENGTH {
        return Err(format!("the password needs at least {MIN_LENGTH} characters"));
    }
    match weak::fault(&password, &[given_name, family_name, email]) {
        Some(FaultKind::OwnPassword) => {
            return Err("the password is made of the name, the address or the name of Magistra; choose another".into());
        }
        Some(_) => return Err("this password is among the first that are tried; choose another".into()),
        None => {}
    }
    let app = open(settings, None).await?;
    app.db.migrate().await.map_err(|e| format!("migration: {e}"))?;
    let cx = Ctx::internal(&app);
    let hash = app.passwords.hash(password).await.map_err(|e| e.to_string())?;
    let mut tx = cx.begin().await.map_err(|e| e.to_string())?;
    let (given_name, family_name) = (clean::line(given_name), clean::line(family_name));
    let person = NewPerson {
        id: app.id(),
        given_name: &given_name,
        family_name: &family_name,
        folded: "",
        sex: None,
        area_code: None,
        email,
        invented: false,
    };
    let grant = Grant { role: Role::ProgrammeOfficer, institution: None, area: None };
    people::create_person(&cx, &mut tx, person, Some((&email.to_lowercase(), Some(&hash))), &[grant])
        .await
        .map_err(|_| format!("there is an account with the address {email} already, or the database refused"))?;
    tx.commit().await.map_err(|e| e.to_string())?;
    println!("{email} can sign in as programme officer.");
    Ok(())
}

async fn demo(settings: &Settings, password: Option<String>, if_empty: bool) -> Result<(), String> {
    use crate::{
        demo::load::{self, Found},
        platform::passwords::{MAX_LENGTH, MIN_LENGTH},
    };
    if password.as_ref().is_some_and(|p| !(MIN_LENGTH..=MAX_LENGTH).contains(&p.chars().count())) {
        return Err(format!("the password needs {MIN_LENGTH} to {MAX_LENGTH} characters"));
    }
    let app = open(settings, None).await?;
    app.db.migrate().await.map_err(|e| format!("migration: {e}"))?;
    let cx = Ctx::internal(&app);
    let password = password.unwrap_or_else(|| people::new_token(&app).chars().take(20).collect());
    match load::found(&cx).await.map_err(|e| format!("the database does not answer: {e}"))? {
        Found::Empty => {
            load::load(&cx, &password).await.map_err(|e| format!("the demonstration could not be loaded: {e}"))?;
            println!("The demonstration is loaded.");
        }
        Found::Demonstration => {
            load::set_password(&cx, &password).await.map_err(|e| format!("the password could not be set: {e}"))?;
            println!("The demonstration is in place; its accounts have the password below.");
        }
        Found::Other if if_empty => {
            println!("The database has records of its own: the demonstration is not loaded into it.");
            return Ok(());
        }
        Found::Other => {
            return Err("the database has records of its own; the demonstration is loaded into an empty one only \
                        (MAGISTRA_DATA or MAGISTRA_DATABASE_URL chooses another)"
                .into());
        }
    }
    print!("{}", crate::demo::accounts::table(&password));
    app.db.close().await;
    Ok(())
}

async fn serve_command(settings: &Settings, serve: &ServeSettings) -> Result<(), String> {
    telemetry::log();
    let metrics = telemetry::metrics()?;
    let bounds = bounds(serve);
    let app = open(settings, Some(serve)).await?;
    start::prepare(&app).await?;
    start::find_files(&app).await?;
    let listener = TcpListener::bind(serve.addr)
        .await
        .map_err(|e| format!("cannot listen on {}: {e} (MAGISTRA_ADDR chooses another)", serve.addr))?;
    let metrics_listener = TcpListener::bind(serve.metrics_addr).await.map_err(|e| {
        format!("cannot listen on {} for metrics: {e} (MAGISTRA_METRICS_ADDR chooses another)", serve.metrics_addr)
    })?;
    let stop = stop_signal(&app);
    let exporter = Router::new().route("/metrics", get(move || std::future::ready(metrics.render())));
    let metrics_task = {
        let stop = stop.clone();
        tokio::spawn(async move {
            let _ = axum::serve(metrics_listener, exporter).with_graceful_shutdown(stop.cancelled_owned()).await;
        })
    };
    // Asked for nothing: whether the system lets a process limit itself is better known now than by the first file.
    if let Err(ended) = app.apart.run(crate::attendance::transfer::READ, Vec::new()).await {
        tracing::error!(%ended, "files that people send cannot be read: no process to read them in (setrlimit, exec)");
    }
    if !serve.no_worker {
        begin_jobs(&app).await?;
    }
    let worker = (!serve.no_worker).then(|| tokio::spawn(jobs::work(app.clone(), JOBS, stop.clone())));
    // Where no jobs are done it is said as well that none are.
    let watch = tokio::spawn(jobs::watch::watch(app.clone(), JOBS, stop.clone()));
    let router = router(&app)?;
    tracing::info!(address = %serve.addr, database = app.db.kind(), form_field = forms::FUNCTION_FIELD, "Magistra serves {}", settings.public_url);
    listen::serve(listener, router, bounds, stop).await;
    let _ = watch.await;
    shut_down(&app, worker, metrics_task).await;
    Ok(())
}

/// How many connections may be open, which takes files.
fn bounds(serve: &ServeSettings) -> Bounds {
    let connections = listen::within_files(serve.max_connections, listen::raise_open_files());
    if connections < serve.max_connections {
        tracing::warn!(connections, asked = serve.max_connections, "the system lets us open too few files");
    }
    Bounds {
        connections,
        // Behind a proxy all come from its address: it counts by source itself.
        by_source: serve.trusted_proxies.is_empty().then_some(serve.max_connections_by_source),
        header: Duration::from_secs(serve.header_timeout),
        idle: Duration::from_secs(serve.idle_timeout),
    }
}

/// Asks for what runs without anybody asking: the daily jobs, and the first counting of the cascade. What a clock
/// that was wrong has sent years ahead is brought back before, or it would stand in for them.
async fn begin_jobs(app: &App) -> Result<(), String> {
    jobs::bring_back(app, JOBS).await.map_err(|e| format!("due times could not be looked at: {e}"))?;
    jobs::start_daily(app, DAILY).await.map_err(|e| format!("the daily jobs could not be asked for: {e}"))?;
    crate::cascade::rebuild::begin(app)
        .await
        .map_err(|e| format!("the counting of the cascade could not be asked for: {e}"))
}

async fn shut_down(app: &App, worker: Option<tokio::task::JoinHandle<()>>, metrics: tokio::task::JoinHandle<()>) {
    if let Some(worker) = worker {
        let _ = worker.await;
    }
    let _ = metrics.await;
    app.db.close().await;
    tracing::info!("stopped; what was under way is finished");
}

/// Cancelled by Ctrl-C or a service manager's SIGTERM.
fn stop_signal(app: &App) -> CancellationToken {
    let stop = app.closing.clone();
    let told = stop.clone();
    tokio::spawn(async move {
        let terminate = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = terminate => {}
        }
        told.cancel();
    });
    stop
}
