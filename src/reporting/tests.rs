//! The numbers on both databases: equal to counting by hand, each person once, nobody betrayed.

use super::{
    model::{ALL, FEW, Figures},
    service::{self, Filter},
};
use crate::{
    common::{
        actor::{Actor, Grant, Role},
        error::AppError,
        ids::{CourseId, DeliveryId},
    },
    execute,
    i18n::Locale,
    on_both,
    platform::db::Statement,
    server::router,
    testing::House,
};
use axum::{body::Body, http::Request};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::collections::{BTreeMap, BTreeSet};
use tower::ServiceExt;

const PLACE: Statement =
    Statement::new("testing::place", "UPDATE enrolment SET state = $2, area_code = $3 WHERE id = $1");
const AREA: Statement = Statement::new(
    "testing::area",
    "INSERT INTO area (code, languages, project_area, footnote) VALUES ($1, '', TRUE, FALSE)",
);
const PROJECT: Statement =
    Statement::new("testing::project", "INSERT INTO project (id, key, title, status) VALUES ($1, $2, $2, 'running')");
const PAYS: Statement = Statement::new(
    "testing::pays",
    "INSERT INTO delivery_project (delivery_id, project_id) SELECT $1, id FROM project WHERE key = $2",
);

async fn observer(house: &House) -> Actor {
    house.person("Olga", &[Grant { role: Role::Observer, institution: None, area: None }]).await
}

async fn projects(house: &House, keys: &[&str]) {
    let mut tx = house.app.db.begin().await.unwrap();
    for key in keys {
        execute!(&mut tx, PROJECT, house.app.id::<uuid::Uuid>(), *key).unwrap();
    }
    tx.commit().await.unwrap();
}

async fn pays(house: &House, delivery: DeliveryId, project: &str) {
    let mut tx = house.app.db.begin().await.unwrap();
    execute!(&mut tx, PAYS, delivery, project).unwrap();
    tx.commit().await.unwrap();
}

/// What was counted by hand, for a project, an area and a course.
#[derive(Default)]
struct ByHand {
    deliveries: BTreeSet<DeliveryId>,
    participations: i64,
    persons: BTreeSet<usize>,
    completions: i64,
}

