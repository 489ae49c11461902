//! Sourcing: how an operator spreads its lots over sellers. Without a rule, lots are independent.

use super::document::{Fields, Number, Table};

/// What an operator holds its awards to; nothing by default.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SourcingRule {
    /// Most sellers of a component among the lots of one round; 1 is single sourcing.
    pub round_sources_at_most: Option<u32>,
    /// Fewest sellers of a component in the network of one generation; 2 is dual sourcing.
    pub sources_at_least: Option<u32>,
    /// Largest share of the sites of one generation from one seller of a component.
    pub share_at_most: Option<f64>,
    /// How far the operator weighs what the loss of a seller would cost it: 0 not at all, 1 in full.
    pub resilience: f64,
}

impl SourcingRule {
    /// Whether it asks nothing.
    #[must_use]
    pub fn is_off(&self) -> bool {
        *self == Self::default()
    }

    fn keys(f: &mut Fields<'_>) -> Self {
        let sellers = || Number::count("sellers", 1..=4);
        let rule = SourcingRule {
            round_sources_at_most: f
                .optional_integer(
                    "round_sources_at_most",
                    sellers(),
                    "Most sellers of a component among the lots of one round: 1 is single sourcing; a round is one wave of one generation",
                )
                .map(|n| n as u32),
            sources_at_least: f
                .optional_integer(
                    "sources_at_least",
                    sellers(),
                    "Fewest sellers of a component among the lots of one generation: 2 is dual sourcing",
                )
                .map(|n| n as u32),
            share_at_most: f.optional_number(
                "share_at_most",
                Number::new("share").range(0.05..=1.0),
                "Largest share of the sites of one generation from one seller of a component",
            ),
            resilience: f.number_or(
                "resilience",
                0.0,
                Number::new("1").range(0.0..=1.0).of("world::sourcing::service_lost"),
                "How far the operator weighs the service that it expects to lose with a seller: 0 not at all, 1 in full",
            ),
        };
        if let (Some(most), Some(least)) = (rule.share_at_most, rule.sources_at_least) {
            f.require(
                most * f64::from(least) >= 1.0 || least == 1,
                "share_at_most",
                "so small a share takes more sellers than `sources_at_least` names",
                "a share of at least 1 / sources_at_least, or no `sources_at_least`",
            );
        }
        rule
    }
}

impl Table for SourcingRule {
    fn fields(f: &mut Fields<'_>) -> Self {
        SourcingRule::keys(f)
    }
}

/// `[sourcing]`: the rule of operators without one of their own, and what the loss of a seller means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sourcing {
    /// The rule of operators without one of their own.
    pub rule: SourcingRule,
    /// Hazard that a seller fails its customers at once (insolvency, withdrawal, a cut-off), a year.
    pub loss_hazard_per_year: f64,
    /// Share of the bans that are feared which would leave no time to replace the kit.
    pub sudden_ban_share: f64,
    /// Months until a seller that the operator does not have yet can deliver to it.
    pub emergency_months: f64,
    /// Share of a lot's sites that border on lots of other territories.
    pub border_share: f64,
}

impl Table for Sourcing {
    fn fields(f: &mut Fields<'_>) -> Self {
        let share = || Number::new("share").range(0.0..=1.0);
        Sourcing {
            rule: SourcingRule::keys(f),
            loss_hazard_per_year: f.number_or(
                "loss_hazard_per_year",
                0.02,
                Number::new("1/yr").range(0.0..=2.0).of("world::sourcing::service_lost"),
                "Hazard that a seller fails its customers at once: insolvency, withdrawal, a cut-off",
            ),
            sudden_ban_share: f.number_or(
                "sudden_ban_share",
                0.0,
                share(),
                "Share of the bans that are feared which would leave no time to replace the kit",
            ),
            emergency_months: f.number_or(
                "emergency_months",
                12.0,
                Number::new("months").range(0.0..=120.0),
                "Months until a seller that the operator does not have yet can deliver to it",
            ),
            border_share: f.number_or(
                "border_share",
                0.0,
                share(),
                "Share of a lot's sites that border on lots of other territories and are joined with their seller over X2 or Xn",
            ),
        }
    }
}
