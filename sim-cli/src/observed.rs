//! Observed values and targets: one format of CSV, what is known of a series at a date and where it was read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sim_core::inference::Observation;
use sim_core::measure::{domain_of, fraction_hint};

use crate::exit::{Failure, Result};
use crate::output::number::parse_number;
use crate::store::layout::SeriesLabel;
use crate::time::parse_iso;

/// The columns, in order.
pub const COLUMNS: [&str; 13] = [
    "time",
    "measure",
    "unit",
    "component",
    "generation",
    "place_kind",
    "place",
    "vendor",
    "part",
    "value",
    "low",
    "high",
    "source",
];

/// Largest file: a hundred thousand rows.
const MAX_BYTES: u64 = 16 << 20;
/// Most faults that are told of one file.
const MOST_FAULTS: usize = 50;

/// One observation.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservedRow {
    /// The file.
    pub file: Arc<Path>,
    /// Its line.
    pub line: u64,
    /// Date, days since 1970-01-01: a stock at its end, a flow since the date before.
    pub day: i32,
    /// Which series.
    pub series: SeriesLabel,
    /// What is known.
    pub observation: Observation,
    /// `low` and `high` as given beside it, infinite where the cell is empty: beside a value, its tolerance.
    pub bounds: [f64; 2],
    /// Where it was read: an id of the table of sources.
    pub source: String,
}

/// Observations by series and date, in order.
pub type Observed = BTreeMap<SeriesLabel, BTreeMap<i32, ObservedRow>>;

/// Reads a file of observations.
///
/// # Errors
/// [`Failure::Refused`] with every fault of the file: columns, dates, numbers, ranges upside down, a point that stands twice.
pub fn read(path: &Path) -> Result<Observed> {
    let mut observed = Observed::new();
    collect(path, &mut observed)?;
    Ok(observed)
}

/// Reads files of observations as one.
///
/// # Errors
/// As [`read`]; also a point that stands in two of them.
pub fn read_together(paths: &[PathBuf]) -> Result<Observed> {
    let mut observed = Observed::new();
    for path in paths {
        collect(path, &mut observed)?;
    }
    Ok(observed)
}

/// Adds a file to what was read.
fn collect(path: &Path, observed: &mut Observed) -> Result<()> {
    // A file that was named and cannot be read is a mistake of the call, as with a scenario or a design.
    let unreadable = |why: &dyn std::fmt::Display| Failure::Refused(format!("cannot read {}: {why}", path.display()));
    let size = std::fs::metadata(path).map_err(|e| unreadable(&e))?.len();
    if size > MAX_BYTES {
        return Err(Failure::Refused(format!(
            "{}: a file of observations may have {} MiB",
            path.display(),
            MAX_BYTES >> 20
        )));
    }
    let bytes = std::fs::read(path).map_err(|e| unreadable(&e))?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut lines = Lines { text, at: 0, line: 1 };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
    let header = reader.headers().map_err(|e| unreadable(&e))?.clone();
    let at = path.display();
    if !header.iter().eq(COLUMNS) {
        return Err(Failure::Refused(format!(
            "{at}:1: the columns are `{}`, allowed are exactly `{}`",
            header.iter().collect::<Vec<_>>().join(","),
            COLUMNS.join(",")
        )));
    }
    let file: Arc<Path> = Arc::from(path);
    let mut faults = Vec::new();
    let mut rows = 0;
    for row in reader.records() {
        let row = row.map_err(|e| unreadable(&e))?;
        let line = lines.of(row.position().map_or(0, csv::Position::byte));
        rows += 1;
        match parse(&row, &file, line) {
            Ok(row) => {
                let points = observed.entry(row.series.clone()).or_default();
                match points.get(&row.day) {
                    None => {
                        points.insert(row.day, row);
                    }
                    Some(first) if first.observation == row.observation => faults.push(format!(
                        "{at}:{line}: this point stands already in {}: drop one",
                        first.place_from(&file)
                    )),
                    Some(first) => faults.push(format!(
                        "{at}:{line}: contradicts {} on the same series and date: keep one, and never two firms' definitions in one series",
                        first.place_from(&file)
                    )),
                }
            }
            Err(why) => faults.push(format!("{at}:{line}: {why}")),
        }
    }
    if rows == 0 {
        return Err(Failure::Refused(format!(
            "no observation in {at}: it has its header alone"
        )));
    }
    if faults.len() > MOST_FAULTS {
        let more = faults.len() - MOST_FAULTS;
        faults.truncate(MOST_FAULTS);
        faults.push(format!("{at}: and {more} more"));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Failure::Refused(faults.join("\n")))
    }
}

