//! Tests of the house itself: arrows, statements, schemas, and what may stand where.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The order of the house: services, stores and models use only what stands before them.
const ORDER: &[&str] = &[
    "common",
    "platform",
    "people",
    "institutions",
    "programmes",
    "catalogue",
    "packs",
    "deliveries",
    "enrolment",
    "attendance",
    "learning",
    "completion",
    "feedback",
    "trainers",
    "cohorts",
    "cascade",
    "reporting",
    "demo",
    "server",
];

/// Every file of the source, by its path below `src`.
pub(super) fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, into: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).expect("the source is there") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                walk(&path, into);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("readable");
                into.push((path, text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    found.into_iter().map(|(path, text)| (path.strip_prefix(&root).expect("inside").to_owned(), text)).collect()
}

fn is_test(path: &Path) -> bool {
    path.components().any(|c| c.as_os_str().to_string_lossy().contains("tests"))
        || path.starts_with("testing")
        || path.starts_with("testing.rs")
}

/// The file without its `#[cfg(test)] mod tests` at the end.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text)
}

/// The capabilities that a file names after `crate::`, also inside a braced list.
fn named(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let Some(list) = rest.strip_prefix('{') else {
            found.insert(word(rest));
            continue;
        };
        let (mut depth, mut start) = (0_u32, true);
        for (i, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => start = true,
                c if start && depth == 0 && (c.is_alphabetic() || c == '_') => {
                    found.insert(word(&list[i..]));
                    start = false;
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn arrows_point_one_way() {
    let rank = |name: &str| ORDER.iter().position(|known| *known == name);
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let mut parts = path.components().map(|c| c.as_os_str().to_string_lossy().into_owned());
        let Some(own) = parts.next() else { continue };
        let Some(own_rank) = rank(&own) else { continue };
        let room = parts.next().unwrap_or_default();
        // Pages may compose any capability; tests may use anything.
        if is_test(&path) || room == "pages" {
            continue;
        }
        for other in named(without_tests(&text)) {
            // What a route asks of who comes is enforced where pages are answered.
            let kernel = path.ends_with("platform/http/page.rs") && other == "people";
            if rank(&other).is_some_and(|r| r > own_rank) && !kernel {
                wrong.push(format!("{} uses crate::{other}, which comes after {own}", path.display()));
            }
            if (other == "ui" || other == "app")
                && own != "server"
                && !path.starts_with("platform/http")
                && room != "api.rs"
            {
                wrong.push(format!("{} uses crate::{other}: only pages do", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_arrows_sees_them() {
    let text = "use crate::{\n    common::{error::AppError, ids::X},\n    reporting::service,\n};\nlet x = crate::demo::load();";
    assert_eq!(named(text).into_iter().collect::<Vec<_>>(), ["common", "demo", "reporting"]);
}

#[test]
fn sql_stands_in_stores_only() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let allowed = name.contains("store")
            || is_test(&path)
            || path.ends_with("platform/db.rs")
            || path.ends_with("platform/db/statement.rs");
        if allowed {
            continue;
        }
        for (number, line) in without_tests(&text).lines().enumerate() {
            let code = line.trim_start();
            if code.starts_with("//") {
                continue;
            }
            if ["\"SELECT ", "\"INSERT INTO ", "\"UPDATE ", "\"DELETE FROM ", "sqlx::query"]
                .iter()
                .any(|sql| code.contains(sql))
            {
                wrong.push(format!("{}:{}: {code}", path.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "SQL outside the stores:\n{}", wrong.join("\n"));
}

#[test]
fn textareas_and_styles_are_written_in_one_place() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if is_test(&path) || path.ends_with("ui/field.rs") {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            if line.contains(concat!("<text", "area")) || line.contains(" style=\"") || line.contains("style:") {
                wrong.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "Leptos does not escape a textarea's content, and the policy forbids inline styles:\n{}",
        wrong.join("\n")
    );
}

/// Where HTML is written as it is, and why it may be: escaped there, sanitised when it was made, or ours.
const RAW: &[&str] = &[
    "attendance/pages/digits.rs",
    "attendance/pages/door.rs",
    "attendance/pages/kiosk/mod.rs",
    "packs/pages/materials.rs",
    "packs/pages/parts.rs",
    "packs/pages/show.rs",
    "reporting/pages/attendance/grid.rs",
    "ui/document.rs",
    "ui/field.rs",
];

#[test]
fn what_is_not_escaped_is_known() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if is_test(&path) {
            continue;
        }
        let known = RAW.iter().any(|raw| path.ends_with(raw));
        for (number, line) in text.lines().enumerate() {
            let raw = line.contains("inner_html=") && !known;
            // leptos_meta writes the title and the attributes of <html> and <body> as they are.
            let meta = line.contains("use leptos_meta::")
                && ["Html", "Body", "Style", "Script", "Meta,", "Meta}"].iter().any(|it| line.contains(it));
            let formatter = line.contains("<Title") && line.contains("formatter=") && !path.ends_with("app.rs");
            if raw || meta || formatter {
                wrong.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "Views escape their text; what goes around them is listed in RAW:\n{}", wrong.join("\n"));
}

#[test]
fn every_store_is_listed() {
    let listed =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server/statements.rs")).expect("readable");
    for (path, text) in sources() {
        if text.contains("statements! {") && !path.ends_with("platform/db.rs") && !is_test(&path) {
            let module = path.with_extension("").to_string_lossy().replace('/', "::");
            let module = module.trim_end_matches("::mod");
            assert!(listed.contains(&format!("{module}::STATEMENTS")), "{module} is missing in server/statements.rs");
        }
    }
}
