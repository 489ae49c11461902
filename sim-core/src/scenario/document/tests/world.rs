//! A small world that uses every kind of key.

use super::super::*;

pub(super) const COUNTRY: Kind = Kind::alpha3("country");
pub(super) const VENDOR: Kind = Kind::slug("vendor").or(&["none"]);
pub(super) const OPERATOR: Kind = Kind::slug("operator");

/// A small world that uses every kind of key.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct World {
    pub(super) header: Header,
    pub(super) costs: Costs,
    pub(super) countries: Vec<Country>,
    pub(super) vendors: Vec<Vendor>,
    pub(super) operators: Vec<Operator>,
    pub(super) levers: Vec<Named<Lever>>,
    pub(super) uncertainties: Vec<(String, Distribution)>,
    pub(super) notes: Option<Node>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Header {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) start: ScenarioDate,
    pub(super) end: ScenarioDate,
    pub(super) replicates: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Costs {
    pub(super) tower: f64,
    pub(super) growth: f64,
    pub(super) lots: Vec<f64>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Country {
    pub(super) id: String,
    pub(super) trust: Vec<(String, f64)>,
    pub(super) launches: Vec<(String, ScenarioDate)>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Vendor {
    pub(super) id: String,
    pub(super) home: String,
    pub(super) price: f64,
    pub(super) openness: Openness,
    pub(super) makes: Option<Vec<char>>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Openness {
    Closed,
    Open,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Operator {
    pub(super) id: String,
    pub(super) country: String,
    pub(super) sites: i64,
    pub(super) trained_for: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) shared: bool,
    pub(super) wacc: Option<f64>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Lever {
    Ban {
        strength: f64,
        in_force: ScenarioDate,
        vendors: Vec<String>,
    },
    Subsidy {
        share: f64,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Distribution {
    Triangular { low: f64, mode: f64, high: f64 },
    Uniform { low: f64, high: f64 },
}

pub(super) const LEVERS: &[Variant<Lever>] = &[
    Variant {
        key: "procurement_ban",
        doc: "Sellers that may not be bought from.",
        fields: |f| Lever::Ban {
            strength: f.number_or("strength", 1.0, Number::share(), "How much of the lever acts."),
            in_force: f.date("in_force", "From when."),
            vendors: f.references("vendors", VENDOR, "Against whom."),
        },
    },
    Variant {
        key: "subsidy",
        doc: "A share of the price is paid by the state.",
        fields: |f| Lever::Subsidy {
            share: f.number("share", Number::share(), "How much."),
        },
    },
];

impl Table for World {
    fn fields(f: &mut Fields<'_>) -> Self {
        Self {
            header: f.table("scenario", "What the scenario asks."),
            costs: f.table_or_default("costs", "Unit costs."),
            countries: f.tables("country", 400, "The countries."),
            vendors: f.tables("vendor", 4, "The vendors."),
            operators: f.tables("operator", 2000, "The operators."),
            levers: f.named_tables("levers", Keys::Names, LEVERS, "What authorities do."),
            uncertainties: f.entries("uncertainties", Keys::NumberPaths, "What is not known."),
            notes: f.raw("notes", "Anything."),
        }
    }
}

impl Table for Header {
    fn fields(f: &mut Fields<'_>) -> Self {
        f.integer("format", Number::count("1", 1..=FORMAT), "Format of the file.");
        let header = Self {
            id: f.id("id", Kind::slug("scenario"), "Name of the file without its ending."),
            title: f.text_or("title", "Untitled", "A title for people."),
            start: f.date("start", "First day."),
            end: f.date("end", "Last day."),
            replicates: f.integer_or("replicates", 100, Number::count("1", 1..=10_000_000), "How many."),
        };
        f.require(
            header.start < header.end,
            "end",
            "the scenario ends before it starts",
            format!("a date after {}", header.start),
        );
        header
    }
}

impl Table for Costs {
    fn fields(f: &mut Fields<'_>) -> Self {
        let money = Number::new("USD/site").range(0.0..=1e6);
        let growth = Number::new("1/yr").range(-0.5..0.5);
        Self {
            tower: f.number_or("tower_climb_usd_per_site", 6000.0, money.clone(), "A visit to a mast."),
            growth: f.number_or("growth", 0.0, growth, "Growth of costs."),
            lots: f.numbers("lots", money, 4, "Sizes of lots."),
        }
    }
}

impl Table for Country {
    fn fields(f: &mut Fields<'_>) -> Self {
        Self {
            id: f.id("id", COUNTRY, "ISO 3166-1 alpha-3."),
            trust: f.map(
                "trust",
                Number::new("USD/site").above(-1.0),
                Keys::Of(COUNTRY),
                "Trust toward homes.",
            ),
            launches: f.dates_map("launches", Keys::Words(&["4g", "5g"]), "National launches."),
        }
    }
}

impl Table for Vendor {
    fn fields(f: &mut Fields<'_>) -> Self {
        let options = [("closed", Openness::Closed), ("open", Openness::Open)];
        Self {
            id: f.id("id", VENDOR, "Id of the vendor."),
            home: f.reference("home", COUNTRY, "Where it is at home."),
            price: f.number(
                "bb_usd_per_site",
                Number::new("USD/site").range(0.0..=1e7),
                "Cost of the baseband.",
            ),
            openness: f.choice_or("openness", "closed", &options, "What it lets others do."),
            makes: f.choices("makes", &[("ru", 'r'), ("bb", 'b')], "What it makes."),
        }
    }
}

impl Table for Operator {
    fn fields(f: &mut Fields<'_>) -> Self {
        Self {
            id: f.id("id", OPERATOR, "Id of the operator."),
            country: f.reference("country", COUNTRY, "Where it is."),
            sites: f.integer("sites", Number::count("sites", 1..), "How many sites it has."),
            trained_for: f.references("trained_for", VENDOR, "Whose kit its staff knows."),
            tags: f.texts("tags", "Free words."),
            shared: f.flag_or("shared", false, "Whether it shares its sites."),
            wacc: f.optional_number("wacc", Number::share(), "Cost of capital."),
        }
    }
}

impl Table for Distribution {
    fn fields(f: &mut Fields<'_>) -> Self {
        const ANY: Number = Number::new("1");
        f.one_of(&[
            Variant {
                key: "triangular",
                doc: "A triangle.",
                fields: |f| Self::Triangular {
                    low: f.number("low", ANY, "Lower end."),
                    mode: f.number("mode", ANY, "Peak."),
                    high: f.number("high", ANY, "Upper end."),
                },
            },
            Variant {
                key: "uniform",
                doc: "Flat.",
                fields: |f| Self::Uniform {
                    low: f.number("low", ANY, "Lower end."),
                    high: f.number("high", ANY, "Upper end."),
                },
            },
        ])
    }
}

/// A document without a fault that uses every kind of key.
pub(super) const VALID: &str = r#"#:schema ../schema.json
[scenario]
format = 1
id = "small"
title = "A small world: \"quoted\" and wide: 中文"
start = 2020-01-01
end = 2030-12-31

[costs]
tower_climb_usd_per_site = { value = 6000, low = 3000, high = 12000, source = "P054" }
lots = [1, 2.5, { value = 3, low = 2, high = 4, assumption = "we guess that lots hardly get any larger" }]

[[country]]
id = "DEU"
trust = { CHN = 0.5 }
launches = { 4g = 2010-12-01, "5g" = 2019-09-05 }

[[country]]
id = "CHN"

[[vendor]]
id = "alpha"
home = "DEU"
bb_usd_per_site = { value = 0.012, unit = "usd_m/site", derived = "midpoint(P055)" }

[[vendor]]
id = "beta"
home = "CHN"
bb_usd_per_site = 9_000
openness = "open"
makes = ["ru", "bb"]

[[operator]]
id = "deu-one"
country = "DEU"
sites = 30000
trained_for = ["alpha", "none"]
tags = ["big", "old"]
shared = true
wacc = 0.07

[levers.no-beta.procurement_ban]
in_force = 2026-01-01
vendors = ["beta"]

[levers.no-beta.subsidy]
share = 0.5

[uncertainties]
"vendor.alpha.bb_usd_per_site" = { triangular = { low = 9e3, mode = 12e3, high = 2e4 } }
"levers.no-beta.procurement_ban.strength" = { uniform = { low = 0, high = 1 } }

[notes]
anything = [{ a = 1 }, [true, 1e-7]]
"#;
