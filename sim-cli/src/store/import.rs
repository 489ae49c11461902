//! Reading a finished run back into segments: how a run is extended, and how a missing table is made
//! from one that is there. Everything that writes tables then has one source.

use std::collections::BTreeMap;
use std::fs::File;
use std::iter::Peekable;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use parquet::column::reader::ColumnReader;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use parquet::record::reader::RowIter;
use sim_core::record::Counters;

use super::directory::RunDirectory;
use super::entry::{Entry, FailedReplicate};
use super::layout::Layout;
use super::limited;
use super::manifest::Manifest;
use super::points::{key, point_and_replicate};
use super::segments::Segments;
use super::tenders::{COLUMNS, Column, Kind, Tenders};
use crate::exit::{Context as _, Failure, Result};
use crate::output::number::parse_number;
use crate::output::parquet_file::HASH_KEY;
use crate::time::{iso, parse_iso};

/// Takes the replicates of the finished run `manifest` in `directory` into `segments`, but for those
/// that are there already.
///
/// # Errors
/// [`Failure::Refused`] where the run recorded no replicates, or its tables are not those of the
/// manifest; [`Failure::Interrupted`] where `stop` is set before all are read; [`Failure::CouldNotGoOn`] of the disk.
pub fn import(directory: &RunDirectory, manifest: &Manifest, segments: &mut Segments, stop: &AtomicBool) -> Result<()> {
    let worlds = segments.layouts().len();
    let known = |world| manifest.keys().all(|k| segments.has(world, k));
    if (0..worlds).all(known) {
        return Ok(());
    }
    if manifest.recorded.series == "none" {
        return Err(Failure::Refused(format!(
            "{} was made with --record none: its replicates were not kept, so it cannot be extended. Begin again with --force",
            directory.root().display()
        )));
    }
    let layouts = segments.layouts().to_vec();
    let mut failures = read_failures(directory, manifest, &layouts)?;
    let mut values = open_values(directory, manifest)?;
    let mut tenders = match manifest.recorded.tenders {
        true => Some(open_tenders(directory, manifest)?.peekable()),
        false => None,
    };
    for (world, layout) in layouts.iter().enumerate() {
        for k in manifest.keys() {
            if stop.load(Ordering::Relaxed) {
                return Err(Failure::Interrupted(
                    "interrupted while finished replicates were read: they are kept, run the same command again".into(),
                ));
            }
            let entry = match failures.remove(&(world, k)) {
                Some(failed) => Entry::Failure(failed),
                None => Entry::Record {
                    counters: Counters::default(),
                    values: values.record(layout, k)?,
                    tenders: match &mut tenders {
                        Some(rows) => take_tenders(rows, &layout.id, k)?,
                        None => Tenders::default(),
                    },
                },
            };
            if !segments.has(world, k) {
                segments.append(world, k, &entry)?;
            }
        }
    }
    let all_read = values.is_at_end()? && failures.is_empty() && tenders.is_none_or(|mut rows| rows.peek().is_none());
    if !all_read {
        return Err(not_ours(
            &directory.file("replicates.*"),
            "it holds more rows than the manifest says",
        ));
    }
    segments.sync()
}

/// Calls `take` with the key and the values of each record of a finished run, world by world.
///
/// # Errors
/// As [`import`], and of `take`.
pub fn each_record(
    directory: &RunDirectory,
    manifest: &Manifest,
    layouts: &[Layout],
    mut take: impl FnMut(usize, u64, &[f64]),
) -> Result<()> {
    let failures = read_failures(directory, manifest, layouts)?;
    let mut values = open_values(directory, manifest)?;
    for (world, layout) in layouts.iter().enumerate() {
        for key in manifest.keys().filter(|key| !failures.contains_key(&(world, *key))) {
            take(world, key, &values.record(layout, key)?);
        }
    }
    Ok(())
}

fn not_ours(path: &Path, why: &str) -> Failure {
    Failure::Refused(format!(
        "{} is not the table that manifest.json speaks of ({why}): begin again with --force",
        path.display()
    ))
}

/// Columns before `scenario`: `point` where the run has points.
fn shift(manifest: &Manifest) -> usize {
    usize::from(manifest.points.is_some())
}

fn read_failures(
    directory: &RunDirectory,
    manifest: &Manifest,
    layouts: &[Layout],
) -> Result<BTreeMap<(usize, u64), FailedReplicate>> {
    let path = directory.file("failures.csv");
    let mut reader = csv::Reader::from_reader(limited::open(&path, limited::FAILURES)?);
    let mut failures = BTreeMap::new();
    for row in reader.records() {
        let row = row.while_doing("read", &path)?;
        let text = |i: usize| row.get(i + shift(manifest)).unwrap_or_default().to_owned();
        let world = layouts.iter().position(|layout| layout.id == text(0));
        let point = match manifest.points {
            Some(_) => row.get(0).and_then(|text| text.parse().ok()),
            None => Some(0),
        };
        let (Some(world), Some(point), Ok(k)) = (world, point, text(1).parse()) else {
            return Err(not_ours(&path, "it names another scenario"));
        };
        let k = key(point, k);
        let failed = FailedReplicate {
            time: text(2),
            place: text(3),
            message: text(4),
        };
        failures.insert((world, k), failed);
    }
    Ok(failures)
}

