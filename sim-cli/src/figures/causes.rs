//! `02-causes`: what lock-in is made of over time, by world.

use super::date::Date;
use super::ends::{self, EndLabel, LEADER};
use super::error::Result;
use super::font::{self, Weight};
use super::grid::Grid;
use super::note::{Note, Spec};
use super::number::fixed;
use super::page::{Drawing, Page, Words};
use super::panel::{Axis, Panel, percent_tick};
use super::plot::PlotTable;
use super::sheet::{Anchor, Sheet, TextStyle};
use super::summary::{Key, Stats, SummaryTable};
use super::theme::{self, Ink, LABEL_SIZE, TEXT};
use super::words::{Difference, Direction, INTERVAL_NOTE, foremost};
use super::{Figure, gather};

/// Lock-in by cause: the means of its parts, which sum to the index.
pub struct Causes;

const MEASURE: &str = "lock_in_part";
/// What the parts sum to, in each replicate: its interval is that of the sum.
const WHOLE: &str = "lock_in_index";

/// Parts from the bottom of the stack up: id, label, the same within a sentence, place in the palette.
/// Neighbours differ in grey.
const PARTS: [(&str, &str, &str, usize); 7] = [
    ("legacy_layer", "Legacy layer", "the legacy layer", 0),
    ("swap", "Swapping kit", "swapping kit", 4),
    ("brought_forward", "Early write-off", "early write-off", 1),
    ("onboarding", "Onboarding", "onboarding", 5),
    ("contract_break", "Contract break", "contract breaks", 2),
    ("outage", "Outage", "outages", 7),
    ("integration", "Integration", "integration", 3),
];

impl Figure for Causes {
    fn name(&self) -> &'static str {
        "02-causes"
    }

    fn measures(&self) -> &'static [&'static str] {
        &[WHOLE, MEASURE]
    }

    fn plotted(&self, table: &SummaryTable, spec: &Spec) -> Result<PlotTable> {
        let mut rows = Vec::new();
        for (id, title) in &gather::worlds(table, spec) {
            for (part, name, ..) in PARTS {
                let key = Key {
                    part,
                    ..Key::world(id, MEASURE)
                };
                rows.extend(gather::rows((id, title), (part, name), &table.series(&key)));
            }
            let whole = table.series(&Key::world(id, WHOLE));
            rows.extend(gather::rows((id, title), (WHOLE, "Lock-in index"), &whole));
        }
        rows.extend(gather::marks(spec, str::to_owned));
        gather::finish(self.name(), rows, "`lock_in_part` of the world, component ran")
    }

    fn drawing(&self, plot: &PlotTable, note: &Note) -> Result<Drawing> {
        let span = gather::span(self.name(), plot)?;
        let stacks: Vec<Stack> = plot
            .panels()
            .into_iter()
            .map(|(id, label)| Stack::of(plot, id, label))
            .collect();
        let label_room = 108.0;
        let mut grid = Grid::of(stacks.len(), 3, 270.0);
        grid.right = 32.0;
        grid.above += gather::mark_room(plot);
        let words = words(&stacks, span);
        let body_height = grid.body_height() + gather::AXIS_TITLE;
        let page = Page::begin(self.name(), words, body_height, note);
        gather::y_title(&page, "Lock-in, per cent of list price (mean)");
        let tops = stacks.iter().flat_map(|s| s.edges.last().cloned().unwrap_or_default());
        // A little headroom for the totals above the stacks.
        let y = Axis::numbers(tops.map(|v| 105.0 * v), true, 1.0, 6, percent_tick);
        for (i, stack) in stacks.iter().enumerate() {
            let mut frame = grid.frame(i, page.body.y + gather::AXIS_TITLE);
            // The labels stand beside the last panel of a row; all panels give up the same width.
            let taken = (label_room + LEADER - grid.right) / grid.columns as f64;
            frame.x -= (taken * (i % grid.columns) as f64).round();
            frame.width -= taken.ceil();
            let years = Axis::years(span, (frame.width / 52.0) as usize);
            let mut panel = Panel::new(&page.sheet, frame, years, y.clone())?;
            panel.grid(false, grid.is_first(i))?;
            let mut labels = Vec::new();
            for (k, (_, name, ink)) in stack.parts.iter().enumerate() {
                let area: Vec<(f64, f64, f64)> = (stack.times.iter().enumerate())
                    .map(|(t, time)| {
                        let (low, high) = (stack.edges[k][t], stack.edges[k + 1][t]);
                        (time.days(), 100.0 * low, 100.0 * high)
                    })
                    .collect();
                panel.band(&area, ink.line, 0.85)?;
                if let Some((_, low, high)) = area.last() {
                    labels.push(EndLabel {
                        name: (*name).to_owned(),
                        value: fixed(high - low, 1),
                        at: (low + high) / 2.0,
                        ink: *ink,
                    });
                }
            }
            // White rims part the areas in print without colour.
            for edge in stack.edges.iter().skip(1).rev().skip(1) {
                let line: Vec<(f64, f64)> = (stack.times.iter().zip(edge))
                    .map(|(t, v)| (t.days(), 100.0 * v))
                    .collect();
                panel.curve(&line, (255, 255, 255), 1.0, "")?;
            }
            let beyond = grid.right - 8.0;
            gather::panel_title(&page.sheet, &frame, grid.above, stack.label, beyond);
            panel.marks(&plot.marks(stack.id), beyond);
            stack.write_totals(&page.sheet, &panel);
            let row_ends = (i + 1) % grid.columns == 0 || i + 1 == stacks.len();
            if row_ends {
                let range = (frame.y - 2.0, frame.bottom() + 8.0);
                ends::write(&page.sheet, &panel, &labels, label_room, range);
            }
            if i + 1 == stacks.len() {
                gather::year_title(&page.sheet, &frame);
            }
        }
        Ok(page.finish())
    }
}

