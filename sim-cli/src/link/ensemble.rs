//! Worlds that can be played: `sim-core`'s simulations behind [`Engine`].

use std::sync::atomic::AtomicBool;

use serde_json::{Map, Value};
use sim_core::calendar::Day;
use sim_core::measure::Breadth;
use sim_core::record::{ReplicateRecord, SeriesKey};
use sim_core::run::{Options, ReplicateError, Simulation, UncertaintyMode};
use sim_core::scenario::Scenario;

use super::files::{self, Loaded, add_new, text_of, together, warnings_of};
use crate::engine::{Engine, Ensemble, ReplicateFailure, Uncertainty, Valuation, World};
use crate::exit::{Failure, Result};
use crate::model::WorldRequest;
use crate::settings::{Record, RecordSeries};

/// A world of `sim-core`.
pub(super) struct Playable {
    simulation: Simulation,
    /// See [`Engine::expected_tender_rows`].
    tender_rows: u64,
}

impl Playable {
    /// What plays.
    pub fn simulation(&self) -> &Simulation {
        &self.simulation
    }
}

impl Engine for Playable {
    fn id(&self) -> &str {
        &self.simulation.scenario().id
    }

    fn series(&self) -> &[SeriesKey] {
        self.simulation.series()
    }

    fn dates(&self) -> &[Day] {
        self.simulation.dates()
    }

    fn expected_tender_rows(&self) -> u64 {
        self.tender_rows
    }

    fn valuation(&self) -> Valuation {
        let market = &self.simulation.scenario().market;
        Valuation {
            discount_rate: market.social_discount_rate,
            site_month_usd: market.site_month,
        }
    }

    fn replicate(&self, k: u64, stop: &AtomicBool) -> std::result::Result<ReplicateRecord, ReplicateFailure> {
        self.simulation.replicate(k, stop).map_err(failure_of)
    }
}

/// Why a replicate has no record, in the words of the store.
pub(super) fn failure_of(error: ReplicateError) -> ReplicateFailure {
    match error {
        ReplicateError::Stopped => ReplicateFailure::Stopped,
        ReplicateError::Failed { time, place, message } => ReplicateFailure::Failed {
            time: time.to_string(),
            place,
            message,
        },
        // The enum may grow; what is new is a failure like any other.
        other => ReplicateFailure::Failed {
            time: String::new(),
            place: String::new(),
            message: other.to_string(),
        },
    }
}

/// Rows of tenders that a replicate leaves: each cluster is tendered once a term, some once more for a
/// keep, and once for a removal.
fn expected_tender_rows(simulation: &Simulation) -> u64 {
    let world = simulation.world();
    let years = world.start.years_until(world.end);
    let rounds = 1.0 + 1.5 * years / world.scenario.contract.term_years.max(0.25);
    let clusters: usize = world.slots.iter().map(|slot| slot.clusters.len()).sum();
    (clusters as f64 * rounds) as u64
}

/// Makes one loaded scenario playable; gives its warnings too.
///
/// # Errors
/// All faults of the scenario, as text.
pub(super) fn playable(loaded: &Loaded, options: Options) -> std::result::Result<(Playable, Vec<String>), String> {
    let decoded = loaded.decode().map_err(|faults| text_of(&faults))?;
    let simulation = Simulation::new(&loaded.document, options).map_err(|faults| text_of(&faults))?;
    let tender_rows = if options.tenders {
        expected_tender_rows(&simulation)
    } else {
        0
    };
    let playable = Playable {
        simulation,
        tender_rows,
    };
    Ok((playable, warnings_of(&decoded.warnings)))
}

/// The options of `sim-core` that a request asks for.
pub(super) fn options(seed: Option<u64>, uncertainty: Option<Uncertainty>, record: Record) -> Options {
    Options {
        seed,
        uncertainty: uncertainty.map(|mode| match mode {
            Uncertainty::Fixed => UncertaintyMode::Fixed,
            Uncertainty::Sampled => UncertaintyMode::Sampled,
        }),
        breadth: match record.series {
            RecordSeries::All => Breadth::All,
            RecordSeries::Core | RecordSeries::None => Breadth::Core,
        },
        tenders: record.tenders,
    }
}