on_both! {
    async fn numbers_equal_a_count_by_hand(house) {
        let mut rng = StdRng::seed_from_u64(20);
        let academy = house.institution("academy").await;
        let mut tx = house.app.db.begin().await.unwrap();
        for code in ["BA", "XK"] {
            execute!(&mut tx, AREA, code).unwrap();
        }
        tx.commit().await.unwrap();
        projects(&house, &["alpha", "beta"]).await;
        let courses: Vec<(CourseId, &str)> = vec![(house.course("one").await, "one"), (house.course("two").await, "two")];
        let mut people = Vec::new();
        for i in 0..12 {
            people.push(house.person(&format!("P{i}"), &[]).await);
        }
        let areas = [Some("AL"), Some("BA"), Some("XK"), None];
        let states = ["confirmed", "completed", "not_completed", "not_attended", "withdrawn", "reserve", "partly_attended"];
        let mut by_hand: BTreeMap<(String, String, String), ByHand> = BTreeMap::new();
        for n in 0..9 {
            let (course, slug) = courses[n % 2];
            let delivery = house.delivery(course, academy, 30).await;
            let state = ["running", "delivered", "planned", "reported", "cancelled"][rng.random_range(0..5)];
            house.put(delivery, state).await;
            let mut paid = vec![ALL.to_owned()];
            for key in ["alpha", "beta"] {
                if rng.random_bool(0.6) {
                    pays(&house, delivery, key).await;
                    paid.push(key.to_owned());
                }
            }
            let counts = !matches!(state, "planned" | "cancelled");
            let mut anybody = false;
            let mut rows: Vec<(usize, &str, &str)> = Vec::new();
            for (i, person) in people.iter().enumerate().filter(|_| rng.random_bool(0.5)).collect::<Vec<_>>() {
                let place = house.enrol(delivery, person.person_id).await;
                let state = states[rng.random_range(0..states.len())];
                let area = areas[rng.random_range(0..areas.len())];
                let mut tx = house.app.db.begin().await.unwrap();
                execute!(&mut tx, PLACE, place, state, area).unwrap();
                tx.commit().await.unwrap();
                if !matches!(state, "not_attended" | "withdrawn" | "reserve") {
                    anybody = true;
                    // Where the person's area is unknown the delivery's stands for it.
                    rows.push((i, area.unwrap_or("AL"), state));
                }
            }
            if !counts {
                continue;
            }
            for project in &paid {
                let mut cells: BTreeSet<(String, String)> = BTreeSet::new();
                for (person, area, state) in &rows {
                    for area in [area, ALL] {
                        for course in [slug, ALL] {
                            let cell = by_hand.entry((project.clone(), area.to_owned(), course.to_owned())).or_default();
                            cell.participations += 1;
                            cell.persons.insert(*person);
                            cell.completions += i64::from(*state == "completed");
                            cells.insert((area.to_owned(), course.to_owned()));
                        }
                    }
                }
                if !anybody {
                    for area in ["AL", ALL] {
                        for course in [slug, ALL] {
                            cells.insert((area.to_owned(), course.to_owned()));
                        }
                    }
                }
                for (area, course) in cells {
                    by_hand.entry((project.clone(), area, course)).or_default().deliveries.insert(delivery);
                }
            }
        }
        let officer = house.as_actor(&house.officer().await);
        // Twice: the second count replaces the first.
        for _ in 0..2 {
            service::refresh(&officer).await.unwrap();
        }
        let hand = |project: &str, area: &str, course: &str| {
            let empty = ByHand::default();
            let it = by_hand.get(&(project.into(), area.into(), course.into())).unwrap_or(&empty);
            Figures {
                unnamed: Default::default(),
                deliveries: it.deliveries.len() as i64,
                participations: Some(it.participations),
                persons: Some(it.persons.len() as i64),
                completions: Some(it.completions),
            }
        };
        let mut seen = 0;
        for project in ["", "alpha", "beta"] {
            let key = if project.is_empty() { ALL } else { project };
            for course in ["", "one", "two"] {
                let filter = Filter { project: project.into(), area: String::new(), course: course.into() };
                let report = service::report(&officer, "en", &filter).await.unwrap();
                let course = if course.is_empty() { ALL } else { course };
                assert_eq!(report.total, zero_as_none(hand(key, ALL, course)), "{key} {course}");
                for line in &report.areas {
                    assert_eq!(line.figures, hand(key, &line.key, course), "{key} {} {course}", line.key);
                    seen += 1;
                }
                let cells = by_hand.keys().filter(|(p, a, c)| p == key && a != ALL && c == course).count();
                assert_eq!(report.areas.len(), cells);
            }
        }
        assert!(seen > 9, "the random data covers something");
    }
}

/// A cell that does not exist has no figures at all.
fn zero_as_none(figures: Figures) -> Figures {
    if figures.deliveries == 0 { Figures::default() } else { figures }
}

on_both! {
    async fn a_person_counts_once_and_a_delivery_paid_twice_counts_once(house) {
        let academy = house.institution("academy").await;
        let course = house.course("oslo").await;
        projects(&house, &["alpha", "beta"]).await;
        let mut everybody = Vec::new();
        for i in 0..6 {
            everybody.push(house.person(&format!("P{i}"), &[]).await);
        }
        for _ in 0..2 {
            let delivery = house.delivery(course, academy, 30).await;
            pays(&house, delivery, "alpha").await;
            pays(&house, delivery, "beta").await;
            for person in &everybody {
                house.enrol(delivery, person.person_id).await;
            }
        }
        let officer = house.as_actor(&house.officer().await);
        service::refresh(&officer).await.unwrap();
        for project in ["", "alpha", "beta"] {
            let filter = Filter { project: project.into(), ..Filter::default() };
            let total = service::report(&officer, "en", &filter).await.unwrap().total;
            assert_eq!((total.deliveries, total.participations, total.persons), (2, Some(12), Some(6)), "{project}");
        }
    }
}

