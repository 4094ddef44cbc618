//! One name of the register. Two hundred of them stand on a page, so a row is few nodes, its
//! words are shared, and the clicks of all rows are heard by the list.

use crate::{
    attendance::{
        api::{Name, Standing, Story},
        model::{Mark, MarkSource, MarkState, choice, field_of},
    },
    common::ids::EnrolmentId,
    enrolment::model::Risk,
    tr,
    ui::{
        format,
        words::{self, at_risk},
    },
};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
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
    /// When what stands was written, a mark or that it was taken back: what the reader has seen.
    pub at: Option<NaiveDateTime>,
    /// When the mark was made, where it was kept on a device before.
    pub made: Option<NaiveDateTime>,
    /// What somebody else said who did not know of it.
    pub other: Option<Other>,
    /// Where it is.
    pub kept: Kept,
    /// What the server has, while this is unsent.
    pub base: Option<Box<Shown>>,
}

/// The story that does not stand, of a name on which two disagree.
#[derive(Clone, Debug, PartialEq)]
pub struct Other {
    /// The state; none where a mark was taken back.
    pub state: Option<MarkState>,
    /// Minutes missed.
    pub missed: String,
    /// A remark.
    pub note: String,
    /// How it came about.
    pub source: MarkSource,
    /// By whom; nobody is the reader.
    pub by: Option<String>,
    /// When it was written.
    pub at: NaiveDateTime,
    /// When it was made.
    pub made: NaiveDateTime,
}

fn missed(mark: Option<&Mark>, slot_minutes: i64) -> String {
    mark.filter(|mark| mark.state.asks_minutes())
        .map_or_else(String::new, |mark| (slot_minutes - mark.minutes).to_string())
}

impl Other {
    fn of(story: &Story, slot_minutes: i64) -> Self {
        let mark = story.mark.as_ref();
        Self {
            state: mark.map(|mark| mark.state),
            missed: missed(mark, slot_minutes),
            note: mark.map_or_else(String::new, |mark| mark.note.clone()),
            source: story.source,
            by: story.by.clone(),
            at: story.at,
            made: story.made,
        }
    }
}

impl Shown {
    /// What the server has of a name.
    pub fn of(mark: Option<&Standing>, gone: Option<NaiveDateTime>, other: Option<&Story>, slot_minutes: i64) -> Self {
        Self {
            state: mark.map(|it| it.mark.state),
            missed: missed(mark.map(|it| &it.mark), slot_minutes),
            note: mark.map_or_else(String::new, |it| it.mark.note.clone()),
            source: mark.map_or(MarkSource::Trainer, |it| it.source),
            by: mark.and_then(|it| it.by.clone()),
            at: mark.map(|it| it.at).or(gone),
            made: mark.and_then(|it| it.made),
            other: other.map(|it| Other::of(it, slot_minutes)),
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
        let at = shown.at.filter(|_| shown.state.is_some())?;
        Some(self.who(shown.source, shown.by.as_deref(), shown.made.unwrap_or(at)))
    }

    fn time(&self, at: NaiveDateTime) -> String {
        if at.date() == self.today { format::time(at.time()) } else { format::date_time(at) }
    }

    fn who(&self, source: MarkSource, by: Option<&str>, at: NaiveDateTime) -> String {
        let when = if at.date() == self.today { format::time(at.time()) } else { format::date(at.date()) };
        match (source, by) {
            (MarkSource::Own, _) => format!("{} {when}", self.own),
            (_, None) => format!("{}, {when}", self.you),
            (_, Some("")) => when,
            (_, Some(by)) => format!("{by}, {when}"),
        }
    }

    /// "Late 20′ (traffic): Tom Tester, 09:12, reached the server 09:40".
    fn told(&self, said: &str, who: &str, made: NaiveDateTime, written: NaiveDateTime) -> String {
        let arrived = (written - made >= TimeDelta::minutes(1))
            .then(|| format!(", {}", tr!(offline.arrived, time = self.time(written))));
        format!("{said}: {who}{}", arrived.unwrap_or_default())
    }

    /// Both stories of a name on which two disagree, and what decides.
    fn dispute(&self, key: &str, shown: &Shown) -> Option<AnyView> {
        let other = shown.other.as_ref()?;
        let mine = said(shown.state, &shown.missed, &shown.note);
        let theirs = said(other.state, &other.missed, &other.note);
        let written = shown.at?;
        let first = match shown.state {
            Some(_) => {
                let made = shown.made.unwrap_or(written);
                self.told(&mine, &self.who(shown.source, shown.by.as_deref(), made), made, written)
            }
            None => format!("{mine}, {}", self.time(written)),
        };
        let second = self.told(&theirs, &self.who(other.source, other.by.as_deref(), other.made), other.made, other.at);
        let button = |text: String, at: NaiveDateTime, class: &'static str| {
            view! { <button class=class name="settle" value=choice(key, at)>{text}</button> }
        };
        // That nothing is marked cannot be chosen here: "undo" takes a mark back.
        let keep = shown
            .state
            .filter(|_| !self.locked)
            .map(|_| button(tr!(offline.keep, mark = mine), written, "btn quiet small"));
        let take = other
            .state
            .filter(|_| !self.locked)
            .map(|_| button(tr!(offline.take, mark = theirs), other.at, "btn quiet small"));
        Some(
            view! {
                <div class="dispute">
                    <p><b>{tr!(offline.two)}</b></p>
                    <p>{first}" · "<b>{tr!(offline.stands)}</b></p>
                    <p>{second}" · "{tr!(offline.stands_not)}</p>
                    <p class="row">{keep}{take}</p>
                </div>
            }
            .into_any(),
        )
    }
}

/// A mark in words.
fn said(state: Option<MarkState>, missed: &str, note: &str) -> String {
    let Some(state) = state else { return tr!(attendance.unmarked) };
    let mut text = words::mark_state(state);
    if !missed.is_empty() {
        text = format!("{text} {missed}′");
    }
    if note.is_empty() { text } else { format!("{text} ({note})") }
}

/// The row as a list item.
pub fn view(row: Row, words: Arc<Words>) -> impl IntoView {
    let Row { id: _, key, name, workplace, risk, shown } = row;
    let class = move || {
        shown.with(|shown| match shown.kept {
            Kept::Saved if shown.other.is_some() => "who clash",
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
            let dispute = (shown.kept == Kept::Saved).then(|| words.dispute(&key, shown)).flatten();
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
                <p>{line}{at_risk(risk)}</p>
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
                {dispute}
            }
        })
    };
    view! { <li class=class data-e=data><h2>{heading}</h2>{body}</li> }
}

fn join(first: &str, second: &str) -> String {
    match (first.is_empty(), second.is_empty()) {
        (false, false) => format!("{first} · {second}"),
        (false, true) => first.to_owned(),
        (true, _) => second.to_owned(),
    }
}
