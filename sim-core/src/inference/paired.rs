//! Differences between two worlds that share their luck: one row of `differences.csv`.

use std::fmt;

use super::interval::{Interval, mean_interval};
use super::summary::{IntervalRule, Summary, compensated_sum, mean_and_sd, quantile};
use crate::draws::Draws;

/// Two series that should hold the same replicates have different lengths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnpairedError {
    /// Values of the first series.
    pub first: usize,
    /// Values of the second series.
    pub second: usize,
}

impl fmt::Display for UnpairedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} and {} replicates cannot be paired: a replicate that failed must stand as undefined",
            self.first, self.second
        )
    }
}

impl std::error::Error for UnpairedError {}

fn same_length(a: &[f64], b: &[f64]) -> Result<(), UnpairedError> {
    if a.len() == b.len() {
        return Ok(());
    }
    Err(UnpairedError {
        first: a.len(),
        second: b.len(),
    })
}

/// Room that [`PairedSummary::with`] keeps between series.
#[derive(Debug, Clone, Default)]
pub struct PairedRoom {
    base: Vec<f64>,
    alt: Vec<f64>,
    differences: Vec<f64>,
    sorted: Vec<f64>,
}

/// Statistics of the paired difference alternative - base over replicates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedSummary {
    /// Of the differences, over the pairs of which both values are defined. The interval is
    /// Student's always: a policy that changes nothing has the interval [0, 0].
    pub difference: Summary,
    /// Share of replicates whose difference has the sign of the mean, zeros counted half; 0.5 where
    /// the mean is zero, NaN where there is no pair.
    pub p_sign: f64,
    /// Variance of the paired difference over that of independent runs, `var(alt) + var(base)`:
    /// below 1 the shared luck pays. NaN with fewer than two pairs or without any spread.
    pub variance_ratio: f64,
}

impl PairedSummary {
    /// Compares two series by replicate; NaN is an undefined value.
    ///
    /// # Errors
    /// [`UnpairedError`] if the lengths differ.
    pub fn of(base: &[f64], alt: &[f64]) -> Result<Self, UnpairedError> {
        Self::with(base, alt, &mut PairedRoom::default())
    }

    /// As [`PairedSummary::of`], with room that is kept between series.
    ///
    /// # Errors
    /// [`UnpairedError`] if the lengths differ.
    pub fn with(base: &[f64], alt: &[f64], room: &mut PairedRoom) -> Result<Self, UnpairedError> {
        same_length(base, alt)?;
        let PairedRoom {
            base: defined_base,
            alt: defined_alt,
            differences,
            sorted,
        } = room;
        defined_base.clear();
        defined_alt.clear();
        differences.clear();
        for (b, a) in base.iter().zip(alt).filter(|(b, a)| !b.is_nan() && !a.is_nan()) {
            defined_base.push(*b);
            defined_alt.push(*a);
            differences.push(a - b);
        }
        let difference = Summary::with(differences.iter().copied(), IntervalRule::Student, sorted);
        let apart = square(mean_and_sd(defined_base).1) + square(mean_and_sd(defined_alt).1);
        let variance_ratio = if apart > 0.0 {
            square(difference.sd) / apart
        } else {
            f64::NAN
        };
        Ok(Self {
            difference,
            p_sign: share_of_sign(differences, difference.mean),
            variance_ratio,
        })
    }
}

fn square(x: f64) -> f64 {
    x * x
}

fn share_of_sign(differences: &[f64], mean: f64) -> f64 {
    if differences.is_empty() || mean.is_nan() {
        return f64::NAN;
    }
    if mean == 0.0 {
        return 0.5;
    }
    // Counted in halves, so that the sum is exact.
    let halves: u64 = differences
        .iter()
        .map(|d| match d {
            d if *d == 0.0 => 1,
            d if (*d > 0.0) == (mean > 0.0) => 2,
            _ => 0,
        })
        .sum();
    halves as f64 / (2.0 * differences.len() as f64)
}

/// A ratio of two mean differences, cost for each point of lock-in removed, say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RatioSummary {
    /// Pairs of which both values are defined.
    pub n: usize,
    /// Mean of the numerator over mean of the denominator; NaN where the denominator cannot be told
    /// from zero.
    pub ratio: f64,
    /// 95% interval by bootstrap; NaN where the ratio is.
    pub interval: Interval,
}

