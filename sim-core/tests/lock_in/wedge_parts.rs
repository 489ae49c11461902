//! Removing a part of the bill lowers lock-in by at least that part while the rival stays, by exactly it while the path stays too.

use crate::common::market_day::MarketDay;
use crate::common::{MINIMAL, WORLD, child, simulate};
use sim_core::market::switching::{
    Attachment, BROUGHT_FORWARD, CONTRACT_BREAK, INTEGRATION, ITEMS, LEGACY_LAYER, ONBOARDING, OUTAGE, SWAP,
    contract_break,
};
use sim_core::market::terms::Terms;
use sim_core::market::wedge::{Wedge, Wedges};
use sim_core::run::Simulation;
use sim_core::world::{Layer, Stack};

/// Takes one item out of every bill that these terms make for a stack.
fn remove(terms: &mut Terms, stack: &mut Stack, item: usize) {
    match item {
        SWAP => terms.forgo_work(),
        LEGACY_LAYER => terms.x2_anchor = 0.0,
        ONBOARDING => (terms.onboarding, terms.onboarding_open) = (0.0, 0.0),
        CONTRACT_BREAK => {
            terms.break_fee_share = 0.0;
            stack.grant = [0.0; 2];
        }
        OUTAGE => terms.outage = 0.0,
        INTEGRATION => (terms.start_up, terms.operations, terms.extra_vendor) = (0.0, 0.0, 0.0),
        _ => unreachable!("time is no term"),
    }
}

/// What became of the wedges whose bill lost a part.
#[derive(Debug, Default)]
struct Count {
    same_path: usize,
    same_rival: usize,
    other_rival: usize,
    risen: usize,
}

impl Count {
    /// Compares a wedge with the one that has lost `part` of its bill.
    fn compare(&mut self, before: &Wedge, after: &Wedge, items: &[usize], what: &str) {
        let part: f64 = items.iter().map(|i| before.parts[*i]).sum();
        let fall = before.money() - after.money();
        let tolerance = 1e-9 * before.list_price;
        if (before.incumbent, before.rival) != (after.incumbent, after.rival) {
            self.other_rival += 1;
            self.risen += usize::from(fall < -tolerance);
            return;
        }
        for i in items {
            assert!(after.parts[*i].abs() < tolerance, "{what}: {} is left", ITEMS[*i]);
        }
        assert!(
            fall >= part - tolerance,
            "{what}: K falls by {fall}, the part was {part}"
        );
        let others = (0..ITEMS.len()).filter(|i| !items.contains(i));
        if others
            .clone()
            .all(|i| (before.parts[i] - after.parts[i]).abs() < tolerance)
        {
            assert!(
                (fall - part).abs() < tolerance,
                "{what}: K falls by {fall}, not by {part}"
            );
            self.same_path += 1;
        } else {
            self.same_rival += 1;
        }
    }

    fn compare_all(&mut self, before: &[Option<Wedge>; 2], after: &[Option<Wedge>; 2], items: &[usize], what: &str) {
        for (b, a) in before.iter().zip(after) {
            assert_eq!(b.is_some(), a.is_some(), "{what}");
            if let (Some(b), Some(a)) = (b, a) {
                self.compare(b, a, items, what);
            }
        }
    }
}

fn over_the_installed_base(simulation: &Simulation) -> Count {
    let mut day = MarketDay::first(simulation, 0);
    let today = day.state.today;
    let mut count = Count::default();
    for slot in 0..day.world.slots.len() {
        let Some(stack) = day.state.slots[slot].stack else {
            continue;
        };
        let legacy = day.state.legacy(day.world, slot);
        let (life_left, _) = day.state.life(day.world, &stack, today);
        day.prepare(slot, true);
        let whole: Wedges = day.desk.offer.wedges(&stack, legacy, life_left);
        let id = day.world.slot_id(slot);
        for item in [SWAP, LEGACY_LAYER, ONBOARDING, CONTRACT_BREAK, OUTAGE, INTEGRATION] {
            day.prepare(slot, true);
            let mut poorer = stack;
            remove(&mut day.desk.offer.terms, &mut poorer, item);
            let without = day.desk.offer.wedges(&poorer, legacy, life_left);
            let what = format!("{id} without {}", ITEMS[item]);
            count.compare_all(&whole.today, &without.today, &[item], &what);
            count.compare_all(&whole.at_end, &without.at_end, &[item], &what);
        }
        // Time takes its two parts away.
        let what = format!("{id} at its end");
        count.compare_all(&whole.today, &whole.at_end, &[BROUGHT_FORWARD, CONTRACT_BREAK], &what);
    }
    count
}

