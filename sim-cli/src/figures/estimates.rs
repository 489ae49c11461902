//! `07-uk-ladder`: what rules cost by the model, from mechanism alone, beside what was published before they came.
//!
//! Nothing was fitted to these estimates. Each row is a world against its base in paired replicates; the bill is what published ones
//! count (kit, work on site, integration), summed without discount to a year that is stated.

use super::error::{FigureError, Result};
use super::font::{self, Weight};
use super::history::Published;
use super::note::{Note, Spec};
use super::number::fixed;
use super::page::{Drawing, Page, Words};
use super::panel::{Axis, Panel};
use super::plot::{PlotRow, PlotTable};
use super::sheet::{Rect, Sheet, TextStyle};
use super::summary::{Key, Stats, SummaryTable};
use super::theme::{AXIS, GRID, LABEL_SIZE, NOTE_SIZE, PALETTE, TEXT, TICK_SIZE, pale};
use super::words::Direction;
use super::{Figure, gather};
use crate::figures::date::Date;
use crate::figures::words::Difference;

/// Published estimates from mechanism.
pub struct Estimates;

const NAME: &str = "07-uk-ladder";
pub(super) const BILL: &str = "extra_bill";
const OUTLAY: &str = "extra_outlay";
const BILL_SHARE: &str = "extra_bill_share";
const MONTHS: &str = "extra_months_late";
const NEW_PRICE: &str = "new_price_change";
/// Quantities beside the measures of the model.
const PUBLISHED: &str = "published";
const NET: &str = "net";

/// How numbers of the model become those of a panel.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Unit {
    /// Billions of a money that the scenario has a rate of.
    Billion(&'static str),
    /// As it stands.
    Months,
    /// A share in per cent.
    Percent,
    /// The fall, in per cent, when what was taken away is given back: `x / (1 + x)` of a rise `x`.
    FallPercent,
}

/// One row: a world against its base, and what was published of it.
struct Estimate {
    panel: &'static str,
    id: &'static str,
    text: &'static str,
    world: &'static str,
    place: &'static str,
    measure: &'static str,
    until: i32,
    sources: &'static [&'static str],
}

/// Id, name and unit of the panels.
const PANELS: [(&str, &str, Unit); 4] = [
    (
        "bill",
        "British rules: bill beyond that without a rule, GBP billion of 2020",
        Unit::Billion("gbp_2020"),
    ),
    (
        "months",
        "Delay beyond that without a rule, months a site",
        Unit::Months,
    ),
    ("share", "A key supplier that may not bid: per cent", Unit::Percent),
    (
        "europe",
        "A ban in Europe: bill beyond that without one, EUR billion of 2019",
        Unit::Billion("eur_2019"),
    ),
];

const fn row(
    panel: &'static str,
    id: &'static str,
    text: &'static str,
    (world, place): (&'static str, &'static str),
    measure: &'static str,
    until: i32,
    sources: &'static [&'static str],
) -> Estimate {
    Estimate {
        panel,
        id,
        text,
        world,
        place,
        measure,
        until,
        sources,
    }
}

/// World and bloc of each rule.
pub(super) const CAP: (&str, &str) = ("uk-cap-2030", "uk");
pub(super) const STOP: (&str, &str) = ("uk-purchase-ban-2030", "uk");
pub(super) const REMOVAL: (&str, &str) = ("uk-removal-2030", "uk");
const BARRED: (&str, &str) = ("uk-barred-2030", "uk");
pub(super) const EARLY: (&str, &str) = ("europe-early-2030", "europe31");
const EARLY_AS_BEFORE: (&str, &str) = ("europe-early-contested-2030", "europe31");
pub(super) const REFRESH: (&str, &str) = ("europe-refresh-2030", "europe31");
const REFRESH_AS_BEFORE: (&str, &str) = ("europe-refresh-contested-2030", "europe31");
/// Ids of the two rows that the European estimates stand for.
const HIGH: &str = "europe-high";
const LOW: &str = "europe-low";
const EARLY_ALIKE: &str = "early-as-before";
const LADDER: [&str; 3] = ["cap-2027", "stop", "removal"];

