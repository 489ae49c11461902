//! Which series of two worlds are the same.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::exit::{Failure, Result};
use crate::store::layout::{Layout, SeriesLabel};

/// The cells that a base and an alternative have in common, in the order of the base's rows.
pub struct Matching {
    /// Places of a series in the base and in the alternative.
    series: Vec<(usize, usize)>,
    dates: usize,
    /// Series of the base and of the alternative.
    widths: (usize, usize),
}

impl Matching {
    /// Of two layouts. A series that only one world has, of a seller that the other lacks for example, has no
    /// counterpart.
    ///
    /// # Errors
    /// [`Failure::CouldNotGoOn`] where their dates differ.
    pub fn of(base: &Layout, alt: &Layout) -> Result<Self> {
        if base.dates != alt.dates {
            // The command has refused such worlds before they were played.
            return Err(Failure::CouldNotGoOn(format!(
                "internal error: `{}` and `{}` are measured on different dates",
                base.id, alt.id
            )));
        }
        let places: BTreeMap<&SeriesLabel, usize> = alt.series.iter().zip(0..).collect();
        let series = base.series.iter().enumerate();
        Ok(Self {
            series: series.filter_map(|(s, label)| Some((s, *places.get(label)?))).collect(),
            dates: base.dates.len(),
            widths: (base.series.len(), alt.series.len()),
        })
    }

    /// Number of cells in common.
    pub fn cells(&self) -> usize {
        self.dates * self.series.len()
    }

    /// The place of a common cell in the records of the base and of the alternative.
    ///
    /// # Panics
    /// Where `cell` is not below [`Matching::cells`].
    pub fn pair(&self, cell: usize) -> (usize, usize) {
        let (date, s) = (cell / self.series.len(), cell % self.series.len());
        let (base, alt) = self.series[s];
        (date * self.widths.0 + base, date * self.widths.1 + alt)
    }

    /// The smallest ranges of either record that hold these common cells.
    pub fn spans(&self, cells: Range<usize>) -> (Range<usize>, Range<usize>) {
        let around = |places: &dyn Fn(usize) -> usize| {
            let first = cells.clone().map(places).min().unwrap_or(0);
            first..cells.clone().map(places).max().map_or(0, |last| last + 1)
        };
        (around(&|cell| self.pair(cell).0), around(&|cell| self.pair(cell).1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(vendor: &str) -> SeriesLabel {
        SeriesLabel {
            measure: "share_sites".into(),
            unit: "share".into(),
            component: "ran".into(),
            generation: "all".into(),
            place_kind: "world".into(),
            place: "world".into(),
            vendor: vendor.into(),
            part: "all".into(),
        }
    }

    fn layout(vendors: &[&str], dates: &[i32]) -> Layout {
        Layout {
            id: "w".into(),
            dates: dates.to_vec(),
            series: vendors.iter().map(|v| label(v)).collect(),
        }
    }

    #[test]
    fn only_what_both_have_is_paired() {
        let base = layout(&["a", "b", "d"], &[0, 1]);
        let alt = layout(&["b", "c", "d", "e"], &[0, 1]);
        let matching = Matching::of(&base, &alt).unwrap();
        let pairs: Vec<_> = (0..matching.cells()).map(|c| matching.pair(c)).collect();
        assert_eq!(pairs, [(1, 0), (2, 2), (4, 4), (5, 6)]);
        assert_eq!(matching.spans(1..3), (2..5, 2..5));
        let none = Matching::of(&base, &layout(&["x"], &[0, 1])).unwrap();
        assert_eq!(none.cells(), 0);
        assert!(Matching::of(&base, &layout(&["a"], &[0, 2])).is_err());
    }
}
