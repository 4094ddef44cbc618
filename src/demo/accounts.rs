//! Who can sign in to the demonstration, and as what.

use super::source;
use crate::common::actor::Role;
use std::fmt::Write;

/// An account of the demonstration; whose it is stands in `persons.json`.
#[derive(Debug)]
pub struct Account {
    /// The name before `@magistra.example`.
    pub name: &'static str,
    /// The role held.
    pub role: Role,
    /// The role, in words for the table.
    pub title: &'static str,
    /// What to try.
    pub try_this: &'static str,
}

/// The institution that `admin` runs and where something runs today.
pub const ACADEMY: &str = "AL/School of Magistrates";

/// All accounts, in the order of the table.
pub const ACCOUNTS: &[Account] = &[
    Account {
        name: "officer",
        role: Role::ProgrammeOfficer,
        title: "Programme officer",
        try_this: "reach by area and course, projects, any record",
    },
    Account {
        name: "admin",
        role: Role::InstitutionAdministrator,
        title: "Institution administrator",
        try_this: "School of Magistrates, Albania: schedule, enrol, register, certificates",
    },
    Account {
        name: "trainer",
        role: Role::Trainer,
        title: "Trainer",
        try_this: "write the introductory course's pack, keep today's register",
    },
    Account {
        name: "mentor",
        role: Role::Trainer,
        title: "Mentor",
        try_this: "sign off a supervised delivery, score a candidate's assessment",
    },
    Account {
        name: "candidate",
        role: Role::Trainer,
        title: "Candidate trainer",
        try_this: "what is missing for the licence, and the assessment under way",
    },
    Account {
        name: "judge",
        role: Role::Participant,
        title: "Judge",
        try_this: "study the course that runs today, check in",
    },
    Account {
        name: "prosecutor",
        role: Role::Participant,
        title: "Prosecutor",
        try_this: "find a course and enrol: one call has a single place left",
    },
    Account { name: "observer", role: Role::Observer, title: "Observer", try_this: "numbers without names" },
    Account {
        name: "focal",
        role: Role::FocalPoint,
        title: "Focal point",
        try_this: "courses and calls for the offices of Albania",
    },
];

impl Account {
    /// The sign-in address.
    pub fn email(&self) -> String {
        format!("{}@magistra.example", self.name)
    }
}

/// The table of sign-ins that is printed after loading.
pub fn table(password: &str) -> String {
    let persons = source::read().map(|source| source.persons).unwrap_or_default();
    let rows: Vec<[String; 4]> = ACCOUNTS
        .iter()
        .map(|account| {
            let name = persons
                .iter()
                .find(|person| person.account.as_deref() == Some(account.name))
                .map_or_else(String::new, |person| format!("{} {}", person.given, person.family));
            [account.title.to_owned(), name, account.email(), account.try_this.to_owned()]
        })
        .collect();
    let heads = ["Role", "Name", "E-mail", "To try"];
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).chain([heads[column].len()]).max().unwrap_or(0)
    };
    let widths = [width(0), width(1), width(2)];
    let mut table = String::new();
    let mut line = |cells: [&str; 4]| {
        let _ = writeln!(
            table,
            "  {:a$}  {:b$}  {:c$}  {}",
            cells[0],
            cells[1],
            cells[2],
            cells[3],
            a = widths[0],
            b = widths[1],
            c = widths[2]
        );
    };
    line(heads);
    for row in &rows {
        line([&row[0], &row[1], &row[2], &row[3]]);
    }
    let _ = writeln!(table, "  Password of all: {password}");
    format!("\n{table}\n")
}
