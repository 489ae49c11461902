//! `13-sign-map`: whether switching costs raise or lower prices, by their size, the patience of sellers and the number of sellers.

mod contours;
mod marked;

use sim_core::market::foresight::equal_sellers::{self, EqualSellers, frontier};
use sim_core::market::foresight::game::Solver;

use self::contours::{draw_legend, draw_map};
use self::marked::{Marked, words};
use super::error::{FigureError, Result};
use super::gather;
use super::grid::Grid;
use super::number::fixed;
use super::page::{Drawing, Page};
use super::panel::{Axis, Panel};
use super::regenerate::Simulated;
use super::sheet::{Anchor, TextStyle};
use super::summary::Key;
use super::theme::{LABEL_SIZE, QUIET, TEXT, TICK_SIZE};
use super::theory::{Theory, TheoryRow, TheoryTable, refused, rounded};

/// Sign of the effect of switching costs on the mean price paid.
pub struct SignMap;

const NAME: &str = "13-sign-map";
/// Numbers of sellers, a panel each.
const SELLERS: [usize; 3] = [2, 3, 5];
/// Largest switching cost in mu, and its steps.
const MOST: f64 = 10.0;
const COSTS: usize = 20;
/// Lines of patience from 0 to just below 1. The panel is a whole number of pixels for each, so that no seam shows.
const PATIENCES: usize = 40;
const PANEL_HEIGHT: f64 = 240.0;
/// Points of the frontier.
const FRONTIER: usize = 80;
const CELL: &str = "cell";
const LINE: &str = "frontier";
const WORLD: &str = "world";
const CHANGE: &str = "mean_price_change";
const RETENTION: &str = "retention";
const TURN: &str = "patience_where_the_sign_turns";
const OBSERVED: &str = "effective_bidders_of_the_world";

/// Measures of the world: how far it is locked in, and how many bid.
const WEDGE: &str = "lock_in_curve";
const BIDDERS: &str = "effective_bidders";

/// Room for the legend above the panels.
const LEGEND: f64 = 36.0;

impl Theory for SignMap {
    fn name(&self) -> &'static str {
        NAME
    }

    fn measures(&self) -> &'static [&'static str] {
        &[WEDGE, BIDDERS]
    }

    fn inputs(&self) -> String {
        format!(
            "sellers {SELLERS:?}, switching cost 0 to {MOST} mu in {COSTS} steps, patience in {PATIENCES} lines, frontier in {FRONTIER} points"
        )
    }

    fn rows(&self, world: Option<&Simulated>) -> Result<Vec<TheoryRow>> {
        let mut solver = Solver::default();
        let mut rows = Vec::new();
        for n in SELLERS {
            let mut cells = Vec::new();
            for j in 0..PATIENCES {
                let patience = j as f64 / PATIENCES as f64;
                let turn = frontier(n, patience).map_err(refused(NAME))?.switching_cost;
                // Also on the frontier and half way to it, so that no cell is too wide for the sign on its left.
                let mut costs: Vec<f64> = (0..=COSTS).map(|i| MOST * i as f64 / COSTS as f64).collect();
                costs.extend([0.5 * turn, turn].into_iter().filter(|s| *s > 0.0 && *s < MOST));
                costs.sort_by(f64::total_cmp);
                costs.dedup();
                let line = equal_sellers::sign_map(n, &costs, &[patience], &mut solver);
                cells.extend(line.map_err(refused(NAME))?);
            }
            rows.extend(cells.iter().map(|cell| TheoryRow {
                series: CELL.to_owned(),
                label: format!("{n} sellers"),
                quantity: CHANGE.to_owned(),
                unit: "mu".to_owned(),
                sellers: n as f64,
                switching_cost: rounded(cell.switching_cost),
                patience: rounded(cell.patience),
                value: rounded(cell.change),
            }));
            for k in 0..FRONTIER {
                let patience = k as f64 / FRONTIER as f64;
                let on = frontier(n, patience).map_err(refused(NAME))?;
                rows.push(TheoryRow {
                    series: LINE.to_owned(),
                    label: formula(n),
                    quantity: RETENTION.to_owned(),
                    unit: "probability".to_owned(),
                    sellers: n as f64,
                    switching_cost: rounded(on.switching_cost),
                    patience: rounded(patience),
                    value: rounded(on.retention),
                });
            }
        }
        if let Some(world) = world {
            rows.extend(world_rows(world, &mut solver)?);
        }
        Ok(rows)
    }

    fn drawing(&self, table: &TheoryTable) -> Result<Drawing> {
        let no_series = || FigureError::NoSeries {
            figure: NAME,
            wanted: format!("rows of `{CELL}` for {SELLERS:?} sellers"),
            hint: "make its CSV again with `oransim figures --only`".to_owned(),
        };
        if SELLERS.iter().any(|n| table.series(CELL, CHANGE, *n as f64).is_empty()) {
            return Err(no_series());
        }
        let marked = Marked::of(table);
        let grid = Grid {
            right: 24.0,
            ..Grid::of(SELLERS.len(), SELLERS.len(), PANEL_HEIGHT)
        };
        let height = LEGEND + gather::AXIS_TITLE + grid.body_height();
        let page = Page::begin_from(NAME, words(table, marked.as_ref()), height, &table.source.line());
        draw_legend(&page);
        let top = page.body.y + LEGEND;
        let style = TextStyle::new(TICK_SIZE, QUIET);
        page.sheet.text(
            page.body.x,
            top + 10.0,
            "Patience D of sellers per contract cycle",
            style,
        );
        for (i, n) in SELLERS.into_iter().enumerate() {
            let frame = grid.frame(i, top + gather::AXIS_TITLE);
            let x = Axis::exact(0.0, MOST, 5, fixed);
            let y = Axis::exact(0.0, 1.0, 5, fixed);
            let mut panel = Panel::new(&page.sheet, frame, x, y)?;
            draw_map(&mut panel, &lines_of_patience(table, n))?;
            panel.grid(false, grid.is_first(i))?;
            gather::panel_title(&page.sheet, &frame, grid.above, &format!("{n} sellers"), 0.0);
            draw_frontier(&page, &mut panel, table, n)?;
            if let Some(marked) = &marked {
                marked.draw(&page, &panel, n, &table.source.world);
            }
            if i + 1 == SELLERS.len() {
                page.sheet.text(
                    frame.right(),
                    frame.bottom() + 30.0,
                    "Switching cost, in mu",
                    style.anchored(Anchor::End),
                );
            }
        }
        Ok(page.finish())
    }
}

