//! Assessments: rubrics, who scores, what is seen, what is decided.

use super::{
    api::{AssessmentView, Decided, OpenView, RubricView, Sheet},
    model::{
        AssessorForm, AssessorKind, Criterion, Looker, OpenForm, Outcome, OutcomeForm, Rubric, RubricForm, ScoreForm,
        Sight, mean_of, proposed, sight, sum,
    },
    store::{self, Assessment, AssessorRow, NewAssessment, SheetRow},
};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::{Conflict, Done, FaultKind, Flash},
        ids::{AssessmentId, LicenceId, PersonId},
    },
    i18n,
    people::rights::{Record, Right, may, require},
    platform::{
        audit,
        context::Ctx,
        db::Tx,
        mail::{self, Letter},
    },
    tr,
    trainers::{
        model::LicenceState,
        service::{assessed, decider, id, ruler},
        store as licences,
    },
};
use uuid::Uuid;

fn path(id: AssessmentId) -> String {
    format!("/assessments/{id}")
}

/// Whether somebody can be assessed on the way to this licence.
fn assessable(state: LicenceState) -> bool {
    matches!(state, LicenceState::Candidate | LicenceState::Trained)
}

/// The rubric of a course, to change; where there is none, what is proposed.
pub async fn rubric(cx: &Ctx, slug: &str, language: &str) -> Result<RubricView, AppError> {
    let mut reader = cx.read().await?;
    let course = ruler(cx, &mut reader, slug, language).await?;
    let stands = store::latest(&mut reader, course.id).await?;
    let locale = i18n::locale_of(language).unwrap_or_default();
    let propose = || {
        i18n::speaking(locale, || {
            proposed([
                tr!(assessments.proposed.law),
                tr!(assessments.proposed.clear),
                tr!(assessments.proposed.practice),
                tr!(assessments.proposed.group),
                tr!(assessments.proposed.time),
            ])
        })
    };
    let (number, rubric) = stands.map_or_else(|| (0, propose()), |(_, number, rubric)| (number, rubric));
    Ok(RubricView { slug: course.slug.clone(), course_title: course.title.unwrap_or(course.slug), number, rubric })
}

/// Makes a new rubric of a course. What was assessed keeps the one it was made with.
pub async fn save_rubric(cx: &Ctx, form: &RubricForm) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let read: i64 = form.version.trim().parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let mut tx = cx.begin().await?;
    let course = ruler(cx, &mut tx, &form.slug, "en").await?;
    let rubric = form.check()?;
    let stands = store::latest(&mut tx, course.id).await?;
    let number = stands.as_ref().map_or(0, |(_, number, _)| *number);
    let ids: Vec<Uuid> = rubric.criteria.iter().map(|_| cx.app.id()).collect();
    if read != number
        || !store::add_rubric(&mut tx, (cx.app.id(), &ids), (course.id, number + 1), &rubric, &actor.name, cx.now())
            .await?
    {
        let titles = |rubric: &Rubric| {
            rubric.criteria.iter().map(|criterion| criterion.title.as_str()).collect::<Vec<_>>().join(", ")
        };
        let theirs = stands.map(|(_, _, rubric)| titles(&rubric)).unwrap_or_default();
        let conflict = Conflict::between("", number, &[("title_1", &titles(&rubric), theirs)]);
        return Err(AppError::Conflict(Box::new(conflict)));
    }
    audit::record(cx, &mut tx, "edit", "rubric", course.id, None, Some(&rubric)).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/courses/{}/licences/rubric", course.slug), Flash::Saved))
}

/// What is needed to open an assessment.
pub async fn to_open(cx: &Ctx, licence: &str, language: &str) -> Result<OpenView, AppError> {
    decider(cx)?;
    let mut reader = cx.read().await?;
    let licence = licences::licence(&mut reader, id(licence)?, language).await?.ok_or(AppError::NotFound)?;
    let rubric = store::latest(&mut reader, licence.course_id).await?.map_or(0, |(_, number, _)| number);
    let deliveries = store::deliveries(&mut reader, licence.person_id).await?;
    Ok(OpenView {
        id: cx.app.id(),
        licence: licence.id,
        name: licence.name,
        course_slug: licence.course_slug,
        course_title: licence.course_title,
        rubric,
        deliveries,
    })
}

