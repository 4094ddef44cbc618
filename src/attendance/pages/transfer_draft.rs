//! `/deliveries/{id}/transfer/{draft}`: what a file would change, and the button that does it.

use super::{register::half_day, transfer_words as words};
use crate::{
    attendance::{
        model::MarkState,
        transfer::{
            api::{Draft, EnterDraft, LINES, LogChoices, Unmatched},
            model::DayOrder,
            service,
        },
    },
    common::ids::SlotId,
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, Select, Tick, Ticks},
        form::{Form, FormState, Hidden},
        format,
        layout::PageHead,
        words as sentences,
    },
};
use chrono::NaiveDateTime;
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let (delivery, draft) = (visit.param("id"), visit.param("draft"));
    let data = service::dry_run(&visit.cx, delivery, draft, &visit.query("from")).await?;
    let again = visit.has_query("again");
    visit.draw(|| show(data, again))
}

/// Tuesday morning, 24 November 2026.
fn when(starts: NaiveDateTime) -> String {
    format!("{}, {}", half_day(starts), format::date(starts.date()))
}

fn show(data: Draft, again: bool) -> AnyView {
    let base = format!("/deliveries/{}", data.delivery);
    let head = view! {
        <PageHead
            title=words::tool(data.tool)
            crumbs=vec![
                (data.title.clone(), base.clone()),
                (tr!(attendance.title), format!("{base}/register")),
                (tr!(transfer.title), format!("{base}/transfer")),
            ]
            lede=Some(data.file.clone())
        />
    };
    let body = match data.done {
        Some((at, marks)) => view! {
            <div class="notice good" role="status">
                <h2>{tr!(transfer.entered, count = marks)}</h2>
                <p>{tr!(transfer.entered_at, at = format::date_time(at))}</p>
            </div>
            <p class="actions">
                <a class="btn" href=format!("{base}/register")>{tr!(attendance.to_register)}</a>
                <a class="btn quiet" href=format!("{base}/transfer")>{tr!(transfer.another)}</a>
            </p>
        }
        .into_any(),
        None => view! {
            <Form
                function=EnterDraft::PATH
                class="form wide"
                labels=vec![
                    ("reason", tr!(attendance.reason)),
                    ("tolerance", tr!(transfer.tolerance)),
                    ("least", tr!(transfer.least)),
                    ("note", tr!(transfer.note)),
                    ("zone", tr!(transfer.zone)),
                ]
            >
                <DryRun data=data again=again/>
            </Form>
        }
        .into_any(),
    };
    view! { {head}<div class="wrap body">{body}</div> }.into_any()
}

#[component]
fn DryRun(data: Draft, again: bool) -> impl IntoView {
    let total = data.fresh + data.changed;
    let figures = [
        (data.fresh, tr!(transfer.fresh, count = data.fresh)),
        (data.changed, tr!(transfer.changed, count = data.changed)),
        (data.same, tr!(transfer.same, count = data.same)),
        (data.untaken_count, tr!(transfer.untaken_count, count = data.untaken_count)),
        (data.unmatched_count, tr!(transfer.unmatched_count, count = data.unmatched_count)),
    ];
    let ask_order = data.log.as_ref().is_some_and(|log| log.order.is_none());
    let changed_meanwhile = again.then(|| {
        view! { <div class="notice warn" role="status"><h2>{tr!(transfer.again)}</h2><p>{tr!(transfer.again_text)}</p></div> }
    });
    let which_order =
        ask_order.then(|| view! { <div class="notice warn" role="status"><p>{tr!(transfer.ask_order)}</p></div> });
    let closed =
        data.writable.err().map(|why| view! { <div class="notice warn"><p>{sentences::refusal(why)}</p></div> });
    let shut = (!data.closed.is_empty()).then(|| {
        let item = |(slot, starts, marks): &(SlotId, NaiveDateTime, i64)| {
            let href = format!("/deliveries/{}/register/{slot}", data.delivery);
            view! { <li><a href=href>{when(*starts)}</a>": "{tr!(shut.marks, count = *marks)}</li> }
        };
        let items = data.closed.iter().map(item).collect_view();
        view! { <div class="notice warn"><h2>{tr!(shut.title)}</h2><p>{tr!(shut.text)}</p><ul>{items}</ul></div> }
    });
    let reason = matches!(data.writable, Ok(true)).then(|| {
        view! { <Input name="reason" label=tr!(attendance.reason) hint=tr!(attendance.reason_hint)/> }
    });
    let enter = (data.writable.is_ok() && total > 0).then(|| {
        view! { <button class="btn" name="act" value="enter">{tr!(transfer.enter, count = total)}</button> }
    });
    let choices = choices(&data);
    let lines = lines(&data, total);
    view! {
        // Enter in a field presses a form's first button: it must be this one.
        <button class="vh" tabindex="-1" aria-hidden="true" name="act" value="look">{tr!(transfer.look_again)}</button>
        <Hidden name="delivery" value=data.delivery.to_string()/>
        <Hidden name="draft" value=data.id.to_string()/>
        <Hidden name="seen" value=data.seen.clone()/>
        <p class="lede">{tr!(transfer.nothing_written)}</p>
        {changed_meanwhile}
        {which_order}
        {closed}
        {shut}
        <div class="stats">
            {figures
                .into_iter()
                .map(|(number, label)| view! { <p class="stat"><b>{format::number(number)}</b><span>{label}</span></p> })
                .collect_view()}
        </div>
        {choices}
        {lines}
        {untaken(&data)}
        {ignored(&data)}
        {reason}
        <div class="actions sticky">
            {enter}
            <button class="btn quiet" name="act" value="look">{tr!(transfer.look_again)}</button>
            <button class="btn text" name="act" value="discard">{tr!(transfer.discard)}</button>
        </div>
    }
    .into_any()
}

