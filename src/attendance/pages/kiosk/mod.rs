//! `/kiosk`: a tablet at the door. It reads badges by camera, by a scanner that types, or by hand, and says
//! large and at once what was recorded.

#[cfg(feature = "hydrate")]
mod camera;

use super::door::facts;
use crate::{
    attendance::{
        checkin::{api::Where, model::Way},
        kiosk::{
            api::{Kiosk, TypeBadge, get_kiosk},
            model::{Heard, Word},
        },
    },
    tr,
    ui::{format, load::load},
};
use chrono::NaiveDateTime;
#[cfg(not(feature = "hydrate"))]
use leptos::ev;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// What the screen says.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "the server's page only says what was heard"))]
enum Say {
    /// The answer to a badge.
    Heard(Heard),
    /// The line is gone: nothing was recorded.
    Offline,
    /// Anything else that kept it from being recorded.
    Trouble(String),
}

/// The kiosk at work.
#[derive(Clone, Copy)]
struct Desk {
    /// Which way people go.
    way: RwSignal<Way>,
    /// What is said now.
    say: RwSignal<Option<Say>>,
    /// The half-day at whose door it stands.
    at: RwSignal<Option<Where>>,
    /// The venue's clock.
    now: RwSignal<NaiveDateTime>,
    /// Whether the camera looks.
    looking: RwSignal<bool>,
    /// Why it cannot.
    blind: RwSignal<bool>,
    field: NodeRef<leptos::html::Input>,
    video: NodeRef<leptos::html::Video>,
}

#[component]
pub fn KioskPage() -> impl IntoView {
    let query = use_query_map();
    load(move || query.read().get("way").unwrap_or_default(), get_kiosk, show)
}

fn show(data: Option<Kiosk>) -> AnyView {
    match data {
        Some(kiosk) => screen(kiosk),
        None => view! {
            <Title text=tr!(kiosk.title)/>
            <div class="wrap narrow stack">
                <h1>{tr!(kiosk.ended)}</h1>
                <p class="lede">{tr!(kiosk.ended_text)}</p>
                <p><a class="btn" href="/" rel="external">{tr!(kiosk.leave)}</a></p>
            </div>
        }
        .into_any(),
    }
}

fn screen(data: Kiosk) -> AnyView {
    let desk = Desk {
        way: RwSignal::new(data.way),
        say: RwSignal::new(data.said.map(Say::Heard)),
        at: RwSignal::new(data.at),
        now: RwSignal::new(data.now),
        looking: RwSignal::new(false),
        blind: RwSignal::new(false),
        field: NodeRef::new(),
        video: NodeRef::new(),
    };
    #[cfg(feature = "hydrate")]
    desk.begin();
    let where_now = move || match desk.at.get() {
        Some(at) => facts(&at),
        None => tr!(kiosk.no_slot_now),
    };
    let way = move |way: Way, label: String| {
        view! {
            <a
                href=format!("/kiosk?way={}", way.code())
                aria-current=move || (desk.way.get() == way).then_some("page")
                on:click=move |event| desk.turn(&event, way)
            >
                {label}
            </a>
        }
    };
    let answer = move || match desk.say.get() {
        Some(say) => said(say),
        None => view! { <p class="what">{move || ready(desk.way.get())}</p> }.into_any(),
    };
    let mood = move || match desk.say.get() {
        Some(Say::Heard(heard)) => format!("answer {}", heard.word.mood()),
        Some(_) => "answer bad".to_owned(),
        None => "answer".to_owned(),
    };
    // Without script the page asks by itself which half-day runs. The element has no children for the
    // browser half: with script it is text.
    let refresh = format!("<meta http-equiv=\"refresh\" content=\"60; url=/kiosk?way={}\">", data.way.code());
    view! {
        <Title text=tr!(kiosk.title)/>
        <noscript inner_html=refresh></noscript>
        <div class="kiosk">
            <header>
                <div class="grow"><h1>{data.title}</h1><p>{where_now}</p></div>
                <p class="clock num">{move || format::time(desk.now.get().time())}</p>
            </header>
            <nav class="tabs" aria-label=tr!(kiosk.ways)>
                {way(Way::In, tr!(kiosk.arriving))}
                {way(Way::Out, tr!(kiosk.leaving))}
            </nav>
            <div class=mood role="status">{answer}</div>
            <form method="post" action=move || format!("/kiosk?way={}", desk.way.get().code()) on:submit=move |event| desk.typed(&event)>
                <input type="hidden" name="__fn" value=TypeBadge::PATH/>
                <input type="hidden" name="way" value=move || desk.way.get().code()/>
                <label for="f-code">{tr!(kiosk.code)}</label>
                <div class="with-btn">
                    <input id="f-code" name="code" autofocus autocomplete="off" autocapitalize="characters" spellcheck="false" node_ref=desk.field/>
                    <button class="btn">{tr!(kiosk.read)}</button>
                </div>
            </form>
            <div class="eye js">
                <video node_ref=desk.video class:on=move || desk.looking.get() muted playsinline aria-label=tr!(kiosk.camera_view)></video>
                {move || desk.blind.get().then(|| view! { <p class="err" role="alert">{tr!(kiosk.no_camera)}</p> })}
                <div class="actions">
                    <button type="button" class="btn quiet" on:click=move |_| desk.look() aria-pressed=move || desk.looking.get().to_string()>
                        {move || if desk.looking.get() { tr!(kiosk.camera_off) } else { tr!(kiosk.camera_on) }}
                    </button>
                    <button type="button" class="btn text" on:click=move |_| desk.fill()>{tr!(kiosk.full_screen)}</button>
                </div>
            </div>
        </div>
    }
    .into_any()
}

