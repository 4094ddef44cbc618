//! People counted without names, on both databases: proved, confirmed by somebody else, and in no other figure.

use super::{evidence, model::TallyForm, service};
use crate::{
    attendance::counts,
    common::{
        error::{AppError, Refusal},
        ids::{DeliveryId, FileId, InstitutionId, TallyId},
    },
    institutions::{self, store::AreaRow},
    on_both,
    platform::{context::Ctx, db::counted, files::Arrived},
    reporting::{self, attendance::api::Asked, model::Unnamed, service::Filter},
    testing::House,
};
use uuid::Uuid;

fn outside(house: &House, institution: InstitutionId, people: &[(&str, &str)]) -> TallyForm {
    TallyForm {
        id: house.app.id::<Uuid>().to_string(),
        version: "0".into(),
        institution: institution.to_string(),
        title: "A closed course".into(),
        area: "AL".into(),
        place: "Tirana".into(),
        starts_on: "2026-11-02".into(),
        ends_on: "2026-11-03".into(),
        n: people.iter().map(|(cell, n)| ((*cell).to_owned(), (*n).to_owned())).collect(),
        ..TallyForm::default()
    }
}

async fn attach(house: &House, cx: &Ctx, tally: &str) -> Result<(), AppError> {
    let file: FileId = house.app.id();
    let arrived = Arrived {
        key: format!("x/{file}"),
        name: "list.pdf".into(),
        media_type: "application/pdf",
        size: 10,
        sha256: "0".repeat(64),
    };
    let tally: TallyId = tally.parse().unwrap();
    evidence::attach(cx, tally, "Signed list", file, arrived).await.map(|_| ())
}

async fn verify(cx: &Ctx, tally: &str) -> Result<(), AppError> {
    let version = service::view(cx, tally, "en").await?.version.to_string();
    service::verify(cx, tally, &version, "true").await.map(|_| ())
}

/// What is told beside the numbers of everything.
async fn beside(cx: &Ctx) -> (Option<i64>, Option<i64>) {
    let total = reporting::service::report(cx, "en", &Filter::default()).await.unwrap().total;
    (total.unnamed.people, total.unnamed.unverified)
}

