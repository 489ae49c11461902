//! `13-sign-map`: whether switching costs raise or lower prices, by their size, the patience of sellers and the number of sellers.

use sim_core::market::foresight::equal_sellers::{self, EqualSellers, frontier};
use sim_core::market::foresight::game::Solver;

use super::error::{FigureError, Result};
use super::font::{self, Weight};
use super::gather;
use super::grid::Grid;
use super::number::fixed;
use super::page::{Page, Words};
use super::panel::{Axis, Panel};
use super::regenerate::Simulated;
use super::sheet::{Anchor, Rect, TextStyle};
use super::summary::Key;
use super::theme::{AXIS, LABEL_SIZE, PALETTE, QUIET, Rgb, TEXT, TICK_SIZE};
use super::theory::{Theory, TheoryRow, TheoryTable, refused, rounded};

/// Sign of the effect of switching costs on the mean price paid.
pub struct SignMap;

const NAME: &str = "13-sign-map";
/// Numbers of sellers, a panel each.
const SELLERS: [usize; 3] = [2, 3, 5];
/// Largest switching cost in mu, and its steps.
const MOST: f64 = 10.0;
const COSTS: usize = 20;
/// Rows of patience between 0 and 1, each drawn from its middle.
const PATIENCES: usize = 40;
/// Points of the frontier.
const FRONTIER: usize = 80;
/// Changes of the mean price, in mu, at which the colour changes.
const BOUNDS: [f64; 5] = [-1.0, -0.5, 0.0, 0.5, 1.0];
/// Blue for lower prices, vermillion for higher ones: ink and its share, the rest white.
const TINTS: [(usize, f64); 6] = [(0, 0.8), (0, 0.5), (0, 0.22), (1, 0.22), (1, 0.5), (1, 0.8)];

const CELL: &str = "cell";
const LINE: &str = "frontier";
const WORLD: &str = "world";
const CHANGE: &str = "mean_price_change";
const RETENTION: &str = "retention";
const TURN: &str = "patience_where_the_sign_turns";

/// Measures of the world: how far it is locked in, and how many bid.
const WEDGE: &str = "lock_in_curve";
const BIDDERS: &str = "effective_bidders";

/// Room for the legend above the panels.
const LEGEND: f64 = 36.0;
const SWATCH: f64 = 42.0;

