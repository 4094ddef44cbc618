//! Kiosks on both databases: who is marked, what is answered, and what a kiosk cannot do.

use super::{
    model::{Heard, Reading, Word},
    service,
};
use crate::{
    attendance::{
        badges::{service as badges, store as badge_store},
        checkin::{model::Way, service as door},
        model::{MarkSource, MarkState},
        service as register,
    },
    common::{
        error::{AppError, Refusal},
        ids::{DeliveryId, EnrolmentId, KioskId, SlotId},
    },
    on_both,
    people::model::Actor,
    platform::context::Ctx,
    testing::House,
};
use chrono::TimeDelta;

pub struct Class {
    pub delivery: DeliveryId,
    pub slot: SlotId,
    pub trainer: Actor,
    pub ana: (Actor, EnrolmentId),
    pub ben: EnrolmentId,
    pub other: DeliveryId,
    pub eve: EnrolmentId,
}

/// A kiosk: what it shows the server, and who it is.
pub struct Tablet {
    pub token: String,
    pub id: KioskId,
}

impl Tablet {
    /// A badge that is read now, and sent at once.
    pub fn reads(&self, house: &House, code: &str, way: Way) -> Reading {
        let now = house.app.now();
        Reading {
            id: house.app.entropy.uuid(now),
            kiosk: self.id,
            code: code.to_owned(),
            way,
            at: now.timestamp_micros(),
            unsure: false,
            late: false,
        }
    }

    pub async fn send(&self, house: &House, reading: &Reading) -> Result<Option<Heard>, AppError> {
        service::scan(&house.nobody(), &self.token, &serde_json::to_string(reading).unwrap()).await
    }
}

pub async fn class(house: &House) -> Class {
    let academy = house.institution("academy").await;
    let course = house.course("introductory").await;
    let delivery = house.delivery(course, academy, 20).await;
    let other = house.delivery(course, academy, 20).await;
    let trainer = house.trainer("Tom").await;
    house.trains(delivery, trainer.person_id).await;
    house.trains(other, trainer.person_id).await;
    let ana = house.person("Ana", &[]).await;
    let place = house.enrol(delivery, ana.person_id).await;
    let ben = house.enrol(delivery, house.person("Ben", &[]).await.person_id).await;
    let eve = house.enrol(other, house.person("Eve", &[]).await.person_id).await;
    let tom = house.as_actor(&trainer);
    for id in [delivery, other] {
        badges::make(&tom, &id.to_string()).await.unwrap();
    }
    let slot = house.slots(delivery).await[0];
    Class { delivery, slot, trainer, ana: (ana, place), ben, other, eve }
}

impl Class {
    pub async fn kiosk(&self, cx: &Ctx) -> Tablet {
        let token = service::start(cx, &self.delivery.to_string(), "").await.unwrap().0;
        let id = service::kiosk(cx, &token, "").await.unwrap().unwrap().id;
        Tablet { token, id }
    }

    /// What the QR code of somebody's badge carries.
    pub async fn code(&self, house: &House, place: EnrolmentId) -> String {
        let mut reader = house.app.db.read().await.unwrap();
        for delivery in [self.delivery, self.other] {
            let rows = badge_store::list(&mut reader, delivery).await.unwrap();
            if let Some(row) = rows.into_iter().find(|row| row.id == place) {
                return row.token.unwrap();
            }
        }
        panic!("no badge");
    }

    pub async fn mark(&self, cx: &Ctx, place: EnrolmentId) -> Option<(MarkState, i64, MarkSource, Option<String>)> {
        let sheet = register::register(cx, &self.delivery.to_string(), &self.slot.to_string()).await.unwrap();
        let name = sheet.names.into_iter().find(|name| name.id == place).unwrap();
        name.mark.map(|it| (it.mark.state, it.mark.minutes, it.source, it.by))
    }
}

pub fn later(house: &House, minutes: i64) {
    house.app.clock.set(house.app.now() + TimeDelta::minutes(minutes));
}

