//! The register on both databases: what keepers do, and what others try.

use super::{
    api::Marked,
    merge::{by_name, settle},
    model::{Action, MarkState, RegisterForm, Touch, field_of},
    service, store,
};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::FaultKind,
        ids::{DeliveryId, EnrolmentId, SlotId},
    },
    on_both,
    people::model::Actor,
    platform::{context::Ctx, db::counted},
    testing::House,
};
use uuid::Uuid;

/// A place's key in the maps of a form: what stands between the brackets of its fields' names.
pub fn key(place: EnrolmentId) -> String {
    let name = field_of("marks", place);
    name.trim_start_matches("marks[").trim_end_matches(']').to_owned()
}

/// A delivery that runs today, its trainer, its slots and some names.
pub struct Class {
    pub delivery: DeliveryId,
    pub slots: Vec<SlotId>,
    pub trainer: Actor,
    pub administrator: Actor,
    pub stranger: Actor,
    pub names: Vec<EnrolmentId>,
    pub participant: Actor,
}

pub async fn class(house: &House, size: usize) -> Class {
    let academy = house.institution("academy").await;
    let other = house.institution("other").await;
    let course = house.course("introductory").await;
    let delivery = house.delivery(course, academy, 300).await;
    let trainer = house.trainer("Tom").await;
    house.trains(delivery, trainer.person_id).await;
    let mut names = Vec::new();
    let mut participant = None;
    for n in 0..size {
        let person = house.person(&format!("P{n}"), &[]).await;
        names.push(house.enrol(delivery, person.person_id).await);
        participant = participant.or(Some(person));
    }
    Class {
        slots: house.slots(delivery).await,
        administrator: house.administrator("Ada", academy).await,
        stranger: house.administrator("Eve", other).await,
        delivery,
        trainer,
        names,
        participant: participant.expect("somebody takes part"),
    }
}

impl Class {
    pub fn touch(&self, n: usize, state: MarkState, missed: &str) -> Touch {
        Touch {
            enrolment: self.names[n],
            state,
            missed: missed.into(),
            note: String::new(),
            seen: None,
            seen_too: None,
        }
    }

    pub async fn send(&self, cx: &Ctx, slot: usize, action: &Action) -> Result<Marked, AppError> {
        let body = serde_json::to_string(action).unwrap();
        service::mark(cx, &self.delivery.to_string(), &self.slots[slot].to_string(), &body).await
    }

    pub async fn states(&self, cx: &Ctx, slot: usize) -> Vec<Option<(MarkState, i64)>> {
        let register = service::register(cx, &self.delivery.to_string(), &self.slots[slot].to_string()).await.unwrap();
        self.names
            .iter()
            .map(|id| {
                let name = register.names.iter().find(|name| name.id == *id).unwrap();
                name.mark.as_ref().map(|it| (it.mark.state, it.mark.minutes))
            })
            .collect()
    }

    pub fn form(&self, slot: usize, version: i64) -> RegisterForm {
        RegisterForm {
            id: Uuid::from_u128(version as u128 + slot as u128).to_string(),
            delivery: self.delivery.to_string(),
            slot: self.slots[slot].to_string(),
            version: version.to_string(),
            ..Default::default()
        }
    }
}

pub fn action(id: u128, touches: Vec<Touch>) -> Action {
    Action { id: Uuid::from_u128(id), made_at: None, touches, everyone: false, reason: String::new() }
}

pub fn everyone(id: u128) -> Action {
    Action { everyone: true, ..action(id, Vec::new()) }
}

/// The clock of the house goes on.
pub fn later(house: &House, minutes: i64) {
    house.app.clock.set(house.app.now() + chrono::TimeDelta::minutes(minutes));
}

/// The register made anew from its history, and compared with what is kept: marks, when they were made, and
/// who disagrees.
pub async fn replayed(house: &House, class: &Class, slot: usize) {
    let mut reader = house.app.db.read().await.unwrap();
    let changes: Vec<_> = store::changes(&mut reader, class.slots[slot]).await.unwrap();
    let changes: Vec<_> = changes.iter().filter_map(store::ChangeRow::change).collect();
    let names = store::names(&mut reader, class.delivery, class.slots[slot]).await.unwrap();
    let history = by_name(&changes);
    for row in names {
        let settled = history.get(&row.id).and_then(|told| settle(told.iter().copied()));
        let stands = settled.map(|it| it.stands);
        assert_eq!(stands.and_then(|it| it.mark.clone()), row.mark.mark(), "the history amounts to the register");
        assert_eq!(stands.map(|it| it.at), row.written());
        assert_eq!(stands.filter(|it| it.mark.is_some()).map(|it| it.made_at), row.head.made_at);
        assert_eq!(settled.and_then(|it| it.other).map(|it| it.id), row.head.contested);
    }
}

