//! Welfare from realised flows (L9), at one social rate.
//!
//! By the market in which kit is bought, whoever's home the seller is; public money of levers by who pays it:
//! ```text
//! CS = quality + tastes + choice - payments - own real costs - fees + grants + credit + residual
//! PS = payments + fees + subsidies - unit cost
//! G  = -(grants + subsidies + works) - credit
//! X  = -(security loss at baseline weights) - (delay)
//! W  = CS + PS + G + X = benefits - resources + X
//! ```
//! - *Benefits* are what the kit in service gives its users, year by year: quality and lasting taste less the gap of open kit,
//!   spread over the contract term at the social rate; and what a buyer has from choosing (the logsum less the mean value of what
//!   it may get), booked at the award. `of_which_taste` is the lasting taste, the regional effects (liking that no quality explains, set by
//!   what was sold) and the choice: a gain that vanishes without it is one of taste alone (logit credits every further variety with a gain).
//! - *Resources* are unit cost (long-run: research and selling are in it, once), the work of switching and integration, energy,
//!   upkeep that grows with age, and public works, less the unit cost of the life that is left in the kit on the last day.
//! - Prices, royalties, break fees (credit that falls due among them, to the seller whose kit goes) and the grant element of a vendor's own
//!   credit, at the buyer's cost of capital, are transfers. Public money that one place pays for purchases in another is G of the first and
//!   a gain of the second, so that for a place what it pays abroad, less what it gets from there, is among its resources; over the world
//!   it is a transfer. A vendor's own credit (S06) is booked where it is taken, as the scenario does not say who bears it.
//! - All of it is of the radio network, public money too: what is paid for cores stands in `public_outlay` of component `core`.
//! - Not counted: what becomes of spectrum that a licence condition takes, and of support that a bar takes. The buyer forgoes it,
//!   and that moves its choice; W takes it that the state puts it to the same use elsewhere. Spectrum that lies idle is a loss beside W, of the
//!   condition's value for each site bought in spite of it. An operator's own row leaves public money out. No write-off and no fear of a rule to come is a cost.
//! - *Delay* counts site-months late at `market.site_month_usd` of the scenario: also those of new kit that waits for crews while the old
//!   serves, since what the new is bought for waits.
//! - Capacity that is added (`market.expansion_share_per_year`) is paid for and made, and its use is not counted: it is demand, the same in
//!   every world with the same networks.
//!
//! A flow of a window is discounted from its middle to the first day, so that a sum over dates is a present value. Levels have no
//! meaning (networks are worth more than their lead over others); differences between worlds have.

use super::{Cell, Dims, Field, Measure, PLAIN, Parts, Recorded, View, networks};
use crate::world::outlay::Payee;

/// Parts of `welfare`.
pub const PARTS: [&str; 7] = [
    "consumers",
    "producers",
    "government",
    "externalities",
    "benefits",
    "resources",
    "of_which_taste",
];

/// The family, in the order of tables.
pub const MEASURES: &[Measure] = &[Measure {
    name: "welfare",
    unit: "musd_2020",
    is_flow: true,
    is_bounded: false,
    doc: "Welfare of a window from realised flows (L9), discounted to the first day at the social rate; `all` is consumers + producers + government + externalities, and benefits - resources + externalities",
    equation: "W = CS + PS + G + X = benefits - real resources + X",
    recorded: Recorded::World,
    parts: Parts::WithWhole(&PARTS),
    dims: Dims { ..PLAIN },
    value: |v, c| 1e-6 * v.discount * value(v, c),
}];

fn value(v: &View, c: &Cell) -> f64 {
    let money = |f: Field| v.money_of(c, &c.vendors, f);
    let [grants, subsidies, works] = v.received(c);
    let own_costs = || {
        let switching = money(Field::CostSwitching) - money(Field::Fees);
        let operations = money(Field::CostIntegration) + money(Field::CostRunning) + money(Field::CostExtension);
        switching + operations
    };
    let benefits = || money(Field::Quality) + money(Field::Taste) + money(Field::ChoiceSurplus);
    let consumers = || {
        benefits() - money(Field::Sales) - own_costs() - money(Field::Fees)
            + grants
            + money(Field::Credit)
            + money(Field::Residual)
    };
    let producers = || money(Field::Sales) + money(Field::Fees) + subsidies - money(Field::Production);
    let government = || 0.0 - 1e6 * v.public_money(c, None) - money(Field::Credit);
    // What leaves the place, less what comes from outside: nothing over the world.
    let abroad = || 1e6 * v.public_money(c, None) - (grants + subsidies + works);
    let externalities = || 0.0 - money(Field::Security) - v.world.scenario.market.site_month * money(Field::Late);
    match c.part {
        0 => consumers(),
        1 => producers(),
        2 => government(),
        3 => externalities(),
        4 => benefits(),
        5 => money(Field::Production) + own_costs() + works + abroad() - money(Field::Residual),
        6 => money(Field::Taste) + money(Field::ChoiceSurplus),
        _ => consumers() + producers() + government() + externalities(),
    }
}

impl View<'_> {
    /// Public money of the window by who gets it in the markets of a place, whoever pays, US dollars: operators, sellers, and nobody (work done).
    fn received(&self, c: &Cell) -> [f64; 3] {
        let outlay = &self.state.purse.outlay;
        [Payee::Operators, Payee::Sellers, Payee::Works].map(|payee| {
            let got = |country: usize| {
                let networks = networks(c.component).iter();
                networks.fold(0.0, |sum, n| sum + outlay.received_for(*n, country, payee))
            };
            1e6 * self.sum_over_countries(c.place, got)
        })
    }
}
