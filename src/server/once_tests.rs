//! Jobs that write letters, done twice and broken off at every point: one letter each, one link.

use super::JOBS;
use crate::{
    cohorts,
    common::{
        actor::Actor,
        ids::{AccountId, JobId},
    },
    deliveries::model::{DeliveryState, NEWS, News},
    enrolment::letters as places,
    execute, fetch_all, on_both,
    people::{
        accounts::{
            known::GUESSED_JOB,
            letters::{FORGOTTEN_JOB, Forgotten, INVITATION_JOB, Invitation},
        },
        records::change_letters::{CHANGE_JOB, Waiting},
        service::token_hash,
    },
    platform::{
        context::Ctx,
        db::Statement,
        jobs::{self, About},
        mail,
    },
    testing::House,
};
use std::{pin::pin, task::Poll};
use uuid::Uuid;

const WAITING: Statement<(JobId, String, String)> = Statement::new(
    "testing::waiting",
    "SELECT id, kind, payload FROM job WHERE kind <> 'mail' AND state = 'queued' ORDER BY id",
);
const LETTERS: Statement<(JobId, String, String)> =
    Statement::new("testing::letters", "SELECT id, kind, payload FROM job WHERE kind = 'mail' ORDER BY id");
const SET_DONE: Statement =
    Statement::new("testing::set_done", "UPDATE job SET state = 'done', finished_at = $2 WHERE id = $1");

/// Runs a future until it has been asked so often, and drops it then; whether it ended before.
async fn broken_off<T>(polls: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

const LINKS: Statement<(String,)> = Statement::new(
    "testing::links",
    "SELECT token_hash FROM one_time_token UNION ALL SELECT token_hash FROM pending_change WHERE token_hash IS NOT NULL ORDER BY 1",
);

/// What was written so far: letters, links (their hashes), certificates.
async fn written(house: &House) -> (i64, Vec<(String,)>, i64) {
    (
        house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail'").await,
        fetch_all!(&mut house.app.db.read().await.unwrap(), LINKS).unwrap(),
        house.count("SELECT COUNT(*) FROM certificate").await,
    )
}

/// Does everything that is asked for but sending, each job broken off many times, then done, then done again as if
/// the worker had died before it could say so. Says how many jobs there were.
async fn done_twice(house: &House) -> usize {
    let mut all = 0;
    loop {
        let rows: Vec<(JobId, String, String)> = fetch_all!(&mut house.app.db.read().await.unwrap(), WAITING).unwrap();
        if rows.is_empty() {
            return all;
        }
        for (id, kind, payload) in rows {
            let handler = JOBS.iter().find(|known| known.name == kind).unwrap().run;
            let run = || handler(Ctx::of_job(&house.app, id), payload.clone());
            let before = written(house).await;
            for polls in 1..40 {
                match broken_off(polls, run()).await {
                    None => {}
                    Some(outcome) => {
                        outcome.unwrap();
                        break;
                    }
                }
            }
            run().await.unwrap();
            let once = written(house).await;
            run().await.unwrap();
            assert_eq!(written(house).await, once, "{kind} done twice");
            let links = match kind.as_str() {
                FORGOTTEN_JOB | INVITATION_JOB | CHANGE_JOB => Some(1),
                GUESSED_JOB => Some(0),
                _ => None,
            };
            if let Some(links) = links {
                let more = (once.0 - before.0, once.1.len() - before.1.len());
                assert_eq!(more, (1, links), "{kind}: letters and links");
            }
            let mut tx = house.app.db.begin().await.unwrap();
            execute!(&mut tx, SET_DONE, id, house.app.now()).unwrap();
            tx.commit().await.unwrap();
            all += 1;
        }
    }
}

const INVITED: Statement =
    Statement::new("testing::invited", "UPDATE account SET password_hash = NULL WHERE person_id = $1");
const ACCOUNT: Statement<(AccountId,)> =
    Statement::new("testing::account_of", "SELECT id FROM account WHERE person_id = $1");
const CHANGE: Statement = Statement::new(
    "testing::change",
    "INSERT INTO pending_change (id, person_id, act, asked, stood, requested_by, requested_by_name, requested_at, expires_at, by_address)
        VALUES ($1, $2, 'disable', '\"Disable\"', $3, $2, 'Ada', $4, $5, TRUE)",
);
const COHORT: Statement = Statement::new(
    "testing::cohort",
    "INSERT INTO cohort (id, title, course_id, state, capacity, created_at, updated_at) VALUES ($1, 'Group', $2, 'selection', 9, $3, $3)",
);
const MEMBER: Statement = Statement::new(
    "testing::member",
    "INSERT INTO cohort_member (id, cohort_id, person_id, state, mentor_id, created_at, updated_at) VALUES ($1, $2, $3, 'selected', $4, $5, $5)",
);

async fn a_house_with_much_to_say(house: &House) -> Vec<Actor> {
    let academy = house.institution("academy").await;
    let course = house.course("introductory").await;
    house.pack(course).await;
    let delivery = house.delivery(course, academy, 9).await;
    house.put(delivery, "delivered").await;
    let (ana, ben, tom) =
        (house.person("Ana", &[]).await, house.person("Ben", &[]).await, house.person("Tom", &[]).await);
    house.enrol(delivery, ana.person_id).await;
    house.enrol(delivery, ben.person_id).await;
    let cx = house.nobody();
    let mut tx = cx.begin().await.unwrap();
    execute!(&mut tx, INVITED, tom.person_id).unwrap();
    let account: Vec<(crate::common::ids::AccountId,)> = fetch_all!(&mut tx, ACCOUNT, tom.person_id).unwrap();
    let (account,) = account[0];
    jobs::enqueue(&cx, &mut tx, INVITATION_JOB, &Invitation { account, by: "Ada".into(), language: "en".into() })
        .await
        .unwrap();
    jobs::enqueue(&cx, &mut tx, FORGOTTEN_JOB, &Forgotten { email: ana.email.clone(), language: "en".into() })
        .await
        .unwrap();
    let guessed = serde_json::json!({ "email": ben.email });
    jobs::enqueue(&cx, &mut tx, GUESSED_JOB, &guessed).await.unwrap();
    let details = serde_json::json!({ "given_name": "Ben", "family_name": "Tester", "email": ben.email });
    let stood = serde_json::json!({ "version": 1, "details": details, "account_email": ben.email }).to_string();
    let (change, until) = (Uuid::from_u128(4), cx.now() + chrono::TimeDelta::days(14));
    execute!(&mut tx, CHANGE, change, ben.person_id, stood.as_str(), cx.now(), until).unwrap();
    jobs::enqueue(&cx, &mut tx, CHANGE_JOB, &Waiting { change: change.into() }).await.unwrap();
    places::send_later(&cx, &mut tx, delivery, places::Occasion::Added, vec![ana.person_id, ben.person_id], "")
        .await
        .unwrap();
    let news = News { delivery, state: DeliveryState::Cancelled, reason: "No room.".into() };
    jobs::enqueue(&cx, &mut tx, NEWS, &news).await.unwrap();
    let group = Uuid::from_u128(1);
    execute!(&mut tx, COHORT, group, course, cx.now()).unwrap();
    // One mentor of two: two letters with one subject.
    let members = [(Uuid::from_u128(2), ana.person_id), (Uuid::from_u128(3), ben.person_id)];
    for (member, person) in members {
        execute!(&mut tx, MEMBER, member, group, person, tom.person_id, cx.now()).unwrap();
    }
    let members = members.map(|(member, _)| member.into()).to_vec();
    cohorts::letters::send_later(&cx, &mut tx, group.into(), cohorts::letters::Occasion::Mentor, members, "")
        .await
        .unwrap();
    for kind in [jobs::LOOK, crate::deliveries::model::FEEDBACK, crate::completion::service::LOST_JOB] {
        jobs::enqueue(&cx, &mut tx, kind, &About { delivery }).await.unwrap();
    }
    tx.commit().await.unwrap();
    vec![ana, ben, tom]
}

on_both! {
    async fn what_is_done_twice_writes_once(house) {
        a_house_with_much_to_say(&house).await;
        assert!(done_twice(&house).await >= 10);
        // Three links and a warning; two places given and two called off; two members and the mentor of each; two asked
        // what they say.
        let (letters, links, _) = written(&house).await;
        assert_eq!(letters, 4 + 2 + 2 + 4 + 2);
        let rows: Vec<(JobId, String, String)> = fetch_all!(&mut house.app.db.read().await.unwrap(), LETTERS).unwrap();
        let mut opening: Vec<(String,)> = Vec::new();
        for (_, _, payload) in &rows {
            let link = ["/set-password/", "/confirm-change/"].iter().find_map(|path| payload.split_once(path));
            if let Some((_, rest)) = link {
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c))).unwrap();
                opening.push((token_hash(&rest[..end]),));
                assert!(payload.contains("\"secret\":true"), "erased once it is sent: {payload}");
            }
        }
        opening.sort();
        assert_eq!(opening, links, "the link of each letter holds");
    }
}

