//! One series: its points scored, and its rivals on the same points.

use std::collections::BTreeMap;

use sim_core::inference::{Observation, PointScore, beta_cdf, crps, quantile, score_point, skill};

use super::table::Row;
use crate::observed::{Observed, ObservedRow};
use crate::store::layout::{Layout, SeriesLabel};
use crate::time::iso;

/// Fewer scored points than these say nothing.
pub const ENOUGH: usize = 5;
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

/// A series scored.
pub struct SeriesScore {
    /// One row for each rival, persistence first; then one for each date that a rival alone speaks of.
    pub rows: Vec<Row>,
    /// Every scored point.
    pub points: Vec<PointScore>,
    /// By rival, the scores of the run and of the rival on the points that both forecast.
    pub pairs: Vec<(String, Pair)>,
}

/// Scores of the run and of a rival, point by point.
pub type Pair = (Vec<f64>, Vec<f64>);

/// Scores a series. Points up to `after` are what a rival could know; where there is none, the first point serves as such and is not
/// scored.
pub fn score_series(
    forecast: &Forecast<'_>,
    label: &SeriesLabel,
    points: &BTreeMap<i32, ObservedRow>,
    rivals: &[(String, Observed)],
    after: i32,
) -> SeriesScore {
    let asked_after = after;
    let known = points.range(..=after).filter_map(|(_, p)| number(p)).next_back();
    let first = points.keys().next().copied().unwrap_or(after);
    let (base, after) = match known {
        Some(base) => (Some(base), after),
        // A lone point that is no number, such as a bound, is nothing that persistence could know.
        None => match points.get(&first).and_then(number) {
            Some(base) => (Some(base), after.max(first)),
            None => (None, after),
        },
    };
    let scored: Vec<(&ObservedRow, PointScore, &[f64])> = points
        .range(after.saturating_add(1)..)
        .filter_map(|(day, point)| {
            let sample = forecast.sample(*day)?;
            Some((point, score_point(sample, point.observation)?, sample))
        })
        .collect();
    let own: Vec<PointScore> = scored.iter().map(|(_, score, _)| *score).collect();
    let mut row = Row::new(&forecast.layout.id, label);
    row.fill(&own);
    let mut pairs = Vec::new();
    if !points.is_empty() {
        let persistence = |_: &ObservedRow| base;
        pairs.push(("persistence".to_owned(), own_and_rival(&scored, &persistence)));
    }
    let mut unscored = Vec::new();
    for (name, rival) in rivals {
        let Some(said) = rival.get(label) else { continue };
        if said.keys().any(|day| points.contains_key(day)) {
            let at = |point: &ObservedRow| said.get(&point.day).and_then(number);
            pairs.push((name.clone(), own_and_rival(&scored, &at)));
        }
        for (day, point) in said.iter().filter(|(day, _)| !points.contains_key(day)) {
            let verdict = beside(point, forecast.sample(*day), forecast.at.is_some());
            let empty = Row::new(&forecast.layout.id, label);
            let mut row = empty.against(name, &(Vec::new(), Vec::new()));
            row.verdict = format!("{}: {verdict}", iso(*day));
            unscored.push(row);
        }
    }
    let mut rows: Vec<Row> = pairs.iter().map(|(name, pair)| row.against(name, pair)).collect();
    for row in &mut rows {
        row.verdict = verdict(forecast, row, own.len());
        if let (true, Some(why)) = (
            own.is_empty() && forecast.at.is_some(),
            none_left(points, asked_after, after),
        ) {
            row.verdict = why;
        }
    }
    rows.extend(unscored);
    SeriesScore {
        rows,
        points: own,
        pairs,
    }
}

/// Why no point is left to score, where all of them serve as what a rival could know: `asked` is the date after which points are to be
/// scored, `after` the one after which they are.
fn none_left(points: &BTreeMap<i32, ObservedRow>, asked: i32, after: i32) -> Option<String> {
    let last = *points.keys().next_back()?;
    if last <= asked {
        Some(format!("0 scored: no point after {}, see --after", iso(asked)))
    } else if last <= after {
        Some("0 scored: the one point is where persistence starts, give a second one".to_owned())
    } else {
        None
    }
}

