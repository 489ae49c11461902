//! `05-open-vs-concentration`: openness is not diversity. Each world walks from its first to its last
//! date through the plane of open share and effective number of sellers.

use super::date::Date;
use super::error::Result;
use super::font::{self, Weight};
use super::labels::{Wish, place};
use super::note::{Note, Spec};
use super::number::{fixed, hhi, percent};
use super::page::{Drawing, Page, Words};
use super::panel::{Axis, Panel, look, percent_tick};
use super::plot::PlotTable;
use super::sheet::{Anchor, Rect, TextStyle};
use super::summary::{Key, Stats, SummaryTable};
use super::theme::{self, LABEL_SIZE, QUIET, TEXT, TICK_SIZE};
use super::words::{Difference, Direction, INTERVAL_NOTE};
use super::{Figure, gather};

/// Open share against concentration, by world.
pub struct Openness;

const OPEN: &str = "open_share_specified";
const MULTI: &str = "open_share_multi_vendor";
const SELLERS: &str = "effective_vendors";
const HHI: &str = "hhi_sites";
const PANEL: &str = "world";

impl Figure for Openness {
    fn name(&self) -> &'static str {
        "05-open-vs-concentration"
    }

    fn measures(&self) -> &'static [&'static str] {
        &[SELLERS, HHI, OPEN, MULTI]
    }

    fn plotted(&self, table: &SummaryTable, spec: &Spec) -> Result<PlotTable> {
        let mut rows = Vec::new();
        for (id, title) in &gather::worlds(table, spec) {
            for measure in self.measures() {
                let series = table.series(&Key::world(id, measure));
                rows.extend(gather::rows((PANEL, "World"), (id, title), &series));
            }
        }
        let both = |measure| rows.iter().any(|r| r.quantity == measure && r.stats.is_some());
        if !both(OPEN) || !both(SELLERS) {
            rows.clear();
        }
        gather::finish(
            self.name(),
            rows,
            "`open_share_specified` and `effective_vendors` of the world, component ran",
        )
    }

    fn drawing(&self, plot: &PlotTable, note: &Note) -> Result<Drawing> {
        let span = gather::span(self.name(), plot)?;
        let paths: Vec<Path> = (plot.series().into_iter())
            .map(|(id, label)| Path::of(plot, id, label))
            .filter(|path| !path.points.is_empty())
            .collect();
        let page = Page::begin(self.name(), words(&paths, span, note), 400.0, note);
        gather::y_title(&page, "Effective number of sellers (sites): higher is more diverse");
        let label_room = 148.0;
        let frame = Rect {
            x: page.body.x + 34.0,
            y: page.body.y + 26.0,
            width: page.body.width - 34.0 - label_room,
            height: page.body.height - 26.0 - 40.0,
        };
        let points = || paths.iter().flat_map(|path| &path.points);
        let opens = points().map(|p| 100.0 * p.open.median());
        let ends = (paths.iter()).filter_map(|path| path.points.last());
        let spread = ends.flat_map(|p| [p.sellers.quantiles[0], p.sellers.quantiles[4]]);
        let sellers = points().map(|p| p.sellers.median()).chain(spread);
        let open_ends = (paths.iter())
            .filter_map(|path| path.points.last())
            .flat_map(|p| [100.0 * p.open.quantiles[0], 100.0 * p.open.quantiles[4]]);
        let x = Axis::numbers(opens.chain(open_ends), true, 1.0, 6, percent_tick);
        let y = Axis::numbers(sellers, false, 0.2, 6, fixed);
        let mut panel = Panel::new(&page.sheet, frame, x, y)?;
        panel.grid(true, true)?;
        let mut written = Vec::new();
        for (i, path) in paths.iter().enumerate() {
            path.draw(&page, &mut panel, i)?;
        }
        for (i, path) in paths.iter().enumerate() {
            path.write_years(&page, &panel, i, &mut written);
        }
        label_ends(&page, &panel, &paths, label_room);
        page.sheet.text(
            frame.right(),
            frame.bottom() + 32.0,
            "Sites that specify open interfaces, per cent",
            TextStyle::new(TICK_SIZE, QUIET).anchored(Anchor::End),
        );
        Ok(page.finish())
    }
}

/// One date of one world.
struct Point {
    time: Date,
    open: Stats,
    sellers: Stats,
}

