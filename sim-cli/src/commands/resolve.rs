//! `oransim resolve`: print the merged scenario with the origin of each value.

use super::Session;
use crate::exit::{Exit, Result};
use crate::model::{Model, WorldRequest};

/// Prints the scenario after `extends` and `--set`.
///
/// # Errors
/// [`crate::exit::Failure::Refused`] where the scenario is invalid.
pub fn resolve(model: &dyn Model, request: &WorldRequest, session: &Session<'_>) -> Result<Exit> {
    let (text, warnings) = model.resolve(request)?;
    for warning in &warnings {
        session.console.warn(warning);
    }
    session.console.print(&text)?;
    Ok(Exit::Done)
}
