//! The words of messages: what a shape allows, and what to say of a key that nobody knows.

use super::context::Context;
use super::path::nearest;
use super::spec::Shape;
use super::tree::Entry;

/// What a shape allows, in words.
pub(super) fn allowed(shape: &Shape) -> String {
    match shape {
        Shape::Number(number) => number.allowed(),
        Shape::Numbers(number, most) => {
            format!("an array of at most {most} numbers, each {}", number.allowed())
        }
        Shape::Text => "a string".to_owned(),
        Shape::Texts => "an array of strings".to_owned(),
        Shape::Id(kind) => kind.spelling.allowed().to_owned(),
        Shape::Reference(kind) => {
            let mut text = format!("the id of a {}", kind.name);
            if !kind.words.is_empty() {
                text.push_str(", or ");
                text.push_str(&list_words(kind.words.iter().copied()));
            }
            text
        }
        Shape::References(kind) => {
            format!("an array, each item {}", allowed(&Shape::Reference(*kind)))
        }
        Shape::Flag => "true or false".to_owned(),
        Shape::Date => "a date such as 2027-12-31, without quotes".to_owned(),
        Shape::Choice(words) => list_words(words.iter().copied()),
        Shape::Choices(words) => {
            format!("an array of {}", list_words(words.iter().copied()))
        }
        Shape::NumberMap(keys, number) => {
            format!("a table: each key {}, each value {}", keys.allowed(), number.allowed())
        }
        Shape::DateMap(keys) => format!("a table: each key {}, each value a date", keys.allowed()),
        Shape::Table(_) => "a table".to_owned(),
        Shape::Tables(_, most) => format!("an array of at most {most} tables"),
        Shape::Entries(keys, _) => format!("a table of tables, each key {}", keys.allowed()),
        Shape::Raw => "any value".to_owned(),
    }
}

/// Reports a key that nobody asked for, with the nearest one that is known.
pub(super) fn unknown_key(cx: &mut Context, entry: &Entry, path: &str, table: &str, known: &[&str]) {
    let place = if table.is_empty() {
        "the scenario".to_owned()
    } else {
        format!("`{table}`")
    };
    let near = nearest(&entry.key, known.iter().copied());
    let message = format!("{place} has no key `{}`", entry.key);
    let fault = cx.fault(entry.key_origin, path, message);
    fault.allowed = Some(list_words(known.iter().copied()));
    fault.hint = Some(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "remove it, or put it under the table that it belongs to".to_owned(),
    });
}

/// Words as `a`, `b` or `c`.
pub(super) fn list_words<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = words.map(|w| format!("`{w}`")).collect();
    match quoted.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}
