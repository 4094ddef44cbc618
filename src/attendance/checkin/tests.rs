//! Check-in on both databases: who comes in time, late, too early, at the wrong door or twice, and
//! what is tried with codes that are not shown any more.

use super::{
    allowed,
    api::{Arriving, Code},
    limits::Position,
    model::Hurdle,
    service,
};
use crate::{
    attendance::{
        model::{MarkSource, MarkState},
        service as register,
    },
    common::{
        error::{AppError, Refusal},
        ids::{DeliveryId, SlotId},
    },
    on_both,
    people::model::Actor,
    platform::context::Ctx,
    testing::House,
};
use chrono::TimeDelta;

struct Class {
    delivery: DeliveryId,
    slot: SlotId,
    trainer: Actor,
    ana: Actor,
    ben: Actor,
    stranger: Actor,
}

async fn class(house: &House) -> Class {
    let academy = house.institution("academy").await;
    let course = house.course("introductory").await;
    let delivery = house.delivery(course, academy, 300).await;
    let trainer = house.trainer("Tom").await;
    house.trains(delivery, trainer.person_id).await;
    let (ana, ben) = (house.person("Ana", &[]).await, house.person("Ben", &[]).await);
    house.enrol(delivery, ana.person_id).await;
    house.enrol(delivery, ben.person_id).await;
    let slot = house.slots(delivery).await[0];
    Class { delivery, slot, trainer, ana, ben, stranger: house.person("Eve", &[]).await }
}

impl Class {
    async fn open(&self, cx: &Ctx, tolerance: &str) -> Result<(), AppError> {
        service::set_door(cx, &self.delivery.to_string(), &self.slot.to_string(), tolerance, "open").await.map(|_| ())
    }

    async fn code(&self, cx: &Ctx, way: &str) -> Option<Code> {
        service::door(cx, &self.delivery.to_string(), &self.slot.to_string(), way).await.unwrap().code
    }

    /// What the QR code on the screen carries, as a phone would read it.
    async fn scanned(&self, cx: &Ctx, way: &str) -> String {
        let qr = self.code(cx, way).await.unwrap().qr;
        let (_, rest) = qr.split_once("c=").expect("the code names its address");
        rest.split(['"', '&']).next().unwrap().to_owned()
    }

    async fn at_door(&self, cx: &Ctx, way: &str, scanned: &str) -> Arriving {
        service::arriving(cx, &self.slot.to_string(), way, scanned, "", "").await.unwrap()
    }

    /// Scans, and presses what the page then offers.
    async fn pass(&self, trainer: &Ctx, who: &Ctx, way: &str) -> Arriving {
        let scanned = self.scanned(trainer, way).await;
        let page = self.at_door(who, way, &scanned).await;
        let Ok(ticket) = &page.ticket else { return page };
        service::arrive(who, &self.slot.to_string(), way, ticket, None).await.unwrap();
        service::arriving(who, &self.slot.to_string(), way, "", ticket, "").await.unwrap()
    }

    async fn mark(&self, cx: &Ctx, name: &str) -> Option<(MarkState, i64, MarkSource)> {
        let sheet = register::register(cx, &self.delivery.to_string(), &self.slot.to_string()).await.unwrap();
        let name = sheet.names.into_iter().find(|it| it.name.contains(name)).unwrap();
        name.mark.map(|it| (it.mark.state, it.mark.minutes, it.source))
    }
}

fn later(house: &House, minutes: i64) {
    house.app.clock.set(house.app.now() + TimeDelta::minutes(minutes));
}

async fn begins(house: &House, class: &Class) {
    let mut reader = house.app.db.read().await.unwrap();
    let door = super::store::door(&mut reader, class.slot).await.unwrap().unwrap();
    house.app.clock.set(door.starts_at);
}