impl RatioSummary {
    /// The usual number of resamples: 50 of them lie beyond each end of the interval.
    pub const RESAMPLES: u32 = 2000;
    /// Most units that are resampled: with more replicates, a unit holds several of them.
    pub const MOST_UNITS: u32 = 10_000;

    /// Estimates mean(numerator) / mean(denominator) over replicates, with the percentile interval
    /// (Efron 1979) over `resamples` draws of whole replicates.
    ///
    /// The ratio is undefined where Student's 95% interval for the denominator holds zero: it then
    /// has no finite interval either (Fieller 1954). `draws` should be a stream of
    /// [`Decision::Bootstrap`](crate::draws::Decision::Bootstrap) named after the series; it is
    /// read in sequence.
    ///
    /// # Errors
    /// [`UnpairedError`] if the lengths differ.
    pub fn of(
        numerator: &[f64],
        denominator: &[f64],
        resamples: u32,
        draws: &mut Draws,
    ) -> Result<Self, UnpairedError> {
        let all = Self::sharing(&[numerator], denominator, resamples, draws)?;
        Ok(all.first().copied().unwrap_or(Self::undefined(0)))
    }

    /// As [`RatioSummary::of`] for several numerators over one denominator, over the replicates in which
    /// all of them are defined, each with the same resamples: where numerators add up, so do their
    /// ratios, in the estimate and in every resample.
    ///
    /// With more than [`RatioSummary::MOST_UNITS`] replicates neighbours are resampled together, which
    /// bounds the work; they are independent of each other, so that the law of the mean is the same.
    ///
    /// # Errors
    /// [`UnpairedError`] if a length differs from the denominator's.
    pub fn sharing(
        numerators: &[&[f64]],
        denominator: &[f64],
        resamples: u32,
        draws: &mut Draws,
    ) -> Result<Vec<Self>, UnpairedError> {
        for numerator in numerators {
            same_length(numerator, denominator)?;
        }
        let defined: Vec<usize> = (0..denominator.len())
            .filter(|k| !denominator[*k].is_nan() && numerators.iter().all(|over| !over[*k].is_nan()))
            .collect();
        let n = defined.len();
        let under: Vec<f64> = defined.iter().map(|k| denominator[*k]).collect();
        let (mean, sd) = mean_and_sd(&under);
        let test = mean_interval(mean, sd, n);
        let told_from_zero = test.low > 0.0 || test.high < 0.0;
        if !told_from_zero {
            return Ok(vec![Self::undefined(n); numerators.len()]);
        }
        let bottom = compensated_sum(under.iter().copied());
        let tops: Vec<f64> = (numerators.iter())
            .map(|over| compensated_sum(defined.iter().map(|k| over[*k])))
            .collect();
        // One row a unit: the denominator, then each numerator.
        let width = numerators.len() + 1;
        let size = n.div_ceil(Self::MOST_UNITS as usize).max(1);
        let mut units = Vec::with_capacity(n.div_ceil(size) * width);
        for chunk in defined.chunks(size) {
            units.push(chunk.iter().map(|k| denominator[*k]).sum::<f64>());
            units.extend(
                numerators
                    .iter()
                    .map(|over| chunk.iter().map(|k| over[*k]).sum::<f64>()),
            );
        }
        let count = units.len() / width;
        let bound = u32::try_from(count).unwrap_or(Self::MOST_UNITS);
        let mut ratios = vec![Vec::with_capacity(resamples as usize); numerators.len()];
        let mut sums = vec![0.0; width];
        for _ in 0..resamples {
            sums.fill(0.0);
            for _ in 0..count {
                let pick = draws.next_below(bound) as usize;
                let row = &units[pick * width..(pick + 1) * width];
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum += value;
                }
            }
            if sums[0] != 0.0 {
                for (ratios, top) in ratios.iter_mut().zip(&sums[1..]) {
                    ratios.push(top / sums[0]);
                }
            }
        }
        let summaries = tops.into_iter().zip(&mut ratios).map(|(top, ratios)| {
            ratios.sort_unstable_by(f64::total_cmp);
            Self {
                n,
                ratio: top / bottom,
                interval: Interval {
                    low: quantile(ratios, 25),
                    high: quantile(ratios, 975),
                },
            }
        });
        Ok(summaries.collect())
    }

    /// Of `n` pairs whose denominator cannot be told from zero.
    fn undefined(n: usize) -> Self {
        Self {
            n,
            ratio: f64::NAN,
            interval: Interval::UNDEFINED,
        }
    }
}

#[cfg(test)]
#[path = "paired_tests.rs"]
mod tests;
