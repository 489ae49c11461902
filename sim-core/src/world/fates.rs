//! What vendors decide of themselves: to open a line, to enter the market, to leave it. Off unless the scenario has
//! `[vendor_decisions]`.
//!
//! Once in so many reviews each vendor compares, in the order of the scenario, so that a later one sees what an earlier one has done:
//!
//! - *opening*: a closed full-stack line can also be bought open from the day on which `(profit with - profit without) A(T) >= cost`;
//! - *entry*: a vendor with `potential = true` begins to sell when `profit with x A(T) >= cost`;
//! - *exit*: a vendor that states a fixed cost leaves when the margins that it realised have missed it for `patience_years` in a row.
//!
//! Profit is that of the tenders which fall due within a year, each solved with and without the change by what plays tenders: sites times the sum over
//! alternatives of probability times the vendor's margin. `A(T)` is the [annuity] of the horizon at the vendors' rate:
//! a vendor takes the year for the years that follow ([`present_value`]). Later contracts are not added, though sellers who look ahead
//! bid for them.
//!
//! Who leaves is bought from no more, and its customers hold kit whose support ends `support_years` later: a rule with that deadline stands in every
//! country, so replacement is forced through the crews that there are, as after a ban. It does not come back.
//!
//! The costs decide and are booked nowhere else: they are no part of welfare (L9).

use crate::calendar::Day;
use crate::market::value::annuity;
use crate::scenario::VendorDecisions;

use super::rules::{Bound, Rule};
use super::{RuleScope, State, VendorIx, World};

/// Places of rules of exit, beyond those of levers.
const EXITS_FROM: usize = usize::MAX / 2;

/// Something that a vendor has decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Its line can be bought open.
    Opened,
    /// It has begun to sell.
    Entered,
    /// It has left the market.
    Left,
}

/// See the module docs. Lists are by vendor.
#[derive(Debug, Clone, PartialEq)]
pub struct Fates {
    /// Whether its line has been opened by its own decision.
    pub opened: Vec<bool>,
    /// Whether it sells nothing, not having entered or having left.
    pub absent: Vec<bool>,
    /// Whether it has left.
    pub left: Vec<bool>,
    /// Margins since the last round of decisions, US dollars: price less what each bought or added site cost the vendor itself (its state's
    /// share taken off, royalties added), royalties received, and fees of broken contracts.
    pub margin: Vec<f64>,
    /// Years in a row in which margins have missed the fixed cost.
    pub short_years: Vec<f64>,
}

impl Fates {
    /// At the start; `None` where vendors decide nothing.
    #[must_use]
    pub fn new(world: &World) -> Option<Self> {
        world.scenario.vendor_decisions.as_ref()?;
        let vendors = &world.scenario.vendors;
        Some(Self {
            opened: vec![false; vendors.len()],
            absent: vendors.iter().map(|v| v.potential).collect(),
            left: vec![false; vendors.len()],
            margin: vec![0.0; vendors.len()],
            short_years: vec![0.0; vendors.len()],
        })
    }

    /// Closes the books of `years`: which vendors have missed their fixed cost for so long that they leave.
    pub fn close_books(&mut self, world: &World, years: f64) -> Vec<VendorIx> {
        let Some(terms) = &world.scenario.vendor_decisions else {
            return Vec::new();
        };
        let mut leaving = Vec::new();
        for (v, vendor) in world.scenario.vendors.iter().enumerate() {
            let margin = std::mem::take(&mut self.margin[v]);
            let Some(fixed) = vendor.fixed_cost.filter(|_| !self.absent[v] && years > 0.0) else {
                continue;
            };
            if margin >= fixed * years {
                self.short_years[v] = 0.0;
            } else {
                self.short_years[v] += years;
                // Years are sums of quarters.
                if self.short_years[v] >= terms.patience_years - 0.02 {
                    leaving.push(v as VendorIx);
                }
            }
        }
        leaving
    }
}

impl State {
    /// Books what a vendor earned by something, US dollars, where vendors decide by it; of what it `made` at unit cost holders of patents have
    /// their part.
    pub fn earn(&mut self, vendor: usize, margin: f64, made: f64) {
        let Some(fates) = &mut self.fates else { return };
        fates.margin[vendor] += margin;
        let owed = self.conditions.royalties_of(vendor).unwrap_or_default();
        for (margin, share) in fates.margin.iter_mut().zip(owed) {
            *margin += share * made;
        }
    }
}

/// What a profit of so much a year is worth to a vendor, US dollars.
#[must_use]
pub fn present_value(terms: &VendorDecisions, profit: f64) -> f64 {
    profit * annuity(terms.discount_rate, terms.horizon_years)
}

/// Takes a vendor off the market today: nobody buys from it, and its kit may run until support ends.
pub fn leave(world: &World, state: &mut State, vendor: VendorIx, support_years: f64) {
    let deadline: Day = state.today.plus_years(support_years);
    if let Some(fates) = &mut state.fates {
        fates.absent[usize::from(vendor)] = true;
        fates.left[usize::from(vendor)] = true;
    }
    for country in 0..world.countries.len() {
        let rule = Rule {
            lever: EXITS_FROM + usize::from(vendor),
            scope: RuleScope::ALL,
            bound: Bound::share(1.0),
            in_force: true,
            deadline: Some(deadline),
        };
        state.rules.add(country, vendor, rule);
    }
}
