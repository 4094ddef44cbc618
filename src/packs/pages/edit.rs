//! `/packs/{id}/edit` and `/packs/{id}/release`: the title of a pack, and giving it out.

use super::{crumbs, editor::missing_list, tags};
use crate::{
    feedback::{api::TakenUpList, pages::parts::taken_up_list, service::taken_up},
    packs::{
        api::{AuthorView, EditPack, PackView, StepPack},
        model::{PackState, PackStep},
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, TextArea},
        form::{Form, Hidden, Submit, Version},
        layout::PageHead,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn edit_page(visit: Visit) -> Drawn {
    let data = service::for_edit(&visit.cx, visit.param("pack"), visit.language()).await?;
    visit.draw(|| edit(data))
}

fn edit(data: AuthorView) -> impl IntoView {
    let head = data.head;
    let labels = vec![("title", tr!(packs.title)), ("summary", tr!(packs.summary))];
    view! {
        <PageHead title=tr!(packs.edit_title) crumbs=crumbs(&head) tags=tags(&head)/>
        <div class="wrap body">
            <Form function=EditPack::PATH class="form" labels=labels>
                <Hidden name="id" value=head.id.to_string()/>
                <Version value=head.version/>
                <Input name="title" label=tr!(packs.title) value=head.title.clone()/>
                <TextArea name="summary" label=tr!(packs.summary) hint=tr!(packs.summary_hint) value=head.summary.clone() optional=true/>
                <div class="actions">
                    <Submit label=tr!(form.save)/>
                    <a class="btn quiet" href=format!("/packs/{}", head.id)>{tr!(form.cancel)}</a>
                </div>
            </Form>
        </div>
    }
    .into_any()
}

pub async fn release_page(visit: Visit) -> Drawn {
    let pack = visit.param("pack");
    let data = service::pack(&visit.cx, pack, visit.language()).await?;
    let taken = taken_up(&visit.cx, pack).await?;
    visit.draw(|| release(data, taken))
}

fn release(data: PackView, taken: TakenUpList) -> impl IntoView {
    let PackView { head, missing, .. } = data;
    let listed = (!taken.lines.is_empty()).then(|| {
        view! {
            <section class="section stack text">
                <h2>{tr!(feedback.taken_up_title)}</h2>
                <p class="muted">{tr!(feedback.proposed)}</p>
                {taken_up_list(&taken.lines)}
            </section>
        }
    });
    let back = format!("/packs/{}", head.id);
    let ready = missing.is_empty() && head.state == PackState::Feedback;
    let body = if ready {
        view! {
            <Form function=StepPack::PATH class="form" labels=vec![("notes", tr!(packs.release_notes))]>
                <Hidden name="id" value=head.id.to_string()/>
                <Version value=head.version/>
                <Hidden name="step" value=PackStep::Release.code()/>
                <TextArea name="notes" label=tr!(packs.release_notes) hint=tr!(packs.release_notes_hint) value=taken.proposed class="tall"/>
                <div class="actions">
                    <Submit label=tr!(packs.release)/>
                    <a class="btn quiet" href=back>{tr!(form.cancel)}</a>
                </div>
            </Form>
        }
        .into_any()
    } else {
        let state = (head.state != PackState::Feedback)
            .then(|| view! { <div class="notice warn"><p>{tr!(packs.not_yet)}</p></div> });
        view! {
            <div class="stack text">
                {state}
                {missing_list(&missing)}
                <p><a class="back" href=back>{tr!(packs.back_to_pack)}</a></p>
            </div>
        }
        .into_any()
    };
    view! {
        <PageHead title=tr!(packs.release_title) crumbs=crumbs(&head) tags=tags(&head) lede=tr!(packs.release_lede)/>
        <div class="wrap body stack wide">{body}{listed}</div>
    }
    .into_any()
}
