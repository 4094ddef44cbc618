//! Outcomes and certificates on both databases: by the rule, once, and never telling more.

use super::{
    model::{Code, Standing, Verdict},
    service,
};
use crate::{
    common::{
        error::{AppError, Refusal},
        ids::{DeliveryId, EnrolmentId, MaterialId, SlotId},
    },
    deliveries::model::StateForm,
    execute, on_both,
    people::model::Actor,
    platform::{db::Statement, jobs},
    server::{JOBS, router},
    testing::{GivenPack, House},
};
use axum::{body::Body, http::Request};
use chrono::TimeDelta;
use http_body_util::BodyExt;
use tower::ServiceExt;

const MARK: Statement = Statement::new(
    "testing::mark",
    "INSERT INTO mark (slot_id, enrolment_id, state, minutes, source, marked_at) VALUES ($1, $2, 'present', $3, 'trainer', $4)",
);
const DONE: Statement = Statement::new(
    "testing::done",
    "INSERT INTO progress (enrolment_id, material_id, opened_at, done_at, touched_at) VALUES ($1, $2, $3, $3, $3)",
);

/// A delivery with a trainer, somebody enrolled, and the half-days to mark.
struct Given {
    delivery: DeliveryId,
    pack: GivenPack,
    slots: Vec<SlotId>,
    ana: Actor,
    place: EnrolmentId,
    admin: Actor,
    trainer: Actor,
}

async fn given(house: &House) -> Given {
    let academy = house.institution("academy").await;
    let course = house.course("introductory").await;
    let pack = house.pack(course).await;
    let delivery = house.delivery(course, academy, 20).await;
    let ana = house.person("Ana", &[]).await;
    let place = house.enrol(delivery, ana.person_id).await;
    let trainer = house.trainer("Tom").await;
    house.trains(delivery, trainer.person_id).await;
    let admin = house.administrator("Ada", academy).await;
    let slots = house.slots(delivery).await;
    Given { delivery, pack, slots, ana, place, admin, trainer }
}

async fn mark(house: &House, place: EnrolmentId, slots: &[SlotId], minutes: i64) {
    let mut tx = house.app.db.begin().await.unwrap();
    for slot in slots {
        execute!(&mut tx, MARK, *slot, place, minutes, house.app.now()).unwrap();
    }
    tx.commit().await.unwrap();
}

async fn study(house: &House, place: EnrolmentId, lessons: &[MaterialId]) {
    let mut tx = house.app.db.begin().await.unwrap();
    for lesson in lessons {
        execute!(&mut tx, DONE, place, *lesson, house.app.now()).unwrap();
    }
    tx.commit().await.unwrap();
}

/// Everything attended and done, on the last day.
async fn earn(house: &House, given: &Given) {
    mark(house, given.place, &given.slots, 210).await;
    study(house, given.place, &given.pack.lessons).await;
    house.app.clock.set(house.app.now() + TimeDelta::days(1));
}

async fn code_of(house: &House, given: &Given) -> String {
    service::mine(&house.as_actor(&given.ana)).await.unwrap().remove(0).code
}

on_both! {
    async fn a_certificate_needs_the_minutes_and_the_last_day(house) {
        let it = given(&house).await;
        let cx = house.nobody();
        // 671 of 840 minutes: one short of 80 %.
        mark(&house, it.place, &it.slots[..3], 210).await;
        mark(&house, it.place, &it.slots[3..], 41).await;
        study(&house, it.place, &it.pack.lessons).await;
        house.app.clock.set(house.app.now() + TimeDelta::days(1));
        service::look(&cx, it.delivery).await.unwrap();
        let results = service::results(&house.as_actor(&it.trainer), &it.delivery.to_string()).await.unwrap();
        assert_eq!(results.people[0].standing, Standing::Short { minutes: 1, items: 0 });
        let refused = service::issue_now(&house.as_actor(&it.trainer), &it.place.to_string()).await.unwrap_err();
        assert_eq!(refused, AppError::Refused(Refusal::RuleNotMet));
        assert_eq!(house.count("SELECT COUNT(*) FROM certificate").await, 0);
        assert_eq!(house.count("SELECT attended_minutes FROM completion").await, 671);
    }
}

on_both! {
    async fn the_rule_met_before_the_last_day_waits_unless_pressed(house) {
        let it = given(&house).await;
        mark(&house, it.place, &it.slots, 210).await;
        study(&house, it.place, &it.pack.lessons).await;
        service::look(&house.nobody(), it.delivery).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM certificate").await, 0);
        assert_eq!(house.count("SELECT COUNT(*) FROM completion WHERE met").await, 1);
        let trainer = house.as_actor(&it.trainer);
        service::issue_now(&trainer, &it.place.to_string()).await.unwrap();
        let again = service::issue_now(&trainer, &it.place.to_string()).await.unwrap_err();
        assert_eq!(again, AppError::Refused(Refusal::AlreadySent));
        assert_eq!(house.count("SELECT COUNT(*) FROM certificate").await, 1);
    }
}

