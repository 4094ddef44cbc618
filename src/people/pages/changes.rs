//! `/people/changes`: what administrators ask for persons of several houses, for the programme office; and
//! how such a change is shown elsewhere.

use super::moment;
use crate::{
    people::records::{
        change_api::SettleChange,
        change_model::{Asked, ChangeLine, ChangeState},
        model::Details,
        settle,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::TextArea,
        form::{Form, Hidden, Submit},
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let changes = settle::waiting(&visit.cx).await?;
    visit.draw(|| show(changes))
}

fn show(changes: Vec<ChangeLine>) -> impl IntoView {
    let list = if changes.is_empty() {
        view! { <div class="empty"><h2>{tr!(safety.none)}</h2><p>{tr!(safety.none_text)}</p></div> }.into_any()
    } else {
        view! { <ul class="list">{changes.into_iter().map(waiting).collect_view()}</ul> }.into_any()
    };
    view! {
        <PageHead
            title=tr!(safety.title)
            lede=tr!(safety.lede)
            crumbs=vec![(tr!(people.title), "/people".to_owned())]
        />
        <div class="wrap body">{list}</div>
    }
    .into_any()
}

fn waiting(line: ChangeLine) -> impl IntoView {
    let id = line.id.to_string();
    let person = line.person.clone();
    let confirm_id = id.clone();
    let refuse_key = format!("refuse-{id}");
    view! {
        <li class="item">
            <div class="grow">
                <h3><a href=format!("/people/{}", line.person_id)>{person.clone()}</a></h3>
                {described(&line)}
                <details class="more">
                    <summary>{tr!(safety.refuse)}<span class="vh">" "{person.clone()}</span></summary>
                    <Form
                        function=SettleChange::PATH
                        key=refuse_key
                        class="form"
                        labels=vec![("reason", tr!(safety.reason))]
                    >
                        <Hidden name="id" value=id.clone()/>
                        <Hidden name="answer" value="refuse"/>
                        <TextArea name="reason" label=tr!(safety.reason) hint=tr!(safety.reason_hint)/>
                        <div class="actions"><Submit label=tr!(safety.refuse) class="danger small"/></div>
                    </Form>
                </details>
            </div>
            <div class="end">
                <Form function=SettleChange::PATH key=confirm_id.clone()>
                    <Hidden name="id" value=confirm_id/>
                    <Hidden name="answer" value="confirm"/>
                    <button class="btn quiet small">{tr!(safety.confirm)}<span class="vh">" "{person}</span></button>
                </Form>
            </div>
        </li>
    }
}

/// What is asked, by whom, and since when.
pub fn described(line: &ChangeLine) -> AnyView {
    let by = tr!(safety.asked_by, by = line.requested_by.clone(), day = moment(line.requested_at));
    let link = line.by_address.then(|| view! { <p class="muted">{tr!(safety.link_sent)}</p> });
    view! {
        <p>{title(&line.asked)}</p>
        {asked(line)}
        <p class="muted">{by}</p>
        {(line.state == ChangeState::Open).then_some(link)}
    }
    .into_any()
}

fn title(asked: &Asked) -> String {
    match asked {
        Asked::Edit(_) => tr!(safety.act_edit),
        Asked::Invite { .. } => tr!(safety.act_invite),
        Asked::Disable => tr!(safety.act_disable),
        Asked::Enable => tr!(safety.act_enable),
    }
}

/// Each field that changes, with what stood and what is asked.
fn asked(line: &ChangeLine) -> AnyView {
    let rows: Vec<(String, String, String)> = match &line.asked {
        Asked::Edit(details) => {
            let (then, now) = (fields(&line.stood.details), fields(details));
            then.into_iter()
                .zip(now)
                .filter(|((_, stood), (_, asked))| stood != asked)
                .map(|((label, stood), (_, asked))| (label, stood, asked))
                .collect()
        }
        Asked::Invite { email, .. } => {
            vec![(tr!(people.sign_in_address), line.stood.account_email.clone(), email.clone())]
        }
        Asked::Disable | Asked::Enable => Vec::new(),
    };
    let shown = |text: String| if text.is_empty() { tr!(people.none) } else { text };
    let rows = rows
        .into_iter()
        .map(|(label, stood, asked)| {
            view! { <div><dt>{label}</dt><dd>{tr!(safety.from_to, from = shown(stood), to = shown(asked))}</dd></div> }
        })
        .collect_view();
    view! { <dl class="facts">{rows}</dl> }.into_any()
}

fn fields(details: &Details) -> [(String, String); 5] {
    [
        (tr!(people.given_name), details.given_name.clone()),
        (tr!(people.family_name), details.family_name.clone()),
        (tr!(people.sex_label), details.sex.map(words::sex).unwrap_or_default()),
        (tr!(people.area), details.area_code.clone().unwrap_or_default()),
        (tr!(people.contact_email), details.email.clone()),
    ]
}

/// What became of it, in a tag, and why.
fn outcome(line: &ChangeLine) -> AnyView {
    let (class, text) = match line.state {
        ChangeState::Open => ("tag calm", tr!(safety.state_open)),
        ChangeState::Confirmed => ("tag good", tr!(safety.state_confirmed)),
        ChangeState::Refused => ("tag bad", tr!(safety.state_refused)),
        ChangeState::Replaced => ("tag plain", tr!(safety.state_replaced)),
        ChangeState::Overtaken => ("tag plain", tr!(safety.state_overtaken)),
        ChangeState::Expired => ("tag plain", tr!(safety.state_expired)),
    };
    let by = (!line.decided_by.is_empty()).then(|| {
        let day = line.decided_at.map(moment).unwrap_or_default();
        view! { <p class="muted">{tr!(safety.decided_by, by = line.decided_by.clone(), day = day)}</p> }
    });
    let reason = (!line.reason.is_empty()).then(|| view! { <p>{line.reason.clone()}</p> });
    view! { <p><span class=class>{text}</span></p>{by}{reason} }.into_any()
}

/// What was asked for a person lately, for the person's page; nothing where nothing was.
pub fn of_person(changes: &[ChangeLine]) -> Option<AnyView> {
    if changes.is_empty() {
        return None;
    }
    let lines = changes
        .iter()
        .map(|line| view! { <li class="item"><div class="grow">{described(line)}{outcome(line)}</div></li> })
        .collect_view();
    Some(
        view! {
            <section class="section">
                <h2>{tr!(safety.of_person)}</h2>
                <ul class="list">{lines}</ul>
            </section>
        }
        .into_any(),
    )
}
