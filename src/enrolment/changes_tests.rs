//! Letters about changes of a timetable, on both databases.

use super::changes;
use crate::common::lane::Lane;
use crate::{
    common::{actor::Actor, ids::DeliveryId},
    deliveries::{api::SlotForm, model::DeliveryForm, notices::model::CHANGED, schedule},
    execute, fetch_all, on_both,
    platform::{
        context::Ctx,
        db::Statement,
        jobs::{self, Handlers, Kind},
        mail,
    },
    testing::House,
};
use chrono::TimeDelta;

const HANDLERS: Handlers = &[
    Kind::new(Lane::House, CHANGED, changes::tell),
    Kind::new(Lane::House, "completion.look", |_, _| Box::pin(async { Ok(()) })),
    Kind::new(Lane::House, crate::deliveries::model::MOVED, |_, _| Box::pin(async { Ok(()) })),
    Kind::new(Lane::House, super::letters::JOB, |_, _| Box::pin(async { Ok(()) })),
    Kind::new(Lane::House, "reporting.refresh", |_, _| Box::pin(async { Ok(()) })),
];
/// Letters stay where they are put, so that they can be read.
const LETTERS: Statement<(String,)> =
    Statement::new("testing::letters", "SELECT payload FROM job WHERE kind = 'mail' AND state = 'queued' ORDER BY id");
const READ: Statement = Statement::new("testing::read_letters", "DELETE FROM job WHERE kind = 'mail'");
const FRENCH: Statement = Statement::new("testing::french", "UPDATE account SET language = 'fr' WHERE person_id = $1");

const WITHDRAWN: Statement =
    Statement::new("testing::withdrawn", "UPDATE enrolment SET state = 'withdrawn' WHERE person_id = $1");

/// What a letter says: to whom, its subject, its text, its dates.
type Read = (String, String, String, String);

/// The letters that were written since the last look, six minutes later.
async fn told(house: &House) -> Vec<Read> {
    house.app.clock.set(house.app.now() + TimeDelta::minutes(6));
    let mut tx = house.app.db.begin().await.unwrap();
    execute!(&mut tx, READ).unwrap();
    tx.commit().await.unwrap();
    // Mail has no handler here, so that it waits to be read.
    jobs::drain(&house.app, HANDLERS).await.unwrap();
    let rows: Vec<(String,)> = fetch_all!(&mut house.app.db.read().await.unwrap(), LETTERS).unwrap();
    let mut read: Vec<Read> = rows
        .into_iter()
        .map(|(payload,)| {
            let it: serde_json::Value = serde_json::from_str(&payload).unwrap();
            let text = |name: &str| it[name].as_str().unwrap_or_default().to_owned();
            (text("to"), text("subject"), text("body"), text("dates"))
        })
        .collect();
    read.sort();
    read
}

struct Given {
    ada: Ctx,
    id: String,
    slots: Vec<String>,
    delivery: DeliveryId,
}

/// Ana and Ben hold places, Ben reads French, Cem gave his back; Tom trains.
async fn given(house: &House) -> Given {
    let academy = house.institution("academy").await;
    let delivery = house.delivery(house.course("introductory").await, academy, 9).await;
    let people: [Actor; 3] =
        [house.person("Ana", &[]).await, house.person("Ben", &[]).await, house.person("Cem", &[]).await];
    for person in &people {
        house.enrol(delivery, person.person_id).await;
    }
    house.trains(delivery, house.trainer("Tom").await.person_id).await;
    let mut tx = house.app.db.begin().await.unwrap();
    execute!(&mut tx, FRENCH, people[1].person_id).unwrap();
    execute!(&mut tx, WITHDRAWN, people[2].person_id).unwrap();
    tx.commit().await.unwrap();
    let ada = house.as_actor(&house.administrator("Ada", academy).await);
    let slots = house.slots(delivery).await.iter().map(ToString::to_string).collect();
    Given { ada, id: delivery.to_string(), slots, delivery }
}

impl Given {
    async fn form(&self, n: usize, change: impl FnOnce(&mut SlotForm)) {
        let it = schedule::slot(&self.ada, &self.id, &self.slots[n]).await.unwrap();
        let mut form = SlotForm::of(&it.head, &it.slot);
        change(&mut form);
        schedule::save_slot(&self.ada, &form).await.unwrap();
    }

    async fn call_off(&self, n: usize, act: &str, reason: &str) {
        schedule::call_off(&self.ada, &self.id, &self.slots[n], act, reason).await.unwrap();
    }
}