/// The parts of one world, stacked.
struct Stack<'a> {
    id: &'a str,
    label: &'a str,
    times: Vec<Date>,
    parts: Vec<(Vec<Stats>, &'a str, Ink)>,
    /// Edges between parts by date, in fractions: one more than there are parts.
    edges: Vec<Vec<f64>>,
    /// The index itself at the same dates; empty where the run has not recorded it at each of them.
    whole: Vec<Stats>,
}

impl<'a> Stack<'a> {
    /// Stacks the parts at the dates at which each part that stands in the table is defined.
    fn of(plot: &'a PlotTable, id: &'a str, label: &'a str) -> Self {
        let series: Vec<_> = (plot.series().into_iter())
            .map(|(part, name)| (part, name, plot.points(id, part, MEASURE)))
            .filter(|(_, _, points)| !points.is_empty())
            .collect();
        let times: Vec<Date> = series.first().map_or_else(Vec::new, |(_, _, points)| {
            (points.iter().map(|(t, _)| *t))
                .filter(|t| series.iter().all(|(_, _, p)| p.iter().any(|(u, _)| u == t)))
                .collect()
        });
        let mut edges = vec![vec![0.0; times.len()]];
        let mut parts = Vec::new();
        for (i, (part, name, points)) in series.into_iter().enumerate() {
            let stats: Vec<Stats> = (points.iter())
                .filter(|(t, _)| times.contains(t))
                .map(|(_, s)| *s)
                .collect();
            let below = &edges[i];
            let above = below.iter().zip(&stats).map(|(b, s)| b + s.mean).collect();
            edges.push(above);
            let known = PARTS.iter().find(|p| p.0 == part).map_or(i, |p| p.3);
            parts.push((stats, name, theme::series(known).0));
        }
        let index = plot.points(id, WHOLE, WHOLE);
        let at = |time: &Date| index.iter().find(|(t, _)| t == time).map(|(_, stats)| *stats);
        let whole = times.iter().map(at).collect::<Option<_>>().unwrap_or_default();
        Self {
            id,
            label,
            times,
            parts,
            edges,
            whole,
        }
    }

