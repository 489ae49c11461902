//! One replicate: the loop over the calendar.

use std::sync::atomic::{AtomicBool, Ordering};

use super::account::Ledger;
use super::answers;
use super::maturity;
use super::observe::Observer;
use crate::calendar::{Calendar, Day, Phase};
use crate::draws::Luck;
use crate::lever::{Moment, Start};
use crate::market::appraisal::Appraiser;
use crate::market::dependence::Dependence;
use crate::market::foresight::{self, NextTenders, Occasion};
use crate::market::list_price::{self, AverageBuyer};
use crate::market::posted::Posted;
use crate::market::tender::Desk;
use crate::market::value::annuity;
use crate::measure::cube::Cube;
use crate::measure::exits::EXITS;
use crate::measure::stocks::{fill, valuation_order};
use crate::measure::{CATALOGUE, Cell, ExitBook, SeriesPlan, View};
use crate::record::{Counters, TenderRow};
use crate::scenario::NamedLever;
use crate::world::quota::Shed;
use crate::world::{Layer, State, World};

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A lever reaches a moment.
    Lever(usize, Moment),
    /// A generation is launched for the first time anywhere.
    Launch(usize),
    /// Posted numbers are renewed.
    Review,
    /// Kit of a slot stands.
    Delivery(usize),
    /// A slot is tendered.
    Tender(usize),
    /// Series are read: index of the date.
    Measure(usize),
}

impl Event {
    /// What the calendar breaks ties of day and phase by: the slot or generation that the event is about. Levers come in the order in
    /// which they reach their moments.
    ///
    /// Tenders of one day share crews and neighbours: were their order that of scheduling, whatever looks a date up again would change who
    /// goes first.
    fn rank(self) -> u32 {
        match self {
            Event::Delivery(about) | Event::Tender(about) | Event::Launch(about) => {
                u32::try_from(about).unwrap_or(u32::MAX)
            }
            Event::Lever(..) | Event::Review | Event::Measure(_) => 0,
        }
    }
}

/// Order of what happens on one day.
pub mod phase {
    use super::Phase;
    /// Levers.
    pub const LEVER: Phase = Phase(0);
    /// Launches.
    pub const LAUNCH: Phase = Phase(1);
    /// Reviews.
    pub const REVIEW: Phase = Phase(2);
    /// Deliveries.
    pub const DELIVERY: Phase = Phase(3);
    /// Tenders.
    pub const TENDER: Phase = Phase(4);
    /// Measurements: a stock is as at the end of the day.
    pub const MEASURE: Phase = Phase(9);
}

/// Why a replicate did not finish.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ReplicateError {
    /// The stop flag was seen at a market review.
    Stopped,
    /// Something in the model failed.
    Failed {
        /// Day.
        time: Day,
        /// Where: a slot's id.
        place: String,
        /// Cause.
        message: String,
    },
}

impl std::fmt::Display for ReplicateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ReplicateError::Stopped => f.write_str("stopped"),
            ReplicateError::Failed { time, place, message } => write!(f, "{time}, {place}: {message}"),
        }
    }
}

impl std::error::Error for ReplicateError {}

