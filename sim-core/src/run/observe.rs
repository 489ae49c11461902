//! Watching a run: the trace and the tender tables are views of one stream of events.

use crate::calendar::Day;
use crate::lever::Moment;
use crate::market::alternatives::Alternative;
use crate::market::tender::Outcome;
use crate::world::Stack;
use crate::world::fates::Fate;

/// Everything about one tender.
#[derive(Debug)]
pub struct TenderReport<'a> {
    /// Stable id.
    pub id: String,
    /// Day.
    pub day: Day,
    /// `renewal`, `new_build`, `forced` or `core`.
    pub kind: &'static str,
    /// Slot.
    pub slot: usize,
    /// Kit that stood.
    pub old: Option<Stack>,
    /// Alternatives, keep last.
    pub alternatives: &'a [Alternative],
    /// Itemised bill of each.
    pub bills: &'a [[f64; 7]],
    /// Value before price of each.
    pub values: &'a [f64],
    /// Price bid for each.
    pub prices: &'a [f64],
    /// List price of each.
    pub list_prices: &'a [f64],
    /// Probability of each.
    pub probabilities: &'a [f64],
    /// Shock of each, money: own and nest's.
    pub shocks: &'a [(f64, f64)],
    /// Flow parts of each: quality, taste, finance, risk, gap, running.
    pub flows: &'a [[f64; 7]],
    /// Value net of price of each; minus infinity for a variant that does not stand.
    pub net_values: &'a [f64],
    /// What the buyer's foresight adds to each; part of its value.
    pub continuation: &'a [f64],
    /// `W_j(a)` of those who set its price, slot by slot radio, baseband; 0 in an empty slot and where nobody looks ahead.
    pub later: &'a [[f64; 2]],
    /// Inclusive value of each nest, money; minus infinity for an empty one. Empty where nothing was on offer.
    pub inclusive: &'a [f64],
    /// Part of a contract's value that the years of keep and extend bring: `rho` of [`crate::market::terms::Terms::keep`].
    pub share_of_keep: f64,
    /// What happened.
    pub outcome: Outcome,
    /// Months late.
    pub months_late: f64,
}

/// Names of the flow parts of a [`TenderReport`].
pub const FLOWS: [&str; 7] = ["quality", "taste", "finance", "risk", "open_gap", "running", "policy"];

/// Sees what happens. All methods do nothing by default.
pub trait Observer {
    /// A lever acts.
    fn lever(&mut self, _day: Day, _name: &str, _moment: Moment) {}
    /// A tender has been decided.
    fn tender(&mut self, _report: &TenderReport) {}
    /// A forced removal is held back for public money, at most until a day.
    fn held_back(&mut self, _day: Day, _slot: usize, _until: Day) {}
    /// Kit stands.
    fn delivery(&mut self, _day: Day, _slot: usize, _stack: &Stack) {}
    /// Kit of a generation that is no longer renewed is switched off.
    fn switch_off(&mut self, _day: Day, _slot: usize, _stack: &Stack) {}
    /// A vendor has decided to open its line, to enter or to leave.
    fn vendor(&mut self, _day: Day, _vendor: &str, _fate: Fate) {}
    /// A market review has posted new numbers.
    fn review(&mut self, _day: Day, _maturity: [f64; 3]) {}
    /// A generation is launched for the first time anywhere.
    fn launch(&mut self, _day: Day, _generation: &str) {}
}
