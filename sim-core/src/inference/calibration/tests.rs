//! Worked examples with a known posterior, twins done the slow way, and coverage of known truths.

use super::surface::{Prediction, Surface, Terms};
use super::*;
use crate::draws::{Decision, Draws, Luck, StreamKey};
use proptest::prelude::*;

fn draws(seed: u64) -> Draws {
    let key = StreamKey {
        kind: Decision::Bootstrap,
        entity: 99,
        lot: 0,
        cycle: 0,
        cause: 9,
    };
    Luck::new(seed, 0).stream(key)
}

fn uniform(low: f64, high: f64) -> Distribution {
    Distribution::Uniform { low, high }
}

fn value(z: f64, tolerance: f64) -> Target {
    Target {
        observation: Observation::Value(z),
        tolerance,
    }
}

fn problem(priors: Vec<Distribution>, targets: Vec<Target>, luck: Vec<f64>) -> Problem {
    Problem {
        priors,
        targets,
        luck,
        replicates: 4,
        cutoff: 3.0,
        candidates: 1 << 13,
        seed: 7,
    }
}

/// Plays waves of `n` points of a function of values.
fn calibrate(problem: Problem, waves: usize, n: u32, f: impl Fn(&[f64]) -> Vec<f64>) -> (Calibration, Vec<WaveReport>) {
    let mut calibration = Calibration::new(problem);
    let mut points = calibration.first_points(n).unwrap();
    let mut reports = Vec::new();
    for _ in 0..waves {
        let outcomes: Vec<_> = points.iter().map(|p| Some(f(&calibration.values(p)))).collect();
        reports.push(calibration.learn(&points, &outcomes, n).unwrap());
        points = calibration.next_points().to_vec();
    }
    (calibration, reports)
}

fn column(rows: &[Vec<f64>], i: usize) -> (f64, f64) {
    let n = rows.len() as f64;
    let mean = rows.iter().map(|r| r[i]).sum::<f64>() / n;
    let square = rows.iter().map(|r| (r[i] - mean) * (r[i] - mean)).sum::<f64>();
    (mean, (square / (n - 1.0)).sqrt())
}

#[test]
fn the_linear_gaussian_posterior_is_that_of_generalised_least_squares() {
    // Three outcomes of two inputs, y = A x, luck with correlation. With a flat prior that is wide enough the posterior is normal with
    // precision A' S^-1 A and mean its inverse times A' S^-1 z; S = 1.25 C + diag(tolerance^2). By hand, with C = [4 2 0; 2 4 0; 0 0 4]
    // and tolerance^2 = [1 1 5]: S = [6 2.5 0; 2.5 6 0; 0 0 10], S^-1 = [6 -2.5 0; -2.5 6 0; 0 0 2.975] / 29.75.
    // A = [1 0; 0 1; 1 1]: precision [8.975 .475; .475 8.975] / 29.75, determinant 80.325 / 29.75^2,
    // covariance 29.75 [8.975 -.475; -.475 8.975] / 80.325: standard deviations 1.82319, correlation -.05292.
    // z = [3 -1 4]: A' S^-1 z = [18 + 2.5 + 11.9, -7.5 - 6 + 11.9] / 29.75 = [32.4, -1.6] / 29.75, mean [3.62963, -.37037].
    let a = |x: &[f64]| vec![x[0], x[1], x[0] + x[1]];
    let luck = vec![4.0, 2.0, 0.0, 2.0, 4.0, 0.0, 0.0, 0.0, 4.0];
    let targets = vec![value(3.0, 1.0), value(-1.0, 1.0), value(4.0, 5f64.sqrt())];
    let mut problem = problem(vec![uniform(-20.0, 20.0), uniform(-20.0, 20.0)], targets, luck);
    // A wide cutoff cuts nothing off that would be missed.
    problem.cutoff = 6.0;
    problem.candidates = 1 << 14;
    let (calibration, _) = calibrate(problem, 1, 32, a);
    let posterior = calibration.posterior(4000).unwrap();
    // The first two outcomes are the inputs: weighed, without the error of a sample of rows.
    let [(m0, s0), (m1, s1)] = [posterior.expected[0], posterior.expected[1]];
    let (row_mean, row_sd) = column(&posterior.rows, 0);
    assert!(
        (row_mean - 3.629_63).abs() < 0.12 && (row_sd - 1.823_19).abs() < 0.08,
        "{row_mean} {row_sd}"
    );
    assert!(
        (m0 - 3.629_63).abs() < 0.02 && (m1 + 0.370_37).abs() < 0.02,
        "{m0} {m1}"
    );
    assert!(
        (s0 - 1.823_19).abs() < 0.02 && (s1 - 1.823_19).abs() < 0.02,
        "{s0} {s1}"
    );
    let pair = &correlations(&posterior.rows, posterior.effective, 1)[0];
    assert!((pair.value + 0.052_92).abs() < 0.06, "{}", pair.value);
    assert!(pair.interval.low < pair.value && pair.value < pair.interval.high);
    // The expected outcomes: mean A x, variance of y_2 = 2 s^2 (1 + rho).
    let (mean, sd) = posterior.expected[2];
    assert!(
        (mean - 3.259_26).abs() < 0.03 && (sd - 2.509_17).abs() < 0.03,
        "{mean} {sd}"
    );
}

