//! Measures: what is read from a run. One family a file, one entry a measure; [`CATALOGUE`] joins them in the order of tables.
//!
//! A measure is a function of sums ([`Cube`]), of what is posted and of public money; it can change nothing. How much of each
//! is recorded by default, [`Recorded`] says; `[measures] extra = ["NAME"]` in a scenario asks for one in full.
//!
//! The nine views of lock-in: L1 `state_dependence`; L2 `lock_in_*`, `price_captured`, `price_protected`; L3 `price_premium`; L4
//! `handicapped_retention`, `inefficient_retention`, `inefficient_switching`; L5 `switching_hazard`, `tenure_years`, `half_life_years`; L6 `path_dependence` and L7
//! `unlocking_cost`, each from many continuations of the run ([`histories`]); L8 `exit_cost`, `exit_years`,
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

use crate::market::posted::Posted;
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

#[cfg(test)]
mod tests {
    use super::*;

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
