//! Where the market is: environments, generations, blocs, countries and interfaces.

use super::document::{Fields, Keys, Number, Table};
use super::kinds::{BLOC, COUNTRY, ENVIRONMENT, GENERATION, INTERFACE, days};
use crate::calendar::Day;

/// `[[environment]]`: a kind of place, with what it asks of kit and crews.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Id, for example `dense_urban`.
    pub id: String,
    /// Name for people.
    pub title: String,
    /// Performance gap of open stacks at maturity 0, share of quality value.
    pub open_gap_share: f64,
    /// Weight of security risk here, 1 = average.
    pub criticality: f64,
    /// Tower work here, 1 = average.
    pub ru_work_factor: f64,
    /// Traffic of a site here, 1 = average: weighs sites in `share_traffic`.
    pub traffic_weight: f64,
    /// Share of this environment's sites that carry a generation, by generation id.
    pub coverage: Vec<(String, f64)>,
}

impl Table for Environment {
    fn fields(f: &mut Fields<'_>) -> Self {
        Environment {
            id: f.id("id", ENVIRONMENT, "Id"),
            title: f.text("title", "Name for people"),
            open_gap_share: f.number(
                "open_gap_share",
                Number::new("share of quality value").range(0.0..=1.0),
                "Performance gap of open stacks at maturity 0",
            ),
            criticality: f.number_or(
                "criticality",
                1.0,
                Number::new("1").range(0.0..=10.0),
                "Weight of security risk here, 1 = average",
            ),
            ru_work_factor: f.number_or(
                "ru_work_factor",
                1.0,
                Number::new("1").range(0.0..=20.0),
                "Tower work here, 1 = average",
            ),
            traffic_weight: f.number_or(
                "traffic_weight",
                1.0,
                Number::new("1").range(0.0..=100.0),
                "Traffic of a site here, 1 = average: weighs sites in `share_traffic`",
            ),
            coverage: f.map(
                "coverage",
                Number::new("share").range(0.0..=1.0),
                Keys::Of(GENERATION),
                "Share of these sites that carry a generation",
            ),
        }
    }
}

/// `[[generation]]`: in order of age, the oldest first.
#[derive(Debug, Clone)]
pub struct Generation {
    /// `2g` to `6g`.
    pub id: String,
    /// Price of a site's stack over the reference price.
    pub price_factor: f64,
}

impl Table for Generation {
    fn fields(f: &mut Fields<'_>) -> Self {
        Generation {
            id: f.id("id", GENERATION, "Id"),
            price_factor: f.number(
                "price_factor",
                Number::new("1").range(0.01..=10.0).of("market::terms::Terms::cost"),
                "Price of a site's stack over the reference price",
            ),
        }
    }
}

/// `[[bloc]]`: a group of countries for results and rules. Regions are the blocs in which list prices form.
#[derive(Debug, Clone)]
pub struct Bloc {
    /// Id, for example `eu`.
    pub id: String,
    /// Name for people.
    pub title: String,
    /// Whether list prices are formed here; each country has one region.
    pub region: bool,
    /// Whether results are recorded for it by default.
    pub report: bool,
}

impl Table for Bloc {
    fn fields(f: &mut Fields<'_>) -> Self {
        Bloc {
            id: f.id("id", BLOC, "Id"),
            title: f.text("title", "Name for people"),
            region: f.flag_or(
                "region",
                false,
                "Whether list prices are formed here; each country has one region",
            ),
            report: f.flag_or("report", true, "Whether results are recorded for it by default"),
        }
    }
}

/// `[[country]]`.
#[derive(Debug, Clone)]
pub struct Country {
    /// ISO 3166-1 alpha-3.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Bloc in which its list prices form.
    pub region: String,
    /// Further blocs.
    pub blocs: Vec<String>,
    /// Price of equipment, 1 = Europe.
    pub price_level: f64,
    /// Price of labour, 1 = Europe.
    pub labour_level: f64,
    /// Operators' cost of capital, a year.
    pub wacc: f64,
    /// Crews free for replacement per 1,000 sites in service.
    pub crews_per_1000_sites: f64,
    /// Whether tied export credit is offered here.
    pub credit_eligible: bool,
    /// Share of sites by environment.
    pub environment_mix: Vec<(String, f64)>,
    /// Weight against vendors of a home country, by home country id.
    pub trust: Vec<(String, f64)>,
    /// Yearly hazard of a ban before any announcement, by home country id of the vendor.
    pub ban_hazard: Vec<(String, f64)>,
    /// Market mix of the oldest generation at the start, by `vendor` or `radio+baseband`.
    pub installed: Vec<(String, f64)>,
    /// Launch of each generation.
    pub launch: Vec<(String, Day)>,
    /// Years over which the cohorts of a generation are tendered.
    pub rollout_years: Vec<(String, f64)>,
    /// Multiplier on the environments' coverage, by generation.
    pub coverage_factor: Vec<(String, f64)>,
}

