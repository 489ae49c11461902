//! The headline of a comparison: for each policy what it does to lock-in and what that costs.

use std::collections::BTreeMap;
use std::path::Path;

use sim_core::inference::{Interval, Verdict};

use super::differences::appraisal::{COST, COST_PER_POINT, LOCK_IN};
use super::number::parse_number;
use crate::exit::{Context as _, Result};
use crate::figures::number;

/// Blocs shown of each policy: those where lock-in changes most.
const BLOCS_SHOWN: usize = 3;

/// Mean, 95% interval and sign share of one row of `differences.csv`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Difference {
    mean: f64,
    interval: Interval,
    p_sign: f64,
    pairs: u64,
}

/// What the headline needs of one policy.
#[derive(Debug, Default)]
struct Policy {
    base: String,
    id: String,
    /// Last date.
    time: String,
    /// Difference of the lock-in curve of the world at the last date.
    at_end: Option<Difference>,
    /// By kind and id of the place, then by measure and part.
    places: BTreeMap<(String, String), BTreeMap<(String, String), Difference>>,
}

/// The headline of a finished comparison, read from its `differences.csv` and `summary.csv`.
///
/// # Errors
/// Where a table cannot be read.
pub fn comparison(differences: &Path, summary: &Path, bold: &dyn Fn(&str) -> String) -> Result<String> {
    let policies = read(differences)?;
    let Some(first) = policies.first() else {
        return Ok(String::new());
    };
    let levels = levels(summary, &first.time)?;
    let pairs = policies.iter().filter_map(|policy| policy.at_end).map(|end| end.pairs);
    let mut text = bold(&format!("Against {}, to {}", first.base, first.time));
    text.push_str(&format!(
        "\n  paired differences of {} replicates: mean [95% interval]\n",
        pairs.max().unwrap_or(0)
    ));
    push_lock_in(&policies, &levels, &mut text);
    push_costs(&policies, &mut text);
    push_blocs(&policies, &mut text);
    text.push('\n');
    Ok(text)
}

fn read(path: &Path) -> Result<Vec<Policy>> {
    let mut reader = csv::Reader::from_path(path).while_doing("read", path)?;
    let mut policies: Vec<Policy> = Vec::new();
    for row in reader.records() {
        let row = row.while_doing("read", path)?;
        let text = |i: usize| row.get(i).unwrap_or_default();
        if policies.last().is_none_or(|policy| policy.id != text(1)) {
            policies.push(Policy {
                base: text(0).to_owned(),
                id: text(1).to_owned(),
                ..Policy::default()
            });
        }
        let Some(policy) = policies.last_mut() else {
            continue;
        };
        let number = |i: usize| parse_number(text(i)).unwrap_or(f64::NAN);
        let difference = Difference {
            mean: number(12),
            interval: Interval {
                low: number(19),
                high: number(20),
            },
            p_sign: number(21),
            pairs: text(11).parse().unwrap_or(0),
        };
        let (measure, place) = (text(3), (text(7), text(8)));
        if measure == "lock_in_curve" && is_whole_network(&[5, 6, 7, 8, 9, 10].map(text)) {
            policy.time = text(2).to_owned();
            policy.at_end = Some(difference);
        } else if [LOCK_IN, COST, COST_PER_POINT].contains(&measure) {
            let numbers = (policy.places).entry((place.0.to_owned(), place.1.to_owned()));
            let key = (measure.to_owned(), text(10).to_owned());
            numbers.or_default().insert(key, difference);
        }
    }
    Ok(policies)
}

/// Whether the keys after `unit` are those of the radio network of the world.
fn is_whole_network(keys: &[&str; 6]) -> bool {
    *keys == ["ran", "all", "world", "world", "all", "all"]
}

