//! The licences of the Zagreb graduates, and of the officers trained in Oslo. That they were trained there, and that
//! the former gave the eight trainings, is in the documents; assessments, sign-offs, refreshers and everything after
//! 2012 are invented, and marked so.

use super::{Loader, broken};
use crate::{
    common::{
        error::AppError,
        ids::{AssessmentId, CourseId, DeliveryId, LicenceId, PersonId},
    },
    platform::db::Tx,
    trainers::{
        assessment::{
            model::{AssessorKind, Criterion, Rubric},
            store::{self as assessments, NewAssessment},
        },
        model::{Cause, Ground, LicenceState, Rule, WholeRule},
        store::{self, NewGround, NewRecord, NewStep},
    },
};
use chrono::{DateTime, Months, TimeDelta, Utc};
use uuid::Uuid;

/// The course that the licences are for, and the one that trains to give it.
const COURSE: &str = "introductory-judges-prosecutors";
const TRAINS: &str = "tot-judicial";
const REFRESHES: &str = "advanced-judges-prosecutors";
const WHERE_TRAINED: &str = "zagreb-tot-2012";
/// What the officers of Oslo were trained to give, by what, where and by whom.
const OSLO_COURSE: &str = "first-responders";
const OSLO_TRAINS: &str = "tot-first-responders";
const OSLO: &str = "oslo-tot-2013";
const OSLO_MENTORS: [&str; 3] = ["p216", "p217", "p218"];
/// Who trained in Zagreb, licensed from the records.
const EXPERTS: [&str; 3] = ["p213", "p214", "p215"];
const MENTOR: &str = "p215";
/// Graduates with a story of their own: lapsed, about to lapse, still on the way.
const LAPSED: &str = "p012";
const LAPSING: &str = "p014";
const CANDIDATE: &str = "p016";
const PEER: &str = "p001";
const INVENTED: &str = "Invented for the demonstration";

/// The last days of the Zagreb training and of the eight in-country trainings, and when sign-offs are set.
fn day(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_default()
}

fn trained() -> DateTime<Utc> {
    day("2012-02-24T16:00:00Z")
}

fn taught() -> DateTime<Utc> {
    day("2012-05-19T16:00:00Z")
}

fn signed() -> DateTime<Utc> {
    day("2012-06-01T09:00:00Z")
}

/// A history as it is written down.
#[derive(Default)]
struct History {
    steps: Vec<(DateTime<Utc>, LicenceState, Cause, Option<DeliveryId>)>,
    grounds: Vec<(DateTime<Utc>, Ground, Option<DeliveryId>, &'static str)>,
    mentor: Option<PersonId>,
    lapses_at: Option<DateTime<Utc>>,
    noticed_at: Option<DateTime<Utc>>,
}

impl Loader<'_> {
    pub(super) async fn licences(&self, tx: &mut Tx) -> Result<(), AppError> {
        let course = self.course(COURSE)?;
        let rule = Rule::default();
        let whole = WholeRule { rule, train: vec![self.course(TRAINS)?], refresh: vec![self.course(REFRESHES)?] };
        store::set_rule(tx, course, 0, &whole, "", self.now).await?;
        for key in EXPERTS {
            let mut history = History::default();
            let states =
                [LicenceState::Candidate, LicenceState::Trained, LicenceState::Assessed, LicenceState::Licensed];
            for (minutes, state) in (0..).zip(states) {
                let at = day("2012-02-19T09:00:00Z") + TimeDelta::minutes(minutes);
                history.steps.push((at, state, Cause::Record, None));
            }
            for ground in [Ground::Trained, Ground::Assessed, Ground::SignedOff] {
                history.grounds.push((day("2012-02-19T09:00:00Z"), ground, None, INVENTED));
            }
            self.refreshed(&mut history, &rule, 4);
            self.licence(tx, course, key, &history).await?;
        }
        let graduates = self.source.persons.iter().filter(|person| person.groups.iter().any(|it| it == "zagreb-tot"));
        for (months, person) in (1..).zip(graduates) {
            let history = self.graduate(&person.key, &rule, months)?;
            let id = self.licence(tx, course, &person.key, &history).await?;
            if person.key == CANDIDATE {
                self.assessment(tx, course, id).await?;
            }
        }
        self.oslo(tx).await
    }

