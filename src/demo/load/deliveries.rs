//! The deliveries of the past, the one that runs today and the two that can be applied for.

use super::{Loader, Pack, broken};
use crate::{
    attendance::model::MarkState,
    common::{
        error::AppError,
        ids::{DeliveryId, EnrolmentId, SlotId},
    },
    deliveries::model::{DeliveryState, Mode},
    demo::{
        names::time_zone,
        source::{Delivery, Person, text},
        store::{self, NewDelivery, NewEnrolment, NewMark},
    },
    enrolment::model::{EnrolmentSource, EnrolmentState},
    platform::{db::Tx, zones},
};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

/// Half-days, as minutes after midnight.
const HALF_DAYS: [(i64, i64); 2] = [(9 * 60, 12 * 60 + 30), (13 * 60 + 30, 17 * 60)];
/// What is taught in a half-day.
const TAUGHT: i64 = 180;
/// A break comes after at least so much.
const BREAK_AFTER: i64 = 90;
/// How long a break is: what a half-day has beyond what is taught.
const BREAK: i64 = 30;
/// Study items that the judge has done.
const STUDIED: usize = 5;

/// A half-day that was added.
struct Slot {
    id: SlotId,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

impl Loader<'_> {
    pub(super) async fn deliveries(&mut self, tx: &mut Tx) -> Result<(), AppError> {
        for delivery in &self.source.deliveries {
            let id = self.delivery(tx, delivery).await?;
            self.deliveries.insert(delivery.key.clone(), id);
        }
        Ok(())
    }

    async fn delivery(&self, tx: &mut Tx, d: &Delivery) -> Result<DeliveryId, AppError> {
        let id: DeliveryId = self.id();
        let zone = time_zone(&d.area);
        let (starts_on, ends_on) = match &d.relative {
            Some(relative) => {
                let today = zones::local(self.now, zone).date();
                let at = |days: i64| today.checked_add_signed(TimeDelta::days(days));
                (at(relative.start_day), at(relative.end_day))
            }
            None => (d.start, d.end),
        };
        let participants: Vec<&Person> =
            self.source.persons.iter().filter(|person| person.groups.contains(&d.participants)).collect();
        let pack = match &d.pack_language {
            Some(language) => Some(
                self.packs
                    .get(&(d.course.as_str(), language.as_str()))
                    .ok_or_else(|| broken(format!("{}: no pack in {language}", d.key)))?,
            ),
            None => None,
        };
        let host = d.host.as_ref().map(|name| self.institution(&format!("{}/{name}", d.area))).transpose()?;
        let call_closes_on = match d.state {
            DeliveryState::CallOpen => starts_on.and_then(|day| day.checked_sub_days(Days::new(7))),
            _ => None,
        };
        let new = NewDelivery {
            id,
            course: self.course(&d.course)?,
            pack: pack.map(|pack| pack.id),
            title: text(&d.title, "en"),
            state: d.state,
            mode: d.mode,
            language: &d.language,
            host,
            area: &d.area,
            place: d.place.as_deref().unwrap_or_default(),
            link: if d.mode == Mode::LiveOnline { "https://meet.magistra.example/introductory-fr" } else { "" },
            starts_on,
            ends_on,
            // Days that are set here need no excuse.
            date_note: if starts_on.is_some() { "" } else { d.date_note.as_ref().map_or("", |note| text(note, "en")) },
            time_zone: zone,
            capacity: d.capacity,
            taken: i64::try_from(participants.len()).unwrap_or(0),
            call_closes_on,
            note: text(&d.notes, "en"),
            invented: d.relative.is_some(),
        };
        store::add_delivery(tx, &new, self.now).await?;
        for project in &d.projects {
            store::add_payer(tx, id, self.project(project)?).await?;
        }
        for (position, trainer) in d.trainers.iter().enumerate() {
            store::add_trainer(tx, id, self.person(trainer)?, position == 0).await?;
        }
        let enrolled = self.enrolments(tx, id, d, &participants).await?;
        // The documents give no timetable: only what is invented has one.
        if let (Some(_), Some(pack), Some(first), Some(last)) = (&d.relative, pack, starts_on, ends_on) {
            let slots = self.timetable(tx, id, d, pack, (first, last)).await?;
            if d.state == DeliveryState::Running {
                self.marks(tx, d, &slots, &enrolled).await?;
                self.study(tx, pack, &participants, &enrolled).await?;
            }
        }
        Ok(id)
    }

