//! `/licences/{id}`: how far a licence has come, what keeps it alive, what is missing, and its history.

use super::{
    decide,
    parts::{delivery_link, life, months, state_tag},
};
use crate::{
    platform::http::page::{Drawn, Visit},
    tr,
    trainers::{
        api::{AssessmentLine, GroundLine, LicenceView, StepLine},
        model::{Condition, Ground, LicenceState, RouteKind, Why},
        service,
    },
    ui::{format, layout::PageHead, words},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let data = service::view(&visit.cx, visit.param("id"), visit.language()).await?;
    visit.draw(|| show(data))
}

fn courses(data: &LicenceView, kind: RouteKind) -> AnyView {
    let links: Vec<AnyView> = data
        .routes
        .iter()
        .filter(|(it, ..)| *it == kind)
        .map(|(_, slug, title)| view! { <li><a href=format!("/courses/{slug}")>{title.clone()}</a></li> }.into_any())
        .collect();
    if links.is_empty() { ().into_any() } else { view! { <ul>{links}</ul> }.into_any() }
}

/// What is missing, each with the way to it.
fn missing(data: &LicenceView) -> Option<AnyView> {
    if data.missing.is_empty() {
        return None;
    }
    let assess = data.may_decide && matches!(data.state, LicenceState::Candidate | LicenceState::Trained);
    let lines = data
        .missing
        .iter()
        .map(|condition| {
            let how = match condition {
                Condition::Training => {
                    view! { <p>{tr!(licences.how.training)}</p>{courses(data, RouteKind::Train)} }.into_any()
                }
                Condition::Assessment => match data.assessments.iter().find(|it| it.passed.is_none()) {
                    Some(open) => view! {
                        <p><a href=format!("/assessments/{}", open.id)>{tr!(licences.how.assessment_open)}</a></p>
                    }
                    .into_any(),
                    None if assess => view! {
                        <p><a href=format!("/licences/{}/assess", data.id)>{tr!(licences.how.assess)}</a></p>
                    }
                    .into_any(),
                    None => view! { <p>{tr!(licences.how.assessment)}</p> }.into_any(),
                },
                Condition::SignOff => {
                    let mentor = data.mentor.clone().unwrap_or_default();
                    view! {
                        <p>{tr!(licences.how.sign_off)}</p>
                        {if mentor.is_empty() {
                            view! { <p>{tr!(licences.how.no_mentor)}</p> }.into_any()
                        } else if !data.to_sign.is_empty() {
                            view! { <p><a href="#sign-off">{tr!(licences.how.sign_now)}</a></p> }.into_any()
                        } else {
                            view! { <p>{tr!(licences.how.mentor, name = mentor)}</p> }.into_any()
                        }}
                        {data.own.then(|| view! { <p><a href="/deliveries">{tr!(licences.how.to_deliveries)}</a></p> })}
                    }
                    .into_any()
                }
            };
            view! { <li class="stack"><h3>{words::licence_condition(*condition)}</h3>{how}</li> }
        })
        .collect_view();
    Some(
        view! {
            <section class="section stack">
                <h2>{tr!(licences.missing)}</h2>
                <ul class="list">{lines}</ul>
            </section>
        }
        .into_any(),
    )
}

/// What keeps it alive, with dates.
fn alive(data: &LicenceView) -> Option<AnyView> {
    if !matches!(data.state, LicenceState::Licensed | LicenceState::Lapsed) {
        return None;
    }
    let rule = data.rule;
    let active = rule.active_months.map(|count| {
        let last = match data.active_on {
            Some(day) => tr!(licences.alive.last, day = format::date(day)),
            None => tr!(licences.alive.no_last),
        };
        let until = data.active_until.map(|day| tr!(licences.alive.until, day = format::date(day)));
        view! {
            <li class="stack">
                <h3>{tr!(licences.alive.active, months = months(count))}</h3>
                <p>{last}" "{until}</p>
                {courses(data, RouteKind::Refresh)}
            </li>
        }
    });
    let uptake = rule.uptake_months.map(|count| {
        let text = match &data.to_take_up {
            None if data.major > 0 => tr!(licences.alive.taken_up, version = data.major),
            None => tr!(licences.alive.no_version),
            Some(waits) => {
                let (out, until) = (format::date(waits.released_on), waits.until.map(format::date).unwrap_or_default());
                tr!(licences.alive.waits, version = waits.major, released = out, until = until)
            }
        };
        view! {
            <li class="stack">
                <h3>{tr!(licences.alive.uptake, months = months(count))}</h3>
                <p>{text}</p>
                {(data.own && data.to_take_up.is_some())
                    .then(|| view! { <p><a href="#take-up">{tr!(licences.alive.to_take_up)}</a></p> })}
            </li>
        }
    });
    let nothing = (active.is_none() && uptake.is_none()).then(|| view! { <li>{tr!(licences.alive.nothing)}</li> });
    let title = if data.state == LicenceState::Lapsed { tr!(licences.alive.mend) } else { tr!(licences.alive.title) };
    Some(
        view! {
            <section class="section stack">
                <h2>{title}</h2>
                {(data.state == LicenceState::Lapsed).then(|| view! { <p>{tr!(licences.alive.mend_text)}</p> })}
                <ul class="list">{active}{uptake}{nothing}</ul>
            </section>
        }
        .into_any(),
    )
}

