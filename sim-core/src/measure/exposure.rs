//! Exposure: what stands from sellers that may have to go, what it would cost to remove it, and how it is feared (L8).

use super::{ByVendor, COMPONENTS, Dims, Field, Measure, PLAIN, Parts, Recorded, ratio};
use crate::world::{RuleScope, VendorIx, sourcing};

/// Of one removed seller: every seller, in every place that is listed.
const BY_REMOVED: Dims = Dims {
    vendors: ByVendor::EachEverywhere,
    all_vendors: false,
    ..PLAIN
};

/// The family, in the order of tables.
pub const MEASURES: &[Measure] = &[
    Measure {
        name: "untrusted_share",
        unit: "share",
        is_flow: false,
        is_bounded: true,
        doc: "Share of sites from vendors of group `untrusted`",
        equation: "their sites / sites",
        recorded: Recorded::Everywhere,
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
        name: "stranded_value",
        unit: "musd_2020",
        is_flow: true,
        is_bounded: false,
        doc: "Book value of kit that was removed before its end, by its seller: a write-off, no cost of welfare",
        equation: "sum sites price paid x life left / contract term",
        recorded: Recorded::World,
        parts: Parts::Whole,
        dims: Dims {
            vendors: ByVendor::Wide,
            ..PLAIN
        },
        value: |v, c| 1e-6 * v.money_of(c, &c.vendors, Field::Stranded),
    },
    Measure {
        name: "exit_cost",
        unit: "musd_2020",
        is_flow: false,
        is_bounded: false,
        doc: "What removing a seller from the radio network by a date would cost in switching, from the date of the row: kit whose life ends before goes then, the rest on the deadline with what is left of it; at the terms, rules and unit costs of the row's date, and without the sites of `exit_blocked_share`",
        equation: "sum sites K(life left on the day) exp(-rho years to the day), K over the best way without the seller, rho social",
        recorded: Recorded::Never,
        parts: Parts::Deadline,
        dims: BY_REMOVED,
        value: |v, c| v.exits.map_or(f64::NAN, |e| 1e-6 * e.cost(c.part, c.place, &c.vendors)),
    },
    Measure {
        name: "exit_blocked_share",
        unit: "share",
        is_flow: false,
        is_bounded: true,
        doc: "Share of a seller's radio sites that nobody else may or can serve on the date: `exit_cost` has no bill for them and leaves them out, and is undefined where they are all",
        equation: "sites without a stack on sale from which the seller is absent / its sites",
        recorded: Recorded::Never,
        parts: Parts::Whole,
        dims: BY_REMOVED,
        value: |v, c| v.exits.map_or(f64::NAN, |e| e.blocked_share(c.place, &c.vendors)),
    },
    Measure {
        name: "exit_years",
        unit: "years",
        is_flow: false,
        is_bounded: false,
        doc: "Years from the date of the row until the last of a seller's radio kit is gone if it must be by a date, with the crews that each operator has: beyond the deadline where they are too few",
        equation: "max over operators of the last end of life before the deadline, or of the deadline and lead time + sites left / crew rate",
        recorded: Recorded::Never,
        parts: Parts::Deadline,
        dims: BY_REMOVED,
        value: |v, c| v.exits.map_or(f64::NAN, |e| e.years(c.part, c.place, &c.vendors)),
    },
    Measure {
        name: "restore_months",
        unit: "months",
        is_flow: false,
        is_bounded: false,
        doc: "Months until an operator's crews had replaced all radio sites of a seller that is gone tomorrow, weighted by those sites",
        equation: "lead time + sites / crew rate, by operator",
        recorded: Recorded::World,
        parts: Parts::Whole,
        dims: Dims {
            vendors: ByVendor::Wide,
            all_vendors: false,
            ..PLAIN
        },
        value: |v, c| {
            ratio(
                v.money_of(c, &c.vendors, Field::RestoreMonths),
                v.money_of(c, &c.vendors, Field::HeldSites),
            )
        },
    },
    Measure {
        name: "service_at_risk",
        unit: "site_months",
        is_flow: false,
        is_bounded: false,
        doc: "Site-months without radio service if a seller were gone tomorrow: its sites of all generations wait for the crews that the operator has, and before that for the lead time or, where the operator has no other seller of the component in the generation, for one that can deliver",
        equation: "sum over operators, components w (S^2 / 2c + sum over generations t_g S_g): S its sites, c sites a month of the crews, t_g lead time, or the larger of it and sourcing.emergency_months with nobody else",
        recorded: Recorded::Never,
        parts: Parts::Whole,
        dims: BY_REMOVED,
        value: |v, c| {
            let of = |s: &usize| sourcing::exposure(v.world, v.state, *s, |o| v.is_at(o, c.place));
            c.vendors.iter().map(of).fold(0.0, |sum, x| sum + x)
        },
    },
    Measure {
        name: "second_source_share",
        unit: "share",
        is_flow: false,
        is_bounded: true,
        doc: "Share of radio sites, by component weight, whose operator has more than one seller of the component in the generation",
        equation: "sum w sites [sellers > 1] / sum w sites",
        recorded: Recorded::Never,
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| sourcing::second_source_share(v.world, v.state, |o| v.is_at(o, c.place)),
    },
    Measure {
        name: "inventory_months",
        unit: "months",
        is_flow: false,
        is_bounded: false,
        doc: "Months of a seller's usual deliveries that its scarcest stockpile of parts covers; undefined where nobody cuts it off",
        equation: "min over cut-offs of months left",
        recorded: Recorded::Never,
        parts: Parts::Whole,
        dims: Dims {
            vendors: ByVendor::Each,
            all_vendors: false,
            world_only: true,
            ..PLAIN
        },
        value: |v, c| {
            let months = c
                .vendors
                .iter()
                .filter_map(|s| v.state.supply.inventory_months(*s as VendorIx));
            months.reduce(f64::min).unwrap_or(f64::NAN)
        },
    },
    Measure {
        name: "site_months_late",
        unit: "site_months",
        is_flow: true,
        is_bounded: false,
        doc: "Sites times the months that new kit waited for crews, and that old kit ran past a deadline of removal",
        equation: "sum sites months",
        recorded: Recorded::Everywhere,
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.money_of(c, &c.vendors, Field::Late),
    },
    Measure {
        name: "trust_weight",
        unit: "weight",
        is_flow: false,
        is_bounded: false,
        doc: "Weight of distrust of a seller, mean over the countries of a place by sites, and over the sellers of a group",
        equation: "sum sites t_v / sum sites",
        recorded: Recorded::World,
        parts: Parts::Whole,
        dims: Dims {
            vendors: ByVendor::Wide,
            all_vendors: false,
            ..PLAIN
        },
        value: |v, c| {
            v.mean_over_countries(c.place, |country| {
                let moved = &v.state.conditions;
                let of =
                    |s: &usize| v.world.countries[country].trust[*s] + moved.trust[moved.at(country, *s as VendorIx)];
                ratio(c.vendors.iter().map(of).sum(), c.vendors.len() as f64)
            })
        },
    },
    Measure {
        name: "ban_hazard",
        unit: "per_year",
        is_flow: false,
        is_bounded: false,
        doc: "Yearly hazard of a first or stricter rule on a seller's radio network that buyers reckon with, mean over countries by sites and over the sellers of a group; after an announcement that of an operator whom it binds",
        equation: "max(h_cv, h_t once a rule is announced)",
        recorded: Recorded::World,
        parts: Parts::Whole,
        dims: Dims {
            vendors: ByVendor::Wide,
            all_vendors: false,
            ..PLAIN
        },
        value: |v, c| {
            let ran = v.radio_scope();
            v.mean_over_countries(c.place, |country| {
                let of = |s: &usize| v.hazard(country, *s as VendorIx, ran);
                ratio(c.vendors.iter().map(of).sum(), c.vendors.len() as f64)
            })
        },
    },
];

