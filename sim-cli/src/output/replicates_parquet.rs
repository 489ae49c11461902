//! `replicates.parquet`: the series of every replicate, by column.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;

use super::parquet_file::{ROW_GROUP, write_batch, writer};
use super::{Exporter, Source};
use crate::exit::{Context as _, Failure, Result};
use crate::settings::Format;
use crate::store::atomic::Sink;
use crate::store::manifest::Recorded;
use crate::store::points::point_and_replicate;
use crate::store::tenders::{Column, Kind};

/// The columns. `replicate` is counted in 64 bits.
pub const COLUMNS: [(&str, Kind); 12] = [
    ("scenario", Kind::Text),
    ("replicate", Kind::Count),
    ("time", Kind::Day),
    ("measure", Kind::Text),
    ("unit", Kind::Text),
    ("component", Kind::Text),
    ("generation", Kind::Text),
    ("place_kind", Kind::Text),
    ("place", Kind::Text),
    ("vendor", Kind::Text),
    ("part", Kind::Text),
    ("value", Kind::Number),
];

/// The table.
pub struct ReplicatesParquet;

/// Some cells of one replicate: what a row group is made of.
struct Piece {
    world: usize,
    /// Its key.
    replicate: u64,
    cells: Range<usize>,
}

impl Exporter for ReplicatesParquet {
    fn file(&self) -> &'static str {
        "replicates.parquet"
    }

    fn wanted(&self, recorded: &Recorded, formats: &BTreeSet<Format>) -> bool {
        recorded.series != "none" && formats.contains(&Format::Parquet)
    }

    fn write(&self, source: &mut Source<'_>, sink: &mut Sink, path: &Path) -> Result<()> {
        let columns: Vec<(&str, Kind)> = match source.manifest.points {
            Some(_) => std::iter::once(("point", Kind::Count)).chain(COLUMNS).collect(),
            None => COLUMNS.to_vec(),
        };
        let mut file = writer(&columns, &source.manifest.hash(), sink, path)?;
        let mut group: Vec<Piece> = Vec::new();
        let mut rows = 0;
        for world in 0..source.segments.layouts().len() {
            let cells = source.segments.layouts()[world].cells();
            for replicate in source.segments.records(world) {
                let mut start = 0;
                while start < cells {
                    let end = cells.min(start + ROW_GROUP - rows);
                    group.push(Piece {
                        world,
                        replicate,
                        cells: start..end,
                    });
                    rows += end - start;
                    start = end;
                    if rows == ROW_GROUP {
                        write_group(source, &group, &mut file, path)?;
                        group.clear();
                        rows = 0;
                    }
                }
            }
        }
        if rows > 0 {
            write_group(source, &group, &mut file, path)?;
        }
        file.close().while_doing("write", path)?;
        Ok(())
    }
}

fn write_group(
    source: &mut Source<'_>,
    pieces: &[Piece],
    file: &mut parquet::file::writer::SerializedFileWriter<&mut Sink>,
    path: &Path,
) -> Result<()> {
    let mut group = file.next_row_group().while_doing("write", path)?;
    // Column `point` comes before those of a plain run.
    let points = usize::from(source.manifest.points.is_some());
    for index in 0..COLUMNS.len() + points {
        let Some(mut column) = group.next_column().while_doing("write", path)? else {
            break;
        };
        // The texts of each world's series are made once a column and shared by all rows.
        let mut texts: Option<(usize, Vec<ByteArray>)> = None;
        for piece in pieces {
            source.go_on()?;
            match index.checked_sub(points) {
                Some(index) => write_piece(source, piece, index, &mut texts, column.untyped(), path)?,
                None => write_count(column.untyped(), point_and_replicate(piece.replicate).0, piece, path)?,
            }
        }
        column.close().while_doing("write", path)?;
    }
    group.close().while_doing("write", path)?;
    Ok(())
}

/// The same number in all rows of a piece.
fn write_count(writer: &mut ColumnWriter<'_>, number: u64, piece: &Piece, path: &Path) -> Result<()> {
    let ColumnWriter::Int64ColumnWriter(writer) = writer else {
        return Err(Failure::CouldNotGoOn(format!(
            "{}: a column is not of its kind",
            path.display()
        )));
    };
    let number =
        i64::try_from(number).map_err(|_| Failure::CouldNotGoOn(format!("replicate {number} is out of range")))?;
    let rows = vec![number; piece.cells.len()];
    writer.write_batch(&rows, None, None).while_doing("write", path)?;
    Ok(())
}

fn write_piece(
    source: &mut Source<'_>,
    piece: &Piece,
    column: usize,
    texts: &mut Option<(usize, Vec<ByteArray>)>,
    writer: &mut ColumnWriter<'_>,
    path: &Path,
) -> Result<()> {
    let layout = &source.segments.layouts()[piece.world];
    let series = layout.series.len();
    let rows = piece.cells.len();
    match writer {
        ColumnWriter::ByteArrayColumnWriter(writer) => {
            if texts.as_ref().is_none_or(|(world, _)| *world != piece.world) {
                let made = match column {
                    0 => vec![ByteArray::from(layout.id.as_str())],
                    _ => layout
                        .series
                        .iter()
                        .map(|label| ByteArray::from(label.texts()[column - 3]))
                        .collect(),
                };
                *texts = Some((piece.world, made));
            }
            let made = texts.as_ref().map_or(&[][..], |(_, made)| made);
            let batch: Vec<ByteArray> = match column {
                0 => vec![made[0].clone(); rows],
                _ => piece.cells.clone().map(|cell| made[cell % series].clone()).collect(),
            };
            writer.write_batch(&batch, None, None).while_doing("write", path)?;
        }
        writer @ ColumnWriter::Int64ColumnWriter(_) => {
            write_count(writer, point_and_replicate(piece.replicate).1, piece, path)?;
        }
        ColumnWriter::Int32ColumnWriter(writer) => {
            let days: Vec<i32> = piece.cells.clone().map(|cell| layout.dates[cell / series]).collect();
            writer.write_batch(&days, None, None).while_doing("write", path)?;
        }
        other => {
            let mut values = Vec::with_capacity(rows);
            source
                .segments
                .values(piece.world, piece.replicate, piece.cells.clone(), &mut values)?;
            write_batch(other, &Column::Number(values), path)?;
        }
    }
    Ok(())
}
