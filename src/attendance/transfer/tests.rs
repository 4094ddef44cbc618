//! Import and export on both databases: what goes out comes back unchanged, a dry run writes nothing, what
//! was seen is entered, all of it or none, and once.

use super::{
    api::Draft,
    files,
    model::{DraftForm, Tool, Unreadable, Why, guarded},
    people::Person,
    plan::{self, Choices, Known, KnownSlot},
    service::{self, Untakeable},
};
use crate::{
    attendance::{
        closing,
        model::{Hours, Mark, MarkState},
        service as register,
    },
    common::{
        error::{AppError, Refusal},
        forms::Flash,
        ids::{DeliveryId, EnrolmentId, SlotId},
    },
    i18n::Locale,
    on_both,
    people::model::Actor,
    platform::{context::Ctx, db::counted},
    testing::House,
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};

struct Class {
    delivery: DeliveryId,
    slots: Vec<SlotId>,
    trainer: Actor,
    administrator: Actor,
    stranger: Actor,
    names: Vec<EnrolmentId>,
}

/// A delivery that is over at the end of the second of its days, with people called P0 Tester and on.
async fn class(house: &House, size: usize) -> Class {
    let academy = house.institution("academy").await;
    let other = house.institution("other").await;
    let course = house.course("introductory").await;
    let delivery = house.delivery(course, academy, 300).await;
    let trainer = house.trainer("Tom").await;
    house.trains(delivery, trainer.person_id).await;
    let mut names = Vec::new();
    for n in 0..size {
        let person = house.person(&format!("P{n}"), &[]).await;
        names.push(house.enrol(delivery, person.person_id).await);
    }
    // The last of the half-days has come.
    house.app.clock.set(house.app.now() + TimeDelta::hours(30));
    Class {
        slots: house.slots(delivery).await,
        administrator: house.administrator("Ada", academy).await,
        stranger: house.administrator("Eve", other).await,
        delivery,
        trainer,
        names,
    }
}

impl Class {
    async fn bring(&self, cx: &Ctx, file: &str) -> Draft {
        self.bring_bytes(cx, file.as_bytes().to_vec()).await
    }

    async fn bring_bytes(&self, cx: &Ctx, bytes: Vec<u8>) -> Draft {
        let done = service::bring(cx, self.delivery, vec![("marks.csv".into(), bytes)]).await.unwrap();
        let id = done.to.rsplit('/').next().unwrap().to_owned();
        service::dry_run(cx, &self.delivery.to_string(), &id, "").await.unwrap()
    }

    async fn again(&self, cx: &Ctx, draft: &Draft) -> Draft {
        service::dry_run(cx, &self.delivery.to_string(), &draft.id.to_string(), "").await.unwrap()
    }

    /// The form under a dry run, as the page fills it.
    fn form(&self, draft: &Draft, act: &str) -> DraftForm {
        let mut form = DraftForm {
            delivery: self.delivery.to_string(),
            draft: draft.id.to_string(),
            seen: draft.seen.clone(),
            act: act.into(),
            x: draft.x.map_or_else(String::new, |state| state.code().into()),
            e: draft.e.map_or_else(String::new, |state| state.code().into()),
            ..DraftForm::default()
        };
        for who in &draft.unmatched {
            form.who.insert(format!("p{}", who.key), who.chosen.map_or_else(String::new, |id| id.to_string()));
        }
        if let Some(log) = &draft.log {
            form.zone = log.zone.clone();
            form.tolerance = log.tolerance.to_string();
            form.least = log.least.to_string();
            form.note = log.note.clone();
            form.touched = if log.slots.is_empty() { String::new() } else { "true".into() };
            form.slots = log.slots.iter().filter(|slot| slot.taken).map(|slot| slot.slot.to_string()).collect();
        }
        form
    }

    async fn states(&self, cx: &Ctx, slot: usize) -> Vec<Option<(MarkState, i64)>> {
        let register = register::register(cx, &self.delivery.to_string(), &self.slots[slot].to_string()).await.unwrap();
        let of = |id: &EnrolmentId| register.names.iter().find(|name| name.id == *id).unwrap().mark.clone();
        self.names.iter().map(|id| of(id).map(|it| (it.mark.state, it.mark.minutes))).collect()
    }
}

