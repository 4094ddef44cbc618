//! The lists behind the numbers, on both databases: whole, in order, nobody twice, for who may see them.

use super::{
    lists,
    model::{Asked, Of},
    service,
    tests::{DAYS, NO_DAYS, PAYS, World, day, run, small},
};
use crate::{
    common::error::AppError,
    execute, on_both,
    platform::db::{Statement, counted},
};
use chrono::Days;
use std::collections::BTreeSet;

const NO_MAIL: Statement = Statement::new("testing::no_mail", "UPDATE person SET email = '' WHERE id = $1");

const TITLE: Statement =
    Statement::new("testing::title", "UPDATE course_text SET title = $2 WHERE course_id = $1 AND language = 'en'");
const FRENCH: Statement = Statement::new(
    "testing::french",
    "INSERT INTO course_text (course_id, language, title, summary, objectives) VALUES ($1, 'fr', $2, '', '')",
);

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
    async fn who_looks_at_names_is_noted(house) {
        let (it, ..) = small(house).await;
        let officer = it.house.as_actor(&it.house.officer().await);
        let noted = async || {
            let of = "SELECT COUNT(*) FROM audit WHERE record = 'cascade'";
            it.house.count(of).await
        };
        for (query, expected) in [("of=deliveries", 0), ("of=sealed", 0), ("of=people", 1), ("of=places", 2), ("of=trainers", 3), ("of=graduates", 4)] {
            lists::list(&officer, "en", &format!("project=ipa&{query}")).await.unwrap();
            assert_eq!(noted().await, expected, "{query}");
        }
        lists::inactive(&officer, "en", "project=ipa").await.unwrap();
        assert_eq!(noted().await, 5);
    }
}

on_both! {
    async fn a_delivery_without_a_day_was_given_all_the_same(house) {
        let it = World::new(house).await;
        let expert = it.person("Expert").await;
        let (ana, ben) = (it.house.trainer("Ana").await, it.house.trainer("Ben").await);
        let cem = it.person("Cem").await;
        let tot = it.delivery(it.tot, 0, &[expert], &[ana.person_id, ben.person_id, cem]).await;
        it.pays(tot).await;
        let undated = it.delivery(it.intro, 30, &[ana.person_id], &[]).await;
        run!(it.house, NO_DAYS, undated);
        // Ana's address is known by her account alone, Cem's not at all.
        run!(it.house, NO_MAIL, ana.person_id);
        it.count().await;
        let officer = it.house.as_actor(&it.house.officer().await);
        let list = lists::inactive(&officer, "en", "project=ipa").await.unwrap();
        let lines: Vec<_> = list.people.iter().map(|it| (it.name.as_str(), it.deliveries, it.last, it.reachable, it.page)).collect();
        assert_eq!(lines, [
            ("Tester, Ana", 1, None, true, true),
            ("Tester, Ben", 0, None, true, true),
            ("Tester, Cem", 0, None, false, false),
        ]);
        let chosen = [ana.person_id.to_string(), ben.person_id.to_string(), cem.to_string()];
        lists::remind(&officer, "project=ipa", &chosen).await.unwrap();
        let letters = |words: &'static str| it.house.count(words);
        assert_eq!(letters("SELECT COUNT(*) FROM job WHERE kind = 'mail' AND payload LIKE '%ana@magistra.example%' AND payload LIKE '%day was not recorded%'").await, 1);
        assert_eq!(letters("SELECT COUNT(*) FROM job WHERE kind = 'mail' AND payload LIKE '%ben@magistra.example%' AND payload LIKE '%no delivery that you gave%'").await, 1);
        assert_eq!(letters("SELECT COUNT(*) FROM job WHERE kind = 'mail'").await, 2);
    }
}

on_both! {
    async fn a_shared_delivery_says_with_whom(house) {
        let (it, [ana, ..], [_, first, _]) = small(house).await;
        let officer = it.house.as_actor(&it.house.officer().await);
        // Zoe was trained by another project, and gives one with Ana; both projects pay.
        let zoe = it.person("Zoe").await;
        let second = it.project("second").await;
        let tot = it.delivery(it.tot, 0, &[it.person("Elsewhere").await], &[zoe]).await;
        run!(it.house, PAYS, tot, second);
        let shared = it.delivery(it.intro, 600, &[ana, zoe], &[it.person("Fay").await]).await;
        it.pays(shared).await;
        run!(it.house, PAYS, shared, second);
        it.count().await;
        let (list, queries) = counted(lists::list(&officer, "en", "project=ipa&of=deliveries&course=intro")).await;
        assert!(queries <= 4, "{queries}");
        let list = list.unwrap();
        let line = list.deliveries.iter().find(|line| line.id == shared).unwrap();
        assert_eq!((line.trainers, line.payers), ((1, 2), (true, 2)));
        assert_eq!((line.other_trainers.as_str(), line.other_payers.as_str()), ("second", "second"));
        // An expert of no tree is nobody's.
        let line = list.deliveries.iter().find(|line| line.id == first).unwrap();
        assert_eq!((line.other_trainers.as_str(), line.other_payers.as_str()), ("", ""));
        // The course is called by its title, in the language of the reader.
        run!(it.house, TITLE, it.intro, "Introductory course");
        run!(it.house, FRENCH, it.intro, "Cours d’introduction");
        for (language, title) in [("en", "Introductory course"), ("fr", "Cours d’introduction")] {
            let list = lists::list(&officer, language, "project=ipa&course=intro").await.unwrap();
            assert_eq!(list.narrowed, [title]);
            let page = service::page(&officer, language, "project=ipa&course=intro").await.unwrap().shown.unwrap();
            assert_eq!(page.head.course.as_deref(), Some(title), "the file calls it so too");
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
    async fn who_was_chosen_is_reminded_on_whatever_page_they_stand_now(house) {
        let it = World::new(house).await;
        let expert = it.person("Expert").await;
        let mut trained = Vec::new();
        for n in 0..60 {
            trained.push(it.house.trainer(&format!("Zoe{n:02}")).await.person_id);
        }
        let tot = it.delivery(it.tot, 0, &[expert], &trained).await;
        it.pays(tot).await;
        it.count().await;
        let officer = it.house.as_actor(&it.house.officer().await);
        let first = lists::inactive(&officer, "en", "project=ipa").await.unwrap();
        let beyond = trained.into_iter().find(|id| first.people.iter().all(|line| line.person != *id));
        let beyond = beyond.expect("the list is cut").to_string();
        lists::remind(&officer, "project=ipa", &[beyond]).await.unwrap();
        assert_eq!(it.house.count("SELECT COUNT(*) FROM cascade_reminder").await, 1);
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