fn why_words(why: Why) -> String {
    match why {
        Why::Inactive => tr!(licences.why.inactive),
        Why::Version => tr!(licences.why.version),
    }
}

/// What is urgent, in one sentence.
fn urgent(data: &LicenceView) -> Option<AnyView> {
    let text = match (data.state, data.noticed_on, data.lapses_on) {
        (LicenceState::Licensed, Some(noticed), Some(lapses)) => tr!(
            licences.notice_text,
            day = format::date(lapses),
            why = data.why.map(why_words).unwrap_or_default(),
            noticed = format::date(noticed)
        ),
        (LicenceState::Lapsed, ..) => {
            tr!(licences.lapsed_text, day = format::date(data.since), why = data.why.map(why_words).unwrap_or_default())
        }
        (LicenceState::Withdrawn, ..) => tr!(licences.withdrawn_text, day = format::date(data.since)),
        _ => return None,
    };
    let class = if data.state == LicenceState::Withdrawn { "notice bad" } else { "notice warn" };
    Some(view! { <div class=class role="status"><p>{text}</p></div> }.into_any())
}

/// What stands behind it no longer, and that no letter arrives.
fn amiss(data: &LicenceView) -> AnyView {
    let untrained = data.untrained_on.map(|day| tr!(licences.untrained_text, day = format::date(day)));
    let unreached = data.no_address.then(|| tr!(licences.no_address_text, name = data.name.clone()));
    let notice = |text| view! { <div class="notice warn"><p>{text}</p></div> };
    view! { {untrained.map(notice)}{unreached.map(notice)} }.into_any()
}

fn assessment(line: AssessmentLine) -> AnyView {
    let (class, word) = match line.passed {
        None => ("tag calm", tr!(assessments.open)),
        Some(true) => ("tag good", tr!(assessments.outcome.passed)),
        Some(false) => ("tag warn", tr!(assessments.outcome.not_passed)),
    };
    view! {
        <li class="item">
            <div class="grow">
                <h3><a href=format!("/assessments/{}", line.id)>{line.part}</a></h3>
                <p class="muted">{format::date(line.on)}" "{line.delivery.map(|(_, title)| title)}</p>
            </div>
            <div class="end"><span class=class>{word}</span></div>
        </li>
    }
    .into_any()
}

fn ground(line: GroundLine) -> AnyView {
    let when = if line.dated {
        view! { <time datetime=line.on.to_string()>{format::date(line.on)}</time> }.into_any()
    } else {
        view! { <span>{tr!(licences.undated)}</span> }.into_any()
    };
    let ended = line.ended_on.map(|day| tr!(licences.ended, day = format::date(day)));
    let counts = line.met && ended.is_none();
    view! {
        <li>
            {when}
            <p>
                <b>{words::licence_ground(line.kind)}</b>" "
                {line.major.map(|major| tr!(licences.with_version, version = major))}" "
                {delivery_link(line.delivery)}" "
                {(!counts).then(|| view! { <span class="tag plain">{ended.unwrap_or_else(|| tr!(licences.not_met))}</span> })}
                {(counts && !line.dated && matches!(line.kind, Ground::Taught | Ground::Refreshed))
                    .then(|| view! { <span class="tag plain">{tr!(licences.keeps_nothing)}</span> })}
                {(!line.by.is_empty()).then(|| view! { <br/><span class="muted">{line.by}</span> })}
                {(!line.note.is_empty()).then(|| view! { <br/><span>{line.note}</span> })}
            </p>
        </li>
    }
    .into_any()
}

fn step(line: StepLine) -> AnyView {
    view! {
        <li>
            <time datetime=line.on.to_string()>{format::date(line.on)}</time>
            <p>
                <b>{words::licence_state(line.to)}</b>" "{words::licence_cause(line.cause)}" "
                {delivery_link(line.delivery)}
                {(!line.by.is_empty()).then(|| view! { <br/><span class="muted">{line.by}</span> })}
                {(!line.reason.is_empty()).then(|| view! { <br/><span>{line.reason}</span> })}
            </p>
        </li>
    }
    .into_any()
}

