//! Figures of deep uncertainty: what a design over uncertain inputs and policies says.
//!
//! They stand beside [`super::Figure`], since their numbers have no date and no band over replicates: each point of a
//! design is one future, and each outcome a mean over the replicates there. What decides the numbers (the manifest of
//! the design, and which number is read of it) goes into one hash on every row of the CSV, so that a committed figure is
//! known to be stale without playing it.

mod failure_box;
mod regret;
mod sensitivity;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;

use sim_core::draws::{Decision, Draws, Luck, StreamKey, stable_hash};

use super::computed;
use super::error::{FigureError, Result};
use super::page::Drawing;
use super::summary::Cells;

/// One figure of deep uncertainty.
pub trait Deep: Sync {
    /// Its name: `NAME.svg` and `NAME.csv`.
    fn name(&self) -> &'static str;

    /// The numbers to plot.
    ///
    /// # Errors
    /// [`FigureError::NoSeries`] where the design does not give them.
    fn rows(&self, run: &DeepRun, explored: &Explored) -> Result<Vec<DeepRow>>;

    /// The picture and its words: the same for the same table, on every platform.
    ///
    /// # Errors
    /// [`FigureError::NoSeries`] where the table has nothing to draw.
    fn drawing(&self, table: &DeepTable) -> Result<Drawing>;

    /// The SVG alone.
    ///
    /// # Errors
    /// As [`Deep::drawing`].
    fn draw(&self, table: &DeepTable) -> Result<String> {
        Ok(self.drawing(table)?.svg)
    }
}

/// All figures of deep uncertainty in the order of their names.
pub const DEEP: [&dyn Deep; 3] = [&sensitivity::Sensitivity, &failure_box::FailureBox, &regret::Regret];

/// The figure of deep uncertainty of a name.
///
/// # Errors
/// [`FigureError::UnknownFigure`] with the names that exist.
pub fn deep_by_name(name: &str) -> Result<&'static dyn Deep> {
    (DEEP.into_iter())
        .find(|deep| deep.name() == name)
        .ok_or_else(|| FigureError::UnknownFigure {
            name: name.to_owned(),
            known: DEEP.map(Deep::name).join(", "),
        })
}

/// One entry of the list of figures, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct DeepRun {
    /// Name of the figure.
    pub name: String,
    /// The command that makes it, for readers.
    pub command: String,
    /// The scenario, from the root of the repository.
    pub scenario: PathBuf,
    /// What differs from the scenario, as for `--set`: path and value.
    pub set: Vec<(String, String)>,
    /// Kind of the design.
    pub design: String,
    /// Its size, as for `oransim explore -n`.
    pub n: u64,
    /// Replicates a point.
    pub replicates: u64,
    /// Seed.
    pub seed: u64,
    /// The measure, of component `ran` at the last date; less of it is better.
    pub measure: String,
    /// The place of which it is read, and its name for readers.
    pub place: (String, String),
    /// Above this value a policy has failed.
    pub threshold: f64,
    /// Names of inputs for readers, by path.
    pub labels: BTreeMap<String, String>,
    /// Names of the combinations of choices for readers, in the order of the design.
    pub policies: Vec<String>,
}

impl DeepRun {
    /// Whether one run serves both figures.
    pub fn shares_run(&self, other: &Self) -> bool {
        let key = |run: &Self| {
            let what = (
                run.scenario.clone(),
                run.set.clone(),
                run.design.clone(),
                run.measure.clone(),
            );
            (what, run.place.0.clone(), run.n, run.replicates, run.seed)
        };
        key(self) == key(other)
    }

    /// The name of an input for readers.
    fn label(&self, path: &str) -> String {
        self.labels.get(path).cloned().unwrap_or_else(|| path.to_owned())
    }

    /// Name of a combination of choices for readers.
    fn policy(&self, policy: usize) -> String {
        (self.policies.get(policy).cloned()).unwrap_or_else(|| format!("Policy {}", policy + 1))
    }
}

