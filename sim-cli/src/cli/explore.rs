//! Flags of `oransim explore` and of the commands that read what it leaves.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{ArgGroup, Args};

use crate::commands::explore::ExploreSettings;
use crate::commands::study::{DiscoverSettings, RegretSettings, Selection};
use crate::model::{DesignRequest, ExploreRequest, WorldRequest};
use crate::settings::{Format, Mode, Override, Progress, Record, RunSettings, Shard, formats};
use sim_core::inference::regret::Better;

/// Flags of `oransim explore`.
#[derive(Debug, Args)]
#[command(after_help = "\
Designs, over the axes that stand in [uncertainties]:
  lhs        Latin hypercube of N futures
  sobol      first N points of a scrambled Sobol' sequence; more can be added later
  grid       all combinations of N values of each axis
  saltelli   N blocks of (axes + 2) futures, for Sobol' indices: oransim sensitivity
  morris     N trajectories of (axes + 1) futures, for elementary effects: oransim sensitivity
  FILE.csv   made elsewhere: a header of paths, a row a future
Each future meets every combination of the values in [choices], with the same luck.

Examples:
  oransim explore scenarios/my-study.toml --design sobol -n 256 --replicates 4
  oransim explore scenarios/my-study.toml --design sobol -n 512 --replicates 4   # 256 more
  oransim explore scenarios/no-ban.toml scenarios/ban.toml --design lhs -n 200     # two policies
  oransim explore scenarios/my-study.toml --design futures.csv")]
pub struct ExploreFlags {
    /// Scenario files; several are policies that meet the same futures.
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    /// How futures are spread: grid, lhs, sobol, saltelli, morris, or a CSV file.
    #[arg(long, value_name = "DESIGN")]
    design: DesignRequest,
    /// Size of the design; of a CSV file, its first N rows.
    #[arg(long = "points", short = 'n', value_name = "N", allow_negative_numbers = true, value_parser = super::points)]
    n: Option<u64>,
    /// Replicates at each point; luck can be told from the inputs with 2 or more.
    #[arg(long, value_name = "R", default_value_t = 2)]
    replicates: u64,
    /// Set a value after `extends`, as in `oransim run`.
    #[arg(long = "set", value_name = "PATH=VALUE")]
    overrides: Vec<Override>,
    /// Seed of design and luck, instead of the scenario's.
    #[arg(long, value_name = "S", allow_negative_numbers = true, value_parser = super::seed)]
    seed: Option<u64>,
    /// Threads; by default as many as the machine offers. The results do not depend on it.
    #[arg(long, short, value_name = "J", allow_negative_numbers = true, value_parser = super::threads)]
    jobs: Option<NonZeroUsize>,
    /// Run directory; by default runs/explore-ID-HASH8.
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Formats of tables beside summary.csv: csv, parquet.
    #[arg(
        long = "format",
        value_enum,
        value_delimiter = ',',
        value_name = "LIST",
        default_value = "parquet"
    )]
    formats: Vec<Format>,
    /// Series kept a replicate: core, all or none.
    #[arg(long, default_value = "core", value_name = "WHAT", value_parser = series_only)]
    record: Record,
    /// Play only the I-th of N parts of the replicates of each point, into DIR/shard-I-of-N.
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Finish a run that was interrupted.
    #[arg(long, conflicts_with = "force")]
    resume: bool,
    /// Begin again, replacing files that this program wrote.
    #[arg(long)]
    force: bool,
    /// Progress on standard error.
    #[arg(long, value_enum, default_value = "auto", value_name = "HOW")]
    pub progress: Progress,
}

fn series_only(text: &str) -> Result<Record, String> {
    let record: Record = text.parse()?;
    if record.tenders {
        return Err("tenders are kept by `oransim run` only: say core, all or none".to_owned());
    }
    Ok(record)
}

impl ExploreFlags {
    /// The settings; `threads` is what the machine offers.
    pub fn settings(self, threads: usize) -> ExploreSettings {
        // A workbook has no sheet for points.
        let asked: Vec<Format> = self
            .formats
            .into_iter()
            .filter(|format| *format != Format::Xlsx)
            .collect();
        let world = WorldRequest {
            scenarios: self.scenarios.clone(),
            overrides: self.overrides.clone(),
            seed: self.seed,
            uncertainty: None,
            replicates: Some(self.replicates),
            record: self.record,
        };
        ExploreSettings {
            request: ExploreRequest {
                world,
                design: self.design,
                n: self.n,
            },
            run: RunSettings {
                mode: Mode::Explore,
                scenarios: self.scenarios,
                replicates: Some(self.replicates),
                seed: self.seed,
                jobs: self.jobs.map_or(threads.max(1), NonZeroUsize::get),
                out: self.out,
                overrides: self.overrides,
                formats: formats(&asked),
                record: self.record,
                uncertainty: None,
                until: None,
                shard: self.shard,
                resume: self.resume,
                force: self.force,
                png: false,
            },
        }
    }
}

