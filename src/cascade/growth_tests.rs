//! The tree and its numbers, compared with counting them the slow way.

use super::growth::{ALL, Cell, Counter, Counts, Given, Part, Taught, Trained, Tree, WHOLE, grow, order, share, year};
use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

fn day(n: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2012, 1, 1).unwrap() + Days::new(n)
}

fn given(days: Option<(u64, u64)>, trainers: &[u32], taught: &[u32]) -> Given {
    Given {
        days: days.map(|(first, last)| (day(first), day(last))),
        trainers: trainers.to_vec(),
        taught: taught.iter().map(|person| Taught { person: *person, completed: true, area: 1 }).collect(),
    }
}

fn tree(deliveries: &[Given], parts: &[Part]) -> Tree {
    grow(deliveries, &order(deliveries), |n| parts[n as usize], [])
}

fn generations(tree: &Tree) -> Vec<(u32, u16)> {
    let mut found: Vec<_> = tree.branches.iter().map(|branch| (branch.delivery, branch.generation)).collect();
    found.sort_unstable();
    found
}

#[test]
fn from_a_training_of_trainers_on() {
    // 0 trains Ana (1); 1 is hers, with Ben (2) in it; 2 is Ben's; 3 is a stranger's.
    let deliveries = [
        given(Some((0, 4)), &[9], &[1]),
        given(Some((10, 12)), &[1, 9], &[2, 3]),
        given(Some((20, 22)), &[2], &[4]),
        given(Some((20, 22)), &[8], &[5]),
    ];
    let it = tree(&deliveries, &[Part::Train, Part::Count, Part::Count, Part::Count]);
    assert_eq!(generations(&it), [(0, 0), (1, 1), (2, 2)]);
    assert_eq!(it.branches[1].ours, [1], "the expert beside her is none of the tree");
    assert_eq!(it.trainers.keys().copied().collect::<Vec<_>>(), [1, 2], "3 and 4 carry nothing on");
    assert!(it.trainers[&1].graduate && !it.trainers[&2].graduate);
    assert_eq!(it.trainers[&2].from, Some(day(13)));
}

#[test]
fn what_came_too_early_does_not_count() {
    let deliveries = [given(Some((0, 4)), &[9], &[1]), given(Some((4, 6)), &[1], &[2])];
    assert_eq!(generations(&tree(&deliveries, &[Part::Train, Part::Count])), [(0, 0)]);
}

#[test]
fn two_who_teach_each_other_stay_where_they_were_first() {
    let deliveries = [
        given(Some((0, 1)), &[9], &[1]),
        given(Some((10, 11)), &[1], &[2]),
        given(Some((20, 21)), &[2], &[1]),
        given(Some((30, 31)), &[1], &[2]),
        given(Some((40, 41)), &[2], &[1]),
    ];
    let parts = [Part::Train, Part::Count, Part::Count, Part::Count, Part::Count];
    let it = tree(&deliveries, &parts);
    assert_eq!(generations(&it), [(0, 0), (1, 1), (2, 2), (3, 1), (4, 2)]);
    assert_eq!((it.trainers[&1].generation, it.trainers[&2].generation), (0, 1));
}

#[test]
fn a_training_of_trainers_that_graduates_give_is_not_a_beginning() {
    let deliveries =
        [given(Some((0, 1)), &[9], &[1]), given(Some((10, 11)), &[1], &[2]), given(Some((10, 11)), &[8], &[3])];
    let it = tree(&deliveries, &[Part::Train; 3]);
    assert_eq!(generations(&it), [(0, 0), (1, 1), (2, 0)]);
    assert_eq!((it.trainers[&2].generation, it.trainers[&3].generation), (1, 0));
    assert_eq!(generations(&tree(&deliveries, &[Part::Train, Part::Train, Part::Further])), [(0, 0), (1, 1)]);
}

#[test]
fn without_a_day_a_delivery_counts_and_nothing_follows_from_it() {
    let deliveries = [given(Some((0, 1)), &[9], &[1]), given(None, &[1], &[2]), given(Some((20, 21)), &[2], &[3])];
    let it = tree(&deliveries, &[Part::Train, Part::Count, Part::Count]);
    assert_eq!(generations(&it), [(0, 0), (1, 1)]);
    assert_eq!((year(None), year(Some(day(0)))), (0, 2012));
}

#[test]
fn a_root_stays_a_root() {
    // Ana is of the cohort from day 10 on, whatever she took part in before.
    let deliveries = [given(Some((0, 1)), &[7], &[1]), given(Some((10, 11)), &[1], &[2])];
    let root = |from| Trained { generation: 0, from: Some(day(from)), by: None, area: 0, graduate: true };
    let it = grow(&deliveries, &order(&deliveries), |_| Part::Count, [(7, root(0)), (1, root(10))]);
    assert_eq!(generations(&it), [(0, 1), (1, 1)]);
}

