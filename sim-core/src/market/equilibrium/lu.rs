//! A square system with rows padded to whole lanes, solved by LU without pivoting.

use super::lanes::{LANES, add, dot_lanes, padded};

/// Matrix and factors. Fill the rows after [`Lu::reset`], then [`Lu::factor`], then [`Lu::solve`] at will.
#[derive(Debug, Default)]
pub(super) struct Lu {
    size: usize,
    width: usize,
    /// The matrix, row-major; its upper factor once factored, zeros below, pivots inverted.
    matrix: Vec<f64>,
    /// The lower factor by columns, with the same padding.
    lower: Vec<f64>,
}

impl Lu {
    /// A zero matrix of `size` rows.
    pub fn reset(&mut self, size: usize) {
        self.size = size;
        self.width = padded(size);
        self.matrix.clear();
        self.matrix.resize(size * self.width, 0.0);
    }

    /// Number of rows.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Length of a row: the size rounded up to whole lanes. What is beyond the size must stay zero.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Row `i`, to be filled.
    pub fn row_mut(&mut self, i: usize) -> &mut [f64] {
        &mut self.matrix[i * self.width..][..self.width]
    }

    /// Factors in place; false on a pivot that is not positive.
    pub fn factor(&mut self) -> bool {
        let (n, width) = (self.size, self.width);
        // Entries on and above the diagonal are only ever met times zero: they need not be cleared.
        self.lower.resize(n * width, 0.0);
        for i in 0..n {
            // Left of the pivot both rows hold zeros.
            let first = i / LANES * LANES;
            let sound = match width - first {
                4 => self.eliminate::<4>(i),
                8 => self.eliminate::<8>(i),
                12 => self.eliminate::<12>(i),
                16 => self.eliminate::<16>(i),
                _ => self.eliminate_wide(i),
            };
            if !sound {
                return false;
            }
        }
        true
    }

    /// Takes pivot row `i` off the rows below it, whose last `W` entries are not yet zero.
    #[inline]
    fn eliminate<const W: usize>(&mut self, i: usize) -> bool {
        let (width, first) = (self.width, self.width - W);
        let (upper, below) = self.matrix.split_at_mut((i + 1) * width);
        let Some((_, pivot_row)) = upper.split_last_chunk_mut::<W>() else {
            return false;
        };
        let at = i - first;
        let pivot = pivot_row[at];
        if !(pivot > 0.0 && pivot.is_finite()) {
            return false;
        }
        let inverse = 1.0 / pivot;
        let column = &mut self.lower[i * width..][..width];
        column[first..=i].fill(0.0);
        let by = *pivot_row;
        for (row, factor) in below.chunks_exact_mut(width).zip(&mut column[i + 1..]) {
            if let Some((_, row)) = row.split_last_chunk_mut::<W>() {
                *factor = row[at] * inverse;
                for c in 0..W {
                    row[c] -= *factor * by[c];
                }
                row[at] = 0.0;
            }
        }
        pivot_row[at] = inverse;
        true
    }

    /// [`Lu::eliminate`] for any width.
    fn eliminate_wide(&mut self, i: usize) -> bool {
        let width = self.width;
        let first = i / LANES * LANES;
        let (upper, below) = self.matrix.split_at_mut((i + 1) * width);
        let pivot_row = &mut upper[i * width + first..];
        let pivot = pivot_row[i - first];
        if !(pivot > 0.0 && pivot.is_finite()) {
            return false;
        }
        let inverse = 1.0 / pivot;
        let column = &mut self.lower[i * width..][..width];
        column[first..=i].fill(0.0);
        for (row, factor) in below.chunks_exact_mut(width).zip(&mut column[i + 1..]) {
            *factor = row[i] * inverse;
            add(&mut row[first..], -*factor, pivot_row);
            row[i] = 0.0;
        }
        pivot_row[i - first] = inverse;
        true
    }

    /// Solves in place; `x` has [`Lu::width`] entries, of which those beyond the size are left as scratch.
    pub fn solve(&self, x: &mut [f64]) {
        let (n, width) = (self.size, self.width);
        if let Ok(x) = <&mut [f64; LANES]>::try_from(&mut *x) {
            return self.solve_lane(x);
        }
        for (i, column) in self.lower.chunks_exact(width.max(1)).enumerate().take(n) {
            let known = x[i];
            let first = i / LANES * LANES;
            add(&mut x[first..], -known, &column[first..]);
        }
        for i in (0..n).rev() {
            let first = i / LANES * LANES;
            let row = &self.matrix[i * width..][first..width];
            let own = std::mem::replace(&mut x[i], 0.0);
            x[i] = (own - dot_lanes(row, &x[first..])) * row[i - first];
        }
    }

    /// [`Lu::solve`] for a single lane: all of it stays in registers.
    fn solve_lane(&self, x: &mut [f64; LANES]) {
        let ((lower, _), (matrix, _)) = (self.lower.as_chunks::<LANES>(), self.matrix.as_chunks::<LANES>());
        for (i, column) in lower.iter().enumerate().take(self.size.min(LANES)) {
            let known = x[i];
            for r in 0..LANES {
                x[r] -= known * column[r];
            }
        }
        for (i, row) in matrix.iter().enumerate().take(self.size.min(LANES)).rev() {
            let own = std::mem::replace(&mut x[i], 0.0);
            let sum: f64 = (0..LANES).map(|c| row[c] * x[c]).sum();
            x[i] = (own - sum) * row[i];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_of_any_size_is_solved() {
        for n in 1..40usize {
            let entry = |i: usize, j: usize| {
                let small = ((7 * i + 3 * j) % 13) as f64 / 13.0 - 0.4;
                if i == j { 12.0 + small } else { small }
            };
            let mut lu = Lu::default();
            lu.reset(n);
            for i in 0..n {
                (0..n).for_each(|j| lu.row_mut(i)[j] = entry(i, j));
            }
            let answer: Vec<f64> = (0..n).map(|i| i as f64 - 2.0).collect();
            let mut x: Vec<f64> = (0..n).map(|i| (0..n).map(|j| entry(i, j) * answer[j]).sum()).collect();
            x.resize(lu.width(), 0.0);
            assert!(lu.factor());
            lu.solve(&mut x);
            assert!(x.iter().zip(&answer).all(|(x, a)| (x - a).abs() < 1e-11), "{n}");
        }
    }

    #[test]
    fn a_pivot_that_is_not_positive_is_refused() {
        for pivot in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            for n in [2, 30] {
                let mut lu = Lu::default();
                lu.reset(n);
                (0..n).for_each(|i| lu.row_mut(i)[i] = 1.0);
                lu.row_mut(1)[1] = pivot;
                assert!(!lu.factor(), "{pivot}");
            }
        }
    }
}
