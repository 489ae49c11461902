//! Component supply of a vendor that is cut off: what is missing, how long the stockpile covers it, and what it costs.
//!
//! Of the foreign components in question a share `blocked` no longer comes,
//! ```text
//! blocked(t) = covered [1 - B (1 - exp(-t/T))]          covered: tiers x coalition x strength; B, T: backfill by others
//! recovered(t) = 1 - exp(-g t)                          the vendor's own supply chain is rebuilt, dr/dt = g (1 - r)
//! missing(t) = blocked(t) [1 - recovered(t)]            taken from the stockpile while there is one
//! indigenous(t) = blocked(t) recovered(t)               made at home, for good dearer and worse
//! dI/dt = -d(t) missing(t)                              I in months of usual use, d: deliveries over usual deliveries
//! ```
//! With constant use the stockpile lasts `I / (d missing)`: 12 months for 120 units at 10 a month, 20 with 40% still
//! coming (V32, renewal-reward). After the stock-out throughput falls to `1 - lost`; the vendor accepts work in
//! process as before, so by Little's law its lead time grows to `lead / (1 - lost)`. Throughput is lost in that part of its kit alone
//! that cannot be built without the components: `lost = critical x missing`.

use super::{RU, VendorIx, World};
use crate::world::state::State;
use crate::world::{BB, Layer};

/// A cut-off of components, as the vendor meets it. Shares in `[0,1]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CutOff {
    /// Share of the components in question that no longer comes, before backfill.
    pub covered: f64,
    /// Share of it that third parties supply in the end.
    pub backfill: f64,
    /// Years in which most (63%) of the backfill comes.
    pub backfill_years: f64,
    /// Recovery of the vendor's own supply, a year.
    pub recovery_per_year: f64,
}

/// `int_from^to exp(-k t) dt`.
fn decay_over(k: f64, from: f64, to: f64) -> f64 {
    if k <= 0.0 {
        to - from
    } else {
        (libm::exp(-k * from) - libm::exp(-k * to)) / k
    }
}

impl CutOff {
    /// Share that no longer comes, `years` after the cut.
    #[must_use]
    pub fn blocked(&self, years: f64) -> f64 {
        self.covered * (1.0 - self.backfill * (1.0 - libm::exp(-years / self.backfill_years)))
    }

    /// Share of the blocked part that the vendor makes itself.
    #[must_use]
    pub fn recovered(&self, years: f64) -> f64 {
        1.0 - libm::exp(-self.recovery_per_year * years)
    }

    /// Share that neither comes nor is made.
    #[must_use]
    pub fn missing(&self, years: f64) -> f64 {
        self.blocked(years) * (1.0 - self.recovered(years))
    }

    /// Mean of [`Self::missing`] between two times: its exact integral over the time between.
    #[must_use]
    pub fn mean_missing(&self, from: f64, to: f64) -> f64 {
        if to <= from {
            return self.missing(to);
        }
        let g = self.recovery_per_year;
        let whole = (1.0 - self.backfill) * decay_over(g, from, to)
            + self.backfill * decay_over(g + 1.0 / self.backfill_years, from, to);
        self.covered * whole / (to - from)
    }
}

/// Lead time over the usual one when a share of throughput is lost, less 1; infinite when nothing is made.
#[must_use]
pub fn longer_lead(missing: f64) -> f64 {
    if missing >= 1.0 {
        f64::INFINITY
    } else {
        missing / (1.0 - missing)
    }
}

/// The stockpile of one vendor under one lever.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stock {
    /// Lever that cut it off.
    pub lever: usize,
    /// Vendor.
    pub vendor: VendorIx,
    /// What is left, months of usual use.
    pub months: f64,
    /// Usual deliveries, sites a year.
    pub usual: f64,
    /// Deliveries that have been counted so far: the vendor's cumulative sites.
    pub counted: f64,
    /// Deliveries for which suppliers' lost sales are booked, counted alike.
    pub billed: f64,
    /// Months of use that were missing with the stockpile empty.
    pub unmet: f64,
}

impl Stock {
    /// Draws the stockpile down by what deliveries of `sites` between two times (years since the cut) lacked.
    pub fn draw(&mut self, cut: &CutOff, from: f64, to: f64, sites: f64) {
        if sites <= 0.0 {
            return;
        }
        if self.usual <= 0.0 {
            self.months = 0.0; // months of no use are no stock
            return;
        }
        let use_months = 12.0 * sites / self.usual * cut.mean_missing(from, to);
        self.unmet += (use_months - self.months).max(0.0);
        self.months = (self.months - use_months).max(0.0);
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_out(&self) -> bool {
        self.months <= 0.0
    }
}

/// Stockpiles of all vendors that are cut off.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Supplies {
    /// One for each lever and vendor.
    pub stocks: Vec<Stock>,
}

impl Supplies {
    /// Months of usual use that a vendor's scarcest stockpile covers; `None` if nobody cuts it off.
    #[must_use]
    pub fn inventory_months(&self, vendor: VendorIx) -> Option<f64> {
        let own = self.stocks.iter().filter(|s| s.vendor == vendor);
        own.map(|s| s.months).reduce(f64::min)
    }

