//! One tender: values, equilibrium bids, and the draw of a winner.

use super::alternatives::{self, Alternative, KEEP_NEST, Kind, NESTS};
use super::equilibrium::{self, Equilibrium, NOBODY, RUN_TOLERANCE, SolveError, TenderSpec, Workspace};
use super::foresight::Link;
use super::foresight::outlook::{Outlook, Standing};
use super::posted::Posted;
use super::switching::{Attachment, Bills};
use super::terms::{Buyer, PARTIAL_MINIMUM_YEARS, Terms};
use super::wedge::{self, TwoBills, Wedges};
use crate::calendar::Day;
use crate::draws::Draws;
use crate::scenario::ComponentBidding;
use crate::world::state::State;
use crate::world::{BB, NO_VENDOR, Neighbour, RU, Stack, VendorIx, World};

/// Value of the contracts after this one, as seen from a tender; by default they are worth nothing to anybody.
///
/// An offer is prepared with it ([`Offer::prepare_ahead`]: what the buyer adds) and solved with the same
/// ([`Bidding::solve`]: `W_j(a)` of [`TenderSpec::after`]).
#[derive(Debug, Clone, Copy, Default)]
pub struct Continuation<'a> {
    /// The table of next tenders; `None`: nobody looks ahead.
    pub outlook: Option<Outlook<'a>>,
}

/// Tolerance of the twin's equilibrium, see [`Workspace::solve_within`]: its prices enter a measure and steer nothing.
const TWIN_TOLERANCE: f64 = 1e-6;

/// What happens to a lot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome {
    /// Bought: index of the alternative.
    Award(usize),
    /// The kit runs on by choice.
    Keep,
    /// Nothing may lawfully be bought or kept: the kit runs on as a recorded relaxation.
    Relaxed,
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
    /// Posted list price of each.
    pub list_prices: Vec<f64>,
    /// What the buyer's foresight adds to each, part of its value; nil without an outlook.
    pub continuation: Vec<f64>,
    /// Where the parts of each lead; empty without an outlook.
    pub links: Vec<[Link; 2]>,
    standing: Standing,
    /// Whether keep is offered.
    pub keeps: bool,
    prepared: Bills,
    /// Bills of the standing kit at end of life and of the twin, for valuations.
    pub two_bills: TwoBills,
}

/// Buffers of the bidding, reused from one tender to the next: nothing is allocated once they have grown.
#[derive(Debug, Default)]
pub struct Bidding {
    bidders: Bidders,
    priced: Vec<equilibrium::Alternative>,
    caps: Vec<[f64; 2]>,
    /// Margins to start from, by bidder and nest.
    start: Vec<f64>,
    /// `W_j(a)`, a row for each alternative; empty where nobody looks ahead.
    after: Vec<f64>,
    /// The same of the alternatives of the twin.
    twin_after: Vec<f64>,
    /// What the twin's foresight adds to each.
    twin_later: Vec<f64>,
    workspace: Workspace,
    twin_alternatives: Vec<equilibrium::Alternative>,
    /// Place of each of them among the offer's alternatives.
    twin_of: Vec<usize>,
    twin_workspace: Workspace,
}

/// The vendors of one tender, numbered anew: the solver knows at most [`equilibrium::MAX_SELLERS`], a world may have more.
#[derive(Debug, Default)]
struct Bidders {
    /// Vendor of each number.
    vendors: Vec<VendorIx>,
    /// Number of each vendor; [`NOBODY`] if it takes no part.
    numbers: Vec<u8>,
}

impl Bidders {
    fn fill(&mut self, vendors: usize, alternatives: &[Alternative]) {
        self.vendors.clear();
        self.numbers.clear();
        self.numbers.resize(vendors, NOBODY);
        for v in alternatives.iter().flat_map(|a| a.seller).filter(|v| *v != NO_VENDOR) {
            let number = &mut self.numbers[usize::from(v)];
            if *number == NOBODY {
                *number = self.vendors.len() as u8;
                self.vendors.push(v);
            }
        }
    }

    fn number(&self, vendor: VendorIx) -> u8 {
        if vendor == NO_VENDOR {
            NOBODY
        } else {
            self.numbers[usize::from(vendor)]
        }
    }
}

/// A desk at which tenders are held.
#[derive(Debug, Default)]
pub struct Desk {
    /// The offer on the desk.
    pub offer: Offer,
    /// Its bidding.
    pub bidding: Bidding,
}

/// A solved tender, still to be drawn.
pub struct Solved<'a> {
    /// The equilibrium over the desk's alternatives.
    pub equilibrium: Equilibrium<'a>,
    spec: TenderSpec<'a>,
    alternatives: &'a [Alternative],
    vendors: &'a [VendorIx],
}

