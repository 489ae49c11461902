//! `--set`, and numbers drawn for a replicate.

use super::*;

fn set(path: &str, value: &str) -> Result<(Document, Diagnostics), Diagnostics> {
    let mut document = valid();
    let warnings = document.set(&describe::<World>(), path, value)?;
    Ok((document, warnings))
}

fn world(document: &Document) -> World {
    document
        .decode::<World>(&Units::new())
        .expect("still without a fault")
        .value
}

#[test]
fn values_of_every_kind_are_set() {
    let cases = [
        ("scenario.title", "\"Another\"", "title"),
        ("scenario.title", "bare words too", "title"),
        ("scenario.replicates", "7", "replicates"),
        ("vendor.beta.openness", "closed", "openness"),
        ("operator.deu-one.country", "CHN", "country"),
        ("operator.deu-one.trained_for", "[\"beta\"]", "trained_for"),
        ("operator.deu-one.shared", "false", "shared"),
        ("costs.lots", "[]", "lots"),
        ("costs.lots.1", "9", "lots"),
        ("costs.growth", "-0.25", "growth"),
        ("country.CHN.trust.DEU", "3", "trust"),
        ("country.DEU.launches.5g", "2021-01-01", "launches"),
        ("levers.no-beta.procurement_ban.strength", "0", "strength"),
        ("levers.no-beta.subsidy", "{ share = 0.1 }", "share"),
        (
            "uncertainties.\"costs.growth\"",
            "{ uniform = { low = 0, high = 1 } }",
            "uniform",
        ),
        ("notes.anything", "5", "notes"),
    ];
    let before = valid();
    for (path, value, name) in cases {
        let (document, _) = set(path, value).unwrap_or_else(|faults| panic!("{name}: {faults}"));
        assert_ne!(document.hash(), before.hash(), "{path}");
        let _ = world(&document);
        let node = document.node(path).expect(path);
        let place = Place::new(document.files(), node.origin);
        assert_eq!((place.file.as_str(), place.line), ("--set", 1), "{path}");
    }
    assert_eq!(
        world(&set("costs.lots.1", "9").expect("set").0).costs.lots,
        [9.0, 2.5, 3.0]
    );
}

#[test]
fn the_last_of_two_wins() {
    let spec = describe::<World>();
    let mut document = valid();
    document.set(&spec, "costs.growth", "0.1").expect("set");
    document.set(&spec, "costs.growth", "0.2").expect("set");
    assert_eq!(document.number("costs.growth"), Some(0.2));
}

#[test]
fn a_number_with_a_pedigree_keeps_its_source() {
    let (document, _) = set("costs.tower_climb_usd_per_site", "7000").expect("set");
    let read = document.decode::<World>(&Units::new()).expect("no fault");
    assert_eq!(read.value.costs.tower, 7000.0);
    let pedigree = read
        .pedigrees()
        .find(|p| p.path.ends_with("per_site"))
        .expect("a pedigree");
    assert_eq!(pedigree.kind, PedigreeKind::Set);
    assert_eq!(pedigree.text, "6000 (source P054)");
    // The new number is in the unit of the key, so the old unit goes; a second change keeps the first source.
    let spec = describe::<World>();
    let (mut document, _) = set("vendor.alpha.bb_usd_per_site", "15000").expect("set");
    document
        .set(&spec, "vendor.alpha.bb_usd_per_site", "16000")
        .expect("set");
    assert_eq!(world(&document).vendors[0].price, 16_000.0);
    let was = document.node("vendor.alpha.bb_usd_per_site").and_then(|n| n.get("was"));
    assert_eq!(
        was.and_then(Node::text),
        Some("0.012 usd_m/site (derived midpoint(P055))")
    );
}

