//! One pair of axes: grid, bands, lines, areas and marks, mapped and drawn by plotters.

use std::convert::Infallible;

use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::Shift;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint};
use plotters::prelude::*;
use std::ops::Range;

use super::backend::{Pen, UNITS};
use super::date::Date;
use super::error::{FigureError, Result};
use super::font;
use super::number;
use super::sheet::{Anchor, Rect, Sheet, TextStyle};
use super::summary::Stats;
use super::theme::{self, AXIS, GRID, Ink, QUIET, Rgb, TEXT, TICK_SIZE};

type Chart = ChartContext<'static, Pen, Cartesian2d<Axis, Axis>>;

/// The range of an axis and what stands on it: place and text of each tick.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    low: f64,
    high: f64,
    ticks: Vec<(f64, String)>,
}

impl Axis {
    /// An axis with round numbers. With `from_zero` it begins at zero (unless values are negative), as a
    /// share must; else the range is that of the values, widened a little. It spans at least `least`, so
    /// that noise in the last digits does not fill the page. `show` writes a tick with so many decimals.
    pub fn numbers(
        values: impl Iterator<Item = f64>,
        from_zero: bool,
        least: f64,
        steps: usize,
        show: impl Fn(f64, usize) -> String,
    ) -> Self {
        let (mut low, mut high) = if from_zero {
            (0.0_f64, 0.0_f64)
        } else {
            (f64::INFINITY, f64::NEG_INFINITY)
        };
        for value in values.filter(|v| v.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if high - low < least {
            high = low + least;
        }
        let room = 0.04 * (high - low);
        high += room;
        if low < 0.0 || !from_zero {
            low -= room;
        }
        let at = number::ticks(low, high, steps);
        let step = at.get(1).map_or(1.0, |second| second - at[0]);
        let decimals = (0..6).find(|d| is_multiple(step, *d)).unwrap_or(6);
        let ticks = at.into_iter().map(|v| (v, show(v, decimals))).collect();
        Self { low, high, ticks }
    }

    /// An axis of exactly this range, for a map that fills its frame.
    pub fn exact(low: f64, high: f64, steps: usize, show: impl Fn(f64, usize) -> String) -> Self {
        let at = number::ticks(low, high, steps);
        let step = at.get(1).map_or(1.0, |second| second - at[0]);
        let decimals = (0..6).find(|d| is_multiple(step, *d)).unwrap_or(6);
        let ticks = at.into_iter().map(|v| (v, show(v, decimals))).collect();
        Self { low, high, ticks }
    }

    /// An axis without ticks, for rows that carry their names.
    pub fn blank(low: f64, high: f64) -> Self {
        Self {
            low,
            high,
            ticks: Vec::new(),
        }
    }

    /// An axis of dates with a tick at the end of every year, or every second, fifth, ... year.
    pub fn years((from, to): (Date, Date), most: usize) -> Self {
        let (low, mut high) = (from.days(), to.days());
        if high <= low {
            high = low + 365.0;
        }
        let (first, last) = (from.nearest_year_end(), to.nearest_year_end());
        let most = i32::try_from(most.max(1)).unwrap_or(i32::MAX);
        let step = [1, 2, 5, 10, 20, 50, 100]
            .into_iter()
            .find(|step| (last - first) / step < most)
            .unwrap_or(100);
        let ticks = (first..=last)
            .filter(|year| year % step == 0)
            .map(|year| (Date::end_of(year).days().max(low), year.to_string()))
            .filter(|(at, _)| *at <= high)
            .collect();
        Self { low, high, ticks }
    }
}

/// The coordinate of plotters: linear, to the nearest tenth of a pixel, with the grid at the ticks.
impl Ranged for Axis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        let part = (value - self.low) / (self.high - self.low);
        (f64::from(from) + f64::from(to - from) * part).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.iter().map(|(at, _)| *at).collect()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

/// Whether `step` is a multiple of ten to the minus `decimals`.
fn is_multiple(step: f64, decimals: usize) -> bool {
    let scaled = (0..decimals).fold(step, |s, _| s * 10.0);
    (scaled - scaled.round()).abs() < 1e-6 * scaled.abs().max(1.0)
}

/// A pair of axes on a sheet.
pub struct Panel<'a> {
    sheet: &'a Sheet,
    chart: Chart,
    /// The plotting area.
    pub frame: Rect,
    x: Axis,
    y: Axis,
}

