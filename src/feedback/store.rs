//! SQL: what was said of modules.

use super::model::{Facet, ItemState, Kind, Outcome};
use crate::{
    common::ids::{
        CourseId, DecisionId, DeliveryId, FeedbackId, MaterialId, ModuleId, PackId, PersonId, SessionPlanId,
    },
    enrolment::model::EnrolmentState,
    execute, fetch_all, fetch_optional,
    packs::model::PackState,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

/// What every list says of an item, for SELECT: `n` is the module it became in the newest version.
macro_rules! item {
    () => {
        "SELECT i.id, i.delivery_id, d.title AS delivery_title, d.area_code, i.pack_id, p.language, p.major, p.minor, i.module_id, i.root_id,
            m.title AS module_title, m.position, COALESCE(s.title, t.title) AS part_title, i.session_plan_id, i.material_id,
            i.kind, i.text, i.state, i.by_trainer, i.signed, i.wants_answer, i.written_on, i.invented, i.version,
            CASE WHEN i.signed THEN w.given_name || ' ' || w.family_name END AS signed_by, i.decision_id, z.outcome, z.change, z.reason,
            z.listed, z.decided_by_name, z.decided_at, z.pack_id AS taken_id, k.state AS taken_state, k.major AS taken_major,
            k.minor AS taken_minor"
    };
}

/// What [`item`] is read from, without the newest version's module.
macro_rules! from {
    () => {
        " FROM feedback_item i JOIN delivery d ON d.id = i.delivery_id
        LEFT JOIN pack p ON p.id = i.pack_id LEFT JOIN pack_module m ON m.id = i.module_id
        LEFT JOIN session_plan s ON s.id = i.session_plan_id LEFT JOIN material t ON t.id = i.material_id
        LEFT JOIN person w ON w.id = i.person_id
        LEFT JOIN feedback_decision z ON z.id = i.decision_id LEFT JOIN pack k ON k.id = z.pack_id "
    };
}

statements! {
    STANDING -> StandingRow = "SELECT (SELECT COUNT(*) FROM delivery_trainer t WHERE t.delivery_id = d.id AND t.person_id = $2) AS trains,
            (SELECT e.state FROM enrolment e WHERE e.delivery_id = d.id AND e.person_id = $2) AS place,
            p.title AS pack_title, p.major, p.minor
        FROM delivery d LEFT JOIN pack p ON p.id = d.pack_id WHERE d.id = $1";
    PARTS -> PartRow = "SELECT 'm' AS part, m.id, m.id AS module_id, m.title, m.position, -1 AS place FROM pack_module m WHERE m.pack_id = $1
        UNION ALL
        SELECT 's' AS part, s.id, s.module_id, s.title, m.position, s.position AS place
            FROM session_plan s JOIN pack_module m ON m.id = s.module_id WHERE m.pack_id = $1
        UNION ALL
        SELECT 'd' AS part, t.id, t.module_id, t.title, m.position, 10000 + t.position AS place
            FROM material t JOIN pack_module m ON m.id = t.module_id WHERE m.pack_id = $1 AND ($2 OR NOT t.trainer_only)
        ORDER BY 5, 3, 6, 2";
    OWN -> ItemRow = concat!(item!(), ", CAST(NULL AS TEXT) AS now_title, i.module_id AS now_id", from!(),
        "WHERE i.delivery_id = $1 AND i.person_id = $2 ORDER BY i.id");
    MINE -> (ItemState, i64, Option<DecisionId>) = "SELECT i.state, i.version, i.decision_id FROM feedback_item i WHERE i.id = $1 AND i.delivery_id = $2 AND i.person_id = $3";
    MODULE_OF -> Line = "SELECT m.id, COALESCE(m.root_id, m.id) FROM pack_module m WHERE m.pack_id = $1 AND m.id = $2";
    SESSION_OF -> Line = "SELECT m.id, COALESCE(m.root_id, m.id) FROM session_plan s JOIN pack_module m ON m.id = s.module_id WHERE m.pack_id = $1 AND s.id = $2";
    MATERIAL_OF -> Line = "SELECT m.id, COALESCE(m.root_id, m.id) FROM material t JOIN pack_module m ON m.id = t.module_id
        WHERE m.pack_id = $1 AND t.id = $2 AND ($3 OR NOT t.trainer_only)";
    ADD = "INSERT INTO feedback_item (id, course_id, delivery_id, pack_id, module_id, root_id, session_plan_id, material_id, kind, text,
            state, by_trainer, signed, wants_answer, person_id, written_on, invented)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', $11, $12, $13, $14, $15, $16)";
    // What its author changes is looked at again.
    CHANGE = "UPDATE feedback_item SET module_id = $4, root_id = $5, session_plan_id = $6, material_id = $7, kind = $8, text = $9,
            signed = $10, wants_answer = $11, state = 'open', decision_id = NULL, version = version + 1
        WHERE id = $1 AND person_id = $2 AND version = $3 AND state IN ('open', 'later')";
    REMOVE = "DELETE FROM feedback_item WHERE id = $1 AND delivery_id = $2 AND person_id = $3 AND state IN ('open', 'later')";

    COURSE -> (CourseId, String, i64) = "SELECT c.id, COALESCE(t.title, e.title, c.slug) AS title,
            (SELECT COUNT(*) FROM course_author a WHERE a.course_id = c.id AND a.person_id = $3) AS author
        FROM course c LEFT JOIN course_text t ON t.course_id = c.id AND t.language = $2
        LEFT JOIN course_text e ON e.course_id = c.id AND e.language = 'en' WHERE c.slug = $1";
    FACETS -> Facet = "SELECT i.state, i.kind, i.pack_id, p.language, i.delivery_id, d.title AS delivery_title, COUNT(*) AS items
        FROM feedback_item i JOIN delivery d ON d.id = i.delivery_id LEFT JOIN pack p ON p.id = i.pack_id
        WHERE i.course_id = $1 GROUP BY i.state, i.kind, i.pack_id, p.language, i.delivery_id, d.title";
    // The key of a page is module and item; what is of no module comes first.
    ITEMS -> ItemRow = concat!(item!(), ", n.title AS now_title, n.id AS now_id", from!(),
        "LEFT JOIN pack_module n ON COALESCE(n.root_id, n.id) = i.root_id AND n.pack_id = (SELECT x.id FROM pack x
            WHERE x.course_id = i.course_id AND x.language = p.language ORDER BY x.major DESC, x.minor DESC LIMIT 1)
        WHERE i.course_id = $1 AND (($2 AND i.state IN ('open', 'later')) OR ($3 AND i.state IN ('taken_up', 'declined', 'noted')))
            AND ($4 = '' OR i.kind = $4) AND (CAST($5 AS TEXT) = '' OR i.pack_id = $6) AND (CAST($7 AS TEXT) = '' OR i.delivery_id = $8)
            AND ($9 = '' OR p.language = $9)
            AND (COALESCE(i.root_id, $10) > $11 OR (COALESCE(i.root_id, $10) = $11 AND i.id > $12))
        ORDER BY COALESCE(i.root_id, $10), i.id LIMIT 201");

    WAITING -> (String, String, i64) = "SELECT c.slug, COALESCE(t.title, e.title, c.slug) AS title, COUNT(*) AS items
        FROM feedback_item i JOIN course c ON c.id = i.course_id
        LEFT JOIN course_text t ON t.course_id = c.id AND t.language = $3
        LEFT JOIN course_text e ON e.course_id = c.id AND e.language = 'en'
        WHERE i.state = 'open' AND ($2 OR EXISTS (SELECT 1 FROM course_author a WHERE a.course_id = c.id AND a.person_id = $1))
        GROUP BY c.slug, t.title, e.title ORDER BY 2, 1";

}

