//! `/courses/{slug}/licences/rules`: what a licence of the course asks for.

use super::parts::crumbs;
use crate::{
    platform::http::page::{Drawn, Visit},
    tr,
    trainers::{
        api::{RulesView, SaveRules},
        service,
    },
    ui::{
        field::{Input, Tick, Ticks},
        form::{Form, Hidden, Submit, Version},
        layout::PageHead,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = service::rules(&visit.cx, visit.param("slug"), visit.language()).await?;
    visit.draw(|| show(data))
}

fn show(data: RulesView) -> impl IntoView {
    let rule = data.whole.rule;
    let back = format!("/courses/{}", data.slug);
    let months = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    let options = |own: bool| -> Vec<(String, String)> {
        data.courses
            .iter()
            .filter(|(course, _)| own || *course != data.course)
            .map(|(course, title)| (course.to_string(), title.clone()))
            .collect()
    };
    let ticked = |ids: &[crate::common::ids::CourseId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (others, all) = (options(false), options(true));
    let (trains, refreshes) = (ticked(&data.whole.train), ticked(&data.whole.refresh));
    let slug = data.slug.clone();
    let labels = vec![
        ("assessed", tr!(licences.rule.assessed)),
        ("supervised", tr!(licences.rule.supervised)),
        ("active_months", tr!(licences.rule.active)),
        ("uptake_months", tr!(licences.rule.uptake)),
        ("notice_days", tr!(licences.rule.notice)),
        ("train", tr!(licences.rule.train)),
        ("refresh", tr!(licences.rule.refresh)),
    ];
    view! {
        <PageHead
            title=tr!(licences.rules_title)
            crumbs=crumbs(&data.course_title, &data.slug)
            lede=Some(tr!(licences.rules_lede))
        />
        <div class="wrap body">
            {(data.version == 0).then(|| view! { <div class="notice calm"><p>{tr!(licences.rules_none)}</p></div> })}
            <Form function=SaveRules::PATH class="form" labels=labels>
                <Hidden name="slug" value=slug/>
                <Version value=data.version/>
                <section class="section stack">
                    <h2>{tr!(licences.rule.earn)}</h2>
                    <Ticks
                        name="train"
                        label=tr!(licences.rule.train)
                        hint=tr!(licences.rule.train_hint)
                        options=others
                        value=trains
                    />
                    <Tick name="assessed" label=tr!(licences.rule.assessed) value=rule.assessed/>
                    <Tick name="supervised" label=tr!(licences.rule.supervised) value=rule.supervised/>
                </section>
                <section class="section stack">
                    <h2>{tr!(licences.rule.keep)}</h2>
                    <Input
                        name="active_months"
                        kind="number"
                        class="short"
                        label=tr!(licences.rule.active)
                        hint=tr!(licences.rule.active_hint)
                        value=months(rule.active_months)
                        optional=true
                    />
                    <Ticks
                        name="refresh"
                        label=tr!(licences.rule.refresh)
                        hint=tr!(licences.rule.refresh_hint)
                        options=all
                        value=refreshes
                    />
                    <Input
                        name="uptake_months"
                        kind="number"
                        class="short"
                        label=tr!(licences.rule.uptake)
                        hint=tr!(licences.rule.uptake_hint)
                        value=months(rule.uptake_months)
                        optional=true
                    />
                    <Input
                        name="notice_days"
                        kind="number"
                        class="short"
                        label=tr!(licences.rule.notice)
                        hint=tr!(licences.rule.notice_hint)
                        value=rule.notice_days.to_string()
                    />
                </section>
                <div class="actions">
                    <Submit label=tr!(form.save)/>
                    <a class="btn quiet" href=back>{tr!(form.cancel)}</a>
                </div>
            </Form>
        </div>
    }
    .into_any()
}
