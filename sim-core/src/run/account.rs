//! Flows of events: what tenders and deliveries add to the cube.
//!
//! Nothing here is read by the model: the ledger holds what measures need and nobody decides by.

use super::engine::Run;
use super::hold::Decided;
use crate::calendar::Day;
use crate::market::switching::{Attachment, BROUGHT_FORWARD, CONTRACT_BREAK, INTEGRATION, ONBOARDING, contract_break};
use crate::market::tender::{Offer, Outcome};
use crate::measure::cube::{Cube, FLOWING, Field, Places};
use crate::measure::stocks::layer_index;
use crate::world::{Arch, BB, Layer, NO_VENDOR, RU, Slot, Stack, State, World};

/// Money of one component of a slot, US dollars a site.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bought {
    /// Price paid.
    pub price: f64,
    /// Unit cost.
    pub cost: f64,
}

/// What is kept of each slot for measures alone, by component.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    /// Day up to which what flows from the kit of each slot has been booked.
    pub accrued: Vec<Day>,
    /// The same of what each operator's sellers cost beyond its first.
    pub suppliers_accrued: Vec<Day>,
    /// What was paid for the kit that stands. Kit at the start: the regional price and its seller's cost at the start.
    pub standing: Vec<[Bought; 2]>,
    /// What was paid for the kit on order.
    pub ordered: Vec<[Bought; 2]>,
}

impl Ledger {
    /// Of the kit at the start.
    pub fn new(world: &World) -> Self {
        let bought = |slot: &Slot| {
            [RU, BB].map(|k| {
                let Some(seller) = slot.initial.map(|s| s.seller[k]).filter(|v| *v != NO_VENDOR) else {
                    return Bought::default();
                };
                let info = &world.vendors[usize::from(seller)];
                let unit = if slot.layer == Layer::Core {
                    info.core_cost
                } else {
                    info.cost[k]
                };
                Bought {
                    price: slot.price * slot.weight[k],
                    // What its seller no longer makes has no cost to be credited.
                    cost: if unit.is_nan() { 0.0 } else { unit * slot.cost_scale },
                }
            })
        };
        Self {
            accrued: vec![world.start; world.slots.len()],
            suppliers_accrued: vec![world.start; world.operators.len()],
            standing: world.slots.iter().map(bought).collect(),
            ordered: vec![[Bought::default(); 2]; world.slots.len()],
        }
    }
}

/// Places in which a slot counts: those of its country, and its operator's own.
pub(super) fn places_of<'a>(world: &'a World, slot: &Slot) -> Places<'a> {
    Places::of(world, slot.country, slot.operator)
}

/// Books what the maker of something worth `made` at unit cost owes holders of patents, and what they get, in the market where it is sold.
pub(super) fn account_royalties(
    cube: &mut Cube,
    world: &World,
    state: &State,
    slot: usize,
    component: usize,
    maker: usize,
    made: f64,
) {
    let Some(owed) = state.conditions.royalties_of(maker) else {
        return;
    };
    let info = &world.slots[slot];
    let layer = layer_index(world, info.layer);
    for (holder, share) in owed.iter().enumerate().filter(|(_, share)| **share != 0.0) {
        let sum = share * made;
        cube.add(places_of(world, info), layer, component, maker, Field::Royalties, sum);
        cube.add(places_of(world, info), layer, component, holder, Field::Royalties, -sum);
    }
}

