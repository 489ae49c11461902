//! The headline: the few numbers of `summary.csv` that a reader wants first.

use std::collections::BTreeMap;
use std::path::Path;

use super::number::parse_number;
use crate::exit::{Context as _, Result};

/// Dates of the lock-in curve that are shown: the first, the last, and evenly between.
const DATES_SHOWN: usize = 7;
/// Sellers shown, those with the largest shares first.
const VENDORS_SHOWN: usize = 8;

/// Mean and 90% band of one cell.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cell {
    mean: f64,
    low: f64,
    high: f64,
}

/// What the headline needs of one world, by date.
#[derive(Debug, Default)]
struct World {
    id: String,
    lock_in: BTreeMap<String, Cell>,
    shares: BTreeMap<String, BTreeMap<String, Cell>>,
    others: BTreeMap<&'static str, BTreeMap<String, Cell>>,
}

/// Other measures shown: name in the catalogue, words, whether it is a share.
const OTHERS: [(&str, &str, bool); 3] = [
    ("effective_vendors", "effective vendors", false),
    ("open_share_specified", "open, as specified", true),
    ("open_share_exercised", "open, as exercised", true),
];

/// The headline of a finished run, read from its `summary.csv`.
///
/// # Errors
/// Where the table cannot be read.
pub fn headline(summary: &Path, bold: &dyn Fn(&str) -> String) -> Result<String> {
    let worlds = read(summary)?;
    let mut text = String::new();
    for world in &worlds {
        text.push_str(&bold(&world.id));
        text.push('\n');
        push_world(world, &mut text);
        text.push('\n');
    }
    Ok(text)
}

fn read(summary: &Path) -> Result<Vec<World>> {
    let mut reader = csv::Reader::from_path(summary).while_doing("read", summary)?;
    let mut worlds: Vec<World> = Vec::new();
    if reader.headers().while_doing("read", summary)?.get(0) == Some("point") {
        // A design has no one headline: its findings are for the commands that read it.
        return Ok(worlds);
    }
    for row in reader.records() {
        let row = row.while_doing("read", summary)?;
        let text = |i: usize| row.get(i).unwrap_or_default();
        if worlds.last().is_none_or(|world| world.id != text(0)) {
            worlds.push(World {
                id: text(0).to_owned(),
                ..World::default()
            });
        }
        let Some(world) = worlds.last_mut() else {
            continue;
        };
        let of_world = text(5) == "all" && text(6) == "world" && text(9) == "all";
        let (measure, component, vendor) = (text(2), text(4), text(8));
        if !of_world || component != "ran" {
            continue;
        }
        let number = |i: usize| parse_number(text(i)).unwrap_or(f64::NAN);
        let cell = Cell {
            mean: number(11),
            low: number(13),
            high: number(17),
        };
        let date = text(1).to_owned();
        if measure == "share_sites" && vendor != "all" && !vendor.starts_with("group:") {
            world.shares.entry(vendor.to_owned()).or_default().insert(date, cell);
        } else if vendor == "all" && measure == "lock_in_curve" {
            world.lock_in.insert(date, cell);
        } else if vendor == "all"
            && let Some((name, _, _)) = OTHERS.iter().find(|(name, _, _)| *name == measure)
        {
            world.others.entry(name).or_default().insert(date, cell);
        }
    }
    Ok(worlds)
}

fn push_world(world: &World, text: &mut String) {
    let defined: Vec<(&String, &Cell)> = world.lock_in.iter().filter(|(_, cell)| !cell.mean.is_nan()).collect();
    if !defined.is_empty() {
        text.push_str("  lock-in of radio networks, % of list price: mean [90% band]\n");
        let shown = DATES_SHOWN.min(defined.len());
        for i in 0..shown {
            let at = if shown == 1 {
                0
            } else {
                i * (defined.len() - 1) / (shown - 1)
            };
            let (date, cell) = defined[at];
            text.push_str(&format!("    {date}  {}\n", percent(cell)));
        }
    }
    let mut vendors: Vec<(&String, &BTreeMap<String, Cell>)> = world.shares.iter().collect();
    let last = |cells: &BTreeMap<String, Cell>| {
        cells
            .values()
            .rev()
            .map(|cell| cell.mean)
            .find(|mean| !mean.is_nan())
            .unwrap_or(f64::NEG_INFINITY)
    };
    vendors.sort_by(|a, b| last(b.1).total_cmp(&last(a.1)).then_with(|| a.0.cmp(b.0)));
    let shown = &vendors[..vendors.len().min(VENDORS_SHOWN)];
    if !shown.is_empty() {
        push_pair(
            text,
            "share of radio sites, %: mean [90% band]",
            shown.iter().map(|(id, cells)| (id.as_str(), *cells, true)),
        );
    }
    let others: Vec<_> = OTHERS
        .iter()
        .filter_map(|(name, words, share)| world.others.get(name).map(|cells| (*words, cells, *share)))
        .collect();
    if !others.is_empty() {
        push_pair(text, "structure: mean [90% band]", others.into_iter());
    }
}

