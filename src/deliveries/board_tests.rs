//! The catalogue and course pages on both databases: what is found, what is shown, at what cost.

use super::{
    board::{board, course},
    board_api::Call,
};
use crate::{
    common::{error::AppError, ids::CourseId},
    execute, on_both,
    platform::{
        db::{Statement, counted},
        text,
    },
    testing::House,
};
use chrono::Days;

const WRITE: Statement = Statement::new(
    "testing::write",
    "UPDATE course_text SET title = $2, summary = $3 WHERE course_id = $1 AND language = 'en'",
);
const FOLD: Statement = Statement::new("testing::fold", "UPDATE course SET folded = $2 WHERE id = $1");
const FRENCH: Statement = Statement::new(
    "testing::french",
    "INSERT INTO course_text (course_id, language, title, summary, objectives) VALUES ($1, 'fr', $2, 'Un résumé.', 'Un objectif.')",
);
const HIDE: Statement = Statement::new("testing::hide", "UPDATE course SET published = FALSE WHERE id = $1");
const NEED: Statement =
    Statement::new("testing::need", "INSERT INTO course_prerequisite (course_id, required_id) VALUES ($1, $2)");
const OFFER: Statement =
    Statement::new("testing::offer", "INSERT INTO course_institution (course_id, institution_id) VALUES ($1, $2)");
const AUTHOR: Statement =
    Statement::new("testing::author", "INSERT INTO course_author (course_id, person_id) VALUES ($1, $2)");
const MOVE: Statement =
    Statement::new("testing::move", "UPDATE delivery SET starts_on = $2, ends_on = $2 WHERE id = $1");

/// Gives a course its words, as its form would.
async fn words(house: &House, id: CourseId, title: &str, french: Option<&str>) {
    let mut tx = house.app.db.begin().await.unwrap();
    execute!(&mut tx, WRITE, id, title, "Admissibility of proof.").unwrap();
    if let Some(french) = french {
        execute!(&mut tx, FRENCH, id, french).unwrap();
    }
    let all = format!("{title} Admissibility of proof. {}", french.unwrap_or_default());
    execute!(&mut tx, FOLD, id, text::fold(&all)).unwrap();
    tx.commit().await.unwrap();
}

async fn slugs(house: &House, query: &str) -> Vec<String> {
    board(&house.nobody(), query, "en").await.unwrap().courses.into_iter().map(|course| course.slug).collect()
}

on_both! {
    async fn search_ignores_case_and_accents_in_every_language(house) {
        let one = house.course("one").await;
        let two = house.course("two").await;
        words(&house, one, "Electronic evidence", Some("La preuve électronique")).await;
        words(&house, two, "First responders", None).await;
        for found in ["EVIDENCE", "evidénce", "electronic evidence", "PREUVE", "electronique", "admissibility", "electro evid"] {
            let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", found).finish();
            let expected: &[&str] = if found == "admissibility" { &["one", "two"] } else { &["one"] };
            assert_eq!(slugs(&house, &query).await, expected, "{found}");
        }
        for nothing in ["q=%25x", "q=evidence+electronic+x", "q='; DROP TABLE course;--"] {
            assert!(slugs(&house, nothing).await.is_empty(), "{nothing}");
        }
        // A pattern's own signs are no signs here: nothing but them is nothing to look for.
        assert_eq!(slugs(&house, "q=%25_%25").await.len(), 2);
    }
}

on_both! {
    async fn titles_are_in_the_readers_language_or_english(house) {
        let one = house.course("one").await;
        let two = house.course("two").await;
        words(&house, one, "Evidence", Some("La preuve")).await;
        words(&house, two, "First responders", None).await;
        let read = board(&house.nobody(), "", "fr").await.unwrap();
        let titles: Vec<_> = read.courses.iter().map(|c| (c.title.as_str(), c.text_language.as_str())).collect();
        assert_eq!(titles, [("First responders", "en"), ("La preuve", "fr")]);
    }
}

on_both! {
    async fn only_what_is_to_come_is_shown_and_drafts_are_not(house) {
        let academy = house.institution("academy").await;
        let one = house.course("one").await;
        let hidden = house.course("hidden").await;
        house.pack(one).await;
        house.pack(one).await;
        let mut tx = house.app.db.begin().await.unwrap();
        execute!(&mut tx, HIDE, hidden).unwrap();
        execute!(&mut tx, NEED, one, hidden).unwrap();
        execute!(&mut tx, OFFER, one, academy).unwrap();
        tx.commit().await.unwrap();
        let mut ids = Vec::new();
        for state in ["call_open", "planned", "cancelled", "postponed", "reported", "delivered", "confirmed", "selection", "running"] {
            let id = house.delivery(one, academy, 3).await;
            house.put(id, state).await;
            ids.push((state, id));
        }
        let read = board(&house.nobody(), "", "en").await.unwrap();
        assert_eq!(read.total, 1);
        let shown = &read.courses[0];
        assert_eq!(shown.pack.as_deref(), Some("2.0"));
        assert!(shown.needs.is_empty(), "a draft is no prerequisite to show");
        assert_eq!(shown.dates.len(), 3, "the next three");
        assert!(shown.dates.iter().any(|date| date.call == Call::Places(3)));

        let page = course(&house.nobody(), "one", "en").await.unwrap();
        assert_eq!((page.dates.len(), page.past.len(), page.past_count), (4, 2, 2));
        assert_eq!(page.institutions, [("academy".to_owned(), "academy".to_owned())]);
        let outline = page.outline.unwrap();
        assert_eq!((outline.version.as_str(), outline.modules.len(), outline.modules[0].sessions.len()), ("2.0", 1, 2));
        assert!(!page.may_edit && !page.may_write);
        assert_eq!(course(&house.nobody(), "hidden", "en").await.unwrap_err(), AppError::NotFound);
        assert_eq!(course(&house.nobody(), "no-such", "en").await.unwrap_err(), AppError::NotFound);
    }
}

