//! An administrator who would take over somebody of another house, and what works at once, on both
//! databases.

use super::{
    change, change_letters,
    change_model::ChangeState,
    model::{GrantForm, InviteForm, PersonForm, PostForm},
    service,
    settle::{self, CONFIRM, REFUSE},
};
use crate::{
    common::{
        actor::{Actor, Grant, Role},
        error::{AppError, Refusal},
        forms::{Done, FaultKind, Flash},
        ids::{InstitutionId, PersonId},
        lane::Lane,
    },
    on_both,
    people::{accounts, service as signing},
    platform::{context::Ctx, jobs, mail},
    testing::House,
};
use chrono::TimeDelta;

const JOBS: jobs::Handlers = &[
    jobs::Kind::new(Lane::Mail, mail::JOB, mail::deliver),
    jobs::Kind::new(Lane::Letters, accounts::letters::INVITATION_JOB, accounts::letters::invitation),
    jobs::Kind::new(Lane::Letters, accounts::letters::FORGOTTEN_JOB, accounts::letters::forgotten),
    jobs::Kind::new(Lane::Letters, change_letters::CHANGE_JOB, change_letters::ask),
];
pub(super) const THEIRS: &str = "attacker@evil.example";

/// Two houses with an administrator each, the office, and Jane, who has no account and a post at the first.
pub(super) struct Town {
    pub(super) house: House,
    academy: InstitutionId,
    pub(super) other: InstitutionId,
    pub(super) ada: Ctx,
    bea: Ctx,
    pub(super) office: Ctx,
    pub(super) jane: PersonId,
}

impl Town {
    pub(super) async fn new(house: House) -> Self {
        let academy = house.institution("academy").await;
        let other = house.institution("other").await;
        let ada = house.as_actor(&house.administrator("Ada", academy).await);
        let bea = house.as_actor(&house.administrator("Bea", other).await);
        let office = house.as_actor(&house.officer().await);
        let jane: PersonId = house.app.id();
        let form = PersonForm {
            id: jane.to_string(),
            given_name: "Jane".into(),
            family_name: "Trainer".into(),
            email: "jane@court.example".into(),
            institution_id: academy.to_string(),
            profession: "judge".into(),
            ..Default::default()
        };
        service::add(&ada, &form).await.unwrap();
        Self { house, academy, other, ada, bea, office, jane }
    }

    /// A delivery of the other house.
    pub(super) async fn delivery(&self) -> crate::common::ids::DeliveryId {
        let course = self.house.course("introductory").await;
        self.house.pack(course).await;
        self.house.delivery(course, self.other, 20).await
    }

    pub(super) async fn post(&self, person: PersonId, at: InstitutionId) {
        let form = PostForm {
            id: self.house.app.id::<PersonId>().to_string(),
            person_id: person.to_string(),
            profession: "judge".into(),
            institution_id: at.to_string(),
            ..Default::default()
        };
        service::add_post(&self.office, &form).await.unwrap();
    }

    /// Somebody with an account and posts at both houses.
    async fn of_both(&self, name: &str) -> Actor {
        let person = self.house.person(name, &[]).await;
        self.post(person.person_id, self.academy).await;
        self.post(person.person_id, self.other).await;
        person
    }

    async fn has_account(&self, email: &str) -> bool {
        let mut reader = self.ada.read().await.unwrap();
        accounts::store::account_by_email(&mut reader, email).await.unwrap().is_some()
    }

    /// What happens next happens later, so that it has its place in every list.
    pub(super) fn later(&self) {
        self.house.app.clock.set(self.house.app.now() + TimeDelta::seconds(1));
    }

    /// Letters to an address, oldest first.
    pub(super) async fn letters(&self, to: &str) -> Vec<String> {
        self.later();
        jobs::drain(&self.house.app, JOBS).await.unwrap();
        let Ok(folder) = std::fs::read_dir(self.house.app.settings.mail_folder()) else { return Vec::new() };
        let mut files: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let text = |path| std::fs::read_to_string(path).unwrap().replace("=\r\n", "");
        let addressed = |letter: &String| letter.lines().any(|line| line.starts_with("To:") && line.contains(to));
        files.into_iter().map(text).filter(addressed).collect()
    }

    pub(super) async fn the_one_waiting(&self) -> String {
        let waiting = settle::waiting(&self.office).await.unwrap();
        assert_eq!(waiting.len(), 1, "{waiting:?}");
        waiting[0].id.to_string()
    }

