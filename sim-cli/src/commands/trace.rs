//! `oransim trace`: what happened in one replicate, and why.

use super::Session;
use crate::exit::{Exit, Result};
use crate::model::{Model, TraceRequest};

/// Prints each event as it comes.
///
/// # Errors
/// [`crate::exit::Failure::Refused`] where the scenario is invalid or a name is unknown.
pub fn trace(model: &dyn Model, request: &TraceRequest, session: &Session<'_>) -> Result<Exit> {
    let warnings = model.trace(request, &mut |text| {
        session.go_on("interrupted")?;
        session.console.print(text)
    })?;
    for warning in &warnings {
        session.console.warn(warning);
    }
    Ok(Exit::Done)
}
