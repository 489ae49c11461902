//! `oransim check`: validate scenario files.

use super::Session;
use crate::exit::{Exit, Failure, Result};
use crate::model::{Model, WorldRequest};

/// Prints the report on the scenarios; with errors, all of them go to standard error.
///
/// # Errors
/// [`Failure::Refused`] with the errors, where a scenario is invalid.
pub fn check(
    model: &dyn Model,
    request: &WorldRequest,
    assumptions: bool,
    upgrade: bool,
    session: &Session<'_>,
) -> Result<Exit> {
    let checked = model.check(request, assumptions, upgrade)?;
    session.console.print(&checked.report)?;
    for warning in &checked.warnings {
        session.console.warn(warning);
    }
    match checked.errors.split_last() {
        None => Ok(Exit::Done),
        Some((last, others)) => {
            for error in others {
                session.console.error(error);
            }
            Err(Failure::Refused(last.clone()))
        }
    }
}
