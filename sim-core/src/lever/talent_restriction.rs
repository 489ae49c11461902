//! Talent restriction (S09): fewer engineers and students for the target; too broad a cut costs the imposer as well.
//!
//! **Equation.** Productivity of research ([`crate::world::research`]) is `A (1 - loss_share x strength)` for the vendors in the scope
//! and `A (1 - own_loss_share x strength)` for vendors at home in `imposers`: both sides, as the question is open.
//!
//! **Writes** `research`. **Strength** scales both losses. **At 0** nothing is scheduled. **Limits:** no loss changes nothing; a loss
//! of everything lets the target's quality wear out at the rate of depreciation, spill-over apart. At the end productivity is back;
//! quality follows over years. The scenario must play `[research]`.
//!
//! **Evidence:** none for either loss; the article calls both sides an open question.

use std::sync::Arc;

use super::{Common, Lever, Moment, scope_keys};
use crate::scenario::document::{Fields, Number, Variant};
use crate::world::research::Factors;
use crate::world::{State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "talent_restriction",
    doc: "Fewer engineers for some vendors; it costs the imposer's own too",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct TalentRestriction {
    common: Common,
    loss: f64,
    imposers: Vec<String>,
    own_loss: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let share = || Number::new("share").range(0.0..=1.0);
    let common = Common::fields(f);
    common.require_vendors(f, "a talent restriction must name its vendors");
    Arc::new(TalentRestriction {
        common,
        loss: f.number_or(
            "loss_share",
            0.05,
            share(),
            "Share of the productivity of research that the target loses",
        ),
        imposers: f.texts(
            "imposers",
            "Home countries whose vendors bear the cost of imposing it, ISO 3166-1 alpha-3",
        ),
        own_loss: f.number_or(
            "own_loss_share",
            0.02,
            share(),
            "Share of the productivity of research that the imposers' vendors lose",
        ),
    })
}

impl Lever for TalentRestriction {
    fn kind(&self) -> &'static str {
        VARIANT.key
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn homes(&self) -> &[String] {
        &self.imposers
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
                    factors[usize::from(v)].productivity *= 1.0 - self.loss * self.common.strength;
                }
                for (factor, vendor) in factors.iter_mut().zip(&world.scenario.vendors) {
                    if self.imposers.contains(&vendor.home) {
                        factor.productivity *= 1.0 - self.own_loss * self.common.strength;
                    }
                }
                research.set(lever, factors);
            }
            Moment::End => research.unset(lever),
            Moment::Announced | Moment::Deadline => {}
        }
    }
}
