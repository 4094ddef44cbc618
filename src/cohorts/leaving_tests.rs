//! Leaving, what institutions see and are told, groups that are enrolled, and where cohorts are shown.

use super::{
    member_store,
    model::{CohortForm, DecisionForm, MemberState},
    service::{self, leaving, members, steps},
    tests::{HANDLERS, add_step, decide, form, given, member_of, propose, selected, step_to, view, works_at},
};
use crate::{
    common::{
        error::{AppError, Refusal},
        ids::{DeliveryId, MemberId, PersonId, ProjectId},
    },
    execute, on_both,
    platform::{context::Ctx, db::Statement, jobs},
    testing::House,
};
use chrono::Days;

const PERSON: Statement = Statement::new(
    "testing::bare_person",
    "INSERT INTO person (id, given_name, family_name, folded, email, created_at) VALUES ($1, 'P', 'Tester', $2, '', $3)",
);
const DAYS: Statement = Statement::new(
    "testing::days",
    "UPDATE delivery SET state = 'confirmed', starts_on = $2, ends_on = $2 WHERE id = $1",
);
const PROJECT: Statement = Statement::new(
    "testing::project",
    "INSERT INTO project (id, key, title, status) VALUES ($1, 'ipa', 'IPA', 'running')",
);

/// Puts a delivery so many days ahead.
async fn ahead(house: &House, delivery: DeliveryId, days: u64) {
    let mut tx = house.app.db.begin().await.unwrap();
    execute!(&mut tx, DAYS, delivery, house.app.now().date_naive() + Days::new(days)).unwrap();
    tx.commit().await.unwrap();
}

async fn places(house: &House) -> i64 {
    let held = house.count("SELECT COUNT(*) FROM enrolment WHERE state = 'confirmed'").await;
    assert_eq!(house.count("SELECT CAST(SUM(taken) AS BIGINT) FROM delivery").await, held);
    held
}

async fn leave(cx: &Ctx, member: MemberId, reason: &str, back: &str) -> Result<(), AppError> {
    leaving::leave_own(cx, &member.to_string(), reason, back).await.map(|_| ())
}

async fn letters_to(house: &House, who: &str) -> i64 {
    let all = house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail'").await;
    let to = match who {
        "eve" => {
            house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail' AND payload LIKE '%eve@magistra.example%'").await
        }
        "ada" => {
            house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail' AND payload LIKE '%ada@magistra.example%'").await
        }
        _ => all,
    };
    assert!(to <= all);
    to
}

