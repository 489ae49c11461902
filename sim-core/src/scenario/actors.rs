//! Who is in the market: operators with their programmes, and vendors.

use super::SourcingRule;
use super::document::{Fields, Keys, Number, Table};
use super::kinds::{COUNTRY, GENERATION, OPERATOR, PROGRAMME, VENDOR, day};
use crate::calendar::Day;

/// `[[operator]]`.
#[derive(Debug, Clone)]
pub struct Operator {
    /// Id, for example `deu-telekom`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Country id.
    pub country: String,
    /// Macro sites in service at the start; 0 for a greenfield operator.
    pub sites: f64,
    /// Subscribers at the start, million.
    pub subscribers_m: f64,
    /// Phases of the replacement cycle.
    pub cohorts: u32,
    /// Integration skill: 0 none, 1 needs no integrator.
    pub integration_skill: f64,
    /// How far it looks ahead, 0 to 1; `None`: as `foresight.buyer`.
    pub foresight: Option<f64>,
    /// Known mix by `vendor` or `radio+baseband`; empty: the rest of the country's mix.
    pub installed: Vec<(String, f64)>,
    /// Whether its sites come from programmes alone.
    pub greenfield: bool,
    /// Lots of each territory and wave.
    pub lots: u32,
    /// Its rule of sourcing; `None`: as `[sourcing]`.
    pub sourcing: Option<SourcingRule>,
}

impl Table for Operator {
    fn fields(f: &mut Fields<'_>) -> Self {
        let operator = Operator {
            id: f.id("id", OPERATOR, "Id"),
            name: f.text("name", "Name for people"),
            country: f.reference("country", COUNTRY, "Country"),
            sites: f.number(
                "sites",
                Number::new("sites").range(0.0..=1e7),
                "Macro sites in service at the start",
            ),
            subscribers_m: f.number(
                "subscribers_m",
                Number::new("million").range(0.0..=5000.0),
                "Subscribers at the start",
            ),
            cohorts: f.integer_or(
                "cohorts",
                2,
                Number::count("phases", 1..=2_000_000),
                "Phases of the replacement cycle",
            ) as u32,
            integration_skill: f.number_or(
                "integration_skill",
                0.2,
                Number::new("1").range(0.0..=1.0),
                "Integration skill: 0 none, 1 needs no integrator",
            ),
            foresight: f.optional_number(
                "foresight",
                Number::new("1").range(0.0..=1.0).of("market::foresight"),
                "How far it looks ahead; without it, `foresight.buyer`",
            ),
            installed: f.map(
                "installed",
                Number::new("share").range(0.0..=1.0),
                Keys::Any,
                "Known mix of sites at the start; without it, the rest of the country's mix",
            ),
            greenfield: f.flag_or("greenfield", false, "Whether its sites come from programmes alone"),
            lots: f.integer_or(
                "lots",
                1,
                Number::count("lots", 1..=4),
                "Lots into which the sites of one supplier and wave are cut, each awarded whole",
            ) as u32,
            sourcing: f.optional_table("sourcing", "Its rule of sourcing; without it, that of `[sourcing]`"),
        };
        let at_least = |x: f64, least: f64| x == 0.0 || x >= least;
        f.require(
            at_least(operator.sites, 1.0),
            "sites",
            "there is no part of a site",
            "0, or at least 1",
        );
        // The price of a core, and with it the scale of taste, is that of its subscribers.
        f.require(
            at_least(operator.subscribers_m, 1e-6),
            "subscribers_m",
            "there is no part of a subscriber",
            "0, or at least 0.000001: the scale of taste of the core (`market::choice::Tree`) is a share of what its subscribers pay",
        );
        operator
    }
}

/// `[[programme]]`: sites built by an operator beside its replacement cycle.
#[derive(Debug, Clone)]
pub struct Programme {
    /// Id.
    pub id: String,
    /// Operator id.
    pub operator: String,
    /// Generation id.
    pub generation: String,
    /// First award.
    pub start: Day,
    /// Years over which yearly batches are awarded.
    pub years: u32,
    /// Sites in all.
    pub sites: f64,
    /// Whether what it builds is bought open: a fact of entry, given where an entrant had chosen its architecture before the run.
    /// Whose open kit it is, and every later purchase, stays a choice.
    pub open: bool,
}

impl Table for Programme {
    fn fields(f: &mut Fields<'_>) -> Self {
        Programme {
            id: f.id("id", PROGRAMME, "Id"),
            operator: f.reference("operator", OPERATOR, "Operator"),
            generation: f.reference("generation", GENERATION, "Generation"),
            start: day(f.date("start", "First award")),
            years: f.integer(
                "years",
                Number::count("years", 1..=40),
                "Years over which yearly batches are awarded",
            ) as u32,
            sites: f.number("sites", Number::new("sites").range(1.0..=1e7), "Sites in all"),
            open: f.flag_or(
                "open",
                false,
                "Whether the first kit of its sites is bought open, as a fact of entry; whose, and all that follows, stays a choice",
            ),
        }
    }
}

/// How a vendor's products can be joined with others'.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Only with its own parts.
    Closed,
    /// As its own bundle, or open.
    OpenCapable,
    /// Only open.
    Open,
}

/// Tied export credit.
#[derive(Debug, Clone)]
pub struct Credit {
    /// Interest, a year.
    pub interest: f64,
    /// Tenor, years.
    pub tenor_years: f64,
    /// Years without repayment.
    pub grace_years: f64,
    /// Share of the price that is financed.
    pub financed_share: f64,
}

