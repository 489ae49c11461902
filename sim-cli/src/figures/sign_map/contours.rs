//! The colours of the map: contours between cells, painted strip by strip.

use super::MOST;
use crate::figures::error::Result;
use crate::figures::number::fixed;
use crate::figures::page::Page;
use crate::figures::panel::Panel;
use crate::figures::sheet::{Anchor, TextStyle};
use crate::figures::theme::{AXIS, PALETTE, QUIET, Rgb, TEXT, TICK_SIZE};
use crate::figures::theory::TheoryRow;

/// Changes of the mean price, in mu, at which the colour changes.
const BOUNDS: [f64; 5] = [-1.0, -0.5, 0.0, 0.5, 1.0];
/// Blue for lower prices, vermillion for higher ones: ink and its share, the rest white.
const TINTS: [(usize, f64); 6] = [(0, 0.8), (0, 0.5), (0, 0.22), (1, 0.22), (1, 0.5), (1, 0.8)];

const SWATCH: f64 = 42.0;

/// Which colour a change has.
fn bin(change: f64) -> usize {
    BOUNDS.iter().filter(|bound| change >= **bound).count()
}

/// Where each colour begins along a row: places where the change, linear between cells, crosses a bound.
fn runs(points: &[(f64, f64)]) -> Vec<(f64, usize)> {
    let mut runs: Vec<(f64, usize)> = Vec::new();
    for pair in points.windows(2) {
        let [(x0, a), (x1, b)] = [pair[0], pair[1]];
        let mut cuts: Vec<f64> = (BOUNDS.iter())
            .map(|bound| (bound - a) / (b - a))
            .filter(|part| *part > 0.0 && *part < 1.0)
            .collect();
        cuts.push(0.0);
        cuts.sort_by(f64::total_cmp);
        for (k, from) in cuts.iter().enumerate() {
            let to = cuts.get(k + 1).copied().unwrap_or(1.0);
            let bin = bin(a + (b - a) * 0.5 * (from + to));
            if runs.last().is_none_or(|(_, last)| *last != bin) {
                runs.push((x0 + (x1 - x0) * from, bin));
            }
        }
    }
    runs
}

/// Where each colour begins along a line, and which it is.
type Runs = Vec<(f64, usize)>;

/// Paints the strips between lines of patience; the last line fills what is left up to 1.
pub(super) fn draw_map(panel: &mut Panel, lines: &[Vec<&TheoryRow>]) -> Result<()> {
    let mut runs: Vec<(f64, Runs)> = (lines.iter())
        .map(|line| {
            let points: Vec<(f64, f64)> = line.iter().map(|cell| (cell.switching_cost, cell.value)).collect();
            (line[0].patience, runs(&points))
        })
        .collect();
    runs.extend(runs.last().map(|(_, last)| (1.0, last.clone())));
    for pair in runs.windows(2) {
        let [(low, below), (high, above)] = [&pair[0], &pair[1]];
        if let Some((below, above)) = matched(below, above) {
            draw_strip(panel, (*low, &below), (*high, &above))?;
        } else {
            // A colour begins or ends within the strip: each line speaks for its half.
            let middle = 0.5 * (low + high);
            draw_strip(panel, (*low, below), (middle, below))?;
            draw_strip(panel, (middle, above), (*high, above))?;
        }
    }
    Ok(())
}

/// Two lines with the same colours. One that leaves the map at an edge between them stands at that edge; `None` where they
/// differ by more.
fn matched(below: &Runs, above: &Runs) -> Option<(Runs, Runs)> {
    let same = |a: &[(f64, usize)], b: &[(f64, usize)]| a.iter().map(|run| run.1).eq(b.iter().map(|run| run.1));
    let filled = |few: &Runs, many: &Runs| -> Option<Runs> {
        let ((_, first), (_, last)) = (*many.first()?, *many.last()?);
        if many.len() != few.len() + 1 {
            None
        } else if same(few, &many[..few.len()]) {
            Some(few.iter().copied().chain([(MOST, last)]).collect())
        } else if same(few, &many[1..]) {
            Some([(0.0, first)].into_iter().chain(few.iter().copied()).collect())
        } else {
            None
        }
    };
    if same(below, above) {
        return Some((below.clone(), above.clone()));
    }
    filled(below, above)
        .map(|below| (below, above.clone()))
        .or_else(|| Some((below.clone(), filled(above, below)?)))
}

