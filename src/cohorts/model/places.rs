//! The places of a cohort: some are for an area or an institution, the rest for everybody else.

use crate::common::{error::Refusal, ids::InstitutionId};
use serde::{Deserialize, Serialize};

/// Whose some places are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whose {
    /// Of an area.
    Area(String),
    /// Of an institution.
    Institution(InstitutionId),
}

impl Whose {
    /// As a form sends it: `area:AL`, `institution:…`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().split_once(':')? {
            ("area", code) if !code.is_empty() => Some(Self::Area(code.to_owned())),
            ("institution", id) => id.parse().ok().map(Self::Institution),
            _ => None,
        }
    }

    /// As a form sends it.
    pub fn code(&self) -> String {
        match self {
            Self::Area(code) => format!("area:{code}"),
            Self::Institution(id) => format!("institution:{id}"),
        }
    }
}

/// Places that are kept for somebody: as many, and no more.
#[derive(Clone, Debug, PartialEq)]
pub struct Quota {
    /// Whose.
    pub whose: Whose,
    /// How many.
    pub places: i64,
}

/// What somebody is counted by: the institution and the area of the post on the day of selection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origin {
    /// The institution.
    pub institution: Option<InstitutionId>,
    /// The area.
    pub area: Option<String>,
}

/// Which quota somebody counts for: the institution's if it has places of its own, otherwise the
/// area's; none for who comes from elsewhere.
pub fn pot(quotas: &[Quota], who: &Origin) -> Option<usize> {
    let of = |whose: &Whose| quotas.iter().position(|quota| quota.whose == *whose);
    who.institution
        .and_then(|id| of(&Whose::Institution(id)))
        .or_else(|| who.area.clone().and_then(|code| of(&Whose::Area(code))))
}

/// How many places each quota has given, and how many went to who counts for none.
pub fn taken(quotas: &[Quota], selected: &[Origin]) -> (Vec<i64>, i64) {
    let mut by_quota = vec![0; quotas.len()];
    let mut elsewhere = 0;
    for who in selected {
        match pot(quotas, who) {
            Some(n) => by_quota[n] += 1,
            None => elsewhere += 1,
        }
    }
    (by_quota, elsewhere)
}

/// The places that no quota keeps.
pub fn unreserved(capacity: i64, quotas: &[Quota]) -> i64 {
    (capacity - quotas.iter().map(|quota| quota.places).sum::<i64>()).max(0)
}

/// Whether one more finds a place, and if not, why: the cohort is full, or the places of where they
/// come from are.
pub fn seat(capacity: i64, quotas: &[Quota], selected: &[Origin], who: &Origin) -> Result<(), Refusal> {
    if i64::try_from(selected.len()).unwrap_or(i64::MAX) >= capacity {
        return Err(Refusal::Full);
    }
    let (by_quota, elsewhere) = taken(quotas, selected);
    let free = match pot(quotas, who) {
        Some(n) => quotas[n].places - by_quota[n],
        None => unreserved(capacity, quotas) - elsewhere,
    };
    if free > 0 { Ok(()) } else { Err(Refusal::NoPlaceForArea) }
}

