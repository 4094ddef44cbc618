//! Finding trainers, their own pages, what they let others see, and where they are missing.

use super::{
    api::{
        CoverLine, Coverage, CrossArea, CrossLine, LicenceLine, MyProfile, PastLine, Roster, TrainerLine, TrainerView,
    },
    cover::{Cover, Holder, coverage as covered, matrix},
    model::{ContactForm, Profile, ProfileForm, Remarks, Search, Shown, Sight, active_since, least_remarks},
    store::{self, Asked, PastRow, RosterRow, TrainerRow},
};
use crate::{
    common::{
        codes::split_list,
        error::{AppError, Refusal},
        few::told,
        forms::{Checks, Conflict, Done, FaultKind, Flash},
        ids::PersonId,
    },
    deliveries::{model::DeliveryState, service::id},
    i18n::locale_of,
    institutions::model::KOSOVO,
    people::rights::{Record, Right, demand_somewhere, may, may_everywhere, may_somewhere, require},
    platform::{
        audit,
        context::Ctx,
        db::Handle,
        mail::{self, Letter},
        text,
    },
};
use chrono::NaiveDate;
use leptos_i18n::td_string;
use std::collections::HashMap;
use uuid::Uuid;

/// Trainers on a page.
const PAGE: usize = 50;
/// Trainers in a file at most.
pub const IN_A_FILE: usize = 10_000;

/// Whether who looks sees everybody who teaches, and everything of them: whoever runs deliveries somewhere.
fn whole(cx: &Ctx) -> bool {
    may_somewhere(cx.actor.as_ref(), Right::ManageDelivery) && cx.actor.is_some()
}

/// Whether what few participants said is kept back: from everybody but the programme office.
fn keeps_back(cx: &Ctx) -> bool {
    !may_everywhere(cx.actor.as_ref(), Right::ReadSmallCounts)
}

/// A trainer's own page.
pub fn path(id: PersonId) -> String {
    format!("/trainers/{id}")
}

/// A search as the query part of an address carries it.
pub fn read(query: &str) -> Search {
    let mut search = Search::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let value: String = value.trim().chars().take(200).collect();
        match name.as_ref() {
            "q" => search.q = value,
            "course" => search.course = value,
            "licensed" => search.licensed = value,
            "language" => search.language = value,
            "area" => search.area = value,
            "institution" => search.institution = value,
            "profession" => search.profession = value,
            "from" => search.from = value,
            "to" => search.to = value,
            "active" => search.active = value,
            "feedback" => search.feedback = value,
            "after" => search.after = value,
            _ => {}
        }
    }
    search
}

/// A trainer who was found.
struct Found {
    line: TrainerLine,
    /// Where the next page begins if this is the last one.
    key: String,
    /// Whether the name of the area carries its footnote.
    footnote: bool,
}

async fn found(
    cx: &Ctx,
    h: &mut impl Handle,
    search: &Search,
    speak: &str,
    limit: usize,
) -> Result<Vec<Found>, AppError> {
    let today = cx.now().date_naive();
    let after = search.after.split_once('.').and_then(|(id, folded)| Some((folded, id.parse::<PersonId>().ok()?)));
    // What is no profession is nobody's.
    let profession = search.profession().map_or(search.profession.as_str(), |it| it.code());
    let asked = Asked {
        whole: whole(cx),
        speak,
        today,
        pattern: &text::like_pattern(&search.q),
        after: after.unwrap_or(("", PersonId(Uuid::nil()))),
        course: &search.course,
        licensed: search.licensed == "true",
        language: &search.language,
        area: &search.area,
        institution: &search.institution,
        profession,
        days: search.days(),
        active_since: (search.active == "true").then(|| active_since(today)),
        feedback: search.feedback(),
        least_remarks: least_remarks(keeps_back(cx)),
        limit: i64::try_from(limit).unwrap_or(i64::MAX),
    };
    let mut lines: Vec<Found> = Vec::new();
    for row in store::roster(h, &asked).await? {
        let shows = row.shows.clone();
        let sight = if asked.whole { Sight::Whole } else { Sight::Parts(&shows) };
        if lines.last().is_none_or(|found| found.line.id != row.id) {
            lines.push(Found {
                line: line(&row, sight, today, keeps_back(cx)),
                key: format!("{}.{}", row.id, row.folded),
                footnote: row.area_code.as_deref() == Some(KOSOVO),
            });
        }
        if let (Some(found), Some((title, state))) = (lines.last_mut(), row.course_title.zip(row.licence))
            && sight.sees(Shown::Licences)
        {
            found.line.licences.push((title, state));
        }
    }
    Ok(lines)
}

