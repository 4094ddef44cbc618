//! `/deliveries/{id}/results`: who met the rule, and what is missing.

use crate::{
    completion::{
        api::{IssueCertificate, ResultLine, Results, RevokeCertificate},
        model::Standing,
        service,
    },
    deliveries::pages::parts::{crumbs, tabs},
    institutions::model::Excused,
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::Input,
        form::{Form, Hidden, Submit},
        format,
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = service::results(&visit.cx, visit.param("id")).await?;
    visit.draw(|| {
        let form = withdrawal(&data, &visit.query("withdraw"));
        show(data, form)
    })
}

/// The rule in a sentence.
fn rule_words(data: &Results) -> String {
    let needed = format::minutes(data.rule.minutes_needed(data.programme_minutes));
    let all = format::minutes(data.programme_minutes);
    let attendance = data.programme_minutes > 0 && data.rule.attendance_percent > 0;
    let items = data.rule.modules_required || (data.rule.self_paced && !attendance);
    match (attendance, items) {
        (true, true) => tr!(
            completion.results.rule_both,
            percent = data.rule.attendance_percent,
            needed = needed.as_str(),
            all = all.as_str(),
            items = data.items_required
        ),
        (true, false) => tr!(
            completion.results.rule_attendance,
            percent = data.rule.attendance_percent,
            needed = needed.as_str(),
            all = all.as_str()
        ),
        (false, true) => tr!(completion.results.rule_items, items = data.items_required),
        (false, false) => tr!(completion.results.rule_none),
    }
}

/// What an excused absence counts as, where anything is to be attended.
fn excused_words(data: &Results) -> Option<String> {
    (data.rule.attendance_percent > 0 && data.programme_minutes > 0).then(|| match data.rule.excused {
        Excused::Missed => tr!(completion.results.excused_missed),
        Excused::Neutral => tr!(completion.results.excused_neutral),
        Excused::Attended => tr!(completion.results.excused_attended),
    })
}

/// What is missing, in words.
fn missing(standing: Standing) -> (String, &'static str) {
    match standing {
        Standing::Met => (tr!(completion.results.met), "tag good"),
        Standing::Unmeasured => (tr!(completion.results.unmeasured), "tag plain"),
        Standing::Short { minutes, items } => {
            let parts = [
                (minutes > 0).then(|| tr!(completion.results.short, time = format::minutes(minutes))),
                (items > 0).then(|| tr!(completion.results.items_left, count = items)),
            ];
            (parts.into_iter().flatten().collect::<Vec<_>>().join(", "), "tag warn")
        }
    }
}

