//! Who is put on a delivery and taken off it, and when it is confirmed, on both databases.

use super::{
    guard,
    model::Lack,
    tests::{Given, complete, decide, given, lack_of, licence_of, license, put},
};
use crate::{
    attendance,
    common::{
        actor::Actor,
        error::AppError,
        forms::FaultKind,
        ids::{DeliveryId, InstitutionId},
    },
    deliveries::{self, model::StateForm},
    on_both,
    people::{self, accounts},
    testing::House,
};

/// Whoever signs in with the account, as every request knows them.
async fn signed_in(house: &House, actor: &Actor) -> Actor {
    let app = &house.app;
    let mut tx = app.db.begin().await.unwrap();
    let account = accounts::store::account_by_email(&mut tx, &actor.email).await.unwrap().unwrap();
    let token = people::service::new_token(app);
    let session = people::store::NewSession {
        token_hash: &people::service::token_hash(&token),
        id: app.id(),
        account_id: account.id,
        expires_at: app.now() + chrono::TimeDelta::days(1),
        address: "127.0.0.1",
        user_agent: "test",
    };
    people::store::add_session(&mut tx, session, app.now()).await.unwrap();
    tx.commit().await.unwrap();
    people::service::actor(app, &token).await.unwrap().unwrap()
}

/// Somebody without any role who has completed the training of trainers.
async fn graduate(house: &House, given: &Given, name: &str) -> Actor {
    let person = house.person(name, &[]).await;
    let delivery = house.delivery(given.tot, given.academy, 5).await;
    house.enrol(delivery, person.person_id).await;
    complete(house, delivery).await;
    person
}

fn step(delivery: DeliveryId, version: i64, to: &str) -> StateForm {
    StateForm { id: delivery.to_string(), version: version.to_string(), to: to.into(), reason: String::new() }
}

async fn version(house: &House, delivery: DeliveryId) -> i64 {
    deliveries::store::head(&mut house.app.db.read().await.unwrap(), delivery).await.unwrap().unwrap().version
}

/// Who lacks what, where a delivery's step was refused for its trainers.
fn refused(error: &AppError) -> Vec<(String, Lack)> {
    let AppError::Invalid(faults) = error else { panic!("{error:?}") };
    let lack = |kind: &FaultKind| match kind {
        FaultKind::Unlicensed { name, lack, .. } => (name.clone(), lack.parse().unwrap()),
        other => panic!("{other:?}"),
    };
    assert!(faults.iter().all(|fault| fault.field == "trainers"));
    faults.iter().map(|fault| lack(&fault.kind)).collect()
}

on_both! {
    async fn a_graduate_without_the_role_is_found_put_on_and_keeps_the_register(house) {
        let given = given(&house).await;
        let officer = house.as_actor(&given.officer);
        let gil = graduate(&house, &given, "Gil").await;
        let delivery = house.delivery(given.course, given.academy, 5).await;
        let text = delivery.to_string();
        let before = signed_in(&house, &gil).await;
        assert!(before.licences && !before.gives);
        let closed = deliveries::service::list(&house.as_actor(&before), "", "", "", "").await.unwrap_err();
        assert_eq!(closed, AppError::Forbidden);

        let found = guard::trainers(&officer, &text, "gil").await.unwrap().found;
        assert_eq!(found.iter().map(|(id, ..)| *id).collect::<Vec<_>>(), [gil.person_id]);
        // The rules hold for them as for everybody.
        let error = guard::change_trainer(&officer, &put(delivery, &gil, "add")).await.unwrap_err();
        assert_eq!(lack_of(&error), Some(Lack::LeadUnlicensed));
        license(&house, &given, &given.mia).await;
        guard::change_trainer(&officer, &put(delivery, &given.mia, "add")).await.unwrap();
        guard::change_trainer(&officer, &put(delivery, &gil, "add")).await.unwrap();

        let now = house.as_actor(&signed_in(&house, &gil).await);
        assert_eq!(deliveries::service::list(&now, "", "", "", "").await.unwrap().lines.len(), 1);
        let slot = house.slots(delivery).await[0].to_string();
        attendance::service::register(&now, &text, &slot).await.unwrap();
        let other = house.delivery(given.course, given.academy, 5).await;
        let slot = house.slots(other).await[0].to_string();
        let error = attendance::service::register(&now, &other.to_string(), &slot).await.unwrap_err();
        assert!(matches!(error, AppError::Forbidden | AppError::NotFound), "{error:?}");

        // Withdrawn: no longer found, and not put on.
        decide(&house, &given, licence_of(&house, &gil).await, "withdraw").await.unwrap();
        assert_eq!(guard::trainers(&officer, &other.to_string(), "gil").await.unwrap().found, []);
        let error = guard::change_trainer(&officer, &put(other, &gil, "add")).await.unwrap_err();
        assert_eq!(lack_of(&error), Some(Lack::Withdrawn));
        // Where licences are not asked for, the role or a licence for the course is.
        let free = house.delivery(given.tot, given.academy, 5).await;
        assert!(matches!(guard::change_trainer(&officer, &put(free, &gil, "add")).await.unwrap_err(), AppError::Invalid(_)));
    }
}

