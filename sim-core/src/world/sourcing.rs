//! How an operator's lots are spread over sellers: what the rules allow, what borders between sellers take, and what the loss of a
//! seller would cost.
//!
//! All is counted in the *network* of one operator and generation, radios and basebands apart; the core is one lot and has no
//! second source. Who decides counts in a lot what is on order for it or, if nothing is, what runs there; a measure counts what runs there
//! on the day ([`exposure`], [`second_source_share`]).
//!
//! **Rules** ([`allows`]). *At least n sources*: while the other lots have fewer than n sellers, this one goes to another seller than
//! theirs. *A share at most*: no award takes a seller above that share of the sites of all lots of the generation, built or to be
//! built. *Single sourcing of a round*: lots of one wave follow those of it that have been awarded before them; the first is free. Each
//! is applied to what the ones before it left, and one that leaves nothing to buy is set aside and recorded.
//!
//! **The cost of a second source**: training and tools for it, the yearly cost of each seller beyond the first (both in the bill),
//! and, where [`border_share`](crate::scenario::Sourcing::border_share) is not 0, X2 or Xn work at the borders of its lots ([`border`]).
//!
//! **Its value** ([`service_lost`]): who loses a seller replaces its sites of all generations with the one set of crews that he has, so the
//! loss grows with the square of the sites; and all of them wait for the lead time of an order or, where there is no other seller, until a
//! new one can deliver.

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

/// Sites of each seller of a component in some lots, by vendor, as who decides counts them: of what is on order or, if nothing is, of what runs.
#[must_use]
pub fn sites_by_seller(world: &World, state: &State, lots: impl Iterator<Item = usize>, component: usize) -> Vec<f64> {
    count_sites(world, lots.map(|lot| (lot, position(state, lot))), component)
}

/// Sites of each seller of a component in some lots, by vendor, of what runs today.
fn standing_by_seller(world: &World, state: &State, lots: impl Iterator<Item = usize>, component: usize) -> Vec<f64> {
    count_sites(world, lots.map(|lot| (lot, state.slots[lot].stack.as_ref())), component)
}

