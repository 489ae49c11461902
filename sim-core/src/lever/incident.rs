//! Stigma and the response to an incident (S12): distrust and fear of a ban jump, and fade.
//!
//! **Equation.** From the day on, in the countries and against the vendors in the scope, the trust weight is higher by `trust_jump x
//! strength x 2^(-t / half_life_years)` and the yearly hazard of a ban by `hazard_jump_per_year` times the same (h3). What trusted
//! sellers gain by it, buyers decide.
//!
//! **Writes** `conditions.trust`, `conditions.hazard`. **Strength** scales both jumps. **At 0** nothing is scheduled. **Limit:** long
//! after, all is as before. Between reviews the last posted level stands.
//!
//! **Evidence:** that opinion moved after 2018 (P236: Canada 45 to 67 per cent in a year); neither jump nor half-life has any.

use std::sync::Arc;

use super::{Common, Lever, Moment, scope_keys};
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::scenario::document::{Fields, Number, Variant};
use crate::world::{Shift, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "incident",
    doc: "Distrust and fear of a ban jump on a day, and fade",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct Incident {
    common: Common,
    trust: f64,
    hazard: f64,
    half_life: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    common.require_vendors(f, "an incident must name its vendors");
    Arc::new(Incident {
        common,
        trust: f.number_or(
            "trust_jump",
            0.5,
            Number::new("weight").range(0.0..=100.0),
            "Jump of the trust weight",
        ),
        hazard: f.number_or(
            "hazard_jump_per_year",
            0.02,
            Number::new("1/yr").range(0.0..=2.0),
            "Jump of the yearly hazard of a ban",
        ),
        half_life: f.number_or(
            "half_life_years",
            2.0,
            Number::new("years").range(0.01..=100.0),
            "Years after which half of it has faded",
        ),
    })
}

impl Incident {
    fn show(&self, lever: usize, world: &World, state: &mut State) {
        let years = self.common.binds_from(lever, state).years_until(state.today).max(0.0);
        let left = self.common.strength * libm::exp2(-years / self.half_life);
        let mut trust = vec![0.0; state.conditions.trust.len()];
        let mut hazard = trust.clone();
        for c in self.common.scope.country_indices(world) {
            for v in self.common.scope.vendor_indices(world) {
                let at = state.conditions.at(c, v);
                trust[at] = self.trust * left;
                hazard[at] = self.hazard * left;
            }
        }
        state.conditions.shift(
            lever,
            Shift {
                trust,
                hazard,
                ..Shift::default()
            },
        );
    }
}

impl Lever for Incident {
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
        &["conditions.trust", "conditions.hazard"]
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
