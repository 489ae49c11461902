//! Who won whose sites over the whole run: summed over its dates in each replicate, so that the spread of the sum, and of its
//! change against a base with the same luck, is known and need not be bounded.

use sim_core::inference::{IntervalRule, PairedRoom, PairedSummary, Summary};

use super::figures_runner::{Played, date, row};
use crate::figures::flows::{MEASURE, TOTAL};
use crate::figures::summary::{Stats, SummaryRow};
use crate::store::layout::SeriesLabel;

/// The flows of the world by former and new seller: label of the sum, and its value in each replicate.
fn totals(played: &Played) -> Vec<(SeriesLabel, Vec<f64>)> {
    let series = &played.layout.series;
    let is_wanted = |label: &SeriesLabel| {
        let of = (label.measure.as_str(), label.place.as_str());
        of == (MEASURE, "world") && label.component == "ran" && label.generation == "all"
    };
    let wanted = series.iter().enumerate().filter(|(_, label)| is_wanted(label));
    wanted
        .map(|(s, label)| {
            let sums = played.records.iter().map(|record| sum_of(record, series.len(), s));
            let label = SeriesLabel {
                measure: TOTAL.to_owned(),
                ..label.clone()
            };
            (label, sums.collect())
        })
        .collect()
}

/// The sum of a series over the dates of a record; undefined values count nothing.
fn sum_of(record: &[f64], series: usize, s: usize) -> f64 {
    let values = record.iter().skip(s).step_by(series.max(1));
    values.filter(|value| !value.is_nan()).sum()
}

/// The rows of one world, at its last date.
///
/// # Errors
/// A date that no figure draws.
pub(super) fn rows(played: &Played) -> Result<Vec<SummaryRow>, String> {
    let Some(last) = played.layout.dates.last() else {
        return Ok(Vec::new());
    };
    let mut sorted = Vec::new();
    (totals(played).into_iter())
        .map(|(label, sums)| {
            let stats = Stats::of(&Summary::with(sums, IntervalRule::Student, &mut sorted));
            Ok(row(&played.layout.id, date(*last)?, &label, stats))
        })
        .collect()
}

/// The paired differences of a world to the base, at the last date.
///
/// # Errors
/// A date that no figure draws, or worlds of unequal numbers of replicates.
pub(super) fn differences(base: &Played, alt: &Played) -> Result<Vec<SummaryRow>, String> {
    let Some(last) = base.layout.dates.last() else {
        return Ok(Vec::new());
    };
    let (here, there) = (totals(base), totals(alt));
    let mut room = PairedRoom::default();
    let mut rows = Vec::new();
    for (label, before) in &here {
        let Some((_, after)) = there.iter().find(|(other, _)| other == label) else {
            continue;
        };
        let paired = PairedSummary::with(before, after, &mut room).map_err(|error| error.to_string())?;
        rows.push(row(&alt.layout.id, date(*last)?, label, Stats::of(&paired.difference)));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_runs_over_dates_and_undefined_values_count_nothing() {
        // Two series, three dates.
        let record = [1.0, 10.0, f64::NAN, 20.0, 2.0, 30.0];
        assert_eq!(sum_of(&record, 2, 0), 3.0);
        assert_eq!(sum_of(&record, 2, 1), 60.0);
        assert_eq!(sum_of(&[], 0, 0), 0.0);
    }
}