    /// The officers of Oslo completed their training; what they gave afterwards no document says, so none of them
    /// is licensed.
    async fn oslo(&self, tx: &mut Tx) -> Result<(), AppError> {
        let course = self.course(OSLO_COURSE)?;
        let whole = WholeRule { rule: Rule::default(), train: vec![self.course(OSLO_TRAINS)?], refresh: Vec::new() };
        store::set_rule(tx, course, 0, &whole, "", self.now).await?;
        let trained = day("2013-03-01T16:00:00Z");
        let at = self.deliveries.get(OSLO).copied().ok_or_else(|| broken(format!("no delivery {OSLO}")))?;
        let officers = self.source.persons.iter().filter(|person| person.groups.iter().any(|it| it == "oslo-tot"));
        for (person, mentor) in officers.zip(OSLO_MENTORS.iter().cycle()) {
            let history = History {
                steps: vec![
                    (trained, LicenceState::Candidate, Cause::Completion, Some(at)),
                    (trained + TimeDelta::microseconds(1), LicenceState::Trained, Cause::Completion, Some(at)),
                ],
                grounds: vec![(trained, Ground::Trained, Some(at), "")],
                mentor: Some(self.person(mentor)?),
                ..History::default()
            };
            self.licence(tx, course, &person.key, &history).await?;
        }
        Ok(())
    }

    fn months_ago(&self, months: u32) -> DateTime<Utc> {
        self.now.checked_sub_months(Months::new(months)).unwrap_or(self.now)
    }

    /// A refresher so many months ago, and the lapse that follows from it.
    fn refreshed(&self, history: &mut History, rule: &Rule, months: u32) {
        let at = self.months_ago(months);
        history.grounds.push((at, Ground::Refreshed, None, INVENTED));
        let active = u32::try_from(rule.active_months.unwrap_or(24)).unwrap_or(24);
        history.lapses_at = at.checked_add_months(Months::new(active));
    }

    fn graduate(&self, key: &str, rule: &Rule, months: u32) -> Result<History, AppError> {
        let at = |key: &str| self.deliveries.get(key).copied().ok_or_else(|| broken(format!("no delivery {key}")));
        let zagreb = Some(at(WHERE_TRAINED)?);
        let own = self
            .source
            .deliveries
            .iter()
            .find(|it| it.key.starts_with("incountry") && it.trainers.iter().any(|it| it == key));
        let own = own.map(|it| at(&it.key)).transpose()?;
        let mut history = History {
            steps: vec![
                (trained(), LicenceState::Candidate, Cause::Completion, zagreb),
                (trained() + TimeDelta::microseconds(1), LicenceState::Trained, Cause::Completion, zagreb),
            ],
            grounds: vec![(trained(), Ground::Trained, zagreb, ""), (taught(), Ground::Taught, own, "")],
            mentor: Some(self.person(MENTOR)?),
            ..History::default()
        };
        if key == CANDIDATE {
            return Ok(history);
        }
        let assessed = day("2012-03-15T10:00:00Z");
        history.grounds.push((assessed, Ground::Assessed, None, INVENTED));
        history.grounds.push((signed(), Ground::SignedOff, own, INVENTED));
        history.steps.push((assessed, LicenceState::Assessed, Cause::Record, None));
        history.steps.push((signed(), LicenceState::Licensed, Cause::Record, own));
        match key {
            LAPSED => {
                self.refreshed(&mut history, rule, 27);
                let lapsed = history.lapses_at.take().unwrap_or(self.now);
                history.steps.push((lapsed, LicenceState::Lapsed, Cause::Lapse, None));
            }
            LAPSING => {
                self.refreshed(&mut history, rule, 23);
                history.noticed_at = Some(self.now - TimeDelta::days(30));
            }
            // Between one month and sixteen ago.
            _ => self.refreshed(&mut history, rule, months),
        }
        Ok(history)
    }

