//! What a device keeps of the register: actions that the server has not acknowledged, in IndexedDB, and how
//! far its clock is from the server's.
//!
//! An action counts as kept only once its transaction has completed with strict durability (Indexed
//! Database API 3.0, section 2.7.2): it is then on the disk, and not in a buffer that a flat battery
//! empties. Every person has a database of their own: a shared phone sends nobody else's marks.

use super::live::Waiting;
use leptos::prelude::window;
use std::cell::Cell;
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    IdbDatabase, IdbRequest, IdbTransaction,
    js_sys::{Array, Date, Function, Object, Promise, Reflect},
};

const STORE: &str = "unsent";

fn database(person: &str) -> String {
    format!("magistra.register.{person}")
}

/// Waits for a request; `events` is whatever takes the two handlers.
async fn settled(handlers: impl Fn(&Function, &Function)) -> Result<(), JsValue> {
    JsFuture::from(Promise::new(&mut |resolve, reject| handlers(&resolve, &reject))).await.map(|_| ())
}

async fn answered(request: &IdbRequest) -> Result<JsValue, JsValue> {
    settled(|resolve, reject| {
        request.set_onsuccess(Some(resolve));
        request.set_onerror(Some(reject));
    })
    .await?;
    request.result()
}

async fn open(person: &str) -> Result<IdbDatabase, JsValue> {
    let factory = window().indexed_db()?.ok_or(JsValue::NULL)?;
    let request = factory.open_with_u32(&database(person), 1)?;
    let asked = request.clone();
    let upgrade = Closure::once_into_js(move || {
        if let Ok(database) = asked.result() {
            let _ = database.unchecked_into::<IdbDatabase>().create_object_store(STORE);
        }
    });
    request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
    Ok(answered(&request).await?.unchecked_into())
}

/// A transaction whose end means that it is on the disk. (web-sys counts the option as unstable.)
fn strict(database: &IdbDatabase) -> Result<IdbTransaction, JsValue> {
    let options = Object::new();
    Reflect::set(&options, &"durability".into(), &"strict".into())?;
    let begin: Function = Reflect::get(database, &"transaction".into())?.dyn_into()?;
    begin.call3(database, &STORE.into(), &"readwrite".into(), &options).map(JsCast::unchecked_into)
}

async fn change(person: &str, keep: Option<&Waiting>, forget: &[Uuid]) -> Result<(), JsValue> {
    let database = open(person).await?;
    let outcome = async {
        let transaction = strict(&database)?;
        let store = transaction.object_store(STORE)?;
        if let Some(waiting) = keep {
            let text = serde_json::to_string(waiting).map_err(|_| JsValue::NULL)?;
            store.put_with_key(&text.into(), &waiting.action.id.to_string().into())?;
        }
        for id in forget {
            store.delete(&id.to_string().into())?;
        }
        settled(|resolve, reject| {
            transaction.set_oncomplete(Some(resolve));
            transaction.set_onabort(Some(reject));
        })
        .await
    }
    .await;
    database.close();
    outcome
}

/// Keeps an action, in the place of others; returns when it is on the disk.
pub async fn keep(person: &str, waiting: &Waiting, instead: &[Uuid]) -> Result<(), JsValue> {
    change(person, Some(waiting), instead).await
}

/// Forgets actions that the server has.
pub async fn forget(person: &str, ids: &[Uuid]) {
    // What stays is sent again, and written once.
    let _ = change(person, None, ids).await;
}

/// What is kept, in the order in which it was done.
pub async fn kept(person: &str) -> Result<Vec<Waiting>, JsValue> {
    let database = open(person).await?;
    let outcome = async {
        let store = database.transaction_with_str(STORE)?.object_store(STORE)?;
        answered(store.get_all()?.unchecked_ref()).await
    }
    .await;
    database.close();
    let read = |text: JsValue| serde_json::from_str::<Waiting>(&text.as_string()?).ok();
    let mut all: Vec<Waiting> = outcome?.unchecked_into::<Array>().iter().filter_map(read).collect();
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
    /// The server's time and the page's own (which nobody can set), both in milliseconds, when last heard.
    static ANCHOR: Cell<Option<(f64, f64)>> = const { Cell::new(None) };
}

fn remember() {
    if let (Some(storage), Some(ahead)) = (storage(), AHEAD.get()) {
        let _ = storage.set_item(CLOCK, &format!("{ahead} {}", LAST.get()));
    }
}

fn page_time() -> Option<f64> {
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

/// The time in microseconds by the server's clock as this device knows it; later at every call.
///
/// A clock set back while the page is open is noticed by the page's own; one set back while it was closed,
/// by the last time that was given. One set forward cannot be told from a night's sleep: the server takes
/// nothing as made in the future.
#[expect(clippy::cast_possible_truncation, reason = "microseconds since 1970 fit")]
pub fn now() -> i64 {
    if AHEAD.get().is_none() {
        let noted = storage().and_then(|storage| storage.get_item(CLOCK).ok().flatten()).unwrap_or_default();
        let (ahead, last) = noted.split_once(' ').unwrap_or_default();
        AHEAD.set(Some(ahead.parse().unwrap_or(0.0)));
        LAST.set(LAST.get().max(last.parse().unwrap_or(0)));
    }
    let by_device = Date::now() + AHEAD.get().unwrap_or(0.0);
    let by_page = ANCHOR.get().zip(page_time()).map_or(by_device, |((heard, then), page)| heard + page - then);
    let now = (by_device.max(by_page) * 1000.0) as i64;
    LAST.set(now.max(LAST.get() + 1));
    remember();
    LAST.get()
}
