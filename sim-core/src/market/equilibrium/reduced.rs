//! A Newton step in which all unknowns but one for each nest are eliminated by hand, in units of mu.
//!
//! Write `a_g = sum_w S_w dm_w` for what a step takes off nest g's inclusive value, `t_k = sum_l S_kl dm_l`
//! with `S_kl` the share of products priced by both (`S_kk = S_k`), and `dPi_v` for the change of a profit.
//! Let a seller's losing value be `Wbar_k`, its mean, whoever of the others wins inside nest g. Then the
//! linearised conditions of unknown k = (v, g) with residual r are, with `y = (m - Wbar) / lambda`,
//!
//! ```text
//! (target / m^2) dm + c (t - S a_g) - dPi_v / m = r,                        c = (1/lambda - 1) y / m
//! dPi_v = sum over k of v [P S dm - P y t + P y S a_g] + sum_h P_h (Pi_v - Y_vh) a_h,      Y = S m + L
//! ```
//!
//! Let the partners with whom a seller shares products move by the mean of all others in the nest:
//! `t = S dm + s (a_g - S dm)`, where s is the share of products priced with a partner over the sum of the others' `S`.
//! Then a margin follows from `dPi` and `a`, and `dPi` from `a`: a system of one unknown for each nest. It is the Jacobian to the letter where no product has two
//! setters and nothing follows the tender, and close enough elsewhere for Broyden's updates to do the rest; where
//! they do not, [`super::dense`] has it in full.

use super::demand::Demand;
use super::lanes::{add, dot_lanes};
use super::layout::{Layout, NONE};
use super::lu::Lu;

/// A mean over products of others is not divided by less than this share of theirs.
const LEAST_OTHERS: f64 = 1e-9;

/// What a step needs to know of one unknown.
#[derive(Debug, Clone, Copy)]
struct Row {
    /// Column of its nest.
    nest: u16,
    seller: u8,
    inverse_margin: f64,
    share: f64,
    /// `1 / (target / m^2 + c S (1 - s))`: margin gained from residual.
    gain: f64,
    /// `gain P S (y (1 - s) - 1)`: profit lost to residual.
    loss: f64,
    /// `gain c (S - s)`: margin gained from `a`.
    pull: f64,
}

/// The reduced system and its factors.
#[derive(Debug, Default)]
pub(super) struct Reduced {
    lu: Lu,
    rows: Vec<Row>,
    /// `dPi_v` as a linear form of the columns, row-major by seller.
    forms: Vec<f64>,
    /// One over what each form was divided by.
    inverse_divisors: Vec<f64>,
    /// The rest of each `dPi_v`.
    constants: Vec<f64>,
    columns: Vec<f64>,
}

impl Reduced {
    /// Sets the system up at `margins` and factors it; false if something to divide by is not positive.
    pub fn prepare(&mut self, layout: &Layout, demand: &Demand, margins: &[f64]) -> bool {
        self.lu.reset(layout.active_nests());
        if !self.fill_rows(layout, demand, margins) {
            return false;
        }
        let width = self.lu.width();
        for g in 0..layout.active_nests() {
            self.lu.row_mut(g)[g] = 1.0;
        }
        let forms = self.forms.as_slice();
        for row in &self.rows {
            let form = &forms[usize::from(row.seller) * width..][..width];
            let nest = usize::from(row.nest);
            let equation = self.lu.row_mut(nest);
            add(equation, -row.share * row.gain * row.inverse_margin, form);
            equation[nest] -= row.share * row.pull;
        }
        self.lu.factor()
    }

