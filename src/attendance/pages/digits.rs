//! `/in`: the digits of the screen at the door are typed in here, and one's own badges are shown.

use super::arrive::sign_in;
use crate::{
    attendance::{
        badges::{api::MyBadge, service},
        checkin::api::ArriveByCode,
    },
    platform::http::page::{Drawn, Visit, below},
    tr,
    ui::{
        field::Input,
        form::{Form, Submit},
        title::Title,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let signed_in = visit.cx.actor.is_some();
    let badges = if signed_in { below(service::mine(&visit.cx).await) } else { None };
    visit.draw(|| show(signed_in, badges.unwrap_or_default()))
}

fn show(signed_in: bool, badges: Vec<MyBadge>) -> impl IntoView {
    let body = if signed_in {
        view! {
            <p class="lede">{tr!(attendance.arrive.digits_lede)}</p>
            <Form function=ArriveByCode::PATH class="form" labels=vec![("digits", tr!(attendance.arrive.digits))]>
                <Input name="digits" label=tr!(attendance.arrive.digits) hint=tr!(attendance.arrive.digits_hint) class="mid" kind="tel" autocomplete="off"/>
                <div class="actions"><Submit label=tr!(attendance.arrive.check_in) class="wide"/></div>
            </Form>
            {my_badges(badges)}
        }
        .into_any()
    } else {
        sign_in("/in")
    };
    view! {
        <Title text=tr!(attendance.arrive.title)/>
        <div class="wrap narrow stack"><h1>{tr!(attendance.arrive.title)}</h1>{body}</div>
    }
}

/// One's own badges, to be held before a kiosk.
fn my_badges(badges: Vec<MyBadge>) -> impl IntoView {
    badges
        .into_iter()
        .map(|badge| {
            view! {
                <section class="sheet pad my-badge">
                    <h2>{tr!(badges.mine)}</h2>
                    <p>{badge.title}</p>
                    <div class="qr" inner_html=badge.qr></div>
                    <p class="code-line">{badge.short}</p>
                </section>
            }
        })
        .collect_view()
}
