//! `oransim score`: how well a finished run forecast what was observed, against the obvious rivals.

mod pool;
mod series;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::Session;
use crate::exit::{Context as _, Exit, Failure, Result};
use crate::model::{Model, WorldRequest};
use crate::observed::{self, Observed, ObservedRow};
use crate::settings::Record;
use crate::store::atomic::write_file;
use crate::store::directory::{Found, RunDirectory};
use crate::store::import::each_record;
use crate::store::layout::{Layout, SeriesLabel};
use crate::store::manifest::Manifest;
use crate::time::{iso, parse_iso};
use series::{Forecast, SeriesScore, score_series};
pub use table::{POOLED, Row};

/// What a score was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreSettings {
    /// The finished run.
    pub run: PathBuf,
    /// What was observed: files that are read as one.
    pub observed: Vec<PathBuf>,
    /// Published forecasts, in the same format.
    pub rivals: Vec<PathBuf>,
    /// Only dates after this one are scored, ISO; what was observed up to it is what a rival could know.
    pub after: Option<String>,
    /// Where the table goes as CSV.
    pub csv: Option<PathBuf>,
}

/// Scores a run; prints the table and a verdict for each series.
///
/// # Errors
/// [`Failure::Refused`] where the run is not finished, is a design or kept no replicates, or a file of observations is faulty.
pub fn score(model: &dyn Model, settings: &ScoreSettings, session: &Session<'_>) -> Result<Exit> {
    let observed = observed::read_together(&settings.observed)?;
    let rivals = read_rivals(&settings.rivals)?;
    let directory = RunDirectory::new(&settings.run);
    let manifest = finished(&directory)?;
    let layouts = layouts(model, &directory, &manifest)?;
    let after = match &settings.after {
        None => None,
        Some(text) => Some(
            parse_iso(text)
                .ok_or_else(|| Failure::Refused(format!("--after `{text}` is no ISO date such as 2020-12-31")))?,
        ),
    };
    let mut rows = Vec::new();
    let wanted: Vec<Wanted> = (layouts.iter())
        .map(|layout| Wanted::new(layout, &observed, &rivals))
        .collect();
    for (layout, wanted) in layouts.iter().zip(&wanted) {
        for point in &wanted.missing {
            session
                .console
                .warn(&format!("{}: {}: {}", layout.id, point.0, point.1));
        }
    }
    let mut samples: Vec<BTreeMap<usize, Vec<f64>>> = wanted
        .iter()
        .map(|w| w.cells.iter().map(|cell| (*cell, Vec::new())).collect())
        .collect();
    each_record(&directory, &manifest, &layouts, |world, _, values| {
        for (cell, sample) in &mut samples[world] {
            if let Some(value) = values.get(*cell).filter(|v| !v.is_nan()) {
                sample.push(*value);
            }
        }
    })?;
    for ((layout, wanted), samples) in layouts.iter().zip(&wanted).zip(&mut samples) {
        rows.extend(scores(layout, wanted, samples, &observed, &rivals, after));
    }
    if let Some(path) = &settings.csv {
        let table = table::csv(&rows)?;
        write_file(path, |sink| sink.write_all(&table).while_doing("write", path))?;
        session.console.note(&format!("wrote {}", path.display()));
    }
    session.console.show(&table::text(&rows))?;
    Ok(Exit::Done)
}

/// Reads published forecasts; the stem of a file is the forecaster's name in tables.
///
/// # Errors
/// As [`observed::read`].
pub fn read_rivals(paths: &[impl AsRef<Path>]) -> Result<Vec<(String, Observed)>> {
    let name = |path: &Path| path.file_stem().map(|s| s.to_string_lossy().into_owned());
    (paths.iter().map(AsRef::as_ref))
        .map(|path| Ok((name(path).unwrap_or_default(), observed::read(path)?)))
        .collect()
}

/// The rows of one world: series by series, then the series of each measure together. `samples`: the values over replicates of each wanted
/// cell, which are sorted here; `after`: as in [`ScoreSettings`], by default the first date of the world.
pub fn scores(
    layout: &Layout,
    wanted: &Wanted,
    samples: &mut BTreeMap<usize, Vec<f64>>,
    observed: &Observed,
    rivals: &[(String, Observed)],
    after: Option<i32>,
) -> Vec<Row> {
    for sample in samples.values_mut() {
        sample.sort_unstable_by(f64::total_cmp);
    }
    let after = after.unwrap_or_else(|| layout.dates.first().copied().unwrap_or(i32::MIN));
    let labels: BTreeSet<&SeriesLabel> = (observed.keys())
        .chain(rivals.iter().flat_map(|(_, rival)| rival.keys()))
        .collect();
    let nothing = BTreeMap::new();
    let scored: Vec<(&SeriesLabel, SeriesScore)> = (labels.into_iter())
        .map(|label| {
            let at = wanted.series.get(label).copied();
            let forecast = Forecast { layout, at, samples };
            let points = observed.get(label).unwrap_or(&nothing);
            (label, score_series(&forecast, label, points, rivals, after))
        })
        .collect();
    let each: Vec<(&SeriesLabel, &SeriesScore)> = scored.iter().map(|(label, score)| (*label, score)).collect();
    let pooled = pool::pooled(&layout.id, &each);
    scored
        .into_iter()
        .flat_map(|(_, score)| score.rows)
        .chain(pooled)
        .collect()
}

