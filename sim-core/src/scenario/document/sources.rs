//! The table of sources, `sources.csv`.

use super::diagnostic::{Diagnostic, Diagnostics, Place};
use super::path::nearest;
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
    pub(super) name: String,
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
                    faults.push(Diagnostic::without_place(format!("{name} is no CSV in UTF-8: {why}")));
                    break;
                }
            };
            let line = record.position().map_or(0, csv::Position::line) as u32;
            let fault = |message: String| Diagnostic {
                place: Some(place(name, line, record.iter().collect::<Vec<_>>().join(","))),
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
                        let message = format!("the id `{}` stands twice, first in line {}", row.id, first.line);
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

    /// Says that there is no row of an id, and which one may be meant.
    pub(super) fn unknown(&self, id: &str) -> String {
        let near = nearest(id, self.rows.keys().map(String::as_str));
        let hint = near.map(|near| format!("; did you mean `{near}`?"));
        format!("{} has no row `{id}`{}", self.name, hint.unwrap_or_default())
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
