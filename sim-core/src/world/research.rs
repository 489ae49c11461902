//! Research and quality of vendors: off unless the scenario has a `[research]` section.
//!
//! Quality is relative to a technology that moves on, so it wears out without research. For each vendor and product (radio,
//! baseband, core)
//! ```text
//! dQ/dt = d [A Q0 (R/R0)^eta - Q] + s a max(F - Q, 0)
//! R = base + share x sales + public funds            US dollars a year
//! ```
//! with `d` depreciation, `Q0` and `R0` quality and research on the first day (so that who goes on as before stays
//! where he is; what stands at the start counts as renewed once a contract term, so that the build-out of a generation raises the
//! research of all), `eta` the elasticity of quality to research, `A` productivity and `a` access to spill-over (factors
//! that levers move), `s` the spill-over rate of the vendor's home country and `F` the best quality on the market. It is
//! the knowledge-capital model (Griliches 1979) with spill-over; concave in research, as the linear one would let the
//! largest vendor run away. Between two reviews `R` and `F` are constant and the step is exact.
//!
//! When a generation is first launched, each vendor loses a share of its distance to the mean: a new generation levels
//! part of the lead, and of the lag.

use std::collections::BTreeMap;

use super::conditions::{RESEARCH, Shift};
use super::{BB, CORE, Conditions, Layer, PRODUCTS, RU, World};
use crate::world::state::State;

/// Factors of one vendor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factors {
    /// On the productivity of its research.
    pub productivity: f64,
    /// On the spill-over that reaches it.
    pub access: f64,
}

impl Factors {
    /// Nothing is changed.
    pub const NONE: Self = Self {
        productivity: 1.0,
        access: 1.0,
    };
}

/// See the module docs. Lists are by vendor.
#[derive(Debug, Clone, PartialEq)]
pub struct Research {
    /// What levers make of each vendor's research, by lever.
    factors: BTreeMap<usize, Vec<Factors>>,
    /// Public or outside money since the last review, US dollars; a loss of income is negative.
    pub funds: Vec<f64>,
    /// Sales and royalties got since the last review, US dollars.
    pub sales: Vec<f64>,
    /// Quality of radio, baseband and core.
    pub quality: Vec<[f64; PRODUCTS]>,
    /// Smoothed sales, US dollars a year.
    pub income: Vec<f64>,
    /// Sales at the start, US dollars a year, as what stands then brings each contract term.
    pub income_at_start: Vec<f64>,
}

/// Quality after `years` at the pull `target` (`A Q0 (R/R0)^eta`), exact: two phases where the frontier is passed.
#[must_use]
pub fn quality_after(quality: f64, target: f64, decay: f64, frontier: f64, spill: f64, years: f64) -> f64 {
    let relax = |from: f64, to: f64, speed: f64, years: f64| to + (from - to) * libm::exp(-speed * years);
    if quality >= frontier || spill <= 0.0 {
        // From above, what would fall below the frontier is caught by the spill-over there.
        let alone = relax(quality, target, decay, years);
        if alone >= frontier || spill <= 0.0 {
            return alone;
        }
        let at = libm::log((quality - target) / (frontier - target)) / decay;
        return quality_after_below(frontier, target, decay, frontier, spill, years - at);
    }
    let after = quality_after_below(quality, target, decay, frontier, spill, years);
    if after <= frontier {
        return after;
    }
    let speed = decay + spill;
    let steady = (decay * target + spill * frontier) / speed;
    let at = libm::log((steady - quality) / (steady - frontier)) / speed;
    relax(frontier, target, decay, years - at)
}

fn quality_after_below(quality: f64, target: f64, decay: f64, frontier: f64, spill: f64, years: f64) -> f64 {
    let speed = decay + spill;
    let steady = (decay * target + spill * frontier) / speed;
    steady + (quality - steady) * libm::exp(-speed * years)
}

impl Research {
    /// At the start; `None` if the scenario has no such section.
    #[must_use]
    pub fn new(world: &World) -> Option<Self> {
        world.scenario.research.as_ref()?;
        let vendors = world.vendors.len();
        let quality = world.vendors.iter().map(super::VendorInfo::qualities).collect();
        Some(Self {
            factors: BTreeMap::new(),
            funds: vec![0.0; vendors],
            sales: vec![0.0; vendors],
            quality,
            income: vec![0.0; vendors],
            income_at_start: vec![0.0; vendors],
        })
    }

    /// Sets the income of each vendor to what its kit that stands brings over a contract term.
    pub fn begin(world: &World, state: &mut State) {
        if state.research.is_none() {
            return;
        }
        let mut income = vec![0.0; world.vendors.len()];
        for (slot, info) in state.slots.iter().zip(&world.slots) {
            if let (Some(stack), Layer::Ran(_)) = (slot.stack, info.layer) {
                for k in [RU, BB] {
                    income[usize::from(stack.seller[k])] +=
                        info.sites * info.weight[k] * info.price / world.scenario.contract.term_years;
                }
            }
        }
        if let Some(research) = &mut state.research {
            research.income_at_start.clone_from(&income);
            research.income = income;
        }
    }

