//! Findings in sentences, made from the numbers. Each says which way, how much, and whether it can be told from zero.

use super::Material;
use crate::figures::number::{fixed, percent};
use crate::figures::summary::{Key, Stats, SummaryRow};
use crate::figures::words::{Difference, Direction, capital};

/// The sentences, the most important first.
pub fn findings(material: &Material) -> Vec<String> {
    let mut said = Vec::new();
    for world in &material.worlds {
        said.extend(level(material, &world.id, &world.title));
    }
    if let Some((base, others)) = material.worlds.split_first() {
        for other in others {
            said.extend(policy(material, (&base.id, &base.title), (&other.id, &other.title)));
        }
        said.extend(causes(material, &base.id));
        said.extend(structure(material, &base.id));
        said.extend(sellers(material, &base.id));
    }
    said
}

/// First and last defined statistics of a series, with their years.
fn ends<'a>(material: &'a Material, key: &Key<'a>) -> Option<((String, Stats), (String, Stats))> {
    let rows = material.summary.series(key);
    let defined: Vec<&SummaryRow> = rows.into_iter().filter(|row| row.stats.is_some()).collect();
    let of = |row: &SummaryRow| Some((row.time.to_string(), row.stats?));
    Some((of(defined.first()?)?, of(defined.last()?)?))
}

/// A change over time in a sentence. The verb says which way it goes, so that its size stands without a sign.
fn moved(change: &Difference) -> String {
    let verb = match change.direction() {
        Direction::Rise => "rises",
        Direction::Fall => "falls",
        Direction::Unclear => return format!("The change cannot be told from zero: {}.", change.in_points()),
    };
    let interval = change.interval.map_or_else(String::new, |(low, high)| {
        let [low, high] = [low, high].map(|end| fixed(100.0 * end, 1));
        format!(" (95% interval of the change {low} to {high})")
    });
    format!("It {verb} by {}{interval}.", change.size_in_points())
}

/// How a sentence on one world begins: where there are several, with its title.
fn within(material: &Material, id: &str, sentence: &str) -> String {
    match material.worlds.iter().find(|world| world.id == id) {
        Some(world) if material.worlds.len() > 1 => format!("In “{}”: {sentence}", world.title),
        _ => capital(sentence),
    }
}

fn level(material: &Material, id: &str, title: &str) -> Option<String> {
    let (first, last) = ends(material, &Key::world(id, "lock_in_curve"))?;
    let change = Difference::between(&first.1, &last.1);
    Some(format!(
        "{title}: at the end of its life, kit of the average site is locked in by {} of its list price on {} and by {} on {}. {}",
        percent(first.1.mean),
        first.0,
        percent(last.1.mean),
        last.0,
        moved(&change)
    ))
}

/// The paired difference at the last date, where the run is a comparison.
fn paired(material: &Material, alt: &str) -> Option<(String, Difference)> {
    let rows = material.summary.differences(&Key::world(alt, "lock_in_curve"));
    let (row, stats) = rows.iter().rev().find_map(|row| Some((row, row.stats?)))?;
    let change = Difference {
        mean: stats.mean,
        interval: stats.ci,
    };
    Some((row.time.to_string(), change))
}

fn policy(material: &Material, base: (&str, &str), other: (&str, &str)) -> Option<String> {
    let (date, change, how) = match paired(material, other.0) {
        Some((date, change)) => (date, change, "paired, the same luck in both"),
        None => {
            let (_, from) = ends(material, &Key::world(base.0, "lock_in_curve"))?;
            let (_, to) = ends(material, &Key::world(other.0, "lock_in_curve"))?;
            (to.0, Difference::between(&from.1, &to.1), "half-widths added")
        }
    };
    let claim = match change.direction() {
        Direction::Rise => "more lock-in than",
        Direction::Fall => "less lock-in than",
        Direction::Unclear => "no difference in lock-in that can be told from zero against",
    };
    Some(format!(
        "{}: {claim} “{}” on {date}, {} ({how}).",
        other.1,
        base.1,
        change.in_points()
    ))
}

