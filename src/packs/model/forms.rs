//! What is typed into the forms of packs, and what it amounts to once it is checked.

use super::{LESSON_MAX, MaterialKind, Method, TEXT_MAX};
use crate::common::{
    codes::split_list,
    error::AppError,
    forms::{Checks, FaultKind},
};
use serde::{Deserialize, Serialize};

/// A new pack, as typed. The id was made with the form, so that a form sent twice is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PackForm {
    /// Id of the pack to be.
    pub id: String,
    /// The course.
    #[serde(default)]
    pub course: String,
    /// Language.
    #[serde(default)]
    pub language: String,
    /// Version before the point; empty with `minor` for the next one.
    #[serde(default)]
    pub major: String,
    /// Version after the point.
    #[serde(default)]
    pub minor: String,
    /// Title.
    #[serde(default)]
    pub title: String,
    /// Summary.
    #[serde(default)]
    pub summary: String,
}

/// A new pack, checked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NewPack {
    /// Language.
    pub language: String,
    /// Version, if given.
    pub version: Option<(i64, i64)>,
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: String,
}

impl PackForm {
    /// Checks the fields; the course's languages are those to choose from.
    pub fn check(&self, languages: &str) -> Result<NewPack, AppError> {
        let mut checks = Checks::default();
        let language = checks.required_line("language", &self.language, 10);
        if !language.is_empty() && !split_list(languages).any(|known| known == language) {
            checks.fault("language", FaultKind::Choice);
        }
        let version = if self.major.trim().is_empty() && self.minor.trim().is_empty() {
            None
        } else {
            Some((checks.number("major", &self.major, 0, 999), checks.number("minor", &self.minor, 0, 999)))
        };
        let pack = NewPack {
            language,
            version,
            title: checks.required_line("title", &self.title, 200),
            summary: plain(&mut checks, "summary", &self.summary, 2000),
        };
        checks.finish(pack)
    }
}

/// Text that is shown as written, where tags would be a mistake of the author's.
fn plain(checks: &mut Checks, field: &str, value: &str, max: usize) -> String {
    checks.text(field, value, max)
}

/// Title and summary of a pack, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PackEditForm {
    /// Which one.
    pub id: String,
    /// The version that was read.
    #[serde(default)]
    pub version: String,
    /// Title.
    #[serde(default)]
    pub title: String,
    /// Summary.
    #[serde(default)]
    pub summary: String,
}

impl PackEditForm {
    /// Checks the fields and returns title and summary.
    pub fn check(&self) -> Result<(String, String), AppError> {
        let mut checks = Checks::default();
        let fields =
            (checks.required_line("title", &self.title, 200), plain(&mut checks, "summary", &self.summary, 2000));
        checks.finish(fields)
    }
}

/// A module, as typed; `pack` for a new one, `version` for one that is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModuleForm {
    /// Its id.
    pub id: String,
    /// The pack, for a new one.
    #[serde(default)]
    pub pack: String,
    /// The version that was read.
    #[serde(default)]
    pub version: String,
    /// Title.
    #[serde(default)]
    pub title: String,
    /// Summary.
    #[serde(default)]
    pub summary: String,
    /// One objective a line.
    #[serde(default)]
    pub objectives: String,
}

/// A module's fields, checked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModuleFields {
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: String,
    /// Objectives.
    pub objectives: String,
}

impl ModuleForm {
    /// Checks the fields.
    pub fn check(&self) -> Result<ModuleFields, AppError> {
        let mut checks = Checks::default();
        let fields = ModuleFields {
            title: checks.required_line("title", &self.title, 200),
            summary: plain(&mut checks, "summary", &self.summary, 2000),
            objectives: plain(&mut checks, "objectives", &self.objectives, 4000),
        };
        checks.finish(fields)
    }
}

/// A session plan, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SessionForm {
    /// Its id.
    pub id: String,
    /// The module, for a new one.
    #[serde(default)]
    pub module: String,
    /// The version that was read.
    #[serde(default)]
    pub version: String,
    /// Title.
    #[serde(default)]
    pub title: String,
    /// Minutes.
    #[serde(default)]
    pub minutes: String,
    /// Method.
    #[serde(default)]
    pub method: String,
    /// One objective a line.
    #[serde(default)]
    pub objectives: String,
    /// Markdown for trainers only.
    #[serde(default)]
    pub notes: String,
}

/// A session plan's fields, checked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SessionFields {
    /// Title.
    pub title: String,
    /// Minutes.
    pub minutes: i64,
    /// Method.
    pub method: Method,
    /// Objectives.
    pub objectives: String,
    /// Notes.
    pub notes: String,
}