/// A replicate in play.
pub struct Run<'a> {
    pub(super) world: &'a World,
    pub(super) buyers: &'a [AverageBuyer],
    pub(super) plan: &'a SeriesPlan,
    pub(super) dates: &'a [Day],
    pub(super) state: State,
    /// The last moment that each lever has reached.
    pub(super) stages: Vec<Option<Moment>>,
    pub(super) posted: Posted,
    pub(super) calendar: Calendar<Event>,
    pub(super) luck: Luck,
    pub(super) desk: Desk,
    /// What comes after each tender; `None`: nobody looks ahead.
    pub(super) next: Option<NextTenders>,
    next_desk: foresight::table::Desk,
    pub(super) cube: Cube,
    pub(super) counters: Counters,
    pub(super) values: Vec<f64>,
    pub(super) tenders: Option<Vec<TenderRow>>,
    pub(super) observer: Option<&'a mut dyn Observer>,
    pub(super) scratch: super::hold::Scratch,
    pub(super) ledger: Ledger,
    pub(super) appraiser: Appraiser,
    /// Only where state dependence is recorded.
    pub(super) dependence: Option<Box<Dependence>>,
    /// Annuity over the contract term at the social rate.
    pub(super) term_annuity: f64,
    pub(super) last_measure: Day,
    exits: Option<ExitBook>,
    country_sites: Vec<f64>,
    /// What quotas want gone of each slot, and by when.
    pub(super) shed: Vec<Option<Shed>>,
    /// Whether any slot is marked in `shed`.
    pub(super) has_shed: bool,
    /// Buffer of the marks of one operator.
    pub(super) marks: Vec<Option<Shed>>,
    /// Day before which a forced tender that brought nothing is not held again, by slot.
    pub(super) not_before: Vec<Day>,
    /// Cells of the levers that wait for a measure: lever and what it reads.
    waiting: Vec<(usize, Cell)>,
    /// Market reviews held.
    pub(super) reviews: i32,
    everyone: Vec<usize>,
    order: Vec<usize>,
    last_review: Day,
    /// Day to which interfaces have matured.
    matured: Day,
    /// First launches in the calendar, by generation.
    pub(super) launches: Vec<Option<crate::calendar::Handle>>,
    /// Days by which launches had been brought forward when tenders were last planned.
    pub(super) planned_forward: Vec<i32>,
    /// Days by which launches do come earlier: by country and generation.
    pub(super) launch_shift: Vec<i32>,
}

impl<'a> Run<'a> {
    /// Sets a replicate up on its first day.
    #[must_use]
    pub fn new(
        world: &'a World,
        buyers: &'a [AverageBuyer],
        plan: &'a SeriesPlan,
        dates: &'a [Day],
        luck: Luck,
        record_tenders: bool,
        operators: bool,
    ) -> Self {
        let state = State::new(world, &luck);
        let posted = Posted::new(world, &state);
        let mut run = Self {
            world,
            buyers,
            plan,
            dates,
            posted,
            state,
            stages: vec![None; world.scenario.levers.len()],
            calendar: Calendar::new(world.start),
            luck,
            desk: Desk::default(),
            next: None,
            next_desk: foresight::table::Desk::default(),
            cube: Cube::new(world, operators),
            counters: Counters::default(),
            values: Vec::with_capacity(dates.len() * plan.keys.len()),
            tenders: record_tenders.then(Vec::new),
            observer: None,
            scratch: super::hold::Scratch::default(),
            ledger: Ledger::new(world),
            appraiser: Appraiser::default(),
            dependence: plan.records("state_dependence").then(Box::default),
            term_annuity: annuity(
                world.scenario.market.social_discount_rate,
                world.scenario.contract.term_years,
            ),
            last_measure: world.start,
            exits: (EXITS.iter().any(|name| plan.records(name))).then(|| ExitBook::new(world)),
            country_sites: radio_sites(world),
            shed: vec![None; world.slots.len()],
            has_shed: false,
            marks: Vec::new(),
            not_before: vec![world.start; world.slots.len()],
            waiting: waiting(world),
            reviews: 0,
            everyone: (0..world.vendors.len()).collect(),
            order: valuation_order(world),
            last_review: world.start,
            matured: world.start,
            launches: vec![None; world.gens.len()],
            planned_forward: vec![0; world.countries.len() * world.gens.len()],
            launch_shift: vec![0; world.countries.len() * world.gens.len()],
        };
        run.schedule_all();
        run
    }

    /// Gives buyers and sellers what they see of the tenders after each one, as of the first day.
    #[must_use]
    pub fn looking_ahead(mut self, next: Option<NextTenders>) -> Self {
        self.next = next;
        self
    }

    /// Brings the table of next tenders up to the day: in turn at a review, where there is news else. On the first day it is of
    /// that day already.
    pub(super) fn look_ahead(&mut self, occasion: Occasion) {
        let Some(next) = &mut self.next else { return };
        let today = self.state.today;
        if today == self.world.start && !matches!(occasion, Occasion::Review | Occasion::Whole) {
            return;
        }
        let desk = &mut self.next_desk;
        let reached = next.renew(
            occasion,
            self.world,
            &self.state,
            &self.posted,
            self.buyers,
            desk,
            today,
        );
        self.counters.next_tenders += reached.tenders;
        self.counters.unsolved += reached.unsolved;
        self.counters.not_closed += u64::from(!reached.closed);
    }

