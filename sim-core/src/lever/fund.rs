//! Budgets of levers that pay: how much, and over how many years it is released.

use super::Common;
use crate::calendar::Day;
use crate::scenario::document::{Fields, Number};
use crate::world::outlay::{Payers, payers};
use crate::world::{Aid, BB, RU, RuleScope, Slot, State, Support, World};

/// What `payer` means where each state helps its own buyers.
pub const PAYER_OR_BUYER: &str =
    "Country or bloc that pays (the members of a bloc by their sites); without it, the buyer's own country";
/// What it means where a state helps its own vendors.
pub const PAYER_OR_HOME: &str =
    "Country or bloc that pays (the members of a bloc by their sites); without it, the vendor's home";

/// A budget that is released in equal yearly parts, each at the start of its year. What is not spent stays. The parts of years before
/// the run have been spent before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fund {
    /// All of it, US dollars of 2020; without it, no limit.
    pub budget: Option<f64>,
    /// Years.
    pub years: u32,
    /// Who pays: a country or a bloc.
    pub payer: Option<String>,
}

impl Fund {
    /// Reads the keys; `payer` says what that one means and who pays without it.
    #[must_use]
    pub fn fields(f: &mut Fields<'_>, payer: &'static str) -> Self {
        Fund {
            payer: f.optional_text("payer", payer),
            budget: f.optional_number(
                "budget_usd",
                Number::new("USD").range(0.0..=1e13),
                "All the money; without it, no limit",
            ),
            years: f.integer_or(
                "budget_years",
                1,
                Number::count("years", 1..=50),
                "Years over which it is released in equal parts, each at the start of its year",
            ) as u32,
        }
    }

    /// Those who pay for help with the products of a vendor: the payer named, or the vendor's home.
    #[must_use]
    pub fn payers_of(&self, vendor: usize, world: &World) -> Payers {
        let home = &world.scenario.vendors[vendor].home;
        payers(self.payer.as_ref().unwrap_or(home), world)
    }

    /// The same by vendor.
    #[must_use]
    pub fn payers_or_home(&self, world: &World) -> Vec<Payers> {
        (0..world.vendors.len()).map(|v| self.payers_of(v, world)).collect()
    }

    /// By vendor: the payer named; without one, each buyer's own country.
    #[must_use]
    pub fn payers_or_buyer(&self, world: &World) -> Option<Vec<Payers>> {
        self.payer.as_ref().map(|_| self.payers_or_home(world))
    }

    /// Part of the budget that has been released by a day.
    fn released(&self, in_force: Day, today: Day) -> f64 {
        let begun = (0..self.years)
            .filter(|y| in_force.add_months(12 * *y as i32) <= today)
            .count();
        begun as f64 / f64::from(self.years)
    }

    /// Opens the budget of a lever on the day on which it binds, or on the first day of the run, with the part of that year; with
    /// nothing where its years are over by then.
    pub fn open(&self, lever: usize, state: &mut State) {
        let in_force = state.dates[lever].in_force.unwrap_or(state.today);
        let is_over = in_force.add_months(12 * self.years as i32) <= state.today;
        state.purse.budget[lever] = match self.budget {
            None => f64::INFINITY,
            Some(_) if is_over => 0.0,
            Some(budget) => budget * self.released(state.today, state.today),
        };
        self.foresee(lever, state);
    }

    /// Says what part comes next.
    fn foresee(&self, lever: usize, state: &mut State) {
        let in_force = state.dates[lever].in_force.unwrap_or(state.today);
        let last_part = in_force.add_months(12 * (self.years as i32 - 1));
        state.purse.next_part[lever] = match self.budget {
            Some(budget) if state.today < last_part => budget / f64::from(self.years),
            _ => 0.0,
        };
    }

    /// Releases what has fallen due since the last review.
    pub fn release(&self, lever: usize, last: Day, state: &mut State) {
        if let (Some(budget), Some(in_force)) = (self.budget, state.dates[lever].in_force) {
            let last = last.max(in_force);
            let parts = self.released(in_force, state.today) - self.released(in_force, last);
            state.purse.budget[lever] += budget * parts;
            self.foresee(lever, state);
        }
    }
}

/// An entitlement to help with purchases of the kind `aid` in the scope of a lever.
#[must_use]
pub fn support(
    common: &Common,
    lever: usize,
    aid: Aid,
    share: f64,
    payers: Option<Vec<Payers>>,
    (world, state): (&World, &State),
) -> Support {
    let (scope, buyers) = (common.scope.rule_scope(world), common.scope.buyers(world));
    Support {
        lever,
        aid,
        claims: share * yearly_purchases(aid, scope, &buyers, world, state),
        scope,
        buyers,
        sellers: common.scope.sellers(world),
        share,
        payers,
    }
}

/// What buyers in some countries may buy in a year of what is helped, at reference prices, US dollars: all that stands, or is bought first
/// within a contract term from now, is bought once in it.
#[must_use]
pub fn yearly_purchases(aid: Aid, scope: RuleScope, buyers: &[bool], world: &World, state: &State) -> f64 {
    let term = world.scenario.contract.term_years;
    let soon = state.today.plus_years(term);
    let is_bought = |i: usize| state.slots[i].stack.is_some() || world.slots[i].first_tender.is_some_and(|d| d <= soon);
    let of_slot = |slot: &Slot| -> f64 {
        let helped = |k: &usize| Support::helps_with(aid, *k) && scope.meets(RuleScope::of(slot.layer, *k));
        [RU, BB]
            .into_iter()
            .filter(helped)
            .map(|k| slot.lot().reference[k])
            .sum()
    };
    let slots = world.slots.iter().enumerate();
    let bought = slots.filter(|(i, slot)| buyers[slot.country] && is_bought(*i));
    bought.map(|(_, slot)| of_slot(slot)).sum::<f64>() / term
}
