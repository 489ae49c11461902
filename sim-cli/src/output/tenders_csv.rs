//! `tenders.csv`: one row a cluster of a tender, as text.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use super::cells::csv_line;
use super::number::number;
use super::{Exporter, Source};
use crate::exit::{Context as _, Result};
use crate::settings::Format;
use crate::store::atomic::Sink;
use crate::store::manifest::Recorded;
use crate::store::tenders::{COLUMNS, Column};
use crate::time::iso;

/// The table.
pub struct TendersCsv;

impl Exporter for TendersCsv {
    fn file(&self) -> &'static str {
        "tenders.csv"
    }

    fn wanted(&self, recorded: &Recorded, formats: &BTreeSet<Format>) -> bool {
        recorded.tenders && formats.contains(&Format::Csv)
    }

    fn write(&self, source: &mut Source<'_>, sink: &mut Sink, path: &Path) -> Result<()> {
        let names = COLUMNS.iter().map(|(name, _)| *name);
        let head = csv_line(["scenario", "replicate"].into_iter().chain(names), path)?;
        sink.write_all(&head).while_doing("write", path)?;
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::Any(b'\n'))
            .from_writer(sink);
        for world in 0..source.segments.layouts().len() {
            let scenario = source.segments.layouts()[world].id.clone();
            for k in source.segments.records(world) {
                source.go_on()?;
                let tenders = source.segments.tenders(world, k, None)?;
                for row in 0..tenders.len() {
                    writer.write_field(&scenario).while_doing("write", path)?;
                    writer.write_field(k.to_string()).while_doing("write", path)?;
                    for column in &tenders.columns {
                        let written = match column {
                            Column::Text(values) => writer.write_field(&values[row]),
                            Column::Number(values) => writer.write_field(number(values[row])),
                            Column::Count(values) => writer.write_field(values[row].to_string()),
                            Column::Day(values) => writer.write_field(iso(values[row])),
                        };
                        written.while_doing("write", path)?;
                    }
                    writer.write_record(None::<&[u8]>).while_doing("write", path)?;
                }
            }
        }
        writer.flush().while_doing("write", path)
    }
}
