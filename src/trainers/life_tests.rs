//! What later days do to licences: letters, mentors, what is taken back, what has no day; on both databases.

use super::{
    api::GroundLine,
    guard, jobs,
    model::{CandidateForm, LicenceState},
    service, store,
    tests::{complete, decide, given, licence_of, license, put, state},
};
use crate::{
    common::ids::{DeliveryId, LicenceId, PersonId},
    execute, on_both,
    platform::{db::Statement, jobs as platform},
    server::JOBS,
    testing::House,
};
use chrono::{Months, NaiveDate, TimeDelta};

const UNCOMPLETE: Statement =
    Statement::new("tests::uncomplete", "UPDATE enrolment SET state = 'not_completed' WHERE delivery_id = $1");
const NO_MAIL: Statement = Statement::new("tests::no_mail", "UPDATE person SET email = '' WHERE id = $1");
const NO_ACCOUNT: Statement = Statement::new("tests::no_account", "DELETE FROM account WHERE person_id = $1");
const FRENCH: Statement = Statement::new("tests::french", "UPDATE account SET language = 'fr' WHERE person_id = $1");
const DAYS: Statement = Statement::new("tests::days", "UPDATE delivery SET starts_on = $2, ends_on = $2 WHERE id = $1");
const COHORT: Statement = Statement::new(
    "tests::cohort",
    "INSERT INTO cohort (id, title, course_id, state, capacity, created_at, updated_at)
        VALUES ($1, 'Trainers of 2027', $2, 'running', 5, $3, $3)",
);
const MEMBER: Statement = Statement::new(
    "tests::member",
    "INSERT INTO cohort_member (id, cohort_id, person_id, state, mentor_id, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $6)",
);

async fn with_person(house: &House, statement: Statement, person: PersonId) {
    let mut tx = house.app.db.begin().await.unwrap();
    assert_eq!(execute!(&mut tx, statement, person).unwrap(), 1);
    tx.commit().await.unwrap();
}

async fn uncomplete(house: &House, delivery: DeliveryId) {
    let mut tx = house.app.db.begin().await.unwrap();
    execute!(&mut tx, UNCOMPLETE, delivery).unwrap();
    tx.commit().await.unwrap();
    jobs::look(&house.nobody(), delivery).await.unwrap();
}

async fn on_day(house: &House, delivery: DeliveryId, day: Option<NaiveDate>) {
    let mut tx = house.app.db.begin().await.unwrap();
    execute!(&mut tx, DAYS, delivery, day).unwrap();
    tx.commit().await.unwrap();
    jobs::look(&house.nobody(), delivery).await.unwrap();
}

async fn mentor_of(house: &House, id: LicenceId) -> Option<PersonId> {
    store::licence(&mut house.app.db.read().await.unwrap(), id, "en").await.unwrap().unwrap().mentor_id
}

on_both! {
    async fn the_mentor_of_the_cohort_is_the_mentor_of_the_licence(house) {
        let given = given(&house).await;
        let (gil, ida) = (house.person("Gil", &[]).await, house.person("Ida", &[]).await);
        let cohort: uuid::Uuid = house.app.id();
        let mut tx = house.app.db.begin().await.unwrap();
        execute!(&mut tx, COHORT, cohort, given.course, house.app.now()).unwrap();
        for (person, state) in [(gil.person_id, "selected"), (ida.person_id, "refused")] {
            execute!(&mut tx, MEMBER, house.app.id::<uuid::Uuid>(), cohort, person, state, given.mia.person_id, house.app.now()).unwrap();
        }
        tx.commit().await.unwrap();
        let delivery = house.delivery(given.tot, given.academy, 5).await;
        house.enrol(delivery, gil.person_id).await;
        house.enrol(delivery, ida.person_id).await;
        complete(&house, delivery).await;
        assert_eq!(mentor_of(&house, licence_of(&house, &gil).await).await, Some(given.mia.person_id));
        assert_eq!(mentor_of(&house, licence_of(&house, &ida).await).await, None);
    }
}