on_both! {
    async fn the_licensed_lead_is_not_taken_from_a_candidate(house) {
        let given = given(&house).await;
        let officer = house.as_actor(&given.officer);
        let delivery = house.delivery(given.course, given.academy, 5).await;
        let second = house.trainer("Second").await;
        license(&house, &given, &given.mia).await;
        license(&house, &given, &second).await;
        for person in [&given.mia, &given.ana] {
            guard::change_trainer(&officer, &put(delivery, person, "add")).await.unwrap();
        }
        let go = |person: &Actor| put(delivery, person, "remove");
        let error = guard::change_trainer(&officer, &go(&given.mia)).await.unwrap_err();
        assert_eq!(lack_of(&error), Some(Lack::LeftAlone));
        // Another licensed trainer leads, and the first may go.
        guard::change_trainer(&officer, &put(delivery, &second, "add")).await.unwrap();
        assert_eq!(lack_of(&guard::change_trainer(&officer, &go(&given.mia)).await.unwrap_err()), Some(Lack::LeftAlone));
        guard::change_trainer(&officer, &put(delivery, &second, "lead")).await.unwrap();
        guard::change_trainer(&officer, &go(&given.mia)).await.unwrap();
        // Everybody goes: the candidate first.
        assert!(guard::change_trainer(&officer, &go(&second)).await.is_err());
        guard::change_trainer(&officer, &go(&given.ana)).await.unwrap();
        guard::change_trainer(&officer, &go(&second)).await.unwrap();
        // Once it is over, who gave it is a matter of record.
        let past = house.delivery(given.course, given.academy, 5).await;
        for person in [&given.mia, &given.ana] {
            guard::change_trainer(&officer, &put(past, person, "add")).await.unwrap();
        }
        house.put(past, "delivered").await;
        guard::change_trainer(&officer, &put(past, &given.mia, "remove")).await.unwrap();
    }
}

async fn planned(house: &House, course: crate::common::ids::CourseId, academy: InstitutionId) -> DeliveryId {
    let delivery = house.delivery(course, academy, 5).await;
    house.put(delivery, "planned").await;
    delivery
}

on_both! {
    async fn a_delivery_is_confirmed_and_begun_with_those_who_may_give_it(house) {
        let given = given(&house).await;
        let officer = house.as_actor(&given.officer);
        let delivery = planned(&house, given.course, given.academy).await;
        house.trains(delivery, given.ana.person_id).await;
        let to = async |to: &str| {
            let form = step(delivery, version(&house, delivery).await, to);
            guard::change_state(&officer, &form).await.map(|_| ())
        };
        // A call may be opened meanwhile.
        to("call_open").await.unwrap();
        assert_eq!(refused(&to("confirmed").await.unwrap_err()), [("Ana Tester".to_owned(), Lack::LeadUnlicensed)]);
        let mia = license(&house, &given, &given.mia).await;
        guard::change_trainer(&officer, &put(delivery, &given.mia, "add")).await.unwrap();
        guard::change_trainer(&officer, &put(delivery, &given.mia, "lead")).await.unwrap();
        to("confirmed").await.unwrap();
        // Nor does it begin when the lead is no longer licensed.
        decide(&house, &given, mia, "withdraw").await.unwrap();
        let lacks: Vec<Lack> = refused(&to("running").await.unwrap_err()).into_iter().map(|(_, lack)| lack).collect();
        assert_eq!(lacks, [Lack::Withdrawn, Lack::NeedsLead]);
        to("postponed").await.unwrap_err();
        decide(&house, &given, mia, "reopen").await.unwrap();
        to("running").await.unwrap();
        // A course without rules asks for nothing.
        let free = planned(&house, given.tot, given.academy).await;
        house.trains(free, given.ana.person_id).await;
        guard::change_state(&officer, &step(free, version(&house, free).await, "confirmed")).await.unwrap();
    }
}
