//! `15-flows`: who won whose sites, over the whole run: a matrix of old and new seller, one a world.

use super::error::Result;
use super::flow_words::words;
use super::font::{self, Weight};
use super::note::{Note, Spec};
use super::number::{percent, thousands};
use super::page::{Drawing, Page};
use super::panel::{Axis, Panel};
use super::plot::{PlotRow, PlotTable};
use super::sheet::{Anchor, Rect, TextStyle};
use super::summary::{Key, Stats, SummaryRow, SummaryTable};
use super::theme::{GROUP, LABEL_SIZE, PALETTE, QUIET, TEXT, TICK_SIZE};
use super::{Figure, gather};

/// Sites by old and new seller.
pub struct Flows;

pub(crate) const MEASURE: &str = "awarded_sites";
/// The same summed over all dates in each replicate, at the last date. A run directory holds only [`MEASURE`].
pub(crate) const TOTAL: &str = "awarded_sites_total";
/// Quantity of the paired differences of a world to the base.
const CHANGE: &str = "change";
/// The old seller of a network that is built for the first time.
const NONE: &str = "none";
/// Sellers with a row and a column of their own; the rest are taken together.
const NAMED: usize = 6;

const NAME_ROOM: f64 = 112.0;
const LEFT_ROOM: f64 = 66.0;
const ROW: f64 = 22.0;
/// Above a matrix: its world and the names of the columns.
const ABOVE: f64 = 38.0;
const GAP: f64 = 16.0;

impl Figure for Flows {
    fn name(&self) -> &'static str {
        "15-flows"
    }

    fn measures(&self) -> &'static [&'static str] {
        &[MEASURE]
    }

    fn plotted(&self, table: &SummaryTable, spec: &Spec) -> Result<PlotTable> {
        let mut rows = Vec::new();
        for (world, title) in &gather::worlds(table, spec) {
            let flows: Vec<_> = (table.rows.iter())
                .filter(|r| r.measure == MEASURE && r.scenario == *world && r.place == "world")
                .filter(|r| r.component == "ran" && r.generation == "all")
                .collect();
            let Some(last) = flows.iter().map(|r| r.time).max() else {
                continue;
            };
            let sellers = sellers(spec, flows.iter().map(|r| r.vendor.as_str()));
            for (to, name) in &sellers {
                for (from, _) in sellers.iter().chain([&(NONE.to_owned(), String::new())]) {
                    let part = format!("from:{from}");
                    let years = flows.iter().filter(|r| r.vendor == *to && r.part == part);
                    let total = Key {
                        vendor: to,
                        part: &part,
                        ..Key::world(world, TOTAL)
                    };
                    let of = |rows: Vec<&SummaryRow>| rows.last().and_then(|row| row.stats);
                    let bounded = years.filter_map(|r| r.stats).reduce(|a, b| plus(&a, &b));
                    let mut add = |quantity: String, stats: Stats| {
                        rows.push(PlotRow {
                            panel: world.clone(),
                            panel_label: title.clone(),
                            series: to.clone(),
                            label: name.clone(),
                            quantity,
                            unit: "sites".to_owned(),
                            time: last,
                            stats: Some(stats),
                        });
                    };
                    // The diagonal always stands: it names the seller.
                    let sum = of(table.series(&total)).or(bounded);
                    if let Some(sum) = sum.filter(|sum| sum.mean != 0.0 || from == to) {
                        add(quantity(MEASURE, from), sum);
                    }
                    if let Some(change) = of(table.differences(&total)).filter(|change| change.mean != 0.0) {
                        add(quantity(CHANGE, from), change);
                    }
                }
            }
        }
        gather::finish(
            self.name(),
            rows,
            "`awarded_sites` of the world by former and new seller",
        )
    }

    fn drawing(&self, plot: &PlotTable, note: &Note) -> Result<Drawing> {
        let (_, last) = gather::span(self.name(), plot)?;
        let worlds: Vec<Matrix> = (plot.panels().into_iter())
            .map(|(id, label)| Matrix::of(plot, id, label))
            .collect();
        let shown = Shown::of(&worlds);
        let height = worlds.len() as f64 * (ABOVE + ROW * shown.rows.len() as f64 + GAP) + gather::AXIS_TITLE;
        let page = Page::begin(self.name(), words(&worlds, last, note), height, note);
        let (scale, unit) = if shown.largest >= 1e6 {
            (1e6, "Million sites")
        } else {
            (1e3, "Thousand sites")
        };
        gather::y_title(
            &page,
            &format!("{unit}: from the seller of the row to the seller of the column"),
        );
        for (i, world) in worlds.iter().enumerate() {
            let top = page.body.y + gather::AXIS_TITLE + i as f64 * (ABOVE + ROW * shown.rows.len() as f64 + GAP);
            world.draw(&page, &shown, top, scale)?;
        }
        Ok(page.finish())
    }
}

