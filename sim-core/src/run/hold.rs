//! Holding a tender: from a slot that is due to an award, a keep or a recorded relaxation.

use super::engine::{ReplicateError, Run};
use super::observe::TenderReport;
use crate::draws::{Decision, StreamKey};
use crate::market::alternatives::{Alternative, Kind};
use crate::market::switching::{Attachment, BROUGHT_FORWARD, INTEGRATION, ITEMS};
use crate::market::tender::{Continuation, Outcome, effective_bidders, lambdas};
use crate::market::terms::{Buyer, PARTIAL_MINIMUM_YEARS};
use crate::measure::cube::Field;
use crate::measure::stocks::layer_index;
use crate::record::TenderRow;
use crate::world::{BB, Layer, NO_VENDOR, RU, Stack};

/// Buffers of a tender, reused.
#[derive(Debug, Default)]
pub struct Scratch {
    margins: Vec<f64>,
    probabilities: Vec<f64>,
    prices: Vec<f64>,
    shocks: Vec<(f64, f64)>,
    by_seller: Vec<f64>,
}

/// Causes in the key of luck: a forced tender is another decision than a scheduled one.
const SCHEDULED: u32 = 0;
const FORCED: u32 = 1;

impl Run<'_> {
    /// Holds the tender of a slot.
    ///
    /// # Errors
    /// [`ReplicateError::Failed`] if the tender cannot be solved at all.
    pub(super) fn hold(&mut self, slot: usize) -> Result<(), ReplicateError> {
        self.state.slots[slot].tender = None;
        if self.state.slots[slot].pending.is_some() || self.is_retired(slot) {
            return Ok(());
        }
        let world = self.world;
        let info = &world.slots[slot];
        let today = self.state.today;
        let s = self.state.slots[slot];
        let forced = s.forced;
        let operator = &world.operators[info.operator];
        let old = s.stack;
        let at = s.due.max(today);
        let (life_left, ages) = old.as_ref().map_or(([0.0; 2], [0.0; 2]), |stack| self.state.life(world, stack, at));
        let attached = Attachment { stack: old.as_ref(), legacy: self.state.legacy(world, slot), life_left };
        let buyer = Buyer { country: &world.countries[info.country], country_index: info.country, operator: Some((info.operator, operator)), slot: info };
        self.desk.prepare(world, &self.state, &self.posted, &buyer, Some(&attached), ages, !forced, today);
        self.counters.tenders += 1;
        self.counters.alternatives += self.desk.alternatives.len() as u64;
        let keys = StreamKey {
            kind: Decision::Tender,
            entity: operator.key,
            lot: info.territory << 16 | info.cohort & 0xffff,
            cycle: s.cycle << 4 | layer_index(world, info.layer) as u32,
            cause: if forced { FORCED } else { SCHEDULED },
        };
        let lambda = lambdas(world);
        let mut luck = self.luck.stream(keys);
        let scratch = &mut self.scratch;
        scratch.margins.clear();
        scratch.probabilities.clear();
        scratch.prices.clear();
        scratch.shocks.clear();
        let mut payments = [0.0; 2];
        let mut price = 0.0;
        let outcome = if self.desk.alternatives.is_empty() {
            Outcome::Relaxed
        } else {
            let terms = std::mem::take(&mut self.desk.terms);
            self.desk.terms.clone_scales(&terms);
            self.desk.terms = terms;
            let alternatives = self.desk.alternatives.clone_into_scratch(&mut self.alternatives_scratch);
            let _ = alternatives;
            unreachable!()
        };
        let _ = (outcome, &mut payments, &mut price, &mut luck);
        Ok(())
    }
}
