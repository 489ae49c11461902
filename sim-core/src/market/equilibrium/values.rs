//! The numbers of one tender, put into its layout, in units of mu.

use super::lanes::LANES;
use super::layout::Layout;
use super::tender::{Alternative, SolveError, TenderSpec};

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
        let has_variants = self.products.len() < tender.alternatives.len();
        if has_variants {
            self.choose_variants(tender);
        }
        self.set_bases(tender)?;
        self.extended = tender.after.is_some() || !self.held.is_empty();
        if let Some(after) = tender.after {
            // A variant that does not stand is not read, but it must be sound too.
            let unread_are_sound = !has_variants || after.iter().all(|w| w.is_finite());
            if !(self.copy_later_values(after, tender.sellers, 1.0 / tender.mu) && unread_are_sound) {
                return Err(SolveError::After);
            }
        } else if self.extended {
            self.losing.clear();
            self.losing.resize(self.products.len() * self.lanes(), 0.0);
        }
        if self.extended {
            self.set_losing_values();
        }
        Ok(())
    }

    /// Fills `standing` of a tender with variants: of each product the one with the highest value minus cost plus
    /// deductions.
    fn choose_variants(&mut self, tender: &TenderSpec<'_>) {
        self.base.clear();
        self.base.resize(self.products.len(), f64::NEG_INFINITY);
        let (base, standing) = (self.base.as_mut_slice(), self.standing.as_mut_slice());
        for (i, (a, at)) in tender.alternatives.iter().zip(&self.product_of).enumerate() {
            let mut score = a.value - a.cost;
            if let Some(after) = tender.after {
                let row = &after[i * tender.sellers..][..tender.sellers];
                for j in a.setters {
                    // Nobody's number is beyond all sellers'.
                    score += row.get(usize::from(j)).copied().unwrap_or(0.0);
                }
            }
            let at = usize::from(*at);
            if score > base[at] {
                base[at] = score;
                standing[at] = i as u16;
            }
        }
    }

    /// Fills `base` with value minus cost.
    fn set_bases(&mut self, tender: &TenderSpec<'_>) -> Result<(), SolveError> {
        let worth = |a: &Alternative| a.value - a.cost;
        let sum: f64 = tender.alternatives.iter().map(|a| 0.0 * worth(a)).sum();
        if sum != 0.0 {
            let wrong = tender.alternatives.iter().position(|a| !worth(a).is_finite());
            return Err(SolveError::Alternative(wrong.unwrap_or(0)));
        }
        let scale = 1.0 / tender.mu;
        let standing = self.standing.iter().map(|a| &tender.alternatives[usize::from(*a)]);
        self.base.clear();
        self.base.extend(standing.map(|a| worth(a) * scale));
        Ok(())
    }

    /// Turns later values into `losing` and `shift`, and adds deductions to `base`.
    ///
    /// A held margin makes a product one whose price the seller does not set, and which it likes to win
    /// by the held margin more. Adding a constant to all of a seller's later values moves its effective margins
    /// by that constant and nothing else, so the lowest losing value is taken off: effective
    /// margins then stay positive and of the order of mu.
    fn set_losing_values(&mut self) {
        let width = self.lanes();
        let rows = self.losing.chunks_exact_mut(width.max(1));
        for (i, ((p, base), row)) in self.products.iter().zip(&mut self.base).zip(rows).enumerate() {
            for (slot, v) in p.setters.into_iter().enumerate() {
                // Nobody's number is beyond all sellers'.
                let Some(later) = row.get_mut(usize::from(v)) else {
                    continue;
                };
                let held = self.held.get(i).map_or(f64::INFINITY, |held| held[slot]);
                if held == f64::INFINITY {
                    *base += *later;
                    // No losing value: infinity keeps it out of the minimum.
                    *later = f64::INFINITY;
                } else {
                    *base -= held;
                    *later += held;
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
        let rows = self.losing.chunks_exact_mut(width.max(1));
        for ((base, p), row) in self.base.iter_mut().zip(&self.products).zip(rows) {
            for v in p.setters.map(usize::from) {
                if let (Some(later), Some(shift)) = (row.get_mut(v), self.shift.get(v))
                    && *later == f64::INFINITY
                {
                    *base -= shift;
                    *later = 0.0;
                }
            }
        }
    }

    /// Copies the rows of the alternatives that stand, in units of mu, to the products; false if a number is not finite.
    fn copy_later_values(&mut self, after: &[f64], sellers: usize, scale: f64) -> bool {
        let width = self.lanes();
        self.losing.resize(self.products.len() * width, 0.0);
        // What is infinite or not a number stays so in a sum.
        let mut sums = [0.0; LANES];
        let mut rest_sum = 0.0;
        for (row, a) in self.losing.chunks_exact_mut(width.max(1)).zip(&self.standing) {
            let given = &after[usize::from(*a) * sellers..][..sellers];
            let (row, beyond) = row.split_at_mut(self.sellers.len());
            if row.len() == sellers {
                // All take part: local numbers are the world's.
                let ((to, to_rest), (from, from_rest)) = (row.as_chunks_mut::<LANES>(), given.as_chunks::<LANES>());
                for (to, from) in to.iter_mut().zip(from) {
                    let scaled = from.map(|w| w * scale);
                    for i in 0..LANES {
                        sums[i] += scaled[i];
                    }
                    *to = scaled;
                }
                for (to, from) in to_rest.iter_mut().zip(from_rest) {
                    *to = from * scale;
                    rest_sum += *to;
                }
            } else {
                for (value, j) in row.iter_mut().zip(&self.sellers) {
                    *value = given[usize::from(*j)] * scale;
                }
                rest_sum += given.iter().sum::<f64>();
            }
            // A plain loop: there are three at most.
            for x in beyond {
                *x = 0.0;
            }
        }
        (sums.iter().sum::<f64>() + rest_sum).is_finite()
    }
}

/// Takes the lowest of each column off it and notes it in `lowest`; infinity stays.
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
            row[v] -= least[v];
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
            *x -= least;
        }
    }
}