on_both! {
    async fn in_time_late_and_out_again(house) {
        let class = class(&house).await;
        let (tom, ana, ben) = (house.as_actor(&class.trainer), house.as_actor(&class.ana), house.as_actor(&class.ben));
        begins(&house, &class).await;
        class.open(&tom, "5").await.unwrap();

        let page = class.pass(&tom, &ana, "in").await;
        assert!(page.done && page.said.is_some(), "{page:?}");
        let (state, minutes, source) = class.mark(&tom, "Ana").await.unwrap();
        assert_eq!((state, source), (MarkState::Present, MarkSource::Own));
        let whole = minutes;

        later(&house, 20);
        class.pass(&tom, &ben, "in").await;
        assert_eq!(class.mark(&tom, "Ben").await, Some((MarkState::Late, whole - 20, MarkSource::Own)));
        // A second scan says so and writes nothing.
        let again = class.pass(&tom, &ana, "in").await;
        assert!(again.done);
        assert_eq!(house.count("SELECT COUNT(*) FROM mark_change").await, 2);
        let door = service::door(&tom, &class.delivery.to_string(), &class.slot.to_string(), "in").await.unwrap();
        assert_eq!((door.inside, door.total), (2, 2));

        later(&house, 40);
        let page = class.pass(&tom, &ben, "out").await;
        assert!(page.done);
        assert_eq!(class.mark(&tom, "Ben").await, Some((MarkState::LeftEarly, 40, MarkSource::Own)));
        // Who stays to the end loses nothing by saying so.
        later(&house, whole - 60);
        begins(&house, &class).await;
        later(&house, whole - 3);
        let page = class.pass(&tom, &ana, "out").await;
        assert!(page.done);
        assert_eq!(class.mark(&tom, "Ana").await, Some((MarkState::Present, whole, MarkSource::Own)));
    }
}

on_both! {
    async fn only_what_is_shown_now_is_taken(house) {
        let class = class(&house).await;
        let (tom, ana) = (house.as_actor(&class.trainer), house.as_actor(&class.ana));
        begins(&house, &class).await;
        assert_eq!(class.at_door(&ana, "in", "x").await.ticket, Err(Hurdle::NotOpen));
        class.open(&tom, "").await.unwrap();
        let scanned = class.scanned(&tom, "in").await;
        assert!(class.at_door(&ana, "in", &scanned).await.ticket.is_ok());
        assert_eq!(class.at_door(&ana, "out", &scanned).await.ticket, Err(Hurdle::Expired), "for coming, not for going");
        let ticket = class.at_door(&ana, "in", &scanned).await.ticket.unwrap();

        // A picture sent home is worth nothing a minute later; who scanned in time may still sign in.
        later(&house, 1);
        assert_eq!(class.at_door(&ana, "in", &scanned).await.ticket, Err(Hurdle::Expired));
        service::arrive(&ana, &class.slot.to_string(), "in", "1763971200.AAAAAAAAAAAAAAAAAAAAAA", None).await.unwrap();
        assert_eq!(class.mark(&tom, "Ana").await, None, "a ticket cannot be made up");
        service::arrive(&ana, &class.slot.to_string(), "in", &ticket, None).await.unwrap();
        assert!(class.mark(&tom, "Ana").await.is_some());

        // Opened anew, older codes and tickets are worth nothing.
        let scanned = class.scanned(&tom, "in").await;
        class.open(&tom, "").await.unwrap();
        assert_eq!(class.at_door(&house.as_actor(&class.ben), "in", &scanned).await.ticket, Err(Hurdle::Expired));
        let ids = (class.delivery.to_string(), class.slot.to_string());
        service::set_door(&tom, &ids.0, &ids.1, "", "close").await.unwrap();
        assert!(class.code(&tom, "in").await.is_none());
    }
}