/// Counts lines up to places in a text that are asked for in order. The reader's own count depends on how lines end.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line, from 1, of the first cell at or after a byte.
    fn of(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        let ends = |b: &&u8| matches!(b, b'\r' | b'\n');
        let rest = self.text.get(byte..).unwrap_or_default();
        let upto = (byte + rest.iter().take_while(ends).count()).min(self.text.len());
        let passed = self.text.get(self.at..upto).unwrap_or_default();
        self.line += passed.iter().filter(|b| **b == b'\n').count() as u64;
        self.at = upto;
        self.line
    }
}

/// Refuses what no value of a measure can be, nor anything within `reach` of one: most likely per cent where a fraction is meant.
fn possible(name: &str, value: Option<f64>, measure: &str, unit: &str, reach: f64) -> std::result::Result<(), String> {
    let (Some(value), Some(domain)) = (value, domain_of(measure, unit)) else {
        return Ok(());
    };
    if (domain.start() - reach..=domain.end() + reach).contains(&value) {
        return Ok(());
    }
    let hint = fraction_hint(unit, value).map_or_else(String::new, |hint| format!(" ({hint})"));
    Err(format!(
        "{name} {value} cannot be in unit `{unit}`: allowed is {} to {}{hint}",
        domain.start(),
        domain.end()
    ))
}

impl ObservedRow {
    /// Where it stands, as said in another place of the same file or of another one.
    fn place_from(&self, file: &Path) -> String {
        if *self.file == *file {
            format!("line {}", self.line)
        } else {
            format!("{}:{}", self.file.display(), self.line)
        }
    }
}

