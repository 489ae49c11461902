//! The simulations behind `results/`, played in memory.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use sha2::{Digest as _, Sha256};
use sim_core::design::parse_table;
use sim_core::inference::{PairedRoom, PairedSummary, Summary};
use sim_core::market::foresight::outlook::LookAhead;
use sim_core::measure::interval_rule;
use sim_core::scenario::Scenario;
use sim_core::scenario::document::describe;

use super::bills::{self, Bill};
use super::cumulative;
use super::ensemble::{options, ready};
use super::explore::explore;
use super::files::{self, Loaded, text_of};
use super::flow_totals;
use super::history;
use super::names::{sites, spec};
use super::run_figures::note_of;
use crate::commands::run::manifest_of;
use crate::engine::{Engine, Ensemble, ReplicateFailure, Valuation};
use crate::figures::date::Date;
use crate::figures::deep::{DeepRun, Explored};
use crate::figures::manifest::{FigureRun, World};
use crate::figures::regenerate::{MarketFacts, Runner, Simulated};
use crate::figures::summary::{Stats, SummaryRow};
use crate::figures::{FIGURES, Spec, SummaryTable};
use crate::model::{ExploreRequest, WorldRequest};
use crate::output::differences::appraisal::{Appraisal, Statistics};
use crate::output::differences::matching::Matching;
use crate::settings::{Mode, Override, Record};
use crate::store::layout::{Layout, SeriesLabel};
use crate::store::manifest::Manifest;
use crate::store::points::point_and_replicate;

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
    markets: Vec<MarketFacts>,
    /// Radio sites of each world by place.
    sites: Vec<Vec<(String, f64)>>,
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
        let markets = ready.scenarios().map(market_facts).collect();
        let sites = ready.scenarios().map(sites).collect();
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
            markets,
            sites,
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
        Ok(self.manifest(run, &*self.readied(run)?)?.hash())
    }

    fn design_hash(&self, run: &DeepRun) -> Said<String> {
        Ok(self.design(run)?.manifest.hash())
    }

    fn explore(&self, run: &DeepRun) -> Said<Explored> {
        self.play_design(run)
    }

    fn run(&self, run: &FigureRun) -> Said<Simulated> {
        let readied = self.readied(run)?;
        let mut summary = SummaryTable::default();
        let mut spec = readied.spec.clone();
        spec.published = history::published(&self.root, &run.sources)?;
        let is_scored = !run.observed.is_empty() || !run.rivals.is_empty();
        let mut base: Option<Played> = None;
        // Of the worlds that stand against it.
        let mut billed: Vec<Bill> = Vec::new();
        for (w, (world, layout)) in readied.ensemble.worlds.iter().zip(&readied.layouts).enumerate() {
            let kept: Vec<usize> = (layout.series.iter().enumerate())
                .filter(|(_, label)| run.measures.contains(&label.measure))
                .map(|(s, _)| s)
                .collect();
            let records = self.play(world.engine.as_ref(), layout, &kept, run.replicates)?;
            let played = Played {
                layout: Layout {
                    series: kept.iter().map(|s| layout.series[*s].clone()).collect(),
                    ..layout.clone()
                },
                records,
                valuation: world.engine.valuation(),
            };
            summarise(&played, &mut summary)?;
            summary.rows.extend(flow_totals::rows(&played)?);
            if w == 0 && is_scored {
                history::add(&self.root, run, &played.layout, &played.records, &mut spec)?;
            }
            match &base {
                _ if run.bases.contains(&w) => {
                    base = Some(played);
                    billed.clear();
                }
                // Worlds of other dates stand side by side without a difference.
                Some(base) if base.layout.dates == played.layout.dates => {
                    differ(base, &played, run.seed, &readied.sites[w], &mut summary)?;
                    let own = cumulative::bills(base, &played);
                    let found = bills::rows(&billed, &own, &base.layout.dates, run.seed)?;
                    summary.differences.extend(found);
                    billed.extend(own);
                }
                _ => {}
            }
        }
        Ok(Simulated {
            summary,
            spec,
            note: note_of(&self.manifest(run, &readied)?).map_err(|failure| failure.to_string())?,
            markets: readied.markets.clone(),
        })
    }
}

/// A design made ready: the world at its points, what its records mean, and the manifest.
struct DesignReady {
    ensemble: Ensemble,
    layout: Layout,
    manifest: Manifest,
}

