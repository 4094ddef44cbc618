//! Lanes of background work.

crate::text_enum! {
    /// A lane of background work. Each has workers of its own, so that a lane that stands still holds up no other.
    pub enum Lane {
        /// Letters on their way to the mail server: waits for somebody else's machine.
        Mail = "mail",
        /// Letters being written: the database only.
        Letters = "letters",
        /// Who has completed a delivery, and what changed hours mean for marks.
        Outcomes = "outcomes",
        /// What deliveries, days and rules mean for trainers' licences.
        Licences = "licences",
        /// Certificates being set and kept: waits for the store of files.
        Papers = "papers",
        /// Numbers of the reports.
        Reports = "reports",
        /// The long counting of the cascade.
        Counting = "counting",
        /// What keeps the house clean: what is kept no longer, files that nothing names.
        House = "house",
    }
}
