//! The reference market: a model so small that engines can be compared on it.
//!
//! M operators buy from 8 vendors over 30 years. Operator `i` begins with vendor `i mod 8` and tenders as a Poisson process of rate 1/7 a
//! year. At a tender
//!
//! ```text
//! u_v = quality_v - price_v - 1.0 [v is not installed] + 1.0 share_v,    quality_v = 0.5 + 0.05 (3 v mod 8)
//! ```
//!
//! and the vendor is drawn by the logit of `u`. Shares and cumulative awards change at once. At the end of each year shares and
//! concentration are recorded, and then prices follow Wright's law on cumulative awards,
//! `price_v = (1 + 0.02 v) (cum_v / cum_v(0))^-0.2`, with `cum_v(0)` the base installed at the start. A run has some 4.29 M tenders.
//!
//! It is played by what plays the full model: [`Calendar`], [`Luck`], [`choice`](crate::market::choice),
//! [`wright`] and [`herfindahl`]. What differs is the use of luck. No two worlds are compared here, so the market reads one
//! open stream in the order of its events, two draws a tender, where a tender of the full model opens a stream of its own.
//!
//! The network effect and the switching cost are equal to taste (mu = 1), so that the market concentrates slowly: with many operators the index ends near
//! 0.128, with 100 of them at 0.139 on average, the difference being the bias of small numbers
//! and chance that feeds on itself.

use crate::calendar::{Calendar, Day, Phase};
use crate::draws::{Decision, Draws, Luck, StreamKey, stable_hash};
use crate::market::choice::draw_by_weight;
use crate::market::posted::wright;
use crate::measure::{CATALOGUE, SeriesPlan, herfindahl};
use crate::record::{Counters, ReplicateRecord, SeriesKey};

/// Vendors of the reference market.
pub const VENDORS: usize = 8;
/// Years of a run.
pub const YEARS: u32 = 30;

/// Tenders of an operator, a year.
const TENDER_RATE: f64 = 1.0 / 7.0;
/// Loss of utility by a change of vendor, in units of taste.
const SWITCHING_COST: f64 = 1.0;
/// Gain of utility by a share of 1, in units of taste.
const NETWORK_EFFECT: f64 = 1.0;
/// Cost after a doubling of cumulative awards: exponent -0.2.
const PROGRESS_EXPONENT: f64 = -0.2;
/// Parts of a day that the calendar tells apart.
const PARTS_OF_A_DAY: f64 = 256.0;
/// The same in a year of 365.25 days.
const PARTS_OF_A_YEAR: f64 = 365.25 * PARTS_OF_A_DAY;

/// What one year leaves behind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct YearEnd {
    /// Share of operators by installed vendor.
    pub shares: [f64; VENDORS],
    /// Herfindahl-Hirschman index of the shares.
    pub hhi: f64,
}

/// A run of the market.
#[derive(Debug, Clone, PartialEq)]
pub struct Played {
    /// One entry a year.
    pub years: Vec<YearEnd>,
    /// Tenders held.
    pub tenders: u64,
}

/// What happens in the market.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// An operator tenders.
    Tender(u32),
    /// A year ends.
    YearEnd,
}

/// Shares of the vendors before the first tender.
#[must_use]
pub fn starting_shares(operators: u32) -> [f64; VENDORS] {
    let operators = operators.max(VENDORS as u32);
    std::array::from_fn(|v| f64::from((operators - 1 - v as u32) / VENDORS as u32 + 1) / f64::from(operators))
}

/// Measures that a scenario with `[reference_market]` records, for the world's radio network and by vendor.
pub const MEASURES: [&str; 2] = ["share_sites", "hhi_sites"];

/// The series of a scenario that plays the reference market: of [`MEASURES`], for the world.
#[must_use]
pub fn plan(mut plan: SeriesPlan) -> SeriesPlan {
    let is_read = |key: &SeriesKey| {
        MEASURES.contains(&key.measure)
            && (key.component, key.generation.as_str(), key.place_kind) == ("ran", "all", "world")
    };
    let kept: Vec<bool> = plan.keys.iter().map(is_read).collect();
    let mut keep = kept.iter();
    plan.keys.retain(|_| keep.next().is_some_and(|k| *k));
    let mut keep = kept.iter();
    plan.cells.retain(|_| keep.next().is_some_and(|k| *k));
    plan
}

/// Plays one replicate of a scenario with `[reference_market]`: the value of each series on the first day and at the end of each year.
#[must_use]
pub fn replicate(operators: u32, k: u64, luck: &Luck, plan: &SeriesPlan, dates: usize) -> ReplicateRecord {
    let played = play(operators, luck);
    let start = starting_shares(operators);
    let mut values = Vec::with_capacity(dates * plan.cells.len());
    for date in 0..dates {
        let shares = match date.checked_sub(1) {
            None => Some(&start),
            Some(year) => played.years.get(year).map(|y| &y.shares),
        };
        values.extend(plan.cells.iter().map(|cell| {
            let share = |shares: &[f64; VENDORS]| {
                if CATALOGUE[cell.measure].name == MEASURES[0] {
                    cell.vendors.iter().fold(0.0, |sum, v| sum + shares[*v])
                } else {
                    herfindahl(shares.iter().copied())
                }
            };
            shares.map_or(f64::NAN, share)
        }));
    }
    ReplicateRecord {
        replicate: k,
        values,
        tenders: Vec::new(),
        counters: Counters {
            tenders: played.tenders,
            ..Counters::default()
        },
    }
}

