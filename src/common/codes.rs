//! Enumerations kept as text: one macro gives the code, parsing, serde and both databases.

/// Declares an enumeration whose variants are stored, sent and put in addresses as the given
/// codes. Unknown codes are errors, never a default.
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(into = "&'static str", try_from = "String")]
        $vis enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The code that is stored and sent.
            pub const fn code(self) -> &'static str {
                match self { $($name::$variant => $code),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::common::codes::UnknownCode;
            fn from_str(code: &str) -> Result<Self, Self::Err> {
                match code {
                    $($code => Ok($name::$variant),)+
                    other => Err($crate::common::codes::UnknownCode(other.chars().take(40).collect())),
                }
            }
        }

        impl From<$name> for &'static str {
            fn from(value: $name) -> Self { value.code() }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::common::codes::UnknownCode;
            fn try_from(code: String) -> Result<Self, Self::Error> { code.parse() }
        }

        #[cfg(feature = "ssr")]
        impl<DB: sqlx::Database> sqlx::Type<DB> for $name
        where
            String: sqlx::Type<DB>,
        {
            fn type_info() -> DB::TypeInfo { <String as sqlx::Type<DB>>::type_info() }
            fn compatible(ty: &DB::TypeInfo) -> bool { <String as sqlx::Type<DB>>::compatible(ty) }
        }

        #[cfg(feature = "ssr")]
        impl<'q, DB: sqlx::Database> sqlx::Encode<'q, DB> for $name
        where
            String: sqlx::Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                buf: &mut <DB as sqlx::Database>::ArgumentBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                <String as sqlx::Encode<'q, DB>>::encode(self.code().to_owned(), buf)
            }
        }

        #[cfg(feature = "ssr")]
        impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for $name
        where
            &'r str: sqlx::Decode<'r, DB>,
        {
            fn decode(value: <DB as sqlx::Database>::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                Ok(<&'r str as sqlx::Decode<'r, DB>>::decode(value)?.parse::<$name>()?)
            }
        }
    };
}

/// A code that no value of the enumeration has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown code {0:?}")]
pub struct UnknownCode(pub String);

/// Members of a list kept as `;a;b;`, so that `LIKE '%;a;%'` finds one on both databases.
pub fn split_list(list: &str) -> impl Iterator<Item = &str> {
    list.split(';').map(str::trim).filter(|item| !item.is_empty())
}

/// The stored form of a list; see [`split_list`]. Order is kept, repeats are not.
pub fn join_list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for item in items {
        let item = item.trim();
        if !item.is_empty() && !seen.contains(&item) {
            seen.push(item);
        }
    }
    if seen.is_empty() { String::new() } else { format!(";{};", seen.join(";")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_round_trip_without_repeats() {
        assert_eq!(join_list(["bs", " hr ", "bs", ""]), ";bs;hr;");
        assert_eq!(split_list(";bs;hr;").collect::<Vec<_>>(), ["bs", "hr"]);
        assert_eq!(join_list([]), "");
        assert_eq!(split_list("").count(), 0);
    }
}
