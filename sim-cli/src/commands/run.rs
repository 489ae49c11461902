//! `oransim run`: simulate the ensemble, write the tables and figures, print the headline.

use std::path::{Path, PathBuf};

use serde_json::Value;
use sim_core::{MODEL_VERSION, RESULTS_EPOCH};

use super::Session;
use crate::engine::{Engine, Ensemble};
use crate::exit::{Context as _, Exit, Failure, Result};
use crate::model::{Model, WorldRequest};
use crate::output::headline::headline;
use crate::play::{Play, Played};
use crate::settings::{Record, RecordSeries, RunSettings};
use crate::store::directory::{Found, RunDirectory};
use crate::store::finish::Finish;
use crate::store::force;
use crate::store::import::import;
use crate::store::layout::Layout;
use crate::store::lock::Lock;
use crate::store::manifest::{FORMAT, Manifest, ManifestWorld};
use crate::store::plan::{Plan, PlannedWorld, Sitting};
use crate::store::segments::Segments;
use crate::store::shard::finish_shard;
use crate::store::space::Estimate;
use crate::time::now_utc;

/// Most replicates of a world.
pub const MOST_REPLICATES: u64 = 10_000_000;

/// Loads the worlds and runs them.
///
/// # Errors
/// As [`run_ensemble`], and where a scenario is invalid.
pub fn run(model: &dyn Model, settings: &RunSettings, session: &Session<'_>) -> Result<Exit> {
    let ensemble = model.ensemble(&WorldRequest {
        scenarios: settings.scenarios.clone(),
        overrides: settings.overrides.clone(),
        seed: settings.seed,
        uncertainty: settings.uncertainty,
        replicates: settings.replicates,
        record: settings.record,
    })?;
    for warning in &ensemble.warnings {
        session.console.warn(warning);
    }
    run_ensemble(&ensemble, settings, session)
}

/// Plays worlds into one run directory: anew, resumed or extended, as the directory and the settings say.
///
/// # Errors
/// [`Failure::Refused`] where the directory may not be used, [`Failure::CouldNotGoOn`] of the disk,
/// [`Failure::Interrupted`] where it was stopped.
pub fn run_ensemble(
    ensemble: &Ensemble,
    settings: &RunSettings,
    session: &Session<'_>,
) -> Result<Exit> {
    let plan = plan_of(ensemble, settings, session)?;
    let run = Run {
        ensemble,
        settings,
        session,
        directory: RunDirectory::new(place(&plan, settings)),
    };
    run.start(plan)
}

/// The directory of a run: the one named, or `runs/NAME-HASH8`; a shard has its own within.
fn place(plan: &Plan, settings: &RunSettings) -> PathBuf {
    let whole = settings.out.clone().unwrap_or_else(|| {
        let worlds = &plan.manifest.worlds;
        let first = worlds.first().map_or("", |world| &world.id);
        let name = match worlds.len() {
            1 => first.to_owned(),
            more => format!("{first}-and-{}-more", more - 1),
        };
        Path::new("runs").join(format!("{name}-{}", &plan.manifest.run_key()[..8]))
    });
    match settings.shard {
        Some(shard) => whole.join(shard.directory()),
        None => whole,
    }
}

/// All that the results of playing these worlds are a function of.
pub fn manifest_of(
    ensemble: &Ensemble,
    layouts: &[Layout],
    replicates: u64,
    record: Record,
) -> Manifest {
    let hashes = ensemble.worlds.iter().map(|world| ManifestWorld {
        id: world.engine.id().to_owned(),
        values_hash: world.values_hash.clone(),
    });
    Manifest {
        format: FORMAT,
        model_version: MODEL_VERSION.to_owned(),
        results_epoch: RESULTS_EPOCH,
        mode: "run".to_owned(),
        worlds: hashes.collect(),
        inputs: ensemble.inputs.iter().cloned().collect(),
        seed: ensemble.seed,
        uncertainty: ensemble.uncertainty.word().to_owned(),
        recorded: Manifest::recorded(record, layouts),
        replicates,
    }
}

/// What is to be run, validated.
fn plan_of(ensemble: &Ensemble, settings: &RunSettings, session: &Session<'_>) -> Result<Plan> {
    let refuse = |text: String| Err(Failure::Refused(text));
    let replicates = settings.replicates.unwrap_or(ensemble.replicates);
    if !(1..=MOST_REPLICATES).contains(&replicates) {
        return refuse(format!(
            "--replicates {replicates}: say 1 to {MOST_REPLICATES}"
        ));
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
        });
    }
    let layouts: Vec<Layout> = worlds.iter().map(|world| world.layout.clone()).collect();
    let manifest = manifest_of(ensemble, &layouts, replicates, settings.record);
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
    })
}