fn line(row: &RosterRow, sight: Sight<'_>, today: NaiveDate, keep_back: bool) -> TrainerLine {
    let teaching = sight.sees(Shown::Teaching);
    TrainerLine {
        id: row.id,
        name: row.name.clone(),
        area: row.area_name.clone().or_else(|| row.area_code.clone()),
        profession: row.profession,
        institution: row.institution_name.clone().filter(|_| sight.sees(Shown::Institution)),
        languages: if sight.sees(Shown::Languages) { row.languages.clone() } else { String::new() },
        licences: Vec::new(),
        taught: teaching.then_some((row.taught, row.last_on)),
        active: teaching && row.last_on.is_some_and(|day| day >= active_since(today)),
        remarks: teaching.then(|| Remarks::told(row.remarks, row.praise, keep_back)),
    }
}

/// A page of the roster. Whoever runs deliveries finds everybody who teaches, which is noted; others find
/// those who consented, by what they chose to show.
pub async fn list(cx: &Ctx, search: &str, language: &str) -> Result<Roster, AppError> {
    let asked = read(search);
    let speak = if language.is_empty() { "en" } else { language };
    let today = cx.now().date_naive();
    let mut reader = cx.read().await?;
    let mut lines = found(cx, &mut reader, &asked, speak, PAGE + 1).await?;
    let facets = store::facets(&mut reader, speak, today).await?;
    let mine = match &cx.actor {
        Some(actor) => store::one(&mut reader, actor.person_id, speak, today).await?.is_some(),
        None => false,
    };
    drop(reader);
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    if whole(cx) {
        note(cx, "view", "roster").await?;
    }
    let of = |wanted: &str| {
        facets
            .iter()
            .filter(|(facet, ..)| facet == wanted)
            .map(|(_, value, label)| (value.clone(), label.clone()))
            .collect()
    };
    Ok(Roster {
        next: lines.last().filter(|_| more).map(|found| found.key.clone()),
        // The areas to choose from name it.
        footnote: facets.iter().any(|(facet, value, _)| facet == "area" && value == KOSOVO),
        lines: lines.into_iter().map(|found| found.line).collect(),
        whole: whole(cx),
        asked,
        courses: of("course"),
        areas: of("area"),
        institutions: of("institution"),
        mine,
    })
}

/// The roster as a file takes it away, for whoever runs deliveries, and whether the footnote on an area's name belongs
/// under it. It is noted.
pub async fn exported(cx: &Ctx, search: &str, language: &str) -> Result<(Vec<TrainerLine>, bool), AppError> {
    cx.signed_in()?;
    demand_somewhere(cx.actor.as_ref(), Right::ManageDelivery)?;
    let asked = Search { after: String::new(), ..read(search) };
    let lines = found(cx, &mut cx.read().await?, &asked, language, IN_A_FILE).await?;
    note(cx, "export", "roster").await?;
    let footnote = lines.iter().any(|found| found.footnote);
    Ok((lines.into_iter().map(|found| found.line).collect(), footnote))
}

async fn note(cx: &Ctx, action: &str, id: impl ToString) -> Result<(), AppError> {
    let mut tx = cx.begin().await?;
    audit::note(cx, &mut tx, action, "trainer", id).await?;
    Ok(tx.commit().await?)
}

/// A trainer and how much of them who looks may see. Whoever neither runs deliveries nor is the trainer
/// does not learn of those who did not consent.
async fn seen(cx: &Ctx, h: &mut impl Handle, trainer: &str, speak: &str) -> Result<(TrainerRow, bool, bool), AppError> {
    let row = store::one(h, id(trainer)?, speak, cx.now().date_naive()).await?.ok_or(AppError::NotFound)?;
    let mine = cx.actor.as_ref().is_some_and(|actor| actor.person_id == row.id);
    require(mine || whole(cx) || row.consented_at.is_some(), AppError::NotFound)?;
    Ok((row, mine, whole(cx)))
}

