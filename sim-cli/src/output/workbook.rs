//! `summary.xlsx`: the rows of `summary.csv`, a sheet a measure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as CellFormat, Workbook as Book};

use super::number::parse_number;
use super::{Exporter, Source};
use crate::exit::{Context as _, Failure, Result};
use crate::settings::Format;
use crate::store::atomic::Sink;
use crate::store::manifest::Recorded;

/// Rows that a sheet holds, by the format's own limit, less the header.
const SHEET_ROWS: u32 = 1_048_575;
/// Columns of keys, which are text; the rest are numbers.
const KEY_COLUMNS: usize = 10;

/// The table.
pub struct Workbook;

impl Exporter for Workbook {
    fn file(&self) -> &'static str {
        "summary.xlsx"
    }

    fn wanted(&self, _: &Recorded, formats: &BTreeSet<Format>) -> bool {
        formats.contains(&Format::Xlsx)
    }

    fn needs_replicates(&self) -> bool {
        false
    }

    fn write(&self, source: &mut Source<'_>, sink: &mut Sink, path: &Path) -> Result<()> {
        let table = source.directory.join("summary.csv");
        let mut book = Book::new();
        // The clock would give other bytes each time.
        let created = ExcelDateTime::from_ymd(2020, 1, 1).while_doing("write", path)?;
        book.set_properties(
            &DocProperties::new()
                .set_title("Summary over replicates")
                .set_creation_datetime(&created),
        );
        let bold = CellFormat::new().set_bold();
        let mut reader = csv::Reader::from_path(&table).while_doing("read", &table)?;
        let header = reader.headers().while_doing("read", &table)?.clone();
        // Number of the sheet and its next row, by measure; a measure too long for one sheet goes on
        // in another.
        let mut sheets: BTreeMap<String, (usize, u32, u32)> = BTreeMap::new();
        let mut count = 0;
        for row in reader.records() {
            source.go_on()?;
            let row = row.while_doing("read", &table)?;
            let measure = row.get(2).unwrap_or_default().to_owned();
            let next = match sheets.get(&measure) {
                Some((sheet, at, part)) if *at <= SHEET_ROWS => (*sheet, *at, *part),
                full => {
                    let part = full.map_or(1, |(_, _, part)| part + 1);
                    // Rows come in order, so that a sheet can leave memory as it grows.
                    let sheet = book.add_worksheet_with_low_memory().while_doing("write", path)?;
                    sheet.set_name(sheet_name(&measure, part)).while_doing("write", path)?;
                    sheet.set_freeze_panes(1, 0).while_doing("write", path)?;
                    for (column, name) in (0u16..).zip(&header) {
                        sheet
                            .write_string_with_format(0, column, name, &bold)
                            .while_doing("write", path)?;
                    }
                    count += 1;
                    (count - 1, 1, part)
                }
            };
            let sheet = book.worksheet_from_index(next.0).while_doing("write", path)?;
            for ((column, index), text) in (0u16..).zip(0..).zip(&row) {
                if index < KEY_COLUMNS {
                    sheet.write_string(next.1, column, text).while_doing("write", path)?;
                } else {
                    let value = parse_number(text).ok_or_else(|| {
                        Failure::CouldNotGoOn(format!("{} holds `{text}`, which is no number", table.display()))
                    })?;
                    if !value.is_nan() {
                        sheet.write_number(next.1, column, value).while_doing("write", path)?;
                    }
                }
            }
            sheets.insert(measure, (next.0, next.1 + 1, next.2));
        }
        if count == 0 {
            book.add_worksheet();
        }
        book.save_to_writer(sink).while_doing("write", path)
    }
}

/// A sheet's name: at most 31 characters, by the format's own limit.
fn sheet_name(measure: &str, part: u32) -> String {
    let ending = if part == 1 { String::new() } else { format!(" {part}") };
    let name: String = measure.chars().take(31 - ending.chars().count()).collect();
    name + &ending
}