on_both! {
    async fn letters_find_the_account_and_none_is_recorded_that_was_not_sent(house) {
        let given = given(&house).await;
        let officer = house.as_actor(&given.officer);
        let mia = license(&house, &given, &given.mia).await;
        with_person(&house, NO_MAIL, given.mia.person_id).await;
        let begin = house.app.now();
        house.app.clock.set(begin + Months::new(24) - TimeDelta::days(59));
        jobs::daily(&house.nobody()).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM licence_letter").await, 1);
        let sent = "SELECT COUNT(*) FROM job WHERE kind = 'mail' AND payload LIKE '%mia@magistra.example%lapses on%'";
        assert_eq!(house.count(sent).await, 1);
        assert!(!service::view(&officer, &mia.to_string(), "en").await.unwrap().no_address);
        with_person(&house, NO_ACCOUNT, given.mia.person_id).await;
        house.app.clock.set(begin + Months::new(24) - TimeDelta::days(5));
        jobs::daily(&house.nobody()).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM licence_letter").await, 1);
        assert!(service::view(&officer, &mia.to_string(), "en").await.unwrap().no_address);
    }
}

on_both! {
    async fn whoever_is_put_forward_is_told_in_their_language(house) {
        let given = given(&house).await;
        let gil = house.person("Gil", &[]).await;
        with_person(&house, FRENCH, gil.person_id).await;
        let form = CandidateForm {
            slug: "introductory".into(),
            person: gil.person_id.to_string(),
            reason: "A gifted teacher".into(),
        };
        service::add_candidate(&house.as_actor(&given.officer), &form).await.unwrap();
        let told = "SELECT COUNT(*) FROM job WHERE kind = 'mail' AND payload LIKE '%gil@magistra.example%candidature%A gifted teacher%'";
        assert_eq!(house.count(told).await, 1);
    }
}

on_both! {
    async fn what_has_no_day_keeps_no_licence_alive(house) {
        let given = given(&house).await;
        let mia_cx = house.as_actor(&given.mia);
        let mia = license(&house, &given, &given.mia).await;
        let delivery = house.delivery(given.course, given.academy, 5).await;
        house.trains(delivery, given.mia.person_id).await;
        house.put(delivery, "reported").await;
        house.app.clock.set(house.app.now() + TimeDelta::days(100));
        for _ in 0..2 {
            on_day(&house, delivery, None).await;
        }
        let view = service::view(&mia_cx, &mia.to_string(), "en").await.unwrap();
        assert_eq!((view.active_on, view.grounds.iter().filter(|it| !it.dated && it.met).count()), (None, 1));
        let before = view.lapses_on;
        // The day becomes known: it counts from there.
        let day = (house.app.now() - TimeDelta::days(30)).date_naive();
        on_day(&house, delivery, Some(day)).await;
        let view = service::view(&mia_cx, &mia.to_string(), "en").await.unwrap();
        assert_eq!((view.active_on, view.grounds.iter().all(|it| it.dated)), (Some(day), true));
        assert!(view.lapses_on > before);
    }
}

on_both! {
    async fn training_taken_back_is_taken_back(house) {
        let given = given(&house).await;
        let ana_cx = house.as_actor(&given.ana);
        let ana = licence_of(&house, &given.ana).await;
        let id = ana.to_string();
        for _ in 0..2 {
            uncomplete(&house, given.trained_at).await;
            assert_eq!(state(&house, ana).await, LicenceState::Candidate);
        }
        let view = service::view(&ana_cx, &id, "en").await.unwrap();
        assert_eq!((view.grounds.len(), view.missing.len()), (1, 3));
        assert!(view.untrained_on.is_some() && view.grounds[0].ended_on.is_some());
        let told = "SELECT COUNT(*) FROM job WHERE kind = 'mail' AND payload LIKE '%no longer counts%'";
        assert_eq!(house.count(told).await, 1);
        // Completed after all: another ground, and the first one still tells.
        complete(&house, given.trained_at).await;
        assert_eq!(state(&house, ana).await, LicenceState::Trained);
        let view = service::view(&ana_cx, &id, "en").await.unwrap();
        assert_eq!((view.grounds.len(), view.untrained_on), (2, None));
    }
}

