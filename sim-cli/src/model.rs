//! What the commands need of the model: the one place where `sim-core` meets the command line.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use crate::engine::{Engine, Ensemble, Uncertainty};
use crate::exit::Result;
use crate::figures::regenerate::Runner;
use crate::observed::Observed;
use crate::settings::{Override, Record};
use sim_core::scenario::Uncertainty as Uncertain;

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
    /// Replicates, where the command line says.
    pub replicates: Option<u64>,
    /// What is recorded: it decides which series an engine has.
    pub record: Record,
}

/// Which points `oransim explore` plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DesignRequest {
    /// All combinations of `n` values of each uncertainty.
    Grid,
    /// A Latin hypercube of `n` futures.
    LatinHypercube,
    /// The first `n` points of a scrambled Sobol' sequence.
    Sobol,
    /// `n` blocks for Sobol' indices.
    Saltelli,
    /// `n` trajectories for elementary effects.
    Morris,
    /// A table made elsewhere; of `n`, its first rows.
    File(PathBuf),
}

impl DesignRequest {
    /// The word on the command line and in manifests; `csv` of a file.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::LatinHypercube => "lhs",
            Self::Sobol => "sobol",
            Self::Saltelli => "saltelli",
            Self::Morris => "morris",
            Self::File(_) => "csv",
        }
    }
}

impl std::str::FromStr for DesignRequest {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let known = [
            Self::Grid,
            Self::LatinHypercube,
            Self::Sobol,
            Self::Saltelli,
            Self::Morris,
        ];
        if let Some(kind) = known.into_iter().find(|kind| kind.word() == text) {
            return Ok(kind);
        }
        if Path::new(text)
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("csv"))
        {
            return Ok(Self::File(PathBuf::from(text)));
        }
        Err("say grid, lhs, sobol, saltelli, morris, or the name of a .csv file".to_owned())
    }
}

/// What `oransim explore` is to play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExploreRequest {
    /// The worlds; each is a policy.
    pub world: WorldRequest,
    /// The design.
    pub design: DesignRequest,
    /// Its size, where the command line says.
    pub n: Option<u64>,
}

/// What `oransim calibrate` is to fit to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalibrationRequest {
    /// The scenario file; its uncertainties are the priors.
    pub scenario: PathBuf,
    /// Values set on the command line, in order: the last wins.
    pub overrides: Vec<Override>,
    /// Seed, where the command line says.
    pub seed: Option<u64>,
    /// The file of targets, for messages.
    pub targets: PathBuf,
}

impl CalibrationRequest {
    /// The world alone.
    pub fn world(&self) -> WorldRequest {
        WorldRequest {
            scenarios: vec![self.scenario.clone()],
            overrides: self.overrides.clone(),
            seed: self.seed,
            uncertainty: None,
            replicates: None,
            record: Record::default(),
        }
    }
}

/// A world at any points of its priors, measured where there are targets.
pub trait AtPoints {
    /// Who plays it: the key of a replicate holds point and replicate ([`crate::store::points`]); point 0 is the scenario as it
    /// stands, point `i` has the values `points[i - 1]` in the order of the priors.
    fn engine(&self, points: Vec<Vec<f64>>) -> Box<dyn Engine + '_>;
}

/// A world made ready for calibration.
pub struct CalibrationWorld {
    /// Id of the scenario.
    pub id: String,
    /// Seed of the command line, or of the scenario.
    pub seed: u64,
    /// The priors, in the order of the file.
    pub priors: Vec<Uncertain>,
    /// The scenario after `extends` and `--set`, as TOML.
    pub resolved_toml: String,
    /// SHA-256 of its resolved values.
    pub values_hash: String,
    /// The origin of each value.
    pub origins: serde_json::Value,
    /// What the user should know, one line each.
    pub warnings: Vec<String>,
    /// What plays it.
    pub world: Box<dyn AtPoints>,
}

/// What `oransim trace` is to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceRequest {
    /// The world: one scenario file and its changes.
    pub world: WorldRequest,
    /// Index of the replicate.
    pub replicate: u64,
    /// Only events of this operator.
    pub operator: Option<String>,
    /// Only this tender.
    pub tender: Option<String>,
    /// Not before this date, ISO.
    pub from: Option<String>,
    /// Not after this date, ISO.
    pub to: Option<String>,
    /// One JSON object a line.
    pub json: bool,
}

