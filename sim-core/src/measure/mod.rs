//! Measures: what is read from a run. One family a file, one entry a measure; [`CATALOGUE`] joins them in the order of tables.
//!
//! A measure is a function of sums ([`Cube`]), of what is posted and of public money; it can change nothing. How much of each
//! is recorded by default, [`Recorded`] says; `[measures] extra = ["NAME"]` in a scenario asks for one in full.
//!
//! The nine views of lock-in: L1 `state_dependence`; L2 `lock_in_*`, `price_captured`, `price_protected`; L3 `price_premium`; L4
//! `handicapped_retention`, `inefficient_retention`, `inefficient_switching`; L5 `switching_hazard`, `tenure_years`, `half_life_years`; L6 `path_dependence` and L7
//! `unlocking_cost`, each from many continuations of the run ([`histories`]); L8 `exit_cost`, `exit_blocked_share`, `exit_years`,
//! `restore_months`, `stranded_value`; L9 [`welfare`].

pub mod cost;
pub mod cube;
pub mod exits;
pub mod exposure;
pub mod histories;
pub mod lock_in;
pub mod market;
pub mod openness;
pub mod plan;
pub mod stocks;
pub mod welfare;

pub use cube::{Component, Cube, Field, Places};
pub use exits::{ExitBook, exit_deadlines};
pub use market::herfindahl;
pub use plan::{Breadth, SeriesPlan};

use std::ops::RangeInclusive;

use crate::inference::IntervalRule;
use crate::market::posted::Posted;
use crate::scenario::document::Number;
use crate::world::outlay::Network;
use crate::world::{State, World};

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
    /// State at the end of the day: rules and public money.
    pub state: &'a State,
    /// Removals by deadline, where they were asked for.
    pub exits: Option<&'a ExitBook>,
    /// All vendors.
    pub everyone: &'a [usize],
    /// Radio sites of each country at the start.
    pub country_sites: &'a [f64],
    /// Social discount factor of the window's middle, from the first day.
    pub discount: f64,
}

impl View<'_> {
    fn sites(&self, c: &Cell, field: Field) -> f64 {
        self.sites_of(c, &c.vendors, field)
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

    /// What the countries of a cell's place have paid of public money for its network, on one lever or on all, million US dollars. What those
    /// pay who are no country of the scenario counts in the world as a whole.
    fn public_money(&self, c: &Cell, lever: Option<usize>) -> f64 {
        let outlay = &self.state.purse.outlay;
        let paid = |country: usize| {
            let networks = networks(c.component).iter();
            networks.fold(0.0, |sum, n| sum + outlay.of_network(*n, country, lever))
        };
        let abroad = if c.place == 0 {
            paid(self.world.countries.len())
        } else {
            0.0
        };
        self.sum_over_countries(c.place, paid) + abroad
    }

    /// Sum over the countries of a place; an operator's own place has none.
    fn sum_over_countries(&self, place: usize, of: impl Fn(usize) -> f64) -> f64 {
        let countries = self.world.places_of_country.iter().enumerate();
        countries
            .filter(|(_, places)| places.contains(&place))
            .fold(0.0, |sum, (country, _)| sum + of(country))
    }
}

/// The networks whose public money stands beside the sums of a component; both parts of a radio share its network's.
fn networks(component: Component) -> &'static [Network] {
    match component {
        Component::All => &Network::BOTH,
        Component::Ran | Component::Ru | Component::Bb => &[Network::Radio],
        Component::Core => &[Network::Core],
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
    /// Each vendor and group for the world and the world without China; group `untrusted` for the blocs, and each vendor there if the
    /// measure is asked for by name.
    Wide,
    /// Each vendor, and group `untrusted`, for the blocs too.
    Blocs,
    /// Each vendor for the world, no group.
    Each,
    /// Each vendor in every place, no group.
    EachEverywhere,
}

/// Which series of a measure are recorded without being asked for.
#[derive(Debug, Clone, Copy)]
pub struct Dims {
    /// Components, for the world (of public money: everywhere); elsewhere the radio network alone.
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
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    /// Name in tables.
    pub name: &'static str,
    /// Unit of its values.
    pub unit: &'static str,
    /// Whether it covers the time since the last date, or stands at the end of the day.
    pub is_flow: bool,
    /// Whether it is a share of things or a probability, from 0 to 1 and never outside; a difference of two is not.
    pub is_bounded: bool,
    /// What it means, in a sentence.
    pub doc: &'static str,
    /// How it is computed, in a line.
    pub equation: &'static str,
    /// How much of it is recorded without being asked for.
    pub recorded: Recorded,
    /// Its own breakdown: parts and whether their sum or whole is recorded too.
    pub parts: Parts,
    /// Which series it has, short of the whole cross.
    pub dims: Dims,
    /// Its value.
    pub value: fn(&View, &Cell) -> f64,
}

impl Measure {
    /// The values that it can take.
    #[must_use]
    pub fn domain(&self) -> Number {
        let any = Number::new(self.unit);
        match domain_of(self.name, self.unit) {
            Some(range) => any.range(range),
            None => any,
        }
    }
}

/// The values that a measure of a unit can take; `None` where any number will do. Shares, probabilities and the Herfindahl-Hirschman
/// index lie from 0 to 1. Parts of a price may be more than the whole, but hardly ten times as much: who writes that has per cent in mind.
#[must_use]
pub fn domain_of(measure: &str, unit: &str) -> Option<RangeInclusive<f64>> {
    match unit {
        // A difference of two probabilities.
        "probability" if measure == "state_dependence" => Some(-1.0..=1.0),
        "share" | "probability" | "index" | "maturity" => Some(0.0..=1.0),
        "share_of_price" => Some(-10.0..=10.0),
        _ => None,
    }
}

