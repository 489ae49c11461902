//! What the alternatives of one tender lead to: filled once a tender, read by alternative.
//!
//! A part of an alternative leads to a *place*: a kit, and the time until the tender that it brings. There are few places and many
//! alternatives, so that the table, discounts and hazards are read once a place.

use super::game::{HORIZONS, Horizon, Link};
use super::outlook::{LookAhead, Outlook, links};
use super::table::TypeTable;
use crate::market::alternatives::{Alternative, Kind};
use crate::market::equilibrium::NOBODY;
use crate::market::terms::Terms;
use crate::world::{BB, NO_VENDOR, RU, Stack, VendorIx};

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
    fn horizon(&self, horizon: Horizon, part: usize) -> f64 {
        match horizon {
            Horizon::Life => self.years[0],
            Horizon::Keep => self.years[1],
            Horizon::Part => self.part_years[part],
        }
    }
}

/// A place that is not reached by a purchase: what stands stays, kept whole or beside a new part.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stays {
    part: usize,
    horizon: Horizon,
    kit: usize,
}

/// By horizon and part.
type ByHorizon = [[f64; 2]; HORIZONS];

/// See the module docs. Buffers are reused.
#[derive(Debug, Default)]
pub struct Prospects {
    /// Kits of the type, with the unknown one.
    kits: usize,
    weight: [f64; 2],
    foresight: f64,
    /// The places beyond those of purchases.
    stays: Vec<Stays>,
    /// What the buyer adds at each place for its part: radio bought with each kit, baseband bought with each, what stays, nothing.
    gain: Vec<f64>,
    /// What a unit of later profit is worth to each seller of the type, money over share of price.
    discount: Vec<ByHorizon>,
    /// The same by hazard, as far as it has been needed.
    by_hazard: Vec<([f64; 2], ByHorizon)>,
    /// Places to which the parts of a vendor lead that are bought closed, and open: by component.
    bought: [[Vec<u32>; 2]; 2],
    /// Places of radio and baseband of each alternative.
    places: Vec<[u32; 2]>,
}

impl Prospects {
    /// Nobody looks ahead.
    pub fn clear(&mut self) {
        self.places.clear();
    }

    /// Reads the table for a tender of a buyer with this kit.
    pub fn begin(&mut self, outlook: &Outlook, terms: &Terms, held: Option<&Stack>, standing: &Standing) {
        let table = outlook.table;
        self.places.clear();
        self.kits = table.kits() + 1;
        self.weight = terms.weight;
        self.foresight = outlook.foresight;
        self.find_stays(table, held);
        self.find_bought(table);
        self.fill_gain(outlook, terms, held, standing);
        self.fill_discounts(outlook, terms, standing);
    }

    /// The places at which what stands may stay.
    fn find_stays(&mut self, table: &TypeTable, held: Option<&Stack>) {
        self.stays.clear();
        let Some(stack) = held else { return };
        for part in [RU, BB].into_iter().filter(|k| stack.seller[*k] != NO_VENDOR) {
            let kit = table.kit_of_part(stack.is_open(), stack.seller, part);
            let stays = |horizon, kit| Stays { part, horizon, kit };
            self.stays.push(stays(Horizon::Keep, kit));
            if table.solves_pairs() {
                // Beside another seller's part it is another kit.
                self.stays.extend((0..table.kits()).map(|k| stays(Horizon::Part, k)));
            } else {
                self.stays.push(stays(Horizon::Part, kit));
            }
        }
    }

    /// The places to which parts lead that are bought.
    fn find_bought(&mut self, table: &TypeTable) {
        let nothing = self.nothing();
        for (of_open, open) in self.bought.iter_mut().zip([false, true]) {
            for (part, places) in of_open.iter_mut().enumerate() {
                let first = (part * self.kits) as u32;
                let none = self.weight[part] == 0.0;
                let kits = table.kits_of(open).iter();
                places.clear();
                places.extend(kits.map(|kit| if none { nothing } else { first + *kit as u32 }));
            }
        }
    }

