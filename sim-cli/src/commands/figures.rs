//! `oransim figures`: make the figures of `results/` again, or check them.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use super::Session;
use crate::exit::{Exit, Failure, Result};
use crate::figures::FigureError;
use crate::figures::manifest::PATH;
use crate::figures::regenerate;
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
        let found = regenerate::check(&root, settings.full, runner.as_ref()).map_err(failure)?;
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
