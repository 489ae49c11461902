//! `16-interfaces`: how mature each interface is over time, and what buyers make of it, then and now.

use super::date::Date;
use super::ends::{self, EndLabel, LEADER};
use super::error::Result;
use super::font::{self, Weight};
use super::grid::Grid;
use super::note::{Note, Spec};
use super::number::{fixed, percent, thousands};
use super::page::{Drawing, Page, Words};
use super::panel::{Axis, Panel, look, percent_tick};
use super::plot::PlotTable;
use super::sheet::{Anchor, Rect, TextStyle};
use super::summary::{Key, Stats, SummaryTable};
use super::theme::{self, LABEL_SIZE, QUIET, TEXT, TICK_SIZE};
use super::words::{Difference, Direction, Ends, Finding, INTERVAL_NOTE, capital};
use super::{Figure, gather};

/// Maturity of interfaces and open sites.
pub struct Interfaces;

const MATURITY: &str = "interface_maturity";
/// Interfaces: part of the measure, name.
const PARTS: [(&str, &str); 3] = [
    ("fronthaul", "Fronthaul"),
    ("x2", "X2 (between base stations)"),
    ("management", "Management"),
];
/// What is made of them: measure, name. The last stands only where it is recorded.
const USES: [(&str, &str); 4] = [
    ("open_share_specified", "Open fronthaul"),
    ("open_share_multi_vendor", "Two sellers"),
    ("open_share_exercised", "Part changed"),
    (PAIRS, "Pairs, thousands"),
];
const PAIRS: &str = "pair_experience";

const CURVES: f64 = 200.0;
/// Above the curves: which world is which. Beside them: their last values.
const LEGEND: f64 = 18.0;
const LABEL_ROOM: f64 = 30.0;
const NAME_ROOM: f64 = 150.0;
const ROW: f64 = 21.0;
/// Above the dots: their title and the names of the columns.
const ABOVE: f64 = 44.0;
const BELOW: f64 = 34.0;

impl Figure for Interfaces {
    fn name(&self) -> &'static str {
        "16-interfaces"
    }

    fn measures(&self) -> &'static [&'static str] {
        &[
            MATURITY,
            "open_share_exercised",
            "open_share_multi_vendor",
            "open_share_specified",
        ]
    }

    fn plotted(&self, table: &SummaryTable, spec: &Spec) -> Result<PlotTable> {
        let (mut curves, mut uses) = (Vec::new(), Vec::new());
        for (part, name) in PARTS {
            for (id, title) in &gather::worlds(table, spec) {
                let key = Key {
                    part,
                    ..Key::world(id, MATURITY)
                };
                curves.extend(gather::rows((part, name), (id, title), &table.series(&key)));
            }
        }
        for (measure, name) in USES {
            for (id, title) in &gather::worlds(table, spec) {
                let series = table.series(&Key::world(id, measure));
                let defined: Vec<_> = series.into_iter().filter(|row| row.stats.is_some()).collect();
                let ends: Vec<_> = match &defined[..] {
                    [first, .., last] => vec![*first, *last],
                    few => few.to_vec(),
                };
                uses.extend(gather::rows((measure, name), (id, title), &ends));
            }
        }
        if curves.iter().all(|row| row.stats.is_none()) || uses.is_empty() {
            curves.clear();
            uses.clear();
        }
        curves.extend(uses);
        gather::finish(
            self.name(),
            curves,
            "`interface_maturity` and `open_share_specified`, `open_share_multi_vendor` or `open_share_exercised` of the world",
        )
    }

    fn drawing(&self, plot: &PlotTable, note: &Note) -> Result<Drawing> {
        let span = gather::span(self.name(), plot)?;
        let worlds = plot.series();
        let mut grid = Grid::of(PARTS.len(), PARTS.len(), CURVES);
        grid.right = LABEL_ROOM + LEADER;
        let curves = LEGEND + gather::AXIS_TITLE + grid.body_height();
        let height = curves + ABOVE + ROW * worlds.len() as f64 + BELOW;
        let page = Page::begin(self.name(), words(plot, span, note), height, note);
        draw_curves(&page, plot, &worlds, span, grid)?;
        draw_uses(&page, plot, &worlds, span, page.body.y + curves)?;
        Ok(page.finish())
    }
}

