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
/// Break fee and unpaid concessional credit, as it was taken at the award.
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

/// What one component costs beside its price, alike from all sellers that stand, or from all that do not.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Change {
    pub(super) swap: f64,
    /// The same with virtual software (baseband only).
    pub(super) swap_virtual: f64,
    pub(super) brought_forward: f64,
    pub(super) contract_break: f64,
    pub(super) outage: f64,
}

/// A component that is not bought costs nothing.
const NO_CHANGE: Change = Change {
    swap: 0.0,
    swap_virtual: 0.0,
    brought_forward: 0.0,
    contract_break: 0.0,
    outage: 0.0,
};

/// What a seller adds to that.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Newcomer {
    onboarding: f64,
    pub(super) onboarding_open: f64,
    /// Joints of its baseband with the neighbouring generations.
    pub(super) legacy_layer: f64,
    /// 1 for a seller that the operator does not have elsewhere, else 0.
    pub(super) stranger: f64,
}

/// The bills of all alternatives of one buyer, added up per alternative from what each component and each seller costs.
///
/// With no attachment it is the bill of the unattached twin: a first purchase, untrained for anybody.
#[derive(Debug, Clone, Default)]
pub struct Bills {
    /// By component: from the seller that stands, and from any other. Nil where nothing stands: a first installation is the same work for
    /// every seller, no part of a comparison.
    same: [Change; 2],
    other: [Change; 2],
    /// By seller; empty for the twin, to whom all sellers are alike.
    newcomers: Vec<Newcomer>,
    /// Any seller, to the twin.
    alike: Newcomer,
    /// Sellers of the kit that stands.
    pub(super) held: Option<[u8; 2]>,
    pub(super) attached: bool,
}

impl Bills {
    /// Prepares the bills of a buyer. Money per site.
    pub fn fill(&mut self, terms: &Terms, attached: Option<&Attachment>) {
        self.attached = attached.is_some();
        self.held = attached.and_then(|h| h.stack).map(|s| s.seller);
        self.alike = Newcomer {
            onboarding: terms.onboarding,
            onboarding_open: terms.onboarding_open,
            ..Newcomer::default()
        };
        (self.same, self.other) = ([NO_CHANGE; 2], [NO_CHANGE; 2]);
        self.newcomers.clear();
        let Some(h) = attached else { return };
        if let Some(stack) = h.stack {
            for component in [RU, BB] {
                (self.same[component], self.other[component]) = changes(terms, h, stack, component);
            }
        }
        self.fill_newcomers(terms, h);
    }

    fn fill_newcomers(&mut self, terms: &Terms, h: &Attachment) {
        // Joining a new baseband with the neighbouring generations of another seller: the X2 integration or, where it is
        // cheaper, replacing the neighbour's baseband as well. A joint that stands has been integrated.
        let joints = h.legacy.map(|l| {
            if l.seller == NO_VENDOR {
                0.0
            } else {
                l.overlap * terms.x2_anchor.min(terms.legacy_swap(l.price))
            }
        });
        let standing = h.stack.map(|s| s.seller[BB]);
        self.newcomers.extend(terms.sellers().iter().enumerate().map(|(v, t)| {
            let v = v as u8;
            let joint = |i: usize| if h.legacy[i].seller == v { 0.0 } else { joints[i] };
            let untrained = 1.0 - t.trained;
            Newcomer {
                onboarding: untrained * terms.onboarding,
                onboarding_open: untrained * terms.onboarding_open,
                legacy_layer: if standing == Some(v) {
                    0.0
                } else {
                    joint(0) + joint(1) + t.border
                },
                stranger: f64::from(u8::from(!t.elsewhere)),
            }
        }));
    }

    #[inline]
    pub(super) fn change(&self, component: usize, seller: u8) -> &Change {
        match self.held {
            Some(held) if held[component] == seller => &self.same[component],
            _ => &self.other[component],
        }
    }

    #[inline]
    pub(super) fn newcomer(&self, seller: u8) -> &Newcomer {
        if self.attached {
            &self.newcomers[usize::from(seller)]
        } else {
            &self.alike
        }
    }

    /// What a component costs from a seller: its own items without onboarding, integration and `brought_forward`.
    #[inline]
    #[must_use]
    pub fn component(&self, component: usize, seller: u8, is_virtual: bool) -> f64 {
        let change = self.change(component, seller);
        let own = change.contract_break + change.outage;
        match (component, is_virtual) {
            (RU, _) => own + change.swap,
            (_, false) => own + change.swap + self.newcomer(seller).legacy_layer,
            (_, true) => own + change.swap_virtual + self.newcomer(seller).legacy_layer,
        }
    }

    /// Taking on a seller with what it sells.
    #[inline]
    #[must_use]
    pub fn onboarding(&self, seller: u8, kind: Kind) -> f64 {
        let newcomer = self.newcomer(seller);
        if kind == Kind::Closed {
            newcomer.onboarding
        } else {
            newcomer.onboarding_open
        }
    }

