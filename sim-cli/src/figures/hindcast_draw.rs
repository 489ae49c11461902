//! How `09-hindcast` is drawn: rows of bands with what was observed, a table of scores, and the drift.

use super::error::Result;
use super::font::{self, Weight};
use super::gather;
use super::hindcast::{
    DRIFT, FIVE_YEARS, FORECAST, NAME, OBSERVED, ONE_YEAR, OPEN, PERSISTENCE, POOLED, SALES, SCORES, VERDICT,
};
use super::note::Note;
use super::number::fixed;
use super::page::{Drawing, Page, Words};
use super::panel::{Axis, Panel, percent_tick};
use super::plot::PlotTable;
use super::sheet::{Anchor, Rect, Sheet, TextStyle};
use super::summary::Stats;
use super::theme::{GRID, LABEL_SIZE, NOTE_SIZE, PALETTE, QUIET, Rgb, TEXT, TICK_SIZE, pale};
use super::words::Difference;

const ROW: f64 = 16.0;
const HEAD: f64 = 20.0;
const FOOT: f64 = 34.0;
const LEGEND: f64 = 22.0;
const INK: Rgb = PALETTE[0].line;
const OUTSIDE: Rgb = PALETTE[1].line;
/// Columns of the score table: right edges of numbers.
const SCORE_COLUMNS: [(f64, &str, &str); 5] = [
    (236.0, "points", "points"),
    (296.0, "mean_abs_error", "error"),
    (346.0, "crps", "CRPS"),
    (436.0, "rival_mean_abs_error", "persistence"),
    (480.0, "skill", "skill"),
];
const VERDICT_AT: f64 = 492.0;

/// One row of bands.
struct Line<'a> {
    text: String,
    model: Option<Stats>,
    known: (&'a str, Stats),
}

/// The rows of a panel: what is known with the model's statistics beside it.
fn lines<'a>(plot: &'a PlotTable, panel: &str, quantity: &str, dated: bool) -> Vec<Line<'a>> {
    let of_panel = || plot.rows.iter().filter(|row| row.panel == panel);
    of_panel()
        .filter(|row| row.quantity == OBSERVED || row.quantity == FORECAST)
        .filter_map(|row| {
            let own = of_panel().find(|r| r.series == row.series && r.time == row.time && r.quantity == quantity);
            let text = if dated {
                format!("{} {}", row.label, row.time.nearest_year_end())
            } else {
                row.label.clone()
            };
            Some(Line {
                text,
                model: own.and_then(|row| row.stats),
                known: (&row.quantity, row.stats?),
            })
        })
        .collect()
}

impl Line<'_> {
    fn ends(&self) -> (f64, f64) {
        let known = self.known.1;
        known.ci.unwrap_or((known.mean, known.mean))
    }

    /// Whether the 90% band meets what is known.
    fn is_met(&self) -> bool {
        let (low, high) = self.ends();
        self.model
            .is_some_and(|m| m.quantiles[0] <= high && m.quantiles[4] >= low)
    }
}

fn height(rows: usize) -> f64 {
    HEAD + rows as f64 * ROW + FOOT
}

pub(super) fn draw(plot: &PlotTable, note: &Note) -> Result<Drawing> {
    gather::span(NAME, plot)?;
    let places: Vec<(&str, &str, Vec<Line>)> = (plot.panels().into_iter())
        .filter(|(id, _)| ![OPEN, SCORES, DRIFT].contains(id))
        .map(|(id, label)| (id, label, lines(plot, id, SALES, true)))
        .collect();
    let open = lines(plot, OPEN, "open_share", false);
    let scores = scored(plot);
    let drift = drifts(plot);
    let most = |index: &mut dyn Iterator<Item = usize>| index.max().unwrap_or(0);
    let upper = height(most(&mut places.iter().take(2).map(|(.., rows)| rows.len())));
    let china = places.get(2).map_or(0, |(.., rows)| rows.len());
    let middle = height(china.max(drift.len() + 1));
    let table = HEAD + (scores.len() + 1) as f64 * ROW + 10.0;
    let body = LEGEND + upper + middle + height(open.len()) + table;
    let page = Page::begin(NAME, words(plot, &places, &open, note), body, note);
    let (x, mut y) = (page.body.x, page.body.y);
    legend(&page.sheet, x, y);
    y += LEGEND;
    let half = page.body.width / 2.0;
    for (i, (_, label, rows)) in places.iter().enumerate() {
        let at = (
            x + if i == 1 { half + 8.0 } else { 0.0 },
            y + if i > 1 { upper } else { 0.0 },
        );
        bands(&page.sheet, at, label, rows, (92.0, half - 112.0))?;
    }
    draw_drift(&page.sheet, (x + half + 8.0, y + upper), &drift, page.body.right());
    y += upper + middle;
    let title = "Open networks: what was observed, and what forecasters said, each beside the run at its date";
    bands(&page.sheet, (x, y), title, &open, (262.0, 390.0))?;
    y += height(open.len());
    draw_scores(&page, y, &scores);
    Ok(page.finish())
}