    async fn licence(
        &self,
        tx: &mut Tx,
        course: CourseId,
        key: &str,
        history: &History,
    ) -> Result<LicenceId, AppError> {
        let id: LicenceId = self.id();
        let Some((since, state, ..)) = history.steps.last().copied() else {
            return Err(broken(format!("{key}: a licence without a history")));
        };
        let record = NewRecord {
            id,
            person: self.person(key)?,
            course,
            state,
            since,
            mentor: history.mentor,
            major: Some(1),
            lapses_at: history.lapses_at,
            noticed_at: history.noticed_at,
        };
        store::add_record(tx, &record, self.now).await?;
        let mut from = None;
        for (at, to, cause, delivery) in &history.steps {
            let reason = if *cause == Cause::Record { INVENTED } else { "" };
            let step =
                NewStep { at: *at, from, to: *to, cause: *cause, delivery: *delivery, by: None, by_name: "", reason };
            store::add_step(tx, self.id(), id, &step).await?;
            from = Some(*to);
        }
        for (at, kind, delivery, note) in &history.grounds {
            let ground = NewGround {
                kind: *kind,
                at: *at,
                // The documents give the deliveries no day of their own.
                dated: delivery.is_none() || *kind == Ground::SignedOff,
                met: true,
                delivery: *delivery,
                major: None,
                by: None,
                by_name: "",
                note,
            };
            store::add_ground(tx, self.id(), id, &ground, self.now).await?;
        }
        Ok(id)
    }

    /// The assessment of the candidate: a peer has sent scores, the expert still has to.
    async fn assessment(&self, tx: &mut Tx, course: CourseId, licence: LicenceId) -> Result<(), AppError> {
        let levels = "Not yet\nIn part\nWell\nSo that others can learn from it";
        let criterion =
            |title: &str, weight: i64| Criterion { title: title.to_owned(), weight, levels: levels.to_owned() };
        let rubric = Rubric {
            scale: 4,
            pass_mark: 250,
            spread: 2,
            criteria: vec![
                criterion("Knows the law and the evidence", 3),
                criterion("Explains clearly", 2),
                criterion("Uses cases and exercises", 2),
                criterion("Brings the group to work", 2),
                criterion("Keeps the time", 1),
            ],
        };
        let (rubric_id, criteria): (Uuid, Vec<Uuid>) = (self.id(), rubric.criteria.iter().map(|_| self.id()).collect());
        assessments::add_rubric(tx, (rubric_id, &criteria), (course, 1), &rubric, "", self.now).await?;
        let id: AssessmentId = self.id();
        let new = NewAssessment {
            id,
            licence,
            rubric: rubric_id,
            delivery: None,
            part: "Seizing a computer so that the court can use it",
            held_on: Some((self.now - TimeDelta::days(6)).date_naive()),
            invented: true,
        };
        assessments::add(tx, &new, "", self.now - TimeDelta::days(10)).await?;
        assessments::add_assessor(tx, id, self.person(MENTOR)?, AssessorKind::Expert).await?;
        let peer = self.person(PEER)?;
        assessments::add_assessor(tx, id, peer, AssessorKind::Peer).await?;
        let scores = [
            (4, "Sure of the articles, and of what a hash proves."),
            (3, ""),
            (2, "One case only; a second from practice would help."),
            (3, ""),
            (4, ""),
        ];
        for (criterion, (score, note)) in criteria.iter().zip(scores) {
            assessments::set_score(tx, id, peer, *criterion, (Some(score), note)).await?;
        }
        let sent = Some(self.now - TimeDelta::days(5));
        assessments::set_assessor(tx, id, peer, "Calm and well prepared.", sent).await?;
        Ok(())
    }
}
