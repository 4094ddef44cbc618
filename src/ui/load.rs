//! Data of a page: read on the server for the first view, by the browser afterwards.

use crate::{
    app::{self, PageState},
    common::error::AppError,
    tr,
    ui::fault::Fault,
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use codee::{Decoder, Encoder};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    any::Any,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

/// Reads with `fetch` whenever `source` changes or something was saved, and shows `body`.
/// Errors become their pages; who must sign in is sent to do so and comes back.
pub fn load<S, T, Fut, V>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> Fut + Send + Sync + 'static,
    body: impl Fn(T) -> V + Send + Sync + 'static,
) -> AnyView
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = Result<T, AppError>> + Send + 'static,
    V: IntoView + 'static,
{
    let here = app::here();
    let failed = move |error| match error {
        AppError::SignInRequired => {
            to_sign_in(&here);
            // Not a fault page: it would set its own status over the redirect's.
            waiting()
        }
        error => view! { <Fault error=error/> }.into_any(),
    };
    show(question(source, fetch), drawn(body), Arc::new(failed), waiting)
}

/// As [`load`], for what stands below a page's own content: whatever goes wrong here must not hide
/// that page.
pub fn below<S, T, Fut, V>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> Fut + Send + Sync + 'static,
    body: impl Fn(T) -> V + Send + Sync + 'static,
) -> AnyView
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = Result<T, AppError>> + Send + 'static,
    V: IntoView + 'static,
{
    show(question(source, fetch), drawn(body), Arc::new(|_| ().into_any()), || ().into_any())
}

fn waiting() -> AnyView {
    view! { <div class="wrap body"><p class="muted" role="status">{tr!(state.loading)}</p></div> }.into_any()
}

/// Data on their way to a page, of whatever type: as they were read, or as the server packed them.
/// One type for all pages, so that the machinery around them is compiled once and not for each.
#[derive(Clone)]
enum Data {
    Read(Arc<dyn Any + Send + Sync>, fn(&(dyn Any + Send + Sync)) -> Option<Vec<u8>>),
    Packed(Arc<[u8]>),
}

impl Data {
    fn read<T: Serialize + Send + Sync + 'static>(data: T) -> Self {
        Self::Read(Arc::new(data), |data| postcard::to_allocvec(data.downcast_ref::<T>()?).ok())
    }

    fn get<T: Clone + DeserializeOwned + 'static>(&self) -> Result<T, AppError> {
        match self {
            Self::Read(data, _) => data.downcast_ref::<T>().cloned().ok_or(AppError::Internal),
            Self::Packed(bytes) => postcard::from_bytes(bytes).map_err(|_| AppError::Internal),
        }
    }
}

type Answer = Result<Data, AppError>;

/// How answers travel inside a page: packed data as base64, an error as JSON.
struct Packing;

impl Encoder<Answer> for Packing {
    type Error = AppError;
    type Encoded = String;

    fn encode(answer: &Answer) -> Result<String, AppError> {
        match answer {
            Ok(Data::Read(data, pack)) => {
                pack(&**data).map(|bytes| format!(".{}", STANDARD_NO_PAD.encode(bytes))).ok_or(AppError::Internal)
            }
            Ok(Data::Packed(bytes)) => Ok(format!(".{}", STANDARD_NO_PAD.encode(bytes))),
            Err(error) => serde_json::to_string(error).map_err(|_| AppError::Internal),
        }
    }
}

impl Decoder<Answer> for Packing {
    type Error = AppError;
    type Encoded = str;

    fn decode(text: &str) -> Result<Answer, AppError> {
        match text.strip_prefix('.') {
            Some(packed) => {
                let bytes = STANDARD_NO_PAD.decode(packed).map_err(|_| AppError::Internal)?;
                Ok(Ok(Data::Packed(bytes.into())))
            }
            None => serde_json::from_str(text).map(Err).map_err(|_| AppError::Internal),
        }
    }
}

type Reading = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// What a page asks: a number that grows when the question changes, and how to ask it.
struct Question {
    number: Box<dyn Fn() -> u64 + Send + Sync>,
    ask: Box<dyn Fn() -> Reading + Send + Sync>,
}

fn question<S, T, Fut>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> Fut + Send + Sync + 'static,
) -> Question
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = Result<T, AppError>> + Send + 'static,
{
    let asked = Arc::new(Mutex::new((0, None)));
    let latest = Arc::clone(&asked);
    Question {
        number: Box::new(move || {
            let source = source();
            let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
            if asked.1.as_ref() != Some(&source) {
                *asked = (asked.0 + 1, Some(source));
            }
            asked.0
        }),
        ask: Box::new(move || {
            let source = latest.lock().unwrap_or_else(PoisonError::into_inner).1.clone();
            let reading = source.map(&fetch);
            Box::pin(async move {
                match reading {
                    Some(reading) => reading.await.map(Data::read),
                    None => Err(AppError::Internal),
                }
            })
        }),
    }
}

type Drawn = Arc<dyn Fn(Data) -> Result<AnyView, AppError> + Send + Sync>;

fn drawn<T, V>(body: impl Fn(T) -> V + Send + Sync + 'static) -> Drawn
where
    T: Clone + DeserializeOwned + 'static,
    V: IntoView + 'static,
{
    Arc::new(move |data: Data| Ok(body(data.get()?).into_any()))
}

fn show(
    Question { number, ask }: Question,
    body: Drawn,
    failed: Arc<dyn Fn(AppError) -> AnyView + Send + Sync>,
    fallback: fn() -> AnyView,
) -> AnyView {
    let state = expect_context::<PageState>();
    let resource =
        Resource::<Answer, Packing>::new_with_options(move || (number(), state.refresh.get()), move |_| ask(), false);
    let shown = move || {
        let (body, failed) = (Arc::clone(&body), Arc::clone(&failed));
        Suspend::new(async move { resource.await.and_then(|data| body(data)).unwrap_or_else(|error| failed(error)) })
    };
    view! { <Transition fallback=fallback>{shown}</Transition> }.into_any()
}

fn to_sign_in(here: &str) {
    let path = format!("/sign-in?next={}", app::encode(here));
    #[cfg(feature = "ssr")]
    crate::platform::http::redirect(&path);
    #[cfg(not(feature = "ssr"))]
    let _ = window().location().set_href(&path);
}
