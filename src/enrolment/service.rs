//! Taking, giving and giving back places.

use super::{
    letters::{self, Occasion},
    model::{EnrolmentSource, EnrolmentState, MANY, NewPersonForm, Newcomer, read_list, self_enrolment, withdrawal},
    store::{self, Change, Placed},
    views::{day_that_counts, today},
};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::{Checks, Done, FaultKind, Flash},
        ids::{DeliveryId, EnrolmentId, PersonId},
    },
    deliveries::{
        model::DeliveryHead,
        service::{id, managed, path},
        store as deliveries,
    },
    people::{
        rights::{Record, Right, demand},
        store::{NewPerson, add_person},
    },
    platform::{audit, context::Ctx, db::Tx, jobs, text},
};
use std::collections::HashMap;
use uuid::Uuid;

/// Enrols who is signed in, while the call is open and a place is free.
pub async fn enrol(cx: &Ctx, delivery: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let delivery: DeliveryId = id(delivery)?;
    // Most refusals need no write lock; the database decides about the rest below.
    let mut reader = cx.read().await?;
    let head = deliveries::head(&mut reader, delivery).await?.ok_or(AppError::NotFound)?;
    let page = store::page(&mut reader, delivery, "en", cx.now().date_naive(), Some(actor.person_id))
        .await?
        .filter(|page| page.published)
        .ok_or(AppError::NotFound)?;
    drop(reader);
    if let Some(refusal) = self_enrolment(&head, today(cx, &head), page.trains > 0, page.own) {
        return Err(refusal.into());
    }

    let now = cx.now();
    let mut tx = cx.begin().await?;
    if !store::take_open(&mut tx, delivery, today(cx, &head)).await? {
        let head = deliveries::head(&mut tx, delivery).await?.ok_or(AppError::NotFound)?;
        let own = store::own(&mut tx, delivery, actor.person_id).await?.map(|(_, state)| state);
        return Err(self_enrolment(&head, today(cx, &head), false, own).unwrap_or(Refusal::Full).into());
    }
    let own = store::own(&mut tx, delivery, actor.person_id).await?;
    let place = Placing { head: &head, source: EnrolmentSource::Own };
    let own = own.map(|own| (actor.person_id, own)).into_iter().collect();
    place.put(cx, &mut tx, &[actor.person_id], &own).await?;
    store::begin_histories(&mut tx, delivery, Some(actor.person_id), now).await?;
    audit::note(cx, &mut tx, "enrol", "delivery", delivery).await?;
    letters::send_later(cx, &mut tx, delivery, Occasion::Enrolled, vec![actor.person_id], "").await?;
    jobs::count_again(cx, &mut tx).await?;
    tx.commit().await?;
    Ok(Done::at(path(delivery), Flash::Enrolled))
}

/// How places come to be held in one transaction; the count was raised before.
struct Placing<'a> {
    head: &'a DeliveryHead,
    source: EnrolmentSource,
}

