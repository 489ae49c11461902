//! Component cut-off (S08, with S28 and S30): the vendor lives off its stockpile, then delivers later, dearer and worse; third parties
//! backfill unless the coalition holds together; its own supply recovers at a lasting penalty; allied suppliers lose sales.
//!
//! **Equation.** One lever is one class of components (key chips, say). With `missing(t)` and `indigenous(t)` of
//! [`crate::world::supply`] and `covered = tiers_share x coalition_share x strength`, backfill in the end `backfill_share x (1 -
//! cohesion_share)`:
//! ```text
//! stockpile, months of its networks' usual use:
//!   I0 = inventory_months x network_stock_share / network_use_share + stockpiling x months of notice
//! unit cost factor 1 + dependence [indigenous x indigenous_premium + (stock-out) missing x scarcity_premium]
//! quality less     dependence [indigenous x indigenous_lag + (stock-out) missing x scarcity_loss]
//! delivery later by lead time x lost / (1 - lost), lost = critical x missing, after the stock-out; nothing lost nothing later, all lost no sale
//! allied lost sales = covered x dependence x parts_share x unit cost x sites delivered; compensation_share of it is paid
//! ```
//! **Writes** `supply`, `conditions.cost`, `conditions.quality`, `conditions.wait`, `purse` (compensation), and `research`, if the
//! scenario plays it: vendors at home where the suppliers are lose `supplier_research_share` of the lost sales that nobody makes good.
//!
//! **Strength** scales what no longer comes. **At 0** nothing is scheduled. `critical` is `critical_share`, by default the
//! dependence: capacity, cost and quality all suffer by dependence x tiers x coalition x (1 - backfill). **Limits:** without dependence
//! all stays as it was; where all its kit is critical, with all of it cut, no backfill and no recovery the vendor sells nothing after its stockpile; with full recovery it delivers on time
//! again but stays dearer and worse. A scope that names components moves these alone; one of cores alone draws its stockpile by cores
//! delivered (each as the sites of its operator). Lost sales are those of parts for radios and basebands. Capacity added to standing
//! networks draws on no stock (it is small), and ends with all other sales. A cut-off from before the run begins with
//! `inventory_months` on its first day, its recovery and backfill with the cut. At the end of the lever foreign parts come back at
//! once, and with them cost and quality.
//!
//! **Evidence:** months of stock P189 to P191, dependence P195, recovery P209 (an assumption itself), domestic premium P207. No
//! outside evidence at all: backfill and its speed, cohesion, scarcity premium and losses of quality, `parts_share`, `critical_share`.

use std::sync::Arc;

use super::{Common, Lever, Moment};
use crate::calendar::{DAYS_PER_YEAR, Day};
use crate::market::posted::Posted;
use crate::scenario::document::{Fields, Keys, Number, Variant};
use crate::scenario::kinds::COUNTRY;
use crate::world::outlay::{Network, Payee};
use crate::world::supply::{CutOff, Stock, longer_lead, usual_sites_per_year};
use crate::world::{BB, CORE, PRODUCTS, RU, Shift, State, VendorIx, World};

/// The line of the catalogue.
pub const VARIANT: Variant<Arc<dyn Lever>> = Variant {
    key: "component_cutoff",
    doc: "A vendor is cut off from components: stockpile, then less, dearer, worse",
    fields,
};

/// See the module docs.
#[derive(Debug, Clone)]
pub struct ComponentCutoff {
    common: Common,
    cut: CutOff,
    inventory_months: f64,
    stockpiling: f64,
    usual_sites_per_year: Option<f64>,
    dependence: f64,
    /// Share of its kit that cannot be built without.
    critical: f64,
    scarcity_premium: f64,
    scarcity_loss: f64,
    indigenous_premium: f64,
    indigenous_lag: f64,
    parts_share: f64,
    suppliers: Vec<(String, f64)>,
    compensation: f64,
    budget: Option<f64>,
    supplier_research: f64,
}

