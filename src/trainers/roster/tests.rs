//! Services of the roster on both databases.

use super::{
    api::{Coverage, TrainerLine, TrainerView},
    cover::Verdict,
    model::{ContactForm, Held, ProfileForm, Remarks, Search},
    service,
};
use crate::{
    common::{
        actor::{Actor, Grant, Role},
        error::AppError,
        ids::{CourseId, DeliveryId, PersonId},
    },
    execute,
    i18n::{self, Locale},
    on_both,
    platform::{
        context::Ctx,
        db::{self, Statement},
        export::Cell,
    },
    server::{router, web_tests},
    testing::House,
    trainers::pages::roster::paper,
};

const LICENCE: Statement = Statement::new(
    "testing::licence",
    "INSERT INTO licence (id, person_id, course_id, state, since, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $5, $5)",
);
const LIVES: Statement = Statement::new("testing::lives", "UPDATE person SET area_code = 'AL' WHERE id = $1");

const STATE: Statement = Statement::new("testing::state", "UPDATE enrolment SET state = $2 WHERE id = $1");
const HEADS: Statement =
    Statement::new("testing::heads", "INSERT INTO head_count (id, slot_id, total, counted_at) VALUES ($1, $2, $3, $4)");
const ENDED: Statement = Statement::new("testing::ended", "UPDATE role_grant SET ended_at = $2 WHERE person_id = $1");
const PROJECT: Statement = Statement::new(
    "testing::project",
    "INSERT INTO project (id, key, title, status) VALUES ($1, 'ipa', 'ipa', 'running')",
);
const PROJECT_AREA: Statement =
    Statement::new("testing::project_area", "INSERT INTO project_area (project_id, area_code) VALUES ($1, 'AL')");
const SPEAKS: Statement = Statement::new("testing::speaks", "UPDATE area SET languages = ';sq;tr;' WHERE code = 'AL'");
const KOSOVO_AREA: Statement = Statement::new(
    "testing::kosovo",
    "INSERT INTO area (code, languages, project_area, footnote) VALUES ('XK', '', TRUE, TRUE)",
);
const FROM_KOSOVO: Statement =
    Statement::new("testing::from_kosovo", "UPDATE person SET area_code = 'XK' WHERE id = $1");
const POST: Statement = Statement::new(
    "testing::post",
    "INSERT INTO post (id, person_id, profession, workplace) VALUES ($1, $2, 'judge', 'A court')",
);

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
    delivery: DeliveryId,
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
        delivery,
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
        assert_eq!(service::exported(&g.ada, "licensed=true", "en").await.unwrap().0.len(), 61);
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
        assert_eq!((shown.total.licensed, shown.total.active, shown.total.coming), (Some(1), Some(1), Some(1)));
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
        assert_eq!((later.total.licensed, later.total.active), (Some(1), Some(0)));
        assert_eq!(service::coverage(&g.paula, "introductory", "", "en").await.unwrap_err(), AppError::Forbidden);
        assert_eq!(service::coverage(&g.ada, "no-such-course", "", "en").await.unwrap_err(), AppError::NotFound);
    }
}

