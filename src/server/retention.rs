//! How long every table of the database is kept: the one list of it, enforced daily by [`super::keeping::retain`] and
//! written out for people in docs/RETENTION.md. Tests compare both with the schema.

/// What is removed by a statement of its own in `keeping_store`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// Sessions that are over.
    Sessions,
    /// Sessions that would last longer than any.
    SessionsAhead,
    /// Links of letters that are over.
    Tokens,
    /// Links that would last longer than any.
    TokensAhead,
    /// Jobs that are done.
    JobsDone,
    /// Jobs that were done at a time still to come.
    JobsDoneAhead,
    /// Jobs that were given up.
    JobsParked,
    /// Files of marks that were read and not entered.
    Drafts,
    /// Secrets of check-in codes.
    CheckIns,
    /// Readings of kiosks that somebody settled.
    Unrecorded,
    /// Kiosks.
    Kiosks,
    /// Days on which trainers could not teach.
    Away,
    /// Reminders that were sent.
    Reminders,
    /// Records of files that nothing names.
    Files,
    /// Browsers that were known.
    Devices,
    /// Tries that may have been guesses.
    Attempts,
    /// Changes that somebody asked for.
    Changes,
    /// What became of backups.
    Backups,
}

/// When rows of a table go.
#[derive(Clone, Copy, Debug)]
pub struct Removal {
    /// So many days past a moment; negative: where the moment is further ahead than so many days.
    pub days: i64,
    /// The moment, in words.
    pub past: &'static str,
    /// What goes.
    pub what: Removed,
}

