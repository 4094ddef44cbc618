//! Services of packs on both databases: what authors do, and what others try.

use super::{
    model::{
        CopyForm, IdForm, MaterialForm, MaterialKind, ModuleForm, MoveForm, PackEditForm, PackForm, PackState,
        SessionForm, StepForm, shift,
    },
    service, store,
};
use crate::{
    common::{
        actor::{Grant, Role},
        error::{AppError, Refusal},
        forms::{Done, FaultKind},
        ids::{CourseId, FileId, PackId},
    },
    on_both,
    platform::{context::Ctx, files::Arrived},
    testing::House,
};
use uuid::Uuid;

async fn author(house: &House, course: CourseId) -> Ctx {
    let trainer = Grant { role: Role::Trainer, institution: None, area: None };
    let actor = house.person("Tina", &[trainer]).await;
    let mut tx = house.app.db.begin().await.unwrap();
    store::add_author(&mut tx, course, actor.person_id).await.unwrap();
    tx.commit().await.unwrap();
    house.as_actor(&actor)
}

fn id(house: &House) -> String {
    house.app.id::<Uuid>().to_string()
}

async fn draft(house: &House, cx: &Ctx, course: CourseId) -> String {
    let form = PackForm {
        id: id(house),
        course: course.to_string(),
        language: "en".into(),
        title: "Electronic evidence".into(),
        ..Default::default()
    };
    service::create(cx, &form).await.unwrap();
    form.id
}

async fn add_module(house: &House, cx: &Ctx, pack: &str, title: &str) -> String {
    let form = ModuleForm { id: id(house), pack: pack.into(), title: title.into(), ..Default::default() };
    service::add_module(cx, &form).await.unwrap();
    form.id
}

fn plan(id: String, module: &str) -> SessionForm {
    SessionForm {
        id,
        module: module.into(),
        version: "1".into(),
        title: "Integrity".into(),
        minutes: "35".into(),
        method: "lecture".into(),
        ..Default::default()
    }
}

fn lesson(id: String, module: &str, body: &str) -> MaterialForm {
    MaterialForm {
        id,
        module: module.into(),
        version: "1".into(),
        title: "A lesson".into(),
        body: body.into(),
        ..Default::default()
    }
}

async fn step(cx: &Ctx, pack: &str, step: &str, notes: &str) -> Result<Done, AppError> {
    let version = service::pack(cx, pack, "en").await?.head.version.to_string();
    let form = StepForm { id: pack.into(), version, step: step.into(), notes: notes.into() };
    service::step(cx, &form).await
}

async fn release(cx: &Ctx, pack: &str) {
    for (name, notes) in [("pilot", ""), ("collect", ""), ("release", "First version.")] {
        step(cx, pack, name, notes).await.unwrap();
    }
}

fn arrived(key: &str) -> Arrived {
    Arrived {
        key: key.into(),
        name: "Slides.pdf".into(),
        media_type: "application/pdf",
        size: 9,
        sha256: "0".repeat(64),
    }
}