on_both! {
    async fn the_digits_find_ones_own_half_day(house) {
        let class = class(&house).await;
        let (tom, ana, eve) = (house.as_actor(&class.trainer), house.as_actor(&class.ana), house.as_actor(&class.stranger));
        begins(&house, &class).await;
        class.open(&tom, "").await.unwrap();
        let digits = class.code(&tom, "in").await.unwrap().short;
        assert_eq!(service::arrive_by_code(&eve, &digits).await.unwrap_err(), Refusal::WrongDigits.into());
        assert_eq!(service::arrive_by_code(&ana, "12").await.unwrap_err(), Refusal::WrongDigits.into());
        let spaced = format!(" {} {}", &digits[..3], &digits[3..]);
        service::arrive_by_code(&ana, &spaced).await.unwrap();
        assert_eq!(class.mark(&tom, "Ana").await.unwrap().0, MarkState::Present);
        // Nobody tries a million codes.
        let mut last = Ok(());
        for n in 0..100 {
            last = service::arrive_by_code(&eve, &format!("{n:06}")).await.map(|_| ());
        }
        assert!(matches!(last, Err(AppError::TooMany(_))), "{last:?}");
    }
}

on_both! {
    async fn at_the_wrong_door_and_without_the_right(house) {
        let class = class(&house).await;
        let (tom, eve) = (house.as_actor(&class.trainer), house.as_actor(&class.stranger));
        begins(&house, &class).await;
        assert_eq!(class.open(&eve, "").await.unwrap_err(), AppError::Forbidden);
        assert!(matches!(class.open(&tom, "61").await.unwrap_err(), AppError::Invalid(_)));
        class.open(&tom, "").await.unwrap();
        let scanned = class.scanned(&tom, "in").await;
        let page = class.at_door(&eve, "in", &scanned).await;
        assert_eq!((page.ticket, page.elsewhere), (Err(Hurdle::WrongGroup), None));
        // Who is expected next door is told where.
        let (academy, course) = (house.institution("annex").await, house.course("advanced").await);
        let elsewhere = house.delivery(course, academy, 20).await;
        house.enrol(elsewhere, class.stranger.person_id).await;
        let there = class.at_door(&eve, "in", &scanned).await.elsewhere.unwrap();
        assert!(there.slot == house.slots(elsewhere).await[0] && there.starts < there.ends, "{there:?}");
        // Nobody signed in: the ticket outlives the way over the sign-in page.
        let nobody = Ctx { actor: None, ..tom.clone() };
        let page = class.at_door(&nobody, "in", &scanned).await;
        assert!(page.ticket.is_ok() && !page.signed_in && page.said.is_none());
        assert_eq!(service::arrive(&nobody, &class.slot.to_string(), "in", "x", None).await.unwrap_err(), AppError::SignInRequired);
        house.put(class.delivery, "reported").await;
        assert_eq!(class.at_door(&eve, "in", &scanned).await.ticket, Err(Hurdle::WrongGroup));
        let ana = house.as_actor(&class.ana);
        assert_eq!(class.at_door(&ana, "in", &scanned).await.ticket, Err(Hurdle::Closed));
    }
}

