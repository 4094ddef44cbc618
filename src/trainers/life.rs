//! What every change of a licence goes through: what is known is read, the rules decide, steps are written.

use super::{
    letters::{self, Word},
    model::{Cause, Facts, LicenceState, Rule, Tended, advance, falls_back, mended, step, tend},
    store::{self, Licence, NewGround, NewStep},
};
use crate::{
    common::{
        error::AppError,
        ids::{CourseId, DeliveryId, LicenceId, PersonId},
    },
    i18n,
    platform::{audit, context::Ctx, db::Tx},
};
use chrono::TimeDelta;
use uuid::Uuid;

/// What made a change.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// What kind of thing.
    pub cause: Cause,
    /// The delivery.
    pub delivery: Option<DeliveryId>,
    /// Why, where somebody decided.
    pub reason: &'a str,
}

impl By<'_> {
    /// A job or an act without a reason of its own.
    pub fn of(cause: Cause, delivery: Option<DeliveryId>) -> Self {
        Self { cause, delivery, reason: "" }
    }
}

/// A licence held until the commit, with everything that is known of it.
#[derive(Debug)]
pub struct Held {
    /// The licence.
    pub licence: Licence,
    /// The rule of its course.
    pub rule: Rule,
    /// What is known.
    pub facts: Facts,
}

/// Takes a licence to write upon.
pub async fn hold(cx: &Ctx, tx: &mut Tx, id: LicenceId) -> Result<Held, AppError> {
    if !store::hold(tx, id, cx.now()).await? {
        return Err(AppError::NotFound);
    }
    let licence = store::licence(tx, id, i18n::code(i18n::Locale::default())).await?.ok_or(AppError::NotFound)?;
    let facts = store::facts(&store::story(tx, id).await?, licence.major);
    Ok(Held { rule: licence.rule(), licence, facts })
}

/// The licence of a person for a course; a candidate's is made where there is none.
pub async fn ensure(
    cx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    course: CourseId,
    by: By<'_>,
) -> Result<(LicenceId, bool), AppError> {
    if let Some((id, _)) = store::of_person(tx, person, course).await? {
        return Ok((id, false));
    }
    let id: LicenceId = cx.app.id();
    if !store::add(tx, id, person, course, &name(cx), cx.now()).await? {
        // Somebody else was as quick.
        return Ok((store::of_person(tx, person, course).await?.ok_or(AppError::Internal)?.0, false));
    }
    write_step(cx, tx, id, None, LicenceState::Candidate, by, 0).await?;
    audit::record(cx, tx, "create", "licence", id, None, Some(&person)).await?;
    Ok((id, true))
}

fn name(cx: &Ctx) -> String {
    cx.actor.as_ref().map(|actor| actor.name.clone()).unwrap_or_default()
}

async fn write_step(
    cx: &Ctx,
    tx: &mut Tx,
    id: LicenceId,
    from: Option<LicenceState>,
    to: LicenceState,
    by: By<'_>,
    position: i64,
) -> Result<(), AppError> {
    step(from, to, by.cause)?;
    let new = NewStep {
        // Steps of one moment keep their order.
        at: cx.now() + TimeDelta::microseconds(position),
        from,
        to,
        cause: by.cause,
        delivery: by.delivery,
        by: cx.actor.as_ref().map(|actor| actor.person_id),
        by_name: &name(cx),
        reason: by.reason,
    };
    Ok(store::add_step(tx, cx.app.id(), id, &new).await?)
}

/// Writes down something that the licence stands on, or what is known of it by now, and counts it; false when
/// it stood there already.
pub async fn ground(cx: &Ctx, tx: &mut Tx, held: &mut Held, new: &NewGround<'_>) -> Result<bool, AppError> {
    let id = held.licence.id;
    if !store::add_ground(tx, cx.app.id(), id, new, cx.now()).await? && !store::revise_ground(tx, id, new).await? {
        return Ok(false);
    }
    if let Some(major) = new.major
        && new.met
    {
        held.facts.major = held.facts.major.max(major);
        held.licence.major = Some(held.facts.major);
    }
    let major = held.licence.major;
    held.facts = store::facts(&store::story(tx, held.licence.id).await?, major);
    Ok(true)
}

