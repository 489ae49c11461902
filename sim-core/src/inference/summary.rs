//! The summary of one series over replicates: one row of `summary.csv`.

use super::interval::{Interval, mean_interval, wilson_interval};

/// Statistics of a value over the replicates in which it is defined.
///
/// Everything but `n` is NaN where no replicate defines the value; `sd`, `ci_low` and `ci_high` are
/// NaN where only one does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// Replicates in which the value is defined (not NaN).
    pub n: usize,
    /// Mean: a compensated sum in the order of replicates, over `n`.
    pub mean: f64,
    /// Standard deviation, divisor `n - 1`.
    pub sd: f64,
    /// 5% quantile, type 7.
    pub p05: f64,
    /// Lower quartile, type 7.
    pub p25: f64,
    /// Median.
    pub p50: f64,
    /// Upper quartile, type 7.
    pub p75: f64,
    /// 95% quantile, type 7.
    pub p95: f64,
    /// Lower end of the 95% interval for the mean.
    pub ci_low: f64,
    /// Upper end of the 95% interval for the mean.
    pub ci_high: f64,
}

/// How the interval for the mean is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IntervalRule {
    /// Wilson's where every value is 0 or 1, otherwise Student's. It bounds the mean of whatever lies between 0 and 1.
    #[default]
    WilsonIfBinary,
    /// Student's always: for differences and amounts, where a column of zeros is no count of events.
    Student,
}

impl Summary {
    /// Summarises the values, leaving out NaN, by [`IntervalRule::WilsonIfBinary`].
    ///
    /// # Example
    /// ```
    /// use sim_core::inference::Summary;
    /// let summary = Summary::of(&[1.0, 4.0, f64::NAN, 2.0, 3.0]);
    /// assert_eq!((summary.n, summary.mean, summary.p50), (4, 2.5, 2.5));
    /// ```
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        Self::with(values.iter().copied(), IntervalRule::WilsonIfBinary, &mut Vec::new())
    }

    /// As [`Summary::of`], from any iterator in the order of replicates, with a buffer that is kept
    /// between series: on return it holds the defined values in ascending order.
    #[must_use]
    pub fn with(values: impl IntoIterator<Item = f64>, rule: IntervalRule, sorted: &mut Vec<f64>) -> Self {
        sorted.clear();
        sorted.extend(values.into_iter().filter(|value| !value.is_nan()));
        let n = sorted.len();
        // Before sorting: sums go in the order of replicates.
        let (mean, sd) = mean_and_sd(sorted);
        let binary = sorted.iter().all(|value| *value == 0.0 || *value == 1.0);
        let successes = sorted.iter().filter(|value| **value == 1.0).count();
        sorted.sort_unstable_by(f64::total_cmp);
        let interval = if n < 2 {
            Interval::UNDEFINED
        } else if binary && rule == IntervalRule::WilsonIfBinary {
            wilson_interval(successes, n)
        } else {
            mean_interval(mean, sd, n)
        };
        Self {
            n,
            mean,
            sd,
            p05: quantile(sorted, 50),
            p25: quantile(sorted, 250),
            p50: quantile(sorted, 500),
            p75: quantile(sorted, 750),
            p95: quantile(sorted, 950),
            ci_low: interval.low,
            ci_high: interval.high,
        }
    }
}

/// The sum in the order given, with the rounding errors carried along (Neumaier 1974, also known as
/// Kahan and Babuska's): its error does not grow with the number of terms. An infinite or overflowing
/// sum is the plain one.
#[must_use]
pub fn compensated_sum(values: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0_f64, 0.0);
    for value in values {
        let next = sum + value;
        lost += if sum.abs() >= value.abs() {
            (sum - next) + value
        } else {
            (value - next) + sum
        };
        sum = next;
    }
    if lost.is_finite() { sum + lost } else { sum }
}

/// Mean and standard deviation (divisor `n - 1`) of values without NaN.
///
/// Two passes, the second corrected by the sum of deviations (Chan, Golub and LeVeque 1983). Equal
/// values have exactly their own mean and a deviation of exactly 0.
pub(super) fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    let Some(first) = values.first() else {
        return (f64::NAN, f64::NAN);
    };
    let constant = values.iter().all(|value| value == first);
    let n = values.len() as f64;
    let mean = if constant {
        *first
    } else {
        compensated_sum(values.iter().copied()) / n
    };
    if values.len() < 2 {
        return (mean, f64::NAN);
    }
    if constant && first.is_finite() {
        return (mean, 0.0);
    }
    let deviations = compensated_sum(values.iter().map(|value| value - mean));
    let squares = compensated_sum(values.iter().map(|value| (value - mean) * (value - mean)));
    let variance = (squares - deviations * deviations / n) / (n - 1.0);
    (mean, variance.max(0.0).sqrt())
}

