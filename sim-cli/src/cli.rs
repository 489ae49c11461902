//! The command line: raw flags, and the validated settings that they become.

mod calibrate;
mod explore;

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::figures::FigureSettings;
use crate::commands::measures::Form;
use crate::commands::merge::MergeSettings;
use crate::commands::report::ReportSettings;
use crate::commands::run::MOST_REPLICATES;
use crate::commands::score::ScoreSettings;
use crate::console::Color;
use crate::engine::Uncertainty;
use crate::model::{TraceRequest, WorldRequest};
pub use calibrate::CalibrateFlags;
pub use explore::{DiscoverFlags, ExploreFlags, RegretFlags, SelectionFlags, SensitivityFlags};

use crate::settings::{Format, Mode, Override, Progress, Record, RunSettings, Shard, UntilHalfWidth, formats};

/// Vendor lock-in in radio access networks: run scenarios and explain them.
#[derive(Debug, Parser)]
#[command(name = "oransim", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "\
Exit codes:
  0  done
  1  could not go on: disk, permission, internal error (finished replicates are kept)
  2  usage, invalid scenario, refused merge or directory
  3  done, but some replicates failed (failures.csv lists them)
  4  interrupted; --resume goes on from there
  5  a check found a difference")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Flags of every command.
    #[command(flatten)]
    pub common: Common,
}

/// Flags of every command.
#[derive(Debug, Clone, Copy, Args)]
pub struct Common {
    /// When to use colour; `auto` obeys NO_COLOR.
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    pub color: Color,
    /// Print nothing but errors and warnings.
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Simulate the ensemble; write tables and figures; print a headline.
    Run(RunFlags),
    /// Play policies against a base with the same luck; write paired differences and what they cost.
    Compare(CompareFlags),
    /// Play a design over uncertainties and choices: many futures, the same for every policy.
    Explore(ExploreFlags),
    /// Which uncertain inputs decide, and how much is luck; reads a run of `explore`.
    Sensitivity(SensitivityFlags),
    /// In which futures something happens, as boxes in words; reads a run of `explore`.
    Discover(DiscoverFlags),
    /// Which policy is robust by which rule, and where each fails; reads a run of `explore`.
    Regret(RegretFlags),
    /// Find which values of uncertain inputs could have made what was observed; write a posterior.
    Calibrate(CalibrateFlags),
    /// Join the shards of one run.
    Merge(MergeFlags),
    /// Validate scenario files.
    Check(CheckFlags),
    /// Print the merged scenario with the origin of each value.
    Resolve(ResolveFlags),
    /// Print or write the JSON Schema of scenario files.
    Schema(SchemaFlags),
    /// Write a finished run as one document.
    Report(ReportFlags),
    /// Say how well a finished run forecast what was observed.
    Score(ScoreFlags),
    /// List what can be measured: meaning, unit, parts, equation.
    Measures(MeasuresFlags),
    /// List the levers: what each does, by which equation, what it may write, its keys and their sources.
    Levers(LeverFlags),
    /// Show every event of one replicate, and for each tender why the winner won.
    Trace(TraceFlags),
    /// Make the figures of `results/` again, or check that they are what they should be.
    Figures(FigureFlags),
    /// Write the scenarios, sources and schema that the program carries.
    Init(InitFlags),
    /// Write a new scenario that extends another.
    New(NewFlags),
}

/// Which worlds, and with what changes.
#[derive(Debug, Clone, Args)]
pub struct WorldFlags {
    /// Set a value after `extends`: a path as in the table `uncertainties` and a TOML value; for one scenario
    /// only, ID:PATH=VALUE. May be given again; the last wins.
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub overrides: Vec<Override>,
    /// Seed of the ensemble, instead of the scenario's.
    #[arg(long, value_name = "S", allow_negative_numbers = true, value_parser = seed)]
    pub seed: Option<u64>,
    /// Base values, or one vector drawn a replicate; by default `sampled` where the scenario has uncertainties.
    #[arg(long, value_enum, value_name = "MODE")]
    pub uncertainty: Option<Uncertainty>,
}

impl WorldFlags {
    fn request(self, scenarios: Vec<PathBuf>) -> WorldRequest {
        let Self {
            overrides,
            seed,
            uncertainty,
        } = self;
        WorldRequest {
            scenarios,
            overrides,
            seed,
            uncertainty,
            replicates: None,
            record: Record::default(),
        }
    }
}

/// Flags of `oransim report`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oransim report runs/world-2020-1a2b3c4d                     # writes world-2020-1a2b3c4d.html here
  oransim report runs/world-2020-1a2b3c4d --out brief.html --force
  oransim report runs/world-2020-1a2b3c4d --out brief.typ     # then: typst compile brief.typ

