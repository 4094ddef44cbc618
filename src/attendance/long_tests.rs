//! A register of thousands of half-days: its page is short, and a day leads to the half-day of that day.

use super::service;
use crate::{
    common::ids::{DeliveryId, SlotId},
    execute, on_both,
    platform::db::{Statement, counted},
    testing::{House, Kind, house},
};
use chrono::{DateTime, TimeDelta, Utc};

const SLOT: Statement = Statement::new(
    "testing::long_slot",
    "INSERT INTO slot (id, delivery_id, starts_at, ends_at, room, minutes) VALUES ($1, $2, $3, $4, '', 180)",
);
const OFF: Statement = Statement::new("testing::long_off", "UPDATE slot SET cancelled_at = $2 WHERE id = $1");

/// Two half-days a day for as many days, from 1 January 2027, but none in the week from 1 March.
async fn lengthen(house: &House, delivery: DeliveryId, days: i64) -> Vec<(SlotId, DateTime<Utc>)> {
    let first: DateTime<Utc> = "2027-01-01T08:00:00Z".parse().unwrap();
    let mut tx = house.app.db.begin().await.unwrap();
    let mut made = Vec::new();
    for day in (0..days).filter(|day| !(59..66).contains(day)) {
        for hours in [0, 5] {
            let (id, at): (SlotId, _) = (house.app.id(), first + TimeDelta::days(day) + TimeDelta::hours(hours));
            execute!(&mut tx, SLOT, id, delivery, at, at + TimeDelta::hours(3)).unwrap();
            made.push((id, at));
        }
    }
    tx.commit().await.unwrap();
    made
}

on_both! {
    async fn a_day_leads_to_the_first_half_day_from_then_on(house) {
        let academy = house.institution("academy").await;
        let delivery = house.delivery(house.course("introductory").await, academy, 9).await;
        let ana = house.person("Ana", &[]).await;
        house.enrol(delivery, ana.person_id).await;
        let tom = house.trainer("Tom").await;
        house.trains(delivery, tom.person_id).await;
        let made = lengthen(&house, delivery, 600).await;
        let cx = house.as_actor(&tom);
        let id = delivery.to_string();
        let at = |day: &str| {
            let (cx, id, day) = (cx.clone(), id.clone(), day.to_owned());
            async move { service::register(&cx, &id, &day).await.unwrap() }
        };
        let starts = |day: &str| made.iter().find(|(_, at)| at.date_naive().to_string() == day).map(|(id, _)| *id);
        let (spring, queries) = counted(service::register(&cx, &id, "2028-04-03")).await;
        let spring = spring.unwrap();
        assert_eq!(queries, 4);
        assert_eq!(spring.slot, starts("2028-04-03"), "the morning");
        assert!(spring.is_long() && spring.slots.len() <= 61 && spring.slots.iter().any(|tab| Some(tab.id) == spring.slot));
        assert_eq!(at("2027-03-02").await.slot, starts("2027-03-08"), "the first one after a day without any");
        assert_eq!(at("2020-01-01").await.slot, Some(house.slots(delivery).await[0]));
        assert_eq!(at("2030-01-01").await.slot, made.last().map(|(id, _)| *id), "the last one");
        let mut tx = house.app.db.begin().await.unwrap();
        execute!(&mut tx, OFF, starts("2028-04-03"), house.app.now()).unwrap();
        tx.commit().await.unwrap();
        let next = at("2028-04-03").await.slot;
        assert!(next != starts("2028-04-03") && next.is_some(), "rather one that is given");
    }
}

/// Pages are deep trees of types, and unoptimised code needs a deep stack for them.
#[test]
fn the_page_of_a_long_register_has_a_field_for_it() {
    const STACK: usize = 64 * 1024 * 1024;
    let run = || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_stack_size(STACK)
            .enable_all()
            .build()
            .expect("a runtime")
            .block_on(the_page())
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

async fn the_page() {
    let house = house(Kind::Sqlite).await;
    let academy = house.institution("academy").await;
    let delivery = house.delivery(house.course("introductory").await, academy, 9).await;
    let tom = house.trainer("Tom").await;
    house.trains(delivery, tom.person_id).await;
    let router = crate::server::router(&house.app).unwrap();
    let visitor = crate::server::web_tests::Visitor::signed_in(&house, &tom).await;
    let page = |address: String| {
        let request = visitor.request(crate::server::web_tests::get(&address));
        crate::server::web_tests::ask(&router, request)
    };
    let short = page(format!("/deliveries/{delivery}/register")).await;
    assert!(!short.body.contains("go-to-day"));
    let made = lengthen(&house, delivery, 100).await;
    let long = page(format!("/deliveries/{delivery}/register?from=2027-02-03")).await;
    let form = long.body.find("<form id=\"go-to-day\"").expect("a form of its own");
    assert!(long.body[..form].contains("form=\"go-to-day\""), "its field stands among the half-days");
    assert!(long.body[..form].ends_with("</form>"), "not within the register's form");
    assert!(long.body.contains("value=\"2027-02-03\""));
    let (slot, _) = made.iter().find(|(_, at)| at.date_naive().to_string() == "2027-02-03").unwrap();
    let (delivery, slot) = (delivery.to_string(), slot.to_string());
    assert!(
        long.body.contains(&format!("href=\"/deliveries/{delivery}/register/{slot}/history\"")),
        "it is the one shown"
    );
}
