//! The model that the binary runs on: the one place where `sim-core` meets the command line.
//!
//! [`Linked`] implements [`Model`]; `files` reads scenarios from the disk, and each other module is
//! behind one command or one figure source.

mod bills;
mod calibrate;
mod check;
mod cumulative;
mod ensemble;
mod explore;
mod figures_runner;
mod files;
mod flow_totals;
mod history;
mod levers;
mod measures;
mod names;
mod run_figures;
mod shipped;
mod trace;

use std::path::Path;
use std::sync::atomic::AtomicBool;

use sim_core::scenario::Scenario;
use sim_core::scenario::document::{describe, json_schema};

use crate::engine::Ensemble;
use crate::exit::{Failure, Result};
use crate::figures::regenerate::Runner;
use crate::model::{
    CalibrationRequest, CalibrationWorld, Checked, ExploreRequest, LeverForm, MeasureEntry, Model, ShippedFile,
    TraceRequest, WorldRequest,
};

use crate::observed::Observed;

pub use run_figures::{RunFigures, run_figures};

/// The model of this build.
pub struct Linked;

impl Model for Linked {
    fn ensemble(&self, request: &WorldRequest) -> Result<Ensemble> {
        ensemble::ensemble(request)
    }

    fn explore(&self, request: &ExploreRequest) -> Result<Ensemble> {
        explore::explore(request)
    }

    fn calibration(&self, request: &CalibrationRequest, targets: &Observed) -> Result<CalibrationWorld> {
        calibrate::calibration(request, targets)
    }

    fn check(&self, request: &WorldRequest, assumptions: bool, upgrade: bool) -> Result<Checked> {
        check::check(request, assumptions, upgrade)
    }

    fn resolve(&self, request: &WorldRequest) -> Result<(String, Vec<String>)> {
        let (loaded, mut warnings) = files::load_all(request)?;
        let (mut text, mut faults) = (String::new(), Vec::new());
        for world in &loaded {
            match world.decode() {
                Ok(decoded) => files::add_new(&mut warnings, files::warnings_of(&decoded.warnings)),
                Err(said) => files::add_new(&mut faults, [files::text_of(&said)]),
            }
            text += &world.document.resolve(true);
        }
        files::together(faults)?;
        Ok((text, warnings))
    }

    fn schema(&self) -> Result<String> {
        let schema = json_schema(&describe::<Scenario>(), "A scenario of oransim");
        serde_json::to_string_pretty(&schema)
            .map(|text| text + "\n")
            .map_err(|error| Failure::CouldNotGoOn(format!("cannot print the schema: {error}")))
    }

    fn measures(&self, name: Option<&str>) -> Result<Vec<MeasureEntry>> {
        measures::measures(name)
    }

    fn levers(&self, kind: Option<&str>, form: LeverForm) -> Result<String> {
        levers::levers(kind, form)
    }

    fn trace(&self, request: &TraceRequest, print: &mut dyn FnMut(&str) -> Result<()>) -> Result<Vec<String>> {
        trace::trace(request, print)
    }

    fn figure_runner<'a>(&self, root: &Path, stop: &'a AtomicBool) -> Box<dyn Runner + 'a> {
        Box::new(figures_runner::FigureRunner::new(root, stop))
    }

    fn shipped(&self) -> &'static [ShippedFile] {
        shipped::FILES
    }

    fn child(&self, file: &Path, from: &str) -> Result<String> {
        shipped::child(file, from)
    }
}