/// Who is who, what letters mean, and how a log is measured.
fn choices(data: &Draft) -> AnyView {
    let letters = (data.x.is_some() || data.e.is_some()).then(|| {
        let states = |of: &[MarkState]| -> Vec<(String, String)> {
            of.iter().map(|state| (state.code().to_owned(), sentences::mark_state(*state))).collect()
        };
        let x = data.x.map(|meant| view! {
            <Select
                name="x"
                label=tr!(transfer.x_means)
                class="mid"
                options=states(&[MarkState::Excused, MarkState::Present, MarkState::Absent])
                value=meant.code()
            />
        });
        let e = data.e.map(|meant| view! {
            <Select
                name="e"
                label=tr!(transfer.e_means)
                class="mid"
                options=states(&[MarkState::LeftEarly, MarkState::Excused])
                value=meant.code()
            />
        });
        view! { <fieldset class="group"><legend>{tr!(transfer.letters)}</legend><div class="row">{x}{e}</div></fieldset> }
    });
    view! { {unmatched(data)}{letters}{data.log.clone().map(log)} }.into_any()
}

fn unmatched(data: &Draft) -> Option<AnyView> {
    if data.unmatched.is_empty() {
        return None;
    }
    let rows = data.unmatched.iter().map(|who| unmatched_row(who, &data.people)).collect_view();
    let shown = i64::try_from(data.unmatched.len()).unwrap_or(i64::MAX);
    let more = data.unmatched_count - shown;
    Some(
        view! {
            <section class="section">
                <h2>{tr!(transfer.unmatched)}</h2>
                <p>{tr!(transfer.unmatched_text)}</p>
                <table class="cards">
                    <thead>
                        <tr>
                            <th scope="col">{tr!(transfer.in_file)}</th>
                            <th scope="col">{tr!(transfer.row)}</th>
                            <th scope="col">{tr!(transfer.who)}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                {(more > 0).then(|| view! { <p class="muted">{tr!(transfer.and_more, count = more)}</p> })}
            </section>
        }
        .into_any(),
    )
}

fn unmatched_row(who: &Unmatched, people: &[(crate::common::ids::EnrolmentId, String)]) -> impl IntoView + use<> {
    let name = format!("who[p{}]", who.key);
    let form = expect_context::<FormState>();
    let chosen = form.typed(&name).unwrap_or_else(|| who.chosen.map(|id| id.to_string()).unwrap_or_default());
    // Those with a like name first, then everybody.
    let likely = who.near.iter().filter_map(|id| people.iter().find(|(place, _)| place == id));
    let others = people.iter().filter(|(place, _)| !who.near.contains(place));
    let options = likely
        .chain(others)
        .map(|(place, name)| {
            let place = place.to_string();
            let selected = place == chosen;
            view! { <option value=place selected=selected>{name.clone()}</option> }
        })
        .collect_view();
    view! {
        <tr>
            <th scope="row" data-label=tr!(transfer.in_file)>
                {who.label.clone()}
                {(!who.detail.is_empty()).then(|| view! { <br/><span class="muted">{who.detail.clone()}</span> })}
            </th>
            <td data-label=tr!(transfer.row)>{who.at.clone()}</td>
            <td data-label=tr!(transfer.who)>
                <select name=name aria-label=tr!(transfer.who_is, name = who.label.clone())>
                    <option value="">{tr!(transfer.nobody)}</option>
                    {options}
                </select>
            </td>
        </tr>
    }
}

