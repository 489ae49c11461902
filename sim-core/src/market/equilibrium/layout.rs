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
    /// Unknown effective margin of each setter; the sentinel (number of unknowns) where there is none.
    pub unknown: [u16; 2],
    /// Next product of the same nest and suppliers, while products are being found.
    next: u16,
    /// Value minus cost plus deductions, units of mu.
    score: f64,
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
    pub inverse_lambda: Vec<f64>,
    /// Products ordered by nest.
    pub products: Vec<Product>,
    /// Ceiling on the margin of each product's setters in units of mu where the ceiling holds now, else
    /// infinity; empty if the tender has none.
    pub held: Vec<[f64; 2]>,
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
    /// `Product::unknown` of each product, counted from the first of its nest and close together for
    /// the inner loop; where there is none the number of the nest's unknowns.
    pub pairs: Vec<[u8; 2]>,
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

    /// The ceiling that holds a slot's margin now, else infinity.
    pub fn held(&self, product: usize, slot: usize) -> f64 {
        self.held.get(product).map_or(f64::INFINITY, |h| h[slot])
    }

    /// True for each slot of a product whose seller sets a price that no ceiling holds.
    fn free(&self, product: usize) -> [bool; 2] {
        let setters = self.products[product].setters;
        if self.held.is_empty() {
            return setters.map(|v| v != NOBODY);
        }
        [0, 1].map(|s| setters[s] != NOBODY && self.held(product, s) == f64::INFINITY)
    }

    /// Finds sellers and products. The tender must be valid; `present` is the set of sellers in it.
    pub fn find_products(&mut self, tender: &TenderSpec<'_>, present: u64) {
        self.lambda.clear();
        self.lambda.extend_from_slice(tender.lambda);
        self.inverse_lambda.clear();
        self.inverse_lambda.extend(tender.lambda.iter().map(|l| 1.0 / l));
        self.number_sellers(tender.sellers, present);
        let (n, nests) = (self.sellers.len(), self.lambda.len());
        // Place of each world seller; nobody's comes last.
        let mut places = [n as u8; 1 << u8::BITS];
        places[..self.local.len()].copy_from_slice(&self.local);
        let place = |j: u8| places[usize::from(j)];
        // One cell for each (nest, radio supplier, baseband supplier): a table is cheaper than a search.
        let side = n + 1;
        self.table.clear();
        self.table.resize(nests * side * side, NONE);
        self.held.clear();
        self.found.clear();
        self.product_of.clear();
        self.start.clear();
        self.start.resize(nests + 1, 0);
        let count = tender.alternatives.len();
        let scale = 1.0 / tender.mu;
        for (i, a) in tender.alternatives.iter().enumerate() {
            let setters = match a.setters {
                [NOBODY, NOBODY] => a.setters,
                [j, NOBODY] | [NOBODY, j] => [place(j), NOBODY],
                [j, k] => [place(j).min(place(k)), place(j).max(place(k))],
            };
            let mut score = a.value - a.cost;
            if let Some(after) = tender.after {
                for j in a.setters.into_iter().filter(|j| *j != NOBODY) {
                    score += after[usize::from(j) * count + i];
                }
            }
            score *= scale;
            let [radio, baseband] = a.suppliers.map(|j| usize::from(place(j)));
            let cell = &mut self.table[(usize::from(a.nest) * side + radio) * side + baseband];
            let mut at = *cell;
            while at != NONE && self.found[usize::from(at)].setters != setters {
                at = self.found[usize::from(at)].next;
            }
            if at == NONE {
                at = self.found.len() as u16;
                self.found.push(Product {
                    alternative: i as u16,
                    nest: a.nest,
                    setters,
                    unknown: [NONE; 2],
                    next: *cell,
                    score,
                });
                *cell = at;
                self.start[usize::from(a.nest) + 1] += 1;
            } else {
                let product = &mut self.found[usize::from(at)];
                if score > product.score {
                    product.score = score;
                    product.alternative = i as u16;
                }
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
        if self.found.is_sorted_by_key(|p| p.nest) {
            std::mem::swap(&mut self.products, &mut self.found);
            return;
        }
        self.products.clone_from(&self.found);
        // The table is done with: its head serves as the next free place of each nest.
        let nests = self.lambda.len();
        self.table.clear();
        self.table.extend(self.start[..nests].iter().map(|s| *s as u16));
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

    /// Numbers the unknowns and sets values, from the ceilings that hold now.
    pub fn number_unknowns(&mut self, tender: &TenderSpec<'_>) {
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
            for i in self.start[g]..self.start[g + 1] {
                let [first, second] = self.products[i].setters;
                let free = self.free(i);
                present |= u64::from(free[0]) << (first % 64) | u64::from(free[1]) << (second % 64);
                is_stacked |= free == [true; 2];
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
        self.number_pairs();
        self.extended = tender.after.is_some() || !self.held.is_empty();
        self.base.clear();
        self.base.extend(self.products.iter().map(|p| p.score));
        if self.extended {
            self.set_losing_values(tender);
        }
    }

    /// Fills `Product::unknown` and `pairs`.
    fn number_pairs(&mut self) {
        let n = self.sellers.len();
        let sentinel = self.unknowns.len() as u16;
        self.pairs.clear();
        for g in 0..self.lambda.len() {
            let first = self.unknown_start[g] as u16;
            let absent = self.unknown_start[g + 1] as u16 - first;
            for i in self.start[g]..self.start[g + 1] {
                let free = self.free(i);
                let p = &mut self.products[i];
                let unknown = |slot: usize| match free[slot] {
                    true => self.unknown_of[g * n + usize::from(p.setters[slot])],
                    false => sentinel,
                };
                p.unknown = [unknown(0), unknown(1)];
                let place = |k: u16| if k == sentinel { absent } else { k - first };
                self.pairs.push(p.unknown.map(|k| place(k) as u8));
            }
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
        for (k, p) in self.products.iter().enumerate() {
            for (slot, &v) in p.setters.iter().enumerate().filter(|(_, v)| **v != NOBODY) {
                let held = self.held.get(k).map_or(f64::INFINITY, |h| h[slot]);
                let value = &mut self.losing[usize::from(v) * m + k];
                if held != f64::INFINITY {
                    // The score counted the deduction of a free price; the price is held.
                    self.base[k] -= *value + held;
                }
                // A product whose price the seller sets is no losing one: infinity keeps it out of the minimum.
                *value += held;
            }
        }
        for v in 0..n {
            let row = &mut self.losing[v * m..][..m];
            let lowest = row.iter().copied().fold(f64::INFINITY, f64::min);
            let shift = if lowest == f64::INFINITY { 0.0 } else { lowest };
            self.shift.push(shift);
            for value in row {
                *value = if *value == f64::INFINITY { 0.0 } else { *value - shift };
            }
        }
        for i in 0..m {
            let free = self.free(i);
            for (v, free) in self.products[i].setters.into_iter().zip(free) {
                if free {
                    self.base[i] -= self.shift[usize::from(v)];
                }
            }
        }
    }
}
