//! Quantiles of the normal and Student's t, from `libm` alone.

#![allow(clippy::excessive_precision, reason = "the constants stand as they were published")]

/// The quantile of the standard normal at `p` in (0, 1); minus and plus infinity at 0 and 1, NaN
/// outside.
///
/// Wichura's algorithm AS 241 (PPND16), Applied Statistics 37 (1988), 477-484: relative accuracy
/// about 1e-16. It is odd about 1/2 exactly where `1 - p` is exact.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * horner(&CENTRE_NUM, r) / horner(&CENTRE_DEN, r);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail == 0.0 {
        return f64::INFINITY.copysign(q);
    }
    let r = (-libm::log(tail)).sqrt();
    let x = if r <= 5.0 {
        let r = r - 1.6;
        horner(&MIDDLE_NUM, r) / horner(&MIDDLE_DEN, r)
    } else {
        let r = r - 5.0;
        horner(&TAIL_NUM, r) / horner(&TAIL_DEN, r)
    };
    x.copysign(q)
}

/// Coefficients from the constant term up.
fn horner(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

const CENTRE_NUM: [f64; 8] = [
    3.387_132_872_796_366_608_0e0,
    1.331_416_678_917_843_774_5e2,
    1.971_590_950_306_551_442_7e3,
    1.373_169_376_550_946_112_5e4,
    4.592_195_393_154_987_145_7e4,
    6.726_577_092_700_870_085_3e4,
    3.343_057_558_358_812_810_5e4,
    2.509_080_928_730_122_672_7e3,
];
const CENTRE_DEN: [f64; 8] = [
    1.0,
    4.231_333_070_160_091_125_2e1,
    6.871_870_074_920_579_083_0e2,
    5.394_196_021_424_751_107_7e3,
    2.121_379_430_158_659_586_7e4,
    3.930_789_580_009_271_061_0e4,
    2.872_908_573_572_194_267_4e4,
    5.226_495_278_852_854_561_0e3,
];
const MIDDLE_NUM: [f64; 8] = [
    1.423_437_110_749_683_577_34e0,
    4.630_337_846_156_545_295_90e0,
    5.769_497_221_460_691_405_50e0,
    3.647_848_324_763_204_605_04e0,
    1.270_458_252_452_368_382_58e0,
    2.417_807_251_774_506_117_70e-1,
    2.272_384_498_926_918_458_33e-2,
    7.745_450_142_783_414_076_40e-4,
];
const MIDDLE_DEN: [f64; 8] = [
    1.0,
    2.053_191_626_637_758_821_87e0,
    1.676_384_830_183_803_849_40e0,
    6.897_673_349_851_000_045_50e-1,
    1.481_039_764_274_800_745_90e-1,
    1.519_866_656_361_645_719_66e-2,
    5.475_938_084_995_344_946_00e-4,
    1.050_750_071_644_416_843_24e-9,
];
const TAIL_NUM: [f64; 8] = [
    6.657_904_643_501_103_777_20e0,
    5.463_784_911_164_114_369_90e0,
    1.784_826_539_917_291_335_80e0,
    2.965_605_718_285_048_912_30e-1,
    2.653_218_952_657_612_309_30e-2,
    1.242_660_947_388_078_438_60e-3,
    2.711_555_568_743_487_578_15e-5,
    2.010_334_399_292_288_132_65e-7,
];
const TAIL_DEN: [f64; 8] = [
    1.0,
    5.998_322_065_558_879_376_90e-1,
    1.369_298_809_227_358_053_10e-1,
    1.487_536_129_085_061_485_25e-2,
    7.868_691_311_456_132_591_00e-4,
    1.846_318_317_510_054_681_80e-5,
    1.421_511_758_316_445_888_70e-7,
    2.044_263_103_389_939_785_64e-15,
];

/// The regularised incomplete beta function `I_x(a, b)`: the distribution function at `x` of the beta
/// law with shapes `a, b > 0`. NaN outside its domain.
///
/// By the continued fraction of Press et al., *Numerical Recipes*, section 6.4 (modified Lentz), on
/// the side where it converges fast.
#[must_use]
pub fn beta_cdf(a: f64, b: f64, x: f64) -> f64 {
    let domain = a > 0.0 && b > 0.0 && (0.0..=1.0).contains(&x);
    if !domain {
        return f64::NAN;
    }
    beta_cdf_of(a, b, x, 1.0 - x)
}

/// As [`beta_cdf`], with `1 - x` given apart: near 1 the difference would lose its digits.
fn beta_cdf_of(a: f64, b: f64, x: f64, one_minus_x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if one_minus_x <= 0.0 {
        return 1.0;
    }
    let ln_front =
        libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * libm::log(x) + b * libm::log(one_minus_x);
    let front = libm::exp(ln_front);
    if x < (a + 1.0) / (a + b + 2.0) {
        front * beta_fraction(a, b, x) / a
    } else {
        1.0 - front * beta_fraction(b, a, one_minus_x) / b
    }
}

fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    // Lentz's stand-in for a vanishing denominator.
    const TINY: f64 = 1e-300;
    let guard = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / guard(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    // On this side of the mode about sqrt(max(a, b)) rounds are needed; 10,000 serve any count of
    // replicates that fits in memory.
    for round in 1..10_000 {
        let m = f64::from(round);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / guard(1.0 + even * d);
        c = guard(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / guard(1.0 + odd * d);
        c = guard(1.0 + odd / c);
        fraction *= d * c;
        if (d * c - 1.0).abs() < 1e-15 {
            break;
        }
    }
    fraction
}

/// The probability that Student's t with `freedom` degrees exceeds `t >= 0`.
fn student_t_upper_tail(t: f64, freedom: f64) -> f64 {
    let square = t * t;
    let sum = freedom + square;
    0.5 * beta_cdf_of(0.5 * freedom, 0.5, freedom / sum, square / sum)
}

/// The quantile of Student's t at `p` in (0, 1) with `freedom > 0` degrees of freedom; NaN outside.
///
/// Up to 1000 degrees by Newton's method on the distribution function, kept within a bracket;
/// beyond, by the expansion in 1/freedom of Abramowitz and Stegun, 26.7.5, because the logarithm of
/// the gamma function loses digits there. For `p` between 0.0001 and 0.9999 both are good to 1e-11
/// relative.
#[must_use]
pub fn student_t_quantile(p: f64, freedom: f64) -> f64 {
    let domain = p > 0.0 && p < 1.0 && freedom > 0.0;
    if !domain {
        return f64::NAN;
    }
    if p < 0.5 {
        return -upper_quantile(p, freedom);
    }
    upper_quantile(1.0 - p, freedom)
}

/// The `t >= 0` that is exceeded with probability `tail <= 1/2`.
fn upper_quantile(tail: f64, freedom: f64) -> f64 {
    if tail >= 0.5 {
        return 0.0;
    }
    let z = -normal_quantile(tail);
    let s = z * z;
    let g1 = z * (s + 1.0) / 4.0;
    let g2 = z * ((5.0 * s + 16.0) * s + 3.0) / 96.0;
    let g3 = z * (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0;
    let g4 = z * ((((79.0 * s + 776.0) * s + 1482.0) * s - 1920.0) * s - 945.0) / 92_160.0;
    let r = 1.0 / freedom;
    let start = z + r * (g1 + r * (g2 + r * (g3 + r * g4)));
    if freedom > 1000.0 {
        return start;
    }
    // The t law has heavier tails than the normal, so that z is a lower bound.
    let (mut low, mut high) = (z, f64::INFINITY);
    let mut t = if start > z { start } else { 2.0 * z };
    let ln_scale = libm::lgamma(0.5 * (freedom + 1.0))
        - libm::lgamma(0.5 * freedom)
        - 0.5 * libm::log(freedom * std::f64::consts::PI);
    for _ in 0..200 {
        let excess = student_t_upper_tail(t, freedom) - tail;
        if excess > 0.0 {
            low = t;
        } else {
            high = t;
        }
        let density = libm::exp(ln_scale - 0.5 * (freedom + 1.0) * libm::log1p(t * t / freedom));
        let mut next = t + excess / density;
        if !(next > low && next < high) {
            next = if high.is_finite() { 0.5 * (low + high) } else { 2.0 * t };
        }
        let done = (next - t).abs() <= 1e-14 * t;
        t = next;
        if done {
            break;
        }
    }
    t
}

#[cfg(test)]
#[path = "distributions_tests.rs"]
mod tests;
