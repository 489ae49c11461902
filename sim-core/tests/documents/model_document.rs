//! The tables of parameters in MODEL.md are those of the schema and of the reference world: `ORANSIM_BLESS=1` writes them anew.

#![allow(
    clippy::disallowed_methods,
    reason = "a test reads and, on demand, rewrites the repository's own files"
)]

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

const BEGIN: &str = "<!-- parameters -->\n";
const END: &str = "<!-- end of parameters -->\n";

/// Keys and the letters that the equations use for them.
type Symbols = &'static [(&'static str, &'static str)];

/// Tables of the scenario.
const TABLES: [(&str, Symbols); 12] = [
    (
        "market",
        &[
            ("reference_price_usd_per_site", "R"),
            ("taste_scale_share", "mu / R"),
            ("persistent_taste_sd_share", "sigma_tau"),
            ("quality_value_share", "beta"),
            ("ru_share", "w_RU"),
            ("risk_share", "rho"),
        ],
    ),
    (
        "nests",
        &[
            ("closed", "lambda_1"),
            ("open_single", "lambda_2"),
            ("open_multi", "lambda_3"),
            ("keep", "lambda_4"),
        ],
    ),
    ("keep", &[("growth_share_per_year", "growth"), ("retender_years", "t")]),
    ("contract", &[("term_years", "T")]),
    ("switching", &[("renewal_work_share", "phi")]),
    ("integration", &[("virtual_running_usd_per_site_year", "x")]),
    ("learning", &[]),
    ("hazard", &[]),
    ("supply", &[]),
    (
        "foresight",
        &[
            ("seller_look_ahead", "w"),
            ("seller_discount_rate", "r_s"),
            ("buyer", "f"),
        ],
    ),
    (
        "sourcing",
        &[("loss_hazard_per_year", "h_v"), ("emergency_months", "t")],
    ),
    ("vendor_decisions", &[]),
];

fn repository(path: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&file)
        .unwrap_or_else(|e| panic!("{}: {e}", file.display()))
        .replace("\r\n", "\n")
}

/// The value of the reference world and where it comes from.
fn of_world(value: Option<&toml::Value>) -> (String, String) {
    let Some(value) = value else {
        return ("default".to_owned(), String::new());
    };
    let Some(table) = value.as_table() else {
        return (value.to_string(), "by definition".to_owned());
    };
    let text = |key: &str| table.get(key).and_then(toml::Value::as_str);
    let bound = |key: &str| table.get(key).map_or_else(String::new, ToString::to_string);
    let origin = match (text("source"), text("derived")) {
        (Some(id), _) => id.to_owned(),
        (_, Some(formula)) => formula.to_owned(),
        _ => format!("assumption, {} to {}", bound("low"), bound("high")),
    };
    (table["value"].to_string(), origin)
}

/// Arrays of tables, and whether the reference world's values are few enough to be listed.
const LISTS: [(&str, bool, Symbols); 6] = [
    (
        "interface",
        true,
        &[("maturity", "M"), ("growth_per_year", "a"), ("decay_per_year", "b")],
    ),
    ("environment", true, &[("open_gap_share", "G"), ("criticality", "c")]),
    ("generation", true, &[]),
    (
        "country",
        false,
        &[("wacc", "r"), ("trust", "theta"), ("ban_hazard_per_year", "h")],
    ),
    ("operator", false, &[("integration_skill", "k")]),
    (
        "vendor",
        false,
        &[("ru_quality", "q_RU"), ("bb_quality", "q_BB"), ("regional_effect", "e")],
    ),
];

