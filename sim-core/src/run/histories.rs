//! A replicate played on many times over: for path dependence (L6) and the cost of unlocking (L7).
//!
//! **L6.** From the first day, on which lasting tastes are those of the replicate, `early` histories are played to the end of the early
//! years, each with luck of its own; each goes on `late` times, again with luck of its own. What the early history explains of the variance of a late
//! share is the correlation [`intraclass`]. Beside it stands the same in the world of the replicate with every switching cost nil and nobody learning.
//!
//! **L7.** On the chosen dates the replicate branches ([`Run::branch`]): the copy goes on with the same luck and a grant on every open
//! purchase, a share of the reference price; [`unlocking_cost`] finds the least at which the market tips, and the money that it took is
//! the value.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::engine::{ReplicateError, Run};
use super::simulation::Setting;
use crate::calendar::Day;
use crate::draws::Luck;
use crate::inference::{intraclass, unlocking_cost};
use crate::market::foresight::Occasion;
use crate::measure::histories::{PATH_DEPENDENCE, UNLOCKING_COST};
use crate::measure::{CATALOGUE, Cell, SeriesPlan};
use crate::scenario::Scenario;
use crate::world::{Aid, RuleScope, Stack, Support};

/// Replicates of a study are fewer than this: luck beyond it is that of histories.
const HISTORIES_FROM: u64 = 1 << 32;
/// Budget that no grant uses up, US dollars.
const WITHOUT_END: f64 = 1e15;
/// Precision of the least grant, share of the largest.
const TOLERANCE: f64 = 1.0 / 64.0;

/// What a scenario asks of histories.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    path: bool,
    unlocking: bool,
}

impl Asked {
    /// What a plan records; `None` if nothing.
    #[must_use]
    pub fn of(plan: &SeriesPlan) -> Option<Self> {
        let asked = Self {
            path: plan.records(PATH_DEPENDENCE),
            unlocking: plan.records(UNLOCKING_COST),
        };
        (asked.path || asked.unlocking).then_some(asked)
    }
}

/// One replicate: what it is played in, and with which luck.
pub(super) struct Replicate<'a> {
    pub(super) setting: &'a Setting,
    pub(super) dates: &'a [Day],
    pub(super) seed: u64,
    pub(super) number: u64,
    pub(super) stop: &'a AtomicBool,
}

impl<'a> Replicate<'a> {
    /// Luck of one of its histories.
    fn luck(&self, history: u64) -> Luck {
        Luck::new(self.seed, (history + 1) * HISTORIES_FROM + self.number)
    }

    /// The replicate on its first day, to be played without being measured.
    fn begin(&self, setting: &'a Setting, nothing: &'a SeriesPlan) -> Run<'a> {
        let luck = Luck::new(self.seed, self.number);
        Run::new(&setting.world, &setting.buyers, nothing, self.dates, luck, false, false)
            .looking_ahead(setting.next.clone())
    }
}

/// Fills what was asked into the values of a replicate, row-major by date.
///
/// # Errors
/// As [`Run::play`].
pub(super) fn fill(
    asked: Asked,
    replicate: &Replicate,
    plan: &SeriesPlan,
    values: &mut [f64],
) -> Result<(), ReplicateError> {
    let cells = |name: &'static str| {
        let all = plan.cells.iter().enumerate();
        all.filter(move |(_, c)| CATALOGUE[c.measure].name == name)
    };
    let series = plan.cells.len();
    if asked.path {
        let continuations = replicate.setting.world.scenario.measures.histories.late as usize;
        let memoryless = setting(memoryless(&replicate.setting.world.scenario))?;
        for (part, setting) in [replicate.setting, &memoryless].into_iter().enumerate() {
            let late = late_shares(replicate, setting)?;
            for (s, cell) in cells(PATH_DEPENDENCE).filter(|(_, c)| c.part == part) {
                for (d, shares) in late.iter().enumerate() {
                    values[d * series + s] = dependence(shares, continuations, cell).unwrap_or(f64::NAN);
                }
            }
        }
    }
    if asked.unlocking {
        let money = unlocking(replicate)?;
        for (s, _) in cells(UNLOCKING_COST) {
            for (d, cost) in &money {
                values[d * series + s] = *cost;
            }
        }
    }
    Ok(())
}

/// The scenario without memory: no switching cost, no learning. Vendors give no credit of their own, since what falls due on leaving is a
/// switching cost.
#[must_use]
pub fn memoryless(scenario: &Scenario) -> Scenario {
    let mut s = scenario.clone();
    let free = &mut s.switching;
    for cost in [
        &mut free.ru_work,
        &mut free.bb_work,
        &mut free.bb_software_work,
        &mut free.removal,
        &mut free.optimisation,
        &mut free.x2_anchor,
        &mut free.oss_onboarding,
        &mut free.training,
        &mut free.outage,
        &mut free.core_work_share,
        &mut s.contract.break_fee_share,
        &mut s.integration.start_up,
        &mut s.integration.extra_vendor_per_year,
    ] {
        *cost = 0.0;
    }
    for vendor in &mut s.vendors {
        vendor.credit = None;
    }
    s.learning.progress_ratio = 1.0;
    s.learning.white_box_progress_ratio = 1.0;
    s.integration.experience_exponent = 0.0;
    s
}

