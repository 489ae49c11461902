//! The compact form of a tender: products, sellers and unknowns without gaps, in units of mu.

use super::tender::{NOBODY, TenderSpec};

/// Marks an absent index.
pub(super) const NONE: u16 = u16::MAX;

/// A product: the standing variant of a nest, its suppliers and its price setters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Product {
    /// The alternative that stands.
    pub alternative: u16,
    pub nest: u8,
    /// Local sellers who set its price, ascending, `NOBODY` last.
    pub setters: [u8; 2],
    /// Ceiling on each setter's margin in units of mu where the ceiling holds now, else infinity.
    pub held: [f64; 2],
    /// Unknown effective margin of each setter; the sentinel (number of unknowns) where there is none.
    pub unknown: [u16; 2],
    /// Next product of the same nest and suppliers, while products are being found.
    next: u16,
    /// Value minus cost plus deductions, units of mu.
    score: f64,
}

impl Product {
    /// True if the slot's seller sets a price that no ceiling holds.
    fn is_free(&self, slot: usize, any_ceiling: bool) -> bool {
        self.setters[slot] != NOBODY && !(any_ceiling && self.held[slot] != f64::INFINITY)
    }
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
    /// World index of each local seller, ascending.
    pub sellers: Vec<u8>,
    /// Local index of each world seller, `NOBODY` if it takes no part.
    pub local: Vec<u8>,
    pub lambda: Vec<f64>,
    /// Products ordered by nest.
    pub products: Vec<Product>,
    /// Products of nest g: `start[g]..start[g + 1]`.
    pub start: Vec<usize>,
    /// Unknowns ordered by nest, then seller.
    pub unknowns: Vec<Unknown>,
    /// Unknowns of nest g: `unknown_start[g]..unknown_start[g + 1]`.
    pub unknown_start: Vec<usize>,
    /// Unknown of (nest, local seller), row-major by nest; `NONE` if that pair does not exist.
    pub unknown_of: Vec<u16>,
    /// First column of each nest's unknowns among those of all *stacked* nests, those in which some product has
    /// two unknowns; none for the other nests.
    pub stacked_from: Vec<Option<usize>>,
    stacked: usize,
    /// `Product::unknown` of each product, close together for the inner loop.
    pub pairs: Vec<[u16; 2]>,
    /// Value minus cost plus shifted deductions less held margins, by product, units of mu.
    pub base: Vec<f64>,
    /// True if what sellers get after the tender matters.
    pub extended: bool,
    /// Constant taken off each local seller's later values, units of mu.
    pub shift: Vec<f64>,
    /// Shifted value of each local seller if a product wins whose price it does not set, row-major by
    /// seller; 0 where it does. Empty unless `extended`.
    pub losing: Vec<f64>,
    /// Product of each alternative, standing or not.
    pub product_of: Vec<u16>,
    found: Vec<Product>,
    table: Vec<u16>,
    sorted: Vec<u16>,
}

impl Layout {
    /// Number of local sellers.
    pub fn seller_count(&self) -> usize {
        self.sellers.len()
    }

    /// Number of nests.
    pub fn nest_count(&self) -> usize {
        self.lambda.len()
    }

    /// Number of unknowns in stacked nests.
    pub fn stacked_unknowns(&self) -> usize {
        self.stacked
    }

    /// Finds sellers and products. The tender must be valid.
    pub fn find_products(&mut self, tender: &TenderSpec<'_>) {
        self.lambda.clear();
        self.lambda.extend_from_slice(tender.lambda);
        self.find_sellers(tender);
        let (n, nests) = (self.sellers.len(), self.lambda.len());
        // One cell for each (nest, radio supplier, baseband supplier): a table is cheaper than a search.
        let side = n + 1;
        self.table.clear();
        self.table.resize(nests * side * side, NONE);
        self.found.clear();
        self.product_of.clear();
        self.start.clear();
        self.start.resize(nests + 1, 0);
        let count = tender.alternatives.len();
        for (i, a) in tender.alternatives.iter().enumerate() {
            let place = |j: u8| {
                if j == NOBODY {
                    n
                } else {
                    usize::from(self.local[usize::from(j)])
                }
            };
            let mut setters = a
                .setters
                .map(|j| if j == NOBODY { j } else { place(j) as u8 });
            setters.sort_unstable();
            let mut score = a.value - a.cost;
            if let Some(after) = tender.after {
                for j in a.setters.into_iter().filter(|j| *j != NOBODY) {
                    score += after[usize::from(j) * count + i];
                }
            }
            score /= tender.mu;
            let [radio, baseband] = a.suppliers.map(place);
            let cell = &mut self.table[(usize::from(a.nest) * side + radio) * side + baseband];
            let mut at = *cell;
            while at != NONE && self.found[usize::from(at)].setters != setters {
                at = self.found[usize::from(at)].next;
            }
            if at == NONE {
                self.product_of.push(self.found.len() as u16);
                self.found.push(Product {
                    alternative: i as u16,
                    nest: a.nest,
                    setters,
                    held: [f64::INFINITY; 2],
                    unknown: [NONE; 2],
                    next: *cell,
                    score,
                });
                *cell = (self.found.len() - 1) as u16;
                self.start[usize::from(a.nest) + 1] += 1;
            } else {
                self.product_of.push(at);
                let product = &mut self.found[usize::from(at)];
                if score > product.score {
                    product.score = score;
                    product.alternative = i as u16;
                }
            }
        }
        self.sort_by_nest();
    }

