//! The itemised bill of an alternative: what it costs beside its price, given what stands.
//!
//! Each item is counted in full here. Switching cost is the *excess over the incumbent's own path*, which the
//! wedge and the tables take as a difference; with nothing installed (the unattached twin) the same function gives the
//! bill of a first purchase.

use super::alternatives::{Alternative, Kind};
use super::terms::Terms;
use crate::world::{BB, NO_VENDOR, RU, Stack};

/// Names of the items, in the order of every array of items.
pub const ITEMS: [&str; 7] = ["swap", "brought_forward", "legacy_layer", "onboarding", "contract_break", "outage", "integration"];
/// Physical work.
pub const SWAP: usize = 0;
/// Kit with life left is removed.
pub const BROUGHT_FORWARD: usize = 1;
/// Integration with a neighbouring generation.
pub const LEGACY_LAYER: usize = 2;
/// Training and tools for a new vendor.
pub const ONBOARDING: usize = 3;
/// Break fee and unpaid concessional credit.
pub const CONTRACT_BREAK: usize = 4;
/// Outage and migration.
pub const OUTAGE: usize = 5;
/// Joints between sellers: start-up and yearly operation.
pub const INTEGRATION: usize = 6;

/// What an operator is attached to when it compares alternatives.
#[derive(Debug, Clone, Copy)]
pub struct Attachment<'a> {
    /// Kit in the slot; `None` at a first purchase.
    pub stack: Option<&'a Stack>,
    /// Baseband sellers of the neighbouring generations at the same sites.
    pub legacy: [u8; 2],
    /// Years of life left of each component if it were replaced now (0 at end of life).
    pub life_left: [f64; 2],
}

/// The bill of an alternative for a buyer with this attachment; `None` is the unattached twin.
///
/// Money per site. The sum of the items, not their excess, enters the value of an alternative, all but item 2,
/// `brought_forward`: price and continuation already contain it.
#[must_use]
pub fn bill(terms: &Terms, attached: Option<&Attachment>, a: &Alternative) -> [f64; 7] {
    let mut items = [0.0; 7];
    let stack = attached.and_then(|h| h.stack);
    let buys = a.buys();
    for component in [RU, BB] {
        if !buys[component] {
            continue;
        }
        let seller = a.seller[component];
        match stack {
            // A first installation is the same work for every seller: no part of a comparison.
            None => {}
            Some(s) if s.seller[component] == seller => {
                items[SWAP] += terms.renewal_work_share * terms.work(component, s.is_virtual && a.is_virtual);
            }
            Some(s) => {
                items[SWAP] += terms.work(component, s.is_virtual && a.is_virtual && component == BB);
                items[OUTAGE] += terms.weight[component] * terms.outage;
            }
        }
        if let (Some(h), Some(s)) = (attached, stack) {
            let left = h.life_left[component];
            if left > 0.0 {
                let price = terms.price * terms.weight[component];
                items[BROUGHT_FORWARD] += price * terms.share_of_life(left);
                if s.seller[component] != seller {
                    let credit = terms.seller(s.seller[component]).grant;
                    items[CONTRACT_BREAK] += price * (terms.break_fee_share + credit) * left / terms.term;
                }
            }
        }
    }
    if let Some(h) = attached {
        items[LEGACY_LAYER] = legacy_layer(terms, h, a);
    }
    items[ONBOARDING] = onboarding(terms, attached.is_some(), a);
    items[INTEGRATION] = integration(terms, attached, a);
    items
}

/// Joining a new baseband with the neighbouring generations of another seller: the X2 integration or, where it
/// is cheaper, replacing the neighbour's baseband as well.
fn legacy_layer(terms: &Terms, h: &Attachment, a: &Alternative) -> f64 {
    let seller = a.seller[BB];
    if !a.buys()[BB] || h.stack.is_some_and(|s| s.seller[BB] == seller) {
        return 0.0; // nothing new at this joint: it has been integrated
    }
    let strangers = h.legacy.iter().filter(|l| **l != NO_VENDOR && **l != seller).count();
    strangers as f64 * terms.x2_anchor.min(terms.legacy_swap)
}

/// Training and tools for each seller that is new to the operator.
fn onboarding(terms: &Terms, attached: bool, a: &Alternative) -> f64 {
    let of = |component: usize| {
        let s = terms.seller(a.seller[component]);
        let untrained = if attached { 1.0 - s.trained } else { 1.0 };
        untrained * if a.kind == Kind::Closed { terms.onboarding } else { terms.onboarding_open }
    };
    match a.kind {
        Kind::Keep => 0.0,
        Kind::PartialRu => of(RU),
        Kind::PartialBb => of(BB),
        _ if a.is_multi() => of(RU) + of(BB),
        _ => of(BB),
    }
}

/// Joints between two sellers, and sellers beyond the operator's first.
fn integration(terms: &Terms, attached: Option<&Attachment>, a: &Alternative) -> f64 {
    let mut cost = 0.0;
    if a.is_multi() {
        let runs = attached.and_then(|h| h.stack).is_some_and(|s| s.seller == a.seller);
        if !runs {
            cost += terms.start_up * terms.pair_learning(a.seller);
        }
        cost += terms.operations;
    }
    if attached.is_some() {
        let strangers = [RU, BB].into_iter().filter(|k| {
            let v = a.seller[*k];
            v != NO_VENDOR && (*k == RU || v != a.seller[RU]) && !terms.seller(v).elsewhere
        });
        let others = if terms.has_others { strangers.count() } else { strangers.count().saturating_sub(1) };
        cost += terms.extra_vendor * others as f64;
    }
    cost
}
