//! Showing a material in a page: used by the preview here and by the study pages.

use crate::{
    packs::{
        api::ContentView,
        model::{MaterialKind, MaterialLine},
    },
    tr,
    ui::format,
};
use leptos::prelude::*;

/// The address of a material's file.
pub fn file_path(line: &MaterialLine) -> Option<String> {
    let id = line.file_id?;
    let name: String = line
        .file_name
        .as_deref()
        .unwrap_or("file")
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
    Some(format!("/files/{id}/{name}"))
}

/// The icon of a material's kind: an id of `icons.svg`.
pub fn icon(line: &MaterialLine) -> &'static str {
    let media = line.media_type.as_deref().unwrap_or_default();
    match line.kind {
        MaterialKind::Lesson => "text",
        MaterialKind::Link => "link",
        MaterialKind::File if media == "application/pdf" => "pdf",
        MaterialKind::File if media.contains("presentation") => "slides",
        MaterialKind::File if media.starts_with("image/") => "image",
        MaterialKind::File if media.starts_with("audio/") => "audio",
        MaterialKind::File if media.starts_with("video/") => "video",
        MaterialKind::File => "file",
    }
}

/// An icon; words stand beside it.
#[component]
pub fn Icon(name: &'static str) -> impl IntoView {
    view! { <svg class="ic" aria-hidden="true"><use href=format!("/icons.svg#{name}")></use></svg> }
}

/// A material, open in the page: a lesson as text, a PDF in its viewer, image, audio and video in
/// their players, any other file to download, a link to follow. The title is the page's business.
#[component]
pub fn MaterialView(
    /// What to show.
    content: ContentView,
) -> impl IntoView {
    let ContentView { line, html } = content;
    let path = file_path(&line).unwrap_or_default();
    let media = line.media_type.clone().unwrap_or_default();
    let title = line.title.clone();
    match line.kind {
        MaterialKind::Lesson => view! { <div class="prose" inner_html=html></div> }.into_any(),
        MaterialKind::Link => view! {
            <ul class="files">
                <li class="file">
                    <Icon name="link"/>
                    <div>
                        <a href=line.url.clone() rel="noopener noreferrer">{title}</a>
                        <span>{host(&line.url)}</span>
                    </div>
                </li>
            </ul>
        }
        .into_any(),
        MaterialKind::File if media == "application/pdf" => view! {
            <iframe class="embed" title=title src=path></iframe>
            {download(&line)}
        }
        .into_any(),
        MaterialKind::File if media.starts_with("image/") => view! {
            <figure class="media"><img src=path alt=title/></figure>
            {download(&line)}
        }
        .into_any(),
        MaterialKind::File if media.starts_with("audio/") => view! {
            <figure class="media"><audio controls preload="metadata" src=path aria-label=title></audio></figure>
            {download(&line)}
        }
        .into_any(),
        MaterialKind::File if media.starts_with("video/") => view! {
            <figure class="media"><video controls preload="metadata" src=path aria-label=title></video></figure>
            {download(&line)}
        }
        .into_any(),
        MaterialKind::File => download(&line),
    }
}

/// A file's line with its size and the button that saves it.
fn download(line: &MaterialLine) -> AnyView {
    let path = file_path(line).unwrap_or_default();
    let name = line.file_name.clone().unwrap_or_default();
    let label = tr!(packs.download_named, name = name.clone());
    view! {
        <ul class="files">
            <li class="file">
                <Icon name=icon(line)/>
                <div>
                    <a href=path.clone() rel="external">{name.clone()}</a>
                    <span>{format::bytes(line.size.unwrap_or_default())}</span>
                </div>
                <a class="btn quiet small" href=path rel="external" download=name aria-label=label>{tr!(packs.download)}</a>
            </li>
        </ul>
    }
    .into_any()
}

/// The host of an address: where a link leads.
fn host(url: &str) -> String {
    url.split("://").nth(1).unwrap_or(url).split('/').next().unwrap_or_default().to_owned()
}
