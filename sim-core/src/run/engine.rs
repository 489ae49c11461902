//! One replicate: the loop over the calendar.

use std::sync::atomic::{AtomicBool, Ordering};

use super::maturity;
use super::observe::Observer;
use crate::calendar::{Calendar, Day, Phase};
use crate::draws::Luck;
use crate::lever::Moment;
use crate::market::foresight::{self, NextTenders};
use crate::market::list_price::{self, AverageBuyer};
use crate::market::posted::Posted;
use crate::market::tender::Desk;
use crate::measure::cube::{Cube, Field};
use crate::measure::stocks::{fill, layer_index, valuation_order};
use crate::measure::{CATALOGUE, SeriesPlan, View};
use crate::record::{Counters, TenderRow};
use crate::world::state::FRONTHAUL;
use crate::world::{Arch, BB, NO_VENDOR, RU, RuleScope, State, World};

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

/// Occasions on which the table of next tenders is renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LookAhead {
    Review,
    BeforeNews,
    AfterNews,
}

/// A replicate in play.
pub struct Run<'a> {
    pub(super) world: &'a World,
    pub(super) buyers: &'a [AverageBuyer],
    pub(super) plan: &'a SeriesPlan,
    pub(super) dates: &'a [Day],
    pub(super) state: State,
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
    everyone: Vec<usize>,
    order: Vec<usize>,
    last_review: Day,
    last_measure: Day,
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
            everyone: (0..world.vendors.len()).collect(),
            order: valuation_order(world),
            last_review: world.start,
            last_measure: world.start,
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
    fn look_ahead(&mut self, when: LookAhead) {
        let Some(next) = &mut self.next else { return };
        let today = self.state.today;
        if today == self.world.start && when != LookAhead::Review {
            return;
        }
        let renew = match when {
            LookAhead::Review => NextTenders::review,
            LookAhead::BeforeNews => NextTenders::listen,
            LookAhead::AfterNews => NextTenders::announce,
        };
        let desk = &mut self.next_desk;
        let reached = renew(next, self.world, &self.state, &self.posted, self.buyers, desk, today);
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
            self.calendar.schedule(day, phase, event).ok()
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
                self.schedule(day, phase::LAUNCH, Event::Launch(g));
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
        // A tender planned for today by another tender of today still comes: phases are ordered, sequence decides.
        let handle = self.schedule(day.max(self.state.today), phase::TENDER, Event::Tender(slot));
        let s = &mut self.state.slots[slot];
        s.tender = handle;
        s.forced = forced;
    }

    /// Plays to the end.
    ///
    /// # Errors
    /// [`ReplicateError::Stopped`] if `stop` is set at a market review; [`ReplicateError::Failed`] if the model fails.
    pub fn play(mut self, stop: &AtomicBool) -> Result<(Vec<f64>, Vec<TenderRow>, Counters), ReplicateError> {
        while let Some(next) = self.calendar.pop_until(self.world.end) {
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
                }
                Event::Delivery(slot) => self.deliver(slot),
                Event::Tender(slot) => self.hold(slot)?,
                Event::Measure(date) => self.measure(date),
            }
        }
        Ok((self.values, self.tenders.unwrap_or_default(), self.counters))
    }

    fn lever(&mut self, i: usize, moment: Moment) {
        let world = self.world;
        let named = &world.scenario.levers[i];
        self.look_ahead(LookAhead::BeforeNews);
        named.lever.act(i, moment, world, &mut self.state);
        if let Some(observer) = self.observer.as_deref_mut() {
            observer.lever(self.state.today, &named.name, moment);
        }
        self.look_ahead(LookAhead::AfterNews);
        self.plan_forced_tenders(0..world.operators.len());
    }

    fn launch(&mut self, g: usize) {
        self.look_ahead(LookAhead::BeforeNews);
        for (state, interface) in self.state.interfaces.iter_mut().zip(&self.world.scenario.interfaces) {
            state.maturity *= 1.0 - interface.generation_loss;
        }
        self.look_ahead(LookAhead::AfterNews);
        if let Some(observer) = self.observer.as_deref_mut() {
            observer.launch(self.state.today, &self.world.gens[g].id);
        }
    }

    fn review(&mut self) {
        let today = self.state.today;
        for (state, interface) in self.state.interfaces.iter_mut().zip(&self.world.scenario.interfaces) {
            maturity::step(state, interface, self.last_review, today);
        }
        self.last_review = today;
        self.posted.post_stocks(self.world, &self.state);
        self.look_ahead(LookAhead::Review);
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

    /// What flows day by day, since the last measurement: capacity added at contract prices, upkeep that grows with age, operation of
    /// stacks of two sellers and of virtual kit, sellers beyond an operator's first, and kit that runs past a deadline.
    fn accrue(&mut self) {
        let world = self.world;
        let today = self.state.today;
        let s = &world.scenario;
        let years = self.last_measure.years_until(today);
        let mid = self.last_measure.plus_years(years / 2.0);
        let expansion = s.market.expansion_share_per_year * years;
        for (i, slot) in world.slots.iter().enumerate() {
            let state = &self.state.slots[i];
            let Some(stack) = state.stack else { continue };
            let operator = &world.operators[slot.operator];
            let operator_place = world.first_operator_place + slot.operator;
            let places = || {
                world.places_of_country[slot.country]
                    .iter()
                    .copied()
                    .chain([operator_place])
            };
            let layer = layer_index(world, slot.layer);
            for component in [RU, BB] {
                let seller = stack.seller[component];
                if seller == NO_VENDOR {
                    continue;
                }
                let vendor = usize::from(seller);
                // Capacity is added from the seller that stands, where it may still sell; else it waits for the next award.
                if self.state.rules.may_buy(
                    slot.country,
                    seller,
                    RuleScope::of(slot.layer, component),
                    operator.mark,
                ) {
                    let money = expansion * slot.sites * state.contract_price_by[component];
                    self.cube.add(places(), layer, component, vendor, Field::Sales, money);
                    self.cube
                        .add(places(), layer, component, vendor, Field::CostPrice, money);
                }
                let age = stack.installed[component].years_until(mid).max(0.0);
                let upkeep = s.keep.growth_share_per_year * age * years * slot.price * slot.weight[component];
                self.cube.add(
                    places(),
                    layer,
                    component,
                    vendor,
                    Field::CostExtension,
                    slot.sites * upkeep,
                );
            }
            let baseband = usize::from(stack.seller[BB]);
            if stack.arch == Arch::OpenMulti {
                let operation = s.integration.operations_share_per_year * years * slot.price * (1.0 - operator.skill);
                self.cube.add(
                    places(),
                    layer,
                    BB,
                    baseband,
                    Field::CostIntegration,
                    slot.sites * operation,
                );
            }
            if stack.is_virtual {
                let gap = s.integration.virtual_running_per_year * years * (1.0 - self.posted.maturity[FRONTHAUL]);
                self.cube
                    .add(places(), layer, BB, baseband, Field::CostRunning, slot.sites * gap);
            }
            let overdue = self
                .deadline_of(i)
                .map_or(0, |d| d.max(self.last_measure).days_until(today));
            if overdue > 0 {
                let months = f64::from(overdue) / super::deliver::DAYS_PER_MONTH;
                self.cube
                    .add(places(), layer, BB, baseband, Field::Late, slot.sites * months);
            }
        }
        let vendors = world.vendors.len();
        for (o, operator) in world.operators.iter().enumerate() {
            let suppliers = self.state.supplied[o * vendors..(o + 1) * vendors]
                .iter()
                .filter(|n| **n > 0)
                .count();
            let Some(slot) = world.slots.get(operator.slots.start) else {
                continue;
            };
            let places = world.places_of_country[operator.country]
                .iter()
                .copied()
                .chain([world.first_operator_place + o]);
            let money = operator.extra_vendor * years * suppliers.saturating_sub(1) as f64;
            self.cube.add(
                places,
                layer_index(world, slot.layer),
                BB,
                0,
                Field::CostIntegration,
                money,
            );
        }
    }

    fn measure(&mut self, date: usize) {
        self.accrue();
        let today = self.state.today;
        self.counters.valuations += fill(
            &mut self.cube,
            self.world,
            &self.state,
            &self.posted,
            &mut self.desk,
            &self.order,
            today,
        );
        let view = View {
            world: self.world,
            cube: &self.cube,
            posted: &self.posted,
            everyone: &self.everyone,
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
        // What is awarded on the first day belongs to the first year: a flow covers the time after the last date, and there is none before.
        self.cube.clear(date > 0);
        self.last_measure = today;
    }
}
