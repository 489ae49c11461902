//! Who buys, and under which rules.

use crate::calendar::Day;
use crate::world::state::State;
use crate::world::{CountryInfo, Layer, OperatorInfo, Part, RuleScope, Slot, VendorIx};

/// The buyer of a tender.
#[derive(Debug, Clone, Copy)]
pub struct Buyer<'a> {
    /// Country.
    pub country: &'a CountryInfo,
    /// The rules that it is under.
    pub rules: Rules<'a>,
    /// Operator; `None` is the average unattached buyer of a region.
    pub operator: Option<(usize, &'a OperatorInfo)>,
    /// What is bought.
    pub slot: &'a Slot,
}

/// Where a buyer reads its rules.
#[derive(Debug, Clone, Copy)]
pub enum Rules<'a> {
    /// In one country, by the mark of one operator.
    Country(usize, u64),
    /// Over the countries of a region, by their share of its sites: what most of it may buy, the average buyer may.
    Region(&'a [(usize, f64)]),
    /// As [`Rules::Region`], with what is announced held to be in force: what the average buyer may buy at its next tender.
    Announced(&'a [(usize, f64)]),
}

impl Rules<'_> {
    /// A number of a country; of a region its mean by share of sites.
    #[inline]
    pub(super) fn mean(&self, of: impl Fn(usize) -> f64) -> f64 {
        match self {
            Rules::Country(country, _) => of(*country),
            Rules::Region(shares) | Rules::Announced(shares) => shares.iter().map(|(c, share)| share * of(*c)).sum(),
        }
    }

    /// Public money toward what is bought from a vendor, share of its reference price, by [`crate::world::Aid`]. In a country what the rules
    /// say, of which a lot is promised what there is money for; in a region, where no lot is in hand, what can be counted on.
    pub(super) fn aid(&self, state: &State, vendor: VendorIx, what: RuleScope) -> [f64; 4] {
        let part = |country: usize| Part { country, vendor, what };
        match self {
            Rules::Country(country, _) => state.purse.stated_shares(part(*country)),
            Rules::Region(shares) | Rules::Announced(shares) => {
                let mut mean = [0.0; 4];
                for (country, weight) in shares.iter() {
                    let aid = state.purse.expected_shares(part(*country));
                    mean.iter_mut().zip(aid).for_each(|(sum, aid)| *sum += weight * aid);
                }
                mean
            }
        }
    }

    pub(super) fn may_buy(&self, state: &State, vendor: VendorIx, what: RuleScope) -> bool {
        match self {
            Rules::Country(country, mark) => state.rules.may_buy(*country, vendor, what, *mark),
            Rules::Region(shares) => {
                let open = shares
                    .iter()
                    .map(|(c, share)| share * state.rules.share_free(*c, vendor, what, false));
                open.sum::<f64>() >= 0.5
            }
            Rules::Announced(shares) => {
                let open = shares
                    .iter()
                    .map(|(c, share)| share * state.rules.share_free(*c, vendor, what, true));
                open.sum::<f64>() >= 0.5
            }
        }
    }

    /// Whether no rule concerns a vendor here: it may be bought from, and nothing is announced.
    pub(super) fn is_free(&self, state: &State, vendor: VendorIx) -> bool {
        match self {
            Rules::Country(country, _) => state.rules.is_free(*country, vendor),
            Rules::Region(shares) | Rules::Announced(shares) => {
                let free = shares.iter().all(|(c, _)| state.rules.is_free(*c, vendor));
                free && shares.iter().map(|(_, share)| share).sum::<f64>() >= 0.5
            }
        }
    }

    /// Whether closed bundles of a layer may be bought; of a region, whether in most of it.
    pub(super) fn may_buy_closed(&self, state: &State, layer: Layer) -> bool {
        match self {
            Rules::Country(country, mark) => !state.quotas.bars_closed(*country, *mark, layer),
            Rules::Region(shares) | Rules::Announced(shares) => {
                let announced = matches!(self, Rules::Announced(_));
                let free = |c: usize| 1.0 - state.quotas.share_barred(c, layer, announced);
                shares.iter().map(|(c, share)| share * free(*c)).sum::<f64>() >= 0.5
            }
        }
    }

    /// Whether a rule is announced, and the deadline of a removal. The average buyer of a region is under no announced rule.
    pub(super) fn outlook(&self, state: &State, vendor: VendorIx, what: RuleScope) -> (bool, Option<Day>) {
        match self {
            Rules::Country(country, mark) => (
                state.rules.is_announced(*country, vendor, what, *mark),
                state.rules.deadline(*country, vendor, what, *mark),
            ),
            Rules::Region(_) | Rules::Announced(_) => (false, None),
        }
    }
}
