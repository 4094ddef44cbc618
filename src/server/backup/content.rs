//! The database in an archive: taken out of the running one, and looked at before it is believed.

use super::{Head, Manifest, Member, client, copy_store, file_key, tool};
use crate::platform::{
    context::App,
    db::Db,
    health_store::{NamedFile, known_schema},
    private,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};
use tokio::process::Command;

/// What a copy of a database says of itself.
#[derive(Debug, PartialEq)]
pub struct Copied {
    /// Its newest migration.
    pub schema: i64,
    /// The files it names.
    pub files: Vec<NamedFile>,
}

/// Copies the running database into a file and says what the copy holds.
pub async fn copy(app: &App, to: &Path) -> Result<Copied, String> {
    match &app.db {
        Db::Sqlite { readers, .. } => {
            // SQLite would make it with a mode of its own.
            private::create(to).map_err(|e| format!("the database could not be copied: {e}"))?;
            copy_store::copy_sqlite(readers, to).await?;
            copy_store::look_into(to).await
        }
        Db::Postgres(pool) => {
            private::create(to).map_err(|e| format!("the database could not be copied: {e}"))?;
            let (held, snapshot, copied) = copy_store::hold(pool).await?;
            let args = ["--format=custom", "--no-owner", "--snapshot", snapshot.as_str(), "--file"];
            let (mut pg_dump, address) = client("pg_dump", &app.settings.database_url());
            let dumped = tool("pg_dump", pg_dump.args(args).arg(to).arg(address)).await;
            copy_store::let_go(held).await;
            dumped.map(|_| copied)
        }
    }
}

/// Whether a member has the bytes that the database knows of a file.
pub fn is_same(member: &Member, file: &NamedFile) -> bool {
    u64::try_from(file.size).is_ok_and(|size| size == member.size) && member.sha256 == file.sha256
}

/// Refuses what a newer program wrote: its tables are not ours.
pub fn refuse_newer(schema: i64) -> Result<(), String> {
    let known = known_schema();
    if schema > known {
        return Err(format!(
            "this backup was written by a newer version of Magistra: its schema is {schema}, and this program knows \
             up to {known}. Install that version first"
        ));
    }
    Ok(())
}

/// Looks into the database of an archive: whether it is whole, not newer than we are, and what it names.
pub async fn inspect(head: &Head, dump: &Path) -> Result<Copied, String> {
    let copied = if head.database == "sqlite" {
        let faults = copy_store::faults(dump).await?;
        if !faults.is_empty() {
            return Err(format!("the database in the archive is damaged: {}", faults.join("; ")));
        }
        copy_store::look_into(dump).await?
    } else {
        // Reads and unpacks every table.
        let args = ["--file", "/dev/null"];
        tool("pg_restore", Command::new("pg_restore").args(args).arg(dump)).await?;
        let schema = rows(dump, "_sqlx_migrations", &["version"]).await?;
        let files = rows(dump, "file", &["key", "size", "sha256"]).await?;
        let number = |text: &str| text.parse::<i64>().map_err(|_| format!("the dump has an odd number: {text}"));
        let mut copied = Copied { schema: 0, files: Vec::new() };
        for row in schema {
            copied.schema = copied.schema.max(number(&row[0])?);
        }
        for row in files {
            let [key, size, sha256] = <[String; 3]>::try_from(row).map_err(|_| "the dump has an odd row".to_owned())?;
            copied.files.push(NamedFile { key, size: number(&size)?, sha256 });
        }
        copied
    };
    refuse_newer(copied.schema)?;
    Ok(copied)
}

/// Some columns of a table of a dump, without a database to put it into.
async fn rows(dump: &Path, table: &str, columns: &[&str]) -> Result<Vec<Vec<String>>, String> {
    let args = ["--data-only", "--schema=public", "--table", table, "--file", "-"];
    let text = tool("pg_restore", Command::new("pg_restore").args(args).arg(dump)).await?;
    copied_rows(&String::from_utf8_lossy(&text), columns)
        .ok_or_else(|| format!("the dump in the archive lacks the table {table}"))
}

/// Reads the rows of `COPY … FROM stdin` as PostgreSQL writes them: parted by tabs, ended by `\.`. The columns
/// asked for hold neither tabs nor strokes that would be escaped.
pub(super) fn copied_rows(script: &str, columns: &[&str]) -> Option<Vec<Vec<String>>> {
    let mut lines = script.lines().skip_while(|line| !line.starts_with("COPY "));
    let (_, list) = lines.next()?.split_once('(')?;
    let (list, _) = list.split_once(')')?;
    let there: Vec<&str> = list.split(", ").map(|name| name.trim_matches('"')).collect();
    let places: Vec<usize> =
        columns.iter().map(|column| there.iter().position(|name| name == column)).collect::<Option<_>>()?;
    let mut rows = Vec::new();
    for line in lines {
        if line == "\\." {
            return Some(rows);
        }
        let fields: Vec<&str> = line.split('\t').collect();
        rows.push(places.iter().map(|at| fields.get(*at).map(|field| (*field).to_owned())).collect::<Option<_>>()?);
    }
    None
}