on_both! {
    async fn a_refresher_taken_back_keeps_nothing_alive(house) {
        let given = given(&house).await;
        let officer = house.as_actor(&given.officer);
        let mia = license(&house, &given, &given.mia).await;
        let view = async || service::view(&officer, &mia.to_string(), "en").await.unwrap();
        house.app.clock.set(house.app.now() + TimeDelta::days(200));
        let before = view().await.lapses_on;
        let delivery = house.delivery(given.course, given.academy, 5).await;
        house.enrol(delivery, given.mia.person_id).await;
        complete(&house, delivery).await;
        assert!(view().await.lapses_on > before);
        uncomplete(&house, delivery).await;
        let after = view().await;
        assert_eq!((after.lapses_on, after.active_on, after.state), (before, None, LicenceState::Licensed));
        // Lapsed, brought back by a refresher, and that refresher taken back: it stands on nothing again.
        let lapse = house.app.now() + Months::new(24);
        for days in [0, 70] {
            house.app.clock.set(lapse + TimeDelta::days(days));
            jobs::daily(&house.nobody()).await.unwrap();
        }
        assert_eq!(state(&house, mia).await, LicenceState::Lapsed);
        complete(&house, delivery).await;
        // It was long ago, so it mends nothing.
        assert_eq!(state(&house, mia).await, LicenceState::Lapsed);
        let again = house.delivery(given.course, given.academy, 5).await;
        house.enrol(again, given.mia.person_id).await;
        complete(&house, again).await;
        assert_eq!(state(&house, mia).await, LicenceState::Licensed);
        uncomplete(&house, again).await;
        house.app.clock.set(lapse + TimeDelta::days(71));
        jobs::daily(&house.nobody()).await.unwrap();
        assert!(view().await.noticed_on.is_some());
        house.app.clock.set(lapse + TimeDelta::days(140));
        jobs::daily(&house.nobody()).await.unwrap();
        assert_eq!(state(&house, mia).await, LicenceState::Lapsed);
    }
}

on_both! {
    async fn the_lead_is_judged_as_of_the_delivery(house) {
        let given = given(&house).await;
        let officer = house.as_actor(&given.officer);
        let mia = license(&house, &given, &given.mia).await;
        let late = house.trainer("Late").await;
        let ana = licence_of(&house, &given.ana).await;
        let met = async |delivery: DeliveryId| {
            let view = service::view(&officer, &ana.to_string(), "en").await.unwrap();
            let of = |it: &&GroundLine| it.delivery.as_ref().is_some_and(|(id, _)| *id == delivery);
            view.grounds.iter().find(of).map(|it| it.met)
        };
        let alone = house.delivery(given.course, given.academy, 5).await;
        house.trains(alone, given.ana.person_id).await;
        house.put(alone, "delivered").await;
        jobs::look(&house.nobody(), alone).await.unwrap();
        assert_eq!(met(alone).await, Some(false));
        // Who was licensed only later did not lead it as such.
        house.app.clock.set(house.app.now() + TimeDelta::days(5));
        license(&house, &given, &late).await;
        for act in ["add", "lead"] {
            guard::change_trainer(&officer, &put(alone, &late, act)).await.unwrap();
        }
        platform::drain(&house.app, JOBS).await.unwrap();
        assert_eq!(met(alone).await, Some(false));
        // That Mia led it is entered late, and counts.
        for act in ["add", "lead"] {
            guard::change_trainer(&officer, &put(alone, &given.mia, act)).await.unwrap();
        }
        platform::drain(&house.app, JOBS).await.unwrap();
        assert_eq!(met(alone).await, Some(true));
        // What becomes of her licence afterwards changes nothing.
        decide(&house, &given, mia, "withdraw").await.unwrap();
        jobs::look(&house.nobody(), alone).await.unwrap();
        assert_eq!(met(alone).await, Some(true));
        // She did not lead it after all.
        guard::change_trainer(&officer, &put(alone, &given.mia, "remove")).await.unwrap();
        platform::drain(&house.app, JOBS).await.unwrap();
        assert_eq!(met(alone).await, Some(false));
        assert_eq!(house.count("SELECT COUNT(*) FROM licence_ground WHERE kind = 'taught' AND ended_at IS NOT NULL").await, 1);
    }
}
