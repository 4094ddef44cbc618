//! Reports on attendance: pages, and the words of their files.

pub mod grid;
pub mod numbers;
pub mod paper;
pub mod risk;
pub mod years;

use crate::{app, i18n, reporting::attendance::model::Outlook, tr};
use leptos::prelude::*;

/// A state as words and as the class of its tag.
pub fn outlook(it: Outlook) -> (String, &'static str) {
    match it {
        Outlook::Met => (tr!(hours.met), "tag good"),
        Outlook::Fine => (tr!(hours.fine), "tag plain"),
        Outlook::AtRisk => (tr!(hours.at_risk), "tag warn"),
        Outlook::CannotPass => (tr!(hours.cannot_pass), "tag bad"),
    }
}

/// A share in percent, rounded down: nobody is said to have attended what they have not.
pub fn percent(part: i64, whole: i64) -> Option<i64> {
    (part * 100).checked_div(whole)
}

/// The filters of an address, with the language, for links to files.
pub fn query(pairs: &[(&str, &str)]) -> String {
    let language = i18n::code(i18n::locale());
    let pairs: Vec<String> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .chain([&("lang", language)])
        .map(|(name, value)| format!("{name}={}", app::encode(value)))
        .collect();
    pairs.join("&")
}

/// Links to a report as files.
pub fn files(base: &str, query: &str) -> AnyView {
    let link = |ending: &'static str, label: &'static str| {
        view! { <a href=format!("{base}.{ending}?{query}") rel="external" download="">{label}</a> }
    };
    view! {
        <p class="noprint">
            {tr!(hours.download)}" "{link("csv", "CSV")}" · "{link("xlsx", "XLSX")}" · "{link("pdf", "PDF")}
        </p>
    }
    .into_any()
}