const ESTIMATES: [Estimate; 15] = [
    row(
        "bill",
        "cap",
        "Cap of 35%, to 2024 (published: BT alone)",
        CAP,
        BILL,
        2024,
        &["F300"],
    ),
    row("bill", "cap-2027", "the same, to 2027", CAP, BILL, 2027, &[]),
    row(
        "bill",
        "stop",
        "and no purchase from 2021, to 2027",
        STOP,
        BILL,
        2027,
        &[],
    ),
    row(
        "bill",
        "removal",
        "and removal by 2027, to 2027",
        REMOVAL,
        BILL,
        2027,
        &["F301", "F298"],
    ),
    row(
        "months",
        "cap-months",
        "United Kingdom: cap of 35%",
        CAP,
        MONTHS,
        2024,
        &[],
    ),
    row(
        "months",
        "removal-months",
        "United Kingdom: removal by 2027",
        REMOVAL,
        MONTHS,
        2027,
        &["F299"],
    ),
    row(
        "months",
        "europe-months",
        "Europe: out by the end of 2022",
        EARLY,
        MONTHS,
        2023,
        &["F306"],
    ),
    row(
        "share",
        "barred",
        "United Kingdom: rise of the bill, to 2027",
        BARRED,
        BILL_SHARE,
        2027,
        &["F315"],
    ),
    row(
        "share",
        "bidder",
        "Fall of the price to new buyers when it bids",
        BARRED,
        NEW_PRICE,
        2023,
        &["F320"],
    ),
    row(
        "europe",
        HIGH,
        "Out by 2022, fewer bidders, billed to 2023",
        EARLY,
        BILL,
        2023,
        &["F305"],
    ),
    row(
        "europe",
        EARLY_ALIKE,
        "the same, as many bidders as before",
        EARLY_AS_BEFORE,
        BILL,
        2023,
        &[],
    ),
    row(
        "europe",
        "early-2030",
        "Out by 2022, fewer bidders, billed to 2030",
        EARLY,
        BILL,
        2030,
        &[],
    ),
    row(
        "europe",
        "early-as-before-2030",
        "the same, as many bidders as before",
        EARLY_AS_BEFORE,
        BILL,
        2030,
        &[],
    ),
    row(
        "europe",
        "refresh",
        "Out at end of life, fewer bidders, to 2030",
        REFRESH,
        BILL,
        2030,
        &[],
    ),
    row(
        "europe",
        LOW,
        "the same, as many bidders as before",
        REFRESH_AS_BEFORE,
        BILL,
        2030,
        &["F308"],
    ),
];

/// Every id of [`ESTIMATES`], once.
const SOURCES: [&str; 9] = ["F300", "F301", "F298", "F299", "F306", "F315", "F320", "F305", "F308"];

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Billion(money) => money,
            Self::Months => "months",
            Self::Percent | Self::FallPercent => "per cent",
        }
    }

    /// Of a row: the change of a price is told as a fall.
    fn of(panel: &str, measure: &str) -> Self {
        let found = PANELS.iter().find(|(id, ..)| *id == panel);
        match measure {
            NEW_PRICE => Self::FallPercent,
            _ => found.map_or(Self::Percent, |(.., unit)| *unit),
        }
    }

    /// Statistics of the model in this unit.
    fn convert(self, stats: &Stats, spec: &Spec) -> Option<Stats> {
        Some(match self {
            Self::Billion(money) => stats.scaled(1e-3 / rate(spec, money)?),
            Self::Months => *stats,
            Self::Percent => stats.scaled(100.0),
            Self::FallPercent => {
                let fall = |x: f64| 100.0 * x / (1.0 + x);
                Stats {
                    mean: fall(stats.mean),
                    quantiles: stats.quantiles.map(fall),
                    ci: stats.ci.map(|(low, high)| (fall(low), fall(high))),
                }
            }
        })
    }

    /// Ends of a published estimate in this unit: an open end stays infinite.
    fn read(self, published: &Published, spec: &Spec) -> Option<(f64, f64)> {
        let scale = match (self, published.unit.as_str()) {
            (Self::Billion(money), unit) => {
                let mut words = unit.split_whitespace();
                let (currency, size) = (words.next()?, words.next()?);
                let size = match size {
                    "bn" => 1.0,
                    "m" => 1e-3,
                    _ => return None,
                };
                // A sum in another money is of the same year.
                let year = money.rsplit_once('_').map_or("", |(_, year)| year);
                let own = format!("{}_{year}", currency.to_lowercase());
                size * rate(spec, &own)? / rate(spec, money)?
            }
            (Self::Months, "months") | (Self::Percent, "%") => 1.0,
            (Self::Months, "years") => 12.0,
            // A fall of 25% to 10% is written as a change.
            (Self::FallPercent, "%") => return Some((-published.high, -published.low)),
            _ => return None,
        };
        Some((published.low * scale, published.high * scale))
    }
}

