//! For tests: an application on a fresh database of each kind, and people to act as.
//!
//! `on_both!` makes two tests of one body. PostgreSQL comes from `MAGISTRA_TEST_POSTGRES`
//! (`scripts/postgres.sh start` prints one); without it its tests fail, never skip.

pub mod fuzz;
mod given;
pub mod markup;

pub use given::{GivenPack, ZONE};

use crate::{
    common::actor::{Actor, Grant, Role},
    common::ids::{InstitutionId, PersonId},
    institutions::model::InstitutionKind,
    people::{service, store::NewPerson},
    platform::{
        apart::Apart,
        clock::{Clock, Entropy},
        config::Settings,
        context::{App, Ctx, Parts},
        db::Db,
        files::Files,
        gates::Gates,
        http::{assets::Assets, caller, guard::Limits},
        passwords::Passwords,
        rendered::Rendered,
    },
};
use clap::Parser;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// The kinds of database.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A file in a temporary folder.
    Sqlite,
    /// A database of its own in the test cluster.
    Postgres,
}

/// An application and what it lives in.
pub struct House {
    /// The application, at 2026-11-24 08:00 UTC.
    pub app: App,
    _folder: TempDir,
}

/// Makes two tests: `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! on_both {
    (async fn $name:ident($house:ident) $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            async fn run($house: $crate::testing::House) $body
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                run($crate::testing::house($crate::testing::Kind::Sqlite).await).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                run($crate::testing::house($crate::testing::Kind::Postgres).await).await;
            }
        }
    };
}

static TEMPLATE: OnceCell<()> = OnceCell::const_new();

fn postgres_url() -> String {
    std::env::var("MAGISTRA_TEST_POSTGRES").expect("MAGISTRA_TEST_POSTGRES must name a PostgreSQL for tests")
}

fn with_database(url: &str, name: &str) -> String {
    let (base, _) = url.rsplit_once('/').expect("a database's address has a path");
    format!("{base}/{name}")
}

async fn postgres() -> String {
    let url = postgres_url();
    let process = std::process::id();
    let template = format!("template_{process}");
    TEMPLATE
        .get_or_init(|| async {
            let mut admin = PgConnection::connect(&url).await.expect("PostgreSQL for tests answers");
            admin.execute(AssertSqlSafe(format!("CREATE DATABASE {template}"))).await.expect("template");
            let db = Db::open(&with_database(&url, &template)).await.expect("template opens");
            db.migrate().await.expect("migrates");
            db.close().await;
        })
        .await;
    let name = format!("t_{}", uuid::Uuid::from_bytes(Entropy::System.bytes()).simple());
    let mut admin = PgConnection::connect(&url).await.expect("PostgreSQL for tests answers");
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE {template}"))).await.expect("database");
    with_database(&url, &name)
}

/// The address of a database of the same kind as the house's, not yet made or without tables.
pub async fn empty_database(house: &House, data: &std::path::Path) -> String {
    match house.app.db {
        Db::Sqlite { .. } => format!("sqlite://{}/magistra.db", data.display()),
        Db::Postgres(_) => {
            let url = postgres_url();
            let name = format!("t_{}", uuid::Uuid::from_bytes(Entropy::System.bytes()).simple());
            let mut admin = PgConnection::connect(&url).await.expect("PostgreSQL for tests answers");
            admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.expect("database");
            with_database(&url, &name)
        }
    }
}

#[derive(Parser)]
struct Options {
    #[command(flatten)]
    settings: Settings,
}

/// A fresh application.
pub async fn house(kind: Kind) -> House {
    house_with(kind, &[]).await
}

/// A fresh application with further options.
pub async fn house_with(kind: Kind, further: &[&str]) -> House {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = match kind {
        Kind::Sqlite => format!("sqlite://{}/magistra.db", folder.path().display()),
        Kind::Postgres => postgres().await,
    };
    let migrate = matches!(kind, Kind::Sqlite);
    build(folder, &url, migrate, Files::memory(), further).await
}

/// An application whose folder, and so whose files, lie on a disk of the test's.
pub async fn house_on(disk: &std::path::Path, url: &str) -> House {
    let folder = tempfile::tempdir_in(disk).expect("a temporary folder");
    let files = folder.path().join("files").display().to_string();
    let files = Files::open(&files).expect("a folder for files");
    build(folder, url, true, files, &["--min-free-mib", "1"]).await
}