on_both! {
    async fn a_letter_keeps_its_name_and_its_link_through_every_try(house) {
        let tom = house.person("Tom", &[]).await;
        let cx = house.nobody();
        let mut tx = cx.begin().await.unwrap();
        jobs::enqueue(&cx, &mut tx, FORGOTTEN_JOB, &Forgotten { email: tom.email.clone(), language: "en".into() }).await.unwrap();
        tx.commit().await.unwrap();
        done_twice(&house).await;
        let rows: Vec<(JobId, String, String)> = fetch_all!(&mut house.app.db.read().await.unwrap(), LETTERS).unwrap();
        assert_eq!(rows.len(), 1);
        let (id, _, payload) = rows[0].clone();
        let folder = house.app.settings.mail_folder();
        let read = || {
            let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            assert_eq!(files.len(), 1, "written twice, it is one letter");
            std::fs::read_to_string(&files[0]).unwrap()
        };
        mail::deliver(Ctx::of_job(&house.app, id), payload.clone()).await.unwrap();
        let first = read();
        house.app.clock.set(house.app.now() + chrono::TimeDelta::minutes(20));
        mail::deliver(Ctx::of_job(&house.app, id), payload).await.unwrap();
        assert_eq!(read(), first, "to the letter");
        assert!(first.contains(&format!("Message-ID: <{id}@127.0.0.1>")), "{first}");
        // Sent, what opens an account is erased; a copy of the database opens none.
        jobs::drain(&house.app, JOBS).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail' AND state = 'done' AND payload = ''").await, 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE payload LIKE '%set-password%'").await, 0);
    }
}
