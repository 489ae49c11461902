//! `18-facts`: what history showed, beside what one run shows. Each statement has a number with its interval, what was seen, and
//! whether it holds, does not hold, or cannot be told. What a run does not record is said to be unmeasured, never guessed.
//!
//! A statement claims that a number, its change between the ends of two years, or the difference of two bills lies above or below a
//! bound that is fixed before any run: it holds if the whole 95% interval of the mean does, and does not if the whole interval lies on
//! the other side. What theory answers is exact.

use std::fmt::Write as _;

use super::date::Date;
use super::error::{FigureError, Result};
use super::estimates::BILL;
use super::facts_statements::{Bound, STATEMENTS, Source, Statement};
use super::font::{self, Weight};
use super::note::{Note, Spec};
use super::number::{fixed, percent};
use super::page::{Drawing, Page, Words};
use super::plot::{PlotRow, PlotTable};
use super::sheet::{Sheet, TextStyle};
use super::summary::{Key, Stats, SummaryRow, SummaryTable};
use super::theme::{GRID, NOTE_SIZE, PALETTE, QUIET, Rgb, TEXT, TICK_SIZE};
use super::theory::rounded;
use super::words::Difference;
use super::{Figure, gather};

/// The facts of history as a table.
pub struct Facts;

/// What may be said of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Holds,
    Fails,
    Unclear,
    Unmeasured,
}

impl Verdict {
    fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "does not hold",
            Self::Unclear => "cannot be told",
            Self::Unmeasured => "not measured by this run",
        }
    }

    fn ink(self) -> Rgb {
        match self {
            Self::Holds => PALETTE[2].text,
            Self::Fails => PALETTE[1].text,
            Self::Unclear | Self::Unmeasured => QUIET,
        }
    }
}

impl Bound {
    /// By the 95% interval of the number: an interval that holds the bound, or none, tells nothing.
    fn verdict(self, interval: Option<(f64, f64)>) -> Verdict {
        let Some((low, high)) = interval else {
            return Verdict::Unclear;
        };
        let (holds, fails) = match self {
            Self::Above(x) => (low > x, high < x),
            Self::Below(x) => (high < x, low > x),
        };
        match (holds, fails) {
            (true, _) => Verdict::Holds,
            (_, true) => Verdict::Fails,
            _ => Verdict::Unclear,
        }
    }
}

/// A statement as the model answers it: the number in words, and the verdict.
fn answer(statement: &Statement, plot: &PlotTable) -> (String, Verdict) {
    let unmeasured = (String::new(), Verdict::Unmeasured);
    let bound = statement.bound;
    let points = |quantity: &str| plot.points("facts", statement.id, quantity);
    match &statement.source {
        Source::Run(number) => {
            let points = points(number.measure);
            let of = |year: i32| -> Option<Stats> {
                let found = points.iter().find(|(time, _)| *time == Date::end_of(year));
                found.map(|(_, stats)| *stats)
            };
            let Some(to) = of(number.year) else { return unmeasured };
            match number.since {
                None => (told(to.mean, to.ci), bound.verdict(to.ci)),
                Some(year) => match of(year) {
                    None => unmeasured,
                    Some(from) => {
                        let change = Difference::between(&from, &to);
                        let ends = format!("{} to {}: ", percent(from.mean), percent(to.mean));
                        (ends + &change.in_points(), bound.verdict(change.interval))
                    }
                },
            }
        }
        Source::Bills(bills) => {
            let one = |quantity: &str| points(quantity).first().map(|(_, stats)| *stats);
            let (Some(from), Some(to)) = (one(LESSER), one(GREATER)) else {
                return unmeasured;
            };
            let (from, to) = (from.scaled(1e-3), to.scaled(1e-3));
            let change = Difference::between(&from.scaled(bills.times), &to);
            let than = if bills.times == 1.0 {
                String::new()
            } else {
                format!("{} times ", fixed(bills.times, 0))
            };
            let said = format!(
                "USD {} bn against {than}{} bn: {}",
                fixed(to.mean, 2),
                fixed(from.mean, 2),
                change.in_units()
            );
            (said, bound.verdict(change.interval))
        }
        Source::Theory(_) => match points(THEORY).first() {
            None => unmeasured,
            Some((_, stats)) => (
                format!(
                    "{}{} (exact)",
                    if stats.mean > 0.0 { "+" } else { "" },
                    fixed(stats.mean, 2)
                ),
                bound.verdict(stats.ci),
            ),
        },
    }
}

