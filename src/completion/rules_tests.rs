//! Hours and rules on both databases: excuses, thresholds of institutions, half-days that are moved or
//! called off, closed registers, and who is told that it becomes tight.

use super::{model::Standing, service};
use crate::{
    attendance::{
        self,
        api::PastRegister,
        model::{Action, MarkState, Touch},
    },
    common::{
        error::{AppError, Refusal},
        ids::{DeliveryId, EnrolmentId, SlotId},
    },
    deliveries::{
        api::SlotForm,
        model::{SlotAct, StateForm},
        schedule,
    },
    enrolment::model::Risk,
    institutions::{self, model::InstitutionForm},
    on_both,
    people::model::Actor,
    platform::{context::Ctx, jobs},
    server::JOBS,
    testing::House,
};
use uuid::Uuid;

/// Four half-days of 210 minutes, of which 672 minutes are to be attended.
struct Class {
    delivery: DeliveryId,
    slots: Vec<SlotId>,
    admin: Actor,
    trainer: Actor,
    place: EnrolmentId,
}

async fn class(house: &House) -> Class {
    let academy = house.institution("academy").await;
    let course = house.course("introductory").await;
    let delivery = house.delivery(course, academy, 20).await;
    let ana = house.person("Ana", &[]).await;
    let trainer = house.trainer("Tom").await;
    house.trains(delivery, trainer.person_id).await;
    Class {
        delivery,
        place: house.enrol(delivery, ana.person_id).await,
        slots: house.slots(delivery).await,
        admin: house.administrator("Ada", academy).await,
        trainer,
    }
}

impl Class {
    async fn mark(&self, cx: &Ctx, slot: usize, state: MarkState, missed: &str) -> Result<(), AppError> {
        let touch = Touch {
            enrolment: self.place,
            state,
            missed: missed.into(),
            note: String::new(),
            seen: None,
            seen_too: None,
        };
        let id = Uuid::from_u128(house_id(slot, state));
        let action = Action { id, touches: vec![touch], everyone: false, reason: "late news".into(), made_at: None };
        let body = serde_json::to_string(&action).unwrap();
        let (delivery, slot) = (self.delivery.to_string(), self.slots[slot].to_string());
        attendance::service::mark(cx, &delivery, &slot, &body).await.map(|_| ())
    }

    /// Where the one participant stands, once the jobs have run.
    async fn stands(&self, house: &House) -> (i64, i64, Standing, Risk) {
        jobs::drain(&house.app, JOBS).await.unwrap();
        service::look(&house.nobody(), self.delivery).await.unwrap();
        let results = service::results(&house.as_actor(&self.trainer), &self.delivery.to_string()).await.unwrap();
        let line = &results.people[0];
        let slot = self.slots[0].to_string();
        let register =
            attendance::service::register(&house.as_actor(&self.trainer), &self.delivery.to_string(), &slot).await;
        assert_eq!(register.unwrap().names[0].risk, line.risk, "the register says so too");
        (line.tally.attended_minutes, line.tally.programme_minutes, line.standing, line.risk)
    }

    async fn past(&self, cx: &Ctx, slot: usize, at: &str) -> Result<PastRegister, AppError> {
        attendance::past::register(cx, &self.delivery.to_string(), &self.slots[slot].to_string(), at).await
    }

    async fn close(&self, cx: &Ctx, slot: usize, act: &str, why: &str) -> Result<(), AppError> {
        let (delivery, slot) = (self.delivery.to_string(), self.slots[slot].to_string());
        attendance::closing::close(cx, &delivery, &slot, act, why).await.map(|_| ())
    }
}

fn house_id(slot: usize, state: MarkState) -> u128 {
    (slot as u128 + 1) * 100 + state as u128
}

/// The second day, so that every half-day but the last has been.
fn next_day(house: &House) {
    house.app.clock.set(house.app.now() + chrono::TimeDelta::hours(26));
}

