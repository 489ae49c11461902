//! `differences`: the lock-in curves of all worlds, and below them, policy by policy, the paired difference to
//! the base.

use super::date::Date;
use super::ends::{self, EndLabel, LEADER};
use super::error::Result;
use super::font::{self, Weight};
use super::grid::Grid;
use super::note::{Note, Spec};
use super::number::fixed;
use super::page::{Drawing, Page, Words};
use super::panel::{Axis, MARK_ROW, Panel, look, percent_tick};
use super::plot::{PlotRow, PlotTable};
use super::sheet::{Rect, TextStyle};
use super::summary::{Key, Stats, SummaryTable};
use super::theme::{AXIS, Ink, LABEL_SIZE, QUIET, TEXT, TICK_SIZE};
use super::words::{Difference, Direction, capital, foremost};
use super::{Figure, gather};

/// What each policy does to lock-in, with bands of the paired difference.
pub struct Differences;

const MEASURE: &str = "lock_in_curve";
/// Panel of the curves themselves. An id of a world holds no blank, so that no world is called so.
const LEVELS: &str = "all worlds";
/// Quantity of the rows of differences.
const DIFFERENCE: &str = "difference";

/// Height of the panel of curves, with what stands above and below it: so that each world finds room for its label.
fn levels_height(worlds: usize) -> f64 {
    (52.0 + 36.0 * worlds as f64).clamp(210.0, 380.0)
}

/// Room between panels, in which the last year of one and the first of the next stay apart.
const PANEL_GAP: f64 = 26.0;
/// Room for the labels of curves.
const LABEL_ROOM: f64 = 150.0;
/// The line under the name of a policy.
const SECOND_LINE: f64 = 1.35 * TICK_SIZE;

impl Figure for Differences {
    fn name(&self) -> &'static str {
        "differences"
    }

    fn measures(&self) -> &'static [&'static str] {
        &[MEASURE]
    }

    fn differences(&self) -> &'static [&'static str] {
        &[MEASURE]
    }

    fn plotted(&self, table: &SummaryTable, spec: &Spec) -> Result<PlotTable> {
        let worlds = gather::worlds(table, spec);
        let (mut levels, mut differences) = (Vec::new(), Vec::new());
        for (id, title) in &worlds {
            let series = table.series(&Key::world(id, MEASURE));
            levels.extend(gather::rows((LEVELS, "Lock-in"), (id, title), &series));
        }
        for (id, title) in worlds.iter().skip(1) {
            let series = table.differences(&Key::world(id, MEASURE));
            let rows = gather::rows((id, title), (id, title), &series);
            differences.extend(rows.into_iter().map(|row| PlotRow {
                quantity: DIFFERENCE.to_owned(),
                ..row
            }));
        }
        let is_defined = |rows: &[PlotRow]| rows.iter().any(|row| row.stats.is_some());
        let mut rows = Vec::new();
        if is_defined(&levels) && is_defined(&differences) {
            rows.extend(levels);
            rows.extend(differences);
            rows.extend(gather::marks(spec, str::to_owned));
        }
        gather::finish(
            self.name(),
            rows,
            "paired differences of `lock_in_curve` of the world, component ran, as `oransim compare` makes them",
        )
    }

    fn drawing(&self, plot: &PlotTable, note: &Note) -> Result<Drawing> {
        let span = gather::span(self.name(), plot)?;
        let worlds = plot.series();
        let policies: Vec<Policy> = (worlds.iter().enumerate())
            .filter_map(|(i, (id, label))| Policy::of(plot, id, label, i))
            .collect();
        let base = worlds.first().map_or("", |world| world.1);
        let mut grid = Grid::of(policies.len(), 3, 170.0);
        grid.right = PANEL_GAP;
        grid.above += SECOND_LINE + gather::mark_room(plot);
        let levels = levels_height(worlds.len());
        let height = levels + gather::AXIS_TITLE + grid.body_height();
        let page = Page::begin(self.name(), words(&policies, base, span, note), height, note);
        draw_levels(&page, plot, &worlds, span, levels)?;
        let top = page.body.y + levels;
        let style = TextStyle::new(TICK_SIZE, QUIET);
        let title = format!("Change in lock-in from {base}, points: paired difference");
        let title = font::shorten(&title, TICK_SIZE, Weight::Regular, page.body.width);
        page.sheet.text(page.body.x, top + 10.0, &title, style);
        let values = policies.iter().flat_map(|policy| &policy.points);
        let values = values.flat_map(|(_, s)| s.quantiles);
        let y = Axis::numbers(values, true, 0.5, 6, fixed);
        for (i, policy) in policies.iter().enumerate() {
            let frame = grid.frame(i, top + gather::AXIS_TITLE);
            let years = Axis::years(span, (frame.width / 40.0) as usize);
            let mut panel = Panel::new(&page.sheet, frame, years, y.clone())?;
            panel.grid(false, grid.is_first(i))?;
            let zero = panel.y(0.0);
            page.sheet.line(&[(frame.x, zero), (frame.right(), zero)], AXIS, 1.0);
            panel.marks(&plot.marks(policy.id), grid.right - 8.0);
            panel.bands(&policy.points, policy.ink)?;
            panel.median(&policy.points, policy.ink, policy.dash, 1.8)?;
            gather::panel_title(&page.sheet, &frame, grid.above, policy.label, grid.right - 8.0);
            let said = policy.said(span.1);
            let said = font::shorten(&said, TICK_SIZE, Weight::Regular, frame.width + grid.right - 8.0);
            let line = frame.y - grid.above + LABEL_SIZE + SECOND_LINE;
            page.sheet.text(frame.x, line, &said, TextStyle::new(TICK_SIZE, TEXT));
            if i + 1 == policies.len() {
                gather::year_title(&page.sheet, &frame);
            }
        }
        Ok(page.finish())
    }
}

