//! Keeping courses on both databases: who may, what is refused, what happens twice.

use super::{
    model::{CourseForm, CourseLine},
    service::{add_author, at_institution, for_edit, in_area, remove_author, save},
};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::FaultKind,
        ids::CourseId,
    },
    on_both,
    platform::context::Ctx,
};

fn form(id: impl ToString, version: i64, title: &str) -> CourseForm {
    CourseForm {
        id: id.to_string(),
        version: version.to_string(),
        kind: "introductory".into(),
        audiences: vec!["judges".into()],
        languages: "en sq".into(),
        minutes: "1080".into(),
        days: "3".into(),
        title_en: title.into(),
        summary_en: "What cybercrime is.".into(),
        objectives_en: "Order data".into(),
        attendance_percent: "80".into(),
        published: "true".into(),
        ..Default::default()
    }
}

async fn made(cx: &Ctx, title: &str) -> (CourseId, String) {
    let id = for_edit(cx, None, "en").await.unwrap().whole.course.id;
    let done = save(cx, &form(id, 0, title)).await.unwrap();
    (id, done.to.trim_start_matches("/courses/").to_owned())
}

on_both! {
    async fn a_trainer_makes_a_course_once_and_is_its_author(house) {
        let tom = house.as_actor(&house.trainer("Tom").await);
        let (id, slug) = made(&tom, "Électronic évidence").await;
        assert_eq!(slug, "electronic-evidence");
        assert_eq!(save(&tom, &form(id, 0, "Again")).await.unwrap_err(), AppError::Refused(Refusal::AlreadySent));
        let edit = for_edit(&tom, Some(&slug), "en").await.unwrap();
        assert_eq!((edit.authors.len(), edit.whole.texts.len(), edit.whole.course.version), (1, 1, 1));
        let (_, second) = made(&tom, "Electronic evidence").await;
        assert_eq!(second, "electronic-evidence-2");
        // The address stays whatever the title becomes.
        save(&tom, &form(id, 1, "Quite another title")).await.unwrap();
        assert_eq!(for_edit(&tom, Some(&slug), "en").await.unwrap().whole.texts[0].title, "Quite another title");
        assert_eq!(house.count("SELECT COUNT(*) FROM course").await, 2);
        assert_eq!(house.count("SELECT COUNT(*) FROM course WHERE folded LIKE 'quite another title%order data'").await, 1);
    }
}

on_both! {
    async fn who_may_not(house) {
        let academy = house.institution("academy").await;
        let tom = house.as_actor(&house.trainer("Tom").await);
        let (id, slug) = made(&tom, "Mine").await;
        let eve = house.as_actor(&house.trainer("Eve").await);
        let ada = house.as_actor(&house.administrator("Ada", academy).await);
        let jan = house.as_actor(&house.person("Jan", &[]).await);
        for cx in [&eve, &ada, &jan] {
            assert_eq!(save(cx, &form(id, 1, "Stolen")).await.unwrap_err(), AppError::Forbidden);
            assert_eq!(for_edit(cx, Some(&slug), "en").await.unwrap_err(), AppError::Forbidden);
            assert_eq!(add_author(cx, &id.to_string(), "eve@magistra.example").await.unwrap_err(), AppError::Forbidden);
            let tom_id = tom.actor.as_ref().unwrap().person_id.to_string();
            assert_eq!(remove_author(cx, &id.to_string(), &tom_id).await.unwrap_err(), AppError::Forbidden);
        }
        for cx in [&ada, &jan] {
            assert_eq!(for_edit(cx, None, "en").await.unwrap_err(), AppError::Forbidden);
            let new: CourseId = house.app.id();
            assert_eq!(save(cx, &form(new, 0, "New")).await.unwrap_err(), AppError::Forbidden);
        }
        let nobody = house.nobody();
        assert_eq!(save(&nobody, &form(id, 1, "Stolen")).await.unwrap_err(), AppError::SignInRequired);
        assert_eq!(for_edit(&nobody, None, "en").await.unwrap_err(), AppError::SignInRequired);
        assert_eq!(for_edit(&nobody, Some(&slug), "en").await.unwrap_err(), AppError::SignInRequired);
        let officer = house.as_actor(&house.officer().await);
        save(&officer, &form(id, 1, "By the officer")).await.unwrap();
    }
}