struct Run<'a> {
    ensemble: &'a Ensemble,
    settings: &'a RunSettings,
    session: &'a Session<'a>,
    directory: RunDirectory,
}

impl Run<'_> {
    /// Decides by what is there; nothing is written before the decision.
    fn start(&self, plan: Plan) -> Result<Exit> {
        let found = self.directory.look()?;
        self.check_surrounding_directory(&plan, &found)?;
        if self.settings.force {
            return self.begin_again(plan);
        }
        match found {
            Found::Nothing => self.begin(plan),
            Found::Finished(old) => self.finished(plan, &old),
            Found::Unfinished { .. } => self.unfinished(plan),
            Found::Shard(old) => self.shard_is_there(&plan, &old),
            Found::Foreign(why) => self.refuse(format!("{why}. Choose another --out")),
        }
    }

    fn refuse<T>(&self, text: String) -> Result<T> {
        Err(Failure::Refused(format!(
            "{}: {text}",
            self.directory.root().display()
        )))
    }

    /// Shards and whole runs do not mix in one directory unless the shards were merged there.
    fn check_surrounding_directory(&self, plan: &Plan, found: &Found) -> Result<()> {
        if self.settings.shard.is_none() {
            let is_new = matches!(found, Found::Nothing);
            if is_new && !self.directory.shards()?.is_empty() {
                return self.refuse(
                    "it holds shards: join them with `oransim merge`, or choose another --out"
                        .into(),
                );
            }
            return Ok(());
        }
        let whole = RunDirectory::new(self.directory.root().parent().unwrap_or(Path::new(".")));
        let at = whole.root().display();
        match whole.look()? {
            Found::Foreign(why) => Err(Failure::Refused(format!(
                "{at}: {why}. Choose another --out"
            ))),
            Found::Finished(other) if other.run_key() != plan.manifest.run_key() => {
                Err(Failure::Refused(format!(
                    "{at}: it holds another run ({}). Choose another --out",
                    difference(&other, &plan.manifest)
                )))
            }
            _ => Ok(()),
        }
    }

    fn estimate(&self, plan: &Plan) -> Result<()> {
        let rows = self
            .ensemble
            .worlds
            .iter()
            .map(|world| world.engine.expected_tender_rows())
            .sum();
        let replicates = match plan.shard {
            Some(shard) => plan.manifest.replicates.div_ceil(shard.of),
            None => plan.manifest.replicates,
        };
        let estimate = Estimate::of(&plan.layouts(), replicates, rows, self.settings);
        self.session.console.note(&estimate.line(&plan.manifest));
        estimate.check(self.directory.root())
    }

    fn begin(&self, plan: Plan) -> Result<Exit> {
        self.estimate(&plan)?;
        let lock = Lock::take(&self.directory.work())?;
        // Another process may have begun between the look and the lock.
        match self.directory.look()? {
            Found::Nothing => self.work(plan, None, lock),
            found => self.overtaken(&found),
        }
    }

    /// Another process came between the look and the lock.
    fn overtaken(&self, found: &Found) -> Result<Exit> {
        if let Found::Finished(_) | Found::Shard(_) = found {
            // It has even finished: what lies in work/ is the lock of this process alone.
            self.directory.remove_work()?;
        }
        self.refuse("another process worked there just now: try again".into())
    }

    fn begin_again(&self, plan: Plan) -> Result<Exit> {
        self.estimate(&plan)?;
        if let found @ Found::Foreign(_) = self.directory.look()? {
            force::clear(&self.directory, &found)?;
        }
        let lock = Lock::take(&self.directory.work())?;
        let found = self.directory.look()?;
        if !matches!(found, Found::Foreign(_)) {
            force::clear(&self.directory, &found)?;
        }
        for leftover in [self.directory.plan(), self.directory.base_manifest()] {
            if leftover.is_file() {
                remove_file(&leftover)?;
            }
        }
        if self.directory.segments().is_dir() {
            std::fs::remove_dir_all(self.directory.segments())
                .while_doing("remove", &self.directory.segments())?;
        }
        self.work(plan, None, lock)
    }

    /// A finished run is there: print it again, or extend it.
    fn finished(&self, plan: Plan, old: &Manifest) -> Result<Exit> {
        let new = &plan.manifest;
        if new.run_key() != old.run_key() {
            return self.refuse(format!(
                "it holds another run ({}). Choose another --out, or replace it with --force",
                difference(old, new)
            ));
        }
        if new.replicates < old.replicates {
            return self.refuse(format!(
                "it holds the same run with {} replicates, more than the {} asked for: it stands as it is. Choose another --out, or replace it with --force",
                old.replicates, new.replicates
            ));
        }
        if new.replicates == old.replicates {
            if self.directory.work().is_dir() {
                // The process ended between its last two steps: the manifest stands, work/ was left.
                let _lock = Lock::take(&self.directory.work())?;
                self.directory.remove_work()?;
            }
            let made = self.finish_settings().make_missing(&plan)?;
            if !made.is_empty() {
                self.session
                    .console
                    .note(&format!("made {}", made.join(", ")));
            }
            return self.show_headline(None);
        }
        if self.settings.record.series == RecordSeries::None {
            return self.refuse(
                "it was made with --record none: its replicates were not kept, so it cannot be extended. Begin again with --force"
                    .into(),
            );
        }
        self.estimate(&plan)?;
        let lock = Lock::take(&self.directory.work())?;
        self.work(plan, Some(old.clone()), lock)
    }

    /// An unfinished run is there: resume it if it is the same and the user says so.
    fn unfinished(&self, mut plan: Plan) -> Result<Exit> {
        let lock = Lock::take(&self.directory.work())?;
        let (old, base) = match self.directory.look()? {
            Found::Unfinished { plan, base } => (plan, base),
            found => return self.overtaken(&found),
        };
        let asked = plan.manifest.replicates;
        if plan.manifest.run_key() != old.manifest.run_key() || plan.shard != old.shard {
            return self.refuse(format!(
                "it holds another, unfinished run ({}). Choose another --out, or replace it with --force",
                difference(&old.manifest, &plan.manifest)
            ));
        }
        if !self.settings.resume {
            return self.refuse(
                "it holds this run, unfinished: add --resume to finish it, or --force to begin again".into(),
            );
        }
        if self.settings.replicates.is_none() {
            // Without a word on it, a run is finished as it was begun.
            plan.manifest.replicates = old.manifest.replicates;
        } else if asked < old.manifest.replicates
            || (asked > old.manifest.replicates && plan.shard.is_some())
        {
            return self.refuse(format!(
                "the unfinished run there has {} replicates: say --replicates {0}, or begin again with --force",
                old.manifest.replicates
            ));
        }
        let sittings = std::mem::take(&mut plan.sittings);
        plan.sittings = old.sittings;
        plan.sittings.extend(sittings);
        self.estimate(&plan)?;
        self.work(plan, base.map(|base| *base), lock)
    }

    fn shard_is_there(&self, plan: &Plan, old: &Plan) -> Result<Exit> {
        if old.manifest == plan.manifest && old.shard == plan.shard {
            self.session
                .console
                .note(&format!("{} is finished", self.directory.root().display()));
            return Ok(Exit::Done);
        }
        self.refuse(
            "it holds a shard of another run. Choose another --out, or replace it with --force"
                .into(),
        )
    }

    /// Plays what is missing and finishes the directory. `base` is the finished run that is extended.
    fn work(&self, plan: Plan, base: Option<Manifest>, lock: Lock) -> Result<Exit> {
        let directory = &self.directory;
        let mut segments = Segments::new(plan.layouts(), &plan.manifest.run_key());
        plan.write(&directory.plan())?;
        segments.open_for_writing(&directory.segments())?;
        segments.keep_below(plan.manifest.replicates);
        if let Some(base) = &base {
            if directory.manifest().is_file() {
                let to = directory.base_manifest();
                std::fs::rename(directory.manifest(), &to).while_doing("write", &to)?;
            }
            import(directory, base, &mut segments)?;
        }
        let played = self.play(&plan, &mut segments)?;
        self.timing(&played);
        if played.stopped {
            return Err(Failure::Interrupted(format!(
                "interrupted: {} replicates are kept in {}. Run the same command with --resume to go on",
                segments.finished(),
                directory.root().display()
            )));
        }
        let failed = segments.failed();
        if plan.shard.is_some() {
            drop(segments);
            finish_shard(directory, &plan)?;
            drop(lock);
            self.session
                .console
                .note(&format!("{} is finished", directory.root().display()));
            return Ok(exit_of(failed));
        }
        self.finish_settings().finish(&plan, &mut segments)?;
        drop(lock);
        self.show_headline(Some(failed))
    }

    fn play(&self, plan: &Plan, segments: &mut Segments) -> Result<Played> {
        let replicates = plan.manifest.replicates;
        let mut tasks = Vec::new();
        for k in
            (0..replicates).filter(|k| plan.shard.is_none_or(|shard| shard.plays(*k, replicates)))
        {
            tasks.extend(
                (0..plan.worlds.len())
                    .filter(|w| !segments.has(*w, k))
                    .map(|w| (k, w)),
            );
        }
        let engines: Vec<&dyn Engine> = self
            .ensemble
            .worlds
            .iter()
            .map(|world| world.engine.as_ref())
            .collect();
        let play = Play {
            engines: &engines,
            tasks: &tasks,
            jobs: self.settings.jobs,
            stop: &self.session.stop,
            runtime: self.session.runtime,
            console: &self.session.console,
            progress: self.session.progress,
        };
        play.play(segments)
    }

    fn finish_settings(&self) -> Finish<'_> {
        Finish {
            directory: &self.directory,
            formats: &self.settings.formats,
            surroundings: &self.session.surroundings,
            figures: self.session.figures,
            png: self.settings.png,
            stop: &self.session.stop,
        }
    }

    fn timing(&self, played: &Played) {
        let records = played.records;
        if records == 0 {
            return;
        }
        let c = &played.counters;
        let seconds = played.elapsed.as_secs_f64();
        let each = |count: u64| count as f64 / records as f64;
        let alternatives = c.alternatives as f64 / c.tenders.max(1) as f64;
        let mut line = format!(
            "played {records} replicates in {seconds:.1} s on {} threads ({:.3} s of a thread each): {:.0} events, {:.0} tenders, {alternatives:.1} alternatives a tender, {:.0} valuations a replicate",
            self.settings.jobs,
            seconds * self.settings.jobs as f64 / records as f64,
            each(c.events),
            each(c.tenders),
            each(c.valuations),
        );
        if c.unsolved > 0 {
            line += &format!("; {} tenders did not meet the tolerance", c.unsolved);
        }
        self.session.console.note(&line);
    }

    /// Prints the headline of the finished directory; `failed` where replicates were played just now.
    fn show_headline(&self, failed: Option<u64>) -> Result<Exit> {
        show_headline(&self.directory, self.session, failed)
    }
}