#[test]
fn an_uncertainty_on_the_path_is_dropped_with_a_warning() {
    let (document, warnings) = set("vendor.alpha.bb_usd_per_site", "15000").expect("set");
    assert_eq!(world(&document).uncertainties.len(), 1);
    assert_eq!(warnings.len(), 1);
    assert!(!warnings.has_errors());
    insta::assert_snapshot!(warnings.to_string(), @r"
    warning: the uncertainty of `vendor.alpha.bb_usd_per_site` is dropped, since its value is set
     --> --set:1:1
      |
    1 | vendor.alpha.bb_usd_per_site=15000
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      = key: vendor.alpha.bb_usd_per_site
    ");
    // So is one below the path.
    let (document, warnings) = set("vendor", "[]").expect("set");
    assert_eq!(warnings.len(), 1);
    assert!(
        document.decode::<World>(&Units::new()).is_err(),
        "the operator knows a vendor that is gone"
    );
}

#[test]
fn a_wrong_value_is_found_at_decoding_and_shown_on_the_command_line() {
    let (document, _) = set("operator.deu-one.sites", "-3").expect("set");
    let faults = document.decode::<World>(&Units::new()).expect_err("out of range");
    let place = faults.iter().next().and_then(|f| f.place.clone()).expect("a place");
    assert_eq!((place.file.as_str(), place.column), ("--set", 24));
}

#[test]
fn what_set_gets_wrong_is_explained() {
    let cases = [
        ("costs.grwth", "1"),
        ("cost.growth", "1"),
        ("vendor.alfa.bb_usd_per_site", "1"),
        ("vendor.alpha.bb_usd_per_sit", "1"),
        ("vendor.1", "1"),
        ("levers.no-bata.subsidy.share", "1"),
        ("costs.growth.value", "1"),
        ("costs.lots.4", "1"),
        ("zzz", "1"),
        ("costs..growth", "1"),
        ("", "1"),
        ("uncertainties.\"costs.growth", "1"),
        ("uncertainties.\"costs\"growth", "1"),
        ("costs.growth", "fast"),
        ("costs.growth", ""),
        ("costs.growth", "1 2"),
        ("scenario.title", ""),
        ("costs.lots", "[1,"),
        ("scenario.start", "2020-13-01"),
    ];
    let before = valid();
    let spec = describe::<World>();
    let mut catalogue = String::new();
    for (path, value) in cases {
        let mut document = before.clone();
        let faults = document.set(&spec, path, value).expect_err(path);
        assert_eq!(
            document.canonical_json(),
            before.canonical_json(),
            "nothing changes on error"
        );
        catalogue.push_str(&format!("## {path}={value}\n\n{faults}\n\n"));
    }
    insta::assert_snapshot!(catalogue);
}

#[test]
fn what_people_write_for_numbers_and_dates_is_told_in_toml() {
    let spec = describe::<World>();
    let hint = |path: &str, value: &str| {
        let faults = valid().set(&spec, path, value).expect_err(path);
        faults.iter().next().and_then(|d| d.hint.clone()).unwrap_or_default()
    };
    assert_eq!(hint("costs.growth", "20%"), "a fraction: 0.2 for 20%");
    assert_eq!(hint("costs.growth", "7 %"), "a fraction: 0.07 for 7 %");
    assert_eq!(hint("costs.growth", "0,05"), "a decimal point: 0.05");
    assert_eq!(
        hint("scenario.start", "31.1.2030"),
        "a date is year, month and day: 2030-01-31"
    );
    assert!(hint("costs.lots", "[1,").contains("single quotes"));
}

#[test]
fn a_number_in_place_of_a_table_is_refused_by_its_own_path() {
    let faults = valid()
        .set(&describe::<World>(), "vendor.alpha", "0.3")
        .expect_err("a table");
    let fault = faults.iter().next().expect("a fault");
    assert_eq!(fault.key, "vendor.alpha");
    assert_eq!(fault.message, "`vendor.alpha` is a table, a number cannot stand for it");
    let hint = fault.hint.clone().unwrap_or_default();
    assert!(
        hint.starts_with("set one of its keys, such as `vendor.alpha."),
        "{hint}"
    );
}

#[test]
fn drawn_numbers_stand_alone_in_the_units_of_their_keys() {
    let drawn = [
        ("vendor.alpha.bb_usd_per_site", 13_000.0),
        ("levers.no-beta.procurement_ban.strength", 0.25),
        ("costs.growth", 0.125),
        ("costs.lots.3", 8.0),
    ];
    let document = valid().with_numbers(&drawn).expect("each path is a number");
    let read = document.decode::<World>(&Units::new()).expect("no fault");
    for (path, value) in drawn {
        assert_eq!(document.number(path), Some(value));
        let number = read.numbers.iter().find(|n| n.path == path).expect(path);
        assert_eq!((number.value, &number.pedigree), (value, &None));
    }
    // Setting what stands there already changes nothing that counts.
    let same = valid()
        .with_numbers(&[("operator.deu-one.wacc", 0.07)])
        .expect("a number");
    assert_eq!(same.hash(), valid().hash());
    assert!(valid().with_numbers(&[("vendor.gamma.bb_usd_per_site", 1.0)]).is_err());
    assert!(valid().with_numbers(&[("operator.deu-one.wacc.deep", 1.0)]).is_err());
}

#[test]
fn every_listed_number_is_addressed_by_its_path() {
    let document = valid();
    let read = document.decode::<World>(&Units::new()).expect("no fault");
    for number in &read.numbers {
        let drawn = document
            .with_numbers(&[(&number.path, number.value)])
            .expect("a number");
        let again = drawn.decode::<World>(&Units::new()).expect("no fault");
        let found = again
            .numbers
            .iter()
            .find(|n| n.path == number.path)
            .expect("the same path");
        assert_eq!(found.value, number.value, "{}", number.path);
        let mut set = document.clone();
        set.set(&describe::<World>(), &number.path, &number.value.to_string())
            .expect("a path");
    }
}
