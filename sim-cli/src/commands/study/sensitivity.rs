//! `oransim sensitivity`: which inputs decide, and how much is luck.

use std::fmt::Write as _;

use sim_core::design::morris_step;
use sim_core::inference::sensitivity::{SensitivityError, luck_share, morris_effects, sobol_indices};

use super::words::{aligned, percent, short, with_interval};
use super::{Policy, RESAMPLES, Selection, Study, bootstrap, titles, write_table};
use crate::commands::Session;
use crate::exit::{Exit, Result};
use crate::output::number::number;

/// An interval of an index wider than this leaves its size open (Sarrazin, Pianosi and Wagener 2016 ask for 0.05 to
/// 0.1).
const WIDE: f64 = 0.1;

/// Reads a run, prints indices in words and writes `sensitivity.csv` and `luck.csv`.
///
/// # Errors
/// Where the run cannot be read, or is no design for this.
pub fn sensitivity(selection: &Selection, session: &Session<'_>) -> Result<Exit> {
    let study = Study::open(selection)?;
    let mut text = format!("{}\n", study.title);
    let mut written = Vec::new();
    match study.design.design.as_str() {
        "saltelli" => written.push(write_table(&study, "sensitivity.csv", &sobol(&study, &mut text))?),
        "morris" => written.push(write_table(&study, "sensitivity.csv", &morris(&study, &mut text))?),
        other => {
            let _ = writeln!(
                text,
                "A `{other}` design has no indices: make one with --design saltelli (shares of variance) or --design morris (screening)."
            );
        }
    }
    if let Some(rows) = luck(&study, &mut text)? {
        written.push(write_table(&study, "luck.csv", &rows)?);
    }
    for path in written {
        let _ = writeln!(text, "{}", path.display());
    }
    session.console.show(&text)?;
    Ok(Exit::Done)
}

/// A policy of which nothing can be said does not keep the others from being told.
fn cannot_say(policy: &Policy, error: SensitivityError, text: &mut String) {
    let _ = writeln!(text, "\n{}: {error}", policy.name);
}

fn sobol(study: &Study, text: &mut String) -> Vec<Vec<String>> {
    let mut rows = vec![titles(&[
        "policy",
        "input",
        "blocks",
        "first",
        "first_low",
        "first_high",
        "total",
        "total_low",
        "total_high",
        "rank",
    ])];
    for (policy, outcomes) in study.policies.iter().zip(&study.outcomes) {
        let mut draws = bootstrap(study, &policy.name);
        let found = match sobol_indices(outcomes, study.inputs.len(), RESAMPLES, &mut draws) {
            Ok(found) => found,
            Err(error) => {
                cannot_say(policy, error, text);
                continue;
            }
        };
        let _ = writeln!(
            text,
            "\n{}: mean {}, standard deviation {} over {} blocks of futures",
            policy.name,
            short(found.mean),
            short(found.variance.sqrt()),
            found.blocks
        );
        if found.left_out > 0 {
            let _ = writeln!(
                text,
                "  {} blocks were left out: an outcome is undefined there",
                found.left_out
            );
        }
        let mut table = vec![titles(&["input", "alone", "with interactions"])];
        for (rank, input) in found.ranking.iter().enumerate() {
            let (name, index) = (&study.inputs[*input], &found.indices[*input]);
            table.push(vec![
                name.clone(),
                with_interval(index.first, index.first_interval),
                with_interval(index.total, index.total_interval),
            ]);
            let (first, total) = (index.first_interval, index.total_interval);
            let numbers = [index.first, first.low, first.high, index.total, total.low, total.high];
            let mut row = vec![policy.name.clone(), name.clone(), found.blocks.to_string()];
            row.extend(numbers.map(number));
            row.push((rank + 1).to_string());
            rows.push(row);
        }
        text.push_str(&aligned(&table));
        if found.indices.iter().all(|index| index.total.is_nan()) {
            let _ = writeln!(
                text,
                "  The outcome is the same in all futures: there is nothing to share out."
            );
            continue;
        }
        for (upper, lower) in &found.doubtful {
            let _ = writeln!(
                text,
                "  This sample cannot say whether {} matters more than {}.",
                study.inputs[*upper], study.inputs[*lower]
            );
        }
        let widths = found
            .indices
            .iter()
            .map(|index| index.total_interval.high - index.total_interval.low);
        let widest = widths.fold(0.0, f64::max);
        if widest > WIDE {
            let _ = writeln!(
                text,
                "  The widest interval of a total spans {widest:.2}: add blocks (-n {}) for sizes that can be relied on.",
                study.futures.len() / (study.inputs.len() + 2) * 4
            );
        }
    }
    rows
}

