//! Reports on attendance on both databases: equal to counting by hand, for who may see them.

use super::{
    api::{Asked, Grid},
    model::{Outlook, Told},
    service::{self, Wanted},
};
use crate::{
    attendance::{closing, sheets::keying},
    common::{
        actor::{Actor, Grant, Role},
        error::AppError,
        ids::{DeliveryId, EnrolmentId, FileId, SlotId},
    },
    deliveries::schedule,
    execute,
    i18n::Locale,
    on_both,
    platform::{
        db::{Statement, counted},
        export::Format,
        jobs,
    },
    server::{JOBS, router},
    testing::House,
};
use axum::{body::Body, http::Request};
use bytes::Bytes;
use chrono::TimeDelta;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
};
use tower::ServiceExt;

const MARK: Statement = Statement::new(
    "testing::mark",
    "INSERT INTO mark (slot_id, enrolment_id, state, minutes, source, marked_at) VALUES ($1, $2, $3, $4, 'trainer', $5)",
);
const STATE: Statement =
    Statement::new("testing::place_state", "UPDATE enrolment SET state = $2, updated_at = $3 WHERE id = $1");

async fn mark(house: &House, place: EnrolmentId, slot: SlotId, state: &str, minutes: i64) {
    let mut tx = house.app.db.begin().await.unwrap();
    execute!(&mut tx, MARK, slot, place, state, minutes, house.app.now()).unwrap();
    tx.commit().await.unwrap();
}

struct Given {
    delivery: DeliveryId,
    slots: Vec<SlotId>,
    places: Vec<EnrolmentId>,
    ana: Actor,
    admin: Actor,
    trainer: Actor,
}

/// Four half-days of 210 minutes, 80 % needed (672): Ana was there, Ben missed one, Cem two.
async fn given(house: &House) -> Given {
    let academy = house.institution("academy").await;
    let delivery = house.delivery(house.course("introductory").await, academy, 20).await;
    let slots = house.slots(delivery).await;
    let mut people = Vec::new();
    let mut places = Vec::new();
    for name in ["Ana", "Ben", "Cem"] {
        let person = house.person(name, &[]).await;
        places.push(house.enrol(delivery, person.person_id).await);
        people.push(person);
    }
    let trainer = house.trainer("Tom").await;
    house.trains(delivery, trainer.person_id).await;
    let admin = house.administrator("Ada", academy).await;
    mark(house, places[0], slots[0], "present", 210).await;
    mark(house, places[1], slots[0], "late", 190).await;
    mark(house, places[2], slots[0], "absent", 0).await;
    Given { delivery, slots, places, ana: people.remove(0), admin, trainer }
}

async fn observer(house: &House) -> Actor {
    house.person("Olga", &[Grant { role: Role::Observer, institution: None, area: None }]).await
}

on_both! {
    async fn person_by_half_day_says_who_is_at_risk(house) {
        let it = given(&house).await;
        let trainer = house.as_actor(&it.trainer);
        let (grid, queries) = counted(service::grid(&trainer, &it.delivery.to_string(), &Wanted::default())).await;
        let grid = grid.unwrap();
        assert_eq!(queries, 4);
        assert_eq!((grid.programme, grid.needed, grid.people.len(), grid.slots.len()), (840, 672, 3, 4));
        let of = |name: &str| grid.people.iter().find(|person| person.name.ends_with(name)).unwrap();
        assert_eq!((of("Ana").attended, of("Ana").outlook, of("Ana").cells[0]), (210, Outlook::Fine, (b'p', 210)));
        assert_eq!((of("Ben").outlook, of("Cem").outlook), (Outlook::AtRisk, Outlook::CannotPass));
        assert_eq!((grid.slots[0].came, grid.slots[0].marked, grid.slots[1].marked), (2, 3, 0));
        assert_eq!((grid.risky, grid.short, grid.everybody), (2, 3, 3));
        assert!(grid.people[0].person.is_none(), "a trainer does not open the hours of a person");
        // Filters in the address.
        let wanted = Wanted { show: "risk".into(), q: "be".into(), ..Wanted::default() };
        let filtered = service::grid(&house.as_actor(&it.admin), &it.delivery.to_string(), &wanted).await.unwrap();
        assert_eq!(filtered.people.len(), 1);
        assert!(filtered.people[0].person.is_none() && filtered.people[0].name.ends_with("Ben"));
        let officer = house.as_actor(&house.officer().await);
        let opened = service::grid(&officer, &it.delivery.to_string(), &wanted).await.unwrap();
        assert!(opened.people[0].person.is_some(), "who may know of everybody opens their hours");
        // A past half-day without any register takes nothing from anybody.
        house.app.clock.set(house.app.now() + TimeDelta::hours(10));
        let later = service::grid(&trainer, &it.delivery.to_string(), &Wanted::default()).await.unwrap();
        assert_eq!(later.people.iter().filter(|person| person.outlook == Outlook::Fine).count(), 1);
        mark(&house, it.places[1], it.slots[1], "present", 210).await;
        let later = service::grid(&trainer, &it.delivery.to_string(), &Wanted::default()).await.unwrap();
        let ana = |grid: &Grid| grid.people.iter().find(|p| p.name.ends_with("Ana")).unwrap().outlook;
        assert_eq!(ana(&later), Outlook::Fine, "somebody may still mark her");
        let (delivery, slot) = (it.delivery.to_string(), it.slots[1].to_string());
        crate::attendance::closing::close(&trainer, &delivery, &slot, "close", "").await.unwrap();
        let closed = service::grid(&trainer, &it.delivery.to_string(), &Wanted::default()).await.unwrap();
        assert_eq!(ana(&closed), Outlook::CannotPass);
    }
}

