//! Removing a seller by a date: cost and time, with the crews that there are (L8).
//!
//! For each seller and deadline, kit whose life ends before the deadline is replaced then, by another seller; the rest goes on the deadline,
//! with the unused life and the broken contract in the bill ([`wedge::removal`]). Only the life that is left is that of the day on which kit goes: unit
//! costs, terms, rules, maturity of interfaces and neighbouring generations are those of the day of measurement, as nothing is forecast. The bill
//! is the switching bill alone: what other sellers charge more, or do worse, is no part of it. Where crews are too few, the time says so; the
//! bill is still that of the deadline.
//!
//! Where nobody else may serve there is no bill, and a sum over what has one would be smallest where lock-in is total. So the share of sites that
//! the cost leaves out stands beside it.

use crate::calendar::Day;
use crate::market::terms::Terms;
use crate::market::wedge::{self, Scan};
use crate::world::state::sellers;
use crate::world::{BB, Layer, RU, Stack, World};

/// Measures that are read from an [`ExitBook`].
pub const EXITS: [&str; 3] = ["exit_cost", "exit_blocked_share", "exit_years"];

/// Years from the first day whose ends are deadlines.
const DEADLINE_YEARS: [i32; 6] = [3, 5, 8, 10, 15, 20];

/// Deadlines for which removals are valued: the last days of the third, fifth, eighth, tenth, fifteenth and twentieth year, as far as the
/// run goes.
#[must_use]
pub fn exit_deadlines(start: Day, end: Day) -> Vec<Day> {
    let year = start.start_of_year();
    DEADLINE_YEARS
        .iter()
        .map(|n| year.add_months(12 * n).add_days(-1))
        .filter(|d| *d > start && *d <= end)
        .collect()
}

/// What the removal of one seller leaves one operator to do.
#[derive(Debug, Clone, Copy)]
struct Work {
    /// Sites that go on the deadline.
    sites: f64,
    /// The last end of life before it.
    last: Option<Day>,
}

/// Sites that a seller holds in a place.
#[derive(Debug, Clone, Copy, Default)]
struct Held {
    sites: f64,
    /// Those among them for which there is no way out.
    blocked: f64,
}

const NOTHING: Work = Work { sites: 0.0, last: None };

/// See the module docs. Filled anew at each measurement.
#[derive(Debug, Clone)]
pub struct ExitBook {
    deadlines: Vec<Day>,
    vendors: usize,
    places: usize,
    operators: usize,
    today: Day,
    /// US dollars, by deadline, place and vendor; NaN where it holds nothing.
    cost: Vec<f64>,
    years: Vec<f64>,
    /// By place and vendor.
    held: Vec<Held>,
    /// By deadline, operator and vendor.
    work: Vec<Work>,
}

impl ExitBook {
    /// An empty book.
    #[must_use]
    pub fn new(world: &World) -> Self {
        let deadlines = exit_deadlines(world.start, world.end);
        let (vendors, places, operators) = (world.vendors.len(), world.places.len(), world.operators.len());
        let cells = deadlines.len() * places * vendors;
        Self {
            vendors,
            places,
            operators,
            today: world.start,
            cost: vec![f64::NAN; cells],
            years: vec![f64::NAN; cells],
            held: vec![Held::default(); places * vendors],
            work: vec![NOTHING; deadlines.len() * operators * vendors],
            deadlines,
        }
    }

    /// Begins a day.
    pub(super) fn begin(&mut self, today: Day) {
        self.today = today;
        self.cost.fill(f64::NAN);
        self.years.fill(f64::NAN);
        self.held.fill(Held::default());
        self.work.fill(NOTHING);
    }