    /// Watches the run.
    #[must_use]
    pub fn observed_by(mut self, observer: &'a mut dyn Observer) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Puts an event into the calendar; one after the end, or in the past, falls away.
    pub(super) fn schedule(&mut self, day: Day, phase: Phase, event: Event) -> Option<crate::calendar::Handle> {
        if day > self.world.end {
            None
        } else {
            self.calendar.schedule_ranked(day, phase, event.rank(), event).ok()
        }
    }

    fn schedule_all(&mut self) {
        let world = self.world;
        for (i, named) in world
            .scenario
            .levers
            .iter()
            .enumerate()
            .filter(|(_, n)| n.lever.is_active())
        {
            for (day, moment) in named.lever.common().moments() {
                self.schedule(day.max(world.start), phase::LEVER, Event::Lever(i, moment));
            }
        }
        for (g, generation) in world.gens.iter().enumerate() {
            if let Some(day) = generation.first_launch.filter(|d| *d > world.start) {
                self.launches[g] = self.schedule(day, phase::LAUNCH, Event::Launch(g));
            }
        }
        let months = world.scenario.review_months as i32;
        let mut review = world.start;
        let mut count = 0;
        while review <= world.end {
            self.schedule(review, phase::REVIEW, Event::Review);
            count += 1;
            review = world.start.add_months(months * count);
        }
        for (i, slot) in world.slots.iter().enumerate() {
            let day = slot
                .first_tender
                .filter(|_| slot.initial.is_none())
                .or_else(|| slot.initial.map(|_| slot.initial_due.add_days(-world.lead_days)));
            if let Some(day) = day {
                self.schedule_tender(i, day, false);
            }
        }
        let dates = self.dates;
        for (d, day) in dates.iter().enumerate() {
            self.schedule(*day, phase::MEASURE, Event::Measure(d));
        }
    }

    /// (Re)schedules the next tender of a slot, not before today.
    pub(super) fn schedule_tender(&mut self, slot: usize, day: Day, forced: bool) {
        if let Some(handle) = self.state.slots[slot].tender.take() {
            self.calendar.cancel(handle);
        }
        // A tender planned for today by another tender of today still comes: phases are ordered, and what of a phase is put back comes next.
        let handle = self.schedule(day.max(self.state.today), phase::TENDER, Event::Tender(slot));
        let s = &mut self.state.slots[slot];
        s.tender = handle;
        s.forced = forced;
    }

    /// Plays to the end.
    ///
    /// # Errors
    /// [`ReplicateError::Stopped`] if `stop` is set at a market review; [`ReplicateError::Failed`] if the model fails.
    pub fn play(self, stop: &AtomicBool) -> Result<(Vec<f64>, Vec<TenderRow>, Counters), ReplicateError> {
        let last = self.world.end;
        self.play_to(last, stop)
    }

    /// As [`Run::play`], only to the end of a day: what would be measured later stays undefined.
    ///
    /// # Errors
    /// As [`Run::play`].
    pub fn play_to(
        mut self,
        last: Day,
        stop: &AtomicBool,
    ) -> Result<(Vec<f64>, Vec<TenderRow>, Counters), ReplicateError> {
        self.play_until(last, stop)?;
        self.values.resize(self.dates.len() * self.plan.keys.len(), f64::NAN);
        Ok((self.values, self.tenders.unwrap_or_default(), self.counters))
    }

    /// Plays on to the end of a day, or of the scenario where that is earlier.
    ///
    /// # Errors
    /// As [`Run::play`].
    pub fn play_until(&mut self, last: Day, stop: &AtomicBool) -> Result<(), ReplicateError> {
        let last = last.min(self.world.end);
        while let Some(next) = self.calendar.pop_until(last) {
            self.state.today = next.time;
            self.counters.events += 1;
            match next.event {
                Event::Lever(i, moment) => self.lever(i, moment),
                Event::Launch(g) => self.launch(g),
                Event::Review => {
                    if stop.load(Ordering::Relaxed) {
                        return Err(ReplicateError::Stopped);
                    }
                    self.review();
                    self.decide_vendors()?;
                }
                Event::Delivery(slot) => self.deliver(slot),
                Event::Tender(slot) => self.hold(slot)?,
                Event::Measure(date) => self.measure(date),
            }
        }
        Ok(())
    }

    /// The same replicate as it stands, to be played on apart from this one. Nobody watches the copy.
    ///
    /// All that the future depends on is copied; buffers, in which no tender reads what another left, begin empty.
    #[must_use]
    pub fn branch(&self) -> Self {
        Self {
            world: self.world,
            buyers: self.buyers,
            plan: self.plan,
            dates: self.dates,
            state: self.state.clone(),
            next: self.next.clone(),
            next_desk: foresight::table::Desk::default(),
            stages: self.stages.clone(),
            posted: self.posted.clone(),
            calendar: self.calendar.clone(),
            luck: self.luck.clone(),
            desk: Desk::default(),
            cube: self.cube.clone(),
            counters: self.counters,
            values: self.values.clone(),
            tenders: self.tenders.clone(),
            observer: None,
            scratch: super::hold::Scratch::default(),
            ledger: self.ledger.clone(),
            appraiser: Appraiser::default(),
            dependence: self.dependence.as_ref().map(|_| Box::default()),
            term_annuity: self.term_annuity,
            exits: self.exits.clone(),
            country_sites: self.country_sites.clone(),
            launches: self.launches.clone(),
            planned_forward: self.planned_forward.clone(),
            launch_shift: self.launch_shift.clone(),
            shed: self.shed.clone(),
            has_shed: self.has_shed,
            marks: Vec::new(),
            not_before: self.not_before.clone(),
            waiting: self.waiting.clone(),
            reviews: self.reviews,
            everyone: self.everyone.clone(),
            order: self.order.clone(),
            last_review: self.last_review,
            matured: self.matured,
            last_measure: self.last_measure,
        }
    }

    fn lever(&mut self, i: usize, moment: Moment) {
        let world = self.world;
        let named = &world.scenario.levers[i];
        if self.stages[i] == Some(Moment::End) {
            return; // what has ended demands nothing more
        }
        self.look_ahead(Occasion::BeforeNews);
        if let Some([_, target]) = named.lever.takeover() {
            self.accrue_kit_of(target); // until today the contracts are its own
        }
        let support = self.state.conditions.support;
        named.lever.act(i, moment, world, &mut self.state);
        if self.state.conditions.support != support && self.matured < self.state.today {
            // What stood until today worked until today.
            self.mature(support);
        }
        self.stages[i] = Some(moment);
        if let Some(observer) = self.observer.as_deref_mut() {
            observer.lever(self.state.today, &named.name, moment);
        }
        self.plan_launches();
        let answers = answers::answers(world, &mut self.state, &self.stages, i, moment);
        self.schedule_levers(answers);
        self.look_ahead(Occasion::AfterNews);
        self.plan_forced_tenders(0..world.operators.len());
    }

    fn schedule_levers(&mut self, moments: Vec<answers::Dated>) {
        for (day, lever, moment) in moments {
            self.schedule(day, phase::LEVER, Event::Lever(lever, moment));
        }
    }

    fn launch(&mut self, g: usize) {
        self.launches[g] = None;
        self.state.launched[g] = true;
        self.look_ahead(Occasion::BeforeNews);
        for (state, interface) in self.state.interfaces.iter_mut().zip(&self.world.scenario.interfaces) {
            state.maturity *= 1.0 - interface.generation_loss;
        }
        if let Some(research) = &mut self.state.research {
            research.level(self.world);
        }
        self.look_ahead(Occasion::AfterLaunch);
        if let Some(observer) = self.observer.as_deref_mut() {
            observer.launch(self.state.today, &self.world.gens[g].id);
        }
    }

    /// Moves the interfaces on to today, with the support that stood since they were last moved.
    fn mature(&mut self, support: [f64; 3]) {
        let today = self.state.today;
        let interfaces = self.state.interfaces.iter_mut().zip(&self.world.scenario.interfaces);
        for ((state, interface), support) in interfaces.zip(support) {
            maturity::step(state, interface, support, self.matured, today);
        }
        self.matured = today;
    }

    fn review(&mut self) {
        let today = self.state.today;
        self.mature(self.state.conditions.support);
        for (i, named) in self.world.scenario.levers.iter().enumerate() {
            if self.binds(i) {
                named
                    .lever
                    .review(i, self.last_review, self.world, &self.posted, &mut self.state);
            }
        }
        if let Some(research) = &mut self.state.research {
            research.step(self.world, self.last_review.years_until(today));
            research.show(self.world, &mut self.state.conditions);
        }
        self.last_review = today;
        self.reviews += 1;
        self.posted.post_stocks(self.world, &self.state);
        self.look_ahead(Occasion::Review);
        self.counters.unsolved += list_price::post_ahead(
            self.world,
            &self.state,
            &mut self.posted,
            self.buyers,
            self.next.as_ref(),
            &mut self.desk,
            today,
        );
        if let Some(observer) = self.observer.as_deref_mut() {
            observer.review(today, self.posted.maturity);
        }
    }

    /// Day of the next market review.
    pub(super) fn next_review(&self) -> Day {
        let months = self.world.scenario.review_months as i32;
        self.world.start.add_months(months * self.reviews)
    }

    fn measure(&mut self, date: usize) {
        self.close_window();
        for (i, named) in self.world.scenario.levers.iter().enumerate() {
            if self.binds(i) {
                named.lever.settle(i, self.last_review, self.world, &mut self.state);
            }
        }
        let today = self.state.today;
        self.counters.valuations += fill(
            &mut self.cube,
            self.world,
            &self.state,
            &self.posted,
            &mut self.desk,
            &self.order,
            today,
            self.exits.as_mut(),
        );
        let rho = self.world.scenario.market.social_discount_rate;
        let middle = self.world.start.years_until(self.last_measure) + self.last_measure.years_until(today) / 2.0;
        let view = View {
            world: self.world,
            cube: &self.cube,
            posted: &self.posted,
            state: &self.state,
            exits: self.exits.as_ref(),
            everyone: &self.everyone,
            country_sites: &self.country_sites,
            discount: libm::exp(-rho * middle),
        };
        for cell in &self.plan.cells {
            let measure = &CATALOGUE[cell.measure];
            // On the first day there is no time before: flows are undefined.
            let value = if measure.is_flow && date == 0 {
                f64::NAN
            } else {
                (measure.value)(&view, cell)
            };
            self.values.push(value);
        }
        let fired = |(lever, cell): &(usize, Cell)| match &self.world.scenario.levers[*lever].lever.common().start {
            // A flow is undefined on the first day, and starts nothing.
            Start::When(_) if CATALOGUE[cell.measure].is_flow && date == 0 => false,
            Start::When(trigger) => trigger.is_passed((CATALOGUE[cell.measure].value)(&view, cell)),
            _ => false,
        };
        let started: Vec<usize> = self.waiting.iter().filter(|w| fired(w)).map(|w| w.0).collect();
        if !started.is_empty() {
            self.waiting.retain(|(lever, _)| !started.contains(lever));
            let next = self.next_review();
            for lever in started {
                let moments = answers::begin(self.world, &mut self.state, lever, next);
                self.schedule_levers(moments);
            }
        }
        // What is awarded on the first day belongs to the first year: a flow covers the time after the last date, and there is none before.
        self.cube.clear(date > 0);
        if date > 0 {
            self.state.purse.outlay.clear();
        }
        self.last_measure = today;
    }
}

/// Radio sites of each country at the start: weights of means over countries.
fn radio_sites(world: &World) -> Vec<f64> {
    let mut sites = vec![0.0; world.countries.len()];
    for slot in world
        .slots
        .iter()
        .filter(|s| s.layer != Layer::Core && s.initial.is_some())
    {
        sites[slot.country] += slot.sites;
    }
    sites
}

/// The levers that wait for a measure, with the cells that they read.
fn waiting(world: &World) -> Vec<(usize, Cell)> {
    let cell = |(i, named): (usize, &NamedLever)| match &named.lever.common().start {
        Start::When(trigger) if named.lever.is_active() => Some((i, trigger.cell(world)?)),
        _ => None,
    };
    world.scenario.levers.iter().enumerate().filter_map(cell).collect()
}
