//! A response surface: what the model's outcomes are at points where it was not played, and how sure that is.

use super::super::summary::compensated_sum;
use super::CalibrationError;
use super::cholesky::Cholesky;

/// Points that a surface needs for each of its coefficients.
const POINTS_A_TERM: usize = 2;

/// The terms of a surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terms {
    /// Constant and slopes.
    Linear,
    /// Squares too.
    Squares,
    /// Squares and products of two inputs.
    Quadratic,
}

impl Terms {
    /// How many coefficients over `inputs` inputs.
    #[must_use]
    pub fn count(self, inputs: usize) -> usize {
        match self {
            Self::Linear => 1 + inputs,
            Self::Squares => 1 + 2 * inputs,
            Self::Quadratic => 1 + 2 * inputs + inputs * inputs.saturating_sub(1) / 2,
        }
    }

    /// Its name in tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Squares => "squares",
            Self::Quadratic => "quadratic",
        }
    }

    fn fill(self, x: &[f64], basis: &mut Vec<f64>) {
        basis.clear();
        basis.push(1.0);
        basis.extend_from_slice(x);
        if self != Self::Linear {
            basis.extend(x.iter().map(|x| x * x));
        }
        if self == Self::Quadratic {
            for (i, a) in x.iter().enumerate() {
                basis.extend(x[..i].iter().map(|b| a * b));
            }
        }
    }
}

/// How well a surface foretells points that it was not shown, for one outcome.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// `1 - PRESS / total sum of squares`: 1 is perfect, 0 no better than the mean. NaN where the outcome never varies.
    pub q2: f64,
    /// Share of points within two standard deviations when each is foretold by the others; about 0.95 where the surface knows
    /// how sure it is.
    pub within_2: f64,
    /// Standard deviation of what the surface leaves unexplained.
    pub residual_sd: f64,
}

/// Regression of several outcomes on one set of terms; the inputs are standardised over the points.
///
/// At a new point the expected outcomes are `b(x)' C` and their covariance `S (1 + h(x))`: `S` is the covariance of what the
/// terms leave unexplained, and the leverage `h(x) = b' (B'B)^-1 b` the uncertainty of the coefficients. `S` counts as
/// uncertainty of each outcome in full, since away from the points nobody knows the bends that the terms miss.
#[derive(Debug, Clone)]
pub struct Surface {
    terms: Terms,
    centre: Vec<f64>,
    scale: Vec<f64>,
    factor: Cholesky,
    /// Term by term, the coefficients of all outcomes.
    coefficients: Vec<f64>,
    outcomes: usize,
    residual: Vec<f64>,
    fits: Vec<Fit>,
}

/// Room for a prediction, used again from point to point.
#[derive(Debug, Clone, Default)]
pub struct Prediction {
    basis: Vec<f64>,
    inputs: Vec<f64>,
    /// The expected outcomes.
    pub means: Vec<f64>,
    /// The leverage `h`.
    pub leverage: f64,
}

impl Surface {
    /// Fits outcomes at points, with as many terms as the points carry: at least two points a coefficient.
    ///
    /// # Errors
    /// [`CalibrationError::TooFewPoints`] where they do not carry slopes; [`CalibrationError::Singular`] where they do not span the inputs;
    /// [`CalibrationError::Ragged`] where points or outcomes are not of one length, or not of one number.
    pub fn fit(points: &[Vec<f64>], outcomes: &[Vec<f64>]) -> Result<Self, CalibrationError> {
        let (n, inputs) = (points.len(), points.first().map_or(0, Vec::len));
        let even = |rows: &[Vec<f64>]| rows.windows(2).all(|pair| pair[0].len() == pair[1].len());
        if outcomes.len() != n || !even(points) || !even(outcomes) {
            return Err(CalibrationError::Ragged);
        }
        let most = n / POINTS_A_TERM;
        let kinds = [Terms::Quadratic, Terms::Squares, Terms::Linear];
        let able: Vec<Terms> = kinds.into_iter().filter(|t| t.count(inputs) <= most).collect();
        if able.is_empty() {
            return Err(CalibrationError::TooFewPoints {
                points: n,
                needed: POINTS_A_TERM * Terms::Linear.count(inputs),
            });
        }
        let column = |i: usize| points.iter().map(move |p| p[i]);
        let centre: Vec<f64> = (0..inputs).map(|i| compensated_sum(column(i)) / n as f64).collect();
        let scale: Vec<f64> = (0..inputs)
            .map(|i| (compensated_sum(column(i).map(|x| (x - centre[i]) * (x - centre[i]))) / n as f64).sqrt())
            .collect();
        if scale.iter().any(|s| *s <= 0.0) {
            return Err(CalibrationError::Singular);
        }
        able.into_iter()
            .find_map(|terms| Self::with(terms, points, outcomes, &centre, &scale))
            .ok_or(CalibrationError::Singular)
    }

