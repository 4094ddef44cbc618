//! `/packs/{id}`: the pack with its modules in order, its state and its next step.

use super::{language, objectives, param, show::Icon, tags};
use crate::{
    app::PageState,
    common::forms::Flash,
    feedback::pages::parts::TakenUpInVersion,
    packs::{
        api::{CopyPack, MoveMaterial, MoveModule, MoveSession, PackView, StepPack, get_pack, move_module},
        model::{
            MaterialLine, Missing, MoveForm, OutlineModule, PackHead, PackState, PackStep, SessionLine, session_minutes,
        },
    },
    tr,
    ui::{
        form::{Form, Hidden, Submit, Version},
        format,
        layout::PageHead,
        load::load,
        words,
    },
};
use leptos::{ev, prelude::*, server_fn::ServerFn, task::spawn_local};

#[component]
pub fn PackPage() -> impl IntoView {
    let page = load(param("pack"), |pack| get_pack(pack, language()), show);
    view! {
        {page}
        <TakenUpInVersion pack=Signal::derive(param("pack"))/>
    }
}

fn show(data: PackView) -> impl IntoView {
    let PackView { head, outline, materials, missing, copy_id } = data;
    let editable = head.state.editable();
    let actions = view! {
        <a class="btn quiet small" href=format!("/packs/{}/preview", head.id)>{tr!(packs.preview)}</a>
        {editable.then(|| view! { <a class="btn quiet small" href=format!("/packs/{}/edit", head.id)>{tr!(packs.edit)}</a> })}
    }
    .into_any();
    let notice = (!editable).then(|| {
        let text =
            if head.state == PackState::Released { tr!(packs.released_note) } else { tr!(packs.superseded_note) };
        view! { <div class="notice calm"><p>{text}</p></div> }
    });
    let aside = aside(&head, &outline, &missing, copy_id.to_string());
    let body = modules(&head, outline, materials, editable);
    view! {
        <PageHead
            title=head.title.clone()
            crumbs=vec![(tr!(packs.teach), "/teach".to_owned())]
            tags=tags(&head)
            lede=(!head.summary.is_empty()).then(|| head.summary.clone())
            actions=actions
        />
        <div class="wrap body cols">
            <div class="stack wide">
                {notice}
                {body}
            </div>
            {aside}
        </div>
    }
    .into_any()
}

/// State, sums and the next step.
fn aside(head: &PackHead, outline: &[OutlineModule], missing: &[Missing], copy_id: String) -> AnyView {
    let steps = [PackState::Draft, PackState::Piloted, PackState::Feedback, PackState::Released]
        .into_iter()
        .map(|state| {
            let done = state < head.state;
            let current = state == head.state;
            view! {
                <li class=done.then_some("done") aria-current=current.then_some("step")>{words::pack_state(state)}</li>
            }
        })
        .collect_view();
    let planned = session_minutes(outline);
    let meter = if planned > head.course_minutes { "meter warn" } else { "meter" };
    let (id, version) = (head.id.to_string(), head.version);
    let next = match head.state.next() {
        Some(PackStep::Release) => {
            view! { <a class="btn wide" href=format!("/packs/{id}/release")>{tr!(packs.to_release)}</a> }.into_any()
        }
        Some(step) => view! {
            <Form function=StepPack::PATH class="form">
                <Hidden name="id" value=id/>
                <Version value=version/>
                <Hidden name="step" value=step.code()/>
                <Submit label=words::pack_step(step) class="wide"/>
            </Form>
        }
        .into_any(),
        None => view! {
            <Form function=CopyPack::PATH class="form">
                <Hidden name="id" value=copy_id/>
                <Hidden name="from" value=id/>
                <p class="hint">{tr!(packs.copy_hint)}</p>
                <Submit label=tr!(packs.copy) class="wide"/>
            </Form>
        }
        .into_any(),
    };
    let notes = (!head.release_notes.is_empty()).then(|| {
        view! { <div><dt>{tr!(packs.release_notes)}</dt><dd>{note_lines(&head.release_notes)}</dd></div> }
    });
    view! {
        <aside>
            <div class="sheet pad stack">
                <h2>{tr!(packs.state_title)}</h2>
                <ol class="steps">{steps}</ol>
                <div class="metered">
                    <progress
                        class=meter
                        value=planned.min(head.course_minutes).to_string()
                        max=head.course_minutes.to_string()
                        aria-label=tr!(packs.planned)
                    ></progress>
                    <p>{tr!(packs.planned_of, planned = planned, minutes = head.course_minutes)}</p>
                </div>
                <dl class="facts side">
                    <div><dt>{tr!(packs.course)}</dt><dd><a href=format!("/courses/{}", head.course_slug)>{head.course_title.clone()}</a></dd></div>
                    <div><dt>{tr!(packs.duration)}</dt><dd>{tr!(packs.days, count = head.course_days)}" · "{format::minutes(head.course_minutes)}</dd></div>
                    <div>
                        <dt>{tr!(packs.last_change)}</dt>
                        <dd>{super::changed(head.updated_at, &head.updated_by)}</dd>
                    </div>
                    {notes}
                </dl>
                {head.state.editable().then(|| missing_list(missing))}
                {next}
            </div>
        </aside>
    }
    .into_any()
}

