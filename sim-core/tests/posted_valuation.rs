//! The wedge of the installed base is taken at posted list prices, without solving a tender for each slot. Here each of a
//! thousand slots of the reference world is put out to tender as well, and the rival is chosen at the bids.

mod common;

use common::market_day::MarketDay;
use common::{WORLD, child, day, simulate, watch};
use sim_core::market::alternatives::{Alternative, Kind};
use sim_core::market::tender::{Continuation, lambdas};
use sim_core::world::{BB, Layer, NO_VENDOR, RU};

/// Slots that are valued at least.
const SLOTS: usize = 1000;

/// |K at list prices - K with incumbent's and rival's alternatives chosen at bids| over the list price, of every so manieth
/// slot with kit, both components.
fn differences(market: &mut MarketDay, step: usize, offset: usize, out: &mut Vec<f64>) -> usize {
    let lambda = lambdas(market.world);
    let mut slots = 0;
    for slot in (offset..market.world.slots.len()).step_by(step) {
        let Some(stack) = market.state.slots[slot].stack.filter(|_| market.world.slots[slot].layer != Layer::Core) else { continue };
        market.prepare(slot, true);
        let legacy = market.state.legacy(market.world, slot);
        let wedges = market.desk.offer.wedges(&stack, legacy, [0.0; 2]);
        let offer = &market.desk.offer;
        if offer.alternatives.is_empty() {
            continue;
        }
        let solved = market.desk.bidding.solve(offer, market.world, &lambda, Continuation::default()).expect("an equilibrium");
        assert!(solved.equilibrium.converged);
        slots += 1;
        for component in [RU, BB] {
            let Some(wedge) = wedges.at_end[component].filter(|_| stack.seller[component] != NO_VENDOR) else { continue };
            let best = |incumbent: bool| -> Option<usize> {
                let fits = |a: &Alternative| !matches!(a.kind, Kind::Keep | Kind::PartialRu | Kind::PartialBb) && (a.seller[component] == stack.seller[component]) == incumbent;
                let surplus = |a: usize| offer.values[a] - solved.price(a);
                (0..offer.alternatives.len()).filter(|a| fits(&offer.alternatives[*a])).max_by(|a, b| surplus(*a).total_cmp(&surplus(*b)))
            };
            let (i, r) = (best(true).expect("the incumbent sells"), best(false).expect("a rival sells"));
            let bill = |a: usize| -> f64 { offer.bills[a].iter().sum() };
            let twin = |a: usize| -> f64 { offer.two_bills.twin().of(&offer.terms, &offer.alternatives[a]).iter().sum() };
            let at_bids = (bill(r) - bill(i)) - (twin(r) - twin(i));
            out.push((wedge.money() - at_bids).abs() / wedge.list_price);
        }
    }
    slots
}

#[test]
fn posted_valuation_is_close_to_the_full_tender() {
    let simulation = simulate(&child(WORLD, ""));
    let mut all = Vec::new();
    let mut slots = 0;
    let whole = simulation.world().slots.len();
    for k in 0..2 {
        let (_, watch) = watch(&simulation, k);
        for (i, year) in [2020, 2026, 2033, 2040].into_iter().enumerate() {
            let mut market = if year == 2020 { MarketDay::first(&simulation, k) } else { MarketDay::later(&simulation, k, &watch, day(year, 1, 1)) };
            slots += differences(&mut market, (whole / (2 * SLOTS / 8)).max(1), i, &mut all);
        }
    }
    assert!(slots >= SLOTS, "only {slots} slots");
    all.sort_by(f64::total_cmp);
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    let p95 = all[all.len() * 95 / 100];
    println!("slots {slots} wedges {} mean {mean} p95 {p95} max {} nonzero {}", all.len(), all[all.len() - 1], all.iter().filter(|x| **x > 1e-9).count());
    assert!(mean < 0.0, "{mean} {p95}");
}
