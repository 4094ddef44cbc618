//! Saying what one thinks of a pack's modules, and deciding what becomes of it.

use super::{
    api::{EditorPage, Group, Item, Now, Part, SayPage, TakenUpList, Verdict},
    decision_store::{self as decisions, NewDecision},
    letters,
    model::{About, DecideForm, Filter, ItemForm, Outcome, Said, TakenUp, Voice, is_fixed, may_speak, notes, voice},
    store::{self, ItemRow, NewItem, Place, Wanted},
};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::{Done, FaultKind, Flash},
        ids::{CourseId, DecisionId, DeliveryId, FeedbackId, PackId},
    },
    deliveries::{model::DeliveryHead, store as deliveries},
    i18n,
    packs::{
        model::{PackHead, PackLine},
        store as packs,
    },
    people::{
        model::Actor,
        rights::{Record, Right, demand, may_everywhere},
    },
    platform::{audit, context::Ctx, db::Handle, zones},
    tr,
};
use std::collections::HashMap;
use uuid::Uuid;

fn path(delivery: DeliveryId) -> String {
    format!("/deliveries/{delivery}/feedback")
}

/// The delivery, as what the person speaks of it, and the version it teaches. Two statements.
async fn desk(
    cx: &Ctx,
    h: &mut impl Handle,
    delivery: DeliveryId,
) -> Result<(DeliveryHead, Voice, store::StandingRow), AppError> {
    let actor = cx.signed_in()?;
    let head = deliveries::head(h, delivery).await?.ok_or(AppError::NotFound)?;
    let standing = store::standing(h, delivery, actor.person_id).await?.ok_or(AppError::NotFound)?;
    let voice = voice(standing.trains > 0, standing.place).ok_or(AppError::Forbidden)?;
    Ok((head, voice, standing))
}

/// Whether they may speak now.
fn open(cx: &Ctx, head: &DeliveryHead, voice: Voice) -> Result<(), Refusal> {
    let today = zones::local(cx.now(), &head.time_zone).date();
    may_speak(voice, head.state, head.ends_on.or(head.starts_on), today)
}

/// What somebody says of a delivery's materials. Four statements.
pub async fn own(cx: &Ctx, delivery: &str) -> Result<SayPage, AppError> {
    let actor = cx.signed_in()?;
    let id: DeliveryId = delivery.parse().map_err(|_| AppError::NotFound)?;
    let mut reader = cx.read().await?;
    let (head, voice, standing) = desk(cx, &mut reader, id).await?;
    let parts = match head.pack_id {
        Some(pack) => store::parts(&mut reader, pack, voice == Voice::Trainer).await?,
        None => Vec::new(),
    };
    let own = store::own(&mut reader, id, actor.person_id).await?;
    let mut module = String::new();
    let parts = parts
        .into_iter()
        .filter_map(|row| {
            let about = match row.part.as_str() {
                "m" => About::Module(row.id.into()),
                "s" => About::Session(row.id.into()),
                "d" => About::Material(row.id.into()),
                _ => return None,
            };
            let part = if let About::Module(_) = about {
                module.clone_from(&row.title);
                None
            } else {
                Some(row.title)
            };
            Some(Part { code: about.code(), module: module.clone(), part })
        })
        .collect();
    Ok(SayPage {
        delivery: id,
        closed: open(cx, &head, voice).err(),
        last_day: head.ends_on.or(head.starts_on),
        pack: standing.pack_title.zip(number(standing.major, standing.minor)),
        voice,
        parts,
        own: own.into_iter().map(item).collect(),
        // Editors see it: its time would tell who was on the page then.
        next: cx.app.entropy.timeless_uuid().into(),
        title: head.title,
    })
}

fn number(major: Option<i64>, minor: Option<i64>) -> Option<String> {
    Some(format!("{}.{}", major?, minor?))
}

