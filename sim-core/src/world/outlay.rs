//! Public money: what levers spend, kept by lever, country and who gets it until it is measured.

/// Who gets public money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payee {
    /// Operators: a grant.
    Operators,
    /// Sellers: a subsidy.
    Sellers,
    /// Nobody: it pays for work (research done, a testbed run), a real resource.
    Works,
}

/// Kinds of payees.
const PAYEES: usize = 3;

/// The ledger. Levers write to it through [`Outlay::spend`]; the run clears it when a window of measurement is over.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlay {
    levers: usize,
    countries: usize,
    /// Million US dollars since the last measurement, by country, lever and payee.
    spent: Vec<f64>,
}

impl Outlay {
    /// Nothing spent.
    #[must_use]
    pub fn new(levers: usize, countries: usize) -> Self {
        Self {
            levers,
            countries,
            spent: vec![0.0; countries * levers * PAYEES],
        }
    }

    /// Books million US dollars of 2020 that a lever (its place in the scenario) costs a country today.
    pub fn spend(&mut self, country: usize, lever: usize, payee: Payee, musd: f64) {
        self.spent[(country * self.levers + lever) * PAYEES + payee as usize] += musd;
    }

    /// Makes room for one payer more, after all others.
    pub fn add_lever(&mut self) {
        let mut wider = Self::new(self.levers + 1, self.countries);
        for country in 0..self.countries {
            wider.spent[country * wider.levers * PAYEES..][..self.levers * PAYEES]
                .copy_from_slice(self.of_country(country));
        }
        *self = wider;
    }

    fn of_country(&self, country: usize) -> &[f64] {
        &self.spent[country * self.levers * PAYEES..][..self.levers * PAYEES]
    }

    /// Outlay of a country since the last measurement, on one lever or on all, million US dollars.
    #[must_use]
    pub fn of(&self, country: usize, lever: Option<usize>) -> f64 {
        let all = self.of_country(country);
        match lever {
            Some(lever) => total(all[lever * PAYEES..][..PAYEES].iter()),
            None => total(all.iter()),
        }
    }

    /// Outlay of a country to a kind of payee, million US dollars.
    #[must_use]
    pub fn to(&self, country: usize, payee: Payee) -> f64 {
        total(self.of_country(country).iter().skip(payee as usize).step_by(PAYEES))
    }

    /// Starts a new window.
    pub fn clear(&mut self) {
        self.spent.fill(0.0);
    }
}

/// A sum that is 0 where there is nothing: that of the standard library is then -0, which is another byte in a table.
fn total<'a>(money: impl Iterator<Item = &'a f64>) -> f64 {
    money.fold(0.0, |sum, x| sum + x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_told_apart_by_country_lever_and_payee() {
        let mut outlay = Outlay::new(2, 3);
        outlay.spend(0, 1, Payee::Operators, 5.0);
        outlay.spend(2, 0, Payee::Sellers, 3.0);
        outlay.spend(2, 1, Payee::Works, 0.5);
        outlay.spend(2, 1, Payee::Works, 0.25);
        assert_eq!(
            (outlay.of(0, None), outlay.of(1, None), outlay.of(2, None)),
            (5.0, 0.0, 3.75)
        );
        assert_eq!((outlay.of(2, Some(0)), outlay.of(2, Some(1))), (3.0, 0.75));
        assert_eq!(outlay.to(2, Payee::Works), 0.75);
        assert_eq!(
            (outlay.to(0, Payee::Operators), outlay.to(0, Payee::Sellers)),
            (5.0, 0.0)
        );
        outlay.clear();
        assert_eq!(outlay, Outlay::new(2, 3));
    }
}
