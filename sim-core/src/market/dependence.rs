//! Causal state dependence (L1): how much likelier a seller wins because it is the one installed.
//!
//! The tender is solved again with the labels of the whole stack exchanged between the installed seller `i` and each feasible other
//! `k`, all else as it is (tastes, costs, quality, rules):
//! ```text
//! L1 = P_i(i installed) - mean over k of P_i(k installed)
//! ```
//! from probabilities, so no luck enters. Buyers who come back to a seller because they like it come back in both worlds, so that
//! persistent taste alone gives 0, where retention, or any index of inertia, does not (Heckman 1981: true against spurious state
//! dependence).
//!
//! - *Whole stack*: radio, baseband and the neighbouring generations at the same sites, what the operator is trained for, and who
//!   supplies it elsewhere. Whether standing kit may lawfully run on stays as it is.
//! - *Feasible*: the other seller may sell, in the same architecture, all that it would be given; where it already stands in the stack
//!   the two change places.
//! - `P_i` is the probability that `i` sells the component, given that it is bought: keep is a delay.
//! - *Resolved*: sellers bid anew in the exchanged tender. *Frozen*: they ask what they asked. Frozen bids overstate, for
//!   a seller that stands no longer as incumbent would ask less.
//!
//! Contracts after this one are not counted on either side.

use super::alternatives::{self, Alternative, KEEP_NEST, Kind, NESTS};
use super::choice::Tree;
use super::switching::Attachment;
use super::tender::{Bidding, Continuation, Offer};
use super::terms::Terms;
use crate::world::{Arch, BB, NO_VENDOR, RU, Stack, VendorIx, World};

/// State dependence of one component.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StateDependence {
    /// With bids solved again.
    pub resolved: f64,
    /// With bids as they were.
    pub frozen: f64,
}

/// Solves the exchanged tenders; buffers, reused.
#[derive(Debug, Default)]
pub struct Dependence {
    offer: Offer,
    bidding: Bidding,
    /// Price that was bid for each alternative of the tender as it is.
    asked: Vec<(Alternative, f64)>,
    /// Margins that were bid, by vendor and nest; NaN where none was.
    margins: Vec<[f64; NESTS]>,
    nest: Vec<u8>,
    value: Vec<f64>,
    probability: Vec<f64>,
}

/// Probability that a vendor sells a component, given that the component is bought; NaN if it never is.
fn chance(alternatives: &[Alternative], probability: &[f64], component: usize, vendor: VendorIx) -> f64 {
    let (mut bought, mut won) = (0.0, 0.0);
    for (a, p) in alternatives
        .iter()
        .zip(probability)
        .filter(|(a, _)| a.buys()[component])
    {
        bought += p;
        if a.seller[component] == vendor {
            won += p;
        }
    }
    if bought > 0.0 { won / bought } else { f64::NAN }
}

/// A difference of probabilities, 0 where it is no more than what rounding leaves.
fn beyond_rounding(difference: f64) -> f64 {
    if difference.abs() < 1e-12 { 0.0 } else { difference }
}

/// One label for the other, and the other way round.
fn relabel(seller: VendorIx, i: VendorIx, k: VendorIx) -> VendorIx {
    if seller == i {
        k
    } else if seller == k {
        i
    } else {
        seller
    }
}

/// Whether everything in a stack could be bought like it today.
fn could_stand(terms: &Terms, stack: &Stack) -> bool {
    [RU, BB].into_iter().all(|component| {
        let v = stack.seller[component];
        if v == NO_VENDOR {
            return true;
        }
        let t = terms.seller(v);
        let line = if stack.arch == Arch::Closed { t.closed } else { t.open };
        t.may_sell[component] && line
    })
}

/// Those with whom a seller of a stack can change labels.
fn feasible<'a>(terms: &'a Terms, stack: &'a Stack, i: VendorIx) -> impl Iterator<Item = VendorIx> + 'a {
    (0..terms.vendors() as VendorIx).filter(move |k| {
        let other = Stack {
            seller: stack.seller.map(|v| relabel(v, i, *k)),
            ..*stack
        };
        *k != i && could_stand(terms, &other)
    })
}