fn parse(row: &csv::StringRecord, file: &Arc<Path>, line: u64) -> std::result::Result<ObservedRow, String> {
    if row.len() != COLUMNS.len() {
        return Err(format!("{} cells, {} columns", row.len(), COLUMNS.len()));
    }
    let text = |i: usize| row.get(i).unwrap_or_default().to_owned();
    let day = parse_iso(&text(0)).ok_or_else(|| format!("time `{}` is no ISO date such as 2021-12-31", text(0)))?;
    if let Some(empty) = (1..9).find(|i| text(*i).is_empty()) {
        return Err(format!(
            "{} is empty: say `all` where nothing is singled out",
            COLUMNS[empty]
        ));
    }
    let number = |i: usize| -> std::result::Result<Option<f64>, String> {
        let cell = text(i);
        if cell.is_empty() {
            return Ok(None);
        }
        match parse_number(&cell) {
            Some(x) if x.is_finite() => Ok(Some(x)),
            _ => Err(format!("{} `{cell}` is no number", COLUMNS[i])),
        }
    };
    let (value, low, high) = (number(9)?, number(10)?, number(11)?);
    for (name, bound) in [("value", value), ("low", low), ("high", high)] {
        // The range of a value is what it may be off by: 0.03 within -0.02 and 0.08. That of a bound alone is of the measure itself.
        let is_range = value.is_some() && name != "value";
        possible(name, bound, &text(1), &text(2), if is_range { 1.0 } else { 0.0 })?;
    }
    let (below, above) = (low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY));
    if below > above {
        return Err(format!("low {below} is above high {above}"));
    }
    let observation = match (value, low, high) {
        (Some(value), ..) if value < below || value > above => {
            return Err(format!("value {value} is outside its own range"));
        }
        (Some(value), ..) => Observation::Value(value),
        (None, None, None) => return Err("neither value, low nor high is given".to_owned()),
        _ => Observation::Range {
            low: below,
            high: above,
        },
    };
    if text(12).is_empty() {
        return Err("source is empty: every observation says where it was read".to_owned());
    }
    Ok(ObservedRow {
        file: Arc::clone(file),
        line,
        day,
        series: SeriesLabel {
            measure: text(1),
            unit: text(2),
            component: text(3),
            generation: text(4),
            place_kind: text(5),
            place: text(6),
            vendor: text(7),
            part: text(8),
        },
        observation,
        bounds: [below, above],
        source: text(12),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(rows: &str) -> Result<Observed> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("observed.csv");
        std::fs::write(&path, format!("{}\n{rows}", COLUMNS.join(","))).unwrap();
        read(&path)
    }

    const SHARE: &str = "share_sales,share,ran,all,world,world,huawei,all";

    #[test]
    fn values_ranges_and_bounds() {
        let observed = read_text(&format!(
            "2020-12-31,{SHARE},0.33,,,F002\n2021-12-31,{SHARE},,0.2,0.3,F1\n2022-12-31,{SHARE},,,0.3,F2\n"
        ))
        .unwrap();
        let points: Vec<Observation> = observed
            .values()
            .next()
            .unwrap()
            .values()
            .map(|p| p.observation)
            .collect();
        assert_eq!(
            points,
            [
                Observation::Value(0.33),
                Observation::Range { low: 0.2, high: 0.3 },
                Observation::Range {
                    low: f64::NEG_INFINITY,
                    high: 0.3
                },
            ]
        );
    }

    #[test]
    fn files_are_read_as_one_and_may_not_speak_of_the_same_point() {
        let directory = tempfile::tempdir().unwrap();
        let file = |name: &str, rows: &str| {
            let path = directory.path().join(name);
            std::fs::write(&path, format!("{}\n{rows}", COLUMNS.join(","))).unwrap();
            path
        };
        let first = file("first.csv", &format!("2020-12-31,{SHARE},0.33,,,F002\n"));
        let later = file("later.csv", &format!("2021-12-31,{SHARE},,,0.3,F2\n"));
        let other = file("other.csv", &format!("2020-12-31,{SHARE},0.31,,,F9\n"));
        let both = read_together(&[first.clone(), later]).unwrap();
        let points: Vec<(i32, u64)> = both.values().flatten().map(|(day, row)| (*day, row.line)).collect();
        assert_eq!(points, [(18_627, 2), (18_992, 2)]);
        let refused = read_together(&[first, other]).unwrap_err();
        let text = refused.message();
        assert!(
            text.contains("other.csv:2: contradicts ") && text.contains("first.csv:2 on the same series"),
            "{text}"
        );
    }

    #[test]
    fn all_faults_of_a_file_come_at_once() {
        let refused = read_text(&format!(
            "2020-12-31,{SHARE},0.33,,,F002\n2020-12-31,{SHARE},0.32,,,F9\n2021-13-01,{SHARE},0.3,,,F1\n2022-12-31,{SHARE},,0.4,0.3,F2\n2023-12-31,{SHARE},,,,F2\n2024-12-31,{SHARE},x,,,F2\n"
        ))
        .unwrap_err();
        let text = refused.message();
        for part in [
            ":3: contradicts line 2",
            ":4: time `2021-13-01`",
            ":5: low 0.4 is above high 0.3",
            ":6: neither value",
            ":7: value `x`",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn per_cent_and_an_empty_file_are_refused() {
        let text = read_text(&format!(
            "2020-12-31,{SHARE},33,,,F002\n2021-12-31,{SHARE},0.3,,34,F1\n2022-12-31,{SHARE},,-0.1,0.2,F1\n\
             2023-12-31,{SHARE},0.03,-0.02,0.08,F1\n"
        ));
        let text = text.unwrap_err();
        for part in [
            "observed.csv:2: value 33 cannot be in unit `share`: allowed is 0 to 1 (fractions: 0.33 is 33%)",
            "observed.csv:3: high 34 cannot",
            "observed.csv:4: low -0.1 cannot",
        ] {
            assert!(text.message().contains(part), "{}", text.message());
        }
        assert!(!text.message().contains(":5:"), "a range of error may leave the domain");
        let text = read_text("").unwrap_err();
        assert!(text.message().starts_with("no observation in "), "{}", text.message());
    }

    #[test]
    fn lines_are_counted_however_they_end() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("observed.csv");
        let row = |day: &str| format!("{day},{SHARE},x,,,F1");
        for (mark, end) in [("", "\n"), ("", "\r\n"), ("\u{feff}", "\n"), ("\u{feff}", "\r\n")] {
            let lines = [COLUMNS.join(","), row("2020-12-31"), String::new(), row("2021-12-31")];
            std::fs::write(&path, format!("{mark}{}{end}", lines.join(end))).unwrap();
            let refused = read(&path).unwrap_err();
            for line in [":2: value `x`", ":4: value `x`"] {
                assert!(
                    refused.message().contains(line),
                    "{mark:?} {end:?}: {}",
                    refused.message()
                );
            }
            assert_eq!(refused.message().lines().count(), 2);
        }
    }
}
