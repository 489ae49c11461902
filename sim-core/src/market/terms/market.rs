//! What a market brings to all of its tenders of a day: all that depends on the country (or region), the layer and the rules, and on
//! nobody who buys there.
//!
//! Money is told in shares of a slot's price, unit cost before the scale of a slot, so that the terms of a buyer follow in a few
//! multiplications.

use super::buyer::Rules;
use super::immaturity;
use crate::calendar::Day;
use crate::market::alternatives::NESTS;
use crate::market::posted::Posted;
use crate::market::value::{Life, RemovalRates, RemovalRisk, annuity, extension_upkeep};
use crate::world::state::{FRONTHAUL, State};
use crate::world::{Aid, BB, CountryInfo, Layer, RU, RuleScope, VendorIx, World, product};

/// The market of one layer on one day. Fill it anew for another day, country, layer or set of rules.
#[derive(Debug, Clone, Default)]
pub struct Market {
    /// Cost of capital, a year.
    pub(super) wacc: f64,
    /// Annuity over the contract term.
    pub(super) term_annuity: f64,
    /// Share of a contract's life until the tender after a keep.
    pub(super) share_of_keep: f64,
    /// What counts against a closed bundle, share of price.
    pub(super) closed_handicap: f64,
    /// Risk of an open stack at criticality 1, share of price.
    pub(super) open_risk: f64,
    pub(super) sellers: Vec<Supplier>,
}

/// What one vendor brings to a market. Arrays of two are by component.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Supplier {
    /// Whether it sells anything of the layer here today.
    pub on_sale: bool,
    pub may_sell: [bool; 2],
    pub closed: bool,
    pub open: bool,
    pub is_virtual: bool,
    /// Unit cost at the start, US dollars; NaN where it makes none.
    pub unit: [f64; 2],
    /// Factors on it beside the scale of a slot, in the order in which they are taken.
    pub cost_factors: [[f64; 3]; 2],
    /// Value of quality and of shifts of value here, share of price.
    pub quality: [f64; 2],
    /// Grant element of its credit.
    pub grant: f64,
    /// That with public money for a purchase, share of price.
    pub helped: [f64; 2],
    /// What longer waiting for its kit costs, share of price.
    pub waiting: [f64; 2],
    /// Public money toward its part of an open stack, share of price.
    pub open_aid: [f64; 2],
    /// The same toward its virtual baseband.
    pub virtual_aid: f64,
    /// Distrust.
    pub trust: f64,
    pub hazard: [f64; 2],
    /// How a removal may come; `None` where none is feared.
    pub removal: [Option<RemovalRates>; 2],
    /// Last day on which each component may run.
    pub deadline: [Option<Day>; 2],
    pub immaturity: f64,
    /// List margin by nest, share of price.
    pub list_margin: [f64; NESTS],
}

/// What is the same for all vendors of a market.
struct Place<'a> {
    world: &'a World,
    state: &'a State,
    posted: &'a Posted,
    country: &'a CountryInfo,
    rules: &'a Rules<'a>,
    layer: Layer,
    today: Day,
    /// Closed bundles may not be bought.
    barred: bool,
    /// The life of kit.
    life: Life,
}

impl Market {
    /// Fills what the market of a layer brings today. `posted` are the numbers that its buyers go by.
    pub fn fill(
        &mut self,
        world: &World,
        state: &State,
        posted: &Posted,
        (country, rules): (&CountryInfo, &Rules),
        layer: Layer,
        today: Day,
    ) {
        let s = &world.scenario;
        let moved = &state.conditions;
        self.wacc = country.wacc + rules.mean(|c| moved.wacc[c]);
        self.term_annuity = annuity(self.wacc, s.contract.term_years);
        self.share_of_keep = annuity(self.wacc, s.keep.retender_years) / self.term_annuity;
        self.closed_handicap = rules.mean(|c| moved.closed_handicap[c]);
        self.open_risk = rules.mean(|c| moved.open_risk[c]);
        let place = Place {
            world,
            state,
            posted,
            country,
            rules,
            layer,
            today,
            barred: !state.quotas.is_empty() && !rules.may_buy_closed(state, layer),
            life: Life::new(self.wacc, s.contract.term_years),
        };
        let mut sellers = std::mem::take(&mut self.sellers);
        sellers.resize(world.vendors.len(), Supplier::default());
        for (v, seller) in sellers.iter_mut().enumerate() {
            self.fill_seller(&place, v, seller);
        }
        self.sellers = sellers;
    }

