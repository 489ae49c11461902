//! Random tenders and a small generator for the tests of the market.
#![allow(dead_code, reason = "each test program uses a part")]

use sim_core::market::equilibrium::{Alternative, NOBODY, TenderSpec};

/// SplitMix64 (Steele, Lea and Flood 2014).
pub struct Random(pub u64);

impl Random {
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in (0, 1).
    pub fn unit(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }
}

/// A tender with its own storage.
#[derive(Debug, Clone)]
pub struct Tender {
    pub mu: f64,
    pub lambda: Vec<f64>,
    pub alternatives: Vec<Alternative>,
    pub sellers: usize,
    pub after: Option<Vec<f64>>,
    pub caps: Option<Vec<[f64; 2]>>,
}

impl Tender {
    pub fn new(mu: f64, lambda: &[f64], sellers: usize, alternatives: &[Alternative]) -> Self {
        let (lambda, alternatives) = (lambda.to_vec(), alternatives.to_vec());
        Self {
            mu,
            lambda,
            alternatives,
            sellers,
            after: None,
            caps: None,
        }
    }

    pub fn spec(&self) -> TenderSpec<'_> {
        TenderSpec {
            mu: self.mu,
            lambda: &self.lambda,
            alternatives: &self.alternatives,
            sellers: self.sellers,
            after: self.after.as_deref(),
            margin_caps: self.caps.as_deref(),
        }
    }

    pub fn essential(&self) -> bool {
        self.alternatives.iter().fold(u64::MAX, |m, a| m & a.setter_mask()) != 0
    }
}

/// The set of the trial in solver.md: 2 to 12 sellers, 1 to 100 alternatives, ties and spreads to 10 mu, an
/// incumbent's lead to 12 mu, lambda in [0.3, 1], any share of two-seller stacks, skewed ownership, and an
/// outside option in about half, forced where a seller is essential. Nests: one or two priced ones of one-seller
/// stacks, one of mixed stacks, one for the outside option.
pub fn random_tender(r: &mut Random, mu: f64) -> Tender {
    let sellers = 2 + r.below(11);
    let count = if r.chance(0.2) {
        1 + r.below(6)
    } else {
        1 + r.below(100)
    };
    let priced = 1 + r.below(3);
    let lambda = (0..=priced).map(|_| match r.below(5) {
        0 => 0.3,
        1 => 1.0,
        _ => r.between(0.3, 1.0),
    });
    let lambda: Vec<f64> = lambda.collect();
    let spread = [0.0, 0.3, 1.0, 3.0, 10.0][r.below(5)];
    let pairs = [0.0, 0.3, 0.6, 1.0][r.below(4)];
    let skew = r.between(1.0, 3.0);
    let lead = if r.chance(0.5) { r.between(0.0, 12.0) } else { 0.0 };
    let incumbent = r.below(sellers) as u8;
    let mut alternatives = Vec::new();
    for _ in 0..count {
        let pick = |r: &mut Random| (sellers as f64 * libm::pow(r.unit(), skew)).min(sellers as f64 - 1.0) as u8;
        let nest = r.below(priced) as u8;
        let (a, b) = (pick(r), pick(r));
        let value = mu * r.between(-spread, spread);
        let cost = mu * r.between(0.0, 3.0) * f64::from(u8::from(spread > 0.0));
        let mut one = if nest == priced as u8 - 1 && r.chance(pairs) {
            Alternative::pair(nest, a, b, value, cost)
        } else {
            Alternative::single(nest, a, value, cost)
        };
        if one.setters.contains(&incumbent) {
            one.value += mu * lead;
        }
        alternatives.push(one);
    }
    let mut tender = Tender::new(mu, &lambda, sellers, &alternatives);
    if r.chance(0.5) || tender.essential() {
        let value = mu * r.between(-15.0, 5.0);
        tender.alternatives.push(Alternative::unpriced(priced as u8, value));
    }
    tender
}

/// Adds a table of later values of up to 0.3 to 6 mu, as large as a next tender's profits may be: a third as much
/// for losing as for winning. Sees to an outside option.
pub fn add_later_values(r: &mut Random, tender: &mut Tender) {
    let size = [0.3, 1.0, 3.0][r.below(3)];
    add_later_values_of(r, tender, 2.0 * size, 0.7 * size);
}

/// Adds a table of later values, uniform up to `winning` mu where the seller sets a price and up to `losing` mu
/// elsewhere. Sees to an outside option.
pub fn add_later_values_of(r: &mut Random, tender: &mut Tender, winning: f64, losing: f64) {
    if !tender.alternatives.iter().any(|a| a.setters == [NOBODY; 2]) {
        let nest = tender.lambda.len() as u8 - 1;
        let value = tender.mu * r.between(-6.0, 5.0);
        tender.alternatives.push(Alternative::unpriced(nest, value));
    }
    let mut after = vec![0.0; tender.sellers * tender.alternatives.len()];
    for j in 0..tender.sellers {
        for (i, a) in tender.alternatives.iter().enumerate() {
            let wins = a.setter_mask() >> j & 1 == 1;
            after[i * tender.sellers + j] = tender.mu * r.unit() * if wins { winning } else { losing };
        }
    }
    tender.after = Some(after);
}

/// Upper tail of the chi-square law: the regularised upper incomplete gamma function Q(k/2, x/2), by its series
/// or its continued fraction.
pub fn chi_square_tail(statistic: f64, freedom: u32) -> f64 {
    let (a, x) = (f64::from(freedom) / 2.0, statistic / 2.0);
    let scale = libm::exp(-x + a * libm::log(x) - libm::lgamma(a));
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term > sum * 1e-16 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return 1.0 - scale * sum;
    }
    let mut fraction = 0.0;
    for i in (1..500).rev() {
        let i = f64::from(i);
        fraction = i * (i - a) / (x + 2.0 * i + 1.0 - a - fraction);
    }
    scale / (x + 1.0 - a - fraction)
}
