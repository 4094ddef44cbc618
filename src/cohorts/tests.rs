//! Services of cohorts on both databases.

use super::{
    api::CohortView,
    letters,
    model::{CohortForm, CohortStateForm, DecisionForm, MemberState, StepForm, progress::Standing},
    service::{self, members, steps},
};
use crate::common::lane::Lane;
use crate::{
    common::{
        actor::Actor,
        error::{AppError, Refusal},
        ids::{CohortId, CourseId, DeliveryId, InstitutionId, MemberId, PersonId, StepId},
    },
    enrolment::model::NewPersonForm,
    execute, on_both,
    platform::{
        context::Ctx,
        db::{self, Statement},
        jobs::{self, Handlers, Kind},
    },
    testing::House,
    trainers::{self, model::SignOffForm},
};

pub(super) const HANDLERS: Handlers = &[
    Kind::new(Lane::House, letters::JOB, letters::write),
    Kind::new(Lane::House, "enrolment.letters", |_, _| Box::pin(async { Ok(()) })),
    Kind::new(Lane::House, "reporting.refresh", |_, _| Box::pin(async { Ok(()) })),
    Kind::new(Lane::House, "mail", |_, _| Box::pin(async { Ok(()) })),
];

const POST: Statement = Statement::new(
    "testing::post",
    "INSERT INTO post (id, person_id, profession, institution_id, workplace) VALUES ($1, $2, 'judge', $3, '')",
);
const COMPLETE: Statement =
    Statement::new("testing::complete", "UPDATE enrolment SET state = 'completed' WHERE person_id = $1");
const LICENCE: Statement = Statement::new(
    "testing::licence",
    "INSERT INTO licence (id, person_id, course_id, state, since, created_at, updated_at)
        VALUES ($1, $2, $3, 'trained', $4, $4, $4)",
);
const NO_ACCOUNT: Statement = Statement::new("testing::no_account", "DELETE FROM account WHERE person_id = $1");
const TAUGHT: Statement = Statement::new(
    "testing::taught",
    "INSERT INTO licence_ground (id, licence_id, kind, at, met, delivery_id, recorded_at) VALUES ($1, $2, 'taught', $3, TRUE, $4, $3)",
);

/// A cohort of an academy whose selection is open.
pub(super) struct Given {
    pub(super) academy: InstitutionId,
    pub(super) course: CourseId,
    pub(super) cohort: CohortId,
    pub(super) officer: Ctx,
    pub(super) ada: Ctx,
}

pub(super) async fn given(house: &House, capacity: i64) -> Given {
    let academy = house.institution("academy").await;
    let course = house.course("introductory").await;
    let officer = house.as_actor(&house.officer().await);
    let ada = house.as_actor(&house.administrator("Ada", academy).await);
    let cohort: CohortId = house.app.id();
    service::save(&ada, &form(cohort, 0, academy, capacity)).await.unwrap();
    step_to(&ada, cohort, 1, "selection").await.unwrap();
    Given { academy, course, cohort, officer, ada }
}

pub(super) fn form(cohort: CohortId, version: i64, host: InstitutionId, capacity: i64) -> CohortForm {
    CohortForm {
        id: cohort.to_string(),
        version: version.to_string(),
        title: "Trainers of 2027".into(),
        course: "introductory".into(),
        host: host.to_string(),
        capacity: capacity.to_string(),
        ..CohortForm::default()
    }
}

pub(super) async fn step_to(cx: &Ctx, cohort: CohortId, version: i64, to: &str) -> Result<(), AppError> {
    let form = CohortStateForm {
        cohort: cohort.to_string(),
        version: version.to_string(),
        to: to.into(),
        reason: "Said so".into(),
    };
    service::change_state(cx, &form).await.map(|_| ())
}

pub(super) async fn works_at(house: &House, person: PersonId, institution: InstitutionId) {
    let mut tx = house.app.db.begin().await.unwrap();
    let id: uuid::Uuid = house.app.id();
    execute!(&mut tx, POST, id, person, institution).unwrap();
    tx.commit().await.unwrap();
}

