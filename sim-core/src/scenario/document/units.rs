//! Units that convert into each other, so that a number can be compared with its source.

use std::collections::BTreeMap;

/// Conversions between units.
#[derive(Debug, Clone, Default)]
pub struct Units {
    currencies: BTreeMap<String, f64>,
}

impl Units {
    /// Units without any exchange rate.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares that one of `unit` is `factor` US dollars of the base year.
    #[must_use]
    pub fn with_money(mut self, unit: impl Into<String>, factor: f64) -> Self {
        self.currencies.insert(unit.into(), factor);
        self
    }

    /// The factor by which a value in `from` becomes a value in `to`; `None` where they measure
    /// different things or one is unknown.
    #[must_use]
    pub fn factor(&self, from: &str, to: &str) -> Option<f64> {
        (from == to).then_some(1.0)
    }
}