async fn scan(house: &House, tablet: &Tablet, code: &str, way: &str) -> Heard {
    tablet.send(house, &tablet.reads(house, code, way.parse().unwrap())).await.unwrap().unwrap()
}

on_both! {
    async fn badges_are_read_and_marks_written(house) {
        let class = class(&house).await;
        let ada = house.officer().await;
        let (tom, officer) = (house.as_actor(&class.trainer), house.as_actor(&ada));
        let token = class.kiosk(&tom).await;
        let (ana, ben) = (class.code(&house, class.ana.1).await, class.code(&house, class.ben).await);

        let heard = scan(&house, &token, &ana, "in").await;
        assert_eq!((heard.word, heard.name.as_str()), (Word::In, "Ana Tester"));
        let (state, whole, source, by) = class.mark(&officer, class.ana.1).await.unwrap();
        assert_eq!((state, source), (MarkState::Present, MarkSource::Kiosk));
        assert!(by.unwrap().contains("Tom"), "who set the kiosk up answers for it");
        later(&house, 25);
        assert_eq!(scan(&house, &token, &ana.to_lowercase(), "in").await.word, Word::AlreadyIn);
        let heard = scan(&house, &token, &ben, "in").await;
        assert_eq!((heard.word, heard.minutes), (Word::Late, 25));
        assert_eq!(class.mark(&officer, class.ben).await.unwrap().1, whole - 25);

        // Out again: early, twice, and at the end.
        later(&house, 60);
        let heard = scan(&house, &token, &ben, "out").await;
        assert_eq!((heard.word, heard.minutes), (Word::Out, 60));
        assert_eq!(scan(&house, &token, &ben, "out").await.word, Word::Out, "a second time changes nothing");
        later(&house, whole - 85 - 3);
        assert_eq!(scan(&house, &token, &ana, "out").await.word, Word::OutFull);
        assert_eq!(house.count("SELECT COUNT(*) FROM mark_change").await, 3);

        // A browser without script is told on its next page, for some seconds.
        service::scan_and_tell(&house.nobody(), &token.token, &ana, "in").await.unwrap();
        let page = service::kiosk(&house.nobody(), &token.token, "in").await.unwrap().unwrap();
        assert_eq!(page.said.unwrap().word, Word::AlreadyIn);
        later(&house, 1);
        assert_eq!(service::kiosk(&house.nobody(), &token.token, "in").await.unwrap().unwrap().said, None);
    }
}

on_both! {
    async fn who_is_not_marked_is_told_why(house) {
        let class = class(&house).await;
        let tom = house.as_actor(&class.trainer);
        let token = class.kiosk(&tom).await;
        let (ana, eve) = (class.code(&house, class.ana.1).await, class.code(&house, class.eve).await);
        let heard = scan(&house, &token, &eve, "in").await;
        assert_eq!(heard.word, Word::WrongGroup);
        assert_eq!(heard.elsewhere.unwrap().slot, house.slots(class.other).await[0], "and where she belongs");
        assert_eq!(scan(&house, &token, &ana, "out").await.word, Word::NotIn);
        badges::renew(&tom, &class.delivery.to_string(), &class.ana.1.to_string()).await.unwrap();
        let heard = scan(&house, &token, &ana, "in").await;
        assert_eq!((heard.word, heard.name.as_str()), (Word::Replaced, ""), "a found badge tells no name");
        assert_eq!(scan(&house, &token, "https://elsewhere.example/", "in").await.word, Word::Unknown);
        let new = class.code(&house, class.ana.1).await;
        house.put(class.delivery, "reported").await;
        assert_eq!(scan(&house, &token, &new, "in").await.word, Word::Closed);
        house.put(class.delivery, "running").await;
        // After the last half-day, while the kiosk still lasts.
        later(&house, 490);
        assert_eq!(scan(&house, &token, &new, "in").await.word, Word::NoSlot);
        assert_eq!(house.count("SELECT COUNT(*) FROM mark_change").await, 0);
        // Nobody tries codes at an unwatched tablet.
        let mut last = Ok(());
        for _ in 0..300 {
            last = token.send(&house, &token.reads(&house, "00000-00001", Way::In)).await.map(|_| ());
        }
        assert!(matches!(last, Err(AppError::TooMany(_))), "{last:?}");
    }
}

