//! Filters of the catalogue: whatever an address says, and counts against the slow way.

use super::*;
use proptest::prelude::*;
use uuid::Uuid;

fn day(n: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 1).unwrap() + chrono::Days::new(n)
}

const AREAS: [&str; 3] = ["AL", "ME", "XK"];
const LANGUAGES: [&str; 3] = ["en", "sq", "cnr"];

fn date() -> impl Strategy<Value = CourseDate> {
    (0u64..60, 0u64..9, 0..Mode::ALL.len(), 0..3usize, proptest::option::of(0..3usize), any::<bool>()).prop_map(
        |(start, length, mode, language, area, dated)| CourseDate {
            id: Uuid::nil().into(),
            starts_on: dated.then(|| day(start)),
            ends_on: dated.then(|| day(start + length)),
            date_note: String::new(),
            place: String::new(),
            mode: Mode::ALL[mode],
            language: LANGUAGES[language].into(),
            area_code: area.map(|n| AREAS[n].into()),
            host_name: None,
            call: Call::Closed,
        },
    )
}

fn candidate() -> impl Strategy<Value = Candidate> {
    let some = |n: usize| proptest::collection::btree_set(0..n, 0..3);
    (0..CourseKind::ALL.len(), some(4), some(3), some(3), proptest::collection::vec(date(), 0..4)).prop_map(
        |(kind, audiences, areas, languages, dates)| Candidate {
            kind: CourseKind::ALL[kind],
            audiences: audiences.into_iter().map(|n| Audience::ALL[n]).collect(),
            areas: areas
                .into_iter()
                .map(|n| AREAS[n].into())
                .chain(dates.iter().filter_map(|d| d.area_code.clone()))
                .collect(),
            languages: languages
                .into_iter()
                .map(|n| LANGUAGES[n].into())
                .chain(dates.iter().map(|d| d.language.clone()))
                .collect(),
            dates,
        },
    )
}

fn query() -> impl Strategy<Value = BoardQuery> {
    let words = [
        "audience=judges",
        "audience=trainers",
        "kind=advanced",
        "kind=tot",
        "area=AL",
        "area=XK",
        "language=sq",
        "language=en",
        "mode=in_person",
        "mode=hybrid",
        "from=2026-11-10",
        "to=2026-11-20",
        "to=2026-12-20",
    ];
    proptest::sample::subsequence(words.to_vec(), 0..5).prop_map(|words| BoardQuery::parse(&words.join("&")))
}

#[test]
fn unknown_values_are_left_out() {
    let read = BoardQuery::parse(
        "?kind=magic&kind=advanced&area=al&area=ALB&area=AL&language=%3Cb%3E&mode=&from=2026-02-30&to=yesterday&after=../x&x=y&audience=judges&audience=judges",
    );
    assert_eq!(read.to_query(), "audience=judges&kind=advanced&area=AL");
    assert_eq!(read.filters(), 3);
}

#[test]
fn ticking_twice_is_not_ticking_and_starts_at_the_first_page() {
    let read = BoardQuery::parse("q=evidence&kind=advanced&after=basic");
    let next = read.toggled(Facet::Area, "AL");
    assert_eq!(next.href(), "/catalogue?q=evidence&kind=advanced&area=AL");
    assert_eq!(next.toggled(Facet::Area, "AL").href(), "/catalogue?q=evidence&kind=advanced");
    assert_eq!(next.toggled(Facet::Kind, "nonsense"), next);
    assert_eq!(BoardQuery::default().href(), "/catalogue");
}

#[test]
fn one_date_must_meet_all_that_dates_are_asked_for() {
    let date = |mode, area: &str, start| CourseDate {
        id: Uuid::nil().into(),
        starts_on: Some(day(start)),
        ends_on: Some(day(start + 2)),
        date_note: String::new(),
        place: String::new(),
        mode,
        language: "sq".into(),
        area_code: Some(area.into()),
        host_name: None,
        call: Call::Closed,
    };
    let course = Candidate {
        kind: CourseKind::Advanced,
        audiences: BTreeSet::new(),
        areas: ["AL".to_owned(), "ME".to_owned()].into(),
        languages: ["sq".to_owned()].into(),
        dates: vec![date(Mode::InPerson, "AL", 0), date(Mode::LiveOnline, "ME", 20)],
    };
    let takes = |query: &str| BoardQuery::parse(query).takes(&course);
    assert!(takes("area=AL&mode=in_person"));
    assert!(!takes("area=AL&mode=live_online"));
    assert!(takes("mode=live_online&from=2026-11-23&to=2026-11-30"));
    assert!(!takes("mode=live_online&to=2026-11-20"));
    // The second day is before the first: only the first counts, and the page says so.
    assert!(BoardQuery::parse("from=2026-11-23&to=2026-11-01").backwards());
    assert!(takes("from=2026-11-23&to=2026-11-01"));
}

#[test]
fn what_is_said_of_places() {
    let today = day(10);
    let open = DeliveryState::CallOpen;
    assert_eq!(call(open, false, 6, None, today), Call::Places(6));
    assert_eq!(call(open, false, 6, Some(day(10)), today), Call::Places(6));
    assert_eq!(call(open, false, 6, Some(day(9)), today), Call::Closed);
    assert_eq!(call(open, true, 6, Some(day(12)), today), Call::Nominations(Some(day(12))));
    assert_eq!(call(open, false, 0, None, today), Call::Full);
    assert_eq!(call(DeliveryState::Running, false, 6, None, today), Call::Running);
    assert_eq!(call(DeliveryState::Confirmed, false, 6, None, today), Call::Closed);
}

proptest! {
    #[test]
    fn any_address_is_read_and_read_again_alike(address in ".{0,120}") {
        let read = BoardQuery::parse(&address);
        prop_assert_eq!(BoardQuery::parse(&read.to_query()), read);
    }

    #[test]
    fn any_pairs_are_read_and_read_again_alike(
        name in proptest::sample::select(vec!["q", "kind", "area", "language", "mode", "from", "to", "after", "audience"]),
        value in ".{0,60}",
    ) {
        let address = form_urlencoded::Serializer::new(String::new()).append_pair(name, &value).finish();
        let read = BoardQuery::parse(&address);
        let href = read.href();
        prop_assert!(href.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"'".contains(&b)));
        prop_assert_eq!(BoardQuery::parse(&read.to_query()), read);
    }

    #[test]
    fn counts_are_those_of_asking(
        query in query(),
        courses in proptest::collection::vec((candidate(), any::<bool>()), 0..25),
    ) {
        let (all, found): (Vec<Candidate>, Vec<bool>) = courses.into_iter().unzip();
        for facet in Facet::ALL {
            for (code, count) in counts(&query, facet, &all, &found) {
                // The slow way: write the address that ticks this alone, and count what it finds.
                let mut pairs: Vec<(&str, String)> =
                    query.pairs().into_iter().filter(|(name, _)| *name != facet.field()).collect();
                pairs.push((facet.field(), code.clone()));
                let address = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
                let asked = BoardQuery::parse(&address);
                let slow = all.iter().zip(&found).filter(|(course, found)| **found && asked.takes(course)).count();
                prop_assert_eq!(count, slow, "{} {}", facet.field(), code);
            }
        }
    }
}
