//! What a lever costs the state that pays for it, year by year while it is in force.

use crate::calendar::Day;
use crate::scenario::document::{Fields, Number, Table};
use crate::scenario::kinds::COUNTRY;
use crate::world::outlay::Payee;
use crate::world::{State, World};

use super::Common;

/// `outlay`: who pays how much. Sums in US dollars of 2020, or in a unit of `[money]`.
#[derive(Debug, Clone)]
pub struct Outlay {
    payer: String,
    usd_per_year: f64,
    budget_usd: Option<f64>,
}

impl Table for Outlay {
    fn fields(f: &mut Fields<'_>) -> Self {
        let money = |unit| Number::new(unit).range(0.0..=1e13);
        Outlay {
            payer: f.reference("payer", COUNTRY, "Country that pays"),
            usd_per_year: f.number("usd_per_year", money("USD/yr"), "Spent a year while in force"),
            budget_usd: f.optional_number("budget_usd", money("USD"), "No more than this in all"),
        }
    }
}

impl Outlay {
    /// Opens the budget.
    pub fn open(&self, lever: usize, state: &mut State) {
        if let Some(budget) = self.budget_usd {
            state.purse.budget[lever] = budget;
        }
    }

    /// Years of its outlay that are paid after so many years in force: no more than its budget is good for.
    #[must_use]
    pub fn years_paid(&self, common: &Common, years: f64) -> f64 {
        let a_year = common.strength * self.usd_per_year;
        if a_year <= 0.0 {
            return 0.0;
        }
        years
            .max(0.0)
            .min(self.budget_usd.map_or(f64::INFINITY, |budget| budget / a_year))
    }

    /// Pays what fell due since a day while the lever was in force, times its strength: the share `works` for work done, a real resource,
    /// the rest to sellers. Returns what was paid, and its share of what was
    /// due: an empty budget ends what money buys, and what costs nothing has no end.
    pub fn pay(
        &self,
        lever: usize,
        common: &Common,
        works: f64,
        since: Day,
        world: &World,
        state: &mut State,
    ) -> (f64, f64) {
        let due = common.strength * self.usd_per_year * common.years_in_force(lever, since, state);
        let Some(payer) = self.payer_in(world) else {
            return (0.0, 1.0);
        };
        let paid: f64 = (parts(due, works).into_iter())
            .map(|(payee, sum)| state.purse.spend_rest(lever, payer, payee, sum))
            .sum();
        let funded = if due > 0.0 {
            // Parts of it need not sum to it to the last bit.
            if paid >= (1.0 - 1e-12) * due { 1.0 } else { paid / due }
        } else {
            // Nothing is due yet: the budget tells.
            f64::from(u8::from(state.purse.budget[lever] > 0.0))
        };
        (paid, funded)
    }

    /// Books what has fallen due since a day by the end of today, so that a measurement counts it. [`Outlay::pay`] for the same time
    /// then books the rest: what the money brings about follows there.
    pub fn settle(&self, lever: usize, common: &Common, works: f64, since: Day, world: &World, state: &mut State) {
        let Some(payer) = self.payer_in(world) else { return };
        let until = state.today.add_days(1);
        let due = common.strength * self.usd_per_year * common.years_between(lever, since, until, state);
        let mut left = state.purse.budget[lever];
        for (payee, sum) in parts(due, works) {
            let paid = sum.min(left);
            left -= paid;
            state.purse.advance(lever, payer, payee, paid);
        }
    }

    fn payer_in(&self, world: &World) -> Option<usize> {
        world.countries.iter().position(|c| c.id == self.payer)
    }
}

/// What is due, by who gets it: the share `works` for work done, the rest to sellers.
fn parts(due: f64, works: f64) -> [(Payee, f64); 2] {
    [(Payee::Works, due * works), (Payee::Sellers, due * (1.0 - works))]
}

/// The review before a day: what falls due between it and the end of a lever is settled on its last day.
#[must_use]
pub fn review_before(world: &World, day: Day) -> Day {
    let months = world.scenario.review_months as i32;
    let mut count = 0;
    while world.start.add_months(months * (count + 1)) < day {
        count += 1;
    }
    world.start.add_months(months * count)
}
