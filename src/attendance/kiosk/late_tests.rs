//! Badges read without a line and sent later, on both databases: once each, as of the time of reading, and
//! nothing refused in silence.

use super::{
    model::{Reading, SENT_WITHIN, Word},
    service,
    tests::{Class, Tablet, class, later},
};
use crate::{
    attendance::{
        badges::service as badges,
        checkin::model::Way,
        closing,
        merge::{by_name, settle},
        model::{Action, MarkSource, MarkState, Touch},
        service as register, store as marks,
    },
    common::{
        error::AppError,
        ids::{EnrolmentId, KioskId},
    },
    on_both,
    platform::{context::Ctx, db::counted},
    testing::House,
};
use chrono::TimeDelta;
use uuid::Uuid;

/// A badge that was read some minutes ago, and whose bearer was told that it is kept.
fn kept(house: &House, tablet: &Tablet, code: &str, way: Way, ago: i64) -> Reading {
    let at = (house.app.now() - TimeDelta::minutes(ago)).timestamp_micros();
    Reading { at, late: true, ..tablet.reads(house, code, way) }
}

async fn word(house: &House, tablet: &Tablet, reading: &Reading) -> Word {
    tablet.send(house, reading).await.unwrap().unwrap().word
}

/// Whose badge it is, or how it begins; why it was not recorded; whether somebody has dealt with it.
type Listed = (Result<String, String>, Word, bool);

fn of(name: &str, word: Word) -> Listed {
    (Ok(name.to_owned()), word, false)
}

/// What the keeper is shown.
async fn listed(class: &Class, cx: &Ctx) -> Vec<Listed> {
    let (page, statements) = counted(service::unrecorded(cx, &class.delivery.to_string())).await;
    assert!(statements <= 4, "{statements}");
    page.unwrap().lines.into_iter().map(|line| (line.who, line.word, line.settled.is_some())).collect()
}

async fn says(class: &Class, cx: &Ctx, place: EnrolmentId, state: MarkState) {
    let touch =
        Touch { enrolment: place, state, missed: String::new(), note: String::new(), seen: None, seen_too: None };
    let id = cx.app.entropy.uuid(cx.now());
    let action = Action { id, made_at: None, touches: vec![touch], everyone: false, reason: String::new() };
    let body = serde_json::to_string(&action).unwrap();
    register::mark(cx, &class.delivery.to_string(), &class.slot.to_string(), &body).await.unwrap();
}

/// The two states of a name: what stands, and what does not.
async fn stories(class: &Class, cx: &Ctx, place: EnrolmentId) -> (Option<MarkState>, Option<MarkState>) {
    let sheet = register::register(cx, &class.delivery.to_string(), &class.slot.to_string()).await.unwrap();
    let name = sheet.names.into_iter().find(|name| name.id == place).unwrap();
    (name.mark.map(|it| it.mark.state), name.other.and_then(|it| it.mark).map(|mark| mark.state))
}

/// The history amounts to the register.
async fn replayed(house: &House, class: &Class) {
    let mut reader = house.app.db.read().await.unwrap();
    let rows = marks::changes(&mut reader, class.slot).await.unwrap();
    let changes: Vec<_> = rows.iter().filter_map(marks::ChangeRow::change).collect();
    let history = by_name(&changes);
    for row in marks::names(&mut reader, class.delivery, class.slot).await.unwrap() {
        let settled = history.get(&row.id).and_then(|told| settle(told.iter().copied()));
        assert_eq!(settled.and_then(|it| it.stands.mark.clone()), row.mark.mark());
        assert_eq!(settled.and_then(|it| it.other).map(|it| it.id), row.head.contested);
    }
}

