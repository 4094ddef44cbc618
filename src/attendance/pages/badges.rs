//! `/deliveries/{id}/badges`: who has a badge, pseudonyms, papers to print, and kiosks.

use super::door::start_kiosk;
use crate::{
    attendance::{
        badges::{
            api::{BadgeLine, Badges, KioskLine, MakeBadges, RenewBadge, SavePseudonyms},
            service,
        },
        kiosk::api::EndKiosk,
        model::field_of,
    },
    common::ids::DeliveryId,
    deliveries::pages::parts::{crumbs, tabs},
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::Tick,
        form::{Form, FormState, Hidden, Submit},
        format,
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = service::badges(&visit.cx, visit.param("id")).await?;
    visit.draw(|| show(data))
}

fn show(data: Badges) -> AnyView {
    let head = data.head.clone();
    let id = head.id;
    let without = data.lines.iter().filter(|line| line.short.is_none()).count() as i64;
    let with = data.lines.len() as i64 - without;
    let body = if data.lines.is_empty() {
        view! { <div class="empty"><h2>{tr!(attendance.nobody)}</h2><p>{tr!(attendance.nobody_text)}</p></div> }
            .into_any()
    } else {
        view! {
            {(without > 0).then(|| view! {
                <Form function=MakeBadges::PATH class="actions">
                    <Hidden name="delivery" value=id.to_string()/>
                    <Submit label=tr!(badges.make, count = without)/>
                </Form>
            })}
            <p class="actions">
                {(with > 0).then(|| view! { <a class="btn" href=format!("/deliveries/{id}/badges.pdf") rel="external">{tr!(badges.print)}</a> })}
                {data.planned.then(|| view! { <a class="btn quiet" href=format!("/deliveries/{id}/sheets.pdf") rel="external">{tr!(badges.sheets)}</a> })}
            </p>
            {table(id, data.lines.clone())}
            {pseudonyms(id, data.instead, data.lines.clone())}
        }
        .into_any()
    };
    view! {
        <PageHead title=tr!(badges.title) crumbs=crumbs(&head) lede=Some(tr!(badges.lede))/>
        <div class="wrap body stack wide">
            {tabs(&head, "/badges", data.may_manage)}
            {body}
            {kiosks(id, data.open, data.kiosks)}
        </div>
    }
    .into_any()
}

fn table(delivery: DeliveryId, lines: Vec<BadgeLine>) -> AnyView {
    let rows = lines
        .into_iter()
        .map(|line| {
            let has = line.short.is_some();
            let name = line.name.clone();
            let made = line.made.map(format::date_time).unwrap_or_default();
            view! {
                <tr>
                    <th scope="row" data-label=tr!(sheets.name)>
                        {line.name}
                        {(!line.pseudonym.is_empty()).then(|| view! { " "<small class="muted">{line.pseudonym}</small> })}
                    </th>
                    <td data-label=tr!(sheets.workplace)>{line.workplace}</td>
                    <td data-label=tr!(badges.code) class="num nowrap">{line.short.unwrap_or_else(|| tr!(badges.none))}</td>
                    <td data-label=tr!(badges.made)>{made}</td>
                    <td class="tools">
                        {has.then(|| view! {
                            <Form function=RenewBadge::PATH key=line.id.to_string()>
                                <Hidden name="delivery" value=delivery.to_string()/>
                                <Hidden name="place" value=line.id.to_string()/>
                                <button class="btn quiet small">{tr!(badges.renew)}<span class="vh">" "{name}</span></button>
                            </Form>
                        })}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="cards">
            <thead>
                <tr>
                    <th scope="col">{tr!(sheets.name)}</th>
                    <th scope="col">{tr!(sheets.workplace)}</th>
                    <th scope="col">{tr!(badges.code)}</th>
                    <th scope="col">{tr!(badges.made)}</th>
                    <th scope="col"><span class="vh">{tr!(badges.renew)}</span></th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        <p class="muted">{tr!(badges.renew_hint)}</p>
    }
    .into_any()
}

fn pseudonyms(delivery: DeliveryId, instead: bool, lines: Vec<BadgeLine>) -> AnyView {
    let some = lines.iter().any(|line| !line.pseudonym.is_empty());
    view! {
        <section class="stack">
            <h2>{tr!(badges.pseudonyms)}</h2>
            <p>{tr!(badges.pseudonyms_text)}</p>
            <Form function=SavePseudonyms::PATH class="form wide">
                <Hidden name="delivery" value=delivery.to_string()/>
                // Enter in a field presses a form's first button: it must be this one.
                <button class="vh" tabindex="-1" aria-hidden="true">{tr!(form.save)}</button>
                <Tick name="instead" label=tr!(badges.instead) value=instead/>
                <details class="more" open=some>
                    <summary>{tr!(badges.each)}</summary>
                    <div class="pseudonyms">
                        {lines.into_iter().map(|line| view! { <Pseudonym line=line/> }.into_any()).collect::<Vec<_>>()}
                    </div>
                </details>
                <div class="actions">
                    <Submit label=tr!(form.save)/>
                    <button class="btn quiet" name="act" value="number">{tr!(badges.number)}</button>
                </div>
            </Form>
        </section>
    }
    .into_any()
}

#[component]
fn Pseudonym(line: BadgeLine) -> impl IntoView {
    let form = expect_context::<FormState>();
    let field = field_of("names", line.id);
    let id = form.field_id(&field);
    let error_id = format!("{id}-e");
    let value = form.typed(&field).unwrap_or(line.pseudonym);
    let fault = form.fault(&field);
    let invalid = fault.as_ref().map(|_| "true");
    view! {
        <div class=if invalid.is_some() { "fld bad" } else { "fld" }>
            <label for=id.clone()>{line.name}</label>
            {fault.map(|fault| view! { <p class="err" id=error_id>{words::fault(&fault)}</p> })}
            <input id=id name=field value=value maxlength="40" autocomplete="off" aria-invalid=invalid/>
        </div>
    }
}

fn kiosks(delivery: DeliveryId, open: bool, lines: Vec<KioskLine>) -> AnyView {
    let list = (!lines.is_empty()).then(|| {
        view! {
            <ul class="list">
                {lines
                    .into_iter()
                    .map(|line| {
                        let until = tr!(kiosk.until, since = format::date_time(line.since), until = format::date_time(line.until));
                        let what = if line.browser.is_empty() { tr!(kiosk.a_browser) } else { line.browser };
                        view! {
                            <li class="item">
                                <div class="grow"><h3>{what}</h3><p class="muted">{tr!(kiosk.by, name = line.by)}" · "{until}</p></div>
                                <div class="end">
                                    <Form function=EndKiosk::PATH key=line.id.to_string()>
                                        <Hidden name="delivery" value=delivery.to_string()/>
                                        <Hidden name="kiosk" value=line.id.to_string()/>
                                        <Submit label=tr!(kiosk.end) class="quiet small"/>
                                    </Form>
                                </div>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        }
    });
    view! {
        <section class="stack" id="kiosks">
            <h2>{tr!(kiosk.title)}</h2>
            <p>{tr!(kiosk.text)}</p>
            {list}
            <p><a href=format!("/deliveries/{delivery}/unrecorded")>{tr!(reads.title)}</a></p>
            {open.then(|| start_kiosk(delivery))}
        </section>
    }
    .into_any()
}