/// A trainer's page: what they were trained in and what they taught, when, where, to how many and with what said of it.
/// Four statements. Who came is told exactly to the trainer and to who runs deliveries, who keep the registers.
pub async fn view(cx: &Ctx, trainer: &str, language: &str) -> Result<TrainerView, AppError> {
    let speak = if language.is_empty() { "en" } else { language };
    let today = cx.now().date_naive();
    let mut reader = cx.read().await?;
    let (row, mine, whole) = seen(cx, &mut reader, trainer, speak).await?;
    let shows = row.shows.clone();
    let sight = if mine || whole { Sight::Whole } else { Sight::Parts(&shows) };
    let asker = cx.actor.as_ref().map_or(PersonId(Uuid::nil()), |actor| actor.person_id);
    let manages = may(cx.actor.as_ref(), Right::ManagePeople, Record::default());
    let licences = store::licences(&mut reader, row.id, speak, (asker, manages), today).await?;
    let past = store::past(&mut reader, row.id, speak).await?;
    let away = store::away(&mut reader, row.id, today).await?;
    drop(reader);
    if whole && !mine {
        note(cx, "view", row.id).await?;
    }
    let given: Vec<&PastRow> = past.iter().filter(|it| it.part == "taught").collect();
    let last_on = given.iter().filter(|it| was_given(it.state)).filter_map(|it| it.ends_on.or(it.starts_on)).max();
    let teaching = sight.sees(Shown::Teaching);
    let (few, few_voices) = (sight != Sight::Whole, keeps_back(cx));
    let of = |part: &'static str| {
        past.iter().filter(move |it| it.part == part).map(|it| past_line(it, few, few_voices)).collect::<Vec<_>>()
    };
    let sum = |count: fn(&PastRow) -> i64| given.iter().map(|it| count(it)).sum::<i64>();
    Ok(TrainerView {
        line: TrainerLine {
            id: row.id,
            name: row.name.clone(),
            area: row.area_name.clone().or_else(|| row.area_code.clone()),
            profession: row.profession,
            institution: row.institution_name.clone().filter(|_| sight.sees(Shown::Institution)),
            languages: if sight.sees(Shown::Languages) { row.languages.clone() } else { String::new() },
            licences: Vec::new(),
            taught: teaching.then(|| (given.iter().filter(|it| was_given(it.state)).count() as i64, last_on)),
            active: teaching && last_on.is_some_and(|day| day >= active_since(today)),
            remarks: teaching.then(|| Remarks::told(sum(|it| it.remarks), sum(|it| it.praise), few_voices)),
        },
        about: if sight.sees(Shown::About) { row.about.clone() } else { String::new() },
        licences: if sight.sees(Shown::Licences) {
            licences
                .into_iter()
                .map(|it| LicenceLine {
                    id: it.open.then_some(it.id),
                    slug: it.slug,
                    title: it.title,
                    state: it.state,
                    since: it.since,
                    lapses_at: it.lapses_at.filter(|_| sight == Sight::Whole),
                })
                .collect()
        } else {
            Vec::new()
        },
        taught: teaching.then(|| of("taught")),
        reached: if teaching { told(sum(|it| it.reached), few) } else { None },
        trained: teaching.then(|| of("trained")),
        away: sight.sees(Shown::Availability).then(|| away.into_iter().map(|(_, from, to)| (from, to)).collect()),
        may_write: !mine && (whole || (row.contact && row.consented_at.is_some())),
        mine,
        whole,
        public: row.consented_at.is_some(),
        invented: row.invented,
        footnote: row.area_code.as_deref() == Some(KOSOVO),
    })
}

/// Whether a delivery has begun and was not called off.
const fn was_given(state: DeliveryState) -> bool {
    matches!(state, DeliveryState::Running | DeliveryState::Delivered | DeliveryState::Reported)
}

fn past_line(row: &PastRow, few: bool, few_voices: bool) -> PastLine {
    let reached = told(row.reached, few);
    PastLine {
        // Where it is not told how many came, neither is how many of them did what.
        completed: reached.and_then(|_| told(row.completed, few)),
        heads: row.heads.map(|heads| (told(heads, few), row.verified)),
        remarks: Remarks::told(row.remarks, row.praise, few_voices),
        id: row.id,
        title: row.title.clone(),
        course_slug: row.course_slug.clone(),
        course_title: row.course_title.clone(),
        state: row.state,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        date_note: row.date_note.clone(),
        place: row.place.clone(),
        language: row.language.clone(),
        lead: row.lead,
        reached,
        own: row.own,
    }
}

/// What one lets others see, for changing it.
pub async fn mine(cx: &Ctx) -> Result<MyProfile, AppError> {
    let actor = cx.signed_in()?;
    let today = cx.now().date_naive();
    let mut reader = cx.read().await?;
    let row = store::one(&mut reader, actor.person_id, "en", today).await?;
    let away = if row.is_some() { store::away(&mut reader, actor.person_id, today).await? } else { Vec::new() };
    Ok(MyProfile {
        id: actor.person_id,
        teaches: row.is_some(),
        version: row.as_ref().map_or(0, |row| row.version),
        profile: row.map(|row| profile(&row)).unwrap_or_default(),
        away,
        new_away: cx.app.id(),
    })
}

