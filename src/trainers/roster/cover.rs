//! Rules: where trainers of a course are missing, by area, by language and by both.

use super::model::Held;
use crate::common::few::told;
use serde::{Deserialize, Serialize};

/// A licence of the course whose coverage is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Holder {
    /// The trainer's area.
    pub area: Option<String>,
    /// What they hold.
    pub state: Held,
    /// Whether they taught the course in the last twelve months.
    pub active: bool,
    /// Languages they can teach in.
    pub languages: Vec<String>,
}

/// How many trainers there are for something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// Licensed now.
    pub licensed: i64,
    /// Of them, those who taught in the last twelve months.
    pub active: i64,
    /// On the way to a licence.
    pub coming: i64,
    /// Licences that lapsed.
    pub lapsed: i64,
}

impl Cover {
    fn count(&mut self, holder: &Holder) {
        match holder.state {
            Held::Licensed => {
                self.licensed += 1;
                self.active += i64::from(holder.active);
            }
            Held::Candidate | Held::Trained | Held::Assessed => self.coming += 1,
            Held::Lapsed => self.lapsed += 1,
            Held::Withdrawn => {}
        }
    }

    /// As it may be told.
    pub fn told(self, keep_back: bool) -> CoverTold {
        let told = |count| told(count, keep_back);
        CoverTold {
            licensed: told(self.licensed),
            active: told(self.active),
            coming: told(self.coming),
            lapsed: told(self.lapsed),
        }
    }

    /// What it amounts to.
    pub const fn verdict(self) -> Verdict {
        match (self.licensed, self.active, self.coming) {
            (0, _, 0) => Verdict::Gap,
            (0, ..) => Verdict::Coming,
            (_, 0, _) => Verdict::Resting,
            _ => Verdict::Covered,
        }
    }
}

crate::text_enum! {
    /// How well something is covered.
    pub enum Verdict {
        /// Somebody licensed teaches.
        Covered = "covered",
        /// Somebody is licensed, nobody taught for a year.
        Resting = "resting",
        /// Nobody is licensed yet, somebody is on the way.
        Coming = "coming",
        /// Nobody.
        Gap = "gap",
    }
}

/// How many trainers there are for something, as it may be told; each is none where so few are not told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverTold {
    /// Licensed now.
    pub licensed: Option<i64>,
    /// Of them, those who taught in the last twelve months.
    pub active: Option<i64>,
    /// On the way to a licence.
    pub coming: Option<i64>,
    /// Licences that lapsed.
    pub lapsed: Option<i64>,
}

/// What there is of one area or language, by its code.
pub type Covered = (String, Cover);

/// What there is of an area in a language, and whether somebody is wanted there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Crossing {
    /// The numbers.
    pub cover: Cover,
    /// Whether the area is looked after and people there speak the language, or, where no language of the area is
    /// known, the course is given in it.
    pub wanted: bool,
}

/// Trainers by area and language: the languages, and for each area what there is in each of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    /// Codes of the languages.
    pub languages: Vec<String>,
    /// Areas by code, each with as many crossings as there are languages.
    pub areas: Vec<(String, Vec<Crossing>)>,
}

/// Areas and languages together: for each of `areas` (code and the languages spoken there) how many of its trainers
/// there are in each language; then areas of elsewhere that have trainers. Languages are those of the course, those
/// of the areas, and those in which there is a trainer. Who speaks several counts in each.
pub fn matrix(holders: &[Holder], areas: &[(String, Vec<String>)], languages: &[String]) -> Matrix {
    let mut codes: Vec<String> = areas.iter().map(|(code, _)| code.clone()).collect();
    let mut columns = languages.to_vec();
    let add = |list: &mut Vec<String>, code: &String| {
        if !list.contains(code) {
            list.push(code.clone());
        }
    };
    areas.iter().flat_map(|(_, spoken)| spoken).for_each(|language| add(&mut columns, language));
    for holder in holders.iter().filter(|holder| holder.state != Held::Withdrawn) {
        if let Some(area) = &holder.area {
            add(&mut codes, area);
            holder.languages.iter().for_each(|language| add(&mut columns, language));
        }
    }
    let row = |area: String| {
        let here: Vec<&Holder> = holders.iter().filter(|holder| holder.area.as_ref() == Some(&area)).collect();
        let spoken = areas.iter().find(|(code, _)| *code == area).map(|(_, spoken)| spoken);
        let wanted = |language: &String| {
            spoken.is_some_and(|spoken| match spoken.is_empty() {
                true => languages.contains(language),
                false => spoken.contains(language),
            })
        };
        let crossings = columns
            .iter()
            .map(|language| {
                let mut it = Crossing { wanted: wanted(language), ..Crossing::default() };
                here.iter()
                    .filter(|holder| holder.languages.contains(language))
                    .for_each(|holder| it.cover.count(holder));
                it
            })
            .collect();
        (area, crossings)
    };
    Matrix { areas: codes.into_iter().map(row).collect(), languages: columns }
}