on_both! {
    async fn lists_of_persons_are_for_who_keeps_the_register(house) {
        let it = given(&house).await;
        let id = it.delivery.to_string();
        let stranger = house.administrator("Eve", house.institution("other").await).await;
        for actor in [&it.ana, &stranger, &house.trainer("Tim").await, &observer(&house).await] {
            let cx = house.as_actor(actor);
            assert_eq!(service::grid(&cx, &id, &Wanted::default()).await.unwrap_err(), AppError::Forbidden);
            assert_eq!(service::bundle(&cx, &id, Locale::en).await.unwrap_err(), AppError::Forbidden);
        }
        assert_eq!(service::grid(&house.nobody(), &id, &Wanted::default()).await.unwrap_err(), AppError::SignInRequired);
        // At risk: one's own deliveries only.
        let names = |actor: Actor| {
            let cx = house.as_actor(&actor);
            async move { service::risks(&cx).await.map(|risks| risks.deliveries.iter().map(|d| d.people.len()).sum::<usize>()) }
        };
        assert_eq!(names(it.trainer.clone()).await, Ok(2));
        assert_eq!(names(it.admin.clone()).await, Ok(2));
        assert_eq!(names(house.officer().await).await, Ok(2));
        assert_eq!(names(stranger).await, Ok(0));
        assert_eq!(names(it.ana.clone()).await, Err(AppError::Forbidden));
    }
}

on_both! {
    async fn hours_over_the_years_are_ones_own_and_the_houses(house) {
        let it = given(&house).await;
        mark(&house, it.places[0], it.slots[1], "left_early", 100).await;
        let (mine, queries) = counted(service::my_years(&house.as_actor(&it.ana), "en")).await;
        let mine = mine.unwrap();
        assert_eq!((mine.years.len(), mine.years[0].year, mine.years[0].minutes, queries), (1, 2026, 310, 4));
        assert_eq!(mine.years[0].subjects, [("introductory".to_owned(), 310)]);
        assert_eq!((mine.deliveries[0].attended, mine.deliveries[0].programme), (310, 840));
        let id = it.ana.person_id.to_string();
        let theirs = service::years_of(&house.as_actor(&house.officer().await), "en", &id).await.unwrap();
        assert_eq!((theirs.years, theirs.own), (mine.years, false));
        for actor in [&it.trainer, &observer(&house).await] {
            assert_eq!(service::years_of(&house.as_actor(actor), "en", &id).await.unwrap_err(), AppError::Forbidden);
        }
        // Ana holds no post at the academy.
        assert_eq!(service::years_of(&house.as_actor(&it.admin), "en", &id).await.unwrap_err(), AppError::NotFound);
    }
}

/// What was counted by hand.
#[derive(Default)]
struct ByHand {
    told: Told,
    persons: BTreeSet<usize>,
    possible: i64,
    attended: i64,
    places: i64,
    participations: i64,
}

