//! Public money toward purchases: who is helped to buy what, from whose budget, and what was spent.
//!
//! A lever writes a [`Support`]; buyers count it at a tender, sellers bid knowing it, and the award pays it out of the
//! lever's budget. Help is a sum per site, a share of the reference price of what is bought, so that a seller cannot
//! raise it by raising its price; how much of it the buyer keeps is a result.
//!
//! **No money, no promise.** A lot is promised no larger share than what is left would pay of all in it that could be helped,
//! ```text
//! promised = min(share, left / reference price of the parts of the lot in scope)
//! ```
//! and gets what it was promised. Who looks beyond the tender in hand counts on `share x min(1, money / claims)`: money is what is left,
//! or the part that comes next where that is more; claims are those of a year in which all that could be helped is. All help together
//! pays no more than the reference price: kinds count in the order of [`Aid::ALL`], each up to what is left to pay.

use super::outlay::{Network, Outlay, PAYEES, Payee, Payers};
use super::{BB, Layer, RU, RuleScope, VendorIx};

/// What is helped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
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

impl Aid {
    /// All kinds, in the order in which they fill a price.
    pub const ALL: [Aid; 4] = [Aid::Any, Aid::Loan, Aid::Open, Aid::Virtual];
}

/// A part of what is bought: where, from whom, and what.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Country of the buyer.
    pub country: usize,
    /// Vendor.
    pub vendor: VendorIx,
    /// Layer and component.
    pub what: RuleScope,
}

/// What a tender is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lot {
    /// Country of the buyer.
    pub country: usize,
    /// Layer.
    pub layer: Layer,
    /// Reference price of each component at all sites, US dollars.
    pub reference: [f64; 2],
}

impl Lot {
    /// A component of it from a vendor.
    #[must_use]
    pub fn part(&self, vendor: VendorIx, component: usize) -> Part {
        Part {
            country: self.country,
            vendor,
            what: RuleScope::of(self.layer, component),
        }
    }
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
    /// What is claimed in a year in which all that could be helped is, US dollars.
    pub claims: f64,
    /// By vendor: who pays; without it, the buyer's own country.
    pub payers: Option<Vec<Payers>>,
}

impl Support {
    /// Whether it helps with a component at all.
    #[must_use]
    pub fn helps_with(aid: Aid, component: usize) -> bool {
        aid != Aid::Virtual || component == BB
    }

    fn concerns(&self, part: Part) -> bool {
        self.scope.meets(part.what) && self.buyers[part.country] && self.sellers[usize::from(part.vendor)]
    }