/// What of an archive's files is not as the database has it.
#[derive(Debug, Default, PartialEq)]
pub struct Lacking {
    /// Keys that the store did not have when the archive was written.
    pub missing: Vec<String>,
    /// Keys whose bytes in the store were others then.
    pub changed: Vec<String>,
    /// How many files no row names.
    pub unnamed: usize,
}

/// Compares the files of an archive with what its database names. What the manifest says was lacking already
/// is told; anything else is refused.
pub fn compare(files: &[NamedFile], members: &[Member], manifest: Option<&Manifest>) -> Result<Lacking, String> {
    let kept: BTreeMap<&str, &Member> =
        members.iter().filter_map(|member| Some((file_key(&member.name)?, member))).collect();
    let mut lacking = Lacking::default();
    for file in files {
        match kept.get(file.key.as_str()) {
            None => lacking.missing.push(file.key.clone()),
            Some(member) if is_same(member, file) => {}
            Some(_) => lacking.changed.push(file.key.clone()),
        }
    }
    let named: BTreeSet<&str> = files.iter().map(|file| file.key.as_str()).collect();
    lacking.unnamed = kept.keys().filter(|key| !named.contains(*key)).count();
    let (missing, changed) =
        manifest.map_or((&[][..], &[][..]), |manifest| (manifest.missing.as_slice(), manifest.changed.as_slice()));
    refuse_others("is not in the archive", &lacking.missing, missing)?;
    refuse_others("is not the file that the database names", &lacking.changed, changed)?;
    Ok(lacking)
}

fn refuse_others(what: &str, found: &[String], known: &[String]) -> Result<(), String> {
    let known: BTreeSet<&String> = known.iter().collect();
    let others: Vec<&String> = found.iter().filter(|key| !known.contains(key)).collect();
    match others.as_slice() {
        [] => Ok(()),
        [one] => Err(format!("the file {one} {what}")),
        [first, rest @ ..] => Err(format!("the file {first} {what}, nor are {} others", rest.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "--\nSET x = y;\nCOPY public.file (id, key, name, size, sha256) FROM stdin;\n\
        1\tab/cd\tA name.pdf\t7\tff\n2\tab/ef\tB\\tname\t0\t00\n\\.\n\n-- end\n";

    #[test]
    fn rows_of_a_dump() {
        let rows = copied_rows(SCRIPT, &["size", "key"]).expect("a table");
        assert_eq!(rows, [["7", "ab/cd"], ["0", "ab/ef"]]);
        assert_eq!(copied_rows(SCRIPT, &["colour"]), None);
        assert_eq!(copied_rows("SET x = y;\n", &["key"]), None, "no table");
        assert_eq!(copied_rows(&SCRIPT[..SCRIPT.len() - 12], &["key"]), None, "cut short");
    }

    #[test]
    fn files_are_compared_both_ways() {
        let file = |key: &str, sha: &str| NamedFile { key: key.into(), size: 1, sha256: sha.into() };
        let member = |key: &str, sha: &str| Member { name: format!("files/{key}"), size: 1, sha256: sha.into() };
        let members = [member("a", "1"), member("b", "2"), member("c", "3")];
        let good = compare(&[file("a", "1"), file("b", "2")], &members, None).expect("whole");
        assert_eq!(good, Lacking { unnamed: 1, ..Lacking::default() });
        assert!(compare(&[file("a", "9")], &members, None).is_err_and(|e| e.contains("is not the file")));
        assert!(compare(&[file("z", "1")], &members, None).is_err_and(|e| e.contains("not in the archive")));
        let head = Head {
            what: String::new(),
            form: 2,
            version: String::new(),
            database: String::new(),
            schema: 0,
            at: chrono::DateTime::UNIX_EPOCH,
        };
        let said = Manifest { head, members: Vec::new(), missing: vec!["z".into()], changed: vec!["a".into()] };
        let told = compare(&[file("z", "1"), file("a", "9")], &members, Some(&said)).expect("known when written");
        assert_eq!((told.missing.as_slice(), told.changed.as_slice()), (&["z".to_owned()][..], &["a".to_owned()][..]));
    }

    #[test]
    fn names_of_files() {
        for good in ["files/ab/0123", "files/certificates/0-1.pdf", "files/a"] {
            assert!(file_key(good).is_some(), "{good}");
        }
        for odd in [
            "files/",
            "files/../x",
            "files/a//b",
            "files//etc",
            "files/.x/y",
            "files/a\\b",
            "file/a",
            "files/é",
            "/files/a",
            "files/a/",
        ] {
            assert!(file_key(odd).is_none(), "{odd}");
        }
    }
}