fn draw_curves(page: &Page, plot: &PlotTable, worlds: &[(&str, &str)], span: (Date, Date), grid: Grid) -> Result<()> {
    legend(page, worlds);
    let title = TextStyle::new(TICK_SIZE, QUIET);
    page.sheet.text(
        page.body.x,
        page.body.y + LEGEND + 10.0,
        "Maturity of interfaces, 0 to 1",
        title,
    );
    let points = |part: &str, world: &str| plot.points(part, world, MATURITY);
    let all = (plot.rows.iter()).filter(|row| row.quantity == MATURITY);
    let reach = (all.filter_map(|row| row.stats)).flat_map(|s| s.quantiles.into_iter().chain([s.mean]));
    let y = Axis::numbers(reach, true, 1.0, 5, fixed);
    for (i, (part, name)) in PARTS.iter().enumerate() {
        let frame = grid.frame(i, page.body.y + LEGEND + gather::AXIS_TITLE);
        let years = Axis::years(span, (frame.width / 52.0) as usize);
        let mut panel = Panel::new(&page.sheet, frame, years, y.clone())?;
        panel.grid(false, i == 0)?;
        gather::panel_title(&page.sheet, &frame, grid.above, name, grid.right - 8.0);
        for (w, (world, _)) in worlds.iter().enumerate() {
            panel.bands(&points(part, world), look(w).0)?;
        }
        let mut labels = Vec::new();
        for (w, (world, _)) in worlds.iter().enumerate() {
            let (ink, dash) = look(w);
            let curve = points(part, world);
            panel.mean(&curve, ink, dash, 1.8)?;
            if let Some((_, last)) = curve.last() {
                labels.push(EndLabel {
                    name: String::new(),
                    value: fixed(last.mean, 2),
                    at: last.mean,
                    ink,
                });
            }
        }
        let range = (frame.y - 2.0, frame.bottom() + 8.0);
        ends::write(&page.sheet, &panel, &labels, LABEL_ROOM, range);
        if i + 1 == PARTS.len() {
            gather::year_title(&page.sheet, &frame);
        }
    }
    Ok(())
}

/// Which line is whose, in a row: names share the width.
fn legend(page: &Page, worlds: &[(&str, &str)]) {
    let pitch = page.body.width / worlds.len().max(1) as f64;
    let y = page.body.y + 6.0;
    let mut x = page.body.x;
    for (w, (_, title)) in worlds.iter().enumerate() {
        let (ink, dash) = look(w);
        page.sheet.dash(dash);
        page.sheet.line(&[(x, y), (x + 24.0, y)], ink.line, 1.8);
        page.sheet.dash("");
        let title = font::shorten(title, TICK_SIZE, Weight::Bold, pitch - 46.0);
        let style = TextStyle::new(TICK_SIZE, ink.text).bold();
        page.sheet.text_centred(x + 29.0, y, &title, style);
        x += 29.0 + font::width(&title, TICK_SIZE, Weight::Bold) + 17.0;
    }
}

