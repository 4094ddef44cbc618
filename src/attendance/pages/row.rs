//! One name of the register. Two hundred of them stand on a page, so a row is few nodes, its
//! words are shared, and the clicks of all rows are heard by the list.

use crate::{
    attendance::{
        api::{Name, Standing},
        model::{MarkSource, MarkState, field_of},
    },
    common::ids::EnrolmentId,
    enrolment::model::Risk,
    tr,
    ui::{format, words::at_risk},
};
use chrono::{NaiveDate, NaiveDateTime};
use leptos::prelude::*;
use std::sync::Arc;

/// Where the shown mark is.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only the browser keeps what is unsent"))]
pub enum Kept {
    /// With the server.
    Saved,
    /// On this device only.
    Unsent,
    /// Nowhere: the server refused; why.
    Refused(String),
    /// Changed by somebody else meanwhile: theirs is shown.
    Clash,
}

/// What a row shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The state chosen.
    pub state: Option<MarkState>,
    /// Minutes missed.
    pub missed: String,
    /// A remark.
    pub note: String,
    /// How it came about.
    pub source: MarkSource,
    /// By whom; nobody is the reader.
    pub by: Option<String>,
    /// When the server has it from; what the reader has seen.
    pub at: Option<NaiveDateTime>,
    /// Where it is.
    pub kept: Kept,
    /// What the server has, while this is unsent.
    pub base: Option<Box<Shown>>,
}

impl Shown {
    /// A mark of the server.
    pub fn of(mark: Option<&Standing>, slot_minutes: i64) -> Self {
        Self {
            state: mark.map(|it| it.mark.state),
            missed: mark
                .filter(|it| it.mark.state.asks_minutes())
                .map_or_else(String::new, |it| (slot_minutes - it.mark.minutes).to_string()),
            note: mark.map_or_else(String::new, |it| it.mark.note.clone()),
            source: mark.map_or(MarkSource::Trainer, |it| it.source),
            by: mark.and_then(|it| it.by.clone()),
            at: mark.map(|it| it.at),
            kept: Kept::Saved,
            base: None,
        }
    }
}

/// A row: what never changes, and what it shows.
#[derive(Clone)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only the browser looks rows up"))]
pub struct Row {
    /// The place held.
    pub id: EnrolmentId,
    /// The id as text.
    pub key: Arc<str>,
    /// Family name, given name.
    pub name: Arc<str>,
    /// Court, office or unit.
    pub workplace: Arc<str>,
    /// Whether enough can still be attended.
    pub risk: Risk,
    /// What it shows.
    pub shown: RwSignal<Shown>,
}

impl Row {
    /// The row of a name.
    pub fn new(name: &Name, shown: Shown) -> Self {
        Self {
            id: name.id,
            key: name.id.to_string().into(),
            name: name.name.as_str().into(),
            workplace: name.workplace.as_str().into(),
            risk: name.risk,
            shown: RwSignal::new(shown),
        }
    }
}

/// A state that can be chosen: its class, its short word, and the long one where it is cut.
struct Button {
    state: MarkState,
    class: &'static str,
    short: Arc<str>,
    long: Option<Arc<str>>,
}

impl Button {
    fn new(state: MarkState, class: &'static str, short: String, long: Option<String>) -> Self {
        Self { state, class, short: short.into(), long: long.map(Into::into) }
    }
}

/// The words of all rows.
pub struct Words {
    states: [Button; 5],
    missed: Arc<str>,
    reason: Arc<str>,
    you: Arc<str>,
    own: Arc<str>,
    unsent: Arc<str>,
    clash: Arc<str>,
    today: NaiveDate,
    history: String,
    locked: bool,
    given_first: bool,
}

impl Words {
    /// The words in the language of the page.
    pub fn new(today: NaiveDate, history: String, locked: bool, given_first: bool) -> Self {
        Self {
            states: [
                Button::new(MarkState::Present, "present", tr!(attendance.short.present), None),
                Button::new(MarkState::Late, "late", tr!(attendance.short.late), None),
                Button::new(
                    MarkState::LeftEarly,
                    "left",
                    tr!(attendance.short.left_early),
                    Some(tr!(attendance.state.left_early)),
                ),
                Button::new(
                    MarkState::Excused,
                    "exc",
                    tr!(attendance.short.excused),
                    Some(tr!(attendance.state.excused)),
                ),
                Button::new(MarkState::Absent, "abs", tr!(attendance.short.absent), Some(tr!(attendance.state.absent))),
            ],
            missed: tr!(attendance.minutes_missed).into(),
            reason: tr!(attendance.note).into(),
            you: tr!(attendance.you).into(),
            own: tr!(attendance.checked_in).into(),
            unsent: tr!(attendance.unsent).into(),
            clash: tr!(attendance.clash).into(),
            today,
            history,
            locked,
            given_first,
        }
    }