on_both! {
    async fn it_becomes_tight_and_then_too_late(house) {
        let it = class(&house).await;
        let tom = house.as_actor(&it.trainer);
        next_day(&house);
        it.mark(&tom, 0, MarkState::Present, "").await.unwrap();
        assert_eq!(it.stands(&house).await, (210, 840, Standing::Short { minutes: 462, items: 0 }, Risk::None));
        it.mark(&tom, 1, MarkState::Late, "42").await.unwrap();
        assert_eq!(it.stands(&house).await.3, Risk::AtRisk, "798 at most, and 672 are needed");
        it.mark(&tom, 2, MarkState::Absent, "").await.unwrap();
        assert_eq!(it.stands(&house).await.3, Risk::Lost);
        // The trainer was wrong, and everything is as it was.
        it.mark(&tom, 2, MarkState::Present, "").await.unwrap();
        assert_eq!(it.stands(&house).await.3, Risk::AtRisk);
        assert_eq!(house.count("SELECT COUNT(*) FROM enrolment WHERE risk = 'at_risk'").await, 1);
    }
}

on_both! {
    async fn a_host_has_its_own_rule_and_what_was_confirmed_holds(house) {
        let it = class(&house).await;
        let (ada, tom) = (house.as_actor(&it.admin), house.as_actor(&it.trainer));
        next_day(&house);
        for (slot, state) in [(0, MarkState::Present), (1, MarkState::Present), (2, MarkState::Excused)] {
            it.mark(&tom, slot, state, "").await.unwrap();
        }
        let (.., standing, risk) = it.stands(&house).await;
        assert_eq!((standing, risk), (Standing::Short { minutes: 252, items: 0 }, Risk::Lost), "excused is missed");
        let academy = institutions::service::for_edit(&ada, "academy").await.unwrap().institution;
        let form = |percent: &str, excused: &str, version: i64| InstitutionForm {
            id: academy.id.to_string(),
            version: version.to_string(),
            name: academy.name.clone(),
            attendance_percent: percent.into(),
            excused: excused.into(),
            ..Default::default()
        };
        let bad = institutions::service::edit(&ada, &form("101", "neutral", academy.version)).await.unwrap_err();
        assert_eq!(bad.status(), 422);
        institutions::service::edit(&ada, &form("90", "neutral", academy.version)).await.unwrap();
        // 90 % of the 630 minutes that are left.
        let (.., standing, _) = it.stands(&house).await;
        assert_eq!(standing, Standing::Short { minutes: 147, items: 0 });
        institutions::service::edit(&ada, &form("50", "attended", academy.version + 1)).await.unwrap();
        assert_eq!(it.stands(&house).await.2, Standing::Met);
        // What was confirmed under one rule is not judged by the next.
        house.put(it.delivery, "planned").await;
        let version = house.count("SELECT version FROM delivery").await.to_string();
        let confirm = StateForm { id: it.delivery.to_string(), version, to: "confirmed".into(), reason: String::new() };
        crate::trainers::guard::change_state(&ada, &confirm).await.unwrap();
        institutions::service::edit(&ada, &form("100", "missed", academy.version + 2)).await.unwrap();
        assert_eq!(it.stands(&house).await.2, Standing::Met);
    }
}

on_both! {
    async fn a_half_day_that_is_moved_or_called_off_changes_every_sum(house) {
        let it = class(&house).await;
        let (ada, tom) = (house.as_actor(&it.admin), house.as_actor(&it.trainer));
        let delivery = it.delivery.to_string();
        it.mark(&tom, 0, MarkState::Late, "30").await.unwrap();
        assert_eq!(it.stands(&house).await.0, 180);
        // The first half-day becomes an hour longer: half an hour late stays half an hour late.
        let table = schedule::view(&ada, &delivery).await.unwrap();
        let first = table.slots.iter().find(|slot| slot.id == it.slots[0]).unwrap();
        let mut form = SlotForm::of(&table.head, first);
        form.to = (first.ends + chrono::TimeDelta::hours(1)).format("%H:%M").to_string();
        schedule::save_slot(&ada, &form).await.unwrap();
        assert_eq!(it.stands(&house).await.0, 240);
        assert_eq!(it.stands(&house).await.1, 900);
        let slot = it.slots[0].to_string();
        let history = attendance::service::history(&tom, &delivery, &slot, "").await.unwrap();
        assert_eq!(history.lines.len(), 2, "the change of the minutes is in the history");
        assert!(history.lines[0].reason.contains('→') && history.lines[0].by.contains("Ada"));
        assert_eq!(history.steps.len(), 1);
        assert_eq!(history.steps[0].act, SlotAct::Moved);

        // Called off: its marks stay and count no more.
        let refused = schedule::call_off(&ada, &delivery, &slot, "cancel", " ").await.unwrap_err();
        assert_eq!(refused.status(), 422);
        assert_eq!(schedule::call_off(&tom, &delivery, &slot, "cancel", "no").await.unwrap_err(), AppError::Forbidden);
        schedule::call_off(&ada, &delivery, &slot, "cancel", "Heating failed").await.unwrap();
        let (attended, programme, ..) = it.stands(&house).await;
        assert_eq!((attended, programme), (0, 630));
        assert_eq!(it.mark(&tom, 0, MarkState::Present, "").await.unwrap_err(), Refusal::CalledOff.into());
        let register = attendance::service::register(&tom, &delivery, &slot).await.unwrap();
        assert_eq!((register.cancelled.as_deref(), register.writable), (Some("Heating failed"), Err(Refusal::CalledOff)));
        assert_eq!(house.count("SELECT COUNT(*) FROM mark").await, 1);
        schedule::call_off(&ada, &delivery, &slot, "restore", "").await.unwrap();
        assert_eq!(it.stands(&house).await.0, 240);
    }
}

