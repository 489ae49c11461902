//! What was observed and forecast beside a figure, and the scores of its first world.

use std::collections::BTreeMap;
use std::path::Path;

use sim_core::inference::Observation;

use crate::commands::score::{Row, Wanted, read_rivals, scores};
use crate::figures::history::{Known, Published, Score};
use crate::figures::manifest::FigureRun;
use crate::figures::{Spec, date::Date};
use crate::observed::{self, Observed, ObservedRow};
use crate::store::layout::{Layout, SeriesLabel};

type Said<T> = std::result::Result<T, String>;

/// Adds to the spec of a figure what was published of its series, and how the records of its first world score on it.
pub(super) fn add(root: &Path, run: &FigureRun, layout: &Layout, records: &[Vec<f64>], spec: &mut Spec) -> Said<()> {
    let mut seen = Observed::new();
    for path in &run.observed {
        for (label, points) in read(root, path)? {
            let all: &mut BTreeMap<i32, ObservedRow> = seen.entry(label).or_default();
            for (day, row) in points {
                if let Some(first) = all.insert(day, row) {
                    return Err(format!(
                        "{}: a point of line {} stands in another file too",
                        path.display(),
                        first.line
                    ));
                }
            }
        }
    }
    let paths: Vec<_> = run.rivals.iter().map(|path| root.join(path)).collect();
    let rivals = read_rivals(&paths).map_err(|failure| failure.to_string())?;
    let wanted = Wanted::new(layout, &seen, &rivals);
    let defined = |cell: &usize| -> Vec<f64> {
        let values = records.iter().filter_map(|record| record.get(*cell).copied());
        values.filter(|v| !v.is_nan()).collect()
    };
    let mut samples: BTreeMap<usize, Vec<f64>> = wanted.cells.iter().map(|cell| (*cell, defined(cell))).collect();
    let rows = scores(layout, &wanted, &mut samples, &seen, &rivals, None);
    spec.scores = rows.iter().map(score).collect();
    let named = std::iter::once(("observed", &seen)).chain(rivals.iter().map(|(name, rival)| (name.as_str(), rival)));
    for (by, source) in named {
        for (label, points) in source {
            for row in points.values() {
                spec.known.push(known(by, label, row)?);
            }
        }
    }
    Ok(())
}

fn read(root: &Path, path: &Path) -> Said<Observed> {
    observed::read(&root.join(path)).map_err(|failure| failure.to_string())
}

fn known(by: &str, label: &SeriesLabel, row: &ObservedRow) -> Said<Known> {
    let (low, high) = match row.observation {
        Observation::Value(value) => (value, value),
        Observation::Range { low, high } => (low, high),
    };
    let day = crate::time::iso(row.day);
    Ok(Known {
        by: by.to_owned(),
        time: Date::parse(&day).ok_or_else(|| format!("{day} is beyond the dates that figures draw"))?,
        measure: label.measure.clone(),
        generation: label.generation.clone(),
        place: label.place.clone(),
        vendor: label.vendor.clone(),
        low,
        high,
        source: row.source.clone(),
    })
}

fn score(row: &Row) -> Score {
    Score {
        measure: row.label.measure.clone(),
        generation: row.label.generation.clone(),
        place: row.label.place.clone(),
        vendor: row.label.vendor.clone(),
        rival: row.rival.clone(),
        values: vec![
            ("points", row.points as f64),
            ("bias", row.bias),
            ("mean_abs_error", row.error),
            ("crps", row.crps),
            ("in_50", row.in_50),
            ("in_90", row.in_90),
            ("rival_mean_abs_error", row.rival_score),
            ("skill", row.skill.unwrap_or(f64::NAN)),
        ],
        verdict: row.verdict.clone(),
    }
}

/// The rows of a table of sources that a figure sets its numbers against, in the order asked for.
pub(super) fn published(root: &Path, ids: &[String]) -> Said<Vec<Published>> {
    let path = root.join("scenarios/sources.csv");
    let broken = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
    let mut reader = csv::Reader::from_path(&path).map_err(|e| broken(&e))?;
    let header = reader.headers().map_err(|e| broken(&e))?.clone();
    let at = |name: &str| -> Said<usize> {
        let found = header.iter().position(|h| h == name);
        found.ok_or_else(|| broken(&format!("no column `{name}`")))
    };
    let [id, value, low, high, unit] = ["id", "value", "low", "high", "unit"].map(at);
    let (id, value, low, high, unit) = (id?, value?, low?, high?, unit?);
    let mut found: BTreeMap<String, Published> = BTreeMap::new();
    for row in reader.records() {
        let row = row.map_err(|e| broken(&e))?;
        let Some(key) = row.get(id).filter(|key| ids.iter().any(|asked| asked == key)) else {
            continue;
        };
        let number = |column: usize| row.get(column).and_then(|cell| cell.parse::<f64>().ok());
        let single = number(value);
        // A bound beside the value says on which side the truth lies: "up to 2" has a value and an upper end of 2.
        let (low, high) = match (number(low), number(high), single) {
            (Some(low), Some(high), _) => (low, high),
            (None, Some(high), _) => (f64::NEG_INFINITY, high),
            (Some(low), None, _) => (low, f64::INFINITY),
            (None, None, Some(value)) => (value, value),
            (None, None, None) => return Err(broken(&format!("row {key} holds no number"))),
        };
        let published = Published {
            id: key.to_owned(),
            low,
            high,
            unit: row.get(unit).unwrap_or_default().to_owned(),
        };
        found.insert(key.to_owned(), published);
    }
    ids.iter()
        .map(|id| found.get(id).cloned().ok_or_else(|| broken(&format!("no row {id}"))))
        .collect()
}
