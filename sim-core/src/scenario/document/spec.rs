//! What a key may hold. One description serves decoding, messages, the JSON Schema and the docs.

use super::domain::Number;
use super::names::{Keys, Kind};

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
}
