//! The Cholesky factor of a small dense matrix: all the linear algebra that the calibration needs.
//!
//! Own code because libraries pick their kernels by processor, and the last digits of a posterior may not hang on the machine.

use super::super::summary::compensated_sum;

/// A pivot below this share of its diagonal entry counts as none: the matrix is singular to rounding.
const LEAST_PIVOT: f64 = 1e-12;

/// `L` of `A = L L'`, for a symmetric positive definite `A`.
#[derive(Debug, Clone)]
pub(super) struct Cholesky {
    n: usize,
    /// Row by row; above the diagonal nothing is read.
    lower: Vec<f64>,
}

impl Cholesky {
    /// Factorises a matrix given row by row, of which the lower triangle is read; `None` where it is not positive definite.
    pub fn new(matrix: &[f64], n: usize) -> Option<Self> {
        let mut lower = matrix.to_vec();
        for i in 0..n {
            for j in 0..=i {
                let (above, row) = lower.split_at(i * n);
                let left = if j < i { &above[j * n..j * n + j] } else { &row[..j] };
                let dot: f64 = row[..j].iter().zip(left).map(|(a, b)| a * b).sum();
                let rest = row[j] - dot;
                lower[i * n + j] = if j < i {
                    rest / lower[j * n + j]
                } else if rest > LEAST_PIVOT * matrix[i * n + i] {
                    rest.sqrt()
                } else {
                    // Not above, or NaN.
                    return None;
                };
            }
        }
        Some(Self { n, lower })
    }

    fn row(&self, i: usize) -> &[f64] {
        &self.lower[i * self.n..i * self.n + i]
    }

    fn diagonal(&self, i: usize) -> f64 {
        self.lower[i * self.n + i]
    }

    /// Puts `L^-1 b` in the place of `b`.
    pub fn solve_lower(&self, b: &mut [f64]) {
        for i in 0..self.n {
            let dot: f64 = self.row(i).iter().zip(&b[..i]).map(|(l, x)| l * x).sum();
            b[i] = (b[i] - dot) / self.diagonal(i);
        }
    }

    /// Puts `A^-1 b` in the place of `b`.
    pub fn solve(&self, b: &mut [f64]) {
        self.solve_lower(b);
        for i in (0..self.n).rev() {
            b[i] /= self.diagonal(i);
            let x = b[i];
            for (value, l) in b[..i].iter_mut().zip(self.row(i)) {
                *value -= l * x;
            }
        }
    }

    /// `b' A^-1 b`; `b` is used up.
    pub fn quadratic(&self, b: &mut [f64]) -> f64 {
        self.solve_lower(b);
        b.iter().map(|x| x * x).sum()
    }

    /// Logarithm of the determinant of `A`.
    pub fn log_determinant(&self) -> f64 {
        2.0 * compensated_sum((0..self.n).map(|i| libm::log(self.diagonal(i))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_worked_factor() {
        // [4 2; 2 5] = L L' with L = [2 0; 1 2].
        let factor = Cholesky::new(&[4.0, 0.0, 2.0, 5.0], 2).unwrap();
        assert_eq!(
            (factor.diagonal(0), factor.row(1), factor.diagonal(1)),
            (2.0, &[1.0][..], 2.0)
        );
        assert!((factor.log_determinant() - libm::log(16.0)).abs() < 1e-15);
        assert!(Cholesky::new(&[1.0, 0.0, 1.0, 1.0], 2).is_none(), "singular");
        assert!(Cholesky::new(&[-1.0], 1).is_none());
        assert!(Cholesky::new(&[f64::NAN], 1).is_none());
    }

    proptest! {
        #[test]
        fn solutions_solve(entries in prop::collection::vec(-1.0..1.0f64, 25), b in prop::collection::vec(-1.0..1.0f64, 5)) {
            // B B' + I is positive definite whatever B.
            let n = 5;
            let a: Vec<f64> = (0..n * n)
                .map(|at| {
                    let (i, j) = (at / n, at % n);
                    let dot: f64 = (0..n).map(|k| entries[i * n + k] * entries[j * n + k]).sum();
                    dot + f64::from(u8::from(i == j))
                })
                .collect();
            let factor = Cholesky::new(&a, n).unwrap();
            let mut x = b.clone();
            factor.solve(&mut x);
            for i in 0..n {
                let back: f64 = (0..n).map(|j| a[i * n + j] * x[j]).sum();
                prop_assert!((back - b[i]).abs() < 1e-12);
            }
            let direct: f64 = b.iter().zip(&x).map(|(b, x)| b * x).sum();
            prop_assert!((factor.quadratic(&mut b.clone()) - direct).abs() < 1e-12);
        }
    }
}
