//! `/verify`: anybody checks a certificate.

use crate::{
    app,
    completion::{
        api::get_verdict,
        model::{Attested, Verdict},
    },
    tr,
    ui::{format, layout::PageHead, load::load, words},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

#[component]
pub fn VerifyPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let code = move || {
        params
            .read()
            .get("code")
            .or_else(|| query.read().get("code"))
            .map(|code| code.trim().to_owned())
            .unwrap_or_default()
    };
    let asked = Memo::new(move |_| code());
    move || {
        if asked.read().is_empty() {
            view! {
                <PageHead title=tr!(completion.verify.title) lede=tr!(completion.verify.lede)/>
                <div class="wrap body"><div class="text">{code_form(String::new())}</div></div>
            }
            .into_any()
        } else {
            load(move || asked.get(), get_verdict, move |verdict| show(verdict, asked.get_untracked()))
        }
    }
}

/// A plain form that any browser sends: the code becomes part of the address.
fn code_form(value: String) -> impl IntoView {
    view! {
        <form class="form" method="get" action="/verify">
            <div class="fld">
                <label for="code">{tr!(completion.verify.code)}</label>
                <p class="hint" id="code-h">{tr!(completion.verify.code_hint)}</p>
                <input id="code" name="code" class="mid" value=value autocomplete="off" autocapitalize="characters" spellcheck="false" aria-describedby="code-h" required maxlength="40"/>
            </div>
            <div class="actions"><button class="btn">{tr!(completion.verify.check)}</button></div>
        </form>
    }
}

fn show(verdict: Verdict, asked: String) -> AnyView {
    let footnote = matches!(&verdict, Verdict::Genuine(it) if it.footnote);
    let (sheet, again) = match verdict {
        Verdict::Genuine(it) => (genuine(it), String::new()),
        Verdict::Revoked { on } => (
            view! {
                <Title text=tr!(completion.verify.revoked)/>
                <div class="sheet verdict bad">
                    <p class="tag bad">{tr!(completion.verify.revoked)}</p>
                    <h1>{tr!(completion.verify.revoked_on, date = format::date(on))}</h1>
                    <p>{tr!(completion.verify.revoked_text)}</p>
                </div>
            }
            .into_any(),
            String::new(),
        ),
        Verdict::Unknown => {
            not_found();
            let shown: String = asked.chars().take(40).collect();
            (
                view! {
                    <Title text=tr!(completion.verify.unknown)/>
                    <div class="sheet verdict bad">
                        <p class="tag bad">{tr!(completion.verify.unknown)}</p>
                        <h1>{tr!(completion.verify.unknown_title)}</h1>
                        <p>{tr!(completion.verify.unknown_text)}</p>
                    </div>
                }
                .into_any(),
                shown,
            )
        }
    };
    view! {
        <div class="wrap body">
            <div class="text stack wide">
                {sheet}
                <section class="section">
                    <h2>{tr!(completion.verify.another)}</h2>
                    {code_form(again)}
                </section>
                {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
            </div>
        </div>
    }
    .into_any()
}

fn genuine(it: Attested) -> AnyView {
    let named = it.name.is_some();
    view! {
        <Title text=tr!(completion.verify.genuine)/>
        <div class="sheet verdict good">
            <p class="tag good">{tr!(completion.verify.genuine)}</p>
            <h1>{it.course_title}</h1>
            <p>{words::certificate_kind(it.kind)}</p>
            <dl class="facts">
                {it.name.map(|name| view! { <div><dt>{tr!(completion.verify.holder)}</dt><dd><b>{name}</b></dd></div> })}
                {(!it.institution_name.is_empty()).then(|| view! {
                    <div><dt>{tr!(completion.verify.institution)}</dt><dd>{it.institution_name.clone()}</dd></div>
                })}
                {it.starts_on.is_some().then(|| view! {
                    <div><dt>{tr!(completion.verify.dates)}</dt><dd>{format::date_range(it.starts_on, it.ends_on)}</dd></div>
                })}
                <div><dt>{tr!(completion.verify.hours)}</dt><dd>{format::minutes(it.minutes)}</dd></div>
                <div><dt>{tr!(completion.verify.issued_on)}</dt><dd>{format::date(it.issued_on)}</dd></div>
                <div><dt>{tr!(completion.verify.code)}</dt><dd class="num">{it.code}</dd></div>
            </dl>
            {(!named).then(|| view! { <p class="muted small">{tr!(completion.verify.no_name, name = app::name())}</p> })}
        </div>
    }
    .into_any()
}

/// A code that we do not know is a page that is not there.
fn not_found() {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(crate::platform::http::status(&crate::common::error::AppError::NotFound));
    }
}
