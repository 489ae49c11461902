//! Conditions of the market that levers may move: shifts on top of what the world is built with.
//!
//! All are neutral at the start (0, or a factor of 1), so that a world without levers reads what it was built with,
//! to the byte. A lever adds its share when it begins and takes the same share back at its end; shifts of several
//! levers add up, factors multiply.

use std::collections::BTreeMap;

use super::{RuleScope, VendorIx, World};

/// What buyers lose by buying some vendors' products: public money or a licence that they forgo.
#[derive(Debug, Clone, PartialEq)]
pub struct Levy {
    /// Lever that raises it: its place in the scenario.
    pub lever: usize,
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
    pub fn new(
        lever: usize,
        scope: RuleScope,
        operators: Vec<bool>,
        sellers: Vec<bool>,
        share: f64,
        world: &World,
    ) -> Self {
        let sites = |c: usize, all: bool| -> f64 {
            let here = world.operators.iter().enumerate().filter(|(_, o)| o.country == c);
            here.filter(|(o, _)| all || operators[*o]).map(|(_, o)| o.sites).sum()
        };
        let reach = |c: usize| {
            let all = sites(c, true);
            if all > 0.0 { sites(c, false) / all } else { 0.0 }
        };
        Self {
            lever,
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
    /// What buyers lose by buying from some vendors.
    pub levies: Vec<Levy>,
    /// Added to the cost of capital of a country's operators, a year.
    pub wacc: Vec<f64>,
    /// What a country's buyers are asked to count against closed bundles, share of price: a preference in procurement, no payment.
    pub closed_handicap: Vec<f64>,
    /// Added to the risk of open stacks in a country, share of price at criticality 1.
    pub open_risk: Vec<f64>,
    /// Factor on each vendor's unit costs, radio and baseband.
    pub cost: Vec<[f64; 2]>,
    /// Part of each vendor's unit cost that no state bears; it is in `cost` already.
    pub subsidised: Vec<f64>,
    /// Added to each vendor's quality, radio and baseband.
    pub quality: Vec<[f64; 2]>,
    /// Added to the yearly growth rate of each interface's maturity; the sum is never below 0.
    pub support: [f64; 3],
    /// By vendor: years that an order waits beyond the usual lead time; infinite, it cannot be placed.
    pub wait: Vec<f64>,
    /// By vendor: the most that the fronthaul of its own lines matures with other sellers' parts, whatever the market's maturity.
    pub maturity_cap: Vec<f64>,
    shifts: BTreeMap<usize, Shift>,
}

/// What one lever adds at present, kept so that it can be renewed from review to review and taken back. An empty list adds nothing.
/// Fields as in [`Conditions`]; lists over countries and vendors are country-major.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(missing_docs)]
pub struct Shift {
    pub trust: Vec<f64>,
    pub hazard: Vec<f64>,
    pub wacc: Vec<f64>,
    pub open_risk: Vec<f64>,
    pub support: [f64; 3],
    /// Factors.
    pub cost: Vec<[f64; 2]>,
    pub quality: Vec<[f64; 2]>,
    /// Of several levers the longest counts.
    pub wait: Vec<f64>,
    /// Of several levers the lowest counts.
    pub maturity_cap: Vec<f64>,
}

/// Key of the shift that research makes ([`super::research`]): it is no lever's.
pub(crate) const RESEARCH: usize = usize::MAX;

/// Adds `new - old` to each number of a list; a list that is empty is one of `neutral`.
fn renew<T: Copy>(to: &mut [T], old: &[T], new: &[T], neutral: T, change: impl Fn(T, T, T) -> T) {
    if old.is_empty() && new.is_empty() {
        return;
    }
    for (i, x) in to.iter_mut().enumerate() {
        let of = |list: &[T]| list.get(i).copied().unwrap_or(neutral);
        *x = change(*x, of(old), of(new));
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
            levies: Vec::new(),
            wacc: vec![0.0; countries],
            closed_handicap: vec![0.0; countries],
            open_risk: vec![0.0; countries],
            cost: vec![[1.0; 2]; vendors],
            subsidised: vec![1.0; vendors],
            quality: vec![[0.0; 2]; vendors],
            support: [0.0; 3],
            wait: vec![0.0; vendors],
            maturity_cap: vec![1.0; vendors],
            shifts: BTreeMap::new(),
        }
    }

    /// Puts a new shift of a lever in the place of its last one.
    pub fn shift(&mut self, lever: usize, new: Shift) {
        let old = self.shifts.remove(&lever).unwrap_or_default();
        let add = |x: f64, old: f64, new: f64| x + (new - old);
        let pair = |x: [f64; 2], o: [f64; 2], n: [f64; 2]| [add(x[0], o[0], n[0]), add(x[1], o[1], n[1])];
        let times = |x: [f64; 2], o: [f64; 2], n: [f64; 2]| [x[0] * (n[0] / o[0]), x[1] * (n[1] / o[1])];
        renew(&mut self.trust, &old.trust, &new.trust, 0.0, add);
        renew(&mut self.hazard, &old.hazard, &new.hazard, 0.0, add);
        renew(&mut self.wacc, &old.wacc, &new.wacc, 0.0, add);
        renew(&mut self.open_risk, &old.open_risk, &new.open_risk, 0.0, add);
        renew(&mut self.support, &old.support, &new.support, 0.0, add);
        renew(&mut self.cost, &old.cost, &new.cost, [1.0; 2], times);
        renew(&mut self.quality, &old.quality, &new.quality, [0.0; 2], pair);
        if new != Shift::default() {
            self.shifts.insert(lever, new);
        }
        for (v, (wait, cap)) in self.wait.iter_mut().zip(&mut self.maturity_cap).enumerate() {
            let of = |list: &Vec<f64>| list.get(v).copied();
            *wait = self.shifts.values().filter_map(|s| of(&s.wait)).fold(0.0, f64::max);
            *cap = self
                .shifts
                .values()
                .filter_map(|s| of(&s.maturity_cap))
                .fold(1.0, f64::min);
        }
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

    /// What an operator loses by buying a component from a vendor, share of the reference price.
    #[must_use]
    pub fn levy(&self, operator: usize, vendor: VendorIx, what: RuleScope) -> f64 {
        let standing = self.levies.iter().filter(|l| l.concerns(vendor, what));
        standing.filter(|l| l.operators[operator]).map(|l| l.share).sum()
    }

    /// What operators of a country lose on average, by sites.
    #[must_use]
    pub fn mean_levy(&self, country: usize, vendor: VendorIx, what: RuleScope) -> f64 {
        let standing = self.levies.iter().filter(|l| l.concerns(vendor, what));
        standing.map(|l| l.share * l.reach[country]).sum()
    }

    /// Takes the levies of a lever back.
    pub fn lift_levies(&mut self, lever: usize) {
        self.levies.retain(|l| l.lever != lever);
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
            cost: vec![[1.0 + x, 1.0], [1.0; 2]],
            wait: vec![0.0, x],
            maturity_cap: vec![1.0, 1.0 - x],
            ..Shift::default()
        };
        c.shift(3, shift(0.25));
        c.shift(3, shift(0.5));
        assert_eq!(
            (c.trust[0], c.cost[0], c.wait[1], c.maturity_cap[1]),
            (0.5, [1.5, 1.0], 0.5, 0.5)
        );
        c.shift(4, shift(0.25));
        assert_eq!(
            (c.trust[0], c.wait[1], c.maturity_cap[1]),
            (0.75, 0.5, 0.5),
            "waits do not add up"
        );
        c.unshift(3);
        assert_eq!((c.trust[0], c.cost[0][0], c.wait[1]), (0.25, 1.25, 0.25));
        c.unshift(4);
        assert_eq!(c, neutral);
    }
}
