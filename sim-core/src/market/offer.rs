//! What is on offer in a tender: alternatives, and what each is worth to its buyer.

use super::alternatives::{self, Alternative, Kind};
use super::foresight::outlook::Outlook;
use super::foresight::{Prospects, Standing};
use super::pairs::{Pair, PairRow};
use super::posted::Posted;
use super::switching::{Attachment, BROUGHT_FORWARD, Bills};
use super::terms::{Buyer, PARTIAL_MINIMUM_YEARS, Terms};
use super::wedge::{self, TwoBills, Wedges};
use crate::calendar::Day;
use crate::world::state::State;
use crate::world::{BB, Neighbour, RU, Stack, World};

/// Value of the contracts after this one, as seen from a tender; by default they are worth nothing to anybody.
///
/// An offer is prepared with it ([`Offer::prepare_ahead`]: what the buyer adds) and solved with the same
/// ([`super::tender::Bidding::solve`]: `W_j(a)` of [`super::equilibrium::TenderSpec::after`]).
#[derive(Debug, Clone, Copy, Default)]
pub struct Continuation<'a> {
    /// The table of next tenders; `None`: nobody looks ahead.
    pub outlook: Option<Outlook<'a>>,
}

/// What a buyer may choose and what each thing is worth to it: everything but the prices. Buffers are reused.
#[derive(Debug, Default)]
pub struct Offer {
    /// Terms of the slot.
    pub terms: Terms,
    /// What may be bought; keep, if offered, comes last.
    pub alternatives: Vec<Alternative>,
    /// Itemised bill of each.
    pub bills: Vec<[f64; 7]>,
    /// Value before price of each.
    pub values: Vec<f64>,
    /// Flow of value of each purchase over a contract; nil for keep.
    pub flows: Vec<f64>,
    /// Unit cost of what is bought with each.
    pub costs: Vec<f64>,
    /// Posted list price of each.
    pub list_prices: Vec<f64>,
    /// What the buyer's foresight adds to each, part of its value; nil without an outlook.
    pub continuation: Vec<f64>,
    /// What the parts of each lead to; of no alternative without an outlook.
    pub prospects: Prospects,
    /// Whether keep is offered.
    pub keeps: bool,
    /// By vendor, the factor on its unit cost that uses up nothing, see [`crate::world::conditions::Conditions::transferred`].
    transferred: Vec<f64>,
    prepared: Bills,
    /// Bills of the standing kit at end of life and of the twin, for valuations.
    pub two_bills: TwoBills,
}

impl Offer {
    /// Fills terms, alternatives, bills and values of a buyer today. `ages`: years of each standing component at its
    /// replacement; `may_keep`: whether the kit that stands may run on, if the law lets it.
    #[allow(clippy::too_many_arguments)]
    pub fn prepare(
        &mut self,
        world: &World,
        state: &State,
        posted: &Posted,
        buyer: &Buyer,
        attached: Option<&Attachment>,
        ages: [f64; 2],
        may_keep: bool,
        today: Day,
    ) {
        let future = Continuation::default();
        self.prepare_ahead(world, state, posted, buyer, attached, ages, may_keep, future, today);
    }

    /// As [`Offer::prepare`], with what comes after.
    #[allow(clippy::too_many_arguments)]
    pub fn prepare_ahead(
        &mut self,
        world: &World,
        state: &State,
        posted: &Posted,
        buyer: &Buyer,
        attached: Option<&Attachment>,
        ages: [f64; 2],
        may_keep: bool,
        future: Continuation<'_>,
        today: Day,
    ) {
        let stack = attached.and_then(|h| h.stack);
        self.terms.fill(world, state, posted, buyer, stack, today);
        let factors = (0..world.vendors.len()).map(|v| state.conditions.transferred(v));
        self.transferred.clear();
        self.transferred.extend(factors);
        self.terms.may_keep = may_keep;
        alternatives::list(&self.terms, stack, &mut self.alternatives);
        self.evaluate_ahead(attached, ages, future);
    }

