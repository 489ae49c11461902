//! Every mechanism of the argument is found, can be played and is tested: `MECHANISMS.md` says where. The page is made by this test
//! (`ORANSIM_BLESS=1` writes it anew), and what it names must exist: levers, keys of the schema, measures, files, tests, scenarios.

#![allow(
    clippy::disallowed_methods,
    reason = "a test reads and, on demand, rewrites the repository's own files"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::mechanism_list::{IDS, MECHANISMS, Mechanism};
use serde_json::Value;
use sim_core::lever::cards::{Card, cards};
use sim_core::measure::CATALOGUE as MEASURES;

const PAGE: &str = "sim-core/MECHANISMS.md";
/// Programs of tests: folders of `sim-core/tests`.
const TESTS: [&str; 6] = ["bids", "documents", "known_answers", "levers", "lock_in", "runs"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> Option<String> {
    let text = std::fs::read_to_string(root().join(path)).ok()?;
    Some(text.replace("\r\n", "\n"))
}

/// Whether the schema has a key: `table.key`, or `kind.key` of a lever.
fn is_key(schema: &Value, path: &str) -> bool {
    let Some((table, key)) = path.split_once('.') else {
        return false;
    };
    let tables = &schema["properties"];
    let of_lever = &tables["levers"]["additionalProperties"]["properties"][table];
    [&tables[table], &tables[table]["items"], of_lever]
        .iter()
        .any(|t| t["properties"][key].is_object())
}

/// Whether a test of this name stands in a file of `sim-core`: `file::name`, the file in a folder of `tests/`, or under `src/` with its path.
fn is_test(path: &str) -> bool {
    let Some((file, name)) = path.split_once("::") else {
        return false;
    };
    let text = if file.starts_with("src/") {
        read(&format!("sim-core/{file}.rs"))
    } else {
        TESTS
            .iter()
            .find_map(|folder| read(&format!("sim-core/tests/{folder}/{file}.rs")))
    };
    let text = text.unwrap_or_default();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        // Other attributes may stand between.
        if line == "#[test]" && lines.by_ref().find(|l| !l.starts_with('#')) == Some(&format!("fn {name}() {{")) {
            return true;
        }
    }
    false
}

/// What is wrong with an entry, in words.
fn faults(m: &Mechanism, schema: &Value, levers: &[&Card]) -> Vec<String> {
    let mut found = Vec::new();
    let mut must = |holds: bool, what: String| {
        if !holds {
            found.push(format!("{}: {what}", m.id));
        }
    };
    must(!m.code.is_empty() || !levers.is_empty(), "is found nowhere".to_owned());
    must(!m.measures.is_empty(), "no measure shows it".to_owned());
    must(!m.tests.is_empty(), "no test holds it".to_owned());
    must(!m.keys.is_empty(), "no key of a scenario plays it".to_owned());
    must(!m.scenarios.is_empty(), "no scenario plays it".to_owned());
    for file in m.code {
        must(
            read(&format!("sim-core/src/{file}")).is_some(),
            format!("there is no file {file}"),
        );
    }
    for key in m.keys {
        must(is_key(schema, key), format!("the schema has no key `{key}`"));
    }
    for measure in m.measures {
        must(
            MEASURES.iter().any(|x| x.name == *measure),
            format!("there is no measure `{measure}`"),
        );
    }
    for test in m.tests {
        must(is_test(test), format!("there is no test {test}"));
    }
    let texts: Vec<Option<String>> = m.scenarios.iter().map(|s| read(&format!("scenarios/{s}"))).collect();
    for (scenario, text) in m.scenarios.iter().zip(&texts) {
        must(text.is_some(), format!("there is no scenario {scenario}"));
    }
    for lever in levers {
        let plays = |t: &String| t.contains(&format!(".{}]", lever.kind));
        must(
            texts.iter().flatten().any(plays),
            format!("none of its scenarios plays the lever {}", lever.kind),
        );
    }
    found
}

fn levers_of<'a>(all: &'a [Card], id: &str) -> Vec<&'a Card> {
    all.iter().filter(|c| c.mechanisms.iter().any(|m| m == id)).collect()
}

