//! Counter-lobbying by the target, and pressure on firms that depend on it (S32): a ban becomes less likely (h4).
//!
//! **Equation.** The yearly hazard of a ban on the vendors in the scope falls by `cut_per_year x strength x (1 - dependence_weight +
//! dependence_weight x held)`, `held` being the share of the country's radio sites that the vendor supplies, read anew at each review:
//! a country that depends on it listens. The hazard never falls below 0. A rule that has been announced is not undone.
//!
//! **Writes** `conditions.hazard`. **Strength** scales the cut. **At 0** nothing is scheduled. **Limit:** a cut above the hazard
//! leaves none; with it buyers fear nothing until a rule is announced.
//!
//! **Evidence:** that it happened (n. 39); its size has none.

use std::sync::Arc;

use super::{Common, Lever, Moment, scope_keys};
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::scenario::document::{Fields, Number, Variant};
use crate::world::{Shift, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "counter_lobbying",
    doc: "The target makes a ban less likely, most where it is depended on",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct CounterLobbying {
    common: Common,
    cut: f64,
    dependence: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    common.require_vendors(f, "counter-lobbying must name its vendors");
    Arc::new(CounterLobbying {
        common,
        cut: f.number_or(
            "cut_per_year",
            0.01,
            Number::new("1/yr").range(0.0..=2.0),
            "Fall of the yearly hazard of a ban where the vendor supplies every site",
        ),
        dependence: f.number_or(
            "dependence_weight",
            1.0,
            Number::new("share").range(0.0..=1.0),
            "How far it works through dependence alone",
        ),
    })
}

impl CounterLobbying {
    fn show(&self, lever: usize, world: &World, state: &mut State) {
        let mut hazard = vec![0.0; state.conditions.hazard.len()];
        let held = state.country_shares(world);
        for c in self.common.scope.country_indices(world) {
            for v in self.common.scope.vendor_indices(world) {
                let at = state.conditions.at(c, v);
                let reach = 1.0 - self.dependence + self.dependence * held[at];
                hazard[at] = -self.cut * self.common.strength * reach;
            }
        }
        state.conditions.shift(
            lever,
            Shift {
                hazard,
                ..Shift::default()
            },
        );
    }
}

impl Lever for CounterLobbying {
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
        &["conditions.hazard"]
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        match moment {
            Moment::InForce => self.show(lever, world, state),
            Moment::End => state.conditions.unshift(lever),
            Moment::Announced | Moment::Deadline => {}
        }
    }

    fn review(&self, lever: usize, _last: Day, world: &World, _posted: &Posted, state: &mut State) {
        self.show(lever, world, state);
    }
}