    /// Lists anew what may be bought, with parts that must go (`goes`) no longer kept in a partial renewal: for a caller that
    /// narrows the list before [`Offer::evaluate_ahead`].
    pub fn list_again(&mut self, held: Option<&Stack>, goes: [bool; 2]) {
        for (may_run, goes) in self.terms.may_run.iter_mut().zip(goes) {
            *may_run &= !goes;
        }
        alternatives::list(&self.terms, held, &mut self.alternatives);
    }

    /// Fills bills and values from terms and alternatives.
    pub fn evaluate(&mut self, attached: Option<&Attachment>, ages: [f64; 2]) {
        self.evaluate_ahead(attached, ages, Continuation::default());
    }

    /// As [`Offer::evaluate`], with what comes after.
    pub fn evaluate_ahead(&mut self, attached: Option<&Attachment>, ages: [f64; 2], future: Continuation<'_>) {
        self.alternatives.retain(|a| a.kind != Kind::Keep);
        let stack = attached.and_then(|h| h.stack);
        let best = self.value_purchases(attached, ages);
        let outlook = future.outlook.as_ref();
        self.prospects.clear();
        if let Some(outlook) = outlook {
            let left = attached.map_or([0.0; 2], |h| h.life_left);
            let standing = Standing {
                years: [self.terms.term, self.terms.keep_years],
                part_years: left.map(|years| years.max(PARTIAL_MINIMUM_YEARS)),
                ages,
            };
            self.prospects.begin(outlook, &self.terms, stack, &standing);
            self.look_ahead(outlook, stack);
        }
        self.drop_lesser_variants(outlook);
        let may_run = self.terms.may_keep && self.terms.may_run == [true; 2] && !self.alternatives.is_empty();
        self.keeps = may_run && stack.is_some();
        if let Some(stack) = stack.filter(|_| may_run) {
            let kit = Alternative {
                kind: Kind::Keep,
                seller: stack.seller,
                is_virtual: stack.is_virtual,
            };
            let then = outlook.map_or(0.0, |o| self.prospects.push(o.table, &kit, Some(stack)));
            self.alternatives.push(kit);
            self.bills.push([0.0; 7]);
            self.values.push(self.terms.keep(stack, ages, best) + then);
            self.flows.push(0.0);
            self.costs.push(0.0);
            self.list_prices.push(0.0);
            self.continuation.push(then);
        }
    }

    /// Values all purchases, what comes after left out. Returns the best surplus at list price.
    fn value_purchases(&mut self, attached: Option<&Attachment>, ages: [f64; 2]) -> f64 {
        let count = self.alternatives.len();
        self.bills.resize(count, [0.0; 7]);
        self.values.resize(count, 0.0);
        self.flows.resize(count, 0.0);
        self.costs.resize(count, 0.0);
        self.list_prices.resize(count, 0.0);
        self.continuation.clear();
        self.continuation.resize(count, 0.0);
        let bills = &mut self.bills[..count];
        let (values, flows) = (&mut self.values[..count], &mut self.flows[..count]);
        let (costs, list_prices) = (&mut self.costs[..count], &mut self.list_prices[..count]);
        let stack = attached.and_then(|h| h.stack);
        let kept = self.terms.kept_parts(attached, ages);
        let mut best = f64::NEG_INFINITY;
        self.prepared.fill(&self.terms, attached);
        let terms = &self.terms;
        let mut row: Option<PairRow> = None;
        for (i, a) in self.alternatives[..count].iter().enumerate() {
            let Pair {
                bill,
                flow,
                cost,
                list_margin,
            } = if a.kind == Kind::OpenMulti {
                let [radio, baseband] = a.seller;
                let row = match &row {
                    Some(row) if row.radio() == radio => row,
                    _ => row.insert(PairRow::new(terms, &self.prepared, radio)),
                };
                row.with(baseband, a.is_virtual)
            } else {
                Pair {
                    bill: self.prepared.of(terms, a),
                    flow: terms.flow(a, stack),
                    cost: terms.cost(a),
                    list_margin: terms.list_margin(a),
                }
            };
            let mut value = flow - (bill.iter().sum::<f64>() - bill[BROUGHT_FORWARD]);
            match a.kind {
                Kind::PartialRu => value -= kept[BB],
                Kind::PartialBb => value -= kept[RU],
                _ => {}
            }
            let list_price = cost + list_margin;
            best = best.max(value - list_price);
            bills[i] = bill;
            values[i] = value;
            flows[i] = flow;
            costs[i] = cost;
            list_prices[i] = list_price;
        }
        best
    }