fn quantity(what: &str, from: &str) -> String {
    format!("{what}:{from}")
}

/// Id and name of the sellers: those of the spec that are no group, or all that won anything.
fn sellers<'a>(spec: &Spec, winners: impl Iterator<Item = &'a str>) -> Vec<(String, String)> {
    let named: Vec<_> = (spec.vendors.iter())
        .filter(|(id, _)| !id.starts_with("group:"))
        .cloned()
        .collect();
    if !named.is_empty() {
        return named;
    }
    let mut ids: Vec<&str> = winners.collect();
    ids.sort_unstable();
    ids.dedup();
    ids.iter().map(|id| ((*id).to_owned(), (*id).to_owned())).collect()
}

/// The sum of two flows. Half-widths are added, as years may move together; quantiles of a sum
/// are not known from those of its parts.
fn plus(a: &Stats, b: &Stats) -> Stats {
    Stats {
        mean: a.mean + b.mean,
        quantiles: [f64::NAN; 5],
        ci: match (a.ci, b.ci) {
            (Some(a), Some(b)) => Some((a.0 + b.0, a.1 + b.1)),
            _ => None,
        },
    }
}

/// A flow that no row tells of: nil in every replicate.
const NOTHING: Stats = Stats {
    mean: 0.0,
    quantiles: [f64::NAN; 5],
    ci: Some((0.0, 0.0)),
};

/// The flows of one world.
pub(super) struct Matrix<'a> {
    pub(super) label: &'a str,
    pub(super) sellers: Vec<(&'a str, &'a str)>,
    /// By old seller, that of new networks last, then new seller.
    pub(super) flows: Vec<Vec<Stats>>,
    /// What the world changes in each flow of the base, paired by replicate; empty where only years are known.
    pub(super) changes: Vec<Vec<Stats>>,
}

impl<'a> Matrix<'a> {
    fn of(plot: &'a PlotTable, id: &'a str, label: &'a str) -> Self {
        let sellers = plot.series();
        let cell = |what: &str, from: &str, to: &str| {
            let found = plot.points(id, to, &quantity(what, from));
            found.last().map_or(NOTHING, |(_, stats)| *stats)
        };
        let all = |what: &str| -> Vec<Vec<Stats>> {
            let from = sellers.iter().map(|(id, _)| *id).chain([NONE]);
            from.map(|from| sellers.iter().map(|(to, _)| cell(what, from, to)).collect())
                .collect()
        };
        let is_change = |row: &PlotRow| row.panel == id && row.quantity.starts_with(CHANGE);
        let is_paired = plot.rows.iter().any(is_change);
        Self {
            label,
            flows: all(MEASURE),
            changes: if is_paired { all(CHANGE) } else { Vec::new() },
            sellers,
        }
    }

    /// Whether the flows were summed in each replicate, so that their intervals are those of the sums.
    pub(super) fn is_summed(&self) -> bool {
        self.flows.iter().flatten().any(|flow| !flow.median().is_nan())
    }

    fn mean(&self, from: &[usize], to: &[usize]) -> f64 {
        let cells = from.iter().flat_map(|f| to.iter().map(|t| self.flows[*f][*t].mean));
        cells.sum()
    }

    /// Sites renewed, and how many of them changed their seller.
    pub(super) fn renewed(&self) -> (f64, f64) {
        let all: Vec<usize> = (0..self.sellers.len()).collect();
        let total = self.mean(&all, &all);
        let kept: f64 = all.iter().map(|s| self.flows[*s][*s].mean).sum();
        (total, total - kept)
    }

