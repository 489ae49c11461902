//! Levers: what authorities can do. One file a lever, one line in [`CATALOGUE`].
//!
//! A lever acts on mechanisms (a choice set, a cost, a rate, a stock), never on a measure, a share or a probability:
//! it is handed the [`State`] and may write only what its file lists. What follows (forced tenders, prices)
//! the run works out.

pub mod adoption_fund;
pub mod alliance;
pub mod capital_restriction;
pub mod cards;
pub mod coalition_pressure;
pub mod component_cutoff;
pub mod counter_lobbying;
pub mod early_generation;
pub mod equity;
pub mod export_credit;
pub mod fund;
pub mod growth;
pub mod home_protection;
pub mod incident;
pub mod investment_screening;
pub mod licence_condition;
pub mod lobbying;
pub mod merger;
pub mod norms;
pub mod open_mandate;
pub mod outlay;
pub mod parts_fund;
pub mod procurement_ban;
pub mod reimbursement;
pub mod research_fund;
pub mod retaliation;
pub mod royalties;
pub mod share_cap;
pub mod state_subsidy;
pub mod subsidy_bar;
pub mod talent_restriction;
pub mod testbed;
pub mod trigger;
pub mod untrusted_members;
pub mod virtualisation_support;

use std::fmt::Debug;
use std::sync::Arc;

use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::scenario::document::{Fields, Number, Table, Variant};
use crate::scenario::kinds::day;
use crate::world::rules::Bound;
use crate::world::{Arch, Layer, LeverDates, OperatorInfo, RuleScope, State, VendorIx, World};

pub use trigger::{Start, Trigger};

/// All levers by kind: `[levers.NAME.KIND]`.
pub const CATALOGUE: &[Variant<Arc<dyn Lever>>] = &[
    adoption_fund::VARIANT,
    alliance::VARIANT,
    capital_restriction::VARIANT,
    coalition_pressure::VARIANT,
    component_cutoff::VARIANT,
    counter_lobbying::VARIANT,
    early_generation::VARIANT,
    equity::VARIANT,
    export_credit::VARIANT,
    home_protection::VARIANT,
    incident::VARIANT,
    investment_screening::VARIANT,
    licence_condition::VARIANT,
    lobbying::VARIANT,
    merger::VARIANT,
    norms::VARIANT,
    open_mandate::VARIANT,
    procurement_ban::VARIANT,
    reimbursement::VARIANT,
    research_fund::VARIANT,
    retaliation::VARIANT,
    royalties::VARIANT,
    share_cap::VARIANT,
    state_subsidy::VARIANT,
    subsidy_bar::VARIANT,
    talent_restriction::VARIANT,
    testbed::VARIANT,
    untrusted_members::VARIANT,
    virtualisation_support::VARIANT,
];

/// A moment in the life of a lever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// It becomes known.
    Announced,
    /// It binds.
    InForce,
    /// What it demands must be done by the end of this day.
    Deadline,
    /// It binds no more.
    End,
}

impl Moment {
    /// Its name in the trace.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Moment::Announced => "announced",
            Moment::InForce => "in force",
            Moment::Deadline => "deadline",
            Moment::End => "end",
        }
    }
}

/// `scope`: whom and what a lever concerns; an empty list is everything. A lever reads some of the keys ([`Lever::reads`]); the others are
/// refused.
#[derive(Debug, Clone, Default)]
pub struct Scoped {
    /// Country ids.
    pub countries: Vec<String>,
    /// Bloc ids.
    pub blocs: Vec<String>,
    /// Vendor ids or `group:ID`.
    pub vendors: Vec<String>,
    /// `ru`, `bb`, `core`.
    pub components: Vec<String>,
    /// Generation ids.
    pub generations: Vec<String>,
}

impl Table for Scoped {
    fn fields(f: &mut Fields<'_>) -> Self {
        Scoped {
            countries: f.texts("countries", "Countries; none and no bloc: all"),
            blocs: f.texts("blocs", "Blocs"),
            vendors: f.texts("vendors", "Vendors, or `group:ID`; none: all"),
            components: f.texts("components", "`ru`, `bb`, `core`; none: all"),
            generations: f.texts("generations", "Generations; none: all"),
        }
    }
}

