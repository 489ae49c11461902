//! `[[correlation]]`: uncertain numbers that go together.
//!
//! A statement gives Spearman's rank correlation of two uncertain numbers. Their joint law is a Gaussian copula: each
//! number keeps its own distribution, and the normal scores of all of them have the product-moment correlation
//! `r = 2 sin(pi rho / 6)`, at which normal scores have the rank correlation `rho` (Pearson 1907). Pairs without a
//! statement are independent given the others' statements: their `r` is 0.

use std::f64::consts::{PI, SQRT_2};

use super::document::{Fields, Number, Table};
use crate::inference::normal_quantile;

/// A statement about two uncertain numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlation {
    /// Paths of the two.
    pub of: Vec<String>,
    /// Spearman's rank correlation, between -0.99 and 0.99.
    pub rank: f64,
}

impl Table for Correlation {
    fn fields(f: &mut Fields<'_>) -> Self {
        let of = f.texts("of", "Paths of two numbers that stand in [uncertainties]");
        f.require(
            f.is_describing() || (of.len() == 2 && of[0] != of[1]),
            "of",
            "a correlation is one of two different numbers",
            "two paths that stand in [uncertainties]",
        );
        let rank = f.number(
            "rank",
            Number::new("1").range(-0.99..=0.99),
            "Spearman's rank correlation of the two",
        );
        Correlation { of, rank }
    }
}

/// Statements that cannot hold together: no numbers have them all.
#[derive(Debug, Clone, PartialEq)]
pub struct Impossible {
    /// Place of the statement among those given that is told to change.
    pub statement: usize,
    /// Between which rank correlations it could stand beside the others; `None` where they contradict one another.
    pub between: Option<[f64; 2]>,
}

/// How uncertain numbers depend on one another: the triangular factor (Cholesky) of the correlations of their normal
/// scores, in the order of the numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dependence {
    /// Row `i` has `i + 1` weights on the independent scores `0..=i`; empty where number `i` follows its own alone.
    rows: Vec<Vec<f64>>,
}

/// The product-moment correlation of normal scores whose rank correlation is this.
fn of_scores(rank: f64) -> f64 {
    2.0 * libm::sin(PI * rank / 6.0)
}

/// The inverse of [`of_scores`].
fn of_ranks(r: f64) -> f64 {
    6.0 / PI * libm::asin(r.clamp(-1.0, 1.0) / 2.0)
}

fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z / SQRT_2)
}

/// Solves `L x = b` with the rows of a lower triangle.
fn forward(rows: &[Vec<f64>], b: &[f64]) -> Vec<f64> {
    let mut x: Vec<f64> = Vec::with_capacity(b.len());
    for (row, value) in rows.iter().zip(b) {
        let i = x.len();
        let known: f64 = row.iter().zip(&x).map(|(l, x)| l * x).sum();
        x.push((value - known) / row[i]);
    }
    x
}

/// What is left of the variance of a number beside its correlations with earlier ones must exceed this.
const LEAST_REST: f64 = 1e-9;

impl Dependence {
    /// The dependence of numbers with these paths under these statements; statements about other paths are left out,
    /// and of two about the same pair the later one holds.
    ///
    /// # Errors
    /// Where no numbers have all of these correlations (the matrix is not positive definite).
    pub fn new(paths: &[&str], stated: &[Correlation]) -> Result<Self, Impossible> {
        let place = |path: &String| paths.iter().position(|known| known == path);
        let pairs: Vec<(usize, usize, usize, f64)> = (stated.iter().enumerate())
            .filter_map(|(at, c)| {
                let (a, b) = (place(c.of.first()?)?, place(c.of.get(1)?)?);
                (a != b && c.rank != 0.0).then(|| (a.max(b), a.min(b), at, of_scores(c.rank)))
            })
            .collect();
        if pairs.is_empty() {
            return Ok(Self::default());
        }
        let mut factor: Vec<Vec<f64>> = Vec::with_capacity(paths.len());
        for i in 0..paths.len() {
            let mut with: Vec<f64> = vec![0.0; i];
            for (_, earlier, _, r) in pairs.iter().filter(|(later, ..)| *later == i) {
                with[*earlier] = *r;
            }
            let mut row = forward(&factor, &with);
            let rest = 1.0 - row.iter().map(|x| x * x).sum::<f64>();
            if rest <= LEAST_REST {
                return Err(impossible(&factor, &with, i, &pairs));
            }
            row.push(rest.sqrt());
            factor.push(row);
        }
        let alone = |row: &Vec<f64>| row.iter().rev().skip(1).all(|x| *x == 0.0);
        for row in &mut factor {
            if alone(row) {
                row.clear();
            }
        }
        Ok(Self { rows: factor })
    }

