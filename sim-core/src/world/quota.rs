//! Quotas on an operator's network: at most a share of its sites, or of its traffic, from some sellers, or at least a share of it open.
//!
//! Levers write here; the run reads. A share is over the sites of the *layers* in scope (a site with two generations counts twice, once
//! a layer) at which something stands or is on order, per operator and per component: radios, basebands and cores are counted apart. Over traffic, a
//! site counts by the `traffic_weight` of its environment.
//! Lots are indivisible, so an operator with few lots may keep much less than a cap allows it; more `cohorts` make it finer.
//!
//! From `in_force` no award may leave a share on the wrong side of its bound. With a deadline, as many slots as needed are *marked* to
//! go, those with the oldest kit first, and must be gone by then, at their own renewal where that comes in time.

use super::rules::Bound;
use super::{Arch, BB, Layer, NO_VENDOR, RU, RuleScope, Stack, State, VendorIx, World};
use crate::calendar::Day;

/// Slack of a comparison of shares: sums in another order differ by less.
const SLACK: f64 = 1e-9;

/// What a share is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// Sites.
    Sites,
    /// Traffic: sites by the weight of their environment.
    Traffic,
}

/// What a quota asks.
#[derive(Debug, Clone, PartialEq)]
pub enum Demand {
    /// At most this share of sites from these sellers together, per component.
    AtMost {
        /// By vendor: whether it counts.
        sellers: Vec<bool>,
        /// Largest share of sites.
        share: f64,
    },
    /// At least this share of sites with open fronthaul; `each`: and every purchase must be open.
    Open {
        /// Smallest share of sites.
        share: f64,
        /// Whether every purchase must be open, whatever the share.
        each: bool,
    },
}

/// One quota.
#[derive(Debug, Clone, PartialEq)]
pub struct Quota {
    /// Lever that made it: its place in the scenario.
    pub lever: usize,
    /// By country: whether its operators are concerned.
    pub buyers: Vec<bool>,
    /// Which of them.
    pub bound: Bound,
    /// Layers and components.
    pub scope: RuleScope,
    /// What it asks.
    pub demand: Demand,
    /// What its share is of.
    pub whole: Whole,
    /// Whether awards are held to it yet.
    pub in_force: bool,
    /// Last day on which the share may be on the wrong side, if there is one.
    pub deadline: Option<Day>,
}

/// What of a slot must go by when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shed {
    /// Last day on which it may run.
    pub deadline: Day,
    /// Which components.
    pub parts: [bool; 2],
}

/// What an award would put into a slot.
#[derive(Debug, Clone, Copy)]
pub struct Purchase {
    /// Sellers afterwards.
    pub seller: [VendorIx; 2],
    /// What is bought new.
    pub buys: [bool; 2],
    /// Whether the fronthaul is open afterwards.
    pub is_open: bool,
}

/// Quotas announced and in force.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QuotaBook {
    quotas: Vec<Quota>,
}

/// Sites (or traffic) that count and all of them, of one operator, component and quota.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    counted: f64,
    all: f64,
}

/// What stands in a slot or is on order for it.
fn position(state: &State, slot: usize) -> Option<&Stack> {
    let s = &state.slots[slot];
    s.pending.as_ref().or(s.stack.as_ref())
}

impl Demand {
    /// Whether a component of a stack counts toward the share.
    fn counts(&self, stack: &Stack, component: usize) -> bool {
        match self {
            Demand::AtMost { sellers, .. } => {
                let v = stack.seller[component];
                v != NO_VENDOR && sellers[usize::from(v)]
            }
            Demand::Open { .. } => stack.arch != Arch::Closed,
        }
    }

    /// Sites above a cap, or missing to a floor.
    fn excess(&self, tally: Tally) -> f64 {
        let sites = match self {
            Demand::AtMost { share, .. } => tally.counted - share * tally.all,
            Demand::Open { share, .. } => share * tally.all - tally.counted,
        };
        if sites > SLACK * tally.all { sites } else { 0.0 }
    }
}

