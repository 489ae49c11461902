//! What the figures share between the table and the drawing: worlds, rows, marks, axis titles.

use super::date::Date;
use super::error::{FigureError, Result};
use super::font::{self, Weight};
use super::note::Spec;
use super::page::Page;
use super::panel::MARK_ROW;
use super::plot::{MARK, PlotRow, PlotTable};
use super::sheet::{Anchor, Rect, Sheet, TextStyle};
use super::summary::{SummaryRow, SummaryTable};
use super::theme::{LABEL_SIZE, QUIET, TEXT, TICK_SIZE};

/// Id and title of the worlds to draw: those of the spec, or all of the table under their ids.
pub(super) fn worlds(table: &SummaryTable, spec: &Spec) -> Vec<(String, String)> {
    if !spec.worlds.is_empty() {
        return spec.worlds.clone();
    }
    let mut worlds: Vec<(String, String)> = Vec::new();
    for row in &table.rows {
        if !worlds.iter().any(|(id, _)| *id == row.scenario) {
            worlds.push((row.scenario.clone(), row.scenario.clone()));
        }
    }
    worlds
}

/// The rows of one series as plotted rows.
pub(super) fn rows(
    (panel, panel_label): (&str, &str),
    (series, label): (&str, &str),
    rows: &[&SummaryRow],
) -> Vec<PlotRow> {
    (rows.iter())
        .map(|row| PlotRow {
            panel: panel.to_owned(),
            panel_label: panel_label.to_owned(),
            series: series.to_owned(),
            label: label.to_owned(),
            quantity: row.measure.clone(),
            unit: row.unit.clone(),
            time: row.time,
            stats: row.stats,
        })
        .collect()
}

/// The marks of the spec as rows; `panel` names the panel of a mark that belongs to one world.
pub(super) fn marks(spec: &Spec, panel: impl Fn(&str) -> String) -> Vec<PlotRow> {
    (spec.marks.iter())
        .map(|mark| PlotRow {
            panel: mark.scenario.as_deref().map_or("all".to_owned(), &panel),
            panel_label: String::new(),
            series: MARK.to_owned(),
            label: mark.label.clone(),
            quantity: MARK.to_owned(),
            unit: "date".to_owned(),
            time: mark.time,
            stats: None,
        })
        .collect()
}

/// The table of a figure, unless it has nothing to draw.
pub(super) fn finish(figure: &'static str, rows: Vec<PlotRow>, wanted: &str) -> Result<PlotTable> {
    if rows.iter().all(|row| row.stats.is_none()) {
        return Err(FigureError::NoSeries {
            figure,
            wanted: wanted.to_owned(),
            hint: "name the measure under [measures] of the scenario, and the worlds by their ids".to_owned(),
        });
    }
    Ok(PlotTable {
        figure: figure.to_owned(),
        rows,
    })
}

/// First and last date of a table that is to be drawn.
pub(super) fn span(figure: &'static str, plot: &PlotTable) -> Result<(Date, Date)> {
    plot.span().ok_or_else(|| FigureError::NoSeries {
        figure,
        wanted: "at least one row with numbers".to_owned(),
        hint: "make its CSV again with `oransim figures --only`".to_owned(),
    })
}

/// Room for the title of the y axis above the panels.
pub(super) const AXIS_TITLE: f64 = 16.0;

/// The title of the y axis, level, at the upper left of the body.
pub(super) fn y_title(page: &Page, text: &str) {
    let style = TextStyle::new(TICK_SIZE, QUIET);
    page.sheet.text(page.body.x, page.body.y + 10.0, text, style);
}

/// The name of a panel above it; it may reach `beyond` pixels past its right edge.
pub(super) fn panel_title(sheet: &Sheet, frame: &Rect, above: f64, name: &str, beyond: f64) {
    let room = frame.width + beyond;
    let name = font::shorten(name, LABEL_SIZE, Weight::Bold, room);
    let style = TextStyle::new(LABEL_SIZE, TEXT).bold();
    sheet.text(frame.x, frame.y - above + LABEL_SIZE, &name, style);
}

/// Room above each panel for the texts at marks: as many rows as the panel with most marks could need.
pub(super) fn mark_room(plot: &PlotTable) -> f64 {
    let most = plot.panels().iter().map(|(id, _)| plot.marks(id).len()).max();
    MARK_ROW * most.unwrap_or(0) as f64
}

/// The title of a time axis, under its right end.
pub(super) fn year_title(sheet: &Sheet, frame: &Rect) {
    sheet.text(
        frame.right(),
        frame.bottom() + 30.0,
        "End of year",
        TextStyle::new(TICK_SIZE, QUIET).anchored(Anchor::End),
    );
}
