//! New capital for trusted sellers (S13): an equity injection that pays for research and lowers the cost of capital.
//!
//! **Equation.** `research_share` of what is paid adds to the research of the vendors in the scope, in equal parts; and while it
//! stands their unit cost is `1 - strength x cost_of_capital_cut x capital_years` of what it was, where `capital_years` is capital
//! employed over yearly cost: each unit of cost carries a capital charge of rate x capital_years. Capital that has been paid in stays: the
//! cut is scaled by `min(1, paid so far / a year's outlay)`, so that it grows over the first year and stands until the lever ends.
//!
//! **Writes** `conditions.cost`, `purse`, and `research` where `research_share` is above 0 (the scenario must then play `[research]`).
//! **Strength** scales the sum and the cut. **At 0** nothing is scheduled. **Limits:** nothing a year, or an empty
//! budget, changes nothing; no cut and no research share: money is spent and nothing else changes.
//!
//! **Evidence:** none for the cut or the capital employed of radio businesses; no such injection has been made.

use std::sync::Arc;

use super::outlay::{Outlay, review_before};
use super::{Common, Lever, Moment, scope_keys};
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::scenario::document::{Fields, Number, Variant};
use crate::world::{PRODUCTS, Shift, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "equity",
    doc: "New capital for some vendors: research, and cheaper capital",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct Equity {
    common: Common,
    outlay: Outlay,
    research: f64,
    cut: f64,
    capital_years: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    common.require_vendors(f, "an injection must name its vendors");
    let lever = Equity {
        common,
        outlay: f.table("outlay", "Who pays how much"),
        research: f.number_or(
            "research_share",
            0.0,
            Number::new("share").range(0.0..=1.0),
            "Share of the money that goes into research",
        ),
        cut: f.number_or(
            "cost_of_capital_cut_per_year",
            0.01,
            Number::new("1/yr").range(0.0..=0.2),
            "Fall of the vendor's cost of capital",
        ),
        capital_years: f.number_or(
            "capital_years",
            0.6,
            Number::new("years").range(0.0..=5.0),
            "Capital employed over yearly cost",
        ),
    };
    f.require(
        lever.cut * lever.capital_years <= 0.5,
        "cost_of_capital_cut_per_year",
        format!("it would take {} off the unit cost", lever.cut * lever.capital_years),
        "a cut times `capital_years` of at most 0.5",
    );
    Arc::new(lever)
}

impl Equity {
    fn pay(&self, lever: usize, since: Day, world: &World, state: &mut State) {
        let (paid, _) = self.outlay.pay(lever, &self.common, self.research, since, world, state);
        let vendors = self.common.scope.vendor_indices(world);
        if let Some(research) = &mut state.research {
            for v in &vendors {
                research.funds[usize::from(*v)] += self.research * paid / vendors.len() as f64;
            }
        }
        self.cheapen(lever, world, state);
    }

    /// Lowers the vendors' costs as far as capital has been paid in.
    fn cheapen(&self, lever: usize, world: &World, state: &mut State) {
        let years = self.common.binds_from(lever, state).years_until(state.today);
        let funded = self.outlay.years_paid(&self.common, years).min(1.0);
        let mut cost = vec![[1.0; PRODUCTS]; world.vendors.len()];
        for v in self.common.scope.vendor_indices(world) {
            cost[usize::from(v)] = [1.0 - funded * self.common.strength * self.cut * self.capital_years; PRODUCTS];
        }
        state.conditions.shift(
            lever,
            Shift {
                cost,
                ..Shift::default()
            },
        );
    }
}

impl Lever for Equity {
    fn kind(&self) -> &'static str {
        VARIANT.key
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn needs_research(&self) -> bool {
        self.research > 0.0
    }

    fn reads(&self) -> &'static [&'static str] {
        scope_keys::VENDORS
    }

    fn writes(&self) -> &'static [&'static str] {
        &["conditions.cost", "purse", "research"]
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        match moment {
            Moment::InForce => {
                self.outlay.open(lever, state);
                self.cheapen(lever, world, state);
            }
            Moment::End => {
                self.pay(lever, review_before(world, state.today), world, state);
                state.conditions.unshift(lever);
            }
            Moment::Announced | Moment::Deadline => {}
        }
    }

    fn review(&self, lever: usize, last: Day, world: &World, _posted: &Posted, state: &mut State) {
        self.pay(lever, last, world, state);
    }

    fn settle(&self, lever: usize, last: Day, world: &World, state: &mut State) {
        self.outlay
            .settle(lever, &self.common, self.research, last, world, state);
    }
}
