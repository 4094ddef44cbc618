//! SQL: lists of deliveries, a page at a time by key.

use crate::{
    common::ids::{DeliveryId, InstitutionId, PersonId},
    deliveries::model::{DeliveryLine, DeliveryState, Tab},
    fetch_all,
    platform::db::{DbError, Handle},
    statements,
};

/// How many deliveries a page of a list shows.
pub const PAGE: usize = 30;

macro_rules! line {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.title, d.state, d.mode, d.language, d.place, d.starts_on, d.ends_on, d.date_note, d.capacity, d.taken,
                d.call_closes_on, i.name AS host_name, i.slug AS host_slug, d.area_code,
                COALESCE(CAST(d.starts_on AS TEXT), '') AS day
            FROM delivery d LEFT JOIN institution i ON i.id = d.host_id ",
            $rest
        )
    };
}

// Whose deliveries: an officer's are all, an administrator's those of their institutions, a
// trainer's those they train in. Asked in SQL, so that a page of the list is one statement.
macro_rules! scope {
    () => {
        "($1 OR EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = $2 AND g.role = 'institution_administrator'
                AND g.institution_id = d.host_id AND g.ended_at IS NULL)
            OR EXISTS (SELECT 1 FROM delivery_trainer t WHERE t.delivery_id = d.id AND t.person_id = $2))
        AND (CAST($3 AS TEXT) IS NULL OR $3 LIKE '%;' || d.state || ';%')
        AND (CAST($4 AS UUID) IS NULL OR d.host_id = $4)
        AND (CAST($5 AS TEXT) IS NULL OR d.state = $5)"
    };
}

