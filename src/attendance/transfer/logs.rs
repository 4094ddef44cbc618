//! Joins and leaves as Zoom, Teams and Webex write them, recognised by their headings.
//!
//! Zoom: `Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,…`, after a
//! block about the meeting or without it; who waits in the waiting room is not in the meeting. Teams:
//! tab-separated UTF-16 in numbered sections, of which the third has every join and leave; before 2021
//! `Full Name, User Action, Timestamp`. Webex: a row a connection with `Attendee Email`.

use super::{
    files::Table,
    model::{Tool, Unreadable},
};
use crate::platform::text::fold;
use serde::{Deserialize, Serialize};

/// A connection, as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Where in the file it stands, from 0.
    pub row: usize,
    /// What the tool calls them.
    pub name: String,
    /// Their address, where the tool knows it.
    pub email: String,
    /// When they joined.
    pub from: String,
    /// When they left; empty where the log ends before.
    pub to: String,
}

/// A log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// Whose it is.
    pub tool: Tool,
    /// Its connections, in its order.
    pub entries: Vec<Entry>,
}

const NAME: &[&str] = &[
    "name",
    "full name",
    "name original name",
    "display name",
    "user name",
    "participant",
    "participant name",
    "attendee name",
    "nom",
    "nom complet",
    "nom nom d origine",
    "nom nom original",
    "nom du participant",
    "nom d affichage",
];
const EMAIL: &[&str] = &[
    "user email",
    "email",
    "e mail",
    "attendee email",
    "email address",
    "adresse e mail",
    "adresse email",
    "courriel",
    "e mail de l utilisateur",
    "adresse de messagerie",
    "e mail du participant",
];
const UPN: &[&str] = &["participant id upn", "id du participant upn", "id de participant upn"];
const JOIN: &[&str] = &[
    "join time",
    "joined",
    "joined at",
    "heure d entree",
    "heure d arrivee",
    "heure de connexion",
    "heure de participation",
    "arrivee",
    "heure a laquelle la personne a rejoint",
];
const FIRST_JOIN: &[&str] =
    &["first join", "first join time", "premiere participation", "premiere connexion", "premiere entree"];
const LEAVE: &[&str] =
    &["leave time", "left", "left at", "heure de sortie", "heure de depart", "heure de deconnexion", "depart"];
const LAST_LEAVE: &[&str] =
    &["last leave", "last leave time", "dernier depart", "derniere sortie", "derniere deconnexion"];
const ACTION: &[&str] = &["user action", "action de l utilisateur", "action"];
const STAMP: &[&str] = &["timestamp", "time stamp", "horodatage", "horodateur"];
const WAITING: &[&str] = &["in waiting room", "waiting room", "dans la salle d attente", "salle d attente"];
const TOTAL: &[&str] = &["total duration minutes", "duree totale minutes"];

/// Where the columns are.
struct Heading {
    name: usize,
    email: Option<usize>,
    upn: Option<usize>,
    waiting: Option<usize>,
    times: Times,
    /// Only the first join and the last leave are told.
    summary: bool,
}

enum Times {
    Stay { from: usize, to: usize },
    Action { action: usize, at: usize },
}

fn heading(row: &[String]) -> Option<Heading> {
    let folded: Vec<String> = row.iter().map(|cell| fold(cell)).collect();
    let find = |names: &[&str]| folded.iter().position(|cell| names.contains(&cell.as_str()));
    let stay = |join, leave| Some(Times::Stay { from: find(join)?, to: find(leave)? });
    let (times, summary) = stay(JOIN, LEAVE)
        .map(|times| (times, false))
        .or_else(|| stay(FIRST_JOIN, LAST_LEAVE).map(|times| (times, true)))
        .or_else(|| Some((Times::Action { action: find(ACTION)?, at: find(STAMP)? }, false)))?;
    Some(Heading { name: find(NAME)?, email: find(EMAIL), upn: find(UPN), waiting: find(WAITING), times, summary })
}