impl Placing<'_> {
    /// Confirms people's places: new ones, or those that `stands` says were given back before.
    async fn put(
        &self,
        cx: &Ctx,
        tx: &mut Tx,
        people: &[PersonId],
        stands: &HashMap<PersonId, (EnrolmentId, EnrolmentState)>,
    ) -> Result<(), AppError> {
        let now = cx.now();
        let mut new = Vec::with_capacity(people.len());
        for person in people {
            match stands.get(person) {
                None => new.push((cx.app.id(), *person)),
                Some((_, state)) if state.holds_place() => return Err(Refusal::AlreadyEnrolled.into()),
                Some((place, state)) => {
                    // The record was read after the delivery's row was taken, so nobody was faster.
                    let to = EnrolmentState::Confirmed;
                    if !state.may_become(to) || !store::again(tx, *place, *state, self.source, now).await? {
                        return Err(Refusal::WrongState.into());
                    }
                    let by = cx.actor.as_ref().map(|actor| actor.person_id);
                    let change = Change { enrolment: *place, from: *state, to, by, reason: "" };
                    store::add_change(tx, cx.app.entropy.uuid(now), &change, now).await?;
                }
            }
        }
        let placed =
            Placed { delivery: self.head.id, source: self.source, day: day_that_counts(cx, self.head), at: now };
        match store::add(tx, &placed, &new).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(AppError::field("people", FaultKind::Choice)),
            Err(error) if error.is_unique_violation() => Err(Refusal::AlreadyEnrolled.into()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Gives a place back: one's own, or, with a reason, somebody's in a delivery one manages.
pub async fn withdraw(cx: &Ctx, enrolment: &str, reason: &str) -> Result<Done, AppError> {
    cx.signed_in()?;
    let place: EnrolmentId = id(enrolment)?;
    let mut tx = cx.begin().await?;
    let (delivery, own) = give_back(cx, &mut tx, place, reason).await?;
    tx.commit().await?;
    let to = if own { path(delivery) } else { people_path(delivery) };
    Ok(Done::at(to, Flash::Withdrawn))
}

/// The same in the transaction of its cause: in what the place was, and whether it was one's own.
pub async fn give_back(
    cx: &Ctx,
    tx: &mut Tx,
    place: EnrolmentId,
    reason: &str,
) -> Result<(DeliveryId, bool), AppError> {
    let actor = cx.signed_in()?;
    let (delivery, person, _) = store::one(tx, place).await?.ok_or(AppError::NotFound)?;
    let head = deliveries::head(tx, delivery).await?.ok_or(AppError::NotFound)?;
    let own = person == actor.person_id;
    if !own {
        demand(Some(actor), Right::ManageDelivery, Record::of(head.host_id))?;
    }
    let mut checks = Checks::default();
    let reason = if own { checks.text("reason", reason, 500) } else { checks.required("reason", reason, 500) };
    checks.finish(())?;
    // Holds the delivery's row, as those do who take a place; what is read now stays so.
    deliveries::touch(tx, delivery, &actor.name, cx.now()).await?;
    let (_, _, state) = store::one(tx, place).await?.ok_or(AppError::NotFound)?;
    withdrawal(head.state, state)?;
    if state.holds_place() && !store::release(tx, delivery).await? {
        return Err(Refusal::Over.into());
    }
    let (now, to) = (cx.now(), EnrolmentState::Withdrawn);
    if !store::set_state(tx, place, state, to, now).await? {
        return Err(Refusal::WrongState.into());
    }
    let change = Change { enrolment: place, from: state, to, by: Some(actor.person_id), reason: &reason };
    store::add_change(tx, cx.app.entropy.uuid(now), &change, now).await?;
    audit::record(cx, tx, "withdraw", "enrolment", place, Some(&state), Some(&to)).await?;
    let occasion = if own { Occasion::Withdrawn } else { Occasion::Removed };
    letters::send_later(cx, tx, delivery, occasion, vec![person], &reason).await?;
    jobs::count_again(cx, tx).await?;
    Ok((delivery, own))
}

fn people_path(delivery: DeliveryId) -> String {
    format!("{}/people", path(delivery))
}

/// Gives a place to a new person, who needs neither an account nor an address.
pub async fn enrol_new_person(cx: &Ctx, form: &NewPersonForm) -> Result<Done, AppError> {
    let delivery: DeliveryId = id(&form.delivery)?;
    let person: PersonId = id(&form.id)?;
    managed(cx, &mut cx.read().await?, delivery).await?;
    let newcomer = form.check()?;
    put_in(cx, delivery, Vec::new(), vec![(person, newcomer)], Whom::Named).await?;
    Ok(Done::at(people_path(delivery), Flash::Added))
}

/// Gives places to persons that were found and to a pasted list of new ones, all or none.
pub async fn enrol_many(
    cx: &Ctx,
    delivery: &str,
    batch: &str,
    people: &[String],
    list: &str,
) -> Result<Done, AppError> {
    let delivery: DeliveryId = id(delivery)?;
    managed(cx, &mut cx.read().await?, delivery).await?;
    let mut chosen: Vec<PersonId> = Vec::new();
    for person in people.iter().filter(|person| !person.trim().is_empty()) {
        let person = person.trim().parse().map_err(|_| AppError::field("people", FaultKind::Choice))?;
        if !chosen.contains(&person) {
            chosen.push(person);
        }
    }
    let mut checks = Checks::default();
    let list = checks.text("list", list, 100_000);
    checks.finish(())?;
    let newcomers = read_list(&list)?;
    if chosen.is_empty() && newcomers.is_empty() {
        let field = if batch.is_empty() { "people" } else { "list" };
        return Err(AppError::field(field, FaultKind::Required));
    }
    if chosen.len() + newcomers.len() > MANY {
        return Err(AppError::field("people", FaultKind::Number { min: 1, max: MANY as i64 }));
    }
    // Ids follow from the form's own, so that a form sent twice makes nobody twice.
    let batch: Uuid = if newcomers.is_empty() { Uuid::nil() } else { id(batch)? };
    let newcomers =
        newcomers.into_iter().zip(0_u128..).map(|(n, i)| (Uuid::from_u128(batch.as_u128() ^ i).into(), n)).collect();
    put_in(cx, delivery, chosen, newcomers, Whom::Named).await?;
    Ok(Done::at(people_path(delivery), Flash::Added))
}

/// Gives places to a group, however large: to all who have none yet, or to nobody where there are too few.
/// Who trains there stays without.
pub async fn enrol_group(cx: &Ctx, delivery: DeliveryId, people: Vec<PersonId>) -> Result<Put, AppError> {
    managed(cx, &mut cx.read().await?, delivery).await?;
    put_in(cx, delivery, people, Vec::new(), Whom::Group).await
}

/// Whether people were named one by one, or all of a group are meant.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Whom {
    Named,
    Group,
}

/// What became of people who were put in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Put {
    /// How many got a place.
    pub added: usize,
    /// How many held one already.
    pub held: usize,
    /// How many train there, and got none.
    pub train: usize,
}

