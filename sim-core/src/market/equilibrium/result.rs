//! What solving a tender yields.

use super::demand::Demand;
use super::layout::{Layout, NONE};
use super::tender::{NOBODY, TenderSpec};
use crate::market::choice::Tree;

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
    effective_margins: Vec<f64>,
    inclusive: Vec<f64>,
    nest: Vec<u8>,
}

impl Output {
    /// Translates a solved game back to the tender's own order and money.
    pub fn write(
        &mut self,
        tender: &TenderSpec<'_>,
        layout: &Layout,
        demand: &Demand,
        margins: &[f64],
    ) {
        let mu = tender.mu;
        let count = tender.alternatives.len();
        let later = |j: u8, a: usize| tender.after.map_or(0.0, |w| w[usize::from(j) * count + a]);
        let effective = |k: u16, v: usize| {
            let shift = if layout.extended {
                layout.shift[v]
            } else {
                0.0
            };
            mu * (margins[usize::from(k)] + shift)
        };
        self.capped = 0;
        self.win_probability.clear();
        self.win_probability.resize(tender.sellers, 0.0);
        for buffer in [
            &mut self.probability,
            &mut self.net_value,
            &mut self.total_margin,
        ] {
            buffer.clear();
        }
        self.margins.clear();
        self.nest.clear();
        for (i, a) in tender.alternatives.iter().enumerate() {
            let at = usize::from(layout.product_of[i]);
            let p = &layout.products[at];
            let stands = usize::from(p.alternative) == i;
            let probability = if stands {
                demand.inside[at] * demand.nest[usize::from(p.nest)]
            } else {
                0.0
            };
            let mut slots = [0.0; 2];
            for (slot, &j) in slots
                .iter_mut()
                .zip(&a.setters)
                .filter(|(_, j)| **j != NOBODY)
            {
                let v = layout.local[usize::from(j)];
                let side = usize::from(p.setters[0] != v);
                *slot = if p.held[side] == f64::INFINITY {
                    effective(p.unknown[side], usize::from(v)) - later(j, i)
                } else {
                    self.capped |= 1 << j;
                    mu * p.held[side]
                };
                self.win_probability[usize::from(j)] += probability;
            }
            let total = slots[0] + slots[1];
            self.probability.push(probability);
            self.total_margin.push(total);
            self.margins.push(slots);
            self.net_value.push(if stands {
                a.value - a.cost - total
            } else {
                f64::NEG_INFINITY
            });
            self.nest.push(a.nest);
        }
        self.write_sellers(tender, layout, demand, effective);
        self.inclusive.clear();
        self.inclusive
            .extend(demand.inclusive.iter().map(|i| mu * i));
    }

    fn write_sellers(
        &mut self,
        tender: &TenderSpec<'_>,
        layout: &Layout,
        demand: &Demand,
        effective: impl Fn(u16, usize) -> f64,
    ) {
        let count = tender.alternatives.len();
        let sellers = layout.seller_count();
        self.expected_profit.clear();
        self.effective_margins.clear();
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
            for g in 0..layout.nest_count() {
                let k = if local == NOBODY {
                    NONE
                } else {
                    layout.unknown_of[g * sellers + v]
                };
                self.effective_margins
                    .push(if k == NONE { f64::NAN } else { effective(k, v) });
            }
        }
    }

    /// The view of what [`Output::write`] wrote.
    pub fn view(
        &self,
        tender: &TenderSpec<'_>,
        demand: &Demand,
        converged: bool,
        work: Work,
    ) -> Equilibrium<'_> {
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
            logsum: tender.mu * demand.logsum,
            nest: &self.nest,
        }
    }
}