/// US dollars of 2020 of a unit of money.
fn rate(spec: &Spec, money: &str) -> Option<f64> {
    spec.rates.iter().find(|(unit, _)| unit == money).map(|(_, rate)| *rate)
}

/// An open end as a bound that can be drawn: nothing below, the number itself above.
fn told(low: f64, high: f64) -> Stats {
    let (from, to) = (
        if low.is_finite() { low } else { 0.0 },
        if high.is_finite() { high } else { low },
    );
    Stats {
        mean: from.midpoint(to),
        quantiles: [f64::NAN; 5],
        ci: Some((from, to)),
    }
}

/// `F298, up to 2`.
fn named(id: &str, low: f64, high: f64) -> String {
    let show = |x: f64| fixed(x, if x.abs() < 10.0 && x.fract().abs() > 1e-9 { 1 } else { 0 });
    match (low.is_finite(), high.is_finite()) {
        (true, true) if low == high => format!("{} ({id})", show(low)),
        (true, true) => format!("{} to {} ({id})", show(low), show(high)),
        (true, false) => format!("at least {} ({id})", show(low)),
        _ => format!("up to {} ({id})", show(high)),
    }
}

impl Figure for Estimates {
    fn name(&self) -> &'static str {
        NAME
    }

    fn measures(&self) -> &'static [&'static str] {
        &["operator_cost", "site_months_late", "price_paid"]
    }

    fn differences(&self) -> &'static [&'static str] {
        &[BILL, OUTLAY, BILL_SHARE, MONTHS, NEW_PRICE]
    }

    fn sources(&self) -> &'static [&'static str] {
        &SOURCES
    }

    fn plotted(&self, table: &SummaryTable, spec: &Spec) -> Result<PlotTable> {
        let mut rows = Vec::new();
        for estimate in &ESTIMATES {
            let unit = Unit::of(estimate.panel, estimate.measure);
            let panel = PANELS.iter().find(|(id, ..)| *id == estimate.panel);
            let plot_row = |quantity: &str, label: &str, stats: Stats| PlotRow {
                panel: estimate.panel.to_owned(),
                panel_label: panel.map_or("", |(_, name, _)| name).to_owned(),
                series: estimate.id.to_owned(),
                label: label.to_owned(),
                quantity: quantity.to_owned(),
                unit: unit.name().to_owned(),
                time: Date::end_of(estimate.until),
                stats: Some(stats),
            };
            let of = |measure: &str| -> Option<Stats> {
                let key = Key {
                    place: ("bloc", estimate.place),
                    ..Key::world(estimate.world, measure)
                };
                let found = table.differences(&key);
                let at = found.iter().find(|row| row.time == Date::end_of(estimate.until))?;
                unit.convert(&at.stats?, spec)
            };
            let Some(model) = of(estimate.measure) else { continue };
            rows.push(plot_row(estimate.measure, estimate.text, model));
            if let Some(net) = of(OUTLAY).filter(|_| estimate.measure == BILL) {
                rows.push(plot_row(NET, estimate.text, net));
            }
            for id in estimate.sources {
                let published = spec.published.iter().find(|p| p.id == *id);
                if let Some((low, high)) = published.and_then(|p| unit.read(p, spec)) {
                    rows.push(plot_row(PUBLISHED, &named(id, low, high), told(low, high)));
                }
            }
        }
        gather::finish(
            NAME,
            rows,
            "worlds of the British ladder and of the European estimates, as `results/figures.toml` lists them",
        )
    }

    fn drawing(&self, plot: &PlotTable, note: &Note) -> Result<Drawing> {
        if plot.rows.is_empty() {
            return Err(FigureError::NoSeries {
                figure: NAME,
                wanted: "at least one row with numbers".to_owned(),
                hint: "make its CSV again with `oransim figures --only`".to_owned(),
            });
        }
        let panels = plot.panels();
        let lines: Vec<Vec<Line>> = panels.iter().map(|(id, _)| Line::of_panel(plot, id)).collect();
        let height = lines.iter().map(|rows| panel_height(rows.len())).sum::<f64>() + LEGEND;
        let page = Page::begin(NAME, words(plot, note), height, note);
        let mut y = page.body.y;
        legend(&page.sheet, page.body.x, y);
        y += LEGEND;
        for ((_, label), rows) in panels.iter().zip(&lines) {
            draw_panel(&page, y, label, rows)?;
            y += panel_height(rows.len());
        }
        Ok(page.finish())
    }
}

