//! Rules: who may say something and when, what becomes of it, and what the forms may hold.
//!
//! **Who wrote it.** Trainers speak to the pack's editor under their name, as colleagues do. Participants
//! do so only where they sign. What is not signed keeps its author for two purposes alone: that they can
//! change it until it is decided, and be told what was decided. An hour after the decision both are done,
//! and the author is forgotten (Regulation (EU) 2016/679, article 5(1)(c) and (e)): judges and prosecutors
//! must be able to criticise what their own institution gave them. For the same reason the day is kept
//! and not the time, and no log says who wrote what.

mod forms;

pub use forms::*;

use crate::{
    common::{
        error::Refusal,
        ids::{DeliveryId, MaterialId, ModuleId, PackId, SessionPlanId},
    },
    deliveries::model::DeliveryState,
    enrolment::model::EnrolmentState,
    packs::model::PackState,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The longest text of an item, in characters.
pub const TEXT_MAX: usize = 2000;
/// The longest sentence on what changes, and the longest reason, in characters.
pub const SAID_MAX: usize = 500;
/// As many items as are decided at once.
pub const MANY: usize = 200;

crate::text_enum! {
    /// What kind of thing is said of a module.
    pub enum Kind {
        /// Something is wrong.
        Wrong = "error",
        /// It was right once.
        OutOfDate = "out_of_date",
        /// It is hard to understand.
        Unclear = "unclear",
        /// More than its time holds.
        TooLong = "too_long",
        /// Less than is needed.
        TooShort = "too_short",
        /// Something is missing.
        Missing = "missing",
        /// The law here says otherwise.
        LawDiffers = "law_differs",
        /// The translation says something else, or says it badly.
        Translation = "translation",
        /// It works well, and should stay.
        Praise = "praise",
    }
}

crate::text_enum! {
    /// The state of an item.
    pub enum ItemState {
        /// Nobody decided yet.
        Open = "open",
        /// It waits for a later version.
        Later = "later",
        /// It changes the pack.
        TakenUp = "taken_up",
        /// It does not, and the reason is given.
        Declined = "declined",
        /// It was read with thanks; nothing needs to change.
        Noted = "noted",
    }
}

crate::text_enum! {
    /// What is decided about items.
    pub enum Outcome {
        /// They change a version of the pack.
        TakenUp = "taken_up",
        /// They change nothing, for a reason.
        Declined = "declined",
        /// They were read with thanks.
        Noted = "noted",
        /// They wait.
        Later = "later",
    }
}

impl ItemState {
    /// The state after a decision; what is decided already is first opened again.
    pub const fn decided(self, outcome: Outcome) -> Result<Self, Refusal> {
        match (self, outcome) {
            (Self::Open, Outcome::Later) => Ok(Self::Later),
            (Self::Open | Self::Later, Outcome::TakenUp) => Ok(Self::TakenUp),
            (Self::Open | Self::Later, Outcome::Declined) => Ok(Self::Declined),
            (Self::Open | Self::Later, Outcome::Noted) => Ok(Self::Noted),
            _ => Err(Refusal::FeedbackMoved),
        }
    }

    /// The state once a decision is taken back. What the release notes of a released version list stays
    /// decided: `fixed` says so.
    pub const fn reopened(self, fixed: bool) -> Result<Self, Refusal> {
        match self {
            Self::Open => Err(Refusal::WrongState),
            _ if fixed => Err(Refusal::PackReleased),
            _ => Ok(Self::Open),
        }
    }

    /// Whether its author may still change it.
    pub const fn changeable(self) -> bool {
        matches!(self, Self::Open | Self::Later)
    }

    /// Whether whoever wrote it is told.
    pub const fn is_answer(self) -> bool {
        matches!(self, Self::TakenUp | Self::Declined | Self::Noted)
    }
}

/// As what somebody speaks of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Voice {
    /// Who teaches it.
    Trainer,
    /// Who takes part.
    Participant,
}

/// As what somebody may speak of a delivery at all.
pub fn voice(trains: bool, place: Option<EnrolmentState>) -> Option<Voice> {
    let came = place.is_some_and(|state| state.holds_place() && state != EnrolmentState::NotAttended);
    if trains { Some(Voice::Trainer) } else { came.then_some(Voice::Participant) }
}

/// Whether they may speak now: trainers while it runs and afterwards, participants from its last day.
/// `today` is the day at the venue.
pub fn may_speak(
    voice: Voice,
    state: DeliveryState,
    last_day: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<(), Refusal> {
    match (state, voice) {
        (DeliveryState::Delivered | DeliveryState::Reported, _) | (DeliveryState::Running, Voice::Trainer) => Ok(()),
        (DeliveryState::Running, Voice::Participant) if last_day.is_some_and(|day| day <= today) => Ok(()),
        (DeliveryState::Cancelled, _) => Err(Refusal::WrongState),
        _ => Err(Refusal::TooEarly),
    }
}

/// What an item is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum About {
    /// The course as a whole.
    Course,
    /// A module.
    Module(ModuleId),
    /// A session plan.
    Session(SessionPlanId),
    /// A lesson, file or link.
    Material(MaterialId),
}