/// Keys of a scope that levers of one sort read.
pub mod scope_keys {
    /// All.
    pub const ALL: &[&str] = &["countries", "blocs", "vendors", "components", "generations"];
    /// Vendors: what they are or do has no place.
    pub const VENDORS: &[&str] = &["vendors"];
    /// How some countries look at some vendors, whatever they sell.
    pub const PLACES_AND_VENDORS: &[&str] = &["countries", "blocs", "vendors"];
}

impl Scoped {
    /// The lists by key.
    #[must_use]
    pub fn lists(&self) -> [(&'static str, &[String]); 5] {
        [
            ("countries", &self.countries),
            ("blocs", &self.blocs),
            ("vendors", &self.vendors),
            ("components", &self.components),
            ("generations", &self.generations),
        ]
    }

    /// Indices of the countries concerned.
    #[must_use]
    pub fn country_indices(&self, world: &World) -> Vec<usize> {
        let all = self.countries.is_empty() && self.blocs.is_empty();
        let in_bloc = |c: usize| {
            world.countries[c]
                .blocs
                .iter()
                .any(|b| self.blocs.contains(&world.blocs[*b]))
        };
        (0..world.countries.len())
            .filter(|c| all || self.countries.contains(&world.countries[*c].id) || in_bloc(*c))
            .collect()
    }

    /// Indices of the vendors concerned.
    #[must_use]
    pub fn vendor_indices(&self, world: &World) -> Vec<VendorIx> {
        let named = |v: usize| {
            let vendor = &world.scenario.vendors[v];
            self.vendors.iter().any(|x| {
                *x == vendor.id
                    || x.strip_prefix("group:")
                        .is_some_and(|g| vendor.groups.iter().any(|y| y == g))
            })
        };
        (0..world.vendors.len())
            .filter(|v| self.vendors.is_empty() || named(*v))
            .map(|v| v as VendorIx)
            .collect()
    }

    /// By country: whether it is concerned.
    #[must_use]
    pub fn buyers(&self, world: &World) -> Vec<bool> {
        let mut buyers = vec![false; world.countries.len()];
        for c in self.country_indices(world) {
            buyers[c] = true;
        }
        buyers
    }

    /// By vendor: whether it is concerned.
    #[must_use]
    pub fn sellers(&self, world: &World) -> Vec<bool> {
        let mut sellers = vec![false; world.vendors.len()];
        for v in self.vendor_indices(world) {
            sellers[usize::from(v)] = true;
        }
        sellers
    }

    /// By operator: whether it stands in a country concerned, its mark is within the bound, and it has at most so many subscribers, millions.
    #[must_use]
    pub fn operators(&self, world: &World, bound: Bound, most_subscribers_m: Option<f64>) -> Vec<bool> {
        let buyers = self.buyers(world);
        let small = |o: usize| most_subscribers_m.is_none_or(|m| world.scenario.operators[o].subscribers_m <= m);
        let concerned = |(o, info): (usize, &OperatorInfo)| buyers[info.country] && bound.binds(info.mark) && small(o);
        world.operators.iter().enumerate().map(concerned).collect()
    }

    /// Components and generations concerned.
    #[must_use]
    pub fn rule_scope(&self, world: &World) -> RuleScope {
        let component = |id: &str| self.components.is_empty() || self.components.iter().any(|c| c == id);
        let mut scope = RuleScope::default();
        for (g, generation) in world.gens.iter().enumerate() {
            if self.generations.is_empty() || self.generations.contains(&generation.id) {
                for (k, id) in ["ru", "bb"].into_iter().enumerate() {
                    if component(id) {
                        scope = scope.with(RuleScope::of(Layer::Ran(g), k));
                    }
                }
            }
        }
        if component("core") {
            scope = scope.with(RuleScope::of(Layer::Core, crate::world::BB));
        }
        scope
    }
}

/// Keys that every lever has.
#[derive(Debug, Clone)]
pub struct Common {
    /// Day on which it becomes known; without it, the day on which it binds.
    pub announced: Option<Day>,
    /// What it waits for.
    pub start: Start,
    /// Day from which it binds; [`Day::MAX`] where `start` waits for something else. While a replicate is played, the days of a lever
    /// are those of [`State::dates`].
    pub in_force: Day,
    /// Last day to do what it demands.
    pub deadline: Option<Day>,
    /// The same in years after it is in force, for a lever that waits.
    pub deadline_years: Option<f64>,
    /// Day from which it binds no more.
    pub end: Option<Day>,
    /// The same in years after it is in force, for a lever that waits.
    pub lasts_years: Option<f64>,
    /// How far it goes, in `[0,1]`; 0 is no lever.
    pub strength: f64,
    /// Whether it stands; a child scenario drops a lever with `false`.
    pub enabled: bool,
    /// Whom and what it concerns.
    pub scope: Scoped,
    /// Why it stands: a source, in words.
    pub reason: Option<String>,
}

impl Common {
    /// Reads the keys.
    #[must_use]
    pub fn fields(f: &mut Fields<'_>) -> Self {
        let announced = f.optional_date(
            "announced",
            "Day on which it becomes known; without it, the day on which it binds",
        );
        let in_force = f
            .optional_date(
                "in_force",
                "Day from which it binds; or it waits: see `when` and `answers`",
            )
            .map(day);
        let start = Start::fields(f, in_force.is_some());
        let years = || Number::new("years").range(0.0..=100.0);
        let common = Common {
            announced: announced.map(day),
            in_force: in_force.unwrap_or(Day::MAX),
            deadline: f.optional_date("deadline", "Last day to do what it demands").map(day),
            deadline_years: f.optional_number(
                "deadline_years",
                years(),
                "For a lever that waits: years from in force to its deadline",
            ),
            end: f.optional_date("end", "Day from which it binds no more").map(day),
            lasts_years: f.optional_number(
                "lasts_years",
                years(),
                "For a lever that waits: years from in force to its end",
            ),
            start,
            strength: f.number_or(
                "strength",
                1.0,
                Number::new("share").range(0.0..=1.0),
                "How far it goes; 0 is no lever",
            ),
            enabled: f.flag_or(
                "enabled",
                true,
                "Whether it stands; `false` in a child scenario drops it",
            ),
            scope: f.table_or_default(
                "scope",
                "Whom and what it concerns; a key that the lever does not read is refused",
            ),
            reason: f.optional_text("reason", "Why it stands: a source, in words"),
        };
        let waits = common.start != Start::OnItsDay;
        let is_dated = in_force.is_some() && !waits;
        f.require(
            common.announced.is_none_or(|d| d <= common.in_force),
            "announced",
            "announced after it is in force",
            "a day up to `in_force`",
        );
        f.require(
            !is_dated || common.deadline.is_none_or(|d| d >= common.in_force),
            "deadline",
            "the deadline is before it is in force",
            "a day from `in_force` on",
        );
        f.require(
            !is_dated || common.end.is_none_or(|d| d > common.in_force),
            "end",
            "it ends before it starts",
            "a day after `in_force`",
        );
        // A deadline after the end is a rule that is repealed before it bites: what was feared of it until then is no slip.
        for (key, stands) in [
            ("announced", common.announced.is_some()),
            ("deadline", common.deadline.is_some()),
            ("end", common.end.is_some()),
        ] {
            f.require(
                !(waits && stands) || in_force.is_some(),
                key,
                format!("a lever that waits has no day in `{key}`"),
                "`deadline_years` and `lasts_years`, counted from the day on which it binds",
            );
        }
        for (key, stands) in [
            ("deadline_years", common.deadline_years.is_some()),
            ("lasts_years", common.lasts_years.is_some()),
        ] {
            f.require(
                waits || !stands,
                key,
                format!("`{key}` is for levers that wait for something"),
                "`deadline` and `end`, as days",
            );
        }
        common
    }

