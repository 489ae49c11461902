//! A lever at zero is no lever, and a rule in one country moves no draw anywhere.

use std::collections::BTreeMap;

use crate::common::{
    MINIMAL, WORLD, Watch, assert_same_record, assert_same_trace, child, day, exactly, simulate_all, simulate_with,
    vendor, watch,
};
use sim_core::measure::Breadth;
use sim_core::run::{Options, Simulation};

/// A ban with its last words.
fn ban(countries: &str, vendors: &str, rest: &str) -> String {
    format!(
        "[levers.test.procurement_ban]\nannounced = 2021-05-10\nin_force = 2022-01-01\ndeadline = 2026-12-31\nscope = {{ countries = [{countries}], vendors = [{vendors}] }}\n{rest}\n"
    )
}

fn a_lever_at_zero_changes_nothing(parent: &str, changes: &str, scope: [&str; 2], replicates: u64) {
    let options = Options {
        tenders: true,
        breadth: Breadth::Core,
        ..Options::default()
    };
    let base = simulate_with(&child(parent, changes), options);
    for (null, name) in [("strength = 0", "strength 0"), ("enabled = false", "not enabled")] {
        let with = simulate_with(
            &child(parent, &format!("{changes}{}", ban(scope[0], scope[1], null))),
            options,
        );
        assert_eq!(base.series(), with.series(), "{name}: no extra series");
        for k in 0..replicates {
            let (a, seen_a) = watch(&base, k);
            let (b, seen_b) = watch(&with, k);
            assert_same_record(&a, &b, name);
            assert_same_trace(&seen_a, &seen_b, name);
        }
    }
    // The same lever at full strength does act: the test can fail.
    let real = simulate_with(
        &child(parent, &format!("{changes}{}", ban(scope[0], scope[1], ""))),
        options,
    );
    assert_ne!(exactly(&watch(&base, 0).0.values), exactly(&watch(&real, 0).0.values));
}

#[test]
fn a_lever_at_zero_changes_nothing_in_the_smallest_world() {
    a_lever_at_zero_changes_nothing(MINIMAL, "", ["", "\"alpha\""], 2);
}

#[test]
fn a_lever_at_zero_changes_nothing_in_the_reference_world() {
    a_lever_at_zero_changes_nothing(
        WORLD,
        "[scenario]\nend = 2024-12-31\n",
        ["\"DEU\"", "\"huawei\", \"zte\""],
        1,
    );
}

#[test]
#[ignore = "long: in release"]
fn a_lever_at_zero_changes_nothing_in_the_whole_reference_world() {
    a_lever_at_zero_changes_nothing(WORLD, "", ["\"DEU\"", "\"huawei\", \"zte\""], 2);
}

/// Shocks of both worlds by tender and alternative. Returns how many were compared.
fn shocks_are_shared(a: &Watch, b: &Watch) -> usize {
    let by_id: BTreeMap<&str, _> = a.tenders.iter().map(|t| (t.id.as_str(), t)).collect();
    let mut compared = 0;
    for t in &b.tenders {
        let Some(same) = by_id.get(t.id.as_str()) else {
            continue;
        };
        let shocks: BTreeMap<u32, _> = same
            .alternatives
            .iter()
            .zip(&same.shocks)
            .map(|(x, s)| (x.position(), s))
            .collect();
        for (alternative, shock) in t.alternatives.iter().zip(&t.shocks) {
            let Some(other) = shocks.get(&alternative.position()) else {
                continue;
            };
            // Money: the shock is the keyed draw times mu of the slot, the same in both worlds.
            assert_eq!(
                (shock.0.to_bits(), shock.1.to_bits()),
                (other.0.to_bits(), other.1.to_bits()),
                "{}: {alternative:?}",
                t.id
            );
            compared += 1;
        }
    }
    compared
}

