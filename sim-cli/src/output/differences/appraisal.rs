//! What a policy changes over the whole horizon, place by place: lock-in on average, cost by who bears it, and
//! the cost of a point of lock-in removed.
//!
//! Of each pair of replicates, at the base's discount rate (see [`Discounting`]):
//! - `discounted_lock_in`: the mean over time of `lock_in_curve`, component `ran`, in both worlds;
//! - `discounted_cost`: the present value at the first date of `operator_cost` (all parts), of `public_outlay`
//!   (all levers; nothing where a world has none) and of `site_months_late` times the value of a site-month.
//!
//! One point is 0.01 of the discounted mean lock-in. `cost_per_lock_in_point` is the ratio of means over pairs,
//! mean(cost of alt - cost of base) / mean(points of base - points of alt), with a bootstrap interval.

use sim_core::draws::{Decision, Luck, StreamKey, stable_hash};
use sim_core::inference::{Discounting, Interval, PairedRoom, PairedSummary, RatioSummary, UnpairedError, Verdict};

use super::accounts::{Account, PARTS};
use crate::engine::Valuation;
use crate::exit::{Failure, Result};
use crate::store::layout::{Layout, SeriesLabel};

/// Measures of an appraisal: name and unit, in the order of rows.
pub const MEASURES: [(&str, &str); 3] = [
    (LOCK_IN, "share_of_price"),
    (COST, "musd_2020"),
    (COST_PER_POINT, "musd_2020_per_point"),
];
/// Discounted mean lock-in.
pub const LOCK_IN: &str = "discounted_lock_in";
/// Discounted cost.
pub const COST: &str = "discounted_cost";
/// Cost of a point of lock-in removed.
pub const COST_PER_POINT: &str = "cost_per_lock_in_point";
/// Numbers kept of one pair at one place.
pub const VALUES_PER_PAIR: usize = 2 * (1 + PARTS.len() + 1);

/// A place: its kind and id.
pub type Place = (String, String);

/// One row of the table, without worlds and date.
#[derive(Debug, Clone, PartialEq)]
pub struct AppraisalRow {
    /// What the row is about.
    pub label: SeriesLabel,
    /// Its numbers.
    pub statistics: Statistics,
}

/// The numbers of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistics {
    /// A paired difference.
    Paired(PairedSummary),
    /// A ratio of mean differences: estimate and 95% interval, NaN where undefined.
    Ratio {
        /// Pairs.
        n: usize,
        /// The estimate.
        ratio: f64,
        /// Its interval.
        interval: Interval,
    },
}

impl AppraisalRow {
    /// The order of rows: measures as in [`MEASURES`], other keys by byte.
    pub fn order(&self) -> (usize, [&str; 8]) {
        let rank = MEASURES.iter().position(|(name, _)| *name == self.label.measure);
        (rank.unwrap_or(MEASURES.len()), self.label.texts())
    }
}

/// The numbers of one place, replicate by replicate, in the base and in the alternative.
struct Ledger {
    place: Place,
    accounts: (Account, Account),
    lock_in: (Vec<f64>, Vec<f64>),
    /// By part, then the sum.
    costs: [(Vec<f64>, Vec<f64>); PARTS.len() + 1],
}

/// The appraisal of one alternative against the base at some places.
pub struct Appraisal {
    discounting: Discounting,
    valuation: Valuation,
    ledgers: Vec<Ledger>,
}

impl Appraisal {
    /// The places that can be appraised: those where both worlds have a lock-in curve and operators' cost.
    pub fn places(base: &Layout, alt: &Layout) -> Vec<Place> {
        let curves = (base.series.iter()).filter(|label| label.measure == "lock_in_curve");
        let mut places: Vec<Place> = curves.map(|l| (l.place_kind.clone(), l.place.clone())).collect();
        places.sort();
        places.dedup();
        places.retain(|(kind, place)| {
            [base, alt]
                .iter()
                .all(|layout| Account::of(layout, (kind, place)).is_some())
        });
        places
    }

    /// An appraisal without pairs so far, at some of [`Appraisal::places`].
    pub fn of(base: &Layout, alt: &Layout, places: Vec<Place>, valuation: Valuation) -> Self {
        let ledger = |place: Place| {
            let account = |layout| Account::of(layout, (&place.0, &place.1));
            let accounts = (account(base)?, account(alt)?);
            Some(Ledger {
                place,
                accounts,
                lock_in: Default::default(),
                costs: Default::default(),
            })
        };
        Self {
            discounting: Discounting::new(&base.dates, valuation.discount_rate),
            valuation,
            ledgers: places.into_iter().filter_map(ledger).collect(),
        }
    }

