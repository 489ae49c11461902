//! The simulations behind `results/`, played in memory.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use sim_core::inference::{IntervalRule, Summary};
use sim_core::scenario::Scenario;
use sim_core::scenario::document::describe;

use super::ensemble::{options, ready};
use super::files::{self, Loaded, text_of};
use super::names::spec;
use super::run_figures::note_of;
use crate::commands::run::manifest_of;
use crate::engine::{Engine, Ensemble, ReplicateFailure};
use crate::figures::date::Date;
use crate::figures::manifest::{FigureRun, World};
use crate::figures::regenerate::{Runner, Simulated};
use crate::figures::summary::{Stats, SummaryRow};
use crate::figures::{Spec, SummaryTable};
use crate::settings::{Mode, Record};
use crate::store::layout::Layout;
use crate::store::manifest::Manifest;

/// Plays the worlds of figures.
pub(super) struct FigureRunner<'a> {
    root: PathBuf,
    stop: &'a AtomicBool,
    /// The worlds readied last: figures in a row mostly share theirs.
    readied: RefCell<Option<(Asked, Rc<Readied>)>>,
}

/// What decides a readied run.
type Asked = (Vec<World>, u64, u64);

struct Readied {
    ensemble: Ensemble,
    layouts: Vec<Layout>,
    manifest: Manifest,
    spec: Spec,
}

type Said<T> = std::result::Result<T, String>;

impl<'a> FigureRunner<'a> {
    /// A runner for the repository at `root`; it ends soon after `stop` is set.
    pub fn new(root: &Path, stop: &'a AtomicBool) -> Self {
        Self {
            root: root.to_owned(),
            stop,
            readied: RefCell::new(None),
        }
    }

    fn readied(&self, run: &FigureRun) -> Said<Rc<Readied>> {
        let asked = (run.worlds.clone(), run.seed, run.replicates);
        if let Some((known, readied)) = &*self.readied.borrow()
            && *known == asked
        {
            return Ok(Rc::clone(readied));
        }
        let readied = Rc::new(self.ready(run)?);
        *self.readied.borrow_mut() = Some((asked, Rc::clone(&readied)));
        Ok(readied)
    }

    fn ready(&self, run: &FigureRun) -> Said<Readied> {
        let loaded = run
            .worlds
            .iter()
            .map(|world| self.load(world))
            .collect::<Said<Vec<Loaded>>>()?;
        let record = Record::default();
        let ready = ready(
            loaded,
            Vec::new(),
            options(Some(run.seed), None, record),
            Some(run.replicates),
        );
        let ready = ready.map_err(|failure| failure.to_string())?;
        let spec = spec(ready.scenarios());
        let ensemble = ready.into_ensemble();
        let layouts = ensemble.worlds.iter().map(|world| Layout::of(world.engine.as_ref()));
        let layouts = layouts
            .collect::<crate::exit::Result<Vec<_>>>()
            .map_err(|failure| failure.to_string())?;
        let manifest = manifest_of(Mode::Run, &ensemble, &layouts, run.replicates, record);
        Ok(Readied {
            ensemble,
            layouts,
            manifest,
            spec,
        })
    }

    fn load(&self, world: &World) -> Said<Loaded> {
        let read = |path: &Path| files::load(&self.root.join(path)).map_err(|failure| failure.to_string());
        match world {
            World::File(path) => read(path),
            World::Inline {
                id,
                title,
                extends,
                set,
            } => {
                let mut loaded = read(extends)?;
                let scenario = describe::<Scenario>();
                let text = |text: &str| toml::Value::from(text).to_string();
                let mut put = |path: &str, value: &str| -> Said<()> {
                    loaded
                        .document
                        .set(&scenario, path, value)
                        .map(drop)
                        .map_err(|faults| text_of(&faults))
                };
                put("scenario.id", &text(id))?;
                put("scenario.title", &text(title))?;
                for (path, value) in set {
                    put(path, &value.to_string())?;
                }
                Ok(loaded)
            }
        }
    }
}

impl Runner for FigureRunner<'_> {
    fn manifest_hash(&self, run: &FigureRun) -> Said<String> {
        Ok(self.readied(run)?.manifest.hash())
    }

    fn run(&self, run: &FigureRun) -> Said<Simulated> {
        let readied = self.readied(run)?;
        let mut summary = SummaryTable::default();
        for (world, layout) in readied.ensemble.worlds.iter().zip(&readied.layouts) {
            let kept: Vec<usize> = (layout.series.iter().enumerate())
                .filter(|(_, label)| run.measures.contains(&label.measure))
                .map(|(s, _)| s)
                .collect();
            let values = self.play(world.engine.as_ref(), layout, &kept, run.replicates)?;
            summarise(layout, &kept, &values, &mut summary)?;
        }
        Ok(Simulated {
            summary,
            spec: readied.spec.clone(),
            note: note_of(&readied.manifest).map_err(|failure| failure.to_string())?,
        })
    }
}

impl FigureRunner<'_> {
    /// The values of the kept series in every replicate, by date then series.
    fn play(&self, engine: &dyn Engine, layout: &Layout, kept: &[usize], replicates: u64) -> Said<Vec<Vec<f64>>> {
        let series = layout.series.len();
        (0..replicates)
            .into_par_iter()
            .map(|k| {
                let record = engine.replicate(k, self.stop).map_err(|failure| match failure {
                    ReplicateFailure::Stopped => "it was interrupted".to_owned(),
                    ReplicateFailure::Failed { time, place, message } => {
                        format!("replicate {k} of `{}`: {time}, {place}: {message}", layout.id)
                    }
                })?;
                if record.values.len() != layout.cells() {
                    return Err(format!(
                        "replicate {k} of `{}` has the wrong number of values",
                        layout.id
                    ));
                }
                let rows = record.values.chunks_exact(series.max(1));
                Ok(rows.flat_map(|row| kept.iter().map(|s| row[*s])).collect())
            })
            .collect()
    }
}

/// Adds the rows of one world, with the statistics and in the order of `summary.csv`.
fn summarise(layout: &Layout, kept: &[usize], values: &[Vec<f64>], summary: &mut SummaryTable) -> Said<()> {
    let mut sorted = Vec::with_capacity(values.len());
    for (d, day) in layout.dates.iter().enumerate() {
        let text = crate::time::iso(*day);
        let time = Date::parse(&text).ok_or_else(|| format!("{text} is beyond the dates that figures draw"))?;
        for (i, s) in kept.iter().enumerate() {
            let column = values.iter().map(|replicate| replicate[d * kept.len() + i]);
            let stats = Summary::with(column, IntervalRule::WilsonIfBinary, &mut sorted);
            let label = &layout.series[*s];
            summary.rows.push(SummaryRow {
                scenario: layout.id.clone(),
                time,
                measure: label.measure.clone(),
                unit: label.unit.clone(),
                component: label.component.clone(),
                generation: label.generation.clone(),
                place_kind: label.place_kind.clone(),
                place: label.place.clone(),
                vendor: label.vendor.clone(),
                part: label.part.clone(),
                stats: (stats.n > 0).then_some(Stats {
                    mean: stats.mean,
                    quantiles: [stats.p05, stats.p25, stats.p50, stats.p75, stats.p95],
                    ci: (!stats.ci_low.is_nan()).then_some((stats.ci_low, stats.ci_high)),
                }),
            });
        }
    }
    Ok(())
}
