//! The invented persons, their posts, accounts and roles.

use super::{Loader, broken};
use crate::{
    common::{
        actor::{Grant, Role},
        error::AppError,
        ids::PersonId,
    },
    demo::{
        accounts::{ACADEMY, ACCOUNTS, Account},
        source::Person,
        store,
    },
    people::{
        service::create_person,
        store::{self as people, NewPerson},
    },
    platform::{db::Tx, text},
};
use chrono::NaiveDate;

/// Since when the invented posts are held: before the first delivery.
const SINCE: NaiveDate = NaiveDate::from_ymd_opt(2008, 9, 1).expect("a day");

impl Loader<'_> {
    pub(super) async fn persons(&mut self, tx: &mut Tx, hash: &str) -> Result<(), AppError> {
        for person in &self.source.persons {
            let id: PersonId = self.id();
            let account = person.account.as_deref().map(account).transpose()?;
            let email = account.map(Account::email).unwrap_or_default();
            let new = NewPerson {
                id,
                given_name: &person.given,
                family_name: &person.family,
                folded: &text::fold(&format!("{} {}", person.given, person.family)),
                sex: person.sex,
                area_code: Some(&person.area),
                email: &email,
                invented: person.invented,
            };
            match account {
                Some(account) => {
                    let grants = [self.grant(account, person)?];
                    create_person(self.cx, tx, new, Some((&email, Some(hash))), &grants).await?;
                }
                None => people::add_person(tx, &new, self.now).await?,
            }
            let academy = match account {
                Some(account) if account.role == Role::InstitutionAdministrator => Some(self.institution(ACADEMY)?),
                _ => None,
            };
            let at = (academy, person.institution_name.as_str());
            store::add_post(tx, self.id(), id, person.profession, at, SINCE).await?;
            self.persons.insert(person.key.clone(), id);
        }
        Ok(())
    }

    fn grant(&self, account: &Account, person: &Person) -> Result<Grant, AppError> {
        Ok(match account.role {
            Role::InstitutionAdministrator => {
                Grant { role: account.role, institution: Some(self.institution(ACADEMY)?), area: None }
            }
            Role::FocalPoint => Grant { role: account.role, institution: None, area: Some(person.area.clone()) },
            role => Grant { role, institution: None, area: None },
        })
    }

    /// A person by key.
    pub(super) fn person(&self, key: &str) -> Result<PersonId, AppError> {
        self.persons.get(key).copied().ok_or_else(|| broken(format!("no person {key}")))
    }
}

fn account(name: &str) -> Result<&'static Account, AppError> {
    ACCOUNTS.iter().find(|account| account.name == name).ok_or_else(|| broken(format!("no account {name}")))
}
