//! Feedback on both databases: who may speak, who learns what, and what a released version lists for good.

use super::{
    api::Now,
    letters,
    model::{DecideForm, Filter, ItemForm, ItemState, Kind, Voice},
    service,
};
use crate::{
    common::{
        error::{AppError, Refusal},
        ids::{CourseId, DeliveryId, ModuleId, PackId},
    },
    on_both,
    packs::{
        self,
        model::{CopyForm, IdForm, ModuleForm, StepForm},
    },
    people::model::Actor,
    platform::{context::Ctx, db::counted, jobs},
    testing::{GivenPack, House},
};
use chrono::TimeDelta;
use uuid::Uuid;

fn fresh(house: &House) -> String {
    house.app.id::<Uuid>().to_string()
}

fn said(house: &House, delivery: DeliveryId, about: &str, kind: &str, text: &str) -> ItemForm {
    ItemForm {
        id: fresh(house),
        delivery: delivery.to_string(),
        version: "0".into(),
        about: about.into(),
        kind: kind.into(),
        text: text.into(),
        signed: String::new(),
        answer: "true".into(),
    }
}

/// A course with a released pack, its author, and a delivery with a trainer.
struct Given {
    course: CourseId,
    pack: GivenPack,
    delivery: DeliveryId,
    author: Actor,
    trainer: Actor,
}

async fn given(house: &House) -> Given {
    let academy = house.institution("academy").await;
    let course = house.course("introductory").await;
    let pack = house.pack(course).await;
    let delivery = house.delivery(course, academy, 20).await;
    let author = house.trainer("Tina").await;
    let mut tx = house.app.db.begin().await.unwrap();
    packs::store::add_author(&mut tx, course, author.person_id).await.unwrap();
    tx.commit().await.unwrap();
    let trainer = house.trainer("Tom").await;
    house.trains(delivery, trainer.person_id).await;
    Given { course, pack, delivery, author, trainer }
}

fn module(id: ModuleId) -> String {
    format!("m.{id}")
}

/// What the editor's page asks for.
async fn seen(cx: &Ctx, show: &str) -> super::api::EditorPage {
    let filter = Filter { show: show.into(), ..Filter::default() };
    service::of_course(cx, "introductory", "en", &filter, "").await.unwrap()
}

/// Decides everything that is open.
async fn decide_all(house: &House, cx: &Ctx, outcome: &str, pack: &str) -> Result<String, AppError> {
    let page = seen(cx, "").await;
    let items = page.groups.iter().flat_map(|group| &group.items);
    let form = DecideForm {
        id: fresh(house),
        slug: "introductory".into(),
        items: items.map(|item| format!("{}.{}", item.id, item.version)).collect(),
        outcome: outcome.into(),
        pack: pack.into(),
        change: "A worked example of hashing".into(),
        reason: "Out of scope".into(),
        filters: "?show=all&x=1".into(),
    };
    let done = service::decide(cx, &form).await?;
    assert_eq!(done.to, "/courses/introductory/feedback?show=all");
    Ok(form.id)
}

async fn copy(house: &House, cx: &Ctx, from: PackId) -> PackId {
    let form = CopyForm { id: fresh(house), from: from.to_string() };
    packs::service::copy(cx, &form).await.unwrap();
    form.id.parse().unwrap()
}

async fn step(cx: &Ctx, pack: PackId, step: &str) -> Result<(), AppError> {
    let version = packs::service::pack(cx, &pack.to_string(), "en").await?.head.version.to_string();
    let form = StepForm { id: pack.to_string(), version, step: step.into(), notes: "Notes.".into() };
    packs::service::step(cx, &form).await.map(|_| ())
}

async fn release(cx: &Ctx, pack: PackId) {
    for name in ["pilot", "collect", "release"] {
        step(cx, pack, name).await.unwrap();
    }
}

