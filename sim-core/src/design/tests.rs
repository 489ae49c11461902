//! Designs: V36, the net property, layers, blocks and tables.

use super::latin::latin_hypercube;
use super::*;
use crate::scenario::Distribution;
use proptest::prelude::*;

fn luck() -> Luck {
    Luck::new(36, 0)
}

fn plain(dimensions: usize) -> Sobol {
    Sobol::new(dimensions, Scramble::None, &luck()).expect("few dimensions")
}

/// V36: Joe and Kuo's numbers; equal to SciPy's `qmc.Sobol(scramble=False)`.
#[test]
fn sobol_points_are_those_of_joe_and_kuo() {
    let first = [
        [0.0; 6],
        [0.5; 6],
        [0.75, 0.25, 0.25, 0.25, 0.75, 0.75],
        [0.25, 0.75, 0.75, 0.75, 0.25, 0.25],
        [0.375, 0.375, 0.625, 0.875, 0.375, 0.125],
        [0.875, 0.875, 0.125, 0.375, 0.875, 0.625],
        [0.625, 0.125, 0.875, 0.625, 0.625, 0.875],
        [0.125, 0.625, 0.375, 0.125, 0.125, 0.375],
    ];
    let sobol = plain(6);
    for (i, point) in first.iter().enumerate() {
        assert_eq!(sobol.point(i as u32), point);
    }
    let late = [
        0.000_976_562_5,
        0.752_929_687_5,
        0.612_304_687_5,
        0.145_507_812_5,
        0.186_523_437_5,
        0.438_476_562_5,
    ];
    assert_eq!(sobol.point(1023), late);
    let product = |i| sobol.point(i).iter().map(|x| x + 0.5).product::<f64>();
    let mean = (0..1024).map(product).sum::<f64>() / 1024.0;
    assert!((mean - 0.997_321_931_552_129_1).abs() < 1e-12, "{mean}");
}

/// All 256 dimensions against SciPy 1.17.1, by single coordinates and by sums over all of them.
#[test]
fn high_dimensions_agree_with_scipy() {
    let sobol = plain(Sobol::DIMENSIONS);
    let weighted = |point: &[f64]| point.iter().zip(1..).map(|(x, w)| x * f64::from(w)).sum::<f64>();
    for (i, coordinates, sum) in [
        (5, [0.625, 0.125, 0.875], 15_783.25),
        (
            777,
            [0.426_757_812_5, 0.118_164_062_5, 0.635_742_187_5],
            15_886.222_656_25,
        ),
        (
            1023,
            [0.040_039_062_5, 0.700_195_312_5, 0.842_773_437_5],
            17_044.285_156_25,
        ),
    ] {
        let point = sobol.point(i);
        assert_eq!([point[63], point[127], point[255]], coordinates);
        assert_eq!(weighted(&point), sum);
    }
    let all: f64 = (0..1024).map(|i| f64::from(i) * weighted(&sobol.point(i))).sum();
    assert_eq!(all, 8_615_242_656.0);
    assert!(matches!(
        Sobol::new(257, Scramble::None, &luck()),
        Err(DesignError::TooManyAxes { needed: 257, most: 256 })
    ));
}

/// Centred L2 discrepancy (Hickernell 1998), squared.
fn centred_discrepancy(points: &[Vec<f64>]) -> f64 {
    let (n, d) = (points.len() as f64, points[0].len() as i32);
    let one = |point: &Vec<f64>| -> f64 {
        let term = |x: &f64| {
            let z = (x - 0.5).abs();
            1.0 + 0.5 * z - 0.5 * z * z
        };
        point.iter().map(term).product()
    };
    let two = |p: &Vec<f64>, q: &Vec<f64>| -> f64 {
        let term = |(x, y): (&f64, &f64)| 1.0 + 0.5 * ((x - 0.5).abs() + (y - 0.5).abs() - (x - y).abs());
        p.iter().zip(q).map(term).product()
    };
    let pairs: f64 = points
        .iter()
        .map(|p| points.iter().map(|q| two(p, q)).sum::<f64>())
        .sum();
    let whole = (0..d).map(|_| 13.0 / 12.0).product::<f64>();
    whole - 2.0 / n * points.iter().map(one).sum::<f64>() + pairs / (n * n)
}

