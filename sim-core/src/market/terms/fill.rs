//! How the terms of a slot are filled: from its market, what all slots of an operator's layer have in common, and what is the slot's and
//! its kit's own.

use super::market::{Market, Supplier};
use super::{Buyer, SellerTerms, Terms};
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::market::value::RemovalBill;
use crate::world::sourcing;
use crate::world::state::{FRONTHAUL, MANAGEMENT, State, X2};
use crate::world::{Aid, BB, Layer, Lot, NO_VENDOR, RU, RuleScope, Stack, VendorIx, World};

/// What one vendor brings to all slots of an operator and layer alike.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CommonTerms {
    /// Its terms, all but what depends on the environments of the slot and on the kit there.
    seller: SellerTerms,
    on_sale: bool,
    /// Whether it sells here or the operator has kit of it; else all is nil.
    is_known: bool,
    /// Risk at criticality 1.
    risk: [f64; 2],
    removal: [RemovalBill; 2],
    /// Last day on which each component may run.
    deadline: [Option<Day>; 2],
}

impl Terms {
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
        let mut market = std::mem::take(&mut self.market);
        market.fill(
            world,
            state,
            posted,
            (buyer.country, &buyer.rules),
            buyer.slot.layer,
            today,
        );
        self.enter(&market, world, state, posted, buyer, held);
        self.market = market;
    }

    /// As [`Terms::fill_common`], in a market that was filled for the country, rules and layer of the buyer today.
    pub fn enter(
        &mut self,
        market: &Market,
        world: &World,
        state: &State,
        posted: &Posted,
        buyer: &Buyer,
        held: Option<&Stack>,
    ) {
        let s = &world.scenario;
        let Buyer { country, slot, .. } = *buyer;
        self.is_core = slot.layer == Layer::Core;
        self.price = slot.price;
        self.mu = s.market.taste_scale_share * slot.price;
        self.weight = slot.weight;
        self.term = s.contract.term_years;
        self.wacc = market.wacc;
        self.closed_handicap = market.closed_handicap * slot.price;
        self.open_risk_share = market.open_risk;
        self.term_annuity = market.term_annuity;
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
        self.share_of_keep = market.share_of_keep;
        self.pairs.clone_from(&posted.pair_learning);
        self.common.resize(world.vendors.len(), CommonTerms::default());
        self.fitted = None;
        let operator = buyer.operator.map(|(o, _)| o);
        let vendors = world.vendors.len();
        let supplied = operator.map_or(&[][..], |o| &state.supplied[o * vendors..][..vendors]);
        for (v, (common, seller)) in self.common.iter_mut().zip(&market.sellers).enumerate() {
            let ix = v as VendorIx;
            let supplies = supplied.get(v).is_some_and(|n| *n > 0);
            if seller.on_sale || supplies || held.is_some_and(|h| h.holds(ix)) {
                common.fill(seller, world, state, buyer, ix);
            } else if common.is_known {
                *common = CommonTerms::default();
            }
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
        self.open_risk = self.open_risk_share * slot.mix.criticality * slot.price;
        self.fit_sellers(world, state, buyer, held, today);
        if buyer.operator.is_some() && !state.purse.is_empty() && state.purse.is_short(&slot.lot()) {
            self.promise(state, &slot.lot());
        }
        if s.sourcing.border_share > 0.0
            && buyer.operator.is_some()
            && let Some(shares) = sourcing::border(world, state, slot)
        {
            for (seller, share) in self.sellers.iter_mut().zip(shares) {
                seller.border = share * self.x2_anchor;
            }
            // Of this slot alone.
            self.fitted = None;
        }
    }

    /// Takes off the help with the lot of a slot what there is no money for.
    fn promise(&mut self, state: &State, lot: &Lot) {
        let Self {
            sellers, weight, price, ..
        } = self;
        for (v, t) in sellers.iter_mut().enumerate() {
            for component in [RU, BB] {
                if !t.may_sell[component] {
                    continue;
                }
                let money = weight[component] * *price;
                let stated = state.purse.stated_shares(lot.part(v as VendorIx, component));
                let promised = state.purse.promised_shares(lot, v as VendorIx, component);
                let more = |aid: Aid| money * (promised[aid as usize] - stated[aid as usize]);
                let change = more(Aid::Any) + more(Aid::Loan);
                t.finance[component] += change;
                t.value[component] += change;
                t.open_aid[component] = money * promised[Aid::Open as usize];
                if component == BB {
                    t.virtual_aid = money * promised[Aid::Virtual as usize];
                }
            }
        }
        // Of this slot alone.
        self.fitted = None;
    }

    fn fit_sellers(&mut self, world: &World, state: &State, buyer: &Buyer, held: Option<&Stack>, today: Day) {
        let s = &world.scenario;
        let vendors = world.vendors.len();
        let soon = today.plus_years(self.keep_years + s.contract.lead_time_months / 12.0);
        let supplied = buyer.operator.map(|(o, _)| &state.supplied[o * vendors..][..vendors]);
        let fitted = Fitted {
            work: self.work,
            criticality: buyer.slot.mix.criticality,
            held: held.map_or([NO_VENDOR; 2], |h| h.seller),
        };
        self.sellers.resize(vendors, SellerTerms::default());
        let (common, sellers) = (self.common.as_slice(), self.sellers.as_mut_slice());
        let mut fit = |v: usize| common[v].fit(&mut sellers[v], &fitted, fitted.held.contains(&(v as VendorIx)));
        match self.fitted {
            // Slots of one network differ in their kit alone: what other sellers bring is as it was.
            Some(before) if (before.work, before.criticality) == (fitted.work, fitted.criticality) => {
                let stand = before.held.into_iter().chain(fitted.held);
                stand.filter(|v| *v != NO_VENDOR).for_each(|v| fit(usize::from(v)));
            }
            _ => (0..vendors).for_each(fit),
        }
        self.has_others = false;
        self.may_run = [true; 2];
        if let Some(supplied) = supplied {
            for ((t, common), count) in sellers.iter_mut().zip(common).zip(supplied) {
                t.elsewhere = common.on_sale && *count > 0;
            }
        }
        for (component, v) in fitted.held.into_iter().enumerate().filter(|(_, v)| *v != NO_VENDOR) {
            let v = usize::from(v);
            self.may_run[component] = common[v].deadline[component].is_none_or(|d| d >= soon);
            if let Some(supplied) = supplied {
                sellers[v].elsewhere = supplied[v] > u32::from(!self.is_core);
                if self.is_core {
                    sellers[v].trained = 1.0;
                }
            }
        }
        if supplied.is_some() {
            self.has_others = sellers.iter().any(|t| t.elsewhere);
        }
        self.fitted = Some(fitted);
    }
}