    fn find_sellers(&mut self, tender: &TenderSpec<'_>) {
        let mut present = 0u64;
        for j in tender
            .alternatives
            .iter()
            .flat_map(|a| a.setters.into_iter().chain(a.suppliers))
        {
            if j != NOBODY {
                present |= 1 << j;
            }
        }
        self.sellers.clear();
        self.local.clear();
        for j in 0..tender.sellers {
            let takes_part = present >> j & 1 == 1;
            self.local.push(if takes_part {
                self.sellers.len() as u8
            } else {
                NOBODY
            });
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
        self.products.clear();
        self.products.extend_from_slice(&self.found);
        // The table is done with: its head serves as the next free place of each nest.
        let nests = self.lambda.len();
        self.table.clear();
        self.table
            .extend(self.start[..nests].iter().map(|s| *s as u16));
        self.sorted.clear();
        for product in &self.found {
            let free = &mut self.table[usize::from(product.nest)];
            self.products[usize::from(*free)] = *product;
            self.sorted.push(*free);
            *free += 1;
        }
        for p in &mut self.product_of {
            *p = self.sorted[usize::from(*p)];
        }
    }

    /// Numbers the unknowns and sets values, from the ceilings that hold now (`Product::held`).
    pub fn number_unknowns(&mut self, tender: &TenderSpec<'_>, any_ceiling: bool) {
        let (n, nests) = (self.sellers.len(), self.lambda.len());
        self.unknowns.clear();
        self.unknown_start.clear();
        self.unknown_start.push(0);
        self.unknown_of.clear();
        self.unknown_of.resize(n * nests, NONE);
        self.stacked_from.clear();
        self.stacked = 0;
        for g in 0..nests {
            let mut present = 0u64;
            let mut is_stacked = false;
            for p in &self.products[self.start[g]..self.start[g + 1]] {
                for slot in 0..2 {
                    if p.is_free(slot, any_ceiling) {
                        present |= 1 << p.setters[slot];
                    }
                }
                is_stacked |= p.is_free(0, any_ceiling) && p.is_free(1, any_ceiling);
            }
            self.stacked_from.push(is_stacked.then_some(self.stacked));
            if is_stacked {
                self.stacked += present.count_ones() as usize;
            }
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
        let sentinel = self.unknowns.len() as u16;
        self.pairs.clear();
        for p in &mut self.products {
            for slot in 0..2 {
                p.unknown[slot] = if p.is_free(slot, any_ceiling) {
                    self.unknown_of[usize::from(p.nest) * n + usize::from(p.setters[slot])]
                } else {
                    sentinel
                };
            }
            self.pairs.push(p.unknown);
        }
        self.extended = tender.after.is_some() || any_ceiling;
        self.base.clear();
        self.base.extend(self.products.iter().map(|p| p.score));
        if self.extended {
            self.set_losing_values(tender);
        }
    }

    /// Fills `losing` and `shift` and adjusts `base`.
    ///
    /// A held margin makes a product one whose price the seller does not set, and which it likes to win
    /// by the held margin more. Adding a constant to all of a seller's later values moves its effective margins
    /// by that constant and nothing else, so the lowest losing value is taken off: effective
    /// margins then stay positive and of the order of mu.
    fn set_losing_values(&mut self, tender: &TenderSpec<'_>) {
        let (n, m) = (self.sellers.len(), self.products.len());
        let count = tender.alternatives.len();
        let scale = 1.0 / tender.mu;
        self.losing.clear();
        self.shift.clear();
        for &j in &self.sellers {
            match tender.after {
                Some(w) => {
                    let row = &w[usize::from(j) * count..][..count];
                    let later = |p: &Product| row[usize::from(p.alternative)] * scale;
                    self.losing.extend(self.products.iter().map(later));
                }
                None => self.losing.resize(self.losing.len() + m, 0.0),
            }
        }
        // A product whose price the seller sets is no losing one: infinity keeps it out of the minimum.
        for (k, p) in self.products.iter().enumerate() {
            for (&v, held) in p.setters.iter().zip(p.held).filter(|(v, _)| **v != NOBODY) {
                let value = &mut self.losing[usize::from(v) * m + k];
                if held != f64::INFINITY {
                    // The score counted the deduction of a free price; the price is held.
                    self.base[k] -= *value + held;
                }
                *value += held;
            }
        }
        for v in 0..n {
            let row = &mut self.losing[v * m..][..m];
            let lowest = row.iter().copied().fold(f64::INFINITY, f64::min);
            let shift = if lowest == f64::INFINITY { 0.0 } else { lowest };
            self.shift.push(shift);
            for value in row {
                *value = if *value == f64::INFINITY {
                    0.0
                } else {
                    *value - shift
                };
            }
        }
        for (base, p) in self.base.iter_mut().zip(&self.products) {
            for (&v, held) in p.setters.iter().zip(p.held).filter(|(v, _)| **v != NOBODY) {
                if held == f64::INFINITY {
                    *base -= self.shift[usize::from(v)];
                }
            }
        }
    }
}
