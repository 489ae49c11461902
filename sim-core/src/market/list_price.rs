//! List prices: unit cost plus the equilibrium margin at an unattached average buyer of the region.
//!
//! They are the reference prices of the wedge; nobody pays them. Each seller of a stack posts its own margin, whoever bids: under
//! `component_bidding = "prime"` the prime buys at these prices. A seller without whom nothing can be bought posts no more than it did.
//! The average buyer may buy what most of its region may, so that a rule in one country does not move the prices of its neighbours.

use super::alternatives::NESTS;
use super::equilibrium::RUN_TOLERANCE;
use super::foresight::NextTenders;
use super::posted::Posted;
use super::tender::{Continuation, Desk, lambdas};
use super::terms::{Buyer, Rules};
use crate::calendar::Day;
use crate::scenario::ComponentBidding;
use crate::world::state::State;
use crate::world::{CountryInfo, Layer, Mix, Slot, World};

/// The average unattached buyer of one layer in one region, and where it stands.
#[derive(Debug, Clone)]
pub struct AverageBuyer {
    country: CountryInfo,
    /// Share of its sites in each country of the region.
    shares: Vec<(usize, f64)>,
    slot: Slot,
    layer_index: usize,
}

impl AverageBuyer {
    /// Mean conditions.
    #[must_use]
    pub fn country(&self) -> &CountryInfo {
        &self.country
    }

    /// Share of its sites in each country of the region.
    #[must_use]
    pub fn shares(&self) -> &[(usize, f64)] {
        &self.shares
    }

    /// Mean slot.
    #[must_use]
    pub fn slot(&self) -> &Slot {
        &self.slot
    }

    /// Index of its region.
    #[must_use]
    pub fn region(&self) -> usize {
        self.country.region
    }
}

/// Builds the average buyers of all regions and layers: site-weighted means over the region's slots.
#[must_use]
pub fn average_buyers(world: &World) -> Vec<AverageBuyer> {
    let mut buyers = Vec::new();
    for region in 0..world.regions.len() {
        for layer_index in 0..=world.gens.len() {
            let layer = if layer_index < world.gens.len() {
                Layer::Ran(layer_index)
            } else {
                Layer::Core
            };
            let local: Vec<&Slot> = world
                .slots
                .iter()
                .filter(|s| s.layer == layer && world.countries[s.country].region == region)
                .collect();
            let sites: f64 = local.iter().map(|s| s.sites).sum();
            let sites_of = |c: usize| local.iter().filter(|s| s.country == c).map(|s| s.sites).sum::<f64>();
            let largest = (0..world.countries.len())
                .filter(|c| world.countries[*c].region == region)
                .max_by(|a, b| sites_of(*a).total_cmp(&sites_of(*b)).then(b.cmp(a)));
            let (Some(country_index), true) = (largest, sites > 0.0) else {
                continue;
            };
            let mean = |of: &dyn Fn(&Slot) -> f64| local.iter().map(|s| s.sites * of(s)).sum::<f64>() / sites;
            let of_country = |of: &dyn Fn(&CountryInfo) -> f64| mean(&|s| of(&world.countries[s.country]));
            let by_vendor = |of: &dyn Fn(&CountryInfo, usize) -> f64| {
                (0..world.vendors.len())
                    .map(|v| of_country(&|c| of(c, v)))
                    .collect::<Vec<_>>()
            };
            let country = CountryInfo {
                price_level: of_country(&|c| c.price_level),
                labour: of_country(&|c| c.labour),
                wacc: of_country(&|c| c.wacc),
                trust: by_vendor(&|c, v| c.trust[v]),
                hazard: by_vendor(&|c, v| c.hazard[v]),
                sells: (0..world.vendors.len())
                    .map(|v| local.iter().any(|s| world.countries[s.country].sells[v]))
                    .collect(),
                effect: by_vendor(&|c, v| c.effect[v]),
                grant: by_vendor(&|c, v| c.grant[v]),
                ..world.countries[country_index].clone()
            };
            let slot = Slot {
                country: country_index,
                sites,
                territory_sites: sites,
                price: mean(&|s| s.price),
                mix: Mix {
                    open_gap: mean(&|s| s.mix.open_gap),
                    criticality: mean(&|s| s.mix.criticality),
                    ru_work: mean(&|s| s.mix.ru_work),
                },
                cost_scale: mean(&|s| s.cost_scale),
                clusters: Vec::new(),
                initial: None,
                open_entry: false,
                ..local[0].clone()
            };
            let shares = (0..world.countries.len())
                .map(|c| (c, sites_of(c) / sites))
                .filter(|(_, share)| *share > 0.0)
                .collect();
            buyers.push(AverageBuyer {
                country,
                shares,
                slot,
                layer_index,
            });
        }
    }
    buyers
}

/// Posts the list margins of all regions. Returns how many equilibria were not solved; their old margins stand.
pub fn post(
    world: &World,
    state: &State,
    posted: &mut Posted,
    buyers: &[AverageBuyer],
    desk: &mut Desk,
    today: Day,
) -> u64 {
    post_ahead(world, state, posted, buyers, None, desk, today)
}

/// As [`post`], with a table of next tenders: a first contract is dearer to sellers by what it leads to.
pub fn post_ahead(
    world: &World,
    state: &State,
    posted: &mut Posted,
    buyers: &[AverageBuyer],
    table: Option<&NextTenders>,
    desk: &mut Desk,
    today: Day,
) -> u64 {
    let lambda = lambdas(world);
    let mut unsolved = 0;
    for b in buyers {
        // A generation is sold from its first launch on.
        if b.layer_index < world.gens.len() && !state.is_launched(world, b.layer_index) {
            continue;
        }
        let buyer = Buyer {
            country: &b.country,
            rules: Rules::Region(&b.shares),
            operator: None,
            slot: &b.slot,
        };
        let future = Continuation {
            outlook: table.and_then(|t| t.outlook(b.country.region, b.layer_index, world.scenario.foresight.buyer)),
        };
        desk.offer
            .prepare_ahead(world, state, posted, &buyer, None, [0.0; 2], false, future, today);
        if desk.offer.alternatives.is_empty() {
            continue;
        }
        let price = desk.offer.terms.price;
        let (region, layer) = (b.country.region, b.layer_index);
        // Margins move little from one review to the next.
        let expected = |v| posted.effective(region, layer, v).map(|share| share * price);
        let independent = ComponentBidding::Independent;
        let solved = (desk.bidding).solve_near(independent, 0.0, &desk.offer, &lambda, future, expected, RUN_TOLERANCE);
        let Ok(solved) = solved else {
            unsolved += 1;
            continue;
        };
        unsolved += u64::from(!solved.equilibrium.converged);
        for (vendor, nest, margin) in solved.margins_by_nest() {
            debug_assert!(usize::from(nest) < NESTS);
            posted.post_margin(region, layer, vendor, nest, margin / price);
        }
        for (vendor, found) in solved.effective_margins() {
            posted.keep_effective(region, layer, vendor, found.map(|money| money / price));
        }
    }
    unsolved
}
