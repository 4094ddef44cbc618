//! SQL: what the cascade is counted from, and keeping what was counted.

use super::{growth::Counts, model::Kind};
use crate::{
    common::ids::{CohortId, CourseId, DeliveryId, PersonId, ProjectId},
    execute, fetch_all,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

/// A place counts as in the numbers of the reach: unless the register says that its holder never came.
macro_rules! taken {
    () => {
        "('selected', 'invited', 'confirmed', 'attended', 'partly_attended', 'completed', 'not_completed')"
    };
}

pub(super) use taken;

/// As many places as are read at once.
pub const AT_ONCE: usize = 10_000;

statements! {
    DELIVERIES -> DeliveryRow = "SELECT d.id, d.course_id, d.starts_on, COALESCE(d.ends_on, d.starts_on) AS ends_on, d.area_code, d.sealed
        FROM delivery d WHERE d.state IN ('running', 'delivered', 'reported') ORDER BY d.id";
    COURSES -> (CourseId, String, bool) = "SELECT id, slug, kind = 'tot' AS trains FROM course ORDER BY slug";
    ROUTES -> (CourseId, CourseId) = "SELECT course_id, by_course_id FROM licence_route WHERE kind = 'train'";
    TRAINERS -> (DeliveryId, PersonId) = "SELECT t.delivery_id, t.person_id FROM delivery_trainer t JOIN delivery d ON d.id = t.delivery_id
        WHERE d.state IN ('running', 'delivered', 'reported') ORDER BY t.delivery_id, t.person_id";
    PROJECTS -> (ProjectId,) = "SELECT id FROM project ORDER BY key";
    PAYERS -> (DeliveryId, ProjectId) = "SELECT p.delivery_id, p.project_id FROM delivery_project p JOIN delivery d ON d.id = p.delivery_id
        WHERE d.state IN ('running', 'delivered', 'reported') ORDER BY p.delivery_id";
    /// Of those who took part: everybody in a training of trainers, and whoever gives a delivery somewhere.
    TAUGHT -> TaughtRow = concat!("SELECT e.delivery_id, e.person_id, COALESCE(e.area_code, p.area_code) AS area_code,
            e.state = 'completed' OR COALESCE(k.met, FALSE) AS completed
        FROM enrolment e JOIN delivery d ON d.id = e.delivery_id JOIN course c ON c.id = d.course_id
        JOIN person p ON p.id = e.person_id LEFT JOIN completion k ON k.enrolment_id = e.id
        WHERE d.state IN ('running', 'delivered', 'reported') AND e.state IN ", taken!(), "
            AND (c.kind = 'tot' OR EXISTS (SELECT 1 FROM licence_route r WHERE r.by_course_id = c.id AND r.kind = 'train')
                OR EXISTS (SELECT 1 FROM cohort_step_delivery x WHERE x.delivery_id = d.id)
                OR EXISTS (SELECT 1 FROM delivery_trainer t WHERE t.person_id = e.person_id))");
    COHORTS -> (CohortId, CourseId) = "SELECT id, course_id FROM cohort WHERE state <> 'cancelled' ORDER BY id";
    // Who was only ever proposed and withdrew has left as well, and was never a member.
    MEMBERS -> MemberRow = "SELECT m.cohort_id, m.person_id, COALESCE(m.area_code, p.area_code) AS area_code, m.joined_at, m.left_at
        FROM cohort_member m JOIN person p ON p.id = m.person_id WHERE m.state IN ('selected', 'left') AND m.joined_at IS NOT NULL";
    STEPS -> (CohortId, DeliveryId) = "SELECT s.cohort_id, x.delivery_id FROM cohort_step s JOIN cohort c ON c.id = s.cohort_id
        JOIN cohort_step_delivery x ON x.step_id = s.id JOIN course o ON o.id = s.course_id
        WHERE s.kind = 'attend' AND (o.kind = 'tot' OR EXISTS (SELECT 1 FROM licence_route r
            WHERE r.course_id = c.course_id AND r.by_course_id = s.course_id AND r.kind = 'train'))";
    /// How many a half-day of a sealed delivery counted last, by area.
    HEADS -> HeadRow = "SELECT s.delivery_id, h.slot_id, h.total, l.area_code, CAST(SUM(l.people) AS BIGINT) AS people
        FROM head_count h JOIN slot s ON s.id = h.slot_id JOIN delivery d ON d.id = s.delivery_id
        JOIN head_count_line l ON l.head_count_id = h.id
        WHERE d.sealed AND s.cancelled_at IS NULL AND d.state IN ('running', 'delivered', 'reported')
            AND NOT EXISTS (SELECT 1 FROM head_count n WHERE n.slot_id = h.slot_id
                AND (n.counted_at > h.counted_at OR (n.counted_at = h.counted_at AND n.id > h.id)))
        GROUP BY s.delivery_id, h.slot_id, h.total, l.area_code
        ORDER BY s.delivery_id, h.total DESC, h.slot_id, l.area_code";
    /// Places by person, from where the last reading ended.
    PLACES -> PlaceRow = concat!("SELECT person_id, delivery_id, area_code FROM enrolment
        WHERE (person_id, delivery_id) > ($1, $2) AND state IN ", taken!(), " ORDER BY person_id, delivery_id LIMIT $3");
    SCOPES -> ScopeRow = "SELECT scope_id, kind, undated, refreshed_at FROM cascade_scope";
    SCOPE_ADD = "INSERT INTO cascade_scope (scope_id, kind, undated, refreshed_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (scope_id) DO NOTHING";
    SCOPE_SET = "UPDATE cascade_scope SET undated = $2, refreshed_at = $3 WHERE scope_id = $1 AND refreshed_at = $4";
    SCOPE_FORGET = "DELETE FROM cascade_scope WHERE scope_id = $1";
    CELLS -> CellRow = "SELECT generation, area_code, year, course_slug, deliveries, trainers, participations, persons, sealed, heads,
            by_trainers, by_payers FROM cascade_cell WHERE scope_id = $1";
    CELL_SET = "INSERT INTO cascade_cell (scope_id, generation, area_code, year, course_slug, deliveries, trainers, participations,
            persons, sealed, heads, by_trainers, by_payers)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        ON CONFLICT (scope_id, generation, area_code, year, course_slug) DO UPDATE SET deliveries = excluded.deliveries,
            trainers = excluded.trainers, participations = excluded.participations, persons = excluded.persons,
            sealed = excluded.sealed, heads = excluded.heads, by_trainers = excluded.by_trainers, by_payers = excluded.by_payers";
    CELL_FORGET = "DELETE FROM cascade_cell WHERE scope_id = $1 AND generation = $2 AND area_code = $3 AND year = $4 AND course_slug = $5";
    CELLS_FORGET = "DELETE FROM cascade_cell WHERE scope_id = $1";
    BRANCHES -> BranchRow = "SELECT delivery_id, generation, year, course_slug, starts_on, areas, places, heads, ours, trainers, paid, payers
        FROM cascade_delivery WHERE scope_id = $1";
    BRANCH_SET = "INSERT INTO cascade_delivery (scope_id, delivery_id, generation, year, course_slug, starts_on, sort_on, areas, places,
            heads, ours, trainers, paid, payers)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (scope_id, delivery_id) DO UPDATE SET generation = excluded.generation, year = excluded.year,
            course_slug = excluded.course_slug, starts_on = excluded.starts_on, sort_on = excluded.sort_on, areas = excluded.areas,
            places = excluded.places, heads = excluded.heads, ours = excluded.ours, trainers = excluded.trainers,
            paid = excluded.paid, payers = excluded.payers";
    BRANCH_FORGET = "DELETE FROM cascade_delivery WHERE scope_id = $1 AND delivery_id = $2";
    BRANCHES_FORGET = "DELETE FROM cascade_delivery WHERE scope_id = $1";
    PEOPLE -> PersonRow = "SELECT person_id, generation, area_code, graduate, counts_from, by_delivery_id, deliveries, last_on
        FROM cascade_trainer WHERE scope_id = $1";
    PERSON_SET = "INSERT INTO cascade_trainer (scope_id, person_id, generation, area_code, graduate, counts_from, by_delivery_id,
            deliveries, last_on)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (scope_id, person_id) DO UPDATE SET generation = excluded.generation, area_code = excluded.area_code,
            graduate = excluded.graduate, counts_from = excluded.counts_from, by_delivery_id = excluded.by_delivery_id,
            deliveries = excluded.deliveries, last_on = excluded.last_on";
    PERSON_FORGET = "DELETE FROM cascade_trainer WHERE scope_id = $1 AND person_id = $2";
    PEOPLE_FORGET = "DELETE FROM cascade_trainer WHERE scope_id = $1";
}

