//! What a key may hold. One description serves decoding, messages, the JSON Schema and the docs.

use std::ops::{Bound, RangeBounds};

/// What a number means and which numbers are allowed.
///
/// ```
/// use sim_core::scenario::document::Number;
/// let price = Number::new("USD/site").range(0.0..=1e7);
/// assert_eq!(price.allowed(), "a number from 0 to 10000000 (USD/site)");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    unit: &'static str,
    low: Bound<f64>,
    high: Bound<f64>,
    whole: bool,
}

impl Number {
    /// Any finite number of a unit. A number without a unit has the unit `1`.
    #[must_use]
    pub const fn new(unit: &'static str) -> Self {
        Self {
            unit,
            low: Bound::Unbounded,
            high: Bound::Unbounded,
            whole: false,
        }
    }

    /// A fraction from 0 to 1, where 0.24 means 24%.
    #[must_use]
    pub const fn share() -> Self {
        Self {
            unit: "share",
            low: Bound::Included(0.0),
            high: Bound::Included(1.0),
            whole: false,
        }
    }

    /// A whole number.
    #[must_use]
    pub fn count(unit: &'static str, range: impl RangeBounds<i64>) -> Self {
        let real = |bound: Bound<&i64>| match bound {
            Bound::Included(i) => Bound::Included(*i as f64),
            Bound::Excluded(i) => Bound::Excluded(*i as f64),
            Bound::Unbounded => Bound::Unbounded,
        };
        Self {
            unit,
            low: real(range.start_bound()),
            high: real(range.end_bound()),
            whole: true,
        }
    }

    /// Restricts the numbers allowed.
    #[must_use]
    pub fn range(mut self, range: impl RangeBounds<f64>) -> Self {
        self.low = range.start_bound().cloned();
        self.high = range.end_bound().cloned();
        self
    }

    /// Restricts to numbers above a bound, the bound itself not allowed.
    #[must_use]
    pub fn above(mut self, bound: f64) -> Self {
        self.low = Bound::Excluded(bound);
        self
    }

    /// The unit.
    #[must_use]
    pub fn unit(&self) -> &'static str {
        self.unit
    }

    /// The lower bound.
    #[must_use]
    pub fn low(&self) -> Bound<f64> {
        self.low
    }

    /// The upper bound.
    #[must_use]
    pub fn high(&self) -> Bound<f64> {
        self.high
    }

    /// Whether only whole numbers are allowed.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// The same numbers, but whole ones only.
    #[must_use]
    pub(super) fn to_whole(&self) -> Self {
        Self {
            whole: true,
            ..self.clone()
        }
    }

    /// Whether a number is allowed; NaN and infinities never are.
    #[must_use]
    pub fn allows(&self, value: f64) -> bool {
        value.is_finite()
            && (self.low, self.high).contains(&value)
            && (!self.whole || value == value.trunc())
    }

    /// What is allowed, in words.
    #[must_use]
    pub fn allowed(&self) -> String {
        let what = if self.whole {
            "a whole number"
        } else {
            "a number"
        };
        let range = match (self.low, self.high) {
            (Bound::Unbounded, Bound::Unbounded) => String::new(),
            (Bound::Included(a), Bound::Included(b)) => format!(" from {a} to {b}"),
            (low, high) => {
                let low = match low {
                    Bound::Included(a) => format!(" at least {a}"),
                    Bound::Excluded(a) => format!(" above {a}"),
                    Bound::Unbounded => String::new(),
                };
                let high = match high {
                    Bound::Included(b) => format!(" at most {b}"),
                    Bound::Excluded(b) => format!(" below {b}"),
                    Bound::Unbounded => String::new(),
                };
                if low.is_empty() || high.is_empty() {
                    format!("{low}{high}")
                } else {
                    format!("{low} and{high}")
                }
            }
        };
        match self.unit {
            "1" | "" => format!("{what}{range}"),
            unit => format!("{what}{range} ({unit})"),
        }
    }

    /// A number that is allowed: a stand-in for one that was refused, so that decoding can go on.
    #[must_use]
    pub(super) fn stand_in(&self) -> f64 {
        let inside = [0.0, 1.0, 0.5];
        let bounds = [self.low, self.high].into_iter().filter_map(|b| match b {
            Bound::Included(x) => Some(x),
            _ => None,
        });
        let middle = match (self.low, self.high) {
            (Bound::Included(a) | Bound::Excluded(a), Bound::Included(b) | Bound::Excluded(b)) => {
                0.5 * a + 0.5 * b
            }
            (Bound::Included(a) | Bound::Excluded(a), _) => a + 1.0,
            (_, Bound::Included(b) | Bound::Excluded(b)) => b - 1.0,
            _ => 0.0,
        };
        bounds
            .chain(inside)
            .chain([middle])
            .find(|x| self.allows(*x))
            .unwrap_or(0.0)
    }
}

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
                    && text.bytes().all(|b| {
                        b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b)
                    })
            }
            Self::Alpha3 => text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()),
        }
    }

    /// What is allowed, in words.
    #[must_use]
    pub fn allowed(self) -> &'static str {
        match self {
            Self::Slug => {
                "at most 64 of a-z, 0-9, `-`, `_` and `.`, beginning with a letter or a digit"
            }
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
            Self::NumberPaths => {
                "the quoted path of a number, such as \"vendor.huawei.bb_usd_per_site\"".to_owned()
            }
            Self::Any => "any name".to_owned(),
        }
    }
}

