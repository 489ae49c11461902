//! V34, V35, and what holds for any function.

use super::*;
use crate::design::{DesignKind, morris_step};
use crate::draws::{Decision, Draws, Luck, StreamKey};

fn luck() -> Luck {
    Luck::new(34, 0)
}

fn bootstrap() -> Draws {
    luck().stream(StreamKey {
        kind: Decision::Bootstrap,
        entity: 0,
        lot: 0,
        cycle: 0,
        cause: 0,
    })
}

fn outcomes(kind: DesignKind, inputs: usize, f: impl Fn(&[f64]) -> f64) -> (Vec<Vec<f64>>, Vec<f64>) {
    let names: Vec<String> = (0..inputs).map(|i| format!("x{i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let points = kind.unit_points(&names, &luck()).expect("a design");
    let y = points.iter().map(|point| f(point)).collect();
    (points, y)
}

fn near(got: f64, expected: f64, tolerance: f64) {
    assert!((got - expected).abs() <= tolerance, "{got}, expected {expected}");
}

/// sin(x1) + a sin(x2)^2 + b x3^4 sin(x1) on (-pi, pi)^3, a = 7, b = 0.1 (Ishigami and Homma 1990).
fn ishigami(u: &[f64]) -> f64 {
    let pi = std::f64::consts::PI;
    let [x1, x2, x3] = [0, 1, 2].map(|i| pi * (2.0 * u[i] - 1.0));
    let (s1, s2) = (libm::sin(x1), libm::sin(x2));
    s1 + 7.0 * s2 * s2 + 0.1 * x3 * x3 * x3 * x3 * s1
}

/// Sobol's g: product of (|4 x - 2| + a) / (1 + a).
fn g_function(u: &[f64]) -> f64 {
    let a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];
    u.iter()
        .zip(a)
        .map(|(x, a)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a))
        .product()
}

/// V34, with 2^13 blocks.
#[test]
fn ishigami_and_g_have_their_known_indices() {
    let blocks = DesignKind::Saltelli { n: 1 << 13 };
    let (_, y) = outcomes(blocks, 3, ishigami);
    let found = sobol_indices(&y, 3, 200, &mut bootstrap()).expect("blocks");
    near(found.mean, 3.5, 0.005);
    near(found.variance, 13.844_588, 0.02);
    let first = [0.313_905_19, 0.442_411_14, 0.0];
    let total = [0.557_588_86, 0.442_411_14, 0.243_683_66];
    for (index, (s, st)) in found.indices.iter().zip(first.into_iter().zip(total)) {
        near(index.first, s, 0.005);
        near(index.total, st, 0.005);
        assert!(index.first_interval.contains(index.first) && index.total_interval.contains(index.total));
    }
    assert_eq!((found.ranking, found.doubtful), (vec![0, 1, 2], vec![]));

    let (_, y) = outcomes(blocks, 8, g_function);
    let found = sobol_indices(&y, 8, 200, &mut bootstrap()).expect("blocks");
    near(found.variance, 0.465_424_43, 0.002);
    let small = 7.161_921_7e-5;
    let first = [
        0.716_192_17,
        0.179_048_04,
        0.023_675_774,
        0.007_161_921_7,
        small,
        small,
        small,
        small,
    ];
    let tiny = 1.049_490_5e-4;
    let total = [
        0.787_144_13,
        0.242_198_19,
        0.034_316_91,
        0.010_460_387,
        tiny,
        tiny,
        tiny,
        tiny,
    ];
    for (index, (s, st)) in found.indices.iter().zip(first.into_iter().zip(total)) {
        near(index.first, s, 0.003);
        near(index.total, st, 0.003);
    }
    assert_eq!(found.ranking[..4], [0, 1, 2, 3]);
    // The last four are equal: no sample can rank them all.
    assert!(found.doubtful.iter().any(|pair| pair.0 >= 4 && pair.1 >= 4));
}

