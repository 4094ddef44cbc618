//! What the numbers on the duty of continuing education are made of.

use super::model::{DutyBy, DutyTold};
use crate::{institutions::duty::model::Owed, people::model::Profession};
use serde::{Deserialize, Serialize};

/// A year with what was attended of what is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DutyYear {
    /// The year.
    pub year: i64,
    /// Minutes attended.
    pub minutes: i64,
    /// What is asked.
    pub owed: Owed,
}

/// How many owe something, and how many have met it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DutyNumbers {
    /// The year.
    pub year: i64,
    /// What the lines stand for.
    pub by: DutyBy,
    /// All that are asked for.
    pub total: DutyTold,
    /// The lines.
    pub lines: Vec<DutyLine>,
    /// Areas to choose from: code and name.
    pub areas: Vec<(String, String)>,
    /// Institutions to choose from: address and name.
    pub institutions: Vec<(String, String)>,
    /// Professions to choose from.
    pub professions: Vec<Profession>,
    /// Years to choose from, the latest first.
    pub years: Vec<i64>,
    /// Whether any duty is recorded at all.
    pub any: bool,
    /// Whether small counts are kept back and the others rounded.
    pub suppressed: bool,
    /// Whether the footnote on an area's name belongs under it.
    pub footnote: bool,
}

/// A line of the numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DutyLine {
    /// Code or address; empty where the record names none.
    pub key: String,
    /// Its name; for professions the code, which the page puts into words.
    pub name: String,
    /// The numbers.
    pub told: DutyTold,
}
