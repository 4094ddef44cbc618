//! `/kiosk`: a tablet at the door. It reads badges by camera, by a scanner that types, or by hand, and says
//! large and at once what was recorded. Without a line it keeps what it reads, and says that.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "hydrate")]
mod camera;
mod readings;
#[cfg(feature = "hydrate")]
mod sending;

use self::readings::Readings;
#[cfg(feature = "ssr")]
pub use self::readings::way_name;
use super::door::facts;
use crate::ui::title::Title;
use crate::{
    attendance::{
        checkin::{api::Where, model::Way},
        kiosk::{
            api::{Kiosk, TypeBadge, get_kiosk},
            model::{Heard, Word},
        },
    },
    common::ids::KioskId,
    tr,
    ui::{format, load::load},
};
use chrono::NaiveDateTime;
#[cfg(not(feature = "hydrate"))]
use leptos::ev;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

/// What the screen says.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "the server's page only says what was heard"))]
pub enum Say {
    /// The answer to a badge.
    Heard(Heard),
    /// The line is gone: the badge is kept, as one of so many.
    Kept(usize),
    /// The line is gone, and the device can keep nothing.
    Lost,
}

/// The kiosk at work.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only the browser reads badges"))]
struct Desk {
    /// Which kiosk it is.
    id: KioskId,
    /// Which way people go.
    way: RwSignal<Way>,
    /// What was read and is on its way, and what is said of it.
    readings: Readings,
    /// The half-days at whose door it stands, one after the other.
    day: RwSignal<Vec<Where>>,
    /// The venue's clock.
    now: RwSignal<NaiveDateTime>,
    /// How far the venue's clock is ahead of the server's count, in microseconds.
    zone: i64,
    /// When the kiosk ends, in microseconds.
    until: i64,
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
        None => ended(),
    }
}

/// The kiosk is none any more. What it read before is sent first; then nothing is left on the device.
fn ended() -> AnyView {
    let readings = Readings::new(None);
    #[cfg(feature = "hydrate")]
    readings.wind_up();
    let left = move || {
        let count = readings.waiting.with(Vec::len);
        if count == 0 {
            return ().into_any();
        }
        let times = move || readings.times().into_iter().map(|at| view! { <li>{at}</li> }).collect_view();
        view! {
            <div class="notice warn stack" role="status">
                <p><b>{tr!(reads.left, count = count as i64)}</b>" "{if readings.over.get() { tr!(reads.left_over) } else { tr!(reads.left_sending) }}</p>
                <ul>{times}</ul>
                {move || readings.over.get().then(|| view! {
                    <p><button type="button" class="btn quiet" on:click=move |event| readings.discard(&event)>{tr!(reads.discard)}</button></p>
                })}
            </div>
        }
        .into_any()
    };
    view! {
        <Title text=tr!(kiosk.title)/>
        <div class="wrap narrow stack">
            <h1>{tr!(kiosk.ended)}</h1>
            <p class="lede">{tr!(kiosk.ended_text)}</p>
            {left}
            <p><a class="btn" href="/" rel="external">{tr!(kiosk.leave)}</a></p>
        </div>
    }
    .into_any()
}

fn screen(data: Kiosk) -> AnyView {
    let desk = Desk {
        id: data.id,
        way: RwSignal::new(data.way),
        readings: Readings::new(data.said.map(Say::Heard)),
        day: RwSignal::new(data.day),
        now: RwSignal::new(data.now),
        zone: data.now.and_utc().timestamp_micros() - data.clock,
        until: data.until,
        looking: RwSignal::new(false),
        blind: RwSignal::new(false),
        field: NodeRef::new(),
        video: NodeRef::new(),
    };
    #[cfg(feature = "hydrate")]
    desk.begin();
    let readings = desk.readings;
    let at = Memo::new(move |_| desk.day.with(|day| Kiosk::at(day, desk.now.get()).cloned()));
    let where_now = move || match at.get() {
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
    let answer = move || match readings.say.get() {
        Some(say) => said(say),
        None => view! { <p class="what">{move || ready(desk.way.get())}</p> }.into_any(),
    };
    let mood = move || match readings.say.get() {
        Some(Say::Heard(heard)) => format!("answer {}", heard.word.mood()),
        Some(Say::Kept(_)) => "answer calm".to_owned(),
        Some(Say::Lost) => "answer bad".to_owned(),
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
            {readings::line(readings)}
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
            {readings::not_recorded(readings)}
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
        Say::Kept(count) => (true, String::new(), tr!(reads.kept, count = count as i64), None),
        Say::Lost => (false, String::new(), tr!(kiosk.offline), None),
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
        word => why(word),
    }
}

/// Why nothing was recorded.
pub fn why(word: Word) -> String {
    match word {
        Word::In | Word::Late | Word::AlreadyIn | Word::Out | Word::OutFull => String::new(),
        Word::NotIn => tr!(kiosk.word.not_in),
        Word::WrongGroup => tr!(kiosk.word.wrong_group),
        Word::Unknown => tr!(kiosk.word.unknown),
        Word::Replaced => tr!(kiosk.word.replaced),
        Word::TooEarly => tr!(kiosk.word.too_early),
        Word::Closed => tr!(kiosk.word.closed),
        Word::CalledOff => tr!(reads.word.called_off),
        Word::NoSlot => tr!(kiosk.word.no_slot),
        Word::NoTime => tr!(reads.word.no_time),
        Word::Overruled => tr!(reads.word.overruled),
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
