//! What there is to say about each lever, for people: read from its file's own docs and from the keys that it reads, so that it
//! cannot grow stale.

use super::{CATALOGUE, Common};
use crate::scenario::document::{FieldSpec, Fields, Shape, TableSpec, describe_with};

/// The docs at the head of each lever's file, by kind: one word a lever.
macro_rules! texts {
    ($($kind:ident),* $(,)?) => {
        &[$((stringify!($kind), include_str!(concat!(stringify!($kind), ".rs")))),*]
    };
}

const TEXTS: &[(&str, &str)] = texts![
    adoption_fund,
    alliance,
    capital_restriction,
    coalition_pressure,
    component_cutoff,
    counter_lobbying,
    early_generation,
    equity,
    export_credit,
    home_protection,
    incident,
    investment_screening,
    licence_condition,
    lobbying,
    merger,
    norms,
    open_mandate,
    procurement_ban,
    reimbursement,
    research_fund,
    retaliation,
    royalties,
    share_cap,
    state_subsidy,
    subsidy_bar,
    talent_restriction,
    testbed,
    untrusted_members,
    virtualisation_support,
];

/// One lever.
#[derive(Debug, Clone)]
pub struct Card {
    /// Key of its table: `[levers.NAME.KIND]`.
    pub kind: &'static str,
    /// What it does, in a sentence.
    pub doc: &'static str,
    /// Ids of the mechanisms of the argument that it plays, such as `S07d`.
    pub mechanisms: Vec<String>,
    /// Paragraphs of the docs of its file: title, equation, what it writes, strength, limit, evidence. Code stands between back-ticks.
    pub paragraphs: Vec<String>,
    /// Keys of `scope` that it reads, as its other keys stand by default.
    pub reads: &'static [&'static str],
    /// Fields of the state that it may write.
    pub writes: &'static [&'static str],
    /// Rows of the sources that its docs and keys name.
    pub sources: Vec<String>,
    /// Its own keys.
    pub keys: Vec<Key>,
}

/// One key of a lever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key; one of a table within is written after a point.
    pub key: String,
    /// Unit of a number; what else it holds.
    pub unit: String,
    /// What may stand there.
    pub allowed: String,
    /// Its default; none for one that must stand, or that may be absent.
    pub default: Option<String>,
    /// What it means.
    pub doc: &'static str,
}

/// All levers, in the order of the catalogue.
#[must_use]
pub fn cards() -> Vec<Card> {
    let shared = describe_with(&Common::fields).1;
    CATALOGUE
        .iter()
        .map(|variant| {
            let (lever, spec) = describe_with(&variant.fields);
            let paragraphs = TEXTS
                .iter()
                .find(|(kind, _)| *kind == variant.key)
                .map(|(_, text)| paragraphs(text))
                .unwrap_or_default();
            let own = TableSpec {
                fields: spec
                    .fields
                    .into_iter()
                    .filter(|f| shared.field(f.key).is_none())
                    .collect(),
                ..TableSpec::default()
            };
            let keys = keys(&own, "");
            let words = || paragraphs.iter().map(String::as_str).chain(keys.iter().map(|k| k.doc));
            Card {
                kind: variant.key,
                doc: variant.doc,
                mechanisms: ids(paragraphs.first().map(String::as_str).into_iter(), &["S"], 2),
                sources: ids(words(), &["F", "P", "R"], 2),
                reads: lever.reads(),
                writes: lever.writes(),
                keys,
                paragraphs,
            }
        })
        .collect()
}

