//! What solving a tender yields.

use super::demand::Demand;
use super::layout::{Layout, Unknown};
use super::tender::{NOBODY, TenderSpec};
use crate::market::choice::{Tree, log_sum_exp};

/// Effort spent on one tender.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Evaluations of all shares and first-order conditions.
    pub evaluations: u32,
    /// Factorisations of the Jacobian.
    pub factorings: u32,
    /// Times that Newton alone did not do and exact best responses were used.
    pub fallbacks: u32,
}

/// The prices of one tender and what they imply; a view into the workspace that solved it.
///
/// Money is in the units of the tender. Slices over alternatives have the tender's order; slices over
/// sellers have one entry for each seller of the world.
#[derive(Debug, Clone, Copy)]
pub struct Equilibrium<'a> {
    /// True if every first-order condition holds to [`super::TOLERANCE`] and no seller has a better
    /// peak of its profit elsewhere. If false the figures are the last ones tried.
    pub converged: bool,
    /// Sellers, as a set of bits, with a margin at its ceiling: they stand in every alternative.
    pub capped: u64,
    /// Effort spent.
    pub work: Work,
    /// Probability that each alternative wins; 0 for a variant that does not stand.
    pub probability: &'a [f64],
    /// Value net of price, ready for [`Tree`]; minus infinity for a variant that does not stand.
    pub net_value: &'a [f64],
    /// Price minus cost of each alternative: the sum of its setters' margins.
    pub total_margin: &'a [f64],
    /// Margin of each price setter over its cost, slot by slot as in the alternative's `setters`; 0 in
    /// an empty slot. Below zero where winning is worth more later than it costs now.
    pub margins: &'a [[f64; 2]],
    /// `S_j`: probability that an alternative wins in which seller j sets a price.
    pub win_probability: &'a [f64],
    /// `Pi_j`: expected margin now and value afterwards, also for sellers who take no part.
    pub expected_profit: &'a [f64],
    /// Effective margin (margin plus later value of winning) of each seller in each nest, row-major
    /// `[seller * nests + nest]`; NaN where there is none. Serves to start a similar tender.
    pub effective_margins: &'a [f64],
    /// Inclusive value of each nest.
    pub inclusive: &'a [f64],
    /// The buyer's expected maximum, without Euler's constant.
    pub logsum: f64,
    /// Nest of each alternative.
    pub nest: &'a [u8],
}

