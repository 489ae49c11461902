//! `summary.csv` as the figures read it: statistics over replicates, one row a series and date.

use std::io::Read;
use std::path::Path;

use sim_core::inference::Summary;

use super::date::Date;
use super::error::{FigureError, Result};
use crate::output::differences::BEYOND;

/// The columns of `summary.csv`, in order. A file of other columns is refused.
pub const COLUMNS: [&str; 20] = [
    "scenario",
    "time",
    "measure",
    "unit",
    "component",
    "generation",
    "place_kind",
    "place",
    "vendor",
    "part",
    "n",
    "mean",
    "sd",
    "p05",
    "p25",
    "p50",
    "p75",
    "p95",
    "ci_low",
    "ci_high",
];

/// Statistics of one series at one date, in the unit of its row.
#[derive(Debug, Clone, Copy)]
pub struct Stats {
    /// Mean over the replicates in which the measure is defined.
    pub mean: f64,
    /// 5%, 25%, 50%, 75% and 95% quantiles over replicates; all NaN for a number of the ensemble, such as a
    /// ratio of means, which has no value in a replicate.
    pub quantiles: [f64; 5],
    /// 95% confidence interval of the mean; `None` where one replicate alone gives none.
    pub ci: Option<(f64, f64)>,
}

/// Undefined quantiles are equal to each other.
impl PartialEq for Stats {
    fn eq(&self, other: &Self) -> bool {
        let mut quantiles = self.quantiles.iter().zip(&other.quantiles);
        self.mean == other.mean && self.ci == other.ci && quantiles.all(|(a, b)| a == b || (a.is_nan() && b.is_nan()))
    }
}

impl Stats {
    /// The statistics of a summary; `None` where no replicate defines the value.
    pub fn of(summary: &Summary) -> Option<Self> {
        let s = summary;
        (s.n > 0).then_some(Self {
            mean: s.mean,
            quantiles: [s.p05, s.p25, s.p50, s.p75, s.p95],
            ci: (!s.ci_low.is_nan()).then_some((s.ci_low, s.ci_high)),
        })
    }

    /// The median.
    pub fn median(&self) -> f64 {
        self.quantiles[2]
    }

    /// The same statistics in another unit (`factor` > 0), such as per cent for a fraction.
    pub fn scaled(&self, factor: f64) -> Self {
        Self {
            mean: self.mean * factor,
            quantiles: self.quantiles.map(|q| q * factor),
            ci: self.ci.map(|(low, high)| (low * factor, high * factor)),
        }
    }
}

/// One row of `summary.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct SummaryRow {
    /// Id of the world.
    pub scenario: String,
    /// Date: a stock at its end, a flow since the date before.
    pub time: Date,
    /// Name in the catalogue of measures.
    pub measure: String,
    /// Unit of the values.
    pub unit: String,
    /// `all`, `ran`, `ru`, `bb` or `core`.
    pub component: String,
    /// `all` or a generation.
    pub generation: String,
    /// `world`, `world_ex_china`, `bloc`, `country` or `operator`.
    pub place_kind: String,
    /// Id of the place.
    pub place: String,
    /// `all`, a vendor or `group:ID`.
    pub vendor: String,
    /// `all` or an item of the measure's breakdown.
    pub part: String,
    /// `None` where no replicate defines the measure (`n` is 0).
    pub stats: Option<Stats>,
}

/// The rows of one run directory that figures may need.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SummaryTable {
    /// In the order of the file: by scenario, time, measure.
    pub rows: Vec<SummaryRow>,
    /// Of a comparison, the rows of `differences.csv`, each under its alternative as scenario.
    pub differences: Vec<SummaryRow>,
}

impl SummaryTable {
    /// Reads the rows of the measures named (all rows if `measures` is empty) from a file.
    ///
    /// # Errors
    /// [`FigureError::File`] if it cannot be opened, else as [`SummaryTable::read`].
    pub fn read_file(path: &Path, measures: &[&str]) -> Result<Self> {
        let file = std::fs::File::open(path).map_err(|error| FigureError::File {
            path: path.to_owned(),
            message: error.to_string(),
        })?;
        Self::read(file, measures)
    }

