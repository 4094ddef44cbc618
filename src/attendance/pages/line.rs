//! The line to the server: marks as others make them, whether there is a line at all, and the service
//! worker (`public/sw.js`) that keeps the delivery's registers for when there is none.

use super::{device, live::Live};
use crate::attendance::api::{Answer, SlotTab};
use chrono::{NaiveDateTime, TimeDelta};
use leptos::{prelude::*, task::spawn_local};
use serde::Serialize;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    EventSource, MessageEvent, ServiceWorkerContainer, ServiceWorkerRegistration,
    js_sys::{Function, Reflect},
};

/// A line that does not answer within this time is none.
const PATIENCE: Duration = Duration::from_secs(5);
/// Registers are kept for so long after the delivery's end.
const KEPT_FOR: TimeDelta = TimeDelta::days(7);

/// What the service worker is asked to keep.
#[derive(Serialize)]
struct Wish {
    person: String,
    delivery: String,
    /// The half-day on the page.
    slot: String,
    /// Until when, in milliseconds.
    until: i64,
    /// How far the venue's clock is ahead of UTC, in milliseconds.
    zone: i64,
    /// Half-days with their beginning and end on the venue's clock, in milliseconds.
    slots: Vec<(String, i64, i64)>,
}

fn on_wall(time: NaiveDateTime) -> i64 {
    time.and_utc().timestamp_millis()
}

/// The browser's service workers; nothing where the page did not come by https.
pub fn workers() -> Option<ServiceWorkerContainer> {
    let found = Reflect::get(&window().navigator(), &"serviceWorker".into()).ok()?;
    found.is_object().then(|| found.unchecked_into())
}

/// Tells the service worker something, as soon as there is one.
pub async fn tell_worker(workers: &ServiceWorkerContainer, wish: &str) -> Result<(), JsValue> {
    JsFuture::from(workers.register("/sw.js")).await?;
    let ready: ServiceWorkerRegistration = JsFuture::from(workers.ready()?).await?.unchecked_into();
    ready.active().ok_or(JsValue::NULL)?.post_message(&wish.into())
}

/// Has the service worker ask whether the session of this browser is still alive. Where it is not, the worker
/// drops the names that it keeps.
pub fn ask_whether_signed_in() {
    let Some(workers) = workers() else { return };
    spawn_local(async move {
        // Where there is no worker, nothing is kept.
        let _ = tell_worker(&workers, r#"{"ask":true}"#).await;
    });
}

impl Live {
    /// Shows what others mark, from the page's version on.
    pub fn watch(self) {
        let source: StoredValue<Option<EventSource>, LocalStorage> = StoredValue::new_local(None);
        let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let answers = event.data().as_string().and_then(|text| serde_json::from_str::<Vec<Answer>>(&text).ok());
            // The page may be gone by now.
            if let Some(answers) = answers.filter(|_| self.here()) {
                if let Ok(last) = event.last_event_id().parse() {
                    self.since.set_value(last);
                }
                self.apply(&answers);
            }
        });
        let greeted = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let now = event.data().as_string().and_then(|text| text.parse().ok());
            if let Some(now) = now.filter(|_| self.here()) {
                device::heard(now);
                self.online.set(true);
                self.trouble.set(None);
                self.pump();
            }
        });
        let functions = StoredValue::new_local((heard, greeted));
        let connect = move || {
            let address =
                format!("/deliveries/{}/register/{}/live?since={}", self.delivery, self.slot, self.since.get_value());
            source.update_value(|source| {
                if let Some(old) = source.take() {
                    old.close();
                }
                *source = EventSource::new(&address).ok();
                functions.with_value(|(heard, greeted)| {
                    if let Some(source) = source {
                        source.set_onmessage(Some(heard.as_ref().unchecked_ref()));
                        let _ = source.add_event_listener_with_callback("now", greeted.as_ref().unchecked_ref());
                    }
                });
            });
        };
        connect();
        // The server ends a stream now and then, and the browser comes again: once is no sign.
        let missed = StoredValue::new(false);
        let look = move || {
            let state = source.with_value(|source| source.as_ref().map(EventSource::ready_state));
            let open = state == Some(EventSource::OPEN);
            let before = missed.get_value();
            missed.set_value(!open);
            if open || !before {
                return;
            }
            self.lost();
            if state != Some(EventSource::CONNECTING) && window().navigator().on_line() {
                // The stream was refused or is over; perhaps the session is.
                ask_whether_signed_in();
                connect();
            }
        };
        let every = set_interval_with_handle(look, PATIENCE).ok();
        let off = window_event_listener_untyped("offline", move |_| {
            // A stream that happens to go on would show marks as seen on a device that says it has no line.
            source.update_value(|source| {
                if let Some(source) = source.take() {
                    source.close();
                }
            });
            self.lost();
        });
        let on = window_event_listener_untyped("online", move |_| {
            ask_whether_signed_in();
            connect();
            self.pump();
        });
        if !window().navigator().on_line() {
            self.lost();
        }
        on_cleanup(move || {
            if let Some(every) = every {
                every.clear();
            }
            off.remove();
            on.remove();
            source.try_update_value(|source| source.take().map(|source| source.close()));
            functions.dispose();
        });
    }

    /// The server is not heard any more: what the page shows is that of the last time it was.
    fn lost(self) {
        if self.online.get_untracked() {
            let (read, on_wall) = self.read;
            if device::was_heard() {
                self.as_of.set(on_wall + TimeDelta::microseconds(device::now() - read));
            }
            self.online.set(false);
        }
    }

    /// Asks for the whole delivery to be kept on the device.
    pub fn keep_pages(self, slots: &[SlotTab]) {
        let Some(workers) = workers() else { return };
        let (now, read) = self.read;
        let zone = on_wall(read) - now / 1000;
        let end = slots.iter().map(|tab| tab.ends).max().unwrap_or(read) + KEPT_FOR;
        let wish = Wish {
            person: self.person.get_value(),
            delivery: self.delivery.to_string(),
            slot: self.slot.to_string(),
            until: on_wall(end.max(read + TimeDelta::days(1))) - zone,
            zone,
            slots: slots.iter().map(|tab| (tab.id.to_string(), on_wall(tab.starts), on_wall(tab.ends))).collect(),
        };
        let Ok(wish) = serde_json::to_string(&wish) else { return };
        // The worker answers with the delivery that it has whole.
        let told = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let whole = event.data().as_string() == Some(self.delivery.to_string());
            if whole && self.here() {
                self.ready.set(true);
            }
        });
        let listener: Function = told.as_ref().unchecked_ref::<Function>().clone();
        let _ = workers.add_event_listener_with_callback("message", &listener);
        let told = StoredValue::new_local(told);
        let deaf = workers.clone();
        let kept = StoredValue::new_local((deaf, listener));
        on_cleanup(move || {
            kept.with_value(|(workers, listener)| {
                let _ = workers.remove_event_listener_with_callback("message", listener);
            });
            told.dispose();
        });
        spawn_local(async move {
            // Where it cannot be had (a private window), the page works as before.
            let _ = tell_worker(&workers, &wish).await;
        });
    }
}