/// How somebody stands to a delivery, and the version it teaches.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StandingRow {
    /// One if they train in it.
    pub trains: i64,
    /// The state of their place.
    pub place: Option<EnrolmentState>,
    /// The pack's title.
    pub pack_title: Option<String>,
    /// Its version.
    pub major: Option<i64>,
    /// Its version.
    pub minor: Option<i64>,
}

/// How a person stands to a delivery.
pub async fn standing(
    h: &mut impl Handle,
    delivery: DeliveryId,
    person: PersonId,
) -> Result<Option<StandingRow>, DbError> {
    fetch_optional!(h, STANDING, delivery, person)
}

/// A part of a pack: `m`odule, `s`ession plan or other material.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PartRow {
    /// Which of the three.
    pub part: String,
    /// Its id.
    pub id: Uuid,
    /// Its module.
    pub module_id: ModuleId,
    /// Its title.
    pub title: String,
}

/// The parts of a pack in order, each module before what is in it.
pub async fn parts(h: &mut impl Handle, pack: PackId, trainer: bool) -> Result<Vec<PartRow>, DbError> {
    fetch_all!(h, PARTS, pack, trainer)
}

/// An item in a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ItemRow {
    /// Its id.
    pub id: FeedbackId,
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Its title.
    pub delivery_title: String,
    /// Its area.
    pub area_code: Option<String>,
    /// The version it speaks of.
    pub pack_id: Option<PackId>,
    /// That version's language.
    pub language: Option<String>,
    /// That version.
    pub major: Option<i64>,
    /// That version.
    pub minor: Option<i64>,
    /// The module.
    pub module_id: Option<ModuleId>,
    /// The module of the first version that it goes back to.
    pub root_id: Option<ModuleId>,
    /// The module's title in that version.
    pub module_title: Option<String>,
    /// The module's place in that version.
    pub position: Option<i64>,
    /// The title of the session plan or material.
    pub part_title: Option<String>,
    /// The session plan.
    pub session_plan_id: Option<SessionPlanId>,
    /// The material.
    pub material_id: Option<MaterialId>,
    /// What kind.
    pub kind: Kind,
    /// What is said.
    pub text: String,
    /// Its state.
    pub state: ItemState,
    /// Whether a trainer says it.
    pub by_trainer: bool,
    /// Whether it is signed.
    pub signed: bool,
    /// Whether its author wants to be told.
    pub wants_answer: bool,
    /// The day it was written.
    pub written_on: NaiveDate,
    /// Whether the demonstration made it up.
    pub invented: bool,
    /// Grows with every change.
    pub version: i64,
    /// Who signed it; nothing where it is not signed.
    pub signed_by: Option<String>,
    /// The decision.
    pub decision_id: Option<DecisionId>,
    /// What was decided.
    pub outcome: Option<Outcome>,
    /// What changes.
    pub change: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Whether the version's release notes list it.
    pub listed: Option<bool>,
    /// Who decided.
    pub decided_by_name: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// The version it is taken up in.
    pub taken_id: Option<PackId>,
    /// The state of that version.
    pub taken_state: Option<PackState>,
    /// That version.
    pub taken_major: Option<i64>,
    /// That version.
    pub taken_minor: Option<i64>,
    /// What the module is called in the newest version of the language.
    pub now_title: Option<String>,
    /// The module in that version.
    pub now_id: Option<ModuleId>,
}

