//! Badges on their way: kept on the device's disk until the server has acknowledged them, and sent in the
//! order in which they were read. Ids make them bear being sent twice, after a reload or a broken line.

use super::{
    Say, browser,
    readings::{Readings, Waiting},
};
use crate::{
    attendance::{
        checkin::model::Way,
        kiosk::{
            api::scan_badge,
            model::{Heard, Reading},
        },
        pages::{
            device,
            line::{tell_worker, workers},
            shelf,
        },
    },
    common::{error::AppError, ids::KioskId},
};
use leptos::{ev, prelude::*, task::spawn_local};
use std::time::Duration;
use uuid::Uuid;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{MessageEvent, js_sys::Function};

/// Badges of all kiosks that the device ever was; codes and times, no names.
const DATABASE: &str = "magistra.kiosk";
/// An answer stays for so long, unless the next one comes.
const STAYS: Duration = Duration::from_secs(8);
/// Nobody waits longer for an answer: the badge is kept then.
const PATIENCE: Duration = Duration::from_secs(4);
/// A request without an answer for so long has none.
const GIVEN_UP: Duration = Duration::from_secs(15);

impl Readings {
    /// Takes up what an earlier visit left unsent, and follows the line; `ask` asks the server for the time.
    pub fn begin(self, kiosk: KioskId, until: i64, ask: impl Fn() + Copy + 'static) {
        self.take_up();
        let off = window_event_listener_untyped("offline", move |_| self.missed());
        let on = window_event_listener_untyped("online", move |_| {
            ask();
            self.retry();
        });
        if !window().navigator().on_line() {
            self.missed();
        }
        on_cleanup(move || {
            off.remove();
            on.remove();
        });
        self.keep_page(kiosk, until);
        device::persist();
    }

