//! Quantiles against values to 16 digits computed with mpmath at 40 digits, and against the laws.

use super::*;

fn near(got: f64, expected: f64, relative: f64) {
    assert!(
        (got - expected).abs() <= relative * expected.abs(),
        "{got}, expected {expected}"
    );
}

#[test]
fn normal_quantiles() {
    assert_eq!(normal_quantile(0.5), 0.0);
    for (p, z) in [
        (1e-20, -9.262_340_089_798_408),
        (0.001, -3.090_232_306_167_813_5),
        (0.025, -1.959_963_984_540_054_2),
        (0.3, -0.524_400_512_708_040_8),
        (0.8, 0.841_621_233_572_914_2),
        (0.975, 1.959_963_984_540_054_2),
    ] {
        near(normal_quantile(p), z, 1e-15);
    }
    assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
    assert_eq!(normal_quantile(1.0), f64::INFINITY);
    for outside in [-0.1, 1.1, f64::NAN] {
        assert!(normal_quantile(outside).is_nan());
    }
}

#[test]
fn the_normal_quantile_inverts_the_law_and_rises() {
    let mut before = f64::NEG_INFINITY;
    for step in 1..20_000 {
        let p = f64::from(step) / 20_000.0;
        let z = normal_quantile(p);
        near(0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2), p, 2e-14);
        assert!(z > before);
        before = z;
    }
}

#[test]
fn incomplete_beta() {
    for (a, b, x, expected) in [
        (2.0, 3.0, 0.4, 0.5248),
        (0.5, 0.5, 0.1, 0.204_832_764_699_133_5),
        (30.0, 4.0, 0.9, 0.576_943_664_125_692_5),
        (500.0, 0.5, 0.998, 0.157_195_252_690_260_9),
        (1.0, 1000.0, 0.003, 0.950_436_917_176_844_4),
        (12.5, 80.0, 0.2, 0.955_654_043_417_320_1),
    ] {
        near(beta_cdf(a, b, x), expected, 3e-12);
        near(beta_cdf(b, a, 1.0 - x), 1.0 - expected, 3e-11);
    }
    assert_eq!((beta_cdf(2.0, 3.0, 0.0), beta_cdf(2.0, 3.0, 1.0)), (0.0, 1.0));
    assert!(beta_cdf(0.0, 1.0, 0.5).is_nan() && beta_cdf(1.0, 1.0, 1.5).is_nan());
}

#[test]
fn student_quantiles() {
    // V33 and the tables: t.975,29 = 2.0452296, t.975,1 = 12.7062, t.975,999 = 1.962341.
    for (p, freedom, t) in [
        (0.975, 1, 12.706_204_736_174_7),
        (0.975, 2, 4.302_652_729_749_464),
        (0.975, 3, 3.182_446_305_283_71),
        (0.975, 4, 2.776_445_105_197_794),
        (0.975, 9, 2.262_157_162_798_206),
        (0.975, 29, 2.045_229_642_132_704),
        (0.975, 99, 1.984_216_951_586_417),
        (0.975, 400, 1.965_912_343_229_463),
        (0.975, 999, 1.962_341_461_133_45),
        (0.975, 1000, 1.962_339_080_826_408),
        (0.975, 1001, 1.962_336_705_280_88),
        (0.975, 9999, 1.960_201_263_621_358),
        (0.975, 1_000_000, 1.959_966_356_814_107),
        (0.9, 1, 3.077_683_537_175_253),
        (0.9, 29, 1.311_433_647_301_551),
        (0.9, 1001, 1.282_397_874_581_051),
        (0.9995, 1, 636.619_248_768_719_6),
        (0.9995, 4, 8.610_301_581_379_275),
        (0.9995, 1000, 3.300_282_648_423_913),
        (0.9995, 9999, 3.291_500_063_300_932),
    ] {
        near(student_t_quantile(p, f64::from(freedom)), t, 1e-11);
        near(student_t_quantile(1.0 - p, f64::from(freedom)), -t, 1e-11);
    }
    assert_eq!(student_t_quantile(0.5, 7.0), 0.0);
    near(student_t_quantile(0.975, f64::INFINITY), 1.959_963_984_540_054_2, 1e-15);
    for (p, freedom) in [(0.0, 5.0), (1.0, 5.0), (0.9, 0.0), (f64::NAN, 5.0), (0.9, f64::NAN)] {
        assert!(student_t_quantile(p, freedom).is_nan());
    }
}

/// One and two degrees have closed forms: tan(pi (p - 1/2)), and (2p - 1) sqrt(2 / (4 p (1 - p))).
#[test]
fn student_closed_forms_and_order() {
    for step in 1..1000 {
        let p = 0.5 + f64::from(step) / 2002.0;
        let one = libm::tan(std::f64::consts::PI * (p - 0.5));
        near(student_t_quantile(p, 1.0), one, 1e-11);
        let two = (2.0 * p - 1.0) * (2.0 / (4.0 * p * (1.0 - p))).sqrt();
        near(student_t_quantile(p, 2.0), two, 1e-11);
        // The more freedom, the thinner the tail; small fractions of a degree converge as well.
        let mut above = student_t_quantile(p, 0.3);
        for freedom in [0.7, 1.0, 2.0, 5.5, 30.0, 999.0, 1001.0, 1e6] {
            let t = student_t_quantile(p, freedom);
            assert!(t < above, "p {p}, freedom {freedom}");
            above = t;
        }
        assert!(normal_quantile(p) < above);
    }
}
