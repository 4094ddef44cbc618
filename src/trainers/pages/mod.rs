//! Pages of trainer licences: a course's, one's own, a licence, its rules, assessments; and of who can be found.

mod assess;
mod assessment;
mod decide;
mod licence;
mod list;
pub mod lacking;
pub mod mine;
pub mod parts;
pub mod roster;
mod rubric;
mod rules;

use crate::{
    people::{
        asks::{Asks, Tie},
        rights::Right,
    },
    platform::http::page::{Page, page},
};

/// The pages of licences and assessments; those of the roster stand beside them.
pub fn pages() -> Vec<Page> {
    vec![
        page("/courses/{slug}/licences", Asks::Somewhere(Right::ManagePeople), list::page),
        page("/courses/{slug}/licences/rules", Asks::For(Right::EditCourse), rules::page),
        page("/courses/{slug}/licences/rubric", Asks::For(Right::EditCourse), rubric::page),
        page("/licences/{id}", Asks::Or(Right::ManagePeople, &[Tie::Licensee, Tie::Mentor]), licence::page),
        page("/licences/{id}/assess", Asks::For(Right::DecideLicence), assess::page),
        page("/assessments/{id}", Asks::Or(Right::DecideLicence, &[Tie::Licensee, Tie::Assessor]), assessment::page),
        page("/my/licences", Asks::SignIn, mine::page),
    ]
}
