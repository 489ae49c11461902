//! Measures: what is read from a run. One line a measure in [`CATALOGUE`].
//!
//! A measure is a function of sums ([`Cube`]) and of what is posted; it can change nothing.

pub mod cube;
pub mod plan;
pub mod stocks;

pub use cube::{Component, Cube, Field};
pub use plan::{Breadth, SeriesPlan};

use crate::market::posted::Posted;
use crate::market::switching::ITEMS;
use crate::world::World;
use cube::part_field;

/// One cell to be read: indices of what a [`crate::record::SeriesKey`] says in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Measure in the catalogue.
    pub measure: usize,
    /// Component.
    pub component: Component,
    /// Generation, or all.
    pub generation: Option<usize>,
    /// Place.
    pub place: usize,
    /// Vendors: all, one, or a group.
    pub vendors: Vec<usize>,
    /// Part, by place in the measure's own list; `usize::MAX` for `all`.
    pub part: usize,
}

/// What a measure reads.
pub struct View<'a> {
    /// The world.
    pub world: &'a World,
    /// Sums.
    pub cube: &'a Cube,
    /// Posted numbers.
    pub posted: &'a Posted,
    /// All vendors.
    pub everyone: &'a [usize],
}

impl View<'_> {
    fn sites(&self, c: &Cell, field: Field) -> f64 {
        self.cube
            .sum(c.place, c.component, c.generation, &c.vendors, field as usize, true)
    }

    fn sites_of(&self, c: &Cell, vendors: &[usize], field: Field) -> f64 {
        self.cube
            .sum(c.place, c.component, c.generation, vendors, field as usize, true)
    }

    fn money_of(&self, c: &Cell, vendors: &[usize], field: Field) -> f64 {
        self.cube
            .sum(c.place, c.component, c.generation, vendors, field as usize, false)
    }

    fn mean(&self, c: &Cell, field: Field, over: Field) -> f64 {
        ratio(self.sites(c, field), self.sites(c, over))
    }
}

/// A ratio; NaN, which is "undefined", where nothing stands below the line.
fn ratio(a: f64, b: f64) -> f64 {
    if b == 0.0 { f64::NAN } else { a / b }
}

/// How far a measure is broken down by vendor without being asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByVendor {
    /// Not at all.
    No,
    /// Each vendor and group for the world and the world without China; group `untrusted` for the blocs.
    Wide,
    /// Each vendor, and group `untrusted`, for the blocs too.
    Blocs,
    /// Each vendor, no group.
    Each,
}

/// Which series of a measure are recorded without being asked for.
#[derive(Debug, Clone, Copy)]
pub struct Dims {
    /// Components, for the world; elsewhere the radio network alone.
    pub components: &'static [Component],
    /// Each generation, for the world.
    pub generations: bool,
    /// Vendors.
    pub vendors: ByVendor,
    /// Whether `all` vendors together mean something.
    pub all_vendors: bool,
    /// Countries too.
    pub countries: bool,
    /// Only for the world.
    pub world_only: bool,
}

const RAN: &[Component] = &[Component::Ran];
const COMPONENTS: &[Component] = &[Component::Ran, Component::Ru, Component::Bb, Component::Core];
const HEADLINE: Dims = Dims {
    components: RAN,
    generations: true,
    vendors: ByVendor::Wide,
    all_vendors: true,
    countries: false,
    world_only: false,
};
const PLAIN: Dims = Dims {
    components: RAN,
    generations: false,
    vendors: ByVendor::No,
    all_vendors: true,
    countries: false,
    world_only: false,
};

/// A measure.
#[derive(Debug)]
pub struct Measure {
    /// Name in tables.
    pub name: &'static str,
    /// Unit of its values.
    pub unit: &'static str,
    /// Whether it covers the time since the last date, or stands at the end of the day.
    pub is_flow: bool,
    /// What it means, in a sentence.
    pub doc: &'static str,
    /// Its own breakdown: parts and whether their sum or whole is recorded too.
    pub parts: Parts,
    /// What is recorded by default.
    pub dims: Dims,
    /// Its value.
    pub value: fn(&View, &Cell) -> f64,
}

/// A measure's own breakdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parts {
    /// None: `all`.
    Whole,
    /// These.
    Named(&'static [&'static str]),
    /// `from:VENDOR`, and `from:none` for a first purchase.
    FromVendor,
}

/// Parts of `operator_cost`.
pub const COSTS: [&str; 5] = ["price", "switching", "integration", "running", "extension"];
/// Interfaces as parts.
const INTERFACES: [&str; 3] = crate::scenario::INTERFACES;

