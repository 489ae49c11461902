//! Shares, profits and first-order conditions at given margins, in units of mu.

use super::lanes::dot;
use super::layout::Layout;
use super::tender::MAX_SELLERS;

/// Once a margin has moved this far (in units of mu lambda) from where weights were computed, they are
/// computed afresh: well before `exp` could underflow a whole nest.
const REBASE: f64 = 200.0;

/// Room for the unknowns of one nest and a sentinel, a power of two so that masked indices need no check.
const ROOM: usize = 2 * MAX_SELLERS;

/// One number for each unknown of a nest, then one for the sentinel.
#[derive(Debug)]
struct Slots([f64; ROOM]);

impl Default for Slots {
    fn default() -> Self {
        Self([0.0; ROOM])
    }
}

/// Everything that follows from one vector of effective margins. See [`Demand::evaluate`].
#[derive(Debug, Default)]
pub(super) struct Demand {
    /// Factor by which each unknown of a nest changed the weights of its products; 1 for the sentinel.
    factor: Slots,
    /// Sizes of each unknown's products.
    sizes: Slots,
    /// Margins at which `weight` was computed.
    reference: Vec<f64>,
    /// exp of (product value at the reference / lambda), over the nest's largest.
    weight: Vec<f64>,
    /// Largest value of each nest at the reference.
    peak: Vec<f64>,
    /// exp of the nest's peak over the highest peak.
    height: Vec<f64>,
    /// Sum of the sizes of a nest's products.
    size: Vec<f64>,
    /// Share of each product inside its nest.
    pub inside: Vec<f64>,
    /// `S_{v|g}` of each unknown: share of the seller inside the nest.
    pub own: Vec<f64>,
    /// Probability of each nest.
    pub nest: Vec<f64>,
    /// `L_{v,g}`, row-major by seller: mean over nest g of a seller's losing values, zero where it sets the
    /// price. Empty unless the layout is extended.
    pub losing: Vec<f64>,
    /// `Pi_v` of each local seller, from shifted values.
    pub profit: Vec<f64>,
    /// `1 + Pi_v + (1/lambda_g - 1) L_{v,g}` of each unknown.
    pub target: Vec<f64>,
    /// `phi_vg = S + (1 - S) / lambda_g` of each unknown.
    pub phi: Vec<f64>,
}

impl Demand {
    /// Prepares for a layout and computes weights at `margins`.
    pub fn reset(&mut self, layout: &Layout, margins: &[f64]) {
        let (unknowns, nests) = (layout.unknowns.len(), layout.nest_count());
        // Every entry is written before it is read: nothing needs clearing.
        for (buffer, len) in [
            (&mut self.own, unknowns),
            (&mut self.target, unknowns),
            (&mut self.phi, unknowns),
            (&mut self.inside, layout.products.len()),
            (&mut self.weight, layout.products.len()),
            (&mut self.peak, nests),
            (&mut self.height, nests),
            (&mut self.size, nests),
            (&mut self.nest, nests),
            (&mut self.profit, layout.seller_count()),
        ] {
            buffer.resize(len, 0.0);
        }
        self.losing.clear();
        if layout.extended {
            self.losing.resize(layout.seller_count() * nests, 0.0);
        }
        self.rebase(layout, margins);
    }

    /// Computes product weights at `margins`: the only place with one `exp` for each product.
    fn rebase(&mut self, layout: &Layout, margins: &[f64]) {
        self.reference.clear();
        self.reference.extend_from_slice(margins);
        let mut top = f64::NEG_INFINITY;
        for g in 0..layout.nest_count() {
            let range = layout.start[g]..layout.start[g + 1];
            let Slots(margin) = &mut self.factor;
            let unknowns = &margins[layout.unknown_start[g]..layout.unknown_start[g + 1]];
            margin[unknowns.len()] = 0.0;
            margin[..unknowns.len()].copy_from_slice(unknowns);
            let weight = &mut self.weight[range.clone()];
            let mut peak = f64::NEG_INFINITY;
            for ((w, pair), base) in weight
                .iter_mut()
                .zip(&layout.pairs[range.clone()])
                .zip(&layout.base[range])
            {
                let [a, b] = pair.map(place);
                *w = base - margin[a] - margin[b];
                peak = peak.max(*w);
            }
            let scale = layout.inverse_lambda[g];
            for w in weight {
                *w = libm::exp((*w - peak) * scale);
            }
            self.peak[g] = peak;
            top = top.max(peak);
        }
        for (height, peak) in self.height.iter_mut().zip(&self.peak) {
            *height = libm::exp(peak - top);
        }
    }