/// How long a table is kept.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// For good, and why.
    Kept(&'static str),
    /// As long as the row it belongs to, of the named table.
    With(&'static str),
    /// It is made anew from other records by a job.
    MadeAnew(&'static str),
    /// Removed by the daily job.
    Removed(&'static [Removal]),
}

impl Rule {
    /// The rule in words, as docs/RETENTION.md has it.
    pub fn words(&self) -> String {
        match self {
            Self::Kept(why) => format!("kept for good: {why}"),
            Self::With(parent) => format!("goes with its `{parent}`"),
            Self::MadeAnew(from) => format!("made anew from {from} by a job"),
            Self::Removed(removals) => removals.iter().map(Removal::words).collect::<Vec<_>>().join("; "),
        }
    }
}

impl Removal {
    fn words(&self) -> String {
        match (self.days, self.past) {
            (1, past) => format!("removed a day after {past}"),
            (days, past) if days > 0 => format!("removed {days} days after {past}"),
            (days, past) => format!("removed more than {} days before {past}", -days),
        }
    }
}

/// Every table of the database, in the order of their names.
pub const RETENTION: &[(&str, Rule)] = &[
    ("account", Rule::Kept("history names it; who leaves has it closed")),
    ("activity", Rule::Kept("what projects did")),
    ("activity_project", Rule::With("activity")),
    ("area", Rule::Kept("reference data")),
    ("area_name", Rule::With("area")),
    ("assessment", Rule::With("licence")),
    ("assessment_score", Rule::With("assessment")),
    ("assessor", Rule::With("assessment")),
    ("attempt", Rule::Removed(&[Removal { days: 1, past: "it stopped counting", what: Removed::Attempts }])),
    ("attendance_sum", Rule::MadeAnew("marks")),
    ("attendance_year", Rule::MadeAnew("marks")),
    ("audit", Rule::Kept("who did what to which record must be told for as long as the record stands")),
    ("backup", Rule::Removed(&[Removal { days: 730, past: "it was written", what: Removed::Backups }])),
    ("badge", Rule::With("enrolment")),
    ("badge_setting", Rule::With("delivery")),
    ("cascade_cell", Rule::MadeAnew("deliveries and places")),
    ("cascade_delivery", Rule::MadeAnew("deliveries and places")),
    (
        "cascade_reminder",
        Rule::Removed(&[Removal { days: 730, past: "the reminder was sent", what: Removed::Reminders }]),
    ),
    ("cascade_scope", Rule::MadeAnew("deliveries and places")),
    ("cascade_trainer", Rule::MadeAnew("deliveries and places")),
    ("certificate", Rule::Kept("anybody may check its code, also of one that was withdrawn")),
    ("check_in", Rule::Removed(&[Removal { days: 30, past: "the half-day ended", what: Removed::CheckIns }])),
    ("check_in_limit", Rule::With("delivery")),
    ("cohort", Rule::Kept("the record of who was trained together")),
    ("cohort_member", Rule::With("cohort")),
    ("cohort_member_change", Rule::With("cohort_member")),
    ("cohort_project", Rule::With("cohort")),
    ("cohort_quota", Rule::With("cohort")),
    ("cohort_step", Rule::With("cohort")),
    ("cohort_step_delivery", Rule::With("cohort_step")),
    ("completion", Rule::With("enrolment")),
    ("course", Rule::Kept("deliveries and certificates name it")),
    ("course_author", Rule::With("course")),
    ("course_institution", Rule::With("course")),
    ("course_prerequisite", Rule::With("course")),
    ("course_text", Rule::With("course")),
    ("delivery", Rule::Kept("the record of what was taught")),
    ("delivery_project", Rule::With("delivery")),
    ("delivery_trainer", Rule::With("delivery")),
    ("document", Rule::Kept("what projects wrote")),
    ("document_translation", Rule::With("document")),
    ("duty", Rule::Kept("past years are counted by it")),
    ("enrolment", Rule::Kept("the record of who was trained")),
    ("enrolment_change", Rule::With("enrolment")),
    ("expected_result", Rule::With("project")),
    ("feedback_decision", Rule::Kept("release notes list it")),
    ("feedback_invitation", Rule::With("delivery")),
    (
        "feedback_item",
        Rule::Kept("the next version is written by it; who wrote what is not signed is forgotten once they were told"),
    ),
    (
        "file",
        Rule::Removed(&[Removal { days: 1, past: "it was stored, where nothing names it", what: Removed::Files }]),
    ),
    ("head_count", Rule::With("slot")),
    ("head_count_line", Rule::With("head_count")),
    ("institution", Rule::Kept("deliveries, posts and certificates name it")),
    ("institution_former_name", Rule::With("institution")),
    ("institution_serves", Rule::With("institution")),
    (
        "job",
        Rule::Removed(&[
            Removal { days: 14, past: "it was done", what: Removed::JobsDone },
            Removal {
                days: -2,
                past: "it was done, which is still to come: a clock was wrong",
                what: Removed::JobsDoneAhead,
            },
            Removal { days: 180, past: "it was given up", what: Removed::JobsParked },
        ]),
    ),
    (
        "kiosk",
        Rule::Removed(&[Removal { days: 90, past: "its end, where no reading names it", what: Removed::Kiosks }]),
    ),
    (
        "kiosk_unrecorded",
        Rule::Removed(&[Removal { days: 365, past: "somebody settled it", what: Removed::Unrecorded }]),
    ),
    (
        "known_device",
        Rule::Removed(&[Removal { days: 1, past: "the browser stopped being known", what: Removed::Devices }]),
    ),
    ("licence", Rule::Kept("who may teach, and who might when")),
    ("licence_ground", Rule::With("licence")),
    ("licence_letter", Rule::With("licence")),
    ("licence_route", Rule::With("course")),
    ("licence_rule", Rule::With("course")),
    ("licence_step", Rule::With("licence")),
    ("mark", Rule::With("enrolment")),
    ("mark_change", Rule::Kept("the history that marks are proved by")),
    ("mark_draft", Rule::Removed(&[Removal { days: 7, past: "the file was read", what: Removed::Drafts }])),
    ("mark_gone", Rule::With("enrolment")),
    ("material", Rule::With("pack_module")),
    (
        "one_time_token",
        Rule::Removed(&[
            Removal { days: 1, past: "its end", what: Removed::Tokens },
            Removal { days: -15, past: "its end, which no link has: a clock was wrong", what: Removed::TokensAhead },
        ]),
    ),
    ("pack", Rule::Kept("released versions never change; deliveries name them")),
    ("pack_module", Rule::With("pack")),
    (
        "pending_change",
        Rule::Removed(&[Removal { days: 365, past: "it could no longer be confirmed", what: Removed::Changes }]),
    ),
    ("person", Rule::Kept("training records, marks and certificates name them")),
    ("person_number", Rule::With("person")),
    ("post", Rule::With("person")),
    ("progress", Rule::With("enrolment")),
    ("project", Rule::Kept("reports are made by it")),
    ("project_amendment", Rule::With("project")),
    ("project_area", Rule::With("project")),
    ("pseudonym", Rule::With("enrolment")),
    ("reach", Rule::MadeAnew("places")),
    ("register_scan", Rule::Kept("the signed proof of marks; what is withdrawn stays with the reason")),
    ("risk_notice", Rule::With("enrolment")),
    ("role_grant", Rule::With("person")),
    ("rubric", Rule::With("course")),
    ("rubric_criterion", Rule::With("rubric")),
    (
        "session",
        Rule::Removed(&[
            Removal { days: 7, past: "its end", what: Removed::Sessions },
            Removal {
                days: -15,
                past: "its end, which no session has: a clock was wrong",
                what: Removed::SessionsAhead,
            },
        ]),
    ),
    ("session_plan", Rule::With("pack_module")),
    ("slot", Rule::With("delivery")),
    ("slot_notice", Rule::With("delivery")),
    ("slot_step", Rule::With("slot")),
    ("tally", Rule::Kept("the record of people counted without names")),
    ("tally_evidence", Rule::With("tally")),
    ("tally_line", Rule::With("tally")),
    ("tally_project", Rule::With("tally")),
    ("tally_step", Rule::With("tally")),
    ("timetable_session", Rule::With("slot")),
    ("trainer_away", Rule::Removed(&[Removal { days: 365, past: "its last day", what: Removed::Away }])),
    ("trainer_profile", Rule::With("person")),
    ("walk_in", Rule::With("enrolment")),
];
