//! SQL: places in deliveries: taking, giving and giving back.

use super::model::{EnrolmentSource, EnrolmentState};
use crate::{
    catalogue::model::CourseKind,
    common::ids::{DeliveryId, EnrolmentId, PersonId, PostId},
    execute, execute_bound, fetch_all, fetch_optional,
    people::model::Profession,
    platform::db::{
        DbError, Handle, Tx,
        many::{Rows, batches},
    },
    sql_of_rows, statements,
};
use chrono::{DateTime, NaiveDate, Utc};

// What a person was on a day, as statistics count it: `$day` is the bind that holds the day.
macro_rules! held {
    ($day:literal) => {
        concat!(
            "LEFT JOIN post o ON o.id = (SELECT x.id FROM post x WHERE x.person_id = p.id
                AND (x.starts_on IS NULL OR x.starts_on <= ",
            $day,
            ") AND (x.ends_on IS NULL OR x.ends_on >= ",
            $day,
            ")
                ORDER BY CASE WHEN x.starts_on IS NULL THEN 1 ELSE 0 END, x.starts_on DESC, x.id DESC LIMIT 1)
            LEFT JOIN institution i ON i.id = o.institution_id"
        )
    };
}

/// Confirmed places, with the post that each person holds. The first branch gives nobody, but tells the types.
const PLACES: Rows = Rows {
    head: "INSERT INTO enrolment (id, delivery_id, person_id, state, source, profession, workplace, area_code, created_at, updated_at) \
           WITH n(id, person_id) AS (SELECT z.id, z.person_id FROM enrolment z WHERE 1 = 0",
    row: " UNION ALL SELECT ?, ?",
    between: "",
    tail: concat!(
        ") SELECT n.id, $1, p.id, 'confirmed', $2, COALESCE(o.profession, 'other'),
            COALESCE(NULLIF(o.workplace, ''), i.name, ''), COALESCE(i.area_code, p.area_code), $4, $4
        FROM n JOIN person p ON p.id = n.person_id ",
        held!("$3")
    ),
    shared: 4,
};

