//! Quotas in a run: which slots are marked to go, and what of an offer a quota leaves.

use super::engine::Run;
use crate::calendar::Day;
use crate::market::alternatives::Alternative;
use crate::market::switching::Attachment;
use crate::world::quota::Purchase;
use crate::world::{Arch, Stack};

impl Run<'_> {
    /// Marks anew what the slots of an operator must shed. A slot whose successor is on order keeps its mark until that stands.
    pub(super) fn mark_quotas(&mut self, operator: usize) {
        if self.state.quotas.is_empty() && !self.has_shed {
            return;
        }
        let slots = self.world.operators[operator].slots.clone();
        let mut marks = std::mem::take(&mut self.marks);
        marks.clear();
        marks.resize(slots.len(), None);
        self.state.quotas.mark(self.world, &self.state, operator, &mut marks);
        for (slot, mark) in slots.zip(&marks) {
            let s = &self.state.slots[slot];
            let waits = s.pending.is_some() && s.stack.is_some() && !self.state.quotas.is_empty();
            if !waits {
                self.shed[slot] = *mark;
            }
        }
        self.marks = marks;
        self.has_shed = self.shed.iter().any(Option::is_some);
    }

    /// The day by which a quota wants kit of a slot gone, if it does.
    pub(super) fn shed_by(&self, slot: usize) -> Option<Day> {
        if self.has_shed {
            self.shed[slot].map(|s| s.deadline)
        } else {
            None
        }
    }

    /// Whether a forced tender has lost its reason: enough has gone elsewhere.
    pub(super) fn is_needless(&self, slot: usize) -> bool {
        self.state.slots[slot].forced && self.deadline_of(slot).is_none()
    }

    /// Takes from the offer on the desk what quotas do not allow, and closed kit where an entrant's first is open by a fact of entry. Where
    /// nothing is left, kit that stands runs on and a network to be built waits; a cap that would stop it from being built at all is set
    /// aside. Returns whether one was.
    pub(super) fn narrow(&mut self, slot: usize, attached: &Attachment, ages: [f64; 2], may_keep: bool) -> bool {
        let world = self.world;
        let enters_open = world.slots[slot].open_entry && attached.stack.is_none();
        if self.state.quotas.is_empty() {
            if enters_open {
                let offer = &mut self.desk.offer;
                offer.alternatives.retain(|a| a.arch(None) != Arch::Closed);
                offer.evaluate_ahead(
                    Some(attached),
                    ages,
                    super::hold::future(self.next.as_ref(), world, slot),
                );
            }
            return false;
        }
        let s = &world.scenario;
        let forced = self.state.slots[slot].forced;
        let shed = self.shed[slot];
        let soon = self
            .state
            .today
            .plus_years(s.keep.retender_years + s.contract.lead_time_months / 12.0);
        let goes = shed.filter(|x| x.deadline < soon).map_or([false; 2], |x| x.parts);
        let held: Option<&Stack> = attached.stack;
        let state = &self.state;
        let allows = |caps: bool, a: &Alternative| {
            let purchase = Purchase {
                seller: a.seller,
                buys: a.buys(),
                is_open: a.arch(held) != Arch::Closed,
            };
            if enters_open && !purchase.is_open {
                return false;
            }
            state
                .quotas
                .allows(world, state, slot, caps, (shed.is_some(), forced), &purchase)
        };
        let offer = &mut self.desk.offer;
        offer.terms.may_keep = may_keep && goes == [false; 2];
        offer.list_again(held, goes);
        offer.alternatives.retain(|a| allows(false, a));
        let within = |a: &Alternative| allows(true, a);
        let fits = offer.alternatives.iter().any(within);
        let relaxed = !fits && held.is_none() && !offer.alternatives.is_empty();
        if !relaxed {
            offer.alternatives.retain(within);
        }
        let future = super::hold::future(self.next.as_ref(), world, slot);
        offer.evaluate_ahead(Some(attached), ages, future);
        relaxed
    }
}
