//! A world made ready for calibration: its priors, and its outcomes at any points.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::{Map, Value};
use sim_core::calendar::Day;
use sim_core::measure::Breadth;
use sim_core::record::{ReplicateRecord, SeriesKey};
use sim_core::run::{Options, Simulation};
use sim_core::scenario::document::Document;

use super::ensemble::{failure_of, options, playable};
use super::files::{self, add_new, text_of};
use crate::engine::{Engine, ReplicateFailure, Uncertainty};
use crate::exit::{Failure, Result};
use crate::model::{AtPoints, CalibrationRequest, CalibrationWorld};
use crate::observed::Observed;
use crate::settings::Record;
use crate::store::layout::{Layout, SeriesLabel};
use crate::store::points::point_and_replicate;
use crate::time::iso;

/// Worlds at points that are kept ready: a point's replicates are played one after the other, by several threads at once.
const READY: usize = 16;

/// The world at its points, measured where there are targets.
struct Outcomes {
    id: String,
    document: Document,
    options: Options,
    paths: Vec<String>,
    dates: Vec<Day>,
    /// The last of them: nothing is played beyond it.
    last: Day,
    series: Vec<SeriesKey>,
    /// Where each wanted cell lies in a record, date by date.
    cells: Vec<usize>,
}

impl AtPoints for Outcomes {
    fn engine(&self, points: Vec<Vec<f64>>) -> Box<dyn Engine + '_> {
        Box::new(Pointwise {
            outcomes: self,
            points,
            ready: Mutex::new(VecDeque::new()),
        })
    }
}

type Ready = Arc<OnceLock<std::result::Result<Simulation, String>>>;

struct Pointwise<'a> {
    outcomes: &'a Outcomes,
    /// Point 0 is the scenario as it stands; these come after it.
    points: Vec<Vec<f64>>,
    ready: Mutex<VecDeque<(u64, Ready)>>,
}

impl Pointwise<'_> {
    fn make(&self, point: u64) -> std::result::Result<Simulation, String> {
        let row: &[f64] = match point.checked_sub(1) {
            None => &[],
            Some(i) => {
                let row = usize::try_from(i).ok().and_then(|i| self.points.get(i));
                row.ok_or("there is no such point")?
            }
        };
        let paths = self.outcomes.paths.iter().map(String::as_str);
        let vector: Vec<(&str, f64)> = paths.zip(row.iter().copied()).collect();
        let document = self
            .outcomes
            .document
            .at_point(&vector)
            .map_err(|said| text_of(&said))?;
        Simulation::new(&document, self.outcomes.options).map_err(|said| text_of(&said))
    }

    fn at(&self, point: u64) -> Ready {
        // A thread that panicked left the list as it was: what is in it is still good.
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, simulation)) = ready.iter().find(|(of, _)| *of == point) {
            return Arc::clone(simulation);
        }
        let fresh = Ready::default();
        ready.push_back((point, Arc::clone(&fresh)));
        if ready.len() > READY {
            ready.pop_front();
        }
        fresh
    }
}

impl Engine for Pointwise<'_> {
    fn id(&self) -> &str {
        &self.outcomes.id
    }

    fn series(&self) -> &[SeriesKey] {
        &self.outcomes.series
    }

    fn dates(&self) -> &[Day] {
        &self.outcomes.dates
    }

    fn replicate(&self, key: u64, stop: &AtomicBool) -> std::result::Result<ReplicateRecord, ReplicateFailure> {
        let (point, k) = point_and_replicate(key);
        let ready = self.at(point);
        let simulation = ready.get_or_init(|| self.make(point)).as_ref();
        let simulation = simulation.map_err(|message| ReplicateFailure::Failed {
            time: String::new(),
            place: "parameters".to_owned(),
            message: message.clone(),
        })?;
        let last = self.outcomes.last;
        let mut record = simulation.replicate_until(k, last, stop).map_err(failure_of)?;
        let value = |cell: &usize| record.values.get(*cell).copied().unwrap_or(f64::NAN);
        record.values = self.outcomes.cells.iter().map(value).collect();
        Ok(record)
    }
}

