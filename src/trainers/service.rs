//! Licences: who has one, what it asks for, and what is decided about it.

use super::{
    api::{
        AssessmentLine, GroundLine, LicenceLine, LicenceList, LicenceView, MyLicence, MyLicences, RulesView, StepLine,
        ToTakeUp,
    },
    assessment::store as assessments,
    jobs::look_at_course,
    letters::{self, Word},
    life::{By, ensure, ground, hold},
    look_store,
    model::{
        Act, CandidateForm, Cause, DecisionForm, Facts, Ground, LicenceState, MentorForm, RouteKind, Rule, RuleForm,
        SignOffForm, WholeRule, reopened, tend,
    },
    store::{self, Licence, NewGround, Seen, StoryRow},
};
use crate::{
    catalogue,
    common::{
        actor::Actor,
        error::{AppError, Refusal},
        forms::{Checks, Conflict, Done, FaultKind, Flash},
        ids::{DeliveryId, LicenceId, PersonId},
    },
    people::{
        records,
        rights::{Record, Right, demand, demand_somewhere, may, may_everywhere, may_somewhere, require},
    },
    platform::{
        audit,
        context::Ctx,
        db::{Handle, Tx},
        jobs, text,
    },
};
use std::str::FromStr;

const PAGE: usize = 50;

fn path(id: LicenceId) -> String {
    format!("/licences/{id}")
}

pub(super) fn id<T: FromStr>(text: &str) -> Result<T, AppError> {
    text.trim().parse().map_err(|_| AppError::NotFound)
}

/// Who decides about licences.
pub(super) fn decider(cx: &Ctx) -> Result<&Actor, AppError> {
    let actor = cx.signed_in()?;
    demand(Some(actor), Right::DecideLicence, Record::default())?;
    Ok(actor)
}

/// Whether somebody who manages people sees this person's record.
async fn sees(cx: &Ctx, h: &mut impl Handle, actor: &Actor, person: PersonId) -> Result<bool, AppError> {
    Ok(may_everywhere(Some(actor), Right::ManagePeople)
        || (may_somewhere(Some(actor), Right::ManagePeople)
            && records::store::sees(h, actor.person_id, person, cx.now().date_naive()).await?))
}

/// A page of a course's licences: all for programme officers, those of their own people for administrators of
/// institutions. The look is noted. Four statements.
pub async fn list(
    cx: &Ctx,
    slug: &str,
    state: &str,
    after: &str,
    query: &str,
    language: &str,
) -> Result<LicenceList, AppError> {
    let actor = cx.signed_in()?;
    demand_somewhere(Some(actor), Right::ManagePeople)?;
    let may_decide = may(Some(actor), Right::DecideLicence, Record::default());
    let mut reader = cx.read().await?;
    let course = crate::deliveries::store::course(&mut reader, slug, language).await?.ok_or(AppError::NotFound)?;
    let state: Option<LicenceState> = state.parse().ok();
    let seen = Seen {
        all: may_everywhere(Some(actor), Right::ManagePeople),
        asker: actor.person_id,
        today: cx.now().date_naive(),
    };
    let from = after.split_once('.').and_then(|(id, folded)| Some((folded, id.parse::<LicenceId>().ok()?)));
    let from = from.unwrap_or(("", uuid::Uuid::nil().into()));
    let mut rows = store::list(&mut reader, seen, course.id, state.map_or("", LicenceState::code), from).await?;
    let counts = store::counts(&mut reader, seen, course.id).await?;
    let ruled = store::rule(&mut reader, course.id).await?.is_some();
    let query: String = query.trim().chars().filter(|c| !"%_\\".contains(*c)).take(80).collect();
    let found = if may_decide && !query.is_empty() {
        store::find(&mut reader, course.id, &text::like_pattern(&query)).await?
    } else {
        Vec::new()
    };
    drop(reader);
    let mut tx = cx.begin().await?;
    audit::note(cx, &mut tx, "list", "licences", course.id).await?;
    tx.commit().await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| format!("{}.{}", row.id, row.folded));
    Ok(LicenceList {
        course_title: course.title.unwrap_or_else(|| course.slug.clone()),
        slug: course.slug,
        ruled,
        may_decide,
        counts: LicenceState::ALL
            .iter()
            .map(|state| (*state, counts.iter().find(|(it, _)| it == state).map_or(0, |(_, count)| *count)))
            .collect(),
        state,
        next,
        lines: rows
            .into_iter()
            .map(|row| LicenceLine {
                id: row.id,
                name: row.name,
                state: row.state,
                since: row.since.date_naive(),
                lapses_on: row.lapses_at.map(|at| at.date_naive()),
                noticed: row.noticed_at.is_some(),
                mentor: row.mentor_name,
                active_on: row.active_at.map(|at| at.date_naive()),
                invented: row.invented,
            })
            .collect(),
        query,
        found,
    })
}

