//! How far buyers and sellers look beyond the contract that is tendered.

use super::document::{Fields, Number, Table};

/// How the next-tender table is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Closure {
    /// The table is its own future.
    #[default]
    Stationary,
    /// The tenders after the next are worth nothing.
    OneTender,
    /// There is no table: nobody looks ahead, whatever the weights.
    None,
}

/// `[foresight]`. By default nobody looks ahead.
#[derive(Debug, Clone)]
pub struct Foresight {
    /// Weight of later tenders in sellers' bids, 0 to 1.
    pub seller_look_ahead: f64,
    /// Discount rate of sellers, a year.
    pub seller_discount_rate: f64,
    /// Foresight of a buyer without one of its own, 0 to 1.
    pub buyer: f64,
    /// How the table is closed.
    pub closure: Closure,
    /// Years over which the present slope of maturity is expected to go on.
    pub maturity_horizon_years: f64,
    /// Each type is renewed once in so many reviews.
    pub refresh_reviews: u32,
}

impl Table for Foresight {
    fn fields(f: &mut Fields<'_>) -> Self {
        let weight = || Number::new("1").range(0.0..=1.0).of("market::foresight");
        Foresight {
            seller_look_ahead: f.number_or(
                "seller_look_ahead",
                0.0,
                weight(),
                "Weight of later tenders in sellers' bids: 0 none, 1 all",
            ),
            seller_discount_rate: f.number_or(
                "seller_discount_rate",
                0.09,
                Number::new("1/yr").range(0.005..1.0).of("market::foresight"),
                "Discount rate of sellers",
            ),
            buyer: f.number_or(
                "buyer",
                0.0,
                weight(),
                "Foresight of buyers: 0 values one contract, 1 all that follow; an operator's `foresight` goes before it",
            ),
            closure: f.choice_or(
                "closure",
                "stationary",
                &[
                    ("stationary", Closure::Stationary),
                    ("one_tender", Closure::OneTender),
                    ("none", Closure::None),
                ],
                "How the next-tender table is closed",
            ),
            maturity_horizon_years: f.number_or(
                "maturity_horizon_years",
                4.0,
                Number::new("years").range(0.0..=20.0),
                "Years over which the present slope of maturity is expected to go on",
            ),
            refresh_reviews: f.integer_or(
                "refresh_reviews",
                16,
                Number::count("reviews", 1..=400),
                "Each region and layer of the next-tender table is renewed once in so many reviews",
            ) as u32,
        }
    }
}
