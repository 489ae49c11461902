//! Public money that an award draws: help to the buyer, paid out of the budgets of the levers that promised it.

use super::engine::Run;
use crate::calendar::Day;
use crate::lever::{Award, Moment};
use crate::market::alternatives::Alternative;
use crate::world::{Aid, Arch, BB, NO_VENDOR, RU, RuleScope};

/// What an award draws of credit and public money, by component.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Drawn {
    /// Public money that comes off the price, US dollars a site.
    pub off: [f64; 2],
    /// Grant element of the credit, share of price: the seller's own with a lever's loan in its place.
    pub grant: [f64; 2],
}

impl Run<'_> {
    /// Pays the help that an award of these alternatives draws.
    pub(super) fn pay_aid(&mut self, slot: usize, alternative: &Alternative, arch: Arch) -> Drawn {
        let info = &self.world.slots[slot];
        let (buys, seller) = (alternative.buys(), alternative.seller);
        let bought = [RU, BB].map(|k| (buys[k] && seller[k] != NO_VENDOR).then_some(seller[k]));
        let country = &self.world.countries[info.country];
        let grant = bought.map(|v| v.map_or(0.0, |v| country.own_credit(v)));
        if self.state.purse.is_empty() {
            return Drawn { off: [0.0; 2], grant };
        }
        let draws = |aid: Aid, component: usize| match aid {
            Aid::Any | Aid::Loan => true,
            Aid::Open => arch != Arch::Closed,
            Aid::Virtual => component == BB && alternative.is_virtual,
        };
        let lot = info.lot();
        let paid = self.state.purse.pay(&lot, bought, draws);
        Drawn {
            off: paid.map(|by_aid| by_aid.iter().sum::<f64>() / info.sites),
            // What a lever lends is worth this much beyond the seller's own credit, in the place of which it comes.
            grant: [RU, BB].map(|k| {
                let lent = paid[k][Aid::Loan as usize];
                if lent > 0.0 {
                    grant[k] + lent / lot.reference[k]
                } else {
                    grant[k]
                }
            }),
        }
    }

    /// Whether a forced removal is held back, because the money that would pay for it has not come: then until which day at most.
    pub(super) fn waits_for_money(&self, slot: usize) -> Option<Day> {
        let state = &self.state;
        let stack = state.slots[slot].stack.filter(|_| state.slots[slot].forced)?;
        let info = &self.world.slots[slot];
        let mark = self.world.operators[info.operator].mark;
        let until = |k: usize| {
            let (v, what) = (stack.seller[k], RuleScope::of(info.layer, k));
            if v == NO_VENDOR {
                return None;
            }
            let patience = state.purse.patience(info.operator, v, what)?;
            let deadline = state.rules.deadline(info.country, v, what, mark)?;
            Some(deadline.plus_years(patience))
        };
        [until(RU), until(BB)]
            .into_iter()
            .flatten()
            .max()
            .filter(|d| *d > state.today)
    }

    /// Tells the levers that are in force of an award.
    pub(super) fn tell_levers(&mut self, award: &Award) {
        let world = self.world;
        self.state.purse.repaid = [0.0; 3];
        for i in 0..world.scenario.levers.len() {
            if self.binds(i) {
                world.scenario.levers[i].lever.awarded(i, award, world, &mut self.state);
            }
        }
    }

    /// Whether a lever has come into force and not ended.
    pub(super) fn binds(&self, lever: usize) -> bool {
        matches!(self.stages[lever], Some(Moment::InForce | Moment::Deadline))
    }
}
