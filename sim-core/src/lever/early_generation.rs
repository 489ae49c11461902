//! The next generation earlier (S15): its launch, and with it the first tenders, come forward.
//!
//! **Equation.** In the countries and for the generations in the scope the launch comes `years_forward x strength` earlier. The lever
//! says only that; the run plans launch and first tenders anew ([`crate::run::launches`]), not before the day on which the lever comes
//! into force. An earlier generation meets less mature interfaces, takes its share of their maturity then
//! ([`crate::scenario::Interface`]), and opens tenders while older kit is younger.
//!
//! **Writes** `launch_forward`. **Strength** scales the years. **At 0** nothing is scheduled. **Limits:** a launch that has been is
//! not moved; a shift larger than the time left launches on the day. First tenders that lie after the end of the run are not in it,
//! and do not come into it.
//!
//! **Evidence:** dates of the specification and of first networks (P169, P170) and the plan of a showing in 2025; that money can bring
//! them forward has none.

use std::sync::Arc;

use super::{Common, Lever, Moment};
use crate::calendar::DAYS_PER_YEAR;
use crate::scenario::document::{Fields, Number, Variant};
use crate::world::{State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "early_generation",
    doc: "The launch of a generation, and its first tenders, come forward",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct EarlyGeneration {
    common: Common,
    years: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    f.require(
        !common.scope.generations.is_empty() || f.is_describing(),
        "scope",
        "it must name the generation",
        "scope = { generations = [\"6g\"] }",
    );
    Arc::new(EarlyGeneration {
        common,
        years: f.number(
            "years_forward",
            Number::new("years").range(0.0..=20.0),
            "How much earlier it is launched",
        ),
    })
}

impl Lever for EarlyGeneration {
    fn kind(&self) -> &'static str {
        VARIANT.key
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn reads(&self) -> &'static [&'static str] {
        &["countries", "blocs", "generations"]
    }

    fn writes(&self) -> &'static [&'static str] {
        &["launch_forward"]
    }

    fn act(&self, _lever: usize, moment: Moment, world: &World, state: &mut State) {
        let days = libm::round(self.years * self.common.strength * DAYS_PER_YEAR) as i32;
        let days = match moment {
            Moment::InForce => days,
            Moment::End => -days,
            Moment::Announced | Moment::Deadline => return,
        };
        let generations = world.gens.len();
        for c in self.common.scope.country_indices(world) {
            for (g, generation) in world.gens.iter().enumerate() {
                if self.common.scope.generations.contains(&generation.id) {
                    state.launch_forward[c * generations + g] += days;
                }
            }
        }
    }
}