on_both! {
    async fn a_count_is_proved_and_confirmed_by_somebody_else(house) {
        let academy = house.institution("academy").await;
        let other = house.institution("other").await;
        let ada = house.as_actor(&house.administrator("Ada", academy).await);
        let eve = house.as_actor(&house.administrator("Eve", other).await);
        let officer = house.as_actor(&house.officer().await);
        let form = outside(&house, academy, &[("AL.judge.f", "12"), ("AL.prosecutor.m", "9")]);
        assert_eq!(service::save(&eve, &form).await.unwrap_err(), AppError::Forbidden);
        service::save(&ada, &form).await.unwrap();
        assert_eq!(service::save(&ada, &form).await.unwrap_err(), Refusal::AlreadySent.into());
        let id = form.id.as_str();
        assert_eq!(service::view(&eve, id, "en").await.unwrap_err(), AppError::Forbidden);
        assert!(service::list(&eve, "en", "", "", "").await.unwrap().lines.is_empty());
        let (list, statements) = counted(service::list(&ada, "en", "academy", "unverified", "")).await;
        assert_eq!((list.unwrap().lines.len(), statements <= 4), (1, true));
        assert_eq!(beside(&officer).await, (Some(21), Some(21)));

        // Without evidence nobody confirms it; the institution never does.
        assert_eq!(verify(&officer, id).await.unwrap_err(), Refusal::NoEvidence.into());
        assert_eq!(attach(&house, &eve, id).await.unwrap_err(), AppError::Forbidden);
        attach(&house, &ada, id).await.unwrap();
        assert_eq!(verify(&ada, id).await.unwrap_err(), AppError::Forbidden);
        let read = service::view(&officer, id, "en").await.unwrap();
        assert!(matches!(service::verify(&officer, id, &read.version.to_string(), "").await.unwrap_err(), AppError::Invalid(_)));
        attach(&house, &ada, id).await.unwrap();
        let stale = service::verify(&officer, id, &read.version.to_string(), "true").await.unwrap_err();
        assert!(matches!(stale, AppError::Conflict(_)), "something was attached since it was read");
        verify(&officer, id).await.unwrap();
        assert_eq!(verify(&officer, id).await.unwrap_err(), Refusal::WrongState.into());
        assert_eq!(beside(&officer).await, (Some(21), Some(0)));
        let (page, statements) = counted(service::view(&ada, id, "en")).await;
        let page = page.unwrap();
        assert!(statements <= 4, "{statements} statements");
        assert_eq!(page.head.verified.as_ref().map(|(name, _)| name.as_str()), Some("Officer Tester"));
        assert_eq!((page.evidence.len(), page.steps.len()), (2, 4));

        // A change takes the confirmation away, and so does losing the last evidence.
        let edit = service::for_edit(&ada, id, "", "en").await.unwrap();
        let changed = TallyForm {
            version: edit.version.to_string(), n: [("AL.judge.f".to_owned(), "14".to_owned())].into(), ..edit.form.clone()
        };
        service::save(&ada, &changed).await.unwrap();
        assert!(matches!(service::save(&ada, &changed).await.unwrap_err(), AppError::Conflict(_)));
        assert_eq!(beside(&officer).await, (Some(14), Some(14)));
        verify(&officer, id).await.unwrap();
        for piece in page.evidence {
            evidence::withdraw_evidence(&ada, id, &piece.id.to_string(), "The wrong list").await.unwrap();
            let twice = evidence::withdraw_evidence(&ada, id, &piece.id.to_string(), "Again").await.unwrap_err();
            assert_eq!(twice, Refusal::AlreadySent.into());
        }
        assert_eq!(beside(&officer).await, (Some(14), Some(14)));
        attach(&house, &ada, id).await.unwrap();
        verify(&officer, id).await.unwrap();
        assert_eq!(service::doubt(&ada, id, "No").await.unwrap_err(), AppError::Forbidden);
        service::doubt(&officer, id, "Two names stand twice").await.unwrap();
        service::withdraw(&ada, id, "It was a rehearsal").await.unwrap();
        assert_eq!(service::withdraw(&ada, id, "Again").await.unwrap_err(), Refusal::WrongState.into());
        assert_eq!(beside(&officer).await, (Some(0), Some(0)));
        assert_eq!(house.count("SELECT COUNT(*) FROM tally_step").await, 12, "everything that was done is kept");

        // An officer's own count waits for another officer.
        let own = outside(&house, academy, &[("AL.judge.f", "6")]);
        service::save(&officer, &own).await.unwrap();
        attach(&house, &officer, &own.id).await.unwrap();
        assert_eq!(verify(&officer, &own.id).await.unwrap_err(), Refusal::OwnCount.into());
    }
}

async fn count_half_day(house: &House, cx: &Ctx, delivery: DeliveryId, at: usize, judges: &str) {
    let (id, slot) = (delivery.to_string(), house.slots(delivery).await[at].to_string());
    let form = counts::model::CountForm {
        id: house.app.id::<Uuid>().to_string(),
        seen: counts::service::page(cx, &id, &slot, "", "en").await.unwrap().seen,
        delivery: id,
        slot,
        n: [("AL.judge.f".to_owned(), judges.to_owned())].into(),
        ..Default::default()
    };
    counts::service::save(cx, &form).await.unwrap();
}

