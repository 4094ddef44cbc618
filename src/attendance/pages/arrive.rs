//! `/in/{slot}`: those who come or go. With script, who is signed in and has scanned a good
//! code has nothing to press.

use super::{door::facts, locate};
use crate::ui::title::Title;
use crate::{
    app,
    attendance::checkin::{
        api::{Arrive, ArriveByBadge, Arriving, Said, get_arriving},
        model::{Hurdle, Way},
    },
    tr,
    ui::{
        field::Input,
        form::{Form, Hidden, Submit, came_back},
        format,
        load::load,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

/// Who has scanned a code lands here.
#[component]
pub fn ArrivePage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    load(
        move || {
            let of = |name: &str| query.read().get(name).unwrap_or_default();
            let ticket = Some(of("k")).filter(|ticket| !ticket.is_empty()).unwrap_or_else(sent_ticket);
            (params.read().get("slot").unwrap_or_default(), of("way"), of("c"), ticket, of("r"))
        },
        |(slot, way, scanned, ticket, receipt)| get_arriving(slot, way, scanned, ticket, receipt),
        show,
    )
}

/// The ticket of a form that came back: what was scanned has long changed by then.
fn sent_ticket() -> String {
    let submitted = app::info().submitted.clone();
    let values = submitted.map(|submitted| submitted.values).unwrap_or_default();
    values.into_iter().find(|(name, _)| name == "ticket").map(|(_, value)| value).unwrap_or_default()
}

fn show(data: Arriving) -> AnyView {
    let slot = data.at.slot;
    let title = match data.way {
        Way::In => tr!(attendance.arrive.title),
        Way::Out => tr!(attendance.arrive.title_out),
    };
    let body = if data.done {
        done(data.way, data.said)
    } else {
        match data.ticket {
            Err(hurdle) => hindered(hurdle, data.elsewhere.map(|at| format!("{} · {}", at.title, facts(&at)))),
            Ok(ticket) if !data.signed_in => {
                let next = format!("/in/{slot}?way={}&k={}", data.way.code(), app::encode(&ticket));
                let place = data.place.then(|| view! { <Whereabouts submit=false at_once=true/> });
                let badge = by_badge(slot.to_string(), data.way, ticket, data.place);
                view! { {sign_in(&next)}{place}{badge} }.into_any()
            }
            Ok(ticket) => ready(slot.to_string(), data.way, ticket, data.place),
        }
    };
    view! {
        <Title text=title.clone()/>
        <div class="wrap narrow stack">
            <p class="muted">{facts(&data.at)}</p>
            <h1>{data.at.title.clone()}</h1>
            {body}
        </div>
    }
    .into_any()
}

pub(super) fn sign_in(next: &str) -> AnyView {
    let href = format!("/sign-in?next={}", app::encode(next));
    view! {
        <p class="lede">{tr!(attendance.arrive.sign_in)}</p>
        <p><a class="btn wide" href=href rel="external">{tr!(nav.sign_in)}</a></p>
    }
    .into_any()
}

/// Who has no account, or no password at hand, shows the badge instead.
fn by_badge(slot: String, way: Way, ticket: String, place: bool) -> AnyView {
    view! {
        <Form function=ArriveByBadge::PATH class="form" labels=vec![("badge", tr!(badges.own_code))]>
            <Hidden name="slot" value=slot/>
            <Hidden name="way" value=way.code()/>
            <Hidden name="ticket" value=ticket/>
            {place.then(position)}
            <Input name="badge" label=tr!(badges.own_code) hint=tr!(badges.own_hint) class="mid" autocomplete="off"/>
            <div class="actions"><Submit label=tr!(badges.use_own) class="quiet"/></div>
        </Form>
    }
    .into_any()
}

fn ready(slot: String, way: Way, ticket: String, place: bool) -> AnyView {
    let label = match way {
        Way::In => tr!(attendance.arrive.check_in),
        Way::Out => tr!(attendance.arrive.check_out),
    };
    // Scanning was the wish; with script it needs no second one. What was refused is not sent again by itself.
    let first = !came_back(Arrive::PATH, "");
    #[cfg(feature = "hydrate")]
    if !place && first {
        Effect::new(|_| request_animation_frame(submit_arrival));
    }
    view! {
        <Form function=Arrive::PATH class="form arrive">
            <Hidden name="slot" value=slot/>
            <Hidden name="way" value=way.code()/>
            <Hidden name="ticket" value=ticket/>
            {if place {
                view! { {position()}<Whereabouts submit=true at_once=first/> }.into_any()
            } else {
                view! { <Submit label=label class="wide"/> }.into_any()
            }}
        </Form>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
fn submit_arrival() {
    use wasm_bindgen::JsCast;
    let form = document().query_selector("form.arrive").ok().flatten();
    if let Some(form) = form.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok()) {
        let _ = form.request_submit();
    }
}

/// What the device says of where it is goes with the form.
fn position() -> AnyView {
    view! {
        <input type="hidden" name="latitude"/>
        <input type="hidden" name="longitude"/>
        <input type="hidden" name="doubt"/>
    }
    .into_any()
}

/// What is known of where the device is.
#[derive(Clone, Copy, PartialEq)]
enum Search {
    Waiting,
    Asking,
    Found,
    Refused,
}

/// Asks the device where it is, says how that goes, and can ask again.
#[component]
fn Whereabouts(
    /// Whether finding it sends the form: scanning was the wish.
    submit: bool,
    /// Whether it asks by itself, without a press.
    at_once: bool,
) -> impl IntoView {
    let search = RwSignal::new(if at_once { Search::Asking } else { Search::Waiting });
    let ask = move || {
        search.set(Search::Asking);
        locate::ask(move |found| {
            search.set(if found.is_some() { Search::Found } else { Search::Refused });
            let Some((latitude, longitude, doubt)) = found else { return };
            for (name, value) in [("latitude", latitude), ("longitude", longitude), ("doubt", doubt)] {
                locate::fill(name, &value.to_string());
            }
            #[cfg(feature = "hydrate")]
            if submit {
                submit_arrival();
            }
        });
    };
    let _ = submit;
    if at_once {
        Effect::new(move |_| ask());
    }
    let text = move || match search.get() {
        Search::Waiting => String::new(),
        Search::Asking => tr!(limits.asking),
        Search::Found => tr!(limits.found),
        Search::Refused => tr!(limits.refused),
    };
    view! {
        <p class="nojs">{tr!(limits.no_script)}</p>
        <div class="js stack">
            <p role="status">{text}</p>
            <p>
                <button type="button" class="btn wide" disabled=move || search.get() == Search::Asking on:click=move |_| ask()>
                    {tr!(limits.again)}
                </button>
            </p>
        </div>
    }
}

fn done(way: Way, said: Option<Said>) -> AnyView {
    let (head, text) = match (way, said) {
        (Way::In, Some(said)) => (
            tr!(attendance.arrive.is_in),
            format!("{} · {}", words::mark_state(said.state), format::time(said.since.time())),
        ),
        (Way::Out, Some(said)) => {
            (tr!(attendance.arrive.is_out), tr!(attendance.arrive.counted, time = format::minutes(said.minutes)))
        }
        (_, None) => (tr!(attendance.arrive.is_in), String::new()),
    };
    view! {
        <div class="notice good" role="status"><h2>{head}</h2><p>{text}</p></div>
        <p><a href="/">{tr!(attendance.arrive.home)}</a></p>
    }
    .into_any()
}

fn hindered(hurdle: Hurdle, elsewhere: Option<String>) -> AnyView {
    let kind = if hurdle == Hurdle::WrongGroup { "notice bad" } else { "notice warn" };
    view! {
        <div class=kind role="status">
            <h2>{words::hurdle(hurdle)}</h2>
            <p>{words::hurdle_advice(hurdle)}</p>
            {elsewhere.map(|at| view! { <p><b>{tr!(attendance.arrive.elsewhere)}</b>" "{at}</p> })}
        </div>
        <p><a href="/in">{tr!(attendance.arrive.type_instead)}</a></p>
    }
    .into_any()
}