    /// The kiosk is over: what is left is sent, and then nothing stays on the device.
    pub fn wind_up(self) {
        Effect::new(move |_| {
            self.take_up();
            let on = window_event_listener_untyped("online", move |_| self.retry());
            on_cleanup(move || on.remove());
            browser::forget_way();
            if let Some(workers) = workers() {
                spawn_local(async move {
                    let _ = tell_worker(&workers, r#"{"kiosk":null}"#).await;
                });
            }
        });
    }

    /// What could never be sent is given up.
    pub fn discard(self, event: &ev::MouseEvent) {
        event.prevent_default();
        let all: Vec<Uuid> = self.waiting.with_untracked(|all| all.iter().map(|it| it.reading.id).collect());
        self.remove(&all);
    }

    /// Asks the service worker to keep the page, and hears when it has.
    fn keep_page(self, kiosk: KioskId, until: i64) {
        let Some(workers) = workers() else { return };
        let wish = serde_json::json!({ "kiosk": kiosk, "until": until / 1000 }).to_string();
        let told = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if event.data().as_string() == Some(kiosk.to_string()) {
                self.ready.try_set(true);
            }
        });
        let listener: Function = told.as_ref().unchecked_ref::<Function>().clone();
        let _ = workers.add_event_listener_with_callback("message", &listener);
        let heard = StoredValue::new_local((workers.clone(), listener, told));
        on_cleanup(move || {
            heard.with_value(|(workers, listener, _)| {
                let _ = workers.remove_event_listener_with_callback("message", listener);
            });
            heard.dispose();
        });
        spawn_local(async move {
            let _ = tell_worker(&workers, &wish).await;
        });
    }

    fn take_up(self) {
        spawn_local(async move {
            let texts = shelf::all(DATABASE).await;
            if !self.here() {
                return;
            }
            let Ok(texts) = texts else {
                self.forgetful.set(true);
                return;
            };
            let mut kept: Vec<Waiting> = texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
            kept.retain(|it| self.find(it.reading.id).is_none());
            for one in &mut kept {
                one.kept = true;
                // Who showed it has gone long since.
                one.reading.late = true;
            }
            if !kept.is_empty() {
                self.waiting.update(|all| {
                    all.extend(kept);
                    all.sort_by_key(|it| it.reading.at);
                });
            }
            self.pump();
        });
    }

    /// Whether the page is still there.
    fn here(self) -> bool {
        self.waiting.try_with_untracked(|_| ()).is_some()
    }

    fn find(self, id: Uuid) -> Option<Waiting> {
        self.waiting.with_untracked(|all| all.iter().find(|it| it.reading.id == id).cloned())
    }

    /// Takes up a badge that was read: put on the disk, sent, and answered.
    pub fn take(self, kiosk: KioskId, code: String, way: Way) {
        let unsure = device::unsure();
        let late = !self.online.get_untracked();
        let reading = Reading { id: shelf::new_id(), kiosk, code, way, at: device::now(), unsure, late };
        let id = reading.id;
        let waiting = Waiting { reading, refused: false, kept: false, page: device::page_time() };
        self.waiting.update(|all| all.push(waiting.clone()));
        spawn_local(async move {
            self.write(&waiting).await;
            if late {
                self.tell_kept();
            }
            self.pump();
        });
        // A disk, or a line, that does not answer must not keep anybody waiting.
        let waits = move || {
            if self.here() && self.find(id).is_some_and(|it| !it.reading.late) {
                self.put_off();
                self.pump();
            }
        };
        set_timeout(waits, PATIENCE);
    }

    /// Puts a badge on the disk.
    async fn write(self, waiting: &Waiting) {
        let Ok(text) = serde_json::to_string(waiting) else { return };
        let id = waiting.reading.id;
        let kept = shelf::change(DATABASE, &[(id, text)], &[]).await.is_ok();
        if !self.here() {
            return;
        }
        self.forgetful.set(!kept);
        if self.find(id).is_none() {
            // Acknowledged before the disk was ready.
            let _ = shelf::change(DATABASE, &[], &[id]).await;
            return;
        }
        self.waiting.update(|all| {
            let own = all.iter_mut().filter(|it| it.reading.id == id);
            own.for_each(|it| it.kept = kept);
        });
    }

    /// Everybody who waits for an answer is told that their badge is kept.
    fn put_off(self) {
        let new: Vec<Waiting> = self.waiting.with_untracked(|all| {
            let new = all.iter().filter(|it| !it.reading.late).cloned();
            new.map(|it| Waiting { reading: Reading { late: true, ..it.reading }, ..it }).collect()
        });
        if new.is_empty() {
            return;
        }
        self.waiting.update(|all| all.iter_mut().for_each(|it| it.reading.late = true));
        spawn_local(async move {
            for one in &new {
                self.write(one).await;
            }
            if self.here() {
                self.tell_kept();
            }
        });
    }

    fn tell_kept(self) {
        let Some((count, kept)) = self.waiting.try_with_untracked(|all| (all.len(), all.iter().all(|it| it.kept)))
        else {
            return;
        };
        if count > 0 {
            self.tell(if kept { Say::Kept(count) } else { Say::Lost });
        }
    }

    /// Says something for a while.
    fn tell(self, say: Say) {
        // What is said again is said anew to those who listen.
        self.say.try_set(None);
        self.say.try_set(Some(say));
        self.forget();
    }

    /// Makes room for the next one after a while.
    pub fn forget(self) {
        let said = self.say.get_untracked();
        let silence = move || {
            if self.say.try_get_untracked() == Some(said) {
                self.say.set(None);
            }
        };
        set_timeout(silence, STAYS);
    }

    /// The server was heard, and has said what time it is there, in microseconds.
    #[expect(clippy::cast_possible_truncation, reason = "microseconds since 1970 fit")]
    pub fn heard(self, clock: i64) {
        if !self.here() {
            return;
        }
        device::heard(clock);
        self.online.set(true);
        // What was read on this page before anybody knew the time can be told by the page's own clock.
        let page = device::page_time();
        let mut sure = Vec::new();
        self.waiting.update(|all| {
            for it in all.iter_mut().filter(|it| it.reading.unsure) {
                if let (Some(then), Some(now)) = (it.page, page) {
                    it.reading.at = clock - ((now - then) * 1000.0) as i64;
                    it.reading.unsure = false;
                    sure.push(it.clone());
                }
            }
        });
        spawn_local(async move {
            for one in &sure {
                self.write(one).await;
            }
            self.retry();
        });
    }

    /// The server is not heard.
    pub fn missed(self) {
        if self.here() {
            self.online.set(false);
            self.put_off();
        }
    }

    fn retry(self) {
        if self.here() {
            self.pump();
        }
    }

    /// Sends what waits, one badge after the other.
    fn pump(self) {
        if !self.here() || self.sending.get_value().is_some() || self.over.get_untracked() {
            return;
        }
        let Some(first) = self.waiting.with_untracked(|all| all.iter().find(|it| !it.refused).cloned()) else { return };
        let Ok(body) = serde_json::to_string(&first.reading) else { return };
        let turn = self.turns.get_value() + 1;
        self.turns.set_value(turn);
        self.sending.set_value(Some(turn));
        let under_way = move || self.here() && self.sending.get_value() == Some(turn);
        let give_up = move || {
            if under_way() {
                self.failed();
            }
        };
        set_timeout(give_up, GIVEN_UP);
        spawn_local(async move {
            let outcome = scan_badge(body).await;
            // The page may be gone by now, or somebody may have given up; then the device still has the badge.
            if !under_way() {
                return;
            }
            match outcome {
                Ok(Some(heard)) => {
                    self.sending.set_value(None);
                    self.tries.set_value(0);
                    self.online.set(true);
                    self.answered(&first, heard);
                    self.pump();
                }
                Ok(None) => {
                    self.sending.set_value(None);
                    self.over.set(true);
                }
                Err(AppError::Unavailable | AppError::Unreachable | AppError::Internal | AppError::TooMany(_)) => {
                    self.failed()
                }
                Err(_) => {
                    self.sending.set_value(None);
                    self.waiting.update(|all| {
                        let own = all.iter_mut().filter(|it| it.reading.id == first.reading.id);
                        own.for_each(|it| it.refused = true);
                    });
                    self.put_off();
                    self.pump();
                }
            }
        });
    }

    /// Nothing came back: it is tried again, less and less often.
    fn failed(self) {
        self.sending.set_value(None);
        self.missed();
        let tries = self.tries.get_value() + 1;
        self.tries.set_value(tries);
        set_timeout(move || self.retry(), Duration::from_secs(1 << tries.min(5)));
    }

    fn answered(self, sent: &Waiting, heard: Heard) {
        let id = sent.reading.id;
        let late = self.find(id).is_some_and(|it| it.reading.late);
        if late && !sent.reading.late && !heard.word.recorded() {
            // Who showed it went while it was on its way: sent once more, so that the keeper hears of it.
            return;
        }
        self.remove(&[id]);
        if !late {
            self.tell(Say::Heard(heard));
        } else if !heard.word.recorded() {
            self.lost.update(|lost| lost.push((heard.at, sent.reading.way, heard.word)));
        }
    }

    /// Forgets badges that the server has, here and on the disk.
    fn remove(self, ids: &[Uuid]) {
        self.waiting.update(|all| all.retain(|it| !ids.contains(&it.reading.id)));
        let ids = ids.to_vec();
        spawn_local(async move {
            // What stays is sent again, and recorded once.
            let _ = shelf::change(DATABASE, &[], &ids).await;
        });
    }
}
