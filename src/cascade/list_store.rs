//! SQL: the lists behind the numbers of the cascade, and reminders.

use super::{rebuild_store::taken, store::Filter};
use crate::{
    attendance::tallies::model::TallyState,
    common::ids::{DeliveryId, PersonId},
    enrolment::model::EnrolmentState,
    execute, fetch_all,
    people::model::Profession,
    platform::db::{DbError, Handle, Tx},
    statements,
    trainers::roster::store::teaches,
};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

/// The deliveries of a tree that a list is of. Bound: $1 scope, $2 generation or -1, $3 area or `*`, $4 year or -1,
/// $5 course or `*`; $6 whether all hosts' are shown, $7 who asks.
macro_rules! within {
    () => {
        "x.scope_id = $1 AND ($2 = x.generation OR ($2 = -1 AND x.generation >= 1)) AND ($4 = -1 OR x.year = $4)
            AND ($5 = '*' OR x.course_slug = $5) AND ($6 OR EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = $7
                AND g.role = 'institution_administrator' AND g.ended_at IS NULL AND g.institution_id = d.host_id))"
    };
}

/// Other cohorts or projects in whose tree those trainers of delivery x stand who are not of this one: by title. They
/// are few, so it is they that are gone through, and each asked for its trainers by key.
macro_rules! others {
    ($kind:literal) => {
        concat!(
            "(SELECT string_agg(c.title, '; ' ORDER BY c.title) FROM ",
            $kind,
            " c WHERE c.id <> $1 AND EXISTS (SELECT 1 FROM delivery_trainer y JOIN cascade_trainer o ON o.scope_id = c.id AND o.person_id = y.person_id
                WHERE y.delivery_id = x.delivery_id AND (o.counts_from IS NULL OR x.starts_on IS NULL OR o.counts_from <= x.starts_on)
                    AND NOT EXISTS (SELECT 1 FROM cascade_trainer t WHERE t.scope_id = $1 AND t.person_id = y.person_id
                        AND (t.counts_from IS NULL OR x.starts_on IS NULL OR t.counts_from <= x.starts_on))))"
        )
    };
}

/// The places of a list: as above, $8 a delivery or nil, $9 $10 $11 after which place, $12 how many.
macro_rules! places {
    ($once:literal) => {
        concat!(
            "SELECT e.person_id AS id, x.delivery_id, x.sort_on, p.given_name, p.family_name, e.profession, e.workplace, e.state,
                COALESCE(e.area_code, d.area_code, '') AS area_code, x.generation, d.title, x.starts_on, d.date_note
            FROM cascade_delivery x JOIN delivery d ON d.id = x.delivery_id JOIN enrolment e ON e.delivery_id = x.delivery_id
            JOIN person p ON p.id = e.person_id
            WHERE ", within!(), " AND e.state IN ", taken!(), " AND ($3 = '*' OR (x.areas LIKE '%;' || $3 || ';%' AND COALESCE(e.area_code, d.area_code, '') = $3))
                AND (x.delivery_id = $8 OR $8 = $13) AND x.sort_on <= $9
                AND (x.sort_on, x.delivery_id, e.person_id) < ($9, $10, $11)", $once, "
            ORDER BY x.sort_on DESC, x.delivery_id DESC, e.person_id DESC LIMIT $12"
        )
    };
}

