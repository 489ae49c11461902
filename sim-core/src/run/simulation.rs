//! A scenario made ready to be played, one replicate at a time, from any thread.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::answers;
use super::engine::{ReplicateError, Run};
use super::histories;
use super::observe::Observer;
use super::reference;
use crate::calendar::Day;
use crate::draws::Luck;
use crate::lever::Moment;
use crate::market::foresight::{self, NextTenders, Occasion};
use crate::market::list_price::{self, AverageBuyer, average_buyers};
use crate::market::posted::Posted;
use crate::market::tender::Desk;
use crate::measure::{Breadth, SeriesPlan};
use crate::record::{ReplicateRecord, SeriesKey};
use crate::scenario::document::{Diagnostic, Diagnostics, Document};
use crate::scenario::{self, Dependence, MeasureDates, Scenario, uncertainty};
use crate::world::allocation::Contradiction;
use crate::world::build::build;
use crate::world::{State, World};

/// Whether parameters are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UncertaintyMode {
    /// Base values: bands show luck alone.
    Fixed,
    /// Replicate k draws one vector, keyed by (seed, k, path).
    Sampled,
}

impl UncertaintyMode {
    /// Its name in manifests and notes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            UncertaintyMode::Fixed => "fixed",
            UncertaintyMode::Sampled => "sampled",
        }
    }
}

/// How a simulation is played and recorded.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Seed; `None`: the scenario's.
    pub seed: Option<u64>,
    /// Mode; `None`: sampled where uncertainties stand.
    pub uncertainty: Option<UncertaintyMode>,
    /// How many series.
    pub breadth: Breadth,
    /// Whether tenders are recorded.
    pub tenders: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: None,
            uncertainty: None,
            breadth: Breadth::Core,
            tenders: false,
        }
    }
}

/// A world ready to be played.
#[derive(Debug)]
pub struct Setting {
    pub(super) world: World,
    pub(super) buyers: Vec<AverageBuyer>,
    /// Next tenders as seen on the first day: the same in every replicate, since types know no luck.
    pub(super) next: Option<NextTenders>,
}

impl Setting {
    pub(super) fn new(scenario: &Arc<Scenario>) -> Result<Self, Vec<Contradiction>> {
        let world = build(scenario)?;
        let buyers = average_buyers(&world);
        let next = first_day(&world, &buyers);
        Ok(Self { world, buyers, next })
    }
}

/// Rounds in which list prices and the table of next tenders are solved in turn on the first day: each reads the other.
const FIRST_ROUNDS: usize = 3;

/// The table of next tenders on the first day; `None` where nobody looks ahead.
fn first_day(world: &World, buyers: &[AverageBuyer]) -> Option<NextTenders> {
    let mut next = NextTenders::new(world, buyers)?;
    let mut state = State::new(world, &Luck::new(0, 0));
    // What is known on the first morning is known to the table.
    let mut moments: Vec<_> = (world.scenario.levers.iter().enumerate())
        .filter(|(_, n)| n.lever.is_active())
        .flat_map(|(i, n)| {
            n.lever
                .common()
                .moments()
                .into_iter()
                .map(move |(day, moment)| (day, i, moment))
        })
        .filter(|(day, _, _)| *day <= world.start)
        .collect();
    moments.sort_by_key(|(day, i, moment)| (*day, *i, *moment));
    let mut moments = VecDeque::from(moments);
    let mut stages = vec![None; world.scenario.levers.len()];
    while let Some((_, i, moment)) = moments.pop_front() {
        if stages[i] == Some(Moment::End) {
            continue;
        }
        world.scenario.levers[i].lever.act(i, moment, world, &mut state);
        stages[i] = Some(moment);
        // What answers it comes after all that was to come this morning, as in a run.
        let answers = answers::answers(world, &mut state, &stages, i, moment);
        moments.extend(answers.into_iter().filter(|(day, _, _)| *day <= world.start));
    }
    let mut posted = Posted::new(world, &state);
    let (mut desk, mut of_table) = (Desk::default(), foresight::table::Desk::default());
    list_price::post(world, &state, &mut posted, buyers, &mut desk, world.start);
    for round in 1..=FIRST_ROUNDS {
        let occasion = if round < FIRST_ROUNDS {
            Occasion::Draft
        } else {
            Occasion::Whole
        };
        next.renew(occasion, world, &state, &posted, buyers, &mut of_table, world.start);
        list_price::post_ahead(world, &state, &mut posted, buyers, Some(&next), &mut desk, world.start);
    }
    Some(next)
}

