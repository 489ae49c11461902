//! The CSV of a figure that is computed from other numbers than a summary: rows of one figure, all of one source.

use sha2::{Digest, Sha256};

use super::error::{FigureError, Result};
use super::summary::{Cells, table_error};

/// The text of a table.
///
/// # Errors
/// [`FigureError::Table`] where it cannot be written.
pub(super) fn write(columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<String> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(columns).map_err(|e| table_error(&e))?;
    for row in rows {
        writer.write_record(row).map_err(|e| table_error(&e))?;
    }
    let bytes = writer.into_inner().map_err(|error| wrong(0, error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| wrong(0, error.to_string()))
}

/// Name of the figure, its source and its rows, read back. `kind`: what figures of these columns are about.
///
/// # Errors
/// [`FigureError::Table`]: other columns, no row, a malformed cell, or a figure or source that is not the same on every row.
pub(super) fn read<S: PartialEq, R>(
    text: &str,
    columns: &'static [&'static str],
    kind: &str,
    source: impl Fn(&Cells<'_>) -> Result<S>,
    row: impl Fn(&Cells<'_>) -> Result<R>,
) -> Result<(String, S, Vec<R>)> {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let header = reader.headers().map_err(|e| table_error(&e))?.clone();
    if !header.iter().eq(columns.iter().copied()) {
        let columns = columns.join(",");
        return Err(wrong(
            1,
            format!("these are not the columns of a figure of {kind}; they are {columns}"),
        ));
    }
    let mut found: Option<(String, S, Vec<R>)> = None;
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|e| table_error(&e))? {
        let cells = Cells::new(&record, columns);
        let (figure, source) = (cells.text("figure").to_owned(), source(&cells)?);
        let row = row(&cells)?;
        match &mut found {
            None => found = Some((figure, source, vec![row])),
            Some((name, first, rows)) => {
                if *name != figure || *first != source {
                    return Err(cells.error("inputs", "the source of the rows above"));
                }
                rows.push(row);
            }
        }
    }
    found.ok_or_else(|| wrong(1, "the table has a header and no row: nothing to draw".to_owned()))
}

/// SHA-256 of what decides a figure's numbers, hexadecimal.
pub(super) fn hash(inputs: &str) -> String {
    let digest = Sha256::digest(inputs.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn wrong(line: u64, message: String) -> FigureError {
    FigureError::Table {
        line,
        column: String::new(),
        message,
    }
}