/// Loads, validates and readies all worlds of a request.
///
/// # Errors
/// The faults of all scenarios together; or that they disagree in what the run has once.
pub(super) fn ensemble(request: &WorldRequest) -> Result<Ensemble> {
    let (loaded, warnings) = files::load_all(request)?;
    let options = options(request.seed, request.uncertainty, request.record);
    ready(loaded, warnings, options, request.replicates).map(Ready::into_ensemble)
}

/// Worlds ready to be played, still with what they were read from.
pub(super) struct Ready {
    loaded: Vec<Loaded>,
    worlds: Vec<Playable>,
    warnings: Vec<String>,
    seed: u64,
    replicates: u64,
}

/// Validates and readies loaded worlds.
///
/// # Errors
/// As [`ensemble`].
pub(super) fn ready(
    loaded: Vec<Loaded>,
    mut warnings: Vec<String>,
    options: Options,
    replicates: Option<u64>,
) -> Result<Ready> {
    let (mut worlds, mut faults) = (Vec::new(), Vec::new());
    for one in &loaded {
        match playable(one, options) {
            Ok((playable, said)) => {
                add_new(&mut warnings, said);
                worlds.push(playable);
            }
            Err(said) => add_new(&mut faults, [said]),
        }
    }
    together(faults)?;
    let seed = agreed(&worlds, "seed", options.seed, Simulation::seed)?;
    let replicates = agreed(&worlds, "replicates", replicates, |s| s.scenario().replicates)?;
    Ok(Ready {
        loaded,
        worlds,
        warnings,
        seed,
        replicates,
    })
}

impl Ready {
    /// The scenarios, in order.
    pub fn scenarios(&self) -> impl Iterator<Item = &Scenario> {
        self.worlds.iter().map(|world| world.simulation.scenario())
    }

    /// As the commands know it.
    pub fn into_ensemble(self) -> Ensemble {
        // A world without uncertainties plays the same in both modes.
        let sampled = self
            .worlds
            .iter()
            .any(|world| world.simulation.mode() == UncertaintyMode::Sampled);
        let inputs = posteriors(&self.worlds);
        let worlds = self.loaded.iter().zip(self.worlds);
        Ensemble {
            worlds: worlds
                .map(|(loaded, playable)| world(loaded, Box::new(playable)))
                .collect(),
            replicates: self.replicates,
            seed: self.seed,
            uncertainty: if sampled {
                Uncertainty::Sampled
            } else {
                Uncertainty::Fixed
            },
            inputs,
            warnings: self.warnings,
            design: None,
        }
    }
}

/// Hashes of the posteriors from which worlds draw.
fn posteriors(worlds: &[Playable]) -> Vec<(String, String)> {
    let scenarios = worlds.iter().map(|world| world.simulation.scenario());
    scenarios
        .filter_map(|scenario| {
            let posterior = scenario.posterior.as_ref()?;
            Some((format!("posterior of {}", scenario.id), posterior.hash.clone()))
        })
        .collect()
}

/// A world with the texts that the run directory keeps of it.
pub(super) fn world(loaded: &Loaded, engine: Box<dyn Engine>) -> World {
    let origins: Map<String, Value> = (loaded.document.origins().into_iter())
        .map(|(path, place)| (path, place.into()))
        .collect();
    World {
        engine,
        resolved_toml: loaded.document.resolve(false),
        values_hash: loaded.document.hash(),
        origins_json: Value::Object(origins).to_string(),
    }
}

/// A number that one run has once: the command line's, or that of all scenarios.
pub(super) fn agreed(
    worlds: &[Playable],
    name: &str,
    said: Option<u64>,
    of: impl Fn(&Simulation) -> u64,
) -> Result<u64> {
    if let Some(said) = said {
        return Ok(said);
    }
    let values: Vec<(&str, u64)> = (worlds.iter())
        .map(|world| (world.id(), of(&world.simulation)))
        .collect();
    match values.first() {
        Some((_, first)) if values.iter().all(|(_, value)| value == first) => Ok(*first),
        None => Ok(1),
        Some(_) => {
            let list: Vec<String> = (values.iter()).map(|(id, value)| format!("`{id}` {value}")).collect();
            Err(Failure::Refused(format!(
                "the scenarios disagree in `{name}` ({}), and a run has one: say --{name}",
                list.join(", ")
            )))
        }
    }
}