const LEGEND: f64 = 22.0;
const ROW: f64 = 26.0;
const HEAD: f64 = 20.0;
const FOOT: f64 = 34.0;
/// Left edge and width of the plot among the columns.
const PLOT: (f64, f64) = (270.0, 232.0);
const SAID: f64 = 514.0;

fn panel_height(rows: usize) -> f64 {
    HEAD + rows as f64 * ROW + FOOT
}

/// One row to draw.
struct Line<'a> {
    text: &'a str,
    model: Stats,
    net: Option<Stats>,
    published: Vec<(&'a str, (f64, f64))>,
}

impl<'a> Line<'a> {
    fn of_panel(plot: &'a PlotTable, panel: &str) -> Vec<Self> {
        let mut lines: Vec<(&str, Self)> = Vec::new();
        for row in plot.rows.iter().filter(|row| row.panel == panel) {
            let Some(stats) = row.stats else { continue };
            match row.quantity.as_str() {
                PUBLISHED => {
                    if let Some((_, line)) = lines.iter_mut().find(|(id, _)| *id == row.series) {
                        line.published
                            .push((&row.label, stats.ci.unwrap_or((stats.mean, stats.mean))));
                    }
                }
                NET => {
                    if let Some((_, line)) = lines.iter_mut().find(|(id, _)| *id == row.series) {
                        line.net = Some(stats);
                    }
                }
                _ => lines.push((
                    &row.series,
                    Self {
                        text: &row.label,
                        model: stats,
                        net: None,
                        published: Vec::new(),
                    },
                )),
            }
        }
        lines.into_iter().map(|(_, line)| line).collect()
    }

    /// `0.4 (0.3 to 0.5)`, or that there is none.
    fn said(&self) -> String {
        let digits = if self.model.mean.abs() < 10.0 { 2 } else { 1 };
        match self.model.ci {
            Some((low, high)) => format!(
                "{} ({} to {})",
                fixed(self.model.mean, digits),
                fixed(low, digits),
                fixed(high, digits)
            ),
            None => fixed(self.model.mean, digits),
        }
    }
}

fn legend(sheet: &Sheet, x: f64, y: f64) {
    let style = TextStyle::new(TICK_SIZE, TEXT);
    let mut at = x;
    let middle = y + 8.0;
    let mut entry = |mark: &dyn Fn(f64), text: &str| {
        mark(at);
        sheet.text(at + 24.0, middle + 4.0, text, style);
        at += 24.0 + font::width(text, TICK_SIZE, Weight::Regular) + 18.0;
    };
    entry(
        &|x| {
            sheet.line(&[(x, middle), (x + 18.0, middle)], pale(PALETTE[0].line), 6.0);
            sheet.dot(x + 9.0, middle, 3.6, PALETTE[0].line);
        },
        "Model: mean, 90% of replicates",
    );
    entry(&|x| ring(sheet, x + 9.0, middle), "less upkeep that newer kit saves");
    entry(
        &|x| sheet.line(&[(x, middle), (x + 18.0, middle)], PALETTE[1].line, 2.4),
        "Published",
    );
}

/// A dot with a white middle.
fn ring(sheet: &Sheet, x: f64, y: f64) {
    sheet.dot(x, y, 3.4, PALETTE[0].line);
    sheet.dot(x, y, 2.0, (255, 255, 255));
}

