//! What a cell says of somebody: our own codes, and what spreadsheets of academies say.

use super::model::{Why, clean};
use crate::{
    attendance::model::{Hours, Mark, MarkState, NOTE_MAX},
    platform::text::fold,
};

/// What letters mean that have no one meaning. X is an excuse in our own files and a tick or its
/// contrary in others; E is who left early, or who is excused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letters {
    /// X.
    pub x: MarkState,
    /// E.
    pub e: MarkState,
}

impl Letters {
    /// As in the files that we write.
    pub const OWN: Self = Self { x: MarkState::Excused, e: MarkState::LeftEarly };
}

/// Which of the doubtful letters cells use, and what else tells what they mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// An X stands somewhere.
    pub x: bool,
    /// An E without minutes stands somewhere.
    pub e: bool,
    e_with_minutes: bool,
    ticks: bool,
    letters: bool,
}

impl Usage {
    /// Takes a cell into account.
    pub fn see(&mut self, text: &str) {
        let text = clean(text);
        let head = text.split(':').next().unwrap_or_default().trim();
        match fold(head).as_str() {
            // Nobody gives a reason for a tick.
            "x" if text.contains(':') => (self.x, self.letters) = (true, true),
            "x" => self.x = true,
            "e" => self.e = true,
            "p" | "a" | "l" => self.letters = true,
            word if word.starts_with("e ") && word[2..].bytes().all(|b| b.is_ascii_digit()) => {
                self.e_with_minutes = true
            }
            _ => self.ticks |= text.starts_with(TICKS),
        }
    }

    /// What the letters most likely mean.
    pub fn likely(self) -> Letters {
        Letters {
            x: if self.letters {
                MarkState::Excused
            } else if self.ticks {
                MarkState::Absent
            } else {
                MarkState::Present
            },
            e: if self.e_with_minutes || self.x || !self.letters { MarkState::LeftEarly } else { MarkState::Excused },
        }
    }
}

const TICKS: [char; 6] = ['✓', '✔', '☑', '√', '✅', '🗸'];
const CROSSES: [char; 6] = ['✗', '✘', '☒', '×', '❌', '✖'];

/// Reads a cell that is not empty, for a half-day.
pub fn read(text: &str, letters: Letters, hours: Hours) -> Result<Mark, Why> {
    let text = clean(text);
    let (head, note) = parted(&text);
    if note.chars().count() > NOTE_MAX {
        return Err(Why::TooLong);
    }
    let mark = |state, minutes| Ok(Mark { state, minutes, note: note.to_owned() });
    if head == "+" || head.starts_with(TICKS) {
        return mark(MarkState::Present, hours.minutes());
    }
    if head.starts_with(CROSSES) {
        return mark(MarkState::Absent, 0);
    }
    let digits = head.find(|c: char| c.is_ascii_digit()).unwrap_or(head.len());
    let (word, figure) = head.split_at(digits);
    let amount = if figure.is_empty() { None } else { Some(minutes(figure).ok_or(Why::Unknown)?) };
    let word = fold(word);
    let state = match (word.as_str(), amount) {
        ("", Some((1, false))) => return mark(MarkState::Present, hours.minutes()),
        ("", Some((0, false))) => return mark(MarkState::Absent, 0),
        ("", Some((_, false))) => return Err(Why::PlainNumber),
        ("", Some((attended, true))) => {
            return present_for(attended, hours).and_then(|(state, minutes)| mark(state, minutes));
        }
        (word, _) => state_of(word, letters).ok_or(Why::Unknown)?,
    };
    match (state, amount) {
        (MarkState::Late | MarkState::LeftEarly, Some((missed, _))) if missed > hours.minutes() => Err(Why::Minutes),
        (MarkState::Late | MarkState::LeftEarly, missed) => {
            // Without minutes, the usual delay.
            let missed = missed.map_or_else(|| hours.missed_at(state, hours.starts_at), |(missed, _)| missed);
            mark(state, hours.attended(state, missed))
        }
        (MarkState::Present, Some((attended, true))) => {
            present_for(attended, hours).and_then(|(state, minutes)| mark(state, minutes))
        }
        (_, Some(_)) => Err(Why::Unknown),
        (state, None) => mark(state, hours.attended(state, 0)),
    }
}