#[test]
fn shares_add_up() {
    assert_eq!(share(1, 3) + share(2, 3), WHOLE);
    assert_eq!((share(1, 0), share(2, 4)), (0, WHOLE / 2));
}

/// A delivery of the random worlds: days, part, who gave it, who took part and completed or not.
type Random = (Option<(u64, u64)>, u8, Vec<u32>, Vec<(u32, bool)>);

fn world() -> impl Strategy<Value = Vec<Random>> {
    let days = proptest::option::weighted(0.85, (0u64..60, 0u64..6).prop_map(|(first, long)| (first, first + long)));
    let people = proptest::collection::vec(0u32..9, 0..3);
    let taught = proptest::collection::vec((0u32..9, any::<bool>()), 0..6);
    proptest::collection::vec((days, 0u8..6, people, taught), 0..12)
}

fn made(world: &[Random]) -> (Vec<Given>, Vec<Part>) {
    let given = world.iter().map(|(days, _, trainers, taught)| {
        let unique: BTreeMap<u32, bool> = taught.iter().copied().collect();
        Given {
            days: days.map(|(first, last)| (day(first), day(last))),
            trainers: trainers.iter().copied().collect::<BTreeSet<_>>().into_iter().collect(),
            taught: unique
                .into_iter()
                .map(|(person, completed)| Taught { person, completed, area: (person % 3) as u16 })
                .collect(),
        }
    });
    let part = |n: &u8| match n {
        0 | 1 => Part::Train,
        2 => Part::Further,
        3 => Part::No,
        _ => Part::Count,
    };
    (given.collect(), world.iter().map(|(_, n, ..)| part(n)).collect())
}

/// The definition, word for word: the generation of a delivery, from those of whoever trained its trainers.
fn by_definition(deliveries: &[Given], parts: &[Part], n: usize) -> Option<u16> {
    let given = &deliveries[n];
    if parts[n] == Part::No {
        return None;
    }
    let least = if given.days.is_none() && parts[n] == Part::Train {
        None
    } else {
        given
            .trainers
            .iter()
            .filter_map(|person| trained_before(deliveries, parts, *person, given.days.map(|(first, _)| first)))
            .map(|(_, generation, _)| generation)
            .min()
    };
    match (parts[n], least) {
        (_, Some(least)) => Some(least + 1),
        (Part::Train, None) => Some(0),
        _ => None,
    }
}

/// The first training of a person that was over before a day: when it was over, of which generation, which.
fn trained_before(
    deliveries: &[Given],
    parts: &[Part],
    person: u32,
    before: Option<NaiveDate>,
) -> Option<(Option<NaiveDate>, u16, usize)> {
    (0..deliveries.len())
        .filter(|n| {
            let it = &deliveries[*n];
            let over = match (it.days, before) {
                (None, _) => parts[*n] == Part::Train,
                (Some((_, last)), Some(before)) => last < before,
                (Some(_), None) => true,
            };
            let learned = |taught: &Taught| taught.person == person && (parts[*n] == Part::Count || taught.completed);
            over && it.taught.iter().any(learned)
        })
        .filter_map(|n| {
            Some((deliveries[n].days.map(|(_, last)| last + Days::new(1)), by_definition(deliveries, parts, n)?, n))
        })
        .min()
}

/// A participation of the random numbers: person, delivery, area.
fn places(deliveries: &[Given]) -> Vec<(u32, u32, u16)> {
    (0u32..)
        .zip(deliveries)
        .flat_map(|(n, it)| it.taught.iter().map(move |t| (t.person, n, (t.person + n) as u16 % 3)))
        .collect()
}