impl<'a> Solved<'a> {
    /// Index of the winner under this luck.
    #[must_use]
    pub fn draw(&self, luck: &mut Draws) -> usize {
        let tree = self.equilibrium.tree(&self.spec);
        // Two readers of one stream: a position is a pure address, so the order of reading does not matter.
        let mut nests = luck.clone();
        let nest = |g: usize| nests.gumbel_at(alternatives::nest_position(g));
        let inside = |a: usize| luck.gumbel_at(self.alternatives[a].position());
        tree.draw(self.equilibrium.inclusive, nest, inside).unwrap_or(0)
    }

    /// The random part of an alternative's value, money: its own shock at the scale of its nest and its nest's.
    #[must_use]
    pub fn shock(&self, luck: &mut Draws, a: usize) -> (f64, f64) {
        let nest = self.alternatives[a].nest();
        let own = self.spec.mu * self.spec.lambda[usize::from(nest)] * luck.gumbel_at(self.alternatives[a].position());
        (
            own,
            self.spec.mu * luck.gumbel_at(alternatives::nest_position(usize::from(nest))),
        )
    }

    /// Price of an alternative: cost plus margins.
    #[must_use]
    pub fn price(&self, a: usize) -> f64 {
        self.spec.alternatives[a].cost + self.equilibrium.total_margin[a]
    }

    /// `W_j(a)` of those who set the price of an alternative, slot by slot of its setters; 0 where nobody looks ahead.
    #[must_use]
    pub fn later(&self, a: usize) -> [f64; 2] {
        let sellers = self.spec.sellers;
        self.spec.alternatives[a].setters.map(|j| match (j, self.spec.after) {
            (NOBODY, _) | (_, None) => 0.0,
            (j, Some(after)) => after[a * sellers + usize::from(j)],
        })
    }

    /// What each component's seller is paid for an alternative.
    #[must_use]
    pub fn payments(&self, terms: &Terms, a: usize) -> [f64; 2] {
        let alternative = &self.alternatives[a];
        let price = self.price(a);
        let buys = alternative.buys();
        let cost = [RU, BB].map(|k| {
            if buys[k] {
                terms.seller(alternative.seller[k]).cost[k]
            } else {
                0.0
            }
        });
        match (buys, alternative.is_multi()) {
            ([true, true], true) => {
                let margins = self.equilibrium.margins[a];
                let setters = self.spec.alternatives[a].setters;
                if setters[1] == NOBODY {
                    [
                        price - cost[BB] - self.baseband_list_margin(terms, alternative),
                        cost[BB] + self.baseband_list_margin(terms, alternative),
                    ]
                } else {
                    [cost[RU] + margins[0], cost[BB] + margins[1]]
                }
            }
            ([true, true], false) => {
                let all = cost[RU] + cost[BB];
                [price * cost[RU] / all, price * cost[BB] / all]
            }
            ([true, false], _) => [price, 0.0],
            _ => [0.0, price],
        }
    }

    /// Margin of each seller in each nest in which it sets a price: (vendor, nest, margin).
    pub fn margins_by_nest(&self) -> impl Iterator<Item = (VendorIx, u8, f64)> + '_ {
        let setters = self.spec.alternatives.iter().zip(self.equilibrium.margins);
        let vendors = self.vendors;
        setters.flat_map(move |(a, m)| {
            a.setters
                .into_iter()
                .zip(*m)
                .filter(|(j, _)| *j != NOBODY)
                .map(move |(j, m)| (vendors[usize::from(j)], a.nest, m))
        })
    }

    fn baseband_list_margin(&self, terms: &Terms, a: &Alternative) -> f64 {
        terms.seller(a.seller[BB]).list_margin[usize::from(a.kind.nest())]
    }
}

/// Nests' lambdas in the order of their indices.
#[must_use]
pub fn lambdas(world: &World) -> [f64; NESTS] {
    let n = &world.scenario.nests;
    [n.closed, n.open_single, n.open_multi, n.keep]
}

