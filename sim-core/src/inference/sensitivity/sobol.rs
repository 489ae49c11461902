//! Variance-based indices.

use super::super::interval::Interval;
use super::super::summary::compensated_sum;
use super::{SensitivityError, percentile_interval, ranking, whole_blocks};
use crate::draws::Draws;

/// The indices of one input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SobolIndex {
    /// Share of the variance that would go if this input were known, `V(E(y | x_i)) / V(y)`. An estimate may lie a
    /// little below 0.
    pub first: f64,
    /// 95% interval of `first`.
    pub first_interval: Interval,
    /// Share of the variance that would stay if all other inputs were known: `first` and all interactions.
    pub total: f64,
    /// 95% interval of `total`.
    pub total_interval: Interval,
}

/// The indices of all inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct SobolIndices {
    /// Blocks used.
    pub blocks: usize,
    /// Blocks left out for an undefined outcome.
    pub left_out: usize,
    /// Mean outcome over the futures.
    pub mean: f64,
    /// Variance of the outcome over the futures. Where it is 0 every index is NaN.
    pub variance: f64,
    /// By input.
    pub indices: Vec<SobolIndex>,
    /// Inputs by falling total index.
    pub ranking: Vec<usize>,
    /// Neighbours in the ranking that the sample cannot tell apart.
    pub doubtful: Vec<(usize, usize)>,
}

/// Estimates first-order and total indices from the outcomes of a Saltelli design
/// ([`crate::design::saltelli_block`]): blocks of `inputs + 2`.
///
/// With `A`, `B` the outcomes at the two independent points of a block and `M_i` that at `A` with input `i` from `B`,
/// centred at the mean of all `A` and `B` and with `V` their variance (divisor: their number):
///
/// - first: `mean(B (M_i - A)) / V` (Saltelli et al., Computer Physics Communications 181 (2010), table 2b);
/// - total: `mean((A - M_i)^2) / (2 V)` (Jansen, Computer Physics Communications 117 (1999)).
///
/// Inputs must be independent. If all points share their luck, the indices are those of the mean over that luck, and
/// luck does not blur them.
///
/// # Errors
/// [`SensitivityError`] where the outcomes are no blocks, as with more inputs than there can be, or too few of them are
/// defined.
pub fn sobol_indices(
    outcomes: &[f64],
    inputs: usize,
    resamples: u32,
    draws: &mut Draws,
) -> Result<SobolIndices, SensitivityError> {
    let blocks = whole_blocks(outcomes, inputs.saturating_add(2))?;
    let all: Vec<usize> = (0..blocks.len()).collect();
    let point = estimate(&blocks, &all, inputs);
    let bound = u32::try_from(blocks.len()).unwrap_or(u32::MAX);
    let mut picks = all;
    let mut resampled = Vec::with_capacity(resamples as usize);
    for _ in 0..resamples {
        for pick in &mut picks {
            *pick = draws.next_below(bound) as usize;
        }
        resampled.push(estimate(&blocks, &picks, inputs));
    }
    let column = |get: &dyn Fn(&Estimate) -> f64| resampled.iter().map(get).collect::<Vec<f64>>();
    let indices = (0..inputs)
        .map(|i| SobolIndex {
            first: point.first[i],
            first_interval: percentile_interval(&column(&|e| e.first[i])),
            total: point.total[i],
            total_interval: percentile_interval(&column(&|e| e.total[i])),
        })
        .collect();
    let totals: Vec<Vec<f64>> = resampled.iter().map(|e| e.total.clone()).collect();
    let (ranking, doubtful) = ranking(&point.total, &totals);
    Ok(SobolIndices {
        blocks: blocks.len(),
        left_out: outcomes.len() / (inputs + 2) - blocks.len(),
        mean: point.mean,
        variance: point.variance,
        indices,
        ranking,
        doubtful,
    })
}

struct Estimate {
    mean: f64,
    variance: f64,
    first: Vec<f64>,
    total: Vec<f64>,
}

fn estimate(blocks: &[&[f64]], picks: &[usize], inputs: usize) -> Estimate {
    let n = picks.len() as f64;
    let ends = || picks.iter().flat_map(|i| [blocks[*i][0], blocks[*i][inputs + 1]]);
    let mean = compensated_sum(ends()) / (2.0 * n);
    let variance = compensated_sum(ends().map(|y| (y - mean) * (y - mean))) / (2.0 * n);
    // A constant leaves a rest of rounding, of which no share can be said.
    let scale = mean * mean * f64::EPSILON;
    let of = |sum: f64| {
        if variance > scale {
            sum / (n * variance)
        } else {
            f64::NAN
        }
    };
    let first = (1..=inputs).map(|i| {
        of(compensated_sum(picks.iter().map(|k| {
            let block = blocks[*k];
            (block[inputs + 1] - mean) * (block[i] - block[0])
        })))
    });
    let total = (1..=inputs).map(|i| {
        of(compensated_sum(picks.iter().map(|k| {
            let change = blocks[*k][i] - blocks[*k][0];
            0.5 * change * change
        })))
    });
    Estimate {
        mean,
        variance,
        first: first.collect(),
        total: total.collect(),
    }
}