on_both! {
    async fn who_was_marked_absent_and_comes_is_late(house) {
        let class = class(&house).await;
        let (tom, ana) = (house.as_actor(&class.trainer), house.as_actor(&class.ana));
        begins(&house, &class).await;
        class.open(&tom, "10").await.unwrap();
        let sheet = register::register(&tom, &class.delivery.to_string(), &class.slot.to_string()).await.unwrap();
        let place = sheet.names.iter().find(|name| name.name.contains("Ana")).unwrap().id;
        let action = format!(r#"{{"id":"{}","touches":[{{"e":"{place}","s":"absent"}}]}}"#, uuid::Uuid::from_u128(7));
        register::mark(&tom, &class.delivery.to_string(), &class.slot.to_string(), &action).await.unwrap();
        later(&house, 30);
        class.pass(&tom, &ana, "in").await;
        assert_eq!(class.mark(&tom, "Ana").await.map(|mark| mark.0), Some(MarkState::Late));
        // The trainer's mark is kept in the history.
        assert_eq!(house.count("SELECT COUNT(*) FROM mark_change").await, 2);
    }
}

on_both! {
    async fn limited_to_a_network_or_a_place(house) {
        let class = class(&house).await;
        let (tom, ana, ben) = (house.as_actor(&class.trainer), house.as_actor(&class.ana), house.as_actor(&class.ben));
        begins(&house, &class).await;
        class.open(&tom, "10").await.unwrap();
        let (delivery, slot) = (class.delivery.to_string(), class.slot.to_string());
        let limit = async |cx: &Ctx, networks: &str, latitude: &str| {
            let place = (latitude, if latitude.is_empty() { "" } else { "19.8187" }, "150");
            allowed::set_limits(cx, (&delivery, &slot), networks, place).await.map(|_| ())
        };
        assert_eq!(limit(&ana, "192.0.2.0/24", "").await.unwrap_err(), AppError::Forbidden);
        assert!(matches!(limit(&tom, "the library", "").await.unwrap_err(), AppError::Invalid(_)));
        limit(&tom, "192.0.2.0/24", "").await.unwrap();
        assert_eq!(service::door(&tom, &delivery, &slot, "in").await.unwrap().limits.networks, "192.0.2.0/24");
        let scanned = class.scanned(&tom, "in").await;
        let from = |who: &Ctx, address: &str| Ctx { source: address.into(), ..who.clone() };

        // A code that was passed on: no ticket, and the one of a friend in the room is worth nothing.
        let away = from(&ana, "198.51.100.9");
        assert_eq!(class.at_door(&away, "in", &scanned).await.ticket, Err(Hurdle::WrongNetwork));
        let ticket = class.at_door(&from(&ana, "192.0.2.7"), "in", &scanned).await.ticket.unwrap();
        service::arrive(&away, &slot, "in", &ticket, None).await.unwrap();
        let digits = class.code(&tom, "in").await.unwrap().short;
        service::arrive_by_code(&away, &digits).await.unwrap();
        assert_eq!(class.mark(&tom, "Ana").await, None);
        service::arrive(&from(&ana, "192.0.2.7"), &slot, "in", &ticket, None).await.unwrap();
        assert!(class.mark(&tom, "Ana").await.is_some());

        // With a place beside it: who is not in the network says where they are, and either is enough.
        limit(&tom, "192.0.2.0/24", "41.3275").await.unwrap();
        let away = from(&ben, "198.51.100.9");
        let page = class.at_door(&away, "in", &scanned).await;
        assert!(page.place && page.ticket.is_ok());
        assert!(!class.at_door(&from(&ben, "192.0.2.7"), "in", &scanned).await.place);
        let ticket = page.ticket.unwrap();
        let position = |latitude| Position::parse(latitude, "19.8187", "20");
        let refused = service::arrive(&away, &slot, "in", &ticket, None).await.unwrap_err();
        assert_eq!(refused, AppError::Refused(Refusal::Unplaced));
        let refused = service::arrive(&away, &slot, "in", &ticket, position("41.40")).await.unwrap_err();
        assert_eq!(refused, AppError::Refused(Refusal::TooFar));
        // Digits lead to the page that asks for the place.
        let asked = service::arrive_by_code(&away, &digits).await.unwrap().to;
        assert!(asked.starts_with(&format!("/in/{slot}?way=in&k=")), "{asked}");
        assert_eq!(class.mark(&tom, "Ben").await, None);
        service::arrive(&away, &slot, "in", &ticket, position("41.3280")).await.unwrap();
        assert!(class.mark(&tom, "Ben").await.is_some());

        // Taken off again; what was set is in the record of who did what.
        limit(&tom, "", "").await.unwrap();
        assert!(class.at_door(&from(&ana, "198.51.100.9"), "out", "").await.ticket != Err(Hurdle::WrongNetwork));
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE action = 'limit_check_in'").await, 3);
        assert_eq!(house.count("SELECT COUNT(*) FROM check_in_limit").await, 0);
    }
}
