//! Norms (S21): trust criteria spread through a coalition and beyond it, and change operators' risk weights.
//!
//! **Equation.** In each country but the leaders the trust weight T against a vendor in the scope moves by a shift x,
//! ```text
//! dx/dt = rho (T* - T) - defection x          T = T0 + x, with T0 all else that makes the weight
//! rho = rate_per_year x strength x (1 for members, leakage_share for others) x (1 - dependence_weight x held)
//! ```
//! where `T*` is the leaders' weight (mean by sites) and `held` the share of the country's radio sites that these vendors supply: who
//! depends on them follows more slowly, members defect at the rate `defection_per_year`. Between two reviews `T*`, T0 and `held` are
//! constant and the step is exact: x moves to `rho (T* - T0) / (rho + defection)` at the speed `rho + defection`.
//!
//! **Writes** `conditions.trust`. **Strength** scales the rate. **At 0** nothing is scheduled. **Limits:** without defection members
//! end at the leaders' weight; with leakage 0 the others never move; a country that is all dependent (weight 1) never moves. The
//! scope's countries and blocs are the members; at the end what has spread is gone.
//!
//! **Evidence:** who joined (R33 to R44, R57, F270, F273); no rate of diffusion or defection has any, and public opinion of China
//! (P234 to P237) is a weak proxy of weights.

use std::sync::Arc;

use super::{Common, Lever, Moment, scope_keys};
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::scenario::document::{Fields, Number, Variant};
use crate::scenario::kinds::COUNTRY;
use crate::world::{Shift, State, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "norms",
    doc: "Trust weights move toward the leaders', with dependence, defection and leakage",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct Norms {
    common: Common,
    leaders: Vec<String>,
    rate: f64,
    leakage: f64,
    dependence: f64,
    defection: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let rate = || Number::new("1/yr").range(0.0..=10.0);
    let share = || Number::new("share").range(0.0..=1.0);
    let lever = Norms {
        common: Common::fields(f),
        leaders: f.references("leaders", COUNTRY, "Countries whose weights are the norm"),
        rate: f.number_or("rate_per_year", 0.2, rate(), "How fast members move toward the norm"),
        leakage: f.number_or(
            "leakage_share",
            0.0,
            share(),
            "Speed of countries outside, over the members'",
        ),
        dependence: f.number_or(
            "dependence_weight",
            0.5,
            share(),
            "How far a country that these vendors supply wholly is slowed",
        ),
        defection: f.number_or(
            "defection_per_year",
            0.0,
            rate(),
            "How fast what was taken over is dropped again",
        ),
    };
    f.require(
        !lever.leaders.is_empty() || f.is_describing(),
        "leaders",
        "a norm needs leaders",
        "at least one country",
    );
    lever.common.require_vendors(f, "a norm must name its vendors");
    Arc::new(lever)
}

/// The shift after `years`: see the module docs.
#[must_use]
pub fn spread(shift: f64, gap: f64, rho: f64, defection: f64, years: f64) -> f64 {
    let speed = rho + defection;
    if speed <= 0.0 {
        return shift;
    }
    let steady = rho * gap / speed;
    steady + (shift - steady) * libm::exp(-speed * years)
}

impl Lever for Norms {
    fn kind(&self) -> &'static str {
        VARIANT.key
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn reads(&self) -> &'static [&'static str] {
        scope_keys::PLACES_AND_VENDORS
    }

    fn writes(&self) -> &'static [&'static str] {
        &["conditions.trust"]
    }

    fn act(&self, lever: usize, moment: Moment, _world: &World, state: &mut State) {
        if moment == Moment::End {
            state.conditions.unshift(lever);
        }
    }

    fn review(&self, lever: usize, last: Day, world: &World, _posted: &Posted, state: &mut State) {
        let years = self.common.years_in_force(lever, last, state);
        let members = self.common.scope.country_indices(world);
        let vendors = self.common.scope.vendor_indices(world);
        let leads = |c: usize| self.leaders.contains(&world.countries[c].id);
        let own = state.conditions.shift_of(lever).map(|s| s.trust.clone());
        let mut trust = own.unwrap_or_else(|| vec![0.0; state.conditions.trust.len()]);
        let mut sites = vec![0.0; world.countries.len()];
        for o in &world.operators {
            sites[o.country] += o.sites;
        }
        let led: f64 = (0..sites.len()).filter(|c| leads(*c)).map(|c| sites[c]).sum();
        let shares = state.country_shares(world);
        let held = |c: usize| -> f64 { vendors.iter().map(|v| shares[state.conditions.at(c, *v)]).sum() };
        let held: Vec<f64> = (0..sites.len()).map(held).collect();
        for v in vendors {
            let weight =
                |c: usize| world.countries[c].trust[usize::from(v)] + state.conditions.trust[state.conditions.at(c, v)];
            let leaders = (0..sites.len()).filter(|c| leads(*c));
            let norm = leaders.map(|c| weight(c) * sites[c]).sum::<f64>() / led.max(f64::MIN_POSITIVE);
            for c in (0..sites.len()).filter(|c| !leads(*c)) {
                let at = state.conditions.at(c, v);
                let rest = weight(c) - trust[at];
                let reach = if members.contains(&c) { 1.0 } else { self.leakage };
                let rho = self.rate * self.common.strength * reach * (1.0 - self.dependence * held[c]);
                trust[at] = spread(trust[at], norm - rest, rho, self.defection, years);
            }
        }
        state.conditions.shift(
            lever,
            Shift {
                trust,
                ..Shift::default()
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exact_step_agrees_with_small_ones_and_with_its_steady_state() {
        let (x0, gap, rho, d, years) = (0.1, 0.8, 0.2, 0.05, 6.0);
        let n = 200_000;
        let dt = years / f64::from(n);
        let euler = (0..n).fold(x0, |x, _| x + dt * (rho * (gap - x) - d * x));
        assert!((spread(x0, gap, rho, d, years) - euler).abs() < 1e-6);
        assert!(
            (spread(x0, gap, rho, 0.0, 1e4) - gap).abs() < 1e-12,
            "without defection the norm is reached"
        );
        assert_eq!(spread(x0, gap, 0.0, 0.0, years), x0);
        let two = spread(spread(x0, gap, rho, d, 2.0), gap, rho, d, 4.0);
        assert!((two - spread(x0, gap, rho, d, years)).abs() < 1e-14);
    }
}
