//! One seller's exact best response in closed brackets, in units of mu.
//!
//! With all other margins fixed, a seller's profit is a ratio: `Pi = sum_g X_g Y_g / sum_g X_g` with
//! `X_g = exp(I_g)` and `Y_g` the seller's mean yield in nest g, each a function of that nest's margin alone.
//! Its maximum t solves `max sum_g X_g (Y_g - t) = 0` (Dinkelbach 1967): for a given t the nests separate, and
//! the update t <- Pi at the maximisers climbs to the global maximum faster than linearly.
//! Within a nest the maximiser solves
//!
//! ```text
//! F(e) = e + (1/lambda - 1) (1 - S(e)) (e - Wbar) = 1 + t,      root between 1 + t and lambda (1 + t) + (1 - lambda) Wbar
//! ```
//!
//! If `1 + t >= Wbar`, the mean losing value in that nest, the root is unique. Otherwise up to three may exist
//! (hold the price to win the nest, or leave it to the others); they are all found and compared.

use super::demand::Demand;
use super::layout::{Layout, NONE};

/// Nest as one seller sees it, relative to its present margin.
#[derive(Debug, Clone, Copy)]
struct View {
    lambda: f64,
    /// Probability now.
    probability: f64,
    /// Own share and the others' share inside the nest now.
    own: f64,
    others: f64,
    /// Mean losing value over the others' products.
    wbar: f64,
    /// Present margin.
    margin: f64,
}

/// Scratch of [`Response::best`].
#[derive(Debug, Default)]
pub(super) struct Response {
    views: Vec<View>,
}

impl View {
    /// (S, 1 - S, ln of the nest's size relative to now) at margin `e`.
    fn shares(&self, e: f64) -> (f64, f64, f64) {
        let change = ((self.margin - e) / self.lambda).clamp(-700.0, 700.0);
        let own = self.own * libm::exp(change);
        let sum = own + self.others;
        if sum > 0.0 {
            (own / sum, self.others / sum, libm::log(sum))
        } else {
            (0.0, 1.0, 0.0)
        }
    }

    /// `F(e)`.
    fn condition(&self, e: f64) -> f64 {
        let (_, others, _) = self.shares(e);
        e + (1.0 / self.lambda - 1.0) * others * (e - self.wbar)
    }

    /// Nest probability weight and yield at `e`: `(X_g, Y_g)`, X relative to now.
    fn outcome(&self, e: f64) -> (f64, f64) {
        let (own, others, log_size) = self.shares(e);
        (
            self.probability * libm::exp(self.lambda * log_size),
            own * e + others * self.wbar,
        )
    }

    /// The margin that maximises `X (Y - t)`.
    fn best(&self, t: f64) -> f64 {
        let kappa = 1.0 + t;
        let far = self.lambda * kappa + (1.0 - self.lambda) * self.wbar;
        if kappa >= self.wbar {
            return self.root(kappa, far, kappa);
        }
        // Cells no wider than half the logistic's scale separate the roots.
        let cells = (2.0 * (far - kappa) / self.lambda).clamp(8.0, 256.0) as usize;
        let edge = |i: usize| kappa + (far - kappa) * i as f64 / cells as f64;
        let mut best = (f64::NEG_INFINITY, far);
        for i in 0..cells {
            let (low, high) = (edge(i), edge(i + 1));
            if self.condition(low) <= kappa && self.condition(high) >= kappa {
                let e = self.root(kappa, low, high);
                let (size, yields) = self.outcome(e);
                if size * (yields - t) > best.0 {
                    best = (size * (yields - t), e);
                }
            }
        }
        best.1
    }

    /// Root of `F(e) = kappa` in [low, high], where F crosses from below: regula falsi with Illinois' rule,
    /// bisection when that is slow.
    fn root(&self, kappa: f64, mut low: f64, mut high: f64) -> f64 {
        let (mut below, mut above) = (self.condition(low) - kappa, self.condition(high) - kappa);
        if below >= 0.0 {
            return low;
        }
        if above <= 0.0 {
            return high;
        }
        let mut last_side = 0;
        for step in 0..200 {
            let mut e = low - below * (high - low) / (above - below);
            if step % 4 == 3 || !(low < e && e < high) {
                e = 0.5 * (low + high);
            }
            let miss = self.condition(e) - kappa;
            if miss == 0.0 || high - low <= 1e-14 * high.abs().max(1.0) {
                return e;
            }
            if miss < 0.0 {
                (low, below) = (e, miss);
                above *= if last_side < 0 { 0.5 } else { 1.0 };
                last_side = -1;
            } else {
                (high, above) = (e, miss);
                below *= if last_side > 0 { 0.5 } else { 1.0 };
                last_side = 1;
            }
        }
        0.5 * (low + high)
    }
}

impl Response {
    /// Writes seller `v`'s best margins into `margins` and returns the profit they earn. `demand` must be
    /// evaluated at `margins`.
    pub fn best(&mut self, layout: &Layout, demand: &Demand, margins: &mut [f64], v: usize) -> f64 {
        self.views.clear();
        // Nests that the seller cannot move: total probability and yield.
        let (mut fixed, mut fixed_yield) = (0.0, 0.0);
        for g in 0..layout.nest_count() {
            let k = layout.unknown_of[g * layout.seller_count() + v];
            if k == NONE {
                fixed += demand.nest[g];
                fixed_yield += demand.nest[g] * demand.losing(layout, v, g);
                continue;
            }
            let k = usize::from(k);
            let others = demand.others(layout, k);
            let wbar = if others > 0.0 {
                demand.losing(layout, v, g) / others
            } else {
                0.0
            };
            self.views.push(View {
                lambda: layout.lambda[g],
                probability: demand.nest[g],
                own: demand.own[k],
                others,
                wbar,
                margin: margins[k],
            });
        }
        let mut profit = demand.profit[v];
        for _ in 0..100 {
            let (mut size, mut earned) = (fixed, fixed_yield);
            for view in &self.views {
                let (x, y) = view.outcome(view.best(profit));
                size += x;
                earned += x * y;
            }
            let next = earned / size;
            let done = next - profit <= 1e-14 * (1.0 + profit.abs());
            profit = profit.max(next);
            if done {
                break;
            }
        }
        let mut views = self.views.iter();
        for g in 0..layout.nest_count() {
            let k = layout.unknown_of[g * layout.seller_count() + v];
            if let (Some(m), Some(view)) = (
                margins.get_mut(usize::from(k)),
                (k != NONE).then(|| views.next()).flatten(),
            ) {
                *m = view.best(profit);
            }
        }
        profit
    }
}
