//! Header, navigation, flash line, page head and footer.

use crate::{
    app::{self, PageState},
    people::{
        api::SignOut,
        model::Role,
        rights::{Right, may_somewhere},
    },
    tr,
    ui::{form::Form, title::Title, words},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// As many links as the band holds at 1024 pixels; what comes after stands in the account menu.
const IN_BAND: usize = 7;

/// Label and path of each link.
type Links = Vec<(String, &'static str)>;

/// The links for who is signed in, label and path: those of the band and those of the account menu.
fn links() -> (Links, Links) {
    let actor = app::actor();
    let is = |role| actor.as_ref().is_some_and(|actor| actor.has(role));
    let may = |right| may_somewhere(actor.as_ref(), right);
    let signed_in = actor.is_some();
    let licences = actor.as_ref().is_some_and(|actor| actor.licences);
    let all = [
        (signed_in, tr!(nav.overview), "/"),
        (true, tr!(nav.catalogue), "/catalogue"),
        (is(Role::Trainer), tr!(nav.teach), "/teach"),
        (signed_in, tr!(nav.learn), "/learn"),
        (may(Right::ManageDelivery) || may(Right::KeepRegister), tr!(nav.deliveries), "/deliveries"),
        (!signed_in || is(Role::ProgrammeOfficer) || is(Role::Observer), tr!(nav.projects), "/projects"),
        (may(Right::ReadNumbers), tr!(nav.reports), "/reports"),
        (true, tr!(nav.institutions), "/institutions"),
        (true, tr!(nav.areas), "/areas"),
        (!signed_in, tr!(nav.trainers), "/trainers"),
    ];
    let mut band: Vec<_> = all.into_iter().filter(|(shown, ..)| *shown).map(|(_, label, path)| (label, path)).collect();
    let mut menu = band.split_off(band.len().min(IN_BAND));
    let house = [
        (signed_in, tr!(nav.certificates), "/certificates"),
        (is(Role::Trainer) || licences, tr!(nav.licences), "/my/licences"),
        (signed_in, tr!(nav.cohorts), "/cohorts"),
        (signed_in, tr!(nav.trainers), "/trainers"),
        (may(Right::ReadNumbers), tr!(nav.cascade), "/cascade"),
        (may(Right::ManagePeople), tr!(nav.people), "/people"),
        (may(Right::RunHouse), tr!(nav.jobs), "/admin/jobs"),
    ];
    menu.extend(house.into_iter().filter(|(shown, ..)| *shown).map(|(_, label, path)| (label, path)));
    (band, menu)
}

/// Links with the one of this page marked.
fn anchors(links: Vec<(String, &'static str)>) -> impl IntoView {
    let info = app::info();
    let path = &info.path;
    links
        .into_iter()
        .map(|(label, href)| {
            let below = path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'));
            let current = (*path == href || (href != "/" && below)).then_some("page");
            view! { <a href=href aria-current=current>{label}</a> }
        })
        .collect_view()
}

#[component]
fn SignOutButton() -> impl IntoView {
    view! { <Form function=SignOut::PATH><button>{tr!(nav.sign_out)}</button></Form> }
}

/// The dark band at the top.
#[component]
pub fn Header() -> impl IntoView {
    let info = app::info();
    let other = tr!(app.other_language_code);
    let kept = info.query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang="));
    let query: Vec<String> = kept.map(str::to_owned).chain([format!("lang={other}")]).collect();
    let other_href = format!("{}?{}", info.path, query.join("&"));
    let (band, menu) = links();
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
                    {anchors(menu.clone())}
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
            {anchors(menu)}
            <a href="/account">{tr!(nav.account)}</a>
            <SignOutButton/>
        }
    });
    view! {
        <a class="skip" href="#main">{tr!(app.skip)}</a>
        <header class="bar">
            <div class="in">
                <a class="mark" href="/"><i></i>{tr!(app.name)}</a>
                <nav aria-label=tr!(app.menu)>{anchors(band.clone())}</nav>
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
                        <nav aria-label=tr!(app.menu)>{anchors(band)}</nav>
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
    let line = |flash| view! { <div class="flash good" role="status"><p>{words::flash(flash)}</p></div> };
    match use_context::<PageState>() {
        Some(live) => (move || live.flash.get().map(line)).into_any(),
        None => app::info().flash.map(line).into_any(),
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