on_both! {
    async fn who_leaves_says_why_and_gives_places_back(house) {
        let g = given(&house, 6).await;
        let other = house.institution("other").await;
        let tot = house.course("tot").await;
        let (soon, begun) = (house.delivery(tot, g.academy, 10).await, house.delivery(tot, g.academy, 10).await);
        let elsewhere = house.delivery(tot, other, 10).await;
        let step = add_step(&g, &house, "attend", "tot", &[soon, begun, elsewhere]).await;
        let (ana, ana_place) = selected(&house, &g, "Ana").await;
        let (ben, ben_place) = selected(&house, &g, "Ben").await;
        let (cem, cem_place) = selected(&house, &g, "Cem").await;
        for delivery in [soon, begun] {
            steps::enrol(&g.ada, &step.to_string(), &delivery.to_string()).await.unwrap();
        }
        house.enrol(elsewhere, cem.person_id).await;
        for (delivery, days) in [(soon, 9), (begun, 0), (elsewhere, 5)] {
            ahead(&house, delivery, days).await;
        }
        assert_eq!(places(&house).await, 7);
        let (ana, ben) = (house.as_actor(&ana), house.as_actor(&ben));
        // Nobody leaves for another, and nobody without a reason.
        for stranger in [&ben, &house.as_actor(&house.person("Paula", &[]).await)] {
            assert_eq!(leave(stranger, ana_place, "Ill", "").await.unwrap_err(), AppError::NotFound);
        }
        assert_eq!(leave(&g.ada, ana_place, "Ill", "").await.unwrap_err(), AppError::NotFound);
        assert!(matches!(leave(&ana, ana_place, " ", "").await.unwrap_err(), AppError::Invalid(_)));
        let coming = view(&ana, g.cohort).await.coming;
        assert_eq!(coming.iter().map(|it| (it.delivery, it.may_give_back)).collect::<Vec<_>>(), [(soon, true)]);
        jobs::drain(&house.app, HANDLERS).await.unwrap();
        let before = (letters_to(&house, "").await, letters_to(&house, "ada").await);
        leave(&ana, ana_place, "A new office", "true").await.unwrap();
        assert_eq!(leave(&ana, ana_place, "A new office", "true").await.unwrap_err(), Refusal::WrongState.into());
        let left = view(&ana, g.cohort).await;
        assert_eq!((left.head.own, left.coming.len(), left.members[0].reason.as_str()), (Some(MemberState::Left), 0, "A new office"));
        // What has begun stays.
        assert_eq!(places(&house).await, 6);
        // A letter to her, and one to who manages the cohort.
        jobs::drain(&house.app, HANDLERS).await.unwrap();
        assert_eq!((letters_to(&house, "").await, letters_to(&house, "ada").await), (before.0 + 2, before.1 + 1));
        // Who keeps the places at first gives them back later.
        assert_eq!(leaving::give_back_places(&ben, &ben_place.to_string()).await.unwrap_err(), Refusal::WrongState.into());
        leave(&ben, ben_place, "Too far", "").await.unwrap();
        assert_eq!((places(&house).await, view(&ben, g.cohort).await.coming.len()), (6, 1));
        assert_eq!(leaving::give_back_places(&ana, &ben_place.to_string()).await.unwrap_err(), AppError::NotFound);
        leaving::give_back_places(&ben, &ben_place.to_string()).await.unwrap();
        assert_eq!((places(&house).await, view(&ben, g.cohort).await.coming.len()), (5, 0));
        // Who lets somebody go gives back what they manage; of the rest they are told.
        let seen = members::one(&g.ada, &cem_place.to_string(), "", "en").await.unwrap().coming;
        assert_eq!(seen.iter().map(|it| (it.delivery, it.may_give_back)).collect::<Vec<_>>(), [(elsewhere, false), (soon, true)]);
        let go = DecisionForm {
            member: cem_place.to_string(),
            to: "left".into(),
            reason: "As agreed".into(),
            give_back: "true".into(),
            ..DecisionForm::default()
        };
        members::decide(&g.ada, &go).await.unwrap();
        assert_eq!(places(&house).await, 4);
        let seen = members::one(&g.ada, &cem_place.to_string(), "", "en").await.unwrap().coming;
        assert_eq!(seen.iter().map(|it| it.delivery).collect::<Vec<_>>(), [elsewhere]);
        leaving::give_back_places(&g.officer, &cem_place.to_string()).await.unwrap();
        assert_eq!(places(&house).await, 3);
    }
}

on_both! {
    async fn an_institution_keeps_sight_of_its_people(house) {
        let g = given(&house, 4).await;
        let id = g.cohort.to_string();
        let (other, third) = (house.institution("other").await, house.institution("third").await);
        let eve = house.as_actor(&house.administrator("Eve", other).await);
        let zoe = house.as_actor(&house.administrator("Zoe", third).await);
        let own = house.person("Own", &[]).await;
        works_at(&house, own.person_id, other).await;
        propose(&eve, g.cohort, own.person_id).await.unwrap();
        selected(&house, &g, "Foreign").await;
        let member = member_of(&g, own.person_id).await;
        // While people can be proposed, both see the cohort; nobody sees the people of others.
        assert_eq!(members::all(&zoe, &id, "", "en").await.unwrap().members, []);
        decide(&g.officer, member, "reserve").await.unwrap();
        decide(&g.officer, member, "selected").await.unwrap();
        // A letter each to who put her forward; nobody is told who was put forward by the office.
        jobs::drain(&house.app, HANDLERS).await.unwrap();
        assert_eq!(letters_to(&house, "eve").await, 2);
        assert_eq!(letters_to(&house, "").await, 5);
        step_to(&g.ada, g.cohort, 2, "running").await.unwrap();
        step_to(&g.ada, g.cohort, 3, "finished").await.unwrap();
        let seen = view(&eve, g.cohort).await;
        assert_eq!(seen.members.iter().map(|line| line.person).collect::<Vec<_>>(), [own.person_id]);
        assert!(!seen.may_manage && !seen.may_propose && seen.fellows.is_empty());
        assert_eq!(members::all(&eve, &id, "", "en").await.unwrap().members.len(), 1);
        assert_eq!(service::list(&eve, "", "", "en").await.unwrap().cohorts.len(), 1);
        assert!(members::one(&eve, &member.to_string(), "", "en").await.is_ok());
        // Who sent nobody does not learn that it is there.
        assert_eq!(service::view(&zoe, &id, "en").await.unwrap_err(), AppError::NotFound);
        assert_eq!(members::all(&zoe, &id, "", "en").await.unwrap_err(), AppError::NotFound);
        assert!(service::list(&zoe, "", "", "en").await.unwrap().cohorts.is_empty());
        // Nobody leaves what is over.
        assert_eq!(leave(&house.as_actor(&own), member, "Late", "").await.unwrap_err(), Refusal::WrongState.into());
    }
}

