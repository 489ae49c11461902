//! Whether a box is more than chance.

use super::super::distributions::beta_cdf;
use super::{Limits, PrimBox, PrimSettings, trajectory};
use crate::draws::Draws;

/// For each input with a limit, the probability that the box without that limit would hold as many futures of interest
/// among as many points by chance: `P(X >= of_interest)` of a binomial law with the density of the wider box. Bryant
/// and Lempert call it a quasi-p-value: the box was sought for, so that it is a screen and no test. Of a box that says it
/// holds more points of interest than points it is 0, since no law gives so many.
#[must_use]
pub fn quasi_p_values(found: &PrimBox, points: &[Vec<f64>], interest: &[bool]) -> Vec<(usize, f64)> {
    let without = |input: usize| {
        let mut limits = found.limits.clone();
        limits[input] = Limits::NONE;
        let wider = PrimBox::measure(limits, points, interest);
        (input, at_least(found.of_interest, found.points, wider.density))
    };
    found.restricted().into_iter().map(without).collect()
}

/// `P(X >= hits)` of a binomial law, by the incomplete beta function.
pub(super) fn at_least(hits: usize, n: usize, p: f64) -> f64 {
    if hits == 0 {
        return 1.0;
    }
    if hits > n {
        return 0.0;
    }
    if p >= 1.0 {
        return 1.0;
    }
    beta_cdf(hits as f64, (n - hits + 1) as f64, p)
}

/// Seeks the box anew in `resamples` random halves of the points, and gives for each input the share of them in which
/// it had a limit (the resampling test of Bryant and Lempert). In each half the box is chosen whose coverage and
/// density together are nearest to those of `found`, so that like is compared with like. An input that the points lack
/// never has a limit, and one that `found` lacks has no share; NaN where no half shows anything.
#[must_use]
pub fn reproduced(
    found: &PrimBox,
    points: &[Vec<f64>],
    interest: &[bool],
    settings: PrimSettings,
    resamples: u32,
    draws: &mut Draws,
) -> Vec<f64> {
    let mut counts = vec![0_u32; found.limits.len()];
    let mut made = 0_u32;
    let mut order: Vec<usize> = (0..points.len().min(interest.len())).collect();
    for _ in 0..resamples {
        // The first half of a shuffled deck.
        let half = order.len() / 2;
        for i in 0..half {
            let rest = u32::try_from(order.len() - i).unwrap_or(u32::MAX);
            order.swap(i, i + draws.next_below(rest) as usize);
        }
        let some: Vec<Vec<f64>> = order[..half].iter().map(|k| points[*k].clone()).collect();
        let wanted: Vec<bool> = order[..half].iter().map(|k| interest[*k]).collect();
        let boxes = trajectory(&some, &wanted, settings);
        let gap = |one: &PrimBox| (one.coverage - found.coverage).abs() + (one.density - found.density).abs();
        // A half without a point of interest has no coverage, and shows nothing.
        let defined = boxes.iter().filter(|one| !gap(one).is_nan());
        let Some(nearest) = defined.reduce(|a, b| if gap(b) < gap(a) { b } else { a }) else {
            continue;
        };
        made += 1;
        for input in nearest.restricted() {
            if let Some(count) = counts.get_mut(input) {
                *count += 1;
            }
        }
    }
    let share = |count: u32| {
        if made == 0 {
            f64::NAN
        } else {
            f64::from(count) / f64::from(made)
        }
    };
    counts.into_iter().map(share).collect()
}