/// What a design found.
#[derive(Debug, Clone, PartialEq)]
pub struct Explored {
    /// Paths of the uncertain inputs.
    pub inputs: Vec<String>,
    /// Values of the inputs, by future.
    pub futures: Vec<Vec<f64>>,
    /// The number that is read, `[policy][future][replicate]`; NaN where it is undefined.
    pub values: Vec<Vec<Vec<f64>>>,
    /// Date at which it is read, ISO.
    pub time: String,
    /// Version of the model.
    pub version: String,
    /// Hash of the manifest.
    pub manifest: String,
}

impl Explored {
    /// Mean over replicates, `[policy][future]`; NaN where any of them is undefined.
    fn outcomes(&self) -> Vec<Vec<f64>> {
        let mean = |values: &Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
        self.values
            .iter()
            .map(|policy| policy.iter().map(mean).collect())
            .collect()
    }
}

/// The luck of a bootstrap: of the seed and what it is for.
fn bootstrap(run: &DeepRun, what: &str) -> Draws {
    Luck::new(run.seed, 0).stream(StreamKey {
        kind: Decision::Bootstrap,
        entity: stable_hash(what),
        lot: 0,
        cycle: 0,
        cause: 0,
    })
}

/// The columns of `NAME.csv`, in order. The last seven are the source and equal on every row.
pub const COLUMNS: [&str; 15] = [
    "figure",
    "series",
    "label",
    "quantity",
    "unit",
    "value",
    "low",
    "high",
    "scenario",
    "design",
    "futures",
    "replicates",
    "seed",
    "version",
    "inputs",
];

/// One number, with its interval where it has one.
#[derive(Debug, Clone, PartialEq)]
pub struct DeepRow {
    /// Id of the series.
    pub series: String,
    /// Its name for readers.
    pub label: String,
    /// What the value is.
    pub quantity: String,
    /// Its unit.
    pub unit: String,
    /// The number; NaN where undefined.
    pub value: f64,
    /// Its interval or range; NaN where it has none.
    pub between: [f64; 2],
}

impl DeepRow {
    fn new(series: &str, label: &str, quantity: &str, unit: &str, value: f64) -> Self {
        Self {
            series: series.to_owned(),
            label: label.to_owned(),
            quantity: quantity.to_owned(),
            unit: unit.to_owned(),
            value,
            between: [f64::NAN; 2],
        }
    }

    fn between(mut self, low: f64, high: f64) -> Self {
        self.between = [low, high];
        self
    }
}

/// Where the numbers come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeepSource {
    /// Id of the scenario's file.
    pub scenario: String,
    /// Kind of the design.
    pub design: String,
    /// Futures of the design.
    pub futures: u64,
    /// Replicates a point.
    pub replicates: u64,
    /// Seed.
    pub seed: u64,
    /// Version of the model.
    pub version: String,
    /// Hash of all inputs, in hexadecimal.
    pub inputs: String,
}

impl DeepSource {
    /// The source line at the foot of the figure.
    pub(in crate::figures) fn line(&self) -> String {
        format!(
            "Source: oransim {}, scenario {}, {} design of {} futures, {} replicates each, seed {}; inputs {}.",
            self.version,
            self.scenario,
            self.design,
            self.futures,
            self.replicates,
            self.seed,
            self.inputs.chars().take(8).collect::<String>()
        )
    }
}

/// The numbers of one figure, in drawing order.
#[derive(Debug, Clone, PartialEq)]
pub struct DeepTable {
    /// Name of the figure.
    pub figure: String,
    /// Source.
    pub source: DeepSource,
    /// Rows.
    pub rows: Vec<DeepRow>,
}

