//! Server functions of changes that wait to be confirmed.

use super::change_model::ChangeLine;
use crate::common::{error::AppError, forms::Done};
use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};

/// Every change that waits, for the programme office.
#[server(prefix = "/_fn", endpoint = "people/changes", input = GetUrl, output = Postcard)]
pub async fn get_changes() -> Result<Vec<ChangeLine>, AppError> {
    use crate::platform::http;
    http::answer(async { super::settle::waiting(&http::ctx()?).await }).await
}

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

/// What a link of a letter asks about; nothing when it no longer holds.
#[server(prefix = "/_fn", endpoint = "people/change-link", input = GetUrl, output = Postcard)]
pub async fn get_change_link(token: String) -> Result<Option<ChangeLine>, AppError> {
    use crate::platform::http;
    http::answer(async { super::settle::asked_by_link(&http::ctx()?, &token).await }).await
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
