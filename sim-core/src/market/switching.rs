//! The itemised bill of an alternative: what it costs beside its price, given what stands.
//!
//! Each item is counted in full here. Switching cost is the *excess over the incumbent's own path*, which the
//! wedge and the tables take as a difference; with nothing installed (the unattached twin) the same function gives the
//! bill of a first purchase.

use super::alternatives::{Alternative, Kind};
use super::terms::Terms;
use crate::world::{BB, NO_VENDOR, Neighbour, RU, Stack};

/// Names of the items, in the order of every array of items.
pub const ITEMS: [&str; 7] = [
    "swap",
    "brought_forward",
    "legacy_layer",
    "onboarding",
    "contract_break",
    "outage",
    "integration",
];
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
    /// The neighbouring generations at the same sites.
    pub legacy: [Neighbour; 2],
    /// Years of life left of each component if it were replaced now (0 at end of life).
    pub life_left: [f64; 2],
}

/// What one component costs beside its price if it comes from a given seller.
#[derive(Debug, Clone, Copy, Default)]
struct PartBill {
    swap: f64,
    /// The same with virtual software (baseband only).
    swap_virtual: f64,
    brought_forward: f64,
    legacy_layer: f64,
    onboarding: f64,
    onboarding_open: f64,
    contract_break: f64,
    outage: f64,
    /// A seller that the operator does not have elsewhere.
    stranger: bool,
}

/// The bills of all alternatives of one buyer: per component and seller, added up per alternative.
///
/// With no attachment it is the bill of the unattached twin: a first purchase, untrained for anybody.
#[derive(Debug, Clone, Default)]
pub struct Bills {
    /// By component and seller; empty for the twin, to whom all sellers are alike.
    parts: [Vec<PartBill>; 2],
    /// Any seller's component, to the twin.
    alike: PartBill,
    /// Sellers of the kit that stands.
    held: Option<[u8; 2]>,
    attached: bool,
}

impl Bills {
    /// Prepares the bills of a buyer. Money per site.
    pub fn fill(&mut self, terms: &Terms, attached: Option<&Attachment>) {
        self.attached = attached.is_some();
        let stack = attached.and_then(|h| h.stack);
        self.held = stack.map(|s| s.seller);
        self.alike = PartBill {
            onboarding: terms.onboarding,
            onboarding_open: terms.onboarding_open,
            ..PartBill::default()
        };
        for component in [RU, BB] {
            let parts = &mut self.parts[component];
            parts.clear();
            if let Some(h) = attached {
                fill_parts(parts, terms, h, component);
            }
        }
    }

    fn part(&self, component: usize, seller: u8) -> &PartBill {
        if self.attached {
            &self.parts[component][usize::from(seller)]
        } else {
            &self.alike
        }
    }

    /// What a component costs at least, from a seller: its own items without onboarding, integration and `brought_forward`.
    #[must_use]
    pub fn component(&self, component: usize, seller: u8, is_virtual: bool) -> f64 {
        let p = self.part(component, seller);
        let swap = if is_virtual && component == BB {
            p.swap_virtual
        } else {
            p.swap
        };
        swap + p.legacy_layer + p.contract_break + p.outage
    }

    /// Taking on a seller of open parts.
    #[must_use]
    pub fn onboarding(&self, seller: u8) -> f64 {
        self.part(BB, seller).onboarding_open
    }