    /// Whether every number is independent of all others.
    #[must_use]
    pub fn is_independent(&self) -> bool {
        self.rows.iter().all(Vec::is_empty)
    }

    /// Makes independent coordinates of the unit cube, one a number, dependent: each stays even in (0,1). What depends
    /// on nothing before it keeps its coordinate to the last bit.
    pub fn correlate(&self, point: &mut [f64]) {
        if self.is_independent() {
            return;
        }
        // The ends of the interval have no finite score.
        let scores: Vec<f64> = (point.iter())
            .map(|u| normal_quantile(u.clamp(1e-18, 1.0 - f64::EPSILON)))
            .collect();
        for (u, row) in point.iter_mut().zip(&self.rows) {
            if !row.is_empty() {
                *u = normal_cdf(row.iter().zip(&scores).map(|(weight, z)| weight * z).sum());
            }
        }
    }

    /// Puts the values of each coordinate of a sample into another order, so that the sample is dependent and each
    /// coordinate keeps exactly its values: a Latin hypercube stays one. (The restricted pairing of Iman and Conover
    /// 1982, with the ranks that [`Dependence::correlate`] gives the same sample.)
    pub fn rearrange(&self, points: &mut [Vec<f64>]) {
        if self.is_independent() {
            return;
        }
        let mut wanted = points.to_vec();
        for point in &mut wanted {
            self.correlate(point);
        }
        for (axis, row) in self.rows.iter().enumerate() {
            if row.is_empty() {
                continue;
            }
            let mut values: Vec<f64> = points.iter().map(|point| point[axis]).collect();
            values.sort_unstable_by(f64::total_cmp);
            let mut order: Vec<usize> = (0..points.len()).collect();
            order.sort_by(|a, b| wanted[*a][axis].total_cmp(&wanted[*b][axis]));
            for (place, value) in order.into_iter().zip(values) {
                points[place][axis] = value;
            }
        }
    }
}