/// V36, and that scrambling keeps the spread.
#[test]
fn discrepancy_of_256_points() {
    let of = |scramble| {
        let sobol = Sobol::new(2, scramble, &luck()).expect("few dimensions");
        let points: Vec<Vec<f64>> = (0..256).map(|i| sobol.point(i)).collect();
        centred_discrepancy(&points)
    };
    let plain = of(Scramble::None);
    assert!((plain - 1.663_160_380_993_567e-5).abs() < 1e-15, "{plain}");
    // Plain sampling has ((13/12)^-2 ..) / n: about 1e-3 here.
    for scramble in [Scramble::Owen, Scramble::DigitalShift] {
        assert!(of(scramble) < 1e-4);
    }
}

/// Each of the `2^k` elementary boxes of the first two dimensions holds one of the first `2^k` points, scrambled or
/// not: t = 0.
#[test]
fn the_first_two_dimensions_are_a_net() {
    for scramble in [Scramble::None, Scramble::DigitalShift, Scramble::Owen] {
        let sobol = Sobol::new(2, scramble, &luck()).expect("few dimensions");
        for k in 0..=8_u32 {
            for wide in 0..=k {
                let (columns, rows) = (1_usize << wide, 1_usize << (k - wide));
                let mut seen = vec![0; columns * rows];
                for i in 0..1 << k {
                    let point = sobol.point(i);
                    let column = (point[0] * columns as f64) as usize;
                    let row = (point[1] * rows as f64) as usize;
                    seen[column * rows + row] += 1;
                }
                assert!(seen.iter().all(|count| *count == 1), "{scramble:?} {k} {wide}");
            }
        }
    }
}

/// Scrambled points are uniform over seeds (so that a mean over seeds is unbiased) and differ between seeds.
#[test]
fn scrambled_points_are_uniform() {
    for scramble in [Scramble::DigitalShift, Scramble::Owen] {
        let seeds = 4000_u32;
        let mut bins = [0.0; 16];
        for seed in 0..seeds {
            let sobol = Sobol::new(3, scramble, &Luck::new(u64::from(seed), 0)).expect("few dimensions");
            let x = sobol.point(5)[2];
            assert!(0.0 < x && x < 1.0);
            bins[(x * 16.0) as usize] += 1.0;
        }
        let expected = f64::from(seeds) / 16.0;
        let chi2: f64 = bins.iter().map(|n| (n - expected) * (n - expected) / expected).sum();
        // p = 1e-4 at 15 degrees of freedom.
        assert!(chi2 < 44.26, "{scramble:?}: {chi2}");
    }
}

/// V36: an additive function of 100 Latin points has mean variance 1/(6 n^3), one 10,000 times below plain sampling;
/// sum of squares over R seeds is chi-squared.
#[test]
fn latin_hypercubes_take_out_additive_variance() {
    let (n, seeds) = (100_u64, 1000_u32);
    let expected = 1.666_666_666_666_666_8e-7;
    let squares: f64 = (0..seeds)
        .map(|seed| {
            let points = latin_hypercube(n, &["a", "b"], &Luck::new(u64::from(seed), 0));
            let mean = points.iter().map(|p| p[0] + p[1]).sum::<f64>() / n as f64;
            (mean - 1.0) * (mean - 1.0) / expected
        })
        .sum();
    // Chi-squared with 1000 degrees: sd sqrt(2000) = 44.7.
    assert!((squares - f64::from(seeds)).abs() < 4.0 * 44.8, "{squares}");
}

#[test]
fn each_layer_holds_one_latin_point_and_axes_are_keyed() {
    let points = latin_hypercube(97, &["a", "b", "c"], &luck());
    for axis in 0..3 {
        let mut layers: Vec<usize> = points.iter().map(|p| (p[axis] * 97.0) as usize).collect();
        layers.sort_unstable();
        assert_eq!(layers, (0..97).collect::<Vec<_>>());
    }
    let fewer = latin_hypercube(97, &["a", "c"], &luck());
    for (more, fewer) in points.iter().zip(&fewer) {
        assert_eq!([more[0], more[2]], [fewer[0], fewer[1]]);
    }
}

fn axes() -> Vec<Axis> {
    let axis = |path: &str, low, high| Axis {
        path: path.to_owned(),
        support: Support::Continuous(Distribution::Uniform { low, high }),
    };
    vec![axis("market.a", 0.0, 10.0), axis("market.b", -1.0, 1.0)]
}

