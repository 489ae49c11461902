//! From TOML text to a tree, through the parser of the `toml` crate, with all syntax errors at once.

use super::diagnostic::{Diagnostic, MAX_FAULTS};
use super::path::spell;
use super::tree::{Entry, FileId, Files, Node, Origin, ScenarioDate, Value};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

/// How many tables and arrays may lie in each other.
pub const MAX_NESTING: usize = 64;

/// How many syntax errors of one file are shown: later ones mostly follow from the first.
const MAX_SYNTAX_ERRORS: usize = 20;

/// Parses a whole file that was added to `files`.
///
/// # Errors
/// Every syntax error, duplicate key, date with a time of day, number out of range and nesting too deep.
pub fn parse_file(files: &Files, id: FileId) -> Result<Node, Vec<Diagnostic>> {
    let text = files.get(id).map_or("", |f| f.text.as_str());
    // A byte order mark is not part of the first key.
    let (text, skipped) = match text.strip_prefix('\u{feff}') {
        Some(rest) => (rest, 3),
        None => (text, 0),
    };
    let mut builder = Builder::new(files, id, skipped);
    let (table, errors) = DeTable::parse_recoverable(text);
    builder.syntax(&errors);
    if builder.faults.is_empty() {
        let node = builder.table(table.into_inner(), 0..0, 0);
        if builder.faults.is_empty() {
            return Ok(node);
        }
    }
    Err(builder.faults)
}

/// Parses one value, which stands in a text at `offset` bytes from its start.
///
/// # Errors
/// As [`parse_file`].
pub fn parse_value(files: &Files, id: FileId, offset: usize) -> Result<Node, Vec<Diagnostic>> {
    let text = files.get(id).map_or("", |f| f.text.as_str());
    let mut builder = Builder::new(files, id, offset);
    let (value, errors) = DeValue::parse_recoverable(text.get(offset..).unwrap_or(""));
    builder.syntax(&errors);
    if builder.faults.is_empty() {
        let node = builder.node(value, 0);
        if builder.faults.is_empty() {
            return Ok(node);
        }
    }
    Err(builder.faults)
}

struct Builder<'f> {
    files: &'f Files,
    id: FileId,
    offset: usize,
    faults: Vec<Diagnostic>,
    /// Keys and places in arrays on the way to the value at hand.
    way: Vec<String>,
}

impl<'f> Builder<'f> {
    fn new(files: &'f Files, id: FileId, offset: usize) -> Self {
        Self {
            files,
            id,
            offset,
            faults: Vec::new(),
            way: Vec::new(),
        }
    }

    fn origin(&self, span: Range<usize>) -> Origin {
        Origin {
            file: self.id,
            start: (span.start + self.offset) as u32,
            end: (span.end + self.offset) as u32,
        }
    }

    fn fault(&mut self, span: Range<usize>, message: impl Into<String>, allowed: &str, hint: &str) {
        if self.faults.len() < MAX_FAULTS {
            let origin = self.origin(span);
            let fault = Diagnostic::error(self.files, origin, message)
                .key(spell(&self.way))
                .found(self.files.excerpt(origin))
                .allowed(allowed)
                .hint(hint);
            self.faults.push(fault);
        }
    }

    fn syntax(&mut self, errors: &[toml::de::Error]) {
        for error in errors.iter().take(MAX_SYNTAX_ERRORS) {
            let message = error.message().trim();
            let span = error.span().unwrap_or(0..0);
            let (allowed, hint) = if message.contains("recur") {
                self.refuse_depth(span);
                continue;
            } else if message == "duplicate key" {
                (
                    "each key once in a table, each [table] header once in a file",
                    "remove or rename one of the two",
                )
            } else if message.starts_with("invalid boolean") {
                (
                    "strings in quotes; numbers, dates, true and false without",
                    "put a word in quotes",
                )
            } else if message.contains("date") || message.contains("time") {
                ("a date of the calendar such as 2027-12-31", "write year, month and day")
            } else {
                (
                    "TOML: see https://toml.io",
                    "a key, `=` and a value on one line; strings in quotes; brackets in pairs",
                )
            };
            self.fault(span, format!("this is not valid TOML: {message}"), allowed, hint);
        }
    }

