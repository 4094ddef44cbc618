//! `/deliveries/{id}`: a delivery as everybody sees it, with what each may do.

use super::{
    parts::{crumbs, dates, state_tag, tabs, timetable},
    state::verb,
};
use crate::{
    app::{self, encode},
    catalogue::pages::parts::mode,
    cohorts::pages::around,
    common::error::{AppError, Refusal},
    deliveries::model::{DeliveryHead, DeliveryState},
    enrolment::{
        api::{DeliveryView, Enrol},
        model::EnrolmentState,
        views,
    },
    feedback::model as feedback,
    platform::http::page::{Drawn, Visit},
    tr,
    trainers::pages::lacking,
    ui::{
        form::{Form, Hidden, Submit},
        format,
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let id = visit.param("id");
    let data = views::delivery(&visit.cx, id, visit.language()).await?;
    let lacks = lacking::lacking_of(&visit, id).await;
    let cohorts = around::cohorts_of(&visit, "delivery", id).await;
    visit.draw(|| {
        view! {
            {lacking::lacking(id, lacks)}
            {show(data)}
            {around::cohorts(tr!(cohorts.step_of), cohorts)}
        }
    })
}

fn show(data: DeliveryView) -> impl IntoView {
    let head = data.head.clone();
    let trail = if data.may_keep {
        let mut trail = crumbs(&head);
        trail.truncate(1);
        trail
    } else {
        vec![
            (tr!(nav.catalogue), "/catalogue".to_owned()),
            (data.course_title.clone(), format!("/courses/{}", head.course_slug)),
        ]
    };
    let actions = data.may_manage.then(|| {
        view! { <a class="btn quiet small" href=format!("/deliveries/{}/edit", head.id)>{tr!(deliveries.edit)}</a> }
            .into_any()
    });
    let tags = view! {
        <span class="tag">{words::course_kind(data.course_kind)}</span>" "{state_tag(head.state)}
    }
    .into_any();
    let meta = view! {
        <li><b>{dates(head.starts_on, head.ends_on, &head.date_note)}</b></li>
        <li>{mode(head.mode)}</li>
        <li>{words::language(&head.language)}</li>
        {data.pack_version.clone().map(|version| view! { <li>{tr!(deliveries.version_of, version = version)}</li> })}
    }
    .into_any();
    let table = if data.slots.is_empty() {
        view! { <p class="muted">{tr!(deliveries.timetable_none)}</p> }.into_any()
    } else {
        timetable(data.slots.clone(), Some(data.now), None)
    };
    let footnote = data.footnote;
    view! {
        <PageHead title=head.title.clone() crumbs=trail tags=tags meta=meta actions=actions/>
        <div class="wrap body">
            {data.may_keep.then(|| tabs(&head, "", data.may_manage))}
            <section class="section stack" aria-label=tr!(deliveries.life)>{life(head.state)}</section>
        </div>
        <div class="wrap body cols">
            // First, for the timetable is long: on a phone it would hide what can be done.
            <aside class="stack early">
                {take_part(&data)}
                {data.may_manage.then(|| steps(&head))}
                {facts(&data)}
            </aside>
            <div class="stack wide">
                {(!data.note.is_empty()).then(|| view! {
                    <section class="stack text"><h2>{tr!(deliveries.note)}</h2><p>{data.note.clone()}</p></section>
                })}
                <section class="stack">
                    <h2>{tr!(deliveries.timetable_title)}</h2>
                    <p class="muted">{tr!(deliveries.times_in, zone = head.time_zone.clone())}</p>
                    {table}
                </section>
                {data.invented.then(|| view! { <p class="muted small">{tr!(deliveries.invented)}</p> })}
            </div>
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

/// The line of states, with where it stands; what left the line stands at its end.
fn life(state: DeliveryState) -> AnyView {
    let line: Vec<DeliveryState> = match state.rank() {
        Some(_) => DeliveryState::ALL.iter().copied().filter(|it| it.rank().is_some()).collect(),
        None => vec![DeliveryState::Planned, state],
    };
    let rank = state.rank().unwrap_or(1);
    view! {
        <ol class="timeline">
            {line
                .into_iter()
                .enumerate()
                .map(|(n, it)| {
                    let class = match it {
                        DeliveryState::Cancelled => Some("cancelled"),
                        _ if n < rank => Some("done"),
                        _ => None,
                    };
                    view! {
                        <li class=class aria-current=(it == state).then_some("step")><b>{words::delivery_state(it)}</b></li>
                    }
                })
                .collect_view()}
        </ol>
    }
    .into_any()
}

/// Places left, and the one thing to do about them.
fn take_part(data: &DeliveryView) -> AnyView {
    let head = &data.head;
    let left = (head.capacity - head.taken).max(0);
    let past = matches!(head.state, DeliveryState::Delivered | DeliveryState::Reported | DeliveryState::Cancelled);
    let places = (!past).then(|| {
        let class = if left == 0 { "places full" } else { "places" };
        view! {
            <div class=class>
                <p>{tr!(deliveries.places_left, count = left)}" "{tr!(deliveries.of_places, count = head.capacity)}</p>
                <progress class="meter" value=head.taken.to_string() max=head.capacity.to_string() aria-label=tr!(deliveries.capacity)></progress>
            </div>
        }
    });
    let back = format!("/deliveries/{}/withdraw", head.id);
    let (delivery, staff) = (head.id.to_string(), data.may_keep);
    let act = if data.own.is_some_and(EnrolmentState::holds_place) {
        let state = data.own.map(words::enrolment_state).unwrap_or_default();
        view! {
            <p><span class="tag good">{tr!(deliveries.yours)}</span></p>
            <p class="muted">{state}</p>
            <p><a class="btn" href="/learn">{tr!(deliveries.study)}</a></p>
            {data.may_withdraw.then(|| view! { <p><a href=back>{tr!(deliveries.give_back)}</a></p> })}
        }
        .into_any()
    } else {
        match data.refusal {
            // Staff do not enrol; they need no word about it.
            Some(_) if data.may_keep => ().into_any(),
            Some(Refusal::Full) => view! { <p><span class="tag bad">{tr!(deliveries.full)}</span></p> }.into_any(),
            Some(refusal) => view! { <p class="muted">{words::error(&AppError::Refused(refusal))}</p> }.into_any(),
            None if app::actor().is_none() => {
                let next = encode(&format!("/deliveries/{}", head.id));
                view! { <p><a class="btn wide" href=format!("/sign-in?next={next}")>{tr!(deliveries.sign_in)}</a></p> }
                    .into_any()
            }
            None => view! {
                <Form function=Enrol::PATH class="form">
                    <Hidden name="delivery" value=delivery/>
                    <Submit label=tr!(deliveries.enrol) class=if staff { "wide quiet" } else { "wide" }/>
                </Form>
            }
            .into_any(),
        }
    };
    view! {
        <div class="sheet pad stack">
            <h2>{tr!(deliveries.enrol_title)}</h2>
            {places}
            {act}
            {to_feedback(data)}
            {(head.sealed && data.may_manage && head.state.pack_is_fixed()).then(|| view! {
                <p><a class="next" href=format!("/counts/new?of={}", head.id)>{tr!(tallies.link)}</a></p>
            })}
            {data.link.clone().map(|link| view! {
                <p><a class="btn quiet wide" href=link rel="noopener noreferrer">{tr!(deliveries.join)}</a></p>
            })}
        </div>
    }
    .into_any()
}

/// The way to saying what one thinks of the materials, for trainers and for who took part to the end.
fn to_feedback(data: &DeliveryView) -> AnyView {
    let me = app::actor().map(|actor| actor.person_id);
    let trains = data.trainers.iter().flatten().any(|it| Some(it.id) == me);
    let place = data.own.filter(|_| me.is_some());
    let shown = feedback::voice(trains, place).is_some_and(|voice| {
        let last = data.head.ends_on.or(data.head.starts_on);
        feedback::may_speak(voice, data.head.state, last, data.now.date()).is_ok()
    });
    if !shown {
        return ().into_any();
    }
    view! { <p><a class="next" href=format!("/deliveries/{}/feedback", data.head.id)>{tr!(feedback.link)}</a></p> }
        .into_any()
}

/// What can be done next, for whoever manages it: each leads to a page that says what follows.
fn steps(head: &DeliveryHead) -> AnyView {
    let link = |to: DeliveryState, class: &'static str| {
        view! { <a class=class href=format!("/deliveries/{}/state/{}", head.id, to.code())>{verb(head.state, to)}</a> }
    };
    let Some((first, rest)) = head.state.next().split_first() else { return ().into_any() };
    view! {
        <div class="sheet pad stack">
            <h2>{tr!(deliveries.next_step)}</h2>
            <p>{link(*first, "btn wide")}</p>
            {(!rest.is_empty()).then(|| view! {
                <details class="more">
                    <summary>{tr!(deliveries.other_steps)}</summary>
                    <ul>{rest.iter().map(|to| view! { <li>{link(*to, "")}</li> }).collect_view()}</ul>
                </details>
            })}
        </div>
    }
    .into_any()
}

fn facts(data: &DeliveryView) -> AnyView {
    let head = &data.head;
    let fact =
        |term: String, text: String| (!text.is_empty()).then(|| view! { <div><dt>{term}</dt><dd>{text}</dd></div> });
    let place = [head.place.clone(), data.area_name.clone().unwrap_or_default()];
    let place: Vec<String> = place.into_iter().filter(|part| !part.is_empty()).collect();
    let host = head.host_name.clone().zip(head.host_slug.clone());
    let trainers = data.trainers.iter().flatten().map(|it| it.name.clone()).collect::<Vec<_>>().join(", ");
    view! {
        <div class="sheet pad">
            <dl class="facts side">
                {fact(tr!(deliveries.when), dates(head.starts_on, head.ends_on, &head.date_note))}
                {fact(tr!(deliveries.closes), head.call_closes_on.map(format::date).unwrap_or_default())}
                {fact(tr!(deliveries.place), place.join(", "))}
                {host.map(|(name, slug)| view! {
                    <div><dt>{tr!(deliveries.host)}</dt><dd><a href=format!("/institutions/{slug}")>{name}</a></dd></div>
                })}
                <div>
                    <dt>{tr!(deliveries.course)}</dt>
                    <dd><a href=format!("/courses/{}", head.course_slug)>{data.course_title.clone()}</a></dd>
                </div>
                {fact(tr!(deliveries.trainers), trainers)}
                {fact(tr!(deliveries.paid_by), data.projects.join(", "))}
            </dl>
        </div>
    }
    .into_any()
}
