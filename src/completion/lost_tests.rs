//! Letters about what can no longer be reached, on both databases.

use super::service::{LOST_JOB, look, lost_job};
use crate::common::lane::Lane;
use crate::{
    attendance::{closing, service as register},
    common::ids::{DeliveryId, EnrolmentId},
    execute, fetch_all, on_both,
    platform::{
        context::Ctx,
        db::Statement,
        jobs::{self, Handlers, Kind},
    },
    testing::House,
};
use chrono::TimeDelta;

const HANDLERS: Handlers = &[
    Kind::new(Lane::House, LOST_JOB, lost_job),
    Kind::new(Lane::House, jobs::LOOK, super::service::look_job),
    Kind::new(Lane::House, jobs::SUM, |_, _| Box::pin(async { Ok(()) })),
    Kind::new(Lane::House, jobs::COUNT, |_, _| Box::pin(async { Ok(()) })),
];
const LETTERS: Statement<(String,)> = Statement::new(
    "testing::lost_letters",
    "SELECT payload FROM job WHERE kind = 'mail' AND state = 'queued' ORDER BY id",
);
const READ: Statement = Statement::new("testing::read_lost_letters", "DELETE FROM job WHERE kind = 'mail'");
const SETTING: Statement = Statement::new("testing::risk_letters", "UPDATE institution SET risk_letters = $1");

/// Who was written to since the last look, with the texts; everything that is due is done first.
async fn told(house: &House) -> Vec<(String, String)> {
    jobs::drain(&house.app, HANDLERS).await.unwrap();
    let mut tx = house.app.db.begin().await.unwrap();
    let rows: Vec<(String,)> = fetch_all!(&mut tx, LETTERS).unwrap();
    execute!(&mut tx, READ).unwrap();
    tx.commit().await.unwrap();
    let mut read: Vec<(String, String)> = rows
        .into_iter()
        .map(|(payload,)| {
            let it: serde_json::Value = serde_json::from_str(&payload).unwrap();
            let to = it["to"].as_str().unwrap().split('@').next().unwrap().to_owned();
            (to, it["body"].as_str().unwrap().to_owned())
        })
        .collect();
    read.sort();
    read
}

fn names(told: &[(String, String)]) -> Vec<&str> {
    told.iter().map(|(to, _)| to.as_str()).collect()
}

struct Given {
    tom: Ctx,
    delivery: DeliveryId,
    id: String,
    slots: Vec<String>,
    ana: EnrolmentId,
}

/// Four half-days of 210 minutes, 80 % needed: who misses one cannot pass.
async fn given(house: &House) -> Given {
    let academy = house.institution("academy").await;
    let delivery = house.delivery(house.course("introductory").await, academy, 9).await;
    let ana = house.person("Ana", &[]).await;
    let ana = house.enrol(delivery, ana.person_id).await;
    let tom = house.trainer("Tom").await;
    house.trains(delivery, tom.person_id).await;
    let slots = house.slots(delivery).await.iter().map(ToString::to_string).collect();
    Given { tom: house.as_actor(&tom), delivery, id: delivery.to_string(), slots, ana }
}

impl Given {
    async fn mark(&self, house: &House, n: usize, state: &str) {
        let id: uuid::Uuid = house.app.id();
        let action = format!(r#"{{"id":"{id}","touches":[{{"e":"{}","s":"{state}"}}]}}"#, self.ana);
        register::mark(&self.tom, &self.id, &self.slots[n], &action).await.unwrap();
    }

    async fn close(&self, n: usize, act: &str) {
        closing::close(&self.tom, &self.id, &self.slots[n], act, "A mistake").await.unwrap();
    }
}

on_both! {
    async fn nobody_is_told_of_a_slip_and_everybody_once(house) {
        let it = given(&house).await;
        it.mark(&house, 0, "absent").await;
        assert!(told(&house).await.is_empty(), "it may be a slip");
        assert_eq!(house.count("SELECT COUNT(*) FROM enrolment WHERE risk = 'lost'").await, 1);
        it.mark(&house, 0, "present").await;
        house.app.clock.set(house.app.now() + TimeDelta::hours(25));
        assert!(told(&house).await.is_empty(), "it was one");
        // Marked again, and a day goes by.
        it.mark(&house, 0, "absent").await;
        house.app.clock.set(house.app.now() + TimeDelta::hours(23));
        assert!(told(&house).await.is_empty());
        house.app.clock.set(house.app.now() + TimeDelta::hours(2));
        let letters = told(&house).await;
        assert_eq!(names(&letters), ["ana", "tom"]);
        assert!(letters[0].1.contains("80 %") && letters[0].1.contains(&format!("/deliveries/{}", it.id)), "{}", letters[0].1);
        assert!(letters[1].1.contains("one participant") && !letters[1].1.contains("Ana"), "names stay in the house: {}", letters[1].1);
        // Nothing new happens: nobody is told again, whatever is looked at.
        it.mark(&house, 1, "absent").await;
        house.app.clock.set(house.app.now() + TimeDelta::hours(48));
        look(&house.nobody(), it.delivery).await.unwrap();
        assert!(told(&house).await.is_empty());
    }
}

on_both! {
    async fn a_closed_register_is_no_slip_and_what_was_mended_is_told_again(house) {
        let it = given(&house).await;
        it.close(0, "close").await;
        assert_eq!(names(&told(&house).await), ["ana", "tom"], "who has no mark when it closes was not there");
        it.close(0, "reopen").await;
        it.mark(&house, 0, "present").await;
        assert!(told(&house).await.is_empty());
        assert_eq!(house.count("SELECT COUNT(*) FROM risk_notice").await, 0);
        it.mark(&house, 0, "absent").await;
        assert!(told(&house).await.is_empty());
        it.close(0, "close").await;
        assert_eq!(names(&told(&house).await), ["ana", "tom"]);
    }
}

on_both! {
    async fn the_institution_says_who_is_written_to(house) {
        for (setting, expected) in [("participants", vec!["ana"]), ("trainers", vec!["tom"]), ("nobody", vec![])] {
            let house = crate::testing::house(match house.app.db {
                crate::platform::db::Db::Sqlite { .. } => crate::testing::Kind::Sqlite,
                crate::platform::db::Db::Postgres(_) => crate::testing::Kind::Postgres,
            })
            .await;
            let it = given(&house).await;
            let mut tx = house.app.db.begin().await.unwrap();
            execute!(&mut tx, SETTING, setting).unwrap();
            tx.commit().await.unwrap();
            it.close(0, "close").await;
            assert_eq!(names(&told(&house).await), expected, "{setting}");
        }
    }
}