on_both! {
    async fn a_released_pack_never_changes(house) {
        let course = house.course("basic").await;
        let cx = author(&house, course).await;
        let pack = draft(&house, &cx, course).await;
        assert_eq!(step(&cx, &pack, "release", "x").await.unwrap_err(), Refusal::WrongState.into());
        let module = add_module(&house, &cx, &pack, "Evidence").await;
        let session = plan(id(&house), &module);
        service::add_session(&cx, &session).await.unwrap();
        let text = lesson(id(&house), &module, "Some *text*.");
        service::add_material(&cx, &text, MaterialKind::Lesson).await.unwrap();
        release(&cx, &pack).await;

        let before = service::pack(&cx, &pack, "en").await.unwrap();
        let stays: AppError = Refusal::PackReleased.into();
        let part = |id: &str| IdForm { id: id.into() };
        let up = |id: &str| MoveForm { id: id.into(), dir: "up".into(), to: String::new() };
        let other = ModuleForm { id: module.clone(), version: "1".into(), title: "Other".into(), ..Default::default() };
        let new = ModuleForm { id: id(&house), pack: pack.clone(), title: "New".into(), ..Default::default() };
        let title = PackEditForm { id: pack.clone(), version: before.head.version.to_string(), title: "T".into(), ..Default::default() };
        let tries = [
            service::edit(&cx, &title).await,
            service::add_module(&cx, &new).await,
            service::edit_module(&cx, &other).await,
            service::remove_module(&cx, &part(&module)).await,
            service::move_module(&cx, &up(&module)).await,
            service::add_session(&cx, &plan(id(&house), &module)).await,
            service::edit_session(&cx, &session).await,
            service::remove_session(&cx, &part(&session.id)).await,
            service::move_session(&cx, &up(&session.id)).await,
            service::add_material(&cx, &lesson(id(&house), &module, "x"), MaterialKind::Lesson).await,
            service::edit_material(&cx, &text).await,
            service::remove_material(&cx, &part(&text.id)).await,
            service::move_material(&cx, &up(&text.id)).await,
            service::add_file(&cx, &lesson(id(&house), &module, ""), house.app.id(), arrived("k")).await,
            step(&cx, &pack, "pilot", "").await,
            step(&cx, &pack, "release", "again").await,
        ];
        for (at, outcome) in tries.into_iter().enumerate() {
            assert_eq!(outcome.unwrap_err(), stays, "try {at}");
        }

        // The statements themselves refuse, whoever calls them.
        let mut tx = cx.begin().await.unwrap();
        let pack_id: PackId = pack.parse().unwrap();
        let whole = store::module(&mut tx, module.parse().unwrap()).await.unwrap().unwrap();
        let plan = store::session(&mut tx, session.id.parse().unwrap()).await.unwrap().unwrap();
        let material = store::material(&mut tx, text.id.parse().unwrap()).await.unwrap().unwrap();
        let fields = other.check().unwrap();
        let session_fields = session.check(None).unwrap();
        let material_fields = text.check(MaterialKind::Lesson, None).unwrap();
        let shift = shift(0, 1, 2).unwrap();
        let now = cx.now();
        assert!(!store::hold(&mut tx, pack_id, "x", now).await.unwrap());
        assert!(!store::edit(&mut tx, pack_id, before.head.version, ("a", "b"), "x", now).await.unwrap());
        assert!(!store::step(&mut tx, pack_id, PackState::Released, PackState::Draft, "x", now).await.unwrap());
        assert!(!store::release(&mut tx, pack_id, before.head.version, "n", "x", now).await.unwrap());
        assert!(!store::add_module(&mut tx, house.app.id(), pack_id, &fields, "x").await.unwrap());
        assert!(!store::edit_module(&mut tx, whole.id, 1, &fields, "x").await.unwrap());
        assert_eq!(store::shift_module(&mut tx, pack_id, whole.id, shift).await.unwrap(), 0);
        assert!(!store::add_session(&mut tx, house.app.id(), whole.id, &session_fields, "x").await.unwrap());
        assert!(!store::edit_session(&mut tx, plan.id, 1, &session_fields, "x").await.unwrap());
        assert!(!store::remove_session(&mut tx, &plan).await.unwrap());
        assert_eq!(store::shift_session(&mut tx, whole.id, plan.id, shift).await.unwrap(), 0);
        assert!(!store::add_material(&mut tx, house.app.id(), whole.id, &material_fields, None, "x").await.unwrap());
        assert!(!store::edit_material(&mut tx, material.line.id, 1, &material_fields, "x").await.unwrap());
        assert!(!store::remove_material(&mut tx, &material.line).await.unwrap());
        assert_eq!(store::shift_material(&mut tx, whole.id, material.line.id, shift).await.unwrap(), 0);
        assert!(!store::remove_module(&mut tx, &whole).await.unwrap());
        assert!(!store::copy_module(&mut tx, house.app.id(), pack_id, whole.id, 1).await.unwrap());
        assert!(!store::copy_session(&mut tx, house.app.id(), whole.id, plan.id, 1).await.unwrap());
        assert!(!store::copy_material(&mut tx, house.app.id(), whole.id, material.line.id, 1).await.unwrap());
        tx.commit().await.unwrap();
        let after = service::pack(&cx, &pack, "en").await.unwrap();
        assert_eq!((after.head, after.outline, after.materials), (before.head, before.outline, before.materials));
    }
}

on_both! {
    async fn a_new_version_shares_files_and_supersedes_when_released(house) {
        let course = house.course("basic").await;
        let cx = author(&house, course).await;
        let first = draft(&house, &cx, course).await;
        let module = add_module(&house, &cx, &first, "Evidence").await;
        service::add_session(&cx, &plan(id(&house), &module)).await.unwrap();
        let file: FileId = house.app.id();
        service::add_file(&cx, &MaterialForm { module: module.clone(), ..Default::default() }, file, arrived("k")).await.unwrap();
        release(&cx, &first).await;
        let form = CopyForm { id: id(&house), from: first.clone() };
        service::copy(&cx, &form).await.unwrap();
        assert_eq!(service::copy(&cx, &form).await.unwrap_err(), Refusal::AlreadySent.into());
        let copy = service::pack(&cx, &form.id, "en").await.unwrap();
        assert_eq!((copy.head.major, copy.head.minor, copy.head.state), (1, 1, PackState::Draft));
        assert_eq!((copy.outline.len(), copy.outline[0].sessions.len()), (1, 1));
        assert_eq!((copy.materials[0].file_id, copy.materials[0].title.as_str()), (Some(file), "Slides"));
        release(&cx, &form.id).await;
        assert_eq!(service::pack(&cx, &first, "en").await.unwrap().head.state, PackState::Superseded);
    }
}

