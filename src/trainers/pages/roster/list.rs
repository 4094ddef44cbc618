//! `/trainers`: the roster, narrowed by what stands in the address.

use super::{held_name, remarks, who};
use crate::{
    app::encode,
    people::model::Profession,
    platform::http::page::{Drawn, Visit},
    tr,
    trainers::roster::{
        api::{Roster, TrainerLine},
        model::{Feedback, Held, LANGUAGES, Search},
        service,
    },
    ui::{format, layout::PageHead, words},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let data = service::list(&visit.cx, visit.search(), visit.language()).await?;
    visit.draw(|| show(data))
}

fn query(asked: &Search, after: Option<&str>) -> String {
    asked
        .pairs()
        .into_iter()
        .chain(after.map(|after| ("after", after)))
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect::<Vec<_>>()
        .join("&")
}

fn show(data: Roster) -> impl IntoView {
    let asked = data.asked.clone();
    let actions = data.mine.then(|| {
        view! { <a class="btn quiet small" href="/my/trainer-profile">{tr!(roster.my_profile)}</a> }.into_any()
    });
    let lede = if data.whole { tr!(roster.lede_whole) } else { tr!(roster.lede_public) };
    let first = (!asked.after.is_empty()).then(|| format!("/trainers?{}", query(&asked, None)));
    let next = data.next.as_deref().map(|after| format!("/trainers?{}", query(&asked, Some(after))));
    let narrowed = !asked.pairs().is_empty();
    let count = data.lines.len() as i64;
    let summary = if next.is_some() || first.is_some() { tr!(roster.many) } else { tr!(roster.found, count = count) };
    let files = query(&asked, None);
    let whole = data.whole;
    let footnote = data.footnote;
    let list = if data.lines.is_empty() {
        view! {
            <div class="empty">
                <h2>{tr!(roster.nobody)}</h2>
                <p>{if narrowed { tr!(roster.nobody_narrowed) } else { tr!(roster.nobody_text) }}</p>
            </div>
        }
        .into_any()
    } else {
        view! { <h2 class="vh">{tr!(roster.title)}</h2><ul class="list">{data.lines.iter().cloned().map(line).collect_view()}</ul> }
            .into_any()
    };
    view! {
        <PageHead title=tr!(roster.title) lede=lede actions=actions/>
        <div class="wrap body cols start">
            {filters(&data)}
            <div class="stack">
                <div class="results">
                    <p role="status"><b>{summary}</b></p>
                    {whole.then(|| view! {
                        <p>
                            <a href=format!("/trainers.csv?{files}") rel="external" download="trainers.csv">"CSV"</a>" "
                            <a href=format!("/trainers.xlsx?{files}") rel="external" download="trainers.xlsx">"XLSX"</a>
                        </p>
                    })}
                </div>
                {list}
                {(first.is_some() || next.is_some()).then(|| view! {
                    <nav class="pages" aria-label=tr!(roster.pages)>
                        {first.map(|href| view! { <a class="back" href=href rel="first">{tr!(roster.first_page)}</a> })}
                        {next.map(|href| view! { <a class="next" href=href rel="next">{tr!(roster.next_page)}</a> })}
                    </nav>
                })}
            </div>
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

fn select(name: &'static str, label: String, options: Vec<(String, String)>, chosen: &str) -> AnyView {
    let chosen = chosen.to_owned();
    view! {
        <div class="facet">
            <label for=name>{label}</label>
            <select id=name name=name>
                <option value="">{tr!(roster.any)}</option>
                {options
                    .into_iter()
                    .map(|(code, label)| {
                        let selected = code == chosen;
                        view! { <option value=code selected=selected>{label}</option> }
                    })
                    .collect_view()}
            </select>
        </div>
    }
    .into_any()
}

fn feedback_name(feedback: Feedback) -> String {
    match feedback {
        Feedback::Heard => tr!(roster.feedback_heard),
        Feedback::Praised => tr!(roster.feedback_praised),
    }
}

fn tick(name: &'static str, label: String, checked: bool) -> AnyView {
    view! { <label><input type="checkbox" name=name value="true" checked=checked/><span>{label}</span></label> }
        .into_any()
}

fn filters(data: &Roster) -> AnyView {
    let asked = data.asked.clone();
    let set = asked.pairs().len();
    let languages = LANGUAGES.iter().map(|code| ((*code).to_owned(), words::language(code))).collect();
    let feedback = Feedback::ALL.iter().map(|it| (it.code().to_owned(), feedback_name(*it))).collect();
    let professions = Profession::ALL.iter().map(|it| (it.code().to_owned(), words::profession(*it))).collect();
    view! {
        <details class="filters">
            <summary>{tr!(roster.filters)}" "{(set > 0).then(|| view! { <span class="n">{set}</span> })}</summary>
            <form method="get">
                <div class="facet"><label for="q">{tr!(roster.name)}</label><input id="q" name="q" type="search" value=asked.q/></div>
                {select("course", tr!(roster.course), data.courses.clone(), &asked.course)}
                <fieldset class="facet">
                    <legend>{tr!(roster.standing)}</legend>
                    {tick("licensed", tr!(roster.licensed_now), asked.licensed == "true")}
                    {tick("active", tr!(roster.active_now), asked.active == "true")}
                </fieldset>
                {select("feedback", tr!(roster.feedback), feedback, &asked.feedback)}
                {select("language", tr!(roster.language), languages, &asked.language)}
                {select("area", tr!(roster.area), data.areas.clone(), &asked.area)}
                {select("institution", tr!(roster.institution), data.institutions.clone(), &asked.institution)}
                {select("profession", tr!(roster.profession), professions, &asked.profession)}
                <fieldset class="facet">
                    <legend>{tr!(roster.available)}</legend>
                    <label class="vh" for="from">{tr!(roster.free_from)}</label>
                    <input type="date" id="from" name="from" value=asked.from/>
                    <label class="vh" for="to">{tr!(roster.free_to)}</label>
                    <input type="date" id="to" name="to" value=asked.to/>
                </fieldset>
                <button class="btn small">{tr!(roster.show)}</button>" "<a href="/trainers">{tr!(roster.clear)}</a>
            </form>
        </details>
    }
    .into_any()
}

fn line(it: TrainerLine) -> AnyView {
    let licences: Vec<String> =
        it.licences.iter().map(|(title, state)| format!("{title}: {}", held_name(*state).to_lowercase())).collect();
    let licensed = it.licences.iter().any(|(_, state)| *state == Held::Licensed);
    let taught = it.taught.filter(|(count, _)| *count > 0).map(|(count, last)| {
        let gave = tr!(roster.gave, count = count);
        match last {
            Some(day) => format!("{gave}, {}", tr!(roster.last_on, day = format::date(day))),
            None => gave,
        }
    });
    view! {
        <li class="item">
            <div class="grow">
                <h3><a href=format!("/trainers/{}", it.id)>{it.name.clone()}</a></h3>
                <p class="muted">{who(it.profession, it.institution, it.area)}</p>
                {(!it.languages.is_empty()).then(|| view! { <p class="muted">{words::languages(&it.languages)}</p> })}
                {(!licences.is_empty()).then(|| view! { <p>{licences.join(" · ")}</p> })}
                {taught.map(|taught| view! { <p class="muted">{taught}</p> })}
                {it.remarks.as_ref().and_then(remarks).map(|said| view! { <p class="muted">{said}</p> })}
            </div>
            <div class="end tags">
                {licensed.then(|| view! { <span class="tag good">{tr!(roster.held.licensed)}</span> })}
                {it.active.then(|| view! { <span class="tag calm">{tr!(roster.active)}</span> })}
            </div>
        </li>
    }
    .into_any()
}
