//! What the data have taught: prior against posterior, input by input, and what they tell only together.

use super::super::interval::Interval;
use super::super::summary::{compensated_sum, quantile};
use crate::draws::{Decision, Luck, StreamKey};
use crate::scenario::Distribution;

/// Resamples of a bootstrap.
const RESAMPLES: u32 = 1000;
/// A shrinkage below this is nothing to speak of.
const NOTICEABLE: f64 = 0.1;
/// A shift of the mean by more than this many prior standard deviations moves an input, whatever its spread.
const SHIFTED: f64 = 0.5;
/// A posterior median this near to an end of the prior, in probability, presses against it.
const AT_THE_END: f64 = 0.05;

/// Whether the data move an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// Its spread shrinks noticeably, or it shifts.
    Moved,
    /// It presses against an end of its prior: the prior, not the data, ends it there.
    AtTheEnd,
    /// Its spread may shrink or not: more draws or data would tell.
    Unclear,
    /// The posterior is the prior.
    NotMoved,
}

impl Movement {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Moved => "moved by the data",
            Self::AtTheEnd => "moved to an end of its prior",
            Self::Unclear => "cannot be told",
            Self::NotMoved => "not moved by the data",
        }
    }
}

/// One input, before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct Identified {
    /// Mean, standard deviation, 5%, 50% and 95% quantile of the prior.
    pub prior: [f64; 5],
    /// The same of the posterior.
    pub posterior: [f64; 5],
    /// `1 - posterior variance / prior variance`: 1 is known, 0 as before, below 0 less known than before.
    pub shrinkage: f64,
    /// 95% bootstrap interval of the shrinkage.
    pub interval: Interval,
    /// Change of the mean, in prior standard deviations.
    pub shift: f64,
    /// The verdict.
    pub movement: Movement,
}

/// Correlation of two inputs in the posterior.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlation {
    /// The one.
    pub first: usize,
    /// The other.
    pub second: usize,
    /// Pearson's correlation.
    pub value: f64,
    /// 95% bootstrap interval.
    pub interval: Interval,
}

fn moments(values: impl Iterator<Item = f64> + Clone, n: usize) -> (f64, f64) {
    let mean = compensated_sum(values.clone()) / n as f64;
    let square = compensated_sum(values.map(|x| (x - mean) * (x - mean)));
    (mean, square / (n.max(2) - 1) as f64)
}

/// Moments of a prior by the midpoint rule over its quantile function: 4,096 points leave an error below 1e-6 of its spread.
fn prior_of(prior: &Distribution) -> [f64; 5] {
    const N: usize = 4096;
    let (mean, variance) = moments((0..N).map(|i| prior.quantile((i as f64 + 0.5) / N as f64)), N);
    let q = |p: f64| prior.quantile(p);
    [mean, variance.sqrt(), q(0.05), q(0.5), q(0.95)]
}

/// Indices of resamples. There are no more independent rows than the effective sample, so that no more are drawn.
fn resamples(n: usize, effective: f64, seed: u64, mut use_one: impl FnMut(&[usize])) {
    let key = StreamKey {
        kind: Decision::Bootstrap,
        entity: 1 << 33,
        lot: 0,
        cycle: 0,
        cause: 4,
    };
    let mut draws = Luck::new(seed, 0).stream(key);
    let size = (effective as usize).clamp(2, n.max(2));
    let mut picks = vec![0; size];
    for _ in 0..RESAMPLES {
        for pick in &mut picks {
            *pick = draws.next_below(n as u32) as usize;
        }
        use_one(&picks);
    }
}

fn interval(mut values: Vec<f64>) -> Interval {
    values.retain(|x| !x.is_nan());
    if values.is_empty() {
        return Interval::UNDEFINED;
    }
    values.sort_unstable_by(f64::total_cmp);
    Interval {
        low: quantile(&values, 25),
        high: quantile(&values, 975),
    }
}

