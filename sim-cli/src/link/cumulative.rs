//! What a world cost beyond its base so far: running totals of flows, not discounted, as published estimates count.

use std::collections::BTreeMap;

use sim_core::inference::{IntervalRule, Summary};

use super::bills::Bill;
use super::figures_runner::{Played, date, row};
use crate::figures::summary::{Stats, SummaryRow};
use crate::store::layout::SeriesLabel;

/// Price, work of switching and integration beyond the base: what published bills count. Million US dollars of 2020.
pub(super) const BILL: &str = "extra_bill";
/// All outlays beyond the base: the bill, running cost, and the upkeep that newer kit saves.
pub(super) const OUTLAY: &str = "extra_outlay";
/// The bill over that of the base.
pub(super) const BILL_SHARE: &str = "extra_bill_share";
/// Site-months late beyond the base, over the radio sites of the place.
pub(super) const MONTHS: &str = "extra_months_late";
/// Mean over the years so far of the change of the price that buyers without kit paid.
pub(super) const NEW_PRICE: &str = "new_price_change";
/// All of them.
pub(super) const ALL: [&str; 5] = [BILL, OUTLAY, BILL_SHARE, MONTHS, NEW_PRICE];

const BILLED: [&str; 3] = ["price", "switching", "integration"];

/// What is read of one world at a place, by column of its layout.
#[derive(Default)]
struct Columns {
    bill: Vec<usize>,
    outlay: Vec<usize>,
    late: Vec<usize>,
    new_price: Vec<usize>,
}

/// What a pair of records, of the base and of the other world, gives by date.
type Totals<'a> = &'a dyn Fn(&[f64], &[f64]) -> Vec<f64>;

/// By kind and id of the place.
fn columns(played: &Played) -> BTreeMap<(String, String), Columns> {
    let mut places: BTreeMap<(String, String), Columns> = BTreeMap::new();
    for (s, label) in played.layout.series.iter().enumerate() {
        if label.component != "ran" || label.generation != "all" || label.vendor != "all" {
            continue;
        }
        let place = places
            .entry((label.place_kind.clone(), label.place.clone()))
            .or_default();
        match (label.measure.as_str(), label.part.as_str()) {
            ("operator_cost", part) => {
                place.outlay.push(s);
                if BILLED.contains(&part) {
                    place.bill.push(s);
                }
            }
            ("site_months_late", "all") => place.late.push(s),
            ("price_paid", "new") => place.new_price.push(s),
            _ => {}
        }
    }
    places
}

/// Running sums of columns over the dates of a record; undefined values count nothing.
fn running(record: &[f64], series: usize, columns: &[usize]) -> Vec<f64> {
    let mut sum = 0.0;
    let dates = record.chunks_exact(series.max(1));
    dates
        .map(|values| {
            sum += columns.iter().map(|s| values[*s]).filter(|v| !v.is_nan()).sum::<f64>();
            sum
        })
        .collect()
}

/// Running mean over dates of what `alt` changes in the first of the columns, as a share.
fn running_change(here: (&[f64], usize, &[usize]), there: (&[f64], usize, &[usize])) -> Vec<f64> {
    let values = |(record, series, columns): (&[f64], usize, &[usize])| -> Vec<f64> {
        let column = columns.first().copied();
        let dates = record.chunks_exact(series.max(1));
        dates.map(|values| column.map_or(f64::NAN, |s| values[s])).collect()
    };
    let (mut sum, mut n) = (0.0, 0.0);
    (values(here).iter().zip(values(there)))
        .map(|(base, alt)| {
            let change = alt / base - 1.0;
            if change.is_finite() {
                sum += change;
                n += 1.0;
            }
            sum / n
        })
        .collect()
}

/// What a world cost beyond its base at each bloc, in each replicate.
pub(super) fn bills(base: &Played, alt: &Played) -> Vec<Bill> {
    let (here, there) = (columns(base), columns(alt));
    let blocs = here
        .iter()
        .filter(|((kind, _), own)| kind == "bloc" && !own.bill.is_empty());
    let bill = |(place, own): (&(String, String), &Columns)| {
        let other = there.get(place)?;
        let pairs = base.records.iter().zip(&alt.records);
        let records = pairs.map(|(a, b)| {
            let a = running(a, base.layout.series.len(), &own.bill);
            let b = running(b, alt.layout.series.len(), &other.bill);
            a.iter().zip(&b).map(|(a, b)| b - a).collect()
        });
        Some(Bill {
            world: alt.layout.id.clone(),
            place: place.1.clone(),
            records: records.collect(),
        })
    };
    blocs.filter_map(bill).collect()
}