async fn changes(house: &House) -> i64 {
    house.count("SELECT COUNT(*) FROM mark_change").await
}

const ZOOM: &str = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\r\n\
    P0 Tester,,11/24/2026 08:50:00 AM,11/24/2026 12:40:00 PM,230,Yes\r\n\
    Tester P1 (Guest),,11/24/2026 09:20:00 AM,11/24/2026 10:00:00 AM,40,Yes\r\n\
    Tester P1 (Guest),,11/24/2026 09:50:00 AM,11/24/2026 12:40:00 PM,170,Yes\r\n\
    Somebodys iPad,,11/24/2026 09:00:00 AM,11/24/2026 11:30:00 AM,150,Yes\r\n\
    Host,,11/24/2026 08:50:00 AM,11/24/2026 12:40:00 PM,230,No\r\n";

on_both! {
    async fn closed_registers_are_named_before_anything_is_entered(house) {
        let class = class(&house, 2).await;
        let tom = house.as_actor(&class.trainer);
        let (id, first) = (class.delivery.to_string(), class.slots[0].to_string());
        let file = "Liste;;24.11.2026;\r\nNom;Prénom;matin;après-midi\r\nTester;P0;P;P\r\nTester;P1;A;en retard 20\r\n";
        let open = class.bring(&tom, file).await;
        assert_eq!((open.fresh, open.closed.len()), (4, 0));
        // Closed between the dry run and the entry: shown anew, with the half-day's name.
        closing::close(&tom, &id, &first, "close", "").await.unwrap();
        let done = service::act(&tom, &class.form(&open, "enter")).await.unwrap();
        assert!(done.to.ends_with("?again=1"), "{}", done.to);
        assert_eq!(changes(&house).await, 0);
        let shut = class.again(&tom, &open).await;
        assert_eq!((shut.fresh, shut.untaken_count), (2, 2));
        assert_eq!(shut.closed.iter().map(|(slot, _, marks)| (*slot, *marks)).collect::<Vec<_>>(), [(class.slots[0], 2)]);
        assert!(shut.untaken.iter().all(|it| it.why == Why::Closed && !it.at.is_empty()));
        // The rest can be entered; the closed register stays as it is.
        let done = service::act(&tom, &class.form(&shut, "enter")).await.unwrap();
        assert!(!done.to.ends_with("?again=1"));
        assert_eq!(class.states(&tom, 0).await, [None, None]);
        assert_eq!(class.states(&tom, 1).await, [Some((MarkState::Present, 210)), Some((MarkState::Late, 190))]);
        // Opened again, the same file brings what was left out.
        closing::close(&tom, &id, &first, "reopen", "from the file").await.unwrap();
        let rest = class.bring(&tom, file).await;
        assert_eq!((rest.fresh, rest.same, rest.closed.len()), (2, 2, 0));
        service::act(&tom, &class.form(&rest, "enter")).await.unwrap();
        assert_eq!(class.states(&tom, 0).await, [Some((MarkState::Present, 210)), Some((MarkState::Absent, 0))]);
    }
}