    /// The bill of an alternative, in the order of [`ITEMS`].
    ///
    /// The sum of the items, not their excess, enters the value of an alternative, all but item 2, `brought_forward`: price
    /// and continuation already contain it.
    #[must_use]
    pub fn of(&self, terms: &Terms, a: &Alternative) -> [f64; 7] {
        let mut items = [0.0; 7];
        let [buys_radio, buys_baseband] = a.buys();
        let multi = a.is_multi();
        let closed = a.kind == Kind::Closed;
        if buys_radio {
            let p = self.part(RU, a.seller[RU]);
            items[SWAP] += p.swap;
            items[BROUGHT_FORWARD] += p.brought_forward;
            items[LEGACY_LAYER] += p.legacy_layer;
            items[CONTRACT_BREAK] += p.contract_break;
            items[OUTAGE] += p.outage;
            // A seller of both components is taken on once.
            if multi || !buys_baseband {
                items[ONBOARDING] += if closed { p.onboarding } else { p.onboarding_open };
            }
        }
        if buys_baseband {
            let p = self.part(BB, a.seller[BB]);
            items[SWAP] += if a.is_virtual { p.swap_virtual } else { p.swap };
            items[BROUGHT_FORWARD] += p.brought_forward;
            items[LEGACY_LAYER] += p.legacy_layer;
            items[CONTRACT_BREAK] += p.contract_break;
            items[OUTAGE] += p.outage;
            items[ONBOARDING] += if closed { p.onboarding } else { p.onboarding_open };
        }
        if multi {
            if self.held != Some(a.seller) {
                items[INTEGRATION] += terms.start_up * terms.pair_learning(a.seller);
            }
            items[INTEGRATION] += terms.operations;
        }
        if self.attached {
            let stranger = |k: usize| f64::from(u8::from(self.part(k, a.seller[k]).stranger));
            let strangers = stranger(BB) + if multi { stranger(RU) } else { 0.0 };
            // The first seller of an operator is no seller beyond the first.
            let others = if terms.has_others {
                strangers
            } else {
                (strangers - 1.0).max(0.0)
            };
            items[INTEGRATION] += terms.extra_vendor * others;
        }
        items
    }
}

/// The bills of one component from each seller, to an operator with this attachment.
fn fill_parts(parts: &mut Vec<PartBill>, terms: &Terms, h: &Attachment, component: usize) {
    // From the seller that stands, and from any other: they differ by who is trained and known alone.
    let mut same = PartBill::default();
    let mut other = PartBill::default();
    // A first installation is the same work for every seller: no part of a comparison.
    if let Some(s) = h.stack {
        other.swap = terms.work(component, false);
        other.swap_virtual = terms.work(component, s.is_virtual && component == BB);
        same.swap = terms.renewal_work_share * other.swap;
        same.swap_virtual = terms.renewal_work_share * other.swap_virtual;
        let price = terms.price * terms.weight[component];
        let left = h.life_left[component];
        if left > 0.0 {
            same.brought_forward = price * terms.share_of_life(left);
            other.brought_forward = same.brought_forward;
            if s.seller[component] != NO_VENDOR {
                let grant = terms.seller(s.seller[component]).grant;
                other.contract_break = price * (terms.break_fee_share + grant) * left / terms.term;
            }
        }
        other.outage = terms.weight[component] * terms.outage;
    }
    // Joining a new baseband with the neighbouring generations of another seller: the X2 integration or, where it is
    // cheaper, replacing the neighbour's baseband as well. A joint that stands has been integrated.
    let joints = h.legacy.map(|l| {
        if component == BB && l.seller != NO_VENDOR {
            l.overlap * terms.x2_anchor.min(terms.legacy_swap(l.price))
        } else {
            0.0
        }
    });
    let standing = h.stack.map(|s| s.seller[component]);
    parts.extend(terms.sellers().iter().enumerate().map(|(v, t)| {
        let v = v as u8;
        let stands = standing == Some(v);
        let mut p = if stands { same } else { other };
        let untrained = 1.0 - t.trained;
        p.onboarding = untrained * terms.onboarding;
        p.onboarding_open = untrained * terms.onboarding_open;
        p.stranger = !t.elsewhere;
        if !stands {
            for (neighbour, joint) in h.legacy.iter().zip(joints) {
                p.legacy_layer += if neighbour.seller == v { 0.0 } else { joint };
            }
            if component == BB {
                p.legacy_layer += t.border;
            }
        }
        p
    }));
}
