//! `/deliveries/{id}/register/{slot}/count`: a sealed delivery's half-day, in numbers.

use super::register::half_day;
use crate::{
    attendance::counts::{
        api::{CountPage, SaveCounts},
        model::{Heads, cell, field, total},
        service,
    },
    people::model::{Profession, Sex},
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::Input,
        form::{Form, FormState, Hidden, Submit},
        format,
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let (delivery, slot) = (visit.param("id"), visit.param("slot"));
    let data = service::page(&visit.cx, delivery, slot, &visit.query("area"), visit.language()).await?;
    visit.draw(|| show(data))
}

fn show(data: CountPage) -> AnyView {
    let base = format!("/deliveries/{}", data.delivery);
    let here = format!("{base}/register/{}/count", data.slot);
    let starts = data.slots.iter().find(|(id, ..)| *id == data.slot).map(|(_, starts, _)| *starts).unwrap_or_default();
    let tabs = data
        .slots
        .iter()
        .map(|(id, starts, people)| {
            view! {
                <a href=format!("{base}/register/{id}/count") aria-current=(*id == data.slot).then_some("page") class=people.map(|_| "full")>
                    <b>{half_day(*starts)}</b>
                    <span>{people.map_or_else(|| format::date(starts.date()), |people| tr!(attendance.counts.people, count = people))}</span>
                </a>
            }
        })
        .collect_view();
    let counted = total(&data.heads);
    let note = match (&data.writable, data.proposed) {
        (Err(why), _) => Some(words::refusal(*why)),
        (Ok(_), true) => Some(tr!(attendance.counts.proposed)),
        (Ok(_), false) => None,
    };
    let more = (!data.more.is_empty() && data.writable.is_ok()).then(|| {
        view! {
            <form method="get" action=here class="toolbar">
                <div class="fld">
                    <label for="f-area">{tr!(attendance.counts.other_area)}</label>
                    <select id="f-area" name="area">
                        {data.more.iter().map(|(code, name)| view! { <option value=code.clone()>{name.clone()}</option> }).collect_view()}
                    </select>
                </div>
                <button class="btn quiet">{tr!(attendance.counts.add_area)}</button>
            </form>
        }
    });
    let history = (!data.history.is_empty()).then(|| {
        let lines = data
            .history
            .iter()
            .map(|line| {
                view! {
                    <li>
                        <time datetime=format::machine(line.at)>{format::date_time(line.at)}</time>
                        <p>
                            <b>{tr!(attendance.counts.people, count = line.total)}</b>" "
                            <span class="muted">{tr!(attendance.by, name = line.by.clone())}</span>
                            {(!line.reason.is_empty()).then(|| view! { <br/><span class="muted">{tr!(attendance.because, reason = line.reason.clone())}</span> })}
                        </p>
                    </li>
                }
            })
            .collect_view();
        view! { <section class="section stack"><h2>{tr!(attendance.history)}</h2><ol class="history">{lines}</ol></section> }
    });
    let footnote = data.footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> });
    view! {
        <PageHead
            title=tr!(attendance.counts.title)
            crumbs=vec![(data.title.clone(), base.clone())]
            lede=Some(format!("{}, {}", half_day(starts), format::date(starts.date())))
        />
        <div class="wrap body stack wide">
            <nav class="slots counted" aria-label=tr!(attendance.half_days)>{tabs}</nav>
            <p>{tr!(attendance.counts.lede)}" "<b>{tr!(attendance.counts.people, count = counted)}</b></p>
            {data.writable.is_ok().then(|| view! {
                <p><a class="next" href=format!("/counts/new?of={}", data.delivery)>{tr!(tallies.of_delivery)}</a></p>
            })}
            {note.map(|note| view! { <p class="notice calm">{note}</p> })}
            <Form function=SaveCounts::PATH class="stack" labels=vec![("people", tr!(attendance.counts.in_all)), ("reason", tr!(attendance.reason))]>
                <Grid data=data.clone()/>
            </Form>
            {more}
            {history}
            {footnote}
        </div>
    }
    .into_any()
}

/// The fields, a table an area: professions by sex.
#[component]
fn Grid(data: CountPage) -> impl IntoView {
    let locked = data.writable.is_err();
    let closed = data.writable == Ok(true);
    view! {
        <Hidden name="id" value=data.next.to_string()/>
        <Hidden name="delivery" value=data.delivery.to_string()/>
        <Hidden name="slot" value=data.slot.to_string()/>
        <Hidden name="seen" value=data.seen.clone()/>
        {tables(&data.areas, &data.heads, locked)}
        {closed.then(|| view! { <Input name="reason" label=tr!(attendance.reason) hint=tr!(attendance.reason_hint)/> })}
        {(!locked).then(|| view! { <div class="actions"><Submit label=tr!(form.save)/></div> })}
    }
}

/// A table an area: professions by sex. Inside a form.
pub(super) fn tables(areas: &[(String, String)], heads: &[Heads], locked: bool) -> AnyView {
    let form = expect_context::<FormState>();
    areas
        .iter()
        .map(|(area, name)| {
            let rows = Profession::ALL
                .iter()
                .map(|profession| {
                    let cells = Sex::ALL
                        .iter()
                        .map(|sex| {
                            let field = field(area, *profession, *sex);
                            let stands = heads
                                .iter()
                                .find(|it| it.area_code == *area && it.profession == *profession && it.sex == *sex)
                                .map_or_else(String::new, |it| it.people.to_string());
                            let value = form.typed(&field).unwrap_or(stands);
                            let fault = form.fault(&field).map(|kind| view! { <p class="err">{words::fault(&kind)}</p> });
                            let id = format!("c-{}", cell(area, *profession, *sex).replace('.', "-"));
                            let label = format!("{}, {}, {name}", words::profession(*profession), sex_word(*sex));
                            view! {
                                <td class="n" data-label=sex_word(*sex)>
                                    {fault}
                                    <input id=id type="number" min="0" inputmode="numeric" name=field value=value disabled=locked aria-label=label/>
                                </td>
                            }
                        })
                        .collect_view();
                    view! { <tr><th scope="row">{words::profession(*profession)}</th>{cells}</tr> }
                })
                .collect_view();
            view! {
                <table class="cards counts">
                    <caption>{name.clone()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{tr!(attendance.counts.profession)}</th>
                            {Sex::ALL.iter().map(|sex| view! { <th scope="col" class="n">{sex_word(*sex)}</th> }).collect_view()}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            }
        })
        .collect_view()
        .into_any()
}

/// The word for a sex, of people.
pub(super) fn sex_word(sex: Sex) -> String {
    match sex {
        Sex::Female => tr!(attendance.counts.women),
        Sex::Male => tr!(attendance.counts.men),
        Sex::Other => tr!(attendance.counts.other),
    }
}
