//! The Newton step, with most unknowns eliminated by hand, in units of mu.
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
//! That is the Jacobian to the letter where nothing follows the tender, and nearly so where losing values differ mainly
//! between nests; [`super::dense`] has the rest.
//!
//! In a nest where no product has two setters `t = S dm`, and a margin follows from `dPi` and `a`. That leaves
//! the margins of the other, *stacked* nests and one `a` for each nest with unknowns: twenty unknowns come down to
//! a system of a dozen. What is divided by is positive, without later values because `sum P S m = Pi < target`.

use super::demand::Demand;
use super::lanes::{dot_lanes, subtract};
use super::layout::{Layout, NONE};
use super::lu::Lu;

/// A mean over products of others is not divided by less than this share of theirs.
const LEAST_OTHERS: f64 = 1e-9;

/// What a step needs to know of one unknown.
#[derive(Debug, Clone, Copy)]
struct Row {
    /// Column of its margin if the nest is stacked.
    own: Option<u16>,
    /// Column of its nest.
    nest: u16,
    seller: u8,
    inverse_margin: f64,
    share: f64,
    /// `c`.
    curve: f64,
    /// `target / m^2`.
    stiffness: f64,
    /// `1 / (stiffness + c S)`: margin gained from residual; 0 in a stacked nest.
    gain: f64,
    /// `P S (y - 1)`: profit lost to margin; 0 in a stacked nest.
    loss: f64,
}

/// The reduced system and its factors.
#[derive(Debug, Default)]
pub(super) struct Reduced {
    lu: Lu,
    rows: Vec<Row>,
    /// `dPi_v` as a linear form of the columns, row-major by seller.
    forms: Vec<f64>,
    /// What each form was divided by.
    divisors: Vec<f64>,
    /// `S_kl` of the columns of stacked nests.
    joint: Vec<f64>,
    /// The constant of each `dPi_v`.
    constants: Vec<f64>,
    columns: Vec<f64>,
}

impl Reduced {
    /// Sets the system up at `margins` and factors it; false on a pivot that is not positive.
    pub fn prepare(&mut self, layout: &Layout, demand: &Demand, margins: &[f64]) -> bool {
        let stacked = layout.stacked_unknowns();
        self.lu.reset(stacked + layout.active_nests());
        self.fill_joint(layout, demand, stacked);
        if !self.fill_rows(layout, demand, margins, stacked) {
            return false;
        }
        let width = self.lu.width();
        for g in 0..layout.active_nests() {
            self.lu.row_mut(stacked + g)[stacked + g] = 1.0;
        }
        for row in &self.rows {
            let form = &self.forms[usize::from(row.seller) * width..][..width];
            let nest = usize::from(row.nest);
            let pull = row.curve * row.share;
            if let Some(own) = row.own.map(usize::from) {
                self.lu.row_mut(nest)[own] -= row.share;
                let equation = self.lu.row_mut(own);
                let joint = &self.joint[own * width..][..width];
                for (x, (share, form)) in equation.iter_mut().zip(joint.iter().zip(form)) {
                    *x = row.curve * share - row.inverse_margin * form;
                }
                equation[own] += row.stiffness;
                equation[nest] -= pull;
            } else {
                let weight = row.share * row.gain;
                let equation = self.lu.row_mut(nest);
                subtract(equation, weight * row.inverse_margin, form);
                equation[nest] -= weight * pull;
            }
        }
        self.lu.factor()
    }