    /// Computes shares, profits, targets and phi; returns the largest relative error of the first-order
    /// conditions, `max |m phi / target - 1|` (infinity if any number is not finite).
    pub fn evaluate(&mut self, layout: &Layout, margins: &[f64]) -> f64 {
        if !self.evaluate_nests(layout, margins) {
            self.rebase(layout, margins);
            self.evaluate_nests(layout, margins);
        }
        self.nest_probabilities(layout);
        self.profits(layout, margins);
        let mut error = 0.0f64;
        for g in 0..layout.nest_count() {
            let range = layout.unknown_start[g]..layout.unknown_start[g + 1];
            let inverse = layout.inverse_lambda[g];
            let targets = self.target[range.clone()].iter_mut();
            let results = targets.zip(&mut self.phi[range.clone()]);
            let given = margins[range.clone()].iter().zip(&self.own[range.clone()]);
            let unknowns = layout.unknowns[range].iter();
            for (((target, phi), (m, share)), u) in results.zip(given).zip(unknowns) {
                let v = usize::from(u.seller);
                *phi = share + (1.0 - share) * inverse;
                *target = 1.0 + self.profit[v];
                if layout.extended {
                    *target += (inverse - 1.0) * self.losing[v * layout.nest_count() + g];
                }
                let miss = (m * *phi / *target - 1.0).abs();
                // `max` would pass over NaN.
                error = if miss <= error { error } else { miss };
            }
        }
        if error.is_nan() { f64::INFINITY } else { error }
    }

    /// False, and no result, if the margins are too far from where weights were computed.
    fn evaluate_nests(&mut self, layout: &Layout, margins: &[f64]) -> bool {
        (0..layout.nest_count()).all(|g| self.evaluate_nest(layout, margins, g))
    }

    fn evaluate_nest(&mut self, layout: &Layout, margins: &[f64], g: usize) -> bool {
        let scale = layout.inverse_lambda[g];
        let unknowns = layout.unknown_start[g]..layout.unknown_start[g + 1];
        let (Slots(factor), Slots(own)) = (&mut self.factor, &mut self.sizes);
        factor[unknowns.len()] = 1.0;
        own[..=unknowns.len()].fill(0.0);
        let reference = &self.reference[unknowns.clone()];
        for ((f, m), reference) in factor.iter_mut().zip(&margins[unknowns.clone()]).zip(reference) {
            let change = (reference - m) * scale;
            if change.abs() > REBASE {
                return false;
            }
            *f = libm::exp(change);
        }
        let range = layout.start[g]..layout.start[g + 1];
        let mut sum = 0.0;
        let inside = &mut self.inside[range.clone()];
        let given = layout.pairs[range.clone()].iter().zip(&self.weight[range]);
        for (s, (pair, w)) in inside.iter_mut().zip(given) {
            let [a, b] = pair.map(place);
            let size = w * factor[a] * factor[b];
            *s = size;
            sum += size;
            own[a] += size;
            own[b] += size;
        }
        let inverse = 1.0 / sum;
        for s in inside {
            *s *= inverse;
        }
        for (share, size) in self.own[unknowns].iter_mut().zip(&*own) {
            *share = size * inverse;
        }
        self.size[g] = sum;
        true
    }

    fn nest_probabilities(&mut self, layout: &Layout) {
        let mut sum = 0.0;
        for (((p, height), size), lambda) in self
            .nest
            .iter_mut()
            .zip(&self.height)
            .zip(&self.size)
            .zip(&layout.lambda)
        {
            // An empty nest has height and size 0.
            let grown = if *lambda == 1.0 || *size == 0.0 {
                *size
            } else {
                libm::exp(lambda * libm::log(*size))
            };
            *p = height * grown;
            sum += *p;
        }
        let inverse = 1.0 / sum;
        self.nest.iter_mut().for_each(|p| *p *= inverse);
    }

    /// Inclusive value of nest `g`; minus infinity for an empty one.
    pub fn inclusive(&self, layout: &Layout, g: usize) -> f64 {
        self.peak[g] + layout.lambda[g] * libm::log(self.size[g])
    }

    fn profits(&mut self, layout: &Layout, margins: &[f64]) {
        self.profit.fill(0.0);
        for (g, probability) in self.nest.iter().enumerate() {
            let range = layout.unknown_start[g]..layout.unknown_start[g + 1];
            let given = margins[range.clone()].iter().zip(&self.own[range.clone()]);
            for (u, (m, share)) in layout.unknowns[range].iter().zip(given) {
                self.profit[usize::from(u.seller)] += probability * share * m;
            }
        }
        if !layout.extended {
            return;
        }
        let nests = layout.nest_count();
        let width = layout.products.len();
        for (v, row) in layout.losing.chunks_exact(width).enumerate() {
            for g in 0..nests {
                let range = layout.start[g]..layout.start[g + 1];
                let mean = dot(&self.inside[range.clone()], &row[range]);
                self.losing[v * nests + g] = mean;
                self.profit[v] += self.nest[g] * mean;
            }
        }
    }

    /// `L_{v,g}`, zero when later values play no part.
    pub fn losing(&self, layout: &Layout, v: usize, g: usize) -> f64 {
        if layout.extended {
            self.losing[v * layout.nest_count() + g]
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
        let products = layout.products[range.clone()].iter().zip(&self.inside[range]);
        let without = products.filter(|(p, _)| !p.unknown.contains(&(k as u16)));
        without.map(|(_, s)| s).sum()
    }
}

/// Index into an array of [`ROOM`].
fn place(i: u8) -> usize {
    usize::from(i) % ROOM
}
