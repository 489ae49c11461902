//! Inner loops on slices of numbers, written so that the compiler can use vector instructions and
//! sums are always taken in the same order.

/// Numbers handled at a time: enough for most rows of most tenders, so that no loop is entered.
pub(super) const LANES: usize = 16;

/// `n` rounded up to whole lanes.
pub(super) const fn padded(n: usize) -> usize {
    n.div_ceil(LANES) * LANES
}

/// `x -= factor * y` on whole lanes: numbers beyond the last are left alone. A lane is read in full before it
/// is written, so that the compiler need not prove that the two do not overlap.
pub(super) fn subtract(x: &mut [f64], factor: f64, y: &[f64]) {
    let (x, _) = x.as_chunks_mut::<LANES>();
    let (y, _) = y.as_chunks::<LANES>();
    for (x, y) in x.iter_mut().zip(y) {
        let (old, by) = (*x, *y);
        for i in 0..LANES {
            x[i] = old[i] - factor * by[i];
        }
    }
}

/// Scalar product on whole lanes: numbers beyond the last are left out.
pub(super) fn dot_lanes(a: &[f64], b: &[f64]) -> f64 {
    let (a, _) = a.as_chunks::<LANES>();
    let (b, _) = b.as_chunks::<LANES>();
    let mut sums = [0.0; 4];
    for (x, y) in a.iter().zip(b) {
        for (i, sum) in sums.iter_mut().enumerate() {
            *sum += (x[i] * y[i] + x[i + 4] * y[i + 4]) + (x[i + 8] * y[i + 8] + x[i + 12] * y[i + 12]);
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// Scalar product, with several running sums: a single one would wait for each addition.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let whole = a.len() / LANES * LANES;
    let rest = a[whole..].iter().zip(&b[whole..]).map(|(x, y)| x * y);
    dot_lanes(a, b) + rest.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_differences_match_plain_loops() {
        for n in 0..14 {
            let x: Vec<f64> = (0..n).map(|i| f64::from(i) - 2.5).collect();
            let y: Vec<f64> = (0..n).map(|i| 3.0 - 0.5 * f64::from(i)).collect();
            let plain: f64 = x.iter().zip(&y).map(|(a, b)| a * b).sum();
            assert_eq!(dot(&x, &y), plain, "exact: all terms are multiples of a quarter");
            let whole = x.len() / LANES * LANES;
            assert_eq!(dot_lanes(&x, &y), dot(&x[..whole], &y[..whole]));
            let mut z = x.clone();
            subtract(&mut z, 2.0, &y);
            assert_eq!(z[whole..], x[whole..]);
            let (x, y, z) = (&x[..whole], &y[..whole], &z[..whole]);
            assert!(z.iter().zip(x).zip(y).all(|((z, x), y)| *z == x - 2.0 * y));
            assert!(padded(x.len()) >= x.len() && padded(x.len()).is_multiple_of(LANES));
        }
    }
}