fn finished(directory: &RunDirectory) -> Result<Manifest> {
    let at = directory.root().display();
    match directory.look()? {
        // The points of a design are futures to look at, not draws of what is likely.
        Found::Finished(manifest) if manifest.points.is_some() => Err(Failure::Refused(format!(
            "{at} was made by `oransim explore`: the points of a design are no forecast. Play the scenario with `oransim run` and score that"
        ))),
        Found::Finished(manifest) if manifest.recorded.series == "none" => Err(Failure::Refused(format!(
            "{at} was made with --record none: it kept no replicates to score. Run it again without"
        ))),
        Found::Finished(manifest) if manifest.mode == "calibrate" => Err(Failure::Refused(format!(
            "{at} is a calibration: name its posterior.csv in the [posterior] of a scenario, run that and score the run"
        ))),
        Found::Finished(manifest) => Ok(*manifest),
        Found::Unfinished { .. } => Err(Failure::Refused(format!(
            "{at} is not finished: `oransim run ... --out {at} --resume` ends it"
        ))),
        _ => Err(Failure::Refused(format!("{at} is no finished run of this program"))),
    }
}

/// What the values of the run mean: from the scenarios that it keeps.
fn layouts(model: &dyn Model, directory: &RunDirectory, manifest: &Manifest) -> Result<Vec<Layout>> {
    let series = manifest.recorded.series.parse::<Record>().map_err(Failure::Refused)?;
    let mut layouts = Vec::new();
    for world in &manifest.worlds {
        let request = WorldRequest {
            scenarios: vec![directory.scenario(&world.id)],
            overrides: Vec::new(),
            seed: Some(manifest.seed),
            uncertainty: None,
            replicates: Some(manifest.replicates),
            record: series,
        };
        for world in &model.ensemble(&request)?.worlds {
            layouts.push(Layout::of(world.engine.as_ref())?);
        }
    }
    if manifest.is_laid_out_as(&layouts) {
        Ok(layouts)
    } else {
        Err(Failure::Refused(format!(
            "{} was made by a version of the model with other series: run it again",
            directory.root().display()
        )))
    }
}

/// Which cells of a record are asked for.
pub struct Wanted {
    /// Series of the layout by label.
    series: BTreeMap<SeriesLabel, usize>,
    /// Cells of a record, by date then series.
    pub cells: BTreeSet<usize>,
    /// Points observed that the run does not have: where they stand and why.
    missing: Vec<(String, String)>,
}

impl Wanted {
    /// What was observed, and what rivals spoke of.
    pub fn new(layout: &Layout, observed: &Observed, rivals: &[(String, Observed)]) -> Self {
        let mut wanted = Self {
            series: BTreeMap::new(),
            cells: BTreeSet::new(),
            missing: Vec::new(),
        };
        let places: BTreeMap<&SeriesLabel, usize> = layout.series.iter().enumerate().map(|(i, s)| (s, i)).collect();
        let sources = std::iter::once((observed, true)).chain(rivals.iter().map(|(_, rival)| (rival, false)));
        for (source, is_observed) in sources {
            for (label, points) in source {
                let mut misses = |point: &ObservedRow, why: String| {
                    // What a rival alone speaks of has a row that says so.
                    if is_observed {
                        let place = format!("{}:{}", point.file.display(), point.line);
                        wanted.missing.push((place, why));
                    }
                };
                let Some(at) = places.get(label).copied() else {
                    if let Some(first) = points.values().next() {
                        misses(first, format!("no series `{}` in this run", label.texts().join(",")));
                    }
                    continue;
                };
                wanted.series.insert(label.clone(), at);
                for (day, point) in points {
                    match layout.dates.iter().position(|d| d == day) {
                        Some(date) => {
                            wanted.cells.insert(date * layout.series.len() + at);
                        }
                        None => misses(point, format!("{} is no date of this run", iso(*day))),
                    }
                }
            }
        }
        wanted
    }
}
