//! `oransim new`: a child scenario to begin with.

use std::path::Path;

use super::Session;
use crate::exit::{Exit, Failure, Result};
use crate::model::Model;
use crate::store::atomic::write_text;

/// Writes `file`, a scenario that extends `from` and changes nothing yet.
///
/// # Errors
/// [`Failure::Refused`] where `file` is there, or there is no scenario `from`.
pub fn new(model: &dyn Model, file: &Path, from: &str, session: &Session<'_>) -> Result<Exit> {
    if file.exists() {
        return Err(Failure::Refused(format!(
            "{} is there already: choose another name",
            file.display()
        )));
    }
    write_text(file, &model.child(file, from)?)?;
    session
        .console
        .note(&format!("wrote {}: change it, then `oransim run {0}`", file.display()));
    Ok(Exit::Done)
}
