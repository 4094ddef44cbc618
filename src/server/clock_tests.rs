//! A clock that was wrong once: a thousand days ahead, and back.

use super::{DAILY, JOBS, keeping};
use crate::{
    cascade::rebuild,
    common::lane::Lane,
    deliveries::model::FEEDBACK,
    execute, fetch_one, on_both,
    people::{accounts, service as signing},
    platform::{
        db::Statement,
        jobs::{self, Handlers, Kind},
    },
    testing::House,
};
use chrono::{DateTime, TimeDelta, Utc};

const AHEAD: TimeDelta = TimeDelta::days(1000);
const PASSWORD: &str = "correct horse battery";

fn jump(house: &House, by: TimeDelta) {
    house.app.clock.set(house.app.now() + by);
}

/// When a kind is due next.
async fn next(house: &House, kind: &str) -> DateTime<Utc> {
    let due = Statement::<(Option<DateTime<Utc>>,)>::new(
        "testing::due",
        "SELECT MIN(run_at) FROM job WHERE kind = $1 AND state = 'queued'",
    );
    let (at,): (Option<DateTime<Utc>>,) = fetch_one!(&mut house.app.db.read().await.unwrap(), due, kind).unwrap();
    at.expect("it is asked for")
}

on_both! {
    async fn daily_jobs_run_again_on_the_day_the_clock_is_right(house) {
        let now = house.app.now();
        jobs::start_daily(&house.app, DAILY).await.unwrap();
        jobs::drain(&house.app, JOBS).await.unwrap();
        jump(&house, AHEAD);
        jobs::drain(&house.app, JOBS).await.unwrap();
        let cx = house.nobody();
        let mut tx = cx.begin().await.unwrap();
        jobs::enqueue_at(&cx, &mut tx, FEEDBACK, &(), now + TimeDelta::days(400), None).await.unwrap();
        tx.commit().await.unwrap();
        house.app.clock.set(now + TimeDelta::hours(2));
        for kind in DAILY {
            assert!(next(&house, kind).await > now + AHEAD, "{kind} waits for years");
        }
        assert_eq!(jobs::bring_back(&house.app, JOBS).await.unwrap(), DAILY.len() as u64);
        assert_eq!(jobs::bring_back(&house.app, JOBS).await.unwrap(), 0);
        jobs::drain(&house.app, JOBS).await.unwrap();
        for kind in DAILY {
            assert_eq!(next(&house, kind).await, house.app.now() + TimeDelta::days(1), "{kind}");
        }
        assert_eq!(next(&house, FEEDBACK).await, now + TimeDelta::days(400), "its time is a date on record");
        assert!(!keeping::written_ahead(&house.app).await.unwrap().is_empty(), "and it can be told afterwards");
    }
}

on_both! {
    async fn leases_of_a_wrong_clock_hold_nothing(house) {
        const KINDS: Handlers = &[Kind::new(Lane::House, "test.kind", |_, _| Box::pin(async { Ok(()) }))];
        let cx = house.nobody();
        let mut tx = cx.begin().await.unwrap();
        jobs::enqueue(&cx, &mut tx, "test.kind", &()).await.unwrap();
        let claimed = Statement::new("testing::claimed", "UPDATE job SET state = 'running', attempts = 1, claimed_until = $1");
        execute!(&mut tx, claimed, cx.now() + AHEAD).unwrap();
        tx.commit().await.unwrap();
        assert_eq!(jobs::drain(&house.app, KINDS).await.unwrap(), 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE state = 'done'").await, 1);
    }
}

on_both! {
    async fn a_session_of_a_wrong_clock_is_none(house) {
        let tom = house.person("Tom", &[]).await;
        let sign_in = async || signing::sign_in(&house.nobody(), &tom.email, PASSWORD).await.unwrap().token;
        let actor = async |token: &str| signing::actor(&house.app, token).await.unwrap();
        let before = sign_in().await;
        jump(&house, AHEAD);
        let during = sign_in().await;
        assert!(actor(&during).await.is_some());
        assert!(actor(&before).await.is_none());
        jump(&house, -AHEAD);
        // One that was there before is as good as it was; one made meanwhile would last until 2029.
        assert!(actor(&during).await.is_none());
        assert!(actor(&before).await.is_some());
        let (after, unused) = (sign_in().await, sign_in().await);
        let me = house.as_actor(&actor(&after).await.unwrap());
        assert_eq!(accounts::service::view(&me).await.unwrap().sessions.len(), 3);
        // A clock set back by a minute signs nobody out.
        jump(&house, TimeDelta::minutes(-1));
        assert!(actor(&after).await.is_some());
        jump(&house, TimeDelta::days(13));
        assert!(actor(&after).await.is_some());
        jump(&house, TimeDelta::days(2));
        assert!(actor(&unused).await.is_none());
        assert!(actor(&during).await.is_none());
        keeping::retain(&house.nobody()).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM session WHERE expires_at > '2028-01-01T00:00:00+00:00'").await, 0);
    }
}

on_both! {
    async fn links_of_a_wrong_clock_open_nothing_and_stop_nobody(house) {
        let tom = house.person("Tom", &[]).await;
        let mail = || {
            let folder = std::fs::read_dir(house.app.settings.mail_folder()).unwrap();
            let mut letters: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
            letters.sort_by_key(|path| std::fs::metadata(path).unwrap().modified().unwrap());
            let text = std::fs::read_to_string(letters.last().unwrap()).unwrap().replace("=\r\n", "");
            let (_, rest) = text.split_once("/set-password/").unwrap();
            rest.split_whitespace().next().unwrap().to_owned()
        };
        let forgotten = async || {
            accounts::service::forgotten(&house.nobody(), &tom.email, "en").await.unwrap();
            jobs::drain(&house.app, JOBS).await.unwrap();
            mail()
        };
        let opens = async |link: &str| accounts::service::password_link(&house.nobody(), link).await.unwrap().purpose.is_some();
        jump(&house, AHEAD);
        let links = [forgotten().await, forgotten().await, forgotten().await];
        assert!(opens(&links[2]).await);
        jump(&house, -AHEAD);
        for link in &links {
            assert!(!opens(link).await);
            let set = accounts::service::set_password(&house.nobody(), link, "four words of mine", "four words of mine").await;
            assert!(set.is_err());
        }
        let link = forgotten().await;
        assert!(!links.contains(&link) && opens(&link).await, "three links of 2029 do not use up today's");
    }
}

on_both! {
    async fn the_cascade_is_counted_again(house) {
        let cx = house.nobody();
        let mut tx = cx.begin().await.unwrap();
        let scope = Statement::new("testing::scope", "INSERT INTO cascade_scope (scope_id, kind, undated, refreshed_at) VALUES ($1, 'course', 0, $2)");
        execute!(&mut tx, scope, uuid::Uuid::from_u128(7), cx.now() + AHEAD).unwrap();
        tx.commit().await.unwrap();
        rebuild::ask(&cx).await.unwrap();
        assert_eq!(next(&house, rebuild::REFRESH).await, cx.now());
        rebuild::refresh(&cx).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM cascade_scope").await, 0, "what is gone is not kept until 2029");
    }
}
