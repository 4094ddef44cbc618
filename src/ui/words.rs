//! Sentences and names for codes, in the language of the page.

use crate::{
    attendance::{checkin::model::Hurdle, model::MarkState},
    catalogue::model::{Audience, CourseKind},
    common::{
        error::{AppError, Refusal},
        forms::{FaultKind, Flash},
    },
    completion::model::CertificateKind,
    deliveries::model::{DeliveryState, Tab},
    enrolment::model::{EnrolmentState, Risk},
    institutions::model::{Excused, InstitutionKind},
    packs::model::{Method, PackState, PackStep},
    people::model::{Profession, Role, Sex},
    programmes::model::{ActivityKind, DocumentKind, ProjectStatus},
    tr,
    trainers::{
        assessment::model::{AssessorKind, Outcome},
        model::{Act, Cause, Condition, Ground, Lack, LicenceState},
    },
};
use leptos::prelude::*;

/// What is wrong with a field.
pub fn fault(kind: &FaultKind) -> String {
    match kind {
        FaultKind::Required => tr!(form.required),
        FaultKind::TooLong { max } => tr!(form.too_long, max = *max),
        FaultKind::TooShort { min } => tr!(form.too_short, min = *min),
        FaultKind::Number { min, max } => tr!(form.number, min = *min, max = *max),
        FaultKind::Date => tr!(form.date),
        FaultKind::Time => tr!(form.time),
        FaultKind::Email => tr!(form.email),
        FaultKind::Url => tr!(form.url),
        FaultKind::EndsBeforeStart => tr!(form.ends_before_start),
        FaultKind::OutsideDelivery => tr!(form.outside_delivery),
        FaultKind::OutsideSlot => tr!(form.outside_slot),
        FaultKind::InFuture => tr!(form.in_future),
        FaultKind::Overlap => tr!(form.overlap),
        FaultKind::Choice => tr!(form.choice),
        FaultKind::Taken => tr!(form.taken),
        FaultKind::Mismatch => tr!(form.mismatch),
        FaultKind::WrongPassword => tr!(form.wrong_password),
        FaultKind::CommonPassword => tr!(form.common_password),
        FaultKind::OwnPassword => tr!(form.own_password),
        FaultKind::Markup => tr!(form.markup),
        FaultKind::TooComplex => tr!(form.too_complex),
        FaultKind::BelowUsed { used } => tr!(form.below_used, used = *used),
        FaultKind::Malformed => tr!(form.malformed),
        FaultKind::MarkStands { name, stands, paper } => {
            let said = |code: &str| code.parse().map_or_else(|_| code.to_owned(), mark_state);
            tr!(sheets.differs, name = name.clone(), stands = said(stands), paper = said(paper))
        }
        FaultKind::Network => tr!(form.network),
        FaultKind::TooMany { max } => tr!(form.too_many_of, max = *max),
        FaultKind::Degrees { max } => tr!(form.degrees, max = *max),
        FaultKind::Unprintable { text } => tr!(form.unprintable, text = text.clone()),
        FaultKind::Unlicensed { name, lack, state } => {
            lack.parse().map_or_else(|_| name.clone(), |lack| unlicensed(name, lack, state.parse().ok()))
        }
    }
}

/// What an error says where there is no field to put it beside.
pub fn error(error: &AppError) -> String {
    match error {
        AppError::SignInRequired | AppError::Forbidden => tr!(form.forbidden),
        AppError::NotFound => tr!(form.not_found),
        AppError::Refused(reason) => refusal(*reason),
        AppError::TooMany(seconds) => tr!(form.too_many, seconds = *seconds),
        AppError::Unavailable => tr!(form.unavailable),
        AppError::Unreachable => tr!(form.unreachable),
        AppError::Internal => tr!(form.internal),
        AppError::Invalid(_) | AppError::Conflict(_) | AppError::Preview => tr!(form.summary),
    }
}

