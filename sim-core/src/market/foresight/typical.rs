//! The average buyer of a type with kit that stands: what a change costs it, and what it expects of the interfaces.

use super::game::{Game, HORIZONS, Horizon, NextTender};
use super::outlook::{LookAhead, Outlook, links};
use super::table::TypeTable;
use crate::calendar::Day;
use crate::market::alternatives::{self, Kind};
use crate::market::list_price::AverageBuyer;
use crate::market::posted::Posted;
use crate::market::switching::Attachment;
use crate::market::tender::{Continuation, Offer, lambdas, priced};
use crate::market::terms::{Buyer, PARTIAL_MINIMUM_YEARS, Rules, Terms};
use crate::market::value::annuity;
use crate::scenario::Interface;
use crate::world::state::{InterfaceState, MANAGEMENT, State};
use crate::world::{Arch, BB, NO_VENDOR, Neighbour, RU, Stack, VendorIx, World};

/// Site-weighted means over the slots of a type of what only operators have.
#[derive(Debug, Clone, PartialEq)]
pub struct TypicalCosts {
    /// Tools and training for a new vendor, a site.
    onboarding: [f64; 2],
    /// A vendor beyond the first, a site and year.
    extra_vendor: f64,
    /// Integration skill.
    skill: f64,
    /// The slots.
    slots: std::sync::Arc<[usize]>,
}

impl TypicalCosts {
    /// Over the slots of a type.
    #[must_use]
    pub fn new(world: &World, buyer: &AverageBuyer) -> Self {
        let of_type = |s: &&usize| {
            let slot = &world.slots[**s];
            slot.layer == buyer.slot().layer && world.countries[slot.country].region == buyer.region()
        };
        let all: Vec<usize> = (0..world.slots.len()).collect();
        let slots: Vec<usize> = all.iter().filter(of_type).copied().collect();
        let sites: f64 = slots.iter().map(|s| world.slots[*s].sites).sum();
        let mean = |of: &dyn Fn(usize) -> f64| {
            if sites > 0.0 {
                slots.iter().map(|s| world.slots[*s].sites * of(*s)).sum::<f64>() / sites
            } else {
                0.0
            }
        };
        let operator = |s: usize| &world.operators[world.slots[s].operator];
        let per_site = |s: usize, sum: f64| sum / world.slots[s].territory_sites;
        Self {
            onboarding: [0, 1].map(|i| mean(&|s| per_site(s, operator(s).onboarding[i]))),
            extra_vendor: mean(&|s| per_site(s, operator(s).extra_vendor)),
            skill: mean(&|s| operator(s).skill),
            slots: slots.into(),
        }
    }

    /// The mean neighbouring generations, their baseband from one seller: networks are mostly of one kind.
    fn legacy(&self, world: &World, state: &State, seller: VendorIx) -> [Neighbour; 2] {
        let mut overlap = [0.0; 2];
        let mut price = [0.0; 2];
        let mut sites = 0.0;
        for &slot in self.slots.iter() {
            let weight = world.slots[slot].sites;
            sites += weight;
            for (i, n) in state.legacy(world, slot).iter().enumerate() {
                overlap[i] += weight * n.overlap;
                price[i] += weight * n.overlap * n.price;
            }
        }
        [0, 1].map(|i| {
            if overlap[i] > 0.0 {
                Neighbour {
                    seller,
                    overlap: overlap[i] / sites,
                    price: price[i] / overlap[i],
                }
            } else {
                Neighbour::NONE
            }
        })
    }

    /// Gives the terms of the average buyer, fitted to its kit, what an operator would add to them.
    fn attach(&self, terms: &mut Terms, management: f64, held: [VendorIx; 2]) {
        let [tools, training] = self.onboarding;
        terms.onboarding = tools + training;
        terms.onboarding_open = tools * (1.0 - management) + training;
        if !terms.is_core {
            terms.extra_vendor = self.extra_vendor * annuity(terms.wacc, terms.term);
        }
        terms.start_up *= 1.0 - self.skill;
        terms.operations *= 1.0 - self.skill;
        for v in held {
            terms.seller_mut(v).trained = 1.0;
        }
    }
}

/// Maturity expected at the next tender: on along its present slope, releases averaged in, for `years`; inside `[0, 1]`.
///
/// `M + years [max(a + support, 0) (1 - M) - b M - kappa M / release interval]`.
#[must_use]
pub fn expected_maturity(state: &InterfaceState, interface: &Interface, support: f64, years: f64) -> f64 {
    let m = state.maturity;
    let slope = (interface.growth_per_year + support).max(0.0) * (1.0 - m)
        - interface.decay_per_year * m
        - interface.release_loss * m / interface.release_years;
    (m + years * slope).clamp(0.0, 1.0)
}