/// Whoever may change the rules of a course's licences: who may change the course.
pub(super) async fn ruler(
    cx: &Ctx,
    h: &mut impl Handle,
    slug: &str,
    language: &str,
) -> Result<crate::deliveries::store::CourseRow, AppError> {
    let actor = cx.signed_in()?;
    let course = crate::deliveries::store::course(h, slug, language).await?.ok_or(AppError::NotFound)?;
    let named = catalogue::store::is_author(h, course.id, actor.person_id).await?;
    demand(Some(actor), Right::EditCourse, Record::default().naming(named))?;
    Ok(course)
}

async fn whole_rule(
    h: &mut impl Handle,
    course: crate::common::ids::CourseId,
) -> Result<(WholeRule, i64, String), AppError> {
    let row = store::rule(h, course).await?;
    let routes = store::routes(h, course).await?;
    let of = |kind| routes.iter().filter(|(_, it)| *it == kind).map(|(course, _)| *course).collect();
    let (rule, version, by) =
        row.map_or((Rule::default(), 0, String::new()), |row| (row.rule, row.version, row.updated_by));
    Ok((WholeRule { rule, train: of(RouteKind::Train), refresh: of(RouteKind::Refresh) }, version, by))
}

/// The rules of a course's licences, to change; what is proposed where there are none.
pub async fn rules(cx: &Ctx, slug: &str, language: &str) -> Result<RulesView, AppError> {
    let mut reader = cx.read().await?;
    let course = ruler(cx, &mut reader, slug, language).await?;
    let (whole, version, _) = whole_rule(&mut reader, course.id).await?;
    let courses = catalogue::store::titles(&mut reader, language).await?;
    Ok(RulesView {
        slug: course.slug.clone(),
        course: course.id,
        course_title: course.title.unwrap_or(course.slug),
        version,
        whole,
        courses: courses.into_iter().map(|line| (line.id, line.title)).collect(),
    })
}

/// Saves the rules of a course's licences; whoever they concern is looked at by a job.
pub async fn save_rules(cx: &Ctx, form: &RuleForm) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let version: i64 = form.version.trim().parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let mut tx = cx.begin().await?;
    let course = ruler(cx, &mut tx, &form.slug, "en").await?;
    let titles = catalogue::store::titles(&mut tx, "en").await?;
    let known: Vec<_> = titles.iter().map(|line| line.id).collect();
    let whole = form.check(course.id, &known)?;
    let (stands, stands_at, by) = whole_rule(&mut tx, course.id).await?;
    if version != stands_at || !store::set_rule(&mut tx, course.id, version, &whole, &actor.name, cx.now()).await? {
        let named = |ids: &[crate::common::ids::CourseId]| {
            let names: Vec<&str> =
                titles.iter().filter(|line| ids.contains(&line.id)).map(|line| line.title.as_str()).collect();
            names.join(", ")
        };
        let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
        let mark = |on: bool| if on { "✓" } else { "–" }.to_owned();
        let (ours, theirs) = (&whole.rule, &stands.rule);
        let conflict = Conflict::between(
            &by,
            stands_at,
            &[
                ("assessed", &mark(ours.assessed), mark(theirs.assessed)),
                ("supervised", &mark(ours.supervised), mark(theirs.supervised)),
                ("active_months", &number(ours.active_months), number(theirs.active_months)),
                ("uptake_months", &number(ours.uptake_months), number(theirs.uptake_months)),
                ("notice_days", &ours.notice_days.to_string(), theirs.notice_days.to_string()),
                ("train", &named(&whole.train), named(&stands.train)),
                ("refresh", &named(&whole.refresh), named(&stands.refresh)),
            ],
        );
        return Err(AppError::Conflict(Box::new(conflict)));
    }
    let before = (stands_at > 0).then_some(&stands);
    audit::record(cx, &mut tx, "edit", "licence_rule", course.id, before, Some(&whole)).await?;
    look_at_course(cx, &mut tx, course.id).await?;
    jobs::count_again(cx, &mut tx).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/courses/{}/licences/rules", course.slug), Flash::Saved))
}

