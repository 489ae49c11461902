//! Conditions of the market that levers may move: shifts on top of what the world is built with.
//!
//! All are neutral at the start (0, or a factor of 1), so that a world without levers reads what it was built with,
//! to the byte. What one lever does at present is one [`Shift`]; the conditions are the neutral ones with the shifts of all
//! levers on top, worked out anew whenever one changes. So nothing is left of a lever that has ended, not even in the last
//! bit. Shifts of several levers add up, factors multiply.

use std::collections::BTreeMap;

use super::{PRODUCTS, RuleScope, VendorIx, World};

/// What buyers lose by buying some vendors' products: public money or a licence that they forgo.
#[derive(Debug, Clone, PartialEq)]
pub struct Levy {
    /// Layers and components.
    pub scope: RuleScope,
    /// By operator: whether it is concerned.
    pub operators: Vec<bool>,
    /// By country: share of its operators' sites that is concerned, for the average buyer of a region.
    pub reach: Vec<f64>,
    /// By vendor: whether its products are concerned.
    pub sellers: Vec<bool>,
    /// Loss, share of the reference price of the component.
    pub share: f64,
}

impl Levy {
    /// A levy on purchases of some operators from some vendors.
    #[must_use]
    pub fn new(scope: RuleScope, operators: Vec<bool>, sellers: Vec<bool>, share: f64, world: &World) -> Self {
        let sites = |c: usize, all: bool| -> f64 {
            let here = world.operators.iter().enumerate().filter(|(_, o)| o.country == c);
            here.filter(|(o, _)| all || operators[*o]).map(|(_, o)| o.sites).sum()
        };
        let reach = |c: usize| {
            let all = sites(c, true);
            if all > 0.0 { sites(c, false) / all } else { 0.0 }
        };
        Self {
            scope,
            reach: (0..world.countries.len()).map(reach).collect(),
            operators,
            sellers,
            share,
        }
    }

    fn concerns(&self, vendor: VendorIx, what: RuleScope) -> bool {
        self.scope.meets(what) && self.sellers[usize::from(vendor)]
    }
}

/// See the module docs. Arrays over countries and vendors are country-major.
#[derive(Debug, Clone, PartialEq)]
pub struct Conditions {
    vendors: usize,
    /// Added to the trust weight of a country against a vendor.
    pub trust: Vec<f64>,
    /// Added to the yearly hazard of a ban on a vendor; the sum is never below 0.
    pub hazard: Vec<f64>,
    /// Added to the cost of capital of a country's operators, a year.
    pub wacc: Vec<f64>,
    /// What a country's buyers are asked to count against closed bundles, share of price: a preference in procurement, no payment.
    pub closed_handicap: Vec<f64>,
    /// Added to the risk of open stacks in a country, share of price at criticality 1.
    pub open_risk: Vec<f64>,
    /// Factor on each vendor's unit costs: radio, baseband and core.
    pub cost: Vec<[f64; PRODUCTS]>,
    /// Part of each vendor's unit cost that no state bears: a factor beside `cost`. It uses up as much as before.
    pub subsidised: Vec<f64>,
    /// What each vendor pays holders of patents, share of its unit cost: the sum of its row of `royalties`.
    royalty: Vec<f64>,
    /// What it pays to each of them: payer-major.
    pub royalties: Vec<f64>,
    has_levies: bool,
    /// Added to each vendor's quality: radio, baseband and core.
    pub quality: Vec<[f64; PRODUCTS]>,
    /// Added to the yearly growth rate of each interface's maturity; the sum is never below 0.
    pub support: [f64; 3],
    /// By vendor and product: years that an order waits beyond the usual lead time; infinite, it cannot be placed.
    pub wait: Vec<[f64; PRODUCTS]>,
    /// By vendor: the most that the fronthaul of its own lines matures with other sellers' parts, whatever the market's maturity.
    pub maturity_cap: Vec<f64>,
    shifts: BTreeMap<usize, Shift>,
}

/// What one lever does at present, kept so that it can be renewed from review to review and taken back. An empty list does nothing.
/// Fields as in [`Conditions`]; lists over countries and vendors are country-major.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(missing_docs)]
pub struct Shift {
    pub trust: Vec<f64>,
    pub hazard: Vec<f64>,
    pub wacc: Vec<f64>,
    pub closed_handicap: Vec<f64>,
    pub open_risk: Vec<f64>,
    pub support: [f64; 3],
    /// Factors.
    pub cost: Vec<[f64; PRODUCTS]>,
    /// Factors.
    pub subsidised: Vec<f64>,
    /// Payer-major.
    pub royalties: Vec<f64>,
    pub quality: Vec<[f64; PRODUCTS]>,
    /// Of several levers the longest counts.
    pub wait: Vec<[f64; PRODUCTS]>,
    /// Of several levers the lowest counts.
    pub maturity_cap: Vec<f64>,
    /// What buyers lose by buying from some vendors.
    pub levies: Vec<Levy>,
}

