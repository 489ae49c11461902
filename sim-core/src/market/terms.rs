//! The terms of one slot on one day: everything that enters the value of its alternatives, once.
//!
//! Values are sums over components and sellers with a few joint items, so they are prepared by seller here and
//! added up per alternative in a handful of operations.

mod buyer;
mod fill;
mod market;

pub use buyer::{Buyer, Rules};
pub use market::Market;

use super::alternatives::{Alternative, Kind, NESTS};
use super::switching::Attachment;
use super::value::{annuity, extension_upkeep};
use crate::world::state::sellers;
use crate::world::{BB, NO_VENDOR, RU, Stack, VendorIx};
use fill::{CommonTerms, Fitted};

/// What one vendor brings to a slot. Money per site over a contract, by component.
#[derive(Debug, Clone, Copy, Default)]
pub struct SellerTerms {
    /// Quality, and shifts of value in the region.
    pub quality: [f64; 2],
    /// Persistent taste of the operator.
    pub taste: [f64; 2],
    /// Value of the vendor's own tied credit.
    pub credit: [f64; 2],
    /// Value of credit and public money less what is forgone by buying here.
    pub finance: [f64; 2],
    /// Trust weight times criticality.
    pub risk: [f64; 2],
    /// Expected bill of a removal of new kit.
    pub removal: [f64; 2],
    /// Sum of the above, risk and removal taken off: the value of new kit.
    pub value: [f64; 2],
    /// Unit cost.
    pub cost: [f64; 2],
    /// List margin by nest.
    pub list_margin: [f64; NESTS],
    /// Whether it may and does sell the component here today.
    pub may_sell: [bool; 2],
    /// Whether it sells closed bundles.
    pub closed: bool,
    /// Whether it sells open parts today.
    pub open: bool,
    /// Whether its open baseband is virtual.
    pub is_virtual: bool,
    /// Yearly hazard that the component may no longer be sold here; infinite once a rule is known.
    pub hazard: [f64; 2],
    /// How far the operator is trained for it, in `[0,1]`.
    pub trained: f64,
    /// Whether it supplies other slots of the operator.
    pub elsewhere: bool,
    /// Public money toward its parts in an open stack.
    pub open_aid: [f64; 2],
    /// Public money toward its virtual baseband.
    pub virtual_aid: f64,
    /// X2 or Xn work per site at the borders of the lot, if its baseband is bought here.
    pub border: f64,
    /// Immaturity of its own lines beside other sellers' parts, over that of the market: 1, more if it is open in name only.
    pub immaturity: f64,
}

/// See the module docs. Build once, reuse the buffer.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    sellers: Vec<SellerTerms>,
    market: Market,
    common: Vec<CommonTerms>,
    /// What the sellers were last fitted to; `None` if anything was changed since.
    fitted: Option<Fitted>,
    /// Start-up factor of each pair.
    pairs: Vec<f64>,
    /// Whether the slot is a core.
    pub is_core: bool,
    /// Price of a site's stack, USD.
    pub price: f64,
    /// Scale of taste shocks, USD.
    pub mu: f64,
    /// Weight of each component.
    pub weight: [f64; 2],
    /// Contract term, years.
    pub term: f64,
    /// Cost of capital, a year.
    pub wacc: f64,
    /// phi.
    pub renewal_work_share: f64,
    /// Break fee at full term, share of price.
    pub break_fee_share: f64,
    /// Full work of a change of radio, of a baseband box, and of virtual baseband software.
    work: [f64; 3],
    /// Outage of a change of both components.
    pub outage: f64,
    /// X2 integration with one neighbouring generation.
    pub x2_anchor: f64,
    /// Onboarding of a new vendor, closed and open.
    pub onboarding: f64,
    /// The same with open management interfaces.
    pub onboarding_open: f64,
    /// Start-up of a pair without experience.
    pub start_up: f64,
    /// Yearly operation of a pair over the contract.
    pub operations: f64,
    /// A vendor beyond the first, over the contract.
    pub extra_vendor: f64,
    /// Whether the operator has kit elsewhere.
    pub has_others: bool,
    /// Performance gap of an open stack of two vendors, and of one.
    pub open_gap: [f64; 2],
    /// Energy gap of a virtual baseband over the contract.
    pub virtual_running: f64,
    /// Growth of upkeep, share of price a year and year of age.
    pub upkeep_growth: f64,
    /// Years until the tender after a keep.
    pub keep_years: f64,
    /// Whether each part that stands may lawfully run on.
    pub may_run: [bool; 2],
    /// Whether a keep is open to the buyer at all: a forced tender is there to replace.
    pub may_keep: bool,
    /// What counts against a closed bundle.
    pub(super) closed_handicap: f64,
    /// Risk of an open stack; at criticality 1, as a share of price.
    pub(super) open_risk: f64,
    open_risk_share: f64,
    share_of_keep: f64,
    /// Annuity over the contract term.
    term_annuity: f64,
}