/// First and last value of each use, one row a world, one column a use.
fn draw_uses(page: &Page, plot: &PlotTable, worlds: &[(&str, &str)], span: (Date, Date), top: f64) -> Result<()> {
    let uses: Vec<_> = (USES.into_iter())
        .filter(|(measure, _)| plot.rows.iter().any(|row| row.quantity == *measure))
        .collect();
    let (from, to) = (span.0.nearest_year_end(), span.1.nearest_year_end());
    let text = format!("Sites, per cent, means: ring {from}, dot {to} with the middle 90% of replicates");
    page.sheet
        .text(page.body.x, top + 10.0, &text, TextStyle::new(TICK_SIZE, QUIET));
    let pitch = (page.body.width - NAME_ROOM) / uses.len().max(1) as f64;
    let height = ROW * worlds.len() as f64;
    for (w, (_, title)) in worlds.iter().enumerate() {
        let line = top + ABOVE + ROW * (w as f64 + 0.5);
        let title = font::shorten(title, TICK_SIZE, Weight::Bold, NAME_ROOM - 12.0);
        let style = TextStyle::new(TICK_SIZE, look(w).0.text).bold();
        page.sheet.text_centred(page.body.x, line, &title, style);
    }
    for (i, (measure, name)) in uses.iter().enumerate() {
        let factor = if *measure == PAIRS { 1e-3 } else { 100.0 };
        let frame = Rect {
            x: page.body.x + NAME_ROOM + pitch * i as f64,
            y: top + ABOVE,
            width: pitch - 64.0,
            height,
        };
        let points = |world: &str| -> Vec<Stats> {
            let points = plot.points(measure, world, measure);
            points.iter().map(|(_, s)| s.scaled(factor)).collect()
        };
        let reach = worlds.iter().flat_map(|(id, _)| points(id));
        let reach = reach.flat_map(|s| s.quantiles.into_iter().chain([s.mean]));
        let show = if *measure == PAIRS { thousands } else { percent_tick };
        let x = Axis::numbers(reach, true, 1.0, 2, show);
        let mut panel = Panel::new(&page.sheet, frame, x, Axis::blank(0.0, worlds.len() as f64))?;
        panel.grid(true, false)?;
        let name = font::shorten(name, LABEL_SIZE, Weight::Bold, pitch - 8.0);
        page.sheet
            .text(frame.x, frame.y - 10.0, &name, TextStyle::new(LABEL_SIZE, TEXT).bold());
        for (w, (id, _)) in worlds.iter().enumerate() {
            let row = worlds.len() as f64 - w as f64 - 0.5;
            let ink = look(w).0;
            let points = points(id);
            let (Some(first), Some(last)) = (points.first(), points.last()) else {
                continue;
            };
            let y = panel.y(row);
            panel.curve(&[(first.mean, row), (last.mean, row)], theme::pale(ink.line), 1.2, "")?;
            panel.curve(&[(last.quantiles[0], row), (last.quantiles[4], row)], ink.line, 2.2, "")?;
            page.sheet.dot(panel.x(first.mean), y, 4.0, ink.line);
            page.sheet.dot(panel.x(first.mean), y, 2.2, (255, 255, 255));
            page.sheet.dot(panel.x(last.mean), y, 4.0, ink.line);
            let said = if *measure == PAIRS {
                thousands(last.mean, 0)
            } else {
                percent(last.mean / 100.0)
            };
            let style = TextStyle::new(TICK_SIZE, ink.text).anchored(Anchor::End);
            page.sheet.text_centred(frame.x + pitch - 22.0, y, &said, style);
        }
    }
    Ok(())
}

