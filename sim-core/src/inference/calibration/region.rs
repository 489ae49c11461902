//! What is left of the prior after some waves: implausibility, and the search for points that no wave has ruled out.

use super::{Calibration, CalibrationError, Observation, Prediction, Surface};

/// A box is widened by this share of its width at each side, since the candidates that span it are a sample.
const MARGIN: f64 = 0.1;
/// Searches of a shrinking box for enough points.
const ROUNDS: u64 = 4;
/// A search that has seen this many candidates, and kept this many times the points asked for, has seen enough.
const SEEN: u32 = 1 << 14;
const PLENTY: usize = 16;

/// A box in the unit cube of probabilities, in which all that stands is known to lie: candidates are drawn in it evenly, so that
/// they keep the prior's proportions.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Region {
    low: Vec<f64>,
    high: Vec<f64>,
}

impl Region {
    /// All of the prior.
    pub fn whole(inputs: usize) -> Self {
        Self {
            low: vec![0.0; inputs],
            high: vec![1.0; inputs],
        }
    }

    /// Its share of the prior.
    pub fn volume(&self) -> f64 {
        self.low.iter().zip(&self.high).map(|(l, h)| h - l).product()
    }

    /// A point of the unit cube brought into the box.
    pub fn bring(&self, point: &mut [f64]) {
        for (u, (l, h)) in point.iter_mut().zip(self.low.iter().zip(&self.high)) {
            *u = l + *u * (h - l);
        }
    }

    /// The box around some points, widened by the margin within this one; unchanged where there is none.
    pub fn around<'a>(&self, points: impl Iterator<Item = &'a [f64]>) -> Self {
        let mut span: Option<(Vec<f64>, Vec<f64>)> = None;
        for point in points {
            let (low, high) = span.get_or_insert_with(|| (point.to_vec(), point.to_vec()));
            for (i, u) in point.iter().enumerate() {
                low[i] = low[i].min(*u);
                high[i] = high[i].max(*u);
            }
        }
        let Some((mut low, mut high)) = span else {
            return self.clone();
        };
        for i in 0..low.len() {
            // One point spans nothing; a hundredth of the box is a start.
            let margin = MARGIN * (high[i] - low[i]).max(0.01 * (self.high[i] - self.low[i]));
            low[i] = (low[i] - margin).max(self.low[i]);
            high[i] = (high[i] + margin).min(self.high[i]);
        }
        Self { low, high }
    }
}

/// What a search found.
pub(super) struct Found {
    pub points: Vec<Vec<f64>>,
    pub standing: f64,
    pub nearest: f64,
    pub ruled_out_by: Vec<f64>,
}

impl Calibration {
    /// Squared implausibility of each outcome by one surface: greatest, and whose it is.
    fn worst_by(&self, surface: &Surface, at: &Prediction) -> (f64, usize) {
        let t = self.problem.targets.len();
        let shared = 1.0 + 1.0 / f64::from(self.problem.replicates.max(1));
        let mut worst = (0.0, 0);
        for (k, target) in self.problem.targets.iter().enumerate() {
            let m = at.means[k];
            let distance = match target.observation {
                Observation::Value(z) => z - m,
                Observation::Range { low, high } => (low - m).max(m - high).max(0.0),
            };
            let variance = surface.residual()[k * t + k] * (1.0 + at.leverage)
                + self.problem.luck[k * t + k] * shared
                + target.tolerance * target.tolerance;
            // Without any spread only an exact hit is plausible.
            let square = if distance == 0.0 {
                0.0
            } else {
                distance * distance / variance
            };
            if square > worst.0 {
                worst = (square, k);
            }
        }
        worst
    }

    /// Implausibility at coordinates, greatest over outcomes and waves so far, and the outcome; the search stops at the first wave that
    /// rules the point out.
    pub(super) fn worst(&self, coordinates: &[f64], at: &mut Prediction) -> (f64, usize) {
        let limit = self.problem.cutoff * self.problem.cutoff;
        let mut worst = (0.0, 0);
        // The last wave knows best and costs the same: it comes first.
        for surface in self.surfaces.iter().rev() {
            surface.predict(coordinates, at);
            let found = self.worst_by(surface, at);
            if found.0 > worst.0 {
                worst = found;
            }
            if worst.0 > limit {
                break;
            }
        }
        (worst.0.sqrt(), worst.1)
    }

    /// Implausibility at a point, and the outcome that is worst; nothing is implausible before the first wave. NaN of a
    /// point that has not a value for each input.
    #[must_use]
    pub fn implausibility(&self, point: &[f64]) -> (f64, usize) {
        if point.len() < self.problem.priors.len() {
            return (f64::NAN, 0);
        }
        let mut coordinates = Vec::new();
        self.coordinates(point, &mut coordinates);
        self.worst(&coordinates, &mut Prediction::default())
    }

    /// What the last surface expects of each outcome at a point: mean over luck, and its standard deviation by what the surface does not
    /// know. `None` before the first wave, NaN of a point that has not a value for each input.
    #[must_use]
    pub fn foretell(&self, point: &[f64]) -> Option<Vec<(f64, f64)>> {
        let surface = self.surfaces.last()?;
        let (mut coordinates, mut at) = (Vec::new(), Prediction::default());
        self.coordinates(point, &mut coordinates);
        surface.predict(&coordinates, &mut at);
        let t = at.means.len();
        let sd = |k: usize| (surface.residual()[k * t + k] * (1.0 + at.leverage)).sqrt();
        Some(at.means.iter().enumerate().map(|(k, mean)| (*mean, sd(k))).collect())
    }

    /// Looks for `n` points that stand, in a box that closes in on them where they are few.
    pub(super) fn search(&mut self, n: u32) -> Result<Found, CalibrationError> {
        let stage = self.surfaces.len() as u64 * ROUNDS;
        let (mut coordinates, mut at) = (Vec::new(), Prediction::default());
        let mut ruled_out_by = vec![0.0; self.problem.targets.len()];
        let mut nearest = (f64::INFINITY, 0);
        let mut standing = f64::NAN;
        let mut kept: Vec<Vec<f64>> = Vec::new();
        for round in 0..ROUNDS {
            let sobol = self.sequence(stage + round)?;
            kept.clear();
            let mut seen = 0;
            for i in 0..self.problem.candidates {
                if seen >= SEEN && kept.len() >= PLENTY * n as usize {
                    break;
                }
                self.go_on()?;
                seen += 1;
                let mut point = sobol.point(i);
                self.region.bring(&mut point);
                self.coordinates(&point, &mut coordinates);
                let (implausibility, target) = self.worst(&coordinates, &mut at);
                if implausibility < nearest.0 {
                    nearest = (implausibility, target);
                }
                if implausibility <= self.problem.cutoff {
                    kept.push(point);
                } else if round == 0 {
                    ruled_out_by[target] += 1.0;
                }
            }
            if round == 0 {
                for share in &mut ruled_out_by {
                    *share /= f64::from(seen.max(1));
                }
            }
            if kept.is_empty() {
                break;
            }
            standing = self.region.volume() * kept.len() as f64 / f64::from(seen);
            self.region = self.region.around(kept.iter().map(Vec::as_slice));
            if kept.len() >= n as usize {
                break;
            }
        }
        if standing.is_nan() {
            return Err(CalibrationError::Refuted {
                nearest: nearest.0,
                target: nearest.1,
            });
        }
        kept.truncate(n as usize);
        Ok(Found {
            points: kept,
            standing,
            nearest: nearest.0,
            ruled_out_by,
        })
    }
}
