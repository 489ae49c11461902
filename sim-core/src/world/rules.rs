//! Rules on vendors: what may be bought, what is announced, and what must be gone by when.
//!
//! Levers write here; tenders and plans read. Each rule carries the lever that made it, so that the end of one never lifts another, and
//! is kept by country and vendor, so that a look-up in a tender reads a short list.

use super::{Layer, VendorIx};
use crate::calendar::Day;
use crate::draws::stable_hash;

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

    /// All components of all layers.
    pub const ALL: Self = Self(u32::MAX);

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
}

/// Which operators a rule binds: the share of them whose mark is lowest, the same ones in each replicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound(u64);

/// The mark by which a rule of partial strength picks its operators: a hash of the id, apart from the key of their luck.
#[must_use]
pub fn mark(operator: &str) -> u64 {
    // FNV mixes its high bits poorly over short ids; the odd factor and the fold spread them.
    let hash = stable_hash(operator).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93)
}

impl Bound {
    /// Everybody.
    pub const ALL: Self = Self(u64::MAX);

    /// The share `strength` of all operators.
    #[must_use]
    pub fn share(strength: f64) -> Self {
        if strength >= 1.0 {
            Self::ALL
        } else {
            Self((strength * u64::MAX as f64) as u64)
        }
    }

    /// Share of operators that are bound.
    #[must_use]
    pub fn fraction(self) -> f64 {
        self.0 as f64 / u64::MAX as f64
    }

    /// Whether an operator with this mark is bound.
    #[must_use]
    pub fn binds(self, mark: u64) -> bool {
        mark <= self.0
    }
}

/// One rule on one vendor in one country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Lever that made it: its place in the scenario.
    pub lever: usize,
    /// What it concerns.
    pub scope: RuleScope,
    /// Whom it binds.
    pub bound: Bound,
    /// Whether purchases are stopped yet.
    pub in_force: bool,
    /// Last day on which the kit may run, if there is one.
    pub deadline: Option<Day>,
}

/// Rules in force and announced.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RuleBook {
    vendors: usize,
    rules: Vec<Vec<Rule>>,
    removals: usize,
}

impl RuleBook {
    /// No rules.
    #[must_use]
    pub fn new(countries: usize, vendors: usize) -> Self {
        Self {
            vendors,
            rules: vec![Vec::new(); countries * vendors],
            removals: 0,
        }
    }

    fn at(&self, country: usize, vendor: VendorIx) -> usize {
        country * self.vendors + usize::from(vendor)
    }

    /// Adds a rule, announced or in force.
    pub fn add(&mut self, country: usize, vendor: VendorIx, rule: Rule) {
        let at = self.at(country, vendor);
        self.removals += usize::from(rule.deadline.is_some());
        self.rules[at].push(rule);
    }

    /// Stops purchases under the rules of a lever.
    pub fn enforce(&mut self, country: usize, vendor: VendorIx, lever: usize) {
        let at = self.at(country, vendor);
        self.rules[at]
            .iter_mut()
            .filter(|r| r.lever == lever)
            .for_each(|r| r.in_force = true);
    }

    /// Takes the rules of a lever back.
    pub fn lift(&mut self, country: usize, vendor: VendorIx, lever: usize) {
        let at = self.at(country, vendor);
        self.removals -= self.rules[at]
            .iter()
            .filter(|r| r.lever == lever && r.deadline.is_some())
            .count();
        self.rules[at].retain(|r| r.lever != lever);
    }

    /// Rules that concern this of a vendor and bind this operator.
    fn concerning(&self, country: usize, vendor: VendorIx, what: RuleScope, mark: u64) -> impl Iterator<Item = &Rule> {
        self.rules[self.at(country, vendor)]
            .iter()
            .filter(move |r| r.scope.meets(what) && r.bound.binds(mark))
    }

