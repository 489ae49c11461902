//! The plotted numbers of one figure: what `NAME.csv` holds beside `NAME.svg`.
//!
//! The table is tidy: one row a panel, series, quantity and date. The source of the numbers (worlds,
//! seed, replicates, ...) stands in columns that are the same on every row, so that a reader needs no
//! special parser and a figure can be drawn again from its CSV alone.

use std::io::Read;

use super::date::Date;
use super::error::{FigureError, Result};
use super::note::{Note, Uncertainty};
use super::summary::{Cells, Stats, table_error};

/// The columns of `NAME.csv`, in order. The last six are the source and equal on every row.
pub const COLUMNS: [&str; 22] = [
    "figure",
    "panel",
    "panel_label",
    "series",
    "label",
    "quantity",
    "unit",
    "time",
    "mean",
    "p05",
    "p25",
    "p50",
    "p75",
    "p95",
    "ci_low",
    "ci_high",
    "scenarios",
    "seed",
    "replicates",
    "uncertainty",
    "version",
    "manifest",
];

/// The quantity of rows that mark a date (a policy comes into force, history ends): their label is the
/// text, and they carry no statistics.
pub const MARK: &str = "mark";

/// The quantity of rows that say in words what is given for the whole figure, such as its world: the series names
/// what, the label is the text, and they carry no statistics.
pub const GIVEN: &str = "given";

/// One plotted number with its spread, or one marked date.
#[derive(Debug, Clone, PartialEq)]
pub struct PlotRow {
    /// Id of the panel, for example a world or a region.
    pub panel: String,
    /// Its name for readers.
    pub panel_label: String,
    /// Id of the series in the panel, for example a vendor.
    pub series: String,
    /// Its name for readers.
    pub label: String,
    /// Measure, or [`MARK`], or [`GIVEN`].
    pub quantity: String,
    /// Unit of the numbers, as in `summary.csv`.
    pub unit: String,
    /// Date.
    pub time: Date,
    /// Statistics; `None` on marks, on what is given, and where no replicate defines the measure.
    pub stats: Option<Stats>,
}

impl PlotRow {
    /// What is given for the whole figure, in words.
    pub fn given(what: &str, text: &str, time: Date) -> Self {
        Self {
            panel: "all".to_owned(),
            panel_label: String::new(),
            series: what.to_owned(),
            label: text.to_owned(),
            quantity: GIVEN.to_owned(),
            unit: "text".to_owned(),
            time,
            stats: None,
        }
    }

    fn is_words(&self) -> bool {
        self.quantity == MARK || self.quantity == GIVEN
    }
}

/// The plotted numbers of one figure, in drawing order.
#[derive(Debug, Clone, PartialEq)]
pub struct PlotTable {
    /// Name of the figure, for example `01-lock-in`.
    pub figure: String,
    /// Rows in drawing order: the order of panels and series is that of their first rows.
    pub rows: Vec<PlotRow>,
}

impl PlotTable {
    /// The panels in order: id and label.
    pub fn panels(&self) -> Vec<(&str, &str)> {
        let mut panels: Vec<(&str, &str)> = Vec::new();
        for row in self.rows.iter().filter(|row| !row.is_words()) {
            if !panels.iter().any(|(id, _)| *id == row.panel) {
                panels.push((&row.panel, &row.panel_label));
            }
        }
        panels
    }

    /// The series over all panels in order: id and label.
    pub fn series(&self) -> Vec<(&str, &str)> {
        let mut series: Vec<(&str, &str)> = Vec::new();
        for row in self.rows.iter().filter(|row| !row.is_words()) {
            if !series.iter().any(|(id, _)| *id == row.series) {
                series.push((&row.series, &row.label));
            }
        }
        series
    }

    /// The defined points of one series in order of time.
    pub fn points(&self, panel: &str, series: &str, quantity: &str) -> Vec<(Date, Stats)> {
        let mut points: Vec<(Date, Stats)> = self
            .rows
            .iter()
            .filter(|r| r.panel == panel && r.series == series && r.quantity == quantity)
            .filter_map(|r| Some((r.time, r.stats?)))
            .collect();
        points.sort_by_key(|(time, _)| *time);
        points
    }

    /// The marked dates of a panel: those of its own and those of every panel (`all`).
    pub fn marks(&self, panel: &str) -> Vec<(Date, &str)> {
        (self.rows.iter())
            .filter(|row| row.quantity == MARK && (row.panel == panel || row.panel == "all"))
            .map(|row| (row.time, row.label.as_str()))
            .collect()
    }

