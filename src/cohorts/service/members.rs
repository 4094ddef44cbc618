//! Who is proposed, selected, waits, is refused and leaves; and who mentors whom.

use super::{CohortHead, Parts, leaving, looks, managed, manages, path, proposes, sees};
use crate::{
    cohorts::{
        api::{MemberStep, MemberView, MembersView},
        letters::{self, Occasion},
        member_store::{self, ChangeRow, MemberChange, OneMember},
        model::{
            DecisionForm, MemberState,
            places::{self, Origin},
        },
        store,
    },
    common::{
        actor::Actor,
        error::{AppError, Refusal},
        forms::{Done, FaultKind, Flash},
        ids::{CohortId, InstitutionId, MemberId, PersonId},
    },
    deliveries::service::id,
    enrolment::{
        api::FoundPerson,
        model::{MANY, NewPersonForm},
        service::known_account,
    },
    institutions::{self, model::KOSOVO},
    people::{
        model::Profession,
        records::{model::Post, store as records},
        rights::{Record, Right, demand, may, may_everywhere, require},
        store::{NewPerson, add_person},
    },
    platform::{
        audit,
        context::Ctx,
        db::{DbError, Tx},
        jobs, text,
    },
};

fn members_path(id: CohortId) -> String {
    format!("{}/members", path(id))
}

fn everybody(actor: &Actor) -> bool {
    may_everywhere(Some(actor), Right::ManagePeople)
}

/// Members and proposals as far as who looks may see them, and persons found by name. The look is noted.
pub async fn all(cx: &Ctx, cohort: &str, query: &str, language: &str) -> Result<MembersView, AppError> {
    let actor = cx.signed_in()?;
    let mut reader = cx.read().await?;
    let head = store::head(&mut reader, id(cohort)?, language, actor.person_id).await?.ok_or(AppError::NotFound)?;
    let may_manage = manages(actor, &head);
    demand(Some(actor), Right::ProposeMembers, Record::default())?;
    let may_propose = proposes(actor, &head);
    let today = cx.now().date_naive();
    let rows = member_store::members(&mut reader, head.id, language, today).await?;
    looks(actor, &head, &rows)?;
    let parts = store::parts(&mut reader, head.id, language, today).await?;
    let parts = Parts::of(parts, &rows, head.capacity);
    let lines = super::lines(actor, &rows, &[], Vec::new(), today);
    let folded: String = text::fold(query).chars().filter(|c| !"%_\\".contains(*c)).take(80).collect();
    let found = if may_propose && folded.trim().chars().count() >= 2 {
        let pattern = format!("%{}%", folded.trim());
        member_store::find(&mut reader, head.id, &pattern, today, (everybody(actor), actor.person_id)).await?
    } else {
        Vec::new()
    };
    let posts_at = institutions::store::lines(&mut reader)
        .await?
        .into_iter()
        .filter(|line| may(Some(actor), Right::ManagePeople, Record::of(Some(line.id))))
        .map(|line| (line.id, line.name))
        .collect();
    drop(reader);
    let mut tx = cx.begin().await?;
    audit::note(cx, &mut tx, "view_members", "cohort", head.id).await?;
    tx.commit().await?;
    Ok(MembersView {
        may_manage,
        may_propose,
        footnote: rows.iter().any(|row| row.area_code.as_deref() == Some(KOSOVO)),
        members: rows
            .iter()
            .zip(lines)
            .filter(|(row, _)| may_manage || sees(actor, row))
            .map(|(_, line)| line)
            .collect(),
        quotas: parts.quotas,
        unreserved: parts.unreserved,
        query: query.chars().take(80).collect(),
        found: found
            .into_iter()
            .map(|row| FoundPerson { id: row.id, name: row.name, profession: row.profession, workplace: row.workplace })
            .collect(),
        new_person: cx.app.id(),
        posts_at,
        postless: everybody(actor),
        head,
    })
}

/// The cohort, held until the commit, for whoever may propose people now.
async fn proposing(cx: &Ctx, tx: &mut Tx, cohort: CohortId) -> Result<CohortHead, AppError> {
    let actor = cx.signed_in()?;
    store::touch(tx, cohort, &actor.name, cx.now()).await?;
    let head = store::head(tx, cohort, "en", actor.person_id).await?.ok_or(AppError::NotFound)?;
    demand(Some(actor), Right::ProposeMembers, Record::default())?;
    if proposes(actor, &head) { Ok(head) } else { Err(Refusal::WrongState.into()) }
}

