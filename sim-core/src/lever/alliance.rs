//! The open alliance (S17): its members' weight moves the maturity of interfaces, and so the gap of immature gear (S18).
//!
//! **Equation.** Growth of maturity rises by `growth_per_year x strength x weight`, `weight = operator_weight_share x (members' share
//! of all sites) + (1 - operator_weight_share) x (member vendors' share of what stands)`. The second part is read anew at each review:
//! an alliance whose vendors win, grows. The performance gap of open stacks is a function of maturity alone
//! ([`crate::market::terms`]): immature gear (S18) is where this starts from.
//!
//! **Writes** `conditions.support`. **Strength** scales the growth. **At 0** nothing is scheduled. **Limits:** an alliance without
//! members moves nothing; one of all operators and vendors moves maturity by all of `growth_per_year`.
//!
//! **Evidence:** who is a member (n. 74), and the open share of 2020 (F126); what membership adds to maturity has none.

use std::sync::Arc;

use super::growth::Growth;
use super::{Common, Lever, Moment, scope_keys};
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::scenario::document::{Fields, Number, Variant};
use crate::scenario::kinds::OPERATOR;
use crate::world::{Shift, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "alliance",
    doc: "Members of the open alliance carry interfaces to maturity by their weight",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct Alliance {
    common: Common,
    operators: Vec<String>,
    growth: Growth,
    operator_weight: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    Arc::new(Alliance {
        common: Common::fields(f),
        operators: f.references(
            "operators",
            OPERATOR,
            "Member operators; member vendors stand in `scope`",
        ),
        growth: f.table_or_default(
            "growth_per_year",
            "Growth of maturity if all were members, by interface",
        ),
        operator_weight: f.number_or(
            "operator_weight_share",
            0.5,
            Number::new("share").range(0.0..=1.0),
            "Weight of operators beside vendors",
        ),
    })
}

impl Alliance {
    fn show(&self, lever: usize, world: &World, state: &mut State) {
        let all: f64 = world.operators.iter().map(|o| o.sites).sum();
        let members = world.operators.iter().filter(|o| self.operators.contains(&o.id));
        let operators = members.map(|o| o.sites).sum::<f64>() / all.max(f64::MIN_POSITIVE);
        let held = state.world_shares(world, |_| true);
        let vendors: f64 = (self.common.scope.vendor_indices(world).iter())
            .map(|v| held[usize::from(*v)])
            .sum();
        let weight = self.operator_weight * operators + (1.0 - self.operator_weight) * vendors;
        state.conditions.shift(
            lever,
            Shift {
                support: self.growth.times(self.common.strength * weight),
                ..Shift::default()
            },
        );
    }
}

impl Lever for Alliance {
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
        &["conditions.support"]
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
