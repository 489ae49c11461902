//! How much of an outcome is luck: the covariance of one history.

use super::super::summary::compensated_sum;

/// Replicates at one point.
#[derive(Debug, Clone, PartialEq)]
pub struct Histories {
    /// How many had every outcome.
    pub n: usize,
    /// Mean of each outcome.
    pub means: Vec<f64>,
    /// Covariance of the outcomes in one history, row by row; divisor `n - 1`.
    pub covariance: Vec<f64>,
}

/// Mean and covariance over replicates; one with an undefined outcome, or with another number of outcomes than the first,
/// is left out. `None` with fewer than two.
#[must_use]
pub fn luck_of_history(replicates: &[Vec<f64>]) -> Option<Histories> {
    let t = replicates.first()?.len();
    let whole: Vec<&Vec<f64>> = replicates
        .iter()
        .filter(|r| r.len() == t && r.iter().all(|y| y.is_finite()))
        .collect();
    let n = whole.len();
    if n < 2 {
        return None;
    }
    let means: Vec<f64> = (0..t)
        .map(|k| compensated_sum(whole.iter().map(|y| y[k])) / n as f64)
        .collect();
    let product = |j: usize, k: usize| {
        compensated_sum(whole.iter().map(|y| (y[j] - means[j]) * (y[k] - means[k]))) / (n - 1) as f64
    };
    let covariance = (0..t * t).map(|at| product(at / t, at % t)).collect();
    Some(Histories { n, means, covariance })
}