on_both! {
    async fn what_was_kept_is_recorded_once_as_of_then(house) {
        let class = class(&house).await;
        let ada = house.officer().await;
        let (tom, officer) = (house.as_actor(&class.trainer), house.as_actor(&ada));
        let tablet = class.kiosk(&tom).await;
        let (ana, ben) = (class.code(&house, class.ana.1).await, class.code(&house, class.ben).await);
        later(&house, 60);
        let sent = [
            kept(&house, &tablet, &ana, Way::In, 55),
            kept(&house, &tablet, &ben, Way::In, 35),
            kept(&house, &tablet, &ben, Way::Out, 10),
        ];
        for turn in 0..2 {
            let words = [Word::In, Word::Late, Word::Out];
            for (reading, expected) in sent.iter().zip(words) {
                assert_eq!(word(&house, &tablet, reading).await, expected, "turn {turn}");
            }
            later(&house, 30);
        }
        assert_eq!(house.count("SELECT COUNT(*) FROM mark_change").await, 3, "sent twice, written once");
        let (state, whole, source, _) = class.mark(&officer, class.ana.1).await.unwrap();
        assert_eq!((state, source), (MarkState::Present, MarkSource::Kiosk), "five minutes late are forgiven");
        let (state, minutes, ..) = class.mark(&officer, class.ben).await.unwrap();
        assert_eq!((state, minutes), (MarkState::LeftEarly, 25), "came after 25 minutes, went after 50");
        assert!(whole > 25);
        let history = register::history(&officer, &class.delivery.to_string(), &class.slot.to_string(), &class.ben.to_string()).await.unwrap();
        let came = history.lines.last().unwrap();
        assert_eq!(came.to.as_ref().unwrap().minutes, whole - 25, "late as of the time of reading");
        assert_eq!((came.at - came.made.unwrap()).num_minutes(), 35, "and the history says when that was");
        assert!(listed(&class, &tom).await.is_empty());
        replayed(&house, &class).await;
        // Whoever has the id of a reading cannot write another's with it.
        let stolen = Reading { id: sent[0].id, ..kept(&house, &tablet, &ben, Way::In, 5) };
        assert!(tablet.send(&house, &stolen).await.is_err());
    }
}

on_both! {
    async fn clocks_of_tablets_are_wrong(house) {
        let class = class(&house).await;
        let tom = house.as_actor(&class.trainer);
        let tablet = class.kiosk(&tom).await;
        let (ana, ben) = (class.code(&house, class.ana.1).await, class.code(&house, class.ben).await);
        later(&house, 30);
        // Five hours ahead: nothing was read in the future.
        assert_eq!(word(&house, &tablet, &kept(&house, &tablet, &ana, Way::In, -300)).await, Word::Late);
        assert_eq!(tablet.send(&house, &kept(&house, &tablet, &ana, Way::In, -300)).await.unwrap().unwrap().word, Word::AlreadyIn);
        // A battery ran flat, and with it the clock.
        let lost = Reading { at: 300_000_000, ..kept(&house, &tablet, &ben, Way::In, 0) };
        assert_eq!(word(&house, &tablet, &lost).await, Word::NoTime);
        assert_eq!(word(&house, &tablet, &lost).await, Word::NoTime);
        let unsure = Reading { unsure: true, ..kept(&house, &tablet, &ben, Way::In, 10) };
        assert_eq!(word(&house, &tablet, &unsure).await, Word::NoTime);
        let list = listed(&class, &tom).await;
        assert_eq!(list.len(), 2, "listed once each: {list:?}");
        assert!(list.iter().all(|(who, word, settled)| who.as_deref() == Ok("Tester, Ben") && *word == Word::NoTime && !settled));
        assert_eq!(class.mark(&tom, class.ben).await, None);
        // The tablet has heard the time since, and can tell when that was.
        let known = Reading { at: (house.app.now() - TimeDelta::minutes(25)).timestamp_micros(), unsure: false, ..unsure };
        assert_eq!(word(&house, &tablet, &known).await, Word::In);
    }
}

