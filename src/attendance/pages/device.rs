//! What a device keeps of the register: actions that the server has not acknowledged, on its disk
//! ([`super::shelf`]), and how far its clock is from the server's.
//!
//! Every person has a database of their own: a shared phone sends nobody else's marks.

use super::{live::Waiting, shelf};
use leptos::prelude::window;
use std::cell::Cell;
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::js_sys::{Date, Function, Reflect};

fn database(person: &str) -> String {
    format!("magistra.register.{person}")
}

/// Keeps an action, in the place of others; returns when it is on the disk.
pub async fn keep(person: &str, waiting: &Waiting, instead: &[Uuid]) -> Result<(), JsValue> {
    let text = serde_json::to_string(waiting).map_err(|_| JsValue::NULL)?;
    shelf::change(&database(person), &[(waiting.action.id, text)], instead).await
}

/// Forgets actions that the server has.
pub async fn forget(person: &str, ids: &[Uuid]) {
    // What stays is sent again, and written once.
    let _ = shelf::change(&database(person), &[], ids).await;
}

/// What is kept, in the order in which it was done.
pub async fn kept(person: &str) -> Result<Vec<Waiting>, JsValue> {
    let texts = shelf::all(&database(person)).await?;
    let mut all: Vec<Waiting> = texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
    for waiting in &mut all {
        waiting.kept = true;
    }
    all.sort_by_key(|waiting| waiting.action.made_at);
    Ok(all)
}

/// What versions of this page kept in the local storage that knew no better place: moved, then removed.
pub async fn move_in(person: &str) {
    let Some(storage) = storage() else { return };
    let Ok(Some(text)) = storage.get_item(&database(person)) else { return };
    let old: Vec<Waiting> = serde_json::from_str(&text).unwrap_or_default();
    for waiting in &old {
        if keep(person, waiting, &[]).await.is_err() {
            return;
        }
    }
    let _ = storage.remove_item(&database(person));
}

/// Asks the browser not to clear what is kept here when it runs short of space.
pub fn persist() {
    let ask = || -> Result<(), JsValue> {
        let storage = Reflect::get(&window().navigator(), &"storage".into())?;
        let persist: Function = Reflect::get(&storage, &"persist".into())?.dyn_into()?;
        persist.call0(&storage).map(|_| ())
    };
    let _ = ask();
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// How far the server's clock is ahead of this device's, in milliseconds, and the last time that was given.
const CLOCK: &str = "magistra.clock";

thread_local! {
    static AHEAD: Cell<Option<f64>> = const { Cell::new(None) };
    static LAST: Cell<i64> = const { Cell::new(0) };
    /// Whether nothing was noted when the page was opened.
    static STRANGE: Cell<bool> = const { Cell::new(false) };
    /// The server's time and the page's own (which nobody can set), both in milliseconds, when last heard.
    static ANCHOR: Cell<Option<(f64, f64)>> = const { Cell::new(None) };
}

fn remember() {
    if let (Some(storage), Some(ahead)) = (storage(), AHEAD.get()) {
        let _ = storage.set_item(CLOCK, &format!("{ahead} {}", LAST.get()));
    }
}

/// The page's own clock in milliseconds, which nobody can set.
pub fn page_time() -> Option<f64> {
    window().performance().map(|performance| performance.now())
}

/// The server has said what time it is there, in microseconds.
#[expect(clippy::cast_precision_loss, reason = "microseconds since 1970 fit")]
pub fn heard(server: i64) {
    let now = server as f64 / 1000.0;
    AHEAD.set(Some(now - Date::now()));
    ANCHOR.set(page_time().map(|page| (now, page)));
    // A clock that once ran ahead does not hold the later marks back.
    LAST.set(LAST.get().min(server));
    remember();
}

/// Whether the server was heard since the page was opened.
pub fn was_heard() -> bool {
    ANCHOR.get().is_some()
}

/// What was known of the clocks when a page of ours was last open.
fn recall() {
    if AHEAD.get().is_none() {
        let noted = storage().and_then(|storage| storage.get_item(CLOCK).ok().flatten()).unwrap_or_default();
        let (ahead, last) = noted.split_once(' ').unwrap_or_default();
        AHEAD.set(Some(ahead.parse().unwrap_or(0.0)));
        LAST.set(LAST.get().max(last.parse().unwrap_or(0)));
        STRANGE.set(noted.is_empty());
    }
}

/// Whether [`now`] would say no more than what came after what: the server was never heard, or the clock was
/// set back (by a flat battery) since the page was last open.
pub fn unsure() -> bool {
    recall();
    let by_device = Date::now() + AHEAD.get().unwrap_or(0.0);
    !was_heard() && (STRANGE.get() || by_device * 1000.0 < last())
}

#[expect(clippy::cast_precision_loss, reason = "microseconds since 1970 fit")]
fn last() -> f64 {
    LAST.get() as f64
}

/// The time in microseconds by the server's clock as this device knows it; later at every call.
///
/// A clock set back while the page is open is noticed by the page's own; one set back while it was closed,
/// by the last time that was given. One set forward cannot be told from a night's sleep: the server takes
/// nothing as made in the future.
#[expect(clippy::cast_possible_truncation, reason = "microseconds since 1970 fit")]
pub fn now() -> i64 {
    recall();
    let by_device = Date::now() + AHEAD.get().unwrap_or(0.0);
    let by_page = ANCHOR.get().zip(page_time()).map_or(by_device, |((heard, then), page)| heard + page - then);
    let now = (by_device.max(by_page) * 1000.0) as i64;
    LAST.set(now.max(LAST.get() + 1));
    remember();
    LAST.get()
}
