//! The figures of a run directory, drawn from its `summary.csv`.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use sim_core::scenario::Scenario;

use super::files::{self, refused};
use super::names::spec;
use crate::console::Console;
use crate::exit::{Context as _, Failure, Result};
use crate::figures::{FigureError, Note, SummaryTable, Uncertainty, of_run, png};
use crate::output::{Figures, differences};
use crate::store::atomic::{write_file, write_text};
use crate::store::manifest::Manifest;

/// Pixels of a PNG for one of its SVG: about 300 dots an inch on A4.
const PNG_SCALE: f32 = 3.0;

/// Draws figures and says which ones a run has no series for.
pub struct RunFigures {
    console: Arc<Console>,
}

/// The drawer of this build.
pub fn run_figures(console: Arc<Console>) -> Box<dyn Figures> {
    Box::new(RunFigures { console })
}

impl Figures for RunFigures {
    fn draw(&self, directory: &Path, manifest: &Manifest, png: bool, only_missing: bool) -> Result<Vec<String>> {
        let kinds: &[&str] = if png { &["svg", "csv", "png"] } else { &["svg", "csv"] };
        let name = |figure: &str, kind: &str| format!("figures/{figure}.{kind}");
        let there = |figure: &str, kind: &&&str| directory.join(name(figure, kind)).is_file();
        let mut all = Vec::new();
        let mut wanted = Vec::new();
        for figure in of_run(&manifest.mode) {
            let found = ["svg", "csv", "png"].iter().filter(|kind| there(figure.name(), kind));
            if only_missing && kinds.iter().all(|kind| there(figure.name(), &kind)) {
                all.extend(found.map(|kind| name(figure.name(), kind)));
            } else {
                wanted.push(figure);
            }
        }
        if wanted.is_empty() {
            return Ok(all);
        }
        let measures: Vec<&str> = wanted
            .iter()
            .flat_map(|figure| figure.measures().iter().copied())
            .collect();
        let mut table = SummaryTable::read_file(&directory.join("summary.csv"), &measures).map_err(|e| failed(&e))?;
        let differing: Vec<&str> = (wanted.iter())
            .flat_map(|figure| figure.differences().iter().copied())
            .collect();
        if !differing.is_empty() {
            let path = directory.join(differences::FILE);
            table.read_differences(&path, &differing).map_err(|e| failed(&e))?;
        }
        let scenarios = scenarios(directory, manifest)?;
        let (spec, note) = (spec(scenarios.iter()), note_of(manifest)?);
        let mut skipped = Vec::new();
        for figure in wanted {
            let drawn = figure
                .plotted(&table, &spec)
                .and_then(|plot| Ok((plot.to_csv(&note)?, figure.draw(&plot, &note)?)));
            let (csv, svg) = match drawn {
                Ok(drawn) => drawn,
                Err(FigureError::NoSeries { .. }) => {
                    skipped.push(figure.name());
                    continue;
                }
                Err(error) => return Err(failed(&error)),
            };
            let path = |kind: &str| directory.join(name(figure.name(), kind));
            write_text(&path("csv"), &csv)?;
            write_text(&path("svg"), &svg)?;
            if png {
                let pixels = png::render(&svg, PNG_SCALE).map_err(|e| failed(&e))?;
                let path = path("png");
                write_file(&path, |sink| sink.write_all(&pixels).while_doing("write", &path))?;
            }
            all.extend(kinds.iter().map(|kind| name(figure.name(), kind)));
        }
        if !skipped.is_empty() {
            self.console.note(&format!(
                "no series for these figures, which are left out: {}",
                skipped.join(", ")
            ));
        }
        Ok(all)
    }
}

fn failed(error: &FigureError) -> Failure {
    Failure::CouldNotGoOn(format!("cannot draw the figures: {error}"))
}

/// The worlds of a run as its directory keeps them.
fn scenarios(directory: &Path, manifest: &Manifest) -> Result<Vec<Scenario>> {
    let read = |id: &str| -> Result<Scenario> {
        let loaded = files::load(&directory.join(format!("scenarios/{id}.toml")))?;
        Ok(loaded.decode().map_err(|faults| refused(&faults))?.value)
    };
    manifest.worlds.iter().map(|world| read(&world.id)).collect()
}

/// The source note of figures made under a manifest.
pub(super) fn note_of(manifest: &Manifest) -> Result<Note> {
    let uncertainty = Uncertainty::parse(&manifest.uncertainty);
    Ok(Note {
        scenarios: manifest.worlds.iter().map(|world| world.id.clone()).collect(),
        seed: manifest.seed,
        replicates: manifest.replicates,
        uncertainty: uncertainty.ok_or_else(|| {
            Failure::CouldNotGoOn(format!("the manifest has the unknown mode `{}`", manifest.uncertainty))
        })?,
        version: manifest.model_version.clone(),
        manifest: manifest.hash(),
    })
}