on_both! {
    async fn who_may_speak_and_what_the_editor_learns(house) {
        let it = given(&house).await;
        let ana = house.person("Ana", &[]).await;
        house.enrol(it.delivery, ana.person_id).await;
        let (ana_cx, tom, tina) = (house.as_actor(&ana), house.as_actor(&it.trainer), house.as_actor(&it.author));
        let id = it.delivery.to_string();

        // The trainer speaks while it runs, the participant from the last day.
        let page = service::own(&tom, &id).await.unwrap();
        assert_eq!(page.next.0.get_version_num(), 4, "an id must not tell when the page was open");
        assert_eq!((page.voice, page.closed, page.parts.len()), (Voice::Trainer, None, 5));
        let (page, statements) = counted(service::own(&ana_cx, &id)).await;
        assert_eq!(page.unwrap().closed, Some(Refusal::TooEarly));
        assert!(statements <= 4, "{statements} statements");
        let early = said(&house, it.delivery, &module(it.pack.module), "unclear", "Too early");
        assert_eq!(service::say(&ana_cx, &early).await.unwrap_err(), Refusal::TooEarly.into());
        house.app.clock.set(house.app.now() + TimeDelta::days(1));

        let first = said(&house, it.delivery, &module(it.pack.module), "unclear", "What a hash is");
        service::say(&ana_cx, &first).await.unwrap();
        assert_eq!(service::say(&ana_cx, &first).await.unwrap_err(), Refusal::AlreadySent.into());
        let signed = ItemForm { signed: "true".into(), ..said(&house, it.delivery, "", "praise", "The case") };
        service::say(&ana_cx, &signed).await.unwrap();
        let lesson = format!("d.{}", it.pack.lessons[1]);
        service::say(&tom, &said(&house, it.delivery, &lesson, "law_differs", "Article 5 of our code")).await.unwrap();
        // Nothing of another course, nothing of nobody's.
        let other = house.course("other").await;
        let others = house.pack(other).await;
        let wrong = said(&house, it.delivery, &module(others.module), "error", "x");
        assert!(matches!(service::say(&tom, &wrong).await.unwrap_err(), AppError::Invalid(_)));
        let eve = house.as_actor(&house.person("Eve", &[]).await);
        assert_eq!(service::own(&eve, &id).await.unwrap_err(), AppError::Forbidden);
        assert_eq!(service::say(&eve, &early).await.unwrap_err(), AppError::Forbidden);
        assert_eq!(service::unsay(&eve, &id, &first.id).await.unwrap_err(), AppError::NotFound);

        // What is written is changed by its author alone, until it is decided.
        let changed = ItemForm { version: "1".into(), text: "What a hash proves".into(), ..first.clone() };
        assert_eq!(service::say(&tom, &changed).await.unwrap_err(), AppError::NotFound);
        service::say(&ana_cx, &changed).await.unwrap();
        assert_eq!(service::say(&ana_cx, &changed).await.unwrap_err(), Refusal::FeedbackMoved.into());

        let (page, statements) = counted(service::of_course(&tina, "introductory", "en", &Filter::default(), "")).await;
        let page = page.unwrap();
        assert!(statements <= 4, "{statements} statements");
        assert_eq!((page.groups.len(), page.facets.iter().map(|facet| facet.items).sum::<i64>()), (2, 3));
        // What is of the course as a whole comes first, then modules in their order.
        assert_eq!(page.groups[0].module, None);
        assert_eq!(page.groups[0].items[0].signed_by.as_deref(), Some("Ana Tester"));
        let evidence = &page.groups[1];
        assert_eq!(evidence.module.as_deref(), Some("Evidence"));
        let by = |kind: Kind| evidence.items.iter().find(|item| item.kind == kind).unwrap();
        assert_eq!((by(Kind::Unclear).signed_by.as_deref(), by(Kind::Unclear).text.as_str()), (None, "What a hash proves"));
        assert_eq!(by(Kind::LawDiffers).signed_by.as_deref(), Some("Tom Tester"));
        assert_eq!(by(Kind::LawDiffers).part.as_deref(), Some("Lesson 2"));
        // No log says who wrote what is not signed.
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE record = 'feedback'").await, 2);

        // Filters, one at a time.
        for (filter, expected) in [
            (Filter { kind: "praise".into(), ..Filter::default() }, 1),
            (Filter { pack: it.pack.id.to_string(), ..Filter::default() }, 3),
            (Filter { delivery: id.clone(), ..Filter::default() }, 3),
            (Filter { delivery: fresh(&house), ..Filter::default() }, 0),
            (Filter { speech: "fr".into(), ..Filter::default() }, 0),
            (Filter { speech: "en".into(), ..Filter::default() }, 3),
            (Filter { show: "decided".into(), ..Filter::default() }, 0),
        ] {
            let page = service::of_course(&tina, "introductory", "en", &filter, "").await.unwrap();
            assert_eq!(page.groups.iter().map(|group| group.items.len()).sum::<usize>(), expected, "{filter:?}");
        }
        for cx in [&tom, &ana_cx] {
            let page = service::of_course(cx, "introductory", "en", &Filter::default(), "").await;
            assert_eq!(page.unwrap_err(), AppError::Forbidden);
        }
        assert_eq!(service::waiting(&tina, "en").await.unwrap()[0].2, 3);
        assert!(service::waiting(&tom, "en").await.unwrap().is_empty());
        service::unsay(&ana_cx, &id, &first.id).await.unwrap();
        assert_eq!(service::own(&ana_cx, &id).await.unwrap().own.len(), 1);
    }
}

