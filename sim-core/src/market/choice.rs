//! Logit and nested logit choice with a taste scale mu in money.
//!
//! A buyer takes the alternative with the highest `v_a + shock_a`, where `v_a` is the systematic value
//! in money and the shocks follow the nested extreme-value law with scale mu. Nest `g` has a
//! dissimilarity `lambda_g` in (0, 1]: 1 is plain logit, towards 0 the alternatives of the nest
//! become copies of each other. Then
//!
//! ```text
//! I_g       = mu lambda_g ln sum_{a in g} exp(v_a / (mu lambda_g))      inclusive value, money
//! P_g       = exp(I_g / mu) / sum_h exp(I_h / mu)
//! P_a       = P_g exp(v_a / (mu lambda_g)) / exp(I_g / (mu lambda_g))
//! E[max]    = mu ln sum_g exp(I_g / mu)  + mu * Euler's constant
//! ```
//!
//! (McFadden 1978; Train, *Discrete Choice Methods with Simulation*, chapters 3 and 4.) The expected
//! maximum is reported without Euler's constant, as is usual: only its differences mean anything
//! (Small and Rosen 1981).
//!
//! An alternative with value [`f64::NEG_INFINITY`] is not on offer: its share is 0 and it never wins.
//!
//! # Example
//!
//! ```
//! use sim_core::market::choice::Tree;
//! let tree = Tree { mu: 1.0, lambda: &[0.5, 1.0], nest: &[0, 0, 1], value: &[1.0, 0.8, 0.5] };
//! let (mut inclusive, mut shares) = ([0.0; 2], [0.0; 3]);
//! let logsum = tree.shares(&mut inclusive, &mut shares);
//! assert!((logsum - 1.6412954574597496).abs() < 1e-12);
//! assert!((shares[0] - 0.40746384113075373).abs() < 1e-12);
//! ```

/// Distance kept from 0 and 1 by [`gumbel`]: 2^-53, half the spacing of doubles just below 1, so that
/// shocks stay within about -3.6 and 36.7 and are never infinite.
pub const UNIFORM_GUARD: f64 = 1.0 / 9_007_199_254_740_992.0;

/// Standard Gumbel (type-I extreme value) shock `-ln(-ln u)` of a uniform `u` in (0, 1).
///
/// Mean 0.5772 (Euler's constant), variance pi^2/6. Values of `u` at or beyond 0 and 1, and NaN, are
/// moved to the nearest guard ([`UNIFORM_GUARD`]; NaN to the lower one), so the result is finite.
#[must_use]
pub fn gumbel(u: f64) -> f64 {
    let finite = if u.is_nan() { 0.0 } else { u };
    let inside = finite.clamp(UNIFORM_GUARD, 1.0 - UNIFORM_GUARD);
    -libm::log(-libm::log(inside))
}

/// `ln sum exp(x)`, shifted by the largest term so that it neither overflows nor underflows.
///
/// [`f64::NEG_INFINITY`] if there is no term or all are minus infinity.
#[must_use]
pub fn log_sum_exp(terms: impl Iterator<Item = f64> + Clone) -> f64 {
    let peak = terms.clone().fold(f64::NEG_INFINITY, f64::max);
    if peak == f64::NEG_INFINITY {
        return peak;
    }
    let sum: f64 = terms.map(|x| libm::exp(x - peak)).sum();
    peak + libm::log(sum)
}

/// Plain logit: fills `shares` and returns the expected maximum in money, `mu ln sum exp(v/mu)`.
///
/// `value` and `mu` in money, `mu > 0`. If no alternative is on offer, shares are 0 and the result is
/// minus infinity. Where one slice is longer than the other, an alternative without a value or without
/// a place for its share is not on offer.
pub fn logit(value: &[f64], mu: f64, shares: &mut [f64]) -> f64 {
    let offered = value.len().min(shares.len());
    let (value, (shares, beyond)) = (&value[..offered], shares.split_at_mut(offered));
    beyond.fill(0.0);
    let peak = value.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if peak == f64::NEG_INFINITY {
        shares.fill(0.0);
        return peak;
    }
    // Relative to the largest, so that large values cost no digits.
    let mut sum = 0.0;
    for (share, v) in shares.iter_mut().zip(value) {
        *share = libm::exp((v - peak) / mu);
        sum += *share;
    }
    shares.iter_mut().for_each(|share| *share /= sum);
    peak + mu * libm::log(sum)
}

