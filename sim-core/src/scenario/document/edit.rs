//! Changes to single values: `--set`, and numbers drawn for a replicate.

use super::decode::Document;
use super::diagnostic::{Diagnostic, Diagnostics};
use super::extends::{POSTERIOR, empty};
use super::locate::{find_shape, place, step};
use super::number::is_pedigree;
use super::parse::parse_value;
use super::path::{join, split};
use super::spec::{Shape, TableSpec};
use super::tree::{Entry, Node, Origin, Value};
use super::words::allowed;
use crate::scenario::posterior;

impl Document {
    /// Sets one value, as `--set PATH=VALUE` does, and returns warnings.
    ///
    /// VALUE is a TOML value; where the key takes a string, a bare word is one. Arrays and tables are
    /// replaced whole. A number with a pedigree keeps it as `was`; the new number is in the unit of the
    /// key. An uncertainty or a choice on the path, or below it, is dropped with a warning.
    ///
    /// # Errors
    /// A path that is no key of `spec` or names no entry, with the nearest one; a value that is no TOML, or no table in place of one.
    /// Whether the value is allowed is checked by the next [`Document::decode`]. Nothing changes on error.
    pub fn set(&mut self, spec: &TableSpec, path: &str, value: &str) -> Result<Diagnostics, Diagnostics> {
        let mut files = self.files.clone();
        let file = files.add("--set".to_owned(), format!("{path}={value}"));
        let key_origin = Origin {
            file,
            start: 0,
            end: path.len() as u32,
        };
        let fault = |message: String| Diagnostic::error(&files, key_origin, message).key(path.trim());
        let segments = split(path)
            .map_err(|why| fault(why).allowed("names joined by points, such as vendor.huawei.bb_usd_per_site"))?;
        let shape = find_shape(&self.root, spec, &segments).map_err(|unknown| {
            let mut fault = fault(unknown.message).allowed(unknown.allowed);
            fault.hint = unknown.nearest.map(|near| format!("did you mean `{near}`?"));
            fault
        })?;
        let offset = path.len() + 1;
        let node = match parse_value(&files, file, offset) {
            Ok(node) => node,
            Err(_) if takes_text(&shape) && !value.trim().is_empty() => Node {
                value: Value::Text(value.trim().to_owned()),
                origin: Origin {
                    file,
                    start: offset as u32,
                    end: (offset + value.len()) as u32,
                },
            },
            Err(_) => {
                let origin = Origin {
                    file,
                    start: offset as u32,
                    end: (offset + value.len()) as u32,
                };
                return Err(Diagnostic::error(&files, origin, "this is no TOML value")
                    .key(path.trim())
                    .found(value)
                    .allowed(allowed(&shape))
                    .hint(hint_on(value.trim(), &shape))
                    .into());
            }
        };
        if matches!(shape, Shape::Table(_)) && node.entries().is_none() {
            let message = format!("`{}` is a table, {} cannot stand for it", path.trim(), node.kind());
            let mut fault = Diagnostic::error(&files, node.origin, message)
                .key(path.trim())
                .found(value)
                .allowed("a table, or one of its keys on the path");
            let first = self.node(path).and_then(Node::entries).unwrap_or_default();
            if let Some(key) = first
                .iter()
                .find(|entry| entry.node.number().is_some())
                .or(first.first())
            {
                fault = fault.hint(format!(
                    "set one of its keys, such as `{}`",
                    join(path.trim(), &key.key)
                ));
            }
            return Err(fault.into());
        }
        let mut root = self.root.clone();
        let make = |old: Option<Node>| match old {
            Some(old) => keep_was(old, node),
            None => node,
        };
        if !put(&mut root, &segments, key_origin, make) {
            return Err(fault(format!("`{path}` cannot be reached")).into());
        }
        let dropped = drop_variation(&mut root, &segments);
        let warnings = dropped
            .into_iter()
            .map(|name| fault(format!("the {name} is dropped, since its value is set")).warning())
            .collect();
        self.root = root;
        self.files = files;
        Ok(Diagnostics::new(warnings))
    }

