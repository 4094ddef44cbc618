//! Live pages, whose code a browser loads with the page.
//!
//! The catalogue, where most people arrive, is in the main module; the rest is in a few parts, so that nobody downloads
//! what others work with. The machinery is Leptos's own (`wasm_split`); `scripts/build.sh` cuts the module apart.

/// The view of a route from one of the parts: `view=lazy!(teach: editor::PackPage)`.
///
/// Parts: `learn` (who takes part), `teach` (who writes), `manage` (who runs things), `kiosk` (a tablet at a door,
/// which reads pictures).
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

/// What a part gives. Where its code cannot be had (a line that broke, a file that a new release has taken away), the
/// page is left as the server drew it, with links and forms that work without us.
pub async fn or_from_the_server<T, E>(part: impl Future<Output = Result<T, E>>) -> T {
    match part.await {
        Ok(given) => given,
        #[cfg(feature = "hydrate")]
        Err(_) => std::future::pending().await,
        // The server has all parts.
        #[cfg(not(feature = "hydrate"))]
        Err(_) => unreachable!("only a browser loads parts"),
    }
}

/// Set on the document once the page answers to our code; styles and browser tests know by it.
#[cfg(feature = "hydrate")]
const ATTACHED: &str = "data-hydrated";

/// Attaches the application to a live page that the server sent. Every link leads to a new page, as browsers do it:
/// the router has the live pages only.
#[cfg(feature = "hydrate")]
pub async fn attach<V: leptos::prelude::IntoView + 'static>(app: fn() -> V) {
    use leptos::prelude::{document, window};
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{Element, Event};

    let leave_to_the_browser = Closure::<dyn Fn(Event)>::new(|event: Event| {
        let on = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(link) = on.and_then(|on| on.closest("a[href]").ok().flatten()) {
            let rel = link.get_attribute("rel").unwrap_or_default();
            if !rel.split(' ').any(|word| word == "external") {
                let _ = link.set_attribute("rel", format!("{rel} external").trim());
            }
        }
    });
    // Before the router, which spares links that are marked so.
    let listener = leave_to_the_browser.as_ref().unchecked_ref();
    let _ = window().add_event_listener_with_callback_and_bool("click", listener, true);
    leave_to_the_browser.forget();
    // A page that the browser kept whole shows again what was ticked when it was left; its address says otherwise.
    let as_the_address_says = Closure::<dyn Fn(Event)>::new(|event: Event| {
        if js_sys::Reflect::get(&event, &"persisted".into()).is_ok_and(|kept| kept.is_truthy()) {
            let forms = document().query_selector_all("form[method=get][autocomplete=off]").ok();
            for at in 0..forms.as_ref().map_or(0, web_sys::NodeList::length) {
                let form = forms.as_ref().and_then(|forms| forms.get(at));
                if let Some(form) = form.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok()) {
                    form.reset();
                }
            }
        }
    });
    let listener = as_the_address_says.as_ref().unchecked_ref();
    let _ = window().add_event_listener_with_callback("pageshow", listener);
    as_the_address_says.forget();
    let body = document().body().expect("a page has a body");
    leptos::mount::hydrate_from_async(body, app).await.forget();
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