/// A scenario made ready for histories.
fn setting(scenario: Scenario) -> Result<Setting, ReplicateError> {
    let time = scenario.start;
    Setting::new(&Arc::new(scenario)).map_err(|found| ReplicateError::Failed {
        time,
        place: PATH_DEPENDENCE.to_owned(),
        message: format!("{found:?}"),
    })
}

/// By date and continuation, those of one early history in a row, the share of radio sites of each vendor; empty until the early years end.
type LateShares = Vec<Vec<Vec<f64>>>;

fn late_shares(replicate: &Replicate, setting: &Setting) -> Result<LateShares, ReplicateError> {
    let asked = setting.world.scenario.measures.histories;
    let nothing = SeriesPlan::nothing();
    let until = setting.world.start.plus_years(asked.early_years);
    let mut late: LateShares = vec![Vec::new(); replicate.dates.len()];
    for early in 0..asked.early {
        let mut run = replicate.begin(setting, &nothing);
        run.luck = replicate.luck(u64::from(early * (asked.late + 1)));
        run.play_until(until, replicate.stop)?;
        for continuation in 0..asked.late {
            let mut run = run.branch();
            run.luck = replicate.luck(u64::from(early * (asked.late + 1) + continuation + 1));
            for (d, day) in replicate.dates.iter().enumerate().filter(|(_, day)| **day > until) {
                run.play_until(*day, replicate.stop)?;
                late[d].push(run.state.world_shares(run.world, |_| true));
            }
        }
    }
    Ok(late)
}

/// What early histories explain of the share of the vendors of a cell.
fn dependence(shares: &[Vec<f64>], continuations: usize, cell: &Cell) -> Option<f64> {
    let share = |by_vendor: &Vec<f64>| cell.vendors.iter().map(|v| by_vendor[*v]).fold(0.0, |sum, x| sum + x);
    let late: Vec<f64> = shares.iter().map(share).collect();
    intraclass(&late, continuations)
}

/// By place of the date, the least money that tips the market from then on, million US dollars.
fn unlocking(replicate: &Replicate) -> Result<Vec<(usize, f64)>, ReplicateError> {
    let world = &replicate.setting.world;
    let every = world.scenario.measures.histories.start_every_years;
    let nothing = SeriesPlan::nothing();
    let mut run = replicate.begin(replicate.setting, &nothing);
    let mut found = Vec::new();
    let mut due = 0.0;
    for (d, day) in replicate.dates.iter().enumerate() {
        // The end of a year counts as the beginning of the next.
        let years = world.start.years_until(day.add_days(1));
        if *day >= world.end || years < due {
            continue;
        }
        due = years + every - 0.5 / 365.25;
        run.play_until(*day, replicate.stop)?;
        let mut last = (f64::NAN, 0.0);
        let least = unlocking_cost(1.0, 0.5, TOLERANCE, |share| {
            let (tipped, money) = run.branch().granted(share, replicate.stop)?;
            if tipped {
                last = (share, money);
            }
            Ok(f64::from(u8::from(tipped)))
        })?;
        // The least grant that did is the last that was found to do.
        found.push((d, least.map_or(f64::NAN, |_| 1e-6 * last.1)));
    }
    Ok(found)
}

impl Run<'_> {
    /// Plays to the end with a grant on every open purchase, a share of the reference price. Returns whether the market has tipped
    /// then, and what it cost, US dollars.
    fn granted(mut self, share: f64, stop: &AtomicBool) -> Result<(bool, f64), ReplicateError> {
        let world = self.world;
        let payer = self.state.purse.add_payer(WITHOUT_END);
        if share > 0.0 {
            self.state.purse.open(Support {
                lever: payer,
                aid: Aid::Open,
                scope: RuleScope::ALL,
                buyers: vec![true; world.countries.len()],
                sellers: vec![true; world.vendors.len()],
                share,
                claims: 0.0,
                payers: None,
            });
            self.look_ahead(Occasion::Whole);
        }
        self.play_until(world.end, stop)?;
        let open = self.state.world_shares(world, Stack::is_open);
        let open = open.iter().fold(0.0, |sum, x| sum + x);
        let tipped = open >= world.scenario.measures.histories.tipped_share;
        Ok((tipped, WITHOUT_END - self.state.purse.budget[payer]))
    }
}
