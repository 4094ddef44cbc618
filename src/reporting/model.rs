//! Rules: how numbers are told without telling on anybody.

pub use crate::common::few::FEW;

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Stands for all of a kind.
pub const ALL: &str = "*";

/// One count of the reach: an area and a course, each possibly [`ALL`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Reach {
    /// The area's code; empty where the record does not say.
    pub area_code: String,
    /// The course's address in the site.
    pub course_slug: String,
    /// Deliveries.
    pub deliveries: i64,
    /// Places taken in them.
    pub participations: i64,
    /// People, each once.
    pub persons: i64,
    /// Places that led to a completion.
    pub completions: i64,
}

/// People counted without names, as they may be told: beside the other figures, never in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unnamed {
    /// All of them; none where so few are not told.
    pub people: Option<i64>,
    /// Those whose count nobody has confirmed; none where so few are not told.
    pub unverified: Option<i64>,
}

impl Default for Unnamed {
    fn default() -> Self {
        Self { people: Some(0), unverified: Some(0) }
    }
}

impl Unnamed {
    /// As the programme office sees them or, with `keep_back`, as everybody does: none under [`FEW`], and
    /// rounded, so that no small count follows by subtraction.
    pub fn told(people: i64, unverified: i64, keep_back: bool) -> Self {
        let told = |count: i64| match (keep_back, count) {
            (false, _) | (_, 0) => Some(count),
            (true, 1..FEW) => None,
            (true, _) => Some((count + FEW / 2) / FEW * FEW),
        };
        let people_told = told(people);
        Self { people: people_told, unverified: people_told.and_then(|_| told(unverified)) }
    }

    /// Whether there is nobody.
    pub fn none(&self) -> bool {
        self.people == Some(0)
    }
}

/// Counts of people without names in a cell of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Apart {
    /// All of them.
    pub people: i64,
    /// Those whose count nobody has confirmed.
    pub unverified: i64,
}

impl std::ops::AddAssign for Apart {
    fn add_assign(&mut self, more: Self) {
        self.people += more.people;
        self.unverified += more.unverified;
    }
}

/// Puts people counted without names beside the figures of their cells and of the totals over these. A cell
/// that has nobody else says so.
pub fn beside(cells: &mut BTreeMap<Cell, Figures>, apart: &[(Cell, Apart)], keep_back: bool) {
    let mut sums: BTreeMap<Cell, Apart> = BTreeMap::new();
    for ((area, course), counted) in apart {
        for area in [area.as_str(), ALL] {
            for course in [course.as_str(), ALL] {
                *sums.entry((area.to_owned(), course.to_owned())).or_default() += *counted;
            }
        }
    }
    for (cell, it) in sums {
        let nobody = Figures { participations: Some(0), persons: Some(0), completions: Some(0), ..Figures::default() };
        cells.entry(cell).or_insert(nobody).unnamed = Unnamed::told(it.people, it.unverified, keep_back);
    }
}

/// Figures as they may be shown; none where a count is kept back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Deliveries; they are no secret.
    pub deliveries: i64,
    /// Places taken.
    pub participations: Option<i64>,
    /// People, each once.
    pub persons: Option<i64>,
    /// Places that led to a completion.
    pub completions: Option<i64>,
    /// People counted without names; in none of the others.
    pub unnamed: Unnamed,
}

/// A row of a table of figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Code of the area or address of the course.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The figures.
    pub figures: Figures,
}

/// An area and a course, each possibly [`ALL`].
pub type Cell = (String, String);

/// The figures of every cell, with small counts kept back if asked.
pub fn figures(reach: &[Reach], keep_back: bool) -> BTreeMap<Cell, Figures> {
    let counts = |of: fn(&Reach) -> i64| -> BTreeMap<Cell, i64> {
        reach.iter().map(|r| ((r.area_code.clone(), r.course_slug.clone()), of(r))).collect()
    };
    let (people, completions) = if keep_back {
        // Few people in few places are the same secret, so the smaller count decides.
        let people = kept_back(&counts(|r| r.persons.min(r.participations)));
        (people, kept_back(&counts(|r| r.completions)))
    } else {
        (BTreeSet::new(), BTreeSet::new())
    };
    reach
        .iter()
        .map(|r| {
            let cell = (r.area_code.clone(), r.course_slug.clone());
            let shown = |value: i64, hidden: bool| (!hidden).then_some(value);
            let hidden = people.contains(&cell);
            let figures = Figures {
                deliveries: r.deliveries,
                participations: shown(r.participations, hidden),
                persons: shown(r.persons, hidden),
                completions: shown(r.completions, hidden || completions.contains(&cell)),
                unnamed: Unnamed::default(),
            };
            (cell, figures)
        })
        .collect()
}