pub(super) async fn view(cx: &Ctx, cohort: CohortId) -> CohortView {
    service::view(cx, &cohort.to_string(), "en").await.unwrap()
}

pub(super) async fn member_of(given: &Given, person: PersonId) -> MemberId {
    view(&given.officer, given.cohort).await.members.into_iter().find(|line| line.person == person).unwrap().id
}

pub(super) async fn propose(cx: &Ctx, cohort: CohortId, person: PersonId) -> Result<(), AppError> {
    members::propose(cx, &cohort.to_string(), &[person.to_string()]).await.map(|_| ())
}

pub(super) async fn decide(cx: &Ctx, member: MemberId, to: &str) -> Result<(), AppError> {
    let form = DecisionForm {
        member: member.to_string(),
        to: to.into(),
        reason: "A reason".into(),
        ..DecisionForm::default()
    };
    members::decide(cx, &form).await.map(|_| ())
}

pub(super) async fn selected(house: &House, given: &Given, name: &str) -> (Actor, MemberId) {
    let person = house.person(name, &[]).await;
    propose(&given.officer, given.cohort, person.person_id).await.unwrap();
    let member = member_of(given, person.person_id).await;
    decide(&given.officer, member, "selected").await.unwrap();
    (person, member)
}

pub(super) async fn add_step(
    given: &Given,
    house: &House,
    kind: &str,
    course: &str,
    deliveries: &[DeliveryId],
) -> StepId {
    let step: StepId = house.app.id();
    let form = StepForm {
        cohort: given.cohort.to_string(),
        step_id: step.to_string(),
        kind: kind.into(),
        course: course.into(),
        required: "true".into(),
        due_on: String::new(),
        deliveries: Vec::new(),
    };
    steps::add(&given.ada, &form).await.unwrap();
    let deliveries = deliveries.iter().map(ToString::to_string).collect();
    steps::edit(&given.ada, &StepForm { deliveries, ..form }).await.unwrap();
    step
}

on_both! {
    async fn a_cohort_is_made_and_lives(house) {
        let g = given(&house, 4).await;
        let id = g.cohort.to_string();
        // Sent twice, it is made once; changed by two, the second is told.
        assert_eq!(service::save(&g.ada, &form(g.cohort, 0, g.academy, 4)).await.unwrap_err(), Refusal::AlreadySent.into());
        service::save(&g.officer, &form(g.cohort, 2, g.academy, 5)).await.unwrap();
        assert!(matches!(service::save(&g.ada, &form(g.cohort, 2, g.academy, 6)).await.unwrap_err(), AppError::Conflict(_)));
        // Another's administrator neither edits it nor gives it to an academy that is not theirs.
        let other = house.institution("other").await;
        let eve = house.as_actor(&house.administrator("Eve", other).await);
        assert_eq!(service::for_edit(&eve, &id, "en").await.unwrap_err(), AppError::Forbidden);
        assert_eq!(service::save(&eve, &form(house.app.id(), 0, g.academy, 5)).await.unwrap_err(), AppError::Forbidden);
        // Whoever has nothing to do with it does not learn that it is there.
        let paula = house.as_actor(&house.person("Paula", &[]).await);
        assert_eq!(service::view(&paula, &id, "en").await.unwrap_err(), AppError::NotFound);
        assert_eq!(service::view(&house.nobody(), &id, "en").await.unwrap_err(), AppError::SignInRequired);
        assert!(service::list(&paula, "", "", "en").await.unwrap().cohorts.is_empty());
        assert_eq!(service::list(&eve, "selection", "", "en").await.unwrap().cohorts.len(), 1);
        assert_eq!(step_to(&g.ada, g.cohort, 3, "finished").await.unwrap_err(), Refusal::WrongState.into());
        step_to(&g.ada, g.cohort, 3, "running").await.unwrap();
        step_to(&g.ada, g.cohort, 4, "finished").await.unwrap();
        assert_eq!(service::save(&g.ada, &form(g.cohort, 5, g.academy, 5)).await.unwrap_err(), Refusal::WrongState.into());
        assert!(house.count("SELECT COUNT(*) FROM audit WHERE record = 'cohort' AND action = 'state'").await == 3);
    }
}

