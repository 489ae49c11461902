//! Closed forms of value: annuities, deferral, upkeep, tied credit and the expected bill of a removal.
//!
//! Rates are continuous, per year; times in years; money in any one unit.

/// Present value of one unit of money a year over `years` at rate `r`: `(1 - exp(-r T)) / r`, `T` at `r = 0`.
#[must_use]
pub fn annuity(r: f64, years: f64) -> f64 {
    if r * years < 1e-9 {
        years
    } else {
        -libm::expm1(-r * years) / r
    }
}

/// Share of a purchase for `life` years that its first (or last) `years` use up:
/// `(1 - exp(-r T)) / (1 - exp(-r L))`, in `[0,1]` for `T` in `[0,L]`.
///
/// It prices time: bringing a renewal forward by `T` years costs this share of the price, putting it off by
/// `T` years saves it.
#[must_use]
pub fn share_of_life(r: f64, years: f64, life: f64) -> f64 {
    annuity(r, years) / annuity(r, life)
}

/// Excess upkeep and performance gap of running kit of age `age` for `years` more, instead of renewing it now, as a
/// share of price, when upkeep grows by `growth` (share of price a year) with each year of age.
///
/// `growth [A T + T^2/2 - rho(T) Lambda]`, `Lambda = int_0^L a exp(-r a) da`: upkeep over the next `T` years
/// less the annuity, over the same years, of what new kit of life `L` costs. Nil growth gives nil.
#[must_use]
pub fn extension_upkeep(growth: f64, r: f64, age: f64, years: f64, life: f64) -> f64 {
    let profile = if r * life < 1e-9 {
        life * life / 2.0
    } else {
        (1.0 - libm::exp(-r * life) * (1.0 + r * life)) / (r * r)
    };
    growth * (age * years + years * years / 2.0 - share_of_life(r, years, life) * profile)
}

/// Grant element of a loan: what a borrower with cost of capital `wacc` gains per unit lent.
///
/// Yearly interest on what is owed, equal yearly repayments of principal after `grace` years, last payment at
/// `tenor`. Never negative: nobody takes a loan that is dearer than his own money. The convention is the
/// OECD's (face value less discounted payments).
#[must_use]
pub fn grant_element(wacc: f64, interest: f64, tenor: f64, grace: f64) -> f64 {
    let years = libm::round(tenor).max(1.0) as u32;
    let free = (libm::round(grace).max(0.0) as u32).min(years - 1);
    let repayment = 1.0 / f64::from(years - free);
    let mut owed = 1.0;
    let mut factor = 1.0;
    let mut paid = 0.0;
    for year in 1..=years {
        factor /= 1.0 + wacc;
        paid += factor * interest * owed;
        if year > free {
            paid += factor * repayment;
            owed -= repayment;
        }
    }
    (1.0 - paid).max(0.0)
}

/// What a removal costs when it comes, and how it may come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RemovalRisk {
    /// Yearly hazard of a rule.
    pub hazard: f64,
    /// Years until an announced deadline by which the kit must be gone.
    pub certain_in: Option<f64>,
}

/// Expected present bill of having to remove kit of life `L` before its time.
///
/// A removal at time `t` costs `work` and the unused part of `price`, `price (1-exp(-r(L-t)))/(1-exp(-rL))`. It comes
/// at hazard `h`, and at an announced deadline `tau < L` for certain:
/// ```text
/// int_0^min(tau,L) h exp(-(h+r)t) [work + price (1-exp(-r(L-t)))/(1-exp(-rL))] dt
///   + exp(-(h+r) tau) [work + price (1-exp(-r(L-tau)))/(1-exp(-rL))]      where tau < L
/// ```
/// in closed form. It rises with `h` and falls with `tau`, so an announcement never makes kit cheaper to own.
#[must_use]
pub fn expected_removal_bill(risk: RemovalRisk, r: f64, life: f64, price: f64, work: f64) -> f64 {
    RemovalRates::new(risk, r, life).priced(price).bill(work)
}

/// [`expected_removal_bill`] for any work: it is linear in it. By default nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RemovalBill {
    hazard: f64,
    /// Discounted time at risk.
    exposure: f64,
    /// Price of the unused life, over the hazard.
    lost: f64,
    /// Discounted probability that the deadline is met with the kit still there.
    certain: f64,
    /// Price of the life that is unused then.
    unused: f64,
}

/// The part of a [`RemovalBill`] that does not depend on the price.
#[derive(Debug, Clone, Copy)]
pub struct RemovalRates {
    hazard: f64,
    exposure: f64,
    /// Mean unused share of life while at risk, times time at risk.
    lost: [f64; 2],
    certain: f64,
    unused: f64,
}

/// A life of kit at a rate: what all removals of such kit have in common.
#[derive(Debug, Clone, Copy)]
pub struct Life {
    r: f64,
    years: f64,
    /// `1 - exp(-rL)`.
    whole: f64,
    /// `exp(-rL)`.
    end: f64,
}

impl Life {
    /// Of `years` at rate `r`.
    #[must_use]
    pub fn new(r: f64, years: f64) -> Self {
        Self {
            r,
            years,
            whole: r * annuity(r, years),
            end: libm::exp(-r * years),
        }
    }
}

impl RemovalRates {
    /// As [`expected_removal_bill`].
    #[must_use]
    pub fn new(risk: RemovalRisk, r: f64, life: f64) -> Self {
        Self::over(risk, &Life::new(r, life))
    }