/// Proposes persons that were found: anybody by officers, one's own people by an institution.
pub async fn propose(cx: &Ctx, cohort: &str, people: &[String]) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let cohort: CohortId = id(cohort)?;
    let mut chosen: Vec<PersonId> = Vec::new();
    for person in people.iter().filter(|person| !person.trim().is_empty()) {
        let person = person.trim().parse().map_err(|_| AppError::field("people", FaultKind::Choice))?;
        if !chosen.contains(&person) {
            chosen.push(person);
        }
    }
    let mut tx = cx.begin().await?;
    proposing(cx, &mut tx, cohort).await?;
    if chosen.is_empty() {
        return Err(AppError::field("people", FaultKind::Required));
    }
    if chosen.len() > MANY {
        return Err(AppError::field("people", FaultKind::Number { min: 1, max: MANY as i64 }));
    }
    let today = cx.now().date_naive();
    for person in &chosen {
        if !everybody(actor) && !records::sees(&mut tx, actor.person_id, *person, today).await? {
            return Err(AppError::field("people", FaultKind::Choice));
        }
        put_forward(cx, &mut tx, cohort, *person).await?;
    }
    audit::record(cx, &mut tx, "propose", "cohort", cohort, None, Some(&chosen)).await?;
    jobs::count_again(cx, &mut tx).await?;
    tx.commit().await?;
    Ok(Done::at(members_path(cohort), Flash::Added))
}

/// Proposes a new person, or, where name and address are those of an account, its person. An
/// institution's administrator puts the person's post at an institution of their own.
pub async fn propose_new(cx: &Ctx, institution: &str, form: &NewPersonForm) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let cohort: CohortId = id(&form.delivery)?;
    let person: PersonId = id(&form.id)?;
    let mut tx = cx.begin().await?;
    proposing(cx, &mut tx, cohort).await?;
    let newcomer = form.check()?;
    let at: Option<InstitutionId> = institution.trim().parse().ok();
    if !may(Some(actor), Right::ManagePeople, Record::of(at)) {
        return Err(AppError::field("institution", FaultKind::Choice));
    }
    let person = match known_account(&mut tx, &newcomer).await? {
        Some(known) => {
            let today = cx.now().date_naive();
            if !everybody(actor) && !records::sees(&mut tx, actor.person_id, known, today).await? {
                return Err(AppError::field("email", FaultKind::Taken));
            }
            known
        }
        None => {
            let there = match at {
                Some(at) => institutions::store::by_id(&mut tx, at).await?,
                None => None,
            };
            let area = there.as_ref().map(|it| it.area_code.clone());
            let new = NewPerson {
                id: person,
                given_name: &newcomer.given_name,
                family_name: &newcomer.family_name,
                folded: &text::fold(&format!("{} {}", newcomer.given_name, newcomer.family_name)),
                sex: None,
                area_code: area.as_deref(),
                email: &newcomer.email,
                invented: false,
            };
            add_person(&mut tx, &new, cx.now()).await.map_err(sent_before)?;
            let post = post(cx, person, newcomer.profession, there.map(|it| it.id), &newcomer.workplace);
            records::add_post(&mut tx, &post).await?;
            audit::note(cx, &mut tx, "create", "person", person).await?;
            person
        }
    };
    put_forward(cx, &mut tx, cohort, person).await?;
    audit::record(cx, &mut tx, "propose", "cohort", cohort, None, Some(&[person])).await?;
    jobs::count_again(cx, &mut tx).await?;
    tx.commit().await?;
    Ok(Done::at(members_path(cohort), Flash::Added))
}

fn post(cx: &Ctx, person: PersonId, profession: Profession, at: Option<InstitutionId>, workplace: &str) -> Post {
    Post {
        id: cx.app.id(),
        person_id: person,
        profession,
        institution_id: at,
        workplace: workplace.to_owned(),
        starts_on: None,
        ends_on: None,
    }
}

fn sent_before(error: DbError) -> AppError {
    if error.is_unique_violation() { Refusal::AlreadySent.into() } else { error.into() }
}

