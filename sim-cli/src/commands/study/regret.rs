//! `oransim regret`: which policy is robust, and where does each fail?

use std::fmt::Write as _;

use sim_core::inference::prim::{PrimSettings, cover};
use sim_core::inference::quantile;
use sim_core::inference::regret::{Better, Payoffs, Rule, apply_rule, rank_stability};

use super::words::{aligned, box_in_words, percent, short};
use super::{RESAMPLES, Selection, Study, bootstrap, titles, write_table};
use crate::commands::Session;
use crate::exit::{Exit, Failure, Result};
use crate::output::number::number;

/// A choice that survives fewer resamples than this hangs on the futures that happened to be drawn.
const STEADY: f64 = 0.9;

/// What `oransim regret` was asked to do.
#[derive(Debug, Clone, PartialEq)]
pub struct RegretSettings {
    /// Which number.
    pub selection: Selection,
    /// Which outcomes are good.
    pub better: Better,
    /// What is good enough.
    pub thresholds: Vec<f64>,
    /// Weight of the best outcome in Hurwicz's rule.
    pub optimism: f64,
}

/// Reads a run, prints what each rule says and writes `regret.csv` and `rules.csv`.
///
/// # Errors
/// Where the run cannot be read, or no future is met by all policies.
pub fn regret(settings: &RegretSettings, session: &Session<'_>) -> Result<Exit> {
    let study = Study::open(&settings.selection)?;
    let Some(payoffs) = Payoffs::new(&study.outcomes, settings.better) else {
        return Err(Failure::Refused(format!(
            "{}: there is no future in which every policy has an outcome",
            study.directory.root().display()
        )));
    };
    let direction = match settings.better {
        Better::Low => "low is better",
        Better::High => "high is better",
    };
    for threshold in &settings.thresholds {
        if let Some(warning) = study.beyond_all("threshold", *threshold) {
            session.console.warn(&warning);
        }
    }
    let futures = payoffs.futures().len();
    let mut text = format!("{}, {direction}, over {futures} futures\n", study.title);
    if futures < study.futures.len() {
        let _ = writeln!(
            text,
            "{} futures are left out: a policy has no outcome there",
            study.futures.len() - futures
        );
    }
    if payoffs.policies() == 1 {
        text.push_str(
            "There is one policy, which has nothing to regret: add [choices], or name several scenarios in `oransim explore`.\n",
        );
    }
    text.push('\n');
    text.push_str(&by_policy(&study, &payoffs, settings));
    text.push('\n');
    let rules = by_rule(&study, &payoffs, settings, &mut text);
    for threshold in &settings.thresholds {
        failures(&study, &payoffs, settings.better, *threshold, &mut text);
    }
    let tables = [("regret.csv", by_future(&study, &payoffs)), ("rules.csv", rules)];
    for (name, rows) in tables {
        let path = write_table(&study, name, &rows)?;
        let _ = writeln!(text, "{}", path.display());
    }
    session.console.show(&text)?;
    Ok(Exit::Done)
}

fn by_policy(study: &Study, payoffs: &Payoffs, settings: &RegretSettings) -> String {
    let mut header = titles(&["policy", "mean regret", "median", "90%", "largest", "best in"]);
    let good_enough: Vec<Vec<f64>> = settings.thresholds.iter().map(|t| payoffs.satisficing(*t)).collect();
    let bound = match settings.better {
        Better::Low => "at most",
        Better::High => "at least",
    };
    header.extend(settings.thresholds.iter().map(|t| format!("{bound} {} in", short(*t))));
    let mut table = vec![header];
    let best = payoffs.share_best();
    for (p, (policy, regret)) in study.policies.iter().zip(payoffs.regret()).enumerate() {
        let mut sorted = regret;
        sorted.sort_unstable_by(f64::total_cmp);
        let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
        let mut row = vec![policy.name.clone(), short(mean)];
        row.extend([500, 900, 1000].map(|q| short(quantile(&sorted, q))));
        row.push(percent(best[p]));
        row.extend(good_enough.iter().map(|shares| percent(shares[p])));
        table.push(row);
    }
    aligned(&table)
}

