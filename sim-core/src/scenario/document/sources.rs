//! The table of sources, and the check that numbers are what their sources say.

use super::context::{Pedigree, PedigreeKind};
use super::decode::{Decoded, Document};
use super::diagnostic::{Diagnostic, Diagnostics, MAX_FAULTS, Place};
use super::formula::{Part, evaluate};
use super::path::nearest;
use super::units::Units;
use std::collections::BTreeMap;

/// The columns of `sources.csv`.
const COLUMNS: [&str; 12] = [
    "id",
    "value",
    "low",
    "high",
    "unit",
    "year",
    "place",
    "title",
    "url",
    "excerpt",
    "kind",
    "confidence",
];

/// A value that was converted or derived may be rounded by so much, relative to itself.
const ROUNDING: f64 = 1e-3;

/// A value that was only copied differs by no more than the spelling of a number can.
const COPYING: f64 = 1e-9;

/// One row of the table of sources.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceRow {
    /// Its id, for example `F116`.
    pub id: String,
    /// The value, where the source states one.
    pub value: Option<f64>,
    /// Lower end of what the source states.
    pub low: Option<f64>,
    /// Upper end of what the source states.
    pub high: Option<f64>,
    /// Unit of the three.
    pub unit: String,
    /// The year that they hold for, as the source words it.
    pub year: String,
    /// The place that they hold for.
    pub place: String,
    /// Title of the source.
    pub title: String,
    /// Address of the source.
    pub url: String,
    /// The words of the source, or the arithmetic on them.
    pub excerpt: String,
    /// `sourced`, `derived` or `assumption`.
    pub kind: String,
    /// `high`, `medium` or `low`.
    pub confidence: String,
    /// Line of the table.
    pub line: u32,
}

/// The table of sources.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sources {
    name: String,
    rows: BTreeMap<String, SourceRow>,
}

impl Sources {
    /// Reads `sources.csv`, quoted as RFC 4180 says.
    ///
    /// # Errors
    /// Every fault: other columns than expected, rows of another length, ids that are empty or stand
    /// twice, values that are no numbers, `low` above `high`.
    pub fn parse(name: &str, text: &str) -> Result<Self, Diagnostics> {
        let mut faults = Vec::new();
        let mut sources = Self {
            name: name.to_owned(),
            rows: BTreeMap::new(),
        };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.strip_prefix('\u{feff}').unwrap_or(text).as_bytes());
        let mut header = false;
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(why) => {
                    faults.push(Diagnostic::without_place(format!(
                        "{name} is no CSV in UTF-8: {why}"
                    )));
                    break;
                }
            };
            let line = record.position().map_or(0, csv::Position::line) as u32;
            let fault = |message: String| Diagnostic {
                place: Some(place(
                    name,
                    line,
                    record.iter().collect::<Vec<_>>().join(","),
                )),
                ..Diagnostic::without_place(message)
            };
            if !header {
                header = true;
                if !record.iter().eq(COLUMNS) {
                    let fault = fault("the columns are not those of a table of sources".to_owned());
                    faults.push(fault.allowed(COLUMNS.join(",")));
                    break;
                }
                continue;
            }
            match read_row(&record, line) {
                Ok(row) if row.id.is_empty() => faults.push(fault("a row has no id".to_owned())),
                Ok(row) => {
                    if let Some(first) = sources.rows.get(&row.id) {
                        let message = format!(
                            "the id `{}` stands twice, first in line {}",
                            row.id, first.line
                        );
                        faults.push(fault(message));
                    } else {
                        sources.rows.insert(row.id.clone(), row);
                    }
                }
                Err((message, allowed)) => faults.push(fault(message).allowed(allowed)),
            }
        }
        if !header {
            let fault = Diagnostic::without_place(format!("{name} is empty"));
            faults.push(fault.allowed(COLUMNS.join(",")));
        }
        if faults.is_empty() {
            Ok(sources)
        } else {
            Err(Diagnostics::new(faults))
        }
    }

    /// The row of an id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&SourceRow> {
        self.rows.get(id)
    }

    /// The rows, by id.
    pub fn iter(&self) -> impl Iterator<Item = &SourceRow> {
        self.rows.values()
    }

    fn unknown(&self, id: &str) -> String {
        let near = nearest(id, self.rows.keys().map(String::as_str));
        let hint = near.map(|near| format!("; did you mean `{near}`?"));
        format!(
            "{} has no row `{id}`{}",
            self.name,
            hint.unwrap_or_default()
        )
    }
}

fn place(name: &str, line: u32, text: String) -> Place {
    let text = text
        .chars()
        .take_while(|c| !matches!(c, '\n' | '\r'))
        .take(100)
        .collect();
    // The first text of a run of faults; a table of sources is never mixed with a scenario's own faults.
    Place {
        order: 0,
        file: name.to_owned(),
        line,
        column: 1,
        text,
        skipped: 0,
        width: 1,
    }
}

fn read_row(record: &csv::StringRecord, line: u32) -> Result<SourceRow, (String, String)> {
    if record.len() != COLUMNS.len() {
        let message = format!("a row has {} cells", record.len());
        return Err((message, format!("{} cells", COLUMNS.len())));
    }
    let cell = |column: usize| record.get(column).unwrap_or("").trim().to_owned();
    let number = |column: usize| -> Result<Option<f64>, (String, String)> {
        let text = cell(column);
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse::<f64>() {
            Ok(x) if x.is_finite() => Ok(Some(x)),
            _ => Err((
                format!("`{}` of {} is no number: {text}", COLUMNS[column], cell(0)),
                "a finite number, or nothing; a text value is split by hand".to_owned(),
            )),
        }
    };
    let (low, high) = (number(2)?, number(3)?);
    if let (Some(low), Some(high)) = (low, high)
        && low > high
    {
        let message = format!("low {low} of {} is above its high {high}", cell(0));
        return Err((message, "low <= high".to_owned()));
    }
    Ok(SourceRow {
        id: cell(0),
        value: number(1)?,
        low,
        high,
        unit: cell(4),
        year: cell(5),
        place: cell(6),
        title: cell(7),
        url: cell(8),
        excerpt: cell(9),
        kind: cell(10),
        confidence: cell(11),
        line,
    })
}

/// Checks that every number with a `source` or a `derived` is what the table of sources says.
///
/// A copied number must equal its row; one that was converted from another unit may be rounded to a
/// relative 1e-3. A `derived` formula is evaluated over rows in base units (shares, US dollars of the base
/// year, years, pieces) and its result compared in the base of the number's unit, to a relative 1e-3.
pub fn check_pedigree<T>(
    document: &Document,
    decoded: &Decoded<T>,
    sources: &Sources,
    units: &Units,
) -> Diagnostics {
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
                .hint(format!(
                    "correct the value, or its `{}`",
                    pedigree.kind.name()
                ));
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
        return Err((
            message,
            format!("derived = \"midpoint({id})\", or another formula"),
        ));
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
    let message = format!(
        "row {id} says {stated} {}, which is {expected} {}, but {} stands here",
        row.unit, pedigree.unit, pedigree.value
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