    /// Whether an operator may buy a component of a layer from a vendor today.
    #[must_use]
    pub fn may_buy(&self, country: usize, vendor: VendorIx, what: RuleScope, mark: u64) -> bool {
        !self.concerning(country, vendor, what, mark).any(|r| r.in_force)
    }

    /// Share of the operators of a country that may buy a component of a layer from a vendor; `announced`: with what is announced held to
    /// be in force. The rules of one vendor pick the same operators first, so the widest of them counts.
    #[must_use]
    pub fn share_free(&self, country: usize, vendor: VendorIx, what: RuleScope, announced: bool) -> f64 {
        let binding = |r: &&Rule| r.scope.meets(what) && (announced || r.in_force);
        let rules = self.rules[self.at(country, vendor)].iter().filter(binding);
        1.0 - rules.map(|r| r.bound.fraction()).fold(0.0, f64::max)
    }

    /// Whether a rule on this has been announced to this operator.
    #[must_use]
    pub fn is_announced(&self, country: usize, vendor: VendorIx, what: RuleScope, mark: u64) -> bool {
        self.concerning(country, vendor, what, mark).next().is_some()
    }

    /// The earliest deadline by which an operator must have removed this, if any.
    #[must_use]
    pub fn deadline(&self, country: usize, vendor: VendorIx, what: RuleScope, mark: u64) -> Option<Day> {
        if self.removals == 0 {
            return None;
        }
        self.concerning(country, vendor, what, mark)
            .filter_map(|r| r.deadline)
            .min()
    }

    /// Whether no rule at all concerns a vendor in a country.
    #[must_use]
    pub fn is_free(&self, country: usize, vendor: VendorIx) -> bool {
        self.rules[self.at(country, vendor)].is_empty()
    }

    /// Whether any rule of a country binds a part of its operators only: then what one of them may buy, another may not.
    #[must_use]
    pub fn tells_apart(&self, country: usize) -> bool {
        let of_country = &self.rules[country * self.vendors..][..self.vendors];
        of_country.iter().flatten().any(|r| r.bound != Bound::ALL)
    }

    /// Whether any duty of removal stands.
    #[must_use]
    pub fn has_removals(&self) -> bool {
        self.removals > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_one_rule_leaves_the_others() {
        let mut book = RuleBook::new(1, 1);
        let scope = RuleScope::of(Layer::Ran(0), 0);
        let day = |y| Day::from_ymd(y, 12, 31);
        for (lever, year) in [(0, 2027), (1, 2025)] {
            book.add(
                0,
                0,
                Rule {
                    lever,
                    scope,
                    bound: Bound::ALL,
                    in_force: false,
                    deadline: day(year),
                },
            );
        }
        assert!(book.may_buy(0, 0, scope, 7), "an announcement stops nothing");
        book.enforce(0, 0, 0);
        assert!(!book.may_buy(0, 0, scope, 7));
        assert!(
            book.may_buy(0, 0, RuleScope::of(Layer::Ran(0), 1), 7),
            "the baseband is out of scope"
        );
        assert_eq!(book.deadline(0, 0, scope, 7), day(2025), "the earliest deadline counts");
        book.lift(0, 0, 1);
        assert_eq!(book.deadline(0, 0, scope, 7), day(2027));
        assert!(book.is_announced(0, 0, scope, 7));
        book.lift(0, 0, 0);
        assert!(book.may_buy(0, 0, scope, 7) && !book.has_removals() && !book.is_announced(0, 0, scope, 7));
    }

    #[test]
    fn half_strength_binds_about_half_of_similar_ids() {
        let ids: Vec<String> = (0..2000).map(|i| format!("op-{i}")).collect();
        let bound = ids.iter().filter(|id| Bound::share(0.5).binds(mark(id))).count();
        // 4 standard errors of a fair coin over 2,000 tosses.
        assert!((911..=1089).contains(&bound), "{bound} of 2,000 operators");
        assert!(ids.iter().all(|id| Bound::share(1.0).binds(mark(id))));
    }
}
