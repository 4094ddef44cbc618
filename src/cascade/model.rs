//! What is asked of the cascade, as addresses have it, and numbers as they may be told.

use crate::common::few::{FEW, nearest, told};
use serde::{Deserialize, Serialize};

/// A delivery is expected of a trainer once in so many months.
pub const ACTIVE_MONTHS: u32 = 12;
/// Nobody is reminded twice within so many days.
pub const REMIND_DAYS: i64 = 30;
/// As many things as may be open in the picture at once, of a kind.
pub const OPEN_MOST: usize = 8;
/// As many things as stand side by side in the picture; the others are behind a number.
pub const SIDE_BY_SIDE: usize = 8;
/// What an address calls those who were trained as trainers, in the picture.
pub const GRADUATES: &str = "w";
/// What is open where nothing is.
const NOTHING: &str = "-";
/// How an address says that an area is not recorded.
const NO_AREA: &str = "none";

crate::text_enum! {
    /// Of what the cascade is shown.
    pub enum Kind {
        /// A cohort: it begins with its members.
        Cohort = "cohort",
        /// A project: it begins with those who completed its trainings of trainers.
        Project = "project",
        /// A course: it begins with those who were trained to give it.
        Course = "course",
    }
}

crate::text_enum! {
    /// What stands in a list behind a number.
    pub enum Of {
        /// Deliveries.
        Deliveries = "deliveries",
        /// Deliveries that keep no names.
        Sealed = "sealed",
        /// Who gave them.
        Trainers = "trainers",
        /// Who was trained as a trainer.
        Graduates = "graduates",
        /// Who took part, each time.
        Places = "places",
        /// Who took part, each once.
        People = "people",
    }
}

/// The page of a cohort, a project or a course.
pub fn home(kind: Kind, key: &str) -> String {
    match kind {
        Kind::Cohort => format!("/cohorts/{key}"),
        Kind::Project => format!("/projects/{key}"),
        Kind::Course => format!("/courses/{key}"),
    }
}

/// What an address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Of what: the id of a cohort, the key of a project or the address of a course.
    pub scope: Option<(Kind, String)>,
    /// One generation; none for all from the first on.
    pub generation: Option<u16>,
    /// One area; empty for those not recorded.
    pub area: Option<String>,
    /// One year; 0 for deliveries without a day.
    pub year: Option<u16>,
    /// One course.
    pub course: Option<String>,
    /// What is open in the picture.
    pub open: Vec<String>,
    /// What a list is of.
    pub of: Option<Of>,
    /// A trainer whose deliveries are asked for.
    pub trainer: String,
    /// A delivery whose people are asked for.
    pub delivery: String,
    /// Where a list goes on.
    pub after: String,
}

impl Asked {
    /// Reads the query of an address. What is not understood is as if it were not there.
    pub fn parse(query: &str) -> Self {
        let mut it = Self::default();
        let (mut cohort, mut project, mut course) = (None, None, None);
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            let value = value.trim();
            if value.is_empty() || value.len() > 2000 {
                continue;
            }
            let text = || Some(value.to_owned());
            match &*name {
                "cohort" => cohort = text(),
                "project" => project = text(),
                "course" => course = text(),
                "generation" => it.generation = value.parse().ok(),
                "area" => it.area = Some(if value == NO_AREA { String::new() } else { value.to_owned() }),
                "year" => it.year = value.parse().ok(),
                "open" => {
                    let keys = value.split(',').map(str::trim).filter(|key| !key.is_empty());
                    it.open = keys.map(str::to_owned).collect();
                }
                "of" => it.of = value.parse().ok(),
                "trainer" => it.trainer = value.to_owned(),
                "delivery" => it.delivery = value.to_owned(),
                "after" => it.after = value.to_owned(),
                _ => {}
            }
        }
        (it.scope, it.course) = match (cohort, project, course) {
            (Some(cohort), _, course) => (Some((Kind::Cohort, cohort)), course),
            (None, Some(project), course) => (Some((Kind::Project, project)), course),
            (None, None, course) => (course.map(|course| (Kind::Course, course)), None),
        };
        it
    }

    /// The query of an address that asks the same.
    pub fn query(&self) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        if let Some((kind, key)) = &self.scope {
            pairs.append_pair(kind.code(), key);
        }
        let area = self.area.as_deref().map(|area| if area.is_empty() { NO_AREA } else { area });
        let generation = self.generation.map(|generation| generation.to_string());
        let year = self.year.map(|year| year.to_string());
        let open = self.open.join(",");
        for (name, value) in [
            ("generation", generation.as_deref()),
            ("area", area),
            ("year", year.as_deref()),
            ("course", self.course.as_deref()),
            ("open", Some(open.as_str())),
            ("of", self.of.map(Of::code)),
            ("trainer", Some(self.trainer.as_str())),
            ("delivery", Some(self.delivery.as_str())),
            ("after", Some(self.after.as_str())),
        ] {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                pairs.append_pair(name, value);
            }
        }
        pairs.finish()
    }

    /// The same scope, and nothing else.
    pub fn bare(&self) -> Self {
        Self { scope: self.scope.clone(), ..Self::default() }
    }

    /// The same filters, with nothing open and no list.
    pub fn filters(&self) -> Self {
        Self {
            open: Vec::new(),
            of: None,
            trainer: String::new(),
            delivery: String::new(),
            after: String::new(),
            ..self.clone()
        }
    }

    /// A list under the same filters.
    pub fn list(&self, of: Of) -> Self {
        Self { of: Some(of), ..self.filters() }
    }

    /// What is open in the picture: where the address says nothing, those who were trained as trainers.
    pub fn opened(&self) -> Vec<String> {
        if self.open.is_empty() { vec![GRADUATES.to_owned()] } else { self.open.clone() }
    }

    /// The same with something opened or closed.
    pub fn turned(&self, key: &str) -> Self {
        let mut open = self.opened();
        match open.iter().position(|open| open == key) {
            Some(at) => {
                open.remove(at);
            }
            None => open.push(key.to_owned()),
        }
        open.retain(|key| key != NOTHING);
        if open.is_empty() {
            open.push(NOTHING.to_owned());
        }
        Self { open, ..self.clone() }
    }

    /// Whether anything narrows the numbers.
    pub fn filtered(&self) -> bool {
        self.generation.is_some() || self.area.is_some() || self.year.is_some() || self.course.is_some()
    }
}