/// Gives places to persons, known and new, in one transaction: all of them or none. Who holds a
/// place already keeps it. That somebody trains there, or that nobody is left, is a refusal where
/// people were named.
async fn put_in(
    cx: &Ctx,
    delivery: DeliveryId,
    mut chosen: Vec<PersonId>,
    newcomers: Vec<(PersonId, Newcomer)>,
    whom: Whom,
) -> Result<Put, AppError> {
    let actor = cx.signed_in()?;
    let now = cx.now();
    let mut tx = cx.begin().await?;
    // Holds the delivery's row: what is read after it is what is written upon.
    deliveries::touch(&mut tx, delivery, &actor.name, now).await?;
    let head = managed(cx, &mut tx, delivery).await?;
    if head.sealed {
        return Err(Refusal::Sealed.into());
    }
    if !head.state.takes_people() {
        return Err(Refusal::Over.into());
    }
    for (person, newcomer) in &newcomers {
        if let Some(known) = known_account(&mut tx, newcomer).await? {
            if !chosen.contains(&known) {
                chosen.push(known);
            }
            continue;
        }
        create(cx, &mut tx, *person, newcomer, head.area_code.as_deref()).await?;
        chosen.push(*person);
    }
    let parts = deliveries::parts(&mut tx, delivery).await?;
    let all = chosen.len();
    chosen.retain(|person| !parts.iter().any(|part| part.part == "trainer" && PersonId::from(part.id) == *person));
    let train = all - chosen.len();
    if train > 0 && whom == Whom::Named {
        return Err(Refusal::TrainerHere.into());
    }
    let stands: HashMap<PersonId, (EnrolmentId, EnrolmentState)> = store::all(&mut tx, delivery)
        .await?
        .into_iter()
        .map(|(place, person, state)| (person, (place, state)))
        .collect();
    chosen.retain(|person| !stands.get(person).is_some_and(|(_, state)| state.holds_place()));
    let put = Put { added: chosen.len(), held: all - train - chosen.len(), train };
    if chosen.is_empty() {
        return if whom == Whom::Group { Ok(put) } else { Err(Refusal::AlreadyEnrolled.into()) };
    }
    if !store::take(&mut tx, delivery, chosen.len() as i64).await? {
        return Err(Refusal::Full.into());
    }
    let place = Placing { head: &head, source: EnrolmentSource::Administrator };
    place.put(cx, &mut tx, &chosen, &stands).await?;
    store::begin_histories(&mut tx, delivery, Some(actor.person_id), now).await?;
    audit::record(cx, &mut tx, "put_in", "delivery", delivery, None, Some(&chosen)).await?;
    letters::send_later(cx, &mut tx, delivery, Occasion::Added, chosen, "").await?;
    jobs::count_again(cx, &mut tx).await?;
    tx.commit().await?;
    Ok(put)
}

/// Gives a place to somebody who stands at the door, as who keeps the register asks. The caller has decided
/// that they may.
pub async fn admit(
    cx: &Ctx,
    tx: &mut Tx,
    head: &DeliveryHead,
    person: PersonId,
    newcomer: &Newcomer,
) -> Result<EnrolmentId, AppError> {
    let now = cx.now();
    let person = match known_account(tx, newcomer).await? {
        Some(known) => known,
        None => {
            create(cx, tx, person, newcomer, head.area_code.as_deref()).await?;
            person
        }
    };
    if head.sealed {
        return Err(Refusal::Sealed.into());
    }
    if !store::take(tx, head.id, 1).await? {
        return Err(Refusal::Full.into());
    }
    let own = store::own(tx, head.id, person).await?;
    let stands = own.map(|own| (person, own)).into_iter().collect();
    let place = Placing { head, source: EnrolmentSource::Administrator };
    place.put(cx, tx, &[person], &stands).await?;
    store::begin_histories(tx, head.id, cx.actor.as_ref().map(|actor| actor.person_id), now).await?;
    let (place, _) = store::own(tx, head.id, person).await?.ok_or(AppError::Internal)?;
    Ok(place)
}

/// The person behind an address, if it is that of an account and the name is the same: offices
/// share mailboxes, so an address alone is nobody.
pub async fn known_account(tx: &mut Tx, newcomer: &Newcomer) -> Result<Option<PersonId>, AppError> {
    if newcomer.email.is_empty() {
        return Ok(None);
    }
    let folded = text::fold(&format!("{} {}", newcomer.given_name, newcomer.family_name));
    let found = store::person_of_account(tx, &newcomer.email).await?;
    Ok(found.filter(|(_, name)| *name == folded).map(|(person, _)| person))
}

async fn create(
    cx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    newcomer: &Newcomer,
    area: Option<&str>,
) -> Result<(), AppError> {
    let new = NewPerson {
        id: person,
        given_name: &newcomer.given_name,
        family_name: &newcomer.family_name,
        folded: &text::fold(&format!("{} {}", newcomer.given_name, newcomer.family_name)),
        sex: None,
        area_code: area,
        email: &newcomer.email,
        invented: false,
    };
    match add_person(tx, &new, cx.now()).await {
        Ok(()) => {}
        Err(error) if error.is_unique_violation() => return Err(Refusal::AlreadySent.into()),
        Err(error) => return Err(error.into()),
    }
    Ok(store::add_post(tx, cx.app.id(), person, newcomer.profession, &newcomer.workplace).await?)
}
