//! `/deliveries/{id}/withdraw` and `/deliveries/{id}/people/{place}`: giving a place back, one's
//! own or somebody's, confirmed on a page of its own.

use crate::{
    enrolment::{
        api::{PlaceToLeave, Withdraw},
        model::withdrawal,
        views,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::TextArea,
        form::{Form, Hidden, Submit},
        format,
        title::Title,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = views::place_to_leave(&visit.cx, visit.param("id"), visit.param("place")).await?;
    visit.draw(|| show(data))
}

fn show(data: PlaceToLeave) -> impl IntoView {
    let PlaceToLeave { head, id, name, state, own } = data;
    let delivery = format!("/deliveries/{}", head.id);
    let back = if own { delivery } else { format!("{delivery}/people") };
    let (title, text, verb, hint) = if own {
        (
            tr!(enrolment.give_back_title),
            tr!(enrolment.give_back_text),
            tr!(enrolment.give_back),
            tr!(enrolment.reason_own_hint),
        )
    } else {
        (
            tr!(enrolment.take_back_title, name = name),
            tr!(enrolment.take_back_text),
            tr!(enrolment.take_back),
            tr!(enrolment.reason_hint),
        )
    };
    let refused = withdrawal(head.state, state).err();
    view! {
        <Title text=title.clone()/>
        <div class="wrap narrow stack">
            <p><a class="back" href=back.clone()>{head.title.clone()}</a></p>
            <h1>{title}</h1>
            <p class="muted">{format::date_range(head.starts_on, head.ends_on)}</p>
            {match refused {
                Some(refusal) => view! {
                    <div class="notice warn"><p>{words::refusal(refusal)}</p></div>
                    <p><a class="btn quiet" href=back>{tr!(enrolment.keep)}</a></p>
                }
                .into_any(),
                None => view! {
                    <p>{text}</p>
                    <Form function=Withdraw::PATH class="form" labels=vec![("reason", tr!(enrolment.reason))]>
                        <Hidden name="enrolment" value=id.to_string()/>
                        <TextArea name="reason" label=tr!(enrolment.reason) hint=hint optional=own/>
                        <div class="actions">
                            <Submit label=verb class="danger"/>
                            <a class="btn quiet" href=back>{tr!(enrolment.keep)}</a>
                        </div>
                    </Form>
                }
                .into_any(),
            }}
        </div>
    }
    .into_any()
}