fn fields(f: &mut Fields<'_>) -> Arc<dyn Lever> {
    let share = || Number::new("share").range(0.0..=1.0);
    let common = Common::fields(f);
    common.require_vendors(f, "a cut-off must name its vendors");
    let months = f.number_or(
        "inventory_months",
        21.0,
        Number::new("months").range(0.0..=600.0),
        "Stockpile when it comes into force, months of usual use of all its businesses",
    );
    let stock_share = f.number_or(
        "network_stock_share",
        0.5,
        share(),
        "Share of the stockpile that networks get; handsets and the rest get the other part",
    );
    let use_share = f.number_or(
        "network_use_share",
        0.5,
        Number::new("share").range(0.01..=1.0),
        "Share of networks in usual use",
    );
    let stockpiling = f.number_or(
        "stockpiling_months_per_month",
        0.0,
        Number::new("months per month").range(0.0..=10.0),
        "Months of use that it lays in for each month between announcement and force",
    );
    let dependence = f.number_or(
        "dependence_share",
        0.272,
        share(),
        "Share of its component cost that these components are",
    );
    let critical = f.optional_number(
        "critical_share",
        share(),
        "Share of its kit that cannot be built without these components; without it, `dependence_share`",
    );
    let tiers = f.number_or(
        "tiers_share",
        1.0,
        share(),
        "Share of these components that the rule forbids: less advanced tiers may stay allowed",
    );
    let coalition = f.number_or(
        "coalition_share",
        1.0,
        share(),
        "Share of their supply under the control of the states that hold to it",
    );
    let backfill = f.number_or(
        "backfill_share",
        0.3,
        share(),
        "Part of the cut that third parties supply in the end if nobody keeps them from it",
    );
    let cohesion = f.number_or(
        "cohesion_share",
        0.0,
        share(),
        "Part of the backfill that the coalition prevents",
    );
    let backfill_years = f.number_or(
        "backfill_years",
        1.0,
        Number::new("years").range(0.01..=50.0),
        "Years in which most (63%) of the backfill comes",
    );
    let recovery_per_year = f.number_or(
        "recovery_per_year",
        0.25,
        Number::new("1/yr").range(0.0..=10.0),
        "Share of the gap to a supply of its own that closes in a year",
    );
    let lever = ComponentCutoff {
        cut: CutOff {
            covered: tiers * coalition * common.strength,
            backfill: backfill * (1.0 - cohesion),
            backfill_years,
            recovery_per_year,
        },
        inventory_months: months * stock_share / use_share,
        stockpiling,
        usual_sites_per_year: f.optional_number(
            "usual_sites_per_year",
            Number::new("sites/yr").range(1.0..=1e7),
            "Sites a year of usual use; without it, what its installed base renews in a year",
        ),
        dependence,
        critical: critical.unwrap_or(dependence),
        scarcity_premium: f.number_or(
            "scarcity_premium_share",
            1.0,
            Number::new("share of component cost").range(0.0..=20.0),
            "Extra cost of what is missing after the stock-out: redesign, grey market",
        ),
        scarcity_loss: f.number_or(
            "scarcity_loss",
            0.3,
            Number::new("quality").range(0.0..=10.0),
            "Quality lost where these components are missing",
        ),
        indigenous_premium: f.number_or(
            "indigenous_premium_share",
            0.45,
            Number::new("share of component cost").range(0.0..=20.0),
            "Extra cost of own components",
        ),
        indigenous_lag: f.number_or(
            "indigenous_lag",
            0.1,
            Number::new("quality").range(0.0..=10.0),
            "Quality lost with own components",
        ),
        parts_share: f.number_or(
            "parts_share",
            0.5,
            share(),
            "Share of components in the vendor's unit cost",
        ),
        suppliers: f.map(
            "suppliers",
            share(),
            Keys::Of(COUNTRY),
            "Countries that lose the sales, by share; without it nobody's loss is counted",
        ),
        compensation: f.number_or(
            "compensation_share",
            0.0,
            share(),
            "Share of the lost sales that their states make good",
        ),
        budget: f.optional_number(
            "budget_usd",
            Number::new("USD").range(0.0..=1e13),
            "No more compensation than this in all",
        ),
        supplier_research: f.number_or(
            "supplier_research_share",
            0.0,
            share(),
            "Share of the lost sales that was research of radio vendors at home there: of those that make parts themselves, as makers of parts are other firms",
        ),
        common,
    };
    let total: f64 = lever.suppliers.iter().map(|(_, s)| s).sum();
    f.require(
        total <= 1.0 + 1e-9,
        "suppliers",
        format!("these shares sum to {total}"),
        "shares that sum to 1 or less",
    );
    Arc::new(lever)
}

impl ComponentCutoff {
    /// Whether its components are those of a product: all are without a scope.
    fn names(&self, product: usize) -> bool {
        let components = &self.common.scope.components;
        components.is_empty() || components.iter().any(|c| c == ["ru", "bb", "core"][product])
    }

    /// Whether it is about cores alone.
    fn is_of_cores(&self) -> bool {
        !self.names(RU) && !self.names(BB)
    }

    /// What a vendor has delivered that draws on its stockpile, sites.
    fn delivered(&self, vendor: VendorIx, state: &State) -> f64 {
        let volume = if self.is_of_cores() {
            &state.core_volume
        } else {
            &state.volume
        };
        volume[usize::from(vendor)]
    }

