//! Everything that the trees of cohorts, projects and courses grow from, as it was read.

use super::{
    growth::{ALL, Cell, Given, Part, Taught, Trained, Tree, grow, order, year},
    model::Kind,
    rebuild_store::{self as store, DeliveryRow},
};
use crate::{
    common::{
        error::AppError,
        ids::{CohortId, CourseId, DeliveryId, PersonId, ProjectId},
    },
    institutions,
    platform::db::Handle,
};
use chrono::NaiveDate;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::Hash,
};
use uuid::Uuid;

/// Numbers for things, in the order they are met.
#[derive(Debug)]
pub struct Numbers<T> {
    /// The number of each.
    pub of: HashMap<T, u32>,
    /// By number.
    pub all: Vec<T>,
}

impl<T: Hash + Eq + Clone> Numbers<T> {
    fn new() -> Self {
        Self { of: HashMap::new(), all: Vec::new() }
    }

    fn number(&mut self, it: &T) -> u32 {
        if let Some(number) = self.of.get(it) {
            return *number;
        }
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.of.insert(it.clone(), number);
        self.all.push(it.clone());
        number
    }
}

/// As a cell has it; the number after the last stands for everything that does not fit.
pub fn narrow(number: u32) -> u16 {
    u16::try_from(number).unwrap_or(ALL - 1).min(ALL - 1)
}

/// Everything but the places.
pub struct World {
    /// The deliveries that count, by number.
    pub deliveries: Vec<DeliveryRow>,
    /// The same, as the tree needs them.
    pub given: Vec<Given>,
    /// The number of each delivery.
    pub numbers: HashMap<DeliveryId, u32>,
    /// People who may be trainers.
    pub persons: Numbers<PersonId>,
    /// Areas; the one that is not recorded has the number 0.
    pub areas: Numbers<String>,
    /// Number, address, and whether it trains trainers, of each course.
    courses: HashMap<CourseId, (u16, bool)>,
    /// Addresses of courses, by number.
    pub slugs: Vec<String>,
    /// By course, the courses that train for it.
    routes: HashMap<CourseId, HashSet<CourseId>>,
    /// Who pays, by delivery.
    pub payers: Vec<Vec<ProjectId>>,
    projects: Vec<ProjectId>,
    cohorts: Vec<Cohort>,
    /// By delivery that keeps no names: area and people of its largest half-day.
    pub heads: HashMap<u32, Vec<(u16, i64)>>,
}

struct Cohort {
    id: CohortId,
    steps: HashSet<u32>,
    /// Who, where from, since when, until when.
    members: Vec<(u32, u16, NaiveDate, Option<NaiveDate>)>,
}

impl World {
    /// Reads it.
    pub async fn read(h: &mut impl Handle) -> Result<Self, AppError> {
        let rows = store::deliveries(h).await?;
        let courses = store::courses(h).await?;
        let mut it = Self {
            given: rows.iter().map(|row| Given { days: row.starts_on.zip(row.ends_on), ..Given::default() }).collect(),
            numbers: (0u32..).zip(&rows).map(|(n, row)| (row.id, n)).collect(),
            payers: vec![Vec::new(); rows.len()],
            deliveries: rows,
            persons: Numbers::new(),
            areas: Numbers::new(),
            courses: (0u32..).zip(&courses).map(|(n, (id, _, trains))| (*id, (narrow(n), *trains))).collect(),
            slugs: courses.into_iter().map(|(_, slug, _)| slug).collect(),
            routes: HashMap::new(),
            projects: store::projects(h).await?.into_iter().map(|(id,)| id).collect(),
            cohorts: Vec::new(),
            heads: HashMap::new(),
        };
        it.areas.number(&String::new());
        for area in institutions::store::areas(h).await? {
            it.areas.number(&area.code);
        }
        for (course, by) in store::routes(h).await? {
            it.routes.entry(course).or_default().insert(by);
            if let Some((_, trains)) = it.courses.get_mut(&by) {
                *trains = true;
            }
        }
        for (delivery, person) in store::trainers(h).await? {
            if let Some(n) = it.numbers.get(&delivery) {
                let person = it.persons.number(&person);
                it.given[*n as usize].trainers.push(person);
            }
        }
        for (delivery, project) in store::payers(h).await? {
            if let Some(n) = it.numbers.get(&delivery) {
                it.payers[*n as usize].push(project);
            }
        }
        for row in store::taught(h).await? {
            if let Some(n) = it.numbers.get(&row.delivery_id).copied() {
                let area = it.area(row.area_code.as_ref(), n);
                let person = it.persons.number(&row.person_id);
                it.given[n as usize].taught.push(Taught { person, completed: row.completed, area });
            }
        }
        for given in &mut it.given {
            given.taught.sort_by_key(|taught| taught.person);
        }
        it.read_cohorts(h).await?;
        let mut largest = HashMap::new();
        for row in store::heads(h).await? {
            let Some(n) = it.numbers.get(&row.delivery_id).copied() else { continue };
            if *largest.entry(n).or_insert(row.slot_id) == row.slot_id {
                let area = narrow(it.areas.number(&row.area_code));
                it.heads.entry(n).or_default().push((area, row.people));
            }
        }
        Ok(it)
    }

