//! Badges on both databases: made once each, renewed, printed, and pseudonyms.

use super::{
    model::{PseudonymForm, Read},
    service, store,
};
use crate::{
    attendance::model::field_of,
    common::{
        error::AppError,
        forms::FaultKind,
        ids::{DeliveryId, EnrolmentId},
    },
    on_both,
    people::model::Actor,
    platform::db::counted,
    testing::House,
};
use std::collections::HashMap;

struct Group {
    delivery: DeliveryId,
    trainer: Actor,
    ana: Actor,
    places: Vec<EnrolmentId>,
}

async fn group(house: &House) -> Group {
    let academy = house.institution("academy").await;
    let course = house.course("introductory").await;
    let delivery = house.delivery(course, academy, 60).await;
    let trainer = house.trainer("Tom").await;
    house.trains(delivery, trainer.person_id).await;
    let ana = house.person("Ana", &[]).await;
    let mut places = vec![house.enrol(delivery, ana.person_id).await];
    for name in ["Ben", "Cem"] {
        places.push(house.enrol(delivery, house.person(name, &[]).await.person_id).await);
    }
    Group { delivery, trainer, ana, places }
}

fn key(place: EnrolmentId) -> String {
    field_of("names", place).trim_start_matches("names[").trim_end_matches(']').to_owned()
}

on_both! {
    async fn everybody_gets_one_and_a_lost_one_is_replaced(house) {
        let group = group(&house).await;
        let (tom, id) = (house.as_actor(&group.trainer), group.delivery.to_string());
        assert_eq!(service::paper(&tom, &id).await.unwrap_err(), AppError::NotFound, "nothing to print yet");
        service::make(&tom, &id).await.unwrap();
        service::make(&tom, &id).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM badge").await, 3, "made twice, there is one each");
        let (page, statements) = counted(service::badges(&tom, &id)).await;
        let page = page.unwrap();
        assert!(statements <= 4, "{statements}");
        assert_eq!(page.lines.iter().filter(|line| line.short.is_some()).count(), 3);
        let old = page.lines.iter().find(|line| line.id == group.places[0]).unwrap().short.clone().unwrap();
        service::renew(&tom, &id, &group.places[0].to_string()).await.unwrap();
        let find = async |code: &str| {
            let stored = Read::parse(code).unwrap().stored();
            store::find(&mut house.app.db.read().await.unwrap(), &stored).await.unwrap().unwrap()
        };
        assert!(find(&old).await.revoked_at.is_some(), "known, and worth nothing");
        let mine = service::mine(&house.as_actor(&group.ana)).await.unwrap();
        assert_eq!(mine.len(), 1);
        assert!(mine[0].short != old && find(&mine[0].short).await.revoked_at.is_none());
        let pdf = service::paper(&tom, &id).await.unwrap();
        assert!(pdf.starts_with(b"%PDF-"));
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE action = 'print_badges'").await, 1);
        let sheet = crate::attendance::sheets::service::sheets(&tom, &id, None).await.unwrap();
        assert!(sheet.starts_with(b"%PDF-"));
    }
}

on_both! {
    async fn pseudonyms_stand_instead_of_names(house) {
        let group = group(&house).await;
        let (tom, id) = (house.as_actor(&group.trainer), group.delivery.to_string());
        let form = |names: &[(usize, &str)], act: &str| PseudonymForm {
            delivery: id.clone(),
            names: names.iter().map(|(n, name)| (key(group.places[*n]), (*name).to_owned())).collect::<HashMap<_, _>>(),
            instead: "true".into(),
            act: act.into(),
        };
        let twice = service::save_pseudonyms(&tom, &form(&[(0, "Falcon"), (1, "falcon ")], "")).await.unwrap_err();
        let AppError::Invalid(faults) = twice else { panic!("{twice:?}") };
        assert_eq!(faults[0].kind, FaultKind::Taken);
        service::save_pseudonyms(&tom, &form(&[(0, "Falcon")], "number")).await.unwrap();
        let page = service::badges(&tom, &id).await.unwrap();
        let mut names: Vec<_> = page.lines.iter().map(|line| line.pseudonym.as_str()).collect();
        names.sort_unstable();
        assert_eq!((names, page.instead), (vec!["Falcon", "P-1", "P-2"], true));
        service::save_pseudonyms(&tom, &form(&[(0, "")], "")).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM pseudonym").await, 2);
    }
}

on_both! {
    async fn a_large_group_costs_a_statement_per_batch(house) {
        let group = group(&house).await;
        let (tom, id) = (house.as_actor(&group.trainer), group.delivery.to_string());
        let few = counted(service::make(&tom, &id)).await;
        few.0.unwrap();
        let number = PseudonymForm { delivery: id.clone(), act: "number".into(), ..Default::default() };
        let few_names = counted(service::save_pseudonyms(&tom, &number)).await;
        few_names.0.unwrap();
        let mut reader = house.app.db.read().await.unwrap();
        let before = store::list(&mut reader, group.delivery).await.unwrap();
        drop(reader);
        for n in 0..43 {
            house.enrol(group.delivery, house.person(&format!("P{n}"), &[]).await.person_id).await;
        }
        let (made, statements) = counted(service::make(&tom, &id)).await;
        made.unwrap();
        // Four times ten and three, as the three before.
        assert_eq!(statements, few.1 + 4);
        let (named, statements) = counted(service::save_pseudonyms(&tom, &number)).await;
        named.unwrap();
        // Four times ten and six, instead of three.
        assert_eq!(statements, few_names.1 + 4 + 3);
        let mut reader = house.app.db.read().await.unwrap();
        let after = store::list(&mut reader, group.delivery).await.unwrap();
        let distinct = |value: fn(&store::BadgeRow) -> Option<String>| {
            after.iter().filter_map(value).collect::<std::collections::BTreeSet<_>>().len()
        };
        assert_eq!(distinct(|row| row.token.clone()), 46, "everybody has one of their own");
        assert_eq!(distinct(|row| row.short.clone()), 46);
        assert_eq!(distinct(|row| row.pseudonym.clone()), 46);
        for old in &before {
            let now = after.iter().find(|row| row.id == old.id).unwrap();
            assert_eq!((&now.token, &now.pseudonym), (&old.token, &old.pseudonym));
        }
    }
}

on_both! {
    async fn others_make_and_print_nothing(house) {
        let group = group(&house).await;
        let (ana, id) = (house.as_actor(&group.ana), group.delivery.to_string());
        assert_eq!(service::make(&ana, &id).await.unwrap_err(), AppError::Forbidden);
        assert_eq!(service::badges(&ana, &id).await.unwrap_err(), AppError::Forbidden);
        assert_eq!(service::paper(&ana, &id).await.unwrap_err(), AppError::Forbidden);
        assert_eq!(service::paper(&house.nobody(), &id).await.unwrap_err(), AppError::SignInRequired);
        let tom = house.as_actor(&group.trainer);
        assert_eq!(service::renew(&tom, &id, &group.delivery.to_string()).await.unwrap_err(), AppError::NotFound);
        assert!(service::mine(&ana).await.unwrap().is_empty());
    }
}
