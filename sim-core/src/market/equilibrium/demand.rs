//! Shares, profits and first-order conditions at given margins, in units of mu.

use super::lanes::dot;
use super::layout::Layout;

/// Once a margin has moved this far (in units of mu lambda) from where weights were computed, they are
/// computed afresh: well before `exp` could underflow a whole nest.
const REBASE: f64 = 200.0;

/// Everything that follows from one vector of effective margins. See [`Demand::evaluate`].
#[derive(Debug, Default)]
pub(super) struct Demand {
    /// Margins at which `weight` was computed.
    reference: Vec<f64>,
    /// exp of (product value at the reference / lambda), over the nest's largest.
    weight: Vec<f64>,
    /// Largest value of each nest at the reference.
    peak: Vec<f64>,
    /// exp of minus (margin - reference) / lambda; the last entry, 1, serves products without setter.
    factor: Vec<f64>,
    /// Share of each product inside its nest.
    pub inside: Vec<f64>,
    /// `S_{v|g}` of each unknown: share of the seller inside the nest; last entry unused.
    pub own: Vec<f64>,
    /// Inclusive value of each nest.
    pub inclusive: Vec<f64>,
    /// Probability of each nest.
    pub nest: Vec<f64>,
    /// Expected maximum.
    pub logsum: f64,
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
        for (buffer, len) in [
            (&mut self.factor, unknowns + 1),
            (&mut self.own, unknowns + 1),
            (&mut self.target, unknowns),
            (&mut self.phi, unknowns),
            (&mut self.inside, layout.products.len()),
            (&mut self.weight, layout.products.len()),
            (&mut self.peak, nests),
            (&mut self.inclusive, nests),
            (&mut self.nest, nests),
            (&mut self.profit, layout.seller_count()),
        ] {
            buffer.clear();
            buffer.resize(len, 0.0);
        }
        self.losing.clear();
        if layout.extended {
            self.losing.resize(layout.seller_count() * nests, 0.0);
        }
        self.factor[unknowns] = 1.0;
        self.rebase(layout, margins);
    }

    /// Computes product weights at `margins`: the only place with one `exp` for each product.
    fn rebase(&mut self, layout: &Layout, margins: &[f64]) {
        self.reference.clear();
        self.reference.extend_from_slice(margins);
        self.reference.push(0.0);
        for g in 0..layout.nest_count() {
            let range = layout.start[g]..layout.start[g + 1];
            let scale = 1.0 / layout.lambda[g];
            let weight = &mut self.weight[range.clone()];
            let mut peak = f64::NEG_INFINITY;
            for ((w, p), base) in weight
                .iter_mut()
                .zip(&layout.products[range.clone()])
                .zip(&layout.base[range])
            {
                let [a, b] = p.unknown.map(|k| self.reference[usize::from(k)]);
                *w = base - a - b;
                peak = peak.max(*w);
            }
            for w in weight {
                *w = libm::exp((*w - peak) * scale);
            }
            self.peak[g] = peak;
        }
    }

    /// Computes shares, profits, targets and phi; returns the largest relative error of the first-order
    /// conditions, `max |m phi / target - 1|` (infinity if any number is not finite).
    pub fn evaluate(&mut self, layout: &Layout, margins: &[f64]) -> f64 {
        if !self.evaluate_nests(layout, margins) {
            self.rebase(layout, margins);
            self.evaluate_nests(layout, margins);
        }
        self.nest_probabilities();
        self.profits(layout, margins);
        let mut error = 0.0f64;
        for (k, u) in layout.unknowns.iter().enumerate() {
            let (v, g) = (usize::from(u.seller), usize::from(u.nest));
            let inverse = 1.0 / layout.lambda[g];
            let share = self.own[k];
            self.phi[k] = share + (1.0 - share) * inverse;
            self.target[k] = 1.0 + self.profit[v];
            if layout.extended {
                self.target[k] += (inverse - 1.0) * self.losing[v * layout.nest_count() + g];
            }
            let miss = (margins[k] * self.phi[k] / self.target[k] - 1.0).abs();
            // `max` would pass over NaN.
            error = if miss <= error { error } else { miss };
        }
        if error.is_nan() { f64::INFINITY } else { error }
    }

    /// False, and no result, if the margins are too far from where weights were computed.
    fn evaluate_nests(&mut self, layout: &Layout, margins: &[f64]) -> bool {
        (0..layout.nest_count()).all(|g| self.evaluate_nest(layout, margins, g))
    }

    fn evaluate_nest(&mut self, layout: &Layout, margins: &[f64], g: usize) -> bool {
        let lambda = layout.lambda[g];
        let scale = 1.0 / lambda;
        let unknowns = layout.unknown_start[g]..layout.unknown_start[g + 1];
        for k in unknowns.clone() {
            let change = (self.reference[k] - margins[k]) * scale;
            if change.abs() > REBASE {
                return false;
            }
            self.factor[k] = libm::exp(change);
            self.own[k] = 0.0;
        }
        let range = layout.start[g]..layout.start[g + 1];
        let mut sum = 0.0;
        let pairs = &layout.pairs[range.clone()];
        let inside = &mut self.inside[range.clone()];
        // Equal lengths, known to the compiler, spare it half of the checks below.
        let factor = &self.factor[..];
        let own = &mut self.own[..factor.len()];
        for ((s, pair), w) in inside.iter_mut().zip(pairs).zip(&self.weight[range]) {
            let [a, b] = pair.map(usize::from);
            *s = w * factor[a] * factor[b];
            sum += *s;
            own[a] += *s;
            own[b] += *s;
        }
        let inverse = 1.0 / sum;
        for s in inside {
            *s *= inverse;
        }
        for k in unknowns {
            self.own[k] *= inverse;
        }
        // An empty nest has peak -inf and sum 0, and so an inclusive value of -inf.
        self.inclusive[g] = self.peak[g] + lambda * libm::log(sum);
        true
    }

    fn nest_probabilities(&mut self) {
        let peak = self
            .inclusive
            .iter()
            .copied()
            .fold(f64::NEG_INFINITY, f64::max);
        let mut sum = 0.0;
        for (p, i) in self.nest.iter_mut().zip(&self.inclusive) {
            *p = libm::exp(i - peak);
            sum += *p;
        }
        self.nest.iter_mut().for_each(|p| *p /= sum);
        self.logsum = peak + libm::log(sum);
    }

    fn profits(&mut self, layout: &Layout, margins: &[f64]) {
        self.profit.fill(0.0);
        for (k, u) in layout.unknowns.iter().enumerate() {
            let earned = self.nest[usize::from(u.nest)] * self.own[k] * margins[k];
            self.profit[usize::from(u.seller)] += earned;
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
        let products = layout.products[range.clone()]
            .iter()
            .zip(&self.inside[range]);
        let without = products.filter(|(p, _)| !p.unknown.contains(&(k as u16)));
        without.map(|(_, s)| s).sum()
    }
}
