//! Server functions of institutions, and what they send.

use super::{
    duty::model::Term,
    model::{Area, FormerName, Institution, InstitutionForm, InstitutionLine},
};
use crate::common::{error::AppError, forms::Done};
use chrono::NaiveDate;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The directory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Directory {
    /// Areas by name.
    pub areas: Vec<Area>,
    /// All institutions.
    pub institutions: Vec<InstitutionLine>,
}

/// An institution's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InstitutionView {
    /// The record.
    pub institution: Institution,
    /// Its area.
    pub area: Area,
    /// Further areas it serves.
    pub serves: Vec<Area>,
    /// Former names with their last day.
    pub former_names: Vec<(String, NaiveDate)>,
    /// Whether who looks may change it.
    pub may_edit: bool,
}

/// A record to edit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InstitutionEdit {
    /// The record.
    pub institution: Institution,
}

/// An area in the list of areas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AreaLine {
    /// The area.
    pub area: Area,
    /// How many institutions it has.
    pub institutions: i64,
}

/// An area's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AreaView {
    /// The area by its name today.
    pub area: Area,
    /// Its languages, as a list.
    pub languages: String,
    /// When the instrument to the Convention on Cybercrime was deposited, where confirmed.
    pub convention_deposit: Option<NaiveDate>,
    /// When it entered into force, where confirmed.
    pub convention_in_force: Option<NaiveDate>,
    /// Names it had before.
    pub former_names: Vec<FormerName>,
    /// Its institutions and those that serve it from elsewhere.
    pub institutions: Vec<InstitutionLine>,
    /// The duties of continuing education that hold, and those to come.
    pub duties: Vec<Term>,
    /// Whether who looks may set them.
    pub may_set_duties: bool,
}

/// Saves an institution.
#[server(prefix = "/_fn", endpoint = "institutions/edit")]
pub async fn edit_institution(#[server(flatten)] form: InstitutionForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::edit(&http::ctx()?, &form).await }).await
}