statements! {
    // Names of areas go by date: the one that held when the delivery began.
    PAGE -> PageRow = "SELECT c.published, c.kind AS course_kind, d.link, d.note, d.invented, p.major, p.minor,
            (SELECT x.title FROM course_text x WHERE x.course_id = d.course_id AND x.language IN ($2, 'en')
                ORDER BY CASE WHEN x.language = $2 THEN 0 ELSE 1 END LIMIT 1) AS course_title,
            (SELECT n.name FROM area_name n WHERE n.area_code = d.area_code AND n.language IN ($2, 'en')
                AND n.starts_on <= COALESCE(d.starts_on, $3)
                ORDER BY CASE WHEN n.language = $2 THEN 0 ELSE 1 END, n.starts_on DESC LIMIT 1) AS area_name,
            (SELECT COUNT(*) FROM delivery_trainer t WHERE t.delivery_id = d.id AND t.person_id = $4) AS trains,
            (SELECT e.state FROM enrolment e WHERE e.delivery_id = d.id AND e.person_id = $4) AS own
        FROM delivery d JOIN course c ON c.id = d.course_id LEFT JOIN pack p ON p.id = d.pack_id
        WHERE d.id = $1";
    OWN -> (EnrolmentId, EnrolmentState) = "SELECT id, state FROM enrolment WHERE delivery_id = $1 AND person_id = $2";
    ONE -> (DeliveryId, PersonId, EnrolmentState) = "SELECT delivery_id, person_id, state FROM enrolment WHERE id = $1";
    ALL -> (EnrolmentId, PersonId, EnrolmentState) = "SELECT id, person_id, state FROM enrolment WHERE delivery_id = $1";
    // The last place is decided here and nowhere else.
    TAKE_OPEN = "UPDATE delivery SET taken = taken + 1 WHERE id = $1 AND taken < capacity AND NOT sealed AND state = 'call_open'
        AND COALESCE(call_closes_on, ends_on, $2) >= $2";
    TAKE = "UPDATE delivery SET taken = taken + $2 WHERE id = $1 AND taken + $2 <= capacity AND NOT sealed
        AND state IN ('planned', 'call_open', 'selection', 'confirmed', 'running', 'delivered')";
    RELEASE = "UPDATE delivery SET taken = taken - 1 WHERE id = $1 AND taken > 0 AND state NOT IN ('delivered', 'reported')";
    ADD = sql_of_rows!(1, PLACES);
    ADD_FIVE = sql_of_rows!(5, PLACES);
    // Not more: PostgreSQL plans each branch.
    ADD_TWENTY = sql_of_rows!(20, PLACES);
    // Only from the state that was read: somebody else may have been faster.
    AGAIN = "UPDATE enrolment SET state = 'confirmed', source = $3, updated_at = $4 WHERE id = $1 AND state = $2";
    SET = "UPDATE enrolment SET state = $3, updated_at = $4 WHERE id = $1 AND state = $2";
    CHANGE_ADD = "INSERT INTO enrolment_change (id, enrolment_id, at, from_state, to_state, changed_by, reason)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    // The first line of each new place's history takes the place's own id, so that many are one statement.
    CHANGES_BEGIN = "INSERT INTO enrolment_change (id, enrolment_id, at, from_state, to_state, changed_by, reason)
        SELECT e.id, e.id, e.created_at, NULL, e.state, $2, '' FROM enrolment e
        WHERE e.delivery_id = $1 AND e.created_at = $3
            AND NOT EXISTS (SELECT 1 FROM enrolment_change c WHERE c.enrolment_id = e.id)";
    PEOPLE -> PlaceRow = "SELECT e.id, e.person_id, p.given_name, p.family_name, p.email, e.state, e.source, e.profession, e.workplace,
            e.created_at, p.invented
        FROM enrolment e JOIN person p ON p.id = e.person_id WHERE e.delivery_id = $1 ORDER BY p.folded, e.id";
    HISTORY -> HistoryRow = "SELECT c.enrolment_id, c.at, c.from_state, c.to_state, c.reason, p.given_name || ' ' || p.family_name AS by_name
        FROM enrolment_change c JOIN enrolment e ON e.id = c.enrolment_id LEFT JOIN person p ON p.id = c.changed_by
        WHERE e.delivery_id = $1 ORDER BY c.at, c.id";
    FOUND -> FoundRow = concat!("SELECT p.id, p.given_name, p.family_name, o.profession, COALESCE(NULLIF(o.workplace, ''), i.name, '') AS workplace
        FROM person p ", held!("$3"), "
        WHERE p.folded LIKE $2 AND NOT EXISTS (SELECT 1 FROM enrolment e WHERE e.delivery_id = $1 AND e.person_id = p.id
            AND e.state IN ('selected', 'invited', 'confirmed', 'attended', 'partly_attended', 'not_attended', 'completed', 'not_completed'))
        ORDER BY p.folded, p.id LIMIT 40");
    RECIPIENTS -> Recipient = "SELECT e.person_id, e.state, p.given_name || ' ' || p.family_name AS name,
            COALESCE(NULLIF(p.email, ''), a.email, '') AS email, a.language
        FROM enrolment e JOIN person p ON p.id = e.person_id LEFT JOIN account a ON a.person_id = p.id
        WHERE e.delivery_id = $1";
    BY_ACCOUNT -> (PersonId, String) = "SELECT p.id, p.folded FROM account a JOIN person p ON p.id = a.person_id WHERE a.email = $1";
    POST_ADD = "INSERT INTO post (id, person_id, profession, workplace) VALUES ($1, $2, $3, $4)";
}

/// What the delivery's own page says beside the head.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PageRow {
    /// Whether the course is in the catalogue.
    pub published: bool,
    /// The course's kind.
    pub course_kind: CourseKind,
    /// Where people meet online; not for everybody.
    pub link: String,
    /// What to know beforehand.
    pub note: String,
    /// Whether the demonstration made it up.
    pub invented: bool,
    /// Version of the pack.
    pub major: Option<i64>,
    /// Version of the pack.
    pub minor: Option<i64>,
    /// The course's title.
    pub course_title: Option<String>,
    /// The area's name at the time.
    pub area_name: Option<String>,
    /// One if who looks trains here.
    pub trains: i64,
    /// The state of the place of who looks, if there is one.
    pub own: Option<EnrolmentState>,
}