/// Key of the shift that research makes ([`super::research`]): it is no lever's.
pub(crate) const RESEARCH: usize = usize::MAX;

/// All shifts on top of a neutral list, in the order of the levers.
fn fold<'a, T: Copy + 'a>(to: &mut [T], neutral: T, lists: impl Iterator<Item = &'a [T]>, join: impl Fn(T, T) -> T) {
    to.fill(neutral);
    for list in lists {
        for (x, by) in to.iter_mut().zip(list) {
            *x = join(*x, *by);
        }
    }
}

impl Conditions {
    /// Nothing is moved.
    #[must_use]
    pub fn neutral(countries: usize, vendors: usize) -> Self {
        Self {
            vendors,
            trust: vec![0.0; countries * vendors],
            hazard: vec![0.0; countries * vendors],
            wacc: vec![0.0; countries],
            closed_handicap: vec![0.0; countries],
            open_risk: vec![0.0; countries],
            cost: vec![[1.0; PRODUCTS]; vendors],
            subsidised: vec![1.0; vendors],
            royalty: vec![0.0; vendors],
            royalties: vec![0.0; vendors * vendors],
            has_levies: false,
            quality: vec![[0.0; PRODUCTS]; vendors],
            support: [0.0; 3],
            wait: vec![[0.0; PRODUCTS]; vendors],
            maturity_cap: vec![1.0; vendors],
            shifts: BTreeMap::new(),
        }
    }

    /// Puts a new shift of a lever in the place of its last one.
    pub fn shift(&mut self, lever: usize, new: Shift) {
        if new == Shift::default() {
            self.shifts.remove(&lever);
        } else {
            self.shifts.insert(lever, new);
        }
        let all = || self.shifts.values();
        let add = |x: f64, by: f64| x + by;
        let times = |x: f64, by: f64| x * by;
        let each = |f: fn(f64, f64) -> f64| {
            move |x: [f64; PRODUCTS], by: [f64; PRODUCTS]| std::array::from_fn(|k| f(x[k], by[k]))
        };
        fold(&mut self.trust, 0.0, all().map(|s| &s.trust[..]), add);
        fold(&mut self.hazard, 0.0, all().map(|s| &s.hazard[..]), add);
        fold(&mut self.wacc, 0.0, all().map(|s| &s.wacc[..]), add);
        fold(
            &mut self.closed_handicap,
            0.0,
            all().map(|s| &s.closed_handicap[..]),
            add,
        );
        fold(&mut self.open_risk, 0.0, all().map(|s| &s.open_risk[..]), add);
        fold(&mut self.support, 0.0, all().map(|s| &s.support[..]), add);
        fold(&mut self.cost, [1.0; PRODUCTS], all().map(|s| &s.cost[..]), each(times));
        fold(&mut self.subsidised, 1.0, all().map(|s| &s.subsidised[..]), times);
        fold(&mut self.royalties, 0.0, all().map(|s| &s.royalties[..]), add);
        fold(
            &mut self.quality,
            [0.0; PRODUCTS],
            all().map(|s| &s.quality[..]),
            each(add),
        );
        fold(
            &mut self.wait,
            [0.0; PRODUCTS],
            all().map(|s| &s.wait[..]),
            each(f64::max),
        );
        fold(
            &mut self.maturity_cap,
            1.0,
            all().map(|s| &s.maturity_cap[..]),
            f64::min,
        );
        for (sum, row) in self.royalty.iter_mut().zip(self.royalties.chunks(self.vendors.max(1))) {
            *sum = row.iter().fold(0.0, |sum, x| sum + x);
        }
        let has_levies = self.levies().next().is_some();
        self.has_levies = has_levies;
    }

    /// What a lever adds at present, if it adds anything.
    #[must_use]
    pub fn shift_of(&self, lever: usize) -> Option<&Shift> {
        self.shifts.get(&lever)
    }

    /// Takes the shift of a lever back.
    pub fn unshift(&mut self, lever: usize) {
        self.shift(lever, Shift::default());
    }

    /// Whether buyers lose anything by buying from some vendors.
    #[must_use]
    pub fn has_levies(&self) -> bool {
        self.has_levies
    }

    /// What buyers lose by buying from some vendors, in the order of the levers.
    pub fn levies(&self) -> impl Iterator<Item = &Levy> {
        self.shifts.values().flat_map(|s| &s.levies)
    }