fn legend(sheet: &Sheet, x: f64, y: f64) {
    let style = TextStyle::new(TICK_SIZE, TEXT);
    let mid = y + 8.0;
    sheet.line(&[(x, mid), (x + 22.0, mid)], pale(INK), 8.0);
    sheet.line(&[(x + 6.0, mid), (x + 16.0, mid)], INK, 4.0);
    let mut at = x + 28.0;
    let mut text = |sheet: &Sheet, words: &str| {
        sheet.text(at, mid + 4.0, words, style);
        at += font::width(words, TICK_SIZE, Weight::Regular) + 30.0;
        at - 12.0
    };
    let dot = text(sheet, "Run: 90% and 50% of replicates");
    sheet.dot(dot, mid, 3.4, TEXT);
    let next = text(sheet, "published, met by the 90% band");
    sheet.dot(next, mid, 3.4, OUTSIDE);
    let _ = text(sheet, "not met");
}

/// Rows of bands under a heading; `columns`: room for names, and width of the plot.
fn bands(sheet: &Sheet, (x, y): (f64, f64), label: &str, rows: &[Line], columns: (f64, f64)) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    sheet.text(x, y + LABEL_SIZE, label, TextStyle::new(LABEL_SIZE, TEXT).bold());
    let frame = Rect {
        x: x + columns.0,
        y: y + HEAD,
        width: columns.1,
        height: rows.len() as f64 * ROW,
    };
    // An open end is drawn to the edge of what else there is.
    let reach = rows.iter().flat_map(|row| {
        let (low, high) = row.ends();
        let model = row.model.map_or([f64::NAN; 2], |m| [m.quantiles[0], m.quantiles[4]]);
        let high = if high >= 1.0 { low } else { high };
        model.into_iter().chain([low, high])
    });
    let axis = Axis::numbers(reach.map(|v| 100.0 * v), true, 1.0, 6, percent_tick);
    let mut panel = Panel::new(sheet, frame, axis, Axis::blank(0.0, 1.0))?;
    panel.grid(true, false)?;
    for (i, row) in rows.iter().enumerate() {
        let mid = frame.y + (i as f64 + 0.5) * ROW;
        let text = font::shorten(&row.text, NOTE_SIZE, Weight::Regular, columns.0 - 8.0);
        sheet.text_centred(x, mid, &text, TextStyle::new(NOTE_SIZE, TEXT));
        let at = |v: f64| panel.x((100.0 * v).max(0.0)).min(frame.right());
        match row.model {
            Some(m) => {
                let [p05, p25, p50, p75, p95] = m.quantiles.map(at);
                sheet.line(&[(p05, mid), (p95.max(p05 + 1.0), mid)], pale(INK), 8.0);
                sheet.line(&[(p25, mid), (p75.max(p25 + 1.0), mid)], INK, 4.0);
                sheet.line(&[(p50, mid - 5.0), (p50, mid + 5.0)], INK, 1.6);
            }
            None => {
                let style = TextStyle::new(NOTE_SIZE, QUIET);
                sheet.text_centred(frame.x + 4.0, mid, "not in this run", style);
            }
        }
        let ink = if row.is_met() { TEXT } else { OUTSIDE };
        let (low, high) = row.ends();
        if low == high {
            sheet.dot(at(low), mid, 3.4, ink);
        } else {
            sheet.line(&[(at(low), mid), (at(high), mid)], ink, 1.4);
            for end in [low, high] {
                // Where there is no bound there is no end.
                if end > 0.0 && end < 1.0 {
                    sheet.line(&[(at(end), mid - 4.0), (at(end), mid + 4.0)], ink, 1.8);
                }
            }
        }
    }
    Ok(())
}

/// One line of the table of scores: name, numbers, verdict.
struct Scored {
    label: String,
    numbers: Vec<Option<f64>>,
    verdict: String,
    pooled: bool,
}

