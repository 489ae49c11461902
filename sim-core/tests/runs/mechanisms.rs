//! Mechanisms that once went wrong, each held by a run.

use crate::common::{MINIMAL, Table, WORLD, child, day, play, simulate, simulate_all, vendor, watch};
use sim_core::market::tender::Outcome;
use sim_core::run::Simulation;
use sim_core::world::{Layer, Neighbour};

/// What is awarded on the first day is in the flows of the first year.
#[test]
fn flows_of_the_first_year_hold_the_first_day() {
    let simulation = simulate(&child(WORLD, "[scenario]\nend = 2020-12-31\n"));
    let (record, watch) = watch(&simulation, 0);
    let world = simulation.world();
    let sites = |first_day: bool| -> f64 {
        let awards = watch.tenders.iter().filter(|t| {
            matches!(t.outcome, Outcome::Award(_))
                && (t.day == world.start) == first_day
                && world.slots[t.slot].layer != Layer::Core
        });
        awards
            .map(|t| {
                let slot = &world.slots[t.slot];
                let bought = t.bought().expect("an award").buys();
                (0..2)
                    .filter(|k| bought[*k])
                    .map(|k| slot.sites * slot.weight[k])
                    .sum::<f64>()
            })
            .sum()
    };
    assert!(sites(true) > 0.0, "something is due on the first day");
    let series = simulation
        .series()
        .iter()
        .enumerate()
        .filter(|(_, k)| k.measure == "awarded_sites");
    let table = Table {
        simulation: &simulation,
        record: &record,
    };
    let counted: f64 = series.map(|(s, _)| table.at(1, s)).sum();
    let expected = sites(true) + sites(false);
    assert!(
        (counted / expected - 1.0).abs() < 1e-9,
        "{counted} sites in the table, {expected} awarded"
    );
}

/// A newer generation that covers a part of the sites does not switch the older one off at the others.
#[test]
fn no_site_loses_its_network() {
    let simulation = simulate(&child(MINIMAL, "[scenario]\nend = 2045-12-31\n"));
    let world = simulation.world();
    let base: f64 = world
        .slots
        .iter()
        .filter(|s| s.layer == Layer::Ran(0))
        .map(|s| s.sites)
        .sum();
    for k in 0..3 {
        let (_, watch) = watch(&simulation, k);
        let stacks = watch.stacks_at(world, world.end);
        let served: f64 = (0..stacks.len())
            .filter(|i| world.slots[*i].layer == Layer::Ran(0) && stacks[*i].is_some())
            .map(|i| world.slots[i].sites)
            .sum();
        assert_eq!(served, base, "replicate {k}: sites with 4G at the end");
    }
}

/// A rule in one country leaves the list prices of its neighbours where they were, but for what volumes move: without learning and
/// experience nothing moves them.
#[test]
fn a_ban_next_door_does_not_move_list_prices() {
    let end = "[scenario]\nend = 2022-12-31\n[learning]\nprogress_ratio = 1.0\nwhite_box_progress_ratio = 1.0\n[integration]\nexperience_exponent = 0.0\n";
    let ban = "[levers.deu.procurement_ban]\nin_force = 2020-01-02\nscope = { countries = [\"DEU\"], vendors = [\"huawei\", \"zte\"] }\n";
    let (without, with) = (
        simulate(&child(WORLD, end)),
        simulate(&child(WORLD, &format!("{end}{ban}"))),
    );
    let (_, before) = watch(&without, 0);
    let (_, after) = watch(&with, 0);
    let world = without.world();
    let mut compared = 0;
    for a in before
        .tenders
        .iter()
        .filter(|t| world.countries[world.slots[t.slot].country].id == "FRA")
    {
        let Some(b) = after
            .tenders
            .iter()
            .find(|t| t.id == a.id && t.alternatives == a.alternatives)
        else {
            continue;
        };
        for (x, y) in a.list_prices.iter().zip(&b.list_prices) {
            assert!(
                (x - y).abs() <= 1e-9 * x.abs().max(1.0),
                "{}: list price {x} became {y}",
                a.id
            );
            compared += 1;
        }
    }
    let french = before
        .tenders
        .iter()
        .filter(|t| world.countries[world.slots[t.slot].country].id == "FRA")
        .count();
    assert!(
        compared > 100,
        "{compared} prices compared in {french} tenders of {}",
        before.tenders.len()
    );
}

