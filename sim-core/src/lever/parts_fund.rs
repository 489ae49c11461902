//! A fund that pays a share of the price of certain parts to their buyers: what the levers of that kind have in common.

use std::sync::Arc;

use super::fund::{Fund, PAYER_OR_BUYER, support};
use super::{Common, Lever, Moment, scope_keys};
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::scenario::document::{Fields, Number};
use crate::world::{Aid, State, World};

/// A lever that pays toward parts of one kind.
#[derive(Debug, Clone)]
pub struct PartsFund {
    kind: &'static str,
    common: Common,
    fund: Fund,
    /// Sum a site over the reference price of the component.
    share: f64,
    aid: Aid,
}

impl PartsFund {
    /// Reads the keys of a lever of this kind, which pays toward parts of the kind `aid`.
    pub fn fields(f: &mut Fields<'_>, kind: &'static str, aid: Aid) -> Arc<dyn Lever> {
        let common = Common::fields(f);
        let fund = Fund::fields(f, PAYER_OR_BUYER);
        let share = f.number_or(
            "share_of_price",
            0.2,
            Number::new("share of price").range(0.0..=1.0),
            "Sum a site, over the reference price of the component (assumption; no source)",
        );
        Arc::new(Self {
            kind,
            common,
            fund,
            share,
            aid,
        })
    }
}

impl Lever for PartsFund {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn reads(&self) -> &'static [&'static str] {
        scope_keys::ALL
    }

    fn writes(&self) -> &'static [&'static str] {
        &["purse"]
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        match moment {
            Moment::InForce => {
                self.fund.open(lever, state);
                let share = self.share * self.common.strength;
                let payers = self.fund.payers_or_buyer(world);
                let support = support(&self.common, lever, self.aid, share, payers, (world, state));
                state.purse.open(support);
            }
            Moment::End => state.purse.close(lever),
            Moment::Announced | Moment::Deadline => {}
        }
    }

    fn payer(&self) -> Option<&str> {
        self.fund.payer.as_deref()
    }

    fn review(&self, lever: usize, last: Day, _world: &World, _posted: &Posted, state: &mut State) {
        self.fund.release(lever, last, state);
    }
}
