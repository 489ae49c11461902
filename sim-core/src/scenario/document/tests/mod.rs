//! Tests of the layer as a whole, on a small world that uses every kind of key.

mod editing;
mod merging;
mod messages;
mod mutation;
mod posterior;
mod printing;
mod provenance;
mod world;

use super::*;
use std::collections::BTreeMap;
use world::{Distribution, Openness, VALID, World};

/// Files in memory.
struct Map(BTreeMap<String, String>);

impl Map {
    fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(files.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect())
    }
}

impl ReadFiles for Map {
    fn read(&self, path: &str) -> Result<String, String> {
        self.0.get(path).cloned().ok_or_else(|| "no such file".to_owned())
    }
}

/// The valid document.
fn valid() -> Document {
    parse("small.toml", VALID).expect("the example has no syntax error")
}

/// The world of a text, or its faults.
fn read(text: &str) -> Result<Decoded<World>, Diagnostics> {
    parse("small.toml", text)?.decode(&Units::new())
}

#[test]
fn a_valid_document_becomes_its_values() {
    let read = read(VALID).expect("the example has no fault");
    let world = &read.value;
    assert_eq!(world.header.replicates, 100);
    assert_eq!(world.header.start, ScenarioDate::constant(2020, 1, 1));
    assert_eq!(world.costs.tower, 6000.0);
    assert_eq!(world.costs.lots, [1.0, 2.5, 3.0]);
    assert_eq!(world.countries[0].trust, [("CHN".to_owned(), 0.5)]);
    // Given in another unit than that of the key.
    assert_eq!(world.vendors[0].price, 12_000.0);
    assert_eq!(world.vendors[0].openness, Openness::Closed);
    assert_eq!(world.vendors[1].openness, Openness::Open);
    assert_eq!(world.vendors[1].makes, Some(vec!['r', 'b']));
    assert_eq!(world.operators[0].trained_for, ["alpha", "none"]);
    let kinds: Vec<&str> = world.levers.iter().map(|lever| lever.kind).collect();
    assert_eq!(kinds, ["procurement_ban", "subsidy"]);
    assert_eq!(world.levers[0].path, "levers.no-beta.procurement_ban");
    assert_eq!(world.uncertainties.len(), 2);
    assert!(read.warnings.is_empty());
}

#[test]
fn numbers_are_listed_by_path_with_defaults_and_pedigrees() {
    let read = read(VALID).expect("the example has no fault");
    let paths: Vec<&str> = read.numbers.iter().map(|n| n.path.as_str()).collect();
    assert!(paths.is_sorted());
    let strength = read.numbers.iter().find(|n| n.path.ends_with(".strength"));
    assert!(strength.is_some_and(|n| n.origin.is_none() && n.value == 1.0));
    let grounds: Vec<(&str, PedigreeKind, &str)> = read
        .pedigrees()
        .map(|p| (p.path.as_str(), p.kind, p.unit.as_str()))
        .collect();
    assert_eq!(
        grounds,
        [
            ("costs.lots.3", PedigreeKind::Assumption, "USD/site"),
            ("costs.tower_climb_usd_per_site", PedigreeKind::Source, "USD/site"),
            ("vendor.alpha.bb_usd_per_site", PedigreeKind::Derived, "usd_m/site"),
        ]
    );
}

#[test]
fn faults_may_cross_threads() {
    fn assert_send_sync<T: Send + Sync>() {}
    assert_send_sync::<Diagnostics>();
    assert_send_sync::<Document>();
}
