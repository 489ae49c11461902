//! What it says: title, what disagrees, what the model misses.

use super::super::note::Note;
use super::super::number::fixed;
use super::super::page::Words;
use super::super::plot::{PlotRow, PlotTable};
use super::super::summary::Stats;
use super::super::words::{Difference, Direction};
use super::rows::{
    ALIKE_TO_2030, BILL_FOLD, BILL_STEP, ESTIMATES, HIGH, HIGH_TO_2030, LADDER, LOW, NET, PUBLISHED, REFRESHED,
};

/// The statistics of the model of a row.
pub(super) fn model_of(plot: &PlotTable, id: &str) -> Option<Stats> {
    let is_beside = |row: &PlotRow| [PUBLISHED, NET, BILL_STEP, BILL_FOLD].contains(&row.quantity.as_str());
    let is_model = |row: &&PlotRow| row.series == id && !is_beside(row);
    plot.rows.iter().find(is_model)?.stats
}

pub(super) fn published_of(plot: &PlotTable, id: &str) -> Option<(f64, f64)> {
    let is_it = |row: &&PlotRow| row.series == id && row.quantity == PUBLISHED;
    plot.rows.iter().rev().find(is_it)?.stats?.ci
}

/// What is said of a row against another world, in each replicate.
fn against(plot: &PlotTable, id: &str, measure: &str) -> Option<Stats> {
    let is_it = |row: &&PlotRow| row.series == id && row.quantity == measure;
    plot.rows.iter().find(is_it)?.stats
}

/// Whether the bills of the ladder rise, and how sure that is.
fn order(plot: &PlotTable, ladder: [&Stats; 3]) -> &'static str {
    let [cap, stop, removal] = ladder;
    if !(cap.mean < stop.mean && stop.mean < removal.mean) {
        return "do not rise in the order of the rules";
    }
    let steps = ["stop", "removal"].map(|id| against(plot, id, BILL_STEP));
    if let [Some(first), Some(second)] = steps {
        return if is_above_zero(&first) && is_above_zero(&second) {
            "rise in the order of the rules, step by step in paired replicates"
        } else {
            "rise in the order of the rules in the mean alone (a step cannot be told from zero in paired replicates)"
        };
    }
    let apart = |a: &Stats, b: &Stats| matches!((a.ci, b.ci), (Some((_, high)), Some((low, _))) if high < low);
    if apart(cap, stop) && apart(stop, removal) {
        "rise in the order of the rules"
    } else {
        "rise in the order of the rules in the mean alone (their intervals overlap)"
    }
}

fn is_above_zero(stats: &Stats) -> bool {
    Difference::paired(stats).direction() == Direction::Rise
}

pub(super) fn words(plot: &PlotTable, note: &Note) -> Words {
    // Over the same years: what is billed for longer says nothing about the ban.
    let ends = (model_of(plot, HIGH_TO_2030), model_of(plot, LOW));
    let beside = beside(plot);
    let title = title(&beside);
    let ladder: Vec<Stats> = LADDER.iter().filter_map(|id| model_of(plot, id)).collect();
    let british = match ladder.as_slice() {
        [cap, stop, removal] => {
            let order = order(plot, [cap, stop, removal]);
            let said = published_of(plot, "removal");
            let far = said.map_or_else(String::new, |(_, high)| {
                let ratio = high / removal.mean;
                if ratio > 1.0 {
                    format!(
                        ", {} times less than the government’s upper figure for the last",
                        fold(ratio)
                    )
                } else {
                    ", above the government’s upper figure for the last".to_owned()
                }
            });
            format!(
                "British bills to 2027 {order}: GBP {}, {} and {} billion by means{far}.",
                fixed(cap.mean, 2),
                fixed(stop.mean, 2),
                fixed(removal.mean, 2)
            )
        }
        _ => String::new(),
    };
    let subtitle = [european(plot, ends), british].join(" ").trim().to_owned();
    let gap = |a: &str, b: &str| Some(model_of(plot, a)?.mean - model_of(plot, b)?.mean);
    let window = gap(HIGH, HIGH_TO_2030).map_or_else(String::new, |window| {
        format!(" Billed to 2023 alone the former is {} more.", fixed(window, 1))
    });
    let competition = (gap(HIGH_TO_2030, ALIKE_TO_2030), gap(REFRESHED, LOW));
    let removal = (gap(ALIKE_TO_2030, LOW), gap(HIGH_TO_2030, REFRESHED));
    let split = match (gap(HIGH_TO_2030, LOW), competition, removal) {
        (Some(all), (Some(early), Some(late)), (Some(alike), Some(fewer))) => format!(
            "Of the EUR {} billion to 2030 between removal by 2022 with fewer bidders and removal at the end of life with as many, \
             fewer bidders account for {} where kit goes early and {} where it goes at its end; the rest, {} or {}, is removal \
             before kit was due.{window}",
            fixed(all, 1),
            fixed(early, 1),
            fixed(late, 1),
            fixed(alike, 1),
            fixed(fewer, 1)
        ),
        _ => String::new(),
    };
    let missed = missed(&beside);
    let verdict = if missed.is_empty() {
        "All published ranges are met by the 95% intervals.".to_owned()
    } else {
        format!(
            "The 95% intervals of the mean miss of what was published: {}.",
            missed.join("; ")
        )
    };
    Words {
        title,
        subtitle,
        notes: vec![
            [split, verdict].join(" ").trim().to_owned(),
            "Nothing was fitted to these numbers. Bill: kit, work on site and integration beyond the same replicate without the \
             rule, not discounted, to the end of the year named. Delay: months that kit waits for crews or runs past a deadline, over all \
             radio sites; published delays are of a whole rollout. “As many bidders as before”: sellers like the banned ones \
             but for their home may sell from the day of the ban."
                .to_owned(),
            "Suspected where the model is low: it counts radio networks alone, hires crews as they are needed, lets Chinese kit that is \
             near its end go at the end, and has several sellers of nearly equal cost, so that one bidder less moves prices little. Several \
             published numbers come from parties to the dispute."
                .to_owned(),
            note.spread("Bars"),
        ],
        description: "Four panels of horizontal intervals, one row an estimate: the model’s mean and 90% of replicates beside the \
                      published range."
            .to_owned(),
    }
}

