//! Study on both databases.

use super::{
    api::Shelf,
    model::{DoneForm, Step},
    service,
};
use crate::{common::error::AppError, on_both, platform::db::counted};

fn form(delivery: impl ToString, material: impl ToString) -> DoneForm {
    DoneForm { delivery: delivery.to_string(), material: material.to_string() }
}

on_both! {
    async fn from_the_first_lesson_to_the_last(house) {
        let academy = house.institution("academy").await;
        let course = house.course("introductory").await;
        let pack = house.pack(course).await;
        let delivery = house.delivery(course, academy, 10).await;
        let judge = house.person("Ana", &[]).await;
        let ana = house.as_actor(&judge);
        let id = delivery.to_string();
        assert!(service::mine(&ana).await.unwrap().is_empty());
        assert_eq!(service::study(&ana, &id, "").await.unwrap_err(), AppError::Forbidden, "no place yet");
        house.enrol(delivery, judge.person_id).await;

        let mine = service::mine(&ana).await.unwrap();
        assert_eq!((mine[0].shelf, mine[0].begun, mine[0].progress.total), (Shelf::Current, false, 2));
        let study = service::study(&ana, &id, "").await.unwrap();
        assert_eq!(study.shown.as_ref().unwrap().line.id, pack.lessons[0]);
        assert!(study.items.iter().all(|item| item.step == Step::Fresh), "reading changes nothing");

        let second = pack.lessons[1].to_string();
        service::opened(&ana, &id, &second).await.unwrap();
        service::position(&ana, &id, &second, 95).await.unwrap();
        let study = service::study(&ana, &id, "").await.unwrap();
        assert_eq!(study.shown.as_ref().map(|it| (it.line.id, it.position)), Some((pack.lessons[1], 95)), "where she stopped");
        assert_eq!(study.items[1].step, Step::Begun);

        let next = service::done(&ana, &form(delivery, &second)).await.unwrap();
        assert_eq!(next.to, format!("/learn/{id}/{}", pack.lessons[0]), "back to what was left out");
        assert_eq!(service::done(&ana, &form(delivery, pack.lessons[0])).await.unwrap().to, format!("/learn/{id}/{second}"));
        service::done(&ana, &form(delivery, &second)).await.unwrap();
        let mine = service::mine(&ana).await.unwrap();
        assert_eq!((mine[0].progress.done, mine[0].progress.left), (2, 0));
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE kind = 'completion.look'").await, 1);
    }
}

on_both! {
    async fn only_with_a_place_and_only_what_is_for_participants(house) {
        let academy = house.institution("academy").await;
        let course = house.course("introductory").await;
        let pack = house.pack(course).await;
        let delivery = house.delivery(course, academy, 10).await;
        let other = house.course("advanced").await;
        let other_pack = house.pack(other).await;
        let judge = house.person("Ana", &[]).await;
        house.enrol(delivery, judge.person_id).await;
        let ana = house.as_actor(&judge);
        let officer = house.as_actor(&house.officer().await);
        let (id, lesson) = (delivery.to_string(), pack.lessons[0].to_string());
        for (who, refusal) in [(&officer, AppError::Forbidden), (&house.nobody(), AppError::SignInRequired)] {
            assert_eq!(service::study(who, &id, &lesson).await.unwrap_err(), refusal);
            assert_eq!(service::opened(who, &id, &lesson).await.unwrap_err(), refusal);
            assert_eq!(service::position(who, &id, &lesson, 1).await.unwrap_err(), refusal);
            assert_eq!(service::done(who, &form(&id, &lesson)).await.unwrap_err(), refusal);
        }
        let foreign = other_pack.lessons[0].to_string();
        assert_eq!(service::study(&ana, &id, &foreign).await.unwrap_err(), AppError::NotFound, "another pack's");
        assert_eq!(service::done(&ana, &form(&id, &foreign)).await.unwrap_err(), AppError::NotFound);
        assert_eq!(service::position(&ana, &id, &lesson, -1).await.unwrap_err().status(), 422);
        house.put(delivery, "planned").await;
        assert_eq!(service::study(&ana, &id, &lesson).await.unwrap_err(), AppError::Forbidden);
        assert_eq!(service::mine(&ana).await.unwrap()[0].shelf, Shelf::Upcoming);
        house.put(delivery, "running").await;
        assert_eq!(house.count("SELECT COUNT(*) FROM progress").await, 0);
        let (_, page) = counted(service::study(&ana, &id, &lesson)).await;
        let (_, list) = counted(service::mine(&ana)).await;
        assert_eq!((page, list), (4, 2));
    }
}