    /// Reference price of the parts of a lot that it may help with, US dollars.
    fn of_lot(&self, lot: &Lot) -> f64 {
        let meets = |k: &usize| Self::helps_with(self.aid, *k) && self.scope.meets(RuleScope::of(lot.layer, *k));
        [RU, BB].into_iter().filter(meets).map(|k| lot.reference[k]).sum()
    }
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
    /// The part of each lever's budget that is released next, US dollars; 0 where none is to come.
    pub next_part: Vec<f64>,
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
            next_part: vec![0.0; levers],
            outlay: Outlay::new(levers, countries),
            repaid: [0.0; 3],
            advanced: vec![[0.0; PAYEES]; levers],
        }
    }

    /// Makes room for a payer beyond the levers of the scenario, with a budget in US dollars. Returns its place.
    pub fn add_payer(&mut self, budget: f64) -> usize {
        self.budget.push(budget);
        self.next_part.push(0.0);
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

    /// Visits all help with a part, at the share that each entitlement is good for; of loans the best alone, as a price is financed once.
    /// Together they pay no more than the price.
    fn each(&self, part: Part, good_for: impl Fn(&Support) -> f64, mut visit: impl FnMut(&Support, f64)) {
        let mut unpaid = 1.0_f64;
        for aid in Aid::ALL {
            let concerned = || self.supports.iter().filter(|s| s.aid == aid && s.concerns(part));
            let best = match aid {
                Aid::Loan => concerned().reduce(|best, s| if good_for(s) > good_for(best) { s } else { best }),
                Aid::Any | Aid::Open | Aid::Virtual => None,
            };
            for support in concerned().filter(|s| best.is_none_or(|best| std::ptr::eq(*s, best))) {
                let share = good_for(support).min(unpaid);
                if share > 0.0 {
                    unpaid -= share;
                    visit(support, share);
                }
            }
        }
    }

    fn by_aid(&self, part: Part, good_for: impl Fn(&Support) -> f64) -> [f64; 4] {
        let mut shares = [0.0; 4];
        self.each(part, good_for, |support, share| shares[support.aid as usize] += share);
        shares
    }

    fn stated(&self, support: &Support) -> f64 {
        if self.budget[support.lever] > 0.0 {
            support.share
        } else {
            0.0
        }
    }

    fn promised(&self, support: &Support, lot: &Lot) -> f64 {
        let (left, all) = (self.budget[support.lever], support.of_lot(lot));
        if left >= support.share * all {
            self.stated(support)
        } else {
            (left / all).max(0.0)
        }
    }

    fn expected(&self, support: &Support) -> f64 {
        let lever = support.lever;
        let money = self.budget[lever].max(self.next_part[lever]);
        let own = self.supports.iter().filter(|s| s.lever == lever);
        let claims: f64 = own.map(|s| s.claims).sum();
        if money <= 0.0 {
            0.0
        } else if money >= claims {
            support.share
        } else {
            support.share * money / claims
        }
    }

    /// Help with a part as it stands in the rules of those that have any money left, share of its reference price, by [`Aid`].
    #[must_use]
    pub fn stated_shares(&self, part: Part) -> [f64; 4] {
        self.by_aid(part, |s| self.stated(s))
    }

    /// The same, of which no more is promised to a lot than there is money for.
    #[must_use]
    pub fn promised_shares(&self, lot: &Lot, vendor: VendorIx, component: usize) -> [f64; 4] {
        self.by_aid(lot.part(vendor, component), |s| self.promised(s, lot))
    }

    /// Help that can be counted on in a year to come, share of the reference price, by [`Aid`].
    #[must_use]
    pub fn expected_shares(&self, part: Part) -> [f64; 4] {
        self.by_aid(part, |s| self.expected(s))
    }

    /// Whether somebody has less left than what it helps with would draw in a lot.
    #[must_use]
    pub fn is_short(&self, lot: &Lot) -> bool {
        let short = |s: &Support| {
            let left = self.budget[s.lever];
            s.buyers[lot.country] && left > 0.0 && left < s.share * s.of_lot(lot)
        };
        self.supports.iter().any(short)
    }

    /// Pays what was promised toward what is bought of a lot: by component from whom, if it is bought, and which kinds of help it draws.
    /// Returns what was paid toward each component, US dollars, by [`Aid`].
    pub fn pay(
        &mut self,
        lot: &Lot,
        bought: [Option<VendorIx>; 2],
        draws: impl Fn(Aid, usize) -> bool,
    ) -> [[f64; 4]; 2] {
        // All promises first: what is paid for one component was not promised to the other.
        let mut due: Vec<(usize, Aid, usize, f64, Payers)> = Vec::new();
        for (component, vendor) in bought.into_iter().enumerate() {
            let Some(vendor) = vendor else { continue };
            let part = lot.part(vendor, component);
            self.each(
                part,
                |s| self.promised(s, lot),
                |s, share| {
                    if draws(s.aid, component) {
                        let payers = s.payers.as_ref().map(|by| by[usize::from(vendor)].clone());
                        let payers = payers.unwrap_or_else(|| vec![(lot.country, 1.0)]);
                        due.push((component, s.aid, s.lever, share * lot.reference[component], payers));
                    }
                },
            );
        }
        let to = (Network::of(lot.layer), Payee::Operators);
        let mut paid = [[0.0; 4]; 2];
        for (component, aid, lever, sum, payers) in due {
            paid[component][aid as usize] += self.spend_for(lever, &payers, lot.country, to, sum);
        }
        paid
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

    fn support(lever: usize, aid: Aid, scope: RuleScope, share: f64) -> Support {
        Support {
            lever,
            aid,
            scope,
            buyers: vec![true, false],
            sellers: vec![true],
            share,
            claims: 0.0,
            payers: None,
        }
    }

    /// A lot of one component.
    fn lot(reference: f64) -> Lot {
        Lot {
            country: 0,
            layer: Layer::Ran(1),
            reference: [reference, 0.0],
        }
    }

    fn pay(purse: &mut Purse, reference: f64) -> f64 {
        purse.pay(&lot(reference), [Some(0), None], |_, _| true)[RU]
            .iter()
            .sum()
    }

    #[test]
    fn of_two_loans_the_better_is_taken_and_the_other_once_its_budget_is_spent() {
        let scope = RuleScope::of(Layer::Ran(1), RU);
        let mut purse = Purse::new(2, 2);
        purse.budget[1] = 30.0;
        purse.open(support(0, Aid::Loan, scope, 0.25));
        purse.open(support(1, Aid::Loan, scope, 0.5));
        let stated = |purse: &Purse| purse.stated_shares(lot(60.0).part(0, RU))[Aid::Loan as usize];
        assert_eq!(stated(&purse), 0.5);
        assert_eq!(pay(&mut purse, 60.0), 30.0);
        assert_eq!(stated(&purse), 0.25);
        assert_eq!(pay(&mut purse, 60.0), 15.0);
    }

    #[test]
    fn a_loan_without_money_does_not_stand_in_the_way_of_one_with() {
        let scope = RuleScope::of(Layer::Ran(1), RU);
        let mut purse = Purse::new(2, 2);
        purse.budget[1] = 6.0;
        purse.open(support(0, Aid::Loan, scope, 0.25));
        purse.open(support(1, Aid::Loan, scope, 0.5));
        assert_eq!(purse.promised_shares(&lot(60.0), 0, RU)[Aid::Loan as usize], 0.25);
    }

    #[test]
    fn a_budget_is_spent_to_the_last_dollar_and_no_further() {
        let scope = RuleScope::of(Layer::Ran(1), RU);
        let mut purse = Purse::new(1, 2);
        purse.budget[0] = 100.0;
        purse.open(support(0, Aid::Open, scope, 0.25));
        let stated = |purse: &Purse, country: usize, layer: Layer, aid: Aid| {
            let part = Lot {
                country,
                layer,
                reference: [1.0; 2],
            }
            .part(0, RU);
            purse.stated_shares(part)[aid as usize]
        };
        assert_eq!(stated(&purse, 0, Layer::Ran(1), Aid::Open), 0.25);
        assert_eq!(
            stated(&purse, 0, Layer::Ran(1), Aid::Any),
            0.0,
            "only open gear is helped"
        );
        assert_eq!(
            stated(&purse, 1, Layer::Ran(1), Aid::Open),
            0.0,
            "the other country is not helped"
        );
        assert_eq!(stated(&purse, 0, Layer::Ran(0), Aid::Open), 0.0, "nor the other layer");
        assert_eq!(pay(&mut purse, 240.0), 60.0);
        assert!(!purse.is_short(&lot(160.0)) && purse.is_short(&lot(161.0)));
        assert_eq!(
            purse.promised_shares(&lot(240.0), 0, RU)[Aid::Open as usize],
            40.0 / 240.0,
            "no more is promised than is left"
        );
        assert_eq!(pay(&mut purse, 240.0), 40.0, "what is left");
        assert_eq!(pay(&mut purse, 240.0), 0.0);
        assert_eq!(
            stated(&purse, 0, Layer::Ran(1), Aid::Open),
            0.0,
            "an empty purse promises nothing"
        );
        assert!((purse.outlay.of(0, Some(0)) - 1e-4).abs() < 1e-18 && purse.outlay.of(1, None) == 0.0);
        purse.close(0);
        assert!(purse.is_empty());
    }

    #[test]
    fn what_is_left_is_promised_to_both_parts_of_a_lot_together() {
        let both = RuleScope::of(Layer::Ran(1), RU).with(RuleScope::of(Layer::Ran(1), BB));
        let mut purse = Purse::new(1, 2);
        purse.budget[0] = 10.0;
        purse.open(support(0, Aid::Any, both, 0.5));
        let lot = Lot {
            reference: [60.0, 40.0],
            ..lot(0.0)
        };
        assert_eq!(purse.promised_shares(&lot, 0, BB)[Aid::Any as usize], 0.1);
        let paid = purse.pay(&lot, [Some(0), Some(0)], |_, _| true);
        assert_eq!(paid.map(|by_aid| by_aid.iter().sum::<f64>()), [6.0, 4.0]);
    }

    #[test]
    fn all_help_together_pays_no_more_than_the_price() {
        let scope = RuleScope::of(Layer::Ran(1), RU);
        let mut purse = Purse::new(3, 2);
        for lever in 0..2 {
            purse.open(support(lever, Aid::Open, scope, 0.75));
        }
        purse.open(support(2, Aid::Any, scope, 0.125));
        let shares = purse.stated_shares(lot(1.0).part(0, RU));
        assert_eq!((shares[Aid::Any as usize], shares[Aid::Open as usize]), (0.125, 0.875));
        assert_eq!(pay(&mut purse, 80.0), 80.0);
        assert_eq!(purse.outlay.of(1, Some(1)), 0.0);
    }

    #[test]
    fn what_can_be_counted_on_is_the_money_of_a_year_over_its_claims() {
        let scope = RuleScope::of(Layer::Ran(1), RU);
        let mut purse = Purse::new(1, 2);
        purse.open(Support {
            claims: 200.0,
            ..support(0, Aid::Any, scope, 0.5)
        });
        let expected = |purse: &Purse| purse.expected_shares(lot(1.0).part(0, RU))[Aid::Any as usize];
        assert_eq!(expected(&purse), 0.5, "without a limit all of it");
        purse.budget[0] = 200.0;
        assert_eq!(expected(&purse), 0.5);
        purse.budget[0] = 50.0;
        assert_eq!(expected(&purse), 0.125);
        purse.next_part[0] = 100.0;
        assert_eq!(expected(&purse), 0.25, "the next part comes within the year");
        (purse.budget[0], purse.next_part[0]) = (0.0, 0.0);
        assert_eq!(expected(&purse), 0.0);
    }
}
