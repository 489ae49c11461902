//! Shares, profits and first-order conditions at given margins, in units of mu.

use super::lanes::{LANES, add, combine, exp_all, multiply, padded};
use super::layout::{Layout, NONE};

/// Once a margin has moved this far (in units of mu lambda) from where weights were computed, they are
/// computed afresh: well before `exp` could underflow a whole nest.
const REBASE: f64 = 200.0;

/// Everything that follows from one vector of effective margins. See [`Demand::evaluate`].
///
/// What there is one of for each unknown lies in rows of [`Layout::row`].
#[derive(Debug, Default)]
pub(super) struct Demand {
    /// Margins at which `weight` was computed, and 0 for the sentinel and beyond.
    reference: Vec<f64>,
    /// Factor by which each unknown changed the weights of its products; 1 for the sentinel and beyond.
    factor: Vec<f64>,
    /// exp of (product value at the reference / lambda), over the nest's largest.
    weight: Vec<f64>,
    /// Sums of weights, see [`Layout::pairs`].
    cells: Vec<f64>,
    /// Largest value of each nest at the reference, and the largest of all.
    peak: Vec<f64>,
    top: f64,
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
}

impl Demand {
    /// Prepares for a layout and computes weights at `margins`.
    pub fn reset(&mut self, layout: &Layout, margins: &[f64]) {
        let (row, nests) = (layout.row(), layout.nest_count());
        // Every entry is written before it is read: nothing needs clearing.
        for (buffer, len) in [
            (&mut self.factor, row),
            (&mut self.own, row),
            (&mut self.phi, row),
            (&mut self.residual, row),
            (&mut self.inside, layout.products.len()),
            (&mut self.weight, layout.products.len()),
            (&mut self.cells, layout.pairs[nests] + 1),
            (&mut self.peak, nests),
            (&mut self.inverse_size, nests),
            (&mut self.nest, nests),
            (&mut self.profit, layout.lanes()),
            (
                &mut self.losing,
                if layout.extended { layout.lanes() * nests } else { 0 },
            ),
        ] {
            buffer.resize(len, 0.0);
        }
        for (buffer, beyond) in [(&mut self.partnered, 0.0), (&mut self.target, 1.0)] {
            buffer.clear();
            buffer.resize(row, beyond);
        }
        self.rebase(layout, margins);
    }

