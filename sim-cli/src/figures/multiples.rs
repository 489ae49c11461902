//! Shares of sellers as small multiples on one scale: what figures 03 and 04 share.

use super::date::Date;
use super::ends::{self, EndLabel, LEADER};
use super::error::Result;
use super::gather;
use super::grid::Grid;
use super::note::Spec;
use super::number::percent;
use super::page::Page;
use super::panel::{Axis, Panel, look, percent_tick};
use super::plot::PlotTable;
use super::summary::{Stats, SummaryTable};
use super::theme::{GROUP, Ink};

/// The measure.
pub(super) const SHARE: &str = "share_sites";

/// Room for the label of a line.
const LABEL_ROOM: f64 = 90.0;

/// Id and name of the sellers: those of the spec, or all of the table under their ids.
pub(super) fn sellers(table: &SummaryTable, spec: &Spec) -> Vec<(String, String)> {
    if !spec.vendors.is_empty() {
        return spec.vendors.clone();
    }
    let mut sellers: Vec<(String, String)> = Vec::new();
    for row in &table.rows {
        if row.measure == SHARE && row.vendor != "all" && !sellers.iter().any(|s| s.0 == row.vendor) {
            sellers.push((row.vendor.clone(), row.vendor.clone()));
        }
    }
    sellers
}

/// Which sellers a figure draws and how; the CSV holds all.
pub(super) struct Drawn<'a> {
    sellers: Vec<(&'a str, &'a str, Ink, &'static str)>,
    omitted: Vec<&'a str>,
    smallest: f64,
}

impl<'a> Drawn<'a> {
    /// Leaves out a seller whose median stays below the share `smallest` in every panel. The others keep
    /// their colours.
    pub(super) fn of(plot: &'a PlotTable, smallest: f64) -> Self {
        let mut drawn = Self {
            sellers: Vec::new(),
            omitted: Vec::new(),
            smallest,
        };
        let mut index = 0;
        for (id, name) in plot.series() {
            let (ink, dash) = if id.starts_with("group:") {
                (GROUP, "1.5 2")
            } else {
                index += 1;
                look(index - 1)
            };
            let peak = (plot.rows.iter())
                .filter(|row| row.series == id)
                .filter_map(|row| row.stats)
                .fold(0.0_f64, |peak, s| peak.max(s.median()));
            if peak < smallest {
                drawn.omitted.push(name);
            } else {
                drawn.sellers.push((id, name, ink, dash));
            }
        }
        drawn
    }

    /// The seller that the title speaks of: a group if there is one, else the largest at the end.
    pub(super) fn subject(&self, plot: &PlotTable) -> (&'a str, &'a str) {
        let last = |id: &str| {
            (plot.rows.iter().rev())
                .find(|row| row.series == id)
                .and_then(|row| row.stats)
                .map_or(0.0, |s| s.mean)
        };
        let group = self.sellers.iter().find(|s| s.0.starts_with("group:"));
        let largest = || (self.sellers.iter()).max_by(|a, b| last(a.0).total_cmp(&last(b.0)));
        group.or_else(largest).map_or(("", ""), |s| (s.0, s.1))
    }

    /// Who is not drawn.
    pub(super) fn omitted_note(&self) -> Option<String> {
        if self.omitted.is_empty() {
            return None;
        }
        let names = self.omitted.join(", ");
        Some(format!(
            "Not drawn, below {} throughout, but in the CSV: {names}.",
            percent_tick(100.0 * self.smallest, 0)
        ))
    }
}

/// The grid for the panels of a table.
pub(super) fn grid(plot: &PlotTable, height: f64) -> Grid {
    let mut grid = Grid::of(plot.panels().len(), 3, height);
    grid.right = LABEL_ROOM + LEADER;
    grid.above += gather::mark_room(plot);
    grid
}

/// Draws every panel.
pub(super) fn draw(page: &Page, plot: &PlotTable, drawn: &Drawn, grid: Grid, span: (Date, Date)) -> Result<()> {
    let panels = plot.panels();
    let shown = |id: &str| drawn.sellers.iter().any(|s| s.0 == id);
    let values = (plot.rows.iter())
        .filter(|row| shown(&row.series))
        .filter_map(|row| row.stats)
        .flat_map(|s| s.quantiles.map(|q| 100.0 * q));
    let y = Axis::numbers(values, true, 1.0, 6, percent_tick);
    for (i, (id, label)) in panels.iter().enumerate() {
        let frame = grid.frame(i, page.body.y + gather::AXIS_TITLE);
        let years = Axis::years(span, (frame.width / 40.0) as usize);
        let mut panel = Panel::new(&page.sheet, frame, years, y.clone())?;
        panel.grid(false, grid.is_first(i))?;
        let beyond = grid.right - 8.0;
        panel.marks(&plot.marks(id), beyond);
        gather::panel_title(&page.sheet, &frame, grid.above, label, beyond);
        let mut labels = Vec::new();
        let percents = |seller: &str| -> Vec<(Date, Stats)> {
            let points = plot.points(id, seller, SHARE);
            points.iter().map(|(t, s)| (*t, s.scaled(100.0))).collect()
        };
        // All bands before any median, so that no line is covered.
        for (seller, _, ink, _) in &drawn.sellers {
            panel.bands(&percents(seller), *ink)?;
        }
        for (seller, name, ink, dash) in &drawn.sellers {
            let points = percents(seller);
            panel.median(&points, *ink, dash, 1.8)?;
            if let Some((_, last)) = points.last() {
                labels.push(EndLabel {
                    name: (*name).to_owned(),
                    value: percent(last.median() / 100.0),
                    at: last.median(),
                    ink: *ink,
                });
            }
        }
        let range = (frame.y - 2.0, frame.bottom() + 8.0);
        ends::write(&page.sheet, &panel, &labels, LABEL_ROOM, range);
        if i + 1 == panels.len() {
            gather::year_title(&page.sheet, &frame);
        }
    }
    Ok(())
}