/// Minutes attended. Which end was missed is not told; most who miss something come late.
fn present_for(attended: i64, hours: Hours) -> Result<(MarkState, i64), Why> {
    match hours.minutes() - attended {
        ..0 => Err(Why::Minutes),
        0 => Ok((MarkState::Present, attended)),
        _ if attended == 0 => Ok((MarkState::Absent, 0)),
        _ => Ok((MarkState::Late, attended)),
    }
}

/// What is said and the remark: after a colon that is none of a time, or in brackets.
fn parted(text: &str) -> (&str, &str) {
    let colon = text
        .split_once(": ")
        .or_else(|| text.split_once(':').filter(|(head, _)| !head.ends_with(|c: char| c.is_ascii_digit())));
    if let Some((head, note)) = colon {
        return (head.trim(), note.trim());
    }
    if let Some((head, rest)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        // Late (15) is minutes.
        return if minutes(rest).is_some() { (text.trim_end_matches(')'), "") } else { (head.trim(), rest.trim()) };
    }
    (text, "")
}

/// Minutes, and whether a unit says that they are: 15, 15 min, 15′, 3 h, 3h30, 2:30 h, 1,5 h.
fn minutes(text: &str) -> Option<(i64, bool)> {
    let text = text.trim_matches(|c: char| c == '(' || c == ')' || c.is_whitespace()).to_lowercase();
    let end = text.find(|c: char| !c.is_ascii_digit() && !",.:".contains(c)).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = unit.trim().trim_end_matches('.');
    if number.len() > 6 {
        return None;
    }
    match unit {
        "" => number.parse().ok().map(|minutes| (minutes, false)),
        "min" | "mins" | "mn" | "m" | "minute" | "minutes" | "'" | "′" | "’" => {
            number.parse().ok().map(|minutes| (minutes, true))
        }
        "h" | "hr" | "hrs" | "hour" | "hours" | "heure" | "heures" => {
            if let Some((hours, minutes)) = number.split_once(':') {
                return Some((hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?, true));
            }
            let hours: f64 = number.replace(',', ".").parse().ok()?;
            Some(((hours * 60.0).round() as i64, true))
        }
        unit => {
            let rest = unit.strip_prefix('h')?.trim();
            let rest = rest.trim_end_matches(|c: char| !c.is_ascii_digit());
            // Neither a sign nor more than can be added.
            if rest.len() > 6 || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            Some((number.parse::<i64>().ok()? * 60 + rest.parse::<i64>().ok()?, true))
        }
    }
}

