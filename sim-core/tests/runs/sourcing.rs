//! Sourcing over lots: rules bind and are recorded where they cannot, a second source costs and is worth something, and nothing of it
//! is there by default.

use crate::common::{
    MINIMAL, Table, Tender, Watch, assert_same_record, assert_same_trace, child, simulate_all, simulate_with, vendor,
    watch,
};
use sim_core::market::alternatives::{Alternative, Kind};
use sim_core::measure::Breadth;
use sim_core::run::{Options, Simulation};
use sim_core::world::sourcing::{exposure, second_source_share, sites_by_seller};
use sim_core::world::{Arch, BB, Layer, NO_VENDOR, RU, Stack, State};

/// Two lots of equal sites in each wave of the operator with one supplier.
const LOTS: &str = "[[operator]]\nid = \"north\"\nlots = 2\n";

fn with(rule: &str) -> Simulation {
    simulate_all(&child(MINIMAL, &format!("{LOTS}{rule}")))
}

fn without_core(watch: &Watch, simulation: &Simulation) -> Vec<Tender> {
    let radio = |t: &&Tender| simulation.world().slots[t.slot].layer != Layer::Core;
    watch.tenders.iter().filter(radio).cloned().collect()
}

fn purchases(tender: &Tender) -> impl Iterator<Item = &Alternative> {
    tender.alternatives.iter().filter(|a| a.kind != Kind::Keep)
}

/// A mean of a measure over dates after the first, and over replicates.
fn mean(simulation: &Simulation, measure: &str, vendor: &str, replicates: u64) -> f64 {
    let at = simulation
        .series()
        .iter()
        .position(|k| {
            k.measure == measure
                && k.vendor == vendor
                && k.place == "world"
                && k.component == "ran"
                && k.generation == "all"
        })
        .expect("it is recorded");
    let mut sum = 0.0;
    for k in 0..replicates {
        let (record, _) = watch(simulation, k);
        let table = Table {
            simulation,
            record: &record,
        };
        sum += (1..simulation.dates().len()).map(|d| table.at(d, at)).sum::<f64>();
    }
    sum / replicates as f64 / (simulation.dates().len() - 1) as f64
}

#[test]
fn by_default_and_with_rules_that_ask_nothing_every_byte_stays() {
    let options = Options {
        tenders: true,
        breadth: Breadth::Core,
        ..Options::default()
    };
    let base = simulate_with(&child(MINIMAL, ""), options);
    let nulls = [
        "[sourcing]\n",
        "[sourcing]\nresilience = 0\nloss_hazard_per_year = 0.5\nemergency_months = 48\nsudden_ban_share = 1\nborder_share = 0\n",
        "[[operator]]\nid = \"north\"\nlots = 1\nsourcing = {}\n",
        // A rule that is always met.
        "[sourcing]\nsources_at_least = 1\nshare_at_most = 1\nround_sources_at_most = 4\n",
    ];
    for null in nulls {
        let other = simulate_with(&child(MINIMAL, null), options);
        for k in 0..2 {
            let (a, seen_a) = watch(&base, k);
            let (b, seen_b) = watch(&other, k);
            assert_same_record(&a, &b, null);
            assert_same_trace(&seen_a, &seen_b, null);
        }
    }
    let real = simulate_with(&child(MINIMAL, "[sourcing]\nsources_at_least = 2\n"), options);
    assert_ne!(
        crate::common::exactly(&watch(&base, 0).0.values),
        crate::common::exactly(&watch(&real, 0).0.values),
        "the test can fail"
    );
}

/// Sites by seller of a component in the generation of a tender's lot, that lot left out, as deliveries and awards before it have it.
fn others_before(simulation: &Simulation, watch: &Watch, nth: usize, component: usize) -> Vec<f64> {
    let world = simulation.world();
    let mut state = sim_core::world::State::new(world, &simulation.luck(0));
    for tender in &watch.tenders[..nth] {
        if let Some(a) = tender.bought() {
            let held = state.slots[tender.slot].pending.or(state.slots[tender.slot].stack);
            state.slots[tender.slot].pending = Some(sim_core::world::Stack {
                seller: a.seller,
                arch: a.arch(held.as_ref()),
                is_virtual: a.is_virtual,
                installed: [tender.day; 2],
                exercised: false,
                grant: [0.0; 2],
            });
        }
    }
    let tender = &watch.tenders[nth];
    let own = &world.slots[tender.slot];
    let lots = world.operators[own.operator].slots.clone();
    let others = lots.filter(|s| *s != tender.slot && world.slots[*s].layer == own.layer);
    sites_by_seller(world, &state, others, component)
}

