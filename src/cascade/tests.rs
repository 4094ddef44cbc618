//! The cascade on both databases: what is kept equals what growing and counting by hand say; who may see what.

use super::{
    api::{CascadePage, Fold, NodeKind},
    lists,
    model::{Asked, Of},
    rebuild, service,
};
use crate::{
    common::{
        actor::{Actor, Grant, Role},
        error::AppError,
        ids::{CohortId, CourseId, DeliveryId, InstitutionId, PersonId, ProjectId},
    },
    execute,
    i18n::Locale,
    on_both,
    platform::{
        db::{Statement, counted},
        jobs,
    },
    server::{JOBS, router, web_tests},
    testing::House,
};
use chrono::{Days, NaiveDate};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const DAYS: Statement = Statement::new(
    "testing::days",
    "UPDATE delivery SET state = 'reported', starts_on = $2, ends_on = $3 WHERE id = $1",
);
pub(super) const NO_DAYS: Statement = Statement::new(
    "testing::no_days",
    "UPDATE delivery SET starts_on = NULL, ends_on = NULL, date_note = 'In spring' WHERE id = $1",
);
const TOT: Statement = Statement::new("testing::tot", "UPDATE course SET kind = 'tot' WHERE id = $1");
const PLACE: Statement =
    Statement::new("testing::place", "UPDATE enrolment SET state = $2, area_code = $3 WHERE id = $1");
const AREA: Statement = Statement::new(
    "testing::area",
    "INSERT INTO area (code, languages, project_area, footnote) VALUES ($1, '', TRUE, FALSE)",
);
const PROJECT: Statement =
    Statement::new("testing::project", "INSERT INTO project (id, key, title, status) VALUES ($1, $2, $2, 'running')");
pub(super) const PAYS: Statement =
    Statement::new("testing::pays", "INSERT INTO delivery_project (delivery_id, project_id) VALUES ($1, $2)");
const PERSON: Statement = Statement::new(
    "testing::bare_person",
    "INSERT INTO person (id, given_name, family_name, folded, email, created_at) VALUES ($1, $2, 'Tester', $3, '', $4)",
);
const COHORT: Statement = Statement::new(
    "testing::cohort",
    "INSERT INTO cohort (id, title, course_id, state, capacity, created_at, updated_at) VALUES ($1, 'Oslo', $2, 'running', 22, $3, $3)",
);
const MEMBER: Statement = Statement::new("testing::member", "INSERT INTO cohort_member (id, cohort_id, person_id, state, area_code, joined_at, left_at, mentor_id, created_at, updated_at)
        VALUES ($1, $2, $3, $4, 'AL', $5, $6, $7, $5, $5)");
const WITHDRAWN: Statement = Statement::new(
    "testing::withdrawn",
    "INSERT INTO cohort_member (id, cohort_id, person_id, state, area_code, left_at, created_at, updated_at)
        VALUES ($1, $2, $3, 'left', 'AL', $5, $4, $5)",
);
const STEP: Statement = Statement::new(
    "testing::step",
    "INSERT INTO cohort_step (id, cohort_id, position, kind, course_id) VALUES ($1, $2, 1, 'attend', $3)",
);
const STEP_DELIVERY: Statement =
    Statement::new("testing::step_delivery", "INSERT INTO cohort_step_delivery (step_id, delivery_id) VALUES ($1, $2)");
const HEADS: Statement =
    Statement::new("testing::heads", "INSERT INTO head_count (id, slot_id, total, counted_at) VALUES ($1, $2, $3, $4)");
const HEADS_LINE: Statement = Statement::new(
    "testing::heads_line",
    "INSERT INTO head_count_line (head_count_id, area_code, profession, sex, people) VALUES ($1, 'AL', 'judge', 'f', $2)",
);

const TALLY: Statement = Statement::new(
    "testing::tally",
    "INSERT INTO tally (id, institution_id, delivery_id, course_id, title, area_code, starts_on, ends_on, total, state,
            entered_by, entered_by_name, entered_at, verified_at)
        VALUES ($1, $2, $3, $4, 'Closed', 'AL', $5, $5, $6, $7, $8, 'Counter', $9, $10)",
);
const TALLY_LINE: Statement = Statement::new(
    "testing::tally_line",
    "INSERT INTO tally_line (tally_id, area_code, profession, sex, people) VALUES ($1, $2, 'judge', 'f', $3)",
);
const TALLY_PAYS: Statement =
    Statement::new("testing::tally_pays", "INSERT INTO tally_project (tally_id, project_id) VALUES ($1, $2)");