/// Immaturity of a line that matures no further than `cap`, over that of the market: `(1 - min(M, cap)) / (1 - M)`, 1 without a cap.
#[must_use]
pub fn immaturity(maturity: f64, cap: f64) -> f64 {
    if cap >= maturity || maturity >= 1.0 {
        1.0
    } else {
        (1.0 - cap) / (1.0 - maturity)
    }
}

/// Shortest time that a kept part runs on in a partial renewal, years.
pub const PARTIAL_MINIMUM_YEARS: f64 = 2.0;

impl Terms {
    /// Number of vendors.
    #[must_use]
    pub fn vendors(&self) -> usize {
        self.sellers.len()
    }

    /// Terms of all vendors.
    #[must_use]
    pub fn sellers(&self) -> &[SellerTerms] {
        &self.sellers
    }

    /// Terms of a vendor.
    #[inline]
    #[must_use]
    pub fn seller(&self, v: VendorIx) -> &SellerTerms {
        &self.sellers[usize::from(v)]
    }

    /// Terms of a vendor, to be changed by an experiment (a dearer input, say) before an offer is valued with them.
    pub fn seller_mut(&mut self, v: VendorIx) -> &mut SellerTerms {
        self.fitted = None;
        &mut self.sellers[usize::from(v)]
    }

    /// Full work of a change of a component; `soft`: virtual software is changed for virtual software.
    #[must_use]
    pub fn work(&self, component: usize, soft: bool) -> f64 {
        self.work[if component == BB && soft { 2 } else { component }]
    }

    /// Takes all work of changing kit away, for an experiment.
    pub fn forgo_work(&mut self) {
        self.fitted = None;
        self.work = [0.0; 3];
    }

    /// Share of the contract term that `years` are.
    #[must_use]
    pub fn share_of_life(&self, years: f64) -> f64 {
        annuity(self.wacc, years) / self.term_annuity
    }

    /// Replacing a neighbouring generation's baseband as well, where its stack costs `price`: on average half of its life is lost, and
    /// there is the cabinet work.
    #[must_use]
    pub fn legacy_swap(&self, price: f64) -> f64 {
        price * self.weight[BB] * self.share_of_life(self.term / 2.0) + self.work[BB]
    }

    /// Start-up factor of a pair.
    #[inline]
    #[must_use]
    pub fn pair_learning(&self, seller: [VendorIx; 2]) -> f64 {
        self.known_pairs(seller[RU])[usize::from(seller[BB])] * self.immaturity(seller)
    }

    /// Start-up factor of a radio with each baseband, as far as pairs are known.
    #[inline]
    pub(super) fn known_pairs(&self, radio: VendorIx) -> &[f64] {
        let vendors = self.sellers.len();
        &self.pairs[usize::from(radio) * vendors..][..vendors]
    }

    /// Immaturity of a pair of two sellers over that of the market: that of the less mature line.
    #[inline]
    fn immaturity(&self, seller: [VendorIx; 2]) -> f64 {
        let of = |k: usize| self.seller(seller[k]).immaturity;
        of(RU).max(of(BB)).max(1.0)
    }

    /// Flow of value over a contract: quality, taste, finance, less risk, gap and running cost.
    #[inline]
    #[must_use]
    pub fn flow(&self, a: &Alternative, held: Option<&Stack>) -> f64 {
        let mut value = self.seller(a.seller[BB]).value[BB];
        if a.seller[RU] != NO_VENDOR {
            value += self.seller(a.seller[RU]).value[RU];
        }
        value - self.gap(a, held) - self.running(a) + self.by_architecture(a, held)
    }

    /// What rules and public money make of an architecture: aid to what is bought open or virtual, the risk of open interfaces, and
    /// the handicap of closed bundles.
    #[inline]
    #[must_use]
    pub fn by_architecture(&self, a: &Alternative, held: Option<&Stack>) -> f64 {
        let is_open = match a.kind {
            Kind::Closed => return if self.is_core { 0.0 } else { -self.closed_handicap },
            Kind::Keep => held.is_some_and(Stack::is_open),
            _ => true,
        };
        if !is_open {
            return 0.0;
        }
        let buys = a.buys();
        let mut value = -self.open_risk;
        for component in [RU, BB] {
            if buys[component] {
                value += self.seller(a.seller[component]).open_aid[component];
            }
        }
        if a.is_virtual && buys[BB] {
            value += self.seller(a.seller[BB]).virtual_aid;
        }
        value
    }

    /// Performance gap of an open stack.
    #[inline]
    #[must_use]
    pub fn gap(&self, a: &Alternative, held: Option<&Stack>) -> f64 {
        let open = match a.kind {
            Kind::Closed => false,
            Kind::Keep => held.is_some_and(Stack::is_open),
            _ => true,
        };
        if !open {
            0.0
        } else if a.is_multi() {
            self.open_gap[0] * self.immaturity(a.seller)
        } else {
            self.open_gap[1]
        }
    }

    /// Running cost beside upkeep: the energy gap of a virtual baseband.
    #[inline]
    #[must_use]
    pub fn running(&self, a: &Alternative) -> f64 {
        if a.is_virtual { self.virtual_running } else { 0.0 }
    }

