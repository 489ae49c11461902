//! Safeguarded Newton on the first-order conditions, in units of mu.

use super::demand::Demand;
use super::lanes::{LANES, dot, padded, subtract};
use super::layout::{Layout, NONE};

/// Below this error a factored Jacobian is kept, with Broyden's updates, as long as each step gains
/// [`KEEP_GAIN`].
const KEEP_BELOW: f64 = 0.3;
/// Least factor by which a step with a kept Jacobian must cut the error.
const KEEP_GAIN: f64 = 2.5;
/// Halvings of one step before Newton gives up.
const MAX_HALVINGS: usize = 30;
/// Steps before Newton gives up.
const MAX_STEPS: usize = 60;

/// Buffers and counters of the method.
#[derive(Debug, Default)]
pub(super) struct Newton {
    /// Minus the Jacobian of `target / m - phi`, row-major with rows padded to whole lanes; its upper factor
    /// after [`Newton::factor`], zeros below, pivots inverted.
    matrix: Vec<f64>,
    /// The lower factor by columns, with the same padding.
    lower: Vec<f64>,
    step: Vec<f64>,
    /// Whole steps taken since the last factorisation, one after the other, and their squared lengths.
    history: Vec<f64>,
    lengths: Vec<f64>,
    trial: Vec<f64>,
    /// Shares of pairs of sellers inside one nest, row-major `[unknown * unknowns + unknown]`.
    joint: Vec<f64>,
    /// `M_{v,l}`: mean losing value of v over products of unknown l's nest whose price l's seller sets.
    cross: Vec<f64>,
    /// Factorisations done.
    pub factorings: u32,
    /// Steps tried, whole or halved.
    pub evaluations: u32,
}

impl Newton {
    /// Runs from `margins` (at which `demand` has error `error`) until the error is at most `tolerance`.
    /// Returns the last error; on failure `margins` are the best found, and `demand` is theirs.
    pub fn run(
        &mut self,
        layout: &Layout,
        demand: &mut Demand,
        margins: &mut [f64],
        mut error: f64,
        tolerance: f64,
    ) -> f64 {
        let mut fresh = true;
        for _ in 0..MAX_STEPS {
            if error <= tolerance || !error.is_finite() {
                break;
            }
            if fresh {
                self.build(layout, demand, margins);
                self.factorings += 1;
                if !self.factor(layout.unknowns.len()) {
                    break;
                }
                self.history.clear();
                self.lengths.clear();
            }
            let mut whole = self.find_step(demand, margins);
            let reached = self.search(layout, demand, margins, error, fresh, &mut whole);
            if reached < error {
                fresh = !whole || reached > KEEP_BELOW || reached * KEEP_GAIN > error;
                error = reached;
                if !fresh {
                    self.history.extend_from_slice(&self.step);
                    self.lengths.push(dot(&self.step, &self.step));
                }
            } else if fresh {
                break;
            } else {
                // The old Jacobian led nowhere: `demand` is needed at `margins` for a new one.
                error = demand.evaluate(layout, margins);
                fresh = true;
            }
        }
        if error > tolerance {
            error = demand.evaluate(layout, margins);
        }
        error
    }

    /// Halves the step until the error falls; moves `margins` if it does. One try for an old Jacobian.
    fn search(
        &mut self,
        layout: &Layout,
        demand: &mut Demand,
        margins: &mut [f64],
        error: f64,
        fresh: bool,
        whole: &mut bool,
    ) -> f64 {
        let mut scale = 1.0;
        for _ in 0..if fresh { MAX_HALVINGS } else { 1 } {
            self.trial.clear();
            self.trial
                .extend(margins.iter().zip(&self.step).map(|(m, d)| m + scale * d));
            self.evaluations += 1;
            let reached = demand.evaluate(layout, &self.trial);
            if reached < error {
                margins.copy_from_slice(&self.trial);
                return reached;
            }
            scale *= 0.5;
            *whole = false;
        }
        f64::INFINITY
    }

    /// Residuals, solved for the step; each component stays within [-0.8 m, 3 m + 4]. False if that cut it.
    fn find_step(&mut self, demand: &Demand, margins: &[f64]) -> bool {
        let n = margins.len();
        self.step.clear();
        let terms = margins.iter().zip(&demand.target).zip(&demand.phi);
        self.step
            .extend(terms.map(|((m, target), phi)| target / m - phi));
        self.substitute(n);
        self.update_step(n);
        let mut whole = true;
        for (d, m) in self.step.iter_mut().zip(margins) {
            let within = d.max(-0.8 * m).min(3.0 * m + 4.0);
            whole &= within == *d;
            *d = within;
        }
        whole
    }

    /// Broyden's good update of the factored Jacobian by the steps taken with it, in product form (Kelley 1995,
    /// section 7.3).
    fn update_step(&mut self, n: usize) {
        let Some(last) = self.lengths.len().checked_sub(1) else {
            return;
        };
        for j in 0..last {
            let (s, next) = (
                &self.history[j * n..][..n],
                &self.history[(j + 1) * n..][..n],
            );
            let weight = dot(s, &self.step) / self.lengths[j];
            self.step
                .iter_mut()
                .zip(next)
                .for_each(|(z, s)| *z += weight * s);
        }
        let slope = dot(&self.history[last * n..], &self.step) / self.lengths[last];
        // Beyond one half the last step says little: fall back on the Jacobian as it is.
        if slope.abs() < 0.5 {
            self.step.iter_mut().for_each(|z| *z /= 1.0 - slope);
        }
    }

