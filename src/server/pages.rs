//! All pages of all capabilities.

use super::access;
use crate::{
    attendance, cascade, catalogue, cohorts, completion, deliveries, enrolment, feedback, institutions, learning,
    packs, people, people::asks::Asks, platform::http::page::Pages, programmes, reporting, trainers,
};
use std::sync::LazyLock;

/// The pages that the server draws.
pub static PAGES: LazyLock<Pages> = LazyLock::new(|| {
    let capabilities = [
        people::pages::pages,
        institutions::pages::pages,
        programmes::pages::pages,
        catalogue::pages::pages,
        packs::pages::pages,
        deliveries::pages::pages,
        enrolment::pages::pages,
        attendance::pages::pages,
        learning::pages::pages,
        completion::pages::pages,
        feedback::pages::pages,
        trainers::pages::pages,
        trainers::pages::roster::pages,
        cohorts::pages::pages,
        cascade::pages::pages,
        reporting::pages::pages,
    ];
    Pages::new(capabilities.into_iter().flat_map(|pages| pages()).collect())
});

/// The address of every page there is, with what it asks.
pub fn all() -> impl Iterator<Item = (&'static str, Asks)> {
    PAGES.iter().map(|page| (page.path, page.asks)).chain(access::LIVE_PAGES.iter().copied())
}