on_both! {
    async fn a_morning(house) {
        let class = class(&house, 4).await;
        let tom = house.as_actor(&class.trainer);
        later(&house, 20);
        let late = action(1, vec![class.touch(1, MarkState::Late, "")]);
        let answer = class.send(&tom, 0, &late).await.unwrap();
        assert_eq!(answer.rows[0].mark.as_ref().unwrap().mark.minutes, 190, "20 minutes late by the clock");
        assert_eq!(answer.rows[0].mark.as_ref().unwrap().by, None, "it was the reader");
        class.send(&tom, 0, &action(2, vec![class.touch(2, MarkState::Absent, "")])).await.unwrap();
        let all = class.send(&tom, 0, &everyone(3)).await.unwrap();
        assert_eq!(all.rows.len(), 2, "only who had no mark");
        let expected = [
            Some((MarkState::Present, 210)),
            Some((MarkState::Late, 190)),
            Some((MarkState::Absent, 0)),
            Some((MarkState::Present, 210)),
        ];
        assert_eq!(class.states(&tom, 0).await, expected);
        replayed(&house, &class, 0).await;
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE kind = 'completion.look' AND state = 'queued'").await, 1);

        // The last action goes, then the one before; nobody else's.
        let (delivery, slot) = (class.delivery.to_string(), class.slots[0].to_string());
        let undone = service::undo(&tom, &delivery, &slot, &Uuid::from_u128(10).to_string()).await.unwrap();
        assert_eq!(undone.rows.len(), 2);
        assert!(undone.rows.iter().all(|row| row.mark.is_none()));
        let again = service::undo(&tom, &delivery, &slot, &Uuid::from_u128(10).to_string()).await.unwrap();
        assert_eq!(again.rows.len(), 2, "the same undoing sent twice undoes once");
        service::undo(&tom, &delivery, &slot, &Uuid::from_u128(11).to_string()).await.unwrap();
        assert_eq!(class.states(&tom, 0).await, [None, Some((MarkState::Late, 190)), None, None]);
        let ada = house.as_actor(&class.administrator);
        let nothing = service::undo(&ada, &delivery, &slot, &Uuid::from_u128(12).to_string()).await.unwrap();
        assert_eq!(nothing, Marked::default(), "she had done nothing");
        replayed(&house, &class, 0).await;

        let history = service::history(&ada, &delivery, &slot, "").await.unwrap();
        assert_eq!(history.lines.len(), 7, "nothing was ever overwritten");
        assert!(history.lines.windows(2).all(|pair| pair[0].at >= pair[1].at), "the latest first");
        assert!(history.lines[0].undid && history.lines[0].to.is_none());
        assert_eq!(history.lines[0].from.as_ref().unwrap().state, MarkState::Absent);
        let one = service::history(&ada, &delivery, &slot, &class.names[1].to_string()).await.unwrap();
        assert_eq!(one.lines.len(), 1);
        assert_eq!(one.person.as_deref(), Some("Tester, P1"));
    }
}

on_both! {
    async fn sent_twice_is_written_once(house) {
        let class = class(&house, 2).await;
        let tom = house.as_actor(&class.trainer);
        let first = action(1, vec![class.touch(0, MarkState::Late, "30")]);
        class.send(&tom, 0, &first).await.unwrap();
        class.send(&tom, 0, &action(2, vec![class.touch(0, MarkState::Present, "")])).await.unwrap();
        let again = class.send(&tom, 0, &first).await.unwrap();
        assert_eq!(again.rows[0].mark.as_ref().unwrap().mark.state, MarkState::Present, "told what stands");
        assert_eq!(house.count("SELECT COUNT(*) FROM mark_change").await, 2);
        assert_eq!(class.send(&tom, 1, &first).await.unwrap_err(), Refusal::AlreadySent.into(), "an id of another slot");
        class.send(&tom, 0, &everyone(3)).await.unwrap();
        class.send(&tom, 0, &everyone(3)).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM mark_change").await, 3);
        replayed(&house, &class, 0).await;
    }
}