/// The state of a run.
struct Market {
    calendar: Calendar<Event>,
    draws: Draws,
    start: Day,
    installed: Vec<u8>,
    /// Operators by installed vendor.
    base: [f64; VENDORS],
    /// Base at the start and awards since.
    cumulative: [f64; VENDORS],
    initial: [f64; VENDORS],
    /// `exp(quality - price + share)` by vendor: the weights of the logit, switching cost apart.
    weight: [f64; VENDORS],
    /// What one operator more, and one less, does to a weight.
    step: [f64; 2],
    /// Weight of the installed vendor over its weight as a newcomer.
    stay: f64,
}

/// Plays one run of the market with this many operators (at least 8, so that each vendor has a base; fewer are taken as 8).
///
/// # Example
///
/// ```
/// use sim_core::draws::Luck;
/// let played = sim_core::run::reference::play(1_000, &Luck::new(1, 0));
/// assert_eq!(played.years.len(), 30);
/// assert!((played.tenders as f64 / 4286.0 - 1.0).abs() < 0.06);
/// ```
#[must_use]
pub fn play(operators: u32, luck: &Luck) -> Played {
    let mut market = Market::new(operators.max(VENDORS as u32), luck);
    let mut years = Vec::with_capacity(YEARS as usize);
    let mut tenders = 0;
    while let Some(next) = market.calendar.pop() {
        match next.event {
            Event::Tender(operator) => {
                tenders += 1;
                market.tender(operator);
                let now = f64::from(market.start.days_until(next.time)) * PARTS_OF_A_DAY + f64::from(next.phase.0);
                market.call(operator, now);
            }
            Event::YearEnd => years.push(market.end_year()),
        }
    }
    Played { years, tenders }
}

impl Market {
    fn new(operators: u32, luck: &Luck) -> Self {
        // Any day will do: nothing depends on the date.
        let start = Day::MIN;
        let mut base = [0.0; VENDORS];
        let installed: Vec<u8> = (0..operators).map(|i| (i % VENDORS as u32) as u8).collect();
        for v in &installed {
            base[usize::from(*v)] += 1.0;
        }
        let more = libm::exp(NETWORK_EFFECT / f64::from(operators));
        let mut market = Self {
            calendar: Calendar::new(start),
            draws: luck.stream(StreamKey {
                kind: Decision::Tender,
                entity: stable_hash("reference-market"),
                lot: 0,
                cycle: 0,
                cause: 0,
            }),
            start,
            installed,
            base,
            cumulative: base,
            initial: base,
            weight: [0.0; VENDORS],
            step: [more, 1.0 / more],
            stay: libm::exp(SWITCHING_COST),
        };
        market.post();
        for year in 1..=YEARS {
            market.at(f64::from(year) * PARTS_OF_A_YEAR, Event::YearEnd);
        }
        for operator in 0..operators {
            market.call(operator, 0.0);
        }
        market
    }

    /// Puts an event at a time in parts of a day.
    fn at(&mut self, time: f64, event: Event) {
        let parts = time as u32;
        let day = self.start.add_days((parts / 256) as i32);
        // Times are never before the present one, and the calendar holds 2^32 events.
        let placed = self.calendar.schedule(day, Phase((parts % 256) as u8), event);
        debug_assert!(placed.is_ok(), "{placed:?}");
    }

    /// Calls an operator's next tender, if it comes before the end.
    fn call(&mut self, operator: u32, now: f64) {
        let time = now + self.draws.next_exponential() * (PARTS_OF_A_YEAR / TENDER_RATE);
        if time < f64::from(YEARS) * PARTS_OF_A_YEAR {
            self.at(time, Event::Tender(operator));
        }
    }

    fn tender(&mut self, operator: u32) {
        let installed = &mut self.installed[operator as usize];
        let old = usize::from(*installed);
        let mut weight = self.weight;
        weight[old] *= self.stay;
        let new = draw_by_weight(&weight, self.draws.next_uniform()).unwrap_or(old);
        *installed = new as u8;
        self.cumulative[new] += 1.0;
        self.base[old] -= 1.0;
        self.base[new] += 1.0;
        self.weight[old] *= self.step[1];
        self.weight[new] *= self.step[0];
    }

    fn end_year(&mut self) -> YearEnd {
        let all = self.installed.len() as f64;
        let year = YearEnd {
            shares: self.base.map(|n| n / all),
            hhi: herfindahl(self.base.iter().copied()),
        };
        self.post();
        year
    }

    /// Posts prices after learning, and with them all weights anew.
    fn post(&mut self) {
        let progress = libm::exp2(PROGRESS_EXPONENT);
        let all = self.installed.len() as f64;
        for v in 0..VENDORS {
            let price = (1.0 + 0.02 * v as f64) * wright(self.cumulative[v], self.initial[v], progress);
            let quality = 0.5 + 0.05 * (3 * v % VENDORS) as f64;
            self.weight[v] = libm::exp(quality - price + NETWORK_EFFECT * self.base[v] / all);
        }
    }
}
