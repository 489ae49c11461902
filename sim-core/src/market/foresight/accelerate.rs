//! Anderson acceleration of sweeps: the next table from what the last few sweeps moved.
//!
//! A sweep maps a table `x` to `g(x)`; near the closure the errors of a few slow directions are left (kit that is kept comes back within a
//! year or two, so that they shrink by a fifth a sweep). With `f = g(x) - x` and the differences `dF`, `dG` of the last `m` sweeps,
//! ```text
//! x' = g - dG y,     y = argmin |f - dF y|
//! ```
//! takes out the `m` slowest of them at once (Anderson 1965; type II of Fang and Saad 2009). The end is the same: `f = 0`.
//!
//! The margins at which the tenders of the next sweep are looked for move along: `x'` is the mixture of the last tables with weights `y`, but
//! for what the sweep itself adds, and so are its margins of those found there. It only shortens the search.

/// Sweeps remembered.
const DEPTH: usize = 5;
/// Ridge on the normal equations of differences of length 1: directions that hardly differ are not told apart, else rounding would be
/// amplified.
const RIDGE: f64 = 1e-6;

/// The last sweeps. Buffers are reused.
#[derive(Debug, Default)]
pub(super) struct Memory {
    last: Option<[Vec<f64>; 3]>,
    /// Differences of `f`, of `g` and of margins, the oldest first.
    differences: Vec<[Vec<f64>; 3]>,
}

impl Memory {
    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.last = None;
        self.differences.clear();
    }

    /// Takes a table and what a sweep made of it, and moves `after` on to where the sweeps remembered point; `margins`, those found in
    /// the sweep, likewise.
    pub(super) fn step(&mut self, before: &[f64], after: &mut [f64], margins: &mut [f64]) {
        let f: Vec<f64> = after.iter().zip(before).map(|(g, x)| g - x).collect();
        let now = [f, after.to_vec(), margins.to_vec()];
        if let Some(last) = &self.last {
            let minus = |i: usize| now[i].iter().zip(&last[i]).map(|(a, b)| a - b).collect();
            if self.differences.len() == DEPTH {
                self.differences.remove(0);
            }
            self.differences.push(std::array::from_fn(minus));
        }
        if let Some(weights) = self.least_squares(&now[0]) {
            for ([_, dg, dm], weight) in self.differences.iter().zip(weights) {
                after.iter_mut().zip(dg).for_each(|(x, d)| *x -= weight * d);
                margins.iter_mut().zip(dm).for_each(|(x, d)| *x -= weight * d);
            }
        }
        self.last = Some(now);
    }

    /// `argmin |f - dF y|` by its normal equations; `None` without differences, or where they say nothing.
    fn least_squares(&self, f: &[f64]) -> Option<[f64; DEPTH]> {
        let n = self.differences.len();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        // Each difference at length 1, so that the last ones, the shortest, count as much as the first.
        let mut inverse_length = [0.0; DEPTH];
        for (inverse, [df, ..]) in inverse_length.iter_mut().zip(&self.differences) {
            *inverse = 1.0 / dot(df, df).sqrt();
        }
        let mut rows = [[0.0; DEPTH + 1]; DEPTH];
        for (i, row) in rows.iter_mut().enumerate().take(n) {
            for (j, x) in row.iter_mut().enumerate().take(n) {
                let product = dot(&self.differences[i][0], &self.differences[j][0]);
                *x = product * inverse_length[i] * inverse_length[j];
            }
            row[DEPTH] = dot(&self.differences[i][0], f) * inverse_length[i];
        }
        if n == 0 {
            return None;
        }
        for i in 0..n {
            rows[i][i] += RIDGE;
            let pivot = rows[i];
            for row in rows.iter_mut().take(n).skip(i + 1) {
                let share = row[i] / pivot[i];
                row.iter_mut().zip(&pivot).for_each(|(x, p)| *x -= share * p);
            }
        }
        let mut y = [0.0; DEPTH];
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n).map(|j| rows[i][j] * y[j]).sum();
            y[i] = (rows[i][DEPTH] - known) / rows[i][i];
        }
        y.iter_mut().zip(&inverse_length).for_each(|(y, inverse)| *y *= inverse);
        y.iter().all(|x| x.is_finite()).then_some(y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A linear map with four slow directions is closed in five steps, where plain steps would take hundreds.
    #[test]
    fn slow_directions_are_taken_out_at_once() {
        let modes = [0.95, 0.9, 0.8, -0.7];
        let sweep = |x: &[f64]| -> Vec<f64> { x.iter().zip(modes).map(|(x, m)| m * x + 1.0).collect() };
        let (mut x, mut memory) = (vec![0.0, 1.0, 5.0, 2.0], Memory::default());
        for _ in 0..8 {
            let mut next = sweep(&x);
            let mut margins = next.clone();
            memory.step(&x, &mut next, &mut margins);
            assert_eq!(margins, next, "what moves as the table moves is mixed alike");
            x = next;
        }
        for (x, m) in x.iter().zip(modes) {
            assert!((x - 1.0 / (1.0 - m)).abs() < 1e-6, "{x} for {m}");
        }
    }
}