#[test]
fn a_part_that_goes_takes_at_least_itself_with_it() {
    let small = over_the_installed_base(&simulate(&child(MINIMAL, "")));
    assert!(small.same_path > 50, "{small:?}");
    let world = over_the_installed_base(&simulate(&child(WORLD, "")));
    assert!(world.same_path > 5_000, "{world:?}");
    // Where the rival changes lock-in may rise; it does so rarely.
    assert!(
        world.risen * 20 < world.same_path + world.other_rival,
        "how often lock-in rises: {world:?}"
    );
}

/// The incumbent's path leaves the kit in place to its end: the share of its renewal's work that this puts off is part of what leaving costs today.
#[test]
fn today_the_renewal_that_is_put_off_takes_its_work_along() {
    let simulation = simulate(&child(MINIMAL, ""));
    let mut day = MarketDay::first(&simulation, 0);
    let mut seen = 0;
    for slot in 0..day.world.slots.len() {
        let stack = day.state.slots[slot].stack;
        let Some(stack) = stack.filter(|s| !s.is_open() && day.world.slots[slot].layer != Layer::Core) else {
            continue;
        };
        let legacy = day.state.legacy(day.world, slot);
        let (left, _) = day.state.life(day.world, &stack, day.state.today);
        day.prepare(slot, true);
        let wedges = day.desk.offer.wedges(&stack, legacy, left);
        let terms = &day.desk.offer.terms;
        let put_off: f64 = (0..2)
            .map(|k| terms.share_of_life(left[k]) * terms.renewal_work_share * terms.work(k, false))
            .sum();
        for (today, end) in wedges.today.iter().zip(&wedges.at_end) {
            let (Some(today), Some(end)) = (today, end) else {
                continue;
            };
            if (today.incumbent, today.rival) == (end.incumbent, end.rival) {
                let more = today.parts[SWAP] - end.parts[SWAP];
                assert!(
                    (more - put_off).abs() < 1e-9 * end.list_price,
                    "{more} is not {put_off}"
                );
                seen += usize::from(put_off > 0.0);
            }
        }
    }
    assert!(seen > 5, "{seen}");
}

/// A seller that the operator has nowhere else costs as a further vendor while its kit runs on, too.
#[test]
fn keeping_a_last_foothold_bears_a_further_seller() {
    let simulation = simulate(&child(MINIMAL, ""));
    let mut day = MarketDay::first(&simulation, 0);
    day.prepare(0, true);
    let stack = day.state.slots[0].stack.expect("4G stands");
    let terms = &mut day.desk.offer.terms;
    assert!(terms.extra_vendor > 0.0);
    terms.has_others = true;
    let mut kept = |elsewhere: bool| {
        terms.seller_mut(stack.seller[0]).elsewhere = elsewhere;
        terms.keep(&stack, [8.0; 2], 0.0)
    };
    let dearer = kept(true) - kept(false);
    let expected = terms.share_of_life(terms.keep_years) * terms.extra_vendor;
    assert!(
        (dearer - expected).abs() < 1e-9 * expected,
        "{dearer} is not {expected}"
    );
}

#[test]
fn each_part_breaks_its_own_contract() {
    let simulation = simulate(&child(MINIMAL, ""));
    let mut day = MarketDay::first(&simulation, 0);
    day.prepare(0, true);
    let stack = Stack {
        grant: [0.0, 0.03],
        ..day.state.slots[0].stack.expect("4G stands")
    };
    let terms = &day.desk.offer.terms;
    let attached = Attachment {
        stack: Some(&stack),
        legacy: day.state.legacy(day.world, 0),
        life_left: [0.0, 2.0],
    };
    assert_eq!(contract_break(terms, &attached, &stack, 0), 0.0);
    // Two of eight years of a baseband at two fifths of the price: a fee of 5% and credit worth 3%.
    let expected = 0.4 * terms.price * (0.05 + 0.03) * 2.0 / 8.0;
    assert!((contract_break(terms, &attached, &stack, 1) - expected).abs() < 1e-9);
}