impl Point {
    /// Open share in per cent and effective sellers, medians.
    fn place(&self) -> (f64, f64) {
        (100.0 * self.open.median(), self.sellers.median())
    }
}

/// The way of one world through the plane.
struct Path<'a> {
    label: &'a str,
    points: Vec<Point>,
    hhi: Option<(Stats, Stats)>,
    multi: Option<Stats>,
}

impl<'a> Path<'a> {
    fn of(plot: &'a PlotTable, id: &str, label: &'a str) -> Self {
        let sellers = plot.points(PANEL, id, SELLERS);
        let points = (plot.points(PANEL, id, OPEN).into_iter())
            .filter_map(|(time, open)| {
                let (_, sellers) = sellers.iter().find(|(t, _)| *t == time)?;
                Some(Point {
                    time,
                    open,
                    sellers: *sellers,
                })
            })
            .collect();
        let last = |measure| plot.points(PANEL, id, measure).last().map(|(_, s)| *s);
        let index = plot.points(PANEL, id, HHI);
        Self {
            label,
            points,
            hhi: index.first().zip(index.last()).map(|(a, b)| (a.1, b.1)),
            multi: last(MULTI),
        }
    }

    /// The spread at the end, the path, and a dot at each date.
    fn draw(&self, page: &Page, panel: &mut Panel, index: usize) -> Result<()> {
        let (ink, dash) = look(index);
        if let Some(end) = self.points.last() {
            let (x, y) = end.place();
            for (low, high, width) in [(0, 4, 1.2), (1, 3, 4.0)] {
                let [open_low, open_high] = [low, high].map(|q| 100.0 * end.open.quantiles[q]);
                let [few, many] = [low, high].map(|q| end.sellers.quantiles[q]);
                let pale = theme::pale(ink.line);
                panel.curve(&[(open_low, y), (open_high, y)], pale, width, "")?;
                panel.curve(&[(x, few), (x, many)], pale, width, "")?;
            }
        }
        let line: Vec<(f64, f64)> = self.points.iter().map(Point::place).collect();
        panel.curve(&line, ink.line, 2.2, dash)?;
        for (i, point) in self.points.iter().enumerate() {
            let (x, y) = point.place();
            let radius = if self.is_named(i) { 3.6 } else { 2.0 };
            page.sheet.dot(panel.x(x), panel.y(y), radius, ink.line);
        }
        Ok(())
    }

    /// Whether the year of a point is told: the first, the last, and every fifth.
    fn is_named(&self, i: usize) -> bool {
        let year = self.points[i].time.nearest_year_end();
        year % 5 == 0 || i == 0 || i + 1 == self.points.len()
    }

    /// The years under the dots; the last stands with the name of the path. A year that would cover
    /// one written before, of any path, is left out: its dot stays.
    fn write_years(&self, page: &Page, panel: &Panel, index: usize, written: &mut Vec<Rect>) {
        for (i, point) in self.points.iter().enumerate() {
            if !self.is_named(i) || i + 1 == self.points.len() {
                continue;
            }
            let (x, y) = point.place();
            let (x, y) = (panel.x(x), panel.y(y));
            let text = point.time.nearest_year_end().to_string();
            let width = font::width(&text, TICK_SIZE, Weight::Regular);
            let spot = Rect {
                x: x - width / 2.0 - 2.0,
                y: y + 6.0,
                width: width + 4.0,
                height: TICK_SIZE,
            };
            let covers =
                |a: &Rect| a.x < spot.right() && spot.x < a.right() && a.y < spot.bottom() && spot.y < a.bottom();
            if written.iter().any(covers) {
                continue;
            }
            written.push(spot);
            let style = TextStyle::new(TICK_SIZE, look(index).0.text).anchored(Anchor::Middle);
            page.sheet.text(x, y + 15.0, &text, style.rimmed());
        }
    }
}

