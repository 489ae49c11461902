//! The commands, one file each.

pub mod calibrate;
pub mod check;
pub mod compare;
pub mod explore;
pub mod figures;
pub mod init;
pub mod levers;
pub mod measures;
pub mod merge;
pub mod new;
pub mod report;
pub mod resolve;
pub mod run;
pub mod schema;
pub mod score;
pub mod study;
pub mod trace;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime::Runtime;

use crate::console::Console;
use crate::exit::{Failure, Result};
use crate::output::Figures;
use crate::settings::Progress;
use crate::surroundings::Surroundings;

/// What every command that works on a run directory has at hand.
pub struct Session<'a> {
    /// Standard output and error.
    pub console: Arc<Console>,
    /// The small runtime of ticker and signals.
    pub runtime: &'a Runtime,
    /// Set by the first Ctrl-C, in commands that heed it.
    pub stop: Arc<AtomicBool>,
    /// Command line and host.
    pub surroundings: Surroundings,
    /// How progress is shown.
    pub progress: Progress,
    /// Who draws figures, if anyone.
    pub figures: Option<&'a dyn Figures>,
}

impl Session<'_> {
    /// Ends what is under way where the program was asked to stop; `text` says what is left and how to go on.
    ///
    /// # Errors
    /// [`Failure::Interrupted`].
    pub fn go_on(&self, text: &str) -> Result<()> {
        match self.stop.load(Ordering::Relaxed) {
            true => Err(Failure::Interrupted(text.to_owned())),
            false => Ok(()),
        }
    }
}