fn choice() -> Axis {
    Axis {
        path: "levers.x.strength".to_owned(),
        support: Support::Listed(vec![0.0, 1.0]),
    }
}

#[test]
fn a_grid_holds_every_combination_once_and_its_ends() {
    let design = Design::build(DesignKind::Grid { levels: 3 }, &axes(), &[choice()], &luck()).expect("a design");
    assert_eq!(design.paths, ["market.a", "market.b", "levers.x.strength"]);
    assert_eq!((design.points.len(), design.uncertain), (18, 2));
    assert_eq!(design.points[0], [0.0, -1.0, 0.0]);
    assert_eq!(design.points[1], [0.0, -1.0, 1.0]);
    assert_eq!(design.points[17], [10.0, 1.0, 1.0]);
    let one = Design::build(DesignKind::Grid { levels: 1 }, &axes(), &[], &luck()).expect("a design");
    assert_eq!(one.points, [[5.0, 0.0]]);
}

#[test]
fn designs_that_can_be_extended_keep_their_beginning() {
    let build = |kind| {
        Design::build(kind, &axes(), &[choice()], &luck())
            .expect("a design")
            .points
    };
    let sobol = |n| {
        build(DesignKind::Sobol {
            n,
            scramble: Scramble::Owen,
        })
    };
    assert_eq!(sobol(20)[..], sobol(50)[..40]);
    assert_eq!(
        build(DesignKind::Saltelli { n: 4 })[..],
        build(DesignKind::Saltelli { n: 9 })[..32]
    );
    assert_eq!(
        build(DesignKind::Morris { trajectories: 4 })[..],
        build(DesignKind::Morris { trajectories: 9 })[..24]
    );
    assert_eq!(DesignKind::Saltelli { n: 4 }.points(2), Some(16));
}

#[test]
fn nothing_and_too_much_are_refused() {
    let build = |kind| Design::build(kind, &axes(), &[choice()], &luck());
    assert_eq!(build(DesignKind::LatinHypercube { n: 0 }), Err(DesignError::Empty));
    assert_eq!(
        build(DesignKind::LatinHypercube { n: 50_001 }),
        Err(DesignError::TooManyPoints)
    );
    assert_eq!(
        build(DesignKind::Grid { levels: u64::MAX }),
        Err(DesignError::TooManyPoints)
    );
    assert_eq!(
        build(DesignKind::Saltelli { n: u64::MAX }),
        Err(DesignError::TooManyPoints)
    );
    let none = Design::build(DesignKind::Grid { levels: 2 }, &[], &[], &luck());
    assert_eq!(none, Err(DesignError::NoAxes));
    let twice = [axes(), axes()].concat();
    let twice = Design::build(DesignKind::Grid { levels: 2 }, &twice, &[], &luck());
    assert_eq!(twice, Err(DesignError::TwiceNamed("market.a".to_owned())));
    let policies = Design::build(DesignKind::LatinHypercube { n: 9 }, &[], &[choice()], &luck());
    assert_eq!(policies.expect("choices alone are a design").points, [[0.0], [1.0]]);
}

#[test]
fn trajectories_move_one_axis_at_a_time() {
    let names = ["a", "b", "c", "d"];
    let points = DesignKind::Morris { trajectories: 50 }
        .unit_points(&names, &luck())
        .expect("points");
    for trajectory in points.chunks(5) {
        let mut moved: Vec<usize> = Vec::new();
        for pair in trajectory.windows(2) {
            let changed: Vec<usize> = (0..4).filter(|i| pair[0][*i] != pair[1][*i]).collect();
            assert_eq!(changed.len(), 1);
            let step = (pair[1][changed[0]] - pair[0][changed[0]]).abs();
            assert!((step - morris_step()).abs() < 1e-12);
            moved.extend(changed);
        }
        moved.sort_unstable();
        assert_eq!(moved, [0, 1, 2, 3]);
    }
}

#[test]
fn listed_values_share_the_interval() {
    let support = Support::Listed(vec![3.0, 5.0, 9.0]);
    assert_eq!([0.0, 0.34, 0.99, 1.0].map(|u| support.at(u)), [3.0, 5.0, 9.0, 9.0]);
    assert!(Support::Listed(Vec::new()).at(0.5).is_nan());
}

