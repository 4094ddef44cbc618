//! Pages whose code a browser loads when it first wants one of their kind.
//!
//! Catalogue, courses and signing in, where most people arrive, are in the main module; the rest is
//! in a few parts, so that nobody downloads what others work with. The machinery is Leptos's own
//! (`wasm_split`); `scripts/build.sh` cuts the module apart.

/// The view of a route from one of the parts: `view=lazy!(teach: editor::PackPage)`.
///
/// Parts: `open` (for anybody), `learn` (who takes part), `teach` (who writes), `manage` (who runs
/// things), `kiosk` (a tablet at a door, which reads pictures).
#[macro_export]
macro_rules! lazy {
    ($part:ident: $page:path) => {{
        #[::leptos::wasm_split::wasm_split($part, wasm_split_path = ::leptos::wasm_split, preload(fetch), fallible)]
        fn page() -> Result<::leptos::prelude::AnyView, ::leptos::wasm_split::SplitLoaderError> {
            $crate::ui::lazy::announce(stringify!($part));
            Ok(::leptos::prelude::IntoAny::into_any($page()))
        }

        struct Page;

        impl ::leptos_router::LazyRoute for Page {
            fn data() -> Self {
                Self
            }

            async fn view(_: Self) -> ::leptos::prelude::AnyView {
                $crate::ui::lazy::or_from_the_server(page()).await
            }

            async fn preload() {
                $crate::ui::lazy::or_from_the_server(fetch()).await;
            }
        }

        ::leptos_router::Lazy::<Page>::new()
    }};
}

/// What a part gives, or, where its code cannot be had (a line that broke, a file that a new release
/// has taken away), the page as the server draws it: the code that is here cannot.
///
/// A page that the server sent just now is left as it stands, with links and forms that work without
/// us; a page that was asked for by a click is asked for once more, by the browser itself.
pub async fn or_from_the_server<T, E>(part: impl Future<Output = Result<T, E>>) -> T {
    #[cfg(feature = "hydrate")]
    let url = leptos_router::hooks::use_url();
    match part.await {
        Ok(given) => given,
        #[cfg(feature = "hydrate")]
        Err(_) => {
            use leptos::prelude::{GetUntracked, document, window};
            if document().document_element().is_some_and(|root| root.has_attribute(ATTACHED)) {
                let url = url.get_untracked();
                let query = if url.search().is_empty() { String::new() } else { format!("?{}", url.search()) };
                let _ = window().location().assign(&format!("{}{query}{}", url.path(), url.hash()));
            }
            std::future::pending().await
        }
        // The server has all parts.
        #[cfg(not(feature = "hydrate"))]
        Err(_) => unreachable!("only a browser loads parts"),
    }
}

/// Set on the document once the page answers to our code; styles and browser tests know by it.
#[cfg(feature = "hydrate")]
const ATTACHED: &str = "data-hydrated";

/// Attaches the application to the page the server sent.
///
/// Until its part is here links are the browser's own: the router listens from the first moment, but
/// it has no page yet that it could change.
#[cfg(feature = "hydrate")]
pub async fn attach<V: leptos::prelude::IntoView + 'static>(app: fn() -> V) {
    use leptos::prelude::{document, window};
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{Element, Event};

    let spare_links = Closure::<dyn Fn(Event)>::new(|event: Event| {
        let on = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if on.is_some_and(|on| on.closest("a[href]").is_ok_and(|link| link.is_some())) {
            event.stop_propagation();
        }
    });
    let listener = spare_links.as_ref().unchecked_ref();
    let _ = window().add_event_listener_with_callback_and_bool("click", listener, true);
    let body = document().body().expect("a page has a body");
    leptos::mount::hydrate_from_async(body, app).await.forget();
    let _ = window().remove_event_listener_with_callback_and_bool("click", listener, true);
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute(ATTACHED, "");
    }
}

/// Tells the browser, with the page, which files of a part it is about to ask for.
#[cfg(feature = "ssr")]
pub fn announce(part: &str) {
    use crate::platform::{context::Ctx, http};
    let Some(cx) = leptos::prelude::use_context::<Ctx>() else { return };
    for file in cx.app.assets.parts(part) {
        let link = format!("</pkg/{file}>; rel=preload; as=fetch; type=\"application/wasm\"; crossorigin");
        http::set_header(axum::http::header::LINK, &link);
    }
}

/// The browser knows already: it has just loaded it.
#[cfg(not(feature = "ssr"))]
pub fn announce(_: &str) {}
