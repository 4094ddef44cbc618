//! SQL of persons' records: lists, posts and roles.

use super::model::{Details, GrantLine, Post};
use crate::{
    common::{
        actor::Role,
        ids::{AccountId, GrantId, InstitutionId, PersonId, PostId},
    },
    execute, fetch_all, fetch_one, fetch_optional,
    people::model::Sex,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, NaiveDate, Utc};

/// Whom an administrator ($5) sees: who holds a role or a post (on day $6) at an institution the
/// administrator runs. $1 is true for who sees everybody.
macro_rules! seen {
    () => {
        "($1 OR EXISTS (SELECT 1 FROM role_grant mine WHERE mine.person_id = $5 AND mine.role = 'institution_administrator'
            AND mine.ended_at IS NULL AND (
                EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = q.id AND g.institution_id = mine.institution_id AND g.ended_at IS NULL)
                OR EXISTS (SELECT 1 FROM post o WHERE o.person_id = q.id AND o.institution_id = mine.institution_id
                    AND (o.ends_on IS NULL OR o.ends_on >= $6)))))"
    };
}

macro_rules! page {
    ($compare:literal, $order:literal) => {
        concat!(
            "SELECT p.id, p.given_name, p.family_name, p.folded, p.email, p.invented, a.id AS account_id,
                a.disabled, (a.password_hash IS NOT NULL) AS has_password, r.role
            FROM (SELECT q.id, q.given_name, q.family_name, q.folded, q.email, q.invented FROM person q
                WHERE q.folded LIKE $2 AND (q.folded ",
            $compare,
            " $3 OR (q.folded = $3 AND q.id ",
            $compare,
            " $4)) AND ",
            seen!(),
            " ORDER BY q.folded ",
            $order,
            ", q.id ",
            $order,
            " LIMIT 51) p
            LEFT JOIN account a ON a.person_id = p.id
            LEFT JOIN role_grant r ON r.person_id = p.id AND r.ended_at IS NULL
            ORDER BY p.folded, p.id, r.granted_at, r.id"
        )
    };
}

statements! {
    PEOPLE_AFTER -> LineRow = page!(">", "ASC");
    PEOPLE_BEFORE -> LineRow = page!("<", "DESC");
    SEEN -> (i64,) = "SELECT COUNT(*) FROM role_grant mine WHERE mine.person_id = $1 AND mine.role = 'institution_administrator'
        AND mine.ended_at IS NULL AND (
            EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = $2 AND g.institution_id = mine.institution_id AND g.ended_at IS NULL)
            OR EXISTS (SELECT 1 FROM post o WHERE o.person_id = $2 AND o.institution_id = mine.institution_id
                AND (o.ends_on IS NULL OR o.ends_on >= $3)))";
    PERSON -> PersonRow = "SELECT p.id, p.given_name, p.family_name, p.sex, p.area_code, p.email, p.invented, p.version, p.updated_by,
            a.id AS account_id, a.email AS account_email, a.disabled, (a.password_hash IS NOT NULL) AS has_password, a.last_sign_in_at
        FROM person p LEFT JOIN account a ON a.person_id = p.id WHERE p.id = $1";
    GRANTS -> GrantLine = "SELECT id, person_id, role, institution_id, area_code, granted_at, ended_at FROM role_grant
        WHERE person_id = $1 ORDER BY granted_at, id";
    GRANT -> GrantLine = "SELECT id, person_id, role, institution_id, area_code, granted_at, ended_at FROM role_grant WHERE id = $1";
    GRANT_END = "UPDATE role_grant SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    OFFICERS_LOCK = "UPDATE role_grant SET granted_at = granted_at WHERE role = 'programme_officer' AND ended_at IS NULL";
    OFFICERS_LEFT -> (i64,) = "SELECT COUNT(DISTINCT r.person_id) FROM role_grant r JOIN account a ON a.person_id = r.person_id
        WHERE r.role = 'programme_officer' AND r.ended_at IS NULL AND NOT a.disabled AND a.password_hash IS NOT NULL";
    POSTS -> Post = "SELECT id, person_id, profession, institution_id, workplace, starts_on, ends_on FROM post
        WHERE person_id = $1 ORDER BY id";
    POST -> Post = "SELECT id, person_id, profession, institution_id, workplace, starts_on, ends_on FROM post WHERE id = $1";
    POST_ADD = "INSERT INTO post (id, person_id, profession, institution_id, workplace, starts_on, ends_on)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    POST_END = "UPDATE post SET ends_on = $2 WHERE id = $1 AND ends_on IS NULL";
    UPDATE = "UPDATE person SET given_name = $3, family_name = $4, folded = $5, sex = $6, area_code = $7, email = $8,
        updated_by = $9, version = version + 1 WHERE id = $1 AND version = $2";
    ACCOUNT_STATE = "UPDATE account SET disabled = $2 WHERE id = $1";
    ACCOUNT_ADDRESS = "UPDATE account SET email = $3, language = $4 WHERE id = $1 AND email = $2 AND password_hash IS NULL
        AND NOT disabled";
}

/// A line of the list; a person with several roles comes in several.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LineRow {
    /// The person.
    pub id: PersonId,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Both, folded: the key of the list's order.
    pub folded: String,
    /// Where mail goes.
    pub email: String,
    /// Whether the demonstration made them up.
    pub invented: bool,
    /// The account, if any.
    pub account_id: Option<AccountId>,
    /// Whether it is closed.
    pub disabled: Option<bool>,
    /// Whether it has a password.
    pub has_password: bool,
    /// A role held now.
    pub role: Option<Role>,
}

