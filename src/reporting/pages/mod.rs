//! Pages: numbers: who was reached, by area and course; and each role's first page.

pub mod attendance;
pub mod duty;
pub mod duty_paper;
mod home;
mod landing;
pub mod numbers;
pub mod reports;
mod sections;
pub mod unnamed;

use crate::{
    people::{asks::Asks, rights::Right},
    platform::http::page::{Page, page},
};

/// The pages of this capability.
pub fn pages() -> Vec<Page> {
    vec![
        page("/", Asks::Nothing, home::page),
        page("/reports", Asks::For(Right::ReadNumbers), reports::page),
        page("/reports/attendance", Asks::For(Right::ReadNumbers), attendance::numbers::page),
        page("/reports/duty", Asks::For(Right::ReadNumbers), duty::page),
        page("/attendance/at-risk", Asks::Somewhere(Right::KeepRegister), attendance::risk::page),
        page("/deliveries/{id}/attendance", Asks::For(Right::KeepRegister), attendance::grid::page),
        page("/people/{id}/attendance", Asks::For(Right::ManagePeople), attendance::years::page),
        page("/my/attendance", Asks::SignIn, attendance::years::mine),
    ]
}
