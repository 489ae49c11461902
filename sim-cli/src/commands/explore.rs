//! `oransim explore`: play worlds at the points of a design.

use super::Session;
use super::run::run_ensemble;
use crate::exit::{Exit, Result};
use crate::model::{ExploreRequest, Model};
use crate::settings::RunSettings;

/// What an exploration was asked to do.
#[derive(Debug, Clone, PartialEq)]
pub struct ExploreSettings {
    /// Worlds and design.
    pub request: ExploreRequest,
    /// Where and how it is played.
    pub run: RunSettings,
}

/// Makes the design, plays it into one run directory, and says how to read it.
///
/// # Errors
/// As [`run_ensemble`], and where a scenario or the design is invalid.
pub fn explore(model: &dyn Model, settings: &ExploreSettings, session: &Session<'_>) -> Result<Exit> {
    let ensemble = model.explore(&settings.request)?;
    for warning in &ensemble.warnings {
        session.console.warn(warning);
    }
    let exit = run_ensemble(&ensemble, &settings.run, session)?;
    let next = match settings.request.design.word() {
        "saltelli" | "morris" => "oransim sensitivity DIR",
        _ => "oransim regret DIR, oransim discover DIR --above X, oransim sensitivity DIR",
    };
    session.console.note(&format!("read it with: {next}"));
    Ok(exit)
}