/// Where a published forecast stands to the bands of the run, at a date of which nothing was observed.
fn beside(point: &ObservedRow, sample: Option<&[f64]>, exists: bool) -> String {
    let short = |x: f64| format!("{x:.3}");
    let (low, high) = match point.observation {
        Observation::Value(value) => (value, value),
        Observation::Range { low, high } => (low, high),
    };
    let said = match (low.is_finite(), high.is_finite()) {
        (true, true) if low == high => short(low),
        (true, true) => format!("{} to {}", short(low), short(high)),
        (true, false) => format!("at least {}", short(low)),
        _ => format!("at most {}", short(high)),
    };
    let Some(sample) = sample else {
        let why = if exists { "no date" } else { "no such series" };
        return format!("forecast {said}, {why} in this run");
    };
    let (below, above) = (quantile(sample, 50), quantile(sample, 950));
    let place = if low > above {
        "above"
    } else if high < below {
        "below"
    } else {
        "meets"
    };
    format!(
        "forecast {said} {place} the 90% band {} to {}, nothing observed to score",
        short(below),
        short(above)
    )
}

/// Scores of the run and of a point forecast on the values that both forecast.
fn own_and_rival(scored: &[(&ObservedRow, PointScore, &[f64])], rival: &dyn Fn(&ObservedRow) -> Option<f64>) -> Pair {
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
    let mut words = vec![row.comparison()];
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
pub fn skill_of(pair: &Pair) -> Option<f64> {
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

    fn seen(day: i32, value: f64) -> (i32, ObservedRow) {
        let row = ObservedRow {
            file: std::sync::Arc::from(std::path::Path::new("seen.csv")),
            line: 0,
            day,
            series: label(),
            observation: Observation::Value(value),
            bounds: [f64::NEG_INFINITY, f64::INFINITY],
            source: "F1".to_owned(),
        };
        (day, row)
    }

    #[test]
    fn persistence_is_perfect_where_nothing_moves() {
        let layout = Layout {
            id: "w".to_owned(),
            dates: (0..6).collect(),
            series: vec![label()],
        };
        let points: BTreeMap<i32, ObservedRow> = (0..6).map(|day| seen(day, 0.5)).collect();
        let row = |said: f64| {
            let samples = (0..6).map(|cell| (cell, vec![said; 2])).collect();
            let forecast = Forecast {
                layout: &layout,
                at: Some(0),
                samples: &samples,
            };
            score_series(&forecast, &label(), &points, &[], 0).rows[0].clone()
        };
        let off = row(0.6);
        assert_eq!((off.rival_points, off.rival_score, off.skill), (5, 0.0, None));
        assert!(off.verdict.starts_with("no better than persistence"), "{}", off.verdict);
        assert_eq!(row(0.5).verdict, "as good as persistence");
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
            .map(|day| seen(*day, if *day == 0 { 0.4 } else { 0.5 }))
            .collect();
        let forecast = Forecast {
            layout: &layout,
            at: Some(0),
            samples: &samples,
        };
        let rows = score_series(&forecast, &label(), &points, &[], 0).rows;
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].points, rows[0].skill), (7, Some(1.0)));
        assert!((rows[0].rival_score - 0.1).abs() < 1e-12);
        assert_eq!(rows[0].verdict, "better than persistence");
        // Known only to the fourth day: three are left, which say nothing.
        let rows = score_series(&forecast, &label(), &points, &[], 4).rows;
        assert_eq!(rows[0].verdict, "only 3 scored, no conclusion");
        // A series that the run does not have is named, not dropped.
        let none = Forecast { at: None, ..forecast };
        assert_eq!(
            score_series(&none, &label(), &points, &[], 0).rows[0].verdict,
            "no such series in this run"
        );
    }
    #[test]
    fn a_forecast_of_which_nothing_was_observed_is_set_beside_the_bands() {
        let layout = Layout {
            id: "w".to_owned(),
            dates: vec![0, 1],
            series: vec![label()],
        };
        let samples = BTreeMap::from([(1, vec![0.1, 0.2])]);
        let forecast = Forecast {
            layout: &layout,
            at: Some(0),
            samples: &samples,
        };
        let said = |observation| {
            let row = ObservedRow {
                observation,
                ..seen(1, 0.0).1
            };
            let rival = vec![(
                "house".to_owned(),
                BTreeMap::from([(label(), BTreeMap::from([(1, row)]))]),
            )];
            let score = score_series(&forecast, &label(), &BTreeMap::new(), &rival, 0);
            assert_eq!((score.points.len(), score.pairs.len(), score.rows.len()), (0, 0, 1));
            score.rows[0].verdict.clone()
        };
        assert!(said(Observation::Value(0.3)).contains("forecast 0.300 above the 90% band"));
        let at_most = Observation::Range {
            low: f64::NEG_INFINITY,
            high: 0.15,
        };
        assert!(said(at_most).contains("forecast at most 0.150 meets the 90% band"));
    }
}