on_both! {
    async fn a_spreadsheet_of_an_academy(house) {
        let class = class(&house, 4).await;
        let tom = house.as_actor(&class.trainer);
        let file = "Liste de présence;;24.11.2026;;25.11.2026;\r\nNom;Prénom;matin;après-midi;matin;après-midi\r\n\
            TESTER;P0;présent;en retard 20;P;\r\nTester;P1;1;0;excusé (audience);\r\nTester;P2;malade?;180;3 h;\r\n\
            Testerr;P3;P;P;P;\r\nTester;P0;A;;;\r\n;;3;2;3;\r\n";
        let draft = class.bring(&tom, file).await;
        assert_eq!((draft.tool, draft.fresh, draft.changed, draft.same), (Tool::Sheet, 7, 0, 0));
        assert_eq!(changes(&house).await, 0, "a dry run writes nothing");
        let untaken: Vec<_> = draft.untaken.iter().map(|it| (it.at.as_str(), it.why)).collect();
        assert_eq!(untaken, [("C5", Why::Unknown), ("D5", Why::PlainNumber), ("7", Why::SamePerson)]);
        assert_eq!(draft.unmatched.len(), 1);
        let lost = &draft.unmatched[0];
        assert_eq!((lost.label.as_str(), lost.at.as_str()), ("Testerr P3", "6"));
        assert_eq!(lost.near[0], class.names[3], "the likest name comes first");
        assert_eq!(draft.people.len(), 1, "whom the file names is not offered");

        // Who was not found is chosen; the others' choice changes what would be entered.
        let mut form = class.form(&draft, "enter");
        form.who.insert(format!("p{}", lost.key), class.names[3].to_string());
        let done = service::act(&tom, &form).await.unwrap();
        assert!(done.to.ends_with("?again=1") && changes(&house).await == 0, "what was not seen is not entered");
        let draft = class.again(&tom, &draft).await;
        assert_eq!(draft.fresh, 10);
        let form = class.form(&draft, "enter");
        let done = service::act(&tom, &form).await.unwrap();
        assert_eq!(done.flash, Some(Flash::Marked));
        service::act(&tom, &form).await.unwrap();
        assert_eq!(changes(&house).await, 10, "sent twice, entered once");
        use MarkState::{Absent, Excused, Late, Present};
        assert_eq!(class.states(&tom, 0).await, [Some((Present, 210)), Some((Present, 210)), None, Some((Present, 210))]);
        assert_eq!(class.states(&tom, 1).await, [Some((Late, 190)), Some((Absent, 0)), None, Some((Present, 210))]);
        assert_eq!(class.states(&tom, 2).await[1..3], [Some((Excused, 0)), Some((Late, 180))]);
        assert_eq!(house.count("SELECT COUNT(*) FROM mark WHERE source = 'import'").await, 10);
        assert_eq!(house.count("SELECT COUNT(*) FROM mark WHERE note = 'audience'").await, 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM mark_draft WHERE body = '\"Gone\"' AND entered = 10").await, 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE action = 'import_register'").await, 1);
        let after = class.again(&tom, &draft).await;
        assert_eq!(after.done.map(|(_, marks)| marks), Some(10));

        let same = class.bring(&tom, file).await;
        assert_eq!((same.fresh, same.changed, same.same), (0, 0, 7));
    }
}

on_both! {
    async fn what_goes_out_comes_back(house) {
        let class = class(&house, 3).await;
        let tom = house.as_actor(&class.trainer);
        let file = "Name,2026-11-24 09:00,2026-11-24 13:30,2026-11-25 AM,2026-11-25 PM\n\
            P0 Tester,P: here,L 20: train,E 30,X: hearing\nP1 Tester,A,\"X: =1+1, \"\"twice\"\"\",,P\n";
        let draft = class.bring(&tom, file).await;
        assert_eq!((draft.fresh, draft.untaken_count), (7, 0));
        service::act(&tom, &class.form(&draft, "enter")).await.unwrap();
        let before = changes(&house).await;
        let delivery = class.delivery.to_string();
        for kind in ["csv", "xlsx"] {
            let sheet = service::exported(&tom, &delivery, Locale::fr, kind).await.unwrap();
            let bytes = if kind == "csv" { sheet.csv() } else { sheet.xlsx() }.unwrap();
            let again = class.bring_bytes(&tom, bytes).await;
            assert_eq!((again.fresh, again.changed, again.same), (0, 0, 7), "{kind}: {:?}", again.lines);
            assert_eq!((again.untaken_count, again.unmatched_count), (0, 0), "{kind}: {:?}", again.untaken);
        }
        assert_eq!(changes(&house).await, before);
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE action = 'export_register'").await, 2);
        let sheet = service::exported(&tom, &delivery, Locale::en, "csv").await.unwrap();
        let text = String::from_utf8(sheet.csv().unwrap()).unwrap();
        assert!(text.starts_with("\u{feff}Place number,Family name,Given name,Workplace,2026-11-24 09:00,"));
        assert!(text.contains(",E 30,X: hearing,9.67,69.0\r\n"), "{text}");
    }
}

