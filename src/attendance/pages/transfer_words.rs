//! Words of import and export.

use crate::{
    attendance::{
        model::Mark,
        transfer::model::{Tool, Unreadable, Why},
    },
    tr,
    ui::words,
};

/// What a file is.
pub fn tool(tool: Tool) -> String {
    match tool {
        Tool::Sheet => tr!(transfer.tool.sheet),
        Tool::Zoom => tr!(transfer.tool.zoom),
        Tool::Teams => tr!(transfer.tool.teams),
        Tool::Webex => tr!(transfer.tool.webex),
        Tool::Other => tr!(transfer.tool.other),
    }
}

/// Why a file cannot be read, and what to do about it.
pub fn unreadable(why: Unreadable) -> String {
    match why {
        Unreadable::Empty => tr!(transfer.unreadable.empty),
        Unreadable::TooLarge => tr!(transfer.unreadable.too_large),
        Unreadable::TooManyRows => tr!(transfer.unreadable.too_many_rows),
        Unreadable::TooManyColumns => tr!(transfer.unreadable.too_many_columns),
        Unreadable::TooManyCells => tr!(transfer.unreadable.too_many_cells),
        Unreadable::TooMuchText => tr!(transfer.unreadable.too_much_text),
        Unreadable::Unpacked => tr!(transfer.unreadable.unpacked),
        Unreadable::TooSlow => tr!(transfer.unreadable.too_slow),
        Unreadable::Memory => tr!(transfer.unreadable.memory),
        Unreadable::Busy => tr!(transfer.unreadable.busy),
        Unreadable::Kind => tr!(transfer.unreadable.kind),
        Unreadable::Broken => tr!(transfer.unreadable.broken),
        Unreadable::NothingKnown => tr!(transfer.unreadable.nothing_known),
        Unreadable::NoTimes => tr!(transfer.unreadable.no_times),
        Unreadable::Mixed => tr!(transfer.unreadable.mixed),
    }
}

/// Why something of a file is not taken.
pub fn why(why: Why) -> String {
    match why {
        Why::Unknown => tr!(transfer.why.unknown),
        Why::Minutes => tr!(transfer.why.minutes),
        Why::PlainNumber => tr!(transfer.why.plain_number),
        Why::TooLong => tr!(transfer.why.too_long),
        Why::TooEarly => tr!(transfer.why.too_early),
        Why::Closed => tr!(shut.why),
        Why::SamePerson => tr!(transfer.why.same_person),
        Why::SameHalfDay => tr!(transfer.why.same_half_day),
        Why::NoHalfDay => tr!(transfer.why.no_half_day),
        Why::SeveralHalfDays => tr!(transfer.why.several_half_days),
        Why::NoTime => tr!(transfer.why.no_time),
    }
}

/// A mark: its state, the minutes missed, the remark.
pub fn mark(mark: Option<&Mark>, length: i64) -> String {
    let Some(mark) = mark else { return tr!(attendance.unmarked) };
    let mut text = words::mark_state(mark.state);
    if mark.state.asks_minutes() {
        text = format!("{text} {}′", length - mark.minutes);
    }
    if mark.note.is_empty() { text } else { format!("{text} ({})", mark.note) }
}
