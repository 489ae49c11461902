//! Shares, profits and first-order conditions at given margins, in units of mu.

use super::lanes::{combine, exp_all, padded};
use super::layout::Layout;

/// Once a margin has moved this far (in units of mu lambda) from where weights were computed, they are
/// computed afresh: well before `exp` could underflow a whole nest.
const REBASE: f64 = 200.0;

/// Everything that follows from one vector of effective margins. See [`Demand::evaluate`].
#[derive(Debug, Default)]
pub(super) struct Demand {
    /// Margins at which `weight` was computed, and 0 for the sentinel.
    reference: Vec<f64>,
    /// Factor by which each unknown changed the weights of its products; 1 for the sentinel and beyond.
    factor: Vec<f64>,
    /// exp of (product value at the reference / lambda), over the nest's largest.
    weight: Vec<f64>,
    /// Sums of weights, see [`Layout::cells`].
    cells: Vec<f64>,
    /// Largest value of each nest at the reference, and the largest of all.
    peak: Vec<f64>,
    top: f64,
    /// exp of the nest's peak over the highest peak.
    height: Vec<f64>,
    /// Inverse sum of the sizes of a nest's products.
    inverse_size: Vec<f64>,
    /// Sum of the nests' weights, relative to the top.
    total: f64,
    /// Weight of the products that each unknown of one nest shares with another.
    shared: Vec<f64>,
    /// Share of each product inside its nest; current only if the layout is extended, see [`Demand::fill_inside`].
    pub inside: Vec<f64>,
    /// `S_{v|g}` of each unknown: share of the seller inside the nest.
    pub own: Vec<f64>,
    /// Part of it in products that it shares with another unknown.
    pub partnered: Vec<f64>,
    /// Probability of each nest.
    pub nest: Vec<f64>,
    /// `L_{v,g}`, a row of lanes for each nest: mean over nest g of a seller's losing values, zero where it sets the
    /// price. Empty unless the layout is extended.
    losing: Vec<f64>,
    /// `Pi_v` of each local seller, from shifted values, in whole lanes.
    pub profit: Vec<f64>,
    /// `1 + Pi_v + (1/lambda_g - 1) L_{v,g}` of each unknown.
    pub target: Vec<f64>,
    /// `phi_vg = S + (1 - S) / lambda_g` of each unknown.
    pub phi: Vec<f64>,
    /// `target / m - phi` of each unknown.
    pub residual: Vec<f64>,
    /// Relative error of the condition of each unknown, signed.
    miss: Vec<f64>,
}

impl Demand {
    /// Prepares for a layout and computes weights at `margins`.
    pub fn reset(&mut self, layout: &Layout, margins: &[f64]) {
        let (unknowns, nests) = (layout.unknowns.len(), layout.nest_count());
        // Every entry is written before it is read: nothing needs clearing.
        for (buffer, len) in [
            (&mut self.own, unknowns),
            (&mut self.partnered, unknowns),
            (&mut self.target, unknowns),
            (&mut self.phi, unknowns),
            (&mut self.residual, unknowns),
            (&mut self.miss, unknowns),
            (&mut self.factor, padded(unknowns + 1)),
            (&mut self.inside, layout.products.len()),
            (&mut self.weight, layout.products.len()),
            (&mut self.cells, layout.cells[nests] + 1),
            (&mut self.peak, nests),
            (&mut self.height, nests),
            (&mut self.inverse_size, nests),
            (&mut self.nest, nests),
            (&mut self.profit, layout.lanes()),
        ] {
            buffer.resize(len, 0.0);
        }
        self.losing.clear();
        if layout.extended {
            self.losing.resize(layout.lanes() * nests, 0.0);
        }
        self.rebase(layout, margins);
    }

