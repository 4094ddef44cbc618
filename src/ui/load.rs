//! Data of a page: read on the server for the first view, by the browser afterwards.

use crate::{
    app::{self, PageState},
    common::error::AppError,
    tr,
    ui::fault::Fault,
};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

/// Reads with `fetch` whenever `source` changes or something was saved, and shows `body`.
/// Errors become their pages; who must sign in is sent to do so and comes back.
pub fn load<S, T, Fut, V>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> Fut + Send + Sync + 'static,
    body: impl Fn(T) -> V + Clone + Send + Sync + 'static,
) -> AnyView
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = Result<T, AppError>> + Send + 'static,
    V: IntoView + 'static,
{
    let state = expect_context::<PageState>();
    let here = app::here();
    let resource = Resource::new(move || (source(), state.refresh.get()), move |(source, _)| fetch(source));
    let shown = move || {
        let body = body.clone();
        let here = here.clone();
        Suspend::new(async move {
            match resource.await {
                Ok(data) => body(data).into_any(),
                Err(AppError::SignInRequired) => {
                    to_sign_in(&here);
                    view! { <Fault error=AppError::SignInRequired/> }.into_any()
                }
                Err(error) => view! { <Fault error=error/> }.into_any(),
            }
        })
    };
    view! {
        <Transition fallback=|| view! { <div class="wrap body"><p class="muted" role="status">{tr!(state.loading)}</p></div> }>
            {shown}
        </Transition>
    }
    .into_any()
}

fn to_sign_in(here: &str) {
    let path = format!("/sign-in?next={}", app::encode(here));
    #[cfg(feature = "ssr")]
    crate::platform::http::redirect(&path);
    #[cfg(not(feature = "ssr"))]
    let _ = window().location().set_href(&path);
}