impl DeepTable {
    /// The rows of a quantity, in order.
    fn of<'a>(&'a self, quantity: &'a str) -> impl Iterator<Item = &'a DeepRow> + 'a {
        self.rows.iter().filter(move |row| row.quantity == quantity)
    }

    /// The value of a quantity of a series; NaN where there is none.
    fn value(&self, series: &str, quantity: &str) -> f64 {
        (self.of(quantity).find(|row| row.series == series)).map_or(f64::NAN, |row| row.value)
    }

    /// The name of what is measured, as the row `outcome` says it.
    fn outcome(&self) -> &str {
        self.of("outcome").next().map_or("the outcome", |row| &row.label)
    }

    /// The text of `NAME.csv`. Numbers are the shortest digits that read back to the same number.
    ///
    /// # Errors
    /// [`FigureError::Table`] where it cannot be written.
    pub fn to_csv(&self) -> Result<String> {
        let source = &self.source;
        let cells = |row: &DeepRow| -> Vec<String> {
            let numbers = [row.value, row.between[0], row.between[1]].map(crate::output::number::number);
            let counts = [source.futures, source.replicates, source.seed].map(|n| n.to_string());
            let words = [&self.figure, &row.series, &row.label, &row.quantity, &row.unit];
            (words.into_iter().chain(&numbers))
                .chain([&source.scenario, &source.design])
                .chain(&counts)
                .chain([&source.version, &source.inputs])
                .cloned()
                .collect()
        };
        computed::write(&COLUMNS, self.rows.iter().map(cells))
    }

    /// Reads the text of `NAME.csv` back.
    ///
    /// # Errors
    /// [`FigureError::Table`]: other columns than [`COLUMNS`], no row, a malformed cell, or a source that is not the
    /// same on every row.
    pub fn from_csv(text: &str) -> Result<Self> {
        let source = |cells: &Cells<'_>| {
            let text = |column: &str| cells.text(column).to_owned();
            Ok(DeepSource {
                scenario: text("scenario"),
                design: text("design"),
                futures: cells.count("futures")?,
                replicates: cells.count("replicates")?,
                seed: cells.count("seed")?,
                version: text("version"),
                inputs: text("inputs"),
            })
        };
        let row = |cells: &Cells<'_>| {
            let text = |column: &str| cells.text(column).to_owned();
            let number = |column: &str| match cells.text(column) {
                "" => Ok(f64::NAN),
                _ => cells.number(column),
            };
            Ok(DeepRow {
                series: text("series"),
                label: text("label"),
                quantity: text("quantity"),
                unit: text("unit"),
                value: number("value")?,
                between: [number("low")?, number("high")?],
            })
        };
        let (figure, source, rows) = computed::read(text, &COLUMNS, "deep uncertainty", source, row)?;
        Ok(Self { figure, source, rows })
    }
}

/// The hash of what decides a figure's numbers; `manifest`: the hash of the manifest of its design.
pub fn inputs_hash(run: &DeepRun, manifest: &str) -> String {
    let what = (&run.name, &run.measure, &run.place, &run.labels, &run.policies);
    let text = format!("{manifest}\n{what:?}\nthreshold {}\n", run.threshold);
    computed::hash(&text)
}

/// The table of a figure, computed.
///
/// # Errors
/// As [`Deep::rows`].
pub fn compute(deep: &dyn Deep, run: &DeepRun, explored: &Explored) -> Result<DeepTable> {
    let scenario = run.scenario.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let year = explored.time.get(..4).unwrap_or_default();
    let outcome = format!("lock-in of {} at the end of {year}", run.place.1);
    let mut rows = vec![DeepRow::new(&run.place.0, &outcome, "outcome", &run.measure, f64::NAN)];
    rows.extend(deep.rows(run, explored)?);
    Ok(DeepTable {
        figure: deep.name().to_owned(),
        source: DeepSource {
            scenario: scenario.unwrap_or_default(),
            design: run.design.clone(),
            futures: explored.futures.len() as u64,
            replicates: run.replicates,
            seed: run.seed,
            version: explored.version.clone(),
            inputs: inputs_hash(run, &explored.manifest),
        },
        rows,
    })
}

fn nothing(figure: &'static str, wanted: &str) -> FigureError {
    FigureError::NoSeries {
        figure,
        wanted: wanted.to_owned(),
        hint: "look at its entry in results/figures.toml".to_owned(),
    }
}

/// To six significant digits, above what the replicates can tell and readable.
fn rounded(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// Points of lock-in for readers: `0.0123` is `1.2`.
fn points(value: f64, decimals: usize) -> String {
    super::number::fixed(100.0 * value, decimals)
}
