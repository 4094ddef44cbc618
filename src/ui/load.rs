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
    let resource = Resource::new(move || (source(), state.refresh.get()), move |(source, _)| remembered(fetch(source)));
    let shown = move || {
        let body = body.clone();
        let here = here.clone();
        Suspend::new(async move {
            match resource.await {
                Ok(data) => body(data).into_any(),
                Err(AppError::SignInRequired) => {
                    to_sign_in(&here);
                    // Not a fault page: it would set its own status over the redirect's.
                    view! { <div class="wrap body"><p class="muted" role="status">{tr!(state.loading)}</p></div> }
                        .into_any()
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

/// Data of pages that was read once and is given again: what the benchmark compares real pages
/// with. Never provided by the application itself.
#[cfg(feature = "ssr")]
#[derive(Clone, Default)]
pub struct Remembered(
    std::sync::Arc<std::sync::Mutex<std::collections::HashMap<std::any::TypeId, Box<dyn std::any::Any + Send>>>>,
);

#[cfg(feature = "ssr")]
fn remembered<T, Fut>(fetch: Fut) -> impl Future<Output = Result<T, AppError>> + Send + 'static
where
    T: Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<T, AppError>> + Send + 'static,
{
    use std::{any::TypeId, sync::PoisonError};
    let memory = use_context::<Remembered>();
    let known = memory.as_ref().and_then(|memory| {
        let held = memory.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(&TypeId::of::<T>()).and_then(|data| data.downcast_ref::<T>()).cloned()
    });
    async move {
        if let Some(data) = known {
            return Ok(data);
        }
        let data = fetch.await?;
        if let Some(memory) = memory {
            memory.0.lock().unwrap_or_else(PoisonError::into_inner).insert(TypeId::of::<T>(), Box::new(data.clone()));
        }
        Ok(data)
    }
}

#[cfg(not(feature = "ssr"))]
fn remembered<F>(fetch: F) -> F {
    fetch
}

fn to_sign_in(here: &str) {
    let path = format!("/sign-in?next={}", app::encode(here));
    #[cfg(feature = "ssr")]
    crate::platform::http::redirect(&path);
    #[cfg(not(feature = "ssr"))]
    let _ = window().location().set_href(&path);
}
