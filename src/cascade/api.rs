//! Server functions of the cascade, and what they send.

use super::model::{Figures, Kind, Of};
use crate::{
    common::{
        error::AppError,
        forms::Done,
        ids::{DeliveryId, PersonId},
    },
    enrolment::model::EnrolmentState,
    people::model::Profession,
};
use chrono::{NaiveDate, NaiveDateTime};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A cohort, a project or a course.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScopeHead {
    /// What it is.
    pub kind: Kind,
    /// Its id, key or address, as addresses of the site have it.
    pub key: String,
    /// Its title.
    pub title: String,
    /// When its cascade was counted (UTC).
    pub as_of: Option<NaiveDateTime>,
    /// The title of the course that narrows what is shown of it.
    pub course: Option<String>,
}

/// People whom institutions counted without names, for deliveries as a whole. They stand beside every number
/// of a cascade and are in none; each is none where so few are not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// Those whose count was confirmed.
    pub confirmed: Option<i64>,
    /// Those whose count nobody has confirmed yet.
    pub unverified: Option<i64>,
}

impl Elsewhere {
    /// Whether there is nobody.
    pub fn nobody(&self) -> bool {
        self.confirmed == Some(0) && self.unverified == Some(0)
    }
}

/// What the page shows: one cascade, or all there are to choose from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CascadePage {
    /// Everything that has a cascade, with its numbers, where none was asked for.
    pub all: Vec<(ScopeHead, Figures)>,
    /// The one asked for.
    pub shown: Option<Box<Cascade>>,
    /// Whether small counts are kept back.
    pub suppressed: bool,
}

/// A cascade.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cascade {
    /// Of what.
    pub head: ScopeHead,
    /// Everything that is asked for.
    pub total: Figures,
    /// By generation.
    pub generations: Vec<Line>,
    /// By area where people come from.
    pub areas: Vec<Line>,
    /// By year.
    pub years: Vec<Line>,
    /// By course.
    pub courses: Vec<Line>,
    /// The picture, each thing after what it stands under.
    pub nodes: Vec<Node>,
    /// Deliveries whose day is not known.
    pub undated: i64,
    /// People counted without names that belong to it.
    pub elsewhere: Elsewhere,
    /// Whether who looks may open the lists behind numbers.
    pub lists: bool,
    /// Whether who looks sees trainers by name, and may remind them.
    pub names: bool,
    /// Whether the footnote on an area's name belongs under it.
    pub footnote: bool,
}

/// A line of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Generation, code of the area, year or address of the course; empty or 0 where not recorded.
    pub key: String,
    /// Its name; empty for generations, years, and what is not recorded, which the page puts into words.
    pub name: String,
    /// The numbers.
    pub figures: Figures,
}

/// What something in the picture is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeKind {
    /// The training of trainers that it begins with.
    Start,
    /// All of a generation.
    Generation,
    /// Where people of a generation come from.
    From,
    /// Those who were trained as trainers.
    Graduates,
    /// Those of them from an area.
    Area,
    /// Somebody who gives deliveries.
    Trainer,
    /// What was given.
    Delivery,
    /// Who took part.
    People,
    /// What has no room here.
    More,
}

/// Whether something in the picture can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fold {
    /// Nothing stands under it.
    Leaf,
    /// It can be opened.
    Closed,
    /// It can be closed.
    Open,
}

/// Something in the picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Under which other one it stands, as its place in the list.
    pub parent: Option<usize>,
    /// What an address calls it when it is open.
    pub key: String,
    /// What it is.
    pub kind: NodeKind,
    /// Its name; empty for what the page has a word for.
    pub label: String,
    /// Its generation.
    pub generation: u16,
    /// Deliveries, or how many things have no room.
    pub deliveries: i64,
    /// People; none where they are kept back.
    pub people: Option<i64>,
    /// Trainers among them who are active; none where they are kept back.
    pub active: Option<i64>,
    /// People counted without names.
    pub heads: i64,
    /// Its first day, or that of the last delivery given.
    pub day: Option<NaiveDate>,
    /// Whether it can be opened.
    pub fold: Fold,
    /// The query of the list behind it, for who may see that.
    pub list: Option<String>,
}

