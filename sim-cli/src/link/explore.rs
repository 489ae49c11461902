//! Worlds that are played at the points of a design.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use sim_core::calendar::Day;
use sim_core::design::{Axis, Design, DesignError, DesignKind, DesignTable, Scramble, Support, line_of, parse_table};
use sim_core::draws::Luck;
use sim_core::record::{ReplicateRecord, SeriesKey};
use sim_core::run::{Options, Simulation};
use sim_core::scenario::document::{Diagnostics, Document, describe};
use sim_core::scenario::{Correlation, Dependence, Scenario};

use super::ensemble::{Playable, agreed, failure_of, options, playable, world};
use super::files::{self, add_new, text_of, together};
use crate::engine::{Designed, Engine, Ensemble, ReplicateFailure, Uncertainty};
use crate::exit::{Context as _, Failure, Result};
use crate::model::{DesignRequest, ExploreRequest};
use crate::output::cells::csv_line;
use crate::output::number::number;
use crate::store::canonical::sha256_hex;
use crate::store::points::{Points, point_and_replicate};

/// Largest file of a design that is brought: 100,000 points of 30 numbers in full length.
const MAX_DESIGN_BYTES: u64 = 64 << 20;

/// A world of `sim-core` at the points of a design.
struct Explored {
    base: Playable,
    document: Document,
    options: Options,
    design: Arc<Design>,
}

impl Explored {
    /// The world at one point, ready to be played.
    fn at(&self, point: u64) -> std::result::Result<Simulation, String> {
        let row = usize::try_from(point)
            .ok()
            .and_then(|point| self.design.points.get(point));
        let row = row.ok_or("there is no such point")?;
        let vector: Vec<(&str, f64)> = self
            .design
            .paths
            .iter()
            .map(String::as_str)
            .zip(row.iter().copied())
            .collect();
        let document = self.document.at_point(&vector).map_err(|faults| text_of(&faults))?;
        Simulation::new(&document, self.options).map_err(|faults| text_of(&faults))
    }
}

impl Engine for Explored {
    fn id(&self) -> &str {
        self.base.id()
    }

    fn series(&self) -> &[SeriesKey] {
        self.base.series()
    }

    fn dates(&self) -> &[Day] {
        self.base.dates()
    }

    fn replicate(&self, key: u64, stop: &AtomicBool) -> std::result::Result<ReplicateRecord, ReplicateFailure> {
        let (point, k) = point_and_replicate(key);
        // Made anew for each replicate: points are played one after the other, and only then the next replicate.
        let simulation = self.at(point).map_err(|message| ReplicateFailure::Failed {
            time: String::new(),
            place: "parameters".to_owned(),
            message,
        })?;
        simulation.replicate(k, stop).map_err(failure_of)
    }
}

/// Loads worlds, makes the design and readies them for its points.
///
/// # Errors
/// The faults of all scenarios together, or of the design.
pub(super) fn explore(request: &ExploreRequest) -> Result<Ensemble> {
    let (loaded, mut warnings) = files::load_all(&request.world)?;
    // Uncertain numbers are axes here: nothing is drawn by replicate.
    let options = options(request.world.seed, Some(Uncertainty::Fixed), request.world.record);
    let (mut bases, mut faults) = (Vec::new(), Vec::new());
    for one in &loaded {
        match playable(one, options) {
            Ok((base, said)) => {
                add_new(&mut warnings, said);
                bases.push(base);
            }
            Err(said) => add_new(&mut faults, [said]),
        }
    }
    together(faults)?;
    let seed = agreed(&bases, "seed", options.seed, Simulation::seed)?;
    let axes = joined(&bases, |s| {
        let uncertainties = s.scenario().uncertainties.iter();
        let axis = |u: &sim_core::scenario::Uncertainty| (u.path.clone(), Support::Continuous(u.distribution));
        uncertainties.map(axis).collect()
    })?;
    for base in &bases {
        let scenario = base.simulation().scenario();
        if let Some(posterior) = &scenario.posterior {
            warnings.push(format!(
                "`{}`: a design does not draw from the posterior, its numbers stand at their base values: bring its rows as the design, --design {}",
                scenario.id, posterior.file
            ));
        }
    }
    let choices = joined(&bases, |s| {
        let choices = s.scenario().choices.iter();
        choices
            .map(|c| (c.path.clone(), Support::Listed(c.values.clone())))
            .collect()
    })?;
    let dependence = dependence(&bases, &axes)?;
    let made = make(request, &axes, &dependence, &choices, seed, &mut warnings)?;
    let design = Arc::new(made.design);
    let csv = text_of_design(&design)?;
    let points = Points {
        count: design.points.len() as u64,
        design: made.word.to_owned(),
        choices: choices.into_iter().map(|choice| choice.path).collect(),
        hash: sha256_hex(csv.as_bytes()),
    };
    let mut worlds = Vec::new();
    for (loaded, base) in loaded.iter().zip(bases) {
        let engine = Explored {
            base,
            document: loaded.document.clone(),
            options,
            design: Arc::clone(&design),
        };
        together(faults_of_points(&engine, made.brought.as_ref()))?;
        worlds.push(world(loaded, Box::new(engine)));
    }
    Ok(Ensemble {
        worlds,
        replicates: 2,
        seed,
        uncertainty: Uncertainty::Fixed,
        inputs: vec![("design".to_owned(), made.identity)],
        warnings,
        design: Some(Designed { points, csv }),
    })
}

