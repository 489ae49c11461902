//! Sums of other years that stand among dollars of 2020.

use std::collections::BTreeMap;

use sim_core::scenario::Scenario;
use sim_core::scenario::document::{Decoded, PedigreeKind, Sources};

/// Year of all money in results.
const BASE_YEAR: &str = "2020";

/// Rows in nominal dollars of another year without a rate of that year, which count as dollars of 2020 one for one: a line that names
/// them, so that nobody takes them for deflated.
pub(super) fn at_par(decoded: &Decoded<Scenario>, sources: Option<&Sources>) -> String {
    let Some(sources) = sources else { return String::new() };
    let rates = &decoded.value.money.rates;
    let mut rows: BTreeMap<&str, &str> = BTreeMap::new();
    let mut numbers = 0;
    let cited = |kind: PedigreeKind| matches!(kind, PedigreeKind::Source | PedigreeKind::Derived);
    for pedigree in decoded.pedigrees().filter(|p| cited(p.kind) && is_money(&p.unit)) {
        let mut counts = false;
        for id in pedigree.text.split(|c: char| !c.is_ascii_alphanumeric()) {
            let Some(row) = sources.get(id).filter(|row| is_undated_dollars(&row.unit)) else {
                continue;
            };
            let year = year_of(&row.year);
            let has_rate = |year: &str| rates.iter().any(|(unit, _)| *unit == format!("usd_{year}"));
            if let Some(year) = year.filter(|year| *year != BASE_YEAR && !has_rate(year)) {
                rows.insert(&row.id, year);
                counts = true;
            }
        }
        numbers += usize::from(counts);
    }
    if rows.is_empty() {
        return format!("  money: no sum of another year stands among dollars of {BASE_YEAR}\n");
    }
    let named: Vec<String> = rows.iter().map(|(id, year)| format!("{id} ({year})")).collect();
    format!(
        "  money: {numbers} numbers rest on nominal dollars of other years, taken as dollars of {BASE_YEAR} one for one: {}\n",
        named.join(", ")
    )
}

fn is_money(unit: &str) -> bool {
    unit.to_ascii_lowercase().contains("usd")
}

/// Whether a unit is of dollars that do not say their year.
fn is_undated_dollars(unit: &str) -> bool {
    is_money(unit) && !unit.split(|c: char| !c.is_ascii_digit()).any(|word| word.len() == 4)
}

/// The first year that a row names.
fn year_of(text: &str) -> Option<&str> {
    let is_year = |word: &&str| word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
    text.split(|c: char| !c.is_ascii_digit()).find(is_year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_and_units_as_sources_write_them() {
        assert_eq!(year_of("2020-12 for 2024"), Some("2020"));
        assert_eq!(year_of("c.2018"), Some("2018"));
        assert_eq!(year_of("Q3"), None);
        assert!(is_undated_dollars("USD bn") && is_undated_dollars("USD/site"));
        assert!(!is_undated_dollars("USD_2017 m") && !is_undated_dollars("GBP m"));
    }
}
