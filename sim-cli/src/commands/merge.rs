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
use crate::store::shard::join;

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
        Err(Failure::Refused(format!(
            "{at}: {why}. Replace it with --force, or merge elsewhere"
        )))
    };
    match directory.look()? {
        Found::Nothing => {}
        Found::Finished(old) if *old == plan.manifest && !settings.force => {
            finish.make_missing(&plan)?;
            return show_headline(&directory, session, None);
        }
        // A merge that was ended: it reads the shards only, so it is simply done again.
        Found::Unfinished { plan: old, base: None } if old.manifest == plan.manifest => {}
        found if settings.force => force::clear(&directory, &found)?,
        Found::Finished(_) => return refuse("it holds another run"),
        Found::Unfinished { .. } => return refuse("it holds another, unfinished run"),
        Found::Shard(_) => return refuse("it is itself a shard"),
        Found::Foreign(why) => return refuse(&why),
    }
    let lock = Lock::take(&directory.work())?;
    plan.write(&directory.plan())?;
    finish.finish(&plan, &mut segments)?;
    drop(lock);
    show_headline(&directory, session, Some(segments.failed()))
}
