//! Safeguarded Newton on the first-order conditions, in units of mu.

use super::demand::Demand;
use super::layout::{Layout, NONE};

/// Below this error a factored Jacobian is used again as long as each step gains [`CHORD_GAIN`].
const CHORD_BELOW: f64 = 1e-3;
/// Least factor by which a step with an old Jacobian must cut the error.
const CHORD_GAIN: f64 = 10.0;
/// Halvings of one step before Newton gives up.
const MAX_HALVINGS: usize = 30;
/// Steps before Newton gives up.
const MAX_STEPS: usize = 60;

/// Buffers and counters of the method.
#[derive(Debug, Default)]
pub(super) struct Newton {
    /// Minus the Jacobian of `target / m - phi`, row-major; its LU factors after [`Newton::factor`].
    matrix: Vec<f64>,
    step: Vec<f64>,
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
        let mut factored = false;
        for _ in 0..MAX_STEPS {
            if error <= tolerance || !error.is_finite() {
                break;
            }
            let fresh = !factored;
            if fresh {
                self.build(layout, demand, margins);
                self.factorings += 1;
                if !self.factor(layout.unknowns.len()) {
                    break;
                }
            }
            self.solve_step(demand, margins);
            let reached = self.search(layout, demand, margins, error, fresh);
            if reached < error {
                factored = reached < CHORD_BELOW && reached * CHORD_GAIN <= error;
                error = reached;
            } else if fresh {
                break;
            } else {
                // The old Jacobian led nowhere: `demand` is needed at `margins` for a new one.
                error = demand.evaluate(layout, margins);
                factored = false;
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
        }
        f64::INFINITY
    }

    /// Residuals, solved for the step; each component stays within [-0.8 m, 3 m + 4].
    fn solve_step(&mut self, demand: &Demand, margins: &[f64]) {
        let n = margins.len();
        self.step.clear();
        let terms = margins.iter().zip(&demand.target).zip(&demand.phi);
        self.step
            .extend(terms.map(|((m, target), phi)| target / m - phi));
        for i in 1..n {
            let row = &self.matrix[i * n..][..i];
            let done: f64 = row.iter().zip(&self.step).map(|(a, x)| a * x).sum();
            self.step[i] -= done;
        }
        for i in (0..n).rev() {
            let row = &self.matrix[i * n..][..n];
            let done: f64 = row[i + 1..]
                .iter()
                .zip(&self.step[i + 1..])
                .map(|(a, x)| a * x)
                .sum();
            self.step[i] = (self.step[i] - done) / row[i];
        }
        for (d, m) in self.step.iter_mut().zip(margins) {
            *d = d.max(-0.8 * m).min(3.0 * m + 4.0);
        }
    }

    /// LU in place without pivoting; false on a pivot that is not positive.
    fn factor(&mut self, n: usize) -> bool {
        for i in 0..n {
            let (upper, lower) = self.matrix.split_at_mut((i + 1) * n);
            let pivot_row = &upper[i * n + i..];
            let pivot = pivot_row[0];
            if !(pivot > 0.0 && pivot.is_finite()) {
                return false;
            }
            let inverse = 1.0 / pivot;
            for row in lower.chunks_exact_mut(n) {
                let row = &mut row[i..];
                let factor = row[0] * inverse;
                if factor == 0.0 {
                    continue;
                }
                row[0] = factor;
                for (x, y) in row[1..].iter_mut().zip(&pivot_row[1..]) {
                    *x -= factor * y;
                }
            }
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
        self.matrix.clear();
        self.matrix.resize(n * n, 0.0);
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
                    let row = &mut self.matrix[k * n..][range.clone()];
                    row.iter_mut().zip(cross).for_each(|(x, c)| *x = weight * c);
                }
                let row = &mut self.matrix[k * n..][range.clone()];
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
            self.matrix[k * n + k] += demand.target[k] * inverse_margin * inverse_margin;
        }
    }

    fn fill_joint(&mut self, layout: &Layout, demand: &Demand, n: usize) {
        self.joint.clear();
        self.joint.resize(n * n, 0.0);
        for (k, s) in demand.own[..n].iter().enumerate() {
            self.joint[k * n + k] = *s;
        }
        for (p, s) in layout.products.iter().zip(&demand.inside) {
            let [a, b] = p.unknown.map(usize::from);
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
            for ((p, s), w) in layout.products.iter().zip(&demand.inside).zip(losing) {
                for k in p.unknown.map(usize::from) {
                    if k < n {
                        row[k] += s * w;
                    }
                }
            }
        }
    }
}
