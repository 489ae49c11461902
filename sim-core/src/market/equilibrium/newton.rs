//! Safeguarded Newton on the first-order conditions, in units of mu.

use super::demand::Demand;
use super::dense::Dense;
use super::lanes::dot;
use super::layout::Layout;
use super::reduced::Reduced;

/// Below this error a factored Jacobian is kept, with Broyden's updates, as long as each step gains
/// [`KEEP_GAIN`].
const KEEP_BELOW: f64 = 0.3;
/// Least factor by which a step with a kept Jacobian must cut the error.
const KEEP_GAIN: f64 = 2.5;
/// The same for the reduced Jacobian, which is cheap and learns.
const ROUGH_GAIN: f64 = 1.5;
/// Halvings of one step before Newton gives up, and before it takes the Jacobian in full.
const MAX_HALVINGS: usize = 30;
const ROUGH_HALVINGS: usize = 3;
/// Steps before Newton gives up.
const MAX_STEPS: usize = 60;

/// Buffers and counters of the method.
#[derive(Debug, Default)]
pub(super) struct Newton {
    /// The factored Jacobian: `reduced` unless it proves of no use.
    reduced: Reduced,
    dense: Dense,
    in_full: bool,
    step: Vec<f64>,
    /// Whole steps taken since the last factorisation, one after the other, and their squared lengths.
    history: Vec<f64>,
    lengths: Vec<f64>,
    trial: Vec<f64>,
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
        self.in_full = false;
        let mut fresh = true;
        for _ in 0..MAX_STEPS {
            if error <= tolerance || !error.is_finite() {
                break;
            }
            if fresh && !self.prepare(layout, demand, margins) {
                break;
            }
            let is_rough = !self.in_full;
            let tries = match (fresh, is_rough) {
                (false, _) => 1,
                (true, true) => ROUGH_HALVINGS,
                (true, false) => MAX_HALVINGS,
            };
            let mut whole = self.find_step(demand, margins);
            let reached = self.search(layout, demand, margins, error, tries, &mut whole);
            let is_slow = match is_rough {
                true => reached * ROUGH_GAIN > error,
                false => !whole || reached > KEEP_BELOW || reached * KEEP_GAIN > error,
            };
            self.in_full |= is_slow;
            if reached < error {
                fresh = is_slow;
                error = reached;
                if !fresh {
                    self.history.extend_from_slice(&self.step);
                    self.lengths.push(dot(&self.step, &self.step));
                }
            } else if fresh && !is_rough {
                break;
            } else {
                // The Jacobian led nowhere: `demand` is needed at `margins` for a better one.
                self.evaluations += 1;
                error = demand.evaluate(layout, margins);
                fresh = true;
            }
        }
        if error > tolerance {
            self.evaluations += 1;
            error = demand.evaluate(layout, margins);
        }
        error
    }

    /// Factors the Jacobian at `margins`, in full if the reduced one is no good; false if neither is.
    fn prepare(&mut self, layout: &Layout, demand: &mut Demand, margins: &[f64]) -> bool {
        self.history.clear();
        self.lengths.clear();
        if !self.in_full {
            self.factorings += 1;
            if self.reduced.prepare(layout, demand, margins) {
                return true;
            }
            self.in_full = true;
        }
        self.factorings += 1;
        if !layout.extended {
            demand.fill_inside(layout);
        }
        self.dense.prepare(layout, demand, margins)
    }

    /// Halves the step until the error falls, `tries` times at most; moves `margins` if it does.
    fn search(
        &mut self,
        layout: &Layout,
        demand: &mut Demand,
        margins: &mut [f64],
        error: f64,
        tries: usize,
        whole: &mut bool,
    ) -> f64 {
        let mut scale = 1.0;
        for _ in 0..tries {
            self.trial.resize(margins.len(), 0.0);
            for ((trial, m), d) in self.trial.iter_mut().zip(&*margins).zip(&self.step) {
                *trial = m + scale * d;
            }
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
        self.step.extend_from_slice(&demand.residual);
        if self.in_full {
            self.dense.solve(&mut self.step);
        } else {
            self.reduced.solve(&mut self.step);
        }
        self.update_step(n);
        let mut whole = true;
        for (d, m) in self.step.iter_mut().zip(margins) {
            // Plain comparisons, of which the compiler can take several at a time.
            let low = if *d < -0.8 * m { -0.8 * m } else { *d };
            let within = if low > 3.0 * m + 4.0 { 3.0 * m + 4.0 } else { low };
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
            let (s, next) = (&self.history[j * n..][..n], &self.history[(j + 1) * n..][..n]);
            let weight = dot(s, &self.step) / self.lengths[j];
            self.step.iter_mut().zip(next).for_each(|(z, s)| *z += weight * s);
        }
        let slope = dot(&self.history[last * n..], &self.step) / self.lengths[last];
        // Beyond one half the last step says little: fall back on the Jacobian as it is.
        if slope.abs() < 0.5 {
            self.step.iter_mut().for_each(|z| *z /= 1.0 - slope);
        }
    }
}
