//! The sections of a first page: what to do next, in each role.

use super::numbers::{chart, stats, table};
use crate::{
    deliveries::model::{DeliveryState, Mode},
    enrolment::model::Risk,
    feedback::model as feedback,
    reporting::api::{DeliveryCard, DraftCard, HalfDay, House, LearningCard, Report},
    tr,
    ui::{format, words},
};
use leptos::prelude::*;

/// A thing to do: a word for its kind, what, and a line on it.
fn task(tag: String, state: &'static str, href: String, title: String, text: String) -> AnyView {
    view! {
        <li class="sheet task">
            <span class=format!("tag {state}")>{tag}</span>
            <a href=href>{title}</a>
            {(!text.is_empty()).then(|| view! { <p>{text}</p> })}
        </li>
    }
    .into_any()
}

fn tasks(items: Vec<AnyView>) -> AnyView {
    if items.is_empty() { ().into_any() } else { view! { <ul class="tasks">{items}</ul> }.into_any() }
}

fn empty(title: String, text: String, link: Option<(String, &'static str)>) -> AnyView {
    view! {
        <div class="empty">
            <h3>{title}</h3>
            <p>{text}</p>
            {link.map(|(label, href)| view! { <p><a class="btn" href=href>{label}</a></p> })}
        </div>
    }
    .into_any()
}

fn times(half_day: &HalfDay, place: &str) -> String {
    let (from, to) = (format::time(half_day.starts.time()), format::time(half_day.ends.time()));
    if place.is_empty() {
        format!("{from}–{to}")
    } else {
        tr!(reporting.home.half_day, from = from, to = to, place = place.to_owned())
    }
}

/// When the next half-day is, with the day if it is not today.
fn when(half_day: &HalfDay) -> String {
    let time = format::time(half_day.starts.time());
    if half_day.today {
        format!("{} {time}", tr!(reporting.home.today).to_lowercase())
    } else {
        format!("{}, {time}", format::weekday_date(half_day.starts.date()))
    }
}

fn active(state: DeliveryState) -> bool {
    !matches!(
        state,
        DeliveryState::Delivered | DeliveryState::Reported | DeliveryState::Cancelled | DeliveryState::Postponed
    )
}

/// A delivery's state in a word.
fn state_word(state: DeliveryState) -> String {
    match state {
        DeliveryState::Planned => tr!(reporting.state.planned),
        DeliveryState::CallOpen => tr!(reporting.state.call_open),
        DeliveryState::Selection => tr!(reporting.state.selection),
        DeliveryState::Confirmed => tr!(reporting.state.confirmed),
        DeliveryState::Running => tr!(reporting.state.running),
        DeliveryState::Delivered => tr!(reporting.state.delivered),
        DeliveryState::Reported => tr!(reporting.state.reported),
        DeliveryState::Postponed => tr!(reporting.state.postponed),
        DeliveryState::Cancelled => tr!(reporting.state.cancelled),
    }
}

/// A participant: today's half-day, what to study, what was earned.
pub fn learning(cards: Vec<LearningCard>, certificates: i64) -> AnyView {
    let mut next: Vec<AnyView> = cards
        .iter()
        .filter(|card| active(card.delivery_state))
        .filter_map(|card| {
            let half_day = card.next.as_ref().filter(|half_day| half_day.today)?;
            Some(task(
                tr!(reporting.home.today),
                "warn",
                format!("/deliveries/{}", card.delivery),
                card.title.clone(),
                times(half_day, &card.place),
            ))
        })
        .collect();
    if certificates > 0 {
        next.push(task(
            tr!(nav.certificates),
            "good",
            "/certificates".to_owned(),
            tr!(reporting.home.certificates, count = certificates),
            tr!(reporting.home.certificates_text),
        ));
    }
    let list = if cards.is_empty() {
        empty(
            tr!(reporting.home.no_learning),
            tr!(reporting.home.no_learning_text),
            Some((tr!(reporting.home.to_catalogue), "/catalogue")),
        )
    } else {
        view! { <ul class="list learning">{cards.into_iter().map(course).collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="section">
            {tasks(next)}
            <h2>{tr!(reporting.home.learning)}</h2>
            {list}
        </section>
    }
    .into_any()
}

fn course(card: LearningCard) -> AnyView {
    let studies = card.state.holds_place() && card.items > 0;
    // Who took part says what they think of the materials.
    let over = matches!(card.delivery_state, DeliveryState::Delivered | DeliveryState::Reported)
        && feedback::voice(false, Some(card.state)).is_some();
    let go = if card.done == 0 { tr!(reporting.home.start) } else { tr!(reporting.home.go_on) };
    let facts: Vec<String> = [
        Some(state_word(card.delivery_state)),
        card.starts_on.map(|_| format::date_range(card.starts_on, card.ends_on)),
        Some(card.place.clone()).filter(|place| !place.is_empty()),
        card.next
            .as_ref()
            .filter(|_| active(card.delivery_state))
            .map(|next| tr!(reporting.home.next, when = when(next))),
    ]
    .into_iter()
    .flatten()
    .collect();
    view! {
        <li class="item">
            <div class="grow">
                <h3><a href=format!("/deliveries/{}", card.delivery)>{card.title.clone()}</a></h3>
                <p class="muted">{facts.join(" · ")}</p>
                {studies.then(|| view! {
                    <div class="metered">
                        <progress class="meter" value=card.done max=card.items aria-label=card.title.clone()></progress>
                        <p>{tr!(reporting.home.progress, done = card.done, all = card.items)}</p>
                    </div>
                })}
                {card.attended.map(|(attended, programme, percent)| view! {
                    <p>
                        {tr!(
                            reporting.home.attended,
                            attended = format::minutes(attended),
                            all = format::minutes(programme),
                            percent = percent
                        )}
                        {words::at_risk(card.risk)}
                        {(card.risk == Risk::AtRisk).then(|| format!(" {}", tr!(completion.at_risk_text)))}
                    </p>
                })}
            </div>
            {over.then(|| view! {
                <div class="end">
                    <a class="btn quiet small" href=format!("/deliveries/{}/feedback", card.delivery)>
                        {tr!(feedback.link)}<span class="vh">": "{card.title.clone()}</span>
                    </a>
                </div>
            })}
            {studies.then(|| view! {
                <div class="end">
                    <a class="btn" href=format!("/learn/{}", card.delivery)>{go}<span class="vh">": "{card.title.clone()}</span></a>
                </div>
            })}
        </li>
    }
    .into_any()
}

/// The register of a half-day of today, as a task.
fn register_today(card: &DeliveryCard) -> Option<AnyView> {
    let half_day = card.next.as_ref().filter(|half_day| half_day.today && active(card.state))?;
    Some(task(
        tr!(reporting.home.today),
        "warn",
        format!("/deliveries/{}/register/{}", card.id, half_day.slot),
        tr!(reporting.home.register_of, title = card.title.clone()),
        times(half_day, &card.place),
    ))
}

/// A delivery in a list, with its results where there may be some.
fn delivery(card: DeliveryCard) -> AnyView {
    let facts: Vec<String> = [
        Some(if card.starts_on.is_none() && !card.date_note.is_empty() {
            card.date_note.clone()
        } else {
            format::date_range(card.starts_on, card.ends_on)
        }),
        Some(card.place.clone()).filter(|place| !place.is_empty()),
        Some(tr!(reporting.home.places, taken = card.taken, capacity = card.capacity)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let runs = card.state == DeliveryState::Running;
    let begun = matches!(card.state, DeliveryState::Running | DeliveryState::Delivered | DeliveryState::Reported);
    view! {
        <li class="item">
            <div class="grow">
                <p class="tags"><span class="tag plain">{state_word(card.state)}</span></p>
                <h3><a href=format!("/deliveries/{}", card.id)>{card.title.clone()}</a></h3>
                <p class="muted">{facts.join(" · ")}</p>
            </div>
            {begun.then(|| view! {
                <div class="end actions">
                    {runs.then(|| view! {
                        <a class="btn quiet small" href=format!("/deliveries/{}/register", card.id)>
                            {tr!(reporting.home.register)}<span class="vh">": "{card.title.clone()}</span>
                        </a>
                    })}
                    <a class="btn quiet small" href=format!("/deliveries/{}/results", card.id)>
                        {tr!(reporting.home.results)}<span class="vh">": "{card.title.clone()}</span>
                    </a>
                </div>
            })}
        </li>
    }
    .into_any()
}

/// A trainer: today's register, packs in work, deliveries.
pub fn teaching(cards: Vec<DeliveryCard>, drafts: Vec<DraftCard>) -> AnyView {
    let mut next: Vec<AnyView> = cards.iter().filter_map(register_today).collect();
    next.extend(drafts.into_iter().map(|draft| {
        task(
            tr!(reporting.home.draft),
            "",
            format!("/packs/{}", draft.id),
            draft.title,
            tr!(reporting.home.pack_state, version = draft.version, language = words::language(&draft.language)),
        )
    }));
    let list = if cards.is_empty() {
        empty(tr!(reporting.home.no_teaching), tr!(reporting.home.no_teaching_text), None)
    } else {
        view! { <ul class="list">{cards.into_iter().map(delivery).collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="section">
            {tasks(next)}
            <h2>{tr!(reporting.home.teaching)}</h2>
            {list}
        </section>
    }
    .into_any()
}

/// An administrator: today's registers, calls that close, what deliveries lack, people who wait.
pub fn hosting(cards: Vec<DeliveryCard>) -> AnyView {
    let mut next: Vec<AnyView> = cards.iter().filter_map(register_today).collect();
    for card in &cards {
        let page = format!("/deliveries/{}", card.id);
        let starts = card
            .starts_on
            .map(|day| tr!(reporting.home.starts, date = format::date(day)))
            .unwrap_or_else(|| card.date_note.clone());
        if card.waiting > 0 && active(card.state) {
            next.push(task(
                tr!(reporting.home.to_confirm),
                "warn",
                page.clone(),
                tr!(reporting.home.people_waiting, count = card.waiting, title = card.title.clone()),
                starts.clone(),
            ));
        }
        if let (DeliveryState::CallOpen, Some(day)) = (card.state, card.call_closes_on) {
            next.push(task(
                tr!(reporting.home.call),
                "calm",
                page.clone(),
                tr!(reporting.home.call_closes, title = card.title.clone()),
                tr!(reporting.home.call_until, date = format::date(day), taken = card.taken, capacity = card.capacity),
            ));
        }
        if active(card.state) && card.slots == 0 && card.mode != Mode::SelfPaced {
            let title = tr!(reporting.home.no_timetable, title = card.title.clone());
            next.push(task(state_word(card.state), "bad", page.clone(), title, starts.clone()));
        }
        if active(card.state) && card.trainers == 0 && card.mode != Mode::SelfPaced {
            let title = tr!(reporting.home.no_trainers, title = card.title.clone());
            next.push(task(state_word(card.state), "bad", page.clone(), title, starts.clone()));
        }
        if card.state == DeliveryState::Delivered {
            next.push(task(tr!(reporting.home.report_due), "warn", page, card.title.clone(), String::new()));
        }
    }
    let list = if cards.is_empty() {
        empty(
            tr!(reporting.home.no_deliveries),
            tr!(reporting.home.no_deliveries_text),
            Some((tr!(reporting.home.new_delivery), "/deliveries/new")),
        )
    } else {
        view! { <ul class="list">{cards.into_iter().map(delivery).collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="section">
            {tasks(next)}
            <h2>{tr!(reporting.home.coming)}</h2>
            {list}
        </section>
    }
    .into_any()
}

/// The programme office: what waits.
pub fn programme(house: House) -> AnyView {
    let mut next = Vec::new();
    if house.running > 0 {
        next.push(task(
            tr!(reporting.home.running),
            "good",
            "/reports".to_owned(),
            tr!(reporting.home.running_now, count = house.running),
            tr!(reporting.home.running_now_text, count = house.places),
        ));
    }
    if house.to_report > 0 {
        next.push(task(
            tr!(reporting.home.report_due),
            "warn",
            "/deliveries?state=delivered".to_owned(),
            tr!(reporting.home.reports_due, count = house.to_report),
            tr!(reporting.home.reports_due_text),
        ));
    }
    if house.to_confirm > 0 {
        next.push(task(
            tr!(tallies.state.unverified),
            "warn",
            "/counts?state=unverified".to_owned(),
            tr!(tallies.to_confirm, count = house.to_confirm),
            tr!(tallies.to_confirm_text),
        ));
    }
    if house.parked > 0 {
        next.push(task(
            tr!(reporting.home.house),
            "bad",
            "/admin/jobs".to_owned(),
            tr!(reporting.home.parked, count = house.parked),
            tr!(reporting.home.parked_text),
        ));
    }
    view! { <section class="section"><h2 class="vh">{tr!(reporting.home.programme)}</h2>{tasks(next)}</section> }
        .into_any()
}

/// The numbers, for who may read them.
pub fn numbers(report: Report) -> AnyView {
    let body = if report.areas.is_empty() && report.courses.is_empty() {
        empty(tr!(reporting.none), tr!(reporting.none_text), None)
    } else {
        view! {
            {stats(&report.total)}
            <div class="panels">
                <section class="sheet">
                    <div class="sheet-head"><h3>{tr!(reporting.by_area)}</h3><a href="/reports">{tr!(reporting.home.all_numbers)}</a></div>
                    {chart(tr!(reporting.chart_areas), &report.areas, false)}
                </section>
                <section class="sheet">
                    <div class="sheet-head"><h3>{tr!(reporting.by_course)}</h3><a href="/reports/reach.csv" rel="external" download="">{tr!(reporting.csv)}</a></div>
                    {chart(tr!(reporting.chart_courses), &report.courses, true)}
                </section>
                <section class="sheet wide">
                    <div class="sheet-head"><h3>{tr!(reporting.home.numbers)}</h3></div>
                    {table(tr!(reporting.area), &report.areas, &report.total)}
                </section>
            </div>
        }
        .into_any()
    };
    let as_of = report
        .as_of
        .map(|at| view! { <p class="muted small">{tr!(reporting.as_of, time = format::date_time(at))}</p> });
    view! {
        <section class="section stack">
            <h2>{tr!(reporting.title)}</h2>
            {body}
            {as_of}
            {report.suppressed.then(|| view! { <p class="muted small">{tr!(reporting.suppressed)}</p> })}
        </section>
    }
    .into_any()
}

/// A focal point: the calls people can be put forward in.
pub fn calls(cards: Vec<DeliveryCard>) -> AnyView {
    let next: Vec<AnyView> = cards
        .iter()
        .map(|card| {
            let until = match card.call_closes_on {
                Some(day) => tr!(
                    reporting.home.call_until,
                    date = format::date(day),
                    taken = card.taken,
                    capacity = card.capacity
                ),
                None => tr!(reporting.home.places, taken = card.taken, capacity = card.capacity),
            };
            task(tr!(reporting.home.call), "calm", format!("/deliveries/{}", card.id), card.title.clone(), until)
        })
        .collect();
    let none = cards.is_empty().then(|| empty(tr!(reporting.home.no_calls), tr!(reporting.home.no_calls_text), None));
    view! {
        <section class="section">
            <h2>{tr!(reporting.home.open_calls)}</h2>
            {none}
            {tasks(next)}
        </section>
    }
    .into_any()
}
