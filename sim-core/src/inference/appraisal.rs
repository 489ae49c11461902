//! Appraisal over time: what a stock is on average and what flows are worth, seen from the start; and
//! what may be said of a policy's cost for each point of lock-in that it removes.

use super::interval::Interval;

/// Days of a year in discounting.
const DAYS_PER_YEAR: f64 = 365.25;

/// Weights by which the dates of a table count, seen from its first date.
///
/// A dollar at time t, in years from the first date, counts `exp(-rate t)`: rates are continuous, a year, as everywhere in the model. A
/// rate that is compounded once a year, as in public appraisal (HM Treasury, *The Green Book* 2022, annex 6; OMB Circular A-94), is its
/// `ln(1 + rate)` here.
///
/// # Example
/// ```
/// use sim_core::inference::Discounting;
/// // Three dates a year apart. Without discounting the middle date counts twice the ends.
/// let plain = Discounting::new(&[0, 365, 730], 0.0);
/// assert_eq!(plain.means(&[0.1, 0.2, 0.3], &[0.1, 0.1, 0.1]), (0.2, 0.1));
/// assert_eq!(plain.present_value(&[f64::NAN, 2.0, 3.0]), 5.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Discounting {
    /// Weight of a stock at each date: the trapezoidal rule over discounted time.
    stock: Vec<f64>,
    /// Factor of a flow of each date: that of the middle of the time which it covers; 0 at the first.
    flow: Vec<f64>,
}

impl Discounting {
    /// Of dates in rising order, as numbers of days from anywhere, at a rate a year, from 0.
    #[must_use]
    pub fn new(days: &[i32], rate: f64) -> Self {
        let first = days.first().copied().unwrap_or(0);
        let years: Vec<f64> = (days.iter())
            .map(|day| (f64::from(*day) - f64::from(first)) / DAYS_PER_YEAR)
            .collect();
        let factor = |t: f64| libm::exp(-rate * t);
        let Some(last) = years.len().checked_sub(1) else {
            return Self {
                stock: Vec::new(),
                flow: Vec::new(),
            };
        };
        let stock = (0..=last).map(|i| {
            let reach = years[last.min(i + 1)] - years[i.saturating_sub(1)];
            // A table of one date is its own average.
            factor(years[i]) * if last == 0 { 1.0 } else { 0.5 * reach }
        });
        let flow = (0..=last).map(|i| match i.checked_sub(1) {
            Some(before) => factor(0.5 * (years[before] + years[i])),
            None => 0.0,
        });
        Self {
            stock: stock.collect(),
            flow: flow.collect(),
        }
    }

    /// The discounted means over time of a stock in two worlds, `sum(w x) / sum(w)` by the trapezoidal
    /// rule, over the dates on which both are defined; NaN where there is none. A date beyond the values is undefined.
    #[must_use]
    pub fn means(&self, base: &[f64], alt: &[f64]) -> (f64, f64) {
        let (mut weight, mut of_base, mut of_alt) = (0.0, 0.0, 0.0);
        for (w, (base, alt)) in self.stock.iter().zip(base.iter().zip(alt)) {
            if !base.is_nan() && !alt.is_nan() {
                weight += w;
                of_base += w * base;
                of_alt += w * alt;
            }
        }
        if weight > 0.0 {
            (of_base / weight, of_alt / weight)
        } else {
            (f64::NAN, f64::NAN)
        }
    }

    /// The value at the first date of flows, each of which covers the time since the date before. The
    /// first date has none; NaN where a flow is undefined.
    #[must_use]
    pub fn present_value(&self, flows: &[f64]) -> f64 {
        let later = self.flow.iter().zip(flows).skip(1);
        later.map(|(factor, flow)| factor * flow).sum()
    }
}

/// What may be said of the cost of a policy for each point of lock-in that it removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The change in lock-in cannot be told from zero: the cost per point is undefined.
    Unclear,
    /// There is more lock-in than without the policy: the cost per point removed is undefined.
    MoreLockIn,
    /// Less lock-in at lower cost: the policy dominates the base, and no price of a point is needed.
    Dominant,
    /// Less lock-in at a cost, or at one that cannot be told from zero: the ratio says how much.
    Priced,
}