/// Which page of the list, and for whom.
pub struct Page<'a> {
    /// Whether everybody is seen.
    pub everybody: bool,
    /// Who asks.
    pub asker: PersonId,
    /// Pattern of the folded name.
    pub pattern: &'a str,
    /// The folded name and id it starts beyond.
    pub from: (&'a str, PersonId),
    /// Towards the start of the alphabet.
    pub backwards: bool,
    /// The day on which posts are looked at.
    pub today: NaiveDate,
}

/// Up to 51 persons in the order of their names.
pub async fn people(h: &mut impl Handle, page: &Page<'_>) -> Result<Vec<LineRow>, DbError> {
    let statement = if page.backwards { PEOPLE_BEFORE } else { PEOPLE_AFTER };
    fetch_all!(h, statement, page.everybody, page.pattern, page.from.0, page.from.1, page.asker, page.today)
}

/// Whether an administrator sees a person.
pub async fn sees(h: &mut impl Handle, asker: PersonId, person: PersonId, today: NaiveDate) -> Result<bool, DbError> {
    let (count,): (i64,) = fetch_one!(h, SEEN, asker, person, today)?;
    Ok(count > 0)
}

/// A person with the account.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PersonRow {
    /// Their id.
    pub id: PersonId,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Sex, where stated.
    pub sex: Option<Sex>,
    /// Area.
    pub area_code: Option<String>,
    /// Where mail goes.
    pub email: String,
    /// Whether the demonstration made them up.
    pub invented: bool,
    /// Version of the record.
    pub version: i64,
    /// Who changed it last.
    pub updated_by: String,
    /// The account, if any.
    pub account_id: Option<AccountId>,
    /// The sign-in address.
    pub account_email: Option<String>,
    /// Whether the account is closed.
    pub disabled: Option<bool>,
    /// Whether it has a password.
    pub has_password: bool,
    /// When it was last signed in with.
    pub last_sign_in_at: Option<DateTime<Utc>>,
}

/// The person of an id.
pub async fn person(h: &mut impl Handle, id: PersonId) -> Result<Option<PersonRow>, DbError> {
    fetch_optional!(h, PERSON, id)
}

/// The roles of a person, ended ones too.
pub async fn grants(h: &mut impl Handle, person: PersonId) -> Result<Vec<GrantLine>, DbError> {
    fetch_all!(h, GRANTS, person)
}

/// The role of an id.
pub async fn grant(h: &mut impl Handle, id: GrantId) -> Result<Option<GrantLine>, DbError> {
    fetch_optional!(h, GRANT, id)
}

/// Ends a role; false when it was ended before.
pub async fn end_grant(tx: &mut Tx, id: GrantId, now: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(tx, GRANT_END, id, now).map(|rows| rows == 1)
}

/// Lets one transaction at a time look at who the programme officers are, on PostgreSQL too: two
/// that each take the other's role away must not both find one left.
pub async fn lock_officers(tx: &mut Tx) -> Result<(), DbError> {
    execute!(tx, OFFICERS_LOCK).map(|_| ())
}

/// How many programme officers can sign in.
pub async fn officers_left(tx: &mut Tx) -> Result<i64, DbError> {
    let (count,): (i64,) = fetch_one!(tx, OFFICERS_LEFT)?;
    Ok(count)
}

/// The posts of a person.
pub async fn posts(h: &mut impl Handle, person: PersonId) -> Result<Vec<Post>, DbError> {
    fetch_all!(h, POSTS, person)
}

/// The post of an id.
pub async fn post(h: &mut impl Handle, id: PostId) -> Result<Option<Post>, DbError> {
    fetch_optional!(h, POST, id)
}

/// Adds a post.
pub async fn add_post(tx: &mut Tx, post: &Post) -> Result<(), DbError> {
    let institution: Option<InstitutionId> = post.institution_id;
    execute!(
        tx,
        POST_ADD,
        post.id,
        post.person_id,
        post.profession,
        institution,
        &post.workplace,
        post.starts_on,
        post.ends_on
    )
    .map(|_| ())
}

/// Ends a post; false when it had an end.
pub async fn end_post(tx: &mut Tx, id: PostId, on: NaiveDate) -> Result<bool, DbError> {
    execute!(tx, POST_END, id, on).map(|rows| rows == 1)
}

/// Writes a changed record unless somebody else did since `version`; false then.
pub async fn update(
    tx: &mut Tx,
    id: PersonId,
    version: i64,
    details: &Details,
    folded: &str,
    by: &str,
) -> Result<bool, DbError> {
    execute!(
        tx,
        UPDATE,
        id,
        version,
        &details.given_name,
        &details.family_name,
        folded,
        details.sex,
        details.area_code.as_deref(),
        &details.email,
        by
    )
    .map(|rows| rows == 1)
}

/// Closes an account or opens it again.
pub async fn set_disabled(tx: &mut Tx, id: AccountId, disabled: bool) -> Result<(), DbError> {
    execute!(tx, ACCOUNT_STATE, id, disabled).map(|_| ())
}

/// Mends the address of an account that was never signed in with; false when it was, is closed, or has
/// another address by now than `stood`.
pub async fn set_address(
    tx: &mut Tx,
    id: AccountId,
    stood: &str,
    email: &str,
    language: Option<&str>,
) -> Result<bool, DbError> {
    execute!(tx, ACCOUNT_ADDRESS, id, stood, email, language).map(|rows| rows == 1)
}