impl Theory for SignMap {
    fn name(&self) -> &'static str {
        NAME
    }

    fn measures(&self) -> &'static [&'static str] {
        &[WEDGE, BIDDERS]
    }

    fn inputs(&self) -> String {
        format!(
            "sellers {SELLERS:?}, switching cost 0 to {MOST} mu in {COSTS} steps, patience in {PATIENCES} rows, frontier in {FRONTIER} points"
        )
    }

    fn rows(&self, world: Option<&Simulated>) -> Result<Vec<TheoryRow>> {
        let mut solver = Solver::default();
        let mut rows = Vec::new();
        let costs: Vec<f64> = (0..=COSTS).map(|i| MOST * i as f64 / COSTS as f64).collect();
        let patiences: Vec<f64> = (0..PATIENCES).map(|j| (j as f64 + 0.5) / PATIENCES as f64).collect();
        for n in SELLERS {
            let cells = equal_sellers::sign_map(n, &costs, &patiences, &mut solver).map_err(refused(NAME))?;
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

    fn draw(&self, table: &TheoryTable) -> Result<String> {
        let no_series = || FigureError::NoSeries {
            figure: NAME,
            wanted: format!("rows of `{CELL}` for {SELLERS:?} sellers"),
            hint: "make its CSV again with `oransim figures --only`".to_owned(),
        };
        if SELLERS.iter().any(|n| table.series(CELL, CHANGE, *n as f64).is_empty()) {
            return Err(no_series());
        }
        let marked = Marked::of(table);
        let grid = Grid::of(SELLERS.len(), SELLERS.len(), 250.0);
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
            for cells in rows_of_patience(table, n) {
                draw_row(&mut panel, &cells)?;
            }
            panel.grid(false, grid.is_first(i))?;
            gather::panel_title(&page.sheet, &frame, grid.above, &format!("{n} sellers"), 0.0);
            draw_frontier(&page, &mut panel, table, n)?;
            if let Some(marked) = marked.as_ref().filter(|marked| marked.panel() == n) {
                marked.draw(&page, &panel, &frame, &table.source.world);
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

/// The number of sellers drawn that is nearest.
fn nearest(bidders: f64) -> usize {
    let mut nearest = SELLERS[0];
    for n in SELLERS {
        if (n as f64 - bidders).abs() < (nearest as f64 - bidders).abs() {
            nearest = n;
        }
    }
    nearest
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
        let n = nearest(*bidders);
        let market = EqualSellers {
            sellers: n,
            switching_cost: (wedge / market.taste_scale_share).max(0.0),
            patience: market.seller_patience,
        };
        let cells = equal_sellers::sign_map(n, &[market.switching_cost], &[market.patience], solver);
        let change = cells.map_err(refused(NAME))?.first().map_or(0.0, |cell| cell.change);
        let retention = market.prices(solver).map_err(refused(NAME))?.retention;
        let turn = (n as f64 * retention - 1.0) / (n as f64 - 1.0);
        for (quantity, unit, value) in [(CHANGE, "mu", change), (TURN, "share", turn)] {
            rows.push(TheoryRow {
                series: WORLD.to_owned(),
                label: year.to_string(),
                quantity: quantity.to_owned(),
                unit: unit.to_owned(),
                sellers: rounded(*bidders),
                switching_cost: rounded(market.switching_cost),
                patience: rounded(market.patience),
                value: rounded(value),
            });
        }
    }
    Ok(rows)
}

/// The cells of a panel, one patience after the other.
fn rows_of_patience(table: &TheoryTable, n: usize) -> Vec<Vec<&TheoryRow>> {
    let mut rows: Vec<Vec<&TheoryRow>> = Vec::new();
    for cell in table.series(CELL, CHANGE, n as f64) {
        match rows.last_mut() {
            Some(row) if row[0].patience == cell.patience => row.push(cell),
            _ => rows.push(vec![cell]),
        }
    }
    // From the top, since each row is painted down to the axis.
    rows.reverse();
    rows
}

/// Which colour a change has.
fn bin(change: f64) -> usize {
    BOUNDS.iter().filter(|bound| change >= **bound).count()
}

/// Where each colour begins along a row: places where the change, linear between cells, crosses a bound.
fn runs(points: &[(f64, f64)]) -> Vec<(f64, usize)> {
    let mut runs: Vec<(f64, usize)> = Vec::new();
    for pair in points.windows(2) {
        let [(x0, a), (x1, b)] = [pair[0], pair[1]];
        let mut cuts: Vec<f64> = (BOUNDS.iter())
            .map(|bound| (bound - a) / (b - a))
            .filter(|part| *part > 0.0 && *part < 1.0)
            .collect();
        cuts.push(0.0);
        cuts.sort_by(f64::total_cmp);
        for (k, from) in cuts.iter().enumerate() {
            let to = cuts.get(k + 1).copied().unwrap_or(1.0);
            let bin = bin(a + (b - a) * 0.5 * (from + to));
            if runs.last().is_none_or(|(_, last)| *last != bin) {
                runs.push((x0 + (x1 - x0) * from, bin));
            }
        }
    }
    runs
}

/// Paints one row. Every colour reaches to the right edge and down to the axis, and the next is painted over it, so that no seam shows.
fn draw_row(panel: &mut Panel, cells: &[&TheoryRow]) -> Result<()> {
    let points: Vec<(f64, f64)> = cells.iter().map(|cell| (cell.switching_cost, cell.value)).collect();
    let top = cells[0].patience + 0.5 / PATIENCES as f64;
    for (from, bin) in runs(&points) {
        panel.band(&[(from, 0.0, top), (MOST, 0.0, top)], tint(bin), 1.0)?;
    }
    Ok(())
}

fn tint(bin: usize) -> Rgb {
    let (ink, share) = TINTS[bin.min(TINTS.len() - 1)];
    let (r, g, b) = PALETTE[ink].line;
    let mix = |c: u8| (255.0 - share * (255.0 - f64::from(c))).round() as u8;
    (mix(r), mix(g), mix(b))
}

/// The colours and their bounds.
fn draw_legend(page: &Page) {
    let body = page.body;
    let left = body.right() - SWATCH * TINTS.len() as f64 - 14.0;
    let (top, bottom) = (body.y, body.y + 11.0);
    let style = TextStyle::new(TICK_SIZE, QUIET);
    for bin in 0..TINTS.len() {
        let x = left + SWATCH * bin as f64;
        let middle = 0.5 * (top + bottom);
        page.sheet
            .line(&[(x, middle), (x + SWATCH, middle)], tint(bin), bottom - top);
    }
    for (k, bound) in BOUNDS.iter().enumerate() {
        let x = left + SWATCH * (k as f64 + 1.0);
        let text = fixed(*bound, usize::from(bound.fract() != 0.0));
        page.sheet.line(&[(x, top), (x, bottom + 3.0)], AXIS, 1.0);
        page.sheet.text(x, bottom + 14.0, &text, style.anchored(Anchor::Middle));
    }
    let text = TextStyle::new(TICK_SIZE, TEXT);
    page.sheet.text(
        body.x,
        bottom - 2.0,
        "Change in the mean price paid against no switching",
        text,
    );
    page.sheet
        .text(body.x, bottom + 12.0, "cost, in mu. Blue: lower, orange: higher", text);
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

/// The world on the map.
struct Marked<'a> {
    first: &'a TheoryRow,
    last: &'a TheoryRow,
    /// Patience at which the sign would turn, at the last date.
    turn: f64,
}

impl<'a> Marked<'a> {
    fn of(table: &'a TheoryTable) -> Option<Self> {
        let of =
            |quantity: &'a str| (table.rows.iter()).filter(move |row| row.series == WORLD && row.quantity == quantity);
        Some(Self {
            first: of(CHANGE).next()?,
            last: of(CHANGE).last()?,
            turn: of(TURN).last()?.value,
        })
    }

    fn panel(&self) -> usize {
        nearest(self.last.sellers)
    }

    fn years(&self) -> String {
        if self.first.label == self.last.label {
            return self.last.label.clone();
        }
        format!("{} to {}", self.first.label, self.last.label)
    }

    /// A line from the first to the last date with a dot at its end. A wedge beyond the map stands at its edge; the notes tell it.
    fn draw(&self, page: &Page, panel: &Panel, frame: &Rect, world: &str) {
        let at = |row: &TheoryRow| (panel.x(row.switching_cost.min(MOST)), panel.y(row.patience));
        let (from, to) = (at(self.first), at(self.last));
        page.sheet.line(&[from, to], TEXT, 2.0);
        page.sheet.dot(from.0, from.1, 2.5, TEXT);
        page.sheet.dot(to.0, to.1, 5.0, TEXT);
        for (k, (text, weight)) in [(world, Weight::Bold), (&self.years(), Weight::Regular)]
            .into_iter()
            .enumerate()
        {
            let text = font::shorten(text, LABEL_SIZE, weight, frame.width - 8.0);
            let half = 0.5 * font::width(&text, LABEL_SIZE, weight) + 4.0;
            let x = to.0.min(frame.right() - half).max(frame.x + half);
            let style = TextStyle {
                weight,
                ..TextStyle::new(LABEL_SIZE, TEXT).anchored(Anchor::Middle).rimmed()
            };
            page.sheet.text(x, to.1 + 19.0 + 15.0 * k as f64, &text, style);
        }
    }
}

fn words(table: &TheoryTable, marked: Option<&Marked>) -> Words {
    let world = &table.source.world;
    let title = match marked {
        Some(m) if m.last.value > 0.0 => {
            format!("Where {world} stands, switching costs raise prices; with patient sellers they would not")
        }
        Some(_) => format!("Where {world} stands, switching costs lower prices; with impatient sellers they would not"),
        None => {
            "Switching costs raise prices where sellers are impatient and lower them where they are patient".to_owned()
        }
    };
    let subtitle = match marked {
        Some(m) => format!(
            "At its wedge of {} mu and {} equal sellers the sign turns at D = {}; its own sellers have D = {}.",
            fixed(m.last.switching_cost, 1),
            m.panel(),
            fixed(m.turn, 2),
            fixed(m.last.patience, 2)
        ),
        None => "Mean price that attached buyers pay, by switching cost, patience and number of sellers.".to_owned(),
    };
    let mut notes = vec![
        "Equal sellers that see who is attached and bid for each buyer; one nest, no keep; mu is the scale of taste. D: what sellers’ \
         money of the next tender is worth in this one (look-ahead times discount over a contract). Black line: where the mean \
         price is that without switching costs, q the chance that a buyer stays; above it they lower prices. Prices of the \
         next-tender table that runs use; equilibrium of Cabral (2016), here for n sellers."
            .to_owned(),
    ];
    if let Some(m) = marked {
        let point = |row: &TheoryRow| {
            format!(
                "{}: wedge {} mu, {} effective bidders",
                row.label,
                fixed(row.switching_cost, 1),
                fixed(row.sellers, 1)
            )
        };
        notes.push(format!(
            "Point: {world}. {}; {}. Wedge: lock-in curve over mu, both shares of price. D from its [foresight] and contract term, \
             bans aside. It stands in the panel of the nearest number of sellers: it places that world, which has unequal sellers and \
             may keep its kit, and is no forecast of its prices.",
            point(m.first),
            point(m.last)
        ));
    }
    let ends: Vec<String> = (SELLERS.into_iter())
        .filter_map(|n| {
            let cells = table.series(CELL, CHANGE, n as f64);
            let least = cells.iter().map(|cell| cell.value).reduce(f64::min)?;
            let most = cells.iter().map(|cell| cell.value).reduce(f64::max)?;
            Some(format!("{n} sellers: {} to {} mu.", fixed(least, 1), fixed(most, 1)))
        })
        .collect();
    Words {
        title,
        subtitle,
        notes,
        description: format!(
            "Maps, one a number of sellers: switching cost from 0 to {} mu across, patience from 0 to 1 upwards, change of the mean \
             price as colour. {}",
            fixed(MOST, 0),
            ends.join(" ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_change_where_the_change_crosses_a_bound() {
        // Falls to -0.6 and rises to 0.4: through -0.5 twice and 0 once.
        let found = runs(&[(0.0, 0.0), (1.0, -0.6), (2.0, 0.4)]);
        let bins: Vec<usize> = found.iter().map(|(_, bin)| *bin).collect();
        assert_eq!(bins, [2, 1, 2, 3]);
        let expected = [0.0, 0.5 / 0.6, 1.1, 1.6];
        assert!(
            found.iter().zip(expected).all(|((x, _), e)| (x - e).abs() < 1e-12),
            "{found:?}"
        );
        assert_eq!(runs(&[(0.0, 0.0), (1.0, 0.0)]), [(0.0, 3)]);
        assert_eq!([2.4, 2.6, 3.9, 4.1, 9.0].map(nearest), [2, 3, 3, 5, 5]);
    }
}