/// One policy; its points are in points of lock-in.
struct Policy<'a> {
    id: &'a str,
    label: &'a str,
    points: Vec<(Date, Stats)>,
    /// At the last date, as fractions.
    change: Difference,
    ink: Ink,
    dash: &'static str,
}

impl<'a> Policy<'a> {
    /// `index` is the world's place among all of them: it keeps its colour.
    fn of(plot: &PlotTable, id: &'a str, label: &'a str, index: usize) -> Option<Self> {
        let points = plot.points(id, id, DIFFERENCE);
        let change = Difference::paired(&points.last()?.1);
        let (ink, dash) = look(index);
        Some(Self {
            id,
            label,
            points: points.iter().map(|(t, s)| (*t, s.scaled(100.0))).collect(),
            change,
            ink,
            dash,
        })
    }

    /// `2040: −1.7 (−2.1 to −1.3)`.
    fn said(&self, last: Date) -> String {
        let year = last.nearest_year_end();
        match (self.change.direction(), self.change.interval) {
            (Direction::Unclear, _) | (_, None) => format!("{year}: cannot be told from zero"),
            (_, Some((low, high))) => {
                let [mean, low, high] = [self.change.mean, low, high].map(|v| fixed(100.0 * v, 1));
                format!("{year}: {mean} (95% {low} to {high})")
            }
        }
    }
}

/// The medians of all worlds in one panel.
fn draw_levels(page: &Page, plot: &PlotTable, worlds: &[(&str, &str)], span: (Date, Date), height: f64) -> Result<()> {
    let per_cent = |(id, _): &(&str, &str)| -> Vec<(Date, Stats)> {
        let points = plot.points(LEVELS, id, MEASURE);
        points.iter().map(|(t, s)| (*t, s.scaled(100.0))).collect()
    };
    let curves: Vec<Vec<(Date, Stats)>> = worlds.iter().map(per_cent).collect();
    let marks = plot.marks(LEVELS);
    let above = 20.0 + MARK_ROW * marks.len().min(MOST_MARK_ROWS) as f64;
    let frame = Rect {
        x: page.body.x + 34.0,
        y: page.body.y + above,
        width: page.body.width - 34.0 - LEADER - LABEL_ROOM,
        height: height - above - 32.0,
    };
    let medians = curves.iter().flatten().map(|(_, s)| s.median());
    let y = Axis::numbers(medians, true, 1.0, 5, percent_tick);
    let mut panel = Panel::new(&page.sheet, frame, Axis::years(span, 9), y)?;
    panel.grid(false, true)?;
    panel.marks(&marks, LEADER + LABEL_ROOM);
    let mut labels = Vec::new();
    for (i, (points, (_, label))) in curves.iter().zip(worlds).enumerate() {
        if points.is_empty() {
            continue;
        }
        let (ink, dash) = look(i);
        panel.median(points, ink, dash, 2.0)?;
        if let Some((_, last)) = points.last() {
            labels.push(EndLabel {
                name: (*label).to_owned(),
                value: percent_tick(last.median(), 1),
                at: last.median(),
                ink,
            });
        }
    }
    let range = (frame.y - 2.0, frame.bottom() + 8.0);
    ends::write(&page.sheet, &panel, &labels, LABEL_ROOM, range);
    gather::y_title(page, "Lock-in, per cent of list price: medians");
    Ok(())
}

/// Rows of texts at marks for which room is kept above the curves.
const MOST_MARK_ROWS: usize = 4;

fn words(policies: &[Policy], base: &str, span: (Date, Date), note: &Note) -> Words {
    let year = span.1.nearest_year_end();
    let changes = policies.iter().map(|policy| (policy.label, policy.change)).collect();
    let (title, subtitle) = match foremost(changes) {
        None => (String::new(), String::new()),
        Some((label, change)) => {
            let size = change.size_in_points();
            let title = match change.direction() {
                Direction::Fall => format!("“{label}” takes {size} off lock-in by {year}"),
                Direction::Rise => format!("“{label}” adds {size} to lock-in by {year}"),
                Direction::Unclear if policies.len() > 1 => {
                    format!("No policy’s effect on lock-in by {year} can be told from zero")
                }
                Direction::Unclear => {
                    format!("Effect of “{label}” on lock-in by {year} cannot be told from zero")
                }
            };
            let subtitle = format!("{} against {base}: mean {}.", capital(label), change.in_points());
            (title, subtitle)
        }
    };
    let ends: Vec<String> = (policies.iter())
        .map(|policy| format!("{}: {}.", policy.label, policy.said(span.1)))
        .collect();
    Words {
        title,
        subtitle,
        notes: vec![
            "Lock-in: what leaving the incumbent adds to the cost of new kit when the old is due, per cent of \
             the list price of the incumbent’s own offer; weighted by sites."
                .to_owned(),
            format!(
                "Below: policy less {base} in each replicate, which has the same luck in both. {}",
                note.bands()
            ),
            "Numbers under the names: mean of the paired difference in points and its 95% interval.".to_owned(),
        ],
        description: format!(
            "Line chart of lock-in over time, one line a world; below it one panel a policy with the paired \
             difference to the base. {}",
            ends.join(" ")
        ),
    }
}