/// The winner of a plain logit by one uniform `u` in (0, 1), from weights `exp(v / mu)`: the first alternative up to which the weights sum to
/// more than `u` times all of them.
///
/// One draw instead of one an alternative, and no branch that luck decides, so it is the quickest; but the winner hangs on all weights at
/// once, and worlds in which one alternative comes or goes share their luck badly. Where worlds are compared use [`Tree::draw`].
/// A weight is any number from 0 (not on offer) on; `None` if none is above 0.
#[must_use]
pub fn draw_by_weight<const N: usize>(weights: &[f64; N], u: f64) -> Option<usize> {
    let mut sums = [0.0; N];
    let mut all = 0.0;
    for (sum, weight) in sums.iter_mut().zip(weights) {
        all += weight;
        *sum = all;
    }
    let target = u * all;
    // For u below 1 the last sum is above the target, as the product of two doubles is rounded down there.
    let winner = sums.iter().map(|sum| usize::from(*sum <= target)).sum::<usize>();
    (winner < N).then_some(winner)
}

/// Nests whose sums are taken side by side.
const ABREAST: usize = 8;

/// One buyer's choice among alternatives in a two-level tree.
#[derive(Debug, Clone, Copy)]
pub struct Tree<'a> {
    /// Scale of taste shocks in money, above 0.
    pub mu: f64,
    /// Dissimilarity of each nest, in (0, 1].
    pub lambda: &'a [f64],
    /// The nest of each alternative, an index into `lambda`.
    pub nest: &'a [u8],
    /// Systematic value of each alternative net of its price, money; minus infinity = not on offer.
    pub value: &'a [f64],
}

impl Tree<'_> {
    /// Fills `inclusive[g]` with the inclusive value `I_g` of each nest in money.
    ///
    /// An empty nest gets minus infinity.
    pub fn inclusive(&self, inclusive: &mut [f64]) {
        let nests = inclusive.len().min(self.lambda.len());
        for first in (0..nests).step_by(ABREAST) {
            let end = nests.min(first + ABREAST);
            let (lambda, out) = (&self.lambda[first..end], &mut inclusive[first..end]);
            let mut scale = [1.0; ABREAST];
            scale
                .iter_mut()
                .zip(lambda)
                .for_each(|(s, lambda)| *s = self.mu * lambda);
            // As `log_sum_exp` of each nest, all nests in one pass.
            let members = (self.nest.iter().zip(self.value)).filter_map(|(nest, v)| {
                let g = usize::from(*nest).wrapping_sub(first);
                (g < lambda.len()).then(|| (g, v / scale[g]))
            });
            let (mut peak, mut sum) = ([f64::NEG_INFINITY; ABREAST], [0.0; ABREAST]);
            members.clone().for_each(|(g, x)| peak[g] = peak[g].max(x));
            members.for_each(|(g, x)| sum[g] += libm::exp(x - peak[g]));
            for (g, out) in out.iter_mut().enumerate() {
                let all = if peak[g] == f64::NEG_INFINITY {
                    peak[g]
                } else {
                    peak[g] + libm::log(sum[g])
                };
                *out = scale[g] * all;
            }
        }
    }

    /// Fills inclusive values and shares; returns the expected maximum in money, without Euler's
    /// constant. An alternative of a nest that a slice is too short for is not on offer.
    pub fn shares(&self, inclusive: &mut [f64], shares: &mut [f64]) -> f64 {
        self.inclusive(inclusive);
        let nests = inclusive.len().min(self.lambda.len());
        let top = expected_maximum(self.mu, &inclusive[..nests]);
        for ((share, v), nest) in shares.iter_mut().zip(self.value).zip(self.nest) {
            let g = usize::from(*nest);
            let (Some(of_nest), Some(lambda)) = (inclusive.get(g), self.lambda.get(g)) else {
                *share = 0.0;
                continue;
            };
            let inside = (v - of_nest) / (self.mu * lambda);
            let log_share = inside + (of_nest - top) / self.mu;
            // A value of minus infinity in an empty nest gives NaN: it is not on offer.
            *share = if log_share.is_nan() { 0.0 } else { libm::exp(log_share) };
        }
        top
    }

    /// Draws the winner: the nest by `argmax(I_g / mu + e_g)`, then the alternative in it by
    /// `argmax(v_a / (mu lambda_g) + e_a)`, with independent standard Gumbel shocks.
    ///
    /// This is exact nested logit, and each shock belongs to one nest or one alternative, so two runs
    /// with the same shocks differ only where values differ. `inclusive` must hold this tree's
    /// inclusive values; `nest_shock(g)` and `alternative_shock(a)` give the shocks (see [`gumbel`]) and
    /// are asked once each, in index order, alternatives only inside the chosen nest. Ties go to the lower
    /// index. `None` if nothing is on offer. A nest without a dissimilarity is never chosen.
    pub fn draw(
        &self,
        inclusive: &[f64],
        mut nest_shock: impl FnMut(usize) -> f64,
        mut alternative_shock: impl FnMut(usize) -> f64,
    ) -> Option<usize> {
        let nests = inclusive
            .iter()
            .take(self.lambda.len())
            .map(|i| i / self.mu)
            .enumerate();
        let chosen = first_largest(nests.map(|(g, i)| (g, i + nest_shock(g))))?;
        let scale = self.mu * self.lambda.get(chosen)?;
        let members = self.nest.iter().zip(self.value).enumerate();
        let members = members.filter(|(_, (nest, _))| usize::from(**nest) == chosen);
        first_largest(members.map(|(a, (_, v))| (a, v / scale + alternative_shock(a))))
    }
}

