//! `18-facts`: what history showed, beside what one run shows. Each statement has a number with its interval, what was seen, and
//! whether it holds, does not hold, or cannot be told. What a run does not record is said to be unmeasured, never guessed.
//!
//! A statement claims that a number, its change between the ends of two years, or the difference of two bills lies above or below a
//! bound that is fixed before any run: it holds if the whole 95% interval of the mean does, and does not if the whole interval lies on
//! the other side. What theory answers is exact.

use std::fmt::Write as _;

use super::date::Date;
use super::error::{FigureError, Result};
use super::estimates::{BILL, BILL_STEP, over};
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
            let step = one(STEP).map(|step| Difference::paired(&step.scaled(1e-3)));
            let change = step.unwrap_or_else(|| Difference::between(&from.scaled(bills.times), &to));
            let than = if bills.times == 1.0 {
                String::new()
            } else {
                format!("{} times ", fixed(bills.times, 0))
            };
            let said = format!(
                "USD {} bn against {than}{} bn: {}{}",
                fixed(to.mean, 2),
                fixed(from.mean, 2),
                change.in_units(),
                if step.is_some() { ", in paired replicates" } else { "" }
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
        let is_theory = |statement: &Statement| matches!(statement.source, Source::Theory(_));
        let verdicts = |theory: bool| -> Vec<Verdict> {
            let of = answers.iter().filter(|(statement, ..)| is_theory(statement) == theory);
            of.map(|(_, _, verdict)| *verdict).collect()
        };
        let lines: Vec<Line> = answers.iter().map(Line::of).collect();
        let height = HEAD + lines.iter().map(Line::height).sum::<f64>();
        let page = Page::begin(self.name(), words(&verdicts(false), &verdicts(true)), height, note);
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
            let bill = |(world, place): (&str, &str), measure: &str, part: &str, quantity: &str| {
                let key = Key {
                    place: ("bloc", place),
                    part,
                    ..Key::world(world, measure)
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
            let mut found = bill(bills.from, BILL, "all", LESSER);
            found.extend(bill(bills.to, BILL, "all", GREATER));
            // What the greater adds is known in each replicate where the lesser was played before it against the same base.
            if bills.times == 1.0 {
                found.extend(bill(bills.to, BILL_STEP, &over(bills.from.0), STEP));
            }
            found
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
/// The one less the other in each replicate.
const STEP: &str = "bill_step";
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

/// Title, subtitle and notes: what theory answers holds of itself and is counted apart.
fn words(history: &[Verdict], theory: &[Verdict]) -> Words {
    let count = |of: &[Verdict], verdict| of.iter().filter(|v| **v == verdict).count();
    let (holds, fails) = (count(history, Verdict::Holds), count(history, Verdict::Fails));
    let told = holds + fails;
    let exact = match (theory.len(), count(theory, Verdict::Holds)) {
        (0, _) => String::new(),
        (all, hold) if all == hold => format!(" All {all} of exact theory hold."),
        (all, hold) => format!(" {hold} of {all} of exact theory hold."),
    };
    let subtitle = format!(
        "Of {} statements about history {told} can be told from these runs, {} cannot, {} they do not measure.{exact}",
        history.len(),
        count(history, Verdict::Unclear),
        count(history, Verdict::Unmeasured)
    );
    Words {
        title: match (told, fails) {
            (0, _) => "No fact of history can be told from this run".to_owned(),
            (1, 0) => "The one statement about history that can be told holds".to_owned(),
            (1, _) => "The one statement about history that can be told does not hold".to_owned(),
            (_, 0) => format!("All {told} statements about history that can be told hold"),
            (_, 1) => format!("1 of {told} statements about history that can be told does not hold"),
            _ => format!("{fails} of {told} statements about history that can be told do not hold"),
        },
        description: format!("Table of statements with the run's numbers. Of history {holds} hold, {fails} do not hold.{exact}"),
        subtitle,
        notes: vec![
            "A statement holds, or does not, if the whole 95% interval of the mean over replicates lies on one side of its bound. Changes: \
             half-widths of both ends added. The interval is luck of the model, not doubt about its parameters."
                .to_owned(),
            "Bills: of rules beyond the same world without them, of this figure’s own replicates; figure 07 tells the same rules of others. \
             Where it is said, a bill is set against the lesser in each replicate. Theory: two equal sellers, as in figures 13 and 17, exact."
                .to_owned(),
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
        assert!(svg.contains("The one statement about history that can be told does not hold"));
        let (_, text) = svg.split_once("<desc").expect("described");
        let said = "Of 14 statements about history 1 can be told from these runs, 0 cannot, 13 they do not measure. All 4 of exact theory hold.";
        assert!(text.contains(said), "{text}");
        assert!(svg.contains("Suspected: China"), "{svg}");
        let csv = plot.to_csv(&note).expect("written");
        let (read, same) = PlotTable::from_csv(csv.as_bytes()).expect("read");
        assert_eq!(Facts.draw(&read, &same).expect("drawn again"), svg);
    }

    #[test]
    fn theory_is_no_statement_about_history() {
        use Verdict::{Fails, Holds, Unclear};
        let title = |history: &[Verdict]| words(history, &[Holds; 4]).title;
        assert_eq!(title(&[Unclear]), "No fact of history can be told from this run");
        assert_eq!(
            title(&[Holds, Holds]),
            "All 2 statements about history that can be told hold"
        );
        assert_eq!(
            title(&[Holds, Fails]),
            "1 of 2 statements about history that can be told does not hold"
        );
        assert_eq!(
            title(&[Holds, Fails, Fails, Unclear]),
            "2 of 3 statements about history that can be told do not hold"
        );
        let said = words(&[Holds], &[Holds, Fails]).subtitle;
        assert!(said.ends_with("1 of 2 of exact theory hold."), "{said}");
    }

    /// Two bills that swing together: half-widths added tell nothing, their difference in each replicate does.
    #[test]
    fn a_step_of_a_bill_is_told_in_pairs_where_it_is_known() {
        let rows = [("2019-12-31", "share_sales", "world", "world", "huawei", 0.32, 0.01)];
        let mut table = table(&rows);
        let bill = |world: &str, measure: &str, part: &str, (mean, half): (f64, f64)| SummaryRow {
            scenario: world.to_owned(),
            time: Date::end_of(2027),
            measure: measure.to_owned(),
            place_kind: "bloc".to_owned(),
            place: "uk".to_owned(),
            vendor: "all".to_owned(),
            part: part.to_owned(),
            stats: Some(Stats {
                mean,
                quantiles: [mean; 5],
                ci: Some((mean - half, mean + half)),
            }),
            ..table.rows[0].clone()
        };
        table.differences = vec![
            bill("uk-cap-2030", BILL, "all", (360.0, 66.0)),
            bill("uk-purchase-ban-2030", BILL, "all", (470.0, 70.0)),
        ];
        let said = |table: &SummaryTable| {
            let plot = Facts.plotted(table, &Spec::default()).expect("some");
            let statement = STATEMENTS.iter().find(|s| s.id == "5a").expect("known");
            answer(statement, &plot)
        };
        assert_eq!(said(&table).1, Verdict::Unclear);
        let step = bill("uk-purchase-ban-2030", BILL_STEP, &over("uk-cap-2030"), (110.0, 40.0));
        table.differences.push(step);
        let (text, verdict) = said(&table);
        assert_eq!(verdict, Verdict::Holds);
        assert_eq!(
            text,
            "USD 0.47 bn against 0.36 bn: +0.11 (95% interval 0.07 to 0.15), in paired replicates"
        );
    }
}