#[test]
fn every_mechanism_is_listed_once_and_what_its_entry_names_exists() {
    let schema: Value =
        serde_json::from_str(&read("scenarios/scenario.schema.json").expect("a schema")).expect("valid JSON");
    let cards = cards();
    let listed: Vec<&str> = MECHANISMS.iter().map(|m| m.id).collect();
    assert_eq!(listed, IDS, "each id once, in the order of the argument");
    for card in &cards {
        for id in &card.mechanisms {
            assert!(
                IDS.contains(&id.as_str()),
                "{} plays an unknown mechanism {id}",
                card.kind
            );
        }
    }
    let found: Vec<String> = MECHANISMS
        .iter()
        .flat_map(|m| faults(m, &schema, &levers_of(&cards, m.id)))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The guard above can fail: names that do not exist are seen.
#[test]
fn what_does_not_exist_is_seen() {
    let schema: Value =
        serde_json::from_str(&read("scenarios/scenario.schema.json").expect("a schema")).expect("valid JSON");
    assert!(
        is_key(&schema, "procurement_ban.deadline")
            && is_key(&schema, "country.trust")
            && is_key(&schema, "keep.retender_years")
    );
    assert!(
        !is_key(&schema, "procurement_ban.dead_line")
            && !is_key(&schema, "country")
            && !is_key(&schema, "nothing.trust")
    );
    assert!(is_test("coverage::what_does_not_exist_is_seen") && is_test("src/measure/market::herfindahl_known_answer"));
    assert!(!is_test("coverage::is_key") && !is_test("coverage::another") && !is_test("src/nowhere::x"));
    let empty = Mechanism {
        id: "S01",
        name: "",
        code: &["nowhere.rs"],
        keys: &["no.key"],
        measures: &["nothing"],
        tests: &["coverage::another"],
        scenarios: &["nowhere.toml"],
    };
    let all = cards();
    let lever = all.first().expect("a lever");
    assert_eq!(faults(&empty, &schema, &[lever]).len(), 6);
}

/// What is known of a lever beyond this program.
struct Evidence {
    /// Rows of the sources that its docs and its scenario name.
    rows: BTreeSet<String>,
    /// Notes of the article.
    notes: BTreeSet<String>,
    /// Its own numbers in its scenario, with a source and without.
    sourced: usize,
    assumed: usize,
}

/// Words of a text that are ids of the sources.
fn rows(text: &str, known: &BTreeSet<String>) -> BTreeSet<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| known.contains(*word))
        .map(str::to_owned)
        .collect()
}

/// Notes that a text cites, as in `(n. 22)`.
fn notes(text: &str) -> BTreeSet<String> {
    text.split("n. ")
        .skip(1)
        .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>())
        .filter(|n| !n.is_empty())
        .map(|n| format!("n. {n}"))
        .collect()
}

/// Numbers with a pedigree: how many have a source, and how many are assumed.
fn pedigrees(value: &toml::Value) -> (usize, usize) {
    let sum = |all: &mut dyn Iterator<Item = (usize, usize)>| all.fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    if let Some(items) = value.as_array() {
        return sum(&mut items.iter().map(pedigrees));
    }
    let Some(table) = value.as_table() else { return (0, 0) };
    if table.contains_key("value") {
        return if table.contains_key("assumption") {
            (0, 1)
        } else {
            (1, 0)
        };
    }
    sum(&mut table.values().map(pedigrees))
}

fn evidence(card: &Card, known: &BTreeSet<String>) -> Evidence {
    let file = format!("scenarios/levers/{}.toml", card.kind);
    let text = read(&file).unwrap_or_else(|| panic!("{file} plays the lever alone"));
    let scenario: toml::Table = text.parse().unwrap_or_else(|e| panic!("{file}: {e}"));
    let named = scenario["levers"].as_table().expect("its lever").values();
    let (sourced, assumed) = named
        .filter_map(|kinds| kinds.get(card.kind))
        .map(pedigrees)
        .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    let docs: Vec<&str> = card.keys.iter().map(|k| k.doc).collect();
    let words = format!("{}\n{}\n{text}", card.paragraphs.join("\n"), docs.join("\n"));
    Evidence {
        rows: rows(&words, known),
        notes: notes(&words),
        sourced,
        assumed,
    }
}

fn code(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    quoted.join(", ")
}

