//! Merger of two sellers (S13, consolidation): the buyer takes over the target's contracts, the target's products leave sale.
//!
//! **Equation.** On the day all kit of the target, standing or ordered, becomes the buyer's: whoever had the target as incumbent has
//! the buyer, with what he is trained for. From then on one price setter bids where two did. The target may not be bought any more.
//! Where both had supplied one stack, it is an open stack of one vendor. The buyer's unit cost falls by `synergy_share`, and where the
//! scenario plays research it adds the target's research to its own.
//!
//! The buyer's own product line goes on with its own cost, quality and learning. Of operators' lasting taste for the target the share
//! `taste_share` is handed on, none by default: where x is the target's share of the kit that an operator has of both, its taste for the
//! buyer moves by `taste_share x (taste for the target - taste for the buyer)`, so that who had nothing of the target likes the buyer as
//! before, and who had nothing else likes it, at 1, as he liked the target. A rule against the target does not follow its kit to the buyer. A regulator's remedies, and a merger that is undone, are not
//! modelled: the lever has no `end`.
//!
//! **Writes** `slots`, `supplied`, `rules`, `conditions.cost`, `research`, `taste`. **Strength** is the share of operators whose contracts move
//! ([`crate::world::rules::mark`]): the others go on with the target. **At 0** nothing is scheduled. **Limit:** at 1 the target holds
//! and sells nothing from the day on. The buyer must sell every part (radio, baseband, core) that the target does, and in every country
//! where the target sells: nobody else could renew what it takes over.
//!
//! **Evidence:** none for a synergy; no merger of two radio vendors has been proposed since 2016.

use std::sync::Arc;

use super::{Common, Lever, Moment};
use crate::scenario::document::{Fields, Number, Variant};
use crate::scenario::kinds::VENDOR;
use crate::world::rules::{Bound, Rule};
use crate::world::{Arch, BB, PRODUCTS, RU, RuleScope, Shift, SlotState, Stack, State, VendorIx, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "merger",
    doc: "One vendor takes over another's contracts; its products leave sale",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct Merger {
    common: Common,
    buyer: String,
    target: String,
    synergy: f64,
    taste: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let lever = Merger {
        common: Common::fields(f),
        buyer: f.reference("buyer", VENDOR, "Vendor that takes over"),
        target: f.reference("target", VENDOR, "Vendor that is taken over"),
        synergy: f.number_or(
            "synergy_share",
            0.0,
            Number::new("share of unit cost").range(0.0..=0.5),
            "Fall of the buyer's unit cost",
        ),
        taste: f.number_or(
            "taste_share",
            0.0,
            Number::share(),
            "Share of operators' lasting taste for the target that the buyer inherits with its kit",
        ),
    };
    f.require(
        lever.buyer != lever.target,
        "target",
        "a vendor cannot take itself over",
        "another vendor than `buyer`",
    );
    f.require(lever.common.end.is_none(), "end", "a merger is not undone", "no `end`");
    Arc::new(lever)
}

/// A stack after the merger.
fn handed_over(stack: Stack, from: VendorIx, to: VendorIx) -> Stack {
    let seller = stack.seller.map(|v| if v == from { to } else { v });
    let one = stack.arch == Arch::OpenMulti && seller[0] == seller[1];
    Stack {
        seller,
        arch: if one { Arch::OpenSingle } else { stack.arch },
        ..stack
    }
}

/// Hands operators' lasting taste for `from` on to `to`, by what they have of both before their contracts move.
fn inherit_tastes(world: &World, state: &mut State, share: f64, bound: Bound, from: VendorIx, to: VendorIx) {
    for (o, operator) in world.operators.iter().enumerate().filter(|(_, o)| bound.binds(o.mark)) {
        let mut held = [0.0; 2];
        for slot in operator.slots.clone() {
            let info = &world.slots[slot];
            for k in [RU, BB] {
                let seller = state.slots[slot].stack.map(|s| s.seller[k]);
                for (sites, v) in held.iter_mut().zip([from, to]) {
                    *sites += if seller == Some(v) {
                        info.sites * info.weight[k]
                    } else {
                        0.0
                    };
                }
            }
        }
        let both = held[0] + held[1];
        if both > 0.0 {
            let at = |v: VendorIx| o * world.vendors.len() + usize::from(v);
            let gap = state.taste[at(from)] - state.taste[at(to)];
            state.taste[at(to)] += share * held[0] / both * gap;
        }
    }
}

impl Lever for Merger {
    fn kind(&self) -> &'static str {
        VARIANT.key
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn takeover(&self) -> Option<[&str; 2]> {
        Some([&self.buyer, &self.target])
    }

    fn reads(&self) -> &'static [&'static str] {
        &[]
    }

    fn writes(&self) -> &'static [&'static str] {
        &["slots", "supplied", "rules", "conditions.cost", "research", "taste"]
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        let index = |id: &str| world.vendors.iter().position(|v| v.id == id).map(|v| v as VendorIx);
        let (Moment::InForce, Some(to), Some(from)) = (moment, index(&self.buyer), index(&self.target)) else {
            return;
        };
        let bound = Bound::share(self.common.strength);
        if self.taste > 0.0 {
            inherit_tastes(world, state, self.taste, bound, from, to);
        }
        for (slot, info) in world.slots.iter().enumerate() {
            if !bound.binds(world.operators[info.operator].mark) {
                continue;
            }
            let SlotState { stack, pending, .. } = state.slots[slot];
            for old in [stack, pending].into_iter().flatten().filter(|s| s.holds(from)) {
                state.leave(world, slot, &old);
                state.enter(world, slot, &handed_over(old, from, to));
            }
            state.slots[slot].stack = stack.map(|s| handed_over(s, from, to));
            state.slots[slot].pending = pending.map(|s| handed_over(s, from, to));
        }
        for country in 0..world.countries.len() {
            let rule = Rule {
                lever,
                scope: RuleScope::ALL,
                bound,
                in_force: true,
                deadline: None,
            };
            state.rules.add(country, from, rule);
        }
        let mut cost = vec![[1.0; PRODUCTS]; world.vendors.len()];
        cost[usize::from(to)] = [1.0 - self.synergy * self.common.strength; PRODUCTS];
        state.conditions.shift(
            lever,
            Shift {
                cost,
                ..Shift::default()
            },
        );
        if let Some(research) = &mut state.research {
            let moved = self.common.strength * research.income[usize::from(from)];
            research.income[usize::from(from)] -= moved;
            research.income[usize::from(to)] += moved;
        }
    }
}
