//! Which numbers a key may hold, and in which unit.

use std::ops::{Bound, RangeBounds};

/// Numbers pass through 64-bit floats, which tell whole numbers apart up to this one.
pub(super) const MAX_WHOLE: f64 = 9_007_199_254_740_991.0;

/// What a number means and which numbers are allowed.
///
/// ```
/// use sim_core::scenario::document::Number;
/// let price = Number::new("USD/site").range(0.0..=1e7);
/// assert_eq!(price.allowed(), "a number from 0 to 10000000 (USD/site)");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    unit: &'static str,
    low: Bound<f64>,
    high: Bound<f64>,
    whole: bool,
    equation: Option<&'static str>,
}

impl Number {
    /// Any finite number of a unit. A number without a unit has the unit `1`.
    #[must_use]
    pub const fn new(unit: &'static str) -> Self {
        Self {
            unit,
            low: Bound::Unbounded,
            high: Bound::Unbounded,
            whole: false,
            equation: None,
        }
    }

    /// A fraction from 0 to 1, where 0.24 means 24%.
    #[must_use]
    pub const fn share() -> Self {
        Self {
            unit: "share",
            low: Bound::Included(0.0),
            high: Bound::Included(1.0),
            whole: false,
            equation: None,
        }
    }

    /// A whole number.
    #[must_use]
    pub fn count(unit: &'static str, range: impl RangeBounds<i64>) -> Self {
        let real = |bound: Bound<&i64>| match bound {
            Bound::Included(i) => Bound::Included(*i as f64),
            Bound::Excluded(i) => Bound::Excluded(*i as f64),
            Bound::Unbounded => Bound::Unbounded,
        };
        Self {
            unit,
            low: real(range.start_bound()),
            high: real(range.end_bound()),
            whole: true,
            equation: None,
        }
    }

    /// Restricts the numbers allowed.
    #[must_use]
    pub fn range(mut self, range: impl RangeBounds<f64>) -> Self {
        self.low = range.start_bound().cloned();
        self.high = range.end_bound().cloned();
        self
    }

    /// Restricts to numbers above a bound, the bound itself not allowed.
    #[must_use]
    pub fn above(mut self, bound: f64) -> Self {
        self.low = Bound::Excluded(bound);
        self
    }

    /// Names the equation of the model whose domain the range is, by the path of its function: a number outside is refused in its name.
    #[must_use]
    pub fn of(mut self, equation: &'static str) -> Self {
        self.equation = Some(equation);
        self
    }

    /// The equation whose domain the range is, if it is one's.
    #[must_use]
    pub fn equation(&self) -> Option<&'static str> {
        self.equation
    }

    /// The unit.
    #[must_use]
    pub fn unit(&self) -> &'static str {
        self.unit
    }

    /// The lower bound.
    #[must_use]
    pub fn low(&self) -> Bound<f64> {
        self.low
    }

    /// The upper bound.
    #[must_use]
    pub fn high(&self) -> Bound<f64> {
        self.high
    }

    /// Whether only whole numbers are allowed.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// The same numbers, but whole ones only.
    #[must_use]
    pub(super) fn to_whole(&self) -> Self {
        Self {
            whole: true,
            ..self.clone()
        }
    }

    /// Whether a whole number is so large that it cannot be told from its neighbours.
    #[must_use]
    pub(super) fn is_inexact(&self, value: f64) -> bool {
        self.whole && value.abs() > MAX_WHOLE
    }

    /// Whether a number is allowed; NaN, infinities and inexact whole numbers never are.
    #[must_use]
    pub fn allows(&self, value: f64) -> bool {
        value.is_finite()
            && (self.low, self.high).contains(&value)
            && (!self.whole || (value == value.trunc() && !self.is_inexact(value)))
    }

    /// What is allowed, in words.
    #[must_use]
    pub fn allowed(&self) -> String {
        let what = if self.whole { "a whole number" } else { "a number" };
        let range = match (self.low, self.high) {
            (Bound::Unbounded, Bound::Unbounded) => String::new(),
            (Bound::Included(a), Bound::Included(b)) => format!(" from {a} to {b}"),
            (low, high) => {
                let low = match low {
                    Bound::Included(a) => format!(" at least {a}"),
                    Bound::Excluded(a) => format!(" above {a}"),
                    Bound::Unbounded => String::new(),
                };
                let high = match high {
                    Bound::Included(b) => format!(" at most {b}"),
                    Bound::Excluded(b) => format!(" below {b}"),
                    Bound::Unbounded => String::new(),
                };
                if low.is_empty() || high.is_empty() {
                    format!("{low}{high}")
                } else {
                    format!("{low} and{high}")
                }
            }
        };
        match self.unit {
            "1" | "" => format!("{what}{range}"),
            unit => format!("{what}{range} ({unit})"),
        }
    }

    /// A number that is allowed: a stand-in for one that was refused, so that decoding can go on.
    #[must_use]
    pub(super) fn stand_in(&self) -> f64 {
        let inside = [0.0, 1.0, 0.5];
        let bounds = [self.low, self.high].into_iter().filter_map(|b| match b {
            Bound::Included(x) => Some(x),
            _ => None,
        });
        let middle = match (self.low, self.high) {
            (Bound::Included(a) | Bound::Excluded(a), Bound::Included(b) | Bound::Excluded(b)) => 0.5 * a + 0.5 * b,
            (Bound::Included(a) | Bound::Excluded(a), _) => a + 1.0,
            (_, Bound::Included(b) | Bound::Excluded(b)) => b - 1.0,
            _ => 0.0,
        };
        bounds
            .chain(inside)
            .chain([middle])
            .find(|x| self.allows(*x))
            .unwrap_or(0.0)
    }
}
