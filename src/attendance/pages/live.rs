//! What the register does with JavaScript: each touch is shown at once, kept on the device until
//! the server has it, and sent again until it is acknowledged. Nothing of it runs on the server.

use super::row::Row;
use crate::{
    attendance::model::Action,
    common::{
        error::AppError,
        ids::{DeliveryId, SlotId},
    },
};
#[cfg(not(feature = "hydrate"))]
use leptos::ev;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// An action that the server has not acknowledged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// Where it belongs.
    pub delivery: DeliveryId,
    /// Where it belongs.
    pub slot: SlotId,
    /// What was done.
    pub action: Action,
}

/// The register at work.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only the browser sends"))]
pub struct Live {
    /// The delivery on the page.
    pub delivery: DeliveryId,
    /// The slot on the page.
    pub slot: SlotId,
    /// Length of the slot.
    pub minutes: i64,
    /// The rows on the page.
    pub rows: StoredValue<Vec<Row>>,
    /// What waits to be sent, for whichever slot, the oldest first.
    pub queue: RwSignal<Vec<Waiting>>,
    /// Why sending stopped.
    pub trouble: RwSignal<Option<AppError>>,
    /// Whether something is on its way; its action stays first in the queue.
    pub sending: RwSignal<bool>,
    /// Tries since the last success.
    pub tries: StoredValue<u32>,
}

impl Live {
    /// The register of a page.
    pub fn new(delivery: DeliveryId, slot: SlotId, minutes: i64, rows: Vec<Row>) -> Self {
        Self {
            delivery,
            slot,
            minutes,
            rows: StoredValue::new(rows),
            queue: RwSignal::new(Vec::new()),
            trouble: RwSignal::new(None),
            sending: RwSignal::new(false),
            tries: StoredValue::new(0),
        }
    }

    /// How many names have a mark.
    pub fn marked(self) -> usize {
        self.rows.with_value(|rows| rows.iter().filter(|row| row.shown.with(|shown| shown.state.is_some())).count())
    }

    /// How many actions wait.
    pub fn waiting(self) -> usize {
        self.queue.with(Vec::len)
    }
}

#[cfg(not(feature = "hydrate"))]
impl Live {
    /// Takes up what an earlier visit left unsent.
    pub fn resume(self) {}
    /// Shows what others mark, from the page's version on.
    pub fn watch(self, _: i64) {}
    /// A radio button, minutes or a remark changed.
    pub fn changed(self, _: ev::Event) {}
    /// "Everyone present" was pressed.
    pub fn everyone(self, _: ev::MouseEvent) {}
    /// "Undo" was pressed.
    pub fn undo(self, _: ev::MouseEvent) {}
    /// The search changed: rows that do not match are hidden.
    pub fn find(self, _: ev::Event) {}
    /// The form must not be sent: everything is saved already.
    pub fn hold(self, _: ev::MouseEvent) {}
    /// Tries to send at once.
    pub fn now(self, _: ev::MouseEvent) {}
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{Live, Waiting};
    use crate::{
        app,
        attendance::{
            api::{Answer, mark_names, undo_marks},
            model::{Action, MarkState, Touch, field_of},
            pages::row::{Kept, Row, Shown},
        },
        common::{error::AppError, ids::EnrolmentId},
        ui::words,
    };
    use leptos::{ev, prelude::*, task::spawn_local};
    use std::time::Duration;
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{EventSource, HtmlElement, HtmlInputElement, MessageEvent};