    /// Adds a slot's kit.
    pub(super) fn add(
        &mut self,
        world: &World,
        slot: usize,
        stack: &Stack,
        life_left: [f64; 2],
        scan: &Scan,
        terms: &Terms,
    ) {
        let info = &world.slots[slot];
        if info.layer == Layer::Core {
            return;
        }
        let rho = world.scenario.market.social_discount_rate;
        let own_place = world.first_operator_place + info.operator;
        let places = || world.places_of_country[info.country].iter().copied().chain([own_place]);
        for vendor in sellers(stack) {
            let held = [RU, BB].map(|k| stack.seller[k] == vendor);
            let own_end = [RU, BB]
                .into_iter()
                .filter(|k| held[*k])
                .map(|k| life_left[k])
                .fold(0.0, f64::max);
            // How long kit lasts moves the cost of a way out and not whether there is one.
            let blocked = wedge::removal(scan, terms, stack, vendor, held, life_left).is_none();
            for place in places() {
                let held = &mut self.held[place * self.vendors + usize::from(vendor)];
                held.sites += info.sites;
                held.blocked += if blocked { info.sites } else { 0.0 };
            }
            for (d, deadline) in self.deadlines.iter().enumerate().filter(|(_, d)| **d > self.today) {
                let until = self.today.years_until(*deadline);
                let goes_in = own_end.min(until);
                let work = &mut self.work[(d * self.operators + info.operator) * self.vendors + usize::from(vendor)];
                if own_end <= until {
                    let day = self.today.plus_years(own_end);
                    work.last = work.last.max(Some(day));
                } else {
                    work.sites += info.sites;
                }
                let left = life_left.map(|l| (l - goes_in).max(0.0));
                let Some(bill) = wedge::removal(scan, terms, stack, vendor, held, left) else {
                    continue;
                };
                let money = info.sites * bill * libm::exp(-rho * goes_in);
                for place in places() {
                    let cell = &mut self.cost[(d * self.places + place) * self.vendors + usize::from(vendor)];
                    *cell = if cell.is_nan() { money } else { *cell + money };
                }
            }
        }
    }

    /// Ends the day: how long the crews need.
    pub(super) fn end(&mut self, world: &World) {
        for (d, deadline) in self.deadlines.iter().enumerate() {
            for (o, operator) in world.operators.iter().enumerate() {
                for v in 0..self.vendors {
                    let work = self.work[(d * self.operators + o) * self.vendors + v];
                    let gone = if work.sites > 0.0 {
                        let days = world.lead_days + libm::ceil(work.sites / operator.sites_per_day) as i32;
                        Some((*deadline).max(self.today.add_days(days)))
                    } else {
                        work.last
                    };
                    let Some(gone) = gone else { continue };
                    let years = self.today.years_until(gone);
                    let own_place = world.first_operator_place + o;
                    let places = world.places_of_country[operator.country].iter().copied();
                    for place in places.chain([own_place]) {
                        let cell = &mut self.years[(d * self.places + place) * self.vendors + v];
                        *cell = if cell.is_nan() { years } else { cell.max(years) };
                    }
                }
            }
        }
    }

    fn of_one<'a, T>(&self, values: &'a [T], deadline: usize, place: usize, vendors: &[usize]) -> Option<&'a T> {
        // A removal is of one seller: of two at once, each would be no way out for the other.
        let [vendor] = vendors else { return None };
        values.get((deadline * self.places + place) * self.vendors + vendor)
    }

    /// Cost of removing one vendor by a deadline, US dollars.
    #[must_use]
    pub fn cost(&self, deadline: usize, place: usize, vendors: &[usize]) -> f64 {
        self.of_one(&self.cost, deadline, place, vendors)
            .copied()
            .unwrap_or(f64::NAN)
    }

    /// Share of the radio sites of one vendor for which there is no way out, and which [`ExitBook::cost`] leaves out; NaN where it holds nothing.
    #[must_use]
    pub fn blocked_share(&self, place: usize, vendors: &[usize]) -> f64 {
        // What is blocked is the same for every deadline.
        let held = self.of_one(&self.held, 0, place, vendors);
        held.filter(|h| h.sites > 0.0).map_or(f64::NAN, |h| h.blocked / h.sites)
    }

    /// Years until the last of it is gone.
    #[must_use]
    pub fn years(&self, deadline: usize, place: usize, vendors: &[usize]) -> f64 {
        self.of_one(&self.years, deadline, place, vendors)
            .copied()
            .unwrap_or(f64::NAN)
    }
}