/// Everything but bids and futures: what [`prepare`] reads.
pub(super) struct Day1<'a> {
    pub world: &'a World,
    pub state: &'a State,
    /// Posted numbers with the maturity of the next tender.
    pub ahead: &'a Posted,
    pub today: Day,
}

/// Fills the next tenders of a type, or of its first kit alone (`probe`), and of that returns whether anything may be bought.
pub(super) fn prepare(
    day: &Day1<'_>,
    buyer: &AverageBuyer,
    table: &TypeTable,
    sellers: LookAhead,
    probe: bool,
    offer: &mut Offer,
    game: &mut Game,
) -> bool {
    let Day1 {
        world,
        state,
        ahead,
        today,
    } = *day;
    let asks = Buyer {
        country: buyer.country(),
        rules: Rules::Announced(buyer.shares()),
        operator: None,
        slot: buyer.slot(),
    };
    offer.terms.fill_common(world, state, ahead, &asks, None, today);
    let (term, keep, wacc) = (offer.terms.term, offer.terms.keep_years, offer.terms.wacc);
    let years = [term, keep, PARTIAL_MINIMUM_YEARS];
    game.mu = offer.terms.mu;
    game.lambda.clear();
    game.lambda.extend(lambdas(world));
    game.sellers = table.sellers();
    game.weight = offer.terms.weight;
    game.buyer_discount = years.map(|t| libm::exp(-wacc * t));
    game.foresight = world.scenario.foresight.buyer;
    game.fall = offer.terms.price * offer.terms.upkeep_growth * keep * keep;
    game.tenders.resize_with(table.kits(), NextTender::default);
    let legacy = table.typical().legacy(world, state, NO_VENDOR);
    let management = ahead.maturity[MANAGEMENT];
    let d_keep = game.buyer_discount[Horizon::Keep as usize];
    let mut any = false;
    for (kit, tender) in game.tenders.iter_mut().enumerate() {
        tender.alternatives.clear();
        tender.links.clear();
        tender.list_prices.clear();
        tender.stays.clear();
        let Some((open, seller)) = table.kit_of(kit).filter(|_| !(probe && any)) else {
            continue;
        };
        let [u, v] = seller;
        let is_core = offer.terms.is_core;
        let stack = Stack {
            seller: [if is_core { NO_VENDOR } else { u }, v],
            arch: match (open, u == v) {
                (false, _) => Arch::Closed,
                (true, true) => Arch::OpenSingle,
                (true, false) => Arch::OpenMulti,
            },
            is_virtual: open && world.vendors[usize::from(v)].is_virtual(today),
            installed: [today; 2],
            exercised: false,
            // It has no contract left to break.
            grant: [0.0; 2],
        };
        offer.terms.fit(world, state, ahead, &asks, Some(&stack), today);
        table.typical().attach(&mut offer.terms, management, seller);
        offer.terms.may_keep = true;
        alternatives::list(&offer.terms, Some(&stack), &mut offer.alternatives);
        if offer.alternatives.is_empty() {
            continue;
        }
        let neighbour = |n: Neighbour| {
            if n.overlap > 0.0 {
                Neighbour { seller: v, ..n }
            } else {
                n
            }
        };
        let attached = Attachment {
            stack: Some(&stack),
            legacy: legacy.map(neighbour),
            life_left: [0.0; 2],
        };
        // Which of two variants stands depends on what follows it: by the table as it is.
        let future = Continuation {
            outlook: table.is_solved().then_some(Outlook {
                table,
                foresight: game.foresight,
                sellers,
            }),
        };
        offer.evaluate_ahead(Some(&attached), [term; 2], future);
        any = true;
        let mut best = f64::NEG_INFINITY;
        tender.running = f64::NEG_INFINITY;
        for (i, a) in offer.alternatives.iter().enumerate() {
            let value = offer.values[i] - offer.continuation[i];
            let number = |v| table.number(v);
            let priced = priced(&offer.terms, world.bidding, number, a, value, offer.costs[i]);
            tender.alternatives.push(priced);
            tender.links.push(links(a, Some(&stack), offer.terms.weight, table));
            tender.list_prices.push(offer.list_prices[i]);
            tender.stays.push(a.same_sellers(&stack, offer.terms.weight));
            if a.kind == Kind::Keep {
                tender.running = value - d_keep * best;
            } else {
                best = best.max(value - offer.list_prices[i]);
            }
        }
        tender.best_at_list = best;
    }
    for (horizon, of_horizon) in game.seller_discount.iter_mut().enumerate() {
        for (part, discount) in [RU, BB].into_iter().zip(of_horizon) {
            discount.clear();
            discount.extend(
                table
                    .vendors()
                    .iter()
                    .map(|v| sellers.discount(offer.terms.seller(*v).hazard[part], years[horizon])),
            );
        }
    }
    debug_assert!(game.seller_discount.len() == HORIZONS);
    any
}