fn profile(row: &TrainerRow) -> Profile {
    Profile {
        consent: row.consented_at.is_some(),
        shows: row.shows.clone(),
        contact: row.contact,
        languages: row.languages.clone(),
        about: row.about.clone(),
    }
}

const MINE: &str = "/my/trainer-profile";

/// Changes what one lets others see. Consent is given here and nowhere else, and taken back here.
pub async fn save(cx: &Ctx, form: &ProfileForm) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let version: i64 = form.version.trim().parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let wanted = form.check()?;
    let now = cx.now();
    let mut tx = cx.begin().await?;
    let row = store::one(&mut tx, actor.person_id, "en", now.date_naive()).await?.ok_or(AppError::NotFound)?;
    // Who consents again keeps the day of the first time.
    let consented_at = wanted.consent.then(|| row.consented_at.unwrap_or(now));
    if !store::set_profile(&mut tx, (actor.person_id, version), &wanted, consented_at, now).await? {
        let stands = [("about", form.about.as_str(), row.about.clone())];
        return Err(AppError::Conflict(Box::new(Conflict::between(&row.name, row.version, &stands))));
    }
    let before = profile(&row);
    audit::record(cx, &mut tx, "profile", "trainer", actor.person_id, Some(&before), Some(&wanted)).await?;
    tx.commit().await?;
    Ok(Done::at(MINE, Flash::Saved))
}

/// Notes when one cannot teach.
pub async fn add_away(cx: &Ctx, away: &str, starts_on: &str, ends_on: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let away: Uuid = id(away)?;
    let mut checks = Checks::default();
    let from = checks.date("starts_on", starts_on);
    let to = checks.date("ends_on", ends_on).or(from);
    if starts_on.trim().is_empty() {
        checks.fault("starts_on", FaultKind::Required);
    }
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        checks.fault("ends_on", FaultKind::EndsBeforeStart);
    }
    if to.is_some_and(|day| day < cx.now().date_naive()) {
        checks.fault("ends_on", FaultKind::Date);
    }
    checks.finish(())?;
    let (Some(from), Some(to)) = (from, to) else { return Err(AppError::Internal) };
    let mut tx = cx.begin().await?;
    store::one(&mut tx, actor.person_id, "en", cx.now().date_naive()).await?.ok_or(AppError::NotFound)?;
    match store::add_away(&mut tx, away, actor.person_id, (from, to)).await {
        Ok(()) => {}
        Err(error) if error.is_unique_violation() => return Err(Refusal::AlreadySent.into()),
        Err(error) => return Err(error.into()),
    }
    audit::record(cx, &mut tx, "away", "trainer", actor.person_id, None, Some(&(from, to))).await?;
    tx.commit().await?;
    Ok(Done::at(MINE, Flash::Added))
}

/// Takes such a time away again.
pub async fn remove_away(cx: &Ctx, away: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let mut tx = cx.begin().await?;
    if !store::remove_away(&mut tx, id(away)?, actor.person_id).await? {
        return Err(AppError::NotFound);
    }
    audit::note(cx, &mut tx, "back", "trainer", actor.person_id).await?;
    tx.commit().await?;
    Ok(Done::at(MINE, Flash::Removed))
}

/// A trainer whom who is signed in may write to.
async fn writable(cx: &Ctx, h: &mut impl Handle, trainer: &str) -> Result<TrainerRow, AppError> {
    cx.signed_in()?;
    let (row, mine, whole) = seen(cx, h, trainer, "en").await?;
    if mine || !(whole || row.contact) { Err(AppError::NotFound) } else { Ok(row) }
}

/// Whom one is about to write to.
pub async fn to_contact(cx: &Ctx, trainer: &str) -> Result<(PersonId, String), AppError> {
    cx.signed_in()?;
    let row = writable(cx, &mut cx.read().await?, trainer).await?;
    Ok((row.id, row.name))
}