/// Expected maximum over the tree in money, from inclusive values: `mu ln sum_g exp(I_g / mu)`.
#[must_use]
pub fn expected_maximum(mu: f64, inclusive: &[f64]) -> f64 {
    mu * log_sum_exp(inclusive.iter().map(|i| i / mu))
}

/// Key of the first largest score above minus infinity.
fn first_largest(scores: impl Iterator<Item = (usize, f64)>) -> Option<usize> {
    let none = (None, f64::NEG_INFINITY);
    scores
        .fold(
            none,
            |best, (key, score)| {
                if score > best.1 { (Some(key), score) } else { best }
            },
        )
        .0
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOT_ON_OFFER: f64 = f64::NEG_INFINITY;

    #[test]
    fn what_is_not_on_offer_has_no_share_and_never_wins() {
        let value = [1.0, NOT_ON_OFFER, NOT_ON_OFFER, 2.0];
        let tree = Tree {
            mu: 2.0,
            lambda: &[0.5, 0.7, 1.0],
            nest: &[0, 0, 1, 2],
            value: &value,
        };
        let (mut inclusive, mut shares) = ([0.0; 3], [0.0; 4]);
        let top = tree.shares(&mut inclusive, &mut shares);
        // Each nest that is left holds one alternative: plain logit of the two.
        let mut plain = [0.0; 2];
        assert!((top - logit(&[1.0, 2.0], 2.0, &mut plain)).abs() < 1e-14);
        assert_eq!(inclusive[1], NOT_ON_OFFER);
        assert!((shares[0] - plain[0]).abs() < 1e-15 && (shares[3] - plain[1]).abs() < 1e-15);
        assert_eq!(shares[1..3], [0.0, 0.0]);
        // Even the largest shocks do not help it.
        let shocks = |i: usize| {
            if i == 1 || i == 2 { gumbel(1.0) } else { gumbel(0.0) }
        };
        assert_eq!(
            tree.draw(&inclusive, |g| if g == 0 { 30.0 } else { 0.0 }, shocks),
            Some(0)
        );
    }

    #[test]
    fn what_lacks_a_value_or_a_place_is_not_on_offer() {
        let mut shares = [9.0; 3];
        assert!((logit(&[1.0, 1.0], 1.0, &mut shares) - (1.0 + libm::log(2.0))).abs() < 1e-15);
        assert_eq!(shares, [0.5, 0.5, 0.0]);
        let mut one = [9.0];
        assert_eq!(logit(&[1.0, 5.0], 1.0, &mut one), 1.0);
        assert_eq!(one, [1.0]);
        assert_eq!(logit(&[1.0], 1.0, &mut []), NOT_ON_OFFER);
        // The second nest has no dissimilarity, so that only the first alternative is left.
        let tree = Tree {
            mu: 1.0,
            lambda: &[0.5],
            nest: &[0, 1],
            value: &[1.0, 7.0],
        };
        for size in [1, 2] {
            let (mut inclusive, mut shares) = (vec![8.0; size], [9.0; 2]);
            assert_eq!(tree.shares(&mut inclusive, &mut shares), 1.0);
            assert_eq!(shares, [1.0, 0.0]);
            assert_eq!(tree.draw(&inclusive, |_| 0.0, |_| 0.0), Some(0));
        }
        let mut shares = [9.0; 2];
        assert_eq!(tree.shares(&mut [], &mut shares), NOT_ON_OFFER);
        assert_eq!(shares, [0.0, 0.0]);
    }

    /// One pass over all nests is the sum of each nest by itself, to the last bit.
    #[test]
    fn inclusive_values_are_those_of_each_nest_alone() {
        let count = ABREAST + 3;
        let lambda: Vec<f64> = (0..count).map(|g| 0.3 + 0.05 * g as f64).collect();
        // The last nest is empty, and one holds only what is not on offer.
        let nest: Vec<u8> = (0..60).map(|a| (a * 7 % (count - 1)) as u8).collect();
        let value: Vec<f64> = (0..60)
            .map(|a| {
                if nest[a] == 4 {
                    NOT_ON_OFFER
                } else {
                    (a * a % 17) as f64 - 3.7
                }
            })
            .collect();
        let tree = Tree {
            mu: 1.3,
            lambda: &lambda,
            nest: &nest,
            value: &value,
        };
        let mut inclusive = vec![0.0; count];
        tree.inclusive(&mut inclusive);
        for (g, found) in inclusive.iter().enumerate() {
            let scale = tree.mu * lambda[g];
            let members = (0..60).filter(|a| usize::from(nest[*a]) == g);
            let alone = scale * log_sum_exp(members.map(|a| value[a] / scale));
            assert_eq!(found.to_bits(), alone.to_bits(), "nest {g}");
        }
        assert_eq!([inclusive[4], inclusive[count - 1]], [f64::NEG_INFINITY; 2]);
    }

    #[test]
    fn nothing_on_offer_gives_no_winner() {
        let tree = Tree {
            mu: 1.0,
            lambda: &[1.0],
            nest: &[0],
            value: &[NOT_ON_OFFER],
        };
        let (mut inclusive, mut shares) = ([0.0], [1.0]);
        assert_eq!(tree.shares(&mut inclusive, &mut shares), f64::NEG_INFINITY);
        assert_eq!(shares, [0.0]);
        assert_eq!(tree.draw(&inclusive, |_| 0.0, |_| 0.0), None);
        let mut none = [1.0];
        assert_eq!(logit(&[NOT_ON_OFFER], 1.0, &mut none), f64::NEG_INFINITY);
        assert_eq!(none, [0.0]);
    }

    #[test]
    fn ties_go_to_the_lower_index_and_shocks_are_asked_in_order() {
        let tree = Tree {
            mu: 1.0,
            lambda: &[1.0, 1.0],
            nest: &[0, 1, 1],
            value: &[0.0, 0.0, 0.0],
        };
        let mut asked = Vec::new();
        let winner = tree.draw(
            &[0.0, 1.0],
            |_| 0.0,
            |a| {
                asked.push(a);
                0.0
            },
        );
        assert_eq!(winner, Some(1));
        assert_eq!(asked, [1, 2]);
    }

    #[test]
    fn one_uniform_picks_by_weight() {
        let weights = [0.0, 1.0, 0.0, 2.0, 1.0, 0.0];
        for (u, winner) in [(1e-17, 1), (0.2499, 1), (0.25, 3), (0.7499, 3), (0.75, 4)] {
            assert_eq!(draw_by_weight(&weights, u), Some(winner), "{u}");
        }
        // The largest uniform that draws give: what is last and not on offer never wins.
        let largest = 1.0 - UNIFORM_GUARD;
        for scale in [1.0, 0.1, 3.0, 1e-300, 7.7e200] {
            assert_eq!(draw_by_weight(&weights.map(|w| scale * w), largest), Some(4), "{scale}");
        }
        assert_eq!(draw_by_weight(&[0.0; 3], 0.5), None);
    }

    #[test]
    fn large_values_do_not_overflow() {
        let mut shares = [0.0; 2];
        assert_eq!(logit(&[1e6, 1e6], 1.0, &mut shares), 1e6 + libm::log(2.0));
        assert_eq!(shares, [0.5, 0.5]);
        assert_eq!(log_sum_exp([-1e6, -1e6].into_iter()), -1e6 + libm::log(2.0));
        assert_eq!(log_sum_exp(std::iter::empty()), f64::NEG_INFINITY);
    }
}
