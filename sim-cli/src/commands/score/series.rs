//! One series: its points scored, and its rivals on the same points.

use std::collections::BTreeMap;

use sim_core::inference::{Observation, PointScore, beta_cdf, crps, score_point, skill};

use super::table::Row;
use crate::observed::{Observed, ObservedRow};
use crate::store::layout::{Layout, SeriesLabel};

/// Fewer scored points than these say nothing.
const ENOUGH: usize = 5;
/// A coverage that chance alone would give less often than this is called wrong.
const DOUBT: f64 = 0.05;

/// What a run says of one series.
pub struct Forecast<'a> {
    /// The world.
    pub layout: &'a Layout,
    /// Place of the series in its layout; `None` where the run does not have it.
    pub at: Option<usize>,
    /// Sorted values over replicates by cell.
    pub samples: &'a BTreeMap<usize, Vec<f64>>,
}

impl Forecast<'_> {
    fn sample(&self, day: i32) -> Option<&[f64]> {
        let date = self.layout.dates.iter().position(|d| *d == day)?;
        let cell = date * self.layout.series.len() + self.at?;
        self.samples.get(&cell).map(Vec::as_slice).filter(|s| !s.is_empty())
    }
}

/// The single number nearest to what was observed: the value, or the middle of a closed range.
fn number(point: &ObservedRow) -> Option<f64> {
    match point.observation {
        Observation::Value(value) => Some(value),
        Observation::Range { low, high } if low.is_finite() && high.is_finite() => Some(low.midpoint(high)),
        Observation::Range { .. } => None,
    }
}

/// Scores a series: one row for each rival, persistence first. Points up to `after` are what a rival could know; where there is none, the
/// first point serves as such and is not scored.
pub fn score_series(
    forecast: &Forecast<'_>,
    label: &SeriesLabel,
    points: &BTreeMap<i32, ObservedRow>,
    rivals: &[(String, Observed)],
    after: i32,
) -> Vec<Row> {
    let known = points.range(..=after).filter_map(|(_, p)| number(p)).next_back();
    let first = points.keys().next().copied().unwrap_or(after);
    let (base, after) = match known {
        Some(base) => (Some(base), after),
        None => (points.get(&first).and_then(number), after.max(first)),
    };
    let scored: Vec<(&ObservedRow, PointScore, &[f64])> = points
        .range(after.saturating_add(1)..)
        .filter_map(|(day, point)| {
            let sample = forecast.sample(*day)?;
            Some((point, score_point(sample, point.observation)?, sample))
        })
        .collect();
    let mut row = Row::new(&forecast.layout.id, label);
    row.fill(&scored.iter().map(|(_, score, _)| *score).collect::<Vec<_>>());
    let mut rows = Vec::new();
    let persistence = |_: &ObservedRow| base;
    rows.push(row.against("persistence", &own_and_rival(&scored, &persistence)));
    for (name, rival) in rivals {
        if let Some(said) = rival.get(label) {
            let said = |point: &ObservedRow| said.get(&point.day).and_then(number);
            rows.push(row.against(name, &own_and_rival(&scored, &said)));
        }
    }
    for row in &mut rows {
        row.verdict = verdict(forecast, row, scored.len());
    }
    rows
}

/// Scores of the run and of a point forecast on the values that both forecast.
fn own_and_rival(
    scored: &[(&ObservedRow, PointScore, &[f64])],
    rival: &dyn Fn(&ObservedRow) -> Option<f64>,
) -> (Vec<f64>, Vec<f64>) {
    scored
        .iter()
        .filter_map(|(point, _, sample)| {
            let Observation::Value(value) = point.observation else {
                return None;
            };
            Some((crps(sample, value)?, (rival(point)? - value).abs()))
        })
        .unzip()
}

