//! Server functions of one's own account, and what they send.

use super::model::{AccountForm, DeviceLine, Purpose, SessionLine};
use crate::common::{error::AppError, forms::Done};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the page of forgotten passwords must know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForgottenInfo {
    /// There is no mail server: letters are files in the data folder.
    pub mail_to_folder: bool,
}

/// What a link in a letter is good for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PasswordLink {
    /// What it is for; none when it no longer holds.
    pub purpose: Option<Purpose>,
    /// The account's address, for the browser's store of passwords.
    pub email: String,
    /// Fewest characters of a password.
    pub min_length: usize,
    /// Most characters of a password.
    pub max_length: usize,
    /// Whether it opens nothing until the programme office confirms the invitation.
    pub unconfirmed: bool,
}

/// One's own account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountView {
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Version of the person's record.
    pub version: i64,
    /// The sign-in address.
    pub email: String,
    /// The chosen language; empty follows the browser.
    pub language: String,
    /// Fewest characters of a password.
    pub min_length: usize,
    /// Signed-in browsers.
    pub sessions: Vec<SessionLine>,
    /// Browsers that have signed in before.
    pub devices: Vec<DeviceLine>,
}

/// Asks for a link to set a new password.
#[server(prefix = "/_fn", endpoint = "people/forgotten")]
pub async fn ask_link(#[server(default)] email: String, #[server(default)] language: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::forgotten(&http::ctx()?, &email, &language).await }).await
}

/// Sets a password by a link.
#[server(prefix = "/_fn", endpoint = "people/set-password")]
pub async fn set_password(
    #[server(default)] token: String,
    #[server(default)] password: String,
    #[server(default)] password_again: String,
) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async {
        let cx = http::ctx()?;
        let set = super::service::set_password(&cx, &token, &password, &password_again).await?;
        http::set_device_cookie(&cx.app, &set.device);
        Ok(set.done)
    })
    .await
}

/// Saves one's own name and language.
#[server(prefix = "/_fn", endpoint = "people/edit-account")]
pub async fn edit_account(#[server(flatten)] form: AccountForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async {
        let done = super::service::edit(&http::ctx()?, &form).await?;
        http::set_language_cookie(Some(form.language.trim()).filter(|language| !language.is_empty()));
        Ok(done)
    })
    .await
}

/// Changes one's own password.
#[server(prefix = "/_fn", endpoint = "people/change-password")]
pub async fn change_password(
    #[server(default)] present_password: String,
    #[server(default)] password: String,
    #[server(default)] password_again: String,
) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async {
        super::service::change_password(&http::ctx()?, &present_password, &password, &password_again).await
    })
    .await
}

/// Signs one of one's own browsers out.
#[server(prefix = "/_fn", endpoint = "people/end-session")]
pub async fn end_session(id: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::end_session(&http::ctx()?, &id).await }).await
}

/// Signs every other browser out.
#[server(prefix = "/_fn", endpoint = "people/end-other-sessions")]
pub async fn end_other_sessions() -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::end_other_sessions(&http::ctx()?).await }).await
}

/// Forgets one of one's own browsers.
#[server(prefix = "/_fn", endpoint = "people/forget-device")]
pub async fn forget_device(id: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::forget_device(&http::ctx()?, &id).await }).await
}