/// The rows of a world against its base, which has the same dates; `sites`: radio sites by id of place.
pub(super) fn rows(base: &Played, alt: &Played, sites: &[(String, f64)]) -> Result<Vec<SummaryRow>, String> {
    let (here, there) = (columns(base), columns(alt));
    let mut rows = Vec::new();
    let mut sorted = Vec::new();
    for (place, own) in &here {
        let Some(other) = there.get(place) else { continue };
        let n = [base.layout.series.len(), alt.layout.series.len()];
        let each = |of: Totals<'_>| -> Vec<Vec<f64>> {
            (base.records.iter().zip(&alt.records)).map(|(a, b)| of(a, b)).collect()
        };
        let less = |mine: &[usize], theirs: &[usize], scale: f64| {
            let (mine, theirs) = (mine.to_vec(), theirs.to_vec());
            move |a: &[f64], b: &[f64]| -> Vec<f64> {
                let (a, b) = (running(a, n[0], &mine), running(b, n[1], &theirs));
                a.iter().zip(b).map(|(a, b)| scale * (b - a)).collect()
            }
        };
        let mut found: Vec<(&str, &str, Vec<Vec<f64>>)> = Vec::new();
        if !own.outlay.is_empty() {
            found.push((BILL, "musd_2020", each(&less(&own.bill, &other.bill, 1.0))));
            found.push((OUTLAY, "musd_2020", each(&less(&own.outlay, &other.outlay, 1.0))));
            let share = |a: &[f64], b: &[f64]| -> Vec<f64> {
                let (a, b) = (running(a, n[0], &own.bill), running(b, n[1], &other.bill));
                a.iter().zip(b).map(|(a, b)| b / a - 1.0).collect()
            };
            found.push((BILL_SHARE, "share", each(&share)));
        }
        let standing = sites.iter().find(|(id, _)| *id == place.1).map(|(_, n)| *n);
        if let Some(standing) = standing.filter(|s| *s > 0.0 && !own.late.is_empty()) {
            found.push((MONTHS, "months", each(&less(&own.late, &other.late, 1.0 / standing))));
        }
        if !own.new_price.is_empty() {
            let change = |a: &[f64], b: &[f64]| running_change((a, n[0], &own.new_price), (b, n[1], &other.new_price));
            found.push((NEW_PRICE, "share", each(&change)));
        }
        for (measure, unit, records) in found {
            for (at, day) in base.layout.dates.iter().enumerate() {
                let column = records.iter().map(|record| record[at]);
                let summary = Summary::with(column, IntervalRule::Student, &mut sorted);
                let label = SeriesLabel {
                    measure: measure.to_owned(),
                    unit: unit.to_owned(),
                    component: "ran".to_owned(),
                    generation: "all".to_owned(),
                    place_kind: place.0.clone(),
                    place: place.1.clone(),
                    vendor: "all".to_owned(),
                    part: "all".to_owned(),
                };
                rows.push(row(&alt.layout.id, date(*day)?, &label, Stats::of(&summary)));
            }
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_run_on_and_undefined_values_count_nothing() {
        // Two series, three dates.
        let record = [1.0, 10.0, f64::NAN, 20.0, 2.0, 30.0];
        assert_eq!(running(&record, 2, &[0]), [1.0, 1.0, 3.0]);
        assert_eq!(running(&record, 2, &[0, 1]), [11.0, 31.0, 63.0]);
        assert_eq!(running(&record, 2, &[]), [0.0; 3]);
    }

    #[test]
    fn the_change_of_a_price_is_a_mean_over_the_years_that_have_one() {
        let base = [f64::NAN, 100.0, 200.0];
        let alt = [5.0, 110.0, 240.0];
        let change = running_change((&base, 1, &[0]), (&alt, 1, &[0]));
        assert!(change[0].is_nan());
        assert!((change[1] - 0.1).abs() < 1e-12 && (change[2] - 0.15).abs() < 1e-12);
    }
}
