//! Merging of a child scenario over its parent.
//!
//! Tables merge deeply. Arrays of tables with an `id` merge by `id` in the parent's order, new entries
//! after them; `remove = true` drops one. Other arrays and all plain values replace. A number with a
//! pedigree is one value: it replaces whole, so that a source never stands beside another's number. So do
//! the entries of `[uncertainties]` and `[choices]`, which are flat maps.

use super::diagnostic::{Diagnostic, MAX_FAULTS};
use super::number::is_pedigree;
use super::path::{join, nearest};
use super::tree::{Entry, Files, Node, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Flat maps at the top of a file: their entries replace whole.
pub(super) const FLAT_MAPS: [&str; 2] = ["uncertainties", "choices"];

/// Merges `child` over `parent`.
pub(super) fn merge(parent: Node, child: Node, files: &Files, faults: &mut Vec<Diagnostic>) -> Node {
    Merge { files, faults }.node(parent, child, "")
}

struct Merge<'a> {
    files: &'a Files,
    faults: &'a mut Vec<Diagnostic>,
}

impl Merge<'_> {
    fn node(&mut self, parent: Node, child: Node, path: &str) -> Node {
        if is_pedigree(&parent) || is_pedigree(&child) {
            return child;
        }
        let origin = child.origin;
        let value = match (parent.value, child.value) {
            (Value::Table(old), Value::Table(new)) => Value::Table(self.table(old, new, path)),
            (Value::Array(old), Value::Array(new)) if has_ids(&old) && has_ids(&new) => {
                Value::Array(self.by_id(old, new, path))
            }
            (_, new) => new,
        };
        Node { value, origin }
    }

    fn table(&mut self, mut old: Vec<Entry>, new: Vec<Entry>, path: &str) -> Vec<Entry> {
        let replace = FLAT_MAPS.contains(&path);
        // Large tables are looked up by name; a scan for each key would take quadratic time.
        let index: BTreeMap<String, usize> = old.iter().enumerate().map(|(i, e)| (e.key.clone(), i)).collect();
        for entry in new {
            match index.get(&entry.key).and_then(|i| old.get_mut(*i)) {
                Some(slot) if replace => *slot = entry,
                Some(slot) => {
                    let path = join(path, &entry.key);
                    let parent = std::mem::replace(&mut slot.node, super::extends::empty(entry.key_origin.file));
                    slot.node = self.node(parent, entry.node, &path);
                    slot.key_origin = entry.key_origin;
                }
                None => old.push(entry),
            }
        }
        old
    }

    fn by_id(&mut self, old: Vec<Node>, new: Vec<Node>, path: &str) -> Vec<Node> {
        let mut index: BTreeMap<String, usize> = BTreeMap::new();
        for (i, node) in old.iter().enumerate() {
            if let Some(id) = node.id() {
                index.entry(id.to_owned()).or_insert(i);
            }
        }
        let mut merged: Vec<Option<Node>> = old.into_iter().map(Some).collect();
        let mut seen = BTreeSet::new();
        for mut node in new {
            let Some(id) = node.id().map(str::to_owned) else {
                continue;
            };
            let remove = take_remove(&mut node);
            // A second entry of one id in the child is kept apart, to be refused as a duplicate.
            let slot = match index.get(&id) {
                Some(i) if seen.insert(id.clone()) => merged.get_mut(*i),
                _ => None,
            };
            match (slot, remove) {
                (Some(slot), true) => *slot = None,
                (Some(slot), false) => {
                    if let Some(parent) = slot.take() {
                        *slot = Some(self.node(parent, node, &join(path, &id)));
                    }
                }
                (None, false) => merged.push(Some(node)),
                (None, true) if self.faults.len() >= MAX_FAULTS => {}
                (None, true) => {
                    let near = nearest(&id, index.keys().map(String::as_str));
                    let origin = node.get("id").map_or(node.origin, |n| n.origin);
                    let mut fault = Diagnostic::error(self.files, origin, format!("there is no `{id}` to remove"))
                        .key(join(path, &id))
                        .found(self.files.excerpt(origin))
                        .allowed(format!(
                            "the id of an entry of `{path}` in the file that this one extends, once"
                        ));
                    fault.hint = near.map(|near| format!("did you mean `{near}`?"));
                    self.faults.push(fault);
                }
            }
        }
        merged.into_iter().flatten().collect()
    }
}

fn has_ids(items: &[Node]) -> bool {
    !items.is_empty() && items.iter().all(|item| item.id().is_some())
}

/// Takes a flag `remove` out of an entry; anything but a flag stays, to be refused as an unknown key.
fn take_remove(node: &mut Node) -> bool {
    let Value::Table(entries) = &mut node.value else {
        return false;
    };
    let found = entries
        .iter()
        .position(|e| e.key == "remove" && matches!(e.node.value, Value::Flag(_)));
    found.is_some_and(|i| entries.remove(i).node.value == Value::Flag(true))
}
