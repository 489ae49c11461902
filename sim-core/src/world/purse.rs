//! Public money toward purchases: who is helped to buy what, from whose budget, and what was spent.
//!
//! A lever writes a [`Support`]; buyers count it at a tender, sellers bid knowing it, and the award pays it out of the
//! lever's budget. Help is a sum per site, a share of the reference price of what is bought, so that a seller cannot
//! raise it by raising its price; how much of it the buyer keeps is a result.

use super::outlay::{Network, Outlay, PAYEES, Payee, Payers};
use super::{BB, Layer, RuleScope, VendorIx};

/// What is helped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aid {
    /// Any purchase in the scope.
    Any,
    /// Parts of open stacks.
    Open,
    /// Virtual baseband.
    Virtual,
    /// The grant element of a loan: it is lost by leaving the contract early.
    Loan,
}

/// One entitlement.
#[derive(Debug, Clone, PartialEq)]
pub struct Support {
    /// Lever that pays: its place in the scenario.
    pub lever: usize,
    /// What is helped.
    pub aid: Aid,
    /// Layers and components.
    pub scope: RuleScope,
    /// By country: whether its buyers are helped.
    pub buyers: Vec<bool>,
    /// By vendor: whether its products are helped.
    pub sellers: Vec<bool>,
    /// Sum per site, share of the reference price of the component.
    pub share: f64,
    /// By vendor: who pays; without it, the buyer's own country.
    pub payers: Option<Vec<Payers>>,
}

/// Who may claim part of the bill of replacing kit of some vendors, and waits while there is no money.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Lever that pays: its place in the scenario.
    pub lever: usize,
    /// By operator: whether it is entitled.
    pub operators: Vec<bool>,
    /// By vendor: whether its kit is concerned.
    pub sellers: Vec<bool>,
    /// Layers and components.
    pub scope: RuleScope,
    /// Years past a deadline for which an operator waits.
    pub patience_years: f64,
}

/// Entitlements, budgets and outlays.
#[derive(Debug, Clone, PartialEq)]
pub struct Purse {
    supports: Vec<Support>,
    claims: Vec<Claim>,
    /// What is left of each lever's budget, US dollars; infinite without one.
    pub budget: Vec<f64>,
    /// What was spent since the last measurement.
    pub outlay: Outlay,
    /// Shares of the bill of the award in hand that claims have paid: of the radio and the baseband that go, and of switching.
    pub repaid: [f64; 3],
    /// US dollars booked before they were spent, by lever and payee.
    advanced: Vec<[f64; PAYEES]>,
}

impl Purse {
    /// No entitlements.
    #[must_use]
    pub fn new(levers: usize, countries: usize) -> Self {
        Self {
            supports: Vec::new(),
            claims: Vec::new(),
            budget: vec![f64::INFINITY; levers],
            outlay: Outlay::new(levers, countries),
            repaid: [0.0; 3],
            advanced: vec![[0.0; PAYEES]; levers],
        }
    }

    /// Makes room for a payer beyond the levers of the scenario, with a budget in US dollars. Returns its place.
    pub fn add_payer(&mut self, budget: f64) -> usize {
        self.budget.push(budget);
        self.outlay.add_lever();
        self.advanced.push([0.0; PAYEES]);
        self.budget.len() - 1
    }

    /// Opens an entitlement.
    pub fn open(&mut self, support: Support) {
        self.supports.push(support);
    }

    /// Opens a claim.
    pub fn open_claim(&mut self, claim: Claim) {
        self.claims.push(claim);
    }

    /// Closes all entitlements and claims of a lever.
    pub fn close(&mut self, lever: usize) {
        self.supports.retain(|s| s.lever != lever);
        self.claims.retain(|c| c.lever != lever);
    }

