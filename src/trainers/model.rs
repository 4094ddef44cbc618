//! Rules of trainer licences: which step follows which, what is missing, what keeps one alive and until
//! when. Pure: what happened and what time it is are handed in.

mod forms;

pub use forms::{Act, CandidateForm, DecisionForm, MentorForm, NOTE_MAX, RuleForm, SignOffForm, WholeRule};

use crate::common::error::Refusal;
use chrono::{DateTime, Months, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

crate::text_enum! {
    /// How far a licence has come.
    pub enum LicenceState {
        /// Put forward to become a trainer of the course.
        Candidate = "candidate",
        /// Has completed a course that trains to give it.
        Trained = "trained",
        /// Has passed an assessment.
        Assessed = "assessed",
        /// May give the course.
        Licensed = "licensed",
        /// Was licensed, and did not keep it alive.
        Lapsed = "lapsed",
        /// Taken away by decision.
        Withdrawn = "withdrawn",
    }
}

crate::text_enum! {
    /// What made a step.
    pub enum Cause {
        /// A course was completed.
        Completion = "completion",
        /// An assessment was passed.
        Assessment = "assessment",
        /// The mentor signed the supervised delivery off.
        SignOff = "sign_off",
        /// Nothing kept it alive.
        Lapse = "lapse",
        /// What was missing has been made good.
        Mended = "mended",
        /// Somebody decided, and gave a reason.
        Decision = "decision",
        /// Entered from a record of the past.
        Record = "record",
        /// The training it stood on was taken back.
        TakenBack = "taken_back",
    }
}

crate::text_enum! {
    /// What completing one course means for the licence of another.
    pub enum RouteKind {
        /// It trains to give the course.
        Train = "train",
        /// It keeps a licence alive.
        Refresh = "refresh",
    }
}

crate::text_enum! {
    /// What a licence stands on.
    pub enum Ground {
        /// A course that trains was completed.
        Trained = "trained",
        /// An assessment was decided.
        Assessed = "assessed",
        /// The mentor looked at a supervised delivery.
        SignedOff = "signed_off",
        /// A delivery of the course was given.
        Taught = "taught",
        /// A refresher was completed.
        Refreshed = "refreshed",
        /// A version of the pack was taken up.
        TakenUp = "taken_up",
    }
}

crate::text_enum! {
    /// What can still be missing before somebody is licensed.
    pub enum Condition {
        /// A course that trains.
        Training = "training",
        /// A passed assessment.
        Assessment = "assessment",
        /// A supervised delivery, signed off.
        SignOff = "sign_off",
    }
}

/// What a licence of a course asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Rule {
    /// Whether an assessment must be passed.
    pub assessed: bool,
    /// Whether a first delivery must be signed off by the mentor.
    pub supervised: bool,
    /// A delivery or a refresher within so many months; none: it does not lapse by that.
    pub active_months: Option<i64>,
    /// A new major version taken up within so many months; none: it does not lapse by that.
    pub uptake_months: Option<i64>,
    /// Days between notice and lapse.
    pub notice_days: i64,
}

impl Default for Rule {
    /// What is proposed where nothing was configured: two years without teaching, one year for a new version,
    /// two months' notice.
    fn default() -> Self {
        Self { assessed: true, supervised: true, active_months: Some(24), uptake_months: Some(12), notice_days: 60 }
    }
}

/// A major version of the course's pack, and when it was first released in any language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Release {
    /// The major version.
    pub major: i64,
    /// When it came out.
    pub at: DateTime<Utc>,
}

/// What is known of one person and one course.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// A course that trains was completed.
    pub trained: bool,
    /// An assessment was passed.
    pub passed: bool,
    /// A supervised delivery was signed off.
    pub signed_off: bool,
    /// When the licence was last given, or given back.
    pub licensed_at: Option<DateTime<Utc>>,
    /// The last delivery that counts, or refresher.
    pub active_at: Option<DateTime<Utc>>,
    /// The major version taken up last; zero is none.
    pub major: i64,
    /// The major versions there are.
    pub releases: Vec<Release>,
}

impl Facts {
    /// The newest major version there is; zero is none.
    pub fn newest(&self) -> i64 {
        self.releases.iter().map(|release| release.major).max().unwrap_or(0)
    }

    /// The first version that came out after the one taken up, if there is one.
    pub fn to_take_up(&self) -> Option<Release> {
        self.releases.iter().filter(|release| release.major > self.major).min_by_key(|release| release.at).copied()
    }
}

