//! Holding a tender: from a slot that is due to an award, a keep or a recorded relaxation.

use super::deliver::Wait;
use super::engine::{ReplicateError, Run};
use super::report::Held;
use crate::calendar::Day;
use crate::draws::{Decision, StreamKey};
use crate::lever::Award;
use crate::market::alternatives::Kind;
use crate::market::appraisal::{Appraisal, Paid};
use crate::market::dependence::StateDependence;
use crate::market::equilibrium::Equilibrium;
use crate::market::foresight::NextTenders;
use crate::market::shocks::Shocks;
use crate::market::switching::{Attachment, BROUGHT_FORWARD};
use crate::market::tender::{Continuation, Outcome, effective_bidders, lambdas};
use crate::market::terms::{Buyer, PARTIAL_MINIMUM_YEARS, Rules};
use crate::world::outlay::Payee;
use crate::world::state::SlotState;
use crate::world::{Arch, BB, Layer, NO_VENDOR, RU, RuleScope, Stack, VendorIx, World};

/// What bidding and luck made of a tender; buffers, reused.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) margins: Vec<f64>,
    pub(super) probabilities: Vec<f64>,
    pub(super) prices: Vec<f64>,
    pub(super) shocks: Vec<(f64, f64)>,
    pub(super) net_values: Vec<f64>,
    pub(super) later: Vec<[f64; 2]>,
    pub(super) inclusive: Vec<f64>,
    pub(super) by_seller: Vec<f64>,
    pub(super) luck: Shocks,
}

/// The decision, with what it costs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decided {
    pub(super) outcome: Outcome,
    /// Price of a site.
    pub(super) price: f64,
    /// Paid to the seller of each component.
    pub(super) payments: [f64; 2],
    /// Effective bidders.
    pub(super) bidders: f64,
    /// Public money toward each component, US dollars a site.
    pub(super) aid: [f64; 2],
    /// Grant element of the credit taken with each component, share of price.
    pub(super) grant: [f64; 2],
    /// Whether a cap was set aside for it.
    pub(super) relaxed: bool,
    /// What the buyer had from the choice itself, money per site: its expected maximum less the mean value of what it may get.
    pub(super) choice_surplus: f64,
    /// What the award's price held, and whether it was the right one.
    pub(super) appraisal: Appraisal,
    /// How much likelier each component's incumbent was to win as incumbent; only where it is recorded.
    pub(super) dependence: [Option<StateDependence>; 2],
    /// Absolute error of the probability expected at the last award that its sellers stay.
    pub(super) forecast_error: Option<f64>,
}

/// Causes in the key of luck: a forced tender is another decision than a scheduled one.
const SCHEDULED: u32 = 0;
/// See [`SCHEDULED`].
const FORCED: u32 = 1;

/// What comes after the tender of a slot, as its operator and those who bid to it see it.
pub(super) fn future<'a>(next: Option<&'a NextTenders>, world: &World, slot: usize) -> Continuation<'a> {
    let info = &world.slots[slot];
    let region = world.countries[info.country].region;
    let foresight = world.operators[info.operator].foresight;
    Continuation {
        outlook: next.and_then(|n| n.outlook(region, info.layer.index(world), foresight)),
    }
}