    /// A name as the list is sorted by.
    fn heading(&self, name: &Arc<str>) -> Arc<str> {
        match name.split_once(", ") {
            Some((family, given)) if self.given_first => format!("{given} {family}").into(),
            _ => Arc::clone(name),
        }
    }

    fn when(&self, shown: &Shown) -> Option<String> {
        let at = shown.at?;
        let when = if at.date() == self.today { format::time(at.time()) } else { format::date(at.date()) };
        Some(match (shown.source, &shown.by) {
            (MarkSource::Own, _) => format!("{} {when}", self.own),
            (_, None) => format!("{}, {when}", self.you),
            (_, Some(by)) if by.is_empty() => when,
            (_, Some(by)) => format!("{by}, {when}"),
        })
    }
}

/// The row as a list item.
pub fn view(row: Row, words: Arc<Words>) -> impl IntoView {
    let Row { id: _, key, name, workplace, risk, shown } = row;
    let class = move || {
        shown.with(|shown| match shown.kept {
            Kept::Saved => "who",
            Kept::Unsent => "who unsent",
            Kept::Refused(_) | Kept::Clash => "who clash",
        })
    };
    let marks: Arc<str> = field_of("marks", &key).into();
    let mins: Arc<str> = field_of("mins", &key).into();
    let notes: Arc<str> = field_of("notes", &key).into();
    let data = Arc::clone(&key);
    let heading = words.heading(&name);
    let risk = at_risk(risk);
    let body = move || {
        shown.with(|shown| {
            let line = match &shown.kept {
                Kept::Refused(why) => join(&workplace, why),
                Kept::Clash => join(&workplace, &words.clash),
                _ => join(&workplace, &shown.note),
            };
            let when = match shown.kept {
                Kept::Unsent => Some(words.unsent.to_string()),
                _ => words.when(shown),
            };
            let locked = words.locked;
            let buttons = words
                .states
                .iter()
                .map(|button| {
                    let Button { state, class, short, long } = button;
                    let chosen = shown.state == Some(*state);
                    let minutes = (chosen && state.asks_minutes() && !shown.missed.is_empty())
                        .then(|| view! { " "<b>{format!("{}′", shown.missed)}</b> });
                    let text = match long {
                        Some(long) => leptos::either::Either::Left(view! { <abbr title=Arc::clone(long)>{Arc::clone(short)}</abbr> }),
                        None => leptos::either::Either::Right(Arc::clone(short)),
                    };
                    view! {
                        <label class=*class>
                            <input type="radio" name=Arc::clone(&marks) value=state.code() checked=chosen prop:checked=chosen/>
                            <span>{text}{minutes}</span>
                        </label>
                    }
                })
                .collect::<Vec<_>>();
            view! {
                <p>{line}</p>
                <small>
                    {when.map(|when| view! { <a href=format!("{}?person={key}", words.history)>{when}</a> })}
                </small>
                <fieldset class="states" disabled=locked>
                    <legend class="vh">{Arc::clone(&name)}</legend>
                    {buttons}
                </fieldset>
                <label class="mins">
                    <span>{Arc::clone(&words.missed)}</span>
                    <input type="number" name=Arc::clone(&mins) min="0" inputmode="numeric" disabled=locked value=shown.missed.clone() prop:value=shown.missed.clone()/>
                </label>
                <label class="mins why">
                    <span>{Arc::clone(&words.reason)}</span>
                    <input type="text" name=Arc::clone(&notes) maxlength="200" list="reasons" disabled=locked value=shown.note.clone() prop:value=shown.note.clone()/>
                </label>
            }
        })
    };
    view! { <li class=class data-e=data><h2>{heading}{risk}</h2>{body}</li> }
}

fn join(first: &str, second: &str) -> String {
    match (first.is_empty(), second.is_empty()) {
        (false, false) => format!("{first} · {second}"),
        (false, true) => first.to_owned(),
        (true, _) => second.to_owned(),
    }
}