on_both! {
    async fn a_conference(house) {
        let class = class(&house, 4).await;
        let tom = house.as_actor(&class.trainer);
        let draft = class.bring(&tom, ZOOM).await;
        assert_eq!((draft.tool, draft.fresh, draft.unmatched_count), (Tool::Zoom, 2, 2));
        let log = draft.log.clone().unwrap();
        assert_eq!((log.slots.len(), log.slots[0].slot, log.slots[0].taken), (1, class.slots[0], true));
        let to: Vec<_> = draft.lines.iter().map(|line| (line.to.state, line.to.minutes, line.to.note.as_str())).collect();
        assert_eq!(to, [(MarkState::Present, 210, "Zoom"), (MarkState::Late, 190, "Zoom")]);

        // Somebody's tablet is P2's; who does not appear is absent, unless marked already.
        let excused = class.bring(&tom, "Name;24.11.2026 09:00\nP3 Tester;X: hearing\n").await;
        service::act(&tom, &class.form(&excused, "enter")).await.unwrap();
        let mut form = class.form(&draft, "look");
        form.who.insert(format!("p{}", draft.unmatched[0].key), class.names[2].to_string());
        form.absent = "true".into();
        form.tolerance = "x".into();
        assert!(matches!(service::act(&tom, &form).await, Err(AppError::Invalid(_))));
        form.tolerance = "0".into();
        service::act(&tom, &form).await.unwrap();
        let draft = class.again(&tom, &draft).await;
        assert_eq!(draft.unmatched[0].chosen, Some(class.names[2]));
        form.seen = draft.seen.clone();
        form.act = "enter".into();
        service::act(&tom, &form).await.unwrap();
        use MarkState::{Excused, Late, LeftEarly, Present};
        let expected = [Some((Present, 210)), Some((Late, 190)), Some((LeftEarly, 150)), Some((Excused, 0))];
        assert_eq!(class.states(&tom, 0).await, expected);
        assert_eq!(class.states(&tom, 1).await, [None; 4], "ten minutes of lunch are no afternoon");

        // A half-day that is not wanted is left out at the first look.
        let draft = class.bring(&tom, ZOOM).await;
        let mut form = class.form(&draft, "look");
        form.slots.clear();
        service::act(&tom, &form).await.unwrap();
        let draft = class.again(&tom, &draft).await;
        assert!(!draft.log.unwrap().slots[0].taken && draft.fresh + draft.changed == 0);
    }
}

on_both! {
    async fn dates_that_may_be_two(house) {
        let class = class(&house, 1).await;
        let tom = house.as_actor(&class.trainer);
        // Neither 5 June nor 6 May is a day of the delivery: it is asked, and nothing is taken.
        let log = "Name,Join Time,Leave Time\nP0 Tester,05/06/2026 09:00,05/06/2026 12:30\n";
        let draft = class.bring(&tom, log).await;
        let choices = draft.log.clone().unwrap();
        assert!(choices.ask_order && choices.order.is_none() && draft.fresh == 0);
        let mut form = class.form(&draft, "look");
        form.order = "dmy".into();
        service::act(&tom, &form).await.unwrap();
        assert!(class.again(&tom, &draft).await.log.unwrap().order.is_some());
        // In UTC the same morning is an hour earlier.
        let draft = class.bring(&tom, "Name,Join Time,Leave Time\nP0 Tester,2026-11-24T08:00:00Z,2026-11-24T11:30:00Z\n").await;
        assert_eq!((draft.fresh, draft.lines[0].to.state), (1, MarkState::Present));
    }
}