/// The cells to keep back: those under [`FEW`], and in each row and column, whose total may be
/// known, so many of the next smallest that none follows by subtraction.
fn kept_back(counts: &BTreeMap<Cell, i64>) -> BTreeSet<Cell> {
    let small = |count: i64| (1..FEW).contains(&count);
    let mut hidden: BTreeSet<Cell> =
        counts.iter().filter(|(_, count)| small(**count)).map(|(cell, _)| cell.clone()).collect();
    // Lines of the table: the courses of an area (or of all), the areas of a course (or of all).
    let mut lines: BTreeMap<(bool, &str), Vec<(&Cell, i64)>> = BTreeMap::new();
    for (cell, count) in counts.iter().filter(|(_, count)| **count > 0) {
        if cell.1 != ALL {
            lines.entry((false, &cell.0)).or_default().push((cell, *count));
        }
        if cell.0 != ALL {
            lines.entry((true, &cell.1)).or_default().push((cell, *count));
        }
    }
    for line in lines.values_mut() {
        line.sort_by_key(|(cell, count)| (*count, (*cell).clone()));
    }
    loop {
        let before = hidden.len();
        for ((down, name), line) in &lines {
            let safe = |hidden: &BTreeSet<Cell>| {
                let inside = || line.iter().filter(|(cell, _)| hidden.contains(*cell));
                inside().count() == 0 || (inside().count() > 1 && inside().map(|(_, count)| count).sum::<i64>() >= FEW)
            };
            for (cell, _) in line {
                if safe(&hidden) {
                    break;
                }
                hidden.insert((*cell).clone());
            }
            // Nothing more to hide in the line: then its total would tell.
            if !safe(&hidden) {
                let all = ALL.to_owned();
                hidden.insert(if *down { (all, (*name).to_owned()) } else { ((*name).to_owned(), all) });
            }
        }
        if hidden.len() == before {
            return hidden;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reach(area: &str, course: &str, people: i64) -> Reach {
        Reach {
            area_code: area.into(),
            course_slug: course.into(),
            deliveries: 1,
            participations: people,
            persons: people,
            completions: people,
        }
    }

    /// A table with its totals.
    fn table(cells: &[[i64; 3]]) -> Vec<Reach> {
        let mut rows = Vec::new();
        for (a, line) in cells.iter().enumerate() {
            for (c, count) in line.iter().enumerate() {
                rows.push(reach(&format!("a{a}"), &format!("c{c}"), *count));
            }
            rows.push(reach(&format!("a{a}"), ALL, line.iter().sum()));
        }
        for c in 0..3 {
            rows.push(reach(ALL, &format!("c{c}"), cells.iter().map(|line| line[c]).sum()));
        }
        rows.push(reach(ALL, ALL, cells.iter().flatten().sum()));
        rows
    }

    #[test]
    fn what_is_few_cannot_be_subtracted() {
        let shown = figures(&table(&[[30, 3, 12], [20, 40, 7]]), true);
        let at = |a: &str, c: &str| shown[&(a.to_owned(), c.to_owned())].persons;
        assert_eq!((at("a0", "c0"), at("a0", "c1"), at("a0", "c2")), (Some(30), None, None));
        assert_eq!((at("a1", "c1"), at("a1", "c2"), at(ALL, ALL)), (None, None, Some(112)));
        assert!(figures(&table(&[[30, 3, 12]]), false).values().all(|f| f.persons.is_some()));
    }

    #[test]
    fn who_is_counted_without_a_name_stands_beside() {
        let mut cells = figures(&table(&[[30, 40, 12]]), false);
        let cell = |a: &str, c: &str| (a.to_owned(), c.to_owned());
        let before = cells.clone();
        let apart = [
            (cell("a0", "c0"), Apart { people: 12, unverified: 12 }),
            (cell("a9", "c0"), Apart { people: 7, unverified: 0 }),
        ];
        beside(&mut cells, &apart, false);
        assert_eq!(cells[&cell(ALL, ALL)].unnamed, Unnamed { people: Some(19), unverified: Some(12) });
        assert_eq!(cells[&cell("a9", ALL)].unnamed.people, Some(7));
        assert_eq!(cells[&cell("a9", "c0")].persons, Some(0), "nobody there has a name");
        for (cell, figures) in &before {
            let after = Figures { unnamed: Unnamed::default(), ..cells[cell] };
            assert_eq!(after, *figures, "nothing was added to anything");
        }
        assert_eq!(Unnamed::told(3, 3, true), Unnamed { people: None, unverified: None });
        assert_eq!(Unnamed::told(23, 3, true), Unnamed { people: Some(25), unverified: None });
        assert_eq!(Unnamed::told(0, 0, true), Unnamed::default());
    }

    proptest! {
        #[test]
        fn no_small_count_is_told_or_follows(cells in proptest::collection::vec([0i64..12, 0i64..12, 0i64..60], 1..5)) {
            let shown = figures(&table(&cells), true);
            for (cell, figures) in &shown {
                if let Some(persons) = figures.persons {
                    prop_assert!(persons == 0 || persons >= FEW, "{:?}", cell);
                }
            }
            // In every line of the table none or several cells are kept back, unless the whole line is
            // that cell and its total is kept back as well.
            for (area, line) in cells.iter().enumerate() {
                let area = format!("a{area}");
                let hidden = (0..3).filter(|c| shown[&(area.clone(), format!("c{c}"))].persons.is_none()).count();
                let alone = line.iter().filter(|count| **count > 0).count() == 1;
                prop_assert!(hidden != 1 || (alone && shown[&(area.clone(), ALL.to_owned())].persons.is_none()), "{:?}", line);
            }
        }
    }
}
