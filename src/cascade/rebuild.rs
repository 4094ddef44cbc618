//! Counts the cascade anew, as a job.
//!
//! Deliveries, trainers and who may be one are read whole and grown into the trees of all cohorts, projects
//! and courses; then every place is read once, in the order of persons, ten thousand at a time, and counted
//! for all trees together. What is held is so many deliveries, trainers and cells, however many places there
//! are. What differs from what is kept is written, in one short transaction a scope.

use super::{
    growth::{ALL, Branch, Cell, Counter, Counts, share, year},
    model::Kind,
    rebuild_store::{self as store, AT_ONCE, BranchRow, CellKey, PersonRow, ScopeRow},
    world::{Scope, World, narrow},
};
use crate::{
    common::{
        error::AppError,
        ids::{DeliveryId, PersonId},
    },
    platform::{
        blocking,
        clock::SLACK,
        context::{App, Ctx},
        db::Tx,
        jobs,
    },
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures::future::BoxFuture;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The kind of job that counts the cascade.
pub const REFRESH: &str = "cascade.refresh";
/// It is counted at most once in so long, however much changes.
const REST: TimeDelta = TimeDelta::minutes(1);

/// Asks that the cascade be counted again: at once if it was not for a minute, else when a minute is over.
pub async fn ask(cx: &Ctx) -> Result<(), AppError> {
    let mut tx = cx.begin().await?;
    let scopes = store::scopes(&mut tx).await?;
    let last = scopes.iter().map(|scope| scope.refreshed_at).filter(|at| can_be(cx, *at)).max();
    let at = last.map_or(cx.now(), |last| cx.now().max(last + REST));
    jobs::enqueue_at(cx, &mut tx, REFRESH, &(), at, Some(REFRESH)).await?;
    Ok(tx.commit().await?)
}

/// Whether something was counted at a time; what says that it was counted later than now was counted while the clock
/// was wrong, and must not stand in the way of what is counted since.
fn can_be(cx: &Ctx, counted_at: DateTime<Utc>) -> bool {
    counted_at <= cx.now() + SLACK
}

/// Asks for the first counting of an installation that has never had one: what is on record already would else not
/// be counted before something changes.
pub async fn begin(app: &App) -> Result<(), AppError> {
    let cx = Ctx::internal(app);
    let mut tx = cx.begin().await?;
    if store::scopes(&mut tx).await?.is_empty() {
        jobs::enqueue_once(&cx, &mut tx, REFRESH, &(), REFRESH).await?;
    }
    Ok(tx.commit().await?)
}

/// Counts the cascade, as a job.
pub fn refresh_job(cx: Ctx, _: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move { refresh(&cx).await })
}

/// What is kept of a scope.
struct Kept {
    scope: ScopeRow,
    cells: HashMap<CellKey, Counts>,
    branches: HashMap<DeliveryId, BranchRow>,
    people: HashMap<PersonId, PersonRow>,
}

/// The counting of all trees.
struct Count {
    world: World,
    scopes: Vec<Scope>,
    counter: Counter,
    /// By delivery: in which trees it is, and of which generation.
    trees: Vec<Vec<(u16, u16)>>,
    /// By delivery: where its people come from, and how many places.
    areas: Vec<Vec<u16>>,
    places: Vec<i64>,
    /// The places of one person.
    person: Option<PersonId>,
    cells: Vec<Cell>,
}

impl Count {
    fn new(world: World, scopes: Vec<Scope>) -> Self {
        let mut trees = vec![Vec::new(); world.deliveries.len()];
        for (number, scope) in (0u32..).zip(&scopes) {
            for branch in &scope.tree.branches {
                trees[branch.delivery as usize].push((narrow(number), branch.generation));
            }
        }
        Self {
            trees,
            areas: vec![Vec::new(); world.deliveries.len()],
            places: vec![0; world.deliveries.len()],
            counter: Counter::default(),
            person: None,
            cells: Vec::new(),
            world,
            scopes,
        }
    }

    /// Takes a place; those of one person must come one after the other.
    fn place(&mut self, person: PersonId, delivery: DeliveryId, area: Option<&String>) {
        if self.person != Some(person) {
            self.person_done();
            self.person = Some(person);
        }
        let Some(n) = self.world.numbers.get(&delivery).copied() else { return };
        let area = self.world.area(area, n);
        self.places[n as usize] += 1;
        if !self.areas[n as usize].contains(&area) {
            self.areas[n as usize].push(area);
        }
        let world = &self.world;
        self.cells.extend(self.trees[n as usize].iter().map(|tree| world.cell(n, *tree, area)));
    }

    fn person_done(&mut self) {
        self.counter.person(&self.cells);
        self.cells.clear();
    }

