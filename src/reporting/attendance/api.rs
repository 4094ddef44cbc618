//! What the reports on attendance are made of.

use super::model::{Cell, Outlook, Show, Told};
use crate::{
    common::ids::{CertificateId, DeliveryId, PersonId, SlotId},
    deliveries::model::DeliveryHead,
    enrolment::model::EnrolmentState,
    institutions::duty::model::Owed,
};
use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

/// Half-days that stand side by side on one page; longer deliveries are shown in parts.
pub const SIDE_BY_SIDE: usize = 42;

/// Person by half-day of one delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// The delivery.
    pub head: DeliveryHead,
    /// The half-days shown.
    pub slots: Vec<GridSlot>,
    /// Which part of the half-days this is, from 0.
    pub part: usize,
    /// How many parts there are.
    pub parts: usize,
    /// The people shown, by name.
    pub people: Vec<GridPerson>,
    /// How many hold a place.
    pub everybody: usize,
    /// How many of them are at risk or cannot pass.
    pub risky: usize,
    /// How many of them have not attended enough yet.
    pub short: usize,
    /// Minutes of all half-days.
    pub programme: i64,
    /// Minutes that must be attended.
    pub needed: i64,
    /// Which rows are asked for.
    pub show: Show,
    /// Letters of a name that are asked for.
    pub query: String,
    /// Whether who looks may change the delivery.
    pub may_manage: bool,
    /// Whether the footnote on an area's name belongs under the page.
    pub footnote: bool,
}

/// A half-day of a grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GridSlot {
    /// Its id.
    pub id: SlotId,
    /// When it begins, on the venue's clock.
    pub starts: NaiveDateTime,
    /// Its length.
    pub minutes: u16,
    /// How many of the people shown came.
    pub came: usize,
    /// How many of them have a mark.
    pub marked: usize,
}

/// A row of a grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GridPerson {
    /// Who, if who looks may open the person's hours.
    pub person: Option<PersonId>,
    /// Family name, given name.
    pub name: String,
    /// Court, office or unit.
    pub workplace: String,
    /// The marks in the half-days shown.
    pub cells: Vec<Cell>,
    /// Minutes attended of all half-days.
    pub attended: i64,
    /// Where that leads.
    pub outlook: Outlook,
}

/// A delivery with people at risk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RiskDelivery {
    /// The delivery.
    pub id: DeliveryId,
    /// Its title.
    pub title: String,
    /// Minutes that must be attended.
    pub needed: i64,
    /// Minutes of all half-days.
    pub programme: i64,
    /// Who: those who cannot pass first.
    pub people: Vec<RiskPerson>,
}

/// Somebody at risk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RiskPerson {
    /// Family name, given name.
    pub name: String,
    /// Court, office or unit.
    pub workplace: String,
    /// Minutes attended.
    pub attended: i64,
    /// Minutes that can still be attended.
    pub to_come: i64,
    /// At risk, or worse.
    pub outlook: Outlook,
}

/// Everybody at risk within reach.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Risks {
    /// Deliveries that run and have somebody at risk.
    pub deliveries: Vec<RiskDelivery>,
    /// How many run in all.
    pub running: usize,
    /// Whether the footnote on an area's name belongs under the page.
    pub footnote: bool,
}

/// What the numbers are asked for, as the address has it; empty means all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Code of an area.
    pub area: String,
    /// Address of an institution.
    pub institution: String,
    /// Address of a course.
    pub course: String,
    /// A year.
    pub year: String,
    /// What the lines stand for.
    pub by: String,
}

/// The numbers of institutions and areas.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    /// All that is asked for.
    pub total: Told,
    /// By what is asked for.
    pub lines: Vec<NumberLine>,
    /// Areas to choose from: code and name.
    pub areas: Vec<(String, String)>,
    /// Institutions to choose from.
    pub institutions: Vec<(String, String)>,
    /// Courses to choose from.
    pub courses: Vec<(String, String)>,
    /// Years to choose from.
    pub years: Vec<(String, String)>,
    /// Whether small counts are kept back and the others rounded.
    pub suppressed: bool,
    /// Whether the footnote on an area's name belongs under it.
    pub footnote: bool,
    /// When the oldest of the sums was counted (UTC).
    pub as_of: Option<NaiveDateTime>,
}

/// A line of the numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumberLine {
    /// Code, address or time.
    pub key: String,
    /// Its name; empty where it is not recorded, and for times, which the page puts into words.
    pub name: String,
    /// The numbers.
    pub told: Told,
}

/// A person's attendance over the years.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Years {
    /// Who.
    pub person: PersonId,
    /// Given name, family name.
    pub name: String,
    /// Whether it is the reader's own.
    pub own: bool,
    /// The years, the latest first.
    pub years: Vec<YearLine>,
    /// The deliveries, the latest first.
    pub deliveries: Vec<YearDelivery>,
    /// Today (UTC).
    pub today: NaiveDate,
    /// Whether the footnote on an area's name belongs under it.
    pub footnote: bool,
}

/// A year of a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct YearLine {
    /// The year.
    pub year: i32,
    /// Minutes attended.
    pub minutes: i64,
    /// Subjects: the course's title, and minutes attended in it.
    pub subjects: Vec<(String, i64)>,
    /// What the law asked of the person in that year.
    pub owed: Option<Owed>,
}

/// A delivery that a person took part in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct YearDelivery {
    /// The delivery.
    pub id: DeliveryId,
    /// Its title.
    pub title: String,
    /// The course.
    pub course: String,
    /// Who gave it.
    pub host: String,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// Minutes attended.
    pub attended: i64,
    /// Minutes of all half-days.
    pub programme: i64,
    /// What became of the place.
    pub state: EnrolmentState,
    /// The certificate that stands: its id, its code, the day of issue.
    pub certificate: Option<(CertificateId, String, NaiveDate)>,
}