/// How levers are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeverForm {
    /// A table, or all about one kind, for people.
    Text,
    /// All about them, for programs.
    Json,
    /// All about them, for the repository.
    Markdown,
}

/// What `oransim check` found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// The summary, for standard output.
    pub report: String,
    /// What is odd but allowed.
    pub warnings: Vec<String>,
    /// What makes a scenario invalid.
    pub errors: Vec<String>,
}

/// One measure of the catalogue, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureEntry {
    /// Name in tables.
    pub name: &'static str,
    /// Unit in tables.
    pub unit: &'static str,
    /// `stock` or `flow`.
    pub kind: &'static str,
    /// Values of the column `part`; in capitals, what stands for many.
    pub parts: Vec<&'static str>,
    /// Components with series of their own, for the world.
    pub components: Vec<&'static str>,
    /// What else it is broken down by.
    pub dimensions: Vec<&'static str>,
    /// What it means.
    pub meaning: &'static str,
    /// How it is computed.
    pub equation: &'static str,
    /// What is recorded without being asked for: `full`, `world` (the row of the world alone) or `extra` (nothing).
    pub recorded: &'static str,
}

/// A file that the program carries: path below the directory of `oransim init`, and its text.
pub type ShippedFile = (&'static str, &'static str);

/// The model behind the commands.
///
/// An invalid scenario is [`crate::exit::Failure::Refused`], with all its errors in the text.
pub trait Model: Sync {
    /// Loads and validates worlds.
    ///
    /// # Errors
    /// Where a scenario is invalid or cannot be read.
    fn ensemble(&self, request: &WorldRequest) -> Result<Ensemble>;

    /// Loads and validates worlds and makes a design over their uncertainties and choices.
    ///
    /// # Errors
    /// Where a scenario is invalid or cannot be read, or there is no such design.
    fn explore(&self, request: &ExploreRequest) -> Result<Ensemble>;

    /// Loads a world for calibration: its priors, and its outcomes at any points where `targets` has a row.
    ///
    /// # Errors
    /// Where the scenario is invalid or cannot be read, has no priors, or has no such series or dates.
    fn calibration(&self, request: &CalibrationRequest, targets: &Observed) -> Result<CalibrationWorld>;

    /// Validates scenario files and gives the report to print; with `assumptions`, the log of who
    /// assumed what; with `upgrade`, files of an older format are rewritten first.
    ///
    /// # Errors
    /// Where a file cannot be rewritten. What is wrong with a scenario stands in [`Checked::errors`].
    fn check(&self, request: &WorldRequest, assumptions: bool, upgrade: bool) -> Result<Checked>;

    /// The merged scenario with the origin of each value, as TOML; and warnings.
    ///
    /// # Errors
    /// Where the scenario is invalid or cannot be read.
    fn resolve(&self, request: &WorldRequest) -> Result<(String, Vec<String>)>;

    /// The JSON Schema of scenario files.
    ///
    /// # Errors
    /// None is expected of a sound build.
    fn schema(&self) -> Result<String>;

    /// The catalogue of measures, or the one that is named.
    ///
    /// # Errors
    /// Where there is no measure of that name.
    fn measures(&self, name: Option<&str>) -> Result<Vec<MeasureEntry>>;

    /// The levers, or those of one kind, in a form.
    ///
    /// # Errors
    /// Where there is no such kind.
    fn levers(&self, kind: Option<&str>, form: LeverForm) -> Result<String>;

    /// What happened in one replicate, event by event, and why; gives warnings.
    ///
    /// # Errors
    /// Where the scenario is invalid, or names what is asked for do not exist.
    fn trace(&self, request: &TraceRequest, print: &mut dyn FnMut(&str) -> Result<()>) -> Result<Vec<String>>;

    /// Who plays the worlds of the figures of the repository at `root`, until `stop` is set.
    fn figure_runner<'a>(&self, root: &Path, stop: &'a AtomicBool) -> Box<dyn Runner + 'a>;

    /// The scenarios, sources and schema that the program carries.
    fn shipped(&self) -> &'static [ShippedFile];

    /// The text of a new scenario in `file` that extends the scenario `from`.
    ///
    /// # Errors
    /// Where there is no such scenario.
    fn child(&self, file: &Path, from: &str) -> Result<String>;
}