/// The values of replicates, read in the order of the table.
enum Values {
    Parquet(Box<ParquetValues>),
    Csv(Box<CsvValues>),
}

impl Values {
    fn record(&mut self, layout: &Layout, k: u64) -> Result<Vec<f64>> {
        match self {
            Self::Parquet(values) => values.record(layout, k),
            Self::Csv(values) => values.record(layout, k),
        }
    }

    fn is_at_end(&mut self) -> Result<bool> {
        match self {
            Self::Parquet(values) => Ok(!values.fill()?),
            Self::Csv(values) => Ok(values.rows.next().is_none()),
        }
    }
}

fn open_values(directory: &RunDirectory, manifest: &Manifest) -> Result<Values> {
    let path = directory.file("replicates.parquet");
    if path.is_file() {
        let reader = open_parquet(&path, manifest)?;
        let empty = ParquetValues {
            path,
            reader,
            shift: shift(manifest),
            group: 0,
            replicates: Vec::new(),
            values: Vec::new(),
            at: 0,
        };
        return Ok(Values::Parquet(Box::new(empty)));
    }
    let path = directory.file("replicates.csv");
    if path.is_file() {
        let rows = csv::Reader::from_path(&path).while_doing("read", &path)?.into_records();
        let points = manifest.points.is_some();
        return Ok(Values::Csv(Box::new(CsvValues { path, rows, points })));
    }
    Err(Failure::Refused(format!(
        "{} has lost its replicates.*: begin again with --force",
        directory.root().display()
    )))
}

fn open_parquet(path: &Path, manifest: &Manifest) -> Result<SerializedFileReader<File>> {
    let file = File::open(path).while_doing("read", path)?;
    let reader = SerializedFileReader::new(file).while_doing("read", path)?;
    let pairs = reader.metadata().file_metadata().key_value_metadata();
    let hash = pairs.and_then(|pairs| pairs.iter().find(|pair| pair.key == HASH_KEY));
    if hash.and_then(|pair| pair.value.as_deref()) != Some(manifest.hash().as_str()) {
        return Err(not_ours(path, "it bears another hash"));
    }
    Ok(reader)
}

struct ParquetValues {
    path: std::path::PathBuf,
    reader: SerializedFileReader<File>,
    shift: usize,
    group: usize,
    replicates: Vec<i64>,
    values: Vec<f64>,
    at: usize,
}

impl ParquetValues {
    /// Whether a row is left; reads the next row group where the last is used up.
    fn fill(&mut self) -> Result<bool> {
        while self.at == self.values.len() {
            if self.group == self.reader.num_row_groups() {
                return Ok(false);
            }
            let path = &self.path;
            let group = self.reader.get_row_group(self.group).while_doing("read", path)?;
            let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
            self.replicates.clear();
            match group.get_column_reader(1 + self.shift).while_doing("read", path)? {
                ColumnReader::Int64ColumnReader(mut column) => {
                    column
                        .read_records(rows, None, None, &mut self.replicates)
                        .while_doing("read", path)?;
                }
                _ => return Err(not_ours(path, "its columns differ")),
            }
            let (mut levels, mut defined) = (Vec::new(), Vec::new());
            match group.get_column_reader(11 + self.shift).while_doing("read", path)? {
                ColumnReader::DoubleColumnReader(mut column) => {
                    column
                        .read_records(rows, Some(&mut levels), None, &mut defined)
                        .while_doing("read", path)?;
                }
                _ => return Err(not_ours(path, "its columns differ")),
            }
            let mut defined = defined.into_iter();
            self.values.clear();
            self.values.extend(levels.iter().map(|level| match level {
                0 => f64::NAN,
                _ => defined.next().unwrap_or(f64::NAN),
            }));
            if self.replicates.len() != self.values.len() {
                return Err(not_ours(path, "its columns differ in length"));
            }
            self.at = 0;
            self.group += 1;
        }
        Ok(true)
    }

    fn record(&mut self, layout: &Layout, k: u64) -> Result<Vec<f64>> {
        let cells = layout.cells();
        let mut record = Vec::with_capacity(cells);
        while record.len() < cells {
            if !self.fill()? {
                return Err(not_ours(&self.path, "it ends too early"));
            }
            let rows = (cells - record.len()).min(self.values.len() - self.at);
            let taken = self.at..self.at + rows;
            if self.replicates[taken.clone()]
                .iter()
                .any(|read| u64::try_from(*read) != Ok(point_and_replicate(k).1))
            {
                return Err(not_ours(&self.path, "its rows stand in another order"));
            }
            record.extend_from_slice(&self.values[taken]);
            self.at += rows;
        }
        Ok(record)
    }
}

struct CsvValues {
    path: std::path::PathBuf,
    rows: csv::StringRecordsIntoIter<File>,
    points: bool,
}

