//! Outcomes by rule, and certificates that anybody can check.

mod lost;
mod paper;

pub use lost::{LOST_JOB, lost_job};
pub use paper::{PAPER_JOB, download, paper_job};

use super::{
    api::{CertificateLine, ResultLine, Results},
    model::{Attested, Code, MyCertificate, Rule, Standing, Tally, Verdict, steps},
    notice_store,
    store::{self, Certificate, NewCertificate, Place},
};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::{Checks, Done, FaultKind, Flash},
        ids::{CertificateId, DeliveryId, EnrolmentId, PersonId},
    },
    deliveries::{
        self,
        model::{DeliveryHead, DeliveryState, Mode},
    },
    enrolment::model::{EnrolmentState, Risk},
    i18n,
    institutions::model::KOSOVO,
    people::{
        accounts::{
            attempt_model::Counted,
            attempts::{self, Count},
        },
        rights::{Record, Right, demand, may, require},
    },
    platform::{
        audit,
        context::Ctx,
        db::{Handle, Tx},
        http::guard::network,
        jobs, mail, zones,
    },
    tr,
};
use chrono::{DateTime, NaiveDate, Utc};
use futures::future::BoxFuture;

/// Looks at a delivery's outcomes, as a job.
pub fn look_job(cx: Ctx, payload: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let about: jobs::About = serde_json::from_str(&payload).map_err(|_| AppError::Internal)?;
        look(&cx, about.delivery).await
    })
}

/// A delivery with everything its outcomes are decided by. Four statements.
struct Case {
    head: DeliveryHead,
    rule: Rule,
    programme_minutes: i64,
    /// Minutes of the half-days whose register is open.
    open_minutes: i64,
    /// The longest of them.
    longest: i64,
    items_required: i64,
    places: Vec<Place>,
    trains: bool,
}

impl Case {
    async fn load(h: &mut impl Handle, id: DeliveryId, who: Option<PersonId>) -> Result<Option<Self>, AppError> {
        let Some(head) = deliveries::store::head(h, id).await? else { return Ok(None) };
        let slots = store::slots(h, id).await?;
        let (items_required, trains) = store::measures(h, id, who).await?;
        Ok(Some(Self {
            rule: Rule {
                attendance_percent: head.attendance_percent,
                excused: head.excused,
                modules_required: head.modules_required,
                self_paced: head.mode == Mode::SelfPaced,
            },
            programme_minutes: slots.iter().map(|(minutes, _)| minutes).sum(),
            open_minutes: slots.iter().filter(|(_, closed)| !closed).map(|(minutes, _)| minutes).sum(),
            longest: slots.iter().map(|(minutes, _)| *minutes).max().unwrap_or_default(),
            items_required,
            places: store::places(h, id).await?,
            trains,
            head,
        }))
    }

    fn tally(&self, place: &Place) -> Tally {
        Tally {
            attended_minutes: place.attended_minutes.min(self.programme_minutes),
            programme_minutes: self.programme_minutes,
            excused_minutes: place.excused_minutes,
            pending_minutes: if self.over() { 0 } else { (self.open_minutes - place.known_minutes).max(0) },
            items_done: place.items_done,
            items_required: self.items_required,
        }
    }

    /// Whether anything was ever recorded here. Records taken from documents have no register,
    /// and nobody is called absent for want of one.
    fn recorded(&self) -> bool {
        self.places.iter().any(|place| place.attended_minutes > 0 || place.items_done > 0)
    }

    fn over(&self) -> bool {
        matches!(self.head.state, DeliveryState::Delivered | DeliveryState::Reported)
    }

    fn today(&self, now: DateTime<Utc>) -> NaiveDate {
        zones::local(now, &self.head.time_zone).date()
    }
}