on_both! {
    async fn nothing_is_refused_in_silence(house) {
        let class = class(&house).await;
        let tom = house.as_actor(&class.trainer);
        let (id, slot) = (class.delivery.to_string(), class.slot.to_string());
        let tablet = class.kiosk(&tom).await;
        let (ana, ben, eve) = (
            class.code(&house, class.ana.1).await,
            class.code(&house, class.ben).await,
            class.code(&house, class.eve).await,
        );
        later(&house, 30);
        badges::renew(&tom, &id, &class.ana.1.to_string()).await.unwrap();
        later(&house, 30);
        // Revoked between; unknown; of another group; out without in. What was told at once is not listed.
        assert_eq!(word(&house, &tablet, &kept(&house, &tablet, &ana, Way::In, 55)).await, Word::Replaced);
        assert_eq!(word(&house, &tablet, &kept(&house, &tablet, "WXYZ-nobody", Way::In, 50)).await, Word::Unknown);
        assert_eq!(word(&house, &tablet, &kept(&house, &tablet, &eve, Way::In, 45)).await, Word::WrongGroup);
        assert_eq!(word(&house, &tablet, &kept(&house, &tablet, &ben, Way::Out, 40)).await, Word::NotIn);
        assert_eq!(word(&house, &tablet, &tablet.reads(&house, &eve, Way::In)).await, Word::WrongGroup);
        let list = listed(&class, &tom).await;
        let expected = [
            of("Tester, Ben", Word::NotIn),
            of("Tester, Eve", Word::WrongGroup),
            (Err("WXYZ".to_owned()), Word::Unknown, false),
            of("Tester, Ana", Word::Replaced),
        ];
        assert_eq!(list, expected, "the latest first");
        let door = crate::attendance::checkin::service::door(&tom, &id, &slot, "in");
        let (door, statements) = counted(door).await;
        assert_eq!((door.unwrap().unrecorded, statements <= 4), (4, true));

        // Closed between the reading and the sending; closed before the reading, the next one counts.
        let early = kept(&house, &tablet, &ben, Way::In, 50);
        closing::close(&tom, &id, &slot, "close", "").await.unwrap();
        later(&house, 5);
        assert_eq!(word(&house, &tablet, &early).await, Word::Closed);
        assert_eq!(word(&house, &tablet, &kept(&house, &tablet, &ben, Way::In, 2)).await, Word::NoSlot);
        let page = service::unrecorded(&tom, &id).await.unwrap();
        let line = page.lines.iter().find(|line| line.word == Word::Closed).unwrap();
        assert_eq!(line.slot, Some(class.slot), "with the half-day, to be mended there");
        assert_eq!((line.arrived - line.at).num_minutes(), 55);
        // What is recorded stays recorded, whatever is closed meanwhile.
        closing::close(&tom, &id, &slot, "reopen", "late badges").await.unwrap();
        let again = kept(&house, &tablet, &ben, Way::In, 57);
        assert_eq!(word(&house, &tablet, &again).await, Word::In);
        closing::close(&tom, &id, &slot, "close", "").await.unwrap();
        assert_eq!(word(&house, &tablet, &again).await, Word::In);

        // Dealt with by the keeper, and by nobody else.
        let (ana_cx, reading) = (house.as_actor(&class.ana.0), line.id.to_string());
        assert_eq!(service::settle(&ana_cx, &id, &reading).await.unwrap_err(), AppError::Forbidden);
        assert_eq!(service::unrecorded(&ana_cx, &id).await.unwrap_err(), AppError::Forbidden);
        assert_eq!(service::settle(&tom, &class.other.to_string(), &reading).await.unwrap_err(), AppError::NotFound);
        service::settle(&tom, &id, &reading).await.unwrap();
        assert_eq!(service::settle(&tom, &id, &reading).await.unwrap_err(), AppError::NotFound);
        let list = listed(&class, &tom).await;
        assert_eq!(list.len(), 6);
        assert!(list.last().unwrap().2, "those dealt with come last");
    }
}

