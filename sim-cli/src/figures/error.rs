//! What can go wrong between a table and a figure. No message needs the source code to be understood.

use std::fmt;
use std::path::PathBuf;

/// Why a figure, its numbers or the list of figures could not be read, planned or drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FigureError {
    /// A file could not be read or written.
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        message: String,
    },
    /// A table (`summary.csv`, or the numbers beside a figure) is not in the expected form.
    Table {
        /// 1-based line in the file; 0 where the whole table is meant.
        line: u64,
        /// Column at fault; empty where the line as a whole is meant.
        column: String,
        /// What is wrong and what is allowed.
        message: String,
    },
    /// The table holds no series that the figure needs.
    NoSeries {
        /// Name of the figure.
        figure: &'static str,
        /// The keys that were looked for.
        wanted: String,
        /// What would help.
        hint: String,
    },
    /// `results/figures.toml` is not valid.
    Manifest {
        /// The file.
        path: PathBuf,
        /// 1-based line; 0 where the whole file is meant.
        line: usize,
        /// What is wrong and what is allowed.
        message: String,
    },
    /// A figure was asked for by a name that no figure has.
    UnknownFigure {
        /// The name asked for.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// The simulation behind a figure failed.
    Run {
        /// Name of the figure.
        figure: String,
        /// What the simulation said.
        message: String,
    },
    /// A function of the model refuses what a figure of theory asks.
    Theory {
        /// Name of the figure.
        figure: &'static str,
        /// What it said.
        message: String,
    },
    /// The SVG could not be turned into pixels.
    Render(String),
}

impl fmt::Display for FigureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, message } => write!(f, "{}: {message}", path.display()),
            Self::Table { line, column, message } => match (line, column.is_empty()) {
                (0, true) => write!(f, "{message}"),
                (0, false) => write!(f, "column `{column}`: {message}"),
                (line, true) => write!(f, "line {line}: {message}"),
                (line, false) => write!(f, "line {line}, column `{column}`: {message}"),
            },
            Self::NoSeries { figure, wanted, hint } => {
                write!(f, "figure `{figure}` needs {wanted}, and the table has none; {hint}")
            }
            Self::Manifest { path, line: 0, message } => write!(f, "{}: {message}", path.display()),
            Self::Manifest { path, line, message } => write!(f, "{}:{line}: {message}", path.display()),
            Self::UnknownFigure { name, known } => {
                write!(f, "no figure is called `{name}`; there are {known}")
            }
            Self::Run { figure, message } => {
                write!(f, "the simulation behind figure `{figure}` failed: {message}")
            }
            Self::Theory { figure, message } => write!(f, "figure `{figure}` cannot be computed: {message}"),
            Self::Render(message) => write!(f, "the figure could not be rendered: {message}"),
        }
    }
}

impl std::error::Error for FigureError {}

/// Result of this module.
pub type Result<T> = std::result::Result<T, FigureError>;