/// Runs a statement of a test.
macro_rules! run {
    ($house:expr, $statement:expr $(, $bind:expr)*) => {{
        let mut tx = $house.app.db.begin().await.unwrap();
        execute!(&mut tx, $statement $(, $bind)*).unwrap();
        tx.commit().await.unwrap();
    }};
}

pub(super) use run;

pub(super) fn day(n: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 1, 1).unwrap() + Days::new(n)
}

pub(super) struct World {
    pub(super) house: House,
    pub(super) academy: InstitutionId,
    pub(super) other: InstitutionId,
    pub(super) tot: CourseId,
    pub(super) intro: CourseId,
    project: ProjectId,
}

impl World {
    pub(super) async fn new(house: House) -> Self {
        let academy = house.institution("academy").await;
        let other = house.institution("other").await;
        let (tot, intro) = (house.course("tot").await, house.course("intro").await);
        let project: ProjectId = house.app.id();
        run!(house, TOT, tot);
        run!(house, PROJECT, project, "ipa");
        run!(house, AREA, "BA");
        Self { academy, other, tot, intro, project, house }
    }

    pub(super) async fn person(&self, name: &str) -> PersonId {
        let id: PersonId = self.house.app.id();
        run!(self.house, PERSON, id, name, name.to_lowercase(), self.house.app.now());
        id
    }

    /// A delivery that is over, given by some and taken by others.
    pub(super) async fn delivery(
        &self,
        course: CourseId,
        first: u64,
        by: &[PersonId],
        people: &[PersonId],
    ) -> DeliveryId {
        let id = self.house.delivery(course, self.academy, 60).await;
        run!(self.house, DAYS, id, day(first), day(first + 2));
        for person in by {
            self.house.trains(id, *person).await;
        }
        let state = if course == self.tot { "completed" } else { "attended" };
        for person in people {
            let place = self.house.enrol(id, *person).await;
            run!(self.house, PLACE, place, state, Some("AL"));
        }
        id
    }

    pub(super) async fn pays(&self, delivery: DeliveryId) {
        run!(self.house, PAYS, delivery, self.project);
    }

    /// Another project.
    pub(super) async fn project(&self, key: &str) -> ProjectId {
        let project: ProjectId = self.house.app.id();
        run!(self.house, PROJECT, project, key);
        project
    }

    pub(super) async fn count(&self) {
        rebuild::refresh(&self.house.nobody()).await.unwrap();
    }

    pub(super) async fn page(&self, actor: &Actor, query: &str) -> CascadePage {
        service::page(&self.house.as_actor(actor), "en", query).await.unwrap()
    }

    /// A count of a whole delivery, of people from some area: of one of ours, of a course or paid for by the project.
    pub(super) async fn tally(
        &self,
        (delivery, course, paid): (Option<DeliveryId>, Option<CourseId>, bool),
        (area, people, state): (&str, i64, &str),
    ) {
        let id: uuid::Uuid = self.house.app.id();
        let who = self.person("Counter").await;
        let at = (state == "verified").then(|| self.house.app.now());
        let (host, from) = (self.other, day(210));
        run!(self.house, TALLY, id, host, delivery, course, from, people, state, who, self.house.app.now(), at);
        run!(self.house, TALLY_LINE, id, area, people);
        if paid {
            run!(self.house, TALLY_PAYS, id, self.project);
        }
    }

    pub(super) async fn observer(&self) -> Actor {
        self.house.person("Olga", &[Grant { role: Role::Observer, institution: None, area: None }]).await
    }
}

