//! Figures of theory: numbers that the functions of the model give without a run.
//!
//! They have a table of their own ([`TheoryTable`]), since nothing in it has a date or a spread over replicates. What decides its
//! numbers beside the code (a grid, parameters, the manifest of the world that is marked) goes into one hash that stands on every row, so
//! that a committed figure is known to be stale without computing it. They are cheap: `--check` always computes them anew.

use sim_core::market::foresight::equal_sellers::EqualSellersError;

use super::computed;
use super::error::{FigureError, Result};
use super::page::Drawing;
use super::regenerate::Simulated;
use super::summary::Cells;

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
        let source = [&self.source.world, &self.source.version, &self.source.inputs];
        let cells = |row: &TheoryRow| -> Vec<String> {
            let numbers = [row.sellers, row.switching_cost, row.patience, row.value].map(|v| v.to_string());
            let words = [&self.figure, &row.series, &row.label, &row.quantity, &row.unit];
            words.into_iter().chain(&numbers).chain(source).cloned().collect()
        };
        computed::write(&COLUMNS, self.rows.iter().map(cells))
    }

    /// Reads the text of `NAME.csv` back.
    ///
    /// # Errors
    /// [`FigureError::Table`]: other columns than [`COLUMNS`], no row, a malformed cell, or a source that is not the same on every
    /// row.
    pub fn from_csv(text: &str) -> Result<Self> {
        let source = |cells: &Cells<'_>| {
            let text = |column: &str| cells.text(column).to_owned();
            Ok(TheorySource {
                world: text("world"),
                version: text("version"),
                inputs: text("inputs"),
            })
        };
        let row = |cells: &Cells<'_>| {
            let text = |column: &str| cells.text(column).to_owned();
            Ok(TheoryRow {
                series: text("series"),
                label: text("label"),
                quantity: text("quantity"),
                unit: text("unit"),
                sellers: cells.number("sellers")?,
                switching_cost: cells.number("switching_cost_mu")?,
                patience: cells.number("patience")?,
                value: cells.number("value")?,
            })
        };
        let (figure, source, rows) = computed::read(text, &COLUMNS, "theory", source, row)?;
        Ok(Self { figure, source, rows })
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
    computed::hash(&text)
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
