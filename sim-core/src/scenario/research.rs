//! Research and quality, a part of the model that is off unless its section stands.

use super::document::{Fields, Keys, Number, Table};

/// `[research]`: see [`crate::world::research`]. No default has a published value for radio networks; the share of sales is the mean of
/// Ericsson's, Huawei's, Nokia's and ZTE's in 2019 (F346 to F349).
#[derive(Debug, Clone)]
pub struct ResearchTerms {
    /// Share of sales that a vendor spends on research.
    pub share_of_sales: f64,
    /// What it spends whatever it sells: other businesses, venture money; US dollars a year.
    pub base_per_year: f64,
    /// Elasticity of quality to research.
    pub elasticity: f64,
    /// How fast quality wears out as technology moves on, a year.
    pub depreciation_per_year: f64,
    /// Years over which research follows sales.
    pub smoothing_years: f64,
    /// Share of each vendor's distance to the mean that the first launch of a generation takes away.
    pub generation_levelling: f64,
    /// Spill-over from the frontier, a year, by home country of the vendor.
    pub spillover: Vec<(String, f64)>,
}

impl Table for ResearchTerms {
    fn fields(f: &mut Fields<'_>) -> Self {
        let share = || Number::new("share").range(0.0..=1.0);
        ResearchTerms {
            share_of_sales: f.number_or(
                "share_of_sales",
                0.173,
                share(),
                "Share of sales that a vendor spends on research",
            ),
            base_per_year: f.number_or(
                "base_usd_per_year",
                5e7,
                Number::new("USD/yr").range(1.0..=1e11),
                "Research of each vendor whatever it sells",
            ),
            elasticity: f.number_or(
                "elasticity",
                0.1,
                Number::new("1").range(0.0..=1.0),
                "Elasticity of quality to research",
            ),
            depreciation_per_year: f.number_or(
                "depreciation_per_year",
                0.15,
                Number::new("1/yr").range(1e-3..=2.0),
                "How fast quality wears out as technology moves on",
            ),
            smoothing_years: f.number_or(
                "smoothing_years",
                3.0,
                Number::new("years").range(0.1..=20.0),
                "Years over which research follows sales",
            ),
            generation_levelling: f.number_or(
                "generation_levelling_share",
                0.3,
                share(),
                "Share of each vendor's distance to the mean lost when a generation is first launched",
            ),
            spillover: f.map(
                "spillover_per_year",
                Number::new("1/yr").range(0.0..=5.0),
                Keys::Any,
                "Spill-over from the frontier, by home country of the vendor",
            ),
        }
    }
}
