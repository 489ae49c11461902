//! The check that numbers are what their sources say.

use super::context::{Pedigree, PedigreeKind};
use super::decode::{Decoded, Document};
use super::diagnostic::{Diagnostic, Diagnostics, MAX_FAULTS};
use super::formula::{Part, evaluate};
use super::sources::Sources;
use super::units::Units;

/// A value that was converted or derived may be rounded by so much, relative to itself.
const ROUNDING: f64 = 1e-3;

/// A value that was only copied differs by no more than the spelling of a number can.
const COPYING: f64 = 1e-9;

/// Checks that every number with a `source` or a `derived` is what the table of sources says.
///
/// A copied number must equal its row; one that was converted from another unit may be rounded to a
/// relative 1e-3. A `derived` formula is evaluated over rows in base units (shares, US dollars of the base
/// year, years, pieces) and its result compared in the base of the number's unit, to a relative 1e-3.
pub fn check_pedigree<T>(document: &Document, decoded: &Decoded<T>, sources: &Sources, units: &Units) -> Diagnostics {
    let faults = decoded
        .pedigrees()
        .filter_map(|pedigree| {
            let (message, allowed) = match pedigree.kind {
                PedigreeKind::Source => check_source(pedigree, sources, units).err()?,
                PedigreeKind::Derived => check_derived(pedigree, sources, units).err()?,
                PedigreeKind::Assumption | PedigreeKind::Set => return None,
            };
            let files = document.files();
            let fault = Diagnostic::error(files, pedigree.origin, message)
                .key(&pedigree.path)
                .found(files.excerpt(pedigree.origin))
                .allowed(allowed)
                .hint(format!("correct the value, or its `{}`", pedigree.kind.name()));
            Some(fault)
        })
        .take(MAX_FAULTS)
        .collect();
    Diagnostics::new(faults)
}

type Check = Result<(), (String, String)>;

fn check_source(pedigree: &Pedigree, sources: &Sources, units: &Units) -> Check {
    let id = pedigree.text.trim();
    let known = || format!("the id of a row of {}", sources.name);
    let Some(row) = sources.get(id) else {
        return Err((sources.unknown(id), known()));
    };
    let Some(stated) = row.value else {
        let message = format!("row {id} states no single value");
        return Err((message, format!("derived = \"midpoint({id})\", or another formula")));
    };
    let Some(factor) = units.factor_of_year(&row.unit, &row.year, &pedigree.unit) else {
        let message = format!(
            "row {id} is in `{}`, which does not convert into `{}`",
            row.unit, pedigree.unit
        );
        return Err((
            message,
            "a unit that the built-in scales or the rates of [money] convert".to_owned(),
        ));
    };
    let expected = stated * factor;
    let tolerance = if factor == 1.0 { COPYING } else { ROUNDING };
    if near(pedigree.value, expected, tolerance) {
        return Ok(());
    }
    let converted = if factor == 1.0 {
        String::new()
    } else {
        format!(", which is {expected} {}", pedigree.unit)
    };
    let message = format!(
        "row {id} says {stated} {}{converted}, but {} stands here",
        row.unit, pedigree.value
    );
    Err((message, format!("{expected} ({})", pedigree.unit)))
}

fn check_derived(pedigree: &Pedigree, sources: &Sources, units: &Units) -> Check {
    let look_up = |id: &str, part: Part| -> Result<f64, String> {
        let row = sources.get(id).ok_or_else(|| sources.unknown(id))?;
        let (number, name) = match part {
            Part::Value => (row.value, "value"),
            Part::Low => (row.low, "low"),
            Part::High => (row.high, "high"),
        };
        let number = number.ok_or_else(|| format!("row {id} has no {name}"))?;
        let base = units
            .base(&row.unit, &row.year)
            .ok_or_else(|| format!("the unit `{}` of row {id} has no rate in [money]", row.unit))?;
        Ok(number * base)
    };
    let formula = pedigree.text.trim();
    let allowed = "a formula such as \"midpoint(F320)\" or \"F329 / 11600\"";
    let result = evaluate(formula, &look_up).map_err(|why| (why, allowed.to_owned()))?;
    let Some(base) = units.base(&pedigree.unit, "").filter(|base| *base != 0.0) else {
        let message = format!("the unit `{}` has no rate in [money]", pedigree.unit);
        return Err((message, "a currency with a rate".to_owned()));
    };
    let expected = result / base;
    if near(pedigree.value, expected, ROUNDING) {
        return Ok(());
    }
    let message = format!(
        "{formula} is {expected} {}, but {} stands here",
        pedigree.unit, pedigree.value
    );
    Err((
        message,
        format!("{expected} ({}), to a relative {ROUNDING}", pedigree.unit),
    ))
}

fn near(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * expected.abs()
}