/// All measures, in the order of tables.
pub const CATALOGUE: &[Measure] = &[
    Measure {
        name: "lock_in_curve",
        unit: "share_of_price",
        is_flow: false,
        doc: "Wedge (L2) of each site at its own end of life, over the list price of the incumbent's alternative, site-weighted",
        parts: Parts::Whole,
        dims: Dims {
            components: COMPONENTS,
            countries: true,
            ..HEADLINE
        },
        value: |v, c| v.mean(c, Field::Curve, Field::CurveSites),
    },
    Measure {
        name: "lock_in_index",
        unit: "share_of_price",
        is_flow: false,
        doc: "Wedge (L2) of each site as if tendered on that date",
        parts: Parts::Whole,
        dims: Dims {
            generations: false,
            ..HEADLINE
        },
        value: |v, c| v.mean(c, Field::Index, Field::IndexSites),
    },
    Measure {
        name: "lock_in_part",
        unit: "share_of_price",
        is_flow: false,
        doc: "Parts of lock_in_index by cause; they sum to it",
        parts: Parts::Named(&ITEMS),
        dims: PLAIN,
        value: |v, c| {
            ratio(
                v.cube
                    .sum(c.place, c.component, c.generation, &c.vendors, part_field(c.part), true),
                v.sites(c, Field::IndexSites),
            )
        },
    },
    Measure {
        name: "lock_in_cost_per_site",
        unit: "usd_2020_per_site",
        is_flow: false,
        doc: "Wedge of each site as if tendered on that date, in money",
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.mean(c, Field::IndexMoney, Field::IndexSites),
    },
    Measure {
        name: "price_captured",
        unit: "share_of_price",
        is_flow: true,
        doc: "Part of the wedge that the incumbent takes in price, over awards: change of its margin less the rival's against the unattached twin",
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.mean(c, Field::Captured, Field::CapturedSites),
    },
    Measure {
        name: "preference_gap",
        unit: "share_of_price",
        is_flow: false,
        doc: "Lead of the incumbent with the unattached twin, at list prices: what is not lock-in",
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.mean(c, Field::Preference, Field::CurveSites),
    },
    Measure {
        name: "price_paid",
        unit: "usd_2020_per_site",
        is_flow: true,
        doc: "Price paid a site, by buyers without and with kit",
        parts: Parts::Named(&["new", "attached"]),
        dims: PLAIN,
        value: |v, c| {
            let (money, sites) = if c.part == 0 {
                (Field::NewPrice, Field::NewSites)
            } else {
                (Field::AttachedPrice, Field::AttachedSites)
            };
            v.mean(c, money, sites)
        },
    },
    Measure {
        name: "retention_rate",
        unit: "share",
        is_flow: true,
        doc: "Share of sites in awards of the component, where the incumbent could bid, in which it was chosen again",
        parts: Parts::Whole,
        dims: Dims {
            generations: false,
            ..HEADLINE
        },
        value: |v, c| v.mean(c, Field::Retained, Field::Defended),
    },
    Measure {
        name: "share_sales",
        unit: "share",
        is_flow: true,
        doc: "Share of sales",
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
        doc: "Share of sites in service; in `ran` a site counts by component weights",
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
        name: "hhi_sales",
        unit: "index",
        is_flow: true,
        doc: "Herfindahl-Hirschman index of sales, 0 to 1",
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
        doc: "Herfindahl-Hirschman index of sites, 0 to 1",
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
        doc: "1 over the HHI of sites",
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
        doc: "exp(entropy) of the winning probabilities of a tender, site-weighted over tenders",
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.mean(c, Field::Bidders, Field::TenderSites),
    },
    Measure {
        name: "open_share_specified",
        unit: "share",
        is_flow: false,
        doc: "Share of sites with open fronthaul",
        parts: Parts::Whole,
        dims: Dims {
            generations: true,
            ..PLAIN
        },
        value: |v, c| v.mean(c, Field::Open, Field::Sites),
    },
    Measure {
        name: "open_share_exercised",
        unit: "share",
        is_flow: false,
        doc: "Share of sites where a part of an open stack has been changed for another seller's",
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.mean(c, Field::Exercised, Field::Sites),
    },
    Measure {
        name: "open_share_multi_vendor",
        unit: "share",
        is_flow: false,
        doc: "Share of sites with radio and baseband of two sellers",
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.mean(c, Field::Multi, Field::Sites),
    },
    Measure {
        name: "untrusted_share",
        unit: "share",
        is_flow: false,
        doc: "Share of sites from vendors of group `untrusted`",
        parts: Parts::Whole,
        dims: Dims {
            generations: true,
            countries: true,
            components: COMPONENTS,
            ..PLAIN
        },
        value: |v, c| {
            let untrusted: Vec<usize> = v
                .everyone
                .iter()
                .copied()
                .filter(|s| v.world.vendors[*s].untrusted)
                .collect();
            ratio(v.sites_of(c, &untrusted, Field::Sites), v.sites(c, Field::Sites))
        },
    },
    Measure {
        name: "awarded_sites",
        unit: "sites",
        is_flow: true,
        doc: "Sites awarded, by former and new seller",
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
        name: "site_months_late",
        unit: "site_months",
        is_flow: true,
        doc: "Sites times the months that new kit waited for crews, and that old kit ran past a deadline of removal",
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.money_of(c, &c.vendors, Field::Late),
    },
    Measure {
        name: "operator_cost",
        unit: "musd_2020",
        is_flow: true,
        doc: "Outlays of operators by part; extension is the growth of upkeep with age, of all kit",
        parts: Parts::Named(&COSTS),
        dims: PLAIN,
        value: |v, c| {
            1e-6 * v.cube.sum(
                c.place,
                c.component,
                c.generation,
                &c.vendors,
                Field::CostPrice as usize + c.part,
                false,
            )
        },
    },
    Measure {
        name: "interface_maturity",
        unit: "maturity",
        is_flow: false,
        doc: "Maturity of each interface, 0 to 1",
        parts: Parts::Named(&INTERFACES),
        dims: Dims {
            world_only: true,
            ..PLAIN
        },
        value: |v, c| v.posted.maturity[c.part],
    },
    Measure {
        name: "forecast_error",
        unit: "share",
        is_flow: true,
        doc: "Probability that the kit's sellers stay at a tender: mean distance of what the next-tender table said at the award to what bids made it; undefined where nobody looks ahead",
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.mean(c, Field::ForecastError, Field::ForecastSites),
    },
];

/// Sum of squared shares; NaN where nothing is.
fn herfindahl(amounts: impl Iterator<Item = f64> + Clone) -> f64 {
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

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = CATALOGUE.iter().map(|m| m.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CATALOGUE.len());
    }
}