/// Overlap to the right and upwards with what is painted next, so that no seam shows: in mu and in patience.
const OVERLAP: (f64, f64) = (0.1, 0.004);

/// Paints a strip between two lines of the same colours.
fn draw_strip(
    panel: &mut Panel,
    (low, below): (f64, &[(f64, usize)]),
    (high, above): (f64, &[(f64, usize)]),
) -> Result<()> {
    let end = |runs: &[(f64, usize)], k: usize| runs.get(k + 1).map_or(MOST, |run| (run.0 + OVERLAP.0).min(MOST));
    let top = (high + OVERLAP.1).min(1.0);
    for (k, ((from, bin), (to, _))) in below.iter().zip(above).enumerate() {
        let (right, upper_right) = (end(below, k), end(above, k));
        let outline = vec![
            (*from, low),
            (*to, high),
            (*to, top),
            (upper_right, top),
            (upper_right, high),
            (right, low),
        ];
        panel.area(outline, tint(*bin), 1.0)?;
    }
    Ok(())
}

fn tint(bin: usize) -> Rgb {
    let (ink, share) = TINTS[bin.min(TINTS.len() - 1)];
    let (r, g, b) = PALETTE[ink].line;
    let mix = |c: u8| (255.0 - share * (255.0 - f64::from(c))).round() as u8;
    (mix(r), mix(g), mix(b))
}

/// The colours and their bounds.
pub(super) fn draw_legend(page: &Page) {
    let body = page.body;
    let left = body.right() - SWATCH * TINTS.len() as f64 - 14.0;
    let (top, bottom) = (body.y, body.y + 11.0);
    let style = TextStyle::new(TICK_SIZE, QUIET);
    for bin in 0..TINTS.len() {
        let x = left + SWATCH * bin as f64;
        let middle = 0.5 * (top + bottom);
        page.sheet
            .line(&[(x, middle), (x + SWATCH, middle)], tint(bin), bottom - top);
    }
    for (k, bound) in BOUNDS.iter().enumerate() {
        let x = left + SWATCH * (k as f64 + 1.0);
        let text = fixed(*bound, usize::from(bound.fract() != 0.0));
        page.sheet.line(&[(x, top), (x, bottom + 3.0)], AXIS, 1.0);
        page.sheet.text(x, bottom + 14.0, &text, style.anchored(Anchor::Middle));
    }
    let text = TextStyle::new(TICK_SIZE, TEXT);
    page.sheet.text(
        body.x,
        bottom - 2.0,
        "Change in the mean price paid against no switching",
        text,
    );
    page.sheet
        .text(body.x, bottom + 12.0, "cost, in mu. Blue: lower, orange: higher", text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_change_where_the_change_crosses_a_bound() {
        // Falls to -0.6 and rises to 0.4: through -0.5 twice and 0 once.
        let found = runs(&[(0.0, 0.0), (1.0, -0.6), (2.0, 0.4)]);
        let bins: Vec<usize> = found.iter().map(|(_, bin)| *bin).collect();
        assert_eq!(bins, [2, 1, 2, 3]);
        let expected = [0.0, 0.5 / 0.6, 1.1, 1.6];
        assert!(
            found.iter().zip(expected).all(|((x, _), e)| (x - e).abs() < 1e-12),
            "{found:?}"
        );
        assert_eq!(runs(&[(0.0, 0.0), (1.0, 0.0)]), [(0.0, 3)]);
    }

    #[test]
    fn a_colour_that_leaves_the_map_stands_at_its_edge() {
        let (few, right, left) = (
            vec![(0.0, 2), (4.0, 3)],
            vec![(0.0, 2), (5.0, 3), (9.0, 4)],
            vec![(0.0, 1), (1.0, 2), (5.0, 3)],
        );
        let at_right = vec![(0.0, 2), (4.0, 3), (MOST, 4)];
        assert_eq!(matched(&few, &right), Some((at_right.clone(), right.clone())));
        assert_eq!(matched(&right, &few), Some((right.clone(), at_right)));
        let at_left = vec![(0.0, 1), (0.0, 2), (4.0, 3)];
        assert_eq!(matched(&few, &left), Some((at_left, left.clone())));
        assert_eq!(matched(&right, &left), None);
        assert_eq!(matched(&vec![(0.0, 2)], &vec![(0.0, 2), (1.0, 1), (2.0, 2)]), None);
    }
}