#[test]
fn a_small_sample_says_that_it_cannot_rank() {
    let sum = |u: &[f64]| u[0] + 0.98 * u[1] + 5.0 * u[2];
    let (_, y) = outcomes(DesignKind::Saltelli { n: 16 }, 3, sum);
    let found = sobol_indices(&y, 3, 400, &mut bootstrap()).expect("blocks");
    assert_eq!(found.ranking[0], 2);
    assert_eq!(found.doubtful.len(), 1, "{found:?}");
}

/// The 95% intervals hold the truth about as often as they say, on an additive function.
#[test]
fn bootstrap_intervals_cover() {
    let names = ["a", "b"];
    let (mut first, mut total) = (0, 0);
    let experiments = 200;
    for seed in 0..experiments {
        let mut draws = Luck::new(seed, 1).for_path("plain");
        let y: Vec<f64> = (0..200)
            .flat_map(|_| {
                let [a, b] = [0, 1].map(|_| names.map(|_| draws.next_uniform()));
                crate::design::saltelli_block(&a, &b)
            })
            .map(|u| u[0] + 2.0 * u[1])
            .collect();
        let found = sobol_indices(&y, 2, 200, &mut Luck::new(seed, 2).for_path("b")).expect("blocks");
        first += u32::from(found.indices[0].first_interval.contains(0.2));
        total += u32::from(found.indices[0].total_interval.contains(0.2));
    }
    // 4 sqrt(.95 x .05 / 200) = 0.062, and a percentile interval of a ratio is somewhat short.
    for covered in [first, total] {
        assert!(f64::from(covered) / 200.0 > 0.95 - 0.062 - 0.02, "{first} {total}");
    }
}

#[test]
fn an_outcome_that_never_varies_has_no_indices() {
    let found = sobol_indices(&[0.1; 40], 2, 50, &mut bootstrap()).expect("blocks");
    assert!(
        found
            .indices
            .iter()
            .all(|index| index.first.is_nan() && index.total.is_nan())
    );
    assert!(found.indices[0].total_interval.low.is_nan());
}

#[test]
fn a_block_with_a_hole_is_left_out_whole() {
    let (_, mut y) = outcomes(DesignKind::Saltelli { n: 64 }, 3, ishigami);
    let without = sobol_indices(&y[5..], 3, 0, &mut bootstrap()).expect("blocks");
    y[2] = f64::NAN;
    let with = sobol_indices(&y, 3, 0, &mut bootstrap()).expect("blocks");
    assert_eq!((with.blocks, with.left_out), (63, 1));
    assert_eq!(with.mean, without.mean);
    assert!(matches!(
        sobol_indices(&y[1..], 3, 0, &mut bootstrap()),
        Err(SensitivityError::Ragged { .. })
    ));
    let holes = vec![f64::NAN; 50];
    assert_eq!(
        sobol_indices(&holes, 3, 0, &mut bootstrap()),
        Err(SensitivityError::TooFew { blocks: 0 })
    );
}

fn v35(x: &[f64]) -> f64 {
    3.0 * x[0] - 2.0 * x[1] + 0.5 * x[2] + 4.0 * x[0] * x[1]
}

/// V35, by sampled trajectories: within 4 sigma / sqrt(r), the linear input exactly.
#[test]
fn morris_finds_an_effect_whose_mean_is_zero() {
    let r = 400_u32;
    let (points, y) = outcomes(
        DesignKind::Morris {
            trajectories: u64::from(r),
        },
        3,
        v35,
    );
    let found = morris_effects(&points, &y, morris_step(), 200, &mut bootstrap()).expect("trajectories");
    let sigma = 1.490_712_0;
    let tolerance = 4.0 * sigma / f64::from(r).sqrt();
    for (effect, mu) in found.iter().zip([5.0, 0.0]) {
        near(effect.mu, mu, tolerance);
        near(effect.sigma, sigma, 0.15);
    }
    near(found[0].mu_star, 5.0, tolerance);
    near(found[1].mu_star, 4.0 / 3.0, tolerance);
    near(found[2].mu, 0.5, 1e-12);
    near(found[2].sigma, 0.0, 1e-12);
    assert!(found[1].interval.low > 1.0, "mu* tells from zero what mu does not");
    for effect in &found[0].effects {
        let one_of = [3.0, 13.0 / 3.0, 17.0 / 3.0, 7.0];
        assert!(one_of.iter().any(|e| (e - effect).abs() < 1e-12), "{effect}");
    }
}

