//! What the values of a record mean, in owned text: the same for a live engine, a plan on disk and a
//! shard, so that tables can be written without the engine.

use serde::{Deserialize, Serialize};
use sim_core::calendar::Day;
use sim_core::record::SeriesKey;

use crate::engine::Engine;
use crate::exit::{Failure, Result};
use crate::time::day_number;

/// The eight texts that name a series, in the order of columns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesLabel {
    /// Name in the catalogue.
    pub measure: String,
    /// Unit of the value.
    pub unit: String,
    /// `all`, `ran`, `ru`, `bb` or `core`.
    pub component: String,
    /// `all` or a generation id.
    pub generation: String,
    /// Kind of the place.
    pub place_kind: String,
    /// Id of the place.
    pub place: String,
    /// `all`, a vendor id or `group:ID`.
    pub vendor: String,
    /// `all` or an item of the measure's own breakdown.
    pub part: String,
}

impl SeriesLabel {
    /// The texts in the order of columns.
    pub fn texts(&self) -> [&str; 8] {
        [
            &self.measure,
            &self.unit,
            &self.component,
            &self.generation,
            &self.place_kind,
            &self.place,
            &self.vendor,
            &self.part,
        ]
    }
}

/// The columns that [`SeriesLabel::texts`] fills.
pub const LABEL_COLUMNS: [&str; 8] = [
    "measure",
    "unit",
    "component",
    "generation",
    "place_kind",
    "place",
    "vendor",
    "part",
];

/// The meaning of a record of one world: `values[date * series + s]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// Id of the world.
    pub id: String,
    /// Measurement dates, days since 1970-01-01.
    pub dates: Vec<i32>,
    /// The series in the order of rows.
    pub series: Vec<SeriesLabel>,
}

impl Layout {
    /// The layout of an engine's records.
    ///
    /// # Errors
    /// [`Failure::Refused`] where the id cannot be a file name on every platform;
    /// [`Failure::CouldNotGoOn`] where series or dates are not in strictly rising order.
    pub fn of(engine: &dyn Engine) -> Result<Self> {
        let id = engine.id().to_owned();
        if !safe_name(&id) {
            return Err(Failure::Refused(format!(
                "scenario id `{id}` cannot name a file: use only a-z 0-9 . _ -, beginning with a letter or digit"
            )));
        }
        let in_order = engine.series().is_sorted_by(|a, b| a < b) && engine.dates().is_sorted_by(|a, b| a < b);
        if !in_order {
            // Rows of tables stand in this order, and readers of columns rely on it.
            return Err(Failure::CouldNotGoOn(format!(
                "internal error: the series or dates of `{id}` are out of order or stand twice"
            )));
        }
        Ok(Self::of_series(&id, engine.series(), engine.dates()))
    }

    /// The layout of records of these series at these dates, both in order.
    pub fn of_series(id: &str, series: &[SeriesKey], dates: &[Day]) -> Self {
        let series = series
            .iter()
            .map(|key| SeriesLabel {
                measure: key.measure.to_owned(),
                unit: key.unit.to_owned(),
                component: key.component.to_owned(),
                generation: key.generation.clone(),
                place_kind: key.place_kind.to_owned(),
                place: key.place.clone(),
                vendor: key.vendor.clone(),
                part: key.part.clone(),
            })
            .collect();
        Self {
            id: id.to_owned(),
            dates: dates.iter().map(|day| day_number(*day)).collect(),
            series,
        }
    }

    /// Number of values in a record.
    pub fn cells(&self) -> usize {
        self.dates.len() * self.series.len()
    }

    /// Date (days since 1970) and series of a cell.
    ///
    /// # Panics
    /// Where `cell` is not below [`Layout::cells`].
    pub fn cell(&self, cell: usize) -> (i32, &SeriesLabel) {
        let series = self.series.len();
        (self.dates[cell / series], &self.series[cell % series])
    }
}

/// Whether a text may be part of a file name of a run directory.
pub fn safe_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    text.len() <= 100 && text.chars().all(allowed) && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_leave_the_directory_are_refused() {
        for good in ["world-2020", "uk_cap.v2", "6g"] {
            assert!(safe_name(good), "{good}");
        }
        for bad in ["", "..", ".hidden", "a/b", "A", "a b", "ä", "a\\b", "-x"] {
            assert!(!safe_name(bad), "{bad}");
        }
    }
}
