//! `oransim merge`: join the shards of one run.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::Session;
use super::run::show_headline;
use crate::exit::{Exit, Failure, Result};
use crate::settings::Format;
use crate::store::directory::{Found, RunDirectory};
use crate::store::finish::Finish;
use crate::store::force;
use crate::store::lock::Lock;
use crate::store::shard::{join, obstacle};

/// What a merge was asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeSettings {
    /// The directory that holds the shards, and will hold the run.
    pub directory: PathBuf,
    /// Formats of tables; holds Csv or Parquet.
    pub formats: BTreeSet<Format>,
    /// Replace what an earlier merge left.
    pub force: bool,
    /// Figures as PNG too.
    pub png: bool,
}

/// Writes the files of the whole run from its shards, with the bytes of an undivided run.
///
/// # Errors
/// [`Failure::Refused`] where shards are missing or do not belong together, or the directory holds
/// something else; [`Failure::CouldNotGoOn`] of the disk.
pub fn merge(settings: &MergeSettings, session: &Session<'_>) -> Result<Exit> {
    let directory = RunDirectory::new(&settings.directory);
    let (plan, mut segments) = join(&directory)?;
    let finish = Finish {
        directory: &directory,
        formats: &settings.formats,
        surroundings: &session.surroundings,
        figures: session.figures,
        png: settings.png,
        stop: &session.stop,
    };
    let refuse = |why: &str| {
        let at = directory.root().display();
        Err(Failure::Refused(format!("{at}: {why}")))
    };
    // Nothing is written before it is clear that something will be.
    let found = directory.look()?;
    match (&found, obstacle(&found, &plan.manifest)) {
        (Found::Finished(old), _) if **old == plan.manifest && !settings.force => {
            finish.make_missing(&plan)?;
            return show_headline(&directory, session, None);
        }
        (_, Some(why)) if !settings.force => {
            return refuse(&format!("{why}. Replace it with --force, or merge elsewhere"));
        }
        (_, Some(_)) => force::refuse_collisions(&directory, &found, &plan)?,
        _ => {}
    }
    let lock = Lock::take(&directory.work())?;
    // Another process may have been here between the look and the lock: what is there now counts.
    let found = directory.look()?;
    if obstacle(&found, &plan.manifest).is_some() {
        if !settings.force {
            if let Found::Finished(_) | Found::Shard(_) = found {
                // What lies in work/ is the lock of this process alone.
                directory.remove_work()?;
            }
            return refuse("another process worked there just now: try again");
        }
        force::clear(&directory, &found, &plan)?;
    }
    plan.write(&directory.plan())?;
    finish.finish(&plan, &mut segments)?;
    drop(lock);
    show_headline(&directory, session, Some(segments.failed()))
}