    async fn enrolments(
        &self,
        tx: &mut Tx,
        delivery: DeliveryId,
        d: &Delivery,
        participants: &[&Person],
    ) -> Result<Vec<EnrolmentId>, AppError> {
        let (state, source, reason, at) = match d.state {
            DeliveryState::Running => (
                EnrolmentState::Confirmed,
                EnrolmentSource::Administrator,
                "Invented for the demonstration",
                self.now - TimeDelta::days(20),
            ),
            DeliveryState::CallOpen => (
                EnrolmentState::Confirmed,
                EnrolmentSource::Own,
                "Invented for the demonstration",
                self.now - TimeDelta::days(3),
            ),
            // Those who were trained as trainers in Zagreb went on to teach, so they completed; of those in Oslo
            // it is assumed.
            _ if matches!(d.participants.as_str(), "zagreb-tot" | "oslo-tot") => (
                EnrolmentState::Completed,
                EnrolmentSource::Record,
                "Record of the past; the person is invented",
                self.now,
            ),
            _ => (
                EnrolmentState::Attended,
                EnrolmentSource::Record,
                "Record of the past; the person is invented",
                self.now,
            ),
        };
        let mut ids = Vec::with_capacity(participants.len());
        for person in participants {
            let new = NewEnrolment {
                id: self.id(),
                delivery,
                person: self.person(&person.key)?,
                state,
                source,
                profession: person.profession,
                workplace: &person.institution_name,
                area: &person.area,
            };
            store::add_enrolment(tx, &new, self.id(), reason, at).await?;
            ids.push(new.id);
        }
        Ok(ids)
    }

    /// Two half-days a day with the pack's sessions in their order.
    async fn timetable(
        &self,
        tx: &mut Tx,
        delivery: DeliveryId,
        d: &Delivery,
        pack: &Pack,
        (first, last): (NaiveDate, NaiveDate),
    ) -> Result<Vec<Slot>, AppError> {
        let zone = time_zone(&d.area);
        let room = if d.mode == Mode::LiveOnline { "" } else { "Room 204" };
        let wall = |day: NaiveDate, minutes: i64| {
            zones::utc(day.and_time(Default::default()) + TimeDelta::minutes(minutes), zone)
        };
        let mut sessions = pack.sessions.iter().peekable();
        let mut slots = Vec::new();
        for day in first.iter_days().take_while(|day| *day <= last) {
            for (from, to) in HALF_DAYS {
                let slot = Slot { id: self.id(), starts_at: wall(day, from), ends_at: wall(day, to) };
                store::add_slot(tx, slot.id, delivery, (slot.starts_at, slot.ends_at), room).await?;
                let mut taught = 0;
                let mut pause = 0;
                while let Some((plan, title, minutes)) = sessions.next_if(|session| taught + session.2 <= TAUGHT) {
                    if taught >= BREAK_AFTER {
                        pause = BREAK;
                    }
                    let starts_at = slot.starts_at + TimeDelta::minutes(taught + pause);
                    store::add_timetable(tx, self.id(), slot.id, (*plan, title, *minutes), starts_at).await?;
                    taught += minutes;
                }
                slots.push(slot);
            }
        }
        match sessions.next() {
            Some((_, title, _)) => Err(broken(format!("{}: {title:?} finds no half-day", d.key))),
            None => Ok(slots),
        }
    }

    /// Yesterday's register: nearly everybody was there.
    async fn marks(&self, tx: &mut Tx, d: &Delivery, slots: &[Slot], enrolled: &[EnrolmentId]) -> Result<(), AppError> {
        let trainer = d.trainers.first().map(String::as_str).unwrap_or_default();
        let by = self.person(trainer)?;
        let by_name = self
            .source
            .persons
            .iter()
            .find(|person| person.key == trainer)
            .map_or_else(String::new, |person| format!("{} {}", person.given, person.family));
        for (half, slot) in slots.iter().take(HALF_DAYS.len()).enumerate() {
            let whole = (slot.ends_at - slot.starts_at).num_minutes();
            for (position, enrolment) in enrolled.iter().enumerate() {
                let (state, minutes) = match (half, position) {
                    (0, 6 | 19) => (MarkState::Late, whole - 20),
                    (1, 11) => (MarkState::LeftEarly, whole - 45),
                    (_, 23) => (MarkState::Excused, 0),
                    (1, 30) => (MarkState::Absent, 0),
                    _ => (MarkState::Present, whole),
                };
                let at = slot.starts_at + TimeDelta::minutes(25);
                let mark = NewMark { slot: slot.id, enrolment: *enrolment, state, minutes, by, by_name: &by_name, at };
                store::add_mark(tx, &mark, self.id()).await?;
            }
        }
        Ok(())
    }

    /// The judge has begun to study: some items are done and one is open.
    async fn study(
        &self,
        tx: &mut Tx,
        pack: &Pack,
        participants: &[&Person],
        enrolled: &[EnrolmentId],
    ) -> Result<(), AppError> {
        let judge = participants.iter().position(|person| person.account.as_deref() == Some("judge"));
        let Some(enrolment) = judge.and_then(|position| enrolled.get(position)) else {
            return Err(broken("the judge does not take part in today's delivery"));
        };
        for (position, material) in pack.materials.iter().take(STUDIED + 1).enumerate() {
            let hours = i64::try_from(STUDIED + 1 - position).unwrap_or(1);
            let opened = self.now - TimeDelta::hours(20 + hours);
            let done = (position < STUDIED).then(|| opened + TimeDelta::minutes(20));
            store::add_progress(tx, *enrolment, *material, opened, done).await?;
        }
        Ok(())
    }
}
