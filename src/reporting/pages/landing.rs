//! What somebody sees who is not signed in: what this is, and the ways in.

use crate::{app, tr, ui::layout::PageHead};
use leptos::prelude::*;

fn way(title: String, text: String, link: String, href: &'static str) -> AnyView {
    view! {
        <article class="sheet card">
            <h2>{title}</h2>
            <p>{text}</p>
            <p class="card-foot"><a class="next" href=href>{link}</a></p>
        </article>
    }
    .into_any()
}

/// The landing page.
pub fn landing() -> AnyView {
    view! {
        <PageHead
            title=tr!(reporting.landing.title)
            lede=tr!(reporting.landing.lede)
            tags=view! { <span class="tag">{app::name()}</span> }.into_any()
        />
        <div class="wrap body stack wide">
            <form class="field" role="search" method="get" action="/catalogue">
                <label class="vh" for="q">{tr!(reporting.landing.search)}</label>
                <input id="q" name="q" type="search" placeholder=tr!(reporting.landing.search)/>
                <button class="btn">{tr!(reporting.landing.search_button)}</button>
            </form>
            <div class="grid three">
                {way(
                    tr!(reporting.landing.learn_title),
                    tr!(reporting.landing.learn_text),
                    tr!(reporting.landing.learn_link),
                    "/catalogue",
                )}
                {way(
                    tr!(reporting.landing.teach_title),
                    tr!(reporting.landing.teach_text),
                    tr!(reporting.landing.teach_link),
                    "/sign-in",
                )}
                {way(
                    tr!(reporting.landing.run_title),
                    tr!(reporting.landing.run_text),
                    tr!(reporting.landing.run_link),
                    "/institutions",
                )}
            </div>
            <section class="section">
                <h2>{tr!(reporting.landing.verify_title)}</h2>
                <p>{tr!(reporting.landing.verify_text)}</p>
                <form class="form" method="get" action="/verify">
                    <div class="fld">
                        <label for="code">{tr!(completion.verify.code)}</label>
                        <input id="code" name="code" class="mid" autocomplete="off" maxlength="40"/>
                    </div>
                    <div class="actions"><button class="btn quiet">{tr!(completion.verify.check)}</button></div>
                </form>
            </section>
        </div>
    }
    .into_any()
}