on_both! {
    async fn numbers_equal_a_count_by_hand(house) {
        let mut rng = StdRng::seed_from_u64(7);
        let hosts = [("north", house.institution("north").await), ("south", house.institution("south").await)];
        let courses = [("one", house.course("one").await), ("two", house.course("two").await)];
        let mut people = Vec::new();
        for n in 0..10 {
            people.push(house.person(&format!("P{n}"), &[]).await);
        }
        let mut by_hand: BTreeMap<(&str, &str), ByHand> = BTreeMap::new();
        for n in 0..6 {
            let ((host, host_id), (course, course_id)) = (hosts[n % 2], courses[rng.random_range(0..2)]);
            let delivery = house.delivery(course_id, host_id, 30).await;
            let state = ["running", "delivered", "planned"][rng.random_range(0..3)];
            house.put(delivery, state).await;
            let slots = house.slots(delivery).await;
            let registered = rng.random_bool(0.8);
            let mut rows = Vec::new();
            for (i, person) in people.iter().enumerate() {
                if rng.random_bool(0.6) {
                    let place = house.enrol(delivery, person.person_id).await;
                    let minutes = rng.random_range(0..=210);
                    if registered {
                        mark(&house, place, slots[0], "late", minutes).await;
                    }
                    let never = rng.random_bool(0.2);
                    if never {
                        let mut tx = house.app.db.begin().await.unwrap();
                        execute!(&mut tx, STATE, place, "not_attended", house.app.now()).unwrap();
                        tx.commit().await.unwrap();
                    }
                    rows.push((i, if registered { minutes } else { 0 }, never));
                }
            }
            if state == "planned" {
                continue;
            }
            let registered = registered && !rows.is_empty();
            for cell in [(host, course), (host, ""), ("", course), ("", "")] {
                let it = by_hand.entry(cell).or_default();
                it.told.deliveries += 1;
                it.told.delivered_minutes += if registered { 210 } else { 0 };
                for (person, minutes, never) in &rows {
                    it.places += 1;
                    if !never {
                        it.participations += 1;
                        it.persons.insert(*person);
                    }
                    it.attended += minutes;
                    it.possible += if registered { 210 } else { 0 };
                }
            }
        }
        let officer = house.as_actor(&house.officer().await);
        // Twice: the second count replaces the first.
        for _ in 0..2 {
            service::catch_up(&house.nobody()).await.unwrap();
        }
        let mut seen = 0;
        for ((host, course), hand) in &by_hand {
            let asked = Asked { institution: (*host).into(), course: (*course).into(), by: "course".into(), ..Asked::default() };
            let (numbers, queries) = counted(service::numbers(&officer, "en", &asked)).await;
            let numbers = numbers.unwrap();
            assert_eq!(queries, 4);
            let total = numbers.total;
            assert_eq!((total.deliveries, total.delivered_minutes), (hand.told.deliveries, hand.told.delivered_minutes), "{host} {course}");
            assert_eq!(
                (total.places, total.participations, total.persons, total.attended_minutes),
                (Some(hand.places), Some(hand.participations), Some(hand.persons.len() as i64), Some(hand.attended)),
                "{host} {course}"
            );
            if course.is_empty() {
                for line in &numbers.lines {
                    let one = &by_hand[&(*host, line.key.as_str())];
                    assert_eq!(line.told.persons, Some(one.persons.len() as i64));
                    seen += 1;
                }
            }
        }
        assert!(seen > 3, "the random data covers something");
    }
}

