//! Languages of the interface. Texts are in `locales/`, one file a language; leptos_i18n turns
//! their keys into code, so that a missing one does not compile.
//!
//! The language is that of the page: it comes with the request (address, cookie, account,
//! browser) and changes only with a new page, so text needs no reactivity.

#[allow(missing_docs, clippy::all, reason = "generated")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/i18n/mod.rs"));
}

pub use generated::i18n::*;

use leptos::prelude::*;

/// The language of this page.
pub fn locale() -> Locale {
    use_context::<Locale>().unwrap_or_default()
}

/// The text of a key in the language of this page: `tr!(nav.catalogue)`.
#[macro_export]
macro_rules! tr {
    ($($key:tt)*) => { leptos_i18n::td_string!($crate::i18n::locale(), $($key)*).to_string() };
}

/// The code of a language (BCP 47).
pub const fn code(locale: Locale) -> &'static str {
    match locale {
        Locale::en => "en",
        Locale::fr => "fr",
    }
}

/// The language of a code, if the interface speaks it.
pub fn locale_of(tag: &str) -> Option<Locale> {
    match tag.split(['-', '_']).next()? {
        "en" => Some(Locale::en),
        "fr" => Some(Locale::fr),
        _ => None,
    }
}

/// Lets `tr!` and the formats speak a language where there is no page: in letters and on papers.
#[cfg(feature = "ssr")]
pub fn speaking<T>(locale: Locale, say: impl FnOnce() -> T) -> T {
    let owner = Owner::new();
    owner.with(|| {
        provide_context(locale);
        say()
    })
}

/// The best language of an Accept-Language header (RFC 9110, 12.5.4).
pub fn best_of(header: &str) -> Option<Locale> {
    header
        .split(',')
        .filter_map(|part| {
            let mut pieces = part.trim().split(";q=");
            let locale = locale_of(pieces.next()?)?;
            let weight: f32 = pieces.next().map_or(Some(1.0), |q| q.parse().ok())?;
            (weight > 0.0).then_some((locale, weight))
        })
        .fold(None, |best: Option<(Locale, f32)>, next| match best {
            Some(held) if held.1 >= next.1 => Some(held),
            _ => Some(next),
        })
        .map(|(locale, _)| locale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "ssr")]
    #[test]
    fn letters_speak_their_readers_language() {
        let french = speaking(Locale::fr, || (tr!(date.m8), speaking(Locale::en, || tr!(date.m8)), tr!(date.m8)));
        assert_eq!(french, ("août".to_owned(), "August".to_owned(), "août".to_owned()));
        assert_eq!(tr!(date.m8), "August");
    }

    #[test]
    fn accept_language() {
        assert_eq!(best_of("sq, fr;q=0.8, en;q=0.9"), Some(Locale::en));
        assert_eq!(best_of("fr-CH, en;q=0.9"), Some(Locale::fr));
        assert_eq!(best_of("sq;q=1, en;q=0"), None);
        assert_eq!(best_of(""), None);
    }
}
