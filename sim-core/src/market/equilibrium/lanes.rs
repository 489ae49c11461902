//! Inner loops on slices of numbers, written so that the compiler can use vector instructions and
//! sums are always taken in the same order. A lane is computed as a whole before it is written: what it was computed from
//! cannot have changed on the way.

/// Numbers handled at a time; rows are padded to whole lanes, so that no loop has a rest.
pub(super) const LANES: usize = 4;

/// `n` rounded up to whole lanes.
pub(super) const fn padded(n: usize) -> usize {
    n.div_ceil(LANES) * LANES
}

/// `x += factor * y` on whole lanes: numbers beyond the last are left alone.
#[inline]
pub(super) fn add(x: &mut [f64], factor: f64, y: &[f64]) {
    let ((x, _), (y, _)) = (x.as_chunks_mut::<LANES>(), y.as_chunks::<LANES>());
    for (x, y) in x.iter_mut().zip(y) {
        let mut sums = *x;
        for i in 0..LANES {
            sums[i] += factor * y[i];
        }
        *x = sums;
    }
}

/// `out = x * y`, number by number, on whole lanes: numbers beyond the last are left alone.
#[inline]
pub(super) fn multiply(out: &mut [f64], x: &[f64], y: &[f64]) {
    let (out, _) = out.as_chunks_mut::<LANES>();
    let (x, y) = (x.as_chunks::<LANES>().0, y.as_chunks::<LANES>().0);
    for (out, (x, y)) in out.iter_mut().zip(x.iter().zip(y)) {
        let mut products = *x;
        for i in 0..LANES {
            products[i] *= y[i];
        }
        *out = products;
    }
}

