//! `oransim calibrate`: which values of uncertain inputs could have made what was observed.
//!
//! This file decides what lies in the directory and keeps the order of steps; `calibrate/play.rs` plays points, `calibrate/targets.rs`
//! says what is aimed at, `calibrate/tables.rs` and `calibrate/words.rs` write. The method is `sim_core::inference::calibration`.
//!
//! Each wave's points are a function of all that was played before, so nothing but finished replicates has to be kept to resume: the steps are
//! taken again, and what is there is not played twice.

mod play;
mod tables;
mod targets;
mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sim_core::inference::calibration::{Calibration, CalibrationError, Problem, Terms, luck_of_history};
use sim_core::scenario::Distribution;
use sim_core::{MODEL_VERSION, RESULTS_EPOCH};

use super::Session;
use crate::exit::{Context as _, Exit, Failure, Result};
use crate::model::{CalibrationRequest, CalibrationWorld, Model};
use crate::observed;
use crate::settings::Record;
use crate::store::atomic;
use crate::store::canonical::sha256_hex;
use crate::store::directory::{Found, RunDirectory};
use crate::store::force::{self, CALIBRATION};
use crate::store::layout::Layout;
use crate::store::lock::Lock;
use crate::store::manifest::{FORMAT, Manifest, ManifestWorld};
use crate::store::plan::{Plan, PlannedWorld, Sitting};
use crate::store::provenance::Provenance;
use crate::store::segments::Segments;
use crate::time::now_utc;
use play::{INTERRUPTED, Player};
use tables::{Checked, Results};
use targets::Targets;

/// Most candidates by which a region is searched and the posterior weighed.
const CANDIDATES: u32 = 1 << 18;
/// Most points, replicates or draws of a calibration: beyond it a slip is likelier than a wish.
const MOST: u32 = 100_000;

/// How much is played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effort {
    /// Points a wave.
    pub points: u32,
    /// Replicates a point.
    pub replicates: u32,
    /// Waves.
    pub waves: u32,
    /// Replicates by which luck is measured.
    pub luck: u32,
    /// Rows of the posterior.
    pub draws: u32,
    /// Rows of it that are played at the end.
    pub checks: u32,
    /// Implausibility above which a point is ruled out.
    pub cutoff: f64,
}

impl Effort {
    fn check(&self) -> Result<()> {
        let counts = [
            ("points", self.points, 4),
            ("replicates", self.replicates, 1),
            ("waves", self.waves, 1),
            ("luck", self.luck, 8),
            ("draws", self.draws, 10),
            ("checks", self.checks, 2),
        ];
        for (name, count, least) in counts {
            if !(least..=MOST).contains(&count) {
                return Err(Failure::Refused(format!("--{name} {count}: say {least} to {MOST}")));
            }
        }
        if self.waves > 20 {
            return Err(Failure::Refused(format!("--waves {}: say 1 to 20", self.waves)));
        }
        if !(self.cutoff.is_finite() && self.cutoff > 0.0) {
            return Err(Failure::Refused(format!(
                "--cutoff {}: say a number above 0, such as 3",
                self.cutoff
            )));
        }
        Ok(())
    }

    /// All that the results hang on beside scenario, targets and seed, for the manifest.
    fn text(&self, tolerance: Option<f64>) -> String {
        let tolerance = tolerance.map_or_else(|| "none".to_owned(), |sd| sd.to_string());
        format!(
            "points {} replicates {} waves {} luck {} draws {} checks {} cutoff {} tolerance {tolerance}",
            self.points, self.replicates, self.waves, self.luck, self.draws, self.checks, self.cutoff
        )
    }
}

/// What a calibration was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibrateSettings {
    /// Scenario and targets.
    pub request: CalibrationRequest,
    /// Tolerance of targets without bounds.
    pub tolerance: Option<f64>,
    /// How much is played.
    pub effort: Effort,
    /// Threads.
    pub jobs: usize,
    /// Directory, where the command line says.
    pub out: Option<PathBuf>,
    /// Finish an unfinished calibration.
    pub resume: bool,
    /// Begin again.
    pub force: bool,
}

