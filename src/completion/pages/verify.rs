//! `/verify`: anybody checks a certificate.

use crate::{
    app,
    completion::{
        model::{Attested, Verdict},
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{format, layout::PageHead, title::Title, words},
};
use axum::http::StatusCode;
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let in_query = visit.query("code");
    let asked = match visit.param("code") {
        "" => in_query.trim(),
        in_path => in_path.trim(),
    };
    if asked.is_empty() {
        return visit.draw(|| {
            view! {
                <PageHead title=tr!(completion.verify.title) lede=tr!(completion.verify.lede)/>
                <div class="wrap body"><div class="text">{code_form(String::new())}</div></div>
            }
        });
    }
    let verdict = service::verify(&visit.cx, asked).await?;
    // A code that we do not know is a page that is not there.
    let status = if matches!(verdict, Verdict::Unknown) { StatusCode::NOT_FOUND } else { StatusCode::OK };
    visit.draw(|| show(verdict, asked)).map(|drawing| drawing.with_status(status))
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

fn show(verdict: Verdict, asked: &str) -> AnyView {
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
