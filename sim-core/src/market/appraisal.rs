//! An award looked at once more: what its price held, and whether it was the right one.
//!
//! - **The wedge after bids** (L2). With `i` and `r` the sides of the wedge, `u(h)` the attached buyer's value before price
//!   and `u(0)` its unattached twin's, `p` the prices that each is asked:
//!   ```text
//!   K         = [u_i(h) - u_r(h)] - [u_i(0) - u_r(0)]                                      from the itemised bills
//!   captured  = [p_i(h) - p_r(h)] - [p_i(0) - p_r(0)]                                      the incumbent's extra lead in price
//!   protected = [(u_i - p_i)(h) - (u_r - p_r)(h)] - [(u_i - p_i)(0) - (u_r - p_r)(0)]      its lead that is left after bids
//!   ```
//!   The three are computed apart, and `K = captured + protected`.
//! - **The premium** (L3): the price paid over what the twin pays for the same alternative. Negative where a newcomer pays to get in.
//! - **Handicapped retention** (L4a): the incumbent is chosen although, at the very same bids, the twin would take another.
//! - **Inefficient retention and switching** (L4b, L4c): a planner who counts what a stack is really worth and really costs (value
//!   less unit cost and real work; fees, credit and margins are transfers, and so is what a state bears of a unit cost, and royalties that a
//!   lever adds to it) would have chosen otherwise.
//!
//! The last two are answered twice: *without* shocks, by systematic value alone, and *with* the buyer's own shocks, by the same law of
//! choice and the same luck as the award. (Farrell and Klemperer 2007, section 2, for why retention alone says nothing of welfare.)

use super::alternatives::{Alternative, NESTS};
use super::choice::Tree;
use super::shocks::Shocks;
use super::switching::{BROUGHT_FORWARD, CONTRACT_BREAK};
use super::tender::{Offer, Twin};
use super::terms::Terms;
use super::wedge::{Wedge, Wedges};
use crate::world::{NO_VENDOR, Stack};

/// A wedge and what bids make of it, money per site over the list price of the incumbent's alternative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Split {
    /// K at the bills of this tender.
    pub wedge: f64,
    /// Part that the incumbent takes in price.
    pub captured: f64,
    /// Part that is left as its lead.
    pub protected: f64,
}

/// What other choosers would have taken, as indices of the offer: without shocks, and with the buyer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choosers {
    /// The unattached twin, at the bids that were made.
    pub twin: [usize; 2],
    /// A planner.
    pub planner: [usize; 2],
}

/// See the module docs. Everything is undefined where the twin has no equilibrium.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Appraisal {
    /// By component; `None` where one of the sides of the wedge is not on offer.
    pub split: [Option<Split>; 2],
    /// Premium over the list price of the alternative; `None` for a partial renewal.
    pub premium: Option<f64>,
    /// `None` for a partial renewal.
    pub choosers: Option<Choosers>,
}

/// Buffers.
#[derive(Debug, Default)]
pub struct Appraiser {
    nest: Vec<u8>,
    value: Vec<f64>,
}

/// What was paid and drawn.
#[derive(Debug, Clone, Copy)]
pub struct Paid<'a> {
    /// Total margin of each alternative of the offer.
    pub margin: &'a [f64],
    /// Index of the alternative that won.
    pub winner: usize,
    /// Dissimilarity of the nests.
    pub lambda: &'a [f64; NESTS],
}

/// Value of what stands to society, before its cost: quality and lasting taste, less security risk, gap and energy. Credit is a
/// transfer; the fear of a ban is no cost until there is one.
#[must_use]
pub fn real_value(terms: &Terms, a: &Alternative, held: Option<&Stack>) -> f64 {
    let parts = a.seller.iter().enumerate().filter(|(_, v)| **v != NO_VENDOR);
    let kit: f64 = parts
        .map(|(k, v)| {
            let t = terms.seller(*v);
            t.quality[k] + t.taste[k] - t.risk[k]
        })
        .sum();
    kit - terms.gap(a, held) - terms.running(a)
}

/// Real cost of an alternative: what making it uses up ([`Offer::production`]), and its bill without what is a transfer.
#[must_use]
pub fn real_cost(production: f64, bill: &[f64; 7]) -> f64 {
    production + bill.iter().sum::<f64>() - bill[BROUGHT_FORWARD] - bill[CONTRACT_BREAK]
}