fn scored(plot: &PlotTable) -> Vec<Scored> {
    let rows = || (plot.rows.iter()).filter(|row| row.panel == SCORES && row.panel_label == PERSISTENCE);
    let mut ids: Vec<&str> = Vec::new();
    for row in rows() {
        if !ids.contains(&row.series.as_str()) {
            ids.push(&row.series);
        }
    }
    ids.into_iter()
        .map(|id| {
            let of = |quantity: &str| rows().find(|row| row.series == id && row.quantity == quantity);
            Scored {
                label: of("points").map_or_else(String::new, |row| row.label.clone()),
                numbers: (SCORE_COLUMNS.iter())
                    .map(|(_, quantity, _)| of(quantity).and_then(|row| row.stats).map(|s| s.mean))
                    .collect(),
                verdict: of(VERDICT).map_or_else(String::new, |row| row.label.clone()),
                pooled: id.contains(POOLED),
            }
        })
        .collect()
}

fn draw_scores(page: &Page, y: f64, rows: &[Scored]) {
    let (sheet, x) = (&page.sheet, page.body.x);
    let title = "Scores: errors in points of share, skill over the rival that shares stay as they were";
    sheet.text(x, y + LABEL_SIZE, title, TextStyle::new(LABEL_SIZE, TEXT).bold());
    let head = TextStyle::new(NOTE_SIZE, QUIET);
    let mut at = y + HEAD + ROW / 2.0;
    sheet.text_centred(x, at, "Series", head);
    for (right, _, name) in SCORE_COLUMNS {
        sheet.text_centred(x + right, at, name, head.anchored(Anchor::End));
    }
    sheet.text_centred(x + VERDICT_AT, at, "Verdict", head);
    for row in rows {
        sheet.line(&[(x, at + ROW / 2.0), (page.body.right(), at + ROW / 2.0)], GRID, 0.6);
        at += ROW;
        let style = TextStyle::new(NOTE_SIZE, TEXT);
        let style = if row.pooled { style.bold() } else { style };
        let label = font::shorten(&row.label, NOTE_SIZE, style.weight, 200.0);
        sheet.text_centred(x, at, &label, style);
        for ((right, quantity, _), value) in SCORE_COLUMNS.iter().zip(&row.numbers) {
            let text = match (value, *quantity) {
                (None, _) => "–".to_owned(),
                (Some(v), "points") => fixed(*v, 0),
                (Some(v), "skill") => fixed(*v, 2),
                (Some(v), _) => fixed(100.0 * v, 1),
            };
            sheet.text_centred(x + right, at, &text, style.anchored(Anchor::End));
        }
        let room = page.body.right() - x - VERDICT_AT;
        let verdict = row.verdict.split(':').next().unwrap_or_default();
        let verdict = font::shorten(verdict, NOTE_SIZE, style.weight, room);
        sheet.text_centred(x + VERDICT_AT, at, &verdict, style);
    }
}

/// Name, after one year, after five.
type Drift<'a> = (&'a str, Option<Stats>, Option<Stats>);

fn drifts(plot: &PlotTable) -> Vec<Drift<'_>> {
    let rows = || plot.rows.iter().filter(|row| row.panel == DRIFT);
    let mut found: Vec<(&str, Drift)> = Vec::new();
    for row in rows() {
        if !found.iter().any(|(id, _)| *id == row.series) {
            let of = |quantity: &str| {
                let is_it = |r: &&super::plot::PlotRow| r.series == row.series && r.quantity == quantity;
                rows().find(is_it).and_then(|r| r.stats)
            };
            found.push((&row.series, (&row.label, of(ONE_YEAR), of(FIVE_YEARS))));
        }
    }
    found.into_iter().map(|(_, drift)| drift).collect()
}

fn draw_drift(sheet: &Sheet, (x, y): (f64, f64), drifts: &[Drift], right: f64) {
    if drifts.is_empty() {
        return;
    }
    let title = "Drift without any rule, points of share of sites";
    sheet.text(x, y + LABEL_SIZE, title, TextStyle::new(LABEL_SIZE, TEXT).bold());
    let head = TextStyle::new(NOTE_SIZE, QUIET).anchored(Anchor::End);
    let mut at = y + HEAD + ROW / 2.0;
    sheet.text_centred(right - 118.0, at, "first year", head);
    sheet.text_centred(right, at, "five years", head);
    for (name, one, five) in drifts {
        at += ROW;
        sheet.text_centred(x, at, name, TextStyle::new(NOTE_SIZE, TEXT));
        for (edge, stats) in [(right - 118.0, one), (right, five)] {
            let text = stats.map_or_else(|| "–".to_owned(), |s| told(&s));
            sheet.text_centred(edge, at, &text, TextStyle::new(NOTE_SIZE, TEXT).anchored(Anchor::End));
        }
    }
}