impl About {
    /// As a form or an address has it.
    pub fn code(self) -> String {
        match self {
            Self::Course => String::new(),
            Self::Module(id) => format!("m.{id}"),
            Self::Session(id) => format!("s.{id}"),
            Self::Material(id) => format!("d.{id}"),
        }
    }

    /// From a form or an address.
    pub fn read(text: &str) -> Option<Self> {
        match text.trim().split_once('.') {
            None => text.trim().is_empty().then_some(Self::Course),
            Some(("m", id)) => id.parse().ok().map(Self::Module),
            Some(("s", id)) => id.parse().ok().map(Self::Session),
            Some(("d", id)) => id.parse().ok().map(Self::Material),
            Some(_) => None,
        }
    }
}

/// What the address of the editor's page asks for; empty shows all of a kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// `decided`, `all`, or what is to be decided.
    pub show: String,
    /// A kind's code.
    pub kind: String,
    /// The version spoken of: a pack's id.
    pub pack: String,
    /// The delivery.
    pub delivery: String,
    /// The pack's language.
    pub speech: String,
}

/// Which states a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// What is to be decided.
    pub open: bool,
    /// What is.
    pub decided: bool,
}

impl Filter {
    /// From the query of an address. What is unknown is left out.
    pub fn read(query: &str) -> Self {
        let mut filter = Self::default();
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            let field = match name.as_ref() {
                "show" => &mut filter.show,
                "kind" => &mut filter.kind,
                "pack" => &mut filter.pack,
                "delivery" => &mut filter.delivery,
                "speech" => &mut filter.speech,
                _ => continue,
            };
            *field = value.into_owned();
        }
        filter
    }

    /// As an address has it, without what is empty.
    pub fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("show", &self.show),
            ("kind", &self.kind),
            ("pack", &self.pack),
            ("delivery", &self.delivery),
            ("speech", &self.speech),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }

    /// Which states are shown.
    pub fn shown(&self) -> Shown {
        match self.show.as_str() {
            "decided" => Shown { open: false, decided: true },
            "all" => Shown { open: true, decided: true },
            _ => Shown { open: true, decided: false },
        }
    }
}

/// How many items there are of each sort that the filters know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Facet {
    /// Their state.
    pub state: ItemState,
    /// Their kind.
    pub kind: Kind,
    /// The version they speak of.
    pub pack_id: Option<PackId>,
    /// Its language.
    pub language: Option<String>,
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Its title.
    pub delivery_title: String,
    /// How many.
    pub items: i64,
}

/// Whether what was decided for a version can no longer be taken back.
pub fn is_fixed(listed: bool, pack: Option<PackState>) -> bool {
    listed && pack.is_some_and(|state| !state.editable())
}

/// A line of release notes: what was taken up, and how many said so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct TakenUp {
    /// The module, as it is called in that version; none for the course as a whole.
    pub module: Option<String>,
    /// What changed.
    pub change: String,
    /// How many reports said so.
    pub reports: i64,
    /// From how many deliveries.
    pub deliveries: i64,
}

/// The most characters that are proposed for release notes.
pub const PROPOSED_MAX: usize = 3500;