The HTML file holds its figures and needs no network. The Typst source takes them from the run
directory; where that lies outside the folder of the source, name a folder that holds both:
  typst compile --root DIR brief.typ")]
pub struct ReportFlags {
    /// Directory of a finished run.
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// The file, `.html`, or `.typ` for Typst source; by default NAME.html in the current directory, NAME that of RUN.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace the file if it is there.
    #[arg(long)]
    force: bool,
}

impl ReportFlags {
    /// As the command knows them.
    pub fn settings(self) -> ReportSettings {
        let Self { run, out, force } = self;
        ReportSettings { run, out, force }
    }
}

/// Flags of `oransim score`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oransim score runs/hindcast-2019-1a2b3c4d \\
      --observed scenarios/observed/ran-sales-delloro.csv \\
      --observed scenarios/observed/open-ran-bounds.csv
  oransim score runs/hindcast-2019-1a2b3c4d --observed observed.csv --after 2020-12-31 \\
      --rival forecasts.csv --csv score.csv

Files of observations and of rivals have the columns
  time,measure,unit,component,generation,place_kind,place,vendor,part,value,low,high,source
where value or a bound may be empty; the file name of a rival is its name in the table.")]
pub struct ScoreFlags {
    /// Directory of a finished run that kept its replicates.
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// What was observed; may be given again, for series that come in several files.
    #[arg(long, value_name = "FILE.csv", required = true)]
    observed: Vec<PathBuf>,
    /// Published forecasts to compare with; may be given again.
    #[arg(long = "rival", value_name = "FILE.csv")]
    rivals: Vec<PathBuf>,
    /// Score only dates after this one; by default the first of the run. What was observed up to it is what persistence knows.
    #[arg(long, value_name = "DATE")]
    after: Option<String>,
    /// Write the table here too; a file that is there already is overwritten.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

impl ScoreFlags {
    /// As the command knows them.
    pub fn settings(self) -> ScoreSettings {
        let Self {
            run,
            observed,
            rivals,
            after,
            csv,
        } = self;
        ScoreSettings {
            run,
            observed,
            rivals,
            after,
            csv,
        }
    }
}

/// Flags of `oransim run`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oransim run scenarios/world-2020.toml
  oransim run scenarios/minimal.toml --replicates 200 --jobs 4 --out runs/first
  oransim run scenarios/world-2020.toml scenarios/my-ban.toml \\
      --set my-ban:levers.my-ban.procurement_ban.strength=0.5
  oransim run scenarios/world-2020.toml --shard 2/8 --out /tmp/w     # then: oransim merge /tmp/w
  oransim run scenarios/world-2020.toml --until-halfwidth lock_in_index=0.002 -n 2000
  oransim run scenarios/world-2020.toml --resume                          # after Ctrl-C")]
pub struct RunFlags {
    /// Scenario files; all are played into one run directory.
    #[arg(required = true, value_name = "SCENARIO")]
    pub scenarios: Vec<PathBuf>,
    /// How they are played and recorded.
    #[command(flatten)]
    pub play: PlayFlags,
}

impl RunFlags {
    /// The settings; `threads` is what the machine offers.
    pub fn settings(self, threads: usize) -> RunSettings {
        self.play.settings(Mode::Run, self.scenarios, threads)
    }
}

/// Flags of `oransim compare`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oransim compare scenarios/world-2020.toml scenarios/eu-ban.toml -n 200
  oransim compare scenarios/minimal.toml scenarios/ban.toml scenarios/fund.toml \\
      --out runs/policies --png

Every world is played with the same luck, so a difference is the policy's. differences.csv holds
the paired differences (alternative less base) of every series that both worlds have, with
intervals, and what a point of lock-in removed costs. All worlds have the same dates, seed and
replicates, or the command line sets them: --seed, --replicates, --set scenario.end=2040-12-31.")]
pub struct CompareFlags {
    /// Scenario file of the base, with which the others are compared.
    #[arg(value_name = "BASE")]
    pub base: PathBuf,
    /// Scenario files of the alternatives.
    #[arg(required = true, value_name = "ALT")]
    pub alternatives: Vec<PathBuf>,
    /// How they are played and recorded.
    #[command(flatten)]
    pub play: PlayFlags,
}

impl CompareFlags {
    /// The settings; `threads` is what the machine offers.
    pub fn settings(self, threads: usize) -> RunSettings {
        let scenarios = std::iter::once(self.base).chain(self.alternatives).collect();
        self.play.settings(Mode::Compare, scenarios, threads)
    }
}

/// How worlds are played and recorded: flags of every command that makes a run directory.
#[derive(Debug, Args)]
pub struct PlayFlags {
    #[command(flatten)]
    world: WorldFlags,
    /// Replicates of each world, instead of the scenario's.
    #[arg(long, short = 'n', value_name = "N", allow_negative_numbers = true, value_parser = replicates)]
    replicates: Option<u64>,
    /// Play until the interval of the mean of MEASURE (of the world, component `ran`, at the last date) is X wide on each
    /// side: looked at after 100, 200, 400, ... replicates, the same for any number of threads. --replicates is then
    /// the most, 10000 by default; the level of each look is such that all of them together hold with 95%.
    #[arg(long, value_name = "MEASURE=X", conflicts_with = "shard")]
    until_halfwidth: Option<UntilHalfWidth>,
    /// Threads; by default as many as the machine offers. The results do not depend on it.
    #[arg(long, short, value_name = "J", allow_negative_numbers = true, value_parser = threads)]
    jobs: Option<NonZeroUsize>,
    /// Run directory; by default runs/NAME-HASH8.
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Formats of tables beside summary.csv.
    #[arg(
        long = "format",
        value_enum,
        value_delimiter = ',',
        value_name = "LIST",
        default_value = "parquet"
    )]
    formats: Vec<Format>,
    /// Series kept a replicate, and whether tenders are: core, all or none, then `,tenders`.
    #[arg(long, default_value = "core", value_name = "WHAT")]
    record: Record,
    /// Play only the I-th of N parts, into DIR/shard-I-of-N.
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
    /// Figures as PNG too.
    #[arg(long)]
    png: bool,
}

