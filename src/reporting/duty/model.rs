//! Rules: how many met their duty, as it may be told.

use crate::{
    common::few,
    institutions::duty::model::{Held, Term, missing, of_year},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

crate::text_enum! {
    /// What the lines stand for.
    pub enum DutyBy {
        /// Where they work.
        Institution = "institution",
        /// The area of their post.
        Area = "area",
        /// What they are.
        Profession = "profession",
    }
}

/// Somebody's post in a year, with what they attended in it.
#[derive(Clone, Debug)]
pub struct Post {
    /// The post.
    pub held: Held,
    /// Address of its institution; empty where the record names none.
    pub institution: String,
}

/// People who owe something, and how many of them have attended it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// They owe something.
    pub people: i64,
    /// They have attended it all.
    pub met: i64,
}

impl Count {
    fn add(&mut self, met: bool) {
        self.people += 1;
        self.met += i64::from(met);
    }

    /// The numbers as they may be told: where small counts are kept back, neither few people nor few
    /// who met it, or did not, can be told; the others are rounded, and the share is that of what is told.
    pub fn told(self, keep_back: bool) -> DutyTold {
        let Self { people, met } = self;
        let missed = few::told(people - met, keep_back);
        let people = few::told(people, keep_back);
        let met = people.and(missed).and(few::told(met, keep_back));
        let share = people.zip(met).filter(|(people, _)| *people > 0).map(|(people, met)| met * 100 / people);
        DutyTold { people, met, share }
    }
}

/// Numbers as they may be told; none where one is kept back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyTold {
    /// People who owe something.
    pub people: Option<i64>,
    /// Those who have attended it all.
    pub met: Option<i64>,
    /// Their share in percent, rounded down.
    pub share: Option<i64>,
}

/// Which people are asked for; empty means all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DutyAsked {
    /// Code of an area.
    pub area: String,
    /// Address of an institution.
    pub institution: String,
    /// Code of a profession.
    pub profession: String,
    /// A year; this one where it is empty.
    pub year: String,
    /// What the lines stand for; see [`DutyBy`].
    pub by: String,
}

impl DutyAsked {
    /// What the lines stand for: the institutions of everybody, the professions of one institution.
    pub fn lines(&self) -> DutyBy {
        let usual = if self.institution.is_empty() { DutyBy::Institution } else { DutyBy::Profession };
        self.by.parse().unwrap_or(usual)
    }
}

/// Counts people once each, by what the lines stand for. `people` are their posts, with the minutes they
/// attended in the year.
pub fn count<'a>(
    terms: &[Term],
    people: impl IntoIterator<Item = (&'a [Post], i64)>,
    asked: &DutyAsked,
    year: i64,
    today: NaiveDate,
) -> (Count, BTreeMap<String, Count>) {
    let (mut all, mut each) = (Count::default(), BTreeMap::<String, Count>::new());
    let by = asked.lines();
    let is = |wanted: &str, value: &str| wanted.is_empty() || wanted == value;
    for (posts, minutes) in people {
        let Some((held, term)) = of_year(terms, posts.iter().map(|post| &post.held), year, today) else { continue };
        let Some(post) = posts.iter().find(|post| post.held == *held) else { continue };
        let profession = held.profession.code();
        if !(is(&asked.area, &held.area_code)
            && is(&asked.institution, &post.institution)
            && is(&asked.profession, profession))
        {
            continue;
        }
        let key = match by {
            DutyBy::Institution => &post.institution,
            DutyBy::Area => &held.area_code,
            DutyBy::Profession => profession,
        };
        let met = missing(term.hours, minutes) == 0;
        all.add(met);
        if !each.contains_key(key) {
            each.insert(key.to_owned(), Count::default());
        }
        if let Some(count) = each.get_mut(key) {
            count.add(met);
        }
    }
    (all, each)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{common::few::FEW, people::model::Profession};
    use proptest::prelude::*;

    fn post(profession: Profession, institution: &str) -> Post {
        let held = Held { area_code: "AL".into(), profession, starts_on: None, ends_on: None };
        Post { held, institution: institution.into() }
    }

    fn terms() -> Vec<Term> {
        let term = |profession, hours| Term {
            area_code: "AL".into(),
            profession,
            from_year: 2020,
            hours,
            source: "Law".into(),
        };
        vec![term(Profession::Judge, 40), term(Profession::Prosecutor, 24)]
    }

    #[test]
    fn each_counts_once_where_most_is_asked() {
        let two = [post(Profession::Prosecutor, "office"), post(Profession::Judge, "court")];
        let other = [post(Profession::Trainer, "school")];
        let today = "2026-11-24".parse().unwrap();
        let people = [(two.as_slice(), 30 * 60), (&two[..1], 24 * 60), (&other, 99 * 60)];
        let (all, each) = count(&terms(), people, &DutyAsked::default(), 2026, today);
        assert_eq!(all, Count { people: 2, met: 1 });
        assert_eq!(each["court"], Count { people: 1, met: 0 });
        assert_eq!(each["office"], Count { people: 1, met: 1 });
        let asked = DutyAsked { institution: "court".into(), ..DutyAsked::default() };
        let (all, each) = count(&terms(), people, &asked, 2026, today);
        assert_eq!((all.people, each.keys().next().unwrap().as_str()), (1, "judge"));
    }

    proptest! {
        #[test]
        fn few_are_never_told(people in 0i64..200, met in 0i64..200) {
            let met = met.min(people);
            let told = Count { people, met }.told(true);
            for number in [told.people, told.met].into_iter().flatten() {
                prop_assert_eq!(number % FEW, 0);
            }
            if (1..FEW).contains(&people) {
                prop_assert_eq!(told, DutyTold::default());
            }
            if (1..FEW).contains(&met) || (1..FEW).contains(&(people - met)) {
                prop_assert_eq!((told.met, told.share), (None, None));
            }
            let exact = Count { people, met }.told(false);
            prop_assert_eq!((exact.people, exact.met), (Some(people), Some(met)));
            prop_assert!(exact.share.is_none_or(|share| (0..=100).contains(&share)));
        }
    }
}
