//! Procurement ban (S07a): no new purchase from a date, removal by a date, by component, per country.
//!
//! **Writes** `State::rules` alone: from `announced` a known rule and, if there is a deadline, a duty of removal; from
//! `in_force` a purchase stop in the scope; from `end` neither. Buyers then fear or face the bill of removal
//! ([`crate::market::value::expected_removal_bill`]); the run plans forced tenders back from the deadline through the
//! crews that there are.
//!
//! **Strength** below 1 binds only that share of the operators, the same ones in each replicate ([`crate::world::rules::mark`]). **At 0** nothing is scheduled: every row stays as it was. **Limit:** at
//! 1, past the deadline, none of the vendor's kit in the scope runs except as a recorded relaxation or delay.

use std::sync::Arc;

use super::{Common, Lever, Moment, scope_keys};
use crate::scenario::document::{Fields, Variant};
use crate::world::rules::{Bound, Rule};
use crate::world::{State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "procurement_ban",
    doc: "No new purchase from a date, removal by a deadline",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct ProcurementBan {
    common: Common,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    common.require_vendors(f, "a ban must name its vendors");
    Arc::new(ProcurementBan { common })
}

impl Lever for ProcurementBan {
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
        &["rules"]
    }

    fn stops_purchases(&self) -> bool {
        true
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        let Common { scope, strength, .. } = &self.common;
        let rule = Rule {
            lever,
            scope: scope.rule_scope(world),
            bound: Bound::share(*strength),
            in_force: false,
            deadline: state.dates[lever].deadline,
        };
        for country in scope.country_indices(world) {
            for vendor in scope.vendor_indices(world) {
                match moment {
                    Moment::Announced => state.rules.add(country, vendor, rule),
                    Moment::InForce => state.rules.enforce(country, vendor, lever),
                    Moment::Deadline => {}
                    Moment::End => state.rules.lift(country, vendor, lever),
                }
            }
        }
    }
}