impl PlayFlags {
    /// The settings; `threads` is what the machine offers.
    fn settings(self, mode: Mode, scenarios: Vec<PathBuf>, threads: usize) -> RunSettings {
        RunSettings {
            mode,
            scenarios,
            replicates: self.replicates,
            seed: self.world.seed,
            jobs: self.jobs.map_or(threads.max(1), NonZeroUsize::get),
            out: self.out,
            overrides: self.world.overrides,
            formats: formats(&self.formats),
            record: self.record,
            uncertainty: self.world.uncertainty,
            until: self.until_halfwidth,
            shard: self.shard,
            resume: self.resume,
            force: self.force,
            png: self.png,
        }
    }
}

/// Flags of `oransim merge`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oransim run scenarios/world-2020.toml --shard 1/2 --out runs/world
  oransim run scenarios/world-2020.toml --shard 2/2 --out runs/world
  oransim merge runs/world")]
pub struct MergeFlags {
    /// Directory that holds the shards.
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// Formats of tables beside summary.csv.
    #[arg(
        long = "format",
        value_enum,
        value_delimiter = ',',
        value_name = "LIST",
        default_value = "parquet"
    )]
    formats: Vec<Format>,
    /// Replace what an earlier merge left.
    #[arg(long)]
    force: bool,
    /// Figures as PNG too.
    #[arg(long)]
    png: bool,
}

impl MergeFlags {
    /// The settings.
    pub fn settings(self) -> MergeSettings {
        let formats: BTreeSet<Format> = formats(&self.formats);
        MergeSettings {
            directory: self.directory,
            formats,
            force: self.force,
            png: self.png,
        }
    }
}

/// Flags of `oransim check`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oransim check scenarios/*.toml
  oransim check scenarios/world-2020.toml --assumptions")]
pub struct CheckFlags {
    /// Scenario files.
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    #[command(flatten)]
    world: WorldFlags,
    /// Print who assumed what, and how much of the site weight is sourced.
    #[arg(long)]
    pub assumptions: bool,
    /// Rewrite files of an older format, printing what changes.
    #[arg(long)]
    pub upgrade: bool,
}

impl CheckFlags {
    /// The worlds to check.
    pub fn request(self) -> WorldRequest {
        self.world.request(self.scenarios)
    }
}

/// Flags of `oransim resolve`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oransim resolve scenarios/my-ban.toml
  oransim resolve scenarios/my-ban.toml --set market.taste_scale_share=0.1 > resolved.toml")]
pub struct ResolveFlags {
    /// Scenario file.
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    #[command(flatten)]
    world: WorldFlags,
}

impl ResolveFlags {
    /// The world to resolve.
    pub fn request(self) -> WorldRequest {
        self.world.request(vec![self.scenario])
    }
}

/// Flags of `oransim schema`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oransim schema
  oransim schema --write                       # scenarios/scenario.schema.json
  oransim schema --write other/scenario.schema.json")]