fn facts(data: &LicenceView) -> AnyView {
    let fact = |term: String, text: String| view! { <div><dt>{term}</dt><dd>{text}</dd></div> };
    let none = || tr!(licences.none);
    let held = data.state == LicenceState::Licensed;
    view! {
        <div class="sheet pad">
            <dl class="facts side">
                <div>
                    <dt>{tr!(licences.course)}</dt>
                    <dd><a href=format!("/courses/{}", data.course_slug)>{data.course_title.clone()}</a></dd>
                </div>
                {fact(tr!(licences.since), format::date(data.since))}
                {held.then(|| fact(tr!(licences.lapses_on), data.lapses_on.map_or_else(|| tr!(licences.never), format::date)))}
                {(data.major > 0).then(|| fact(tr!(licences.version_known), data.major.to_string()))}
                {fact(tr!(licences.mentor), data.mentor.clone().unwrap_or_else(none))}
                {data.no_address.then(|| fact(tr!(licences.letters), tr!(licences.no_address)))}
            </dl>
            {data.trainer.map(|id| {
                let label = if data.own { tr!(licences.own_page) } else { tr!(licences.trainer_page, name = data.name.clone()) };
                view! { <p><a class="next" href=format!("/trainers/{id}")>{label}</a></p> }
            })}
        </div>
    }
    .into_any()
}

fn show(data: LicenceView) -> impl IntoView {
    let mut crumbs = vec![(data.course_title.clone(), format!("/courses/{}", data.course_slug))];
    if data.may_list {
        crumbs.push((tr!(licences.title), format!("/courses/{}/licences", data.course_slug)));
    } else {
        crumbs = vec![(tr!(licences.mine_title), "/my/licences".to_owned())];
    }
    let title = if data.own { tr!(licences.yours) } else { tr!(licences.of, name = data.name.clone()) };
    let tags = view! {
        {state_tag(data.state)}
        {data.noticed_on.map(|_| view! { " "<span class="tag warn">{tr!(licences.noticed)}</span> })}
        {data.invented.then(|| view! { " "<span class="tag plain">{tr!(licences.invented)}</span> })}
    }
    .into_any();
    let (aside, path, amiss) = (facts(&data), life(&data), amiss(&data));
    let (urgent, missing, alive) = (urgent(&data), missing(&data), alive(&data));
    let sign = (!data.to_sign.is_empty()).then(|| decide::sign_off(&data));
    let take_up = data.to_take_up.as_ref().filter(|_| data.own).map(|waits| decide::take_up(&data, waits));
    let deciding = data.may_decide.then(|| {
        let assess = matches!(data.state, LicenceState::Candidate | LicenceState::Trained)
            && data.assessments.iter().all(|it| it.passed.is_some());
        view! {
            <section class="section stack">
                <h2>{tr!(licences.decisions)}</h2>
                {assess.then(|| view! { <p><a href=format!("/licences/{}/assess", data.id)>{tr!(assessments.open_title)}</a></p> })}
                {decide::decision(&data)}
                {decide::mentor(&data)}
            </section>
        }
        .into_any()
    });
    let assessments = (!data.assessments.is_empty()).then(|| {
        view! {
            <section class="section stack">
                <h2>{tr!(assessments.title)}</h2>
                <ul class="list">{data.assessments.into_iter().map(assessment).collect_view()}</ul>
            </section>
        }
    });
    let grounds = (!data.grounds.is_empty()).then(|| {
        view! {
            <section class="section stack">
                <h2>{tr!(licences.grounds)}</h2>
                <ol class="history">{data.grounds.into_iter().map(ground).collect_view()}</ol>
            </section>
        }
    });
    view! {
        <PageHead title=title crumbs=crumbs tags=tags/>
        <div class="wrap body">
            <section class="section stack" aria-label=tr!(licences.path)>{path}</section>
            {urgent}
            {amiss}
        </div>
        <div class="wrap body cols">
            <aside class="stack early">{aside}</aside>
            <div class="rest">
                {missing}
                {alive}
                {sign}
                {take_up}
                {assessments}
                {deciding}
                {grounds}
                <section class="section stack">
                    <h2>{tr!(licences.history)}</h2>
                    <ol class="history">{data.steps.into_iter().map(step).collect_view()}</ol>
                </section>
            </div>
        </div>
    }
    .into_any()
}
