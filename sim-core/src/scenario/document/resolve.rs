//! The merged document as TOML that runs again as it stands.

use super::decode::Document;
use super::diagnostic::Place;
use super::number::is_pedigree;
use super::path::{join, push_segment};
use super::tree::{Entry, Files, Node, Origin, Value};
use std::fmt::Write as _;

/// A table that fits on a line of so many characters stands inline.
const LINE: usize = 100;

impl Document {
    /// Prints the merged document in a canonical form: plain values of a table first, then its tables,
    /// both in the order of the files; small tables on one line.
    ///
    /// With `origins`, each value is followed by a comment that says where it was written. Reading the
    /// text again gives the same [`Document::canonical_json`].
    #[must_use]
    pub fn resolve(&self, origins: bool) -> String {
        let mut printer = Printer {
            out: String::new(),
            files: origins.then_some(&self.files),
        };
        if let Some(entries) = self.root.entries() {
            printer.body(entries, "");
        }
        printer.out
    }

    /// Path and place (`file:line`) of every value, in the order of the document: the provenance of a run.
    #[must_use]
    pub fn origins(&self) -> Vec<(String, String)> {
        let mut list = Vec::new();
        walk(&self.root, "", &mut |path, node| {
            list.push((path.to_owned(), place(&self.files, node.origin)));
        });
        list
    }
}

fn walk(node: &Node, path: &str, visit: &mut impl FnMut(&str, &Node)) {
    match &node.value {
        Value::Table(entries) if !is_pedigree(node) => {
            for entry in entries {
                walk(&entry.node, &join(path, &entry.key), visit);
            }
        }
        Value::Array(items) if items.iter().any(|item| item.entries().is_some()) => {
            for (i, item) in items.iter().enumerate() {
                let place = (i + 1).to_string();
                walk(item, &join(path, item.id().unwrap_or(&place)), visit);
            }
        }
        _ => visit(path, node),
    }
}

fn place(files: &Files, origin: Origin) -> String {
    let place = Place::new(files, origin);
    // Names of files come from the user; a line end in one would end the comment.
    let name: String = place.file.chars().filter(|c| !c.is_control()).collect();
    if name == "--set" {
        name
    } else {
        format!("{name}:{}", place.line)
    }
}

struct Printer<'f> {
    out: String,
    files: Option<&'f Files>,
}

impl Printer<'_> {
    /// Prints the entries of a table whose header has been printed.
    fn body(&mut self, entries: &[Entry], path: &str) {
        let top = path.is_empty();
        for entry in entries.iter().filter(|e| stands_inline(e, top)) {
            push_key(&mut self.out, &entry.key);
            self.out.push_str(" = ");
            push_value(&mut self.out, &entry.node);
            self.origin(&entry.node);
        }
        for entry in entries.iter().filter(|e| !stands_inline(e, top)) {
            let mut path = path.to_owned();
            if !path.is_empty() {
                path.push('.');
            }
            push_key(&mut path, &entry.key);
            match &entry.node.value {
                Value::Table(inner) => {
                    // A table of tables needs no header of its own.
                    if inner.is_empty() || inner.iter().any(|e| stands_inline(e, false)) {
                        self.header(&format!("[{path}]"), &entry.node);
                    }
                    self.body(inner, &path);
                }
                Value::Array(items) => {
                    for item in items {
                        self.header(&format!("[[{path}]]"), item);
                        self.body(item.entries().unwrap_or(&[]), &path);
                    }
                }
                _ => {}
            }
        }
    }

    fn header(&mut self, header: &str, node: &Node) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out.push_str(header);
        self.origin(node);
    }

    /// Ends the line, with the place of a value where places are asked for.
    fn origin(&mut self, node: &Node) {
        if let Some(files) = self.files {
            // Writing to a string cannot fail.
            let _ = write!(self.out, "  # {}", place(files, node.origin));
        }
        self.out.push('\n');
    }
}

/// Whether an entry stands as `key = value`: all that is no table, and tables that fit on a line, but
/// those at the top, which are the sections of a file.
fn stands_inline(entry: &Entry, top: bool) -> bool {
    match &entry.node.value {
        Value::Table(_) if is_pedigree(&entry.node) => true,
        Value::Table(_) => {
            let mut line = String::new();
            push_value(&mut line, &entry.node);
            !top && line.chars().count() + entry.key.chars().count() < LINE
        }
        Value::Array(items) => items.is_empty() || items.iter().any(|i| i.entries().is_none()),
        _ => true,
    }
}

fn push_key(out: &mut String, key: &str) {
    let mut segment = String::new();
    push_segment(&mut segment, key);
    if segment.starts_with('"') {
        push_text(out, key);
    } else {
        out.push_str(&segment);
    }
}

fn push_value(out: &mut String, node: &Node) {
    match &node.value {
        Value::Text(text) => push_text(out, text),
        Value::Integer(i) => out.push_str(&i.to_string()),
        Value::Float(x) => out.push_str(&float(*x)),
        Value::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Date(date) => out.push_str(&date.to_string()),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                push_value(out, item);
            }
            out.push(']');
        }
        Value::Table(entries) => {
            out.push('{');
            for (i, entry) in entries.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { " " });
                push_key(out, &entry.key);
                out.push_str(" = ");
                push_value(out, &entry.node);
            }
            out.push_str(if entries.is_empty() { "}" } else { " }" });
        }
    }
}

/// A float as TOML: always with a point or an exponent, so that it reads back as a float.
fn float(x: f64) -> String {
    if x.is_nan() { "nan".to_owned() } else { format!("{x:?}") }
}

/// A basic string: quotes, backslashes and control characters escaped.
fn push_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
