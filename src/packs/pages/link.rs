//! `/packs/modules/{id}/links/new`: a link as material.

use super::{
    crumbs,
    materials::{common_fields, labels},
    save_or_leave, tags,
};
use crate::{
    packs::{
        api::{AddLink, NewPart},
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::Input,
        form::{Form, Hidden},
        layout::PageHead,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = service::new_part(&visit.cx, visit.param("module"), visit.language()).await?;
    visit.draw(|| new_link(data))
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