on_both! {
    async fn a_cohort_of_any_size_is_enrolled(house) {
        let g = given(&house, 250).await;
        let tot = house.course("tot").await;
        let (training, small) = (house.delivery(tot, g.academy, 300).await, house.delivery(tot, g.academy, 20).await);
        let step = add_step(&g, &house, "attend", "tot", &[training, small]).await.to_string();
        let (tom, _) = selected(&house, &g, "Tom").await;
        let (ana, _) = selected(&house, &g, "Ana").await;
        house.trains(training, tom.person_id).await;
        house.enrol(training, ana.person_id).await;
        let mut tx = house.app.db.begin().await.unwrap();
        for n in 0..205 {
            let (person, member): (PersonId, MemberId) = (house.app.id(), house.app.id());
            execute!(&mut tx, PERSON, person, format!("p tester {n}"), house.app.now()).unwrap();
            member_store::record_member(&mut tx, member, (g.cohort, person), "AL", None, house.app.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let done = steps::enrol(&g.ada, &step, &training.to_string()).await.unwrap();
        assert!(done.to.ends_with(&format!("/steps/{step}?added=205&held=1&train=1")), "{}", done.to);
        assert_eq!(places(&house).await, 206);
        let again = steps::enrol(&g.ada, &step, &training.to_string()).await.unwrap();
        assert!(again.to.ends_with("?added=0&held=206&train=1"), "{}", again.to);
        // Where there are too few places, nobody gets one.
        assert_eq!(steps::enrol(&g.ada, &step, &small.to_string()).await.unwrap_err(), Refusal::Full.into());
        assert_eq!(places(&house).await, 206);
    }
}

on_both! {
    async fn changes_are_counted(house) {
        let g = given(&house, 4).await;
        house.course("tot").await;
        let waiting = "SELECT COUNT(*) FROM job WHERE kind = 'reporting.refresh' AND state = 'queued'";
        let (ana, place) = selected(&house, &g, "Ana").await;
        let drained = async || {
            assert_eq!(house.count(waiting).await, 1);
            jobs::drain(&house.app, HANDLERS).await.unwrap();
            assert_eq!(house.count(waiting).await, 0);
        };
        drained().await;
        leave(&house.as_actor(&ana), place, "Ill", "").await.unwrap();
        drained().await;
        let step = add_step(&g, &house, "attend", "tot", &[]).await;
        drained().await;
        steps::place(&g.ada, &step.to_string(), "remove").await.unwrap();
        drained().await;
        service::save(&g.ada, &form(g.cohort, 2, g.academy, 5)).await.unwrap();
        drained().await;
        // Who is proposed anew and withdraws was a member until the first time.
        house.app.clock.set(house.app.now() + chrono::TimeDelta::days(3));
        propose(&g.officer, g.cohort, ana.person_id).await.unwrap();
        leave(&house.as_actor(&ana), place, "Still ill", "").await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM cohort_member WHERE left_at < updated_at").await, 1);
    }
}

on_both! {
    async fn cohorts_stand_on_the_pages_of_what_they_have_to_do_with(house) {
        let g = given(&house, 4).await;
        let (tot, project) = (house.course("tot").await, house.app.id::<ProjectId>());
        let mut tx = house.app.db.begin().await.unwrap();
        execute!(&mut tx, PROJECT, project).unwrap();
        tx.commit().await.unwrap();
        let paid = CohortForm { projects: vec![project.to_string()], ..form(g.cohort, 2, g.academy, 4) };
        service::save(&g.ada, &paid).await.unwrap();
        let delivery = house.delivery(tot, g.academy, 5).await;
        add_step(&g, &house, "attend", "tot", &[delivery]).await;
        let (ana, _) = selected(&house, &g, "Ana").await;
        let paula = house.as_actor(&house.person("Paula", &[]).await);
        let of = async |cx: &Ctx, kind: &str, key: &str| service::of(cx, kind, key, "en").await.map(|all| all.len());
        for (kind, key) in [("project", "ipa".to_owned()), ("delivery", delivery.to_string())] {
            for (cx, expected) in [(&g.officer, 1), (&g.ada, 1), (&house.as_actor(&ana), 1), (&paula, 0)] {
                assert_eq!(of(cx, kind, &key).await, Ok(expected), "{kind}");
            }
            assert_eq!(of(&house.nobody(), kind, &key).await, Err(AppError::SignInRequired));
        }
        assert_eq!(of(&g.officer, "project", "other").await, Ok(0));
        assert_eq!(of(&g.officer, "course", "tot").await, Err(AppError::NotFound));
    }
}