/// What each rule chooses; gives the rows of `rules.csv`.
fn by_rule(study: &Study, payoffs: &Payoffs, settings: &RegretSettings, text: &mut String) -> Vec<Vec<String>> {
    let mut rules = vec![
        (Rule::MinimaxRegret, "smallest largest regret (Savage)".to_owned()),
        (Rule::Regret90, "smallest 90% regret".to_owned()),
        (Rule::Maximin, "best worst case (maximin)".to_owned()),
        (Rule::Maximax, "best best case (maximax)".to_owned()),
        (
            Rule::Hurwicz {
                optimism: settings.optimism,
            },
            format!("best case weighted {} (Hurwicz)", short(settings.optimism)),
        ),
        (Rule::Laplace, "best mean (Laplace)".to_owned()),
    ];
    for threshold in &settings.thresholds {
        let words = format!("most futures good enough ({})", short(*threshold));
        rules.push((Rule::Satisficing { threshold: *threshold }, words));
    }
    let mut rows = vec![titles(&[
        "rule",
        "parameter",
        "policy",
        "score",
        "chosen",
        "chosen_again",
    ])];
    let mut table = vec![titles(&["rule", "chooses", "score", "again"])];
    let mut choices: Vec<Vec<usize>> = Vec::new();
    let mut unsteady = Vec::new();
    for (rule, words) in rules {
        let result = apply_rule(payoffs, rule);
        let mut draws = bootstrap(study, &words);
        let steady = rank_stability(payoffs, rule, RESAMPLES, &mut draws);
        let parameter = match rule {
            Rule::Hurwicz { optimism } => number(optimism),
            Rule::Satisficing { threshold } => number(threshold),
            _ => String::new(),
        };
        for (p, policy) in study.policies.iter().enumerate() {
            rows.push(vec![
                rule.name().to_owned(),
                parameter.clone(),
                policy.name.clone(),
                number(result.scores[p]),
                u8::from(result.winners.contains(&p)).to_string(),
                number(steady[p]),
            ]);
        }
        let names: Vec<&str> = result
            .winners
            .iter()
            .map(|p| study.policies[*p].name.as_str())
            .collect();
        let again: f64 = result.winners.iter().map(|p| steady[*p]).sum();
        if again < STEADY {
            unsteady.push(words.clone());
        }
        let score = result.winners.first().map_or(f64::NAN, |p| result.scores[*p]);
        table.push(vec![words, names.join(" or "), short(score), percent(again)]);
        choices.push(result.winners);
    }
    text.push_str(&aligned(&table));
    if payoffs.policies() > 1 {
        let common = (0..payoffs.policies()).find(|p| choices.iter().all(|winners| winners.contains(p)));
        let sentence = match common {
            Some(policy) => format!("All rules choose {}.", study.policies[policy].name),
            None => {
                "The rules disagree, as each weighs good and bad futures in its own way: which one holds is for you to decide."
                    .to_owned()
            }
        };
        let _ = writeln!(text, "{sentence}");
        if !unsteady.is_empty() {
            let _ = writeln!(
                text,
                "`again` is the share of {RESAMPLES} redrawn sets of futures with the same choice. Not settled by this many futures: {}.",
                unsteady.join("; ")
            );
        }
        let _ = writeln!(
            text,
            "To know the future before deciding would be worth {} on average, were all futures alike likely.",
            short(payoffs.value_of_information())
        );
    }
    text.push('\n');
    rows
}

/// In which futures each policy is not good enough.
fn failures(study: &Study, payoffs: &Payoffs, better: Better, threshold: f64, text: &mut String) {
    if study.inputs.is_empty() {
        return;
    }
    let futures: Vec<Vec<f64>> = payoffs.futures().iter().map(|f| study.futures[*f].clone()).collect();
    for (policy, outcomes) in study.policies.iter().zip(&study.outcomes) {
        let fails: Vec<bool> = payoffs
            .futures()
            .iter()
            .map(|f| !better.reaches(outcomes[*f], threshold))
            .collect();
        let count = fails.iter().filter(|fails| **fails).count();
        let _ = write!(
            text,
            "{} fails {} in {count} of {} futures",
            policy.name,
            short(threshold),
            fails.len()
        );
        match cover(&futures, &fails, PrimSettings::default(), 1).first() {
            Some(found) => {
                let _ = writeln!(
                    text,
                    ", {} of them with {} ({} of the futures there)",
                    percent(found.coverage),
                    box_in_words(found, &study.inputs),
                    percent(found.density)
                );
            }
            None => text.push('\n'),
        }
    }
    text.push('\n');
}

fn by_future(study: &Study, payoffs: &Payoffs) -> Vec<Vec<String>> {
    let mut rows = vec![titles(&["policy", "future", "point", "outcome", "regret"])];
    for (p, (policy, regret)) in study.policies.iter().zip(payoffs.regret()).enumerate() {
        for (future, regret) in payoffs.futures().iter().zip(regret) {
            rows.push(vec![
                policy.name.clone(),
                future.to_string(),
                study.points[p][*future].map_or_else(String::new, |point| point.to_string()),
                number(study.outcomes[p][*future]),
                number(regret),
            ]);
        }
    }
    rows
}