    fn fill_seller(&self, place: &Place<'_>, v: usize, seller: &mut Supplier) {
        let Place {
            world,
            state,
            posted,
            country,
            rules,
            layer,
            today,
            barred,
            ref life,
        } = *place;
        let s = &world.scenario;
        let ix = v as VendorIx;
        let info = &world.vendors[v];
        let moved = &state.conditions;
        let is_core = layer == Layer::Core;
        let layer_index = layer.index(world);
        let (absent, opened) = match &state.fates {
            Some(fates) => (fates.absent[v], fates.opened[v]),
            None => (false, false),
        };
        seller.on_sale = country.sells[v]
            && info.sells_from.is_none_or(|d| d <= today)
            && !absent
            && (is_core || info.generations[layer_index]);
        seller.closed = (info.closed && !barred) || is_core;
        seller.open = !is_core && (info.is_open(today) || opened);
        seller.is_virtual = info.is_virtual(today);
        seller.trust = country.trust[v] + rules.mean(|c| moved.trust[moved.at(c, ix)]);
        let hazard = (country.hazard[v] + rules.mean(|c| moved.hazard[moved.at(c, ix)])).max(0.0);
        seller.grant = country.grant[v];
        seller.immaturity = immaturity(posted.maturity[FRONTHAUL], moved.maturity_cap[v]);
        let term = s.contract.term_years;
        (seller.helped, seller.open_aid) = ([seller.grant; 2], [0.0; 2]);
        seller.virtual_aid = 0.0;
        if !state.purse.is_empty() {
            for component in [RU, BB] {
                let what = RuleScope::of(layer, component);
                let aid = rules.aid(state, ix, what);
                seller.helped[component] = seller.grant + aid[Aid::Loan as usize] + aid[Aid::Any as usize];
                seller.open_aid[component] = aid[Aid::Open as usize];
                if component == BB {
                    seller.virtual_aid = aid[Aid::Virtual as usize];
                }
            }
        }
        let transferred = moved.transferred(v);
        for component in [RU, BB] {
            let product = product(layer, component);
            // An order that comes later keeps old kit running for longer; one that never comes is not placed.
            let wait = moved.wait[v][product];
            seller.waiting[component] = if wait > 0.0 && wait.is_finite() {
                extension_upkeep(s.keep.growth_share_per_year, self.wacc, term, wait, term).max(0.0)
            } else {
                0.0
            };
            let (unit, learnt, quality) = if is_core {
                let unit = if component == BB { info.core_cost } else { f64::NAN };
                (unit, 1.0, info.core_quality)
            } else {
                let learnt = posted.cost_factor[v][component];
                (info.cost[component], learnt, info.quality[component])
            };
            seller.unit[component] = unit;
            seller.cost_factors[component] = [moved.cost[v][product], transferred, learnt];
            seller.may_sell[component] = seller.on_sale && !unit.is_nan() && wait.is_finite();
            seller.quality[component] =
                s.market.quality_value_share * (quality + moved.quality[v][product]) + country.effect[v];
        }
        if rules.is_free(state, ix) {
            // Most vendors are under no rule at all.
            let risk = RemovalRisk {
                hazard,
                certain_in: None,
            };
            let rates = (hazard > 0.0).then(|| RemovalRates::over(risk, life));
            (seller.hazard, seller.deadline) = ([hazard; 2], [None; 2]);
            seller.removal = [rates; 2];
        } else {
            place.obey(ix, hazard, seller);
        }
        seller
            .list_margin
            .copy_from_slice(posted.list_margins(country.region, layer_index, ix));
    }
}

impl Place<'_> {
    /// What the rules on a vendor leave of it, and how its removal may come at this hazard.
    fn obey(&self, vendor: VendorIx, hazard: f64, seller: &mut Supplier) {
        let mut last_rates: Option<(RemovalRisk, RemovalRates)> = None;
        for component in [RU, BB] {
            let scope = RuleScope::of(self.layer, component);
            seller.may_sell[component] &= self.rules.may_buy(self.state, vendor, scope);
            let (announced, deadline) = self.rules.outlook(self.state, vendor, scope);
            seller.deadline[component] = deadline;
            seller.hazard[component] = if announced { f64::INFINITY } else { hazard };
            let feared = hazard.max(if announced {
                self.world.scenario.hazard.after_announcement_per_year
            } else {
                0.0
            });
            seller.removal[component] = None;
            if feared > 0.0 || deadline.is_some() {
                let risk = RemovalRisk {
                    hazard: feared,
                    certain_in: deadline.map(|d| self.today.years_until(d).max(0.0)),
                };
                // Mostly both components run the same risk.
                let rates = match last_rates {
                    Some((same, rates)) if same == risk => rates,
                    _ => RemovalRates::over(risk, &self.life),
                };
                last_rates = Some((risk, rates));
                seller.removal[component] = Some(rates);
            }
        }
    }
}
