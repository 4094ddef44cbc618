//! Services of the roster on both databases.

use super::{
    model::{ContactForm, Held, ProfileForm, Verdict},
    service,
};
use crate::{
    common::{
        actor::Actor,
        error::AppError,
        ids::{CourseId, PersonId},
    },
    execute, on_both,
    platform::{
        context::Ctx,
        db::{self, Statement},
    },
    testing::House,
};

const LICENCE: Statement = Statement {
    name: "testing::licence",
    sql: "INSERT INTO licence (id, person_id, course_id, state, since, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $5, $5)",
};
const LIVES: Statement = Statement { name: "testing::lives", sql: "UPDATE person SET area_code = 'AL' WHERE id = $1" };

async fn licensed(house: &House, person: PersonId, course: CourseId, state: &str) {
    let id: uuid::Uuid = house.app.id();
    let mut tx = house.app.db.begin().await.unwrap();
    execute!(&mut tx, LICENCE, id, person, course, state, house.app.now()).unwrap();
    execute!(&mut tx, LIVES, person).unwrap();
    tx.commit().await.unwrap();
}

fn consent(shows: &[&str]) -> ProfileForm {
    ProfileForm {
        version: "0".into(),
        consent: "true".into(),
        shows: shows.iter().map(|it| (*it).to_owned()).collect(),
        contact: "true".into(),
        languages: vec!["sq".into(), "en".into()],
        about: "I teach evidence.".into(),
    }
}

async fn names(cx: &Ctx, search: &str) -> Vec<String> {
    service::list(cx, search, "en").await.unwrap().lines.into_iter().map(|line| line.name).collect()
}

/// A trainer with a licence who gives a delivery today, one who is only trained, an administrator and a stranger.
struct Given {
    tom: Actor,
    ann: Actor,
    ada: Ctx,
    paula: Ctx,
    course: CourseId,
}

async fn given(house: &House) -> Given {
    let academy = house.institution("academy").await;
    let course = house.course("introductory").await;
    let delivery = house.delivery(course, academy, 10).await;
    let (tom, ann) = (house.trainer("Tom").await, house.person("Ann", &[]).await);
    licensed(house, tom.person_id, course, "licensed").await;
    licensed(house, ann.person_id, course, "trained").await;
    house.trains(delivery, tom.person_id).await;
    Given {
        ada: house.as_actor(&house.administrator("Ada", academy).await),
        paula: house.as_actor(&house.person("Paula", &[]).await),
        tom,
        ann,
        course,
    }
}

on_both! {
    async fn nothing_is_public_before_consent(house) {
        let g = given(&house).await;
        let nobody = house.nobody();
        let tom = house.as_actor(&g.tom);
        let id = g.tom.person_id.to_string();
        assert!(names(&nobody, "").await.is_empty());
        assert_eq!(service::view(&nobody, &id, "en").await.unwrap_err(), AppError::NotFound);
        assert_eq!(service::view(&g.paula, &id, "en").await.unwrap_err(), AppError::NotFound);
        assert_eq!(names(&g.ada, "").await, ["Ann Tester", "Tom Tester"]);
        let own = service::view(&tom, &id, "en").await.unwrap();
        assert!(own.mine && !own.public && own.taught.unwrap().len() == 1);

        // Consent is for name, area and profession; each part is chosen.
        service::save(&tom, &consent(&[])).await.unwrap();
        assert_eq!(names(&nobody, "").await, ["Tom Tester"]);
        let seen = service::view(&nobody, &id, "en").await.unwrap();
        assert!(seen.licences.is_empty() && seen.taught.is_none() && seen.trained.is_none() && seen.away.is_none());
        assert_eq!((seen.about.as_str(), seen.line.languages.as_str(), seen.may_write), ("", "", true));
        // What is not shown is not found by either.
        for search in ["course=introductory", "language=sq", "active=true", "from=2026-12-01", "licensed=true"] {
            assert!(names(&nobody, search).await.is_empty(), "{search}");
            assert_eq!(names(&g.ada, search).await.first().map(String::as_str), if search.starts_with("from") || search.starts_with("course") { Some("Ann Tester") } else { Some("Tom Tester") }, "{search}");
        }
        assert!(matches!(service::save(&tom, &consent(&[])).await.unwrap_err(), AppError::Conflict(_)));
        let all = ["institution", "languages", "licences", "teaching", "availability", "about"];
        service::save(&tom, &ProfileForm { version: "1".into(), ..consent(&all) }).await.unwrap();
        for search in ["course=introductory", "language=sq", "active=true", "from=2026-12-01", "licensed=true", "area=AL", "q=tom"] {
            assert_eq!(names(&nobody, search).await, ["Tom Tester"], "{search}");
        }
        let seen = service::view(&nobody, &id, "en").await.unwrap();
        assert_eq!((seen.licences[0].state, seen.taught.unwrap().len(), seen.away.unwrap().len()), (Held::Licensed, 1, 0));
        // Taken back, nothing is public any more.
        service::save(&tom, &ProfileForm { version: "2".into(), consent: String::new(), ..consent(&all) }).await.unwrap();
        assert!(names(&nobody, "").await.is_empty());
        assert_eq!(service::view(&nobody, &id, "en").await.unwrap_err(), AppError::NotFound);
        // Who does not teach has no profile.
        assert!(!service::mine(&g.paula).await.unwrap().teaches);
        assert_eq!(service::save(&g.paula, &consent(&[])).await.unwrap_err(), AppError::NotFound);
    }
}

