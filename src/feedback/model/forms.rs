//! What is typed into the forms of feedback, and what it amounts to once it is checked.

use super::{About, Kind, MANY, Outcome, SAID_MAX, TEXT_MAX, Voice};
use crate::common::{
    error::AppError,
    forms::{Checks, FaultKind},
    ids::{FeedbackId, PackId},
};
use serde::{Deserialize, Serialize};

/// An item, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ItemForm {
    /// The item, made with the page.
    #[serde(default)]
    pub id: String,
    /// The delivery.
    #[serde(default)]
    pub delivery: String,
    /// The version that was read; 0 for a new one.
    #[serde(default)]
    pub version: String,
    /// What it is about; see [`About`].
    #[serde(default)]
    pub about: String,
    /// What kind.
    #[serde(default)]
    pub kind: String,
    /// What is said.
    #[serde(default)]
    pub text: String,
    /// Whether a participant signs it.
    #[serde(default)]
    pub signed: String,
    /// Whether they want to be told what is decided.
    #[serde(default)]
    pub answer: String,
}

/// An item, checked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Said {
    /// What it is about.
    pub about: About,
    /// What kind.
    pub kind: Kind,
    /// What is said.
    pub text: String,
    /// Whether the editor learns who said it.
    pub signed: bool,
    /// Whether they want to be told what is decided.
    pub wants_answer: bool,
}

impl ItemForm {
    /// Checks the fields; a trainer's words are always signed.
    pub fn check(&self, voice: Voice) -> Result<Said, AppError> {
        let mut checks = Checks::default();
        let about = About::read(&self.about);
        if about.is_none() {
            checks.fault("about", FaultKind::Choice);
        }
        let kind = checks.choice("kind", &self.kind);
        let text = checks.required("text", &self.text.replace("\r\n", "\n"), TEXT_MAX);
        checks.finish(Said {
            about: about.unwrap_or(About::Course),
            kind: kind.unwrap_or(Kind::Wrong),
            text,
            signed: voice == Voice::Trainer || self.signed == "true",
            wants_answer: self.answer == "true",
        })
    }
}

/// A decision, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DecideForm {
    /// The decision, made with the page.
    #[serde(default)]
    pub id: String,
    /// The course's address.
    #[serde(default)]
    pub slug: String,
    /// The items it decides, each with the version that was read: `ID.VERSION`.
    #[serde(default)]
    pub items: Vec<String>,
    /// What is decided.
    #[serde(default)]
    pub outcome: String,
    /// In which version.
    #[serde(default)]
    pub pack: String,
    /// What changes.
    #[serde(default)]
    pub change: String,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// The filters of the page, to come back to.
    #[serde(default)]
    pub filters: String,
}

/// A decision, checked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decided {
    /// The items, with the versions that were read; each once.
    pub items: Vec<(FeedbackId, i64)>,
    /// What is decided.
    pub outcome: Outcome,
    /// In which version.
    pub pack: Option<PackId>,
    /// What changes.
    pub change: String,
    /// Why.
    pub reason: String,
}

impl DecideForm {
    /// Checks the fields. `packs` are the course's versions.
    pub fn check(&self, packs: &[PackId]) -> Result<Decided, AppError> {
        let mut checks = Checks::default();
        let mut items: Vec<(FeedbackId, i64)> = Vec::new();
        for text in &self.items {
            let read = text.split_once('.').and_then(|(id, version)| Some((id.parse().ok()?, version.parse().ok()?)));
            let Some(read) = read else { return Err(AppError::field("", FaultKind::Malformed)) };
            if !items.iter().any(|(id, _): &(FeedbackId, i64)| *id == read.0) {
                items.push(read);
            }
        }
        // One order for all, so that two editors at once wait for each other and nothing worse.
        items.sort_unstable();
        if items.is_empty() {
            checks.fault("items", FaultKind::Required);
        }
        if items.len() > MANY {
            checks.fault("items", FaultKind::Number { min: 1, max: MANY as i64 });
        }
        let outcome = checks.choice("outcome", &self.outcome).unwrap_or(Outcome::Later);
        let (mut pack, mut change, mut reason) = (None, String::new(), String::new());
        match outcome {
            Outcome::TakenUp => {
                pack = checks.choice::<PackId>("pack", &self.pack);
                if pack.is_some_and(|pack| !packs.contains(&pack)) {
                    checks.fault("pack", FaultKind::Choice);
                }
                change = checks.required_line("change", &self.change, SAID_MAX);
                // One line in the release notes.
                change = change.split_whitespace().collect::<Vec<_>>().join(" ");
            }
            Outcome::Declined => reason = checks.required("reason", &self.reason, SAID_MAX),
            Outcome::Later | Outcome::Noted => reason = checks.text("reason", &self.reason, SAID_MAX),
        }
        checks.finish(Decided { items, outcome, pack, change, reason })
    }
}