/// The frontier as an equation.
fn formula(n: usize) -> String {
    match n {
        2 => "q = (1 + D)/2".to_owned(),
        n => format!("q = (1 + {}D)/{n}", n - 1),
    }
}

/// The place of the world at the first and the last date with both measures, and what the theory says there.
fn world_rows(world: &Simulated, solver: &mut Solver) -> Result<Vec<TheoryRow>> {
    let (Some(id), Some(market)) = (world.note.scenarios.first(), world.markets.first()) else {
        return Ok(Vec::new());
    };
    let wedges = world.summary.series(&Key::world(id, WEDGE));
    let bidders = world.summary.series(&Key::world(id, BIDDERS));
    let points: Vec<(i32, f64, f64)> = (wedges.iter())
        .filter_map(|wedge| {
            let at = bidders.iter().find(|row| row.time == wedge.time)?;
            Some((wedge.time.nearest_year_end(), wedge.stats?.mean, at.stats?.mean))
        })
        .collect();
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Err(FigureError::NoSeries {
            figure: NAME,
            wanted: format!("`{WEDGE}` and `{BIDDERS}` of the world at one date"),
            hint: "name the measures under [measures] of the scenario".to_owned(),
        });
    };
    let mut rows = Vec::new();
    for (year, wedge, bidders) in [first, last] {
        let switching_cost = (wedge / market.taste_scale_share).max(0.0);
        let patience = market.seller_patience;
        let mut add = |sellers: f64, quantity: &str, unit: &str, value: f64| {
            rows.push(TheoryRow {
                series: WORLD.to_owned(),
                label: year.to_string(),
                quantity: quantity.to_owned(),
                unit: unit.to_owned(),
                sellers: rounded(sellers),
                switching_cost: rounded(switching_cost),
                patience: rounded(patience),
                value: rounded(value),
            });
        };
        add(*bidders, OBSERVED, "count", *bidders);
        for sellers in SELLERS {
            let n = sellers as f64;
            let market = |switching_cost: f64| EqualSellers {
                sellers,
                switching_cost,
                patience,
            };
            let without = market(0.0).prices(solver).map_err(refused(NAME))?;
            let here = market(switching_cost).prices(solver).map_err(refused(NAME))?;
            add(n, CHANGE, "mu", here.paid - without.paid);
            add(n, TURN, "share", (n * here.retention - 1.0) / (n - 1.0));
            add(n, BIDDERS, "count", here.effective_bidders());
        }
    }
    Ok(rows)
}

/// The cells of a panel, one patience after the other.
fn lines_of_patience(table: &TheoryTable, n: usize) -> Vec<Vec<&TheoryRow>> {
    let mut lines: Vec<Vec<&TheoryRow>> = Vec::new();
    for cell in table.series(CELL, CHANGE, n as f64) {
        match lines.last_mut() {
            Some(line) if line[0].patience == cell.patience => line.push(cell),
            _ => lines.push(vec![cell]),
        }
    }
    lines
}

fn draw_frontier(page: &Page, panel: &mut Panel, table: &TheoryTable, n: usize) -> Result<()> {
    let line = table.series(LINE, RETENTION, n as f64);
    let mut points: Vec<(f64, f64)> = Vec::new();
    for pair in line.windows(2) {
        let [a, b] = [pair[0], pair[1]];
        points.push((a.switching_cost, a.patience));
        if b.switching_cost > MOST {
            let part = (MOST - a.switching_cost) / (b.switching_cost - a.switching_cost);
            points.push((MOST, a.patience + part * (b.patience - a.patience)));
            break;
        }
    }
    panel.curve(&points, TEXT, 2.0, "")?;
    if let (Some((_, y)), Some(row)) = (points.last(), line.first()) {
        let style = TextStyle::new(LABEL_SIZE, TEXT).anchored(Anchor::End).rimmed();
        page.sheet
            .text(panel.frame.right() - 5.0, panel.y(*y) - 8.0, &row.label, style);
    }
    Ok(())
}
