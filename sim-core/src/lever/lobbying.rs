//! Lobbying by those who live off lock-in, and openness in name only (S19).
//!
//! **Equation.** Growth of maturity falls by `loss_per_year x strength x closed`, where `closed` is the share of all radio sites that
//! the vendors in the scope supply in closed stacks: who has more to lose lobbies more, and who has lost it stops. With
//! `maturity_cap`, their own open lines mature no further beside other sellers' parts than `1 - strength (1 - maturity_cap)`, whatever
//! the market's maturity: gap and integration of a stack of two sellers are those of the less mature line ([`crate::market::terms`]).
//! Their own open bundle is not touched: it is open in name.
//!
//! **Writes** `conditions.support`, `conditions.maturity_cap`. **Strength** scales both. **At 0** nothing is scheduled. **Limits:**
//! vendors without closed kit lobby for nothing; a cap of 1 caps nothing; maturity that is 1 already cannot be capped (there is no gap
//! left).
//!
//! **Evidence:** that it happens (n. 85); its size has none.

use std::sync::Arc;

use super::growth::Growth;
use super::{Common, Lever, Moment, scope_keys};
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::scenario::document::{Fields, Number, Variant};
use crate::world::{Arch, Shift, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "lobbying",
    doc: "Vendors of closed kit slow open interfaces, or open in name only",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct Lobbying {
    common: Common,
    loss: Growth,
    cap: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    common.require_vendors(f, "lobbying must name the vendors that do it");
    Arc::new(Lobbying {
        common,
        loss: f.table_or_default(
            "loss_per_year",
            "Growth of maturity that is lost where they supply every site in closed stacks, by interface",
        ),
        cap: f.number_or(
            "maturity_cap",
            1.0,
            Number::new("1").range(0.0..=1.0),
            "Maturity that their own open lines never pass beside other sellers' parts",
        ),
    })
}

impl Lobbying {
    fn show(&self, lever: usize, world: &World, state: &mut State) {
        let closed = state.world_shares(world, |s| s.arch == Arch::Closed);
        let vendors = self.common.scope.vendor_indices(world);
        let stake: f64 = vendors.iter().map(|v| closed[usize::from(*v)]).sum();
        let mut maturity_cap = vec![1.0; world.vendors.len()];
        for v in vendors {
            maturity_cap[usize::from(v)] = 1.0 - self.common.strength * (1.0 - self.cap);
        }
        state.conditions.shift(
            lever,
            Shift {
                support: self.loss.times(-self.common.strength * stake),
                maturity_cap,
                ..Shift::default()
            },
        );
    }
}

impl Lever for Lobbying {
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
        &["conditions.support", "conditions.maturity_cap"]
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
