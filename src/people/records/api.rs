//! Server functions of persons' records, and what they send.

use super::{
    change_model::ChangeLine,
    model::{AccountState, GrantForm, GrantLine, InviteForm, PersonForm, PersonLine, Post, PostForm},
};
use crate::{
    common::{
        actor::Role,
        error::AppError,
        forms::Done,
        ids::{GrantId, InstitutionId, PersonId, PostId},
    },
    people::model::Sex,
};
use chrono::{DateTime, NaiveDate, Utc};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A page of persons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeopleList {
    /// What was searched.
    pub query: String,
    /// The persons, by name.
    pub people: Vec<PersonLine>,
    /// Where the page before this one ends.
    pub before: Option<String>,
    /// Where the next page begins.
    pub after: Option<String>,
}

/// A person's record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonView {
    /// Their id.
    pub id: PersonId,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Sex, where stated.
    pub sex: Option<Sex>,
    /// Area.
    pub area_code: Option<String>,
    /// Where mail goes.
    pub email: String,
    /// Whether the demonstration made them up.
    pub invented: bool,
    /// Version of the record.
    pub version: i64,
    /// How far the account has come.
    pub account: AccountState,
    /// The sign-in address.
    pub account_email: String,
    /// When it was last signed in with.
    pub last_sign_in_at: Option<DateTime<Utc>>,
    /// Whether who looks may change record and account.
    pub may_keep: bool,
    /// Whether such a change waits to be confirmed: the person belongs to another house too.
    pub asks: bool,
    /// What was asked for the person lately, and what became of it.
    pub changes: Vec<ChangeLine>,
    /// Whether it is who looks.
    pub mine: bool,
    /// Roles, ended ones too.
    pub grants: Vec<GrantLine>,
    /// Posts.
    pub posts: Vec<Post>,
    /// Roles that who looks may end.
    pub endable: Vec<GrantId>,
    /// Roles that who looks may give.
    pub grantable: Vec<Role>,
    /// Institutions where they may give them; none means all.
    pub reach: Option<Vec<InstitutionId>>,
    /// Id of the next role.
    pub new_grant: GrantId,
    /// Id of the next post.
    pub new_post: PostId,
    /// Today.
    pub today: NaiveDate,
}

/// What the form of a new person needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewPersonPage {
    /// Their id.
    pub id: PersonId,
    /// Roles that who looks may give.
    pub grantable: Vec<Role>,
    /// Institutions where they may give them; none means all.
    pub reach: Option<Vec<InstitutionId>>,
}

/// Adds a person.
#[server(prefix = "/_fn", endpoint = "people/add")]
pub async fn add_person(#[server(flatten)] form: PersonForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::add(&http::ctx()?, &form).await }).await
}

/// Saves a changed record.
#[server(prefix = "/_fn", endpoint = "people/edit")]
pub async fn edit_person(#[server(flatten)] form: PersonForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::change::edit(&http::ctx()?, &form).await }).await
}

/// Makes an account and invites, or invites again.
#[server(prefix = "/_fn", endpoint = "people/invite")]
pub async fn invite_person(#[server(flatten)] form: InviteForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::change::invite(&http::ctx()?, &form).await }).await
}

/// Gives a role.
#[server(prefix = "/_fn", endpoint = "people/grant-role")]
pub async fn grant_role(#[server(flatten)] form: GrantForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::grant(&http::ctx()?, &form).await }).await
}

/// Ends a role.
#[server(prefix = "/_fn", endpoint = "people/end-role")]
pub async fn end_role(id: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::end_role(&http::ctx()?, &id).await }).await
}

/// Adds a post.
#[server(prefix = "/_fn", endpoint = "people/add-post")]
pub async fn add_post(#[server(flatten)] form: PostForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::add_post(&http::ctx()?, &form).await }).await
}

/// Ends a post.
#[server(prefix = "/_fn", endpoint = "people/end-post")]
pub async fn end_post(id: String, #[server(default)] ends_on: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::end_post(&http::ctx()?, &id, &ends_on).await }).await
}

/// Closes an account.
#[server(prefix = "/_fn", endpoint = "people/disable-account")]
pub async fn disable_account(person_id: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::change::set_account_state(&http::ctx()?, &person_id, true).await }).await
}

/// Opens a closed account again.
#[server(prefix = "/_fn", endpoint = "people/enable-account")]
pub async fn enable_account(person_id: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::change::set_account_state(&http::ctx()?, &person_id, false).await }).await
}
