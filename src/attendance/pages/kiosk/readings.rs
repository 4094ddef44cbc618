//! Badges that were read and that the server has not acknowledged: how many, and what became of those that
//! could not be recorded. Always to be seen.

use super::{Say, why};
use crate::{
    attendance::{
        checkin::model::Way,
        kiosk::model::{Reading, Word},
    },
    tr,
    ui::format,
};
use chrono::{DateTime, NaiveDateTime};
#[cfg(not(feature = "hydrate"))]
use leptos::ev;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A badge on its way to the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// What is sent.
    pub reading: Reading,
    /// Whether the server answers it with an error of its own; it is tried again with the next visit.
    #[serde(skip)]
    pub refused: bool,
    /// Whether it is on the device's disk.
    #[serde(skip)]
    pub kept: bool,
    /// When it was read by the page's own clock, in milliseconds, if on this very page.
    #[serde(skip)]
    pub page: Option<f64>,
}

/// What a kiosk has read, and what is said of it.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only the browser sends"))]
pub struct Readings {
    /// What is said now.
    pub say: RwSignal<Option<Say>>,
    /// What waits to be sent, the oldest first.
    pub waiting: RwSignal<Vec<Waiting>>,
    /// Whether the server is heard.
    pub online: RwSignal<bool>,
    /// Whether the device can keep nothing.
    pub forgetful: RwSignal<bool>,
    /// Whether this browser is no kiosk any more.
    pub over: RwSignal<bool>,
    /// Whether the page is kept for being opened without a line.
    pub ready: RwSignal<bool>,
    /// What could not be recorded when it was sent later: when it was read, which way, why. No names.
    pub lost: RwSignal<Vec<(NaiveDateTime, Way, Word)>>,
    /// The number of the sending under way.
    pub sending: StoredValue<Option<u32>>,
    /// How many sendings there were.
    pub turns: StoredValue<u32>,
    /// Tries since the last success.
    pub tries: StoredValue<u32>,
}

impl Readings {
    /// Nothing read yet.
    pub fn new(said: Option<Say>) -> Self {
        Self {
            say: RwSignal::new(said),
            waiting: RwSignal::new(Vec::new()),
            online: RwSignal::new(true),
            forgetful: RwSignal::new(false),
            over: RwSignal::new(false),
            ready: RwSignal::new(false),
            lost: RwSignal::new(Vec::new()),
            sending: StoredValue::new(None),
            turns: StoredValue::new(0),
            tries: StoredValue::new(0),
        }
    }

    /// When the badges that wait were read, in universal time, for a page that knows no venue any more.
    pub fn times(self) -> Vec<String> {
        let moment = |waiting: &Waiting| DateTime::from_timestamp_micros(waiting.reading.at);
        self.waiting.with(|waiting| {
            let times = waiting.iter().filter_map(moment);
            times.map(|at| tr!(reads.at_utc, at = format::date_time(at.naive_utc()))).collect()
        })
    }
}

/// Whether everything is sent, or how much waits and where.
pub fn line(readings: Readings) -> AnyView {
    let text = move || {
        let (count, unkept) = readings.waiting.with(|all| (all.len(), all.iter().filter(|it| !it.kept).count()));
        let waiting = tr!(reads.waiting, count = count as i64);
        match (count, readings.online.get()) {
            (0, true) if readings.ready.get() => format!("{} {}", tr!(reads.all_sent), tr!(reads.ready)),
            (0, true) => tr!(reads.all_sent),
            (0, false) => format!("{} {waiting}", tr!(reads.no_line)),
            (_, _) if readings.forgetful.get() => format!("{} {waiting}", tr!(reads.forgetful)),
            (_, true) => waiting,
            // Said only when it is true.
            (_, false) if unkept > 0 => waiting,
            (_, false) => format!("{} {waiting}", tr!(reads.no_line)),
        }
    };
    let class = move || {
        let calm = readings.online.get() && readings.waiting.with(Vec::is_empty);
        if calm { "line js" } else { "line js wait" }
    };
    view! { <p class=class role="status">{text}</p> }.into_any()
}

/// What could not be recorded since the page was opened. Whose badges they were is for the keeper to see.
pub fn not_recorded(readings: Readings) -> AnyView {
    let list = move || {
        if readings.lost.with(Vec::is_empty) {
            return ().into_any();
        }
        let item = |(at, way, word): (NaiveDateTime, Way, Word)| {
            view! { <li><b class="num">{format::time(at.time())}</b>" · "{way_name(way)}" · "{why(word)}</li> }
        };
        let items = readings.lost.get().into_iter().map(item).collect_view();
        view! {
            <section class="lost stack">
                <h2>{tr!(reads.lost)}</h2>
                <p>{tr!(reads.lost_text)}</p>
                <ul>{items}</ul>
            </section>
        }
        .into_any()
    };
    view! { {list} }.into_any()
}

/// Arriving or leaving.
pub fn way_name(way: Way) -> String {
    match way {
        Way::In => tr!(kiosk.arriving),
        Way::Out => tr!(kiosk.leaving),
    }
}

#[cfg(not(feature = "hydrate"))]
impl Readings {
    /// What could never be sent is given up.
    pub fn discard(self, _: &ev::MouseEvent) {}
}