on_both! {
    async fn a_closed_register_stays_so_until_somebody_says_why(house) {
        let it = class(&house).await;
        let tom = house.as_actor(&it.trainer);
        assert_eq!(it.close(&tom, 3, "close", "").await.unwrap_err(), Refusal::TooEarly.into());
        next_day(&house);
        it.mark(&tom, 0, MarkState::Present, "").await.unwrap();
        it.close(&tom, 0, "close", "").await.unwrap();
        assert_eq!(it.close(&tom, 0, "close", "").await.unwrap_err(), Refusal::AlreadySent.into());
        assert_eq!(it.mark(&tom, 0, MarkState::Absent, "").await.unwrap_err(), Refusal::RegisterClosed.into());
        // Without a mark, and closed: that is missed.
        it.close(&tom, 1, "close", "").await.unwrap();
        assert_eq!(it.stands(&house).await.3, Risk::Lost);
        assert_eq!(it.close(&tom, 1, "reopen", " ").await.unwrap_err().status(), 422);
        house.app.clock.set(house.app.now() + chrono::TimeDelta::minutes(5));
        it.close(&tom, 1, "reopen", "The list came on paper").await.unwrap();
        assert_eq!(it.stands(&house).await.3, Risk::None);
        let (delivery, slot) = (it.delivery.to_string(), it.slots[1].to_string());
        let history = attendance::service::history(&tom, &delivery, &slot, "").await.unwrap();
        let acts: Vec<_> = history.steps.iter().map(|step| (step.act, step.reason.as_str())).collect();
        assert_eq!(acts, [(SlotAct::Reopened, "The list came on paper"), (SlotAct::Closed, "")]);
        for act in ["", "burn"] {
            assert_eq!(it.close(&tom, 1, act, "why").await.unwrap_err().status(), 400);
        }
        let stranger = house.as_actor(&house.person("Eve", &[]).await);
        assert_eq!(it.close(&stranger, 1, "close", "").await.unwrap_err(), AppError::Forbidden);
    }
}

on_both! {
    async fn the_register_of_any_moment(house) {
        let it = class(&house).await;
        let tom = house.as_actor(&it.trainer);
        let states = |past: PastRegister| past.names[0].1.as_ref().map(|mark| mark.mark.state);
        it.mark(&tom, 0, MarkState::Late, "10").await.unwrap();
        house.app.clock.set(house.app.now() + chrono::TimeDelta::minutes(5));
        it.mark(&tom, 0, MarkState::Present, "").await.unwrap();
        let past = it.past(&tom, 0, "").await.unwrap();
        assert_eq!(past.moments.len(), 2);
        let (second, first) = (past.moments[0], past.moments[1]);
        assert_eq!(states(past), Some(MarkState::Present));
        let text = |at: chrono::NaiveDateTime| at.format("%Y-%m-%dT%H:%M:%S%.6f").to_string();
        assert_eq!(states(it.past(&tom, 0, &text(second)).await.unwrap()), Some(MarkState::Present));
        assert_eq!(states(it.past(&tom, 0, &text(first)).await.unwrap()), Some(MarkState::Late));
        let before = first - chrono::TimeDelta::seconds(2);
        assert_eq!(states(it.past(&tom, 0, &text(before)).await.unwrap()), None);
        assert_eq!(it.past(&tom, 0, "yesterday").await.unwrap_err().status(), 422);
    }
}
