//! First steps towards an equilibrium, in units of mu: cheap, and enough to bring Newton within reach.

use super::demand::Demand;
use super::layout::Layout;

/// A seller with more than this probability in one nest gets a step of its own.
const DOMINANT: f64 = 0.4;

/// One starting step from `margins`, at which `demand` is evaluated: every margin to `target / phi`
/// (Morrow and Skerlos 2011), and the largest seller's margin in its main nest to the optimum there, since a
/// dominant seller is what makes the plain step fail.
pub(super) fn starting_step(layout: &Layout, demand: &Demand, margins: &mut [f64]) {
    let mut largest = (DOMINANT, None);
    for (k, u) in layout.unknowns.iter().enumerate() {
        let probability = demand.nest[usize::from(u.nest)] * demand.own[k];
        if probability > largest.0 {
            largest = (probability, Some(k));
        }
    }
    let main = largest.1.map(|k| (k, main_margin(layout, demand, margins, k)));
    for (m, (target, phi)) in margins.iter_mut().zip(demand.target.iter().zip(&demand.phi)) {
        *m = target / phi;
    }
    if let Some((k, margin)) = main {
        margins[k] = margin;
    }
}

/// Margin k that meets its own first-order condition, `m phi = 1 + Pi + (1/lambda - 1) L`, all else fixed:
/// Newton on the difference of logarithms of `m (phi - P S)` and the rest, which is close to straight.
fn main_margin(layout: &Layout, demand: &Demand, margins: &[f64], k: usize) -> f64 {
    let u = layout.unknowns[k];
    let (v, g) = (usize::from(u.seller), usize::from(u.nest));
    let inverse = 1.0 / layout.lambda[g];
    let curve = inverse - 1.0;
    let others_now = demand.others(layout, k);
    let wbar = if others_now > 0.0 {
        demand.losing(layout, v, g) / others_now
    } else {
        0.0
    };
    let (mut elsewhere, mut elsewhere_yield) = (0.0, 0.0);
    for h in (0..layout.nest_count()).filter(|h| *h != g) {
        elsewhere += demand.nest[h];
        elsewhere_yield += demand.nest[h] * demand.yields(layout, margins, v, h);
    }
    if elsewhere > 0.0 {
        elsewhere_yield /= elsewhere;
    }
    let mut m = margins[k];
    for _ in 0..12 {
        let change = ((margins[k] - m) * inverse).max(-700.0);
        let own_size = demand.own[k] * libm::exp(change);
        let sum = own_size + others_now;
        let nest_size = demand.nest[g] * libm::exp(layout.lambda[g] * libm::log(sum));
        let (s, others) = (own_size / sum, others_now / sum);
        let total = nest_size + elsewhere;
        let (p, rest) = (nest_size / total, elsewhere / total);
        // phi - P S without cancellation.
        let slack = s * rest + others * inverse;
        let side = 1.0 + p * others * wbar + rest * elsewhere_yield + curve * others * wbar;
        let (ds, dp) = (-s * others * inverse, -p * rest * s);
        let dslack = -curve * ds - dp * s - p * ds;
        let dside = dp * (others * wbar - elsewhere_yield) - (p + curve) * ds * wbar;
        let value = libm::log(m * slack / side);
        let slope = 1.0 / m + dslack / slack - dside / side;
        if !(slope > 0.0 && value.is_finite()) {
            break;
        }
        let step = (-value / slope).max(-0.8 * m).min(3.0 * m + 4.0);
        m += step;
        if step.abs() <= 1e-2 * m {
            break;
        }
    }
    if m.is_finite() && m > 0.0 { m } else { margins[k] }
}
