//! The cascade on both databases: what institutions counted stands apart from every figure, and what was never
//! counted is.

use super::{
    api::Cascade,
    lists,
    pages::paper,
    rebuild, service,
    tests::{World, small},
};
use crate::{
    i18n::{self, Locale},
    on_both,
    platform::{db::counted, export::Cell, jobs},
    server::JOBS,
};

on_both! {
    async fn counts_of_institutions_are_in_no_figure(house) {
        let (it, [ana, ..], _) = small(house).await;
        let sealed = it.delivery(it.intro, 200, &[ana], &[]).await;
        it.house.seal(sealed).await;
        it.count().await;
        let officer = it.house.officer().await;
        let asked = ["project=ipa", "project=ipa&generation=1&area=AL", "project=ipa&year=2020&course=intro", "course=intro"];
        let mut before = Vec::new();
        for query in asked {
            before.push(it.page(&officer, query).await.shown.unwrap());
        }
        assert!(before[0].elsewhere.nobody());
        // Of the tree's own delivery, of the course, paid for by the project, and of nothing that belongs here.
        it.tally((Some(sealed), Some(it.intro), false), ("AL", 24, "verified")).await;
        it.tally((None, Some(it.intro), false), ("BA", 7, "unverified")).await;
        it.tally((None, None, true), ("BA", 3, "unverified")).await;
        it.tally((None, None, true), ("AL", 90, "withdrawn")).await;
        it.tally((None, Some(it.tot), false), ("AL", 80, "unverified")).await;
        it.count().await;
        for ((query, before), expected) in asked.iter().zip(&before).zip([(24, 3), (24, 0), (24, 0), (24, 7)]) {
            let (page, queries) = counted(it.page(&officer, query)).await;
            assert!(queries <= 4, "{queries}");
            let after = page.shown.unwrap();
            assert_eq!((after.elsewhere.confirmed, after.elsewhere.unverified), (Some(expected.0), Some(expected.1)), "{query}");
            assert_eq!(after.total, before.total, "{query}");
            let lines = |shown: &Cascade| [&shown.generations, &shown.areas, &shown.years, &shown.courses].map(Clone::clone);
            assert_eq!(lines(&after), lines(before), "{query}");
        }
        // Another year has none of them; observers are told no small one.
        assert!(it.page(&officer, "project=ipa&year=2021").await.shown.unwrap().elsewhere.nobody());
        assert!(it.page(&officer, "project=ipa&year=0").await.shown.unwrap().elsewhere.nobody());
        let told = it.page(&it.observer().await, "project=ipa").await.shown.unwrap().elsewhere;
        assert_eq!((told.confirmed, told.unverified), (Some(25), None));
        // The list says whether the people of a delivery without names are confirmed.
        let cx = it.house.as_actor(&officer);
        let list = lists::list(&cx, "en", "project=ipa&of=sealed").await.unwrap();
        assert_eq!((list.deliveries[0].heads, list.deliveries[0].tally), (Some(0), Some((24, true))));
        // The file says it under its table and in no row.
        let (page, lines) = service::cross(&cx, Locale::en, "project=ipa&course=intro").await.unwrap();
        let sheet = i18n::speaking(Locale::en, || paper::table(&page, "project=ipa&course=intro", &lines, cx.now()));
        assert!(sheet.notes.iter().any(|note| note.contains("24 confirmed")), "{:?}", sheet.notes);
        assert!(sheet.rows.iter().flatten().all(|cell| *cell != Cell::Count(24)));
    }
}

on_both! {
    async fn what_was_never_counted_is_counted_at_the_start(house) {
        let it = World::new(house).await;
        let expert = it.person("Expert").await;
        let tot = it.delivery(it.tot, 0, &[expert], &[it.person("Ana").await]).await;
        it.pays(tot).await;
        let waiting = "SELECT COUNT(*) FROM job WHERE kind = 'cascade.refresh' AND state = 'queued'";
        for _ in 0..2 {
            rebuild::begin(&it.house.app).await.unwrap();
            assert_eq!(it.house.count(waiting).await, 1);
        }
        jobs::drain(&it.house.app, JOBS).await.unwrap();
        assert!(it.house.count("SELECT COUNT(*) FROM cascade_scope").await > 0);
        rebuild::begin(&it.house.app).await.unwrap();
        assert_eq!(it.house.count(waiting).await, 0, "it was counted");
    }
}
