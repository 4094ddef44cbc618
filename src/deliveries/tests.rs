//! Services of deliveries on both databases.

use super::{
    api::{SessionForm, SlotForm},
    model::{DeliveryForm, StateForm, TrainerForm},
    schedule, service,
    timetable::HoursForm,
};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::{Fault, FaultKind},
        ids::{DeliveryId, InstitutionId},
    },
    on_both,
    platform::{context::Ctx, db},
    testing::{House, ZONE},
    trainers::guard,
};

fn form(id: impl ToString, version: i64, host: InstitutionId) -> DeliveryForm {
    DeliveryForm {
        id: id.to_string(),
        version: version.to_string(),
        course: "introductory".into(),
        title: "Introductory course".into(),
        language: "en".into(),
        mode: "in_person".into(),
        starts_on: "2026-11-24".into(),
        ends_on: "2026-11-25".into(),
        time_zone: ZONE.into(),
        capacity: "24".into(),
        host: host.to_string(),
        ..Default::default()
    }
}

fn hours(id: DeliveryId, version: i64) -> HoursForm {
    HoursForm {
        id: id.to_string(),
        version: version.to_string(),
        morning_from: "09:00".into(),
        morning_to: "12:30".into(),
        afternoon_from: "13:30".into(),
        afternoon_to: "17:00".into(),
        break_minutes: "30".into(),
        ..Default::default()
    }
}

fn step(id: DeliveryId, version: i64, to: &str, reason: &str) -> StateForm {
    StateForm { id: id.to_string(), version: version.to_string(), to: to.into(), reason: reason.into() }
}

async fn planned(house: &House) -> (DeliveryId, InstitutionId, Ctx) {
    let academy = house.institution("academy").await;
    let course = house.course("introductory").await;
    let pack = house.pack(course).await;
    let ada = house.as_actor(&house.administrator("Ada", academy).await);
    let id: DeliveryId = house.app.id();
    let new = DeliveryForm { pack: pack.id.to_string(), ..form(id, 0, academy) };
    service::save(&ada, &new).await.unwrap();
    (id, academy, ada)
}

fn faults(error: AppError) -> Vec<(String, FaultKind)> {
    let AppError::Invalid(faults) = error else { panic!("{error:?}") };
    faults.into_iter().map(|Fault { field, kind }| (field, kind)).collect()
}

on_both! {
    async fn a_delivery_from_plan_to_report(house) {
        let (id, academy, ada) = planned(&house).await;
        assert_eq!(service::save(&ada, &form(id, 0, academy)).await.unwrap_err(), Refusal::AlreadySent.into());
        schedule::generate(&ada, &hours(id, 1)).await.unwrap();
        let table = schedule::view(&ada, &id.to_string()).await.unwrap();
        assert_eq!(table.slots.len(), 1);
        assert_eq!(table.slots[0].sessions.iter().map(|s| s.starts.to_string()).collect::<Vec<_>>(), ["2026-11-24 09:00:00", "2026-11-24 11:00:00"]);
        assert!(table.left.is_empty());
        let mut version = 1;
        for (to, reason) in [("call_open", ""), ("selection", ""), ("confirmed", ""), ("running", ""), ("delivered", ""), ("reported", "")] {
            guard::change_state(&ada, &step(id, version, to, reason)).await.unwrap();
            version += 1;
        }
        assert_eq!(guard::change_state(&ada, &step(id, version, "cancelled", "No.")).await.unwrap_err(), Refusal::WrongState.into());
        assert!(matches!(guard::change_state(&ada, &step(id, version, "delivered", "")).await.unwrap_err(), AppError::Invalid(_)));
        guard::change_state(&ada, &step(id, version, "delivered", "A figure was wrong.")).await.unwrap();
        assert!(matches!(guard::change_state(&ada, &step(id, 1, "reported", "")).await.unwrap_err(), AppError::Conflict(_)));
    }
}