/// Prints the headline of a finished directory; `failed` where replicates were played just now.
///
/// # Errors
/// Where its tables cannot be read.
pub fn show_headline(
    directory: &RunDirectory,
    session: &Session<'_>,
    failed: Option<u64>,
) -> Result<Exit> {
    let console = &session.console;
    if !console.is_quiet() {
        let mut text = headline(&directory.file("summary.csv"), &|title| console.bold(title))?;
        text.push_str(&format!("{}\n", directory.root().display()));
        match console.print(&text) {
            Ok(()) | Err(Failure::ClosedPipe) => {}
            Err(other) => return Err(other),
        }
    }
    let known = match failed {
        Some(failed) => failed,
        None => recorded_failures(directory)?,
    };
    if known > 0 {
        console.warn(&format!(
            "{known} replicates failed: see {}",
            directory.file("failures.csv").display()
        ));
    }
    // What was finished before is finished: only the process that played is told by its exit code.
    Ok(failed.map_or(Exit::Done, exit_of))
}

/// Number of rows of `failures.csv`.
fn recorded_failures(directory: &RunDirectory) -> Result<u64> {
    let path = directory.file("failures.csv");
    let reader = csv::Reader::from_path(&path).while_doing("read", &path)?;
    Ok(reader
        .into_records()
        .filter(std::result::Result::is_ok)
        .count() as u64)
}