on_both! {
    async fn strangers_replays_and_second_editors_are_refused(house) {
        let course = house.course("basic").await;
        let cx = author(&house, course).await;
        let pack = draft(&house, &cx, course).await;
        let module = add_module(&house, &cx, &pack, "Evidence").await;
        let trainer = Grant { role: Role::Trainer, institution: None, area: None };
        let stranger = house.as_actor(&house.person("Eve", &[trainer]).await);
        assert_eq!(service::pack(&stranger, &pack, "en").await.unwrap_err(), AppError::Forbidden);
        let session = plan(id(&house), &module);
        assert_eq!(service::add_session(&stranger, &session).await.unwrap_err(), AppError::Forbidden);
        assert_eq!(service::add_session(&house.nobody(), &session).await.unwrap_err(), AppError::SignInRequired);
        service::add_session(&cx, &session).await.unwrap();
        assert_eq!(service::add_session(&cx, &session).await.unwrap_err(), Refusal::AlreadySent.into());
        let mine = SessionForm { title: "Mine".into(), ..session.clone() };
        service::edit_session(&cx, &mine).await.unwrap();
        let second = SessionForm { title: "Second".into(), ..session };
        let AppError::Conflict(conflict) = service::edit_session(&cx, &second).await.unwrap_err() else { panic!() };
        assert_eq!((conflict.version, conflict.theirs), (2, vec![("title".to_owned(), "Mine".to_owned())]));
        assert_eq!(service::remove_module(&cx, &IdForm { id: module }).await.unwrap_err(), Refusal::NotEmpty.into());
    }
}

on_both! {
    async fn markup_is_refused_and_long_lessons_are_taken(house) {
        let course = house.course("basic").await;
        let cx = author(&house, course).await;
        let pack = draft(&house, &cx, course).await;
        let module = add_module(&house, &cx, &pack, "Evidence").await;
        for body in ["<script>alert(1)</script>", "text <b onclick=x>y</b>", "<img src=x onerror=alert(1)>"] {
            let outcome = service::add_material(&cx, &lesson(id(&house), &module, body), MaterialKind::Lesson).await;
            assert_eq!(outcome.unwrap_err(), AppError::field("body", FaultKind::Markup), "{body}");
        }
        let preview = MaterialForm { preview: "true".into(), ..lesson(id(&house), &module, "x") };
        assert_eq!(service::add_material(&cx, &preview, MaterialKind::Lesson).await.unwrap_err(), AppError::Preview);
        let form = lesson(id(&house), &module, &"é".repeat(200_000));
        service::add_material(&cx, &form, MaterialKind::Lesson).await.unwrap();
        assert_eq!(service::material(&cx, &form.id, "en").await.unwrap().material.body.chars().count(), 200_000);
        let hidden = MaterialForm { trainer_only: "true".into(), ..lesson(id(&house), &module, "For trainers") };
        service::add_material(&cx, &hidden, MaterialKind::Lesson).await.unwrap();
        let seen = service::preview(&cx, &pack, "", "en").await.unwrap();
        assert_eq!(seen.materials.len(), 1);
        assert_eq!(service::preview(&cx, &pack, &hidden.id, "en").await.unwrap_err(), AppError::NotFound);
    }
}

on_both! {
    async fn any_moves_keep_the_places(house) {
        let course = house.course("basic").await;
        let cx = author(&house, course).await;
        let pack = draft(&house, &cx, course).await;
        let mut expected = Vec::new();
        for n in 0..5 {
            expected.push(add_module(&house, &cx, &pack, &format!("Module {n}")).await);
        }
        for (which, to) in [(0usize, 4usize), (4, 0), (2, 1), (1, 3), (3, 3), (0, 2)] {
            let moved = expected.remove(which);
            let form = MoveForm { id: moved.clone(), dir: String::new(), to: to.to_string() };
            service::move_module(&cx, &form).await.unwrap();
            expected.insert(to, moved);
            let outline = service::pack(&cx, &pack, "en").await.unwrap().outline;
            let order: Vec<String> = outline.iter().map(|one| one.module.id.to_string()).collect();
            assert_eq!(order, expected);
            assert!((0..).zip(&outline).all(|(at, one)| one.module.position == at));
        }
        let top = MoveForm { id: expected[0].clone(), dir: "up".into(), to: String::new() };
        service::move_module(&cx, &top).await.unwrap();
        service::remove_module(&cx, &IdForm { id: expected.remove(2) }).await.unwrap();
        let outline = service::pack(&cx, &pack, "en").await.unwrap().outline;
        assert_eq!(outline.iter().map(|one| one.module.position).collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert_eq!(outline.iter().map(|one| one.module.id.to_string()).collect::<Vec<_>>(), expected);
    }
}