fn draw_panel(page: &Page, top: f64, label: &str, lines: &[Line]) -> Result<()> {
    let sheet = &page.sheet;
    let x0 = page.body.x;
    sheet.text(x0, top + LABEL_SIZE, label, TextStyle::new(LABEL_SIZE, TEXT).bold());
    let frame = Rect {
        x: x0 + PLOT.0,
        y: top + HEAD,
        width: PLOT.1,
        height: lines.len() as f64 * ROW,
    };
    let reach = lines.iter().flat_map(|line| {
        let ends = [line.model.quantiles[0], line.model.quantiles[4], line.model.mean];
        let net = line.net.map_or(f64::NAN, |net| net.mean);
        let published = line.published.iter().flat_map(|(_, (low, high))| [*low, *high]);
        ends.into_iter().chain([net]).chain(published)
    });
    let x = Axis::numbers(reach, true, 0.1, 5, fixed);
    let mut panel = Panel::new(sheet, frame, x, Axis::blank(0.0, 1.0))?;
    panel.grid(true, false)?;
    let zero = panel.x(0.0);
    sheet.line(&[(zero, frame.y), (zero, frame.bottom())], AXIS, 1.0);
    for (i, line) in lines.iter().enumerate() {
        let y = frame.y + (i as f64 + 0.5) * ROW;
        if i > 0 {
            let edge = frame.y + i as f64 * ROW;
            sheet.line(&[(x0, edge), (frame.x - 8.0, edge)], GRID, 0.6);
        }
        let text = font::shorten(line.text, NOTE_SIZE, Weight::Regular, PLOT.0 - 12.0);
        sheet.text_centred(x0, y, &text, TextStyle::new(NOTE_SIZE, TEXT));
        for (_, (low, high)) in &line.published {
            let (from, to) = (panel.x(*low), panel.x(*high));
            let below = y + 6.0;
            sheet.line(&[(from, below), (to.max(from + 1.0), below)], PALETTE[1].line, 2.4);
            for end in [from, to] {
                sheet.line(&[(end, below - 3.0), (end, below + 3.0)], PALETTE[1].line, 1.6);
            }
        }
        let [p05, .., p95] = line.model.quantiles;
        let at = y - 2.0;
        if p05.is_finite() {
            let (from, to) = (panel.x(p05), panel.x(p95));
            sheet.line(&[(from, at), (to.max(from + 1.0), at)], pale(PALETTE[0].line), 6.0);
        }
        if let Some(net) = line.net {
            ring(sheet, panel.x(net.mean), at);
        }
        sheet.dot(panel.x(line.model.mean), at, 3.6, PALETTE[0].line);
        let published: Vec<&str> = line.published.iter().map(|(text, _)| *text).collect();
        let room = page.body.right() - x0 - SAID;
        let own = TextStyle::new(NOTE_SIZE, PALETTE[0].text);
        if published.is_empty() {
            sheet.text_centred(x0 + SAID, y, &line.said(), own);
        } else {
            sheet.text_centred(x0 + SAID, y - 6.0, &line.said(), own);
            let text = font::shorten(&published.join(", "), NOTE_SIZE, Weight::Regular, room);
            sheet.text_centred(x0 + SAID, y + 6.0, &text, TextStyle::new(NOTE_SIZE, PALETTE[1].text));
        }
    }
    Ok(())
}

/// The statistics of the model of a row.
fn model_of(plot: &PlotTable, id: &str) -> Option<Stats> {
    let is_model = |row: &&PlotRow| row.series == id && row.quantity != PUBLISHED && row.quantity != NET;
    plot.rows.iter().find(is_model)?.stats
}

fn published_of(plot: &PlotTable, id: &str) -> Option<(f64, f64)> {
    let is_it = |row: &&PlotRow| row.series == id && row.quantity == PUBLISHED;
    plot.rows.iter().rev().find(is_it)?.stats?.ci
}

fn is_above_zero(stats: &Stats) -> bool {
    Difference::paired(stats).direction() == Direction::Rise
}