/// See the module docs.
#[derive(Debug)]
pub struct Simulation {
    scenario: Arc<Scenario>,
    dependence: Dependence,
    document: Document,
    base: Setting,
    plan: SeriesPlan,
    dates: Vec<Day>,
    seed: u64,
    mode: UncertaintyMode,
    options: Options,
    histories: Option<histories::Asked>,
}

/// Measurement dates: the first day, each end of a year or quarter, and the last day.
#[must_use]
pub fn measure_dates(start: Day, end: Day, dates: MeasureDates) -> Vec<Day> {
    let months = match dates {
        MeasureDates::Yearly => 12,
        MeasureDates::Quarterly => 3,
    };
    let mut all = vec![start];
    // Ends of periods: the day before the first of a period's successor.
    let mut next = start.start_of_year().add_months(months);
    while next.add_days(-1) <= end {
        let day = next.add_days(-1);
        if day > start {
            all.push(day);
        }
        next = next.add_months(months);
    }
    if all.last() != Some(&end) {
        all.push(end);
    }
    all
}

fn contradictions(document: &Document, found: &[Contradiction]) -> Diagnostics {
    let fault = |c: &Contradiction| {
        let path = format!("country.{}.installed_4g", c.country);
        let message = format!(
            "the operators with a known mix hold more `{}` than the country's mix allows: {:.4} would be left for each of the others",
            c.stack, c.rest
        );
        let fault = match document.node(&path) {
            Some(node) => {
                Diagnostic::error(document.files(), node.origin, message).found(document.files().excerpt(node.origin))
            }
            None => Diagnostic::without_place(message),
        };
        fault
            .key(path)
            .allowed("subscriber-weighted shares of the known operators up to the country's")
            .hint("raise the country's share, or correct an operator's `installed`")
    };
    Diagnostics::new(found.iter().map(fault).collect())
}

impl Simulation {
    /// Makes a document ready to be played.
    ///
    /// # Errors
    /// All faults of the scenario at once.
    pub fn new(document: &Document, options: Options) -> Result<Self, Diagnostics> {
        let decoded = scenario::decode(document)?;
        let scenario = Arc::new(decoded.value);
        // The scenario has passed the check that its correlations can hold together.
        let dependence = uncertainty::dependence(&scenario.uncertainties, &scenario.correlations).unwrap_or_default();
        let base = Setting::new(&scenario).map_err(|found| contradictions(document, &found))?;
        let mut plan = SeriesPlan::new(&base.world, options.breadth);
        if scenario.reference_market.is_some() {
            plan = reference::plan(plan);
        }
        let dates = measure_dates(scenario.start, scenario.end, scenario.measures.dates);
        let uncertain = if scenario.is_uncertain() {
            UncertaintyMode::Sampled
        } else {
            UncertaintyMode::Fixed
        };
        Ok(Self {
            seed: options.seed.unwrap_or(scenario.seed),
            mode: options.uncertainty.unwrap_or(uncertain),
            document: document.clone(),
            scenario,
            dependence,
            base,
            histories: histories::Asked::of(&plan),
            plan,
            dates,
            options,
        })
    }