/// What the delivery's own page says beside the head. One statement.
pub async fn page(
    h: &mut impl Handle,
    id: DeliveryId,
    language: &str,
    today: NaiveDate,
    viewer: Option<PersonId>,
) -> Result<Option<PageRow>, DbError> {
    fetch_optional!(h, PAGE, id, language, today, viewer)
}

/// A person's place in a delivery, whatever became of it.
pub async fn own(
    h: &mut impl Handle,
    delivery: DeliveryId,
    person: PersonId,
) -> Result<Option<(EnrolmentId, EnrolmentState)>, DbError> {
    fetch_optional!(h, OWN, delivery, person)
}

/// A place by its id: delivery, person and state.
pub async fn one(
    h: &mut impl Handle,
    id: EnrolmentId,
) -> Result<Option<(DeliveryId, PersonId, EnrolmentState)>, DbError> {
    fetch_optional!(h, ONE, id)
}

/// Every place of a delivery.
pub async fn all(
    h: &mut impl Handle,
    delivery: DeliveryId,
) -> Result<Vec<(EnrolmentId, PersonId, EnrolmentState)>, DbError> {
    fetch_all!(h, ALL, delivery)
}

/// Takes a place while the call is open and one is free; false when not.
pub async fn take_open(tx: &mut Tx, delivery: DeliveryId, today: NaiveDate) -> Result<bool, DbError> {
    execute!(tx, TAKE_OPEN, delivery, today).map(|rows| rows == 1)
}

/// Takes several places for people who are put in; all of them or none.
pub async fn take(tx: &mut Tx, delivery: DeliveryId, places: i64) -> Result<bool, DbError> {
    execute!(tx, TAKE, delivery, places).map(|rows| rows == 1)
}

/// Gives a place back; false when the delivery is over.
pub async fn release(tx: &mut Tx, delivery: DeliveryId) -> Result<bool, DbError> {
    execute!(tx, RELEASE, delivery).map(|rows| rows == 1)
}

/// What new places have in common.
pub struct Placed {
    /// In what.
    pub delivery: DeliveryId,
    /// How they come about.
    pub source: EnrolmentSource,
    /// The day whose posts count.
    pub day: NaiveDate,
    /// When.
    pub at: DateTime<Utc>,
}

/// Adds confirmed places, with the post that each person holds; false when one of the persons is
/// not known.
pub async fn add(tx: &mut Tx, all: &Placed, places: &[(EnrolmentId, PersonId)]) -> Result<bool, DbError> {
    let mut added = 0;
    for (statement, batch) in batches(places, [(20, ADD_TWENTY), (5, ADD_FIVE), (1, ADD)]) {
        added += execute_bound!(tx, statement, |query| {
            let query = query.bind(all.delivery).bind(all.source).bind(all.day).bind(all.at);
            batch.iter().fold(query, |query, (id, person)| query.bind(*id).bind(*person))
        })?;
    }
    Ok(added == places.len() as u64)
}

/// Confirms a place anew; false when its state is not the one that was read.
pub async fn again(
    tx: &mut Tx,
    id: EnrolmentId,
    from: EnrolmentState,
    source: EnrolmentSource,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(tx, AGAIN, id, from, source, now).map(|rows| rows == 1)
}

/// Changes the state of a place; false when it is not the one that was read.
pub async fn set_state(
    tx: &mut Tx,
    id: EnrolmentId,
    from: EnrolmentState,
    to: EnrolmentState,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(tx, SET, id, from, to, now).map(|rows| rows == 1)
}