/// Makes somebody a proposed member, or one again who was refused or left. Who stands there keeps standing.
async fn put_forward(cx: &Ctx, tx: &mut Tx, cohort: CohortId, person: PersonId) -> Result<(), AppError> {
    let actor = cx.signed_in()?;
    let now = cx.now();
    let (institution, area) = member_store::origin(tx, person, now.date_naive())
        .await?
        .ok_or_else(|| AppError::field("people", FaultKind::Choice))?;
    match member_store::member_of(tx, cohort, person).await? {
        None => {
            let member: MemberId = cx.app.id();
            let counted = (institution, area.as_deref());
            member_store::add_member(tx, member, (cohort, person), counted, &actor.name, now).await?;
            history(cx, tx, member, None, MemberState::Proposed, "").await
        }
        Some((member, from)) if from.may_become(MemberState::Proposed) => {
            let change = MemberChange {
                id: member,
                from,
                to: MemberState::Proposed,
                institution,
                area: area.as_deref(),
                reason: "",
                by: &actor.name,
            };
            if !member_store::set_member(tx, &change, now).await? {
                return Err(Refusal::WrongState.into());
            }
            history(cx, tx, member, Some(from), MemberState::Proposed, "").await
        }
        Some(_) => Err(Refusal::AlreadySent.into()),
    }
}

async fn history(
    cx: &Ctx,
    tx: &mut Tx,
    member: MemberId,
    from: Option<MemberState>,
    to: MemberState,
    reason: &str,
) -> Result<(), AppError> {
    let line = ChangeRow {
        at: cx.now(),
        from_state: from,
        to_state: to,
        changed_by_name: cx.actor.as_ref().map(|actor| actor.name.clone()).unwrap_or_default(),
        reason: reason.to_owned(),
    };
    let by = cx.actor.as_ref().map(|actor| actor.person_id);
    Ok(member_store::add_change(tx, cx.app.entropy.uuid(cx.now()), member, &line, by).await?)
}

/// One member with the history, for whoever manages the cohort and for who may see that member. The look
/// is noted.
pub async fn one(cx: &Ctx, member: &str, query: &str, language: &str) -> Result<MemberView, AppError> {
    let actor = cx.signed_in()?;
    let member: MemberId = id(member)?;
    let mut reader = cx.read().await?;
    let found = member_store::member(&mut reader, member).await?.ok_or(AppError::NotFound)?;
    let head = store::head(&mut reader, found.cohort_id, language, actor.person_id).await?.ok_or(AppError::NotFound)?;
    let may_manage = manages(actor, &head);
    let today = cx.now().date_naive();
    let parts = store::parts(&mut reader, head.id, language, today).await?;
    let rows = member_store::members(&mut reader, head.id, language, today).await?;
    let steps = Parts::of(parts, &rows, head.capacity).steps;
    let row = rows.into_iter().find(|row| row.id == member).ok_or(AppError::NotFound)?;
    require(may_manage || sees(actor, &row), AppError::NotFound)?;
    let facts = member_store::facts(&mut reader, head.id).await?;
    let line = super::lines(actor, std::slice::from_ref(&row), &steps, facts, today).into_iter().next();
    let coming = if may_manage || row.person_id == actor.person_id {
        leaving::coming(cx, &mut reader, head.id, row.person_id).await?
    } else {
        Vec::new()
    };
    let history = member_store::changes(&mut reader, member).await?;
    let folded: String = text::fold(query).chars().filter(|c| !"%_\\".contains(*c)).take(80).collect();
    let pattern = if folded.trim().chars().count() >= 2 { format!("%{}%", folded.trim()) } else { String::new() };
    let mentors = if may_manage { member_store::mentors(&mut reader, head.id, &pattern).await? } else { Vec::new() };
    drop(reader);
    if row.person_id != actor.person_id {
        let mut tx = cx.begin().await?;
        audit::note(cx, &mut tx, "view", "cohort_member", member).await?;
        tx.commit().await?;
    }
    Ok(MemberView {
        line: line.ok_or(AppError::Internal)?,
        steps,
        may_manage,
        coming,
        history: history
            .into_iter()
            .map(|row| MemberStep {
                at: row.at,
                from: row.from_state,
                to: row.to_state,
                by: row.changed_by_name,
                reason: row.reason,
            })
            .collect(),
        mentors: mentors.into_iter().filter(|(id, _)| *id != row.person_id).collect(),
        mentor: row.mentor_id,
        query: query.chars().take(80).collect(),
        footnote: row.area_code.as_deref() == Some(KOSOVO),
        head,
    })
}

/// A member whose cohort is held until the commit, for whoever manages it.
async fn held(cx: &Ctx, tx: &mut Tx, member: &str) -> Result<(CohortHead, OneMember), AppError> {
    let actor = cx.signed_in()?;
    let member: MemberId = id(member)?;
    let cohort = member_store::member(tx, member).await?.ok_or(AppError::NotFound)?.cohort_id;
    store::touch(tx, cohort, &actor.name, cx.now()).await?;
    let head = managed(cx, tx, cohort, "en").await?;
    // Read again: somebody may have decided before the cohort was held.
    let member = member_store::member(tx, member).await?.ok_or(AppError::NotFound)?;
    Ok((head, member))
}