on_both! {
    async fn a_draft_is_there_for_its_authors_and_officers(house) {
        let hidden = house.course("hidden").await;
        let tom = house.trainer("Tom").await;
        let eve = house.trainer("Eve").await;
        let officer = house.officer().await;
        let mut tx = house.app.db.begin().await.unwrap();
        execute!(&mut tx, HIDE, hidden).unwrap();
        execute!(&mut tx, AUTHOR, hidden, tom.person_id).unwrap();
        tx.commit().await.unwrap();
        let page = course(&house.as_actor(&tom), "hidden", "en").await.unwrap();
        assert!(page.may_edit && page.may_write);
        assert!(course(&house.as_actor(&officer), "hidden", "en").await.unwrap().may_edit);
        assert_eq!(course(&house.as_actor(&eve), "hidden", "en").await.unwrap_err(), AppError::NotFound);
        assert!(board(&house.as_actor(&tom), "", "en").await.unwrap().may_create);
        assert!(!board(&house.nobody(), "", "en").await.unwrap().may_create);
    }
}

on_both! {
    async fn filters_and_counts(house) {
        let academy = house.institution("academy").await;
        let one = house.course("one").await;
        house.course("two").await;
        house.delivery(one, academy, 3).await;
        assert_eq!(slugs(&house, "area=AL").await, ["one"]);
        assert_eq!(slugs(&house, "mode=in_person&from=2026-11-25&to=2026-11-30").await, ["one"]);
        assert!(slugs(&house, "from=2026-11-26").await.is_empty());
        assert!(slugs(&house, "kind=tot").await.is_empty());
        // What nobody has is no filter, and is not said back.
        let read = board(&house.nobody(), "area=ZZ&language=qq&kind=magic", "en").await.unwrap();
        assert_eq!((read.total, read.query.as_str()), (2, ""));
        let read = board(&house.nobody(), "area=AL", "en").await.unwrap();
        let count = |facet: usize, code: &str| {
            read.choices[facet].iter().find(|choice| choice.code == code).map(|choice| choice.count)
        };
        assert_eq!((count(0, "judges"), count(1, "introductory"), count(2, "AL"), count(3, "sq")), (Some(1), Some(1), Some(1), Some(1)));
        assert_eq!(count(4, "in_person"), Some(1));
        assert_eq!(count(0, "investigators"), None);
    }
}

on_both! {
    async fn neither_courses_nor_past_deliveries_cost_statements(house) {
        let academy = house.institution("academy").await;
        let mut last = None;
        for n in 0..10 {
            let id = house.course(&format!("course-{n:03}")).await;
            house.pack(id).await;
            house.delivery(id, academy, 5).await;
            last = Some(id);
        }
        let nobody = house.nobody();
        let (small, at_ten) = counted(board(&nobody, "q=course", "en")).await;
        let (_, page_at_ten) = counted(course(&nobody, "course-001", "en")).await;
        assert_eq!(small.unwrap().total, 10);
        for n in 10..300 {
            let id = house.course(&format!("course-{n:03}")).await;
            if n % 10 == 0 {
                let past = house.delivery(last.unwrap(), academy, 5).await;
                house.put(past, "reported").await;
                let mut tx = house.app.db.begin().await.unwrap();
                execute!(&mut tx, MOVE, past, house.app.now().date_naive() - Days::new(n)).unwrap();
                tx.commit().await.unwrap();
                house.delivery(id, academy, 5).await;
            }
        }
        let (large, at_three_hundred) = counted(board(&nobody, "q=course", "en")).await;
        let (page, page_at_three_hundred) = counted(course(&nobody, "course-009", "en")).await;
        assert!(at_ten <= 4 && page_at_ten <= 4, "{at_ten} and {page_at_ten} statements");
        assert_eq!((at_ten, page_at_ten), (at_three_hundred, page_at_three_hundred));

        let large = large.unwrap();
        assert_eq!((large.total, large.courses.len(), large.first, large.earlier), (300, 50, 1, None));
        let page = page.unwrap();
        assert_eq!((page.past_count, page.past.len()), (29, 10));
        assert!(page.past.windows(2).all(|pair| pair[0].starts_on >= pair[1].starts_on));

        // Every page there is, forwards: each course once.
        let mut seen = Vec::new();
        let mut after = Some(String::new());
        while let Some(key) = after {
            let read = board(&nobody, &format!("q=course&after={key}"), "en").await.unwrap();
            assert_eq!(read.first, seen.len() + 1);
            seen.extend(read.courses.into_iter().map(|course| course.slug));
            after = read.later;
        }
        assert_eq!(seen.len(), 300);
        seen.dedup();
        assert_eq!(seen.len(), 300);
        let third = board(&nobody, "q=course&after=course-099", "en").await.unwrap();
        assert_eq!(third.earlier.as_deref(), Some("course-049"));
        let second = board(&nobody, "q=course&after=course-049", "en").await.unwrap();
        assert_eq!(second.earlier.as_deref(), Some(""));
        assert_eq!(board(&nobody, "after=no-such-course", "en").await.unwrap().first, 1);
    }
}
