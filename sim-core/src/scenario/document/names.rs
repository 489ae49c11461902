//! How ids and free keys are spelt.

use super::words::list_words;

/// How an id is spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// Lowercase letters, digits, `-`, `_` and `.`, beginning with a letter or a digit.
    Slug,
    /// Three capital letters: ISO 3166-1 alpha-3, `XKX` for Kosovo.
    Alpha3,
}

impl Spelling {
    /// Whether a text is spelt so. No id is longer than 64 bytes: ids become names of files.
    #[must_use]
    pub fn allows(self, text: &str) -> bool {
        match self {
            Self::Slug => {
                text.len() <= 64
                    && text
                        .bytes()
                        .next()
                        .is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
                    && text
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b))
            }
            Self::Alpha3 => text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()),
        }
    }

    /// The text spelt so, where a small change makes it so.
    #[must_use]
    pub(super) fn correct(self, text: &str) -> Option<String> {
        let corrected = match self {
            Self::Slug => text.trim().to_lowercase().replace([' ', '/'], "-"),
            Self::Alpha3 => text.trim().to_uppercase(),
        };
        self.allows(&corrected).then_some(corrected)
    }

    /// What is allowed, in words.
    #[must_use]
    pub fn allowed(self) -> &'static str {
        match self {
            Self::Slug => "at most 64 of a-z, 0-9, `-`, `_` and `.`, beginning with a letter or a digit",
            Self::Alpha3 => "three capital letters, the ISO 3166-1 alpha-3 code",
        }
    }

    /// The same as a regular expression, for the JSON Schema.
    #[must_use]
    pub fn pattern(self) -> &'static str {
        match self {
            Self::Slug => "^[a-z0-9][a-z0-9._-]{0,63}$",
            Self::Alpha3 => "^[A-Z]{3}$",
        }
    }
}

/// A kind of thing with ids: a name for messages, and how its ids are spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Name in the singular, for example `vendor`.
    pub name: &'static str,
    /// How ids are spelt.
    pub spelling: Spelling,
    /// Words that a reference may hold beside ids, for example `all`.
    pub words: &'static [&'static str],
}

impl Kind {
    /// A kind whose ids are slugs.
    #[must_use]
    pub const fn slug(name: &'static str) -> Self {
        Self {
            name,
            spelling: Spelling::Slug,
            words: &[],
        }
    }

    /// A kind whose ids are ISO 3166-1 alpha-3 codes.
    #[must_use]
    pub const fn alpha3(name: &'static str) -> Self {
        Self {
            name,
            spelling: Spelling::Alpha3,
            words: &[],
        }
    }

    /// The same kind, with words that a reference may hold beside ids.
    #[must_use]
    pub const fn or(self, words: &'static [&'static str]) -> Self {
        Self { words, ..self }
    }
}

/// Which keys a table of free names may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// Ids of a kind: a dangling one is an error.
    Of(Kind),
    /// New names, spelt as slugs.
    Names,
    /// New names that define ids of a kind, so that references to it resolve.
    Define(Kind),
    /// These words.
    Words(&'static [&'static str]),
    /// Quoted paths of numbers of this document.
    NumberPaths,
    /// Any text that is not empty.
    Any,
}

impl Keys {
    /// What is allowed, in words.
    #[must_use]
    pub fn allowed(self) -> String {
        match self {
            Self::Of(kind) => format!("the id of a {}", kind.name),
            Self::Names => format!("a name of {}", Spelling::Slug.allowed()),
            Self::Define(kind) => format!("a {} id: {}", kind.name, kind.spelling.allowed()),
            Self::Words(words) => list_words(words.iter().copied()),
            Self::NumberPaths => "the quoted path of a number, such as \"vendor.huawei.bb_usd_per_site\"".to_owned(),
            Self::Any => "any name".to_owned(),
        }
    }
}