impl SessionForm {
    /// Checks the fields; `wrong` is what is wrong with the notes as Markdown.
    pub fn check(&self, wrong: Option<FaultKind>) -> Result<SessionFields, AppError> {
        let mut checks = Checks::default();
        let fields = SessionFields {
            title: checks.required_line("title", &self.title, 200),
            minutes: checks.number("minutes", &self.minutes, 1, 1440),
            method: checks.choice("method", &self.method).unwrap_or(Method::Lecture),
            objectives: plain(&mut checks, "objectives", &self.objectives, 4000),
            notes: checks.text("notes", &self.notes, TEXT_MAX),
        };
        if let Some(wrong) = wrong {
            checks.fault("notes", wrong);
        }
        checks.finish(fields)
    }
}

/// A lesson, a link or a file's description, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MaterialForm {
    /// Its id.
    pub id: String,
    /// The module, for a new one.
    #[serde(default)]
    pub module: String,
    /// The version that was read.
    #[serde(default)]
    pub version: String,
    /// Title.
    #[serde(default)]
    pub title: String,
    /// Minutes.
    #[serde(default)]
    pub minutes: String,
    /// Markdown, for a lesson.
    #[serde(default)]
    pub body: String,
    /// Address, for a link.
    #[serde(default)]
    pub url: String,
    /// Ticked for trainers only.
    #[serde(default)]
    pub trainer_only: String,
    /// Asks to see the text rendered instead of saving it (without JavaScript).
    #[serde(default)]
    pub preview: String,
}

/// A material's fields, checked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MaterialFields {
    /// What it is.
    pub kind: MaterialKind,
    /// Title.
    pub title: String,
    /// Minutes.
    pub minutes: i64,
    /// Markdown.
    pub body: String,
    /// Address.
    pub url: String,
    /// For trainers only.
    pub trainer_only: bool,
}

impl MaterialForm {
    /// Checks the fields of a material of a kind; `wrong` is what is wrong with a lesson's text as Markdown.
    pub fn check(&self, kind: MaterialKind, wrong: Option<FaultKind>) -> Result<MaterialFields, AppError> {
        let mut checks = Checks::default();
        let title = checks.required_line("title", &self.title, 200);
        let minutes = if self.minutes.trim().is_empty() { "0" } else { &self.minutes };
        let minutes = checks.number("minutes", minutes, 0, 1440);
        let (mut body, mut url) = (String::new(), String::new());
        match kind {
            MaterialKind::Lesson => {
                // Browsers send line ends as CR LF; one form is kept.
                let text = self.body.replace("\r\n", "\n");
                body = checks.required("body", &text, LESSON_MAX);
                if let Some(wrong) = wrong {
                    checks.fault("body", wrong);
                }
            }
            MaterialKind::Link => {
                url = checks.url("url", &self.url);
                if url.is_empty() {
                    checks.fault("url", FaultKind::Required);
                } else if checks.clean() && !url.starts_with("https://") {
                    checks.fault("url", FaultKind::Url);
                }
            }
            MaterialKind::File => {}
        }
        checks.finish(MaterialFields { kind, title, minutes, body, url, trainer_only: self.trainer_only == "true" })
    }
}

/// Moving a part: `dir` is `up` or `down` (the buttons), or `to` is the place (dragging).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MoveForm {
    /// Which part.
    pub id: String,
    /// `up` or `down`.
    #[serde(default)]
    pub dir: String,
    /// The place to go to, from 0.
    #[serde(default)]
    pub to: String,
}

impl MoveForm {
    /// The place to go to from the place it has.
    pub fn target(&self, from: i64) -> Result<i64, AppError> {
        match (self.dir.as_str(), self.to.parse::<i64>()) {
            ("up", _) => Ok(from - 1),
            ("down", _) => Ok(from + 1),
            (_, Ok(to)) => Ok(to),
            _ => Err(AppError::field("", FaultKind::Malformed)),
        }
    }
}

/// Names one part or pack.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IdForm {
    /// Which one.
    pub id: String,
}

/// A step of a pack, with what releasing needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StepForm {
    /// Which pack.
    pub id: String,
    /// The version that was read.
    #[serde(default)]
    pub version: String,
    /// The step.
    #[serde(default)]
    pub step: String,
    /// What changed since the version before; needed to release.
    #[serde(default)]
    pub notes: String,
}

/// A new version made from a released one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CopyForm {
    /// Id of the pack to be.
    pub id: String,
    /// The pack to copy.
    #[serde(default)]
    pub from: String,
}
