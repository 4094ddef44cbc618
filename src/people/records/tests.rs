//! Keeping persons, and who tries to reach further than they may, on both databases.

use super::{
    change,
    model::{AccountState, GrantForm, InviteForm, PersonForm, PostForm},
    service, store,
};
use crate::{
    common::{
        actor::{Actor, Grant, Role},
        error::{AppError, Refusal},
        forms::FaultKind,
        ids::{InstitutionId, PersonId},
    },
    on_both,
    people::{accounts, service as signing},
    testing::House,
};

fn new_person(house: &House, given: &str, at: Option<InstitutionId>) -> PersonForm {
    let id: PersonId = house.app.id();
    PersonForm {
        id: id.to_string(),
        given_name: given.into(),
        family_name: "Newcomer".into(),
        institution_id: at.map(|at| at.to_string()).unwrap_or_default(),
        ..Default::default()
    }
}

fn role(house: &House, person: PersonId, role: Role, at: Option<InstitutionId>) -> GrantForm {
    GrantForm {
        id: house.app.id::<PersonId>().to_string(),
        person_id: person.to_string(),
        role: role.code().into(),
        institution_id: at.map(|at| at.to_string()).unwrap_or_default(),
    }
}

async fn trainer_at(house: &House, name: &str, at: InstitutionId) -> Actor {
    house.person(name, &[Grant { role: Role::Trainer, institution: Some(at), area: None }]).await
}

fn invalid(error: AppError) -> Vec<(String, FaultKind)> {
    let AppError::Invalid(faults) = error else { panic!("{error:?}") };
    faults.into_iter().map(|fault| (fault.field, fault.kind)).collect()
}

on_both! {
    async fn an_administrator_sees_and_keeps_only_their_own(house) {
        let academy = house.institution("academy").await;
        let other = house.institution("other").await;
        let ada = house.as_actor(&house.administrator("Ada", academy).await);
        let tom = trainer_at(&house, "Tom", academy).await;
        let eve = trainer_at(&house, "Eve", other).await;
        let names: Vec<String> = service::list(&ada, "", "", "").await.unwrap().people.into_iter().map(|p| p.name).collect();
        assert_eq!(names, ["Ada Tester", "Tom Tester"]);
        assert_eq!(service::list(&ada, "TÖM", "", "").await.unwrap().people.len(), 1, "accents and case are ignored");
        assert!(service::view(&ada, &tom.person_id.to_string()).await.is_ok());
        let unknown = service::view(&ada, &eve.person_id.to_string()).await.unwrap_err();
        assert_eq!(unknown, AppError::NotFound, "not even that there is such a person");
        for cx in [house.as_actor(&tom), house.as_actor(&eve)] {
            assert_eq!(service::list(&cx, "", "", "").await.unwrap_err(), AppError::Forbidden);
        }
        assert_eq!(service::list(&house.nobody(), "", "", "").await.unwrap_err(), AppError::SignInRequired);
        let officer = house.as_actor(&house.officer().await);
        assert_eq!(service::list(&officer, "", "", "").await.unwrap().people.len(), 4);
    }
}

on_both! {
    async fn lists_page_by_name_both_ways(house) {
        let officer = house.as_actor(&house.officer().await);
        for n in 0..120 {
            let mut form = new_person(&house, &format!("Ana{:03}", (n * 37) % 120), None);
            form.family_name = "Same".into();
            service::add(&officer, &form).await.unwrap();
        }
        let first = service::list(&officer, "ana", "", "").await.unwrap();
        let second = service::list(&officer, "ana", first.after.as_deref().unwrap(), "").await.unwrap();
        let third = service::list(&officer, "ana", second.after.as_deref().unwrap(), "").await.unwrap();
        assert_eq!((first.people.len(), second.people.len(), third.people.len()), (50, 50, 20));
        assert!(first.before.is_none() && third.after.is_none());
        let all: Vec<_> = [&first, &second, &third].iter().flat_map(|page| page.people.iter().map(|p| p.name.clone())).collect();
        assert!(all.is_sorted());
        let back = service::list(&officer, "ana", "", third.before.as_deref().unwrap()).await.unwrap();
        assert_eq!(back.people, second.people);
        let start = service::list(&officer, "ana", "", back.before.as_deref().unwrap()).await.unwrap();
        assert_eq!(start.people, first.people);
        assert!(start.before.is_none());
        let odd = service::list(&officer, "ana", "not a place", "").await.unwrap();
        assert_eq!(odd.people, first.people);
    }
}

