//! The compact form of a tender: products, sellers and unknowns without gaps.
//!
//! Here is what depends only on who stands where; [`super::values`] adds the numbers. Most tenders of a run
//! repeat the form of a recent one, so a [`super::Workspace`] keeps the last few layouts.

use super::lanes::padded;
use super::tender::{NOBODY, Parties, SolveError, TenderSpec};

/// Marks an absent index.
pub(super) const NONE: u16 = u16::MAX;

/// A product: alternatives of one nest with the same suppliers and price setters, of which one stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Product {
    pub nest: u8,
    /// Local sellers who set its price, ascending, `NOBODY` last.
    pub setters: [u8; 2],
    /// Unknown effective margin of each setter; the sentinel (number of unknowns) where there is none.
    pub unknown: [u16; 2],
    /// Where its weight is added up, see [`Layout::pairs`].
    pub cells: [u32; 2],
    /// Next product of the same nest and suppliers, while products are being found.
    next: u16,
}

/// One unknown: the effective margin of a seller in a nest.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unknown {
    pub seller: u8,
    pub nest: u8,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// What the layout was built from, see [`write_key`]; empty if it is not to be used again.
    pub key: Vec<u64>,
    /// World sellers who set a price in every alternative, as a set of bits.
    pub essential: u64,
    /// World index of each local seller, ascending.
    pub sellers: Vec<u8>,
    /// Local index of each world seller, `NOBODY` if it takes no part.
    pub local: Vec<u8>,
    /// Products ordered by nest.
    pub products: Vec<Product>,
    /// Products of nest g: `start[g]..start[g + 1]`.
    pub start: Vec<usize>,
    /// Product of each alternative, standing or not.
    pub product_of: Vec<u16>,
    /// Unknowns ordered by nest, then seller.
    pub unknowns: Vec<Unknown>,
    /// Unknowns of nest g: `unknown_start[g]..unknown_start[g + 1]`.
    pub unknown_start: Vec<usize>,
    /// Unknown of (nest, local seller), row-major by nest; `NONE` if that pair does not exist.
    pub unknown_of: Vec<u16>,
    /// Unknown of each alternative's setters, in the alternative's own order of slots; else the sentinel.
    pub slots: Vec<[u16; 2]>,
    /// Nests in which some product has two unknowns.
    is_stacked: Vec<bool>,
    /// Place of each nest among those with unknowns, `NONE` for the others.
    pub active_of: Vec<u16>,
    active: usize,
    /// Shares depend on who sets a price, not on the single product. So weights add up in cells: a row of
    /// [`Layout::row`] with one for each unknown alone, then one of each nest for products without unknown, then from
    /// `pairs[g]` on, in a stacked nest, a symmetric matrix for pairs of its unknowns with rows padded to whole
    /// lanes. One more cell, at the end, takes what is not needed.
    pub pairs: Vec<usize>,

    // What follows is set from the numbers of each tender.
    pub lambda: Vec<f64>,
    pub inverse_lambda: Vec<f64>,
    /// Inverse lambda of each unknown's nest; zero beyond, see [`Layout::row`].
    pub rate: Vec<f64>,
    /// The alternative that stands for each product: its only one, or the variant chosen.
    pub standing: Vec<u16>,
    /// Value minus cost plus shifted deductions less held margins, by product, units of mu.
    pub base: Vec<f64>,
    /// Ceiling on the margin of each product's setters in units of mu where the ceiling holds now, else
    /// infinity; empty if the tender has none.
    pub held: Vec<[f64; 2]>,
    /// True if what sellers get after the tender matters.
    pub extended: bool,
    /// Constant taken off each local seller's later values, units of mu. Empty unless `extended`.
    pub shift: Vec<f64>,
    /// Shifted value of each local seller if a product wins whose price it does not set, 0 where it does:
    /// a row of [`Layout::lanes`] for each product. Empty unless `extended`.
    pub losing: Vec<f64>,

    table: Vec<u16>,
    found: Vec<Product>,
    sorted: Vec<u16>,
}

