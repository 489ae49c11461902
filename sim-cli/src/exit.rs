//! How the program ends: exit codes, and the failures that lead to them.

use std::fmt;
use std::io;
use std::path::Path;

/// The exit codes of `oransim`. They are part of the contract with scripts and never change meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All that was asked is done.
    Done = 0,
    /// The program could not go on: disk, permission or an internal error. Finished replicates are kept.
    CouldNotGoOn = 1,
    /// Usage, an invalid scenario, a refused merge or a refused directory. Nothing was written.
    Refused = 2,
    /// Done, but some replicates failed: `failures.csv` lists them.
    SomeFailed = 3,
    /// Interrupted by Ctrl-C or SIGTERM; `--resume` goes on from there.
    Interrupted = 4,
    /// A check found a difference.
    Different = 5,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not do what was asked. The text is for the user and says what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Ends with [`Exit::CouldNotGoOn`].
    CouldNotGoOn(String),
    /// Ends with [`Exit::Refused`].
    Refused(String),
    /// Ends with [`Exit::Interrupted`].
    Interrupted(String),
    /// Ends with [`Exit::Different`].
    Different(String),
    /// The reader of standard output has gone: the program ends without a word, as [`Exit::Done`].
    ClosedPipe,
}

impl Failure {
    /// The exit code of this failure.
    pub fn exit(&self) -> Exit {
        match self {
            Self::CouldNotGoOn(_) => Exit::CouldNotGoOn,
            Self::Refused(_) => Exit::Refused,
            Self::Interrupted(_) => Exit::Interrupted,
            Self::Different(_) => Exit::Different,
            Self::ClosedPipe => Exit::Done,
        }
    }

    /// The text for the user; empty for a closed pipe.
    pub fn message(&self) -> &str {
        match self {
            Self::CouldNotGoOn(text) | Self::Refused(text) | Self::Interrupted(text) | Self::Different(text) => text,
            Self::ClosedPipe => "",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Failure {}

/// Result of anything that may end the program.
pub type Result<T> = std::result::Result<T, Failure>;

/// Gives an error of a library the words that a user needs: what was being done, to which file.
pub trait Context<T> {
    /// Turns the error into [`Failure::CouldNotGoOn`] reading "cannot DOING PATH: reason".
    ///
    /// # Errors
    /// The same error, in words.
    fn while_doing(self, doing: &str, path: &Path) -> Result<T>;
}

impl<T> Context<T> for io::Result<T> {
    fn while_doing(self, doing: &str, path: &Path) -> Result<T> {
        self.map_err(|error| {
            let hint = match error.kind() {
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    ". Choose a directory that you may write with --out DIR"
                }
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    ". Make room, then run the same command with --resume: finished replicates are kept"
                }
                _ => "",
            };
            Failure::CouldNotGoOn(format!("cannot {doing} {}: {error}{hint}", path.display()))
        })
    }
}

impl<T> Context<T> for parquet::errors::Result<T> {
    fn while_doing(self, doing: &str, path: &Path) -> Result<T> {
        self.map_err(|error| Failure::CouldNotGoOn(format!("cannot {doing} {}: {error}", path.display())))
    }
}

impl<T> Context<T> for std::result::Result<T, csv::Error> {
    fn while_doing(self, doing: &str, path: &Path) -> Result<T> {
        self.map_err(|error| Failure::CouldNotGoOn(format!("cannot {doing} {}: {error}", path.display())))
    }
}

impl<T> Context<T> for std::result::Result<T, serde_json::Error> {
    fn while_doing(self, doing: &str, path: &Path) -> Result<T> {
        self.map_err(|error| Failure::CouldNotGoOn(format!("cannot {doing} {}: {error}", path.display())))
    }
}

impl<T> Context<T> for std::result::Result<T, rust_xlsxwriter::XlsxError> {
    fn while_doing(self, doing: &str, path: &Path) -> Result<T> {
        self.map_err(|error| Failure::CouldNotGoOn(format!("cannot {doing} {}: {error}", path.display())))
    }
}