on_both! {
    async fn institutions_propose_their_own(house) {
        let g = given(&house, 4).await;
        let other = house.institution("other").await;
        let eve = house.as_actor(&house.administrator("Eve", other).await);
        let (own, foreign) = (house.person("Own", &[]).await, house.person("Foreign", &[]).await);
        works_at(&house, own.person_id, other).await;
        propose(&eve, g.cohort, own.person_id).await.unwrap();
        assert_eq!(propose(&eve, g.cohort, own.person_id).await.unwrap_err(), Refusal::AlreadySent.into());
        assert!(matches!(propose(&eve, g.cohort, foreign.person_id).await.unwrap_err(), AppError::Invalid(_)));
        propose(&g.officer, g.cohort, foreign.person_id).await.unwrap();
        // She sees the one she sent, and finds no stranger.
        let seen = members::all(&eve, &g.cohort.to_string(), "foreign", "en").await.unwrap();
        assert_eq!(seen.members.iter().map(|line| line.person).collect::<Vec<_>>(), [own.person_id]);
        assert!(seen.found.is_empty() && seen.may_propose && !seen.may_manage);
        assert_eq!(decide(&eve, member_of(&g, own.person_id).await, "selected").await.unwrap_err(), AppError::Forbidden);
        // A new person with a post at her institution; at another's it is not hers to give.
        let new = NewPersonForm {
            delivery: g.cohort.to_string(),
            id: house.app.id::<PersonId>().to_string(),
            given_name: "Nia".into(),
            family_name: "New".into(),
            profession: "judge".into(),
            ..NewPersonForm::default()
        };
        assert!(members::propose_new(&eve, &g.academy.to_string(), &new).await.is_err());
        members::propose_new(&eve, &other.to_string(), &new).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM cohort_member WHERE area_code = 'AL' AND state = 'proposed'").await, 2);
        assert_eq!(house.count("SELECT COUNT(*) FROM cohort_member_change").await, 3);
        step_to(&g.ada, g.cohort, 2, "running").await.unwrap();
        step_to(&g.ada, g.cohort, 3, "finished").await.unwrap();
        assert_eq!(propose(&g.officer, g.cohort, g.officer.actor.as_ref().unwrap().person_id).await.unwrap_err(), Refusal::WrongState.into());
    }
}