/// Whether quotas suit a cohort: together no more than its capacity, and room for everybody selected.
pub fn suits(capacity: i64, quotas: &[Quota], selected: &[Origin]) -> bool {
    let (by_quota, elsewhere) = taken(quotas, selected);
    quotas.iter().map(|quota| quota.places).sum::<i64>() <= capacity
        && quotas.iter().zip(by_quota).all(|(quota, taken)| taken <= quota.places)
        && elsewhere <= unreserved(capacity, quotas)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn institution(n: u128) -> InstitutionId {
        Uuid::from_u128(n).into()
    }

    fn quotas() -> impl Strategy<Value = Vec<Quota>> {
        let of = |whose: Whose| (0i64..4).prop_map(move |places| Quota { whose: whose.clone(), places });
        (
            of(Whose::Area("AL".into())),
            of(Whose::Area("BA".into())),
            of(Whose::Institution(institution(1))),
            of(Whose::Institution(institution(2))),
            any::<[bool; 4]>(),
        )
            .prop_map(|(a, b, c, d, kept)| {
                [a, b, c, d].into_iter().zip(kept).filter_map(|(quota, kept)| kept.then_some(quota)).collect()
            })
    }

    fn origin() -> impl Strategy<Value = Origin> {
        (0u128..4, 0usize..4).prop_map(|(i, a)| Origin {
            institution: (i > 0).then(|| institution(i)),
            area: [None, Some("AL"), Some("BA"), Some("HR")][a].map(str::to_owned),
        })
    }

    proptest! {
        /// Whoever comes in whatever order: no quota gives more than it has, the cohort neither, and
        /// what is kept for one is never taken by another.
        #[test]
        fn nobody_is_given_a_place_that_is_not_there(extra in 0i64..4, quotas in quotas(), comers in proptest::collection::vec(origin(), 0..25)) {
            let capacity = quotas.iter().map(|q| q.places).sum::<i64>() + extra;
            let mut selected: Vec<Origin> = Vec::new();
            for who in comers {
                let (by_quota, elsewhere) = taken(&quotas, &selected);
                match seat(capacity, &quotas, &selected, &who) {
                    Ok(()) => selected.push(who),
                    Err(Refusal::Full) => prop_assert!(selected.len() as i64 >= capacity),
                    Err(Refusal::NoPlaceForArea) => match pot(&quotas, &who) {
                        Some(n) => prop_assert_eq!(by_quota[n], quotas[n].places),
                        None => prop_assert_eq!(elsewhere, extra),
                    },
                    Err(other) => prop_assert!(false, "{other:?}"),
                }
                prop_assert!(suits(capacity, &quotas, &selected));
            }
        }

        /// Those for whom places are kept find them, however many others came before.
        #[test]
        fn kept_places_are_kept(quotas in quotas(), extra in 0i64..3, comers in proptest::collection::vec(origin(), 0..25)) {
            let capacity = quotas.iter().map(|q| q.places).sum::<i64>() + extra;
            let mut selected: Vec<Origin> = Vec::new();
            for who in comers {
                if seat(capacity, &quotas, &selected, &who).is_ok() {
                    selected.push(who);
                }
            }
            let (by_quota, _) = taken(&quotas, &selected);
            for (n, quota) in quotas.iter().enumerate() {
                let who = match &quota.whose {
                    Whose::Area(code) => Origin { institution: None, area: Some(code.clone()) },
                    Whose::Institution(id) => Origin { institution: Some(*id), area: None },
                };
                prop_assert_eq!(seat(capacity, &quotas, &selected, &who).is_ok(), by_quota[n] < quota.places);
            }
        }

        /// Everybody is counted once.
        #[test]
        fn everybody_counts_once(quotas in quotas(), selected in proptest::collection::vec(origin(), 0..25)) {
            let (by_quota, elsewhere) = taken(&quotas, &selected);
            prop_assert_eq!(by_quota.iter().sum::<i64>() + elsewhere, selected.len() as i64);
        }
    }

    #[test]
    fn the_institution_goes_before_the_area() {
        let own = Quota { whose: Whose::Institution(institution(1)), places: 1 };
        let area = Quota { whose: Whose::Area("AL".into()), places: 5 };
        let who = Origin { institution: Some(institution(1)), area: Some("AL".into()) };
        let quotas = [area, own];
        assert_eq!(pot(&quotas, &who), Some(1));
        assert_eq!(seat(6, &quotas, std::slice::from_ref(&who), &who), Err(Refusal::NoPlaceForArea));
    }

    #[test]
    fn whose_they_are_goes_through_a_form() {
        for whose in [Whose::Area("XK".into()), Whose::Institution(institution(7))] {
            assert_eq!(Whose::parse(&whose.code()), Some(whose));
        }
        for bad in ["", "area:", "institution:x", "AL", "county:1"] {
            assert_eq!(Whose::parse(bad), None, "{bad}");
        }
    }
}
