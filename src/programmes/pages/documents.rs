//! `/documents`: the projects' documents and the languages they are known to exist in.

use super::parts::{sentence, tabs};
use crate::{
    platform::http::page::{Drawn, Visit},
    programmes::{api::DocumentLine, model::Translation, service},
    tr,
    ui::{format, layout::PageHead, words},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let documents = service::documents(&visit.cx).await?;
    visit.draw(|| show(documents))
}

fn show(documents: Vec<DocumentLine>) -> impl IntoView {
    let count = documents.len() as i64;
    view! {
        <PageHead
            title=tr!(programmes.documents)
            lede=tr!(programmes.documents_lede)
            meta=view! { <li>{tr!(programmes.document_count, count = count)}</li> }.into_any()
        />
        <div class="wrap body stack">
            {tabs("/documents")}
            <ul class="list">{documents.into_iter().map(item).collect_view()}</ul>
        </div>
    }
    .into_any()
}

fn item(document: DocumentLine) -> impl IntoView {
    let project = match document.project {
        Some((key, title)) => view! { <a href=format!("/projects/{key}")>{title}</a> }.into_any(),
        None => view! { <span class="muted">{tr!(programmes.all_projects)}</span> }.into_any(),
    };
    view! {
        <li class="item">
            <div class="grow">
                <p class="tags"><span class="tag">{words::document_kind(document.kind)}</span></p>
                <h2 lang="en">{document.title}</h2>
                {(!document.history.is_empty()).then(|| view! { <p class="muted" lang="en">{sentence(&document.history)}</p> })}
                {(!document.translations.is_empty())
                    .then(|| view! {
                        <h3 class="vh">{tr!(programmes.translations)}</h3>
                        <ul class="meta">{document.translations.into_iter().map(translation).collect_view()}</ul>
                    })}
            </div>
            <div class="end">{project}</div>
        </li>
    }
}

fn translation(translation: Translation) -> impl IntoView {
    let state = match (translation.published, translation.published_on) {
        (true, Some(day)) => view! { <span>{tr!(programmes.published_on, date = format::date(day))}</span> }.into_any(),
        (true, None) => view! { <span>{tr!(programmes.published)}</span> }.into_any(),
        (false, _) => view! { <span lang="en">{translation.note}</span> }.into_any(),
    };
    view! { <li><b>{words::language(&translation.language)}</b>" "{state}</li> }
}
