//! The catalogue of levers, in words: generated from the levers themselves.

use std::fmt::Write as _;

use serde_json::{Value, json};
use sim_core::lever::cards::{Card, Key, cards, common_keys};
use sim_core::scenario::document::nearest;

use crate::exit::{Failure, Result};
use crate::model::LeverForm;

/// The levers, or those of one kind.
///
/// # Errors
/// Where there is no such kind.
pub(super) fn levers(kind: Option<&str>, form: LeverForm) -> Result<String> {
    let mut all = cards();
    if let Some(kind) = kind {
        let known: Vec<&str> = all.iter().map(|c| c.kind).collect();
        if !known.contains(&kind) {
            let hint = match nearest(kind, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there is {}", known.join(", ")),
            };
            return Err(Failure::Refused(format!("there is no lever `{kind}`: {hint}")));
        }
        all.retain(|c| c.kind == kind);
    }
    match form {
        LeverForm::Json => serde_json::to_string_pretty(&all.iter().map(as_json).collect::<Vec<_>>())
            .map(|text| text + "\n")
            .map_err(|error| Failure::CouldNotGoOn(format!("cannot print the levers: {error}"))),
        LeverForm::Markdown => Ok(markdown(&all)),
        LeverForm::Text if kind.is_some() => Ok(all.iter().map(in_full).collect()),
        LeverForm::Text => Ok(table(&all)),
    }
}

fn table(cards: &[Card]) -> String {
    let width = |of: &dyn Fn(&Card) -> usize| cards.iter().map(of).max().unwrap_or(0);
    let (kinds, ids) = (width(&|c| c.kind.len()), width(&|c| c.mechanisms.join(" ").len()));
    let mut text = String::new();
    for c in cards {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:kinds$}  {:ids$}  {}", c.kind, c.mechanisms.join(" "), c.doc);
    }
    text + "\n`oransim levers KIND` tells all about one.\n"
}

fn in_full(card: &Card) -> String {
    let mut text = format!("[levers.NAME.{}]\n\n", card.kind);
    for paragraph in &card.paragraphs {
        text += &wrapped(&paragraph.replace("**", ""));
        text.push('\n');
    }
    let _ = writeln!(text, "Writes: {}", card.writes.join(", "));
    let _ = writeln!(text, "Reads of its scope: {}", reads(card));
    if !card.sources.is_empty() {
        let _ = writeln!(text, "Sources: {}", card.sources.join(", "));
    }
    text += "\nIts keys\n";
    if card.keys.is_empty() {
        text += "  none of its own\n";
    }
    card.keys.iter().for_each(|k| key_line(&mut text, k));
    text += "\nKeys of every lever\n";
    common_keys().iter().for_each(|k| key_line(&mut text, k));
    text
}

/// The keys of its scope that a lever reads.
fn reads(card: &Card) -> String {
    if card.reads.is_empty() {
        return "nothing".to_owned();
    }
    card.reads.join(", ")
}

fn key_line(text: &mut String, key: &Key) {
    let default = key
        .default
        .as_ref()
        .map_or_else(String::new, |d| format!("; default {d}"));
    let _ = writeln!(text, "  {}: {}{default}\n      {}", key.key, key.allowed, key.doc);
}

/// Lines of at most 100 characters.
fn wrapped(paragraph: &str) -> String {
    let mut text = String::new();
    let mut line = 0;
    for word in paragraph.split_whitespace() {
        let length = word.chars().count();
        if line > 0 && line + 1 + length > 100 {
            text.push('\n');
            line = 0;
        } else if line > 0 {
            text.push(' ');
            line += 1;
        }
        text += word;
        line += length;
    }
    text.push('\n');
    text
}

fn as_json(card: &Card) -> Value {
    let keys = |keys: &[Key]| -> Vec<Value> {
        keys.iter()
            .map(|k| json!({ "key": k.key, "unit": k.unit, "allowed": k.allowed, "default": k.default, "doc": k.doc }))
            .collect()
    };
    json!({
        "kind": card.kind,
        "doc": card.doc,
        "mechanisms": card.mechanisms,
        "writes": card.writes,
        "reads": card.reads,
        "equation": card.paragraphs.iter().find(|p| p.starts_with("**Equation")),
        "text": card.paragraphs,
        "sources": card.sources,
        "keys": keys(&card.keys),
        "common_keys": keys(&common_keys()),
    })
}

fn markdown(cards: &[Card]) -> String {
    let mut text = String::from(
        "# Levers\n\nMade by `oransim levers --write` from the levers themselves: what each does, what it may write, its keys and their \
         defaults. A scenario under `scenarios/levers/` plays each alone.\n\n| kind | mechanism | what it does | it may write |\n|---|---|---|---|\n",
    );
    for c in cards {
        let _ = writeln!(
            text,
            "| [`{0}`](#{0}) | {1} | {2} | {3} |",
            c.kind,
            c.mechanisms.join(", "),
            c.doc,
            c.writes.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", ")
        );
    }
    text += "\n## Keys of every lever\n\n";
    keys_table(&mut text, &common_keys());
    for c in cards {
        let _ = writeln!(text, "\n## {}\n", c.kind);
        for paragraph in &c.paragraphs {
            let _ = writeln!(text, "{paragraph}\n");
        }
        let _ = writeln!(text, "**Reads** of its scope: {}.\n", reads(c));
        keys_table(&mut text, &c.keys);
    }
    text
}

fn keys_table(text: &mut String, keys: &[Key]) {
    if keys.is_empty() {
        *text += "No keys of its own.\n";
        return;
    }
    *text += "| key | unit | allowed | default | meaning |\n|---|---|---|---|---|\n";
    for k in keys {
        let default = k.default.as_deref().unwrap_or("");
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {default} | {} |",
            k.key, k.unit, k.allowed, k.doc
        );
    }
}
