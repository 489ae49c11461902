//! What a calibration leaves: tables that say of themselves what they hold.

use std::collections::BTreeMap;
use std::path::Path;

use sim_core::inference::Observation;
use sim_core::inference::calibration::{
    Calibration, Correlation, Histories, Identified, Posterior, WaveReport, correlations, identify,
};
use sim_core::inference::{Summary, compensated_sum};

use super::targets::{TargetRow, Targets};
use super::words;
use crate::exit::Result;
use crate::model::CalibrationWorld;
use crate::output::cells::csv_line;
use crate::output::number::number;
use crate::store::entry::FailedReplicate;
use crate::store::layout::LABEL_COLUMNS;
use crate::store::manifest::Manifest;
use crate::store::points::point_and_replicate;
use crate::time::iso;

/// One wave as it was played.
pub(super) struct Wave {
    pub report: WaveReport,
    /// Points as probabilities of the priors.
    pub points: Vec<Vec<f64>>,
    /// The same points as values of the inputs.
    pub values: Vec<Vec<f64>>,
    /// Mean outcomes at each.
    pub outcomes: Vec<Option<Vec<f64>>>,
}

/// The posterior as the model played it.
pub(super) struct Checked {
    /// What the surface said at each row that was played: mean and standard deviation by target.
    pub foretold: Vec<Vec<(f64, f64)>>,
    /// What was played: row, replicate, target.
    pub played: Vec<Vec<Vec<f64>>>,
}

/// All that was found.
pub(super) struct Results {
    pub luck: Histories,
    pub waves: Vec<Wave>,
    pub posterior: Posterior,
    pub checked: Checked,
    pub failures: Vec<(u64, FailedReplicate)>,
}

/// One target, before and after.
pub(super) struct Fitted {
    /// The posterior as played, with luck.
    pub summary: Summary,
    /// Standard deviation of luck in one history.
    pub luck_sd: f64,
    /// Mean and standard deviation over the first wave's points: the prior, without luck.
    pub prior: (f64, f64),
    /// What was observed less the mean as played (for a range: to its nearer end), over the standard deviation of all that may part them.
    pub score: f64,
    /// Root mean square of the surface's error at the rows played, in its own standard deviations with luck's: about 1 where it knows how sure it is.
    pub surface_error: f64,
}

struct Csv(Vec<u8>);

impl Csv {
    fn new(header: &[&str]) -> Result<Self> {
        let mut csv = Self(Vec::new());
        csv.row(header.iter().copied())?;
        Ok(csv)
    }

    fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> Result<()> {
        self.0.extend(csv_line(cells, Path::new("calibration"))?);
        Ok(())
    }

    fn owned(&mut self, cells: &[String]) -> Result<()> {
        self.row(cells.iter().map(String::as_str))
    }
}

/// All tables by name.
///
/// # Errors
/// None is expected: they are written to memory.
pub(super) fn all(
    manifest: &Manifest,
    world: &CalibrationWorld,
    targets: &Targets,
    calibration: &Calibration,
    results: &Results,
) -> Result<BTreeMap<&'static str, Vec<u8>>> {
    let priors = &calibration.problem().priors;
    let posterior = &results.posterior;
    let identified = identify(priors, &posterior.sample, posterior.effective, manifest.seed);
    let pairs = correlations(&posterior.sample, posterior.effective, manifest.seed);
    let fitted: Vec<Fitted> = (0..targets.rows.len()).map(|k| fit_of(k, targets, results)).collect();
    let paths: Vec<&str> = world.priors.iter().map(|prior| prior.path.as_str()).collect();
    let report = words::report(world, targets, &paths, results, &identified, &pairs, &fitted);
    Ok(BTreeMap::from([
        ("posterior.csv", posterior_file(manifest, &paths, results)?),
        ("parameters.csv", parameters(&paths, &identified)?),
        ("correlations.csv", correlation_table(&paths, &pairs)?),
        ("waves.csv", waves(manifest, results)?),
        ("surfaces.csv", surfaces(targets, results)?),
        ("targets.csv", target_table(targets, &fitted)?),
        ("points.csv", points(&paths, targets, calibration, results)?),
        ("outcomes.csv", outcomes(targets, results)?),
        ("failures.csv", failures(&results.failures)?),
        ("report.txt", report.into_bytes()),
    ]))
}

