//! What bad input gets: one catalogue of messages, to be read by people when it changes.

use super::*;

/// A document that has nothing but what must stand, and then `rest`.
fn with(rest: &str) -> String {
    format!("[scenario]\nformat = 1\nid = \"small\"\nstart = 2020-01-01\nend = 2030-12-31\n{rest}")
}

const HOME: &str = "[[country]]\nid = \"DEU\"\n";

fn cases() -> Vec<(&'static str, String)> {
    let vendor = |keys: &str| with(&format!("{HOME}[[vendor]]\nid = \"alpha\"\nhome = \"DEU\"\n{keys}\n"));
    let operator = |keys: &str| {
        with(&format!(
            "{HOME}[[operator]]\nid = \"deu-one\"\ncountry = \"DEU\"\nsites = 10\n{keys}\n"
        ))
    };
    let costs = |keys: &str| with(&format!("[costs]\n{keys}\n"));
    vec![
        ("syntax: a string without its end", with("title = \"A\n")),
        ("syntax: a bare word", costs("growth = fast")),
        ("syntax: a key twice", costs("growth = 0.1\ngrowth = 0.2")),
        ("syntax: a section twice", with("[costs]\n[costs]\n")),
        ("syntax: two faults at once", with("[costs\nlots = [1,\n")),
        ("a date with a time of day", with("[notes]\na = 2020-01-01T00:00:00Z\n")),
        ("a time of day alone", with("[notes]\na = 07:32:00\n")),
        ("a date that no month has", with("[notes]\na = 2021-02-30\n")),
        ("an integer too large", with("[notes]\na = 9223372036854775808\n")),
        ("a number too large to be finite", costs("growth = 1e999")),
        ("a missing section", "[costs]\n".to_owned()),
        ("missing keys", with("[[vendor]]\nid = \"alpha\"\n")),
        (
            "an unknown key with a near one",
            vendor("bb_usd_per_sites = 5\nbb_usd_per_site = 5"),
        ),
        ("an unknown key with none near", with("[costs]\nzzz = 1\n")),
        ("an unknown section", with("[[vendors]]\nid = \"alpha\"\n")),
        ("a table where an array stands", with("[vendor]\nid = \"alpha\"\n")),
        ("a value where a table stands", format!("costs = 5\n{}", with(""))),
        ("a number out of its range", vendor("bb_usd_per_site = -5")),
        ("a number at an open end", costs("growth = 0.5")),
        ("a number that is not whole", operator("").replace("10", "10.5")),
        ("a whole number below its range", operator("").replace("10", "0")),
        ("a number that is none", costs("growth = nan")),
        (
            "a whole number too large to be told from the next",
            operator("").replace("10", "9007199254740993"),
        ),
        ("a number in quotes", costs("growth = \"0.1\"")),
        ("a word for a number", costs("growth = \"fast\"")),
        ("a number for a string", with("").replace("\"small\"", "2020")),
        ("a flag in quotes", operator("shared = \"true\"")),
        ("a date in quotes", with("").replace("2030-12-31", "\"2030-12-31\"")),
        ("a year for a date", with("").replace("2030-12-31", "2030")),
        ("an end before the start", with("").replace("2030", "2019")),
        ("an id with capitals", with("").replace("small", "Small One")),
        ("a country by two letters", with("[[country]]\nid = \"DE\"\n")),
        (
            "an id twice",
            with("[[country]]\nid = \"DEU\"\n\n[[country]]\nid = \"CHN\"\n[[country]]\nid = \"DEU\"\n"),
        ),
        (
            "a word that is no choice",
            vendor("bb_usd_per_site = 1\nopenness = \"opne\""),
        ),
        (
            "words of which one is no choice",
            vendor("bb_usd_per_site = 1\nmakes = [\"ru\", \"du\", \"ru\"]"),
        ),
        ("a string for an array", operator("tags = \"big\"")),
        ("a number among strings", operator("tags = [\"big\", 5]")),
        (
            "a dangling reference",
            with(&format!(
                "{HOME}[[vendor]]\nid = \"alpha\"\nhome = \"DEX\"\nbb_usd_per_site = 1\n"
            )),
        ),
        (
            "a dangling reference in an array",
            operator("trained_for = [\"alpha\", \"none\"]"),
        ),
        ("a reference twice", operator("trained_for = [\"none\", \"none\"]")),
        (
            "a map with a dangling key",
            with("[[country]]\nid = \"DEU\"\ntrust = { CHN = 1, DEU = -2 }\n"),
        ),
        (
            "a map with an unknown word",
            with("[[country]]\nid = \"DEU\"\nlaunches = { 4G = 2010-01-01 }\n"),
        ),
        (
            "a lever of an unknown kind",
            with("[levers.x.procurment_ban]\nin_force = 2026-01-01\n"),
        ),
        ("a lever without a kind", with("[levers.x]\n")),
        ("a lever with a fault inside", with("[levers.x.subsidy]\nshare = 50\n")),
        (
            "an uncertainty without a path",
            with("[uncertainties]\n\"costs.grwth\" = { uniform = { low = 0, high = 1 } }\n"),
        ),
        (
            "an uncertainty that is two",
            with(
                "[uncertainties]\n\"costs.growth\" = { uniform = { low = 0, high = 1 }, triangular = { low = 0, mode = 0, high = 1 } }\n",
            ),
        ),
        (
            "an uncertainty of no kind",
            with("[uncertainties]\n\"costs.growth\" = {}\n"),
        ),
        ("too many entries", with(&"[[vendor]]\n".repeat(5))),
        ("too many numbers", costs("lots = [1, 2, 3, 4, 5]")),
        (
            "a pedigree without a ground",
            costs("growth = { value = 0.1, low = 0, high = 0.2 }"),
        ),
        (
            "a pedigree with two grounds",
            costs("growth = { value = 0.1, source = \"F1\", derived = \"low(F1)\" }"),
        ),
        ("a pedigree without a value", costs("growth = { source = \"F1\" }")),
        (
            "a pedigree with an unknown key",
            costs("growth = { value = 0.1, sourse = \"F1\" }"),
        ),
        (
            "a pedigree out of its own range",
            costs("growth = { value = 0.3, low = 0, high = 0.2, source = \"F1\" }"),
        ),
        (
            "a pedigree with an empty source",
            costs("growth = { value = 0.1, source = \"\" }"),
        ),
        (
            "a pedigree with a number for a source",
            costs("growth = { value = 0.1, source = 116 }"),
        ),
        (
            "an assumption in too few words",
            costs("growth = { value = 0.1, low = 0, high = 0.2, assumption = \"it seems about right\" }"),
        ),
        (
            "an assumption without a range",
            costs("growth = { value = 0.1, assumption = \"costs grew so over the last ten years\" }"),
        ),
        (
            "a pedigree with two faults",
            costs("growth = { value = 0.9, sourse = \"F1\", source = 5 }"),
        ),
        (
            "a range without a ground",
            costs("growth = { value = 0.1, low = 0, unit = \"1/yr\" }"),
        ),
        (
            "a unit that does not convert",
            costs("tower_climb_usd_per_site = { value = 3, unit = \"GBP/site\", source = \"F1\" }"),
        ),
        (
            "a converted number out of range",
            costs("tower_climb_usd_per_site = { value = 3, unit = \"USD bn/site\", source = \"F1\" }"),
        ),
        (
            "a format too new",
            with("future = 1\n").replace("format = 1", "format = 2"),
        ),
        ("a format that never was", with("").replace("format = 1", "format = 0")),
        (
            "carets under wide letters",
            with("title = \"中文\"\n[notes]\n\"中文\" = { \"中\" = 1e5, \"文\" = 07:32:00 }\n"),
        ),
        (
            "a fault far along a line",
            with(&format!("[notes]\na = [{} 07:32:00]\n", "1234567,".repeat(40))),
        ),
    ]
}