    /// Reads the rows of the measures named (all rows if `measures` is empty).
    ///
    /// # Errors
    /// [`FigureError::Table`] with line and column: other columns than [`COLUMNS`], a cell that is no
    /// date or finite number, or an empty statistic where `n` is not 0.
    pub fn read(source: impl Read, measures: &[&str]) -> Result<Self> {
        let mut reader = csv::ReaderBuilder::new().from_reader(source);
        let header = reader.headers().map_err(|e| table_error(&e))?.clone();
        if !header.iter().eq(COLUMNS) {
            return Err(FigureError::Table {
                line: 1,
                column: String::new(),
                message: format!("these are not the columns of summary.csv; it has {}", COLUMNS.join(",")),
            });
        }
        let mut rows = Vec::new();
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(|e| table_error(&e))? {
            if measures.is_empty() || measures.contains(&&record[2]) {
                rows.push(row(&Cells::new(&record, &COLUMNS))?);
            }
        }
        Ok(Self {
            rows,
            differences: Vec::new(),
        })
    }

    /// Adds the rows of the measures named from the `differences.csv` of the same run.
    ///
    /// # Errors
    /// [`FigureError::File`] if it cannot be opened, else as [`SummaryTable::read`].
    pub fn read_differences(&mut self, path: &Path, measures: &[&str]) -> Result<()> {
        let columns: Vec<&'static str> = (["base", "alt"].into_iter())
            .chain(COLUMNS.into_iter().skip(1))
            .chain(BEYOND)
            .collect();
        let file = std::fs::File::open(path).map_err(|error| FigureError::File {
            path: path.to_owned(),
            message: error.to_string(),
        })?;
        let mut reader = csv::ReaderBuilder::new().from_reader(file);
        let header = reader.headers().map_err(|e| table_error(&e))?;
        if !header.iter().eq(columns.iter().copied()) {
            return Err(FigureError::Table {
                line: 1,
                column: String::new(),
                message: format!(
                    "these are not the columns of differences.csv; it has {}",
                    columns.join(",")
                ),
            });
        }
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(|e| table_error(&e))? {
            if measures.contains(&&record[3]) {
                let cells = Cells::new(&record, &columns);
                let scenario = cells.text("alt").to_owned();
                self.differences.push(SummaryRow {
                    scenario,
                    ..row(&cells)?
                });
            }
        }
        Ok(())
    }

    /// The differences of one series in order of time; the scenario of the key is the alternative.
    pub fn differences<'a>(&'a self, key: &Key<'a>) -> Vec<&'a SummaryRow> {
        let mut rows: Vec<_> = self.differences.iter().filter(|row| key.holds(row)).collect();
        rows.sort_by_key(|row| row.time);
        rows
    }

    /// The rows of one series in order of time.
    pub fn series<'a>(&'a self, key: &Key<'a>) -> Vec<&'a SummaryRow> {
        let mut rows: Vec<_> = self.rows.iter().filter(|row| key.holds(row)).collect();
        rows.sort_by_key(|row| row.time);
        rows
    }
}

/// What identifies a series besides its date; generation is `all`.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    /// Id of the world.
    pub scenario: &'a str,
    /// Measure.
    pub measure: &'a str,
    /// Component.
    pub component: &'a str,
    /// Kind and id of the place.
    pub place: (&'a str, &'a str),
    /// Vendor.
    pub vendor: &'a str,
    /// Part.
    pub part: &'a str,
}

impl<'a> Key<'a> {
    /// The series of `measure` in `scenario` over the whole world, component `ran`.
    pub fn world(scenario: &'a str, measure: &'a str) -> Self {
        Self {
            scenario,
            measure,
            component: "ran",
            place: ("world", "world"),
            vendor: "all",
            part: "all",
        }
    }

    fn holds(&self, row: &SummaryRow) -> bool {
        row.scenario == self.scenario
            && row.measure == self.measure
            && row.component == self.component
            && row.generation == "all"
            && (row.place_kind.as_str(), row.place.as_str()) == self.place
            && row.vendor == self.vendor
            && row.part == self.part
    }
}

fn row(cells: &Cells) -> Result<SummaryRow> {
    let text = |column: &str| cells.text(column).to_owned();
    Ok(SummaryRow {
        scenario: text("scenario"),
        time: cells.date("time")?,
        measure: text("measure"),
        unit: text("unit"),
        component: text("component"),
        generation: text("generation"),
        place_kind: text("place_kind"),
        place: text("place"),
        vendor: text("vendor"),
        part: text("part"),
        stats: cells.stats()?,
    })
}

/// The cells of one record by column name, with errors that name line and column.
pub(super) struct Cells<'a> {
    record: &'a csv::StringRecord,
    columns: &'a [&'static str],
}

