//! Rules of assessments: rubrics, weighted means, disagreement, and who sees whose scores when.

use crate::common::{
    error::AppError,
    forms::{Checks, FaultKind},
    ids::{DeliveryId, PersonId},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most criteria a rubric has: as many as somebody can keep in mind at the back of a class.
pub const CRITERIA: usize = 8;

/// Names of the fields of each criterion.
pub const TITLES: [&str; CRITERIA] =
    ["title_1", "title_2", "title_3", "title_4", "title_5", "title_6", "title_7", "title_8"];
/// Names of the fields of each weight.
pub const WEIGHTS: [&str; CRITERIA] =
    ["weight_1", "weight_2", "weight_3", "weight_4", "weight_5", "weight_6", "weight_7", "weight_8"];
/// Names of the fields of what each score means.
pub const LEVELS: [&str; CRITERIA] =
    ["levels_1", "levels_2", "levels_3", "levels_4", "levels_5", "levels_6", "levels_7", "levels_8"];
/// Names of the fields of each score.
pub const SCORES: [&str; CRITERIA] =
    ["score_1", "score_2", "score_3", "score_4", "score_5", "score_6", "score_7", "score_8"];
/// Names of the fields of each note.
pub const NOTES: [&str; CRITERIA] = ["note_1", "note_2", "note_3", "note_4", "note_5", "note_6", "note_7", "note_8"];

crate::text_enum! {
    /// As whom somebody assesses.
    pub enum AssessorKind {
        /// Somebody of the same cohort or standing.
        Peer = "peer",
        /// Somebody who trains trainers.
        Expert = "expert",
    }
}

crate::text_enum! {
    /// What was decided.
    pub enum Outcome {
        /// The candidate is assessed.
        Passed = "passed",
        /// The candidate may be assessed again.
        NotPassed = "not_passed",
    }
}

/// What trainers of a course are assessed by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rubric {
    /// Scores go from 1 to this.
    pub scale: i64,
    /// The mean that is expected, in hundredths.
    pub pass_mark: i64,
    /// From what difference on assessors disagree.
    pub spread: i64,
    /// What is looked at.
    pub criteria: Vec<Criterion>,
}

/// Something that is looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    /// What.
    pub title: String,
    /// How much it counts beside the others.
    pub weight: i64,
    /// What each score means, a line each, from 1 on.
    pub levels: String,
}

/// A criterion as all who scored saw it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriterionSum {
    /// The mean, in hundredths.
    pub mean: Option<i64>,
    /// The lowest score.
    pub low: i64,
    /// The highest score.
    pub high: i64,
    /// Whether they are further apart than the rubric's bound.
    pub apart: bool,
}

/// What all who scored come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Criterion by criterion.
    pub criteria: Vec<CriterionSum>,
    /// The weighted mean, in hundredths.
    pub mean: Option<i64>,
}

/// Rounded to the nearest.
fn share(sum: i64, of: i64) -> i64 {
    (2 * sum + of) / (2 * of)
}

/// Adds up what was sent: `sheets` holds for each assessor a score or none per criterion.
pub fn sum(rubric: &Rubric, sheets: &[Vec<Option<i64>>]) -> Sum {
    const FINE: i64 = 1_000_000;
    let (mut total, mut weights) = (0_i64, 0_i64);
    let criteria = rubric
        .criteria
        .iter()
        .enumerate()
        .map(|(position, criterion)| {
            let scores: Vec<i64> = sheets.iter().filter_map(|sheet| sheet.get(position).copied().flatten()).collect();
            let (Some(low), Some(high)) = (scores.iter().min().copied(), scores.iter().max().copied()) else {
                return CriterionSum::default();
            };
            let count = i64::try_from(scores.len()).unwrap_or(1);
            let points: i64 = scores.iter().sum();
            total += criterion.weight * share(points * FINE, count);
            weights += criterion.weight;
            CriterionSum { mean: Some(share(points * 100, count)), low, high, apart: high - low >= rubric.spread }
        })
        .collect();
    Sum { criteria, mean: (weights > 0).then(|| share(total, weights * (FINE / 100))) }
}