/// Writes all that a layout depends on: numbers of sellers and nests, and who stands where.
pub(super) fn write_key(tender: &TenderSpec<'_>, key: &mut Vec<u64>) {
    key.clear();
    key.push((tender.sellers as u64) << 32 | tender.lambda.len() as u64);
    key.extend(tender.alternatives.iter().map(|a| {
        let ([radio, baseband], [first, second]) = (a.suppliers, a.setters);
        u64::from_le_bytes([a.nest, radio, baseband, first, second, 0, 0, 0])
    }));
}

impl Layout {
    /// Number of local sellers.
    pub fn seller_count(&self) -> usize {
        self.sellers.len()
    }

    /// Length of a row with one number for each local seller: their number in whole lanes.
    pub fn lanes(&self) -> usize {
        padded(self.sellers.len())
    }

    /// Length of a row with one number for each unknown: their number and one for the sentinel, in whole lanes.
    ///
    /// Beyond the unknowns such rows hold what makes loops over whole lanes harmless: a margin of 1 that no rate
    /// moves, of a seller who meets its condition.
    pub fn row(&self) -> usize {
        padded(self.unknowns.len() + 1)
    }

    /// Number of nests.
    pub fn nest_count(&self) -> usize {
        self.start.len() - 1
    }

    /// Number of nests with unknowns.
    pub fn active_nests(&self) -> usize {
        self.active
    }

    /// The ceiling that holds a slot's margin now, else infinity.
    pub fn held(&self, product: usize, slot: usize) -> f64 {
        self.held.get(product).map_or(f64::INFINITY, |h| h[slot])
    }

    /// True for each slot of a product whose seller sets a price that no ceiling holds.
    pub fn free(&self, product: usize) -> [bool; 2] {
        let setters = self.products[product].setters;
        [0, 1].map(|s| setters[s] != NOBODY && self.held(product, s) == f64::INFINITY)
    }

    /// Builds the layout of a tender in which no ceiling holds.
    ///
    /// # Errors
    ///
    /// Those of an alternative's indices.
    pub fn build(&mut self, tender: &TenderSpec<'_>, key: &[u64]) -> Result<(), SolveError> {
        self.key.clear();
        let Parties { present, essential } = tender.find_parties()?;
        self.essential = essential;
        self.find_products(tender, present);
        self.held.clear();
        self.number_unknowns(tender);
        self.key.extend_from_slice(key);
        Ok(())
    }

    /// Finds sellers and products; `present` is the set of sellers in the tender.
    fn find_products(&mut self, tender: &TenderSpec<'_>, present: u64) {
        self.number_sellers(tender.sellers, present);
        let (n, nests) = (self.sellers.len(), tender.lambda.len());
        // Place of each world seller; nobody's comes last.
        let mut places = [n as u8; 1 << u8::BITS];
        places[..self.local.len()].copy_from_slice(&self.local);
        let place = |j: u8| places[usize::from(j)];
        // One cell for each (nest, radio supplier, baseband supplier): a table is cheaper than a search.
        let side = n + 1;
        self.table.clear();
        self.table.resize(nests * side * side, NONE);
        self.found.clear();
        self.product_of.clear();
        self.start.clear();
        self.start.resize(nests + 1, 0);
        for a in tender.alternatives {
            let setters = match a.setters {
                [NOBODY, NOBODY] => a.setters,
                [j, NOBODY] | [NOBODY, j] => [place(j), NOBODY],
                [j, k] => [place(j).min(place(k)), place(j).max(place(k))],
            };
            let [radio, baseband] = a.suppliers.map(|j| usize::from(place(j)));
            let cell = &mut self.table[(usize::from(a.nest) * side + radio) * side + baseband];
            let mut at = *cell;
            while at != NONE && self.found[usize::from(at)].setters != setters {
                at = self.found[usize::from(at)].next;
            }
            if at == NONE {
                at = self.found.len() as u16;
                self.found.push(Product {
                    nest: a.nest,
                    setters,
                    unknown: [NONE; 2],
                    cells: [0; 2],
                    next: *cell,
                });
                *cell = at;
                self.start[usize::from(a.nest) + 1] += 1;
            }
            self.product_of.push(at);
        }
        self.sort_by_nest();
    }

    fn number_sellers(&mut self, sellers: usize, present: u64) {
        self.sellers.clear();
        self.local.clear();
        for j in 0..sellers {
            let takes_part = present >> j & 1 == 1;
            self.local
                .push(if takes_part { self.sellers.len() as u8 } else { NOBODY });
            if takes_part {
                self.sellers.push(j as u8);
            }
        }
    }

