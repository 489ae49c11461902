//! `--force`: clearing the way for a new run, without touching a file that this program did not write.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::atomic::PARTIAL;
use super::directory::{Found, RunDirectory};
use super::manifest::Manifest;
use super::plan::Plan;
use crate::exit::{Context as _, Failure, Result};
use crate::output::EXPORTERS;

/// The points of a design.
pub const DESIGN: &str = "design.csv";

/// What the commands that read a design's run write beside it.
pub const ANALYSES: [&str; 6] = [
    "sensitivity.csv",
    "luck.csv",
    "boxes.csv",
    "peeling.csv",
    "regret.csv",
    "rules.csv",
];

/// What `oransim calibrate` writes, in the order of writing.
pub const CALIBRATION: [&str; 10] = [
    "posterior.csv",
    "parameters.csv",
    "correlations.csv",
    "waves.csv",
    "surfaces.csv",
    "targets.csv",
    "points.csv",
    "outcomes.csv",
    "failures.csv",
    "report.txt",
];

/// Removes what analyses of the run left.
///
/// # Errors
/// Of the disk.
pub fn remove_analyses(directory: &RunDirectory) -> Result<()> {
    ANALYSES.iter().try_for_each(|name| remove(&directory.file(name)))
}

/// Removes what an earlier run left in the directory and in `work/`, whose lock the caller holds (but where nothing of ours
/// is there), and puts the plan of the new run in its place.
///
/// What is ours is known from the manifest or plan that lies there: the names that its command writes, a scenario for each
/// world, and the figures that its provenance lists. That one goes last, when the new plan is there, since without either
/// nothing says whose the rest is: what is ended midway is cleared by the next `--force`. Until then a command that misses
/// a table says so.
///
/// # Errors
/// [`Failure::Refused`] where no run of ours is there but a file of another origin bears one of our
/// names: nothing is removed then.
pub fn clear(directory: &RunDirectory, found: &Found, new: &Plan) -> Result<()> {
    let manifests: Vec<&Manifest> = match found {
        Found::Nothing => return Ok(()),
        Found::Finished(manifest) => vec![manifest],
        Found::Unfinished { plan, base } => {
            if plan.shard.is_some() {
                // It ended between its last two steps.
                remove_segments(&directory.file("segments"))?;
            }
            std::iter::once(&plan.manifest).chain(base.as_deref()).collect()
        }
        Found::Shard(_) => {
            // As a plan it says whose the segments are until they are gone.
            fs::rename(directory.shard(), directory.plan()).while_doing("remove", &directory.shard())?;
            remove_segments(&directory.file("segments"))?;
            return replace_plan(directory, new);
        }
        Found::Foreign(_) => return refuse_collisions(directory),
    };
    let mut names: BTreeSet<String> = listed(directory);
    names.extend(manifests.into_iter().flat_map(written_by));
    for name in names {
        remove(&directory.file(&name))?;
        remove(&directory.file(&(name + PARTIAL)))?;
    }
    for folder in ["figures", "scenarios"] {
        // Fails where a file of the user's is left in it, and then it is right that it stays.
        let _ = fs::remove_dir(directory.file(folder));
    }
    replace_plan(directory, new)?;
    remove(&directory.manifest())
}

/// The files that a run under this manifest may have written, but for the manifest itself and the figures: a file that only
/// another command writes is the user's.
fn written_by(manifest: &Manifest) -> Vec<String> {
    let mut names = vec!["provenance.json".to_owned()];
    names.extend(
        manifest
            .worlds
            .iter()
            .map(|world| format!("scenarios/{}.toml", world.id)),
    );
    if manifest.mode == "calibrate" {
        names.extend(CALIBRATION.map(str::to_owned));
        return names;
    }
    let tables = EXPORTERS.iter().filter(|exporter| exporter.made_by(&manifest.mode));
    names.extend(tables.map(|exporter| exporter.file().to_owned()));
    if manifest.points.is_some() {
        names.push(DESIGN.to_owned());
        names.extend(ANALYSES.map(str::to_owned));
    }
    names
}

/// Removes what an earlier run left in `work/` but for the lock, and puts the new plan there.
fn replace_plan(directory: &RunDirectory, new: &Plan) -> Result<()> {
    remove_segments(&directory.segments())?;
    remove(&directory.base_manifest())?;
    new.write(&directory.plan())
}

/// Removes a folder of segments; it stays, which is an error, where a file of another origin lies in it.
fn remove_segments(folder: &Path) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for item in fs::read_dir(folder).while_doing("read", folder)? {
        let path = item.while_doing("read", folder)?.path();
        if path.extension().is_some_and(|extension| extension == "seg") {
            remove(&path)?;
        }
    }
    fs::remove_dir(folder).while_doing("remove", folder)
}

fn refuse_collisions(directory: &RunDirectory) -> Result<()> {
    let ours = [
        "manifest.json",
        "provenance.json",
        "shard.json",
        "segments",
        "scenarios",
        "figures",
        "work",
        DESIGN,
    ];
    let tables = EXPORTERS.iter().map(|exporter| exporter.file());
    let collision =
        (ours.into_iter().chain(tables).chain(ANALYSES).chain(CALIBRATION)).find(|name| directory.file(name).exists());
    match collision {
        None => Ok(()),
        Some(name) => Err(Failure::Refused(format!(
            "{} holds {name}, and nothing shows that this program wrote it: remove it yourself, or choose another --out",
            directory.root().display()
        ))),
    }
}

/// The files that the provenance of the last run lists, if they stay within the directory.
fn listed(directory: &RunDirectory) -> BTreeSet<String> {
    let text = fs::read_to_string(directory.provenance()).unwrap_or_default();
    let value: Value = serde_json::from_str(&text).unwrap_or_default();
    let files = value
        .get("files")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let inside = |name: &&str| name.strip_prefix("figures/").is_some_and(super::layout::safe_name);
    files
        .iter()
        .filter_map(Value::as_str)
        .filter(inside)
        .map(str::to_owned)
        .collect()
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        removed => removed.while_doing("remove", path),
    }
}