impl Run<'_> {
    /// Whether a slot's generation is no longer renewed: the second generation after it stands at all of its sites. Where the newer one
    /// covers only a part, the old layer goes on serving the rest.
    fn is_retired(&self, slot: usize) -> bool {
        let Layer::Ran(g) = self.world.slots[slot].layer else {
            return false;
        };
        let newer = self.world.slots[slot].siblings.get(g + 2..).unwrap_or(&[]);
        let sites = self.world.slots[slot].sites;
        newer
            .iter()
            .flatten()
            .any(|s| self.state.slots[*s].stack.is_some() && self.world.slots[*s].sites >= sites)
    }

    /// Holds the tender of a slot.
    ///
    /// # Errors
    /// [`ReplicateError::Failed`] if the tender cannot be solved at all.
    pub(super) fn hold(&mut self, slot: usize) -> Result<(), ReplicateError> {
        self.state.slots[slot].tender = None;
        if self.state.slots[slot].pending.is_some() {
            return Ok(());
        }
        if self.is_retired(slot) {
            self.switch_off(slot);
            return Ok(());
        }
        let world = self.world;
        let info = &world.slots[slot];
        let today = self.state.today;
        self.mark_quotas(info.operator);
        if self.is_needless(slot) {
            let own = self.state.slots[slot].due.add_days(-world.lead_days);
            self.schedule_tender(slot, own, false);
            return Ok(());
        }
        if let Some(until) = self.waits_for_money(slot) {
            // Money comes at reviews.
            self.not_before[slot] = self.next_review().min(until).max(today.add_days(1));
            self.schedule_tender(slot, self.not_before[slot], true);
            if let Some(observer) = self.observer.as_deref_mut() {
                observer.held_back(today, slot, until);
            }
            return Ok(());
        }
        let s = self.state.slots[slot];
        let old = s.stack;
        let at = replaced_on(&s, today);
        let (life_left, ages) = old
            .as_ref()
            .map_or(([0.0; 2], [0.0; 2]), |stack| self.state.life(world, stack, at));
        let attached = Attachment {
            stack: old.as_ref(),
            legacy: self.state.legacy(world, slot),
            life_left,
        };
        let operator = &world.operators[info.operator];
        let buyer = Buyer {
            country: &world.countries[info.country],
            rules: Rules::Country(info.country, operator.mark),
            operator: Some((info.operator, operator)),
            slot: info,
        };
        let future = future(self.next.as_ref(), world, slot);
        self.desk.offer.prepare_ahead(
            world,
            &self.state,
            &self.posted,
            &buyer,
            Some(&attached),
            ages,
            !s.forced,
            future,
            today,
        );
        if s.forced {
            self.bar_condemned(slot, &attached, ages);
        }
        let mut relaxed = self.narrow(slot, &attached, ages, !s.forced);
        relaxed |= self.source(slot, &attached, ages);
        self.counters.tenders += 1;
        self.counters.alternatives += self.desk.offer.alternatives.len() as u64;
        let mut decided = self.decide(slot, &attached, ages)?;
        decided.relaxed = relaxed;
        let late = match decided.outcome {
            Outcome::Award(a) => {
                let bought = self.desk.offer.alternatives[a];
                let drawn = self.pay_aid(slot, &bought, bought.arch(old.as_ref()));
                (decided.aid, decided.grant) = (drawn.off, drawn.grant);
                self.award(slot, a, &decided, life_left)
            }
            Outcome::Keep | Outcome::Relaxed => {
                self.run_on(slot);
                Wait::default()
            }
        };
        self.account(slot, old.as_ref(), &attached, &decided, s.forced, late.before_deadline);
        if let Outcome::Award(a) = decided.outcome
            && !world.scenario.levers.is_empty()
        {
            let bought = self.desk.offer.alternatives[a];
            let bill = &self.desk.offer.bills[a];
            let granted = self.state.purse.outlay.received(info.country, Payee::Operators);
            self.tell_levers(&Award {
                slot,
                forced: s.forced,
                old: old.map(|o| o.seller),
                seller: bought.seller,
                buys: bought.buys(),
                arch: bought.arch(old.as_ref()),
                is_virtual: bought.is_virtual,
                price: decided.price,
                cost: [RU, BB].map(|k| {
                    if bought.buys()[k] {
                        self.desk.offer.terms.seller(bought.seller[k]).cost[k]
                    } else {
                        0.0
                    }
                }),
                switching: bill.iter().sum::<f64>() - bill[BROUGHT_FORWARD],
            });
            // What a lever pays the operator back is no outlay of its own.
            let granted = self.state.purse.outlay.received(info.country, Payee::Operators) - granted;
            self.account_grant(slot, bought.seller[BB], 1e6 * granted);
        }
        let held = Held {
            slot,
            old,
            forced: s.forced,
            keeps: s.keeps,
            cycle: s.cycle,
            late: late.months,
        };
        self.report(&held, &decided);
        Ok(())
    }

    /// Takes off the desk of a forced tender whose kit must go too: a rule that is announced and not yet in force would let it be bought,
    /// to be scrapped.
    fn bar_condemned(&mut self, slot: usize, attached: &Attachment, ages: [f64; 2]) {
        let (world, rules) = (self.world, &self.state.rules);
        if !rules.has_removals() {
            return;
        }
        let info = &world.slots[slot];
        let mark = world.operators[info.operator].mark;
        let offer = &mut self.desk.offer;
        let mut barred = false;
        for v in 0..world.vendors.len() as VendorIx {
            for component in [RU, BB] {
                let scope = RuleScope::of(info.layer, component);
                let may_sell = &mut offer.terms.seller_mut(v).may_sell[component];
                if *may_sell && rules.deadline(info.country, v, scope, mark).is_some() {
                    *may_sell = false;
                    barred = true;
                }
            }
        }
        if barred {
            offer.list_again(attached.stack, [false; 2]);
            offer.evaluate_ahead(Some(attached), ages, future(self.next.as_ref(), world, slot));
        }
    }

    /// Ends the service of a generation at the end of its kit's life.
    fn switch_off(&mut self, slot: usize) {
        self.accrue_slot(slot);
        self.accrue_suppliers(self.world.slots[slot].operator);
        if let Some(stack) = self.state.slots[slot].stack.take() {
            self.state.leave(self.world, slot, &stack);
            if let Some(observer) = self.observer.as_deref_mut() {
                observer.switch_off(self.state.today, slot, &stack);
            }
        }
    }

    /// Address of the luck of a slot's present decision.
    fn luck_key(&self, slot: usize) -> StreamKey {
        let info = &self.world.slots[slot];
        let s = &self.state.slots[slot];
        StreamKey {
            kind: Decision::Tender,
            entity: self.world.operators[info.operator].key,
            lot: info.lot,
            cycle: s.cycle,
            cause: if s.forced { FORCED } else { SCHEDULED },
        }
    }

    /// Bids and draws. Everything that is read later is left in the scratch buffers.
    fn decide(&mut self, slot: usize, attached: &Attachment, ages: [f64; 2]) -> Result<Decided, ReplicateError> {
        let world = self.world;
        let key = self.luck_key(slot);
        let mut decided = Decided {
            outcome: Outcome::Relaxed,
            price: 0.0,
            payments: [0.0; 2],
            bidders: f64::NAN,
            aid: [0.0; 2],
            grant: [0.0; 2],
            relaxed: false,
            choice_surplus: 0.0,
            appraisal: Appraisal::default(),
            dependence: [None; 2],
            forecast_error: None,
        };
        let scratch = &mut self.scratch;
        for buffer in [
            &mut scratch.margins,
            &mut scratch.probabilities,
            &mut scratch.prices,
            &mut scratch.net_values,
            &mut scratch.inclusive,
        ] {
            buffer.clear();
        }
        scratch.shocks.clear();
        scratch.later.clear();
        let offer = &self.desk.offer;
        if offer.alternatives.is_empty() {
            // Nothing may be bought. Kit that may run on does; else it runs on as a relaxation.
            let lawful = attached.stack.is_none() || offer.terms.may_run == [true; 2];
            decided.outcome = if lawful { Outcome::Keep } else { Outcome::Relaxed };
            return Ok(decided);
        }
        scratch.luck.open(self.luck.stream(key));
        let lambda = lambdas(world);
        let solved = self
            .desk
            .bidding
            .solve(offer, world, &lambda, future(self.next.as_ref(), world, slot))
            .map_err(|e| ReplicateError::Failed {
                time: self.state.today,
                place: world.slot_id(slot),
                message: e.to_string(),
            })?;
        self.counters.unsolved += u64::from(!solved.equilibrium.converged);
        let winner = solved.draw(&mut scratch.luck);
        scratch.margins.extend_from_slice(solved.equilibrium.total_margin);
        scratch.probabilities.extend_from_slice(solved.equilibrium.probability);
        let choice_surplus = solved.equilibrium.logsum - mean_value(&solved.equilibrium);
        if offer.alternatives[winner].kind == Kind::Keep {
            decided.outcome = Outcome::Keep;
        } else {
            decided.outcome = Outcome::Award(winner);
            decided.price = solved.price(winner);
            decided.payments = solved.payments(&offer.terms, winner);
        }
        if self.observer.is_some() || self.tenders.is_some() {
            scratch.prices.extend((0..offer.alternatives.len()).map(|a| {
                if offer.alternatives[a].kind == Kind::Keep {
                    0.0
                } else {
                    solved.price(a)
                }
            }));
            let luck = &mut scratch.luck;
            scratch
                .shocks
                .extend((0..offer.alternatives.len()).map(|a| solved.shock(luck, a)));
            scratch
                .later
                .extend((0..offer.alternatives.len()).map(|a| solved.later(a)));
            scratch.net_values.extend_from_slice(solved.equilibrium.net_value);
            scratch.inclusive.extend_from_slice(solved.equilibrium.inclusive);
        }
        decided.bidders = effective_bidders(
            &offer.terms,
            &offer.alternatives,
            &scratch.probabilities,
            &mut scratch.by_seller,
        );
        decided.choice_surplus = choice_surplus;
        if let Some(dependence) = self.dependence.as_deref_mut().filter(|_| key.cause == SCHEDULED) {
            decided.dependence = dependence.of(offer, attached, ages, world, &lambda);
        }
        // Expected at an award of its next tender, of which a re-tender is none.
        let state = &self.state.slots[slot];
        if let (Some(stack), Some(expected), 0) = (attached.stack, state.expected_to_stay, state.keeps) {
            let each = offer.alternatives.iter().zip(&scratch.probabilities);
            let stays: f64 = each.map(|(a, p)| p * a.same_sellers(stack, offer.terms.weight)).sum();
            decided.forecast_error = Some((stays - expected).abs());
        }
        if let (Some(stack), Outcome::Award(winner)) = (attached.stack, decided.outcome) {
            let wedges = self.desk.offer.wedges(stack, attached.legacy, [0.0; 2]);
            if let Some(twin) = self.desk.bidding.solve_twin(&self.desk.offer, world, &lambda) {
                let paid = Paid {
                    margin: &scratch.margins,
                    winner,
                    lambda: &lambda,
                };
                let luck = &mut scratch.luck;
                decided.appraisal = self.appraiser.appraise(&self.desk.offer, &twin, &wedges, &paid, luck);
            }
        }
        Ok(decided)
    }

    /// Orders what was bought. Returns months of delay.
    fn award(&mut self, slot: usize, a: usize, decided: &Decided, life_left: [f64; 2]) -> Wait {
        let world = self.world;
        let alternative = self.desk.offer.alternatives[a];
        let s = self.state.slots[slot];
        let buys = alternative.buys();
        let old = s.stack;
        let today = self.state.today;
        let other_seller = |k: usize| old.is_some_and(|o| o.seller[k] != alternative.seller[k]);
        let was_open = old.is_some_and(|o| o.is_open());
        let changed = was_open && (other_seller(RU) != other_seller(BB));
        let arch = alternative.arch(old.as_ref());
        let stack = Stack {
            seller: alternative.seller,
            arch,
            is_virtual: alternative.is_virtual,
            installed: old.map_or([today; 2], |o| o.installed),
            exercised: arch != Arch::Closed && (changed || (was_open && old.is_some_and(|o| o.exercised))),
            grant: [RU, BB].map(|k| {
                if buys[k] {
                    decided.grant[k]
                } else {
                    old.map_or(0.0, |o| o.grant[k])
                }
            }),
        };
        if let Some(kept) = [RU, BB]
            .into_iter()
            .find(|k| !buys[*k])
            .filter(|_| alternative.seller[RU] != NO_VENDOR)
        {
            // A part that stays is given at least two years more.
            let years = life_left[kept].max(PARTIAL_MINIMUM_YEARS);
            self.state.slots[slot].due = replaced_on(&s, today).plus_years(years);
        }
        self.accrue_suppliers(world.slots[slot].operator);
        self.state.enter(world, slot, &stack);
        let outlook = future(self.next.as_ref(), world, slot).outlook;
        let offer = &self.desk.offer;
        self.state.slots[slot].expected_to_stay = outlook.and_then(|o| offer.prospects.expected_to_stay(o.table, a));
        let state = &mut self.state.slots[slot];
        state.cycle += 1;
        state.keeps = 0;
        state.forced = false;
        state.contract_price = decided.price;
        self.order(slot, stack, buys)
    }

    /// The kit runs on until the next tender.
    fn run_on(&mut self, slot: usize) {
        let years = self.world.scenario.keep.retender_years;
        let lead = self.world.lead_days;
        let s = &mut self.state.slots[slot];
        s.keeps += 1;
        s.due = s.due.max(self.state.today).plus_years(years);
        let next = s.due.add_days(-lead).max(self.state.today.add_days(1));
        if s.forced {
            // Nothing could be bought: trying again the same day would bring nothing either.
            self.not_before[slot] = next;
        }
        self.schedule_tender(slot, next, false);
        let operator = self.world.slots[slot].operator;
        self.plan_forced_tenders(operator..operator + 1);
    }
}

/// Day from which kit is bought: it stands when the old is due; under a rule, when it can.
fn replaced_on(slot: &SlotState, today: Day) -> Day {
    if slot.forced { today } else { slot.due.max(today) }
}

/// Mean systematic value net of price of what the buyer may get.
fn mean_value(solved: &Equilibrium) -> f64 {
    let chances = solved.probability.iter().zip(solved.net_value);
    chances.filter(|(p, _)| **p > 0.0).map(|(p, v)| p * v).sum()
}