const REMARK: Statement = Statement::new("testing::remark", "INSERT INTO feedback_item (id, course_id, delivery_id, kind, text, state, by_trainer, signed, wants_answer, written_on)
        VALUES ($1, $2, $3, $4, 'x', 'open', $5, FALSE, FALSE, $6)");

async fn remarks(house: &House, g: &Given, kind: &str, by_trainer: bool, times: usize) {
    let mut tx = house.app.db.begin().await.unwrap();
    for _ in 0..times {
        let id: uuid::Uuid = house.app.id();
        let on = house.app.now().date_naive();
        execute!(&mut tx, REMARK, id, g.course, g.delivery, kind, by_trainer, on).unwrap();
    }
    tx.commit().await.unwrap();
}

on_both! {
    async fn feedback_is_found_and_few_voices_are_not(house) {
        let g = given(&house).await;
        let officer = house.as_actor(&house.officer().await);
        let nobody = house.nobody();
        service::save(&house.as_actor(&g.tom), &consent(&["teaching"])).await.unwrap();
        remarks(&house, &g, "unclear", true, 9).await;
        assert!(names(&officer, "feedback=heard").await.is_empty(), "what trainers say counts for nobody");
        remarks(&house, &g, "praise", false, 2).await;
        remarks(&house, &g, "unclear", false, 2).await;
        // Two of four are praise: the programme office finds that, others do not learn of it.
        for search in ["feedback=heard", "feedback=praised"] {
            assert_eq!(names(&officer, search).await, ["Tom Tester"], "{search}");
            assert!(names(&g.ada, search).await.is_empty() && names(&nobody, search).await.is_empty(), "{search}");
        }
        let said = async |cx: &Ctx| service::list(cx, "q=tom", "en").await.unwrap().lines[0].remarks.unwrap();
        assert_eq!((said(&officer).await, said(&g.ada).await), (Remarks { all: Some(4), praise: Some(2) }, Remarks { all: None, praise: None }));
        remarks(&house, &g, "unclear", false, 2).await;
        assert_eq!(names(&g.ada, "feedback=heard").await, ["Tom Tester"]);
        assert!(names(&officer, "feedback=praised").await.is_empty(), "two of six");
        assert_eq!(names(&nobody, "feedback=heard").await, ["Tom Tester"]);
        assert_eq!(names(&officer, "feedback=no-such").await.len(), 2, "what is no value is left out");
        // What is not shown is not found.
        service::save(&house.as_actor(&g.tom), &ProfileForm { version: "1".into(), ..consent(&[]) }).await.unwrap();
        assert!(names(&nobody, "feedback=heard").await.is_empty());
        assert_eq!(service::list(&nobody, "", "en").await.unwrap().lines[0].remarks, None);
    }
}

on_both! {
    async fn a_page_says_who_completed_and_what_was_said(house) {
        let g = given(&house).await;
        for n in 0..7 {
            let place = house.enrol(g.delivery, house.person(&format!("P{n}"), &[]).await.person_id).await;
            let mut tx = house.app.db.begin().await.unwrap();
            execute!(&mut tx, STATE, place, if n < 3 { "completed" } else { "attended" }).unwrap();
            tx.commit().await.unwrap();
        }
        remarks(&house, &g, "praise", false, 6).await;
        service::save(&house.as_actor(&g.tom), &consent(&["teaching", "licences"])).await.unwrap();
        let id = g.tom.person_id.to_string();
        let seen = async |cx: &Ctx| {
            let view = service::view(cx, &id, "en").await.unwrap();
            let line = view.taught.unwrap()[0].clone();
            (view.reached, line.reached, line.completed, line.heads, view.licences[0].id.is_some())
        };
        assert_eq!(seen(&g.ada).await, (Some(7), Some(7), Some(3), None, false));
        assert_eq!(seen(&house.as_actor(&g.tom)).await, (Some(7), Some(7), Some(3), None, true));
        assert_eq!(seen(&house.nobody()).await, (Some(5), Some(5), None, None, false));
        let officer = house.as_actor(&house.officer().await);
        assert!(seen(&officer).await.4, "who manages people may open the licence");
        let line = |view: TrainerView| view.taught.unwrap()[0].remarks;
        assert_eq!(line(service::view(&house.nobody(), &id, "en").await.unwrap()), Remarks { all: Some(5), praise: Some(5) });
        assert_eq!(line(service::view(&officer, &id, "en").await.unwrap()), Remarks { all: Some(6), praise: Some(6) });
        // A delivery without names has heads, and completes nobody.
        let sealed = house.delivery(g.course, house.institution("closed").await, 10).await;
        house.seal(sealed).await;
        house.trains(sealed, g.tom.person_id).await;
        let slot = house.slots(sealed).await[0];
        let mut tx = house.app.db.begin().await.unwrap();
        let count: uuid::Uuid = house.app.id();
        execute!(&mut tx, HEADS, count, slot, 12_i64, house.app.now()).unwrap();
        tx.commit().await.unwrap();
        let heads = |view: TrainerView| view.taught.unwrap().into_iter().find(|line| line.id == sealed).unwrap().heads;
        assert_eq!(heads(service::view(&officer, &id, "en").await.unwrap()), Some((Some(12), false)));
        assert_eq!(heads(service::view(&house.nobody(), &id, "en").await.unwrap()), Some((Some(10), false)));
        assert_eq!(service::view(&officer, &id, "en").await.unwrap().reached, Some(7), "nobody is counted twice");
    }
}

on_both! {
    async fn who_teaches_no_more_is_not_in_the_public_roster(house) {
        let paul = house.trainer("Paul").await;
        service::save(&house.as_actor(&paul), &consent(&[])).await.unwrap();
        assert_eq!(names(&house.nobody(), "").await, ["Paul Tester"]);
        let mut tx = house.app.db.begin().await.unwrap();
        execute!(&mut tx, ENDED, paul.person_id, house.app.now()).unwrap();
        tx.commit().await.unwrap();
        let one = service::view(&house.nobody(), &paul.person_id.to_string(), "en").await;
        assert_eq!(one.unwrap_err(), AppError::NotFound);
        assert!(names(&house.nobody(), "").await.is_empty(), "the list agrees with the page");
    }
}

on_both! {
    async fn areas_and_languages_together_and_nothing_small_for_observers(house) {
        let g = given(&house).await;
        service::save(&house.as_actor(&g.tom), &consent(&[])).await.unwrap();
        let shown = service::coverage(&g.ada, "introductory", "", "en").await.unwrap();
        let at = |shown: &Coverage, language: &str| {
            let n = shown.spoken.iter().position(|code| code == language).unwrap();
            shown.crossings.iter().find(|area| area.code == "AL").unwrap().languages[n].clone()
        };
        let sq = at(&shown, "sq");
        assert_eq!((sq.cover.licensed, sq.cover.active, sq.verdict), (Some(1), Some(1), Verdict::Covered));
        // No project works there yet, so nobody is wanted; once one does, a language of the area without anybody is a gap.
        assert!(!sq.wanted);
        let project: uuid::Uuid = house.app.id();
        let mut tx = house.app.db.begin().await.unwrap();
        execute!(&mut tx, PROJECT, project).unwrap();
        execute!(&mut tx, PROJECT_AREA, project).unwrap();
        execute!(&mut tx, SPEAKS).unwrap();
        tx.commit().await.unwrap();
        let (shown, statements) = db::counted(service::coverage(&g.ada, "introductory", "", "en")).await;
        let shown = shown.unwrap();
        assert_eq!(statements, 4);
        assert_eq!((at(&shown, "sq").wanted, at(&shown, "tr").wanted, at(&shown, "tr").verdict), (true, true, Verdict::Gap));
        assert!(!at(&shown, "en").wanted, "it is taught in English, and nobody asks for it there");
        assert!(!shown.suppressed);
        let grant = Grant { role: Role::Observer, institution: None, area: None };
        let olga = house.as_actor(&house.person("Olga", &[grant]).await);
        let told = service::coverage(&olga, "introductory", "", "en").await.unwrap();
        assert!(told.suppressed && !told.whole);
        assert_eq!((told.total.licensed, told.total.coming, told.total.lapsed), (None, None, Some(0)));
        assert_eq!((at(&told, "sq").cover.licensed, at(&told, "sq").verdict), (None, Verdict::Covered));
        assert!(told.areas.iter().chain(&told.languages).all(|line| line.cover.licensed.is_none_or(|count| count % 5 == 0)));
    }
}

on_both! {
    async fn the_file_has_words_and_the_footnote(house) {
        let g = given(&house).await;
        let mut tx = house.app.db.begin().await.unwrap();
        execute!(&mut tx, KOSOVO_AREA).unwrap();
        execute!(&mut tx, FROM_KOSOVO, g.ann.person_id).unwrap();
        execute!(&mut tx, POST, house.app.id::<uuid::Uuid>(), g.tom.person_id).unwrap();
        tx.commit().await.unwrap();
        let (lines, footnote) = service::exported(&g.ada, "", "en").await.unwrap();
        assert!(footnote);
        let file = |locale, lines: &[TrainerLine], footnote| {
            i18n::speaking(locale, || paper::sheet(lines, &Search::default(), footnote, house.app.now()))
        };
        let english = file(Locale::en, &lines, footnote);
        assert_eq!(english.notes.len(), 1);
        let tom = english.rows.iter().find(|row| row[0] == Cell::text("Tom Tester")).unwrap();
        assert_eq!((&tom[3], &tom[6]), (&Cell::text("Judge"), &Cell::Count(1)));
        assert_eq!(file(Locale::fr, &lines, footnote).rows.iter().filter(|row| row[3] == Cell::text("Juge")).count(), 1);
        let (_, footnote) = service::exported(&g.ada, "q=tom", "en").await.unwrap();
        assert!(!footnote);
        let app = router(&house.app).unwrap();
        let visitor = web_tests::Visitor::signed_in(&house, &house.officer().await).await;
        for (address, start) in [("/trainers.csv?lang=en", "\u{feff}Name,Area,"), ("/trainers.xlsx", "PK")] {
            let answer = web_tests::ask(&app, visitor.request(web_tests::get(address))).await;
            assert!(answer.status == 200 && answer.body.starts_with(start), "{address}");
        }
    }
}