#[test]
fn tables_are_read_or_refused_with_their_line() {
    let table = parse_table("\u{feff}point,market.a, market.b\n0,1,2e-1\n1,-3,4\n").expect("a table");
    assert_eq!(table.paths, ["market.a", "market.b"]);
    assert_eq!(table.points, [[1.0, 0.2], [-3.0, 4.0]]);
    for (text, line) in [
        ("", 1),
        ("point\n0\n", 1),
        ("a,a\n1,2\n", 1),
        ("a,\n1,2\n", 1),
        ("a,b\n1,2\n1\n", 3),
        ("a\n1\nNaN\n", 3),
        ("a\nx\n", 2),
        ("point,a\n1,2\n", 2),
    ] {
        match parse_table(text) {
            Err(DesignError::Table { line: found, .. }) => assert_eq!(found, line, "{text:?}"),
            other => panic!("{text:?}: {other:?}"),
        }
    }
    assert_eq!(parse_table("a\n"), Err(DesignError::Empty));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
        if let Ok(table) = parse_table(&text) {
            prop_assert!(table.points.iter().all(|row| row.len() == table.paths.len()));
        }
    }
}

/// Correlated axes: a hypercube keeps one point in each layer of each axis, a sequence keeps its first points, and both
/// are what they were where nothing is stated.
#[test]
fn correlated_designs_keep_what_makes_them_designs() {
    use crate::scenario::{Correlation, Dependence};
    let uniform = Support::Continuous(Distribution::Uniform { low: 0.0, high: 1.0 });
    let axes: Vec<Axis> = ["a", "b", "c"]
        .map(|path| Axis {
            path: path.to_owned(),
            support: uniform.clone(),
        })
        .into();
    let stated = [Correlation {
        of: vec!["a".to_owned(), "c".to_owned()],
        rank: -0.8,
    }];
    let dependence = Dependence::new(&["a", "b", "c"], &stated).expect("possible");
    let build = |kind, dependence: &Dependence| {
        Design::build_dependent(kind, &axes, dependence, &[], &luck()).map(|design| design.points)
    };
    let lhs = DesignKind::LatinHypercube { n: 200 };
    let sobol = |n| DesignKind::Sobol {
        n,
        scramble: Scramble::Owen,
    };
    let none = Dependence::default();
    for kind in [lhs, sobol(64)] {
        assert_eq!(
            build(kind, &none),
            Design::build(kind, &axes, &[], &luck()).map(|d| d.points)
        );
    }
    let points = build(lhs, &dependence).expect("points");
    for axis in 0..3 {
        let mut layers: Vec<usize> = points.iter().map(|p| (p[axis] * 200.0) as usize).collect();
        layers.sort_unstable();
        assert!(layers.into_iter().eq(0..200));
    }
    let product = |points: &[Vec<f64>], b: usize| -> f64 {
        points.iter().map(|p| (p[0] - 0.5) * (p[b] - 0.5)).sum::<f64>() * 12.0 / points.len() as f64
    };
    // For even margins the product-moment correlation is the rank correlation; its standard error is below 0.07 at 200.
    assert!((product(&points, 2) + 0.8).abs() < 0.14 && product(&points, 1).abs() < 0.28);
    let (few, many) = (
        build(sobol(64), &dependence),
        build(sobol(1024), &dependence).expect("points"),
    );
    assert_eq!(few.expect("points"), many[..64]);
    assert!((product(&many, 2) + 0.8).abs() < 0.03 && product(&many, 1).abs() < 0.03);
    assert_eq!(
        build(DesignKind::Saltelli { n: 8 }, &dependence),
        Err(DesignError::Correlated)
    );
    assert_eq!(build(DesignKind::Saltelli { n: 8 }, &none).map(|p| p.len()), Ok(40));
}

#[test]
fn odd_numbers_of_axes_and_points_of_unequal_length() {
    assert_eq!(
        saltelli_block(&[0.1, 0.2], &[0.7]),
        [[0.1], [0.7], [0.7]],
        "the coordinates that both have"
    );
    assert_eq!(saltelli_block(&[0.1], &[0.7, 0.8]), [[0.1], [0.7], [0.7]]);
    assert_eq!(saltelli_block(&[], &[0.7]), [[0.0; 0], []]);
    let saltelli = DesignKind::Saltelli { n: 1 };
    let morris = DesignKind::Morris { trajectories: 1 };
    assert_eq!((saltelli.block(3), morris.block(3)), (5, 4));
    for kind in [saltelli, morris] {
        assert_eq!(kind.block(usize::MAX), usize::MAX);
    }
}
