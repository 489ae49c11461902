//! Retaliation (S23): a country turns against the vendors of those who restrict its own.
//!
//! **Equation.** From `in_force`, the trust weight of the countries in scope against the vendors in scope rises by
//! `added_trust_weight x strength`; a purchase there is worth `risk_share x weight x criticality` of its price less
//! ([`crate::market::terms`]). With `answers = "NAME"` it begins on the day on which the lever of that name binds and ends with it.
//!
//! **Writes** `State::conditions.trust` alone, until `end`. **Strength** scales the weight. **At 0** nothing
//! is scheduled. **Limit:** a weight far above the price over `risk_share` shuts the market.
//!
//! The default is an assumption. What is known is that access to China's market was cut for vendors of countries that restrict Huawei;
//! by how much is confounded with the tenders of those years (F077, F381).

use std::sync::Arc;

use super::{Common, Lever, Moment, scope_keys};
use crate::scenario::document::{Fields, Number, Variant};
use crate::world::{Shift, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "retaliation",
    doc: "Countries turn against the vendors of those who restrict their own",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct Retaliation {
    common: Common,
    weight: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    common.require_vendors(f, "retaliation must name the vendors that it hits");
    let weight = f.number_or(
        "added_trust_weight",
        5.0,
        Number::new("1").range(0.0..=100.0),
        "Added to the trust weight against the vendors in scope (assumption; no source)",
    );
    Arc::new(Retaliation { common, weight })
}

impl Lever for Retaliation {
    fn kind(&self) -> &'static str {
        VARIANT.key
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn reads(&self) -> &'static [&'static str] {
        scope_keys::PLACES_AND_VENDORS
    }

    fn writes(&self) -> &'static [&'static str] {
        &["conditions.trust"]
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        match moment {
            Moment::InForce => {
                let mut trust = vec![0.0; state.conditions.trust.len()];
                for country in self.common.scope.country_indices(world) {
                    for vendor in self.common.scope.vendor_indices(world) {
                        trust[state.conditions.at(country, vendor)] = self.weight * self.common.strength;
                    }
                }
                let shift = Shift {
                    trust,
                    ..Shift::default()
                };
                state.conditions.shift(lever, shift);
            }
            Moment::End => state.conditions.unshift(lever),
            Moment::Announced | Moment::Deadline => {}
        }
    }
}
