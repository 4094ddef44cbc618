//! What the register does with JavaScript: each touch is shown at once, kept on the device until
//! the server has it, and sent again until it is acknowledged. Nothing of it runs on the server.

use super::row::Row;
use crate::{
    attendance::{api::Register, model::Action},
    common::{
        error::AppError,
        ids::{DeliveryId, SlotId},
    },
};
use chrono::NaiveDateTime;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(not(feature = "hydrate"))]
use {crate::attendance::api::SlotTab, leptos::ev};

/// An action that the server has not acknowledged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// Where it belongs.
    pub delivery: DeliveryId,
    /// Where it belongs.
    pub slot: SlotId,
    /// What was done.
    pub action: Action,
    /// Why the server did not take it; it stays here until it is marked anew, sent again or discarded.
    #[serde(default)]
    pub refused: Option<String>,
    /// Whether it is on the device's disk.
    #[serde(skip)]
    pub kept: bool,
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
    /// Whether something is on its way.
    pub sending: RwSignal<bool>,
    /// The action on its way.
    pub under_way: StoredValue<Option<uuid::Uuid>>,
    /// Tries since the last success.
    pub tries: StoredValue<u32>,
    /// Whether this device cannot keep anything.
    pub forgetful: RwSignal<bool>,
    /// Whether the server is heard.
    pub online: RwSignal<bool>,
    /// The moment, on the venue's clock, up to which the page shows what others mark.
    pub as_of: RwSignal<NaiveDateTime>,
    /// Whether the whole delivery is kept for being opened without a line.
    pub ready: RwSignal<bool>,
    /// When the page was read, in microseconds, and the same on the venue's clock.
    pub read: (i64, NaiveDateTime),
    /// The last change heard of, in microseconds.
    pub since: StoredValue<i64>,
    /// Who marks.
    pub person: StoredValue<String>,
}

impl Live {
    /// The register of a page.
    pub fn new(data: &Register, slot: SlotId, rows: Vec<Row>) -> Self {
        Self {
            delivery: data.delivery,
            slot,
            minutes: data.minutes,
            rows: StoredValue::new(rows),
            queue: RwSignal::new(Vec::new()),
            trouble: RwSignal::new(None),
            sending: RwSignal::new(false),
            under_way: StoredValue::new(None),
            tries: StoredValue::new(0),
            forgetful: RwSignal::new(false),
            online: RwSignal::new(true),
            as_of: RwSignal::new(data.read),
            ready: RwSignal::new(false),
            read: (data.now, data.read),
            since: StoredValue::new(data.version),
            person: StoredValue::new(crate::app::actor().map_or_else(String::new, |actor| actor.person_id.to_string())),
        }
    }

    /// How many names have a mark.
    pub fn marked(self) -> usize {
        self.rows.with_value(|rows| rows.iter().filter(|row| row.shown.with(|shown| shown.state.is_some())).count())
    }

    /// How many actions wait to be sent.
    pub fn waiting(self) -> usize {
        self.queue.with(|queue| queue.iter().filter(|waiting| waiting.refused.is_none()).count())
    }

    /// How many of them are not on the disk yet.
    pub fn unkept(self) -> usize {
        self.queue.with(|queue| queue.iter().filter(|waiting| !waiting.kept).count())
    }

    /// How many actions the server did not take, and why it did not take the first.
    pub fn refused(self) -> Option<(usize, String)> {
        self.queue.with(|queue| {
            let mut refused = queue.iter().filter_map(|waiting| waiting.refused.clone());
            let first = refused.next()?;
            Some((refused.count() + 1, first))
        })
    }
}

