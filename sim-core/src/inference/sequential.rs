//! Stopping once a mean is known well enough, without paying for the looking.
//!
//! Whoever looks at an interval again and again, and stops when it is narrow, stops too soon more often than one look
//! would: a small sample whose spread happens to be small looks precise. Here the looks are planned
//! ([`looks`]: 100, 200, 400, ... replicates up to a cap), and each judges by an interval of the level
//! `1 - 0.05 / looks` ([`level`]). By Bonferroni's inequality all of these intervals together hold the mean with 95%,
//! so the one at which the run stops does too, whatever made it stop.

use super::interval::{mean_interval_at, wilson_interval_at};
use super::summary::{IntervalRule, mean_and_sd};

/// Replicates at the first look.
pub const FIRST_LOOK: u64 = 100;

/// The numbers of replicates at which a run of at most `most` replicates is looked at: 100, doubled each time, and
/// last of all `most` itself. Empty for 0.
///
/// # Example
/// ```
/// use sim_core::inference::sequential::looks;
/// assert_eq!(looks(700), [100, 200, 400, 700]);
/// ```
#[must_use]
pub fn looks(most: u64) -> Vec<u64> {
    let doubled = std::iter::successors(Some(FIRST_LOOK), |m| m.checked_mul(2));
    let mut looks: Vec<u64> = doubled.take_while(|m| *m < most).collect();
    looks.extend((most > 0).then_some(most));
    looks
}

/// The level of the interval at each of so many looks, such that all together hold with 95%.
#[must_use]
pub fn level(looks: usize) -> f64 {
    1.0 - 0.05 / looks.max(1) as f64
}

/// Half the width of the interval of the mean at a level (such as 0.95), leaving out NaN, by the rule of a summary. NaN for fewer than
/// two values.
#[must_use]
pub fn half_width(values: &[f64], level: f64, rule: IntervalRule) -> f64 {
    let defined: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    let n = defined.len();
    if n < 2 {
        return f64::NAN;
    }
    let upper = 0.5 + 0.5 * level;
    let binary = defined.iter().all(|value| *value == 0.0 || *value == 1.0);
    let interval = if binary && rule == IntervalRule::WilsonIfBinary {
        wilson_interval_at(upper, defined.iter().filter(|value| **value == 1.0).count(), n)
    } else {
        let (mean, sd) = mean_and_sd(&defined);
        mean_interval_at(upper, mean, sd, n)
    };
    0.5 * (interval.high - interval.low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Decision, Luck, StreamKey};
    use crate::inference::Summary;

    const RULE: IntervalRule = IntervalRule::WilsonIfBinary;

    #[test]
    fn looks_double_up_to_the_cap() {
        assert_eq!(looks(1600), [100, 200, 400, 800, 1600]);
        assert_eq!(looks(1601), [100, 200, 400, 800, 1600, 1601]);
        assert_eq!(looks(100), [100]);
        assert_eq!(looks(7), [7]);
        assert_eq!(looks(0), [0; 0]);
        assert!(looks(u64::MAX).len() < 64);
    }

    #[test]
    fn one_look_is_the_interval_of_the_summary() {
        let values: Vec<f64> = (0..120).map(|i| f64::from(i * i % 17)).chain([f64::NAN]).collect();
        let summary = Summary::of(&values);
        let half = half_width(&values, level(1), RULE);
        assert!((half - 0.5 * (summary.ci_high - summary.ci_low)).abs() < 1e-12);
        let binary: Vec<f64> = (0..120).map(|i| f64::from(i % 7 == 0)).collect();
        let summary = Summary::of(&binary);
        let half = half_width(&binary, level(1), RULE);
        assert!((half - 0.5 * (summary.ci_high - summary.ci_low)).abs() < 1e-12);
        // What never happened in 100 replicates is not known exactly: z^2 / (n + z^2) is the upper end.
        assert!((half_width(&[0.0; 100], 0.95, RULE) - 0.5 * 3.841_459 / 103.841_459).abs() < 1e-8);
        assert!(half_width(&[1.0, f64::NAN], 0.95, RULE).is_nan());
        // Student's 0.9875 quantile at 99 degrees of freedom is 2.276 003: two looks at a standard deviation of 1.
        let half = half_width(
            &(0..100).map(|i| f64::from(2 * (i % 2) - 1)).collect::<Vec<_>>(),
            level(2),
            RULE,
        );
        let sd = (100.0_f64 / 99.0).sqrt();
        assert!((half - 2.276_003 * sd / 10.0).abs() < 1e-6, "{half}");
    }

    /// Runs that stop by the rule hold the mean in their last interval with 95% at the least, and the naive rule, each
    /// look at 95%, holds it less often. Exponential values: skew makes small samples look precise.
    #[test]
    fn the_interval_at_the_stop_holds_the_mean() {
        let planned = looks(1600);
        let cover = |at: f64, target: f64| {
            let held = (0..2000).filter(|run| {
                let mut draws = Luck::new(11, *run).stream(StreamKey {
                    kind: Decision::Design,
                    entity: 1,
                    lot: 0,
                    cycle: 0,
                    cause: 0,
                });
                let values: Vec<f64> = (0..1600).map(|_| draws.next_exponential()).collect();
                let stop = planned
                    .iter()
                    .map(|m| &values[..*m as usize])
                    .find(|seen| seen.len() == 1600 || half_width(seen, at, RULE) <= target)
                    .expect("the last look stops");
                (Summary::of(stop).mean - 1.0).abs() <= half_width(stop, at, RULE)
            });
            held.count() as f64 / 2000.0
        };
        // Student's 95% interval of 200 exponential values is about 0.14 wide on each side, of 400 about 0.1.
        let (naive, corrected) = (cover(0.95, 0.13), cover(level(planned.len()), 0.13));
        // Four standard errors of a share of 2000 runs at 95%: 0.0195.
        assert!(corrected >= 0.95 - 0.0195, "{corrected}");
        assert!(corrected > naive && naive < 0.95, "{naive} {corrected}");
    }
}
