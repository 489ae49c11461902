//! `18-facts`: what history showed, beside what one run shows. Each statement has a number with its interval, what was seen, and
//! whether it holds, does not hold, or cannot be told. What a run does not record is said to be unmeasured, never guessed.
//!
//! A statement claims that a number, or its change between the ends of two years, lies above or below a bound that is fixed here,
//! before any run: it holds if the whole 95% interval of the mean does, and does not if the whole interval lies on the other side.

use std::fmt::Write as _;

use super::date::Date;
use super::error::{FigureError, Result};
use super::font::{self, Weight};
use super::note::{Note, Spec};
use super::number::{fixed, percent};
use super::page::{Drawing, Page, Words};
use super::plot::PlotTable;
use super::sheet::{Sheet, TextStyle};
use super::summary::{Key, Stats, SummaryTable};
use super::theme::{GRID, NOTE_SIZE, PALETTE, QUIET, Rgb, TEXT, TICK_SIZE};
use super::words::Difference;
use super::{Figure, gather};

/// The facts of history as a table.
pub struct Facts;

/// A number of a run that a statement is about.
struct Number {
    measure: &'static str,
    vendor: &'static str,
    place: (&'static str, &'static str),
    part: &'static str,
    /// The end of a year; with a year before it, the change since the end of that.
    year: i32,
    since: Option<i32>,
}

/// What the number must be for the statement to hold.
#[derive(Clone, Copy)]
enum Bound {
    Above(f64),
    Below(f64),
}

/// One statement about history.
struct Statement {
    /// Names it in the numbers beside the figure.
    id: &'static str,
    /// The fact that it belongs to.
    fact: &'static str,
    text: &'static str,
    history: &'static str,
    /// The number and its bound; without it a run of this kind does not measure it, and the text says what would.
    claim: Option<(Number, Bound)>,
    /// Mechanism suspected where it does not hold; where no number is read, what would measure it.
    remark: &'static str,
}

const WORLD: (&str, &str) = ("world", "world");
const EX_CHINA: (&str, &str) = ("world_ex_china", "world_ex_china");

const fn at(measure: &'static str, vendor: &'static str, place: (&'static str, &'static str), year: i32) -> Number {
    Number {
        measure,
        vendor,
        place,
        part: "all",
        year,
        since: None,
    }
}

const fn part(number: Number, part: &'static str) -> Number {
    Number { part, ..number }
}

const fn change(number: Number, since: i32) -> Number {
    Number {
        since: Some(since),
        ..number
    }
}

