//! Scenario discovery: the patient rule induction method.
//!
//! Which futures are of interest (those in which a policy fails, say)? PRIM looks for a box, that is limits on few of
//! the inputs, that holds most of them (*coverage*) and little else (*density*). From the box of all futures it peels
//! off one thin slice after another, each time the one whose loss raises the density most for what it costs, and so
//! offers a trajectory from coverage 1 at the base rate to small dense boxes, among which the analyst chooses.
//!
//! Friedman and Fisher, Statistics and Computing 9 (1999), 123-143; as scenario discovery, Bryant and Lempert,
//! Technological Forecasting and Social Change 77 (2010), 34-49.

mod check;
mod peel;

#[cfg(test)]
mod tests;

pub use check::{quasi_p_values, reproduced};
pub use peel::{cover, trajectory};

/// How boxes are sought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrimSettings {
    /// Share of the points in the box that one slice takes, within (0, 0.5]. Small is patient.
    pub alpha: f64,
    /// Share of all points below which a box is not peeled further.
    pub min_mass: f64,
    /// Density that the chosen box should reach.
    pub min_density: f64,
}

impl Default for PrimSettings {
    /// Slices of 5%, boxes of at least 5% of the points, four futures in five of interest.
    fn default() -> Self {
        Self {
            alpha: 0.05,
            min_mass: 0.05,
            min_density: 0.8,
        }
    }
}

/// Limits of a box on one input; an infinite limit is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// The smallest value inside.
    pub low: f64,
    /// The largest value inside.
    pub high: f64,
}

impl Limits {
    /// No limit.
    pub const NONE: Self = Self {
        low: f64::NEG_INFINITY,
        high: f64::INFINITY,
    };

    /// Whether a value lies inside.
    #[must_use]
    pub fn contain(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Whether there is any limit.
    #[must_use]
    pub fn is_restricted(self) -> bool {
        self != Self::NONE
    }
}

/// A box, and how well it tells the futures of interest.
#[derive(Debug, Clone, PartialEq)]
pub struct PrimBox {
    /// Limits by input.
    pub limits: Vec<Limits>,
    /// Points inside.
    pub points: usize,
    /// Points of interest inside.
    pub of_interest: usize,
    /// Share of all points of interest that lie inside; NaN where there is none.
    pub coverage: f64,
    /// Share of the points inside that are of interest; NaN of an empty box.
    pub density: f64,
    /// Share of all points that lie inside.
    pub mass: f64,
}

impl PrimBox {
    /// A box of given limits, measured on these points.
    #[must_use]
    pub fn measure(limits: Vec<Limits>, points: &[Vec<f64>], interest: &[bool]) -> Self {
        let inside = |point: &[f64]| limits.iter().zip(point).all(|(limits, value)| limits.contain(*value));
        let (mut within, mut hits) = (0_usize, 0_usize);
        for (point, interest) in points.iter().zip(interest) {
            if inside(point) {
                within += 1;
                hits += usize::from(*interest);
            }
        }
        let wanted = interest.iter().filter(|interest| **interest).count();
        Self {
            points: within,
            of_interest: hits,
            coverage: ratio(hits, wanted),
            density: ratio(hits, within),
            mass: ratio(within, points.len()),
            limits,
        }
    }

    /// Whether a point lies inside.
    #[must_use]
    pub fn contains(&self, point: &[f64]) -> bool {
        self.limits
            .iter()
            .zip(point)
            .all(|(limits, value)| limits.contain(*value))
    }

    /// The inputs with a limit, in order.
    #[must_use]
    pub fn restricted(&self) -> Vec<usize> {
        let limited = |(input, limits): (usize, &Limits)| limits.is_restricted().then_some(input);
        self.limits.iter().enumerate().filter_map(limited).collect()
    }
}

/// `a / b`, NaN over 0.
fn ratio(a: usize, b: usize) -> f64 {
    if b == 0 { f64::NAN } else { a as f64 / b as f64 }
}

/// The box of a trajectory to look at first: the first that is dense enough, which has the largest coverage of those;
/// where none is, the densest, and of equally dense ones the first. `None` of an empty trajectory.
#[must_use]
pub fn choose(boxes: &[PrimBox], min_density: f64) -> Option<&PrimBox> {
    let dense = boxes.iter().find(|one| one.density >= min_density);
    dense.or_else(|| {
        boxes.iter().reduce(|best, one| {
            // The comparison is false for NaN, which stands for an empty box.
            if one.density > best.density { one } else { best }
        })
    })
}
