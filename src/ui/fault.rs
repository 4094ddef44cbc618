//! Pages for what cannot be shown: 401, 403, 404, 500, 503.

use crate::{common::error::AppError, tr, ui::title::Title};
use leptos::prelude::*;

/// A page that says what is wrong and what can be done, with the status to match.
#[component]
pub fn Fault(error: AppError) -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(crate::platform::http::status(&error));
    }
    let (title, text) = match error {
        AppError::NotFound => (tr!(state.not_found_title), tr!(state.not_found_text)),
        AppError::Forbidden | AppError::SignInRequired => (tr!(state.forbidden_title), tr!(state.forbidden_text)),
        AppError::Unavailable | AppError::Unreachable | AppError::TooMany(_) => {
            (tr!(state.unavailable_title), tr!(state.unavailable_text))
        }
        _ => (tr!(state.error_title), tr!(state.error_text)),
    };
    view! {
        <Title text=title.clone()/>
        <div class="wrap fault">
            <p class="fault-no">{error.status()}</p>
            <h1>{title}</h1>
            <p class="lede">{text}</p>
            <ul class="ways">
                <li><a href="/">{tr!(state.to_start)}</a></li>
                <li><a href="/catalogue">{tr!(nav.catalogue)}</a></li>
                <li><a href="/institutions">{tr!(nav.institutions)}</a></li>
            </ul>
        </div>
    }
}
