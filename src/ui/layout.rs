//! Header, navigation, flash line, page head and footer.

use crate::{
    app::{self, PageState},
    people::{
        api::SignOut,
        model::Role,
        rights::{Right, may_somewhere},
    },
    tr,
    ui::{form::Form, words},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// The links of the main navigation for who is signed in: label and path.
fn links() -> Vec<(String, &'static str)> {
    let actor = app::actor();
    let is = |role| actor.as_ref().is_some_and(|actor| actor.has(role));
    let may = |right| may_somewhere(actor.as_ref(), right);
    let mut links = Vec::new();
    if actor.is_some() {
        links.push((tr!(nav.overview), "/"));
        links.push((tr!(learning.title), "/learn"));
    }
    links.push((tr!(nav.catalogue), "/catalogue"));
    let _ = (is(Role::Trainer), may(Right::ManagePeople));
    links.push((tr!(nav.institutions), "/institutions"));
    links.push((tr!(nav.areas), "/areas"));
    if may(Right::ReadNumbers) {
        links.push((tr!(nav.reports), "/reports"));
    }
    if is(Role::Participant) {
        links.push((tr!(nav.certificates), "/certificates"));
    }
    links.push((tr!(programmes.title), "/projects"));
    links
}

#[component]
fn Links() -> impl IntoView {
    let path = use_location().pathname;
    links()
        .into_iter()
        .map(|(label, href)| {
            let current = move || {
                let path = path.get();
                (path == href || (href != "/" && path.starts_with(href) && path[href.len()..].starts_with('/')))
                    .then_some("page")
            };
            view! { <a href=href aria-current=current>{label}</a> }
        })
        .collect_view()
}

#[component]
fn SignOutButton() -> impl IntoView {
    view! { <Form function=SignOut::PATH native=true><button>{tr!(nav.sign_out)}</button></Form> }
}

/// The dark band at the top.
#[component]
pub fn Header() -> impl IntoView {
    let location = use_location();
    let other = tr!(app.other_language_code);
    let other_href = {
        let other = other.clone();
        move || {
            let kept: Vec<String> = location
                .search
                .get()
                .trim_start_matches('?')
                .split('&')
                .filter(|pair| !pair.is_empty() && !pair.starts_with("lang="))
                .map(str::to_owned)
                .chain([format!("lang={other}")])
                .collect();
            format!("{}?{}", location.pathname.get(), kept.join("&"))
        }
    };
    let actor = app::actor();
    let who = actor.as_ref().map(|actor| {
        let roles: Vec<String> =
            Role::ALL.iter().filter(|role| actor.has(**role)).map(|role| words::role(*role)).collect();
        (actor.name.clone(), roles.join(", "))
    });
    let me = match who.clone() {
        Some((name, roles)) => view! {
            <details class="drop">
                <summary>{name}</summary>
                <div class="pop">
                    <p>{roles}</p>
                    <a href="/account">{tr!(nav.account)}</a>
                    <SignOutButton/>
                </div>
            </details>
        }
        .into_any(),
        None => view! { <a href="/sign-in">{tr!(nav.sign_in)}</a> }.into_any(),
    };
    let mine = who.map(|_| {
        view! {
            <hr/>
            <a href="/account">{tr!(nav.account)}</a>
            <SignOutButton/>
        }
    });
    view! {
        <a class="skip" href="#main">{tr!(app.skip)}</a>
        <header class="bar">
            <div class="in">
                <a class="mark" href="/"><i></i>{tr!(app.name)}</a>
                <nav aria-label=tr!(app.menu)><Links/></nav>
                <div class="me">
                    <a class="pill" href=other_href rel="external" hreflang=other.clone() lang=other.clone()>
                        <span aria-hidden="true">{other.to_uppercase()}</span>
                        <span class="vh">{tr!(app.other_language)}</span>
                    </a>
                    {me}
                </div>
                <details class="drop menu">
                    <summary>{tr!(app.menu)}</summary>
                    <div class="pop">
                        <nav aria-label=tr!(app.menu)><Links/></nav>
                        {mine}
                    </div>
                </details>
            </div>
        </header>
    }
}

/// A word of success from what was just done; gone with the next page.
#[component]
pub fn FlashLine() -> impl IntoView {
    let state = expect_context::<PageState>();
    let path = use_location().pathname;
    Effect::new(move |shown_on: Option<String>| {
        let now = path.get();
        if shown_on.is_some_and(|before| before != now) && state.flash.get_untracked().is_some() {
            // Set by the form just before it came here: keep it for this page only.
        }
        now
    });
    move || {
        state.flash.get().map(|flash| {
            view! { <div class="flash good" role="status"><p>{words::flash(flash)}</p></div> }
        })
    }
}

/// The end of every page.
#[component]
pub fn Footer() -> impl IntoView {
    view! {
        <footer class="foot">
            <div class="wrap">
                <nav aria-label=tr!(app.footer_verify)><a href="/verify">{tr!(app.footer_verify)}</a></nav>
                <p>{tr!(app.footer)}</p>
            </div>
        </footer>
    }
}

/// The head of a page: where it is, what it is about, and what can be done.
#[component]
pub fn PageHead(
    /// What the page is about.
    #[prop(into)]
    title: String,
    /// The way here: label and path.
    #[prop(optional)]
    crumbs: Vec<(String, String)>,
    /// A sentence under the title.
    #[prop(default = None, into)]
    lede: Option<String>,
    /// Buttons beside the title.
    #[prop(default = None, into)]
    actions: Option<AnyView>,
    /// Tags above the title.
    #[prop(default = None, into)]
    tags: Option<AnyView>,
    /// Facts in a line under the title: `<li>`s.
    #[prop(default = None, into)]
    meta: Option<AnyView>,
) -> impl IntoView {
    let crumbs = (!crumbs.is_empty()).then(|| {
        let here = title.clone();
        view! {
            <nav class="crumb" aria-label=tr!(app.you_are_here)>
                <ol>
                    {crumbs
                        .into_iter()
                        .map(|(label, href)| view! { <li><a href=href>{label}</a></li> })
                        .collect_view()}
                    <li>{here}</li>
                </ol>
            </nav>
        }
    });
    let heading = match actions {
        Some(actions) => view! {
            <div class="head-row"><h1>{title.clone()}</h1><div class="actions">{actions}</div></div>
        }
        .into_any(),
        None => view! { <h1>{title.clone()}</h1> }.into_any(),
    };
    view! {
        <Title text=title/>
        <div class="head">
            <div class="wrap">
                {crumbs}
                {tags.map(|tags| view! { <p class="tags">{tags}</p> })}
                {heading}
                {lede.map(|lede| view! { <p class="lede">{lede}</p> })}
                {meta.map(|meta| view! { <ul class="meta">{meta}</ul> })}
            </div>
        </div>
    }
}
