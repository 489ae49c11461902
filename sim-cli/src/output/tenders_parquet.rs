//! `tenders.parquet`: one row a cluster of a tender.

use std::collections::BTreeSet;
use std::path::Path;

use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;

use super::parquet_file::{ROW_GROUP, write_batch, writer};
use super::{Exporter, Source};
use crate::exit::{Context as _, Failure, Result};
use crate::settings::Format;
use crate::store::atomic::Sink;
use crate::store::manifest::Recorded;
use crate::store::tenders::{COLUMNS, Column, Kind};

/// The table.
pub struct TendersParquet;

/// Some rows of one replicate.
struct Piece {
    world: usize,
    replicate: u64,
    start: usize,
    rows: usize,
}

impl Exporter for TendersParquet {
    fn file(&self) -> &'static str {
        "tenders.parquet"
    }

    fn wanted(&self, recorded: &Recorded, formats: &BTreeSet<Format>) -> bool {
        recorded.tenders && formats.contains(&Format::Parquet)
    }

    fn write(&self, source: &mut Source<'_>, sink: &mut Sink, path: &Path) -> Result<()> {
        let mut columns = vec![("scenario", Kind::Text), ("replicate", Kind::Count)];
        columns.extend(COLUMNS);
        let mut file = writer(&columns, &source.manifest.hash(), sink, path)?;
        let mut group = Vec::new();
        let mut room = ROW_GROUP;
        for world in 0..source.segments.layouts().len() {
            for replicate in source.segments.records(world) {
                source.go_on()?;
                let mut left = source.segments.tenders(world, replicate, Some(0))?.len();
                let mut start = 0;
                while left > 0 {
                    let rows = left.min(room);
                    group.push(Piece {
                        world,
                        replicate,
                        start,
                        rows,
                    });
                    (start, left, room) = (start + rows, left - rows, room - rows);
                    if room == 0 {
                        write_group(source, &group, &mut file, path)?;
                        group.clear();
                        room = ROW_GROUP;
                    }
                }
            }
        }
        if !group.is_empty() {
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
    for index in 0..COLUMNS.len() + 2 {
        let Some(mut column) = group.next_column().while_doing("write", path)? else {
            break;
        };
        for piece in pieces {
            source.go_on()?;
            let Piece {
                world,
                replicate,
                start,
                rows,
            } = *piece;
            match (index, column.untyped()) {
                (0, ColumnWriter::ByteArrayColumnWriter(writer)) => {
                    let id = ByteArray::from(source.segments.layouts()[world].id.as_str());
                    writer
                        .write_batch(&vec![id; rows], None, None)
                        .while_doing("write", path)?;
                }
                (1, ColumnWriter::Int64ColumnWriter(writer)) => {
                    let k = i64::try_from(replicate)
                        .map_err(|_| Failure::CouldNotGoOn(format!("replicate {replicate} is out of range")))?;
                    writer
                        .write_batch(&vec![k; rows], None, None)
                        .while_doing("write", path)?;
                }
                (_, writer) => {
                    let column = index.saturating_sub(2);
                    let mut tenders = source.segments.tenders(world, replicate, Some(column))?;
                    let part = cut(tenders.columns.swap_remove(column), start, rows);
                    write_batch(writer, &part, path)?;
                }
            }
        }
        column.close().while_doing("write", path)?;
    }
    group.close().while_doing("write", path)?;
    Ok(())
}

fn cut(column: Column, start: usize, rows: usize) -> Column {
    fn part<T>(values: Vec<T>, start: usize, rows: usize) -> Vec<T> {
        values.into_iter().skip(start).take(rows).collect()
    }
    match column {
        Column::Text(values) => Column::Text(part(values, start, rows)),
        Column::Number(values) => Column::Number(part(values, start, rows)),
        Column::Count(values) => Column::Count(part(values, start, rows)),
        Column::Day(values) => Column::Day(part(values, start, rows)),
    }
}
