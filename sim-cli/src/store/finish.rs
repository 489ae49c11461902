//! Finishing a run directory: tables, figures, provenance, and last of all the manifest.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

use super::atomic;
use super::directory::{Found, RunDirectory};
use super::force::{self, DESIGN};
use super::import::import;
use super::lock::Lock;
use super::manifest::Manifest;
use super::plan::Plan;
use super::provenance::Provenance;
use super::segments::Segments;
use crate::exit::{Failure, Result};
use crate::output::{EXPORTERS, Exporter, Figures, Source};
use crate::settings::Format;
use crate::surroundings::Surroundings;

/// What finishing needs besides the replicates.
pub struct Finish<'a> {
    /// Where.
    pub directory: &'a RunDirectory,
    /// The formats asked for.
    pub formats: &'a BTreeSet<Format>,
    /// The process, for provenance.
    pub surroundings: &'a Surroundings,
    /// Who draws the figures, if anyone.
    pub figures: Option<&'a dyn Figures>,
    /// Figures as PNG too.
    pub png: bool,
    /// Set when the program is asked to stop.
    pub stop: &'a AtomicBool,
}

impl Finish<'_> {
    /// The formats asked for and those that are there already, which must not be left behind.
    fn formats_in_force(&self) -> BTreeSet<Format> {
        let mut formats = self.formats.clone();
        for (format, files) in [
            (Format::Csv, ["replicates.csv", "tenders.csv"]),
            (Format::Parquet, ["replicates.parquet", "tenders.parquet"]),
            (Format::Xlsx, ["summary.xlsx", "summary.xlsx"]),
        ] {
            if files.iter().any(|name| self.directory.file(name).is_file()) {
                formats.insert(format);
            }
        }
        formats
    }

    /// Writes everything from complete segments and removes `work/`.
    ///
    /// # Errors
    /// Of the disk, or [`Failure::Interrupted`]; segments are kept then.
    pub fn finish(&self, plan: &Plan, segments: &mut Segments) -> Result<()> {
        let manifest = &plan.manifest;
        let formats = self.formats_in_force();
        let mut files = Vec::new();
        if let Some(design) = &plan.design {
            // What was read out of fewer points or replicates holds no more.
            force::remove_analyses(self.directory)?;
            atomic::write_text(&self.directory.file(DESIGN), design)?;
            files.push(DESIGN.to_owned());
        }
        for world in &plan.worlds {
            let id = &world.layout.id;
            atomic::write_text(&self.directory.scenario(id), &world.resolved_toml)?;
            files.push(format!("scenarios/{id}.toml"));
        }
        for exporter in exporters(manifest, &formats) {
            let path = self.directory.file(exporter.file());
            let mut source = self.source(plan, segments);
            atomic::write_file(&path, |sink| exporter.write(&mut source, sink, &path))?;
            files.push(exporter.file().to_owned());
        }
        // The figures of a run show one world over time, not the points of a design.
        if let Some(figures) = self.figures.filter(|_| plan.design.is_none()) {
            files.extend(figures.draw(self.directory.root(), manifest, self.png, false)?);
        }
        let provenance = Provenance {
            plan,
            surroundings: self.surroundings,
            failures: segments.failed(),
            files: &files,
        };
        provenance.write(&self.directory.provenance())?;
        atomic::write_text(&self.directory.manifest(), &manifest.to_text())?;
        self.directory.remove_work()
    }

    fn source<'a>(&'a self, plan: &'a Plan, segments: &'a mut Segments) -> Source<'a> {
        Source {
            manifest: &plan.manifest,
            valuation: plan.valuation(),
            jobs: plan.jobs(),
            segments,
            directory: self.directory.root(),
            stop: self.stop,
        }
    }

    /// Makes what is missing of a finished run: a table in a format that was not asked for before, a
    /// scenario, a figure. Gives the names of the tables made.
    ///
    /// # Errors
    /// Of the disk; or [`Failure::Refused`] where a table cannot be made from the others.
    pub fn make_missing(&self, plan: &Plan) -> Result<Vec<String>> {
        let manifest = &plan.manifest;
        let mut made = Vec::new();
        if let Some(design) = &plan.design
            && !self.directory.file(DESIGN).is_file()
        {
            atomic::write_text(&self.directory.file(DESIGN), design)?;
            made.push(DESIGN.to_owned());
        }
        for world in &plan.worlds {
            let path = self.directory.scenario(&world.layout.id);
            if !path.is_file() {
                atomic::write_text(&path, &world.resolved_toml)?;
                made.push(format!("scenarios/{}.toml", world.layout.id));
            }
        }
        let mut missing = exporters(manifest, self.formats);
        missing.retain(|e| !self.directory.file(e.file()).is_file());
        if !missing.is_empty() {
            let _lock = lock_finished(self.directory, manifest)?;
            let mut segments = Segments::new(plan.layouts(), &manifest.run_key());
            if missing.iter().any(|exporter| exporter.needs_replicates()) {
                segments.open_for_writing(&self.directory.segments())?;
                import(self.directory, manifest, &mut segments, self.stop)?;
            }
            for exporter in missing {
                let path = self.directory.file(exporter.file());
                let mut source = self.source(plan, &mut segments);
                atomic::write_file(&path, |sink| exporter.write(&mut source, sink, &path))?;
                made.push(exporter.file().to_owned());
            }
            drop(segments);
            self.directory.remove_work()?;
        }
        if let Some(figures) = self.figures.filter(|_| plan.design.is_none()) {
            figures.draw(self.directory.root(), manifest, self.png, true)?;
        }
        Ok(made)
    }
}

/// Removes `work/` from a finished run, where the process that made it ended between its last two steps.
///
/// # Errors
/// [`Failure::Refused`] where another process is at work there, or the run there is not this one any more: nothing is
/// removed then. Of the disk.
pub fn remove_leftover(directory: &RunDirectory, manifest: &Manifest) -> Result<()> {
    if !directory.work().is_dir() {
        return Ok(());
    }
    let _lock = lock_finished(directory, manifest)?;
    directory.remove_work()
}

/// Takes the lock of a finished run, and looks again: another process may have come before the lock.
fn lock_finished(directory: &RunDirectory, manifest: &Manifest) -> Result<Lock> {
    let lock = Lock::take(&directory.work())?;
    match directory.look()? {
        Found::Finished(now) if *now == *manifest => Ok(lock),
        _ => Err(Failure::Refused(format!(
            "{}: another process worked there just now: try again",
            directory.root().display()
        ))),
    }
}

/// The tables that a run under this manifest has in these formats, in the order of writing.
fn exporters(manifest: &Manifest, formats: &BTreeSet<Format>) -> Vec<&'static dyn Exporter> {
    let all = EXPORTERS.iter().copied();
    all.filter(|e| e.made_by(&manifest.mode) && e.wanted(&manifest.recorded, formats))
        .collect()
}
