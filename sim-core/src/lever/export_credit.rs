//! Export credit and development finance (S16) for vendors in scope in third countries.
//!
//! **Equation.** A buyer whose country may borrow (`credit_eligible`) and is not the vendor's home is lent `financed_share` of the price. Its
//! gain is the grant element at its own cost of capital, `financed_share x (1 - sum of discounted payments)`
//! ([`crate::market::value::grant_element`], tenor capped at the contract). Where a vendor brings its own credit, the buyer takes the better of
//! the two, so that only the difference counts; and of several levers' loans the best alone. The gain enters value at the tender and is lost on leaving early (`contract_break`).
//!
//! **Writes** `State::purse` alone. Outlay is the wedge of the loan, the same grant element, as public accounts of credit
//! book its subsidy; repayments are not outlays. It stands in the account of `payer`, by default the vendor's home, not in the buyer's. `budget_usd` limits that wedge, not the sum lent. **Strength** scales it. **At 0** nothing
//! is scheduled. **Limit:** interest at or above the buyer's cost of capital is worth nothing.
//!
//! Defaults are the terms of the OECD Arrangement: interest P227 + P228, tenor P224, grace P231a, financed share 1 - P223. Exposure caps such as
//! the DFC's USD 60 bn (P233) or EXIM's USD 27 bn against China (P232), nominal, are over all sectors and do not bind here.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fund::{Fund, PAYER_OR_HOME, yearly_purchases};
use super::{Common, Lever, Moment, scope_keys};
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::market::value::grant_element;
use crate::scenario::document::{Fields, Number, Variant};
use crate::world::{Aid, State, Support, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "export_credit",
    doc: "Loans to buyers in third countries who buy from the vendors in scope",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct ExportCredit {
    common: Common,
    fund: Fund,
    interest: f64,
    tenor: f64,
    grace: f64,
    financed: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let common = Common::fields(f);
    common.require_vendors(f, "credit must name the vendors whose products it buys");
    let lever = ExportCredit {
        common,
        fund: Fund::fields(f, PAYER_OR_HOME),
        interest: f.number_or(
            "interest_per_year",
            0.031,
            Number::new("1/yr").range(0.0..=0.5),
            "Interest, premium included (P227 + P228)",
        ),
        tenor: f.number_or(
            "tenor_years",
            8.5,
            Number::new("years").range(0.5..=40.0),
            "Time to the last payment; at most the contract counts (P224)",
        ),
        grace: f.number_or(
            "grace_years",
            1.0,
            Number::new("years").range(0.0..=20.0),
            "Years without repayment (P231a)",
        ),
        financed: f.number_or(
            "financed_share",
            0.85,
            Number::new("share of price").range(0.0..=1.0),
            "Share of the price that is lent (1 - P223)",
        ),
    };
    Arc::new(lever)
}

impl ExportCredit {
    /// What a buyer in a country gains over the vendor's own credit, share of price.
    fn gain(&self, country: usize, vendor: usize, world: &World) -> f64 {
        let c = &world.scenario.countries[country];
        if !c.credit_eligible || world.scenario.vendors[vendor].home == c.id {
            return 0.0;
        }
        let info = &world.countries[country];
        let tenor = self.tenor.min(world.scenario.contract.term_years);
        let grant = self.financed * grant_element(info.wacc, self.interest, tenor, self.grace);
        (grant - info.grant[vendor]).max(0.0)
    }

    /// Entitlements: countries and vendors with the same gain share one.
    fn supports(&self, lever: usize, world: &World, state: &State) -> Vec<Support> {
        let scope = &self.common.scope;
        // Vendors with the same gains in all countries, by the bits of these gains.
        let mut alike: BTreeMap<Vec<(usize, u64)>, Vec<bool>> = BTreeMap::new();
        for v in scope.vendor_indices(world).into_iter().map(usize::from) {
            let gains = scope
                .country_indices(world)
                .into_iter()
                .map(|c| (c, self.gain(c, v, world)));
            let bits: Vec<(usize, u64)> = gains.filter(|g| g.1 > 0.0).map(|(c, g)| (c, g.to_bits())).collect();
            alike.entry(bits).or_insert_with(|| vec![false; world.vendors.len()])[v] = true;
        }
        let mut supports = Vec::new();
        let all = scope.vendor_indices(world).len().max(1) as f64;
        for (gains, sellers) in alike {
            let mut by_gain: BTreeMap<u64, Vec<bool>> = BTreeMap::new();
            for (c, bits) in gains {
                by_gain
                    .entry(bits)
                    .or_insert_with(|| vec![false; world.countries.len()])[c] = true;
            }
            let what = scope.rule_scope(world);
            supports.extend(by_gain.into_iter().map(|(bits, buyers)| {
                let share = f64::from_bits(bits) * self.common.strength;
                // Whose credit is asked for is not known yet: each vendor's alike.
                let of_vendors = sellers.iter().filter(|s| **s).count() as f64 / all;
                Support {
                    lever,
                    aid: Aid::Loan,
                    scope: what,
                    claims: share * of_vendors * yearly_purchases(Aid::Loan, what, &buyers, world, state),
                    buyers,
                    sellers: sellers.clone(),
                    share,
                    payers: Some(self.fund.payers_or_home(world)),
                }
            }));
        }
        supports
    }
}

impl Lever for ExportCredit {
    fn kind(&self) -> &'static str {
        VARIANT.key
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn reads(&self) -> &'static [&'static str] {
        scope_keys::ALL
    }

    fn writes(&self) -> &'static [&'static str] {
        &["purse"]
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        match moment {
            Moment::InForce => {
                self.fund.open(lever, state);
                for support in self.supports(lever, world, state) {
                    state.purse.open(support);
                }
            }
            Moment::End => state.purse.close(lever),
            Moment::Announced | Moment::Deadline => {}
        }
    }

    fn payer(&self) -> Option<&str> {
        self.fund.payer.as_deref()
    }

    fn review(&self, lever: usize, last: Day, _world: &World, _posted: &Posted, state: &mut State) {
        self.fund.release(lever, last, state);
    }
}