    /// Turns residuals into the step.
    pub fn solve(&mut self, step: &mut [f64]) {
        let width = self.lu.width();
        self.constants.clear();
        self.constants.resize(self.inverse_divisors.len(), 0.0);
        self.columns.clear();
        self.columns.resize(width, 0.0);
        // Local slices: what is written through them cannot move a buffer, so no address is read twice.
        let (rows, constants) = (self.rows.as_slice(), self.constants.as_mut_slice());
        let columns = self.columns.as_mut_slice();
        for (row, r) in rows.iter().zip(step.iter()) {
            constants[usize::from(row.seller)] -= row.loss * r;
        }
        for (constant, inverse) in constants.iter_mut().zip(&self.inverse_divisors) {
            *constant *= inverse;
        }
        for (row, r) in rows.iter().zip(step.iter_mut()) {
            *r = row.gain * (*r + constants[usize::from(row.seller)] * row.inverse_margin);
            columns[usize::from(row.nest)] += row.share * *r;
        }
        self.lu.solve(columns);
        // What lies beyond the system's size is scratch, and met by zeros.
        for (constant, form) in constants.iter_mut().zip(self.forms.chunks_exact(width.max(1))) {
            *constant = dot_lanes(form, columns);
        }
        for (row, r) in rows.iter().zip(step) {
            let more = constants[usize::from(row.seller)] * row.inverse_margin;
            *r += row.gain * more + row.pull * columns[usize::from(row.nest)];
        }
    }

    /// Fills `rows`, `forms` and `inverse_divisors`; false if something to divide by is not positive.
    fn fill_rows(&mut self, layout: &Layout, demand: &Demand, margins: &[f64]) -> bool {
        let width = self.lu.width();
        let sellers = layout.seller_count();
        let divisors = &mut self.inverse_divisors;
        divisors.clear();
        divisors.resize(sellers, 1.0);
        self.forms.clear();
        self.forms.resize(sellers * width, 0.0);
        for (g, active) in layout.active_of.iter().enumerate().filter(|(_, a)| **a != NONE) {
            let column = usize::from(*active);
            let (probability, lanes) = (demand.nest[g], layout.lanes());
            let forms = self.forms.iter_mut().skip(column).step_by(width);
            if layout.extended {
                let losing = &demand.losing_row(g, lanes)[..sellers];
                for (form, (profit, losing)) in forms.zip(demand.profit.iter().zip(losing)) {
                    *form = probability * (profit - losing);
                }
            } else {
                for (form, profit) in forms.zip(&demand.profit) {
                    *form = probability * profit;
                }
            }
        }
        let mut sound = true;
        self.rows.clear();
        let (rows, forms) = (&mut self.rows, self.forms.as_mut_slice());
        let divisors = divisors.as_mut_slice();
        for g in 0..layout.nest_count() {
            let nest = layout.active_of[g];
            let probability = demand.nest[g];
            let inverse = layout.inverse_lambda[g];
            let range = layout.unknown_start[g]..layout.unknown_start[g + 1];
            let own = &demand.own[range.clone()];
            let all: f64 = own.iter().sum();
            let given = margins[range.clone()].iter().zip(&demand.target[range.clone()]);
            let shares = own.iter().zip(&demand.partnered[range.clone()]);
            for (u, ((m, target), (share, partnered))) in layout.unknowns[range].iter().zip(given.zip(shares)) {
                let v = usize::from(u.seller);
                let inverse_margin = 1.0 / m;
                let mut above = *m;
                if layout.extended {
                    above -= demand.losing(layout, v, g) / (1.0 - share).max(LEAST_OTHERS);
                }
                let slope = above * inverse;
                let curve = (inverse - 1.0) * slope * inverse_margin;
                let with = partnered / (all - share).max(LEAST_OTHERS);
                let resistance = target * inverse_margin * inverse_margin + curve * share * (1.0 - with);
                sound &= resistance > 0.0;
                let gain = 1.0 / resistance;
                let loss = probability * share * (slope * (1.0 - with) - 1.0) * gain;
                let pull = curve * (share - with);
                forms[v * width + usize::from(nest)] +=
                    probability * ((share - with) * slope - share * m) - loss * pull;
                divisors[v] += loss * inverse_margin;
                rows.push(Row {
                    nest,
                    seller: u.seller,
                    inverse_margin,
                    share: *share,
                    gain,
                    loss,
                    pull: gain * pull,
                });
            }
        }
        for (form, divisor) in forms.chunks_exact_mut(width.max(1)).zip(divisors) {
            sound &= *divisor > 0.0;
            *divisor = 1.0 / *divisor;
            form.iter_mut().for_each(|x| *x *= *divisor);
        }
        sound
    }
}

