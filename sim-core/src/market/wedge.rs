//! The wedge (L2): lock-in as the gap that switching cost drives between the incumbent and its best rival.
//!
//! At posted list prices, `u_a(h)` is the value of alternative `a` to the operator with its stack `h`, `u_a(0)` to its
//! unattached twin; `i` is the incumbent's best alternative, `r` the best in which it does not supply the component:
//! ```text
//! K = [u_i(h) - u_r(h)] - [u_i(0) - u_r(0)]
//! ```
//! Quality, price, taste and risk are the same for both buyers and drop out, so that K is the difference of two
//! itemised bills and its parts sum to it exactly. What the twin would prefer anyway, `u_i(0) - u_r(0)`, is
//! the preference gap: it stands beside K and is never part of it.
//!
//! Two moments are valued in one pass. *At end of life* no kit has life left (the lock-in curve). *Today* (the lock-in
//! index) a change brings the next purchase forward and breaks the contract, while the incumbent's path leaves the
//! kit in place to its end. Partial renewals are no rival here: at end of life the path that changes one
//! component and renews the other with its own seller stands for them, so that both buyers buy the same.

use super::alternatives::{Alternative, Kind};
use super::switching::{Attachment, BROUGHT_FORWARD, CONTRACT_BREAK, SWAP};
use super::terms::Terms;
use crate::world::{BB, NO_VENDOR, RU, Stack};

/// One wedge of one component at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wedge {
    /// The incumbent's best alternative.
    pub incumbent: Alternative,
    /// The rival's.
    pub rival: Alternative,
    /// K by item, money per site; the sum is K.
    pub parts: [f64; 7],
    /// List price of the incumbent's alternative.
    pub list_price: f64,
    /// Lead of the incumbent with the unattached twin, money per site.
    pub preference_gap: f64,
}

impl Wedge {
    /// K, money per site.
    #[must_use]
    pub fn money(&self) -> f64 {
        self.parts.iter().sum()
    }

    /// L2: K over the list price of the incumbent's alternative.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.money() / self.list_price
    }
}

/// The wedges of both components, at end of life and today; `None` where the incumbent or any rival may not sell.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Wedges {
    /// At end of life, by component.
    pub at_end: [Option<Wedge>; 2],
    /// Today, by component.
    pub today: [Option<Wedge>; 2],
}

/// Best alternative so far.
#[derive(Clone, Copy)]
struct Best {
    value: f64,
    index: usize,
}

const NONE: Best = Best { value: f64::NEG_INFINITY, index: usize::MAX };

impl Best {
    fn offer(&mut self, value: f64, index: usize) {
        if value > self.value {
            *self = Best { value, index };
        }
    }
}

/// What leaving the running stack today costs beside the path itself: (brought forward, contract break).
fn leaving_today(terms: &Terms, left: [f64; 2], stack: &Stack, a: &Alternative) -> (f64, f64) {
    let mut forward = 0.0;
    let mut fee = 0.0;
    for component in [RU, BB] {
        let price = terms.price * terms.weight[component];
        if left[component] > 0.0 && price > 0.0 {
            forward += price * terms.share_of_life(left[component]);
            if stack.seller[component] != a.seller[component] {
                let credit = terms.seller(stack.seller[component]).grant;
                fee += price * (terms.break_fee_share + credit) * left[component] / terms.term;
            }
        }
    }
    (forward, fee)
}

/// Values the installed stack at posted prices. `alternatives` is what may be bought today ([`super::alternatives::list`]);
/// `life_left` the years of life left of each component. No equilibrium is solved and nothing allocated.
#[must_use]
pub fn value(terms: &Terms, stack: &Stack, legacy: [u8; 2], life_left: [f64; 2], alternatives: &[Alternative]) -> Wedges {
    let attached = Attachment { stack: Some(stack), legacy, life_left: [0.0; 2] };
    // By moment (end of life, today), component, and side (incumbent, rival).
    let mut best = [[[NONE; 2]; 2]; 2];
    for (index, a) in alternatives.iter().enumerate() {
        if matches!(a.kind, Kind::PartialRu | Kind::PartialBb) {
            continue;
        }
        let bill = terms.bill(Some(&attached), a);
        let value = terms.flow(a, Some(stack)) - bill.iter().sum::<f64>() - terms.list_price(a);
        let (forward, fee) = leaving_today(terms, life_left, stack, a);
        for component in [RU, BB] {
            let held = stack.seller[component];
            if held == NO_VENDOR {
                continue;
            }
            let side = usize::from(a.seller[component] != held);
            best[0][component][side].offer(value, index);
            best[1][component][side].offer(if side == 0 { value } else { value - forward - fee }, index);
        }
    }
    let wedge = |moment: usize, component: usize| -> Option<Wedge> {
        let [i, r] = best[moment][component];
        let (i, r) = (alternatives.get(i.index)?, alternatives.get(r.index)?);
        let mut of_rival = terms.bill(Some(&attached), r);
        if moment == 1 {
            let (forward, fee) = leaving_today(terms, life_left, stack, r);
            of_rival[BROUGHT_FORWARD] = forward;
            of_rival[CONTRACT_BREAK] = fee;
        }
        let of_incumbent = terms.bill(Some(&attached), i);
        let (twin_i, twin_r) = (terms.bill(None, i), terms.bill(None, r));
        let mut parts = [0.0; 7];
        for (item, part) in parts.iter_mut().enumerate() {
            *part = (of_rival[item] - of_incumbent[item]) - (twin_r[item] - twin_i[item]);
        }
        let twin = |a: &Alternative, bill: &[f64; 7]| terms.flow(a, None) - bill.iter().sum::<f64>() - terms.list_price(a);
        debug_assert!(twin_i[SWAP] == 0.0 && twin_r[SWAP] == 0.0, "a first purchase has nothing to swap");
        Some(Wedge { incumbent: *i, rival: *r, parts, list_price: terms.list_price(i), preference_gap: twin(i, &twin_i) - twin(r, &twin_r) })
    };
    Wedges { at_end: [wedge(0, RU), wedge(0, BB)], today: [wedge(1, RU), wedge(1, BB)] }
}
