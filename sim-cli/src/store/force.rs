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
use crate::figures;
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

/// Removes what an earlier run left in the directory and in `work/`, whose lock the caller holds (but where nothing
/// of ours is there), and puts the plan of the new run in its place.
///
/// What is ours is known from the manifest or plan that lies there: the names that its command writes, a scenario
/// for each world, and the figures that its provenance lists. That one goes last, when the new plan is there, since
/// without either nothing says whose the rest is: what is ended midway is cleared by the next `--force`. Until then
/// a command that misses a table says so.
///
/// # Errors
/// Of the disk.
pub fn clear(directory: &RunDirectory, found: &Found, new: &Plan) -> Result<()> {
    let names: Vec<String> = match found {
        // What there is of others bears none of our names: see [`refuse_collisions`].
        Found::Nothing | Found::Foreign(_) => return Ok(()),
        Found::Finished(manifest) => written_by(manifest),
        Found::Unfinished { plan, base } => {
            if plan.shard.is_some() {
                // It ended between its last two steps.
                remove_segments(&directory.file("segments"))?;
            }
            let base = base.iter().flat_map(|base| written_by(base));
            base.chain(tables_of(plan)).collect()
        }
        Found::Shard(_) => {
            // As a plan it says whose the segments are until they are gone.
            fs::rename(directory.shard(), directory.plan()).while_doing("remove", &directory.shard())?;
            remove_segments(&directory.file("segments"))?;
            return replace_plan(directory, new);
        }
    };
    // Figures before the provenance that lists them.
    for name in listed(directory).into_iter().chain(names) {
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

/// The files that a run under this manifest may have written, but for the manifest itself and the figures: a file
/// that only another command writes is the user's.
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

/// Refuses a new run with `--force` where a file lies that it would write and that the run there did not write.
/// Nothing is touched.
///
/// # Errors
/// [`Failure::Refused`], with the file.
pub fn refuse_collisions(directory: &RunDirectory, found: &Found, new: &Plan) -> Result<()> {
    let (ours, wanted) = match found {
        Found::Nothing => return Ok(()),
        Found::Finished(old) => (made_by(old), made_under(new)),
        Found::Unfinished { plan, base } => {
            let base = base.iter().flat_map(|base| made_by(base));
            (base.chain(made_under(plan)).collect(), made_under(new))
        }
        Found::Shard(plan) => (made_under(plan), made_under(new)),
        // Nothing says what it is, so that no name of ours may be there.
        Found::Foreign(_) => (BTreeSet::new(), all_names()),
    };
    // A link that leads nowhere is there too.
    let is_there = |name: &&String| directory.file(name).symlink_metadata().is_ok();
    match wanted.difference(&ours).find(is_there) {
        None => Ok(()),
        Some(name) => Err(Failure::Refused(format!(
            "{} holds {name}, and nothing shows that this program wrote it: remove it yourself, or choose another --out",
            directory.root().display()
        ))),
    }
}

/// The files that a run under this plan may have written, as [`written_by`]: a shard writes no tables.
fn tables_of(plan: &Plan) -> Vec<String> {
    match plan.shard {
        Some(_) => Vec::new(),
        None => written_by(&plan.manifest),
    }
}

/// All that a run under this plan may make in the directory.
fn made_under(plan: &Plan) -> BTreeSet<String> {
    match plan.shard {
        Some(_) => ["shard.json", "segments"].map(str::to_owned).into(),
        None => made_by(&plan.manifest),
    }
}

/// All that a run under this manifest may make in the directory but for the manifest itself: its files and its
/// figures.
fn made_by(manifest: &Manifest) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = written_by(manifest).into_iter().collect();
    if manifest.mode != "calibrate" && manifest.points.is_none() {
        for figure in figures::of_run(&manifest.mode) {
            names.extend(["svg", "csv", "png"].map(|kind| format!("figures/{}.{kind}", figure.name())));
        }
    }
    names
}

/// What any command may make in a directory.
fn all_names() -> BTreeSet<String> {
    let others = [
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
    let names = others.into_iter().chain(tables).chain(ANALYSES).chain(CALIBRATION);
    names.map(str::to_owned).collect()
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