fn log(log: LogChoices) -> AnyView {
    let order = (log.ask_order || log.order.is_none()).then(|| {
        let orders = vec![
            (DayOrder::DayFirst.code().to_owned(), tr!(transfer.day_first)),
            (DayOrder::MonthFirst.code().to_owned(), tr!(transfer.month_first)),
        ];
        view! {
            <Select
                name="order"
                label=tr!(transfer.order)
                class="mid"
                options=orders
                empty=tr!(transfer.choose)
                value=log.order.map(DayOrder::code).unwrap_or_default()
            />
        }
    });
    let slots = if log.slots.is_empty() {
        view! { <p class="muted">{tr!(transfer.touches_nothing)}</p> }.into_any()
    } else {
        let options = log.slots.iter().map(|it| (it.slot.to_string(), when(it.starts))).collect();
        let value = log.slots.iter().filter(|it| it.taken).map(|it| it.slot.to_string()).collect();
        view! {
            <Hidden name="touched" value="true"/>
            <Ticks name="slots" label=tr!(transfer.for_half_days) options=options value=value/>
        }
        .into_any()
    };
    view! {
        <section class="section">
            <h2>{tr!(transfer.measure)}</h2>
            <p>{tr!(transfer.measure_text)}</p>
            {slots}
            <div class="row">
                <Input name="tolerance" kind="number" class="short" label=tr!(transfer.tolerance) value=log.tolerance.to_string()/>
                <Input name="least" kind="number" class="short" label=tr!(transfer.least) value=log.least.to_string()/>
                <Input name="note" class="mid" label=tr!(transfer.note) value=log.note/>
            </div>
            <div class="row">
                {order}
                <Select
                    name="zone"
                    label=tr!(transfer.zone)
                    class="mid"
                    options=log.zones.into_iter().map(|zone| (zone.clone(), zone)).collect()
                    value=log.zone
                />
            </div>
            <Tick name="absent" label=tr!(transfer.absent) value=log.absent/>
        </section>
    }
    .into_any()
}

fn lines(data: &Draft, total: i64) -> AnyView {
    if total == 0 {
        return view! { <div class="empty"><h2>{tr!(transfer.no_changes)}</h2><p>{tr!(transfer.no_changes_text)}</p></div> }.into_any();
    }
    let rows = data
        .lines
        .iter()
        .map(|line| {
            view! {
                <tr>
                    <th scope="row" data-label=tr!(transfer.person)>{line.name.clone()}</th>
                    <td data-label=tr!(transfer.half_day)>{when(line.starts)}</td>
                    <td data-label=tr!(transfer.from)>{words::mark(line.from.as_ref(), line.length)}</td>
                    <td data-label=tr!(transfer.to)><b>{words::mark(Some(&line.to), line.length)}</b></td>
                </tr>
            }
        })
        .collect_view();
    let page = i64::try_from(LINES).unwrap_or(i64::MAX);
    let here = format!("/deliveries/{}/transfer/{}", data.delivery, data.id);
    let first = data.first;
    let last = (first + page).min(total);
    let pages = (total > page).then(|| {
        let back = (first > 0).then(|| view! { <a class="back" rel="prev" href=format!("{here}?from={}", first - page)>{tr!(transfer.earlier)}</a> });
        let next = (last < total).then(|| view! { <a class="next" rel="next" href=format!("{here}?from={last}")>{tr!(transfer.later)}</a> });
        let shown = tr!(transfer.shown, first = first + 1, last = last, total = total);
        view! { <nav class="pages" aria-label=tr!(transfer.pages)>{back}<span>{shown}</span>{next}</nav> }
    });
    view! {
        <section class="section">
            <h2>{tr!(transfer.changes)}</h2>
            <table class="cards">
                <thead>
                    <tr>
                        <th scope="col">{tr!(transfer.person)}</th>
                        <th scope="col">{tr!(transfer.half_day)}</th>
                        <th scope="col">{tr!(transfer.from)}</th>
                        <th scope="col">{tr!(transfer.to)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {pages}
        </section>
    }
    .into_any()
}

fn untaken(data: &Draft) -> Option<AnyView> {
    if data.untaken.is_empty() {
        return None;
    }
    let rows = data
        .untaken
        .iter()
        .map(|it| {
            view! {
                <tr>
                    <th scope="row" data-label=tr!(transfer.at)>{it.at.clone()}</th>
                    <td data-label=tr!(transfer.text)>{it.text.clone()}</td>
                    <td data-label=tr!(transfer.because)>{words::why(it.why)}</td>
                </tr>
            }
        })
        .collect_view();
    let more = data.untaken_count - i64::try_from(data.untaken.len()).unwrap_or(i64::MAX);
    Some(
        view! {
            <section class="section">
                <h2>{tr!(transfer.untaken)}</h2>
                <p>{tr!(transfer.untaken_text)}</p>
                <table class="cards">
                    <thead>
                        <tr>
                            <th scope="col">{tr!(transfer.at)}</th>
                            <th scope="col">{tr!(transfer.text)}</th>
                            <th scope="col">{tr!(transfer.because)}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                {(more > 0).then(|| view! { <p class="muted">{tr!(transfer.and_more, count = more)}</p> })}
            </section>
        }
        .into_any(),
    )
}

fn ignored(data: &Draft) -> Option<AnyView> {
    if data.ignored.is_empty() {
        return None;
    }
    let columns =
        data.ignored.iter().map(|(column, heading)| format!("{column} ({heading})")).collect::<Vec<_>>().join(", ");
    Some(view! { <p class="muted">{tr!(transfer.ignored, columns = columns)}</p> }.into_any())
}