impl Quota {
    fn binds(&self, world: &World, operator: usize) -> bool {
        let o = &world.operators[operator];
        self.buyers[o.country] && self.bound.binds(o.mark)
    }

    /// How much a slot counts.
    fn size(&self, world: &World, slot: usize) -> f64 {
        let info = &world.slots[slot];
        match self.whole {
            Whole::Sites => info.sites,
            Whole::Traffic => info.traffic(&world.scenario),
        }
    }

    /// Components of a layer that are counted: for open stacks, one of the two stands for both.
    fn components(&self, layer: Layer) -> [bool; 2] {
        let met = [RU, BB].map(|k| self.scope.meets(RuleScope::of(layer, k)));
        match (&self.demand, layer) {
            (Demand::AtMost { .. }, Layer::Core) => [false, met[BB]],
            (Demand::AtMost { .. }, Layer::Ran(_)) => met,
            (Demand::Open { .. }, Layer::Core) => [false; 2],
            (Demand::Open { .. }, Layer::Ran(_)) => [met[RU] || met[BB], false],
        }
    }

    /// Sites of an operator, cores or radio networks, without one slot.
    fn tally(&self, world: &World, state: &State, like: Layer, operator: usize, component: usize, but: usize) -> Tally {
        let mut tally = Tally::default();
        for slot in world.operators[operator].slots.clone().filter(|s| *s != but) {
            let info = &world.slots[slot];
            if !same_network(info.layer, like) || !self.components(info.layer)[component] {
                continue;
            }
            if let Some(stack) = position(state, slot) {
                let size = self.size(world, slot);
                tally.all += size;
                if self.demand.counts(stack, component) {
                    tally.counted += size;
                }
            }
        }
        tally
    }

    /// Whether the quota lets this be bought for a slot. `marked`: the slot must go.
    fn allows(&self, world: &World, state: &State, slot: usize, marked: bool, purchase: &Purchase) -> bool {
        let info = &world.slots[slot];
        let components = self.components(info.layer);
        let after = |component: usize, counts: bool| {
            let mut tally = self.tally(world, state, info.layer, info.operator, component, slot);
            let size = self.size(world, slot);
            tally.all += size;
            tally.counted += if counts { size } else { 0.0 };
            self.demand.excess(tally) == 0.0
        };
        match &self.demand {
            Demand::AtMost { sellers, .. } => [RU, BB].into_iter().all(|k| {
                let v = purchase.seller[k];
                let listed = purchase.buys[k] && v != NO_VENDOR && sellers[usize::from(v)];
                !(components[k] && listed) || after(k, true)
            }),
            Demand::Open { each, .. } => {
                if purchase.is_open || components == [false; 2] {
                    return true;
                }
                // Until the deadline only what is open already counts; after it new networks do too.
                let was_open = position(state, slot).is_some_and(Stack::is_open);
                let is_past = self.deadline.is_some_and(|d| state.today > d);
                !each && !marked && ((!was_open && !is_past) || after(RU, false))
            }
        }
    }

