//! Changes after which exactly the same must come out, or the same up to names. Numbers are those of the list that the project
//! verifies against; the rest of it stands where its subject is:
//!
//! 1. money scaled: `symmetries.rs`, `equilibrium_invariants.rs`
//! 2. operators and vendors renamed or reordered: `symmetries.rs`, and here
//! 3. a constant added to all values: `equilibrium_invariants.rs`, and here through the run
//! 4. no switching cost, network effect or learning: `theory_scenarios.rs`
//! 5. sellers who do not look ahead: `switching.rs`, `known_answers` (V14 at discount 0)
//! 6. a lever at zero: `null_and_pairing.rs`
//! 7. a run split and its halves played on: here
//! 8. an unrelated stream of events: `null_and_pairing.rs`, `symmetries.rs`, and here
//! 9. an equal subsidy on everything, paid for by one sum: `known_answers` (V43)

use std::collections::BTreeMap;

use crate::common::market_day::MarketDay;
use crate::common::{
    MINIMAL, NEVER, Table, WORLD, assert_close, assert_same_trace, child, day, exactly, play, simulate, simulate_all,
    text, watch, whole,
};
use sim_core::calendar::Day;
use sim_core::market::tender::{Continuation, lambdas};
use sim_core::run::{Run, Simulation};

/// (2) The smallest scenario with its vendors in the opposite order.
fn vendors_reversed(head: &str, blocks: &[&str], tail: &str) -> String {
    let reversed: String = blocks.iter().rev().copied().collect();
    format!("{head}{reversed}{tail}")
}

/// Chance of each alternative in the first tender of each slot of operator `north`, by names.
fn chances(simulation: &Simulation) -> BTreeMap<String, f64> {
    let mut market = MarketDay::first(simulation, 0);
    let lambda = lambdas(market.world);
    let mut all = BTreeMap::new();
    for slot in 0..market.world.slots.len() {
        if market.world.slots[slot].operator != 0 || market.state.slots[slot].stack.is_none() {
            continue;
        }
        market.prepare(slot, true);
        let offer = &market.desk.offer;
        let solved = (market.desk.bidding)
            .solve(offer, market.world, &lambda, Continuation::default())
            .expect("an equilibrium");
        for (a, chance) in offer.alternatives.iter().zip(solved.equilibrium.probability) {
            let name = |v: u8| simulation.world().vendors.get(usize::from(v)).map(|v| v.id.clone());
            let sellers = a.seller.map(name);
            all.insert(
                format!("{} {:?} {sellers:?}", market.world.slot_id(slot), a.kind),
                *chance,
            );
        }
    }
    all
}

#[test]
fn the_order_of_vendors_moves_no_chance() {
    // Tastes are addressed by the vendor's place, so they are left out: their law is the same, not their draw.
    let text = text(MINIMAL).replace("persistent_taste_sd_share = 0.10", "persistent_taste_sd_share = 0.0");
    let first = text.find("[[vendor]]").expect("vendors");
    let end = text.find("[measures]").expect("measures");
    let starts: Vec<usize> = text[first..end]
        .match_indices("[[vendor]]")
        .map(|(at, _)| first + at)
        .collect();
    let blocks: Vec<&str> = (0..starts.len())
        .map(|k| &text[starts[k]..*starts.get(k + 1).unwrap_or(&end)])
        .collect();
    assert_eq!(blocks.len(), 3);
    let reversed = vendors_reversed(&text[..first], &blocks, &text[end..]);
    let (a, b) = (simulate(&whole(&text)), simulate(&whole(&reversed)));
    assert_eq!(
        (a.world().vendors[0].id.as_str(), b.world().vendors[0].id.as_str()),
        ("alpha", "gamma")
    );
    let (x, y) = (chances(&a), chances(&b));
    assert!(x.len() >= 16 && x.len() == y.len(), "{} and {}", x.len(), y.len());
    for (name, chance) in &x {
        assert_close(*chance, y[name], 1e-9, name);
    }
}

