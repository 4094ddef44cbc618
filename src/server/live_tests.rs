//! The stream of a register through the real router: who hears what, and when it ends.

use super::{
    router,
    web_tests::{Visitor, get},
};
use crate::{
    attendance::service,
    on_both,
    testing::{Kind, house_with},
};
use axum::{
    body::BodyDataStream,
    http::{StatusCode, header},
};
use futures::StreamExt;
use std::time::Duration;
use tower::ServiceExt;

/// Reads until a word has come; nothing where the stream ends without it.
async fn heard(stream: &mut BodyDataStream, word: &str) -> Option<String> {
    let mut text = String::new();
    let reading = async {
        while let Some(Ok(bytes)) = stream.next().await {
            text.push_str(&String::from_utf8_lossy(&bytes));
            if text.contains(word) {
                return true;
            }
        }
        false
    };
    let found = tokio::time::timeout(Duration::from_secs(30), reading).await.expect("something comes in time");
    found.then_some(text)
}

on_both! {
    async fn who_watches_a_register_sees_what_others_mark(house) {
        let academy = house.institution("academy").await;
        let course = house.course("introductory").await;
        let delivery = house.delivery(course, academy, 20).await;
        let (tom, ada) = (house.trainer("Tom").await, house.administrator("Ada", academy).await);
        house.trains(delivery, tom.person_id).await;
        let ana = house.person("Ana", &[]).await;
        let place = house.enrol(delivery, ana.person_id).await;
        let slot = house.slots(delivery).await[0];
        let router = router(&house.app).unwrap();
        let live = |since: i64| get(&format!("/deliveries/{delivery}/register/{slot}/live?since={since}"));

        for (visitor, status) in [
            (Visitor::default(), StatusCode::UNAUTHORIZED),
            (Visitor::signed_in(&house, &ana).await, StatusCode::FORBIDDEN),
        ] {
            assert_eq!(router.clone().oneshot(visitor.request(live(0))).await.unwrap().status(), status);
        }

        let keeper = Visitor::signed_in(&house, &ada).await;
        let answer = router.clone().oneshot(keeper.request(live(0))).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
        let mut stream = answer.into_body().into_data_stream();
        let mark = |id: u128, state: &str| {
            let id = uuid::Uuid::from_u128(id);
            format!(r#"{{"id":"{id}","touches":[{{"e":"{place}","s":"{state}"}}]}}"#)
        };
        let trainer = house.as_actor(&tom);
        let (delivery_id, slot_id) = (delivery.to_string(), slot.to_string());
        service::mark(&trainer, &delivery_id, &slot_id, &mark(1, "absent")).await.unwrap();
        let text = heard(&mut stream, "\"absent\"").await.expect("the mark");
        assert!(text.contains("Tom") && text.contains(&place.to_string()), "{text}");

        // A page that has seen this hears only what comes later.
        let seen = text.split("id: ").nth(1).or_else(|| text.split("id:").nth(1)).unwrap();
        let seen: i64 = seen.split('\n').next().unwrap().trim().parse().unwrap();
        let answer = router.clone().oneshot(keeper.request(live(seen))).await.unwrap();
        let mut later = answer.into_body().into_data_stream();
        service::mark(&trainer, &delivery_id, &slot_id, &mark(2, "present")).await.unwrap();
        let text = heard(&mut later, "\"present\"").await.expect("the later mark");
        assert!(!text.contains("absent"), "{text}");

        // A server that stops does not wait for those who watch.
        house.app.closing.cancel();
        assert_eq!(heard(&mut later, "never said").await, None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_person_opens_only_so_many_streams() {
    let house = house_with(Kind::Sqlite, &["--max-streams-by-person", "2", "--max-streams", "3"]).await;
    let academy = house.institution("academy").await;
    let course = house.course("introductory").await;
    let delivery = house.delivery(course, academy, 20).await;
    let slot = house.slots(delivery).await[0];
    let (ada, eve) = (house.administrator("Ada", academy).await, house.administrator("Eve", academy).await);
    let (ada, eve) = (Visitor::signed_in(&house, &ada).await, Visitor::signed_in(&house, &eve).await);
    let router = router(&house.app).unwrap();
    let open = async |visitor: &Visitor| {
        let live = get(&format!("/deliveries/{delivery}/register/{slot}/live"));
        router.clone().oneshot(visitor.request(live)).await.unwrap()
    };
    let first = open(&ada).await;
    let second = open(&ada).await;
    assert_eq!((first.status(), second.status()), (StatusCode::OK, StatusCode::OK));
    let third = open(&ada).await;
    assert_eq!(third.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(third.headers().contains_key(header::RETRY_AFTER));
    let other = open(&eve).await;
    assert_eq!(other.status(), StatusCode::OK, "others watch all the same");
    assert_eq!(open(&eve).await.status(), StatusCode::SERVICE_UNAVAILABLE, "as long as there is room");
    drop(first);
    assert_eq!(open(&ada).await.status(), StatusCode::OK, "a stream that ended makes room");
}
