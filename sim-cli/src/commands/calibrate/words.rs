//! What was found, for people.

use std::fmt::Write as _;

use sim_core::inference::Observation;
use sim_core::inference::calibration::{Correlation, Identified, Movement, WaveReport};

use super::tables::{Fitted, Results};
use super::targets::{Targets, short};
use crate::model::CalibrationWorld;
use crate::time::iso;

/// Pairs more correlated than this are told.
const TOLD: f64 = 0.4;
/// A fit further off than this is told as a miss.
const MISS: f64 = 2.0;

/// A wave in one line.
pub(super) fn wave(report: &WaveReport) -> String {
    format!(
        "wave {}: {} points, a {} surface over {}; {} of the prior still stands",
        report.wave,
        report.points,
        report.terms.word(),
        report.fitted,
        percent(report.standing)
    )
}

/// A share in per cent, with two digits that say something.
fn percent(share: f64) -> String {
    let x = 100.0 * share;
    if x == 0.0 {
        "0%".to_owned()
    } else if x >= 10.0 {
        format!("{x:.0}%")
    } else if x >= 0.1 {
        format!("{x:.1}%")
    } else {
        format!("{x:.1e}%")
    }
}

/// Text in columns: the first to the left, others to the right but for the last.
fn columns(lines: &[Vec<String>]) -> String {
    let most = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |i: usize| {
        lines
            .iter()
            .filter_map(|line| line.get(i))
            .map(|cell| cell.chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..most).map(|i| width(i).unwrap_or(0)).collect();
    let mut out = String::new();
    for line in lines {
        out.push_str("  ");
        for (i, cell) in line.iter().enumerate() {
            let pad = " ".repeat(widths[i] - cell.chars().count());
            let text = match i {
                0 => format!("{cell}{pad}"),
                last if last + 1 == most => format!("  {cell}"),
                _ => format!("  {pad}{cell}"),
            };
            out.push_str(&text);
        }
        out.push('\n');
    }
    out
}

/// Three digits that say something.
fn digits(x: f64) -> String {
    if x.is_nan() {
        "-".to_owned()
    } else if x.abs() >= 1000.0 {
        format!("{x:.0}")
    } else if x.abs() >= 1.0 {
        format!("{x:.2}")
    } else {
        format!("{x:.4}")
    }
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

/// The whole report.
pub(super) fn report(
    world: &CalibrationWorld,
    targets: &Targets,
    paths: &[&str],
    results: &Results,
    identified: &[Identified],
    pairs: &[Correlation],
    fitted: &[Fitted],
) -> String {
    let mut out = format!(
        "calibration of {}: {} inputs, {} targets\n\nHow the region shrinks\n",
        world.id,
        paths.len(),
        targets.rows.len()
    );
    for one in &results.waves {
        let q2: Vec<f64> = one
            .report
            .fits
            .iter()
            .map(|fit| fit.q2)
            .filter(|q2| !q2.is_nan())
            .collect();
        let worst = q2.iter().copied().fold(f64::INFINITY, f64::min);
        let _ = writeln!(
            out,
            "  {}; it explains at least {} of what varies, points left out",
            wave(&one.report),
            percent(worst.max(0.0))
        );
    }
    let posterior = &results.posterior;
    let _ = writeln!(
        out,
        "  posterior: effective sample {:.0} of {} candidates; {} of {} rows differ",
        posterior.effective,
        posterior.candidates,
        posterior.distinct,
        posterior.rows.len()
    );
    if posterior.effective < 100.0 {
        out.push_str("  The effective sample is small: read spreads and intervals as rough, or play more waves.\n");
    }
    out.push_str("\nWhat the data tell: 1 - posterior variance / prior variance, with its 95% interval\n");
    let mut lines = vec![row([
        "input",
        "prior 90%",
        "posterior 90%",
        "shrinkage",
        "interval",
        "shift",
        "verdict",
    ])];
    for (path, one) in paths.iter().zip(identified) {
        let span = |of: &[f64; 5]| format!("{} to {}", digits(of[2]), digits(of[4]));
        lines.push(vec![
            (*path).to_owned(),
            span(&one.prior),
            span(&one.posterior),
            format!("{:.2}", one.shrinkage),
            format!("{:.2} to {:.2}", one.interval.low, one.interval.high),
            format!("{:+.1} sd", one.shift),
            one.movement.words().to_owned(),
        ]);
    }
    out.push_str(&columns(&lines));
    let still = paths
        .iter()
        .zip(identified)
        .filter(|(_, one)| one.movement == Movement::NotMoved);
    let still: Vec<&str> = still.map(|(path, _)| *path).collect();
    if !still.is_empty() {
        let _ = writeln!(
            out,
            "  The data do not move {}: there the posterior is the prior.",
            still.join(", ")
        );
    }
    let mut tied: Vec<&Correlation> = pairs.iter().filter(|pair| pair.value.abs() > TOLD).collect();
    tied.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
    for pair in tied {
        let _ = writeln!(
            out,
            "  {} and {} are told only together: correlation {:.2} ({:.2} to {:.2})",
            paths[pair.first], paths[pair.second], pair.value, pair.interval.low, pair.interval.high
        );
    }
    out.push_str("\nHow it fits: the posterior as the model plays it, with new luck\n");
    let mut lines = vec![row([
        "target",
        "observed",
        "tolerance sd",
        "luck sd",
        "prior",
        "played",
        "90% band",
        "off by",
        "",
    ])];
    let mut misses = Vec::new();
    for (target, fit) in targets.rows.iter().zip(fitted) {
        let observed = match target.target.observation {
            Observation::Value(z) => digits(z),
            Observation::Range { low, high } => match (low.is_finite(), high.is_finite()) {
                (true, true) => format!("{} to {}", digits(low), digits(high)),
                (true, false) => format!("at least {}", digits(low)),
                _ => format!("at most {}", digits(high)),
            },
        };
        let is_miss = fit.score.abs() > MISS;
        let name = format!("{} {}", iso(target.row.day), short(&target.row.series));
        if is_miss {
            misses.push(name.clone());
        }
        lines.push(vec![
            name,
            observed,
            digits(target.target.tolerance),
            digits(fit.luck_sd),
            format!("{} ± {}", digits(fit.prior.0), digits(fit.prior.1)),
            digits(fit.summary.mean),
            format!("{} to {}", digits(fit.summary.p05), digits(fit.summary.p95)),
            format!("{:+.1} sd", fit.score),
            if is_miss { "missed" } else { "" }.to_owned(),
        ]);
    }
    out.push_str(&columns(&lines));
    if misses.is_empty() {
        out.push_str(
            "  No target is missed by more than two standard deviations of parameters, luck and tolerance together.\n",
        );
    } else {
        let _ = writeln!(
            out,
            "  Missed by more than two standard deviations: {}.",
            misses.join("; ")
        );
    }
    let sure: Vec<f64> = fitted
        .iter()
        .map(|fit| fit.surface_error)
        .filter(|x| x.is_finite())
        .collect();
    let greatest = sure.iter().copied().fold(0.0, f64::max);
    let _ = writeln!(
        out,
        "  The surface's error at the rows played is at most {greatest:.1} times what it says of itself (1 is honest)."
    );
    out
}
