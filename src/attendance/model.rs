//! Rules: marks.

crate::text_enum! {
    /// Whether somebody was there for a half-day.
    pub enum MarkState {
        Present = "present",
        Late = "late",
        LeftEarly = "left_early",
        Excused = "excused",
        Absent = "absent",
    }
}

crate::text_enum! {
    /// How a mark came about.
    pub enum MarkSource { Trainer = "trainer", Own = "self", Kiosk = "kiosk", Paper = "paper", Import = "import" }
}
