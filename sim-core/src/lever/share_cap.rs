//! Share cap (S07d): at most a share of an operator's sites, and of its traffic, from some sellers together; who is above it must shed by a deadline.
//!
//! **Equation.** For each operator, and for radios, basebands and cores apart,
//! `sum of sites held by the vendors in scope / sum of sites <= share_of_sites`, over the layers in scope; with `share_of_traffic` the same
//! holds beside it for sites weighted by the traffic of their environment. From `in_force` an award is
//! open to a vendor in scope only if the share after it is within the cap. With a `deadline`, as many slots as are needed are marked to
//! go, those with the oldest kit first; where their own renewal would come too late the run forces tenders, planned back from the
//! deadline through the crews that there are.
//!
//! **Writes** `State::quotas` alone ([`crate::world::quota`]). **Strength** below 1 binds only that share of the operators, the same ones
//! in each replicate. **At 0** nothing is scheduled. **Limit:** a cap of 0 with a deadline ends as a ban does; a cap of 1 does nothing.
//!
//! Lots are indivisible, so an operator of few lots
//! keeps less than the cap lets it, and one core is all or nothing. Valuations of installed kit do not know of a cap: it binds a network, not a site. Buyers do not fear, before it is in force, that what they buy will
//! have to be shed: the oldest kit goes first. A network that could not be built at all is built above the cap, recorded as `relaxed`.

use std::sync::Arc;

use super::{Common, Lever, Moment, scope_keys};
use crate::scenario::document::{Fields, Number, Variant};
use crate::world::quota::Whole;
use crate::world::rules::Bound;
use crate::world::{Demand, Quota, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "share_cap",
    doc: "At most a share of each operator's sites from some vendors together, by a deadline",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct ShareCap {
    common: Common,
    share: f64,
    share_of_traffic: Option<f64>,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    common.require_vendors(f, "a cap must name its vendors");
    let share = f.number_or(
        "share_of_sites",
        0.35,
        Number::new("share").range(0.0..=1.0),
        "Largest share of an operator's sites, per component, that the vendors in scope may hold together (F254)",
    );
    let share_of_traffic = f.optional_number(
        "share_of_traffic",
        Number::new("share").range(0.0..=1.0),
        "Largest share of its traffic beside that; without it, traffic is not capped",
    );
    Arc::new(ShareCap {
        common,
        share,
        share_of_traffic,
    })
}

impl Lever for ShareCap {
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
        &["quotas"]
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        match moment {
            Moment::Announced => {
                let traffic = self.share_of_traffic.map(|share| (Whole::Traffic, share));
                for (whole, share) in [(Whole::Sites, self.share)].into_iter().chain(traffic) {
                    state.quotas.add(Quota {
                        lever,
                        buyers: self.common.scope.buyers(world),
                        bound: Bound::share(self.common.strength),
                        scope: self.common.scope.rule_scope(world),
                        demand: Demand::AtMost {
                            sellers: self.common.scope.sellers(world),
                            share,
                        },
                        whole,
                        in_force: false,
                        deadline: state.dates[lever].deadline,
                    });
                }
            }
            Moment::InForce => state.quotas.enforce(lever),
            Moment::Deadline => {}
            Moment::End => state.quotas.lift(lever),
        }
    }
}
