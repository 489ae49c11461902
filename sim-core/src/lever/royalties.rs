//! Patents and standards (S27): holders of essential patents ask royalties of each other and of everyone, and control interfaces.
//!
//! **Equation.** With `portfolio` shares s of the essential patents, each vendor's unit cost rises by `rate_share x strength x (sum of
//! s - own s)`: it pays for what is not its own (cross-licences net out). Where the scenario plays research, each holder's research
//! gets `share_of_sales x` what the others owe it for their sales since the last review. Holders in the scope's vendors that use their
//! weight in the standard against others take `control_per_year x strength x` (their part of the patents) from the growth of maturity.
//! Unit costs of the scenario include today's royalties: the lever is what is asked beyond them.
//!
//! **Writes** `conditions.cost`, `conditions.support`, `research`. **Strength** scales rate and control. **At 0** nothing is
//! scheduled. **Limits:** who holds all patents pays nothing; without control maturity stays.
//!
//! **Evidence:** the order of holders (n. 22: Huawei first, ZTE third, Feb 2020); rate and control have none.

use std::sync::Arc;

use super::growth::Growth;
use super::{Common, Lever, Moment};
use crate::calendar::Day;
use crate::market::posted::Posted;
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

    fn writes(&self) -> &'static [&'static str] {
        &["conditions.cost", "conditions.support", "research"]
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        match moment {
            Moment::InForce => {
                let shares = self.shares(world);
                let all: f64 = shares.iter().sum();
                let rate = self.rate * self.common.strength;
                let controlling = self.common.scope.vendor_indices(world);
                let weight: f64 = controlling.iter().map(|v| shares[usize::from(*v)]).sum();
                state.conditions.shift(
                    lever,
                    Shift {
                        cost: shares.iter().map(|own| [1.0 + rate * (all - own); 2]).collect(),
                        support: self.control.times(-self.common.strength * weight),
                        ..Shift::default()
                    },
                );
            }
            Moment::End => state.conditions.unshift(lever),
            Moment::Announced | Moment::Deadline => {}
        }
    }

    fn review(&self, lever: usize, last: Day, world: &World, _posted: &Posted, state: &mut State) {
        let shares = self.shares(world);
        let Some(terms) = &world.scenario.research else { return };
        let years = self.common.years_in_force(lever, last, state);
        let Some(research) = &mut state.research else { return };
        // Sales since the last review: only those while it was in force are charged.
        let period = last.years_until(state.today);
        let part = if period > 0.0 { years / period } else { 0.0 };
        let rate = terms.share_of_sales * self.rate * self.common.strength * part;
        let sales = research.sales.clone();
        for (holder, share) in shares.iter().enumerate() {
            let others: f64 = (sales.iter().enumerate())
                .filter(|(v, _)| *v != holder)
                .map(|(_, s)| s)
                .sum();
            research.funds[holder] += rate * share * others;
        }
    }
}