    pub(super) async fn state(&self, person: PersonId) -> ChangeState {
        service::view(&self.ada, &person.to_string()).await.unwrap().changes[0].state
    }
}

pub(super) fn invitation(person: PersonId, email: &str) -> InviteForm {
    InviteForm { person_id: person.to_string(), email: email.into(), language: "en".into() }
}

fn token(letter: &str) -> String {
    letter.split_once("/confirm-change/").expect("a link").1.split_whitespace().next().unwrap().to_owned()
}

pub(super) async fn invite(town: &Town, cx: &Ctx, form: &InviteForm) -> Result<Done, AppError> {
    town.later();
    change::invite(cx, form).await
}

async fn new_address(town: &Town, cx: &Ctx, person: PersonId, email: &str) -> Result<Option<Flash>, AppError> {
    town.later();
    let stands = service::view(&town.office, &person.to_string()).await.unwrap();
    let form = PersonForm {
        id: person.to_string(),
        version: stands.version.to_string(),
        given_name: stands.given_name,
        family_name: stands.family_name,
        email: email.into(),
        ..Default::default()
    };
    change::edit(cx, &form).await.map(|done| done.flash)
}

on_both! {
    async fn who_trains_elsewhere_is_not_taken_over_by_an_invitation(house) {
        let town = Town::new(house).await;
        let delivery = town.delivery().await;
        town.house.trains(delivery, town.jane).await;
        for _ in 0..2 {
            let done = invite(&town, &town.ada, &invitation(town.jane, THEIRS)).await.unwrap();
            assert_eq!(done.flash, Some(Flash::Asked));
        }
        assert!(!town.has_account(THEIRS).await);
        assert!(town.letters(THEIRS).await.is_empty(), "no link to where the administrator reads mail");
        assert_eq!(town.state(town.jane).await, ChangeState::Open);
        let id = town.the_one_waiting().await;
        for cx in [&town.ada, &town.bea] {
            assert_eq!(settle::settle(cx, &id, CONFIRM, "").await.unwrap_err(), AppError::Forbidden);
            assert_eq!(settle::waiting(cx).await.unwrap_err(), AppError::Forbidden);
        }
        // Nor by the way round: an address of one's own first, then an invitation to the address on record.
        assert_eq!(new_address(&town, &town.ada, town.jane, THEIRS).await.unwrap(), Some(Flash::Asked));
        let invited = invite(&town, &town.ada, &invitation(town.jane, "jane@court.example")).await.unwrap();
        assert_eq!(invited.flash, Some(Flash::Asked));
        assert!(!town.has_account("jane@court.example").await);
    }
}

on_both! {
    async fn every_tie_to_another_house_counts(house) {
        let town = Town::new(house).await;
        let delivery = town.delivery().await;
        let add = async |name: &str| {
            let id: PersonId = town.house.app.id();
            let form = PersonForm {
                id: id.to_string(),
                given_name: name.into(),
                family_name: "Newcomer".into(),
                institution_id: town.academy.to_string(),
                profession: "judge".into(),
                ..Default::default()
            };
            service::add(&town.ada, &form).await.unwrap();
            id
        };
        let (post, role, place, alone) = (add("Post").await, add("Role").await, add("Place").await, add("Alone").await);
        town.post(post, town.other).await;
        let grant = GrantForm {
            id: town.house.app.id::<PersonId>().to_string(),
            person_id: role.to_string(),
            role: Role::FocalPoint.code().into(),
            institution_id: town.other.to_string(),
        };
        service::grant(&town.office, &grant).await.unwrap();
        town.house.enrol(delivery, place).await;
        for (who, name) in [(post, "post"), (role, "role"), (place, "place")] {
            let email = format!("{name}@evil.example");
            let done = invite(&town, &town.ada, &invitation(who, &email)).await.unwrap();
            assert_eq!(done.flash, Some(Flash::Asked), "{name}");
            assert!(!town.has_account(&email).await, "{name}");
        }
        // Who belongs to the one house alone is invited at once, and mended, and closed.
        let done = invite(&town, &town.ada, &invitation(alone, "wrong@court.example")).await.unwrap();
        assert_eq!(done.flash, Some(Flash::Invited));
        let done = invite(&town, &town.ada, &invitation(alone, "alone@court.example")).await.unwrap();
        assert_eq!(done.flash, Some(Flash::Invited));
        assert!(town.has_account("alone@court.example").await);
        assert!(town.letters("alone@court.example").await[0].contains("/set-password/"));
        let told = town.letters("wrong@court.example").await;
        assert!(told.iter().any(|letter| letter.contains("alone@court.example")), "the old address is told: {told:?}");
        assert_eq!(new_address(&town, &town.ada, alone, "new@court.example").await.unwrap(), Some(Flash::Saved));
        let done = change::set_account_state(&town.ada, &alone.to_string(), true).await.unwrap();
        assert_eq!(done.flash, Some(Flash::Saved));
        // A tie that came after the invitation: sending it again waits.
        change::set_account_state(&town.ada, &alone.to_string(), false).await.unwrap();
        town.post(alone, town.other).await;
        let again = invite(&town, &town.ada, &invitation(alone, "alone@court.example")).await.unwrap();
        assert_eq!(again.flash, Some(Flash::Asked));
        // The office waits for nobody.
        let done = invite(&town, &town.office, &invitation(post, "post@court.example")).await.unwrap();
        assert_eq!(done.flash, Some(Flash::Invited));
    }
}