    /// Counts deliveries and trainers, whose areas are those of their people.
    fn finish(mut self, now: DateTime<Utc>) -> Vec<Kept> {
        self.person_done();
        let world = &self.world;
        for (n, areas) in (0u32..).zip(self.areas.iter_mut()) {
            if areas.is_empty() {
                areas.extend(world.heads.get(&n).into_iter().flatten().map(|(area, _)| *area));
            }
            if areas.is_empty() {
                areas.push(world.area(None, n));
            }
            areas.sort_unstable();
        }
        let mut counter = std::mem::take(&mut self.counter);
        let mut kept: Vec<Kept> = Vec::new();
        for (number, scope) in (0u32..).zip(&self.scopes) {
            kept.push(self.scope(&mut counter, narrow(number), scope, now));
        }
        for (cell, counts) in counter.finish() {
            let all = |part: u16| if part == ALL { -1 } else { i64::from(part) };
            let named = |part: u16, names: &[String]| match part {
                ALL => "*".to_owned(),
                part => names.get(usize::from(part)).cloned().unwrap_or_default(),
            };
            let key = CellKey {
                generation: all(cell.generation),
                area_code: named(cell.area, &world.areas.all),
                year: all(cell.year),
                course_slug: named(cell.course, &world.slugs),
            };
            kept[usize::from(cell.scope)].cells.insert(key, counts);
        }
        kept
    }

    fn scope(&self, counter: &mut Counter, number: u16, scope: &Scope, now: DateTime<Utc>) -> Kept {
        let world = &self.world;
        let mut gave: HashMap<u32, Vec<Cell>> = HashMap::new();
        let mut given: HashMap<u32, (i64, Option<NaiveDate>)> = HashMap::new();
        let mut branches = HashMap::new();
        let mut undated = 0;
        for branch in &scope.tree.branches {
            let n = branch.delivery as usize;
            let cells: Vec<Cell> = self.areas[n]
                .iter()
                .map(|area| world.cell(branch.delivery, (number, branch.generation), *area))
                .collect();
            let row = self.branch(scope, branch);
            let by_trainers = if branch.generation == 0 { share(1, 1) } else { share(row.ours, row.trainers) };
            let by_payers = share(i64::from(row.paid), row.payers);
            counter.delivery(&cells, world.deliveries[n].sealed, by_trainers, by_payers);
            for (area, people) in world.heads.get(&branch.delivery).into_iter().flatten() {
                let cell = world.cell(branch.delivery, (number, branch.generation), *area);
                counter.heads(cell, *people);
            }
            let by = if branch.generation == 0 { &world.given[n].trainers } else { &branch.ours };
            for person in by {
                gave.entry(*person).or_default().extend(&cells);
            }
            for person in &branch.ours {
                let (times, last) = given.entry(*person).or_default();
                *times += 1;
                *last = (*last).max(row.starts_on);
            }
            undated += i64::from(row.starts_on.is_none());
            branches.insert(row.delivery_id, row);
        }
        gave.values().for_each(|cells| counter.trainer(cells));
        let people = scope.tree.trainers.iter().map(|(person, trained)| {
            let (deliveries, last_on) = given.get(person).copied().unwrap_or_default();
            let row = PersonRow {
                person_id: world.persons.all[*person as usize],
                generation: i64::from(trained.generation),
                area_code: world.areas.all.get(usize::from(trained.area)).cloned().unwrap_or_default(),
                graduate: trained.graduate,
                counts_from: trained.from,
                by_delivery_id: trained.by.map(|by| world.deliveries[by as usize].id),
                deliveries,
                last_on,
            };
            (row.person_id, row)
        });
        Kept {
            people: people.collect(),
            scope: ScopeRow { scope_id: scope.id, kind: scope.kind, undated, refreshed_at: now },
            cells: HashMap::new(),
            branches,
        }
    }

    fn branch(&self, scope: &Scope, branch: &Branch) -> BranchRow {
        let n = branch.delivery as usize;
        let delivery = &self.world.deliveries[n];
        let payers = &self.world.payers[n];
        let mut areas: Vec<&str> = self.areas[n]
            .iter()
            .filter_map(|area| self.world.areas.all.get(usize::from(*area)).map(String::as_str))
            .collect();
        areas.sort_unstable();
        let course = usize::from(self.world.course(branch.delivery).1);
        BranchRow {
            delivery_id: delivery.id,
            generation: i64::from(branch.generation),
            year: i64::from(year(delivery.starts_on)),
            course_slug: self.world.slugs.get(course).cloned().unwrap_or_default(),
            starts_on: delivery.starts_on,
            areas: format!(";{};", areas.join(";")),
            places: self.places[n],
            heads: self.world.heads.get(&branch.delivery).into_iter().flatten().map(|(_, people)| people).sum(),
            ours: i64::try_from(branch.ours.len()).unwrap_or(i64::MAX),
            trainers: i64::try_from(self.world.given[n].trainers.len()).unwrap_or(i64::MAX),
            paid: scope.kind == Kind::Project && payers.iter().any(|project| project.0 == scope.id),
            payers: i64::try_from(payers.len()).unwrap_or(i64::MAX),
        }
    }
}

