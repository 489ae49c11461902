//! The tree of values of a scenario, each with the place where it was written.

use jiff::civil::Date;
use std::sync::Arc;

/// A calendar date of a scenario.
pub type ScenarioDate = Date;

/// Index of a text in [`Files`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// Where a value was written: a half-open range of bytes of one text.
///
/// A `--set` of the command line is a text of its own, so its values have an origin like any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The text.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A value and its origin.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it was written; for a table under a header, the header.
    pub origin: Origin,
}

/// A value of a scenario file.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A string.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction or an exponent; may be NaN or infinite until [`super::Fields`] refuses it.
    Float(f64),
    /// `true` or `false`.
    Flag(bool),
    /// A date without time of day.
    Date(ScenarioDate),
    /// An array, whether of tables or not.
    Array(Vec<Node>),
    /// A table, entries in the order of the file.
    Table(Vec<Entry>),
}

/// One key of a table with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key, unquoted.
    pub key: String,
    /// Where the key was written.
    pub key_origin: Origin,
    /// The value.
    pub node: Node,
}

impl Node {
    /// The value under `key`, where this is a table that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()?.iter().find(|e| e.key == key).map(|e| &e.node)
    }

    /// As [`Node::get`], to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        match &mut self.value {
            Value::Table(entries) => entries.iter_mut().find(|e| e.key == key).map(|e| &mut e.node),
            _ => None,
        }
    }

    /// The entries of a table.
    #[must_use]
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Table(entries) => Some(entries),
            _ => None,
        }
    }

    /// The items of an array.
    #[must_use]
    pub fn items(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The string.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, whether written as an integer or as a float.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self.value {
            Value::Integer(i) => Some(i as f64),
            Value::Float(x) => Some(x),
            _ => None,
        }
    }

    /// The `id` of a table that has one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.get("id")?.text()
    }

    /// What kind of value this is, in words for a message.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Text(_) => "a string",
            Value::Integer(_) => "an integer",
            Value::Float(_) => "a number",
            Value::Flag(_) => "true or false",
            Value::Date(_) => "a date",
            Value::Array(_) => "an array",
            Value::Table(_) => "a table",
        }
    }
}

/// The texts that a document was read from, in the order of reading.
#[derive(Debug, Clone, Default)]
pub struct Files {
    texts: Vec<Arc<SourceText>>,
}

/// One text: a file, or the `PATH=VALUE` of a `--set`.
#[derive(Debug)]
pub struct SourceText {
    /// The path as given or as reached by `extends`; `--set` for a text of the command line.
    pub name: String,
    /// The whole text.
    pub text: String,
    line_starts: Vec<u32>,
}

/// A place in a text, as an editor counts: line and column from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line from 1.
    pub line: u32,
    /// Column from 1, in characters.
    pub column: u32,
}

impl Files {
    /// Adds a text and returns its id.
    pub fn add(&mut self, name: String, text: String) -> FileId {
        let mut line_starts = vec![0];
        line_starts.extend(
            text.bytes()
                .enumerate()
                .filter(|(_, b)| *b == b'\n')
                .map(|(i, _)| (i + 1) as u32),
        );
        self.texts.push(Arc::new(SourceText {
            name,
            text,
            line_starts,
        }));
        FileId((self.texts.len() - 1) as u32)
    }

    /// The text of an id.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<&SourceText> {
        self.texts.get(id.0 as usize).map(AsRef::as_ref)
    }

    /// The characters that an origin covers; empty where it covers none.
    #[must_use]
    pub fn excerpt(&self, origin: Origin) -> &str {
        self.get(origin.file)
            .and_then(|f| f.text.get(origin.start as usize..origin.end as usize))
            .unwrap_or("")
    }

    /// Name, position and source line of the start of an origin.
    #[must_use]
    pub fn locate(&self, origin: Origin) -> (&str, Position, &str) {
        match self.get(origin.file) {
            Some(file) => {
                let (position, line) = file.position(origin.start as usize);
                (&file.name, position, line)
            }
            None => ("", Position { line: 1, column: 1 }, ""),
        }
    }
}

impl SourceText {
    /// Position of a byte, and the line that it stands in without its line end.
    #[must_use]
    pub fn position(&self, byte: usize) -> (Position, &str) {
        let byte = byte.min(self.text.len());
        let index = self
            .line_starts
            .partition_point(|start| *start as usize <= byte)
            .saturating_sub(1);
        let start = self.line_starts.get(index).map_or(0, |s| *s as usize);
        let line = self.text[start..].lines().next().unwrap_or("");
        let column = self.text[start..]
            .char_indices()
            .take_while(|(i, _)| start + i < byte)
            .count();
        let position = Position {
            line: index as u32 + 1,
            column: column as u32 + 1,
        };
        (position, line)
    }
}
