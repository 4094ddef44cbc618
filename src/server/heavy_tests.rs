//! What is heavy is not done on the threads that answer. Every request of every test is watched ([`watched`]): what the
//! thread that answers has used of the processor is measured, not how long anything took, so that other programs
//! cannot disturb it.

use super::{
    router,
    web_tests::{Visitor, ask, get, post},
};
use crate::testing::{Kind, house};
use axum::http::StatusCode;
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// What this thread has used of the processor.
fn used() -> Duration {
    let at = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(at.tv_sec.try_into().unwrap(), at.tv_nsec.try_into().unwrap())
}

/// What one request may take of the thread that answers, in a program that is not optimised. A page takes
/// some hundredths of it when it is.
const MOST: Duration = Duration::from_millis(1_000);

/// Answers a request, and fails where that kept the thread. What it hands to other threads is not counted.
pub async fn watched<T>(what: &str, answer: impl Future<Output = T>) -> T {
    let before = used();
    let answer = answer.await;
    // A test may go on upon another thread, whose count is another.
    let cost = used().saturating_sub(before);
    assert!(cost < MOST, "{what} kept the thread for {cost:?}");
    answer
}

#[tokio::test(flavor = "current_thread")]
async fn no_text_holds_up_the_thread_that_answers() {
    let house = house(Kind::Sqlite).await;
    let router = router(&house.app).unwrap();
    let officer = house.officer().await;
    let visitor = Visitor::signed_in(&house, &officer).await;
    // The first answer makes what all later ones share.
    assert_eq!(ask(&router, get("/health/live")).await.status, StatusCode::OK);
    let prose = "A paragraph with *emphasis*, [a link](https://example.org) and `code`.\n\n- a list\n- of two\n\n";
    for (name, text) in [
        ("quotes", ">".repeat(120_000)),
        ("lists", "- ".repeat(60_000) + "a"),
        ("stars", "*a **b ".repeat(17_000)),
        ("an honest lesson", prose.repeat(1_400)),
    ] {
        let body: String = form_urlencoded::Serializer::new(String::new()).append_pair("text", &text).finish();
        let answer = ask(&router, visitor.request(post("/_fn/packs/render", &body))).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.body);
    }
}