/// The alternative as the solver sees it.
pub(super) fn priced(
    terms: &Terms,
    bidding: ComponentBidding,
    number: impl Fn(VendorIx) -> u8,
    a: &Alternative,
    value: f64,
) -> equilibrium::Alternative {
    let nest = a.nest();
    let suppliers = a.seller.map(number);
    let [radio, baseband] = suppliers;
    let cost = terms.cost(a);
    match a.kind {
        Kind::Keep => equilibrium::Alternative::unpriced(nest, value),
        Kind::PartialRu => equilibrium::Alternative {
            suppliers,
            ..equilibrium::Alternative::single(nest, radio, value, cost)
        },
        Kind::PartialBb => equilibrium::Alternative {
            suppliers,
            ..equilibrium::Alternative::single(nest, baseband, value, cost)
        },
        Kind::OpenMulti => {
            let pair = equilibrium::Alternative::pair(nest, radio, baseband, value, cost);
            if bidding == ComponentBidding::Prime {
                let bought = terms.seller(a.seller[BB]).list_margin[usize::from(nest)];
                equilibrium::Alternative {
                    setters: [radio, NOBODY],
                    cost: cost + bought,
                    ..pair
                }
            } else {
                pair
            }
        }
        Kind::Closed | Kind::OpenSingle => equilibrium::Alternative::single(nest, baseband, value, cost),
    }
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
        self.bills.clear();
        self.values.clear();
        self.list_prices.clear();
        self.alternatives.retain(|a| a.kind != Kind::Keep);
        let mut best = f64::NEG_INFINITY;
        self.prepared.fill(&self.terms, attached);
        for a in &self.alternatives {
            let bill = self.prepared.of(&self.terms, a);
            let value = self.terms.value(attached, ages, a, &bill);
            let list = self.terms.list_price(a);
            best = best.max(value - list);
            self.bills.push(bill);
            self.values.push(value);
            self.list_prices.push(list);
        }
        let stack = attached.and_then(|h| h.stack);
        self.look_ahead(attached, ages, future);
        self.drop_lesser_variants(future);
        self.keeps = false;
        let may_run = self.terms.may_keep && self.terms.may_run == [true; 2] && !self.alternatives.is_empty();
        if let Some(stack) = stack.filter(|_| may_run) {
            self.keeps = true;
            let kit = Alternative {
                kind: Kind::Keep,
                seller: stack.seller,
                is_virtual: stack.is_virtual,
            };
            self.bills.push([0.0; 7]);
            self.values.push(self.terms.keep(stack, ages, best));
            self.list_prices.push(0.0);
            self.alternatives.push(kit);
            self.look_ahead_of(self.alternatives.len() - 1, Some(stack), future);
        }
    }

    /// Adds to the values of purchases what the buyer sees of what they lead to.
    fn look_ahead(&mut self, attached: Option<&Attachment>, ages: [f64; 2], future: Continuation<'_>) {
        self.continuation.clear();
        self.links.clear();
        let left = attached.map_or([0.0; 2], |h| h.life_left);
        self.standing = Standing {
            years: [self.terms.term, self.terms.keep_years],
            part_years: left.map(|years| years.max(PARTIAL_MINIMUM_YEARS)),
            ages,
        };
        let stack = attached.and_then(|h| h.stack);
        for a in 0..self.alternatives.len() {
            self.look_ahead_of(a, stack, future);
        }
    }

    fn look_ahead_of(&mut self, a: usize, stack: Option<&Stack>, future: Continuation<'_>) {
        let Some(outlook) = &future.outlook else {
            self.continuation.push(0.0);
            return;
        };
        let links = outlook.links(&self.terms, &self.alternatives[a], stack);
        self.links.push(links);
        let mut then = 0.0;
        if outlook.foresight > 0.0 {
            let chain = outlook.chain_now(&self.terms, stack);
            then = outlook.continuation(&self.terms, &self.standing, chain, &links);
            self.values[a] += then;
        }
        self.continuation.push(then);
    }

    /// Value less cost, with what winning is worth later to those who set the price.
    fn worth(&self, i: usize, future: Continuation<'_>) -> f64 {
        let a = &self.alternatives[i];
        let mut worth = self.values[i] - self.terms.cost(a);
        if let Some(outlook) = &future.outlook {
            let buys = a.buys();
            for part in [RU, BB].into_iter().filter(|k| buys[*k]) {
                if part == BB || a.is_multi() || !buys[BB] {
                    worth += outlook.later(&self.terms, &self.standing, &self.links[i], a.seller[part]);
                }
            }
        }
        worth
    }

    /// Within (architecture, who supplies radio, who supplies baseband) only the variant with the highest value minus cost
    /// stands: a partial renewal and a whole stack of the same sellers are two ways to one thing.
    fn drop_lesser_variants(&mut self, future: Continuation<'_>) {
        let Some(first) = self
            .alternatives
            .iter()
            .position(|a| matches!(a.kind, Kind::PartialRu | Kind::PartialBb))
        else {
            return;
        };
        let mut partial = first;
        while partial < self.alternatives.len() {
            let sellers = self.alternatives[partial].seller;
            let twin = (0..partial)
                .find(|i| self.alternatives[*i].seller == sellers && self.alternatives[*i].kind != Kind::Closed);
            match twin {
                Some(whole) if self.worth(partial, future) > self.worth(whole, future) => {
                    self.put_in_place_of(whole, partial);
                }
                Some(_) => self.remove(partial),
                None => partial += 1,
            }
        }
    }

    /// Puts the alternative at `from` in the place of the one at `to`.
    fn put_in_place_of(&mut self, to: usize, from: usize) {
        self.alternatives[to] = self.alternatives[from];
        self.bills[to] = self.bills[from];
        self.values[to] = self.values[from];
        self.list_prices[to] = self.list_prices[from];
        self.continuation[to] = self.continuation[from];
        if !self.links.is_empty() {
            self.links[to] = self.links[from];
        }
        self.remove(from);
    }

    fn remove(&mut self, at: usize) {
        self.alternatives.remove(at);
        self.bills.remove(at);
        self.values.remove(at);
        self.list_prices.remove(at);
        self.continuation.remove(at);
        if !self.links.is_empty() {
            self.links.remove(at);
        }
    }

    /// Values the standing kit at posted prices, from the terms that were prepared.
    #[must_use]
    pub fn wedges(&mut self, stack: &Stack, legacy: [Neighbour; 2], life_left: [f64; 2]) -> Wedges {
        self.two_bills.fill(&self.terms, stack, legacy);
        let scan = wedge::scan(&self.terms, &self.two_bills, stack);
        wedge::value(&scan, &self.terms, stack, life_left)
    }
}

