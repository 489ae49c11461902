//! `01-lock-in`: the lock-in curve of each world over time.

use super::date::Date;
use super::ends::{self, EndLabel, LEADER};
use super::error::Result;
use super::note::{Note, Spec};
use super::number::fixed;
use super::page::{Drawing, Page, Words};
use super::panel::{Axis, MARK_ROW, Panel, look, percent_tick};
use super::plot::PlotTable;
use super::sheet::Rect;
use super::summary::{Key, Stats, SummaryTable};
use super::theme::Ink;
use super::words::{Direction, Ends, Finding, INTERVAL_NOTE};
use super::{Figure, gather};

/// Lock-in by world: what leaving the incumbent costs at the end of life of its kit.
pub struct LockIn;

const MEASURE: &str = "lock_in_curve";
const PANEL: &str = "world";

impl Figure for LockIn {
    fn name(&self) -> &'static str {
        "01-lock-in"
    }

    fn measures(&self) -> &'static [&'static str] {
        &[MEASURE]
    }

    fn plotted(&self, table: &SummaryTable, spec: &Spec) -> Result<PlotTable> {
        let mut rows = Vec::new();
        for (id, title) in &gather::worlds(table, spec) {
            let series = table.series(&Key::world(id, MEASURE));
            rows.extend(gather::rows((PANEL, "World"), (id, title), &series));
        }
        rows.extend(gather::marks(spec, |_| "all".to_owned()));
        gather::finish(self.name(), rows, "`lock_in_curve` of the world, component ran")
    }

    fn drawing(&self, plot: &PlotTable, note: &Note) -> Result<Drawing> {
        let span = gather::span(self.name(), plot)?;
        let curves: Vec<Curve> = (plot.series().into_iter().enumerate())
            .filter_map(|(i, (id, label))| Curve::of(plot, id, label, i))
            .collect();
        let ends: Vec<Ends> = curves.iter().map(|curve| curve.ends).collect();
        let finding = Finding::of(&ends);
        let banded = banded(&curves, finding);
        let words = words(&ends, finding, span, &banded, note);
        let marks = plot.marks(PANEL);
        let page = Page::begin(self.name(), words, 360.0, note);
        let above = 24.0 + MARK_ROW * marks.len().min(MOST_MARK_ROWS) as f64;
        let frame = Rect {
            x: page.body.x + 34.0,
            y: page.body.y + above,
            width: page.body.width - 34.0 - LEADER - LABEL_ROOM,
            height: page.body.height - above - 36.0,
        };
        let shown = curves.iter().flat_map(|curve| {
            let spread = banded.contains(&curve.ends.world);
            let range = if spread { 0..5 } else { 2..3 };
            (curve.points.iter()).flat_map(move |(_, s)| s.quantiles[range.clone()].to_vec())
        });
        let y = Axis::numbers(shown, true, 1.0, 6, percent_tick);
        let mut panel = Panel::new(&page.sheet, frame, Axis::years(span, 9), y)?;
        panel.grid(false, true)?;
        panel.marks(&marks, LEADER + LABEL_ROOM);
        for curve in &curves {
            if banded.contains(&curve.ends.world) {
                panel.bands(&curve.points, curve.ink)?;
            }
        }
        for curve in &curves {
            panel.median(&curve.points, curve.ink, curve.dash, 2.2)?;
        }
        let labels: Vec<EndLabel> = curves.iter().map(Curve::label).collect();
        let range = (frame.y - 2.0, frame.bottom());
        ends::write(&page.sheet, &panel, &labels, LABEL_ROOM, range);
        gather::y_title(&page, "Lock-in, per cent of list price");
        gather::year_title(&page.sheet, &frame);
        Ok(page.finish())
    }
}

/// Room for the labels at the right.
const LABEL_ROOM: f64 = 150.0;
/// Rows of texts at marks for which room is kept; marks rarely stand closer.
const MOST_MARK_ROWS: usize = 5;
/// With more curves than this, bands on all would hide each other.
const MOST_BANDS: usize = 4;

/// The curve of one world; the points are in per cent, its ends in fractions.
struct Curve<'a> {
    ends: Ends<'a>,
    points: Vec<(Date, Stats)>,
    ink: Ink,
    dash: &'static str,
}