on_both! {
    async fn changes_within_minutes_are_one_letter_that_says_what_stands(house) {
        let it = given(&house).await;
        it.call_off(1, "cancel", "The hall is flooded").await;
        house.app.clock.set(house.app.now() + TimeDelta::minutes(2));
        it.form(2, |form| form.room = "Room 5".into()).await;
        it.form(2, |form| form.room = "Room 7".into()).await;
        it.call_off(3, "cancel", "Nobody").await;
        it.call_off(3, "restore", "").await;
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE kind = 'deliveries.changed'").await, 1);
        let letters = told(&house).await;
        let to: Vec<&str> = letters.iter().map(|letter| letter.0.split('@').next().unwrap()).collect();
        assert_eq!(to, ["ana", "ben", "tom"], "who holds a place, and who trains");
        let (_, subject, body, dates) = &letters[0];
        assert_eq!(subject, "The timetable has changed: A delivery");
        assert!(body.contains("Called off: Tuesday 24 November 2026, 13:30–17:00, Room 204 – The hall is flooded"), "{body}");
        assert!(body.contains("Moved: Wednesday 25 November 2026, 09:00–12:30, Room 204 → now Wednesday 25 November 2026, 09:00–12:30, Room 7"), "{body}");
        assert!(!body.contains("Room 5") && body.matches("Wednesday").count() == 2, "what came to nothing is not told: {body}");
        assert!(dates.contains("STATUS:CANCELLED") && dates.contains(&it.slots[1]) && dates.contains("DTSTART:20261124T123000Z"), "{dates}");
        assert!(letters[1].1.starts_with("L’emploi du temps a changé"), "in the reader's language");
        // Told is told; the next change is another letter.
        assert!(told(&house).await.is_empty());
        it.call_off(1, "restore", "").await;
        let next = told(&house).await;
        assert!(next[0].2.contains("Takes place after all: Tuesday 24 November 2026, 13:30–17:00, Room 204"), "{}", next[0].2);
    }
}

on_both! {
    async fn what_came_to_nothing_or_is_past_is_no_letter(house) {
        let it = given(&house).await;
        it.call_off(1, "cancel", "A mistake").await;
        it.call_off(1, "restore", "").await;
        assert!(told(&house).await.is_empty());
        // The first half-day is over at 12:30 in Tirana.
        house.app.clock.set(house.app.now() + TimeDelta::hours(5));
        it.form(0, |form| form.room = "Another".into()).await;
        assert!(told(&house).await.is_empty());
        it.call_off(2, "cancel", "Strike").await;
        house.put(it.delivery, "cancelled").await;
        assert!(told(&house).await.is_empty(), "the delivery's own letter says more");
        assert_eq!(house.count("SELECT COUNT(*) FROM slot_notice").await, 0);
        // Before places are confirmed nobody relies on it.
        house.put(it.delivery, "call_open").await;
        it.form(3, |form| form.room = "Another".into()).await;
        assert_eq!(house.count("SELECT COUNT(*) FROM slot_notice").await, 0);
    }
}

on_both! {
    async fn half_days_removed_and_new_ones_and_another_place(house) {
        let it = given(&house).await;
        schedule::remove_slot(&it.ada, &it.id, &it.slots[3]).await.unwrap();
        let fresh: crate::common::ids::SlotId = house.app.id();
        let form = SlotForm {
            delivery: it.id.clone(),
            id: fresh.to_string(),
            was: String::new(),
            day: "2026-11-25".into(),
            from: "14:00".into(),
            to: "16:00".into(),
            room: String::new(),
        };
        schedule::save_slot(&it.ada, &form).await.unwrap();
        let head = crate::deliveries::store::head(&mut house.app.db.read().await.unwrap(), it.delivery).await.unwrap().unwrap();
        let edit = DeliveryForm {
            id: it.id.clone(),
            version: head.version.to_string(),
            title: head.title,
            language: "en".into(),
            mode: "in_person".into(),
            starts_on: "2026-11-24".into(),
            ends_on: "2026-11-25".into(),
            time_zone: crate::testing::ZONE.into(),
            place: "Durrës".into(),
            capacity: "9".into(),
            host: head.host_id.unwrap().to_string(),
            area: "AL".into(),
            ..DeliveryForm::default()
        };
        crate::deliveries::service::save(&it.ada, &edit).await.unwrap();
        let letters = told(&house).await;
        let body = &letters[0].2;
        assert!(body.contains("Called off: Wednesday 25 November 2026, 13:30–17:00, Room 204"), "{body}");
        assert!(body.contains("New: Wednesday 25 November 2026, 14:00–16:00\n"), "{body}");
        assert!(body.contains("The place is now Durrës (before: Tirana)"), "{body}");
        assert_eq!(house.count("SELECT COUNT(*) FROM delivery WHERE told_place IS NOT NULL").await, 0);
    }
}

on_both! {
    async fn the_letter_leaves_with_its_dates(house) {
        let it = given(&house).await;
        it.call_off(1, "cancel", "The hall is flooded").await;
        house.app.clock.set(house.app.now() + TimeDelta::minutes(6));
        let mut handlers = HANDLERS.to_vec();
        handlers.push(Kind::new(Lane::Mail, mail::JOB, mail::deliver));
        jobs::drain(&house.app, handlers.leak()).await.unwrap();
        let folder = house.app.settings.mail_folder();
        let mut mails: Vec<String> = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap()).collect();
        mails.sort();
        assert_eq!(mails.len(), 3);
        for mail in mails {
            assert!(mail.contains("multipart/mixed") && mail.contains("text/calendar") && mail.contains("timetable.ics"), "{mail}");
        }
    }
}
