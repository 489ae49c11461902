//! What buyers and sellers weigh: the parameters of taste, price, contract and life extension.

use super::document::{Fields, Number, Table};

/// Who sets the price of a stack that two sellers make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ComponentBidding {
    /// Each seller of the stack adds its own margin (double marginalisation is then a result).
    #[default]
    Independent,
    /// The radio seller bids the stack alone and buys the baseband at its list price.
    Prime,
}

/// `[market]`: scales of money and taste. Shares are of the regional price of the generation.
#[derive(Debug, Clone)]
pub struct Market {
    /// Price of one 5G site, full stack, at price level 1 (Europe), US dollars.
    pub reference_price: f64,
    /// mu: scale of the taste shocks of a tender, share of price.
    pub taste_scale_share: f64,
    /// Standard deviation of an operator's lasting affinity to a vendor, share of price.
    pub persistent_taste_sd_share: f64,
    /// Money value of quality 1, share of price.
    pub quality_value_share: f64,
    /// Share of the radio unit in the price; its weight in component `ran`.
    pub ru_share: f64,
    /// Price of one unit of trust weight at criticality 1, share of price.
    pub risk_share: f64,
    /// Reserve over list price where one seller stands in every lawful alternative, share of price.
    pub price_cap_reserve_share: f64,
    /// Price of a core network per subscriber, US dollars.
    pub core_price_per_subscriber: f64,
    /// Capacity added each year at the contract's price, share of sites' price.
    pub expansion_share_per_year: f64,
    /// Discount rate for public outlay and welfare, a year.
    pub social_discount_rate: f64,
    /// Value of one month's delay of one site, US dollars.
    pub site_month: f64,
    /// Who sets the price of a two-seller stack.
    pub component_bidding: ComponentBidding,
}

impl Table for Market {
    fn fields(f: &mut Fields<'_>) -> Self {
        let share = || Number::new("share of price").range(0.0..=5.0);
        Market {
            reference_price: f.number(
                "reference_price_usd_per_site",
                Number::new("USD/site").range(1.0..=1e7),
                "Price of one 5G site, full stack, at price level 1 (Europe)",
            ),
            taste_scale_share: f.number(
                "taste_scale_share",
                Number::new("share of price")
                    .range(1e-4..=2.0)
                    .of("market::choice::Tree"),
                "mu: scale of the taste shocks of a tender",
            ),
            persistent_taste_sd_share: f.number(
                "persistent_taste_sd_share",
                share(),
                "Standard deviation of an operator's lasting affinity to a vendor",
            ),
            quality_value_share: f.number(
                "quality_value_share",
                Number::new("share of price").range(0.0..=20.0),
                "Money value of quality 1",
            ),
            ru_share: f.number(
                "ru_share",
                Number::new("share of price")
                    .range(0.05..=0.95)
                    .of("market::terms::Terms::flow"),
                "Share of the radio unit in the price of a stack; its weight in component `ran`",
            ),
            risk_share: f.number(
                "risk_share",
                share(),
                "Price of one unit of trust weight at criticality 1",
            ),
            price_cap_reserve_share: f.number_or(
                "price_cap_reserve_share",
                0.1,
                share(),
                "Reserve over list price where one seller stands in every lawful alternative",
            ),
            core_price_per_subscriber: f.number_or(
                "core_price_usd_per_subscriber",
                5.0,
                Number::new("USD/subscriber").range(0.01..=1e4),
                "Price of a core network per subscriber",
            ),
            expansion_share_per_year: f.number_or(
                "expansion_share_per_year",
                0.0,
                Number::new("share of price/yr").range(0.0..=1.0),
                "Capacity added each year at the contract's price",
            ),
            social_discount_rate: f.number_or(
                "social_discount_rate",
                0.05,
                Number::new("1/yr").range(0.0..=0.5).of("measure::welfare"),
                "Discount rate for public outlay and for what policies cost",
            ),
            // What a site of 50,000 dollars over 8 years at 5% costs a month: its buyer holds a month of
            // it to be worth that at least.
            site_month: f.number_or(
                "site_month_usd",
                640.0,
                Number::new("USD/site/month").range(0.0..=1e6),
                "Value of one month's delay of one site",
            ),
            component_bidding: f.choice_or(
                "component_bidding",
                "independent",
                &[
                    ("independent", ComponentBidding::Independent),
                    ("prime", ComponentBidding::Prime),
                ],
                "Who sets the price of a stack that two sellers make",
            ),
        }
    }
}