    fn draw(&self, page: &Page, shown: &Shown, top: f64, scale: f64) -> Result<()> {
        let frame = Rect {
            x: page.body.x + NAME_ROOM,
            y: top + ABOVE,
            width: page.body.width - NAME_ROOM - LEFT_ROOM,
            height: ROW * shown.rows.len() as f64,
        };
        let columns = &shown.rows[..shown.columns];
        let width = frame.width / columns.len().max(1) as f64;
        let fit = |text: &str, weight, room| font::shorten(text, TICK_SIZE, weight, room);
        let title = font::shorten(self.label, LABEL_SIZE, Weight::Bold, page.body.width);
        page.sheet.text(
            page.body.x,
            top + LABEL_SIZE,
            &title,
            TextStyle::new(LABEL_SIZE, TEXT).bold(),
        );
        let middle = TextStyle::new(TICK_SIZE, QUIET).anchored(Anchor::Middle);
        for (c, (name, _)) in columns.iter().enumerate() {
            let x = frame.x + width * (c as f64 + 0.5);
            page.sheet
                .text(x, frame.y - 6.0, &fit(name, Weight::Regular, width - 6.0), middle);
        }
        let right = TextStyle::new(TICK_SIZE, QUIET).anchored(Anchor::End);
        page.sheet.text(page.body.right(), frame.y - 6.0, "Leave", right);
        let (x, y) = (columns.len() as f64, shown.rows.len() as f64);
        let mut panel = Panel::new(&page.sheet, frame, Axis::blank(0.0, x), Axis::blank(0.0, y))?;
        let decimals = 2;
        for (r, (name, from)) in shown.rows.iter().enumerate() {
            let low = y - r as f64 - 1.0;
            let line = panel.y(low + 0.5);
            let style = TextStyle::new(TICK_SIZE, TEXT).anchored(Anchor::End);
            let name = fit(name, Weight::Regular, NAME_ROOM - 10.0);
            page.sheet.text_centred(frame.x - 8.0, line, &name, style);
            for (c, (_, to)) in columns.iter().enumerate() {
                let value = self.mean(from, to);
                let (ink, most) = if r == c {
                    (GROUP, shown.largest)
                } else {
                    (PALETTE[0], shown.largest_move)
                };
                let cell = [c as f64 + 0.02, c as f64 + 0.98].map(|x| (x, low + 0.06, low + 0.94));
                let depth = 0.04 + 0.5 * (value / most).clamp(0.0, 1.0);
                panel.band(&cell, ink.line, depth)?;
                let text = thousands(value / scale, decimals);
                if value.abs() >= 0.005 * scale {
                    let style = TextStyle::new(TICK_SIZE, TEXT).anchored(Anchor::Middle);
                    page.sheet.text_centred(panel.x(c as f64 + 0.5), line, &text, style);
                }
            }
            // Others leave for each other unseen, and nobody leaves a new network.
            if let ([seller], all) = (&from[..], (0..self.sellers.len()).collect::<Vec<_>>())
                && *seller < self.sellers.len()
            {
                let total = self.mean(from, &all);
                let left = total - self.flows[*seller][*seller].mean;
                if total > 0.0 && (0.0..=total).contains(&left) {
                    page.sheet
                        .text_centred(page.body.right(), line, &percent(left / total), style);
                }
            }
        }
        Ok(())
    }
}

/// What has a row and a column, the same in all worlds.
struct Shown {
    /// Name, and sellers taken together: columns first, new networks last.
    rows: Vec<(String, Vec<usize>)>,
    columns: usize,
    largest: f64,
    largest_move: f64,
}

impl Shown {
    fn of(worlds: &[Matrix]) -> Self {
        let sellers = worlds.first().map_or(&[][..], |w| &w.sellers[..]);
        let all: Vec<usize> = (0..sellers.len()).collect();
        let size = |s: &usize| -> f64 {
            let of = |w: &Matrix| w.mean(&[*s], &all) + w.mean(&all, &[*s]);
            worlds.iter().map(of).sum()
        };
        let mut order = all.clone();
        order.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.cmp(b)));
        let (named, others) = order.split_at(order.len().min(NAMED));
        let mut rows: Vec<(String, Vec<usize>)> =
            (named.iter()).map(|s| (sellers[*s].1.to_owned(), vec![*s])).collect();
        if !others.is_empty() {
            rows.push(("Others".to_owned(), others.to_vec()));
        }
        let columns = rows.len();
        rows.push(("New network".to_owned(), vec![sellers.len()]));
        let (mut largest, mut largest_move) = (1.0_f64, 1.0_f64);
        for world in worlds {
            for (r, (_, from)) in rows.iter().enumerate() {
                for (c, (_, to)) in rows[..columns].iter().enumerate() {
                    let value = world.mean(from, to);
                    largest = largest.max(value);
                    if r != c {
                        largest_move = largest_move.max(value);
                    }
                }
            }
        }
        Self {
            rows,
            columns,
            largest,
            largest_move,
        }
    }
}