    /// Computes product weights at `margins`: the only place with one `exp` for each product.
    fn rebase(&mut self, layout: &Layout, margins: &[f64]) {
        self.reference.clear();
        self.reference.extend_from_slice(margins);
        self.reference.push(0.0);
        self.top = f64::NEG_INFINITY;
        for (g, peak) in self.peak.iter_mut().enumerate() {
            let range = layout.start[g]..layout.start[g + 1];
            let weight = &mut self.weight[range.clone()];
            *peak = f64::NEG_INFINITY;
            let given = layout.products[range.clone()].iter().zip(&layout.base[range]);
            for (w, (p, base)) in weight.iter_mut().zip(given) {
                let [a, b] = p.unknown.map(|k| self.reference[usize::from(k)]);
                *w = base - a - b;
                *peak = peak.max(*w);
            }
            let scale = layout.inverse_lambda[g];
            for w in weight {
                *w = (*w - *peak) * scale;
            }
            self.top = self.top.max(*peak);
        }
        exp_all(&mut self.weight);
        self.cells.fill(0.0);
        for (p, w) in layout.products.iter().zip(&self.weight) {
            for cell in p.cells {
                self.cells[cell as usize] += w;
            }
        }
        for (height, peak) in self.height.iter_mut().zip(&self.peak) {
            *height = libm::exp(peak - self.top);
        }
    }

    /// Computes shares, profits, targets and phi; returns the largest relative error of the first-order
    /// conditions, `max |m phi / target - 1|` (infinity if any number is not finite).
    pub fn evaluate(&mut self, layout: &Layout, margins: &[f64]) -> f64 {
        if !self.set_factors(layout, margins) {
            self.rebase(layout, margins);
            self.factor.fill(1.0);
        }
        self.shares(layout);
        if layout.extended {
            self.fill_inside(layout);
        }
        self.profits(layout, margins);
        self.conditions(layout, margins)
    }

    /// False if the margins are too far from where weights were computed.
    fn set_factors(&mut self, layout: &Layout, margins: &[f64]) -> bool {
        let n = margins.len();
        let (reference, rate, factor) = (&self.reference[..n], &layout.rate[..n], &mut self.factor[..n]);
        for k in 0..n {
            factor[k] = (reference[k] - margins[k]) * rate[k];
        }
        let far = largest(factor) > REBASE;
        self.factor[n..].fill(0.0);
        if !far {
            exp_all(&mut self.factor);
        }
        !far
    }

    /// Shares of sellers inside nests, and probabilities of nests.
    fn shares(&mut self, layout: &Layout) {
        self.total = 0.0;
        for g in 0..layout.nest_count() {
            let range = layout.unknown_start[g]..layout.unknown_start[g + 1];
            let cells = &self.cells[layout.cells[g]..layout.cells[g + 1]];
            let (alone, pairs) = cells[1..].split_at(range.len());
            let factor = &self.factor[range.clone()];
            let (own, partnered) = (&mut self.own[range.clone()], &mut self.partnered[range]);
            let mut size = cells[0];
            for ((own, factor), alone) in own.iter_mut().zip(factor).zip(alone) {
                *own = factor * alone;
                size += *own;
            }
            if !pairs.is_empty() {
                self.shared.resize(padded(factor.len()), 0.0);
                combine(pairs, factor, &mut self.shared);
                let given = factor.iter().zip(&self.shared);
                for ((own, partnered), (factor, shared)) in own.iter_mut().zip(&mut *partnered).zip(given) {
                    *partnered = factor * shared;
                    *own += *partnered;
                    size += 0.5 * *partnered;
                }
            }
            let inverse = 1.0 / size;
            own.iter_mut().for_each(|own| *own *= inverse);
            if pairs.is_empty() {
                partnered.fill(0.0);
            } else {
                partnered.iter_mut().for_each(|share| *share *= inverse);
            }
            self.inverse_size[g] = inverse;
            let lambda = layout.lambda[g];
            // An empty nest has height and size 0.
            let grown = if lambda == 1.0 || size == 0.0 {
                size
            } else {
                libm::exp(lambda * libm::log(size))
            };
            self.nest[g] = self.height[g] * grown;
            self.total += self.nest[g];
        }
        let inverse = 1.0 / self.total;
        self.nest.iter_mut().for_each(|p| *p *= inverse);
    }

    /// Fills `inside` for the margins of the last evaluation.
    pub fn fill_inside(&mut self, layout: &Layout) {
        for g in 0..layout.nest_count() {
            let range = layout.start[g]..layout.start[g + 1];
            let inverse = self.inverse_size[g];
            let given = layout.products[range.clone()].iter().zip(&self.weight[range.clone()]);
            for (s, (p, w)) in self.inside[range].iter_mut().zip(given) {
                let [a, b] = p.unknown.map(|k| self.factor[usize::from(k)]);
                *s = w * a * b * inverse;
            }
        }
    }

