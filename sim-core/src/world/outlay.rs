//! Public money: what levers spend, kept by lever, by who pays, and by whom and in whose market it is got, until it is measured.

use super::World;

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
pub(super) const PAYEES: usize = 3;

/// Who pays: countries, and the share of the sum that each bears. A place beyond the last country is abroad: a state that the scenario does
/// not have as a country; its money counts in the world as a whole alone.
pub type Payers = Vec<(usize, f64)>;

/// Those who pay for a country, for a bloc (its countries by their operators' sites), or for a state that is none of the scenario's.
#[must_use]
pub fn payers(id: &str, world: &World) -> Payers {
    if let Some(country) = world.countries.iter().position(|c| c.id == id) {
        return vec![(country, 1.0)];
    }
    let Some(bloc) = world.blocs.iter().position(|b| b == id) else {
        return vec![(world.countries.len(), 1.0)];
    };
    let mut sites = vec![0.0; world.countries.len()];
    for o in world
        .operators
        .iter()
        .filter(|o| world.countries[o.country].blocs.contains(&bloc))
    {
        sites[o.country] += o.sites;
    }
    let all: f64 = sites.iter().sum();
    let members = sites.into_iter().enumerate().filter(|(_, s)| *s > 0.0);
    let shares: Payers = members.map(|(c, s)| (c, s / all)).collect();
    if shares.is_empty() {
        vec![(world.countries.len(), 1.0)]
    } else {
        shares
    }
}

/// The ledger. Levers write to it through [`Outlay::spend`]; the run clears it when a window of measurement is over.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlay {
    levers: usize,
    /// Million US dollars since the last measurement, by paying country (the last: abroad), lever and payee.
    paid: Vec<f64>,
    /// The same by the country in whose market it is got, and payee.
    received: Vec<f64>,
    countries: usize,
}

impl Outlay {
    /// Nothing spent.
    #[must_use]
    pub fn new(levers: usize, countries: usize) -> Self {
        Self {
            levers,
            paid: vec![0.0; (countries + 1) * levers * PAYEES],
            received: vec![0.0; countries * PAYEES],
            countries,
        }
    }

    /// Books million US dollars of 2020 that a lever (its place in the scenario) costs today, got in the market of a country.
    pub fn spend(&mut self, payers: &[(usize, f64)], market: usize, lever: usize, payee: Payee, musd: f64) {
        for (country, share) in payers {
            self.paid[(country * self.levers + lever) * PAYEES + payee as usize] += share * musd;
        }
        self.received[market * PAYEES + payee as usize] += musd;
    }

    /// Makes room for one payer more, after all others.
    pub fn add_lever(&mut self) {
        let mut wider = Self::new(self.levers + 1, self.countries);
        for country in 0..=self.countries {
            wider.paid[country * wider.levers * PAYEES..][..self.levers * PAYEES].copy_from_slice(self.by(country));
        }
        wider.received.copy_from_slice(&self.received);
        *self = wider;
    }

    fn by(&self, country: usize) -> &[f64] {
        &self.paid[country * self.levers * PAYEES..][..self.levers * PAYEES]
    }

    /// What a country (or, beyond the last, those abroad) has paid since the last measurement, on one lever or on all, million US dollars.
    #[must_use]
    pub fn of(&self, country: usize, lever: Option<usize>) -> f64 {
        let all = self.by(country);
        match lever {
            Some(lever) => total(all[lever * PAYEES..][..PAYEES].iter()),
            None => total(all.iter()),
        }
    }

    /// What a kind of payee has got in the market of a country, whoever paid, million US dollars.
    #[must_use]
    pub fn received(&self, country: usize, payee: Payee) -> f64 {
        self.received[country * PAYEES + payee as usize]
    }

    /// Starts a new window.
    pub fn clear(&mut self) {
        self.paid.fill(0.0);
        self.received.fill(0.0);
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
    fn money_is_told_apart_by_who_pays_lever_and_who_gets_it() {
        let mut outlay = Outlay::new(2, 3);
        outlay.spend(&[(0, 1.0)], 0, 1, Payee::Operators, 5.0);
        outlay.spend(&[(2, 1.0)], 2, 0, Payee::Sellers, 3.0);
        outlay.spend(&[(2, 1.0)], 2, 1, Payee::Works, 0.5);
        outlay.spend(&[(2, 1.0)], 2, 1, Payee::Works, 0.25);
        assert_eq!(
            (outlay.of(0, None), outlay.of(1, None), outlay.of(2, None)),
            (5.0, 0.0, 3.75)
        );
        assert_eq!((outlay.of(2, Some(0)), outlay.of(2, Some(1))), (3.0, 0.75));
        assert_eq!(outlay.received(2, Payee::Works), 0.75);
        // Two countries and one abroad pay for what is bought in the second.
        outlay.spend(&[(0, 0.5), (2, 0.25), (3, 0.25)], 1, 0, Payee::Operators, 8.0);
        assert_eq!(
            (
                outlay.of(0, Some(0)),
                outlay.of(1, None),
                outlay.of(2, Some(0)),
                outlay.of(3, None)
            ),
            (4.0, 0.0, 5.0, 2.0)
        );
        assert_eq!([0, 1, 2].map(|c| outlay.received(c, Payee::Operators)), [5.0, 8.0, 0.0]);
        outlay.clear();
        assert_eq!(outlay, Outlay::new(2, 3));
    }
}