pub struct SchemaFlags {
    /// Write it to a file instead.
    #[arg(
        long,
        value_name = "FILE",
        num_args = 0..=1,
        default_missing_value = "scenarios/scenario.schema.json"
    )]
    pub write: Option<PathBuf>,
}

/// Flags of `oransim measures`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oransim measures
  oransim measures lock_in_curve
  oransim measures --json")]
pub struct MeasuresFlags {
    /// Only this one, in full.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// An array of JSON objects.
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// The table of the README.
    #[arg(long)]
    markdown: bool,
}

impl MeasuresFlags {
    /// How it is printed.
    pub fn form(&self) -> Form {
        match (self.json, self.markdown) {
            (true, _) => Form::Json,
            (_, true) => Form::Markdown,
            _ => Form::Text,
        }
    }
}

/// Flags of `oransim levers`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oransim levers
  oransim levers share_cap
  oransim levers --json | jq '.[].keys'
  oransim levers --write                       # LEVERS.md")]
pub struct LeverFlags {
    /// Kind of lever; without it, all of them in a table.
    #[arg(value_name = "KIND")]
    pub kind: Option<String>,
    /// As JSON, with all details.
    #[arg(long, conflicts_with = "write")]
    pub json: bool,
    /// Write all of them to a file, as Markdown.
    #[arg(
        long,
        value_name = "FILE",
        num_args = 0..=1,
        default_missing_value = "LEVERS.md",
        conflicts_with = "kind"
    )]
    pub write: Option<PathBuf>,
}

/// Flags of `oransim trace`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oransim trace scenarios/minimal.toml --replicate 0
  oransim trace scenarios/world-2020.toml --replicate 17 --operator gbr-bt \\
      --from 2020-01-01 --to 2024-12-31
  oransim trace scenarios/minimal.toml --replicate 3 --json | jq .winner

Money is US dollars of 2020 a site. `net` is value less price, the sum of the items below it; `luck`
are the shocks of the alternative and of its nest (architecture); `total` orders alternatives as the
draw did: what its nest reaches, less what the alternative lacks to the best of its nest.")]
pub struct TraceFlags {
    /// Scenario file.
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    #[command(flatten)]
    world: WorldFlags,
    /// Index of the replicate, from 0.
    #[arg(long, value_name = "K")]
    replicate: u64,
    /// Only events of this operator.
    #[arg(long, value_name = "ID")]
    operator: Option<String>,
    /// Only this tender.
    #[arg(long, value_name = "ID")]
    tender: Option<String>,
    /// Not before this date.
    #[arg(long, value_name = "DATE", value_parser = iso_date)]
    from: Option<String>,
    /// Not after this date.
    #[arg(long, value_name = "DATE", value_parser = iso_date)]
    to: Option<String>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

impl TraceFlags {
    /// What to show.
    pub fn request(self) -> TraceRequest {
        TraceRequest {
            world: self.world.request(vec![self.scenario]),
            replicate: self.replicate,
            operator: self.operator,
            tender: self.tender,
            from: self.from,
            to: self.to,
            json: self.json,
        }
    }
}

/// A number of replicates; a plan says later whether it is one that can be played.
fn replicates(text: &str) -> Result<u64, String> {
    (text.parse()).map_err(|_| format!("say 1 to {MOST_REPLICATES}"))
}

/// A seed.
fn seed(text: &str) -> Result<u64, String> {
    (text.parse()).map_err(|_| "say a whole number, 0 or more".to_owned())
}

/// A size of a design; making it says later whether it is one that can be played.
fn points(text: &str) -> Result<u64, String> {
    (text.parse()).map_err(|_| "say a number of points, 1 or more".to_owned())
}

/// A number of threads.
fn threads(text: &str) -> Result<NonZeroUsize, String> {
    text.parse()
        .map_err(|_| "say a number of threads, 1 or more".to_owned())
}

fn iso_date(text: &str) -> Result<String, String> {
    match crate::time::parse_iso(text) {
        Some(days) => Ok(crate::time::iso(days)),
        None => Err("say a date as 2030-12-31".into()),
    }
}

/// Flags of `oransim figures`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oransim figures
  oransim figures --only 01-lock-in
  oransim figures --check                 # redraw, compare hashes, compute the cheap ones anew
  oransim figures --check --full          # compute all of them anew
  oransim figures --only 01-lock-in --check --full")]
pub struct FigureFlags {
    /// Only this figure of results/figures.toml; may be given again.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Compare the figures with what they should be; exit code 5 where one differs.
    #[arg(long)]
    check: bool,
    /// Compute all figures anew when comparing, not only the cheap ones.
    #[arg(long, requires = "check")]
    full: bool,
}

impl FigureFlags {
    /// The settings.
    pub fn settings(self) -> FigureSettings {
        let Self { only, check, full } = self;
        FigureSettings { only, check, full }
    }
}

/// Flags of `oransim init`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oransim init my-study
  cd my-study && oransim run scenarios/minimal.toml")]
pub struct InitFlags {
    /// Where to write.
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
    /// Replace files that differ.
    #[arg(long)]
    pub force: bool,
}

/// Flags of `oransim new`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oransim new scenarios/my-ban.toml --from world-2020")]
pub struct NewFlags {
    /// File to write.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Id of the scenario that it extends.
    #[arg(long, value_name = "ID")]
    pub from: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound_and_every_command_has_examples() {
        let mut command = Cli::command();
        command.build();
        command.clone().debug_assert();
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
            let help = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(
                help.contains(&format!("oransim {}", sub.get_name())),
                "{} has no example",
                sub.get_name()
            );
        }
    }

