//! From scenario files to a validated [`Scenario`].
//!
//! [`document`] reads, merges and checks text; the other modules say what a scenario holds, one file a
//! subject. A value of type [`Scenario`] has passed every check: nothing past this door checks again.

pub mod actors;
pub mod check;
mod check_levers;
pub mod correlation;
pub mod costs;
pub mod document;
pub mod fates;
pub mod foresight;
pub mod kinds;
pub mod market;
pub mod places;
pub mod posterior;
pub mod reference;
pub mod research;
pub mod sourcing;
pub mod uncertainty;

use std::sync::Arc;

pub use actors::{Credit, Line, Operator, Programme, Vendor};
pub use correlation::{Correlation, Dependence};
pub use costs::{Hazard, Integration, Learning, Supply, Switching};
pub use fates::VendorDecisions;
pub use foresight::{Closure, Foresight};
pub use market::{ComponentBidding, Contract, Keep, Market, Nests};
pub use places::{Bloc, Country, Environment, Generation, Interface};
pub use posterior::Posterior;
pub use reference::ReferenceMarket;
pub use research::ResearchTerms;
pub use sourcing::{Sourcing, SourcingRule};
pub use uncertainty::{Choice, Distribution, Uncertainty};

use crate::calendar::Day;
use crate::draws::Luck;
use crate::lever::{self, Lever};
use document::{Decoded, Diagnostics, Document, Fields, Keys, Number, Table, Units};
use kinds::day;

/// How often a run is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeasureDates {
    /// The start and each 31 December.
    Yearly,
    /// The start and each end of a quarter.
    Quarterly,
}

/// `[measures]`.
#[derive(Debug, Clone)]
pub struct Measures {
    /// How often.
    pub dates: MeasureDates,
    /// Measures recorded beside those of the default, by name.
    pub extra: Vec<String>,
    /// What `path_dependence` and `unlocking_cost` are asked with.
    pub histories: Histories,
}

/// `[measures.histories]`: how the measures that play a run on many times over are asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Histories {
    /// Years from the start to which the early luck of `path_dependence` lasts.
    pub early_years: f64,
    /// Early histories of each replicate.
    pub early: u32,
    /// Continuations of each of them.
    pub late: u32,
    /// Share of radio sites with open fronthaul at the end of the run at which the market has tipped.
    pub tipped_share: f64,
    /// Years between the dates at which `unlocking_cost` lets a grant begin.
    pub start_every_years: f64,
}

impl Table for Histories {
    fn fields(f: &mut Fields<'_>) -> Self {
        let runs = || Number::count("runs", 2..=1000);
        Histories {
            early_years: f.number_or(
                "early_years",
                5.0,
                Number::new("years").range(0.25..=200.0),
                "Years from the start to which the early luck of `path_dependence` lasts",
            ),
            early: f.integer_or("early", 8, runs(), "Early histories of each replicate for `path_dependence`") as u32,
            late: f.integer_or("late", 4, runs(), "Continuations of each early history") as u32,
            tipped_share: f.number_or(
                "tipped_share",
                0.5,
                Number::new("share").range(0.0..=1.0),
                "Share of radio sites with open fronthaul at the end of the run at which the market has tipped, for `unlocking_cost`",
            ),
            start_every_years: f.number_or(
                "start_every_years",
                5.0,
                Number::new("years").range(0.25..=200.0),
                "Years between the dates at which `unlocking_cost` lets the grant begin",
            ),
        }
    }
}

impl Table for Measures {
    fn fields(f: &mut Fields<'_>) -> Self {
        Measures {
            dates: f.choice_or(
                "dates",
                "yearly",
                &[("yearly", MeasureDates::Yearly), ("quarterly", MeasureDates::Quarterly)],
                "How often: the start, and each end of a year or quarter",
            ),
            extra: f.texts(
                "extra",
                "Measures recorded beside those of the default, by name: `oransim measures` lists them",
            ),
            histories: f.table_or_default(
                "histories",
                "How `path_dependence` and `unlocking_cost` are asked, which play each replicate on many times over",
            ),
        }
    }
}

/// `[money]`: what other units of money are worth.
#[derive(Debug, Clone)]
pub struct Money {
    /// Year of the prices of all money in results.
    pub base_year: i64,
    /// US dollars of the base year by unit, for example `gbp_2020 = 1.28`.
    pub rates: Vec<(String, f64)>,
}

impl Table for Money {
    fn fields(f: &mut Fields<'_>) -> Self {
        Money {
            base_year: f.integer_or(
                "base_year",
                2020,
                Number::count("year", 2020..=2020),
                "Year of the prices of all money in results",
            ),
            rates: f.map(
                "rates",
                Number::new("1").range(1e-9..=1e9),
                Keys::Any,
                "US dollars of the base year by unit, such as gbp_2020 = 1.28",
            ),
        }
    }
}

