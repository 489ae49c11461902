//! Latin hypercube samples.

use crate::draws::{Decision, Draws, Luck, StreamKey, stable_hash};

/// The luck of one axis of a design, keyed by its path: another axis more or less leaves it untouched.
pub(super) fn axis_draws(luck: &Luck, name: &str, cause: u32) -> Draws {
    luck.stream(StreamKey {
        kind: Decision::Design,
        entity: stable_hash(name),
        lot: 0,
        cycle: 0,
        cause,
    })
}

/// The numbers `0..n` in an order in which all orders are alike (Fisher and Yates; Durstenfeld 1964).
pub(super) fn permutation(n: u32, draws: &mut Draws) -> Vec<u32> {
    let mut order: Vec<u32> = (0..n).collect();
    for i in (1..n).rev() {
        let j = draws.next_below(i + 1);
        order.swap(i as usize, j as usize);
    }
    order
}

/// `n` points of which each axis has exactly one in each of `n` layers of equal probability, at a random place within
/// the layer (McKay, Beckman and Conover 1979). The mean of an additive function over them has a variance of order
/// `n^-3` where plain sampling has `n^-1` (Stein 1987).
pub(super) fn latin_hypercube(n: u64, names: &[&str], luck: &Luck) -> Vec<Vec<f64>> {
    let mut points = vec![Vec::with_capacity(names.len()); n as usize];
    for name in names {
        let mut draws = axis_draws(luck, name, 1);
        let order = permutation(n as u32, &mut draws);
        for (point, layer) in points.iter_mut().zip(order) {
            point.push((f64::from(layer) + draws.next_uniform()) / n as f64);
        }
    }
    points
}