/// Scalar product on whole lanes: numbers beyond the last are left out.
#[inline]
pub(super) fn dot_lanes(a: &[f64], b: &[f64]) -> f64 {
    let (a, _) = a.as_chunks::<LANES>();
    let (b, _) = b.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (x, y) in a.iter().zip(b) {
        for i in 0..LANES {
            sums[i] += x[i] * y[i];
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// Scalar product, with several running sums: a single one would wait for each addition.
#[inline]
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let whole = a.len() / LANES * LANES;
    let rest = a[whole..].iter().zip(&b[whole..]).map(|(x, y)| x * y);
    dot_lanes(a, b) + rest.sum::<f64>()
}

/// `out = sum_i factors[i] rows[i]` for rows as wide as `out`, which is padded to whole lanes.
pub(super) fn combine(rows: &[f64], factors: &[f64], out: &mut [f64]) {
    match out.len() {
        4 => combine_rows::<4>(rows, factors, out),
        8 => combine_rows::<8>(rows, factors, out),
        12 => combine_rows::<12>(rows, factors, out),
        16 => combine_rows::<16>(rows, factors, out),
        width => {
            out.fill(0.0);
            for (row, factor) in rows.chunks_exact(width.max(1)).zip(factors) {
                add(out, *factor, row);
            }
        }
    }
}

/// [`combine`] for a width so small that the sums stay in registers.
fn combine_rows<const W: usize>(rows: &[f64], factors: &[f64], out: &mut [f64]) {
    let (rows, _) = rows.as_chunks::<W>();
    let mut sums = [0.0; W];
    for (row, factor) in rows.iter().zip(factors) {
        for i in 0..W {
            sums[i] += factor * row[i];
        }
    }
    out.copy_from_slice(&sums);
}

/// Beyond this [`exp_all`] is cut off: e^-700 is 1e-304.
const LIMIT: f64 = 700.0;

/// Replaces each number by its exponential, to one unit in the last place of [`libm::exp`].
///
/// The method is that of `libm` (FreeBSD's `e_exp.c`: reduction by ln 2 in two parts and a rational
/// approximation with Remez coefficients), without branches and several at a time: a third of the time. Arguments are
/// moved into [-700, 700]; NaN stays NaN.
pub(super) fn exp_all(x: &mut [f64]) {
    let (lanes, rest) = x.as_chunks_mut::<LANES>();
    for lane in lanes {
        *lane = exp_lane(*lane);
    }
    if !rest.is_empty() {
        let mut last = [0.0; LANES];
        last[..rest.len()].copy_from_slice(rest);
        rest.copy_from_slice(&exp_lane(last)[..rest.len()]);
    }
}

#[inline]
#[allow(clippy::excessive_precision, reason = "the digits of the source")]
fn exp_lane(x: [f64; LANES]) -> [f64; LANES] {
    /// Adding 1.5 * 2^52 rounds to a whole number, which then stands in the lowest bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    const LN2: [f64; 2] = [6.931_471_803_691_238_164_90e-1, 1.908_214_929_270_587_700_02e-10];
    const P: [f64; 5] = [
        1.666_666_666_666_660_190_37e-1,
        -2.777_777_777_701_559_338_42e-3,
        6.613_756_321_437_934_361_17e-5,
        -1.653_390_220_546_525_153_90e-6,
        4.138_136_797_057_238_460_39e-8,
    ];
    let mut y = [0.0; LANES];
    for i in 0..LANES {
        let low = if x[i] < -LIMIT { -LIMIT } else { x[i] };
        let z = if low > LIMIT { LIMIT } else { low };
        let shifted = z * std::f64::consts::LOG2_E + ROUND;
        let k = shifted - ROUND;
        let (high, low) = (z - k * LN2[0], k * LN2[1]);
        let r = high - low;
        let s = r * r;
        let c = r - s * (P[0] + s * (P[1] + s * (P[2] + s * (P[3] + s * P[4]))));
        let power = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
        y[i] = (1.0 + (r * c / (2.0 - c) - low + high)) * power;
    }
    y
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_differences_match_plain_loops() {
        for n in 0..35 {
            let x: Vec<f64> = (0..n).map(|i| f64::from(i) - 2.5).collect();
            let y: Vec<f64> = (0..n).map(|i| 3.0 - 0.5 * f64::from(i)).collect();
            let plain: f64 = x.iter().zip(&y).map(|(a, b)| a * b).sum();
            assert_eq!(dot(&x, &y), plain, "exact: all terms are multiples of a quarter");
            let whole = x.len() / LANES * LANES;
            assert_eq!(dot_lanes(&x, &y), dot(&x[..whole], &y[..whole]));
            let mut z = x.clone();
            add(&mut z, -2.0, &y);
            assert_eq!(z[whole..], x[whole..]);
            let (x, y, z) = (&x[..whole], &y[..whole], &z[..whole]);
            assert!(z.iter().zip(x).zip(y).all(|((z, x), y)| *z == x - 2.0 * y));
            assert!(padded(x.len()) >= x.len() && padded(x.len()).is_multiple_of(LANES));
        }
    }

    #[test]
    fn combinations_of_rows_match_plain_loops() {
        for width in (4..=40).step_by(LANES) {
            for count in 0..10 {
                let rows: Vec<f64> = (0..count * width).map(|i| (i % 11) as f64 - 4.5).collect();
                let factors: Vec<f64> = (0..count).map(|i| 2.0 - 0.5 * i as f64).collect();
                let mut found = vec![f64::NAN; width];
                combine(&rows, &factors, &mut found);
                for (i, x) in found.iter().enumerate() {
                    let plain: f64 = (0..count).map(|r| factors[r] * rows[r * width + i]).sum();
                    assert_eq!(*x, plain, "exact: all terms are multiples of a quarter");
                }
            }
        }
    }

    #[test]
    fn exponentials_are_those_of_libm() {
        let mut x: Vec<f64> = (0..200_001).map(|i| f64::from(i - 100_000) * 6.99e-3).collect();
        x.extend((0..50_001).map(|i| f64::from(i - 25_000) * 4.0e-5));
        let given = x.clone();
        exp_all(&mut x);
        for (found, x) in x.iter().zip(given) {
            let expected = libm::exp(x);
            assert!(found.to_bits().abs_diff(expected.to_bits()) <= 1, "exp({x}) is {found}");
        }
        let mut edges = [0.0, -0.0, -1e9, f64::NEG_INFINITY, 1e9, f64::NAN, 1.0];
        exp_all(&mut edges);
        assert_eq!(edges[..2], [1.0, 1.0]);
        assert_eq!(edges[2].to_bits().abs_diff(libm::exp(-LIMIT).to_bits()), 0);
        assert_eq!(edges[2], edges[3]);
        assert!(edges[4].is_finite() && edges[5].is_nan() && edges[6] == libm::exp(1.0));
    }
}
