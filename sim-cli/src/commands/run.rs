//! `oransim run`: simulate the ensemble, write the tables and figures, print the headline.
//!
//! This file decides, by what lies in the directory, whether a run is begun, resumed, extended,
//! printed again or refused; `run/sitting.rs` does the work.

mod prepare;
mod report;
mod sitting;
mod until;

use std::path::Path;

pub use prepare::{MOST_REPLICATES, manifest_of};
use prepare::{place, plan_of};
pub use report::show_headline;

use super::Session;
use crate::engine::Ensemble;
use crate::exit::{Exit, Failure, Result};
use crate::model::{Model, WorldRequest};
use crate::settings::{RecordSeries, RunSettings};
use crate::store::directory::{Found, RunDirectory};
use crate::store::lock::Lock;
use crate::store::manifest::Manifest;
use crate::store::plan::Plan;
use crate::store::shard::{obstacle, take_segments_back};
use crate::store::space::Estimate;
use crate::store::{finish, force};

/// Loads the worlds and runs them.
///
/// # Errors
/// As [`run_ensemble`], and where a scenario is invalid.
pub fn run(model: &dyn Model, settings: &RunSettings, session: &Session<'_>) -> Result<Exit> {
    let ensemble = load(model, settings, session)?;
    run_ensemble(&ensemble, settings, session)
}

/// Loads the worlds that the settings name and tells what is odd about them.
///
/// # Errors
/// Where a scenario is invalid, or they disagree in what a run has once.
pub fn load(model: &dyn Model, settings: &RunSettings, session: &Session<'_>) -> Result<Ensemble> {
    let ensemble = model.ensemble(&WorldRequest {
        scenarios: settings.scenarios.clone(),
        overrides: settings.overrides.clone(),
        replicates: settings.replicates,
        seed: settings.seed,
        uncertainty: settings.uncertainty,
        record: settings.record,
    })?;
    for warning in &ensemble.warnings {
        session.console.warn(warning);
    }
    Ok(ensemble)
}

/// Plays worlds into one run directory: anew, resumed or extended, as the directory and the settings say.
///
/// # Errors
/// [`Failure::Refused`] where the directory may not be used, [`Failure::CouldNotGoOn`] of the disk,
/// [`Failure::Interrupted`] where it was stopped.
pub fn run_ensemble(ensemble: &Ensemble, settings: &RunSettings, session: &Session<'_>) -> Result<Exit> {
    let plan = plan_of(ensemble, settings, session)?;
    let run = Run {
        ensemble,
        settings,
        session,
        directory: RunDirectory::new(place(&plan, settings)),
    };
    run.start(plan)
}