    /// The place of what leads nowhere.
    fn nothing(&self) -> u32 {
        (2 * self.kits + self.stays.len()) as u32
    }

    fn fill_gain(&mut self, outlook: &Outlook, terms: &Terms, held: Option<&Stack>, standing: &Standing) {
        let table = outlook.table;
        self.gain.clear();
        let chain = chain_now(table, terms, held);
        let discounted =
            |horizon, part: usize| terms.weight[part] * libm::exp(-terms.wacc * standing.horizon(horizon, part));
        for part in [RU, BB] {
            let scale = discounted(Horizon::Life, part);
            let bought = (0..self.kits).map(|kit| scale * (terms.price * table.value(kit) - chain));
            self.gain.extend(bought);
        }
        for &Stays { part, horizon, kit } in &self.stays {
            let then = if horizon == Horizon::Keep {
                // Re-tenders since the end of its life, the coming one among them.
                let years = standing.horizon(horizon, part);
                table.retender(kit, (standing.ages[part] + years - terms.term) / years)
            } else {
                table.best(kit)
            };
            self.gain
                .push(discounted(horizon, part) * (terms.price * (then - table.best_at_list(kit))));
        }
        self.gain.push(0.0);
    }

    fn fill_discounts(&mut self, outlook: &Outlook, terms: &Terms, standing: &Standing) {
        self.by_hazard.clear();
        self.discount.clear();
        for &vendor in outlook.table.vendors() {
            let hazard = terms.seller(vendor).hazard;
            let known = self.by_hazard.iter().find(|(h, _)| *h == hazard).map(|(_, d)| *d);
            let discount = known.unwrap_or_else(|| discounts(outlook.sellers, hazard, terms.price, standing));
            if known.is_none() {
                self.by_hazard.push((hazard, discount));
            }
            self.discount.push(discount);
        }
    }

    /// Number of the place to which a part leads.
    #[inline]
    fn place(&self, link: Option<Link>, part: usize) -> u32 {
        let Some(Link { kit, horizon }) = link else {
            return self.nothing();
        };
        let place = if horizon == Horizon::Life {
            part * self.kits + kit
        } else {
            let stays = Stays { part, horizon, kit };
            let found = self.stays.iter().position(|s| *s == stays);
            2 * self.kits + found.unwrap_or(self.stays.len())
        };
        place as u32
    }

    /// Takes in the next alternative. Returns what the buyer adds to it, money.
    #[inline]
    pub fn push(&mut self, table: &TypeTable, a: &Alternative, held: Option<&Stack>) -> f64 {
        let whole = matches!(a.kind, Kind::Closed | Kind::OpenSingle | Kind::OpenMulti);
        let [radio, baseband] = if whole && !table.solves_pairs() {
            let of = &self.bought[usize::from(a.kind != Kind::Closed)];
            let radio = (of[RU].get(usize::from(a.seller[RU]))).map_or(self.nothing(), |place| *place);
            [radio, of[BB][usize::from(a.seller[BB])]]
        } else {
            let [radio, baseband] = links(a, held, self.weight, table);
            [self.place(radio, RU), self.place(baseband, BB)]
        };
        self.places.push([radio, baseband]);
        if self.foresight > 0.0 {
            self.foresight * (self.gain[radio as usize] + self.gain[baseband as usize])
        } else {
            0.0
        }
    }

    /// Puts the alternative at `from` in the place of the one at `to`.
    pub fn move_to(&mut self, to: usize, from: usize) {
        if !self.places.is_empty() {
            self.places[to] = self.places[from];
        }
    }

    /// Leaves the first so many alternatives.
    pub fn truncate(&mut self, count: usize) {
        self.places.truncate(count);
    }