    /// The text of what is given for the whole figure.
    pub fn given(&self, what: &str) -> Option<&str> {
        let mut rows = self.rows.iter();
        let row = rows.find(|row| row.quantity == GIVEN && row.series == what)?;
        Some(&row.label)
    }

    /// First and last date with numbers; `None` where nothing is defined.
    pub fn span(&self) -> Option<(Date, Date)> {
        let times = || (self.rows.iter()).filter(|row| row.stats.is_some()).map(|r| r.time);
        Some((times().min()?, times().max()?))
    }

    /// The text of `NAME.csv`. Numbers are the shortest digits that read back to the same number.
    pub fn to_csv(&self, note: &Note) -> Result<String> {
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        writer.write_record(COLUMNS).map_err(|e| table_error(&e))?;
        let source = note.cells();
        for row in &self.rows {
            let mut cells: Vec<String> = vec![
                self.figure.clone(),
                row.panel.clone(),
                row.panel_label.clone(),
                row.series.clone(),
                row.label.clone(),
                row.quantity.clone(),
                row.unit.clone(),
                row.time.to_string(),
            ];
            let numbers = match row.stats {
                Some(Stats {
                    mean,
                    quantiles: [p05, p25, p50, p75, p95],
                    ci,
                }) => {
                    let ci = ci.map_or([None; 2], |(low, high)| [Some(low), Some(high)]);
                    [
                        Some(mean),
                        Some(p05),
                        Some(p25),
                        Some(p50),
                        Some(p75),
                        Some(p95),
                        ci[0],
                        ci[1],
                    ]
                }
                None => [None; 8],
            };
            let defined = |v: &f64| !v.is_nan();
            cells.extend(numbers.map(|v| v.filter(defined).map_or_else(String::new, |v| v.to_string())));
            cells.extend(source.clone());
            writer.write_record(&cells).map_err(|e| table_error(&e))?;
        }
        let bytes = writer.into_inner().map_err(|error| FigureError::Table {
            line: 0,
            column: String::new(),
            message: error.to_string(),
        })?;
        String::from_utf8(bytes).map_err(|error| FigureError::Table {
            line: 0,
            column: String::new(),
            message: error.to_string(),
        })
    }

    /// Reads the text of `NAME.csv` back.
    ///
    /// # Errors
    /// [`FigureError::Table`]: other columns than [`COLUMNS`], no row, a malformed cell, or a source that
    /// is not the same on every row.
    pub fn from_csv(source: impl Read) -> Result<(Self, Note)> {
        let mut reader = csv::ReaderBuilder::new().from_reader(source);
        let header = reader.headers().map_err(|e| table_error(&e))?.clone();
        if !header.iter().eq(COLUMNS) {
            return Err(FigureError::Table {
                line: 1,
                column: String::new(),
                message: format!(
                    "these are not the columns of a figure's numbers; they are {}",
                    COLUMNS.join(",")
                ),
            });
        }
        let mut table: Option<(Self, Note)> = None;
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(|e| table_error(&e))? {
            let cells = Cells::new(&record, &COLUMNS);
            let note = read_note(&cells)?;
            let (table, first) = table.get_or_insert_with(|| {
                let table = Self {
                    figure: cells.text("figure").to_owned(),
                    rows: Vec::new(),
                };
                (table, note.clone())
            });
            if *first != note || table.figure != cells.text("figure") {
                return Err(cells.error("manifest", "the source of the rows above"));
            }
            table.rows.push(read_row(&cells)?);
        }
        table.ok_or_else(|| FigureError::Table {
            line: 1,
            column: String::new(),
            message: "the table has a header and no row: nothing to draw".to_owned(),
        })
    }
}

fn read_note(cells: &Cells) -> Result<Note> {
    Ok(Note {
        scenarios: cells.text("scenarios").split_whitespace().map(str::to_owned).collect(),
        seed: cells.count("seed")?,
        replicates: cells.count("replicates")?,
        uncertainty: Uncertainty::parse(cells.text("uncertainty"))
            .ok_or_else(|| cells.error("uncertainty", "`fixed` or `sampled`"))?,
        version: cells.text("version").to_owned(),
        manifest: cells.text("manifest").to_owned(),
    })
}

fn read_row(cells: &Cells) -> Result<PlotRow> {
    let text = |column: &str| cells.text(column).to_owned();
    Ok(PlotRow {
        panel: text("panel"),
        panel_label: text("panel_label"),
        series: text("series"),
        label: text("label"),
        quantity: text("quantity"),
        unit: text("unit"),
        time: cells.date("time")?,
        stats: cells.stats()?,
    })
}
