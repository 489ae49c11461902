//! Calibration of a stochastic model: which values of uncertain inputs could have made what was observed.
//!
//! # Method
//! History matching with a response surface, then Bayes' rule on what is left (Craig, Goldstein, Seheult and Smith 1997; Vernon,
//! Goldstein and Bower 2010; for stochastic models Andrianakis et al. 2015; the posterior as in Kennedy and O'Hagan 2001 with a
//! surface for the simulator).
//!
//! Write `z` for the observed outcomes, `f(x)` for their expectation over luck at inputs `x`. History happened once, so
//!
//! ```text
//! z = f(x) + luck + discrepancy and error of observation,      luck ~ (0, C),   the rest ~ (0, diag(tolerance^2))
//! ```
//!
//! 1. *Design.* The first wave is a scrambled Sobol' design over the priors; at each point `r` replicates are played **with the same
//!    luck**. Differences between points are then differences of `f`, and only a common shift of variance `C / r` is left.
//! 2. *Luck.* `C` is measured apart, over many replicates at one point: the replicates that all points share are `r` draws of luck
//!    however many points there are, so pooling them would look precise and be wrong.
//! 3. *Surface.* [`Surface`] foretells the mean outcomes with covariance `S (1 + h(x))`.
//! 4. *Implausibility.* `I(x)^2` is the greatest over outcomes of `(z - m(x))^2 / (S (1 + h) + C (1 + 1/r) + tolerance^2)`; for a range or
//!    a bound the distance to it counts. Where `I` exceeds the cutoff (3: Pukelsheim's rule holds for any distribution with one
//!    mode), `x` is ruled out. The next wave's points are drawn from what no wave has ruled out, and the surface is fitted anew
//!    there, on all points that still stand.
//! 5. *Posterior.* Candidates from the priors that are not ruled out get the weight of the normal density of `z` with mean `m(x)` and
//!    covariance `S (1 + h) + C (1 + 1/r) + diag(tolerance^2)`, all outcomes together, times the normal probability of each range. Rows are
//!    drawn by systematic resampling. The effective sample is `1 / sum of squared weights` (Kong 1992).
//!
//! Why not rejection (ABC)? With a dozen inputs and twenty outcomes rejection at a useful tolerance keeps one draw in many
//! thousands, and a replicate costs a tenth of a second. The surface is where the bargain lies, so it is judged in each wave by
//! points that it has not seen ([`Fit`]), its ignorance enters every variance, and the posterior is played by the model at the end.
//!
//! # What it does not do
//! The discrepancy of different outcomes is taken as independent, luck as normal and the same at all points. Shares of one year are
//! tied by their sum: luck's covariance knows that, tolerances do not.

mod cholesky;
mod identifiability;
mod luck;
mod posterior;
mod region;
mod surface;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub use identifiability::{Correlation, Identified, Movement, correlations, identify};
pub use luck::{Histories, luck_of_history};
pub use posterior::Posterior;
pub use surface::{Fit, Prediction, Surface, Terms};

use super::score::Observation;
use crate::design::{DesignError, Scramble, Sobol};
use crate::draws::Luck;
use crate::scenario::Distribution;
use region::Region;

/// What is known of one outcome.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// What was observed.
    pub observation: Observation,
    /// Standard deviation of the error of observation and the model's discrepancy together, in the unit of the outcome.
    pub tolerance: f64,
}

/// What is to be calibrated, and how.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Prior of each input; independent of each other.
    pub priors: Vec<Distribution>,
    /// The outcomes.
    pub targets: Vec<Target>,
    /// Covariance of luck in one history, row by row.
    pub luck: Vec<f64>,
    /// Replicates at each point.
    pub replicates: u32,
    /// Implausibility above which a point is ruled out.
    pub cutoff: f64,
    /// Most candidates by which a region is searched.
    pub candidates: u32,
    /// Seed of designs.
    pub seed: u64,
}

/// Why a calibration cannot go on.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum CalibrationError {
    /// Too few points for slopes.
    TooFewPoints {
        /// Points with an outcome.
        points: usize,
        /// Points needed at least.
        needed: usize,
    },
    /// Points have not a value for each input, outcomes not one for each target, or the covariance of luck not one for each
    /// pair of targets.
    Ragged,
    /// The points do not span the inputs.
    Singular,
    /// The covariance of all uncertainty is singular: a target without tolerance, luck or surface error.
    NoSpread,
    /// All candidates are ruled out.
    Refuted {
        /// Implausibility of the best of them.
        nearest: f64,
        /// The outcome that rules it out.
        target: usize,
    },
    /// The design cannot be made.
    Design(DesignError),
    /// Asked to stop: see [`Calibration::until_stopped`].
    Stopped,
}