    /// Whether an operator may claim from a lever for kit of a vendor that goes.
    #[must_use]
    pub fn may_claim(&self, lever: usize, operator: usize, vendor: VendorIx, what: RuleScope) -> bool {
        let concerns = |c: &Claim| {
            c.lever == lever && c.operators[operator] && c.sellers[usize::from(vendor)] && c.scope.meets(what)
        };
        self.claims.iter().any(concerns)
    }

    /// For how many years past a deadline an operator waits for money before it replaces kit of a vendor: `None` if it has no claim, or there is
    /// money to meet one.
    #[must_use]
    pub fn patience(&self, operator: usize, vendor: VendorIx, what: RuleScope) -> Option<f64> {
        let mut own = self
            .claims
            .iter()
            .filter(|c| c.operators[operator] && c.sellers[usize::from(vendor)] && c.scope.meets(what))
            .peekable();
        own.peek()?;
        let mut longest = 0.0_f64;
        for claim in own {
            if self.budget[claim.lever] > 0.0 {
                return None;
            }
            longest = longest.max(claim.patience_years);
        }
        Some(longest)
    }

    /// Whether nobody is helped.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.supports.is_empty()
    }

    fn standing(&self, country: usize, vendor: VendorIx, what: RuleScope, aid: Aid) -> impl Iterator<Item = &Support> {
        self.supports.iter().filter(move |s| {
            s.aid == aid
                && s.scope.meets(what)
                && s.buyers[country]
                && s.sellers[usize::from(vendor)]
                && self.budget[s.lever] > 0.0
        })
    }

    /// Those that help: all that stand, but of loans the best alone, as a price is financed once.
    fn helping(&self, country: usize, vendor: VendorIx, what: RuleScope, aid: Aid) -> impl Iterator<Item = &Support> {
        let standing = || self.standing(country, vendor, what, aid);
        let best = match aid {
            Aid::Loan => standing().reduce(|best, s| if s.share > best.share { s } else { best }),
            Aid::Any | Aid::Open | Aid::Virtual => None,
        };
        standing().filter(move |s| best.is_none_or(|best| std::ptr::eq(*s, best)))
    }

    /// Help to a buyer in a country with a component of a vendor, share of its reference price. Several loans do not add up.
    #[must_use]
    pub fn share(&self, country: usize, vendor: VendorIx, what: RuleScope, aid: Aid) -> f64 {
        self.helping(country, vendor, what, aid).map(|s| s.share).sum()
    }

    /// Pays the help of one kind toward a purchase worth `reference` US dollars at reference prices; the last purchase before a budget is
    /// empty gets what is left. Returns what was paid.
    pub fn pay(&mut self, country: usize, vendor: VendorIx, what: RuleScope, aid: Aid, reference: f64) -> f64 {
        let due: Vec<(usize, f64, Option<Payers>)> = self
            .helping(country, vendor, what, aid)
            .map(|s| {
                let payers = s.payers.as_ref().map(|by| by[usize::from(vendor)].clone());
                (s.lever, s.share * reference, payers)
            })
            .collect();
        let network = if what.meets(RuleScope::of(Layer::Core, BB)) {
            Network::Core
        } else {
            Network::Radio
        };
        due.into_iter()
            .map(|(lever, sum, payers)| {
                let payers = payers.unwrap_or_else(|| vec![(country, 1.0)]);
                self.spend_for(lever, &payers, country, (network, Payee::Operators), sum)
            })
            .sum()
    }

    /// Spends up to `sum` US dollars of a lever's budget on a network, paid and got in one country. Returns what was spent.
    pub fn spend(&mut self, lever: usize, country: usize, to: (Network, Payee), sum: f64) -> f64 {
        self.spend_for(lever, &[(country, 1.0)], country, to, sum)
    }

    /// Books `sum` US dollars in all of what a lever will have spent once [`Purse::spend_rest`] is asked for it; its budget stays.
    pub fn advance(&mut self, lever: usize, country: usize, payee: Payee, sum: f64) {
        let booked = &mut self.advanced[lever][payee as usize];
        let more = (sum - *booked).max(0.0);
        *booked += more;
        self.book(lever, &[(country, 1.0)], country, (Network::Radio, payee), more);
    }

    /// As [`Purse::spend`], of which what was booked ahead is not booked again.
    pub fn spend_rest(&mut self, lever: usize, country: usize, payee: Payee, sum: f64) -> f64 {
        let paid = sum.min(self.budget[lever]).max(0.0);
        self.budget[lever] -= paid;
        let booked = std::mem::take(&mut self.advanced[lever][payee as usize]);
        let more = (paid - booked).max(0.0);
        self.book(lever, &[(country, 1.0)], country, (Network::Radio, payee), more);
        paid
    }

    /// Spends up to `sum` US dollars of a lever's budget in the market of a country, for others' account. Returns what was spent.
    fn spend_for(
        &mut self,
        lever: usize,
        payers: &[(usize, f64)],
        market: usize,
        to: (Network, Payee),
        sum: f64,
    ) -> f64 {
        let paid = sum.min(self.budget[lever]).max(0.0);
        self.budget[lever] -= paid;
        self.book(lever, payers, market, to, paid);
        paid
    }

    /// Books money that a lever spends without a budget, such as a subsidy of costs, in the market of a country.
    pub fn book(&mut self, lever: usize, payers: &[(usize, f64)], market: usize, to: (Network, Payee), sum: f64) {
        self.outlay.spend(payers, market, lever, to, 1e-6 * sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Layer;

    #[test]
    fn of_two_loans_the_better_is_taken_and_the_other_once_its_budget_is_spent() {
        let scope = RuleScope::of(Layer::Ran(1), 0);
        let mut purse = Purse::new(2, 1);
        purse.budget[1] = 30.0;
        for (lever, share) in [(0, 0.25), (1, 0.5)] {
            purse.open(Support {
                lever,
                aid: Aid::Loan,
                scope,
                buyers: vec![true],
                sellers: vec![true],
                share,
                payers: None,
            });
        }
        assert_eq!(purse.share(0, 0, scope, Aid::Loan), 0.5);
        assert_eq!(purse.pay(0, 0, scope, Aid::Loan, 60.0), 30.0);
        assert_eq!(purse.share(0, 0, scope, Aid::Loan), 0.25);
        assert_eq!(purse.pay(0, 0, scope, Aid::Loan, 60.0), 15.0);
    }

    #[test]
    fn a_budget_is_spent_to_the_last_dollar_and_no_further() {
        let scope = RuleScope::of(Layer::Ran(1), 0);
        let mut purse = Purse::new(1, 2);
        purse.budget[0] = 100.0;
        purse.open(Support {
            lever: 0,
            aid: Aid::Open,
            scope,
            buyers: vec![true, false],
            sellers: vec![true],
            share: 0.25,
            payers: None,
        });
        assert_eq!(purse.share(0, 0, scope, Aid::Open), 0.25);
        assert_eq!(purse.share(0, 0, scope, Aid::Any), 0.0, "only open gear is helped");
        assert_eq!(
            purse.share(1, 0, scope, Aid::Open),
            0.0,
            "the other country is not helped"
        );
        assert_eq!(
            purse.share(0, 0, RuleScope::of(Layer::Ran(0), 0), Aid::Open),
            0.0,
            "nor the other layer"
        );
        assert_eq!(purse.pay(0, 0, scope, Aid::Open, 240.0), 60.0);
        assert_eq!(purse.pay(0, 0, scope, Aid::Open, 240.0), 40.0, "what is left");
        assert_eq!(purse.pay(0, 0, scope, Aid::Open, 240.0), 0.0);
        assert_eq!(
            purse.share(0, 0, scope, Aid::Open),
            0.0,
            "an empty purse promises nothing"
        );
        assert!((purse.outlay.of(0, Some(0)) - 1e-4).abs() < 1e-18 && purse.outlay.of(1, None) == 0.0);
        purse.close(0);
        assert!(purse.is_empty());
    }
}
