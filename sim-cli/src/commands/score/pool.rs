//! Series that differ in place and vendor alone scored together, since few have enough points by themselves.

use super::series::{ENOUGH, Pair, SeriesScore};
use super::table::{Row, pooled_label};
use crate::store::layout::SeriesLabel;

/// What series must share to be pooled: their row is of one measure in one unit, of one component, generation and part.
fn shared(label: &SeriesLabel) -> [&str; 5] {
    let l = label;
    [&l.measure, &l.unit, &l.component, &l.generation, &l.part].map(String::as_str)
}

/// One row for each measure (of one component, generation and part) that several series have points of, and for each rival on them.
///
/// Points of one place and date depend on each other (shares sum to 1, and places lie in one another), so that coverage is
/// reported and no test is made of it.
pub fn pooled(scenario: &str, scored: &[(&SeriesLabel, &SeriesScore)]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut done: Vec<[&str; 5]> = Vec::new();
    for (label, _) in scored {
        let key = shared(label);
        if done.contains(&key) {
            continue;
        }
        done.push(key);
        let members: Vec<&SeriesScore> = (scored.iter())
            .filter(|(l, score)| shared(l) == key && !score.points.is_empty())
            .map(|(_, score)| *score)
            .collect();
        if members.len() < 2 {
            continue;
        }
        let mut row = Row::new(scenario, &pooled_label(label));
        let points: Vec<_> = members.iter().flat_map(|m| m.points.iter().copied()).collect();
        row.fill(&points);
        let mut rivals: Vec<&str> = Vec::new();
        for (name, _) in members.iter().flat_map(|m| &m.pairs) {
            if !rivals.contains(&name.as_str()) {
                rivals.push(name);
            }
        }
        for rival in rivals {
            let mut pair: Pair = (Vec::new(), Vec::new());
            for (_, (own, other)) in members.iter().flat_map(|m| &m.pairs).filter(|(n, _)| n == rival) {
                pair.0.extend(own);
                pair.1.extend(other);
            }
            let mut row = row.against(rival, &pair);
            row.verdict = verdict(&row, members.len());
            rows.push(row);
        }
    }
    rows
}

fn verdict(row: &Row, series: usize) -> String {
    let comparison = row.comparison();
    if row.points < ENOUGH {
        format!("only {} scored, no conclusion", row.points)
    } else if row.rival_points < ENOUGH {
        comparison
    } else {
        format!(
            "{comparison}: {} points of {series} series, which depend on each other",
            row.points
        )
    }
}

#[cfg(test)]
mod tests {
    use sim_core::inference::{Observation, score_point};

    use super::*;

    fn series(vendor: &str, error: f64, rival: f64) -> (SeriesLabel, SeriesScore) {
        let word = |w: &str| w.to_owned();
        let label = SeriesLabel {
            measure: word("share_sales"),
            unit: word("share"),
            component: word("ran"),
            generation: word("all"),
            place_kind: word("world"),
            place: word("world"),
            vendor: word(vendor),
            part: word("all"),
        };
        let point = score_point(&[error], Observation::Value(0.0)).unwrap();
        let score = SeriesScore {
            rows: Vec::new(),
            points: vec![point; 3],
            pairs: vec![("persistence".to_owned(), (vec![error; 3], vec![rival; 3]))],
        };
        (label, score)
    }

    #[test]
    fn two_short_series_together_allow_a_word() {
        let [a, b] = [series("a", 0.01, 0.02), series("b", 0.03, 0.02)];
        let rows = pooled("w", &[(&a.0, &a.1), (&b.0, &b.1)]);
        assert_eq!(rows.len(), 1);
        // Mean score .02 on both sides: skill 0 is no better.
        assert_eq!((rows[0].points, rows[0].rival_points), (6, 6));
        assert!(rows[0].skill.unwrap().abs() < 1e-12);
        assert!(rows[0].verdict.starts_with("no better than persistence"));
        assert!((rows[0].bias - 0.02).abs() < 1e-12);
        assert!(pooled("w", &[(&a.0, &a.1)]).is_empty(), "one series is its own row");
    }

    #[test]
    fn nothing_is_better_than_a_rival_without_error() {
        let verdict = |error: f64| {
            let [a, b] = [series("a", error, 0.0), series("b", error, 0.0)];
            pooled("w", &[(&a.0, &a.1), (&b.0, &b.1)])[0].verdict.clone()
        };
        assert!(verdict(0.01).starts_with("no better than persistence: 6 points"));
        assert!(verdict(0.0).starts_with("as good as persistence: 6 points"));
    }

    #[test]
    fn what_a_row_names_holds_of_all_its_series() {
        let of = |generation: &str, vendor: &str| {
            let (label, score) = series(vendor, 0.01, 0.02);
            let generation = generation.to_owned();
            (SeriesLabel { generation, ..label }, score)
        };
        let all = [
            of("4g", "a"),
            of("4g", "b"),
            of("5g", "a"),
            of("5g", "b"),
            of("5g", "c"),
        ];
        let scored: Vec<(&SeriesLabel, &SeriesScore)> = all.iter().map(|(label, score)| (label, score)).collect();
        let rows = pooled("w", &scored);
        let told: Vec<(&str, usize)> = rows.iter().map(|r| (r.label.generation.as_str(), r.points)).collect();
        assert_eq!(told, [("4g", 6), ("5g", 9)]);
        assert!(
            pooled("w", &[scored[0], scored[2]]).is_empty(),
            "two generations are two rows"
        );
    }
}
