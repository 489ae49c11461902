//! What is to be run and where, before anything is touched.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::commands::Session;
use crate::engine::Ensemble;
use crate::exit::{Failure, Result};
use crate::settings::{Mode, Record, RunSettings};
use crate::store::layout::Layout;
pub use crate::store::manifest::MOST_REPLICATES;
use crate::store::manifest::{FORMAT, Manifest, ManifestWorld};
use crate::store::plan::{Plan, PlannedWorld, Sitting};
use crate::store::until::{MOST_BY_DEFAULT, Until};
use crate::time::now_utc;
use sim_core::{MODEL_VERSION, RESULTS_EPOCH};

/// The directory of a run: the one named, or `runs/NAME-HASH8`; a shard has its own within.
pub fn place(plan: &Plan, settings: &RunSettings) -> PathBuf {
    let whole = settings.out.clone().unwrap_or_else(|| {
        let worlds = &plan.manifest.worlds;
        let first = worlds.first().map_or("", |world| &world.id);
        let name = match (settings.mode, worlds.len()) {
            (Mode::Compare, _) => format!("compare-{first}"),
            (Mode::Run | Mode::Explore, 1) => first.to_owned(),
            (Mode::Run | Mode::Explore, more) => format!("{first}-and-{}-more", more - 1),
        };
        let name = match plan.manifest.points {
            Some(_) => format!("explore-{name}"),
            None => name,
        };
        Path::new("runs").join(format!("{name}-{}", &plan.manifest.run_key()[..8]))
    });
    match settings.shard {
        Some(shard) => whole.join(shard.directory()),
        None => whole,
    }
}

/// What is to be run, validated.
///
/// # Errors
/// [`Failure::Refused`] where worlds or replicates are not what a run can be made of.
pub fn plan_of(ensemble: &Ensemble, settings: &RunSettings, session: &Session<'_>) -> Result<Plan> {
    let refuse = |text: String| Err(Failure::Refused(text));
    let by_default = match settings.until {
        Some(_) => MOST_BY_DEFAULT,
        None => ensemble.replicates,
    };
    let replicates = settings.replicates.unwrap_or(by_default);
    if !(1..=MOST_REPLICATES).contains(&replicates) {
        return refuse(format!("--replicates {replicates}: say 1 to {MOST_REPLICATES}"));
    }
    if ensemble.worlds.is_empty() {
        return refuse("no scenario is named".into());
    }
    let mut worlds: Vec<PlannedWorld> = Vec::new();
    for world in &ensemble.worlds {
        let layout = Layout::of(world.engine.as_ref())?;
        if worlds.iter().any(|other| other.layout.id == layout.id) {
            return refuse(format!(
                "scenario `{}` is named twice: give one of them another id",
                layout.id
            ));
        }
        let origins = serde_json::from_str(&world.origins_json).unwrap_or(Value::Null);
        worlds.push(PlannedWorld {
            layout,
            resolved_toml: world.resolved_toml.clone(),
            origins,
            valuation: world.engine.valuation(),
        });
    }
    let layouts: Vec<Layout> = worlds.iter().map(|world| world.layout.clone()).collect();
    let mut manifest = manifest_of(settings.mode, ensemble, &layouts, replicates, settings.record);
    if let Some(asked) = &settings.until {
        let until = Until {
            measure: asked.measure.clone(),
            half_width: asked.half_width,
            most: replicates,
        };
        for layout in &layouts {
            until.cell(layout).map_err(Failure::Refused)?;
        }
        manifest.until = Some(until);
    }
    let sitting = Sitting {
        started: now_utc(),
        command: session.surroundings.command.clone(),
        jobs: settings.jobs,
    };
    Ok(Plan {
        manifest,
        shard: settings.shard,
        worlds,
        sittings: vec![sitting],
        design: ensemble.design.as_ref().map(|design| design.csv.clone()),
    })
}

/// All that the results of playing these worlds are a function of.
pub fn manifest_of(mode: Mode, ensemble: &Ensemble, layouts: &[Layout], replicates: u64, record: Record) -> Manifest {
    let hashes = ensemble.worlds.iter().map(|world| ManifestWorld {
        id: world.engine.id().to_owned(),
        values_hash: world.values_hash.clone(),
    });
    Manifest {
        format: FORMAT,
        model_version: MODEL_VERSION.to_owned(),
        results_epoch: RESULTS_EPOCH,
        mode: mode.word().to_owned(),
        worlds: hashes.collect(),
        inputs: ensemble.inputs.iter().cloned().collect(),
        seed: ensemble.seed,
        uncertainty: match ensemble.design {
            Some(_) => "designed".to_owned(),
            None => ensemble.uncertainty.word().to_owned(),
        },
        recorded: Manifest::recorded(record, layouts),
        replicates,
        until: None,
        points: ensemble.design.as_ref().map(|design| design.points.clone()),
    }
}
