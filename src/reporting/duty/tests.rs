//! The duty of continuing education on both databases: each year by its own duty, and who may be told what.

use super::{model::DutyAsked, service};
use crate::{
    common::{
        actor::{Actor, Grant, Role},
        ids::{EnrolmentId, InstitutionId, PostId, SlotId},
    },
    execute,
    institutions::duty::model::{DutyForm, Owed},
    on_both,
    people::model::Profession,
    platform::{
        db::{Statement, counted},
        export::{self, Format},
    },
    reporting::{
        attendance::service::{my_years, sum, years_of},
        service::home,
    },
    testing::House,
};
use chrono::{NaiveDate, TimeDelta};

const POST: Statement = Statement::new(
    "testing::post",
    "INSERT INTO post (id, person_id, profession, institution_id, starts_on) VALUES ($1, $2, $3, $4, $5)",
);
const MARK: Statement = Statement::new(
    "testing::duty_mark",
    "INSERT INTO mark (slot_id, enrolment_id, state, minutes, source, marked_at) VALUES ($1, $2, 'present', $3, 'trainer', $4)",
);

async fn post(house: &House, who: &Actor, profession: Profession, at: Option<InstitutionId>, from: &str) {
    let mut tx = house.app.db.begin().await.unwrap();
    let (id, from): (PostId, NaiveDate) = (house.app.id(), from.parse().unwrap());
    execute!(&mut tx, POST, id, who.person_id, profession, at, from).unwrap();
    tx.commit().await.unwrap();
}

async fn mark(house: &House, place: EnrolmentId, slot: SlotId, minutes: i64) {
    let mut tx = house.app.db.begin().await.unwrap();
    execute!(&mut tx, MARK, slot, place, minutes, house.app.now()).unwrap();
    tx.commit().await.unwrap();
}

async fn duty(house: &House, profession: &str, from_year: i64, hours: i64) {
    let id: crate::common::ids::DutyId = house.app.id();
    let form = DutyForm {
        id: id.to_string(),
        area: "AL".into(),
        version: "0".into(),
        profession: profession.into(),
        from_year: from_year.to_string(),
        hours: hours.to_string(),
        source: "Law on Courts, art. 93".into(),
    };
    crate::institutions::duty::service::save(&house.as_actor(&nameless_officer()), &form).await.unwrap();
}

/// An officer without a record, who may be asked for as often as a test likes.
fn nameless_officer() -> Actor {
    let grant = Grant { role: Role::ProgrammeOfficer, institution: None, area: None };
    Actor { name: "Officer".into(), ..Actor::holding(vec![grant]) }
}

on_both! {
    async fn each_year_is_measured_by_the_duty_of_that_year(house) {
        let academy = house.institution("academy").await;
        duty(&house, "judge", 2024, 3).await;
        duty(&house, "judge", 2026, 7).await;
        let ana = house.person("Ana", &[]).await;
        post(&house, &ana, Profession::Judge, Some(academy), "2025-03-01").await;
        let delivery = house.delivery(house.course("introductory").await, academy, 20).await;
        let slots = house.slots(delivery).await;
        let place = house.enrol(delivery, ana.person_id).await;
        mark(&house, place, slots[0], 210).await;
        let cx = house.as_actor(&ana);
        let (years, queries) = counted(my_years(&cx, "en")).await;
        let years = years.unwrap();
        assert_eq!(queries, 4);
        let owed = |hours| Owed { hours, profession: Profession::Judge, source: "Law on Courts, art. 93".into() };
        let lines: Vec<_> = years.years.iter().map(|line| (line.year, line.minutes, line.owed.clone())).collect();
        assert_eq!(lines, [(2026, 210, Some(owed(7))), (2025, 0, Some(owed(3)))], "not before the post began");
        assert_eq!(years.name, "Ana Tester");
        // The first page says the same, once it is added up.
        sum(&house.nobody(), delivery).await.unwrap();
        let first = home(&cx, "en").await.unwrap().duty.unwrap();
        assert_eq!((first.year, first.minutes, first.owed.missing(first.minutes)), (2026, 210, 210));
        // Files carry it.
        let sheet = crate::reporting::pages::attendance::paper::years(&years, house.app.now());
        let csv = String::from_utf8(export::make(&sheet, Format::Csv).unwrap()).unwrap();
        assert!(csv.contains("Sum of 2026,,,,3.50,,,,7.00,3.50") || csv.contains(",3.50,,,,7.00,3.50"), "{csv}");
        assert!(csv.contains(",0.00,,,,3.00,3.00"), "{csv}");
        // Who has no post under a duty is not bothered.
        let ben = house.person("Ben", &[]).await;
        assert_eq!(home(&house.as_actor(&ben), "en").await.unwrap().duty, None);
        let officer = house.as_actor(&house.officer().await);
        assert!(years_of(&officer, "en", &ben.person_id.to_string()).await.unwrap().years.is_empty());
    }
}

