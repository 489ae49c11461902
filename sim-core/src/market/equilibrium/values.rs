//! The numbers of one tender, put into its layout, in units of mu.

use super::lanes::{LANES, padded};
use super::layout::Layout;
use super::tender::{NOBODY, SolveError, TenderSpec};

impl Layout {
    /// Sets everything that depends on the tender's numbers, under the ceilings that hold now.
    ///
    /// # Errors
    ///
    /// [`SolveError::Alternative`] or [`SolveError::After`] if a number is not finite.
    pub fn set_values(&mut self, tender: &TenderSpec<'_>) -> Result<(), SolveError> {
        self.lambda.clear();
        self.lambda.extend_from_slice(tender.lambda);
        self.inverse_lambda.clear();
        self.inverse_lambda.extend(tender.lambda.iter().map(|l| 1.0 / l));
        self.rate.clear();
        let rates = self.unknowns.iter().map(|u| self.inverse_lambda[usize::from(u.nest)]);
        self.rate.extend(rates);
        self.rate.resize(self.row(), 0.0);
        self.choose_variants(tender)?;
        self.extended = tender.after.is_some() || !self.held.is_empty();
        if self.extended {
            self.set_losing_values(tender)?;
        }
        Ok(())
    }

    /// Fills `standing` and `base`: of each product the variant with the highest value minus cost plus deductions.
    fn choose_variants(&mut self, tender: &TenderSpec<'_>) -> Result<(), SolveError> {
        let scale = 1.0 / tender.mu;
        self.base.clear();
        self.base.resize(self.products.len(), f64::NEG_INFINITY);
        self.standing.resize(self.products.len(), 0);
        let (base, standing) = (self.base.as_mut_slice(), self.standing.as_mut_slice());
        for (i, (a, at)) in tender.alternatives.iter().zip(&self.product_of).enumerate() {
            let mut score = a.value - a.cost;
            if !score.is_finite() {
                return Err(SolveError::Alternative(i));
            }
            if let Some(after) = tender.after {
                let row = &after[i * tender.sellers..][..tender.sellers];
                for j in a.setters {
                    // Nobody's number is beyond all sellers'.
                    score += row.get(usize::from(j)).copied().unwrap_or(0.0);
                }
            }
            score *= scale;
            let at = usize::from(*at);
            if score > base[at] {
                base[at] = score;
                standing[at] = i as u16;
            }
        }
        Ok(())
    }

    /// Fills `losing` and `shift` and adjusts `base`.
    ///
    /// A held margin makes a product one whose price the seller does not set, and which it likes to win
    /// by the held margin more. Adding a constant to all of a seller's later values moves its effective margins
    /// by that constant and nothing else, so the lowest losing value is taken off: effective
    /// margins then stay positive and of the order of mu.
    fn set_losing_values(&mut self, tender: &TenderSpec<'_>) -> Result<(), SolveError> {
        let width = self.lanes();
        self.losing.resize(self.products.len() * width, 0.0);
        match tender.after {
            Some(after) if !all_finite(after) => return Err(SolveError::After),
            Some(after) => self.copy_later_values(after, tender.sellers, 1.0 / tender.mu),
            None => self.losing.fill(0.0),
        }
        // A product whose price the seller sets is no losing one: infinity keeps it out of the minimum.
        let rows = self.losing.chunks_exact_mut(width.max(1));
        if self.held.is_empty() {
            for (p, row) in self.products.iter().zip(rows) {
                for v in p.setters {
                    if let Some(value) = row.get_mut(usize::from(v)) {
                        *value = f64::INFINITY;
                    }
                }
            }
        } else {
            for (k, (p, row)) in self.products.iter().zip(rows).enumerate() {
                for (slot, v) in p.setters.into_iter().enumerate().filter(|(_, v)| *v != NOBODY) {
                    let (held, value) = (self.held[k][slot], &mut row[usize::from(v)]);
                    if held != f64::INFINITY {
                        // The score counted the deduction of a free price; the price is held.
                        self.base[k] -= *value + held;
                    }
                    *value += held;
                }
            }
        }
        self.shift.resize(width, 0.0);
        match width {
            4 => take_lowest_off::<4>(&mut self.losing, &mut self.shift),
            8 => take_lowest_off::<8>(&mut self.losing, &mut self.shift),
            12 => take_lowest_off::<12>(&mut self.losing, &mut self.shift),
            16 => take_lowest_off::<16>(&mut self.losing, &mut self.shift),
            _ => take_lowest_off_wide(&mut self.losing, &mut self.shift),
        }
        let sentinel = self.unknowns.len();
        for (base, p) in self.base.iter_mut().zip(&self.products) {
            for (v, k) in p.setters.into_iter().zip(p.unknown) {
                if usize::from(k) < sentinel {
                    *base -= self.shift[usize::from(v)];
                }
            }
        }
        Ok(())
    }

