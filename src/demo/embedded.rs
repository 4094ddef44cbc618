//! The files under `demo/`, in the binary.

/// Every file with its path under `demo/`; `build.rs` makes the list.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/demo_files.rs"));

/// The bytes of a file.
pub fn bytes(path: &str) -> Result<&'static [u8], String> {
    FILES
        .iter()
        .find(|(name, _)| *name == path)
        .map(|(_, bytes)| *bytes)
        .ok_or_else(|| format!("demo/{path} is not in the binary"))
}

/// The text of a file.
pub fn text(path: &str) -> Result<&'static str, String> {
    std::str::from_utf8(bytes(path)?).map_err(|e| format!("demo/{path}: {e}"))
}

/// The folders of the packs, as `packs/COURSE/LANGUAGE`.
pub fn packs() -> impl Iterator<Item = &'static str> {
    FILES.iter().filter_map(|(name, _)| name.strip_suffix("/pack.json"))
}
