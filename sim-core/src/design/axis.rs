//! Axes of a design: a path of the scenario and the values that it may take.

use crate::scenario::Distribution;

/// The values that one input may take.
#[derive(Debug, Clone, PartialEq)]
pub enum Support {
    /// Any value of a distribution, by inversion.
    Continuous(Distribution),
    /// One of these values, all alike, in this order.
    Listed(Vec<f64>),
}

/// One input of a design.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Path of the number in the scenario.
    pub path: String,
    /// Its values.
    pub support: Support,
}

/// The `i`-th of `levels` even steps from 0 to 1; the middle where there is one level.
pub(super) fn rung(i: u64, levels: u64) -> f64 {
    match levels {
        0 | 1 => 0.5,
        _ => i as f64 / (levels - 1) as f64,
    }
}

impl Support {
    /// The value at `u` of the unit interval; NaN of an empty list.
    #[must_use]
    pub fn at(&self, u: f64) -> f64 {
        match self {
            Self::Continuous(distribution) => distribution.quantile(u),
            Self::Listed(values) => {
                // Truncation towards 0, and 1 belongs to the last value.
                let index = (u * values.len() as f64) as usize;
                let last = values.len().saturating_sub(1);
                values.get(index.min(last)).copied().unwrap_or(f64::NAN)
            }
        }
    }

    /// The values on a grid: all that are listed, or `levels` even steps in probability with both ends (the median
    /// where there is one).
    #[must_use]
    pub fn ladder(&self, levels: u64) -> Vec<f64> {
        match self {
            Self::Continuous(distribution) => (0..levels.min(super::MAX_POINTS + 1))
                .map(|i| distribution.quantile(rung(i, levels)))
                .collect(),
            Self::Listed(values) => values.clone(),
        }
    }
}

/// Every combination of one value from each list, the last list running fastest; one empty row of no lists.
#[must_use]
pub fn combinations(lists: &[Vec<f64>]) -> Vec<Vec<f64>> {
    lists.iter().fold(vec![Vec::new()], |rows, list| {
        let extended = rows
            .iter()
            .flat_map(|row| list.iter().map(move |value| [&row[..], &[*value]].concat()));
        extended.collect()
    })
}