statements! {
    LIST_DELIVERIES -> DeliveryRow = concat!("SELECT x.delivery_id AS id, x.sort_on, d.title, d.sealed, x.starts_on, d.ends_on, d.date_note, d.place,
            d.area_code, i.name AS host_name, x.generation, x.places, x.heads, x.ours, x.trainers, x.paid, x.payers,
            w.state AS tally, COALESCE(w.total, 0) AS tallied,
            CASE WHEN x.payers > 0 THEN (SELECT string_agg(j.title, '; ' ORDER BY j.title) FROM delivery_project f JOIN project j ON j.id = f.project_id
                WHERE f.delivery_id = x.delivery_id AND j.id <> $1) END AS other_payers,
            CASE WHEN x.generation > 0 AND x.ours < x.trainers THEN ", others!("cohort"), " END AS other_cohorts,
            CASE WHEN x.generation > 0 AND x.ours < x.trainers THEN ", others!("project"), " END AS other_projects
        FROM cascade_delivery x JOIN delivery d ON d.id = x.delivery_id LEFT JOIN institution i ON i.id = d.host_id
        LEFT JOIN tally w ON w.delivery_id = d.id AND w.state <> 'withdrawn'
        WHERE ", within!(), " AND ($3 = '*' OR x.areas LIKE '%;' || $3 || ';%')
            AND (EXISTS (SELECT 1 FROM delivery_trainer y JOIN cascade_trainer t ON t.scope_id = $1 AND t.person_id = y.person_id
                WHERE y.delivery_id = x.delivery_id AND y.person_id = $8
                    AND (t.counts_from IS NULL OR x.starts_on IS NULL OR t.counts_from <= x.starts_on)) OR $8 = $12)
            AND (d.sealed OR NOT $13) AND (x.sort_on, x.delivery_id) < ($9, $10)
        ORDER BY x.sort_on DESC, x.delivery_id DESC LIMIT $11");
    LIST_PLACES -> PlaceRow = places!("");
    /// Each person once: where the latest of their places in this list is. SQLite takes tables that are joined crosswise
    /// in the order in which they stand: from the person's few places.
    LIST_PEOPLE -> PlaceRow = places!("
                AND NOT EXISTS (SELECT 1 FROM enrolment f CROSS JOIN cascade_delivery z CROSS JOIN delivery h
                    WHERE f.person_id = e.person_id AND f.delivery_id <> e.delivery_id
                        AND z.scope_id = $1 AND z.delivery_id = f.delivery_id AND h.id = f.delivery_id
                        AND f.state IN ('selected', 'invited', 'confirmed', 'attended', 'partly_attended', 'completed', 'not_completed')
                        AND ($2 = z.generation OR ($2 = -1 AND z.generation >= 1)) AND ($4 = -1 OR z.year = $4)
                        AND ($5 = '*' OR z.course_slug = $5) AND ($3 = '*' OR COALESCE(f.area_code, h.area_code, '') = $3)
                        AND (z.delivery_id = $8 OR $8 = $13)
                        AND ($6 OR EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = $7
                            AND g.role = 'institution_administrator' AND g.ended_at IS NULL AND g.institution_id = h.host_id))
                        AND (z.sort_on, z.delivery_id) > (x.sort_on, x.delivery_id))");
    /// Who gave the trainings of generation 0, whether of the tree or not.
    LIST_STARTERS -> TrainerRow = concat!("SELECT p.id, p.folded, p.given_name, p.family_name, t.generation, t.area_code, t.graduate, t.last_on,
            COUNT(*) AS deliveries, TRUE AS teaches
        FROM cascade_delivery x JOIN delivery d ON d.id = x.delivery_id JOIN delivery_trainer y ON y.delivery_id = x.delivery_id
        JOIN person p ON p.id = y.person_id LEFT JOIN cascade_trainer t ON t.scope_id = x.scope_id AND t.person_id = p.id
        WHERE ", within!(), " AND ($3 = '*' OR x.areas LIKE '%;' || $3 || ';%') AND (p.folded, p.id) > ($8, $9)
        GROUP BY p.id, p.folded, p.given_name, p.family_name, t.generation, t.area_code, t.graduate, t.last_on
        ORDER BY p.folded, p.id LIMIT $10");
    /// Who of the tree gave deliveries of the list.
    LIST_TRAINERS -> TrainerRow = concat!("SELECT id, folded, given_name, family_name, generation, area_code, graduate, last_on, deliveries, TRUE AS teaches FROM (
            SELECT p.id, p.folded, p.given_name, p.family_name, t.generation, t.area_code, t.graduate, t.last_on,
                (SELECT COUNT(*) FROM delivery_trainer y CROSS JOIN cascade_delivery x CROSS JOIN delivery d
                    WHERE y.person_id = p.id AND x.delivery_id = y.delivery_id AND d.id = x.delivery_id AND ", within!(), "
                        AND ($3 = '*' OR x.areas LIKE '%;' || $3 || ';%')
                        AND (t.counts_from IS NULL OR x.starts_on IS NULL OR t.counts_from <= x.starts_on)) AS deliveries
            FROM cascade_trainer t CROSS JOIN person p
            WHERE t.scope_id = $1 AND t.deliveries > 0 AND p.id = t.person_id AND (p.folded, p.id) > ($8, $9)) a
        WHERE deliveries > 0 ORDER BY folded, id LIMIT $10");
    /// Who was trained as a trainer; for an administrator those who gave a delivery of theirs.
    LIST_GRADUATES -> TrainerRow = concat!("SELECT p.id, p.folded, p.given_name, p.family_name, t.generation, t.area_code, t.graduate, t.last_on, t.deliveries, ",
            teaches!("p.id"), " AS teaches
        FROM cascade_trainer t JOIN person p ON p.id = t.person_id
        WHERE t.scope_id = $1 AND t.graduate AND ($2 = -1 OR t.generation = $2) AND ($3 = '*' OR t.area_code = $3)
            AND ($4 OR EXISTS (SELECT 1 FROM delivery_trainer y JOIN delivery d ON d.id = y.delivery_id JOIN role_grant g
                ON g.institution_id = d.host_id WHERE y.person_id = p.id AND g.person_id = $5
                    AND g.role = 'institution_administrator' AND g.ended_at IS NULL))
            AND (p.folded, p.id) > ($6, $7)
        ORDER BY p.folded, p.id LIMIT $8");
    /// Graduates who were trained before a day and have given nothing since.
    INACTIVE -> InactiveRow = concat!("SELECT p.id, p.folded, p.given_name, p.family_name, COALESCE(NULLIF(p.email, ''), a.email, '') AS email, a.language,
            t.area_code, t.counts_from, t.last_on, t.deliveries, ", teaches!("p.id"), " AS teaches,
            (SELECT MIN(m.given_name || ' ' || m.family_name) FROM person m WHERE m.id = COALESCE(
                (SELECT c.mentor_id FROM cohort_member c WHERE c.cohort_id = $1 AND c.person_id = p.id),
                (SELECT l.mentor_id FROM licence l WHERE l.person_id = p.id AND l.mentor_id IS NOT NULL ORDER BY l.since DESC LIMIT 1))) AS mentor,
            r.sent_at
        FROM cascade_trainer t JOIN person p ON p.id = t.person_id LEFT JOIN account a ON a.person_id = p.id
        LEFT JOIN cascade_reminder r ON r.person_id = p.id
        WHERE t.scope_id = $1 AND t.graduate AND (t.counts_from IS NULL OR t.counts_from <= $2) AND (t.last_on IS NULL OR t.last_on < $2)
            AND ($3 = '*' OR t.area_code = $3) AND (p.folded, p.id) > ($4, $5)
        ORDER BY p.folded, p.id LIMIT $6");
    /// Says that somebody is reminded now, unless that was done after a time.
    REMIND = "INSERT INTO cascade_reminder (person_id, sent_at, sent_by_name) VALUES ($1, $2, $3)
        ON CONFLICT (person_id) DO UPDATE SET sent_at = excluded.sent_at, sent_by_name = excluded.sent_by_name
        WHERE cascade_reminder.sent_at <= $4";
}

/// Whose lists may be seen: everybody's, or those of the institutions that somebody administers.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// Whether everybody's.
    pub all: bool,
    /// Who asks.
    pub who: PersonId,
}

/// A delivery of a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DeliveryRow {
    /// Its id.
    pub id: DeliveryId,
    /// What it is sorted by.
    pub sort_on: NaiveDate,
    /// Its title.
    pub title: String,
    /// Whether it keeps no names.
    pub sealed: bool,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// What documents say where they give no day.
    pub date_note: String,
    /// Where.
    pub place: String,
    /// The area.
    pub area_code: Option<String>,
    /// Who gave it.
    pub host_name: Option<String>,
    /// Its generation.
    pub generation: i64,
    /// Places taken.
    pub places: i64,
    /// People counted without names.
    pub heads: i64,
    /// Trainers of the tree.
    pub ours: i64,
    /// All trainers.
    pub trainers: i64,
    /// Whether the project pays.
    pub paid: bool,
    /// How many projects pay.
    pub payers: i64,
    /// The state of the count of its people as a whole, if there is one.
    pub tally: Option<TallyState>,
    /// How many that count says.
    pub tallied: i64,
    /// The other projects that pay, by title.
    pub other_payers: Option<String>,
    /// Cohorts of the trainers who are not of the tree, by title.
    pub other_cohorts: Option<String>,
    /// Projects of the trainers who are not of the tree, by title.
    pub other_projects: Option<String>,
}

/// The next deliveries of a list after one; of one trainer, or those alone that keep no names.
pub async fn list_deliveries(
    h: &mut impl Handle,
    f: &Filter,
    reader: Reader,
    (trainer, sealed): (Uuid, bool),
    after: (NaiveDate, Uuid),
    limit: i64,
) -> Result<Vec<DeliveryRow>, DbError> {
    fetch_all!(
        h,
        LIST_DELIVERIES,
        f.scope,
        f.generation,
        f.area.as_str(),
        f.year,
        f.course.as_str(),
        reader.all,
        reader.who,
        trainer,
        after.0,
        after.1,
        limit,
        Uuid::nil(),
        sealed
    )
}

/// A place of a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PlaceRow {
    /// Who.
    pub id: PersonId,
    /// In what.
    pub delivery_id: DeliveryId,
    /// What it is sorted by.
    pub sort_on: NaiveDate,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// By profession.
    pub profession: Profession,
    /// Court, office or unit.
    pub workplace: String,
    /// The place's state.
    pub state: EnrolmentState,
    /// Where from.
    pub area_code: String,
    /// Of which generation.
    pub generation: i64,
    /// The delivery's title.
    pub title: String,
    /// Its first day.
    pub starts_on: Option<NaiveDate>,
    /// What documents say where they give none.
    pub date_note: String,
}

/// The next places of a list after one, or, if asked, each person once; of one delivery, or of all (nil).
pub async fn list_places(
    h: &mut impl Handle,
    f: &Filter,
    reader: Reader,
    (delivery, once): (Uuid, bool),
    after: (NaiveDate, Uuid, Uuid),
    limit: i64,
) -> Result<Vec<PlaceRow>, DbError> {
    let statement = if once { LIST_PEOPLE } else { LIST_PLACES };
    fetch_all!(
        h,
        statement,
        f.scope,
        f.generation,
        f.area.as_str(),
        f.year,
        f.course.as_str(),
        reader.all,
        reader.who,
        delivery,
        after.0,
        after.1,
        after.2,
        limit,
        Uuid::nil()
    )
}

/// A trainer of a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TrainerRow {
    /// Who.
    pub id: PersonId,
    /// What they are sorted by.
    pub folded: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// The generation; none of an expert who is none of the tree.
    pub generation: Option<i64>,
    /// Where from.
    pub area_code: Option<String>,
    /// Whether a training of trainers was completed.
    pub graduate: Option<bool>,
    /// The first day of the last delivery.
    pub last_on: Option<NaiveDate>,
    /// Deliveries given that are in the list, or all.
    pub deliveries: i64,
    /// Whether they have a page among the trainers.
    pub teaches: bool,
}