/// The keys that every lever has.
#[must_use]
pub fn common_keys() -> Vec<Key> {
    keys(&describe_with(&|f: &mut Fields<'_>| Common::fields(f)).1, "")
}

/// Paragraphs of the docs at the head of a file; the lines of a list are paragraphs of their own.
fn paragraphs(file: &str) -> Vec<String> {
    let mut all: Vec<String> = vec![String::new()];
    for line in file.lines().map_while(|line| line.strip_prefix("//!")) {
        let line = line.trim();
        let begins = line.is_empty() || line.starts_with("- ");
        match all.last_mut() {
            Some(last) if !begins && !last.is_empty() => {
                last.push(' ');
                last.push_str(line);
            }
            Some(last) if last.is_empty() => last.push_str(line),
            _ => all.push(line.to_owned()),
        }
    }
    all.retain(|p| !p.is_empty());
    // A link to the code is of no use outside it.
    all.iter().map(|p| p.replace("[`", "`").replace("`]", "`")).collect()
}

/// Ids such as `F254` or `S07d`: one of some letters, digits (at least `digits`), and perhaps a small letter; sorted, each once.
fn ids<'a>(texts: impl Iterator<Item = &'a str>, letters: &[&str], digits: usize) -> Vec<String> {
    let mut found = Vec::new();
    for text in texts {
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
            let Some(rest) = letters.iter().find_map(|l| word.strip_prefix(l)) else {
                continue;
            };
            let number = rest.trim_end_matches(|c: char| c.is_ascii_lowercase());
            if number.len() >= digits && number.bytes().all(|b| b.is_ascii_digit()) && rest.len() <= number.len() + 1 {
                found.push(word.to_owned());
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

fn keys(spec: &TableSpec, path: &str) -> Vec<Key> {
    let mut all = Vec::new();
    for field in &spec.fields {
        let name = format!("{path}{}", field.key);
        if let Shape::Table(inner) | Shape::Tables(inner, _) = &field.shape {
            let many = if matches!(field.shape, Shape::Tables(..)) {
                "[]"
            } else {
                ""
            };
            all.push(key(field, name.clone()));
            all.extend(keys(inner, &format!("{name}{many}.")));
        } else {
            all.push(key(field, name));
        }
    }
    all
}

fn key(field: &FieldSpec, key: String) -> Key {
    let (unit, allowed) = match &field.shape {
        Shape::Number(n) | Shape::Numbers(n, _) | Shape::NumberMap(_, n) => (n.unit().to_owned(), n.allowed()),
        Shape::Date => ("date".to_owned(), "a date".to_owned()),
        Shape::Flag => ("flag".to_owned(), "`true` or `false`".to_owned()),
        Shape::Choice(words) | Shape::Choices(words) => ("word".to_owned(), words.join(", ")),
        Shape::Texts | Shape::References(_) => ("words".to_owned(), "a list".to_owned()),
        Shape::Table(_) => ("table".to_owned(), "a table".to_owned()),
        Shape::Tables(..) => ("tables".to_owned(), "a list of tables".to_owned()),
        _ => ("text".to_owned(), "a text".to_owned()),
    };
    Key {
        key,
        unit,
        allowed,
        default: field.default.clone(),
        doc: field.doc,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lever_says_which_mechanism_it_plays_and_by_which_keys() {
        for card in cards() {
            assert!(
                !card.mechanisms.is_empty(),
                "{}: no mechanism in its first line",
                card.kind
            );
            assert!(card.paragraphs.len() > 1, "{}: no docs", card.kind);
            let words = card.paragraphs.join(" ");
            assert!(
                words.contains("**Writes**") && words.contains("**Strength**") && words.contains("**At 0**"),
                "{}: what it writes, what strength means, and what happens at 0",
                card.kind
            );
            assert!(!card.writes.is_empty(), "{}", card.kind);
        }
    }

    #[test]
    fn ids_are_found_in_words() {
        let text = ["A cap (S07d) of F254, F254b and P13; not S7, SIX or PRICE12x."];
        assert_eq!(ids(text.into_iter(), &["S"], 2), ["S07d"]);
        assert_eq!(ids(text.into_iter(), &["F", "P"], 2), ["F254", "F254b", "P13"]);
    }

    #[test]
    fn keys_carry_unit_range_and_default() {
        let all = cards();
        let cap = all.iter().find(|c| c.kind == "share_cap").expect("the share cap");
        let share = cap.keys.iter().find(|k| k.key == "share_of_sites").expect("its key");
        assert_eq!((share.unit.as_str(), share.default.as_deref()), ("share", Some("0.35")));
        assert!(share.allowed.contains("from 0 to 1"), "{}", share.allowed);
        assert!(cap.keys.iter().all(|k| k.key != "strength"), "common keys stand apart");
        assert!(common_keys().iter().any(|k| k.key == "when.measure"));
        assert!(cap.sources.contains(&"F254".to_owned()) && cap.mechanisms == ["S07d"]);
    }
}
