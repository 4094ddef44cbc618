//! Services of places on both databases.

use super::{
    letters,
    model::{EnrolmentState, NewPersonForm},
    service, views,
};
use crate::common::lane::Lane;
use crate::{
    common::{
        error::{AppError, Refusal},
        ids::{DeliveryId, EnrolmentId},
    },
    deliveries::model::{News, StateForm},
    on_both,
    platform::{
        context::Ctx,
        db,
        jobs::{self, Handlers, Kind},
    },
    testing::House,
};

const HANDLERS: Handlers = &[
    Kind::new(Lane::House, letters::JOB, letters::write),
    Kind::new(Lane::House, crate::deliveries::model::NEWS, letters::tell),
    Kind::new(Lane::House, "reporting.refresh", |_, _| Box::pin(async { Ok(()) })),
    Kind::new(Lane::House, "mail", |_, _| Box::pin(async { Ok(()) })),
];

/// A delivery whose call is open, and its academy's administrator.
async fn open(house: &House, capacity: i64) -> (DeliveryId, Ctx) {
    let academy = house.institution("academy").await;
    let course = house.course("introductory").await;
    house.pack(course).await;
    let delivery = house.delivery(course, academy, capacity).await;
    house.put(delivery, "call_open").await;
    let administrator = house.as_actor(&house.administrator("Ada", academy).await);
    (delivery, administrator)
}

async fn own(cx: &Ctx, delivery: DeliveryId) -> EnrolmentId {
    views::place_to_leave(cx, &delivery.to_string(), "").await.unwrap().id
}

on_both! {
    async fn enrol_withdraw_and_enrol_again_in_one_record(house) {
        let (delivery, _) = open(&house, 2).await;
        let id = delivery.to_string();
        let ana = house.as_actor(&house.person("Ana", &[]).await);
        service::enrol(&ana, &id).await.unwrap();
        assert_eq!(service::enrol(&ana, &id).await.unwrap_err(), Refusal::AlreadyEnrolled.into());
        let place = own(&ana, delivery).await;
        service::withdraw(&ana, &place.to_string(), "").await.unwrap();
        assert_eq!(service::withdraw(&ana, &place.to_string(), "").await.unwrap_err(), Refusal::WrongState.into());
        assert_eq!(house.count("SELECT taken FROM delivery").await, 0);
        service::enrol(&ana, &id).await.unwrap();
        assert_eq!(own(&ana, delivery).await, place);
        assert_eq!(house.count("SELECT taken FROM delivery").await, 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM enrolment").await, 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM enrolment_change").await, 3);
        // A letter each time, to the address of the person.
        jobs::drain(&house.app, HANDLERS).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail' AND payload LIKE '%ana@magistra.example%'").await, 3);
    }
}