async fn build(folder: TempDir, url: &str, migrate: bool, files: Files, further: &[&str]) -> House {
    let data = folder.path().to_str().expect("a plain path");
    let given = ["test", "--data", data, "--database-url", url];
    let options = Options::parse_from(given.iter().chain(further));
    let db = Db::open(url).await.expect("the database opens");
    if migrate {
        db.migrate().await.expect("migrates");
    }
    let mailer = crate::server::mailer(&options.settings).expect("a mail server's address");
    let gates = Gates::new(&options.settings);
    let app = App::new(Parts {
        db,
        clock: Clock::fixed("2026-11-24T08:00:00Z".parse().expect("a time")),
        entropy: Entropy::seeded(1),
        settings: options.settings,
        files,
        passwords: Passwords::quick().expect("hashing"),
        assets: Assets::open(folder.path()),
        limits: Limits::new(),
        // A proxy on the same machine, as DEPLOYMENT.md has it.
        trusted_proxies: caller::networks("127.0.0.1").expect("an address"),
        query_count: true,
        jobs_waiting: tokio::sync::Notify::new(),
        marks: tokio::sync::broadcast::Sender::new(1024),
        closing: tokio_util::sync::CancellationToken::new(),
        apart: Apart::within(),
        rendered: Rendered::default(),
        mailer,
        kinds: crate::server::JOBS,
        pages: &crate::server::pages::PAGES,
        gates,
    });
    House { app, _folder: folder }
}

impl House {
    /// Nobody's request.
    pub fn nobody(&self) -> Ctx {
        Ctx { source: "127.0.0.1".into(), ..Ctx::internal(&self.app) }
    }

    /// A request of a person.
    pub fn as_actor(&self, actor: &Actor) -> Ctx {
        Ctx { actor: Some(actor.clone()), ..self.nobody() }
    }

    /// Adds a person with an account (`NAME@magistra.example`) and roles, and is that person.
    pub async fn person(&self, name: &str, grants: &[Grant]) -> Actor {
        let cx = self.nobody();
        let id: PersonId = self.app.id();
        let email = format!("{}@magistra.example", name.to_lowercase());
        let mut tx = cx.begin().await.expect("begins");
        let person = NewPerson {
            id,
            given_name: name,
            family_name: "Tester",
            folded: "",
            sex: None,
            area_code: None,
            email: &email,
            invented: true,
        };
        let hash = self.app.passwords.hash("correct horse battery".into()).await.expect("hashes");
        service::create_person(&cx, &mut tx, person, Some((&email, Some(&hash))), grants).await.expect("a person");
        tx.commit().await.expect("commits");
        Actor { person_id: id, name: format!("{name} Tester"), email, ..Actor::holding(grants.to_vec()) }
    }

    /// A programme officer.
    pub async fn officer(&self) -> Actor {
        self.person("Officer", &[Grant { role: Role::ProgrammeOfficer, institution: None, area: None }]).await
    }

    /// An administrator of an institution.
    pub async fn administrator(&self, name: &str, institution: InstitutionId) -> Actor {
        let grant = Grant { role: Role::InstitutionAdministrator, institution: Some(institution), area: None };
        self.person(name, &[grant]).await
    }

    /// An area `AL` and an institution in it.
    pub async fn institution(&self, slug: &str) -> InstitutionId {
        self.institution_of(slug, InstitutionKind::JudicialTraining).await
    }

    /// A court there.
    pub async fn court(&self, slug: &str) -> InstitutionId {
        self.institution_of(slug, InstitutionKind::Court).await
    }

    async fn institution_of(&self, slug: &str, kind: InstitutionKind) -> InstitutionId {
        use crate::institutions::store::{self, AreaRow, NewInstitution};
        let id: InstitutionId = self.app.id();
        let mut tx = self.app.db.begin().await.expect("begins");
        if store::areas(&mut tx).await.expect("areas").is_empty() {
            let area = AreaRow {
                code: "AL".into(),
                languages: ";sq;".into(),
                convention_deposit: None,
                convention_in_force: None,
                project_area: true,
                footnote: false,
                note: String::new(),
            };
            store::add_area(&mut tx, &area).await.expect("an area");
        }
        let new = NewInstitution { id, slug, area_code: "AL", name: slug, folded: slug, kind, note: "" };
        store::add(&mut tx, &new, self.app.now()).await.expect("an institution");
        tx.commit().await.expect("commits");
        id
    }
}
