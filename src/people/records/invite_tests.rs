//! Invitations that were sent before the person came to belong elsewhere too, on both databases.

use super::{
    change_model::ChangeState,
    change_tests::{THEIRS, Town, invitation, invite},
    model::GrantForm,
    service,
    settle::{self, CONFIRM, REFUSE},
};
use crate::{
    common::{
        actor::Role,
        error::{AppError, Refusal},
        forms::Flash,
        ids::PersonId,
    },
    on_both,
    people::{accounts, service as signing},
};
use chrono::TimeDelta;

const WORDS: &str = "four words of mine";

/// The links of the letters to an address, oldest first.
async fn links(town: &Town, to: &str) -> Vec<String> {
    let letters = town.letters(to).await;
    let tokens = letters.iter().filter_map(|letter| letter.split_once("/set-password/"));
    tokens.map(|(_, rest)| rest.split_whitespace().next().unwrap().to_owned()).collect()
}

/// What the page of a link says: whether it opens the account, and whether it must be confirmed first.
async fn look(town: &Town, link: &str) -> (bool, bool) {
    let page = accounts::service::password_link(&town.house.nobody(), link).await.unwrap();
    assert!(!page.unconfirmed || page.email.is_empty());
    (page.purpose.is_some(), page.unconfirmed)
}

async fn set(town: &Town, link: &str) -> Result<(), AppError> {
    accounts::service::set_password(&town.house.nobody(), link, WORDS, WORDS).await.map(|_| ())
}

async fn forgotten(town: &Town, email: &str) {
    town.later();
    accounts::service::forgotten(&town.house.nobody(), email, "en").await.unwrap();
}

async fn signs_in(town: &Town, email: &str) -> bool {
    signing::sign_in(&town.house.nobody(), email, WORDS).await.is_ok()
}

on_both! {
    async fn an_invitation_opens_nothing_once_the_person_belongs_elsewhere(house) {
        let town = Town::new(house).await;
        let done = invite(&town, &town.ada, &invitation(town.jane, THEIRS)).await.unwrap();
        assert_eq!(done.flash, Some(Flash::Invited));
        forgotten(&town, THEIRS).await;
        let early = links(&town, THEIRS).await;
        assert_eq!(early.len(), 2);
        for link in &early {
            assert_eq!(look(&town, link).await, (true, false));
        }
        let delivery = town.delivery().await;
        town.house.trains(delivery, town.jane).await;

        for link in &early {
            assert_eq!(set(&town, link).await.unwrap_err(), Refusal::Unconfirmed.into());
            assert_eq!(look(&town, link).await, (false, true));
            assert_eq!(look(&town, link).await, (false, true));
        }
        assert!(!signs_in(&town, THEIRS).await);
        forgotten(&town, THEIRS).await;
        assert_eq!(links(&town, THEIRS).await.len(), early.len(), "nothing new for the forgetful");
        // Asked once, however often it was tried.
        let waiting = settle::waiting(&town.office).await.unwrap();
        assert_eq!(waiting.len(), 1, "{waiting:?}");
        assert_eq!((waiting[0].person_id, waiting[0].requested_by.as_str()), (town.jane, "Ada Tester"));
        assert!(!waiting[0].by_address);
        assert_eq!(waiting[0].asked.new_address(&waiting[0].stood), None);

        // Refused: it stays shut, and the office is left in peace for a while.
        settle::settle(&town.office, &town.the_one_waiting().await, REFUSE, "Not her address").await.unwrap();
        assert_eq!(look(&town, &early[0]).await, (false, true));
        assert!(settle::waiting(&town.office).await.unwrap().is_empty());
        town.house.app.clock.set(town.house.app.now() + TimeDelta::days(15));
        forgotten(&town, THEIRS).await;
        assert_eq!(links(&town, THEIRS).await.len(), early.len());

        // Confirmed: a new link, and only that, opens the account.
        settle::settle(&town.office, &town.the_one_waiting().await, CONFIRM, "").await.unwrap();
        assert_eq!(town.state(town.jane).await, ChangeState::Confirmed);
        let all = links(&town, THEIRS).await;
        assert_eq!(all.len(), early.len() + 1);
        let fresh = all.iter().find(|link| !early.contains(link)).unwrap();
        assert_eq!(look(&town, &early[0]).await, (false, false));
        assert_eq!(look(&town, fresh).await, (true, false));
        set(&town, fresh).await.unwrap();
        assert!(signs_in(&town, THEIRS).await);
    }
}

on_both! {
    async fn a_tie_before_the_letter_is_written_counts_too(house) {
        let town = Town::new(house).await;
        invite(&town, &town.ada, &invitation(town.jane, THEIRS)).await.unwrap();
        let grant = GrantForm {
            id: town.house.app.id::<PersonId>().to_string(),
            person_id: town.jane.to_string(),
            role: Role::FocalPoint.code().into(),
            institution_id: town.other.to_string(),
        };
        service::grant(&town.office, &grant).await.unwrap();
        assert!(links(&town, THEIRS).await.is_empty());
        settle::settle(&town.office, &town.the_one_waiting().await, CONFIRM, "").await.unwrap();
        let link = links(&town, THEIRS).await.remove(0);
        set(&town, &link).await.unwrap();
    }
}

on_both! {
    async fn who_belongs_to_one_house_takes_the_invitation_up_at_once(house) {
        let town = Town::new(house).await;
        let email = "jane@court.example";
        invite(&town, &town.ada, &invitation(town.jane, email)).await.unwrap();
        let link = links(&town, email).await.remove(0);
        assert_eq!(look(&town, &link).await, (true, false));
        set(&town, &link).await.unwrap();
        assert!(signs_in(&town, email).await);
        // What comes later takes nothing from an account that is in use.
        town.post(town.jane, town.other).await;
        forgotten(&town, email).await;
        let all = links(&town, email).await;
        assert_eq!(all.len(), 2);
        let fresh = all.iter().find(|other| **other != link).unwrap();
        assert_eq!(look(&town, fresh).await, (true, false));
        set(&town, fresh).await.unwrap();
        assert!(settle::waiting(&town.office).await.unwrap().is_empty());
    }
}

on_both! {
    async fn an_invitation_of_the_office_holds_whatever_comes(house) {
        let town = Town::new(house).await;
        let email = "jane@court.example";
        // The office takes over what the administrator began.
        invite(&town, &town.ada, &invitation(town.jane, email)).await.unwrap();
        invite(&town, &town.office, &invitation(town.jane, email)).await.unwrap();
        town.post(town.jane, town.other).await;
        let link = links(&town, email).await.pop().unwrap();
        assert_eq!(look(&town, &link).await, (true, false));
        set(&town, &link).await.unwrap();
        assert!(signs_in(&town, email).await);
        assert!(settle::waiting(&town.office).await.unwrap().is_empty());
    }
}
