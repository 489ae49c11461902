//! What vendors decide of themselves: to open a line, to enter, to leave. Off unless its section stands.

use super::document::{Fields, Number, Table};

/// `[vendor_decisions]`: see [`crate::world::fates`]. Nothing in it has a published value for radio networks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VendorDecisions {
    /// Cost of opening a closed full-stack line, US dollars; `None`: lines open by date alone.
    pub opening_cost: Option<f64>,
    /// Cost of entry of a vendor that is not in the market yet, US dollars; `None`: nobody enters.
    pub entry_cost: Option<f64>,
    /// Rate at which a vendor discounts what it expects, a year.
    pub discount_rate: f64,
    /// Years over which it counts on what it expects of the next one.
    pub horizon_years: f64,
    /// Years in a row in which margins must have missed the fixed cost before a vendor leaves.
    pub patience_years: f64,
    /// Years for which kit of a vendor that has left may still run.
    pub support_years: f64,
    /// Market reviews between two rounds of decisions.
    pub every_reviews: u32,
}

impl Table for VendorDecisions {
    fn fields(f: &mut Fields<'_>) -> Self {
        let money = || Number::new("USD").range(0.0..=1e13);
        VendorDecisions {
            opening_cost: f.optional_number(
                "opening_cost_usd",
                money(),
                "Cost of opening a closed full-stack line; without it, lines open by date alone",
            ),
            entry_cost: f.optional_number(
                "entry_cost_usd",
                money(),
                "Cost of entry of a vendor with `potential = true`; without it, nobody enters",
            ),
            discount_rate: f.number_or(
                "discount_rate",
                0.09,
                Number::new("1/yr").range(0.005..1.0).of("market::value::annuity"),
                "Rate at which a vendor discounts what it expects",
            ),
            horizon_years: f.number_or(
                "horizon_years",
                8.0,
                Number::new("years").range(0.25..=100.0).of("market::value::annuity"),
                "Years over which it counts on the profit of the next one",
            ),
            patience_years: f.number_or(
                "patience_years",
                3.0,
                Number::new("years").range(0.0..=100.0),
                "Years in a row in which its margins must have missed its fixed cost before a vendor leaves",
            ),
            support_years: f.number_or(
                "support_years",
                4.0,
                Number::new("years").range(0.25..=40.0),
                "Years for which kit of a vendor that has left may still run: then support ends",
            ),
            every_reviews: f.integer_or(
                "every_reviews",
                4,
                Number::count("reviews", 1..=400),
                "Market reviews between two rounds of decisions",
            ) as u32,
        }
    }
}
