//! The pages' services on both databases, on the demonstration's data.

use super::{api::Narrow, service};
use crate::{
    common::{dates::PartialDate, error::AppError},
    demo::load::load,
    on_both,
    platform::db::counted,
};

const PASSWORD: &str = "correct horse battery";

on_both! {
    async fn projects_show_what_later_sources_say(house) {
        let cx = house.nobody();
        load(&cx, PASSWORD).await.unwrap();
        let (projects, queries) = counted(service::projects(&cx, "en")).await;
        let projects = projects.unwrap();
        assert_eq!((projects.len(), queries), (15, 3));
        let octopus = projects.iter().find(|p| p.key == "octopus").unwrap();
        assert_eq!(octopus.ends, PartialDate::parse("2020-12"));
        assert_eq!(octopus.budget_cents, Some(400_000_000));
        let ipa = projects.iter().find(|p| p.key == "cybercrime-ipa").unwrap();
        let names: Vec<_> = ipa.areas.iter().map(|area| area.name.as_str()).collect();
        // It ended in 2013, when two of its areas had other names.
        assert!(names.contains(&"Turkey") && names.contains(&"\"the former Yugoslav Republic of Macedonia\""), "{names:?}");
        assert!(names.contains(&"Kosovo*"));
        let undated = projects.iter().position(|p| p.key == "cybercrime-eap").unwrap();
        assert!(undated >= 13, "those without dates come last");
    }
}

on_both! {
    async fn a_projects_page_takes_four_statements(house) {
        let cx = house.nobody();
        load(&cx, PASSWORD).await.unwrap();
        let (view, queries) = counted(service::project(&cx, "octopus", "fr")).await;
        let view = view.unwrap();
        assert_eq!(queries, 4);
        assert_eq!((view.amendments.len(), view.results.len(), view.activities.len()), (2, 3, 2));
        assert_eq!(view.amendments[1].old_value, "2016-12-31");
        let glacy = service::project(&cx, "glacy", "en").await.unwrap();
        assert_eq!(glacy.results.iter().map(|r| r.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(glacy.after[0].0, "glacy-plus");
        let second = service::project(&cx, "cybercrime-2", "en").await.unwrap();
        assert_eq!(second.before, Some(("cybercrime-1".into(), "Project on Cybercrime (Phase 1)".into())));
        let ipa = service::project(&cx, "cybercrime-ipa", "en").await.unwrap();
        assert_eq!(ipa.results.len(), 8);
        assert_eq!(service::project(&cx, "nothing", "en").await.unwrap_err(), AppError::NotFound);
    }
}

on_both! {
    async fn activities_are_narrowed_by_the_address(house) {
        let cx = house.nobody();
        load(&cx, PASSWORD).await.unwrap();
        let (all, queries) = counted(service::activities(&cx, Narrow::default(), "en")).await;
        let all = all.unwrap();
        assert_eq!((all.list.len(), queries), (35, 3));
        assert_eq!(all.kinds.iter().map(|kind| kind.count).sum::<i64>(), 35);
        assert_eq!(all.years.iter().map(|year| year.count).sum::<i64>(), 35);
        let ask = |project: &str, kind: &str, year: &str| Narrow { project: project.into(), kind: kind.into(), year: year.into() };
        let eap = service::activities(&cx, ask("cybercrime-eap", "", ""), "en").await.unwrap();
        assert_eq!(eap.list.len(), 4);
        assert!(eap.list.iter().all(|activity| activity.projects.len() == 2), "the other payer is named too");
        let tot = service::activities(&cx, ask("", "training_of_trainers", "2012"), "fr").await.unwrap();
        assert_eq!(tot.list.len(), 1);
        assert_eq!(tot.list[0].area.as_ref().unwrap().name, "Croatie");
        let istanbul = service::activities(&cx, ask("cybercrime-ipa", "launching_conference", ""), "fr").await.unwrap();
        assert_eq!(istanbul.list[0].area.as_ref().unwrap().name, "Turquie");
        for odd in [ask("' OR 1=1 --", "", ""), ask("", "%", ""), ask("", "", "20")] {
            assert!(service::activities(&cx, odd, "en").await.unwrap().list.is_empty());
        }
    }
}

on_both! {
    async fn documents_and_areas(house) {
        let cx = house.nobody();
        load(&cx, PASSWORD).await.unwrap();
        let (documents, queries) = counted(service::documents(&cx)).await;
        let documents = documents.unwrap();
        assert_eq!((documents.len(), queries), (12, 1));
        assert_eq!(documents[0].translations.len(), 8);
        assert!(documents[0].translations.iter().any(|t| t.language == "hr" && !t.published && t.published_on.is_none()));
        assert_eq!(documents.iter().filter(|d| d.translations.is_empty()).count(), 10);
        let (albania, queries) = counted(service::in_area(&cx, "AL")).await;
        let albania = albania.unwrap();
        assert_eq!((albania.projects.len(), albania.activities.len(), queries), (3, 1, 2));
        let nowhere = service::in_area(&cx, "XX").await.unwrap();
        assert!(nowhere.projects.is_empty() && nowhere.activities.is_empty());
    }
}