    /// Copies the rows of the alternatives that stand, in units of mu, to the products.
    fn copy_later_values(&mut self, after: &[f64], sellers: usize, scale: f64) {
        let rows = self.losing.chunks_exact_mut(padded(self.sellers.len()).max(1));
        for (row, a) in rows.zip(&self.standing) {
            let given = &after[usize::from(*a) * sellers..][..sellers];
            let (row, beyond) = row.split_at_mut(self.sellers.len());
            if row.len() == sellers {
                // All take part: local numbers are the world's.
                let ((to, to_rest), (from, from_rest)) = (row.as_chunks_mut::<LANES>(), given.as_chunks::<LANES>());
                for (to, from) in to.iter_mut().zip(from) {
                    *to = from.map(|w| w * scale);
                }
                for (to, from) in to_rest.iter_mut().zip(from_rest) {
                    *to = from * scale;
                }
            } else {
                for (value, j) in row.iter_mut().zip(&self.sellers) {
                    *value = given[usize::from(*j)] * scale;
                }
            }
            beyond.fill(0.0);
        }
    }
}

/// Takes the lowest of each column off it and notes it in `lowest`; infinity becomes 0.
fn take_lowest_off<const W: usize>(rows: &mut [f64], lowest: &mut [f64]) {
    let (rows, _) = rows.as_chunks_mut::<W>();
    let mut least = [f64::INFINITY; W];
    for row in &*rows {
        for v in 0..W {
            least[v] = if row[v] < least[v] { row[v] } else { least[v] };
        }
    }
    let least = least.map(|x| if x == f64::INFINITY { 0.0 } else { x });
    for row in rows {
        for v in 0..W {
            row[v] = if row[v] == f64::INFINITY {
                0.0
            } else {
                row[v] - least[v]
            };
        }
    }
    lowest.copy_from_slice(&least);
}

/// [`take_lowest_off`] for any width.
fn take_lowest_off_wide(rows: &mut [f64], lowest: &mut [f64]) {
    let width = lowest.len().max(1);
    for (v, least) in lowest.iter_mut().enumerate() {
        let column = rows.iter().skip(v).step_by(width);
        let found = column.fold(f64::INFINITY, |least, x| if *x < least { *x } else { least });
        *least = if found == f64::INFINITY { 0.0 } else { found };
    }
    for row in rows.chunks_exact_mut(width) {
        for (x, least) in row.iter_mut().zip(&*lowest) {
            *x = if *x == f64::INFINITY { 0.0 } else { *x - least };
        }
    }
}

/// True if no number is infinite or NaN: such a one leaves NaN when multiplied by zero.
fn all_finite(numbers: &[f64]) -> bool {
    let (lanes, rest) = numbers.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for lane in lanes {
        for i in 0..LANES {
            sums[i] += 0.0 * lane[i];
        }
    }
    sums.iter().sum::<f64>() == 0.0 && rest.iter().all(|x| x.is_finite())
}
