//! Research funds (S14, supply side): public money for the research of the vendors in the scope.
//!
//! **Equation.** What is paid is shared equally by the vendors in the scope and adds to their research ([`crate::world::research`]):
//! `R = base + share x sales + paid / vendors`. The quality that it buys comes over years, as `d [A Q0 (R/R0)^eta - Q]`, less for each
//! further dollar.
//!
//! **Writes** `research` and `purse`. **Strength** scales the yearly sum. **At 0** nothing is scheduled. **Limits:** a fund of nothing
//! changes nothing; where quality does not depend on research (elasticity 0) money is spent in vain. The scenario must play
//! `[research]`.
//!
//! **Evidence:** the sums (F274, F276, F281); what quality a dollar buys has none.

use std::sync::Arc;

use super::outlay::{Outlay, review_before};
use super::{Common, Lever, Moment, scope_keys};
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::scenario::document::{Fields, Variant};
use crate::world::{State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "research_fund",
    doc: "Public money for the research of some vendors",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct ResearchFund {
    common: Common,
    outlay: Outlay,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    Arc::new(ResearchFund {
        common: Common::fields(f),
        outlay: f.table("outlay", "Who pays how much"),
    })
}

impl ResearchFund {
    fn pay(&self, lever: usize, since: Day, world: &World, state: &mut State) {
        let (paid, _) = self.outlay.pay(lever, &self.common, 1.0, since, world, state);
        let vendors = self.common.scope.vendor_indices(world);
        if let Some(research) = &mut state.research {
            for v in &vendors {
                research.funds[usize::from(*v)] += paid / vendors.len() as f64;
            }
        }
    }
}

impl Lever for ResearchFund {
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
        &["research", "purse"]
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        match moment {
            Moment::InForce => self.outlay.open(lever, state),
            Moment::End => self.pay(lever, review_before(world, state.today), world, state),
            Moment::Announced | Moment::Deadline => {}
        }
    }

    fn review(&self, lever: usize, last: Day, world: &World, _posted: &Posted, state: &mut State) {
        self.pay(lever, last, world, state);
    }

    fn settle(&self, lever: usize, last: Day, world: &World, state: &mut State) {
        self.outlay.settle(lever, &self.common, 1.0, last, world, state);
    }
}