fn ready(way: Way) -> String {
    match way {
        Way::In => tr!(kiosk.ready_in),
        Way::Out => tr!(kiosk.ready_out),
    }
}

fn icon(good: bool) -> AnyView {
    let href = if good { "/icons.svg#check" } else { "/icons.svg#warning" };
    view! { <svg class="ic" aria-hidden="true"><use href=href></use></svg> }.into_any()
}

fn said(say: Say) -> AnyView {
    let (good, who, what, elsewhere) = match say {
        Say::Heard(heard) => {
            let what = in_words(&heard);
            let elsewhere = heard.elsewhere.as_ref().map(|at| format!("{} · {}", at.title, facts(at)));
            (heard.word.recorded(), heard.name, what, elsewhere)
        }
        Say::Offline => (false, String::new(), tr!(kiosk.offline), None),
        Say::Trouble(text) => (false, String::new(), text, None),
    };
    view! {
        {icon(good)}
        {(!who.is_empty()).then(|| view! { <p class="name">{who}</p> })}
        <p class="what">{what}</p>
        {elsewhere.map(|at| view! { <p class="where"><b>{tr!(attendance.arrive.elsewhere)}</b>" "{at}</p> })}
    }
    .into_any()
}

fn in_words(heard: &Heard) -> String {
    let time = format::time(heard.at.time());
    match heard.word {
        Word::In => tr!(kiosk.word.is_in, time = time),
        Word::Late => tr!(kiosk.word.late, count = heard.minutes),
        Word::AlreadyIn => tr!(kiosk.word.already_in, time = time),
        Word::Out | Word::OutFull => {
            tr!(kiosk.word.out, time = time, counted = format::minutes(heard.minutes))
        }
        Word::NotIn => tr!(kiosk.word.not_in),
        Word::WrongGroup => tr!(kiosk.word.wrong_group),
        Word::Unknown => tr!(kiosk.word.unknown),
        Word::Replaced => tr!(kiosk.word.replaced),
        Word::TooEarly => tr!(kiosk.word.too_early),
        Word::Closed => tr!(kiosk.word.closed),
        Word::NoSlot => tr!(kiosk.word.no_slot),
        Word::Ended => tr!(kiosk.ended),
    }
}

#[cfg(not(feature = "hydrate"))]
impl Desk {
    /// The other way was chosen.
    fn turn(self, _: &ev::MouseEvent, _: Way) {}
    /// A code was typed.
    fn typed(self, _: &ev::SubmitEvent) {}
    /// The camera is switched on or off.
    fn look(self) {}
    /// The page takes the whole screen.
    fn fill(self) {}
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{Desk, Say, Way, camera};
    use crate::{
        attendance::kiosk::api::{get_kiosk, scan_badge},
        common::error::AppError,
        ui::words,
    };
    use leptos::{ev, prelude::*, task::spawn_local};
    use std::time::Duration;

