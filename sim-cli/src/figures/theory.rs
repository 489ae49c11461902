//! Figures of theory: numbers that the functions of the model give without a run.
//!
//! They have a table of their own ([`TheoryTable`]), since nothing in it has a date or a spread over replicates. What decides its
//! numbers beside the code (a grid, parameters, the manifest of the world that is marked) goes into one hash that stands on every row, so
//! that a committed figure is known to be stale without computing it. They are cheap: `--check` always computes them anew.

use sha2::{Digest, Sha256};
use sim_core::market::foresight::equal_sellers::EqualSellersError;

use super::error::{FigureError, Result};
use super::page::Drawing;
use super::regenerate::Simulated;
use super::summary::{Cells, table_error};

/// One figure of theory.
pub trait Theory: Sync {
    /// Its name: `NAME.svg` and `NAME.csv`.
    fn name(&self) -> &'static str;

    /// The measures of the world that it marks; none where it marks no world.
    fn measures(&self) -> &'static [&'static str] {
        &[]
    }

    /// All parameters of its numbers, in words that change with them.
    fn inputs(&self) -> String;

    /// The numbers to plot; `world`: a run of the world to mark.
    ///
    /// # Errors
    /// [`FigureError::Theory`] where a function of the model refuses.
    fn rows(&self, world: Option<&Simulated>) -> Result<Vec<TheoryRow>>;

    /// The picture and its words: the same for the same table, on every platform.
    ///
    /// # Errors
    /// [`FigureError::NoSeries`] where the table has nothing to draw.
    fn drawing(&self, table: &TheoryTable) -> Result<Drawing>;

    /// The SVG alone.
    ///
    /// # Errors
    /// As [`Theory::drawing`].
    fn draw(&self, table: &TheoryTable) -> Result<String> {
        Ok(self.drawing(table)?.svg)
    }
}

/// The columns of `NAME.csv`, in order. The last three are the source and equal on every row.
pub const COLUMNS: [&str; 12] = [
    "figure",
    "series",
    "label",
    "quantity",
    "unit",
    "sellers",
    "switching_cost_mu",
    "patience",
    "value",
    "world",
    "version",
    "inputs",
];

/// One number.
#[derive(Debug, Clone, PartialEq)]
pub struct TheoryRow {
    /// Id of the series.
    pub series: String,
    /// Its name for readers.
    pub label: String,
    /// What the value is.
    pub quantity: String,
    /// Its unit.
    pub unit: String,
    /// Number of sellers; of a run's world, effective bidders.
    pub sellers: f64,
    /// Switching cost in units of mu.
    pub switching_cost: f64,
    /// Patience of sellers per contract cycle.
    pub patience: f64,
    /// The number.
    pub value: f64,
}

/// Where the numbers come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TheorySource {
    /// Id of the world that is marked; empty: none.
    pub world: String,
    /// Version of the model.
    pub version: String,
    /// Hash of all inputs, in hexadecimal.
    pub inputs: String,
}

impl TheorySource {
    /// The source line at the foot of the figure.
    pub(super) fn line(&self) -> String {
        let hash: String = self.inputs.chars().take(8).collect();
        let world = if self.world.is_empty() {
            String::new()
        } else {
            format!(" and scenario {}", self.world)
        };
        format!(
            "Source: oransim {}, next-tender table of equal sellers{world}; inputs {hash}.",
            self.version
        )
    }
}

/// The numbers of one figure of theory, in drawing order.
#[derive(Debug, Clone, PartialEq)]
pub struct TheoryTable {
    /// Name of the figure.
    pub figure: String,
    /// Source.
    pub source: TheorySource,
    /// Rows.
    pub rows: Vec<TheoryRow>,
}

