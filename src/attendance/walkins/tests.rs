//! Walk-ins on both databases: there at once, recognised later, and nobody's record is shown at the door.

use super::service;
use crate::{
    attendance,
    common::error::{AppError, Refusal},
    enrolment::model::NewPersonForm,
    on_both,
};

on_both! {
    async fn somebody_comes_who_is_not_on_the_list(house) {
        let academy = house.institution("academy").await;
        let course = house.course("introductory").await;
        let delivery = house.delivery(course, academy, 2).await;
        let known = house.person("Ana", &[]).await;
        let tom = house.trainer("Tom").await;
        house.trains(delivery, tom.person_id).await;
        let (tom, ada) = (house.as_actor(&tom), house.as_actor(&house.administrator("Ada", academy).await));
        let (id, slot) = (delivery.to_string(), house.slots(delivery).await[0].to_string());
        let form = |person: &str, given: &str| NewPersonForm {
            delivery: id.clone(),
            id: person.into(),
            given_name: given.into(),
            family_name: "Tester".into(),
            profession: "judge".into(),
            ..NewPersonForm::default()
        };
        house.app.clock.set(house.app.now() + chrono::TimeDelta::minutes(30));
        let door = service::at_the_door(&tom, &id, &slot).await.unwrap();
        assert_eq!((door.free, door.refused), (2, None));
        let person = door.person.to_string();
        assert_eq!(service::add(&tom, &slot, &form(&person, " ")).await.unwrap_err().status(), 422);
        service::add(&tom, &slot, &form(&person, "Ana")).await.unwrap();
        assert_eq!(service::add(&tom, &slot, &form(&person, "Ana")).await.unwrap_err(), Refusal::AlreadySent.into());
        let register = attendance::service::register(&tom, &id, &slot).await.unwrap();
        assert_eq!(register.names.len(), 1);
        let mark = &register.names[0].mark.as_ref().unwrap().mark;
        assert_eq!((mark.state, mark.minutes), (attendance::model::MarkState::Late, 180), "half an hour after nine");

        // Who they are is for who manages the delivery.
        assert_eq!(service::list(&tom, &id, "", "").await.unwrap_err(), AppError::Forbidden);
        let list = service::list(&ada, &id, &register.names[0].id.to_string(), "").await.unwrap();
        assert_eq!(list.people[0].name, "Tester, Ana");
        assert!(list.candidates.iter().any(|it| it.person == known.person_id));
        let place = register.names[0].id.to_string();
        let nobody = house.app.id::<crate::common::ids::PersonId>().to_string();
        assert_eq!(service::recognise(&ada, &id, &place, &nobody).await.unwrap_err(), AppError::NotFound);
        service::recognise(&ada, &id, &place, &known.person_id.to_string()).await.unwrap();
        assert_eq!(
            service::recognise(&ada, &id, &place, &known.person_id.to_string()).await.unwrap_err(),
            Refusal::AlreadySent.into()
        );
        assert_eq!(house.count("SELECT COUNT(*) FROM mark").await, 1, "the mark came along");
        assert!(service::list(&ada, &id, "", "").await.unwrap().people[0].matched.is_some());

        // Twice the same person is nobody.
        let second = service::at_the_door(&tom, &id, &slot).await.unwrap().person.to_string();
        service::add(&tom, &slot, &form(&second, "Anna")).await.unwrap();
        let list = service::list(&ada, &id, "", "").await.unwrap();
        let other = list.people.iter().find(|it| it.matched.is_none()).unwrap().enrolment.to_string();
        let twice = service::recognise(&ada, &id, &other, &known.person_id.to_string()).await.unwrap_err();
        assert_eq!(twice, Refusal::AlreadyEnrolled.into());
        // And the room is full.
        let third = house.app.id::<crate::common::ids::PersonId>().to_string();
        assert_eq!(service::add(&tom, &slot, &form(&third, "Cem")).await.unwrap_err(), Refusal::Full.into());
        assert_eq!(service::at_the_door(&tom, &id, &slot).await.unwrap().refused, Some(Refusal::Full));
        let eve = house.as_actor(&known);
        assert_eq!(service::add(&eve, &slot, &form(&third, "Cem")).await.unwrap_err(), AppError::Forbidden);
    }
}