    fn profits(&mut self, layout: &Layout, margins: &[f64]) {
        self.profit.fill(0.0);
        for (u, (m, share)) in layout.unknowns.iter().zip(margins.iter().zip(&self.own)) {
            self.profit[usize::from(u.seller)] += self.nest[usize::from(u.nest)] * share * m;
        }
        if !layout.extended {
            return;
        }
        let width = layout.lanes();
        let means = self.losing.chunks_exact_mut(width.max(1));
        for (g, (means, probability)) in means.zip(&self.nest).enumerate() {
            let range = layout.start[g]..layout.start[g + 1];
            let later = &layout.losing[range.start * width..range.end * width];
            combine(later, &self.inside[range], means);
            for (profit, mean) in self.profit.iter_mut().zip(means) {
                *profit += probability * *mean;
            }
        }
    }

    fn conditions(&mut self, layout: &Layout, margins: &[f64]) -> f64 {
        for (target, u) in self.target.iter_mut().zip(&layout.unknowns) {
            *target = 1.0 + self.profit[usize::from(u.seller)];
        }
        if layout.extended {
            let width = layout.lanes();
            for ((target, u), rate) in self.target.iter_mut().zip(&layout.unknowns).zip(&layout.rate) {
                *target += (rate - 1.0) * self.losing[usize::from(u.nest) * width + usize::from(u.seller)];
            }
        }
        // Slices of one length, known to be: the loop needs no checks and is done in vectors.
        let n = margins.len();
        let (target, own, rate) = (&self.target[..n], &self.own[..n], &layout.rate[..n]);
        let (phi, residual, miss) = (&mut self.phi[..n], &mut self.residual[..n], &mut self.miss[..n]);
        for k in 0..n {
            phi[k] = own[k] + (1.0 - own[k]) * rate[k];
            let wanted = target[k] / margins[k];
            residual[k] = wanted - phi[k];
            miss[k] = residual[k] / wanted;
        }
        let error = largest(miss);
        if error.is_nan() { f64::INFINITY } else { error }
    }

    /// Inclusive value of nest `g`; minus infinity for an empty one.
    pub fn inclusive(&self, layout: &Layout, g: usize) -> f64 {
        self.peak[g] - layout.lambda[g] * libm::log(self.inverse_size[g])
    }

    /// The buyer's expected maximum, without Euler's constant.
    pub fn expected_maximum(&self) -> f64 {
        self.top + libm::log(self.total)
    }

    /// `L_{v,g}`, zero when later values play no part.
    pub fn losing(&self, layout: &Layout, v: usize, g: usize) -> f64 {
        if layout.extended {
            self.losing[g * layout.lanes() + v]
        } else {
            0.0
        }
    }

    /// What seller `v` gets on average if nest `g` is chosen: `S m + L`.
    pub fn yields(&self, layout: &Layout, margins: &[f64], v: usize, g: usize) -> f64 {
        let k = layout.unknown_of[g * layout.seller_count() + v];
        let margin_part = match margins.get(usize::from(k)) {
            Some(m) => self.own[usize::from(k)] * m,
            None => 0.0,
        };
        margin_part + self.losing(layout, v, g)
    }

    /// The share inside nest `g` of products whose price `v` does not set, summed directly: `1 - S` would
    /// lose all digits for a dominant seller.
    pub fn others(&self, layout: &Layout, k: usize) -> f64 {
        let g = usize::from(layout.unknowns[k].nest);
        let range = layout.start[g]..layout.start[g + 1];
        let products = layout.products[range.clone()].iter().zip(&self.weight[range]);
        let without = products.filter(|(p, _)| !p.unknown.contains(&(k as u16)));
        let sizes = without.map(|(p, w)| {
            let [a, b] = p.unknown.map(|k| self.factor[usize::from(k)]);
            w * a * b
        });
        sizes.sum::<f64>() * self.inverse_size[g]
    }
}

/// The largest magnitude, NaN if there is one: without the sign, numbers have the order of their bits, and NaN comes last.
fn largest(numbers: &[f64]) -> f64 {
    f64::from_bits(numbers.iter().fold(0, |top, x| x.abs().to_bits().max(top)))
}
