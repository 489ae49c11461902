//! Shards: parts of one run played in different places, and how they are joined.

use std::collections::BTreeMap;
use std::fs;

use super::directory::{Found, RunDirectory};
use super::manifest::Manifest;
use super::plan::Plan;
use super::points::point_and_replicate;
use super::segments::Segments;
use crate::exit::{Context as _, Failure, Result};

/// Makes a shard whose replicates are all played a finished one: `shard.json` and segments only.
///
/// # Errors
/// Of the disk.
pub fn finish_shard(directory: &RunDirectory, plan: &Plan) -> Result<()> {
    let from = directory.segments();
    let to = directory.file("segments");
    if from.is_dir() {
        fs::rename(&from, &to).while_doing("write", &to)?;
    }
    plan.write(&directory.shard())?;
    directory.remove_work()
}

/// Takes the segments of a shard back into `work/`, where its process ended between the last two steps: the segments were
/// in their place already, `shard.json` was not.
///
/// # Errors
/// [`Failure::Refused`] where segments lie in both places; of the disk.
pub fn take_segments_back(directory: &RunDirectory) -> Result<()> {
    let (from, to) = (directory.file("segments"), directory.segments());
    if !from.is_dir() {
        return Ok(());
    }
    if to.is_dir() {
        return Err(Failure::Refused(format!(
            "{} holds segments both in segments/ and in work/: begin again with --force",
            directory.root().display()
        )));
    }
    fs::rename(&from, &to).while_doing("write", &to)
}

/// Why what lies in a directory stands in the way of joining the shards of a run there, if it does.
pub fn obstacle(found: &Found, wanted: &Manifest) -> Option<String> {
    match found {
        Found::Nothing => None,
        // A merge that was ended: it reads the shards only, so it is simply done again.
        Found::Unfinished { plan: old, base: None } if old.manifest == *wanted => None,
        Found::Finished(old) if old.run_key() == wanted.run_key() && old.replicates != wanted.replicates => {
            Some(format!(
                "it holds the same run with {} replicates, not {}",
                old.replicates, wanted.replicates
            ))
        }
        Found::Finished(old) => Some(match old.difference(wanted) {
            same if same.is_empty() => "it holds another run".to_owned(),
            difference => format!("it holds another run ({difference})"),
        }),
        Found::Unfinished { .. } => Some("it holds another, unfinished run".to_owned()),
        Found::Shard(_) => Some("it is itself a shard".to_owned()),
        Found::Foreign(why) => Some(why.clone()),
    }
}

/// Joins all shards in a directory: the plan of the whole run, and its replicates.
///
/// # Errors
/// [`Failure::Refused`] where a shard is missing, unfinished, of another run, or holds replicates that
/// are not its own; nothing is written.
pub fn join(directory: &RunDirectory) -> Result<(Plan, Segments)> {
    let at = directory.root().display();
    let names = directory.shards()?;
    if names.is_empty() {
        return Err(Failure::Refused(format!(
            "{at} holds no shards: they are made by `oransim run SCENARIO --shard I/N --out {at}`"
        )));
    }
    let mut shards: BTreeMap<u64, (RunDirectory, Plan)> = BTreeMap::new();
    for name in &names {
        let place = RunDirectory::new(directory.file(name));
        let plan = match place.look()? {
            Found::Shard(plan) => *plan,
            Found::Foreign(why) => return Err(Failure::Refused(format!("{at}/{name}: {why}"))),
            _ => {
                return Err(Failure::Refused(format!(
                    "{at}/{name} is not finished: run that shard again with --resume"
                )));
            }
        };
        let shard = plan
            .shard
            .filter(|shard| shard.directory() == *name)
            .ok_or_else(|| Failure::Refused(format!("{at}/{name} was made as another shard: give it back its name")))?;
        shards.insert(shard.index, (place, plan));
    }
    let mut plans = shards.values().map(|(_, plan)| plan);
    let Some(first) = plans.next() else {
        return Err(Failure::Refused(format!("{at} holds no shards")));
    };
    let of = first.shard.map_or(0, |shard| shard.of);
    if plans.any(|plan| plan.manifest != first.manifest || plan.shard.map(|s| s.of) != Some(of)) {
        return Err(Failure::Refused(format!(
            "the shards in {at} are of different runs (worlds, seed, replicates or number of shards differ)"
        )));
    }
    let missing: Vec<String> = (1..=of)
        .filter(|i| !shards.contains_key(i))
        .take(10)
        .map(|i| format!("{i}/{of}"))
        .collect();
    if !missing.is_empty() {
        return Err(Failure::Refused(format!("{at} lacks shards {}", missing.join(", "))));
    }
    let mut whole = first.clone();
    whole.shard = None;
    whole.sittings.clear();
    let replicates = whole.manifest.replicates;
    let mut segments = Segments::new(whole.layouts(), &whole.manifest.run_key());
    for (place, plan) in shards.values() {
        let before = segments.finished();
        segments.open_for_reading(&place.file("segments"))?;
        let Some(shard) = plan.shard else { continue };
        let own = (whole.manifest.keys()).filter(|key| shard.plays(point_and_replicate(*key).1, replicates));
        let mut count = 0u64;
        for k in own {
            for world in 0..whole.worlds.len() {
                count += 1;
                if !segments.has(world, k) {
                    return Err(Failure::Refused(format!(
                        "{} lacks replicate {k} of `{}`: run that shard again with --force",
                        place.root().display(),
                        whole.worlds[world].layout.id
                    )));
                }
            }
        }
        if segments.finished() != before + count {
            return Err(Failure::Refused(format!(
                "{} holds replicates that belong to another shard",
                place.root().display()
            )));
        }
        whole.sittings.extend(plan.sittings.iter().cloned());
    }
    Ok((whole, segments))
}
