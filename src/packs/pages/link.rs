//! `/packs/modules/{id}/links/new`: a link as material.

use super::{
    crumbs, language,
    materials::{common_fields, labels},
    param, save_or_leave, tags,
};
use crate::{
    packs::api::{AddLink, NewPart, get_new_part},
    tr,
    ui::{
        field::Input,
        form::{Form, Hidden},
        layout::PageHead,
        load::load,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

#[component]
pub fn NewLinkPage() -> impl IntoView {
    load(param("module"), |module| get_new_part(module, language()), new_link)
}

fn new_link(data: NewPart) -> impl IntoView {
    let NewPart { id, head, module, .. } = data;
    view! {
        <PageHead title=tr!(packs.add_link) crumbs=crumbs(&head) tags=tags(&head) lede=module.title.clone()/>
        <div class="wrap body">
            <Form function=AddLink::PATH class="form" labels=labels()>
                <Hidden name="id" value=id.to_string()/>
                <Hidden name="module" value=module.id.to_string()/>
                {common_fields(None, false)}
                <Input name="url" kind="url" label=tr!(packs.url) hint=tr!(packs.url_hint)/>
                {save_or_leave(tr!(packs.add_link), format!("/packs/{}#m-{}", head.id, module.id))}
            </Form>
        </div>
    }
    .into_any()
}
