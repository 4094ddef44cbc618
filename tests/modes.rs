//! Whatever mask it is started with, what the program leaves on the disk is for its own user only.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};

/// Runs the program with the usual mask, under which files can be read by all.
fn magistra(data: &Path, words: &[&str]) -> Output {
    let mut command = Command::new("/bin/sh");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MAGISTRA_")) {
        command.env_remove(name);
    }
    command
        .args(["-c", "umask 022; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_magistra")])
        .args(words)
        .env("MAGISTRA_DATA", data)
        .env("MAGISTRA_DEMO_PASSWORD", "correct horse battery 12")
        .output()
        .expect("runs")
}

fn done(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What is open to others below a folder, and how many files there are.
fn open_below(folder: &Path) -> (Vec<String>, usize) {
    let (mut open, mut files) = (Vec::new(), 0);
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        let mode = path.metadata().expect("is there").permissions().mode() & 0o777;
        let wanted = if path.is_dir() { 0o700 } else { 0o600 };
        if mode != wanted {
            open.push(format!("{} {mode:o}", path.display()));
        }
        if path.is_dir() {
            let (more, count) = open_below(&path);
            open.extend(more);
            files += count;
        } else {
            files += 1;
        }
    }
    (open, files)
}

#[test]
fn nobody_else_can_read_what_is_written() {
    let home = tempfile::tempdir().expect("a folder");
    let (data, archive, restored) =
        (home.path().join("data"), home.path().join("b.tar.gz"), home.path().join("restored"));
    let name = archive.to_string_lossy().into_owned();
    done(&magistra(&data, &["demo"]));
    done(&magistra(&data, &["backup", &name]));
    done(&magistra(&data, &["backup", "--verify", &name]));
    done(&magistra(&restored, &["restore", &name]));
    let (open, files) = open_below(home.path());
    assert_eq!(open, Vec::<String>::new());
    assert!(files > 10, "database, files and archive: {files}");
    for folder in [&data, &restored] {
        let output = magistra(folder, &["doctor"]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("only their owner can read"), "{said}");
        assert!(said.contains("files are in the store"), "{said}");
    }

    // A damaged archive is refused in a sentence, with an exit code.
    let mut bytes = fs::read(&archive).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&archive, bytes).expect("damaged");
    let output = magistra(&data, &["backup", "--verify", &name]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("the archive is damaged"), "{output:?}");
}
