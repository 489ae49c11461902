//! Reading of keys that hold one value or an array of values.

use super::context::Context;
use super::fields::Fields;
use super::number::read_number;
use super::path::{join, nearest};
use super::spec::{Keys, Kind, Number, Shape, list_words};
use super::tree::{Entry, Node, ScenarioDate, Value};
use super::words::allowed;
use std::collections::BTreeSet;

/// Stands in for a date that could not be read.
const NO_DATE: ScenarioDate = ScenarioDate::constant(1970, 1, 1);

/// No array or map of plain values is longer.
const MAX_ITEMS: usize = 100_000;

impl Fields<'_> {
    /// A required number. The unit is that of `number`, whatever unit the file gives.
    pub fn number(&mut self, key: &'static str, number: Number, doc: &'static str) -> f64 {
        match self.find_required(key, doc, || Shape::Number(number.clone())) {
            Some(node) => read_number(self.cx, node, &join(&self.path, key), &number),
            None => number.stand_in(),
        }
    }

    /// A number that stands at `default` where the file has none.
    pub fn number_or(
        &mut self,
        key: &'static str,
        default: f64,
        number: Number,
        doc: &'static str,
    ) -> f64 {
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
    pub fn optional_number(
        &mut self,
        key: &'static str,
        number: Number,
        doc: &'static str,
    ) -> Option<f64> {
        let node = self.find_optional(key, doc, || Shape::Number(number.clone()))?;
        Some(read_number(self.cx, node, &join(&self.path, key), &number))
    }

    /// A required whole number.
    pub fn integer(&mut self, key: &'static str, number: Number, doc: &'static str) -> i64 {
        self.number(key, number.to_whole(), doc) as i64
    }

    /// A whole number that stands at `default` where the file has none.
    pub fn integer_or(
        &mut self,
        key: &'static str,
        default: i64,
        number: Number,
        doc: &'static str,
    ) -> i64 {
        self.number_or(key, default as f64, number.to_whole(), doc) as i64
    }

    /// A whole number that may be absent.
    pub fn optional_integer(
        &mut self,
        key: &'static str,
        number: Number,
        doc: &'static str,
    ) -> Option<i64> {
        self.optional_number(key, number.to_whole(), doc)
            .map(|x| x as i64)
    }

    /// An array of at most `most` numbers, empty where the file has none.
    pub fn numbers(
        &mut self,
        key: &'static str,
        number: Number,
        most: usize,
        doc: &'static str,
    ) -> Vec<f64> {
        let shape = || Shape::Numbers(number.clone(), most);
        let Some(node) = self.find_or(key, doc, "[]".to_owned(), shape) else {
            return Vec::new();
        };
        let path = join(&self.path, key);
        items(self.cx, node, &path, most, &shape())
            .iter()
            .enumerate()
            .map(|(i, item)| {
                read_number(self.cx, item, &join(&path, &(i + 1).to_string()), &number)
            })
            .collect()
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
        Some(read_text(
            self.cx,
            node,
            &join(&self.path, key),
            &Shape::Text,
        ))
    }

    /// An array of strings, empty where the file has none.
    pub fn texts(&mut self, key: &'static str, doc: &'static str) -> Vec<String> {
        let Some(node) = self.find_or(key, doc, "[]".to_owned(), || Shape::Texts) else {
            return Vec::new();
        };
        let path = join(&self.path, key);
        items(self.cx, node, &path, MAX_ITEMS, &Shape::Texts)
            .iter()
            .map(|item| read_text(self.cx, item, &path, &Shape::Texts))
            .collect()
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
            self.cx
                .bad_value(node, &path, message, kind.spelling.allowed());
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
    pub fn optional_reference(
        &mut self,
        key: &'static str,
        kind: Kind,
        doc: &'static str,
    ) -> Option<String> {
        let node = self.find_optional(key, doc, || Shape::Reference(kind))?;
        Some(read_reference(self.cx, node, &join(&self.path, key), kind))
    }

    /// An array of ids of other things, each once, empty where the file has none.
    pub fn references(&mut self, key: &'static str, kind: Kind, doc: &'static str) -> Vec<String> {
        let shape = || Shape::References(kind);
        let Some(node) = self.find_or(key, doc, "[]".to_owned(), shape) else {
            return Vec::new();
        };
        let path = join(&self.path, key);
        let mut ids: Vec<String> = Vec::new();
        let mut seen = BTreeSet::new();
        for item in items(self.cx, node, &path, MAX_ITEMS, &shape()) {
            let id = read_reference(self.cx, item, &path, kind);
            if item.text().is_some_and(|text| !seen.insert(text)) {
                self.cx
                    .bad_value(item, &path, format!("`{id}` stands twice"), "each id once");
            }
            ids.push(id);
        }
        ids
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

    /// One of some words, the word `default` where the file has none.
    pub fn choice_or<T: Clone, const N: usize>(
        &mut self,
        key: &'static str,
        default: &'static str,
        options: &[(&'static str, T); N],
        doc: &'static str,
    ) -> T {
        const { assert!(N > 0, "a choice needs an option") }
        let shape = || Shape::Choice(options.iter().map(|(word, _)| *word).collect());
        let standing = options
            .iter()
            .find(|(word, _)| *word == default)
            .unwrap_or(&options[0]);
        match self.find_or(key, doc, format!("{default:?}"), shape) {
            Some(node) => read_choice(self.cx, node, &join(&self.path, key), options),
            None => None,
        }
        .unwrap_or_else(|| standing.1.clone())
    }

    /// An array of some words, each once; `None` where the file has none, so that the caller says what
    /// absence means.
    pub fn choices<T: Clone>(
        &mut self,
        key: &'static str,
        options: &[(&'static str, T)],
        doc: &'static str,
    ) -> Option<Vec<T>> {
        let shape = || Shape::Choices(options.iter().map(|(word, _)| *word).collect());
        let node = self.find_optional(key, doc, shape)?;
        let path = join(&self.path, key);
        let mut words = Vec::new();
        let mut chosen = Vec::new();
        for item in items(self.cx, node, &path, MAX_ITEMS, &shape()) {
            if words.contains(&item.text()) {
                self.cx
                    .bad_value(item, &path, "this word stands twice", "each word once");
            }
            words.push(item.text());
            chosen.extend(read_choice(self.cx, item, &path, options));
        }
        Some(chosen)
    }

    /// A table from names to numbers, in the order of the file, empty where the file has none.
    pub fn map(
        &mut self,
        key: &'static str,
        number: Number,
        keys: Keys,
        doc: &'static str,
    ) -> Vec<(String, f64)> {
        let shape = || Shape::NumberMap(keys, number.clone());
        let Some(node) = self.find_or(key, doc, "{}".to_owned(), shape) else {
            return Vec::new();
        };
        let path = join(&self.path, key);
        let mut map = Vec::new();
        for entry in entries(self.cx, node, &path, &shape()) {
            let path = join(&path, &entry.key);
            read_key(self.cx, entry, &path, keys);
            map.push((
                entry.key.clone(),
                read_number(self.cx, &entry.node, &path, &number),
            ));
        }
        map
    }

    /// A table from names to dates, in the order of the file, empty where the file has none.
    pub fn dates_map(
        &mut self,
        key: &'static str,
        keys: Keys,
        doc: &'static str,
    ) -> Vec<(String, ScenarioDate)> {
        let shape = || Shape::DateMap(keys);
        let Some(node) = self.find_or(key, doc, "{}".to_owned(), shape) else {
            return Vec::new();
        };
        let path = join(&self.path, key);
        let mut map = Vec::new();
        for entry in entries(self.cx, node, &path, &shape()) {
            let path = join(&path, &entry.key);
            read_key(self.cx, entry, &path, keys);
            map.push((entry.key.clone(), read_date(self.cx, &entry.node, &path)));
        }
        map
    }

    /// Whatever stands under a key, unchecked.
    pub fn raw(&mut self, key: &'static str, doc: &'static str) -> Option<Node> {
        self.find_optional(key, doc, || Shape::Raw).cloned()
    }
}

/// The items of an array, none where it is no array or too long.
pub(super) fn items<'a>(
    cx: &mut Context,
    node: &'a Node,
    path: &str,
    most: usize,
    shape: &Shape,
) -> &'a [Node] {
    match node.items() {
        Some(items) if items.len() <= most => items,
        Some(items) => {
            let message = format!("{} entries are too many", items.len());
            cx.fault(node.origin, path, message).allowed = Some(format!("at most {most}"));
            &[]
        }
        None => {
            let fault = cx.wrong_kind(node, path, allowed(shape));
            fault.hint = Some(match shape {
                Shape::Tables(..) => {
                    "each entry has a header in double brackets: [[name]]".to_owned()
                }
                _ => "an array stands in brackets: [\"a\", \"b\"]".to_owned(),
            });
            &[]
        }
    }
}

/// The entries of a table, none where it is no table.
pub(super) fn entries<'a>(
    cx: &mut Context,
    node: &'a Node,
    path: &str,
    shape: &Shape,
) -> &'a [Entry] {
    match node.entries() {
        Some(entries) => entries,
        None => {
            cx.wrong_kind(node, path, allowed(shape));
            &[]
        }
    }
}

fn read_text(cx: &mut Context, node: &Node, path: &str, shape: &Shape) -> String {
    match &node.value {
        Value::Text(text) => text.clone(),
        _ => {
            let fault = cx.wrong_kind(node, path, allowed(shape));
            fault.hint = Some("a string stands in quotes".to_owned());
            String::new()
        }
    }
}

fn read_reference(cx: &mut Context, node: &Node, path: &str, kind: Kind) -> String {
    let id = read_text(cx, node, path, &Shape::Reference(kind));
    if node.text().is_some() {
        cx.refer(kind, &id, path, node.origin);
    }
    id
}

fn read_date(cx: &mut Context, node: &Node, path: &str) -> ScenarioDate {
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

fn read_choice<T: Clone>(
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

/// Checks a free name of a table by the rule of its keys.
pub(super) fn read_key(cx: &mut Context, entry: &Entry, path: &str, keys: Keys) {
    let name = entry.key.as_str();
    let fine = match keys {
        Keys::Of(kind) => {
            cx.refer(kind, name, path, entry.key_origin);
            true
        }
        Keys::NumberPaths => match super::path::split(name) {
            Ok(segments) => {
                cx.refer_to_number(super::path::spell(&segments), path, entry.key_origin);
                true
            }
            Err(_) => false,
        },
        Keys::Names => super::spec::Spelling::Slug.allows(name),
        Keys::Define(kind) => {
            cx.define(kind, name, entry.key_origin);
            kind.spelling.allows(name)
        }
        Keys::Words(words) => words.contains(&name),
        Keys::Any => !name.is_empty(),
    };
    if !fine {
        let near = match keys {
            Keys::Words(words) => nearest(name, words.iter().copied()),
            _ => None,
        };
        let fault = cx.fault(
            entry.key_origin,
            path,
            format!("`{name}` cannot be a key here"),
        );
        fault.allowed = Some(keys.allowed());
        fault.hint = near.map(|near| format!("did you mean `{near}`?"));
    }
}