/// A ToT of the project trains Ana and Ben; Ana gives one delivery, in which Cem takes part, who gives another.
pub(super) async fn small(house: House) -> (World, [PersonId; 4], [DeliveryId; 3]) {
    let it = World::new(house).await;
    let expert = it.person("Expert").await;
    let people = [it.person("Ana").await, it.person("Ben").await, it.person("Cem").await, it.person("Dua").await];
    let [ana, ben, cem, dua] = people;
    let tot = it.delivery(it.tot, 0, &[expert], &[ana, ben]).await;
    it.pays(tot).await;
    let first = it.delivery(it.intro, 100, &[ana, expert], &[cem, dua]).await;
    let second = it.delivery(it.intro, 500, &[cem], &[dua, ben]).await;
    it.count().await;
    (it, people, [tot, first, second])
}

on_both! {
    async fn from_the_training_of_trainers_to_the_people(house) {
        let (it, [ana, ..], [_, first, _]) = small(house).await;
        let officer = it.house.officer().await;
        let (page, queries) = counted(it.page(&officer, "project=ipa")).await;
        assert!(queries <= 4, "{queries}");
        let shown = page.shown.unwrap();
        assert_eq!((shown.total.deliveries, shown.total.participations, shown.total.persons), (2, Some(4), Some(3)));
        assert_eq!(shown.total.trainers, Some(2), "the expert is none of the tree");
        assert_eq!(shown.total.by_trainers, 15, "a half of the first delivery and all of the second");
        assert_eq!(shown.total.by_payers, 0, "the project paid for the training alone");
        let by: Vec<_> = shown.generations.iter().map(|l| (l.key.as_str(), l.figures.deliveries, l.figures.persons)).collect();
        assert_eq!(by, [("0", 1, Some(2)), ("1", 1, Some(2)), ("2", 1, Some(2))]);
        assert_eq!(shown.years.iter().map(|line| line.key.as_str()).collect::<Vec<_>>(), ["2021", "2020"]);
        // The picture: the training, two generations, those who were trained, by name since they are few.
        let kinds: Vec<NodeKind> = shown.nodes.iter().map(|node| node.kind).collect();
        use NodeKind::{Generation, Graduates, Start, Trainer};
        assert_eq!(kinds, [Start, Generation, Generation, Graduates, Trainer, Trainer]);
        assert_eq!((shown.nodes[4].label.as_str(), shown.nodes[4].fold), ("Ana Tester", Fold::Closed));
        assert_eq!((shown.nodes[5].label.as_str(), shown.nodes[5].fold), ("Ben Tester", Fold::Leaf));
        // Opened: her delivery, and Cem who came of it.
        let open = format!("project=ipa&open=w,t:{ana},d:{first}");
        let (page, queries) = counted(it.page(&officer, &open)).await;
        assert!(queries <= 4, "{queries}");
        let nodes = page.shown.unwrap().nodes;
        let labels: Vec<&str> = nodes[4..].iter().map(|node| node.label.as_str()).collect();
        assert_eq!(labels, ["Ana Tester", "A delivery", "", "Cem Tester", "Ben Tester"]);
        assert_eq!((nodes[6].kind, nodes[6].people, nodes[7].generation), (NodeKind::People, Some(2), 1));
        // Narrowed to a generation and a year.
        let narrow = it.page(&officer, "project=ipa&generation=2&year=2021&area=AL").await.shown.unwrap();
        assert_eq!((narrow.total.deliveries, narrow.total.persons, narrow.generations.len()), (1, Some(2), 1));
        // The same of the course, and the list of all there are.
        let course = it.page(&officer, "course=intro").await.shown.unwrap();
        assert_eq!((course.total.deliveries, course.total.persons), (2, Some(3)));
        let all = it.page(&officer, "").await.all;
        assert_eq!(all.iter().map(|(head, _)| head.key.as_str()).collect::<Vec<_>>(), ["intro", "tot", "ipa"]);
        assert_eq!(service::page(&it.house.as_actor(&officer), "en", "project=none").await.unwrap_err(), AppError::NotFound);
    }
}