fn fit_of(k: usize, targets: &Targets, results: &Results) -> Fitted {
    let row = &targets.rows[k];
    let t = targets.rows.len();
    let luck_variance = results.luck.covariance[k * t + k];
    let played: Vec<f64> = (results.checked.played.iter().flatten())
        .map(|replicate| replicate[k])
        .collect();
    let summary = Summary::of(&played);
    let first = results.waves.first();
    let prior: Vec<f64> = (first.iter().flat_map(|wave| wave.outcomes.iter().flatten()))
        .map(|y| y[k])
        .collect();
    let prior = Summary::of(&prior);
    let off = match row.target.observation {
        Observation::Value(z) => z - summary.mean,
        Observation::Range { low, high } => {
            if summary.mean < low {
                low - summary.mean
            } else {
                high.min(summary.mean) - summary.mean
            }
        }
    };
    // The spread as played holds parameters and luck; tolerance comes on top.
    let spread = (summary.sd * summary.sd + row.target.tolerance * row.target.tolerance).sqrt();
    let errors: Vec<f64> = (results.checked.foretold.iter().zip(&results.checked.played))
        .filter(|(said, played)| !said.is_empty() && !played.is_empty())
        .map(|(said, played)| {
            let n = played.len() as f64;
            let mean = compensated_sum(played.iter().map(|replicate| replicate[k])) / n;
            let (m, sd) = said[k];
            // Both means are over as many replicates as the points had, and those of the points have luck in common.
            (mean - m) / (sd * sd + 2.0 * luck_variance / n).sqrt()
        })
        .filter(|z| z.is_finite())
        .collect();
    Fitted {
        luck_sd: luck_variance.sqrt(),
        prior: (prior.mean, prior.sd),
        score: if off == 0.0 { 0.0 } else { off / spread },
        surface_error: (compensated_sum(errors.iter().map(|z| z * z)) / errors.len() as f64).sqrt(),
        summary,
    }
}

/// The posterior, with what it is a function of above it.
fn posterior_file(manifest: &Manifest, paths: &[&str], results: &Results) -> Result<Vec<u8>> {
    let world = manifest.worlds.first();
    let text = |of: Option<&String>| of.cloned().unwrap_or_default();
    let notes = [
        (
            "oransim",
            format!(
                "posterior, version {} epoch {}",
                manifest.model_version, manifest.results_epoch
            ),
        ),
        ("calibration", manifest.hash()),
        ("scenario", text(world.map(|world| &world.id))),
        ("scenario_sha256", text(world.map(|world| &world.values_hash))),
        ("targets_sha256", text(manifest.inputs.get("targets"))),
        ("method", text(manifest.inputs.get("method"))),
        ("seed", manifest.seed.to_string()),
        ("effective_sample", format!("{:.1}", results.posterior.effective)),
    ];
    let mut csv = Csv(Vec::new());
    for (name, said) in notes {
        csv.0.extend(format!("# {name} = {said}\n").into_bytes());
    }
    csv.row(paths.iter().copied())?;
    for row in &results.posterior.rows {
        csv.owned(&row.iter().map(|x| number(*x)).collect::<Vec<_>>())?;
    }
    Ok(csv.0)
}

fn parameters(paths: &[&str], identified: &[Identified]) -> Result<Vec<u8>> {
    let mut csv = Csv::new(&[
        "path",
        "prior_mean",
        "prior_sd",
        "prior_p05",
        "prior_p50",
        "prior_p95",
        "mean",
        "sd",
        "p05",
        "p50",
        "p95",
        "shrinkage",
        "ci_low",
        "ci_high",
        "shift",
        "verdict",
    ])?;
    for (path, one) in paths.iter().zip(identified) {
        let tail = [one.shrinkage, one.interval.low, one.interval.high, one.shift];
        let numbers = one.prior.iter().chain(&one.posterior).chain(&tail).map(|x| number(*x));
        let cells = std::iter::once((*path).to_owned()).chain(numbers);
        csv.owned(&cells.chain([one.movement.words().to_owned()]).collect::<Vec<_>>())?;
    }
    Ok(csv.0)
}

fn correlation_table(paths: &[&str], pairs: &[Correlation]) -> Result<Vec<u8>> {
    let mut csv = Csv::new(&["first", "second", "correlation", "ci_low", "ci_high"])?;
    for pair in pairs {
        csv.owned(&[
            paths[pair.first].to_owned(),
            paths[pair.second].to_owned(),
            number(pair.value),
            number(pair.interval.low),
            number(pair.interval.high),
        ])?;
    }
    Ok(csv.0)
}

/// How the region shrinks: one row a wave, and one for the posterior.
fn waves(manifest: &Manifest, results: &Results) -> Result<Vec<u8>> {
    let mut csv = Csv::new(&[
        "wave",
        "points",
        "left_out",
        "fitted",
        "terms",
        "replicates",
        "standing",
        "nearest",
        "effective_sample",
        "candidates",
        "distinct",
    ])?;
    for wave in &results.waves {
        let report = &wave.report;
        csv.owned(&[
            report.wave.to_string(),
            report.points.to_string(),
            report.left_out.to_string(),
            report.fitted.to_string(),
            report.terms.word().to_owned(),
            (report.points as u64 * manifest.replicates).to_string(),
            number(report.standing),
            number(report.nearest),
            String::new(),
            String::new(),
            String::new(),
        ])?;
    }
    let posterior = &results.posterior;
    let played: usize = results.checked.played.iter().map(Vec::len).sum();
    let mut last = vec![String::new(); 8];
    last[0] = "posterior".to_owned();
    last[1] = results.checked.played.len().to_string();
    last[5] = played.to_string();
    last.extend([
        number(posterior.effective),
        posterior.candidates.to_string(),
        posterior.distinct.to_string(),
    ]);
    csv.owned(&last)?;
    Ok(csv.0)
}