/// Compares priors and posterior rows. `effective` is the effective sample behind the rows; none where there are fewer than two rows, or
/// where a row has fewer values than there are priors.
#[must_use]
pub fn identify(priors: &[Distribution], rows: &[Vec<f64>], effective: f64, seed: u64) -> Vec<Identified> {
    let n = rows.len();
    if n < 2 || rows.iter().any(|row| row.len() < priors.len()) {
        return Vec::new();
    }
    let before: Vec<[f64; 5]> = priors.iter().map(prior_of).collect();
    let ratio = |i: usize, variance: f64| 1.0 - variance / (before[i][1] * before[i][1]);
    let mut resampled: Vec<Vec<f64>> = vec![Vec::new(); priors.len()];
    resamples(n, effective, seed, |picks| {
        for (i, list) in resampled.iter_mut().enumerate() {
            list.push(ratio(i, moments(picks.iter().map(|p| rows[*p][i]), picks.len()).1));
        }
    });
    let mut all = Vec::with_capacity(priors.len());
    for (i, list) in resampled.into_iter().enumerate() {
        let (mean, variance) = moments(rows.iter().map(|r| r[i]), n);
        let mut sorted: Vec<f64> = rows.iter().map(|r| r[i]).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let q = |per_mille: u32| quantile(&sorted, per_mille);
        let posterior = [mean, variance.sqrt(), q(50), q(500), q(950)];
        let (shrinkage, interval) = (ratio(i, variance), interval(list));
        let shift = (mean - before[i][0]) / before[i][1];
        let ends = [priors[i].quantile(AT_THE_END), priors[i].quantile(1.0 - AT_THE_END)];
        let movement = if posterior[3] < ends[0] || posterior[3] > ends[1] {
            Movement::AtTheEnd
        } else if interval.low > NOTICEABLE || shift.abs() > SHIFTED {
            Movement::Moved
        } else if interval.high < NOTICEABLE || shrinkage < 0.5 * NOTICEABLE {
            Movement::NotMoved
        } else {
            Movement::Unclear
        };
        all.push(Identified {
            prior: before[i],
            posterior,
            shrinkage,
            interval,
            shift,
            movement,
        });
    }
    all
}

/// Pearson's correlation over some rows; NaN where one of the two does not vary.
fn correlation(rows: &[Vec<f64>], picks: &[usize], i: usize, j: usize) -> f64 {
    let n = picks.len() as f64;
    let mean = |i: usize| compensated_sum(picks.iter().map(|p| rows[*p][i])) / n;
    let (a, b) = (mean(i), mean(j));
    let sum = |f: &dyn Fn(f64, f64) -> f64| compensated_sum(picks.iter().map(|p| f(rows[*p][i] - a, rows[*p][j] - b)));
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
}

/// Correlations of all pairs of inputs over the posterior rows, the first before the second; none where rows are not of equal length.
#[must_use]
pub fn correlations(rows: &[Vec<f64>], effective: f64, seed: u64) -> Vec<Correlation> {
    let inputs = rows.first().map_or(0, Vec::len);
    if rows.iter().any(|row| row.len() != inputs) {
        return Vec::new();
    }
    let pairs: Vec<(usize, usize)> = (0..inputs).flat_map(|i| (i + 1..inputs).map(move |j| (i, j))).collect();
    let all: Vec<usize> = (0..rows.len()).collect();
    let mut resampled: Vec<Vec<f64>> = vec![Vec::new(); pairs.len()];
    if rows.len() > 1 {
        resamples(rows.len(), effective, seed, |picks| {
            for (list, (i, j)) in resampled.iter_mut().zip(&pairs) {
                list.push(correlation(rows, picks, *i, *j));
            }
        });
    }
    (pairs.iter().zip(resampled))
        .map(|((i, j), list)| Correlation {
            first: *i,
            second: *j,
            value: correlation(rows, &all, *i, *j),
            interval: interval(list),
        })
        .collect()
}