impl<'a> Cells<'a> {
    /// `record` must have been read under a header equal to `columns`.
    pub(super) fn new(record: &'a csv::StringRecord, columns: &'a [&'static str]) -> Self {
        Self { record, columns }
    }

    pub(super) fn text(&self, column: &str) -> &'a str {
        let at = self.columns.iter().position(|c| *c == column);
        at.and_then(|at| self.record.get(at)).unwrap_or_default()
    }

    pub(super) fn date(&self, column: &str) -> Result<Date> {
        Date::parse(self.text(column)).ok_or_else(|| self.error(column, "a date YYYY-MM-DD"))
    }

    pub(super) fn count(&self, column: &str) -> Result<u64> {
        (self.text(column).parse()).map_err(|_| self.error(column, "a whole number from 0"))
    }

    /// The statistics of the record: `None` where all their cells are empty. Quantiles are all there or none.
    pub(super) fn stats(&self) -> Result<Option<Stats>> {
        const NAMES: [&str; 6] = ["mean", "p05", "p25", "p50", "p75", "p95"];
        if NAMES.iter().all(|name| self.text(name).is_empty()) {
            return Ok(None);
        }
        let ci = if self.text("ci_low").is_empty() && self.text("ci_high").is_empty() {
            None
        } else {
            Some((self.number("ci_low")?, self.number("ci_high")?))
        };
        let [mean, quantiles @ ..] = NAMES;
        let mut read = [f64::NAN; 5];
        if quantiles.iter().any(|name| !self.text(name).is_empty()) {
            for (value, name) in read.iter_mut().zip(quantiles) {
                *value = self.number(name)?;
            }
        }
        Ok(Some(Stats {
            mean: self.number(mean)?,
            quantiles: read,
            ci,
        }))
    }

    pub(super) fn number(&self, column: &str) -> Result<f64> {
        let value: Option<f64> = self.text(column).parse().ok();
        value
            .filter(|v| v.is_finite())
            .ok_or_else(|| self.error(column, "a finite number"))
    }

    pub(super) fn error(&self, column: &str, wanted: &str) -> FigureError {
        FigureError::Table {
            line: self.record.position().map_or(0, csv::Position::line),
            column: column.to_owned(),
            message: format!("`{}` is not {wanted}", self.text(column)),
        }
    }
}

/// An error of the csv reader as one of this module.
pub(super) fn table_error(error: &csv::Error) -> FigureError {
    FigureError::Table {
        line: error.position().map_or(0, csv::Position::line),
        column: String::new(),
        message: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = "w,2030-12-31,hhi_sites,index,ran,all,world,world,all,all,\
                       9,0.25,0.01,0.2,0.24,0.25,0.26,0.3,0.24,0.26";

    fn table(rows: &str) -> String {
        format!("{}\n{rows}\n", COLUMNS.join(","))
    }

    #[test]
    fn a_row_is_read_and_found_by_its_key() {
        let read = SummaryTable::read(table(ROW).as_bytes(), &[]).expect("valid");
        let found = read.series(&Key::world("w", "hhi_sites"));
        let stats = found[0].stats.expect("defined");
        assert_eq!((stats.median(), stats.ci), (0.25, Some((0.24, 0.26))));
        assert!(read.series(&Key::world("w", "lock_in_curve")).is_empty());
        let none = SummaryTable::read(table(ROW).as_bytes(), &["lock_in_curve"]).expect("valid");
        assert!(none.rows.is_empty());
    }

    #[test]
    fn an_undefined_measure_has_no_statistics() {
        let empty = "w,2030-12-31,hhi_sites,index,ran,all,world,world,all,all,0,,,,,,,,,";
        let read = SummaryTable::read(table(empty).as_bytes(), &[]).expect("valid");
        assert_eq!(read.rows[0].stats, None);
    }

    #[test]
    fn errors_name_line_and_column() {
        for (from, to, said) in [
            (
                "2030-12-31",
                "2030",
                "line 2, column `time`: `2030` is not a date YYYY-MM-DD",
            ),
            (
                "0.01,0.2",
                "0.01,inf",
                "line 2, column `p05`: `inf` is not a finite number",
            ),
            ("0.01,0.2", "0.01,", "line 2, column `p05`: `` is not a finite number"),
        ] {
            let text = table(&ROW.replacen(from, to, 1));
            let error = SummaryTable::read(text.as_bytes(), &[]).expect_err("invalid");
            assert_eq!(error.to_string(), said);
        }
        let error = SummaryTable::read("a,b\n1,2\n".as_bytes(), &[]).expect_err("invalid");
        assert!(error.to_string().starts_with("line 1: these are not"), "{error}");
    }
}