on_both! {
    async fn a_sealed_delivery_is_counted_as_a_whole_and_in_nothing_else(house) {
        let academy = house.institution("academy").await;
        let course = house.course("introductory").await;
        let ada = house.as_actor(&house.administrator("Ada", academy).await);
        let officer = house.as_actor(&house.officer().await);
        let open = house.delivery(course, academy, 20).await;
        for name in ["Ana", "Ben", "Cia", "Dan", "Eli", "Fay"] {
            let person = house.person(name, &[]).await;
            house.enrol(open, person.person_id).await;
        }
        reporting::service::refresh(&officer).await.unwrap();
        let before = reporting::service::report(&officer, "en", &Filter::default()).await.unwrap();
        let hours = reporting::attendance::service::numbers(&officer, "en", &Asked::default()).await.unwrap();

        let sealed = house.delivery(course, academy, 20).await;
        let new = service::for_new(&ada, &sealed.to_string(), "", "en").await;
        assert_eq!(new.unwrap_err(), AppError::NotFound, "whose people have names is not counted without");
        house.seal(sealed).await;
        count_half_day(&house, &ada, sealed, 0, "17").await;
        count_half_day(&house, &ada, sealed, 0, "11").await;
        let new = service::for_new(&ada, &sealed.to_string(), "", "en").await.unwrap();
        assert!(new.proposed);
        assert_eq!(new.heads[0].people, 11, "the count that stands, not the one before it");
        let form = TallyForm {
            id: house.app.id::<Uuid>().to_string(),
            version: "0".into(),
            delivery: sealed.to_string(),
            n: [("AL.judge.f".to_owned(), "13".to_owned())].into(),
            ..TallyForm::default()
        };
        service::save(&ada, &form).await.unwrap();
        let second = TallyForm { id: house.app.id::<Uuid>().to_string(), ..form.clone() };
        assert_eq!(service::save(&ada, &second).await.unwrap_err(), Refusal::CountedAlready.into());

        reporting::service::refresh(&officer).await.unwrap();
        let (after, statements) = counted(reporting::service::report(&officer, "en", &Filter::default())).await;
        let after = after.unwrap();
        assert!(statements <= 4, "{statements} statements");
        let thirteen = Unnamed { people: Some(13), unverified: Some(13) };
        assert_eq!(after.total.unnamed, thirteen);
        assert_eq!((after.total.participations, after.total.persons), (before.total.participations, before.total.persons));
        assert_eq!((after.areas[0].figures.unnamed, after.courses[0].figures.unnamed), (thirteen, thirteen));
        let (numbers, statements) =
            counted(reporting::attendance::service::numbers(&officer, "en", &Asked { by: "institution".into(), ..Asked::default() })).await;
        let numbers = numbers.unwrap();
        assert!(statements <= 4, "{statements} statements");
        assert_eq!((numbers.total.unnamed, numbers.total.persons, numbers.total.participations), (thirteen, hours.total.persons, hours.total.participations));
        assert_eq!(numbers.lines[0].told.unnamed, thirteen);
        // In the file it has columns of its own.
        let file = reporting::service::report_csv(&officer, crate::i18n::Locale::en, &Filter::default()).await.unwrap();
        let lines: Vec<&str> = file.lines().collect();
        assert!(lines[0].ends_with("Completions,Counted without names,Of these unverified"), "{}", lines[0]);
        assert!(lines[1].contains(",6,6,") && lines[1].ends_with(",13,13"), "{}", lines[1]);

        // Others see it rounded, and nobody without the right sees it.
        let told = |cx: Ctx| async move { reporting::service::unnamed(&cx, "", "academy", "").await.unwrap() };
        assert_eq!(told(officer.clone()).await, Some(thirteen));
        assert_eq!(told(ada.clone()).await, Some(Unnamed { people: Some(15), unverified: Some(15) }));
        assert_eq!(told(house.nobody()).await, None);
        assert_eq!(reporting::service::unnamed(&officer, "", "", "XX").await.unwrap(), Some(Unnamed::default()));
    }
}

on_both! {
    async fn an_area_counts_who_comes_from_there(house) {
        let academy = house.institution("academy").await;
        let officer = house.as_actor(&house.officer().await);
        let mut tx = house.app.db.begin().await.unwrap();
        let area = AreaRow {
            code: "BA".into(),
            languages: String::new(),
            convention_deposit: None,
            convention_in_force: None,
            project_area: true,
            footnote: false,
            note: String::new(),
        };
        institutions::store::add_area(&mut tx, &area).await.unwrap();
        tx.commit().await.unwrap();
        // Held in AL; seven of the thirteen came from BA.
        let form = outside(&house, academy, &[("AL.judge.f", "6"), ("BA.judge.f", "7")]);
        service::save(&officer, &form).await.unwrap();
        let report = reporting::service::report(&officer, "en", &Filter::default()).await.unwrap();
        for (area, people) in [("AL", 6), ("BA", 7), ("", 13)] {
            let told = Unnamed { people: Some(people), unverified: Some(people) };
            assert_eq!(reporting::service::unnamed(&officer, "", "", area).await.unwrap(), Some(told), "{area}");
            let line = report.areas.iter().find(|line| line.key == area).map_or(report.total, |line| line.figures);
            assert_eq!(line.unnamed, told, "{area}: the pages agree");
        }
    }
}
