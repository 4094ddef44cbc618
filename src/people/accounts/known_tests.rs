//! Strangers who guess, owners who come back, and browsers that are known, on both databases.

use super::{
    attempts::{self, Count},
    known, letters, service,
};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::FaultKind,
        lane::Lane,
    },
    on_both,
    people::{accounts::attempt_model::Counted, service as signing},
    platform::{context::Ctx, jobs, mail},
    testing::House,
};
use chrono::TimeDelta;

const JOBS: jobs::Handlers = &[
    jobs::Kind::new(Lane::Mail, mail::JOB, mail::deliver),
    jobs::Kind::new(Lane::Letters, letters::FORGOTTEN_JOB, letters::forgotten),
    jobs::Kind::new(Lane::Letters, known::GUESSED_JOB, known::guessed),
];
const RIGHT: &str = "correct horse battery";
const OTHER: &str = "four words of mine";

fn from(house: &House, address: &str, device: &str) -> Ctx {
    Ctx { source: address.into(), device: device.into(), ..house.nobody() }
}

fn later(house: &House, by: TimeDelta) {
    house.app.clock.set(house.app.now() + by);
}

/// Letters written so far whose text has a word.
async fn letters_with(house: &House, word: &str) -> Vec<String> {
    jobs::drain(&house.app, JOBS).await.unwrap();
    let Ok(folder) = std::fs::read_dir(house.app.settings.mail_folder()) else { return Vec::new() };
    let text = |path| std::fs::read_to_string(path).unwrap().replace("=\r\n", "");
    folder.map(|entry| text(entry.unwrap().path())).filter(|letter| letter.contains(word)).collect()
}

/// Wrong tries from as many places; the seconds that each had to wait, none where the password was looked at.
async fn strangers(house: &House, email: &str, tries: u32) -> Vec<Option<u64>> {
    let mut waits = Vec::new();
    for n in 0..tries {
        let stranger = from(house, &format!("203.0.113.{n}"), "");
        match signing::sign_in(&stranger, email, "a guess of mine").await.unwrap_err() {
            AppError::TooMany(seconds) => waits.push(Some(seconds)),
            other => {
                assert_eq!(other, Refusal::WrongSignIn.into());
                waits.push(None);
            }
        }
    }
    waits
}

on_both! {
    async fn a_hundred_strangers_shut_nobody_out(house) {
        let tom = house.person("Tom", &[]).await;
        let home = signing::sign_in(&from(&house, "198.51.100.1", ""), &tom.email, RIGHT).await.unwrap();
        let waits = strangers(&house, &tom.email, 100).await;
        assert_eq!(waits.iter().filter(|wait| wait.is_none()).count(), 20, "guesses at one account have a bound");
        assert!(waits.iter().flatten().all(|seconds| *seconds <= 30), "{waits:?}");
        // The owner's own browser is let in at once, even from where a stranger was.
        signing::sign_in(&from(&house, "203.0.113.7", &home.device), &tom.email, RIGHT).await.unwrap();
        // On a new one the wait is short and ends.
        let new = from(&house, "198.51.100.2", "");
        let AppError::TooMany(seconds) = signing::sign_in(&new, &tom.email, RIGHT).await.unwrap_err() else { panic!() };
        assert!(seconds <= 30);
        later(&house, TimeDelta::seconds(i64::try_from(seconds).unwrap()));
        signing::sign_in(&new, &tom.email, RIGHT).await.unwrap();
    }
}

on_both! {
    async fn a_link_is_a_way_in_while_strangers_guess(house) {
        let tom = house.person("Tom", &[]).await;
        strangers(&house, &tom.email, 60).await;
        let new = from(&house, "198.51.100.2", "");
        service::forgotten(&new, &tom.email, "en").await.unwrap();
        let letter = letters_with(&house, "/set-password/").await.remove(0);
        let token = letter.split_once("/set-password/").unwrap().1.split_whitespace().next().unwrap().to_owned();
        let set = service::set_password(&new, &token, OTHER, OTHER).await.unwrap();
        strangers(&house, &tom.email, 60).await;
        signing::sign_in(&from(&house, "198.51.100.2", &set.device), &tom.email, OTHER).await.unwrap();
    }
}