/// A list behind a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CascadeList {
    /// Of what.
    pub head: ScopeHead,
    /// What stands in it.
    pub of: Of,
    /// Whether it is of everybody's, not only of the institutions that the reader administers.
    pub everybody: bool,
    /// What narrows it, in words: names of area and course.
    pub narrowed: Vec<String>,
    /// Deliveries.
    pub deliveries: Vec<DeliveryLine>,
    /// People and places.
    pub places: Vec<PlaceLine>,
    /// Trainers.
    pub trainers: Vec<TrainerLine>,
    /// Where it goes on.
    pub next: Option<String>,
    /// Whether the footnote on an area's name belongs under it.
    pub footnote: bool,
}

/// A delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryLine {
    /// Its id.
    pub id: DeliveryId,
    /// Its title.
    pub title: String,
    /// First and last day.
    pub days: (Option<NaiveDate>, Option<NaiveDate>),
    /// What documents say where they give no day.
    pub date_note: String,
    /// Town and institution.
    pub place: String,
    /// The area's name.
    pub area: String,
    /// Its generation.
    pub generation: i64,
    /// Places taken.
    pub places: i64,
    /// People counted, where it keeps no names.
    pub heads: Option<i64>,
    /// Trainers of the tree, of all.
    pub trainers: (i64, i64),
    /// Whether the project pays, and how many projects do.
    pub payers: (bool, i64),
    /// The other projects that pay, by title.
    pub other_payers: String,
    /// The other cohorts or projects that its other trainers are of, by title.
    pub other_trainers: String,
    /// Where its people were counted as a whole: how many, and whether that was confirmed.
    pub tally: Option<(i64, bool)>,
}

/// A person in a delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceLine {
    /// Name.
    pub name: String,
    /// By profession.
    pub profession: Profession,
    /// Court, office or unit.
    pub workplace: String,
    /// The area's name.
    pub area: String,
    /// What became of the place.
    pub state: EnrolmentState,
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its title.
    pub title: String,
    /// Its first day.
    pub day: Option<NaiveDate>,
    /// What documents say where they give none.
    pub date_note: String,
}

/// A trainer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainerLine {
    /// Who.
    pub person: PersonId,
    /// Name.
    pub name: String,
    /// The area's name; empty where not recorded.
    pub area: String,
    /// The generation; none of an expert who is none of the tree.
    pub generation: Option<i64>,
    /// Deliveries given.
    pub deliveries: i64,
    /// The first day of the last one that has a day.
    pub last: Option<NaiveDate>,
    /// Whether they have a page among the trainers.
    pub page: bool,
}

/// Graduates who have not delivered for long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inactive {
    /// Of what.
    pub head: ScopeHead,
    /// The day since when.
    pub since: NaiveDate,
    /// Who, by name.
    pub people: Vec<InactiveLine>,
    /// Areas to choose from: code and name.
    pub areas: Vec<(String, String)>,
    /// Where the list goes on.
    pub next: Option<String>,
    /// Whether the footnote on an area's name belongs under it.
    pub footnote: bool,
}

/// Somebody who has not delivered for long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InactiveLine {
    /// Who.
    pub person: PersonId,
    /// Name.
    pub name: String,
    /// The area's name; empty where not recorded.
    pub area: String,
    /// Deliveries given.
    pub deliveries: i64,
    /// The first day of the last one that has a day.
    pub last: Option<NaiveDate>,
    /// Whether they have a page among the trainers.
    pub page: bool,
    /// Who mentors them; empty if nobody does.
    pub mentor: String,
    /// Whether a letter can reach them.
    pub reachable: bool,
    /// The day of the last reminder, while it is too early for another.
    pub reminded: Option<NaiveDate>,
}

/// Writes to those chosen that a delivery is expected of them.
#[server(prefix = "/_fn", endpoint = "cascade/remind")]
pub async fn remind(query: String, #[server(default)] people: Vec<String>) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::lists::remind(&http::ctx()?, &query, &people).await }).await
}
