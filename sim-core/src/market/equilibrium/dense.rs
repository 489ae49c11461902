//! The Newton step in full, for tenders whose later values depend on the winner, in units of mu.

use super::demand::Demand;
use super::lanes::add;
use super::layout::{Layout, NONE};
use super::lu::Lu;

/// Minus the Jacobian of `target / m - phi` and its factors.
#[derive(Debug, Default)]
pub(super) struct Dense {
    lu: Lu,
    /// Shares of pairs of sellers inside one nest, row-major `[unknown * unknowns + unknown]`.
    joint: Vec<f64>,
    /// `M_{v,l}`: mean losing value of v over products of unknown l's nest whose price l's seller sets; a row of
    /// sellers for each unknown.
    cross: Vec<f64>,
    padded: Vec<f64>,
}

impl Dense {
    /// Sets the system up at `margins`, at which `demand` and its `inside` must be, and factors it; false on a pivot
    /// that is not positive.
    pub fn prepare(&mut self, layout: &Layout, demand: &Demand, margins: &[f64]) -> bool {
        self.build(layout, demand, margins);
        self.lu.factor()
    }

    /// Turns residuals into the step.
    pub fn solve(&mut self, step: &mut [f64]) {
        let n = self.lu.size();
        self.padded.clear();
        self.padded.extend_from_slice(&step[..n]);
        self.padded.resize(self.lu.width(), 0.0);
        self.lu.solve(&mut self.padded);
        step[..n].copy_from_slice(&self.padded[..n]);
    }

    /// Minus the Jacobian. With `Y = S m + L`, `C_vw = S_vw - S_v S_w` and l = (w, h), in nest h:
    ///
    /// ```text
    /// dPi_v/dm_l  = [v = w] P S_w + P S_w (Pi_v - Y_v) - P (m_v C_vw + M_vw - S_w L_v) / lambda
    /// dL_v/dm_l   = -(M_vw - S_w L_v) / lambda          dphi_v/dm_l = (1/lambda - 1) C_vw / lambda
    /// ```
    fn build(&mut self, layout: &Layout, demand: &Demand, margins: &[f64]) {
        let n = layout.unknowns.len();
        let sellers = layout.seller_count();
        self.fill_joint(layout, demand, n);
        self.fill_cross(layout, demand, n);
        self.lu.reset(n);
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
                let weight = (probability + local) / lambda * inverse_margin;
                spread -= weight * losing;
                let row = &mut self.lu.row_mut(k)[range.clone()];
                if layout.extended {
                    for (x, l) in row.iter_mut().zip(range.clone()) {
                        *x = weight * self.cross[l * layout.lanes() + v];
                    }
                }
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
            self.lu.row_mut(k)[k] += demand.target[k] * inverse_margin * inverse_margin;
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
        let width = layout.lanes();
        self.cross.clear();
        self.cross.resize(n * width, 0.0);
        let later = layout.losing.chunks_exact(width.max(1));
        for ((p, s), later) in layout.products.iter().zip(&demand.inside).zip(later) {
            for k in p.unknown.map(usize::from) {
                if k < n {
                    add(&mut self.cross[k * width..][..width], *s, later);
                }
            }
        }
    }
}