/// The score in words. Too few points allow no conclusion, whatever they show.
fn verdict(forecast: &Forecast<'_>, row: &Row, points: usize) -> String {
    if forecast.at.is_none() {
        return "no such series in this run".to_owned();
    }
    if points < ENOUGH {
        return format!("only {points} scored, no conclusion");
    }
    let mut words = Vec::new();
    match row.skill {
        Some(skill) if row.rival_points >= ENOUGH => words.push(if skill > 0.0 {
            format!("better than {}", row.rival)
        } else {
            format!("no better than {}", row.rival)
        }),
        _ => words.push(format!("{} tells too little to compare", row.rival)),
    }
    let kept = |share: f64| (share * points as f64).round();
    if at_most(kept(row.in_90), points, 0.9) < DOUBT {
        words.push("bands too narrow".to_owned());
    } else if row.error > 0.0 && 1.0 - at_most(kept(row.in_50) - 1.0, points, 0.5) < DOUBT {
        words.push("bands too wide".to_owned());
    }
    words.join(", ")
}

/// Probability of at most `k` of `n` when each comes with probability `p`.
fn at_most(k: f64, n: usize, p: f64) -> f64 {
    let n = n as f64;
    if k < 0.0 {
        0.0
    } else if k >= n {
        1.0
    } else {
        beta_cdf(n - k, k + 1.0, 1.0 - p)
    }
}

/// Skill of scores over a rival's.
pub fn skill_of(pair: &(Vec<f64>, Vec<f64>)) -> Option<f64> {
    skill(&pair.0, &pair.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binomial_tail_by_hand() {
        // Of 5 bands of 90%, at most 3 hold with probability 1 - 5 x .9^4 x .1 - .9^5 = .08146.
        assert!((at_most(3.0, 5, 0.9) - 0.081_46).abs() < 1e-9);
        assert_eq!(at_most(5.0, 5, 0.9), 1.0);
        assert_eq!(at_most(-1.0, 5, 0.9), 0.0);
    }

    fn label() -> SeriesLabel {
        let word = |w: &str| w.to_owned();
        SeriesLabel {
            measure: word("share_sales"),
            unit: word("share"),
            component: word("ran"),
            generation: word("all"),
            place_kind: word("world"),
            place: word("world"),
            vendor: word("huawei"),
            part: word("all"),
        }
    }

    #[test]
    fn a_series_is_scored_after_what_is_known_and_against_its_rivals() {
        let days: Vec<i32> = (0..8).collect();
        let layout = Layout {
            id: "w".to_owned(),
            dates: days.clone(),
            series: vec![label()],
        };
        // The run says 0.5 exactly; observed .4 at first, then .5: persistence is off by .1 each time.
        let samples: BTreeMap<usize, Vec<f64>> = days.iter().map(|d| (*d as usize, vec![0.5, 0.5])).collect();
        let points: BTreeMap<i32, ObservedRow> = days
            .iter()
            .map(|day| {
                let row = ObservedRow {
                    line: 0,
                    day: *day,
                    series: label(),
                    observation: Observation::Value(if *day == 0 { 0.4 } else { 0.5 }),
                    bounds: [f64::NEG_INFINITY, f64::INFINITY],
                    source: "F1".to_owned(),
                };
                (*day, row)
            })
            .collect();
        let forecast = Forecast {
            layout: &layout,
            at: Some(0),
            samples: &samples,
        };
        let rows = score_series(&forecast, &label(), &points, &[], 0);
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].points, rows[0].skill), (7, Some(1.0)));
        assert!((rows[0].rival_score - 0.1).abs() < 1e-12);
        assert_eq!(rows[0].verdict, "better than persistence");
        // Known only to the fourth day: three are left, which say nothing.
        let rows = score_series(&forecast, &label(), &points, &[], 4);
        assert_eq!(rows[0].verdict, "only 3 scored, no conclusion");
        // A series that the run does not have is named, not dropped.
        let none = Forecast { at: None, ..forecast };
        assert_eq!(
            score_series(&none, &label(), &points, &[], 0)[0].verdict,
            "no such series in this run"
        );
    }
}
