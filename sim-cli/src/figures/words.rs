//! What a title may claim: a rise, a fall, or that the change cannot be told from zero.

use super::number::fixed;
use super::summary::Stats;

/// Which way a difference goes, as far as its interval lets one say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The whole interval lies above zero.
    Rise,
    /// The whole interval lies below zero.
    Fall,
    /// The interval holds zero, or there is none.
    Unclear,
}

/// A difference of two means with a 95% interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// Difference of the means, `to` less `from`.
    pub mean: f64,
    /// Interval; `None` where a single replicate gives none.
    pub interval: Option<(f64, f64)>,
}

/// Decimals beyond those of its unit that a difference may be told with.
const MORE_DECIMALS: usize = 2;
/// An interval of this width is rounding of floating point.
const NO_WIDTH: f64 = 1e-12;

impl Difference {
    /// A paired difference, whose statistics are its own.
    pub fn paired(stats: &Stats) -> Self {
        Self {
            mean: stats.mean,
            interval: stats.ci,
        }
    }

    /// The difference of two series of one ensemble: two worlds, or two dates of one.
    ///
    /// `summary.csv` does not say how the two vary together, so the half-widths are added. For a mean of
    /// n pairs, sd(b - a) <= sd(a) + sd(b) whatever their correlation, and with it Student's half-width:
    /// the interval is never narrower than that of the paired differences in `differences.csv`.
    pub fn between(from: &Stats, to: &Stats) -> Self {
        let interval = match (from.ci, to.ci) {
            (Some(a), Some(b)) => Some((b.0 - a.1, b.1 - a.0)),
            _ => None,
        };
        Self {
            mean: to.mean - from.mean,
            interval,
        }
    }

    /// What may be claimed.
    pub fn direction(&self) -> Direction {
        match self.interval {
            Some((low, _)) if low > 0.0 => Direction::Rise,
            Some((_, high)) if high < 0.0 => Direction::Fall,
            _ => Direction::Unclear,
        }
    }

    /// `−3.1 points (95% interval −3.4 to −2.8)` for a difference of fractions.
    pub fn in_points(&self) -> String {
        self.told(100.0, 1, " points")
    }

    /// `−0.42 (95% interval −0.45 to −0.39)` for a difference of counts.
    pub fn in_units(&self) -> String {
        self.told(1.0, 2, "")
    }

    /// With as many decimals more as it takes to tell the ends of the interval apart; of an interval without width that is said.
    fn told(&self, factor: f64, least: usize, unit: &str) -> String {
        let is_apart = |decimals: &usize| {
            let ends = self
                .interval
                .map(|(low, high)| [low, high].map(|end| fixed(factor * end, *decimals)));
            ends.is_none_or(|[low, high]| low != high)
        };
        let decimals = (least..=least + MORE_DECIMALS).find(is_apart);
        let number = |value: f64| fixed(factor * value, decimals.unwrap_or(least));
        let sign = if self.mean > 0.0 { "+" } else { "" };
        let mean = format!("{sign}{}{unit}", number(self.mean));
        match self.interval {
            Some((low, high)) if high - low <= NO_WIDTH => format!("{mean} (the same in all replicates)"),
            Some(_) if decimals.is_none() => format!("{mean} (95% interval narrower than its digits)"),
            Some((low, high)) => format!("{mean} (95% interval {} to {})", number(low), number(high)),
            None => format!("{mean} (one replicate: no interval)"),
        }
    }

    /// The size without sign, in points: `3.1 points`.
    pub fn size_in_points(&self) -> String {
        format!("{} points", fixed(100.0 * self.mean.abs(), 1))
    }
}

/// Of several differences, the one to speak of: the largest that can be told from zero, else the
/// largest. `None` only for none. The first wins a tie.
pub fn foremost<T>(differences: Vec<(T, Difference)>) -> Option<(T, Difference)> {
    let rank = |d: &Difference| (d.direction() != Direction::Unclear, d.mean.abs());
    differences.into_iter().reduce(|best, next| {
        let (a, b) = (rank(&best.1), rank(&next.1));
        if (b.0 && !a.0) || (b.0 == a.0 && b.1 > a.1) {
            next
        } else {
            best
        }
    })
}

/// First and last statistics of a series in one world.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ends<'a> {
    /// Name of the world.
    pub world: &'a str,
    /// At the first date.
    pub first: Stats,
    /// At the last date.
    pub last: Stats,
}

