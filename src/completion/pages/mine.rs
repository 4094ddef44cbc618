//! `/certificates`: what somebody has earned, and who may read their name on it.

use crate::{
    completion::{api::ShowCertificateName, model::MyCertificate, service},
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        form::{Form, Hidden, Submit},
        format,
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let certificates = service::mine(&visit.cx).await?;
    visit.draw(|| show(certificates))
}

fn show(certificates: Vec<MyCertificate>) -> AnyView {
    let footnote = certificates.iter().any(|it| it.footnote);
    let list = if certificates.is_empty() {
        view! {
            <div class="empty">
                <h2>{tr!(completion.mine.none)}</h2>
                <p>{tr!(completion.mine.none_text)}</p>
                <p><a class="btn" href="/catalogue">{tr!(completion.mine.to_catalogue)}</a></p>
            </div>
        }
        .into_any()
    } else {
        view! { <ul class="list">{certificates.into_iter().map(line).collect_view()}</ul> }.into_any()
    };
    view! {
        <PageHead
            title=tr!(completion.mine.title)
            lede=tr!(completion.mine.lede)
            meta=view! { <li><a href="/my/attendance">{tr!(hours.my_years)}</a></li> }.into_any()
        />
        <div class="wrap body">
            {list}
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

fn line(it: MyCertificate) -> AnyView {
    let id = it.id.to_string();
    let file = format!("/certificates/{id}.pdf");
    let where_when = [
        Some(it.institution_name).filter(|name| !name.is_empty()),
        it.starts_on.map(|_| format::date_range(it.starts_on, it.ends_on)),
        Some(format::minutes(it.minutes)),
    ];
    let facts: Vec<String> = where_when.into_iter().flatten().collect();
    let tools = match it.revoked_on {
        Some(on) => view! {
            <p><span class="tag bad">{tr!(completion.mine.revoked, date = format::date(on))}</span></p>
        }
        .into_any(),
        None => {
            let (label, state, next) = if it.name_public {
                (tr!(completion.mine.hide), tr!(completion.mine.shown), "false")
            } else {
                (tr!(completion.mine.show), tr!(completion.mine.hidden), "true")
            };
            view! {
                <p class="muted">{tr!(completion.mine.issued, date = format::date(it.issued_on))}" · "<a href=format!("/verify/{}", it.code)>{tr!(completion.mine.check)}</a></p>
                <p class="muted">{state}</p>
                <Form function=ShowCertificateName::PATH key=id.clone()>
                    <Hidden name="certificate" value=id.clone()/>
                    <Hidden name="show" value=next/>
                    <Submit label=label class="text"/>
                </Form>
            }
            .into_any()
        }
    };
    let download = it.revoked_on.is_none().then(|| {
        view! {
            <div class="end">
                <a class="btn quiet" href=file rel="external" download="">
                    {tr!(completion.mine.download)}
                    <span class="vh">" "{it.course_title.clone()}</span>
                </a>
            </div>
        }
    });
    view! {
        <li class="item">
            <div class="grow">
                <p class="tags"><span class="tag">{words::certificate_kind(it.kind)}</span></p>
                <h2>{it.course_title.clone()}</h2>
                <p class="muted">{facts.join(" · ")}</p>
                <p class="code-line">{it.code.clone()}</p>
                {tools}
            </div>
            {download}
        </li>
    }
    .into_any()
}
