//! The market: who sells, who stands, and how many of them count.

use super::{ByVendor, COMPONENTS, Dims, Field, HEADLINE, Measure, PLAIN, Parts, Recorded, ratio};

/// The family, in the order of tables.
pub const MEASURES: &[Measure] = &[
    Measure {
        name: "share_sales",
        unit: "share",
        is_flow: true,
        is_bounded: true,
        doc: "Share of sales",
        equation: "payments to the seller / all payments",
        recorded: Recorded::Everywhere,
        parts: Parts::Whole,
        dims: Dims {
            components: COMPONENTS,
            all_vendors: false,
            ..HEADLINE
        },
        value: |v, c| {
            ratio(
                v.money_of(c, &c.vendors, Field::Sales),
                v.money_of(c, v.everyone, Field::Sales),
            )
        },
    },
    Measure {
        name: "share_sites",
        unit: "share",
        is_flow: false,
        is_bounded: true,
        doc: "Share of sites in service; in `ran` a site counts by component weights",
        equation: "sites of the seller / all sites",
        recorded: Recorded::Everywhere,
        parts: Parts::Whole,
        dims: Dims {
            components: COMPONENTS,
            all_vendors: false,
            vendors: ByVendor::Blocs,
            ..HEADLINE
        },
        value: |v, c| ratio(v.sites(c, Field::Sites), v.sites_of(c, v.everyone, Field::Sites)),
    },
    Measure {
        name: "share_traffic",
        unit: "share",
        is_flow: false,
        is_bounded: true,
        doc: "Share of traffic: sites weighted by the traffic of their environment, the same for each generation",
        equation: "sum sites w of the seller / all; w = `traffic_weight` of the environment",
        recorded: Recorded::World,
        parts: Parts::Whole,
        dims: Dims {
            all_vendors: false,
            vendors: ByVendor::Wide,
            ..PLAIN
        },
        value: |v, c| ratio(v.sites(c, Field::Traffic), v.sites_of(c, v.everyone, Field::Traffic)),
    },
    Measure {
        name: "hhi_sales",
        unit: "index",
        is_flow: true,
        is_bounded: false,
        doc: "Herfindahl-Hirschman index of sales, 0 to 1",
        equation: "sum of squared shares",
        recorded: Recorded::Everywhere,
        parts: Parts::Whole,
        dims: Dims {
            components: COMPONENTS,
            ..PLAIN
        },
        value: |v, c| herfindahl(v.everyone.iter().map(|s| v.money_of(c, &[*s], Field::Sales))),
    },
    Measure {
        name: "hhi_sites",
        unit: "index",
        is_flow: false,
        is_bounded: false,
        doc: "Herfindahl-Hirschman index of sites, 0 to 1",
        equation: "sum of squared shares",
        recorded: Recorded::Everywhere,
        parts: Parts::Whole,
        dims: Dims {
            components: COMPONENTS,
            ..PLAIN
        },
        value: |v, c| herfindahl(v.everyone.iter().map(|s| v.sites_of(c, &[*s], Field::Sites))),
    },
    Measure {
        name: "effective_vendors",
        unit: "count",
        is_flow: false,
        is_bounded: false,
        doc: "1 over the HHI of sites",
        equation: "1 / HHI",
        recorded: Recorded::Everywhere,
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| {
            ratio(
                1.0,
                herfindahl(v.everyone.iter().map(|s| v.sites_of(c, &[*s], Field::Sites))),
            )
        },
    },
    Measure {
        name: "effective_bidders",
        unit: "count",
        is_flow: true,
        is_bounded: false,
        doc: "exp(entropy) of the winning probabilities of a tender, site-weighted over tenders",
        equation: "exp(-sum P ln P), by component weight, keep left out",
        recorded: Recorded::Everywhere,
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.mean(c, Field::Bidders, Field::TenderSites),
    },
    Measure {
        name: "awarded_sites",
        unit: "sites",
        is_flow: true,
        is_bounded: false,
        doc: "Sites awarded, by former and new seller",
        equation: "sites by component weight, new seller in `vendor`",
        recorded: Recorded::Everywhere,
        parts: Parts::FromVendor,
        dims: Dims {
            vendors: ByVendor::Each,
            all_vendors: false,
            world_only: true,
            ..PLAIN
        },
        value: |v, c| {
            let from = if c.part < v.everyone.len() { Some(c.part) } else { None };
            c.vendors.iter().map(|to| v.cube.awarded(c.place, from, *to)).sum()
        },
    },
    Measure {
        name: "vendor_profit",
        unit: "musd_2020",
        is_flow: true,
        is_bounded: false,
        doc: "Sales and break fees less unit cost, which is long-run: it carries research and selling; less royalties paid beyond it, with those received; before state subsidies",
        equation: "sales + fees - unit cost of what was sold - royalties (paid less received)",
        recorded: Recorded::World,
        parts: Parts::Whole,
        dims: Dims {
            vendors: ByVendor::Wide,
            ..PLAIN
        },
        value: |v, c| {
            let money = |f| v.money_of(c, &c.vendors, f);
            1e-6 * (money(Field::Sales) + money(Field::Fees) - money(Field::Production) - money(Field::Royalties))
        },
    },
    Measure {
        name: "forecast_error",
        unit: "share",
        is_flow: true,
        is_bounded: true,
        doc: "Probability that the kit's sellers stay at a tender: mean distance of what the next-tender table said at the award to what bids made it; undefined where nobody looks ahead",
        equation: "mean |expected - realised probability|, by sites",
        recorded: Recorded::World,
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.mean(c, Field::ForecastError, Field::ForecastSites),
    },
];

/// Herfindahl-Hirschman index: the sum of squared shares of amounts that need not sum to 1, in `[1/n, 1]`; NaN where nothing is.
///
/// Of `N` independent awards its mean exceeds that of the underlying shares `H` by `(1 - H) / N`.
#[must_use]
pub fn herfindahl(amounts: impl Iterator<Item = f64> + Clone) -> f64 {
    let all: f64 = amounts.clone().sum();
    if all == 0.0 {
        f64::NAN
    } else {
        amounts.map(|x| (x / all) * (x / all)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// V24: shares (.4,.3,.2,.1) have an HHI of .30.
    #[test]
    fn herfindahl_known_answer() {
        assert!((herfindahl([4.0, 3.0, 2.0, 1.0].into_iter()) - 0.30).abs() < 1e-15);
        assert!(herfindahl([0.0, 0.0].into_iter()).is_nan());
    }
}