/// Brings the outcomes of a delivery up to date: keeps what changed, moves places on when the
/// delivery is over, issues the certificates that are due. Bears being run twice, and at once.
pub async fn look(cx: &Ctx, id: DeliveryId) -> Result<(), AppError> {
    let now = cx.now();
    let mut tx = cx.begin().await?;
    let Some(case) = Case::load(&mut tx, id, None).await? else { return Ok(()) };
    let certifies = case.rule.certifies_now(case.head.state, case.head.ends_on, case.today(now));
    let by_pace = case.rule.self_paced && case.programme_minutes == 0;
    let recorded = case.recorded();
    let mut titles = None;
    let (mut changed, mut lost) = (false, false);
    for place in &case.places {
        let tally = case.tally(place);
        let standing = case.rule.standing(&tally);
        let met = standing == Standing::Met;
        let risk = if case.over() { Risk::None } else { case.rule.risk(&tally, case.longest) };
        lost |= risk == Risk::Lost;
        if place.risk != risk {
            store::set_risk(&mut tx, place.id, risk).await?;
            if place.risk == Risk::Lost && !case.over() {
                notice_store::mended(&mut tx, place.id).await?;
            }
        }
        if standing != Standing::Unmeasured && place.stored() != Some((Tally { pending_minutes: 0, ..tally }, met)) {
            store::set_outcome(&mut tx, place.id, &tally, met, now).await?;
            changed = true;
        }
        if recorded {
            changed |= move_on(cx, &mut tx, place, &steps(place.state, standing, &tally, case.over(), by_pace)).await?;
        }
        if met && certifies && place.certificate_id.is_none() && place.revoked_at.is_none() {
            changed |= issue(cx, &mut tx, &case, place, &mut titles).await?;
        }
    }
    if changed {
        jobs::count_again(cx, &mut tx).await?;
    }
    if lost {
        lost::ask(cx, &mut tx, id).await?;
    }
    if changed || case.over() {
        jobs::licences_again(cx, &mut tx, id).await?;
    }
    jobs::sum_again(cx, &mut tx, id).await?;
    Ok(tx.commit().await?)
}

async fn move_on(cx: &Ctx, tx: &mut Tx, place: &Place, steps: &[EnrolmentState]) -> Result<bool, AppError> {
    // What a certificate attests stands until the certificate is withdrawn.
    if place.certificate_id.is_some() && steps.last().is_some_and(|last| *last != EnrolmentState::Completed) {
        return Ok(false);
    }
    let now = cx.now();
    let by = cx.actor.as_ref().map(|actor| actor.person_id);
    let mut from = place.state;
    for to in steps {
        if !store::set_place(tx, place.id, from, *to, now).await? {
            return Ok(from != place.state);
        }
        store::add_place_change(tx, cx.app.id(), place.id, from, *to, by, now).await?;
        from = *to;
    }
    Ok(from != place.state)
}

/// Titles of the course by language, and its minutes; read once and only if needed.
type Titles = Option<Vec<(String, String, i64)>>;

/// Issues a certificate and tells the holder; false when there is one already.
async fn issue(cx: &Ctx, tx: &mut Tx, case: &Case, place: &Place, titles: &mut Titles) -> Result<bool, AppError> {
    if titles.is_none() {
        *titles = Some(store::course_titles(tx, case.head.course_id).await?);
    }
    let titles = titles.as_deref().unwrap_or_default();
    // The words of the interface exist in few languages; the course may be taught in any.
    let language = i18n::locale_of(&case.head.language)
        .or_else(|| i18n::locale_of(place.account_language.as_deref()?))
        .unwrap_or_default();
    let pick = |code: &str| titles.iter().find(|(language, ..)| language == code).map(|(_, title, _)| title.as_str());
    let title = pick(i18n::code(language)).or_else(|| pick("en")).unwrap_or(&case.head.title);
    let course_minutes = titles.first().map_or(0, |(_, _, minutes)| *minutes);
    let code = Code::from_entropy(cx.app.entropy.bytes()).to_string();
    let name = format!("{} {}", place.given_name, place.family_name);
    let new = NewCertificate {
        id: cx.app.id(),
        enrolment: place.id,
        code: &code,
        kind: case.rule.certificate_kind(),
        language: i18n::code(language),
        person_name: name.trim(),
        course_title: title,
        institution_name: case.head.host_name.as_deref().unwrap_or_default(),
        area_code: case.head.area_code.as_deref(),
        place: &case.head.place,
        starts_on: case.head.starts_on,
        ends_on: case.head.ends_on,
        minutes: if case.programme_minutes > 0 { case.programme_minutes } else { course_minutes },
    };
    if !store::issue(tx, &new, cx.now()).await? {
        return Ok(false);
    }
    audit::note(cx, tx, "issue", "certificate", new.id).await?;
    jobs::enqueue(cx, tx, PAPER_JOB, &paper::Paper { certificate: new.id }).await?;
    let links = (cx.app.settings.link("/certificates"), cx.app.settings.link(&format!("/verify/{code}")));
    let letter = i18n::speaking(language, || mail::Letter {
        name: name.clone(),
        to: place.email.clone(),
        subject: tr!(completion.letter_subject, course = title),
        body: tr!(
            completion.letter_body,
            name = name.as_str(),
            course = title,
            link = links.0.as_str(),
            verify = links.1.as_str()
        ),
    });
    mail::send(cx, tx, &letter).await?;
    Ok(true)
}

