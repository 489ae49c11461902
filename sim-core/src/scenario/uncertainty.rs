//! `[uncertainties]`: what is not known, as distributions over numbers of the scenario; `[choices]`: what is decided, as
//! lists of values.

use super::correlation::{Correlation, Dependence, Impossible};
use super::document::{Fields, Number, Table, Variant};
use crate::draws::Luck;

/// A distribution of one number, drawn by inversion of one uniform, so that worlds that share luck share the draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Distribution {
    /// Between two bounds, all alike.
    Uniform {
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },
    /// Between two bounds, with a most likely value.
    Triangular {
        /// Lower bound.
        low: f64,
        /// Most likely value.
        mode: f64,
        /// Upper bound.
        high: f64,
    },
    /// Between two positive bounds, all alike in the logarithm.
    LogUniform {
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },
}

fn bound(f: &mut Fields<'_>, key: &'static str, doc: &'static str) -> f64 {
    f.number(key, Number::new("1").range(-1e15..=1e15), doc)
}

fn uniform(f: &mut Fields<'_>) -> Distribution {
    let (low, high) = (bound(f, "low", "Lower bound"), bound(f, "high", "Upper bound"));
    f.require(low < high, "high", "the bounds are in the wrong order", "low < high");
    Distribution::Uniform { low, high }
}

fn triangular(f: &mut Fields<'_>) -> Distribution {
    let (low, mode, high) = (
        bound(f, "low", "Lower bound"),
        bound(f, "mode", "Most likely value"),
        bound(f, "high", "Upper bound"),
    );
    f.require(
        low <= mode && mode <= high && low < high,
        "mode",
        "the three values are in the wrong order",
        "low <= mode <= high, low < high",
    );
    Distribution::Triangular { low, mode, high }
}

fn log_uniform(f: &mut Fields<'_>) -> Distribution {
    let (low, high) = (bound(f, "low", "Lower bound, above 0"), bound(f, "high", "Upper bound"));
    f.require(
        low > 0.0 && low < high,
        "low",
        "a log-uniform needs positive bounds in order",
        "0 < low < high",
    );
    Distribution::LogUniform { low, high }
}

impl Table for Distribution {
    fn fields(f: &mut Fields<'_>) -> Self {
        f.one_of(&[
            Variant {
                key: "uniform",
                doc: "Between two bounds, all alike",
                fields: uniform,
            },
            Variant {
                key: "triangular",
                doc: "Between two bounds, with a most likely value",
                fields: triangular,
            },
            Variant {
                key: "log_uniform",
                doc: "Between two positive bounds, all alike in the logarithm",
                fields: log_uniform,
            },
        ])
    }
}

impl Distribution {
    /// Value at which the distribution function is `u`, for `u` in (0,1).
    #[must_use]
    pub fn quantile(&self, u: f64) -> f64 {
        match *self {
            Distribution::Uniform { low, high } => low + u * (high - low),
            Distribution::Triangular { low, mode, high } => {
                let (left, whole) = (mode - low, high - low);
                if u * whole < left {
                    low + (u * whole * left).sqrt()
                } else {
                    high - ((1.0 - u) * whole * (high - mode)).sqrt()
                }
            }
            Distribution::LogUniform { low, high } => {
                libm::exp(libm::log(low) + u * (libm::log(high) - libm::log(low)))
            }
        }
    }

    /// Bounds of the support.
    #[must_use]
    pub fn support(&self) -> [f64; 2] {
        match *self {
            Distribution::Uniform { low, high }
            | Distribution::Triangular { low, high, .. }
            | Distribution::LogUniform { low, high } => [low, high],
        }
    }
}

/// An uncertain number.
#[derive(Debug, Clone, PartialEq)]
pub struct Uncertainty {
    /// Path of the number.
    pub path: String,
    /// Its distribution.
    pub distribution: Distribution,
}

/// A number that is decided, and the values that a design tries.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Path of the number.
    pub path: String,
    /// Its values, each once, in the order of the file.
    pub values: Vec<f64>,
}

/// The table under the path of a [`Choice`].
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ChoiceValues(pub(super) Vec<f64>);

impl Table for ChoiceValues {
    fn fields(f: &mut Fields<'_>) -> Self {
        let values = f.numbers("values", Number::new("1").range(-1e15..=1e15), 1000, "Values to try");
        f.require(
            !values.is_empty(),
            "values",
            "there is nothing to choose",
            "at least one value",
        );
        let twice = (1..values.len()).any(|i| values[..i].contains(&values[i]));
        f.require(!twice, "values", "a value stands twice", "each value once");
        ChoiceValues(values)
    }
}

/// Draws one vector: the value of each uncertain number in this replicate, keyed by (seed, replicate, path), and made
/// to depend on the others as stated.
#[must_use]
pub fn draw<'a>(uncertainties: &'a [Uncertainty], dependence: &Dependence, luck: &Luck) -> Vec<(&'a str, f64)> {
    let mut point: Vec<f64> = (uncertainties.iter())
        .map(|u| luck.for_path(&u.path).uniform_at(0))
        .collect();
    dependence.correlate(&mut point);
    (uncertainties.iter().zip(point))
        .map(|(uncertain, u)| (uncertain.path.as_str(), uncertain.distribution.quantile(u)))
        .collect()
}

/// How the uncertain numbers depend on one another.
///
/// # Errors
/// Where the statements cannot hold together.
pub fn dependence(uncertainties: &[Uncertainty], stated: &[Correlation]) -> Result<Dependence, Impossible> {
    let paths: Vec<&str> = uncertainties.iter().map(|u| u.path.as_str()).collect();
    Dependence::new(&paths, stated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_the_triangular_are_those_of_the_textbook() {
        let t = Distribution::Triangular {
            low: 0.0,
            mode: 1.0,
            high: 4.0,
        };
        assert!(
            (t.quantile(0.25) - 1.0).abs() < 1e-15,
            "F(mode) = (mode-low)/(high-low)"
        );
        assert!((t.quantile(0.0625) - 0.5).abs() < 1e-15);
        assert!((t.quantile(0.75) - (4.0 - 3f64.sqrt())).abs() < 1e-15);
        let l = Distribution::LogUniform { low: 1.0, high: 100.0 };
        assert!((l.quantile(0.5) - 10.0).abs() < 1e-12);
    }
}
