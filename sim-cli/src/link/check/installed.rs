//! Whether the installed base that operators get adds up to what their country states.
//!
//! A country states its market mix (`installed_4g`), some operators state their own; the rest is allocated
//! ([`sim_core::world::allocation`]). The subscriber-weighted aggregate over operators must then be the country's
//! mix again. Where the mix cites sources, their rows are shown beside the share of group `untrusted`.

use std::fmt::Write as _;

use sim_core::scenario::document::{Decoded, PedigreeKind, SourceRow, Sources, join, spell};
use sim_core::scenario::{Country, Scenario};
use sim_core::world::allocation::{Allocation, StackMix, allocate, sellers_of};

use super::super::files::Loaded;

/// How far an aggregate may lie from its country's mix.
const TOLERANCE: f64 = 1e-6;

/// What was found.
pub(super) struct Installed {
    /// One line a country, and the sources cited.
    pub report: String,
    /// Countries that do not add up.
    pub errors: Vec<String>,
}

/// Allocates the installed base and compares it with each country's mix.
pub(super) fn check(world: &Loaded, decoded: &Decoded<Scenario>, sources: Option<&Sources>) -> Installed {
    let scenario = &decoded.value;
    let mut found = Installed {
        report: String::new(),
        errors: Vec::new(),
    };
    let at = |country: &str| spell(&["country", country, "installed_4g"].map(str::to_owned));
    let mut fault = |country: &str, message: String, hint: &str| {
        let fault = world.document.error_at(&at(country), message).hint(hint);
        let text = fault.to_string();
        found
            .errors
            .push(text.strip_prefix("error: ").unwrap_or(&text).to_owned());
    };
    let allocation = match allocate(scenario) {
        Ok(allocation) => allocation,
        Err(contradictions) => {
            for c in contradictions {
                let message = format!(
                    "the operators with a known mix hold more `{}` than the country's mix allows: {:.4} would be left for each of the others",
                    c.stack, c.rest
                );
                fault(
                    &c.country,
                    message,
                    "raise the country's share, or correct an operator's `installed`",
                );
            }
            return found;
        }
    };
    let mut lines = String::new();
    for (country, aggregate) in with_networks(scenario, &allocation) {
        let pairs = pairs(country, aggregate);
        let differing: Vec<&Pair> = pairs
            .iter()
            .filter(|p| (p.allocated - p.stated).abs() > TOLERANCE)
            .collect();
        // Writing to a string cannot fail.
        let _ = write!(lines, "    {} ", country.id);
        for p in &pairs {
            let _ = write!(lines, " {} {:.4}", p.stack, p.allocated);
            if (p.allocated - p.stated).abs() > TOLERANCE {
                let _ = write!(lines, " (stated {:.4})", p.stated);
            }
        }
        lines.push('\n');
        if !differing.is_empty() {
            let words: Vec<String> = (differing.iter())
                .map(|p| format!("`{}` {:.6} where {:.6} is stated", p.stack, p.allocated, p.stated))
                .collect();
            let message = format!(
                "the operators of {} add up to another mix: {}",
                country.id,
                words.join(", ")
            );
            fault(
                &country.id,
                message,
                "correct the mix, or the `installed` of an operator with a known one",
            );
        }
        let cited = cited(decoded, &at(&country.id), sources);
        if !cited.is_empty() {
            let share = untrusted_share(scenario, aggregate);
            let _ = writeln!(lines, "         group untrusted {share:.4}; cited:");
            for row in cited {
                let _ = writeln!(lines, "         {}", cite(row));
            }
        }
    }
    if !lines.is_empty() {
        found.report = format!(
            "  installed base, subscriber-weighted over operators, equal to installed_4g unless stated:\n{lines}"
        );
    }
    found
}

/// Countries that have sites at the start, with what their operators add up to.
fn with_networks<'a>(
    scenario: &'a Scenario,
    allocation: &'a Allocation,
) -> impl Iterator<Item = (&'a Country, &'a StackMix)> {
    (scenario.countries.iter().zip(&allocation.countries)).filter(|(_, aggregate)| !aggregate.is_empty())
}

struct Pair<'a> {
    stack: &'a str,
    allocated: f64,
    stated: f64,
}

/// Every stack of either mix, with its share in both.
fn pairs<'a>(country: &'a Country, aggregate: &'a StackMix) -> Vec<Pair<'a>> {
    let share = |mix: &StackMix, stack: &str| mix.iter().find(|(k, _)| k == stack).map_or(0.0, |(_, s)| *s);
    let mut stacks: Vec<&str> = country.installed.iter().map(|(stack, _)| stack.as_str()).collect();
    for (stack, _) in aggregate {
        if !stacks.contains(&stack.as_str()) {
            stacks.push(stack);
        }
    }
    (stacks.into_iter())
        .map(|stack| Pair {
            stack,
            allocated: share(aggregate, stack),
            stated: share(&country.installed, stack),
        })
        .collect()
}

/// Share of a mix that comes from group `untrusted`, parts weighted as in price.
fn untrusted_share(scenario: &Scenario, mix: &StackMix) -> f64 {
    let untrusted = |id: &str| {
        let vendor = scenario.vendors.iter().find(|v| v.id == id);
        f64::from(u8::from(
            vendor.is_some_and(|v| v.groups.iter().any(|g| g == "untrusted")),
        ))
    };
    let radio = scenario.market.ru_share;
    (mix.iter())
        .map(|(stack, share)| {
            let (ru, bb) = sellers_of(stack);
            share * (radio * untrusted(ru) + (1.0 - radio) * untrusted(bb))
        })
        .sum()
}

/// The rows that the numbers below a path cite, each once, in the order of the numbers.
fn cited<'a>(decoded: &Decoded<Scenario>, path: &str, sources: Option<&'a Sources>) -> Vec<&'a SourceRow> {
    let Some(sources) = sources else {
        return Vec::new();
    };
    let below = join(path, "");
    let below = below.trim_end_matches("\"\"");
    let mut rows: Vec<&SourceRow> = Vec::new();
    let cites = |kind: PedigreeKind| matches!(kind, PedigreeKind::Source | PedigreeKind::Derived);
    for pedigree in decoded
        .pedigrees()
        .filter(|p| cites(p.kind) && p.path.starts_with(below))
    {
        let words = pedigree
            .text
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
        for row in words.filter_map(|word| sources.get(word)) {
            if !rows.iter().any(|known| known.id == row.id) {
                rows.push(row);
            }
        }
    }
    rows
}

fn cite(row: &SourceRow) -> String {
    let value = match (row.value, row.low, row.high) {
        (Some(value), _, _) => value.to_string(),
        (None, Some(low), Some(high)) => format!("{low} to {high}"),
        _ => "no number".to_owned(),
    };
    format!(
        "{}: {value} {}, {} {} ({})",
        row.id, row.unit, row.place, row.year, row.title
    )
}