/// `[scenario]`.
#[derive(Debug, Clone)]
struct Header {
    id: String,
    title: String,
    question: String,
    start: Day,
    end: Day,
    replicates: u64,
    seed: u64,
    review_months: u32,
}

impl Table for Header {
    fn fields(f: &mut Fields<'_>) -> Self {
        f.integer(
            "format",
            Number::count("1", 1..=document::FORMAT),
            "Format of this file",
        );
        let header = Header {
            id: f.id("id", document::Kind::slug("scenario"), "Id: names runs and rows"),
            title: f.text_or("title", "", "Name for people"),
            question: f.text_or("question", "", "The question that it answers"),
            start: day(f.date("start", "First day")),
            end: day(f.date("end", "Last day")),
            replicates: f.integer_or(
                "replicates",
                100,
                Number::count("replicates", 1..=10_000_000),
                "Replicates to play",
            ) as u64,
            seed: f.integer_or("seed", 1, Number::count("1", 0..=i64::MAX), "Seed of all luck") as u64,
            review_months: f.integer_or(
                "review_months",
                3,
                Number::count("months", 1..=12),
                "Months between market reviews",
            ) as u32,
        };
        f.require(
            header.start < header.end,
            "end",
            "the run ends before it starts",
            "a day after `start`",
        );
        f.require(
            header.start.years_until(header.end) <= 200.5,
            "end",
            "the run is longer than 200 years",
            "at most 200 years after `start`",
        );
        // Reviews and measurements are counted until one lies after the end: the calendar must go on that far.
        f.require(
            header.end <= Day::MAX.add_months(-12),
            "end",
            "the run ends too late",
            "2399-12-31 or earlier: the calendar ends a year later",
        );
        f.require(
            header.start >= Day::MIN.add_months(600),
            "start",
            "the run starts too early",
            "1950-01-01 or later",
        );
        header
    }
}

/// A lever with its name.
#[derive(Debug, Clone)]
pub struct NamedLever {
    /// Name in the file.
    pub name: String,
    /// Path of its table.
    pub path: String,
    /// What it does.
    pub lever: Arc<dyn Lever>,
}

/// A validated scenario. Field docs stand with the types.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Scenario {
    pub id: String,
    pub title: String,
    pub question: String,
    pub start: Day,
    pub end: Day,
    pub replicates: u64,
    pub seed: u64,
    pub review_months: u32,
    pub money: Money,
    pub market: Market,
    pub nests: Nests,
    pub keep: Keep,
    pub foresight: Foresight,
    pub contract: Contract,
    pub switching: Switching,
    pub integration: Integration,
    pub learning: Learning,
    pub hazard: Hazard,
    pub supply: Supply,
    pub research: Option<ResearchTerms>,
    pub sourcing: Sourcing,
    pub vendor_decisions: Option<VendorDecisions>,
    pub reference_market: Option<ReferenceMarket>,
    /// Fronthaul, X2 and management, in this order.
    pub interfaces: Vec<Interface>,
    pub environments: Vec<Environment>,
    pub generations: Vec<Generation>,
    pub blocs: Vec<Bloc>,
    pub countries: Vec<Country>,
    pub operators: Vec<Operator>,
    pub programmes: Vec<Programme>,
    pub vendors: Vec<Vendor>,
    pub levers: Vec<NamedLever>,
    pub uncertainties: Vec<Uncertainty>,
    pub correlations: Vec<Correlation>,
    /// Joint draws of other numbers.
    pub posterior: Option<Posterior>,
    pub choices: Vec<Choice>,
    pub measures: Measures,
}

impl Scenario {
    /// Whether any number is drawn by replicate.
    #[must_use]
    pub fn is_uncertain(&self) -> bool {
        !self.uncertainties.is_empty() || self.posterior.is_some()
    }

    /// Draws one vector: the value of each uncertain number in this replicate.
    #[must_use]
    pub fn draw(&self, dependence: &Dependence, luck: &Luck) -> Vec<(&str, f64)> {
        let mut vector = uncertainty::draw(&self.uncertainties, dependence, luck);
        if let Some(posterior) = &self.posterior {
            vector.extend(posterior.draw(luck));
        }
        vector
    }
}

/// Interfaces that every scenario names, in the order of all arrays over them.
pub const INTERFACES: [&str; 3] = ["fronthaul", "x2", "management"];

