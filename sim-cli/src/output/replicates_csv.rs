//! `replicates.csv`: the series of every replicate.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use super::cells::{CellText, csv_part, header};
use super::number::push_number;
use super::{Exporter, Source};
use crate::exit::{Context as _, Result};
use crate::settings::Format;
use crate::store::atomic::Sink;
use crate::store::manifest::Recorded;
use crate::store::points::point_and_replicate;

/// The table.
pub struct ReplicatesCsv;

impl Exporter for ReplicatesCsv {
    fn file(&self) -> &'static str {
        "replicates.csv"
    }

    fn wanted(&self, recorded: &Recorded, formats: &BTreeSet<Format>) -> bool {
        recorded.series != "none" && formats.contains(&Format::Csv)
    }

    fn write(&self, source: &mut Source<'_>, sink: &mut Sink, path: &Path) -> Result<()> {
        sink.write_all(&header(
            &[source.point_column(), &["scenario", "replicate"]].concat(),
            &["value"],
            path,
        )?)
        .while_doing("write", path)?;
        let mut values = Vec::new();
        let mut line = Vec::new();
        for world in 0..source.segments.layouts().len() {
            let layout = source.segments.layouts()[world].clone();
            let scenario = csv_part([layout.id.as_str()], path)?;
            let text = CellText::of(&layout, path)?;
            for k in source.segments.records(world) {
                source.go_on()?;
                values.clear();
                source.segments.values(world, k, 0..layout.cells(), &mut values)?;
                for (cell, value) in values.iter().enumerate() {
                    line.clear();
                    source.push_point(k, &mut line);
                    line.extend_from_slice(&scenario);
                    line.push(b',');
                    line.extend_from_slice(point_and_replicate(k).1.to_string().as_bytes());
                    text.push(cell, &mut line);
                    push_number(&mut line, *value);
                    line.push(b'\n');
                    sink.write_all(&line).while_doing("write", path)?;
                }
            }
        }
        Ok(())
    }
}