on_both! {
    async fn the_last_place_is_taken_once(house) {
        let (delivery, _) = open(&house, 1).await;
        let mut people = Vec::new();
        for n in 0..200 {
            people.push(house.as_actor(&house.person(&format!("P{n}"), &[]).await));
        }
        let tries = people.into_iter().map(|cx| tokio::spawn(async move { service::enrol(&cx, &delivery.to_string()).await }));
        let outcomes = futures::future::join_all(tries).await;
        let outcomes: Vec<_> = outcomes.into_iter().map(Result::unwrap).collect();
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert!(outcomes.iter().filter_map(|o| o.as_ref().err()).all(|e| *e == Refusal::Full.into()), "{outcomes:?}");
        assert_eq!(house.count("SELECT taken FROM delivery").await, 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM enrolment WHERE state = 'confirmed'").await, 1);
    }
}

on_both! {
    async fn who_may_not_enrol(house) {
        let (delivery, _) = open(&house, 5).await;
        let id = delivery.to_string();
        assert_eq!(service::enrol(&house.nobody(), &id).await.unwrap_err(), AppError::SignInRequired);
        let tom = house.trainer("Tom").await;
        house.trains(delivery, tom.person_id).await;
        assert_eq!(service::enrol(&house.as_actor(&tom), &id).await.unwrap_err(), Refusal::TrainerHere.into());
        let ana = house.as_actor(&house.person("Ana", &[]).await);
        for (state, refusal) in [
            ("planned", Refusal::CallClosed),
            ("running", Refusal::CallClosed),
            ("cancelled", Refusal::CallClosed),
            ("delivered", Refusal::Over),
        ] {
            house.put(delivery, state).await;
            assert_eq!(service::enrol(&ana, &id).await.unwrap_err(), refusal.into(), "{state}");
        }
        house.put(delivery, "call_open").await;
        // The call ends with the delivery when it has no day of its own.
        house.app.clock.set("2026-11-27T08:00:00Z".parse().unwrap());
        assert_eq!(service::enrol(&ana, &id).await.unwrap_err(), Refusal::CallClosed.into());
        assert_eq!(service::enrol(&ana, "no-such-delivery").await.unwrap_err(), AppError::NotFound);
        assert_eq!(house.count("SELECT COUNT(*) FROM enrolment").await, 0);
        assert_eq!(house.count("SELECT taken FROM delivery").await, 0);
    }
}

on_both! {
    async fn a_place_is_not_given_back_after_the_delivery(house) {
        let (delivery, ada) = open(&house, 5).await;
        let ana = house.as_actor(&house.person("Ana", &[]).await);
        let ben = house.as_actor(&house.person("Ben", &[]).await);
        service::enrol(&ana, &delivery.to_string()).await.unwrap();
        let place = own(&ana, delivery).await.to_string();
        // Another participant cannot touch it, and staff must say why.
        assert_eq!(service::withdraw(&ben, &place, "").await.unwrap_err(), AppError::Forbidden);
        assert!(matches!(service::withdraw(&ada, &place, " ").await.unwrap_err(), AppError::Invalid(_)));
        house.put(delivery, "delivered").await;
        assert_eq!(service::withdraw(&ana, &place, "").await.unwrap_err(), Refusal::Over.into());
        house.put(delivery, "running").await;
        service::withdraw(&ada, &place, "She moved to another court.").await.unwrap();
        let people = views::people(&ada, &delivery.to_string(), "").await.unwrap();
        assert_eq!((people.holding.len(), people.others.len()), (0, 1));
        assert_eq!(people.others[0].changes.last().unwrap().reason, "She moved to another court.");
    }
}

on_both! {
    async fn two_hundred_at_once_in_few_statements(house) {
        let (delivery, ada) = open(&house, 250).await;
        let mut people = Vec::new();
        for n in 0..200 {
            people.push(house.person(&format!("P{n}"), &[]).await.person_id.to_string());
        }
        let (outcome, queries) = db::counted(service::enrol_many(&ada, &delivery.to_string(), "", &people, "")).await;
        outcome.unwrap();
        assert!(queries <= 20 + 14, "{queries} statements");
        assert_eq!(house.count("SELECT taken FROM delivery").await, 200);
        assert_eq!(house.count("SELECT COUNT(*) FROM enrolment_change").await, 200);
        // Sent again: nothing changes.
        let again = service::enrol_many(&ada, &delivery.to_string(), "", &people, "").await;
        assert_eq!(again.unwrap_err(), Refusal::AlreadyEnrolled.into());
        people.push(house.person("One", &[]).await.person_id.to_string());
        let too_many = service::enrol_many(&ada, &delivery.to_string(), "", &people, "").await;
        assert!(matches!(too_many.unwrap_err(), AppError::Invalid(_)));
        assert_eq!(house.count("SELECT taken FROM delivery").await, 200);
    }
}

on_both! {
    async fn new_people_with_and_without_an_address_once_only(house) {
        let (delivery, ada) = open(&house, 4).await;
        let form = NewPersonForm {
            delivery: delivery.to_string(),
            id: house.app.id::<uuid::Uuid>().to_string(),
            given_name: "Ana".into(),
            family_name: "Hoxha".into(),
            profession: "judge".into(),
            workplace: "District court".into(),
            email: String::new(),
        };
        service::enrol_new_person(&ada, &form).await.unwrap();
        assert_eq!(service::enrol_new_person(&ada, &form).await.unwrap_err(), Refusal::AlreadySent.into());
        let batch = house.app.id::<uuid::Uuid>().to_string();
        let list = "Ben;Leka;prosecutor;Prosecution office;ben@office.example\nCat\tDoda";
        service::enrol_many(&ada, &delivery.to_string(), &batch, &[], list).await.unwrap();
        assert_eq!(service::enrol_many(&ada, &delivery.to_string(), &batch, &[], list).await.unwrap_err(), Refusal::AlreadySent.into());
        let people = views::people(&ada, &delivery.to_string(), "").await.unwrap();
        let lines: Vec<_> = people.holding.iter().map(|p| (p.name.as_str(), p.profession.code(), p.workplace.as_str(), p.reachable)).collect();
        assert_eq!(lines, [
            ("Ana Hoxha", "judge", "District court", false),
            ("Ben Leka", "prosecutor", "Prosecution office", true),
            ("Cat Doda", "other", "", false),
        ]);
        // Only one place is left: two more are refused, and nobody is half put in.
        let batch = house.app.id::<uuid::Uuid>().to_string();
        let full = service::enrol_many(&ada, &delivery.to_string(), &batch, &[], "Dan;Gega\nEva;Hysa").await;
        assert_eq!(full.unwrap_err(), Refusal::Full.into());
        assert_eq!(house.count("SELECT COUNT(*) FROM person WHERE family_name IN ('Gega', 'Hysa')").await, 0);
    }
}

on_both! {
    async fn names_are_for_staff_and_looking_is_noted(house) {
        let (delivery, ada) = open(&house, 4).await;
        let id = delivery.to_string();
        let other = house.institution("other").await;
        let stranger = house.as_actor(&house.administrator("Eve", other).await);
        let ana = house.as_actor(&house.person("Ana", &[]).await);
        let tom = house.trainer("Tom").await;
        house.trains(delivery, tom.person_id).await;
        service::enrol(&ana, &id).await.unwrap();
        for outsider in [&stranger, &ana] {
            assert_eq!(views::people(outsider, &id, "").await.unwrap_err(), AppError::Forbidden);
            assert_eq!(service::enrol_many(outsider, &id, "", &[], "A;B").await.unwrap_err(), AppError::Forbidden);
        }
        assert_eq!(views::people(&house.nobody(), &id, "").await.unwrap_err(), AppError::SignInRequired);
        assert!(!views::people(&house.as_actor(&tom), &id, "Tester").await.unwrap().may_manage);
        assert!(views::people(&ada, &id, "tester").await.unwrap().found.iter().all(|p| p.name != "Ana Tester"));
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE action = 'view_people'").await, 2);
        // Trainers' names and the link: those who take part and staff.
        assert!(views::delivery(&house.nobody(), &id, "en").await.unwrap().trainers.is_none());
        assert!(views::delivery(&stranger, &id, "en").await.unwrap().trainers.is_none());
        assert_eq!(views::delivery(&ana, &id, "en").await.unwrap().trainers.unwrap().len(), 1);
    }
}

on_both! {
    async fn a_delivery_page_costs_four_statements(house) {
        let (delivery, _) = open(&house, 40).await;
        let ana = house.as_actor(&house.person("Ana", &[]).await);
        for _ in 0..2 {
            let (view, queries) = db::counted(views::delivery(&ana, &delivery.to_string(), "en")).await;
            assert_eq!(view.unwrap().slots.len(), 4);
            assert_eq!(queries, 4);
            for n in 0..10 {
                let person = house.person(&format!("P{n}{}", house.count("SELECT COUNT(*) FROM person").await), &[]).await;
                house.enrol(delivery, person.person_id).await;
            }
        }
    }
}

on_both! {
    async fn everybody_with_a_place_is_told_when_it_is_cancelled(house) {
        let (delivery, ada) = open(&house, 4).await;
        let ana = house.as_actor(&house.person("Ana", &[]).await);
        let ben = house.as_actor(&house.person("Ben", &[]).await);
        for cx in [&ana, &ben] {
            service::enrol(cx, &delivery.to_string()).await.unwrap();
        }
        let place = own(&ben, delivery).await.to_string();
        service::withdraw(&ben, &place, "").await.unwrap();
        jobs::drain(&house.app, HANDLERS).await.unwrap();
        let before = house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail'").await;
        let form = StateForm { id: delivery.to_string(), version: "1".into(), to: "cancelled".into(), reason: "No room.".into() };
        crate::trainers::guard::change_state(&ada, &form).await.unwrap();
        jobs::drain(&house.app, HANDLERS).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail'").await, before + 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail' AND payload LIKE '%No room.%'").await, 1);
        let _ = (News { delivery, state: crate::deliveries::model::DeliveryState::Cancelled, reason: String::new() }, EnrolmentState::Confirmed);
    }
}
