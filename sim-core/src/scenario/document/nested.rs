//! Reading of tables within tables.

use super::collections::{entries, items, read_key};
use super::context::Context;
use super::diagnostic::Place;
use super::fields::{Fields, Mode, Table};
use super::names::Keys;
use super::path::join;
use super::spec::{FieldSpec, OneOf, Shape, TableSpec};
use super::tree::{Entry, Node, Origin};
use super::words::list_words;
use super::words::unknown_key;
use std::collections::BTreeMap;

/// One shape that a table may take, told by the key under which it stands.
#[derive(Debug, Clone, Copy)]
pub struct Variant<T> {
    /// The key, for example `triangular` or `procurement_ban`.
    pub key: &'static str,
    /// What it means, in a sentence.
    pub doc: &'static str,
    /// Reads the table under the key.
    pub fields: fn(&mut Fields<'_>) -> T,
}

/// A table found under a free name and a kind: `[levers.NAME.KIND]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Named<T> {
    /// The free name.
    pub name: String,
    /// Key of the variant.
    pub kind: &'static str,
    /// Path of the table, for example `levers.gbr-removal.procurement_ban`.
    pub path: String,
    /// Where it stands.
    pub origin: Origin,
    /// What was read.
    pub value: T,
}

impl Fields<'_> {
    /// A required table.
    pub fn table<T: Table>(&mut self, key: &'static str, doc: &'static str) -> T {
        match self.find_required(key, doc, || Shape::Table(describe(&T::fields))) {
            Some(node) => read_table(self.cx, node, join(&self.path, key), &T::fields),
            None => stand_in(self.cx, &T::fields),
        }
    }

    /// A table that may be absent.
    pub fn optional_table<T: Table>(&mut self, key: &'static str, doc: &'static str) -> Option<T> {
        let node = self.find_optional(key, doc, || Shape::Table(describe(&T::fields)))?;
        Some(read_table(self.cx, node, join(&self.path, key), &T::fields))
    }

    /// A table that is read as if it stood empty where the file has none, so that its defaults hold.
    pub fn table_or_default<T: Table>(&mut self, key: &'static str, doc: &'static str) -> T {
        let describe = || Shape::Table(describe(&T::fields));
        match self.find_or(key, doc, "{}".to_owned(), describe) {
            Some(node) => read_table(self.cx, node, join(&self.path, key), &T::fields),
            None => match self.mode {
                Mode::Decode { origin, .. } => read_entries(self.cx, &[], origin, join(&self.path, key), &T::fields),
                _ => stand_in(self.cx, &T::fields),
            },
        }
    }

    /// An array of at most `most` tables, empty where the file has none; an `id` may stand once.
    pub fn tables<T: Table>(&mut self, key: &'static str, most: usize, doc: &'static str) -> Vec<T> {
        let shape = || Shape::Tables(describe(&T::fields), most);
        let Some(node) = self.find_or(key, doc, "[]".to_owned(), shape) else {
            return Vec::new();
        };
        let path = join(&self.path, key);
        let shape = Shape::Tables(TableSpec::default(), most);
        let list = items(self.cx, node, &path, most, &shape);
        refuse_duplicates(self.cx, list, &path);
        list.iter()
            .enumerate()
            .map(|(i, item)| {
                let path = match item.id() {
                    Some(id) => join(&path, id),
                    None => join(&path, &(i + 1).to_string()),
                };
                read_table(self.cx, item, path, &T::fields)
            })
            .collect()
    }

    /// A table from names to tables of one type, in the order of the file, empty where the file has none.
    pub fn entries<T: Table>(&mut self, key: &'static str, keys: Keys, doc: &'static str) -> Vec<(String, T)> {
        let shape = || Shape::Entries(keys, describe(&T::fields));
        let Some(node) = self.find_or(key, doc, "{}".to_owned(), shape) else {
            return Vec::new();
        };
        let path = join(&self.path, key);
        let shape = Shape::Entries(keys, TableSpec::default());
        entries(self.cx, node, &path, &shape)
            .iter()
            .map(|entry| {
                let path = join(&path, &entry.key);
                read_key(self.cx, entry, &path, keys);
                (entry.key.clone(), read_table(self.cx, &entry.node, path, &T::fields))
            })
            .collect()
    }

    /// A table of named tables of kinds, `[levers.NAME.KIND]`; a name may carry several kinds.
    pub fn named_tables<T>(
        &mut self,
        key: &'static str,
        keys: Keys,
        kinds: &[Variant<T>],
        doc: &'static str,
    ) -> Vec<Named<T>> {
        let shape = || Shape::Entries(keys, describe_variants(kinds, true));
        let Some(node) = self.find_or(key, doc, "{}".to_owned(), shape) else {
            return Vec::new();
        };
        let path = join(&self.path, key);
        let shape = Shape::Entries(keys, TableSpec::default());
        let mut found = Vec::new();
        for entry in entries(self.cx, node, &path, &shape) {
            let path = join(&path, &entry.key);
            read_key(self.cx, entry, &path, keys);
            let tables = entries(self.cx, &entry.node, &path, &Shape::Table(TableSpec::default()));
            if tables.is_empty() && entry.node.entries().is_some() {
                no_variant(self.cx, entry.node.origin, &path, kinds);
            }
            for table in tables {
                if let Some((kind, value)) = read_variant(self.cx, table, &path, kinds) {
                    found.push(Named {
                        name: entry.key.clone(),
                        kind,
                        path: join(&path, &table.key),
                        origin: table.node.origin,
                        value,
                    });
                }
            }
        }
        found
    }

    /// This table holds exactly one of some keys, and nothing else but keys asked for elsewhere; the key
    /// tells the shape: `{ triangular = { low = 1, mode = 2, high = 3 } }`.
    pub fn one_of<T, const N: usize>(&mut self, variants: &[Variant<T>; N]) -> T {
        const { assert!(N > 0, "a choice needs a variant") }
        if let Mode::Describe(spec) = &mut self.mode {
            let described = describe_variants(variants, false);
            spec.fields.extend(described.fields);
            spec.one_of.extend(described.one_of);
        }
        let (list, origin) = match &mut self.mode {
            Mode::Decode {
                entries, origin, asked, ..
            } => {
                asked.extend(variants.iter().map(|v| v.key));
                (*entries, *origin)
            }
            _ => return stand_in(self.cx, &variants[0].fields),
        };
        let mut standing = list.iter().filter(|e| variants.iter().any(|v| v.key == e.key));
        let first = standing.next();
        if let Some(second) = standing.next() {
            let path = join(&self.path, &second.key);
            let words = list_words(variants.iter().map(|v| v.key));
            let fault = self
                .cx
                .fault(second.key_origin, &path, "only one of these keys may stand");
            fault.allowed = Some(format!("one of {words}"));
        }
        match first {
            Some(entry) => {
                if let Some((_, value)) = read_variant(self.cx, entry, &self.path, variants) {
                    return value;
                }
            }
            None => no_variant(self.cx, origin, &self.path, variants),
        }
        stand_in(self.cx, &variants[0].fields)
    }
}