/// Trainers by area, in the order of `areas`, then those of elsewhere; and by language, in the order of
/// `languages`, then those of other languages.
pub fn coverage(holders: &[Holder], areas: &[String], languages: &[String]) -> (Vec<Covered>, Vec<Covered>, Cover) {
    let mut total = Cover::default();
    let mut by_area: Vec<Covered> = areas.iter().map(|code| (code.clone(), Cover::default())).collect();
    let mut by_language: Vec<Covered> = languages.iter().map(|code| (code.clone(), Cover::default())).collect();
    for holder in holders {
        total.count(holder);
        if let Some(code) = &holder.area {
            line(&mut by_area, code).count(holder);
        }
        for code in &holder.languages {
            line(&mut by_language, code).count(holder);
        }
    }
    (by_area, by_language, total)
}

fn line<'a>(lines: &'a mut Vec<Covered>, code: &str) -> &'a mut Cover {
    let at = match lines.iter().position(|(known, _)| known == code) {
        Some(at) => at,
        None => {
            lines.push((code.to_owned(), Cover::default()));
            lines.len() - 1
        }
    };
    &mut lines[at].1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn few_trainers_are_not_told() {
        let cover = Cover { licensed: 6, active: 3, coming: 0, lapsed: 1 };
        let shown = CoverTold { licensed: Some(5), active: None, coming: Some(0), lapsed: None };
        assert_eq!(cover.told(true), shown);
        assert_eq!(cover.told(false).active, Some(3));
    }

    fn holder() -> impl Strategy<Value = Holder> {
        (0usize..4, 0..Held::ALL.len(), any::<bool>(), proptest::collection::btree_set("en|sq|hr", 0..3)).prop_map(
            |(area, state, active, languages)| Holder {
                area: [None, Some("AL"), Some("HR"), Some("NO")][area].map(str::to_owned),
                state: Held::ALL[state],
                active,
                languages: languages.into_iter().collect(),
            },
        )
    }

    proptest! {
        #[test]
        fn counts_agree_with_counting(holders in proptest::collection::vec(holder(), 0..30)) {
            let areas = ["AL".to_owned(), "HR".to_owned()];
            let languages = ["en".to_owned(), "fr".to_owned()];
            let (by_area, by_language, total) = coverage(&holders, &areas, &languages);
            let licensed = |keep: &dyn Fn(&&Holder) -> bool| {
                holders.iter().filter(|h| h.state == Held::Licensed).filter(keep).count() as i64
            };
            prop_assert_eq!(total.licensed, licensed(&|_| true));
            for (code, cover) in &by_area {
                prop_assert_eq!(cover.licensed, licensed(&|h| h.area.as_ref() == Some(code)));
                prop_assert!(cover.active <= cover.licensed);
                let nobody = cover.licensed + cover.coming == 0;
                prop_assert_eq!(cover.verdict() == Verdict::Gap, nobody);
            }
            for (code, cover) in &by_language {
                prop_assert_eq!(cover.licensed, licensed(&|h| h.languages.contains(code)));
            }
            // Together they say what each says alone: nobody is in an area and a language who is not in both.
            let spoken: Vec<(String, Vec<String>)> =
                vec![("AL".to_owned(), vec!["sq".to_owned()]), ("HR".to_owned(), Vec::new())];
            let matrix = matrix(&holders, &spoken, &languages);
            for (area, crossings) in &matrix.areas {
                prop_assert_eq!(crossings.len(), matrix.languages.len());
                for (language, it) in matrix.languages.iter().zip(crossings) {
                    let both = licensed(&|h| h.area.as_ref() == Some(area) && h.languages.contains(language));
                    prop_assert_eq!(it.cover.licensed, both);
                    let wanted = (area == "AL" && language == "sq") || (area == "HR" && languages.contains(language));
                    prop_assert_eq!(it.wanted, wanted);
                }
            }
            // What was asked for stands first and always.
            prop_assert_eq!(by_area.iter().take(2).map(|(code, _)| code.as_str()).collect::<Vec<_>>(), ["AL", "HR"]);
            prop_assert_eq!(by_language[1].1, Cover::default());
        }
    }
}
