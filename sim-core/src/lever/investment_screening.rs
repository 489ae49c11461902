//! Investment screening (S11): firms with know-how are not for sale to the target, so less of the frontier spills over to it (S31).
//!
//! **Equation.** Access to spill-over ([`crate::world::research`]) of the vendors in the scope is `a (1 - acquisition_share x
//! strength)`, where `acquisition_share` is the part of the spill-over that runs through bought firms; the rest, by theft, staff or
//! trade, goes on.
//!
//! **Writes** `research`. **Strength** scales the share of purchases that is stopped. **At 0** nothing is scheduled. **Limits:**
//! without spill-over in `[research]` it has nothing to act on and changes nothing; where all of it runs through purchases, all of it
//! stops. The scenario must play `[research]`.
//!
//! **Evidence:** the cases (Aixtron 2016, Lattice 2017, Qualcomm 2018); how much of the spill-over runs through purchases has none.

use std::sync::Arc;

use super::{Common, Lever, Moment, scope_keys};
use crate::scenario::document::{Fields, Number, Variant};
use crate::world::research::Factors;
use crate::world::{State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "investment_screening",
    doc: "Know-how is not for sale to some vendors: less spills over",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct InvestmentScreening {
    common: Common,
    acquisition: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    common.require_vendors(f, "screening must name the vendors that it keeps out");
    Arc::new(InvestmentScreening {
        common,
        acquisition: f.number_or(
            "acquisition_share",
            0.3,
            Number::new("share").range(0.0..=1.0),
            "Part of the spill-over that runs through bought firms",
        ),
    })
}

impl Lever for InvestmentScreening {
    fn kind(&self) -> &'static str {
        VARIANT.key
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn needs_research(&self) -> bool {
        true
    }

    fn reads(&self) -> &'static [&'static str] {
        scope_keys::VENDORS
    }

    fn writes(&self) -> &'static [&'static str] {
        &["research"]
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        let Some(research) = &mut state.research else { return };
        match moment {
            Moment::InForce => {
                let mut factors = vec![Factors::NONE; world.vendors.len()];
                for v in self.common.scope.vendor_indices(world) {
                    factors[usize::from(v)].access = 1.0 - self.acquisition * self.common.strength;
                }
                research.set(lever, factors);
            }
            Moment::End => research.unset(lever),
            Moment::Announced | Moment::Deadline => {}
        }
    }
}