/// The log in a table; nothing where it is none.
pub fn log(table: &Table) -> Option<Result<Log, Unreadable>> {
    let headings: Vec<(usize, Heading)> =
        table.iter().enumerate().filter_map(|(at, row)| heading(row).map(|heading| (at, heading))).collect();
    let Some((at, heading)) = headings.iter().find(|(_, heading)| !heading.summary).or_else(|| headings.first()) else {
        let without_times = table.iter().take(30).any(|row| {
            let has = |names: &[&str]| row.iter().any(|cell| names.contains(&fold(cell).as_str()));
            has(NAME) && has(TOTAL)
        });
        return without_times.then_some(Err(Unreadable::NoTimes));
    };
    let mut entries = Vec::new();
    for (row, cells) in table.iter().enumerate().skip(at + 1) {
        let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
        // A section ends with an empty row or with the title of the next.
        if filled < 2 || self::heading(cells).is_some() {
            break;
        }
        take(&mut entries, row, cells, heading);
    }
    Some(Ok(Log { tool: tool(table, *at), entries }))
}

fn take(entries: &mut Vec<Entry>, row: usize, cells: &[String], heading: &Heading) {
    let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).map_or("", String::as_str);
    if matches!(fold(cell(heading.waiting)).as_str(), "yes" | "oui") {
        return;
    }
    let name = cell(Some(heading.name)).to_owned();
    let email = [heading.email, heading.upn]
        .into_iter()
        .map(cell)
        .find(|text| text.contains('@'))
        .unwrap_or_default()
        .to_lowercase();
    match heading.times {
        Times::Stay { from, to } => {
            let (from, to) = (cell(Some(from)).to_owned(), cell(Some(to)).to_owned());
            entries.push(Entry { row, name, email, from, to });
        }
        Times::Action { action, at } => {
            let (action, at) = (fold(cell(Some(action))), cell(Some(at)).to_owned());
            let open = entries.iter_mut().rev().find(|entry| entry.name == name && entry.to.is_empty());
            let leaves = ["left", "leave", "quitte", "parti", "sorti"].iter().any(|word| action.contains(word));
            match (leaves, open) {
                (true, Some(open)) => open.to = at,
                // Who was there already is told again.
                (false, Some(_)) => {}
                (true, None) => {}
                (false, None) => entries.push(Entry { row, name, email, from: at, to: String::new() }),
            }
        }
    }
}