on_both! {
    async fn escalation_is_refused(house) {
        let academy = house.institution("academy").await;
        let other = house.institution("other").await;
        let ada_actor = house.administrator("Ada", academy).await;
        let ada = house.as_actor(&ada_actor);
        let tom = trainer_at(&house, "Tom", academy).await;
        let eve = trainer_at(&house, "Eve", other).await;
        for (to, what, at) in [
            (ada_actor.person_id, Role::ProgrammeOfficer, None),
            (ada_actor.person_id, Role::Observer, None),
            (ada_actor.person_id, Role::InstitutionAdministrator, Some(other)),
            (tom.person_id, Role::Trainer, None),
            (tom.person_id, Role::Trainer, Some(other)),
            (tom.person_id, Role::Participant, Some(academy)),
        ] {
            let refused = service::grant(&ada, &role(&house, to, what, at)).await.unwrap_err();
            assert!(matches!(refused, AppError::Forbidden), "{what:?} at {at:?}: {refused:?}");
        }
        let stranger = role(&house, eve.person_id, Role::Trainer, Some(academy));
        assert_eq!(service::grant(&ada, &stranger).await.unwrap_err(), AppError::NotFound);
        let mut officer_made = new_person(&house, "Max", Some(academy));
        officer_made.role = "programme_officer".into();
        assert!(service::add(&ada, &officer_made).await.is_err());
        let mut elsewhere = new_person(&house, "Max", Some(other));
        elsewhere.role = "trainer".into();
        assert_eq!(service::add(&ada, &elsewhere).await.unwrap_err(), AppError::Forbidden);

        // A programme officer with a post at the academy is seen there; the account stays out of reach.
        let boss = house.officer().await;
        let officer = house.as_actor(&boss);
        let post = PostForm {
            id: house.app.id::<PersonId>().to_string(),
            person_id: boss.person_id.to_string(),
            profession: "judge".into(),
            institution_id: academy.to_string(),
            ..Default::default()
        };
        service::add_post(&officer, &post).await.unwrap();
        let seen = service::view(&ada, &boss.person_id.to_string()).await.unwrap();
        assert!(!seen.may_keep && seen.endable.is_empty());
        let boss_id = boss.person_id.to_string();
        assert_eq!(change::set_account_state(&ada, &boss_id, true).await.unwrap_err(), AppError::Forbidden);
        let take = InviteForm { person_id: boss_id.clone(), email: "ada@magistra.example".into(), ..Default::default() };
        assert_eq!(change::invite(&ada, &take).await.unwrap_err(), AppError::Forbidden);
        let rename = PersonForm { id: boss_id, version: "1".into(), given_name: "X".into(), family_name: "Y".into(), ..Default::default() };
        assert_eq!(change::edit(&ada, &rename).await.unwrap_err(), AppError::Forbidden);
        let grants = store::grants(&mut ada.read().await.unwrap(), boss.person_id).await.unwrap();
        let end = service::end_role(&ada, &grants[0].id.to_string()).await.unwrap_err();
        assert_eq!(end, AppError::Forbidden);
        // What an administrator may do, works.
        service::grant(&ada, &role(&house, tom.person_id, Role::FocalPoint, Some(academy))).await.unwrap();
        let twice = service::grant(&ada, &role(&house, tom.person_id, Role::FocalPoint, Some(academy))).await.unwrap_err();
        assert_eq!(twice, Refusal::AlreadySent.into());
    }
}

