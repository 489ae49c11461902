//! One tender's view of the table: what each alternative leads to, for its buyer and for every bidder.

use super::game::{HORIZONS, Horizon, Link};
use super::table::TypeTable;
use crate::market::alternatives::{Alternative, Kind};
use crate::market::terms::Terms;
use crate::world::{BB, NO_VENDOR, RU, Stack, VendorIx};

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

/// When the parts of one buyer's stack are next tendered, and how old they are.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Standing {
    /// Years until the next tender of what is bought, and of what is kept and extended.
    pub years: [f64; 2],
    /// The same of each part that stays in a partial renewal.
    pub part_years: [f64; 2],
    /// Years of age of each part at its replacement.
    pub ages: [f64; 2],
}

impl Standing {
    fn horizon(&self, link: &Link, part: usize) -> f64 {
        match link.horizon {
            Horizon::Life => self.years[0],
            Horizon::Keep => self.years[1],
            Horizon::Part => self.part_years[part],
        }
    }
}

/// Where the parts of an alternative lead.
pub(super) fn links(a: &Alternative, held: Option<&Stack>, weight: [f64; 2], table: &TypeTable) -> [Link; 2] {
    let buys = a.buys();
    let open = match a.kind {
        Kind::Closed => false,
        Kind::Keep => held.is_some_and(Stack::is_open),
        _ => true,
    };
    [RU, BB].map(|part| {
        let seller = a.seller[part];
        if seller == NO_VENDOR || weight[part] == 0.0 {
            return Link::NONE;
        }
        let horizon = match (a.kind, buys[part]) {
            (Kind::Keep, _) => Horizon::Keep,
            (_, true) => Horizon::Life,
            (_, false) => Horizon::Part,
        };
        Link {
            kit: table.kit_of_part(open, a.seller, part),
            weight: weight[part],
            horizon,
        }
    })
}

impl Outlook<'_> {
    /// Where the parts of an alternative lead.
    #[must_use]
    pub fn links(&self, terms: &Terms, a: &Alternative, held: Option<&Stack>) -> [Link; 2] {
        links(a, held, terms.weight, self.table)
    }

    /// `C` of the kit that stands, money.
    #[must_use]
    pub fn chain_now(&self, terms: &Terms, held: Option<&Stack>) -> f64 {
        let Some(stack) = held else {
            return self.table.chain(self.table.unknown()) * terms.price;
        };
        let share: f64 = [RU, BB]
            .into_iter()
            .filter(|k| stack.seller[*k] != NO_VENDOR)
            .map(|k| {
                terms.weight[k]
                    * self
                        .table
                        .chain(self.table.kit_of_part(stack.is_open(), stack.seller, k))
            })
            .sum();
        share * terms.price
    }

    /// What this buyer adds to an alternative, money. `chain`: [`Outlook::chain_now`].
    #[must_use]
    pub fn continuation(&self, terms: &Terms, standing: &Standing, chain: f64, links: &[Link; 2]) -> f64 {
        let table = self.table;
        let mut sum = 0.0;
        for (part, link) in links.iter().enumerate().filter(|(_, l)| l.weight > 0.0) {
            let years = standing.horizon(link, part);
            let then = match link.horizon {
                Horizon::Life => terms.price * table.value(link.kit) - chain,
                Horizon::Keep => {
                    // Re-tenders since the end of its life, the coming one among them.
                    let periods = (standing.ages[part] + years - terms.term) / years;
                    terms.price * (table.retender(link.kit, periods) - table.best_at_list(link.kit))
                }
                Horizon::Part => terms.price * (table.best(link.kit) - table.best_at_list(link.kit)),
            };
            sum += link.weight * libm::exp(-terms.wacc * years) * then;
        }
        self.foresight * sum
    }

    /// Probability that the sellers of a stack stay at its next tender, by weight; `None` where one of them is not known here.
    #[must_use]
    pub fn expected_to_stay(&self, terms: &Terms, links: &[Link; 2]) -> Option<f64> {
        let parts = links.iter().zip(terms.weight).filter(|(l, _)| l.weight > 0.0);
        parts.map(|(l, weight)| Some(weight * self.table.stays(l.kit)?)).sum()
    }

    /// `W_j(a)` of one seller for one alternative, money.
    #[must_use]
    pub fn later(&self, terms: &Terms, standing: &Standing, links: &[Link; 2], vendor: VendorIx) -> f64 {
        let mut sum = 0.0;
        for (part, link) in links.iter().enumerate().filter(|(_, l)| l.weight > 0.0) {
            let hazard = terms.seller(vendor).hazard[part];
            let discount = self.sellers.discount(hazard, standing.horizon(link, part));
            sum += link.weight * discount * self.table.profit(link.kit, vendor);
        }
        terms.price * sum
    }

    /// Fills `W_j(a)` of all bidders for all alternatives, a row for each alternative, as
    /// [`crate::market::equilibrium::TenderSpec::after`].
    pub fn fill_after(
        &self,
        terms: &Terms,
        standing: &Standing,
        links: &[[Link; 2]],
        bidders: &[VendorIx],
        after: &mut Vec<f64>,
    ) {
        after.clear();
        after.resize(links.len() * bidders.len(), 0.0);
        let shortest = [Horizon::Life, Horizon::Keep, Horizon::Part];
        for (bidder, &vendor) in bidders.iter().enumerate() {
            let hazard = terms.seller(vendor).hazard;
            let mut discount = [[0.0; 2]; HORIZONS];
            for (of_horizon, horizon) in discount.iter_mut().zip(shortest) {
                for part in [RU, BB] {
                    let link = Link {
                        kit: 0,
                        weight: 1.0,
                        horizon,
                    };
                    of_horizon[part] = terms.price * self.sellers.discount(hazard[part], standing.horizon(&link, part));
                }
            }
            for (w, links) in after[bidder..].iter_mut().step_by(bidders.len()).zip(links) {
                let of = |part: usize| {
                    let link = links[part];
                    link.weight * discount[link.horizon as usize][part] * self.table.profit(link.kit, vendor)
                };
                *w = of(RU) + of(BB);
            }
        }
    }
}
