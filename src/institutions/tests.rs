//! Services of institutions on both databases.

use super::{model::InstitutionForm, service};
use crate::{common::error::AppError, on_both};

fn form(id: impl ToString, version: i64, name: &str) -> InstitutionForm {
    InstitutionForm { id: id.to_string(), version: version.to_string(), name: name.into(), ..Default::default() }
}

on_both! {
    async fn two_editors_and_the_second_is_shown_both(house) {
        let academy = house.institution("academy").await;
        let ada = house.as_actor(&house.administrator("Ada", academy).await);
        let ben = house.as_actor(&house.administrator("Ben", academy).await);
        service::edit(&ada, &form(academy, 1, "Academy of Law")).await.unwrap();
        let second = service::edit(&ben, &form(academy, 1, "Law Academy")).await.unwrap_err();
        let AppError::Conflict(conflict) = second else { panic!("{second:?}") };
        assert_eq!(conflict.by, "Ada Tester");
        assert_eq!(conflict.theirs, [("name".to_owned(), "Academy of Law".to_owned())]);
        service::edit(&ben, &form(academy, conflict.version, "Law Academy")).await.unwrap();
        let now = service::view(&ben, "academy", "en").await.unwrap();
        assert_eq!((now.institution.name.as_str(), now.institution.version), ("Law Academy", 3));
    }
}

on_both! {
    async fn another_institutions_administrator_is_refused(house) {
        let academy = house.institution("academy").await;
        let other = house.institution("other").await;
        let stranger = house.as_actor(&house.administrator("Eve", other).await);
        assert_eq!(service::edit(&stranger, &form(academy, 1, "Mine")).await.unwrap_err(), AppError::Forbidden);
        assert_eq!(service::edit(&house.nobody(), &form(academy, 1, "Mine")).await.unwrap_err(), AppError::SignInRequired);
        let mut bad = form(other, 1, "");
        bad.website = "javascript:alert(1)".into();
        let AppError::Invalid(faults) = service::edit(&stranger, &bad).await.unwrap_err() else { panic!() };
        assert_eq!(faults.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["name", "website"]);
        assert_eq!(service::view(&stranger, "other", "en").await.unwrap().institution.version, 1);
    }
}
