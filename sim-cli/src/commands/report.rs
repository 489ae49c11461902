//! `oransim report`: a finished run as one document.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::Session;
use crate::exit::{Context as _, Exit, Failure, Result};
use crate::report::findings::findings;
use crate::report::{Material, html, typst};
use crate::store::directory::RunDirectory;

/// What a report was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportSettings {
    /// The finished run.
    pub run: PathBuf,
    /// Where it goes; by default `NAME.html` in the current directory, NAME that of the run directory, which holds nothing but its own files.
    pub out: Option<PathBuf>,
    /// Whether a file of that name may be replaced.
    pub force: bool,
}

/// Writes the report; `.typ` gives Typst source, anything else HTML.
///
/// # Errors
/// [`Failure::Refused`] where the run is not finished, where another command reads it, or the file is there already.
pub fn report(settings: &ReportSettings, session: &Session<'_>) -> Result<Exit> {
    let directory = RunDirectory::new(&settings.run);
    let material = Material::read(&directory)?;
    let findings = findings(&material);
    let name = settings
        .run
        .file_name()
        .map_or_else(|| "run".into(), |n| n.to_string_lossy().into_owned());
    let path = settings
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("{name}.html")));
    if path.exists() && !settings.force {
        return Err(Failure::Refused(format!(
            "{} is there already: replace it with --force, or say --out FILE",
            path.display()
        )));
    }
    let text = if path.extension().is_some_and(|e| e == "typ") {
        typst::typst(&material, &findings, &figures_from(&path, &settings.run))
    } else {
        html::html(&material, &findings)
    };
    fs::write(&path, text).while_doing("write", &path)?;
    for finding in &findings {
        session.console.print(&format!("- {finding}\n"))?;
    }
    session.console.note(&format!("wrote {}", path.display()));
    Ok(Exit::Done)
}

/// The folder of figures of a run as seen from the folder of a file.
fn figures_from(file: &Path, run: &Path) -> String {
    let figures = run.join("figures");
    if figures.is_absolute() {
        return figures.display().to_string();
    }
    let up = file.parent().into_iter().flat_map(Path::components);
    let up = up
        .filter(|c| matches!(c, Component::Normal(_)))
        .map(|_| "../")
        .collect::<String>();
    format!("{up}{}", figures.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_from_where_the_file_lies() {
        let run = Path::new("runs/a");
        assert_eq!(figures_from(Path::new("a.typ"), run), "runs/a/figures");
        assert_eq!(figures_from(Path::new("docs/x/a.typ"), run), "../../runs/a/figures");
    }
}