fn demand_register(cx: &Ctx, case: &Case) -> Result<(), AppError> {
    demand(cx.actor.as_ref(), Right::KeepRegister, Record::of(case.head.host_id).naming(case.trains))
}

/// The outcomes of a delivery, for who keeps its register. Four statements.
pub async fn results(cx: &Ctx, id: &str) -> Result<Results, AppError> {
    let actor = cx.signed_in()?;
    let id: DeliveryId = id.parse().map_err(|_| AppError::NotFound)?;
    let case = Case::load(&mut cx.read().await?, id, Some(actor.person_id)).await?.ok_or(AppError::NotFound)?;
    demand_register(cx, &case)?;
    let mut people: Vec<ResultLine> = case
        .places
        .iter()
        .map(|place| {
            let tally = case.tally(place);
            ResultLine {
                enrolment: place.id,
                name: format!("{} {}", place.given_name, place.family_name),
                workplace: place.workplace.clone(),
                state: place.state,
                tally,
                standing: case.rule.standing(&tally),
                risk: if case.over() { Risk::None } else { case.rule.risk(&tally, case.longest) },
                certificate: place.certificate_id.zip(place.code.clone()).zip(place.issued_at).map(
                    |((id, code), issued_at)| CertificateLine {
                        id,
                        code,
                        issued_on: zones::local(issued_at, &case.head.time_zone).date(),
                    },
                ),
                revoked_on: place.revoked_at.map(|at| zones::local(at, &case.head.time_zone).date()),
            }
        })
        .collect();
    people.sort_by_cached_key(|line| crate::platform::text::fold(&line.name));
    Ok(Results {
        may_manage: may(cx.actor.as_ref(), Right::ManageDelivery, Record::of(case.head.host_id)),
        certifies_now: case.rule.certifies_now(case.head.state, case.head.ends_on, case.today(cx.now())),
        footnote: case.head.area_code.as_deref() == Some(KOSOVO),
        programme_minutes: case.programme_minutes,
        items_required: case.items_required,
        rule: case.rule,
        head: case.head,
        people,
    })
}