on_both! {
    async fn another_institutions_administrator_is_refused_everywhere(house) {
        let (id, academy, ada) = planned(&house).await;
        schedule::generate(&ada, &hours(id, 1)).await.unwrap();
        let other = house.institution("other").await;
        let eve = house.as_actor(&house.administrator("Eve", other).await);
        let slot = house.slots(id).await[0];
        let text = id.to_string();
        let slot_form = SlotForm { delivery: text.clone(), id: slot.to_string(), ..Default::default() };
        let session = SessionForm { delivery: text.clone(), id: slot.to_string(), slot: slot.to_string(), ..Default::default() };
        let trainer = TrainerForm { id: text.clone(), person: eve.actor.as_ref().unwrap().person_id.to_string(), act: "add".into() };
        let refused = [
            service::save(&eve, &form(id, 1, academy)).await.unwrap_err(),
            // Nor can she take it over, nor give her own to another's house.
            service::save(&eve, &form(id, 1, other)).await.unwrap_err(),
            service::save(&eve, &form(house.app.id::<DeliveryId>(), 0, academy)).await.unwrap_err(),
            service::save(&ada, &form(id, 1, other)).await.unwrap_err(),
            service::for_edit(&eve, &text, "en").await.unwrap_err(),
            guard::change_state(&eve, &step(id, 1, "call_open", "")).await.unwrap_err(),
            service::step(&eve, &text, "cancelled").await.unwrap_err(),
            guard::trainers(&eve, &text, "").await.unwrap_err(),
            guard::change_trainer(&eve, &trainer).await.unwrap_err(),
            schedule::view(&eve, &text).await.unwrap_err(),
            schedule::generate(&eve, &hours(id, 1)).await.unwrap_err(),
            schedule::slot(&eve, &text, &slot.to_string()).await.unwrap_err(),
            schedule::save_slot(&eve, &slot_form).await.unwrap_err(),
            schedule::remove_slot(&eve, &text, &slot.to_string()).await.unwrap_err(),
            schedule::save_session(&eve, &session).await.unwrap_err(),
            schedule::remove_session(&eve, &text, &slot.to_string()).await.unwrap_err(),
        ];
        assert!(refused.iter().all(|error| *error == AppError::Forbidden), "{refused:?}");
        assert_eq!(service::save(&house.nobody(), &form(id, 1, academy)).await.unwrap_err(), AppError::SignInRequired);
        assert_eq!(service::list(&eve, "", "", "", "").await.unwrap().lines.len(), 0);
        let ana = house.as_actor(&house.person("Ana", &[]).await);
        assert_eq!(service::list(&ana, "", "", "", "").await.unwrap_err(), AppError::Forbidden);
        assert_eq!(service::for_edit(&ada, &text, "en").await.unwrap().version, 1);
    }
}

on_both! {
    async fn two_editors_and_capacity_never_below_what_is_taken(house) {
        let (id, academy, ada) = planned(&house).await;
        let ben = house.as_actor(&house.administrator("Ben", academy).await);
        let pack = service::for_edit(&ada, &id.to_string(), "en").await.unwrap().plan.pack_id.unwrap().to_string();
        let edit = |version, place: &str| DeliveryForm { pack: pack.clone(), place: place.into(), ..form(id, version, academy) };
        service::save(&ada, &edit(1, "Tirana")).await.unwrap();
        let AppError::Conflict(conflict) = service::save(&ben, &edit(1, "Durrës")).await.unwrap_err() else { panic!() };
        assert_eq!((conflict.by.as_str(), conflict.version), ("Ada Tester", 2));
        assert_eq!(conflict.theirs, [("place".to_owned(), "Tirana".to_owned())]);
        service::save(&ben, &edit(2, "Durrës")).await.unwrap();
        for n in 0..3 {
            house.enrol(id, house.person(&format!("P{n}"), &[]).await.person_id).await;
        }
        let fewer = DeliveryForm { capacity: "2".into(), ..edit(3, "Durrës") };
        assert_eq!(faults(service::save(&ada, &fewer).await.unwrap_err()), [("capacity".to_owned(), FaultKind::BelowUsed { used: 3 })]);
        service::save(&ada, &DeliveryForm { capacity: "3".into(), ..edit(3, "Durrës") }).await.unwrap();
    }
}

on_both! {
    async fn half_days_stay_inside_and_apart(house) {
        let (id, academy, ada) = planned(&house).await;
        schedule::generate(&ada, &hours(id, 1)).await.unwrap();
        let text = id.to_string();
        let add = |day: &str, from: &str, to: &str| SlotForm {
            delivery: text.clone(), id: house.app.id::<uuid::Uuid>().to_string(), day: day.into(), from: from.into(), to: to.into(), ..Default::default()
        };
        let wrong = |day: &'static str, from: &'static str, to: &'static str| {
            let form = add(day, from, to);
            let ada = &ada;
            async move { faults(schedule::save_slot(ada, &form).await.unwrap_err()) }
        };
        assert_eq!(wrong("2026-11-26", "09:00", "12:00").await, [("day".to_owned(), FaultKind::OutsideDelivery)]);
        assert_eq!(wrong("2026-11-24", "12:00", "13:00").await, [("from".to_owned(), FaultKind::Overlap)]);
        assert_eq!(wrong("2026-11-25", "12:00", "11:00").await, [("to".to_owned(), FaultKind::EndsBeforeStart)]);
        let good = add("2026-11-25", "09:00", "12:00");
        schedule::save_slot(&ada, &good).await.unwrap();
        assert_eq!(schedule::save_slot(&ada, &good).await.unwrap_err(), Refusal::AlreadySent.into());
        // The delivery's days cannot shrink past its half-days.
        let pack = service::for_edit(&ada, &text, "en").await.unwrap().plan.pack_id.unwrap().to_string();
        let shorter = DeliveryForm { pack, ends_on: "2026-11-24".into(), ..form(id, 1, academy) };
        assert_eq!(faults(service::save(&ada, &shorter).await.unwrap_err()), [("ends_on".to_owned(), FaultKind::OutsideDelivery)]);
        // A session moves to the new half-day; out of it or over another it does not go.
        let table = schedule::view(&ada, &text).await.unwrap();
        let (first, second) = (&table.slots[0], &table.slots[1]);
        let moved = SessionForm {
            delivery: text.clone(), id: first.sessions[1].id.to_string(), was: first.sessions[1].as_read(),
            slot: second.id.to_string(), page: second.id.to_string(), title: "Moved".into(), from: "09:30".into(), minutes: "60".into(),
        };
        let late = SessionForm { from: "11:30".into(), ..moved.clone() };
        assert_eq!(faults(schedule::save_session(&ada, &late).await.unwrap_err()), [("from".to_owned(), FaultKind::OutsideSlot)]);
        schedule::save_session(&ada, &moved).await.unwrap();
        assert!(matches!(schedule::save_session(&ada, &moved).await.unwrap_err(), AppError::Conflict(_)));
        let table = schedule::view(&ada, &text).await.unwrap();
        assert_eq!(table.slots[1].sessions[0].title, "Moved");
        // The half-day moves, its session with it.
        let slot = &table.slots[1];
        let later = SlotForm { was: slot.as_read(), from: "10:00".into(), to: "13:00".into(), id: slot.id.to_string(), ..add("2026-11-25", "", "") };
        schedule::save_slot(&ada, &later).await.unwrap();
        let table = schedule::view(&ada, &text).await.unwrap();
        assert_eq!(table.slots[1].sessions[0].starts.to_string(), "2026-11-25 10:30:00");
        schedule::remove_slot(&ada, &text, &table.slots[1].id.to_string()).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM timetable_session").await, 1);
    }
}