    /// An id for an action. It need not be secret, only new.
    fn new_id() -> uuid::Uuid {
        let mut bytes = [0u8; 16];
        for chunk in bytes.chunks_mut(4) {
            let word = (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// One drawer a person: a shared phone sends nobody else's marks.
    fn drawer() -> String {
        let person = app::actor().map(|actor| actor.person_id.to_string()).unwrap_or_default();
        format!("magistra.register.{person}")
    }

    fn storage() -> Option<web_sys::Storage> {
        window().local_storage().ok().flatten()
    }

    fn input(id: &str) -> Option<HtmlInputElement> {
        document().get_element_by_id(id)?.dyn_into().ok()
    }

    fn field(row: &web_sys::Element, selector: &str) -> Option<HtmlInputElement> {
        row.query_selector(selector).ok().flatten()?.dyn_into().ok()
    }

    /// What stands in a row's field, if it has the focus.
    fn focused(row: &Row, name: &str) -> Option<String> {
        let field: HtmlInputElement = document().active_element()?.dyn_into().ok()?;
        (field.name() == field_of(name, &row.key)).then(|| field.value())
    }

    impl Live {
        /// Takes up what an earlier visit left unsent.
        pub fn resume(self) {
            let drawer = drawer();
            let kept: Vec<Waiting> = storage()
                .and_then(|storage| storage.get_item(&drawer).ok().flatten())
                .and_then(|text| serde_json::from_str(&text).ok())
                .unwrap_or_default();
            for waiting in &kept {
                if waiting.slot == self.slot {
                    self.show_unsent(&waiting.action);
                }
            }
            self.queue.set(kept);
            // From here on the drawer follows the queue.
            Effect::new(move |_| {
                self.queue.with(|queue| {
                    let Some(storage) = storage() else { return };
                    let _ = match serde_json::to_string(queue) {
                        Ok(text) if !queue.is_empty() => storage.set_item(&drawer, &text),
                        _ => storage.remove_item(&drawer),
                    };
                });
            });
            let listener = window_event_listener_untyped("online", move |_| self.pump());
            on_cleanup(move || listener.remove());
            self.pump();
        }

        /// Shows what others mark, from the page's version (microseconds) on, and a little before: what was
        /// being written while the page was read carries an earlier time. Hearing it twice does no harm.
        pub fn watch(self, version: i64) {
            let version = version - 10_000_000;
            let address = format!("/deliveries/{}/register/{}/live?since={version}", self.delivery, self.slot);
            let Ok(source) = EventSource::new(&address) else { return };
            let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
                let answers = event.data().as_string().and_then(|text| serde_json::from_str::<Vec<Answer>>(&text).ok());
                // The page may be gone by now.
                if let Some(answers) = answers
                    && self.queue.try_with_untracked(|_| ()).is_some()
                {
                    self.apply(&answers);
                }
            });
            source.set_onmessage(Some(heard.as_ref().unchecked_ref()));
            let kept = StoredValue::new_local((source, heard));
            on_cleanup(move || {
                kept.try_update_value(|(source, _)| source.close());
            });
        }

        fn row(self, id: EnrolmentId) -> Option<Row> {
            self.rows.with_value(|rows| rows.iter().find(|row| row.id == id).cloned())
        }

        fn show_unsent(self, action: &Action) {
            for touch in &action.touches {
                if let Some(row) = self.row(touch.enrolment) {
                    unsent(row, touch.state, &touch.missed, &touch.note);
                }
            }
            if action.everyone {
                for row in self.rows.get_value() {
                    if row.shown.with_untracked(|shown| shown.state.is_none()) {
                        unsent(row, MarkState::Present, "", "");
                    }
                }
            }
        }

        /// The reason a closed register asks for; nothing, and the field in focus, when it is missing.
        fn reason(self) -> Option<String> {
            let Some(field) = input("f-reason") else { return Some(String::new()) };
            let reason = field.value();
            if reason.trim().is_empty() {
                let _ = field.focus();
                return None;
            }
            Some(reason)
        }

        fn put(self, action: Action) {
            self.trouble.set(None);
            self.show_unsent(&action);
            let waiting = Waiting { delivery: self.delivery, slot: self.slot, action };
            self.queue.update(|queue| {
                // A second touch of a name replaces one that is not yet on its way.
                let under_way = usize::from(self.sending.get_untracked());
                let places: Vec<_> = waiting.action.touches.iter().map(|touch| touch.enrolment).collect();
                let mut index = 0;
                queue.retain(|old| {
                    index += 1;
                    index <= under_way
                        || old.slot != waiting.slot
                        || old.action.everyone
                        || waiting.action.everyone
                        || !old.action.touches.iter().all(|touch| places.contains(&touch.enrolment))
                });
                queue.push(waiting);
            });
            self.pump();
        }

        /// A radio button, minutes or a remark changed.
        pub fn changed(self, event: ev::Event) {
            let Some(target) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else {
                return;
            };
            let Ok(Some(item)) = target.closest("li[data-e]") else { return };
            let Some(id) = item.get_attribute("data-e").and_then(|id| id.parse::<EnrolmentId>().ok()) else { return };
            let Some(row) = self.row(id) else { return };
            let before = row.shown.get_untracked();
            let radio = target.type_() == "radio";
            let state = if radio { target.value().parse().ok() } else { before.state };
            let Some(state) = state else { return };
            let Some(reason) = self.reason() else {
                if radio {
                    target.set_checked(false);
                    if let Some(old) =
                        before.state.and_then(|old| field(&item, &format!("input[value={}]", old.code())))
                    {
                        old.set_checked(true);
                    }
                }
                return;
            };
            let value = |name: &str| {
                field(&item, &format!("input[name^={name}]")).map(|field| field.value()).unwrap_or_default()
            };
            // Late and left early are told by the clock until somebody types the minutes.
            let missed = if state.asks_minutes() && !radio { value("mins") } else { String::new() };
            let note = if state == MarkState::Excused { value("notes") } else { String::new() };
            let seen = before.base.as_ref().map_or(before.at, |base| base.at);
            let touch = Touch { enrolment: id, state, missed, note, seen };
            self.put(Action { id: new_id(), touches: vec![touch], everyone: false, reason });
        }

        /// "Everyone present" was pressed.
        pub fn everyone(self, event: ev::MouseEvent) {
            event.prevent_default();
            let Some(reason) = self.reason() else { return };
            self.put(Action { id: new_id(), touches: Vec::new(), everyone: true, reason });
        }

        /// "Undo" was pressed.
        pub fn undo(self, event: ev::MouseEvent) {
            event.prevent_default();
            let under_way = usize::from(self.sending.get_untracked());
            let last = self.queue.with_untracked(|queue| {
                (queue.len() > under_way).then(|| queue.last().cloned()).flatten().filter(|last| last.slot == self.slot)
            });
            if last.is_some() {
                self.queue.update(|queue| {
                    queue.pop();
                });
                self.restore();
                return;
            }
            if under_way > 0 {
                return;
            }
            let (delivery, slot) = (self.delivery.to_string(), self.slot.to_string());
            self.sending.set(true);
            spawn_local(async move {
                let outcome = undo_marks(delivery, slot, new_id().to_string()).await;
                self.sending.set(false);
                match outcome {
                    Ok(marked) => {
                        self.trouble.set(None);
                        self.apply(&marked.rows);
                        self.pump();
                    }
                    Err(error) => self.trouble.set(Some(error)),
                }
            });
        }

        /// Shows what the server has, and over it what still waits.
        fn restore(self) {
            for row in self.rows.get_value() {
                // The others are not touched: each touch draws a row anew.
                if row.shown.with_untracked(|shown| shown.base.is_some()) {
                    row.shown.update(|shown| {
                        if let Some(base) = shown.base.take() {
                            *shown = *base;
                        }
                    });
                }
            }
            for waiting in self.queue.get_untracked() {
                if waiting.slot == self.slot {
                    self.show_unsent(&waiting.action);
                }
            }
        }

        fn apply(self, answers: &[Answer]) {
            for answer in answers {
                let Some(row) = self.row(answer.enrolment) else { continue };
                let mut server = Shown::of(answer.mark.as_ref(), self.minutes);
                if answer.clash {
                    server.kept = Kept::Clash;
                }
                // Who is typing minutes just now is not interrupted by the answer.
                if let Some(typing) = focused(&row, "mins") {
                    server.missed = typing;
                }
                if let Some(typing) = focused(&row, "notes") {
                    server.note = typing;
                }
                row.shown.set(server);
            }
            self.restore();
        }

        /// Sends what waits, one action after the other.
        fn pump(self) {
            if self.sending.get_untracked() {
                return;
            }
            let Some(first) = self.queue.with_untracked(|queue| queue.first().cloned()) else { return };
            let Ok(body) = serde_json::to_string(&first.action) else { return };
            self.sending.set(true);
            spawn_local(async move {
                let outcome = mark_names(first.delivery.to_string(), first.slot.to_string(), body).await;
                // The page may be gone by now; then the drawer still has the action.
                if self.queue.try_with_untracked(|_| ()).is_none() {
                    return;
                }
                self.sending.set(false);
                match outcome {
                    Ok(marked) => {
                        self.tries.set_value(0);
                        self.trouble.set(None);
                        self.drop_first(&first);
                        if first.slot == self.slot {
                            self.apply(&marked.rows);
                        }
                        self.pump();
                    }
                    Err(error @ (AppError::Unavailable | AppError::Internal | AppError::TooMany(_))) => {
                        self.trouble.set(Some(error));
                        let tries = self.tries.get_value() + 1;
                        self.tries.set_value(tries);
                        set_timeout(move || self.retry(), Duration::from_secs(1 << tries.min(5)));
                    }
                    // Kept until somebody signs in again.
                    Err(AppError::SignInRequired) => self.trouble.set(Some(AppError::SignInRequired)),
                    Err(error) => {
                        self.drop_first(&first);
                        self.refuse(&first.action, &error);
                        self.trouble.set(Some(error));
                        self.pump();
                    }
                }
            });
        }

        fn retry(self) {
            if self.queue.try_with_untracked(|_| ()).is_some() {
                self.pump();
            }
        }

        fn drop_first(self, first: &Waiting) {
            self.queue.update(|queue| queue.retain(|waiting| waiting.action.id != first.action.id));
        }

        fn refuse(self, action: &Action, error: &AppError) {
            self.restore();
            let why = match error {
                AppError::Invalid(faults) => {
                    faults.first().map_or_else(|| words::error(error), |fault| words::fault(&fault.kind))
                }
                other => words::error(other),
            };
            for touch in &action.touches {
                if let Some(row) = self.row(touch.enrolment) {
                    row.shown.update(|shown| shown.kept = Kept::Refused(why.clone()));
                }
            }
        }

        /// The search changed: rows that do not match are hidden.
        pub fn find(self, event: ev::Event) {
            let wanted = fold(&event_target_value(&event));
            for row in self.rows.get_value() {
                let found = document().query_selector(&format!("li[data-e='{}']", row.key)).ok().flatten();
                if let Some(item) = found.and_then(|item| item.dyn_into::<HtmlElement>().ok()) {
                    item.set_hidden(!fold(&row.name).contains(&wanted));
                }
            }
        }

        /// The form must not be sent: everything is saved already.
        pub fn hold(self, event: ev::MouseEvent) {
            event.prevent_default();
        }

        /// Tries to send at once.
        pub fn now(self, event: ev::MouseEvent) {
            event.prevent_default();
            self.pump();
        }
    }

    /// Without accents and capitals: "cela" finds Çela.
    fn fold(text: &str) -> String {
        let plain = js_sys::JsString::from(text.to_lowercase()).normalize("NFD");
        String::from(plain).chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).collect()
    }

    fn unsent(row: Row, state: MarkState, missed: &str, note: &str) {
        row.shown.update(|shown| {
            let base = shown.base.take().unwrap_or_else(|| {
                Box::new(Shown {
                    kept: if shown.kept == Kept::Unsent { Kept::Saved } else { shown.kept.clone() },
                    ..shown.clone()
                })
            });
            shown.base = Some(base);
            shown.state = Some(state);
            shown.missed = missed.to_owned();
            shown.note = note.to_owned();
            shown.kept = Kept::Unsent;
        });
    }
}
