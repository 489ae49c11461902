//! `oransim figures`: make the figures of `results/` again, or check them.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use super::Session;
use crate::exit::{Exit, Failure, Result};
use crate::figures::FigureError;
use crate::figures::deep::{DeepRun, Explored};
use crate::figures::manifest::{self, FigureRun, PATH};
use crate::figures::regenerate::{self, Difference, Runner, Simulated};
use crate::model::Model;

/// What is to be done with the figures of `results/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureSettings {
    /// The figures to make; all if empty.
    pub only: Vec<String>,
    /// Compare instead of making.
    pub check: bool,
    /// Compute all of them anew when comparing, not only the cheap ones.
    pub full: bool,
}

/// Makes or checks the figures of the repository around the current directory.
///
/// # Errors
/// [`Failure::Refused`] where there is no list of figures or it is invalid; [`Failure::Different`] where a check found
/// a difference; [`Failure::CouldNotGoOn`] where a simulation fails or a file cannot be written.
pub fn figures(model: &dyn Model, settings: &FigureSettings, session: &Session<'_>) -> Result<Exit> {
    let root = repository(Path::new("."))?;
    let runner = model.figure_runner(&root, &session.stop);
    let failure = |error: FigureError| {
        if session.stop.load(Ordering::Relaxed) {
            return Failure::Interrupted("interrupted: figures made before stand".into());
        }
        match error {
            FigureError::Manifest { .. } | FigureError::UnknownFigure { .. } => Failure::Refused(error.to_string()),
            _ => Failure::CouldNotGoOn(error.to_string()),
        }
    };
    if settings.check {
        let asked = Asked {
            only: &settings.only,
            runner: runner.as_ref(),
        };
        asked.are_listed(&root).map_err(failure)?;
        let mut found = regenerate::check(&root, settings.full, &asked).map_err(failure)?;
        found.retain(|difference| asked.speaks_of(difference));
        if found.is_empty() {
            session.console.note("the figures are what they should be");
            return Ok(Exit::Done);
        }
        let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
        return Err(Failure::Different(lines.join("\n")));
    }
    for file in regenerate::make(&root, &settings.only, runner.as_ref()).map_err(failure)? {
        session.console.print(&format!("{}\n", file.display()))?;
    }
    Ok(Exit::Done)
}

/// A check of the figures that are named, or of all where none is.
struct Asked<'a> {
    only: &'a [String],
    runner: &'a dyn Runner,
}

/// Stands for the hash of a figure that was not asked for: no manifest has it, so that the figure counts as stale and is not computed.
const NOT_ASKED: &str = "not asked for";

impl Asked<'_> {
    fn is(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|one| one == name)
    }

    /// Refuses a name that is not in the list of figures.
    fn are_listed(&self, root: &Path) -> std::result::Result<(), FigureError> {
        let (runs, theory, deep) = (
            manifest::read(root)?,
            manifest::read_theory(root)?,
            manifest::read_deep(root)?,
        );
        let names = (runs.iter().map(|run| run.name.as_str()))
            .chain(theory.iter().map(|run| run.name.as_str()))
            .chain(deep.iter().map(|run| run.name.as_str()));
        let listed: Vec<&str> = names.collect();
        match self.only.iter().find(|name| !listed.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => Err(FigureError::UnknownFigure {
                name: name.clone(),
                known: listed.join(", "),
            }),
        }
    }

    /// Whether a difference is of a figure that was asked for; the page that lists all of them is not of one.
    fn speaks_of(&self, difference: &Difference) -> bool {
        match difference {
            Difference::Stale { figure, .. } => self.is(figure),
            Difference::Missing { file }
            | Difference::Unreadable { file, .. }
            | Difference::Redrawn { file, .. }
            | Difference::Page { file, .. }
            | Difference::Recomputed { file, .. } => {
                let name = file.file_stem().map(|name| name.to_string_lossy());
                name.is_some_and(|name| self.is(&name))
            }
        }
    }
}

impl Runner for Asked<'_> {
    fn manifest_hash(&self, run: &FigureRun) -> std::result::Result<String, String> {
        match self.is(&run.name) {
            true => self.runner.manifest_hash(run),
            false => Ok(NOT_ASKED.to_owned()),
        }
    }

    fn run(&self, run: &FigureRun) -> std::result::Result<Simulated, String> {
        self.runner.run(run)
    }

    fn design_hash(&self, run: &DeepRun) -> std::result::Result<String, String> {
        match self.is(&run.name) {
            true => self.runner.design_hash(run),
            false => Ok(NOT_ASKED.to_owned()),
        }
    }

    fn explore(&self, run: &DeepRun) -> std::result::Result<Explored, String> {
        self.runner.explore(run)
    }
}

/// The nearest folder from `here` up that has a list of figures.
fn repository(here: &Path) -> Result<PathBuf> {
    let absolute = std::path::absolute(here).unwrap_or_else(|_| here.to_owned());
    (absolute.ancestors())
        .find(|folder| folder.join(PATH).is_file())
        .map(Path::to_owned)
        .ok_or_else(|| {
            Failure::Refused(format!(
                "there is no {PATH} here or in a folder above: the figures are made in a copy of the repository"
            ))
        })
}