on_both! {
    async fn places_are_given_once_and_to_those_they_are_kept_for(house) {
        let g = given(&house, 3).await;
        let other = house.institution("other").await;
        let id = g.cohort.to_string();
        let whose = format!("institution:{other}");
        steps::set_quota(&g.ada, &id, &whose, "1").await.unwrap();
        assert!(matches!(steps::set_quota(&g.ada, &id, "area:AL", "3").await.unwrap_err(), AppError::Invalid(_)));
        assert!(matches!(steps::set_quota(&g.ada, &id, "area:ZZ", "1").await.unwrap_err(), AppError::Invalid(_)));
        let (b, c) = (house.person("B", &[]).await, house.person("C", &[]).await);
        for person in [&b, &c] {
            works_at(&house, person.person_id, other).await;
            propose(&g.officer, g.cohort, person.person_id).await.unwrap();
        }
        let (b, c) = (member_of(&g, b.person_id).await, member_of(&g, c.person_id).await);
        decide(&g.ada, b, "selected").await.unwrap();
        assert_eq!(decide(&g.ada, c, "selected").await.unwrap_err(), Refusal::NoPlaceForArea.into());
        decide(&g.ada, c, "reserve").await.unwrap();
        // Two places are for everybody else; the third finds none.
        selected(&house, &g, "D").await;
        selected(&house, &g, "E").await;
        let f = house.person("F", &[]).await;
        propose(&g.officer, g.cohort, f.person_id).await.unwrap();
        let f = member_of(&g, f.person_id).await;
        assert_eq!(decide(&g.ada, f, "selected").await.unwrap_err(), Refusal::Full.into());
        // Without the quota its one place is for everybody, and back; what is taken cannot be taken away.
        steps::set_quota(&g.ada, &id, &whose, "0").await.unwrap();
        steps::set_quota(&g.ada, &id, &whose, "1").await.unwrap();
        assert!(matches!(service::save(&g.ada, &form(g.cohort, 2, g.academy, 2)).await.unwrap_err(), AppError::Invalid(_)));
        // Who leaves says why, and frees the place.
        decide(&g.ada, b, "left").await.unwrap();
        decide(&g.ada, c, "selected").await.unwrap();
        let shown = view(&g.officer, g.cohort).await;
        assert_eq!((shown.head.selected, shown.unreserved), (3, (2, 2)));
        assert_eq!(shown.quotas.iter().map(|q| (q.places, q.taken)).collect::<Vec<_>>(), [(1, 1)]);
        assert_eq!(shown.members.iter().filter(|line| line.state == MemberState::Left && line.reason == "A reason").count(), 1);
        // A letter each: selected four times, reserve, left.
        jobs::drain(&house.app, HANDLERS).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail'").await, 6);
    }
}