impl FigureRunner<'_> {
    /// The manifest of the run, with the hashes of what a figure reads beside it.
    fn manifest(&self, run: &FigureRun, readied: &Readied) -> Said<Manifest> {
        let mut manifest = readied.manifest.clone();
        for path in run.observed.iter().chain(&run.rivals) {
            let bytes = std::fs::read(self.root.join(path)).map_err(|e| format!("{}: {e}", path.display()))?;
            manifest.inputs.insert(path.display().to_string(), hex(&bytes));
        }
        if !run.sources.is_empty() {
            let rows = history::published(&self.root, &run.sources)?;
            let text: Vec<String> = (rows.iter())
                .map(|row| format!("{},{},{},{}", row.id, row.low, row.high, row.unit))
                .collect();
            manifest
                .inputs
                .insert("published".to_owned(), hex(text.join("\n").as_bytes()));
        }
        Ok(manifest)
    }

    fn design(&self, run: &DeepRun) -> Said<DesignReady> {
        let said = |failure: crate::exit::Failure| failure.to_string();
        let overrides = (run.set.iter()).map(|(path, value)| Override {
            scenario: None,
            path: path.clone(),
            value: value.clone(),
        });
        let request = ExploreRequest {
            world: WorldRequest {
                scenarios: vec![self.root.join(&run.scenario)],
                overrides: overrides.collect(),
                replicates: Some(run.replicates),
                seed: Some(run.seed),
                uncertainty: None,
                record: Record::default(),
            },
            design: run.design.parse()?,
            n: Some(run.n),
        };
        let ensemble = explore(&request).map_err(said)?;
        let world = ensemble.worlds.first().ok_or("there is no world")?;
        let layout = Layout::of(world.engine.as_ref()).map_err(said)?;
        let layouts = [layout.clone()];
        let manifest = manifest_of(Mode::Explore, &ensemble, &layouts, run.replicates, Record::default());
        Ok(DesignReady {
            ensemble,
            layout,
            manifest,
        })
    }

    fn play_design(&self, run: &DeepRun) -> Said<Explored> {
        let DesignReady {
            ensemble,
            layout,
            manifest,
        } = self.design(run)?;
        let (Some(design), Some(world)) = (&ensemble.design, ensemble.worlds.first()) else {
            return Err("there is no design".to_owned());
        };
        let is_wanted = |label: &SeriesLabel| {
            let [measure, _, component, generation, _, place, vendor, part] = label.texts();
            (measure, component, place) == (&run.measure, "ran", &run.place.0)
                && (generation, vendor, part) == ("all", "all", "all")
        };
        let series = layout.series.iter().position(is_wanted);
        let series = series.ok_or_else(|| format!("no `{}` of `{}` is recorded", run.measure, run.place.0))?;
        let cell = layout.cells() - layout.series.len() + series;
        let table = parse_table(&design.csv).map_err(|error| error.to_string())?;
        let uncertain = table.paths.len() - design.points.choices.len();
        let points = &table.points;
        let policies = (points.iter())
            .take_while(|point| point[..uncertain] == points[0][..uncertain])
            .count();
        let keys: Vec<u64> = manifest.keys().collect();
        let values = (keys.into_par_iter())
            .map(|at| {
                let record = world.engine.replicate(at, self.stop).map_err(|failure| match failure {
                    ReplicateFailure::Stopped => "it was interrupted".to_owned(),
                    ReplicateFailure::Failed { time, place, message } => {
                        let (point, k) = point_and_replicate(at);
                        format!("replicate {k} at point {point}: {time}, {place}: {message}")
                    }
                })?;
                Ok(record.values.get(cell).copied().unwrap_or(f64::NAN))
            })
            .collect::<Said<Vec<f64>>>()?;
        let replicates = usize::try_from(run.replicates).map_err(|error| error.to_string())?;
        let by_point: Vec<Vec<f64>> = values.chunks(replicates).map(<[f64]>::to_vec).collect();
        let last = layout.dates.last().copied().unwrap_or_default();
        Ok(Explored {
            inputs: table.paths[..uncertain].to_vec(),
            futures: (points.iter().step_by(policies))
                .map(|point| point[..uncertain].to_vec())
                .collect(),
            values: (0..policies)
                .map(|policy| by_point.iter().skip(policy).step_by(policies).cloned().collect())
                .collect(),
            time: crate::time::iso(last),
            version: manifest.model_version.clone(),
            manifest: manifest.hash(),
        })
    }

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