/// What a figure of several worlds has to say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Finding<'a> {
    /// One world: from its first to its last date.
    OverTime {
        /// The world.
        ends: Ends<'a>,
        /// Last less first.
        change: Difference,
    },
    /// Several worlds: the one whose end differs foremost from that of the base, which comes first.
    Policy {
        /// The base.
        base: Ends<'a>,
        /// The world to speak of.
        policy: Ends<'a>,
        /// Policy less base, at the last date.
        change: Difference,
        /// Whether there are other policies beside it.
        several: bool,
    },
}

impl<'a> Finding<'a> {
    /// `None` if there is no world.
    pub fn of(worlds: &[Ends<'a>]) -> Option<Self> {
        let (base, others) = worlds.split_first()?;
        let differences = (others.iter())
            .map(|policy| (*policy, Difference::between(&base.last, &policy.last)))
            .collect();
        Some(match foremost(differences) {
            None => Self::OverTime {
                ends: *base,
                change: Difference::between(&base.first, &base.last),
            },
            Some((policy, change)) => Self::Policy {
                base: *base,
                policy,
                change,
                several: others.len() > 1,
            },
        })
    }
}

/// The note that says how a title's interval was made.
pub const INTERVAL_NOTE: &str = "Intervals are for the mean over replicates and hold whatever the pairing \
                                 of the two (half-widths added).";

/// The label with a capital letter, for the beginning of a sentence.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stats(mean: f64, half: f64) -> Stats {
        Stats {
            mean,
            quantiles: [mean; 5],
            ci: Some((mean - half, mean + half)),
        }
    }

    #[test]
    fn the_three_directions() {
        let from = stats(0.25, 0.01);
        let to = |mean| Difference::between(&from, &stats(mean, 0.01));
        assert_eq!(to(0.28).direction(), Direction::Rise);
        assert_eq!(to(0.22).direction(), Direction::Fall);
        assert_eq!(to(0.26).direction(), Direction::Unclear);
        assert_eq!(to(0.22).in_points(), "−3.0 points (95% interval −5.0 to −1.0)");
        assert_eq!(to(0.28).size_in_points(), "3.0 points");
        let single = Stats { ci: None, ..from };
        let none = Difference::between(&single, &from);
        assert_eq!(none.direction(), Direction::Unclear);
    }

    /// `+0.02 (95% interval 0.02 to 0.02)` says nothing.
    #[test]
    fn digits_are_added_until_the_interval_has_a_width() {
        let told = |half: f64| Difference::between(&stats(0.1, 0.0), &stats(0.1217, half)).in_units();
        assert_eq!(told(0.02), "+0.02 (95% interval 0.00 to 0.04)");
        assert_eq!(told(0.002), "+0.022 (95% interval 0.020 to 0.024)");
        assert_eq!(told(0.0001), "+0.0217 (95% interval 0.0216 to 0.0218)");
        assert_eq!(told(1e-6), "+0.02 (95% interval narrower than its digits)");
        assert_eq!(told(0.0), "+0.02 (the same in all replicates)");
    }

    #[test]
    fn a_clear_difference_outranks_a_larger_unclear_one() {
        let clear = Difference {
            mean: -0.1,
            interval: Some((-0.2, -0.05)),
        };
        let unclear = Difference {
            mean: 0.9,
            interval: None,
        };
        let chosen = foremost(vec![("unclear", unclear), ("clear", clear)]);
        assert_eq!(chosen.map(|c| c.0), Some("clear"));
    }

    proptest::proptest! {
        /// The naive twin: paired differences of samples, whose interval must lie within.
        #[test]
        fn the_interval_holds_that_of_the_paired_differences(
            pairs in proptest::collection::vec((-1.0f64..1.0, -1.0f64..1.0), 2..40), t in 1.9f64..13.0,
        ) {
            let describe = |values: Vec<f64>| {
                let n = values.len() as f64;
                let mean = values.iter().sum::<f64>() / n;
                let var = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0);
                stats(mean, t * (var / n).sqrt())
            };
            let a = describe(pairs.iter().map(|p| p.0).collect());
            let b = describe(pairs.iter().map(|p| p.1).collect());
            let paired = describe(pairs.iter().map(|p| p.1 - p.0).collect());
            let (low, high) = Difference::between(&a, &b).interval.expect("has one");
            let (paired_low, paired_high) = paired.ci.expect("has one");
            proptest::prop_assert!(low <= paired_low + 1e-12 && high >= paired_high - 1e-12);
        }
    }
}