on_both! {
    async fn the_last_place_is_given_once(house) {
        let g = given(&house, 1).await;
        let mut all = Vec::new();
        for n in 0..40 {
            all.push(house.person(&format!("P{n}"), &[]).await.person_id.to_string());
        }
        members::propose(&g.officer, &g.cohort.to_string(), &all).await.unwrap();
        let members = view(&g.officer, g.cohort).await.members;
        let tries = members.into_iter().map(|line| {
            let cx = g.officer.clone();
            tokio::spawn(async move { decide(&cx, line.id, "selected").await })
        });
        let outcomes: Vec<_> = futures::future::join_all(tries).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert!(outcomes.iter().filter_map(|o| o.as_ref().err()).all(|e| *e == Refusal::Full.into()), "{outcomes:?}");
        assert_eq!(house.count("SELECT COUNT(*) FROM cohort_member WHERE state = 'selected'").await, 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM cohort_member_change WHERE to_state = 'selected'").await, 1);
    }
}

on_both! {
    async fn a_delivery_that_no_list_shows_may_belong_to_a_step_all_the_same(house) {
        let g = given(&house, 6).await;
        let tot = house.course("tot").await;
        let mut deliveries = Vec::new();
        for _ in 0..101 {
            deliveries.push(house.delivery(tot, g.academy, 10).await);
        }
        let step = add_step(&g, &house, "attend", "tot", &[]).await;
        let shown = steps::view(&g.ada, &step.to_string(), "en").await.unwrap().choices;
        let cut = deliveries.into_iter().find(|id| shown.iter().all(|(it, _)| it.id != *id)).expect("the list is cut");
        let form = |delivery: DeliveryId| StepForm {
            step_id: step.to_string(),
            required: "true".into(),
            deliveries: vec![delivery.to_string()],
            ..StepForm::default()
        };
        steps::edit(&g.ada, &form(cut)).await.unwrap();
        let shown = steps::view(&g.ada, &step.to_string(), "en").await.unwrap().choices;
        assert!(shown.iter().any(|(it, chosen)| it.id == cut && *chosen));
        let foreign = house.delivery(g.course, g.academy, 10).await;
        assert!(matches!(steps::edit(&g.ada, &form(foreign)).await, Err(AppError::Invalid(_))));
    }
}

on_both! {
    async fn who_is_where_follows_what_was_done(house) {
        let g = given(&house, 6).await;
        let tot = house.course("tot").await;
        house.pack(tot).await;
        let training = house.delivery(tot, g.academy, 10).await;
        let given_course = house.delivery(g.course, g.academy, 10).await;
        let attend = add_step(&g, &house, "attend", "tot", &[training]).await;
        add_step(&g, &house, "give", "introductory", &[]).await;
        let (ana, ana_place) = selected(&house, &g, "Ana").await;
        let (ben, ben_place) = selected(&house, &g, "Ben").await;
        let way = |view: &CohortView, who: &Actor| {
            view.members.iter().find(|line| line.person == who.person_id).unwrap().standings.clone()
        };
        let before = view(&g.officer, g.cohort).await;
        assert_eq!(way(&before, &ana), [Standing::Ahead, Standing::Ahead]);
        // A delivery of another course does not belong to the step.
        let foreign = StepForm { step_id: attend.to_string(), deliveries: vec![given_course.to_string()], ..StepForm::default() };
        assert!(matches!(steps::edit(&g.ada, &foreign).await.unwrap_err(), AppError::Invalid(_)));
        assert_eq!(steps::enrol(&g.ada, &attend.to_string(), &given_course.to_string()).await.unwrap_err(), AppError::NotFound);
        steps::enrol(&g.ada, &attend.to_string(), &training.to_string()).await.unwrap();
        assert_eq!(way(&view(&g.officer, g.cohort).await, &ben), [Standing::Running, Standing::Ahead]);
        let again = steps::enrol(&g.ada, &attend.to_string(), &training.to_string()).await.unwrap();
        assert!(again.to.ends_with("?added=0&held=2&train=0"), "{}", again.to);
        let mut tx = house.app.db.begin().await.unwrap();
        execute!(&mut tx, COMPLETE, ana.person_id).unwrap();
        tx.commit().await.unwrap();
        house.put(training, "delivered").await;
        house.trains(given_course, ana.person_id).await;
        let now = view(&g.officer, g.cohort).await;
        assert_eq!(way(&now, &ana), [Standing::Done, Standing::Running]);
        assert_eq!(way(&now, &ben), [Standing::Missed, Standing::Ahead]);
        house.put(given_course, "delivered").await;
        assert_eq!(way(&view(&g.officer, g.cohort).await, &ana)[1], Standing::ToSignOff);
        let licence: uuid::Uuid = house.app.id();
        let ground: uuid::Uuid = house.app.id();
        let mut tx = house.app.db.begin().await.unwrap();
        execute!(&mut tx, LICENCE, licence, ana.person_id, g.course, house.app.now()).unwrap();
        execute!(&mut tx, TAUGHT, ground, licence, house.app.now(), given_course).unwrap();
        tx.commit().await.unwrap();

        // The mentor of one sees that one's way alone, and the licence knows the mentor.
        let tom = house.trainer("Tom").await;
        assert!(members::set_mentor(&g.ada, &ana_place.to_string(), &ana.person_id.to_string()).await.is_err());
        assert!(members::set_mentor(&g.ada, &ben_place.to_string(), &house.person("Nobody", &[]).await.person_id.to_string()).await.is_err());
        // Who cannot sign in signs nothing off.
        let silent = house.trainer("Silent").await;
        let mut tx = house.app.db.begin().await.unwrap();
        execute!(&mut tx, NO_ACCOUNT, silent.person_id).unwrap();
        tx.commit().await.unwrap();
        assert!(members::set_mentor(&g.ada, &ana_place.to_string(), &silent.person_id.to_string()).await.is_err());
        members::set_mentor(&g.ada, &ana_place.to_string(), &tom.person_id.to_string()).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM licence WHERE mentor_id IS NOT NULL").await, 1);
        // Signed off before she was assessed, so that the licence goes nowhere yet: the step is done.
        let word = SignOffForm {
            licence: licence.to_string(),
            delivery: given_course.to_string(),
            outcome: "passed".into(),
            note: "Well prepared".into(),
        };
        trainers::service::sign_off(&house.as_actor(&tom), &word).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM licence WHERE state = 'trained'").await, 1);
        let officers = view(&g.officer, g.cohort).await;
        assert_eq!(way(&officers, &ana), [Standing::Done, Standing::Done]);
        // Links lead to pages there are: hers as a trainer and the licence.
        let links = |view: &CohortView, who: &Actor| {
            let line = view.members.iter().find(|line| line.person == who.person_id).unwrap();
            (line.trainer, line.licence.map(|id| id.0))
        };
        assert_eq!((links(&officers, &ana), links(&officers, &ben)), ((true, Some(licence)), (false, None)));
        let toms = view(&house.as_actor(&tom), g.cohort).await;
        assert_eq!(links(&toms, &ana), (false, Some(licence)), "she has not agreed to be found");
        assert_eq!(toms.members.iter().map(|line| line.person).collect::<Vec<_>>(), [ana.person_id]);
        assert!(toms.fellows.is_empty() && !toms.may_manage);
        // A member sees the own way and the names of the others, not their ways.
        let bens = view(&house.as_actor(&ben), g.cohort).await;
        assert_eq!(bens.members.iter().map(|line| line.person).collect::<Vec<_>>(), [ben.person_id]);
        assert_eq!(bens.fellows, ["Ana Tester"]);
        let other = members::one(&house.as_actor(&ben), &ana_place.to_string(), "", "en").await;
        assert_eq!(other.unwrap_err(), AppError::NotFound);
        let own = members::one(&house.as_actor(&ben), &ben_place.to_string(), "", "en").await.unwrap();
        assert_eq!((own.history.len(), own.mentors.len()), (2, 0));
        // Both the mentor and the member get a letter.
        jobs::drain(&house.app, HANDLERS).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail' AND payload LIKE '%tom@magistra.example%'").await, 1);
    }
}

on_both! {
    async fn steps_are_moved_and_removed(house) {
        let g = given(&house, 2).await;
        house.course("tot").await;
        let first = add_step(&g, &house, "attend", "tot", &[]).await;
        let second = add_step(&g, &house, "give", "introductory", &[]).await;
        steps::place(&g.ada, &second.to_string(), "up").await.unwrap();
        let order = |v: CohortView| v.steps.into_iter().map(|step| step.id).collect::<Vec<_>>();
        assert_eq!(order(view(&g.officer, g.cohort).await), [second, first]);
        assert!(steps::place(&g.ada, &second.to_string(), "up").await.is_err());
        steps::place(&g.ada, &second.to_string(), "remove").await.unwrap();
        assert_eq!(order(view(&g.officer, g.cohort).await), [first]);
        let eve = house.as_actor(&house.administrator("Eve", house.institution("other").await).await);
        assert_eq!(steps::place(&eve, &first.to_string(), "remove").await.unwrap_err(), AppError::Forbidden);
    }
}

on_both! {
    async fn pages_cost_the_same_however_many_members(house) {
        let g = given(&house, 60).await;
        let training = house.delivery(g.course, g.academy, 60).await;
        add_step(&g, &house, "attend", "introductory", &[training]).await;
        let id = g.cohort.to_string();
        let few = db::counted(service::view(&g.officer, &id, "en")).await.1;
        let mut all = Vec::new();
        for n in 0..50 {
            all.push(house.person(&format!("P{n}"), &[]).await.person_id.to_string());
        }
        members::propose(&g.officer, &id, &all).await.unwrap();
        let many = db::counted(service::view(&g.officer, &id, "en")).await.1;
        assert_eq!(few, many);
        // Head, parts, members, facts; and the note that names were looked at.
        assert!(many <= 5, "{many} statements");
        let (list, statements) = db::counted(service::list(&g.officer, "", "", "en")).await;
        assert_eq!((list.unwrap().cohorts.len(), statements), (1, 1));
        let (_, statements) = db::counted(members::all(&g.officer, &id, "p1", "en")).await;
        assert!(statements <= 6, "{statements} statements");
    }
}
