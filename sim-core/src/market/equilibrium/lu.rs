//! A square system with rows padded to whole lanes, solved by LU without pivoting.

use super::lanes::{LANES, dot_lanes, padded, subtract};

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
            let column = &mut column[i + 1..];
            for (row, factor) in below.chunks_exact_mut(width).zip(column) {
                // Left of the pivot both rows hold zeros.
                *factor = row[i] * inverse;
                subtract(&mut row[first..], *factor, pivot_row);
                row[i] = 0.0;
            }
            pivot_row[i - first] = inverse;
        }
        true
    }

    /// Solves in place; `x` has [`Lu::width`] entries, of which those beyond the size are left as scratch.
    pub fn solve(&self, x: &mut [f64]) {
        let (n, width) = (self.size, self.width);
        for i in 0..n {
            let known = x[i];
            let first = i / LANES * LANES;
            let column = &self.lower[i * width..][first..width];
            subtract(&mut x[first..], known, column);
        }
        for i in (0..n).rev() {
            let first = i / LANES * LANES;
            let row = &self.matrix[i * width..][first..width];
            let own = std::mem::replace(&mut x[i], 0.0);
            x[i] = (own - dot_lanes(row, &x[first..])) * row[i - first];
        }
    }
}