/// Writes what becomes of a member, with the history.
pub(super) async fn set(
    cx: &Ctx,
    tx: &mut Tx,
    member: &OneMember,
    to: MemberState,
    who: &Origin,
    reason: &str,
) -> Result<(), AppError> {
    let change = MemberChange {
        id: member.id,
        from: member.state,
        to,
        institution: who.institution,
        area: who.area.as_deref(),
        reason,
        by: &cx.signed_in()?.name,
    };
    if !member_store::set_member(tx, &change, cx.now()).await? {
        return Err(Refusal::WrongState.into());
    }
    history(cx, tx, member.id, Some(member.state), to, reason).await?;
    audit::record(cx, tx, "decide", "cohort_member", member.id, Some(&member.state), Some(&to)).await?;
    Ok(jobs::count_again(cx, tx).await?)
}

/// Selects a member, puts them on the reserve list, refuses them, lets them go or proposes them anew. The
/// last place is decided while the cohort's row is held.
pub async fn decide(cx: &Ctx, form: &DecisionForm) -> Result<Done, AppError> {
    let now = cx.now();
    let mut tx = cx.begin().await?;
    let (head, member) = held(cx, &mut tx, &form.member).await?;
    if !head.state.takes_people() {
        return Err(Refusal::WrongState.into());
    }
    let (to, reason) = form.check(member.state)?;
    let mut who = Origin { institution: member.institution_id, area: member.area_code.clone() };
    if matches!(to, MemberState::Selected | MemberState::Proposed)
        && let Some((institution, area)) = member_store::origin(&mut tx, member.person_id, now.date_naive()).await?
    {
        // As on the day of selection, whatever the post was when they were proposed.
        who = Origin { institution, area };
    }
    if to == MemberState::Selected {
        let quotas = super::quotas(&mut tx, head.id).await?;
        let selected = super::selected(&mut tx, head.id).await?;
        places::seat(head.capacity, &quotas, &selected, &who)?;
    }
    set(cx, &mut tx, &member, to, &who, &reason).await?;
    if to == MemberState::Left && form.give_back == "true" {
        leaving::give_back(cx, &mut tx, head.id, member.person_id, &reason).await?;
    }
    let occasion = match to {
        MemberState::Selected => Some(Occasion::Selected),
        MemberState::Reserve => Some(Occasion::Reserve),
        MemberState::Refused => Some(Occasion::Refused),
        MemberState::Left => Some(Occasion::Left),
        MemberState::Proposed => None,
    };
    if let Some(occasion) = occasion {
        letters::send_later(cx, &mut tx, head.id, occasion, vec![member.id], &reason).await?;
    }
    tx.commit().await?;
    let to = if form.list == "true" { members_path(head.id) } else { member_path(head.id, member.id) };
    Ok(Done::at(to, Flash::StateChanged))
}

pub(super) fn member_path(cohort: CohortId, member: MemberId) -> String {
    format!("{}/{member}", members_path(cohort))
}

/// Gives a member a mentor, or none; the licence of the course follows, where there is one.
pub async fn set_mentor(cx: &Ctx, member: &str, mentor: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let now = cx.now();
    let mut tx = cx.begin().await?;
    let (head, member) = held(cx, &mut tx, member).await?;
    if !head.state.is_open() {
        return Err(Refusal::WrongState.into());
    }
    let mentor: Option<PersonId> = match mentor.trim() {
        "" => None,
        text => Some(text.parse().map_err(|_| AppError::field("mentor", FaultKind::Choice))?),
    };
    // Nobody signs off their own deliveries. Who mentors already is not asked again.
    if let Some(person) = mentor
        && mentor != member.mentor_id
        && (person == member.person_id || !member_store::may_mentor(&mut tx, person).await?)
    {
        return Err(AppError::field("mentor", FaultKind::Choice));
    }
    member_store::set_mentor(&mut tx, member.id, mentor, &actor.name, now).await?;
    member_store::set_licence_mentor(&mut tx, (member.person_id, head.course_id), mentor, &actor.name, now).await?;
    let before = member.mentor_id;
    audit::record(cx, &mut tx, "mentor", "cohort_member", member.id, Some(&before), Some(&mentor)).await?;
    if mentor.is_some() && mentor != before {
        letters::send_later(cx, &mut tx, head.id, Occasion::Mentor, vec![member.id], "").await?;
    }
    tx.commit().await?;
    Ok(Done::at(member_path(head.id, member.id), Flash::Saved))
}
