//! Maturity of interfaces: growth toward 1 with the support that there is, decay, and losses at releases.

use crate::calendar::Day;
use crate::scenario::Interface;
use crate::world::state::InterfaceState;

/// Maturity after `years`: the exact solution of `dM/dt = a (1-M) - b M`.
///
/// The steady state `a/(a+b)` is inside (0,1) where both rates are positive: openness can stall.
#[must_use]
pub fn after(maturity: f64, growth: f64, decay: f64, years: f64) -> f64 {
    let speed = growth + decay;
    if speed <= 0.0 {
        return maturity;
    }
    let steady = growth / speed;
    steady + (maturity - steady) * libm::exp(-speed * years)
}

/// Moves an interface on from one review to the next, with the releases that fall between. `support` is added to its growth rate, which
/// never falls below 0.
pub fn step(state: &mut InterfaceState, interface: &Interface, support: f64, from: Day, to: Day) {
    state.maturity = after(
        state.maturity,
        (interface.growth_per_year + support).max(0.0),
        interface.decay_per_year,
        from.years_until(to),
    );
    while state.last_release.years_until(to) >= interface.release_years {
        state.last_release = state.last_release.plus_years(interface.release_years);
        state.maturity *= 1.0 - interface.release_loss;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exact_solution_agrees_with_small_euler_steps_and_with_its_steady_state() {
        let (a, b, m0, years) = (0.12, 0.02, 0.15, 5.0);
        let n = 200_000;
        let dt = years / f64::from(n);
        let euler = (0..n).fold(m0, |m, _| m + dt * (a * (1.0 - m) - b * m));
        assert!((after(m0, a, b, years) - euler).abs() < 1e-6);
        assert!((after(m0, a, b, 1e6) - a / (a + b)).abs() < 1e-12);
        assert_eq!(after(m0, 0.0, 0.0, years), m0, "without rates nothing moves");
    }

    #[test]
    fn two_half_steps_are_one_whole() {
        let half = after(after(0.3, 0.1, 0.05, 0.125), 0.1, 0.05, 0.125);
        assert!((half - after(0.3, 0.1, 0.05, 0.25)).abs() < 1e-15);
    }
}