/// A delivery that counts.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DeliveryRow {
    /// Its id.
    pub id: DeliveryId,
    /// What was given.
    pub course_id: CourseId,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// Where.
    pub area_code: Option<String>,
    /// Whether it keeps no names.
    pub sealed: bool,
}

/// The deliveries that run or are over.
pub async fn deliveries(h: &mut impl Handle) -> Result<Vec<DeliveryRow>, DbError> {
    fetch_all!(h, DELIVERIES)
}

/// All courses: id, address, and whether it trains trainers.
pub async fn courses(h: &mut impl Handle) -> Result<Vec<(CourseId, String, bool)>, DbError> {
    fetch_all!(h, COURSES)
}

/// Which course is given by whom another one trained.
pub async fn routes(h: &mut impl Handle) -> Result<Vec<(CourseId, CourseId)>, DbError> {
    fetch_all!(h, ROUTES)
}

/// Who gave what.
pub async fn trainers(h: &mut impl Handle) -> Result<Vec<(DeliveryId, PersonId)>, DbError> {
    fetch_all!(h, TRAINERS)
}

/// All projects.
pub async fn projects(h: &mut impl Handle) -> Result<Vec<(ProjectId,)>, DbError> {
    fetch_all!(h, PROJECTS)
}

/// Which project pays for what.
pub async fn payers(h: &mut impl Handle) -> Result<Vec<(DeliveryId, ProjectId)>, DbError> {
    fetch_all!(h, PAYERS)
}

