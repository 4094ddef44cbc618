//! Sealed deliveries on both databases: nobody is named, and countings are never overwritten.

use super::{model::CountForm, service};
use crate::{
    common::error::{AppError, Refusal},
    enrolment, on_both,
    testing::House,
};

async fn form(house: &House, delivery: &str, slot: &str, seen: &str, cells: &[(&str, &str)]) -> CountForm {
    CountForm {
        id: house.app.entropy.uuid(house.app.now()).to_string(),
        delivery: delivery.into(),
        slot: slot.into(),
        seen: seen.into(),
        n: cells.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        reason: String::new(),
    }
}

on_both! {
    async fn who_came_is_counted_and_never_named(house) {
        let academy = house.institution("academy").await;
        let course = house.course("introductory").await;
        let delivery = house.delivery(course, academy, 20).await;
        house.seal(delivery).await;
        let tom = house.trainer("Tom").await;
        house.trains(delivery, tom.person_id).await;
        let tom = house.as_actor(&tom);
        let slots = house.slots(delivery).await;
        let (id, first, second) = (delivery.to_string(), slots[0].to_string(), slots[1].to_string());
        // Nobody gets a place by name.
        let ana = house.person("Ana", &[]).await;
        house.put(delivery, "call_open").await;
        assert_eq!(
            enrolment::service::enrol(&house.as_actor(&ana), &id).await.unwrap_err(),
            Refusal::Sealed.into()
        );
        let officer = house.officer().await;
        let put = enrolment::service::enrol_many(&house.as_actor(&officer), &id, "1", &[ana.person_id.to_string()], "").await;
        assert_eq!(put.unwrap_err(), Refusal::Sealed.into());
        house.put(delivery, "running").await;

        let empty = service::page(&tom, &id, &first, "", "en").await.unwrap();
        assert!(empty.heads.is_empty() && !empty.proposed && empty.areas.len() == 1);
        let counted = form(&house, &id, &first, "", &[("AL.judge.f", "6"), ("AL.prosecutor.m", "3")]).await;
        service::save(&tom, &counted).await.unwrap();
        assert_eq!(service::save(&tom, &counted).await.unwrap_err(), Refusal::AlreadySent.into());
        let page = service::page(&tom, &id, &first, "", "en").await.unwrap();
        assert_eq!((page.heads.len(), page.history[0].total), (2, 9));
        assert!(service::page(&tom, &id, &second, "", "en").await.unwrap().proposed);
        // Who saw nothing overwrites nothing.
        let blind = form(&house, &id, &first, "", &[("AL.judge.f", "1")]).await;
        assert!(matches!(service::save(&tom, &blind).await.unwrap_err(), AppError::Conflict(_)));
        service::save(&tom, &form(&house, &id, &first, &page.seen, &[("AL.judge.f", "7")]).await).await.unwrap();
        let page = service::page(&tom, &id, &first, "", "en").await.unwrap();
        assert_eq!(page.history.iter().map(|line| line.total).collect::<Vec<_>>(), [7, 9]);
        assert_eq!(house.count("SELECT COUNT(*) FROM head_count").await, 2, "both countings are kept");

        let later = form(&house, &id, &slots[3].to_string(), "", &[("AL.judge.f", "7")]).await;
        assert_eq!(service::save(&tom, &later).await.unwrap_err(), Refusal::TooEarly.into());
        let eve = house.as_actor(&ana);
        assert_eq!(service::save(&eve, &counted).await.unwrap_err(), AppError::Forbidden);
        assert_eq!(service::page(&eve, &id, &first, "", "en").await.unwrap_err(), AppError::Forbidden);
        let open = house.delivery(course, academy, 20).await;
        let open_slot = house.slots(open).await[0].to_string();
        let ada = house.administrator("Ada", academy).await;
        let page = service::page(&house.as_actor(&ada), &open.to_string(), &open_slot, "", "en").await;
        assert_eq!(page.unwrap_err(), AppError::NotFound, "only what is sealed is counted");
    }
}