impl CsvValues {
    fn record(&mut self, layout: &Layout, k: u64) -> Result<Vec<f64>> {
        let mut record = Vec::with_capacity(layout.cells());
        for cell in 0..layout.cells() {
            let Some(row) = self.rows.next() else {
                return Err(not_ours(&self.path, "it ends too early"));
            };
            let row = row.while_doing("read", &self.path)?;
            let (day, label) = layout.cell(cell);
            let (point, k) = point_and_replicate(k);
            let (point, k, day) = (self.points.then(|| point.to_string()), k.to_string(), iso(day));
            let before = point.as_deref().into_iter();
            let keys = before.chain([layout.id.as_str(), &k, &day]).chain(label.texts());
            let last = 11 + usize::from(self.points);
            if row.len() != last + 1 || !row.iter().take(last).eq(keys) {
                return Err(not_ours(&self.path, "its rows stand in another order"));
            }
            let value = row.get(last).and_then(parse_number);
            record.push(value.ok_or_else(|| not_ours(&self.path, "a value is no number"))?);
        }
        Ok(record)
    }
}

/// One row of tenders, as text: numbers keep all digits.
type TenderTexts = (String, u64, Vec<String>);
type TenderRows = Box<dyn Iterator<Item = Result<TenderTexts>>>;

fn open_tenders(directory: &RunDirectory, manifest: &Manifest) -> Result<TenderRows> {
    let path = directory.file("tenders.parquet");
    if path.is_file() {
        let reader = open_parquet(&path, manifest)?;
        let rows = RowIter::from_file_into(Box::new(reader));
        return Ok(Box::new(rows.map(move |row| {
            let row = row.while_doing("read", &path)?;
            let mut texts = row.get_column_iter().map(|(_, field)| field_text(field));
            row_of(&mut texts).ok_or_else(|| not_ours(&path, "its columns differ"))
        })));
    }
    let path = directory.file("tenders.csv");
    if !path.is_file() {
        return Err(Failure::Refused(format!(
            "{} has lost its tenders.*: begin again with --force",
            directory.root().display()
        )));
    }
    let rows = csv::Reader::from_path(&path).while_doing("read", &path)?.into_records();
    Ok(Box::new(rows.map(move |row| {
        let row = row.while_doing("read", &path)?;
        row_of(&mut row.iter().map(str::to_owned)).ok_or_else(|| not_ours(&path, "its columns differ"))
    })))
}

fn row_of(texts: &mut dyn Iterator<Item = String>) -> Option<TenderTexts> {
    let scenario = texts.next()?;
    let k = texts.next()?.parse().ok()?;
    let rest: Vec<String> = texts.collect();
    (rest.len() == COLUMNS.len()).then_some((scenario, k, rest))
}

fn field_text(field: &Field) -> String {
    match field {
        Field::Str(text) => text.clone(),
        Field::Long(count) => count.to_string(),
        Field::Double(value) => crate::output::number::number(*value),
        Field::Date(days) => iso(*days),
        _ => String::new(),
    }
}

fn take_tenders(rows: &mut Peekable<TenderRows>, id: &str, k: u64) -> Result<Tenders> {
    let mut tenders = Tenders::default();
    let belongs = |row: &Result<TenderTexts>| match row {
        Ok((scenario, replicate, _)) => scenario == id && *replicate == k,
        Err(_) => true,
    };
    while let Some(row) = rows.next_if(belongs) {
        let (_, _, texts) = row?;
        for ((column, text), (name, kind)) in tenders.columns.iter_mut().zip(texts).zip(COLUMNS) {
            let bad = || Failure::Refused(format!("tenders.*: `{text}` cannot stand in column {name}"));
            match (column, kind) {
                (Column::Text(values), Kind::Text) => values.push(text),
                (Column::Number(values), Kind::Number) => values.push(parse_number(&text).ok_or_else(bad)?),
                (Column::Count(values), Kind::Count) => values.push(text.parse().map_err(|_| bad())?),
                (Column::Day(values), Kind::Day) => values.push(parse_iso(&text).ok_or_else(bad)?),
                _ => return Err(bad()),
            }
        }
    }
    Ok(tenders)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_beyond_all_measure_are_not_read() {
        let manifest: Manifest = serde_json::from_value(serde_json::json!({
            "format": 1, "model_version": "0.1.0", "results_epoch": 1, "mode": "run", "worlds": [], "inputs": {},
            "seed": 1, "uncertainty": "fixed", "replicates": 1,
            "recorded": {"series": "core", "tenders": false, "layout_hash": ""},
        }))
        .unwrap();
        let dir = tempfile::tempdir().unwrap();
        let directory = RunDirectory::new(dir.path());
        let failures = File::create(directory.file("failures.csv")).unwrap();
        assert!(read_failures(&directory, &manifest, &[]).unwrap().is_empty());
        failures.set_len(limited::FAILURES + 1).unwrap();
        let refused = read_failures(&directory, &manifest, &[]).unwrap_err();
        assert!(matches!(refused, Failure::Refused(_)));
        assert!(
            refused.message().contains("failures.csv has more than 1024 MiB"),
            "{refused}"
        );
    }
}
