//! Paper on both databases: keyed, confirmed where a mark stands, and its scans.

use super::{keying, model::PaperForm};
use crate::{
    attendance::{
        model::{MarkSource, MarkState, field_of},
        service as register,
    },
    common::{
        error::{AppError, Refusal},
        forms::FaultKind,
        ids::{DeliveryId, EnrolmentId, FileId, SlotId},
    },
    on_both,
    people::model::Actor,
    platform::{context::Ctx, db::counted},
    testing::House,
};
use bytes::Bytes;

struct Class {
    delivery: DeliveryId,
    slot: SlotId,
    trainer: Actor,
    ana: Actor,
    places: Vec<EnrolmentId>,
}

async fn class(house: &House) -> Class {
    let academy = house.institution("academy").await;
    let course = house.course("introductory").await;
    let delivery = house.delivery(course, academy, 20).await;
    let trainer = house.trainer("Tom").await;
    house.trains(delivery, trainer.person_id).await;
    let ana = house.person("Ana", &[]).await;
    let mut places = vec![house.enrol(delivery, ana.person_id).await];
    for name in ["Ben", "Cem"] {
        places.push(house.enrol(delivery, house.person(name, &[]).await.person_id).await);
    }
    Class { slot: house.slots(delivery).await[0], delivery, trainer, ana, places }
}

impl Class {
    fn form(&self, id: u128, signed: &[usize], absent: bool, sure: bool) -> PaperForm {
        let key = |place| field_of("signed", place).trim_start_matches("signed[").trim_end_matches(']').to_owned();
        let flag = |on: bool| if on { "true".to_owned() } else { String::new() };
        PaperForm {
            id: uuid::Uuid::from_u128(id).to_string(),
            delivery: self.delivery.to_string(),
            slot: self.slot.to_string(),
            signed: signed.iter().map(|n| (key(self.places[*n]), "true".to_owned())).collect(),
            absent: flag(absent),
            sure: flag(sure),
            reason: String::new(),
        }
    }

    async fn states(&self, cx: &Ctx) -> Vec<Option<(MarkState, MarkSource)>> {
        let sheet = register::register(cx, &self.delivery.to_string(), &self.slot.to_string()).await.unwrap();
        self.places
            .iter()
            .map(|place| {
                let name = sheet.names.iter().find(|name| name.id == *place).unwrap();
                name.mark.as_ref().map(|it| (it.mark.state, it.source))
            })
            .collect()
    }
}

on_both! {
    async fn what_was_signed_is_written_and_what_stands_is_asked_about(house) {
        let class = class(&house).await;
        let tom = house.as_actor(&class.trainer);
        let (present, absent) = (Some((MarkState::Present, MarkSource::Paper)), Some((MarkState::Absent, MarkSource::Paper)));
        keying::key(&tom, &class.form(1, &[0, 1], true, false)).await.unwrap();
        assert_eq!(class.states(&tom).await, [present, present, absent]);
        keying::key(&tom, &class.form(1, &[0, 1], true, false)).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM mark_change").await, 3, "sent twice, written once");

        // Another sheet: one has signed after all, one has not.
        let other = class.form(2, &[0, 2], true, false);
        let AppError::Invalid(faults) = keying::key(&tom, &other).await.unwrap_err() else { panic!() };
        assert_eq!(faults.len(), 3);
        assert!(faults.iter().any(|fault| matches!(&fault.kind,
            FaultKind::MarkStands { name, stands, paper } if name.contains("Cem") && stands == "absent" && paper == "present")));
        assert_eq!(class.states(&tom).await, [present, present, absent], "nothing until it is confirmed");
        keying::key(&tom, &class.form(2, &[0, 2], true, true)).await.unwrap();
        assert_eq!(class.states(&tom).await, [present, absent, present]);
        let (page, statements) = counted(keying::paper(&tom, &class.delivery.to_string(), &class.slot.to_string())).await;
        assert_eq!((page.unwrap().lines.len(), statements), (3, 4));

        let ana = house.as_actor(&class.ana);
        assert_eq!(keying::key(&ana, &class.form(3, &[0], false, false)).await.unwrap_err(), AppError::Forbidden);
        house.put(class.delivery, "reported").await;
        assert_eq!(keying::key(&tom, &class.form(4, &[0, 1, 2], false, true)).await.unwrap_err(), Refusal::Over.into());
    }
}

on_both! {
    async fn scans_are_kept_and_never_vanish(house) {
        let class = class(&house).await;
        let (tom, ana) = (house.as_actor(&class.trainer), house.as_actor(&class.ana));
        let (id, slot) = (class.delivery.to_string(), class.slot.to_string());
        assert_eq!(keying::may_scan(&ana, &id, &slot).await.unwrap_err(), AppError::Forbidden);
        let to = keying::may_scan(&tom, &id, &slot).await.unwrap();
        let file: FileId = house.app.id();
        let mut incoming = house.app.files.receive(file, "sheet.pdf", 1000).await.unwrap();
        incoming.write(Bytes::from_static(b"%PDF-1.7\nsigned")).await.unwrap();
        keying::add_scan(&tom, to, file, incoming.finish().await.unwrap()).await.unwrap();
        let page = keying::paper(&tom, &id, &slot).await.unwrap();
        assert_eq!((page.scans.len(), page.scans[0].sha256.len()), (1, 64));
        let scan = page.scans[0].id.to_string();
        assert_eq!(keying::open_scan(&ana, &id, &slot, &scan).await.unwrap_err(), AppError::Forbidden);
        assert_eq!(keying::open_scan(&tom, &id, &slot, &scan).await.unwrap().id, file);
        let elsewhere = house.slots(class.delivery).await[1].to_string();
        assert_eq!(keying::open_scan(&tom, &id, &elsewhere, &scan).await.unwrap_err(), AppError::NotFound);
        assert!(matches!(keying::withdraw(&tom, &id, &slot, &scan, " ").await.unwrap_err(), AppError::Invalid(_)));
        keying::withdraw(&tom, &id, &slot, &scan, "The wrong day").await.unwrap();
        assert_eq!(keying::withdraw(&tom, &id, &slot, &scan, "Again").await.unwrap_err(), Refusal::AlreadySent.into());
        let page = keying::paper(&tom, &id, &slot).await.unwrap();
        assert_eq!(page.scans[0].withdrawn.as_ref().unwrap().2, "The wrong day", "it stays, with the reason");
    }
}
