//! `/courses/{slug}/licences`: everyone with a licence for a course, and whom to put forward.

use super::parts::state_tag;
use crate::{
    app::encode,
    platform::http::page::{Drawn, Visit},
    tr,
    trainers::{
        api::{AddCandidate, LicenceLine, LicenceList},
        model::LicenceState,
        service,
    },
    ui::{
        field::{Select, TextArea},
        form::{Form, Hidden, Submit},
        format,
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let (state, after, q) = (visit.query("state"), visit.query("after"), visit.query("q"));
    let data = service::list(&visit.cx, visit.param("slug"), &state, &after, &q, visit.language()).await?;
    visit.draw(|| show(data))
}

fn filters(data: &LicenceList) -> AnyView {
    let base = format!("/courses/{}/licences", data.slug);
    let all: i64 = data.counts.iter().map(|(_, count)| count).sum();
    let chip = |state: Option<LicenceState>, count: i64| {
        let href = state.map_or_else(|| base.clone(), |state| format!("{base}?state={}", state.code()));
        let label = state.map_or_else(|| tr!(licences.all), words::licence_state);
        view! {
            <a class="chip" href=href aria-current=(data.state == state).then_some("true")>
                {label}" "<span class="num">{format::number(count)}</span>
            </a>
        }
    };
    view! {
        <nav class="chips" aria-label=tr!(licences.by_state)>
            {chip(None, all)}
            {data.counts.iter().map(|(state, count)| chip(Some(*state), *count)).collect_view()}
        </nav>
    }
    .into_any()
}

fn row(line: LicenceLine) -> AnyView {
    let lapses = match (line.state, line.lapses_on) {
        (LicenceState::Licensed, Some(day)) => format::date(day),
        (LicenceState::Licensed, None) => tr!(licences.never),
        _ => String::new(),
    };
    view! {
        <tr>
            <th scope="row" data-label=tr!(licences.person)>
                <a href=format!("/licences/{}", line.id)>{line.name}</a>
                {line.invented.then(|| view! { " "<span class="tag plain">{tr!(licences.invented)}</span> })}
            </th>
            <td data-label=tr!(licences.state_label)>
                {state_tag(line.state)}
                {line.noticed.then(|| view! { " "<span class="tag warn">{tr!(licences.noticed)}</span> })}
            </td>
            <td data-label=tr!(licences.since)>{format::date(line.since)}</td>
            <td data-label=tr!(licences.active_on)>{line.active_on.map_or_else(|| tr!(licences.none), format::date)}</td>
            <td data-label=tr!(licences.lapses_on)>{lapses}</td>
            <td data-label=tr!(licences.mentor)>{line.mentor.unwrap_or_else(|| tr!(licences.none))}</td>
        </tr>
    }
    .into_any()
}

fn put_forward(data: &LicenceList) -> AnyView {
    let (query, slug) = (data.query.clone(), data.slug.clone());
    let searched = !query.is_empty();
    let found: Vec<(String, String)> =
        data.found.iter().map(|(person, name)| (person.to_string(), name.clone())).collect();
    let form = if found.is_empty() {
        searched.then(|| view! { <p class="muted" role="status">{tr!(licences.nobody_found)}</p> }.into_any())
    } else {
        Some(
            view! {
                <Form
                    function=AddCandidate::PATH
                    class="form"
                    labels=vec![("person", tr!(licences.person)), ("reason", tr!(licences.reason))]
                >
                    <Hidden name="slug" value=slug/>
                    <Select name="person" label=tr!(licences.person) options=found class="mid"/>
                    <TextArea name="reason" label=tr!(licences.reason) hint=tr!(licences.candidate_hint)/>
                    <div class="actions"><Submit label=tr!(licences.put_forward) class="quiet"/></div>
                </Form>
            }
            .into_any(),
        )
    };
    view! {
        <section class="section stack" id="candidate">
            <h2>{tr!(licences.candidate_title)}</h2>
            <form class="field" role="search" method="get" action="#candidate">
                <label class="vh" for="q">{tr!(licences.candidate_search)}</label>
                <input id="q" name="q" type="search" value=query placeholder=tr!(licences.candidate_search)/>
                <button class="btn quiet">{tr!(licences.search)}</button>
            </form>
            {form}
        </section>
    }
    .into_any()
}

fn show(data: LicenceList) -> impl IntoView {
    let slug = data.slug.clone();
    let base = format!("/courses/{slug}/licences");
    let actions = data.may_decide.then(|| {
        view! {
            <a class="btn quiet small" href=format!("{base}/rules")>{tr!(licences.rules)}</a>
            <a class="btn quiet small" href=format!("{base}/rubric")>{tr!(assessments.rubric)}</a>
        }
        .into_any()
    });
    let next = data.next.clone().map(|after| {
        let state = data.state.map_or("", LicenceState::code);
        format!("{base}?state={state}&after={}", encode(&after))
    });
    let unruled = (!data.ruled).then(|| {
        view! {
            <div class="notice">
                <p>{tr!(licences.unruled)}</p>
                {data.may_decide.then(|| view! { <p><a href=format!("{base}/rules")>{tr!(licences.to_rules)}</a></p> })}
            </div>
        }
    });
    let chips = filters(&data);
    let candidate = (data.may_decide && data.ruled).then(|| put_forward(&data));
    let table = if data.lines.is_empty() {
        view! { <p class="muted">{tr!(licences.empty)}</p> }.into_any()
    } else {
        view! {
            <table class="cards">
                <thead>
                    <tr>
                        <th scope="col">{tr!(licences.person)}</th>
                        <th scope="col">{tr!(licences.state_label)}</th>
                        <th scope="col">{tr!(licences.since)}</th>
                        <th scope="col">{tr!(licences.active_on)}</th>
                        <th scope="col">{tr!(licences.lapses_on)}</th>
                        <th scope="col">{tr!(licences.mentor)}</th>
                    </tr>
                </thead>
                <tbody>{data.lines.into_iter().map(row).collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <PageHead
            title=tr!(licences.title)
            crumbs=vec![(tr!(nav.catalogue), "/catalogue".to_owned()), (data.course_title.clone(), format!("/courses/{slug}"))]
            lede=Some(tr!(licences.lede))
            actions=actions
        />
        <div class="wrap body stack wide">
            {unruled}
            {chips}
            {table}
            {next.map(|href| view! { <nav class="pages" aria-label=tr!(licences.pages)><a class="next" href=href>{tr!(licences.next_page)}</a></nav> })}
            {candidate}
        </div>
    }
    .into_any()
}