#[test]
fn quality_that_all_vendors_gain_moves_nothing() {
    // The table of next tenders is closed to a tolerance, so exactness is asked where nobody looks ahead.
    let plain: String = text(MINIMAL)
        .lines()
        .map(|line| match line.split_once(" = ") {
            Some((key, _)) if key == "seller_look_ahead" || key == "buyer" => format!("{key} = 0.0\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let better: String = plain
        .lines()
        .map(|line| match line.split_once(" = ") {
            Some((key, value)) if key == "ru_quality" || key == "bb_quality" => {
                format!("{key} = {:?}\n", value.trim().parse::<f64>().expect("a number") + 0.25)
            }
            _ => format!("{line}\n"),
        })
        .collect();
    let (base, better) = (simulate_all(&whole(&plain)), simulate_all(&whole(&better)));
    assert!(better.world().vendors[0].quality[0] > base.world().vendors[0].quality[0] + 0.2);
    for k in 0..5 {
        let (a, b) = (play(&base, k), play(&better, k));
        let (a, b) = (
            Table {
                simulation: &base,
                record: &a,
            },
            Table {
                simulation: &better,
                record: &b,
            },
        );
        for date in 0..base.dates().len() {
            // Levels of welfare count quality itself.
            let moves = base
                .series()
                .iter()
                .enumerate()
                .filter(|(_, key)| key.measure != "welfare");
            for (s, key) in moves {
                assert_close(a.at(date, s), b.at(date, s), 1e-7, &(k, date, key));
            }
        }
    }
}

/// (7) Plays a replicate to a day, splits it there, and plays both halves on.
fn split(simulation: &Simulation, at: Day) {
    let new = || {
        Run::new(
            simulation.world(),
            simulation.average_buyers(),
            simulation.plan(),
            simulation.dates(),
            simulation.luck(0),
            true,
            true,
        )
    };
    let whole = new().play(&NEVER).expect("a replicate");
    let mut first = new();
    first.play_until(at, &NEVER).expect("a part of a replicate");
    let second = first.branch();
    for (what, run) in [("the run that went on", first), ("its branch", second)] {
        let (values, tenders, counters) = run.play(&NEVER).expect("the rest of a replicate");
        assert!(exactly(&values) == exactly(&whole.0), "{what}, split on {at}: values");
        assert!(exactly(&tenders) == exactly(&whole.1), "{what}, split on {at}: tenders");
        assert_eq!(counters, whole.2, "{what}, split on {at}");
    }
    assert!(whole.1.iter().any(|t| t.time > at) && whole.1.iter().any(|t| t.time <= at));
}

#[test]
fn a_run_that_is_split_plays_the_same_rest() {
    let minimal = simulate_all(&child(MINIMAL, ""));
    for at in [day(2021, 2, 1), day(2024, 7, 14), day(2028, 12, 31)] {
        split(&minimal, at);
    }
    let banned = "[scenario]\nend = 2026-12-31\n[levers.b.procurement_ban]\nannounced = 2021-05-10\nin_force = 2022-01-01\ndeadline = 2025-12-31\nscope = { countries = [\"DEU\"], vendors = [\"huawei\", \"zte\"] }\nreason = \"a test\"\n";
    split(&simulate_all(&child(WORLD, banned)), day(2023, 3, 3));
}

/// (8) Another country in another region, with an operator of its own, shares no vendor's costs while there is no learning: nothing of the first
/// country moves, to the bit.
#[test]
fn an_unrelated_country_moves_no_draw() {
    let still =
        "[learning]\nprogress_ratio = 1.0\nwhite_box_progress_ratio = 1.0\n[integration]\nexperience_exponent = 0.0\n";
    let other = r#"
[[bloc]]
id = "east"
title = "East"
region = true
[[country]]
id = "JPN"
name = "Japan (invented operator)"
region = "east"
blocs = []
price_level = 1.1
labour_level = 0.9
wacc = 0.05
crews_per_1000_sites = 8
credit_eligible = false
environment_mix = { urban = 0.6, rural = 0.4 }
trust = {}
ban_hazard_per_year = {}
installed_4g = { beta = 1.0 }
[country.launch]
4g = 2012-01-01
5g = 2020-06-01
6g = 2030-01-01
[country.rollout_years]
4g = 8
5g = 4
6g = 4
[[operator]]
id = "sakura"
name = "Sakura"
country = "JPN"
sites = 30000
subscribers_m = 30
cohorts = 3
integration_skill = 0.5
"#;
    let alone = simulate_all(&child(MINIMAL, still));
    let beside = simulate_all(&child(MINIMAL, &format!("{still}{other}")));
    for k in 0..3 {
        let (a, b) = (watch(&alone, k).1, watch(&beside, k).1);
        let by_id: BTreeMap<&str, _> = b.tenders.iter().map(|t| (t.id.as_str(), t)).collect();
        assert!(a.tenders.len() > 20 && b.tenders.len() > a.tenders.len());
        for t in &a.tenders {
            let same = by_id[t.id.as_str()];
            let seen = |t: &crate::common::Tender| {
                (
                    t.day,
                    exactly(&t.probabilities),
                    exactly(&t.shocks),
                    exactly(&t.prices),
                    exactly(&t.outcome),
                )
            };
            assert!(seen(t) == seen(same), "replicate {k}: {} differs", t.id);
        }
    }
}

/// Nobody in the market knows when the run ends: the same tenders, to the bit, up to the nearer end.
#[test]
fn the_day_on_which_a_run_ends_moves_nothing_before_it() {
    let until = |end: &str| {
        let simulation = simulate(&child(WORLD, &format!("[scenario]\nend = {end}\n")));
        let mut seen = watch(&simulation, 0).1;
        let last = day(2032, 12, 31);
        seen.tenders.retain(|t| t.day <= last);
        seen.deliveries.retain(|(d, _, _)| *d <= last);
        seen.reviews.retain(|(d, _)| *d <= last);
        seen.launches.retain(|(d, _)| *d <= last);
        seen
    };
    let (near, far) = (until("2032-12-31"), until("2036-12-31"));
    let sixth = |t: &&crate::common::Tender| t.id.contains(".6g");
    assert!(
        near.tenders.iter().filter(sixth).count() > 20,
        "a generation is launched that is not all bought by the nearer end"
    );
    assert_same_trace(&near, &far, "a run that ends later");
}
