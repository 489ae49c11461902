//! Scores as a table for people and for machines.

use sim_core::inference::{PointScore, compensated_sum};

use super::series::{ENOUGH, skill_of};
use crate::exit::{Failure, Result};
use crate::output::number::number;
use crate::store::layout::{LABEL_COLUMNS, SeriesLabel};

/// One series against one rival.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// World.
    pub scenario: String,
    /// Series; of a pooled row, what its series share.
    pub label: SeriesLabel,
    /// Points scored, ranges among them.
    pub points: usize,
    /// Mean error of the median, in the unit of the series.
    pub bias: f64,
    /// Mean absolute error of the median.
    pub error: f64,
    /// Mean score over the points with a value.
    pub crps: f64,
    /// Share of points that the 50% band holds.
    pub in_50: f64,
    /// The same of the 90% band.
    pub in_90: f64,
    /// Ranges and bounds among the points.
    pub ranges: usize,
    /// Those that the median keeps.
    pub kept: usize,
    /// Name of the rival.
    pub rival: String,
    /// Points on which both are compared.
    pub rival_points: usize,
    /// Mean score of the run on them.
    pub own_score: f64,
    /// Mean absolute error of the rival on them.
    pub rival_score: f64,
    /// Skill over the rival; none where nothing is compared or the rival was perfect.
    pub skill: Option<f64>,
    /// In words.
    pub verdict: String,
}

/// The label of a row over series that differ in place and vendor alone.
pub fn pooled_label(of: &SeriesLabel) -> SeriesLabel {
    let pooled = || POOLED.to_owned();
    SeriesLabel {
        place_kind: pooled(),
        place: pooled(),
        vendor: pooled(),
        ..of.clone()
    }
}

/// What stands in the keys that a pooled row is not about.
pub const POOLED: &str = "pooled";

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let all: Vec<f64> = values.collect();
    compensated_sum(all.iter().copied()) / all.len() as f64
}

impl Row {
    /// Nothing scored yet.
    pub fn new(scenario: &str, label: &SeriesLabel) -> Self {
        Self {
            scenario: scenario.to_owned(),
            label: label.clone(),
            points: 0,
            bias: f64::NAN,
            error: f64::NAN,
            crps: f64::NAN,
            in_50: f64::NAN,
            in_90: f64::NAN,
            ranges: 0,
            kept: 0,
            rival: String::new(),
            rival_points: 0,
            own_score: f64::NAN,
            rival_score: f64::NAN,
            skill: None,
            verdict: String::new(),
        }
    }

    /// Takes the scores of all points.
    pub fn fill(&mut self, scores: &[PointScore]) {
        let share = |of: fn(&PointScore) -> bool| mean(scores.iter().map(|s| f64::from(u8::from(of(s)))));
        let ranges = || scores.iter().filter(|s| s.crps.is_none());
        self.points = scores.len();
        self.bias = mean(scores.iter().map(|s| s.error));
        self.error = mean(scores.iter().map(|s| s.error.abs()));
        self.crps = mean(scores.iter().filter_map(|s| s.crps));
        self.in_50 = share(|s| s.in_50);
        self.in_90 = share(|s| s.in_90);
        self.ranges = ranges().count();
        self.kept = ranges().filter(|s| s.error == 0.0).count();
    }

    /// The same against a rival: scores of the run and of the rival, point by point.
    pub fn against(&self, rival: &str, pair: &(Vec<f64>, Vec<f64>)) -> Self {
        Self {
            rival: rival.to_owned(),
            rival_points: pair.1.len(),
            own_score: mean(pair.0.iter().copied()),
            rival_score: mean(pair.1.iter().copied()),
            skill: skill_of(pair),
            ..self.clone()
        }
    }

    /// How the run stands to the rival, in words.
    pub fn comparison(&self) -> String {
        let rival = &self.rival;
        match self.skill {
            _ if self.rival_points < ENOUGH => format!("{rival} tells too little to compare"),
            Some(skill) if skill > 0.0 => format!("better than {rival}"),
            // No skill over a rival without error can be computed: none is better.
            None if self.own_score == 0.0 => format!("as good as {rival}"),
            _ => format!("no better than {rival}"),
        }
    }
}

/// Columns after the keys.
const COLUMNS: [&str; 13] = [
    "points",
    "bias",
    "mean_abs_error",
    "crps",
    "in_50",
    "in_90",
    "ranges",
    "ranges_kept",
    "rival",
    "rival_points",
    "rival_mean_abs_error",
    "skill",
    "verdict",
];

/// The table as CSV: one row a series and rival.
///
/// # Errors
/// None is expected: it is written to memory.
pub fn csv(rows: &[Row]) -> Result<Vec<u8>> {
    let broken = |e: csv::Error| Failure::CouldNotGoOn(format!("internal error: {e}"));
    let mut out = csv::WriterBuilder::new()
        .terminator(csv::Terminator::Any(b'\n'))
        .from_writer(Vec::new());
    let header = ["scenario"].into_iter().chain(LABEL_COLUMNS).chain(COLUMNS);
    out.write_record(header).map_err(broken)?;
    for row in rows {
        let cells = [
            row.points.to_string(),
            number(row.bias),
            number(row.error),
            number(row.crps),
            number(row.in_50),
            number(row.in_90),
            row.ranges.to_string(),
            row.kept.to_string(),
            row.rival.clone(),
            row.rival_points.to_string(),
            number(row.rival_score),
            row.skill.map_or_else(String::new, number),
            row.verdict.clone(),
        ];
        let keys = [row.scenario.as_str()].into_iter().chain(row.label.texts());
        out.write_record(keys.chain(cells.iter().map(String::as_str)))
            .map_err(broken)?;
    }
    out.into_inner()
        .map_err(|e| Failure::CouldNotGoOn(format!("internal error: {e}")))
}

/// The table for people.
pub fn text(rows: &[Row]) -> String {
    let cell = |x: f64| if x.is_nan() { "-".to_owned() } else { format!("{x:.3}") };
    let mut lines = vec![[
        "series".to_owned(),
        "points".to_owned(),
        "bias".to_owned(),
        "error".to_owned(),
        "CRPS".to_owned(),
        "in 50%".to_owned(),
        "in 90%".to_owned(),
        "rival (error)".to_owned(),
        "skill".to_owned(),
        "verdict".to_owned(),
    ]];
    for row in rows {
        let named: Vec<&str> = row.label.texts().into_iter().filter(|t| *t != "all").collect();
        lines.push([
            format!("{}: {}", row.scenario, named.join(" ")),
            row.points.to_string(),
            cell(row.bias),
            cell(row.error),
            cell(row.crps),
            cell(row.in_50),
            cell(row.in_90),
            format!("{} ({})", row.rival, cell(row.rival_score)),
            row.skill.map_or_else(|| "-".to_owned(), |s| format!("{s:.2}")),
            row.verdict.clone(),
        ]);
    }
    let mut widths = [0; 10];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut out = String::new();
    for line in &lines {
        for (i, (cell, width)) in line.iter().zip(widths).enumerate() {
            let pad = " ".repeat(width - cell.chars().count());
            let last = i + 1 == line.len();
            // Numbers stand to the right.
            let numeric = (1..7).contains(&i) || i == 8;
            out.push_str(&match (last, numeric) {
                (true, _) => cell.clone(),
                (_, true) => format!("{pad}{cell}  "),
                _ => format!("{cell}{pad}  "),
            });
        }
        out.push('\n');
    }
    out
}
