//! Values are computed in parts that many alternatives, slots and operators share. Here each is computed alone as well: they are the same,
//! to the last bit.

use crate::common::market_day::MarketDay;
use crate::common::{MINIMAL, WORLD, child, day, simulate, watch};
use sim_core::market::alternatives::{self, Alternative, Kind};
use sim_core::market::switching::{Attachment, Bills};
use sim_core::market::terms::{Buyer, Market, Rules, Terms};
use sim_core::measure::stocks::valuation_order;
use sim_core::world::{BB, Layer, RU, Stack};
use std::collections::BTreeMap;

fn buyer<'a>(market: &MarketDay<'a>, slot: usize) -> Buyer<'a> {
    let info = &market.world.slots[slot];
    let operator = &market.world.operators[info.operator];
    Buyer {
        country: &market.world.countries[info.country],
        rules: Rules::Country(info.country, operator.mark),
        operator: Some((info.operator, operator)),
        slot: info,
    }
}

fn is_partial(a: &Alternative) -> bool {
    matches!(a.kind, Kind::PartialRu | Kind::PartialBb)
}

/// Alternatives valued in rows against each by itself. Returns how many were pairs of two sellers.
fn rows(market: &mut MarketDay<'_>, step: usize) -> usize {
    let mut pairs = 0;
    for slot in (0..market.world.slots.len()).step_by(step) {
        let stack = market.state.slots[slot].stack;
        let attached = Attachment {
            stack: stack.as_ref(),
            legacy: market.state.legacy(market.world, slot),
            life_left: [0.0; 2],
        };
        market.prepare(slot, false);
        let offer = &market.desk.offer;
        let terms = &offer.terms;
        let mut bills = Bills::default();
        bills.fill(terms, Some(&attached));
        for (i, a) in offer.alternatives.iter().enumerate() {
            let what = format!("{} {a:?}", market.world.slot_id(slot));
            assert_eq!(
                offer.bills[i].map(f64::to_bits),
                bills.of(terms, a).map(f64::to_bits),
                "{what}"
            );
            let alone = [terms.flow(a, stack.as_ref()), terms.cost(a), terms.list_price(a)];
            let found = [offer.flows[i], offer.costs[i], offer.list_prices[i]];
            assert_eq!(found.map(f64::to_bits), alone.map(f64::to_bits), "{what}");
            pairs += usize::from(a.kind == Kind::OpenMulti);
        }
    }
    pairs
}

/// The sides of each wedge at end of life against the best of all alternatives, looked at one by one. Returns how many there were.
fn sides(market: &mut MarketDay<'_>, step: usize) -> usize {
    let mut wedges = 0;
    let mut all = Vec::new();
    for slot in (0..market.world.slots.len()).step_by(step) {
        let Some(stack) = market.state.slots[slot].stack else {
            continue;
        };
        market.prepare(slot, true);
        let legacy = market.state.legacy(market.world, slot);
        let found = market.desk.offer.wedges(&stack, legacy, [0.0; 2]);
        let terms = &market.desk.offer.terms;
        let mut bills = Bills::default();
        bills.fill(
            terms,
            Some(&Attachment {
                stack: Some(&stack),
                legacy,
                life_left: [0.0; 2],
            }),
        );
        alternatives::list(terms, Some(&stack), &mut all);
        let value = |a: &Alternative| {
            terms.flow(a, Some(&stack)) - bills.of(terms, a).iter().sum::<f64>() - terms.list_price(a)
        };
        for component in [RU, BB] {
            let Some(wedge) = found.at_end[component] else { continue };
            wedges += 1;
            let best = |same: bool| {
                let side = all
                    .iter()
                    .filter(|a| !is_partial(a) && (a.seller[component] == stack.seller[component]) == same);
                side.map(value).fold(f64::NEG_INFINITY, f64::max)
            };
            let id = market.world.slot_id(slot);
            assert_eq!(value(&wedge.rival), best(false), "{id}: rival {:?}", wedge.rival);
            // The renewal of what stands is a path even where its seller may not sell.
            let incumbent = value(&wedge.incumbent);
            assert!(incumbent >= best(true), "{id}: incumbent {:?}", wedge.incumbent);
            if all.contains(&wedge.incumbent) {
                assert_eq!(incumbent, best(true), "{id}: incumbent {:?}", wedge.incumbent);
            }
        }
    }
    wedges
}

/// Terms entered from a market that operators share, and fitted from slot to slot, against terms filled anew. Returns how many were fitted
/// without being entered again.
fn terms(market: &MarketDay<'_>) -> usize {
    let (world, state, posted, today) = (market.world, &market.state, &market.posted, market.state.today);
    let (mut shared, mut anew) = (Terms::default(), Terms::default());
    // No rule stands yet, so that the first operator of a country sees the market as all others do.
    let mut markets: BTreeMap<(usize, Layer), Market> = BTreeMap::new();
    let (mut entered, mut fitted) = (None, 0);
    for slot in valuation_order(world) {
        let buyer = buyer(market, slot);
        let info = buyer.slot;
        let held: Option<Stack> = state.slots[slot].stack;
        let here = markets.entry((info.country, info.layer)).or_insert_with(|| {
            let mut here = Market::default();
            here.fill(world, state, posted, (buyer.country, &buyer.rules), info.layer, today);
            here
        });
        let of_network = Some((
            info.operator,
            info.layer,
            info.price.to_bits(),
            info.cost_scale.to_bits(),
        ));
        if entered != of_network {
            shared.enter(here, world, state, posted, &buyer, held.as_ref());
            entered = of_network;
        } else {
            fitted += 1;
        }
        shared.fit(world, state, posted, &buyer, held.as_ref(), today);
        anew.fill(world, state, posted, &buyer, held.as_ref(), today);
        let id = world.slot_id(slot);
        for (v, (a, b)) in shared.sellers().iter().zip(anew.sellers()).enumerate() {
            let name = &world.vendors[v].id;
            assert_eq!(format!("{a:?}"), format!("{b:?}"), "{id}: {name}");
        }
        let whole = |t: &Terms| {
            (
                t.has_others,
                t.may_run,
                t.wacc,
                t.outage,
                t.operations,
                t.work(BB, true),
            )
        };
        assert_eq!(whole(&shared), whole(&anew), "{id}");
    }
    fitted
}

#[test]
fn what_is_shared_is_what_each_would_be_alone() {
    let small = simulate(&child(MINIMAL, ""));
    let mut market = MarketDay::first(&small, 0);
    assert!(rows(&mut market, 1) + sides(&mut market, 1) > 0);
    let world = simulate(&child(WORLD, ""));
    let (_, watched) = watch(&world, 0);
    for year in [2020, 2031] {
        let mut market = if year == 2020 {
            MarketDay::first(&world, 0)
        } else {
            MarketDay::later(&world, 0, &watched, day(year, 1, 1))
        };
        assert!(rows(&mut market, 11) > 2_000);
        assert!(sides(&mut market, 7) > 100);
        assert!(terms(&market) > 100);
    }
}