/// What the terms of sellers were last fitted to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fitted {
    work: [f64; 3],
    criticality: f64,
    /// Sellers of the kit; of none [`NO_VENDOR`].
    held: [VendorIx; 2],
}

impl CommonTerms {
    /// The terms of the seller for a slot; nil where it neither sells nor stands.
    #[inline]
    fn fit(&self, t: &mut SellerTerms, slot: &Fitted, holds: bool) {
        if !self.on_sale && !holds {
            *t = SellerTerms::default();
            return;
        }
        *t = self.seller;
        for component in [RU, BB] {
            t.risk[component] = self.risk[component] * slot.criticality;
            t.removal[component] = self.removal[component].bill(slot.work[component]);
            t.value[component] = t.quality[component] + t.taste[component] + t.finance[component]
                - t.risk[component]
                - t.removal[component];
        }
    }

    /// From what the vendor brings to the market: what it brings to a buyer there.
    #[inline]
    fn fill(&mut self, market: &Supplier, world: &World, state: &State, buyer: &Buyer, ix: VendorIx) {
        let s = &world.scenario;
        let slot = buyer.slot;
        let moved = &state.conditions;
        self.is_known = true;
        self.on_sale = market.on_sale;
        self.deadline = market.deadline;
        let t = &mut self.seller;
        t.may_sell = market.may_sell;
        t.closed = market.closed;
        t.open = market.open;
        t.is_virtual = market.is_virtual;
        t.hazard = market.hazard;
        t.immaturity = market.immaturity;
        t.virtual_aid = slot.weight[BB] * slot.price * market.virtual_aid;
        for component in [RU, BB] {
            let unit = market.unit[component];
            let factors = market.cost_factors[component];
            t.cost[component] = if unit.is_nan() {
                0.0
            } else {
                factors
                    .iter()
                    .fold(unit * slot.cost_scale, |cost, factor| cost * factor)
            };
            let weight = slot.weight[component] * slot.price;
            t.quality[component] = weight * market.quality[component];
            let levy = if moved.has_levies() {
                let scope = RuleScope::of(slot.layer, component);
                match buyer.operator {
                    Some((o, _)) => moved.levy(o, ix, scope),
                    None => buyer.rules.mean(|c| moved.mean_levy(c, ix, scope)),
                }
            } else {
                0.0
            };
            t.credit[component] = weight * market.grant;
            t.finance[component] = weight * (market.helped[component] - levy - market.waiting[component]);
            t.open_aid[component] = weight * market.open_aid[component];
            self.risk[component] = weight * s.market.risk_share * market.trust;
            self.removal[component] = match &market.removal[component] {
                Some(rates) if weight > 0.0 => rates.priced(weight),
                _ => RemovalBill::default(),
            };
        }
        (t.trained, t.taste) = (0.0, [0.0; 2]);
        if let Some((o, _)) = buyer.operator {
            if slot.layer != Layer::Core {
                t.trained = state.trained(world, o, ix);
            }
            let taste = state.taste[o * world.vendors.len() + usize::from(ix)];
            t.taste = slot.weight.map(|weight| weight * slot.price * taste);
        }
        t.list_margin = market.list_margin.map(|share| share * slot.price);
    }
}
