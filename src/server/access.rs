//! The one list of what every address asks for: server functions, pages, and the plain routes
//! beside them. It is compared with what is registered, and with how each answers each role, in
//! rights_tests.rs; who holds which right stands in people/rights.rs.
//!
//! A new function or page gets one line here.

use crate::people::rights::Right;

/// What an address asks of who comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Nothing: it is public.
    Nothing,
    /// To be signed in; what is shown is one's own.
    SignIn,
    /// The right, for the record concerned.
    For(Right),
    /// Any of several rights, for the record concerned.
    Either(Right, Right),
}

use Asks::{For, Nothing, SignIn};

/// Server functions, without the prefix `/_fn/`.
pub const FUNCTIONS: &[(&str, Asks)] = &[
    // people
    ("people/me", Nothing),
    ("people/sign-in", Nothing),
    ("people/sign-out", Nothing),
    ("people/forgotten-info", Nothing),
    ("people/forgotten", Nothing),
    ("people/password-link", Nothing),
    ("people/set-password", Nothing),
    ("people/account", SignIn),
    ("people/edit-account", SignIn),
    ("people/change-password", SignIn),
    ("people/end-session", SignIn),
    ("people/end-other-sessions", SignIn),
    ("people/list", For(Right::ManagePeople)),
    ("people/view", For(Right::ManagePeople)),
    ("people/new", For(Right::ManagePeople)),
    ("people/add", For(Right::ManagePeople)),
    ("people/edit", For(Right::ManagePeople)),
    ("people/invite", For(Right::ManagePeople)),
    ("people/grant-role", For(Right::ManagePeople)),
    ("people/end-role", For(Right::ManagePeople)),
    ("people/add-post", For(Right::ManagePeople)),
    ("people/end-post", For(Right::ManagePeople)),
    ("people/disable-account", For(Right::ManagePeople)),
    ("people/enable-account", For(Right::ManagePeople)),
    ("house/jobs", For(Right::RunHouse)),
    ("house/retry-job", For(Right::RunHouse)),
    // institutions
    ("institutions/directory", Nothing),
    ("institutions/view", Nothing),
    ("institutions/for-edit", For(Right::EditInstitution)),
    ("institutions/edit", For(Right::EditInstitution)),
    // catalogue
    ("catalogue/at-institution", Nothing),
    ("catalogue/in-area", Nothing),
    ("catalogue/new", For(Right::EditCourse)),
    ("catalogue/for-edit", For(Right::EditCourse)),
    ("catalogue/save", For(Right::EditCourse)),
    ("catalogue/add-author", For(Right::EditCourse)),
    ("catalogue/remove-author", For(Right::EditCourse)),
    // deliveries
    ("deliveries/board", Nothing),
    ("deliveries/course", Nothing),
    ("deliveries/paid-by", Nothing),
    // attendance
    ("attendance/register", For(Right::KeepRegister)),
    ("attendance/history", For(Right::KeepRegister)),
    ("attendance/save", For(Right::KeepRegister)),
    ("attendance/mark", For(Right::KeepRegister)),
    ("attendance/undo", For(Right::KeepRegister)),
    // learning
    ("learning/mine", SignIn),
    ("learning/study", For(Right::Study)),
    ("learning/opened", For(Right::Study)),
    ("learning/position", For(Right::Study)),
    ("learning/done", For(Right::Study)),
];

/// Pages, as the router writes them.
pub const PAGES: &[(&str, Asks)] = &[
    // people
    ("/sign-in", Nothing),
    ("/forgotten", Nothing),
    ("/set-password/{token}", Nothing),
    ("/account", SignIn),
    ("/people", For(Right::ManagePeople)),
    ("/people/new", For(Right::ManagePeople)),
    ("/people/{id}", For(Right::ManagePeople)),
    ("/people/{id}/edit", For(Right::ManagePeople)),
    ("/people/{id}/role", For(Right::ManagePeople)),
    ("/people/{id}/post", For(Right::ManagePeople)),
    ("/admin/jobs", For(Right::RunHouse)),
    // institutions
    ("/institutions", Nothing),
    ("/institutions/{slug}", Nothing),
    ("/institutions/{slug}/edit", For(Right::EditInstitution)),
    // catalogue
    ("/catalogue", Nothing),
    ("/courses/{slug}", Nothing),
    ("/courses/new", For(Right::EditCourse)),
    ("/courses/{slug}/edit", For(Right::EditCourse)),
    // attendance
    ("/deliveries/{id}/register", For(Right::KeepRegister)),
    ("/deliveries/{id}/register/{slot}", For(Right::KeepRegister)),
    ("/deliveries/{id}/register/{slot}/history", For(Right::KeepRegister)),
    // learning
    ("/learn", SignIn),
    ("/learn/{delivery}", For(Right::Study)),
    ("/learn/{delivery}/{material}", For(Right::Study)),
];

/// Plain routes of axum, with the method that they take.
pub const ROUTES: &[(&str, &str, Asks)] = &[("GET", "/health/live", Nothing), ("GET", "/health/ready", Nothing)];
