//! Rules: which duty holds for whom in a year, and what is missing of it.

use crate::{
    common::{
        error::AppError,
        forms::{Checks, FaultKind},
        ids::DutyId,
    },
    people::model::Profession,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The first year that a duty may hold from.
pub const FIRST_YEAR: i64 = 1950;
/// The last one.
pub const LAST_YEAR: i64 = 2100;
/// Most hours a year.
pub const HOURS_MAX: i64 = 1000;
/// Longest source, in characters.
const SOURCE_MAX: usize = 300;

/// What is asked of a profession in an area, from a year on until the next term of the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Term {
    /// The area.
    pub area_code: String,
    /// The profession.
    pub profession: Profession,
    /// The first year it holds in.
    pub from_year: i64,
    /// Hours a year; 0 ends the duty.
    pub hours: i64,
    /// The law or decision it comes from.
    pub source: String,
}

/// A term as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Duty {
    /// Its id.
    pub id: DutyId,
    /// What it asks.
    #[cfg_attr(feature = "ssr", sqlx(flatten))]
    pub term: Term,
    /// Grows with every change.
    pub version: i64,
}

/// A post that somebody holds or held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The area of its institution, or of the person.
    pub area_code: String,
    /// What the person does there.
    pub profession: Profession,
    /// Its first day, where known.
    pub starts_on: Option<NaiveDate>,
    /// Its last day, where there is one.
    pub ends_on: Option<NaiveDate>,
}

impl Held {
    fn on(&self, day: NaiveDate) -> bool {
        self.starts_on.is_none_or(|first| first <= day) && self.ends_on.is_none_or(|last| day <= last)
    }
}

/// The day whose posts say what is asked in a year: its last one, or today in the year that runs.
pub fn day_of(year: i64, today: NaiveDate) -> NaiveDate {
    i32::try_from(year)
        .ok()
        .and_then(|year| NaiveDate::from_ymd_opt(year, 12, 31))
        .map_or(today, |last| last.min(today))
}

/// The term that holds in an area for a profession in a year; none where nothing is asked.
pub fn in_force<'a>(
    terms: impl IntoIterator<Item = &'a Term>,
    area_code: &str,
    profession: Profession,
    year: i64,
) -> Option<&'a Term> {
    terms
        .into_iter()
        .filter(|term| term.area_code == area_code && term.profession == profession && term.from_year <= year)
        .max_by_key(|term| term.from_year)
        .filter(|term| term.hours > 0)
}

/// What is asked of somebody in a year, and by which post: that of the posts held on [`day_of`] the
/// year; of several, the one that asks most. Who holds none then owes nothing, whatever was held before.
pub fn of_year<'t, 'p>(
    terms: &'t [Term],
    posts: impl IntoIterator<Item = &'p Held>,
    year: i64,
    today: NaiveDate,
) -> Option<(&'p Held, &'t Term)> {
    let day = day_of(year, today);
    posts
        .into_iter()
        .filter(|post| post.on(day))
        .filter_map(|post| Some((post, in_force(terms, &post.area_code, post.profession, year)?)))
        .max_by_key(|(_, term)| term.hours)
}

/// What is asked in a year, beside what was attended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// Hours asked.
    pub hours: i64,
    /// The profession it is asked of.
    pub profession: Profession,
    /// The law or decision it comes from.
    pub source: String,
}

impl Owed {
    /// What a term asks.
    pub fn of(term: &Term) -> Self {
        Self { hours: term.hours, profession: term.profession, source: term.source.clone() }
    }

    /// Minutes that are missing.
    pub fn missing(&self, attended_minutes: i64) -> i64 {
        missing(self.hours, attended_minutes)
    }
}

/// Minutes missing of a duty; none where it is met.
pub fn missing(hours: i64, attended_minutes: i64) -> i64 {
    (hours * 60 - attended_minutes).max(0)
}

/// The terms worth showing to anybody in a year: those that hold, and those to come.
pub fn to_show(terms: &[Term], year: i64) -> Vec<Term> {
    let mut shown: Vec<Term> = terms
        .iter()
        .filter(|term| term.from_year > year || in_force(terms, &term.area_code, term.profession, year) == Some(*term))
        .cloned()
        .collect();
    shown.sort_by_key(|term| (term.profession, term.from_year));
    shown
}

/// A duty as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DutyForm {
    /// Its id; for a new one made with the page.
    pub id: String,
    /// The area.
    #[serde(default)]
    pub area: String,
    /// The version that was read; 0 for a new one.
    #[serde(default)]
    pub version: String,
    /// The profession.
    #[serde(default)]
    pub profession: String,
    /// The first year it holds in.
    #[serde(default)]
    pub from_year: String,
    /// Hours a year.
    #[serde(default)]
    pub hours: String,
    /// The law or decision it comes from.
    #[serde(default)]
    pub source: String,
}

