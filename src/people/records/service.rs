//! Keeping the records of persons: who sees whom, and who may give what to whom.

use super::{
    api::{NewPersonPage, PeopleList, PersonView},
    change,
    change_model::{Act, Decision},
    model::{ADMINISTRATORS_GIVE, AccountState, GrantForm, PersonForm, PersonLine, Post, PostForm, may_grant},
    settle,
    store::{self, LineRow, Page, PersonRow},
};
use crate::{
    common::{
        actor::{Actor, Grant, Role},
        error::{AppError, Refusal},
        forms::{Checks, Done, FaultKind, Flash},
        ids::{AccountId, GrantId, InstitutionId, PersonId, PostId},
    },
    people::{
        rights::{Record, Right, demand, demand_somewhere, may_everywhere, require},
        store::{self as people, NewPerson},
    },
    platform::{
        audit,
        context::Ctx,
        db::{DbError, Handle},
        text,
    },
};
use uuid::Uuid;

/// Persons on one page of the list.
const PAGE: usize = 50;

/// Who asks, if they may see anybody at all.
pub(super) fn keeper(cx: &Ctx) -> Result<&Actor, AppError> {
    let actor = cx.signed_in()?;
    demand_somewhere(Some(actor), Right::ManagePeople)?;
    Ok(actor)
}

pub(super) fn sees_everybody(actor: &Actor) -> bool {
    may_everywhere(Some(actor), Right::ManagePeople)
}

/// The institutions where one may add posts and roles; none means all.
fn reach(actor: &Actor) -> Option<Vec<InstitutionId>> {
    (!sees_everybody(actor)).then(|| actor.administers())
}

/// A person, if the asker may know of them.
pub(super) async fn known(cx: &Ctx, h: &mut impl Handle, actor: &Actor, id: PersonId) -> Result<PersonRow, AppError> {
    let person = store::person(h, id).await?.ok_or(AppError::NotFound)?;
    let known = sees_everybody(actor) || store::sees(h, actor.person_id, id, cx.now().date_naive()).await?;
    require(known, AppError::NotFound)?;
    Ok(person)
}

pub(super) async fn held(h: &mut impl Handle, id: PersonId) -> Result<Vec<Grant>, AppError> {
    Ok(store::grants(h, id)
        .await?
        .iter()
        .filter(|line| line.ended_at.is_none())
        .map(super::model::GrantLine::grant)
        .collect())
}

fn account_state(account: Option<AccountId>, disabled: Option<bool>, has_password: bool) -> AccountState {
    match (account, disabled) {
        (None, _) => AccountState::None,
        (Some(_), Some(true)) => AccountState::Disabled,
        _ if has_password => AccountState::Open,
        _ => AccountState::Invited,
    }
}

/// A list's place as an address carries it: id and folded name.
fn place(row: &LineRow) -> String {
    format!("{}.{}", row.id, row.folded)
}

fn read_place(place: &str) -> Option<(PersonId, &str)> {
    let (id, folded) = place.split_once('.')?;
    Some((id.parse().ok()?, folded))
}

/// A page of persons by name. The look is noted: lists of persons are not public.
pub async fn list(cx: &Ctx, query: &str, after: &str, before: &str) -> Result<PeopleList, AppError> {
    let actor = keeper(cx)?;
    let query: String = query.trim().chars().take(100).collect();
    let backwards = read_place(before);
    let from = backwards.or_else(|| read_place(after));
    let pattern = text::like_pattern(&query);
    let page = Page {
        everybody: sees_everybody(actor),
        asker: actor.person_id,
        pattern: &pattern,
        from: from.map_or(("", Uuid::nil().into()), |(id, folded)| (folded, id)),
        backwards: backwards.is_some(),
        today: cx.now().date_naive(),
    };
    let rows = store::people(&mut cx.read().await?, &page).await?;
    note_view(cx, "list", "people").await?;
    Ok(page_of(rows, query, backwards.is_some(), from.is_some()))
}