    /// The value at a path.
    #[must_use]
    pub fn node(&self, path: &str) -> Option<&Node> {
        split(path)
            .ok()?
            .iter()
            .try_fold(&self.root, |node, segment| step(node, segment))
    }

    /// The number at a path as written, in its own unit where it has one.
    #[must_use]
    pub fn number(&self, path: &str) -> Option<f64> {
        let node = self.node(path)?;
        node.number().or_else(|| node.get("value")?.number())
    }

    /// A copy in which numbers stand alone at these values, in the units of their keys: a drawn vector.
    ///
    /// Numbers keep their origin, so that a message still shows where they come from.
    ///
    /// # Errors
    /// A path below something that is no table or names no entry.
    pub fn with_numbers(&self, numbers: &[(&str, f64)]) -> Result<Self, Diagnostics> {
        let mut root = self.root.clone();
        for (path, value) in numbers {
            let unknown = || Diagnostic::without_place(format!("no number can stand at `{path}`")).key(*path);
            let segments = split(path).map_err(|_| unknown())?;
            let origin = root.origin;
            let make = |old: Option<Node>| Node {
                value: Value::Float(*value),
                origin: old.map_or(origin, |old| old.origin),
            };
            if !put(&mut root, &segments, origin, make) {
                return Err(unknown().into());
            }
        }
        Ok(Self {
            root,
            files: self.files.clone(),
        })
    }

    /// A point of a design: as [`Document::with_numbers`], without `[uncertainties]`, `[posterior]` and `[choices]`, since nothing
    /// is left to vary.
    ///
    /// # Errors
    /// As [`Document::with_numbers`].
    pub fn at_point(&self, numbers: &[(&str, f64)]) -> Result<Self, Diagnostics> {
        let mut point = self.with_numbers(numbers)?;
        if let Value::Table(entries) = &mut point.root.value {
            entries.retain(|entry| !VARIATION.contains(&entry.key.as_str()) && entry.key != CORRELATION);
        }
        Ok(point)
    }
}

/// The tables that say how numbers may vary.
const VARIATION: [&str; 3] = ["uncertainties", "choices", POSTERIOR];

/// The statements on how uncertain numbers go together.
const CORRELATION: &str = "correlation";

/// Puts a value at a path, making the tables on the way; `false` where something else stands there or an
/// entry of an array is missing.
fn put(node: &mut Node, segments: &[String], key_origin: Origin, make: impl FnOnce(Option<Node>) -> Node) -> bool {
    let Some((first, rest)) = segments.split_first() else {
        return false;
    };
    match &mut node.value {
        Value::Table(entries) => {
            let index = entries.iter().position(|e| e.key == *first);
            match (index.and_then(|i| entries.get_mut(i)), rest) {
                (Some(entry), []) => {
                    entry.node = make(Some(entry.node.clone()));
                    true
                }
                (Some(entry), rest) => put(&mut entry.node, rest, key_origin, make),
                (None, rest) => {
                    let mut node = empty(key_origin.file);
                    node.origin = key_origin;
                    let done = if rest.is_empty() {
                        node = make(None);
                        true
                    } else {
                        put(&mut node, rest, key_origin, make)
                    };
                    if done {
                        entries.push(Entry {
                            key: first.clone(),
                            key_origin,
                            node,
                        });
                    }
                    done
                }
            }
        }
        Value::Array(items) => match (place(items, first).and_then(|i| items.get_mut(i)), rest) {
            (Some(item), []) => {
                *item = make(Some(item.clone()));
                true
            }
            (Some(item), rest) => put(item, rest, key_origin, make),
            (None, _) => false,
        },
        _ => false,
    }
}