/// Calibrates: anew, resumed, or printed again, as the directory and the settings say.
///
/// # Errors
/// [`Failure::Refused`] where scenario, targets or directory cannot be used; [`Failure::Different`] where nothing in the priors could have made
/// what was observed; [`Failure::Interrupted`]; [`Failure::CouldNotGoOn`] of the disk.
pub fn calibrate(model: &dyn Model, settings: &CalibrateSettings, session: &Session<'_>) -> Result<Exit> {
    settings.effort.check()?;
    let (read, text) = (observed::read(&settings.request.targets)?, &settings.request.targets);
    let bytes = std::fs::read(text).while_doing("read", text)?;
    let targets = Targets::new(&read, settings.tolerance, &settings.request.targets)?;
    let world = model.calibration(&settings.request, &read)?;
    let inputs = world.priors.len();
    let least = 2 * Terms::Linear.count(inputs);
    if (settings.effort.points as usize) < least {
        return Err(Failure::Refused(format!(
            "--points {}: {inputs} inputs need at least {least} points a wave, and {} for a quadratic surface",
            settings.effort.points,
            2 * Terms::Quadratic.count(inputs)
        )));
    }
    for warning in &world.warnings {
        session.console.warn(warning);
    }
    let plan = plan_of(&world, settings, &sha256_hex(&bytes), session)?;
    let root = settings
        .out
        .clone()
        .unwrap_or_else(|| Path::new("runs").join(format!("calibrate-{}-{}", world.id, &plan.manifest.run_key()[..8])));
    let work = Work {
        settings,
        session,
        directory: RunDirectory::new(root),
        world,
        targets,
    };
    work.start(plan)
}

fn plan_of(
    world: &CalibrationWorld,
    settings: &CalibrateSettings,
    targets: &str,
    session: &Session<'_>,
) -> Result<Plan> {
    let engine = world.world.engine(Vec::new());
    let layout = Layout::of(engine.as_ref())?;
    let layouts = [layout.clone()];
    let inputs = [
        ("method", settings.effort.text(settings.tolerance)),
        ("targets", targets.to_owned()),
    ];
    Ok(Plan {
        manifest: Manifest {
            format: FORMAT,
            model_version: MODEL_VERSION.to_owned(),
            results_epoch: RESULTS_EPOCH,
            mode: "calibrate".to_owned(),
            worlds: vec![ManifestWorld {
                id: world.id.clone(),
                values_hash: world.values_hash.clone(),
            }],
            inputs: inputs.map(|(name, value)| (name.to_owned(), value)).into(),
            seed: world.seed,
            uncertainty: "designed".to_owned(),
            recorded: Manifest::recorded(Record::default(), &layouts),
            replicates: u64::from(settings.effort.replicates),
            until: None,
            points: None,
        },
        shard: None,
        worlds: vec![PlannedWorld {
            layout,
            resolved_toml: world.resolved_toml.clone(),
            origins: world.origins.clone(),
            valuation: engine.valuation(),
        }],
        sittings: vec![Sitting {
            started: now_utc(),
            command: session.surroundings.command.clone(),
            jobs: settings.jobs,
        }],
        design: None,
    })
}

/// One calibration on its way into a directory.
struct Work<'a> {
    settings: &'a CalibrateSettings,
    session: &'a Session<'a>,
    directory: RunDirectory,
    world: CalibrationWorld,
    targets: Targets,
}

