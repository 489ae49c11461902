//! `oransim check`: validate scenario files.

use super::Session;
use crate::exit::{Exit, Result};
use crate::model::{Model, WorldRequest};

/// Prints the report on the scenarios, or refuses with all their errors.
///
/// # Errors
/// [`crate::exit::Failure::Refused`] where a scenario is invalid.
pub fn check(
    model: &dyn Model,
    request: &WorldRequest,
    assumptions: bool,
    session: &Session<'_>,
) -> Result<Exit> {
    let report = model.check(request, assumptions)?;
    session.console.print(&report)?;
    Ok(Exit::Done)
}
