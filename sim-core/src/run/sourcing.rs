//! Sourcing in a run: what an operator's rule leaves of an offer, and what it reckons to lose with a seller.

use super::engine::Run;
use crate::market::alternatives::{Alternative, Kind};
use crate::market::switching::Attachment;
use crate::market::value::annuity;
use crate::world::sourcing::{self, PARTS};
use crate::world::{BB, NO_VENDOR, RU, VendorIx};

impl Run<'_> {
    /// Holds the offer on the desk to the sourcing of its operator, where that is played. Returns whether a part of the rule was set
    /// aside because it left nothing to buy.
    pub(super) fn source(&mut self, slot: usize, attached: &Attachment, ages: [f64; 2]) -> bool {
        let world = self.world;
        let rule = sourcing::rule(world, world.slots[slot].operator);
        if rule.is_off() {
            return false;
        }
        let mut relaxed = false;
        for part in PARTS {
            let Some(left) = sourcing::allows(world, &self.state, slot, part) else {
                continue;
            };
            let within = |a: &Alternative| {
                let buys = a.buys();
                (a.kind == Kind::Keep)
                    || [RU, BB].into_iter().all(|k| {
                        let v = a.seller[k];
                        !buys[k] || v == NO_VENDOR || left[k][usize::from(v)]
                    })
            };
            let offer = &mut self.desk.offer;
            let purchases = |list: &[Alternative]| list.iter().any(|a| a.kind != Kind::Keep && within(a));
            if purchases(&offer.alternatives) {
                offer.alternatives.retain(within);
            } else {
                relaxed |= offer.alternatives.iter().any(|a| a.kind != Kind::Keep);
            }
        }
        if rule.resilience > 0.0 {
            let [radio, baseband] = sourcing::expected_loss(world, &self.state, slot);
            let terms = &mut self.desk.offer.terms;
            let years = rule.resilience * annuity(terms.wacc, terms.term);
            for (v, loss) in radio.into_iter().zip(baseband).enumerate() {
                let seller = terms.seller_mut(v as VendorIx);
                for (k, loss) in [(RU, loss.0), (BB, loss.1)] {
                    seller.risk[k] += years * loss;
                    seller.value[k] -= years * loss;
                }
            }
        }
        let future = super::hold::future(self.next.as_ref(), world, slot);
        self.desk.offer.evaluate_ahead(Some(attached), ages, future);
        relaxed
    }
}
