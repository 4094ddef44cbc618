//! `/courses/new` and `/courses/{slug}/edit`: programme officers and authors describe a course.

use crate::{
    catalogue::{
        api::{AddAuthor, CourseEdit, RemoveAuthor, SaveCourse},
        model::{Audience, Author, CourseKind, CourseText},
        service,
    },
    common::{codes::split_list, ids::CourseId},
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
    let data = service::for_edit(&visit.cx, None, visit.language()).await?;
    visit.draw(|| show(data))
}

pub async fn edit_page(visit: Visit) -> Drawn {
    let data = service::for_edit(&visit.cx, Some(visit.param("slug")), visit.language()).await?;
    visit.draw(|| show(data))
}

fn labels() -> Vec<(&'static str, String)> {
    let of = |field: String, language: &str| format!("{field} ({})", words::language(language));
    vec![
        ("kind", tr!(catalogue.field_kind)),
        ("audiences", tr!(catalogue.field_audiences)),
        ("languages", tr!(catalogue.field_languages)),
        ("days", tr!(catalogue.field_days)),
        ("minutes", tr!(catalogue.field_minutes)),
        ("title_en", of(tr!(catalogue.field_title), "en")),
        ("summary_en", of(tr!(catalogue.field_summary), "en")),
        ("objectives_en", of(tr!(catalogue.field_objectives), "en")),
        ("title_fr", of(tr!(catalogue.field_title), "fr")),
        ("summary_fr", of(tr!(catalogue.field_summary), "fr")),
        ("objectives_fr", of(tr!(catalogue.field_objectives), "fr")),
        ("prerequisites", tr!(catalogue.field_prerequisites)),
        ("institutions", tr!(catalogue.field_institutions)),
        ("attendance_percent", tr!(catalogue.field_attendance)),
        ("modules_required", tr!(catalogue.field_modules)),
        ("by_nomination", tr!(catalogue.field_nomination)),
        ("published", tr!(catalogue.field_published)),
    ]
}

