//! How it is drawn: a panel for each unit, a row an estimate.

use super::super::error::Result;
use super::super::font::{self, Weight};
use super::super::number::fixed;
use super::super::page::Page;
use super::super::panel::{Axis, Panel};
use super::super::plot::PlotTable;
use super::super::sheet::{Rect, Sheet, TextStyle};
use super::super::summary::Stats;
use super::super::theme::{AXIS, GRID, LABEL_SIZE, NOTE_SIZE, PALETTE, TEXT, TICK_SIZE, pale};
use super::rows::{BILL_FOLD, BILL_STEP, NET, PUBLISHED};

pub(super) const LEGEND: f64 = 22.0;
const ROW: f64 = 26.0;
const HEAD: f64 = 20.0;
const FOOT: f64 = 34.0;
/// Left edge and width of the plot among the columns.
const PLOT: (f64, f64) = (270.0, 232.0);
const SAID: f64 = 514.0;

pub(super) fn panel_height(rows: usize) -> f64 {
    HEAD + rows as f64 * ROW + FOOT
}

/// One row to draw.
pub(super) struct Line<'a> {
    text: &'a str,
    model: Stats,
    net: Option<Stats>,
    published: Vec<(&'a str, (f64, f64))>,
}

impl<'a> Line<'a> {
    pub(super) fn of_panel(plot: &'a PlotTable, panel: &str) -> Vec<Self> {
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
                // Said in words alone.
                BILL_STEP | BILL_FOLD => {}
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

pub(super) fn legend(sheet: &Sheet, x: f64, y: f64) {
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
        "Model: mean; bar: 90% of replicates",
    );
    entry(&|x| ring(sheet, x + 9.0, middle), "less upkeep that newer kit saves");
    entry(
        &|x| sheet.line(&[(x, middle), (x + 18.0, middle)], PALETTE[1].line, 2.4),
        "Published",
    );
    sheet.text(
        x + SAID,
        middle + 4.0,
        "Mean (95% interval of it)",
        TextStyle::new(TICK_SIZE, PALETTE[0].text),
    );
}

/// A dot with a white middle.
fn ring(sheet: &Sheet, x: f64, y: f64) {
    sheet.dot(x, y, 3.4, PALETTE[0].line);
    sheet.dot(x, y, 2.0, (255, 255, 255));
}

pub(super) fn draw_panel(page: &Page, top: f64, label: &str, lines: &[Line]) -> Result<()> {
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
