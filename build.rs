//! Turns `locales/*.json` into the typed keys of `crate::i18n`, and lists the files under `demo/`
//! for the binary to embed.

use leptos_i18n_build::{Config, ParseOptions, TranslationsInfos};
use std::{
    error::Error,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(std::env::var("OUT_DIR")?).join("i18n");
    let config = Config::new("en")?.add_locale("fr")?.parse_options(ParseOptions::new().interpolate_display(true));
    let translations = TranslationsInfos::parse(config)?;
    translations.emit_diagnostics();
    translations.rerun_if_locales_changed();
    translations.generate_i18n_module(out)?;
    list_demonstration()
}

/// Writes the list of the demonstration's files, so that a new lesson need not be named in code.
fn list_demonstration() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=demo");
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("demo");
    let mut files = Vec::new();
    walk(&root, &mut files)?;
    files.sort();
    let mut list = String::from("&[\n");
    for file in &files {
        let name = file.strip_prefix(&root)?.to_string_lossy().replace('\\', "/");
        writeln!(list, "    ({name:?}, include_bytes!({:?})),", file.to_string_lossy())?;
    }
    list.push_str("]\n");
    fs::write(PathBuf::from(std::env::var("OUT_DIR")?).join("demo_files.rs"), list)?;
    Ok(())
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
