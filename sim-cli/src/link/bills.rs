//! The bills of worlds against each other: those that stand against one base had the same luck, so that what a stricter rule
//! adds is known in each replicate, and so is how many times as much it costs.

use sim_core::draws::{Decision, Luck, StreamKey, stable_hash};
use sim_core::inference::{PairedRoom, PairedSummary, RatioSummary};

use super::cumulative::BILL;
use super::figures_runner::{date, row};
use crate::figures::estimates::{BILL_FOLD, BILL_STEP, over};
use crate::figures::summary::{Stats, SummaryRow};
use crate::store::layout::SeriesLabel;

/// What a world cost beyond its base at a bloc.
pub(super) struct Bill {
    /// The world.
    pub world: String,
    /// The bloc.
    pub place: String,
    /// One a replicate: the running bill by date, million US dollars of 2020.
    pub records: Vec<Vec<f64>>,
}

impl Bill {
    fn column(&self, at: usize) -> Vec<f64> {
        let values = self.records.iter().map(|record| record.get(at).copied());
        values.map(|value| value.unwrap_or(f64::NAN)).collect()
    }
}

/// The rows of bills over those of worlds before them, at the same bloc: at each of the dates what they add, and at the last how
/// many times as much the world before costs (by bootstrap; nothing where the bill cannot be told from zero).
///
/// # Errors
/// A date that no figure draws, or worlds of unequal numbers of replicates.
pub(super) fn rows(before: &[Bill], bills: &[Bill], dates: &[i32], seed: u64) -> Result<Vec<SummaryRow>, String> {
    let mut rows = Vec::new();
    let mut room = PairedRoom::default();
    for bill in bills {
        for other in before.iter().filter(|other| other.place == bill.place) {
            let label = |measure: &str, unit: &str| SeriesLabel {
                measure: measure.to_owned(),
                unit: unit.to_owned(),
                component: "ran".to_owned(),
                generation: "all".to_owned(),
                place_kind: "bloc".to_owned(),
                place: bill.place.clone(),
                vendor: "all".to_owned(),
                part: over(&other.world),
            };
            for (at, day) in dates.iter().enumerate() {
                let (less, more) = (other.column(at), bill.column(at));
                let paired = PairedSummary::with(&less, &more, &mut room).map_err(|error| error.to_string())?;
                let step = label(BILL_STEP, "musd_2020");
                rows.push(row(&bill.world, date(*day)?, &step, Stats::of(&paired.difference)));
                if at + 1 < dates.len() {
                    continue;
                }
                let key = StreamKey {
                    kind: Decision::Bootstrap,
                    entity: stable_hash(BILL),
                    lot: 0,
                    cycle: 0,
                    cause: 0,
                };
                let mut draws = Luck::new(seed, 0).stream(key);
                let ratio = RatioSummary::of(&less, &more, RatioSummary::RESAMPLES, &mut draws);
                let ratio = ratio.map_err(|error| error.to_string())?;
                let stats = (!ratio.ratio.is_nan()).then_some(Stats {
                    mean: ratio.ratio,
                    quantiles: [f64::NAN; 5],
                    ci: Some((ratio.interval.low, ratio.interval.high)),
                });
                rows.push(row(&bill.world, date(*day)?, &label(BILL_FOLD, "ratio"), stats));
            }
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bills swing with luck that both worlds share: what the second adds does not.
    #[test]
    fn what_a_rule_adds_is_told_in_pairs() {
        let bill = |world: &str, factor: f64, added: f64| Bill {
            world: world.to_owned(),
            place: "uk".to_owned(),
            records: [1.0, 5.0, 2.0, 8.0].map(|luck| vec![0.0, factor * luck + added]).into(),
        };
        let dates = [0, 366];
        let found = rows(&[bill("cap", 1.0, 0.0)], &[bill("stop", 1.0, 0.5)], &dates, 1).expect("rows");
        let step = found.iter().rev().find(|row| row.measure == BILL_STEP).expect("a step");
        let stats = step.stats.expect("told");
        assert_eq!((step.scenario.as_str(), step.part.as_str()), ("stop", "over:cap"));
        assert_eq!((stats.mean, stats.ci), (0.5, Some((0.5, 0.5))));
        // Four times as much in each replicate: exactly so in every resample.
        let found = rows(&[bill("early", 4.0, 0.0)], &[bill("late", 1.0, 0.0)], &dates, 1).expect("rows");
        let folds: Vec<_> = found.iter().filter(|row| row.measure == BILL_FOLD).collect();
        assert_eq!(folds.len(), 1, "at the last date alone");
        // By Student's interval four such bills may be nil: no ratio then.
        assert_eq!(folds[0].stats, None);
        let found = rows(&[bill("early", 4.0, 40.0)], &[bill("late", 1.0, 10.0)], &dates, 1).expect("rows");
        let fold = found
            .iter()
            .find(|row| row.measure == BILL_FOLD)
            .and_then(|row| row.stats);
        assert_eq!(fold.map(|stats| (stats.mean, stats.ci)), Some((4.0, Some((4.0, 4.0)))));
        // Another bloc has nothing to do with it.
        let mut elsewhere = bill("late", 1.0, 10.0);
        elsewhere.place = "europe31".to_owned();
        assert!(
            rows(&[bill("early", 4.0, 40.0)], &[elsewhere], &dates, 1)
                .expect("rows")
                .is_empty()
        );
    }
}
