//! A count without names, as an institution enters it that cannot share them. It is invented, and unverified: no
//! evidence is attached.

use super::{Loader, broken};
use crate::{
    attendance::{
        counts::model::{Heads, total},
        tallies::{
            model::{Act, Given},
            store,
        },
    },
    common::{error::AppError, ids::TallyId},
    people::model::{Profession, Sex},
    platform::db::Tx,
};
use chrono::{DateTime, NaiveDate, Utc};

const INSTITUTION: &str = "HR/Judicial Academy (Pravosudna akademija)";
const COURSE: &str = "introductory-judges-prosecutors";
const PROJECT: &str = "cybercrime-ipa";
/// One of the graduates of Zagreb, at home there.
const BY: &str = "p005";

impl Loader<'_> {
    pub(super) async fn counts(&self, tx: &mut Tx) -> Result<(), AppError> {
        let day = |text: &str| text.parse::<NaiveDate>().map_err(broken);
        let given = Given {
            institution: self.institution(INSTITUTION)?,
            course: Some(self.course(COURSE)?),
            title: "Closed course for judges of one court (invented)".to_owned(),
            area: "HR".to_owned(),
            place: "Zagreb".to_owned(),
            starts_on: day("2012-06-11")?,
            ends_on: day("2012-06-12")?,
        };
        let heads: Vec<Heads> = [
            (Profession::Judge, Sex::Female, 9),
            (Profession::Judge, Sex::Male, 6),
            (Profession::Prosecutor, Sex::Female, 3),
        ]
        .into_iter()
        .map(|(profession, sex, people)| Heads { area_code: "HR".to_owned(), profession, sex, people })
        .collect();
        let who = self.source.persons.iter().find(|person| person.key == BY).ok_or_else(|| broken("nobody counted"))?;
        let name = format!("{} {}", who.given, who.family);
        let at: DateTime<Utc> = day("2012-06-15")?.and_time(Default::default()).and_utc();
        let (id, people): (TallyId, i64) = (self.id(), total(&heads));
        store::add(tx, id, None, &given, people, (self.person(BY)?, &name, at)).await?;
        store::set_lines(tx, id, &heads, &[self.project(PROJECT)?]).await?;
        store::add_step(tx, self.id(), id, (Act::Enter, people, ""), (&name, at)).await.map_err(AppError::from)
    }
}