on_both! {
    async fn the_owner_is_told_once_a_day_and_nobody_learns_who_has_an_account(house) {
        let tom = house.person("Tom", &[]).await;
        let known = strangers(&house, &tom.email, 60).await;
        // As many from the same places again: what they used up of their places is little.
        let unknown = strangers(&house, "none@magistra.example", 60).await;
        assert_eq!(known, unknown);
        assert_eq!(letters_with(&house, "tom@magistra.example").await.len(), 1);
        assert!(letters_with(&house, "none@magistra.example").await.is_empty());
        later(&house, TimeDelta::hours(3));
        strangers(&house, &tom.email, 60).await;
        assert_eq!(letters_with(&house, "tom@magistra.example").await.len(), 1, "once a day");
        later(&house, TimeDelta::hours(22));
        strangers(&house, &tom.email, 60).await;
        assert_eq!(letters_with(&house, "tom@magistra.example").await.len(), 2);
    }
}

on_both! {
    async fn one_place_that_tries_many_accounts_is_slowed(house) {
        let tom = house.person("Tom", &[]).await;
        let home = signing::sign_in(&from(&house, "2001:db8:1:2::7", ""), &tom.email, RIGHT).await.unwrap();
        let mut looked = 0;
        for n in 0..100 {
            let stuffing = from(&house, &format!("2001:db8:1:2:{n:x}::1"), "");
            if signing::sign_in(&stuffing, &format!("{n}@magistra.example"), RIGHT).await.unwrap_err() == Refusal::WrongSignIn.into() {
                looked += 1;
            }
        }
        assert_eq!(looked, 30, "an IPv6 network is one place");
        signing::sign_in(&from(&house, "2001:db8:1:2::7", &home.device), &tom.email, RIGHT).await.unwrap();
        signing::sign_in(&from(&house, "2001:db8:1:3::7", ""), &tom.email, RIGHT).await.unwrap();
    }
}

on_both! {
    async fn a_hundred_at_once_are_not_quicker(house) {
        let tom = house.person("Tom", &[]).await;
        let stranger = from(&house, "203.0.113.1", "");
        let tries = (0..40).map(|_| signing::sign_in(&stranger, &tom.email, "a guess of mine"));
        let outcomes = futures::future::join_all(tries).await;
        let looked = outcomes.iter().filter(|outcome| matches!(outcome, Err(AppError::Refused(_)))).count();
        assert_eq!(looked, 5, "{outcomes:?}");
        // What is counted is counted for every node: the database has it.
        let pair = Count::of(Counted::Pair, &[&tom.email, "203.0.113.1"]);
        assert!(matches!(attempts::check(&stranger, &[pair]).await, Err(AppError::TooMany(_))));
    }
}