    /// Turns residuals into the step.
    pub fn solve(&mut self, step: &mut [f64]) {
        let width = self.lu.width();
        self.constants.clear();
        self.constants.resize(self.divisors.len(), 0.0);
        for (row, r) in self.rows.iter().zip(step.iter()) {
            self.constants[usize::from(row.seller)] -= row.loss * row.gain * r;
        }
        for (constant, divisor) in self.constants.iter_mut().zip(&self.divisors) {
            *constant /= divisor;
        }
        self.columns.clear();
        self.columns.resize(width, 0.0);
        for (row, r) in self.rows.iter().zip(step.iter_mut()) {
            *r += self.constants[usize::from(row.seller)] * row.inverse_margin;
            match row.own {
                Some(own) => self.columns[usize::from(own)] = *r,
                None => self.columns[usize::from(row.nest)] += row.share * row.gain * *r,
            }
        }
        self.lu.solve(&mut self.columns);
        // The rest of each `dPi_v`, now that the columns are known.
        let rests = &mut self.constants;
        for (rest, form) in rests.iter_mut().zip(self.forms.chunks_exact(width)) {
            *rest = dot_lanes(form, &self.columns);
        }
        for (row, r) in self.rows.iter().zip(step) {
            *r = match row.own {
                Some(own) => self.columns[usize::from(own)],
                None => {
                    let pull = row.curve * row.share * self.columns[usize::from(row.nest)];
                    let rest = self.constants[usize::from(row.seller)] * row.inverse_margin;
                    row.gain * (*r + rest + pull)
                }
            };
        }
    }

    fn fill_joint(&mut self, layout: &Layout, demand: &Demand, stacked: usize) {
        let width = self.lu.width();
        self.joint.clear();
        self.joint.resize(stacked * width, 0.0);
        for (g, first) in layout.stacked_from.iter().enumerate() {
            if let Some(first) = *first {
                demand.fill_joint(layout, g, &mut self.joint[first * width..], width, first);
            }
        }
    }

    /// Fills `rows`, `forms` and `divisors`; false if something to divide by is not positive.
    fn fill_rows(&mut self, layout: &Layout, demand: &Demand, margins: &[f64], stacked: usize) -> bool {
        let width = self.lu.width();
        let sellers = layout.seller_count();
        self.rows.clear();
        self.divisors.clear();
        self.divisors.resize(sellers, 1.0);
        self.forms.clear();
        self.forms.resize(sellers * width, 0.0);
        for (g, active) in layout.active_of.iter().enumerate().filter(|(_, a)| **a != NONE) {
            let column = stacked + usize::from(*active);
            for (v, form) in self.forms.chunks_exact_mut(width).enumerate() {
                form[column] = demand.nest[g] * (demand.profit[v] - demand.losing(layout, v, g));
            }
        }
        let mut sound = true;
        for (k, (u, m)) in layout.unknowns.iter().zip(margins).enumerate() {
            let (v, g) = (usize::from(u.seller), usize::from(u.nest));
            let inverse = layout.inverse_lambda[g];
            let nest = stacked + usize::from(layout.active_of[g]);
            let (probability, share) = (demand.nest[g], demand.own[k]);
            let inverse_margin = 1.0 / m;
            let mut above = *m;
            if layout.extended {
                above -= demand.losing(layout, v, g) / (1.0 - share).max(LEAST_OTHERS);
            }
            let slope = above * inverse;
            let form = &mut self.forms[v * width..][..width];
            form[nest] += probability * share * (slope - m);
            let mut row = Row {
                own: layout.stacked_from[g].map(|first| (first + k - layout.unknown_start[g]) as u16),
                nest: nest as u16,
                seller: u.seller,
                inverse_margin,
                share,
                curve: (inverse - 1.0) * slope * inverse_margin,
                stiffness: demand.target[k] * inverse_margin * inverse_margin,
                gain: 0.0,
                loss: 0.0,
            };
            if let Some(own) = row.own.map(usize::from) {
                let joint = &self.joint[own * width..][..width];
                subtract(form, probability * slope, joint);
                form[own] += probability * share;
            } else {
                let resistance = row.stiffness + row.curve * share;
                sound &= resistance > 0.0;
                row.gain = 1.0 / resistance;
                row.loss = probability * share * (slope - 1.0);
                form[nest] -= row.loss * row.gain * row.curve * share;
                self.divisors[v] += row.loss * row.gain * inverse_margin;
            }
            self.rows.push(row);
        }
        for (form, divisor) in self.forms.chunks_exact_mut(width).zip(&self.divisors) {
            sound &= *divisor > 0.0;
            let inverse = 1.0 / divisor;
            form.iter_mut().for_each(|x| *x *= inverse);
        }
        sound
    }
}