/// Counts off the threads that answer requests.
async fn aside<T: Send + 'static>(count: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    blocking::run(count).await
}

/// Counts everything anew and keeps what has changed.
pub async fn refresh(cx: &Ctx) -> Result<(), AppError> {
    let now = cx.now();
    let mut reader = cx.read().await?;
    let world = World::read(&mut reader).await?;
    let mut count = aside(move || {
        let scopes = world.grow();
        Count::new(world, scopes)
    })
    .await?;
    let mut after = (PersonId(Uuid::nil()), DeliveryId(Uuid::nil()));
    loop {
        let places = store::places(&mut reader, after).await?;
        let last = places.last().filter(|_| places.len() == AT_ONCE).map(|(person, delivery, _)| (*person, *delivery));
        count = aside(move || {
            for (person, delivery, area) in &places {
                count.place(*person, *delivery, area.as_ref());
            }
            count
        })
        .await?;
        match last {
            Some(last) => after = last,
            None => break,
        }
    }
    drop(reader);
    let kept = aside(move || count.finish(now)).await?;
    let there: HashSet<Uuid> = kept.iter().map(|kept| kept.scope.scope_id).collect();
    for kept in &kept {
        keep(cx, kept).await?;
    }
    let stored = store::scopes(&mut cx.read().await?).await?;
    let earlier = |at: DateTime<Utc>| at <= now || !can_be(cx, at);
    for scope in stored.iter().filter(|scope| !there.contains(&scope.scope_id) && earlier(scope.refreshed_at)) {
        let mut tx = cx.begin().await?;
        store::forget_scope(&mut tx, scope.scope_id).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Writes what has changed in a scope. What stands is read before, so that nobody waits for it; if somebody
/// else has written meanwhile it is read again, and a later counting is left as it is.
async fn keep(cx: &Ctx, kept: &Kept) -> Result<(), AppError> {
    let id = kept.scope.scope_id;
    loop {
        let mut reader = cx.read().await?;
        let before = store::scopes(&mut reader).await?.into_iter().find(|scope| scope.scope_id == id);
        let later = |before: ScopeRow| before.refreshed_at > kept.scope.refreshed_at && can_be(cx, before.refreshed_at);
        if before.is_some_and(later) {
            return Ok(());
        }
        let stands = Kept {
            cells: store::cells(&mut reader, id).await?.into_iter().map(|row| (row.key, row.counts)).collect(),
            branches: store::branches(&mut reader, id).await?.into_iter().map(|row| (row.delivery_id, row)).collect(),
            people: store::people(&mut reader, id).await?.into_iter().map(|row| (row.person_id, row)).collect(),
            scope: kept.scope,
        };
        drop(reader);
        let mut tx = cx.begin().await?;
        if store::note_scope(&mut tx, &kept.scope, before.map(|before| before.refreshed_at)).await? {
            write(&mut tx, kept, &stands).await?;
            return Ok(tx.commit().await?);
        }
    }
}

async fn write(tx: &mut Tx, kept: &Kept, stands: &Kept) -> Result<(), AppError> {
    let id = kept.scope.scope_id;
    for (key, counts) in kept.cells.iter().filter(|(key, counts)| stands.cells.get(key) != Some(counts)) {
        store::set_cell(tx, id, key, counts).await?;
    }
    for key in stands.cells.keys().filter(|key| !kept.cells.contains_key(key)) {
        store::forget_cell(tx, id, key).await?;
    }
    for row in kept.branches.values().filter(|row| stands.branches.get(&row.delivery_id) != Some(row)) {
        store::set_branch(tx, id, row).await?;
    }
    for delivery in stands.branches.keys().filter(|delivery| !kept.branches.contains_key(delivery)) {
        store::forget_branch(tx, id, *delivery).await?;
    }
    for row in kept.people.values().filter(|row| stands.people.get(&row.person_id) != Some(row)) {
        store::set_person(tx, id, row).await?;
    }
    for person in stands.people.keys().filter(|person| !kept.people.contains_key(person)) {
        store::forget_person(tx, id, *person).await?;
    }
    Ok(())
}
