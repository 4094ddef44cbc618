//! Server functions of people.

use super::model::Actor;
use crate::common::{error::AppError, forms::Done};
use leptos::prelude::*;

/// Who is signed in.
#[server(prefix = "/_fn", endpoint = "people/me")]
pub async fn me() -> Result<Option<Actor>, AppError> {
    Ok(crate::platform::http::ctx()?.actor)
}

/// Signs in and goes to `next`.
#[server(prefix = "/_fn", endpoint = "people/sign-in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async {
        let cx = http::ctx()?;
        let opened = super::service::sign_in(&cx, &email, &password).await?;
        http::set_session_cookie(&cx.app, Some(&opened.token));
        http::set_device_cookie(&cx.app, &opened.device);
        if opened.language.is_some() {
            http::set_language_cookie(opened.language.as_deref());
        }
        Ok(Done::quietly(http::safe_path(&next).unwrap_or("/").to_owned()))
    })
    .await
}

/// Signs out.
#[server(prefix = "/_fn", endpoint = "people/sign-out")]
pub async fn sign_out() -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async {
        let cx = http::ctx()?;
        let done = super::service::sign_out(&cx).await?;
        http::set_session_cookie(&cx.app, None);
        Ok(done)
    })
    .await
}
