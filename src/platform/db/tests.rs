//! What becomes of a connection that failed, was given up, or was left in the middle.

use super::{error::sqlite_code, loan::DEADLINE, *};
use crate::{
    execute, fetch_one, on_both,
    platform::{
        context::App,
        job_store::{self, NewJob},
    },
    testing::House,
};
use std::time::Duration;

const REFUSED: Statement = Statement::new("tests::refused", "INSERT INTO job (id) VALUES (NULL)");
const ENDLESS: Statement<(i64,)> = Statement::new(
    "tests::endless",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT COUNT(*) FROM n",
);

async fn add(app: &App, tx: &mut Tx) -> Result<(), DbError> {
    let job = NewJob { id: app.id(), kind: "test", payload: "{}", run_at: app.now(), dedupe_key: None };
    job_store::add_job(tx, job, app.now()).await.map(|_| ())
}

async fn write(app: &App) -> Result<(), DbError> {
    let mut tx = app.db.begin().await?;
    add(app, &mut tx).await?;
    tx.commit().await
}

async fn written(app: &App) -> i64 {
    job_store::waiting_jobs(&mut app.db.read().await.expect("reads")).await.expect("counts")
}

/// Ends the transaction behind our back: as SQLite does by itself on a full disk, as PostgreSQL does when it
/// goes down.
async fn end_behind_our_back(house: &House, tx: &mut Tx) {
    match tx {
        Tx::Sqlite(loan) => loan.run("ROLLBACK").await.expect("rolls back"),
        Tx::Pg(_) => {
            let mut other =
                PgConnection::connect(&house.app.settings.database_url()).await.expect("another connection");
            let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
            other.execute(sql).await.expect("ends all others");
        }
    }
}

on_both! {
    async fn a_failed_commit_is_told_and_the_next_write_works(house) {
        let app = &house.app;
        for _ in 0..3 {
            let before = written(app).await;
            let mut tx = app.db.begin().await.unwrap();
            add(app, &mut tx).await.unwrap();
            end_behind_our_back(&house, &mut tx).await;
            assert!(tx.commit().await.is_err(), "nobody is told that it was kept");
            write(app).await.expect("the very next write");
            assert_eq!(written(app).await, before + 1);
        }
    }
}

on_both! {
    async fn a_refused_statement_does_not_end_in_a_success_that_kept_nothing(house) {
        let app = &house.app;
        let mut tx = app.db.begin().await.unwrap();
        add(app, &mut tx).await.unwrap();
        assert!(!execute!(&mut tx, REFUSED).unwrap_err().is_outage());
        let kept = tx.commit().await.is_ok();
        assert_eq!(written(app).await, i64::from(kept));
        write(app).await.unwrap();
    }
}

on_both! {
    async fn who_goes_away_in_the_middle_leaves_a_connection_that_works(house) {
        let app = &house.app;
        for _ in 0..20 {
            let mut tx = app.db.begin().await.unwrap();
            let _ = futures::poll!(Box::pin(add(app, &mut tx)));
            drop(tx);
            let _ = futures::poll!(Box::pin(app.db.begin()));
        }
        assert_eq!(written(app).await, 0);
        write(app).await.unwrap();
        let mut tx = app.db.begin().await.unwrap();
        add(app, &mut tx).await.unwrap();
        let _ = futures::poll!(Box::pin(tx.commit()));
        write(app).await.unwrap();
        assert!((2..=3).contains(&written(app).await), "what was given up at its commit is kept whole or not");
    }
}

on_both! {
    async fn what_takes_too_long_is_given_up_with_its_connection(house) {
        let app = &house.app;
        let deadline = Duration::from_millis(50);
        for _ in 0..5 {
            let mut reader = app.db.read().await.unwrap();
            let given_up: Result<(i64,), DbError> =
                DEADLINE.scope(deadline, async { fetch_one!(&mut reader, ENDLESS) }).await;
            assert!(given_up.unwrap_err().is_outage());
            // What SQLite ran after a rollback of its own would be kept on its own.
            assert!(job_store::waiting_jobs(&mut reader).await.is_err(), "a lost connection is not used again");
        }
        assert_eq!(written(app).await, 0, "the pool has other connections");
        let mut tx = app.db.begin().await.unwrap();
        let given_up: Result<(i64,), DbError> = DEADLINE.scope(deadline, async { fetch_one!(&mut tx, ENDLESS) }).await;
        assert!(given_up.is_err() && tx.commit().await.is_err());
    }
}

on_both! {
    async fn writing_is_tried_by_writing(house) {
        house.app.db.try_to_write().await.unwrap();
        house.app.db.close().await;
        assert!(house.app.db.try_to_write().await.unwrap_err().is_outage());
    }
}

#[test]
fn codes_are_read_as_their_database_means_them() {
    // 778 and 4874 are kinds of 10, input and output; 787 and 2067 are constraints.
    for (code, primary) in [("13", 13), ("778", 10), ("4874", 10), ("787", 19), ("2067", 19)] {
        assert_eq!(sqlite_code(code), Some(primary));
    }
    for sqlstate in ["53100", "57P01", "08006", "23505"] {
        assert_eq!(sqlite_code(sqlstate), None);
    }
}