on_both! {
    async fn what_changed_meanwhile_is_shown(house) {
        let class = class(&house, 2).await;
        let tom = house.as_actor(&class.trainer);
        let ada = house.as_actor(&class.administrator);
        let draft = class.bring(&tom, "Name,2026-11-24 09:00,2026-11-24 13:30\nP0 Tester,P,P\nP1 Tester,P,P\n").await;
        let other = class.bring(&ada, "Name,2026-11-24 09:00\nP0 Tester,A: ill\n").await;
        service::act(&ada, &class.form(&other, "enter")).await.unwrap();
        let done = service::act(&tom, &class.form(&draft, "enter")).await.unwrap();
        assert!(done.to.ends_with("?again=1"));
        assert_eq!(changes(&house).await, 1, "all or nothing");
        let draft = class.again(&tom, &draft).await;
        assert_eq!((draft.fresh, draft.changed), (3, 1));
        assert_eq!(draft.lines[0].from.as_ref().map(|mark| mark.note.as_str()), Some("ill"));
        service::act(&tom, &class.form(&draft, "enter")).await.unwrap();
        assert_eq!(changes(&house).await, 5);

        // A closed register takes a reason.
        let draft = class.bring(&tom, "Name,2026-11-24 09:00\nP0 Tester,A\n").await;
        house.put(class.delivery, "reported").await;
        assert_eq!(service::act(&tom, &class.form(&draft, "enter")).await.unwrap_err(), Refusal::Over.into());
        let mut form = class.form(&draft, "enter");
        assert!(matches!(service::act(&ada, &form).await, Err(AppError::Invalid(_))));
        form.reason = "The paper list was found".into();
        service::act(&ada, &form).await.unwrap();
        assert_eq!(changes(&house).await, 6);
    }
}

on_both! {
    async fn others_are_refused(house) {
        let class = class(&house, 1).await;
        let tom = house.as_actor(&class.trainer);
        let draft = class.bring(&tom, "Name,2026-11-24 09:00\nP0 Tester,P\n").await;
        let (delivery, id) = (class.delivery.to_string(), draft.id.to_string());
        for (who, refusal) in [(house.as_actor(&class.stranger), AppError::Forbidden), (house.nobody(), AppError::SignInRequired)] {
            assert_eq!(service::transfer(&who, &delivery).await.unwrap_err(), refusal);
            assert_eq!(service::dry_run(&who, &delivery, &id, "").await.unwrap_err(), refusal);
            assert_eq!(service::act(&who, &class.form(&draft, "enter")).await.unwrap_err(), refusal);
            assert_eq!(service::may_import(&who, &delivery).await.unwrap_err(), refusal);
            assert!(service::exported(&who, &delivery, Locale::en, "csv").await.is_err());
        }
        let bad = |bytes: &[u8]| vec![("x".to_owned(), bytes.to_vec())];
        for (files, why) in [
            (bad(b""), Unreadable::Empty),
            (bad(b"a,b\n1,2\n"), Unreadable::NothingKnown),
            (bad(b"%PDF-1.7"), Unreadable::Kind),
            ([bad(ZOOM.as_bytes()), bad(b"Name,24.11.2026\nP0 Tester,P\n")].concat(), Unreadable::Mixed),
        ] {
            let outcome = service::bring(&tom, class.delivery, files).await;
            assert!(matches!(outcome, Err(Untakeable::File(it)) if it == why), "{outcome:?}");
        }
        service::act(&tom, &class.form(&draft, "discard")).await.unwrap();
        assert_eq!(service::dry_run(&tom, &delivery, &id, "").await.unwrap_err(), AppError::NotFound);
        house.put(class.delivery, "cancelled").await;
        assert_eq!(service::may_import(&tom, &delivery).await.unwrap_err(), Refusal::WrongState.into());
    }
}

on_both! {
    async fn a_large_register_is_one_commit(house) {
        let class = class(&house, 100).await;
        let tom = house.as_actor(&class.trainer);
        let mut file = String::from("Name,2026-11-24 09:00,2026-11-24 13:30,2026-11-25 09:00,2026-11-25 13:30\n");
        for n in 0..100 {
            file.push_str(&format!("P{n} Tester,P,L 10,E 5,A\n"));
        }
        let draft = class.bring(&tom, &file).await;
        assert_eq!(draft.fresh, 400);
        let (looked, statements) =
            counted(service::dry_run(&tom, &class.delivery.to_string(), &draft.id.to_string(), "")).await;
        assert_eq!((looked.unwrap().fresh, statements), (400, 5), "however many names and half-days");
        let (done, statements) = counted(service::act(&tom, &class.form(&draft, "enter"))).await;
        done.unwrap();
        // Ten marks a statement, and some for each half-day.
        assert!(statements < 100, "{statements} statements for 400 marks");
        assert_eq!(changes(&house).await, 400);
        let (_, statements) = counted(service::transfer(&tom, &class.delivery.to_string())).await;
        assert!(statements <= 4, "{statements}");
    }
}

// ---- Without a database