/// Cuts a page out of the rows; the one row too many says whether it goes on.
fn page_of(rows: Vec<LineRow>, query: String, backwards: bool, started: bool) -> PeopleList {
    let mut people: Vec<(PersonLine, String)> = Vec::new();
    for row in rows {
        if people.last().is_none_or(|(line, _)| line.id != row.id) {
            let line = PersonLine {
                id: row.id,
                name: format!("{} {}", row.given_name, row.family_name),
                email: row.email.clone(),
                invented: row.invented,
                account: account_state(row.account_id, row.disabled, row.has_password),
                roles: Vec::new(),
            };
            people.push((line, place(&row)));
        }
        if let (Some(role), Some((line, _))) = (row.role, people.last_mut())
            && !line.roles.contains(&role)
        {
            line.roles.push(role);
        }
    }
    let more = people.len() > PAGE;
    if more && backwards {
        people.remove(0);
    }
    people.truncate(PAGE);
    let (earlier, later) = if backwards { (more, true) } else { (started, more) };
    let first = people.first().map(|(_, place)| place.clone());
    let last = people.last().map(|(_, place)| place.clone());
    PeopleList {
        query,
        before: first.filter(|_| earlier),
        after: last.filter(|_| later),
        people: people.into_iter().map(|(line, _)| line).collect(),
    }
}

async fn note_view(cx: &Ctx, record: &str, id: impl ToString) -> Result<(), DbError> {
    let mut tx = cx.begin().await?;
    audit::note(cx, &mut tx, "view", record, id).await?;
    tx.commit().await
}

/// A person's record. The look is noted.
pub async fn view(cx: &Ctx, id: &str) -> Result<PersonView, AppError> {
    let actor = keeper(cx)?;
    let id: PersonId = id.parse().map_err(|_| AppError::NotFound)?;
    let mut reader = cx.read().await?;
    let person = known(cx, &mut reader, actor, id).await?;
    let grants = store::grants(&mut reader, id).await?;
    let posts = store::posts(&mut reader, id).await?;
    let decision = change::decision(cx, &mut reader, actor, &person, Act::Edit).await?;
    let changes = settle::of_person(cx, &mut reader, id).await?;
    drop(reader);
    note_view(cx, "person", id).await?;
    let endable = grants
        .iter()
        .filter(|g| g.ended_at.is_none() && may_grant(actor, g.role, g.institution_id))
        .map(|g| g.id)
        .collect();
    let reach = reach(actor);
    Ok(PersonView {
        account: account_state(person.account_id, person.disabled, person.has_password),
        id,
        given_name: person.given_name,
        family_name: person.family_name,
        sex: person.sex,
        area_code: person.area_code,
        email: person.email,
        invented: person.invented,
        version: person.version,
        account_email: person.account_email.unwrap_or_default(),
        last_sign_in_at: person.last_sign_in_at,
        may_keep: decision != Decision::Refuse,
        asks: matches!(decision, Decision::Confirm { .. }),
        changes,
        mine: actor.person_id == id,
        grants,
        posts,
        endable,
        grantable: if reach.is_some() { ADMINISTRATORS_GIVE.to_vec() } else { Role::ALL.to_vec() },
        reach,
        new_grant: cx.app.id(),
        new_post: cx.app.id(),
        today: cx.now().date_naive(),
    })
}

/// What the form of a new person needs.
pub fn new(cx: &Ctx) -> Result<NewPersonPage, AppError> {
    let actor = keeper(cx)?;
    let reach = reach(actor);
    Ok(NewPersonPage {
        id: cx.app.id(),
        grantable: if reach.is_some() { ADMINISTRATORS_GIVE.to_vec() } else { Role::ALL.to_vec() },
        reach,
    })
}

/// A choice that is not there (an area, an institution) shows only when the row is written.
pub(super) fn no_such(field: &'static str) -> impl Fn(DbError) -> AppError {
    move |error| {
        if error.is_unique_violation() {
            Refusal::AlreadySent.into()
        } else if error.is_constraint_violation() {
            AppError::field(field, FaultKind::Choice)
        } else {
            error.into()
        }
    }
}

/// Adds a person, with or without an account.
pub async fn add(cx: &Ctx, form: &PersonForm) -> Result<Done, AppError> {
    let actor = keeper(cx)?;
    let id: PersonId = form.id.parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let mut checks = Checks::default();
    let details = change::checked(form, &mut checks);
    let start = form.start(&mut checks, sees_everybody(actor));
    checks.finish(())?;
    if let Some(at) = start.institution {
        demand(Some(actor), Right::ManagePeople, Record::of(Some(at)))?;
    }
    let grants = start.role.is_none_or(|role| may_grant(actor, role, start.institution));
    require(grants, AppError::Forbidden)?;

    let mut tx = cx.begin().await?;
    let folded = text::fold(&format!("{} {}", details.given_name, details.family_name));
    let person = NewPerson {
        id,
        given_name: &details.given_name,
        family_name: &details.family_name,
        folded: &folded,
        sex: details.sex,
        area_code: details.area_code.as_deref(),
        email: &details.email,
        invented: false,
    };
    people::add_person(&mut tx, &person, cx.now()).await.map_err(no_such("area_code"))?;
    if let Some(profession) = start.profession {
        let post = Post {
            id: cx.app.id(),
            person_id: id,
            profession,
            institution_id: start.institution,
            workplace: String::new(),
            starts_on: None,
            ends_on: None,
        };
        store::add_post(&mut tx, &post).await.map_err(no_such("institution_id"))?;
    }
    if let Some(role) = start.role {
        let grant = Grant { role, institution: start.institution, area: None };
        people::add_grant(&mut tx, cx.app.id(), id, &grant, cx.now()).await.map_err(no_such("institution_id"))?;
    }
    if start.account {
        change::open_account(cx, &mut tx, id, &details.email, &form.language, change::Inviter::of(actor)).await?;
    }
    audit::record(cx, &mut tx, "create", "person", id, None, Some(&details)).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/people/{id}"), if start.account { Flash::Invited } else { Flash::Created }))
}