    /// Marks as many slots of an operator as must go, the oldest kit first.
    fn mark(&self, world: &World, state: &State, operator: usize, out: &mut [Option<Shed>]) {
        let Some(deadline) = self.deadline else { return };
        let slots = world.operators[operator].slots.clone();
        for (like, component) in [(Layer::Ran(0), RU), (Layer::Ran(0), BB), (Layer::Core, BB)] {
            let mut excess = self
                .demand
                .excess(self.tally(world, state, like, operator, component, usize::MAX));
            if excess == 0.0 {
                continue;
            }
            let mut candidates: Vec<(Day, usize)> = slots
                .clone()
                .filter_map(|s| {
                    let info = &world.slots[s];
                    let stack = state.slots[s].stack.filter(|_| state.slots[s].pending.is_none())?;
                    let goes = self.demand.counts(&stack, component) == matches!(self.demand, Demand::AtMost { .. });
                    (goes && same_network(info.layer, like) && self.components(info.layer)[component])
                        .then_some((stack.installed[component], s))
                })
                .collect();
            // Slots that go already, for the other component or by a rule, go for this one too.
            let mark = world.operators[operator].mark;
            let goes_anyway = |s: usize, out: &[Option<Shed>]| {
                let (info, stack) = (&world.slots[s], state.slots[s].stack);
                let ruled = stack.and_then(|x| {
                    let of = |k: usize| (x.seller[k] != NO_VENDOR).then(|| (x.seller[k], RuleScope::of(info.layer, k)));
                    let by = |k: usize| of(k).and_then(|(v, what)| state.rules.deadline(info.country, v, what, mark));
                    by(component)
                });
                out[s - slots.start].is_some_and(|x| x.deadline <= deadline) || ruled.is_some_and(|d| d <= deadline)
            };
            candidates.sort_unstable_by_key(|(day, s)| (!goes_anyway(*s, out), *day, *s));
            for (_, s) in candidates {
                if excess <= SLACK {
                    break;
                }
                excess -= self.size(world, s);
                let shed = out[s - slots.start].get_or_insert(Shed {
                    deadline,
                    parts: [false; 2],
                });
                shed.deadline = shed.deadline.min(deadline);
                match self.demand {
                    Demand::AtMost { .. } => shed.parts[component] = true,
                    Demand::Open { .. } => shed.parts = [true; 2],
                }
            }
        }
    }
}

fn same_network(a: Layer, b: Layer) -> bool {
    (a == Layer::Core) == (b == Layer::Core)
}

impl QuotaBook {
    /// Adds a quota, announced or in force.
    pub fn add(&mut self, quota: Quota) {
        self.quotas.push(quota);
    }

    /// Holds awards to the quotas of a lever.
    pub fn enforce(&mut self, lever: usize) {
        for quota in self.quotas.iter_mut().filter(|q| q.lever == lever) {
            quota.in_force = true;
        }
    }

    /// Takes the quotas of a lever back.
    pub fn lift(&mut self, lever: usize) {
        self.quotas.retain(|q| q.lever != lever);
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.quotas.is_empty()
    }

    /// Whether a mandate in force stops an operator of a country with this mark from buying closed bundles of a layer.
    #[must_use]
    pub fn bars_closed(&self, country: usize, mark: u64, layer: Layer) -> bool {
        self.quotas.iter().any(|q| {
            matches!(q.demand, Demand::Open { each: true, .. })
                && q.in_force
                && q.buyers[country]
                && q.bound.binds(mark)
                && q.components(layer) != [false; 2]
        })
    }

    /// Share of the operators of a country whom mandates stop from buying closed bundles of a layer; `announced`: with what is announced held
    /// to be in force.
    #[must_use]
    pub fn share_barred(&self, country: usize, layer: Layer, announced: bool) -> f64 {
        let barring = |q: &&Quota| {
            matches!(q.demand, Demand::Open { each: true, .. })
                && (announced || q.in_force)
                && q.buyers[country]
                && q.components(layer) != [false; 2]
        };
        let mandates = self.quotas.iter().filter(barring);
        mandates.map(|q| q.bound.fraction()).fold(0.0, f64::max)
    }

    /// Marks what each slot of an operator must shed; `out` is over the operator's slots in order.
    pub fn mark(&self, world: &World, state: &State, operator: usize, out: &mut [Option<Shed>]) {
        out.fill(None);
        for quota in self.quotas.iter().filter(|q| q.binds(world, operator)) {
            quota.mark(world, state, operator, out);
        }
    }

    /// Whether caps (`caps`) or demands for open stacks let this be bought for a slot. `marked`: the slot must go; `forced`: the tender is
    /// held to shed it, so that the quota counts before it is in force.
    #[must_use]
    pub fn allows(
        &self,
        world: &World,
        state: &State,
        slot: usize,
        caps: bool,
        (marked, forced): (bool, bool),
        purchase: &Purchase,
    ) -> bool {
        let operator = world.slots[slot].operator;
        self.quotas
            .iter()
            .filter(|q| matches!(q.demand, Demand::AtMost { .. }) == caps)
            .filter(|q| (q.in_force || (forced && marked && q.deadline.is_some())) && q.binds(world, operator))
            .all(|q| q.allows(world, state, slot, marked, purchase))
    }
}
