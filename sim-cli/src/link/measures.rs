//! The catalogue of measures, in words.

use sim_core::measure::{ByVendor, CATALOGUE, Component, Measure, Parts, Recorded};
use sim_core::scenario::document::nearest;

use crate::exit::{Failure, Result};
use crate::model::MeasureEntry;

/// All measures in the order of tables, or the one that is named.
///
/// # Errors
/// Where there is no measure of that name.
pub(super) fn measures(name: Option<&str>) -> Result<Vec<MeasureEntry>> {
    let Some(wanted) = name else {
        return Ok(CATALOGUE.iter().map(entry).collect());
    };
    match CATALOGUE.iter().find(|m| m.name == wanted) {
        Some(measure) => Ok(vec![entry(measure)]),
        None => {
            let hint = nearest(wanted, CATALOGUE.iter().map(|m| m.name));
            let hint = hint.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Err(Failure::Refused(format!("there is no measure `{wanted}`{hint}")))
        }
    }
}

fn entry(m: &Measure) -> MeasureEntry {
    MeasureEntry {
        name: m.name,
        unit: m.unit,
        kind: if m.is_flow { "flow" } else { "stock" },
        parts: parts(m.parts),
        components: m.dims.components.iter().map(|c: &Component| c.name()).collect(),
        dimensions: dimensions(m),
        meaning: m.doc,
        equation: m.equation,
        recorded: match m.recorded {
            Recorded::Everywhere => "full",
            Recorded::World => "world",
            Recorded::Never | Recorded::ByName => "extra",
        },
    }
}

fn parts(parts: Parts) -> Vec<&'static str> {
    match parts {
        Parts::Whole => vec!["all"],
        Parts::Named(names) => names.to_vec(),
        Parts::WithWhole(names) => std::iter::once("all").chain(names.iter().copied()).collect(),
        Parts::FromVendor => vec!["from:VENDOR", "from:none"],
        Parts::Deadline => vec!["DATE"],
        Parts::Lever => vec!["all", "LEVER"],
    }
}

/// Which series there are without asking for the whole cross.
fn dimensions(m: &Measure) -> Vec<&'static str> {
    let d = m.dims;
    let mut said = vec![if d.world_only { "world" } else { "world and blocs" }];
    if d.countries {
        said.push("countries");
    }
    if d.generations {
        said.push("generations (world)");
    }
    said.extend(match d.vendors {
        ByVendor::No => None,
        ByVendor::Wide => Some("vendors and groups (world), group:untrusted (blocs)"),
        ByVendor::Blocs => Some("vendors (world and blocs), groups"),
        ByVendor::Each => Some("vendors (world)"),
        ByVendor::EachEverywhere => Some("vendors"),
    });
    said
}