fn words(plot: &PlotTable, note: &Note) -> Words {
    let ends = (model_of(plot, HIGH), model_of(plot, LOW));
    let published = (published_of(plot, HIGH), published_of(plot, LOW));
    let fold = |x: f64| fixed(x, if x < 10.0 { 1 } else { 0 });
    let title = match (ends, published) {
        ((Some(high), Some(low)), (Some(said_high), Some(said_low))) => {
            let said = fold(said_high.1 / said_low.0);
            if is_above_zero(&low) && high.mean > low.mean {
                format!(
                    "Two disagreements alone spread the bill of one ban {}-fold; published estimates differ {said}-fold",
                    fold(high.mean / low.mean)
                )
            } else {
                format!(
                    "Whether a ban costs anything depends on two disagreements; published estimates differ {said}-fold"
                )
            }
        }
        _ => "What rules cost by the model, beside what was published".to_owned(),
    };
    let ladder: Vec<Stats> = LADDER.iter().filter_map(|id| model_of(plot, id)).collect();
    let subtitle = match ladder.as_slice() {
        [cap, stop, removal] => {
            let order = if cap.mean < stop.mean && stop.mean < removal.mean {
                "rise in the order of the rules"
            } else {
                "do not rise in the order of the rules"
            };
            let said = published_of(plot, "removal");
            let far = said.map_or_else(String::new, |(_, high)| {
                let ratio = high / removal.mean;
                if ratio > 1.0 {
                    format!(
                        ", {} times less than the government’s upper figure for the last",
                        fold(ratio)
                    )
                } else {
                    ", above the government’s upper figure for the last".to_owned()
                }
            });
            format!(
                "British bills to 2027 {order}: GBP {}, {} and {} billion by means{far}.",
                fixed(cap.mean, 2),
                fixed(stop.mean, 2),
                fixed(removal.mean, 2)
            )
        }
        _ => String::new(),
    };
    let gap = |a: &str, b: &str| Some(model_of(plot, a)?.mean - model_of(plot, b)?.mean);
    let split = match (gap(HIGH, LOW), gap(HIGH, EARLY_ALIKE), gap("refresh", LOW)) {
        (Some(all), Some(early), Some(late)) => format!(
            "Of the EUR {} billion between the ends, fewer bidders account for {} where kit goes early and {} where it goes at its end; the \
             rest is whether kit was due anyway.",
            fixed(all, 1),
            fixed(early, 1),
            fixed(late, 1)
        ),
        _ => String::new(),
    };
    let missed = missed(plot);
    let verdict = if missed.is_empty() {
        "All published ranges are met by the 95% intervals.".to_owned()
    } else {
        format!("The 95% intervals miss the published range of: {}.", missed.join("; "))
    };
    Words {
        title,
        subtitle,
        notes: vec![
            [split, verdict].join(" ").trim().to_owned(),
            "Nothing was fitted to these numbers. Bill: kit, work on site and integration beyond the same replicate without the \
             rule, not discounted, to the end of the year named. Delay: months that kit waits for crews or runs past a deadline, over all \
             radio sites; published delays are of a whole rollout. “As many bidders as before”: sellers like the banned ones \
             but for their home may sell from the day of the ban."
                .to_owned(),
            "Suspected where the model is low: it counts radio networks alone, hires crews as they are needed, lets Chinese kit that is \
             near its end go at the end, and has several sellers of nearly equal cost, so that one bidder less moves prices little. Several \
             published numbers come from parties to the dispute."
                .to_owned(),
            note.spread("Bars"),
        ],
        description: "Four panels of horizontal intervals, one row an estimate: the model’s mean and 90% of replicates beside the \
                      published range."
            .to_owned(),
    }
}