impl Bidding {
    /// Solves the tender that was prepared.
    ///
    /// Where the kit may not run on and one seller stands in every alternative, its price is capped at list price plus
    /// the reserve of the scenario.
    ///
    /// # Errors
    /// As [`Workspace::solve`]; with alternatives on offer and a validated scenario there are none.
    pub fn solve<'a>(
        &'a mut self,
        offer: &'a Offer,
        world: &World,
        lambda: &'a [f64; NESTS],
        continuation: Continuation<'a>,
    ) -> Result<Solved<'a>, SolveError> {
        let reserve = world.scenario.market.price_cap_reserve_share * offer.terms.price;
        self.solve_as(world.bidding, reserve, offer, lambda, continuation)
    }

    /// As [`Bidding::solve`], with a rule of bidding and a reserve over list price, US dollars, of the caller's.
    ///
    /// # Errors
    /// As [`Bidding::solve`].
    pub fn solve_as<'a>(
        &'a mut self,
        bidding: ComponentBidding,
        reserve: f64,
        offer: &'a Offer,
        lambda: &'a [f64; NESTS],
        continuation: Continuation<'a>,
    ) -> Result<Solved<'a>, SolveError> {
        self.bidders.fill(offer.terms.vendors(), &offer.alternatives);
        self.priced.clear();
        for (a, value) in offer.alternatives.iter().zip(&offer.values) {
            self.priced
                .push(priced(&offer.terms, bidding, |v| self.bidders.number(v), a, *value));
        }
        self.caps.clear();
        if !offer.keeps {
            for (a, p) in offer.alternatives.iter().zip(&self.priced) {
                let nest = usize::from(a.nest());
                let vendors = &self.bidders.vendors;
                let cap = |j: u8| {
                    vendors
                        .get(usize::from(j))
                        .map_or(f64::INFINITY, |v| offer.terms.seller(*v).list_margin[nest] + reserve)
                };
                self.caps.push(p.setters.map(cap));
            }
        }
        self.after.clear();
        let outlook = continuation.outlook.filter(|o| o.sellers.weight > 0.0);
        if let Some(outlook) = &outlook {
            let bidders = &self.bidders.vendors;
            outlook.fill_after(&offer.terms, &offer.standing, &offer.links, bidders, &mut self.after);
        }
        let spec = TenderSpec {
            mu: offer.terms.mu,
            lambda,
            alternatives: &self.priced,
            sellers: self.bidders.vendors.len(),
            after: outlook.map(|_| self.after.as_slice()),
            margin_caps: if offer.keeps { None } else { Some(&self.caps) },
        };
        // The posted margins of the bidders: those of the average buyer of the region, or of the last review where that buyer
        // is the one who is asked.
        self.start.clear();
        for v in &self.bidders.vendors {
            self.start.extend_from_slice(&offer.terms.seller(*v).list_margin);
        }
        if outlook.is_some() {
            // The solver's unknowns are margins and what winning is worth later, together.
            let bidders = self.bidders.vendors.len();
            for (at, start) in self.start.iter_mut().enumerate() {
                let (j, nest) = (at / NESTS, at % NESTS);
                let own = self
                    .priced
                    .iter()
                    .position(|p| usize::from(p.nest) == nest && p.setters.contains(&(j as u8)));
                if let Some(a) = own {
                    *start += self.after[a * bidders + j];
                }
            }
        }
        let equilibrium = self.workspace.solve_within(&spec, Some(&self.start), RUN_TOLERANCE)?;
        Ok(Solved {
            equilibrium,
            spec,
            alternatives: &offer.alternatives,
            vendors: &self.bidders.vendors,
        })
    }

    /// Solves the tender of the unattached twin for what was offered last: the same sellers and tastes, without kit, keep or
    /// partial renewal. `None` where it has no equilibrium. Needs the bills of [`Offer::wedges`].
    pub fn solve_twin(&mut self, offer: &Offer, world: &World, lambda: &[f64; NESTS]) -> Option<Twin<'_>> {
        self.twin_alternatives.clear();
        self.twin_of.clear();
        self.twin_later.clear();
        for (index, a) in offer.alternatives.iter().enumerate() {
            if matches!(a.kind, Kind::PartialRu | Kind::PartialBb | Kind::Keep) {
                continue;
            }
            let bill = offer.two_bills.twin().of(&offer.terms, a);
            // What a purchase leads to is the same for both buyers.
            let later = offer.continuation[index];
            let value = offer.terms.flow(a, None) - bill.iter().sum::<f64>() + later;
            self.twin_later.push(later);
            self.twin_alternatives.push(priced(
                &offer.terms,
                world.bidding,
                |v| self.bidders.number(v),
                a,
                value,
            ));
            self.twin_of.push(index);
        }
        self.twin_after.clear();
        if !self.after.is_empty() {
            let bidders = self.bidders.vendors.len();
            for a in &self.twin_of {
                self.twin_after.extend_from_slice(&self.after[a * bidders..][..bidders]);
            }
        }
        let spec = TenderSpec {
            mu: offer.terms.mu,
            lambda,
            alternatives: &self.twin_alternatives,
            sellers: self.bidders.vendors.len(),
            after: Some(self.twin_after.as_slice()).filter(|w| !w.is_empty()),
            margin_caps: None,
        };
        // The twin is a buyer much like the average one.
        let solved = self
            .twin_workspace
            .solve_within(&spec, Some(&self.start), TWIN_TOLERANCE)
            .ok()?;
        Some(Twin {
            of: &self.twin_of,
            alternatives: &self.twin_alternatives,
            total_margin: solved.total_margin,
            later: &self.twin_later,
        })
    }
}

