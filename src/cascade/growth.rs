//! How the tree grows, and how it is counted. Pure; who uses it hands in what the records say.
//!
//! Generation 0 are those trained as trainers. A delivery that one of them gives, once trained, is of
//! generation 1, and so are those who take part in it; who of these gives a delivery later carries on.
//!
//! One rule makes it a tree, however people teach each other: a delivery counts for a trainer only if it
//! begins *after* the last day of the delivery that made the trainer. So whatever a delivery follows from
//! has begun before it, and taking deliveries by their first day decides each of them once and for good.
//! Of several trainings of a person the first one holds (the one that ended first, then the lower
//! generation): who is known at the beginning of a delivery was trained before it, and no later delivery
//! can be over before that.
//!
//! Documents often give no day. A delivery without one cannot be said to have come too early, so it counts
//! if anybody of the tree gives it; but nothing can be said to have come after it, so nobody carries on
//! from it. A training of trainers without a day is taken to have come before everything.

use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, HashMap, HashSet};

/// How a delivery stands to a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A training of the scope's own trainers; they are known otherwise.
    Root,
    /// Trains trainers: whoever completes it. It is of generation 0 unless somebody of the tree gives it.
    Train,
    /// The same, where none of the scope's own: it counts only if somebody of the tree gives it.
    Further,
    /// Counts if somebody of the tree gives it; whoever takes part may carry on.
    Count,
    /// Is none of the scope's business.
    No,
}

/// A delivery, as the tree needs it. People are numbers.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// First and last day, where known.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// Who gave it.
    pub trainers: Vec<u32>,
    /// Of those who took part, at least everybody who ever gives a delivery and, of a training of
    /// trainers, everybody.
    pub taught: Vec<Taught>,
}

/// Somebody who took part in a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taught {
    /// Who.
    pub person: u32,
    /// Whether it was completed.
    pub completed: bool,
    /// Where the person comes from.
    pub area: u16,
}

/// Somebody of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trained {
    /// 0 for those with whom it begins.
    pub generation: u16,
    /// The first day on which a delivery counts; none if all do.
    pub from: Option<NaiveDate>,
    /// The delivery that did it.
    pub by: Option<u32>,
    /// Where the person came from then.
    pub area: u16,
    /// Whether it was a training of trainers.
    pub graduate: bool,
}

/// A delivery of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Which.
    pub delivery: u32,
    /// Of which generation those who take part are.
    pub generation: u16,
    /// Who of the tree gave it.
    pub ours: Vec<u32>,
}

/// What has grown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// Its deliveries, those with a day first.
    pub branches: Vec<Branch>,
    /// Everybody who was trained as a trainer, and everybody else who carried on.
    pub trainers: BTreeMap<u32, Trained>,
}

/// The generation after one.
const fn after(generation: u16) -> u16 {
    if generation + 1 < ALL { generation + 1 } else { generation }
}

/// The order in which deliveries are taken: those with a day, by it.
pub fn order(deliveries: &[Given]) -> Vec<u32> {
    let mut order: Vec<u32> =
        (0u32..).zip(deliveries).filter(|(_, given)| given.days.is_some()).map(|(n, _)| n).collect();
    order.sort_by_key(|n| (deliveries[*n as usize].days, *n));
    order
}

struct Growth<'a> {
    deliveries: &'a [Given],
    /// Who is known to be trained, and whether that can still be changed by an earlier training.
    known: HashMap<u32, (Trained, bool)>,
    carried: HashSet<u32>,
    branches: Vec<Branch>,
}

impl Growth<'_> {
    /// Who of the tree gave a delivery, and the lowest of their generations.
    fn ours(&self, given: &Given) -> (Vec<u32>, Option<u16>) {
        let counts = |trained: &Trained| match (trained.from, given.days) {
            (Some(from), Some((first, _))) => from <= first,
            _ => true,
        };
        let ours: Vec<(u32, u16)> = given
            .trainers
            .iter()
            .filter_map(|person| Some((*person, self.known.get(person)?.0)))
            .filter(|(_, trained)| counts(trained))
            .map(|(person, trained)| (person, trained.generation))
            .collect();
        let least = ours.iter().map(|(_, generation)| *generation).min();
        (ours.into_iter().map(|(person, _)| person).collect(), least)
    }

    fn branch(&mut self, delivery: u32, generation: u16, ours: Vec<u32>) {
        self.carried.extend(&ours);
        self.branches.push(Branch { delivery, generation, ours });
    }

    /// Takes note of a training; the first one holds.
    fn learn(&mut self, person: u32, trained: Trained) {
        let rank = |it: &Trained| (it.from, it.generation, it.by);
        match self.known.get_mut(&person) {
            None => {
                self.known.insert(person, (trained, true));
            }
            Some((stands, true)) if rank(&trained) < rank(stands) => *stands = trained,
            Some(_) => {}
        }
    }

    fn taught(&mut self, delivery: u32, part: Part, generation: u16, from: Option<NaiveDate>) {
        let given = &self.deliveries[delivery as usize];
        for it in given.taught.iter().filter(|it| part == Part::Count || it.completed) {
            let trained =
                Trained { generation, from, by: Some(delivery), area: it.area, graduate: part != Part::Count };
            self.learn(it.person, trained);
        }
    }
}