fn causes(material: &Material, id: &str) -> Option<String> {
    let key = Key::world(id, "lock_in_part");
    let mut parts: Vec<(String, f64)> = Vec::new();
    let rows = material.summary.rows.iter().filter(|row| {
        row.scenario == id
            && row.measure == key.measure
            && row.component == key.component
            && row.place == "world"
            && row.part != "all"
            && row.vendor == "all"
            && row.generation == "all"
    });
    let last = rows.clone().map(|row| row.time).max()?;
    for row in rows.filter(|row| row.time == last) {
        parts.push((cause(&row.part), row.stats?.mean));
    }
    parts.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (first, second) = (parts.first()?, parts.get(1)?);
    let sentence = format!(
        "the largest causes of lock-in, of each site as if tendered on {last}, are {} ({} of list price) and {} ({}).",
        first.0,
        percent(first.1),
        second.0,
        percent(second.1)
    );
    Some(within(material, id, &sentence))
}

/// A cause of lock-in as the figures call it within a sentence.
fn cause(part: &str) -> String {
    let words = match part {
        "legacy_layer" => "the legacy layer",
        "swap" => "swapping kit",
        "brought_forward" => "early write-off",
        "contract_break" => "contract breaks",
        "outage" => "outages",
        other => return other.replace('_', " "),
    };
    words.to_owned()
}

fn structure(material: &Material, id: &str) -> Option<String> {
    let (_, open) = ends(material, &Key::world(id, "open_share_specified"))?;
    let (_, multi) = ends(material, &Key::world(id, "open_share_multi_vendor"))?;
    let (first, last) = ends(material, &Key::world(id, "effective_vendors"))?;
    let change = Difference::between(&first.1, &last.1);
    let meanwhile = match change.direction() {
        Direction::Rise => "rises",
        Direction::Fall => "falls",
        Direction::Unclear => "does not clearly change",
    };
    let sentence = format!(
        "on {} open interfaces stand at {} of sites, gear of two sellers at {}; the effective number of vendors {meanwhile} from {} to {}.",
        open.0,
        percent(open.1.mean),
        percent(multi.1.mean),
        fixed(first.1.mean, 2),
        fixed(last.1.mean, 2)
    );
    Some(within(material, id, &sentence))
}

fn sellers(material: &Material, id: &str) -> Option<String> {
    let mut vendors: Vec<&str> = material
        .summary
        .rows
        .iter()
        .filter(|r| {
            r.scenario == id && r.measure == "share_sites" && r.vendor != "all" && !r.vendor.starts_with("group:")
        })
        .map(|r| r.vendor.as_str())
        .collect();
    vendors.sort_unstable();
    vendors.dedup();
    let mut changes: Vec<(&str, f64, f64)> = vendors
        .into_iter()
        .filter_map(|vendor| {
            let key = Key {
                vendor,
                ..Key::world(id, "share_sites")
            };
            let (first, last) = ends(material, &key)?;
            Some((vendor, first.1.mean, last.1.mean))
        })
        .collect();
    changes.sort_by(|a, b| (b.2 - b.1).abs().total_cmp(&(a.2 - a.1).abs()));
    let words: Vec<String> = changes
        .iter()
        .take(3)
        .map(|(vendor, first, last)| format!("{vendor} from {} to {}", percent(*first), percent(*last)))
        .collect();
    let sentence = format!("the largest changes in shares of sites are {}.", words.join(", "));
    (!words.is_empty()).then(|| within(material, id, &sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fall_is_told_by_its_size() {
        let change = |mean: f64, interval| moved(&Difference { mean, interval });
        assert_eq!(
            change(-0.086, Some((-0.09, -0.082))),
            "It falls by 8.6 points (95% interval of the change −9.0 to −8.2)."
        );
        assert_eq!(
            change(0.02, Some((0.01, 0.03))),
            "It rises by 2.0 points (95% interval of the change 1.0 to 3.0)."
        );
        assert!(change(-0.01, Some((-0.02, 0.01))).starts_with("The change cannot be told from zero: −1.0 points"));
    }
}