#[cfg(test)]
mod tests {
    use super::super::dense::Dense;
    use super::super::layout::write_key;
    use super::super::tender::{Alternative, NOBODY, TenderSpec};
    use super::*;

    const SELLERS: usize = 5;

    /// Stacks of one seller in two nests, if wanted pairs in the second, and keep in a third.
    fn alternatives(pairs: bool) -> Vec<Alternative> {
        let value = |i: usize| ((i * 7) % 11) as f64 / 4.0;
        let mut all: Vec<Alternative> = (0..SELLERS as u8)
            .map(|j| Alternative::single(0, j, value(usize::from(j)), 0.5))
            .collect();
        for radio in 0..SELLERS as u8 {
            for baseband in 0..SELLERS as u8 {
                if radio == baseband || pairs {
                    all.push(Alternative::pair(1, radio, baseband, value(all.len()), 0.3));
                }
            }
        }
        all.push(Alternative::unpriced(2, 0.7));
        all
    }

    /// Steps by the reduced Jacobian and by the one in full, from margins that solve nothing.
    fn steps(alternatives: &[Alternative], after: Option<&[f64]>) -> (Vec<f64>, Vec<f64>) {
        let tender = TenderSpec {
            mu: 1.0,
            lambda: &[0.8, 0.5, 1.0],
            alternatives,
            sellers: SELLERS,
            after,
            margin_caps: None,
        };
        let (mut layout, mut key) = (Layout::default(), Vec::new());
        write_key(&tender, &mut key);
        layout.build(&tender, &key).expect("valid");
        layout.set_values(&tender).expect("valid");
        let mut margins: Vec<f64> = (0..layout.unknowns.len()).map(|k| 0.9 + 0.1 * k as f64).collect();
        margins.resize(layout.row(), 1.0);
        let mut demand = Demand::default();
        demand.reset(&layout, &margins);
        demand.evaluate(&layout, &margins);
        demand.fill_inside(&layout);
        let (mut reduced, mut dense) = (Reduced::default(), Dense::default());
        assert!(reduced.prepare(&layout, &demand, &margins) && dense.prepare(&layout, &demand, &margins));
        let (mut by_hand, mut in_full) = (demand.residual.clone(), demand.residual.clone());
        reduced.solve(&mut by_hand);
        dense.solve(&mut in_full);
        (by_hand, in_full)
    }

    /// Largest difference over the largest component.
    fn difference((a, b): (Vec<f64>, Vec<f64>)) -> f64 {
        let size = b.iter().fold(0.0f64, |top, x| top.max(x.abs()));
        assert!(size > 0.01, "the step goes somewhere");
        a.iter().zip(&b).fold(0.0f64, |top, (a, b)| top.max((a - b).abs())) / size
    }

    #[test]
    fn without_pairs_the_step_is_newtons() {
        assert!(difference(steps(&alternatives(false), None)) < 1e-13);
    }

    #[test]
    fn with_losing_values_that_are_the_same_in_a_nest_the_step_is_newtons() {
        let all = alternatives(false);
        let mut after = Vec::new();
        for a in &all {
            for j in 0..SELLERS as u8 {
                let wins = a.setters.contains(&j);
                let loses = 0.1 * f64::from(j) + 0.2 * f64::from(a.nest);
                after.push(if wins { 1.5 } else { loses });
            }
        }
        assert!(all.iter().any(|a| a.setters == [NOBODY; 2]));
        assert!(difference(steps(&all, Some(&after))) < 1e-13);
    }

    #[test]
    fn with_pairs_the_step_is_close_to_newtons() {
        let apart = difference(steps(&alternatives(true), None));
        assert!(apart > 1e-6 && apart < 0.15, "{apart}");
    }
}
