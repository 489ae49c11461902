//! What is aimed at: rows of the targets file with their tolerances.

use std::path::Path;

use sim_core::inference::Observation;
use sim_core::inference::calibration::Target;

use crate::exit::{Failure, Result};
use crate::observed::{Observed, ObservedRow};
use crate::store::layout::{Layout, SeriesLabel};
use crate::time::iso;

/// Half-width of the central 95% of a normal, in standard deviations.
const HALF_WIDTH: f64 = 1.959_963_984_540_054;

/// One target.
#[derive(Debug, Clone)]
pub(super) struct TargetRow {
    /// As it stands in the file.
    pub row: ObservedRow,
    /// What the method sees of it.
    pub target: Target,
}

/// All targets, in the order of the file.
pub(super) struct Targets {
    pub rows: Vec<TargetRow>,
}

impl Targets {
    /// Gives each row its tolerance: a quarter of what its bounds span, nearly, or `otherwise`.
    ///
    /// # Errors
    /// [`Failure::Refused`] with every row that has none, and where there is no row.
    pub fn new(observed: &Observed, otherwise: Option<f64>, file: &Path) -> Result<Self> {
        if let Some(sd) = otherwise.filter(|sd| !(sd.is_finite() && *sd >= 0.0)) {
            return Err(Failure::Refused(format!("--tolerance {sd}: say a number of 0 or more")));
        }
        let (mut rows, mut faults) = (Vec::new(), Vec::new());
        for points in observed.values() {
            for row in points.values() {
                let tolerance = match (row.observation, row.bounds) {
                    (Observation::Value(_), [low, high]) if low.is_finite() && high.is_finite() => {
                        Some((high - low) / (2.0 * HALF_WIDTH))
                    }
                    (Observation::Value(_), [low, high]) if low.is_finite() || high.is_finite() => {
                        faults.push((
                            row.line,
                            "a value with one bound has no tolerance: give both low and high",
                        ));
                        continue;
                    }
                    (Observation::Value(_), _) => otherwise,
                    // The edges of a range are blurred by luck and surface alone, unless the command line says more.
                    (Observation::Range { .. }, _) => Some(otherwise.unwrap_or(0.0)),
                };
                let Some(tolerance) = tolerance else {
                    faults.push((
                        row.line,
                        "no tolerance: give low and high beside the value, or say --tolerance SD",
                    ));
                    continue;
                };
                rows.push(TargetRow {
                    target: Target {
                        observation: row.observation,
                        tolerance,
                    },
                    row: row.clone(),
                });
            }
        }
        if rows.is_empty() && faults.is_empty() {
            return Err(Failure::Refused(format!(
                "{}: there is no target in it",
                file.display()
            )));
        }
        if !faults.is_empty() {
            faults.sort_unstable();
            let lines = faults
                .iter()
                .map(|(line, why)| format!("{}:{line}: {why}", file.display()));
            return Err(Failure::Refused(lines.collect::<Vec<_>>().join("\n")));
        }
        rows.sort_by_key(|row| row.row.line);
        Ok(Self { rows })
    }

    /// Where each target stands among the values of a record; the layout holds the dates and series of all.
    pub fn cells(&self, layout: &Layout) -> Vec<usize> {
        let cell = |row: &TargetRow| {
            let date = layout.dates.iter().position(|day| *day == row.row.day)?;
            let series = layout.series.iter().position(|series| *series == row.row.series)?;
            Some(date * layout.series.len() + series)
        };
        // One that is not there reads as undefined.
        self.rows.iter().map(|row| cell(row).unwrap_or(usize::MAX)).collect()
    }

    /// A target in words.
    pub fn name(&self, row: &TargetRow) -> String {
        format!(
            "{} of {} (line {})",
            short(&row.row.series),
            iso(row.row.day),
            row.row.line
        )
    }
}

/// A series by what singles it out.
pub(super) fn short(label: &SeriesLabel) -> String {
    let texts = [
        &label.measure,
        &label.component,
        &label.generation,
        &label.place,
        &label.vendor,
        &label.part,
    ];
    let told: Vec<&str> = texts
        .into_iter()
        .map(String::as_str)
        .filter(|text| *text != "all")
        .collect();
    told.join(" ")
}