/// A small table of first and last date.
fn push_pair<'a>(
    text: &mut String,
    title: &str,
    rows: impl Iterator<Item = (&'a str, &'a BTreeMap<String, Cell>, bool)>,
) {
    let mut lines: Vec<[String; 3]> = Vec::new();
    for (name, cells, share) in rows {
        let mut defined = cells.iter().filter(|(_, cell)| !cell.mean.is_nan());
        let Some(first) = defined.next() else {
            continue;
        };
        let last = defined.next_back().unwrap_or(first);
        if lines.is_empty() {
            lines.push([String::new(), first.0.clone(), last.0.clone()]);
        }
        let show = |cell: &Cell| if share { percent(cell) } else { plain(cell) };
        lines.push([name.to_owned(), show(first.1), show(last.1)]);
    }
    if lines.is_empty() {
        return;
    }
    let width = |i: usize| lines.iter().map(|line| line[i].chars().count()).max().unwrap_or(0);
    let (name, first) = (width(0), width(1));
    text.push_str(&format!("  {title}\n"));
    for line in &lines {
        let row = format!("    {:name$}  {:first$}  {}", line[0], line[1], line[2]);
        text.push_str(row.trim_end());
        text.push('\n');
    }
}

fn percent(cell: &Cell) -> String {
    format!(
        "{:5.1} [{:.1}, {:.1}]",
        100.0 * cell.mean,
        100.0 * cell.low,
        100.0 * cell.high
    )
}

fn plain(cell: &Cell) -> String {
    format!("{:5.2} [{:.2}, {:.2}]", cell.mean, cell.low, cell.high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headline_is_short_and_aligned() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("summary.csv");
        let mut rows = String::from(
            "scenario,time,measure,unit,component,generation,place_kind,place,vendor,part,n,mean,sd,p05,p25,p50,p75,p95,ci_low,ci_high\n",
        );
        for year in 2020..2032 {
            let mean = 0.3 - 0.01 * f64::from(year - 2020);
            rows += &format!(
                "w,{year}-12-31,lock_in_curve,share_of_price,ran,all,world,world,all,all,9,{mean:.2},0,0.1,0,0,0,0.5,0,0\n"
            );
            for (vendor, share) in [("group:untrusted", 0.4), ("small", 0.1), ("huawei", 0.3)] {
                rows += &format!(
                    "w,{year}-12-31,share_sites,share,ran,all,world,world,{vendor},all,9,{share},0,0.05,0,0,0,0.35,0,0\n"
                );
            }
            rows += &format!("w,{year}-12-31,share_sites,share,ran,4g,world,world,huawei,all,9,0.9,0,0,0,0,0,1,0,0\n");
            rows += &format!(
                "w,{year}-12-31,effective_vendors,count,ran,all,world,world,all,all,9,4.25,0,4,0,0,0,4.5,0,0\n"
            );
        }
        std::fs::write(&path, rows).unwrap();
        let text = headline(&path, &|title| title.to_owned()).unwrap();
        let expected = "\
w
  lock-in of radio networks, % of list price: mean [90% band]
    2020-12-31   30.0 [10.0, 50.0]
    2021-12-31   29.0 [10.0, 50.0]
    2023-12-31   27.0 [10.0, 50.0]
    2025-12-31   25.0 [10.0, 50.0]
    2027-12-31   23.0 [10.0, 50.0]
    2029-12-31   21.0 [10.0, 50.0]
    2031-12-31   19.0 [10.0, 50.0]
  share of radio sites, %: mean [90% band]
            2020-12-31         2031-12-31
    huawei   30.0 [5.0, 35.0]   30.0 [5.0, 35.0]
    small    10.0 [5.0, 35.0]   10.0 [5.0, 35.0]
  structure: mean [90% band]
                       2020-12-31          2031-12-31
    effective vendors   4.25 [4.00, 4.50]   4.25 [4.00, 4.50]

";
        assert_eq!(text, expected);
    }
}
