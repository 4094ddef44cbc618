//! What typst can see: the embedded templates and fonts, the data of one document, the day it is given.

use std::sync::LazyLock;

use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};

use super::{PdfError, Template, fonts};

/// What all templates share.
const HOUSE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/pdf/house.typ"));
const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/pdf/certificate.typ"));
const BADGES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/pdf/badges.typ"));
const SIGNATURES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/pdf/signatures.typ"));
const TABLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/pdf/table.typ"));

impl Template {
    /// Its name and its text.
    const fn source(self) -> (&'static str, &'static str) {
        match self {
            Self::Certificate => ("certificate.typ", CERTIFICATE),
            Self::Badges => ("badges.typ", BADGES),
            Self::Signatures => ("signatures.typ", SIGNATURES),
            Self::Table => ("table.typ", TABLE),
        }
    }
}

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// The world of one document.
pub(super) struct Sheet {
    main: Source,
    house: Source,
    files: Vec<(FileId, Bytes)>,
    today: Option<Datetime>,
}

impl Sheet {
    /// A world that holds `template` and `files`, and nothing else.
    pub(super) fn new(
        template: Template,
        files: Vec<(&'static str, Bytes)>,
        today: Option<Datetime>,
    ) -> Result<Self, PdfError> {
        let (name, text) = template.source();
        let files = files.into_iter().map(|(name, bytes)| Ok((id(name)?, bytes))).collect::<Result<_, PdfError>>()?;
        Ok(Self {
            main: Source::new(id(name)?, text.to_owned()),
            house: Source::new(id("house.typ")?, HOUSE.to_owned()),
            files,
            today,
        })
    }
}

/// typst's number for a file name. typst keeps each for good, so they are the few that the code names.
fn id(name: &'static str) -> Result<FileId, PdfError> {
    let path = VirtualPath::new(name).map_err(|e| PdfError::Typst(format!("{name}: {e}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl World for Sheet {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        fonts::book()
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        [&self.main, &self.house].into_iter().find(|source| source.id() == id).cloned().ok_or_else(|| absent(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.iter().find(|(file, _)| *file == id).map(|(_, bytes)| bytes.clone()).ok_or_else(|| absent(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        fonts::font(index)
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        self.today
    }
}

fn absent(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_with_slash().into())
}
