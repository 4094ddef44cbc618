//! Rules: the states of a place in a delivery.

crate::text_enum! {
    /// The state of a person's place in a delivery.
    pub enum EnrolmentState {
        Nominated = "nominated",
        Applied = "applied",
        Endorsed = "endorsed",
        Selected = "selected",
        Reserve = "reserve",
        Refused = "refused",
        Invited = "invited",
        Confirmed = "confirmed",
        Declined = "declined",
        Replaced = "replaced",
        Attended = "attended",
        PartlyAttended = "partly_attended",
        NotAttended = "not_attended",
        Completed = "completed",
        NotCompleted = "not_completed",
        Withdrawn = "withdrawn",
    }
}

impl EnrolmentState {
    /// Whether the person holds a place: on the register, in the study room, in the count of
    /// places taken. The same list stands in SQL as `HOLDING`.
    pub const fn holds_place(self) -> bool {
        matches!(
            self,
            Self::Selected
                | Self::Invited
                | Self::Confirmed
                | Self::Attended
                | Self::PartlyAttended
                | Self::NotAttended
                | Self::Completed
                | Self::NotCompleted
        )
    }
}

crate::text_enum! {
    /// How a place came to be held.
    pub enum EnrolmentSource { Own = "self", Administrator = "administrator", Record = "record" }
}