impl Appraiser {
    /// Appraises an award to a buyer with kit. `wedges` at end of life; `luck` the stream of the tender.
    pub fn appraise(
        &mut self,
        offer: &Offer,
        twin: &Twin<'_>,
        wedges: &Wedges,
        paid: &Paid<'_>,
        luck: &mut Shocks,
    ) -> Appraisal {
        let split = |w: &Wedge| self::split(offer, twin, w, paid.margin);
        let mut appraisal = Appraisal {
            split: [0, 1].map(|k| wedges.at_end[k].as_ref().and_then(split)),
            ..Appraisal::default()
        };
        let Some(won) = twin.entry(paid.winner) else {
            return appraisal;
        };
        let premium = paid.margin[paid.winner] - twin.total_margin[won];
        appraisal.premium = Some(premium / offer.list_prices[paid.winner]);
        let at_bids = |e: usize| {
            let a = &twin.alternatives[e];
            a.value - a.cost - paid.margin[twin.of[e]]
        };
        let social = |e: usize| {
            let index = twin.of[e];
            let a = &offer.alternatives[index];
            real_value(&offer.terms, a, None) - real_cost(offer.production(index), &offer.bills[index])
        };
        appraisal.choosers = self
            .choice(offer, twin, paid.lambda, luck, at_bids)
            .zip(self.choice(offer, twin, paid.lambda, luck, social))
            .map(|(twin, planner)| Choosers { twin, planner });
        appraisal
    }

    /// What a chooser with these values takes, without shocks and with the buyer's.
    fn choice(
        &mut self,
        offer: &Offer,
        twin: &Twin<'_>,
        lambda: &[f64; NESTS],
        luck: &mut Shocks,
        value: impl Fn(usize) -> f64,
    ) -> Option<[usize; 2]> {
        self.nest.clear();
        self.value.clear();
        self.nest.extend(twin.alternatives.iter().map(|a| a.nest));
        self.value.extend((0..twin.of.len()).map(value));
        let mut best = 0;
        for (e, v) in self.value.iter().enumerate() {
            if *v > self.value[best] {
                best = e;
            }
        }
        let tree = Tree {
            mu: offer.terms.mu,
            lambda,
            nest: &self.nest,
            value: &self.value,
        };
        let mut inclusive = [f64::NEG_INFINITY; NESTS];
        tree.inclusive(&mut inclusive);
        let nests = luck.nests();
        let inside = |e: usize| luck.at(offer.alternatives[twin.of[e]].position());
        let drawn = tree.draw(&inclusive, |g| nests[g], inside)?;
        Some([*twin.of.get(best)?, twin.of[drawn]])
    }
}

/// The wedge of a tender and what bids make of it; `None` where a side is not on offer.
fn split(offer: &Offer, twin: &Twin<'_>, wedge: &Wedge, margin: &[f64]) -> Option<Split> {
    let entry = |a: &Alternative| twin.of.iter().position(|index| offer.alternatives[*index] == *a);
    let (i, r) = (entry(&wedge.incumbent)?, entry(&wedge.rival)?);
    let terms = &offer.terms;
    // K from the bills alone, item by item.
    let bill = |e: usize| &offer.bills[twin.of[e]];
    let of_twin = |e: usize| offer.two_bills.twin().of(terms, &offer.alternatives[twin.of[e]]);
    let (twin_i, twin_r) = (of_twin(i), of_twin(r));
    let money: f64 = (0..twin_i.len())
        .filter(|item| *item != BROUGHT_FORWARD)
        .map(|item| (bill(r)[item] - bill(i)[item]) - (twin_r[item] - twin_i[item]))
        .sum();
    // What is paid, and what is left of the lead, each from prices and values.
    let attached_margin = margin.get(twin.of[i])? - margin.get(twin.of[r])?;
    let captured = attached_margin - (twin.total_margin[i] - twin.total_margin[r]);
    let left = |e: usize| {
        let index = twin.of[e];
        let costs: f64 = bill(e).iter().sum::<f64>() - bill(e)[BROUGHT_FORWARD];
        let price = twin.alternatives[e].cost + margin[index];
        offer.flows[index] - costs - price
    };
    let left_to_twin = |e: usize| twin.alternatives[e].value - twin.later[e] - twin.price(e);
    let protected = (left(i) - left(r)) - (left_to_twin(i) - left_to_twin(r));
    Some(Split {
        wedge: money / wedge.list_price,
        captured: captured / wedge.list_price,
        protected: protected / wedge.list_price,
    })
}
