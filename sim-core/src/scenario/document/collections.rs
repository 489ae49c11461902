//! Reading of keys that hold arrays of values, or tables of free names.

use super::context::Context;
use super::domain::Number;
use super::fields::Fields;
use super::names::{Keys, Kind, Spelling};
use super::number::read_number;
use super::path::{join, nearest, spell, split};
use super::scalars::{read_choice, read_date, read_reference, read_text};
use super::spec::Shape;
use super::tree::{Entry, Node, ScenarioDate};
use super::words::allowed;
use std::collections::BTreeSet;

/// No array or map of plain values is longer.
const MAX_ITEMS: usize = 100_000;

impl Fields<'_> {
    /// An array of at most `most` numbers, empty where the file has none.
    pub fn numbers(&mut self, key: &'static str, number: Number, most: usize, doc: &'static str) -> Vec<f64> {
        let shape = || Shape::Numbers(number.clone(), most);
        let Some(node) = self.find_or(key, doc, "[]".to_owned(), shape) else {
            return Vec::new();
        };
        let path = join(&self.path, key);
        items(self.cx, node, &path, most, &shape())
            .iter()
            .enumerate()
            .map(|(i, item)| read_number(self.cx, item, &join(&path, &(i + 1).to_string()), &number))
            .collect()
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
    pub fn map(&mut self, key: &'static str, number: Number, keys: Keys, doc: &'static str) -> Vec<(String, f64)> {
        let shape = || Shape::NumberMap(keys, number.clone());
        let Some(node) = self.find_or(key, doc, "{}".to_owned(), shape) else {
            return Vec::new();
        };
        let path = join(&self.path, key);
        let mut map = Vec::new();
        for entry in entries(self.cx, node, &path, &shape()) {
            let path = join(&path, &entry.key);
            read_key(self.cx, entry, &path, keys);
            map.push((entry.key.clone(), read_number(self.cx, &entry.node, &path, &number)));
        }
        map
    }

    /// A table from names to dates, in the order of the file, empty where the file has none.
    pub fn dates_map(&mut self, key: &'static str, keys: Keys, doc: &'static str) -> Vec<(String, ScenarioDate)> {
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
pub(super) fn items<'a>(cx: &mut Context, node: &'a Node, path: &str, most: usize, shape: &Shape) -> &'a [Node] {
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
                Shape::Tables(..) => "each entry has a header in double brackets: [[name]]".to_owned(),
                _ => "an array stands in brackets: [\"a\", \"b\"]".to_owned(),
            });
            &[]
        }
    }
}

/// The entries of a table, none where it is no table.
pub(super) fn entries<'a>(cx: &mut Context, node: &'a Node, path: &str, shape: &Shape) -> &'a [Entry] {
    match node.entries() {
        Some(entries) => entries,
        None => {
            cx.wrong_kind(node, path, allowed(shape));
            &[]
        }
    }
}

/// Checks a free name of a table by the rule of its keys.
pub(super) fn read_key(cx: &mut Context, entry: &Entry, path: &str, keys: Keys) {
    let name = entry.key.as_str();
    let fine = match keys {
        Keys::Of(kind) => {
            cx.refer(kind, name, path, entry.key_origin);
            true
        }
        Keys::NumberPaths => match split(name) {
            Ok(segments) => {
                cx.refer_to_number(spell(&segments), path, entry.key_origin);
                true
            }
            Err(_) => false,
        },
        Keys::Names => Spelling::Slug.allows(name),
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
        let fault = cx.fault(entry.key_origin, path, format!("`{name}` cannot be a key here"));
        fault.allowed = Some(keys.allowed());
        fault.hint = near.map(|near| format!("did you mean `{near}`?"));
    }
}