fn told(mean: f64, interval: Option<(f64, f64)>) -> String {
    let mut text = percent(mean);
    let _ = match interval {
        Some((low, high)) => write!(
            text,
            " (95% interval {} to {}%)",
            fixed(100.0 * low, 1),
            fixed(100.0 * high, 1)
        ),
        None => write!(text, " (one replicate: no interval)"),
    };
    text
}

impl Figure for Facts {
    fn name(&self) -> &'static str {
        NAME
    }

    fn measures(&self) -> &'static [&'static str] {
        &[
            "handicapped_retention",
            "share_sales",
            "open_share_specified",
            "open_share_multi_vendor",
            "hhi_sites",
            "open_share_sales",
            "anchor_rate",
            "operator_cost",
        ]
    }

    /// Of the first world alone, and only where it was played through 2019: the facts are of those years.
    fn plotted(&self, table: &SummaryTable, spec: &Spec) -> Result<PlotTable> {
        let worlds = gather::worlds(table, spec);
        let world = worlds.first().map_or("", |(id, _)| id);
        let played = |row: &&super::summary::SummaryRow| row.scenario == world && row.time == Date::end_of(2019);
        let mut rows = Vec::new();
        if table
            .rows
            .iter()
            .any(|row| played(&row) && row.measure == "share_sales")
        {
            for statement in &STATEMENTS {
                rows.extend(plotted(statement, table, world)?);
            }
        }
        gather::finish(
            self.name(),
            rows,
            "a run that was played through 2019 with default measures",
        )
    }

    fn drawing(&self, plot: &PlotTable, note: &Note) -> Result<Drawing> {
        if plot.rows.is_empty() {
            return Err(FigureError::NoSeries {
                figure: self.name(),
                wanted: "at least one row with numbers".to_owned(),
                hint: "make its CSV again with `oransim figures --only`".to_owned(),
            });
        }
        let answers: Vec<(&Statement, String, Verdict)> = (STATEMENTS.iter())
            .map(|statement| {
                let (number, verdict) = answer(statement, plot);
                (statement, number, verdict)
            })
            .collect();
        let verdicts: Vec<Verdict> = answers.iter().map(|(_, _, verdict)| *verdict).collect();
        let lines: Vec<Line> = answers.iter().map(Line::of).collect();
        let height = HEAD + lines.iter().map(Line::height).sum::<f64>();
        let page = Page::begin(self.name(), words(&verdicts), height, note);
        let (x, mut y) = (page.body.x, page.body.y);
        for ((left, _), name) in COLUMNS.iter().zip(["Fact", "This run", "History", "Verdict"]) {
            page.sheet
                .text(x + left, y + 11.0, name, TextStyle::new(TICK_SIZE, QUIET).bold());
        }
        y += HEAD;
        for line in &lines {
            page.sheet.line(&[(x, y), (page.body.right(), y)], GRID, 1.0);
            line.write(&page.sheet, x, y);
            y += line.height();
        }
        Ok(page.finish())
    }
}

/// The rows of one statement.
fn plotted(statement: &Statement, table: &SummaryTable, world: &str) -> Result<Vec<PlotRow>> {
    let rows = |series: &[&SummaryRow]| gather::rows(("facts", "Facts"), (statement.id, statement.text), series);
    Ok(match &statement.source {
        Source::Run(number) => {
            let key = Key {
                vendor: number.vendor,
                place: number.place,
                part: number.part,
                ..Key::world(world, number.measure)
            };
            let years = [number.since, Some(number.year)].map(|year| year.map(Date::end_of));
            let mut series = table.series(&key);
            series.retain(|row| years.contains(&Some(row.time)));
            rows(&series)
        }
        Source::Bills(bills) => {
            let bill = |(world, place): (&str, &str), quantity: &str| {
                let key = Key {
                    place: ("bloc", place),
                    ..Key::world(world, BILL)
                };
                let mut series = table.differences(&key);
                series.retain(|row| row.time == Date::end_of(bills.year));
                let named = rows(&series).into_iter();
                named
                    .map(|row| PlotRow {
                        quantity: quantity.to_owned(),
                        ..row
                    })
                    .collect::<Vec<_>>()
            };
            let mut both = bill(bills.from, LESSER);
            both.extend(bill(bills.to, GREATER));
            both
        }
        Source::Theory(compute) => {
            let value = compute().map_err(|error| FigureError::Theory {
                figure: NAME,
                message: error.to_string(),
            })?;
            let value = rounded(value);
            vec![PlotRow {
                panel: "facts".to_owned(),
                panel_label: "Facts".to_owned(),
                series: statement.id.to_owned(),
                label: statement.text.to_owned(),
                quantity: THEORY.to_owned(),
                unit: "mu".to_owned(),
                time: Date::end_of(2019),
                stats: Some(Stats {
                    mean: value,
                    quantiles: [value; 5],
                    ci: Some((value, value)),
                }),
            }]
        }
    })
}