/// The next trainers of a list after a name; of generation 0, everybody who gave its trainings.
pub async fn list_trainers(
    h: &mut impl Handle,
    f: &Filter,
    reader: Reader,
    after: (&str, Uuid),
    limit: i64,
) -> Result<Vec<TrainerRow>, DbError> {
    let statement = if f.generation == 0 { LIST_STARTERS } else { LIST_TRAINERS };
    fetch_all!(
        h,
        statement,
        f.scope,
        f.generation,
        f.area.as_str(),
        f.year,
        f.course.as_str(),
        reader.all,
        reader.who,
        after.0,
        after.1,
        limit
    )
}

/// The next of those trained as trainers after a name.
pub async fn list_graduates(
    h: &mut impl Handle,
    f: &Filter,
    reader: Reader,
    after: (&str, Uuid),
    limit: i64,
) -> Result<Vec<TrainerRow>, DbError> {
    fetch_all!(
        h,
        LIST_GRADUATES,
        f.scope,
        f.generation,
        f.area.as_str(),
        reader.all,
        reader.who,
        after.0,
        after.1,
        limit
    )
}

/// Somebody who has not delivered for long.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct InactiveRow {
    /// Who.
    pub id: PersonId,
    /// What they are sorted by.
    pub folded: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Where mail goes: the record's address, or that of the account.
    pub email: String,
    /// Whether they have a page among the trainers.
    pub teaches: bool,
    /// The language of the account.
    pub language: Option<String>,
    /// Where from.
    pub area_code: String,
    /// The first day on which a delivery would have counted.
    pub counts_from: Option<NaiveDate>,
    /// The first day of the last delivery.
    pub last_on: Option<NaiveDate>,
    /// Deliveries given.
    pub deliveries: i64,
    /// Who mentors them.
    pub mentor: Option<String>,
    /// When they were last reminded.
    pub sent_at: Option<DateTime<Utc>>,
}

/// The next graduates, after a name, who have given nothing since a day.
pub async fn inactive(
    h: &mut impl Handle,
    scope: Uuid,
    since: NaiveDate,
    area: &str,
    after: (&str, Uuid),
    limit: i64,
) -> Result<Vec<InactiveRow>, DbError> {
    fetch_all!(h, INACTIVE, scope, since, area, after.0, after.1, limit)
}

/// Takes note of a reminder; false if the last one was after `before`.
pub async fn remind(
    tx: &mut Tx,
    person: PersonId,
    by: &str,
    now: DateTime<Utc>,
    before: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(tx, REMIND, person, now, by, before).map(|rows| rows == 1)
}