impl<'a> Panel<'a> {
    /// Axes whose plotting area is `frame`; tick texts stand outside it.
    pub fn new(sheet: &'a Sheet, frame: Rect, x: Axis, y: Axis) -> Result<Self> {
        let units = |v: f64| (v * UNITS) as i32;
        let area: DrawingArea<Pen, Shift> = sheet.pen().into_drawing_area();
        let area = area.shrink(
            (units(frame.x), units(frame.y)),
            (units(frame.width), units(frame.height)),
        );
        let chart = ChartBuilder::on(&area)
            .build_cartesian_2d(x.clone(), y.clone())
            .map_err(|e| drawing(&e))?;
        Ok(Self {
            sheet,
            chart,
            frame,
            x,
            y,
        })
    }

    /// Pixel of a value on the x axis.
    pub fn x(&self, value: f64) -> f64 {
        self.frame.x + self.frame.width * (value - self.x.low) / (self.x.high - self.x.low)
    }

    /// Pixel of a value on the y axis.
    pub fn y(&self, value: f64) -> f64 {
        self.frame.bottom() - self.frame.height * (value - self.y.low) / (self.y.high - self.y.low)
    }

    /// Grid lines at the ticks of y (and of x if `vertical`), the base line, and the tick texts.
    pub fn grid(&mut self, vertical: bool, y_texts: bool) -> Result<()> {
        let quiet = colour(GRID).stroke_width(8);
        let mut mesh = self.chart.configure_mesh();
        mesh.x_labels(self.x.ticks.len())
            .y_labels(self.y.ticks.len())
            .bold_line_style(quiet)
            .light_line_style(TRANSPARENT)
            .axis_style(TRANSPARENT)
            .set_all_tick_mark_size(0)
            .x_label_formatter(&|_| String::new())
            .y_label_formatter(&|_| String::new());
        if !vertical {
            mesh.disable_x_mesh();
        }
        mesh.draw().map_err(|e| drawing(&e))?;
        let Rect { x, .. } = self.frame;
        let (right, bottom) = (self.frame.right(), self.frame.bottom());
        self.sheet.dash("");
        self.sheet.line(&[(x, bottom), (right, bottom)], AXIS, 1.0);
        let style = TextStyle::new(TICK_SIZE, QUIET);
        for (at, text) in &self.x.ticks {
            let at = self.x(*at);
            self.sheet.line(&[(at, bottom), (at, bottom + 4.0)], AXIS, 1.0);
            self.sheet.text(at, bottom + 16.0, text, style.anchored(Anchor::Middle));
        }
        if y_texts {
            for (at, text) in &self.y.ticks {
                let y = self.y(*at);
                self.sheet.text_centred(x - 6.0, y, text, style.anchored(Anchor::End));
            }
        }
        Ok(())
    }

    /// A filled band between two curves given as (x, low, high).
    pub fn band(&mut self, points: &[(f64, f64, f64)], ink: Rgb, opacity: f64) -> Result<()> {
        let upper = points.iter().map(|(x, _, high)| (*x, *high));
        let lower = points.iter().rev().map(|(x, low, _)| (*x, *low));
        self.area(upper.chain(lower).collect(), ink, opacity)
    }

    /// A filled area within an outline.
    pub fn area(&mut self, outline: Vec<(f64, f64)>, ink: Rgb, opacity: f64) -> Result<()> {
        self.chart
            .draw_series([Polygon::new(outline, colour(ink).mix(opacity).filled())])
            .map_err(|e| drawing(&e))?;
        Ok(())
    }

