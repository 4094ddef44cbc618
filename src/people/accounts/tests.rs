//! Links, passwords and sessions as their owner and as a thief meets them, on both databases.

use super::{letters, model::AccountForm, service};
use crate::common::lane::Lane;
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::FaultKind,
    },
    on_both,
    people::service as signing,
    platform::{
        context::Ctx,
        jobs::{self, Kind},
        mail,
    },
    testing::House,
};
use chrono::TimeDelta;

const JOBS: jobs::Handlers = &[
    Kind::new(Lane::Letters, letters::FORGOTTEN_JOB, letters::forgotten),
    Kind::new(Lane::Letters, letters::INVITATION_JOB, letters::invitation),
    Kind::new(Lane::Mail, mail::JOB, mail::deliver),
];
const OLD: &str = "correct horse battery";
const NEW: &str = "four words of mine";

/// Letters written so far, oldest first.
fn mail(house: &House) -> Vec<String> {
    let Ok(folder) = std::fs::read_dir(house.app.settings.mail_folder()) else { return Vec::new() };
    let mut files: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort_by_key(|path| std::fs::metadata(path).unwrap().modified().unwrap());
    files.into_iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

/// The token in a letter.
fn token(letter: &str) -> String {
    // A long line of a letter in quoted-printable is broken with `=`.
    let letter = letter.replace("=\r\n", "");
    let (_, rest) = letter.split_once("/set-password/").expect("a link");
    rest.split_whitespace().next().unwrap().to_owned()
}

async fn forgotten(house: &House, email: &str) -> Vec<String> {
    service::forgotten(&house.nobody(), email, "en").await.unwrap();
    jobs::drain(&house.app, JOBS).await.unwrap();
    mail(house)
}

async fn signed_in(house: &House, email: &str, password: &str) -> (String, Ctx) {
    let opened = signing::sign_in(&house.nobody(), email, password).await.unwrap();
    let actor = signing::actor(&house.app, &opened.token).await.unwrap().unwrap();
    (opened.token, house.as_actor(&actor))
}

on_both! {
    async fn one_answer_for_known_and_unknown(house) {
        house.person("Tom", &[]).await;
        let known = service::forgotten(&house.nobody(), "Tom@Magistra.Example", "en").await.unwrap();
        let unknown = service::forgotten(&house.nobody(), "none@magistra.example", "en").await.unwrap();
        assert_eq!(known, unknown);
        jobs::drain(&house.app, JOBS).await.unwrap();
        let letters = mail(&house);
        assert_eq!(letters.len(), 1);
        assert!(letters[0].contains("To: \"Tom Tester\" <tom@magistra.example>") || letters[0].contains("To: Tom Tester <tom@magistra.example>"), "{}", letters[0]);
        for bad in ["", "tom", "tom@magistra.example\r\nBcc: eve@evil.example"] {
            assert!(matches!(service::forgotten(&house.nobody(), bad, "en").await, Err(AppError::Invalid(_))), "{bad}");
        }
        // The wrong password and the unknown address are one refusal, and both hash.
        let wrong = signing::sign_in(&house.nobody(), "tom@magistra.example", "x").await.unwrap_err();
        assert_eq!(wrong, signing::sign_in(&house.nobody(), "none@magistra.example", "x").await.unwrap_err());
    }
}

on_both! {
    async fn a_link_works_once_and_signs_everybody_out(house) {
        let tom = house.person("Tom", &[]).await;
        let (old_session, _) = signed_in(&house, &tom.email, OLD).await;
        let first = token(&forgotten(&house, &tom.email).await[0]);
        let second = token(&forgotten(&house, &tom.email).await[1]);
        let nobody = house.nobody();
        assert!(service::password_link(&nobody, &first).await.unwrap().purpose.is_some());
        let AppError::Invalid(faults) = service::set_password(&nobody, &first, "short", "short").await.unwrap_err() else { panic!() };
        assert_eq!(faults[0].kind, FaultKind::TooShort { min: 12 });
        assert!(service::set_password(&nobody, &first, NEW, "other").await.is_err());
        service::set_password(&nobody, &first, NEW, NEW).await.unwrap();
        for used in [&first, &second] {
            let again = service::set_password(&nobody, used, "another password", "another password").await;
            assert_eq!(again.unwrap_err(), Refusal::BadLink.into());
            assert!(service::password_link(&nobody, used).await.unwrap().purpose.is_none());
        }
        assert!(signing::actor(&house.app, &old_session).await.unwrap().is_none());
        assert!(signing::sign_in(&nobody, &tom.email, OLD).await.is_err());
        assert!(signing::sign_in(&nobody, &tom.email, NEW).await.is_ok());
    }
}

on_both! {
    async fn old_and_invented_links_open_nothing(house) {
        let tom = house.person("Tom", &[]).await;
        let link = token(&forgotten(&house, &tom.email).await[0]);
        let nobody = house.nobody();
        for bad in ["", "x", &format!("{link}A"), &signing::token_hash(&link)] {
            assert_eq!(service::set_password(&nobody, bad, NEW, NEW).await.unwrap_err(), Refusal::BadLink.into());
        }
        house.app.clock.set(house.app.now() + TimeDelta::minutes(61));
        assert!(service::password_link(&nobody, &link).await.unwrap().purpose.is_none());
        assert_eq!(service::set_password(&nobody, &link, NEW, NEW).await.unwrap_err(), Refusal::BadLink.into());
        assert!(signing::sign_in(&nobody, &tom.email, OLD).await.is_ok());
    }
}

on_both! {
    async fn two_browsers_with_one_link_and_one_wins(house) {
        let tom = house.person("Tom", &[]).await;
        let link = token(&forgotten(&house, &tom.email).await[0]);
        let nobody = house.nobody();
        let (a, b) = tokio::join!(
            service::set_password(&nobody, &link, NEW, NEW),
            service::set_password(&nobody, &link, "of another hand", "of another hand"),
        );
        assert_eq!([a, b].iter().filter(|outcome| outcome.is_ok()).count(), 1);
    }
}

on_both! {
    async fn letters_are_not_a_weapon(house) {
        let tom = house.person("Tom", &[]).await;
        for _ in 0..6 {
            forgotten(&house, &tom.email).await;
        }
        assert_eq!(mail(&house).len(), 3, "no more while three links hold");
        let mut last = Ok(());
        for _ in 0..20 {
            last = service::forgotten(&house.nobody(), &tom.email, "en").await.map(|_| ());
        }
        assert!(matches!(last, Err(AppError::TooMany(_))), "{last:?}");
        assert!(signing::sign_in(&house.nobody(), &tom.email, OLD).await.is_ok(), "signing in is not locked by it");
    }
}

on_both! {
    async fn ones_own_sessions_and_nobody_elses(house) {
        let tom = house.person("Tom", &[]).await;
        let eve = house.person("Eve", &[]).await;
        let (one, at_one) = signed_in(&house, &tom.email, OLD).await;
        let (two, _) = signed_in(&house, &tom.email, OLD).await;
        let (_, stranger) = signed_in(&house, &eve.email, OLD).await;
        let sessions = service::view(&at_one).await.unwrap().sessions;
        assert_eq!((sessions.len(), sessions.iter().filter(|s| s.current).count()), (2, 1));
        let other = sessions.iter().find(|s| !s.current).unwrap().id.to_string();
        assert_eq!(service::end_session(&stranger, &other).await.unwrap_err(), AppError::NotFound);
        assert!(signing::actor(&house.app, &two).await.unwrap().is_some());
        service::end_session(&at_one, &other).await.unwrap();
        assert!(signing::actor(&house.app, &two).await.unwrap().is_none());
        let (three, _) = signed_in(&house, &tom.email, OLD).await;
        service::end_other_sessions(&at_one).await.unwrap();
        assert!(signing::actor(&house.app, &three).await.unwrap().is_none());
        assert!(signing::actor(&house.app, &one).await.unwrap().is_some());
        assert_eq!(service::view(&stranger).await.unwrap().sessions.len(), 1, "the stranger's is untouched");
    }
}

on_both! {
    async fn a_changed_password_asks_the_present_one(house) {
        let tom = house.person("Tom", &[]).await;
        let (here, cx) = signed_in(&house, &tom.email, OLD).await;
        let (elsewhere, _) = signed_in(&house, &tom.email, OLD).await;
        let AppError::Invalid(faults) = service::change_password(&cx, "not it", NEW, NEW).await.unwrap_err() else { panic!() };
        assert_eq!((faults[0].field.as_str(), &faults[0].kind), ("present_password", &FaultKind::WrongPassword));
        service::change_password(&cx, OLD, NEW, NEW).await.unwrap();
        assert!(signing::actor(&house.app, &here).await.unwrap().is_some());
        assert!(signing::actor(&house.app, &elsewhere).await.unwrap().is_none());
        assert_eq!(service::change_password(&house.nobody(), OLD, NEW, NEW).await.unwrap_err(), AppError::SignInRequired);
        let mut last = Ok(());
        for _ in 0..20 {
            last = service::change_password(&cx, "guess", OLD, OLD).await.map(|_| ());
        }
        assert!(matches!(last, Err(AppError::TooMany(_))), "{last:?}");
    }
}

on_both! {
    async fn letters_speak_the_accounts_language(house) {
        let tom = house.person("Tom", &[]).await;
        let (_, cx) = signed_in(&house, &tom.email, OLD).await;
        let form = AccountForm { given_name: "Tom".into(), family_name: "Tester".into(), language: "fr".into(), version: "1".into() };
        service::edit(&cx, &form).await.unwrap();
        assert!(matches!(service::edit(&cx, &form).await, Err(AppError::Conflict(_))), "the version has moved on");
        let strange = AccountForm { language: "xx".into(), version: "2".into(), ..form };
        assert!(matches!(service::edit(&cx, &strange).await, Err(AppError::Invalid(_))));
        let letter = forgotten(&house, &tom.email).await.remove(0);
        assert!(letter.contains("Subject: Magistra") && !letter.contains("somebody asked"), "{letter}");
        assert_eq!(signing::sign_in(&house.nobody(), &tom.email, OLD).await.unwrap().language.as_deref(), Some("fr"));
    }
}
