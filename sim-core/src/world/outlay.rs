//! Public money: what levers spend, kept by lever, by who pays, by whom and in whose market it is got, and for which network, until it is
//! measured.

use super::{Layer, World};

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

/// What public money is spent on. Measures of the radio network leave cores out, and so must they leave out what is paid for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// The radio network, and all money that is tied to no purchase: research, testbeds, equity, compensation.
    Radio,
    /// Cores.
    Core,
}

impl Network {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Radio, Self::Core];

    /// That of a layer.
    #[must_use]
    pub fn of(layer: Layer) -> Self {
        match layer {
            Layer::Ran(_) => Self::Radio,
            Layer::Core => Self::Core,
        }
    }
}

/// Sums kept apart for each lever and for each market: kinds of payees in each network.
const KINDS: usize = PAYEES * Network::BOTH.len();

/// Place of a kind among them.
fn kind(network: Network, payee: Payee) -> usize {
    network as usize * PAYEES + payee as usize
}

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
    /// Million US dollars since the last measurement, by paying country (the last: abroad), lever, network and payee.
    paid: Vec<f64>,
    /// The same by the country in whose market it is got, network and payee.
    received: Vec<f64>,
    countries: usize,
}

impl Outlay {
    /// Nothing spent.
    #[must_use]
    pub fn new(levers: usize, countries: usize) -> Self {
        Self {
            levers,
            paid: vec![0.0; (countries + 1) * levers * KINDS],
            received: vec![0.0; countries * KINDS],
            countries,
        }
    }

    /// Books million US dollars of 2020 that a lever (its place in the scenario) costs today, got in the market of a country.
    pub fn spend(
        &mut self,
        payers: &[(usize, f64)],
        market: usize,
        lever: usize,
        (network, payee): (Network, Payee),
        musd: f64,
    ) {
        let kind = kind(network, payee);
        for (country, share) in payers {
            self.paid[(country * self.levers + lever) * KINDS + kind] += share * musd;
        }
        self.received[market * KINDS + kind] += musd;
    }

    /// Makes room for one payer more, after all others.
    pub fn add_lever(&mut self) {
        let mut wider = Self::new(self.levers + 1, self.countries);
        for country in 0..=self.countries {
            wider.paid[country * wider.levers * KINDS..][..self.levers * KINDS].copy_from_slice(self.by(country));
        }
        wider.received.copy_from_slice(&self.received);
        *self = wider;
    }

    fn by(&self, country: usize) -> &[f64] {
        &self.paid[country * self.levers * KINDS..][..self.levers * KINDS]
    }

    /// What a country (or, beyond the last, those abroad) has paid for a network since the last measurement, on one lever or on all,
    /// million US dollars.
    #[must_use]
    pub fn of_network(&self, network: Network, country: usize, lever: Option<usize>) -> f64 {
        let all = self.by(country);
        let own = match lever {
            Some(lever) => &all[lever * KINDS..][..KINDS],
            None => all,
        };
        total(
            own.chunks(PAYEES)
                .skip(network as usize)
                .step_by(Network::BOTH.len())
                .flatten(),
        )
    }

    /// The same for both networks.
    #[must_use]
    pub fn of(&self, country: usize, lever: Option<usize>) -> f64 {
        total(
            Network::BOTH
                .map(|network| self.of_network(network, country, lever))
                .iter(),
        )
    }

    /// What a kind of payee has got for a network in the market of a country, whoever paid, million US dollars.
    #[must_use]
    pub fn received_for(&self, network: Network, country: usize, payee: Payee) -> f64 {
        self.received[country * KINDS + kind(network, payee)]
    }

    /// The same for both networks.
    #[must_use]
    pub fn received(&self, country: usize, payee: Payee) -> f64 {
        total(
            Network::BOTH
                .map(|network| self.received_for(network, country, payee))
                .iter(),
        )
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
        outlay.spend(&[(0, 1.0)], 0, 1, (Network::Radio, Payee::Operators), 5.0);
        outlay.spend(&[(2, 1.0)], 2, 0, (Network::Radio, Payee::Sellers), 3.0);
        outlay.spend(&[(2, 1.0)], 2, 1, (Network::Radio, Payee::Works), 0.5);
        outlay.spend(&[(2, 1.0)], 2, 1, (Network::Radio, Payee::Works), 0.25);
        assert_eq!(
            (outlay.of(0, None), outlay.of(1, None), outlay.of(2, None)),
            (5.0, 0.0, 3.75)
        );
        assert_eq!((outlay.of(2, Some(0)), outlay.of(2, Some(1))), (3.0, 0.75));
        assert_eq!(outlay.received(2, Payee::Works), 0.75);
        // Two countries and one abroad pay for what is bought in the second.
        outlay.spend(
            &[(0, 0.5), (2, 0.25), (3, 0.25)],
            1,
            0,
            (Network::Radio, Payee::Operators),
            8.0,
        );
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
        // For a core: apart from the radio network, and in all.
        outlay.spend(&[(2, 1.0)], 2, 1, (Network::Core, Payee::Works), 16.0);
        assert_eq!(
            Network::BOTH.map(|n| (outlay.of_network(n, 2, None), outlay.of_network(n, 2, Some(1)))),
            [(5.75, 0.75), (16.0, 16.0)]
        );
        assert_eq!((outlay.of(2, None), outlay.of(2, Some(0))), (21.75, 5.0));
        assert_eq!(
            Network::BOTH.map(|n| outlay.received_for(n, 2, Payee::Works)),
            [0.75, 16.0]
        );
        let before = outlay.clone();
        outlay.add_lever();
        outlay.spend(&[(2, 1.0)], 2, 2, (Network::Core, Payee::Sellers), 32.0);
        assert_eq!(outlay.of_network(Network::Core, 2, None), 48.0);
        assert_eq!(
            outlay.of_network(Network::Radio, 2, None),
            before.of_network(Network::Radio, 2, None)
        );
        outlay.clear();
        assert_eq!(outlay, Outlay::new(3, 3));
    }
}