#[test]
fn two_sources_at_least_are_kept_once_there_are_two() {
    let simulation = with("[sourcing]\nsources_at_least = 2\n");
    let (_, seen) = watch(&simulation, 0);
    let (mut held, mut recorded) = (0, 0);
    for (nth, tender) in seen.tenders.iter().enumerate() {
        let Layer::Ran(_) = simulation.world().slots[tender.slot].layer else {
            continue;
        };
        for component in [RU, BB] {
            let others = others_before(&simulation, &seen, nth, component);
            let alone: Vec<usize> = (0..others.len()).filter(|v| others[*v] > 0.0).collect();
            if let [only] = alone[..] {
                for a in purchases(tender).filter(|a| a.buys()[component] && a.seller[component] != NO_VENDOR) {
                    assert_ne!(usize::from(a.seller[component]), only, "{}: {a:?}", tender.id);
                    held += 1;
                }
                recorded += 1;
            }
        }
    }
    assert!(
        held > 20 && recorded > 4,
        "the rule has been binding: {held}, {recorded}"
    );
    let base = with("");
    let shares = [&base, &simulation].map(|s| mean(s, "second_source_share", "all", 12));
    assert!(shares[1] > shares[0] + 0.02, "{shares:?}");
}

#[test]
fn no_award_takes_a_seller_above_its_share() {
    let simulation = with("[sourcing]\nshare_at_most = 0.5\n");
    let (_, seen) = watch(&simulation, 0);
    let world = simulation.world();
    let mut bound = 0;
    for (nth, tender) in seen.tenders.iter().enumerate() {
        let own = &world.slots[tender.slot];
        let Layer::Ran(_) = own.layer else { continue };
        let lots = world.operators[own.operator].slots.clone();
        let all: f64 = lots
            .filter(|s| world.slots[*s].layer == own.layer)
            .map(|s| world.slots[s].sites)
            .sum();
        for component in [RU, BB] {
            let others = others_before(&simulation, &seen, nth, component);
            bound += others.iter().filter(|n| **n + own.sites > 0.5 * all + 1e-6).count();
            for a in purchases(tender).filter(|a| a.buys()[component]) {
                let sites = others[usize::from(a.seller[component])] + own.sites;
                assert!(sites <= 0.5 * all + 1e-6, "{}: {sites} of {all}", tender.id);
            }
        }
    }
    assert!(bound > 20, "{bound}");
}

#[test]
fn a_round_of_one_source_goes_to_one_seller() {
    let simulation = with("[sourcing]\nround_sources_at_most = 1\n");
    let world = simulation.world();
    let mut rounds = 0;
    for k in 0..4 {
        let (_, seen) = watch(&simulation, k);
        let tenders = without_core(&seen, &simulation);
        // Lots of one wave that are bought in the same cycle, one after the other.
        for (i, first) in tenders.iter().enumerate() {
            let own = &world.slots[first.slot];
            let cycle = |t: &Tender| t.id.rsplit(".n").next().map(str::to_owned);
            let Some(won) = first.bought() else { continue };
            let partner = tenders[i + 1..].iter().find(|t| {
                let other = &world.slots[t.slot];
                t.slot != first.slot
                    && (other.operator, other.layer, other.cohort) == (own.operator, own.layer, own.cohort)
                    && cycle(t) == cycle(first)
            });
            let Some(second) = partner.filter(|t| t.alternatives.len() > 1) else {
                continue;
            };
            rounds += 1;
            for a in purchases(second) {
                for k in [RU, BB].into_iter().filter(|k| a.buys()[*k]) {
                    assert_eq!(a.seller[k], won.seller[k], "{} after {}", second.id, first.id);
                }
            }
        }
    }
    assert!(rounds > 10, "{rounds}");
}

#[test]
fn a_rule_that_nobody_can_meet_is_set_aside_and_recorded() {
    // One lot a wave and one wave: every award is the whole network.
    let changes = "[[operator]]\nid = \"north\"\ncohorts = 1\n[sourcing]\nshare_at_most = 0.3\n";
    let simulation = simulate_all(&child(MINIMAL, changes));
    let (record, _) = watch(&simulation, 0);
    let of_north: Vec<_> = (record.tenders.iter())
        .filter(|t| t.operator == "north" && t.kind == "renewal" && t.outcome != "keep")
        .collect();
    assert!(!of_north.is_empty());
    assert!(
        of_north.iter().all(|t| t.outcome == "relaxed"),
        "{:?}",
        of_north[0].outcome
    );
}

/// A world in which sellers fail now and then, and new ones take a year to come.
fn weighed(resilience: f64, hazard: f64) -> String {
    format!("[sourcing]\nresilience = {resilience}\nloss_hazard_per_year = {hazard}\nemergency_months = 12\n")
}

