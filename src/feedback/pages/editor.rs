//! `/courses/{slug}/feedback`: what was said of a course's packs, and what becomes of it.

use super::parts::{kind_word, outcome_word, said, state_tag, verdict};
use crate::{
    common::ids::DecisionId,
    feedback::{
        api::{DecideFeedback, EditorPage as Data, Group, Item, Now, ReopenFeedback},
        model::{Filter, ItemState, Kind, Outcome},
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, Select, TextArea},
        form::{Form, FormState, Hidden, Submit},
        format,
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};
use std::collections::BTreeMap;

pub async fn page(visit: Visit) -> Drawn {
    let filter = Filter::read(visit.search());
    let (slug, after) = (visit.param("slug"), visit.query("after"));
    let data = service::of_course(&visit.cx, slug, visit.language(), &filter, &after).await?;
    visit.draw(|| show(data, &filter))
}

fn show(data: Data, filter: &Filter) -> AnyView {
    let here = format!("/courses/{}/feedback", data.slug);
    let of = |wanted: fn(ItemState) -> bool| -> i64 {
        data.facets.iter().filter(|facet| wanted(facet.state)).map(|facet| facet.items).sum()
    };
    let (open, later) = (of(|it| it == ItemState::Open), of(|it| it == ItemState::Later));
    let (taken, answered) = (of(|it| it == ItemState::TakenUp), of(|it| it.is_answer()));
    let split = |wanted: fn(&Item) -> bool| -> Vec<Group> {
        data.groups
            .iter()
            .map(|group| Group {
                items: group.items.iter().filter(|it| wanted(it)).cloned().collect(),
                ..group.clone()
            })
            .filter(|group| !group.items.is_empty())
            .collect()
    };
    let (to_decide, decided) = (split(|it| it.state.changeable()), split(|it| !it.state.changeable()));
    let empty = (to_decide.is_empty() && decided.is_empty()).then(|| {
        let text = if data.facets.is_empty() { tr!(feedback.none_text) } else { tr!(feedback.none_here) };
        view! { <div class="empty"><h2>{tr!(feedback.none)}</h2><p>{text}</p></div> }
    });
    let next = data.next.clone().map(|key| {
        let query = filter.query();
        let and = if query.is_empty() { "" } else { "&" };
        view! { <p><a class="next" href=format!("{here}?{query}{and}after={key}")>{tr!(feedback.more)}</a></p> }
    });
    view! {
        <PageHead
            title=tr!(feedback.title)
            crumbs=vec![(tr!(nav.catalogue), "/catalogue".to_owned()), (data.title.clone(), format!("/courses/{}", data.slug))]
            lede=tr!(feedback.lede)
        />
        <div class="wrap body stack wide">
            <div class="stats">
                <p class="stat"><b>{format::number(open)}</b><span>{tr!(feedback.stat_open)}</span></p>
                <p class="stat"><b>{format::number(later)}</b><span>{tr!(feedback.stat_later)}</span></p>
                <p class="stat"><b>{format::number(taken)}</b><span>{tr!(feedback.stat_taken)}</span></p>
                <p class="stat"><b>{format::number(answered - taken)}</b><span>{tr!(feedback.stat_other)}</span></p>
            </div>
            {filters(&data, filter, &here)}
            {empty}
            {(!to_decide.is_empty()).then(|| decide(&data, to_decide, filter))}
            {(!decided.is_empty()).then(|| verdicts(decided, filter))}
            {next}
        </div>
    }
    .into_any()
}

/// A choice in the row of filters; each says how many items it would show.
fn choice(name: &'static str, label: String, all: String, options: Vec<(String, String)>, chosen: &str) -> AnyView {
    let options = options
        .into_iter()
        .map(|(key, title)| {
            let selected = key == chosen;
            view! { <option value=key selected=selected>{title}</option> }
        })
        .collect_view();
    view! {
        <div class="fld">
            <label for=format!("only-{name}")>{label}</label>
            <select id=format!("only-{name}") name=name><option value="">{all}</option>{options}</select>
        </div>
    }
    .into_any()
}

