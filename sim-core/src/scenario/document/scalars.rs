//! Reading of keys that hold one value.

use super::context::Context;
use super::domain::Number;
use super::fields::Fields;
use super::names::Kind;
use super::number::read_number;
use super::path::{join, nearest};
use super::spec::Shape;
use super::tree::{Node, ScenarioDate, Value};
use super::words::{allowed, list_words};

/// Stands in for a date that could not be read.
const NO_DATE: ScenarioDate = ScenarioDate::constant(1970, 1, 1);

impl Fields<'_> {
    /// A required number. The unit is that of `number`, whatever unit the file gives.
    pub fn number(&mut self, key: &'static str, number: Number, doc: &'static str) -> f64 {
        match self.find_required(key, doc, || Shape::Number(number.clone())) {
            Some(node) => read_number(self.cx, node, &join(&self.path, key), &number),
            None => number.stand_in(),
        }
    }

    /// A number that stands at `default` where the file has none.
    pub fn number_or(&mut self, key: &'static str, default: f64, number: Number, doc: &'static str) -> f64 {
        let shape = || Shape::Number(number.clone());
        match self.find_or(key, doc, default.to_string(), shape) {
            Some(node) => read_number(self.cx, node, &join(&self.path, key), &number),
            None => {
                self.note_default(key, default, &number);
                default
            }
        }
    }

    /// A number that may be absent.
    pub fn optional_number(&mut self, key: &'static str, number: Number, doc: &'static str) -> Option<f64> {
        let node = self.find_optional(key, doc, || Shape::Number(number.clone()))?;
        Some(read_number(self.cx, node, &join(&self.path, key), &number))
    }

    /// A required whole number.
    pub fn integer(&mut self, key: &'static str, number: Number, doc: &'static str) -> i64 {
        self.number(key, number.to_whole(), doc) as i64
    }

    /// A whole number that stands at `default` where the file has none.
    pub fn integer_or(&mut self, key: &'static str, default: i64, number: Number, doc: &'static str) -> i64 {
        self.number_or(key, default as f64, number.to_whole(), doc) as i64
    }

    /// A whole number that may be absent.
    pub fn optional_integer(&mut self, key: &'static str, number: Number, doc: &'static str) -> Option<i64> {
        self.optional_number(key, number.to_whole(), doc).map(|x| x as i64)
    }

    /// A required string.
    pub fn text(&mut self, key: &'static str, doc: &'static str) -> String {
        match self.find_required(key, doc, || Shape::Text) {
            Some(node) => read_text(self.cx, node, &join(&self.path, key), &Shape::Text),
            None => String::new(),
        }
    }

    /// A string that stands at `default` where the file has none.
    pub fn text_or(&mut self, key: &'static str, default: &str, doc: &'static str) -> String {
        match self.find_or(key, doc, format!("{default:?}"), || Shape::Text) {
            Some(node) => read_text(self.cx, node, &join(&self.path, key), &Shape::Text),
            None => default.to_owned(),
        }
    }

    /// A string that may be absent.
    pub fn optional_text(&mut self, key: &'static str, doc: &'static str) -> Option<String> {
        let node = self.find_optional(key, doc, || Shape::Text)?;
        Some(read_text(self.cx, node, &join(&self.path, key), &Shape::Text))
    }

    /// The id of this table: references of `kind` may name it.
    pub fn id(&mut self, key: &'static str, kind: Kind, doc: &'static str) -> String {
        let shape = Shape::Id(kind);
        let Some(node) = self.find_required(key, doc, || Shape::Id(kind)) else {
            return String::new();
        };
        let path = join(&self.path, key);
        let id = read_text(self.cx, node, &path, &shape);
        if node.text().is_some() && !kind.spelling.allows(&id) {
            let message = format!("this is not the id of a {}", kind.name);
            let fault = self.cx.bad_value(node, &path, message, kind.spelling.allowed());
            fault.hint = kind.spelling.correct(&id).map(|id| format!("for example `{id}`"));
        }
        self.cx.define(kind, &id, node.origin);
        id
    }

    /// The id of another thing of the document; a dangling one is an error.
    pub fn reference(&mut self, key: &'static str, kind: Kind, doc: &'static str) -> String {
        match self.find_required(key, doc, || Shape::Reference(kind)) {
            Some(node) => read_reference(self.cx, node, &join(&self.path, key), kind),
            None => String::new(),
        }
    }

    /// The id of another thing of the document, which may be absent.
    pub fn optional_reference(&mut self, key: &'static str, kind: Kind, doc: &'static str) -> Option<String> {
        let node = self.find_optional(key, doc, || Shape::Reference(kind))?;
        Some(read_reference(self.cx, node, &join(&self.path, key), kind))
    }

    /// A flag that stands at `default` where the file has none.
    pub fn flag_or(&mut self, key: &'static str, default: bool, doc: &'static str) -> bool {
        let Some(node) = self.find_or(key, doc, default.to_string(), || Shape::Flag) else {
            return default;
        };
        match node.value {
            Value::Flag(flag) => flag,
            _ => {
                let path = join(&self.path, key);
                let fault = self.cx.wrong_kind(node, &path, allowed(&Shape::Flag));
                fault.hint = Some("true and false stand without quotes".to_owned());
                default
            }
        }
    }

    /// A required date.
    pub fn date(&mut self, key: &'static str, doc: &'static str) -> ScenarioDate {
        match self.find_required(key, doc, || Shape::Date) {
            Some(node) => read_date(self.cx, node, &join(&self.path, key)),
            None => NO_DATE,
        }
    }

    /// A date that may be absent.
    pub fn optional_date(&mut self, key: &'static str, doc: &'static str) -> Option<ScenarioDate> {
        let node = self.find_optional(key, doc, || Shape::Date)?;
        Some(read_date(self.cx, node, &join(&self.path, key)))
    }

    /// One of some words, each with its meaning.
    pub fn choice<T: Clone, const N: usize>(
        &mut self,
        key: &'static str,
        options: &[(&'static str, T); N],
        doc: &'static str,
    ) -> T {
        const { assert!(N > 0, "a choice needs an option") }
        let shape = || Shape::Choice(options.iter().map(|(word, _)| *word).collect());
        let found = self
            .find_required(key, doc, shape)
            .and_then(|node| read_choice(self.cx, node, &join(&self.path, key), options));
        found.unwrap_or_else(|| options[0].1.clone())
    }

    /// One of some words, the word `default` where the file has none. A default that is none of the words
    /// is a slip of the caller, and the first word stands for it.
    pub fn choice_or<T: Clone, const N: usize>(
        &mut self,
        key: &'static str,
        default: &'static str,
        options: &[(&'static str, T); N],
        doc: &'static str,
    ) -> T {
        const { assert!(N > 0, "a choice needs an option") }
        let shape = || Shape::Choice(options.iter().map(|(word, _)| *word).collect());
        let standing = options.iter().find(|(word, _)| *word == default).unwrap_or(&options[0]);
        match self.find_or(key, doc, format!("{default:?}"), shape) {
            Some(node) => read_choice(self.cx, node, &join(&self.path, key), options),
            None => None,
        }
        .unwrap_or_else(|| standing.1.clone())
    }
}

pub(super) fn read_text(cx: &mut Context, node: &Node, path: &str, shape: &Shape) -> String {
    match &node.value {
        Value::Text(text) => text.clone(),
        _ => {
            let fault = cx.wrong_kind(node, path, allowed(shape));
            fault.hint = Some("a string stands in quotes".to_owned());
            String::new()
        }
    }
}

pub(super) fn read_reference(cx: &mut Context, node: &Node, path: &str, kind: Kind) -> String {
    let id = read_text(cx, node, path, &Shape::Reference(kind));
    if node.text().is_some() {
        cx.refer(kind, &id, path, node.origin);
    }
    id
}

pub(super) fn read_date(cx: &mut Context, node: &Node, path: &str) -> ScenarioDate {
    match node.value {
        Value::Date(date) => date,
        _ => {
            let fault = cx.wrong_kind(node, path, allowed(&Shape::Date));
            fault.hint = Some(match node.value {
                Value::Text(_) => "remove the quotes".to_owned(),
                _ => "write year, month and day: 2027-12-31".to_owned(),
            });
            NO_DATE
        }
    }
}

pub(super) fn read_choice<T: Clone>(
    cx: &mut Context,
    node: &Node,
    path: &str,
    options: &[(&'static str, T)],
) -> Option<T> {
    let words = || options.iter().map(|(word, _)| *word);
    let Some(text) = node.text() else {
        cx.wrong_kind(node, path, list_words(words()));
        return None;
    };
    let found = options.iter().find(|(word, _)| *word == text);
    if found.is_none() {
        let near = nearest(text, words()).map(|near| format!("did you mean `{near}`?"));
        let fault = cx.bad_value(
            node,
            path,
            format!("`{text}` is not one of the words allowed"),
            list_words(words()),
        );
        fault.hint = near;
    }
    found.map(|(_, meaning)| meaning.clone())
}