impl TheoryTable {
    /// The rows of a series and quantity for a number of sellers, in order.
    pub fn series<'a>(&'a self, series: &'a str, quantity: &'a str, sellers: f64) -> Vec<&'a TheoryRow> {
        (self.rows.iter())
            .filter(|row| row.series == series && row.quantity == quantity && row.sellers == sellers)
            .collect()
    }

    /// The text of `NAME.csv`. Numbers are the shortest digits that read back to the same number.
    ///
    /// # Errors
    /// [`FigureError::Table`] where it cannot be written.
    pub fn to_csv(&self) -> Result<String> {
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        writer.write_record(COLUMNS).map_err(|e| table_error(&e))?;
        for row in &self.rows {
            let numbers = [row.sellers, row.switching_cost, row.patience, row.value].map(|v| v.to_string());
            let words = [&self.figure, &row.series, &row.label, &row.quantity, &row.unit];
            let source = [&self.source.world, &self.source.version, &self.source.inputs];
            let cells = words.into_iter().chain(&numbers).chain(source);
            writer.write_record(cells).map_err(|e| table_error(&e))?;
        }
        let failed = |message: String| FigureError::Table {
            line: 0,
            column: String::new(),
            message,
        };
        let bytes = writer.into_inner().map_err(|error| failed(error.to_string()))?;
        String::from_utf8(bytes).map_err(|error| failed(error.to_string()))
    }

    /// Reads the text of `NAME.csv` back.
    ///
    /// # Errors
    /// [`FigureError::Table`]: other columns than [`COLUMNS`], no row, a malformed cell, or a source that is not the same on every
    /// row.
    pub fn from_csv(text: &str) -> Result<Self> {
        let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
        let header = reader.headers().map_err(|e| table_error(&e))?.clone();
        let wrong = |message: String| FigureError::Table {
            line: 1,
            column: String::new(),
            message,
        };
        if !header.iter().eq(COLUMNS) {
            let columns = COLUMNS.join(",");
            return Err(wrong(format!(
                "these are not the columns of a figure of theory; they are {columns}"
            )));
        }
        let mut table: Option<Self> = None;
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(|e| table_error(&e))? {
            let cells = Cells::new(&record, &COLUMNS);
            let text = |column: &str| cells.text(column).to_owned();
            let source = TheorySource {
                world: text("world"),
                version: text("version"),
                inputs: text("inputs"),
            };
            let table = table.get_or_insert_with(|| Self {
                figure: text("figure"),
                source: source.clone(),
                rows: Vec::new(),
            });
            if table.source != source || table.figure != text("figure") {
                return Err(cells.error("inputs", "the source of the rows above"));
            }
            table.rows.push(TheoryRow {
                series: text("series"),
                label: text("label"),
                quantity: text("quantity"),
                unit: text("unit"),
                sellers: cells.number("sellers")?,
                switching_cost: cells.number("switching_cost_mu")?,
                patience: cells.number("patience")?,
                value: cells.number("value")?,
            });
        }
        table.ok_or_else(|| wrong("the table has a header and no row: nothing to draw".to_owned()))
    }
}

/// The hash of what decides a figure's numbers; `world`: the manifest hash of the run of the world that is marked.
pub fn inputs_hash(theory: &dyn Theory, world: Option<&str>) -> String {
    let text = format!(
        "oransim {}\n{}\n{}\nworld {}\n",
        env!("CARGO_PKG_VERSION"),
        theory.name(),
        theory.inputs(),
        world.unwrap_or("none"),
    );
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The table of a figure, computed.
///
/// # Errors
/// As [`Theory::rows`].
pub fn compute(theory: &dyn Theory, world: Option<&Simulated>) -> Result<TheoryTable> {
    let manifest = world.map(|world| world.note.manifest.as_str());
    Ok(TheoryTable {
        figure: theory.name().to_owned(),
        source: TheorySource {
            world: world
                .and_then(|world| world.note.scenarios.first().cloned())
                .unwrap_or_default(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            inputs: inputs_hash(theory, manifest),
        },
        rows: theory.rows(world)?,
    })
}

/// To six decimals: far above the tolerance of the solver, and readable.
pub(super) fn rounded(value: f64) -> f64 {
    let rounded = (value * 1e6).round() / 1e6;
    // No minus zero.
    if rounded == 0.0 { 0.0 } else { rounded }
}

/// A refusal of the model as an error of a figure.
pub(super) fn refused(figure: &'static str) -> impl Fn(EqualSellersError) -> FigureError {
    move |error| FigureError::Theory {
        figure,
        message: error.to_string(),
    }
}