on_both! {
    async fn the_office_confirms_or_refuses_and_who_asked_reads_it(house) {
        let town = Town::new(house).await;
        town.post(town.jane, town.other).await;
        invite(&town, &town.ada, &invitation(town.jane, "jane@ministry.example")).await.unwrap();
        let id = town.the_one_waiting().await;
        let AppError::Invalid(faults) = settle::settle(&town.office, &id, REFUSE, " ").await.unwrap_err() else { panic!() };
        assert_eq!((faults[0].field.as_str(), &faults[0].kind), ("reason", &FaultKind::Required));
        settle::settle(&town.office, &id, REFUSE, "Ask her at the ministry first").await.unwrap();
        assert_eq!(town.state(town.jane).await, ChangeState::Refused);
        assert!(town.letters("ada@magistra.example").await[0].contains("Ask her at the ministry first"));
        assert_eq!(settle::settle(&town.office, &id, CONFIRM, "").await.unwrap_err(), Refusal::WrongState.into());

        invite(&town, &town.ada, &invitation(town.jane, "jane@ministry.example")).await.unwrap();
        let id = town.the_one_waiting().await;
        // Two officers press the button.
        let (a, b) = tokio::join!(settle::settle(&town.office, &id, CONFIRM, ""), settle::settle(&town.office, &id, CONFIRM, ""));
        assert_eq!([&a, &b].iter().filter(|outcome| outcome.is_ok()).count(), 1, "{a:?} {b:?}");
        assert!(town.letters("jane@ministry.example").await[0].contains("/set-password/"));
        assert!(town.letters("jane@court.example").await[0].contains("jane@ministry.example"), "the address on record is told");
        assert_eq!(town.letters("ada@magistra.example").await.len(), 2);
        assert_eq!(town.state(town.jane).await, ChangeState::Confirmed);
    }
}

on_both! {
    async fn the_address_on_record_confirms_by_a_link(house) {
        let town = Town::new(house).await;
        let eva = town.of_both("Eva").await;
        let nobody = town.house.nobody();
        assert_eq!(new_address(&town, &town.ada, eva.person_id, THEIRS).await.unwrap(), Some(Flash::Asked));
        let letter = town.letters(&eva.email).await.remove(0);
        assert!(letter.contains("Ada Tester") && letter.contains(THEIRS), "{letter}");
        assert!(town.letters(THEIRS).await.is_empty());
        let link = token(&letter);
        // Opening it does nothing.
        assert!(settle::asked_by_link(&nobody, &link).await.unwrap().is_some());
        assert_eq!(town.state(eva.person_id).await, ChangeState::Open);
        settle::answer_link(&nobody, &link, REFUSE).await.unwrap();
        assert_eq!(town.state(eva.person_id).await, ChangeState::Refused);
        assert_eq!(settle::answer_link(&nobody, &link, CONFIRM).await.unwrap_err(), Refusal::BadLink.into());
        assert_eq!(service::view(&town.ada, &eva.person_id.to_string()).await.unwrap().email, eva.email);

        new_address(&town, &town.ada, eva.person_id, "eva@ministry.example").await.unwrap();
        let link = token(&town.letters(&eva.email).await.pop().unwrap());
        settle::answer_link(&nobody, &link, CONFIRM).await.unwrap();
        assert_eq!(service::view(&town.ada, &eva.person_id.to_string()).await.unwrap().email, "eva@ministry.example");
        let told = town.letters(&eva.email).await.pop().unwrap();
        assert!(told.contains("eva@ministry.example") && !told.contains("/confirm-change/"), "{told}");
        assert_eq!(settle::answer_link(&nobody, "none", CONFIRM).await.unwrap_err(), Refusal::BadLink.into());
    }
}

