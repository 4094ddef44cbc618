//! The register by keyboard: arrows go from name to name, 1 to 5 mark, a slash searches. Only the browser
//! listens; nobody needs it.

#[cfg(not(feature = "hydrate"))]
pub fn listen() {}

#[cfg(feature = "hydrate")]
pub use browser::listen;

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
    use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent};

    const NAME: &str = ".people > li";
    const MARK: &str = "input[type=radio]";

    /// Listens as long as the page lives.
    pub fn listen() {
        let listener = window_event_listener(ev::keydown, |event| {
            if !event.ctrl_key() && !event.alt_key() && !event.meta_key() && act(&event).is_some() {
                event.prevent_default();
            }
        });
        on_cleanup(move || listener.remove());
    }

    /// Does what the key asks for; nothing where it means something else.
    fn act(event: &KeyboardEvent) -> Option<()> {
        let target: Element = event.target()?.dyn_into().ok()?;
        let types = target.dyn_ref::<HtmlInputElement>().is_some_and(|input| input.type_() != "radio")
            || matches!(&*target.tag_name(), "TEXTAREA" | "SELECT");
        let here = target.closest(NAME).ok().flatten();
        match (&*event.key(), here) {
            ("ArrowDown", Some(here)) if !types => focus(&next(here, Element::next_element_sibling)?),
            ("ArrowUp", Some(here)) if !types => focus(&next(here, Element::previous_element_sibling)?),
            // From the search to the first name found.
            ("ArrowDown" | "Enter", None) if target.class_list().contains("reg-find") => {
                let first = document().query_selector(NAME).ok()??;
                focus(&if hidden(&first) { next(first, Element::next_element_sibling)? } else { first })
            }
            (digit @ ("1" | "2" | "3" | "4" | "5"), Some(here)) if !types => {
                let at = digit.parse::<u32>().ok()? - 1;
                let mark: HtmlElement = here.query_selector_all(MARK).ok()?.item(at)?.dyn_into().ok()?;
                mark.click();
                focus(&here)
            }
            ("/", _) if !types => {
                let search: HtmlElement = document().query_selector(".reg-find").ok()??.dyn_into().ok()?;
                search.focus().ok()
            }
            _ => None,
        }
    }

    fn hidden(item: &Element) -> bool {
        item.has_attribute("hidden")
    }

    fn next(from: Element, step: impl Fn(&Element) -> Option<Element>) -> Option<Element> {
        let mut item = step(&from)?;
        while hidden(&item) {
            item = step(&item)?;
        }
        Some(item)
    }

    /// The chosen mark of a name, or its first, takes the focus.
    fn focus(item: &Element) -> Option<()> {
        let chosen = item.query_selector(&format!("{MARK}:checked")).ok().flatten();
        let mark = chosen.or_else(|| item.query_selector(MARK).ok().flatten())?;
        mark.dyn_into::<HtmlElement>().ok()?.focus().ok()
    }
}