#[test]
fn every_kind_of_bad_input_is_explained() {
    let mut catalogue = String::new();
    for (name, text) in cases() {
        let faults = read(&text).expect_err(name);
        assert!(faults.has_errors(), "{name}");
        for fault in faults.iter() {
            let place = fault.place.as_ref().expect("each of these faults has a place");
            assert!(place.line >= 1 && place.column >= 1, "{name}");
            let line = text.lines().nth(place.line as usize - 1).unwrap_or("");
            assert!(line.contains(&place.text), "{name}");
            assert!(fault.allowed.is_some(), "{name}: {fault}");
        }
        catalogue.push_str(&format!("## {name}\n\n{faults}\n\n"));
    }
    insta::assert_snapshot!(catalogue);
}

#[test]
fn all_faults_of_a_file_come_at_once_in_the_order_of_the_file() {
    let text = VALID
        .replace("id = \"small\"", "id = \"Small\"")
        .replace("sites = 30000", "sites = -1")
        .replace("openness", "opennes")
        .replace("home = \"DEU\"", "home = \"DEX\"")
        .replace("share = 0.5", "share = 5");
    let faults = read(&text).expect_err("five faults");
    let lines: Vec<u32> = faults.iter().filter_map(|f| Some(f.place.as_ref()?.line)).collect();
    assert_eq!(lines.len(), 5);
    assert!(lines.is_sorted());
}

