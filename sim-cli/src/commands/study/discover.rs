//! `oransim discover`: in which futures does it happen?

use std::fmt::Write as _;

use sim_core::inference::prim::{PrimBox, PrimSettings, cover, quasi_p_values, reproduced, trajectory};

use super::words::{box_in_words, percent, short};
use super::{Selection, Study, bootstrap, titles, write_table};
use crate::commands::Session;
use crate::exit::{Exit, Failure, Result};
use crate::output::number::number;

/// Halves of the futures in which a box is sought again.
const HALVES: u32 = 50;

/// What `oransim discover` was asked to do.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscoverSettings {
    /// Which number.
    pub selection: Selection,
    /// The threshold of interest.
    pub threshold: f64,
    /// Whether outcomes above it are of interest; otherwise those below.
    pub above: bool,
    /// Density that boxes should reach.
    pub density: f64,
    /// Share of the points that one slice takes.
    pub alpha: f64,
    /// Most boxes for a policy.
    pub boxes: usize,
}

/// Reads a run, prints boxes in words and writes `boxes.csv` and `peeling.csv`.
///
/// # Errors
/// Where the run cannot be read or has no uncertain inputs.
pub fn discover(settings: &DiscoverSettings, session: &Session<'_>) -> Result<Exit> {
    let study = Study::open(&settings.selection)?;
    if study.inputs.is_empty() {
        return Err(Failure::Refused(format!(
            "{}: its design varies no uncertain number, so that there are no futures to tell apart",
            study.directory.root().display()
        )));
    }
    let prim = PrimSettings {
        alpha: settings.alpha,
        min_density: settings.density,
        ..PrimSettings::default()
    };
    let side = if settings.above { "above" } else { "below" };
    if let Some(warning) = study.beyond_all(side, settings.threshold) {
        session.console.warn(&warning);
    }
    let mut text = format!("{} {side} {}\n", study.title, short(settings.threshold));
    let mut boxes = vec![titles(&[
        "policy",
        "box",
        "input",
        "low",
        "high",
        "quasi_p",
        "reproduced",
        "points",
        "of_interest",
        "coverage",
        "density",
        "mass",
    ])];
    let mut peeling = vec![titles(&["policy", "step", "restricted", "coverage", "density", "mass"])];
    for (policy, outcomes) in study.policies.iter().zip(&study.outcomes) {
        let defined = || (0..outcomes.len()).filter(|future| outcomes[*future].is_finite());
        let futures: Vec<Vec<f64>> = defined().map(|future| study.futures[future].clone()).collect();
        let is_of_interest = |future: usize| match settings.above {
            true => outcomes[future] > settings.threshold,
            false => outcomes[future] < settings.threshold,
        };
        let interest: Vec<bool> = defined().map(is_of_interest).collect();
        let count = interest.iter().filter(|one| **one).count();
        let all = interest.len();
        let _ = writeln!(
            text,
            "\n{}: in {count} of {all} futures ({})",
            policy.name,
            percent(count as f64 / all as f64)
        );
        if all < outcomes.len() {
            let _ = writeln!(
                text,
                "  {} futures have no outcome and are left out",
                outcomes.len() - all
            );
        }
        if 2 * count > all && count < all {
            let other = if settings.above { "--below" } else { "--above" };
            let _ = writeln!(
                text,
                "  They are the rule rather than the exception: {other} looks for the others"
            );
        }
        for (step, one) in trajectory(&futures, &interest, prim).iter().enumerate() {
            let mut row = vec![
                policy.name.clone(),
                step.to_string(),
                one.restricted().len().to_string(),
            ];
            row.extend([one.coverage, one.density, one.mass].map(number));
            peeling.push(row);
        }
        let found = cover(&futures, &interest, prim, settings.boxes);
        if found.is_empty() {
            text.push_str("  No box tells these futures from the others.\n");
        }
        for (place, one) in found.iter().enumerate() {
            // A further box was sought in what those before it left over, and is tried there.
            let is_left = |future: &usize| !found[..place].iter().any(|earlier| earlier.contains(&futures[*future]));
            let left: Vec<usize> = (0..all).filter(is_left).collect();
            let own: Vec<Vec<f64>> = left.iter().map(|future| futures[*future].clone()).collect();
            let wanted: Vec<bool> = left.iter().map(|future| interest[*future]).collect();
            let there = PrimBox::measure(one.limits.clone(), &own, &wanted);
            let p = quasi_p_values(&there, &own, &wanted);
            let mut draws = bootstrap(&study, &format!("{} box {place}", policy.name));
            let again = reproduced(&there, &own, &wanted, prim, HALVES, &mut draws);
            describe(&study, one, place + 1, &p, &again, &mut text);
            for (input, p) in p {
                let limits = one.limits[input];
                let finite = |limit: f64| {
                    if limit.is_finite() {
                        number(limit)
                    } else {
                        String::new()
                    }
                };
                let mut row = vec![
                    policy.name.clone(),
                    (place + 1).to_string(),
                    study.inputs[input].clone(),
                    finite(limits.low),
                    finite(limits.high),
                    number(p),
                    number(again[input]),
                    one.points.to_string(),
                    one.of_interest.to_string(),
                ];
                row.extend([one.coverage, one.density, one.mass].map(number));
                boxes.push(row);
            }
        }
    }
    for (name, rows) in [("boxes.csv", boxes), ("peeling.csv", peeling)] {
        let path = write_table(&study, name, &rows)?;
        let _ = write!(text, "\n{}", path.display());
    }
    text.push('\n');
    session.console.show(&text)?;
    Ok(Exit::Done)
}

fn describe(study: &Study, one: &PrimBox, place: usize, p: &[(usize, f64)], again: &[f64], text: &mut String) {
    let _ = writeln!(text, "  box {place}: {}", box_in_words(one, &study.inputs));
    let _ = writeln!(
        text,
        "    holds {} of these futures (coverage); of the {} futures in it {} are such (density); it is {} of all futures",
        percent(one.coverage),
        one.points,
        percent(one.density),
        percent(one.mass)
    );
    for (input, p) in p {
        let doubt = if *p > 0.05 { ": it may be chance" } else { "" };
        let _ = writeln!(
            text,
            "    {}: quasi-p {}, found again in {} of {HALVES} random halves{doubt}",
            study.inputs[*input],
            short(*p),
            percent(again[*input])
        );
    }
}