/// `+1.2 (0.9 to 1.4)`.
fn told(stats: &Stats) -> String {
    let sign = if stats.mean > 0.0 { "+" } else { "" };
    let mean = format!("{sign}{}", fixed(100.0 * stats.mean, 1));
    match stats.ci {
        Some((low, high)) => format!("{mean} ({} to {})", fixed(100.0 * low, 1), fixed(100.0 * high, 1)),
        None => mean,
    }
}

fn words(plot: &PlotTable, places: &[(&str, &str, Vec<Line>)], open: &[Line], note: &Note) -> Words {
    let all = scored(plot);
    let pooled = all.iter().find(|row| row.pooled);
    let number = |row: &Scored, quantity: &str| {
        let at = SCORE_COLUMNS.iter().position(|(_, q, _)| *q == quantity)?;
        row.numbers.get(at).copied().flatten()
    };
    let rows: Vec<&Line> = places.iter().flat_map(|(.., rows)| rows).collect();
    let met = |rows: &[&Line]| rows.iter().filter(|row| row.is_met()).count();
    let (title, mut subtitle) = match pooled {
        Some(row) => {
            let error = number(row, "crps").map_or(f64::NAN, |v| 100.0 * v);
            let rival = number(row, "rival_mean_abs_error").map_or(f64::NAN, |v| 100.0 * v);
            let skill = number(row, "skill");
            let title = match skill {
                Some(s) if s > 0.0 => "The hindcast of sales beats the rival that shares stay as they were",
                Some(_) => "The hindcast of sales is no better than assuming that shares stay as they were",
                None => "The hindcast of sales cannot be compared with its rival",
            };
            let subtitle = format!(
                "Mean CRPS {} points over {} observed shares that persistence could not know, against {} points for persistence. ",
                fixed(error, 1),
                fixed(number(row, "points").unwrap_or(0.0), 0),
                fixed(rival, 1)
            );
            (title.to_owned(), subtitle)
        }
        None => ("History played, beside what was observed".to_owned(), String::new()),
    };
    subtitle.push_str(&format!(
        "The 90% bands meet {} of {} shares of sales.",
        met(&rows),
        rows.len()
    ));
    let published: Vec<&Line> = open.iter().filter(|row| row.known.0 == FORECAST).collect();
    let lies = |far: &dyn Fn(&Stats, (f64, f64)) -> bool| {
        let rows = published.iter().filter_map(|row| Some((row.model?, row.ends())));
        rows.filter(|(model, ends)| far(model, *ends)).count()
    };
    let mut notes = vec![format!(
        "Of {} published forecasts of open networks the run’s 90% band meets {}, lies above {} and below {}. Nothing was observed here of \
         their dates, so they are set beside the run and not scored. Open sales are of all kit with open fronthaul, also where one seller has \
         both parts; forecasters count differently. Lines of large sellers open on dates that the scenario states.",
        published.len(),
        met(&published),
        lies(&|model, (_, high)| model.quantiles[0] > high),
        lies(&|model, (low, _)| model.quantiles[4] < low)
    )];
    notes.push(
        "What is observed is yearly revenue as Dell’Oro counts it, of 2019 and 2020. Regional preferences of this world were set so that \
         sales of 2020 fit, so this is a test of the story before, no forecast; shares of one place sum to one, so points depend on each other."
            .to_owned(),
    );
    let largest = drifts(plot).into_iter().filter_map(|(name, one, _)| Some((name, one?)));
    let largest = largest.max_by(|a, b| a.1.mean.abs().total_cmp(&b.1.mean.abs()));
    if let Some((name, stats)) = largest {
        let change = Difference {
            mean: stats.mean,
            interval: stats.ci,
        };
        notes.push(format!(
            "Drift is the model’s own bias: what moves with no rule in force. Largest in the first year: {name}, {}.",
            change.in_points()
        ));
    }
    notes.push(note.spread("Bands"));
    Words {
        title,
        subtitle,
        notes,
        description:
            "Rows of 50% and 90% bands with published numbers, a table of scores and a table of drift without rules."
                .to_owned(),
    }
}
