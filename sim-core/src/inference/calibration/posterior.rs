//! Bayes' rule on what history matching has left.

use super::super::summary::compensated_sum;
use super::cholesky::Cholesky;
use super::region::Region;
use super::{Calibration, CalibrationError, Observation, Prediction, Surface};
use crate::draws::{Decision, Draws, Luck, StreamKey};

/// Rounds in which the box of candidates closes in on the weight.
const ROUNDS: u64 = 4;
/// Candidates whose density is below this share of the greatest (five standard deviations) do not hold the box open.
const NEGLIGIBLE: f64 = 3.7e-6;
/// A box that shrinks by less than this has closed in.
const CLOSED_IN: f64 = 0.8;
/// Candidates that stand, beyond which a round weighs no more.
const MOST_WEIGHED: usize = 1 << 16;
/// Rows by which the posterior is described: more than a file needs, so that its spreads are not those of a few hundred rows.
const SAMPLE: usize = 1000;
/// Stages of sequences from here on are the posterior's.
const STAGE: u64 = 1 << 32;

/// Draws from the posterior.
#[derive(Debug, Clone, PartialEq)]
pub struct Posterior {
    /// Rows of equal weight: the values of the inputs.
    pub rows: Vec<Vec<f64>>,
    /// The same rows as points, in probabilities of the priors.
    pub points: Vec<Vec<f64>>,
    /// A larger sample of the same posterior, by which it is described.
    pub sample: Vec<Vec<f64>>,
    /// Effective number of weighted candidates, `1 / sum w^2`.
    pub effective: f64,
    /// Candidates of the last round.
    pub candidates: u32,
    /// How many of the rows are different from each other.
    pub distinct: usize,
    /// By outcome, mean and standard deviation of the expected outcome over the posterior, by the surface.
    pub expected: Vec<(f64, f64)>,
}

/// The normal distribution function.
fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

/// Logarithm of the probability that a normal lies in a range, never below that of 38 standard deviations, where the function ends.
fn log_range(low: f64, high: f64, mean: f64, sd: f64) -> f64 {
    let (below, above) = ((low - mean) / sd, (high - mean) / sd);
    // From the nearer tail, where no digits are lost.
    let mass = if below > 0.0 {
        normal_cdf(-below) - normal_cdf(-above)
    } else {
        normal_cdf(above) - normal_cdf(below)
    };
    libm::log(mass.max(1e-300))
}

impl Calibration {
    /// Logarithm of the density of what was observed, given the surface at one point; up to a constant.
    ///
    /// # Errors
    /// [`CalibrationError::NoSpread`] where the covariance is singular.
    pub(super) fn log_density(&self, surface: &Surface, at: &Prediction) -> Result<f64, CalibrationError> {
        let targets = &self.problem.targets;
        let t = targets.len();
        let shared = 1.0 + 1.0 / f64::from(self.problem.replicates.max(1));
        let covariance = |j: usize, k: usize| {
            let own = if j == k {
                targets[k].tolerance * targets[k].tolerance
            } else {
                0.0
            };
            surface.residual()[j * t + k] * (1.0 + at.leverage) + self.problem.luck[j * t + k] * shared + own
        };
        let (mut values, mut density) = (Vec::new(), 0.0);
        for (k, target) in targets.iter().enumerate() {
            match target.observation {
                Observation::Value(z) => values.push((k, z - at.means[k])),
                Observation::Range { low, high } => {
                    let sd = covariance(k, k).sqrt();
                    if sd <= 0.0 {
                        return Err(CalibrationError::NoSpread);
                    }
                    density += log_range(low, high, at.means[k], sd);
                }
            }
        }
        let n = values.len();
        if n > 0 {
            let mut matrix = vec![0.0; n * n];
            for (i, (j, _)) in values.iter().enumerate() {
                for (l, (k, _)) in values[..=i].iter().enumerate() {
                    matrix[i * n + l] = covariance(*j, *k);
                }
            }
            let factor = Cholesky::new(&matrix, n).ok_or(CalibrationError::NoSpread)?;
            let mut off: Vec<f64> = values.iter().map(|(_, off)| *off).collect();
            density -= 0.5 * (factor.quadratic(&mut off) + factor.log_determinant());
        }
        Ok(density)
    }

    /// Candidates of a box that stand, with their weights (the greatest is 1), and how many were looked at.
    fn weigh(&self, surface: &Surface, region: &Region, stage: u64) -> Result<(Vec<Weighed>, u32), CalibrationError> {
        let sobol = self.sequence(stage)?;
        let (mut coordinates, mut at) = (Vec::new(), Prediction::default());
        let (mut weighed, mut seen) = (Vec::new(), 0);
        while seen < self.problem.candidates && weighed.len() < MOST_WEIGHED {
            self.go_on()?;
            let mut point = sobol.point(seen);
            seen += 1;
            region.bring(&mut point);
            self.coordinates(&point, &mut coordinates);
            if self.worst(&coordinates, &mut at).0 > self.problem.cutoff {
                continue;
            }
            surface.predict(&coordinates, &mut at);
            weighed.push(Weighed {
                point,
                weight: self.log_density(surface, &at)?,
                expected: at.means.clone(),
            });
        }
        let greatest = weighed.iter().map(|w| w.weight).fold(f64::NEG_INFINITY, f64::max);
        for one in &mut weighed {
            one.weight = libm::exp(one.weight - greatest);
        }
        Ok((weighed, seen))
    }

