//! The terms of one slot on one day: everything that enters the value of its alternatives, once.
//!
//! Values are sums over components and sellers with a few joint items, so they are prepared by seller here and
//! added up per alternative in a handful of operations.

use super::alternatives::{Alternative, Kind, NESTS};
use super::posted::Posted;
use super::switching::{Attachment, BROUGHT_FORWARD};
use super::value::{RemovalBill, RemovalRates, RemovalRisk, annuity, extension_upkeep};
use crate::calendar::Day;
use crate::world::sourcing;
use crate::world::state::{FRONTHAUL, MANAGEMENT, State, X2};
use crate::world::{Aid, BB, CountryInfo, Layer, NO_VENDOR, OperatorInfo, RU, RuleScope, Slot, Stack, VendorIx, World};

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
    /// Grant element of its credit, share of price.
    pub grant: f64,
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

/// What one vendor brings to all slots of an operator and layer alike.
#[derive(Debug, Clone, Copy, Default)]
struct CommonTerms {
    /// Its terms, all but what depends on the environments of the slot and on the kit there.
    seller: SellerTerms,
    on_sale: bool,
    /// Risk at criticality 1.
    risk: [f64; 2],
    removal: [RemovalBill; 2],
    /// Last day on which each component may run.
    deadline: [Option<Day>; 2],
}