impl<'a> Curve<'a> {
    fn of(plot: &PlotTable, id: &str, world: &'a str, index: usize) -> Option<Self> {
        let points = plot.points(PANEL, id, MEASURE);
        let ends = Ends {
            world,
            first: points.first()?.1,
            last: points.last()?.1,
        };
        let (ink, dash) = look(index);
        Some(Self {
            ends,
            points: points.iter().map(|(t, s)| (*t, s.scaled(100.0))).collect(),
            ink,
            dash,
        })
    }

    fn label(&self) -> EndLabel {
        let [p05, _, median, _, p95] = self.ends.last.quantiles.map(|q| fixed(100.0 * q, 1));
        EndLabel {
            name: self.ends.world.to_owned(),
            value: format!("{median}% ({p05} to {p95})"),
            at: 100.0 * self.ends.last.median(),
            ink: self.ink,
        }
    }
}

/// The worlds whose bands are drawn: all, or of many the base and the one that the title speaks of.
fn banded<'a>(curves: &[Curve<'a>], finding: Option<Finding<'a>>) -> Vec<&'a str> {
    match finding {
        Some(Finding::Policy { base, policy, .. }) if curves.len() > MOST_BANDS => {
            vec![base.world, policy.world]
        }
        _ => curves.iter().map(|curve| curve.ends.world).collect(),
    }
}

fn words(ends: &[Ends], finding: Option<Finding>, span: (Date, Date), banded: &[&str], note: &Note) -> Words {
    let (first_year, year) = (span.0.nearest_year_end(), span.1.nearest_year_end());
    let mut bands = note.bands();
    if banded.len() < ends.len() {
        bands.push_str(&format!(" Drawn for {} alone.", banded.join(" and ")));
    }
    bands.push_str(" Figures at the right: median and 90% range.");
    let (title, subtitle) = match finding {
        None => (String::new(), String::new()),
        Some(Finding::OverTime { ends, change }) => {
            let (a, b) = (one_decimal(ends.first.mean), one_decimal(ends.last.mean));
            let title = match change.direction() {
                Direction::Rise => {
                    format!("Lock-in rises from {a} to {b} of list price by {year}")
                }
                Direction::Fall => {
                    format!("Lock-in falls from {a} to {b} of list price by {year}")
                }
                Direction::Unclear => {
                    format!("Change in lock-in by {year} cannot be told from zero")
                }
            };
            let subtitle = format!(
                "{}: mean change from {first_year} to {year} {}.",
                ends.world,
                change.in_points()
            );
            (title, subtitle)
        }
        Some(Finding::Policy {
            base,
            policy,
            change,
            several,
        }) => {
            let (size, world) = (change.size_in_points(), policy.world);
            let title = match change.direction() {
                Direction::Rise => format!("Lock-in in {year} is {size} higher under “{world}”"),
                Direction::Fall => format!("Lock-in in {year} is {size} lower under “{world}”"),
                Direction::Unclear if several => {
                    format!("No policy’s effect on lock-in by {year} can be told from zero")
                }
                Direction::Unclear => {
                    format!("Effect of “{world}” on lock-in by {year} cannot be told from zero")
                }
            };
            let subtitle = format!(
                "{world} against {}: mean {} against {} of list price, {}.",
                base.world,
                one_decimal(policy.last.mean),
                one_decimal(base.last.mean),
                change.in_points()
            );
            (title, subtitle)
        }
    };
    let values: Vec<String> = (ends.iter())
        .map(|ends| {
            let (a, b) = (one_decimal(ends.first.median()), one_decimal(ends.last.median()));
            format!("{}: median {a} in {first_year}, {b} in {year}.", ends.world)
        })
        .collect();
    Words {
        title,
        subtitle,
        notes: vec![
            "Lock-in: what leaving the incumbent adds to the cost of new kit when the old is due, per cent of \
             the list price of the incumbent’s own offer; weighted by sites."
                .to_owned(),
            bands,
            INTERVAL_NOTE.to_owned(),
        ],
        description: format!(
            "Line chart of lock-in over time, one line a world. {}",
            values.join(" ")
        ),
    }
}

fn one_decimal(fraction: f64) -> String {
    format!("{}%", fixed(100.0 * fraction, 1))
}