macro_rules! table {
    ($(#[$meta:meta])* $name:ident($type:ident) { $($variant:ident => $($key:ident).+),+ $(,)? }) => {
        $(#[$meta])*
        pub fn $name(value: $type) -> String {
            match value { $($type::$variant => tr!($($key).+)),+ }
        }
    };
}

table! {
    /// Why a rule refuses.
    refusal(Refusal) {
        WrongSignIn => refusal.wrong_sign_in,
        BadLink => refusal.bad_link,
        AlreadySent => refusal.already_sent,
        WrongState => refusal.wrong_state,
        PackReleased => refusal.pack_released,
        PackEmpty => refusal.pack_empty,
        NotEmpty => refusal.not_empty,
        Full => refusal.full,
        CallClosed => refusal.call_closed,
        AlreadyEnrolled => refusal.already_enrolled,
        TrainerHere => refusal.trainer_here,
        ByNomination => refusal.by_nomination,
        Over => refusal.over,
        RegisterClosed => refusal.register_closed,
        Sealed => refusal.sealed,
        SealFixed => refusal.seal_fixed,
        CalledOff => refusal.called_off,
        TooEarly => refusal.too_early,
        RuleNotMet => refusal.rule_not_met,
        FileTooLarge => refusal.file_too_large,
        FileKind => refusal.file_kind,
        LastOfficer => refusal.last_officer,
        WrongDigits => refusal.wrong_digits,
        UnknownBadge => refusal.unknown_badge,
        Unplaced => refusal.unplaced,
        TooFar => refusal.too_far,
        HasMarks => refusal.has_marks,
        InUse => refusal.in_use,
        NoRubric => refusal.no_rubric,
        NothingScored => refusal.nothing_scored,
        NoPlaceForArea => refusal.no_place_for_area,
        NoAddress => refusal.no_address,
        FeedbackMoved => refusal.feedback_moved,
        NoEvidence => refusal.no_evidence,
        OwnCount => refusal.own_count,
        CountedAlready => refusal.counted_already,
        Overtaken => refusal.overtaken,
        Unconfirmed => refusal.unconfirmed,
    }
}

table! {
    /// A word of success.
    flash(Flash) {
        Saved => flash.saved,
        SignedOut => flash.signed_out,
        MailSent => flash.mail_sent,
        PasswordSet => flash.password_set,
        SessionEnded => flash.session_ended,
        Invited => flash.invited,
        RoleGranted => flash.role_granted,
        RoleEnded => flash.role_ended,
        Created => flash.created,
        Removed => flash.removed,
        Moved => flash.moved,
        Released => flash.released,
        NewVersion => flash.new_version,
        Enrolled => flash.enrolled,
        Withdrawn => flash.withdrawn,
        Added => flash.added,
        StateChanged => flash.state_changed,
        TimetableMade => flash.timetable_made,
        Marked => flash.marked,
        Undone => flash.undone,
        ItemDone => flash.item_done,
        CertificateIssued => flash.certificate_issued,
        NameShown => flash.name_shown,
        NameHidden => flash.name_hidden,
        JobRetried => flash.job_retried,
        Uploaded => flash.uploaded,
        CertificateRevoked => flash.certificate_revoked,
        SentIn => flash.sent_in,
        Decided => flash.decided,
        Asked => flash.asked,
    }
}

table! {
    /// A role's name.
    role(Role) {
        ProgrammeOfficer => people.role.programme_officer,
        InstitutionAdministrator => people.role.institution_administrator,
        FocalPoint => people.role.focal_point,
        Trainer => people.role.trainer,
        Participant => people.role.participant,
        Observer => people.role.observer,
    }
}

table! {
    /// A sex's name.
    sex(Sex) {
        Female => people.sex.female,
        Male => people.sex.male,
        Other => people.sex.other,
    }
}

table! {
    /// A profession's name.
    profession(Profession) {
        Judge => people.profession.judge,
        Prosecutor => people.profession.prosecutor,
        Investigator => people.profession.investigator,
        PoliceOfficer => people.profession.police_officer,
        Registrar => people.profession.registrar,
        Trainer => people.profession.trainer,
        Other => people.profession.other,
    }
}

table! {
    /// A kind of institution.
    institution_kind(InstitutionKind) {
        JudicialTraining => institutions.kind.judicial_training,
        LawEnforcementTraining => institutions.kind.law_enforcement_training,
        RegionalCentre => institutions.kind.regional_centre,
        Court => institutions.kind.court,
        ProsecutionOffice => institutions.kind.prosecution_office,
        PoliceUnit => institutions.kind.police_unit,
        Ministry => institutions.kind.ministry,
        Council => institutions.kind.council,
        ProgrammeOffice => institutions.kind.programme_office,
    }
}

table! {
    /// What an excused absence counts as.
    excused(Excused) {
        Missed => institutions.excuse.missed,
        Neutral => institutions.excuse.neutral,
        Attended => institutions.excuse.attended,
    }
}

/// A tag that says that somebody may miss no more, or has missed too much already.
pub fn at_risk(risk: Risk) -> Option<AnyView> {
    match risk {
        Risk::None => None,
        Risk::AtRisk => Some(
            view! { " "<span class="tag warn" title=tr!(completion.at_risk_text)>{tr!(completion.at_risk)}</span> }
                .into_any(),
        ),
        Risk::Lost => Some(view! { " "<span class="tag bad">{tr!(completion.lost)}</span> }.into_any()),
    }
}

table! {
    /// A kind of course.
    course_kind(CourseKind) {
        Introductory => catalogue.kind.introductory,
        Advanced => catalogue.kind.advanced,
        Specialised => catalogue.kind.specialised,
        FirstResponder => catalogue.kind.first_responder,
        TrainTheTrainers => catalogue.kind.tot,
    }
}

table! {
    /// The state of a pack.
    pack_state(PackState) {
        Draft => packs.state.draft,
        Piloted => packs.state.piloted,
        Feedback => packs.state.feedback,
        Released => packs.state.released,
        Superseded => packs.state.superseded,
    }
}

table! {
    /// For whom a course is.
    audience(Audience) {
        Judges => catalogue.audience.judges,
        Prosecutors => catalogue.audience.prosecutors,
        Investigators => catalogue.audience.investigators,
        Trainers => catalogue.audience.trainers,
    }
}

table! {
    /// What a certificate attests.
    certificate_kind(CertificateKind) {
        Attendance => completion.kind.attendance,
        Achievement => completion.kind.achievement,
        Trainer => completion.kind.trainer,
    }
}

table! {
    /// What an author does to take a pack further.
    pack_step(PackStep) {
        Pilot => packs.step.pilot,
        Collect => packs.step.collect,
        Release => packs.step.release,
        Supersede => packs.step.supersede,
    }
}

table! {
    /// A state of a delivery.
    delivery_state(DeliveryState) {
        Planned => deliveries.state.planned,
        CallOpen => deliveries.state.call_open,
        Selection => deliveries.state.selection,
        Confirmed => deliveries.state.confirmed,
        Running => deliveries.state.running,
        Delivered => deliveries.state.delivered,
        Reported => deliveries.state.reported,
        Postponed => deliveries.state.postponed,
        Cancelled => deliveries.state.cancelled,
    }
}

table! {
    /// What an activity is.
    activity_kind(ActivityKind) {
        LaunchingConference => programmes.kind.launching_conference,
        ClosingConference => programmes.kind.closing_conference,
        HighLevelConference => programmes.kind.high_level_conference,
        Conference => programmes.kind.conference,
        ConferenceSession => programmes.kind.conference_session,
        ThirdPartyConference => programmes.kind.third_party_training_conference,
        ThirdPartyEvent => programmes.kind.contribution_to_third_party_event,
        SteeringCommittee => programmes.kind.steering_committee,
        RegionalWorkshop => programmes.kind.regional_workshop,
        IntraRegionalWorkshop => programmes.kind.intra_regional_workshop,
        InternationalWorkshop => programmes.kind.international_workshop,
        CountryWorkshop => programmes.kind.country_specific_workshop,
        Workshop => programmes.kind.workshop,
        RegionalMeeting => programmes.kind.regional_training_meeting,
        TrainTheTrainers => programmes.kind.training_of_trainers,
        InCountryTraining => programmes.kind.in_country_training,
        Exercise => programmes.kind.exercise,
        StudyVisit => programmes.kind.study_visit,
        ScopingMission => programmes.kind.scoping_mission,
        DeskReview => programmes.kind.desk_review,
    }
}

table! {
    /// A list of deliveries.
    delivery_tab(Tab) {
        Running => deliveries.list_running,
        Upcoming => deliveries.list_upcoming,
        Past => deliveries.list_past,
    }
}

table! {
    /// What a document is.
    document_kind(DocumentKind) {
        ConceptPaper => programmes.document.concept_paper,
        Guidelines => programmes.document.guidelines,
        Guide => programmes.document.guide,
        Manual => programmes.document.manual,
        TrainingPack => programmes.document.training_pack,
        Study => programmes.document.study,
        BaselineReport => programmes.document.baseline_report,
        EndLineReport => programmes.document.end_line_report,
        Declaration => programmes.document.declaration,
    }
}

table! {
    /// Whether a project runs.
    project_status(ProjectStatus) {
        Pipeline => programmes.status.pipeline,
        Running => programmes.status.running,
        Closed => programmes.status.closed,
    }
}

table! {
    /// How a session is taught.
    method(Method) {
        Lecture => packs.methods.lecture,
        Discussion => packs.methods.discussion,
        Exercise => packs.methods.exercise,
        Case => packs.methods.case,
        Demonstration => packs.methods.demonstration,
        MockHearing => packs.methods.mock_hearing,
        Review => packs.methods.review,
    }
}

table! {
    /// A state of a place.
    enrolment_state(EnrolmentState) {
        Nominated => enrolment.state.nominated,
        Applied => enrolment.state.applied,
        Endorsed => enrolment.state.endorsed,
        Selected => enrolment.state.selected,
        Reserve => enrolment.state.reserve,
        Refused => enrolment.state.refused,
        Invited => enrolment.state.invited,
        Confirmed => enrolment.state.confirmed,
        Declined => enrolment.state.declined,
        Replaced => enrolment.state.replaced,
        Attended => enrolment.state.attended,
        PartlyAttended => enrolment.state.partly_attended,
        NotAttended => enrolment.state.not_attended,
        Completed => enrolment.state.completed,
        NotCompleted => enrolment.state.not_completed,
        Withdrawn => enrolment.state.withdrawn,
    }
}

/// The name of a language by its BCP 47 code; an unknown code stands for itself.
pub fn language(code: &str) -> String {
    match code {
        "en" => tr!(language.en),
        "fr" => tr!(language.fr),
        "sq" => tr!(language.sq),
        "bs" => tr!(language.bs),
        "hr" => tr!(language.hr),
        "sr" => tr!(language.sr),
        "cnr" => tr!(language.cnr),
        "mk" => tr!(language.mk),
        "tr" => tr!(language.tr),
        "hy" => tr!(language.hy),
        "az" => tr!(language.az),
        "be" => tr!(language.be),
        "ru" => tr!(language.ru),
        "ka" => tr!(language.ka),
        "ro" => tr!(language.ro),
        "uk" => tr!(language.uk),
        "ar" => tr!(language.ar),
        "ber" => tr!(language.ber),
        "fil" => tr!(language.fil),
        "af" => tr!(language.af),
        "zu" => tr!(language.zu),
        "xh" => tr!(language.xh),
        "si" => tr!(language.si),
        "ta" => tr!(language.ta),
        "to" => tr!(language.to),
        "nb" => tr!(language.nb),
        "nn" => tr!(language.nn),
        "ga" => tr!(language.ga),
        "it" => tr!(language.it),
        "pt" => tr!(language.pt),
        "id" => tr!(language.id),
        "nl" => tr!(language.nl),
        "et" => tr!(language.et),
        "vi" => tr!(language.vi),
        "lo" => tr!(language.lo),
        "hi" => tr!(language.hi),
        other => other.to_owned(),
    }
}

/// The names of a list of language codes, joined.
pub fn languages(list: &str) -> String {
    crate::common::codes::split_list(list).map(language).collect::<Vec<_>>().join(", ")
}

table! {
    /// Whether somebody was there.
    mark_state(MarkState) {
        Present => attendance.state.present,
        Late => attendance.state.late,
        LeftEarly => attendance.state.left_early,
        Excused => attendance.state.excused,
        Absent => attendance.state.absent,
    }
}

table! {
    /// Why somebody at the door is not marked.
    hurdle(Hurdle) {
        NotOpen => attendance.hurdle.not_open,
        Expired => attendance.hurdle.expired,
        TooEarly => attendance.hurdle.too_early,
        Closed => attendance.hurdle.closed,
        WrongGroup => attendance.hurdle.wrong_group,
        NotIn => attendance.hurdle.not_in,
        WrongNetwork => attendance.hurdle.wrong_network,
    }
}

table! {
    /// What to do about it.
    hurdle_advice(Hurdle) {
        NotOpen => attendance.advice.not_open,
        Expired => attendance.advice.expired,
        TooEarly => attendance.advice.too_early,
        Closed => attendance.advice.closed,
        WrongGroup => attendance.advice.wrong_group,
        NotIn => attendance.advice.not_in,
        WrongNetwork => attendance.advice.wrong_network,
    }
}

table! {
    /// How far a licence has come.
    licence_state(LicenceState) {
        Candidate => licences.state.candidate,
        Trained => licences.state.trained,
        Assessed => licences.state.assessed,
        Licensed => licences.state.licensed,
        Lapsed => licences.state.lapsed,
        Withdrawn => licences.state.withdrawn,
    }
}

table! {
    /// What made a step of a licence.
    licence_cause(Cause) {
        Completion => licences.cause.completion,
        Assessment => licences.cause.assessment,
        SignOff => licences.cause.sign_off,
        Lapse => licences.cause.lapse,
        Mended => licences.cause.mended,
        Decision => licences.cause.decision,
        Record => licences.cause.record,
        TakenBack => licences.cause.taken_back,
    }
}

table! {
    /// What is missing to be licensed.
    licence_condition(Condition) {
        Training => licences.condition.training,
        Assessment => licences.condition.assessment,
        SignOff => licences.condition.sign_off,
    }
}

table! {
    /// What a licence stands on.
    licence_ground(Ground) {
        Trained => licences.ground.trained,
        Assessed => licences.ground.assessed,
        SignedOff => licences.ground.signed_off,
        Taught => licences.ground.taught,
        Refreshed => licences.ground.refreshed,
        TakenUp => licences.ground.taken_up,
    }
}

table! {
    /// What can be decided about a licence.
    licence_act(Act) {
        Withdraw => licences.act.withdraw,
        Reopen => licences.act.reopen,
        Renew => licences.act.renew,
        CountTraining => licences.act.count_training,
        CountAssessment => licences.act.count_assessment,
        CountSignOff => licences.act.count_sign_off,
    }
}

table! {
    /// As whom somebody assesses.
    assessor_kind(AssessorKind) {
        Peer => assessments.kind.peer,
        Expert => assessments.kind.expert,
    }
}

table! {
    /// What was decided about an assessment.
    assessment_outcome(Outcome) {
        Passed => assessments.outcome.passed,
        NotPassed => assessments.outcome.not_passed,
    }
}

/// Who may not stand before a class, and what they lack.
pub fn unlicensed(name: &str, lack: Lack, state: Option<LicenceState>) -> String {
    let state = state.map(licence_state).unwrap_or_default().to_lowercase();
    match lack {
        Lack::None => tr!(licences.lack.none, name = name),
        Lack::Withdrawn => tr!(licences.lack.withdrawn, name = name),
        Lack::NeedsLead => tr!(licences.lack.needs_lead, name = name, state = state),
        Lack::LeadUnlicensed => tr!(licences.lack.lead_unlicensed, name = name, state = state),
        Lack::LeftAlone => tr!(licences.lack.left_alone, name = name, state = state),
    }
}
