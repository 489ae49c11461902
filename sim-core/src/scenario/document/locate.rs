//! Where a path leads in a document and in its description.

use super::path::{join, nearest, spell};
use super::spec::{Shape, TableSpec};
use super::tree::{Node, Value};
use super::words::{allowed, list_words};

/// Goes one segment down.
pub(super) fn step<'n>(node: &'n Node, segment: &str) -> Option<&'n Node> {
    match &node.value {
        Value::Array(items) => items.get(place(items, segment)?),
        _ => node.get(segment),
    }
}

/// Place of an entry in an array: by its id, else by its number from 1 where it has no id.
pub(super) fn place(items: &[Node], segment: &str) -> Option<usize> {
    items.iter().position(|item| item.id() == Some(segment)).or_else(|| {
        let index = segment.parse::<usize>().ok()?.checked_sub(1)?;
        items.get(index)?.id().is_none().then_some(index)
    })
}

/// A path that leads nowhere.
pub(super) struct Unknown {
    pub(super) message: String,
    pub(super) allowed: String,
    pub(super) nearest: Option<String>,
}

/// The shape that a path leads to.
pub(super) fn find_shape(root: &Node, spec: &TableSpec, segments: &[String]) -> Result<Shape, Unknown> {
    let mut spec = spec;
    let mut node = Some(root);
    let mut rest = segments;
    let mut done = 0;
    // What a table, or one entry of an array, holds when the path ends at it.
    let mut here = Shape::Table(TableSpec::default());
    while let Some((key, below)) = rest.split_first() {
        let parent = spell(&segments[..done]);
        let Some(field) = spec.field(key) else {
            let keys = || spec.fields.iter().map(|f| f.key);
            return Err(unknown(&parent, key, below, keys(), list_words(keys())));
        };
        node = node.and_then(|n| n.get(key));
        done += 1;
        rest = below;
        let Some((name, below)) = rest.split_first() else {
            return Ok(field.shape.clone());
        };
        let parent = spell(&segments[..done]);
        match &field.shape {
            Shape::Table(inner) => spec = inner,
            Shape::Tables(inner, _) => {
                let items = node.and_then(Node::items).unwrap_or(&[]);
                let Some(index) = place(items, name) else {
                    let ids = || items.iter().filter_map(Node::id);
                    let allowed = match items.len() {
                        n if n <= 12 => list_words(ids()),
                        n => format!("the id of one of the {n} entries of `{parent}`"),
                    };
                    return Err(unknown(&parent, name, below, ids(), allowed));
                };
                node = items.get(index);
                (spec, rest, done) = (inner, below, done + 1);
                here = Shape::Table(TableSpec::default());
            }
            Shape::Entries(_, inner) => {
                let entries = node.and_then(Node::entries).unwrap_or(&[]);
                let names = || entries.iter().map(|e| e.key.as_str());
                if !below.is_empty() && !names().any(|n| n == name) {
                    return Err(unknown(&parent, name, below, names(), list_words(names())));
                }
                node = node.and_then(|n| n.get(name));
                (spec, rest, done) = (inner, below, done + 1);
                here = Shape::Table(TableSpec::default());
            }
            Shape::NumberMap(_, number) if below.is_empty() => {
                return Ok(Shape::Number(number.clone()));
            }
            Shape::DateMap(_) if below.is_empty() => return Ok(Shape::Date),
            Shape::Numbers(number, _) if below.is_empty() => {
                let items = node.and_then(Node::items).unwrap_or(&[]);
                if place(items, name).is_none() {
                    let allowed = format!("a place from 1 to {}", items.len());
                    return Err(unknown(&parent, name, below, [], allowed));
                }
                return Ok(Shape::Number(number.clone()));
            }
            Shape::Raw => return Ok(Shape::Raw),
            other => {
                let message = format!("nothing stands below `{parent}`");
                let allowed = format!("`{parent}` holds {}", allowed(other));
                return Err(Unknown {
                    message,
                    allowed,
                    nearest: Some(parent),
                });
            }
        }
    }
    Ok(here)
}

fn unknown<'a>(
    parent: &str,
    key: &str,
    below: &[String],
    known: impl IntoIterator<Item = &'a str>,
    allowed: String,
) -> Unknown {
    let place = if parent.is_empty() {
        "the scenario".to_owned()
    } else {
        format!("`{parent}`")
    };
    let nearest = nearest(key, known).map(|near| {
        below
            .iter()
            .fold(join(parent, near), |path, segment| join(&path, segment))
    });
    Unknown {
        message: format!("{place} has no `{key}`"),
        allowed,
        nearest,
    }
}