/// A number over a number with a pedigree keeps, as `was`, the old value and where it came from.
fn keep_was(old: Node, new: Node) -> Node {
    if new.number().is_none() || !is_pedigree(&old) {
        return new;
    }
    let was = match old.get("was") {
        Some(was) => was.value.clone(),
        None => Value::Text(ground(&old)),
    };
    let entry = |key: &str, value: Value| Entry {
        key: key.to_owned(),
        key_origin: new.origin,
        node: Node {
            value,
            origin: new.origin,
        },
    };
    Node {
        value: Value::Table(vec![entry("value", new.value.clone()), entry("was", was)]),
        origin: new.origin,
    }
}

/// Value and ground of a number in one line: `6000 (source P054)`.
fn ground(node: &Node) -> String {
    let value = match node.get("value").map(|n| &n.value) {
        Some(Value::Integer(i)) => i.to_string(),
        Some(Value::Float(x)) => x.to_string(),
        _ => String::new(),
    };
    let unit = node.get("unit").and_then(Node::text).map(|u| format!(" {u}"));
    let kinds = ["source", "derived", "assumption"];
    let ground = kinds
        .iter()
        .find_map(|kind| Some(format!(" ({kind} {})", node.get(kind)?.text()?)));
    format!("{value}{}{}", unit.unwrap_or_default(), ground.unwrap_or_default())
}

/// Drops the uncertainties, choices and columns of the posterior of a path and of all below it; returns what and which they were.
fn drop_variation(root: &mut Node, segments: &[String]) -> Vec<String> {
    let mut dropped = Vec::new();
    for (table, what) in VARIATION.into_iter().zip(["uncertainty", "choice"]) {
        if let Some(Node {
            value: Value::Table(entries),
            ..
        }) = root.get_mut(table)
        {
            entries.retain(|entry| {
                let below = split(&entry.key).is_ok_and(|path| path.starts_with(segments));
                if below {
                    dropped.push(format!("{what} of `{}`", entry.key));
                }
                !below
            });
        }
    }
    let text = root.get_mut(POSTERIOR).and_then(|node| node.get_mut("text"));
    if let Some(Value::Text(text)) = text.map(|node| &mut node.value)
        && let Some((rest, columns)) = posterior::without(text, segments)
    {
        let is_empty = rest.is_empty();
        *text = rest;
        dropped.extend(
            columns
                .into_iter()
                .map(|path| format!("column `{path}` of the posterior")),
        );
        if is_empty && let Value::Table(entries) = &mut root.value {
            entries.retain(|entry| entry.key != POSTERIOR);
        }
    }
    dropped
}

/// What to write instead of a text that is no TOML value: how people write numbers and dates, and what shells do to quotes.
fn hint_on(value: &str, shape: &Shape) -> String {
    let is_number = |text: &str| text.parse::<f64>().is_ok_and(f64::is_finite);
    if takes_text(shape) {
        return "an empty string is --set 'PATH=\"\"'".to_owned();
    }
    if let Some(percent) = value.strip_suffix('%').and_then(|text| text.trim().parse::<f64>().ok()) {
        // Rounded, so that 7% is not 0.07 and a bit.
        return format!("a fraction: {} for {value}", (percent * 1e8).round() / 1e10);
    }
    if value.matches(',').count() == 1 && is_number(&value.replace(',', ".")) {
        return format!("a decimal point: {}", value.replace(',', "."));
    }
    let parts: Vec<&str> = value.split('.').collect();
    if let [day, month, year] = parts[..]
        && [day, month, year]
            .iter()
            .all(|part| part.bytes().all(|b| b.is_ascii_digit()))
        && year.len() == 4
    {
        return format!("a date is year, month and day: {year}-{month:0>2}-{day:0>2}");
    }
    "what a shell would split or unquote stands in single quotes: --set 'PATH=[1, 2]'".to_owned()
}

fn takes_text(shape: &Shape) -> bool {
    matches!(
        shape,
        Shape::Text | Shape::Id(_) | Shape::Reference(_) | Shape::Choice(_)
    )
}