/// Puts somebody forward as candidate, with a reason. What they have done already counts at once.
pub async fn add_candidate(cx: &Ctx, form: &CandidateForm) -> Result<Done, AppError> {
    let actor = decider(cx)?;
    let mut tx = cx.begin().await?;
    let course = crate::deliveries::store::course(&mut tx, &form.slug, "en").await?.ok_or(AppError::NotFound)?;
    let mut checks = Checks::default();
    let reason = checks.required("reason", &form.reason, super::model::NOTE_MAX);
    let person: Option<PersonId> = checks.choice("person", &form.person);
    if store::rule(&mut tx, course.id).await?.is_none() {
        // Nothing says what would be asked of them.
        return Err(Refusal::WrongState.into());
    }
    if let Some(person) = person
        && store::name(&mut tx, person).await?.is_none()
    {
        checks.fault("person", FaultKind::Choice);
    }
    checks.finish(())?;
    let Some(person) = person else { return Err(AppError::field("person", FaultKind::Required)) };
    require(person != actor.person_id, AppError::Forbidden)?;
    let by = By { cause: Cause::Decision, delivery: None, reason: &reason };
    let (licence, made) = ensure(cx, &mut tx, person, course.id, by).await?;
    if !made {
        return Err(Refusal::AlreadySent.into());
    }
    let candidate = store::licence(&mut tx, licence, "en").await?.ok_or(AppError::Internal)?;
    letters::tell(cx, &mut tx, &candidate, Word::PutForward(&reason)).await?;
    for delivery in look_store::past_of_person(&mut tx, course.id, person).await? {
        jobs::licences_again(cx, &mut tx, delivery).await?;
    }
    tx.commit().await?;
    Ok(Done::at(path(licence), Flash::Added))
}

fn delivery_of(row: &StoryRow) -> Option<(DeliveryId, String)> {
    row.delivery_id.zip(row.delivery_title.clone())
}

/// Supervised deliveries that nobody has said a word on.
fn to_sign(story: &[StoryRow]) -> Vec<(DeliveryId, String)> {
    let of = |kind: Ground| story.iter().filter(move |row| row.part == "ground" && row.what == kind.code());
    of(Ground::Taught)
        .filter(|row| row.counts(Ground::Taught))
        .filter(|row| !of(Ground::SignedOff).any(|signed| signed.delivery_id == row.delivery_id))
        .filter_map(delivery_of)
        .collect()
}

/// Whether somebody is still on the way to being licensed.
fn under_way(state: LicenceState) -> bool {
    matches!(state, LicenceState::Candidate | LicenceState::Trained | LicenceState::Assessed)
}

/// A licence, for its holder, the mentor, and who sees the holder's record. Four statements at most.
pub async fn view(cx: &Ctx, licence: &str, language: &str) -> Result<LicenceView, AppError> {
    let actor = cx.signed_in()?;
    let mut reader = cx.read().await?;
    let licence = store::licence(&mut reader, id(licence)?, language).await?.ok_or(AppError::NotFound)?;
    let own = licence.person_id == actor.person_id;
    let mentors_it = licence.mentor_id == Some(actor.person_id);
    let may_decide = !own && may(Some(actor), Right::DecideLicence, Record::default());
    // That it exists is nobody else's business.
    let known = own || mentors_it || sees(cx, &mut reader, actor, licence.person_id).await?;
    require(known, AppError::NotFound)?;
    let story = store::story(&mut reader, licence.id).await?;
    let facts = store::facts(&story, licence.major);
    let routes = store::route_titles(&mut reader, licence.course_id, language).await?;
    let waits = facts.newest() > facts.major && matches!(licence.state, LicenceState::Licensed | LicenceState::Lapsed);
    let notes = if own && waits {
        store::release_notes(&mut reader, licence.course_id, facts.newest(), language).await?
    } else {
        None
    };
    let mentors = if may_decide { store::mentors(&mut reader, licence.course_id).await? } else { Vec::new() };
    drop(reader);
    if !own && !mentors_it {
        let mut tx = cx.begin().await?;
        audit::note(cx, &mut tx, "view", "licence", licence.id).await?;
        tx.commit().await?;
    }
    Ok(shown(cx, licence, &story, &facts, Looks { own, mentors_it, may_decide }, routes, notes, mentors))
}

