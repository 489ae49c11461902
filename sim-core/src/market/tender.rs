//! The bidding for what is on offer: equilibrium bids, and the draw of a winner.

use super::alternatives::{self, Alternative, KEEP_NEST, Kind, NESTS};
use super::equilibrium::{self, Equilibrium, NOBODY, RUN_TOLERANCE, SolveError, TenderSpec, Workspace};
pub use super::offer::{Continuation, Offer};
use super::shocks::Shocks;
use super::terms::Terms;
use crate::scenario::ComponentBidding;
use crate::world::{BB, NO_VENDOR, RU, VendorIx, World};

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

/// Buffers of the bidding, reused from one tender to the next: nothing is allocated once they have grown.
#[derive(Debug, Default)]
pub struct Bidding {
    bidders: Bidders,
    priced: Vec<equilibrium::Alternative>,
    caps: Vec<[f64; 2]>,
    /// Margins to start from, by bidder and nest.
    start: Vec<f64>,
    /// What winning is worth later after the alternative that each of them goes by.
    later_last: Vec<f64>,
    /// `W_j(a)`, a row for each alternative; empty where nobody looks ahead.
    after: Vec<f64>,
    row: Vec<f64>,
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
    pub fn draw(&self, luck: &mut Shocks) -> usize {
        let tree = self.equilibrium.tree(&self.spec);
        let nests = luck.nests();
        let inside = |a: usize| luck.at(self.alternatives[a].position());
        tree.draw(self.equilibrium.inclusive, |g| nests[g], inside).unwrap_or(0)
    }

    /// The random part of an alternative's value, money: its own shock at the scale of its nest and its nest's.
    #[must_use]
    pub fn shock(&self, luck: &mut Shocks, a: usize) -> (f64, f64) {
        let nest = self.alternatives[a].nest();
        let own = self.spec.mu * self.spec.lambda[usize::from(nest)] * luck.at(self.alternatives[a].position());
        (
            own,
            self.spec.mu * luck.at(alternatives::nest_position(usize::from(nest))),
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

    /// Each bidder with its effective margins by nest, NaN where it sets no price: where the solver may begin on a similar tender.
    pub fn effective_margins(&self) -> impl Iterator<Item = (VendorIx, [f64; NESTS])> + '_ {
        let (rows, _) = self.equilibrium.effective_margins.as_chunks();
        self.vendors.iter().copied().zip(rows.iter().copied())
    }

    /// Margin of each seller in each nest in which it sets a price: (vendor, nest, margin).
    pub fn margins_by_nest(&self) -> impl Iterator<Item = (VendorIx, u8, f64)> + '_ {
        let (alternatives, margins, vendors) = (self.spec.alternatives, self.equilibrium.margins, self.vendors);
        (0..2 * alternatives.len()).filter_map(move |i| {
            let (a, slot) = (i / 2, i % 2);
            // Nobody has no number among them.
            let vendor = vendors.get(usize::from(alternatives[a].setters[slot]))?;
            Some((*vendor, alternatives[a].nest, margins[a][slot]))
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

/// The alternative as the solver sees it, with its value before price and its unit cost.
#[inline]
pub(super) fn priced(
    terms: &Terms,
    bidding: ComponentBidding,
    number: impl Fn(VendorIx) -> u8,
    a: &Alternative,
    value: f64,
    cost: f64,
) -> equilibrium::Alternative {
    let nest = a.nest();
    let suppliers = a.seller.map(number);
    let [radio, baseband] = suppliers;
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
        let unknown = |_| [f64::NAN; NESTS];
        self.solve_near(bidding, reserve, offer, lambda, continuation, unknown, RUN_TOLERANCE)
    }

    /// As [`Bidding::solve_as`], to a tolerance of the caller's, from effective margins that it expects of each vendor by nest, money; where they
    /// are not known (NaN), from posted ones.
    ///
    /// # Errors
    /// As [`Bidding::solve`].
    #[allow(clippy::too_many_arguments)]
    pub fn solve_near<'a>(
        &'a mut self,
        bidding: ComponentBidding,
        reserve: f64,
        offer: &'a Offer,
        lambda: &'a [f64; NESTS],
        continuation: Continuation<'a>,
        expected: impl Fn(VendorIx) -> [f64; NESTS],
        tolerance: f64,
    ) -> Result<Solved<'a>, SolveError> {
        self.bidders.fill(offer.terms.vendors(), &offer.alternatives);
        self.priced.clear();
        let values = offer.values.iter().zip(&offer.costs);
        let each = offer.alternatives.iter().zip(values);
        let number = |v| self.bidders.number(v);
        self.priced
            .extend(each.map(|(a, (value, cost))| priced(&offer.terms, bidding, number, a, *value, *cost)));
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
            (offer.prospects).fill_after(outlook.table, bidders, &mut self.row, &mut self.after);
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
            // The solver's unknowns are margins and what winning is worth later, together: later after the last alternative of a
            // nest whose price the seller sets, the one of which reviews post the margin.
            let bidders = self.bidders.vendors.len();
            self.later_last.clear();
            self.later_last.resize(self.start.len(), 0.0);
            for (p, later) in self.priced.iter().zip(self.after.chunks_exact(bidders.max(1))) {
                for j in p.setters.into_iter().map(usize::from).filter(|j| *j < bidders) {
                    self.later_last[j * NESTS + usize::from(p.nest)] = later[j];
                }
            }
            for (start, later) in self.start.iter_mut().zip(&self.later_last) {
                *start += later;
            }
        }
        for (row, v) in self.start.chunks_exact_mut(NESTS).zip(&self.bidders.vendors) {
            for (start, expected) in row.iter_mut().zip(expected(*v)) {
                *start = if expected.is_finite() { expected } else { *start };
            }
        }
        let equilibrium = self.workspace.solve_within(&spec, Some(&self.start), tolerance)?;
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
            let [onboarding, integration] = offer.two_bills.twin().of_twin(&offer.terms, a);
            // What a purchase leads to is the same for both buyers.
            let later = offer.continuation[index];
            let value = offer.flows[index] - (onboarding + integration) + later;
            self.twin_later.push(later);
            let number = |v| self.bidders.number(v);
            let priced = priced(&offer.terms, world.bidding, number, a, value, offer.costs[index]);
            self.twin_alternatives.push(priced);
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