on_both! {
    async fn observers_never_see_who_is_few(house) {
        let academy = house.institution("academy").await;
        let few = house.delivery(house.course("few").await, academy, 30).await;
        let many = house.delivery(house.course("many").await, academy, 30).await;
        for i in 0..9 {
            let person = house.person(&format!("P{i}"), &[]).await;
            house.enrol(many, person.person_id).await;
            if i < FEW - 2 {
                house.enrol(few, person.person_id).await;
            }
        }
        service::refresh(&house.nobody()).await.unwrap();
        let observer = house.as_actor(&observer(&house).await);
        let report = service::report(&observer, "en", &Filter::default()).await.unwrap();
        assert!(report.suppressed);
        assert_eq!(report.total.participations, Some(12));
        // Nor does the other course give it away by subtraction.
        assert!(report.courses.iter().all(|line| line.figures.participations.is_none()));
        let csv = service::report_csv(&observer, Locale::en, &Filter::default()).await.unwrap();
        assert!(csv.starts_with('\u{feff}') && csv.contains("not shown") && !csv.contains(",3,"));
        let officer = house.as_actor(&house.officer().await);
        assert!(service::report(&officer, "en", &Filter::default()).await.unwrap().courses.iter().all(|l| l.figures.persons.is_some()));
    }
}

on_both! {
    async fn numbers_are_for_who_may_read_them(house) {
        let trainer = house.as_actor(&house.trainer("Tom").await);
        assert_eq!(service::report(&trainer, "en", &Filter::default()).await.unwrap_err(), AppError::Forbidden);
        assert_eq!(service::report(&house.nobody(), "en", &Filter::default()).await.unwrap_err(), AppError::SignInRequired);
        let app = router(&house.app).unwrap();
        let response = app.oneshot(Request::get("/reports/reach.csv?area=AL").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 303);
        assert_eq!(response.headers()["location"], "/sign-in?next=%2Freports%2Freach.csv%3Farea%3DAL");
    }
}

on_both! {
    async fn a_first_page_costs_few_statements_and_shows_only_ones_own(house) {
        let academy = house.institution("academy").await;
        let delivery = house.delivery(house.course("introductory").await, academy, 30).await;
        let ana = house.person("Ana", &[]).await;
        house.enrol(delivery, ana.person_id).await;
        let tom = house.trainer("Tom").await;
        house.trains(delivery, tom.person_id).await;
        let stranger = house.administrator("Eve", house.institution("other").await).await;
        let actors = [
            ana,
            tom,
            house.administrator("Ada", academy).await,
            house.officer().await,
            observer(&house).await,
            stranger.clone(),
        ];
        for actor in &actors {
            let cx = house.as_actor(actor);
            let (home, queries) = crate::platform::db::counted(service::home(&cx, "en")).await;
            home.unwrap();
            assert!(queries <= 4, "{}: {queries}", actor.name);
        }
        let home = |actor: &Actor| {
            let cx = house.as_actor(actor);
            async move { service::home(&cx, "en").await.unwrap() }
        };
        let learning = home(&actors[0]).await.learning.unwrap();
        assert_eq!((learning.len(), learning[0].next.as_ref().unwrap().today), (1, true));
        assert!(home(&actors[1]).await.teaching.unwrap()[0].next.as_ref().unwrap().today);
        assert_eq!(home(&actors[2]).await.hosting.unwrap().len(), 1);
        assert_eq!(home(&stranger).await.hosting.unwrap().len(), 0);
        let (officer, observer) = (home(&actors[3]).await, home(&actors[4]).await);
        assert!(officer.house.is_some() && officer.numbers.is_some());
        assert!(observer.house.is_none() && observer.numbers.is_some() && observer.learning.is_none());
    }
}