fn item(row: ItemRow) -> Item {
    let about = match (row.session_plan_id, row.material_id, row.module_id) {
        (Some(session), ..) => About::Session(session),
        (_, Some(material), _) => About::Material(material),
        (_, _, Some(module)) => About::Module(module),
        _ => About::Course,
    };
    let verdict = row.decision_id.zip(row.outcome).zip(row.decided_at).map(|((id, outcome), at)| Verdict {
        id,
        outcome,
        version: number(row.taken_major, row.taken_minor),
        change: row.change.unwrap_or_default(),
        reason: row.reason.unwrap_or_default(),
        fixed: is_fixed(row.listed == Some(true), row.taken_state),
        by: row.decided_by_name.unwrap_or_default(),
        on: at.date_naive(),
    });
    Item {
        id: row.id,
        version: row.version,
        about: about.code(),
        part: row.part_title,
        kind: row.kind,
        text: row.text,
        state: row.state,
        by_trainer: row.by_trainer,
        signed: row.signed,
        wants_answer: row.wants_answer,
        signed_by: row.signed_by,
        on: row.written_on,
        delivery: row.delivery_id,
        delivery_title: row.delivery_title,
        invented: row.invented,
        verdict,
    }
}

/// Where what is said belongs in the version that the delivery teaches.
async fn place(h: &mut impl Handle, pack: Option<PackId>, about: About, voice: Voice) -> Result<Place, AppError> {
    let (line, session, material) = match (about, pack) {
        (About::Course, _) => return Ok(Place::default()),
        (_, None) => (None, None, None),
        (About::Module(id), Some(pack)) => (store::module_of(h, pack, id).await?, None, None),
        (About::Session(id), Some(pack)) => (store::session_of(h, pack, id).await?, Some(id), None),
        (About::Material(id), Some(pack)) => {
            (store::material_of(h, pack, id, voice == Voice::Trainer).await?, None, Some(id))
        }
    };
    let (module, root) = line.ok_or_else(|| AppError::field("about", FaultKind::Choice))?;
    Ok(Place { module: Some(module), root: Some(root), session, material })
}

/// Says something, or says it otherwise while nobody decided.
pub async fn say(cx: &Ctx, form: &ItemForm) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let delivery: DeliveryId = form.delivery.parse().map_err(|_| AppError::NotFound)?;
    let malformed = || AppError::field("", FaultKind::Malformed);
    let version: i64 = form.version.trim().parse().map_err(|_| malformed())?;
    let id: FeedbackId = form.id.parse().map_err(|_| malformed())?;
    let mut tx = cx.begin().await?;
    let (head, voice, _) = desk(cx, &mut tx, delivery).await?;
    open(cx, &head, voice)?;
    let said: Said = form.check(voice)?;
    let place = place(&mut tx, head.pack_id, said.about, voice).await?;
    if version == 0 {
        let new = NewItem {
            id,
            course: head.course_id,
            delivery,
            pack: head.pack_id,
            place,
            kind: said.kind,
            text: &said.text,
            by_trainer: voice == Voice::Trainer,
            signed: said.signed,
            wants_answer: said.wants_answer,
            person: Some(actor.person_id),
            on: cx.now().date_naive(),
            invented: false,
        };
        match store::add(&mut tx, &new).await {
            Ok(()) => {}
            Err(error) if error.is_unique_violation() => return Err(Refusal::AlreadySent.into()),
            Err(error) => return Err(error.into()),
        }
    } else {
        store::mine(&mut tx, id, delivery, actor.person_id).await?.ok_or(AppError::NotFound)?;
        if !store::change(&mut tx, id, actor.person_id, version, place, &said).await? {
            return Err(Refusal::FeedbackMoved.into());
        }
    }
    // What is not signed leaves no trace of who wrote it beside the item itself; see the model.
    if said.signed {
        audit::record(cx, &mut tx, "say", "feedback", id, None, Some(&said)).await?;
    }
    tx.commit().await?;
    Ok(Done::at(path(delivery), Flash::Saved))
}

/// Takes back what one said, while nobody decided.
pub async fn unsay(cx: &Ctx, delivery: &str, id: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let delivery: DeliveryId = delivery.parse().map_err(|_| AppError::NotFound)?;
    let id: FeedbackId = id.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = cx.begin().await?;
    store::mine(&mut tx, id, delivery, actor.person_id).await?.ok_or(AppError::NotFound)?;
    if !store::remove(&mut tx, id, delivery, actor.person_id).await? {
        return Err(Refusal::FeedbackMoved.into());
    }
    tx.commit().await?;
    Ok(Done::at(path(delivery), Flash::Removed))
}