/// Quantities of the rows that are no measure of the run.
const LESSER: &str = "lesser_bill";
const GREATER: &str = "greater_bill";
const THEORY: &str = "theory";
const NAME: &str = "18-facts";

/// Left edge and width of the columns: fact, number, history, verdict.
const COLUMNS: [(f64, f64); 4] = [(0.0, 258.0), (270.0, 168.0), (450.0, 140.0), (602.0, 90.0)];
const HEAD: f64 = 18.0;
const LEADING: f64 = 1.25 * NOTE_SIZE;

/// One row of the table: the lines of its four cells, with their styles.
struct Line {
    cells: [Vec<(String, TextStyle)>; 4],
}

impl Line {
    fn of((statement, number, verdict): &(&Statement, String, Verdict)) -> Self {
        let style = TextStyle::new(NOTE_SIZE, TEXT);
        let wrapped = |column: usize, text: &str, style: TextStyle| -> Vec<(String, TextStyle)> {
            let lines = font::wrap(text, NOTE_SIZE, style.weight, COLUMNS[column].1);
            lines.into_iter().map(|line| (line, style)).collect()
        };
        let mut fact = wrapped(0, statement.fact, style.bold());
        fact.extend(wrapped(0, statement.text, style));
        let quiet = TextStyle::new(NOTE_SIZE, QUIET);
        let number = match verdict {
            Verdict::Unmeasured => {
                let needs = match &statement.source {
                    Source::Run(number) => format!("Needs `{}` of {}", number.measure, number.place.1),
                    _ => "Needs worlds that `results/figures.toml` lists".to_owned(),
                };
                wrapped(1, &needs, quiet)
            }
            Verdict::Fails => {
                let mut cell = wrapped(1, number, style);
                cell.extend(wrapped(1, &format!("Suspected: {}", statement.remark), quiet));
                cell
            }
            _ => wrapped(1, number, style),
        };
        let said = TextStyle {
            weight: Weight::Bold,
            ..TextStyle::new(NOTE_SIZE, verdict.ink())
        };
        Self {
            cells: [
                fact,
                number,
                wrapped(2, statement.history, style),
                wrapped(3, verdict.words(), said),
            ],
        }
    }

    fn height(&self) -> f64 {
        let most = self.cells.iter().map(Vec::len).max().unwrap_or(0);
        most as f64 * LEADING + 9.0
    }

    fn write(&self, sheet: &Sheet, x: f64, y: f64) {
        for ((left, _), cell) in COLUMNS.iter().zip(&self.cells) {
            for (i, (text, style)) in cell.iter().enumerate() {
                sheet.text(x + left, y + 3.0 + (i + 1) as f64 * LEADING, text, *style);
            }
        }
    }
}

