//! `oransim levers`: what policies there are, and what each does.

use super::Session;
use crate::cli::LeverFlags;
use crate::exit::{Exit, Result};
use crate::model::{LeverForm, Model};
use crate::store::atomic::write_text;

/// Prints the levers, or writes them to a file.
///
/// # Errors
/// Where there is no such kind; of the disk.
pub fn levers(model: &dyn Model, flags: &LeverFlags, session: &Session<'_>) -> Result<Exit> {
    match &flags.write {
        Some(file) => write_text(file, &model.levers(None, LeverForm::Markdown)?)?,
        None => {
            let form = if flags.json { LeverForm::Json } else { LeverForm::Text };
            session.console.print(&model.levers(flags.kind.as_deref(), form)?)?;
        }
    }
    Ok(Exit::Done)
}