/// Columns that name a target.
fn named(row: &TargetRow) -> Vec<String> {
    let labels = row.row.series.texts().into_iter().map(str::to_owned);
    std::iter::once(iso(row.row.day)).chain(labels).collect()
}

fn header<'a>(first: &[&'a str], then: &[&'a str]) -> Vec<&'a str> {
    let labels = ["time"].into_iter().chain(LABEL_COLUMNS);
    first
        .iter()
        .copied()
        .chain(labels)
        .chain(then.iter().copied())
        .collect()
}

fn surfaces(targets: &Targets, results: &Results) -> Result<Vec<u8>> {
    let mut csv = Csv::new(&header(&["wave"], &["q2", "within_2", "residual_sd", "ruled_out"]))?;
    for wave in &results.waves {
        let report = &wave.report;
        for (k, row) in targets.rows.iter().enumerate() {
            let fit = report.fits[k];
            let numbers = [fit.q2, fit.within_2, fit.residual_sd, report.ruled_out_by[k]];
            let cells = [report.wave.to_string()].into_iter().chain(named(row));
            csv.owned(&cells.chain(numbers.map(number)).collect::<Vec<_>>())?;
        }
    }
    Ok(csv.0)
}

fn target_table(targets: &Targets, fitted: &[Fitted]) -> Result<Vec<u8>> {
    let then = [
        "value",
        "low",
        "high",
        "source",
        "tolerance",
        "luck_sd",
        "prior_mean",
        "prior_sd",
        "n",
        "mean",
        "sd",
        "p05",
        "p25",
        "p50",
        "p75",
        "p95",
        "score",
        "surface_error",
    ];
    let mut csv = Csv::new(&header(&[], &then))?;
    for (row, fit) in targets.rows.iter().zip(fitted) {
        let value = match row.target.observation {
            Observation::Value(z) => z,
            Observation::Range { .. } => f64::NAN,
        };
        // An open end is an empty cell.
        let end = |x: f64| if x.is_finite() { number(x) } else { String::new() };
        let summary = &fit.summary;
        let mut cells = named(row);
        cells.extend([
            number(value),
            end(row.row.bounds[0]),
            end(row.row.bounds[1]),
            row.row.source.clone(),
        ]);
        cells.extend([row.target.tolerance, fit.luck_sd, fit.prior.0, fit.prior.1].map(number));
        cells.push(summary.n.to_string());
        let rest = [
            summary.mean,
            summary.sd,
            summary.p05,
            summary.p25,
            summary.p50,
            summary.p75,
            summary.p95,
            fit.score,
            fit.surface_error,
        ];
        cells.extend(rest.map(number));
        csv.owned(&cells)?;
    }
    Ok(csv.0)
}

/// Every point that was played, and how implausible it is by all that is known in the end.
fn points(paths: &[&str], targets: &Targets, calibration: &Calibration, results: &Results) -> Result<Vec<u8>> {
    let mut header = vec!["wave", "point", "implausibility", "worst"];
    header.extend(paths);
    let mut csv = Csv::new(&header)?;
    let mut number_of = 0_u64;
    for wave in &results.waves {
        for (point, values) in wave.points.iter().zip(&wave.values) {
            number_of += 1;
            let (implausibility, worst) = calibration.implausibility(point);
            let worst = targets
                .rows
                .get(worst)
                .map_or_else(String::new, |row| targets.name(row));
            let mut cells = vec![
                wave.report.wave.to_string(),
                number_of.to_string(),
                number(implausibility),
                worst,
            ];
            cells.extend(values.iter().map(|x| number(*x)));
            csv.owned(&cells)?;
        }
    }
    Ok(csv.0)
}

/// Mean outcomes at every point of the waves.
fn outcomes(targets: &Targets, results: &Results) -> Result<Vec<u8>> {
    let mut csv = Csv::new(&header(&["wave", "point"], &["mean"]))?;
    let mut number_of = 0_u64;
    for wave in &results.waves {
        for outcome in &wave.outcomes {
            number_of += 1;
            for (k, row) in targets.rows.iter().enumerate() {
                let mean = outcome.as_ref().map_or(f64::NAN, |y| y[k]);
                let cells = [wave.report.wave.to_string(), number_of.to_string()]
                    .into_iter()
                    .chain(named(row));
                csv.owned(&cells.chain([number(mean)]).collect::<Vec<_>>())?;
            }
        }
    }
    Ok(csv.0)
}

fn failures(failed: &[(u64, FailedReplicate)]) -> Result<Vec<u8>> {
    let mut csv = Csv::new(&["point", "replicate", "time", "where", "message"])?;
    for (key, one) in failed {
        let (point, k) = point_and_replicate(*key);
        let cells = [
            point.to_string(),
            k.to_string(),
            one.time.clone(),
            one.place.clone(),
            one.message.clone(),
        ];
        csv.owned(&cells)?;
    }
    Ok(csv.0)
}
