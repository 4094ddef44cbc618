//! Rules: the states of a place in a delivery, and who may be given one.

use crate::{
    common::{
        clean,
        error::{AppError, Refusal},
        forms::{Checks, FaultKind},
    },
    deliveries::model::{DeliveryHead, DeliveryState},
    people::model::Profession,
};
use EnrolmentState::{
    Applied, Attended, Completed, Confirmed, Declined, Endorsed, Invited, Nominated, NotAttended, NotCompleted,
    PartlyAttended, Refused, Replaced, Reserve, Selected, Withdrawn,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

crate::text_enum! {
    /// Whether enough of the programme can still be attended.
    pub enum Risk {
        /// Nothing is in the way.
        None = "none",
        /// One more half-day missed, and it is no longer possible.
        AtRisk = "at_risk",
        /// Too much was missed already.
        Lost = "lost",
    }
}

crate::text_enum! {
    /// The state of a person's place in a delivery.
    pub enum EnrolmentState {
        Nominated = "nominated",
        Applied = "applied",
        Endorsed = "endorsed",
        Selected = "selected",
        Reserve = "reserve",
        Refused = "refused",
        Invited = "invited",
        Confirmed = "confirmed",
        Declined = "declined",
        Replaced = "replaced",
        Attended = "attended",
        PartlyAttended = "partly_attended",
        NotAttended = "not_attended",
        Completed = "completed",
        NotCompleted = "not_completed",
        Withdrawn = "withdrawn",
    }
}

impl EnrolmentState {
    /// Whether the person holds a place: on the register, in the study room, in the count of
    /// places taken. The same list stands in SQL as `HOLDING`.
    pub const fn holds_place(self) -> bool {
        matches!(
            self,
            Self::Selected
                | Self::Invited
                | Self::Confirmed
                | Self::Attended
                | Self::PartlyAttended
                | Self::NotAttended
                | Self::Completed
                | Self::NotCompleted
        )
    }
}

crate::text_enum! {
    /// How a place came to be held.
    pub enum EnrolmentSource { Own = "self", Administrator = "administrator", Record = "record" }
}

impl EnrolmentState {
    /// The steps there are; any other is refused.
    ///
    /// Who is put forward or asks is endorsed, then selected, put on the reserve list or refused;
    /// who is selected is invited and confirms or declines. Where enrolment is simple a place is
    /// confirmed at once. Attendance and completion follow the register and may change with it.
    /// A place can be given back at any time until its outcome is certain; who gave one back,
    /// declined, was refused or was replaced may be given a place again, in the same record.
    pub const fn next(self) -> &'static [EnrolmentState] {
        match self {
            Nominated | Applied => &[Endorsed, Selected, Reserve, Refused, Withdrawn],
            Endorsed => &[Selected, Reserve, Refused, Withdrawn],
            Reserve => &[Selected, Refused, Withdrawn],
            Selected => &[Invited, Confirmed, Declined, Replaced, Withdrawn],
            Invited => &[Confirmed, Declined, Replaced, Withdrawn],
            Confirmed => {
                &[Attended, PartlyAttended, NotAttended, Completed, NotCompleted, Declined, Replaced, Withdrawn]
            }
            Attended => &[PartlyAttended, NotAttended, Completed, NotCompleted, Withdrawn],
            PartlyAttended => &[Attended, NotAttended, Completed, NotCompleted, Withdrawn],
            NotAttended => &[Attended, PartlyAttended, Completed, NotCompleted, Withdrawn],
            NotCompleted => &[Completed, Attended, PartlyAttended, NotAttended, Withdrawn],
            Completed => &[NotCompleted],
            Refused | Declined | Replaced | Withdrawn => &[Nominated, Applied, Confirmed],
        }
    }

    /// Whether the step exists.
    pub fn may_become(self, to: EnrolmentState) -> bool {
        self.next().contains(&to)
    }
}

