//! `oransim schema`: the JSON Schema of scenario files.

use std::path::Path;

use super::Session;
use crate::exit::{Exit, Result};
use crate::model::Model;
use crate::store::atomic::write_text;

/// Prints the schema, or writes it to `file`.
///
/// # Errors
/// Of the disk.
pub fn schema(model: &dyn Model, file: Option<&Path>, session: &Session<'_>) -> Result<Exit> {
    let text = model.schema()?;
    match file {
        Some(file) => write_text(file, &text)?,
        None => session.console.print(&text)?,
    }
    Ok(Exit::Done)
}