/// Which statement on number `i` could be changed to make the first numbers possible: the last one that has room, or
/// the last one where none has.
fn impossible(factor: &[Vec<f64>], with: &[f64], i: usize, pairs: &[(usize, usize, usize, f64)]) -> Impossible {
    let of_row = || pairs.iter().rev().filter(|(later, ..)| *later == i);
    for (_, earlier, statement, _) in of_row() {
        // With `with = b + t e`, the rest is the quadratic 1 - |x|^2 - 2 t x.y - t^2 |y|^2 in t.
        let mut others = with.to_vec();
        others[*earlier] = 0.0;
        let unit: Vec<f64> = (0..i).map(|j| f64::from(u8::from(j == *earlier))).collect();
        let (x, y) = (forward(factor, &others), forward(factor, &unit));
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let (a, b, c) = (dot(&y, &y), dot(&x, &y), 1.0 - dot(&x, &x));
        let root = b * b + a * c;
        if root > 0.0 {
            let ends = [(-b - root.sqrt()) / a, (-b + root.sqrt()) / a];
            return Impossible {
                statement: *statement,
                between: Some(ends.map(of_ranks)),
            };
        }
    }
    Impossible {
        statement: of_row().next().map_or(0, |pair| pair.2),
        between: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Decision, Luck, StreamKey};

    fn stated(list: &[(&str, &str, f64)]) -> Vec<Correlation> {
        let statement = |(a, b, rank): &(&str, &str, f64)| Correlation {
            of: vec![(*a).to_owned(), (*b).to_owned()],
            rank: *rank,
        };
        list.iter().map(statement).collect()
    }

    fn sample(n: usize, axes: u64) -> Vec<Vec<f64>> {
        let luck = Luck::new(3, 0);
        let mut streams: Vec<_> = (0..axes)
            .map(|entity| {
                luck.stream(StreamKey {
                    kind: Decision::Design,
                    entity,
                    lot: 0,
                    cycle: 0,
                    cause: 7,
                })
            })
            .collect();
        (0..n)
            .map(|_| streams.iter_mut().map(|s| s.next_uniform()).collect())
            .collect()
    }

    /// Spearman's correlation by the textbook, of values without ties.
    fn spearman(points: &[Vec<f64>], a: usize, b: usize) -> f64 {
        let ranks = |axis: usize| {
            let mut order: Vec<usize> = (0..points.len()).collect();
            order.sort_by(|x, y| points[*x][axis].total_cmp(&points[*y][axis]));
            let mut ranks = vec![0.0; points.len()];
            for (rank, place) in order.into_iter().enumerate() {
                ranks[place] = rank as f64;
            }
            ranks
        };
        let n = points.len() as f64;
        let square: f64 = ranks(a).iter().zip(ranks(b)).map(|(x, y)| (x - y) * (x - y)).sum();
        1.0 - 6.0 * square / (n * (n * n - 1.0))
    }

    #[test]
    fn samples_have_the_rank_correlations_that_were_stated() {
        let statements = stated(&[("a", "c", 0.7), ("b", "c", -0.5), ("c", "d", 0.3)]);
        let dependence = Dependence::new(&["a", "b", "c", "d"], &statements).expect("possible");
        let independent = sample(4000, 4);
        let mut copula = independent.clone();
        copula.iter_mut().for_each(|point| dependence.correlate(point));
        let mut paired = independent.clone();
        dependence.rearrange(&mut paired);
        for points in [&copula, &paired] {
            for (a, b, expected) in [(0, 2, 0.7), (1, 2, -0.5), (2, 3, 0.3), (0, 1, 0.0)] {
                // The standard error of a rank correlation of 4000 points is 0.016 at the most.
                assert!((spearman(points, a, b) - expected).abs() < 0.064, "{a} {b}");
            }
        }
        // Each margin of the rearranged sample is the one that was there; that of the copula is even.
        for axis in 0..4 {
            let sorted = |points: &[Vec<f64>]| {
                let mut values: Vec<f64> = points.iter().map(|point| point[axis]).collect();
                values.sort_unstable_by(f64::total_cmp);
                values
            };
            assert_eq!(sorted(&paired), sorted(&independent));
            let far = (sorted(&copula).iter().enumerate())
                .map(|(i, u)| (u - (i as f64 + 0.5) / 4000.0).abs())
                .fold(0.0, f64::max);
            // Kolmogorov's statistic exceeds 1.95 / sqrt(n) once in a thousand samples.
            assert!(far < 1.95 / 4000_f64.sqrt(), "{far}");
        }
        // What depends on nothing before it stays to the last bit.
        assert!(copula.iter().zip(&independent).all(|(x, y)| x[..2] == y[..2]));
    }

    #[test]
    fn without_statements_nothing_changes() {
        for statements in [
            stated(&[]),
            stated(&[("a", "b", 0.0)]),
            stated(&[("a", "elsewhere", 0.9)]),
        ] {
            let dependence = Dependence::new(&["a", "b"], &statements).expect("possible");
            assert!(dependence.is_independent());
            let before = sample(50, 2);
            let mut after = before.clone();
            after.iter_mut().for_each(|point| dependence.correlate(point));
            dependence.rearrange(&mut after);
            assert_eq!(before, after);
        }
    }

    /// Two numbers by hand: at u = 0.5 the first has the score 0, so the second keeps the share sqrt(1 - r^2) of its
    /// own; at rank 1/2, r = 2 sin(pi / 12) = 0.517638.
    #[test]
    fn a_point_by_hand() {
        let dependence = Dependence::new(&["a", "b"], &stated(&[("b", "a", 0.5)])).expect("possible");
        let mut point = [0.5, 0.975];
        dependence.correlate(&mut point);
        let expected =
            normal_cdf(1.959_963_984_540_054 * (1.0 - 0.517_638_090_205_041 * 0.517_638_090_205_041_f64).sqrt());
        assert!((point[1] - expected).abs() < 1e-14 && point[0] == 0.5);
        let mut ends = [0.0, 1.0];
        dependence.correlate(&mut ends);
        assert!(ends.iter().all(|u| (0.0..=1.0).contains(u)), "{ends:?}");
    }

    #[test]
    fn what_cannot_hold_together_names_the_statement_and_the_room_it_has() {
        // a with b and b with c nearly one: a and c cannot oppose one another.
        let statements = stated(&[("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.6)]);
        let wrong = Dependence::new(&["a", "b", "c"], &statements).expect_err("impossible");
        assert_eq!(wrong.statement, 2);
        let [low, high] = wrong.between.expect("room");
        // The product-moment bound is r_ab r_bc -+ sqrt((1 - r_ab^2)(1 - r_bc^2)).
        let r = of_scores(0.9);
        assert!((of_scores(low) - (r * r - (1.0 - r * r))).abs() < 1e-12);
        assert!(high > 0.98 && low > 0.5);
        for (rank, possible) in [(low - 0.01, false), (low + 0.01, true)] {
            let mut changed = statements.clone();
            changed[2].rank = rank;
            assert_eq!(Dependence::new(&["a", "b", "c"], &changed).is_ok(), possible, "{rank}");
        }
    }
}
