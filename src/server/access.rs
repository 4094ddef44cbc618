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
    ("institutions/area", Nothing),
    ("institutions/areas", Nothing),
    // programmes
    ("programmes/activities", Nothing),
    ("programmes/documents", Nothing),
    ("programmes/in-area", Nothing),
    ("programmes/project", Nothing),
    ("programmes/projects", Nothing),
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
    // packs
    ("packs/teaching", For(Right::WritePack)),
    ("packs/for-new", For(Right::WritePack)),
    ("packs/view", For(Right::WritePack)),
    ("packs/for-edit", For(Right::WritePack)),
    ("packs/module", For(Right::WritePack)),
    ("packs/new-part", For(Right::WritePack)),
    ("packs/session", For(Right::WritePack)),
    ("packs/material", For(Right::WritePack)),
    ("packs/preview", For(Right::WritePack)),
    ("packs/render", For(Right::WritePack)),
    ("packs/create", For(Right::WritePack)),
    ("packs/copy", For(Right::WritePack)),
    ("packs/edit", For(Right::WritePack)),
    ("packs/step", For(Right::WritePack)),
    ("packs/module/add", For(Right::WritePack)),
    ("packs/module/edit", For(Right::WritePack)),
    ("packs/module/remove", For(Right::WritePack)),
    ("packs/module/move", For(Right::WritePack)),
    ("packs/session/add", For(Right::WritePack)),
    ("packs/session/edit", For(Right::WritePack)),
    ("packs/session/remove", For(Right::WritePack)),
    ("packs/session/move", For(Right::WritePack)),
    ("packs/lesson/add", For(Right::WritePack)),
    ("packs/link/add", For(Right::WritePack)),
    ("packs/material/edit", For(Right::WritePack)),
    ("packs/material/remove", For(Right::WritePack)),
    ("packs/material/move", For(Right::WritePack)),
    ("deliveries/teaching", SignIn),
    ("deliveries/list", For(Right::KeepRegister)),
    ("deliveries/courses", For(Right::ManageDelivery)),
    ("deliveries/for-new", For(Right::ManageDelivery)),
    ("deliveries/for-edit", For(Right::ManageDelivery)),
    ("deliveries/save", For(Right::ManageDelivery)),
    ("deliveries/step", For(Right::ManageDelivery)),
    ("deliveries/state", For(Right::ManageDelivery)),
    ("deliveries/trainers", For(Right::ManageDelivery)),
    ("deliveries/trainer", For(Right::ManageDelivery)),
    ("deliveries/timetable", For(Right::ManageDelivery)),
    ("deliveries/generate", For(Right::ManageDelivery)),
    ("deliveries/slot", For(Right::ManageDelivery)),
    ("deliveries/save-slot", For(Right::ManageDelivery)),
    ("deliveries/remove-slot", For(Right::ManageDelivery)),
    ("deliveries/save-session", For(Right::ManageDelivery)),
    ("deliveries/remove-session", For(Right::ManageDelivery)),
    ("deliveries/at-institution", Nothing),
    ("deliveries/in-area", Nothing),
    // enrolment
    ("enrolment/delivery", Nothing),
    ("enrolment/enrol", SignIn),
    ("enrolment/place", SignIn),
    ("enrolment/withdraw", SignIn),
    ("enrolment/people", For(Right::KeepRegister)),
    ("enrolment/many", For(Right::ManageDelivery)),
    ("enrolment/new-person", For(Right::ManageDelivery)),
    ("deliveries/paid-by", Nothing),
    // attendance
    ("attendance/register", For(Right::KeepRegister)),
    ("attendance/history", For(Right::KeepRegister)),
    ("attendance/save", For(Right::KeepRegister)),
    ("attendance/mark", For(Right::KeepRegister)),
    ("attendance/undo", For(Right::KeepRegister)),
    ("attendance/door", For(Right::KeepRegister)),
    ("attendance/set-door", For(Right::KeepRegister)),
    ("attendance/arriving", Nothing),
    ("attendance/arrive", SignIn),
    ("attendance/arrive-by-code", SignIn),
    ("attendance/arrive-by-badge", Nothing),
    ("attendance/badges", For(Right::KeepRegister)),
    ("attendance/make-badges", For(Right::KeepRegister)),
    ("attendance/renew-badge", For(Right::KeepRegister)),
    ("attendance/pseudonyms", For(Right::KeepRegister)),
    ("attendance/my-badges", SignIn),
    ("attendance/start-kiosk", For(Right::KeepRegister)),
    ("attendance/end-kiosk", For(Right::KeepRegister)),
    // A kiosk is known by its own cookie, not by who is signed in.
    ("kiosk/view", Nothing),
    ("kiosk/scan", Nothing),
    ("kiosk/type", Nothing),
    // learning
    ("learning/mine", SignIn),
    ("learning/study", For(Right::Study)),
    ("learning/opened", For(Right::Study)),
    ("learning/position", For(Right::Study)),
    ("learning/done", For(Right::Study)),
    // completion
    ("completion/results", For(Right::KeepRegister)),
    ("completion/issue", For(Right::KeepRegister)),
    ("completion/revoke", For(Right::ManageDelivery)),
    ("completion/mine", SignIn),
    ("completion/show-name", SignIn),
    ("completion/verify", Nothing),
    // reporting
    ("reporting/home", Nothing),
    ("reporting/report", For(Right::ReadNumbers)),
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
    ("/areas", Nothing),
    ("/areas/{code}", Nothing),
    // programmes
    ("/activities", Nothing),
    ("/documents", Nothing),
    ("/projects", Nothing),
    ("/projects/{key}", Nothing),
    // catalogue
    ("/catalogue", Nothing),
    ("/courses/{slug}", Nothing),
    ("/courses/new", For(Right::EditCourse)),
    ("/courses/{slug}/edit", For(Right::EditCourse)),
    // packs
    ("/teach", For(Right::WritePack)),
    ("/teach/new", For(Right::WritePack)),
    ("/packs/{pack}", For(Right::WritePack)),
    ("/packs/{pack}/edit", For(Right::WritePack)),
    ("/packs/{pack}/release", For(Right::WritePack)),
    ("/packs/{pack}/modules/new", For(Right::WritePack)),
    ("/packs/{pack}/preview", For(Right::WritePack)),
    ("/packs/{pack}/preview/{material}", For(Right::WritePack)),
    ("/packs/modules/{module}", For(Right::WritePack)),
    ("/packs/modules/{module}/sessions/new", For(Right::WritePack)),
    ("/packs/modules/{module}/lessons/new", For(Right::WritePack)),
    ("/packs/modules/{module}/links/new", For(Right::WritePack)),
    ("/packs/modules/{module}/files/new", For(Right::WritePack)),
    ("/packs/sessions/{session}", For(Right::WritePack)),
    ("/packs/materials/{material}", For(Right::WritePack)),
    // deliveries and enrolment
    ("/deliveries", For(Right::KeepRegister)),
    ("/deliveries/new", For(Right::ManageDelivery)),
    ("/deliveries/{id}", Nothing),
    ("/deliveries/{id}/edit", For(Right::ManageDelivery)),
    ("/deliveries/{id}/state/{to}", For(Right::ManageDelivery)),
    ("/deliveries/{id}/trainers", For(Right::ManageDelivery)),
    ("/deliveries/{id}/timetable", For(Right::ManageDelivery)),
    ("/deliveries/{id}/timetable/{slot}", For(Right::ManageDelivery)),
    ("/deliveries/{id}/people", For(Right::KeepRegister)),
    ("/deliveries/{id}/people/{place}", SignIn),
    ("/deliveries/{id}/withdraw", SignIn),
    // attendance
    ("/deliveries/{id}/register", For(Right::KeepRegister)),
    ("/deliveries/{id}/register/{slot}", For(Right::KeepRegister)),
    ("/deliveries/{id}/register/{slot}/history", For(Right::KeepRegister)),
    ("/deliveries/{id}/register/{slot}/door", For(Right::KeepRegister)),
    ("/deliveries/{id}/badges", For(Right::KeepRegister)),
    ("/kiosk", Nothing),
    ("/in", Nothing),
    ("/in/{slot}", Nothing),
    // learning
    ("/learn", SignIn),
    ("/learn/{delivery}", For(Right::Study)),
    ("/learn/{delivery}/{material}", For(Right::Study)),
    // completion
    ("/deliveries/{id}/results", For(Right::KeepRegister)),
    ("/certificates", SignIn),
    ("/verify", Nothing),
    ("/verify/{code}", Nothing),
    // reporting
    ("/", Nothing),
    ("/reports", For(Right::ReadNumbers)),
];

/// Plain routes of axum, with the method that they take.
pub const ROUTES: &[(&str, &str, Asks)] = &[
    ("GET", "/health/live", Nothing),
    ("GET", "/health/ready", Nothing),
    ("GET", "/catalogue.ics", Nothing),
    // Whose file it is decides.
    ("GET", "/files/{id}/{name}", For(Right::Study)),
    ("POST", "/uploads", For(Right::WritePack)),
    ("GET", "/certificates/{file}", SignIn),
    ("GET", "/reports/reach.csv", For(Right::ReadNumbers)),
    ("GET", "/deliveries/{id}/register/{slot}/live", For(Right::KeepRegister)),
    ("GET", "/deliveries/{id}/badges.pdf", For(Right::KeepRegister)),
    ("GET", "/deliveries/{id}/sheets.pdf", For(Right::KeepRegister)),
    ("GET", "/deliveries/{id}/register/{slot}/sheet.pdf", For(Right::KeepRegister)),
];