/// What to say of a value of a unit of fractions that looks like per cent; `None` where the unit is no fraction.
#[must_use]
pub fn fraction_hint(unit: &str, value: f64) -> Option<String> {
    let one_in = |whole: f64| (1e6 * value / whole).round() / 1e6;
    match unit {
        "index" if value > 100.0 => Some(format!("fractions: {} is an index of {value}", one_in(1e4))),
        "share" | "probability" | "index" | "maturity" | "share_of_price" if (1.0..=100.0).contains(&value.abs()) => {
            Some(format!("fractions: {} is {value}%", one_in(100.0)))
        }
        "share" | "probability" | "index" | "maturity" | "share_of_price" => Some("fractions: 0.4 is 40%".to_owned()),
        _ => None,
    }
}

/// How much of a measure is recorded without being asked for, so that the reference world stays under 30,000 values a replicate. What
/// `[measures] extra` names is recorded in all its dimensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// All its dimensions.
    Everywhere,
    /// The radio network of the world alone, of all vendors together or, where that has no meaning, of group `untrusted`.
    World,
    /// Nothing, for what it costs to compute.
    Never,
    /// Nothing, not even where every measure is recorded: each value takes many runs, so it must be named.
    ByName,
}

/// A measure's own breakdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parts {
    /// None: `all`.
    Whole,
    /// These.
    Named(&'static [&'static str]),
    /// `all`, and these.
    WithWhole(&'static [&'static str]),
    /// `from:VENDOR`, and `from:none` for a first purchase.
    FromVendor,
    /// The dates of [`exit_deadlines`].
    Deadline,
    /// `all`, and each active lever that spends public money, by name.
    Lever,
}

/// The families, in the order of tables.
const FAMILIES: [&[Measure]; 7] = [
    lock_in::MEASURES,
    market::MEASURES,
    openness::MEASURES,
    exposure::MEASURES,
    cost::MEASURES,
    welfare::MEASURES,
    histories::MEASURES,
];

/// Number of measures.
const COUNT: usize = {
    let (mut count, mut family) = (0, 0);
    while family < FAMILIES.len() {
        count += FAMILIES[family].len();
        family += 1;
    }
    count
};

/// All measures, in the order of tables.
pub static CATALOGUE: [Measure; COUNT] = {
    let mut all = [FAMILIES[0][0]; COUNT];
    let (mut at, mut family) = (0, 0);
    while family < FAMILIES.len() {
        let mut i = 0;
        while i < FAMILIES[family].len() {
            all[at] = FAMILIES[family][i];
            at += 1;
            i += 1;
        }
        family += 1;
    }
    all
};

/// How the interval for the mean of a measure is found: Wilson's interval is for what lies between 0 and 1 ([`Measure::is_bounded`]). What is no
/// measure of the catalogue is taken as an amount.
#[must_use]
pub fn interval_rule(name: &str) -> IntervalRule {
    let bounded = CATALOGUE.iter().any(|m| m.name == name && m.is_bounded);
    if bounded {
        IntervalRule::WilsonIfBinary
    } else {
        IntervalRule::Student
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::Summary;

    /// Ten replicates in which the installed seller has no lead: the interval of a difference is 0, not up to .28.
    #[test]
    fn what_can_be_negative_has_no_interval_of_a_share() {
        for name in ["state_dependence", "path_dependence", "exit_cost", "nobody_knows"] {
            assert_eq!(interval_rule(name), IntervalRule::Student, "{name}");
        }
        for name in ["retention_rate", "share_sites", "open_share_sales"] {
            assert_eq!(interval_rule(name), IntervalRule::WilsonIfBinary, "{name}");
        }
        let summary = Summary::with([0.0; 10], interval_rule("state_dependence"), &mut Vec::new());
        assert_eq!((summary.ci_low, summary.ci_high), (0.0, 0.0));
    }

    #[test]
    fn only_shares_and_probabilities_are_bounded() {
        for m in CATALOGUE.iter().filter(|m| m.is_bounded) {
            assert!(["share", "probability"].contains(&m.unit), "{}", m.name);
        }
    }

    #[test]
    fn what_looks_like_per_cent_is_told_as_a_fraction() {
        let domain = |name: &str| CATALOGUE.iter().find(|m| m.name == name).map(Measure::domain);
        for (name, value, fine) in [
            ("untrusted_share", 0.4, true),
            ("untrusted_share", 40.0, false),
            ("hhi_sites", 2480.0, false),
            ("state_dependence", -0.2, true),
            ("preference_gap", -0.2, true),
            ("lock_in_curve", 24.0, false),
            ("vendor_profit", -2e6, true),
        ] {
            assert_eq!(domain(name).map(|d| d.allows(value)), Some(fine), "{name} {value}");
        }
        let hint = |unit, value| fraction_hint(unit, value).unwrap_or_default();
        assert_eq!(hint("share", 1.1), "fractions: 0.011 is 1.1%");
        assert_eq!(hint("index", 2480.0), "fractions: 0.248 is an index of 2480");
        assert_eq!(hint("share_of_price", 1e9), "fractions: 0.4 is 40%");
        assert_eq!(fraction_hint("years", 40.0), None);
    }

    #[test]
    fn names_are_unique_and_every_measure_says_what_it_is() {
        let mut names: Vec<&str> = CATALOGUE.iter().map(|m| m.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CATALOGUE.len());
        for m in &CATALOGUE {
            assert!(m.doc.len() > 10 && m.equation.len() > 5, "{}", m.name);
        }
    }
}