/// Opens an assessment of a candidate.
pub async fn open(cx: &Ctx, form: &OpenForm) -> Result<Done, AppError> {
    let actor = decider(cx)?;
    let new: AssessmentId = form.id.trim().parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let mut tx = cx.begin().await?;
    let licence: LicenceId = id(&form.licence)?;
    if !licences::hold(&mut tx, licence, cx.now()).await? {
        return Err(AppError::NotFound);
    }
    let licence = licences::licence(&mut tx, licence, "en").await?.ok_or(AppError::NotFound)?;
    require(licence.person_id != actor.person_id, AppError::Forbidden)?;
    let Some((rubric, ..)) = store::latest(&mut tx, licence.course_id).await? else {
        return Err(Refusal::NoRubric.into());
    };
    if !assessable(licence.state) {
        return Err(Refusal::WrongState.into());
    }
    let (delivery, part, held_on) = form.check()?;
    if let Some(delivery) = delivery
        && !store::took_part(&mut tx, licence.person_id, delivery).await?
    {
        return Err(AppError::field("delivery", FaultKind::Choice));
    }
    let it = NewAssessment { id: new, licence: licence.id, rubric, delivery, part: &part, held_on, invented: false };
    match store::add(&mut tx, &it, &actor.name, cx.now()).await {
        // Sent twice, or another one is open.
        Err(error) if error.is_unique_violation() => return Err(Refusal::AlreadySent.into()),
        other => other?,
    }
    audit::record(cx, &mut tx, "open", "assessment", new, None, Some(form)).await?;
    tx.commit().await?;
    Ok(Done::at(path(new), Flash::Created))
}

/// The criteria of an assessment with their ids.
fn criteria(rows: &[SheetRow]) -> Vec<(Uuid, Criterion)> {
    let mut found: Vec<(Uuid, Criterion)> = Vec::new();
    for row in rows {
        if found.last().is_none_or(|(id, _)| *id != row.id) {
            let criterion = Criterion { title: row.title.clone(), weight: row.weight, levels: row.levels.clone() };
            found.push((row.id, criterion));
        }
    }
    found
}

fn sheet(rubric: &Rubric, ids: &[Uuid], rows: &[SheetRow], who: &AssessorRow, named: bool) -> Sheet {
    let lines: Vec<(Option<i64>, String)> = ids
        .iter()
        .map(|criterion| {
            rows.iter()
                .find(|row| row.id == *criterion && row.person_id == Some(who.person_id))
                .map(|row| (row.score, row.note.clone().unwrap_or_default()))
                .unwrap_or_default()
        })
        .collect();
    let scores: Vec<Option<i64>> = lines.iter().map(|(score, _)| *score).collect();
    Sheet {
        name: named.then(|| who.name.clone()),
        kind: who.kind,
        sent: who.sent_at.is_some(),
        mean: mean_of(rubric, &scores),
        lines,
        remark: who.remark.clone(),
    }
}