/// The two worlds of the pairing tests.
fn pair(end: &str) -> (Simulation, Simulation) {
    let header = format!("[scenario]\nend = {end}\n");
    (
        simulate_all(&child(WORLD, &header)),
        simulate_all(&child(
            WORLD,
            &format!("{header}{}", ban("\"DEU\"", "\"huawei\", \"zte\"", "")),
        )),
    )
}

#[test]
fn a_ban_in_one_country_moves_no_draw() {
    let (base, banned) = pair("2026-12-31");
    let (record_a, a) = watch(&base, 0);
    let (record_b, b) = watch(&banned, 0);
    let compared = shocks_are_shared(&a, &b);
    assert!(compared > 50_000, "only {compared} shocks were compared");
    let world = base.world();
    let germany = world.countries.iter().position(|c| c.id == "DEU").expect("Germany");
    let region = world.countries[germany].region;
    // First day on which the worlds' events part at all.
    let parted = a
        .deliveries
        .iter()
        .zip(&b.deliveries)
        .find(|(x, y)| x != y)
        .map(|(x, y)| x.0.min(y.0))
        .expect("a ban moves some delivery");
    let announced = day(2021, 5, 10);
    let next_review = day(2021, 7, 1);
    assert!(parted > next_review, "kit cannot come before its lead time");
    // Costs and experience are posted at the first review after that; list prices of the region at the first after the announcement.
    let posted = a.reviews.iter().map(|r| r.0).find(|d| *d >= parted).expect("a review");
    let mut same = [0; 3];
    let rows = |r: &sim_core::record::ReplicateRecord| {
        r.tenders
            .iter()
            .map(|t| ((t.tender.clone(), t.cluster.clone()), exactly(t)))
            .collect::<BTreeMap<_, _>>()
    };
    let rows_b = rows(&record_b);
    let country_of = |id: &str| world.countries.iter().position(|c| c.id == id).expect("a country");
    for row in &record_a.tenders {
        let country = country_of(&row.country);
        let until = if country == germany {
            announced
        } else if world.countries[country].region == region {
            next_review
        } else {
            posted
        };
        if row.time < until {
            assert_eq!(
                rows_b.get(&(row.tender.clone(), row.cluster.clone())),
                Some(&exactly(row)),
                "{}",
                row.tender
            );
            same[usize::from(country == germany)
                + 2 * usize::from(country != germany && world.countries[country].region == region)] += 1;
        }
    }
    assert!(same.iter().all(|n| *n > 10), "rows compared: {same:?}");
}

#[test]
fn tastes_are_shared_by_worlds_with_and_without_a_ban() {
    let (base, banned) = pair("2026-12-31");
    for k in 0..3 {
        assert_eq!(
            exactly(&sim_core::world::State::new(base.world(), &base.luck(k)).taste),
            exactly(&sim_core::world::State::new(banned.world(), &banned.luck(k)).taste)
        );
    }
    assert_ne!(
        exactly(&sim_core::world::State::new(base.world(), &base.luck(0)).taste),
        exactly(&sim_core::world::State::new(base.world(), &base.luck(1)).taste)
    );
}

/// A dearer input is an experiment too: it moves prices and no luck.
#[test]
fn a_dearer_vendor_moves_no_draw() {
    let base = simulate_all(&child(MINIMAL, ""));
    let dearer = simulate_all(&child(
        MINIMAL,
        "[[vendor]]\nid = \"beta\"\nru_usd_per_site = 27390\nbb_usd_per_site = 18260\n",
    ));
    let beta = vendor(&base, "beta");
    let (mut before, mut after) = (0.0, 0.0);
    for k in 0..10 {
        let (_, a) = watch(&base, k);
        let (_, b) = watch(&dearer, k);
        assert!(shocks_are_shared(&a, &b) > 100);
        before += a.tenders.iter().map(|t| t.chance_of(beta)).sum::<f64>();
        after += b.tenders.iter().map(|t| t.chance_of(beta)).sum::<f64>();
    }
    assert!(
        after < 0.9 * before,
        "a vendor with a tenth more cost sells less: {before} to {after}"
    );
}
