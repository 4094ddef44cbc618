//! Services of institutions on both databases.

use super::{model::InstitutionForm, service};
use crate::{common::error::AppError, on_both, platform::db::counted};

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

on_both! {
    async fn areas_by_their_names_and_with_what_serves_them(house) {
        let cx = house.nobody();
        crate::demo::load::load(&cx, "correct horse battery").await.unwrap();
        let (lines, queries) = counted(service::area_lines(&cx, "fr")).await;
        let lines = lines.unwrap();
        assert_eq!((lines.len(), queries), (38, 3));
        assert_eq!(lines.iter().map(|line| line.institutions).sum::<i64>(), 33);
        let albania = lines.iter().position(|line| line.area.name == "Albanie").unwrap();
        assert!(albania < lines.iter().position(|line| line.area.name == "Ukraine").unwrap());

        let (kosovo, queries) = counted(service::area(&cx, "XK", "en")).await;
        let kosovo = kosovo.unwrap();
        assert_eq!(queries, 4);
        assert!(kosovo.area.footnote && kosovo.area.name == "Kosovo*");
        let slugs: Vec<_> = kosovo.institutions.iter().map(|line| line.slug.as_str()).collect();
        assert_eq!(slugs, ["xk-academy-of-justice", "regional-judicial-pilot-centre-zagreb"]);

        let macedonia = service::area(&cx, "MK", "en").await.unwrap();
        assert_eq!(macedonia.area.name, "North Macedonia");
        assert_eq!(macedonia.former_names[0].name, "\"the former Yugoslav Republic of Macedonia\"");
        assert_eq!(macedonia.former_names[0].until.to_string(), "2019-02-11");
        assert_eq!(macedonia.convention_deposit, None);
        assert_eq!(service::area(&cx, "ZZ", "en").await.unwrap_err(), AppError::NotFound);

        let academy = service::view(&cx, "xk-academy-of-justice", "en").await.unwrap();
        assert_eq!(academy.former_names[0].0, "Kosovo Judicial Institute");
        let centre = service::view(&cx, "regional-judicial-pilot-centre-zagreb", "en").await.unwrap();
        assert_eq!(centre.serves.len(), 8);
    }
}