impl Run<'_> {
    /// Takes public money that an operator got beside its price, US dollars, off its outlay on price.
    pub(super) fn account_grant(&mut self, slot: usize, winner: u8, usd: f64) {
        if usd != 0.0 {
            let info = &self.world.slots[slot];
            let layer = layer_index(self.world, info.layer);
            let places = places_of(self.world, info);
            self.cube
                .add(places, layer, BB, usize::from(winner), Field::CostPrice, -usd);
        }
    }

    /// Adds a tender to the flows.
    pub(super) fn account(
        &mut self,
        slot: usize,
        old: Option<&Stack>,
        attached: &Attachment,
        decided: &Decided,
        forced: bool,
        late: f64,
    ) {
        let world = self.world;
        let info = &world.slots[slot];
        let layer = layer_index(world, info.layer);
        let places = places_of(world, info);
        let cube = &mut self.cube;
        let sites = info.sites;
        if let Some(old) = old.filter(|_| !forced) {
            let kept = if matches!(decided.outcome, Outcome::Award(_)) {
                0.0
            } else {
                sites
            };
            let incumbent = usize::from(old.seller[BB]);
            cube.add_all(places, layer, BB, incumbent, Field::DueSites, &[sites, kept]);
            for (k, found) in decided.dependence.iter().enumerate() {
                if let Some(d) = found {
                    let values = [sites, sites * d.resolved, sites * d.frozen];
                    let incumbent = usize::from(old.seller[k]);
                    cube.add_all(places, layer, k, incumbent, Field::DependenceSites, &values);
                }
            }
        }
        if let (Some(error), Some(old)) = (decided.forecast_error, old) {
            let seller = usize::from(old.seller[BB]);
            cube.add_all(places, layer, BB, seller, Field::ForecastError, &[sites * error, sites]);
        }
        let Outcome::Award(a) = decided.outcome else { return };
        let Offer {
            alternatives,
            bills,
            terms,
            ..
        } = &self.desk.offer;
        let alternative = &alternatives[a];
        let bill = &bills[a];
        let buys = alternative.buys();
        let winner = usize::from(alternative.seller[BB]);
        for k in [RU, BB] {
            if alternative.seller[k] == NO_VENDOR {
                continue;
            }
            let to = usize::from(alternative.seller[k]);
            if buys[k] {
                let seller = terms.seller(alternative.seller[k]);
                let bought = Bought {
                    price: decided.payments[k],
                    cost: seller.cost[k] / self.state.conditions.transferred(to),
                };
                self.ledger.ordered[slot][k] = bought;
                let made = sites * bought.cost;
                let sales = sites * bought.price;
                let is_open = alternative.arch(old) != Arch::Closed;
                let mut flows = [0.0; FLOWING];
                flows[..3].copy_from_slice(&[
                    sales,
                    if is_open { sales } else { 0.0 },
                    sites * (bought.price - decided.aid[k] - seller.credit[k]),
                ]);
                flows[FLOWING - 1] = made;
                cube.add_all(places, layer, k, to, Field::Sales, &flows);
                cube.add(places, layer, k, to, Field::Credit, sites * seller.credit[k]);
                account_royalties(cube, world, &self.state, slot, k, to, made);
                self.state.earn(to, sites * (bought.price - seller.cost[k]), made);
                if let (Some(research), Layer::Ran(_)) = (&mut self.state.research, info.layer) {
                    research.sales[to] += sites * bought.price;
                    let owed = self.state.conditions.royalties_of(to).unwrap_or_default();
                    for (sales, share) in research.sales.iter_mut().zip(owed) {
                        *sales += share * made;
                    }
                }
            }
            let from = old.map(|o| usize::from(o.seller[k]));
            if info.layer != Layer::Core && buys[k] {
                cube.add_award(places, from, to, sites * info.weight[k]);
            }
            // An incumbent defends what is bought anew where it may bid at all.
            let defends = |v: &usize| buys[k] && !forced && terms.seller(*v as u8).may_sell[k];
            if let Some(from) = from.filter(defends) {
                let kept = from == to;
                cube.add_all(
                    places,
                    layer,
                    k,
                    from,
                    Field::Defended,
                    &[sites, if kept { sites } else { 0.0 }],
                );
                let appraisal = &decided.appraisal;
                if let Some(split) = appraisal.split[k] {
                    let values = [1.0, split.captured, split.protected, split.wedge].map(|x| sites * x);
                    cube.add_all(places, layer, k, from, Field::CapturedSites, &values);
                }
                if let Some(choosers) = appraisal.choosers {
                    let stays = |index: usize| usize::from(alternatives[index].seller[k]) == from;
                    let if_so = |yes: bool| if yes { sites } else { 0.0 };
                    let handicapped = choosers.twin.map(|index| if_so(kept && !stays(index)));
                    let wrongly_kept = choosers.planner.map(|index| if_so(kept && !stays(index)));
                    let wrongly_lost = choosers.planner.map(|index| if_so(!kept && stays(index)));
                    let [h, hs] = handicapped;
                    let [wk, wks] = wrongly_kept;
                    let [wl, wls] = wrongly_lost;
                    let values = [sites, h, hs, wk, wks, wl, wls];
                    cube.add_all(places, layer, k, from, Field::JudgedSites, &values);
                }
            }
        }
        // A generation comes to sites where an older one stands: does its baseband's seller win the new layer?
        let below = attached.legacy[0].seller;
        if old.is_none() && below != NO_VENDOR && terms.seller(below).may_sell[BB] {
            let kept = if alternative.seller[BB] == below { sites } else { 0.0 };
            cube.add_all(
                places,
                layer,
                BB,
                usize::from(below),
                Field::AnchorSites,
                &[sites, kept],
            );
        }
        let prices = if attached.stack.is_some() {
            Field::AttachedSites
        } else {
            Field::NewSites
        };
        if buys == [true; 2] || info.layer == Layer::Core {
            cube.add_all(places, layer, BB, winner, prices, &[sites, sites * decided.price]);
        }
        if let Some(premium) = decided.appraisal.premium.filter(|_| !forced) {
            let renewed = old.is_some_and(|o| o.seller == alternative.seller);
            let first = if renewed {
                Field::KeptPremiumSites
            } else {
                Field::SwitchedPremiumSites
            };
            cube.add_all(places, layer, BB, winner, first, &[sites, sites * premium]);
        }
        cube.add_all(
            places,
            layer,
            BB,
            winner,
            Field::TenderSites,
            &[sites, sites * decided.bidders],
        );
        cube.add(places, layer, BB, winner, Field::Late, sites * late);
        let surplus = sites * decided.choice_surplus;
        cube.add(places, layer, BB, winner, Field::ChoiceSurplus, surplus);
        // Onboarding is paid once, whole, with the first lot of a territory; the rest by site. Yearly costs accrue with time.
        let by_site: f64 = bill[..INTEGRATION].iter().sum::<f64>() - bill[BROUGHT_FORWARD] - bill[ONBOARDING];
        let switching = sites * by_site + info.territory_sites * bill[ONBOARDING];
        let joins = alternative.is_multi() && old.is_none_or(|o| o.seller != alternative.seller);
        let start_up = if joins {
            sites * terms.start_up * terms.pair_learning(alternative.seller)
        } else {
            0.0
        };
        cube.add_all(places, layer, BB, winner, Field::CostSwitching, &[switching, start_up]);
        // A broken contract is paid to those whose kit goes.
        if let Some(old) = old.filter(|_| bill[CONTRACT_BREAK] != 0.0) {
            for k in [RU, BB]
                .into_iter()
                .filter(|k| buys[*k] && old.seller[*k] != alternative.seller[*k])
            {
                let fee = sites * contract_break(terms, attached, old, k);
                let from = usize::from(old.seller[k]);
                cube.add(places, layer, k, from, Field::Fees, fee);
                self.state.earn(from, fee, 0.0);
            }
        }
    }

    /// Kit stands in a slot, in place of what stood there before.
    pub(super) fn account_delivery(&mut self, slot: usize, old: Option<&Stack>, new: &Stack) {
        let world = self.world;
        let info = &world.slots[slot];
        let layer = layer_index(world, info.layer);
        let today = self.state.today;
        let term = world.scenario.contract.term_years;
        for k in [RU, BB] {
            if new.seller[k] == NO_VENDOR || new.installed[k] != today {
                continue;
            }
            if let Some(old) = old {
                let from = usize::from(old.seller[k]);
                let moves = new.seller[k] != old.seller[k];
                let age = old.installed[k].years_until(today).max(0.0);
                let book = self.ledger.standing[slot][k].price * (term - age).max(0.0) / term;
                let values = [1.0, age, if moves { 1.0 } else { 0.0 }, book].map(|x| info.sites * x);
                self.cube
                    .add_all(places_of(world, info), layer, k, from, Field::Replaced, &values);
            }
            self.ledger.standing[slot][k] = self.ledger.ordered[slot][k];
        }
    }
}