/// The quantile of sorted values at `per_mille` thousandths, by Hyndman and Fan's type 7 (1996; the
/// default of R and NumPy): linear between the order statistics around `(n - 1) p`. NaN for no
/// values; from 1000 on, the largest.
///
/// The place is found in whole numbers, so that a quantile that falls on a value is that value.
#[must_use]
pub fn quantile(sorted: &[f64], per_mille: u32) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let place = last as u128 * u128::from(per_mille.min(1000));
    let (below, rest) = ((place / 1000) as usize, (place % 1000) as f64);
    let low = sorted[below];
    let high = sorted[last.min(below + 1)];
    // Where they are equal the difference of infinities must not be taken.
    if rest == 0.0 || low == high {
        return low;
    }
    low + (high - low) * (rest / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Worked by hand: type 7 of 1..=10 at p is 1 + 9p.
    #[test]
    fn ten_values() {
        let summary = Summary::of(&[7.0, 2.0, 10.0, 1.0, 9.0, 4.0, 3.0, 8.0, 5.0, 6.0]);
        assert_eq!((summary.n, summary.mean, summary.p50), (10, 5.5, 5.5));
        assert_eq!((summary.p25, summary.p75), (3.25, 7.75));
        assert!((summary.p05 - 1.45).abs() < 1e-15 && (summary.p95 - 9.55).abs() < 2e-15);
        // Sum of squares 82.5 over 9; t.975,9 = 2.2621571628.
        assert!((summary.sd - (82.5_f64 / 9.0).sqrt()).abs() < 1e-15);
        let half = 2.262_157_162_8 * summary.sd / 10.0_f64.sqrt();
        assert!((summary.ci_high - 5.5 - half).abs() < 1e-9);
        assert!((5.5 - summary.ci_low - half).abs() < 1e-9);
    }

    #[test]
    fn a_quantile_on_a_value_is_that_value() {
        let values: Vec<f64> = (0..=1000).map(f64::from).collect();
        for per_mille in 0..=1000 {
            assert_eq!(quantile(&values, per_mille), f64::from(per_mille));
        }
        assert_eq!(quantile(&values, 5000), 1000.0);
        assert_eq!(quantile(&[3.0], 950), 3.0);
        assert!(quantile(&[], 500).is_nan());
        let infinite = [1.0, f64::INFINITY, f64::INFINITY];
        assert_eq!(quantile(&infinite, 750), f64::INFINITY);
    }

    #[test]
    fn few_values_leave_things_undefined() {
        let none = Summary::of(&[f64::NAN, -f64::NAN]);
        assert_eq!(none.n, 0);
        for value in [none.mean, none.sd, none.p05, none.p50, none.p95, none.ci_low] {
            assert!(value.is_nan());
        }
        let one = Summary::of(&[f64::NAN, 1.0]);
        assert_eq!((one.n, one.mean, one.p05, one.p95), (1, 1.0, 1.0, 1.0));
        assert!(one.sd.is_nan() && one.ci_low.is_nan() && one.ci_high.is_nan());
    }

    #[test]
    fn zeros_and_ones_are_a_proportion_unless_they_are_amounts() {
        let mut values = vec![0.0; 50];
        values[..7].fill(1.0);
        let share = Summary::of(&values);
        // V33.
        assert!((share.ci_low - 0.069_508_334).abs() < 5e-10);
        assert!((share.ci_high - 0.261_861_94).abs() < 5e-9);
        values.fill(0.0);
        let never = Summary::of(&values);
        assert!(never.ci_low == 0.0 && never.ci_high > 0.07);
        let amount = Summary::with(values, IntervalRule::Student, &mut Vec::new());
        assert_eq!((amount.sd, amount.ci_low, amount.ci_high), (0.0, 0.0, 0.0));
    }

    #[test]
    fn sums_do_not_lose_what_is_small() {
        assert_eq!(compensated_sum([1.0, 1e100, 1.0, -1e100]), 2.0);
        assert_eq!(compensated_sum([1.0, f64::INFINITY]), f64::INFINITY);
        assert_eq!(compensated_sum([]), 0.0);
        // 0.1 has no exact binary form: three of them do not sum to 0.3, yet their mean is 0.1.
        let same = Summary::of(&[0.1; 3]);
        assert_eq!((same.mean, same.sd), (0.1, 0.0));
        // A large offset leaves the spread alone: variance 1 of -1, 0, 1.
        let far = Summary::of(&[1e15 - 1.0, 1e15, 1e15 + 1.0]);
        assert_eq!((far.mean, far.sd), (1e15, 1.0));
    }

    proptest! {
        /// Against a naive twin: plain sums, and quantiles from the definition.
        #[test]
        fn as_the_definitions(
            values in proptest::collection::vec(-1e3..1e3_f64, 2..80),
            holes in 0_usize..5,
        ) {
            let mut with_holes = values.clone();
            for hole in 0..holes {
                with_holes.insert(hole * with_holes.len() / 5, f64::NAN);
            }
            let summary = Summary::of(&with_holes);
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
            prop_assert_eq!(summary.n, values.len());
            prop_assert!((summary.mean - mean).abs() < 1e-10);
            prop_assert!((summary.sd - (squares / (n - 1.0)).sqrt()).abs() < 1e-10);
            let mut sorted = values;
            sorted.sort_by(f64::total_cmp);
            for (p, got) in [
                (0.05, summary.p05),
                (0.25, summary.p25),
                (0.5, summary.p50),
                (0.75, summary.p75),
                (0.95, summary.p95),
            ] {
                let place = (n - 1.0) * p;
                let below = libm::floor(place);
                let low = sorted[below as usize];
                let high = sorted[libm::ceil(place) as usize];
                prop_assert!((got - (low + (place - below) * (high - low))).abs() < 1e-9);
            }
            prop_assert!(summary.ci_low <= summary.mean && summary.mean <= summary.ci_high);
        }
    }
}
