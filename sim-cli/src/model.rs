//! What the commands need of the model: the one place where `sim-core` meets the command line.

use std::path::PathBuf;

use crate::engine::{Ensemble, Uncertainty};
use crate::exit::Result;
use crate::settings::{Override, Record};

/// Which worlds are wanted, and with what changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorldRequest {
    /// The scenario files, in order.
    pub scenarios: Vec<PathBuf>,
    /// Values set on the command line, in order: the last wins.
    pub overrides: Vec<Override>,
    /// Seed, where the command line says.
    pub seed: Option<u64>,
    /// Mode, where the command line says.
    pub uncertainty: Option<Uncertainty>,
    /// What is recorded: it decides which series an engine has.
    pub record: Record,
}

/// The model behind the commands.
///
/// An invalid scenario is [`crate::exit::Failure::Refused`], with all its errors in the text.
pub trait Model: Sync {
    /// Loads and validates worlds.
    ///
    /// # Errors
    /// Where a scenario is invalid or cannot be read.
    fn ensemble(&self, request: &WorldRequest) -> Result<Ensemble>;
}