fn show(data: Results, form: Option<AnyView>) -> AnyView {
    let rule = rule_words(&data);
    let id = data.head.id;
    let met = data.people.iter().filter(|line| line.standing == Standing::Met).count();
    let issued = data.people.iter().filter(|line| line.certificate.is_some()).count();
    let body = if data.people.is_empty() {
        view! {
            <div class="empty">
                <h2>{tr!(completion.results.nobody)}</h2>
                <p>{tr!(completion.results.nobody_text)}</p>
                <p><a class="btn" href=format!("/deliveries/{id}")>{tr!(completion.results.to_delivery)}</a></p>
            </div>
        }
        .into_any()
    } else {
        let rows = data.people.iter().cloned().map(|line| row(line, &data)).collect_view();
        view! {
            <dl class="stats">
                <div class="stat"><dt>{tr!(completion.results.people)}</dt><dd>{data.people.len()}</dd></div>
                <div class="stat"><dt>{tr!(completion.results.rule_met)}</dt><dd>{met}</dd></div>
                <div class="stat"><dt>{tr!(completion.results.certificates)}</dt><dd>{issued}</dd></div>
            </dl>
            <div class="section stack">
                <p class="muted">
                    {rule}" "{excused_words(&data)}" "
                    {if data.certifies_now { tr!(completion.results.goes_out_now) } else { tr!(completion.results.goes_out_later) }}
                </p>
                <table class="cards">
                    <thead>
                        <tr>
                            <th scope="col">{tr!(completion.results.person)}</th>
                            <th scope="col" class="n">{tr!(completion.results.attended)}</th>
                            <th scope="col" class="n">{tr!(completion.results.items)}</th>
                            <th scope="col">{tr!(completion.results.outcome)}</th>
                            <th scope="col">{tr!(completion.results.certificate)}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <PageHead
            title=tr!(completion.results.title)
            crumbs=crumbs(&data.head)
            meta=view! {
                <li>{format::date_range(data.head.starts_on, data.head.ends_on)}</li>
                {data.head.host_name.clone().map(|name| view! { <li>{name}</li> })}
            }
            .into_any()
        />
        <div class="wrap body">
            {tabs(&data.head, "/results", data.may_manage)}
            {form}
            {body}
            {data.footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

fn row(line: ResultLine, data: &Results) -> AnyView {
    let (words, class) = missing(line.standing);
    let share = (line.tally.attended_minutes * 100).checked_div(line.tally.programme_minutes);
    let attended = match share {
        Some(share) => format!("{} · {share}\u{a0}%", format::minutes(line.tally.attended_minutes)),
        None => tr!(completion.results.none),
    };
    let items = format!("{} / {}", line.tally.items_done, line.tally.items_required);
    let certificate = certificate(&line, data.may_manage);
    let risk = words::at_risk(line.risk);
    let excused = (line.tally.excused_minutes > 0).then(|| {
        view! { <br/><span class="muted small">{tr!(completion.results.excused, time = format::minutes(line.tally.excused_minutes))}</span> }
    });
    view! {
        <tr>
            <th scope="row" data-label=tr!(completion.results.person)>
                {line.name.clone()}
                {(!line.workplace.is_empty()).then(|| view! { <br/><span class="muted small">{line.workplace.clone()}</span> })}
            </th>
            <td class="n" data-label=tr!(completion.results.attended)>{attended}{excused}</td>
            <td class="n" data-label=tr!(completion.results.items)>{items}</td>
            <td data-label=tr!(completion.results.outcome)><span class=class>{words}</span>{risk}</td>
            <td data-label=tr!(completion.results.certificate)>{certificate}</td>
        </tr>
    }
    .into_any()
}

fn certificate(line: &ResultLine, may_manage: bool) -> AnyView {
    let name = line.name.clone();
    let enrolment = line.enrolment.to_string();
    let was_revoked = line.revoked_on.map(|on| {
        view! { <p class="small muted">{tr!(completion.results.revoked, date = format::date(on))}</p> }
    });
    match &line.certificate {
        Some(it) => {
            let id = it.id.to_string();
            let revoke = may_manage.then(|| {
                view! { <a class="small" href=format!("?withdraw={id}#withdraw")>{tr!(completion.results.withdraw)}<span class="vh">": "{name.clone()}</span></a> }
            });
            view! {
                <a href=format!("/certificates/{}.pdf", it.id) rel="external" download="">
                    {tr!(completion.results.pdf, code = it.code.clone())}
                    <span class="vh">": "{name.clone()}</span>
                </a>
                <p class="small muted">{tr!(completion.results.issued, date = format::date(it.issued_on))}</p>
                {revoke}
            }
            .into_any()
        }
        None if line.standing == Standing::Met => view! {
            {was_revoked}
            <Form function=IssueCertificate::PATH key=enrolment.clone()>
                <Hidden name="enrolment" value=enrolment.clone()/>
                <button class="btn quiet small">{tr!(completion.results.issue_now)}<span class="vh">": "{name}</span></button>
            </Form>
        }
        .into_any(),
        None => view! {
            {was_revoked}
            <span class="muted">{tr!(completion.results.none)}</span>
        }
        .into_any(),
    }
}

/// The form that withdraws the certificate named in the address.
fn withdrawal(data: &Results, wanted: &str) -> Option<AnyView> {
    let line =
        data.people.iter().find(|line| line.certificate.as_ref().is_some_and(|it| it.id.to_string() == wanted))?;
    let name = line.name.clone();
    let back = format!("/deliveries/{}/results", data.head.id);
    let wanted = wanted.to_owned();
    data.may_manage.then(|| {
        view! {
            <section class="section" id="withdraw">
                <h2>{tr!(completion.results.withdraw_title, name = name)}</h2>
                <p>{tr!(completion.results.withdraw_text)}</p>
                <Form function=RevokeCertificate::PATH class="form" labels=vec![("reason", tr!(completion.results.reason))]>
                    <Hidden name="certificate" value=wanted/>
                    <Input name="reason" label=tr!(completion.results.reason) hint=tr!(completion.results.reason_hint)/>
                    <div class="actions">
                        <Submit label=tr!(completion.results.withdraw) class="danger"/>
                        <a class="btn quiet" href=back>{tr!(form.cancel)}</a>
                    </div>
                </Form>
            </section>
        }
        .into_any()
    })
}