    /// Counting sort of the products found, so that the products of a nest lie together.
    fn sort_by_nest(&mut self) {
        for g in 1..self.start.len() {
            self.start[g] += self.start[g - 1];
        }
        self.products.clone_from(&self.found);
        // The table is done with: its head serves as the next free place of each nest.
        let nests = self.start.len() - 1;
        self.table.clear();
        self.table.extend(self.start[..nests].iter().map(|s| *s as u16));
        self.sorted.clear();
        for product in &self.found {
            let free = &mut self.table[usize::from(product.nest)];
            self.products[usize::from(*free)] = *product;
            self.sorted.push(*free);
            *free += 1;
        }
        self.standing.resize(self.products.len(), 0);
        for (i, p) in self.product_of.iter_mut().enumerate() {
            *p = self.sorted[usize::from(*p)];
            self.standing[usize::from(*p)] = i as u16;
        }
    }

    /// Numbers the unknowns under the ceilings that hold now.
    pub fn number_unknowns(&mut self, tender: &TenderSpec<'_>) {
        let (n, nests) = (self.sellers.len(), self.nest_count());
        self.unknowns.clear();
        self.unknown_start.clear();
        self.unknown_start.push(0);
        self.unknown_of.clear();
        self.unknown_of.resize(n * nests, NONE);
        self.is_stacked.clear();
        self.active_of.clear();
        self.active = 0;
        for g in 0..nests {
            let mut present = 0u64;
            let mut is_stacked = false;
            for i in self.start[g]..self.start[g + 1] {
                let [first, second] = self.products[i].setters;
                let free = self.free(i);
                present |= u64::from(free[0]) << (first % 64) | u64::from(free[1]) << (second % 64);
                is_stacked |= free == [true; 2];
            }
            self.active_of
                .push(if present == 0 { NONE } else { self.active as u16 });
            self.active += usize::from(present != 0);
            self.is_stacked.push(is_stacked);
            while present != 0 {
                let v = present.trailing_zeros();
                present &= present - 1;
                self.unknown_of[g * n + v as usize] = self.unknowns.len() as u16;
                self.unknowns.push(Unknown {
                    seller: v as u8,
                    nest: g as u8,
                });
            }
            self.unknown_start.push(self.unknowns.len());
        }
        self.place_products();
        self.slots.clear();
        for (a, p) in tender.alternatives.iter().zip(&self.product_of) {
            let p = self.products[usize::from(*p)];
            self.slots.push(a.setters.map(|j| {
                let local = self.local.get(usize::from(j)).copied().unwrap_or(NOBODY);
                p.unknown[usize::from(p.setters[0] != local)]
            }));
        }
    }

    /// Gives each product its unknowns and cells.
    fn place_products(&mut self) {
        let n = self.sellers.len();
        let sentinel = self.unknowns.len() as u16;
        let alone = self.row();
        self.pairs.clear();
        self.pairs.push(alone + self.nest_count());
        for g in 0..self.nest_count() {
            let members = self.unknown_start[g + 1] - self.unknown_start[g];
            let matrix = if self.is_stacked[g] {
                members * padded(members)
            } else {
                0
            };
            self.pairs.push(self.pairs[g] + matrix);
        }
        let spare = self.pairs[self.nest_count()] as u32;
        for i in 0..self.products.len() {
            let free = self.free(i);
            let p = &mut self.products[i];
            let g = usize::from(p.nest);
            for (slot, free) in free.into_iter().enumerate() {
                p.unknown[slot] = match free {
                    true => self.unknown_of[g * n + usize::from(p.setters[slot])],
                    false => sentinel,
                };
            }
            let first = self.unknown_start[g];
            let side = padded(self.unknown_start[g + 1] - first);
            let (a, b) = (usize::from(p.unknown[0]), usize::from(p.unknown[1]));
            let pair = |a: usize, b: usize| (self.pairs[g] + (a - first) * side + b - first) as u32;
            p.cells = match free {
                [false, false] => [(alone + g) as u32, spare],
                [true, false] => [a as u32, spare],
                [false, true] => [b as u32, spare],
                [true, true] => [pair(a, b), pair(b, a)],
            };
        }
    }
}