crate::text_enum! {
    /// Why a licence would lapse.
    pub enum Why {
        /// Neither a delivery nor a refresher.
        Inactive = "inactive",
        /// A new major version was not taken up.
        Version = "version",
    }
}

/// When a licence would lapse by the rule alone, notice left aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub why: Why,
}

fn months(from: DateTime<Utc>, months: i64) -> DateTime<Utc> {
    let months = u32::try_from(months.clamp(0, 1200)).unwrap_or(0);
    from.checked_add_months(Months::new(months)).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

impl Rule {
    /// What is missing before somebody can be licensed.
    pub fn missing(&self, facts: &Facts) -> Vec<Condition> {
        [
            (Condition::Training, !facts.trained),
            (Condition::Assessment, self.assessed && !facts.passed),
            (Condition::SignOff, self.supervised && !facts.signed_off),
        ]
        .into_iter()
        .filter_map(|(condition, missing)| missing.then_some(condition))
        .collect()
    }

    /// Until when teaching and refreshers done so far keep it alive.
    pub fn active_until(&self, facts: &Facts) -> Option<DateTime<Utc>> {
        let from = facts.licensed_at.max(facts.active_at)?;
        self.active_months.map(|count| months(from, count))
    }

    /// Until when the next major version must be taken up; none where none waits.
    pub fn uptake_until(&self, facts: &Facts) -> Option<DateTime<Utc>> {
        let release = facts.to_take_up()?;
        self.uptake_months.map(|count| months(release.at, count))
    }

    /// The earlier of both.
    pub fn deadline(&self, facts: &Facts) -> Option<Deadline> {
        let of = |at: Option<DateTime<Utc>>, why| at.map(|at| Deadline { at, why });
        let (active, uptake) =
            (of(self.active_until(facts), Why::Inactive), of(self.uptake_until(facts), Why::Version));
        [active, uptake].into_iter().flatten().min_by_key(|deadline| deadline.at)
    }
}

/// Whether a step exists. A licence is licensed only by what its conditions ask for (that they are met is
/// [`advance`]'s business), lapses only by the job, comes back by what was missing or a decision, is
/// withdrawn only by decision and opened again only by decision. What is entered from records of the past
/// takes the same steps.
pub fn step(from: Option<LicenceState>, to: LicenceState, cause: Cause) -> Result<(), Refusal> {
    use Cause::{Assessment, Completion, Decision, Lapse, Mended, Record, SignOff, TakenBack};
    use LicenceState::{Assessed, Candidate, Lapsed, Licensed, Trained, Withdrawn};
    let ways: &[Cause] = match (from, to) {
        (None, Candidate) => &[Completion, Decision, Record],
        (Some(Candidate), Trained) => &[Completion, Assessment, SignOff, Decision, Record],
        (Some(Trained), Assessed) => &[Completion, Assessment, SignOff, Decision, Record],
        (Some(Trained | Assessed), Licensed) => &[Completion, Assessment, SignOff, Decision, Record],
        // Who is licensed stays so until somebody decides.
        (Some(Trained | Assessed), Candidate) => &[TakenBack],
        (Some(Licensed), Lapsed) => &[Lapse, Record],
        (Some(Lapsed), Licensed) => &[Mended, Decision, Record],
        (Some(Candidate | Trained | Assessed | Licensed | Lapsed), Withdrawn) => &[Decision, Record],
        (Some(Withdrawn), Candidate | Trained | Assessed | Licensed) => &[Decision, Record],
        _ => &[],
    };
    if ways.contains(&cause) { Ok(()) } else { Err(Refusal::WrongState) }
}

/// The steps upwards that what is known allows, one after the other.
pub fn advance(from: LicenceState, rule: &Rule, facts: &Facts) -> Vec<LicenceState> {
    use LicenceState::{Assessed, Candidate, Licensed, Trained};
    let mut steps = Vec::new();
    let mut state = from;
    loop {
        let supervised = facts.signed_off || !rule.supervised;
        state = match state {
            Candidate if facts.trained => Trained,
            Trained if facts.passed => Assessed,
            Trained if !rule.assessed && supervised => Licensed,
            Assessed if supervised => Licensed,
            _ => return steps,
        };
        steps.push(state);
    }
}

/// Whether somebody on the way goes back to the beginning: what trained them has been taken back.
pub fn falls_back(state: LicenceState, facts: &Facts) -> bool {
    matches!(state, LicenceState::Trained | LicenceState::Assessed) && !facts.trained
}

/// Whether somebody was licensed for a delivery of a day, by the steps of the licence in their order. Who was
/// licensed when the day began was, whatever came after, and so was who became it on that day. Where nobody
/// knows the day, it must be enough to have been licensed ever.
pub fn licensed_on(steps: &[(DateTime<Utc>, LicenceState)], day: Option<DateTime<Utc>>) -> bool {
    let licensed = |(_, state): &(DateTime<Utc>, LicenceState)| *state == LicenceState::Licensed;
    let Some(day) = day else { return steps.iter().any(licensed) };
    let over = day.date_naive().and_time(NaiveTime::MIN).and_utc() + TimeDelta::days(1);
    steps.iter().take_while(|(at, _)| *at <= day).last().is_some_and(licensed)
        || steps.iter().any(|step| step.0 > day && step.0 < over && licensed(step))
}

/// Where a withdrawn licence stands when it is opened again: as far as its conditions carry.
pub fn reopened(rule: &Rule, facts: &Facts) -> LicenceState {
    advance(LicenceState::Candidate, rule, facts).last().copied().unwrap_or(LicenceState::Candidate)
}

/// Whether what has been done meanwhile brings a lapsed licence back.
pub fn mended(rule: &Rule, facts: &Facts, now: DateTime<Utc>) -> bool {
    rule.deadline(facts).is_none_or(|deadline| deadline.at > now)
}

/// What is to be done about a licence that is held, and what is to be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tended {
    /// When it lapses if nothing happens: never before notice was given for its days.
    pub lapses_at: Option<DateTime<Utc>>,
    /// Why.
    pub why: Option<Why>,
    /// Since when notice is given; none while there is no reason.
    pub noticed_at: Option<DateTime<Utc>>,
    /// Whether notice is to be given now.
    pub notice: bool,
    /// Whether it lapses now.
    pub lapses: bool,
}

