//! Server functions of changes that wait to be confirmed.

use crate::common::{error::AppError, forms::Done};
use leptos::prelude::*;

/// The programme office confirms or refuses a change.
#[server(prefix = "/_fn", endpoint = "people/settle-change")]
pub async fn settle_change(
    id: String,
    #[server(default)] answer: String,
    #[server(default)] reason: String,
) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::settle::settle(&http::ctx()?, &id, &answer, &reason).await }).await
}

/// The reader of the address on record confirms or refuses a change.
#[server(prefix = "/_fn", endpoint = "people/answer-change")]
pub async fn answer_change(
    #[server(default)] token: String,
    #[server(default)] answer: String,
) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::settle::answer_link(&http::ctx()?, &token, &answer).await }).await
}
