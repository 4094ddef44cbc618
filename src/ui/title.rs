//! The title of the document, given by the part of a page that knows what the page is about.

use leptos::prelude::*;

/// Where the parts of a page that is being drawn leave its title.
#[derive(Clone, Copy)]
pub struct Place(StoredValue<String>);

impl Place {
    /// Lets the views of this owner find a place.
    pub fn provide() -> Self {
        let place = Self(StoredValue::new(String::new()));
        provide_context(place);
        place
    }

    /// What was left there.
    pub fn take(self) -> String {
        self.0.get_value()
    }
}

/// Sets the title of the document; the application's name is added to it.
#[component]
pub fn Title(#[prop(into)] text: String) -> impl IntoView {
    if let Some(Place(place)) = use_context::<Place>() {
        place.set_value(text);
        return ().into_any();
    }
    view! { <leptos_meta::Title text=text/> }.into_any()
}

/// A title with the application's name.
pub fn whole(title: &str) -> String {
    if title.is_empty() { "Magistra".to_owned() } else { format!("{title} · Magistra") }
}