on_both! {
    async fn whoever_met_the_rule_early_is_certified_when_the_delivery_is_over(house) {
        let it = given(&house).await;
        mark(&house, it.place, &it.slots, 210).await;
        study(&house, it.place, &it.pack.lessons).await;
        jobs::drain(&house.app, JOBS).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM certificate").await, 0);
        // Nobody marks or studies any more; only the state changes.
        let admin = house.as_actor(&it.admin);
        let version = house.count("SELECT version FROM delivery").await.to_string();
        let form = StateForm { id: it.delivery.to_string(), version, to: "delivered".into(), reason: String::new() };
        crate::trainers::guard::change_state(&admin, &form).await.unwrap();
        jobs::drain(&house.app, JOBS).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM certificate").await, 1);
    }
}

on_both! {
    async fn a_certificate_is_issued_once_and_told_once(house) {
        let it = given(&house).await;
        earn(&house, &it).await;
        let looks = (0..8).map(|_| {
            let cx = house.nobody();
            tokio::spawn(async move { service::look(&cx, it.delivery).await })
        });
        for look in futures::future::join_all(looks).await {
            look.unwrap().unwrap();
        }
        service::look(&house.nobody(), it.delivery).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM certificate").await, 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail'").await, 1);
        // Delivered: the place moves on, by two steps on record, and no further.
        house.put(it.delivery, "delivered").await;
        for _ in 0..2 {
            service::look(&house.nobody(), it.delivery).await.unwrap();
        }
        assert_eq!(house.count("SELECT COUNT(*) FROM enrolment WHERE state = 'completed'").await, 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM enrolment_change").await, 2);
        // Everything queued by it can be done, the paper among it.
        jobs::drain(&house.app, JOBS).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE state <> 'done'").await, 0);
        assert_eq!(house.count("SELECT COUNT(*) FROM certificate WHERE file_id IS NOT NULL").await, 1);
    }
}

on_both! {
    async fn who_came_in_part_or_never_ends_so(house) {
        let it = given(&house).await;
        let ben = house.person("Ben", &[]).await;
        let absent = house.enrol(it.delivery, ben.person_id).await;
        mark(&house, it.place, &it.slots[..1], 210).await;
        house.put(it.delivery, "delivered").await;
        service::look(&house.nobody(), it.delivery).await.unwrap();
        let results = service::results(&house.as_actor(&it.admin), &it.delivery.to_string()).await.unwrap();
        let state = |place| results.people.iter().find(|line| line.enrolment == place).unwrap().state.code();
        assert_eq!((state(it.place), state(absent)), ("not_completed", "not_attended"));
        assert_eq!(results.people[0].standing, Standing::Short { minutes: 672 - 210, items: 2 });
    }
}

on_both! {
    async fn a_record_without_a_register_is_left_alone(house) {
        let it = given(&house).await;
        house.put(it.delivery, "reported").await;
        service::look(&house.nobody(), it.delivery).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM enrolment WHERE state = 'confirmed'").await, 1);
    }
}

on_both! {
    async fn anybody_may_check_and_sees_no_name_until_allowed(house) {
        let it = given(&house).await;
        earn(&house, &it).await;
        service::look(&house.nobody(), it.delivery).await.unwrap();
        let code = code_of(&house, &it).await;
        let ask = |code: String| {
            let cx = house.nobody();
            async move { service::verify(&cx, &code).await.unwrap() }
        };
        let Verdict::Genuine(seen) = ask(code.to_lowercase().replace('-', " ")).await else { panic!("genuine") };
        assert_eq!((seen.name, seen.minutes), (None, 840));
        // Nobody but the holder decides.
        let ana = house.as_actor(&it.ana);
        let id = service::mine(&ana).await.unwrap()[0].id.to_string();
        assert_eq!(service::show_name(&house.as_actor(&it.admin), &id, "true").await.unwrap_err(), AppError::NotFound);
        assert_eq!(service::show_name(&house.nobody(), &id, "true").await.unwrap_err(), AppError::SignInRequired);
        service::show_name(&ana, &id, "true").await.unwrap();
        let Verdict::Genuine(seen) = ask(code.clone()).await else { panic!("genuine") };
        assert_eq!(seen.name.as_deref(), Some("Ana Tester"));
        service::show_name(&ana, &id, "false").await.unwrap();
        let Verdict::Genuine(seen) = ask(code).await else { panic!("genuine") };
        assert_eq!(seen.name, None);
        // A right form that we never issued, and nonsense, are one answer.
        assert_eq!(ask(Code::from_entropy([7; 12]).to_string()).await, Verdict::Unknown);
        assert_eq!(ask("' OR 1=1 --".into()).await, Verdict::Unknown);
    }
}