/// Takes back something that the licence stood on. Whoever is on the way and was trained by it goes back to the
/// beginning; who is licensed stays so, and what kept the licence alive no longer does.
pub async fn undo(cx: &Ctx, tx: &mut Tx, held: &mut Held, ground: Uuid, delivery: DeliveryId) -> Result<(), AppError> {
    store::end_ground(tx, ground, cx.now()).await?;
    held.facts = store::facts(&store::story(tx, held.licence.id).await?, held.licence.major);
    audit::record(cx, tx, "take_back", "licence", held.licence.id, None, Some(&delivery)).await?;
    if falls_back(held.licence.state, &held.facts) {
        held.go(cx, tx, LicenceState::Candidate, By::of(Cause::TakenBack, Some(delivery))).await?;
    }
    held.write(cx, tx).await
}

impl Held {
    /// Takes a step, with its letter.
    pub async fn go(&mut self, cx: &Ctx, tx: &mut Tx, to: LicenceState, by: By<'_>) -> Result<(), AppError> {
        let from = self.licence.state;
        let position = i64::from(self.licence.since >= cx.now())
            * ((self.licence.since - cx.now()).num_microseconds().unwrap_or(0) + 1);
        write_step(cx, tx, self.licence.id, Some(from), to, by, position).await?;
        let now = cx.now() + TimeDelta::microseconds(position);
        let why = self.rule.deadline(&self.facts).map(|deadline| deadline.why);
        self.licence.state = to;
        self.licence.since = now;
        self.licence.noticed_at = None;
        self.licence.lapses_at = None;
        if to == LicenceState::Licensed {
            self.facts.licensed_at = Some(now);
            // Who is licensed knows the pack as it stands; who comes back still has to take up what was missed.
            if from != LicenceState::Lapsed && self.facts.newest() > self.facts.major {
                self.facts.major = self.facts.newest();
                self.licence.major = Some(self.facts.major);
            }
        }
        audit::record(cx, tx, "state", "licence", self.licence.id, Some(&from), Some(&to)).await?;
        let word = match (from, to) {
            (LicenceState::Withdrawn, _) => Word::Reopened(by.reason),
            (LicenceState::Lapsed, LicenceState::Licensed) => Word::Mended,
            (_, LicenceState::Licensed) => Word::Licensed,
            (_, LicenceState::Withdrawn) => Word::Withdrawn(by.reason),
            (_, LicenceState::Candidate) => Word::TakenBack,
            (_, LicenceState::Lapsed) => match why {
                Some(why) => Word::Lapsed(why),
                None => return Ok(()),
            },
            _ => return Ok(()),
        };
        letters::tell(cx, tx, &self.licence, word).await
    }

    /// Goes as far as what is known carries, and writes where the licence stands.
    pub async fn settle(&mut self, cx: &Ctx, tx: &mut Tx, by: By<'_>) -> Result<(), AppError> {
        for to in advance(self.licence.state, &self.rule, &self.facts) {
            self.go(cx, tx, to, by).await?;
        }
        // What is entered for a whole course (new rules) brings nobody back by itself.
        if self.licence.state == LicenceState::Lapsed
            && by.cause != Cause::Decision
            && mended(&self.rule, &self.facts, cx.now())
        {
            self.go(cx, tx, LicenceState::Licensed, By { cause: Cause::Mended, ..by }).await?;
        }
        self.write(cx, tx).await
    }

    /// Writes where the licence stands, with the day it lapses.
    pub async fn write(&mut self, cx: &Ctx, tx: &mut Tx) -> Result<(), AppError> {
        if self.licence.state == LicenceState::Licensed {
            let tended = self.tended(cx);
            self.licence.lapses_at = tended.lapses_at;
            // Giving notice is the daily job's; taking it back is not.
            if tended.noticed_at.is_none() {
                self.licence.noticed_at = None;
            }
        }
        Ok(store::set(tx, &self.licence, &name(cx), cx.now()).await?)
    }

    /// What is to be done now.
    pub fn tended(&self, cx: &Ctx) -> Tended {
        tend(&self.rule, &self.facts, self.licence.noticed_at, cx.now())
    }
}
