//! The HTML document around a page.

use crate::{
    app::{self, PageInfo},
    ui::{layout, title},
};
use leptos::prelude::*;
use leptos_meta::MetaTags;

/// The document of a page that no script touches.
pub fn quiet(version: &str, title: String, content: String) -> impl IntoView + use<> {
    let title = title::whole(&title);
    view! {
        <Document version=version.to_owned() head=view! { <title>{title}</title> }.into_any()>
            <layout::Header/>
            <layout::FlashLine/>
            <main id="main" tabindex="-1" inner_html=content></main>
            <layout::Footer/>
        </Document>
    }
}

/// The document of a page that goes on living in the browser.
pub fn live(version: &str, content: AnyView) -> impl IntoView + use<> {
    let head = view! {
        {scripts(&app::info(), version)}
        <MetaTags/>
    };
    view! { <Document version=version.to_owned() head=head.into_any()>{content}</Document> }
}

#[component]
fn Document(
    /// Version of the built site, for lasting caches.
    version: String,
    /// What this page has in its head.
    head: AnyView,
    children: Children,
) -> impl IntoView {
    let css = format!("/pkg/magistra.css?v={version}");
    let language = app::info().language.clone();
    view! {
        <!DOCTYPE html>
        <html lang=language dir="ltr">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="preload" href="/fonts/source-serif-latin.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="preload" href="/fonts/source-sans-latin.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="stylesheet" href=css/>
                {head}
            </head>
            <body>{children()}</body>
        </html>
    }
}

/// What a live page loads, and what it must know of the request.
fn scripts(info: &PageInfo, version: &str) -> impl IntoView + use<> {
    let nonce = leptos::nonce::use_nonce();
    // In a data block only `<` could end it early.
    let data = serde_json::to_string(info).unwrap_or_default().replace('<', "\\u003c");
    let js = format!("/pkg/magistra.js?v={version}");
    let wasm = format!("/pkg/magistra_bg.wasm?v={version}");
    let boot = format!("import init,{{hydrate}} from '{js}';init({{module_or_path:'{wasm}'}}).then(()=>hydrate());");
    view! {
        <link rel="modulepreload" href=js/>
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
        <script type="application/json" id="page" inner_html=data></script>
        <script type="module" nonce=nonce inner_html=boot></script>
    }
}
