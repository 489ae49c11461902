//! What is posted at a market review: all that operators know of each other between two reviews.
//!
//! Maturity, unit costs after learning, pair experience and list margins are read from here, never from running
//! totals, so operators are independent within a quarter.

use crate::scenario::Scenario;
use crate::world::state::State;
use crate::world::{BB, RU, VendorIx, World};

use super::alternatives::NESTS;

/// An effective margin that is not known (and not NaN, so that posted numbers can be compared).
const UNKNOWN: f64 = 0.0;

/// The posted numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Posted {
    vendors: usize,
    layers: usize,
    /// Maturity of fronthaul, X2 and management.
    pub maturity: [f64; 3],
    /// Unit cost of radio and baseband over that at the start, by vendor.
    pub cost_factor: Vec<[f64; 2]>,
    /// Start-up cost of a pair over that without experience, radio-major.
    pub pair_learning: Vec<f64>,
    /// List margin over unit cost, share of price, by region, layer, vendor and nest.
    list_margin: Vec<f64>,
    /// Effective margins at the average buyers that belong to them, share of price: where the next review begins its search. Nothing else
    /// reads them.
    effective: Vec<f64>,
}

/// Wright's law: unit cost after `volume` over that at `reference`, when each doubling leaves `progress_ratio`.
///
/// `(volume / reference)^(log2 progress_ratio)` (Wright 1936).
#[must_use]
pub fn wright(volume: f64, reference: f64, progress_ratio: f64) -> f64 {
    libm::pow(volume / reference, libm::log2(progress_ratio))
}

/// Start-up cost of a pair of sellers after `sites`, over that without experience: `(1 + sites/reference)^-exponent`.
#[must_use]
pub fn pair_learning(sites: f64, reference: f64, exponent: f64) -> f64 {
    libm::pow(1.0 + sites / reference, -exponent)
}

impl Posted {
    /// Posts what the state holds today, with list margins still at mu, the margin of a seller without a share.
    #[must_use]
    pub fn new(world: &World, state: &State) -> Self {
        let vendors = world.vendors.len();
        let layers = world.gens.len() + 1;
        let margin = world.scenario.market.taste_scale_share;
        let margins = world.regions.len() * layers * vendors * NESTS;
        let mut posted = Self {
            vendors,
            layers,
            maturity: [0.0; 3],
            cost_factor: vec![[1.0; 2]; vendors],
            pair_learning: vec![1.0; vendors * vendors],
            list_margin: vec![margin; margins],
            effective: vec![UNKNOWN; margins],
        };
        posted.post_stocks(world, state);
        posted
    }

    /// Posts maturity, unit costs and pair experience.
    pub fn post_stocks(&mut self, world: &World, state: &State) {
        let s: &Scenario = &world.scenario;
        for (posted, interface) in self.maturity.iter_mut().zip(&state.interfaces) {
            *posted = interface.maturity;
        }
        let shared = wright(
            state.white_box_volume,
            s.learning.white_box_sites,
            s.learning.white_box_progress_ratio,
        );
        for (v, info) in world.vendors.iter().enumerate() {
            let own = wright(state.volume[v], info.cumulative_sites, s.learning.progress_ratio);
            self.cost_factor[v] = if info.white_box { [shared; 2] } else { [own; 2] };
        }
        for (learning, sites) in self.pair_learning.iter_mut().zip(&state.pair_sites) {
            if *sites > 0.0 {
                *learning = pair_learning(
                    *sites,
                    s.integration.experience_reference_sites,
                    s.integration.experience_exponent,
                );
            }
        }
    }

    fn margin_at(&self, region: usize, layer: usize, vendor: VendorIx) -> usize {
        ((region * self.layers + layer) * self.vendors + usize::from(vendor)) * NESTS
    }

    /// List margins of a vendor by nest, share of price.
    #[must_use]
    pub fn list_margins(&self, region: usize, layer: usize, vendor: VendorIx) -> &[f64] {
        let at = self.margin_at(region, layer, vendor);
        &self.list_margin[at..at + NESTS]
    }

    /// Posts the list margin of a vendor in a nest, share of price.
    pub fn post_margin(&mut self, region: usize, layer: usize, vendor: VendorIx, nest: u8, margin: f64) {
        let at = self.margin_at(region, layer, vendor);
        self.list_margin[at + usize::from(nest)] = margin;
    }

    /// Keeps the effective margins of a vendor at the average buyer by nest, share of price; NaN where there is none.
    pub(super) fn keep_effective(&mut self, region: usize, layer: usize, vendor: VendorIx, found: [f64; NESTS]) {
        let at = self.margin_at(region, layer, vendor);
        self.effective[at..at + NESTS].copy_from_slice(&found.map(|e| if e.is_finite() { e } else { UNKNOWN }));
    }

    /// Effective margins of a vendor at the average buyer by nest, share of price, as of the last review; NaN where none is known.
    pub(super) fn effective(&self, region: usize, layer: usize, vendor: VendorIx) -> [f64; NESTS] {
        let at = self.margin_at(region, layer, vendor);
        std::array::from_fn(|nest| match self.effective[at + nest] {
            UNKNOWN => f64::NAN,
            known => known,
        })
    }

    /// Start-up cost factor of a pair.
    #[must_use]
    pub fn pair(&self, seller: [VendorIx; 2]) -> f64 {
        self.pair_learning[usize::from(seller[RU]) * self.vendors + usize::from(seller[BB])]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// V23: 80% progress ratio, first unit 100.
    #[test]
    fn wright_known_answers() {
        let c = |n: f64| 100.0 * wright(n, 1.0, 0.8);
        for (n, expected) in [(2.0, 80.0), (8.0, 51.2), (1024.0, 10.737_418_24), (1000.0, 10.819_712)] {
            assert!((c(n) - expected).abs() < 1e-5, "C({n}) = {}", c(n));
        }
    }

    #[test]
    fn pair_experience_only_lowers_the_cost() {
        assert_eq!(pair_learning(0.0, 5000.0, 0.3), 1.0);
        let mut last = 1.0;
        for sites in [1.0, 100.0, 5000.0, 1e6] {
            let now = pair_learning(sites, 5000.0, 0.3);
            assert!(now < last);
            last = now;
        }
    }
}
