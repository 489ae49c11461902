//! Small multiples: panels of one size in rows, each with its name above and room for labels beside.

use super::sheet::Rect;
use super::theme::{LABEL_SIZE, MARGIN, WIDTH};

/// How small multiples are laid out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// Panels in a row.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
    /// Height of one plotting area.
    pub height: f64,
    /// Room at the left of the page for the numbers of the y axis.
    pub left: f64,
    /// Room at the right of every panel for direct labels.
    pub right: f64,
    /// Room above each plotting area: its name, and texts at marks.
    pub above: f64,
}

/// Room below a plotting area for the numbers of its x axis.
const BELOW: f64 = 24.0;
/// Room under the last row for the title of the x axis.
const X_TITLE: f64 = 12.0;
const ROW_GAP: f64 = 10.0;

impl Grid {
    /// A grid for `panels` panels, as even as `most` in a row allows. `height` is that of a plotting area
    /// in a single row; with more rows it shrinks, so that nine panels still print on one A4 page.
    pub fn of(panels: usize, most: usize, height: f64) -> Self {
        let rows = panels.max(1).div_ceil(most.max(1));
        let height = match rows {
            1 => height,
            2 => 0.8 * height,
            _ => 0.64 * height,
        }
        .round();
        Self {
            columns: panels.max(1).div_ceil(rows),
            rows,
            height,
            left: 34.0,
            right: 14.0,
            above: 10.0 + LABEL_SIZE,
        }
    }

    /// Height of the whole grid.
    pub fn body_height(&self) -> f64 {
        let rows = self.rows as f64;
        rows * (self.above + self.height + BELOW) + (rows - 1.0) * ROW_GAP + X_TITLE
    }

    /// The plotting area of panel `index`, in a body whose upper edge is `top`.
    pub fn frame(&self, index: usize, top: f64) -> Rect {
        let (row, column) = (index / self.columns, index % self.columns);
        let room = WIDTH - 2.0 * MARGIN - self.left;
        let pitch = room / self.columns as f64;
        Rect {
            x: (MARGIN + self.left + pitch * column as f64).round(),
            y: (top + self.above + (self.above + self.height + BELOW + ROW_GAP) * row as f64).round(),
            width: (pitch - self.right).floor(),
            height: self.height,
        }
    }

    /// Whether the panel is the first of its row and so carries the numbers of the y axis.
    pub fn is_first(&self, index: usize) -> bool {
        index.is_multiple_of(self.columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_fill_rows_evenly() {
        let shape = |n| {
            let grid = Grid::of(n, 3, 100.0);
            (grid.columns, grid.rows)
        };
        assert_eq!(
            [1, 2, 3, 4, 6, 7].map(shape),
            [(1, 1), (2, 1), (3, 1), (2, 2), (3, 2), (3, 3)]
        );
        assert_eq!(shape(0), (1, 1));
    }

    #[test]
    fn nine_panels_fit_a_page() {
        // A4 between margins is 170 by 257 mm; the page is WIDTH pixels wide.
        let page = WIDTH * 257.0 / 170.0;
        for panels in 1..=9 {
            let height = Grid::of(panels, 3, 300.0).body_height();
            assert!(height < page - 250.0, "{panels}: {height}");
        }
    }

    #[test]
    fn frames_lie_in_the_body_and_apart() {
        let grid = Grid::of(6, 3, 120.0);
        let frames: Vec<Rect> = (0..6).map(|i| grid.frame(i, 50.0)).collect();
        for (i, a) in frames.iter().enumerate() {
            assert!(a.right() + grid.right <= WIDTH - MARGIN + 1.0);
            assert!(a.bottom() + BELOW <= 50.0 + grid.body_height());
            for b in &frames[..i] {
                assert!(b.right() < a.x || a.right() < b.x || b.bottom() < a.y, "{a:?} {b:?}");
            }
        }
    }
}