/// Looks at a licence that is held.
pub fn tend(rule: &Rule, facts: &Facts, noticed_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Tended {
    let notice = TimeDelta::days(rule.notice_days.clamp(0, 3650));
    let later = |at: DateTime<Utc>| at.checked_add_signed(notice).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let Some(deadline) = rule.deadline(facts) else {
        return Tended { lapses_at: None, why: None, noticed_at: None, notice: false, lapses: false };
    };
    let why = Some(deadline.why);
    if later(now) < deadline.at {
        // Too early: a notice given for an earlier reason is moot.
        return Tended { lapses_at: Some(deadline.at), why, noticed_at: None, notice: false, lapses: false };
    }
    let given = noticed_at.unwrap_or(now);
    let lapses_at = deadline.at.max(later(given));
    Tended {
        lapses_at: Some(lapses_at),
        why,
        noticed_at: Some(given),
        notice: noticed_at.is_none(),
        lapses: now >= lapses_at,
    }
}

/// The state that a history leads to; an error where it takes a step that does not exist.
pub fn replay(steps: impl IntoIterator<Item = (LicenceState, Cause)>) -> Result<Option<LicenceState>, Refusal> {
    let mut state = None;
    for (to, cause) in steps {
        step(state, to, cause)?;
        state = Some(to);
    }
    Ok(state)
}

crate::text_enum! {
    /// What is not right about a trainer of a delivery.
    pub enum Lack {
        /// No licence for the course at all.
        None = "none",
        /// Withdrawn.
        Withdrawn = "withdrawn",
        /// Not licensed, or no longer, and nobody licensed leads.
        NeedsLead = "needs_lead",
        /// Leads without being licensed.
        LeadUnlicensed = "lead_unlicensed",
        /// Would stay behind without the licensed lead.
        LeftAlone = "left_alone",
    }
}

/// Whether somebody can teach in a delivery: the state of the licence, whether it is for them to lead,
/// and whether somebody else who is licensed leads.
pub fn lack(state: Option<LicenceState>, leads: bool, licensed_lead: bool) -> Option<Lack> {
    match state {
        None => Some(Lack::None),
        Some(LicenceState::Withdrawn) => Some(Lack::Withdrawn),
        Some(LicenceState::Licensed) => None,
        Some(_) if leads => Some(Lack::LeadUnlicensed),
        // Whoever is on the way, and whoever has to win the licence back, teaches beside somebody licensed.
        Some(_) if !licensed_lead => Some(Lack::NeedsLead),
        Some(_) => None,
    }
}
