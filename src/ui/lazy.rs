//! Pages whose code a browser loads when it first wants one of their kind.
//!
//! Catalogue, courses and signing in, where most people arrive, are in the main module; the rest is
//! in a few parts, so that nobody downloads what others work with. The machinery is Leptos's own
//! (`wasm_split`); `scripts/build.sh` cuts the module apart.

/// The view of a route from one of the parts: `view=lazy!(teach: editor::PackPage)`.
///
/// Parts: `open` (for anybody), `learn` (who takes part), `teach` (who writes), `manage` (who runs
/// things).
#[macro_export]
macro_rules! lazy {
    ($part:ident: $page:path) => {{
        #[::leptos::wasm_split::wasm_split($part, wasm_split_path = ::leptos::wasm_split, preload(#[doc(hidden)] fetch))]
        fn page() -> ::leptos::prelude::AnyView {
            $crate::ui::lazy::announce(stringify!($part));
            ::leptos::prelude::IntoAny::into_any($page())
        }

        struct Page;

        impl ::leptos_router::LazyRoute for Page {
            fn data() -> Self {
                Self
            }

            async fn view(_: Self) -> ::leptos::prelude::AnyView {
                page().await
            }

            async fn preload() {
                fetch().await;
            }
        }

        ::leptos_router::Lazy::<Page>::new()
    }};
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
