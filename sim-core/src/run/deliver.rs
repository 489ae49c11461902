//! From award to kit that stands: crews, deadlines, and what they delay.

use super::engine::{Event, Run, phase};
use crate::calendar::{DAYS_PER_YEAR, Day};
use crate::measure::stocks::DAYS_PER_MONTH;
use crate::world::{BB, Layer, NO_VENDOR, RU, RuleScope, Stack, product};

/// Months that new kit comes after its lead time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Wait {
    /// For crews, or for a seller short of components.
    pub months: f64,
    /// Of them, those up to the deadline of what it replaces: past it what is late is the old kit that still runs, which counts day by day.
    pub before_deadline: f64,
}

impl Run<'_> {
    /// Days that the operator's crews need for a slot.
    pub(super) fn days_of_work(&self, slot: usize) -> f64 {
        let s = &self.world.slots[slot];
        if s.layer == Layer::Core {
            90.0
        } else {
            s.sites / self.world.operators[s.operator].sites_per_day
        }
    }

    /// Days beyond the lead time that the slower of the sellers asks.
    fn supply_days(&self, layer: Layer, stack: &Stack, bought: [bool; 2]) -> i32 {
        let asked = [RU, BB]
            .into_iter()
            .filter(|k| bought[*k] && stack.seller[*k] != NO_VENDOR)
            .map(|k| self.state.conditions.wait[usize::from(stack.seller[k])][product(layer, k)])
            .filter(|years| years.is_finite());
        libm::round(asked.fold(0.0, f64::max) * DAYS_PER_YEAR) as i32
    }

    /// Orders kit: it comes after the lead time, when crews are free.
    pub(super) fn order(&mut self, slot: usize, mut stack: Stack, bought: [bool; 2]) -> Wait {
        let info = &self.world.slots[slot];
        let usual = self.state.today.add_days(self.world.lead_days);
        let ready = usual.add_days(self.supply_days(info.layer, &stack, bought));
        let is_core = info.layer == Layer::Core;
        let free = if is_core {
            ready
        } else {
            self.state.crew_free[info.operator]
        };
        let days = (self.days_of_work(slot).round() as i32).max(1);
        let start = ready.max(free);
        let done = start.add_days(days);
        if !is_core {
            // Crews do not stand idle for a seller who is short of components: they take the next order first.
            self.state.crew_free[info.operator] = usual.max(free).add_days(days);
        }
        let counted = self.deadline_of(slot).map_or(start, |d| start.min(d.max(usual)));
        let months = |until: Day| f64::from(usual.days_until(until)) / DAYS_PER_MONTH;
        let wait = Wait {
            months: months(start),
            before_deadline: months(counted),
        };
        for component in [RU, BB] {
            if bought[component] {
                stack.installed[component] = done;
            }
        }
        self.state.slots[slot].pending = Some(stack);
        if self.schedule(done, phase::DELIVERY, Event::Delivery(slot)).is_none() {
            // It stands after the end of the run: the old kit serves to the end.
        }
        wait
    }

    /// Kit of a slot stands.
    pub(super) fn deliver(&mut self, slot: usize) {
        let Some(stack) = self.state.slots[slot].pending.take() else {
            return;
        };
        let world = self.world;
        self.accrue_slot(slot);
        self.accrue_suppliers(world.slots[slot].operator);
        let old = self.state.slots[slot].stack;
        if let Some(old) = old {
            self.state.leave(world, slot, &old);
        }
        self.account_delivery(slot, old.as_ref(), &stack);
        let info = &world.slots[slot];
        let today = self.state.today;
        let vendors = world.vendors.len();
        for component in [RU, BB] {
            let v = stack.seller[component];
            if v != NO_VENDOR && stack.installed[component] == today {
                let sites = info.sites * info.weight[component];
                if info.layer == Layer::Core {
                    self.state.core_volume[usize::from(v)] += sites;
                    continue;
                }
                self.state.volume[usize::from(v)] += sites;
                if world.vendors[usize::from(v)].white_box {
                    self.state.white_box_volume += sites;
                }
            }
        }
        if stack.seller[RU] != stack.seller[BB] && stack.seller[RU] != NO_VENDOR {
            self.state.pair_sites[usize::from(stack.seller[RU]) * vendors + usize::from(stack.seller[BB])] +=
                info.sites;
        }
        self.state.slots[slot].stack = Some(stack);
        // The part that is due first calls the next tender; a part that was kept is given its time.
        let term = world.scenario.contract.term_years;
        let due = |k: usize| stack.installed[k].plus_years(term);
        let kept_until = self.state.slots[slot].due;
        let (ru, bb) = (due(RU), due(BB));
        let first = if stack.seller[RU] == NO_VENDOR || stack.installed[RU] == stack.installed[BB] {
            bb
        } else {
            ru.min(bb).max(kept_until)
        };
        self.state.slots[slot].due = first;
        self.schedule_tender(slot, first.add_days(-world.lead_days), false);
        if let Some(observer) = self.observer.as_deref_mut() {
            observer.delivery(today, slot, &stack);
        }
        let operator = info.operator;
        self.plan_forced_tenders(operator..operator + 1);
    }

    /// The day by which kit that stands in a slot must be gone, if any of it must: by a rule or by a quota.
    pub(super) fn deadline_of(&self, slot: usize) -> Option<Day> {
        match (self.removal_of(slot), self.shed_by(slot)) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    fn removal_of(&self, slot: usize) -> Option<Day> {
        if !self.state.rules.has_removals() {
            return None;
        }
        let info = &self.world.slots[slot];
        let stack = self.state.slots[slot].stack?;
        let mark = self.world.operators[info.operator].mark;
        let of = |k: usize| {
            let v = stack.seller[k];
            if v == NO_VENDOR {
                None
            } else {
                self.state
                    .rules
                    .deadline(info.country, v, RuleScope::of(info.layer, k), mark)
            }
        };
        [of(RU), of(BB)].into_iter().flatten().min()
    }

    /// Plans forced tenders of these operators back from their deadlines, through the crews that there are.
    ///
    /// Kit whose own date lets it go in time is left to it. The rest is taken in order of its own date, the last first, each one ending
    /// where the next begins, the last `after_ban_margin_months` before the deadline; what would have had to begin before
    /// today begins today and will be late.
    pub(super) fn plan_forced_tenders(&mut self, operators: std::ops::Range<usize>) {
        let lead = self.world.lead_days;
        for operator in operators {
            self.mark_quotas(operator);
            let mut condemned: Vec<(Day, Day, usize)> = Vec::new();
            for slot in self.world.operators[operator].slots.clone() {
                let s = &self.state.slots[slot];
                if s.pending.is_some() {
                    continue; // it is being replaced, or will be looked at when it stands
                }
                match self.deadline_of(slot) {
                    Some(deadline) => condemned.push((deadline, s.due, slot)),
                    // The rule is gone: back to the kit's own date.
                    None if s.forced && s.tender.is_some() => {
                        let own = s.due.add_days(-lead);
                        self.schedule_tender(slot, own, false);
                    }
                    None => {}
                }
            }
            condemned.sort_unstable();
            let mut cursor: Option<Day> = None;
            for (deadline, due, slot) in condemned.into_iter().rev() {
                let days = self.days_of_work(slot);
                let latest = deadline.add_days(-self.world.margin_days);
                // A core waits for no crew, and holds none up.
                let needs_crews = self.world.slots[slot].layer != Layer::Core;
                let end = cursor.filter(|_| needs_crews).map_or(latest, |c| c.min(latest));
                let begin = end.add_days(-(days.ceil() as i32));
                let tender = begin.add_days(-lead).max(self.not_before[slot]);
                let own = due.add_days(-lead);
                let s = &self.state.slots[slot];
                if own <= tender && s.tender.is_some() {
                    if !s.forced {
                        continue;
                    }
                    // An earlier rule was stricter: the kit's own date is in time for this one.
                    if own > self.state.today {
                        self.schedule_tender(slot, own, false);
                        continue;
                    }
                }
                if needs_crews {
                    cursor = Some(begin);
                }
                self.schedule_tender(slot, tender, true);
            }
        }
    }
}