fn page() -> String {
    let cards = cards();
    let mut text = String::from(
        "# Mechanisms\n\nWhere each mechanism of the argument is found, what plays it and what holds it. Made by `tests/documents/coverage.rs` \
         (`ORANSIM_BLESS=1` writes it anew), which fails if an id is missing or anything named here does not exist. Ids are those of the \
         project's list of mechanisms. Code under `src/`, tests of this crate under `tests/` (or `src/`), scenarios under `../scenarios/`; a key \
         is that of a table of a scenario or, after a lever's kind, one of its own. Levers are described in [LEVERS.md](../LEVERS.md).\n\n\
         | id | mechanism | lever | code | keys | measures | tests | scenarios |\n|---|---|---|---|---|---|---|---|\n",
    );
    for m in MECHANISMS {
        let levers: Vec<&str> = levers_of(&cards, m.id).iter().map(|c| c.kind).collect();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            m.id,
            m.name,
            code(&levers),
            code(m.code),
            code(m.keys),
            code(m.measures),
            code(m.tests),
            code(m.scenarios)
        );
    }
    let sources = read("scenarios/sources.csv").expect("the sources");
    let known: BTreeSet<String> = sources
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next())
        .filter(|id| id.len() > 2 && id.starts_with(['F', 'P', 'R']))
        .map(str::to_owned)
        .collect();
    let all: Vec<(&Card, Evidence)> = cards.iter().map(|c| (c, evidence(c, &known))).collect();
    let named = |of: &dyn Fn(&Evidence) -> bool| {
        let kinds: Vec<&str> = all.iter().filter(|(_, e)| of(e)).map(|(c, _)| c.kind).collect();
        if kinds.is_empty() {
            "none".to_owned()
        } else {
            code(&kinds)
        }
    };
    let is_known = |e: &Evidence| !e.rows.is_empty() || !e.notes.is_empty();
    let _ = write!(
        text,
        "\n## What is known of each lever\n\nFrom the docs and keys of each lever and from the scenario that plays it alone: rows of \
         `scenarios/sources.csv`, notes of the article that the project works from (n.), and how many of its own numbers there have a source. \
         That a row is named says that the lever, its date or a part of it is on record, not that its effect was measured.\n\n\
         - **No outside evidence at all**: no row, no note, and no number with a source (cases that are named from memory do not count): {}.\n\
         - **On record, but without a source for any of its numbers**: {}.\n\
         - **On record, and without a number of its own**: {}.\n\
         - **A source for some of its numbers**: {}.\n\n\
         | lever | rows | notes | numbers with a source | numbers assumed |\n|---|---|---|---:|---:|\n",
        named(&|e| e.sourced == 0 && !is_known(e)),
        named(&|e| e.sourced == 0 && e.assumed > 0 && is_known(e)),
        named(&|e| e.sourced == 0 && e.assumed == 0 && is_known(e)),
        named(&|e| e.sourced > 0),
    );
    for (card, e) in &all {
        let list = |ids: &BTreeSet<String>| ids.iter().cloned().collect::<Vec<_>>().join(", ");
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} |",
            card.kind,
            list(&e.rows),
            list(&e.notes),
            e.sourced,
            e.assumed
        );
    }
    text
}

#[test]
fn the_page_of_mechanisms_is_fresh() {
    let fresh = page();
    if std::env::var_os("ORANSIM_BLESS").is_some_and(|v| v == "1") {
        std::fs::write(root().join(PAGE), fresh).expect("the page can be written");
        return;
    }
    let committed = read(PAGE).unwrap_or_default();
    let differs = committed.lines().zip(fresh.lines()).find(|(a, b)| a != b);
    assert!(
        committed == fresh,
        "{PAGE} is not today's: run this test once with ORANSIM_BLESS=1. First difference: {differs:?}"
    );
}

#[test]
fn evidence_is_told_from_assumption() {
    let scenario: toml::Table =
        "a = { value = 1, source = \"F001\" }\nb = { value = 2, assumption = \"as we think it is\" }\nc = 3\n[d]\ne = [{ usd = { value = 1, derived = \"P002\" } }]\n"
            .parse()
            .expect("a table");
    assert_eq!(pedigrees(&toml::Value::Table(scenario)), (2, 1));
    let known = BTreeSet::from(["F001".to_owned(), "P002".to_owned()]);
    assert_eq!(rows("see F001, F009 (P002)", &known), known);
    assert_eq!(
        notes("as in (n. 22) and n. 7b, in. x"),
        BTreeSet::from(["n. 22".to_owned(), "n. 7".to_owned()])
    );
}
