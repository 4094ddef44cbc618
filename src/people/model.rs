//! What a person is by profession.

pub use crate::common::actor::{Actor, Grant, Role};

crate::text_enum! {
    /// What a person does by profession.
    pub enum Profession {
        Judge = "judge",
        Prosecutor = "prosecutor",
        Investigator = "investigator",
        PoliceOfficer = "police_officer",
        Registrar = "registrar",
        Trainer = "trainer",
        Other = "other",
    }
}

crate::text_enum! {
    /// As documents state it; may be unknown.
    pub enum Sex { Female = "f", Male = "m", Other = "x" }
}
