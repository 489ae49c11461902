//! `oransim report`: a finished run as one document.

use std::path::{Component, Path, PathBuf, absolute};

use super::Session;
use crate::exit::{Context as _, Exit, Failure, Result};
use crate::report::findings::findings;
use crate::report::{Material, html, typst};
use crate::store::atomic::write_text;
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

/// Writes the report: `.html`, or `.typ` for Typst source.
///
/// # Errors
/// [`Failure::Refused`] where the file has another ending, where the run is not finished, where another command reads it, or the file is there already.
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
    let kind = path.extension().and_then(|kind| kind.to_str());
    if !matches!(kind, Some("html" | "typ")) {
        return Err(Failure::Refused(format!(
            "{}: a report is written as .html or .typ; for a PDF: --out {}, then typst compile",
            path.display(),
            path.with_extension("typ").display()
        )));
    }
    if path.exists() && !settings.force {
        return Err(Failure::Refused(format!(
            "{} is there already: replace it with --force, or say --out FILE",
            path.display()
        )));
    }
    let text = if kind == Some("typ") {
        let figures = figures_from(&path, &settings.run).while_doing("find", &settings.run)?;
        typst::typst(&material, &findings, &figures)
    } else {
        html::html(&material, &findings)
    };
    write_text(&path, &text)?;
    for finding in &findings {
        session.console.show(&format!("- {finding}\n"))?;
    }
    session.console.note(&format!("wrote {}", path.display()));
    Ok(Exit::Done)
}

/// The folder of figures of a run as seen from the folder of a file.
fn figures_from(file: &Path, run: &Path) -> std::io::Result<String> {
    let (here, figures) = (parts(&absolute(file)?), parts(&absolute(run)?.join("figures")));
    let here = &here[..here.len().saturating_sub(1)];
    let common = here.iter().zip(&figures).take_while(|(a, b)| a == b).count();
    let up = here[common..].iter().map(|_| "..");
    let down = figures[common..].iter().map(String::as_str);
    Ok(up.chain(down).collect::<Vec<_>>().join("/"))
}

/// The names along an absolute path, with `..` taken back.
fn parts(path: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                names.pop();
            }
            Component::CurDir | Component::RootDir => {}
            Component::Normal(_) | Component::Prefix(_) => {
                names.push(component.as_os_str().to_string_lossy().into_owned());
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_from_where_the_file_lies() {
        for (file, run, expected) in [
            ("a.typ", "runs/a", "runs/a/figures"),
            ("docs/x/a.typ", "runs/a", "../../runs/a/figures"),
            ("../b.typ", "../a", "a/figures"),
            ("runs/../a.typ", "runs/./a", "runs/a/figures"),
            ("/x/sub/a.typ", "/x/runs/a", "../runs/a/figures"),
        ] {
            assert_eq!(
                figures_from(Path::new(file), Path::new(run)).unwrap(),
                expected,
                "{file} {run}"
            );
        }
    }
}