on_both! {
    async fn the_year_of_a_half_day_is_the_venues(house) {
        let academy = house.institution("academy").await;
        duty(&house, "judge", 2026, 4).await;
        let ana = house.person("Ana", &[]).await;
        post(&house, &ana, Profession::Judge, Some(academy), "2020-01-01").await;
        // 08:00 on 31 December 2026 in Tirana and the day after.
        house.app.clock.set("2026-12-31T08:00:00Z".parse().unwrap());
        let delivery = house.delivery(house.course("introductory").await, academy, 20).await;
        let slots = house.slots(delivery).await;
        let place = house.enrol(delivery, ana.person_id).await;
        for slot in &slots[..3] {
            mark(&house, place, *slot, 200).await;
        }
        sum(&house.nobody(), delivery).await.unwrap();
        sum(&house.nobody(), delivery).await.unwrap();
        assert_eq!(house.count("SELECT CAST(SUM(minutes) AS BIGINT) FROM attendance_year WHERE year = 2026").await, 400);
        assert_eq!(house.count("SELECT CAST(SUM(minutes) AS BIGINT) FROM attendance_year WHERE year = 2027").await, 200);
        let officer = house.as_actor(&nameless_officer());
        house.app.clock.set(house.app.now() + TimeDelta::days(40));
        let of = |year: &str| DutyAsked { year: year.into(), ..DutyAsked::default() };
        let (then, queries) = counted(service::numbers(&officer, "en", &of("2026"))).await;
        let then = then.unwrap();
        assert_eq!(queries, 4);
        assert_eq!((then.total.people, then.total.met, then.years.clone()), (Some(1), Some(1), vec![2027, 2026]));
        let now = service::numbers(&officer, "en", &of("")).await.unwrap();
        assert_eq!((now.year, now.total.people, now.total.met), (2027, Some(1), Some(0)));
        assert_eq!(now.lines[0].key, "academy");
    }
}

on_both! {
    async fn small_counts_are_for_who_answers_for_them(house) {
        let academy = house.institution("academy").await;
        let court = house.court("court").await;
        duty(&house, "judge", 2026, 3).await;
        let delivery = house.delivery(house.course("introductory").await, academy, 20).await;
        let slots = house.slots(delivery).await;
        for n in 0..9 {
            let judge = house.person(&format!("Judge{n}"), &[]).await;
            post(&house, &judge, Profession::Judge, Some(if n < 7 { court } else { academy }), "2020-01-01").await;
            let place = house.enrol(delivery, judge.person_id).await;
            if n < 6 {
                mark(&house, place, slots[0], 210).await;
            }
        }
        sum(&house.nobody(), delivery).await.unwrap();
        let told = |actor: Actor, institution: &str| {
            let cx = house.as_actor(&actor);
            let asked = DutyAsked { institution: institution.into(), by: "institution".into(), ..DutyAsked::default() };
            async move {
                let it = service::numbers(&cx, "en", &asked).await.unwrap();
                it.lines.iter().map(|line| (line.key.clone(), line.told.people, line.told.met)).collect::<Vec<_>>()
            }
        };
        let exact = [("academy".to_owned(), Some(2), Some(0)), ("court".to_owned(), Some(7), Some(6))];
        assert_eq!(told(house.officer().await, "").await, exact);
        let olga = house.person("Olga", &[Grant { role: Role::Observer, institution: None, area: None }]).await;
        // Of seven one has not met it: that one would be known.
        let kept_back = [("academy".to_owned(), None, None), ("court".to_owned(), Some(5), None)];
        assert_eq!(told(olga, "").await, kept_back);
        let eve = house.administrator("Eve", court).await;
        assert_eq!(told(eve.clone(), "").await, kept_back);
        assert_eq!(told(eve.clone(), "court").await, exact[1..]);
        assert_eq!(told(eve, "academy").await, kept_back[..1]);
        let ana = house.as_actor(&house.person("Ana", &[]).await);
        let refused = service::numbers(&ana, "en", &DutyAsked::default()).await.unwrap_err();
        assert_eq!(refused, crate::common::error::AppError::Forbidden);
    }
}