fn words(plot: &PlotTable, span: (Date, Date), note: &Note) -> Words {
    let year = span.1.nearest_year_end();
    let mut words = Words {
        title: String::new(),
        subtitle: String::new(),
        notes: vec![
            "Maturity: 0, gear of two sellers does not work together without work; 1, as if of one seller. It falls at new \
             releases and generations."
                .to_owned(),
            "Open fronthaul: sites whose fronthaul is specified as open. Two sellers: radio and baseband of different sellers. A \
             part changed: a part of an open stack was since replaced by another seller’s, the option made use of. Pairs: sites, in \
             thousands, on which gear of two sellers was made to work together so far, test centres counted."
                .to_owned(),
            note.bands_around("mean"),
            INTERVAL_NOTE.to_owned(),
        ],
        description: "Line charts of the maturity of fronthaul, X2 and management interface, one line a world; below, open \
                      sites at the first and the last date."
            .to_owned(),
    };
    let ends_of = |panel: &str, quantity: &str| -> Vec<Ends> {
        let of = |(id, world)| {
            let points = plot.points(panel, id, quantity);
            Some(Ends {
                world,
                first: points.first()?.1,
                last: points.last()?.1,
            })
        };
        plot.series().into_iter().filter_map(of).collect()
    };
    // What buyers make of the interfaces comes before how mature these are.
    let all: Vec<(&Subject, Vec<Ends>)> = (SUBJECTS.iter())
        .map(|subject| (subject, ends_of(subject.panel, subject.quantity)))
        .filter(|(_, ends)| !ends.is_empty())
        .collect();
    let Some((subject, worlds)) = all.first() else {
        return words;
    };
    let (noun, s) = (subject.noun, if subject.is_plural { "" } else { "s" });
    let first_year = span.0.nearest_year_end();
    let of_base = all.iter().filter_map(|(subject, worlds)| {
        let base = worlds.first()?;
        let [from, to] = [base.first.mean, base.last.mean].map(subject.show);
        Some(format!("{} {from} to {to}", subject.noun))
    });
    let base = worlds.first().map_or("", |base| base.world);
    words.subtitle = format!(
        "{base}, means from {first_year} to {year}: {}.",
        of_base.collect::<Vec<_>>().join("; ")
    );
    words.title = match Finding::of(worlds) {
        Some(Finding::Policy {
            base, policy, change, ..
        }) => {
            let changes = all.iter().filter_map(|(subject, worlds)| {
                let base = worlds.first()?;
                let there = worlds.iter().find(|ends| ends.world == policy.world)?;
                let change = Difference::between(&base.last, &there.last);
                Some(format!("{} {}", subject.noun, (subject.told)(&change)))
            });
            let changes = changes.collect::<Vec<_>>().join("; ");
            words
                .subtitle
                .push_str(&format!(" “{}” against it in {year}: {changes}.", policy.world));
            let [was, is] = [base.last.mean, policy.last.mean].map(subject.show);
            let policy = policy.world;
            match change.direction() {
                Direction::Rise => format!("“{policy}” lifts {noun} from {was} to {is}"),
                Direction::Fall => format!("“{policy}” lowers {noun} from {was} to {is}"),
                Direction::Unclear => format!("Effect of “{policy}” on {noun} by {year} cannot be told from zero"),
            }
        }
        Some(Finding::OverTime { ends, change }) => {
            let [was, is] = [ends.first.mean, ends.last.mean].map(subject.show);
            words
                .subtitle
                .push_str(&format!(" Change: {}.", (subject.told)(&change)));
            match change.direction() {
                Direction::Rise => format!("{} rise{s} from {was} to {is} by {year}", capital(noun)),
                Direction::Fall => format!("{} fall{s} from {was} to {is} by {year}", capital(noun)),
                Direction::Unclear => format!("Change in {noun} by {year} cannot be told from zero"),
            }
        }
        None => String::new(),
    };
    words
}

/// What the words may be about.
struct Subject {
    panel: &'static str,
    quantity: &'static str,
    noun: &'static str,
    is_plural: bool,
    show: fn(f64) -> String,
    told: fn(&Difference) -> String,
}

const fn sites(quantity: &'static str, noun: &'static str) -> Subject {
    Subject {
        panel: quantity,
        quantity,
        noun,
        is_plural: true,
        show: percent,
        told: Difference::in_points,
    }
}

/// In the order of what matters; the first that is recorded leads.
const SUBJECTS: [Subject; 4] = [
    sites("open_share_multi_vendor", "sites of two sellers"),
    sites("open_share_specified", "sites with open fronthaul"),
    sites("open_share_exercised", "sites with a part changed"),
    Subject {
        panel: PARTS[0].0,
        quantity: MATURITY,
        noun: "the fronthaul’s maturity",
        is_plural: false,
        show: |value| fixed(value, 2),
        told: Difference::in_units,
    },
];
