//! The title of the document, given by the part of a page that knows what the page is about.

use leptos::prelude::*;

/// Where the title of a page that is being drawn is left.
#[cfg(feature = "ssr")]
mod place {
    use std::cell::RefCell;

    thread_local! {
        static TITLE: RefCell<Option<String>> = const { RefCell::new(None) };
    }

    /// Draws, and gives what was drawn with the title that was set meanwhile.
    pub fn collect<T>(draw: impl FnOnce() -> T) -> (T, String) {
        TITLE.set(Some(String::new()));
        let drawn = draw();
        (drawn, TITLE.take().unwrap_or_default())
    }

    /// Whether a page is being drawn, which has the title now.
    pub fn leave(title: &str) -> bool {
        TITLE.with_borrow_mut(|place| match place {
            Some(place) => {
                title.clone_into(place);
                true
            }
            None => false,
        })
    }
}

#[cfg(feature = "ssr")]
pub use place::collect;

/// Sets the title of the document; the application's name is added to it.
#[component]
pub fn Title(#[prop(into)] text: String) -> impl IntoView {
    #[cfg(feature = "ssr")]
    if place::leave(&text) {
        return ().into_any();
    }
    view! { <leptos_meta::Title text=text/> }.into_any()
}

/// A title with the application's name.
pub fn whole(title: &str) -> String {
    if title.is_empty() { "Magistra".to_owned() } else { format!("{title} · Magistra") }
}