fn known(people: usize, slots: usize) -> Known {
    let first: DateTime<Utc> = "2026-01-05T08:00:00Z".parse().unwrap();
    let slot = |at: usize| {
        // Mornings and afternoons, day after day.
        let starts_at = first + TimeDelta::days(at as i64 / 2) + TimeDelta::hours(at as i64 % 2 * 5);
        let hours = Hours { starts_at, ends_at: starts_at + TimeDelta::minutes(210) };
        KnownSlot {
            id: uuid::Uuid::from_u128(1_000_000 + at as u128).into(),
            starts: starts_at.naive_utc(),
            hours,
            closed: false,
        }
    };
    let person = |at: usize| Person {
        id: uuid::Uuid::from_u128(at as u128).into(),
        family: format!("Name{at}"),
        given: "=Given".into(),
        workplace: "-Court, of \"Tirana\"".into(),
        emails: vec![],
    };
    Known {
        people: (0..people).map(person).collect(),
        slots: (0..slots).map(slot).collect(),
        marks: HashMap::new(),
        today: NaiveDateTime::default().date() + TimeDelta::days(200_000),
        zone: "UTC".into(),
    }
}

fn mark() -> impl Strategy<Value = Option<Mark>> {
    let state = proptest::sample::select(MarkState::ALL.to_vec());
    proptest::option::of((state, 0..=210i64, proptest::option::of("[ -~éЖ]{0,12}|[=+@'-][ -~]{0,5}"))).prop_map(
        |mark| {
            mark.map(|(state, minutes, note)| {
                let minutes = match state {
                    MarkState::Present => 210,
                    MarkState::Excused | MarkState::Absent => 0,
                    MarkState::Late | MarkState::LeftEarly => minutes,
                };
                Mark { state, minutes, note: note.unwrap_or_default() }
            })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn export_and_import_are_inverse(marks in proptest::collection::vec(mark(), 12), fill in mark()) {
        let mut full = known(3, 4);
        for (at, mark) in marks.iter().enumerate() {
            if let Some(mark) = mark {
                full.marks.insert((full.slots[at % 4].id, full.people[at / 4].id), mark.clone());
            }
        }
        let sheet = super::export::sheet(Locale::en, "A delivery", &full);
        let csv = sheet.csv().unwrap();
        let text = String::from_utf8(csv.clone()).unwrap();
        prop_assert!(text.contains("'=Given"), "no formula leaves the house");
        for bytes in [csv, sheet.xlsx().unwrap()] {
            let body = plan::Body::Sheet(files::table(&bytes, &HashSet::new()).unwrap());
            let choices = Choices::usual(Tool::Sheet);
            let back = plan::plan(&body, &choices, &full);
            prop_assert!(back.changes.is_empty() && back.found.problems.is_empty() && back.found.strangers.is_empty(), "{:?} {:?}", back.changes, back.found);
            prop_assert_eq!(back.same, full.marks.len());
            // Into an empty register the same file brings every mark back.
            let empty = known(3, 4);
            let all = plan::plan(&body, &choices, &empty);
            prop_assert_eq!(all.changes.len(), full.marks.len());
            for change in &all.changes {
                let stood = &full.marks[&(full.slots[change.slot].id, full.people[change.person].id)];
                prop_assert_eq!(super::model::code(&change.to, 210), super::model::code(stood, 210));
            }
        }
        if let Some(mark) = fill {
            prop_assert!(!guarded(&super::model::code(&mark, 210)).starts_with('\''), "codes are no formulas");
        }
    }
}

#[test]
fn a_year_of_half_days() {
    let mut full = known(40, 2_450);
    for slot in full.slots.clone() {
        for person in &full.people {
            full.marks
                .insert((slot.id, person.id), Mark { state: MarkState::Present, minutes: 210, note: String::new() });
        }
    }
    let csv = super::export::sheet(Locale::en, "A year", &full).csv().unwrap();
    let body = plan::Body::Sheet(files::table(&csv, &HashSet::new()).unwrap());
    let back = plan::plan(&body, &Choices::usual(Tool::Sheet), &full);
    assert_eq!((back.same, back.changes.len(), back.found.problems.len()), (98_000, 0, 0));
}