    /// Renews what the market sees of it.
    fn show(&self, lever: usize, world: &World, state: &mut State) {
        let years = self.common.binds_from(lever, state).years_until(state.today).max(0.0);
        let vendors = world.vendors.len();
        let mut shift = Shift {
            cost: vec![[1.0; PRODUCTS]; vendors],
            quality: vec![[0.0; PRODUCTS]; vendors],
            wait: vec![[0.0; PRODUCTS]; vendors],
            ..Shift::default()
        };
        let missing = self.cut.missing(years);
        let indigenous = self.cut.blocked(years) * self.cut.recovered(years);
        for stock in state.supply.stocks.iter().filter(|s| s.lever == lever) {
            let v = usize::from(stock.vendor);
            let scarce = if stock.is_out() { missing } else { 0.0 };
            let longer = longer_lead(self.critical * scarce);
            let wait = if longer.is_infinite() {
                // Also where kit is delivered on the day of the order: what is not made is not sold.
                f64::INFINITY
            } else {
                f64::from(world.lead_days) / DAYS_PER_YEAR * longer
            };
            for k in [RU, BB, CORE].into_iter().filter(|k| self.names(*k)) {
                shift.cost[v][k] +=
                    self.dependence * (indigenous * self.indigenous_premium + scarce * self.scarcity_premium);
                shift.quality[v][k] -=
                    self.dependence * (indigenous * self.indigenous_lag + scarce * self.scarcity_loss);
                shift.wait[v][k] = wait;
            }
        }
        state.conditions.shift(lever, shift);
    }

    /// Books what allied suppliers lost by the sites delivered until today, once.
    fn book(&self, lever: usize, world: &World, state: &mut State) {
        for vendor in self.common.scope.vendor_indices(world) {
            let volume = self.delivered(vendor, state);
            let Some(stock) = state.supply.stock_mut(lever, vendor) else {
                continue;
            };
            let sites = volume - stock.billed;
            stock.billed = volume;
            self.lose(lever, vendor, sites, world, state);
        }
    }

    /// What allied suppliers of a vendor did not sell for the sites that it delivered, and who makes how much of it good.
    fn lose(&self, lever: usize, vendor: VendorIx, sites: f64, world: &World, state: &mut State) {
        // Of radios and basebands: `cost` has no core.
        let unit: f64 = (world.vendors[usize::from(vendor)].cost.iter().enumerate())
            .filter(|(k, c)| self.names(*k) && !c.is_nan())
            .map(|(_, c)| c)
            .sum();
        let lost = self.cut.covered * self.dependence * self.parts_share * unit * sites;
        for (country, share) in &self.suppliers {
            let Some(c) = world.countries.iter().position(|x| x.id == *country) else {
                continue;
            };
            let paid = state.purse.spend(
                lever,
                c,
                (Network::Radio, Payee::Sellers),
                lost * share * self.compensation,
            );
            let Some(research) = &mut state.research else { continue };
            let homes: Vec<usize> = (0..world.vendors.len())
                .filter(|v| world.scenario.vendors[*v].home == *country)
                .collect();
            let each = self.supplier_research * (lost * share - paid) / homes.len().max(1) as f64;
            for v in homes {
                research.funds[v] -= each;
            }
        }
    }
}

impl Lever for ComponentCutoff {
    fn kind(&self) -> &'static str {
        VARIANT.key
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn reads(&self) -> &'static [&'static str] {
        &["vendors", "components"]
    }

    fn writes(&self) -> &'static [&'static str] {
        &[
            "supply",
            "conditions.cost",
            "conditions.quality",
            "conditions.wait",
            "purse",
            "research",
        ]
    }

    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State) {
        match moment {
            Moment::InForce => {
                let notice = self.common.announced.map_or(0.0, |d| {
                    12.0 * d.years_until(self.common.binds_from(lever, state)).max(0.0)
                });
                if let Some(budget) = self.budget {
                    state.purse.budget[lever] = budget;
                }
                for vendor in self.common.scope.vendor_indices(world) {
                    let usual = self
                        .usual_sites_per_year
                        .unwrap_or_else(|| usual_sites_per_year(world, state, vendor, self.is_of_cores()));
                    state.supply.stocks.push(Stock {
                        lever,
                        vendor,
                        months: self.inventory_months + self.stockpiling * notice,
                        usual,
                        counted: self.delivered(vendor, state),
                        billed: self.delivered(vendor, state),
                        unmet: 0.0,
                    });
                }
                self.show(lever, world, state);
            }
            Moment::End => {
                self.book(lever, world, state);
                state.supply.close(lever);
                state.conditions.unshift(lever);
            }
            Moment::Announced | Moment::Deadline => {}
        }
    }

    fn review(&self, lever: usize, last: Day, world: &World, _posted: &Posted, state: &mut State) {
        let start = self.common.binds_from(lever, state);
        let (from, to) = (
            start.years_until(last).max(0.0),
            start.years_until(state.today).max(0.0),
        );
        for vendor in self.common.scope.vendor_indices(world) {
            let volume = self.delivered(vendor, state);
            let Some(stock) = state.supply.stock_mut(lever, vendor) else {
                continue;
            };
            let sites = volume - stock.counted;
            stock.counted = volume;
            stock.draw(&self.cut, from, to, sites);
        }
        self.book(lever, world, state);
        self.show(lever, world, state);
    }

    fn settle(&self, lever: usize, _last: Day, world: &World, state: &mut State) {
        self.book(lever, world, state);
    }
}