    /// Solves with the factors, in place on `step`.
    fn substitute(&mut self, n: usize) {
        let width = padded(n);
        self.step.resize(width, 0.0);
        for i in 0..n {
            let known = self.step[i];
            let first = i / LANES * LANES;
            let column = &self.lower[i * width..][first..width];
            subtract(&mut self.step[first..], known, column);
        }
        for i in (0..n).rev() {
            let first = i / LANES * LANES;
            let row = &self.matrix[i * width..][first..width];
            let own = std::mem::replace(&mut self.step[i], 0.0);
            self.step[i] = (own - dot(row, &self.step[first..])) * row[i - first];
        }
        self.step.truncate(n);
    }

    /// LU without pivoting; false on a pivot that is not positive.
    fn factor(&mut self, n: usize) -> bool {
        let width = padded(n);
        self.lower.clear();
        self.lower.resize(n * width, 0.0);
        for i in 0..n {
            let first = i / LANES * LANES;
            let (upper, below) = self.matrix.split_at_mut((i + 1) * width);
            let pivot_row = &mut upper[i * width + first..];
            let pivot = pivot_row[i - first];
            if !(pivot > 0.0 && pivot.is_finite()) {
                return false;
            }
            let inverse = 1.0 / pivot;
            let column = &mut self.lower[i * width + i + 1..];
            for (row, factor) in below.chunks_exact_mut(width).zip(column) {
                // Left of the pivot both rows hold zeros.
                *factor = row[i] * inverse;
                subtract(&mut row[first..], *factor, pivot_row);
                row[i] = 0.0;
            }
            pivot_row[i - first] = inverse;
        }
        true
    }

    /// Minus the Jacobian. With `Y = S m + L`, `C_vw = S_vw - S_v S_w` and l = (w, h), in nest h:
    ///
    /// ```text
    /// dPi_v/dm_l  = [v = w] P S_w + P S_w (Pi_v - Y_v) - P (m_v C_vw + M_vw - S_w L_v) / lambda
    /// dL_v/dm_l   = -(M_vw - S_w L_v) / lambda          dphi_v/dm_l = (1/lambda - 1) C_vw / lambda
    /// ```
    fn build(&mut self, layout: &Layout, demand: &Demand, margins: &[f64]) {
        let n = margins.len();
        let sellers = layout.seller_count();
        self.fill_joint(layout, demand, n);
        if layout.extended {
            self.fill_cross(layout, demand, n);
        }
        let width = padded(n);
        self.matrix.clear();
        self.matrix.resize(n * width, 0.0);
        for (k, u) in layout.unknowns.iter().enumerate() {
            let (v, g) = (usize::from(u.seller), usize::from(u.nest));
            let inverse_margin = 1.0 / margins[k];
            for h in 0..layout.nest_count() {
                let range = layout.unknown_start[h]..layout.unknown_start[h + 1];
                let lambda = layout.lambda[h];
                let local = if h == g { 1.0 / lambda - 1.0 } else { 0.0 };
                let probability = demand.nest[h];
                let losing = demand.losing(layout, v, h);
                let at = layout.unknown_of[h * sellers + v];
                let yields = demand.yields(layout, margins, v, h);
                let mut spread = -probability * (demand.profit[v] - yields) * inverse_margin;
                if layout.extended {
                    let weight = (probability + local) / lambda * inverse_margin;
                    spread -= weight * losing;
                    let cross = &self.cross[v * n..][range.clone()];
                    let row = &mut self.matrix[k * width..][range.clone()];
                    row.iter_mut().zip(cross).for_each(|(x, c)| *x = weight * c);
                }
                let row = &mut self.matrix[k * width..][range.clone()];
                let own = &demand.own[range.clone()];
                if at == NONE {
                    row.iter_mut().zip(own).for_each(|(x, s)| *x += spread * s);
                    continue;
                }
                let at = usize::from(at);
                let share = demand.own[at];
                let curved = (probability * margins[at] * inverse_margin + local) / lambda;
                spread -= curved * share;
                let joint = &self.joint[at * n..][range.clone()];
                for ((x, s), both) in row.iter_mut().zip(own).zip(joint) {
                    *x += spread * s + curved * both;
                }
                row[at - range.start] -= probability * share * inverse_margin;
            }
            self.matrix[k * width + k] += demand.target[k] * inverse_margin * inverse_margin;
        }
    }

    fn fill_joint(&mut self, layout: &Layout, demand: &Demand, n: usize) {
        self.joint.clear();
        self.joint.resize(n * n, 0.0);
        for (k, s) in demand.own[..n].iter().enumerate() {
            self.joint[k * n + k] = *s;
        }
        for (pair, s) in layout.pairs.iter().zip(&demand.inside) {
            let [a, b] = pair.map(usize::from);
            if a < n && b < n {
                self.joint[a * n + b] += s;
                self.joint[b * n + a] += s;
            }
        }
    }

    fn fill_cross(&mut self, layout: &Layout, demand: &Demand, n: usize) {
        self.cross.clear();
        self.cross.resize(layout.seller_count() * n, 0.0);
        let width = layout.products.len();
        for (v, losing) in layout.losing.chunks_exact(width).enumerate() {
            let row = &mut self.cross[v * n..][..n];
            for ((pair, s), w) in layout.pairs.iter().zip(&demand.inside).zip(losing) {
                for k in pair.map(usize::from) {
                    if k < n {
                        row[k] += s * w;
                    }
                }
            }
        }
    }
}