    /// Takes in one replicate: its records in both worlds.
    pub fn add(&mut self, base: &[f64], alt: &[f64]) {
        for ledger in &mut self.ledgers {
            let (here, there) = &ledger.accounts;
            let lock_in = self.discounting.means(&here.curve(base), &there.curve(alt));
            ledger.lock_in.0.push(lock_in.0);
            ledger.lock_in.1.push(lock_in.1);
            let amounts = (
                here.amounts(base, &self.discounting, self.valuation),
                there.amounts(alt, &self.discounting, self.valuation),
            );
            for (part, cost) in ledger.costs.iter_mut().enumerate() {
                let of = |amounts: &[f64; 3]| amounts.get(part).copied().unwrap_or_else(|| amounts.iter().sum());
                cost.0.push(of(&amounts.0));
                cost.1.push(of(&amounts.1));
            }
        }
    }

    /// The rows of all places; `seed` is that of the ensemble.
    ///
    /// # Errors
    /// None that input can cause.
    pub fn rows(&self, seed: u64) -> Result<Vec<AppraisalRow>> {
        let mut rows = Vec::new();
        for ledger in &self.ledgers {
            let unpaired = |error: UnpairedError| Failure::CouldNotGoOn(error.to_string());
            rows.extend(self.of_place(ledger, seed).map_err(unpaired)?);
        }
        Ok(rows)
    }

    fn of_place(&self, ledger: &Ledger, seed: u64) -> std::result::Result<Vec<AppraisalRow>, UnpairedError> {
        let mut room = PairedRoom::default();
        let row = |measure: usize, component: &str, part: &str, statistics| AppraisalRow {
            label: SeriesLabel {
                measure: MEASURES[measure].0.to_owned(),
                unit: MEASURES[measure].1.to_owned(),
                component: component.to_owned(),
                generation: "all".to_owned(),
                place_kind: ledger.place.0.clone(),
                place: ledger.place.1.clone(),
                vendor: "all".to_owned(),
                part: part.to_owned(),
            },
            statistics,
        };
        let parts = || PARTS.into_iter().chain(["all"]);
        let lock_in = PairedSummary::with(&ledger.lock_in.0, &ledger.lock_in.1, &mut room)?;
        let mut rows = vec![row(0, "ran", "all", Statistics::Paired(lock_in))];
        for (part, (base, alt)) in parts().zip(&ledger.costs) {
            let paired = PairedSummary::with(base, alt, &mut room)?;
            let component = &ledger.accounts.0.component;
            rows.push(row(1, component, part, Statistics::Paired(paired)));
        }
        let less = |(base, alt): &(Vec<f64>, Vec<f64>), factor: f64| -> Vec<f64> {
            base.iter().zip(alt).map(|(b, a)| factor * (a - b)).collect()
        };
        let removed = less(&ledger.lock_in, -100.0);
        let costs: Vec<Vec<f64>> = ledger.costs.iter().map(|cost| less(cost, 1.0)).collect();
        let numerators: Vec<&[f64]> = costs.iter().map(Vec::as_slice).collect();
        let key = StreamKey {
            kind: Decision::Bootstrap,
            // The same resamples at all places and of all policies: what they share, they share in each.
            entity: stable_hash(COST_PER_POINT),
            lot: 0,
            cycle: 0,
            cause: 0,
        };
        let mut draws = Luck::new(seed, 0).stream(key);
        let ratios = RatioSummary::sharing(&numerators, &removed, RatioSummary::RESAMPLES, &mut draws)?;
        let change = Interval {
            low: lock_in.difference.ci_low,
            high: lock_in.difference.ci_high,
        };
        let total = ratios.last().map_or(Interval::UNDEFINED, |ratio| ratio.interval);
        let is_defined = matches!(Verdict::of(change, total), Verdict::Dominant | Verdict::Priced);
        for (part, ratio) in parts().zip(&ratios) {
            let (value, interval) = if is_defined {
                (ratio.ratio, ratio.interval)
            } else {
                (f64::NAN, Interval::UNDEFINED)
            };
            let statistics = Statistics::Ratio {
                n: ratio.n,
                ratio: value,
                interval,
            };
            rows.push(row(2, "ran", part, statistics));
        }
        Ok(rows)
    }
}

#[cfg(test)]
#[path = "appraisal_tests.rs"]
mod tests;
