//! Where this device is, if its owner lets it say so. Nothing happens on the server.

/// Degrees north and east, and how far off they may be in metres.
pub type Found = Option<(f64, f64, f64)>;

/// Asks the device; the answer comes once.
#[cfg(feature = "hydrate")]
pub fn ask(then: impl Fn(Found) + Clone + 'static) {
    use wasm_bindgen::{JsCast, closure::Closure};
    let Ok(geolocation) = leptos::prelude::window().navigator().geolocation() else { return then(None) };
    let failed = then.clone();
    let found = Closure::once_into_js(move |position: web_sys::Position| {
        let at = position.coords();
        then(Some((at.latitude(), at.longitude(), at.accuracy())));
    });
    let refused = Closure::once_into_js({
        let failed = failed.clone();
        move || failed(None)
    });
    let options = web_sys::PositionOptions::new();
    options.set_enable_high_accuracy(true);
    // Milliseconds. What was known before is not asked for: who was told to be too far away has moved since.
    options.set_timeout(15_000);
    options.set_maximum_age(0);
    let asked = geolocation.get_current_position_with_error_callback_and_options(
        found.unchecked_ref(),
        Some(refused.unchecked_ref()),
        &options,
    );
    if asked.is_err() {
        failed(None);
    }
}

/// There is no device on the server.
#[cfg(not(feature = "hydrate"))]
pub fn ask(_then: impl Fn(Found) + Clone + 'static) {}

/// Writes a value into every field of that name on the page.
#[cfg(feature = "hydrate")]
pub fn fill(name: &str, value: &str) {
    use wasm_bindgen::JsCast;
    let Ok(fields) = leptos::prelude::document().query_selector_all(&format!("input[name={name}]")) else { return };
    for index in 0..fields.length() {
        if let Some(field) = fields.get(index).and_then(|node| node.dyn_into::<web_sys::HtmlInputElement>().ok()) {
            field.set_value(value);
        }
    }
}

/// There is no page on the server.
#[cfg(not(feature = "hydrate"))]
pub fn fill(_name: &str, _value: &str) {}