/// Why a person cannot enrol themselves just now, if so. The last place is decided by the
/// database; this is what the page says before.
pub fn self_enrolment(
    head: &DeliveryHead,
    today: NaiveDate,
    trains: bool,
    own: Option<EnrolmentState>,
) -> Option<Refusal> {
    if own.is_some_and(EnrolmentState::holds_place) {
        return Some(Refusal::AlreadyEnrolled);
    }
    if trains {
        return Some(Refusal::TrainerHere);
    }
    if head.sealed {
        return Some(Refusal::Sealed);
    }
    match head.state {
        DeliveryState::CallOpen => {}
        DeliveryState::Delivered | DeliveryState::Reported => return Some(Refusal::Over),
        _ => return Some(Refusal::CallClosed),
    }
    if head.by_nomination {
        return Some(Refusal::ByNomination);
    }
    // Without a closing date the call ends with the delivery.
    if head.call_closes_on.or(head.ends_on).is_some_and(|day| day < today) {
        return Some(Refusal::CallClosed);
    }
    if own.is_some_and(|state| !state.may_become(Confirmed)) {
        return Some(Refusal::WrongState);
    }
    (head.taken >= head.capacity).then_some(Refusal::Full)
}

/// Whether a place can be given back now.
pub fn withdrawal(delivery: DeliveryState, own: EnrolmentState) -> Result<(), Refusal> {
    if !delivery.releases_people() {
        return Err(Refusal::Over);
    }
    if own.may_become(Withdrawn) { Ok(()) } else { Err(Refusal::WrongState) }
}

/// A new person to be given a place, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NewPersonForm {
    /// The delivery.
    #[serde(default)]
    pub delivery: String,
    /// The person's id, made by the server.
    #[serde(default)]
    pub id: String,
    /// Given name.
    #[serde(default)]
    pub given_name: String,
    /// Family name.
    #[serde(default)]
    pub family_name: String,
    /// What they do by profession.
    #[serde(default)]
    pub profession: String,
    /// Where they work.
    #[serde(default)]
    pub workplace: String,
    /// Where mail goes; an office's mailbox will do, or nothing.
    #[serde(default)]
    pub email: String,
}

/// A new person, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Newcomer {
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// What they do by profession.
    pub profession: Profession,
    /// Where they work.
    pub workplace: String,
    /// Where mail goes.
    pub email: String,
}

impl NewPersonForm {
    /// Checks the fields.
    pub fn check(&self) -> Result<Newcomer, AppError> {
        let mut checks = Checks::default();
        let newcomer = Newcomer {
            given_name: checks.required_line("given_name", &self.given_name, 100),
            family_name: checks.required_line("family_name", &self.family_name, 100),
            profession: checks.choice("profession", &self.profession).unwrap_or(Profession::Other),
            workplace: checks.line("workplace", &self.workplace, 200),
            email: checks.email("email", &self.email),
        };
        checks.finish(newcomer)
    }
}

/// The most people enrolled at once.
pub const MANY: usize = 200;

