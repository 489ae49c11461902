//! Series of a measure by part, and the changes of scenario that tests of measures share.

use std::collections::BTreeMap;

use sim_core::record::{ReplicateRecord, SeriesKey};
use sim_core::run::Simulation;

use super::Table;

/// A ban with early removal: forced tenders, fees, stranded kit.
pub const BAN: &str = r#"
[levers.out.procurement_ban]
announced = 2022-06-01
in_force = 2023-01-01
deadline = 2026-12-31
scope = { countries = ["DEU"], vendors = ["alpha"] }
"#;

/// Delay and public money count too.
pub const DELAY: &str = "[market]\nsite_month_usd = 300.0\n";

/// Values of a measure on a date by all keys but the part.
pub type ByPart = BTreeMap<SeriesKey, BTreeMap<String, f64>>;

pub fn by_part(simulation: &Simulation, record: &ReplicateRecord, measure: &str, date: usize) -> ByPart {
    let table = Table { simulation, record };
    let mut all = ByPart::new();
    for (s, key) in simulation
        .series()
        .iter()
        .enumerate()
        .filter(|(_, k)| k.measure == measure)
    {
        let whole = SeriesKey {
            part: String::new(),
            measure: "",
            unit: "",
            measure_rank: 0,
            ..key.clone()
        };
        all.entry(whole)
            .or_default()
            .insert(key.part.clone(), table.at(date, s));
    }
    assert!(!all.is_empty(), "no series of {measure}");
    all
}