impl Table for Scenario {
    fn fields(f: &mut Fields<'_>) -> Self {
        f.optional_text(
            "extends",
            "Scenario that this one changes: a path relative to this file",
        );
        let header: Header = f.table("scenario", "What is played, from when to when");
        let mut scenario = Scenario {
            id: header.id,
            title: header.title,
            question: header.question,
            start: header.start,
            end: header.end,
            replicates: header.replicates,
            seed: header.seed,
            review_months: header.review_months,
            money: f.table_or_default("money", "What other units of money are worth"),
            market: f.table("market", "Scales of money and taste"),
            nests: f.table_or_default("nests", "Correlation of taste inside each architecture"),
            keep: f.table("keep", "Running kit on past its date"),
            foresight: f.table_or_default("foresight", "How far buyers and sellers look beyond one contract"),
            contract: f.table("contract", "Terms of a contract"),
            switching: f.table("switching", "The engineering bill of a change of supplier"),
            integration: f.table(
                "integration",
                "What stacks of two sellers, and open and virtual parts, cost more",
            ),
            learning: f.table("learning", "Learning by doing"),
            hazard: f.table("hazard", "Fear of rules to come"),
            supply: f.table("supply", "Crews"),
            research: f.optional_table("research", "Research and quality; without it, quality stays as it is"),
            vendor_decisions: f.optional_table(
                "vendor_decisions",
                "What vendors decide of themselves: to open a line, to enter, to leave; without it, dates decide",
            ),
            reference_market: f.optional_table(
                "reference_market",
                "Plays the small market on which engines are compared, in place of the world of the scenario",
            ),
            sourcing: f.table_or_default(
                "sourcing",
                "How operators spread their lots over sellers; without it, lots are independent",
            ),
            interfaces: f.tables("interface", 3, "Interfaces: fronthaul, x2 and management"),
            environments: f.tables("environment", 16, "Kinds of places"),
            generations: f.tables("generation", 5, "Generations, the oldest first"),
            blocs: f.tables("bloc", 200, "Groups of countries"),
            countries: f.tables("country", 400, "Countries"),
            operators: f.tables("operator", 2000, "Operators"),
            programmes: f.tables("programme", 2000, "Sites built beside the replacement cycle"),
            vendors: f.tables("vendor", 200, "Vendors"),
            levers: Vec::new(),
            uncertainties: f
                .entries(
                    "uncertainties",
                    Keys::NumberPaths,
                    "What is not known, by the quoted path of a number",
                )
                .into_iter()
                .map(|(path, distribution)| Uncertainty { path, distribution })
                .collect(),
            correlations: f.tables(
                "correlation",
                1000,
                "Uncertain numbers that go together; all others are independent",
            ),
            posterior: f.optional_table("posterior", "What is not known, as joint draws from a calibration"),
            choices: f
                .entries::<uncertainty::ChoiceValues>(
                    "choices",
                    Keys::NumberPaths,
                    "What a design may decide, such as the strength of a lever, by the quoted path of a number",
                )
                .into_iter()
                .map(|(path, values)| Choice { path, values: values.0 })
                .collect(),
            measures: f.table_or_default("measures", "What is recorded, and how often"),
        };
        let levers = f.named_tables("levers", Keys::Names, lever::CATALOGUE, "Policies, by name and kind");
        scenario.levers = levers
            .into_iter()
            .map(|n| NamedLever {
                name: n.name,
                path: n.path,
                lever: n.value,
            })
            .collect();
        scenario
            .interfaces
            .sort_by_key(|i| INTERFACES.iter().position(|id| *id == i.id));
        scenario
    }
}

/// Units with the rates of a document's `[money]`.
#[must_use]
pub fn units(document: &Document) -> Units {
    let rates = document.node("money.rates").and_then(|n| n.entries()).unwrap_or(&[]);
    let number = |node: &document::Node| {
        node.number()
            .or_else(|| node.get("value").and_then(document::Node::number))
    };
    rates
        .iter()
        .filter_map(|e| Some((&e.key, number(&e.node)?)))
        .fold(Units::new(), |units, (key, rate)| units.with_money(key, rate))
}

/// Decodes a document and checks what spans several tables.
///
/// # Errors
/// All faults at once, sorted by place.
pub fn decode(document: &Document) -> Result<Decoded<Scenario>, Diagnostics> {
    let decoded = document.decode_or::<Scenario>(&units(document), |scenario, mut faults| {
        let more = check::names_of_levers(document, scenario, &faults);
        faults.extend(more);
        faults
    })?;
    let faults = check::check(document, &decoded.value);
    if faults.has_errors() {
        Err(faults)
    } else {
        let mut decoded = decoded;
        decoded.warnings.extend(faults);
        Ok(decoded)
    }
}
