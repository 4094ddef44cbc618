//! `/deliveries/{id}/attendance`: person by half-day.

use super::{files, outlook, percent, query};
use crate::{
    common::escape,
    deliveries::pages::parts::{crumbs, tabs},
    platform::http::page::{Drawn, Visit},
    reporting::attendance::{
        api::{Grid, GridPerson},
        model::{Cell, Outlook, Show},
        service::{self, Wanted},
    },
    tr,
    ui::{format, layout::PageHead},
};
use chrono::Timelike;
use leptos::prelude::*;
use std::fmt::Write;

pub async fn page(visit: Visit) -> Drawn {
    let wanted = Wanted { show: visit.query("show"), q: visit.query("q"), part: visit.query("part") };
    let data = service::grid(&visit.cx, visit.param("id"), &wanted).await?;
    visit.draw(|| show(data))
}

/// The letters and words of the marks, in the language of the page.
pub struct Signs(Vec<(u8, &'static str, String, String)>);

impl Signs {
    /// In the language of the page.
    pub fn here() -> Self {
        Self(vec![
            (b'p', "present", tr!(hours.sign.present), tr!(attendance.state.present)),
            (b'l', "late", tr!(hours.sign.late), tr!(attendance.state.late)),
            (b'e', "left", tr!(hours.sign.left_early), tr!(attendance.state.left_early)),
            (b'x', "exc", tr!(hours.sign.excused), tr!(attendance.state.excused)),
            (b'a', "abs", tr!(hours.sign.absent), tr!(attendance.state.absent)),
        ])
    }

    /// Class, letter and word of a mark; none where there is no mark.
    pub fn of(&self, cell: Cell) -> Option<(&'static str, &str, &str)> {
        self.0.iter().find(|(code, ..)| *code == cell.0).map(|(_, class, sign, word)| (*class, &**sign, &**word))
    }

    /// Minutes missed, where some were.
    pub fn missed(cell: Cell, minutes: u16) -> Option<u16> {
        matches!(cell.0, b'l' | b'e').then(|| minutes.saturating_sub(cell.1))
    }

    /// What the letters mean.
    pub fn legend(&self) -> String {
        self.0.iter().map(|(.., sign, word)| format!("{sign} {word}")).collect::<Vec<_>>().join(" · ")
    }
}

/// The rows as text: thousands of cells that never change are not worth a component each.
fn rows(data: &Grid) -> String {
    let signs = Signs::here();
    let none = tr!(attendance.unmarked);
    let words = [Outlook::Met, Outlook::Fine, Outlook::AtRisk, Outlook::CannotPass].map(|it| (it, outlook(it)));
    let mut html = String::with_capacity(data.people.len() * (200 + data.slots.len() * 48));
    for person in &data.people {
        row(&mut html, person, data, &signs, &none, &words);
    }
    html
}

fn row(
    html: &mut String,
    person: &GridPerson,
    data: &Grid,
    signs: &Signs,
    none: &str,
    words: &[(Outlook, (String, &'static str))],
) {
    html.push_str("<tr><th scope=row>");
    if let Some(id) = person.person {
        let _ = write!(html, "<a href=\"/people/{id}/attendance\">");
    }
    html.push_str(&escape::html(&person.name));
    if person.person.is_some() {
        html.push_str("</a>");
    }
    if !person.workplace.is_empty() {
        html.push_str("<small>");
        html.push_str(&escape::html(&person.workplace));
        html.push_str("</small>");
    }
    html.push_str("</th>");
    for (cell, slot) in person.cells.iter().zip(&data.slots) {
        match signs.of(*cell) {
            Some((class, sign, word)) => {
                let _ = write!(html, "<td class={class}><b>{sign}</b><i>{word}</i>");
                if let Some(missed) = Signs::missed(*cell, slot.minutes) {
                    let _ = write!(html, " {missed}′");
                }
                html.push_str("</td>");
            }
            None => {
                let _ = write!(html, "<td><i>{none}</i></td>");
            }
        }
    }
    let share = percent(person.attended, data.programme).map_or_else(String::new, |share| format!("{share}\u{a0}%"));
    let (word, class) = words
        .iter()
        .find(|(it, _)| *it == person.outlook)
        .map_or(("", ""), |(_, (word, class))| (word.as_str(), *class));
    let _ = write!(
        html,
        "<td class=n>{}</td><td class=n>{share}</td><td><span class=\"{class}\">{word}</span></td></tr>",
        format::minutes(person.attended)
    );
}

fn show(data: Grid) -> AnyView {
    let id = data.head.id;
    let base = format!("/deliveries/{id}/attendance");
    let code = if data.show == Show::All { "" } else { data.show.code() };
    let here = query(&[("show", code), ("q", &data.query)]);
    let tab = |show: Show, label: String, count: usize| {
        let q = query(&[("show", show.code()), ("q", &data.query)]);
        view! {
            <a href=format!("{base}?{q}") aria-current=(show == data.show).then_some("page")>
                {label}" "<span class="n">{count}</span>
            </a>
        }
    };
    let table = if data.slots.is_empty() {
        view! { <div class="empty"><h2>{tr!(attendance.no_slots)}</h2><p>{tr!(attendance.no_slots_text)}</p></div> }
            .into_any()
    } else if data.people.is_empty() {
        view! { <div class="empty"><h2>{tr!(hours.nobody)}</h2><p>{tr!(hours.nobody_text)}</p></div> }.into_any()
    } else {
        table(&data)
    };
    let needed = tr!(
        hours.needed,
        percent = data.head.attendance_percent,
        needed = format::minutes(data.needed),
        all = format::minutes(data.programme)
    );
    view! {
        <PageHead
            title=tr!(hours.grid_title)
            crumbs=crumbs(&data.head)
            lede=Some(needed)
            actions=view! {
                <a class="btn quiet small" href=format!("/deliveries/{id}/evidence.zip?{}", query(&[])) rel="external" download="">{tr!(hours.evidence)}</a>
            }.into_any()
        />
        <div class="wrap body stack wide">
            {tabs(&data.head, "/attendance", data.may_manage)}
            <form class="filterbar" method="get" action=base.clone()>
                <div class="fld">
                    <label for="f-q">{tr!(hours.find)}</label>
                    <input id="f-q" name="q" type="search" value=data.query.clone()/>
                </div>
                {(data.show != Show::All).then(|| view! { <input type="hidden" name="show" value=data.show.code()/> })}
                <button class="btn quiet">{tr!(hours.filter)}</button>
                {(!here.starts_with("lang=")).then(|| view! { <a href=base.clone()>{tr!(hours.clear)}</a> })}
            </form>
            <nav class="tabs" aria-label=tr!(hours.which)>
                {tab(Show::All, tr!(hours.everybody), data.everybody)}
                {tab(Show::Risk, tr!(hours.at_risk), data.risky)}
                {tab(Show::Short, tr!(hours.short), data.short)}
            </nav>
            {pager(&data)}
            {table}
            <p class="muted small">{Signs::here().legend()}</p>
            {files(&format!("{base}/attendance"), &here)}
            <details class="more"><summary>{tr!(hours.evidence_what)}</summary><p class="text">{tr!(hours.evidence_text)}</p></details>
            {data.footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

/// Where a long delivery is shown in parts.
fn pager(data: &Grid) -> Option<AnyView> {
    let (first, last) = data.slots.first().zip(data.slots.last())?;
    let to = |part: usize| {
        let q = query(&[("show", data.show.code()), ("q", &data.query), ("part", &part.to_string())]);
        format!("/deliveries/{}/attendance?{q}", data.head.id)
    };
    let span = format::date_range(Some(first.starts.date()), Some(last.starts.date()));
    (data.parts > 1).then(|| {
        view! {
            <nav class="pages" aria-label=tr!(hours.parts)>
                {(data.part > 0).then(|| view! { <a class="back" href=to(data.part - 1) rel="prev">{tr!(hours.earlier)}</a> })}
                <span>{span}</span>
                {(data.part + 1 < data.parts).then(|| view! { <a class="next" href=to(data.part + 1) rel="next">{tr!(hours.later)}</a> })}
            </nav>
        }
        .into_any()
    })
}

fn table(data: &Grid) -> AnyView {
    let days = data
        .slots
        .chunk_by(|a, b| a.starts.date() == b.starts.date())
        .map(|day| {
            let date = day[0].starts.date();
            view! { <th scope="colgroup" colspan=day.len() class="day">{short_day(date)}</th> }
        })
        .collect_view();
    let halves = data
        .slots
        .iter()
        .map(|slot| {
            let label = format::time(slot.starts.time());
            let long = crate::ui::format::date_time(slot.starts);
            view! {
                <th scope="col">
                    <a href=format!("/deliveries/{}/register/{}", data.head.id, slot.id) title=long>{label}</a>
                </th>
            }
        })
        .collect_view();
    let totals = data
        .slots
        .iter()
        .map(|slot| view! { <td class="n">{if slot.marked > 0 { format!("{}/{}", slot.came, slot.marked) } else { String::new() }}</td> })
        .collect_view();
    let attended: i64 = data.people.iter().map(|person| person.attended).sum();
    let share = percent(attended, data.programme * data.people.len() as i64);
    view! {
        <div class="scroll grid-box" role="region" tabindex="0" aria-label=tr!(hours.grid_title)>
            <table class="matrix hours">
                <caption class="vh">{tr!(hours.grid_title)}</caption>
                <thead>
                    <tr>
                        <th scope="col" rowspan="2">{tr!(hours.person)}</th>
                        {days}
                        <th scope="col" rowspan="2" class="n">{tr!(hours.hours)}</th>
                        <th scope="col" rowspan="2" class="n">{tr!(hours.share)}</th>
                        <th scope="col" rowspan="2">{tr!(hours.standing)}</th>
                    </tr>
                    <tr>{halves}</tr>
                </thead>
                <tbody inner_html=rows(data)></tbody>
                <tfoot>
                    <tr class="sum">
                        <th scope="row">{tr!(hours.came_of_marked)}</th>
                        {totals}
                        <td class="n">{format::minutes(attended)}</td>
                        <td class="n">{share.map(|share| format!("{share}\u{a0}%"))}</td>
                        <td></td>
                    </tr>
                </tfoot>
            </table>
        </div>
    }
    .into_any()
}

/// Tue 24.11.
fn short_day(day: chrono::NaiveDate) -> String {
    let weekday: String = format::weekday(day).chars().take(3).collect();
    format!("{weekday} {}", day.format("%d.%m."))
}

/// Tue 24.11. 09:00, for the head of a column in a file.
pub fn short_half_day(starts: chrono::NaiveDateTime) -> String {
    format!("{} {:02}:{:02}", short_day(starts.date()), starts.hour(), starts.minute())
}