on_both! {
    async fn observers_see_no_small_counts_and_sums_follow_the_register(house) {
        let it = given(&house).await;
        jobs::drain(&house.app, JOBS).await.unwrap();
        service::catch_up(&house.nobody()).await.unwrap();
        let officer = house.as_actor(&house.officer().await);
        let asked = Asked::default();
        let all = service::numbers(&officer, "en", &asked).await.unwrap();
        assert_eq!((all.total.persons, all.total.at_risk, all.total.cannot_pass), (Some(3), Some(1), Some(1)));
        let seen = service::numbers(&house.as_actor(&observer(&house).await), "en", &asked).await.unwrap();
        assert!(seen.suppressed);
        assert_eq!((seen.total.persons, seen.total.places, seen.total.attended_minutes, seen.total.share), (None, None, None, None));
        let trainer = house.as_actor(&it.trainer);
        assert_eq!(service::numbers(&trainer, "en", &asked).await.unwrap_err(), AppError::Forbidden);
        // A mark asks for a look, and the look for the sums.
        mark(&house, it.places[0], it.slots[1], "present", 210).await;
        let mut tx = house.app.db.begin().await.unwrap();
        jobs::look_again(&trainer, &mut tx, it.delivery).await.unwrap();
        tx.commit().await.unwrap();
        jobs::drain(&house.app, JOBS).await.unwrap();
        let after = service::numbers(&officer, "en", &asked).await.unwrap();
        assert_eq!(after.total.attended_minutes, Some(all.total.attended_minutes.unwrap() + 210));
    }
}

on_both! {
    async fn the_bundle_holds_what_its_manifest_says(house) {
        let it = given(&house).await;
        let admin = house.as_actor(&it.admin);
        let id = it.delivery.to_string();
        let read = |bundle: service::Bundle| {
            let mut archive = zip::ZipArchive::new(bundle.file).unwrap();
            let mut files = Vec::new();
            for n in 0..archive.len() {
                let mut file = archive.by_index(n).unwrap();
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).unwrap();
                files.push((file.name().unwrap().into_owned(), bytes));
            }
            files
        };
        let files = read(service::bundle(&admin, &id, Locale::en).await.unwrap());
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, [
            "agenda.csv", "agenda.pdf", "history.csv", "participants.csv", "register.csv", "register.pdf", "results.csv",
            "steps.csv", "manifest.json", "MANIFEST.sha256",
        ]);
        let sums = String::from_utf8(files.last().unwrap().1.clone()).unwrap();
        assert_eq!(sums.lines().count(), files.len() - 1);
        for line in sums.lines() {
            let (sum, name) = line.split_once("  ").unwrap();
            let (_, bytes) = files.iter().find(|(it, _)| it == name).unwrap();
            let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(sum, hash, "{name}");
        }
        let manifest: serde_json::Value = serde_json::from_slice(&files[8].1).unwrap();
        assert_eq!((manifest["made_by"].as_str(), manifest["people"].as_i64()), (Some("Ada Tester"), Some(3)));
        let register = String::from_utf8(files[4].1.clone()).unwrap();
        assert!(register.contains("L 20") && register.contains("Tester, Cem"));
        // The same record, the same bytes.
        assert!(read(service::bundle(&admin, &id, Locale::en).await.unwrap()) == files);
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE action = 'take_evidence'").await, 2);
    }
}

on_both! {
    async fn the_bundle_tells_what_became_of_the_registers(house) {
        let it = given(&house).await;
        let (admin, tom) = (house.as_actor(&it.admin), house.as_actor(&it.trainer));
        let id = it.delivery.to_string();
        let [first, second] = [0, 1].map(|n: usize| it.slots[n].to_string());
        let later = || house.app.clock.set(house.app.now() + TimeDelta::minutes(1));
        closing::close(&tom, &id, &first, "close", "").await.unwrap();
        later();
        closing::close(&tom, &id, &first, "reopen", "A list came, on paper").await.unwrap();
        later();
        schedule::call_off(&admin, &id, &second, "cancel", "Heating failed").await.unwrap();
        later();
        schedule::call_off(&admin, &id, &second, "restore", "").await.unwrap();
        later();
        schedule::call_off(&admin, &id, &second, "cancel", "No heating; again").await.unwrap();
        let bundle = service::bundle(&admin, &id, Locale::en).await.unwrap();
        let mut archive = zip::ZipArchive::new(bundle.file).unwrap();
        let mut text = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        let (steps, agenda, manifest) = (text("steps.csv"), text("agenda.csv"), text("manifest.json"));
        let acts: Vec<&str> = steps.lines().skip(1).map(|line| line.split(',').nth(2).unwrap()).collect();
        assert_eq!(acts, ["closed", "reopened", "cancelled", "restored", "cancelled"]);
        assert!(steps.contains("\"A list came, on paper\"") && steps.contains("Heating failed") && steps.contains("Ada Tester"));
        let off: Vec<&str> = agenda.lines().filter(|line| line.contains("No heating; again")).collect();
        assert!(!off.is_empty() && off.len() < agenda.lines().count() - 1, "only the half-day that is called off: {agenda}");
        let day = house.app.now().date_naive().to_string();
        assert!(off.iter().all(|line| line.rsplit(',').next().unwrap().trim_start_matches('"').starts_with(&day)), "since when, and why: {agenda}");
        assert!(manifest.contains("\"steps.csv\""));
    }
}

