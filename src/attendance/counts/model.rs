//! Rules: what a counting may say.

use crate::{
    common::{
        error::AppError,
        forms::{Checks, FaultKind},
    },
    deliveries::model::MAX_CAPACITY,
    people::model::{Profession, Sex},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// How many of one kind of people came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Heads {
    /// The area they come from.
    pub area_code: String,
    /// What they are.
    pub profession: Profession,
    /// As they or the documents state it; `x` also where nothing is said.
    pub sex: Sex,
    /// How many.
    pub people: i64,
}

/// A counting, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CountForm {
    /// The counting, made with the page.
    pub id: String,
    /// The delivery.
    pub delivery: String,
    /// Its half-day.
    pub slot: String,
    /// The counting that the sender had before their eyes; empty where there was none.
    #[serde(default)]
    pub seen: String,
    /// Numbers by [`cell`].
    #[serde(default)]
    pub n: HashMap<String, String>,
    /// Why, where the delivery is over.
    #[serde(default)]
    pub reason: String,
}

/// The name of a number in the form's map: `AL.judge.f`.
pub fn cell(area: &str, profession: Profession, sex: Sex) -> String {
    format!("{area}.{}.{}", profession.code(), sex.code())
}

/// The same as a field's name.
pub fn field(area: &str, profession: Profession, sex: Sex) -> String {
    format!("n[{}]", cell(area, profession, sex))
}

impl CountForm {
    /// Checks the numbers and leaves out what is nobody. `areas` are those that exist.
    pub fn check(&self, areas: &[String]) -> Result<Vec<Heads>, AppError> {
        let mut checks = Checks::default();
        let mut heads = Vec::new();
        let mut cells: Vec<_> = self.n.iter().filter(|(_, typed)| !typed.trim().is_empty()).collect();
        cells.sort();
        for (key, typed) in cells {
            let mut parts = key.split('.');
            let (area, profession, sex) = (parts.next(), parts.next(), parts.next());
            let known = area.filter(|area| areas.iter().any(|code| code == area));
            let (Some(area), Some(Ok(profession)), Some(Ok(sex)), None) =
                (known, profession.map(str::parse), sex.map(str::parse), parts.next())
            else {
                return Err(AppError::field("", FaultKind::Malformed));
            };
            let people = checks.number(&format!("n[{key}]"), typed, 0, MAX_CAPACITY);
            if people > 0 {
                heads.push(Heads { area_code: area.to_owned(), profession, sex, people });
            }
        }
        if total(&heads) > MAX_CAPACITY {
            checks.fault("", FaultKind::Number { min: 0, max: MAX_CAPACITY });
        }
        checks.finish(heads)
    }
}

/// How many came in all.
pub fn total(heads: &[Heads]) -> i64 {
    heads.iter().map(|heads| heads.people).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn form(cells: &[(&str, &str)]) -> CountForm {
        let n = cells.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        CountForm { n, ..CountForm::default() }
    }

    #[test]
    fn what_a_counting_says() {
        let areas = ["AL".to_owned(), "XK".to_owned()];
        let heads = form(&[("AL.judge.f", "3"), ("AL.judge.m", " 2 "), ("XK.prosecutor.x", ""), ("XK.other.m", "0")]);
        let heads = heads.check(&areas).unwrap();
        assert_eq!((heads.len(), total(&heads)), (2, 5));
        for (key, value) in [
            ("AL.judge.f", "-1"),
            ("AL.judge.f", "2001"),
            ("AL.judge.f", "some"),
            ("FR.judge.f", "1"),
            ("AL.judge", "1"),
            ("AL.judge.f.x", "1"),
        ] {
            assert!(form(&[(key, value)]).check(&areas).is_err(), "{key} {value}");
        }
        assert!(form(&[("AL.judge.f", "1500"), ("AL.judge.m", "1500")]).check(&areas).is_err(), "more than any hall");
    }

    proptest! {
        #[test]
        fn any_form_can_be_tried(key in ".{0,20}", value in ".{0,8}") {
            let _ = form(&[(&key, &value)]).check(&["AL".to_owned()]);
        }
    }
}