on_both! {
    async fn the_last_officer_stays(house) {
        let first_actor = house.officer().await;
        let first = house.as_actor(&first_actor);
        let second_actor = house.person("Second", &[Grant { role: Role::ProgrammeOfficer, institution: None, area: None }]).await;
        let second = house.as_actor(&second_actor);
        let grant_of = async |actor: &Actor| {
            store::grants(&mut first.read().await.unwrap(), actor.person_id).await.unwrap()[0].id.to_string()
        };
        let (one, two) = (grant_of(&first_actor).await, grant_of(&second_actor).await);
        // Each takes the other's role at the same moment: one of them stays.
        let (a, b) = tokio::join!(service::end_role(&first, &two), service::end_role(&second, &one));
        let outcomes = [a, b];
        assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1, "{outcomes:?}");
        assert!(outcomes.contains(&Err(Refusal::LastOfficer.into())), "{outcomes:?}");
        let (left, left_grant) = if outcomes[0].is_ok() { (&first, one) } else { (&second, two) };
        assert_eq!(service::end_role(left, &left_grant).await.unwrap_err(), Refusal::LastOfficer.into());
        let own = left.actor.as_ref().unwrap().person_id.to_string();
        assert_eq!(change::set_account_state(left, &own, true).await.unwrap_err(), AppError::Forbidden);
    }
}

on_both! {
    async fn a_replayed_form_changes_nothing(house) {
        let officer = house.as_actor(&house.officer().await);
        let mut form = new_person(&house, "Ana", None);
        form.account = "true".into();
        form.email = "Ana@Court.Example".into();
        service::add(&officer, &form).await.unwrap();
        assert_eq!(service::add(&officer, &form).await.unwrap_err(), Refusal::AlreadySent.into());
        let other = PersonForm { id: house.app.id::<PersonId>().to_string(), ..form.clone() };
        assert_eq!(invalid(service::add(&officer, &other).await.unwrap_err()), [("email".to_owned(), FaultKind::Taken)]);
        let found = service::list(&officer, "ana newcomer", "", "").await.unwrap();
        assert_eq!(found.people.len(), 1, "the second left nothing behind");
        assert_eq!(found.people[0].account, AccountState::Invited);
    }
}

on_both! {
    async fn names_that_break_letters_or_certificates_are_refused(house) {
        let officer = house.as_actor(&house.officer().await);
        let mut form = new_person(&house, "Ana\r\nBcc: x@y.example", None);
        form.family_name = "文".into();
        form.email = "ana@court.example\r\nBcc: eve@evil.example".into();
        let faults = invalid(service::add(&officer, &form).await.unwrap_err());
        assert!(faults.iter().any(|(field, kind)| field == "email" && *kind == FaultKind::Email), "{faults:?}");
        assert!(faults.contains(&("family_name".to_owned(), FaultKind::Unprintable { text: "文".into() })), "{faults:?}");
        form.family_name = "Б".into();
        form.email = String::new();
        service::add(&officer, &form).await.unwrap();
        let kept = service::view(&officer, &form.id).await.unwrap();
        assert_eq!(kept.given_name, "Ana Bcc: x@y.example", "one line");
        form.area_code = "ZZ".into();
        form.id = house.app.id::<PersonId>().to_string();
        assert_eq!(invalid(service::add(&officer, &form).await.unwrap_err()), [("area_code".to_owned(), FaultKind::Choice)]);
    }
}

