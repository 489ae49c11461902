//! How an operator's lots are spread over sellers: what the rules allow, what borders between sellers take, and what the loss of a
//! seller would cost.
//!
//! All is counted in the *network* of one operator and generation, radios and basebands apart; the core is one lot and has no
//! second source. What stands in a lot is what is on order for it or, if nothing is, what runs there.
//!
//! **Rules** ([`allows`]). *At least n sources*: while the other lots have fewer than n sellers, this one goes to another seller than
//! theirs. *A share at most*: no award takes a seller above that share of the sites of all lots of the generation, built or to be
//! built. *Single sourcing of a round*: lots of one wave follow those of it that have been awarded before them; the first is free. Each
//! is applied to what the ones before it left, and one that leaves nothing to buy is set aside and recorded.
//!
//! **The cost of a second source**: training and tools for it, the yearly cost of each seller beyond the first (both in the bill),
//! and, where [`border_share`](crate::scenario::Sourcing::border_share) is not 0, X2 or Xn work at the borders of its lots ([`border`]).
//!
//! **Its value** ([`service_lost`]): who loses a seller replaces its sites with the crews that he has, so the loss grows with the square
//! of the sites; and who has no other seller waits until a new one can deliver.

use super::{BB, CountryInfo, Layer, NO_VENDOR, RU, Stack, State, World};
use crate::scenario::SourcingRule;

/// Days in a year.
const YEAR: f64 = 365.25;
/// Slack of a comparison of shares.
const SLACK: f64 = 1e-9;

/// The rule of an operator.
#[must_use]
pub fn rule(world: &World, operator: usize) -> SourcingRule {
    let own = world.scenario.operators[operator].sourcing;
    own.unwrap_or(world.scenario.sourcing.rule)
}

/// What stands in a slot or is on order for it.
fn position(state: &State, slot: usize) -> Option<&Stack> {
    let s = &state.slots[slot];
    s.pending.as_ref().or(s.stack.as_ref())
}

/// The other lots of a slot's generation.
fn others(world: &World, slot: usize) -> impl Iterator<Item = usize> + '_ {
    let info = &world.slots[slot];
    let all = world.operators[info.operator].slots.clone();
    all.filter(move |s| *s != slot && world.slots[*s].layer == info.layer)
}

/// Sites of each seller of a component in some lots, by vendor.
#[must_use]
pub fn sites_by_seller(world: &World, state: &State, lots: impl Iterator<Item = usize>, component: usize) -> Vec<f64> {
    let mut sites = vec![0.0; world.vendors.len()];
    for lot in lots {
        if let Some(stack) = position(state, lot).filter(|s| s.seller[component] != NO_VENDOR) {
            sites[usize::from(stack.seller[component])] += world.slots[lot].sites;
        }
    }
    sites
}

fn count(sites: &[f64]) -> usize {
    sites.iter().filter(|n| **n > 0.0).count()
}

/// One part of a rule, in the order in which they are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Fewest sellers in the network.
    AtLeast,
    /// Largest share of one.
    ShareAtMost,
    /// Most sellers in a round.
    RoundAtMost,
}

/// The parts of a rule.
pub const PARTS: [Part; 3] = [Part::AtLeast, Part::ShareAtMost, Part::RoundAtMost];

