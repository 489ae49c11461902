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
use super::sheet::{Anchor, TextStyle};
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
/// Lines of patience from 0 to just below 1. The panel is a whole number of pixels for each, so that no seam shows.
const PATIENCES: usize = 40;
const PANEL_HEIGHT: f64 = 240.0;
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
const OBSERVED: &str = "effective_bidders_of_the_world";

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

/// Where each colour begins along a line, and which it is.
type Runs = Vec<(f64, usize)>;

/// Paints the strips between lines of patience; the last line fills what is left up to 1.
fn draw_map(panel: &mut Panel, lines: &[Vec<&TheoryRow>]) -> Result<()> {
    let mut runs: Vec<(f64, Runs)> = (lines.iter())
        .map(|line| {
            let points: Vec<(f64, f64)> = line.iter().map(|cell| (cell.switching_cost, cell.value)).collect();
            (line[0].patience, runs(&points))
        })
        .collect();
    runs.extend(runs.last().map(|(_, last)| (1.0, last.clone())));
    for pair in runs.windows(2) {
        let [(low, below), (high, above)] = [&pair[0], &pair[1]];
        if let Some((below, above)) = matched(below, above) {
            draw_strip(panel, (*low, &below), (*high, &above))?;
        } else {
            // A colour begins or ends within the strip: each line speaks for its half.
            let middle = 0.5 * (low + high);
            draw_strip(panel, (*low, below), (middle, below))?;
            draw_strip(panel, (middle, above), (*high, above))?;
        }
    }
    Ok(())
}

/// Two lines with the same colours. One that leaves the map at an edge between them stands at that edge; `None` where they
/// differ by more.
fn matched(below: &Runs, above: &Runs) -> Option<(Runs, Runs)> {
    let same = |a: &[(f64, usize)], b: &[(f64, usize)]| a.iter().map(|run| run.1).eq(b.iter().map(|run| run.1));
    let filled = |few: &Runs, many: &Runs| -> Option<Runs> {
        let ((_, first), (_, last)) = (*many.first()?, *many.last()?);
        if many.len() != few.len() + 1 {
            None
        } else if same(few, &many[..few.len()]) {
            Some(few.iter().copied().chain([(MOST, last)]).collect())
        } else if same(few, &many[1..]) {
            Some([(0.0, first)].into_iter().chain(few.iter().copied()).collect())
        } else {
            None
        }
    };
    if same(below, above) {
        return Some((below.clone(), above.clone()));
    }
    filled(below, above)
        .map(|below| (below, above.clone()))
        .or_else(|| Some((below.clone(), filled(above, below)?)))
}

/// Overlap to the right and upwards with what is painted next, so that no seam shows: in mu and in patience.
const OVERLAP: (f64, f64) = (0.1, 0.004);