    /// The scenario.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The world at base values.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.base.world
    }

    /// The average unattached buyers at whose margins list prices form, at base values.
    #[must_use]
    pub fn average_buyers(&self) -> &[AverageBuyer] {
        &self.base.buyers
    }

    /// The table of next tenders on the first day, at base values; `None` where nobody looks ahead.
    #[must_use]
    pub fn next_tenders(&self) -> Option<&NextTenders> {
        self.base.next.as_ref()
    }

    /// The series, in row order.
    #[must_use]
    pub fn series(&self) -> &[SeriesKey] {
        &self.plan.keys
    }

    /// What each series reads.
    #[must_use]
    pub fn plan(&self) -> &SeriesPlan {
        &self.plan
    }

    /// Measurement dates, in order.
    #[must_use]
    pub fn dates(&self) -> &[Day] {
        &self.dates
    }

    /// The seed in use.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Whether parameters are drawn.
    #[must_use]
    pub fn mode(&self) -> UncertaintyMode {
        self.mode
    }

    /// How the uncertain numbers depend on one another.
    #[must_use]
    pub fn dependence(&self) -> &Dependence {
        &self.dependence
    }

    /// The luck of a replicate.
    #[must_use]
    pub fn luck(&self, replicate: u64) -> Luck {
        Luck::new(self.seed, replicate)
    }

    /// The world of a replicate with its drawn parameters; `None`: the base world serves.
    fn drawn(&self, luck: &Luck) -> Result<Option<Setting>, ReplicateError> {
        if self.mode == UncertaintyMode::Fixed || !self.scenario.is_uncertain() {
            return Ok(None);
        }
        let failed = |message: String| ReplicateError::Failed {
            time: self.scenario.start,
            place: "parameters".to_owned(),
            message,
        };
        let vector = self.scenario.draw(&self.dependence, luck);
        let document = self.document.at_point(&vector).map_err(|e| failed(e.to_string()))?;
        let decoded = document
            .decode::<Scenario>(&scenario::units(&document))
            .map_err(|e| failed(e.to_string()))?;
        let setting = Setting::new(&Arc::new(decoded.value)).map_err(|e| failed(format!("{e:?}")))?;
        Ok(Some(setting))
    }

    /// Plays one replicate.
    ///
    /// # Errors
    /// As [`Run::play`].
    pub fn replicate(&self, k: u64, stop: &AtomicBool) -> Result<ReplicateRecord, ReplicateError> {
        self.play(k, self.scenario.end, stop, None)
    }

    /// Plays one replicate to the end of a day: up to it all values are those of the whole replicate, later ones are undefined.
    ///
    /// # Errors
    /// As [`Run::play`].
    pub fn replicate_until(&self, k: u64, last: Day, stop: &AtomicBool) -> Result<ReplicateRecord, ReplicateError> {
        self.play(k, last, stop, None)
    }

    /// Plays one replicate and watches it.
    ///
    /// # Errors
    /// As [`Run::play`].
    pub fn trace(
        &self,
        k: u64,
        stop: &AtomicBool,
        observer: &mut dyn Observer,
    ) -> Result<ReplicateRecord, ReplicateError> {
        self.play(k, self.scenario.end, stop, Some(observer))
    }

    fn play(
        &self,
        k: u64,
        last: Day,
        stop: &AtomicBool,
        observer: Option<&mut dyn Observer>,
    ) -> Result<ReplicateRecord, ReplicateError> {
        let luck = self.luck(k);
        if let Some(market) = self.scenario.reference_market {
            return Ok(reference::replicate(
                market.operators,
                k,
                &luck,
                &self.plan,
                self.dates.len(),
            ));
        }
        let drawn = self.drawn(&luck)?;
        let setting = drawn.as_ref().unwrap_or(&self.base);
        let operators = self.options.breadth == Breadth::All;
        let run = Run::new(
            &setting.world,
            &setting.buyers,
            &self.plan,
            &self.dates,
            luck,
            self.options.tenders,
            operators,
        )
        .looking_ahead(setting.next.clone());
        let run = match observer {
            Some(observer) => run.observed_by(observer),
            None => run,
        };
        let (mut values, tenders, counters) = run.play_to(last, stop)?;
        // They look at the whole of a history: of a part of it they are undefined.
        if let Some(asked) = self.histories.filter(|_| last >= self.scenario.end) {
            let replicate = histories::Replicate {
                setting,
                dates: &self.dates,
                seed: self.seed,
                number: k,
                stop,
            };
            histories::fill(asked, &replicate, &self.plan, &mut values)?;
        }
        Ok(ReplicateRecord {
            replicate: k,
            values,
            tenders,
            counters,
        })
    }
}
