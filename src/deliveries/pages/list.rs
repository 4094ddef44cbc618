//! `/deliveries`: what one manages or trains in: running, to come, past.

use super::parts::rows;
use crate::{
    app::encode,
    deliveries::{api::DeliveryList, model::Tab, service},
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{format, layout::PageHead, words},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let (institution, state, after) = (visit.query("institution"), visit.query("state"), visit.query("after"));
    let list = service::list(&visit.cx, &visit.query("tab"), &institution, &state, &after).await?;
    visit.draw(|| show(list, &institution, &state, &after))
}

fn address(tab: Tab, institution: &str, state: &str, after: &str) -> String {
    let mut pairs = vec![format!("tab={}", tab.code())];
    for (name, value) in [("institution", institution), ("state", state), ("after", after)] {
        if !value.is_empty() {
            pairs.push(format!("{name}={}", encode(value)));
        }
    }
    format!("/deliveries?{}", pairs.join("&"))
}

fn show(list: DeliveryList, institution: &str, state: &str, after: &str) -> AnyView {
    let DeliveryList { tab, counts, lines, next, hosts, may_schedule } = list;
    let actions = may_schedule
        .then(|| view! { <a class="btn" href="/deliveries/new">{tr!(deliveries.new_title)}</a> }.into_any());
    let tabs = counts
        .into_iter()
        .map(|(other, count)| {
            view! {
                <a href=address(other, institution, "", "") aria-current=(other == tab).then_some("page")>
                    {words::delivery_tab(other)}" "<span class="n">{format::number(count)}</span>
                </a>
            }
        })
        .collect_view();
    let option =
        |code: String, label: String, chosen: bool| view! { <option value=code selected=chosen>{label}</option> };
    let shown = if lines.is_empty() {
        view! {
            <div class="empty">
                <h2>{tr!(deliveries.empty_title)}</h2>
                <p>{if may_schedule { tr!(deliveries.empty_manage) } else { tr!(deliveries.empty_train) }}</p>
                <p><a class="btn quiet" href="/catalogue">{tr!(deliveries.to_catalogue)}</a></p>
            </div>
        }
        .into_any()
    } else {
        view! { <h2 class="vh">{tr!(deliveries.title)}</h2>{rows(lines)} }.into_any()
    };
    let pages = (next.is_some() || !after.is_empty()).then(|| {
        view! {
            <nav class="pages" aria-label=tr!(deliveries.pages)>
                {(!after.is_empty()).then(|| view! {
                    <a class="back" href=address(tab, institution, state, "") rel="first">{tr!(deliveries.first_page)}</a>
                })}
                {next.map(|next| view! {
                    <a class="next" href=address(tab, institution, state, &next) rel="next">{tr!(deliveries.next_page)}</a>
                })}
            </nav>
        }
    });
    view! {
        <PageHead
            title=tr!(deliveries.title)
            lede=tr!(deliveries.lede)
            actions=actions
            meta=view! { <li><a href="/attendance/at-risk">{tr!(hours.risk_title)}</a></li> }.into_any()
        />
        <div class="wrap body stack wide">
            <nav class="tabs" aria-label=tr!(deliveries.title)>{tabs}</nav>
            <form class="filterbar" method="get">
                <input type="hidden" name="tab" value=tab.code()/>
                <div class="fld">
                    <label for="institution">{tr!(deliveries.host)}</label>
                    <select id="institution" name="institution">
                        <option value="">{tr!(deliveries.all)}</option>
                        {hosts
                            .into_iter()
                            .map(|(id, name)| { let id = id.to_string(); let chosen = id == institution; option(id, name, chosen) })
                            .collect_view()}
                    </select>
                </div>
                <div class="fld">
                    <label for="state">{tr!(deliveries.state_label)}</label>
                    <select id="state" name="state">
                        <option value="">{tr!(deliveries.all)}</option>
                        {tab.states()
                            .iter()
                            .map(|it| option(it.code().to_owned(), words::delivery_state(*it), it.code() == state))
                            .collect_view()}
                    </select>
                </div>
                <button class="btn quiet">{tr!(deliveries.show)}</button>
            </form>
            {shown}
            {pages}
        </div>
    }
    .into_any()
}
