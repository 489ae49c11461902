//! Flows of time: what runs on between two measurements, and what is left on the last day.

use super::account::{account_royalties, places_of};
use super::engine::Run;
use crate::market::terms::immaturity;
use crate::market::value::annuity;
use crate::measure::cube::{FLOWING, Field, Places};
use crate::measure::stocks::{DAYS_PER_MONTH, layer_index};
use crate::world::state::FRONTHAUL;
use crate::world::{Arch, BB, NO_VENDOR, RU, RuleScope, Stack, VendorIx, product};

impl Run<'_> {
    /// Service, quality, lasting taste and security loss of a component over some years, for all sites of a slot: the fields from
    /// [`Field::Service`] on. Money over a contract is spread over its term at the social rate.
    fn service(&self, slot: usize, component: usize, stack: &Stack, years: f64) -> [f64; 4] {
        let world = self.world;
        let info = &world.slots[slot];
        let market = &world.scenario.market;
        let v = usize::from(stack.seller[component]);
        let country = &world.countries[info.country];
        let vendor = &world.vendors[v];
        let product = product(info.layer, component);
        let quality = vendor.qualities()[product] + self.state.conditions.quality[v][product];
        let weight = info.weight[component] * info.price;
        let mut value = weight * market.quality_value_share * quality;
        if component == BB && stack.is_open() {
            let alone = if stack.arch == Arch::OpenMulti {
                1.0
            } else {
                world.scenario.integration.single_vendor_gap_share
            };
            let mature = self.posted.maturity[FRONTHAUL];
            let slow = stack
                .seller
                .map(|s| immaturity(mature, self.state.conditions.maturity_cap[usize::from(s)]));
            let gap = info.mix.open_gap * (1.0 - mature) * slow[0].max(slow[1]);
            value -= alone * gap * market.quality_value_share * info.price;
        }
        // What a seller is liked beyond quality: by the operator, and in its region.
        let taste = weight * (self.state.taste[info.operator * world.vendors.len() + v] + country.effect[v]);
        let risk = weight * market.risk_share * country.trust[v] * info.mix.criticality;
        let flow = info.sites * years / self.term_annuity;
        [info.sites * years, flow * value, flow * taste, flow * risk]
    }

    /// Unit cost of the life that is left on the last day, over the discount from the middle of the window to it.
    fn account_residual(&mut self, years: f64) {
        let world = self.world;
        let rho = world.scenario.market.social_discount_rate;
        let today = self.state.today;
        let later = libm::exp(-rho * years / 2.0);
        for (slot, info) in world.slots.iter().enumerate() {
            let layer = layer_index(world, info.layer);
            let s = self.state.slots[slot];
            for k in [RU, BB] {
                let mut add = |stack: &Stack, unit: f64, share: f64| {
                    if stack.seller[k] != NO_VENDOR {
                        let money = info.sites * unit * share * later;
                        let vendor = usize::from(stack.seller[k]);
                        self.cube
                            .add(places_of(world, info), layer, k, vendor, Field::Residual, money);
                    }
                };
                if let Some(stack) = s.stack {
                    let (left, _) = self.state.life(world, &stack, today);
                    let share = annuity(rho, left[k]) / self.term_annuity;
                    add(&stack, self.ledger.standing[slot][k].cost, share);
                }
                // What is paid and does not stand yet is whole.
                if let Some(pending) = s.pending.filter(|p| p.installed[k] > today) {
                    add(&pending, self.ledger.ordered[slot][k].cost, 1.0);
                }
            }
        }
    }

    /// What flows day by day, brought up to today for all slots and operators: see [`Run::accrue_slot`].
    pub(super) fn accrue(&mut self) {
        for slot in 0..self.world.slots.len() {
            self.accrue_slot(slot);
        }
        for operator in 0..self.world.operators.len() {
            self.accrue_suppliers(operator);
        }
    }

    /// Brings up to today what flows from the kit of one vendor.
    pub(super) fn accrue_kit_of(&mut self, vendor: &str) {
        let Some(v) = self.world.vendors.iter().position(|info| info.id == vendor) else {
            return;
        };
        for slot in 0..self.world.slots.len() {
            if self.state.slots[slot].stack.is_some_and(|s| s.holds(v as VendorIx)) {
                self.accrue_slot(slot);
                self.accrue_suppliers(self.world.slots[slot].operator);
            }
        }
    }

    /// Ends a window of flows: [`Run::accrue`], and on the last day what is left.
    pub(super) fn close_window(&mut self) {
        self.accrue();
        let today = self.state.today;
        if today == self.world.end {
            self.account_residual(self.last_measure.years_until(today));
        }
    }

    /// What flows day by day from the kit that stands in a slot, since it was last asked: capacity added at contract prices, upkeep that
    /// grows with age, operation of stacks of two sellers and of virtual kit, what kit in service gives its users, and kit that runs past a
    /// deadline. Asked before the kit changes and at each measurement, so that each day counts for the kit of that day; rules, quality
    /// and maturity are those of the day on which it is asked.
    pub(super) fn accrue_slot(&mut self, i: usize) {
        let world = self.world;
        let today = self.state.today;
        let from = std::mem::replace(&mut self.ledger.accrued[i], today);
        let Some(stack) = self.state.slots[i].stack.filter(|_| from < today) else {
            return;
        };
        let s = &world.scenario;
        let slot = &world.slots[i];
        let years = from.years_until(today);
        let expansion = s.market.expansion_share_per_year * years;
        let operator = &world.operators[slot.operator];
        let places = places_of(world, slot);
        let layer = layer_index(world, slot.layer);
        for component in [RU, BB] {
            let seller = stack.seller[component];
            if seller == NO_VENDOR {
                continue;
            }
            let vendor = usize::from(seller);
            // Capacity is added from the seller that stands, where it may and can still sell; else it waits for the next award.
            let (mut money, mut production) = (0.0, 0.0);
            let may_buy = self.state.rules.may_buy(
                slot.country,
                seller,
                RuleScope::of(slot.layer, component),
                operator.mark,
            );
            if may_buy && self.state.conditions.wait[vendor][product(slot.layer, component)].is_finite() {
                let standing = self.ledger.standing[i][component];
                money = expansion * slot.sites * standing.price;
                production = expansion * slot.sites * standing.cost;
                self.sell_capacity(i, component, vendor, money, production);
            }
            // In the middle: upkeep grows by the same amount each day.
            let age = stack.installed[component].years_until(from).max(0.0) + years / 2.0;
            let upkeep = s.keep.growth_share_per_year * age * years * slot.price * slot.weight[component];
            let [service, quality, taste, security] = self.service(i, component, &stack, years);
            let is_baseband = component == BB;
            let operation = if is_baseband && stack.arch == Arch::OpenMulti {
                s.integration.operations_share_per_year * years * slot.price * (1.0 - operator.skill)
            } else {
                0.0
            };
            let gap = if is_baseband && stack.is_virtual {
                s.integration.virtual_running_per_year * years * (1.0 - self.posted.maturity[FRONTHAUL])
            } else {
                0.0
            };
            // One cell, its fields from `Sales` to `Production` at once.
            let values: [f64; FLOWING] = [
                money,
                if stack.is_open() { money } else { 0.0 },
                money,
                0.0,
                slot.sites * operation,
                slot.sites * gap,
                slot.sites * upkeep,
                service,
                quality,
                taste,
                security,
                production,
            ];
            self.cube
                .add_all(places, layer, component, vendor, Field::Sales, &values);
        }
        let overdue = self.deadline_of(i).map_or(0, |d| d.max(from).days_until(today));
        if overdue > 0 {
            let baseband = usize::from(stack.seller[BB]);
            let months = f64::from(overdue) / DAYS_PER_MONTH;
            self.cube
                .add(places, layer, BB, baseband, Field::Late, slot.sites * months);
        }
    }

    /// Books capacity sold for `money` that took `production`: royalties, and for vendors who decide by it the margin.
    fn sell_capacity(&mut self, slot: usize, component: usize, vendor: usize, money: f64, production: f64) {
        account_royalties(
            &mut self.cube,
            self.world,
            &self.state,
            slot,
            component,
            vendor,
            production,
        );
        let own_cost = production * self.state.conditions.transferred(vendor);
        self.state.earn(vendor, money - own_cost, production);
        for i in 0..self.world.scenario.levers.len() {
            if self.binds(i) {
                let lever = &self.world.scenario.levers[i].lever;
                lever.expanded(i, slot, vendor, own_cost, self.world, &mut self.state);
            }
        }
    }

    /// What sellers beyond an operator's first have cost it since it was last asked: before one comes or goes, and at each measurement.
    pub(super) fn accrue_suppliers(&mut self, o: usize) {
        let world = self.world;
        let today = self.state.today;
        let from = std::mem::replace(&mut self.ledger.suppliers_accrued[o], today);
        let operator = &world.operators[o];
        let Some(slot) = world.slots.get(operator.slots.start).filter(|_| from < today) else {
            return;
        };
        let vendors = world.vendors.len();
        let supplied = &self.state.supplied[o * vendors..(o + 1) * vendors];
        let suppliers = supplied.iter().filter(|n| **n > 0).count();
        let money = operator.extra_vendor * from.years_until(today) * suppliers.saturating_sub(1) as f64;
        self.cube.add(
            Places::of(world, operator.country, o),
            layer_index(world, slot.layer),
            BB,
            0,
            Field::CostIntegration,
            money,
        );
    }
}