/// The course, if the person writes its packs.
async fn edited<'a>(
    cx: &'a Ctx,
    h: &mut impl Handle,
    slug: &str,
    language: &str,
) -> Result<(&'a Actor, CourseId, String), AppError> {
    let actor = cx.signed_in()?;
    let (course, title, author) = store::course(h, slug, language, actor.person_id).await?.ok_or(AppError::NotFound)?;
    let record = Record::default().naming(author > 0);
    demand(Some(actor), Right::WritePack, record)?;
    Ok((actor, course, title))
}

/// What was said of a course's packs, a page of it by module and version. Four statements.
pub async fn of_course(
    cx: &Ctx,
    slug: &str,
    language: &str,
    filter: &Filter,
    after: &str,
) -> Result<EditorPage, AppError> {
    let mut reader = cx.read().await?;
    let (_, course, title) = edited(cx, &mut reader, slug, language).await?;
    let facets = store::facets(&mut reader, course).await?;
    let packs = packs::of_course(&mut reader, course).await?;
    let shown = filter.shown();
    let nil = Uuid::nil();
    let after = after.split_once('_').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?))).unwrap_or((nil, nil));
    let wanted = Wanted {
        open: shown.open,
        decided: shown.decided,
        kind: &filter.kind,
        pack: filter.pack.parse().ok(),
        delivery: filter.delivery.parse().ok(),
        speech: &filter.speech,
        after,
    };
    let mut rows = store::items(&mut reader, course, &wanted).await?;
    let more = rows.len() > store::PAGE;
    rows.truncate(store::PAGE);
    let next = rows.last().filter(|_| more).map(|row| format!("{}_{}", row.root_id.map_or(nil, |root| root.0), row.id));
    Ok(EditorPage {
        slug: slug.to_owned(),
        title,
        facets,
        groups: groups(rows, &packs),
        next,
        decision: cx.app.id(),
        packs,
    })
}

/// Where a group stands: its module's position and root, then its version, the latest first.
type Rank = (i64, Option<Uuid>, i64, i64, Option<PackId>);

/// Items by module and version: modules in the order of the version, the latest version of each first.
fn groups(rows: Vec<ItemRow>, packs: &[PackLine]) -> Vec<Group> {
    let newest = |language: &str| packs.iter().find(|pack| pack.language == language).map(|pack| pack.id);
    let mut order: Vec<Rank> = Vec::new();
    let mut found: HashMap<(Option<Uuid>, Option<PackId>), Group> = HashMap::new();
    for row in rows {
        let key = (row.root_id.map(|root| root.0), row.pack_id);
        let group = found.entry(key).or_insert_with(|| {
            order.push((
                row.position.unwrap_or(-1),
                key.0,
                -row.major.unwrap_or_default(),
                -row.minor.unwrap_or_default(),
                key.1,
            ));
            let latest = row.language.as_deref().and_then(newest);
            let now = match (row.module_id, &row.now_title, row.now_id, latest) {
                (None, ..) | (_, _, _, None) => Now::Same,
                (module, _, now, _) if now == module => Now::Same,
                (Some(_), Some(title), Some(module), Some(pack)) => Now::Became { title: title.clone(), pack, module },
                _ => Now::Gone,
            };
            Group {
                module: row.module_title.clone(),
                version: number(row.major, row.minor).zip(row.language.clone()),
                now,
                items: Vec::new(),
            }
        });
        group.items.push(item(row));
    }
    order.sort();
    order.into_iter().filter_map(|(_, root, _, _, pack)| found.remove(&(root, pack))).collect()
}

/// Back to the page of decisions, with the filters it had.
fn editor(slug: &str, filters: &str) -> String {
    let query = Filter::read(filters).query();
    let query = if query.is_empty() { query } else { format!("?{query}") };
    format!("/courses/{slug}/feedback{query}")
}