impl DutyForm {
    /// Checks the fields; `others` are the terms of the area beside this one.
    pub fn check(&self, area_code: &str, others: &[Term]) -> Result<Term, AppError> {
        let mut checks = Checks::default();
        let profession = checks.choice("profession", &self.profession);
        let from_year = checks.number("from_year", &self.from_year, FIRST_YEAR, LAST_YEAR);
        let hours = checks.number("hours", &self.hours, 0, HOURS_MAX);
        let source = checks.required_line("source", &self.source, SOURCE_MAX);
        if others.iter().any(|term| Some(term.profession) == profession && term.from_year == from_year) {
            checks.fault("from_year", FaultKind::Taken);
        }
        let profession = checks.finish(profession)?.ok_or(AppError::Internal)?;
        Ok(Term { area_code: area_code.to_owned(), profession, from_year, hours, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn term(profession: Profession, from_year: i64, hours: i64) -> Term {
        Term { area_code: "AL".into(), profession, from_year, hours, source: "Law".into() }
    }

    fn held(profession: Profession, from: Option<&str>, to: Option<&str>) -> Held {
        let day = |text: &str| text.parse().unwrap();
        Held { area_code: "AL".into(), profession, starts_on: from.map(day), ends_on: to.map(day) }
    }

    #[test]
    fn each_year_has_the_duty_of_that_year() {
        let terms =
            [term(Profession::Judge, 2020, 30), term(Profession::Judge, 2024, 40), term(Profession::Judge, 2026, 0)];
        let at = |year| in_force(&terms, "AL", Profession::Judge, year).map(|term| term.hours);
        assert_eq!([2019, 2020, 2023, 2024, 2025, 2026].map(at), [None, Some(30), Some(30), Some(40), Some(40), None]);
        assert_eq!(in_force(&terms, "XK", Profession::Judge, 2024), None);
        assert_eq!(to_show(&terms, 2025).iter().map(|term| term.hours).collect::<Vec<_>>(), [40, 0]);
    }

    #[test]
    fn the_post_at_the_end_of_the_year_decides() {
        let terms = [
            term(Profession::Judge, 2020, 40),
            term(Profession::Prosecutor, 2020, 24),
            term(Profession::Trainer, 2020, 8),
        ];
        let today = "2026-11-24".parse().unwrap();
        let of = |posts: &[Held], year| of_year(&terms, posts, year, today).map(|(_, term)| term.hours);
        let changed =
            [held(Profession::Prosecutor, None, Some("2025-06-30")), held(Profession::Judge, Some("2025-07-01"), None)];
        assert_eq!((of(&changed, 2024), of(&changed, 2025), of(&changed, 2026)), (Some(24), Some(40), Some(40)));
        let both = [held(Profession::Trainer, None, None), held(Profession::Judge, None, None)];
        assert_eq!(of(&both, 2026), Some(40), "of several the one that asks most");
        let retired = [held(Profession::Judge, None, Some("2026-03-31"))];
        assert_eq!((of(&retired, 2025), of(&retired, 2026)), (Some(40), None));
        // A post that begins in December is not held today.
        let coming = [held(Profession::Judge, Some("2026-12-01"), None)];
        assert_eq!(of(&coming, 2026), None);
    }

    #[test]
    fn a_form_says_what_is_wrong() {
        let form = DutyForm {
            profession: "judge".into(),
            from_year: "2024".into(),
            hours: "40".into(),
            source: "Law on Courts, art. 93".into(),
            ..DutyForm::default()
        };
        assert_eq!(form.check("AL", &[]).unwrap().hours, 40);
        let fields = |form: &DutyForm, others: &[Term]| match form.check("AL", others) {
            Err(AppError::Invalid(faults)) => faults.into_iter().map(|fault| fault.field).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(fields(&form, &[term(Profession::Judge, 2024, 30)]), ["from_year"]);
        assert_eq!(fields(&DutyForm::default(), &[]), ["profession", "from_year", "hours", "source"]);
    }

    fn terms() -> impl Strategy<Value = Vec<Term>> {
        let one = (proptest::sample::select(Profession::ALL.to_vec()), 2018i64..2030, 0i64..60)
            .prop_map(|(profession, from_year, hours)| term(profession, from_year, hours));
        proptest::collection::vec(one, 0..12).prop_map(|mut terms| {
            terms.sort_by_key(|term| (term.profession, term.from_year));
            terms.dedup_by_key(|term| (term.profession, term.from_year));
            terms
        })
    }

    proptest! {
        #[test]
        fn no_law_reaches_back(all in terms(), year in 2018i64..2030, later in 1i64..5, hours in 0i64..60) {
            let before = in_force(&all, "AL", Profession::Judge, year).cloned();
            let mut more = all.clone();
            more.retain(|term| term.from_year != year + later || term.profession != Profession::Judge);
            more.push(term(Profession::Judge, year + later, hours));
            more.reverse();
            prop_assert_eq!(in_force(&more, "AL", Profession::Judge, year), before.as_ref());
            if let Some(term) = before {
                prop_assert!(term.from_year <= year && term.hours > 0);
            }
        }

        #[test]
        fn what_is_missing_and_what_was_attended_make_the_duty(hours in 0i64..1000, minutes in 0i64..100_000) {
            let gap = missing(hours, minutes);
            prop_assert!(gap >= 0);
            prop_assert_eq!(missing(hours, minutes + gap), 0);
            prop_assert!(gap == 0 || gap + minutes == hours * 60);
        }

        #[test]
        fn of_several_posts_none_asks_more(all in terms(), year in 2018i64..2027, picks in proptest::collection::vec(proptest::sample::select(Profession::ALL.to_vec()), 0..4)) {
            let today = "2026-11-24".parse().unwrap();
            let posts: Vec<Held> = picks.into_iter().map(|profession| held(profession, None, None)).collect();
            let found = of_year(&all, &posts, year, today).map(|(_, term)| term.hours);
            let most = posts.iter().filter_map(|post| in_force(&all, "AL", post.profession, year)).map(|term| term.hours).max();
            prop_assert_eq!(found, most);
        }
    }
}