    fn refuse_depth(&mut self, span: Range<usize>) {
        let message = format!("tables and arrays lie in each other more than {MAX_NESTING} deep");
        let allowed = format!("at most {MAX_NESTING} levels");
        self.fault(span, message, &allowed, "a scenario needs no more than six");
    }

    fn node(&mut self, spanned: Spanned<DeValue<'_>>, depth: usize) -> Node {
        let span = spanned.span();
        let value = match spanned.into_inner() {
            DeValue::String(text) => Value::Text(text.into_owned()),
            DeValue::Boolean(flag) => Value::Flag(flag),
            DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
                Ok(i) => Value::Integer(i),
                Err(_) => {
                    let allowed = format!("integers from {} to {}", i64::MIN, i64::MAX);
                    let hint = "with a point, `1e30`, it is a number without that limit";
                    self.fault(span.clone(), "this integer is too large", &allowed, hint);
                    Value::Integer(0)
                }
            },
            // An exponent too large reads as infinite, which no key allows.
            DeValue::Float(float) => Value::Float(float.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Datetime(datetime) => Value::Date(self.date(&datetime, span.clone())),
            DeValue::Array(items) => {
                if self.too_deep(depth, &span) {
                    Value::Array(Vec::new())
                } else {
                    // The array holds its items in a private vector, so they are taken one by one.
                    let mut items = items;
                    let nodes = items
                        .iter_mut()
                        .enumerate()
                        .map(|(i, item)| {
                            let span = item.span();
                            let value = std::mem::replace(item.get_mut(), DeValue::Boolean(false));
                            self.way.push((i + 1).to_string());
                            let node = self.node(Spanned::new(span, value), depth + 1);
                            self.way.pop();
                            node
                        })
                        .collect();
                    Value::Array(nodes)
                }
            }
            DeValue::Table(table) => return self.table(table, span, depth),
        };
        Node {
            value,
            origin: self.origin(span),
        }
    }

    fn table(&mut self, table: DeTable<'_>, span: Range<usize>, depth: usize) -> Node {
        let mut entries = Vec::with_capacity(table.len());
        if !self.too_deep(depth, &span) {
            for (key, value) in table {
                let key_origin = self.origin(key.span());
                let key = key.into_inner().into_owned();
                self.way.push(key.clone());
                let node = self.node(value, depth + 1);
                self.way.pop();
                entries.push(Entry { key, key_origin, node });
            }
        }
        // The parser sorts keys by name; the places restore the order of the file.
        entries.sort_by_key(|e| e.key_origin.start);
        Node {
            value: Value::Table(entries),
            origin: self.origin(span),
        }
    }

    fn too_deep(&mut self, depth: usize, span: &Range<usize>) -> bool {
        let deep = depth > MAX_NESTING;
        if deep {
            self.refuse_depth(span.clone());
        }
        deep
    }

    fn date(&mut self, datetime: &Datetime, span: Range<usize>) -> ScenarioDate {
        if let (Some(date), None, None) = (datetime.date, datetime.time, datetime.offset) {
            let parts = (
                i16::try_from(date.year),
                i8::try_from(date.month),
                i8::try_from(date.day),
            );
            if let (Ok(year), Ok(month), Ok(day)) = parts
                && let Ok(date) = ScenarioDate::new(year, month, day)
            {
                return date;
            }
        }
        self.fault(
            span,
            "a date stands without time of day and time zone",
            "a date such as 2027-12-31",
            "a date means the start of that day in UTC; a deadline its end",
        );
        ScenarioDate::constant(1970, 1, 1)
    }
}