fn tool(table: &Table, heading: usize) -> Tool {
    let told = |at: usize, words: &[&str]| {
        table.get(at).is_some_and(|row| row.iter().any(|cell| words.iter().any(|word| fold(cell).contains(word))))
    };
    let before = |words: &[&str]| (0..heading.min(20)).any(|at| told(at, words));
    if told(heading, &["original name", "nom d origine", "nom original", "waiting room", "guest"]) {
        Tool::Zoom
    } else if told(heading, &["attendee email", "attendance duration", "meeting name"]) {
        Tool::Webex
    } else if told(heading, &["upn", "user action", "action de l utilisateur", "first join"])
        || before(&["1 summary", "meeting summary", "2 participants", "1 resume", "recapitulatif"])
    {
        Tool::Teams
    } else {
        Tool::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attendance::transfer::files::table;
    use std::collections::HashSet;

    fn read(bytes: &[u8]) -> Log {
        log(&table(bytes, &HashSet::new()).unwrap()).unwrap().unwrap()
    }

    fn utf16(text: &str) -> Vec<u8> {
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    }

    fn told(log: &Log) -> Vec<(&str, &str, &str, &str)> {
        log.entries.iter().map(|it| (it.name.as_str(), it.email.as_str(), it.from.as_str(), it.to.as_str())).collect()
    }

    #[test]
    fn zoom_with_the_meeting_before_it() {
        let log = read(
            b"Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants\r\n\
              854 1234 5678,Introductory course,11/24/2026 08:50:02 AM,11/24/2026 12:40:00 PM,host@academy.example,230,3\r\n\r\n\
              Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent,In Waiting Room\r\n\
              Ana (Ana Hoxha),,11/24/2026 08:50:02 AM,11/24/2026 08:55:00 AM,5,Yes,,Yes\r\n\
              Ana (Ana Hoxha),,11/24/2026 08:55:00 AM,11/24/2026 12:40:00 PM,225,Yes,,No\r\n\
              John,John@Court.example,11/24/2026 09:20:00 AM,11/24/2026 12:40:00 PM,200,No,,No\r\n",
        );
        assert_eq!(log.tool, Tool::Zoom);
        assert_eq!(
            told(&log),
            [
                ("Ana (Ana Hoxha)", "", "11/24/2026 08:55:00 AM", "11/24/2026 12:40:00 PM"),
                ("John", "john@court.example", "11/24/2026 09:20:00 AM", "11/24/2026 12:40:00 PM"),
            ],
            "who waits is not in the meeting"
        );
        assert_eq!(log.entries[1].row, 6);
        let unique =
            table(b"Name (Original Name),User Email,Total Duration (Minutes),Guest\nAna,,200,Yes\n", &HashSet::new())
                .unwrap();
        assert_eq!(super::log(&unique), Some(Err(Unreadable::NoTimes)));
    }

    #[test]
    fn teams_in_sections() {
        let log = read(&utf16(
            "1. Summary\r\nMeeting title\tIntroductory course\r\nAttended participants\t2\r\nStart time\t11/24/26, 8:50:02 AM\r\n\r\n\
             2. Participants\r\nName\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole\r\n\
             Ana Hoxha\t11/24/26, 8:50:02 AM\t11/24/26, 12:31:00 PM\t3h 0m\tana@court.example\tana@court.example\tPresenter\r\n\r\n\
             3. In-Meeting Activities\r\nName\tJoin Time\tLeave Time\tDuration\tEmail\tRole\r\n\
             Ana Hoxha\t11/24/26, 8:50:02 AM\t11/24/26, 10:00:00 AM\t1h 9m\tana@court.example\tPresenter\r\n\
             Ana Hoxha\t11/24/26, 10:40:00 AM\t11/24/26, 12:31:00 PM\t1h 51m\tana@court.example\tPresenter\r\n",
        ));
        assert_eq!(log.tool, Tool::Teams);
        assert_eq!(log.entries.len(), 2, "every join and leave, not only the first and the last");
        assert_eq!(log.entries[0].to, "11/24/26, 10:00:00 AM");
        let summary = read(&utf16(
            "2. Participants\r\nName\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole\r\n\
             Ana Hoxha\t24.11.26, 8:50:02\t24.11.26, 12:31:00\t3h 0m\t\tana@court.example\tPresenter\r\n",
        ));
        assert_eq!(told(&summary), [("Ana Hoxha", "ana@court.example", "24.11.26, 8:50:02", "24.11.26, 12:31:00")]);
    }

    #[test]
    fn teams_as_it_was() {
        let log = read(&utf16(
            "Full Name\tUser Action\tTimestamp\r\nAna Hoxha\tJoined before\t11/24/2026, 9:00:00 AM\r\nJohn Smith\tJoined\t11/24/2026, 9:05:00 AM\r\n\
             Ana Hoxha\tLeft\t11/24/2026, 10:00:00 AM\r\nAna Hoxha\tJoined\t11/24/2026, 10:10:00 AM\r\n",
        ));
        assert_eq!(log.tool, Tool::Teams);
        assert_eq!(
            told(&log),
            [
                ("Ana Hoxha", "", "11/24/2026, 9:00:00 AM", "11/24/2026, 10:00:00 AM"),
                ("John Smith", "", "11/24/2026, 9:05:00 AM", ""),
                ("Ana Hoxha", "", "11/24/2026, 10:10:00 AM", ""),
            ]
        );
    }

    #[test]
    fn webex() {
        let log = read(&utf16(
            "Meeting Name\tMeeting Start Time\tMeeting End Time\tName\tAttendee Email\tJoin Time\tLeave Time\tAttendance Duration\tConnection Type\r\n\
             Course\t=\"2026-11-24 08:50:00\"\t=\"2026-11-24 12:40:00\"\tAna Hoxha\tana@court.example\t=\"2026-11-24 08:58:10\"\t=\"2026-11-24 12:40:00\"\t222 mins\tDesktop app\r\n",
        ));
        assert_eq!(log.tool, Tool::Webex);
        assert_eq!(told(&log), [("Ana Hoxha", "ana@court.example", "2026-11-24 08:58:10", "2026-11-24 12:40:00")]);
    }

    #[test]
    fn a_register_is_no_log() {
        assert_eq!(log(&table(b"Name;24.11.2026\nAna Hoxha;P\n", &HashSet::new()).unwrap()), None);
    }
}