    /// What a seller costs at least as one more vendor of an operator.
    #[inline]
    #[must_use]
    pub fn joining(&self, terms: &Terms, seller: u8) -> f64 {
        // The first seller of an operator is no seller beyond the first.
        if self.attached && terms.has_others {
            terms.extra_vendor * self.newcomer(seller).stranger
        } else {
            0.0
        }
    }

    /// The bill of a whole stack to the twin: taking on its sellers ([`ONBOARDING`]), and joining them ([`INTEGRATION`]). It has no
    /// other items.
    #[inline]
    #[must_use]
    pub fn of_twin(&self, terms: &Terms, a: &Alternative) -> [f64; 2] {
        let bill = match a.kind {
            Kind::Closed => [self.alike.onboarding, 0.0],
            Kind::OpenMulti => [
                self.alike.onboarding_open + self.alike.onboarding_open,
                terms.start_up * terms.pair_learning(a.seller) + terms.operations,
            ],
            _ => [self.alike.onboarding_open, 0.0],
        };
        debug_assert!(
            {
                let mut items = self.of(terms, a);
                let same = [items[ONBOARDING], items[INTEGRATION]] == bill;
                (items[ONBOARDING], items[INTEGRATION]) = (0.0, 0.0);
                same && items == [0.0; 7]
            },
            "{a:?}"
        );
        bill
    }

    /// The bill of an alternative, in the order of [`ITEMS`].
    ///
    /// The sum of the items, not their excess, enters the value of an alternative, all but item 2, `brought_forward`: price
    /// and continuation already contain it.
    #[inline]
    #[must_use]
    pub fn of(&self, terms: &Terms, a: &Alternative) -> [f64; 7] {
        let [buys_radio, buys_baseband] = a.buys();
        let multi = a.is_multi();
        let of_baseband = self.newcomer(a.seller[BB]);
        let of_radio = if multi {
            self.newcomer(a.seller[RU])
        } else {
            of_baseband
        };
        let taken_on = |n: &Newcomer| {
            if a.kind == Kind::Closed {
                n.onboarding
            } else {
                n.onboarding_open
            }
        };
        let (mut radio, mut baseband) = (&NO_CHANGE, &NO_CHANGE);
        let (mut swap, mut legacy_layer, mut onboarding) = (0.0, 0.0, 0.0);
        if buys_radio {
            radio = self.change(RU, a.seller[RU]);
            // A seller of both components is taken on once.
            if multi || !buys_baseband {
                onboarding = taken_on(of_radio);
            }
        }
        if buys_baseband {
            baseband = self.change(BB, a.seller[BB]);
            swap = if a.is_virtual {
                baseband.swap_virtual
            } else {
                baseband.swap
            };
            legacy_layer = of_baseband.legacy_layer;
            onboarding += taken_on(of_baseband);
        }
        let mut integration = 0.0;
        if multi {
            if self.held != Some(a.seller) {
                integration = terms.start_up * terms.pair_learning(a.seller);
            }
            integration += terms.operations;
        }
        if self.attached {
            let strangers = of_baseband.stranger + if multi { of_radio.stranger } else { 0.0 };
            // The first seller of an operator is no seller beyond the first.
            let others = if terms.has_others {
                strangers
            } else {
                (strangers - 1.0).max(0.0)
            };
            integration += terms.extra_vendor * others;
        }
        let mut items = [0.0; 7];
        items[SWAP] = radio.swap + swap;
        items[BROUGHT_FORWARD] = radio.brought_forward + baseband.brought_forward;
        items[LEGACY_LAYER] = legacy_layer;
        items[ONBOARDING] = onboarding;
        items[CONTRACT_BREAK] = radio.contract_break + baseband.contract_break;
        items[OUTAGE] = radio.outage + baseband.outage;
        items[INTEGRATION] = integration;
        items
    }
}

/// What a change of a component costs in a stack that stands: to its own seller, and to any other.
fn changes(terms: &Terms, h: &Attachment, stack: &Stack, component: usize) -> (Change, Change) {
    let (mut same, mut other) = (NO_CHANGE, NO_CHANGE);
    other.swap = terms.work(component, false);
    other.swap_virtual = terms.work(component, stack.is_virtual && component == BB);
    same.swap = terms.renewal_work_share * other.swap;
    same.swap_virtual = terms.renewal_work_share * other.swap_virtual;
    let price = terms.price * terms.weight[component];
    let left = h.life_left[component];
    if left > 0.0 {
        same.brought_forward = price * terms.share_of_life(left);
        other.brought_forward = same.brought_forward;
        other.contract_break = contract_break(terms, h, stack, component);
    }
    other.outage = terms.weight[component] * terms.outage;
    (same, other)
}

/// What breaking the contract of a component costs, money per site, to its seller: the fee and the credit that is lost, for the life left.
#[must_use]
pub fn contract_break(terms: &Terms, h: &Attachment, stack: &Stack, component: usize) -> f64 {
    let (seller, left) = (stack.seller[component], h.life_left[component]);
    if seller == NO_VENDOR || left <= 0.0 {
        return 0.0;
    }
    let price = terms.price * terms.weight[component];
    price * (terms.break_fee_share + stack.grant[component]) * left / terms.term
}
