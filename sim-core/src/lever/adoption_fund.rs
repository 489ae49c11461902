//! Adoption fund (S14, demand side): public money for buyers of open stacks.
//!
//! **Equation.** An operator in scope that buys a part of an open stack from a vendor in scope receives
//! `share_of_price x strength x reference price of the component` for each site: a sum that a seller cannot raise by raising its price.
//! How much of it the buyer keeps is a result: sellers bid knowing it. The money comes out of `budget_usd`, released in equal parts over
//! `budget_years`. A lot is promised no more than what is left would pay of it, and who looks further ahead counts on no more than the
//! money of a year will pay of a year's claims ([`crate::world::purse`]); several funds together pay no more than the price.
//!
//! **Writes** `State::purse` alone. **Strength** scales the sum a site. **At 0** nothing is scheduled. **Limit:** a budget
//! that goes to nothing does nothing; outlays never pass what has been released.
//!
//! The American bills of 2020 had USD 500 m, nominal, for multilateral adoption (F275), beside USD 750 m over ten years for open radio (F274,
//! research and deployment together). How much of a site such a fund would pay was never set.

use std::sync::Arc;

use super::Lever;
use super::parts_fund::PartsFund;
use crate::scenario::document::{Fields, Variant};
use crate::world::Aid;

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "adoption_fund",
    doc: "Public money toward parts of open stacks",
    fields,
};

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    PartsFund::fields(f, VARIANT.key, Aid::Open)
}