/// Issues one certificate by hand, when the rule is met.
pub async fn issue_now(cx: &Ctx, enrolment: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let id: EnrolmentId = enrolment.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = cx.begin().await?;
    let delivery = store::delivery_of(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let case = Case::load(&mut tx, delivery, Some(actor.person_id)).await?.ok_or(AppError::NotFound)?;
    demand_register(cx, &case)?;
    let place = case.places.iter().find(|place| place.id == id).ok_or(Refusal::WrongState)?;
    let tally = case.tally(place);
    if case.rule.standing(&tally) != Standing::Met {
        return Err(Refusal::RuleNotMet.into());
    }
    if matches!(case.head.state, DeliveryState::Planned | DeliveryState::Postponed | DeliveryState::Cancelled) {
        return Err(Refusal::WrongState.into());
    }
    store::set_outcome(&mut tx, id, &tally, true, cx.now()).await?;
    if !issue(cx, &mut tx, &case, place, &mut None).await? {
        return Err(Refusal::AlreadySent.into());
    }
    jobs::count_again(cx, &mut tx).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/deliveries/{delivery}/results"), Flash::CertificateIssued))
}

async fn certificate(h: &mut impl Handle, id: &str) -> Result<Certificate, AppError> {
    let id: CertificateId = id.parse().map_err(|_| AppError::NotFound)?;
    store::by_id(h, id).await?.ok_or(AppError::NotFound)
}

/// Withdraws a certificate, with the reason on record.
pub async fn revoke(cx: &Ctx, id: &str, reason: &str) -> Result<Done, AppError> {
    cx.signed_in()?;
    let mut tx = cx.begin().await?;
    let stands = certificate(&mut tx, id).await?;
    demand(cx.actor.as_ref(), Right::ManageDelivery, Record::of(stands.host_id))?;
    let mut checks = Checks::default();
    let reason = checks.required_line("reason", reason, 500);
    checks.finish(())?;
    if !store::revoke(&mut tx, stands.id, &reason, cx.now()).await? {
        return Err(Refusal::AlreadySent.into());
    }
    audit::record(cx, &mut tx, "revoke", "certificate", stands.id, None, Some(&reason)).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/deliveries/{}/results", stands.delivery_id), Flash::CertificateRevoked))
}

/// The certificates of who is signed in. One statement.
pub async fn mine(cx: &Ctx) -> Result<Vec<MyCertificate>, AppError> {
    let actor = cx.signed_in()?;
    let rows = store::of_person(&mut cx.read().await?, actor.person_id).await?;
    Ok(rows
        .into_iter()
        .map(|row| MyCertificate {
            id: row.id,
            kind: row.kind,
            issued_on: zones::local(row.issued_at, &row.time_zone).date(),
            revoked_on: row.revoked_at.map(|at| zones::local(at, &row.time_zone).date()),
            footnote: row.area_code.as_deref() == Some(KOSOVO),
            code: row.code,
            course_title: row.course_title,
            institution_name: row.institution_name,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            minutes: row.minutes,
            name_public: row.name_public,
        })
        .collect())
}

/// The holder shows or hides the name; nobody else can.
pub async fn show_name(cx: &Ctx, id: &str, show: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let show: bool = show.parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let mut tx = cx.begin().await?;
    let stands = certificate(&mut tx, id).await?;
    // That it exists is nobody else's business.
    require(stands.person_id == actor.person_id, AppError::NotFound)?;
    store::show_name(&mut tx, stands.id, show).await?;
    audit::note(cx, &mut tx, if show { "show_name" } else { "hide_name" }, "certificate", stands.id).await?;
    tx.commit().await?;
    Ok(Done::at("/certificates", if show { Flash::NameShown } else { Flash::NameHidden }))
}

/// What anybody may know of a code. A code that cannot be ours never reaches the database.
pub async fn verify(cx: &Ctx, code: &str) -> Result<Verdict, AppError> {
    // Who is signed in answers for themselves: others in the same building do not use up their tries.
    let who = match &cx.actor {
        Some(actor) => actor.person_id.to_string(),
        None => network(&cx.source),
    };
    cx.app.limits.check(&who)?;
    let Some(code) = Code::parse(code) else { return Ok(Verdict::Unknown) };
    let guesses = Count::of(Counted::Certificate, &[&who]);
    attempts::check(cx, std::slice::from_ref(&guesses)).await?;
    let Some(row) = store::by_code(&mut cx.read().await?, &code.to_string()).await? else {
        attempts::failed(cx, &guesses).await?;
        return Ok(Verdict::Unknown);
    };
    if let Some(at) = row.revoked_at {
        return Ok(Verdict::Revoked { on: zones::local(at, &row.time_zone).date() });
    }
    Ok(Verdict::Genuine(Attested {
        kind: row.kind,
        name: row.name_public.then_some(row.person_name),
        issued_on: zones::local(row.issued_at, &row.time_zone).date(),
        footnote: row.area_code.as_deref() == Some(KOSOVO),
        code: row.code,
        course_title: row.course_title,
        institution_name: row.institution_name,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        minutes: row.minutes,
    }))
}