/// See the module docs. Build once, reuse the buffer.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    sellers: Vec<SellerTerms>,
    common: Vec<CommonTerms>,
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
    closed_handicap: f64,
    /// Risk of an open stack.
    open_risk: f64,
    share_of_keep: f64,
    /// Annuity over the contract term.
    term_annuity: f64,
}

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
    fn mean(&self, of: impl Fn(usize) -> f64) -> f64 {
        match self {
            Rules::Country(country, _) => of(*country),
            Rules::Region(shares) | Rules::Announced(shares) => shares.iter().map(|(c, share)| share * of(*c)).sum(),
        }
    }

    fn may_buy(&self, state: &State, vendor: VendorIx, what: RuleScope) -> bool {
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

    /// Whether closed bundles of a layer may be bought; of a region, whether in most of it.
    fn may_buy_closed(&self, state: &State, layer: Layer) -> bool {
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
    fn outlook(&self, state: &State, vendor: VendorIx, what: RuleScope) -> (bool, Option<Day>) {
        match self {
            Rules::Country(country, mark) => (
                state.rules.is_announced(*country, vendor, what, *mark),
                state.rules.deadline(*country, vendor, what, *mark),
            ),
            Rules::Region(_) | Rules::Announced(_) => (false, None),
        }
    }
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
    #[must_use]
    pub fn seller(&self, v: VendorIx) -> &SellerTerms {
        &self.sellers[usize::from(v)]
    }

    /// Terms of a vendor, to be changed by an experiment (a dearer input, say).
    pub fn seller_mut(&mut self, v: VendorIx) -> &mut SellerTerms {
        &mut self.sellers[usize::from(v)]
    }

    /// Full work of a change of a component; `soft`: virtual software is changed for virtual software.
    #[must_use]
    pub fn work(&self, component: usize, soft: bool) -> f64 {
        self.work[if component == BB && soft { 2 } else { component }]
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
    #[must_use]
    pub fn pair_learning(&self, seller: [VendorIx; 2]) -> f64 {
        let known = self.pairs[usize::from(seller[RU]) * self.sellers.len() + usize::from(seller[BB])];
        known * self.immaturity(seller)
    }

    /// Immaturity of a pair of two sellers over that of the market: that of the less mature line.
    fn immaturity(&self, seller: [VendorIx; 2]) -> f64 {
        let of = |k: usize| self.seller(seller[k]).immaturity;
        of(RU).max(of(BB)).max(1.0)
    }

    /// Fills the terms of a buyer today.
    pub fn fill(
        &mut self,
        world: &World,
        state: &State,
        posted: &Posted,
        buyer: &Buyer,
        held: Option<&Stack>,
        today: Day,
    ) {
        self.fill_common(world, state, posted, buyer, held, today);
        self.fit(world, state, posted, buyer, held, today);
    }

    /// Prepares what is the same in all slots of one operator and layer on one day. `held` matters only for kit that the operator
    /// is not on record as having in the layer (a core).
    pub fn fill_common(
        &mut self,
        world: &World,
        state: &State,
        posted: &Posted,
        buyer: &Buyer,
        held: Option<&Stack>,
        today: Day,
    ) {
        let s = &world.scenario;
        let Buyer { country, slot, .. } = *buyer;
        self.is_core = slot.layer == Layer::Core;
        self.price = slot.price;
        self.mu = s.market.taste_scale_share * slot.price;
        self.weight = slot.weight;
        self.term = s.contract.term_years;
        let moved = &state.conditions;
        self.wacc = country.wacc + buyer.rules.mean(|c| moved.wacc[c]);
        self.closed_handicap = buyer.rules.mean(|c| moved.closed_handicap[c]) * slot.price;
        self.term_annuity = annuity(self.wacc, self.term);
        self.renewal_work_share = s.switching.renewal_work_share;
        self.break_fee_share = s.contract.break_fee_share;
        self.outage = if self.is_core {
            0.0
        } else {
            country.labour * s.switching.outage
        };
        self.x2_anchor = country.price_level * s.switching.x2_anchor * (1.0 - posted.maturity[X2]);
        self.virtual_running =
            s.integration.virtual_running_per_year * (1.0 - posted.maturity[FRONTHAUL]) * self.term_annuity;
        self.upkeep_growth = s.keep.growth_share_per_year;
        self.keep_years = s.keep.retender_years;
        self.share_of_keep = self.share_of_life(self.keep_years);
        self.pairs.clone_from(&posted.pair_learning);
        let layer = slot.layer.index(world);
        self.common.clear();
        for (v, info) in world.vendors.iter().enumerate() {
            let ix = v as VendorIx;
            let on_sale = country.sells[v]
                && info.sells_from.is_none_or(|d| d <= today)
                && state.fates.as_ref().is_none_or(|f| !f.absent[v])
                && (self.is_core || info.generations[layer]);
            let supplies = buyer
                .operator
                .is_some_and(|(o, _)| state.supplied[o * world.vendors.len() + v] > 0);
            let common = if on_sale || supplies || held.is_some_and(|h| h.holds(ix)) {
                self.common_of(world, state, posted, buyer, ix, on_sale, today)
            } else {
                CommonTerms::default()
            };
            self.common.push(common);
        }
    }

    /// Fits the terms to one slot and the kit that it holds, after [`Terms::fill_common`] for its operator and layer.
    pub fn fit(
        &mut self,
        world: &World,
        state: &State,
        posted: &Posted,
        buyer: &Buyer,
        held: Option<&Stack>,
        today: Day,
    ) {
        let s = &world.scenario;
        let Buyer { country, slot, .. } = *buyer;
        let labour = country.labour;
        let physical = s.switching.removal + s.switching.optimisation;
        self.work = if self.is_core {
            [
                0.0,
                s.switching.core_work_share * slot.price,
                s.switching.core_work_share * slot.price,
            ]
        } else {
            [
                labour * (s.switching.ru_work * slot.mix.ru_work + slot.weight[RU] * physical),
                labour * (s.switching.bb_work + slot.weight[BB] * physical),
                labour * (s.switching.bb_software_work + slot.weight[BB] * s.switching.optimisation),
            ]
        };
        let years = self.term_annuity;
        let per_site = |sum: f64| sum / slot.territory_sites;
        if let Some((_, op)) = buyer.operator {
            self.onboarding = per_site(op.onboarding[0] + op.onboarding[1]);
            self.onboarding_open = per_site(op.onboarding[0] * (1.0 - posted.maturity[MANAGEMENT]) + op.onboarding[1]);
            self.extra_vendor = if self.is_core {
                0.0
            } else {
                per_site(op.extra_vendor) * years
            };
            self.start_up = labour * s.integration.start_up * (1.0 - posted.maturity[FRONTHAUL]) * (1.0 - op.skill);
            self.operations = s.integration.operations_share_per_year * slot.price * years * (1.0 - op.skill);
        } else {
            (self.onboarding, self.onboarding_open, self.extra_vendor) = (0.0, 0.0, 0.0);
            self.start_up = labour * s.integration.start_up * (1.0 - posted.maturity[FRONTHAUL]);
            self.operations = s.integration.operations_share_per_year * slot.price * years;
        }
        let gap = slot.mix.open_gap * (1.0 - posted.maturity[FRONTHAUL]) * s.market.quality_value_share * slot.price;
        self.open_gap = [gap, gap * s.integration.single_vendor_gap_share];
        self.open_risk = buyer.rules.mean(|c| state.conditions.open_risk[c]) * slot.mix.criticality * slot.price;
        self.fit_sellers(world, state, buyer, held, today);
        if s.sourcing.border_share > 0.0
            && buyer.operator.is_some()
            && let Some(shares) = sourcing::border(world, state, slot)
        {
            for (seller, share) in self.sellers.iter_mut().zip(shares) {
                seller.border = share * self.x2_anchor;
            }
        }
    }

    fn fit_sellers(&mut self, world: &World, state: &State, buyer: &Buyer, held: Option<&Stack>, today: Day) {
        let s = &world.scenario;
        let slot = buyer.slot;
        let vendors = world.vendors.len();
        let soon = today.plus_years(self.keep_years + s.contract.lead_time_months / 12.0);
        self.has_others = false;
        self.may_run = [true; 2];
        self.sellers.clear();
        for (v, common) in self.common.iter().enumerate() {
            let holds = held.is_some_and(|h| h.holds(v as VendorIx));
            if !common.on_sale && !holds {
                self.sellers.push(SellerTerms::default());
                continue;
            }
            let mut t = common.seller;
            for component in [RU, BB] {
                let runs = held.is_some_and(|h| h.seller[component] == v as VendorIx);
                if runs && common.deadline[component].is_some_and(|d| d < soon) {
                    self.may_run[component] = false;
                }
                t.risk[component] = common.risk[component] * slot.mix.criticality;
                t.removal[component] = common.removal[component].bill(self.work[component]);
                t.value[component] = t.quality[component] + t.taste[component] + t.finance[component]
                    - t.risk[component]
                    - t.removal[component];
            }
            if let Some((o, _)) = buyer.operator {
                let here = u32::from(holds && !self.is_core);
                t.elsewhere = state.supplied[o * vendors + v] > here;
                self.has_others |= t.elsewhere;
                if self.is_core {
                    t.trained = f64::from(u8::from(holds));
                }
            }
            self.sellers.push(t);
        }
    }

    /// What a vendor brings to all slots of an operator and layer alike.
    #[allow(clippy::too_many_arguments)]
    fn common_of(
        &self,
        world: &World,
        state: &State,
        posted: &Posted,
        buyer: &Buyer,
        ix: VendorIx,
        on_sale: bool,
        today: Day,
    ) -> CommonTerms {
        let s = &world.scenario;
        let Buyer { country, slot, .. } = *buyer;
        let v = usize::from(ix);
        let info = &world.vendors[v];
        let mut common = CommonTerms {
            on_sale,
            ..CommonTerms::default()
        };
        let t = &mut common.seller;
        let barred = !state.quotas.is_empty() && !buyer.rules.may_buy_closed(state, slot.layer);
        t.closed = (info.closed && !barred) || self.is_core;
        let opened = state.fates.as_ref().is_some_and(|f| f.opened[v]);
        t.open = !self.is_core && (info.is_open(today) || opened);
        t.is_virtual = info.is_virtual(today);
        let moved = &state.conditions;
        let aid = |component: usize, aid: Aid| {
            if state.purse.is_empty() {
                0.0
            } else {
                let scope = RuleScope::of(slot.layer, component);
                buyer.rules.mean(|c| state.purse.share(c, ix, scope, aid))
            }
        };
        let trust = country.trust[v] + buyer.rules.mean(|c| moved.trust[moved.at(c, ix)]);
        let hazard = (country.hazard[v] + buyer.rules.mean(|c| moved.hazard[moved.at(c, ix)])).max(0.0);
        t.grant = country.grant[v];
        t.virtual_aid = slot.weight[BB] * slot.price * aid(BB, Aid::Virtual);
        t.immaturity = immaturity(posted.maturity[FRONTHAUL], moved.maturity_cap[v]);
        // An order that comes later keeps old kit running for longer; one that never comes is not placed.
        let wait = moved.wait[v];
        let waiting = if wait > 0.0 && wait.is_finite() {
            extension_upkeep(self.upkeep_growth, self.wacc, self.term, wait, self.term).max(0.0)
        } else {
            0.0
        };
        let mut last_rates = None;
        for component in [RU, BB] {
            let unit = if self.is_core {
                if component == BB { info.core_cost } else { f64::NAN }
            } else {
                info.cost[component]
            };
            let sold = on_sale && !unit.is_nan() && wait.is_finite();
            let scope = RuleScope::of(slot.layer, component);
            t.may_sell[component] = sold && buyer.rules.may_buy(state, ix, scope);
            t.cost[component] = if unit.is_nan() {
                0.0
            } else {
                unit * slot.cost_scale
                    * moved.cost[v][component]
                    * moved.transferred(v)
                    * if self.is_core {
                        1.0
                    } else {
                        posted.cost_factor[v][component]
                    }
            };
            let quality = if self.is_core {
                info.core_quality
            } else {
                info.quality[component]
            };
            let weight = slot.weight[component] * slot.price;
            t.quality[component] =
                weight * (s.market.quality_value_share * (quality + moved.quality[v][component]) + country.effect[v]);
            let levy = if !moved.has_levies() {
                0.0
            } else {
                match buyer.operator {
                    Some((o, _)) => moved.levy(o, ix, scope),
                    None => buyer.rules.mean(|c| moved.mean_levy(c, ix, scope)),
                }
            };
            t.credit[component] = weight * country.grant[v];
            t.finance[component] =
                weight * (t.grant + aid(component, Aid::Loan) + aid(component, Aid::Any) - levy - waiting);
            t.open_aid[component] = weight * aid(component, Aid::Open);
            common.risk[component] = weight * s.market.risk_share * trust;
            let (announced, deadline) = buyer.rules.outlook(state, ix, scope);
            common.deadline[component] = deadline;
            t.hazard[component] = if announced { f64::INFINITY } else { hazard };
            let feared = hazard.max(if announced {
                s.hazard.after_announcement_per_year
            } else {
                0.0
            });
            if weight > 0.0 && (feared > 0.0 || deadline.is_some()) {
                let risk = RemovalRisk {
                    hazard: feared,
                    certain_in: deadline.map(|d| today.years_until(d).max(0.0)),
                };
                // Mostly both components run the same risk.
                let rates = match last_rates {
                    Some((same, rates)) if same == risk => rates,
                    _ => RemovalRates::new(risk, self.wacc, self.term),
                };
                common.removal[component] = rates.priced(weight);
                last_rates = Some((risk, rates));
            }
        }
        if let Some((o, _)) = buyer.operator {
            let at = o * world.vendors.len() + v;
            if !self.is_core {
                t.trained = state.trained(world, o, ix);
            }
            for component in [RU, BB] {
                t.taste[component] = slot.weight[component] * slot.price * state.taste[at];
            }
        }
        let posted = posted.list_margins(country.region, slot.layer.index(world), ix);
        for (money, share) in t.list_margin.iter_mut().zip(posted) {
            *money = share * slot.price;
        }
        common
    }

    /// Flow of value over a contract: quality, taste, finance, less risk, gap and running cost.
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
    #[must_use]
    pub fn running(&self, a: &Alternative) -> f64 {
        if a.is_virtual { self.virtual_running } else { 0.0 }
    }

    /// Unit cost of what is bought.
    #[must_use]
    pub fn cost(&self, a: &Alternative) -> f64 {
        let of = |buys: bool, k: usize| if buys { self.seller(a.seller[k]).cost[k] } else { 0.0 };
        let [radio, baseband] = a.buys();
        of(radio, RU) + of(baseband, BB)
    }

    /// List price of what is bought: unit cost plus the list margin of each seller.
    #[must_use]
    pub fn list_price(&self, a: &Alternative) -> f64 {
        let nest = usize::from(a.nest());
        let margin = |k: usize| self.seller(a.seller[k]).list_margin[nest];
        let margins = match a.kind {
            Kind::Keep => 0.0,
            Kind::PartialRu => margin(RU),
            Kind::OpenMulti => margin(RU) + margin(BB),
            _ => margin(BB),
        };
        self.cost(a) + margins
    }

    /// What a part costs that stays: nothing now; from `years` on the posted renewal of that part by its own seller, which
    /// is put off; and the growth of its upkeep.
    ///
    /// `(1 - rho) (list price + phi work) + upkeep`, per component, with rho the share of a life that `years` are.
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

    /// Value of an alternative before the price of what is bought: flow less the itemised bill, without
    /// `brought_forward`. `ages`: years of each standing component at its replacement. Keep has its own ([`Terms::keep`]).
    #[must_use]
    pub fn value(&self, h: Option<&Attachment>, ages: [f64; 2], a: &Alternative, bill: &[f64; 7]) -> f64 {
        let stack = h.and_then(|h| h.stack);
        let costs: f64 = bill.iter().sum::<f64>() - bill[BROUGHT_FORWARD];
        let mut value = self.flow(a, stack) - costs;
        if let (Some(h), Some(stack)) = (h, stack) {
            let kept = match a.kind {
                Kind::PartialRu => BB,
                Kind::PartialBb => RU,
                _ => return value,
            };
            value -= self.kept_part(kept, stack, ages[kept], h.life_left[kept].max(PARTIAL_MINIMUM_YEARS));
        }
        value
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

    /// What of a seller's value holds for new kit alone: its credit, less the expected bill of a removal.
    fn new_kit_only(&self, vendor: VendorIx, component: usize) -> f64 {
        let t = self.seller(vendor);
        t.finance[component] - t.removal[component]
    }
}