    /// Computes product weights at `margins`: the only place with one `exp` for each product.
    fn rebase(&mut self, layout: &Layout, margins: &[f64]) {
        let (unknowns, row) = (layout.unknowns.len(), layout.row());
        self.reference.clear();
        self.reference.extend_from_slice(&margins[..unknowns]);
        self.reference.resize(row, 0.0);
        self.top = f64::NEG_INFINITY;
        for (g, peak) in self.peak.iter_mut().enumerate() {
            let range = layout.start[g]..layout.start[g + 1];
            let weight = &mut self.weight[range.clone()];
            *peak = f64::NEG_INFINITY;
            let given = layout.products[range.clone()].iter().zip(&layout.base[range]);
            for (w, (p, base)) in weight.iter_mut().zip(given) {
                let [a, b] = p.unknown.map(|k| self.reference[usize::from(k)]);
                *w = base - a - b;
                *peak = if *w > *peak { *w } else { *peak };
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
        self.cells[unknowns..row].fill(1.0);
    }

    /// Computes shares, profits, targets and phi; returns the largest relative error of the first-order
    /// conditions, `max |m phi / target - 1|` (infinity if any number is not finite). `margins`: a row.
    pub fn evaluate(&mut self, layout: &Layout, margins: &[f64]) -> f64 {
        if !self.set_factors(layout, margins) {
            self.rebase(layout, margins);
            self.factor.fill(1.0);
        }
        self.shares(layout);
        self.nests(layout);
        if layout.extended {
            self.fill_inside(layout);
        }
        self.profits(layout, margins);
        self.conditions(layout, margins)
    }

    /// False if the margins are too far from where weights were computed.
    fn set_factors(&mut self, layout: &Layout, margins: &[f64]) -> bool {
        let (factor, _) = self.factor.as_chunks_mut::<LANES>();
        let lanes = factor.len();
        let reference = &self.reference.as_chunks::<LANES>().0[..lanes];
        let margins = &margins.as_chunks::<LANES>().0[..lanes];
        let rate = &layout.rate.as_chunks::<LANES>().0[..lanes];
        let mut far = [0.0; LANES];
        for l in 0..lanes {
            let mut x = [0.0; LANES];
            for i in 0..LANES {
                x[i] = (reference[l][i] - margins[l][i]) * rate[l][i];
                far[i] = if x[i].abs() > far[i] { x[i].abs() } else { far[i] };
            }
            factor[l] = x;
        }
        let near = far.iter().all(|x| *x <= REBASE);
        if near {
            exp_all(&mut self.factor);
        }
        near
    }

    /// Shares of sellers inside nests, and the nests' sizes.
    fn shares(&mut self, layout: &Layout) {
        // Local slices: what is written through them cannot move a buffer, so no address is read twice.
        let (row, nests) = (layout.row(), layout.nest_count());
        let (cells, factor) = (self.cells.as_slice(), &self.factor[..row]);
        let (own, partnered) = (&mut self.own[..row], &mut self.partnered[..row]);
        let inverse_size = &mut self.inverse_size[..nests];
        let (starts, matrices) = (&layout.unknown_start[..=nests], &layout.pairs[..=nests]);
        multiply(own, factor, &cells[..row]);
        for g in 0..nests {
            let (first, end) = (starts[g], starts[g + 1]);
            let own = &mut own[first..end];
            let mut size = cells[row + g];
            for own in &*own {
                size += own;
            }
            let pairs = &cells[matrices[g]..matrices[g + 1]];
            if pairs.is_empty() {
                let inverse = 1.0 / size;
                for own in own {
                    *own *= inverse;
                }
                inverse_size[g] = inverse;
                continue;
            }
            let (factor, partnered) = (&factor[first..end], &mut partnered[first..end]);
            self.shared.resize(padded(factor.len()), 0.0);
            combine(pairs, factor, &mut self.shared);
            let mut both = 0.0;
            for ((partnered, factor), shared) in partnered.iter_mut().zip(factor).zip(&self.shared) {
                *partnered = factor * shared;
                both += *partnered;
            }
            let inverse = 1.0 / (size + 0.5 * both);
            for (own, partnered) in own.iter_mut().zip(partnered) {
                *own = (*own + *partnered) * inverse;
                *partnered *= inverse;
            }
            inverse_size[g] = inverse;
        }
    }

    /// Probabilities of nests: `size^lambda` each, relative to the highest peak.
    fn nests(&mut self, layout: &Layout) {
        let nest = self.nest.as_mut_slice();
        let count = nest.len();
        let (peak, lambda) = (&self.peak[..count], &layout.lambda[..count]);
        let (inverse_size, top) = (&self.inverse_size[..count], self.top);
        for g in 0..count {
            // The size itself where lambda is 1, a nest's most frequent case.
            let curved = if lambda[g] == 1.0 {
                0.0
            } else {
                lambda[g] * libm::log(inverse_size[g])
            };
            nest[g] = peak[g] - top - curved;
        }
        exp_all(nest);
        let mut total = 0.0;
        for g in 0..count {
            let size = if lambda[g] == 1.0 {
                nest[g] / inverse_size[g]
            } else {
                nest[g]
            };
            // A nest without products has no weight.
            nest[g] = if peak[g] == f64::NEG_INFINITY { 0.0 } else { size };
            total += nest[g];
        }
        let inverse = 1.0 / total;
        for nest in nest {
            *nest *= inverse;
        }
        self.total = total;
    }

    /// Fills `inside` for the margins of the last evaluation.
    pub fn fill_inside(&mut self, layout: &Layout) {
        let factor = &self.factor[..layout.row()];
        for g in 0..layout.nest_count() {
            let range = layout.start[g]..layout.start[g + 1];
            let inverse = self.inverse_size[g];
            let (products, weight) = (&layout.products[range.clone()], &self.weight[range.clone()]);
            for ((s, p), w) in self.inside[range].iter_mut().zip(products).zip(weight) {
                let [a, b] = p.unknown.map(usize::from);
                *s = w * factor[a] * factor[b] * inverse;
            }
        }
    }

    fn profits(&mut self, layout: &Layout, margins: &[f64]) {
        let width = layout.lanes();
        let (profit, nest, own) = (&mut self.profit[..width], self.nest.as_slice(), self.own.as_slice());
        profit.fill(0.0);
        if layout.extended {
            let means = self.losing.chunks_exact_mut(width.max(1));
            for (g, (means, probability)) in means.zip(nest).enumerate() {
                let range = layout.start[g]..layout.start[g + 1];
                let later = &layout.losing[range.start * width..range.end * width];
                combine(later, &self.inside[range], means);
                add(profit, *probability, means);
            }
        }
        let unknowns = layout.unknowns.as_slice();
        for (probability, ends) in nest.iter().zip(layout.unknown_start.windows(2)) {
            let (first, end) = (ends[0], ends[1]);
            let (margins, own) = (&margins[first..end], &own[first..end]);
            for ((u, m), share) in unknowns[first..end].iter().zip(margins).zip(own) {
                profit[usize::from(u.seller)] += probability * share * m;
            }
        }
    }

    fn conditions(&mut self, layout: &Layout, margins: &[f64]) -> f64 {
        let width = layout.lanes();
        let (profit, unknowns) = (&self.profit[..width], layout.unknowns.as_slice());
        if layout.extended {
            let nests = self.losing.chunks_exact(width.max(1)).zip(&layout.inverse_lambda);
            for ((means, inverse), ends) in nests.zip(layout.unknown_start.windows(2)) {
                let (curve, means) = (inverse - 1.0, &means[..width]);
                let target = &mut self.target[ends[0]..ends[1]];
                for (target, u) in target.iter_mut().zip(&unknowns[ends[0]..ends[1]]) {
                    let v = usize::from(u.seller);
                    *target = 1.0 + profit[v] + curve * means[v];
                }
            }
        } else {
            for (target, u) in self.target.iter_mut().zip(unknowns) {
                *target = 1.0 + profit[usize::from(u.seller)];
            }
        }
        // Slices of one length, known to be: the loop needs no checks.
        let (phi, _) = self.phi.as_chunks_mut::<LANES>();
        let lanes = phi.len();
        let residual = &mut self.residual.as_chunks_mut::<LANES>().0[..lanes];
        let (margins, rate) = (
            &margins.as_chunks::<LANES>().0[..lanes],
            &layout.rate.as_chunks::<LANES>().0[..lanes],
        );
        let (target, own) = (
            &self.target.as_chunks::<LANES>().0[..lanes],
            &self.own.as_chunks::<LANES>().0[..lanes],
        );
        let (mut worst, mut sums) = ([0.0; LANES], [0.0; LANES]);
        for l in 0..lanes {
            let (m, rate, target, own) = (margins[l], rate[l], target[l], own[l]);
            let (mut now, mut left) = ([0.0; LANES], [0.0; LANES]);
            for i in 0..LANES {
                now[i] = own[i] + (1.0 - own[i]) * rate[i];
                let wanted = target[i] / m[i];
                left[i] = wanted - now[i];
                let miss = (left[i] / wanted).abs();
                worst[i] = if miss > worst[i] { miss } else { worst[i] };
                sums[i] += miss;
            }
            (phi[l], residual[l]) = (now, left);
        }
        // A comparison passes over what is not a number; a sum does not.
        if sums.iter().sum::<f64>().is_finite() {
            worst.iter().fold(0.0, |worst, x| if *x > worst { *x } else { worst })
        } else {
            f64::INFINITY
        }
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

    /// `L_{v,g}` of all sellers in nest `g`; only where later values play a part. `lanes`: [`Layout::lanes`].
    pub fn losing_row(&self, g: usize, lanes: usize) -> &[f64] {
        &self.losing[g * lanes..][..lanes]
    }

    /// What seller `v` gets on average if nest `g` is chosen: `S m + L`.
    pub fn yields(&self, layout: &Layout, margins: &[f64], v: usize, g: usize) -> f64 {
        let k = layout.unknown_of[g * layout.seller_count() + v];
        let margin_part = if k == NONE {
            0.0
        } else {
            self.own[usize::from(k)] * margins[usize::from(k)]
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