on_both! {
    async fn authors_come_and_go(house) {
        let tom = house.as_actor(&house.trainer("Tom").await);
        let eve = house.as_actor(&house.trainer("Eve").await);
        let (id, slug) = made(&tom, "Ours").await;
        let id = id.to_string();
        for (wrong, kind) in [("", FaultKind::Required), ("nobody@magistra.example", FaultKind::Choice)] {
            assert_eq!(add_author(&tom, &id, wrong).await.unwrap_err(), AppError::field("email", kind));
        }
        add_author(&tom, &id, " EVE@magistra.example ").await.unwrap();
        assert_eq!(add_author(&tom, &id, "eve@magistra.example").await.unwrap_err(), AppError::Refused(Refusal::AlreadySent));
        assert_eq!(for_edit(&eve, Some(&slug), "en").await.unwrap().authors.len(), 2);
        let eve_id = eve.actor.as_ref().unwrap().person_id.to_string();
        let done = remove_author(&eve, &id, &eve_id).await.unwrap();
        assert_eq!(done.to, format!("/courses/{slug}"), "who cannot edit any more is not sent to the form");
        assert_eq!(for_edit(&eve, Some(&slug), "en").await.unwrap_err(), AppError::Forbidden);
        assert_eq!(remove_author(&tom, &id, &eve_id).await.unwrap_err(), AppError::NotFound);
    }
}

on_both! {
    async fn two_editors_and_the_second_is_shown_both(house) {
        let tom = house.as_actor(&house.trainer("Tom").await);
        let officer = house.as_actor(&house.officer().await);
        let (id, slug) = made(&tom, "Course").await;
        save(&tom, &form(id, 1, "Title by Tom")).await.unwrap();
        let mut second = form(id, 1, "Title by the officer");
        second.days = "4".into();
        let AppError::Conflict(conflict) = save(&officer, &second).await.unwrap_err() else { panic!() };
        assert_eq!((conflict.by.as_str(), conflict.version), ("Tom Tester", 2));
        assert_eq!(conflict.theirs, [("days".to_owned(), "3".to_owned()), ("title_en".to_owned(), "Title by Tom".to_owned())]);
        second.version = conflict.version.to_string();
        save(&officer, &second).await.unwrap();
        let now = for_edit(&officer, Some(&slug), "en").await.unwrap().whole;
        assert_eq!((now.course.days, now.course.version), (4, 3));
    }
}

on_both! {
    async fn links_that_cannot_be_leave_nothing_behind(house) {
        let academy = house.institution("academy").await;
        let officer = house.as_actor(&house.officer().await);
        let (basic, _) = made(&officer, "Basic").await;
        let (advanced, _) = made(&officer, "Advanced").await;
        let mut needs = form(advanced, 1, "Advanced");
        needs.prerequisites = vec![basic.to_string()];
        needs.institutions = vec![academy.to_string()];
        save(&officer, &needs).await.unwrap();
        let mut circle = form(basic, 1, "Basic");
        circle.prerequisites = vec![advanced.to_string()];
        assert_eq!(save(&officer, &circle).await.unwrap_err(), AppError::field("prerequisites", FaultKind::Choice));
        let forged: CourseId = house.app.id();
        circle.prerequisites = vec![forged.to_string()];
        assert_eq!(save(&officer, &circle).await.unwrap_err(), AppError::field("", FaultKind::Malformed));
        let new: CourseId = house.app.id();
        let mut forged_new = form(new, 0, "New");
        forged_new.institutions = vec![forged.to_string()];
        assert_eq!(save(&officer, &forged_new).await.unwrap_err(), AppError::field("", FaultKind::Malformed));
        assert_eq!(house.count("SELECT COUNT(*) FROM course").await, 2);
        assert_eq!(house.count("SELECT COUNT(*) FROM course_prerequisite").await, 1);
        let slugs = |lines: Vec<CourseLine>| lines.into_iter().map(|line| line.slug).collect::<Vec<_>>();
        assert_eq!(slugs(at_institution(&officer, "academy", "fr").await.unwrap()), ["advanced"]);
        assert_eq!(slugs(in_area(&officer, "AL", "en").await.unwrap()), ["advanced"]);
        assert!(in_area(&officer, "ZZ", "en").await.unwrap().is_empty());
    }
}
