//! Yearly growth of maturity that a lever adds or takes, by interface.

use crate::scenario::document::{Fields, Number, Table};
use crate::world::state::{FRONTHAUL, MANAGEMENT, X2};

/// Rates by interface, a year.
#[derive(Debug, Clone, Default)]
pub struct Growth([f64; 3]);

impl Table for Growth {
    fn fields(f: &mut Fields<'_>) -> Self {
        let rate = || Number::new("1/yr").range(0.0..=5.0);
        let mut growth = [0.0; 3];
        growth[FRONTHAUL] = f.number_or("fronthaul", 0.0, rate(), "Open fronthaul");
        growth[X2] = f.number_or("x2", 0.0, rate(), "Between generations and neighbours");
        growth[MANAGEMENT] = f.number_or("management", 0.0, rate(), "To management systems");
        Self(growth)
    }
}

impl Growth {
    /// The rates times a factor.
    #[must_use]
    pub fn times(&self, factor: f64) -> [f64; 3] {
        self.0.map(|g| factor * g)
    }
}