/// Paints a strip between two lines of the same colours.
fn draw_strip(
    panel: &mut Panel,
    (low, below): (f64, &[(f64, usize)]),
    (high, above): (f64, &[(f64, usize)]),
) -> Result<()> {
    let end = |runs: &[(f64, usize)], k: usize| runs.get(k + 1).map_or(MOST, |run| (run.0 + OVERLAP.0).min(MOST));
    let top = (high + OVERLAP.1).min(1.0);
    for (k, ((from, bin), (to, _))) in below.iter().zip(above).enumerate() {
        let (right, upper_right) = (end(below, k), end(above, k));
        let outline = vec![
            (*from, low),
            (*to, high),
            (*to, top),
            (upper_right, top),
            (upper_right, high),
            (right, low),
        ];
        panel.area(outline, tint(*bin), 1.0)?;
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

/// What the theory says where the world stands, for one number of sellers.
#[derive(Debug, Clone, Copy)]
struct Place {
    sellers: usize,
    change: f64,
    turn: f64,
    bidders: f64,
}

/// The world on the map: it stands in every panel, filled where a tender has most nearly as many effective bidders.
struct Marked<'a> {
    first: &'a TheoryRow,
    last: &'a TheoryRow,
    /// At the last date.
    places: Vec<Place>,
}

impl<'a> Marked<'a> {
    fn of(table: &'a TheoryTable) -> Option<Self> {
        let of = |quantity: &'a str| (table.rows.iter()).filter(move |r| r.series == WORLD && r.quantity == quantity);
        let (first, last) = (of(OBSERVED).next()?, of(OBSERVED).next_back()?);
        let value = |quantity: &'a str, n: usize| {
            let mut rows = of(quantity).filter(|row| row.sellers == n as f64 && row.label == last.label);
            rows.next().map(|row| row.value)
        };
        let places = SELLERS.into_iter().map(|sellers| {
            Some(Place {
                sellers,
                change: value(CHANGE, sellers)?,
                turn: value(TURN, sellers)?,
                bidders: value(BIDDERS, sellers)?,
            })
        });
        Some(Self {
            first,
            last,
            places: places.collect::<Option<_>>()?,
        })
    }

    /// The panel in which a tender has most nearly as many effective bidders as the world's.
    fn nearest(&self) -> Option<&Place> {
        let gap = |place: &Place| (place.bidders - self.last.value).abs();
        self.places.iter().min_by(|a, b| gap(a).total_cmp(&gap(b)))
    }

    fn years(&self) -> String {
        if self.first.label == self.last.label {
            return self.last.label.clone();
        }
        format!("{} to {}", self.first.label, self.last.label)
    }

    /// A line from the first to the last date with a dot at its end. A wedge beyond the map stands at its edge; the notes tell it.
    fn draw(&self, page: &Page, panel: &Panel, n: usize, world: &str) {
        let frame = panel.frame;
        let at = |row: &TheoryRow| (panel.x(row.switching_cost.min(MOST)), panel.y(row.patience));
        let (from, to) = (at(self.first), at(self.last));
        page.sheet.line(&[from, to], TEXT, 2.0);
        page.sheet.dot(to.0, to.1, 5.0, TEXT);
        if self.nearest().is_none_or(|place| place.sellers != n) {
            page.sheet.dot(to.0, to.1, 3.0, (255, 255, 255));
            return;
        }
        let lines = [(world, Weight::Bold), (&self.years(), Weight::Regular)];
        for (k, (text, weight)) in lines.into_iter().enumerate() {
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
    let all = |raise: bool| marked.is_some_and(|m| m.places.iter().all(|place| (place.change > 0.0) == raise));
    let title = if marked.is_none() {
        "Switching costs raise prices where sellers are impatient and lower them where they are patient".to_owned()
    } else if all(true) {
        format!("Where {world} stands, switching costs raise the prices paid")
    } else if all(false) {
        format!("Where {world} stands, switching costs do not raise the prices paid")
    } else {
        format!("Where {world} stands, the number of sellers decides if switching costs raise prices")
    };
    let subtitle = match marked {
        Some(m) => {
            let turns: Vec<String> = m.places.iter().map(|place| fixed(place.turn, 2)).collect();
            format!(
                "At its wedge of {} mu the sign turns at D = {}; its sellers have D = {}.",
                fixed(m.last.switching_cost, 1),
                turns.join(", "),
                fixed(m.last.patience, 2)
            )
        }
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
                fixed(row.value, 1)
            )
        };
        let bidders: Vec<String> = (m.places.iter()).map(|place| fixed(place.bidders, 1)).collect();
        notes.push(format!(
            "Point: {world}. {}; {}. Wedge: lock-in curve over mu, both shares of price. D: from its [foresight] and contract term, bans              aside. A switching cost itself lowers the number of effective bidders: in the panels it is {} there. The point is filled where              that is nearest the world’s, hollow elsewhere. It places the world, which has unequal sellers and may keep its kit, and is              no forecast of its prices.",
            point(m.first),
            point(m.last),
            bidders.join(", ")
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
    }

    #[test]
    fn a_colour_that_leaves_the_map_stands_at_its_edge() {
        let (few, right, left) = (
            vec![(0.0, 2), (4.0, 3)],
            vec![(0.0, 2), (5.0, 3), (9.0, 4)],
            vec![(0.0, 1), (1.0, 2), (5.0, 3)],
        );
        let at_right = vec![(0.0, 2), (4.0, 3), (MOST, 4)];
        assert_eq!(matched(&few, &right), Some((at_right.clone(), right.clone())));
        assert_eq!(matched(&right, &few), Some((right.clone(), at_right)));
        let at_left = vec![(0.0, 1), (0.0, 2), (4.0, 3)];
        assert_eq!(matched(&few, &left), Some((at_left, left.clone())));
        assert_eq!(matched(&right, &left), None);
        assert_eq!(matched(&vec![(0.0, 2)], &vec![(0.0, 2), (1.0, 1), (2.0, 2)]), None);
    }
}