impl Dependence {
    /// State dependence of the tender on offer, by component; `None` where nothing stands, the incumbent may not sell, or there is
    /// nobody to exchange it with.
    ///
    /// `attached` and `ages` are those of the tender ([`Offer::prepare`]).
    pub fn of(
        &mut self,
        offer: &Offer,
        attached: &Attachment<'_>,
        ages: [f64; 2],
        world: &World,
        lambda: &[f64; NESTS],
    ) -> [Option<StateDependence>; 2] {
        let mut found = [None; 2];
        let Some(stack) = attached.stack else { return found };
        // The tender as it is, solved by the same steps as the exchanged ones.
        self.exchange(offer, attached, ages, None);
        if !self.solve(world, lambda, true) {
            return found;
        }
        let as_it_is = [RU, BB].map(|k| chance(&self.offer.alternatives, &self.probability, k, stack.seller[k]));
        let mut sums = [[0.0; 2]; 2];
        let mut count = [0.0; 2];
        for component in [RU, BB] {
            let i = stack.seller[component];
            // One seller of both components is exchanged once.
            let repeated = component == BB && i == stack.seller[RU];
            if i == NO_VENDOR || repeated || !offer.terms.seller(i).may_sell[component] {
                continue;
            }
            for k in feasible(&offer.terms, stack, i) {
                self.exchange(offer, attached, ages, Some((i, k)));
                self.frozen(lambda);
                let concerned = [RU, BB].map(|c| stack.seller[c] == i);
                let at_old_bids = [RU, BB].map(|c| chance(&self.offer.alternatives, &self.probability, c, i));
                if !self.solve(world, lambda, false) {
                    continue;
                }
                for c in [RU, BB].into_iter().filter(|c| concerned[*c]) {
                    let resolved = chance(&self.offer.alternatives, &self.probability, c, i);
                    if resolved.is_nan() || at_old_bids[c].is_nan() {
                        continue;
                    }
                    sums[c][0] += resolved;
                    sums[c][1] += at_old_bids[c];
                    count[c] += 1.0;
                }
            }
        }
        for c in [RU, BB] {
            if count[c] > 0.0 && !as_it_is[c].is_nan() {
                found[c] = Some(StateDependence {
                    resolved: beyond_rounding(as_it_is[c] - sums[c][0] / count[c]),
                    frozen: beyond_rounding(as_it_is[c] - sums[c][1] / count[c]),
                });
            }
        }
        found
    }

    /// State dependence at given prices, whoever stands: what the buyer's own costs of leaving do, before any seller reacts.
    ///
    /// By component, as [`Dependence::of`]; `price` gives the price of an alternative that is bought.
    pub fn at_prices(
        &mut self,
        offer: &Offer,
        attached: &Attachment<'_>,
        ages: [f64; 2],
        lambda: &[f64; NESTS],
        price: impl Fn(&Alternative) -> f64,
    ) -> [Option<f64>; 2] {
        let Some(stack) = attached.stack else {
            return [None; 2];
        };
        [RU, BB].map(|component| {
            let i = stack.seller[component];
            if i == NO_VENDOR {
                return None;
            }
            let mut chances = |labels| {
                self.exchange(offer, attached, ages, labels);
                self.share_at(lambda, |_, a| price(a));
                chance(&self.offer.alternatives, &self.probability, component, i)
            };
            let as_it_is = chances(None);
            let others: Vec<f64> = feasible(&offer.terms, stack, i)
                .map(|k| chances(Some((i, k))))
                .collect();
            let mean = others.iter().sum::<f64>() / others.len() as f64;
            Some(as_it_is - mean).filter(|x| !x.is_nan())
        })
    }