impl Table for Credit {
    fn fields(f: &mut Fields<'_>) -> Self {
        Credit {
            interest: f.number(
                "interest",
                Number::new("1/yr").range(0.0..=0.5).of("market::value::grant_element"),
                "Interest",
            ),
            tenor_years: f.number(
                "tenor_years",
                Number::new("years")
                    .range(0.5..=40.0)
                    .of("market::value::grant_element"),
                "Tenor",
            ),
            grace_years: f.number_or(
                "grace_years",
                0.0,
                Number::new("years").range(0.0..=20.0),
                "Years without repayment",
            ),
            financed_share: f.number(
                "financed_share",
                Number::new("share of price").range(0.0..=1.0),
                "Share of the price that is financed",
            ),
        }
    }
}

/// `[[vendor]]`. One without `ru_usd_per_site` or `bb_usd_per_site` is a specialist.
#[derive(Debug, Clone)]
pub struct Vendor {
    /// Id, for example `huawei`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Home country id (it need not be a country of the scenario).
    pub home: String,
    /// Groups for results, for example `untrusted`.
    pub groups: Vec<String>,
    /// Whether its shares are listed: what happens on capital markets then reaches it.
    pub listed: bool,
    /// Generations sold.
    pub generations: Vec<String>,
    /// Openness of the product line at the start.
    pub line: Line,
    /// Day from which a closed line can also be bought open.
    pub opens: Option<Day>,
    /// Day from which its open baseband is virtual.
    pub virtual_from: Option<Day>,
    /// Whether its radios are white-box hardware that learns on shared volume.
    pub white_box: bool,
    /// Long-run unit cost of a radio, US dollars a 5G site at price level 1.
    pub ru_cost: Option<f64>,
    /// Long-run unit cost of a baseband, US dollars a 5G site at price level 1.
    pub bb_cost: Option<f64>,
    /// Long-run unit cost of a core, US dollars a subscriber.
    pub core_cost: Option<f64>,
    /// Quality of the radio, 1 = reference.
    pub ru_quality: f64,
    /// Quality of the baseband, 1 = reference.
    pub bb_quality: f64,
    /// Quality of the core, 1 = reference.
    pub core_quality: f64,
    /// Sites delivered before the start, for learning.
    pub cumulative_sites: f64,
    /// Countries or blocs where it sells; empty: everywhere.
    pub sells_in: Vec<String>,
    /// First day of sale.
    pub sells_from: Option<Day>,
    /// Shift of value in a bloc or country, share of price: channels, home advantage.
    pub regional_effect: Vec<(String, f64)>,
    /// Tied export credit, where the country is eligible.
    pub credit: Option<Credit>,
    /// Whether it is not in the market at the start and enters when that pays.
    pub potential: bool,
    /// Fixed cost of staying, US dollars a year, beyond what unit costs recover; `None`: it never leaves.
    pub fixed_cost: Option<f64>,
}

impl Table for Vendor {
    fn fields(f: &mut Fields<'_>) -> Self {
        let cost = || Number::new("USD/site").range(1.0..=1e7);
        let quality = || Number::new("1").range(0.0..=10.0);
        Vendor {
            id: f.id("id", VENDOR, "Id"),
            name: f.text("name", "Name for people"),
            home: f.text("home", "Home country, ISO 3166-1 alpha-3"),
            groups: f.texts("groups", "Groups for results, for example `untrusted`"),
            listed: f.flag_or("listed", false, "Whether its shares are listed on a stock exchange"),
            generations: f.references("generations", GENERATION, "Generations sold"),
            line: f.choice(
                "line",
                &[
                    ("closed", Line::Closed),
                    ("open_capable", Line::OpenCapable),
                    ("open", Line::Open),
                ],
                "Openness of the product line at the start",
            ),
            opens: f
                .optional_date("opens", "Day from which a closed line can also be bought open")
                .map(day),
            virtual_from: f
                .optional_date("virtual_from", "Day from which its open baseband is virtual")
                .map(day),
            white_box: f.flag_or(
                "white_box",
                false,
                "Whether its hardware learns on the shared white-box volume",
            ),
            ru_cost: f.optional_number(
                "ru_usd_per_site",
                cost(),
                "Long-run unit cost of a radio, 5G, at price level 1",
            ),
            bb_cost: f.optional_number(
                "bb_usd_per_site",
                cost(),
                "Long-run unit cost of a baseband, 5G, at price level 1",
            ),
            core_cost: f.optional_number(
                "core_usd_per_subscriber",
                Number::new("USD/subscriber").range(1e-3..=1e4),
                "Long-run unit cost of a core",
            ),
            ru_quality: f.number_or("ru_quality", 1.0, quality(), "Quality of the radio, 1 = reference"),
            bb_quality: f.number_or("bb_quality", 1.0, quality(), "Quality of the baseband, 1 = reference"),
            core_quality: f.number_or("core_quality", 1.0, quality(), "Quality of the core, 1 = reference"),
            cumulative_sites: f.number(
                "cumulative_sites",
                Number::new("sites").range(1.0..=1e9).of("market::posted::wright"),
                "Sites delivered before the start",
            ),
            sells_in: f.texts("sells_in", "Countries or blocs where it sells; without it, everywhere"),
            sells_from: f.optional_date("sells_from", "First day of sale").map(day),
            regional_effect: f.map(
                "regional_effect",
                Number::new("share of price").range(-5.0..=5.0),
                Keys::Any,
                "Shift of value in a bloc or country",
            ),
            credit: f.optional_table::<Credit>("credit", "Tied export credit"),
            potential: f.flag_or(
                "potential",
                false,
                "Whether it is not in the market at the start and enters when `[vendor_decisions]` says that it pays",
            ),
            fixed_cost: f.optional_number(
                "fixed_usd_per_year",
                Number::new("USD/yr").range(0.0..=1e12),
                "Fixed cost of staying, beyond what unit costs recover: where `[vendor_decisions]` stands, it leaves when margins miss it; without it, never",
            ),
        }
    }
}