fn filters(data: &Data, filter: &Filter, here: &str) -> AnyView {
    let shown = filter.shown();
    let counted = |facet: &&crate::feedback::model::Facet| {
        (shown.open && facet.state.changeable()) || (shown.decided && facet.state.is_answer())
    };
    let facets = || data.facets.iter().filter(counted);
    let mut kinds: BTreeMap<Kind, i64> = BTreeMap::new();
    let mut packs: BTreeMap<String, i64> = BTreeMap::new();
    let mut deliveries: BTreeMap<(String, String), i64> = BTreeMap::new();
    let mut languages: BTreeMap<String, i64> = BTreeMap::new();
    for facet in facets() {
        *kinds.entry(facet.kind).or_default() += facet.items;
        *deliveries.entry((facet.delivery_title.clone(), facet.delivery_id.to_string())).or_default() += facet.items;
        if let Some(pack) = facet.pack_id {
            *packs.entry(pack.to_string()).or_default() += facet.items;
        }
        if let Some(language) = &facet.language {
            *languages.entry(language.clone()).or_default() += facet.items;
        }
    }
    let with = |name: String, count: i64| format!("{name} ({})", format::number(count));
    let versions = data
        .packs
        .iter()
        .filter_map(|pack| {
            let count = packs.get(&pack.id.to_string())?;
            let name = format!("{}.{} · {}", pack.major, pack.minor, words::language(&pack.language));
            Some((pack.id.to_string(), with(name, *count)))
        })
        .collect();
    let states = vec![("decided".to_owned(), tr!(feedback.show_decided)), ("all".to_owned(), tr!(feedback.show_all))];
    let filtered = *filter != Filter::default();
    let kinds = kinds.into_iter().map(|(kind, n)| (kind.code().to_owned(), with(kind_word(kind), n))).collect();
    let deliveries = deliveries.into_iter().map(|((title, id), n)| (id, with(title, n))).collect();
    let languages = languages.into_iter().map(|(code, n)| (code.clone(), with(words::language(&code), n))).collect();
    view! {
        <form class="filterbar" method="get" action=here.to_owned()>
            {choice("show", tr!(feedback.show), tr!(feedback.show_open), states, &filter.show)}
            {choice("kind", tr!(feedback.what_kind), tr!(feedback.all_kinds), kinds, &filter.kind)}
            {choice("pack", tr!(feedback.version), tr!(feedback.all_versions), versions, &filter.pack)}
            {choice("delivery", tr!(feedback.delivery), tr!(feedback.all_deliveries), deliveries, &filter.delivery)}
            {choice("speech", tr!(feedback.language), tr!(feedback.all_languages), languages, &filter.speech)}
            <button class="btn quiet">{tr!(reporting.show)}</button>
            {filtered.then(|| view! { <a href=here.to_owned()>{tr!(reporting.clear)}</a> })}
        </form>
    }
    .into_any()
}

/// A module of a version, with what it became since.
fn heading(group: &Group) -> AnyView {
    let title = group.module.clone().unwrap_or_else(|| tr!(feedback.whole));
    let version = group.version.clone().map(|(version, language)| {
        view! { <span class="tag">{tr!(packs.version, version = version)}</span>" "<span class="tag">{words::language(&language)}</span> }
    });
    let now = match &group.now {
        Now::Same => ().into_any(),
        Now::Became { title, pack, module } => view! {
            <p class="muted">{tr!(feedback.became)}" "<a href=format!("/packs/{pack}#m-{module}")>{title.clone()}</a></p>
        }
        .into_any(),
        Now::Gone => view! { <p class="muted">{tr!(feedback.gone)}</p> }.into_any(),
    };
    view! { <p class="tags">{version}</p><h3>{title}</h3>{now} }.into_any()
}

/// Who says it, of what and when.
fn source(it: &Item) -> AnyView {
    let who = match (&it.signed_by, it.by_trainer) {
        (Some(name), true) => tr!(feedback.by_trainer, name = name.clone()),
        (Some(name), false) => tr!(feedback.by_participant, name = name.clone()),
        (None, true) => tr!(feedback.a_trainer),
        (None, false) => tr!(feedback.a_participant),
    };
    let part = it.part.clone().map(|part| format!("{} · ", tr!(feedback.on_part, part = part)));
    view! {
        <p class="muted small">
            {part}{who}" · "{format::date(it.on)}" · "
            <a href=format!("/deliveries/{}", it.delivery)>{it.delivery_title.clone()}</a>
        </p>
    }
    .into_any()
}

/// The list of what is to be decided, with the decision at its end.
fn decide(data: &Data, groups: Vec<Group>, filter: &Filter) -> AnyView {
    let versions: Vec<(String, String)> = data
        .packs
        .iter()
        .map(|pack| {
            let name = format!(
                "{}.{} · {} · {}",
                pack.major,
                pack.minor,
                words::language(&pack.language),
                words::pack_state(pack.state)
            );
            (pack.id.to_string(), name)
        })
        .collect();
    // The version in work, where there is one: what is taken up goes there.
    let in_work = data.packs.iter().find(|pack| pack.state.editable()).map(|pack| pack.id.to_string());
    let outcomes: Vec<(String, String)> =
        Outcome::ALL.iter().map(|it| (it.code().to_owned(), outcome_word(*it))).collect();
    let labels = vec![
        ("items", tr!(feedback.items)),
        ("outcome", tr!(feedback.outcome)),
        ("pack", tr!(feedback.in_version)),
        ("change", tr!(feedback.what_changes)),
        ("reason", tr!(feedback.reason)),
    ];
    let (id, slug, filters) = (data.decision.to_string(), data.slug.clone(), filter.query());
    view! {
        <section class="stack">
            <h2>{tr!(feedback.to_decide)}</h2>
            <p>{tr!(feedback.to_decide_text)}</p>
            <Form function=DecideFeedback::PATH class="form wide" labels=labels>
                <Hidden name="id" value=id/>
                <Hidden name="slug" value=slug/>
                <Hidden name="filters" value=filters/>
                <Choices groups=groups/>
                <fieldset class="group boxed">
                    <legend>{tr!(feedback.decide_title)}</legend>
                    <p class="hint">{tr!(feedback.decide_hint)}</p>
                    <Select name="outcome" label=tr!(feedback.outcome) options=outcomes empty=tr!(feedback.choose) class="mid"/>
                    <Select
                        name="pack"
                        label=tr!(feedback.in_version)
                        hint=tr!(feedback.in_version_hint)
                        options=versions
                        value=in_work.unwrap_or_default()
                        empty=tr!(feedback.choose)
                    />
                    <Input name="change" label=tr!(feedback.what_changes) hint=tr!(feedback.what_changes_hint) optional=true/>
                    <TextArea name="reason" label=tr!(feedback.reason) hint=tr!(feedback.reason_hint) optional=true/>
                    <div class="actions"><Submit label=tr!(feedback.decide)/></div>
                </fieldset>
            </Form>
        </section>
    }
    .into_any()
}

