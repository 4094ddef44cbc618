//! Lists to choose from are cut; who may be chosen is not, on both databases.

use super::{
    assessment::{
        model::{AssessorForm, OpenForm, RubricForm},
        service as assessing,
    },
    model::MentorForm,
    service,
    tests::{Given, given, licence_of},
};
use crate::{
    common::{
        error::AppError,
        ids::{AssessmentId, PersonId},
    },
    execute, on_both,
    platform::db::Statement,
    testing::House,
};

/// One more than a list shows.
const MANY: usize = 301;

const PERSON: Statement = Statement::new(
    "testing::many_persons",
    "INSERT INTO person (id, given_name, family_name, folded, created_at) VALUES ($1, 'Many', $2, $2, $3)",
);
const ACCOUNT: Statement = Statement::new(
    "testing::many_accounts",
    "INSERT INTO account (id, person_id, email, created_at) VALUES ($1, $2, $3, $4)",
);
const LICENCE: Statement = Statement::new(
    "testing::many_licences",
    "INSERT INTO licence (id, person_id, course_id, state, since, created_at, updated_at) VALUES ($1, $2, $3, 'licensed', $4, $4, $4)",
);

/// Licenses so many persons that no list shows the last, who is answered.
async fn many_licensed(house: &House, given: &Given) -> PersonId {
    let now = house.app.now();
    let mut last = None;
    let mut tx = house.app.db.begin().await.unwrap();
    for n in 0..MANY {
        let person: PersonId = house.app.id();
        execute!(&mut tx, PERSON, person, format!("zz{n:03}"), now).unwrap();
        let (account, licence): (uuid::Uuid, uuid::Uuid) = (house.app.id(), house.app.id());
        execute!(&mut tx, ACCOUNT, account, person, format!("many{n}@magistra.example"), now).unwrap();
        execute!(&mut tx, LICENCE, licence, person, given.course, now).unwrap();
        last = Some(person);
    }
    tx.commit().await.unwrap();
    last.unwrap()
}

on_both! {
    async fn whoever_no_list_shows_may_be_chosen_all_the_same(house) {
        let given = given(&house).await;
        let officer = house.as_actor(&given.officer);
        let last = many_licensed(&house, &given).await;
        let stranger = house.person("Stranger", &[]).await.person_id;
        let licence = licence_of(&house, &given.ana).await.to_string();

        let mentor = |person: PersonId| MentorForm { licence: licence.clone(), person: person.to_string() };
        let shown = service::view(&officer, &licence, "en").await.unwrap().mentors;
        assert!(shown.iter().all(|(person, _)| *person != last), "the list is cut before the last");
        service::set_mentor(&officer, &mentor(last)).await.unwrap();
        assert_eq!(service::view(&officer, &licence, "en").await.unwrap().mentor_id, Some(last));
        for nobody in [stranger, given.ana.person_id] {
            assert!(matches!(service::set_mentor(&officer, &mentor(nobody)).await, Err(AppError::Invalid(_))));
        }

        let mut rubric = RubricForm {
            slug: "introductory".into(),
            version: "0".into(),
            scale: "4".into(),
            pass_mark: "2.5".into(),
            spread: "2".into(),
            ..RubricForm::default()
        };
        rubric.rest.insert("title_1".into(), "Clear".into());
        rubric.rest.insert("weight_1".into(), "1".into());
        assessing::save_rubric(&officer, &rubric).await.unwrap();
        // The candidate has given one delivery, and thirty after it.
        let mut deliveries = Vec::new();
        for _ in 0..31 {
            let delivery = house.delivery(given.course, given.academy, 5).await;
            house.trains(delivery, given.ana.person_id).await;
            deliveries.push(delivery);
        }
        let choice = assessing::to_open(&officer, &licence, "en").await.unwrap().deliveries;
        let cut = deliveries.into_iter().find(|id| choice.iter().all(|(shown, _)| shown != id)).expect("the list is cut");
        let foreign = house.delivery(given.course, given.academy, 5).await;
        let assessment: AssessmentId = house.app.id();
        let open = |delivery: crate::common::ids::DeliveryId| OpenForm {
            id: assessment.to_string(),
            licence: licence.clone(),
            delivery: delivery.to_string(),
            part: "Evidence".into(),
            ..OpenForm::default()
        };
        assert!(matches!(assessing::open(&officer, &open(foreign)).await, Err(AppError::Invalid(_))));
        assessing::open(&officer, &open(cut)).await.unwrap();

        let assessor = |person: PersonId| AssessorForm {
            assessment: assessment.to_string(),
            person: person.to_string(),
            kind: "expert".into(),
            act: "add".into(),
        };
        for nobody in [stranger, given.ana.person_id] {
            assert!(matches!(assessing::change_assessor(&officer, &assessor(nobody)).await, Err(AppError::Invalid(_))));
        }
        assessing::change_assessor(&officer, &assessor(last)).await.unwrap();
    }
}