on_both! {
    async fn observers_see_numbers_and_nobody(house) {
        let (it, ..) = small(house).await;
        let olga = it.observer().await;
        let page = it.page(&olga, "project=ipa&open=w,g1").await;
        let shown = page.shown.unwrap();
        assert!(page.suppressed && !shown.names && !shown.lists);
        assert_eq!((shown.total.deliveries, shown.total.persons, shown.total.trainers), (2, None, None));
        assert!(shown.nodes.iter().all(|node| node.people.is_none() && node.list.is_none()));
        assert!(shown.nodes.iter().all(|node| !matches!(node.kind, NodeKind::Trainer | NodeKind::Delivery)));
        let cx = it.house.as_actor(&olga);
        let list = lists::list(&cx, "en", "project=ipa&of=people").await;
        assert_eq!(list.unwrap_err(), AppError::Forbidden);
        assert_eq!(lists::inactive(&cx, "en", "project=ipa").await.unwrap_err(), AppError::Forbidden);
        assert_eq!(service::page(&it.house.nobody(), "en", "").await.unwrap_err(), AppError::SignInRequired);
        let trainer = it.house.trainer("Tom").await;
        assert_eq!(service::page(&it.house.as_actor(&trainer), "en", "").await.unwrap_err(), AppError::Forbidden);
    }
}

on_both! {
    async fn without_names_and_without_a_day(house) {
        let (it, [ana, ..], _) = small(house).await;
        let sealed = it.delivery(it.intro, 200, &[ana], &[]).await;
        it.house.seal(sealed).await;
        let slots = it.house.slots(sealed).await;
        for (slot, total) in [(slots[0], 20_i64), (slots[1], 25)] {
            let id: uuid::Uuid = it.house.app.id();
            run!(it.house, HEADS, id, slot, total, it.house.app.now());
            run!(it.house, HEADS_LINE, id, total);
        }
        let undated = it.delivery(it.intro, 300, &[ana], &[it.person("Eda").await]).await;
        run!(it.house, NO_DAYS, undated);
        it.count().await;
        let officer = it.house.officer().await;
        let shown = it.page(&officer, "project=ipa").await.shown.unwrap();
        assert_eq!((shown.total.deliveries, shown.total.persons), (4, Some(4)));
        assert_eq!((shown.total.sealed, shown.total.heads), (1, Some(25)), "the largest half-day");
        assert_eq!((shown.undated, shown.years.last().unwrap().key.as_str()), (1, "0"));
        let cx = it.house.as_actor(&officer);
        let list = lists::list(&cx, "en", "project=ipa&of=sealed").await.unwrap();
        assert_eq!((list.deliveries.len(), list.deliveries[0].heads), (1, Some(25)));
        let list = lists::list(&cx, "en", "project=ipa&of=deliveries&year=0").await.unwrap();
        assert_eq!((list.deliveries[0].id, list.deliveries[0].date_note.as_str()), (undated, "In spring"));
    }
}

on_both! {
    async fn a_cohort_begins_with_its_members(house) {
        let it = World::new(house).await;
        let expert = it.person("Expert").await;
        let (ana, ben, cem) = (it.person("Ana").await, it.person("Ben").await, it.person("Cem").await);
        let everybody = [it.person("X").await, it.person("Y").await];
        let dan = it.person("Dan").await;
        let tot = it.delivery(it.tot, 0, &[expert], &[ana, ben, dan]).await;
        it.delivery(it.intro, 10, &[ana], &everybody).await;
        // Dan was trained there, too, but only ever proposed: he withdrew.
        it.delivery(it.intro, 10, &[dan], &everybody).await;
        // Cem was selected and never trained; Ben left before he was.
        it.delivery(it.intro, 10, &[cem], &everybody).await;
        it.delivery(it.intro, 10, &[ben], &everybody).await;
        let (cohort, step): (CohortId, uuid::Uuid) = (it.house.app.id(), it.house.app.id());
        run!(it.house, COHORT, cohort, it.intro, it.house.app.now());
        run!(it.house, STEP, step, cohort, it.tot);
        run!(it.house, STEP_DELIVERY, step, tot);
        let at = |n: u64| day(n).and_time(Default::default()).and_utc();
        for (person, state, left) in [(ana, "selected", None), (cem, "selected", None), (ben, "left", Some(at(1)))] {
            let id: uuid::Uuid = it.house.app.id();
            run!(it.house, MEMBER, id, cohort, person, state, at(0), left, Some(expert));
        }
        let id: uuid::Uuid = it.house.app.id();
        run!(it.house, WITHDRAWN, id, cohort, dan, at(0), at(20));
        it.count().await;
        let officer = it.house.officer().await;
        let query = format!("cohort={cohort}");
        let shown = it.page(&officer, &query).await.shown.unwrap();
        assert_eq!((shown.total.deliveries, shown.total.trainers), (1, Some(1)));
        assert_eq!(shown.generations[0].figures.deliveries, 1, "its training");
        // Years later she has not delivered again; her mentor is known, her address is not.
        let cx = it.house.as_actor(&officer);
        let (list, queries) = counted(lists::inactive(&cx, "en", &query)).await;
        assert!(queries <= 5, "{queries}: four, and the note that names were looked at");
        let list = list.unwrap();
        assert_eq!(list.people.len(), 1);
        assert_eq!((list.people[0].mentor.as_str(), list.people[0].reachable), ("Expert Tester", false));
        // What was kept goes when the cohort is no more.
        run!(it.house, Statement::new("testing::cancel", "UPDATE cohort SET state = 'cancelled' WHERE id = $1"), cohort);
        it.count().await;
        let gone = it.page(&officer, &query).await.shown.unwrap();
        assert_eq!((gone.total.deliveries, gone.head.as_of), (0, None));
    }
}