impl<'a> Equilibrium<'a> {
    /// The buyer's choice at these prices: the law from which the winner is to be drawn.
    #[must_use]
    pub fn tree(&self, tender: &TenderSpec<'a>) -> Tree<'a> {
        Tree {
            mu: tender.mu,
            lambda: tender.lambda,
            nest: self.nest,
            value: self.net_value,
        }
    }
}

/// Buffers behind [`Equilibrium`].
#[derive(Debug, Default)]
pub(super) struct Output {
    capped: u64,
    probability: Vec<f64>,
    net_value: Vec<f64>,
    total_margin: Vec<f64>,
    margins: Vec<[f64; 2]>,
    win_probability: Vec<f64>,
    expected_profit: Vec<f64>,
    /// Of each unknown.
    effective: Vec<f64>,
    effective_margins: Vec<f64>,
    inclusive: Vec<f64>,
    logsum: f64,
    nest: Vec<u8>,
}

impl Output {
    /// Translates a solved game back to the tender's own order and money.
    pub fn write(&mut self, tender: &TenderSpec<'_>, layout: &Layout, demand: &Demand, margins: &[f64]) {
        let mu = tender.mu;
        let count = tender.alternatives.len();
        self.write_effective(mu, layout, margins);
        self.capped = 0;
        self.win_probability.clear();
        self.win_probability.resize(tender.sellers, 0.0);
        for buffer in [&mut self.probability, &mut self.net_value, &mut self.total_margin] {
            buffer.resize(count, 0.0);
        }
        self.margins.resize(count, [0.0; 2]);
        self.nest.clear();
        self.nest.extend(tender.alternatives.iter().map(|a| a.nest));
        let prices = self.total_margin.iter_mut().zip(&mut self.margins);
        let outcomes = self.probability.iter_mut().zip(&mut self.net_value);
        let given = tender.alternatives.iter().zip(&layout.product_of);
        for (i, (((total, slots), (probability, net_value)), (a, at))) in prices.zip(outcomes).zip(given).enumerate() {
            let at = usize::from(*at);
            let p = &layout.products[at];
            let stands = usize::from(p.alternative) == i;
            *probability = 0.0;
            if stands {
                *probability = demand.inside[at] * demand.nest[usize::from(p.nest)];
            }
            for (slot, &j) in slots.iter_mut().zip(&a.setters) {
                *slot = 0.0;
                if j == NOBODY {
                    continue;
                }
                let j = usize::from(j);
                let side = usize::from(p.setters[0] != layout.local[j]);
                let held = layout.held(at, side);
                if held == f64::INFINITY {
                    *slot = self.effective[usize::from(p.unknown[side])];
                    if let Some(after) = tender.after {
                        *slot -= after[j * count + i];
                    }
                } else {
                    self.capped |= 1 << j;
                    *slot = mu * held;
                }
                self.win_probability[j] += *probability;
            }
            *total = slots[0] + slots[1];
            *net_value = if stands {
                a.value - a.cost - *total
            } else {
                f64::NEG_INFINITY
            };
        }
        self.write_sellers(tender, layout, demand);
        self.inclusive.clear();
        let nests = 0..layout.nest_count();
        self.inclusive.extend(nests.map(|g| mu * demand.inclusive(layout, g)));
        self.logsum = mu * log_sum_exp(self.inclusive.iter().map(|i| i / mu));
    }

    fn write_sellers(&mut self, tender: &TenderSpec<'_>, layout: &Layout, demand: &Demand) {
        let count = tender.alternatives.len();
        self.expected_profit.clear();
        for (j, &local) in layout.local.iter().enumerate() {
            let v = usize::from(local);
            self.expected_profit.push(if local == NOBODY {
                tender.after.map_or(0.0, |w| {
                    let row = &w[j * count..][..count];
                    self.probability.iter().zip(row).map(|(p, w)| p * w).sum()
                })
            } else if layout.extended {
                tender.mu * (demand.profit[v] + layout.shift[v])
            } else {
                tender.mu * demand.profit[v]
            });
        }
        let nests = layout.nest_count();
        self.effective_margins.clear();
        self.effective_margins.resize(layout.local.len() * nests, f64::NAN);
        for (u, m) in layout.unknowns.iter().zip(&self.effective) {
            let j = usize::from(layout.sellers[usize::from(u.seller)]);
            self.effective_margins[j * nests + usize::from(u.nest)] = *m;
        }
    }

    /// Effective margin of each unknown, money.
    fn write_effective(&mut self, mu: f64, layout: &Layout, margins: &[f64]) {
        self.effective.clear();
        if layout.extended {
            let shift = |u: &Unknown| layout.shift[usize::from(u.seller)];
            let all = margins.iter().zip(&layout.unknowns);
            self.effective.extend(all.map(|(m, u)| mu * (m + shift(u))));
        } else {
            self.effective.extend(margins.iter().map(|m| mu * m));
        }
    }

    /// The view of what [`Output::write`] wrote.
    pub fn view(&self, converged: bool, work: Work) -> Equilibrium<'_> {
        Equilibrium {
            converged,
            capped: self.capped,
            work,
            probability: &self.probability,
            net_value: &self.net_value,
            total_margin: &self.total_margin,
            margins: &self.margins,
            win_probability: &self.win_probability,
            expected_profit: &self.expected_profit,
            effective_margins: &self.effective_margins,
            inclusive: &self.inclusive,
            logsum: self.logsum,
            nest: &self.nest,
        }
    }
}
