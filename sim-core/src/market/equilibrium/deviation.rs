//! A check that owes nothing to the solver: what could one seller gain by other prices?

use super::result::Equilibrium;
use super::tender::{Alternative, TenderSpec};
use crate::market::choice::{Tree, log_sum_exp};

/// The largest one-shot gain found by [`one_shot_gain`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deviation {
    /// World index of the seller who would gain most; 0 if none would.
    pub seller: usize,
    /// Its gain in expected profit, money; at an equilibrium zero up to rounding.
    pub gain: f64,
}

/// Cells of the first search over a margin.
const CELLS: usize = 240;
/// Golden-section steps in the best cell: 0.618^60 is 3e-13.
const GOLDEN_STEPS: usize = 60;

/// What one seller could gain, at most, if it alone quoted other prices than `equilibrium`'s, under the
/// same ceilings and with the same variants standing.
///
/// A diagnostic for tests and reports, thousands of times slower than solving, and allocating. It works from
/// the alternatives and their quoted margins, not from first-order conditions: in each nest a grid and
/// a golden-section search over the seller's effective margin (uniform within a nest at any optimum, save
/// for ceilings), and over nests the parametric problem of Dinkelbach (1967) for the ratio that
/// expected profit is.
///
/// # Panics
///
/// If `equilibrium` is not one of `tender`: a fault of the program, not of its input.
#[must_use]
pub fn one_shot_gain(tender: &TenderSpec<'_>, equilibrium: &Equilibrium<'_>) -> Deviation {
    let mut largest = Deviation { seller: 0, gain: 0.0 };
    for seller in 0..tender.sellers {
        if tender.alternatives.iter().any(|a| a.setter_mask() >> seller & 1 == 1) {
            let gain = seller_gain(tender, equilibrium, seller);
            if gain > largest.gain {
                largest = Deviation { seller, gain };
            }
        }
    }
    largest
}

/// One nest as one seller sees it.
struct Side<'a> {
    tender: &'a TenderSpec<'a>,
    scale: f64,
    /// Of its own alternatives: value net of all but its margin, later value, ceiling.
    own: Vec<(f64, f64, f64)>,
    /// Of the others: net value and later value.
    others: Vec<(f64, f64)>,
}

impl Side<'_> {
    /// Inclusive value (money) and mean yield of the nest if the seller's effective margin is `e`.
    fn outcome(&self, e: f64) -> (f64, f64) {
        let margin = |later: f64, cap: f64| (e - later).min(cap);
        let own = self.own.iter().map(|(v, later, cap)| {
            let m = margin(*later, *cap);
            ((v - m) / self.scale, m + later)
        });
        let others = self.others.iter().map(|(v, later)| (v / self.scale, *later));
        let all = own.chain(others);
        let size = log_sum_exp(all.clone().map(|(x, _)| x));
        let yields = all.map(|(x, gain)| libm::exp(x - size) * gain).sum();
        (self.scale * size, yields)
    }

    /// `exp((I - base) / mu) (Y - t)`.
    fn worth(&self, e: f64, base: f64, t: f64) -> f64 {
        let (inclusive, yields) = self.outcome(e);
        libm::exp((inclusive - base) / self.tender.mu) * (yields - t)
    }

    /// The margin with the highest worth.
    fn best(&self, base: f64, t: f64) -> f64 {
        let mu = self.tender.mu;
        let later = self.own.iter().map(|o| o.1).chain(self.others.iter().map(|o| o.1));
        let low = later.clone().fold(t.min(0.0), f64::min) - 2.0 * mu;
        let high = later.fold(t, f64::max) + 6.0 * mu;
        let at = |i: usize| low + (high - low) * i as f64 / CELLS as f64;
        let mut top = (f64::NEG_INFINITY, 1);
        for i in 1..CELLS {
            let worth = self.worth(at(i), base, t);
            if worth > top.0 {
                top = (worth, i);
            }
        }
        let (mut a, mut b) = (at(top.1 - 1), at(top.1 + 1));
        let ratio = 0.618_033_988_749_894_9;
        for _ in 0..GOLDEN_STEPS {
            let (left, right) = (b - ratio * (b - a), a + ratio * (b - a));
            if self.worth(left, base, t) >= self.worth(right, base, t) {
                b = right;
            } else {
                a = left;
            }
        }
        0.5 * (a + b)
    }
}

fn seller_gain(tender: &TenderSpec<'_>, equilibrium: &Equilibrium<'_>, seller: usize) -> f64 {
    let count = tender.alternatives.len();
    let later = |i: usize| tender.after.map_or(0.0, |w| w[i * tender.sellers + seller]);
    let slot = |a: &Alternative| a.setters.iter().position(|j| usize::from(*j) == seller);
    let capped = equilibrium.capped >> seller & 1 == 1;
    let mut sides = Vec::new();
    let mut inclusive = vec![0.0; tender.lambda.len()];
    let mut shares = vec![0.0; count];
    let tree: Tree<'_> = equilibrium.tree(tender);
    let base = tree.shares(&mut inclusive, &mut shares);
    // Profit as it stands, from quoted margins.
    let mut present = 0.0;
    // Nests without the seller, whose weight and yield it cannot move.
    let (mut fixed, mut fixed_yield) = (0.0, 0.0);
    for (g, lambda) in tender.lambda.iter().enumerate() {
        let mut side = Side {
            tender,
            scale: tender.mu * lambda,
            own: Vec::new(),
            others: Vec::new(),
        };
        let (mut weight, mut earned) = (0.0, 0.0);
        let members = tender.alternatives.iter().enumerate();
        for (i, a) in members.filter(|(_, a)| usize::from(a.nest) == g) {
            let net = equilibrium.net_value[i];
            if net == f64::NEG_INFINITY {
                continue;
            }
            weight += shares[i];
            if let Some(s) = slot(a) {
                let margin = equilibrium.margins[i][s];
                let cap = tender.margin_caps.filter(|_| capped).map_or(f64::INFINITY, |c| c[i][s]);
                side.own.push((net + margin, later(i), cap));
                earned += shares[i] * (margin + later(i));
            } else {
                side.others.push((net, later(i)));
                earned += shares[i] * later(i);
            }
        }
        present += earned;
        if side.own.is_empty() {
            fixed += weight;
            fixed_yield += earned;
        } else {
            sides.push(side);
        }
    }
    let mut profit = present;
    for _ in 0..50 {
        let (mut size, mut earned) = (fixed, fixed_yield);
        for side in &sides {
            let (i, y) = side.outcome(side.best(base, profit));
            let x = libm::exp((i - base) / tender.mu);
            size += x;
            earned += x * y;
        }
        let next = earned / size;
        let done = next <= profit + 1e-14 * (tender.mu + profit.abs());
        profit = profit.max(next);
        if done {
            break;
        }
    }
    profit - present
}