impl Work<'_> {
    fn refuse<T>(&self, text: &str) -> Result<T> {
        Err(Failure::Refused(format!("{}: {text}", self.directory.root().display())))
    }

    /// Decides by what is there; nothing is written before the decision.
    fn start(&self, plan: Plan) -> Result<Exit> {
        match self.directory.look()? {
            found if self.settings.force => force::refuse_collisions(&self.directory, &found, &plan)?,
            Found::Finished(old) => {
                if *old == plan.manifest {
                    return self.show();
                }
                return self.refuse(&format!(
                    "it holds another run ({}). Choose another --out, or replace it with --force",
                    old.difference(&plan.manifest)
                ));
            }
            Found::Shard(_) => {
                return self.refuse("it holds a shard of a run. Choose another --out, or replace it with --force");
            }
            Found::Foreign(why) => return self.refuse(&format!("{why}. Choose another --out")),
            _ => {}
        }
        let lock = Lock::take(&self.directory.work())?;
        // Another process may have been here between the look and the lock: what is there now counts.
        let found = self.directory.look()?;
        if self.settings.force {
            force::clear(&self.directory, &found, &plan)?;
            return self.work(plan, lock);
        }
        match found {
            Found::Nothing => self.work(plan, lock),
            Found::Unfinished { plan: old, .. } if old.manifest != plan.manifest => self.refuse(&format!(
                "it holds another, unfinished run ({}). Choose another --out, or replace it with --force",
                old.manifest.difference(&plan.manifest)
            )),
            Found::Unfinished { plan: old, .. } if self.settings.resume => {
                let sittings = [old.sittings, plan.sittings.clone()].concat();
                self.work(Plan { sittings, ..plan }, lock)
            }
            Found::Unfinished { .. } => self
                .refuse("it holds this calibration, unfinished: add --resume to finish it, or --force to begin again"),
            Found::Finished(_) | Found::Shard(_) | Found::Foreign(_) => {
                self.refuse("another process worked there just now: try again")
            }
        }
    }

    /// Prints the report of a finished calibration.
    fn show(&self) -> Result<Exit> {
        let path = self.directory.file("report.txt");
        let text = std::fs::read_to_string(&path).while_doing("read", &path)?;
        self.session.console.show(&text)?;
        self.session
            .console
            .note(&format!("calibration in {}", self.directory.root().display()));
        Ok(Exit::Done)
    }

    fn work(&self, plan: Plan, lock: Lock) -> Result<Exit> {
        plan.write(&self.directory.plan())?;
        let mut segments = Segments::new(plan.layouts(), &plan.manifest.run_key());
        segments.open_for_writing(&self.directory.segments())?;
        let mut player = Player::new(
            self.world.world.as_ref(),
            &self.targets,
            self.settings.jobs,
            self.session,
            segments,
        );
        let (calibration, results) = self.calibrate(&mut player)?;
        let failed = player.failed();
        self.session.go_on(INTERRUPTED)?;
        let files = tables::all(&plan.manifest, &self.world, &self.targets, &calibration, &results)?;
        self.session.go_on(INTERRUPTED)?;
        self.finish(&plan, &files, failed)?;
        drop(player);
        self.directory.remove_work()?;
        drop(lock);
        self.show()?;
        if failed > 0 {
            self.session.console.warn(&format!(
                "{failed} replicates failed: failures.csv says why, their points were left out"
            ));
            return Ok(Exit::SomeFailed);
        }
        Ok(Exit::Done)
    }

    /// The steps of the method.
    fn calibrate(&self, player: &mut Player<'_>) -> Result<(Calibration, Results)> {
        let effort = &self.settings.effort;
        let histories = player.histories(u64::from(effort.luck.max(effort.replicates)))?;
        let Some(luck) = luck_of_history(&histories) else {
            return Err(Failure::Refused(format!(
                "luck cannot be measured: of {} replicates at the scenario's own values fewer than two have every target defined",
                histories.len()
            )));
        };
        let priors: Vec<Distribution> = self.world.priors.iter().map(|prior| prior.distribution).collect();
        let mut calibration = Calibration::new(Problem {
            priors,
            targets: self.targets.rows.iter().map(|row| row.target).collect(),
            luck: luck.covariance.clone(),
            replicates: effort.replicates,
            cutoff: effort.cutoff,
            candidates: CANDIDATES,
            seed: self.world.seed,
        })
        .until_stopped(Arc::clone(&self.session.stop));
        let mut waves = Vec::new();
        let mut points = calibration
            .first_points(effort.points)
            .map_err(|why| self.failed(&why))?;
        for wave in 1..=effort.waves {
            let values: Vec<Vec<f64>> = points.iter().map(|point| calibration.values(point)).collect();
            let outcomes = player.means(&values, u64::from(effort.replicates))?;
            let report = match calibration.learn(&points, &outcomes, effort.points) {
                Ok(report) => report,
                // A first wave is wide enough for a surface, or the scenario fails; a later one may have too little left.
                Err(CalibrationError::TooFewPoints { .. } | CalibrationError::Singular) if wave > 1 => {
                    self.session.console.note("too few points are left for another surface");
                    break;
                }
                Err(why) => return Err(self.failed(&why)),
            };
            self.session.console.note(&words::wave(&report));
            waves.push(tables::Wave {
                report,
                points: std::mem::take(&mut points),
                values,
                outcomes,
            });
            points = calibration.next_points().to_vec();
        }
        let posterior = calibration
            .posterior(effort.draws as usize)
            .map_err(|why| self.failed(&why))?;
        let checked = self.check(&calibration, &posterior.rows, &posterior.points, player)?;
        Ok((
            calibration,
            Results {
                luck,
                waves,
                posterior,
                checked,
                failures: player.failures()?,
            },
        ))
    }

    /// Plays rows of the posterior, spread over it, each with luck of its own.
    fn check(
        &self,
        calibration: &Calibration,
        rows: &[Vec<f64>],
        points: &[Vec<f64>],
        player: &mut Player<'_>,
    ) -> Result<Checked> {
        let effort = &self.settings.effort;
        let (n, most) = (effort.checks.min(effort.draws) as usize, rows.len());
        let picked: Vec<usize> = (0..n).map(|i| i * most / n).collect();
        let values: Vec<Vec<f64>> = picked.iter().map(|i| rows[*i].clone()).collect();
        let played = player.apart(&values, u64::from(effort.replicates))?;
        let foretold = picked
            .iter()
            .map(|i| calibration.foretell(&points[*i]).unwrap_or_default());
        Ok(Checked {
            foretold: foretold.collect(),
            played,
        })
    }

    /// Why the method cannot go on, with the target by name.
    fn failed(&self, why: &CalibrationError) -> Failure {
        let refuted = match why {
            CalibrationError::Refuted { target, .. } => self.targets.rows.get(*target),
            CalibrationError::Stopped => return Failure::Interrupted(INTERRUPTED.to_owned()),
            _ => return Failure::Refused(why.to_string()),
        };
        let row = refuted.map_or_else(String::new, |row| {
            format!(", and what rules it out is {}", self.targets.name(row))
        });
        Failure::Different(format!(
            "{why}{row}. The model is wrong there, a prior too narrow or a tolerance too small: what was played is kept in {}",
            self.directory.root().display()
        ))
    }

    fn finish(&self, plan: &Plan, files: &BTreeMap<&'static str, Vec<u8>>, failed: u64) -> Result<()> {
        let world = &plan.worlds[0];
        atomic::write_text(&self.directory.scenario(&world.layout.id), &world.resolved_toml)?;
        let mut names = vec![format!("scenarios/{}.toml", world.layout.id)];
        for name in CALIBRATION {
            let Some(bytes) = files.get(name) else { continue };
            atomic::write_file(&self.directory.file(name), |sink| {
                std::io::Write::write_all(sink, bytes).while_doing("write", &self.directory.file(name))
            })?;
            names.push(name.to_owned());
        }
        let provenance = Provenance {
            plan,
            surroundings: &self.session.surroundings,
            failures: failed,
            files: &names,
        };
        provenance.write(&self.directory.provenance())?;
        // Last of all: with it, the calibration is finished.
        atomic::write_text(&self.directory.manifest(), &plan.manifest.to_text())
    }
}