/// Release notes from what was taken up: `heading` first, a block a module, `line` words a change. Whole
/// lines only, so that the proposal fits into the form.
pub fn notes(heading: &str, taken: &[TakenUp], whole: &str, line: impl Fn(&TakenUp) -> String) -> String {
    if taken.is_empty() {
        return String::new();
    }
    let mut text = heading.to_owned();
    let mut module: Option<&Option<String>> = None;
    for one in taken {
        let mut more = String::new();
        if module != Some(&one.module) {
            more.push_str("\n\n");
            more.push_str(one.module.as_deref().unwrap_or(whole));
        }
        more.push_str("\n– ");
        more.push_str(&line(one));
        if text.chars().count() + more.chars().count() > PROPOSED_MAX {
            break;
        }
        module = Some(&one.module);
        text.push_str(&more);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn outcome() -> impl Strategy<Value = Option<Outcome>> {
        proptest::option::of(proptest::sample::select(Outcome::ALL.to_vec()))
    }

    proptest! {
        /// Whatever is tried (a decision, or none for taking one back): what was listed in a released version
        /// stays, and only what nobody decided can be changed by its author.
        #[test]
        fn what_a_released_version_lists_stays(acts in proptest::collection::vec((outcome(), any::<bool>()), 0..40)) {
            let mut state = ItemState::Open;
            let mut fixed = false;
            for (act, release) in acts {
                let before = state;
                let after = match act {
                    Some(outcome) => state.decided(outcome),
                    None => state.reopened(fixed),
                };
                if let Ok(next) = after {
                    state = next;
                }
                prop_assert!(!fixed || state == before);
                prop_assert_eq!(state.changeable(), matches!(state, ItemState::Open | ItemState::Later));
                prop_assert!(state.changeable() != state.is_answer());
                fixed |= release && state == ItemState::TakenUp;
            }
        }

        #[test]
        fn about_reads_back(text in ".{0,60}", id: u128, which in 0usize..4) {
            let id = uuid::Uuid::from_u128(id);
            let about = [About::Course, About::Module(id.into()), About::Session(id.into()), About::Material(id.into())][which];
            prop_assert_eq!(About::read(&about.code()), Some(about));
            let _ = About::read(&text);
        }

        #[test]
        fn filters_read_back(show in ".{0,9}", kind in ".{0,9}", speech in ".{0,9}") {
            let filter = Filter { show, kind, speech, ..Filter::default() };
            prop_assert_eq!(Filter::read(&filter.query()), filter);
        }

        #[test]
        fn proposals_fit_and_name_each_module_once(modules in proptest::collection::vec((0u8..3, 1usize..400), 0..40)) {
            let mut taken: Vec<TakenUp> = modules
                .into_iter()
                .map(|(n, long)| TakenUp {
                    module: (n > 0).then(|| format!("Module {n}")), change: "x".repeat(long), reports: 1, deliveries: 1,
                })
                .collect();
            taken.sort_by(|a, b| a.module.cmp(&b.module));
            let text = notes("Taken up:", &taken, "The course", |one| one.change.clone());
            prop_assert!(text.chars().count() <= PROPOSED_MAX);
            prop_assert_eq!(text.is_empty(), taken.is_empty());
            for name in ["Module 1", "Module 2", "The course"] {
                prop_assert!(text.matches(name).count() <= 1);
            }
        }
    }

    #[test]
    fn who_may_speak_and_when() {
        let day = |n| NaiveDate::from_ymd_opt(2026, 11, n).unwrap();
        let last = Some(day(25));
        use DeliveryState::{Cancelled, Confirmed, Delivered, Planned, Reported, Running};
        assert_eq!(may_speak(Voice::Trainer, Running, last, day(24)), Ok(()));
        assert_eq!(may_speak(Voice::Participant, Running, last, day(24)), Err(Refusal::TooEarly));
        assert_eq!(may_speak(Voice::Participant, Running, last, day(25)), Ok(()));
        assert_eq!(may_speak(Voice::Participant, Running, None, day(25)), Err(Refusal::TooEarly));
        for state in [Delivered, Reported] {
            assert_eq!(may_speak(Voice::Participant, state, None, day(1)), Ok(()));
        }
        for voice in [Voice::Trainer, Voice::Participant] {
            assert_eq!(may_speak(voice, Confirmed, last, day(26)), Err(Refusal::TooEarly));
            assert_eq!(may_speak(voice, Planned, last, day(26)), Err(Refusal::TooEarly));
            assert_eq!(may_speak(voice, Cancelled, last, day(26)), Err(Refusal::WrongState));
        }
        assert_eq!(voice(true, None), Some(Voice::Trainer));
        assert_eq!(voice(false, Some(EnrolmentState::Attended)), Some(Voice::Participant));
        assert_eq!(voice(false, Some(EnrolmentState::NotAttended)), None);
        assert_eq!(voice(false, Some(EnrolmentState::Withdrawn)), None);
        assert_eq!(voice(false, None), None);
    }

    #[test]
    fn forms_say_what_is_wrong() {
        let form = ItemForm { kind: "law_differs".into(), text: " Article 5 ".into(), ..ItemForm::default() };
        let said = form.check(Voice::Participant).unwrap();
        assert_eq!((said.about, said.text.as_str(), said.signed), (About::Course, "Article 5", false));
        assert!(form.check(Voice::Trainer).unwrap().signed, "trainers speak under their name");
        assert!(ItemForm { text: "x".repeat(TEXT_MAX + 1), ..form.clone() }.check(Voice::Trainer).is_err());
        assert!(ItemForm { about: "x.1".into(), ..form }.check(Voice::Trainer).is_err());

        let (id, pack) = (uuid::Uuid::from_u128(7), PackId(uuid::Uuid::from_u128(8)));
        let form = DecideForm {
            items: vec![format!("{id}.1"), format!("{id}.1")],
            outcome: "taken_up".into(),
            pack: pack.to_string(),
            change: "A worked\nexample".into(),
            ..DecideForm::default()
        };
        let decided = form.check(&[pack]).unwrap();
        assert_eq!((decided.items.len(), decided.change.as_str()), (1, "A worked example"));
        assert!(form.check(&[]).is_err(), "another course's version");
        assert!(DecideForm { change: String::new(), ..form.clone() }.check(&[pack]).is_err());
        assert!(DecideForm { items: vec![], ..form.clone() }.check(&[pack]).is_err());
        assert!(DecideForm { items: vec!["x".into()], ..form.clone() }.check(&[pack]).is_err());
        assert!(
            DecideForm { outcome: "declined".into(), ..form.clone() }.check(&[pack]).is_err(),
            "a reason is missing"
        );
        let later = DecideForm { outcome: "later".into(), ..form }.check(&[pack]).unwrap();
        assert_eq!((later.pack, later.change.as_str()), (None, ""));
    }
}