#[test]
fn a_range_is_weighed_by_the_mass_in_it() {
    // y = x, "at most 0", no luck, tolerance 1: the density is Phi(-x) on a flat prior (-5, 5), whose mean is -2.6 to 1e-6:
    // with F the integral of Phi(-x): 5, and of x Phi(-x): -(25 - 1) / 2 = -12 but for the tails; hence -2.4.
    let target = Target {
        observation: Observation::Range {
            low: f64::NEG_INFINITY,
            high: 0.0,
        },
        tolerance: 1.0,
    };
    let (calibration, _) = calibrate(problem(vec![uniform(-5.0, 5.0)], vec![target], vec![0.0]), 1, 16, |x| {
        vec![x[0]]
    });
    let posterior = calibration.posterior(4000).unwrap();
    // The cutoff of 3 takes away x > 3, where Phi(-x) < .00135. The rows are a sample: 1.5 / sqrt 4000 is one standard error.
    assert!(
        (posterior.expected[0].0 + 2.4).abs() < 0.005,
        "{}",
        posterior.expected[0].0
    );
    assert!((column(&posterior.rows, 0).0 + 2.4).abs() < 0.1);
}

#[test]
fn the_surface_is_least_squares_and_foretells_as_if_each_point_were_left_out() {
    let mut luck = draws(3);
    let points: Vec<Vec<f64>> = (0..24)
        .map(|_| vec![luck.next_uniform(), luck.next_uniform()])
        .collect();
    let f = |p: &[f64], e: f64| 1.0 + 2.0 * p[0] - p[1] + 3.0 * p[0] * p[1] - p[1] * p[1] + 0.1 * e;
    let outcomes: Vec<Vec<f64>> = points.iter().map(|p| vec![f(p, luck.next_normal()), 5.0]).collect();
    let surface = Surface::fit(&points, &outcomes).unwrap();
    assert_eq!(surface.terms(), Terms::Quadratic);
    let mut at = Prediction::default();
    // The naive twin: fit without one point, foretell it.
    let (mut press, mut total) = (0.0, 0.0);
    let mean = outcomes.iter().map(|y| y[0]).sum::<f64>() / 24.0;
    for i in 0..points.len() {
        let others = |list: &[Vec<f64>]| -> Vec<Vec<f64>> {
            list.iter()
                .enumerate()
                .filter(|(j, _)| *j != i)
                .map(|(_, x)| x.clone())
                .collect()
        };
        let without = Surface::fit(&others(&points), &others(&outcomes)).unwrap();
        without.predict(&points[i], &mut at);
        press += (outcomes[i][0] - at.means[0]) * (outcomes[i][0] - at.means[0]);
        total += (outcomes[i][0] - mean) * (outcomes[i][0] - mean);
    }
    assert!((surface.fits()[0].q2 - (1.0 - press / total)).abs() < 1e-10);
    assert!(surface.fits()[0].q2 > 0.9);
    assert!((surface.fits()[0].residual_sd - 0.1).abs() < 0.05);
    // An outcome that never varies is known, and has no share of variance to explain.
    assert!(surface.fits()[1].q2.is_nan() && surface.fits()[1].residual_sd < 1e-12);
    // Too few points for squares, then for slopes.
    let few = |n: usize| Surface::fit(&points[..n], &outcomes[..n]);
    assert_eq!(few(11).unwrap().terms(), Terms::Squares);
    assert_eq!(few(7).unwrap().terms(), Terms::Linear);
    assert_eq!(
        few(5).unwrap_err(),
        CalibrationError::TooFewPoints { points: 5, needed: 6 }
    );
    let flat = vec![vec![0.5, 0.1]; 8];
    assert_eq!(
        Surface::fit(&flat, &outcomes[..8]).unwrap_err(),
        CalibrationError::Singular
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn the_density_of_two_outcomes_is_that_by_hand(c in 0.1..2.0f64, d in 0.1..2.0f64, rho in -0.9..0.9f64, z in -1.0..1.0f64) {
        let b = rho * (c * d).sqrt();
        let problem = problem(vec![uniform(0.0, 1.0)], vec![value(z, 0.3), value(0.4, 0.2)], vec![c, b, b, d]);
        let (calibration, _) = calibrate(Problem { cutoff: 100.0, ..problem }, 1, 8, |x| vec![x[0], 1.0 - x[0]]);
        let surface = &calibration.surfaces[0];
        let mut at = Prediction::default();
        surface.predict(&[0.3], &mut at);
        // The surface is exact, so that its covariance is nil.
        let (s, t, u) = (1.25 * c + 0.09, 1.25 * d + 0.04, 1.25 * b);
        let (x, y) = (z - 0.3, 0.4 - 0.7);
        let det = s * t - u * u;
        let by_hand = -0.5 * ((t * x * x - 2.0 * u * x * y + s * y * y) / det + libm::log(det));
        let found = calibration.log_density(surface, &at).unwrap();
        prop_assert!((found - by_hand).abs() < 1e-8 * (1.0 + by_hand.abs()), "{found} {by_hand}");
    }
}

#[test]
fn what_stands_is_what_a_plain_count_of_the_prior_says() {
    // I < 3 where |10 x^2 - 2.5| < 3 sd with sd^2 = .01 (1 + 1/4) + .04 = .0525: x in (.4257, .5646) of the prior (0, 1).
    let (calibration, reports) = calibrate(
        problem(vec![uniform(0.0, 1.0)], vec![value(2.5, 0.2)], vec![0.01]),
        3,
        12,
        |x| vec![10.0 * x[0] * x[0]],
    );
    let bound = |sign: f64| ((2.5 + sign * 3.0 * 0.0525f64.sqrt()) / 10.0).sqrt();
    let exact = bound(1.0) - bound(-1.0);
    for report in &reports {
        assert!((report.standing - exact).abs() < 2e-3, "{} {exact}", report.standing);
        assert!((report.ruled_out_by[0] - (1.0 - exact)).abs() < 0.9);
    }
    // Every next point stands, and lies where it should.
    for point in calibration.next_points() {
        let x = calibration.values(point)[0];
        assert!((bound(-1.0) - 1e-9..bound(1.0) + 1e-9).contains(&x), "{x}");
        assert!(calibration.implausibility(point).0 <= 3.0);
    }
}

#[test]
fn a_bend_that_the_first_wave_misses_is_found_by_the_next() {
    // A cubic of two inputs: the quadratic is wrong at first, and right where the region has closed in.
    let f = |x: &[f64]| vec![x[0] * x[0] * x[0] + 0.2 * x[1], x[1] - x[0]];
    let targets = vec![value(0.512 + 0.06, 0.01), value(-0.5, 0.01)];
    let luck = vec![1e-4, 0.0, 0.0, 1e-4];
    let (calibration, reports) = calibrate(
        problem(vec![uniform(-1.0, 1.0), uniform(-1.0, 1.0)], targets, luck),
        3,
        32,
        f,
    );
    let sd: Vec<f64> = reports.iter().map(|r| r.fits[0].residual_sd).collect();
    assert!(sd[2] < 0.2 * sd[0], "{sd:?}");
    assert!(
        reports
            .windows(2)
            .all(|pair| pair[1].standing <= pair[0].standing * 1.05),
        "{reports:?}"
    );
    let posterior = calibration.posterior(1000).unwrap();
    let ((m0, s0), (m1, _)) = (column(&posterior.rows, 0), column(&posterior.rows, 1));
    assert!((m0 - 0.8).abs() < 2.0 * s0 && (m1 - 0.3).abs() < 0.05, "{m0} {m1}");
}

#[test]
fn known_truths_lie_in_their_intervals_as_often_as_these_say() {
    // Truths are drawn from the prior, what is observed is the model's own outcome with luck of its own: by Bayes' rule the 80% interval
    // holds the truth in 80% of histories. 120 histories: 96 +- 4.4; the bounds are three standard deviations.
    let (mut held, mut drawn, histories) = ([0; 2], draws(11), 120);
    let f = |x: &[f64]| vec![x[0] + 0.3 * x[0] * x[1], x[1] - 0.2 * x[0] * x[0], x[0] + x[1]];
    let luck_sd = [0.15, 0.2, 0.3];
    for history in 0..histories {
        let truth = [4.0 * drawn.next_uniform() - 2.0, 4.0 * drawn.next_uniform() - 2.0];
        let targets: Vec<Target> = (f(&truth).iter().zip(luck_sd))
            .map(|(y, sd)| value(y + sd * drawn.next_normal(), 0.0))
            .collect();
        let mut luck = vec![0.0; 9];
        for (k, sd) in luck_sd.iter().enumerate() {
            luck[4 * k] = sd * sd;
        }
        let problem = Problem {
            priors: vec![uniform(-2.0, 2.0), uniform(-2.0, 2.0)],
            targets,
            luck,
            // The surface is exact: the points carry no luck of their own.
            replicates: u32::MAX,
            cutoff: 4.5,
            candidates: 2048,
            seed: history,
        };
        let (calibration, _) = calibrate(problem, 1, 24, f);
        let posterior = calibration.posterior(400).unwrap();
        for (i, count) in held.iter_mut().enumerate() {
            let mut values: Vec<f64> = posterior.rows.iter().map(|r| r[i]).collect();
            values.sort_unstable_by(f64::total_cmp);
            if (values[40]..=values[359]).contains(&truth[i]) {
                *count += 1;
            }
        }
    }
    assert!(held.iter().all(|n| (83..=109).contains(n)), "{held:?} of {histories}");
}

#[test]
fn what_the_data_do_not_reach_is_called_so() {
    // y = 3 (x0 + x1): the sum is known, the difference is not, x2 does nothing.
    let (calibration, _) = calibrate(
        problem(
            vec![uniform(0.0, 1.0), uniform(0.0, 1.0), uniform(0.0, 1.0)],
            vec![value(3.0, 0.1)],
            vec![0.01],
        ),
        2,
        32,
        |x| vec![3.0 * (x[0] + x[1])],
    );
    let posterior = calibration.posterior(1000).unwrap();
    let priors = &calibration.problem().priors;
    let found = identify(priors, &posterior.rows, posterior.effective, 1);
    assert_eq!(found[2].movement, Movement::NotMoved, "{:?}", found[2]);
    assert!(found[2].shrinkage.abs() < 0.1 && found[2].interval.contains(found[2].shrinkage));
    // Rows that the data leave alone are spread as the prior is, not in a pattern of the sequence: a Kolmogorov distance of 1.63 / sqrt n is exceeded
    // once in a hundred samples.
    let mut alone: Vec<f64> = posterior.rows.iter().map(|r| r[2]).collect();
    alone.sort_unstable_by(f64::total_cmp);
    let off = (alone.iter().enumerate())
        .map(|(i, x)| (x - (i as f64 + 0.5) / 1000.0).abs())
        .fold(0.0, f64::max);
    assert!(off < 1.63 / 1000f64.sqrt(), "{off}");
    // The prior's moments are those of the uniform.
    assert!((found[0].prior[0] - 0.5).abs() < 1e-12 && (found[0].prior[1] - (1.0f64 / 12.0).sqrt()).abs() < 1e-4);
    let pairs = correlations(&posterior.rows, posterior.effective, 1);
    let of = |i: usize, j: usize| pairs.iter().find(|c| (c.first, c.second) == (i, j)).unwrap();
    assert!(
        of(0, 1).value < -0.95 && of(0, 1).interval.high < -0.9,
        "{:?}",
        of(0, 1)
    );
    assert!(of(0, 2).interval.contains(0.0) || of(0, 2).value.abs() < 0.1);
    // A target at the edge presses x0 against the end of its prior.
    let (edge, _) = calibrate(
        problem(vec![uniform(0.0, 1.0)], vec![value(1.02, 0.02)], vec![0.0]),
        1,
        16,
        |x| vec![x[0]],
    );
    let posterior = edge.posterior(500).unwrap();
    assert_eq!(
        identify(&[uniform(0.0, 1.0)], &posterior.rows, posterior.effective, 1)[0].movement,
        Movement::AtTheEnd
    );
}

/// The bootstrap knows no more than the effective sample: of many rows of which few are independent, as little is known as of those few.
#[test]
fn fewer_independent_rows_widen_the_intervals() {
    // A thousand rows spread as the prior, in two columns that have nothing to do with one another.
    let at = |i: usize| (i as f64 + 0.5) / 1000.0;
    let rows: Vec<Vec<f64>> = (0..1000).map(|i| vec![at(i), at(i * 617 % 1000)]).collect();
    let priors = [uniform(0.0, 1.0), uniform(0.0, 1.0)];
    let width = |interval: crate::inference::Interval| interval.high - interval.low;
    for effective in [25.0, 100.0, 400.0] {
        // The variance of n uniform numbers errs by sqrt((1.8 - 1) / n) of itself, their correlation by sqrt(1 / n).
        for found in identify(&priors, &rows, effective, 1) {
            let expected = 2.0 * 1.96 * (0.8 / effective).sqrt();
            let ratio = width(found.interval) / expected;
            assert!((0.85..1.15).contains(&ratio), "{effective}: {ratio}");
            assert!(found.interval.contains(0.0), "{effective}: {:?}", found.interval);
        }
        let pair = &correlations(&rows, effective, 1)[0];
        let ratio = width(pair.interval) / (2.0 * 1.96 / effective.sqrt());
        assert!((0.85..1.15).contains(&ratio), "{effective}: {ratio}");
    }
}

#[test]
fn what_the_model_cannot_make_is_said() {
    let mut calibration = Calibration::new(problem(
        vec![uniform(0.0, 1.0)],
        vec![value(0.5, 0.1), value(9.0, 0.1)],
        vec![0.0; 4],
    ));
    assert!(
        matches!(calibration.posterior(10), Err(CalibrationError::Refuted { .. })),
        "before the first wave"
    );
    let points = calibration.first_points(16).unwrap();
    let outcomes: Vec<_> = points.iter().map(|p| Some(vec![p[0], 2.0 * p[0]])).collect();
    let Err(CalibrationError::Refuted { nearest, target }) = calibration.learn(&points, &outcomes, 16) else {
        panic!("it stands")
    };
    // At best 7 away with a tolerance of .1.
    assert!(target == 1 && (nearest - 70.0).abs() < 0.1, "{nearest}");
    // Without tolerance, luck or error a density has no height.
    let none = problem(vec![uniform(0.0, 1.0)], vec![value(0.5, 0.0)], vec![0.0]);
    let mut calibration = Calibration::new(none);
    let outcomes: Vec<_> = points.iter().map(|_| Some(vec![0.5])).collect();
    calibration.learn(&points, &outcomes, 16).unwrap();
    assert!(calibration.posterior(10).is_err());
}

#[test]
fn points_without_an_outcome_are_left_out_and_counted() {
    let mut calibration = Calibration::new(problem(vec![uniform(0.0, 1.0)], vec![value(0.5, 0.1)], vec![0.01]));
    let points = calibration.first_points(16).unwrap();
    let outcomes: Vec<_> = (points.iter().enumerate())
        .map(|(i, p)| (i % 4 > 0).then(|| vec![p[0]]))
        .collect();
    let report = calibration.learn(&points, &outcomes, 8).unwrap();
    assert_eq!((report.points, report.left_out, report.fitted), (16, 4, 12));
    assert_eq!(calibration.next_points().len(), 8);
}

#[test]
fn luck_has_the_textbook_covariance() {
    let found = luck_of_history(&[vec![1.0, 2.0], vec![3.0, 6.0], vec![5.0, 1.0], vec![f64::NAN, 0.0]]).unwrap();
    assert_eq!((found.n, found.means), (3, vec![3.0, 3.0]));
    // Deviations (-2 0 2) and (-1 3 -2): products 8, -2, 14 over 2.
    assert_eq!(found.covariance, [4.0, -1.0, -1.0, 7.0]);
    assert!(luck_of_history(&[vec![1.0]]).is_none());
}

#[test]
fn it_gives_up_soon_after_it_is_asked_to_stop() {
    let f = |x: &[f64]| vec![x[0]];
    let problem = problem(vec![uniform(0.0, 1.0)], vec![value(0.5, 0.1)], vec![0.01]);
    let (calibration, _) = calibrate(problem, 1, 8, f);
    let stop = Arc::new(AtomicBool::new(false));
    let mut calibration = calibration.until_stopped(Arc::clone(&stop));
    assert!(calibration.posterior(10).is_ok());
    stop.store(true, Ordering::Relaxed);
    assert_eq!(calibration.posterior(10).err(), Some(CalibrationError::Stopped));
    let points = calibration.first_points(8).unwrap();
    let outcomes: Vec<_> = points.iter().map(|p| Some(f(&calibration.values(p)))).collect();
    assert_eq!(
        calibration.learn(&points, &outcomes, 8).err(),
        Some(CalibrationError::Stopped)
    );
}