impl fmt::Display for CalibrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewPoints { points, needed } => {
                write!(
                    f,
                    "{points} points have an outcome, and at least {needed} are needed for so many inputs"
                )
            }
            Self::Ragged => write!(
                f,
                "points, outcomes or the covariance of luck do not have as many values as there are inputs and targets"
            ),
            Self::Singular => write!(f, "the points do not span the inputs: take more of them"),
            Self::NoSpread => write!(
                f,
                "a target has no tolerance and the model no luck in it: state a tolerance"
            ),
            Self::Refuted { nearest, .. } => write!(
                f,
                "no point of the priors could have made what was observed: the best has implausibility {nearest:.1}"
            ),
            Self::Design(error) => error.fmt(f),
            Self::Stopped => write!(f, "stopped before it was finished"),
        }
    }
}

impl std::error::Error for CalibrationError {}

impl From<DesignError> for CalibrationError {
    fn from(error: DesignError) -> Self {
        Self::Design(error)
    }
}

/// Where a value stands in its prior's support, 0 to 1: the coordinate in which surfaces are fitted. Not the quantile: at the ends of a
/// triangular the quantile has no slope, and a smooth outcome would look bent.
fn place(prior: &Distribution, u: f64) -> f64 {
    match *prior {
        Distribution::Triangular { low, high, .. } => (prior.quantile(u) - low) / (high - low),
        Distribution::Uniform { .. } | Distribution::LogUniform { .. } => u,
    }
}

/// What a wave taught.
#[derive(Debug, Clone, PartialEq)]
pub struct WaveReport {
    /// Number of the wave, from 1.
    pub wave: usize,
    /// Points played in it.
    pub points: usize,
    /// Those without an outcome, left out.
    pub left_out: usize,
    /// Points that the surface was fitted on: earlier ones that still stand among them.
    pub fitted: usize,
    /// Terms of the surface.
    pub terms: Terms,
    /// How good the surface is, by outcome.
    pub fits: Vec<Fit>,
    /// Share of the prior that no wave has ruled out.
    pub standing: f64,
    /// Least implausibility seen.
    pub nearest: f64,
    /// By outcome, the share of the candidates of this wave that it ruled out by being the worst.
    pub ruled_out_by: Vec<f64>,
}

/// A calibration on its way. Points are rows of probabilities, one an input: [`Calibration::values`] makes values of them.
///
/// # Example
/// One input, one outcome `y = 10 x`, luck and tolerance of variance 0.5 and 0.5: the posterior is normal about `z / 10`.
/// ```
/// use sim_core::inference::Observation;
/// use sim_core::inference::calibration::{Calibration, Problem, Target};
/// use sim_core::scenario::Distribution;
/// let problem = Problem {
///     priors: vec![Distribution::Uniform { low: 0.0, high: 2.0 }],
///     targets: vec![Target { observation: Observation::Value(8.0), tolerance: 0.5_f64.sqrt() }],
///     luck: vec![0.5],
///     replicates: 1_000_000,
///     cutoff: 3.0,
///     candidates: 4096,
///     seed: 1,
/// };
/// let mut calibration = Calibration::new(problem);
/// let points = calibration.first_points(16).unwrap();
/// let outcomes = points.iter().map(|p| Some(vec![10.0 * calibration.values(p)[0]])).collect::<Vec<_>>();
/// calibration.learn(&points, &outcomes, 16).unwrap();
/// let posterior = calibration.posterior(200).unwrap();
/// let mean = posterior.rows.iter().map(|row| row[0]).sum::<f64>() / 200.0;
/// assert!((mean - 0.8).abs() < 0.01);
/// ```
#[derive(Debug, Clone)]
pub struct Calibration {
    problem: Problem,
    surfaces: Vec<Surface>,
    region: Region,
    /// Coordinates and outcomes of all points that still stand.
    points: Vec<(Vec<f64>, Vec<f64>)>,
    next: Vec<Vec<f64>>,
    stop: Arc<AtomicBool>,
}