on_both! {
    async fn a_withdrawn_certificate_says_so_and_a_new_one_has_a_new_code(house) {
        let it = given(&house).await;
        earn(&house, &it).await;
        service::look(&house.nobody(), it.delivery).await.unwrap();
        let (ana, admin) = (house.as_actor(&it.ana), house.as_actor(&it.admin));
        let code = code_of(&house, &it).await;
        let id = service::mine(&ana).await.unwrap()[0].id.to_string();
        let stranger = house.as_actor(&house.administrator("Eve", house.institution("other").await).await);
        assert_eq!(service::revoke(&stranger, &id, "mine").await.unwrap_err(), AppError::Forbidden);
        assert_eq!(service::revoke(&ana, &id, "mine").await.unwrap_err(), AppError::Forbidden);
        assert!(matches!(service::revoke(&admin, &id, "  ").await.unwrap_err(), AppError::Invalid(_)));
        service::revoke(&admin, &id, "The name was misspelt").await.unwrap();
        assert_eq!(service::revoke(&admin, &id, "again").await.unwrap_err(), AppError::Refused(Refusal::AlreadySent));
        let day = house.app.now().date_naive();
        assert_eq!(service::verify(&house.nobody(), &code).await.unwrap(), Verdict::Revoked { on: day });
        assert_eq!(service::download(&ana, &id).await.unwrap_err(), AppError::NotFound);
        // The job does not issue it again by itself; somebody does.
        service::look(&house.nobody(), it.delivery).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM certificate").await, 1);
        service::issue_now(&admin, &it.place.to_string()).await.unwrap();
        assert_eq!(service::verify(&house.nobody(), &code).await.unwrap(), Verdict::Revoked { on: day });
        assert_eq!(service::mine(&ana).await.unwrap().len(), 2);
    }
}

on_both! {
    async fn the_paper_is_for_the_holder_and_the_house(house) {
        let it = given(&house).await;
        earn(&house, &it).await;
        service::look(&house.nobody(), it.delivery).await.unwrap();
        let id = service::mine(&house.as_actor(&it.ana)).await.unwrap()[0].id.to_string();
        let (name, first) = service::download(&house.as_actor(&it.ana), &id).await.unwrap();
        assert!(name.ends_with(".pdf") && first.starts_with(b"%PDF"));
        for actor in [&it.trainer, &it.admin, &house.officer().await] {
            assert_eq!(service::download(&house.as_actor(actor), &id).await.unwrap().1, first);
        }
        assert_eq!(house.count("SELECT COUNT(*) FROM file").await, 1);
        let other = house.institution("other").await;
        let eve = house.administrator("Eve", other).await;
        let strangers = [eve, house.trainer("Tim").await, house.person("Zoe", &[]).await];
        for stranger in &strangers {
            let cx = house.as_actor(stranger);
            assert_eq!(service::download(&cx, &id).await.unwrap_err(), AppError::Forbidden);
            assert_eq!(service::results(&cx, &it.delivery.to_string()).await.unwrap_err(), AppError::Forbidden);
            assert_eq!(service::issue_now(&cx, &it.place.to_string()).await.unwrap_err(), AppError::Forbidden);
        }
        // Nobody is sent to sign in; the public sees the verdict without a name, and 404 for what is not ours.
        let app = router(&house.app).unwrap();
        let get = |path: String| {
            let app = app.clone();
            async move { app.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap() }
        };
        let response = get(format!("/certificates/{id}.pdf")).await;
        assert_eq!((response.status().as_u16(), response.headers()["location"].to_str().unwrap()), (303, &*format!("/sign-in?next=%2Fcertificates%2F{id}.pdf")));
        let page = get(format!("/verify/{}", code_of(&house, &it).await)).await;
        assert_eq!(page.status(), 200);
        let html = String::from_utf8(page.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap();
        assert!(html.contains("Genuine") && !html.contains("Ana") && !html.contains(&id));
        assert_eq!(get("/verify/0000-0000-0001".into()).await.status(), 404);
    }
}

on_both! {
    async fn results_cost_the_same_for_one_and_for_many(house) {
        let it = given(&house).await;
        let cx = house.as_actor(&it.admin);
        let (_, one) = crate::platform::db::counted(service::results(&cx, &it.delivery.to_string())).await;
        for i in 0..12 {
            let person = house.person(&format!("P{i}"), &[]).await;
            house.enrol(it.delivery, person.person_id).await;
        }
        let (results, many) = crate::platform::db::counted(service::results(&cx, &it.delivery.to_string())).await;
        assert_eq!((results.unwrap().people.len(), one, many), (13, 4, 4));
    }
}