/// The axes of all worlds; those that several state must agree.
fn joined(worlds: &[Playable], of: impl Fn(&Simulation) -> Vec<(String, Support)>) -> Result<Vec<Axis>> {
    let mut axes: Vec<Axis> = Vec::new();
    for world in worlds {
        for (path, support) in of(world.simulation()) {
            match axes.iter().find(|axis| axis.path == path) {
                None => axes.push(Axis { path, support }),
                Some(axis) if axis.support == support => {}
                Some(_) => {
                    return Err(Failure::Refused(format!(
                        "the scenarios disagree in what `{path}` may be: policies can be compared only in the same futures"
                    )));
                }
            }
        }
    }
    Ok(axes)
}

/// How the axes depend on one another, on which all worlds must agree.
fn dependence(worlds: &[Playable], axes: &[Axis]) -> Result<Dependence> {
    let mut stated: Option<&[Correlation]> = None;
    for world in worlds {
        let here = &world.simulation().scenario().correlations[..];
        if stated.is_some_and(|there| there != here) {
            return Err(Failure::Refused(
                "the scenarios disagree in [[correlation]]: policies can be compared only in the same futures"
                    .to_owned(),
            ));
        }
        stated = Some(here);
    }
    let paths: Vec<&str> = axes.iter().map(|axis| axis.path.as_str()).collect();
    // Each world has passed this check, but axes of other worlds may come between.
    Dependence::new(&paths, stated.unwrap_or_default())
        .map_err(|_| Failure::Refused("the correlations of the scenarios cannot hold together".to_owned()))
}

struct Made {
    design: Design,
    word: &'static str,
    /// Hash of all that makes the first points what they are.
    identity: String,
    /// The file that it was read from.
    brought: Option<Brought>,
}

/// A design made elsewhere.
struct Brought {
    /// Name of the file.
    file: String,
    /// What stands in it.
    text: String,
    /// Its columns and rows.
    table: DesignTable,
}

impl Brought {
    /// What is wrong with a value of a column in a world, as told of a line of this file; `None` where it has no such column.
    fn fault(&self, engine: &Explored, path: &str, value: f64, said: &Diagnostics) -> Option<String> {
        let column = self.table.paths.iter().position(|one| one == path)?;
        let mut named = engine.document.clone();
        let (row, found, said) = match named.set(&describe::<Scenario>(), path, "0") {
            Err(unknown) => (None, path.to_owned(), unknown),
            Ok(_) => {
                let row = self.table.points.iter().position(|row| row[column] == value)?;
                (Some(row), number(value), said.clone())
            }
        };
        // What is said of the number itself, before what follows from it.
        let fault = said.iter().find(|d| d.key == path).or_else(|| said.iter().next())?;
        let line = line_of(&self.text, row);
        let mut text = format!(
            "{}:{line}, column {path}: {} (world `{}`)",
            self.file,
            fault.message,
            engine.id()
        );
        let key = (fault.key != path).then(|| fault.key.clone());
        for (name, note) in [
            ("key", key),
            ("found", Some(found)),
            ("allowed", fault.allowed.clone()),
            ("hint", fault.hint.clone()),
        ] {
            if let Some(note) = note {
                text += &format!("\n  = {name}: {note}");
            }
        }
        Some(text)
    }
}