on_both! {
    async fn what_is_taken_up_is_fixed_with_the_release(house) {
        let it = given(&house).await;
        let (tom, tina) = (house.as_actor(&it.trainer), house.as_actor(&it.author));
        let academy = house.institution("second").await;
        let again = house.delivery(it.course, academy, 20).await;
        house.trains(again, it.trainer.person_id).await;
        for delivery in [it.delivery, again] {
            service::say(&tom, &said(&house, delivery, &module(it.pack.module), "missing", "An example")).await.unwrap();
        }
        // The next version: the module has another name there.
        let next = copy(&house, &tina, it.pack.id).await;
        let became = packs::service::pack(&tina, &next.to_string(), "en").await.unwrap().outline[0].module.clone();
        assert_ne!(became.id, it.pack.module);
        let renamed = ModuleForm {
            id: became.id.to_string(), version: became.version.to_string(), title: "Evidence, hashed".into(), ..ModuleForm::default()
        };
        packs::service::edit_module(&tina, &renamed).await.unwrap();
        let page = seen(&tina, "").await;
        assert_eq!(page.groups.len(), 1);
        assert_eq!(
            page.groups[0].now,
            Now::Became { title: "Evidence, hashed".into(), pack: next, module: became.id }
        );

        // Nobody else decides, and a decision says all it must.
        assert_eq!(decide_all(&house, &tina, "taken_up", "").await.unwrap_err().status(), 422);
        let form = DecideForm { id: fresh(&house), slug: "introductory".into(), ..DecideForm::default() };
        assert_eq!(service::decide(&tom, &form).await.unwrap_err(), AppError::Forbidden);
        let stale = DecideForm {
            items: vec![format!("{}.9", page.groups[0].items[0].id)],
            outcome: "noted".into(),
            ..form
        };
        assert_eq!(service::decide(&tina, &stale).await.unwrap_err(), Refusal::FeedbackMoved.into());
        assert_eq!(seen(&tina, "").await.groups[0].items.len(), 2, "a refused decision leaves nothing behind");

        let decision = decide_all(&house, &tina, "taken_up", &next.to_string()).await.unwrap();
        let own = service::own(&tom, &it.delivery.to_string()).await.unwrap().own;
        assert_eq!((own[0].state, own[0].verdict.as_ref().map(|it| it.fixed)), (ItemState::TakenUp, Some(false)));
        let taken = service::taken_up(&tina, &next.to_string()).await.unwrap();
        assert_eq!((taken.lines.len(), taken.lines[0].reports, taken.lines[0].deliveries), (1, 2, 2));
        assert_eq!(taken.lines[0].module.as_deref(), Some("Evidence, hashed"));
        assert!(taken.proposed.contains("Evidence, hashed\n– A worked example of hashing (2 reports, 2 deliveries)"), "{}", taken.proposed);
        // A slip is mended while the version is in work.
        service::reopen(&tina, &decision, "").await.unwrap();
        assert!(service::taken_up(&tina, &next.to_string()).await.unwrap().lines.is_empty());
        let decision = decide_all(&house, &tina, "taken_up", &next.to_string()).await.unwrap();
        release(&tina, next).await;

        // From here on the list stays as it is.
        assert_eq!(service::reopen(&tina, &decision, "").await.unwrap_err(), Refusal::PackReleased.into());
        let late = said(&house, again, &module(it.pack.module), "missing", "The same");
        service::say(&tom, &late).await.unwrap();
        let told = decide_all(&house, &tina, "taken_up", &next.to_string()).await.unwrap();
        let after = service::taken_up(&tina, &next.to_string()).await.unwrap();
        assert_eq!(after.lines, taken.lines, "what is said afterwards changes no released notes");
        assert_eq!(after.proposed, "");
        service::reopen(&tina, &told, "").await.unwrap();
        let officer = house.as_actor(&house.officer().await);
        assert_eq!(service::taken_up(&officer, &next.to_string()).await.unwrap().lines, taken.lines);
        let eve = house.as_actor(&house.trainer("Eve").await);
        assert_eq!(service::taken_up(&eve, &next.to_string()).await.unwrap_err(), AppError::Forbidden);

        // A version after that, without the module: what was said finds none.
        let third = copy(&house, &tina, next).await;
        let outline = packs::service::pack(&tina, &third.to_string(), "en").await.unwrap();
        assert!(matches!(seen(&tina, "").await.groups[0].now, Now::Became { pack, .. } if pack == third));
        for session in &outline.outline[0].sessions {
            packs::service::remove_session(&tina, &IdForm { id: session.id.to_string() }).await.unwrap();
        }
        for material in &outline.materials {
            packs::service::remove_material(&tina, &IdForm { id: material.id.to_string() }).await.unwrap();
        }
        let gone = outline.outline[0].module.id.to_string();
        packs::service::remove_module(&tina, &IdForm { id: gone }).await.unwrap();
        assert_eq!(seen(&tina, "").await.groups[0].now, Now::Gone);
        assert_eq!(service::taken_up(&tina, &next.to_string()).await.unwrap().lines, taken.lines);
    }
}

