//! How well an ensemble forecast an observation: proper score, coverage and skill.
//!
//! The continuous ranked probability score rewards a forecast for being both near and honest about its spread; for a single
//! number it is the absolute error, so ensembles and point forecasts are compared in one unit (Gneiting and Raftery 2007).

use super::{compensated_sum, quantile};

/// An observation: a number, or what is known of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Observation {
    /// A value.
    Value(f64),
    /// A range, or a bound where one end is infinite.
    Range {
        /// Lower end; minus infinity for "at most".
        low: f64,
        /// Upper end; infinity for "at least".
        high: f64,
    },
}

/// Continuous ranked probability score of an ensemble at `observed`, in the unit of the values; 0 is perfect.
///
/// `mean |x - y| - mean |x - x'| / 2` over members and over pairs of members, the exact score of the empirical distribution.
/// `None` for an empty ensemble. `sorted` ascending, without NaN.
#[must_use]
pub fn crps(sorted: &[f64], observed: f64) -> Option<f64> {
    if sorted.is_empty() {
        return None;
    }
    let n = sorted.len() as f64;
    let error = compensated_sum(sorted.iter().map(|x| (x - observed).abs())) / n;
    // Over ordered members the sum over pairs is a weighted sum: member i lies above i others.
    let weighted = sorted.iter().enumerate().map(|(i, x)| (2.0 * i as f64 + 1.0 - n) * x);
    Some(error - compensated_sum(weighted) / (n * n))
}

/// One forecast against one observation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PointScore {
    /// Median of the ensemble.
    pub median: f64,
    /// Median less observation; for a range the distance to its nearer end, 0 inside.
    pub error: f64,
    /// Score; `None` against a range.
    pub crps: Option<f64>,
    /// Whether the central 50% band holds the observation, or meets the range.
    pub in_50: bool,
    /// The same of the central 90% band.
    pub in_90: bool,
}

/// Scores an ensemble against an observation; `None` for an empty ensemble. `sorted` ascending, without NaN.
#[must_use]
pub fn score_point(sorted: &[f64], observation: Observation) -> Option<PointScore> {
    if sorted.is_empty() {
        return None;
    }
    let q = |per_mille: u32| quantile(sorted, per_mille);
    let median = q(500);
    let (low, high) = match observation {
        Observation::Value(y) => (y, y),
        Observation::Range { low, high } => (low, high),
    };
    let meets = |a: f64, b: f64| a <= high && b >= low;
    let error = if median < low {
        median - low
    } else if median > high {
        median - high
    } else {
        0.0
    };
    Some(PointScore {
        median,
        error,
        crps: match observation {
            Observation::Value(y) => crps(sorted, y),
            Observation::Range { .. } => None,
        },
        in_50: meets(q(250), q(750)),
        in_90: meets(q(50), q(950)),
    })
}

/// Skill over a rival forecast: `1 - mean score / mean score of the rival`; 1 is perfect, 0 no better, below 0 worse. `None` where the
/// rival was perfect or nothing is compared.
#[must_use]
pub fn skill(own: &[f64], rival: &[f64]) -> Option<f64> {
    let sum = |x: &[f64]| compensated_sum(x.iter().copied());
    let below = sum(rival);
    (own.len() == rival.len() && below > 0.0).then(|| 1.0 - sum(own) / below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::normal_quantile;

    fn naive(x: &[f64], y: f64) -> f64 {
        let n = x.len() as f64;
        let error: f64 = x.iter().map(|a| (a - y).abs()).sum::<f64>() / n;
        let spread: f64 = x.iter().flat_map(|a| x.iter().map(move |b| (a - b).abs())).sum::<f64>() / (n * n);
        error - spread / 2.0
    }

    #[test]
    fn the_sorted_sum_agrees_with_all_pairs() {
        let x = [-2.0, -0.5, 0.0, 0.25, 3.0, 3.0];
        for y in [-5.0, 0.1, 3.0, 9.0] {
            assert!((crps(&x, y).unwrap() - naive(&x, y)).abs() < 1e-14);
        }
        assert_eq!(crps(&[2.0], 5.0), Some(3.0), "of one number it is the absolute error");
        assert_eq!(crps(&[], 1.0), None);
    }

    #[test]
    fn the_score_of_a_standard_normal() {
        // Gneiting and Raftery 2007, equation 21, at y = 0: (sqrt 2 - 1) / sqrt pi = .233695; at y = 1: .602440.
        let n = 20_000;
        let x: Vec<f64> = (0..n)
            .map(|i| normal_quantile((f64::from(i) + 0.5) / f64::from(n)))
            .collect();
        assert!((crps(&x, 0.0).unwrap() - 0.233_695).abs() < 1e-4);
        assert!((crps(&x, 1.0).unwrap() - 0.602_440).abs() < 1e-4);
    }

    #[test]
    fn a_bound_is_scored_by_whether_it_is_kept() {
        let x: Vec<f64> = (0..=100).map(f64::from).collect();
        let at_most = |high: f64| {
            score_point(
                &x,
                Observation::Range {
                    low: f64::NEG_INFINITY,
                    high,
                },
            )
            .unwrap()
        };
        assert_eq!((at_most(60.0).error, at_most(60.0).in_50), (0.0, true));
        assert_eq!(
            (at_most(20.0).error, at_most(20.0).in_50, at_most(20.0).in_90),
            (30.0, false, true)
        );
        assert_eq!((at_most(2.0).in_90, at_most(2.0).crps), (false, None));
        let value = score_point(&x, Observation::Value(74.0)).unwrap();
        assert_eq!((value.error, value.in_50), (-24.0, true));
    }

    #[test]
    fn skill_is_one_for_a_perfect_forecast_and_nil_for_an_equal_one() {
        assert_eq!(skill(&[0.0, 0.0], &[1.0, 2.0]), Some(1.0));
        assert_eq!(skill(&[1.0, 2.0], &[2.0, 1.0]), Some(0.0));
        assert_eq!(skill(&[1.0], &[0.0]), None);
        assert_eq!(skill(&[], &[]), None);
    }
}