    /// What a vendor's state leaves of its unit cost and what holders of patents add to it: the factor on its cost that uses up nothing.
    #[must_use]
    pub fn transferred(&self, vendor: usize) -> f64 {
        self.subsidised[vendor] * (1.0 + self.royalty[vendor])
    }

    /// What a vendor pays each holder of patents, by vendor, share of what it makes; `None` if nobody asks anything of it.
    #[must_use]
    pub fn royalties_of(&self, payer: usize) -> Option<&[f64]> {
        let row = &self.royalties[payer * self.vendors..][..self.vendors];
        (self.royalty[payer] != 0.0).then_some(row)
    }

    /// What an operator loses by buying a component from a vendor, share of the reference price.
    #[must_use]
    pub fn levy(&self, operator: usize, vendor: VendorIx, what: RuleScope) -> f64 {
        let standing = self.levies().filter(|l| l.concerns(vendor, what));
        standing.filter(|l| l.operators[operator]).map(|l| l.share).sum()
    }

    /// What operators of a country lose on average, by sites.
    #[must_use]
    pub fn mean_levy(&self, country: usize, vendor: VendorIx, what: RuleScope) -> f64 {
        let standing = self.levies().filter(|l| l.concerns(vendor, what));
        standing.map(|l| l.share * l.reach[country]).sum()
    }

    /// Place of a country and vendor in the arrays over both.
    #[must_use]
    pub fn at(&self, country: usize, vendor: VendorIx) -> usize {
        country * self.vendors + usize::from(vendor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shift_is_renewed_and_taken_back_whole() {
        let neutral = Conditions::neutral(1, 2);
        let mut c = neutral.clone();
        let shift = |x: f64| Shift {
            trust: vec![x, 0.0],
            cost: vec![[1.0 + x, 1.0, 1.0], [1.0; PRODUCTS]],
            wait: vec![[0.0; PRODUCTS], [x; PRODUCTS]],
            maturity_cap: vec![1.0, 1.0 - x],
            ..Shift::default()
        };
        c.shift(3, shift(0.25));
        c.shift(3, shift(0.5));
        assert_eq!(
            (c.trust[0], c.cost[0], c.wait[1], c.maturity_cap[1]),
            (0.5, [1.5, 1.0, 1.0], [0.5; PRODUCTS], 0.5)
        );
        c.shift(4, shift(0.25));
        assert_eq!(
            (c.trust[0], c.wait[1], c.maturity_cap[1]),
            (0.75, [0.5; PRODUCTS], 0.5),
            "waits do not add up"
        );
        c.unshift(3);
        assert_eq!((c.trust[0], c.cost[0][0], c.wait[1]), (0.25, 1.25, [0.25; PRODUCTS]));
        c.unshift(4);
        assert_eq!(c, neutral);
    }

    /// Added and taken off again one by one, sums of such numbers keep a remainder; and the order of begin and end must not matter.
    #[test]
    fn levers_that_have_ended_leave_the_last_bit_as_it_was() {
        let neutral = Conditions::neutral(1, 2);
        let shift = |x: f64| Shift {
            trust: vec![x, 1.0 / x],
            closed_handicap: vec![x],
            cost: vec![[1.0 - x / 10.0, 1.0 + x / 7.0, 1.0 - x / 3.0], [1.0; PRODUCTS]],
            subsidised: vec![1.0 - x / 3.0, 1.0],
            royalties: vec![0.0, x / 30.0, x / 70.0, 0.0],
            ..Shift::default()
        };
        let mut c = neutral.clone();
        c.shift(0, shift(0.1));
        let alone = c.clone();
        for (lever, x) in [(1, 0.2), (2, 0.7), (1, 0.3)] {
            c.shift(lever, shift(x));
        }
        let mut other = neutral.clone();
        for (lever, x) in [(2, 0.7), (1, 0.3), (0, 0.1)] {
            other.shift(lever, shift(x));
        }
        assert_eq!(c, other, "the order in which levers begin");
        assert_ne!(c, alone);
        c.unshift(2);
        c.unshift(1);
        assert_eq!(c, alone);
        c.unshift(0);
        assert_eq!(c, neutral);
    }

    #[test]
    fn what_states_bear_and_patents_cost_is_told_from_what_is_used_up() {
        let mut c = Conditions::neutral(1, 2);
        assert_eq!((c.transferred(0), c.royalties_of(0)), (1.0, None));
        let shift = Shift {
            subsidised: vec![0.5, 1.0],
            royalties: vec![0.0, 0.25, 0.0, 0.0],
            ..Shift::default()
        };
        c.shift(0, shift);
        assert_eq!((c.transferred(0), c.transferred(1)), (0.625, 1.0));
        assert_eq!((c.royalties_of(0), c.royalties_of(1)), (Some(&[0.0, 0.25][..]), None));
    }
}