on_both! {
    async fn people_are_invited_once_told_once_and_then_forgotten(house) {
        let it = given(&house).await;
        let ana = house.person("Ana", &[]).await;
        house.enrol(it.delivery, ana.person_id).await;
        let (ana_cx, tina, job) = (house.as_actor(&ana), house.as_actor(&it.author), house.nobody());
        let about = serde_json::to_string(&jobs::About { delivery: it.delivery }).unwrap();
        let mails = || house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail'");

        // While it runs the job puts itself off to the morning after the last day.
        letters::invite_job(job.clone(), about.clone()).await.unwrap();
        assert_eq!((mails().await, house.count("SELECT COUNT(*) FROM job WHERE kind = 'feedback.invite'").await), (0, 1));
        house.put(it.delivery, "delivered").await;
        for _ in 0..2 {
            letters::invite_job(job.clone(), about.clone()).await.unwrap();
        }
        assert_eq!(mails().await, 2, "the trainer and Ana, once");

        let unsigned = said(&house, it.delivery, &module(it.pack.module), "unclear", "What a hash is");
        service::say(&ana_cx, &unsigned).await.unwrap();
        let signed = ItemForm { signed: "true".into(), ..said(&house, it.delivery, "", "too_long", "The first day") };
        service::say(&ana_cx, &signed).await.unwrap();
        let later = decide_all(&house, &tina, "later", "").await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE kind = 'feedback.tell'").await, 0, "nothing is decided yet");
        assert_eq!(house.count("SELECT COUNT(*) FROM feedback_item WHERE state = 'later' AND person_id IS NOT NULL").await, 2);
        service::reopen(&tina, &later, "").await.unwrap();

        let first = decide_all(&house, &tina, "noted", "").await.unwrap();
        service::reopen(&tina, &first, "").await.unwrap();
        let second = decide_all(&house, &tina, "declined", "").await.unwrap();
        assert_eq!(
            house.count("SELECT COUNT(*) FROM job WHERE kind = 'feedback.tell' AND run_at > created_at").await, 2,
            "both wait, so that a slip can be mended"
        );
        for decision in [&first, &second, &second] {
            letters::tell_job(job.clone(), format!("{{\"decision\":\"{decision}\"}}")).await.unwrap();
        }
        assert_eq!(mails().await, 3, "Ana is told once, of what stands");
        let letter = house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail' AND payload LIKE '%Out of scope%' AND payload NOT LIKE '%What a hash is%'");
        assert_eq!(letter.await, 1, "the reason, and not what was said");
        // What is not signed has no author any more.
        assert_eq!(house.count("SELECT COUNT(*) FROM feedback_item WHERE person_id IS NULL AND NOT signed").await, 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM feedback_item WHERE person_id IS NOT NULL AND signed").await, 1);
        assert_eq!(service::own(&ana_cx, &it.delivery.to_string()).await.unwrap().own.len(), 1);
        let decided = seen(&tina, "decided").await;
        assert_eq!(decided.groups.iter().map(|group| group.items.len()).sum::<usize>(), 2);
    }
}

on_both! {
    async fn two_editors_at_once_decide_once(house) {
        let it = given(&house).await;
        let (tom, tina) = (house.as_actor(&it.trainer), house.as_actor(&it.author));
        service::say(&tom, &said(&house, it.delivery, "", "error", "A wrong date")).await.unwrap();
        let item = seen(&tina, "").await.groups[0].items[0].clone();
        let officer = house.as_actor(&house.officer().await);
        let form = |reason: &str| DecideForm {
            id: fresh(&house),
            slug: "introductory".into(),
            items: vec![format!("{}.{}", item.id, item.version)],
            outcome: "declined".into(),
            reason: reason.into(),
            ..DecideForm::default()
        };
        let (one, two) = (form("one"), form("two"));
        let (a, b) = tokio::join!(service::decide(&tina, &one), service::decide(&officer, &two));
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|ok| **ok).count(), 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM feedback_decision").await, 1, "the other left nothing behind");
    }
}
