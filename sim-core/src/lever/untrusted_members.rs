//! Untrusted firms inside the open alliance (S20): openness then carries a risk of its own.
//!
//! **Equation.** In each country in the scope the risk of open stacks rises by `risk_share_per_weight x strength x trust`, share of
//! price at criticality 1, where `trust` is the country's highest trust weight against any vendor in the scope, read anew at each
//! review: who does not distrust the members does not mind them.
//!
//! **Writes** `conditions.open_risk`. **Strength** scales the charge. **At 0** nothing is scheduled. **Limit:** where nobody distrusts
//! the members nothing changes.
//!
//! **Evidence:** that more than 40 such firms are members (n. 86); the charge has none.

use std::sync::Arc;

use super::{Common, Lever, Moment, scope_keys};
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::scenario::document::{Fields, Number, Variant};
use crate::world::{Shift, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "untrusted_members",
    doc: "Untrusted firms in the open alliance make open stacks a risk to those who distrust them",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct UntrustedMembers {
    common: Common,
    risk: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    common.require_vendors(f, "name the members, or vendors of their home");
    Arc::new(UntrustedMembers {
        common,
        risk: f.number_or(
            "risk_share_per_weight",
            0.01,
            Number::new("share of price").range(0.0..=1.0),
            "Risk of an open stack for each unit of trust weight against the members",
        ),
    })
}

impl UntrustedMembers {
    fn show(&self, lever: usize, world: &World, state: &mut State) {
        let mut open_risk = vec![0.0; world.countries.len()];
        for c in self.common.scope.country_indices(world) {
            let weight =
                |v: &u8| world.countries[c].trust[usize::from(*v)] + state.conditions.trust[state.conditions.at(c, *v)];
            let members = self.common.scope.vendor_indices(world);
            let worst = members.iter().map(weight).fold(0.0, f64::max);
            open_risk[c] = self.risk * self.common.strength * worst;
        }
        state.conditions.shift(
            lever,
            Shift {
                open_risk,
                ..Shift::default()
            },
        );
    }
}

impl Lever for UntrustedMembers {
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
        &["conditions.open_risk"]
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