/// Writes to a trainer without showing the address. The trainer learns that of who writes, to be able to
/// answer. Noted without the words.
pub async fn contact(cx: &Ctx, form: &ContactForm) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let mut tx = cx.begin().await?;
    let row = writable(cx, &mut tx, &form.trainer).await?;
    let (subject, message) = form.check()?;
    if row.email.is_empty() {
        return Err(Refusal::NoAddress.into());
    }
    cx.app.limits.contact(&actor.person_id.to_string())?;
    let locale = row.speaks.as_deref().and_then(locale_of).unwrap_or_default();
    let body = [
        td_string!(locale, roster.mail_greeting, name = row.name.clone()).to_string(),
        td_string!(locale, roster.mail_from, name = actor.name.clone()).to_string(),
        message,
        td_string!(locale, roster.mail_answer, email = actor.email.clone()).to_string(),
        td_string!(
            locale,
            roster.mail_why,
            link = format!("{}{MINE}", cx.app.settings.public_url.trim_end_matches('/'))
        )
        .to_string(),
    ];
    let letter = Letter { name: row.name, to: row.email, subject, body: format!("{}\n", body.join("\n\n")) };
    mail::send(cx, &mut tx, &letter).await?;
    audit::note(cx, &mut tx, "contact", "trainer", row.id).await?;
    tx.commit().await?;
    Ok(Done::at(path(row.id), Flash::MailSent))
}

/// Licensed and active trainers of a course by area and language, and the gaps. Four statements, however
/// many trainers.
pub async fn coverage(cx: &Ctx, slug: &str, project: &str, language: &str) -> Result<Coverage, AppError> {
    let actor = cx.signed_in()?;
    demand_somewhere(Some(actor), Right::ReadNumbers)?;
    let today = cx.now().date_naive();
    let mut reader = cx.read().await?;
    let course = store::course(&mut reader, slug, language).await?.ok_or(AppError::NotFound)?;
    let rows = store::holders(&mut reader, course.id, today, active_since(today)).await?;
    let mut spoken: HashMap<PersonId, Vec<String>> = HashMap::new();
    for (person, language) in store::spoken(&mut reader, course.id).await? {
        spoken.entry(person).or_default().push(language);
    }
    let places = store::places(&mut reader, language, today, project).await?;
    let holders: Vec<Holder> = rows
        .into_iter()
        .map(|row| {
            // What they say, and what they did.
            let mut languages: Vec<String> = split_list(&row.languages).map(str::to_owned).collect();
            for language in spoken.get(&row.id).into_iter().flatten() {
                if !languages.contains(language) {
                    languages.push(language.clone());
                }
            }
            Holder { area: row.area_code, state: row.state, active: row.lately > 0, languages }
        })
        .collect();
    let areas: Vec<&store::PlaceRow> = places.iter().filter(|row| row.part == "area").collect();
    let wanted: Vec<String> = areas.iter().filter(|row| row.projects > 0).map(|row| row.code.clone()).collect();
    let taught: Vec<String> = split_list(&course.languages).map(str::to_owned).collect();
    let (by_area, by_language, total) = covered(&holders, &wanted, &taught);
    let spoken: Vec<(String, Vec<String>)> = areas
        .iter()
        .filter(|row| row.projects > 0)
        .map(|row| (row.code.clone(), split_list(&row.languages).map(str::to_owned).collect()))
        .collect();
    let crossed = matrix(&holders, &spoken, &taught);
    // Who runs deliveries finds the trainers themselves in the roster; others are told no small count of them.
    let keep_back = !whole(cx);
    let name_of =
        |code: &str| areas.iter().find(|row| row.code == code).map(|row| row.name.clone()).unwrap_or_default();
    let lines = |covers: Vec<(String, Cover)>, known: &[String], named: bool| -> Vec<CoverLine> {
        covers
            .into_iter()
            .map(|(code, cover)| CoverLine {
                name: if named { name_of(&code) } else { String::new() },
                verdict: cover.verdict(),
                wanted: known.contains(&code),
                cover: cover.told(keep_back),
                code,
            })
            .collect()
    };
    let by_area = lines(by_area, &wanted, true);
    Ok(Coverage {
        footnote: by_area.iter().any(|line| line.code == KOSOVO),
        areas: by_area,
        languages: lines(by_language, &taught, false),
        crossings: crossed
            .areas
            .into_iter()
            .map(|(code, crossings)| CrossArea {
                name: name_of(&code),
                code,
                languages: crossings
                    .into_iter()
                    .map(|it| CrossLine {
                        cover: it.cover.told(keep_back),
                        verdict: it.cover.verdict(),
                        wanted: it.wanted,
                    })
                    .collect(),
            })
            .collect(),
        spoken: crossed.languages,
        total: total.told(keep_back),
        suppressed: keep_back,
        slug: course.slug,
        title: course.title,
        project: project.to_owned(),
        projects: places
            .iter()
            .filter(|row| row.part == "project")
            .map(|row| (row.code.clone(), row.name.clone()))
            .collect(),
        whole: whole(cx),
    })
}
