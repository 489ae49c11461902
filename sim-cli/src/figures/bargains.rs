//! `17-bargains`: what lower switching costs do to new and attached buyers, at frozen prices and at prices that respond.

use sim_core::market::foresight::equal_sellers::{BuyerOutcome, EqualSellers};
use sim_core::market::foresight::game::Solver;
use sim_core::market::foresight::outlook::LookAhead;

use super::error::{FigureError, Result};
use super::font::{self, Weight};
use super::gather;
use super::grid::Grid;
use super::number::fixed;
use super::page::{Drawing, Page, Words};
use super::panel::{Axis, Panel};
use super::regenerate::Simulated;
use super::sheet::{Anchor, TextStyle};
use super::theme::{AXIS, Ink, PALETTE, QUIET, TICK_SIZE};
use super::theory::{Theory, TheoryRow, TheoryTable, refused, rounded};

/// New and attached buyers under frozen and responding prices.
pub struct Bargains;

const NAME: &str = "17-bargains";
/// Numbers of sellers, a column each.
const SELLERS: [usize; 3] = [2, 3, 5];
/// Switching cost before it falls, in mu: about that of a world with a wedge of three eighths of a price and mu of .075.
const BEFORE: f64 = 5.0;
/// Steps down to no switching cost.
const STEPS: usize = 20;
/// Discount rate of sellers and of buyers, a year, and years of a contract.
const RATE: f64 = 0.09;
const TERM: f64 = 8.0;

const PRICE: &str = "price_paid";
const GAIN: &str = "lifetime_gain";

/// Series: id, name, colour, dash, and what is read of it.
type Line = (
    &'static str,
    &'static str,
    Ink,
    &'static str,
    fn(&BuyerOutcome) -> (f64, f64),
);
const NEW: fn(&BuyerOutcome) -> (f64, f64) = |o| (o.new_price, o.new_value);
const ATTACHED: fn(&BuyerOutcome) -> (f64, f64) = |o| (o.attached_price, o.attached_value);
const LINES: [Line; 4] = [
    ("new:frozen", "New, prices frozen", PALETTE[0], "5 3", NEW),
    ("new:responding", "New, prices respond", PALETTE[0], "", NEW),
    (
        "attached:frozen",
        "Attached, prices frozen",
        PALETTE[1],
        "5 3",
        ATTACHED,
    ),
    (
        "attached:responding",
        "Attached, prices respond",
        PALETTE[1],
        "",
        ATTACHED,
    ),
];

/// Room for the legend above the panels.
const LEGEND: f64 = 24.0;

impl Theory for Bargains {
    fn name(&self) -> &'static str {
        NAME
    }

    fn inputs(&self) -> String {
        format!("sellers {SELLERS:?}, switching cost {BEFORE} to 0 mu in {STEPS} steps, rate {RATE}, term {TERM}")
    }

    fn rows(&self, _: Option<&Simulated>) -> Result<Vec<TheoryRow>> {
        let patience = LookAhead {
            weight: 1.0,
            rate: RATE,
        }
        .discount(0.0, TERM);
        let mut solver = Solver::default();
        let mut rows = Vec::new();
        for sellers in SELLERS {
            let mut prices = |switching_cost: f64| {
                let market = EqualSellers {
                    sellers,
                    switching_cost,
                    patience,
                };
                market.prices(&mut solver).map_err(refused(NAME))
            };
            let frozen = prices(BEFORE)?;
            let before = frozen.met_with(BEFORE, patience);
            for step in 0..=STEPS {
                let s = BEFORE * step as f64 / STEPS as f64;
                let outcomes = [frozen.met_with(s, patience), prices(s)?.met_with(s, patience)];
                for (k, (series, label, _, _, read)) in LINES.iter().enumerate() {
                    let (price, value) = read(&outcomes[k % 2]);
                    let gain = value - read(&before).1;
                    for (quantity, value) in [(PRICE, price), (GAIN, gain)] {
                        rows.push(TheoryRow {
                            series: (*series).to_owned(),
                            label: (*label).to_owned(),
                            quantity: quantity.to_owned(),
                            unit: "mu".to_owned(),
                            sellers: sellers as f64,
                            switching_cost: rounded(s),
                            patience: rounded(patience),
                            value: rounded(value),
                        });
                    }
                }
            }
        }
        Ok(rows)
    }

    fn drawing(&self, table: &TheoryTable) -> Result<Drawing> {
        let words = words(table)?;
        let grid = Grid::of(2 * SELLERS.len(), SELLERS.len(), 215.0);
        let height = LEGEND + gather::AXIS_TITLE + grid.body_height();
        let page = Page::begin_from(NAME, words, height, &table.source.line());
        draw_legend(&page);
        let top = page.body.y + LEGEND;
        let style = TextStyle::new(TICK_SIZE, QUIET);
        page.sheet.text(page.body.x, top + 10.0, "mu", style);
        for (row, (quantity, title)) in [(PRICE, "price above cost"), (GAIN, "gain over life")]
            .into_iter()
            .enumerate()
        {
            let values = table.rows.iter().filter(|r| r.quantity == quantity).map(|r| r.value);
            let y = Axis::numbers(values, true, 1.0, 5, fixed);
            for (column, n) in SELLERS.into_iter().enumerate() {
                let index = row * SELLERS.len() + column;
                let frame = grid.frame(index, top + gather::AXIS_TITLE);
                let x = Axis::exact(0.0, BEFORE, 5, fixed);
                let mut panel = Panel::new(&page.sheet, frame, x, y.clone())?;
                panel.grid(false, grid.is_first(index))?;
                let zero = panel.y(0.0);
                page.sheet.line(&[(frame.x, zero), (frame.right(), zero)], AXIS, 1.0);
                gather::panel_title(&page.sheet, &frame, grid.above, &format!("{n} sellers: {title}"), 0.0);
                for (series, _, ink, dash, _) in LINES {
                    let points: Vec<(f64, f64)> = (table.series(series, quantity, n as f64).iter())
                        .map(|row| (row.switching_cost, row.value))
                        .collect();
                    panel.curve(&points, ink.line, 2.0, dash)?;
                }
                if index + 1 == 2 * SELLERS.len() {
                    page.sheet.text(
                        frame.right(),
                        frame.bottom() + 30.0,
                        "Switching cost after the change, in mu",
                        style.anchored(Anchor::End),
                    );
                }
            }
        }
        Ok(page.finish())
    }
}