/// V35, exactly: each level of the other input once.
#[test]
fn morris_over_all_levels_is_exact() {
    let mut points = Vec::new();
    for level in 0..2 {
        let low = f64::from(level) / 3.0;
        let high = low + morris_step();
        // x1 moves with x2 at `low`, and with x2 at `high`; likewise x2.
        points.extend([
            vec![low, low, 0.0],
            vec![high, low, 0.0],
            vec![high, high, 0.0],
            vec![high, high, 1.0],
        ]);
        points.extend([
            vec![low, low, 0.0],
            vec![low, high, 0.0],
            vec![high, high, 0.0],
            vec![high, high, 1.0],
        ]);
    }
    let y: Vec<f64> = points.iter().map(|x| v35(x)).collect();
    let found = morris_effects(&points, &y, morris_step(), 0, &mut bootstrap()).expect("trajectories");
    near(found[0].mu, 5.0, 1e-12);
    near(found[0].mu_star, 5.0, 1e-12);
    near(found[1].mu, 0.0, 1e-12);
    near(found[1].mu_star, 4.0 / 3.0, 1e-12);
    // The anchor has divisor n.
    near(found[0].sigma * 0.75_f64.sqrt(), 1.490_711_985, 1e-9);
    near(found[1].sigma * 0.75_f64.sqrt(), 1.490_711_985, 1e-9);
}

#[test]
fn what_is_no_trajectory_is_refused() {
    let run = |points: Vec<Vec<f64>>| {
        let y = vec![1.0; points.len()];
        morris_effects(&points, &y, 0.5, 0, &mut bootstrap())
    };
    let both = run(vec![vec![0.0, 0.0], vec![1.0, 1.0], vec![1.0, 0.0]]);
    assert_eq!(both, Err(SensitivityError::NotATrajectory));
    let twice = run(vec![vec![0.0, 0.0], vec![1.0, 0.0], vec![0.0, 0.0]]);
    assert_eq!(twice, Err(SensitivityError::NotATrajectory));
    assert!(matches!(run(Vec::new()), Err(SensitivityError::Ragged { .. })));
}

/// Worked by hand: rows 1 3 / 5 9, row means 2 and 7, column means 3 and 6, mean 4.5.
#[test]
fn luck_of_two_by_two() {
    let share = luck_share(&[vec![1.0, 3.0], vec![5.0, 9.0]]).expect("two by two");
    // Mean squares: rows 25, columns 9, rest 1.
    assert_eq!((share.between, share.common_luck, share.own_luck), (12.0, 4.0, 1.0));
    near(share.share(), 5.0 / 17.0, 1e-15);
    assert_eq!(luck_share(&[vec![1.0, 2.0]]), None);
    assert_eq!(luck_share(&[vec![1.0], vec![2.0]]), None);
    let hole = luck_share(&[vec![1.0, 3.0], vec![f64::NAN, 0.0], vec![5.0, 9.0]]);
    assert_eq!(hole.map(|share| (share.futures, share.own_luck)), Some((2, 1.0)));
}

/// Components that were put in come out: 4, 1 and 0.25.
#[test]
fn components_are_recovered() {
    let mut draws = luck().for_path("components");
    let common: Vec<f64> = (0..200).map(|_| draws.next_normal()).collect();
    let rows: Vec<Vec<f64>> = (0..800)
        .map(|_| {
            let future = 2.0 * draws.next_normal();
            common
                .iter()
                .map(|luck| future + luck + 0.5 * draws.next_normal())
                .collect()
        })
        .collect();
    let share = luck_share(&rows).expect("enough");
    // Four standard errors: 4 x sqrt(2/800) and sqrt(2/200) of the components.
    near(share.between, 4.0, 0.8);
    near(share.common_luck, 1.0, 0.4);
    near(share.own_luck, 0.25, 0.01);
}
