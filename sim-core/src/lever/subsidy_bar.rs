//! Subsidy bar (S07c): public money may not buy listed kit.
//!
//! **Equation.** An operator that lives on public money and buys a component from a vendor in scope forgoes
//! `lost_support_share x reference price of the component`, taken off the value of each such purchase; it may still buy with its own
//! money. Nothing is paid or saved by the state: the support goes to other kit.
//!
//! **Writes** `State::conditions.levies` alone, from `in_force` to `end`. **Strength** is the share of the operators in scope that live
//! on public money, the same ones in each replicate; `most_subscribers_m` narrows them to small ones. **At 0** nothing is scheduled.
//! **Limit:** where nobody is small enough it does nothing.
//!
//! The bar of June 2020 concerned the Universal Service Fund, USD 8.3 bn a year nominal (F257), of which small rural carriers live.

use std::sync::Arc;

use super::{Common, Lever, Moment, scope_keys};
use crate::scenario::document::{Fields, Number, Variant};
use crate::world::conditions::Levy;
use crate::world::rules::Bound;
use crate::world::{Shift, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "subsidy_bar",
    doc: "Public money may not buy from the listed vendors",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct SubsidyBar {
    common: Common,
    lost: f64,
    most_subscribers_m: Option<f64>,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    common.require_vendors(f, "a bar must name its vendors");
    let lost = f.number_or(
        "lost_support_share",
        1.0,
        Number::new("share of price").range(0.0..=1.0),
        "Public money that a purchase forgoes, over the reference price; 1: support would have paid all of it (assumption; no source)",
    );
    let most_subscribers_m = f.optional_number(
        "most_subscribers_m",
        Number::new("million").range(0.0..=5000.0),
        "Only operators with at most so many subscribers live on public money",
    );
    Arc::new(SubsidyBar {
        common,
        lost,
        most_subscribers_m,
    })
}

impl Lever for SubsidyBar {
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
        &["conditions.levies"]
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        let scope = &self.common.scope;
        match moment {
            Moment::InForce => {
                let levy = Levy::new(
                    scope.rule_scope(world),
                    scope.operators(world, Bound::share(self.common.strength), self.most_subscribers_m),
                    scope.sellers(world),
                    self.lost,
                    world,
                );
                let shift = Shift {
                    levies: vec![levy],
                    ..Shift::default()
                };
                state.conditions.shift(lever, shift);
            }
            Moment::End => state.conditions.unshift(lever),
            Moment::Announced | Moment::Deadline => {}
        }
    }
}