    /// Puts the tender on the desk with the labels of two sellers exchanged, or as it is.
    fn exchange(
        &mut self,
        offer: &Offer,
        attached: &Attachment<'_>,
        ages: [f64; 2],
        labels: Option<(VendorIx, VendorIx)>,
    ) {
        let terms = &mut self.offer.terms;
        terms.clone_from(&offer.terms);
        let mut stack = attached.stack.copied();
        let mut legacy = attached.legacy;
        if let Some((i, k)) = labels {
            let (of_i, of_k) = (*terms.seller(i), *terms.seller(k));
            for (to, from) in [(i, of_k), (k, of_i)] {
                let t = terms.seller_mut(to);
                t.trained = from.trained;
                t.elsewhere = from.elsewhere;
            }
            stack = stack.map(|s| Stack {
                seller: s.seller.map(|v| relabel(v, i, k)),
                ..s
            });
            for neighbour in &mut legacy {
                neighbour.seller = relabel(neighbour.seller, i, k);
            }
        }
        let attached = Attachment {
            stack: stack.as_ref(),
            legacy,
            life_left: attached.life_left,
        };
        alternatives::list(&self.offer.terms, stack.as_ref(), &mut self.offer.alternatives);
        self.offer.evaluate(Some(&attached), ages);
    }

    /// Solves what is on the desk; keeps the bids if they are those of the tender as it is.
    fn solve(&mut self, world: &World, lambda: &[f64; NESTS], keeps_bids: bool) -> bool {
        let solved = self.bidding.solve(&self.offer, world, lambda, Continuation::default());
        let Ok(solved) = solved else { return false };
        self.probability.clear();
        self.probability.extend_from_slice(solved.equilibrium.probability);
        if keeps_bids {
            self.asked.clear();
            self.margins.clear();
            self.margins.resize(self.offer.terms.vendors(), [f64::NAN; NESTS]);
            for (index, a) in self.offer.alternatives.iter().enumerate() {
                if a.kind != Kind::Keep {
                    self.asked.push((*a, solved.price(index)));
                }
            }
            for (vendor, nest, margin) in solved.margins_by_nest() {
                self.margins[usize::from(vendor)][usize::from(nest)] = margin;
            }
        }
        true
    }

    /// Probabilities of what is on the desk at the bids of the tender as it is. A partial renewal that was not on offer there costs what
    /// its seller's margin in that nest, or else its list margin, makes it cost.
    fn frozen(&mut self, lambda: &[f64; NESTS]) {
        let (asked, margins) = (std::mem::take(&mut self.asked), std::mem::take(&mut self.margins));
        self.share_at(lambda, |terms, a| {
            if let Some((_, price)) = asked.iter().find(|(x, _)| x == a) {
                return *price;
            }
            let seller = if a.kind == Kind::PartialRu {
                a.seller[RU]
            } else {
                a.seller[BB]
            };
            let bid = margins[usize::from(seller)][usize::from(a.nest())];
            if bid.is_nan() {
                terms.list_price(a)
            } else {
                terms.cost(a) + bid
            }
        });
        (self.asked, self.margins) = (asked, margins);
    }

    /// Probabilities of what is on the desk at these prices; keep costs nothing.
    fn share_at(&mut self, lambda: &[f64; NESTS], price: impl Fn(&Terms, &Alternative) -> f64) {
        let Self {
            offer,
            nest,
            value,
            probability,
            ..
        } = self;
        nest.clear();
        value.clear();
        for (a, v) in offer.alternatives.iter().zip(&offer.values) {
            let is_keep = a.nest() == KEEP_NEST;
            nest.push(a.nest());
            value.push(v - if is_keep { 0.0 } else { price(&offer.terms, a) });
        }
        let tree = Tree {
            mu: offer.terms.mu,
            lambda,
            nest,
            value,
        };
        probability.clear();
        probability.resize(value.len(), 0.0);
        tree.shares(&mut [0.0; NESTS], probability);
    }
}
