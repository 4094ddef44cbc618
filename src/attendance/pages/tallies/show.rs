//! `/counts/{id}`: a count, what proves it, and who confirmed it.

use super::state_tag;
use crate::{
    attendance::{
        pages::count::sex_word,
        tallies::{
            api::{DoubtTally, Evidence, TallyLine, TallyPage as Data, VerifyTally, WithdrawEvidence, WithdrawTally},
            model::{Act, TallyState},
            service,
        },
    },
    common::forms::UploadForm,
    people::model::{Profession, Sex},
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, Tick},
        form::{Errors, Form, FormState, Hidden, Submit, Version, returned, summary},
        format,
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = service::view(&visit.cx, visit.param("id"), visit.language()).await?;
    visit.draw(|| show(data))
}

fn show(data: Data) -> AnyView {
    let head = data.head.clone();
    let stands = head.state != TallyState::Withdrawn;
    let page = format!("/counts/{}", head.id);
    let actions = stands
        .then(|| view! { <a class="btn quiet small" href=format!("{page}/edit")>{tr!(tallies.change)}</a> }.into_any());
    let waits = (head.state == TallyState::Unverified)
        .then(|| view! { <div class="notice warn"><p>{tr!(tallies.waits)}</p></div> });
    let footnote = head.footnote;
    view! {
        <PageHead
            title=head.title.clone()
            crumbs=vec![(tr!(tallies.title), "/counts".to_owned())]
            tags=view! { {state_tag(head.state)} }.into_any()
            lede=tr!(tallies.counted, count = head.total)
            actions=actions
        />
        <div class="wrap body cols">
            <div class="stack wide">
                {waits}
                {people(&data)}
                {evidence(&data, &page, stands)}
                {history(&data)}
            </div>
            <aside class="stack">
                {facts(&head)}
                {stands.then(|| decide(&data))}
            </aside>
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

fn facts(it: &TallyLine) -> AnyView {
    let fact =
        |term: String, text: String| (!text.is_empty()).then(|| view! { <div><dt>{term}</dt><dd>{text}</dd></div> });
    let (name, slug) = it.institution.clone();
    let verified =
        it.verified.clone().map(|(name, day)| tr!(tallies.verified_by, name = name, date = format::date(day)));
    view! {
        <div class="sheet pad stack">
            <h2>{tr!(tallies.facts)}</h2>
            <dl class="facts side">
                <div><dt>{tr!(tallies.institution)}</dt><dd><a href=format!("/institutions/{slug}")>{name}</a></dd></div>
                {it.delivery.map(|id| view! {
                    <div><dt>{tr!(tallies.delivery)}</dt><dd><a href=format!("/deliveries/{id}")>{it.title.clone()}</a></dd></div>
                })}
                {fact(tr!(tallies.course), it.course.clone().unwrap_or_default())}
                {fact(tr!(tallies.dates), format::date_range(Some(it.starts_on), Some(it.ends_on)))}
                {fact(tr!(tallies.area), it.place.clone())}
                {fact(tr!(tallies.projects), it.projects.clone())}
                {fact(tr!(tallies.act.enter), format!("{}, {}", it.entered.0, format::date(it.entered.1)))}
                {fact(tr!(tallies.state.verified), verified.unwrap_or_default())}
            </dl>
        </div>
    }
    .into_any()
}

/// A table an area: professions by sex, those that are there.
fn people(data: &Data) -> AnyView {
    let mut areas: Vec<String> = data.heads.iter().map(|(area, ..)| area.clone()).collect();
    areas.dedup();
    let tables = areas
        .into_iter()
        .map(|area| {
            let of = |profession: Profession, sex: Sex| -> i64 {
                data.heads.iter().filter(|it| it.0 == area && it.1 == profession && it.2 == sex).map(|it| it.3).sum()
            };
            let rows = Profession::ALL
                .iter()
                .filter(|profession| Sex::ALL.iter().any(|sex| of(**profession, *sex) > 0))
                .map(|profession| {
                    let cells = Sex::ALL
                        .iter()
                        .map(|sex| view! { <td class="n" data-label=sex_word(*sex)>{format::number(of(*profession, *sex))}</td> })
                        .collect_view();
                    view! { <tr><th scope="row">{words::profession(*profession)}</th>{cells}</tr> }
                })
                .collect_view();
            view! {
                <table class="cards">
                    <caption>{area.clone()}</caption>
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
        .collect_view();
    view! { <section class="stack"><h2>{tr!(tallies.people)}</h2>{tables}</section> }.into_any()
}

fn evidence(data: &Data, page: &str, stands: bool) -> AnyView {
    // An upload comes back as a page of its own, with what was wrong.
    let (error, typed) = returned(UploadForm::Evidence).map(|it| (it.error, it.values)).unzip();
    let state = FormState::given(error, typed);
    let title = state.typed("title").unwrap_or_default();
    let errors = state.error.get_value().map(|error| {
        let labels = [("file", tr!(tallies.file)), ("title", tr!(tallies.evidence_title))];
        view! { <Errors>{summary(&error, &labels, state)}</Errors> }
    });
    let list = if data.evidence.is_empty() {
        view! { <p class="muted">{tr!(tallies.no_evidence)}</p> }.into_any()
    } else {
        let lines = data.evidence.iter().map(|it| piece(data, page, it, stands)).collect_view();
        view! { <ul class="list">{lines}</ul> }.into_any()
    };
    let max = data.max_mib as i64;
    let add = stands.then(|| {
        view! {
            <form method="post" action=format!("{page}/evidence") enctype="multipart/form-data" class="form">
                {errors}
                <div class="fld">
                    <label for="f-title">{tr!(tallies.evidence_title)}</label>
                    <p class="hint" id="f-title-h">{tr!(tallies.evidence_title_hint)}</p>
                    <input id="f-title" name="title" value=title maxlength="200" aria-describedby="f-title-h"/>
                </div>
                <div class="fld">
                    <label for="f-file">{tr!(tallies.file)}</label>
                    <p class="hint" id="f-file-h">{tr!(tallies.file_hint, max = max)}</p>
                    <input id="f-file" type="file" name="file" accept=".pdf,.png,.jpg,.jpeg" aria-describedby="f-file-h"/>
                </div>
                <div class="actions"><button class="btn quiet">{tr!(tallies.attach)}</button></div>
            </form>
        }
    });
    view! { <section class="section stack"><h2>{tr!(tallies.evidence)}</h2>{list}{add}</section> }.into_any()
}

fn piece(data: &Data, page: &str, it: &Evidence, stands: bool) -> AnyView {
    let facts = format!("{} · {} · {}", it.name, format::bytes(it.size), it.added.0);
    let print: String = it.sha256.chars().take(16).collect();
    let (id, own) = (data.head.id.to_string(), it.id.to_string());
    let end = match &it.withdrawn {
        Some((name, day, reason)) => view! {
            <p>
                <span class="tag bad">{tr!(tallies.state.withdrawn)}</span>" "
                {tr!(tallies.withdrawn_by, name = name.clone(), date = format::date(*day), reason = reason.clone())}
            </p>
        }
        .into_any(),
        None if !stands => ().into_any(),
        None => view! {
            <details class="more">
                <summary>{tr!(tallies.withdraw_evidence)}<span class="vh">": "{it.title.clone()}</span></summary>
                <Form function=WithdrawEvidence::PATH key=own.clone() labels=vec![("reason", tr!(tallies.reason))]>
                    <Hidden name="id" value=id/>
                    <Hidden name="piece" value=own/>
                    <Input name="reason" label=tr!(tallies.reason)/>
                    <Submit label=tr!(tallies.withdraw_evidence) class="quiet small"/>
                </Form>
            </details>
        }
        .into_any(),
    };
    view! {
        <li class="item">
            <div class="grow">
                <h3><a href=format!("{page}/evidence/{}", it.id) rel="external">{it.title.clone()}</a></h3>
                <p class="muted">{facts}", "{format::date(it.added.1)}" · SHA-256 "<abbr title=it.sha256.clone()>{print}"…"</abbr></p>
            </div>
            <div class="end">{end}</div>
        </li>
    }
    .into_any()
}

/// Confirming, doubting and withdrawing.
fn decide(data: &Data) -> AnyView {
    let (id, version) = (data.head.id.to_string(), data.version);
    let labels = || vec![("reason", tr!(tallies.reason)), ("sure", tr!(tallies.sure)), ("people", tr!(tallies.in_all))];
    let act = if !data.officer {
        ().into_any()
    } else if data.head.state == TallyState::Verified {
        let id = id.clone();
        view! {
            <details class="more">
                <summary>{tr!(tallies.doubt)}</summary>
                <Form function=DoubtTally::PATH key="doubt" class="form" labels=labels()>
                    <Hidden name="id" value=id/>
                    <Input name="reason" label=tr!(tallies.reason)/>
                    <Submit label=tr!(tallies.doubt) class="quiet small"/>
                </Form>
            </details>
        }
        .into_any()
    } else if !data.may_verify {
        view! { <p class="muted">{tr!(refusal.own_count)}</p> }.into_any()
    } else if data.head.evidence == 0 {
        view! { <p class="muted">{tr!(refusal.no_evidence)}</p> }.into_any()
    } else {
        let id = id.clone();
        view! {
            <h2>{tr!(tallies.verify)}</h2>
            <p>{tr!(tallies.verify_text)}</p>
            <Form function=VerifyTally::PATH class="form" labels=labels()>
                <Hidden name="id" value=id/>
                <Version value=version/>
                <Tick name="sure" label=tr!(tallies.sure)/>
                <Submit label=tr!(tallies.verify) class="wide"/>
            </Form>
        }
        .into_any()
    };
    view! {
        <div class="sheet pad stack">
            {act}
            <details class="more">
                <summary>{tr!(tallies.withdraw)}</summary>
                <p class="hint">{tr!(tallies.withdraw_text)}</p>
                <Form function=WithdrawTally::PATH key="withdraw" class="form" labels=labels()>
                    <Hidden name="id" value=id/>
                    <Input name="reason" label=tr!(tallies.reason)/>
                    <Submit label=tr!(tallies.withdraw) class="danger small"/>
                </Form>
            </details>
        </div>
    }
    .into_any()
}

fn act_word(act: Act) -> String {
    match act {
        Act::Enter => tr!(tallies.act.enter),
        Act::Change => tr!(tallies.act.change),
        Act::Attach => tr!(tallies.act.attach),
        Act::WithdrawEvidence => tr!(tallies.act.withdraw_evidence),
        Act::Verify => tr!(tallies.act.verify),
        Act::Doubt => tr!(tallies.act.doubt),
        Act::Withdraw => tr!(tallies.act.withdraw),
    }
}

fn history(data: &Data) -> AnyView {
    let lines = data
        .steps
        .iter()
        .map(|it| {
            let note = (!it.note.is_empty()).then(|| view! { <br/><span class="muted">{it.note.clone()}</span> });
            view! {
                <li>
                    <time datetime=it.on.to_string()>{format::date(it.on)}</time>
                    <p>
                        <b>{act_word(it.act)}</b>", "{tr!(tallies.counted, count = it.total)}" "
                        <span class="muted">{tr!(attendance.by, name = it.by.clone())}</span>
                        {note}
                    </p>
                </li>
            }
        })
        .collect_view();
    view! { <section class="section stack"><h2>{tr!(tallies.history)}</h2><ol class="history">{lines}</ol></section> }
        .into_any()
}