on_both! {
    async fn a_browser_is_known_to_its_own_accounts_only(house) {
        let tom = house.person("Tom", &[]).await;
        let eve = house.person("Eve", &[]).await;
        let planted = signing::sign_in(&from(&house, "198.51.100.1", "planted"), &tom.email, RIGHT).await.unwrap();
        assert_ne!(planted.device, "planted", "what we did not give is not taken over");
        let again = signing::sign_in(&from(&house, "198.51.100.1", &planted.device), &tom.email, RIGHT).await.unwrap();
        assert_eq!(again.device, planted.device);
        let shared = signing::sign_in(&from(&house, "198.51.100.1", &planted.device), &eve.email, RIGHT).await.unwrap();
        assert_eq!(shared.device, planted.device, "one browser, two accounts");
        let eves = signing::sign_in(&from(&house, "198.51.100.9", ""), &eve.email, RIGHT).await.unwrap();

        // Eve's own browser is a stranger to Tom's account.
        let mut last = Ok(());
        for _ in 0..8 {
            last = signing::sign_in(&from(&house, "198.51.100.9", &eves.device), &tom.email, "a guess of mine").await.map(|_| ());
        }
        assert!(matches!(last, Err(AppError::TooMany(_))), "{last:?}");
        // A known browser that guesses holds up itself alone.
        for _ in 0..12 {
            last = signing::sign_in(&from(&house, "198.51.100.1", &planted.device), &tom.email, "a guess of mine").await.map(|_| ());
        }
        assert!(matches!(last, Err(AppError::TooMany(_))), "{last:?}");
        let second = signing::sign_in(&from(&house, "198.51.100.3", ""), &tom.email, RIGHT).await.unwrap();

        // It is listed, and forgotten when its owner says so.
        let actor = signing::actor(&house.app, &second.token).await.unwrap().unwrap();
        let at_second = Ctx { actor: Some(actor), ..from(&house, "198.51.100.3", &second.device) };
        let devices = service::view(&at_second).await.unwrap().devices;
        assert_eq!((devices.len(), devices.iter().filter(|line| line.current).count()), (2, 1));
        let other = devices.iter().find(|line| !line.current).unwrap().id.to_string();
        let eve_in = signing::actor(&house.app, &eves.token).await.unwrap().unwrap();
        service::forget_device(&house.as_actor(&eve_in), &other).await.unwrap();
        assert_eq!(service::view(&at_second).await.unwrap().devices.len(), 2, "nobody forgets another's");
        service::forget_device(&at_second, &other).await.unwrap();
        assert_eq!(service::view(&at_second).await.unwrap().devices.len(), 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM known_device WHERE token_hash LIKE '%planted%'").await, 0);
    }
}

on_both! {
    async fn what_was_counted_does_not_pile_up(house) {
        for n in 0..60 {
            let _ = signing::sign_in(&from(&house, &format!("203.0.113.{n}"), ""), &format!("{n}@magistra.example"), "x").await;
        }
        assert_eq!(house.count("SELECT COUNT(*) FROM attempt").await, 180);
        later(&house, TimeDelta::days(1));
        for n in 0..12 {
            let _ = signing::sign_in(&from(&house, &format!("198.51.100.{n}"), ""), &format!("{n}@magistra.example"), "x").await;
        }
        assert!(house.count("SELECT COUNT(*) FROM attempt").await <= 36);
    }
}

on_both! {
    async fn passwords_that_are_tried_first_are_refused_wherever_one_is_set(house) {
        let tom = house.person("Tomislav", &[]).await;
        let opened = signing::sign_in(&house.nobody(), &tom.email, RIGHT).await.unwrap();
        let actor = signing::actor(&house.app, &opened.token).await.unwrap().unwrap();
        let cx = house.as_actor(&actor);
        service::forgotten(&house.nobody(), &tom.email, "en").await.unwrap();
        let letter = letters_with(&house, "/set-password/").await.remove(0);
        let token = letter.split_once("/set-password/").unwrap().1.split_whitespace().next().unwrap().to_owned();
        for (password, kind) in [("Password1234!", FaultKind::CommonPassword), ("tomislav-tester-1", FaultKind::OwnPassword)] {
            for outcome in [
                service::change_password(&cx, RIGHT, password, password).await.map(|_| ()),
                service::set_password(&house.nobody(), &token, password, password).await.map(|_| ()),
            ] {
                let Err(AppError::Invalid(faults)) = outcome else { panic!("{password}: {outcome:?}") };
                assert_eq!((faults[0].field.as_str(), &faults[0].kind), ("password", &kind), "{password}");
            }
        }
        service::set_password(&house.nobody(), &token, OTHER, OTHER).await.unwrap();
    }
}