/// Which sellers a part of an operator's rule leaves for each component of a slot: by vendor; `None` where it asks nothing.
#[must_use]
pub fn allows(world: &World, state: &State, slot: usize, part: Part) -> Option<[Vec<bool>; 2]> {
    let info = &world.slots[slot];
    let rule = rule(world, info.operator);
    if info.layer == Layer::Core {
        return None;
    }
    let by = |of: &dyn Fn(usize) -> Vec<bool>| Some([of(RU), of(BB)]);
    match part {
        Part::AtLeast => {
            let least = rule.sources_at_least? as usize;
            by(&|component| {
                let sites = sites_by_seller(world, state, others(world, slot), component);
                let enough = count(&sites) >= least;
                // The first lot of all has nobody to differ from.
                sites.iter().map(|n| enough || *n <= 0.0).collect()
            })
        }
        Part::ShareAtMost => {
            let most = rule.share_at_most?;
            let all: f64 = info.sites + others(world, slot).map(|s| world.slots[s].sites).sum::<f64>();
            by(&|component| {
                let sites = sites_by_seller(world, state, others(world, slot), component);
                sites.iter().map(|n| n + info.sites <= (most + SLACK) * all).collect()
            })
        }
        Part::RoundAtMost => {
            let most = rule.round_sources_at_most? as usize;
            let cycle = state.slots[slot].cycle;
            // A lot whose number of awards is ahead of this one's has been awarded in this round.
            let decided = |s: &usize| world.slots[*s].cohort == info.cohort && state.slots[*s].cycle > cycle;
            by(&|component| {
                let sites = sites_by_seller(world, state, others(world, slot).filter(decided), component);
                let full = count(&sites) >= most;
                sites.iter().map(|n| !full || *n > 0.0).collect()
            })
        }
    }
}

/// Share of a lot's sites that border on lots whose baseband is another seller's, by seller of this one's; `None` where borders are not
/// played or there is no other territory.
#[must_use]
pub fn border(world: &World, state: &State, slot: &super::Slot) -> Option<Vec<f64>> {
    let share = world.scenario.sourcing.border_share;
    if share <= 0.0 || slot.layer == Layer::Core {
        return None;
    }
    let lots = world.operators[slot.operator].slots.clone().filter(|s| {
        let other = &world.slots[*s];
        other.layer == slot.layer && other.territory != slot.territory
    });
    let sites = sites_by_seller(world, state, lots, BB);
    let all: f64 = sites.iter().sum();
    (all > 0.0).then(|| sites.iter().map(|n| share * (1.0 - n / all)).collect())
}

/// Site-months without service that the loss of each seller would cost: `S^2 / (2 c) + [nobody else] t S`, with S its sites, c the sites
/// that the operator's crews replace a month and t the months until a seller that the operator does not have can deliver.
#[must_use]
pub fn site_months_lost(sites: &[f64], sites_per_month: f64, emergency_months: f64) -> Vec<f64> {
    let alone = count(sites) < 2;
    let wait = if alone { emergency_months } else { 0.0 };
    sites
        .iter()
        .map(|s| {
            if *s > 0.0 {
                s * (s / (2.0 * sites_per_month) + wait)
            } else {
                0.0
            }
        })
        .collect()
}

/// Expected site-months without service a year: `sum_v h_v L_v` over sellers, with L of [`site_months_lost`] and h the hazard of the loss
/// of each.
#[must_use]
pub fn service_lost(sites: &[f64], hazard: &[f64], sites_per_month: f64, emergency_months: f64) -> f64 {
    let lost = site_months_lost(sites, sites_per_month, emergency_months);
    hazard.iter().zip(lost).fold(0.0, |sum, (h, l)| sum + h * l)
}

/// Hazard that each seller fails its customers in a country at once, a year.
#[must_use]
pub fn loss_hazard(world: &World, state: &State, country: usize) -> Vec<f64> {
    let s = &world.scenario.sourcing;
    let info: &CountryInfo = &world.countries[country];
    let moved = &state.conditions;
    let of = |v: usize| {
        let ban = (info.hazard[v] + moved.hazard[moved.at(country, v as u8)]).max(0.0);
        s.loss_hazard_per_year + s.sudden_ban_share * ban
    };
    (0..world.vendors.len()).map(of).collect()
}

/// Sites that an operator's crews replace in a month.
#[must_use]
pub fn crew_rate(world: &World, operator: usize) -> f64 {
    world.operators[operator].sites_per_day * YEAR / 12.0
}

