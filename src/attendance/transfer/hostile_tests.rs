//! Files of people who mean harm, against the bounds that hold before and while reading.

use super::{files, model::Unreadable};
use std::collections::HashSet;

#[path = "../../../tests/workbooks/mod.rs"]
mod workbooks;

fn read(bytes: &[u8]) -> Result<files::Table, Unreadable> {
    files::table(bytes, &HashSet::new())
}

#[test]
fn each_bound_is_told_by_its_name() {
    for (name, bytes, code) in workbooks::hostile() {
        assert_eq!(read(&bytes).map(|table| table.len()).map_err(Unreadable::code), Err(code), "{name}");
    }
}

#[test]
fn what_people_send_is_read() {
    let table = read(&workbooks::good()).unwrap();
    assert_eq!(table, [["Name", "2026-11-24 09:00"], ["Hoxha Ana", "P"]]);
    let table = read(&workbooks::large()).unwrap();
    assert_eq!(table.len(), 1_200);
    assert_eq!(table[1_199].iter().filter(|cell| cell.starts_with("present ")).count(), 100);
}