#[derive(Clone, Copy)]
struct Looks {
    own: bool,
    mentors_it: bool,
    may_decide: bool,
}

#[expect(clippy::too_many_arguments, reason = "the pieces of one page, read by its only caller")]
fn shown(
    cx: &Ctx,
    licence: Licence,
    story: &[StoryRow],
    facts: &Facts,
    looks: Looks,
    routes: Vec<(RouteKind, String, String)>,
    notes: Option<(String, i64, String)>,
    mentors: Vec<(PersonId, String)>,
) -> LicenceView {
    let rule = licence.rule();
    let held = licence.state == LicenceState::Licensed;
    let tended = tend(&rule, facts, licence.noticed_at, cx.now());
    let to_take_up =
        facts.to_take_up().filter(|_| held || licence.state == LicenceState::Lapsed).map(|first| ToTakeUp {
            major: facts.newest(),
            released_on: first.at.date_naive(),
            until: rule.uptake_until(facts).map(|at| at.date_naive()),
            notes: notes.map(|(language, _, text)| (language, text)).filter(|(_, text)| !text.is_empty()),
        });
    let newest_first = |part: &'static str| story.iter().rev().filter(move |row| row.part == part);
    LicenceView {
        missing: if under_way(licence.state) || licence.state == LicenceState::Withdrawn {
            rule.missing(facts)
        } else {
            Vec::new()
        },
        lapses_on: tended.lapses_at.filter(|_| held).map(|at| at.date_naive()),
        why: tended.why.filter(|_| held || licence.state == LicenceState::Lapsed),
        noticed_on: licence.noticed_at.filter(|_| held).map(|at| at.date_naive()),
        active_on: facts.active_at.map(|at| at.date_naive()),
        active_until: rule.active_until(facts).map(|at| at.date_naive()),
        major: facts.major,
        to_take_up,
        steps: newest_first("step")
            .filter_map(|row| {
                Some(StepLine {
                    on: row.at.date_naive(),
                    to: row.what.parse().ok()?,
                    cause: row.cause.parse().ok()?,
                    delivery: delivery_of(row),
                    by: row.by_name.clone(),
                    reason: row.note.clone(),
                })
            })
            .collect(),
        grounds: newest_first("ground")
            .filter_map(|row| {
                Some(GroundLine {
                    on: row.at.date_naive(),
                    dated: row.dated,
                    ended_on: row.ended_at.map(|at| at.date_naive()),
                    kind: row.what.parse().ok()?,
                    met: row.met,
                    delivery: delivery_of(row),
                    major: row.major,
                    by: row.by_name.clone(),
                    note: row.note.clone(),
                })
            })
            .collect(),
        assessments: newest_first("assessment")
            .filter_map(|row| {
                Some(AssessmentLine {
                    id: row.id?.into(),
                    on: row.at.date_naive(),
                    passed: match row.what.as_str() {
                        "open" => None,
                        outcome => Some(outcome == "passed"),
                    },
                    delivery: delivery_of(row),
                    part: row.note.clone(),
                })
            })
            .collect(),
        to_sign: if looks.mentors_it && under_way(licence.state) { to_sign(story) } else { Vec::new() },
        own: looks.own,
        may_decide: looks.may_decide,
        may_list: may_somewhere(cx.actor.as_ref(), Right::ManagePeople),
        routes,
        mentors: mentors.into_iter().filter(|(person, _)| *person != licence.person_id).collect(),
        rule,
        since: licence.since.date_naive(),
        id: licence.id,
        version: licence.version,
        name: licence.name,
        course_slug: licence.course_slug,
        course_title: licence.course_title,
        state: licence.state,
        mentor: licence.mentor_name,
        mentor_id: licence.mentor_id,
        invented: licence.invented,
        no_address: licence.email.is_empty(),
        untrained_on: story
            .iter()
            .filter(|row| !facts.trained && row.part == "ground" && row.what == Ground::Trained.code())
            .filter_map(|row| row.ended_at)
            .max()
            .map(|at| at.date_naive()),
        // Who runs deliveries sees every trainer's page; others those that are public, and their own.
        trainer: (looks.own || licence.public || may_somewhere(cx.actor.as_ref(), Right::ManageDelivery))
            .then_some(licence.person_id),
    }
}

