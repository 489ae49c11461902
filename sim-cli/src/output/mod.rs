//! Tables: one file a format, behind one trait and in one list.

pub mod cells;
pub mod comparison;
pub mod differences;
pub mod failures;
pub mod headline;
pub mod number;
pub mod parquet_file;
pub mod replicates_csv;
pub mod replicates_parquet;
pub mod summary;
pub mod tenders_csv;
pub mod tenders_parquet;
pub mod workbook;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::engine::Valuation;
use crate::exit::{Failure, Result};
use crate::settings::Format;
use crate::store::atomic::Sink;
use crate::store::manifest::{Manifest, Recorded};
use crate::store::points::point_and_replicate;
use crate::store::segments::Segments;

/// What a table is written from.
pub struct Source<'a> {
    /// What the results are a function of.
    pub manifest: &'a Manifest,
    /// How the effects of policies are valued against the base.
    pub valuation: Valuation,
    /// Threads that may compute statistics, at least 1. The bytes do not depend on it.
    pub jobs: usize,
    /// All finished replicates.
    pub segments: &'a mut Segments,
    /// The run directory: tables written before may be read.
    pub directory: &'a Path,
    /// Set when the program is asked to stop.
    pub stop: &'a AtomicBool,
}

impl Source<'_> {
    /// The header of column `point`, where the run has points.
    pub fn point_column(&self) -> &'static [&'static str] {
        match self.manifest.points {
            Some(_) => &["point"],
            None => &[],
        }
    }

    /// `point,` of a key, where the run has points.
    pub fn push_point(&self, key: u64, line: &mut Vec<u8>) {
        if self.manifest.points.is_some() {
            line.extend_from_slice(point_and_replicate(key).0.to_string().as_bytes());
            line.push(b',');
        }
    }

    /// Ends the writing of a table where the program was asked to stop.
    ///
    /// # Errors
    /// [`Failure::Interrupted`].
    pub fn go_on(&self) -> Result<()> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Failure::Interrupted(
                "interrupted while tables were written: all replicates are kept, run the same command with --resume"
                    .into(),
            ));
        }
        Ok(())
    }
}

/// One table of a run directory.
pub trait Exporter: Sync {
    /// Its file name.
    fn file(&self) -> &'static str;

    /// Whether a run that records this, with these formats, has it.
    fn wanted(&self, recorded: &Recorded, formats: &BTreeSet<Format>) -> bool;

    /// Whether the command `mode` makes it, as the manifest calls the command.
    fn made_by(&self, mode: &str) -> bool {
        let _ = mode;
        true
    }

    /// Whether it is made from replicates; otherwise from tables that stand before it in the list.
    fn needs_replicates(&self) -> bool {
        true
    }

    /// Writes it. `path` is where it will stand, for messages.
    ///
    /// # Errors
    /// Of the disk, or [`Failure::Interrupted`].
    fn write(&self, source: &mut Source<'_>, sink: &mut Sink, path: &Path) -> Result<()>;
}

/// All tables, in the order in which they are written.
pub static EXPORTERS: [&dyn Exporter; 8] = [
    &summary::SummaryCsv,
    &differences::DifferencesCsv,
    &replicates_parquet::ReplicatesParquet,
    &replicates_csv::ReplicatesCsv,
    &tenders_parquet::TendersParquet,
    &tenders_csv::TendersCsv,
    &failures::FailuresCsv,
    &workbook::Workbook,
];

/// Whoever draws the figures of a run from its tables.
pub trait Figures: Sync {
    /// Draws the figures of a run directory, or only those that are missing, and gives the names of
    /// all its figure files, relative to the directory (`figures/NAME.svg`).
    ///
    /// # Errors
    /// Of the disk, or where a table cannot be read.
    fn draw(&self, directory: &Path, manifest: &Manifest, png: bool, only_missing: bool) -> Result<Vec<String>>;
}