/// SHA-256 in hexadecimal.
fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What theory needs of a scenario.
fn market_facts(scenario: &Scenario) -> MarketFacts {
    let sellers = LookAhead {
        weight: scenario.foresight.seller_look_ahead,
        rate: scenario.foresight.seller_discount_rate,
    };
    MarketFacts {
        taste_scale_share: scenario.market.taste_scale_share,
        seller_patience: sellers.discount(0.0, scenario.contract.term_years),
    }
}

/// The replicates of one world, each a record of the layout.
pub(super) struct Played {
    /// What each value is.
    pub layout: Layout,
    /// One a replicate: values by date then series.
    pub records: Vec<Vec<f64>>,
    valuation: Valuation,
}

pub(super) fn date(days: i32) -> Said<Date> {
    let text = crate::time::iso(days);
    Date::parse(&text).ok_or_else(|| format!("{text} is beyond the dates that figures draw"))
}

pub(super) fn row(scenario: &str, time: Date, label: &SeriesLabel, stats: Option<Stats>) -> SummaryRow {
    SummaryRow {
        scenario: scenario.to_owned(),
        time,
        measure: label.measure.clone(),
        unit: label.unit.clone(),
        component: label.component.clone(),
        generation: label.generation.clone(),
        place_kind: label.place_kind.clone(),
        place: label.place.clone(),
        vendor: label.vendor.clone(),
        part: label.part.clone(),
        stats,
    }
}

/// Adds the rows of one world, with the statistics and in the order of `summary.csv`.
fn summarise(played: &Played, summary: &mut SummaryTable) -> Said<()> {
    let layout = &played.layout;
    let mut sorted = Vec::with_capacity(played.records.len());
    for cell in 0..layout.cells() {
        let (day, label) = layout.cell(cell);
        let column = played.records.iter().map(|record| record[cell]);
        let stats = Summary::with(column, interval_rule(&label.measure), &mut sorted);
        summary.rows.push(row(&layout.id, date(day)?, label, Stats::of(&stats)));
    }
    Ok(())
}

/// Adds what figures may need of the differences of a world to the base, with the statistics of
/// `differences.csv`.
fn differ(base: &Played, alt: &Played, seed: u64, sites: &[(String, f64)], summary: &mut SummaryTable) -> Said<()> {
    let failed = |failure: crate::exit::Failure| failure.to_string();
    let wanted: Vec<&str> = FIGURES
        .iter()
        .flat_map(|figure| figure.differences().iter().copied())
        .collect();
    let matching = Matching::of(&base.layout, &alt.layout).map_err(failed)?;
    let mut room = PairedRoom::default();
    for (here, there) in (0..matching.cells()).map(|cell| matching.pair(cell)) {
        let (day, label) = base.layout.cell(here);
        if wanted.contains(&label.measure.as_str()) {
            let column = |played: &Played, cell: usize| -> Vec<f64> {
                played.records.iter().map(|record| record[cell]).collect()
            };
            let paired = PairedSummary::with(&column(base, here), &column(alt, there), &mut room)
                .map_err(|error| error.to_string())?;
            let stats = Stats::of(&paired.difference);
            summary.differences.push(row(&alt.layout.id, date(day)?, label, stats));
        }
    }
    if cumulative::ALL.iter().any(|measure| wanted.contains(measure)) {
        summary.differences.extend(cumulative::rows(base, alt, sites)?);
    }
    summary.differences.extend(flow_totals::differences(base, alt)?);
    let places = Appraisal::places(&base.layout, &alt.layout);
    let mut appraisal = Appraisal::of(&base.layout, &alt.layout, places, base.valuation);
    for (here, there) in base.records.iter().zip(&alt.records) {
        appraisal.add(here, there);
    }
    let Some(last) = base.layout.dates.last() else {
        return Ok(());
    };
    for found in appraisal.rows(seed).map_err(failed)? {
        let stats = match found.statistics {
            Statistics::Paired(paired) => Stats::of(&paired.difference),
            Statistics::Ratio { ratio, interval, .. } => (!ratio.is_nan()).then_some(Stats {
                mean: ratio,
                quantiles: [f64::NAN; 5],
                ci: Some((interval.low, interval.high)),
            }),
        };
        if wanted.contains(&found.label.measure.as_str()) {
            summary
                .differences
                .push(row(&alt.layout.id, date(*last)?, &found.label, stats));
        }
    }
    Ok(())
}
