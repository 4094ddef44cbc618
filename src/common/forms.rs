//! Forms: what may be wrong with a field, what comes back when it is not, and the checks that
//! every form uses. Fields arrive as text and are checked here, so nothing typed is lost.

use super::{
    clean,
    dates::{parse_date, parse_time},
};
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

crate::text_enum! {
    /// Forms that are sent as uploads, to plain routes of their own.
    pub enum UploadForm {
        /// A file for a module of a pack.
        Material = "material",
        /// A signed sheet that was scanned.
        Scan = "scan",
        /// A piece of evidence of a count.
        Evidence = "evidence",
        /// Tables and logs with marks.
        Marks = "marks",
    }
}

/// What is wrong with a field. Each has its sentence in `locales/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FaultKind {
    /// Nothing was given.
    Required,
    /// Longer than `max` characters.
    TooLong { max: usize },
    /// Shorter than `min` characters.
    TooShort { min: usize },
    /// Not a whole number from `min` to `max`.
    Number { min: i64, max: i64 },
    /// Not a day of the calendar.
    Date,
    /// Not a time of the day.
    Time,
    /// Not an e-mail address.
    Email,
    /// Not an address that starts with https:// or http://.
    Url,
    /// The end lies before the start.
    EndsBeforeStart,
    /// Outside the days of the delivery.
    OutsideDelivery,
    /// Outside the half-day.
    OutsideSlot,
    /// A day still to come, where only one that is past or today will do.
    InFuture,
    /// Overlaps another one.
    Overlap,
    /// Not one of the choices.
    Choice,
    /// Another record has it.
    Taken,
    /// The two entries differ.
    Mismatch,
    /// The present password is wrong.
    WrongPassword,
    /// A password that is tried first.
    CommonPassword,
    /// A password made of the person's own names or address, or of the product's name.
    OwnPassword,
    /// HTML or a script where only Markdown is taken.
    Markup,
    /// Nested more deeply, or in more parts, than is rendered.
    TooComplex,
    /// Fewer than what is already used.
    BelowUsed { used: i64 },
    /// The request could not be read.
    Malformed,
    /// A mark stands that says otherwise than the paper; both as codes.
    MarkStands { name: String, stands: String, paper: String },
    /// Not addresses of networks.
    Network,
    /// More than `max`.
    TooMany { max: usize },
    /// Not degrees from -`max` to `max`.
    Degrees { max: u8 },
    /// No font has these characters, so no certificate could print them.
    Unprintable { text: String },
    /// The person may not stand before the class; what is lacking and the state of the licence, as codes.
    Unlicensed { name: String, lack: String, state: String },
}

/// One fault of one field; an empty field name speaks of the whole form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// The field's name in the form.
    pub field: String,
    /// What is wrong.
    pub kind: FaultKind,
}

impl Fault {
    /// A fault of the named field.
    pub fn new(field: &str, kind: FaultKind) -> Self {
        Self { field: field.to_owned(), kind }
    }
}

/// Two people edited one record: what stands there now, and since when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    /// Who saved first.
    pub by: String,
    /// The version to send with the next try.
    pub version: i64,
    /// Field name and the value that stands now, for the fields that differ.
    pub theirs: Vec<(String, String)>,
}

impl Conflict {
    /// Compares what was sent with what stands, field by field.
    pub fn between(by: &str, version: i64, fields: &[(&str, &str, String)]) -> Self {
        Self {
            by: by.to_owned(),
            version,
            theirs: fields
                .iter()
                .filter(|(_, sent, stands)| sent.trim() != stands.trim())
                .map(|(name, _, stands)| ((*name).to_owned(), stands.clone()))
                .collect(),
        }
    }
}

/// What a person is told on the next page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// Where to go: a path of this application.
    pub to: String,
    /// What to say there.
    pub flash: Option<Flash>,
}

impl Done {
    /// Goes to `to` and says `flash`.
    pub fn at(to: impl Into<String>, flash: Flash) -> Self {
        Self { to: to.into(), flash: Some(flash) }
    }

    /// Goes to `to` and says nothing.
    pub fn quietly(to: impl Into<String>) -> Self {
        Self { to: to.into(), flash: None }
    }
}

crate::text_enum! {
    /// A short good word after something was done. Each has its sentence in `locales/`.
    pub enum Flash {
        Saved = "saved",
        SignedOut = "signed_out",
        MailSent = "mail_sent",
        PasswordSet = "password_set",
        SessionEnded = "session_ended",
        Invited = "invited",
        RoleGranted = "role_granted",
        RoleEnded = "role_ended",
        Created = "created",
        Removed = "removed",
        Moved = "moved",
        Released = "released",
        NewVersion = "new_version",
        Enrolled = "enrolled",
        Withdrawn = "withdrawn",
        Added = "added",
        StateChanged = "state_changed",
        TimetableMade = "timetable_made",
        Marked = "marked",
        Undone = "undone",
        ItemDone = "item_done",
        CertificateIssued = "certificate_issued",
        NameShown = "name_shown",
        NameHidden = "name_hidden",
        JobRetried = "job_retried",
        Uploaded = "uploaded",
        CertificateRevoked = "certificate_revoked",
        SentIn = "sent_in",
        Decided = "decided",
        Asked = "asked",
    }
}

/// Collects the faults of a form while its fields are read.
#[derive(Default, Debug)]
pub struct Checks {
    faults: Vec<Fault>,
}

impl Checks {
    /// Notes a fault.
    pub fn fault(&mut self, field: &str, kind: FaultKind) {
        self.faults.push(Fault::new(field, kind));
    }

    /// One line of text of at most `max` characters, possibly empty, [cleaned](clean::line).
    pub fn line(&mut self, field: &str, value: &str, max: usize) -> String {
        self.within(field, clean::line(value), max)
    }