on_both! {
    async fn two_editors_and_the_second_sees_the_first(house) {
        let officer = house.as_actor(&house.officer().await);
        let form = new_person(&house, "Ana", None);
        service::add(&officer, &form).await.unwrap();
        let mut edited = PersonForm { version: "1".into(), given_name: "Anna".into(), ..form.clone() };
        change::edit(&officer, &edited).await.unwrap();
        edited.given_name = "Hana".into();
        let AppError::Conflict(conflict) = change::edit(&officer, &edited).await.unwrap_err() else { panic!() };
        assert_eq!((conflict.by.as_str(), conflict.version), ("Officer Tester", 2));
        assert_eq!(conflict.theirs, [("given_name".to_owned(), "Anna".to_owned())]);
    }
}

on_both! {
    async fn a_closed_account_is_signed_out_and_stays_out(house) {
        let officer = house.as_actor(&house.officer().await);
        let tom = house.person("Tom", &[]).await;
        let opened = signing::sign_in(&house.nobody(), &tom.email, "correct horse battery").await.unwrap();
        assert!(signing::actor(&house.app, &opened.token).await.unwrap().is_some());
        change::set_account_state(&officer, &tom.person_id.to_string(), true).await.unwrap();
        assert!(signing::actor(&house.app, &opened.token).await.unwrap().is_none());
        let again = signing::sign_in(&house.nobody(), &tom.email, "correct horse battery").await.unwrap_err();
        assert_eq!(again, Refusal::WrongSignIn.into());
        change::set_account_state(&officer, &tom.person_id.to_string(), false).await.unwrap();
        assert!(signing::sign_in(&house.nobody(), &tom.email, "correct horse battery").await.is_ok());
        assert!(signing::actor(&house.app, &opened.token).await.unwrap().is_none(), "the old session stays dead");
    }
}

on_both! {
    async fn posts_end_after_they_begin(house) {
        let academy = house.institution("academy").await;
        let officer = house.as_actor(&house.officer().await);
        let form = new_person(&house, "Ana", None);
        service::add(&officer, &form).await.unwrap();
        let mut post = PostForm {
            id: house.app.id::<PersonId>().to_string(),
            person_id: form.id.clone(),
            profession: "judge".into(),
            institution_id: academy.to_string(),
            starts_on: "2026-01-02".into(),
            ends_on: "2026-01-01".into(),
            ..Default::default()
        };
        let faults = invalid(service::add_post(&officer, &post).await.unwrap_err());
        assert_eq!(faults, [("ends_on".to_owned(), FaultKind::EndsBeforeStart)]);
        post.ends_on = String::new();
        service::add_post(&officer, &post).await.unwrap();
        assert_eq!(service::add_post(&officer, &post).await.unwrap_err(), Refusal::AlreadySent.into());
        assert!(service::end_post(&officer, &post.id, "2025-12-31").await.is_err());
        service::end_post(&officer, &post.id, "2026-11-24").await.unwrap();
        assert_eq!(service::view(&officer, &form.id).await.unwrap().posts[0].ends_on, "2026-11-24".parse().ok());
    }
}

on_both! {
    async fn an_invitation_with_a_wrong_address_is_mended(house) {
        let officer = house.as_actor(&house.officer().await);
        let mut form = new_person(&house, "Ana", None);
        form.account = "true".into();
        form.email = "wrong@court.example".into();
        service::add(&officer, &form).await.unwrap();
        let mend = InviteForm { person_id: form.id.clone(), email: "right@court.example".into(), language: "fr".into() };
        change::invite(&officer, &mend).await.unwrap();
        let mut reader = officer.read().await.unwrap();
        assert!(accounts::store::account_by_email(&mut reader, "wrong@court.example").await.unwrap().is_none());
        let account = accounts::store::account_by_email(&mut reader, "right@court.example").await.unwrap().unwrap();
        assert_eq!(account.language.as_deref(), Some("fr"));
        let taken = InviteForm { email: "officer@magistra.example".into(), ..mend };
        assert_eq!(invalid(change::invite(&officer, &taken).await.unwrap_err()), [("email".to_owned(), FaultKind::Taken)]);
    }
}
