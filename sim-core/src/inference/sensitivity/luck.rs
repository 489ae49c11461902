//! How much of the variance is luck.

use super::super::summary::compensated_sum;

/// Components of the variance of one replicate in one future drawn at random.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LuckShare {
    /// Futures used.
    pub futures: usize,
    /// Replicates of each.
    pub replicates: usize,
    /// Variance between futures: what knowing the inputs would take away.
    pub between: f64,
    /// Variance of luck that moves all futures alike: it cancels when futures or policies are compared.
    pub common_luck: f64,
    /// Variance of luck that works differently in each future.
    pub own_luck: f64,
}

impl LuckShare {
    /// Share of the whole variance that is luck; NaN where nothing varies.
    #[must_use]
    pub fn share(&self) -> f64 {
        let luck = self.common_luck + self.own_luck;
        let whole = self.between + luck;
        if whole > 0.0 { luck / whole } else { f64::NAN }
    }
}

/// Splits the variance of outcomes by future and replicate, where all futures share the luck of a replicate: a two-way
/// layout without repetition, `y = m + future + replicate + rest`, of random effects (analysis of variance; Searle,
/// Casella and McCulloch, *Variance Components* (1992), section 4.3). A component whose estimate is negative is 0.
///
/// `outcomes[future][replicate]`; a future with an undefined outcome, or with another number of replicates than the
/// first, is left out. `None` with fewer than two futures or replicates.
#[must_use]
pub fn luck_share(outcomes: &[Vec<f64>]) -> Option<LuckShare> {
    let replicates = outcomes.first()?.len();
    let rows: Vec<&Vec<f64>> = outcomes
        .iter()
        .filter(|row| row.len() == replicates && row.iter().all(|value| value.is_finite()))
        .collect();
    let futures = rows.len();
    if futures < 2 || replicates < 2 {
        return None;
    }
    let (f, r) = (futures as f64, replicates as f64);
    let row_means: Vec<f64> = rows
        .iter()
        .map(|row| compensated_sum(row.iter().copied()) / r)
        .collect();
    let column_means: Vec<f64> = (0..replicates)
        .map(|k| compensated_sum(rows.iter().map(|row| row[k])) / f)
        .collect();
    let mean = compensated_sum(row_means.iter().copied()) / f;
    let square = |x: f64| x * x;
    let between_rows = r * compensated_sum(row_means.iter().map(|m| square(m - mean))) / (f - 1.0);
    let between_columns = f * compensated_sum(column_means.iter().map(|m| square(m - mean))) / (r - 1.0);
    let rest = rows.iter().zip(&row_means).flat_map(|(row, row_mean)| {
        row.iter()
            .zip(&column_means)
            .map(move |(y, column_mean)| square(y - row_mean - column_mean + mean))
    });
    let rest = compensated_sum(rest) / ((f - 1.0) * (r - 1.0));
    Some(LuckShare {
        futures,
        replicates,
        between: ((between_rows - rest) / r).max(0.0),
        common_luck: ((between_columns - rest) / f).max(0.0),
        own_luck: rest,
    })
}