    /// The stockpile of a vendor under a lever.
    pub fn stock_mut(&mut self, lever: usize, vendor: VendorIx) -> Option<&mut Stock> {
        self.stocks.iter_mut().find(|s| s.lever == lever && s.vendor == vendor)
    }

    /// Ends a cut-off.
    pub fn close(&mut self, lever: usize) {
        self.stocks.retain(|s| s.lever != lever);
    }
}

/// Sites that a vendor delivers in a year when what stands of it in the radio network, or of its cores, is renewed once a contract term.
#[must_use]
pub fn usual_sites_per_year(world: &World, state: &State, vendor: VendorIx, cores: bool) -> f64 {
    let mut sites = 0.0;
    for (slot, info) in state.slots.iter().zip(&world.slots) {
        if let Some(stack) = slot.stack.filter(|_| (info.layer == Layer::Core) == cores) {
            for k in [RU, BB] {
                if stack.seller[k] == vendor {
                    sites += info.sites * info.weight[k];
                }
            }
        }
    }
    sites / world.scenario.contract.term_years
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: CutOff = CutOff {
        covered: 1.0,
        backfill: 0.0,
        backfill_years: 1.0,
        recovery_per_year: 0.0,
    };

    fn stock(months: f64) -> Stock {
        Stock {
            lever: 0,
            vendor: 0,
            months,
            usual: 120.0, // ten a month
            counted: 0.0,
            billed: 0.0,
            unmet: 0.0,
        }
    }

    /// Months until the stockpile is empty, at usual deliveries, in steps of `step` months.
    fn runs_out(cut: &CutOff, months: f64, step: f64) -> f64 {
        let mut s = stock(months);
        let mut t = 0.0;
        while !s.is_out() && t < 1e4 {
            s.draw(cut, t / 12.0, (t + step) / 12.0, 10.0 * step);
            t += step;
        }
        t
    }

    #[test]
    fn v32_the_stockpile_lasts_its_months_over_what_is_missing() {
        assert!((runs_out(&FULL, 12.0, 0.01) - 12.0).abs() < 0.015);
        let partial = CutOff { covered: 0.6, ..FULL };
        assert!((runs_out(&partial, 12.0, 0.01) - 20.0).abs() < 0.015, "40% still comes");
    }

    /// V32: a disruption of exponential length (mean 8 months) against 12 months of stock at 10 units a month.
    #[test]
    fn v32_expected_stock_outs_of_an_exponential_disruption() {
        let (mean, step) = (8.0, 0.02);
        let (mut probability, mut months_out, mut units) = (0.0, 0.0, 0.0);
        for i in 0..20_000 {
            let length = (f64::from(i) + 0.5) * step;
            let weight = libm::exp(-length / mean) / mean * step;
            let mut s = stock(12.0);
            s.draw(&FULL, 0.0, length / 12.0, 10.0 * length);
            probability += if s.is_out() { weight } else { 0.0 };
            months_out += s.unmet * weight;
            units += 10.0 * s.unmet * weight;
        }
        assert!((probability - 0.223_130_16).abs() < 1e-4, "{probability}");
        assert!((months_out - 1.785_041_3).abs() < 1e-4, "{months_out}");
        assert!((units - 17.850_413).abs() < 1e-3, "{units}");
    }

    #[test]
    fn the_mean_of_what_is_missing_is_its_integral() {
        let cut = CutOff {
            covered: 0.8,
            backfill: 0.5,
            backfill_years: 1.5,
            recovery_per_year: 0.25,
        };
        let (from, to, n) = (0.7, 3.2, 100_000);
        let step = (to - from) / f64::from(n);
        let sum: f64 = (0..n).map(|i| cut.missing(from + (f64::from(i) + 0.5) * step)).sum();
        assert!((cut.mean_missing(from, to) - sum / f64::from(n)).abs() < 1e-9);
        let quarters: f64 = (0..10)
            .map(|q| cut.mean_missing(from + 0.25 * f64::from(q), from + 0.25 * f64::from(q + 1)) / 10.0)
            .sum();
        assert!(
            (cut.mean_missing(from, to) - quarters).abs() < 1e-12,
            "steps of any length agree"
        );
    }

    #[test]
    fn a_vendor_without_usual_use_has_no_stock_once_it_delivers() {
        let mut s = Stock {
            usual: 0.0,
            ..stock(12.0)
        };
        s.draw(&FULL, 0.0, 0.25, 0.0);
        assert!(!s.is_out());
        s.draw(&FULL, 0.25, 0.5, 1.0);
        assert!(s.is_out());
    }

    #[test]
    fn limits_nothing_covered_all_recovered_all_backfilled() {
        assert_eq!(CutOff { covered: 0.0, ..FULL }.missing(3.0), 0.0);
        assert!(
            CutOff {
                recovery_per_year: 1.0,
                ..FULL
            }
            .missing(60.0)
                < 1e-20
        );
        assert!(CutOff { backfill: 1.0, ..FULL }.missing(60.0) < 1e-12);
        assert_eq!(FULL.missing(60.0), 1.0);
        assert_eq!(longer_lead(0.0), 0.0);
        assert_eq!(longer_lead(0.5), 1.0, "half the throughput doubles the lead time");
        assert_eq!(longer_lead(1.0), f64::INFINITY);
    }
}