/// Words as `a`, `b` or `c`.
#[must_use]
pub fn list_words<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = words.map(|w| format!("`{w}`")).collect();
    match quoted.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// What a key holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A number, alone or with its pedigree.
    Number(Number),
    /// An array of numbers, at most so many.
    Numbers(Number, usize),
    /// A string.
    Text,
    /// An array of strings.
    Texts,
    /// The id of the table itself.
    Id(Kind),
    /// The id of another thing.
    Reference(Kind),
    /// An array of ids of other things.
    References(Kind),
    /// `true` or `false`.
    Flag,
    /// A date.
    Date,
    /// One of these words.
    Choice(Vec<&'static str>),
    /// An array of these words.
    Choices(Vec<&'static str>),
    /// A table from names to numbers.
    NumberMap(Keys, Number),
    /// A table from names to dates.
    DateMap(Keys),
    /// A table.
    Table(TableSpec),
    /// An array of tables, at most so many.
    Tables(TableSpec, usize),
    /// A table from names to tables.
    Entries(Keys, TableSpec),
    /// Anything, checked by whoever reads it.
    Raw,
}

/// One key of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldSpec {
    /// The key.
    pub key: &'static str,
    /// What it means, in a sentence.
    pub doc: &'static str,
    /// Whether the file must have it.
    pub required: bool,
    /// What stands for it where the file has none, as TOML.
    pub default: Option<String>,
    /// What it holds.
    pub shape: Shape,
}

/// The keys of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TableSpec {
    /// The keys, in the order in which they are read.
    pub fields: Vec<FieldSpec>,
    /// Keys of which at most, or exactly, one may stand.
    pub one_of: Vec<OneOf>,
}

/// A set of keys that exclude each other.
#[derive(Debug, Clone, PartialEq)]
pub struct OneOf {
    /// The keys.
    pub keys: Vec<&'static str>,
    /// Whether more than one may stand.
    pub several: bool,
}

impl TableSpec {
    /// The field of a key.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&FieldSpec> {
        self.fields.iter().find(|f| f.key == key)
    }

    /// Whether tables of this kind carry an id.
    #[must_use]
    pub fn has_id(&self) -> bool {
        self.fields.iter().any(|f| matches!(f.shape, Shape::Id(_)))
    }
}