/// Mean lock-in of each world at a date.
fn levels(path: &Path, time: &str) -> Result<Vec<(String, f64)>> {
    let mut reader = csv::Reader::from_path(path).while_doing("read", path)?;
    let mut levels = Vec::new();
    for row in reader.records() {
        let row = row.while_doing("read", path)?;
        let text = |i: usize| row.get(i).unwrap_or_default();
        if text(1) == time && text(2) == "lock_in_curve" && is_whole_network(&[4, 5, 6, 7, 8, 9].map(text)) {
            levels.push((text(0).to_owned(), parse_number(text(11)).unwrap_or(f64::NAN)));
        }
    }
    Ok(levels)
}

fn push_lock_in(policies: &[Policy], levels: &[(String, f64)], text: &mut String) {
    let mut lines = vec![vec![
        String::new(),
        "at the end".into(),
        "change, points".into(),
        "of this sign".into(),
        "change on average over time".into(),
    ]];
    for (id, level) in levels {
        let mut line = vec![id.clone(), one_decimal(100.0 * level)];
        if let Some(policy) = policies.iter().find(|policy| policy.id == *id) {
            let end = policy.at_end;
            line.push(end.map_or_else(String::new, |end| points(&end)));
            line.push(
                end.filter(|end| end.mean != 0.0 && !end.p_sign.is_nan())
                    .map_or_else(String::new, |end| format!("{:.0}% of replicates", 100.0 * end.p_sign)),
            );
            line.push(policy.at("world", LOCK_IN, "all").map_or_else(String::new, points));
        }
        lines.push(line);
    }
    push_table("lock-in of radio networks, % of list price", &lines, text);
}