/// What a person said of a delivery.
pub async fn own(h: &mut impl Handle, delivery: DeliveryId, person: PersonId) -> Result<Vec<ItemRow>, DbError> {
    fetch_all!(h, OWN, delivery, person)
}

/// The state, version and decision of somebody's own item.
pub async fn mine(
    h: &mut impl Handle,
    id: FeedbackId,
    delivery: DeliveryId,
    person: PersonId,
) -> Result<Option<(ItemState, i64, Option<DecisionId>)>, DbError> {
    fetch_optional!(h, MINE, id, delivery, person)
}

/// A module with the one it goes back to.
pub type Line = (ModuleId, ModuleId);

/// A module of a pack.
pub async fn module_of(h: &mut impl Handle, pack: PackId, id: ModuleId) -> Result<Option<Line>, DbError> {
    fetch_optional!(h, MODULE_OF, pack, id)
}

/// The module of a session plan of a pack.
pub async fn session_of(h: &mut impl Handle, pack: PackId, id: SessionPlanId) -> Result<Option<Line>, DbError> {
    fetch_optional!(h, SESSION_OF, pack, id)
}

/// The module of a material of a pack; what is for trainers is there for trainers only.
pub async fn material_of(
    h: &mut impl Handle,
    pack: PackId,
    id: MaterialId,
    trainer: bool,
) -> Result<Option<Line>, DbError> {
    fetch_optional!(h, MATERIAL_OF, pack, id, trainer)
}

/// What an item is about, as it is kept.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    /// The module.
    pub module: Option<ModuleId>,
    /// The module it goes back to.
    pub root: Option<ModuleId>,
    /// The session plan.
    pub session: Option<SessionPlanId>,
    /// The material.
    pub material: Option<MaterialId>,
}

