//! Adoption fund (S14, demand side): public money for buyers of open stacks.
//!
//! **Equation.** An operator in scope that buys a part of an open stack from a vendor in scope receives
//! `share_of_price x strength x reference price of the component` for each site: a sum that a seller cannot raise by raising its price.
//! How much of it the buyer keeps is a result: sellers bid knowing it. The money comes out of `budget_usd`, released in equal parts over
//! `budget_years`; the last purchase gets what is left, then nobody gets anything until the next part.
//!
//! **Writes** `State::purse` alone. **Strength** scales the sum a site. **At 0** nothing is scheduled. **Limit:** an empty budget
//! does nothing; outlays never pass what has been released.
//!
//! The American bills of 2020 had USD 500 m, nominal, for multilateral adoption (F275), beside USD 750 m over ten years for open radio (F274,
//! research and deployment together). How much of a site such a fund would pay was never set.

use std::sync::Arc;

use super::fund::{Fund, PAYER_OR_BUYER, support};
use super::{Common, Lever, Moment};
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::scenario::document::{Fields, Number, Variant};
use crate::world::{Aid, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "adoption_fund",
    doc: "Public money toward parts of open stacks",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct AdoptionFund {
    common: Common,
    fund: Fund,
    share: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    let fund = Fund::fields(f, PAYER_OR_BUYER);
    let share = f.number_or(
        "share_of_price",
        0.2,
        Number::new("share of price").range(0.0..=1.0),
        "Sum a site, over the reference price of the component (assumption; no source)",
    );
    Arc::new(AdoptionFund { common, fund, share })
}

impl Lever for AdoptionFund {
    fn kind(&self) -> &'static str {
        VARIANT.key
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn writes(&self) -> &'static [&'static str] {
        &["purse"]
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        match moment {
            Moment::InForce => {
                self.fund.open(lever, state);
                let share = self.share * self.common.strength;
                state.purse.open(support(
                    &self.common,
                    lever,
                    Aid::Open,
                    share,
                    self.fund.payers_or_buyer(world),
                    world,
                ));
            }
            Moment::End => state.purse.close(lever),
            Moment::Announced | Moment::Deadline => {}
        }
    }

    fn payer(&self) -> Option<&str> {
        self.fund.payer.as_deref()
    }

    fn review(&self, lever: usize, last: Day, _world: &World, _posted: &Posted, state: &mut State) {
        self.fund.release(lever, last, state);
    }
}