/// Release notes line by line, as they were written.
fn note_lines(notes: &str) -> AnyView {
    let lines = notes.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| view! { <p>{line.to_owned()}</p> }).collect_view().into_any()
}

/// What is missing before release.
pub(super) fn missing_list(missing: &[Missing]) -> AnyView {
    if missing.is_empty() {
        return ().into_any();
    }
    let lines = missing
        .iter()
        .map(|one| match one {
            Missing::Modules => tr!(packs.missing_modules),
            Missing::Sessions(title) => tr!(packs.missing_sessions, title = title.clone()),
        })
        .map(|line| view! { <li>{line}</li> })
        .collect_view();
    view! { <div class="notice warn"><h3>{tr!(packs.missing)}</h3><ul>{lines}</ul></div> }.into_any()
}

/// The modules in order, with buttons to move them and, with JavaScript, grips to drag them.
fn modules(head: &PackHead, outline: Vec<OutlineModule>, materials: Vec<MaterialLine>, editable: bool) -> AnyView {
    let add = editable.then(|| {
        view! { <p class="actions"><a class="btn quiet" href=format!("/packs/{}/modules/new", head.id)>{tr!(packs.add_module)}</a></p> }
    });
    if outline.is_empty() {
        return view! {
            <div class="empty"><h2>{tr!(packs.no_modules)}</h2><p>{tr!(packs.no_modules_text)}</p></div>
            {add}
        }
        .into_any();
    }
    let count = outline.len();
    let drag = Drag::new();
    let list = outline
        .into_iter()
        .enumerate()
        .map(|(at, one)| {
            let own = materials.iter().filter(|line| line.module_id == one.module.id).cloned().collect();
            module(one, own, at, count, editable, drag)
        })
        .collect_view();
    view! {
        <section>
            <h2 class="vh">{tr!(packs.modules)}</h2>
            <ol class="modules">{list}</ol>
            {add}
        </section>
    }
    .into_any()
}

/// Which module is dragged, and over which place.
#[derive(Clone, Copy)]
struct Drag {
    what: RwSignal<Option<String>>,
    over: RwSignal<Option<usize>>,
    page: PageState,
}

impl Drag {
    fn new() -> Self {
        Self { what: RwSignal::new(None), over: RwSignal::new(None), page: expect_context::<PageState>() }
    }

    fn drop_at(self, at: usize) {
        self.over.set(None);
        let Some(id) = self.what.get_untracked() else { return };
        self.what.set(None);
        spawn_local(async move {
            let form = MoveForm { id, dir: String::new(), to: at.to_string() };
            if move_module(form).await.is_ok() {
                self.page.flash.set(Some(Flash::Moved));
            }
            // Whatever came of it, what stands now is shown.
            self.page.refresh.update(|n| *n += 1);
        });
    }
}

/// Some browsers drag only what carries data.
#[cfg(feature = "hydrate")]
fn carry(event: &ev::DragEvent, id: &str) {
    if let Some(data) = event.data_transfer() {
        let _ = data.set_data("text/plain", id);
    }
}

#[cfg(not(feature = "hydrate"))]
fn carry(_: &ev::DragEvent, _: &str) {}

