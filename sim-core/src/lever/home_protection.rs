//! Protected home market (S24): buyers at home prefer their own champions.
//!
//! **Equation.** In each country in scope, a purchase from a vendor (of those in scope) whose home is elsewhere is worth
//! `preference_share x reference price of the component` less to the buyer: a margin of preference, as procurement rules write it. Nobody is
//! paid. Scale at home then lowers the champions' costs everywhere through learning; that follows, it is not written here.
//!
//! **Writes** `State::conditions.levies` alone, from `in_force` to `end`. **Strength** is the share of the operators that follow the
//! preference, the same ones in each replicate. **At 0** nothing is scheduled. **Limit:** a preference far above the price closes the
//! market.
//!
//! The reference world has China's market of 2020 as it was (F075 to F079), so this lever is protection *on top* of that, or
//! elsewhere. The default is an assumption: margins of preference in procurement law are of this size; none is seen for radio networks.

use std::sync::Arc;

use super::{Common, Lever, Moment, scope_keys};
use crate::scenario::document::{Fields, Number, Variant};
use crate::world::conditions::Levy;
use crate::world::rules::Bound;
use crate::world::{Shift, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "home_protection",
    doc: "Buyers in a country prefer vendors of their own",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct HomeProtection {
    common: Common,
    preference: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    f.require(
        !common.scope.countries.is_empty() || !common.scope.blocs.is_empty() || f.is_describing(),
        "scope",
        "a protected market must be named",
        "scope = { countries = [...] }",
    );
    let preference = f.number_or(
        "preference_share",
        0.2,
        Number::new("share of price").range(0.0..=20.0),
        "Margin of preference over the reference price (assumption; no source)",
    );
    Arc::new(HomeProtection { common, preference })
}

impl Lever for HomeProtection {
    fn kind(&self) -> &'static str {
        VARIANT.key
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn reads(&self) -> &'static [&'static str] {
        scope_keys::ALL
    }

    fn writes(&self) -> &'static [&'static str] {
        &["conditions.levies"]
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        let scope = &self.common.scope;
        match moment {
            Moment::InForce => {
                let follow = scope.operators(world, Bound::share(self.common.strength), None);
                let named = scope.sellers(world);
                let mut levies = Vec::new();
                for country in scope.country_indices(world) {
                    let home = &world.countries[country].id;
                    let here = world.operators.iter().zip(&follow);
                    let foreign = world.scenario.vendors.iter().zip(&named);
                    levies.push(Levy::new(
                        scope.rule_scope(world),
                        here.map(|(o, f)| *f && o.country == country).collect(),
                        foreign.map(|(v, named)| *named && v.home != *home).collect(),
                        self.preference,
                        world,
                    ));
                }
                let shift = Shift {
                    levies,
                    ..Shift::default()
                };
                state.conditions.shift(lever, shift);
            }
            Moment::End => state.conditions.unshift(lever),
            Moment::Announced | Moment::Deadline => {}
        }
    }
}
