//! The address of a PostgreSQL database: its password apart from what may be seen.

use crate::platform::text::percent_decoded;
use sqlx::postgres::PgConnectOptions;
use std::str::FromStr;

/// Parts a database's address into itself without its password, and the password in plain text where it has
/// one. Both are read as sqlx reads them, so that the programs of PostgreSQL sign in as this one does: the last
/// `password=` of the query wins over what stands before the host, and nothing after `#` counts. The address of
/// another database comes back as it is.
pub fn without_password(url: &str) -> (String, Option<String>) {
    let Some((scheme @ ("postgres" | "postgresql"), rest)) = url.split_once("://") else {
        return (url.to_owned(), None);
    };
    let (rest, _) = rest.split_once('#').unwrap_or((rest, ""));
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = place.split_at(place.find('/').unwrap_or(place.len()));
    let mut password = None;
    let authority = match authority.rsplit_once('@') {
        Some((user, host)) => {
            let user = match user.split_once(':') {
                Some((user, word)) => {
                    password = Some(percent_decoded(word));
                    user
                }
                None => user,
            };
            format!("{user}@{host}")
        }
        None => authority.to_owned(),
    };
    let mut kept = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        match form_urlencoded::parse(part.as_bytes()).next() {
            Some((name, word)) if name == "password" => password = Some(word.into_owned()),
            _ => kept.push(part),
        }
    }
    let mark = if kept.is_empty() { "" } else { "?" };
    let shown = format!("{scheme}://{authority}{path}{mark}{}", kept.join("&"));
    (shown, password.filter(|word| !word.is_empty()))
}

/// Names a database in a text for people: host, port and name for PostgreSQL, and nothing of an address that
/// cannot be read, since nobody can tell where in it a password stands.
pub fn named(url: &str) -> String {
    if !url.starts_with("postgres") {
        return url.to_owned();
    }
    let options = PgConnectOptions::from_str(url).ok();
    // A password with a stroke in it looks like a port and the name of a database.
    let Some(options) = options.filter(|it| !it.get_database().unwrap_or_default().contains('@')) else {
        return "an address that cannot be read".to_owned();
    };
    let host =
        options.get_socket().map_or_else(|| options.get_host().to_owned(), |socket| socket.display().to_string());
    format!("{host}:{}/{}", options.get_port(), options.get_database().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_password_is_taken_out_of_an_address() {
        for (url, shown, password) in [
            ("postgres://ada:word@db.example/m", "postgres://ada@db.example/m", Some("word")),
            ("postgresql://ada:word@db.example:5433/m", "postgresql://ada@db.example:5433/m", Some("word")),
            ("postgres://ada:p%40s%2Fs%25%20+&x=1@db.example/m", "postgres://ada@db.example/m", Some("p@s/s% +&x=1")),
            ("postgres://ada:p@ss:word@db.example/m", "postgres://ada@db.example/m", Some("p@ss:word")),
            ("postgres://:word@db.example", "postgres://@db.example", Some("word")),
            ("postgres://ada@db.example/m", "postgres://ada@db.example/m", None),
            ("postgres://ada:@db.example/m", "postgres://ada@db.example/m", None),
            ("postgres://db.example:5433/m", "postgres://db.example:5433/m", None),
            ("postgres://[::1]:5433/m", "postgres://[::1]:5433/m", None),
            ("postgres:///m?host=/run/pg&user=ada", "postgres:///m?host=/run/pg&user=ada", None),
            ("postgres:///m?user=ada&password=wo%26rd", "postgres:///m?user=ada", Some("wo&rd")),
            ("postgres:///m?password=w@rd#end", "postgres:///m", Some("w@rd")),
            ("postgres:///m?p%61ssword=word&sslmode=require", "postgres:///m?sslmode=require", Some("word")),
            ("postgres://a:one@h/m?password=two&password=three", "postgres://a@h/m", Some("three")),
            ("postgres://h?application_name=a:b@c", "postgres://h?application_name=a:b@c", None),
            ("sqlite:///data/a:b@c#d.db", "sqlite:///data/a:b@c#d.db", None),
        ] {
            assert_eq!(without_password(url), (shown.to_owned(), password.map(str::to_owned)), "{url}");
        }
    }

    #[test]
    fn a_database_is_named_without_its_password() {
        assert_eq!(named("postgres://ada:secret@db.example:5433/m?password=secret"), "db.example:5433/m");
        assert_eq!(named("sqlite:///data/m.db"), "sqlite:///data/m.db");
        for password in ["sec/ret", "sec#ret", "sec?ret", "12/34"] {
            let url = format!("postgres://ada:{password}@db.example/m");
            assert_eq!(named(&url), "an address that cannot be read", "{password}");
        }
    }

    proptest! {
        #[test]
        fn any_password_is_found_and_leaves_the_address(word in "\\PC{1,30}", in_query in any::<bool>()) {
            let encoded: String = word.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let url = if in_query {
                format!("postgres://ada@db.example/m?password={encoded}")
            } else {
                format!("postgres://ada:{encoded}@db.example/m")
            };
            prop_assert_eq!(without_password(&url), ("postgres://ada@db.example/m".to_owned(), Some(word)));
        }
    }
}
