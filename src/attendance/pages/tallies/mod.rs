//! People counted without names: the list of counts, one of them, and its form.

pub mod form;
pub mod list;
pub mod show;

use crate::{attendance::tallies::model::TallyState, tr};
use leptos::prelude::*;

/// A count's state as a tag.
fn state_tag(state: TallyState) -> AnyView {
    let (class, word) = match state {
        TallyState::Unverified => ("tag warn", tr!(tallies.state.unverified)),
        TallyState::Verified => ("tag good", tr!(tallies.state.verified)),
        TallyState::Withdrawn => ("tag bad", tr!(tallies.state.withdrawn)),
    };
    view! { <span class=class>{word}</span> }.into_any()
}
