//! Patents and standards (S27): holders of essential patents ask royalties of each other and of everyone, and control interfaces.
//!
//! **Equation.** With `portfolio` shares s of the essential patents, each vendor pays `rate_share x strength x s` of the unit cost of what it
//! makes to each other holder, `rate_share x strength x (sum of s - own s)` in all: it pays for what is not its own (cross-licences
//! net out). It bids with that cost. What is paid is a transfer: it stands in `vendor_profit` of both, uses up nothing in `welfare`,
//! and where the scenario plays research it is income of the holder like sales. Holders in the scope's vendors that use their weight
//! in the standard against others take `control_per_year x strength x` (their part of the patents) from the growth of maturity. Unit
//! costs of the scenario include today's royalties: the lever is what is asked beyond them.
//!
//! **Writes** `conditions.royalties`, `conditions.support`. **Strength** scales rate and control. **At 0** nothing is
//! scheduled. **Limits:** who holds all patents pays nothing; without control maturity stays.
//!
//! **Evidence:** the order of holders (n. 22: Huawei first, ZTE third, Feb 2020); rate and control have none.

use std::sync::Arc;

use super::growth::Growth;
use super::{Common, Lever, Moment, scope_keys};
use crate::scenario::document::{Fields, Keys, Number, Variant};
use crate::scenario::kinds::VENDOR;
use crate::world::{Shift, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "royalties",
    doc: "Royalties between vendors by portfolio, and control of interfaces",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct Royalties {
    common: Common,
    portfolio: Vec<(String, f64)>,
    rate: f64,
    control: Growth,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let lever = Royalties {
        common: Common::fields(f),
        portfolio: f.map(
            "portfolio",
            Number::new("share").range(0.0..=1.0),
            Keys::Of(VENDOR),
            "Share of the essential patents of each vendor that asks",
        ),
        rate: f.number_or(
            "rate_share",
            0.02,
            Number::new("share of unit cost").range(0.0..=1.0),
            "Royalty on all essential patents together",
        ),
        control: f.table_or_default(
            "control_per_year",
            "Growth of maturity that holders of all patents could stop, by interface",
        ),
    };
    let total: f64 = lever.portfolio.iter().map(|(_, s)| s).sum();
    f.require(
        total <= 1.0 + 1e-9,
        "portfolio",
        format!("these shares sum to {total}"),
        "shares that sum to 1 or less",
    );
    Arc::new(lever)
}

impl Royalties {
    fn shares(&self, world: &World) -> Vec<f64> {
        let of = |id: &str| self.portfolio.iter().find(|(v, _)| v == id).map_or(0.0, |(_, s)| *s);
        world.vendors.iter().map(|v| of(&v.id)).collect()
    }
}

impl Lever for Royalties {
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
        &["conditions.royalties", "conditions.support"]
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        match moment {
            Moment::InForce => {
                let shares = self.shares(world);
                let rate = self.rate * self.common.strength;
                let controlling = self.common.scope.vendor_indices(world);
                let weight: f64 = controlling.iter().map(|v| shares[usize::from(*v)]).sum();
                let vendors = world.vendors.len();
                let mut royalties = vec![0.0; vendors * vendors];
                for (payer, row) in royalties.chunks_mut(vendors.max(1)).enumerate() {
                    for (holder, asked) in row.iter_mut().enumerate().filter(|(h, _)| *h != payer) {
                        *asked = rate * shares[holder];
                    }
                }
                let shift = Shift {
                    royalties,
                    support: self.control.times(-self.common.strength * weight),
                    ..Shift::default()
                };
                state.conditions.shift(lever, shift);
            }
            Moment::End => state.conditions.unshift(lever),
            Moment::Announced | Moment::Deadline => {}
        }
    }
}