    /// The day from which a lever, by its place in the scenario, binds in this replicate: that of one that waited is known only there.
    #[must_use]
    pub fn binds_from(&self, lever: usize, state: &State) -> Day {
        state.dates[lever].in_force.unwrap_or(self.in_force)
    }

    /// Years from a day to today for which it has been in force.
    #[must_use]
    pub fn years_in_force(&self, lever: usize, from: Day, state: &State) -> f64 {
        self.years_between(lever, from, state.today, state)
    }

    /// Years between two days for which it has been in force.
    #[must_use]
    pub fn years_between(&self, lever: usize, from: Day, to: Day, state: &State) -> f64 {
        let end = self.end.map_or(to, |e| e.min(to));
        from.max(self.binds_from(lever, state)).years_until(end).max(0.0)
    }

    /// Refuses a lever that names no vendors, where it must.
    pub fn require_vendors(&self, f: &mut Fields<'_>, message: &str) {
        f.require(
            !self.scope.vendors.is_empty() || f.is_describing(),
            "scope",
            message,
            "scope = { vendors = [...] }",
        );
    }

    /// The days on which it binds and must be obeyed, as far as they are known from the start.
    #[must_use]
    pub fn dates(&self) -> LeverDates {
        LeverDates {
            in_force: (self.start == Start::OnItsDay).then_some(self.in_force),
            deadline: self.deadline,
        }
    }