fn push_costs(policies: &[Policy], text: &mut String) {
    let mut lines = vec![
        ["", "operators", "public", "delay", "a point of lock-in removed"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for policy in policies {
        let cost = |part| policy.at("world", COST, part).map_or_else(String::new, money);
        if policy.at("world", LOCK_IN, "all").is_some() {
            lines.push(vec![
                policy.id.clone(),
                cost("operators"),
                cost("public"),
                cost("delay"),
                policy.price("world", "world"),
            ]);
        }
    }
    push_table(
        "cost beyond the base, million US dollars of 2020, discounted to the start",
        &lines,
        text,
    );
}

fn push_blocs(policies: &[Policy], text: &mut String) {
    let mut lines = vec![
        ["", "", "change on average, points", "a point of lock-in removed"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for policy in policies {
        let mut blocs: Vec<(&str, &Difference)> = (policy.places.iter())
            .filter(|((kind, _), _)| kind == "bloc")
            .filter_map(|((_, id), rows)| Some((id.as_str(), rows.get(&(LOCK_IN.into(), "all".into()))?)))
            .filter(|(_, change)| change.interval.low > 0.0 || change.interval.high < 0.0)
            .collect();
        blocs.sort_by(|a, b| b.1.mean.abs().total_cmp(&a.1.mean.abs()).then_with(|| a.0.cmp(b.0)));
        for (i, (bloc, change)) in blocs.into_iter().take(BLOCS_SHOWN).enumerate() {
            let name = if i == 0 { policy.id.clone() } else { String::new() };
            lines.push(vec![name, bloc.to_owned(), points(change), policy.price("bloc", bloc)]);
        }
    }
    push_table("blocs in which lock-in changes most", &lines, text);
}

impl Policy {
    fn of(&self, kind: &str, place: &str, measure: &str, part: &str) -> Option<&Difference> {
        let rows = self.places.get(&(kind.to_owned(), place.to_owned()))?;
        rows.get(&(measure.to_owned(), part.to_owned()))
    }

    /// A number of the world.
    fn at(&self, place: &str, measure: &str, part: &str) -> Option<&Difference> {
        self.of(place, place, measure, part)
    }

    /// The cost of a point of lock-in removed, or why there is none.
    fn price(&self, kind: &str, place: &str) -> String {
        let (Some(change), Some(price)) = (
            self.of(kind, place, LOCK_IN, "all"),
            self.of(kind, place, COST_PER_POINT, "all"),
        ) else {
            return String::new();
        };
        match Verdict::of(change.interval, price.interval) {
            Verdict::Unclear => "undefined: change in lock-in cannot be told from zero".into(),
            Verdict::MoreLockIn => "undefined: there is more lock-in".into(),
            Verdict::Dominant => format!(
                "{}  dominant: less lock-in, {}",
                money(price),
                self.at_less(kind, place)
            ),
            Verdict::Priced if price.interval.low <= 0.0 => {
                format!("{}  cost cannot be told from zero", money(price))
            }
            Verdict::Priced => money(price),
        }
    }

    /// What is lower where the sum of costs is: outlays of operators and states, or that sum by less delay only.
    fn at_less(&self, kind: &str, place: &str) -> &'static str {
        let part = |part| self.of(kind, place, COST, part).map_or(0.0, |cost| cost.mean);
        if part("operators") + part("public") < 0.0 {
            "lower outlays"
        } else {
            "lower cost, delay counted"
        }
    }
}

/// A small table under a title; the cells of a column begin below each other. Nothing where there is but its head.
fn push_table(title: &str, lines: &[Vec<String>], text: &mut String) {
    if lines.len() < 2 {
        return;
    }
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |i: usize| {
        (lines.iter().filter_map(|line| line.get(i)))
            .map(|cell| cell.chars().count())
            .max()
    };
    text.push_str(&format!("  {title}\n"));
    for line in lines {
        let mut row = String::from("   ");
        for (i, cell) in line.iter().enumerate() {
            let width = if i + 1 == columns { 0 } else { width(i).unwrap_or(0) };
            row.push_str(&format!(" {cell:width$} "));
        }
        text.push_str(row.trim_end());
        text.push('\n');
    }
}

fn one_decimal(value: f64) -> String {
    if value.is_nan() {
        String::new()
    } else {
        format!("{value:.1}")
    }
}

/// `-2.10 [-2.31, -1.89]`: a difference of fractions, in points.
fn points(difference: &Difference) -> String {
    bracketed(difference, |value| format!("{:.2}", 100.0 * value))
}

/// `1,234 [1,200, 1,260]`: millions.
fn money(difference: &Difference) -> String {
    // Terminals and scripts are safer with the minus sign of the keyboard.
    bracketed(difference, |value| number::money(value).replace('−', "-"))
}

fn bracketed(difference: &Difference, show: impl Fn(f64) -> String) -> String {
    let Difference { mean, interval, .. } = difference;
    // What is nil in every replicate needs no interval.
    let is_nil = *mean == 0.0 && interval.low == 0.0 && interval.high == 0.0;
    if mean.is_nan() {
        String::new()
    } else if interval.low.is_nan() || is_nil {
        show(*mean)
    } else {
        format!("{} [{}, {}]", show(*mean), show(interval.low), show(interval.high))
    }
}

#[cfg(test)]
mod tests {
    use super::super::summary::STATISTICS;
    use super::*;

    fn table(columns: &[&str], rows: &[String]) -> String {
        format!("{},{}\n{}\n", columns.join(","), STATISTICS.join(","), rows.join("\n"))
    }

    /// A row whose interval is mean -/+ half.
    fn row(keys: &str, mean: f64, half: f64) -> String {
        format!("{keys},9,{mean},0,0,0,0,0,0,{},{}", mean - half, mean + half)
    }

    #[test]
    fn the_headline_says_what_a_point_costs_or_why_it_has_no_price() {
        let dir = tempfile::tempdir().unwrap();
        let (differences, summary) = (dir.path().join("differences.csv"), dir.path().join("summary.csv"));
        let whole = "share_of_price,ran,all,world,world,all,all";
        let mut rows = Vec::new();
        // Change of lock-in, cost of a point, outlays of operators, delay.
        for (alt, change, price, operators, delay) in [
            ("ban", -0.02, 1234.5, 2469.0, 3.0),
            ("fund", -0.001, 0.0, 0.0, 3.0),
            ("gift", -0.01, -80.0, -160.0, 3.0),
            ("soon", -0.01, -40.0, 50.0, -130.0),
        ] {
            let keys = |time: &str, measure: &str| format!("base,{alt},{time},{measure},{whole}");
            let money = |measure: &str, part: &str| {
                format!("base,{alt},2040-12-31,{measure},musd_2020,ran,all,world,world,all,{part}")
            };
            rows.push(row(&keys("2030-12-31", "lock_in_curve"), 0.5, 0.1) + ",1,0.1");
            rows.push(row(&keys("2040-12-31", "lock_in_curve"), change, 0.002) + ",0.985,0.1");
            rows.push(row(&keys("2040-12-31", LOCK_IN), 0.5 * change, 0.001) + ",1,0.1");
            for (part, cost) in [("operators", operators), ("public", 0.0), ("delay", delay)] {
                rows.push(row(&money(COST, part), cost, if part == "public" { 0.0 } else { 0.5 }) + ",1,0.1");
            }
            let defined = if alt == "fund" {
                "9,,,,,,,,,,,".to_owned()
            } else {
                format!("9,{price},,,,,,,{},{},,", price - 20.0, price + 20.0)
            };
            rows.push(format!("{},{defined}", money(COST_PER_POINT, "all")));
        }
        let bloc = "base,ban,2040-12-31,discounted_lock_in,share_of_price,ran,all,bloc,eu,all,all";
        let at = rows.iter().position(|r| r.starts_with("base,fund")).unwrap();
        rows.insert(at, row(bloc, -0.05, 0.01) + ",1,0.1");
        let keys = [
            "time",
            "measure",
            "unit",
            "component",
            "generation",
            "place_kind",
            "place",
            "vendor",
            "part",
        ];
        let head = [&["base", "alt"], &keys[..]].concat();
        let text = table(&head, &rows).replacen("ci_high\n", "ci_high,p_sign,variance_ratio\n", 1);
        std::fs::write(&differences, text).unwrap();
        let levels = ["base", "ban", "fund", "gift", "soon"]
            .map(|id| row(&format!("{id},2040-12-31,lock_in_curve,{whole}"), 0.3, 0.0));
        std::fs::write(&summary, table(&[&["scenario"], &keys[..]].concat(), &levels)).unwrap();
        let text = comparison(&differences, &summary, &|title| title.to_owned()).unwrap();
        let expected = "\
Against base, to 2040-12-31
  paired differences of 9 replicates: mean [95% interval]
  lock-in of radio networks, % of list price
          at the end  change, points        of this sign       change on average over time
    base  30.0
    ban   30.0        -2.00 [-2.20, -1.80]  98% of replicates  -1.00 [-1.10, -0.90]
    fund  30.0        -0.10 [-0.30, 0.10]   98% of replicates  -0.05 [-0.15, 0.05]
    gift  30.0        -1.00 [-1.20, -0.80]  98% of replicates  -0.50 [-0.60, -0.40]
    soon  30.0        -1.00 [-1.20, -0.80]  98% of replicates  -0.50 [-0.60, -0.40]
  cost beyond the base, million US dollars of 2020, discounted to the start
          operators             public  delay              a point of lock-in removed
    ban   2,469 [2,468, 2,470]  0       3.00 [2.50, 3.50]  1,234 [1,214, 1,254]
    fund  0 [-0.50, 0.50]       0       3.00 [2.50, 3.50]  undefined: change in lock-in cannot be told from zero
    gift  -160 [-160, -160]     0       3.00 [2.50, 3.50]  -80.0 [-100, -60.0]  dominant: less lock-in, lower outlays
    soon  50.0 [49.5, 50.5]     0       -130 [-130, -130]  -40.0 [-60.0, -20.0]  dominant: less lock-in, lower cost, delay counted
  blocs in which lock-in changes most
             change on average, points  a point of lock-in removed
    ban  eu  -5.00 [-6.00, -4.00]

";
        assert_eq!(text, expected);
    }
}