    /// Draws `draws` rows from the posterior.
    ///
    /// # Errors
    /// [`CalibrationError::Refuted`] before a wave was learnt or where no candidate stands; [`CalibrationError::NoSpread`];
    /// [`CalibrationError::Stopped`].
    pub fn posterior(&self, draws: usize) -> Result<Posterior, CalibrationError> {
        let refuted = || CalibrationError::Refuted {
            nearest: f64::INFINITY,
            target: 0,
        };
        let surface = self.surfaces.last().ok_or_else(refuted)?;
        let mut region = self.region.clone();
        let (mut weighed, mut candidates) = self.weigh(surface, &region, STAGE)?;
        for round in 1..ROUNDS {
            let heavy = weighed.iter().filter(|w| w.weight > NEGLIGIBLE);
            let closer = region.around(heavy.map(|w| w.point.as_slice()));
            if closer.volume() > CLOSED_IN * region.volume() {
                break;
            }
            let (found, seen) = self.weigh(surface, &closer, STAGE + round)?;
            // A sequence of its own may miss what is very small: then what was found before is kept.
            if found.len() < weighed.len() {
                break;
            }
            (region, weighed, candidates) = (closer, found, seen);
        }
        if weighed.is_empty() {
            return Err(refuted());
        }
        let total = compensated_sum(weighed.iter().map(|w| w.weight));
        let squares = compensated_sum(weighed.iter().map(|w| w.weight * w.weight));
        shuffle(&mut weighed, self.problem.seed);
        let pick = |n: usize| systematic(weighed.iter().map(|w| w.weight / total), n, self.problem.seed);
        let picked = pick(draws);
        let mut distinct = picked.clone();
        distinct.dedup();
        let expected = (0..self.problem.targets.len())
            .map(|k| {
                let mean = compensated_sum(weighed.iter().map(|w| w.weight * w.expected[k])) / total;
                let off = |w: &Weighed| w.weight * (w.expected[k] - mean) * (w.expected[k] - mean);
                (mean, (compensated_sum(weighed.iter().map(off)) / total).sqrt())
            })
            .collect();
        Ok(Posterior {
            rows: picked.iter().map(|i| self.values(&weighed[*i].point)).collect(),
            sample: pick(SAMPLE).iter().map(|i| self.values(&weighed[*i].point)).collect(),
            points: picked.iter().map(|i| weighed[*i].point.clone()).collect(),
            effective: total * total / squares,
            candidates,
            distinct: distinct.len(),
            expected,
        })
    }
}

/// A candidate that stands.
struct Weighed {
    point: Vec<f64>,
    weight: f64,
    /// Expected outcomes, by the surface.
    expected: Vec<f64>,
}

fn stream(seed: u64, cause: u32) -> Draws {
    let key = StreamKey {
        kind: Decision::Bootstrap,
        entity: STAGE,
        lot: 0,
        cycle: 0,
        cause,
    };
    Luck::new(seed, 0).stream(key)
}

/// Brings candidates out of the order of their sequence: to take every so many of them would be to take a pattern of it.
fn shuffle<T>(list: &mut [T], seed: u64) {
    let mut draws = stream(seed, 5);
    for i in (1..list.len()).rev() {
        list.swap(i, draws.next_below(i as u32 + 1) as usize);
    }
}

/// Systematic resampling: `n` indices in order, each `floor(n w)` or `ceil(n w)` times, by one uniform (Kitagawa 1996).
pub(super) fn systematic(weights: impl Iterator<Item = f64>, n: usize, seed: u64) -> Vec<usize> {
    let start = stream(seed, 3).next_uniform();
    let mut picked = Vec::with_capacity(n);
    let (mut sum, mut last) = (0.0, 0);
    for (i, weight) in weights.enumerate() {
        sum += weight;
        if weight > 0.0 {
            last = i;
        }
        while picked.len() < n && (picked.len() as f64 + start) < sum * n as f64 {
            picked.push(i);
        }
    }
    // The sum of all weights may end a little short of 1.
    picked.resize(n, last);
    picked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resampling_gives_each_its_share() {
        let weights = [0.1, 0.0, 0.25, 0.65];
        let picked = systematic(weights.into_iter(), 20, 7);
        let count = |i: usize| picked.iter().filter(|p| **p == i).count();
        assert_eq!((count(0), count(1), count(2), count(3)), (2, 0, 5, 13));
    }

    #[test]
    fn ranges_by_the_normal_table() {
        // Within one standard deviation 0.682689; beyond 1.959964 on one side 0.025.
        assert!((libm::exp(log_range(-1.0, 1.0, 0.0, 1.0)) - 0.682_689_492).abs() < 1e-8);
        assert!((libm::exp(log_range(1.959_964, f64::INFINITY, 0.0, 1.0)) - 0.025).abs() < 1e-8);
        assert!((libm::exp(log_range(f64::NEG_INFINITY, 1.0, 3.0, 2.0)) - 0.158_655_254).abs() < 1e-8);
        assert!(log_range(100.0, 200.0, 0.0, 1.0).is_finite());
    }
}