/// Numbers as they may be told; none where one is kept back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Deliveries; they are no secret.
    pub deliveries: i64,
    /// Deliveries among them that keep no names.
    pub sealed: i64,
    /// Deliveries by the share of trainers who are of the tree, in tenths.
    pub by_trainers: i64,
    /// Deliveries by the share of projects that this one is, in tenths.
    pub by_payers: i64,
    /// Who gave them, each once.
    pub trainers: Option<i64>,
    /// Places taken.
    pub participations: Option<i64>,
    /// People, each once.
    pub persons: Option<i64>,
    /// People counted without names.
    pub heads: Option<i64>,
}

impl Figures {
    /// What may be told of some numbers. Few people in few places are the same secret.
    pub fn told(self, keep_back: bool) -> Self {
        let again = |count: Option<i64>| count.and_then(|count| told(count, keep_back));
        let few = self.persons.zip(self.participations).map_or(0, |(persons, places)| persons.min(places));
        let hidden = keep_back && (1..FEW).contains(&few);
        Self {
            trainers: again(self.trainers),
            participations: again(self.participations).filter(|_| !hidden),
            persons: again(self.persons).filter(|_| !hidden),
            heads: again(self.heads),
            ..self
        }
    }
}

/// A share in parts of `whole` as tenths, to the nearest.
pub const fn tenths(parts: i64, whole: i64) -> i64 {
    nearest(parts * 10, whole) / whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_scope_comes_first_and_a_course_may_be_a_filter() {
        let scope = |query: &str| Asked::parse(query).scope;
        assert_eq!(scope("course=introductory"), Some((Kind::Course, "introductory".into())));
        let both = Asked::parse("project=ipa&course=introductory&area=none&year=0&generation=2");
        assert_eq!(both.scope, Some((Kind::Project, "ipa".into())));
        assert_eq!((both.course.as_deref(), both.area.as_deref()), (Some("introductory"), Some("")));
        assert_eq!((both.year, both.generation, both.filtered()), (Some(0), Some(2), true));
        assert_eq!(scope(""), None);
    }

    #[test]
    fn what_is_open_at_first_can_be_closed() {
        let asked = Asked::parse("project=ipa");
        assert_eq!(asked.opened(), [GRADUATES]);
        let closed = asked.turned(GRADUATES);
        assert_eq!(Asked::parse(&closed.query()).opened(), ["-"]);
        assert_eq!(closed.turned(GRADUATES).opened(), [GRADUATES]);
    }

    #[test]
    fn few_are_not_told() {
        let figures = Figures {
            deliveries: 2,
            trainers: Some(2),
            participations: Some(4),
            persons: Some(4),
            heads: Some(12),
            ..Figures::default()
        };
        let shown = figures.told(true);
        assert_eq!((shown.deliveries, shown.trainers, shown.persons, shown.participations), (2, None, None, None));
        assert_eq!(shown.heads, Some(10));
        assert_eq!(figures.told(false), figures);
        // Five places of four people tell of the four.
        assert_eq!(Figures { participations: Some(5), ..figures }.told(true).participations, None);
    }

    #[test]
    fn shares_in_tenths() {
        assert_eq!((tenths(720_720, 720_720), tenths(360_360, 720_720), tenths(240_240, 720_720)), (10, 5, 3));
    }

    proptest! {
        #[test]
        fn an_address_reads_back(
            project: bool,
            key in "[a-z0-9&= -]{1,12}",
            generation in proptest::option::of(0u16..9),
            area in proptest::option::of("[A-Z]{0,2}"),
            year in proptest::option::of(0u16..2100),
            open in proptest::collection::vec("[a-z0-9:]{1,6}", 0..4),
        ) {
            let key = key.trim().to_owned();
            prop_assume!(!key.is_empty());
            let kind = if project { Kind::Project } else { Kind::Cohort };
            let asked = Asked { scope: Some((kind, key)), generation, area, year, open, ..Asked::default() };
            prop_assert_eq!(Asked::parse(&asked.query()), asked.clone());
            prop_assert!(asked.turned("x/").open.contains(&"x/".to_owned()));
            prop_assert_eq!(asked.turned("x/").turned("x/").opened(), asked.opened());
        }
    }
}
