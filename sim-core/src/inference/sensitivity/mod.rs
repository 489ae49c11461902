//! Which inputs decide: Sobol' indices, Morris's elementary effects, and the share that is luck.
//!
//! All estimators take outcomes in the order of their design ([`crate::design`]) and an undefined outcome as NaN: the
//! block or trajectory that holds one is left out whole. Intervals are percentile bootstrap intervals (Efron 1979) over
//! blocks, at 95%.

mod luck;
mod morris;
mod sobol;

#[cfg(test)]
mod tests;

pub use luck::{LuckShare, luck_share};
pub use morris::{ElementaryEffect, morris_effects};
pub use sobol::{SobolIndex, SobolIndices, sobol_indices};

use super::interval::Interval;
use super::summary::quantile;
use std::fmt;

/// Share of resamples in which one input must stay above the next for the sample to tell them apart.
pub const RANK_CONFIDENCE: f64 = 0.95;

/// Why outcomes cannot be analysed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SensitivityError {
    /// The outcomes do not fill whole blocks.
    Ragged {
        /// Outcomes given.
        outcomes: usize,
        /// Outcomes of a block.
        block: usize,
    },
    /// Fewer than two whole blocks have an outcome everywhere.
    TooFew {
        /// Blocks left.
        blocks: usize,
    },
    /// A trajectory does not move each input exactly once.
    NotATrajectory,
}

impl fmt::Display for SensitivityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ragged { outcomes, block } => {
                write!(f, "{outcomes} outcomes do not fill blocks of {block}")
            }
            Self::TooFew { blocks } => write!(
                f,
                "only {blocks} blocks have an outcome at every point, and at least 2 are needed"
            ),
            Self::NotATrajectory => write!(f, "the points are no trajectories that move each input once"),
        }
    }
}

impl std::error::Error for SensitivityError {}

/// The blocks without an undefined outcome.
fn whole_blocks(outcomes: &[f64], block: usize) -> Result<Vec<&[f64]>, SensitivityError> {
    if block == 0 || !outcomes.len().is_multiple_of(block) {
        return Err(SensitivityError::Ragged {
            outcomes: outcomes.len(),
            block,
        });
    }
    let blocks: Vec<&[f64]> = outcomes
        .chunks_exact(block)
        .filter(|block| block.iter().all(|value| value.is_finite()))
        .collect();
    if blocks.len() < 2 {
        return Err(SensitivityError::TooFew { blocks: blocks.len() });
    }
    Ok(blocks)
}

/// The percentile interval of resampled values; undefined where more than one in twenty is undefined.
fn percentile_interval(values: &[f64]) -> Interval {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    if sorted.len() * 20 < values.len() * 19 {
        return Interval::UNDEFINED;
    }
    sorted.sort_unstable_by(f64::total_cmp);
    Interval {
        low: quantile(&sorted, 25),
        high: quantile(&sorted, 975),
    }
}

/// The inputs by falling importance, and which neighbours in that order the sample cannot tell apart: those of which
/// the upper one is above the lower one in less than [`RANK_CONFIDENCE`] of the resamples.
fn ranking(importance: &[f64], resampled: &[Vec<f64>]) -> (Vec<usize>, Vec<(usize, usize)>) {
    let mut order: Vec<usize> = (0..importance.len()).collect();
    order.sort_by(|a, b| importance[*b].total_cmp(&importance[*a]).then(a.cmp(b)));
    let doubtful = order
        .windows(2)
        .filter(|pair| {
            let above = resampled.iter().filter(|one| one[pair[0]] > one[pair[1]]).count();
            (above as f64) < RANK_CONFIDENCE * resampled.len() as f64
        })
        .map(|pair| (pair[0], pair[1]))
        .collect();
    (order, doubtful)
}
