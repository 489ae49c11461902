//! The numbers of one tender, put into its layout, in units of mu.

use super::lanes::LANES;
use super::layout::Layout;
use super::tender::{MAX_SELLERS, NOBODY, SolveError, TenderSpec};

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
        self.choose_variants(tender)?;
        self.extended = tender.after.is_some() || !self.held.is_empty();
        if self.extended {
            self.set_losing_values(tender)?;
        }
        Ok(())
    }

    /// Fills `standing` and `base`: of each product the variant with the highest value minus cost plus deductions.
    fn choose_variants(&mut self, tender: &TenderSpec<'_>) -> Result<(), SolveError> {
        let count = tender.alternatives.len();
        let scale = 1.0 / tender.mu;
        self.base.clear();
        self.base.resize(self.products.len(), f64::NEG_INFINITY);
        self.standing.resize(self.products.len(), 0);
        for (i, (a, at)) in tender.alternatives.iter().zip(&self.product_of).enumerate() {
            let mut score = a.value - a.cost;
            if !score.is_finite() {
                return Err(SolveError::Alternative(i));
            }
            if let Some(after) = tender.after {
                for j in a.setters.into_iter().filter(|j| *j != NOBODY) {
                    score += after[usize::from(j) * count + i];
                }
            }
            score *= scale;
            let at = usize::from(*at);
            if score > self.base[at] {
                self.base[at] = score;
                self.standing[at] = i as u16;
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
        let (width, count) = (self.lanes(), tender.alternatives.len());
        let scale = 1.0 / tender.mu;
        let cells = self.products.len() * width;
        if let Some(after) = tender.after {
            if !all_finite(after) {
                return Err(SolveError::After);
            }
            self.losing.resize(cells, 0.0);
            let mut rows = [0; MAX_SELLERS];
            let rows = &mut rows[..self.sellers.len()];
            for (row, j) in rows.iter_mut().zip(&self.sellers) {
                *row = usize::from(*j) * count;
            }
            for (later, a) in self.losing.chunks_exact_mut(width.max(1)).zip(&self.standing) {
                let a = usize::from(*a);
                let (values, beyond) = later.split_at_mut(rows.len());
                for v in 0..values.len() {
                    values[v] = after[rows[v] + a] * scale;
                }
                beyond.fill(0.0);
            }
        } else {
            self.losing.clear();
            self.losing.resize(cells, 0.0);
        }
        for (k, p) in self.products.iter().enumerate() {
            for (slot, v) in p.setters.into_iter().enumerate().filter(|(_, v)| *v != NOBODY) {
                let held = self.held.get(k).map_or(f64::INFINITY, |h| h[slot]);
                let value = &mut self.losing[k * width + usize::from(v)];
                if held != f64::INFINITY {
                    // The score counted the deduction of a free price; the price is held.
                    self.base[k] -= *value + held;
                }
                // A product whose price the seller sets is no losing one: infinity keeps it out of the minimum.
                *value += held;
            }
        }
        self.shift.clear();
        self.shift.resize(width, f64::INFINITY);
        let shift = &mut self.shift[..width];
        for later in self.losing.chunks_exact(width.max(1)) {
            for v in 0..width {
                shift[v] = if later[v] < shift[v] { later[v] } else { shift[v] };
            }
        }
        for shift in &mut *shift {
            *shift = if *shift == f64::INFINITY { 0.0 } else { *shift };
        }
        for later in self.losing.chunks_exact_mut(width.max(1)) {
            for v in 0..width {
                later[v] = if later[v] == f64::INFINITY {
                    0.0
                } else {
                    later[v] - shift[v]
                };
            }
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