/// Which line is whose, above the panels.
fn draw_legend(page: &Page) {
    let mut x = page.body.x;
    let y = page.body.y + 6.0;
    for (_, label, ink, dash, _) in LINES {
        page.sheet.dash(dash);
        page.sheet.line(&[(x, y), (x + 24.0, y)], ink.line, 2.0);
        page.sheet.dash("");
        page.sheet
            .text_centred(x + 29.0, y, label, TextStyle::new(TICK_SIZE, ink.text));
        x += 29.0 + font::width(label, TICK_SIZE, Weight::Regular) + 14.0;
    }
}

/// The gain of a series where no switching cost is left.
fn gain(table: &TheoryTable, series: &'static str, n: usize) -> Result<f64> {
    let rows = table.series(series, GAIN, n as f64);
    let without = rows.iter().find(|row| row.switching_cost == 0.0);
    without.map(|row| row.value).ok_or_else(|| FigureError::NoSeries {
        figure: NAME,
        wanted: format!("`{GAIN}` of `{series}` for {n} sellers"),
        hint: "make its CSV again with `oransim figures --only`".to_owned(),
    })
}

/// The least switching cost from which on attached buyers gain more than frozen prices suggest; `None`: nowhere.
fn understated_from(table: &TheoryTable, n: usize) -> Option<f64> {
    let [frozen, now] = ["attached:frozen", "attached:responding"].map(|series| table.series(series, GAIN, n as f64));
    let pairs = frozen.iter().zip(now);
    let more = pairs.filter(|(frozen, now)| now.value > frozen.value);
    more.map(|(_, now)| now.switching_cost).reduce(f64::min)
}

fn words(table: &TheoryTable) -> Result<Words> {
    let mut new = Vec::new();
    let mut told = Vec::new();
    for n in SELLERS {
        let gains = LINES.map(|line| gain(table, line.0, n));
        let [new_frozen, new_now, frozen, now] = gains;
        let (new_frozen, new_now, frozen, now) = (new_frozen?, new_now?, frozen?, now?);
        new.push(new_now);
        told.push(format!(
            "{n} sellers, no switching cost left: new buyers {}, at frozen prices {}; attached buyers {}, at frozen prices {} mu.",
            fixed(new_now, 1),
            fixed(new_frozen, 1),
            fixed(now, 1),
            fixed(frozen, 1)
        ));
    }
    let (duopoly, more) = (new[0], &new[1..]);
    let title = if duopoly < 0.0 && more.iter().all(|gain| *gain > 0.0) {
        "Cheaper switching hurts new buyers in a duopoly and helps them where more sellers bid"
    } else if new.iter().all(|gain| *gain > 0.0) {
        "Cheaper switching helps new buyers with every number of sellers shown"
    } else if new.iter().all(|gain| *gain < 0.0) {
        "Cheaper switching hurts new buyers with every number of sellers shown"
    } else {
        "Whether cheaper switching helps new buyers depends on the number of sellers"
    };
    let [frozen, now] = [
        gain(table, "attached:frozen", 2)?,
        gain(table, "attached:responding", 2)?,
    ];
    let subtitle = format!(
        "With no switching cost left, attached buyers in a duopoly gain {} mu, frozen prices suggest {}; new buyers {}.",
        fixed(now, 1),
        fixed(frozen, 1),
        fixed(duopoly, 1)
    );
    let from: Vec<String> = (SELLERS.into_iter())
        .filter_map(|n| understated_from(table, n).map(|s| format!("{} ({n} sellers)", fixed(s, 2))))
        .collect();
    let small = if from.is_empty() {
        "At every smaller fall attached buyers gain less than frozen prices suggest, too.".to_owned()
    } else {
        format!(
            "A small fall from so high a cost is the exception: as long as a cost of at least {} mu is left, attached buyers gain more than \
             frozen prices suggest.",
            from.join(", ")
        )
    };
    let patience = table.rows.first().map_or(0.0, |row| row.patience);
    Ok(Words {
        title: title.to_owned(),
        subtitle,
        notes: vec![
            format!(
                "The switching cost falls from {} mu to the value on the axis. Frozen: each seller asks what it asked before, of its own and \
                 of others’ buyers. New: first tender of a buyer without a seller. Attached: mean over those who stay and those \
                 who leave. Gain: expected surplus over all tenders to come, against no change; a contract cycle later counts \
                 {} to sellers and buyers ({} years at {}%). mu is the scale of taste.",
                fixed(BEFORE, 0),
                fixed(patience, 2),
                fixed(TERM, 0),
                fixed(100.0 * RATE, 0)
            ),
            format!("{small} Prices of the next-tender table that runs use, for equal sellers, one nest, no keep."),
        ],
        description: format!(
            "Two rows of line charts, one column a number of sellers, against the switching cost. {}",
            told.join(" ")
        ),
    })
}