fn no_variant<T>(cx: &mut Context, origin: Origin, path: &str, variants: &[Variant<T>]) {
    let fault = cx.fault(origin, path, format!("`{path}` does not say what it is"));
    fault.allowed = Some(list_words(variants.iter().map(|v| v.key)));
}

fn read_variant<T>(cx: &mut Context, entry: &Entry, path: &str, variants: &[Variant<T>]) -> Option<(&'static str, T)> {
    let inner = join(path, &entry.key);
    match variants.iter().find(|v| v.key == entry.key) {
        Some(variant) => Some((variant.key, read_table(cx, &entry.node, inner, &variant.fields))),
        None => {
            let known: Vec<&str> = variants.iter().map(|v| v.key).collect();
            unknown_key(cx, entry, &inner, path, &known);
            None
        }
    }
}

/// Reads one table by its reader and reports the keys that it does not know.
pub(super) fn read_table<T>(cx: &mut Context, node: &Node, path: String, read: &dyn Fn(&mut Fields<'_>) -> T) -> T {
    match node.entries() {
        Some(entries) => read_entries(cx, entries, node.origin, path, read),
        None => {
            cx.wrong_kind(node, &path, "a table");
            stand_in(cx, read)
        }
    }
}

fn read_entries<T>(
    cx: &mut Context,
    entries: &[Entry],
    origin: Origin,
    path: String,
    read: &dyn Fn(&mut Fields<'_>) -> T,
) -> T {
    let mut fields = Fields::decode(cx, entries, origin, path);
    let value = read(&mut fields);
    fields.finish();
    value
}

/// Makes a value of stand-ins, for a table that could not be read.
fn stand_in<T>(cx: &mut Context, read: &dyn Fn(&mut Fields<'_>) -> T) -> T {
    read(&mut Fields {
        cx,
        mode: Mode::StandIn,
        path: String::new(),
    })
}

/// Lists the keys that a reader asks for.
pub(super) fn describe<T>(read: &dyn Fn(&mut Fields<'_>) -> T) -> TableSpec {
    describe_with(read).1
}

/// Lists the keys that a reader asks for, with the value that it makes of stand-ins and defaults.
pub fn describe_with<T>(read: &dyn Fn(&mut Fields<'_>) -> T) -> (T, TableSpec) {
    let mut cx = Context::new(Default::default(), Default::default());
    let mut fields = Fields {
        cx: &mut cx,
        mode: Mode::Describe(TableSpec::default()),
        path: String::new(),
    };
    let value = read(&mut fields);
    match fields.mode {
        Mode::Describe(spec) => (value, spec),
        _ => (value, TableSpec::default()),
    }
}

fn describe_variants<T>(variants: &[Variant<T>], several: bool) -> TableSpec {
    TableSpec {
        fields: variants
            .iter()
            .map(|variant| FieldSpec {
                key: variant.key,
                doc: variant.doc,
                required: false,
                default: None,
                shape: Shape::Table(describe(&variant.fields)),
            })
            .collect(),
        one_of: vec![OneOf {
            keys: variants.iter().map(|v| v.key).collect(),
            several,
        }],
    }
}

/// Reports each id that stands a second time, with both places.
fn refuse_duplicates(cx: &mut Context, list: &[Node], path: &str) {
    let mut seen: BTreeMap<&str, Origin> = BTreeMap::new();
    for item in list {
        let (Some(id), Some(node)) = (item.id(), item.get("id")) else {
            continue;
        };
        match seen.get(id) {
            None => {
                seen.insert(id, node.origin);
            }
            Some(first) => {
                let first = Place::new(&cx.files, *first);
                let path = join(path, id);
                let fault = cx.bad_value(node, &path, format!("the id `{id}` stands twice"), "each id once");
                fault.related.push(("the first one".to_owned(), first));
            }
        }
    }
}