/// A new item.
#[derive(Clone, Debug)]
pub struct NewItem<'a> {
    /// Its id.
    pub id: FeedbackId,
    /// The course.
    pub course: CourseId,
    /// The delivery.
    pub delivery: DeliveryId,
    /// The version it speaks of.
    pub pack: Option<PackId>,
    /// What it is about.
    pub place: Place,
    /// What kind.
    pub kind: Kind,
    /// What is said.
    pub text: &'a str,
    /// Whether a trainer says it.
    pub by_trainer: bool,
    /// Whether it is signed.
    pub signed: bool,
    /// Whether its author wants to be told.
    pub wants_answer: bool,
    /// Who says it.
    pub person: Option<PersonId>,
    /// The day.
    pub on: NaiveDate,
    /// Whether the demonstration made it up.
    pub invented: bool,
}

/// Adds an item; a unique violation when it was sent before.
pub async fn add(tx: &mut Tx, it: &NewItem<'_>) -> Result<(), DbError> {
    execute!(
        tx,
        ADD,
        it.id,
        it.course,
        it.delivery,
        it.pack,
        it.place.module,
        it.place.root,
        it.place.session,
        it.place.material,
        it.kind,
        it.text,
        it.by_trainer,
        it.signed,
        it.wants_answer,
        it.person,
        it.on,
        it.invented
    )
    .map(|_| ())
}

/// Changes one's own item unless it was decided or changed since `version`; false then.
pub async fn change(
    tx: &mut Tx,
    id: FeedbackId,
    person: PersonId,
    version: i64,
    place: Place,
    said: &super::model::Said,
) -> Result<bool, DbError> {
    execute!(
        tx,
        CHANGE,
        id,
        person,
        version,
        place.module,
        place.root,
        place.session,
        place.material,
        said.kind,
        &said.text,
        said.signed,
        said.wants_answer
    )
    .map(|rows| rows == 1)
}

/// Removes one's own item unless it was decided; false then.
pub async fn remove(tx: &mut Tx, id: FeedbackId, delivery: DeliveryId, person: PersonId) -> Result<bool, DbError> {
    execute!(tx, REMOVE, id, delivery, person).map(|rows| rows == 1)
}

/// A course by its address, with its title and whether the person is one of its authors.
pub async fn course(
    h: &mut impl Handle,
    slug: &str,
    language: &str,
    person: PersonId,
) -> Result<Option<(CourseId, String, i64)>, DbError> {
    fetch_optional!(h, COURSE, slug, language, person)
}

/// How many items a course has of each sort.
pub async fn facets(h: &mut impl Handle, course: CourseId) -> Result<Vec<Facet>, DbError> {
    fetch_all!(h, FACETS, course)
}

/// As many items as a page shows; one more is read to know whether there is another page.
pub const PAGE: usize = 200;

/// Which items are wanted.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// What is to be decided.
    pub open: bool,
    /// What is.
    pub decided: bool,
    /// Of a kind.
    pub kind: &'a str,
    /// Of a version.
    pub pack: Option<PackId>,
    /// Of a delivery.
    pub delivery: Option<DeliveryId>,
    /// Of versions in a language.
    pub speech: &'a str,
    /// After this module and item.
    pub after: (Uuid, Uuid),
}

/// A page of a course's items, by module.
pub async fn items(h: &mut impl Handle, course: CourseId, it: &Wanted<'_>) -> Result<Vec<ItemRow>, DbError> {
    let given = |is: bool| if is { "1" } else { "" };
    fetch_all!(
        h,
        ITEMS,
        course,
        it.open,
        it.decided,
        it.kind,
        given(it.pack.is_some()),
        it.pack,
        given(it.delivery.is_some()),
        it.delivery,
        it.speech,
        Uuid::nil(),
        it.after.0,
        it.after.1
    )
}

/// The courses whose packs somebody writes (or all) that have items nobody looked at: address, title, how many.
pub async fn waiting(
    h: &mut impl Handle,
    person: PersonId,
    all: bool,
    language: &str,
) -> Result<Vec<(String, String, i64)>, DbError> {
    fetch_all!(h, WAITING, person, all, language)
}
