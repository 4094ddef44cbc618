//! Identifiers: a UUID v7 in a type of its own each, so that none is taken for another.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(transparent))]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map($name) }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self { $name(id) }
        }
    )+};
}

ids! {
    /// A person, with or without an account.
    PersonId,
    /// How a person signs in.
    AccountId,
    /// A signed-in browser.
    SessionId,
    /// A browser that has signed in before.
    DeviceId,
    /// A change of somebody's record that waits to be confirmed.
    ChangeId,
    /// A post a person held.
    PostId,
    /// A role held in a scope.
    GrantId,
    /// A training institution, court, office or unit.
    InstitutionId,
    /// A duty of continuing education.
    DutyId,
    /// A project.
    ProjectId,
    /// An activity of projects.
    ActivityId,
    /// A document: guide, study, training pack as a record.
    DocumentId,
    /// What can be taught.
    CourseId,
    /// A version of a course in one language.
    PackId,
    /// A module of a pack.
    ModuleId,
    /// A session plan of a module.
    SessionPlanId,
    /// A lesson, file or link of a module.
    MaterialId,
    /// A stored file.
    FileId,
    /// A course actually given.
    DeliveryId,
    /// A half-day of a delivery, by which attendance is kept.
    SlotId,
    /// A line of a delivery's timetable.
    TimetableSessionId,
    /// A person's place in a delivery.
    EnrolmentId,
    /// A certificate.
    CertificateId,
    /// A badge: what a kiosk reads.
    BadgeId,
    /// A browser locked to the door of a delivery.
    KioskId,
    /// A signed sheet that was scanned.
    ScanId,
    /// A trainer licence.
    LicenceId,
    /// An assessment of a trainer.
    AssessmentId,
    /// A group that follows a sequence of deliveries.
    CohortId,
    /// A step of such a sequence.
    StepId,
    /// A person's place in a cohort.
    MemberId,
    /// What somebody says of a module after a delivery.
    FeedbackId,
    /// What was decided about one matter of feedback.
    DecisionId,
    /// People counted without names.
    TallyId,
    /// A piece of background work.
    JobId,
}