impl Calibration {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(problem: Problem) -> Self {
        let region = Region::whole(problem.priors.len());
        Self {
            problem,
            surfaces: Vec::new(),
            region,
            points: Vec::new(),
            next: Vec::new(),
            stop: Arc::default(),
        }
    }

    /// Gives up with [`CalibrationError::Stopped`] soon after `stop` is set: to look at all candidates may take minutes.
    #[must_use]
    pub fn until_stopped(self, stop: Arc<AtomicBool>) -> Self {
        Self { stop, ..self }
    }

    fn go_on(&self) -> Result<(), CalibrationError> {
        match self.stop.load(Ordering::Relaxed) {
            true => Err(CalibrationError::Stopped),
            false => Ok(()),
        }
    }

    /// What is calibrated.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// Values of the inputs at a point.
    #[must_use]
    pub fn values(&self, point: &[f64]) -> Vec<f64> {
        self.problem
            .priors
            .iter()
            .zip(point)
            .map(|(prior, u)| prior.quantile(*u))
            .collect()
    }

    fn coordinates(&self, point: &[f64], out: &mut Vec<f64>) {
        out.clear();
        out.extend(self.problem.priors.iter().zip(point).map(|(prior, u)| place(prior, *u)));
    }

    /// A scrambled sequence of its own for each use.
    fn sequence(&self, stage: u64) -> Result<Sobol, CalibrationError> {
        let luck = Luck::new(self.problem.seed, stage);
        Ok(Sobol::new(self.problem.priors.len(), Scramble::Owen, &luck)?)
    }

    /// The points of the first wave: even in the priors.
    ///
    /// # Errors
    /// More inputs than the sequence has dimensions.
    pub fn first_points(&self, n: u32) -> Result<Vec<Vec<f64>>, CalibrationError> {
        let sobol = self.sequence(0)?;
        Ok((0..n).map(|i| sobol.point(i)).collect())
    }

    /// The points of the next wave, from what no wave has ruled out; fewer than were asked for where little is left.
    #[must_use]
    pub fn next_points(&self) -> &[Vec<f64>] {
        &self.next
    }

    /// Takes in the outcomes of a wave (`None`: a point that left none), and looks for `n` points of the next.
    ///
    /// # Errors
    /// [`CalibrationError`] where no surface can be fitted, all is ruled out, or it was stopped, and then the wave is lost;
    /// [`CalibrationError::Ragged`] where points or outcomes are not such as the problem says, and then nothing is changed.
    pub fn learn(
        &mut self,
        points: &[Vec<f64>],
        outcomes: &[Option<Vec<f64>>],
        n: u32,
    ) -> Result<WaveReport, CalibrationError> {
        let (inputs, targets) = (self.problem.priors.len(), self.problem.targets.len());
        let whole = self.problem.luck.len() == targets * targets
            && points.iter().all(|point| point.len() == inputs)
            && outcomes.iter().flatten().all(|outcome| outcome.len() == targets);
        if !whole {
            return Err(CalibrationError::Ragged);
        }
        let mut used = 0;
        for (point, outcome) in points.iter().zip(outcomes) {
            if let Some(outcome) = outcome {
                let mut at = Vec::new();
                self.coordinates(point, &mut at);
                self.points.push((at, outcome.clone()));
                used += 1;
            }
        }
        let (at, y): (Vec<_>, Vec<_>) = self.points.iter().cloned().unzip();
        let surface = Surface::fit(&at, &y)?;
        let (terms, fits) = (surface.terms(), surface.fits().to_vec());
        self.surfaces.push(surface);
        let found = self.search(n)?;
        let report = WaveReport {
            wave: self.surfaces.len(),
            points: points.len(),
            left_out: points.len() - used,
            fitted: at.len(),
            terms,
            fits,
            standing: found.standing,
            nearest: found.nearest,
            ruled_out_by: found.ruled_out_by,
        };
        self.next = found.points;
        // Only what still stands teaches the next surface.
        let mut judge = Prediction::default();
        let points = std::mem::take(&mut self.points);
        self.points = points
            .into_iter()
            .filter(|(at, _)| self.worst(at, &mut judge).0 <= self.problem.cutoff)
            .collect();
        Ok(report)
    }
}