/// `[nests]`: correlation of taste inside each architecture; 1 is none, small is near-identical.
#[derive(Debug, Clone)]
pub struct Nests {
    /// Closed bundles of one vendor.
    pub closed: f64,
    /// Open stacks of one vendor.
    pub open_single: f64,
    /// Open stacks of two vendors, partial renewals among them.
    pub open_multi: f64,
    /// Keep and extend.
    pub keep: f64,
}

impl Table for Nests {
    fn fields(f: &mut Fields<'_>) -> Self {
        // Below .1 the equilibrium search slows down a hundredfold and begins to fail.
        let lambda = || Number::new("1").range(0.1..=1.0).of("market::choice::Tree");
        Nests {
            closed: f.number_or("closed", 1.0, lambda(), "lambda of closed bundles"),
            open_single: f.number_or("open_single", 0.6, lambda(), "lambda of open stacks of one vendor"),
            open_multi: f.number_or("open_multi", 0.6, lambda(), "lambda of open stacks of two vendors"),
            keep: f.number_or("keep", 1.0, lambda(), "lambda of keep and extend"),
        }
    }
}

/// `[keep]`: running the kit on past its date instead of replacing it.
#[derive(Debug, Clone)]
pub struct Keep {
    /// Growth of upkeep and performance gap, share of price per year of age, each year.
    pub growth_share_per_year: f64,
    /// Years until the next tender after a keep.
    pub retender_years: f64,
}

impl Table for Keep {
    fn fields(f: &mut Fields<'_>) -> Self {
        Keep {
            growth_share_per_year: f.number(
                "growth_share_per_year",
                Number::new("share of price/yr")
                    .range(0.0..=1.0)
                    .of("market::value::extension_upkeep"),
                "Growth of upkeep and performance gap with each year of age",
            ),
            retender_years: f.number(
                "retender_years",
                Number::new("years").range(0.25..=5.0).of("market::terms::Terms::keep"),
                "Years until the next tender after a keep",
            ),
        }
    }
}

/// `[contract]`: how long kit is bought for and how long it takes to come.
#[derive(Debug, Clone)]
pub struct Contract {
    /// Contract term and economic life of radio kit, years.
    pub term_years: f64,
    /// Months from award to the first site.
    pub lead_time_months: f64,
    /// Fee for leaving a running contract, share of price at full term, falling to 0 at its end.
    pub break_fee_share: f64,
    /// Forced tenders aim to be finished this long before a removal deadline, months.
    pub after_ban_margin_months: f64,
}

impl Table for Contract {
    fn fields(f: &mut Fields<'_>) -> Self {
        Contract {
            term_years: f.number(
                "term_years",
                Number::new("years")
                    .range(1.0..=40.0)
                    .of("market::value::share_of_life"),
                "Contract term and economic life of the kit",
            ),
            lead_time_months: f.number(
                "lead_time_months",
                Number::new("months").range(0.0..=36.0),
                "Months from award to the first site",
            ),
            break_fee_share: f.number_or(
                "break_fee_share",
                0.0,
                Number::new("share of price").range(0.0..=1.0),
                "Fee for leaving a contract at its start, falling to nil at its end",
            ),
            after_ban_margin_months: f.number_or(
                "after_ban_margin_months",
                1.0,
                Number::new("months").range(0.0..=36.0),
                "Forced tenders aim to be finished this long before a removal deadline",
            ),
        }
    }
}