on_both! {
    async fn a_change_is_counted_once_a_minute(house) {
        let (it, ..) = small(house).await;
        let cx = it.house.nobody();
        for _ in 0..3 {
            rebuild::ask(&cx).await.unwrap();
        }
        let waiting = "SELECT COUNT(*) FROM job WHERE kind = 'cascade.refresh' AND state = 'queued'";
        assert_eq!(it.house.count(waiting).await, 1);
        // Counted just now, so the next counting waits.
        jobs::drain(&it.house.app, JOBS).await.unwrap();
        assert_eq!(it.house.count(waiting).await, 1);
        // Nothing has changed, so counting again writes nothing but the time.
        let before = it.house.count("SELECT COUNT(*) FROM cascade_cell").await;
        it.count().await;
        assert_eq!(it.house.count("SELECT COUNT(*) FROM cascade_cell").await, before);
        // What is gone is forgotten.
        let officer = it.house.officer().await;
        run!(it.house, Statement::new("testing::cancel", "UPDATE delivery SET state = 'cancelled' WHERE title = 'A delivery'"));
        it.count().await;
        assert_eq!(it.house.count("SELECT (SELECT COUNT(*) FROM cascade_cell) + (SELECT COUNT(*) FROM cascade_scope)
            + (SELECT COUNT(*) FROM cascade_delivery) + (SELECT COUNT(*) FROM cascade_trainer)").await, 0);
        assert!(it.page(&officer, "").await.all.is_empty());
    }
}

on_both! {
    async fn what_is_kept_equals_a_count_by_hand(house) {
        let it = World::new(house).await;
        let mut rng = StdRng::seed_from_u64(27);
        let mut people = Vec::new();
        for n in 0..14 {
            people.push(it.person(&format!("P{n}")).await);
        }
        // By hand: first day, last day, whether it trains, whether paid, who gave it, who took part from where.
        type Made = (DeliveryId, u64, bool, bool, Vec<usize>, Vec<(usize, &'static str)>);
        let mut made: Vec<Made> = Vec::new();
        for n in 0..16 {
            let trains = n % 4 == 0;
            let first = rng.random_range(0..900);
            let pick = |rng: &mut StdRng, most: usize| -> Vec<usize> {
                let some: BTreeSet<usize> = (0..rng.random_range(0..=most)).map(|_| rng.random_range(0..14)).collect();
                some.into_iter().collect()
            };
            let by = pick(&mut rng, 3);
            let taught: Vec<usize> = pick(&mut rng, 6).into_iter().filter(|person| !by.contains(person)).collect();
            let trainers: Vec<PersonId> = by.iter().map(|n| people[*n]).collect();
            let id = it.delivery(if trains { it.tot } else { it.intro }, first, &trainers, &[]).await;
            let mut places = Vec::new();
            for person in taught {
                let place = it.house.enrol(id, people[person]).await;
                let area = ["AL", "BA"][rng.random_range(0..2)];
                run!(it.house, PLACE, place, "completed", Some(area));
                places.push((person, area));
            }
            let paid = trains && rng.random_bool(0.7);
            if paid {
                it.pays(id).await;
            }
            made.push((id, first, trains, paid, by, places));
        }
        it.count().await;
        // The definition, by looking at everything again and again until nothing changes.
        made.sort_by_key(|made| (made.1, made.0));
        let mut generation: BTreeMap<usize, u16> = BTreeMap::new();
        let mut trained: BTreeMap<usize, (u64, u16)> = BTreeMap::new();
        for (n, (_, first, trains, paid, by, places)) in made.iter().enumerate() {
            let least = by.iter().filter_map(|t| trained.get(t)).filter(|(last, _)| last < first).map(|(_, g)| *g).min();
            let own = match least {
                Some(least) => least + 1,
                None if *trains && *paid => 0,
                None => continue,
            };
            generation.insert(n, own);
            for (person, _) in places {
                let new = (first + 2, own);
                let stands = trained.entry(*person).or_insert(new);
                *stands = (*stands).min(new);
            }
        }
        assert!(generation.values().any(|generation| *generation > 1), "the random data covers something");
        let officer = it.house.officer().await;
        let most = *generation.values().max().unwrap();
        for area in ["", "AL", "BA"] {
            for wanted in std::iter::once(None).chain((0..=most).map(Some)) {
                let mut places = 0;
                let mut persons = BTreeSet::new();
                let mut deliveries = 0;
                for (n, own) in &generation {
                    if wanted.map_or(*own == 0, |wanted| wanted != *own) {
                        continue;
                    }
                    let held: Vec<_> = made[*n].5.iter().filter(|(_, from)| area.is_empty() || *from == area).collect();
                    // Where nobody took part, the delivery's own area stands for it.
                    deliveries += usize::from(!held.is_empty() || (made[*n].5.is_empty() && area != "BA"));
                    places += held.len();
                    persons.extend(held.iter().map(|(person, _)| *person));
                }
                let asked = Asked {
                    generation: wanted,
                    area: Some(area.to_owned()).filter(|area| !area.is_empty()),
                    ..Asked::parse("project=ipa")
                };
                let total = it.page(&officer, &asked.query()).await.shown.unwrap().total;
                assert_eq!(
                    (total.deliveries as usize, total.participations, total.persons),
                    (deliveries, Some(places as i64), Some(persons.len() as i64)),
                    "{area} {wanted:?}"
                );
                let cx = it.house.as_actor(&officer);
                let list = lists::list(&cx, "en", &asked.list(Of::People).query()).await.unwrap();
                assert_eq!(list.places.len(), persons.len(), "{area} {wanted:?}");
                let list = lists::list(&cx, "en", &asked.list(Of::Deliveries).query()).await.unwrap();
                assert_eq!(list.deliveries.len(), deliveries, "{area} {wanted:?}");
                let list = lists::list(&cx, "en", &asked.list(Of::Trainers).query()).await.unwrap();
                assert_eq!(list.trainers.len() as i64, total.trainers.unwrap(), "{area} {wanted:?}");
            }
        }
    }
}

on_both! {
    async fn the_table_leaves_as_a_file(house) {
        let (it, ..) = small(house).await;
        let officer = it.house.officer().await;
        let app = router(&it.house.app).unwrap();
        let visitor = web_tests::Visitor::signed_in(&it.house, &officer).await;
        for (ending, start) in [("csv", "\u{feff}Generation,Area,Year,Deliveries"), ("xlsx", "PK"), ("pdf", "%PDF")] {
            let address = format!("/reports/cascade/cascade.{ending}?project=ipa&lang=en");
            let answer = web_tests::ask(&app, visitor.request(web_tests::get(&address))).await;
            assert_eq!(answer.status, 200, "{ending}");
            assert!(answer.body.starts_with(start), "{ending}: {}", &answer.body.chars().take(80).collect::<String>());
        }
        let (_, lines) = service::cross(&it.house.as_actor(&officer), Locale::en, "project=ipa&generation=1").await.unwrap();
        assert!(lines.iter().all(|(generation, ..)| *generation == 1));
        assert_eq!(lines.iter().filter(|(_, area, year, _)| area == "*" && *year == -1).count(), 1);
    }
}