fn text_fields(names: [&'static str; 3], text: CourseText, optional: bool) -> AnyView {
    view! {
        <Input name=names[0] label=tr!(catalogue.field_title) hint=tr!(catalogue.field_title_hint) value=text.title optional=optional/>
        <TextArea name=names[1] label=tr!(catalogue.field_summary) hint=tr!(catalogue.field_summary_hint) value=text.summary optional=optional/>
        <TextArea name=names[2] label=tr!(catalogue.field_objectives) hint=tr!(catalogue.field_objectives_hint) value=text.objectives optional=true/>
    }
    .into_any()
}

/// A long list of ticks, folded away; its summary says how many are ticked.
fn folded(name: &'static str, label: String, options: Vec<(String, String)>, value: Vec<String>) -> AnyView {
    let count = value.len() as i64;
    let summary = format!("{label} · {}", tr!(catalogue.chosen, count = count));
    view! {
        <details class="more">
            <summary>{summary}</summary>
            <Ticks name=name label=label options=options value=value/>
        </details>
    }
    .into_any()
}

fn show(data: CourseEdit) -> impl IntoView {
    let CourseEdit { whole, authors, courses, institutions } = data;
    let course = whole.course;
    let is_new = course.version == 0;
    let of = |language: &str| {
        let found = whole.texts.iter().find(|text| text.language == language);
        found.cloned().unwrap_or_default()
    };
    let (en, fr) = (of("en"), of("fr"));
    let name = whole.texts.first().map_or_else(|| course.slug.clone(), |text| text.title.clone());
    let back = if is_new { "/catalogue".to_owned() } else { format!("/courses/{}", course.slug) };
    let mut crumbs = vec![(tr!(nav.catalogue), "/catalogue".to_owned())];
    if !is_new {
        crumbs.push((name.clone(), back.clone()));
    }
    let title = if is_new { tr!(catalogue.new_title) } else { tr!(catalogue.edit_title, name = name) };
    let kinds = CourseKind::ALL.iter().map(|kind| (kind.code().to_owned(), words::course_kind(*kind))).collect();
    let audiences = Audience::ALL.iter().map(|it| (it.code().to_owned(), words::audience(*it))).collect();
    let ticked = split_list(&course.audiences).map(str::to_owned).collect::<Vec<_>>();
    let prerequisites = whole.prerequisites.iter().map(ToString::to_string).collect::<Vec<_>>();
    let offered_by = whole.institutions.iter().map(ToString::to_string).collect::<Vec<_>>();
    let courses: Vec<_> = courses.into_iter().map(|(id, title)| (id.to_string(), title)).collect();
    let institutions = institutions.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
    view! {
        <PageHead title=title crumbs=crumbs/>
        <div class="wrap body">
            <Form function=SaveCourse::PATH class="form" labels=labels()>
                <Hidden name="id" value=course.id.to_string()/>
                <Version value=course.version/>
                <div>
                <section class="section stack">
                    <h2>{tr!(catalogue.group_what)}</h2>
                    <Select name="kind" label=tr!(catalogue.field_kind) options=kinds value=course.kind.code() class="mid"/>
                    <Ticks name="audiences" label=tr!(catalogue.field_audiences) options=audiences value=ticked/>
                    <Input
                        name="languages"
                        label=tr!(catalogue.field_languages)
                        hint=tr!(form.languages_hint)
                        value=course.languages.replace(';', " ").trim().to_owned()
                    />
                    <Input name="days" kind="number" class="short" label=tr!(catalogue.field_days) value=course.days.to_string()/>
                    <Input
                        name="minutes"
                        kind="number"
                        class="short"
                        label=tr!(catalogue.field_minutes)
                        hint=tr!(catalogue.field_minutes_hint)
                        value=course.minutes.to_string()
                    />
                </section>
                <section class="section stack">
                    <h2>{tr!(catalogue.group_en)}</h2>
                    <p class="hint">{tr!(catalogue.text_hint)}</p>
                    {text_fields(["title_en", "summary_en", "objectives_en"], en, false)}
                </section>
                <section class="section stack">
                    <h2>{tr!(catalogue.group_fr)}</h2>
                    {text_fields(["title_fr", "summary_fr", "objectives_fr"], fr, true)}
                </section>
                <section class="section stack">
                    <h2>{tr!(catalogue.group_links)}</h2>
                    {(!courses.is_empty())
                        .then(|| folded("prerequisites", tr!(catalogue.field_prerequisites), courses, prerequisites))}
                    {folded("institutions", tr!(catalogue.field_institutions), institutions, offered_by)}
                </section>
                <section class="section stack">
                    <h2>{tr!(catalogue.group_rule)}</h2>
                    <Input
                        name="attendance_percent"
                        kind="number"
                        class="short"
                        label=tr!(catalogue.field_attendance)
                        hint=tr!(catalogue.field_attendance_hint)
                        value=course.attendance_percent.to_string()
                    />
                    <Tick name="modules_required" label=tr!(catalogue.field_modules) value=course.modules_required/>
                    <Tick name="by_nomination" label=tr!(catalogue.field_nomination) value=course.by_nomination/>
                    <Tick name="published" label=tr!(catalogue.field_published) value=course.published/>
                </section>
                </div>
                <div class="actions">
                    <Submit label=tr!(form.save)/>
                    <a class="btn quiet" href=back>{tr!(form.cancel)}</a>
                </div>
            </Form>
            {(!is_new).then(|| authors_view(course.id, authors))}
        </div>
    }
    .into_any()
}

fn authors_view(course: CourseId, authors: Vec<Author>) -> AnyView {
    let list = if authors.is_empty() {
        view! { <p class="muted">{tr!(catalogue.no_authors)}</p> }.into_any()
    } else {
        view! {
            <ul class="list tight">
                {authors
                    .into_iter()
                    .map(|author| {
                        let name = format!("{} {}", author.given_name, author.family_name);
                        let person = author.person_id.to_string();
                        view! {
                            <li class="item">
                                <div class="grow">{name.clone()}</div>
                                <div class="end">
                                    <Form function=RemoveAuthor::PATH key=person.clone()>
                                        <Hidden name="id" value=course.to_string()/>
                                        <Hidden name="person" value=person/>
                                        <button class="btn quiet small" aria-label=tr!(catalogue.author_remove_name, name = name)>
                                            {tr!(catalogue.author_remove)}
                                        </button>
                                    </Form>
                                </div>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        }
        .into_any()
    };
    view! {
        <section class="section stack text" id="authors">
            <h2>{tr!(catalogue.authors)}</h2>
            <p>{tr!(catalogue.authors_text)}</p>
            {list}
            <Form function=AddAuthor::PATH class="form" labels=vec![("email", tr!(catalogue.author_email))]>
                <Hidden name="id" value=course.to_string()/>
                <Input name="email" kind="email" class="mid" label=tr!(catalogue.author_email) hint=tr!(catalogue.author_email_hint)/>
                <div class="actions"><Submit label=tr!(catalogue.author_add) class="quiet"/></div>
            </Form>
        </section>
    }
    .into_any()
}
