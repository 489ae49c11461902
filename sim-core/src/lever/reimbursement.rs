//! Reimbursement of removals (S34, rip and replace): the state pays part of the bill of replacing listed kit, out of a limited fund.
//!
//! **Equation.** An operator that replaces kit of a vendor in scope under a duty of removal (a ban with a deadline) is paid
//! `share_of_bill x strength x (reference price of the listed parts that go + one-off bill of switching)` for each site, first come first
//! served, once: of several such levers each pays at most what those before it, in the order of the scenario, have left of the bill. It is a catalogue sum, as the American programme's: it does not depend on whose kit is bought instead, nor on its price.
//! Money comes on the days of `appropriations`. While there is none, an operator that is entitled holds its forced replacement back, even
//! past its deadline, until money comes or `patience_years` after the deadline have passed: the delay is a result.
//!
//! **Writes** `State::purse` alone. **Strength** scales the share. **At 0** nothing is scheduled. **Limit:** with enough money from the
//! start nobody waits; with none ever, all wait out their patience and pay themselves.
//!
//! USD 1.895 bn was appropriated in 2020 (F291) and 3.08 bn more in December 2024 (F295), nominal, against 4.98 bn needed (F288), for
//! carriers of at most ten million customers. The patience is an assumption: the regulator extended deadlines while money was short.

use std::sync::Arc;

use super::{Award, Common, Lever, Moment, scope_keys};
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::scenario::document::{Fields, Number, Table, Variant};
use crate::scenario::kinds::day;
use crate::world::outlay::{Network, Payee};
use crate::world::purse::Claim;
use crate::world::rules::Bound;
use crate::world::{BB, NO_VENDOR, RU, RuleScope, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "reimbursement",
    doc: "Public money toward the bill of replacing listed kit, while it lasts",
    fields,
};

/// Money that comes on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Appropriation {
    /// Day.
    pub date: Day,
    /// US dollars of 2020.
    pub usd: f64,
}

impl Table for Appropriation {
    fn fields(f: &mut Fields<'_>) -> Self {
        Appropriation {
            date: day(f.date("date", "Day on which it can be spent")),
            usd: f.number("usd", Number::new("USD").range(0.0..=1e13), "Sum"),
        }
    }
}

/// See the module docs.
#[derive(Debug, Clone)]
pub struct Reimbursement {
    common: Common,
    share: f64,
    patience: f64,
    most_subscribers_m: Option<f64>,
    appropriations: Vec<Appropriation>,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    common.require_vendors(f, "a reimbursement must name the vendors whose kit goes");
    let lever = Reimbursement {
        common,
        share: f.number_or(
            "share_of_bill",
            1.0,
            Number::new("share").range(0.0..=1.0),
            "Share of the bill that is paid",
        ),
        patience: f.number_or(
            "patience_years",
            3.0,
            Number::new("years").range(0.0..=50.0),
            "Years past its deadline for which an operator waits for money (assumption; no source)",
        ),
        most_subscribers_m: f.optional_number(
            "most_subscribers_m",
            Number::new("million").range(0.0..=5000.0),
            "Only operators with at most so many subscribers are entitled",
        ),
        appropriations: f.tables("appropriations", 100, "Money, by the day on which it comes"),
    };
    Arc::new(lever)
}

impl Reimbursement {
    /// Money that came after one day up to and with another; all that came up to it, without the first.
    fn came(&self, after: Option<Day>, to: Day) -> f64 {
        let due = |a: &&Appropriation| a.date <= to && after.is_none_or(|d| a.date > d);
        self.appropriations.iter().filter(due).map(|a| a.usd).sum()
    }
}

impl Lever for Reimbursement {
    fn kind(&self) -> &'static str {
        VARIANT.key
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
        let scope = &self.common.scope;
        match moment {
            Moment::InForce => {
                state.purse.budget[lever] = self.came(None, state.today);
                state.purse.open_claim(Claim {
                    lever,
                    operators: scope.operators(world, Bound::ALL, self.most_subscribers_m),
                    sellers: scope.sellers(world),
                    scope: scope.rule_scope(world),
                    patience_years: self.patience,
                });
            }
            Moment::End => state.purse.close(lever),
            Moment::Announced | Moment::Deadline => {}
        }
    }

    fn review(&self, lever: usize, last: Day, _world: &World, _posted: &Posted, state: &mut State) {
        let Some(in_force) = state.dates[lever].in_force else {
            return;
        };
        // What came up to the day on which it binds was counted then.
        state.purse.budget[lever] += self.came(Some(last.max(in_force)), state.today);
    }

    fn awarded(&self, lever: usize, award: &Award, world: &World, state: &mut State) {
        let slot = &world.slots[award.slot];
        let operator = &world.operators[slot.operator];
        let Some(old) = award.old else { return };
        let entitled = |k: usize| {
            let what = RuleScope::of(slot.layer, k);
            let v = old[k];
            award.buys[k]
                && award.seller[k] != v
                && v != NO_VENDOR
                && state.purse.may_claim(lever, slot.operator, v, what)
                && state.rules.deadline(slot.country, v, what, operator.mark).is_some()
        };
        let entitled = [RU, BB].map(entitled);
        let parts: f64 = [RU, BB]
            .into_iter()
            .filter(|k| entitled[*k])
            .map(|k| slot.weight[k])
            .sum();
        if parts > 0.0 {
            let share = self.share * self.common.strength;
            let bill = slot.sites * (parts * slot.price + award.switching);
            // What others have paid of it is not paid again.
            let items = [
                if entitled[RU] {
                    slot.weight[RU] * slot.price
                } else {
                    0.0
                },
                if entitled[BB] {
                    slot.weight[BB] * slot.price
                } else {
                    0.0
                },
                award.switching,
            ];
            let repaid = state.purse.repaid;
            let again: f64 = (items.iter().zip(repaid))
                .map(|(item, repaid)| item * (repaid + share - 1.0).max(0.0))
                .sum();
            let due = share * bill - slot.sites * again;
            let to = (Network::of(slot.layer), Payee::Operators);
            let paid = state.purse.spend(lever, slot.country, to, due);
            if due > 0.0 {
                for ((item, repaid), all) in items.iter().zip(repaid).zip(&mut state.purse.repaid) {
                    if *item > 0.0 {
                        *all += share.min(1.0 - repaid) * paid / due;
                    }
                }
            }
        }
    }
}
