//! What one buyer and those who bid to it see of the table, and to which kits an alternative leads.

use super::game::{Horizon, Link};
use super::table::TypeTable;
use crate::market::alternatives::{Alternative, Kind};
use crate::world::{BB, NO_VENDOR, RU, Stack};

/// How much sellers look ahead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LookAhead {
    /// Weight of later tenders, 0 to 1.
    pub weight: f64,
    /// Discount rate, a year.
    pub rate: f64,
}

impl LookAhead {
    /// What a unit of a seller's profit in `years` is worth today: weight times discount times survival.
    #[must_use]
    pub fn discount(&self, hazard: f64, years: f64) -> f64 {
        self.weight * libm::exp(-(self.rate + hazard) * years)
    }
}

/// See the module docs.
#[derive(Debug, Clone, Copy)]
pub struct Outlook<'a> {
    /// The table of the buyer's type.
    pub table: &'a TypeTable,
    /// Foresight of this buyer, 0 to 1.
    pub foresight: f64,
    /// Look-ahead of sellers.
    pub sellers: LookAhead,
}

/// Where the parts of an alternative lead.
#[inline]
pub(super) fn links(a: &Alternative, held: Option<&Stack>, weight: [f64; 2], table: &TypeTable) -> [Option<Link>; 2] {
    let buys = a.buys();
    let open = match a.kind {
        Kind::Closed => false,
        Kind::Keep => held.is_some_and(Stack::is_open),
        _ => true,
    };
    let link = |part: usize| {
        let seller = a.seller[part];
        if seller == NO_VENDOR || weight[part] == 0.0 {
            return None;
        }
        let horizon = match (a.kind, buys[part]) {
            (Kind::Keep, _) => Horizon::Keep,
            (_, true) => Horizon::Life,
            (_, false) => Horizon::Part,
        };
        let kit = table.kit_of_part(open, a.seller, part);
        Some(Link { kit, horizon })
    };
    [link(RU), link(BB)]
}