/// One run on its way into a directory.
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
        Err(Failure::Refused(format!("{}: {text}", self.directory.root().display())))
    }

    /// Shards and whole runs do not mix in one directory unless the shards were merged there.
    fn check_surrounding_directory(&self, plan: &Plan, found: &Found) -> Result<()> {
        if self.settings.shard.is_none() {
            let is_new = matches!(found, Found::Nothing);
            if is_new && !self.directory.shards()?.is_empty() {
                return self.refuse("it holds shards: join them with `oransim merge`, or choose another --out".into());
            }
            return Ok(());
        }
        let whole = RunDirectory::new(self.directory.root().parent().unwrap_or(Path::new(".")));
        let found = whole.look()?;
        if matches!(&found, Found::Finished(old) if **old == plan.manifest) {
            return Ok(()); // the shards were merged already
        }
        match obstacle(&found, &plan.manifest) {
            Some(why) => Err(Failure::Refused(format!(
                "{}: {why}: a shard played here could not be merged. Choose another --out",
                whole.root().display()
            ))),
            None => Ok(()),
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
        let points = plan.manifest.points.as_ref().map_or(1, |points| points.count);
        let estimate = Estimate::of(&plan.layouts(), points, replicates, rows, self.settings);
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
        force::refuse_collisions(&self.directory, &self.directory.look()?, &plan)?;
        let lock = Lock::take(&self.directory.work())?;
        force::clear(&self.directory, &self.directory.look()?, &plan)?;
        self.work(plan, None, lock)
    }

    /// A finished run is there: print it again, or extend it.
    fn finished(&self, mut plan: Plan, old: &Manifest) -> Result<Exit> {
        self.keep_most(&mut plan, old);
        if plan.manifest.until.is_some() && plan.manifest.run_key() == old.run_key() {
            // The rule has found the number of replicates already.
            plan.manifest.replicates = old.replicates;
        }
        let new = &plan.manifest;
        if new.run_key() != old.run_key() {
            return self.refuse(format!(
                "it holds another run ({}). Choose another --out, or replace it with --force",
                old.difference(new)
            ));
        }
        if new.replicates < old.replicates {
            return self.refuse(format!(
                "it holds the same run with {} replicates, more than the {} asked for: it stands as it is. Choose another --out, or replace it with --force",
                old.replicates, new.replicates
            ));
        }
        if !plan.begins_with_points_of(old) {
            return self.refuse(other_points(&plan, old));
        }
        if new == old {
            finish::remove_leftover(&self.directory, old)?;
            let made = self.finish_settings().make_missing(&plan)?;
            if !made.is_empty() {
                self.session.console.note(&format!("made {}", made.join(", ")));
            }
            return show_headline(&self.directory, self.session, None);
        }
        if self.settings.record.series == RecordSeries::None {
            return self.refuse(
                "it was made with --record none: its replicates were not kept, so it cannot be extended. Begin again with --force"
                    .into(),
            );
        }
        self.estimate(&plan)?;
        let lock = Lock::take(&self.directory.work())?;
        match self.directory.look()? {
            Found::Finished(now) if now.as_ref() == old => self.work(plan, Some(*now), lock),
            found => self.overtaken(&found),
        }
    }

    /// An unfinished run is there: resume it if it is the same and the user says so.
    fn unfinished(&self, mut plan: Plan) -> Result<Exit> {
        let lock = Lock::take(&self.directory.work())?;
        let (old, base) = match self.directory.look()? {
            Found::Unfinished { plan, base } => (plan, base),
            found => return self.overtaken(&found),
        };
        self.keep_most(&mut plan, &old.manifest);
        let asked = plan.manifest.replicates;
        if plan.manifest.run_key() != old.manifest.run_key() || plan.shard != old.shard {
            return self.refuse(format!(
                "it holds another, unfinished run ({}). Choose another --out, or replace it with --force",
                old.manifest.difference(&plan.manifest)
            ));
        }
        if !self.settings.resume {
            return self
                .refuse("it holds this run, unfinished: add --resume to finish it, or --force to begin again".into());
        }
        if self.settings.replicates.is_none() {
            // Without a word on it, a run is finished as it was begun.
            plan.manifest.replicates = old.manifest.replicates;
        } else if asked < old.manifest.replicates || (asked > old.manifest.replicates && plan.shard.is_some()) {
            return self.refuse(format!(
                "the unfinished run there has {} replicates: say --replicates {0}, or begin again with --force",
                old.manifest.replicates
            ));
        }
        let same_points = plan.manifest.points == old.manifest.points;
        if !plan.begins_with_points_of(&old.manifest) || (!same_points && plan.shard.is_some()) {
            return self.refuse(other_points(&plan, &old.manifest));
        }
        let sittings = std::mem::take(&mut plan.sittings);
        plan.sittings = old.sittings;
        plan.sittings.extend(sittings);
        if plan.shard.is_some() {
            take_segments_back(&self.directory)?;
        }
        self.estimate(&plan)?;
        self.work(plan, base.map(|base| *base), lock)
    }

    /// Where nothing was said on the most replicates of a stopping rule, those of the run that is there hold.
    fn keep_most(&self, plan: &mut Plan, old: &Manifest) {
        if let (None, Some(here), Some(there)) = (self.settings.replicates, &mut plan.manifest.until, &old.until) {
            here.most = there.most;
        }
    }

    fn shard_is_there(&self, plan: &Plan, old: &Plan) -> Result<Exit> {
        if old.manifest == plan.manifest && old.shard == plan.shard {
            self.session
                .console
                .note(&format!("{} is finished", self.directory.root().display()));
            return Ok(Exit::Done);
        }
        self.refuse("it holds a shard of another run. Choose another --out, or replace it with --force".into())
    }
}

/// Why a design does not go on from that of an earlier run.
fn other_points(plan: &Plan, old: &Manifest) -> String {
    let count = |manifest: &Manifest| manifest.points.as_ref().map_or(0, |points| points.count);
    let (there, here) = (count(old), count(&plan.manifest));
    if here < there {
        return format!(
            "it holds the same design with {there} points, more than the {here} asked for. Choose another --out, or replace it with --force"
        );
    }
    format!(
        "the first {there} points of this design are not those that lie there. Choose another --out, or replace it with --force"
    )
}