/// Rows whose interval lies outside every published range of theirs.
fn missed(plot: &PlotTable) -> Vec<String> {
    let mut missed = Vec::new();
    for estimate in &ESTIMATES {
        let Some((low, high)) = model_of(plot, estimate.id).and_then(|s| s.ci) else {
            continue;
        };
        let said: Vec<(f64, f64)> = (plot.rows.iter())
            .filter(|row| row.series == estimate.id && row.quantity == PUBLISHED)
            .filter_map(|row| row.stats?.ci)
            .collect();
        if said.is_empty() || said.iter().any(|(from, to)| low <= *to && high >= *from) {
            continue;
        }
        let side = if said.iter().all(|(from, _)| high < *from) {
            "below"
        } else {
            "above"
        };
        missed.push(format!("{} ({side})", estimate.text));
    }
    missed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::summary::SummaryRow;

    fn spec() -> Spec {
        let published = |id: &str, low: f64, high: f64, unit: &str| Published {
            id: id.to_owned(),
            low,
            high,
            unit: unit.to_owned(),
        };
        Spec {
            rates: vec![
                ("gbp_2020".to_owned(), 1.25),
                ("eur_2019".to_owned(), 1.1),
                ("usd_2019".to_owned(), 1.0),
            ],
            published: vec![
                published("F300", 500.0, 500.0, "GBP m"),
                published("F298", f64::NEG_INFINITY, 2.0, "GBP bn"),
                published("F301", 1.5, 1.5, "GBP bn"),
                published("F299", 2.0, 3.0, "years"),
                published("F320", -25.0, -10.0, "%"),
                published("F305", 55.0, 55.0, "EUR bn"),
                published("F308", 3.3, 3.3, "USD bn"),
            ],
            ..Spec::default()
        }
    }

    fn table(values: &[(&str, &str, &str, i32, f64)]) -> SummaryTable {
        let row = |(world, place, measure, year, mean): &(&str, &str, &str, i32, f64)| SummaryRow {
            scenario: (*world).to_owned(),
            time: Date::end_of(*year),
            measure: (*measure).to_owned(),
            unit: "musd_2020".to_owned(),
            component: "ran".to_owned(),
            generation: "all".to_owned(),
            place_kind: "bloc".to_owned(),
            place: (*place).to_owned(),
            vendor: "all".to_owned(),
            part: "all".to_owned(),
            stats: Some(Stats {
                mean: *mean,
                quantiles: [*mean; 5],
                ci: Some((0.9 * mean, 1.1 * mean)),
            }),
        };
        SummaryTable {
            rows: Vec::new(),
            differences: values.iter().map(row).collect(),
        }
    }

    fn note() -> Note {
        Note {
            scenarios: vec!["a".to_owned()],
            seed: 1,
            replicates: 9,
            uncertainty: super::super::Uncertainty::Fixed,
            version: "0".to_owned(),
            manifest: "0123456789abcdef".to_owned(),
        }
    }

    #[test]
    fn money_is_told_in_the_unit_of_what_was_published() {
        let plot = Estimates
            .plotted(&table(&[("uk-cap-2030", "uk", BILL, 2024, 625.0)]), &spec())
            .expect("plotted");
        // 625 million dollars at 1.25 a pound are half a billion pounds, as published of BT.
        assert!((model_of(&plot, "cap").expect("a row").mean - 0.5).abs() < 1e-12);
        assert_eq!(published_of(&plot, "cap"), Some((0.5, 0.5)));
        assert!(missed(&plot).is_empty());
    }

    #[test]
    fn dollars_of_the_year_become_euros_of_it_and_the_fold_is_computed() {
        let plot = Estimates
            .plotted(
                &table(&[
                    (EARLY.0, EARLY.1, BILL, 2023, 11_000.0),
                    (REFRESH_AS_BEFORE.0, REFRESH_AS_BEFORE.1, BILL, 2030, 2_200.0),
                ]),
                &spec(),
            )
            .expect("plotted");
        let (low, _) = published_of(&plot, LOW).expect("published");
        assert!((low - 3.0).abs() < 1e-12);
        let words = words(&plot, &note());
        assert!(
            words.title.contains("5.0-fold") && words.title.contains("18-fold"),
            "{}",
            words.title
        );
        assert_eq!(missed(&plot).len(), 2, "ten and two billion are neither 55 nor 3");
    }

    #[test]
    fn a_rise_without_a_bidder_is_a_fall_with_it() {
        let plot = Estimates
            .plotted(&table(&[("uk-barred-2030", "uk", NEW_PRICE, 2023, 0.25)]), &spec())
            .expect("plotted");
        assert!((model_of(&plot, "bidder").expect("a row").mean - 20.0).abs() < 1e-12);
        assert_eq!(published_of(&plot, "bidder"), Some((10.0, 25.0)));
    }

    #[test]
    fn drawn_again_from_its_numbers_it_is_the_same() {
        let plot = Estimates
            .plotted(
                &table(&[
                    ("uk-cap-2030", "uk", BILL, 2027, 300.0),
                    ("uk-purchase-ban-2030", "uk", BILL, 2027, 400.0),
                    ("uk-removal-2030", "uk", BILL, 2027, 500.0),
                    ("uk-removal-2030", "uk", OUTLAY, 2027, 200.0),
                    ("uk-removal-2030", "uk", MONTHS, 2027, 0.2),
                ]),
                &spec(),
            )
            .expect("plotted");
        let svg = Estimates.draw(&plot, &note()).expect("drawn");
        assert!(svg.contains("rise in the order of the rules"));
        let csv = plot.to_csv(&note()).expect("written");
        let (read, same) = PlotTable::from_csv(csv.as_bytes()).expect("read");
        assert_eq!(Estimates.draw(&read, &same).expect("drawn again"), svg);
        assert!(svg.contains("up to 2 (F298)"));
    }

    #[test]
    fn every_source_of_a_row_is_asked_for() {
        for id in ESTIMATES.iter().flat_map(|e| e.sources) {
            assert!(SOURCES.contains(id), "{id}");
        }
    }
}