#[test]
fn columns_count_characters_from_one() {
    let faults = read(&with("[notes]\n\"中文\" = 07:32:00\n")).expect_err("a time of day");
    let place = faults.iter().next().and_then(|f| f.place.clone()).expect("a place");
    assert_eq!((place.line, place.column, place.width), (7, 8, 8));
}

#[test]
fn nesting_is_limited_without_a_crash() {
    for depth in [MAX_NESTING - 1, MAX_NESTING + 5, 200, 100_000] {
        let arrays = format!("[notes]\na = {}{}\n", "[".repeat(depth), "]".repeat(depth));
        let tables = format!("[notes]\n{}a = 1\n", "a.".repeat(depth));
        let inline = format!("[notes]\na = {}1{}\n", "{a = ".repeat(depth), "}".repeat(depth));
        let header = format!("[notes.{}a]\n", "a.".repeat(depth));
        for text in [arrays, tables, inline, header] {
            let result = read(&with(&text));
            if depth > MAX_NESTING {
                let faults = result.expect_err("too deep").to_string();
                assert!(faults.contains("more than 64 deep"), "{depth}: {}", &faults[..200]);
            }
        }
    }
}

#[test]
fn a_section_is_read_before_the_rest() {
    let document = parse("a.toml", "[costs]\ngrowth = 0.25\n[money]\nx = 1\n").expect("valid TOML");
    let costs = document.decode_section::<world::Costs>("costs", &Units::new());
    assert!(costs.is_ok_and(|read| {
        read.is_some_and(|read| read.value.growth == 0.25 && read.numbers[0].path == "costs.growth")
    }));
    assert!(
        document
            .decode_section::<world::Costs>("nothing", &Units::new())
            .is_ok_and(|read| read.is_none())
    );
    assert!(document.decode_section::<world::Costs>("money", &Units::new()).is_err());
}

#[test]
fn a_later_rule_points_at_the_value_or_at_what_is_nearest() {
    let document = valid();
    let line = |path: &str| document.error_at(path, "no").place.map(|p| p.line);
    assert_eq!(line("operator.deu-one.sites"), Some(36));
    assert_eq!(line("operator.deu-one.nothing"), Some(33));
    assert_eq!(line("operator.nobody.sites"), line("operator"));
}

#[test]
fn a_warning_leaves_the_document_in_use() {
    #[derive(Debug)]
    struct Odd(f64);
    impl Table for Odd {
        fn fields(f: &mut Fields<'_>) -> Self {
            let x = f.number("x", Number::new("1"), "A number.");
            f.warn_unless(x < 10.0, "x", "this is odd", "mostly it is below 10");
            f.require(x < 20.0, "x", "this is too odd", "below 20");
            Self(x)
        }
    }
    let read = |text: &str| parse("a.toml", text).expect("valid TOML").decode::<Odd>(&Units::new());
    assert!(read("x = 5").is_ok_and(|r| r.warnings.is_empty()));
    let odd = read("x = 15").expect("only a warning");
    assert_eq!(
        (odd.value.0, odd.warnings.len(), odd.warnings.has_errors()),
        (15.0, 1, false)
    );
    let faults = read("x = 25").expect_err("a warning and an error");
    assert_eq!((faults.len(), faults.has_errors()), (2, true));
}