const STATEMENTS: [Statement; 12] = [
    Statement {
        id: "1a",
        fact: "1 Retention",
        text: "In 2019 over a tenth of awarded sites went to the incumbent although the same buyer without kit would have chosen another",
        history: "Sellers kept far more than price and quality explain",
        claim: Some((
            part(at("handicapped_retention", "all", WORLD, 2019), "with_shocks"),
            Bound::Above(0.1),
        )),
        remark: "the anchor between generations and work on site weigh too little against lasting tastes",
    },
    Statement {
        id: "1b",
        fact: "1 Retention",
        text: "The 4G seller of a site predicts its 5G seller",
        history: "5G on 4G favours the incumbent (F223)",
        claim: None,
        remark: "the table of tenders (--record core,tenders) with old and new sellers",
    },
    Statement {
        id: "2a",
        fact: "2 Huawei",
        text: "Its share of sales outside China falls from 2019 to 2022",
        history: "23% to 21% by 2020 (F015, F016)",
        claim: Some((
            change(at("share_sales", "huawei", EX_CHINA, 2022), 2019),
            Bound::Below(0.0),
        )),
        remark: "distrust and fear of a ban weigh little against its price outside the countries with a rule",
    },
    Statement {
        id: "2b",
        fact: "2 Huawei",
        text: "Its share of world sales loses less than three points in 2020",
        history: "32% to 33% (F001, F002)",
        claim: Some((
            change(at("share_sales", "huawei", WORLD, 2020), 2019),
            Bound::Above(-0.03),
        )),
        remark: "China's first 5G tenders are too small, or too early, in the run",
    },
    Statement {
        id: "3",
        fact: "3 Ahead of a ban",
        text: "Its share of British sales falls in 2020, when the ban is announced and not yet in force",
        history: "Orders went elsewhere from July 2020 (F202, F258)",
        claim: Some((
            change(at("share_sales", "huawei", ("country", "GBR"), 2020), 2019),
            Bound::Below(0.0),
        )),
        remark: "few tenders fall into one year of one country; the fear of removal before a rule is small",
    },
    Statement {
        id: "4a",
        fact: "4 Open networks",
        text: "Under 1% of sites are open at the end of 2020",
        history: "Under 1% (F126)",
        claim: Some((at("open_share_specified", "all", WORLD, 2020), Bound::Below(0.01))),
        remark: "sites that stand open at the start and the entrants' pace of building",
    },
    Statement {
        id: "4b",
        fact: "4 Open networks",
        text: "A burst, then a dip when the entrants' build-outs end",
        history: "Doubled in 2021 and 2022 (F129, F132)",
        claim: None,
        remark: "sales of open kit by year, which no measure has",
    },
    Statement {
        id: "4c",
        fact: "4 Open networks",
        text: "Radio and baseband of two sellers stay under 5% of sites in 2025",
        history: "Growth was led by awards to one seller",
        claim: Some((at("open_share_multi_vendor", "all", WORLD, 2025), Bound::Below(0.05))),
        remark: "integration and operation of two sellers cost too little in the run",
    },
    Statement {
        id: "5",
        fact: "5 Cost of rules",
        text: "Cap, purchase ban and removal cost more in that order",
        history: "About GBP 0.5 bn, then more, then up to 2 bn (F298, F300)",
        claim: None,
        remark: "a comparison of the three British rules",
    },
    Statement {
        id: "6a",
        fact: "6 Openness is not diversity",
        text: "The open share of sites rises from 2020 to 2025",
        history: "It rose until 2022 (F128 to F132)",
        claim: Some((
            change(at("open_share_specified", "all", WORLD, 2025), 2020),
            Bound::Above(0.0),
        )),
        remark: "nobody but the entrants buys open",
    },
    Statement {
        id: "6b",
        fact: "6 Openness is not diversity",
        text: "Concentration of sites rises over the same years",
        history: "It can: sales rose by about half in HHI from 2000 to 2019 (F365)",
        claim: Some((change(at("hhi_sites", "all", WORLD, 2025), 2020), Bound::Above(0.0))),
        remark: "rules take sites from the largest seller",
    },
    Statement {
        id: "7-8",
        fact: "7, 8 Prices",
        text: "Switching costs lower or raise prices; who has kit gains less by lower ones than frozen prices say",
        history: "Theory: both signs, by patience and number of bidders",
        claim: None,
        remark: "the sign map and prices of new and attached buyers in the theory scenarios",
    },
];

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

/// A statement as the run answers it: the number in words, and the verdict.
fn answer(statement: &Statement, plot: &PlotTable) -> (String, Verdict) {
    let unmeasured = (String::new(), Verdict::Unmeasured);
    let Some((number, bound)) = &statement.claim else {
        return unmeasured;
    };
    let points = plot.points("facts", statement.id, number.measure);
    let of = |year: i32| -> Option<Stats> {
        let found = points.iter().find(|(time, _)| *time == Date::end_of(year));
        found.map(|(_, stats)| *stats)
    };
    let Some(to) = of(number.year) else {
        return unmeasured;
    };
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
        "18-facts"
    }

    fn measures(&self) -> &'static [&'static str] {
        &[
            "handicapped_retention",
            "share_sales",
            "open_share_specified",
            "open_share_multi_vendor",
            "hhi_sites",
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
                let Some((number, _)) = &statement.claim else {
                    continue;
                };
                let key = Key {
                    vendor: number.vendor,
                    place: number.place,
                    part: number.part,
                    ..Key::world(world, number.measure)
                };
                let years = [number.since, Some(number.year)].map(|year| year.map(Date::end_of));
                let mut series = table.series(&key);
                series.retain(|row| years.contains(&Some(row.time)));
                rows.extend(gather::rows(
                    ("facts", "Facts"),
                    (statement.id, statement.text),
                    &series,
                ));
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
            Verdict::Unmeasured if statement.claim.is_some() => {
                wrapped(1, "Needs the whole record (--record all)", quiet)
            }
            Verdict::Unmeasured => wrapped(1, &format!("Needs {}", statement.remark), quiet),
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
        "Of {} statements about history {} can be told from this run, {} cannot, {} it does not measure.",
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
        assert!(svg.contains("1 of 1 statements about history that can be told do not hold"));
        assert!(svg.contains("Suspected: China"), "{svg}");
        let csv = plot.to_csv(&note).expect("written");
        let (read, same) = PlotTable::from_csv(csv.as_bytes()).expect("read");
        assert_eq!(Facts.draw(&read, &same).expect("drawn again"), svg);
    }
}