/// `5.8`, `18`.
fn fold(x: f64) -> String {
    fixed(x, if x < 10.0 { 1 } else { 0 })
}

/// The two ends over the same years, how many times the one is the other, and how that was published.
fn european(plot: &PlotTable, ends: (Option<Stats>, Option<Stats>)) -> String {
    let (Some(high), Some(low)) = ends else {
        return String::new();
    };
    let times = if is_above_zero(&low) {
        let sure = against(plot, LOW, BILL_FOLD).and_then(|fold| fold.ci);
        let sure = sure.map_or_else(String::new, |(from, to)| {
            format!(" (95% interval {} to {} by bootstrap)", fixed(from, 1), fixed(to, 1))
        });
        format!(", a ratio of {}{sure}", fold(high.mean / low.mean))
    } else {
        ", which cannot be told from zero".to_owned()
    };
    let said = match (published_of(plot, HIGH), published_of(plot, LOW)) {
        (Some(high), Some(low)) => {
            let years = [HIGH, LOW].map(|id| ESTIMATES.iter().find(|e| e.id == id).map_or(0, |e| e.until));
            let [early, late] = years;
            let but = if early == late {
                String::new()
            } else {
                format!(", but compares bills of different years, to {early} and to {late}")
            };
            format!(" The published ratio is {}{but}.", fold(high.1 / low.0))
        }
        _ => String::new(),
    };
    format!(
        "When kit must go and how many may bid are disputed: to 2030 a ban in Europe costs EUR {} billion if kit goes by 2022 and fewer \
         bid, {} if it goes at its end of life and as many bid{times}.{said}",
        fixed(high.mean, 1),
        fixed(low.mean, 1)
    )
}

/// Where the 95% interval of the model lies beside a published number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Below,
    Meets,
    Above,
}

/// Every published number that the model has an interval for: the row, the number as it is named, and where the model lies.
pub(super) fn beside(plot: &PlotTable) -> Vec<(&'static str, &str, Side)> {
    let mut beside = Vec::new();
    for estimate in &ESTIMATES {
        let Some((low, high)) = model_of(plot, estimate.id).and_then(|s| s.ci) else {
            continue;
        };
        let is_published = |row: &&PlotRow| row.series == estimate.id && row.quantity == PUBLISHED;
        for row in plot.rows.iter().filter(is_published) {
            let Some((from, to)) = row.stats.and_then(|stats| stats.ci) else {
                continue;
            };
            let side = match (high < from, low > to) {
                (true, _) => Side::Below,
                (_, true) => Side::Above,
                _ => Side::Meets,
            };
            beside.push((estimate.text, row.label.as_str(), side));
        }
    }
    beside
}

/// What the model makes of all that was published.
pub(super) fn title<T, U>(beside: &[(T, U, Side)]) -> String {
    let count = |side| beside.iter().filter(|(.., found)| *found == side).count();
    let (below, above, all) = (count(Side::Below), count(Side::Above), beside.len());
    let of = match all {
        1 => "the one published estimate of a ban".to_owned(),
        _ => format!("{all} published estimates of bans"),
    };
    match (below, above) {
        _ if all == 0 => "What rules cost by the model, beside what was published".to_owned(),
        (0, 0) if all == 1 => format!("The model meets {of}"),
        (0, 0) => format!("The model meets all {of}"),
        (1, 0) if all == 1 => format!("The model lies below {of}"),
        (0, 1) if all == 1 => format!("The model lies above {of}"),
        (below, 0) if below == all => format!("The model lies below all {of}"),
        (0, above) if above == all => format!("The model lies above all {of}"),
        (below, 0) => format!("The model lies below {below} of {of}"),
        (0, above) => format!("The model lies above {above} of {of}"),
        (below, above) => format!("The model lies below {below} and above {above} of {of}"),
    }
}

/// The published numbers that lie outside the interval of the model, by side.
fn missed(beside: &[(&str, &str, Side)]) -> Vec<String> {
    let side = |wanted: Side, name: &str| {
        let found: Vec<String> = (beside.iter())
            .filter(|(.., side)| *side == wanted)
            .map(|(text, said, _)| format!("{text}: {said}"))
            .collect();
        (!found.is_empty()).then(|| format!("from {name}, {}", found.join("; ")))
    };
    [side(Side::Below, "below"), side(Side::Above, "above")]
        .into_iter()
        .flatten()
        .collect()
}