#[component]
fn Choices(groups: Vec<Group>) -> impl IntoView {
    let form = expect_context::<FormState>();
    let chosen = form.all_typed("items[]").unwrap_or_default();
    let fault = form.fault("items").map(|kind| view! { <p class="err">{words::fault(&kind)}</p> });
    let groups = groups
        .into_iter()
        .map(|group| {
            let lines = group.items.iter().map(|it| candidate(it, &chosen)).collect_view();
            view! { <section class="stack">{heading(&group)}<ul class="list">{lines}</ul></section> }
        })
        .collect_view();
    view! { <div class="stack wide" id=form.field_id("items")>{fault}{groups}</div> }
}

fn candidate(it: &Item, chosen: &[String]) -> AnyView {
    let value = format!("{}.{}", it.id, it.version);
    let checked = chosen.contains(&value);
    let text = format!("said-{}", it.id);
    let kind = kind_word(it.kind);
    view! {
        <li class="item">
            <div class="grow">
                <label class="tick">
                    <input type="checkbox" name="items[]" value=value checked=checked aria-describedby=text.clone()/>
                    <span><b>{kind}</b>" "{(it.state == ItemState::Later).then(|| state_tag(it.state))}</span>
                </label>
                {said(it, text)}
                {it.verdict.as_ref().map(verdict)}
                {source(it)}
            </div>
        </li>
    }
    .into_any()
}

/// What was decided: by module, a decision once with all that it answers.
fn verdicts(groups: Vec<Group>, filter: &Filter) -> AnyView {
    let filters = filter.query();
    let groups = groups
        .into_iter()
        .map(|group| {
            let mut decisions: Vec<(DecisionId, Vec<&Item>)> = Vec::new();
            for it in &group.items {
                let Some(verdict) = &it.verdict else { continue };
                match decisions.iter_mut().find(|(id, _)| *id == verdict.id) {
                    Some((_, items)) => items.push(it),
                    None => decisions.push((verdict.id, vec![it])),
                }
            }
            let lines = decisions.into_iter().map(|(id, items)| decision(id, &items, &filters, &group)).collect_view();
            view! { <section class="stack">{heading(&group)}<ul class="list">{lines}</ul></section> }
        })
        .collect_view();
    view! { <section class="section stack wide"><h2>{tr!(feedback.decided)}</h2>{groups}</section> }.into_any()
}

fn decision(id: DecisionId, items: &[&Item], filters: &str, group: &Group) -> AnyView {
    let Some(it) = items.first().and_then(|item| item.verdict.clone()) else { return ().into_any() };
    let said = items
        .iter()
        .map(|item| {
            view! {
                <div>
                    <p class="tags"><span class="tag">{kind_word(item.kind)}</span></p>
                    {said(item, format!("said-{}", item.id))}
                    {source(item)}
                </div>
            }
        })
        .collect_view();
    // A decision can stand under several modules; each has a form of its own.
    let key = format!("{id}-{}", items.first().map(|item| item.id.to_string()).unwrap_or_default());
    let end = if it.fixed {
        view! { <p class="muted small">{tr!(feedback.fixed)}</p> }.into_any()
    } else {
        let (filters, module) = (filters.to_owned(), group.module.clone().unwrap_or_else(|| tr!(feedback.whole)));
        view! {
            <Form function=ReopenFeedback::PATH key=key>
                <Hidden name="id" value=id.to_string()/>
                <Hidden name="filters" value=filters/>
                <button class="btn quiet small">{tr!(feedback.reopen)}<span class="vh">": "{module}</span></button>
            </Form>
        }
        .into_any()
    };
    view! {
        <li class="item">
            <div class="grow stack">{verdict(&it)}{said}</div>
            <div class="end">{end}</div>
        </li>
    }
    .into_any()
}