    /// A curve.
    pub fn curve(&mut self, points: &[(f64, f64)], ink: Rgb, width: f64, dash: &'static str) -> Result<()> {
        self.sheet.dash(dash);
        let style = colour(ink).stroke_width((width * UNITS) as u32);
        self.chart
            .draw_series(LineSeries::new(points.iter().copied(), style))
            .map_err(|e| drawing(&e))?;
        self.sheet.dash("");
        Ok(())
    }

    /// The 90% and the 50% band. Draw those of all series before any median, so that none is covered.
    pub fn bands(&mut self, points: &[(Date, Stats)], ink: Ink) -> Result<()> {
        for (low, high, opacity) in [(0, 4, 0.14), (1, 3, 0.26)] {
            let band: Vec<(f64, f64, f64)> = (points.iter())
                .map(|(t, s)| (t.days(), s.quantiles[low], s.quantiles[high]))
                .collect();
            self.band(&band, ink.line, opacity)?;
        }
        Ok(())
    }

    /// The median; a single point becomes a dot.
    pub fn median(&mut self, points: &[(Date, Stats)], ink: Ink, dash: &'static str, width: f64) -> Result<()> {
        self.over_time(points.iter().map(|(t, s)| (*t, s.median())), ink, dash, width)
    }

    /// The mean; a single point becomes a dot.
    pub fn mean(&mut self, points: &[(Date, Stats)], ink: Ink, dash: &'static str, width: f64) -> Result<()> {
        self.over_time(points.iter().map(|(t, s)| (*t, s.mean)), ink, dash, width)
    }

    fn over_time(
        &mut self,
        points: impl Iterator<Item = (Date, f64)>,
        ink: Ink,
        dash: &'static str,
        width: f64,
    ) -> Result<()> {
        let line: Vec<(f64, f64)> = points.map(|(t, value)| (t.days(), value)).collect();
        if let [(x, y)] = line[..] {
            self.sheet.dot(self.x(x), self.y(y), 3.0, ink.line);
        }
        self.curve(&line, ink.line, width, dash)
    }

    /// Thin vertical lines at dates with their texts to the right of them, above the plotting area.
    ///
    /// An earlier mark stands in a higher row than any later one that its text would run over: then no
    /// text covers another and no line crosses a text. Texts may reach `beyond` pixels past the right
    /// edge and are shortened there.
    pub fn marks(&self, marks: &[(Date, &str)], beyond: f64) {
        let style = TextStyle::new(TICK_SIZE, TEXT);
        let mut marks = marks.to_vec();
        marks.sort();
        // Place and row of the marks to the right of the one at hand.
        let mut later: Vec<(f64, usize)> = Vec::new();
        for (date, text) in marks.into_iter().rev() {
            let at = self.x(date.days());
            if at < self.frame.x - 0.5 || at > self.frame.right() + 0.5 {
                continue;
            }
            let room = self.frame.right() + beyond - at;
            let text = font::shorten(text, style.size, style.weight, room);
            let reach = at + font::width(&text, style.size, style.weight) + 6.0;
            let row = (later.iter())
                .filter(|(x, _)| *x < reach)
                .map(|(_, row)| row + 1)
                .max()
                .unwrap_or(0);
            later.push((at, row));
            let y = self.frame.y - 6.0 - row as f64 * MARK_ROW;
            self.sheet.dash("2 2");
            let line = [(at, y - 0.7 * TICK_SIZE), (at, self.frame.bottom())];
            self.sheet.line(&line, AXIS, 1.0);
            self.sheet.dash("");
            self.sheet.text(at + 3.0, y, &text, style);
        }
    }
}

/// Height of a row of texts at marks.
pub const MARK_ROW: f64 = 14.0;

fn colour((r, g, b): Rgb) -> RGBColor {
    RGBColor(r, g, b)
}

fn drawing(error: &DrawingAreaErrorKind<Infallible>) -> FigureError {
    FigureError::Render(error.to_string())
}

/// Percent on an axis.
pub fn percent_tick(value: f64, decimals: usize) -> String {
    format!("{}%", number::fixed(value, decimals))
}

/// The ink and dash of a series.
pub fn look(index: usize) -> (Ink, &'static str) {
    theme::series(index)
}
