//! Public money that an award draws: help to the buyer, paid out of the budgets of the levers that promised it.

use super::engine::Run;
use crate::calendar::Day;
use crate::lever::{Award, Moment};
use crate::market::alternatives::Alternative;
use crate::world::{Aid, Arch, BB, NO_VENDOR, RU, RuleScope, VendorIx};

impl Run<'_> {
    /// Pays the help that an award of these alternatives draws. Returns what it takes off the price of each component, US dollars a site.
    pub(super) fn pay_aid(&mut self, slot: usize, alternative: &Alternative, arch: Arch) -> [f64; 2] {
        let mut off = [0.0; 2];
        if self.state.purse.is_empty() {
            return off;
        }
        let info = &self.world.slots[slot];
        let buys = alternative.buys();
        for k in [RU, BB] {
            let vendor: VendorIx = alternative.seller[k];
            if !buys[k] || vendor == NO_VENDOR {
                continue;
            }
            let reference = info.sites * info.weight[k] * info.price;
            let scope = RuleScope::of(info.layer, k);
            let kinds = [
                Some(Aid::Any),
                Some(Aid::Loan),
                (arch != Arch::Closed).then_some(Aid::Open),
                (k == BB && alternative.is_virtual).then_some(Aid::Virtual),
            ];
            let paid: f64 = kinds
                .into_iter()
                .flatten()
                .map(|aid| self.state.purse.pay(info.country, vendor, scope, aid, reference))
                .sum();
            off[k] = paid / info.sites;
        }
        off
    }

    /// Whether a forced replacement is held back, because the money that would pay for it has not come: then until which day at most.
    pub(super) fn waits_for_money(&self, slot: usize) -> Option<Day> {
        let state = &self.state;
        let s = &state.slots[slot];
        let stack = s.stack.filter(|_| s.forced)?;
        let deadline = self.deadline_of(slot)?;
        let info = &self.world.slots[slot];
        let patience = [RU, BB]
            .into_iter()
            .filter(|k| stack.seller[*k] != NO_VENDOR)
            .filter_map(|k| {
                state
                    .purse
                    .patience(info.operator, stack.seller[k], RuleScope::of(info.layer, k))
            })
            .fold(None, |longest: Option<f64>, p| Some(longest.map_or(p, |l| l.max(p))))?;
        let until = deadline.plus_years(patience);
        (until > state.today).then_some(until)
    }

    /// Tells the levers that are in force of an award.
    pub(super) fn tell_levers(&mut self, award: &Award) {
        let world = self.world;
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
