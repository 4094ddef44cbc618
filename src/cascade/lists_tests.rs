//! The lists behind the numbers, on both databases: whole, in order, nobody twice, for who may see them.

use super::{
    lists,
    model::{Asked, Of},
    tests::{DAYS, World, day, run, small},
};
use crate::{common::error::AppError, execute, on_both, platform::db::counted};
use chrono::Days;
use std::collections::BTreeSet;

on_both! {
    async fn each_number_opens_its_list(house) {
        let (it, [_, ben, ..], [_, first, second]) = small(house).await;
        let officer = it.house.as_actor(&it.house.officer().await);
        let list = async |query: &str| {
            let (list, queries) = counted(lists::list(&officer, "en", query)).await;
            assert!(queries <= 4, "{queries}");
            list.unwrap()
        };
        let deliveries = list("project=ipa&of=deliveries").await.deliveries;
        assert_eq!(deliveries.iter().map(|line| line.id).collect::<Vec<_>>(), [second, first]);
        assert_eq!((deliveries[1].trainers, deliveries[1].payers), ((1, 2), (false, 0)));
        assert_eq!(list("project=ipa&of=places").await.places.len(), 4);
        let people: Vec<String> = list("project=ipa&of=people").await.places.into_iter().map(|line| line.name).collect();
        assert_eq!(people.len(), 3);
        assert_eq!(people.iter().collect::<BTreeSet<_>>().len(), 3, "nobody twice: {people:?}");
        assert_eq!(list(&format!("project=ipa&of=places&generation=1&delivery={first}")).await.places.len(), 2);
        let trainers = list("project=ipa&of=trainers").await.trainers;
        assert_eq!(trainers.iter().map(|line| line.name.as_str()).collect::<Vec<_>>(), ["Tester, Ana", "Tester, Cem"]);
        let start = list("project=ipa&of=trainers&generation=0").await.trainers;
        assert_eq!(start.iter().map(|line| (line.name.as_str(), line.generation)).collect::<Vec<_>>(), [("Tester, Expert", None)]);
        assert_eq!(list("project=ipa&of=graduates").await.trainers.len(), 2);
        assert_eq!(list(&format!("project=ipa&of=deliveries&trainer={ben}")).await.deliveries.len(), 0);
        assert_eq!(list("project=ipa&of=people&area=BA").await.places.len(), 0);
        // An administrator: the academy's own, and nothing of it elsewhere.
        let ada = it.house.as_actor(&it.house.administrator("Ada", it.academy).await);
        let eve = it.house.as_actor(&it.house.administrator("Eve", it.other).await);
        for (cx, expected) in [(&ada, [2, 3, 2, 1]), (&eve, [0; 4])] {
            let mut found = Vec::new();
            for of in [Of::Deliveries, Of::People, Of::Trainers, Of::Graduates] {
                let list = lists::list(cx, "en", &Asked::parse("project=ipa").list(of).query()).await.unwrap();
                assert!(!list.everybody);
                found.push(list.deliveries.len() + list.places.len() + list.trainers.len());
            }
            assert_eq!(found, expected, "Ben gave nothing, so he is on nobody's list but the office's");
        }
    }
}

on_both! {
    async fn a_list_goes_on_by_key(house) {
        let it = World::new(house).await;
        let expert = it.person("Expert").await;
        let mut many = Vec::new();
        for n in 0..60 {
            many.push(it.person(&format!("P{n:02}")).await);
        }
        let tot = it.delivery(it.tot, 0, &[expert], &many).await;
        it.pays(tot).await;
        it.delivery(it.intro, 10, &[many[0]], &many[1..58]).await;
        it.delivery(it.intro, 20, &[many[1]], &many[3..60]).await;
        it.count().await;
        let officer = it.house.as_actor(&it.house.officer().await);
        for (of, expected) in [(Of::Places, 114), (Of::People, 59), (Of::Graduates, 60)] {
            let mut asked = Asked::parse("project=ipa").list(of);
            let mut names = Vec::new();
            loop {
                let list = lists::list(&officer, "en", &asked.query()).await.unwrap();
                names.extend(list.places.into_iter().map(|line| (line.name, line.delivery.to_string())));
                names.extend(list.trainers.into_iter().map(|line| (line.name, String::new())));
                match list.next {
                    Some(next) => asked.after = next,
                    None => break,
                }
            }
            assert_eq!(names.len(), expected, "{of:?}");
            let each: BTreeSet<_> = names.iter().collect();
            assert_eq!(each.len(), expected, "{of:?}: nothing twice");
            if of == Of::People {
                assert_eq!(names.iter().map(|(name, _)| name).collect::<BTreeSet<_>>().len(), expected);
            }
        }
    }
}

on_both! {
    async fn who_has_not_delivered_is_reminded_once(house) {
        let it = World::new(house).await;
        let expert = it.person("Expert").await;
        let (ana, ben) = (it.house.trainer("Ana").await, it.house.trainer("Ben").await);
        let tot = it.delivery(it.tot, 0, &[expert], &[ana.person_id, ben.person_id]).await;
        it.pays(tot).await;
        // Ben gave one last month, by the house's clock; Ana's was years ago.
        it.delivery(it.intro, 30, &[ana.person_id], &[]).await;
        let recent = it.delivery(it.intro, 40, &[ben.person_id], &[]).await;
        let month = it.house.app.now().date_naive() - Days::new(30);
        run!(it.house, DAYS, recent, month, month);
        it.count().await;
        let officer = it.house.as_actor(&it.house.officer().await);
        let list = lists::inactive(&officer, "en", "project=ipa").await.unwrap();
        assert_eq!(list.people.iter().map(|line| line.person).collect::<Vec<_>>(), [ana.person_id]);
        assert_eq!(list.people[0].last, Some(day(30)));
        let chosen = [ana.person_id.to_string(), ben.person_id.to_string()];
        let nobody = lists::remind(&officer, "project=ipa", &[]).await;
        assert!(matches!(nobody, Err(AppError::Invalid(_))));
        lists::remind(&officer, "project=ipa", &chosen).await.unwrap();
        assert_eq!(it.house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail'").await, 1, "Ben has delivered");
        assert_eq!(it.house.count("SELECT COUNT(*) FROM audit WHERE action = 'remind_trainer'").await, 1);
        assert!(matches!(lists::remind(&officer, "project=ipa", &chosen).await, Err(AppError::Refused(_))));
        assert_eq!(it.house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail'").await, 1);
        let list = lists::inactive(&officer, "en", "project=ipa").await.unwrap();
        assert!(list.people[0].reminded.is_some());
        let ada = it.house.as_actor(&it.house.administrator("Ada", it.academy).await);
        assert_eq!(lists::remind(&ada, "project=ipa", &chosen).await.unwrap_err(), AppError::Forbidden);
    }
}
