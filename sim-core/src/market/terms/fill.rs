//! How the terms of a slot are filled: what an operator's slots of a layer have in common, and what is the slot's and its kit's own.

use super::{Buyer, SellerTerms, Terms, immaturity};
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::market::value::{RemovalBill, RemovalRates, RemovalRisk, annuity, extension_upkeep};
use crate::world::sourcing;
use crate::world::state::{FRONTHAUL, MANAGEMENT, State, X2};
use crate::world::{Aid, BB, Layer, RU, RuleScope, Stack, VendorIx, World};

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
        // In place: what a vendor brings is too large to be moved about.
        let mut all = std::mem::take(&mut self.common);
        all.resize(world.vendors.len(), CommonTerms::default());
        for (v, (common, info)) in all.iter_mut().zip(&world.vendors).enumerate() {
            let ix = v as VendorIx;
            let on_sale = country.sells[v]
                && info.sells_from.is_none_or(|d| d <= today)
                && state.fates.as_ref().is_none_or(|f| !f.absent[v])
                && (self.is_core || info.generations[layer]);
            let supplies = buyer
                .operator
                .is_some_and(|(o, _)| state.supplied[o * world.vendors.len() + v] > 0);
            if on_sale || supplies || held.is_some_and(|h| h.holds(ix)) {
                common.is_known = true;
                common.on_sale = on_sale;
                self.fill_common_of(world, state, posted, buyer, ix, common, today);
            } else if common.is_known {
                *common = CommonTerms::default();
            }
        }
        self.common = all;
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
        self.sellers.resize(vendors, SellerTerms::default());
        for (v, (common, t)) in self.common.iter().zip(&mut self.sellers).enumerate() {
            let holds = held.is_some_and(|h| h.holds(v as VendorIx));
            if !common.on_sale && !holds {
                *t = SellerTerms::default();
                continue;
            }
            *t = common.seller;
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
        }
    }

    /// Fills what a vendor brings to all slots of an operator and layer alike; `common.on_sale` is known.
    #[allow(clippy::too_many_arguments)]
    fn fill_common_of(
        &self,
        world: &World,
        state: &State,
        posted: &Posted,
        buyer: &Buyer,
        ix: VendorIx,
        common: &mut CommonTerms,
        today: Day,
    ) {
        let s = &world.scenario;
        let Buyer { country, slot, .. } = *buyer;
        let v = usize::from(ix);
        let info = &world.vendors[v];
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
            let sold = common.on_sale && !unit.is_nan() && wait.is_finite();
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
            } else {
                common.removal[component] = RemovalBill::default();
            }
        }
        (t.trained, t.taste) = (0.0, [0.0; 2]);
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
    }
}
