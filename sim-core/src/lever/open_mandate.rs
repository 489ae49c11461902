//! Open interfaces by rule (S33): a mandate, a target, or a preference.
//!
//! **Equation**, by `mode`:
//! - `mandate`: from `in_force` no closed bundle may be bought in the scope; with a `deadline`, none may run after it.
//! - `target`: by the `deadline` at least `share_of_sites` of each operator's sites in the scope have an open fronthaul; with `share_of_traffic`, of its traffic instead. As many slots as
//!   are needed are marked, the oldest kit first; they must be renewed open, at their own date or by a forced tender planned back
//!   from the deadline. An award may not take an operator that meets the target below it again; after the deadline that holds for
//!   new networks too.
//! - `preference`: a closed bundle counts as `handicap_share x reference price` dearer. No payment.
//!
//! **Writes** `State::quotas` in the first two modes, `State::conditions.closed_handicap` in the third. **Strength** is the share of the
//! operators bound in the first two, the same ones in each replicate, and scales the handicap in the third. **At 0** nothing is
//! scheduled. **Limit:** a target of 0 or a preference of 0 does nothing; a mandate past its deadline leaves nothing closed.
//!
//! A preference reads the places of its scope alone: it is one of whole networks.
//!
//! Valuations know that a mandate bars closed bundles; of a target's marks, and of caps, they do not know.
//! Where nothing open may be bought, kit that stands runs on; past a deadline that is recorded as `relaxed` and late, and a new
//! network waits until something open is on sale. The British ambition of 2021 is over traffic, 35% by 2030 (F279).

use std::sync::Arc;

use super::{Common, Lever, Moment};
use crate::scenario::document::{Fields, Number, Variant};
use crate::world::quota::Whole;
use crate::world::rules::Bound;
use crate::world::{Demand, Quota, Shift, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "open_mandate",
    doc: "Open interfaces by mandate, by target or by preference",
    fields,
};

/// How open interfaces are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Closed bundles may not be bought.
    Mandate,
    /// A share of sites must be open by a deadline.
    Target,
    /// Closed bundles count as dearer.
    Preference,
}

/// See the module docs.
#[derive(Debug, Clone)]
pub struct OpenMandate {
    common: Common,
    mode: Mode,
    share: f64,
    share_of_traffic: Option<f64>,
    handicap: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    let mode = f.choice_or(
        "mode",
        "target",
        &[
            ("mandate", Mode::Mandate),
            ("target", Mode::Target),
            ("preference", Mode::Preference),
        ],
        "How open interfaces are asked for",
    );
    f.require(
        mode != Mode::Target || common.deadline.is_some() || common.deadline_years.is_some() || f.is_describing(),
        "deadline",
        "a target must say by when",
        "`deadline`, or `deadline_years` for a lever that waits",
    );
    let share = f.number_or(
        "share_of_sites",
        0.35,
        Number::new("share").range(0.0..=1.0),
        "In mode `target`: share of each operator's sites that must be open (F279)",
    );
    let share_of_traffic = f.optional_number(
        "share_of_traffic",
        Number::new("share").range(0.0..=1.0),
        "In mode `target`: share of its traffic, in place of sites",
    );
    let handicap = f.number_or(
        "handicap_share",
        0.1,
        Number::new("share of price").range(0.0..=20.0),
        "In mode `preference`: what counts against a closed bundle, over the reference price (assumption; no source)",
    );
    Arc::new(OpenMandate {
        common,
        mode,
        share,
        share_of_traffic,
        handicap,
    })
}

impl OpenMandate {
    fn preference(&self, world: &World) -> Shift {
        let mut closed_handicap = vec![0.0; world.countries.len()];
        for country in self.common.scope.country_indices(world) {
            closed_handicap[country] = self.handicap * self.common.strength;
        }
        Shift {
            closed_handicap,
            ..Shift::default()
        }
    }
}

impl Lever for OpenMandate {
    fn kind(&self) -> &'static str {
        VARIANT.key
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn reads(&self) -> &'static [&'static str] {
        match self.mode {
            Mode::Mandate | Mode::Target => &["countries", "blocs", "components", "generations"],
            Mode::Preference => &["countries", "blocs"],
        }
    }

    fn writes(&self) -> &'static [&'static str] {
        &["quotas", "conditions.closed_handicap"]
    }

    fn demands_open(&self) -> bool {
        self.mode == Mode::Mandate
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        let Common { scope, strength, .. } = &self.common;
        match (self.mode, moment) {
            (Mode::Preference, Moment::InForce) => state.conditions.shift(lever, self.preference(world)),
            (Mode::Preference, Moment::End) => state.conditions.unshift(lever),
            (Mode::Preference, _) | (_, Moment::Deadline) => {}
            (mode, Moment::Announced) => {
                let each = mode == Mode::Mandate;
                let (whole, share) = match self.share_of_traffic.filter(|_| !each) {
                    Some(share) => (Whole::Traffic, share),
                    None => (Whole::Sites, self.share),
                };
                let quota = Quota {
                    lever,
                    buyers: scope.buyers(world),
                    bound: Bound::share(*strength),
                    scope: scope.rule_scope(world),
                    demand: Demand::Open {
                        share: if each { 1.0 } else { share },
                        each,
                    },
                    whole,
                    in_force: false,
                    deadline: state.dates[lever].deadline,
                };
                state.quotas.add(quota);
            }
            (_, Moment::InForce) => state.quotas.enforce(lever),
            (_, Moment::End) => state.quotas.lift(lever),
        }
    }
}
