//! Conditions of the market that levers may move: shifts on top of what the world is built with.
//!
//! All are neutral at the start (0, or a factor of 1), so that a world without levers reads what it was built with,
//! to the byte. A lever adds its share when it begins and takes the same share back at its end; shifts of several
//! levers add up, factors multiply.

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
    /// Added to each vendor's quality, radio and baseband.
    pub quality: Vec<[f64; 2]>,
    /// Added to the yearly growth rate of each interface's maturity; the sum is never below 0.
    pub support: [f64; 3],
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
            quality: vec![[0.0; 2]; vendors],
            support: [0.0; 3],
        }
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