    #[test]
    fn no_example_is_wrapped_in_the_middle() {
        let mut command = Cli::command();
        command.build();
        for sub in command.get_subcommands() {
            let help = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
            for line in help.lines() {
                assert!(line.chars().count() <= 100, "{}: {line}", sub.get_name());
            }
        }
    }

    #[test]
    fn numbers_that_cannot_be_are_answered_with_those_that_can() {
        let said = |line: &str| match Cli::try_parse_from(line.split_whitespace()) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        };
        assert!(said("oransim run a.toml -n -4").contains("say 1 to 10000000"));
        for command in [
            "run a.toml",
            "explore a.toml --design lhs",
            "calibrate a.toml --targets t.csv",
        ] {
            let said = said(&format!("oransim {command} --seed -1"));
            assert!(said.contains("say a whole number, 0 or more"), "{said}");
        }
        assert!(said("oransim run a.toml --jobs 0").contains("say a number of threads, 1 or more"));
        assert!(said("oransim explore a.toml --design lhs --jobs -1").contains("number of threads, 1 or more"));
        assert!(said("oransim explore a.toml --design lhs -n -1").contains("number of points, 1 or more"));
        let unbound = said("oransim discover runs/a");
        assert!(
            unbound.contains("--above <X>") && unbound.contains("--below <X>"),
            "{unbound}"
        );
    }

    #[test]
    fn flags_become_settings() {
        let line = "oransim run a.toml b.toml -n 40 --seed 7 --jobs 3 --out d --set x.y=1 --set a:z=2 \
                    --format csv,xlsx --record none,tenders --uncertainty sampled --shard 2/4 --resume --quiet";
        let cli = Cli::try_parse_from(line.split_whitespace()).unwrap();
        assert!(cli.common.quiet);
        let Command::Run(flags) = cli.command else {
            panic!("not run")
        };
        let settings = flags.settings(8);
        assert_eq!(settings.scenarios.len(), 2);
        assert_eq!(
            (settings.replicates, settings.seed, settings.jobs),
            (Some(40), Some(7), 3)
        );
        assert_eq!(settings.formats, BTreeSet::from([Format::Csv, Format::Xlsx]));
        assert_eq!(settings.overrides[1].scenario.as_deref(), Some("a"));
        assert!(settings.record.tenders && settings.resume && !settings.force);
        assert_eq!(settings.shard, Some(Shard { index: 2, of: 4 }));
    }

    #[test]
    fn the_base_of_a_comparison_comes_first() {
        let line = "oransim compare base.toml a.toml b.toml -n 40 --jobs 3";
        let cli = Cli::try_parse_from(line.split_whitespace()).unwrap();
        let Command::Compare(flags) = cli.command else {
            panic!("not compare")
        };
        let settings = flags.settings(8);
        assert_eq!(
            (settings.mode, settings.replicates, settings.jobs),
            (Mode::Compare, Some(40), 3)
        );
        assert_eq!(settings.scenarios, ["base.toml", "a.toml", "b.toml"].map(PathBuf::from));
    }

    #[test]
    fn slips_are_refused() {
        for line in [
            "oransim run",
            "oransim compare a.toml",
            "oransim run a.toml --jobs 0",
            "oransim run a.toml --resume --force",
            "oransim run a.toml --shard 3/2",
            "oransim run a.toml --record everything",
            "oransim run a.toml --set nothing",
            "oransim run a.toml --replicates -1",
            "oransim trace a.toml",
            "oransim trace a.toml --replicate 0 --from 2020",
            "oransim explore a.toml",
        ] {
            assert!(Cli::try_parse_from(line.split_whitespace()).is_err(), "{line}");
        }
    }
}