impl super::View<'_> {
    /// Radio and baseband of all generations.
    fn radio_scope(&self) -> RuleScope {
        use crate::world::{BB, Layer, RU};
        (0..self.world.gens.len())
            .flat_map(|g| [RU, BB].map(|k| RuleScope::of(Layer::Ran(g), k)))
            .fold(RuleScope::default(), RuleScope::with)
    }

    /// Whether an operator belongs to a place, or is it.
    fn is_at(&self, operator: usize, place: usize) -> bool {
        let country = self.world.operators[operator].country;
        self.world.first_operator_place + operator == place || self.world.places_of_country[country].contains(&place)
    }

    /// What buyers fear of a seller in a country.
    fn hazard(&self, country: usize, vendor: VendorIx, scope: RuleScope) -> f64 {
        let moved = &self.state.conditions;
        let shift = moved.hazard[moved.at(country, vendor)];
        let own = (self.world.countries[country].hazard[usize::from(vendor)] + shift).max(0.0);
        // The operator with the lowest mark is bound by every rule that binds anybody.
        if self.state.rules.is_announced(country, vendor, scope, 0) {
            own.max(self.world.scenario.hazard.after_announcement_per_year)
        } else {
            own
        }
    }

    /// Mean over the countries of a place by radio sites at the start of the run; NaN for an operator's place.
    fn mean_over_countries(&self, place: usize, of: impl Fn(usize) -> f64) -> f64 {
        let (mut sum, mut sites) = (0.0, 0.0);
        for (country, weight) in self.country_sites.iter().enumerate() {
            if *weight > 0.0 && self.world.places_of_country[country].contains(&place) {
                sum += weight * of(country);
                sites += weight;
            }
        }
        ratio(sum, sites)
    }
}