    /// The kit, horizon and part of a place; `None` where nothing is met again.
    fn at(&self, place: u32) -> Option<Stays> {
        let (place, bought) = (place as usize, 2 * self.kits);
        if place < bought {
            Some(Stays {
                part: place / self.kits,
                horizon: Horizon::Life,
                kit: place % self.kits,
            })
        } else {
            self.stays.get(place - bought).copied()
        }
    }

    /// Probability that the sellers of an alternative stay at its next tender, by weight; `None` where one of them is not known here, or
    /// nobody looks ahead.
    #[must_use]
    pub fn expected_to_stay(&self, table: &TypeTable, alternative: usize) -> Option<f64> {
        let places = self.places.get(alternative)?.iter().filter_map(|p| self.at(*p));
        places.map(|s| Some(self.weight[s.part] * table.stays(s.kit)?)).sum()
    }

    /// `W_j(a)` of one seller for one alternative, money.
    #[must_use]
    pub fn later(&self, table: &TypeTable, alternative: usize, vendor: VendorIx) -> f64 {
        let n = table.number(vendor);
        if n == NOBODY {
            return 0.0;
        }
        let (discount, shares) = (&self.discount[usize::from(n)], table.profits(usize::from(n)));
        let places = self.places[alternative].iter().filter_map(|p| self.at(*p));
        let worth = |s: Stays| self.weight[s.part] * discount[s.horizon as usize][s.part] * shares[s.kit];
        places.map(worth).sum()
    }

    /// Fills `W_j(a)` of all bidders for all alternatives, a row for each alternative, as
    /// [`crate::market::equilibrium::TenderSpec::after`]. `rows` is a buffer.
    pub fn fill_after(&self, table: &TypeTable, bidders: &[VendorIx], rows: &mut Vec<f64>, after: &mut Vec<f64>) {
        let width = bidders.len();
        let nothing = 2 * self.kits + self.stays.len();
        // What each place is worth to each bidder; to one whom the table does not know, nothing.
        rows.clear();
        rows.resize((nothing + 1) * width, 0.0);
        for (bidder, &vendor) in bidders.iter().enumerate() {
            let n = table.number(vendor);
            if n == NOBODY {
                continue;
            }
            let (discount, shares) = (&self.discount[usize::from(n)], table.profits(usize::from(n)));
            let scale = |horizon: Horizon, part: usize| self.weight[part] * discount[horizon as usize][part];
            let mut place = rows[bidder..].iter_mut().step_by(width);
            for part in [RU, BB] {
                let scale = scale(Horizon::Life, part);
                for (share, worth) in shares[..self.kits].iter().zip(&mut place) {
                    *worth = scale * share;
                }
            }
            for (s, worth) in self.stays.iter().zip(place) {
                *worth = scale(s.horizon, s.part) * shares[s.kit];
            }
        }
        after.clear();
        after.reserve(self.places.len() * width);
        for [radio, baseband] in &self.places {
            let row = |place: u32| rows[place as usize * width..][..width].iter();
            after.extend(row(*radio).zip(row(*baseband)).map(|(r, b)| r + b));
        }
    }
}

/// `C` of the kit that stands, money.
fn chain_now(table: &TypeTable, terms: &Terms, held: Option<&Stack>) -> f64 {
    let Some(stack) = held else {
        return table.chain(table.unknown()) * terms.price;
    };
    let parts = [RU, BB].into_iter().filter(|k| stack.seller[*k] != NO_VENDOR);
    let kit = |part| table.kit_of_part(stack.is_open(), stack.seller, part);
    let share: f64 = parts.map(|k| terms.weight[k] * table.chain(kit(k))).sum();
    share * terms.price
}

/// What a unit of later profit is worth to a seller of this hazard by component, where the price is `price`.
fn discounts(sellers: LookAhead, hazard: [f64; 2], price: f64, standing: &Standing) -> ByHorizon {
    [Horizon::Life, Horizon::Keep, Horizon::Part]
        .map(|horizon| [RU, BB].map(|part| price * sellers.discount(hazard[part], standing.horizon(horizon, part))))
}