fn make(
    request: &ExploreRequest,
    axes: &[Axis],
    dependence: &Dependence,
    choices: &[Axis],
    seed: u64,
    warnings: &mut Vec<String>,
) -> Result<Made> {
    let wrong = |error: DesignError| match error {
        DesignError::NoAxes => Failure::Refused(
            "the scenario has neither [uncertainties] nor [choices]: there is nothing to explore".to_owned(),
        ),
        other => Failure::Refused(other.to_string()),
    };
    let n = || {
        let missing = || Failure::Refused(format!("--design {} needs -n N", request.design.word()));
        request.n.ok_or_else(missing)
    };
    let mut brought = None;
    let (design, identity) = match &request.design {
        DesignRequest::File(path) => {
            let shown = path.display();
            let text = read(path)?;
            let table = parse_table(&text).map_err(|error| Failure::Refused(format!("{shown}: {error}")))?;
            let stands = |axis: &&Axis| !table.paths.contains(&axis.path);
            let fixed: Vec<&str> = axes.iter().filter(stands).map(|axis| axis.path.as_str()).collect();
            if !fixed.is_empty() {
                warnings.push(format!(
                    "{shown} has no column for {}: at all points they stand at their base values",
                    fixed.join(", ")
                ));
            }
            if !dependence.is_independent() {
                warnings.push(format!("{shown} is taken as it is: [[correlation]] plays no part"));
            }
            let crossed: Vec<Axis> = choices.iter().filter(stands).cloned().collect();
            let rows = request.n.and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
            let futures = &table.points[..rows.min(table.points.len())];
            let design = Design::crossed(table.paths.clone(), futures, &crossed).map_err(wrong)?;
            let identity = format!("csv {}", design.paths.join(" "));
            brought = Some(Brought {
                file: shown.to_string(),
                text,
                table,
            });
            (design, identity)
        }
        known => {
            let n = n()?;
            let (kind, identity) = match known {
                DesignRequest::Grid => (DesignKind::Grid { levels: n }, format!("grid {n}")),
                DesignRequest::LatinHypercube => (DesignKind::LatinHypercube { n }, format!("lhs {n}")),
                DesignRequest::Saltelli => (DesignKind::Saltelli { n }, "saltelli".to_owned()),
                DesignRequest::Morris => (DesignKind::Morris { trajectories: n }, "morris".to_owned()),
                DesignRequest::Sobol | DesignRequest::File(_) => {
                    let scramble = Scramble::Owen;
                    (DesignKind::Sobol { n, scramble }, "sobol owen".to_owned())
                }
            };
            if matches!(kind, DesignKind::Saltelli { .. } | DesignKind::Sobol { .. }) && !n.is_power_of_two() {
                warnings.push(format!(
                    "a Sobol' sequence is most even at a power of two: {} or {} instead of {n}",
                    n.next_power_of_two() / 2,
                    n.next_power_of_two()
                ));
            }
            if matches!(kind, DesignKind::Grid { .. } | DesignKind::Morris { .. }) && !dependence.is_independent() {
                warnings.push(format!(
                    "--design {} moves inputs one at a time: [[correlation]] plays no part",
                    known.word()
                ));
            }
            let structured = matches!(kind, DesignKind::Saltelli { .. } | DesignKind::Morris { .. });
            if structured && axes.is_empty() {
                return Err(Failure::Refused(format!(
                    "--design {} needs [uncertainties]: the scenario has none",
                    known.word()
                )));
            }
            let design =
                Design::build_dependent(kind, axes, dependence, choices, &Luck::new(seed, 0)).map_err(wrong)?;
            (design, identity)
        }
    };
    Ok(Made {
        design,
        word: request.design.word(),
        identity: sha256_hex(identity.as_bytes()),
        brought,
    })
}

fn read(path: &Path) -> Result<String> {
    let file = File::open(path).map_err(|error| Failure::Refused(format!("{}: {error}", path.display())))?;
    let mut bytes = Vec::new();
    file.take(MAX_DESIGN_BYTES + 1)
        .read_to_end(&mut bytes)
        .while_doing("read", path)?;
    if bytes.len() as u64 > MAX_DESIGN_BYTES {
        return Err(Failure::Refused(format!(
            "{}: a design may have {} MiB",
            path.display(),
            MAX_DESIGN_BYTES >> 20
        )));
    }
    String::from_utf8(bytes).map_err(|_| Failure::Refused(format!("{}: it is no text in UTF-8", path.display())))
}

/// `design.csv`: `point`, then one column a path.
fn text_of_design(design: &Design) -> Result<String> {
    let path = Path::new("design.csv");
    let header = std::iter::once("point").chain(design.paths.iter().map(String::as_str));
    let mut text = csv_line(header, path)?;
    for (point, row) in design.points.iter().enumerate() {
        text.extend_from_slice(point.to_string().as_bytes());
        for value in row {
            text.push(b',');
            text.extend_from_slice(number(*value).as_bytes());
        }
        text.push(b'\n');
    }
    String::from_utf8(text).map_err(|error| Failure::CouldNotGoOn(format!("cannot write design.csv: {error}")))
}

/// Whether the worlds at the ends of each column, and at the first point, are allowed: supports are checked when a
/// scenario is read, but a file, or another scenario, may bring other paths and values.
fn faults_of_points(engine: &Explored, brought: Option<&Brought>) -> Vec<String> {
    let design = &engine.design;
    let mut faults = Vec::new();
    for (column, path) in design.paths.iter().enumerate() {
        let values = || design.points.iter().map(|row| row[column]);
        let (low, high) = (
            values().fold(f64::INFINITY, f64::min),
            values().fold(f64::NEG_INFINITY, f64::max),
        );
        for value in [low, high] {
            let point = engine.document.at_point(&[(path, value)]);
            let checked = point.and_then(|document| sim_core::scenario::decode(&document).map(drop));
            if let Err(said) = checked {
                let at_its_line = brought.and_then(|brought| brought.fault(engine, path, value, &said));
                let text = at_its_line
                    .unwrap_or_else(|| format!("`{path}` = {value} in world `{}`: {}", engine.id(), text_of(&said)));
                add_new(&mut faults, [text]);
            }
        }
    }
    if faults.is_empty()
        && let Err(said) = engine.at(0)
    {
        faults.push(format!("point 0 of world `{}`: {said}", engine.id()));
    }
    faults
}