on_both! {
    async fn others_are_refused(house) {
        let class = class(&house, 2).await;
        let one = action(1, vec![class.touch(0, MarkState::Present, "")]);
        for (who, refusal) in [
            (house.as_actor(&class.stranger), AppError::Forbidden),
            (house.as_actor(&class.participant), AppError::Forbidden),
            (house.nobody(), AppError::SignInRequired),
        ] {
            let (delivery, slot) = (class.delivery.to_string(), class.slots[0].to_string());
            assert_eq!(class.send(&who, 0, &one).await.unwrap_err(), refusal);
            assert_eq!(service::register(&who, &delivery, &slot).await.unwrap_err(), refusal);
            assert_eq!(service::history(&who, &delivery, &slot, "").await.unwrap_err(), refusal);
            assert_eq!(service::undo(&who, &delivery, &slot, &Uuid::nil().to_string()).await.unwrap_err(), refusal);
            assert_eq!(service::save(&who, &class.form(0, 1)).await.unwrap_err(), refusal);
        }
        // A name and a slot of another delivery.
        let academy = house.institution("third").await;
        let course = house.course("advanced").await;
        let elsewhere = house.delivery(course, academy, 10).await;
        let outsider = house.enrol(elsewhere, class.stranger.person_id).await;
        let tom = house.as_actor(&class.trainer);
        let mut forged = class.touch(0, MarkState::Present, "");
        forged.enrolment = outsider;
        let both = action(2, vec![class.touch(0, MarkState::Present, ""), forged]);
        assert_eq!(class.send(&tom, 0, &both).await.unwrap_err(), AppError::NotFound);
        let theirs = house.slots(elsewhere).await[0].to_string();
        let body = serde_json::to_string(&one).unwrap();
        let mine = class.delivery.to_string();
        assert_eq!(service::mark(&tom, &mine, &theirs, &body).await.unwrap_err(), AppError::NotFound);
        assert_eq!(service::register(&tom, &mine, &theirs).await.unwrap_err(), AppError::NotFound);
        assert_eq!(service::mark(&tom, &elsewhere.to_string(), &theirs, &body).await.unwrap_err(), AppError::Forbidden);
        assert_eq!(service::mark(&tom, &mine, &class.slots[0].to_string(), "{").await.unwrap_err().status(), 400);
        assert_eq!(house.count("SELECT COUNT(*) FROM mark_change").await, 0, "nothing half-written");
    }
}

on_both! {
    async fn only_in_its_time(house) {
        let class = class(&house, 2).await;
        let tom = house.as_actor(&class.trainer);
        let ada = house.as_actor(&class.administrator);
        let early = action(1, vec![class.touch(0, MarkState::Present, "")]);
        assert_eq!(class.send(&tom, 2, &early).await.unwrap_err(), Refusal::TooEarly.into(), "tomorrow");
        assert_eq!(class.send(&tom, 2, &everyone(2)).await.unwrap_err(), Refusal::TooEarly.into());
        let mut excused = class.touch(1, MarkState::Excused, "");
        excused.note = "hearing".into();
        class.send(&tom, 2, &action(3, vec![excused])).await.unwrap();
        let bad = action(4, vec![class.touch(0, MarkState::Late, "211")]);
        let AppError::Invalid(faults) = class.send(&tom, 0, &bad).await.unwrap_err() else { panic!() };
        assert_eq!(faults[0].kind, FaultKind::Number { min: 0, max: 210 });

        house.put(class.delivery, "planned").await;
        assert_eq!(class.send(&tom, 0, &action(5, vec![class.touch(0, MarkState::Present, "")])).await.unwrap_err(), Refusal::WrongState.into());
        house.put(class.delivery, "reported").await;
        let correction = |id, reason: &str| Action { reason: reason.into(), ..action(id, vec![class.touch(0, MarkState::Present, "")]) };
        assert_eq!(class.send(&tom, 0, &correction(6, "x")).await.unwrap_err(), Refusal::Over.into());
        assert_eq!(class.send(&ada, 0, &correction(7, " ")).await.unwrap_err(), AppError::field("reason", FaultKind::Required));
        class.send(&ada, 0, &correction(8, "signature list")).await.unwrap();
        let history = service::history(&ada, &class.delivery.to_string(), &class.slots[0].to_string(), "").await.unwrap();
        assert_eq!(history.lines[0].reason, "signature list");
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE action = 'correct_register'").await, 1);
    }
}

