//! What it says: title, what disagrees, what the model misses.

use super::super::note::Note;
use super::super::number::fixed;
use super::super::page::Words;
use super::super::plot::{PlotRow, PlotTable};
use super::super::summary::Stats;
use super::super::words::{Difference, Direction};
use super::rows::{EARLY_ALIKE, ESTIMATES, HIGH, LADDER, LOW, NET, PUBLISHED};

/// The statistics of the model of a row.
pub(super) fn model_of(plot: &PlotTable, id: &str) -> Option<Stats> {
    let is_model = |row: &&PlotRow| row.series == id && row.quantity != PUBLISHED && row.quantity != NET;
    plot.rows.iter().find(is_model)?.stats
}

pub(super) fn published_of(plot: &PlotTable, id: &str) -> Option<(f64, f64)> {
    let is_it = |row: &&PlotRow| row.series == id && row.quantity == PUBLISHED;
    plot.rows.iter().rev().find(is_it)?.stats?.ci
}

fn is_above_zero(stats: &Stats) -> bool {
    Difference::paired(stats).direction() == Direction::Rise
}

pub(super) fn words(plot: &PlotTable, note: &Note) -> Words {
    let ends = (model_of(plot, HIGH), model_of(plot, LOW));
    let published = (published_of(plot, HIGH), published_of(plot, LOW));
    let fold = |x: f64| fixed(x, if x < 10.0 { 1 } else { 0 });
    let title = match (ends, published) {
        ((Some(high), Some(low)), (Some(said_high), Some(said_low))) => {
            let said = fold(said_high.1 / said_low.0);
            if is_above_zero(&low) && high.mean > low.mean {
                format!(
                    "Two disagreements alone spread the bill of one ban {}-fold; published estimates differ {said}-fold",
                    fold(high.mean / low.mean)
                )
            } else {
                format!(
                    "Whether a ban costs anything depends on two disagreements; published estimates differ {said}-fold"
                )
            }
        }
        _ => "What rules cost by the model, beside what was published".to_owned(),
    };
    let ladder: Vec<Stats> = LADDER.iter().filter_map(|id| model_of(plot, id)).collect();
    let subtitle = match ladder.as_slice() {
        [cap, stop, removal] => {
            let order = if cap.mean < stop.mean && stop.mean < removal.mean {
                "rise in the order of the rules"
            } else {
                "do not rise in the order of the rules"
            };
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
    let gap = |a: &str, b: &str| Some(model_of(plot, a)?.mean - model_of(plot, b)?.mean);
    let split = match (gap(HIGH, LOW), gap(HIGH, EARLY_ALIKE), gap("refresh", LOW)) {
        (Some(all), Some(early), Some(late)) => format!(
            "Of the EUR {} billion between the ends, fewer bidders account for {} where kit goes early and {} where it goes at its end; the \
             rest is whether kit was due anyway.",
            fixed(all, 1),
            fixed(early, 1),
            fixed(late, 1)
        ),
        _ => String::new(),
    };
    let missed = missed(plot);
    let verdict = if missed.is_empty() {
        "All published ranges are met by the 95% intervals.".to_owned()
    } else {
        format!("The 95% intervals miss the published range of: {}.", missed.join("; "))
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

/// Rows whose interval lies outside every published range of theirs.
pub(super) fn missed(plot: &PlotTable) -> Vec<String> {
    let mut missed = Vec::new();
    for estimate in &ESTIMATES {
        let Some((low, high)) = model_of(plot, estimate.id).and_then(|s| s.ci) else {
            continue;
        };
        let said: Vec<(f64, f64)> = (plot.rows.iter())
            .filter(|row| row.series == estimate.id && row.quantity == PUBLISHED)
            .filter_map(|row| row.stats?.ci)
            .collect();
        if said.is_empty() || said.iter().any(|(from, to)| low <= *to && high >= *from) {
            continue;
        }
        let side = if said.iter().all(|(from, _)| high < *from) {
            "below"
        } else {
            "above"
        };
        missed.push(format!("{} ({side})", estimate.text));
    }
    missed
}
