//! The camera of a kiosk: a few pictures a second, each looked at for a QR code on the device itself. No
//! picture leaves it.

use leptos::prelude::*;
use rqrr::PreparedImage;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement, MediaStream, MediaStreamConstraints};

/// Between two pictures: a badge is held still for longer.
const EVERY: Duration = Duration::from_millis(200);
/// Width of the pictures looked at, in pixels: enough for a badge at arm's length.
const WIDTH: f64 = 640.0;

/// Shows what the camera that looks at the room sees.
pub async fn start(video: &HtmlVideoElement) -> Result<(), JsValue> {
    let constraints = MediaStreamConstraints::new();
    let wanted = js_sys::Object::new();
    js_sys::Reflect::set(&wanted, &"facingMode".into(), &"user".into())?;
    constraints.set_video(&wanted);
    let devices = window().navigator().media_devices()?;
    let stream: MediaStream =
        JsFuture::from(devices.get_user_media_with_constraints(&constraints)?).await?.unchecked_into();
    video.set_src_object(Some(&stream));
    JsFuture::from(video.play()?).await.map(|_| ())
}

/// Lets the camera go.
pub fn stop(video: Option<HtmlVideoElement>) {
    let Some(video) = video else { return };
    if let Some(stream) = video.src_object() {
        for track in stream.get_tracks().iter() {
            track.unchecked_into::<web_sys::MediaStreamTrack>().stop();
        }
    }
    video.set_src_object(None);
}

/// What looks, and for whom.
struct Eye<G, S> {
    video: HtmlVideoElement,
    canvas: HtmlCanvasElement,
    pen: CanvasRenderingContext2d,
    go_on: G,
    seen: S,
}

/// Looks for codes for as long as `go_on` says, and gives each to `seen`.
pub fn watch(video: HtmlVideoElement, go_on: impl Fn() -> bool + 'static, seen: impl Fn(String) + 'static) {
    if let Some((canvas, pen)) = canvas() {
        Eye { video, canvas, pen, go_on, seen }.blink();
    }
}

impl<G: Fn() -> bool + 'static, S: Fn(String) + 'static> Eye<G, S> {
    fn blink(self) {
        if !(self.go_on)() {
            return;
        }
        if let Some(code) = look(&self.video, &self.canvas, &self.pen) {
            (self.seen)(code);
        }
        set_timeout(move || self.blink(), EVERY);
    }
}

fn canvas() -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    let pen = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    Some((canvas, pen))
}

/// The code in what the camera sees now.
fn look(video: &HtmlVideoElement, canvas: &HtmlCanvasElement, pen: &CanvasRenderingContext2d) -> Option<String> {
    let (width, height) = (f64::from(video.video_width()), f64::from(video.video_height()));
    if width < 1.0 || height < 1.0 {
        return None;
    }
    let scale = (WIDTH / width).min(1.0);
    let (width, height) = ((width * scale).floor(), (height * scale).floor());
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    pen.draw_image_with_html_video_element_and_dw_and_dh(video, 0.0, 0.0, width, height).ok()?;
    let picture = pen.get_image_data(0.0, 0.0, width, height).ok()?.data();
    let (width, height) = (width as usize, height as usize);
    let mut image = PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        let at = (y * width + x) * 4;
        let light = |n: usize| u32::from(picture.get(at + n).copied().unwrap_or(255));
        // ITU-R BT.601, in whole numbers.
        ((light(0) * 77 + light(1) * 151 + light(2) * 28) >> 8) as u8
    });
    image.detect_grids().iter().find_map(|grid| grid.decode().ok()).map(|(_, text)| text)
}