#[cfg(not(feature = "hydrate"))]
impl Live {
    /// Takes up what an earlier visit left unsent.
    pub fn resume(self) {}
    /// Shows what others mark, from the page's version on.
    pub fn watch(self) {}
    /// Asks for the whole delivery to be kept on the device.
    pub fn keep_pages(self, _: &[SlotTab]) {}
    /// A story was chosen of a name on which two disagree.
    pub fn settle(self, _: ev::MouseEvent) {}
    /// What the server did not take is not to be sent again.
    pub fn discard(self, _: ev::MouseEvent) {}
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
        attendance::{
            api::{Answer, undo_marks},
            model::{self, Action, MarkState, Touch, field_of},
            pages::{
                row::{Kept, Row, Shown},
                shelf::new_id,
            },
        },
        common::ids::EnrolmentId,
    };
    use leptos::{ev, prelude::*, task::spawn_local};
    use wasm_bindgen::JsCast;
    use web_sys::{HtmlElement, HtmlInputElement};

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
        fn row(self, id: EnrolmentId) -> Option<Row> {
            self.rows.with_value(|rows| rows.iter().find(|row| row.id == id).cloned())
        }

        pub fn show_unsent(self, waiting: &Waiting) {
            let action = &waiting.action;
            let kept = waiting.refused.clone().map_or(Kept::Unsent, Kept::Refused);
            for touch in &action.touches {
                if let Some(row) = self.row(touch.enrolment) {
                    unsent(row, touch.state, &touch.missed, &touch.note, &kept);
                }
            }
            if action.everyone {
                for row in self.rows.get_value() {
                    if row.shown.with_untracked(|shown| shown.state.is_none()) {
                        unsent(row, MarkState::Present, "", "", &kept);
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
            self.touch(id, state, missed, note, &before, reason);
        }

        fn touch(
            self,
            id: EnrolmentId,
            state: MarkState,
            missed: String,
            note: String,
            before: &Shown,
            reason: String,
        ) {
            let server = before.base.as_deref().unwrap_or(before);
            let seen_too = server.other.as_ref().map(|other| other.at);
            let touch = Touch { enrolment: id, state, missed, note, seen: server.at, seen_too };
            self.put(Action { id: new_id(), made_at: None, touches: vec![touch], everyone: false, reason });
        }

        /// A story was chosen of a name on which two disagree.
        pub fn settle(self, event: ev::MouseEvent) {
            let Some(target) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else {
                return;
            };
            let Ok(Some(button)) = target.closest("button[name=settle]") else { return };
            event.prevent_default();
            let chosen = button.get_attribute("value").and_then(|value| model::chosen(&value));
            let Some((id, written)) = chosen else { return };
            let (Some(row), Some(reason)) = (self.row(id), self.reason()) else { return };
            let shown = row.shown.get_untracked();
            let server = shown.base.as_deref().unwrap_or(&shown);
            let other = server.other.as_ref().filter(|other| other.at == written);
            let (state, missed, note) = match other {
                Some(other) => (other.state, other.missed.clone(), other.note.clone()),
                None => (server.state, server.missed.clone(), server.note.clone()),
            };
            if let Some(state) = state {
                self.touch(id, state, missed, note, &shown, reason);
            }
        }

        /// "Everyone present" was pressed.
        pub fn everyone(self, event: ev::MouseEvent) {
            event.prevent_default();
            let Some(reason) = self.reason() else { return };
            self.put(Action { id: new_id(), made_at: None, touches: Vec::new(), everyone: true, reason });
        }

        /// "Undo" was pressed.
        pub fn undo(self, event: ev::MouseEvent) {
            event.prevent_default();
            let under_way = self.under_way.get_value();
            let unsent = self.queue.with_untracked(|queue| {
                let last = queue.iter().rev().find(|waiting| waiting.slot == self.slot)?;
                (Some(last.action.id) != under_way).then_some(last.action.id)
            });
            if let Some(unsent) = unsent {
                self.remove(&[unsent]);
                self.restore();
                return;
            }
            if self.sending.get_untracked() {
                return;
            }
            let (delivery, slot) = (self.delivery.to_string(), self.slot.to_string());
            self.sending.set(true);
            spawn_local(async move {
                let outcome = undo_marks(delivery, slot, new_id().to_string()).await;
                if !self.here() {
                    return;
                }
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
        pub fn restore(self) {
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
                    self.show_unsent(&waiting);
                }
            }
        }

        pub fn apply(self, answers: &[Answer]) {
            for answer in answers {
                let Some(row) = self.row(answer.enrolment) else { continue };
                let mut server = Shown::of(answer.mark.as_ref(), answer.gone, answer.other.as_ref(), self.minutes);
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
            self.queue.update(|queue| queue.iter_mut().for_each(|it| it.refused = None));
            self.restore();
            self.pump();
        }
    }

    /// Without accents and capitals: "cela" finds Çela.
    fn fold(text: &str) -> String {
        let plain = js_sys::JsString::from(text.to_lowercase()).normalize("NFD");
        String::from(plain).chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).collect()
    }

    fn unsent(row: Row, state: MarkState, missed: &str, note: &str, kept: &Kept) {
        row.shown.update(|shown| {
            let base = shown.base.take().unwrap_or_else(|| Box::new(Shown { kept: Kept::Saved, ..shown.clone() }));
            shown.base = Some(base);
            shown.state = Some(state);
            shown.missed = missed.to_owned();
            shown.note = note.to_owned();
            shown.kept = kept.clone();
        });
    }
}
