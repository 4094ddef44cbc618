//! Duties on both databases: who may set them, and what anybody sees.

use super::{model::DutyForm, service};
use crate::{common::error::AppError, institutions, on_both, platform::db::counted, testing::House};

fn form(house: &House, profession: &str, from_year: i64, hours: i64) -> DutyForm {
    let id: crate::common::ids::DutyId = house.app.id();
    DutyForm {
        id: id.to_string(),
        area: "AL".into(),
        version: "0".into(),
        profession: profession.into(),
        from_year: from_year.to_string(),
        hours: hours.to_string(),
        source: "Law on Courts, art. 93".into(),
    }
}

on_both! {
    async fn schools_councils_and_the_programme_set_the_duties_of_an_area(house) {
        let academy = house.institution("academy").await;
        let ada = house.as_actor(&house.administrator("Ada", academy).await);
        let officer = house.as_actor(&house.officer().await);
        let judges = form(&house, "judge", 2024, 40);
        service::save(&ada, &judges).await.unwrap();
        service::save(&officer, &form(&house, "prosecutor", 2020, 24)).await.unwrap();
        // Twice the same, and another from the same year.
        assert!(matches!(service::save(&ada, &judges).await.unwrap_err(), AppError::Refused(_)));
        assert!(matches!(service::save(&ada, &form(&house, "judge", 2024, 30)).await.unwrap_err(), AppError::Invalid(_)));
        for (actor, error) in [
            (house.trainer("Tom").await, AppError::Forbidden),
            (house.administrator("Eve", house.court("court").await).await, AppError::Forbidden),
        ] {
            let cx = house.as_actor(&actor);
            assert_eq!(service::save(&cx, &form(&house, "judge", 2026, 0)).await.unwrap_err(), error);
            assert_eq!(service::view(&cx, "AL", "en").await.unwrap_err(), error);
        }
        assert_eq!(service::view(&house.nobody(), "AL", "en").await.unwrap_err(), AppError::SignInRequired);
        let (seen, queries) = counted(service::view(&ada, "AL", "en")).await;
        assert_eq!((seen.unwrap().duties.len(), queries), (2, 4));
        // Anybody reads what the law asks.
        let area = institutions::service::area(&house.nobody(), "AL", "en").await.unwrap();
        assert_eq!(area.duties.iter().map(|term| term.hours).collect::<Vec<_>>(), [40, 24]);
        assert!(!area.may_set_duties);
        assert!(institutions::service::area(&ada, "AL", "en").await.unwrap().may_set_duties);
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE action = 'set_duty'").await, 2);
    }
}

on_both! {
    async fn of_two_editors_the_second_is_shown_both(house) {
        let academy = house.institution("academy").await;
        let ada = house.as_actor(&house.administrator("Ada", academy).await);
        let ben = house.as_actor(&house.administrator("Ben", academy).await);
        let new = form(&house, "judge", 2024, 40);
        service::save(&ada, &new).await.unwrap();
        let change = |hours: &str| DutyForm { version: "1".into(), hours: hours.into(), ..new.clone() };
        service::save(&ada, &change("32")).await.unwrap();
        let AppError::Conflict(conflict) = service::save(&ben, &change("24")).await.unwrap_err() else { panic!() };
        assert_eq!((conflict.by.as_str(), conflict.version), ("Ada Tester", 2));
        assert_eq!(conflict.theirs, [("hours".to_owned(), "32".to_owned())]);
        assert!(matches!(service::remove(&ben, "AL", &new.id, "1").await.unwrap_err(), AppError::Conflict(_)));
        service::remove(&ben, "AL", &new.id, "2").await.unwrap();
        assert!(service::view(&ben, "AL", "en").await.unwrap().duties.is_empty());
        assert_eq!(service::remove(&ben, "AL", &new.id, "2").await.unwrap_err(), AppError::NotFound);
    }
}
