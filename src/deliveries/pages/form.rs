//! `/deliveries/new?course=…` and `/deliveries/{id}/edit`: what is given, when, where and for how many.

use crate::{
    catalogue::pages::parts::mode,
    deliveries::{
        api::{FormChoices, SaveDelivery},
        model::Mode,
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, Select, TextArea, Tick, Ticks},
        form::{Form, Hidden, Submit, Version},
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn new_page(visit: Visit) -> Drawn {
    let course = visit.query("course");
    if course.is_empty() {
        let courses = service::courses(&visit.cx, visit.language()).await?;
        return visit.draw(|| choose(courses));
    }
    let choices = service::for_new(&visit.cx, &course, visit.language()).await?;
    visit.draw(|| show(choices))
}

pub async fn edit_page(visit: Visit) -> Drawn {
    let choices = service::for_edit(&visit.cx, visit.param("id"), visit.language()).await?;
    visit.draw(|| show(choices))
}

/// Which course? Each leads to its form.
fn choose(courses: Vec<(String, String)>) -> AnyView {
    view! {
        <PageHead
            title=tr!(deliveries.new_title)
            crumbs=vec![(tr!(deliveries.title), "/deliveries".to_owned())]
            lede=tr!(deliveries.which_course)
        />
        <div class="wrap body">
            <ul class="list">
                {courses
                    .into_iter()
                    .map(|(slug, title)| view! {
                        <li class="item">
                            <div class="grow"><h2><a href=format!("/deliveries/new?course={slug}")>{title}</a></h2></div>
                        </li>
                    })
                    .collect_view()}
            </ul>
        </div>
    }
    .into_any()
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn show(data: FormChoices) -> impl IntoView {
    let new = data.version == 0;
    let plan = data.plan.clone();
    let course = format!("/courses/{}", data.course_slug);
    let (title, crumbs, back) = if new {
        let crumbs = vec![(tr!(nav.catalogue), "/catalogue".to_owned()), (data.course_title.clone(), course.clone())];
        (tr!(deliveries.new_title), crumbs, course)
    } else {
        let back = format!("/deliveries/{}", data.id);
        let crumbs = vec![(tr!(deliveries.title), "/deliveries".to_owned()), (plan.title.clone(), back.clone())];
        (tr!(deliveries.edit_title), crumbs, back)
    };
    let labels = vec![
        ("title", tr!(deliveries.name)),
        ("pack", tr!(deliveries.pack)),
        ("language", tr!(deliveries.language)),
        ("mode", tr!(deliveries.mode)),
        ("starts_on", tr!(deliveries.starts_on)),
        ("ends_on", tr!(deliveries.ends_on)),
        ("time_zone", tr!(deliveries.time_zone)),
        ("place", tr!(deliveries.place)),
        ("link", tr!(deliveries.link)),
        ("capacity", tr!(deliveries.capacity)),
        ("call_closes_on", tr!(deliveries.call_closes_on)),
        ("host", tr!(deliveries.host)),
        ("area", tr!(deliveries.area)),
        ("projects", tr!(deliveries.projects)),
        ("note", tr!(deliveries.note)),
    ];
    let packs: Vec<_> = data
        .packs
        .iter()
        .map(|(id, language, label)| (id.to_string(), format!("{label} ({})", words::language(language))))
        .collect();
    let no_pack = packs.is_empty();
    let modes = Mode::ALL.iter().map(|it| (it.code().to_owned(), mode(*it))).collect();
    let pairs = |list: Vec<(String, String)>| list;
    let hosts: Vec<_> = data.hosts.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    let projects: Vec<_> = data.projects.iter().map(|(id, title)| (id.to_string(), title.clone())).collect();
    let paying: Vec<_> = data.paying.iter().map(ToString::to_string).collect();
    let zones = data.zones.iter().map(|zone| (zone.clone(), zone.replace('_', " "))).collect();
    let language_options = languages(&data, &plan.language);
    view! {
        <PageHead title=title crumbs=crumbs lede=Some(data.course_title.clone())/>
        <div class="wrap body">
            {(no_pack && !data.pack_is_fixed).then(|| view! { <div class="notice calm"><p>{tr!(deliveries.no_pack)}</p></div> })}
            <Form function=SaveDelivery::PATH class="form" labels=labels>
                <Hidden name="id" value=data.id.to_string()/>
                <Hidden name="course" value=data.course_slug/>
                <Version value=data.version/>
                <Input name="title" label=tr!(deliveries.name) hint=tr!(deliveries.name_hint) value=plan.title/>
                <Select
                    name="pack"
                    label=tr!(deliveries.pack)
                    hint=if data.pack_is_fixed { tr!(deliveries.pack_fixed) } else { tr!(deliveries.pack_hint) }
                    options=packs
                    value=text(plan.pack_id)
                    empty=tr!(deliveries.pack_none)
                />
                <Select name="language" label=tr!(deliveries.language) options=language_options value=plan.language class="mid"/>
                <Select name="mode" label=tr!(deliveries.mode) options=modes value=plan.mode.code() class="mid"/>
                <div class="row">
                    <Input name="starts_on" kind="date" label=tr!(deliveries.starts_on) value=text(plan.starts_on) class="short"/>
                    <Input name="ends_on" kind="date" label=tr!(deliveries.ends_on) value=text(plan.ends_on) class="short"/>
                </div>
                <Select name="time_zone" label=tr!(deliveries.time_zone) hint=tr!(deliveries.time_zone_hint) options=zones value=plan.time_zone class="mid"/>
                <Input name="place" label=tr!(deliveries.place) hint=tr!(deliveries.place_hint) value=plan.place optional=true/>
                <Input name="link" kind="url" label=tr!(deliveries.link) hint=tr!(deliveries.link_hint) value=plan.link optional=true/>
                <Input name="capacity" kind="number" label=tr!(deliveries.capacity) value=plan.capacity.to_string() class="short"/>
                <Input
                    name="call_closes_on"
                    kind="date"
                    label=tr!(deliveries.call_closes_on)
                    hint=tr!(deliveries.call_closes_hint)
                    value=text(plan.call_closes_on)
                    class="short"
                    optional=true
                />
                {if data.hostless {
                    view! { <Select name="host" label=tr!(deliveries.host) options=hosts value=text(plan.host_id) empty=tr!(deliveries.host_none)/> }.into_any()
                } else {
                    view! { <Select name="host" label=tr!(deliveries.host) options=hosts value=text(plan.host_id)/> }.into_any()
                }}
                <Select name="area" label=tr!(deliveries.area) options=pairs(data.areas) value=text(plan.area_code) empty=tr!(deliveries.area_none) class="mid"/>
                {(!projects.is_empty()).then(|| view! {
                    <Ticks name="projects" label=tr!(deliveries.projects) options=projects value=paying/>
                })}
                <Tick name="sealed" label=tr!(deliveries.sealed) value=plan.sealed/>
                <TextArea name="note" label=tr!(deliveries.note) hint=tr!(deliveries.note_hint) value=plan.note optional=true/>
                <div class="actions">
                    <Submit label=if new { tr!(deliveries.create) } else { tr!(form.save) }/>
                    <a class="btn quiet" href=back>{tr!(form.cancel)}</a>
                </div>
            </Form>
            {data.footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

/// Languages to choose from: those of the released versions first, then the rest.
fn languages(data: &FormChoices, chosen: &str) -> Vec<(String, String)> {
    const OTHERS: &[&str] = &[
        "en", "fr", "sq", "bs", "hr", "sr", "cnr", "mk", "tr", "hy", "az", "be", "ru", "ka", "ro", "uk", "ar", "ber",
        "fil", "si", "ta", "to", "it", "pt", "id", "et", "vi", "lo", "hi",
    ];
    let mut codes: Vec<&str> = Vec::new();
    let packs = data.packs.iter().map(|(_, language, _)| language.as_str());
    for code in packs.chain([chosen]).chain(OTHERS.iter().copied()) {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes.into_iter().map(|code| (code.to_owned(), words::language(code))).collect()
}
