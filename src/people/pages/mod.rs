//! Signing in, one's own account, the records of persons, and background work.

mod account;
mod changes;
mod confirm_change;
mod edit_person;
mod forgotten;
mod jobs;
mod lanes;
mod list;
mod new_person;
mod person;
mod set_password;
mod sign_in;

use super::{asks::Asks, rights::Right};
use crate::{
    common::{error::AppError, ids::InstitutionId},
    i18n::{self, Locale},
    institutions::{self, api::Directory},
    platform::http::page::{Page, Visit, page},
    ui::{format, words},
};
use chrono::{DateTime, Utc};

/// The pages of this capability.
pub fn pages() -> Vec<Page> {
    let manage = Asks::For(Right::ManagePeople);
    vec![
        page("/sign-in", Asks::Nothing, sign_in::page),
        page("/forgotten", Asks::Nothing, forgotten::page),
        page("/set-password/{token}", Asks::Nothing, set_password::page),
        page("/confirm-change/{token}", Asks::Nothing, confirm_change::page),
        page("/account", Asks::SignIn, account::page),
        page("/people", Asks::Somewhere(Right::ManagePeople), list::page),
        page("/people/new", Asks::Somewhere(Right::ManagePeople), new_person::page),
        page("/people/changes", Asks::For(Right::ConfirmChanges), changes::page),
        page("/people/{id}", manage, person::page),
        page("/people/{id}/edit", manage, edit_person::edit_page),
        page("/people/{id}/role", manage, edit_person::role_page),
        page("/people/{id}/post", manage, edit_person::post_page),
        page("/admin/jobs", Asks::For(Right::RunHouse), jobs::page),
    ]
}

/// The code of the page's language.
fn language() -> String {
    i18n::code(i18n::locale()).to_owned()
}

/// Languages that pages and letters are written in.
fn written_languages() -> Vec<(String, String)> {
    [Locale::en, Locale::fr].map(|locale| (i18n::code(locale).to_owned(), words::language(i18n::code(locale)))).to_vec()
}

/// A moment as shown where no time zone is nearer.
fn moment(at: DateTime<Utc>) -> String {
    format!("{} UTC", format::date_time(at.naive_utc()))
}

/// Something together with the names of areas and institutions.
async fn with_directory<T>(
    visit: &Visit,
    first: impl Future<Output = Result<T, AppError>>,
) -> Result<(T, Directory), AppError> {
    let first = first.await?;
    Ok((first, institutions::service::directory(&visit.cx, visit.language()).await?))
}

/// The name of an institution of the directory.
fn institution_name(directory: &Directory, id: InstitutionId) -> String {
    directory.institutions.iter().find(|line| line.id == id).map(|line| line.name.clone()).unwrap_or_default()
}

/// Codes and names of institutions to choose from.
fn institution_choices(directory: &Directory, reach: Option<&[InstitutionId]>) -> Vec<(String, String)> {
    directory
        .institutions
        .iter()
        .filter(|line| reach.is_none_or(|reach| reach.contains(&line.id)))
        .map(|line| (line.id.to_string(), line.name.clone()))
        .collect()
}

/// Codes and names of areas to choose from.
fn area_choices(directory: &Directory) -> Vec<(String, String)> {
    directory.areas.iter().map(|area| (area.code.clone(), area.name.clone())).collect()
}