    /// Days and moments, in order; none while it waits. A moment before the start of the run happens on its first day.
    #[must_use]
    pub fn moments(&self) -> Vec<(Day, Moment)> {
        if self.start != Start::OnItsDay {
            return Vec::new();
        }
        let mut moments = vec![
            (self.announced.unwrap_or(self.in_force), Moment::Announced),
            (self.in_force, Moment::InForce),
        ];
        moments.extend(self.deadline.map(|d| (d, Moment::Deadline)));
        moments.extend(self.end.map(|d| (d, Moment::End)));
        moments.sort_by_key(|m| *m);
        moments
    }
}

/// A purchase, as levers are told of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Award {
    /// Slot.
    pub slot: usize,
    /// Whether a rule forced it.
    pub forced: bool,
    /// Sellers before, if kit stood there.
    pub old: Option<[VendorIx; 2]>,
    /// Sellers after.
    pub seller: [VendorIx; 2],
    /// What is bought new.
    pub buys: [bool; 2],
    /// Architecture after.
    pub arch: Arch,
    /// Whether the baseband is virtual after.
    pub is_virtual: bool,
    /// Price, US dollars a site.
    pub price: f64,
    /// Unit cost of what is bought, by component, US dollars a site, after what levers made of it.
    pub cost: [f64; 2],
    /// One-off bill of switching and integration, US dollars a site.
    pub switching: f64,
}

/// A lever.
pub trait Lever: Debug + Send + Sync {
    /// Its kind in the catalogue.
    fn kind(&self) -> &'static str;

    /// Dates, strength and scope.
    fn common(&self) -> &Common;

    /// Keys of its scope that it reads: `check` refuses the others, which would narrow nothing.
    fn reads(&self) -> &'static [&'static str];

    /// Names of the fields of the state that it may write, as [`State::changes`] gives them. A test holds each lever to its list.
    fn writes(&self) -> &'static [&'static str];

    /// Writes what the moment changes. Only the fields of the state that the lever's file lists. `lever` is its place in the scenario.
    fn act(&self, lever: usize, moment: Moment, world: &World, state: &mut State);

    /// Goes on at a market review while it is in force: money is spent, norms spread, stocks run down. `last`: the review before.
    /// It may read what was posted then.
    fn review(&self, _lever: usize, _last: Day, _world: &World, _posted: &Posted, _state: &mut State) {}

    /// Books, before a measurement while it is in force, what it has come to owe since the last review. It moves nothing else.
    fn settle(&self, _lever: usize, _last: Day, _world: &World, _state: &mut State) {}

    /// Sees an award while it is in force, and may pay toward it.
    fn awarded(&self, _lever: usize, _award: &Award, _world: &World, _state: &mut State) {}

    /// Sees capacity added to a slot from the vendor that stands there, which cost the vendor `cost` US dollars, and may pay toward it.
    fn expanded(&self, _lever: usize, _slot: usize, _vendor: usize, _cost: f64, _world: &World, _state: &mut State) {}

    /// Whether it acts on research, which the scenario must then play.
    fn needs_research(&self) -> bool {
        false
    }

    /// Whether it lets nothing but open stacks be bought: with all open sellers banned that cannot be obeyed.
    fn demands_open(&self) -> bool {
        false
    }

    /// Whether it stops purchases from the vendors in its scope altogether.
    fn stops_purchases(&self) -> bool {
        false
    }

    /// Home countries of vendors that it names beside its scope.
    fn homes(&self) -> &[String] {
        &[]
    }

    /// Who pays, a country or a bloc, where it says so.
    fn payer(&self) -> Option<&str> {
        None
    }

    /// The vendor that takes another's contracts over, and that other one.
    fn takeover(&self) -> Option<[&str; 2]> {
        None
    }

    /// Whom and what it concerns.
    fn scope(&self) -> &Scoped {
        &self.common().scope
    }

    /// Whether it spends public money ([`crate::world::outlay::Outlay`]): it then has a series of its own in `public_outlay`.
    fn spends(&self) -> bool {
        self.writes().contains(&"purse")
    }

    /// Whether it does anything: a lever at zero is no lever, it is not even scheduled.
    fn is_active(&self) -> bool {
        self.common().enabled && self.common().strength > 0.0
    }
}
