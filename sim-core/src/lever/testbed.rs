//! Testbeds and centres of excellence (S22): integration experience is paid for early.
//!
//! **Equation.** While they run, the maturity of each interface grows faster by `growth_per_year x strength`, and each pair of sellers
//! in the scope gains the experience of `pair_sites_per_year x strength` sites a year, before it has sold as many
//! ([`crate::market::posted::pair_learning`]). What the budget no longer pays for is not done; growth follows the money from one
//! review to the next.
//!
//! **Writes** `conditions.support`, `pair_sites`, `purse`. **Strength** scales money, growth and sites. **At 0** nothing is scheduled.
//! **Limit:** an empty budget changes nothing.
//!
//! **Evidence:** sums (F276: 20 of 50 bn yen; F280) and certificates a centre (P185, P186); what a centre adds to maturity or
//! experience has none.

use std::sync::Arc;

use super::growth::Growth;
use super::outlay::{Outlay, review_before};
use super::{Common, Lever, Moment, scope_keys};
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::scenario::document::{Fields, Number, Variant};
use crate::world::{BB, RU, Shift, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "testbed",
    doc: "Test centres: interfaces mature faster, pairs of sellers gain experience",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct Testbed {
    common: Common,
    outlay: Outlay,
    growth: Growth,
    pair_sites: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    Arc::new(Testbed {
        common: Common::fields(f),
        outlay: f.table("outlay", "Who pays how much"),
        growth: f.table_or_default("growth_per_year", "Growth of maturity that it adds, by interface"),
        pair_sites: f.number_or(
            "pair_sites_per_year",
            0.0,
            Number::new("sites/yr").range(0.0..=1e6),
            "Experience of each pair of sellers, as if so many sites had been built",
        ),
    })
}

impl Testbed {
    fn work(&self, lever: usize, since: Day, world: &World, state: &mut State) {
        let (_, funded) = self.outlay.pay(lever, &self.common, 1.0, since, world, state);
        let share = funded * self.common.strength;
        let sites = share * self.pair_sites * self.common.years_in_force(lever, since, state);
        let tested = self.common.scope.vendor_indices(world);
        let open = |v: usize, component: usize| {
            let info = &world.vendors[v];
            info.is_open(state.today) && info.sells_component(component)
        };
        let vendors = world.vendors.len();
        for radio in tested.iter().map(|v| usize::from(*v)).filter(|v| open(*v, RU)) {
            for baseband in tested.iter().map(|v| usize::from(*v)).filter(|v| open(*v, BB)) {
                if radio != baseband {
                    state.pair_sites[radio * vendors + baseband] += sites;
                }
            }
        }
        self.support(lever, share, state);
    }

    fn support(&self, lever: usize, share: f64, state: &mut State) {
        state.conditions.shift(
            lever,
            Shift {
                support: self.growth.times(share),
                ..Shift::default()
            },
        );
    }
}

impl Lever for Testbed {
    fn kind(&self) -> &'static str {
        VARIANT.key
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn reads(&self) -> &'static [&'static str] {
        scope_keys::VENDORS
    }

    fn writes(&self) -> &'static [&'static str] {
        &["conditions.support", "pair_sites", "purse"]
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        match moment {
            Moment::InForce => {
                self.outlay.open(lever, state);
                let funded = if state.purse.budget[lever] > 0.0 { 1.0 } else { 0.0 };
                self.support(lever, funded * self.common.strength, state);
            }
            Moment::End => {
                self.work(lever, review_before(world, state.today), world, state);
                state.conditions.unshift(lever);
            }
            Moment::Announced | Moment::Deadline => {}
        }
    }

    fn review(&self, lever: usize, last: Day, world: &World, _posted: &Posted, state: &mut State) {
        self.work(lever, last, world, state);
    }

    fn settle(&self, lever: usize, last: Day, world: &World, state: &mut State) {
        self.outlay.settle(lever, &self.common, 1.0, last, world, state);
    }
}