/// Grows the tree of a scope. `roots` are those with whom it begins beside those whom its deliveries of
/// the kind [`Part::Train`] train; they stay what they are, whatever they take part in.
pub fn grow(
    deliveries: &[Given],
    order: &[u32],
    part: impl Fn(u32) -> Part,
    roots: impl IntoIterator<Item = (u32, Trained)>,
) -> Tree {
    let known = roots.into_iter().map(|(person, trained)| (person, (trained, false))).collect();
    let mut it = Growth { deliveries, known, carried: HashSet::new(), branches: Vec::new() };
    let undated: Vec<u32> =
        (0u32..).zip(deliveries).filter(|(_, given)| given.days.is_none()).map(|(n, _)| n).collect();
    for n in undated.iter().copied().filter(|n| part(*n) == Part::Train) {
        it.branch(n, 0, Vec::new());
        it.taught(n, Part::Train, 0, None);
    }
    for n in order.iter().copied() {
        let kind = part(n);
        if kind == Part::No {
            continue;
        }
        let given = &deliveries[n as usize];
        let (ours, least) = if kind == Part::Root { (Vec::new(), None) } else { it.ours(given) };
        let generation = match (kind, least) {
            (Part::Root | Part::Train, None) => 0,
            (_, Some(least)) => after(least),
            (_, None) => continue,
        };
        it.branch(n, generation, ours);
        if kind != Part::Root {
            let from = given.days.and_then(|(_, last)| last.succ_opt());
            it.taught(n, kind, generation, from);
        }
    }
    for n in undated {
        match part(n) {
            Part::Root => it.branch(n, 0, Vec::new()),
            Part::Count | Part::Further => {
                if let (ours, Some(least)) = it.ours(&deliveries[n as usize]) {
                    it.branch(n, after(least), ours);
                }
            }
            Part::Train | Part::No => {}
        }
    }
    let carried = it.carried;
    let trainers = it
        .known
        .into_iter()
        .map(|(person, (trained, _))| (person, trained))
        .filter(|(person, trained)| trained.graduate || carried.contains(person))
        .collect();
    Tree { branches: it.branches, trainers }
}

/// Stands for all of a kind in a [`Cell`].
pub const ALL: u16 = u16::MAX;

/// A whole delivery in parts: 1 to 16 divide it without a rest.
pub const WHOLE: i64 = 720_720;

/// The share that some have of a delivery.
pub const fn share(part: i64, of: i64) -> i64 {
    if of == 0 { 0 } else { WHOLE * part / of }
}

/// The year that a delivery counts for; 0 where its day is not known.
pub fn year(day: Option<NaiveDate>) -> u16 {
    day.and_then(|day| u16::try_from(day.year()).ok()).filter(|year| *year != ALL).unwrap_or(0)
}

/// What a number is of; everything but the scope may be [`ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// Number of the scope.
    pub scope: u16,
    /// The generation of those who take part. All are those from 1 on.
    pub generation: u16,
    /// Number of the area where people come from.
    pub area: u16,
    /// The year of the first day; 0 where it is not known.
    pub year: u16,
    /// Number of the course.
    pub course: u16,
}

impl Cell {
    /// This cell and all that it is part of.
    fn spread(self, mut put: impl FnMut(Self)) {
        let generations: &[u16] = if self.generation == 0 { &[0] } else { &[self.generation, ALL] };
        for generation in generations.iter().copied() {
            for area in [self.area, ALL] {
                for year in [self.year, ALL] {
                    for course in [self.course, ALL] {
                        put(Self { generation, area, year, course, ..self });
                    }
                }
            }
        }
    }
}

/// The numbers of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// Deliveries.
    pub deliveries: i64,
    /// Who of the tree gave them, each once; in generation 0 everybody who did.
    pub trainers: i64,
    /// Places taken.
    pub participations: i64,
    /// People, each once.
    pub persons: i64,
    /// Deliveries among them that keep no names.
    pub sealed: i64,
    /// People counted in these.
    pub heads: i64,
    /// Deliveries by the share of their trainers who are of the tree, in parts of [`WHOLE`].
    pub by_trainers: i64,
    /// Deliveries by the share of their projects, in parts of [`WHOLE`].
    pub by_payers: i64,
}

/// Counts deliveries, trainers and people, each once in every cell.
#[derive(Debug, Default)]
pub struct Counter {
    cells: HashMap<Cell, Counts>,
    heap: Vec<Cell>,
}

impl Counter {
    /// Everything some cells are part of, each once, to be given to `count`.
    fn once(&mut self, cells: &[Cell], count: impl Fn(&mut Counts)) {
        let mut heap = std::mem::take(&mut self.heap);
        heap.clear();
        cells.iter().for_each(|cell| cell.spread(|cell| heap.push(cell)));
        heap.sort_unstable();
        heap.dedup();
        for cell in &heap {
            count(self.cells.entry(*cell).or_default());
        }
        self.heap = heap;
    }

    /// Counts a delivery: the cells of all areas its people come from.
    pub fn delivery(&mut self, cells: &[Cell], sealed: bool, by_trainers: i64, by_payers: i64) {
        self.once(cells, |counts| {
            counts.deliveries += 1;
            counts.sealed += i64::from(sealed);
            counts.by_trainers += by_trainers;
            counts.by_payers += by_payers;
        });
    }

    /// Counts a trainer: the cells of all deliveries given.
    pub fn trainer(&mut self, cells: &[Cell]) {
        self.once(cells, |counts| counts.trainers += 1);
    }

    /// Counts a person: the cell of every place held.
    pub fn person(&mut self, places: &[Cell]) {
        for place in places {
            place.spread(|cell| self.cells.entry(cell).or_default().participations += 1);
        }
        self.once(places, |counts| counts.persons += 1);
    }

    /// Counts people without names.
    pub fn heads(&mut self, cell: Cell, people: i64) {
        cell.spread(|cell| self.cells.entry(cell).or_default().heads += people);
    }

    /// What was counted.
    pub fn finish(self) -> HashMap<Cell, Counts> {
        self.cells
    }
}
