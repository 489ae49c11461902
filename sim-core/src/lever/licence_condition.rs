//! Condition on a spectrum licence (S07b): buy from the listed vendors and the spectrum is lost.
//!
//! **Equation.** An operator that buys a component from a vendor in scope loses the value of the spectrum on that part of its
//! network: `spectrum_value_share x reference price of the component`, once a contract, taken off the value of each such purchase. It
//! pays nobody: no alternative is forbidden, and where the value is above any advantage of a vendor the exclusion is de facto, as in
//! Japan (F252). Kit that stands is not touched.
//!
//! **Writes** `State::conditions.levies` alone, from `in_force` to `end`. **Strength** is the share of the operators whose licence
//! carries the condition, the same ones in each replicate. **At 0** nothing is scheduled. **Limit:** a value far above the price is a
//! purchase ban; a value of 0 is nothing.
//!
//! **Not counted** in `welfare` and `public_outlay`: the spectrum itself. W takes it that what one operator loses is worth as much to
//! whoever gets it next. Where it lies idle, or the operator buys in spite of the condition and goes without, the loss of `spectrum_value_share x
//! reference price` a site stands beside W; with a value high enough to exclude nobody buys so, and there is none.
//!
//! The layers are those of the scope: name the generation whose spectrum is awarded. A stack of which one part is listed loses in
//! proportion to that part; a licence that falls with any part is `spectrum_value_share` over the smaller weight. What spectrum is worth
//! per site differs from auction to auction; no row of the sources has it over the price of equipment, so the default is an assumption.

use std::sync::Arc;

use super::{Common, Lever, Moment, scope_keys};
use crate::scenario::document::{Fields, Number, Variant};
use crate::world::conditions::Levy;
use crate::world::rules::Bound;
use crate::world::{Shift, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "licence_condition",
    doc: "Who buys from the listed vendors loses the value of its spectrum",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct LicenceCondition {
    common: Common,
    value: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    common.require_vendors(f, "a condition must name its vendors");
    let value = f.number_or(
        "spectrum_value_share",
        1.0,
        Number::new("share of price").range(0.0..=20.0),
        "Value of the spectrum that is lost, over the reference price of the kit, a contract (assumption; no source)",
    );
    Arc::new(LicenceCondition { common, value })
}

impl Lever for LicenceCondition {
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
                let levy = Levy::new(
                    scope.rule_scope(world),
                    scope.operators(world, Bound::share(self.common.strength), None),
                    scope.sellers(world),
                    self.value,
                    world,
                );
                let shift = Shift {
                    levies: vec![levy],
                    ..Shift::default()
                };
                state.conditions.shift(lever, shift);
            }
            Moment::End => state.conditions.unshift(lever),
            Moment::Announced | Moment::Deadline => {}
        }
    }
}
