//! Capital-market restriction (S10): dearer capital for *listed* firms, operators and vendors; a private vendor feels nothing.
//!
//! **Equation.** With a premium `p = premium_per_year x strength`: the cost of capital of a country rises by `p` times the share of
//! its sites that `listed_operators` run; the unit cost of each vendor in the scope whose shares are listed (`[[vendor]] listed =
//! true`) by `p x capital_years`, capital employed over yearly cost.
//!
//! **Writes** `conditions.wacc` and `conditions.cost`. **Strength** scales the premium. **At 0** nothing is scheduled. **Limit:** on
//! vendors that are not listed, and with no listed operator, it changes nothing at any premium.
//!
//! **Evidence:** the delistings of January 2021; the premium and the capital employed have none.

use std::sync::Arc;

use super::{Common, Lever, Moment, scope_keys};
use crate::scenario::document::{Fields, Number, Variant};
use crate::scenario::kinds::OPERATOR;
use crate::world::{PRODUCTS, Shift, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "capital_restriction",
    doc: "Dearer capital for listed operators and vendors",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct CapitalRestriction {
    common: Common,
    premium: f64,
    capital_years: f64,
    operators: Vec<String>,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    common.require_vendors(f, "a restriction must name its vendors");
    Arc::new(CapitalRestriction {
        common,
        premium: f.number_or(
            "premium_per_year",
            0.01,
            Number::new("1/yr").range(0.0..=0.5),
            "Rise of the cost of capital of a listed firm",
        ),
        capital_years: f.number_or(
            "capital_years",
            0.6,
            Number::new("years").range(0.0..=5.0),
            "Capital employed of a vendor over its yearly cost",
        ),
        operators: f.references("listed_operators", OPERATOR, "Listed operators that are hit"),
    })
}

impl Lever for CapitalRestriction {
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
        &["conditions.wacc", "conditions.cost"]
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        match moment {
            Moment::InForce => {
                let premium = self.premium * self.common.strength;
                let mut wacc = vec![0.0; world.countries.len()];
                for (c, rise) in wacc.iter_mut().enumerate() {
                    let (mut hit, mut all) = (0.0, 0.0);
                    for o in world.operators.iter().filter(|o| o.country == c) {
                        all += o.sites;
                        hit += if self.operators.contains(&o.id) { o.sites } else { 0.0 };
                    }
                    if all > 0.0 {
                        *rise = premium * hit / all;
                    }
                }
                let mut cost = vec![[1.0; PRODUCTS]; world.vendors.len()];
                for v in self.common.scope.vendor_indices(world) {
                    if world.scenario.vendors[usize::from(v)].listed {
                        cost[usize::from(v)] = [1.0 + premium * self.capital_years; PRODUCTS];
                    }
                }
                state.conditions.shift(
                    lever,
                    Shift {
                        wacc,
                        cost,
                        ..Shift::default()
                    },
                );
            }
            Moment::End => state.conditions.unshift(lever),
            Moment::Announced | Moment::Deadline => {}
        }
    }
}
