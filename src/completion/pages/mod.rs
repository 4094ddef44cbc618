//! Pages: outcomes by rule, and certificates that anybody can check.

mod mine;
pub mod paper;
mod results;
mod verify;

use crate::{
    people::{asks::Asks, rights::Right},
    platform::http::page::{Page, page},
};

/// The pages of this capability.
pub fn pages() -> Vec<Page> {
    vec![
        page("/certificates", Asks::SignIn, mine::page),
        page("/verify", Asks::Nothing, verify::page),
        page("/verify/{code}", Asks::Nothing, verify::page),
        page("/deliveries/{id}/results", Asks::For(Right::KeepRegister), results::page),
    ]
}