/// What one assessor's scores come to, in hundredths.
pub fn mean_of(rubric: &Rubric, sheet: &[Option<i64>]) -> Option<i64> {
    sum(rubric, &[sheet.to_vec()]).mean
}

/// Who looks at an assessment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looker {
    /// Whether it is the candidate.
    pub candidate: bool,
    /// Whether it is one of the assessors.
    pub assesses: bool,
    /// Whether the own scores were sent.
    pub sent: bool,
    /// Whether it is who decides.
    pub decides: bool,
}

/// What somebody sees of the scores that were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sight {
    /// Nothing of what others sent.
    Nothing,
    /// Scores and notes, but not whose.
    Nameless,
    /// Everything that was sent.
    All,
}

/// Who sees what. Whoever has to score scores alone; the candidate sees what was decided, and the notes if
/// they were released.
pub fn sight(looker: Looker, decided: bool, released: bool) -> Sight {
    if looker.candidate {
        return if decided && released { Sight::Nameless } else { Sight::Nothing };
    }
    if looker.assesses {
        return if looker.sent || decided { Sight::All } else { Sight::Nothing };
    }
    if looker.decides { Sight::All } else { Sight::Nothing }
}

/// 2.75 or 2,75 as hundredths.
pub fn hundredths(text: &str) -> Option<i64> {
    let text = text.trim().replace(',', ".");
    let (whole, part) = text.split_once('.').unwrap_or((text.as_str(), ""));
    if whole.is_empty() || part.len() > 2 || !(whole.to_owned() + part).chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let whole: i64 = whole.parse().ok().filter(|whole| *whole < 1000)?;
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    Some(whole * 100 + part)
}

/// A rubric, as typed: the fields of its criteria are numbered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RubricForm {
    /// The course's address in the site.
    pub slug: String,
    /// Number of the rubric that was read; 0 where there was none.
    pub version: String,
    /// Scores go from 1 to this.
    pub scale: String,
    /// The mean that is expected.
    pub pass_mark: String,
    /// From what difference on assessors disagree.
    pub spread: String,
    /// `title_1`, `weight_1`, `levels_1` and so on.
    #[serde(flatten)]
    pub rest: BTreeMap<String, String>,
}

impl RubricForm {
    /// The rubric, or what is wrong with it. A criterion without title, weight and levels is not there.
    pub fn check(&self) -> Result<Rubric, AppError> {
        let mut checks = Checks::default();
        let scale = checks.number("scale", &self.scale, 2, 10);
        let pass_mark = match hundredths(&self.pass_mark) {
            Some(mark) if (100..=scale * 100).contains(&mark) => mark,
            _ => {
                checks.fault("pass_mark", FaultKind::Number { min: 1, max: scale });
                100
            }
        };
        let spread = checks.number("spread", &self.spread, 1, 9);
        let field = |name: &str| self.rest.get(name).map(|text| text.trim()).unwrap_or_default();
        let mut criteria = Vec::new();
        for ((of_title, of_weight), of_levels) in TITLES.into_iter().zip(WEIGHTS).zip(LEVELS) {
            let (title, weight, levels) = (field(of_title), field(of_weight), field(of_levels));
            if title.is_empty() && weight.is_empty() && levels.is_empty() {
                continue;
            }
            criteria.push(Criterion {
                title: checks.required_line(of_title, title, 200),
                weight: checks.number(of_weight, weight, 1, 100),
                levels: checks.text(of_levels, levels, 2000),
            });
        }
        if criteria.is_empty() {
            checks.fault(TITLES[0], FaultKind::Required);
        }
        checks.finish(Rubric { scale, pass_mark, spread, criteria })
    }
}

/// What is proposed where a course has no rubric: what the trainers' courses look at.
pub fn proposed(titles: [String; 5]) -> Rubric {
    let weights = [3, 2, 2, 2, 1];
    Rubric {
        scale: 4,
        pass_mark: 250,
        spread: 2,
        criteria: titles
            .into_iter()
            .zip(weights)
            .map(|(title, weight)| Criterion { title, weight, levels: String::new() })
            .collect(),
    }
}