on_both! {
    async fn another_zone_keeps_the_hours_on_the_wall(house) {
        let (id, academy, ada) = planned(&house).await;
        schedule::generate(&ada, &hours(id, 1)).await.unwrap();
        let before = schedule::view(&ada, &id.to_string()).await.unwrap();
        let pack = service::for_edit(&ada, &id.to_string(), "en").await.unwrap().plan.pack_id.unwrap().to_string();
        let moved = DeliveryForm { pack, time_zone: "Asia/Tbilisi".into(), ..form(id, 1, academy) };
        service::save(&ada, &moved).await.unwrap();
        let after = schedule::view(&ada, &id.to_string()).await.unwrap();
        assert_eq!(before.slots, after.slots);
        assert_eq!(after.head.time_zone, "Asia/Tbilisi");
    }
}

on_both! {
    async fn trainers_hold_the_role(house) {
        let (id, _, ada) = planned(&house).await;
        let tom = house.trainer("Tom").await;
        let ana = house.person("Ana", &[]).await;
        let act = |person: &crate::people::model::Actor, act: &str| TrainerForm {
            id: id.to_string(), person: person.person_id.to_string(), act: act.into(),
        };
        let found = guard::trainers(&ada, &id.to_string(), "TÖM").await.unwrap().found;
        assert_eq!(found, [(tom.person_id, "Tom Tester".to_owned(), None)]);
        guard::change_trainer(&ada, &act(&tom, "add")).await.unwrap();
        assert!(guard::trainers(&ada, &id.to_string(), "").await.unwrap().trainers[0].lead);
        assert!(matches!(guard::change_trainer(&ada, &act(&ana, "add")).await.unwrap_err(), AppError::Invalid(_)));
        assert_eq!(service::list(&house.as_actor(&tom), "", "", "", "").await.unwrap().lines.len(), 1);
        guard::change_trainer(&ada, &act(&tom, "remove")).await.unwrap();
        assert_eq!(service::list(&house.as_actor(&tom), "", "", "", "").await.unwrap().lines.len(), 0);
    }
}

on_both! {
    async fn lists_page_by_key_in_three_statements(house) {
        let (_, academy, ada) = planned(&house).await;
        let course = house.course("other").await;
        for _ in 0..70 {
            let id = house.delivery(course, academy, 5).await;
            house.put(id, "delivered").await;
        }
        let mut seen = std::collections::BTreeSet::new();
        let mut after = String::new();
        for _ in 0..3 {
            let (page, queries) = db::counted(service::list(&ada, "past", "", "", &after)).await;
            let page = page.unwrap();
            assert!(queries <= 4, "{queries}");
            assert_eq!(page.counts.iter().map(|(_, n)| *n).collect::<Vec<_>>(), [0, 1, 70]);
            seen.extend(page.lines.iter().map(|line| line.id));
            after = page.next.unwrap_or_default();
        }
        assert_eq!((seen.len(), after.as_str()), (70, ""));
        let other = house.institution("other").await.to_string();
        assert_eq!(service::list(&house.as_actor(&house.officer().await), "past", &other, "", "").await.unwrap().lines.len(), 0);
        let around = service::at_institution(&ada, "academy").await.unwrap();
        assert_eq!((around.coming_count, around.past_count, around.past.len()), (1, 70, 6));
        assert_eq!(service::in_area(&ada, "AL").await.unwrap().past_count, 70);
    }
}
