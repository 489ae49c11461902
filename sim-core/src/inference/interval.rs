//! Intervals of 95% confidence for means, proportions and quantiles.

use super::{beta_cdf, normal_quantile, student_t_quantile};

/// The probability below the upper end of a central interval of 95%.
const UPPER: f64 = 0.975;

/// An interval, `low <= high`; both ends NaN where it is undefined.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// The interval of what cannot be told.
    pub const UNDEFINED: Self = Self {
        low: f64::NAN,
        high: f64::NAN,
    };

    /// Whether the value lies in the closed interval; `false` where the interval is undefined.
    #[must_use]
    pub fn contains(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// Student's interval for the mean of `n` values with this sample mean and standard deviation
/// (divisor `n - 1`). Undefined for fewer than two values.
#[must_use]
pub fn mean_interval(mean: f64, sd: f64, n: usize) -> Interval {
    mean_interval_at(UPPER, mean, sd, n)
}

/// [`mean_interval`] with the probability `upper`, in (0.5, 1), below its upper end.
pub(super) fn mean_interval_at(upper: f64, mean: f64, sd: f64, n: usize) -> Interval {
    if n < 2 {
        return Interval::UNDEFINED;
    }
    let half = student_t_quantile(upper, (n - 1) as f64) * sd / (n as f64).sqrt();
    Interval {
        low: mean - half,
        high: mean + half,
    }
}

/// Wilson's score interval for a proportion (Wilson 1927; Brown, Cai and DasGupta 2001). Undefined
/// for `n = 0` or more successes than trials.
///
/// Unlike Student's it stays within 0 and 1 and keeps a width where every trial ended the same: 0 of
/// 1000 gives an upper end of 0.0038. For a one-sided bound on something never seen, see
/// [`exact_upper_limit`].
#[must_use]
pub fn wilson_interval(successes: usize, n: usize) -> Interval {
    wilson_interval_at(UPPER, successes, n)
}

/// [`wilson_interval`] with the probability `upper`, in (0.5, 1), below its upper end.
pub(super) fn wilson_interval_at(upper: f64, successes: usize, n: usize) -> Interval {
    if n == 0 || successes > n {
        return Interval::UNDEFINED;
    }
    let z = normal_quantile(upper);
    let (trials, square) = (n as f64, z * z);
    let share = successes as f64 / trials;
    let centre = share + square / (2.0 * trials);
    let spread = z * (share * (1.0 - share) / trials + square / (4.0 * trials * trials)).sqrt();
    let scale = 1.0 + square / trials;
    // At the ends centre and spread are equal but for rounding.
    Interval {
        low: if successes == 0 { 0.0 } else { (centre - spread) / scale },
        high: if successes == n { 1.0 } else { (centre + spread) / scale },
    }
}

/// The exact one-sided upper limit of a probability (Clopper and Pearson 1934): the `p` at which
/// `successes` or fewer of `n` would have probability `1 - confidence`. NaN outside its domain.
///
/// With no success it is `1 - (1 - confidence)^(1/n)`: 0.0029912 for 0 of 1000 at 95%, the
/// "rule of three".
#[must_use]
pub fn exact_upper_limit(successes: usize, n: usize, confidence: f64) -> f64 {
    let domain = n > 0 && successes <= n && confidence > 0.0 && confidence < 1.0;
    if !domain {
        return f64::NAN;
    }
    let risk = 1.0 - confidence;
    if successes == n {
        return 1.0;
    }
    if successes == 0 {
        return -libm::expm1(libm::log(risk) / n as f64);
    }
    let (mut low, mut high) = (successes as f64 / n as f64, 1.0);
    // Sixty halvings of the unit interval: below the spacing of doubles near 1.
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if binomial_cdf(successes, n, middle) > risk {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// The probability of `k` or fewer successes in `n` trials of probability `p`, for `k <= n`.
fn binomial_cdf(k: usize, n: usize, p: f64) -> f64 {
    if k >= n {
        return 1.0;
    }
    beta_cdf((n - k) as f64, k as f64 + 1.0, 1.0 - p)
}

/// An interval for a quantile whose ends are order statistics, whatever the law of the values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantileRanks {
    /// Rank of the lower end, from 1.
    pub low: usize,
    /// Rank of the upper end, from 1.
    pub high: usize,
    /// Probability that the interval holds the quantile, at least 0.95.
    pub coverage: f64,
}

/// The ranks of the central 95% interval for the quantile at `p` in (0, 1) of `n` values: the
/// number below the quantile is binomial, and each tail gets at most 0.025. `None` where `n` is too
/// small for that.
#[must_use]
pub fn quantile_ranks(n: usize, p: f64) -> Option<QuantileRanks> {
    let domain = p > 0.0 && p < 1.0;
    if !domain || binomial_cdf(0, n, p) > 1.0 - UPPER {
        return None;
    }
    // The first k whose distribution function exceeds a level, by halving.
    let first_above = |reached: &dyn Fn(f64) -> bool| {
        let (mut low, mut high) = (0, n);
        while low < high {
            let middle = low + (high - low) / 2;
            if reached(binomial_cdf(middle, n, p)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    };
    let low = first_above(&|f| f > 1.0 - UPPER);
    let high = first_above(&|f| f >= UPPER) + 1;
    (low >= 1 && high <= n).then(|| QuantileRanks {
        low,
        high,
        coverage: binomial_cdf(high - 1, n, p) - binomial_cdf(low - 1, n, p),
    })
}

/// Replicates after which the 95% interval of a mean has this half-width, from a pilot's standard
/// deviation (normal approximation). `None` unless the half-width is positive and the number finite.
#[must_use]
pub fn replicates_needed(sd: f64, half_width: f64) -> Option<u64> {
    let root = normal_quantile(UPPER) * sd / half_width;
    let number = libm::ceil(root * root);
    (half_width > 0.0 && number < 1e18).then_some(number as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(got: f64, expected: f64, tolerance: f64) {
        assert!((got - expected).abs() <= tolerance, "{got}, expected {expected}");
    }

    /// V33.
    #[test]
    fn student_wilson_and_exact() {
        let student = mean_interval(10.0, 2.0, 30);
        near(student.high - 10.0, 0.746_812_27, 5e-9);
        near(10.0 - student.low, 0.746_812_27, 5e-9);
        let wilson = wilson_interval(7, 50);
        near(wilson.low, 0.069_508_334, 5e-10);
        near(wilson.high, 0.261_861_94, 5e-9);
        near(exact_upper_limit(0, 1000, 0.95), 0.002_991_249_5, 5e-11);
        assert_eq!(replicates_needed(2.0, 0.1), Some(1537));
        let median = quantile_ranks(100, 0.5).expect("enough values");
        assert_eq!((median.low, median.high), (40, 61));
        near(median.coverage, 0.964_799_8, 5e-8);
        let q90 = quantile_ranks(100, 0.9).expect("enough values");
        assert_eq!((q90.low, q90.high), (84, 96));
        near(q90.coverage, 0.955_690_11, 5e-9);
    }

    #[test]
    fn wilson_is_the_root_of_the_score_equation() {
        let z = normal_quantile(UPPER);
        for n in [1_usize, 2, 5, 50, 1000, 1_000_000] {
            for successes in [0, 1, n / 3, n / 2, n - 1, n] {
                let interval = wilson_interval(successes, n);
                let share = successes as f64 / n as f64;
                assert!(0.0 <= interval.low && interval.high <= 1.0);
                assert!(interval.contains(share));
                for end in [interval.low, interval.high] {
                    let gap = (share - end) * (share - end);
                    near(gap, z * z * end * (1.0 - end) / n as f64, 1e-12);
                }
                let mirror = wilson_interval(n - successes, n);
                near(mirror.low, 1.0 - interval.high, 1e-12);
            }
        }
        let none = wilson_interval(0, 1000);
        assert_eq!(none.low, 0.0);
        // z^2 / (n + z^2), the closed form at no success.
        near(none.high, z * z / (1000.0 + z * z), 1e-15);
        near(none.high, 0.003_826_76, 5e-9);
    }

    #[test]
    fn the_exact_limit_inverts_the_binomial() {
        // The naive twin: the sum of binomial terms.
        let below = |successes: usize, n: usize, p: f64| {
            let mut term = (0..n).fold(1.0, |power, _| power * (1.0 - p));
            let mut sum = term;
            for k in 1..=successes {
                term *= (n - k + 1) as f64 / k as f64 * p / (1.0 - p);
                sum += term;
            }
            sum
        };
        for (successes, n) in [(1, 10), (3, 20), (9, 10), (40, 100), (1, 500), (0, 7)] {
            for confidence in [0.5, 0.95, 0.975] {
                let limit = exact_upper_limit(successes, n, confidence);
                near(below(successes, n, limit), 1.0 - confidence, 1e-11);
                near(binomial_cdf(successes, n, limit), 1.0 - confidence, 1e-11);
            }
        }
        assert_eq!(exact_upper_limit(4, 4, 0.95), 1.0);
    }

    #[test]
    fn what_cannot_be_told_is_undefined() {
        assert!(mean_interval(1.0, f64::NAN, 1).low.is_nan());
        assert!(wilson_interval(0, 0).high.is_nan() && wilson_interval(3, 2).low.is_nan());
        assert!(!Interval::UNDEFINED.contains(0.0));
        assert!(exact_upper_limit(0, 0, 0.95).is_nan());
        assert!(exact_upper_limit(1, 2, 1.0).is_nan());
        // Five values bound a median with 1 - 2/32 = 0.9375 at the most, six with 0.96875.
        assert_eq!(quantile_ranks(5, 0.5), None);
        let six = quantile_ranks(6, 0.5).expect("enough values");
        assert_eq!((six.low, six.high, six.coverage), (1, 6, 0.968_75));
        assert_eq!(quantile_ranks(30, 0.95), None);
        assert_eq!(quantile_ranks(0, 0.5), None);
        assert_eq!(quantile_ranks(100, f64::NAN), None);
        assert_eq!(replicates_needed(1.0, 0.0), None);
        assert_eq!(replicates_needed(f64::NAN, 1.0), None);
    }
}
