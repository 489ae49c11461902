//! Screening by elementary effects.

use super::super::interval::Interval;
use super::super::summary::{compensated_sum, mean_and_sd};
use super::{SensitivityError, percentile_interval};
use crate::draws::Draws;

/// The effect of one input, per whole width of its range of probability.
#[derive(Debug, Clone, PartialEq)]
pub struct ElementaryEffect {
    /// Trajectories used.
    pub n: usize,
    /// Mean effect: the direction. Effects of both signs cancel in it.
    pub mu: f64,
    /// Mean of the effects' sizes (Campolongo, Cariboni and Saltelli 2007): importance.
    pub mu_star: f64,
    /// 95% interval of `mu_star`, by bootstrap over trajectories.
    pub interval: Interval,
    /// Standard deviation of the effects (divisor `n - 1`): curvature and interactions. 0 for a linear input.
    pub sigma: f64,
    /// The effects, in the order of trajectories.
    pub effects: Vec<f64>,
}

/// Computes the elementary effects of Morris (Technometrics 33 (1991), 161-174) from trajectories of `inputs + 1`
/// points, each of which moves every input once by a step of `step` in probability.
///
/// The points may be in probabilities or in values: only the direction of each move is read from them.
///
/// # Errors
/// [`SensitivityError`] where points and outcomes are no trajectories (points of unequal length are none), or fewer than two have all outcomes.
pub fn morris_effects(
    points: &[Vec<f64>],
    outcomes: &[f64],
    step: f64,
    resamples: u32,
    draws: &mut Draws,
) -> Result<Vec<ElementaryEffect>, SensitivityError> {
    let inputs = points.first().map_or(0, Vec::len);
    let block = inputs + 1;
    if inputs == 0 || points.len() != outcomes.len() || !points.len().is_multiple_of(block) {
        return Err(SensitivityError::Ragged {
            outcomes: outcomes.len(),
            block,
        });
    }
    if points.iter().any(|point| point.len() != inputs) {
        return Err(SensitivityError::NotATrajectory);
    }
    let mut effects = vec![Vec::new(); inputs];
    for (points, outcomes) in points.chunks_exact(block).zip(outcomes.chunks_exact(block)) {
        let mut moves = vec![f64::NAN; inputs];
        for (points, outcomes) in points.windows(2).zip(outcomes.windows(2)) {
            let mut moved = (0..inputs).filter(|i| points[0][*i] != points[1][*i]);
            match (moved.next(), moved.next()) {
                (Some(i), None) if moves[i].is_nan() => {
                    let direction = if points[1][i] > points[0][i] { 1.0 } else { -1.0 };
                    let effect = direction * (outcomes[1] - outcomes[0]) / step;
                    // An undefined outcome is told below; infinity stands for it, so that the move counts as made.
                    moves[i] = if effect.is_finite() { effect } else { f64::INFINITY };
                }
                _ => return Err(SensitivityError::NotATrajectory),
            }
        }
        if moves.iter().all(|effect| effect.is_finite()) {
            for (all, effect) in effects.iter_mut().zip(moves) {
                all.push(effect);
            }
        }
    }
    let n = effects[0].len();
    if n < 2 {
        return Err(SensitivityError::TooFew { blocks: n });
    }
    let bound = u32::try_from(n).unwrap_or(u32::MAX);
    let mut resampled = vec![Vec::with_capacity(resamples as usize); inputs];
    for _ in 0..resamples {
        let picks: Vec<usize> = (0..n).map(|_| draws.next_below(bound) as usize).collect();
        for (means, effects) in resampled.iter_mut().zip(&effects) {
            means.push(compensated_sum(picks.iter().map(|i| effects[*i].abs())) / n as f64);
        }
    }
    let summaries = effects.into_iter().zip(&resampled).map(|(effects, means)| {
        let (mu, sigma) = mean_and_sd(&effects);
        ElementaryEffect {
            n,
            mu,
            mu_star: compensated_sum(effects.iter().map(|effect| effect.abs())) / n as f64,
            interval: percentile_interval(means),
            sigma,
            effects,
        }
    });
    Ok(summaries.collect())
}