on_both! {
    async fn the_bundle_holds_the_scans_of_signed_sheets(house) {
        let it = given(&house).await;
        let (admin, tom) = (house.as_actor(&it.admin), house.as_actor(&it.trainer));
        let id = it.delivery.to_string();
        let scans: [(usize, &str, &[u8]); 3] =
            [(0, "sheet.pdf", b"%PDF-1.7\nsigned"), (0, "wrong.pdf", b"%PDF-1.7\nof another day"), (1, "sheet.png", b"\x89PNG\r\n\x1a\nsigned")];
        for (n, name, bytes) in scans {
            let slot = it.slots[n].to_string();
            let to = keying::may_scan(&tom, &id, &slot).await.unwrap();
            let file: FileId = house.app.id();
            let mut incoming = house.app.files.receive(file, name, 1000).await.unwrap();
            incoming.write(Bytes::from_static(bytes)).await.unwrap();
            keying::add_scan(&tom, to, file, incoming.finish().await.unwrap()).await.unwrap();
            house.app.clock.set(house.app.now() + TimeDelta::minutes(1));
        }
        let slot = it.slots[0].to_string();
        let page = keying::paper(&tom, &id, &slot).await.unwrap();
        let wrong = page.scans.iter().find(|scan| scan.name == "wrong.pdf").unwrap();
        keying::withdraw(&tom, &id, &slot, &wrong.id.to_string(), "Of another day").await.unwrap();

        let bundle = service::bundle(&admin, &id, Locale::en).await.unwrap();
        let mut archive = zip::ZipArchive::new(bundle.file).unwrap();
        let mut bytes = |name: &str| {
            let mut bytes = Vec::new();
            archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
            bytes
        };
        let sums = String::from_utf8(bytes("MANIFEST.sha256")).unwrap();
        let listed: Vec<(&str, &str)> = sums
            .lines()
            .filter_map(|line| line.split_once("  "))
            .filter(|(_, name)| name.starts_with("scans/"))
            .collect();
        assert_eq!(listed.len(), 3, "{sums}");
        for ((_, _, scan), (folder, ending)) in scans.into_iter().zip([("", "-01.pdf"), ("withdrawn/", "-02.pdf"), ("", "-03.png")]) {
            let (sum, name) = listed.iter().find(|(_, name)| name.ends_with(ending)).unwrap();
            let day = name.strip_prefix("scans/").and_then(|rest| rest.strip_prefix(folder)).unwrap();
            assert!(day.starts_with("20"), "{name} stands where it belongs, by the day of its half-day");
            assert_eq!(bytes(name), scan, "{name}");
            let hash: String = Sha256::digest(scan).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(*sum, hash, "{name}");
        }
    }
}

on_both! {
    async fn files_are_what_their_names_say(house) {
        let it = given(&house).await;
        let visitor = crate::server::web_tests::Visitor::signed_in(&house, &it.admin).await;
        let app = router(&house.app).unwrap();
        for (file, start) in [("csv", "\u{feff}Person".as_bytes()), ("xlsx", b"PK".as_slice()), ("pdf", b"%PDF".as_slice())] {
            assert_eq!(Format::of(&format!("x.{file}")).map(Format::ending), Some(file));
            let request = Request::get(format!("/deliveries/{}/attendance/attendance.{file}", it.delivery)).body(Body::empty()).unwrap();
            let response = app.clone().oneshot(visitor.request(request)).await.unwrap();
            assert_eq!(response.status(), 200);
            let bytes = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
            assert!(bytes.starts_with(start), "{file}");
        }
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE action = 'export_attendance'").await, 3);
        let request = Request::get(format!("/deliveries/{}/evidence.zip", it.delivery)).body(Body::empty()).unwrap();
        let response = app.oneshot(request).await.unwrap();
        assert_eq!(response.status(), 303);
    }
}
