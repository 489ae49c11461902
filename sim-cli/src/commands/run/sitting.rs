//! One sitting at a run: play what is missing, then finish the directory.

use super::Run;
use super::report::{exit_of, show_headline, timing};
use super::until::Stop;
use crate::engine::Engine;
use crate::exit::{Context as _, Exit, Failure, Result};
use crate::play::{Play, Played};
use crate::store::finish::Finish;
use crate::store::import::import;
use crate::store::lock::Lock;
use crate::store::manifest::Manifest;
use crate::store::plan::Plan;
use crate::store::segments::Segments;
use crate::store::shard::finish_shard;

impl Run<'_> {
    /// Plays what is missing and finishes the directory. `base` is the finished run that is extended.
    pub(super) fn work(&self, mut plan: Plan, base: Option<Manifest>, lock: Lock) -> Result<Exit> {
        let directory = &self.directory;
        let mut segments = Segments::new(plan.layouts(), &plan.manifest.run_key());
        plan.write(&directory.plan())?;
        segments.open_for_writing(&directory.segments())?;
        segments.keep(|key| plan.manifest.has_key(key));
        if let Some(base) = &base {
            let was_finished = directory.manifest().is_file();
            if let Err(why) = import(directory, base, &mut segments, &self.session.stop) {
                if was_finished {
                    // Nothing is played yet: the finished run stands, and of a table that is refused nothing is kept.
                    drop(segments);
                    directory.remove_work()?;
                }
                return Err(why);
            }
            if was_finished {
                // From here on the directory is unfinished, and all that it takes to finish it lies in work/.
                let to = directory.base_manifest();
                std::fs::rename(directory.manifest(), &to).while_doing("write", &to)?;
            }
        }
        let (played, stop) = self.play(&plan, &mut segments)?;
        if let Some(line) = timing(&played, self.settings.jobs) {
            self.session.console.note(&line);
        }
        if played.stopped {
            return Err(Failure::Interrupted(format!(
                "interrupted: {} replicates are kept in {}. Run the same command with --resume to go on",
                segments.finished(),
                directory.root().display()
            )));
        }
        if let (Some(stop), Some(until)) = (stop, &plan.manifest.until) {
            self.session.console.note(&stop.line(until));
            plan.manifest.replicates = stop.replicates;
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
        show_headline(directory, self.session, Some(failed))
    }

    /// Plays what is missing: all of it, or look by look where the plan says when to stop.
    fn play(&self, plan: &Plan, segments: &mut Segments) -> Result<(Played, Option<Stop>)> {
        match &plan.manifest.until {
            None => Ok((self.play_keys(&plan.keys_to_play(), segments)?, None)),
            Some(until) => self.play_until(until, segments),
        }
    }

    /// Plays those of these replicates that are missing.
    pub(super) fn play_keys(&self, keys: &[u64], segments: &mut Segments) -> Result<Played> {
        let mut tasks = Vec::new();
        for k in keys {
            let worlds = 0..self.ensemble.worlds.len();
            tasks.extend(worlds.filter(|w| !segments.has(*w, *k)).map(|w| (*k, w)));
        }
        let engines: Vec<&dyn Engine> = self.ensemble.worlds.iter().map(|world| world.engine.as_ref()).collect();
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

    pub(super) fn finish_settings(&self) -> Finish<'_> {
        Finish {
            directory: &self.directory,
            formats: &self.settings.formats,
            surroundings: &self.session.surroundings,
            figures: self.session.figures,
            png: self.settings.png,
            stop: &self.session.stop,
        }
    }
}