/// One step of a place's history.
pub struct Change<'a> {
    /// The place.
    pub enrolment: EnrolmentId,
    /// What it was.
    pub from: EnrolmentState,
    /// What it became.
    pub to: EnrolmentState,
    /// Who did it.
    pub by: Option<PersonId>,
    /// Why.
    pub reason: &'a str,
}

/// Writes a step of a place's history.
pub async fn add_change(tx: &mut Tx, id: uuid::Uuid, change: &Change<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(tx, CHANGE_ADD, id, change.enrolment, now, change.from, change.to, change.by, change.reason).map(|_| ())
}

/// Begins the history of every place that was added at this very time and has none yet.
pub async fn begin_histories(
    tx: &mut Tx,
    delivery: DeliveryId,
    by: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, CHANGES_BEGIN, delivery, by, now).map(|_| ())
}

/// A place with the person who holds or held it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PlaceRow {
    /// The place.
    pub id: EnrolmentId,
    /// The person.
    pub person_id: PersonId,
    /// Their name.
    pub given_name: String,
    /// Their name.
    pub family_name: String,
    /// Where mail goes.
    pub email: String,
    /// The state of the place.
    pub state: EnrolmentState,
    /// How it came to be held.
    pub source: EnrolmentSource,
    /// What they do by profession.
    pub profession: Profession,
    /// Where they work.
    pub workplace: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Whether the demonstration made them up.
    pub invented: bool,
}

/// Every place of a delivery with its person, by name.
pub async fn people(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<PlaceRow>, DbError> {
    fetch_all!(h, PEOPLE, delivery)
}

/// A step in the history of a place.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct HistoryRow {
    /// The place.
    pub enrolment_id: EnrolmentId,
    /// When.
    pub at: DateTime<Utc>,
    /// What it was.
    pub from_state: Option<EnrolmentState>,
    /// What it became.
    pub to_state: EnrolmentState,
    /// Why.
    pub reason: String,
    /// Who did it.
    pub by_name: Option<String>,
}

/// The histories of all places of a delivery, in order.
pub async fn history(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<HistoryRow>, DbError> {
    fetch_all!(h, HISTORY, delivery)
}

/// A person found by name.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FoundRow {
    /// The person.
    pub id: PersonId,
    /// Their name.
    pub given_name: String,
    /// Their name.
    pub family_name: String,
    /// What they do by profession.
    pub profession: Option<Profession>,
    /// Where they work.
    pub workplace: String,
}

/// Persons whose folded name matches and who hold no place yet.
pub async fn find(
    h: &mut impl Handle,
    delivery: DeliveryId,
    pattern: &str,
    day: NaiveDate,
) -> Result<Vec<FoundRow>, DbError> {
    fetch_all!(h, FOUND, delivery, pattern, day)
}

/// Whom a letter goes to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Recipient {
    /// The person.
    pub person_id: PersonId,
    /// The state of their place.
    pub state: EnrolmentState,
    /// Their name.
    pub name: String,
    /// Their address; may be empty.
    pub email: String,
    /// The language of their account.
    pub language: Option<String>,
}

/// Everybody who has or had a place in a delivery, with address and language.
pub async fn recipients(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<Recipient>, DbError> {
    fetch_all!(h, RECIPIENTS, delivery)
}

/// The person of an account, with their folded name.
pub async fn person_of_account(h: &mut impl Handle, email: &str) -> Result<Option<(PersonId, String)>, DbError> {
    fetch_optional!(h, BY_ACCOUNT, email)
}

/// Notes what a new person is by profession, and where.
pub async fn add_post(
    tx: &mut Tx,
    id: PostId,
    person: PersonId,
    profession: Profession,
    workplace: &str,
) -> Result<(), DbError> {
    execute!(tx, POST_ADD, id, person, profession, workplace).map(|_| ())
}