/// Somebody who took part and may be a trainer.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TaughtRow {
    /// In what.
    pub delivery_id: DeliveryId,
    /// Who.
    pub person_id: PersonId,
    /// Where from.
    pub area_code: Option<String>,
    /// Whether it was completed.
    pub completed: bool,
}

/// Those who took part and may be trainers.
pub async fn taught(h: &mut impl Handle) -> Result<Vec<TaughtRow>, DbError> {
    fetch_all!(h, TAUGHT)
}

/// All cohorts with the course that their members are to give.
pub async fn cohorts(h: &mut impl Handle) -> Result<Vec<(CohortId, CourseId)>, DbError> {
    fetch_all!(h, COHORTS)
}

/// Somebody who was selected for a cohort.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MemberRow {
    /// The cohort.
    pub cohort_id: CohortId,
    /// Who.
    pub person_id: PersonId,
    /// Where from.
    pub area_code: Option<String>,
    /// When the person joined.
    pub joined_at: DateTime<Utc>,
    /// When the person left.
    pub left_at: Option<DateTime<Utc>>,
}

/// Everybody who is or was selected for a cohort.
pub async fn members(h: &mut impl Handle) -> Result<Vec<MemberRow>, DbError> {
    fetch_all!(h, MEMBERS)
}

/// The deliveries by which cohorts are trained as trainers.
pub async fn steps(h: &mut impl Handle) -> Result<Vec<(CohortId, DeliveryId)>, DbError> {
    fetch_all!(h, STEPS)
}

/// People of an area who were counted in a half-day of a sealed delivery.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct HeadRow {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The half-day.
    pub slot_id: Uuid,
    /// How many in all.
    pub total: i64,
    /// Where from.
    pub area_code: String,
    /// How many of them.
    pub people: i64,
}

/// The countings of sealed deliveries; of each delivery the largest half-day first.
pub async fn heads(h: &mut impl Handle) -> Result<Vec<HeadRow>, DbError> {
    fetch_all!(h, HEADS)
}

/// A place: who, in what, where from.
pub type PlaceRow = (PersonId, DeliveryId, Option<String>);

/// The next places, by person, after one that was read.
pub async fn places(h: &mut impl Handle, after: (PersonId, DeliveryId)) -> Result<Vec<PlaceRow>, DbError> {
    fetch_all!(h, PLACES, after.0, after.1, i64::try_from(AT_ONCE).unwrap_or(i64::MAX))
}

/// A scope that is kept.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct ScopeRow {
    /// Of what.
    pub scope_id: Uuid,
    /// Which kind that is.
    pub kind: Kind,
    /// Deliveries without a day.
    pub undated: i64,
    /// When it was counted.
    pub refreshed_at: DateTime<Utc>,
}

/// All scopes that are kept.
pub async fn scopes(h: &mut impl Handle) -> Result<Vec<ScopeRow>, DbError> {
    fetch_all!(h, SCOPES)
}

/// Notes that a scope was counted; false where somebody else counted it since `before` was read.
pub async fn note_scope(tx: &mut Tx, scope: &ScopeRow, before: Option<DateTime<Utc>>) -> Result<bool, DbError> {
    let rows = match before {
        None => execute!(tx, SCOPE_ADD, scope.scope_id, scope.kind, scope.undated, scope.refreshed_at)?,
        Some(before) => execute!(tx, SCOPE_SET, scope.scope_id, scope.undated, scope.refreshed_at, before)?,
    };
    Ok(rows == 1)
}

/// Forgets a scope and everything of it.
pub async fn forget_scope(tx: &mut Tx, id: Uuid) -> Result<(), DbError> {
    execute!(tx, SCOPE_FORGET, id)?;
    execute!(tx, CELLS_FORGET, id)?;
    execute!(tx, BRANCHES_FORGET, id)?;
    execute!(tx, PEOPLE_FORGET, id).map(|_| ())
}