    /// Adds to the values of purchases what the buyer sees of what they lead to.
    fn look_ahead(&mut self, outlook: &Outlook, stack: Option<&Stack>) {
        for (a, then) in self.alternatives.iter().zip(&mut self.continuation) {
            *then = self.prospects.push(outlook.table, a, stack);
        }
        for (value, then) in self.values.iter_mut().zip(&self.continuation) {
            *value += then;
        }
    }

    /// Value less cost, with what winning is worth later to those who set the price.
    fn worth(&self, i: usize, outlook: Option<&Outlook>) -> f64 {
        let a = &self.alternatives[i];
        let mut worth = self.values[i] - self.costs[i];
        if let Some(outlook) = outlook {
            let buys = a.buys();
            for part in [RU, BB].into_iter().filter(|k| buys[*k]) {
                if part == BB || a.is_multi() || !buys[BB] {
                    worth += self.prospects.later(outlook.table, i, a.seller[part]);
                }
            }
        }
        worth
    }

    /// Within (architecture, who supplies radio, who supplies baseband) only the variant with the highest value minus cost
    /// stands: a partial renewal and a whole stack of the same sellers are two ways to one thing.
    fn drop_lesser_variants(&mut self, outlook: Option<&Outlook>) {
        let is_partial = |a: &Alternative| matches!(a.kind, Kind::PartialRu | Kind::PartialBb);
        let Some(first) = self.alternatives.iter().position(is_partial) else {
            return;
        };
        // Those that stand are moved up, in their order.
        let mut standing = first;
        for partial in first..self.alternatives.len() {
            let sellers = self.alternatives[partial].seller;
            let earlier = &self.alternatives[..standing];
            let twin = (earlier.iter()).position(|a| a.seller == sellers && a.kind != Kind::Closed);
            match twin {
                Some(whole) if self.worth(partial, outlook) > self.worth(whole, outlook) => {
                    self.move_to(whole, partial)
                }
                Some(_) => {}
                None => {
                    self.move_to(standing, partial);
                    standing += 1;
                }
            }
        }
        self.truncate(standing);
    }

    /// Puts the alternative at `from` in the place of the one at `to`.
    fn move_to(&mut self, to: usize, from: usize) {
        self.alternatives[to] = self.alternatives[from];
        self.bills[to] = self.bills[from];
        self.values[to] = self.values[from];
        self.flows[to] = self.flows[from];
        self.costs[to] = self.costs[from];
        self.list_prices[to] = self.list_prices[from];
        self.continuation[to] = self.continuation[from];
        self.prospects.move_to(to, from);
    }

    fn truncate(&mut self, count: usize) {
        self.alternatives.truncate(count);
        self.bills.truncate(count);
        self.values.truncate(count);
        self.flows.truncate(count);
        self.costs.truncate(count);
        self.list_prices.truncate(count);
        self.continuation.truncate(count);
        self.prospects.truncate(count);
    }

    /// What making what is bought with an alternative uses up, money per site: its unit cost without what states bear of it and without
    /// royalties that a lever adds.
    #[must_use]
    pub fn production(&self, i: usize) -> f64 {
        let a = &self.alternatives[i];
        let buys = a.buys();
        let of = |k: &usize| {
            let v = a.seller[*k];
            self.terms.seller(v).cost[*k] / self.transferred.get(usize::from(v)).copied().unwrap_or(1.0)
        };
        [RU, BB].iter().filter(|k| buys[**k]).map(of).sum()
    }

    /// Values the standing kit at posted prices, from the terms that were prepared.
    #[must_use]
    pub fn wedges(&mut self, stack: &Stack, legacy: [Neighbour; 2], life_left: [f64; 2]) -> Wedges {
        self.two_bills.fill(&self.terms, stack, legacy);
        let scan = wedge::scan(&self.terms, &self.two_bills, stack);
        wedge::value(&scan, &self.terms, stack, life_left)
    }
}