on_both! {
    async fn a_kiosk_ends_and_nobody_else_has_one(house) {
        let class = class(&house).await;
        let tom = house.as_actor(&class.trainer);
        let ana = class.code(&house, class.ana.1).await;
        let id = class.delivery.to_string();
        let participant = house.as_actor(&class.ana.0);
        assert_eq!(service::start(&participant, &id, "").await.unwrap_err(), AppError::Forbidden);
        assert!(matches!(service::start(&tom, &id, "25").await.unwrap_err(), AppError::Invalid(_)));
        let made_up = Tablet { token: "made-up".into(), id: house.app.id() };
        assert_eq!(made_up.send(&house, &made_up.reads(&house, &ana, Way::In)).await.unwrap(), None);

        let token = class.kiosk(&tom).await;
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE action = 'sign_out'").await, 1, "signed out of it");
        let list = badges::badges(&tom, &id).await.unwrap().kiosks;
        assert_eq!(list.len(), 1);
        let kiosk = list[0].id.to_string();
        assert_eq!(service::end(&tom, &class.other.to_string(), &kiosk).await.unwrap_err(), AppError::NotFound);
        service::end(&tom, &id, &kiosk).await.unwrap();
        assert_eq!(scan(&house, &token, &ana, "in").await.word, Word::Ended);
        assert_eq!(service::kiosk(&house.nobody(), &token.token, "").await.unwrap(), None);

        // And by itself, an hour after the day's last half-day.
        let token = class.kiosk(&tom).await;
        assert!(service::kiosk(&house.nobody(), &token.token, "").await.unwrap().is_some());
        later(&house, 10 * 60);
        assert_eq!(service::kiosk(&house.nobody(), &token.token, "").await.unwrap(), None);
        house.put(class.delivery, "reported").await;
        assert_eq!(service::start(&tom, &id, "").await.unwrap_err(), Refusal::Over.into());
    }
}

on_both! {
    async fn a_badge_checks_in_who_has_scanned_the_wall(house) {
        let class = class(&house).await;
        let (tom, nobody) = (house.as_actor(&class.trainer), house.nobody());
        let (id, slot) = (class.delivery.to_string(), class.slot.to_string());
        door::set_door(&tom, &id, &slot, "", "open").await.unwrap();
        let qr = door::door(&tom, &id, &slot, "in").await.unwrap().code.unwrap().qr;
        let scanned = qr.split_once("c=").unwrap().1.split(['"', '&']).next().unwrap().to_owned();
        let ticket = door::arriving(&nobody, &slot, "in", &scanned, "", "").await.unwrap().ticket.unwrap();
        let (ana, eve) = (class.code(&house, class.ana.1).await, class.code(&house, class.eve).await);

        let refused = door::arrive_by_badge(&nobody, &slot, "in", &ticket, &eve, None).await.unwrap_err();
        assert_eq!(refused, Refusal::UnknownBadge.into());
        door::arrive_by_badge(&nobody, &slot, "in", "1763971200.AAAAAAAAAAAAAAAAAAAAAA", &ana, None).await.unwrap();
        assert_eq!(class.mark(&tom, class.ana.1).await, None, "only with the ticket of the wall");
        let done = door::arrive_by_badge(&nobody, &slot, "in", &ticket, &ana, None).await.unwrap();
        let (state, _, source, by) = class.mark(&tom, class.ana.1).await.unwrap();
        assert_eq!((state, source, by.as_deref()), (MarkState::Present, MarkSource::Own, Some("Ana Tester")));
        let receipt = done.to.split_once("&r=").unwrap().1;
        let page = door::arriving(&nobody, &slot, "in", "", "", receipt).await.unwrap();
        assert!(page.done && page.said.is_some(), "the page says what was recorded");
        let forged = receipt.replace(&class.ana.1.to_string(), &class.ben.to_string());
        assert!(!door::arriving(&nobody, &slot, "in", "", "", &forged).await.unwrap().done);
    }
}