impl Verdict {
    /// From the 95% intervals of the change in lock-in (alternative less base) and of the cost per point.
    #[must_use]
    pub fn of(change: Interval, cost_per_point: Interval) -> Self {
        if change.low > 0.0 {
            Verdict::MoreLockIn
        } else if change.high < 0.0 && cost_per_point.high < 0.0 {
            Verdict::Dominant
        } else if change.high < 0.0 && !cost_per_point.high.is_nan() {
            Verdict::Priced
        } else {
            Verdict::Unclear
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(got: f64, expected: f64) {
        assert!((got - expected).abs() < 1e-12, "{got}, expected {expected}");
    }

    /// Two spans of four years at the continuous rate that is 10% compounded: factors 1, 1.1^-4, 1.1^-8; in the middle of the spans 1.1^-2,
    /// 1.1^-6.
    #[test]
    fn by_hand() {
        let d = Discounting::new(&[18_262, 18_262 + 1461, 18_262 + 2 * 1461], libm::log(1.1));
        // Four years between dates: weights 2, 4 x 1.1^-4, 2 x 1.1^-8.
        let (middle, end) = (4.0 / 1.4641, 2.0 / (1.4641 * 1.4641));
        let expected = (2.0 * 0.5 + middle * 0.4 + end * 0.3) / (2.0 + middle + end);
        near(d.means(&[0.5, 0.4, 0.3], &[0.5; 3]).0, expected);
        near(d.means(&[0.5, 0.4, 0.3], &[0.5; 3]).1, 0.5);
        near(d.present_value(&[7.0, 121.0, 0.0]), 100.0);
        near(d.present_value(&[7.0, 0.0, 1.771_561]), 1.0);
    }

    /// The rate is the one by which welfare is discounted: `exp(-rate t)`.
    #[test]
    fn rates_are_continuous() {
        let d = Discounting::new(&[0, 2922], 0.05);
        near(d.present_value(&[0.0, 1.0]), libm::exp(-0.2));
    }

    #[test]
    fn dates_that_one_world_lacks_are_left_out_of_both() {
        let d = Discounting::new(&[0, 1461, 2922], 0.0);
        let (base, alt) = d.means(&[f64::NAN, 0.2, 0.4], &[9.0, 0.1, 0.1]);
        // Weights 4 and 2 remain.
        near(base, (4.0 * 0.2 + 2.0 * 0.4) / 6.0);
        near(alt, 0.1);
        assert!(d.means(&[f64::NAN; 3], &[0.1; 3]).0.is_nan());
        assert!(d.present_value(&[0.0, f64::NAN, 1.0]).is_nan());
    }

    #[test]
    fn short_tables() {
        let one = Discounting::new(&[100], 0.05);
        assert_eq!(one.means(&[0.3], &[0.2]), (0.3, 0.2));
        assert_eq!(one.present_value(&[5.0]), 0.0);
        let none = Discounting::new(&[], 0.05);
        assert!(none.means(&[], &[]).0.is_nan());
        assert_eq!(none.present_value(&[]), 0.0);
    }

    proptest! {
        /// The naive twin: discount each trapezoid's two ends by themselves.
        #[test]
        fn as_trapezoids_one_by_one(
            steps in proptest::collection::vec((1_i32..800, -1.0_f64..1.0), 1..30),
            first in -1.0_f64..1.0, rate in 0.0_f64..0.3,
        ) {
            let (mut days, mut values) = (vec![18_000], vec![first]);
            for (step, value) in &steps {
                days.push(days[days.len() - 1] + step);
                values.push(*value);
            }
            let d = Discounting::new(&days, rate);
            let year = |i: usize| f64::from(days[i] - days[0]) / 365.25;
            let factor = |t: f64| 1.0 / libm::exp(t * rate);
            let (mut area, mut time, mut worth) = (0.0, 0.0, 0.0);
            for i in 1..days.len() {
                let span = year(i) - year(i - 1);
                area += span * (factor(year(i)) * values[i] + factor(year(i - 1)) * values[i - 1]) / 2.0;
                time += span * (factor(year(i)) + factor(year(i - 1))) / 2.0;
                worth += values[i] * factor((year(i) + year(i - 1)) / 2.0);
            }
            let zeros = vec![0.0; days.len()];
            let (mean, zero) = d.means(&values, &zeros);
            prop_assert!((mean - area / time).abs() < 1e-9);
            prop_assert_eq!(zero, 0.0);
            prop_assert!((d.present_value(&values) - worth).abs() < 1e-9);
        }
    }

    #[test]
    fn verdicts() {
        let i = |low, high| Interval { low, high };
        let none = Interval::UNDEFINED;
        assert_eq!(Verdict::of(i(-0.1, 0.1), none), Verdict::Unclear);
        assert_eq!(Verdict::of(i(0.0, 0.0), none), Verdict::Unclear);
        assert_eq!(Verdict::of(none, i(1.0, 2.0)), Verdict::Unclear);
        assert_eq!(Verdict::of(i(0.01, 0.1), none), Verdict::MoreLockIn);
        assert_eq!(Verdict::of(i(-0.2, -0.1), i(-9.0, -3.0)), Verdict::Dominant);
        assert_eq!(Verdict::of(i(-0.2, -0.1), i(-9.0, 3.0)), Verdict::Priced);
        assert_eq!(Verdict::of(i(-0.2, -0.1), i(2.0, 3.0)), Verdict::Priced);
        // The costs of the policy are not defined in any pair.
        assert_eq!(Verdict::of(i(-0.2, -0.1), none), Verdict::Unclear);
    }
}