#[test]
fn who_weighs_the_loss_of_a_seller_spreads_his_lots_and_loses_less() {
    let options = ["second_source_share", "service_at_risk"];
    let of = |rule: &str| {
        let s = with(rule);
        (
            mean(&s, options[0], "all", 24),
            ["alpha", "beta", "gamma"]
                .map(|v| mean(&s, options[1], v, 24))
                .iter()
                .sum::<f64>(),
        )
    };
    let plain = of("");
    let careful = of(&weighed(1.0, 0.05));
    assert!(careful.0 > plain.0 + 0.03, "second sources {} {}", plain.0, careful.0);
    assert!(
        careful.1 < 0.9 * plain.1,
        "site-months at risk {} {}",
        plain.1,
        careful.1
    );
}

/// A seller that has all 4G and 5G sites of an operator is replaced by one set of crews, after a year; what is on order from another is not yet there.
#[test]
fn what_is_at_risk_is_what_stands_and_the_crews_are_one() {
    let simulation = simulate_all(&child(MINIMAL, ""));
    let world = simulation.world();
    let mut state = sim_core::world::State::new(world, &simulation.luck(0));
    let (alpha, beta) = (vendor(&simulation, "alpha"), vendor(&simulation, "beta"));
    let operator = 0;
    let stack = |seller| Stack {
        seller: [seller; 2],
        arch: Arch::Closed,
        is_virtual: false,
        installed: [world.start; 2],
        exercised: false,
        grant: [0.0; 2],
    };
    let mut sites = 0.0;
    for slot in world.operators[operator].slots.clone() {
        let both = [Layer::Ran(0), Layer::Ran(1)].contains(&world.slots[slot].layer);
        state.slots[slot].stack = both.then(|| stack(alpha));
        state.slots[slot].pending = None;
        sites += if both { world.slots[slot].sites } else { 0.0 };
    }
    let at_risk = |state: &State, v| exposure(world, state, usize::from(v), |o| o == operator);
    let per_month = world.operators[operator].sites_per_day * 365.25 / 12.0;
    let expected = sites * sites / (2.0 * per_month) + 12.0 * sites;
    let before = at_risk(&state, alpha);
    assert!((before / expected - 1.0).abs() < 1e-12, "{before}, not {expected}");
    for slot in world.operators[operator].slots.clone() {
        state.slots[slot].pending = state.slots[slot].stack.map(|_| stack(beta));
    }
    assert_eq!((at_risk(&state, alpha), at_risk(&state, beta)), (before, 0.0));
    assert_eq!(second_source_share(world, &state, |o| o == operator), 0.0);
}

#[test]
fn the_scenarios_of_theory_play_what_they_say() {
    let base = with("[[operator]]\nid = \"south\"\nlots = 2\n");
    let plain = mean(&base, "second_source_share", "all", 8);
    for name in ["dual-sourcing", "feared-loss"] {
        let s = simulate_all(&child(&format!("theory/{name}.toml"), ""));
        let found = mean(&s, "second_source_share", "all", 8);
        assert!(found > plain, "{name}: {found}, {plain} without it");
    }
}

#[test]
fn a_hazard_of_nothing_or_a_weight_of_nothing_moves_no_value() {
    let base = with("");
    for rule in [weighed(1.0, 0.0), weighed(0.0, 0.5)] {
        let other = with(&rule);
        let (a, seen_a) = watch(&base, 0);
        let (b, seen_b) = watch(&other, 0);
        assert_same_record(&a, &b, &rule);
        assert_same_trace(&seen_a, &seen_b, &rule);
    }
}

#[test]
fn a_border_with_another_sellers_lots_costs_and_one_of_ones_own_does_not() {
    let base = with("");
    let joined = with("[sourcing]\nborder_share = 0.2\n");
    let world = base.world();
    let (_, seen) = watch(&joined, 0);
    let (_, plain) = watch(&base, 0);
    let alpha = vendor(&base, "alpha");
    // The first tender of north: all its other lots are alpha's.
    let is_first = |t: &&Tender| {
        let own = &world.slots[t.slot];
        world.operators[own.operator].id == "north" && own.layer == Layer::Ran(0)
    };
    let (a, b) = (
        plain.tenders.iter().find(is_first).expect("it renews"),
        seen.tenders.iter().find(is_first).expect("it renews"),
    );
    assert_eq!(a.id, b.id);
    let anchor = 17_500.0 * (1.0 - 0.1);
    let mut strangers = 0;
    for (i, alternative) in a.alternatives.iter().enumerate() {
        let same = b
            .alternatives
            .iter()
            .position(|x| x == alternative)
            .expect("the same offer");
        let more = b.bills[same][2] - a.bills[i][2];
        let expected = if alternative.kind == Kind::Keep || alternative.seller[BB] == alpha {
            0.0
        } else {
            strangers += 1;
            0.2 * anchor
        };
        // Maturity of X2 has moved little since the start.
        assert!(
            (more - expected).abs() < 0.1 * expected + 1e-9,
            "{alternative:?}: {more}, not {expected}"
        );
    }
    assert!(strangers > 0);
}
