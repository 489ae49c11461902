//! The text of the keys of a cell, made once and written many times.

use crate::exit::{Context as _, Result};
use crate::store::layout::{LABEL_COLUMNS, Layout};
use crate::time::iso;
use std::path::Path;

/// One record of a table of text: quoted where needed, LF at the end.
///
/// # Errors
/// Only where memory ends.
pub fn csv_line<'a>(fields: impl IntoIterator<Item = &'a str>, path: &Path) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::Any(b'\n'))
        .from_writer(Vec::new());
    writer.write_record(fields).while_doing("write", path)?;
    writer
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)
        .while_doing("write", path)
}

/// A line without its end: to be followed by a comma and a number.
///
/// # Errors
/// As [`csv_line`].
pub fn csv_part<'a>(fields: impl IntoIterator<Item = &'a str>, path: &Path) -> Result<Vec<u8>> {
    let mut line = csv_line(fields, path)?;
    line.pop();
    Ok(line)
}

/// `,time,measure,…,part,` of each cell of a world, in order. Kept by date and by series, since the
/// text of all cells would take many times the memory.
pub struct CellText {
    dates: Vec<String>,
    series: Vec<Vec<u8>>,
}

impl CellText {
    /// Of a world.
    ///
    /// # Errors
    /// As [`csv_line`].
    pub fn of(layout: &Layout, path: &Path) -> Result<Self> {
        let series = layout.series.iter().map(|label| csv_part(label.texts(), path));
        Ok(Self {
            dates: layout.dates.iter().map(|day| iso(*day)).collect(),
            series: series.collect::<Result<_>>()?,
        })
    }

    /// Appends the text of one cell.
    pub fn push(&self, cell: usize, line: &mut Vec<u8>) {
        let (date, series) = (cell / self.series.len(), cell % self.series.len());
        line.push(b',');
        line.extend_from_slice(self.dates[date].as_bytes());
        line.push(b',');
        line.extend_from_slice(&self.series[series]);
        line.push(b',');
    }
}

/// The header of a table: the columns before the keys, the keys, the columns after.
///
/// # Errors
/// As [`csv_line`].
pub fn header(before: &[&str], after: &[&str], path: &Path) -> Result<Vec<u8>> {
    let keys = before.iter().chain(&["time"]).chain(&LABEL_COLUMNS).chain(after);
    csv_line(keys.copied(), path)
}