/// Loads a world for calibration against `targets`; it is played to the last of their dates.
///
/// # Errors
/// The faults of the scenario; no priors, or a posterior beside them; targets of which it has no series or date, each with its line.
pub(super) fn calibration(request: &CalibrationRequest, targets: &Observed) -> Result<CalibrationWorld> {
    let (mut loaded, mut warnings) = files::load_all(&request.world())?;
    let Some(one) = loaded.pop() else {
        return Err(Failure::Refused("no scenario is named".to_owned()));
    };
    // Priors are axes here: nothing is drawn by replicate.
    let mut options = options(request.seed, Some(Uncertainty::Fixed), Record::default());
    let (whole, said) = playable(&one, options).map_err(Failure::Refused)?;
    add_new(&mut warnings, said);
    let simulation = whole.simulation();
    let scenario = simulation.scenario();
    if let Some(posterior) = &scenario.posterior {
        return Err(Failure::Refused(format!(
            "scenario `{}` has a posterior already ({}): calibrate the scenario from which it was made, with its priors",
            scenario.id, posterior.file
        )));
    }
    if scenario.uncertainties.is_empty() {
        return Err(Failure::Refused(format!(
            "scenario `{}` has no [uncertainties]: they are the priors, there is nothing to calibrate",
            scenario.id
        )));
    }
    let priors = scenario.uncertainties.clone();
    let (id, seed) = (scenario.id.clone(), simulation.seed());
    let layout = Layout::of(&whole)?;
    let file = request.targets.display().to_string();
    let wanted = match wanted(&layout, targets, &file) {
        Ok(wanted) => wanted,
        // The whole cross of series takes longer to measure: only where a target is not among those of the default.
        Err(_) => {
            options.breadth = Breadth::All;
            let (broad, _) = playable(&one, options).map_err(Failure::Refused)?;
            wanted(&Layout::of(&broad)?, targets, &file)?
        }
    };
    let origins: Map<String, Value> = (one.document.origins().into_iter())
        .map(|(path, place)| (path, place.into()))
        .collect();
    let (resolved_toml, values_hash) = (one.document.resolve(false), one.document.hash());
    let (played, _) = playable(&one, options).map_err(Failure::Refused)?;
    let played = played.simulation();
    let all = played.series().len();
    let dates: Vec<Day> = wanted.dates.iter().map(|at| played.dates()[*at]).collect();
    let outcomes = Outcomes {
        id: id.clone(),
        options: Options {
            seed: Some(seed),
            ..options
        },
        paths: priors.iter().map(|prior| prior.path.clone()).collect(),
        last: dates.last().copied().unwrap_or(simulation.scenario().end),
        dates,
        series: wanted.series.iter().map(|at| played.series()[*at].clone()).collect(),
        cells: (wanted.dates.iter())
            .flat_map(|date| wanted.series.iter().map(move |series| date * all + series))
            .collect(),
        document: one.document,
    };
    Ok(CalibrationWorld {
        id,
        seed,
        priors,
        resolved_toml,
        values_hash,
        origins: Value::Object(origins),
        warnings,
        world: Box::new(outcomes),
    })
}

/// Dates and series that have a target, as places in the layout.
struct Wanted {
    dates: BTreeSet<usize>,
    series: BTreeSet<usize>,
}

fn wanted(layout: &Layout, targets: &Observed, file: &str) -> Result<Wanted> {
    let places: BTreeMap<&SeriesLabel, usize> = layout.series.iter().enumerate().map(|(i, s)| (s, i)).collect();
    let (mut dates, mut series, mut faults) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    let (first, last) = (layout.dates.first().copied(), layout.dates.last().copied());
    let span = |day: Option<i32>| day.map(iso).unwrap_or_default();
    for (label, points) in targets {
        let place = places.get(label);
        for (day, point) in points {
            match place {
                Some(place) => {
                    series.insert(*place);
                }
                None => faults.push((
                    point.line,
                    format!(
                        "scenario `{}` has no series `{}`: `oransim measures` lists what there is",
                        layout.id,
                        label.texts().join(",")
                    ),
                )),
            }
            match layout.dates.iter().position(|date| date == day) {
                Some(at) => {
                    dates.insert(at);
                }
                None => faults.push((
                    point.line,
                    format!(
                        "{} is no date of scenario `{}`, which is measured from {} to {}: [scenario] start, end and [measures] dates say when",
                        iso(*day),
                        layout.id,
                        span(first),
                        span(last)
                    ),
                )),
            }
        }
    }
    faults.sort();
    if !faults.is_empty() {
        let lines: Vec<String> = faults
            .iter()
            .map(|(line, why)| format!("{file}:{line}: {why}"))
            .collect();
        return Err(Failure::Refused(lines.join("\n")));
    }
    Ok(Wanted { dates, series })
}
