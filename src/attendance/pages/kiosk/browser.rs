//! What a kiosk does in the browser.

use super::{Desk, Way, camera};
use crate::attendance::{kiosk::api::get_kiosk, pages::device};
use chrono::DateTime;
use leptos::{ev, prelude::*, task::spawn_local};
use std::time::Duration;

/// The same badge held on before the camera is one badge, in milliseconds.
const SAME: f64 = 5000.0;
/// The way that was chosen, for when the page is opened again without a line.
const WAY: &str = "magistra.kiosk.way";

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// Forgets which way was chosen.
pub(super) fn forget_way() {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(WAY);
    }
}

impl Desk {
    /// Keeps clock, half-day and field as they should be for as long as the page is there.
    pub(super) fn begin(self) {
        let turns = StoredValue::new(0_u32);
        let tick = move || {
            // Until the server was heard once, a device may take any time for now.
            if !device::unsure()
                && let Some(now) = DateTime::from_timestamp_micros(device::now() + self.zone)
            {
                self.now.set(now.naive_utc());
            }
            self.mind();
            turns.update_value(|turns| *turns += 1);
            if turns.get_value().is_multiple_of(5) {
                self.ask();
            }
        };
        Effect::new(move |_| {
            let chosen = storage().and_then(|storage| storage.get_item(WAY).ok().flatten());
            let plain = window().location().search().unwrap_or_default().is_empty();
            if let Some(way) = chosen.filter(|_| plain).and_then(|way| way.parse().ok()) {
                self.way.set(way);
            }
            self.mind();
            if self.readings.say.get_untracked().is_some() {
                self.readings.forget();
            }
            if let Ok(handle) = set_interval_with_handle(tick, Duration::from_secs(2)) {
                on_cleanup(move || handle.clear());
            }
            self.readings.begin(self.id, self.until, move || self.ask());
            self.ask();
        });
        // Ended from afar: the page that says so sends what is left.
        Effect::new(move |_| {
            if self.readings.over.get() {
                let _ = window().location().reload();
            }
        });
        on_cleanup(move || camera::stop(self.video.try_get_untracked().flatten()));
    }

    /// A scanner types wherever the focus is: it must be the field.
    fn mind(self) {
        let elsewhere = document().active_element().is_none_or(|on| on.tag_name() == "BODY");
        if elsewhere && let Some(field) = self.field.get_untracked() {
            let _ = field.focus();
        }
    }

    /// Which half-days there are, what time it is, and whether this is a kiosk still.
    fn ask(self) {
        spawn_local(async move {
            let Some(way) = self.way.try_get_untracked() else { return };
            match get_kiosk(way.code().to_owned()).await {
                Ok(Some(kiosk)) => {
                    self.day.try_set(kiosk.day);
                    self.readings.heard(kiosk.clock);
                }
                Ok(None) => {
                    self.readings.over.try_set(true);
                }
                Err(_) => self.readings.missed(),
            }
        });
    }

    pub(super) fn turn(self, event: &ev::MouseEvent, way: Way) {
        event.prevent_default();
        self.readings.say.set(None);
        self.way.set(way);
        if let Some(storage) = storage() {
            let _ = storage.set_item(WAY, way.code());
        }
        self.mind();
    }

    pub(super) fn typed(self, event: &ev::SubmitEvent) {
        event.prevent_default();
        if let Some(field) = self.field.get_untracked() {
            let code = field.value();
            field.set_value("");
            let _ = field.focus();
            self.read(code);
        }
    }

    pub(super) fn look(self) {
        if self.looking.get_untracked() {
            self.looking.set(false);
            camera::stop(self.video.get_untracked());
            return;
        }
        self.blind.set(false);
        let last = StoredValue::new((String::new(), 0.0));
        let seen = move |code: String| {
            let now = js_sys::Date::now();
            let (before, at) = last.try_get_value().unwrap_or_default();
            let _ = last.try_set_value((code.clone(), now));
            if before != code || now - at > SAME {
                self.read(code);
            }
        };
        spawn_local(async move {
            let Some(video) = self.video.get_untracked() else { return };
            match camera::start(&video).await {
                Ok(()) => {
                    self.looking.set(true);
                    camera::watch(video, move || self.looking.try_get_untracked() == Some(true), seen);
                }
                Err(_) => self.blind.set(true),
            }
        });
    }

    pub(super) fn fill(self) {
        if let Some(root) = document().document_element() {
            let _ = root.request_fullscreen();
        }
    }

    /// Takes up a code; the next one does not wait for what comes of it.
    fn read(self, code: String) {
        if !code.trim().is_empty() {
            self.readings.take(self.id, code, self.way.get_untracked());
        }
    }
}
