//! The figures of `results/`: from `summary.csv` to an SVG and the numbers that it plots.
//!
//! Data flows one way: [`SummaryTable`] (read from a run directory) -> [`PlotTable`] (the plotted
//! numbers, `NAME.csv`) -> SVG text -> PNG. A drawing is a pure function of its numbers and their
//! [`Note`], and both stand in the CSV, so a committed figure can be drawn again and compared by bytes.
//!
//! Another figure is one file with an implementation of [`Figure`] and one line in [`FIGURES`]. Figures that need no run, but functions
//! of the model alone, implement [`Theory`] and stand in [`THEORY`]; those of a design over uncertain inputs implement [`deep::Deep`] and
//! stand in [`deep::DEEP`].

pub mod backend;
pub mod bargains;
pub mod causes;
mod computed;
pub mod cost_per_point;
pub mod cut_off;
pub mod date;
pub mod deep;
pub mod differences;
pub mod ends;
pub mod error;
pub mod estimates;
pub mod exit_cost;
pub mod facts;
mod facts_statements;
mod flow_words;
pub mod flows;
pub mod font;
mod gather;
pub mod grid;
pub mod hindcast;
mod hindcast_draw;
pub mod history;
pub mod interfaces;
pub mod labels;
pub mod lock_in;
pub mod manifest;
mod multiples;
pub mod note;
pub mod number;
pub mod openness;
pub mod page;
pub mod panel;
pub mod plot;
pub mod png;
pub mod readme;
pub mod regenerate;
pub mod shares;
pub mod shares_by_region;
pub mod sheet;
pub mod sign_map;
pub mod summary;
#[cfg(test)]
mod tests;
pub mod theme;
pub mod theory;
pub mod words;

pub use error::{FigureError, Result};
pub use note::{Mark, Note, Spec, Uncertainty};
pub use page::Drawing;
pub use plot::PlotTable;
pub use summary::SummaryTable;
pub use theory::Theory;

use crate::settings::Mode;

/// One figure: what it plots, and how.
pub trait Figure: Sync {
    /// Its name: `NAME.svg` and `NAME.csv`.
    fn name(&self) -> &'static str;

    /// The measures that it needs from `summary.csv`.
    fn measures(&self) -> &'static [&'static str];

    /// The measures that it needs from `differences.csv`; none where it can be drawn of any run.
    fn differences(&self) -> &'static [&'static str] {
        &[]
    }

    /// Ids of published estimates (rows of `scenarios/sources.csv`) that it sets its numbers against.
    fn sources(&self) -> &'static [&'static str] {
        &[]
    }

    /// The numbers to plot.
    ///
    /// # Errors
    /// [`FigureError::NoSeries`] where the table holds none of the series.
    fn plotted(&self, table: &SummaryTable, spec: &Spec) -> Result<PlotTable>;

    /// The picture and its words: the same for the same numbers and note, on every platform.
    ///
    /// # Errors
    /// [`FigureError::NoSeries`] where the table has nothing to draw.
    fn drawing(&self, plot: &PlotTable, note: &Note) -> Result<Drawing>;

    /// The SVG alone.
    ///
    /// # Errors
    /// As [`Figure::drawing`].
    fn draw(&self, plot: &PlotTable, note: &Note) -> Result<String> {
        Ok(self.drawing(plot, note)?.svg)
    }
}

/// All figures in the order of their names.
pub const FIGURES: [&dyn Figure; 14] = [
    &lock_in::LockIn,
    &causes::Causes,
    &shares::Shares,
    &shares_by_region::SharesByRegion,
    &openness::Openness,
    &cost_per_point::CostPerPoint,
    &estimates::Estimates,
    &exit_cost::ExitCost,
    &hindcast::Hindcast,
    &cut_off::CutOff,
    &flows::Flows,
    &interfaces::Interfaces,
    &facts::Facts,
    &differences::Differences,
];

/// The figures that can be drawn of a run of this mode, as its manifest has it: some need a comparison.
pub fn of_run(mode: &str) -> impl Iterator<Item = &'static dyn Figure> {
    let is_comparison = mode == Mode::Compare.word();
    (FIGURES.into_iter()).filter(move |figure| is_comparison || figure.differences().is_empty())
}

/// All figures of theory in the order of their names.
pub const THEORY: [&dyn Theory; 2] = [&sign_map::SignMap, &bargains::Bargains];

/// The figure of theory of a name.
///
/// # Errors
/// [`FigureError::UnknownFigure`] with the names that exist.
pub fn theory_by_name(name: &str) -> Result<&'static dyn Theory> {
    (THEORY.into_iter())
        .find(|theory| theory.name() == name)
        .ok_or_else(|| FigureError::UnknownFigure {
            name: name.to_owned(),
            known: THEORY.map(Theory::name).join(", "),
        })
}

/// The figure of a name.
///
/// # Errors
/// [`FigureError::UnknownFigure`] with the names that exist.
pub fn by_name(name: &str) -> Result<&'static dyn Figure> {
    (FIGURES.into_iter())
        .find(|figure| figure.name() == name)
        .ok_or_else(|| FigureError::UnknownFigure {
            name: name.to_owned(),
            known: FIGURES.map(Figure::name).join(", "),
        })
}
