//! The boundary between the store and the simulation: what a world must offer to be played.

use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};
use sim_core::calendar::Day;
use sim_core::record::{ReplicateRecord, SeriesKey};

use crate::output::number::exact;
use crate::store::points::Points;

/// A world that can play replicates.
///
/// A replicate is a function of the world, the seed that the world was built with and its index:
/// never of the thread, the time or the replicates played before.
pub trait Engine: Sync + Send {
    /// Id of the scenario: the text of column `scenario` and the name of files.
    fn id(&self) -> &str;

    /// What is measured, in the order of rows: measure by catalogue, then the other keys by byte.
    fn series(&self) -> &[SeriesKey];

    /// The measurement dates in order.
    fn dates(&self) -> &[Day];

    /// Rows of tenders that one replicate is expected to leave; used only to estimate space on disk.
    fn expected_tender_rows(&self) -> u64 {
        0
    }

    /// How a policy's effects are valued against those of the base.
    fn valuation(&self) -> Valuation {
        Valuation::default()
    }

    /// Plays replicate `k`. `values[date * series + s]`, NaN where undefined.
    ///
    /// # Errors
    /// [`ReplicateFailure::Stopped`] soon after `stop` is set; [`ReplicateFailure::Failed`] where the
    /// model cannot go on, with the simulated time and the place.
    fn replicate(&self, k: u64, stop: &AtomicBool) -> Result<ReplicateRecord, ReplicateFailure>;
}

/// The prices at which the effects of a policy are added up; by default nothing is discounted and delay is
/// free. They stand at the scenario's base values in every replicate: they say how outcomes are judged,
/// not what happens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Valuation {
    /// `market.social_discount_rate`: discount rate, a year.
    #[serde(with = "exact")]
    pub discount_rate: f64,
    /// `market.site_month_usd`: value of one month's delay of one site, US dollars of 2020.
    #[serde(with = "exact")]
    pub site_month_usd: f64,
}

/// Why a replicate has no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplicateFailure {
    /// It was asked to stop: it may be played again.
    Stopped,
    /// It cannot be played: the same index fails in the same way each time.
    Failed {
        /// Simulated date at which it failed, ISO.
        time: String,
        /// Where in the world, for example an operator or a tender.
        place: String,
        /// What went wrong.
        message: String,
    },
}

/// One world of a run, with the texts that its run directory keeps.
pub struct World {
    /// What plays it.
    pub engine: Box<dyn Engine>,
    /// The scenario after `extends` and `--set`, as TOML without comments; it runs again as it stands.
    pub resolved_toml: String,
    /// SHA-256 (64 hexadecimal digits) of the canonical JSON of the resolved values.
    pub values_hash: String,
    /// The origin of each value, as a JSON object.
    pub origins_json: String,
}

/// Whether parameters stand at their base values or are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Uncertainty {
    /// Base values: bands show luck alone.
    Fixed,
    /// Replicate k draws one vector keyed by seed, k and path, the same in every world.
    Sampled,
}

impl Uncertainty {
    /// The word in the manifest.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Sampled => "sampled",
        }
    }
}

/// The worlds of one invocation, as loaded and validated.
pub struct Ensemble {
    /// The worlds, in the order given on the command line.
    pub worlds: Vec<World>,
    /// Replicates where the command line does not say.
    pub replicates: u64,
    /// Seed of the ensemble: of the command line, or of the scenario.
    pub seed: u64,
    /// The mode in force: of the command line, or as the scenario has `[uncertainties]` or not.
    pub uncertainty: Uncertainty,
    /// Hashes of inputs other than scenarios (a design, a posterior): name and SHA-256.
    pub inputs: Vec<(String, String)>,
    /// What the user should know, one line each.
    pub warnings: Vec<String>,
    /// The points at which the worlds are played; none in a plain run.
    pub design: Option<Designed>,
}

/// A design whose points the engines know: the key that [`Engine::replicate`] takes then holds point and replicate
/// ([`crate::store::points`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Designed {
    /// What the manifest says of it.
    pub points: Points,
    /// Text of `design.csv`.
    pub csv: String,
}
