//! Rules: what a course is and how it is described.

crate::text_enum! {
    /// The kind of a course.
    pub enum CourseKind {
        Introductory = "introductory",
        Advanced = "advanced",
        Specialised = "specialised",
        FirstResponder = "first_responder",
        TrainTheTrainers = "tot",
    }
}

crate::text_enum! {
    /// Whom a course is for.
    pub enum Audience {
        Judges = "judges",
        Prosecutors = "prosecutors",
        Investigators = "investigators",
        Trainers = "trainers",
    }
}
