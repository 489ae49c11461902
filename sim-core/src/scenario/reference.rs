//! The reference market as a scenario: it is played in place of the scenario's world.

use super::document::{Fields, Number, Table};

/// `[reference_market]`: see [`crate::run::reference`]. Vendors stand for its eight sellers in their order; of the world nothing else is
/// played, and shares and concentration of sites are all that is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReferenceMarket {
    /// Operators.
    pub operators: u32,
}

impl Table for ReferenceMarket {
    fn fields(f: &mut Fields<'_>) -> Self {
        ReferenceMarket {
            operators: f.integer_or(
                "operators",
                10_000,
                Number::count("operators", 8..=10_000_000),
                "Operators of the reference market, each of one site",
            ) as u32,
        }
    }
}
