//! Support of virtualisation (S03): public money for buyers of virtual baseband.
//!
//! **Equation.** An operator in scope that buys a virtual baseband from a vendor in scope receives
//! `share_of_price x strength x reference price of the component` for each site: a sum that a seller cannot raise by raising its price.
//! How much of it the buyer keeps is a result: sellers bid knowing it. The money comes out of `budget_usd`, released in equal parts over
//! `budget_years`; a lot is promised no more than what is left would pay of it, and who looks further ahead counts on no more than
//! the money of a year will pay of a year's claims ([`crate::world::purse`]).
//!
//! **Writes** `State::purse` alone. **Strength** scales the sum a site. **At 0** nothing is scheduled. **Limit:** a budget
//! that goes to nothing does nothing; outlays never pass what has been released.
//!
//! No fund for virtual baseband alone is known: there is no outside evidence on this lever.

use std::sync::Arc;

use super::Lever;
use super::parts_fund::PartsFund;
use crate::scenario::document::{Fields, Variant};
use crate::world::Aid;

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "virtualisation_support",
    doc: "Public money toward virtual baseband",
    fields,
};

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    PartsFund::fields(f, VARIANT.key, Aid::Virtual)
}