/// Reads a pasted list: a person a line, fields parted by tabs or semicolons: given name, family
/// name, then in any number profession code, workplace and e-mail address.
pub fn read_list(text: &str) -> Result<Vec<Newcomer>, AppError> {
    let mut checks = Checks::default();
    let mut people = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut fields = line.split(['\t', ';']).map(clean::line);
        let (given, family) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        if family.is_empty() && checks.clean_of("list") {
            checks.fault("list", FaultKind::Required);
        }
        let mut newcomer = Newcomer {
            given_name: given,
            family_name: family,
            profession: Profession::Other,
            workplace: String::new(),
            email: String::new(),
        };
        for field in fields.filter(|field| !field.is_empty()) {
            if field.contains('@') {
                newcomer.email = field.to_lowercase();
                if !crate::common::forms::plausible_email(&newcomer.email) {
                    checks.fault("list", FaultKind::Email);
                }
            } else if let Ok(profession) = field.to_lowercase().replace(' ', "_").parse() {
                newcomer.profession = profession;
            } else {
                newcomer.workplace = field;
            }
        }
        let long = [&newcomer.given_name, &newcomer.family_name].iter().any(|name| name.chars().count() > 100);
        if long || newcomer.workplace.chars().count() > 200 || newcomer.email.chars().count() > 254 {
            checks.fault("list", FaultKind::TooLong { max: 200 });
        }
        people.push(newcomer);
    }
    if people.len() > MANY {
        checks.fault("list", FaultKind::Number { min: 1, max: MANY as i64 });
    }
    checks.finish(people)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn state() -> impl Strategy<Value = EnrolmentState> {
        proptest::sample::select(EnrolmentState::ALL.to_vec())
    }

    /// The whole table by hand: a row a state, a letter for each step there is.
    const TABLE: &[(EnrolmentState, &str)] = &[
        (Nominated, "endorsed selected reserve refused withdrawn"),
        (Applied, "endorsed selected reserve refused withdrawn"),
        (Endorsed, "selected reserve refused withdrawn"),
        (Selected, "invited confirmed declined replaced withdrawn"),
        (Reserve, "selected refused withdrawn"),
        (Refused, "nominated applied confirmed"),
        (Invited, "confirmed declined replaced withdrawn"),
        (Confirmed, "attended partly_attended not_attended completed not_completed declined replaced withdrawn"),
        (Declined, "nominated applied confirmed"),
        (Replaced, "nominated applied confirmed"),
        (Attended, "partly_attended not_attended completed not_completed withdrawn"),
        (PartlyAttended, "attended not_attended completed not_completed withdrawn"),
        (NotAttended, "attended partly_attended completed not_completed withdrawn"),
        (Completed, "not_completed"),
        (NotCompleted, "completed attended partly_attended not_attended withdrawn"),
        (Withdrawn, "nominated applied confirmed"),
    ];

    #[test]
    fn the_table_names_every_state() {
        assert_eq!(TABLE.len(), EnrolmentState::ALL.len());
    }

    proptest! {
        #[test]
        fn any_other_step_is_refused(from in state(), to in state()) {
            let row = TABLE.iter().find(|(state, _)| *state == from).map_or("", |(_, row)| *row);
            prop_assert_eq!(from.may_become(to), row.split(' ').any(|code| code == to.code()));
        }

        #[test]
        fn who_holds_no_place_can_come_to_one(from in state()) {
            // A walk along the table reaches a place from everywhere.
            let mut reached = vec![from];
            while let Some(next) = reached.iter().flat_map(|s| s.next()).find(|s| !reached.contains(s)).copied() {
                reached.push(next);
            }
            prop_assert!(reached.iter().any(|state| state.holds_place()));
        }

        #[test]
        fn lists_are_read_or_refused_never_worse(text in ".{0,300}") {
            if let Ok(people) = read_list(&text) {
                prop_assert!(people.iter().all(|p| !p.family_name.is_empty()));
            }
        }
    }

    #[test]
    fn a_pasted_list() {
        let people = read_list("Ana;Hoxha;judge;District court\n\nBen\tLeka\tben@court.example\n").unwrap();
        assert_eq!(people.len(), 2);
        assert_eq!((people[0].profession, people[0].workplace.as_str()), (Profession::Judge, "District court"));
        assert_eq!((people[1].profession, people[1].email.as_str()), (Profession::Other, "ben@court.example"));
        let odd = read_list("\u{feff}Ana;\u{202e}Hoxha\u{200b};judge").unwrap();
        assert_eq!((odd[0].given_name.as_str(), odd[0].family_name.as_str()), ("Ana", "Hoxha"));
        assert!(read_list("Ana;\u{200b}").is_err());
        assert!(read_list("Ana Hoxha").is_err());
        assert!(read_list(&"A;B\n".repeat(MANY + 1)).is_err());
    }
}