/// Which number of each point is read.
#[derive(Debug, Clone, Args)]
pub struct SelectionFlags {
    /// Directory of a finished `oransim explore`.
    #[arg(value_name = "RUN")]
    directory: PathBuf,
    /// The measure.
    #[arg(long, default_value = "lock_in_index", value_name = "NAME")]
    measure: String,
    /// Date of the measurement; by default the last.
    #[arg(long, value_name = "DATE", value_parser = super::iso_date)]
    time: Option<String>,
    /// The component: ran, ru, bb or core.
    #[arg(long, default_value = "ran", value_name = "ID")]
    component: String,
    /// The generation.
    #[arg(long, default_value = "all", value_name = "ID")]
    generation: String,
    /// The place.
    #[arg(long, default_value = "world", value_name = "ID")]
    place: String,
    /// The vendor or group.
    #[arg(long, default_value = "all", value_name = "ID")]
    vendor: String,
    /// The part of the measure.
    #[arg(long, default_value = "all", value_name = "ID")]
    part: String,
}

impl SelectionFlags {
    fn selection(self) -> Selection {
        Selection {
            directory: self.directory,
            time: self.time,
            keys: [
                self.measure,
                self.component,
                self.generation,
                self.place,
                self.vendor,
                self.part,
            ],
        }
    }
}

/// Flags of `oransim sensitivity`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oransim explore scenarios/my-study.toml --design saltelli -n 256 --out runs/indices
  oransim sensitivity runs/indices
  oransim sensitivity runs/indices --measure hhi_sites --time 2030-12-31")]
pub struct SensitivityFlags {
    #[command(flatten)]
    selection: SelectionFlags,
}

impl SensitivityFlags {
    /// What is read.
    pub fn selection(self) -> Selection {
        self.selection.selection()
    }
}

/// Flags of `oransim discover`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("bound").args(["above", "below"]).required(true)))]
#[command(after_help = "\
Examples:
  oransim discover runs/my-study --above 0.2      # in which futures is lock-in above 20%?
  oransim discover runs/my-study --measure effective_vendors --below 2 --density 0.9")]
pub struct DiscoverFlags {
    #[command(flatten)]
    selection: SelectionFlags,
    /// Futures of interest have an outcome above this.
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = finite)]
    above: Option<f64>,
    /// Futures of interest have an outcome below this.
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = finite)]
    below: Option<f64>,
    /// Share of the futures in a box that should be of interest.
    #[arg(long, value_name = "D", default_value_t = 0.8, value_parser = share)]
    density: f64,
    /// Share of the points that one slice takes.
    #[arg(long, value_name = "A", default_value_t = 0.05, value_parser = slice)]
    alpha: f64,
    /// Most boxes for a policy.
    #[arg(long, value_name = "K", default_value_t = 3)]
    boxes: usize,
}

fn finite(text: &str) -> Result<f64, String> {
    let value = text.parse().ok().filter(|value: &f64| value.is_finite());
    value.ok_or_else(|| "say a number".to_owned())
}

fn share(text: &str) -> Result<f64, String> {
    let value = finite(text)?;
    if (0.0..=1.0).contains(&value) {
        Ok(value)
    } else {
        Err("say a share from 0 to 1".to_owned())
    }
}

fn slice(text: &str) -> Result<f64, String> {
    let value = finite(text)?;
    if (0.001..=0.5).contains(&value) {
        Ok(value)
    } else {
        Err("say a share from 0.001 to 0.5".to_owned())
    }
}

impl DiscoverFlags {
    /// The settings.
    pub fn settings(self) -> DiscoverSettings {
        let (threshold, above) = match (self.above, self.below) {
            (Some(threshold), _) => (threshold, true),
            (None, below) => (below.unwrap_or(f64::NAN), false),
        };
        DiscoverSettings {
            selection: self.selection.selection(),
            threshold,
            above,
            density: self.density,
            alpha: self.alpha,
            boxes: self.boxes,
        }
    }
}

/// Which outcomes are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum BetterFlag {
    /// Small ones.
    Low,
    /// Large ones.
    High,
}

/// Flags of `oransim regret`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oransim regret runs/my-study
  oransim regret runs/my-study --threshold 0.2   # in how many futures is lock-in at most 20%?
  oransim regret runs/my-study --measure welfare --better high")]
pub struct RegretFlags {
    #[command(flatten)]
    selection: SelectionFlags,
    /// Which outcomes are good.
    #[arg(long, value_enum, default_value = "low", value_name = "WHICH")]
    better: BetterFlag,
    /// What is good enough; may be given again.
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = finite)]
    threshold: Vec<f64>,
    /// Weight of the best outcome in Hurwicz's rule.
    #[arg(long, value_name = "W", default_value_t = 0.5, value_parser = share)]
    optimism: f64,
}

impl RegretFlags {
    /// The settings.
    pub fn settings(self) -> RegretSettings {
        RegretSettings {
            selection: self.selection.selection(),
            better: match self.better {
                BetterFlag::Low => Better::Low,
                BetterFlag::High => Better::High,
            },
            thresholds: self.threshold,
            optimism: self.optimism,
        }
    }
}