    /// One line of text that must not be empty.
    pub fn required_line(&mut self, field: &str, value: &str, max: usize) -> String {
        let value = self.line(field, value, max);
        self.given(field, value)
    }

    /// Lines of text of at most `max` characters, possibly none, [cleaned](clean::prose).
    pub fn text(&mut self, field: &str, value: &str, max: usize) -> String {
        self.within(field, clean::prose(value), max)
    }

    /// Lines of text that must not be empty.
    pub fn required(&mut self, field: &str, value: &str, max: usize) -> String {
        let value = self.text(field, value, max);
        self.given(field, value)
    }

    fn within(&mut self, field: &str, value: String, max: usize) -> String {
        if value.chars().count() > max {
            self.fault(field, FaultKind::TooLong { max });
        }
        value
    }

    fn given(&mut self, field: &str, value: String) -> String {
        if value.is_empty() {
            self.fault(field, FaultKind::Required);
        }
        value
    }

    /// A whole number in a range.
    pub fn number(&mut self, field: &str, value: &str, min: i64, max: i64) -> i64 {
        match value.trim().parse::<i64>() {
            Ok(number) if (min..=max).contains(&number) => number,
            _ if value.trim().is_empty() => {
                self.fault(field, FaultKind::Required);
                min
            }
            _ => {
                self.fault(field, FaultKind::Number { min, max });
                min
            }
        }
    }

    /// A day, or none when the field is empty.
    pub fn date(&mut self, field: &str, value: &str) -> Option<NaiveDate> {
        if value.trim().is_empty() {
            return None;
        }
        let date = parse_date(value);
        if date.is_none() {
            self.fault(field, FaultKind::Date);
        }
        date
    }

    /// A time of the day, HH:MM.
    pub fn time(&mut self, field: &str, value: &str) -> Option<NaiveTime> {
        let time = parse_time(value);
        if time.is_none() {
            self.fault(field, FaultKind::Time);
        }
        time
    }

    /// One of an enumeration's codes.
    pub fn choice<T: std::str::FromStr>(&mut self, field: &str, value: &str) -> Option<T> {
        let choice = value.trim().parse().ok();
        if choice.is_none() {
            self.fault(field, if value.trim().is_empty() { FaultKind::Required } else { FaultKind::Choice });
        }
        choice
    }

    /// An e-mail address, lower-cased; empty stays empty.
    pub fn email(&mut self, field: &str, value: &str) -> String {
        let value = self.line(field, value, 254).to_lowercase();
        if !value.is_empty() && !plausible_email(&value) {
            self.fault(field, FaultKind::Email);
        }
        value
    }

    /// A web address; empty stays empty.
    pub fn url(&mut self, field: &str, value: &str) -> String {
        let value = self.line(field, value, 500);
        let plausible = ["https://", "http://"]
            .iter()
            .any(|scheme| value.strip_prefix(scheme).is_some_and(|rest| rest.contains('.')))
            && !value.chars().any(|c| c.is_whitespace() || c.is_control() || "\"<>".contains(c));
        if !value.is_empty() && !plausible {
            self.fault(field, FaultKind::Url);
        }
        value
    }

    /// The value, or all faults found.
    pub fn finish<T>(self, value: T) -> Result<T, super::error::AppError> {
        if self.faults.is_empty() { Ok(value) } else { Err(super::error::AppError::Invalid(self.faults)) }
    }

    /// Whether nothing was wrong with a field so far.
    pub fn clean_of(&self, field: &str) -> bool {
        self.faults.iter().all(|fault| fault.field != field)
    }

    /// Whether nothing was wrong so far.
    pub fn clean(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Whether a text could be an e-mail address: one @, something before it, a dotted name after it.
/// The proof is the mail that arrives.
pub fn plausible_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    !local.is_empty()
        && !local.contains('@')
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\",;:\\()[]".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn emails() {
        for good in ["judge@court.example", "a.b+c@x.y.example"] {
            assert!(plausible_email(good), "{good}");
        }
        for bad in ["", "judge", "@court.example", "a@b", "a@@b.c", "a b@c.d", "a@b.c\r\nBcc: x@y.z", "<a@b.c>"] {
            assert!(!plausible_email(bad), "{bad}");
        }
    }

    #[test]
    fn a_name_of_nothing_is_no_name() {
        let mut checks = Checks::default();
        assert_eq!(checks.required_line("name", "\u{feff}\u{200b}\u{202e} ", 10), "");
        assert_eq!(checks.required_line("other", "\u{202e}Ana\r\nBcc: x", 10), "Ana  Bcc: x");
        assert_eq!(
            checks.faults,
            [Fault::new("name", FaultKind::Required), Fault::new("other", FaultKind::TooLong { max: 10 })]
        );
    }

    #[test]
    fn faults_are_collected_and_values_kept() {
        let mut checks = Checks::default();
        checks.required("title", "  ", 10);
        checks.number("capacity", "-3", 1, 2000);
        checks.date("starts_on", "2012-02-30");
        let error = checks.finish(()).unwrap_err();
        let crate::common::error::AppError::Invalid(faults) = error else { panic!() };
        assert_eq!(
            faults,
            [
                Fault::new("title", FaultKind::Required),
                Fault::new("capacity", FaultKind::Number { min: 1, max: 2000 }),
                Fault::new("starts_on", FaultKind::Date),
            ]
        );
    }

    proptest! {
        #[test]
        fn urls_never_carry_markup(text in ".{0,80}") {
            let mut checks = Checks::default();
            let url = checks.url("u", &text);
            if checks.clean() && !url.is_empty() {
                prop_assert!(url.starts_with("http"));
                prop_assert!(!url.contains(['"', '<', '>', '\n']));
            }
        }
    }
}
