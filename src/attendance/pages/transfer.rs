//! `/deliveries/{id}/transfer`: the whole register as a file, and files into it.

use super::transfer_words as words;
use crate::{
    attendance::transfer::{api::Transfer, model::Unreadable, service},
    common::forms::UploadForm,
    i18n,
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        form::{Errors, returned},
        layout::PageHead,
        words as sentences,
    },
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let data = service::transfer(&visit.cx, visit.param("id")).await?;
    visit.draw(|| {
        let returned = returned(UploadForm::Marks).map(|it| it.values).unwrap_or_default();
        let why = returned.iter().find(|(name, _)| name == "why").and_then(|(_, why)| why.parse().ok());
        show(data, why)
    })
}

fn show(data: Transfer, why: Option<Unreadable>) -> AnyView {
    let base = format!("/deliveries/{}", data.delivery);
    let register = format!("{base}/register");
    let lang = i18n::code(i18n::locale());
    let import = match data.writable {
        Err(refusal) => view! { <div class="notice warn"><p>{sentences::refusal(refusal)}</p></div> }.into_any(),
        Ok(_) => form(&base, why),
    };
    let codes = [
        ("P", tr!(transfer.code_p)),
        ("L 15", tr!(transfer.code_l)),
        ("E 30", tr!(transfer.code_e)),
        ("X: …", tr!(transfer.code_x)),
        ("A", tr!(transfer.code_a)),
    ];
    view! {
        <PageHead
            title=tr!(transfer.title)
            crumbs=vec![(data.title.clone(), base.clone()), (tr!(attendance.title), register.clone())]
            lede=Some(tr!(transfer.lede, people = data.people, slots = data.slots))
        />
        <div class="wrap body">
            <section class="section">
                <h2>{tr!(transfer.import)}</h2>
                <p>{tr!(transfer.import_text)}</p>
                {import}
            </section>
            <section class="section">
                <h2>{tr!(transfer.export)}</h2>
                <p>{tr!(transfer.export_text)}</p>
                <p class="actions">
                    <a class="btn quiet" href=format!("{register}.xlsx?lang={lang}") rel="external">{tr!(transfer.as_xlsx)}</a>
                    <a class="btn quiet" href=format!("{register}.csv?lang={lang}") rel="external">{tr!(transfer.as_csv)}</a>
                </p>
            </section>
            <section class="section">
                <h2>{tr!(transfer.codes)}</h2>
                <dl class="facts">
                    {codes
                        .into_iter()
                        .map(|(code, meaning)| view! { <div><dt>{code}</dt><dd>{meaning}</dd></div> })
                        .collect_view()}
                </dl>
                <p class="muted">{tr!(transfer.codes_text)}</p>
            </section>
        </div>
    }
    .into_any()
}

/// A plain form: files go to a route of their own, which leads to the dry run or back here.
fn form(base: &str, why: Option<Unreadable>) -> AnyView {
    let summary = why.map(|why| {
        view! {
            <Errors>
                <h2>{tr!(form.summary)}</h2>
                <ul><li><a href="#f-file" rel="external">{tr!(transfer.file)}": "{words::unreadable(why)}</a></li></ul>
            </Errors>
        }
    });
    let beside = why.map(|why| view! { <p class="err" id="f-file-e">{words::unreadable(why)}</p> });
    view! {
        <form method="post" action=format!("{base}/transfer/upload") enctype="multipart/form-data" class="form">
            {summary}
            <div class=if why.is_some() { "fld bad" } else { "fld" }>
                <label for="f-file">{tr!(transfer.file)}</label>
                <p class="hint" id="f-file-h">{tr!(transfer.file_hint)}</p>
                {beside}
                <input
                    id="f-file"
                    type="file"
                    name="file"
                    multiple
                    accept=".csv,.tsv,.txt,.xlsx"
                    aria-invalid=why.map(|_| "true")
                    aria-describedby=if why.is_some() { "f-file-h f-file-e" } else { "f-file-h" }
                />
            </div>
            <div class="actions"><button class="btn">{tr!(transfer.look)}</button></div>
        </form>
    }
    .into_any()
}
