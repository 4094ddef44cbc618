//! Services of licences and assessments on both databases.

use super::{
    assessment::{
        model::{AssessorForm, OpenForm, OutcomeForm, RubricForm, ScoreForm},
        service as assessing,
    },
    guard, jobs,
    model::{
        CandidateForm, Cause, Condition, DecisionForm, Lack, LicenceState, MentorForm, RuleForm, SignOffForm, replay,
    },
    service, store,
};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::FaultKind,
        ids::{AssessmentId, CourseId, DeliveryId, InstitutionId, LicenceId},
    },
    deliveries::model::TrainerForm,
    execute, fetch_all, on_both,
    people::model::Actor,
    platform::{
        db::{Statement, counted},
        jobs as platform,
    },
    server::JOBS,
    testing::House,
};
use chrono::{Months, TimeDelta};

const COMPLETE: Statement =
    Statement::new("tests::complete", "UPDATE enrolment SET state = 'completed' WHERE delivery_id = $1");
const FIRST: Statement<(LicenceId,)> = Statement::new("tests::first", "SELECT id FROM licence WHERE person_id = $1");
const NEW_MAJOR: Statement = Statement::new("tests::major", "INSERT INTO pack (id, course_id, language, major, minor, state, title, summary, release_notes, created_at, updated_at, released_at)
        VALUES ($1, $2, 'en', 2, 0, 'released', 'The second', '', 'Clearer on deepfakes.', $3, $3, $3)");

pub(super) struct Given {
    pub(super) officer: Actor,
    pub(super) academy: InstitutionId,
    pub(super) tot: CourseId,
    pub(super) course: CourseId,
    /// Trains the trainers, so that they can be a mentor.
    pub(super) mia: Actor,
    pub(super) ana: Actor,
    pub(super) trained_at: DeliveryId,
}

pub(super) fn rules(given: &Given, version: &str) -> RuleForm {
    RuleForm {
        slug: "introductory".into(),
        version: version.into(),
        assessed: "true".into(),
        supervised: "true".into(),
        active_months: "24".into(),
        uptake_months: "12".into(),
        notice_days: "60".into(),
        train: vec![given.tot.to_string()],
        refresh: vec![given.course.to_string()],
    }
}

/// A course whose trainers are licensed, and a training of trainers that Ana has completed.
pub(super) async fn given(house: &House) -> Given {
    let academy = house.institution("academy").await;
    let tot = house.course("tot").await;
    let course = house.course("introductory").await;
    house.pack(course).await;
    let given = Given {
        officer: house.officer().await,
        trained_at: house.delivery(tot, academy, 5).await,
        mia: house.trainer("Mia").await,
        ana: house.trainer("Ana").await,
        academy,
        tot,
        course,
    };
    house.trains(given.trained_at, given.mia.person_id).await;
    house.enrol(given.trained_at, given.ana.person_id).await;
    service::save_rules(&house.as_actor(&given.officer), &rules(&given, "0")).await.unwrap();
    complete(house, given.trained_at).await;
    platform::drain(&house.app, JOBS).await.unwrap();
    given
}

pub(super) async fn complete(house: &House, delivery: DeliveryId) {
    let mut tx = house.app.db.begin().await.unwrap();
    execute!(&mut tx, COMPLETE, delivery).unwrap();
    tx.commit().await.unwrap();
    jobs::look(&house.nobody(), delivery).await.unwrap();
}

pub(super) async fn licence_of(house: &House, person: &Actor) -> LicenceId {
    let rows: Vec<(LicenceId,)> = fetch_all!(&mut house.app.db.read().await.unwrap(), FIRST, person.person_id).unwrap();
    rows[0].0
}

pub(super) async fn state(house: &House, id: LicenceId) -> LicenceState {
    let mut reader = house.app.db.read().await.unwrap();
    let story = store::story(&mut reader, id).await.unwrap();
    let steps: Vec<(LicenceState, Cause)> = story
        .iter()
        .filter(|row| row.part == "step")
        .map(|row| (row.what.parse().unwrap(), row.cause.parse().unwrap()))
        .collect();
    let stands = store::licence(&mut reader, id, "en").await.unwrap().unwrap().state;
    assert_eq!(replay(steps.clone()), Ok(Some(stands)), "{steps:?}");
    stands
}

fn decision(licence: LicenceId, version: i64, act: &str) -> DecisionForm {
    DecisionForm {
        licence: licence.to_string(),
        version: version.to_string(),
        act: act.into(),
        reason: "As the board decided".into(),
    }
}

pub(super) async fn decide(house: &House, given: &Given, licence: LicenceId, act: &str) -> Result<(), AppError> {
    let cx = house.as_actor(&given.officer);
    let version = service::view(&cx, &licence.to_string(), "en").await.unwrap().version;
    service::decide(&cx, &decision(licence, version, act)).await.map(|_| ())
}

/// Licenses somebody by decision alone.
pub(super) async fn license(house: &House, given: &Given, person: &Actor) -> LicenceId {
    let form = CandidateForm {
        slug: "introductory".into(),
        person: person.person_id.to_string(),
        reason: "Has trained for years".into(),
    };
    service::add_candidate(&house.as_actor(&given.officer), &form).await.unwrap();
    let id = licence_of(house, person).await;
    for act in ["count_training", "count_assessment", "count_sign_off"] {
        decide(house, given, id, act).await.unwrap();
    }
    assert_eq!(state(house, id).await, LicenceState::Licensed);
    id
}

pub(super) fn put(delivery: DeliveryId, person: &Actor, act: &str) -> TrainerForm {
    TrainerForm { id: delivery.to_string(), person: person.person_id.to_string(), act: act.into() }
}

pub(super) fn lack_of(error: &AppError) -> Option<Lack> {
    let AppError::Invalid(faults) = error else { return None };
    match &faults[0].kind {
        FaultKind::Unlicensed { lack, .. } if faults[0].field == "person" => lack.parse().ok(),
        _ => None,
    }
}

on_both! {
    async fn whoever_completes_the_training_is_trained_and_once(house) {
        let given = given(&house).await;
        let id = licence_of(&house, &given.ana).await;
        assert_eq!(state(&house, id).await, LicenceState::Trained);
        jobs::look(&house.nobody(), given.trained_at).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM licence_step").await, 2);
        assert_eq!(house.count("SELECT COUNT(*) FROM licence_ground").await, 1);
        // The holder sees what is missing, in four statements.
        let ana = house.as_actor(&given.ana);
        let (view, queries) = counted(service::view(&ana, &id.to_string(), "en")).await;
        let view = view.unwrap();
        assert!(queries <= 4, "{queries}");
        assert_eq!(view.missing, [Condition::Assessment, Condition::SignOff]);
        assert!(view.own && !view.may_decide && view.mentors.is_empty());
        assert_eq!(service::mine(&ana, "en").await.unwrap().own.len(), 1);
        // Nobody else's business.
        let eve = house.as_actor(&house.administrator("Eve", house.institution("other").await).await);
        for stranger in [&eve, &house.as_actor(&given.mia)] {
            assert_eq!(service::view(stranger, &id.to_string(), "en").await.unwrap_err(), AppError::NotFound);
            assert_eq!(service::decide(stranger, &decision(id, 1, "withdraw")).await.unwrap_err(), AppError::Forbidden);
        }
        assert_eq!(service::list(&eve, "introductory", "", "", "", "en").await.unwrap().lines, []);
        let officer = house.as_actor(&given.officer);
        let (list, queries) = counted(service::list(&officer, "introductory", "trained", "", "", "en")).await;
        assert_eq!(list.unwrap().lines.len(), 1);
        assert!(queries <= 5, "{queries}: four and the note of the look");
        assert_eq!(service::list(&officer, "introductory", "lapsed", "", "", "en").await.unwrap().lines, []);
    }
}

on_both! {
    async fn rules_are_guarded_against_two_editors(house) {
        let given = given(&house).await;
        let officer = house.as_actor(&given.officer);
        assert_eq!(service::rules(&officer, "introductory", "en").await.unwrap().version, 1);
        service::save_rules(&officer, &RuleForm { active_months: "12".into(), ..rules(&given, "1") }).await.unwrap();
        let second = service::save_rules(&officer, &rules(&given, "1")).await.unwrap_err();
        let AppError::Conflict(conflict) = second else { panic!("{second:?}") };
        assert_eq!((conflict.version, conflict.theirs.as_slice()), (2, &[("active_months".to_owned(), "12".to_owned())][..]));
        let wrong = RuleForm { notice_days: "x".into(), active_months: "0".into(), train: vec![given.course.to_string()], ..rules(&given, "2") };
        let AppError::Invalid(faults) = service::save_rules(&officer, &wrong).await.unwrap_err() else { panic!() };
        assert_eq!(faults.len(), 3);
        assert_eq!(service::save_rules(&house.as_actor(&given.mia), &rules(&given, "2")).await.unwrap_err(), AppError::Forbidden);
    }
}

on_both! {
    async fn rules_that_come_later_count_what_was_done_before(house) {
        let academy = house.institution("academy").await;
        let (tot, course) = (house.course("tot").await, house.course("introductory").await);
        let delivery = house.delivery(tot, academy, 5).await;
        let ana = house.person("Ana", &[]).await;
        house.enrol(delivery, ana.person_id).await;
        complete(&house, delivery).await;
        assert_eq!(house.count("SELECT COUNT(*) FROM licence").await, 0);
        let officer = house.officer().await;
        let given = Given { mia: ana.clone(), ana: ana.clone(), trained_at: delivery, officer, academy, tot, course };
        let form = RuleForm { assessed: String::new(), supervised: String::new(), ..rules(&given, "0") };
        service::save_rules(&house.as_actor(&given.officer), &form).await.unwrap();
        platform::drain(&house.app, JOBS).await.unwrap();
        assert_eq!(state(&house, licence_of(&house, &ana).await).await, LicenceState::Licensed);
    }
}

on_both! {
    async fn only_who_may_stands_before_the_class(house) {
        let given = given(&house).await;
        let officer = house.as_actor(&given.officer);
        let delivery = house.delivery(given.course, given.academy, 5).await;
        let zoe = house.trainer("Zoe").await;
        let add = |person: &Actor| put(delivery, person, "add");
        // Nobody leads who is not licensed, and who has no licence cannot teach at all.
        let error = guard::change_trainer(&officer, &add(&given.ana)).await.unwrap_err();
        assert_eq!(lack_of(&error), Some(Lack::LeadUnlicensed));
        let error = guard::change_trainer(&officer, &add(&zoe)).await.unwrap_err();
        assert_eq!(lack_of(&error), Some(Lack::None));
        let mia = license(&house, &given, &given.mia).await;
        guard::change_trainer(&officer, &add(&given.mia)).await.unwrap();
        guard::change_trainer(&officer, &add(&given.ana)).await.unwrap();
        let error = guard::change_trainer(&officer, &put(delivery, &given.ana, "lead")).await.unwrap_err();
        assert_eq!(lack_of(&error), Some(Lack::LeadUnlicensed));
        assert_eq!(guard::lacking(&officer, &delivery.to_string()).await.unwrap(), []);
        // The lead's licence is gone: the organiser sees it; so do the trainers' lines; nobody else.
        decide(&house, &given, mia, "withdraw").await.unwrap();
        let lacks = guard::lacking(&officer, &delivery.to_string()).await.unwrap();
        let lacks: Vec<Lack> = lacks.iter().map(|it| it.lack).collect();
        assert_eq!(lacks, [Lack::Withdrawn, Lack::NeedsLead]);
        assert_eq!(guard::lacking(&house.as_actor(&given.ana), &delivery.to_string()).await.unwrap(), []);
        let (page, queries) = counted(guard::trainers(&officer, &delivery.to_string(), "")).await;
        let page = page.unwrap();
        assert!(page.guarded && page.trainers.iter().all(|it| it.lack.is_some()) && queries <= 4);
        guard::change_trainer(&officer, &put(delivery, &given.mia, "remove")).await.unwrap();
        let lacks = guard::lacking(&officer, &delivery.to_string()).await.unwrap();
        assert_eq!(lacks.len(), 1);
        // A course without rules asks for nothing.
        let free = house.delivery(given.tot, given.academy, 5).await;
        guard::change_trainer(&officer, &put(free, &zoe, "add")).await.unwrap();
    }
}

on_both! {
    async fn from_the_assessment_to_the_licence(house) {
        let given = given(&house).await;
        let officer = house.as_actor(&given.officer);
        let (ana, mia) = (house.as_actor(&given.ana), house.as_actor(&given.mia));
        let pia_actor = house.trainer("Pia").await;
        let pia = house.as_actor(&pia_actor);
        license(&house, &given, &pia_actor).await;
        let id = licence_of(&house, &given.ana).await;
        let mut rubric = RubricForm { slug: "introductory".into(), version: "0".into(), scale: "4".into(), pass_mark: "2,5".into(), spread: "2".into(), ..RubricForm::default() };
        let open = |assessment: AssessmentId| OpenForm { id: assessment.to_string(), licence: id.to_string(), part: "Evidence".into(), ..OpenForm::default() };
        let first: AssessmentId = house.app.id();
        assert_eq!(assessing::open(&officer, &open(first)).await.unwrap_err(), AppError::Refused(Refusal::NoRubric));
        for (name, value) in [("title_1", "Clear"), ("weight_1", "3"), ("title_2", "In time"), ("weight_2", "1")] {
            rubric.rest.insert(name.into(), value.into());
        }
        assessing::save_rubric(&officer, &rubric).await.unwrap();
        assert!(matches!(assessing::save_rubric(&officer, &rubric).await.unwrap_err(), AppError::Conflict(_)));
        assert_eq!(assessing::rubric(&officer, "introductory", "en").await.unwrap().rubric.pass_mark, 250);
        assessing::open(&officer, &open(first)).await.unwrap();
        let second = house.app.id();
        assert_eq!(assessing::open(&officer, &open(second)).await.unwrap_err(), AppError::Refused(Refusal::AlreadySent));
        let text = first.to_string();
        let assessor = |person: &Actor, kind: &str| AssessorForm {
            assessment: text.clone(), person: person.person_id.to_string(), kind: kind.into(), act: "add".into(),
        };
        assessing::change_assessor(&officer, &assessor(&given.mia, "expert")).await.unwrap();
        assessing::change_assessor(&officer, &assessor(&pia_actor, "peer")).await.unwrap();
        assert!(matches!(assessing::change_assessor(&officer, &assessor(&given.ana, "peer")).await.unwrap_err(), AppError::Invalid(_)));
        let outcome = |outcome: &str| OutcomeForm { assessment: text.clone(), outcome: outcome.into(), reason: "Clear and calm".into(), released: "true".into() };
        assert_eq!(assessing::decide(&officer, &outcome("passed")).await.unwrap_err(), AppError::Refused(Refusal::NothingScored));
        // A new rubric does not touch what is under way.
        rubric.version = "1".into();
        rubric.rest.insert("title_3".into(), "New".into());
        rubric.rest.insert("weight_3".into(), "1".into());
        assessing::save_rubric(&officer, &rubric).await.unwrap();
        let sheet = |scores: [&str; 2], act: &str| {
            let mut form = ScoreForm { assessment: text.clone(), act: act.into(), ..ScoreForm::default() };
            form.rest.insert("score_1".into(), scores[0].into());
            form.rest.insert("score_2".into(), scores[1].into());
            form.rest.insert("note_1".into(), "Speaks slowly".into());
            form
        };
        assessing::score(&mia, &sheet(["4", ""], "save")).await.unwrap();
        assert!(matches!(assessing::score(&mia, &sheet(["4", ""], "send")).await.unwrap_err(), AppError::Invalid(_)));
        assessing::score(&pia, &sheet(["2", "3"], "send")).await.unwrap();
        assert_eq!(assessing::score(&ana, &sheet(["4", "4"], "send")).await.unwrap_err(), AppError::NotFound);
        // Mia still has to score: she sees her own alone. Pia sees what was sent, which is hers.
        let seen = assessing::view(&mia, &text, "en").await.unwrap();
        assert_eq!((seen.criteria.len(), seen.sheets.len(), seen.sum, seen.mine.unwrap().lines[0].0), (2, 0, None, Some(4)));
        assert_eq!(assessing::view(&pia, &text, "en").await.unwrap().sheets.len(), 1);
        assert_eq!(service::mine(&mia, "en").await.unwrap().to_score.len(), 1);
        assessing::score(&mia, &sheet(["4", "3"], "send")).await.unwrap();
        assert_eq!(assessing::score(&mia, &sheet(["1", "1"], "save")).await.unwrap_err(), AppError::Refused(Refusal::AlreadySent));
        let (seen, queries) = counted(assessing::view(&mia, &text, "en")).await;
        let sum = seen.unwrap().sum.unwrap();
        assert!(sum.criteria[0].apart && !sum.criteria[1].apart && queries <= 4);
        assert_eq!(sum.mean, Some(300));
        let candidate = assessing::view(&ana, &text, "en").await.unwrap();
        assert!(candidate.sheets.is_empty() && candidate.decided.is_none());
        assert_eq!(assessing::view(&house.as_actor(&house.trainer("Tim").await), &text, "en").await.unwrap_err(), AppError::NotFound);
        assert_eq!(assessing::decide(&mia, &outcome("passed")).await.unwrap_err(), AppError::Forbidden);
        // Not passed: she stays, and may try again.
        assessing::decide(&officer, &outcome("not_passed")).await.unwrap();
        assert_eq!(state(&house, id).await, LicenceState::Trained);
        assessing::open(&officer, &open(second)).await.unwrap();
        let candidate = assessing::view(&ana, &text, "en").await.unwrap();
        assert!(candidate.sheets.iter().all(|sheet| sheet.name.is_none()) && candidate.sheets.len() == 2);
        let text = second.to_string();
        assessing::change_assessor(&officer, &AssessorForm { assessment: text.clone(), ..assessor(&given.mia, "expert") }).await.unwrap();
        let mut form = sheet(["4", "4"], "send");
        form.assessment = text.clone();
        form.rest.insert("score_3".into(), "3".into());
        assessing::score(&mia, &form).await.unwrap();
        assessing::decide(&officer, &OutcomeForm { assessment: text, ..outcome("passed") }).await.unwrap();
        assert_eq!(state(&house, id).await, LicenceState::Assessed);

        // The supervised delivery, beside Pia.
        let mentor = MentorForm { licence: id.to_string(), person: given.mia.person_id.to_string() };
        service::set_mentor(&officer, &mentor).await.unwrap();
        let delivery = house.delivery(given.course, given.academy, 5).await;
        guard::change_trainer(&officer, &put(delivery, &pia_actor, "add")).await.unwrap();
        guard::change_trainer(&officer, &put(delivery, &given.ana, "add")).await.unwrap();
        house.put(delivery, "delivered").await;
        jobs::look(&house.nobody(), delivery).await.unwrap();
        // The mentor is reminded once, after some days.
        house.app.clock.set(house.app.now() + TimeDelta::days(4));
        for _ in 0..2 {
            jobs::daily(&house.nobody()).await.unwrap();
        }
        assert_eq!(house.count("SELECT COUNT(*) FROM licence_letter WHERE kind = 'unsigned'").await, 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail' AND payload LIKE '%waits for the mentor%'").await, 2);
        let word = |outcome: &str| SignOffForm { licence: id.to_string(), delivery: delivery.to_string(), outcome: outcome.into(), note: "Well prepared".into() };
        assert_eq!(service::sign_off(&ana, &word("passed")).await.unwrap_err(), AppError::NotFound);
        assert_eq!(service::sign_off(&officer, &word("passed")).await.unwrap_err(), AppError::Forbidden);
        assert!(matches!(service::sign_off(&mia, &SignOffForm { note: String::new(), outcome: String::new(), ..word("") }).await.unwrap_err(), AppError::Invalid(_)));
        assert_eq!(service::view(&mia, &id.to_string(), "en").await.unwrap().to_sign.len(), 1);
        service::sign_off(&mia, &word("passed")).await.unwrap();
        assert_eq!(state(&house, id).await, LicenceState::Licensed);
        assert_eq!(service::sign_off(&mia, &word("passed")).await.unwrap_err(), AppError::Refused(Refusal::WrongState));
        assert_eq!(house.count("SELECT COUNT(*) FROM licence WHERE major = 1").await, 2);
    }
}

on_both! {
    async fn notice_lapse_and_the_way_back(house) {
        let given = given(&house).await;
        let officer = house.as_actor(&given.officer);
        let mia = license(&house, &given, &given.mia).await;
        let lead = house.trainer("Leo").await;
        let begin = house.app.now();
        let day = |months: u32, days: i64| begin + Months::new(months) + TimeDelta::days(days);
        let letters = || house.count("SELECT COUNT(*) FROM licence_letter");
        house.app.clock.set(day(21, 0));
        jobs::daily(&house.nobody()).await.unwrap();
        assert_eq!(letters().await, 0);
        // Sixty days before: notice, once.
        house.app.clock.set(day(24, -59));
        for _ in 0..3 {
            jobs::daily(&house.nobody()).await.unwrap();
        }
        assert_eq!(letters().await, 1);
        assert!(service::view(&officer, &mia.to_string(), "en").await.unwrap().noticed_on.is_some());
        house.app.clock.set(day(24, -5));
        jobs::daily(&house.nobody()).await.unwrap();
        assert_eq!((letters().await, state(&house, mia).await), (2, LicenceState::Licensed));
        house.app.clock.set(day(24, 3));
        for _ in 0..2 {
            jobs::daily(&house.nobody()).await.unwrap();
        }
        assert_eq!(state(&house, mia).await, LicenceState::Lapsed);
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail' AND payload LIKE '%has lapsed%'").await, 1);
        // A delivery that she gives alone does not bring it back; one beside a licensed lead does.
        let alone = house.delivery(given.course, given.academy, 5).await;
        house.trains(alone, given.mia.person_id).await;
        house.put(alone, "delivered").await;
        jobs::look(&house.nobody(), alone).await.unwrap();
        assert_eq!(state(&house, mia).await, LicenceState::Lapsed);
        license(&house, &given, &lead).await;
        let beside = house.delivery(given.course, given.academy, 5).await;
        guard::change_trainer(&officer, &put(beside, &lead, "add")).await.unwrap();
        guard::change_trainer(&officer, &put(beside, &given.mia, "add")).await.unwrap();
        house.put(beside, "delivered").await;
        jobs::look(&house.nobody(), beside).await.unwrap();
        assert_eq!(state(&house, mia).await, LicenceState::Licensed);
    }
}

on_both! {
    async fn a_new_version_waits_to_be_taken_up(house) {
        let given = given(&house).await;
        let mia_cx = house.as_actor(&given.mia);
        let mia = license(&house, &given, &given.mia).await;
        let begin = house.app.now();
        house.app.clock.set(begin + TimeDelta::days(30));
        let mut tx = house.app.db.begin().await.unwrap();
        execute!(&mut tx, NEW_MAJOR, house.app.id::<uuid::Uuid>(), given.course, house.app.now()).unwrap();
        tx.commit().await.unwrap();
        for _ in 0..2 {
            jobs::daily(&house.nobody()).await.unwrap();
        }
        assert_eq!(house.count("SELECT COUNT(*) FROM licence_letter WHERE kind = 'version' AND about = '2'").await, 1);
        house.app.clock.set(begin + TimeDelta::days(340));
        jobs::daily(&house.nobody()).await.unwrap();
        house.app.clock.set(begin + TimeDelta::days(420));
        jobs::daily(&house.nobody()).await.unwrap();
        assert_eq!(state(&house, mia).await, LicenceState::Lapsed);
        let view = service::view(&mia_cx, &mia.to_string(), "en").await.unwrap();
        assert_eq!(view.to_take_up.unwrap().notes.unwrap().1, "Clearer on deepfakes.");
        let id = mia.to_string();
        assert!(matches!(service::take_up(&mia_cx, &id, "2", "").await.unwrap_err(), AppError::Invalid(_)));
        assert_eq!(service::take_up(&house.as_actor(&given.officer), &id, "2", "true").await.unwrap_err(), AppError::NotFound);
        service::take_up(&mia_cx, &id, "2", "true").await.unwrap();
        assert_eq!(state(&house, mia).await, LicenceState::Licensed);
        assert_eq!(service::take_up(&mia_cx, &id, "2", "true").await.unwrap_err(), AppError::Refused(Refusal::AlreadySent));
    }
}

on_both! {
    async fn withdrawn_by_decision_and_open_again_as_far_as_it_had_come(house) {
        let given = given(&house).await;
        let officer = house.as_actor(&given.officer);
        let ana = licence_of(&house, &given.ana).await;
        let without = DecisionForm { reason: " ".into(), ..decision(ana, 2, "withdraw") };
        let version = service::view(&officer, &ana.to_string(), "en").await.unwrap().version;
        assert!(matches!(service::decide(&officer, &DecisionForm { version: version.to_string(), ..without }).await.unwrap_err(), AppError::Invalid(_)));
        assert!(matches!(service::decide(&officer, &decision(ana, version, "renew")).await.unwrap_err(), AppError::Invalid(_)));
        assert!(matches!(service::decide(&officer, &decision(ana, version - 1, "withdraw")).await.unwrap_err(), AppError::Conflict(_)));
        decide(&house, &given, ana, "withdraw").await.unwrap();
        assert_eq!(state(&house, ana).await, LicenceState::Withdrawn);
        // Nothing that happens brings it back.
        let again = house.delivery(given.tot, given.academy, 5).await;
        house.enrol(again, given.ana.person_id).await;
        complete(&house, again).await;
        assert_eq!(state(&house, ana).await, LicenceState::Withdrawn);
        decide(&house, &given, ana, "reopen").await.unwrap();
        assert_eq!(state(&house, ana).await, LicenceState::Trained);
        // Nobody decides about oneself.
        let own = license(&house, &given, &house.trainer("Own").await).await;
        let mut tx = house.app.db.begin().await.unwrap();
        let own_to = Statement::new("tests::own", "UPDATE licence SET person_id = $2 WHERE id = $1");
        execute!(&mut tx, own_to, own, given.officer.person_id).unwrap();
        tx.commit().await.unwrap();
        assert_eq!(service::decide(&officer, &decision(own, 1, "withdraw")).await.unwrap_err(), AppError::Forbidden);
    }
}