/// Names, HHI and multi-vendor share at the right, with leaders to the ends of the paths.
fn label_ends(page: &Page, panel: &Panel, paths: &[Path], room: f64) {
    const LEADING: f64 = 1.2 * LABEL_SIZE;
    let edge = panel.frame.right() + 12.0;
    let texts: Vec<Vec<String>> = (paths.iter())
        .map(|path| {
            let year = path.points.last().map_or(0, |p| p.time.nearest_year_end());
            let name = format!("{}, {year}", path.label);
            let mut lines = font::wrap(&name, LABEL_SIZE, Weight::Bold, room - 12.0);
            lines.extend(
                path.hhi
                    .map(|(from, to)| format!("HHI {} to {}", hhi(from.median()), hhi(to.median()))),
            );
            lines.extend(path.multi.map(|s| format!("multi-vendor {}", percent(s.median()))));
            lines
        })
        .collect();
    let ends: Vec<(f64, f64)> = (paths.iter())
        .filter_map(|path| path.points.last())
        .map(|p| (panel.x(100.0 * p.open.median()), panel.y(p.sellers.median())))
        .collect();
    let wishes: Vec<Wish> = (ends.iter().zip(&texts))
        .map(|((_, y), lines)| Wish {
            centre: *y,
            height: lines.len() as f64 * LEADING + 6.0,
            weight: 0.0,
        })
        .collect();
    let placed = place(&wishes, panel.frame.y - 10.0, panel.frame.bottom() + 30.0);
    for (i, ((centre, lines), (x, y))) in placed.iter().zip(&texts).zip(&ends).enumerate() {
        let Some(centre) = centre else { continue };
        let (ink, _) = look(i);
        let first = centre - (lines.len() as f64 - 1.0) * LEADING / 2.0;
        let leader = [(x + 6.0, *y), (edge - 10.0, first), (edge - 3.0, first)];
        page.sheet.line(&leader, ink.line, 0.6);
        let names = lines.len() - usize::from(paths[i].hhi.is_some()) - usize::from(paths[i].multi.is_some());
        for (k, line) in lines.iter().enumerate() {
            let style = if k < names {
                TextStyle::new(LABEL_SIZE, ink.text).bold()
            } else {
                TextStyle::new(TICK_SIZE, TEXT)
            };
            page.sheet.text_centred(edge, first + k as f64 * LEADING, line, style);
        }
    }
}

fn words(paths: &[Path], span: (Date, Date), note: &Note) -> Words {
    let (first_year, year) = (span.0.nearest_year_end(), span.1.nearest_year_end());
    let mut words = Words {
        title: String::new(),
        subtitle: String::new(),
        notes: vec![
            "Effective number of sellers: how many sellers of equal size would be as concentrated. HHI: sum of \
             squared shares of sites, 10,000 for one seller. Multi-vendor: share of sites whose radio and \
             baseband come from different sellers. The vertical axis does not begin at zero."
                .to_owned(),
            format!(
                "Path: medians, a dot a date. Cross at its end: thick, middle 50% of replicates; thin, middle \
                 90%. {}",
                note.spread("Crosses")
            ),
            INTERVAL_NOTE.to_owned(),
        ],
        description: "Connected scatter chart of the share of sites that specify open interfaces against the \
                      effective number of sellers, one path a world."
            .to_owned(),
    };
    let Some((base, from, to)) = paths
        .first()
        .and_then(|p| Some((p.label, p.points.first()?, p.points.last()?)))
    else {
        return words;
    };
    let open = Difference::between(&from.open, &to.open);
    let sellers = Difference::between(&from.sellers, &to.sellers);
    let share = percent(to.open.mean);
    let count = fixed(to.sellers.mean, 1);
    words.title = match (open.direction(), sellers.direction()) {
        (Direction::Rise, Direction::Fall) => {
            format!("Open sites rise to {share}, yet effective sellers fall to {count}")
        }
        (Direction::Rise, Direction::Rise) => {
            format!("Open sites rise to {share}, effective sellers to {count}")
        }
        (Direction::Rise, Direction::Unclear) => {
            format!("Open sites rise to {share}; change in diversity cannot be told from zero")
        }
        (Direction::Fall, Direction::Fall) => {
            format!("Open sites fall to {share}, effective sellers to {count}")
        }
        (Direction::Fall, Direction::Rise) => {
            format!("Open sites fall to {share}, yet effective sellers rise to {count}")
        }
        (Direction::Fall, Direction::Unclear) => {
            format!("Open sites fall to {share}; change in diversity cannot be told from zero")
        }
        (Direction::Unclear, _) => {
            format!("Change in openness by {year} cannot be told from zero")
        }
    };
    words.subtitle = format!(
        "{base}, {first_year} to {year}: open share {}; effective sellers {}.",
        open.in_points(),
        sellers.in_units()
    );
    words
}
