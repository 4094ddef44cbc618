//! `/people/{id}`: a person's record with roles, posts and account.

use super::{changes, institution_name, language, list::account_tag, moment, with_directory, written_languages};
use crate::{
    institutions::api::Directory,
    people::records::{
        api::{DisableAccount, EnableAccount, EndPost, EndRole, InvitePerson, PersonView},
        model::{AccountState, GrantLine, Post},
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, Select},
        form::{Form, Hidden, Submit},
        format,
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = with_directory(&visit, service::view(&visit.cx, visit.param("id"))).await?;
    visit.draw(|| show(data))
}

fn show((it, directory): (PersonView, Directory)) -> impl IntoView {
    let area = directory.areas.iter().find(|area| Some(&area.code) == it.area_code.as_ref()).cloned();
    let footnote = area.as_ref().is_some_and(|area| area.footnote);
    let (held, ended): (Vec<_>, Vec<_>) = it.grants.iter().cloned().partition(|grant| grant.ended_at.is_none());
    let none_held = held.is_empty();
    let no_posts = it.posts.is_empty();
    let base = format!("/people/{}", it.id);
    let actions = it
        .may_keep
        .then(|| view! { <a class="btn quiet small" href=format!("{base}/edit")>{tr!(people.edit)}</a> }.into_any());
    let tags = view! {
        {account_tag(it.account)}
        {it.invented.then(|| view! { " "<span class="tag plain">{tr!(people.invented)}</span> })}
    };
    let role_lines = held.into_iter().map(|grant| role(&it, &directory, grant)).collect_view();
    let past_lines = ended.into_iter().map(|grant| past_role(&directory, &grant)).collect_view();
    let post_lines = it.posts.iter().map(|line| post(&it, &directory, line)).collect_view();
    let facts = view! {
        <div><dt>{tr!(people.contact_email)}</dt><dd>{if it.email.is_empty() { tr!(people.none) } else { it.email.clone() }}</dd></div>
        {area.map(|area| view! { <div><dt>{tr!(people.area)}</dt><dd>{area.name}</dd></div> })}
        {it.sex.map(|sex| view! { <div><dt>{tr!(people.sex_label)}</dt><dd>{words::sex(sex)}</dd></div> })}
    };
    view! {
        <PageHead
            title=format!("{} {}", it.given_name, it.family_name)
            crumbs=vec![(tr!(people.title), "/people".to_owned())]
            tags=tags.into_any()
            actions=actions
        />
        <div class="wrap body cols">
            <div>
                <p><a href=format!("{base}/attendance")>{tr!(hours.by_year)}</a></p>
                <section class="section">
                    <div class="between"><h2>{tr!(people.roles)}</h2><a href=format!("{base}/role")>{tr!(people.grant_role)}</a></div>
                    {none_held.then(|| view! { <p class="muted">{tr!(people.no_roles)}</p> })}
                    <ul class="list">{role_lines}{past_lines}</ul>
                </section>
                <section class="section">
                    <div class="between"><h2>{tr!(people.posts)}</h2><a href=format!("{base}/post")>{tr!(people.add_post)}</a></div>
                    {no_posts.then(|| view! { <p class="muted">{tr!(people.no_posts)}</p> })}
                    <ul class="list">{post_lines}</ul>
                </section>
                {changes::of_person(&it.changes)}
            </div>
            <aside class="stack">
                <div class="sheet pad"><h2>{tr!(people.details)}</h2><dl class="facts side">{facts}</dl></div>
                {account(&it)}
            </aside>
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

fn scope(directory: &Directory, grant: &GrantLine) -> String {
    grant.institution_id.map_or_else(|| tr!(people.everywhere), |id| institution_name(directory, id))
}

fn role(it: &PersonView, directory: &Directory, grant: GrantLine) -> AnyView {
    let name = words::role(grant.role);
    let shown = name.clone();
    let id = grant.id.to_string();
    let end = it.endable.contains(&grant.id).then(|| {
        view! {
            <div class="end">
                <Form function=EndRole::PATH key=id.clone()>
                    <Hidden name="id" value=id/>
                    <button class="btn quiet small">{tr!(people.end_role)}<span class="vh">" "{name.clone()}</span></button>
                </Form>
            </div>
        }
    });
    view! {
        <li class="item">
            <div class="grow">
                <h3>{shown}</h3>
                <p class="muted">{scope(directory, &grant)}" · "{tr!(people.since, day = format::date(grant.granted_at.date_naive()))}</p>
            </div>
            {end}
        </li>
    }
    .into_any()
}

fn past_role(directory: &Directory, grant: &GrantLine) -> AnyView {
    let day = grant.ended_at.map(|at| format::date(at.date_naive())).unwrap_or_default();
    view! {
        <li class="item">
            <div class="grow">
                <h3 class="muted">{words::role(grant.role)}</h3>
                <p class="muted">{scope(directory, grant)}" · "{tr!(people.until, day = day)}</p>
            </div>
        </li>
    }
    .into_any()
}

fn post(it: &PersonView, directory: &Directory, line: &Post) -> AnyView {
    let place = [line.institution_id.map(|id| institution_name(directory, id)), Some(line.workplace.clone())]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(" · ");
    let time = match (line.starts_on, line.ends_on) {
        (None, None) => String::new(),
        (Some(starts), None) => tr!(people.since, day = format::date(starts)),
        (None, Some(ends)) => tr!(people.until, day = format::date(ends)),
        (Some(_), Some(_)) => format::date_range(line.starts_on, line.ends_on),
    };
    let id = line.id.to_string();
    let mine = it.reach.as_ref().is_none_or(|reach| line.institution_id.is_some_and(|id| reach.contains(&id)));
    let today = it.today.to_string();
    let name = words::profession(line.profession);
    let shown = name.clone();
    let end = (line.ends_on.is_none() && mine).then(|| {
        view! {
            <div class="end">
                <Form function=EndPost::PATH key=id.clone()>
                    <Hidden name="id" value=id/>
                    <Hidden name="ends_on" value=today/>
                    <button class="btn quiet small">{tr!(people.end_post)}<span class="vh">" "{name.clone()}</span></button>
                </Form>
            </div>
        }
    });
    view! {
        <li class="item">
            <div class="grow"><h3>{shown}</h3><p class="muted">{place}</p><p class="muted">{time}</p></div>
            {end}
        </li>
    }
    .into_any()
}

fn account(it: &PersonView) -> AnyView {
    let id = it.id.to_string();
    let seen = it.last_sign_in_at.map_or_else(|| tr!(people.never), moment);
    let facts = (it.account != AccountState::None).then(|| {
        view! {
            <dl class="facts side">
                <div><dt>{tr!(people.sign_in_address)}</dt><dd>{it.account_email.clone()}</dd></div>
                <div><dt>{tr!(people.last_sign_in)}</dt><dd>{seen}</dd></div>
            </dl>
        }
    });
    let keep = it.may_keep.then(|| match it.account {
        AccountState::None | AccountState::Invited => {
            let email = if it.account_email.is_empty() { it.email.clone() } else { it.account_email.clone() };
            let label = if it.account == AccountState::None { tr!(people.invite) } else { tr!(people.invite_again) };
            view! {
                <Form function=InvitePerson::PATH class="form" labels=vec![("email", tr!(people.email))]>
                    <Hidden name="person_id" value=id/>
                    <Input name="email" kind="email" label=tr!(people.sign_in_address) value=email/>
                    <Select name="language" label=tr!(people.letter_language) options=written_languages() value=language()/>
                    <div class="actions"><Submit label=label class="quiet"/></div>
                </Form>
            }
            .into_any()
        }
        AccountState::Open if it.mine => ().into_any(),
        AccountState::Open => view! {
            <Form function=DisableAccount::PATH>
                <Hidden name="person_id" value=id/>
                <p class="hint">{tr!(people.disable_hint)}</p>
                <Submit label=tr!(people.disable) class="danger small"/>
            </Form>
        }
        .into_any(),
        AccountState::Disabled => view! {
            <Form function=EnableAccount::PATH>
                <Hidden name="person_id" value=id/>
                <Submit label=tr!(people.enable) class="quiet small"/>
            </Form>
        }
        .into_any(),
    });
    view! {
        <div class="sheet pad stack">
            <h2>{tr!(people.account)}</h2>
            {facts}
            {(it.may_keep && it.asks).then(|| view! { <p class="muted">{tr!(safety.asks)}</p> })}
            {(!it.may_keep).then(|| view! { <p class="muted">{tr!(people.not_yours_to_keep)}</p> })}
            {keep}
        </div>
    }
    .into_any()
}
