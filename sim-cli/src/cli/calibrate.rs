//! Flags of `oransim calibrate`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use crate::commands::calibrate::{CalibrateSettings, Effort};
use crate::model::CalibrationRequest;
use crate::settings::{Override, Progress};

/// Flags of `oransim calibrate`.
#[derive(Debug, Args)]
#[command(after_help = "\
The priors are the scenario's [uncertainties]. The targets have the columns of observations,
  time,measure,unit,component,generation,place_kind,place,vendor,part,value,low,high,source
and `low,high` beside a value are its tolerance: the central 95% of the error of observation and the
model's discrepancy together. A row without them takes --tolerance. A range or bound without a value
is a target too.

Method: history matching in waves (Sobol' points, the same luck at each, a response surface,
implausibility), then Bayes' rule on what is left, and the posterior played by the model with new
luck.

Examples:
  oransim calibrate scenarios/calibration-2019.toml --targets scenarios/targets/fit-1.csv \\
      --out runs/fit-1
  oransim calibrate scenarios/calibration-2019.toml --targets scenarios/targets/fit-1.csv \\
      --out runs/fit-1 --resume                                   # after Ctrl-C
  oransim calibrate my-study.toml --targets seen.csv --tolerance 0.03 \\
      --points 128 --waves 2                                      # a look
  cp runs/fit-1/posterior.csv scenarios/posterior/fit-1.csv     # then: [posterior] file = ...

DIR holds posterior.csv, parameters.csv (identifiability), correlations.csv, waves.csv
(convergence), surfaces.csv, targets.csv (fit), points.csv and outcomes.csv (what was played),
report.txt, manifest.json.")]
pub struct CalibrateFlags {
    /// Scenario file; its [uncertainties] are the priors.
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// What was observed, with tolerances.
    #[arg(long, value_name = "FILE.csv")]
    targets: PathBuf,
    /// Standard deviation of error and discrepancy of rows without bounds of their own, in the unit of the row.
    #[arg(long, value_name = "SD")]
    tolerance: Option<f64>,
    /// Points a wave; a full quadratic surface over K inputs needs (K+1)(K+2).
    #[arg(long, short = 'n', value_name = "N", default_value_t = 256)]
    points: u32,
    /// Replicates at each point, with the same luck at all.
    #[arg(long, value_name = "R", default_value_t = 8)]
    replicates: u32,
    /// Waves of points.
    #[arg(long, value_name = "W", default_value_t = 3)]
    waves: u32,
    /// Replicates at the scenario's own values, by which luck is measured.
    #[arg(long, value_name = "L", default_value_t = 96)]
    luck: u32,
    /// Rows of the posterior file.
    #[arg(long, value_name = "D", default_value_t = 400)]
    draws: u32,
    /// Rows of the posterior that the model plays at the end, with luck of their own.
    #[arg(long, value_name = "C", default_value_t = 64)]
    checks: u32,
    /// Implausibility above which a point is ruled out.
    #[arg(long, value_name = "X", default_value_t = 3.0)]
    cutoff: f64,
    /// Set a value after `extends`, as in `oransim run`.
    #[arg(long = "set", value_name = "PATH=VALUE")]
    overrides: Vec<Override>,
    /// Seed of designs and luck, instead of the scenario's.
    #[arg(long, value_name = "S", allow_negative_numbers = true, value_parser = super::seed)]
    seed: Option<u64>,
    /// Threads; by default as many as the machine offers. The results do not depend on it.
    #[arg(long, short, value_name = "J", allow_negative_numbers = true, value_parser = super::threads)]
    jobs: Option<NonZeroUsize>,
    /// Directory; by default runs/calibrate-ID-HASH8.
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Finish a calibration that was interrupted.
    #[arg(long, conflicts_with = "force")]
    resume: bool,
    /// Begin again, replacing files that this program wrote.
    #[arg(long)]
    force: bool,
    /// Progress on standard error.
    #[arg(long, value_enum, default_value = "auto", value_name = "HOW")]
    pub progress: Progress,
}

impl CalibrateFlags {
    /// The settings; `threads` is what the machine offers.
    pub fn settings(self, threads: usize) -> CalibrateSettings {
        CalibrateSettings {
            request: CalibrationRequest {
                scenario: self.scenario,
                overrides: self.overrides,
                seed: self.seed,
                targets: self.targets,
            },
            tolerance: self.tolerance,
            effort: Effort {
                points: self.points,
                replicates: self.replicates,
                waves: self.waves,
                luck: self.luck,
                draws: self.draws,
                checks: self.checks,
                cutoff: self.cutoff,
            },
            jobs: self.jobs.map_or(threads.max(1), NonZeroUsize::get),
            out: self.out,
            resume: self.resume,
            force: self.force,
        }
    }
}
