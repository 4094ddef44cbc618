//! One statement for many rows: two hundred marks wait for two answers and not for two hundred.

use super::Statement;

/// A statement whose text has one part a row.
pub struct Rows {
    /// What stands before the rows.
    pub head: &'static str,
    /// A row: each `?` is a placeholder of its own, counted on; `$1` and its like are shared by all rows.
    pub row: &'static str,
    /// What stands between two rows.
    pub between: &'static str,
    /// What stands after the rows.
    pub tail: &'static str,
    /// How many placeholders are shared.
    pub shared: usize,
}

impl Rows {
    /// The text's length for so many rows.
    pub const fn len(&self, rows: usize) -> usize {
        self.write::<0>(rows).1
    }

    /// The text for so many rows, in as many bytes as [`Self::len`] says.
    pub const fn text<const N: usize>(&self, rows: usize) -> [u8; N] {
        self.write(rows).0
    }

    const fn write<const N: usize>(&self, rows: usize) -> ([u8; N], usize) {
        let mut text = ([0; N], 0);
        copy(&mut text, self.head);
        let (mut row, mut next) = (0, self.shared + 1);
        while row < rows {
            if row > 0 {
                copy(&mut text, self.between);
            }
            let (template, mut i) = (self.row.as_bytes(), 0);
            while i < template.len() {
                if template[i] == b'?' {
                    put(&mut text, b'$');
                    number(&mut text, next);
                    next += 1;
                } else {
                    put(&mut text, template[i]);
                }
                i += 1;
            }
            row += 1;
        }
        copy(&mut text, self.tail);
        text
    }
}

/// Writes a byte where there is room for it, and counts it anyway.
const fn put<const N: usize>((bytes, len): &mut ([u8; N], usize), byte: u8) {
    if *len < N {
        bytes[*len] = byte;
    }
    *len += 1;
}

const fn copy<const N: usize>(text: &mut ([u8; N], usize), more: &str) {
    let mut i = 0;
    while i < more.len() {
        put(text, more.as_bytes()[i]);
        i += 1;
    }
}

const fn number<const N: usize>(text: &mut ([u8; N], usize), value: usize) {
    if value >= 10 {
        number(text, value / 10);
    }
    put(text, b'0' + (value % 10) as u8);
}

/// The text of a statement for so many rows, for [`statements!`](crate::statements!).
#[macro_export]
macro_rules! sql_of_rows {
    ($count:literal, $rows:expr) => {{
        const TEXT: [u8; $rows.len($count)] = $rows.text($count);
        match str::from_utf8(&TEXT) {
            Ok(text) => text,
            Err(_) => panic!("SQL is text"),
        }
    }};
}

/// Rows in the batches that there are statements for: sizes and statements, the largest first, the last
/// of them for one row.
pub fn batches<const N: usize, T, R>(
    mut rows: &[T],
    sizes: [(usize, Statement<R>); N],
) -> impl Iterator<Item = (Statement<R>, &[T])> {
    std::iter::from_fn(move || {
        let (size, statement) = sizes.into_iter().find(|(size, _)| (1..=rows.len()).contains(size))?;
        let (batch, rest) = rows.split_at(size);
        rows = rest;
        Some((statement, batch))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: Rows =
        Rows { head: "INSERT INTO t VALUES ", row: "($1, ?, ?)", between: ", ", tail: " RETURNING a", shared: 1 };

    #[test]
    fn placeholders_are_counted_on() {
        assert_eq!(crate::sql_of_rows!(1, ROWS), "INSERT INTO t VALUES ($1, $2, $3) RETURNING a");
        let text = crate::sql_of_rows!(6, ROWS);
        assert!(text.ends_with("($1, $8, $9), ($1, $10, $11), ($1, $12, $13) RETURNING a"), "{text}");
    }

    #[test]
    fn rows_are_cut_into_what_there_is() {
        const fn statement(name: &'static str) -> Statement {
            Statement::new(name, "")
        }
        let sizes = [(10, statement("ten")), (4, statement("four")), (1, statement("one"))];
        let rows: Vec<i32> = (0..26).collect();
        let cut: Vec<(&str, usize)> = batches(&rows, sizes).map(|(it, batch)| (it.name, batch.len())).collect();
        assert_eq!(cut, [("ten", 10), ("ten", 10), ("four", 4), ("one", 1), ("one", 1)]);
        assert_eq!(batches(&rows, sizes).flat_map(|(_, batch)| batch).copied().collect::<Vec<_>>(), rows);
        assert_eq!(batches(&rows[..0], sizes).count(), 0);
    }
}
