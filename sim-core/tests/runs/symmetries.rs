//! What must not matter: resolution, order, unrelated vendors, the unit of money.

use std::collections::BTreeMap;

use crate::common::{MINIMAL, Table, assert_close, child, play, simulate_all, text, whole};
use sim_core::record::SeriesKey;
use sim_core::run::Simulation;

/// All values of a replicate by date and key.
fn by_key(simulation: &Simulation, k: u64) -> BTreeMap<(usize, SeriesKey), f64> {
    let record = play(simulation, k);
    let table = Table {
        simulation,
        record: &record,
    };
    let mut values = BTreeMap::new();
    for date in 0..simulation.dates().len() {
        for (s, key) in simulation.series().iter().enumerate() {
            values.insert((date, key.clone()), table.at(date, s));
        }
    }
    values
}

/// Asserts that each value of `a` is that of `b`, up to a factor of money.
#[track_caller]
fn same_series(a: &Simulation, b: &Simulation, replicates: u64, tolerance: f64, money: f64) {
    for k in 0..replicates {
        let (x, y) = (by_key(a, k), by_key(b, k));
        for (key, value) in &x {
            let factor = if key.1.unit.contains("usd") { money } else { 1.0 };
            let other = y.get(key).unwrap_or_else(|| panic!("no {key:?}"));
            assert_close(value * factor, *other, tolerance, &(k, key));
        }
    }
}

#[test]
fn splitting_an_environment_changes_nothing_but_resolution() {
    let halves = r#"
[[environment]]
id = "urban_b"
title = "The other urban half"
open_gap_share = 0.12
criticality = 1.2
ru_work_factor = 1.2
coverage = { 4g = 1.0, 5g = 0.9, 6g = 0.7 }
[[country]]
id = "DEU"
environment_mix = { urban = 0.25, urban_b = 0.25 }
"#;
    let (one, two) = (simulate_all(&child(MINIMAL, "")), simulate_all(&child(MINIMAL, halves)));
    assert!(two.world().cluster_count() > one.world().cluster_count());
    same_series(&one, &two, 5, 1e-9, 1.0);
}

/// The smallest scenario with its two operators in the other order.
fn other_order() -> String {
    let text = text(MINIMAL);
    let at = |what: &str| text.find(what).expect(what);
    let (north, south, rest) = (
        at("[[operator]]\nid = \"north\""),
        at("[[operator]]\nid = \"south\""),
        at("[[vendor]]"),
    );
    format!(
        "{}{}{}{}",
        &text[..north],
        &text[south..rest],
        &text[north..south],
        &text[rest..]
    )
}

#[test]
fn the_order_of_operators_does_not_matter() {
    let (one, two) = (simulate_all(&child(MINIMAL, "")), simulate_all(&whole(&other_order())));
    assert_eq!(
        (
            one.world().operators[0].id.as_str(),
            two.world().operators[0].id.as_str()
        ),
        ("north", "south")
    );
    same_series(&one, &two, 5, 1e-9, 1.0);
}

#[test]
fn a_vendor_that_sells_nowhere_changes_nothing() {
    let idle = r#"
[[bloc]]
id = "nowhere"
title = "No country"
[[vendor]]
id = "idle"
name = "Idle"
home = "CHN"
generations = ["4g", "5g", "6g"]
line = "open"
sells_in = ["nowhere"]
ru_usd_per_site = 100
bb_usd_per_site = 100
core_usd_per_subscriber = 0.1
ru_quality = 5.0
bb_quality = 5.0
cumulative_sites = 1000
"#;
    let (one, two) = (simulate_all(&child(MINIMAL, "")), simulate_all(&child(MINIMAL, idle)));
    assert_eq!(two.world().vendors.len(), 4);
    for k in 0..5 {
        let (x, y) = (by_key(&one, k), by_key(&two, k));
        for (key, value) in &x {
            assert!(
                value.to_bits() == y[key].to_bits() || value.is_nan() && y[key].is_nan(),
                "replicate {k}: {key:?} {value} {}",
                y[key]
            );
        }
    }
}

/// A text with every amount of money multiplied.
fn in_other_money(text: &str, factor: f64) -> String {
    let scaled = |line: &str| -> Option<String> {
        let (key, value) = line.split_once('=')?;
        let number = value.split('#').next()?.trim().parse::<f64>().ok()?;
        key.contains("_usd").then(|| format!("{key}= {:?}", number * factor))
    };
    text.lines()
        .map(|l| scaled(l).unwrap_or_else(|| l.to_owned()))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_unit_of_money_does_not_matter() {
    let factor = 3.7;
    let scaled = in_other_money(&text(MINIMAL), factor);
    assert!(
        scaled
            .lines()
            .zip(text(MINIMAL).lines())
            .filter(|(a, b)| a != b)
            .count()
            >= 20,
        "amounts of money in the scenario"
    );
    same_series(
        &simulate_all(&child(MINIMAL, "")),
        &simulate_all(&whole(&scaled)),
        5,
        1e-9,
        factor,
    );
}
