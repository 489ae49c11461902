//! `oransim init`: write the scenarios, sources and schema that the program carries.

use std::path::Path;

use super::Session;
use crate::exit::{Exit, Failure, Result};
use crate::model::Model;
use crate::store::atomic::write_text;

/// Writes all files below `directory`. Files that are there with the same text are left; others are
/// replaced only with `force`.
///
/// # Errors
/// [`Failure::Refused`] where a file with another text is there: nothing is written then.
pub fn init(model: &dyn Model, directory: &Path, force: bool, session: &Session<'_>) -> Result<Exit> {
    let mut missing = Vec::new();
    for (name, text) in model.shipped() {
        let path = directory.join(name);
        match std::fs::read(&path) {
            Ok(there) if there == text.as_bytes() => {}
            Ok(_) if !force => {
                return Err(Failure::Refused(format!(
                    "{} is there and differs: nothing was written. Choose another directory, or replace such files with --force",
                    path.display()
                )));
            }
            _ => missing.push((path, text)),
        }
    }
    for (path, text) in &missing {
        write_text(path, text)?;
    }
    session
        .console
        .note(&format!("wrote {} files to {}", missing.len(), directory.display()));
    Ok(Exit::Done)
}