fn words(verdicts: &[Verdict]) -> Words {
    let count = |verdict| verdicts.iter().filter(|v| **v == verdict).count();
    let (holds, fails) = (count(Verdict::Holds), count(Verdict::Fails));
    let told = holds + fails;
    let subtitle = format!(
        "Of {} statements about history and theory {} can be told from these runs, {} cannot, {} they do not measure.",
        verdicts.len(),
        told,
        count(Verdict::Unclear),
        count(Verdict::Unmeasured)
    );
    Words {
        title: match (told, fails) {
            (0, _) => "No fact of history can be told from this run".to_owned(),
            (_, 0) => format!("All {told} statements about history that can be told hold"),
            _ => format!("{fails} of {told} statements about history that can be told do not hold"),
        },
        description: format!("Table of statements with the run's numbers. {holds} hold, {fails} do not hold."),
        subtitle,
        notes: vec![
            "A statement holds, or does not, if the whole 95% interval of the mean over replicates lies on one side of its bound. Changes: \
             half-widths of both ends added. The interval is luck of the model, not doubt about its parameters."
                .to_owned(),
            "Bills: of rules beyond the same world without them, as in figure 07. Theory: two equal sellers, as in figures 13 and 17, exact.".to_owned(),
            "F: rows of scenarios/sources.csv. Shares of sales of 2020 are also what regional effects were set by.".to_owned(),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::super::note::Uncertainty;
    use super::super::summary::{COLUMNS as SUMMARY, SummaryTable};
    use super::*;

    fn table(rows: &[(&str, &str, &str, &str, &str, f64, f64)]) -> SummaryTable {
        let mut text = SUMMARY.join(",") + "\n";
        for (time, measure, kind, place, vendor, mean, half) in rows {
            let (low, high) = (mean - half, mean + half);
            let _ = writeln!(
                text,
                "h,{time},{measure},share,ran,all,{kind},{place},{vendor},all,9,{mean},0.1,{mean},{mean},{mean},{mean},{mean},{low},{high}"
            );
        }
        SummaryTable::read(text.as_bytes(), &[]).expect("valid")
    }

    fn verdicts(rows: &[(&str, &str, &str, &str, &str, f64, f64)]) -> Vec<(&'static str, Verdict)> {
        let plot = Facts.plotted(&table(rows), &Spec::default()).expect("some");
        STATEMENTS.iter().map(|s| (s.id, answer(s, &plot).1)).collect()
    }

    const OUTSIDE: &str = "world_ex_china";

    #[test]
    fn an_interval_decides_and_what_is_not_recorded_is_not_guessed() {
        let rows = [
            ("2019-12-31", "share_sales", "world", "world", "huawei", 0.32, 0.01),
            ("2020-12-31", "share_sales", "world", "world", "huawei", 0.25, 0.01),
            ("2019-12-31", "share_sales", OUTSIDE, OUTSIDE, "huawei", 0.23, 0.001),
            ("2022-12-31", "share_sales", OUTSIDE, OUTSIDE, "huawei", 0.2, 0.001),
            (
                "2020-12-31",
                "open_share_specified",
                "world",
                "world",
                "all",
                0.011,
                0.002,
            ),
        ];
        let found = verdicts(&rows);
        let of = |id: &str| found.iter().find(|(s, _)| *s == id).map(|(_, v)| *v);
        assert_eq!(of("2a"), Some(Verdict::Holds));
        assert_eq!(of("2b"), Some(Verdict::Fails), "seven points are more than three");
        assert_eq!(of("4a"), Some(Verdict::Unclear), "the interval holds the bound");
        assert_eq!(of("3"), Some(Verdict::Unmeasured));
        assert_eq!(of("6a"), Some(Verdict::Unmeasured), "2025 is missing");
    }

    #[test]
    fn a_run_that_begins_later_has_no_such_table() {
        let rows = [("2020-12-31", "share_sales", "world", "world", "huawei", 0.3, 0.01)];
        let refused = Facts.plotted(&table(&rows), &Spec::default());
        assert!(matches!(refused, Err(FigureError::NoSeries { .. })));
    }

    #[test]
    fn the_drawing_says_what_fails_and_why() {
        let rows = [
            ("2019-12-31", "share_sales", "world", "world", "huawei", 0.32, 0.01),
            ("2020-12-31", "share_sales", "world", "world", "huawei", 0.25, 0.01),
        ];
        let plot = Facts.plotted(&table(&rows), &Spec::default()).expect("some");
        let note = Note {
            scenarios: vec!["h".to_owned()],
            seed: 1,
            replicates: 9,
            uncertainty: Uncertainty::parse("fixed").expect("a mode"),
            version: "0".to_owned(),
            manifest: "0123456789abcdef".to_owned(),
        };
        let svg = Facts.draw(&plot, &note).expect("drawn");
        assert!(svg.contains("1 of 5 statements about history that can be told do not hold"));
        assert!(svg.contains("Suspected: China"), "{svg}");
        let csv = plot.to_csv(&note).expect("written");
        let (read, same) = PlotTable::from_csv(csv.as_bytes()).expect("read");
        assert_eq!(Facts.draw(&read, &same).expect("drawn again"), svg);
    }
}
