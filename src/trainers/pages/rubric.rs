//! `/courses/{slug}/licences/rubric`: what trainers of a course are assessed by.

use super::parts::{crumbs, mark};
use crate::{
    platform::http::page::{Drawn, Visit},
    tr,
    trainers::assessment::{
        api::{RubricView, SaveRubric},
        model::{CRITERIA, Criterion, LEVELS, TITLES, WEIGHTS},
        service,
    },
    ui::{
        field::{Input, TextArea},
        form::{Form, Hidden, Submit, Version},
        layout::PageHead,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = service::rubric(&visit.cx, visit.param("slug"), visit.language()).await?;
    visit.draw(|| show(data))
}

fn labels() -> Vec<(&'static str, String)> {
    let mut labels = vec![
        ("scale", tr!(assessments.scale)),
        ("pass_mark", tr!(assessments.pass_mark)),
        ("spread", tr!(assessments.spread)),
    ];
    for (number, ((title, weight), levels)) in (1..).zip(TITLES.into_iter().zip(WEIGHTS).zip(LEVELS)) {
        labels.push((title, format!("{} ({number})", tr!(assessments.criterion))));
        labels.push((weight, format!("{} ({number})", tr!(assessments.weight))));
        labels.push((levels, format!("{} ({number})", tr!(assessments.levels))));
    }
    labels
}

fn criterion(position: usize, given: Option<&Criterion>) -> AnyView {
    let number = position as i64 + 1;
    let (title, weight, levels) =
        given.map_or_else(Default::default, |it| (it.title.clone(), it.weight.to_string(), it.levels.clone()));
    view! {
        <fieldset class="group boxed stack">
            <legend>{tr!(assessments.criterion_number, number = number)}</legend>
            <Input name=TITLES[position] label=tr!(assessments.criterion) value=title/>
            <Input name=WEIGHTS[position] kind="number" class="short" label=tr!(assessments.weight) value=weight/>
            <TextArea name=LEVELS[position] label=tr!(assessments.levels) hint=tr!(assessments.levels_hint) value=levels optional=true/>
        </fieldset>
    }
    .into_any()
}

fn show(data: RubricView) -> impl IntoView {
    let RubricView { slug, course_title, number, rubric } = data;
    let back = format!("/courses/{slug}");
    let lede = if number == 0 { tr!(assessments.rubric_none) } else { tr!(assessments.rubric_number, number = number) };
    view! {
        <PageHead
            title=tr!(assessments.rubric)
            crumbs=crumbs(&course_title, &slug)
            lede=Some(lede)
        />
        <div class="wrap body">
            <Form function=SaveRubric::PATH class="form" labels=labels()>
                <Hidden name="slug" value=slug/>
                <Version value=number/>
                <Input name="scale" kind="number" class="short" label=tr!(assessments.scale) hint=tr!(assessments.scale_hint) value=rubric.scale.to_string()/>
                <Input name="pass_mark" class="short" label=tr!(assessments.pass_mark) hint=tr!(assessments.pass_mark_hint) value=mark(rubric.pass_mark)/>
                <Input name="spread" kind="number" class="short" label=tr!(assessments.spread) hint=tr!(assessments.spread_hint) value=rubric.spread.to_string()/>
                {(0..CRITERIA).map(|position| criterion(position, rubric.criteria.get(position))).collect_view()}
                <p class="hint">{tr!(assessments.criteria_hint)}</p>
                <div class="actions">
                    <Submit label=tr!(form.save)/>
                    <a class="btn quiet" href=back>{tr!(form.cancel)}</a>
                </div>
            </Form>
        </div>
    }
    .into_any()
}