impl Table for Country {
    fn fields(f: &mut Fields<'_>) -> Self {
        Country {
            id: f.id("id", COUNTRY, "ISO 3166-1 alpha-3"),
            name: f.text("name", "Name for people"),
            region: f.reference("region", BLOC, "Bloc in which its list prices form"),
            blocs: f.references("blocs", BLOC, "Further blocs it belongs to"),
            price_level: f.number(
                "price_level",
                Number::new("1").range(0.01..=20.0).of("market::terms::Terms::cost"),
                "Price of equipment, 1 = Europe",
            ),
            labour_level: f.number(
                "labour_level",
                Number::new("1").range(0.001..=20.0),
                "Price of labour, 1 = Europe",
            ),
            wacc: f.number(
                "wacc",
                Number::new("1/yr").range(0.001..=0.9).of("market::value::annuity"),
                "Operators' cost of capital",
            ),
            crews_per_1000_sites: f.number(
                "crews_per_1000_sites",
                Number::new("crews/1000 sites").range(0.01..=1000.0),
                "Crews free for replacement",
            ),
            credit_eligible: f.flag_or("credit_eligible", false, "Whether tied export credit is offered here"),
            environment_mix: f.map(
                "environment_mix",
                Number::new("share").range(0.0..=1.0),
                Keys::Of(ENVIRONMENT),
                "Share of sites by environment; sums to 1",
            ),
            trust: f.map(
                "trust",
                Number::new("weight").range(0.0..=100.0),
                Keys::Any,
                "Weight against vendors of a home country",
            ),
            ban_hazard: f.map(
                "ban_hazard_per_year",
                Number::new("1/yr").range(0.0..=2.0),
                Keys::Any,
                "Yearly hazard of a ban on a home country's vendors before any announcement",
            ),
            installed: f.map(
                "installed_4g",
                Number::new("share").range(0.0..=1.0),
                Keys::Any,
                "Market mix of the oldest generation at the start; sums to 1",
            ),
            launch: days(f.dates_map("launch", Keys::Of(GENERATION), "Launch of each generation")),
            rollout_years: f.map(
                "rollout_years",
                Number::new("years").range(0.25..=40.0),
                Keys::Of(GENERATION),
                "Years over which a generation's cohorts are tendered",
            ),
            coverage_factor: f.map(
                "coverage_factor",
                Number::new("1").range(0.0..=20.0),
                Keys::Of(GENERATION),
                "Multiplier on the environments' coverage",
            ),
        }
    }
}

/// `[[interface]]`: a joint between parts that can come from several sellers. Maturity M in `[0,1]`
/// follows `dM/dt = growth (1-M) - decay M`, with a loss at each release and generation.
#[derive(Debug, Clone)]
pub struct Interface {
    /// `fronthaul`, `x2` or `management`.
    pub id: String,
    /// Maturity at the start.
    pub maturity: f64,
    /// Growth toward 1, a year, at support 1.
    pub growth_per_year: f64,
    /// Decay, a year.
    pub decay_per_year: f64,
    /// Share of M lost at each release.
    pub release_loss: f64,
    /// Years between releases.
    pub release_years: f64,
    /// Share of M lost when a new generation is first launched.
    pub generation_loss: f64,
}

impl Table for Interface {
    fn fields(f: &mut Fields<'_>) -> Self {
        let rate = || Number::new("1/yr").range(0.0..=5.0).of("run::maturity::after");
        let share = || Number::new("share").range(0.0..=1.0);
        Interface {
            id: f.id("id", INTERFACE, "Id"),
            maturity: f.number("maturity", share(), "Maturity at the start"),
            growth_per_year: f.number("growth_per_year", rate(), "Growth toward 1"),
            decay_per_year: f.number("decay_per_year", rate(), "Decay"),
            release_loss: f.number_or("release_loss", 0.0, share(), "Share of maturity lost at each release"),
            release_years: f.number_or(
                "release_years",
                2.0,
                Number::new("years").range(0.25..=50.0),
                "Years between releases",
            ),
            generation_loss: f.number_or(
                "generation_loss",
                0.0,
                share(),
                "Share of maturity lost when a generation is first launched",
            ),
        }
    }
}