    /// The sums at both ends, above the stack.
    fn write_totals(&self, sheet: &Sheet, panel: &Panel) {
        let (first, last) = self.totals();
        let style = TextStyle::new(LABEL_SIZE, TEXT).bold().rimmed();
        let top = self.edges.last().map_or(&[][..], Vec::as_slice);
        for (total, anchor) in [(first, Anchor::Start), (last, Anchor::End)] {
            let text = format!("{}%", fixed(100.0 * total.mean, 1));
            let width = font::width(&text, LABEL_SIZE, Weight::Bold);
            let (x, from) = match anchor {
                Anchor::Start => (panel.frame.x, panel.frame.x),
                _ => (panel.frame.right(), panel.frame.right() - width),
            };
            // Above the highest point of the stack that the text spans.
            let highest = (self.times.iter().zip(top))
                .filter(|(t, _)| (from - 8.0..=from + width + 8.0).contains(&panel.x(t.days())))
                .fold(total.mean, |high, (_, v)| high.max(*v));
            let y = panel.y(100.0 * highest) - 5.0;
            sheet.text(x, y, &text, style.anchored(anchor));
        }
    }

    /// The sums of the parts at the first and the last date: the index with its own interval, or, where it is not
    /// recorded, half-widths of the parts added, as these may move together.
    fn totals(&self) -> (Stats, Stats) {
        if let (Some(first), Some(last)) = (self.whole.first(), self.whole.last()) {
            return (*first, *last);
        }
        let sum = |pick: fn(&[Stats]) -> Option<&Stats>| {
            let mut total = Stats {
                mean: 0.0,
                quantiles: [0.0; 5],
                ci: Some((0.0, 0.0)),
            };
            for stats in self.parts.iter().filter_map(|(stats, ..)| pick(stats)) {
                total.mean += stats.mean;
                total.ci = match (total.ci, stats.ci) {
                    (Some(a), Some(b)) => Some((a.0 + b.0, a.1 + b.1)),
                    _ => None,
                };
            }
            total
        };
        (sum(<[Stats]>::first), sum(<[Stats]>::last))
    }
}

fn words(stacks: &[Stack], span: (Date, Date)) -> Words {
    let (first_year, year) = (span.0.nearest_year_end(), span.1.nearest_year_end());
    let mut words = Words {
        title: String::new(),
        subtitle: String::new(),
        notes: vec![
            "Means over replicates, so that the parts sum to the whole; the index values every site as if \
             it were tendered on that date (figure 01 takes each site at the end of life of its kit). \
             Beside the panel: its parts at the last date, in points."
                .to_owned(),
            INTERVAL_NOTE.to_owned(),
        ],
        description: "Stacked areas, one panel a world, one area a cause of lock-in.".to_owned(),
    };
    let Some(base) = stacks.first() else {
        return words;
    };
    let (from, to) = base.totals();
    let change = Difference::between(&from, &to);
    let parts: Vec<(&str, Difference)> = (base.parts.iter())
        .filter_map(|(stats, name, _)| {
            let phrase = PARTS.iter().find(|p| p.1 == *name).map_or(*name, |p| p.2);
            Some((phrase, Difference::between(stats.first()?, stats.last()?)))
        })
        .collect();
    let leader = |direction: Direction| {
        let same = parts.iter().filter(|(_, d)| d.direction() == direction);
        foremost(same.copied().collect())
    };
    let size = change.size_in_points();
    words.title = match (change.direction(), leader(change.direction())) {
        (Direction::Fall, Some((part, _))) => {
            format!("Lock-in index falls {size} by {year}, led by {part}")
        }
        (Direction::Fall, None) => format!("Lock-in index falls {size} by {year}"),
        (Direction::Rise, Some((part, _))) => {
            format!("Lock-in index rises {size} by {year}, led by {part}")
        }
        (Direction::Rise, None) => format!("Lock-in index rises {size} by {year}"),
        (Direction::Unclear, _) => {
            format!("Change in the lock-in index by {year} cannot be told from zero")
        }
    };
    let largest = (base.parts.iter())
        .filter_map(|(stats, name, _)| Some((*name, stats.last()?.mean)))
        .reduce(|a, b| if b.1 > a.1 { b } else { a });
    words.subtitle = format!(
        "{}: mean change from {first_year} to {year} {}.",
        base.label,
        change.in_points()
    );
    if let Some((name, value)) = largest {
        words.subtitle.push_str(&format!(
            " Largest part in {year}: {}, {} of {} points.",
            name.to_lowercase(),
            fixed(100.0 * value, 1),
            fixed(100.0 * to.mean, 1)
        ));
    }
    words
}