fn exit_of(failed: u64) -> Exit {
    if failed > 0 {
        Exit::SomeFailed
    } else {
        Exit::Done
    }
}

fn remove_file(path: &Path) -> Result<()> {
    std::fs::remove_file(path).while_doing("remove", path)
}

/// What differs between two runs, in words, for a refusal.
fn difference(old: &Manifest, new: &Manifest) -> String {
    let mut words = Vec::new();
    let ids = |manifest: &Manifest| {
        manifest
            .worlds
            .iter()
            .map(|w| w.id.clone())
            .collect::<Vec<_>>()
            .join(", ")
    };
    if ids(old) != ids(new) {
        words.push(format!("scenarios {} there, {} here", ids(old), ids(new)));
    } else if old.worlds != new.worlds {
        words.push("the values of a scenario differ".into());
    }
    if old.seed != new.seed {
        words.push(format!("seed {} there, {} here", old.seed, new.seed));
    }
    if (old.format, &old.model_version, old.results_epoch)
        != (new.format, &new.model_version, new.results_epoch)
    {
        words.push(format!("made by version {}", old.model_version));
    }
    if old.mode != new.mode {
        words.push(format!("made by `oransim {}`", old.mode));
    }
    if old.uncertainty != new.uncertainty {
        words.push(format!(
            "uncertainty {} there, {} here",
            old.uncertainty, new.uncertainty
        ));
    }
    if old.recorded != new.recorded {
        words.push("it records other series".into());
    }
    if old.inputs != new.inputs {
        words.push("other inputs differ".into());
    }
    if words.is_empty() {
        words.push("another shard".into());
    }
    words.join("; ")
}