on_both! {
    async fn nobody_is_locked_out_by_the_other_house(house) {
        let town = Town::new(house).await;
        let eva = town.of_both("Eva").await;
        let id = eva.person_id.to_string();
        let sign_in = async || signing::sign_in(&town.house.nobody(), &eva.email, "correct horse battery").await.is_ok();
        assert_eq!(change::set_account_state(&town.ada, &id, true).await.unwrap().flash, Some(Flash::Asked));
        assert!(sign_in().await);
        settle::settle(&town.office, &town.the_one_waiting().await, CONFIRM, "").await.unwrap();
        assert!(!sign_in().await);
        // What the office closed is not opened by the address that it was closed for.
        assert_eq!(change::set_account_state(&town.bea, &id, false).await.unwrap().flash, Some(Flash::Asked));
        assert!(!settle::waiting(&town.office).await.unwrap()[0].by_address);
        settle::settle(&town.office, &town.the_one_waiting().await, CONFIRM, "").await.unwrap();
        assert!(sign_in().await);
    }
}

on_both! {
    async fn what_waits_too_long_is_over(house) {
        let town = Town::new(house).await;
        let eva = town.of_both("Eva").await;
        new_address(&town, &town.ada, eva.person_id, "eva@ministry.example").await.unwrap();
        let id = town.the_one_waiting().await;
        let link = token(&town.letters(&eva.email).await[0]);
        town.house.app.clock.set(town.house.app.now() + TimeDelta::days(14));
        assert_eq!(settle::answer_link(&town.house.nobody(), &link, CONFIRM).await.unwrap_err(), Refusal::BadLink.into());
        assert_eq!(settle::settle(&town.office, &id, CONFIRM, "").await.unwrap_err(), Refusal::WrongState.into());
        assert_eq!(town.state(eva.person_id).await, ChangeState::Expired);
        assert!(settle::waiting(&town.office).await.unwrap().is_empty());
    }
}

on_both! {
    async fn of_two_changes_one_is_done(house) {
        let town = Town::new(house).await;
        let eva = town.of_both("Eva").await;
        for (cx, email) in [(&town.ada, "first@court.example"), (&town.ada, "one@court.example"), (&town.bea, "two@court.example")] {
            new_address(&town, cx, eva.person_id, email).await.unwrap();
        }
        let waiting = settle::waiting(&town.office).await.unwrap();
        assert_eq!(waiting.len(), 2, "who asks again replaces what they asked before");
        let ids: Vec<String> = waiting.iter().map(|line| line.id.to_string()).collect();
        let (a, b) = tokio::join!(settle::settle(&town.office, &ids[0], CONFIRM, ""), settle::settle(&town.office, &ids[1], CONFIRM, ""));
        let outcomes = [a, b];
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        let done = if outcomes[0].is_ok() { "one@court.example" } else { "two@court.example" };
        let view = service::view(&town.ada, &eva.person_id.to_string()).await.unwrap();
        assert_eq!(view.email, done);
        let states: Vec<ChangeState> = view.changes.iter().map(|line| line.state).collect();
        assert_eq!(states.iter().filter(|state| **state == ChangeState::Confirmed).count(), 1, "{states:?}");
        assert!(!states.contains(&ChangeState::Open), "{states:?}");

        // Changed by the office while it waited: it no longer fits.
        new_address(&town, &town.ada, eva.person_id, "three@court.example").await.unwrap();
        new_address(&town, &town.office, eva.person_id, "office@court.example").await.unwrap();
        let late = settle::settle(&town.office, &town.the_one_waiting().await, CONFIRM, "").await.unwrap_err();
        assert_eq!(late, Refusal::Overtaken.into());
        assert_eq!(town.state(eva.person_id).await, ChangeState::Overtaken);
        assert_eq!(service::view(&town.ada, &eva.person_id.to_string()).await.unwrap().email, "office@court.example");
    }
}

on_both! {
    async fn an_officer_is_nobodys_to_change(house) {
        let town = Town::new(house).await;
        let boss = town.house.person("Boss", &[Grant { role: Role::ProgrammeOfficer, institution: None, area: None }]).await;
        town.post(boss.person_id, town.academy).await;
        let refused = invite(&town, &town.ada, &invitation(boss.person_id, THEIRS)).await.unwrap_err();
        assert_eq!(refused, AppError::Forbidden);
        assert!(settle::waiting(&town.office).await.unwrap().is_empty());
    }
}
