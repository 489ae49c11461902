//! Open stacks of two sellers, by rows: one radio with each baseband.
//!
//! Most of what a tender lists are such pairs. What the radio brings is looked up once for its row, so that a pair is valued in a few
//! additions. They are those of [`Terms::flow`], [`Terms::list_price`] and [`Bills::of`], in the same order: the result is the same to
//! the last bit, whichever way it is asked for.

use super::alternatives::Kind;
use super::switching::{
    BROUGHT_FORWARD, Bills, CONTRACT_BREAK, Change, INTEGRATION, LEGACY_LAYER, Newcomer, ONBOARDING, OUTAGE, SWAP,
};
use super::terms::Terms;
use crate::world::{BB, RU, VendorIx};

/// What a pair is worth and costs, money per site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Itemised bill, see [`Bills::of`].
    pub bill: [f64; 7],
    /// Flow of value, see [`Terms::flow`].
    pub flow: f64,
    /// Unit cost.
    pub cost: f64,
    /// List margins of both sellers.
    pub list_margin: f64,
}

/// A radio, to be joined with basebands of other sellers.
#[derive(Debug)]
pub struct PairRow<'a> {
    terms: &'a Terms,
    bills: &'a Bills,
    radio: VendorIx,
    value: f64,
    /// Its aid less the risk of an open stack.
    by_architecture: f64,
    cost: f64,
    list_margin: f64,
    immaturity: f64,
    /// Start-up factor with each baseband, as far as it is known.
    known: &'a [f64],
    change: Change,
    newcomer: Newcomer,
    /// The baseband with which it stands.
    stands_with: Option<VendorIx>,
    /// A vendor beyond the first; nil for the twin.
    extra_vendor: f64,
}

/// Nest of stacks of two sellers.
fn nest() -> usize {
    usize::from(Kind::OpenMulti.nest())
}

impl<'a> PairRow<'a> {
    /// The row of a radio.
    #[must_use]
    pub fn new(terms: &'a Terms, bills: &'a Bills, radio: VendorIx) -> Self {
        let t = terms.seller(radio);
        Self {
            terms,
            bills,
            radio,
            value: t.value[RU],
            by_architecture: -terms.open_risk + t.open_aid[RU],
            cost: t.cost[RU],
            list_margin: t.list_margin[nest()],
            immaturity: t.immaturity,
            known: terms.known_pairs(radio),
            change: *bills.change(RU, radio),
            newcomer: *bills.newcomer(radio),
            stands_with: bills.held.filter(|held| held[RU] == radio).map(|held| held[BB]),
            extra_vendor: if bills.attached { terms.extra_vendor } else { 0.0 },
        }
    }

    /// Whose row it is.
    #[must_use]
    pub fn radio(&self) -> VendorIx {
        self.radio
    }

    /// The pair with the baseband of another seller.
    #[inline(always)]
    #[must_use]
    pub fn with(&self, baseband: VendorIx, is_virtual: bool) -> Pair {
        let terms = self.terms;
        let t = terms.seller(baseband);
        let immaturity = self.immaturity.max(t.immaturity).max(1.0);
        let (running, virtual_aid) = if is_virtual {
            (terms.virtual_running, t.virtual_aid)
        } else {
            (0.0, 0.0)
        };
        let value = t.value[BB] + self.value;
        let by_architecture = self.by_architecture + t.open_aid[BB] + virtual_aid;
        Pair {
            bill: self.bill(baseband, is_virtual, immaturity),
            flow: value - terms.open_gap[0] * immaturity - running + by_architecture,
            cost: self.cost + t.cost[BB],
            list_margin: self.list_margin + t.list_margin[nest()],
        }
    }

    #[inline(always)]
    fn bill(&self, baseband: VendorIx, is_virtual: bool, immaturity: f64) -> [f64; 7] {
        let terms = self.terms;
        let (radio, change) = (&self.change, self.bills.change(BB, baseband));
        let newcomer = self.bills.newcomer(baseband);
        let joint = if self.stands_with == Some(baseband) {
            0.0
        } else {
            terms.start_up * (self.known[usize::from(baseband)] * immaturity)
        };
        let strangers = newcomer.stranger + self.newcomer.stranger;
        // The first seller of an operator is no seller beyond the first.
        let others = if terms.has_others {
            strangers
        } else {
            (strangers - 1.0).max(0.0)
        };
        let mut items = [0.0; 7];
        items[SWAP] = radio.swap + if is_virtual { change.swap_virtual } else { change.swap };
        items[BROUGHT_FORWARD] = radio.brought_forward + change.brought_forward;
        items[LEGACY_LAYER] = newcomer.legacy_layer;
        items[ONBOARDING] = self.newcomer.onboarding_open + newcomer.onboarding_open;
        items[CONTRACT_BREAK] = radio.contract_break + change.contract_break;
        items[OUTAGE] = radio.outage + change.outage;
        items[INTEGRATION] = joint + terms.operations + self.extra_vendor * others;
        items
    }
}
