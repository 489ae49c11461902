//! Shares of sellers as small multiples on one scale: what figures 03 and 04 share.

use std::collections::BTreeMap;

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
use super::theme::{GROUP, Ink, PALETTE, QUIET};

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

/// Sellers with a line of their own, as many as colours tell apart; the rest are one line.
const MAIN: usize = 6;
/// Lines of the others together: a light grey that neither a seller nor a group has.
const OTHERS: Ink = Ink {
    line: (170, 170, 170),
    text: QUIET,
};
const TOGETHER: &str = "Others";

/// Which sellers a figure draws and how; the CSV holds all.
pub(super) struct Drawn<'a> {
    sellers: Vec<(&'a str, &'a str, Ink, &'static str)>,
    others: Vec<(&'a str, &'a str)>,
}

impl<'a> Drawn<'a> {
    /// The sellers with the largest medians anywhere, and groups. No two have one colour: those of the palette keep theirs, and others
    /// take what is left.
    pub(super) fn of(plot: &'a PlotTable) -> Self {
        let peak = |id: &str| {
            let own = plot.rows.iter().filter(|row| row.series == id);
            own.filter_map(|row| row.stats)
                .fold(0.0_f64, |peak, s| peak.max(s.median()))
        };
        let (groups, sellers): (Vec<_>, Vec<_>) = (plot.series().into_iter()).partition(|s| s.0.starts_with("group:"));
        let mut by_size: Vec<(usize, f64)> = sellers.iter().map(|s| peak(s.0)).enumerate().collect();
        by_size.sort_by(|a, b| b.1.total_cmp(&a.1));
        // One seller alone is no group.
        let main = if sellers.len() > MAIN + 1 { MAIN } else { sellers.len() };
        let main: Vec<usize> = by_size.iter().take(main).map(|(seller, _)| *seller).collect();
        // A seller beyond the palette takes a colour that is free, the largest first: black, then from the end of the palette, as
        // the names of pale lines are hard to tell from those of their neighbours.
        let mut colours: Vec<(usize, usize)> = main.iter().filter(|s| **s < PALETTE.len()).map(|s| (*s, *s)).collect();
        let spare = [6, 5, 7, 4, 3, 2, 1, 0];
        for seller in main.iter().filter(|s| **s >= PALETTE.len()) {
            let free = spare
                .into_iter()
                .find(|colour| colours.iter().all(|(_, taken)| taken != colour));
            colours.push((*seller, free.unwrap_or(*seller)));
        }
        colours.sort_unstable();
        let mut drawn = Self {
            sellers: Vec::new(),
            others: Vec::new(),
        };
        for (index, (id, name)) in sellers.into_iter().enumerate() {
            match colours.iter().find(|(seller, _)| *seller == index) {
                Some((_, colour)) => {
                    let (ink, dash) = look(*colour);
                    drawn.sellers.push((id, name, ink, dash));
                }
                None => drawn.others.push((id, name)),
            }
        }
        drawn
            .sellers
            .extend(groups.into_iter().map(|(id, name)| (id, name, GROUP, "1.5 2")));
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

    /// The share of the others together: medians do not add up, means do.
    fn together(&self, plot: &PlotTable, panel: &str) -> Vec<(Date, Stats)> {
        let mut sums: BTreeMap<Date, f64> = BTreeMap::new();
        for (id, _) in &self.others {
            for (time, stats) in plot.points(panel, id, SHARE) {
                *sums.entry(time).or_default() += stats.mean;
            }
        }
        let stats = |mean: f64| Stats {
            mean,
            quantiles: [mean; 5],
            ci: None,
        };
        sums.into_iter().map(|(time, mean)| (time, stats(mean))).collect()
    }

    /// Who the others are.
    pub(super) fn others_note(&self) -> Option<String> {
        if self.others.is_empty() {
            return None;
        }
        let names: Vec<&str> = self.others.iter().map(|other| other.1).collect();
        Some(format!(
            "{TOGETHER}: {}; the sum of their means, without a band. The CSV holds each.",
            names.join(", ")
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
    let own = (plot.rows.iter())
        .filter(|row| shown(&row.series))
        .filter_map(|row| row.stats);
    let together = panels
        .iter()
        .flat_map(|(id, _)| drawn.together(plot, id))
        .map(|(_, s)| s);
    let values = own.chain(together).flat_map(|s| s.quantiles.map(|q| 100.0 * q));
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
        let others: Vec<(Date, Stats)> = (drawn.together(plot, id).into_iter())
            .map(|(t, s)| (t, s.scaled(100.0)))
            .collect();
        // All bands before any line, so that no line is covered.
        for (seller, _, ink, _) in &drawn.sellers {
            panel.bands(&percents(seller), *ink)?;
        }
        if let Some((_, last)) = others.last() {
            panel.mean(&others, OTHERS, "", 1.2)?;
            labels.push(EndLabel {
                name: TOGETHER.to_owned(),
                value: percent(last.mean / 100.0),
                at: last.mean,
                ink: OTHERS,
            });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::plot::PlotRow;

    /// A table of one panel and date: sellers by name with their shares.
    fn table(shares: &[(&str, f64)]) -> PlotTable {
        let row = |(id, share): &(&str, f64)| PlotRow {
            panel: "w".to_owned(),
            panel_label: "World".to_owned(),
            series: (*id).to_owned(),
            label: (*id).to_owned(),
            quantity: SHARE.to_owned(),
            unit: "share".to_owned(),
            time: Date::end_of(2030),
            stats: Some(Stats {
                mean: *share,
                quantiles: [*share; 5],
                ci: None,
            }),
        };
        PlotTable {
            figure: String::new(),
            rows: shares.iter().map(row).collect(),
        }
    }

    #[test]
    fn no_two_sellers_share_a_colour_and_the_small_are_one_line() {
        // Thirteen sellers: the last but one is large, and the palette has eight colours.
        let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"];
        let mut shares: Vec<(&str, f64)> = names.iter().map(|name| (*name, 0.02)).collect();
        for (seller, share) in [(0, 0.2), (1, 0.3), (2, 0.1), (3, 0.08), (4, 0.06), (11, 0.12)] {
            shares[seller].1 = share;
        }
        shares.push(("group:x", 0.4));
        let plot = table(&shares);
        let drawn = Drawn::of(&plot);
        let main: Vec<&str> = drawn.sellers.iter().map(|s| s.0).collect();
        assert_eq!(main, ["a", "b", "c", "d", "e", "l", "group:x"]);
        for (i, seller) in drawn.sellers.iter().enumerate() {
            assert_ne!(seller.2, OTHERS);
            assert!(
                drawn.sellers[..i].iter().all(|other| other.2 != seller.2),
                "{}",
                seller.0
            );
        }
        // Those of the palette keep their colours.
        assert_eq!(drawn.sellers[4].2, PALETTE[4]);
        let (_, together) = drawn.together(&plot, "w")[0];
        assert!((together.mean - 7.0 * 0.02).abs() < 1e-12);
        assert_eq!(
            drawn.others_note().as_deref(),
            Some("Others: f, g, h, i, j, k, m; the sum of their means, without a band. The CSV holds each.")
        );
    }

    #[test]
    fn few_sellers_all_have_a_line() {
        let plot = table(&[("a", 0.9), ("b", 0.001), ("c", 0.0)]);
        let drawn = Drawn::of(&plot);
        assert_eq!((drawn.sellers.len(), drawn.others_note()), (3, None));
        assert!(drawn.together(&plot, "w").is_empty());
    }
}