/// Decides about a licence, with a reason.
pub async fn decide(cx: &Ctx, form: &DecisionForm) -> Result<Done, AppError> {
    let actor = decider(cx)?;
    let version: i64 = form.version.trim().parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let mut tx = cx.begin().await?;
    let mut held = hold(cx, &mut tx, id(&form.licence)?).await?;
    // Nobody decides about oneself.
    require(held.licence.person_id != actor.person_id, AppError::Forbidden)?;
    if held.licence.version != version {
        let stands = [("act", "", held.licence.state.code().to_owned())];
        let conflict = Conflict::between(&held.licence.updated_by, held.licence.version, &stands);
        return Err(AppError::Conflict(Box::new(conflict)));
    }
    let (act, reason) = form.check(held.licence.state)?;
    let by = By { cause: Cause::Decision, delivery: None, reason: &reason };
    match act {
        Act::Withdraw => held.go(cx, &mut tx, LicenceState::Withdrawn, by).await?,
        Act::Reopen => {
            let to = reopened(&held.rule, &held.facts);
            held.go(cx, &mut tx, to, by).await?;
        }
        Act::Renew => held.go(cx, &mut tx, LicenceState::Licensed, by).await?,
        Act::CountTraining | Act::CountAssessment | Act::CountSignOff => {
            let kind = match act {
                Act::CountTraining => Ground::Trained,
                Act::CountAssessment => Ground::Assessed,
                _ => Ground::SignedOff,
            };
            let new = NewGround {
                kind,
                at: cx.now(),
                dated: true,
                met: true,
                delivery: None,
                major: None,
                by: Some(actor.person_id),
                by_name: &actor.name,
                note: &reason,
            };
            ground(cx, &mut tx, &mut held, &new).await?;
        }
    }
    held.settle(cx, &mut tx, by).await?;
    tx.commit().await?;
    Ok(Done::at(path(held.licence.id), Flash::Decided))
}

/// Names the mentor, or nobody.
pub async fn set_mentor(cx: &Ctx, form: &MentorForm) -> Result<Done, AppError> {
    let actor = decider(cx)?;
    let mut tx = cx.begin().await?;
    let held = hold(cx, &mut tx, id(&form.licence)?).await?;
    let licence = &held.licence;
    require(licence.person_id != actor.person_id, AppError::Forbidden)?;
    let mentor = form.check(licence.person_id)?;
    if let Some(person) = mentor
        && !store::may_mentor(&mut tx, licence.course_id, person).await?
    {
        return Err(AppError::field("person", FaultKind::Choice));
    }
    if mentor != licence.mentor_id {
        store::set_mentor(&mut tx, licence.id, mentor, &actor.name, cx.now()).await?;
        audit::record(cx, &mut tx, "mentor", "licence", licence.id, Some(&licence.mentor_id), Some(&mentor)).await?;
        if mentor.is_some() {
            // Read again, for who the mentor is now.
            let licence = store::licence(&mut tx, licence.id, "en").await?.ok_or(AppError::Internal)?;
            letters::tell(cx, &mut tx, &licence, Word::Mentor).await?;
        }
    }
    tx.commit().await?;
    Ok(Done::at(path(licence.id), Flash::Saved))
}