on_both! {
    async fn two_keepers(house) {
        let class = class(&house, 3).await;
        let tom = house.as_actor(&class.trainer);
        let ada = house.as_actor(&class.administrator);
        let seen = service::register(&ada, &class.delivery.to_string(), "").await.unwrap();
        assert_eq!(seen.slot, Some(class.slots[0]), "the half-day that runs");
        later(&house, 1);
        class.send(&tom, 0, &action(1, vec![class.touch(0, MarkState::Late, "20"), class.touch(1, MarkState::Absent, "")])).await.unwrap();
        // A touch that had not seen his is weighed: it was made later, and stands beside his story.
        let answer = class.send(&ada, 0, &action(2, vec![class.touch(0, MarkState::Present, "")])).await.unwrap();
        let (stands, other) = (answer.rows[0].mark.clone().unwrap(), answer.rows[0].other.clone().unwrap());
        assert_eq!((stands.mark.state, stands.by), (MarkState::Present, None));
        assert_eq!((other.mark.unwrap().minutes, other.by.as_deref()), (190, Some("Tom Tester")));
        // Who has seen both decides.
        let knowing = Touch { seen: Some(stands.at), seen_too: Some(other.at), ..class.touch(0, MarkState::Present, "") };
        assert_eq!(class.send(&ada, 0, &action(3, vec![knowing])).await.unwrap().rows[0].other, None);

        // A form from before: what it left alone stays, what clashes refuses it whole.
        later(&house, 1);
        let mut form = class.form(0, seen.version);
        form.marks = [(key(class.names[1]), "present".into()), (key(class.names[2]), "present".into())].into();
        let AppError::Conflict(conflict) = service::save(&ada, &form).await.unwrap_err() else { panic!() };
        assert_eq!((conflict.by.as_str(), conflict.theirs.len()), ("Tom Tester", 1));
        assert_eq!(conflict.theirs[0], ("Tester, P1".to_owned(), "absent 210".to_owned()));
        assert_eq!(class.states(&ada, 0).await[2], None, "nothing half-written");
        form.version = conflict.version.to_string();
        service::save(&ada, &form).await.unwrap();
        assert_eq!(class.states(&ada, 0).await, [Some((MarkState::Present, 210)); 3]);
        replayed(&house, &class, 0).await;
    }
}

on_both! {
    async fn a_form_from_before_keeps_what_it_did_not_touch(house) {
        let class = class(&house, 2).await;
        let tom = house.as_actor(&class.trainer);
        let ada = house.as_actor(&class.administrator);
        class.send(&tom, 0, &action(1, vec![class.touch(0, MarkState::Present, "")])).await.unwrap();
        later(&house, 1);
        let seen = service::register(&ada, &class.delivery.to_string(), "").await.unwrap();
        later(&house, 1);
        class.send(&tom, 0, &action(2, vec![class.touch(0, MarkState::Absent, "")])).await.unwrap();
        let mut form = class.form(0, seen.version);
        form.marks = [(key(class.names[0]), "present".into()), (key(class.names[1]), "late".into())].into();
        form.mins = [(key(class.names[1]), "45".into())].into();
        service::save(&ada, &form).await.unwrap();
        assert_eq!(class.states(&ada, 0).await, [Some((MarkState::Absent, 0)), Some((MarkState::Late, 165))]);
        form.id = Uuid::from_u128(77).to_string();
        form.all = "present".into();
        form.marks.clear();
        service::save(&ada, &form).await.unwrap();
        form.act = "undo".into();
        form.id = Uuid::from_u128(78).to_string();
        service::save(&ada, &form).await.unwrap();
        assert_eq!(class.states(&ada, 0).await, [Some((MarkState::Absent, 0)), None], "her form is undone");
    }
}

on_both! {
    async fn two_hundred_names_cost_what_twenty_do(house) {
        let class = class(&house, 20).await;
        let tom = house.as_actor(&class.trainer);
        let (delivery, slot) = (class.delivery.to_string(), class.slots[0].to_string());
        let (few, read_few) = counted(service::register(&tom, &delivery, &slot)).await;
        let (_, wrote_few) = counted(class.send(&tom, 0, &everyone(1))).await;
        for n in 20..200 {
            let person = house.person(&format!("Q{n}"), &[]).await;
            house.enrol(class.delivery, person.person_id).await;
        }
        let (many, read_many) = counted(service::register(&tom, &delivery, &slot)).await;
        assert_eq!((few.unwrap().names.len(), many.as_ref().unwrap().names.len()), (20, 200));
        assert_eq!((read_few, read_many), (4, 4));
        let (_, wrote_many) = counted(class.send(&tom, 0, &everyone(2))).await;
        assert_eq!(wrote_few, wrote_many);
        assert!(wrote_many <= 11, "{wrote_many} statements");
        let names: Vec<String> = many.unwrap().names.into_iter().map(|name| name.name).collect();
        assert!(names.is_sorted(), "by family name");
        assert!(service::register(&tom, &delivery, &slot).await.unwrap().slots[0].full);
        // A form with two hundred different marks: one transaction, ten names a statement.
        let register = service::register(&tom, &delivery, &slot).await.unwrap();
        later(&house, 1);
        let mut form = class.form(0, register.version);
        for (n, name) in register.names.iter().enumerate() {
            form.marks.insert(key(name.id), "late".into());
            form.mins.insert(key(name.id), (n % 100).to_string());
        }
        let (saved, wrote) = counted(service::save(&tom, &form)).await;
        saved.unwrap();
        assert!(wrote <= 31, "{wrote} statements");
        replayed(&house, &class, 0).await;
    }
}
