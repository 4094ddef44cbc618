//! `/people/{id}/attendance` and `/my/attendance`: a person's hours over the years.

use super::{files, percent, query};
use crate::{
    i18n,
    reporting::attendance::api::{YearDelivery, YearLine, Years, get_my_years, get_years},
    tr,
    ui::{format, layout::PageHead, load::load, words},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[component]
pub fn YearsPage() -> impl IntoView {
    let params = use_params_map();
    load(
        move || params.read().get("id").unwrap_or_default(),
        |id| get_years(i18n::code(i18n::locale()).to_owned(), id),
        show,
    )
}

#[component]
pub fn MyYearsPage() -> impl IntoView {
    load(|| (), |()| get_my_years(i18n::code(i18n::locale()).to_owned()), show)
}

fn show(data: Years) -> AnyView {
    let (base, crumbs) = if data.own {
        ("/my/attendance/hours".to_owned(), Vec::new())
    } else {
        let person = format!("/people/{}", data.person);
        (
            format!("{person}/attendance/hours"),
            vec![(tr!(people.title), "/people".to_owned()), (data.name.clone(), person)],
        )
    };
    let title = if data.own { tr!(hours.my_years) } else { tr!(hours.years_of, name = data.name.clone()) };
    let body = if data.deliveries.is_empty() {
        view! {
            <div class="empty">
                <h2>{tr!(hours.no_years)}</h2>
                <p>{tr!(hours.no_years_text)}</p>
                <p><a class="btn" href="/catalogue">{tr!(completion.mine.to_catalogue)}</a></p>
            </div>
        }
        .into_any()
    } else {
        view! {
            <section class="section stack">
                <h2>{tr!(hours.by_year)}</h2>
                {years(&data.years)}
            </section>
            <section class="section stack">
                <h2>{tr!(reporting.deliveries)}</h2>
                {deliveries(&data.deliveries)}
            </section>
            {files(&base, &query(&[]))}
        }
        .into_any()
    };
    view! {
        <PageHead title=title crumbs=crumbs lede=tr!(hours.years_lede)/>
        <div class="wrap body stack wide">
            {body}
            {data.footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

fn years(years: &[YearLine]) -> AnyView {
    if years.is_empty() {
        return view! { <p class="muted">{tr!(hours.no_hours)}</p> }.into_any();
    }
    let rows = years
        .iter()
        .map(|year| {
            let subjects = year
                .subjects
                .iter()
                .map(|(subject, minutes)| view! {
                    <tr>
                        <th scope="row" data-label=tr!(hours.subject)>{subject.clone()}</th>
                        <td data-label=tr!(hours.year)>{year.year.to_string()}</td>
                        <td class="n" data-label=tr!(hours.hours)>{format::minutes(*minutes)}</td>
                    </tr>
                })
                .collect_view();
            view! {
                {subjects}
                <tr class="sum">
                    <th scope="row" data-label=tr!(hours.subject)>{tr!(hours.sum_of_year, year = year.year.to_string())}</th>
                    <td data-label=tr!(hours.year)>{year.year.to_string()}</td>
                    <td class="n" data-label=tr!(hours.hours)>{format::minutes(year.minutes)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="cards">
            <thead>
                <tr>
                    <th scope="col">{tr!(hours.subject)}</th>
                    <th scope="col">{tr!(hours.year)}</th>
                    <th scope="col" class="n">{tr!(hours.hours)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn deliveries(lines: &[YearDelivery]) -> AnyView {
    let rows = lines
        .iter()
        .map(|line| {
            let share = percent(line.attended, line.programme).map(|share| format!(" · {share}\u{a0}%"));
            let certificate = line.certificate.clone().map(|(_, code, on)| {
                view! { <a href=format!("/verify/{code}")>{code.clone()}</a><br/><span class="muted small">{format::date(on)}</span> }
            });
            view! {
                <tr>
                    <th scope="row" data-label=tr!(hours.delivery)>
                        <a href=format!("/deliveries/{}", line.id)>{line.title.clone()}</a>
                        <br/><span class="muted small">{line.host.clone()}</span>
                    </th>
                    <td data-label=tr!(hours.dates)>{format::date_range(line.starts_on, line.ends_on)}</td>
                    <td class="n" data-label=tr!(hours.attended)>{format::minutes(line.attended)}{share}</td>
                    <td data-label=tr!(hours.outcome)>{words::enrolment_state(line.state)}</td>
                    <td data-label=tr!(hours.certificate)>{certificate}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="cards">
            <thead>
                <tr>
                    <th scope="col">{tr!(hours.delivery)}</th>
                    <th scope="col">{tr!(hours.dates)}</th>
                    <th scope="col" class="n">{tr!(hours.attended)}</th>
                    <th scope="col">{tr!(hours.outcome)}</th>
                    <th scope="col">{tr!(hours.certificate)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
