//! `01-lock-in`: the lock-in curve of each world over time.

use super::ends::{self, EndLabel, LEADER};
use super::error::Result;
use super::note::{Note, Spec};
use super::number::{fixed, percent};
use super::page::{Page, Words};
use super::panel::{Axis, MARK_ROW, Panel, look, percent_tick};
use super::plot::PlotTable;
use super::sheet::Rect;
use super::summary::{Key, Stats, SummaryTable};
use super::words::{Difference, Direction, INTERVAL_NOTE, foremost};
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
        gather::finish(
            self.name(),
            rows,
            "`lock_in_curve` of the world, component ran",
        )
    }

    fn draw(&self, plot: &PlotTable, note: &Note) -> Result<String> {
        let span = gather::span(self.name(), plot)?;
        let curves: Vec<_> = plot
            .series()
            .into_iter()
            .map(|(id, label)| (label, plot.points(PANEL, id, MEASURE)))
            .filter(|(_, points)| !points.is_empty())
            .collect();
        let ends: Vec<(&str, Stats, Stats)> = curves
            .iter()
            .filter_map(|(label, points)| Some((*label, points.first()?.1, points.last()?.1)))
            .collect();
        let year = span.1.nearest_year_end();
        let words = words(&ends, span.0.nearest_year_end(), year, note);
        let marks = plot.marks(PANEL);
        let page = Page::begin(self.name(), words, 360.0, note);
        let label_room = 150.0;
        let above = 24.0 + MARK_ROW * marks.len().min(3) as f64;
        let frame = Rect {
            x: page.body.x + 34.0,
            y: page.body.y + above,
            width: page.body.width - 34.0 - LEADER - label_room,
            height: page.body.height - above - 36.0,
        };
        let values = curves.iter().flat_map(|(_, points)| {
            points
                .iter()
                .flat_map(|(_, s)| s.quantiles.map(|q| 100.0 * q))
        });
        let y = Axis::numbers(values, true, 1.0, 6, percent_tick);
        let mut panel = Panel::new(&page.sheet, frame, Axis::years(span, 9), y)?;
        panel.grid(false, true)?;
        panel.marks(&marks, LEADER + label_room);
        let scaled: Vec<Vec<_>> = curves
            .iter()
            .map(|(_, points)| points.iter().map(|(t, s)| (*t, s.scaled(100.0))).collect())
            .collect();
        for (i, points) in scaled.iter().enumerate() {
            panel.bands(points, look(i).0)?;
        }
        let mut labels = Vec::new();
        for (i, (points, (label, _, last))) in scaled.iter().zip(&ends).enumerate() {
            let (ink, dash) = look(i);
            panel.median(points, ink, dash, 2.2)?;
            let [p05, _, median, _, p95] = last.quantiles.map(|q| fixed(100.0 * q, 1));
            labels.push(EndLabel {
                name: (*label).to_owned(),
                value: format!("{median}% ({p05} to {p95})"),
                at: 100.0 * last.median(),
                ink,
            });
        }
        ends::write(
            &page.sheet,
            &panel,
            &labels,
            label_room,
            (frame.y - 2.0, frame.bottom()),
        );
        gather::y_title(&page, "Lock-in, per cent of list price");
        gather::year_title(&page.sheet, &frame);
        Ok(page.finish())
    }
}

fn words(ends: &[(&str, Stats, Stats)], first_year: i32, year: i32, note: &Note) -> Words {
    let mut notes = vec![
        "Lock-in: what leaving the incumbent adds to the cost of new kit when the old is due, per cent of \
         the list price of the incumbent’s own offer; each site counts once."
            .to_owned(),
        format!("{} Figures at the right: median and 90% range.", note.bands()),
    ];
    notes.push(INTERVAL_NOTE.to_owned());
    let (title, subtitle) = match ends {
        [] => (String::new(), String::new()),
        [(label, from, to)] => {
            let change = Difference::between(from, to);
            let (a, b) = (one_decimal(from.mean), one_decimal(to.mean));
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
                "{label}: mean change from {first_year} to {year} {}.",
                change.in_points()
            );
            (title, subtitle)
        }
        [(base_label, _, base), others @ ..] => {
            let differences = others
                .iter()
                .map(|(label, _, end)| ((*label, end), Difference::between(base, end)))
                .collect();
            let Some(((label, end), change)) = foremost(differences) else {
                return Words {
                    title: String::new(),
                    subtitle: String::new(),
                    notes,
                    description: String::new(),
                };
            };
            let size = change.size_in_points();
            let title = match change.direction() {
                Direction::Rise => format!("Lock-in in {year} is {size} higher under “{label}”"),
                Direction::Fall => format!("Lock-in in {year} is {size} lower under “{label}”"),
                Direction::Unclear if others.len() > 1 => {
                    format!("No policy’s effect on lock-in by {year} can be told from zero")
                }
                Direction::Unclear => {
                    format!("Effect of “{label}” on lock-in by {year} cannot be told from zero")
                }
            };
            let subtitle = format!(
                "{label} against {base_label}: mean {} against {} of list price, {}.",
                one_decimal(end.mean),
                one_decimal(base.mean),
                change.in_points()
            );
            (title, subtitle)
        }
    };
    let description = ends
        .iter()
        .map(|(label, from, to)| {
            let (a, b) = (percent(from.median()), percent(to.median()));
            format!("{label}: median {a} in {first_year}, {b} in {year}.")
        })
        .collect::<Vec<_>>()
        .join(" ");
    Words {
        title,
        subtitle,
        notes,
        description: format!("Line chart of lock-in over time, one line a world. {description}"),
    }
}

fn one_decimal(fraction: f64) -> String {
    format!("{}%", fixed(100.0 * fraction, 1))
}
