//! Designs whose rows belong together: Saltelli's blocks and Morris's trajectories.

use super::DesignError;
use super::latin::{axis_draws, permutation};
use super::sobol::{Scramble, Sobol};
use crate::draws::Luck;

/// Levels of each axis in Morris's design; even, so that all levels are alike likely.
pub const MORRIS_LEVELS: u32 = 4;

/// The step of Morris's design in the unit interval, `p / (2 (p - 1))` at `p` levels: 2/3.
#[must_use]
pub fn morris_step() -> f64 {
    f64::from(MORRIS_LEVELS) / f64::from(2 * (MORRIS_LEVELS - 1))
}

/// One block of Saltelli's design from two independent points: `a`; then `a` with coordinate `i` from `b`, for each
/// `i`; then `b`. Saltelli et al., Computer Physics Communications 181 (2010), 259-270.
///
/// Where one point has more coordinates than the other, those that both have are taken.
#[must_use]
pub fn saltelli_block(a: &[f64], b: &[f64]) -> Vec<Vec<f64>> {
    let axes = a.len().min(b.len());
    let (a, b) = (&a[..axes], &b[..axes]);
    let mixed = (0..axes).map(|i| {
        let mut row = a.to_vec();
        row[i] = b[i];
        row
    });
    std::iter::once(a.to_vec())
        .chain(mixed)
        .chain(std::iter::once(b.to_vec()))
        .collect()
}

/// `n` blocks from the first points of an Owen-scrambled Sobol' sequence in twice as many dimensions. A power of two
/// serves best.
pub(super) fn saltelli(n: u64, axes: usize, luck: &Luck) -> Result<Vec<Vec<f64>>, DesignError> {
    let sobol = Sobol::new(2 * axes, Scramble::Owen, luck)?;
    let blocks = (0..n as u32).flat_map(|i| {
        let point = sobol.point(i);
        let (a, b) = point.split_at(axes);
        saltelli_block(a, b)
    });
    Ok(blocks.collect())
}

/// Trajectories of `axes + 1` points, each of which differs from the one before by one step up or down in one
/// coordinate, in a random order from a random level (Morris, Technometrics 33 (1991), 161-174).
///
/// Trajectory `t` hangs on the seed, `t` and the number of axes alone.
pub(super) fn morris(trajectories: u64, axes: usize, luck: &Luck) -> Vec<Vec<f64>> {
    let (gaps, half) = (f64::from(MORRIS_LEVELS - 1), MORRIS_LEVELS / 2);
    let mut points = Vec::new();
    for t in 0..trajectories {
        let mut draws = axis_draws(luck, "morris", t as u32);
        // Each axis moves between level j and level j + p/2, from below or from above.
        let mut ends: Vec<[f64; 2]> = Vec::with_capacity(axes);
        for _ in 0..axes {
            let low = draws.next_below(half);
            let pair = [f64::from(low) / gaps, f64::from(low + half) / gaps];
            let falls = draws.next_below(2) == 1;
            ends.push(if falls { [pair[1], pair[0]] } else { pair });
        }
        let mut point: Vec<f64> = ends.iter().map(|end| end[0]).collect();
        points.push(point.clone());
        for axis in permutation(axes as u32, &mut draws) {
            point[axis as usize] = ends[axis as usize][1];
            points.push(point.clone());
        }
    }
    points
}