statements! {
    ASCENDING -> DeliveryLine = concat!(line!("WHERE "), scope!(), "
        AND (CAST($6 AS TEXT) IS NULL OR COALESCE(CAST(d.starts_on AS TEXT), '') > $6
            OR (COALESCE(CAST(d.starts_on AS TEXT), '') = $6 AND d.id > $7))
        ORDER BY day, d.id LIMIT $8");
    DESCENDING -> DeliveryLine = concat!(line!("WHERE "), scope!(), "
        AND (CAST($6 AS TEXT) IS NULL OR COALESCE(CAST(d.starts_on AS TEXT), '') < $6
            OR (COALESCE(CAST(d.starts_on AS TEXT), '') = $6 AND d.id < $7))
        ORDER BY day DESC, d.id DESC LIMIT $8");
    COUNTS -> (DeliveryState, i64) = concat!("SELECT d.state, COUNT(*) FROM delivery d WHERE ", scope!(), " GROUP BY d.state");
    HOSTS -> (InstitutionId, String) = "SELECT i.id, i.name FROM institution i WHERE EXISTS (SELECT 1 FROM delivery d WHERE d.host_id = i.id
            AND ($1 OR EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = $2 AND g.role = 'institution_administrator'
                    AND g.institution_id = d.host_id AND g.ended_at IS NULL)
                OR EXISTS (SELECT 1 FROM delivery_trainer t WHERE t.delivery_id = d.id AND t.person_id = $2)))
        ORDER BY i.name";
    AT_COMING -> DeliveryLine = line!("WHERE d.host_id = $1 AND d.state IN ('planned', 'call_open', 'selection', 'confirmed', 'running', 'postponed')
        ORDER BY d.starts_on, d.id LIMIT $2");
    AT_PAST -> DeliveryLine = line!("WHERE d.host_id = $1 AND d.state IN ('delivered', 'reported') ORDER BY d.starts_on DESC, d.id DESC LIMIT $2");
    AT_COUNT -> (DeliveryState, i64) = "SELECT state, COUNT(*) FROM delivery WHERE host_id = $1 GROUP BY state";
    IN_COMING -> DeliveryLine = line!("WHERE d.area_code = $1 AND d.state IN ('planned', 'call_open', 'selection', 'confirmed', 'running', 'postponed')
        ORDER BY d.starts_on, d.id LIMIT $2");
    IN_PAST -> DeliveryLine = line!("WHERE d.area_code = $1 AND d.state IN ('delivered', 'reported') ORDER BY d.starts_on DESC, d.id DESC LIMIT $2");
    IN_COUNT -> (DeliveryState, i64) = "SELECT state, COUNT(*) FROM delivery WHERE area_code = $1 GROUP BY state";
    PAID_COMING -> DeliveryLine = line!("WHERE d.id IN (SELECT x.delivery_id FROM delivery_project x JOIN project j ON j.id = x.project_id WHERE j.key = $1)
        AND d.state NOT IN ('delivered', 'reported', 'cancelled') ORDER BY d.starts_on, d.id LIMIT $2");
    PAID_PAST -> DeliveryLine = line!("WHERE d.id IN (SELECT x.delivery_id FROM delivery_project x JOIN project j ON j.id = x.project_id WHERE j.key = $1)
        AND d.state IN ('delivered', 'reported') ORDER BY d.starts_on DESC, d.id DESC LIMIT $2");
    PAID_COUNT -> (DeliveryState, i64) = "SELECT d.state, COUNT(*) FROM delivery d JOIN delivery_project x ON x.delivery_id = d.id
        JOIN project j ON j.id = x.project_id WHERE j.key = $1 GROUP BY d.state";
}

/// Whose deliveries are listed.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// All of them.
    pub all: bool,
    /// Those this person manages or trains in.
    pub person: PersonId,
}

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// One institution's.
    pub host: Option<InstitutionId>,
    /// In one state.
    pub state: Option<DeliveryState>,
}

fn states(tab: Tab) -> String {
    crate::common::codes::join_list(tab.states().iter().map(|state| state.code()))
}

/// One page of a list and one line more, if there is a further page. What is to come is listed
/// from the next day on, what is past from the latest back.
pub async fn page(
    h: &mut impl Handle,
    scope: Scope,
    tab: Tab,
    filter: &Filter,
    after: Option<(&str, DeliveryId)>,
) -> Result<Vec<DeliveryLine>, DbError> {
    let statement = if tab == Tab::Past { DESCENDING } else { ASCENDING };
    let (day, id) = after.unzip();
    let limit = PAGE as i64 + 1;
    fetch_all!(h, statement, scope.all, scope.person, states(tab), filter.host, filter.state, day, id, limit)
}

/// How many deliveries there are in each state.
pub async fn counts(h: &mut impl Handle, scope: Scope, filter: &Filter) -> Result<Vec<(DeliveryState, i64)>, DbError> {
    fetch_all!(h, COUNTS, scope.all, scope.person, None::<String>, filter.host, filter.state)
}

/// The hosts of the listed deliveries.
pub async fn hosts(h: &mut impl Handle, scope: Scope) -> Result<Vec<(InstitutionId, String)>, DbError> {
    fetch_all!(h, HOSTS, scope.all, scope.person)
}

/// Deliveries to come and past, and how many there are in each state.
pub type Around = (Vec<DeliveryLine>, Vec<DeliveryLine>, Vec<(DeliveryState, i64)>);

/// An institution's deliveries: the next ones and the latest ones.
pub async fn at_institution(h: &mut impl Handle, id: InstitutionId, limit: i64) -> Result<Around, DbError> {
    Ok((fetch_all!(h, AT_COMING, id, limit)?, fetch_all!(h, AT_PAST, id, limit)?, fetch_all!(h, AT_COUNT, id)?))
}

/// An area's deliveries: the next ones and the latest ones.
pub async fn in_area(h: &mut impl Handle, code: &str, limit: i64) -> Result<Around, DbError> {
    Ok((fetch_all!(h, IN_COMING, code, limit)?, fetch_all!(h, IN_PAST, code, limit)?, fetch_all!(h, IN_COUNT, code)?))
}

/// The deliveries that a project pays for: the next ones and the latest ones.
pub async fn paid_by(h: &mut impl Handle, project: &str, limit: i64) -> Result<Around, DbError> {
    Ok((
        fetch_all!(h, PAID_COMING, project, limit)?,
        fetch_all!(h, PAID_PAST, project, limit)?,
        fetch_all!(h, PAID_COUNT, project)?,
    ))
}
