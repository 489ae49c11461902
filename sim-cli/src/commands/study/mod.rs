//! Reading the run of `oransim explore`: which policy did how in which future.
//!
//! A *policy* is a scenario with one value for each choice, a *future* one value for each uncertain number. Commands
//! read one number of each point, its mean over replicates, print what they find in words, and write a table beside
//! the run.

mod discover;
mod outcomes;
mod regret;
mod sensitivity;
mod words;

pub use discover::{DiscoverSettings, discover};
pub use outcomes::{Policy, Selection, Study};
pub use regret::{RegretSettings, regret};
pub use sensitivity::sensitivity;

use std::path::PathBuf;

use crate::exit::Result;
use crate::output::cells::csv_line;
use crate::store::atomic;
use sim_core::draws::{Decision, Draws, Luck, StreamKey, stable_hash};

/// Resamples of a bootstrap.
const RESAMPLES: u32 = 1000;

/// The luck of a bootstrap: of the run's seed and what it is for.
fn bootstrap(study: &Study, what: &str) -> Draws {
    Luck::new(study.manifest.seed, 0).stream(StreamKey {
        kind: Decision::Bootstrap,
        entity: stable_hash(what),
        lot: 0,
        cycle: 0,
        cause: 0,
    })
}

/// Writes a table beside the run.
fn write_table(study: &Study, name: &str, rows: &[Vec<String>]) -> Result<PathBuf> {
    let path = study.directory.file(name);
    let mut text = Vec::new();
    for row in rows {
        text.extend(csv_line(row.iter().map(String::as_str), &path)?);
    }
    atomic::write_text(&path, &String::from_utf8_lossy(&text))?;
    Ok(path)
}

/// A row of a table from its header.
fn titles(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
