//! What the study page does with JavaScript: notes that an item was opened, and where a recording
//! was left. Nothing of it runs on the server.

use crate::common::ids::{DeliveryId, MaterialId};

/// How often the place in a recording is noted, in seconds.
#[cfg(feature = "hydrate")]
const EVERY: i64 = 15;

#[cfg(not(feature = "hydrate"))]
/// Notes that the item was opened and lets its recording go on where it was left.
pub fn attend(_: DeliveryId, _: MaterialId, _: i64) {}

/// Notes that the item was opened and lets its recording go on where it was left.
#[cfg(feature = "hydrate")]
pub fn attend(delivery: DeliveryId, material: MaterialId, position: i64) {
    use crate::learning::api::{note_opened, note_position};
    use leptos::{prelude::*, task::spawn_local};
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::HtmlMediaElement;

    let (delivery, material) = (delivery.to_string(), material.to_string());
    {
        let (delivery, material) = (delivery.clone(), material.clone());
        spawn_local(async move {
            // Where one stopped is a convenience: a lost note is not worth a word.
            let _ = note_opened(delivery, material).await;
        });
    }
    let found = document().query_selector(".lesson .media video, .lesson .media audio").ok().flatten();
    let Some(player) = found.and_then(|found| found.dyn_into::<HtmlMediaElement>().ok()) else { return };
    if position > 0 {
        player.set_current_time(position as f64);
    }
    let noted = StoredValue::new(position);
    let moved = {
        let player = player.clone();
        Closure::<dyn Fn()>::new(move || {
            let now = player.current_time() as i64;
            let Some(last) = noted.try_get_value() else { return };
            if now == last || (!player.paused() && (now - last).abs() < EVERY) {
                return;
            }
            noted.set_value(now);
            let (delivery, material) = (delivery.clone(), material.clone());
            spawn_local(async move {
                let _ = note_position(delivery, material, now).await;
            });
        })
    };
    for event in ["timeupdate", "pause"] {
        let _ = player.add_event_listener_with_callback(event, moved.as_ref().unchecked_ref());
    }
    // Lives as long as its player: a page has one.
    moved.forget();
}