/// The first cells of a row, up to the range; `None` for what is not a number, or numbers by id.
fn describe(key: &str, field: &Value, symbols: Symbols) -> Option<String> {
    let number = |field: &Value| field["oneOf"].get(0).filter(|n| n["minimum"].is_number()).cloned();
    let of_each = &field["additionalProperties"];
    let range = number(field).or_else(|| number(of_each))?;
    let by_id = if number(field).is_some() { "" } else { ", by id" };
    let description = field["description"].as_str()?;
    // `MEANING Unit: UNIT. Default: X.`; a pure number has no unit.
    let meaning = description.split(" Unit: ").next().unwrap_or_default();
    let meaning = meaning
        .split(" Default: ")
        .next()
        .unwrap_or_default()
        .trim_end_matches(" Required.");
    let unit = (description.split_once(" Unit: ")).map_or("1", |(_, rest)| rest.split(". ").next().unwrap_or(rest));
    let default = field.get("default").map_or_else(|| "none".to_owned(), Value::to_string);
    let symbol = symbols.iter().find(|(k, _)| *k == key).map_or("", |(_, s)| s);
    Some(format!(
        "| `{key}` | {symbol} | {meaning}{by_id} | {} | {default} | {} to {} |",
        unit.trim_end_matches('.'),
        range["minimum"],
        match range["exclusiveMaximum"].as_f64() {
            Some(bound) => format!("below {bound}"),
            None => range["maximum"].to_string(),
        }
    ))
}

fn tables() -> String {
    let schema: Value = serde_json::from_str(&repository("scenarios/scenario.schema.json")).expect("a schema");
    let world: toml::Table = repository("scenarios/world-2020.toml").parse().expect("a scenario");
    let mut out = "\nWritten from the schema and from `world-2020.toml`; a test holds them to both. Ids are rows of `scenarios/sources.csv`.\n".to_owned();
    let head = "| key | symbol | meaning | unit | default | range |";
    for (name, symbols) in TABLES {
        let _ = write!(
            out,
            "\n**`[{name}]`**\n\n{head} in `world-2020` | from |\n|---|---|---|---|---|---|---:|---|\n"
        );
        for (key, field) in schema["properties"][name]["properties"].as_object().expect("keys") {
            if let Some(row) = describe(key, field, symbols) {
                let (value, from) = of_world(world.get(name).and_then(|t| t.get(key)));
                let _ = writeln!(out, "{row} {value} | {from} |");
            }
        }
        for (key, _) in symbols {
            assert!(out.contains(&format!("| `{key}` |")), "{name} has no {key}");
        }
    }
    for (name, listed, symbols) in LISTS {
        let (column, rule) = if listed {
            (" in `world-2020` |", "---|")
        } else {
            ("", "")
        };
        let _ = write!(
            out,
            "\n**`[[{name}]]`**\n\n{head}{column}\n|---|---|---|---|---|---|{rule}\n"
        );
        let fields = &schema["properties"][name]["items"]["properties"];
        let entries = world[name].as_array().expect("an array of tables");
        for (key, field) in fields.as_object().expect("keys") {
            let Some(row) = describe(key, field, symbols) else {
                continue;
            };
            let values = entries.iter().filter_map(|entry| {
                let value = entry.get(key).filter(|v| v.get("value").is_some() || !v.is_table())?;
                let (value, from) = of_world(Some(value));
                Some(format!("{} {value} ({from})", entry["id"].as_str()?))
            });
            let _ = if listed {
                writeln!(out, "{row} {} |", values.collect::<Vec<_>>().join("; "))
            } else {
                writeln!(out, "{row}")
            };
        }
        for (key, _) in symbols {
            assert!(out.contains(&format!("| `{key}` |")), "{name} has no {key}");
        }
    }
    out.push('\n');
    out
}

#[test]
fn the_tables_of_parameters_are_fresh() {
    let document = repository("sim-core/MODEL.md");
    let begin = document.find(BEGIN).expect("a place for the tables") + BEGIN.len();
    let end = document.find(END).expect("an end of the tables");
    let fresh = format!("{}{}{}", &document[..begin], tables(), &document[end..]);
    if std::env::var_os("ORANSIM_BLESS").is_some_and(|v| v == "1") {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("MODEL.md");
        std::fs::write(file, fresh).expect("the document can be written");
        return;
    }
    let differs = document.lines().zip(fresh.lines()).find(|(a, b)| a != b);
    assert!(
        document == fresh,
        "MODEL.md does not hold today's parameters: run this test once with ORANSIM_BLESS=1. First difference: {differs:?}"
    );
}