    /// Sets what a lever makes of the vendors' research.
    pub fn set(&mut self, lever: usize, factors: Vec<Factors>) {
        self.factors.insert(lever, factors);
    }

    /// Ends what a lever makes of it.
    pub fn unset(&mut self, lever: usize) {
        self.factors.remove(&lever);
    }

    /// The factors of a vendor over all levers.
    #[must_use]
    pub fn factors(&self, v: usize) -> Factors {
        self.factors.values().fold(Factors::NONE, |all, f| Factors {
            productivity: all.productivity * f[v].productivity,
            access: all.access * f[v].access,
        })
    }

    /// Research of a vendor in a year with these sales and funds, over that at the start; never below 0.
    fn effort(&self, world: &World, v: usize, funds_per_year: f64) -> f64 {
        let Some(s) = &world.scenario.research else { return 1.0 };
        let at_start = s.base_per_year + s.share_of_sales * self.income_at_start[v];
        ((s.base_per_year + s.share_of_sales * self.income[v] + funds_per_year) / at_start).max(0.0)
    }

    /// Moves quality on over the years since the last review.
    pub fn step(&mut self, world: &World, years: f64) {
        let Some(s) = &world.scenario.research else { return };
        if years <= 0.0 {
            return;
        }
        let keep = libm::exp(-years / s.smoothing_years);
        let frontier = [RU, BB, CORE].map(|k| {
            let sold = (0..world.vendors.len()).filter(|v| world.vendors[*v].sells_component(k));
            sold.map(|v| self.quality[v][k]).fold(0.0, f64::max)
        });
        for (v, info) in world.vendors.iter().enumerate() {
            self.income[v] = keep * self.income[v] + (1.0 - keep) * self.sales[v] / years;
            let factors = self.factors(v);
            let pull = factors.productivity * libm::pow(self.effort(world, v, self.funds[v] / years), s.elasticity);
            let home = &world.scenario.vendors[v].home;
            let spill = s
                .spillover
                .iter()
                .find(|(h, _)| h == home)
                .map_or(0.0, |(_, rate)| *rate);
            for ((quality, at_start), frontier) in self.quality[v].iter_mut().zip(info.qualities()).zip(frontier) {
                *quality = quality_after(
                    *quality,
                    pull * at_start,
                    s.depreciation_per_year,
                    frontier,
                    spill * factors.access,
                    years,
                );
            }
        }
        self.sales.fill(0.0);
        self.funds.fill(0.0);
    }

    /// A new generation levels a share of each vendor's distance to the mean.
    pub fn level(&mut self, world: &World) {
        let Some(s) = &world.scenario.research else { return };
        for k in [RU, BB, CORE] {
            let sellers: Vec<usize> = (0..world.vendors.len())
                .filter(|v| world.vendors[*v].sells_component(k))
                .collect();
            let mean = sellers.iter().map(|v| self.quality[*v][k]).sum::<f64>() / sellers.len().max(1) as f64;
            for v in sellers {
                self.quality[v][k] = mean + (1.0 - s.generation_levelling) * (self.quality[v][k] - mean);
            }
        }
    }

    /// Makes the market see today's quality.
    pub fn show(&self, world: &World, conditions: &mut Conditions) {
        let moved = |(q, v): (&[f64; PRODUCTS], &super::VendorInfo)| {
            let at_start = v.qualities();
            std::array::from_fn(|k| q[k] - at_start[k])
        };
        let quality = self.quality.iter().zip(&world.vendors).map(moved).collect();
        conditions.shift(
            RESEARCH,
            Shift {
                quality,
                ..Shift::default()
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Small Euler steps of the equation in the module docs.
    fn euler(mut q: f64, target: f64, d: f64, f: f64, s: f64, years: f64) -> f64 {
        let n = 400_000;
        let dt = years / f64::from(n);
        for _ in 0..n {
            q += dt * (d * (target - q) + s * (f - q).max(0.0));
        }
        q
    }

    #[test]
    fn the_exact_step_agrees_with_small_ones_in_every_phase() {
        for (q, target, f) in [
            (0.9, 0.95, 1.0), // below the frontier for good
            (0.9, 1.3, 1.0),  // passes it
            (1.1, 0.8, 1.0),  // falls through it
            (1.1, 1.2, 1.0),  // stays above
            (1.0, 1.0, 1.0),
        ] {
            for s in [0.0, 0.08] {
                let exact = quality_after(q, target, 0.15, f, s, 4.0);
                let small = euler(q, target, 0.15, f, s, 4.0);
                assert!((exact - small).abs() < 1e-5, "{q} {target} {s}: {exact} is not {small}");
                let half = quality_after(quality_after(q, target, 0.15, f, s, 1.3), target, 0.15, f, s, 2.7);
                assert!((exact - half).abs() < 1e-12, "two steps are one");
            }
        }
    }

    #[test]
    fn the_steady_state_weighs_own_research_and_the_frontier_by_their_speeds() {
        let q = quality_after(0.5, 0.9, 0.15, 1.0, 0.05, 1e4);
        assert!((q - (0.15 * 0.9 + 0.05 * 1.0) / 0.2).abs() < 1e-12);
    }
}