    async fn read_cohorts(&mut self, h: &mut impl Handle) -> Result<(), AppError> {
        let mut cohorts: BTreeMap<CohortId, Cohort> = store::cohorts(h)
            .await?
            .into_iter()
            .map(|(id, _)| (id, Cohort { id, steps: HashSet::new(), members: Vec::new() }))
            .collect();
        for (cohort, delivery) in store::steps(h).await? {
            if let (Some(cohort), Some(n)) = (cohorts.get_mut(&cohort), self.numbers.get(&delivery)) {
                cohort.steps.insert(*n);
            }
        }
        for row in store::members(h).await? {
            if let Some(cohort) = cohorts.get_mut(&row.cohort_id) {
                let person = self.persons.number(&row.person_id);
                let area = narrow(self.areas.number(&row.area_code.unwrap_or_default()));
                let since = row.joined_at.date_naive();
                cohort.members.push((person, area, since, row.left_at.map(|at| at.date_naive())));
            }
        }
        self.cohorts = cohorts.into_values().collect();
        Ok(())
    }

    /// Where somebody comes from; where that is not recorded, the delivery's area.
    pub fn area(&self, code: Option<&String>, delivery: u32) -> u16 {
        let code = code.or(self.deliveries[delivery as usize].area_code.as_ref());
        code.and_then(|code| self.areas.of.get(code)).map_or(0, |number| narrow(*number))
    }

    /// What was given: its id, its number, and whether it trains trainers.
    pub fn course(&self, delivery: u32) -> (CourseId, u16, bool) {
        let id = self.deliveries[delivery as usize].course_id;
        let (number, trains) = self.courses.get(&id).copied().unwrap_or((ALL - 1, false));
        (id, number, trains)
    }

    /// What a place in a delivery counts for, in the tree of a scope where it is of a generation.
    pub fn cell(&self, n: u32, (scope, generation): (u16, u16), area: u16) -> Cell {
        let first = self.given[n as usize].days.map(|(first, _)| first);
        Cell { scope, generation, area, year: year(first), course: self.course(n).1 }
    }

    /// Grows the trees of all scopes; those in which nothing grows are left out.
    pub fn grow(&self) -> Vec<Scope> {
        let order = order(&self.given);
        let further = |n: u32| if self.course(n).2 { Part::Further } else { Part::Count };
        let mut scopes = Vec::new();
        let mut add = |id: Uuid, kind: Kind, tree: Tree| {
            if !tree.branches.is_empty() || !tree.trainers.is_empty() {
                scopes.push(Scope { id, kind, tree });
            }
        };
        for cohort in &self.cohorts {
            let part = |n| if cohort.steps.contains(&n) { Part::Root } else { further(n) };
            add(cohort.id.0, Kind::Cohort, grow(&self.given, &order, part, self.graduates(cohort)));
        }
        for project in &self.projects {
            let part = |n: u32| match further(n) {
                Part::Further if self.payers[n as usize].contains(project) => Part::Train,
                part => part,
            };
            add(project.0, Kind::Project, grow(&self.given, &order, part, []));
        }
        for (course, (_, trains)) in &self.courses {
            let tree = grow(&self.given, &order, |n| self.part_of_course(*course, *trains, n), []);
            add(course.0, Kind::Course, tree);
        }
        scopes.sort_by_key(|scope| scope.id);
        scopes
    }

    /// How a delivery stands to a course: it trains for it, or gives it.
    fn part_of_course(&self, scope: CourseId, trains: bool, n: u32) -> Part {
        let (course, _, also_trains) = self.course(n);
        let by = |goal: &CourseId, by: &CourseId| self.routes.get(goal).is_some_and(|routes| routes.contains(by));
        if trains {
            // A training of trainers: whoever it trained gives what it trains for, or, where nobody said
            // what that is, any course but other trainings of trainers.
            let said = self.routes.values().any(|routes| routes.contains(&scope));
            let goal = if said { by(&course, &scope) } else { !also_trains };
            return match (course == scope, goal) {
                (true, _) => Part::Train,
                (false, true) => Part::Count,
                (false, false) => Part::No,
            };
        }
        if course == scope {
            return Part::Count;
        }
        // Where nobody said what trains for a course, any training of trainers does.
        let trains_for = if self.routes.contains_key(&scope) { by(&scope, &course) } else { also_trains };
        if trains_for { Part::Train } else { Part::No }
    }

    /// A cohort's members from the day they completed its training of trainers or, where the cohort names
    /// none, from the day they joined. Who left before that is none of them.
    fn graduates(&self, cohort: &Cohort) -> Vec<(u32, Trained)> {
        let mut trained: HashMap<u32, (Option<NaiveDate>, u32)> = HashMap::new();
        for n in &cohort.steps {
            let given = &self.given[*n as usize];
            let from = given.days.and_then(|(_, last)| last.succ_opt());
            for it in given.taught.iter().filter(|it| it.completed) {
                let first = trained.entry(it.person).or_insert((from, *n));
                *first = (*first).min((from, *n));
            }
        }
        cohort
            .members
            .iter()
            .filter_map(|(person, area, joined, left)| {
                let (from, by) = match trained.get(person) {
                    Some((from, by)) => (*from, Some(*by)),
                    None if cohort.steps.is_empty() => (Some(*joined), None),
                    None => return None,
                };
                let stayed = left.is_none_or(|left| by.is_some() && from.is_none_or(|from| from <= left));
                stayed.then_some((*person, Trained { generation: 0, from, by, area: *area, graduate: true }))
            })
            .collect()
    }
}

/// A cohort, a project or a course, with what grew from it.
pub struct Scope {
    /// Its id.
    pub id: Uuid,
    /// Which of them it is.
    pub kind: Kind,
    /// What grew.
    pub tree: Tree,
}