fn morris(study: &Study, text: &mut String) -> Vec<Vec<String>> {
    let mut rows = vec![titles(&[
        "policy",
        "input",
        "trajectories",
        "mu",
        "mu_star",
        "mu_star_low",
        "mu_star_high",
        "sigma",
        "rank",
    ])];
    for (policy, outcomes) in study.policies.iter().zip(&study.outcomes) {
        let mut draws = bootstrap(study, &policy.name);
        let found = match morris_effects(&study.futures, outcomes, morris_step(), RESAMPLES, &mut draws) {
            Ok(found) => found,
            Err(error) => {
                cannot_say(policy, error, text);
                continue;
            }
        };
        let trajectories = found.first().map_or(0, |effect| effect.n);
        let _ = writeln!(
            text,
            "\n{}: change over the whole range of each input, {trajectories} trajectories",
            policy.name
        );
        let mut order: Vec<usize> = (0..found.len()).collect();
        order.sort_by(|a, b| found[*b].mu_star.total_cmp(&found[*a].mu_star).then(a.cmp(b)));
        let mut table = vec![titles(&[
            "input",
            "size (mu*)",
            "95% interval",
            "direction (mu)",
            "spread (sigma)",
        ])];
        for (rank, input) in order.iter().enumerate() {
            let (name, effect) = (&study.inputs[*input], &found[*input]);
            let interval = effect.interval;
            table.push(vec![
                name.clone(),
                short(effect.mu_star),
                format!("[{}, {}]", short(interval.low), short(interval.high)),
                short(effect.mu),
                short(effect.sigma),
            ]);
            let numbers = [effect.mu, effect.mu_star, interval.low, interval.high, effect.sigma];
            let mut row = vec![policy.name.clone(), name.clone(), effect.n.to_string()];
            row.extend(numbers.map(number));
            row.push((rank + 1).to_string());
            rows.push(row);
        }
        text.push_str(&aligned(&table));
    }
    rows
}

/// The share that is luck; `None` where the run cannot tell.
fn luck(study: &Study, text: &mut String) -> Result<Option<Vec<Vec<String>>>> {
    let Some(values) = study.replicates()? else {
        text.push_str("\nThe share that is luck is not known: the run kept no replicates (--record none).\n");
        return Ok(None);
    };
    let mut rows = vec![titles(&[
        "policy",
        "futures",
        "replicates",
        "between",
        "common_luck",
        "own_luck",
        "luck_share",
    ])];
    text.push('\n');
    for (policy, values) in study.policies.iter().zip(&values) {
        let Some(share) = luck_share(values) else {
            let _ = writeln!(
                text,
                "{}: the share that is luck needs at least two futures and two replicates of each.",
                policy.name
            );
            continue;
        };
        let whole = share.between + share.common_luck + share.own_luck;
        let _ = writeln!(
            text,
            "{}: of the variance of one replicate in a random future, {} is luck ({} the same in all futures, {} its own).",
            policy.name,
            percent(share.share()),
            percent(share.common_luck / whole),
            percent(share.own_luck / whole)
        );
        let mut row = vec![
            policy.name.clone(),
            share.futures.to_string(),
            share.replicates.to_string(),
        ];
        row.extend([share.between, share.common_luck, share.own_luck, share.share()].map(number));
        rows.push(row);
    }
    Ok(Some(rows))
}
