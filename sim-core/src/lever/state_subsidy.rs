//! State subsidy of a champion (S06): its costs, or its customers, are paid in part by its state.
//!
//! **Equation.** Unit costs of the vendors in scope are multiplied by `1 - unit_cost_share x strength`; and a buyer in scope receives
//! `share_of_price x strength x reference price` for each component that it buys from them. Margins respond to both: pass-through is a
//! result. Outlay: for the first, at each award, the part of the unit cost that the state bears, `cost x s / (1 - s)` with the cost after
//! the subsidy (where several states subsidise one vendor, `cost x (1 / f - 1)` with `f` the product of what each leaves, shared by `ln f_i`); for the second, the sums paid. Both stand in the account of `payer`, by default the vendor's home, wherever it sells.
//!
//! **Writes** `State::conditions.subsidised` (a factor on unit cost that uses up as much as before, so that production is counted
//! whole) and `State::purse`. **Strength** scales both shares. **At 0** nothing is scheduled. **Limit:** both shares 0 do nothing. `budget_usd` limits the help to buyers; a subsidy of costs has no limit, as it is not applied for. A subsidy of costs is one of all
//! that the vendors make: components and generations are read where `unit_cost_share` is 0, places where `share_of_price` is above 0.
//!
//! The reference world has the champions' prices of 2020 in it, so this is subsidy on top. Published sizes: support of about USD 75 bn
//! over two decades (F322, disputed), prices some 30% below rivals' (F321). The default of a tenth of the cost is an assumption.

use std::sync::Arc;

use super::fund::{Fund, PAYER_OR_HOME, support};
use super::{Award, Common, Lever, Moment, scope_keys};
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::scenario::document::{Fields, Number, Variant};
use crate::world::outlay::{Network, Payee};
use crate::world::{Aid, BB, RU, Shift, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "state_subsidy",
    doc: "A state pays part of its champions' costs, or of what their customers buy",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct StateSubsidy {
    common: Common,
    fund: Fund,
    cost_share: f64,
    price_share: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    common.require_vendors(f, "a subsidy must name its champions");
    let fund = Fund::fields(f, PAYER_OR_HOME);
    let cost_share = f.number_or(
        "unit_cost_share",
        0.1,
        Number::new("share of cost").range(0.0..=0.9),
        "Share of the unit cost that the state bears, in all markets (assumption; compare F321)",
    );
    let price_share = f.number_or(
        "share_of_price",
        0.0,
        Number::new("share of price").range(0.0..=1.0),
        "Sum a site to buyers in scope, over the reference price of the component",
    );
    Arc::new(StateSubsidy {
        common,
        fund,
        cost_share,
        price_share,
    })
}

impl StateSubsidy {
    fn factor(&self) -> f64 {
        1.0 - self.cost_share * self.common.strength
    }

    /// What its state bears, over the cost that is left to the vendor, where all states together leave the share `left` of the whole.
    /// States that subsidise one vendor share what they bear by the logarithms of what each leaves.
    fn borne(&self, left: f64) -> f64 {
        let own = self.factor();
        if left >= own {
            return (1.0 - own) / own;
        }
        (1.0 - left) / left * libm::log(own) / libm::log(left)
    }

    /// Books its states' part of something that cost a vendor `cost` US dollars, sold for a slot.
    fn bear(&self, lever: usize, slot: usize, vendor: usize, cost: f64, world: &World, state: &mut State) {
        if self.common.scope.sellers(world).get(vendor).copied().unwrap_or(false) {
            let sum = cost * self.borne(state.conditions.subsidised[vendor]);
            let payers = self.fund.payers_of(vendor, world);
            let market = &world.slots[slot];
            let to = (Network::of(market.layer), Payee::Sellers);
            state.purse.book(lever, &payers, market.country, to, sum);
        }
    }
}

impl Lever for StateSubsidy {
    fn kind(&self) -> &'static str {
        VARIANT.key
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn reads(&self) -> &'static [&'static str] {
        match (self.cost_share > 0.0, self.price_share > 0.0) {
            // A subsidy of costs is one of all that the vendor makes, wherever it sells it.
            (true, true) => scope_keys::PLACES_AND_VENDORS,
            (true, false) => scope_keys::VENDORS,
            (false, _) => scope_keys::ALL,
        }
    }

    fn writes(&self) -> &'static [&'static str] {
        &["conditions.subsidised", "purse"]
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        match moment {
            Moment::InForce => {
                let mut subsidised = vec![1.0; world.vendors.len()];
                for vendor in self.common.scope.vendor_indices(world) {
                    subsidised[usize::from(vendor)] = self.factor();
                }
                let shift = Shift {
                    subsidised,
                    ..Shift::default()
                };
                state.conditions.shift(lever, shift);
            }
            Moment::End => state.conditions.unshift(lever),
            Moment::Announced | Moment::Deadline => return,
        }
        if self.price_share > 0.0 && moment == Moment::InForce {
            self.fund.open(lever, state);
            let share = self.price_share * self.common.strength;
            let payers = Some(self.fund.payers_or_home(world));
            let support = support(&self.common, lever, Aid::Any, share, payers, (world, state));
            state.purse.open(support);
        } else {
            state.purse.close(lever);
        }
    }

    fn payer(&self) -> Option<&str> {
        self.fund.payer.as_deref()
    }

    fn review(&self, lever: usize, last: Day, _world: &World, _posted: &Posted, state: &mut State) {
        if self.price_share > 0.0 {
            self.fund.release(lever, last, state);
        }
    }

    fn awarded(&self, lever: usize, award: &Award, world: &World, state: &mut State) {
        let sites = world.slots[award.slot].sites;
        for k in [RU, BB].into_iter().filter(|k| award.buys[*k]) {
            self.bear(
                lever,
                award.slot,
                usize::from(award.seller[k]),
                sites * award.cost[k],
                world,
                state,
            );
        }
    }

    fn expanded(&self, lever: usize, slot: usize, vendor: usize, cost: f64, world: &World, state: &mut State) {
        self.bear(lever, slot, vendor, cost, world, state);
    }
}
