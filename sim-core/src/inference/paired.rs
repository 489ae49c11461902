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

/// The pairs of which both values are defined, as two series.
fn defined_pairs(a: &[f64], b: &[f64]) -> Result<(Vec<f64>, Vec<f64>), UnpairedError> {
    if a.len() != b.len() {
        return Err(UnpairedError {
            first: a.len(),
            second: b.len(),
        });
    }
    Ok(a.iter().zip(b).filter(|(a, b)| !a.is_nan() && !b.is_nan()).unzip())
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
        let (base, alt) = defined_pairs(base, alt)?;
        let differences: Vec<f64> = alt.iter().zip(&base).map(|(a, b)| a - b).collect();
        let difference = Summary::with(differences.iter().copied(), IntervalRule::Student, &mut Vec::new());
        let apart = square(mean_and_sd(&base).1) + square(mean_and_sd(&alt).1);
        let variance_ratio = if apart > 0.0 {
            square(difference.sd) / apart
        } else {
            f64::NAN
        };
        Ok(Self {
            difference,
            p_sign: share_of_sign(&differences, difference.mean),
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
        let (over, under) = defined_pairs(numerator, denominator)?;
        let n = over.len();
        let undefined = Self {
            n,
            ratio: f64::NAN,
            interval: Interval::UNDEFINED,
        };
        let (mean, sd) = mean_and_sd(&under);
        let test = mean_interval(mean, sd, n);
        let told_from_zero = test.low > 0.0 || test.high < 0.0;
        let Ok(bound) = u32::try_from(n) else {
            return Ok(undefined);
        };
        if !told_from_zero {
            return Ok(undefined);
        }
        let mut ratios = Vec::with_capacity(resamples as usize);
        for _ in 0..resamples {
            let (mut top, mut bottom) = (0.0, 0.0);
            for _ in 0..n {
                let pick = draws.next_below(bound) as usize;
                top += over[pick];
                bottom += under[pick];
            }
            if bottom != 0.0 {
                ratios.push(top / bottom);
            }
        }
        ratios.sort_unstable_by(f64::total_cmp);
        Ok(Self {
            n,
            ratio: compensated_sum(over.iter().copied()) / compensated_sum(under.iter().copied()),
            interval: Interval {
                low: quantile(&ratios, 25),
                high: quantile(&ratios, 975),
            },
        })
    }
}

#[cfg(test)]
#[path = "paired_tests.rs"]
mod tests;