fn module(
    one: OutlineModule,
    materials: Vec<MaterialLine>,
    at: usize,
    count: usize,
    editable: bool,
    drag: Drag,
) -> impl IntoView {
    let OutlineModule { module, sessions } = one;
    let minutes: i64 = sessions.iter().map(|session| session.minutes).sum();
    let base = format!("/packs/modules/{}", module.id);
    let id = module.id.to_string();
    let dragged = id.clone();
    let class = move || {
        let dragging = drag.what.with(|what| what.as_deref() == Some(dragged.as_str()));
        let over = drag.over.get() == Some(at);
        if dragging {
            "mod dragging"
        } else if over {
            "mod over"
        } else {
            "mod"
        }
    };
    let taken = id.clone();
    let grip = editable.then(|| {
        view! {
            <span
                class="grip js"
                aria-hidden="true"
                draggable="true"
                on:dragstart=move |event: ev::DragEvent| {
                    carry(&event, &taken);
                    drag.what.set(Some(taken.clone()));
                }
                on:dragend=move |_| {
                    drag.what.set(None);
                    drag.over.set(None);
                }
            >
                <Icon name="drag"/>
            </span>
        }
    });
    let title = if editable {
        view! { <h3><a href=base.clone()>{module.title.clone()}</a></h3> }.into_any()
    } else {
        view! { <h3>{module.title.clone()}</h3> }.into_any()
    };
    let parts = (!sessions.is_empty()).then(|| session_list(sessions.clone(), editable));
    let files = (!materials.is_empty()).then(|| material_list(materials, editable));
    let add = editable.then(|| {
        view! {
            <div class="actions">
                <a class="btn quiet small" href=format!("{base}/sessions/new")>{tr!(packs.add_session)}</a>
                <a class="btn quiet small" href=format!("{base}/lessons/new")>{tr!(packs.add_lesson)}</a>
                <a class="btn quiet small" href=format!("{base}/files/new")>{tr!(packs.add_file)}</a>
                <a class="btn quiet small" href=format!("{base}/links/new")>{tr!(packs.add_link)}</a>
            </div>
        }
    });
    let moves = editable.then(|| movers(MoveModule::PATH, id, &module.title, at, count));
    view! {
        <li
            class=class
            id=format!("m-{}", module.id)
            on:dragover=move |event: ev::DragEvent| {
                if drag.what.with_untracked(Option::is_some) {
                    event.prevent_default();
                    drag.over.set(Some(at));
                }
            }
            on:drop=move |event: ev::DragEvent| {
                event.prevent_default();
                drag.drop_at(at);
            }
        >
            {grip}
            <div class="grow">
                {title}
                <p>{tr!(packs.sessions, count = sessions.len() as i64)}" · "<span class="num">{format::minutes(minutes)}</span></p>
                {(!module.summary.is_empty()).then(|| view! { <p>{module.summary.clone()}</p> })}
                {objectives(&module.objectives)}
                {parts}
                {files}
                {add}
            </div>
            {moves}
        </li>
    }
}

fn session_list(sessions: Vec<SessionLine>, editable: bool) -> AnyView {
    let count = sessions.len();
    let lines = sessions
        .into_iter()
        .enumerate()
        .map(|(at, session)| {
            let moves = editable.then(|| movers(MoveSession::PATH, session.id.to_string(), &session.title, at, count));
            view! {
                <li>
                    <Icon name="clock"/>
                    <a href=format!("/packs/sessions/{}", session.id)>{session.title.clone()}</a>
                    <span class="muted small">{words::method(session.method)}</span>
                    <span class="num">{format!("{}′", session.minutes)}</span>
                    {moves}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="parts" aria-label=tr!(packs.session_plans)>{lines}</ol> }.into_any()
}

fn material_list(materials: Vec<MaterialLine>, editable: bool) -> AnyView {
    let count = materials.len();
    let lines = materials
        .into_iter()
        .enumerate()
        .map(|(at, line)| {
            let moves = editable.then(|| movers(MoveMaterial::PATH, line.id.to_string(), &line.title, at, count));
            view! {
                <li>
                    <Icon name=super::show::icon(&line)/>
                    <a href=format!("/packs/materials/{}", line.id)>{line.title.clone()}</a>
                    {line.trainer_only.then(|| view! { <span class="tag">{tr!(packs.trainers_only)}</span> })}
                    <span class="num">{(line.minutes > 0).then(|| format!("{}′", line.minutes))}</span>
                    {moves}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="parts" aria-label=tr!(packs.materials)>{lines}</ol> }.into_any()
}

/// The two buttons that move a part up and down.
fn movers(function: &'static str, id: String, title: &str, at: usize, count: usize) -> AnyView {
    let (up, down) = (tr!(packs.move_up, title = title.to_owned()), tr!(packs.move_down, title = title.to_owned()));
    let (first, last) = (at == 0, at + 1 == count);
    view! {
        <Form function=function class="move" key=id.clone()>
            <Hidden name="id" value=id/>
            <button name="dir" value="up" disabled=first aria-label=up>
                <Icon name="up"/>
            </button>
            <button name="dir" value="down" disabled=last aria-label=down>
                <Icon name="down"/>
            </button>
        </Form>
    }
    .into_any()
}