    /// Unit cost of what is bought.
    #[inline]
    #[must_use]
    pub fn cost(&self, a: &Alternative) -> f64 {
        let of = |buys: bool, k: usize| if buys { self.seller(a.seller[k]).cost[k] } else { 0.0 };
        let [radio, baseband] = a.buys();
        of(radio, RU) + of(baseband, BB)
    }

    /// List price of what is bought: unit cost plus the list margin of each seller.
    #[must_use]
    pub fn list_price(&self, a: &Alternative) -> f64 {
        self.cost(a) + self.list_margin(a)
    }

    /// List margins of those who set the price of what is bought.
    #[inline]
    #[must_use]
    pub fn list_margin(&self, a: &Alternative) -> f64 {
        let nest = usize::from(a.nest());
        let margin = |k: usize| self.seller(a.seller[k]).list_margin[nest];
        match a.kind {
            Kind::Keep => 0.0,
            Kind::PartialRu => margin(RU),
            Kind::OpenMulti => margin(RU) + margin(BB),
            _ => margin(BB),
        }
    }

    /// What a part costs that stays: nothing now; from `years` on its part of a posted renewal by its own seller, which is put off; until then
    /// the credit that it does not take, less the removal that it need not fear; and the growth of its upkeep.
    ///
    /// `(1 - rho) (c + w margin + phi work) + rho (credit - expected removal) + upkeep`, per component, with c its unit cost, w its weight and
    /// rho the share of a life that `years` are.
    #[must_use]
    pub fn kept_part(&self, component: usize, stack: &Stack, age: f64, years: f64) -> f64 {
        let seller = self.seller(stack.seller[component]);
        let later = 1.0 - self.share_of_life(years);
        let nest = usize::from(if stack.is_open() { Kind::OpenMulti } else { Kind::Closed }.nest());
        let list = seller.cost[component] + self.weight[component] * seller.list_margin[nest];
        let work = self.renewal_work_share * self.work(component, stack.is_virtual);
        let upkeep = self.weight[component]
            * self.price
            * extension_upkeep(self.upkeep_growth, self.wacc, age, years, self.term);
        // The credit on this part comes with its renewal, later.
        later * (list + work) + (1.0 - later) * self.new_kit_only(stack.seller[component], component) + upkeep
    }

    /// What each part costs that stays in a partial renewal ([`Terms::kept_part`]); nil where none may. `ages`: years of each standing
    /// component at its replacement.
    #[must_use]
    pub fn kept_parts(&self, attached: Option<&Attachment>, ages: [f64; 2]) -> [f64; 2] {
        let open = attached.and_then(|h| h.stack.filter(|s| s.is_open()).map(|s| (h, s)));
        open.map_or([0.0; 2], |(h, stack)| {
            [RU, BB].map(|part| self.kept_part(part, stack, ages[part], h.life_left[part].max(PARTIAL_MINIMUM_YEARS)))
        })
    }

    /// Value of keep and extend, given the best alternative at list prices and its surplus `best`.
    ///
    /// For `T` years the kit that stands serves; then, at posted prices, the best alternative is bought:
    /// `rho flow(kit) + (1 - rho) best - upkeep`. With growth of upkeep nil and `T` a whole life it is the
    /// value of kit that costs nothing.
    #[must_use]
    pub fn keep(&self, stack: &Stack, ages: [f64; 2], best: f64) -> f64 {
        let rho = self.share_of_keep;
        let kit = Alternative {
            kind: Kind::Keep,
            seller: stack.seller,
            is_virtual: stack.is_virtual,
        };
        let mut operations = 0.0;
        if kit.is_multi() {
            operations = self.operations;
        }
        operations += self.extra_vendor * self.beyond_the_first(stack);
        let upkeep: f64 = [RU, BB]
            .into_iter()
            .map(|k| {
                self.weight[k] * extension_upkeep(self.upkeep_growth, self.wacc, ages[k], self.keep_years, self.term)
            })
            .sum();
        // Kit that is kept takes no new credit, and worn-out kit has nothing left to lose by a removal.
        let new_kit_only: f64 = [RU, BB]
            .into_iter()
            .filter(|k| stack.seller[*k] != NO_VENDOR)
            .map(|k| self.new_kit_only(stack.seller[k], k))
            .sum();
        rho * (self.flow(&kit, Some(stack)) - new_kit_only - operations) + (1.0 - rho) * best - self.price * upkeep
    }

    /// Sellers of a stack that its operator has nowhere else, without the first seller of all.
    fn beyond_the_first(&self, stack: &Stack) -> f64 {
        let strangers = sellers(stack).filter(|v| !self.seller(*v).elsewhere).count();
        let first = usize::from(!self.has_others);
        strangers.saturating_sub(first) as f64
    }

    /// What of a seller's value holds for new kit alone: its credit, less the expected bill of a removal.
    fn new_kit_only(&self, vendor: VendorIx, component: usize) -> f64 {
        let t = self.seller(vendor);
        t.finance[component] - t.removal[component]
    }
}