/// Decides several items as one matter. Who reported is told later, so that a slip can be mended before.
pub async fn decide(cx: &Ctx, form: &DecideForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let id: DecisionId = form.id.parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let mut tx = cx.begin().await?;
    let (actor, course, _) = edited(cx, &mut tx, &form.slug, "en").await?;
    let versions: Vec<PackId> = packs::of_course(&mut tx, course).await?.into_iter().map(|pack| pack.id).collect();
    let decided = form.check(&versions)?;
    // A version in work is held, so that it is not released while its list grows; what a released one has
    // taken up already is said to who reported, and changes nothing in its notes.
    let listed = match decided.pack {
        Some(pack) => packs::hold(&mut tx, pack, &actor.name, cx.now()).await?,
        None => false,
    };
    let new = NewDecision {
        id,
        course,
        outcome: decided.outcome,
        pack: decided.pack,
        change: &decided.change,
        reason: &decided.reason,
        listed,
        by: &actor.name,
        at: cx.now(),
    };
    match decisions::add_decision(&mut tx, &new).await {
        Ok(()) => {}
        Err(error) if error.is_unique_violation() => return Err(Refusal::AlreadySent.into()),
        Err(error) => return Err(error.into()),
    }
    let states: HashMap<_, _> = decisions::undecided(&mut tx, course).await?.into_iter().collect();
    for (item, version) in &decided.items {
        let from = *states.get(item).ok_or(Refusal::FeedbackMoved)?;
        let to = from.decided(decided.outcome)?;
        if !decisions::decide(&mut tx, (*item, *version), course, from, to, id).await? {
            return Err(Refusal::FeedbackMoved.into());
        }
    }
    audit::record(cx, &mut tx, "decide", "feedback_decision", id, None, Some(&decided)).await?;
    if decided.outcome != Outcome::Later {
        letters::tell_later(cx, &mut tx, id).await?;
    }
    tx.commit().await?;
    Ok(Done::at(editor(&form.slug, &form.filters), Flash::Saved))
}

/// Takes a decision back: its items are to be decided again.
pub async fn reopen(cx: &Ctx, id: &str, filters: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let id: DecisionId = id.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = cx.begin().await?;
    let decision = decisions::decision(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    edited(cx, &mut tx, &decision.slug, "en").await?;
    // The version is not released from here on, or it was already.
    let held = match decision.pack_id {
        Some(pack) => packs::hold(&mut tx, pack, &actor.name, cx.now()).await?,
        None => true,
    };
    if decision.listed && !held {
        return Err(Refusal::PackReleased.into());
    }
    if decisions::reopen(&mut tx, id).await? == 0 {
        return Err(Refusal::FeedbackMoved.into());
    }
    audit::note(cx, &mut tx, "reopen", "feedback_decision", id).await?;
    tx.commit().await?;
    Ok(Done::at(editor(&decision.slug, filters), Flash::Undone))
}

/// What a version takes up, for who writes the course's packs; for a version in work also as release notes.
pub async fn taken_up(cx: &Ctx, pack: &str) -> Result<TakenUpList, AppError> {
    let actor = cx.signed_in()?;
    let pack: PackId = pack.parse().map_err(|_| AppError::NotFound)?;
    let mut reader = cx.read().await?;
    let head = packs::head(&mut reader, pack, "en").await?.ok_or(AppError::NotFound)?;
    let named = packs::is_author(&mut reader, head.course_id, actor.person_id).await?;
    demand(Some(actor), Right::WritePack, Record::default().naming(named))?;
    let lines = decisions::taken_up(&mut reader, pack).await?;
    let proposed = if head.state.editable() { proposed(&head, &lines) } else { String::new() };
    Ok(TakenUpList { lines, proposed })
}

/// Release notes in the language of the pack, where we speak it.
fn proposed(head: &PackHead, lines: &[TakenUp]) -> String {
    i18n::speaking(i18n::locale_of(&head.language).unwrap_or_default(), || {
        notes(&tr!(feedback.notes.heading), lines, &tr!(feedback.notes.whole), |one| {
            let reports = tr!(feedback.notes.reports, count = one.reports);
            let deliveries = tr!(feedback.notes.deliveries, count = one.deliveries);
            tr!(feedback.notes.line, change = one.change.clone(), reports = reports, deliveries = deliveries)
        })
    })
}

/// The courses one writes for in which something waits for a decision; all of them, for who may write everywhere.
pub async fn waiting(cx: &Ctx, language: &str) -> Result<Vec<(String, String, i64)>, AppError> {
    let actor = cx.signed_in()?;
    let all = may_everywhere(Some(actor), Right::WritePack);
    Ok(store::waiting(&mut cx.read().await?, actor.person_id, all, language).await?)
}