/// An assessment as who looks may see it. Four statements at most.
pub async fn view(cx: &Ctx, assessment: &str, language: &str) -> Result<AssessmentView, AppError> {
    let actor = cx.signed_in()?;
    let mut reader = cx.read().await?;
    let it = store::assessment(&mut reader, id(assessment)?, language).await?.ok_or(AppError::NotFound)?;
    let assessors = store::assessors(&mut reader, it.id).await?;
    let me = assessors.iter().find(|row| row.person_id == actor.person_id);
    let looker = Looker {
        candidate: it.person_id == actor.person_id,
        assesses: me.is_some(),
        sent: me.is_some_and(|row| row.sent_at.is_some()),
        decides: may(Some(actor), Right::DecideLicence, Record::default()),
    };
    // That it exists is nobody else's business.
    require(looker.candidate || looker.assesses || looker.decides, AppError::NotFound)?;
    let rows = store::sheets(&mut reader, it.id).await?;
    let may_decide = looker.decides && !looker.candidate;
    let possible = if may_decide && it.outcome.is_none() {
        store::possible(&mut reader, it.course_id, it.person_id).await?
    } else {
        Vec::new()
    };
    let (ids, criteria): (Vec<Uuid>, Vec<Criterion>) = criteria(&rows).into_iter().unzip();
    let rubric = Rubric { scale: it.scale, pass_mark: it.pass_mark, spread: it.spread, criteria };
    let seen = sight(looker, it.outcome.is_some(), it.released);
    let sheets: Vec<Sheet> = match seen {
        Sight::Nothing => Vec::new(),
        Sight::Nameless | Sight::All => assessors
            .iter()
            .filter(|row| row.sent_at.is_some())
            .map(|row| sheet(&rubric, &ids, &rows, row, seen == Sight::All))
            .collect(),
    };
    let scores: Vec<Vec<Option<i64>>> =
        sheets.iter().map(|sheet| sheet.lines.iter().map(|(score, _)| *score).collect()).collect();
    let hidden = me.is_some() && seen == Sight::Nothing;
    Ok(AssessmentView {
        decided: decided(&it),
        mine: me.map(|row| sheet(&rubric, &ids, &rows, row, true)),
        sum: (!sheets.is_empty()).then(|| sum(&rubric, &scores)),
        sheets,
        // Who still scores is not told how far others are.
        waiting: if may_decide && !hidden {
            assessors
                .iter()
                .filter(|row| row.sent_at.is_none())
                .map(|row| (row.person_id, row.name.clone(), row.kind))
                .collect()
        } else {
            Vec::new()
        },
        possible: possible
            .into_iter()
            .filter(|(person, _)| assessors.iter().all(|row| row.person_id != *person))
            .collect(),
        criteria: rubric.criteria,
        may_decide,
        own: looker.candidate,
        id: it.id,
        licence: it.licence_id,
        name: it.name,
        course_slug: it.course_slug,
        course_title: it.course_title,
        number: it.number,
        scale: it.scale,
        pass_mark: it.pass_mark,
        spread: it.spread,
        delivery: it.delivery_id.zip(it.delivery_title),
        part: it.part,
        held_on: it.held_on,
        invented: it.invented,
    })
}

fn decided(it: &Assessment) -> Option<Decided> {
    it.outcome.zip(it.decided_at).map(|(outcome, at)| Decided {
        outcome,
        reason: it.reason.clone(),
        by: it.decided_by_name.clone(),
        on: at.date_naive(),
        released: it.released,
    })
}

/// An open assessment, held until the commit.
async fn open_one(tx: &mut Tx, assessment: &str) -> Result<Assessment, AppError> {
    let assessment: AssessmentId = id(assessment)?;
    if !store::hold(tx, assessment).await? {
        return Err(AppError::NotFound);
    }
    store::assessment(tx, assessment, "en").await?.ok_or(AppError::NotFound)
}

/// Adds an assessor, who is told by mail, or takes one off who has not sent anything.
pub async fn change_assessor(cx: &Ctx, form: &AssessorForm) -> Result<Done, AppError> {
    let actor = decider(cx)?;
    let mut tx = cx.begin().await?;
    let it = open_one(&mut tx, &form.assessment).await?;
    require(it.person_id != actor.person_id, AppError::Forbidden)?;
    if it.outcome.is_some() {
        return Err(Refusal::WrongState.into());
    }
    let flash = match form.act.as_str() {
        "add" => {
            let (person, kind) = form.check()?;
            if !store::may_assess(&mut tx, (it.course_id, it.person_id), person).await? {
                return Err(AppError::field("person", FaultKind::Choice));
            }
            if !store::add_assessor(&mut tx, it.id, person, kind).await? {
                return Err(Refusal::AlreadySent.into());
            }
            ask(cx, &mut tx, &it, person, kind).await?;
            Flash::Added
        }
        "remove" => {
            if !store::remove_assessor(&mut tx, it.id, id(&form.person)?).await? {
                return Err(Refusal::WrongState.into());
            }
            Flash::Removed
        }
        _ => return Err(AppError::field("", FaultKind::Malformed)),
    };
    audit::record(cx, &mut tx, "assessor", "assessment", it.id, None, Some(form)).await?;
    tx.commit().await?;
    Ok(Done::at(path(it.id), flash))
}

