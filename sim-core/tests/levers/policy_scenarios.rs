//! The policy scenarios of the repository: each decodes without a warning, and the three legs of the argument together are
//! the three legs.

use std::collections::BTreeMap;

use sim_core::scenario::{self, NamedLever, Scenario};

fn played(name: &str) -> Scenario {
    let file = format!("{name}.toml");
    let decoded = scenario::decode(&crate::common::shipped(&file)).unwrap_or_else(|faults| panic!("{file}: {faults}"));
    assert_eq!(decoded.warnings.to_string(), "", "{file}");
    assert_eq!(decoded.value.id, name, "the id is the name of the file");
    decoded.value
}

/// The active levers by name and kind, as text.
fn levers(scenario: &Scenario) -> BTreeMap<(String, &'static str), String> {
    let active = scenario.levers.iter().filter(|l| l.lever.is_active());
    active
        .map(|l: &NamedLever| ((l.name.clone(), l.lever.kind()), format!("{l:?}")))
        .collect()
}

#[test]
fn every_policy_differs_from_the_reference_by_its_levers_alone() {
    let british = ["uk-cap", "uk-purchase-ban", "uk-removal", "uk-barred"];
    let european = [
        "europe-early",
        "europe-early-contested",
        "europe-refresh",
        "europe-refresh-contested",
    ];
    let policies = [
        "eu-ban",
        "early-removal",
        "removal-at-refresh",
        "eu-ban-answered",
        "open-mandate",
        "eu-open-mandate",
        "coalition-holds",
        "backfill",
        "early-6g",
    ];
    let families: [(&str, &[&str]); 3] = [
        ("world-2020", &policies),
        ("uk-base", &british),
        ("europe-base", &european),
    ];
    let bare = |mut scenario: Scenario| {
        scenario.levers.clear();
        for text in [&mut scenario.id, &mut scenario.title, &mut scenario.question] {
            text.clear();
        }
        format!("{scenario:?}")
    };
    for (reference, policies) in families {
        let reference = played(reference);
        let (known, rest) = (levers(&reference), bare(reference));
        for name in policies {
            let policy = played(name);
            let has = levers(&policy);
            assert!(has.len() > known.len(), "{name} adds a lever");
            // Where the equals of the banned sellers come in, it is their own bar that ends.
            let changes = |key: &(String, &str)| name.ends_with("contested") && key.0 == "twins-out";
            assert!(
                (known.iter()).all(|(key, lever)| changes(key) || has.get(key) == Some(lever)),
                "{name} keeps those of the reference"
            );
            assert_eq!(bare(policy), rest, "{name}");
        }
    }
}

#[test]
fn all_three_legs_together_are_the_legs() {
    let mut union = BTreeMap::new();
    for leg in ["trip", "run-faster", "put-the-fix-in"] {
        for (key, lever) in levers(&played(leg)) {
            let before = union.insert(key.clone(), lever.clone());
            assert!(before.is_none_or(|before| before == lever), "{key:?} differs in {leg}");
        }
    }
    assert_eq!(levers(&played("all-three")), union);
}

#[test]
fn a_rung_of_the_british_ladder_keeps_the_rungs_below_it() {
    let [cap, stop, removal] = ["uk-cap", "uk-purchase-ban", "uk-removal"].map(played);
    let names = |s: &Scenario| levers(s).into_keys().collect::<Vec<_>>();
    assert!(names(&cap).iter().all(|name| names(&stop).contains(name)));
    assert_eq!(
        names(&stop),
        names(&removal),
        "removal is a deadline, not another lever"
    );
    let deadline = |s: &Scenario| {
        let stop = s.levers.iter().find(|l| l.name == "gbr-stop").expect("the stop");
        stop.lever.common().deadline
    };
    assert_eq!(deadline(&stop), None);
    assert!(deadline(&removal).is_some());
}

/// A cap, or a target for open networks, narrows the offer: sellers who look ahead must then still be asked for what is left of it.
#[test]
fn quotas_and_looking_ahead_go_together() {
    let sites = |name: &str, measure: &str, vendor: &str| {
        let simulation = crate::common::simulate(&crate::common::shipped(&format!("{name}.toml")));
        assert!(simulation.world().scenario.foresight.seller_look_ahead > 0.0);
        let record = crate::common::play(&simulation, 0);
        let keys = simulation.series();
        let at = keys.iter().position(|k| {
            (
                k.measure,
                k.place.as_str(),
                k.vendor.as_str(),
                k.component,
                k.generation.as_str(),
                k.part.as_str(),
            ) == (measure, "GBR", vendor, "ran", "all", "all")
        });
        record.values[record.values.len() - keys.len() + at.expect("a series")]
    };
    let untrusted = |name| sites(name, "untrusted_share", "all");
    assert!(untrusted("uk-cap") <= 0.36, "within the cap, but for indivisible lots");
    assert!(untrusted("uk-removal") < untrusted("world-2020"));
}

/// American money for buyers elsewhere is American outlay, and nobody's who receives it.
#[test]
fn the_american_fund_is_paid_by_americans() {
    for name in ["all-three", "put-the-fix-in"] {
        let scenario = played(name);
        let fund = scenario.levers.iter().find(|l| l.name == "adoption").expect("the fund");
        assert_eq!(fund.lever.payer(), Some("USA"), "{name}");
    }
    let simulation = crate::common::simulate_all(&crate::common::shipped("levers/adoption_fund.toml"));
    let record = crate::common::play(&simulation, 0);
    let table = crate::common::Table {
        simulation: &simulation,
        record: &record,
    };
    let paid = |place: &str| -> f64 {
        let series = table.find(|k| {
            (k.measure, k.place.as_str(), k.part.as_str(), k.component) == ("public_outlay", place, "all", "ran")
                && k.generation == "all"
                && k.vendor == "all"
        });
        (1..simulation.dates().len()).map(|date| table.at(date, series)).sum()
    };
    let (all, american) = (paid("world"), paid("USA"));
    assert!(all > 1.0 && (american - all).abs() < 1e-9 * all, "{american} of {all}");
    assert_eq!(paid("DEU"), 0.0);
}