    /// An answer stays for so long, unless the next one comes.
    const STAYS: Duration = Duration::from_secs(8);
    /// The same badge held on before the camera is one badge, in milliseconds.
    const SAME: f64 = 5000.0;

    impl Desk {
        /// Keeps clock, half-day and field as they should be for as long as the page is there.
        pub(super) fn begin(self) {
            let (since, shown) = (js_sys::Date::now(), self.now.get_untracked());
            let turns = StoredValue::new(0_u32);
            let tick = move || {
                let passed = js_sys::Date::now() - since;
                self.now.set(shown + chrono::TimeDelta::milliseconds(passed as i64));
                self.mind();
                turns.update_value(|turns| *turns += 1);
                if turns.get_value().is_multiple_of(15) {
                    self.ask();
                }
            };
            Effect::new(move |_| {
                self.mind();
                if self.say.get_untracked().is_some() {
                    self.forget();
                }
                if let Ok(handle) = set_interval_with_handle(tick, Duration::from_secs(2)) {
                    on_cleanup(move || handle.clear());
                }
            });
            on_cleanup(move || camera::stop(self.video.try_get_untracked().flatten()));
        }

        /// A scanner types wherever the focus is: it must be the field.
        fn mind(self) {
            let elsewhere = document().active_element().is_none_or(|on| on.tag_name() == "BODY");
            if elsewhere && let Some(field) = self.field.get_untracked() {
                let _ = field.focus();
            }
        }

        /// Which half-day runs now, and whether this is a kiosk still.
        fn ask(self) {
            spawn_local(async move {
                match get_kiosk(self.way.get_untracked().code().to_owned()).await {
                    Ok(Some(kiosk)) => {
                        self.at.try_set(kiosk.at);
                    }
                    Ok(None) => {
                        let _ = window().location().reload();
                    }
                    Err(_) => {}
                }
            });
        }

        pub(super) fn turn(self, event: &ev::MouseEvent, way: Way) {
            event.prevent_default();
            self.say.set(None);
            self.way.set(way);
            self.mind();
        }

        pub(super) fn typed(self, event: &ev::SubmitEvent) {
            event.prevent_default();
            if let Some(field) = self.field.get_untracked() {
                let code = field.value();
                field.set_value("");
                let _ = field.focus();
                self.read(code);
            }
        }

        pub(super) fn look(self) {
            if self.looking.get_untracked() {
                self.looking.set(false);
                camera::stop(self.video.get_untracked());
                return;
            }
            self.blind.set(false);
            let last = StoredValue::new((String::new(), 0.0));
            let seen = move |code: String| {
                let now = js_sys::Date::now();
                let (before, at) = last.try_get_value().unwrap_or_default();
                let _ = last.try_set_value((code.clone(), now));
                if before != code || now - at > SAME {
                    self.read(code);
                }
            };
            spawn_local(async move {
                let Some(video) = self.video.get_untracked() else { return };
                match camera::start(&video).await {
                    Ok(()) => {
                        self.looking.set(true);
                        camera::watch(video, move || self.looking.try_get_untracked() == Some(true), seen);
                    }
                    Err(_) => self.blind.set(true),
                }
            });
        }

        pub(super) fn fill(self) {
            if let Some(root) = document().document_element() {
                let _ = root.request_fullscreen();
            }
        }

        /// Sends a code, and says what came of it; the next one does not wait for that.
        fn read(self, code: String) {
            if code.trim().is_empty() {
                return;
            }
            let way = self.way.get_untracked().code().to_owned();
            spawn_local(async move {
                let say = match scan_badge(code, way).await {
                    Ok(heard) => Say::Heard(heard),
                    Err(AppError::Unavailable) => Say::Offline,
                    Err(error) => Say::Trouble(words::error(&error)),
                };
                // What is said again is said anew to those who listen.
                self.say.try_set(None);
                self.say.try_set(Some(say));
                self.forget();
            });
        }

        /// Makes room for the next one after a while.
        fn forget(self) {
            let said = self.say.get_untracked();
            set_timeout(
                move || {
                    if self.say.try_get_untracked() == Some(said) {
                        self.say.set(None);
                    }
                },
                STAYS,
            );
        }
    }
}