/// The end of a ban takes the forced tenders back that it had planned, and no other lever's.
#[test]
fn the_end_of_a_ban_unforces_what_it_forced() {
    let ban = |name: &str, vendor: &str, end: &str| {
        format!(
            "[levers.{name}.procurement_ban]\nannounced = 2020-06-01\nin_force = 2021-01-01\ndeadline = 2025-12-31\n{end}\
             scope = {{ vendors = [\"{vendor}\"] }}\n"
        )
    };
    let (until, other) = ("end = 2022-01-01\n", ban("other", "beta", ""));
    let world = |end: &str, more: &str| simulate(&child(MINIMAL, &format!("{}{more}", ban("test", "alpha", end))));
    // Forced tenders after the end: of kit of each of the two, over the replicates.
    let forced = |simulation: &Simulation| {
        let sellers = ["alpha", "beta"].map(|v| vendor(simulation, v));
        let mut of = [0; 2];
        for k in 0..10 {
            let (_, watch) = watch(simulation, k);
            let after = watch.tenders.iter().filter(|t| t.day >= day(2022, 1, 1));
            for t in after.filter(|t| t.kind == "forced") {
                for (n, v) in of.iter_mut().zip(sellers) {
                    *n += usize::from(t.old.is_some_and(|o| o.holds(v)));
                }
            }
        }
        of
    };
    let stands = forced(&world("", ""));
    assert!(stands[0] > 10, "a ban that stands forces: {stands:?}");
    assert_eq!(forced(&world(until, "")), [0, 0], "one that has ended does not");
    let beside = forced(&world(until, &other));
    assert!(
        beside[0] == 0 && beside[1] > 5,
        "the other's are still held: {beside:?}"
    );
}

/// A ban does not take the kit that it forbids out of the measure of lock-in.
#[test]
fn banned_kit_is_still_locked_in() {
    let ban = "[levers.test.procurement_ban]\nin_force = 2021-01-01\nscope = { vendors = [\"alpha\"] }\n";
    let simulation = simulate(&child(MINIMAL, ban));
    let alpha = vendor(&simulation, "alpha");
    let (record, watch) = watch(&simulation, 0);
    let table = Table {
        simulation: &simulation,
        record: &record,
    };
    let curve = table.find(|k| {
        k.measure == "lock_in_curve"
            && k.component == "ran"
            && k.generation == "all"
            && k.place_kind == "world"
            && k.vendor == "alpha"
    });
    for (d, date) in simulation.dates().iter().enumerate() {
        let stands = watch
            .stacks_at(simulation.world(), *date)
            .iter()
            .flatten()
            .any(|s| s.holds(alpha));
        assert_eq!(table.at(d, curve).is_nan(), !stands, "{date}");
    }
}

/// No capacity is added from a seller that may not sell.
#[test]
fn a_purchase_stop_stops_add_ons_too() {
    let ban = "[levers.test.procurement_ban]\nin_force = 2020-01-02\nscope = { vendors = [\"alpha\"] }\n";
    let simulation = simulate(&child(MINIMAL, ban));
    let record = play(&simulation, 0);
    let table = Table {
        simulation: &simulation,
        record: &record,
    };
    let sales = table.find(|k| {
        k.measure == "share_sales"
            && k.component == "ran"
            && k.generation == "all"
            && k.place_kind == "world"
            && k.vendor == "alpha"
    });
    let shares: Vec<f64> = (2..simulation.dates().len()).map(|d| table.at(d, sales)).collect();
    assert!(shares.iter().all(|s| *s == 0.0), "{shares:?}");
}

/// The joint with a neighbouring generation is paid where that generation stands.
#[test]
fn a_neighbour_counts_by_its_overlap() {
    let simulation = simulate_all(&child(MINIMAL, ""));
    let world = simulation.world();
    let (_, watch) = watch(&simulation, 0);
    let stacks = watch.stacks_at(world, world.end);
    let mut state = sim_core::world::State::new(world, &simulation.luck(0));
    for (slot, stack) in state.slots.iter_mut().zip(stacks) {
        slot.stack = stack;
    }
    let four = (0..world.slots.len())
        .find(|i| world.slots[*i].layer == Layer::Ran(0))
        .expect("a 4G slot");
    let [older, newer] = state.legacy(world, four);
    assert_eq!(older, Neighbour::NONE, "nothing is older than 4G here");
    let five = world.slots[four].siblings[1].expect("5G at the same sites");
    let share = world.slots[five].sites / world.slots[four].sites;
    assert!(
        share < 1.0 && (newer.overlap - share).abs() < 1e-12,
        "{} for {share}",
        newer.overlap
    );
    let back = state.legacy(world, five)[0];
    assert_eq!(back.overlap, 1.0, "4G stands at every 5G site");
}