fn count_sites<'a>(
    world: &World,
    lots: impl Iterator<Item = (usize, Option<&'a Stack>)>,
    component: usize,
) -> Vec<f64> {
    let mut sites = vec![0.0; world.vendors.len()];
    for (lot, stack) in lots {
        if let Some(stack) = stack.filter(|s| s.seller[component] != NO_VENDOR) {
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

/// How fast an operator replaces a seller that is gone.
#[derive(Debug, Clone, Copy)]
pub struct Replacement {
    /// Sites of any generation that its crews replace in a month.
    pub sites_per_month: f64,
    /// Months from an order to the first site.
    pub lead_months: f64,
    /// Months until a seller that it does not have yet can deliver; the lead time is the least.
    pub emergency_months: f64,
}

impl Replacement {
    /// Of an operator.
    #[must_use]
    pub fn of(world: &World, operator: usize) -> Self {
        Self {
            sites_per_month: world.operators[operator].sites_per_day * YEAR / 12.0,
            lead_months: world.scenario.contract.lead_time_months,
            emergency_months: world.scenario.sourcing.emergency_months,
        }
    }

    /// Months that every site of a lost seller waits in a network with these sites by seller.
    fn wait(&self, sites: &[f64]) -> f64 {
        let alone = count(sites) < 2;
        let emergency = if alone { self.emergency_months } else { 0.0 };
        self.lead_months.max(emergency)
    }
}

/// Site-months without service that the loss of each seller of a component would cost an operator, from its sites by generation and seller:
/// `S^2 / (2 c) + sum_g t_g S_g`, with S_g its sites of a generation and S those of all, c the sites of any generation that the operator's
/// crews replace a month, and t_g the months that every site waits: the lead time of an order or, where the operator has no other seller
/// in the generation, until one can deliver.
#[must_use]
pub fn site_months_lost(generations: &[Vec<f64>], replacement: &Replacement) -> Vec<f64> {
    let vendors = generations.first().map_or(0, Vec::len);
    let (mut all, mut waiting) = (vec![0.0; vendors], vec![0.0; vendors]);
    for sites in generations {
        let wait = replacement.wait(sites);
        for ((all, waiting), s) in all.iter_mut().zip(&mut waiting).zip(sites) {
            *all += s;
            *waiting += wait * s;
        }
    }
    let crews = |s: f64| {
        if s > 0.0 {
            s * s / (2.0 * replacement.sites_per_month)
        } else {
            0.0
        }
    };
    all.into_iter()
        .zip(waiting)
        .map(|(s, waiting)| crews(s) + waiting)
        .collect()
}

/// Expected site-months without service a year: `sum_v h_v L_v` over sellers, with L of [`site_months_lost`] and h the hazard of the loss
/// of each.
#[must_use]
pub fn service_lost(generations: &[Vec<f64>], hazard: &[f64], replacement: &Replacement) -> f64 {
    let lost = site_months_lost(generations, replacement);
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

/// What each seller's component in a slot adds to the service that the operator expects to lose, US dollars a site and year, by component
/// and vendor: below 0 where a second source relieves the other lots of waiting for one.
///
/// `w_k x site_month x [E(S + n e_v) - E(S)] / n`, with E of [`service_lost`], S the sites of the operator's other lots of all generations and n
/// those of this one. The core has crews of its own.
#[must_use]
pub fn expected_loss(world: &World, state: &State, slot: usize) -> [Vec<f64>; 2] {
    let info = &world.slots[slot];
    let hazard = loss_hazard(world, state, info.country);
    let replacement = Replacement::of(world, info.operator);
    let money = world.scenario.market.site_month / info.sites;
    // This slot's own network first.
    let rest = (0..world.gens.len()).map(Layer::Ran);
    let rest = rest.filter(|layer| info.layer != Layer::Core && *layer != info.layer);
    let layers: Vec<Layer> = std::iter::once(info.layer).chain(rest).collect();
    [RU, BB].map(|k| {
        let lots = |layer: &Layer| {
            let all = world.operators[info.operator].slots.clone();
            let others = all.filter(|s| *s != slot && world.slots[*s].layer == *layer);
            sites_by_seller(world, state, others, k)
        };
        let mut sites: Vec<Vec<f64>> = layers.iter().map(lots).collect();
        let before = service_lost(&sites, &hazard, &replacement);
        (0..world.vendors.len())
            .map(|v| {
                let held = sites[0][v];
                sites[0][v] = held + info.sites;
                let after = service_lost(&sites, &hazard, &replacement);
                sites[0][v] = held;
                info.weight[k] * money * (after - before)
            })
            .collect()
    })
}

/// Site-months without radio service if a seller were gone tomorrow, over the operators for whom `counts` holds.
#[must_use]
pub fn exposure(world: &World, state: &State, vendor: usize, counts: impl Fn(usize) -> bool) -> f64 {
    each_component(world, state, counts)
        .map(|n| n.weight * site_months_lost(&n.generations, &Replacement::of(world, n.operator))[vendor])
        .fold(0.0, |sum, x| sum + x)
}

/// Share of radio sites at operators with more than one seller of the component in the generation; NaN where nothing stands.
#[must_use]
pub fn second_source_share(world: &World, state: &State, counts: impl Fn(usize) -> bool) -> f64 {
    let (mut with, mut all) = (0.0, 0.0);
    for n in each_component(world, state, counts) {
        for network in &n.generations {
            let sites = n.weight * network.iter().sum::<f64>();
            all += sites;
            if count(network) > 1 {
                with += sites;
            }
        }
    }
    if all > 0.0 { with / all } else { f64::NAN }
}

/// The radios or basebands that run at one operator.
struct Standing {
    operator: usize,
    weight: f64,
    /// Sites by generation and seller.
    generations: Vec<Vec<f64>>,
}

fn each_component<'a>(
    world: &'a World,
    state: &'a State,
    counts: impl Fn(usize) -> bool + 'a,
) -> impl Iterator<Item = Standing> + 'a {
    let weight = [world.scenario.market.ru_share, 1.0 - world.scenario.market.ru_share];
    let operators = (0..world.operators.len()).filter(move |o| counts(*o));
    operators.flat_map(move |operator| {
        [RU, BB].map(|k| {
            let network = |g: usize| {
                let lots = world.operators[operator].slots.clone();
                let of_layer = lots.filter(|s| world.slots[*s].layer == Layer::Ran(g));
                standing_by_seller(world, state, of_layer, k)
            };
            Standing {
                operator,
                weight: weight[k],
                generations: (0..world.gens.len()).map(network).collect(),
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten sites a month, at once or after a year where there is nobody else.
    const TEN: Replacement = Replacement {
        sites_per_month: 10.0,
        lead_months: 0.0,
        emergency_months: 12.0,
    };

    #[test]
    fn the_loss_of_a_seller_by_hand() {
        let of = |sites: &[f64]| site_months_lost(&[sites.to_vec()], &TEN);
        // 100 sites at 10 a month: 10 months of work, 5 on average, 500 site-months; and a year's wait for 100 sites.
        assert_eq!(of(&[100.0, 0.0]), [1700.0, 0.0]);
        // Two halves: 5 months of work, 2.5 on average, for 50 sites each, and nobody waits.
        assert_eq!(of(&[50.0, 50.0]), [125.0, 125.0]);
        assert_eq!(service_lost(&[vec![50.0, 50.0]], &[0.1, 0.02], &TEN), 15.0);
        assert_eq!(service_lost(&[], &[], &TEN), 0.0);
    }

    #[test]
    fn two_generations_share_one_set_of_crews() {
        // 50 sites of each generation take as long as 100 of one: (2 S)^2 / 2c with S = 50, and not twice S^2 / 2c.
        let generations = [vec![50.0, 10.0], vec![50.0, 10.0]];
        assert_eq!(site_months_lost(&generations, &TEN), [500.0, 20.0]);
        // A second source in one generation relieves that one alone of the wait.
        let generations = [vec![50.0, 10.0], vec![50.0, 0.0]];
        assert_eq!(site_months_lost(&generations, &TEN), [500.0 + 12.0 * 50.0, 5.0]);
    }

    #[test]
    fn every_order_waits_for_its_lead_time() {
        let of =
            |lead_months: f64, sites: &[f64]| site_months_lost(&[sites.to_vec()], &Replacement { lead_months, ..TEN });
        assert_eq!(of(4.0, &[50.0, 50.0]), [325.0, 325.0]);
        // It is part of the time until a new seller can deliver.
        assert_eq!(of(4.0, &[100.0, 0.0]), [1700.0, 0.0]);
        assert_eq!(of(15.0, &[100.0, 0.0]), [2000.0, 0.0]);
    }

    #[test]
    fn spreading_sites_over_sellers_of_the_same_hazard_never_adds_to_the_loss() {
        let replacement = Replacement {
            sites_per_month: 25.0,
            lead_months: 0.0,
            emergency_months: 0.0,
        };
        for parts in 1..6_u32 {
            let all = 600.0;
            let even = vec![all / f64::from(parts); parts as usize];
            let hazard = vec![0.03; parts as usize];
            let even_loss = service_lost(&[even], &hazard, &replacement);
            // n equal parts lose a share 1/n of what one whole does.
            let whole = service_lost(&[vec![all]], &[0.03], &replacement);
            assert!((even_loss * f64::from(parts) - whole).abs() < 1e-9 * whole);
        }
    }
}