/// Asks an assessor, in their language.
async fn ask(cx: &Ctx, tx: &mut Tx, it: &Assessment, person: PersonId, kind: AssessorKind) -> Result<(), AppError> {
    let Some((name, to, language)) = store::letter_to(tx, person).await? else { return Ok(()) };
    let locale = language.as_deref().and_then(i18n::locale_of).unwrap_or_default();
    let titles = crate::completion::store::course_titles(tx, it.course_id).await?;
    let course = titles
        .iter()
        .find(|(language, ..)| language == i18n::code(locale))
        .map_or(&it.course_title, |(_, title, _)| title)
        .clone();
    let link = cx.app.settings.link(&path(it.id));
    let letter = i18n::speaking(locale, || {
        let text = match kind {
            AssessorKind::Peer => tr!(assessments.mail.peer, name = it.name.as_str(), course = course.as_str()),
            AssessorKind::Expert => tr!(assessments.mail.expert, name = it.name.as_str(), course = course.as_str()),
        };
        let greeting = tr!(licences.mail.greeting, name = name.as_str());
        let subject = tr!(assessments.mail.subject, name = it.name.as_str());
        Letter { name: name.clone(), to: to.clone(), subject, body: format!("{greeting}\n\n{text}\n\n{link}\n") }
    });
    Ok(mail::send(cx, tx, &letter).await?)
}

/// Keeps one's scores, or sends them: then they stand.
pub async fn score(cx: &Ctx, form: &ScoreForm) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let mut tx = cx.begin().await?;
    let it = open_one(&mut tx, &form.assessment).await?;
    let assessors = store::assessors(&mut tx, it.id).await?;
    let me = assessors.iter().find(|row| row.person_id == actor.person_id).ok_or(AppError::NotFound)?;
    if it.outcome.is_some() || me.sent_at.is_some() {
        return Err(Refusal::AlreadySent.into());
    }
    let ids: Vec<Uuid> = criteria(&store::sheets(&mut tx, it.id).await?).into_iter().map(|(id, _)| id).collect();
    let scores = form.check(it.scale, ids.len())?;
    for (criterion, (score, note)) in ids.iter().zip(&scores.lines) {
        store::set_score(&mut tx, it.id, actor.person_id, *criterion, (*score, note)).await?;
    }
    let sent_at = scores.send.then(|| cx.now());
    if !store::set_assessor(&mut tx, it.id, actor.person_id, &scores.remark, sent_at).await? {
        return Err(Refusal::AlreadySent.into());
    }
    if scores.send {
        audit::record(cx, &mut tx, "score", "assessment", it.id, None, Some(form)).await?;
    }
    tx.commit().await?;
    Ok(Done::at(path(it.id), if scores.send { Flash::SentIn } else { Flash::Saved }))
}

/// Decides an assessment, with reasons. Passed, the licence goes on; not passed, another one can be opened.
pub async fn decide(cx: &Ctx, form: &OutcomeForm) -> Result<Done, AppError> {
    let actor = decider(cx)?;
    let mut tx = cx.begin().await?;
    let it = open_one(&mut tx, &form.assessment).await?;
    let assessors = store::assessors(&mut tx, it.id).await?;
    // Nobody decides about oneself, nor before having sent what one was asked for.
    let owes = assessors.iter().any(|row| row.person_id == actor.person_id && row.sent_at.is_none());
    require(it.person_id != actor.person_id && !owes, AppError::Forbidden)?;
    if assessors.iter().all(|row| row.sent_at.is_none()) {
        return Err(Refusal::NothingScored.into());
    }
    let (outcome, reason, released) = form.check()?;
    let by = (actor.person_id, actor.name.as_str());
    if !store::decide(&mut tx, it.id, (outcome, &reason, released), by, cx.now()).await? {
        return Err(Refusal::AlreadySent.into());
    }
    audit::record(cx, &mut tx, "decide", "assessment", it.id, None, Some(form)).await?;
    assessed(cx, &mut tx, it.licence_id, outcome == Outcome::Passed, it.delivery_id, &reason).await?;
    tx.commit().await?;
    Ok(Done::at(path(it.id), Flash::Decided))
}
