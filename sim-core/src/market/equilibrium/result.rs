//! What solving a tender yields.

use super::demand::Demand;
use super::layout::{Layout, Unknown};
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
    /// True if every first-order condition holds to the tolerance asked for ([`super::TOLERANCE`] by default) and no seller has a better
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
    /// Of each unknown, then of the sentinel.
    effective: Vec<f64>,
    effective_margins: Vec<f64>,
    inclusive: Vec<f64>,
    logsum: f64,
    nest: Vec<u8>,
}

impl Output {
    /// Translates a solved game back to the tender's own order and money.
    pub fn write(&mut self, tender: &TenderSpec<'_>, layout: &Layout, demand: &mut Demand, margins: &[f64]) {
        let mu = tender.mu;
        if !layout.extended {
            demand.fill_inside(layout);
        }
        let demand = &*demand;
        self.write_effective(mu, layout, margins);
        self.write_alternatives(tender, layout, demand);
        if !layout.held.is_empty() {
            self.write_held(tender, layout);
        }
        self.write_sellers(tender, layout, demand);
        self.inclusive.clear();
        let nests = 0..layout.nest_count();
        self.inclusive.extend(nests.map(|g| mu * demand.inclusive(layout, g)));
        self.logsum = mu * demand.expected_maximum();
    }

    /// Probabilities and prices, as if no ceiling held.
    fn write_alternatives(&mut self, tender: &TenderSpec<'_>, layout: &Layout, demand: &Demand) {
        let count = tender.alternatives.len();
        for buffer in [&mut self.probability, &mut self.net_value, &mut self.total_margin] {
            buffer.resize(count, 0.0);
        }
        self.margins.resize(count, [0.0; 2]);
        self.nest.resize(count, 0);
        // Slices of one length, known to be: the loop needs few checks.
        let alternatives = &tender.alternatives[..count];
        let (product_of, unknowns) = (&layout.product_of[..count], &layout.slots[..count]);
        let (nest, slots) = (&mut self.nest[..count], &mut self.margins[..count]);
        let (total, net_value) = (&mut self.total_margin[..count], &mut self.net_value[..count]);
        let (probability, effective) = (&mut self.probability[..count], self.effective.as_slice());
        let (standing, inside) = (layout.standing.as_slice(), demand.inside.as_slice());
        for i in 0..count {
            let a = &alternatives[i];
            nest[i] = a.nest;
            let mut margins = unknowns[i].map(|k| effective[usize::from(k)]);
            if let Some(after) = tender.after {
                let row = &after[i * tender.sellers..][..tender.sellers];
                for (margin, j) in margins.iter_mut().zip(a.setters) {
                    // Nobody's number is beyond all sellers'.
                    *margin -= row.get(usize::from(j)).copied().unwrap_or(0.0);
                }
            }
            slots[i] = margins;
            total[i] = margins[0] + margins[1];
            let at = usize::from(product_of[i]);
            if usize::from(standing[at]) == i {
                probability[i] = inside[at] * demand.nest[usize::from(a.nest)];
                net_value[i] = a.value - a.cost - total[i];
            } else {
                (probability[i], net_value[i]) = (0.0, f64::NEG_INFINITY);
            }
        }
    }

    /// Margins at their ceilings and what they change.
    fn write_held(&mut self, tender: &TenderSpec<'_>, layout: &Layout) {
        for (i, (a, at)) in tender.alternatives.iter().zip(&layout.product_of).enumerate() {
            let at = usize::from(*at);
            for (slot, j) in a.setters.into_iter().enumerate().filter(|(_, j)| *j != NOBODY) {
                let side = usize::from(layout.products[at].setters[0] != layout.local[usize::from(j)]);
                let held = layout.held(at, side);
                if held != f64::INFINITY {
                    self.capped |= 1 << j;
                    self.margins[i][slot] = tender.mu * held;
                    self.total_margin[i] = self.margins[i][0] + self.margins[i][1];
                    if usize::from(layout.standing[at]) == i {
                        self.net_value[i] = a.value - a.cost - self.total_margin[i];
                    }
                }
            }
        }
    }

    fn write_sellers(&mut self, tender: &TenderSpec<'_>, layout: &Layout, demand: &Demand) {
        self.win_probability.clear();
        self.win_probability.resize(tender.sellers, 0.0);
        if layout.held.is_empty() {
            for (u, share) in layout.unknowns.iter().zip(&demand.own) {
                let j = usize::from(layout.sellers[usize::from(u.seller)]);
                self.win_probability[j] += share * demand.nest[usize::from(u.nest)];
            }
        } else {
            for (a, probability) in tender.alternatives.iter().zip(&self.probability) {
                for j in a.setters.into_iter().filter(|j| *j != NOBODY) {
                    self.win_probability[usize::from(j)] += probability;
                }
            }
        }
        self.expected_profit.clear();
        for (j, &local) in layout.local.iter().enumerate() {
            let v = usize::from(local);
            self.expected_profit.push(if local == NOBODY {
                tender.after.map_or(0.0, |w| {
                    let column = w.iter().skip(j).step_by(tender.sellers);
                    self.probability.iter().zip(column).map(|(p, w)| p * w).sum()
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

    /// Effective margin of each unknown, money, and 0 for the sentinel.
    fn write_effective(&mut self, mu: f64, layout: &Layout, margins: &[f64]) {
        self.capped = 0;
        self.effective.clear();
        if layout.extended {
            let shift = |u: &Unknown| layout.shift[usize::from(u.seller)];
            let all = margins.iter().zip(&layout.unknowns);
            self.effective.extend(all.map(|(m, u)| mu * (m + shift(u))));
        } else {
            let unknowns = layout.unknowns.len();
            self.effective.extend(margins[..unknowns].iter().map(|m| mu * m));
        }
        self.effective.push(0.0);
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
