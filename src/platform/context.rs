//! What a request or a job works with: the application's parts, and who is asking.

use super::{
    apart::Apart,
    clock::{Clock, Entropy},
    config::Settings,
    db::{Db, DbError, Reader, Tx},
    files::Files,
    gates::Gates,
    http::{assets::Assets, guard::Limits, page::Pages},
    jobs::Handlers,
    mail::smtp::Mailer,
    passwords::Passwords,
    rendered::Rendered,
};
use crate::common::{
    actor::Actor,
    error::AppError,
    ids::{JobId, SlotId},
};
use chrono::{DateTime, Utc};
use std::{ops::Deref, sync::Arc};
use uuid::Uuid;

/// The application's parts, made once.
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Random bytes.
    pub entropy: Entropy,
    /// The options.
    pub settings: Settings,
    /// The object store.
    pub files: Files,
    /// Password hashing.
    pub passwords: Passwords,
    /// The built site.
    pub assets: Assets,
    /// How fast one may try.
    pub limits: Limits,
    /// The proxies whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// Whether answers say how many statements they took.
    pub query_count: bool,
    /// Told when a job was enqueued, so that workers need not poll fast.
    pub jobs_waiting: tokio::sync::Notify,
    /// Told in which half-day somebody was marked, for those who watch its register.
    pub marks: tokio::sync::broadcast::Sender<SlotId>,
    /// Cancelled when the server is to stop: what would go on for ever ends then.
    pub closing: tokio_util::sync::CancellationToken,
    /// Where files from strangers are read.
    pub apart: Apart,
    /// Lessons as they look.
    pub rendered: Rendered,
    /// The lines to the mail server; none without one.
    pub mailer: Option<Mailer>,
    /// The kinds of jobs that are known here, and whose lanes they are.
    pub kinds: Handlers,
    /// The pages that the server draws.
    pub pages: &'static Pages,
    /// How much of what is dear one may have at once.
    pub gates: Gates,
}

/// A cheap handle on [`Parts`].
#[derive(Clone)]
pub struct App(Arc<Parts>);

impl App {
    /// Makes the handle.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The time now.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A fresh id of any kind.
    pub fn id<T: From<Uuid>>(&self) -> T {
        T::from(self.entropy.uuid(self.now()))
    }

    /// Tells those who watch a half-day's register that somebody was marked.
    pub fn marked(&self, slot: SlotId) {
        // Nobody may be watching.
        let _ = self.marks.send(slot);
    }
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// One request: the application, who is asking, and from where.
#[derive(Clone)]
pub struct Ctx {
    /// The application.
    pub app: App,
    /// Who is signed in.
    pub actor: Option<Actor>,
    /// The caller's address, or `job` for background work.
    pub source: String,
    /// The caller's browser, as it names itself.
    pub user_agent: String,
    /// What the caller's browser was given when it last signed in; empty where it never did.
    pub device: String,
    /// The job that is being done, where it is one.
    pub job: Option<JobId>,
}

impl Ctx {
    /// The context of background work and of commands.
    pub fn internal(app: &App) -> Self {
        Self {
            app: app.clone(),
            actor: None,
            source: "job".into(),
            user_agent: String::new(),
            device: String::new(),
            job: None,
        }
    }

    /// The context of a job.
    pub fn of_job(app: &App, job: JobId) -> Self {
        Self { job: Some(job), ..Self::internal(app) }
    }

    /// Who is signed in, or the error that sends to the sign-in page.
    pub fn signed_in(&self) -> Result<&Actor, AppError> {
        self.actor.as_ref().ok_or(AppError::SignInRequired)
    }

    /// A connection to read with.
    pub async fn read(&self) -> Result<Reader, DbError> {
        self.app.db.read().await
    }

    /// A write transaction.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        self.app.db.begin().await
    }

    /// Sets a paper when it is its turn; see [`super::gates::Papers::set`].
    pub async fn set_paper<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
        self.app.gates.papers.set(self.source == "job", work).await
    }

    /// The time now.
    pub fn now(&self) -> DateTime<Utc> {
        self.app.now()
    }
}