/// Gives a role.
pub async fn grant(cx: &Ctx, form: &GrantForm) -> Result<Done, AppError> {
    let actor = keeper(cx)?;
    let person: PersonId = form.person_id.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = cx.begin().await?;
    known(cx, &mut tx, actor, person).await?;
    let id: GrantId = form.id.parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let (role, institution) = form.check()?;
    require(may_grant(actor, role, institution), AppError::Forbidden)?;
    let grant = Grant { role, institution, area: None };
    if held(&mut tx, person).await?.contains(&grant) {
        return Err(Refusal::AlreadySent.into());
    }
    people::add_grant(&mut tx, id, person, &grant, cx.now()).await.map_err(no_such("institution_id"))?;
    audit::record(cx, &mut tx, "grant", "person", person, None, Some(&grant)).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/people/{person}"), Flash::RoleGranted))
}

/// Ends a role. One programme officer who can sign in is always left.
pub async fn end_role(cx: &Ctx, id: &str) -> Result<Done, AppError> {
    let actor = keeper(cx)?;
    let id: GrantId = id.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = cx.begin().await?;
    let line = store::grant(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    known(cx, &mut tx, actor, line.person_id).await?;
    require(may_grant(actor, line.role, line.institution_id), AppError::Forbidden)?;
    store::lock_officers(&mut tx).await?;
    if store::end_grant(&mut tx, id, cx.now()).await? {
        if line.role == Role::ProgrammeOfficer && store::officers_left(&mut tx).await? == 0 {
            return Err(Refusal::LastOfficer.into());
        }
        audit::record(cx, &mut tx, "end_role", "person", line.person_id, Some(&line), None).await?;
    }
    tx.commit().await?;
    // Who ended the role that let them see the person sees the list instead.
    let lost = actor.person_id == line.person_id;
    let to = if lost { "/people".to_owned() } else { format!("/people/{}", line.person_id) };
    Ok(Done::at(to, Flash::RoleEnded))
}

/// Adds a post.
pub async fn add_post(cx: &Ctx, form: &PostForm) -> Result<Done, AppError> {
    let actor = keeper(cx)?;
    let person: PersonId = form.person_id.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = cx.begin().await?;
    known(cx, &mut tx, actor, person).await?;
    let id: PostId = form.id.parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let post = form.check(id, person)?;
    demand(Some(actor), Right::ManagePeople, Record::of(post.institution_id))?;
    store::add_post(&mut tx, &post).await.map_err(no_such("institution_id"))?;
    audit::record(cx, &mut tx, "add_post", "person", person, None, Some(&post)).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/people/{person}"), Flash::Added))
}

/// Ends a post on a day.
pub async fn end_post(cx: &Ctx, id: &str, ends_on: &str) -> Result<Done, AppError> {
    let actor = keeper(cx)?;
    let id: PostId = id.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = cx.begin().await?;
    let post = store::post(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    known(cx, &mut tx, actor, post.person_id).await?;
    demand(Some(actor), Right::ManagePeople, Record::of(post.institution_id))?;
    let mut checks = Checks::default();
    checks.required_line("ends_on", ends_on, 10);
    let day = checks.date("ends_on", ends_on);
    if day.zip(post.starts_on).is_some_and(|(ends, starts)| ends < starts) {
        checks.fault("ends_on", FaultKind::EndsBeforeStart);
    }
    checks.finish(())?;
    let day = day.ok_or_else(|| AppError::field("ends_on", FaultKind::Date))?;
    if !store::end_post(&mut tx, id, day).await? {
        return Err(Refusal::AlreadySent.into());
    }
    audit::record(cx, &mut tx, "end_post", "person", post.person_id, Some(&post), None).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/people/{}", post.person_id), Flash::Saved))
}