fn state_of(word: &str, letters: Letters) -> Option<MarkState> {
    Some(match word {
        "x" => letters.x,
        "e" => letters.e,
        "p" | "pres" | "present" | "presente" | "attended" | "yes" | "y" | "oui" | "o" | "true" | "vrai" | "ok"
        | "here" => MarkState::Present,
        "a" | "abs" | "absent" | "absente" | "absence" | "no" | "n" | "non" | "false" | "faux" | "missing"
        | "not present" | "non present" | "non presente" | "did not attend" => MarkState::Absent,
        "l" | "r" | "late" | "arrived late" | "came late" | "late by" | "retard" | "ret" | "en retard"
        | "retard de" | "en retard de" => MarkState::Late,
        "left"
        | "left early"
        | "early leave"
        | "left early by"
        | "parti"
        | "partie"
        | "parti tot"
        | "partie tot"
        | "parti plus tot"
        | "partie plus tot"
        | "parti avant la fin"
        | "partie avant la fin"
        | "depart anticipe"
        | "depart anticipe de" => MarkState::LeftEarly,
        "exc" | "excused" | "excuse" | "excusee" | "excused absence" | "absence excusee" | "absent excuse"
        | "absente excusee" | "absent excused" | "justifie" | "justifiee" | "absence justifiee"
        | "authorised absence" | "authorized absence" => MarkState::Excused,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attendance::transfer::model::code;
    use chrono::{DateTime, TimeDelta, Utc};
    use proptest::prelude::*;

    fn hours() -> Hours {
        let starts_at: DateTime<Utc> = "2026-11-24T08:00:00Z".parse().unwrap();
        Hours { starts_at, ends_at: starts_at + TimeDelta::minutes(210) }
    }

    #[test]
    fn what_spreadsheets_say() {
        use MarkState::{Absent, Excused, Late, LeftEarly, Present};
        for (text, state, minutes, note) in [
            ("P", Present, 210, ""),
            ("présente", Present, 210, ""),
            ("1", Present, 210, ""),
            ("✓", Present, 210, ""),
            ("oui", Present, 210, ""),
            ("L 15", Late, 195, ""),
            ("Late (15 min)", Late, 195, ""),
            ("en retard de 20′", Late, 190, ""),
            ("L", Late, 195, ""),
            ("E 30", LeftEarly, 180, ""),
            ("parti plus tôt: 30", LeftEarly, 195, "30"),
            ("E 30: train", LeftEarly, 180, "train"),
            ("X: hearing", Excused, 0, "hearing"),
            ("X", Excused, 0, ""),
            ("Excusée (audience)", Excused, 0, "audience"),
            ("A", Absent, 0, ""),
            ("0", Absent, 0, ""),
            ("✗", Absent, 0, ""),
            ("Absente", Absent, 0, ""),
            ("180 min", Late, 180, ""),
            ("3h30", Present, 210, ""),
            ("3,5 h", Present, 210, ""),
            ("2:30 h", Late, 150, ""),
            ("0 min", Absent, 0, ""),
            ("Present 180 min", Late, 180, ""),
        ] {
            let mark = Mark { state, minutes, note: note.to_owned() };
            assert_eq!(read(text, Letters::OWN, hours()), Ok(mark), "{text}");
        }
        for (text, why) in [
            ("180", Why::PlainNumber),
            ("L 300", Why::Minutes),
            ("400 min", Why::Minutes),
            ("sick?", Why::Unknown),
            ("A 15", Why::Unknown),
            ("-", Why::Unknown),
            ("L 99999999999999999999", Why::Unknown),
            ("0h-30", Why::Unknown),
            ("1h9223372036854775807", Why::Unknown),
        ] {
            assert_eq!(read(text, Letters::OWN, hours()), Err(why), "{text}");
        }
    }

    #[test]
    fn doubtful_letters() {
        let likely = |cells: &[&str]| {
            let mut usage = Usage::default();
            cells.iter().for_each(|cell| usage.see(cell));
            usage.likely()
        };
        assert_eq!(likely(&["P", "A", "X", "E 30"]), Letters::OWN);
        assert_eq!(likely(&["✓", "x"]).x, MarkState::Absent);
        assert_eq!(likely(&["x", ""]).x, MarkState::Present);
        assert_eq!(likely(&["X", "X: hearing"]).x, MarkState::Excused);
        assert_eq!(likely(&["P", "L", "E", "A"]).e, MarkState::Excused, "as Moodle's registers say it");
    }

    proptest! {
        #[test]
        fn own_codes_come_back(state in proptest::sample::select(MarkState::ALL.to_vec()), minutes in 0..=210i64, note in ".{0,40}") {
            let minutes = match state { MarkState::Present => 210, MarkState::Excused | MarkState::Absent => 0, _ => minutes };
            let written = code(&Mark { state, minutes, note }, 210);
            let read = read(&written, Letters::OWN, hours()).unwrap();
            prop_assert_eq!(read.minutes, minutes);
            prop_assert_eq!(code(&read, 210), written);
        }

        #[test]
        fn nothing_breaks_it(text in ".{0,30}") {
            if let Ok(mark) = read(&text, Letters::OWN, hours()) {
                prop_assert!((0..=210).contains(&mark.minutes));
            }
        }
    }
}
