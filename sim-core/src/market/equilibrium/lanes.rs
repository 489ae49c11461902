//! Inner loops on slices of numbers, written so that the compiler can use vector instructions and
//! sums are always taken in the same order.

/// Numbers handled at a time.
pub(super) const LANES: usize = 4;

/// `n` rounded up to whole lanes.
pub(super) const fn padded(n: usize) -> usize {
    n.div_ceil(LANES) * LANES
}

/// `x -= factor * y`. Kept out of line: only behind a call does the compiler know that the two do not
/// overlap, without which it computes one number at a time.
#[inline(never)]
pub(super) fn subtract(x: &mut [f64], factor: f64, y: &[f64]) {
    x.iter_mut().zip(y).for_each(|(x, y)| *x -= factor * y);
}

/// Scalar product with one running sum a lane: a single one would wait for each addition.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a, a_rest) = a.as_chunks::<LANES>();
    let (b, b_rest) = b.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (x, y) in a.iter().zip(b) {
        for i in 0..LANES {
            sums[i] += x[i] * y[i];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
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
            assert_eq!(
                dot(&x, &y),
                plain,
                "exact: all terms are multiples of a quarter"
            );
            let mut z = x.clone();
            subtract(&mut z, 2.0, &y);
            assert!(
                z.iter()
                    .zip(&x)
                    .zip(&y)
                    .all(|((z, x), y)| *z == x - 2.0 * y)
            );
            assert!(padded(x.len()) >= x.len() && padded(x.len()).is_multiple_of(LANES));
        }
    }
}
