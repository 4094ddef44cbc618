//! Rules: packs, their states and their parts.

crate::text_enum! {
    /// The state of a pack. Released and superseded packs never change.
    pub enum PackState {
        Draft = "draft",
        Piloted = "piloted",
        Feedback = "feedback",
        Released = "released",
        Superseded = "superseded",
    }
}

crate::text_enum! {
    /// How a session is taught.
    pub enum Method {
        Lecture = "lecture",
        Discussion = "discussion",
        Exercise = "exercise",
        Case = "case",
        Demonstration = "demonstration",
        MockHearing = "mock_hearing",
        Review = "review",
    }
}

crate::text_enum! {
    /// What a material is.
    pub enum MaterialKind { Lesson = "lesson", File = "file", Link = "link" }
}