    fn with(terms: Terms, points: &[Vec<f64>], outcomes: &[Vec<f64>], centre: &[f64], scale: &[f64]) -> Option<Self> {
        let (n, p) = (points.len(), terms.count(centre.len()));
        let t = outcomes.first().map_or(0, Vec::len);
        let mut rows = Vec::with_capacity(n);
        for point in points {
            let x: Vec<f64> = (point.iter().zip(centre.iter().zip(scale)))
                .map(|(x, (c, s))| (x - c) / s)
                .collect();
            let mut basis = Vec::with_capacity(p);
            terms.fill(&x, &mut basis);
            rows.push(basis);
        }
        let mut gram = vec![0.0; p * p];
        for row in &rows {
            for i in 0..p {
                for j in 0..=i {
                    gram[i * p + j] += row[i] * row[j];
                }
            }
        }
        let factor = Cholesky::new(&gram, p)?;
        let mut coefficients = vec![0.0; p * t];
        let mut right = vec![0.0; p];
        for k in 0..t {
            right.fill(0.0);
            for (row, y) in rows.iter().zip(outcomes) {
                for (sum, b) in right.iter_mut().zip(row) {
                    *sum += b * y[k];
                }
            }
            factor.solve(&mut right);
            for (i, c) in right.iter().enumerate() {
                coefficients[i * t + k] = *c;
            }
        }
        let mut surface = Self {
            terms,
            centre: centre.to_vec(),
            scale: scale.to_vec(),
            factor,
            coefficients,
            outcomes: t,
            residual: Vec::new(),
            fits: Vec::new(),
        };
        surface.judge(points, outcomes, n - p);
        Some(surface)
    }

    /// Residual covariance, and how each point is foretold by the others: the residual over `1 - h`, by the well-known shortcut.
    fn judge(&mut self, points: &[Vec<f64>], outcomes: &[Vec<f64>], freedom: usize) {
        let t = self.outcomes;
        let mut at = Prediction::default();
        let mut residuals = Vec::with_capacity(points.len());
        for (point, y) in points.iter().zip(outcomes) {
            self.predict(point, &mut at);
            let e: Vec<f64> = y.iter().zip(&at.means).map(|(y, m)| y - m).collect();
            residuals.push((e, at.leverage));
        }
        let product = |j: usize, k: usize| compensated_sum(residuals.iter().map(|(e, _)| e[j] * e[k])) / freedom as f64;
        self.residual = (0..t * t).map(|at| product(at / t, at % t)).collect();
        let n = points.len() as f64;
        self.fits = (0..t)
            .map(|k| {
                let sd = self.residual[k * t + k].sqrt();
                let mean = compensated_sum(outcomes.iter().map(|y| y[k])) / n;
                let total = compensated_sum(outcomes.iter().map(|y| (y[k] - mean) * (y[k] - mean)));
                let left_out = residuals.iter().map(|(e, h)| (e[k] / (1.0 - h).max(f64::EPSILON), *h));
                let press = compensated_sum(left_out.clone().map(|(e, _)| e * e));
                // Left out, a point's error has variance s^2 / (1 - h).
                let within = left_out.filter(|(e, h)| e.abs() * (1.0 - h).sqrt() <= 2.0 * sd).count();
                Fit {
                    q2: if total > 0.0 { 1.0 - press / total } else { f64::NAN },
                    within_2: within as f64 / n,
                    residual_sd: sd,
                }
            })
            .collect();
    }

    /// The expected outcomes at a point, and its leverage; NaN at one of another number of inputs.
    pub fn predict(&self, point: &[f64], at: &mut Prediction) {
        at.means.clear();
        if point.len() != self.centre.len() {
            at.means.resize(self.outcomes, f64::NAN);
            at.leverage = f64::NAN;
            return;
        }
        let standard = point.iter().zip(self.centre.iter().zip(&self.scale));
        at.inputs.clear();
        at.inputs.extend(standard.map(|(x, (c, s))| (x - c) / s));
        self.terms.fill(&at.inputs, &mut at.basis);
        at.means.resize(self.outcomes, 0.0);
        for (b, row) in at
            .basis
            .iter()
            .zip(self.coefficients.chunks_exact(self.outcomes.max(1)))
        {
            for (mean, c) in at.means.iter_mut().zip(row) {
                *mean += b * c;
            }
        }
        at.leverage = self.factor.quadratic(&mut at.basis);
    }

    /// Covariance of what is left unexplained, row by row.
    #[must_use]
    pub fn residual(&self) -> &[f64] {
        &self.residual
    }

    /// How good it is, by outcome.
    #[must_use]
    pub fn fits(&self) -> &[Fit] {
        &self.fits
    }

    /// Its terms.
    #[must_use]
    pub fn terms(&self) -> Terms {
        self.terms
    }
}
