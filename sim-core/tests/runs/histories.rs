//! L6 and L7 as measures of a run: asked by name alone, with the answers that must come out where they are known.

use crate::common::{MINIMAL, Table, assert_same_record, child, play, simulate, simulate_all};
use sim_core::draws::Luck;
use sim_core::market::offer::Offer;
use sim_core::market::posted::Posted;
use sim_core::market::switching::{
    Attachment, BROUGHT_FORWARD, Bills, CONTRACT_BREAK, INTEGRATION, ONBOARDING, OUTAGE, SWAP,
};
use sim_core::market::terms::{Buyer, Rules};
use sim_core::run::Simulation;
use sim_core::run::histories::memoryless;
use sim_core::scenario::Scenario;
use sim_core::world::State;
use sim_core::world::build::build;
use std::sync::Arc;

/// Few and short histories.
const SMALL: &str = "[measures.histories]\nearly = 6\nlate = 3\nearly_years = 4\n";

/// Values of a measure by date, in one replicate.
fn values(s: &Simulation, measure: &str, vendor: &str, part: &str, k: u64) -> Vec<f64> {
    let at = (s.series().iter())
        .position(|x| x.measure == measure && x.vendor == vendor && x.part == part)
        .expect("it is recorded");
    let record = play(s, k);
    let table = Table {
        simulation: s,
        record: &record,
    };
    (0..s.dates().len()).map(|d| table.at(d, at)).collect()
}

#[test]
fn they_are_recorded_by_name_alone_and_change_no_other_value() {
    let all = simulate_all(&child(MINIMAL, ""));
    for name in ["path_dependence", "unlocking_cost"] {
        assert!(!all.plan().records(name), "{name}");
    }
    let plain = simulate(&child(MINIMAL, ""));
    let asked = simulate(&child(
        MINIMAL,
        &format!("[measures]\nextra = [\"path_dependence\", \"unlocking_cost\"]\n{SMALL}start_every_years = 8\n"),
    ));
    let (a, b) = (play(&plain, 0), play(&asked, 0));
    let mut same = 0;
    for (s, key) in plain.series().iter().enumerate() {
        let other = asked.series().iter().position(|k| k == key).expect("nothing is lost");
        for d in 0..plain.dates().len() {
            let [x, y] = [
                a.values[d * plain.series().len() + s],
                b.values[d * asked.series().len() + other],
            ];
            assert_eq!(x.to_bits(), y.to_bits(), "{key:?}");
            same += 1;
        }
    }
    assert!(same > 1000);
    assert_same_record(&b, &play(&asked, 0), "the same bytes again");
}

#[test]
fn path_dependence_is_a_share_that_memory_raises() {
    let s = simulate(&child(
        MINIMAL,
        &format!("[measures]\nextra = [\"path_dependence\"]\n{SMALL}"),
    ));
    let until = s.world().start.plus_years(4.0);
    let mean = |part: &str| {
        let (mut sum, mut n) = (0.0, 0.0);
        for k in 0..6 {
            let found = values(&s, "path_dependence", "alpha", part, k);
            for (day, value) in s.dates().iter().zip(found) {
                if *day <= until {
                    assert!(value.is_nan(), "nothing is late yet on {day}");
                } else if value.is_finite() {
                    assert!((-0.6..=1.0 + 1e-12).contains(&value), "{day}: {value}");
                    // Half a cycle after the early years: what was bought early still stands in the mean otherwise.
                    if until.years_until(*day) > 8.5 {
                        (sum, n) = (sum + value, n + 1.0);
                    }
                }
            }
        }
        assert!(n > 10.0, "{n}");
        sum / n
    };
    let [as_is, memoryless] = ["as_is", "memoryless"].map(mean);
    assert!(as_is > memoryless, "{as_is} {memoryless}");
    assert!(
        memoryless.abs() < 0.25,
        "once all kit has been renewed, nothing is left: {memoryless}"
    );
}

/// In the world without memory a buyer with kit, years of its life left, pays item by item what one without pays.
#[test]
fn without_memory_the_bill_of_leaving_is_that_of_a_first_purchase() {
    // Credit that falls due on leaving, and lines open from the start.
    let binding = r#"
[[country]]
id = "DEU"
credit_eligible = true
[[vendor]]
id = "alpha"
credit = { interest = 0.02, tenor_years = 10, grace_years = 2, financed_share = 0.8 }
[[vendor]]
id = "beta"
opens = 2018-01-01
"#;
    let document = child(MINIMAL, binding);
    let decoded = sim_core::scenario::decode(&document).unwrap_or_else(|faults| panic!("{faults}"));
    let scenario = decoded.value;
    let differences = |scenario: Scenario| {
        let world = build(&Arc::new(scenario)).expect("consistent");
        let state = State::new(&world, &Luck::new(0, 0));
        let posted = Posted::new(&world, &state);
        // Largest difference by item.
        let mut most = [0.0_f64; 7];
        for (i, slot) in world.slots.iter().enumerate() {
            let Some(stack) = state.slots[i].stack else { continue };
            let attached = Attachment {
                stack: Some(&stack),
                legacy: state.legacy(&world, i),
                life_left: [4.0; 2],
            };
            let buyer = Buyer {
                country: &world.countries[slot.country],
                rules: Rules::Country(slot.country, world.operators[slot.operator].mark),
                operator: Some((slot.operator, &world.operators[slot.operator])),
                slot,
            };
            let mut offer = Offer::default();
            offer.prepare(
                &world,
                &state,
                &posted,
                &buyer,
                Some(&attached),
                [4.0; 2],
                false,
                world.start,
            );
            let mut first = Bills::default();
            first.fill(&offer.terms, None);
            for a in offer.alternatives.iter().filter(|a| a.buys() == [true; 2]) {
                let mut all = Bills::default();
                all.fill(&offer.terms, Some(&attached));
                let (with, without) = (all.of(&offer.terms, a), first.of(&offer.terms, a));
                for item in (0..7).filter(|item| *item != BROUGHT_FORWARD) {
                    most[item] = most[item].max((with[item] - without[item]).abs());
                }
            }
        }
        most
    };
    let with_memory = differences(scenario.clone());
    for item in [SWAP, ONBOARDING, CONTRACT_BREAK, OUTAGE, INTEGRATION] {
        assert!(with_memory[item] > 0.0, "item {item} binds: {with_memory:?}");
    }
    let without = differences(memoryless(&scenario));
    assert_eq!(without, [0.0; 7]);
}

fn unlocking(share: f64) -> Vec<f64> {
    let s = simulate(&child(
        MINIMAL,
        &format!(
            "[measures]\nextra = [\"unlocking_cost\"]\n[measures.histories]\ntipped_share = {share}\nstart_every_years = 6\n"
        ),
    ));
    values(&s, "unlocking_cost", "all", "all", 0)
}

#[test]
fn what_is_tipped_already_costs_nothing_and_more_of_it_costs_more() {
    let defined = |v: &[f64]| v.iter().filter(|x| x.is_finite()).count();
    let nothing = unlocking(0.0);
    assert!(
        defined(&nothing) == 3 && nothing.iter().all(|x| x.is_nan() || *x == 0.0),
        "{nothing:?}"
    );
    let [some, more] = [0.4, 0.8].map(unlocking);
    assert!(
        some[0] >= 0.0 && (more[0] >= some[0] || more[0].is_nan()),
        "{some:?} {more:?}"
    );
    assert!(
        [some, more].iter().flatten().any(|x| *x > 0.0),
        "a grant is needed somewhere"
    );
}