/// The cells as the counter makes them.
fn counted(deliveries: &[Given], tree: &Tree) -> HashMap<Cell, Counts> {
    let of: HashMap<u32, u16> = tree.branches.iter().map(|branch| (branch.delivery, branch.generation)).collect();
    let cell = |n: u32, area: u16| Cell {
        scope: 0,
        generation: of[&n],
        area,
        year: year(deliveries[n as usize].days.map(|(first, _)| first)),
        course: (n % 2) as u16,
    };
    let mut counter = Counter::default();
    let mut by_person: BTreeMap<u32, Vec<Cell>> = BTreeMap::new();
    let mut areas: BTreeMap<u32, BTreeSet<u16>> = BTreeMap::new();
    for (person, n, area) in places(deliveries).into_iter().filter(|(_, n, _)| of.contains_key(n)) {
        by_person.entry(person).or_default().push(cell(n, area));
        areas.entry(n).or_default().insert(area);
    }
    by_person.values().for_each(|places| counter.person(places));
    let mut gave: BTreeMap<u32, Vec<Cell>> = BTreeMap::new();
    for branch in &tree.branches {
        let areas = areas.get(&branch.delivery).cloned().unwrap_or_else(|| BTreeSet::from([0]));
        let cells: Vec<Cell> = areas.iter().map(|area| cell(branch.delivery, *area)).collect();
        let trainers = &deliveries[branch.delivery as usize].trainers;
        counter.delivery(&cells, false, share(branch.ours.len() as i64, trainers.len() as i64), 0);
        for person in if branch.generation == 0 { trainers } else { &branch.ours } {
            gave.entry(*person).or_default().extend(&cells);
        }
    }
    gave.values().for_each(|cells| counter.trainer(cells));
    counter.finish()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_tree_is_what_the_definition_says(world in world()) {
        let (deliveries, parts) = made(&world);
        let it = tree(&deliveries, &parts);
        let expected: Vec<(u32, u16)> = (0..deliveries.len())
            .filter_map(|n| Some((n as u32, by_definition(&deliveries, &parts, n)?)))
            .collect();
        prop_assert_eq!(generations(&it), expected);
        for (person, trained) in &it.trainers {
            let (from, generation, _) = trained_before(&deliveries, &parts, *person, None).unwrap();
            prop_assert_eq!((trained.from, trained.generation), (from, generation), "{}", person);
        }
    }

    #[test]
    fn there_is_no_cycle_however_people_teach_each_other(world in world()) {
        let (deliveries, parts) = made(&world);
        let it = tree(&deliveries, &parts);
        for branch in &it.branches {
            // Upwards from any delivery every step leads to an earlier one and, for the trainer with the
            // lowest generation, to the generation before.
            let mut at = branch.clone();
            let mut steps = 0;
            while at.generation > 0 {
                let least = at.ours.iter().map(|person| it.trainers[person]).min_by_key(|trained| trained.generation).unwrap();
                prop_assert_eq!(least.generation + 1, at.generation);
                let by = least.by.unwrap();
                if let (Some((first, _)), Some((_, last))) = (deliveries[at.delivery as usize].days, deliveries[by as usize].days) {
                    prop_assert!(last < first);
                }
                at = it.branches.iter().find(|other| other.delivery == by).unwrap().clone();
                steps += 1;
                prop_assert!(steps <= it.branches.len());
            }
            prop_assert_eq!(steps, usize::from(branch.generation));
        }
    }

    #[test]
    fn the_numbers_are_what_counting_by_hand_says(world in world()) {
        let (deliveries, parts) = made(&world);
        let it = tree(&deliveries, &parts);
        let cells = counted(&deliveries, &it);
        let of: HashMap<u32, u16> = generations(&it).into_iter().collect();
        let places: Vec<_> = places(&deliveries).into_iter().filter(|(_, n, _)| of.contains_key(n)).collect();
        let is = |wanted: u16, value: u16| wanted == ALL || wanted == value;
        let in_cell = |cell: &Cell, n: u32| {
            let generation = of[&n];
            (if cell.generation == ALL { generation > 0 } else { generation == cell.generation })
                && is(cell.year, year(deliveries[n as usize].days.map(|(first, _)| first)))
                && is(cell.course, (n % 2) as u16)
        };
        for (cell, counts) in &cells {
            let held: Vec<_> = places.iter().filter(|(_, n, area)| in_cell(cell, *n) && is(cell.area, *area)).collect();
            prop_assert_eq!(counts.participations as usize, held.len());
            let persons: BTreeSet<u32> = held.iter().map(|(person, ..)| *person).collect();
            prop_assert_eq!(counts.persons as usize, persons.len(), "no person twice");
            let given: Vec<u32> = of
                .keys()
                .copied()
                .filter(|n| in_cell(cell, *n))
                .filter(|n| {
                    let mut areas = places.iter().filter(|(_, other, _)| other == n).map(|(.., area)| *area).peekable();
                    if areas.peek().is_none() { is(cell.area, 0) } else { areas.any(|area| is(cell.area, area)) }
                })
                .collect();
            prop_assert_eq!(counts.deliveries as usize, given.len());
            let trainers: BTreeSet<u32> = it
                .branches
                .iter()
                .filter(|branch| given.contains(&branch.delivery))
                .flat_map(|branch| if branch.generation == 0 { &deliveries[branch.delivery as usize].trainers } else { &branch.ours })
                .copied()
                .collect();
            prop_assert_eq!(counts.trainers as usize, trainers.len());
            prop_assert!(counts.by_trainers <= WHOLE * counts.deliveries);
        }
        // Nothing is missing: the largest cell of the tree, if anything grew, has all of it.
        let whole = Cell { scope: 0, generation: ALL, area: ALL, year: ALL, course: ALL };
        let grown = of.values().filter(|generation| **generation > 0).count();
        prop_assert_eq!(cells.get(&whole).map_or(0, |counts| counts.deliveries as usize), grown);
    }
}