/// The solved tender of the unattached twin: entry by entry, the whole stacks among an offer's alternatives.
#[derive(Debug, Clone, Copy)]
pub struct Twin<'a> {
    /// Index of each among the offer's alternatives.
    pub of: &'a [usize],
    /// As the solver saw them: value before price to the twin, and the cost that the price starts from.
    pub alternatives: &'a [equilibrium::Alternative],
    /// Price over that cost.
    pub total_margin: &'a [f64],
    /// What the buyer's foresight adds to each, part of its value.
    pub later: &'a [f64],
}

impl Twin<'_> {
    /// Entry of an alternative of the offer; `None` for a partial renewal and for keep.
    #[must_use]
    pub fn entry(&self, index: usize) -> Option<usize> {
        self.of.binary_search(&index).ok()
    }

    /// Price that the twin pays.
    #[must_use]
    pub fn price(&self, entry: usize) -> f64 {
        self.alternatives[entry].cost + self.total_margin[entry]
    }
}

/// exp(entropy) of the probabilities with which each seller supplies, by component weight, keep left out: how many equal
/// bidders would leave the outcome as open.
#[must_use]
pub fn effective_bidders(
    terms: &Terms,
    alternatives: &[Alternative],
    probability: &[f64],
    by_seller: &mut Vec<f64>,
) -> f64 {
    by_seller.clear();
    by_seller.resize(terms.vendors(), 0.0);
    for (a, p) in alternatives
        .iter()
        .zip(probability)
        .filter(|(a, _)| a.kind.nest() != KEEP_NEST)
    {
        for component in [RU, BB] {
            if a.seller[component] != NO_VENDOR {
                by_seller[usize::from(a.seller[component])] += p * terms.weight[component];
            }
        }
    }
    let all: f64 = by_seller.iter().sum();
    let entropy: f64 = by_seller
        .iter()
        .filter(|p| **p > 0.0)
        .map(|p| -(p / all) * libm::log(p / all))
        .sum();
    libm::exp(entropy)
}