/// What each seller's component in a slot adds to the service that the operator expects to lose, US dollars a site and year, by component
/// and vendor: below 0 where a second source relieves the other lots of waiting for one.
///
/// `w_k x site_month x [E(S + n e_v) - E(S)] / n`, with E of [`service_lost`], S the sites of the other lots and n those of this one.
#[must_use]
pub fn expected_loss(world: &World, state: &State, slot: usize) -> [Vec<f64>; 2] {
    let info = &world.slots[slot];
    let hazard = loss_hazard(world, state, info.country);
    let rate = crew_rate(world, info.operator);
    let months = world.scenario.sourcing.emergency_months;
    let money = world.scenario.market.site_month / info.sites;
    [RU, BB].map(|k| {
        let mut sites = sites_by_seller(world, state, others(world, slot), k);
        let before = service_lost(&sites, &hazard, rate, months);
        (0..sites.len())
            .map(|v| {
                let held = sites[v];
                sites[v] = held + info.sites;
                let after = service_lost(&sites, &hazard, rate, months);
                sites[v] = held;
                info.weight[k] * money * (after - before)
            })
            .collect()
    })
}

/// Site-months without radio service if a seller were gone tomorrow, over the operators for whom `counts` holds.
#[must_use]
pub fn exposure(world: &World, state: &State, vendor: usize, counts: impl Fn(usize) -> bool) -> f64 {
    let months = world.scenario.sourcing.emergency_months;
    each_network(world, state, counts)
        .map(|n| n.weight * site_months_lost(&n.sites, crew_rate(world, n.operator), months)[vendor])
        .fold(0.0, |sum, x| sum + x)
}

/// Share of radio sites at operators with more than one seller of the component in the generation; NaN where nothing stands.
#[must_use]
pub fn second_source_share(world: &World, state: &State, counts: impl Fn(usize) -> bool) -> f64 {
    let (mut with, mut all) = (0.0, 0.0);
    for n in each_network(world, state, counts) {
        let sites = n.weight * n.sites.iter().sum::<f64>();
        all += sites;
        if count(&n.sites) > 1 {
            with += sites;
        }
    }
    if all > 0.0 { with / all } else { f64::NAN }
}

/// The radio or baseband network of one operator and generation.
struct Network {
    operator: usize,
    weight: f64,
    sites: Vec<f64>,
}

fn each_network<'a>(
    world: &'a World,
    state: &'a State,
    counts: impl Fn(usize) -> bool + 'a,
) -> impl Iterator<Item = Network> + 'a {
    let weight = [world.scenario.market.ru_share, 1.0 - world.scenario.market.ru_share];
    let operators = (0..world.operators.len()).filter(move |o| counts(*o));
    operators
        .flat_map(|o| (0..world.gens.len()).map(move |g| (o, g)))
        .flat_map(move |(operator, g)| {
            [RU, BB].map(|k| {
                let lots = world.operators[operator].slots.clone();
                let of_layer =
                    lots.filter(|s| world.slots[*s].layer == Layer::Ran(g) && state.slots[*s].stack.is_some());
                Network {
                    operator,
                    weight: weight[k],
                    sites: sites_by_seller(world, state, of_layer, k),
                }
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loss_of_a_seller_by_hand() {
        // 100 sites at 10 a month: 10 months of work, 5 on average, 500 site-months; and a year's wait for 100 sites.
        assert_eq!(site_months_lost(&[100.0, 0.0], 10.0, 12.0), [1700.0, 0.0]);
        // Two halves: 5 months of work, 2.5 on average, for 50 sites each, and nobody waits.
        assert_eq!(site_months_lost(&[50.0, 50.0], 10.0, 12.0), [125.0, 125.0]);
        assert_eq!(service_lost(&[50.0, 50.0], &[0.1, 0.02], 10.0, 12.0), 15.0);
        assert_eq!(service_lost(&[], &[], 10.0, 12.0), 0.0);
    }

    #[test]
    fn spreading_sites_over_sellers_of_the_same_hazard_never_adds_to_the_loss() {
        for parts in 1..6_u32 {
            let all = 600.0;
            let even = vec![all / f64::from(parts); parts as usize];
            let hazard = vec![0.03; parts as usize];
            let even_loss = service_lost(&even, &hazard, 25.0, 0.0);
            // n equal parts lose a share 1/n of what one whole does.
            let whole = service_lost(&[all], &[0.03], 25.0, 0.0);
            assert!((even_loss * f64::from(parts) - whole).abs() < 1e-9 * whole);
        }
    }
}
