//! No text makes the layer panic: it ends in a document or in diagnostics.

use super::*;
use proptest::prelude::*;

/// Loads, decodes, prints, hashes and edits; what loads must print to something that loads the same.
fn exercise(text: &str) -> Result<(), TestCaseError> {
    let files = Map::new([("a.toml", text), ("small.toml", VALID)]);
    let document = match load(&files, "a.toml") {
        Ok(document) => document,
        Err(faults) => {
            prop_assert!(faults.has_errors());
            prop_assert!(!faults.to_string().is_empty());
            return Ok(());
        }
    };
    let printed = document.resolve(true);
    let again = parse("again.toml", &printed);
    prop_assert!(again.is_ok(), "{}", printed);
    prop_assert_eq!(again.map(|d| d.canonical_json()).ok(), Some(document.canonical_json()));
    match document.decode::<World>(&Units::new()) {
        Ok(read) => {
            for number in &read.numbers {
                prop_assert!(number.number.allows(number.value), "{} = {}", number.path, number.value);
            }
        }
        Err(faults) => {
            prop_assert!(faults.has_errors());
            for fault in faults.iter() {
                prop_assert!(!fault.to_string().is_empty());
            }
        }
    }
    Ok(())
}

/// One change of a text, by bytes or by pieces of its own.
fn mutate(text: &str, kind: u8, at: usize, length: usize, with: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let start = at % (bytes.len() + 1);
    let end = (start + length % 40).min(bytes.len());
    let lines: Vec<&str> = text.lines().collect();
    let line = at % lines.len().max(1);
    match kind % 6 {
        0 => {
            bytes.drain(start..end);
        }
        1 => {
            bytes.splice(start..end, with.bytes());
        }
        2 => {
            let piece = bytes[start..end].to_vec();
            let target = length % (bytes.len() + 1);
            bytes.splice(target..target, piece);
        }
        // A line away, twice, or elsewhere.
        3 => {
            let kept = lines.iter().enumerate().filter(|(i, _)| *i != line);
            return kept.map(|(_, l)| format!("{l}\n")).collect();
        }
        4 => {
            let mut moved = lines.clone();
            let target = length % (moved.len() + 1);
            moved.insert(target, lines.get(line).copied().unwrap_or(""));
            return moved.join("\n");
        }
        // Another value after a sign of equality.
        _ => {
            let mut changed: Vec<String> = lines.iter().map(|l| (*l).to_owned()).collect();
            if let Some(l) = changed.get_mut(line)
                && let Some((key, _)) = l.clone().split_once('=')
            {
                *l = format!("{key}= {with}");
            }
            return changed.join("\n");
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "[",
            "]",
            "{",
            "}",
            "[[",
            "\"",
            "'",
            "\"\"\"",
            "=",
            ".",
            ",",
            "\n",
            "\r",
            "#",
            "\\u0000",
            "nan",
            "-inf",
            "1e999",
            "1e308",
            "-0.0",
            "99999999999999999999",
            "2020-02-30",
            "2020-01-01T00:00:00Z",
            "true",
            "0x7fffffffffffffff",
            "remove = true",
            "extends = \"small.toml\"",
            "extends = \"a.toml\"",
            "{ value = 1 }",
            "{ value = nan, was = \"x\" }",
            "{ value = 1, unit = \"%\" }",
            "[[vendor]]\n",
            "é中",
            "\u{feff}",
            "\u{0}",
            "{}",
            "[]",
            "[{}]",
            "\"\"",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,8}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_documents_never_panic(
        changes in prop::collection::vec((any::<u8>(), any::<usize>(), any::<usize>(), piece()), 1..6),
        extends in any::<bool>(),
    ) {
        let mut text = VALID.to_owned();
        if extends {
            text = format!("extends = \"small.toml\"\n{text}");
        }
        for (kind, at, length, with) in &changes {
            text = mutate(&text, *kind, *at, *length, with);
        }
        exercise(&text)?;
    }

    #[test]
    fn any_path_and_value_may_be_set(path in "\\PC{0,20}|[a-z.\"1]{0,20}", value in piece()) {
        let mut document = valid();
        let before = document.canonical_json();
        match document.set(&describe::<World>(), &path, &value) {
            Ok(_) => {
                // Whatever was set, decoding ends and the file prints to itself.
                let _ = document.decode::<World>(&Units::new());
                let again = parse("again.toml", &document.resolve(false));
                prop_assert_eq!(again.map(|d| d.canonical_json()).ok(), Some(document.canonical_json()));
            }
            Err(faults) => {
                prop_assert!(faults.has_errors());
                prop_assert_eq!(document.canonical_json(), before);
            }
        }
    }

    #[test]
    fn paths_read_back_as_they_were_written(segments in prop::collection::vec("\\PC{1,6}|[a-z.\"\\\\]{1,6}", 1..5)) {
        prop_assert_eq!(split(&spell(&segments)), Ok(segments));
    }

    #[test]
    fn any_formula_and_any_unit_end(text in "[A-Z0-9a-z+*/(), .-]{0,40}") {
        let _ = super::super::formula::evaluate(&text, &|_, _| Ok(2.0));
        let units = Units::new();
        prop_assert_eq!(units.factor(&text, &text), Some(1.0));
        let _ = units.base(&text, "2020");
    }

    #[test]
    fn any_table_of_sources_ends(text in "(id,value|[a-zF0-9,\"\n~]{0,30}){0,4}") {
        let _ = Sources::parse("s.csv", &text);
    }
}