/// What a number is of: generation, area, year, course; -1 and `*` for all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::FromRow)]
pub struct CellKey {
    /// The generation.
    pub generation: i64,
    /// Code of the area.
    pub area_code: String,
    /// The year.
    pub year: i64,
    /// Address of the course.
    pub course_slug: String,
}

/// A cell that is kept.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CellRow {
    /// Of what.
    #[sqlx(flatten)]
    pub key: CellKey,
    /// Its numbers.
    #[sqlx(flatten)]
    pub counts: Counts,
}

/// The cells of a scope.
pub async fn cells(h: &mut impl Handle, scope: Uuid) -> Result<Vec<CellRow>, DbError> {
    fetch_all!(h, CELLS, scope)
}

/// Keeps a cell.
pub async fn set_cell(tx: &mut Tx, scope: Uuid, key: &CellKey, it: &Counts) -> Result<(), DbError> {
    execute!(
        tx,
        CELL_SET,
        scope,
        key.generation,
        &key.area_code,
        key.year,
        &key.course_slug,
        it.deliveries,
        it.trainers,
        it.participations,
        it.persons,
        it.sealed,
        it.heads,
        it.by_trainers,
        it.by_payers
    )
    .map(|_| ())
}

/// Forgets a cell.
pub async fn forget_cell(tx: &mut Tx, scope: Uuid, key: &CellKey) -> Result<(), DbError> {
    execute!(tx, CELL_FORGET, scope, key.generation, &key.area_code, key.year, &key.course_slug).map(|_| ())
}

/// A delivery of a tree, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BranchRow {
    /// Which.
    pub delivery_id: DeliveryId,
    /// Of which generation those who take part are.
    pub generation: i64,
    /// The year it counts for.
    pub year: i64,
    /// The course.
    pub course_slug: String,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Where its people come from, as `;AL;BA;`.
    pub areas: String,
    /// Places taken.
    pub places: i64,
    /// People counted without names.
    pub heads: i64,
    /// Trainers who are of the tree.
    pub ours: i64,
    /// All trainers.
    pub trainers: i64,
    /// Whether the project pays.
    pub paid: bool,
    /// How many projects pay.
    pub payers: i64,
}

/// The deliveries of a scope.
pub async fn branches(h: &mut impl Handle, scope: Uuid) -> Result<Vec<BranchRow>, DbError> {
    fetch_all!(h, BRANCHES, scope)
}

/// Keeps a delivery.
pub async fn set_branch(tx: &mut Tx, scope: Uuid, it: &BranchRow) -> Result<(), DbError> {
    let sort_on = it.starts_on.or(NaiveDate::from_ymd_opt(1, 1, 1));
    execute!(
        tx,
        BRANCH_SET,
        scope,
        it.delivery_id,
        it.generation,
        it.year,
        &it.course_slug,
        it.starts_on,
        sort_on,
        &it.areas,
        it.places,
        it.heads,
        it.ours,
        it.trainers,
        it.paid,
        it.payers
    )
    .map(|_| ())
}

/// Forgets a delivery.
pub async fn forget_branch(tx: &mut Tx, scope: Uuid, delivery: DeliveryId) -> Result<(), DbError> {
    execute!(tx, BRANCH_FORGET, scope, delivery).map(|_| ())
}

/// Somebody of a tree, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PersonRow {
    /// Who.
    pub person_id: PersonId,
    /// The generation.
    pub generation: i64,
    /// Where from.
    pub area_code: String,
    /// Whether a training of trainers was completed.
    pub graduate: bool,
    /// The first day on which a delivery counts.
    pub counts_from: Option<NaiveDate>,
    /// The delivery that did it.
    pub by_delivery_id: Option<DeliveryId>,
    /// Deliveries given.
    pub deliveries: i64,
    /// The first day of the last one.
    pub last_on: Option<NaiveDate>,
}

/// The trainers of a scope.
pub async fn people(h: &mut impl Handle, scope: Uuid) -> Result<Vec<PersonRow>, DbError> {
    fetch_all!(h, PEOPLE, scope)
}

/// Keeps a trainer.
pub async fn set_person(tx: &mut Tx, scope: Uuid, it: &PersonRow) -> Result<(), DbError> {
    execute!(
        tx,
        PERSON_SET,
        scope,
        it.person_id,
        it.generation,
        &it.area_code,
        it.graduate,
        it.counts_from,
        it.by_delivery_id,
        it.deliveries,
        it.last_on
    )
    .map(|_| ())
}

/// Forgets a trainer.
pub async fn forget_person(tx: &mut Tx, scope: Uuid, person: PersonId) -> Result<(), DbError> {
    execute!(tx, PERSON_FORGET, scope, person).map(|_| ())
}
