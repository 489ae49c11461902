//! Pressure of a coalition (S21, h1 of the hazard): where other members have a rule, one at home is feared before it is announced.
//!
//! **Equation.** The yearly hazard of a ban on a vendor in the scope rises by `h1_per_year x strength x share`, where `share` is the
//! part of the coalition, by influence, that has a rule on the vendor, announced or in force, read anew at each review. Influence is a
//! country's radio sites, or what `influence` says. Countries outside the coalition feel `outsiders_share` of it. Where a rule is
//! announced the hazard of `[hazard]` takes over ([`crate::market::terms`]).
//!
//! **Writes** `conditions.hazard`. **Strength** scales h1. **At 0** nothing is scheduled. **Limits:** while no member has a rule
//! nothing is feared; when all have one, a member fears h1. A merger that takes a vendor's products off sale is a rule in this sense:
//! name the vendors that the coalition is about.
//!
//! **Evidence:** the order of rules from 2018 to 2024 (R01 to R31); h1 itself has none.

use std::sync::Arc;

use super::{Common, Lever, Moment, scope_keys};
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::scenario::document::{Fields, Keys, Number, Variant};
use crate::scenario::kinds::COUNTRY;
use crate::world::{RuleScope, Shift, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "coalition_pressure",
    doc: "Rules of other members make a ban at home more likely",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct CoalitionPressure {
    common: Common,
    h1: f64,
    outsiders: f64,
    influence: Vec<(String, f64)>,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    common.require_vendors(f, "pressure must name its vendors");
    Arc::new(CoalitionPressure {
        common,
        h1: f.number_or(
            "h1_per_year",
            0.05,
            Number::new("1/yr").range(0.0..=2.0),
            "Yearly hazard of a ban when all members have a rule",
        ),
        outsiders: f.number_or(
            "outsiders_share",
            0.0,
            Number::new("share").range(0.0..=1.0),
            "Part of it that countries outside the coalition feel",
        ),
        influence: f.map(
            "influence",
            Number::new("weight").range(0.0..=1e9),
            Keys::Of(COUNTRY),
            "Influence of members; without it, their sites",
        ),
    })
}

impl CoalitionPressure {
    fn show(&self, lever: usize, world: &World, state: &mut State) {
        let members = self.common.scope.country_indices(world);
        let mut weight = vec![0.0; world.countries.len()];
        for o in &world.operators {
            weight[o.country] += o.sites;
        }
        if !self.influence.is_empty() {
            for (w, country) in weight.iter_mut().zip(&world.countries) {
                *w = (self.influence.iter())
                    .find(|(id, _)| *id == country.id)
                    .map_or(0.0, |(_, x)| *x);
            }
        }
        let all: f64 = members.iter().map(|c| weight[*c]).sum();
        let mut hazard = vec![0.0; state.conditions.hazard.len()];
        for v in self.common.scope.vendor_indices(world) {
            // A rule of partial strength binds those with the lowest marks: mark 0 is bound by any.
            let ruled = members
                .iter()
                .filter(|c| state.rules.is_announced(**c, v, RuleScope::ALL, 0));
            let share = ruled.map(|c| weight[*c]).sum::<f64>() / all.max(f64::MIN_POSITIVE);
            for c in 0..world.countries.len() {
                let reach = if members.contains(&c) { 1.0 } else { self.outsiders };
                hazard[state.conditions.at(c, v)] = self.h1 * self.common.strength * reach * share;
            }
        }
        state.conditions.shift(
            lever,
            Shift {
                hazard,
                ..Shift::default()
            },
        );
    }
}

impl Lever for CoalitionPressure {
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
        &["conditions.hazard"]
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