on_both! {
    async fn who_is_away_or_teaches_is_not_free(house) {
        let g = given(&house).await;
        let tom = house.as_actor(&g.tom);
        // Today and tomorrow he teaches.
        assert_eq!(names(&g.ada, "from=2026-11-25&to=2026-11-30").await, ["Ann Tester"]);
        assert_eq!(names(&g.ada, "from=2026-12-01&to=2026-12-05").await, ["Ann Tester", "Tom Tester"]);
        let away = house.app.id::<uuid::Uuid>().to_string();
        assert!(service::add_away(&tom, &away, "2026-12-04", "2026-12-01").await.is_err());
        service::add_away(&tom, &away, "2026-12-04", "2026-12-08").await.unwrap();
        assert_eq!(names(&g.ada, "from=2026-12-01&to=2026-12-05").await, ["Ann Tester"]);
        assert_eq!(names(&g.ada, "from=2026-12-09").await, ["Ann Tester", "Tom Tester"]);
        assert_eq!(service::remove_away(&house.as_actor(&g.ann), &away).await.unwrap_err(), AppError::NotFound);
        service::remove_away(&tom, &away).await.unwrap();
        assert_eq!(names(&g.ada, "from=2026-12-04").await, ["Ann Tester", "Tom Tester"]);
    }
}

on_both! {
    async fn letters_go_without_showing_the_address(house) {
        let g = given(&house).await;
        let form = ContactForm {
            trainer: g.tom.person_id.to_string(),
            subject: "A course in spring".into(),
            message: "Would you?".into(),
        };
        // A stranger writes only to who agreed to it; who runs deliveries may.
        assert_eq!(service::contact(&g.paula, &form).await.unwrap_err(), AppError::NotFound);
        assert_eq!(service::contact(&house.nobody(), &form).await.unwrap_err(), AppError::SignInRequired);
        service::contact(&g.ada, &form).await.unwrap();
        service::save(&house.as_actor(&g.tom), &consent(&[])).await.unwrap();
        for _ in 0..5 {
            service::contact(&g.paula, &form).await.unwrap();
        }
        assert!(matches!(service::contact(&g.paula, &form).await.unwrap_err(), AppError::TooMany(_)));
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail' AND payload LIKE '%tom@magistra.example%'").await, 6);
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE action = 'contact' AND record = 'trainer'").await, 6);
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE action = 'contact' AND after LIKE '%Would%'").await, 0);
    }
}

on_both! {
    async fn pages_go_on_by_name_and_cost_the_same(house) {
        let g = given(&house).await;
        let (_, few) = db::counted(service::list(&g.ada, "", "en")).await;
        for n in 0..60 {
            let person = house.person(&format!("P{n:02}"), &[]).await;
            licensed(&house, person.person_id, g.course, "licensed").await;
        }
        let (first, many) = db::counted(service::list(&g.ada, "", "en")).await;
        let first = first.unwrap();
        assert_eq!((first.lines.len(), few), (50, many));
        // Roster, choices, whether one has a page; and the note.
        assert!(many <= 4, "{many} statements");
        let next = form_urlencoded::byte_serialize(first.next.unwrap().as_bytes()).collect::<String>();
        let second = service::list(&g.ada, &format!("after={next}"), "en").await.unwrap();
        assert_eq!((second.lines.len(), second.next), (12, None));
        assert!(second.lines.iter().all(|line| first.lines.iter().all(|other| other.id != line.id)));
        assert_eq!(service::exported(&g.ada, "licensed=true", "en").await.unwrap().len(), 61);
        assert_eq!(service::exported(&g.paula, "", "en").await.unwrap_err(), AppError::Forbidden);
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE action = 'export' AND record_id = 'roster'").await, 1);
        let (view, statements) = db::counted(service::view(&g.ada, &g.tom.person_id.to_string(), "en")).await;
        assert_eq!(view.unwrap().line.taught.map(|(count, _)| count), Some(1));
        assert!(statements <= 5, "{statements} statements");
    }
}

on_both! {
    async fn coverage_names_the_gaps(house) {
        let g = given(&house).await;
        let (shown, statements) = db::counted(service::coverage(&g.ada, "introductory", "", "en")).await;
        let shown = shown.unwrap();
        assert_eq!(statements, 4);
        assert_eq!((shown.total.licensed, shown.total.active, shown.total.coming), (1, 1, 1));
        let al = shown.areas.iter().find(|line| line.code == "AL").unwrap();
        assert_eq!((al.verdict, al.wanted), (Verdict::Covered, false));
        // Tom taught in English; nobody teaches in Albanian, in which the course is given.
        let of = |code: &str| shown.languages.iter().find(|line| line.code == code).unwrap().clone();
        assert_eq!((of("en").verdict, of("sq").verdict, of("sq").wanted), (Verdict::Covered, Verdict::Gap, true));
        service::save(&house.as_actor(&g.tom), &consent(&[])).await.unwrap();
        let shown = service::coverage(&g.ada, "introductory", "", "en").await.unwrap();
        assert_eq!(shown.languages.iter().find(|line| line.code == "sq").unwrap().verdict, Verdict::Covered);
        // Who has not taught for a year is licensed, but not active.
        house.app.clock.set("2027-12-24T08:00:00Z".parse().unwrap());
        let later = service::coverage(&g.ada, "introductory", "", "en").await.unwrap();
        assert_eq!((later.total.licensed, later.total.active), (1, 0));
        assert_eq!(service::coverage(&g.paula, "introductory", "", "en").await.unwrap_err(), AppError::Forbidden);
        assert_eq!(service::coverage(&g.ada, "no-such-course", "", "en").await.unwrap_err(), AppError::NotFound);
    }
}
