//! Rules on vendors: what may be bought, and what must be gone by when.
//!
//! Levers write here; tenders and plans read. A rule is kept by country and vendor as a set of bits over
//! (component, generation), so a look-up in a tender is two loads and an and.

use super::{Layer, VendorIx};
use crate::calendar::Day;

/// What of a vendor's products a rule concerns: bits over radio and baseband by generation, and core.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RuleScope(u32);

impl RuleScope {
    /// The bit of one component of one layer (the core is one component).
    #[must_use]
    pub fn of(layer: Layer, component: usize) -> Self {
        match layer {
            Layer::Ran(g) => Self(1 << (2 * g + component)),
            Layer::Core => Self(1 << 31),
        }
    }

    /// Both scopes together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the scopes share anything.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// What is left without the other scope.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// A duty to remove a vendor's kit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removal {
    /// Country index.
    pub country: usize,
    /// Vendor.
    pub vendor: VendorIx,
    /// What must go.
    pub scope: RuleScope,
    /// The last day on which it may run.
    pub deadline: Day,
    /// Operators bound: those whose key is below this (all: `u64::MAX`).
    pub bound_below: u64,
}

/// Rules in force and announced.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RuleBook {
    vendors: usize,
    /// Purchase bans in force: (scope, key bound) by country and vendor; several may stand together.
    bans: Vec<Vec<(RuleScope, u64)>>,
    /// Whether a rule on this vendor has been announced, by country and vendor.
    announced: Vec<bool>,
    /// Duties of removal, announced or in force.
    removals: Vec<Removal>,
}

impl RuleBook {
    /// No rules.
    #[must_use]
    pub fn new(countries: usize, vendors: usize) -> Self {
        Self {
            vendors,
            bans: vec![Vec::new(); countries * vendors],
            announced: vec![false; countries * vendors],
            removals: Vec::new(),
        }
    }

    fn at(&self, country: usize, vendor: VendorIx) -> usize {
        country * self.vendors + usize::from(vendor)
    }

    /// A rule on a vendor becomes known.
    pub fn announce(&mut self, country: usize, vendor: VendorIx, known: bool) {
        let at = self.at(country, vendor);
        self.announced[at] = known;
    }

    /// Whether a rule on a vendor has been announced here.
    #[must_use]
    pub fn is_announced(&self, country: usize, vendor: VendorIx) -> bool {
        self.announced[self.at(country, vendor)]
    }

    /// From today no operator with a key up to `bound` may buy this.
    pub fn ban(&mut self, country: usize, vendor: VendorIx, scope: RuleScope, bound: u64) {
        let at = self.at(country, vendor);
        self.bans[at].push((scope, bound));
    }

    /// Ends a purchase ban that was begun with the same words.
    pub fn lift(&mut self, country: usize, vendor: VendorIx, scope: RuleScope, bound: u64) {
        let at = self.at(country, vendor);
        if let Some(i) = self.bans[at].iter().position(|b| *b == (scope, bound)) {
            self.bans[at].remove(i);
        }
        self.removals.retain(|r| {
            (r.country, r.vendor, r.scope, r.bound_below) != (country, vendor, scope, bound)
        });
    }

    /// Whether an operator may buy a component of a layer from a vendor today.
    #[must_use]
    pub fn may_buy(&self, country: usize, vendor: VendorIx, wanted: RuleScope, operator_key: u64) -> bool {
        let bans = &self.bans[self.at(country, vendor)];
        !bans.iter().any(|(scope, bound)| scope.meets(wanted) && operator_key <= *bound)
    }

    /// Adds a duty of removal.
    pub fn require_removal(&mut self, removal: Removal) {
        self.removals.push(removal);
    }

    /// The earliest deadline by which an operator must have removed a component of a layer, if any.
    #[must_use]
    pub fn deadline(&self, country: usize, vendor: VendorIx, held: RuleScope, operator_key: u64) -> Option<Day> {
        let mine = self.removals.iter().filter(|r| {
            r.country == country && r.vendor == vendor && r.scope.meets(held) && operator_key <= r.bound_below
        });
        mine.map(|r| r.deadline).min()
    }

    /// Whether any duty of removal stands.
    #[must_use]
    pub fn has_removals(&self) -> bool {
        !self.removals.is_empty()
    }
}