on_both! {
    async fn what_others_marked_meanwhile_is_not_overwritten(house) {
        let class = class(&house).await;
        let ada = house.officer().await;
        let (tom, officer) = (house.as_actor(&class.trainer), house.as_actor(&ada));
        let tablet = class.kiosk(&tom).await;
        let (ana, ben) = (class.code(&house, class.ana.1).await, class.code(&house, class.ben).await);
        // Before the reading: whoever comes after being marked absent is in.
        later(&house, 2);
        says(&class, &officer, class.ben, MarkState::Absent).await;
        // After it, by somebody who did not know.
        later(&house, 28);
        says(&class, &officer, class.ana.1, MarkState::Absent).await;
        later(&house, 30);
        let sent = [kept(&house, &tablet, &ana, Way::In, 55), kept(&house, &tablet, &ben, Way::In, 54)];
        for _ in 0..2 {
            assert_eq!(word(&house, &tablet, &sent[0]).await, Word::Overruled);
            assert_eq!(word(&house, &tablet, &sent[1]).await, Word::In);
        }
        assert_eq!(stories(&class, &tom, class.ana.1).await, (Some(MarkState::Absent), Some(MarkState::Present)), "both stories");
        assert_eq!(stories(&class, &tom, class.ben).await, (Some(MarkState::Present), None));
        assert_eq!(listed(&class, &tom).await, [of("Tester, Ana", Word::Overruled)]);
        replayed(&house, &class).await;
        // Whoever set the kiosk up answers for it, and their later word counts; it is listed all the same.
        later(&house, 10);
        says(&class, &tom, class.ben, MarkState::Excused).await;
        later(&house, 10);
        let out = kept(&house, &tablet, &ben, Way::Out, 15);
        assert_eq!(word(&house, &tablet, &out).await, Word::Overruled);
        assert_eq!(stories(&class, &tom, class.ben).await.0, Some(MarkState::Excused));
        assert_eq!(listed(&class, &tom).await.len(), 2);
        replayed(&house, &class).await;
    }
}

on_both! {
    async fn a_kiosk_that_has_ended_still_gives_account(house) {
        let class = class(&house).await;
        let tom = house.as_actor(&class.trainer);
        let (ana, ben) = (class.code(&house, class.ana.1).await, class.code(&house, class.ben).await);
        // By itself, in the evening: what was read before counts.
        let tablet = class.kiosk(&tom).await;
        let (morning, ten_hours) = (kept(&house, &tablet, &ana, Way::In, 0), 10 * 60);
        later(&house, ten_hours);
        assert_eq!(service::kiosk(&house.nobody(), &tablet.token, "").await.unwrap(), None);
        assert_eq!(word(&house, &tablet, &kept(&house, &tablet, &ben, Way::In, 1)).await, Word::Ended, "read after its end");
        assert_eq!(word(&house, &tablet, &morning).await, Word::In);
        assert_eq!(class.mark(&tom, class.ana.1).await.unwrap().0, MarkState::Present);
        // Ended by hand, or set up anew: nobody knows who has it now, so the keeper decides.
        later(&house, -ten_hours);
        let other = class.kiosk(&tom).await;
        let old = kept(&house, &tablet, &ben, Way::In, 0);
        assert_eq!(word(&house, &other, &old).await, Word::Ended);
        service::end(&tom, &class.delivery.to_string(), &other.id.to_string()).await.unwrap();
        assert_eq!(word(&house, &other, &kept(&house, &other, &ben, Way::In, 0)).await, Word::Ended);
        let strange = Tablet { token: other.token.clone(), id: KioskId(Uuid::from_u128(9)) };
        assert_eq!(word(&house, &strange, &kept(&house, &strange, &ben, Way::In, 0)).await, Word::Ended);
        assert_eq!(class.mark(&tom, class.ben).await, None);
        assert_eq!(listed(&class, &tom).await.len(), 4, "all of them are listed");
        // A week later the tablet is a stranger.
        later(&house, SENT_WITHIN.num_minutes() + 24 * 60);
        assert_eq!(tablet.send(&house, &morning).await.unwrap(), None);
    }
}