    /// As [`RemovalRates::new`], over a life that many risks share.
    #[must_use]
    pub fn over(risk: RemovalRisk, life: &Life) -> Self {
        let (h, r) = (risk.hazard, life.r);
        let until = risk.certain_in.map_or(life.years, |t| t.clamp(0.0, life.years));
        let mut rates = Self {
            hazard: h,
            exposure: 0.0,
            lost: [1.0, 0.0],
            certain: 0.0,
            unused: 0.0,
        };
        if h > 0.0 {
            rates.exposure = annuity(h + r, until);
            if life.whole > 0.0 {
                rates.lost = [life.whole, rates.exposure - life.end * annuity(h, until)];
            }
        }
        if risk.certain_in.is_some_and(|t| t < life.years) {
            rates.certain = libm::exp(-(h + r) * until);
            rates.unused = share_of_life(r, life.years - until, life.years);
        }
        rates
    }

    /// For kit of a price.
    #[must_use]
    pub fn priced(&self, price: f64) -> RemovalBill {
        let [whole, lost] = self.lost;
        RemovalBill {
            hazard: self.hazard,
            exposure: self.exposure,
            lost: price / whole * lost,
            certain: self.certain,
            unused: price * self.unused,
        }
    }
}

impl RemovalBill {
    /// The bill where a removal costs `work` beside the unused part of the price.
    #[must_use]
    pub fn bill(&self, work: f64) -> f64 {
        self.hazard * (work * self.exposure + self.lost) + self.certain * (work + self.unused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, tolerance: f64) {
        assert!((a - b).abs() <= tolerance, "{a} is not {b}");
    }

    #[test]
    fn a_deferral_of_a_whole_life_is_worth_the_price() {
        close(share_of_life(0.07, 8.0, 8.0), 1.0, 1e-15);
        close(share_of_life(0.0, 2.0, 8.0), 0.25, 1e-12);
        // By hand: (1 - exp(-.105)) / (1 - exp(-.56)) = .0996755 / .4287909.
        close(share_of_life(0.07, 1.5, 8.0), 0.232_457, 1e-6);
    }

    #[test]
    fn upkeep_matches_its_integral_by_trapezoids() {
        let (g, r, age, t, life) = (0.03, 0.07, 8.0, 1.5, 8.0);
        let n = 20_000;
        let trapezoid = |a: f64, b: f64, f: &dyn Fn(f64) -> f64| {
            let step = (b - a) / f64::from(n);
            (0..n)
                .map(|i| {
                    let x = a + step * f64::from(i);
                    step * (f(x) + f(x + step)) / 2.0
                })
                .sum::<f64>()
        };
        let old = trapezoid(age, age + t, &|a| g * a);
        let new = trapezoid(0.0, life, &|a| g * a * libm::exp(-r * a)) * share_of_life(r, t, life);
        close(extension_upkeep(g, r, age, t, life), old - new, 1e-7);
    }

    #[test]
    fn grant_elements_of_the_sourced_loans() {
        // P229: 4.2%, 10 years, 2 grace at 9% is worth .22 of the loan; at 15% .41. P231: 3.1%, 10, 1 grace: .25.
        close(grant_element(0.09, 0.042, 10.0, 2.0), 0.22, 0.015);
        close(grant_element(0.15, 0.042, 10.0, 2.0), 0.41, 0.015);
        close(grant_element(0.09, 0.031, 10.0, 1.0), 0.25, 0.015);
        assert_eq!(grant_element(0.03, 0.05, 10.0, 0.0), 0.0);
    }

    #[test]
    fn removal_bill_matches_its_integral_and_never_falls_with_an_announcement() {
        let (r, life, price, work) = (0.07, 8.0, 50.0, 10.0);
        for (h, certain) in [
            (0.015, None),
            (0.1, Some(3.0)),
            (0.1, Some(20.0)),
            (0.0, Some(2.0)),
            (0.3, Some(0.0)),
        ] {
            let until = certain.map_or(life, |t: f64| t.min(life));
            let n = 200_000;
            let step = until / f64::from(n);
            let bill = |t: f64| libm::exp(-r * t) * (work + price * share_of_life(r, life - t, life));
            let mut expected: f64 = (0..n)
                .map(|i| {
                    let t = step * (f64::from(i) + 0.5);
                    step * h * libm::exp(-h * t) * bill(t)
                })
                .sum();
            if certain.is_some_and(|t| t < life) {
                expected += libm::exp(-h * until) * bill(until);
            }
            close(
                expected_removal_bill(
                    RemovalRisk {
                        hazard: h,
                        certain_in: certain,
                    },
                    r,
                    life,
                    price,
                    work,
                ),
                expected,
                1e-6,
            );
        }
        let feared = expected_removal_bill(
            RemovalRisk {
                hazard: 0.015,
                certain_in: None,
            },
            r,
            life,
            price,
            work,
        );
        for tau in [0.0, 1.0, 4.0, 7.9, 8.0, 30.0] {
            let announced = expected_removal_bill(
                RemovalRisk {
                    hazard: 0.10,
                    certain_in: Some(tau),
                },
                r,
                life,
                price,
                work,
            );
            assert!(announced >= feared, "deadline in {tau} years: {announced} < {feared}");
        }
    }
}