/// Opens an assessment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OpenForm {
    /// The id it will have.
    pub id: String,
    /// The licence.
    pub licence: String,
    /// The delivery; may be empty.
    pub delivery: String,
    /// The session or module.
    pub part: String,
    /// The day.
    pub held_on: String,
}

impl OpenForm {
    /// Delivery, part and day; whether it is a delivery of the candidate's is asked of the database.
    pub fn check(&self) -> Result<(Option<DeliveryId>, String, Option<NaiveDate>), AppError> {
        let mut checks = Checks::default();
        let delivery: Option<DeliveryId> =
            if self.delivery.trim().is_empty() { None } else { checks.choice("delivery", &self.delivery) };
        let part = checks.required_line("part", &self.part, 200);
        let held_on = checks.date("held_on", &self.held_on);
        checks.finish((delivery, part, held_on))
    }
}

/// Adds an assessor or takes one off.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AssessorForm {
    /// The assessment.
    pub assessment: String,
    /// The person.
    pub person: String,
    /// `peer` or `expert`.
    pub kind: String,
    /// `add` or `remove`.
    pub act: String,
}

impl AssessorForm {
    /// Who, and as what; whether the person can assess is asked of the database.
    pub fn check(&self) -> Result<(PersonId, AssessorKind), AppError> {
        let mut checks = Checks::default();
        let person: Option<PersonId> = checks.choice("person", &self.person);
        let kind: Option<AssessorKind> = checks.choice("kind", &self.kind);
        checks.finish(())?;
        person.zip(kind).ok_or_else(|| AppError::field("", FaultKind::Malformed))
    }
}

/// One assessor's scores, as typed: the fields are numbered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScoreForm {
    /// The assessment.
    pub assessment: String,
    /// `save` or `send`.
    pub act: String,
    /// What is to be said beside the criteria.
    pub remark: String,
    /// `score_1`, `note_1` and so on.
    #[serde(flatten)]
    pub rest: BTreeMap<String, String>,
}

/// One assessor's scores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scores {
    /// A score and a note per criterion.
    pub lines: Vec<(Option<i64>, String)>,
    /// What is said beside them.
    pub remark: String,
    /// Whether they are final.
    pub send: bool,
}

impl ScoreForm {
    /// The scores, or what is wrong. Only what is sent must be complete.
    pub fn check(&self, scale: i64, criteria: usize) -> Result<Scores, AppError> {
        let mut checks = Checks::default();
        let send = match self.act.as_str() {
            "send" => true,
            "save" => false,
            _ => return Err(AppError::field("", FaultKind::Malformed)),
        };
        let field = |name: &str| self.rest.get(name).map(String::as_str).unwrap_or_default();
        let lines = SCORES
            .into_iter()
            .zip(NOTES)
            .take(criteria)
            .map(|(of_score, of_note)| {
                let typed = field(of_score);
                let score = (send || !typed.trim().is_empty()).then(|| checks.number(of_score, typed, 1, scale));
                (score, checks.text(of_note, field(of_note), 1000))
            })
            .collect();
        let remark = checks.text("remark", &self.remark, 2000);
        checks.finish(Scores { lines, remark, send })
    }
}

/// Decides an assessment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OutcomeForm {
    /// The assessment.
    pub assessment: String,
    /// `passed` or `not_passed`.
    pub outcome: String,
    /// Why, and what to improve.
    pub reason: String,
    /// `true` when the candidate may read the notes.
    pub released: String,
}

impl OutcomeForm {
    /// What was decided and why.
    pub fn check(&self) -> Result<(Outcome, String, bool), AppError> {
        let mut checks = Checks::default();
        let outcome: Option<Outcome> = checks.choice("outcome", &self.outcome);
        let reason = checks.required("reason", &self.reason, 2000);
        checks.finish(())?;
        let outcome = outcome.ok_or_else(|| AppError::field("", FaultKind::Malformed))?;
        Ok((outcome, reason, self.released == "true"))
    }
}
