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

use crate::{
    common::{error::AppError, ids::InstitutionId},
    i18n::{self, Locale},
    institutions::api::{Directory, get_directory},
    ui::{format, words},
};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The routes of this capability.
#[component(transparent)]
pub fn PeopleRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/sign-in") view=sign_in::SignInPage/>
        <Route path=path!("/forgotten") view=forgotten::ForgottenPage/>
        <Route path=path!("/set-password/:token") view=set_password::SetPasswordPage/>
        <Route path=path!("/confirm-change/:token") view=confirm_change::ConfirmChangePage/>
        <Route path=path!("/account") view=account::AccountPage/>
        <Route path=path!("/people") view=list::ListPage/>
        <Route path=path!("/people/new") view=new_person::NewPersonPage/>
        <Route path=path!("/people/changes") view=changes::ChangesPage/>
        <Route path=path!("/people/:id") view=person::PersonPage/>
        <Route path=path!("/people/:id/edit") view=edit_person::EditPersonPage/>
        <Route path=path!("/people/:id/role") view=edit_person::GrantPage/>
        <Route path=path!("/people/:id/post") view=edit_person::PostPage/>
        <Route path=path!("/admin/jobs") view=jobs::JobsPage/>
    }
    .into_inner()
    .into_any_nested_route()
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
    language: String,
    first: impl Future<Output = Result<T, AppError>>,
) -> Result<(T, Directory), AppError> {
    let first = first.await?;
    Ok((first, get_directory(language).await?))
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
