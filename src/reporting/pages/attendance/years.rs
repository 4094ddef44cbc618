//! `/people/{id}/attendance` and `/my/attendance`: a person's hours over the years.

use super::{files, percent, query};
use crate::{
    platform::http::page::{Drawn, Visit},
    reporting::{
        attendance::{
            api::{YearDelivery, YearLine, Years},
            service,
        },
        duty::api::DutyYear,
        pages::duty,
    },
    tr,
    ui::{format, layout::PageHead, words},
};
use chrono::{Datelike, NaiveDate};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let data = service::years_of(&visit.cx, visit.language(), visit.param("id")).await?;
    visit.draw(|| show(data))
}

pub async fn mine(visit: Visit) -> Drawn {
    let data = service::my_years(&visit.cx, visit.language()).await?;
    visit.draw(|| show(data))
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
    let owed = owed(&data.years, data.today);
    view! {
        <PageHead title=title crumbs=crumbs lede=tr!(hours.years_lede)/>
        <div class="wrap body stack wide">
            {owed}
            {body}
            {data.footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

/// What each year asks: this one as a bar, the others as a table.
fn owed(years: &[YearLine], today: NaiveDate) -> Option<AnyView> {
    let asked: Vec<DutyYear> = years
        .iter()
        .filter_map(|year| Some(DutyYear { year: year.year.into(), minutes: year.minutes, owed: year.owed.clone()? }))
        .collect();
    if asked.is_empty() {
        return None;
    }
    let now = i64::from(today.year());
    let (this, past): (Vec<DutyYear>, Vec<DutyYear>) = asked.into_iter().partition(|it| it.year == now);
    let rows: Vec<AnyView> = past
        .iter()
        .map(|it| {
            let gap = it.owed.missing(it.minutes);
            let (word, class) =
                if gap == 0 { (tr!(duty.met), "tag good") } else { (duty::missing(it.minutes, &it.owed), "tag warn") };
            view! {
                <tr>
                    <th scope="row" data-label=tr!(hours.year)>{it.year.to_string()}</th>
                    <td class="n" data-label=tr!(hours.attended)>{format::minutes(it.minutes)}</td>
                    <td class="n" data-label=tr!(duty.asked)>{format::minutes(it.owed.hours * 60)}</td>
                    <td data-label=tr!(hours.standing)><span class=class>{word}</span></td>
                    <td data-label=tr!(duty.source)>{words::profession(it.owed.profession)}" · "{it.owed.source.clone()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let table = (!rows.is_empty()).then(|| {
        view! {
            <table class="cards">
                <thead>
                    <tr>
                        <th scope="col">{tr!(hours.year)}</th>
                        <th scope="col" class="n">{tr!(hours.attended)}</th>
                        <th scope="col" class="n">{tr!(duty.asked)}</th>
                        <th scope="col">{tr!(hours.standing)}</th>
                        <th scope="col">{tr!(duty.source)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
    });
    Some(
        view! {
            <section class="section stack" id="duty">
                <h2>{tr!(duty.title)}</h2>
                <div class="text">{this.iter().map(duty::meter).collect_view()}</div>
                {table}
                <details class="more"><summary>{tr!(reporting.method)}</summary><p class="text">{tr!(duty.method)}</p></details>
            </section>
        }
        .into_any(),
    )
}

fn years(years: &[YearLine]) -> AnyView {
    if years.iter().all(|year| year.minutes == 0) {
        return view! { <p class="muted">{tr!(hours.no_hours)}</p> }.into_any();
    }
    let rows = years
        .iter()
        .filter(|year| year.minutes > 0)
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