/// The mentor's word on a supervised delivery.
pub async fn sign_off(cx: &Ctx, form: &SignOffForm) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let mut tx = cx.begin().await?;
    let mut held = hold(cx, &mut tx, id(&form.licence)?).await?;
    // That it exists is nobody else's business.
    let known = may_everywhere(Some(actor), Right::DecideLicence);
    let otherwise = if known { AppError::Forbidden } else { AppError::NotFound };
    require(held.licence.mentor_id == Some(actor.person_id), otherwise)?;
    if !under_way(held.licence.state) {
        return Err(Refusal::WrongState.into());
    }
    let waiting: Vec<DeliveryId> =
        to_sign(&store::story(&mut tx, held.licence.id).await?).into_iter().map(|(delivery, _)| delivery).collect();
    let (delivery, passed, note) = form.check(&waiting)?;
    let new = NewGround {
        kind: Ground::SignedOff,
        at: cx.now(),
        dated: true,
        met: passed,
        delivery: Some(delivery),
        major: None,
        by: Some(actor.person_id),
        by_name: &actor.name,
        note: &note,
    };
    ground(cx, &mut tx, &mut held, &new).await?;
    audit::record(cx, &mut tx, "sign_off", "licence", held.licence.id, None, Some(form)).await?;
    if !passed {
        letters::tell(cx, &mut tx, &held.licence, Word::Again(&note)).await?;
    }
    held.settle(cx, &mut tx, By::of(Cause::SignOff, Some(delivery))).await?;
    tx.commit().await?;
    Ok(Done::at(path(held.licence.id), Flash::SentIn))
}

/// The holder has studied what is new in a major version.
pub async fn take_up(cx: &Ctx, licence: &str, major: &str, studied: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let mut tx = cx.begin().await?;
    let mut held = hold(cx, &mut tx, id(licence)?).await?;
    require(held.licence.person_id == actor.person_id, AppError::NotFound)?;
    if !matches!(held.licence.state, LicenceState::Licensed | LicenceState::Lapsed) {
        return Err(Refusal::WrongState.into());
    }
    let major: i64 = major.trim().parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    if studied != "true" {
        return Err(AppError::field("studied", FaultKind::Required));
    }
    if !held.facts.releases.iter().any(|release| release.major == major) || major <= held.facts.major {
        return Err(Refusal::AlreadySent.into());
    }
    let new = NewGround {
        kind: Ground::TakenUp,
        at: cx.now(),
        dated: true,
        met: true,
        delivery: None,
        major: Some(major),
        by: Some(actor.person_id),
        by_name: &actor.name,
        note: "",
    };
    ground(cx, &mut tx, &mut held, &new).await?;
    audit::record(cx, &mut tx, "take_up", "licence", held.licence.id, None, Some(&major)).await?;
    held.settle(cx, &mut tx, By::of(Cause::Mended, None)).await?;
    tx.commit().await?;
    Ok(Done::at(path(held.licence.id), Flash::Saved))
}

/// One's own licences, those one is the mentor of, and assessments to score. Two statements.
pub async fn mine(cx: &Ctx, language: &str) -> Result<MyLicences, AppError> {
    let actor = cx.signed_in()?;
    let mut reader = cx.read().await?;
    let rows = store::mine(&mut reader, actor.person_id, language).await?;
    let to_score = assessments::to_score(&mut reader, actor.person_id, language).await?;
    let (own, mentored): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.own);
    let line = |row: store::MineRow| MyLicence {
        id: row.id,
        name: row.name,
        course_title: row.course_title,
        state: row.state,
        since: row.since.date_naive(),
        lapses_on: row.lapses_at.filter(|_| row.state == LicenceState::Licensed).map(|at| at.date_naive()),
        noticed: row.noticed_at.is_some(),
    };
    Ok(MyLicences {
        own: own.into_iter().map(line).collect(),
        mentored: mentored.into_iter().map(line).collect(),
        to_score,
    })
}

/// Counts what somebody decided about an assessment.
pub(super) async fn assessed(
    cx: &Ctx,
    tx: &mut Tx,
    licence: LicenceId,
    passed: bool,
    delivery: Option<DeliveryId>,
    reason: &str,
) -> Result<(), AppError> {
    let actor = decider(cx)?;
    let mut held = hold(cx, tx, licence).await?;
    let new = NewGround {
        kind: Ground::Assessed,
        at: cx.now(),
        dated: true,
        met: passed,
        delivery,
        major: None,
        by: Some(actor.person_id),
        by_name: &actor.name,
        note: reason,
    };
    ground(cx, tx, &mut held, &new).await?;
    letters::tell(cx, tx, &held.licence, Word::Decided).await?;
    held.settle(cx, tx, By::of(Cause::Assessment, delivery)).await
}
